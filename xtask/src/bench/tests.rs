//! Nothing here looks at the clock: what is measured is shown, and nobody fails for it.

use super::figures::Cost;
use super::*;

fn rated(per_second: f64) -> Cost {
    Cost { per_second, ..Cost::default() }
}

#[test]
fn the_figure_is_the_round_in_the_middle_of_the_shares() {
    let mut measured = Measured::default();
    for per_second in [100.0, 25.0, 50.0] {
        measured.add(Figure::Fragment, rated(per_second), rated(100.0));
    }
    let told = &measured.to_json()["figures"][0];
    assert_eq!((told["measured"]["per_second"].as_f64(), told["share_of_floor"].as_f64()), (Some(50.0), Some(0.5)));
    assert_eq!(told["spread"], json!([0.25, 1.0]));
    assert!(measured.to_string().contains("| banner fragment | 50 |"));
}

#[test]
fn a_share_is_compared_with_the_one_of_before() {
    let mut measured = Measured::default();
    measured.add(Figure::Fragment, rated(50.0), rated(100.0));
    let before = |share: f64| json!({ "figures": [{ "name": Figure::Fragment.name(), "share_of_floor": share }] });
    assert!(measured.compared(&before(0.4))[0].ends_with("better"));
    assert!(measured.compared(&before(0.6))[0].ends_with("worse"));
    assert!(measured.compared(&json!({})).is_empty());
}

#[test]
fn the_time_of_a_process_is_read_whatever_its_name_holds() {
    let stat = "7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20";
    assert_eq!(usage::cpu_ticks(stat), Some(42.0));
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
