//! Nothing here looks at the clock: what is measured is shown, and nobody fails for it.

use std::time::Duration;

use super::figures::Rates;
use super::floor::FloorJournal;
use super::*;

#[test]
fn a_journal_counts_its_bytes_and_the_batches_that_a_signature_ends() {
    let batch = "frame\u{0}origin\n3\nroot\n\n\u{2014} origin signature\n";
    let journal = FloorJournal::count_bytes(batch.repeat(3).as_bytes());
    assert_eq!(journal, FloorJournal { bytes: 3 * batch.len(), batches: 3 });
    assert_eq!(FloorJournal::count_bytes("a \u{2014} b".as_bytes()).batches, 0);
    assert_eq!(journal.since(FloorJournal::count_bytes(batch.as_bytes())).batches, 2);
}

#[test]
fn the_figure_is_the_round_in_the_middle_of_the_shares() {
    let mut measured = Measured::default();
    for seconds in [1, 4, 2] {
        measured.add(Figure::Fragment, Rates::of_times(100, Duration::from_secs(seconds), Duration::from_secs(1)));
    }
    let told = measured.to_json();
    assert_eq!((told[0]["per_second"].as_f64(), told[0]["share_of_floor"].as_f64()), (Some(50.0), Some(0.5)));
    assert!(measured.to_string().contains("banner fragment"));
}

#[test]
fn every_row_of_the_table_is_of_somebody_else() {
    let table = import::table(20_000);
    let mut lines: Vec<&str> = table.lines().collect();
    let columns = lines[0].split(',').count();
    assert!(lines.iter().all(|line| line.split(',').count() == columns));
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 20_001);
}
