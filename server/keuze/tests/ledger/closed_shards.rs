//! Flipped bits and cut files where shards are closed: nothing else is ever read than what was written; the start refuses and changes
//! nothing, or mends what can be made anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ledger::clock::moment;
use ledger::fixture::named_choice;
use ledger::shards::{ShardPeriod, ShardRules};
use ledger::verify::verify;
use ledger::{AppendRequest, Ledger};
use model::identity::{RecordAddress, ShardNumber, Subject};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::counts::{count, seed};
use crate::fixture::{copy_beside, copy_folder, everything, opening, root_of, used};

const RULES: ShardRules = ShardRules { records: 4, period: ShardPeriod::Quarter };

/// Two shards that are closed, and one that is open.
const RECORDS: u8 = 10;

/// Such a ledger, without its database: the start makes it anew. The journals are as long as what was written to them.
async fn made(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    ledger.follow(RULES);
    for number in 0..RECORDS {
        let somebody = number.is_multiple_of(2).then_some(Subject([number; 16]));
        let event = named_choice(moment(number.into()).at, &number.to_string()).with_subject(somebody);
        ledger.append(AppendRequest::new(event)).await.expect("written");
    }
    until_filed(&ledger, &data).await.expect("adds up");
    ledger.close().await;
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    for shard in ["0001", "0002", "0003", "logs"] {
        let path = data.join(format!("journal/{shard}/000000000000.log"));
        let bytes = std::fs::read(&path).expect("is there");
        std::fs::write(&path, &bytes[..used(&bytes)]).expect("written");
    }
    data
}

/// Waits until the background has looked at every closed shard, and mended of it what can be made anew; what verify finds then.
async fn until_filed(ledger: &Ledger, data: &Path) -> Result<(), String> {
    for _ in 0..500 {
        let verified = verify(data, Some(&root_of(data))).map(|_| ()).map_err(|error| error.to_string());
        let is_filed = |shard: &ShardNumber| data.join(format!("closed/{shard}")).exists();
        let mendable = |said: &String| said.contains("next start") || said.contains("checkpoint/000");
        let closed = ledger.shards();
        match &verified {
            Err(said) if !mendable(said) => return verified,
            Ok(()) if closed.iter().rev().skip(1).all(is_filed) => return verified,
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("nothing mends it: {:?}", verify(data, Some(&root_of(data))));
}

fn place(number: u8) -> RecordAddress {
    let shard = ShardNumber::new(u16::from(number / 4) + 1).expect("a shard");
    RecordAddress { shard, index: u64::from(number % 4) }
}

/// Reads everything: what is told is what was written. Gives how many records could not be told.
fn untold(ledger: &Ledger) -> usize {
    let told = |number: &u8| match ledger.record(place(*number)) {
        Ok(recorded) => {
            let name = recorded.and_then(|recorded| recorded.event.banner().1.map(str::to_owned));
            assert_eq!(name, Some(number.to_string()), "{}", place(*number));
            true
        }
        Err(error) => {
            assert!(error.to_string().contains("closed/") || error.to_string().contains("record"), "{error}");
            false
        }
    };
    (0..RECORDS).filter(|number| !told(number)).count()
}

/// Every file of a ledger but the database and the lock, with the length of what was written to it.
fn files(data: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = everything(data);
    files.retain(|path, _| path.is_file() && !path.ends_with("LOCK") && !path.starts_with(data.join("sled")));
    files
}

/// Places in the files of closed shards: their folders, and their journals.
fn places(data: &Path, step: usize, first: usize) -> Vec<(PathBuf, usize)> {
    let of_closed = |path: &&PathBuf| {
        let name = path.strip_prefix(data).expect("inside").display().to_string();
        let parts = [
            "closed/0001",
            "closed/0002",
            "journal/0001",
            "journal/0002",
            "journal/logs",
            "checkpoint/0001",
            "checkpoint/0002",
        ];
        parts.iter().any(|part| name.starts_with(part))
    };
    let files = files(data);
    let all = files
        .iter()
        .filter(|(path, _)| of_closed(path))
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |at| (path.clone(), at)));
    all.skip(first).step_by(step).collect()
}

#[tokio::test]
async fn every_flipped_byte_of_a_closed_shard_is_found_by_verify() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made(folder.path()).await;
    let seed = seed();
    let step = count(8, 1);
    let first = usize::try_from(seed % step as u64).expect("below a step");
    let places = places(&data, step, first);
    for (path, at) in &places {
        let whole = std::fs::read(path).expect("is there");
        let mut flipped = whole.clone();
        flipped[*at] ^= 1 << (at % 8);
        std::fs::write(path, flipped).expect("written");
        let found = verify(&data, Some(&root_of(&data))).map(|verified| verified.records);
        let said = found.expect_err(&format!("{} byte {at}", path.display())).to_string();
        let names = ["shard 000", "log of logs", "checkpoint/000"];
        assert!(names.iter().any(|name| said.contains(name)), "{said}");
        std::fs::write(path, whole).expect("written");
    }
    eprintln!("KEUZE_SEED={seed}: {} flips of closed shards found", places.len());
    verify(&data, Some(&root_of(&data))).expect("whole again");
}

/// A start that is refused changes nothing; else everything that is told is right. What can be made anew is, meanwhile; a journal that
/// is damaged is told of by verify.
#[tokio::test]
async fn no_flipped_byte_of_a_closed_shard_is_ever_read_as_anything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made(folder.path()).await;
    let (seed, flips) = (seed(), count(40, 1500));
    let mut rng = StdRng::seed_from_u64(seed);
    let places = places(&data, 1, 0);
    let mut ends = BTreeMap::new();
    for _ in 0..flips {
        let (path, at) = &places[rng.random_range(0..places.len())];
        let bit = 1 << rng.random_range(0..8);
        let flip = |bytes: &mut Vec<u8>| bytes[*at] ^= bit;
        let path = path.strip_prefix(&data).expect("inside");
        let what = format!("{} byte {at} bit {bit}", path.display());
        *ends.entry(tried(&data, path, flip, &what).await).or_insert(0) += 1;
    }
    eprintln!("KEUZE_SEED={seed}: {flips} flips of closed shards, {ends:?}");
    assert!(ends.len() > 1, "{ends:?}");
}

/// How a start on something that is damaged can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// It said what to do, and changed nothing.
    Refused,
    /// It went on, and all of it is whole again.
    Whole,
    /// It went on, everything that is told is right, and verify finds what is damaged.
    Found,
}

/// Changes a file of a copy and starts on it.
async fn tried(data: &Path, path: &Path, change: impl Fn(&mut Vec<u8>), what: &str) -> End {
    let work = tempfile::tempdir().expect("a folder");
    let copy = work.path().join("data");
    copy_folder(data, &copy);
    copy_beside(data, &copy);
    let mut bytes = std::fs::read(copy.join(path)).expect("is there");
    change(&mut bytes);
    std::fs::write(copy.join(path), bytes).expect("written");
    started(&copy, what).await
}

/// Starts on what is there. A refusal says what to do and changes nothing; else everything that is told is right.
async fn started(data: &Path, what: &str) -> End {
    let before = files(data);
    let ledger = match Ledger::open(opening(Some(data), 2)) {
        Ok(ledger) => ledger,
        Err(error) => {
            let said = error.to_string();
            let names = ["index", "entry", "Put", "put", "key", "build"];
            assert!(names.iter().any(|name| said.contains(name)), "{what}: {said}");
            assert!(files(data) == before, "{what}: a start that is refused changes nothing: {said}");
            return End::Refused;
        }
    };
    ledger.follow(RULES);
    untold(&ledger);
    let verified = until_filed(&ledger, data).await;
    let untold = untold(&ledger);
    ledger.close().await;
    match verified {
        Ok(()) => assert_eq!(untold, 0, "{what}"),
        Err(said) => {
            assert!(said.starts_with("shard 000") || said.starts_with("log of logs"), "{what}: {said}");
            return End::Found;
        }
    }
    End::Whole
}

/// A copy that stopped in the middle: of the files in their order some are whole, one is cut, the rest is missing. Or one file or
/// folder alone is cut or gone. What is acknowledged is there, or the start refuses.
#[tokio::test]
async fn a_directory_that_was_copied_in_part_starts_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made(folder.path()).await;
    let (seed, copies) = (seed(), count(40, 1500));
    let mut rng = StdRng::seed_from_u64(seed);
    let mut ends = BTreeMap::new();
    for number in 0..copies {
        let work = tempfile::tempdir().expect("a folder");
        let copy = work.path().join("data");
        copy_folder(&data, &copy);
        copy_beside(&data, &copy);
        let all: Vec<(PathBuf, Vec<u8>)> = files(&copy).into_iter().collect();
        let chosen = rng.random_range(0..all.len());
        let (path, bytes) = &all[chosen];
        let cut = rng.random_range(0..bytes.len().max(1));
        let what = match number % 4 {
            0 => {
                std::fs::write(path, &bytes[..cut]).expect("written");
                format!("{} cut to {cut}", path.display())
            }
            1 => {
                std::fs::remove_file(path).expect("removed");
                format!("{} removed", path.display())
            }
            2 => {
                let folder = path.parent().expect("in a folder");
                std::fs::remove_dir_all(folder).expect("removed");
                format!("{} removed", folder.display())
            }
            _ => {
                std::fs::write(path, &bytes[..cut]).expect("written");
                all[chosen + 1..].iter().for_each(|(path, _)| std::fs::remove_file(path).expect("removed"));
                format!("copied up to byte {cut} of {}", path.display())
            }
        };
        let verified = verify(&copy, Some(&root_of(&copy)));
        let end = started(&copy, &what).await;
        assert!(end == End::Whole || verified.is_err(), "{what}: {end:?} though verify found it well: {verified:?}");
        *ends.entry(end).or_insert(0) += 1;
    }
    eprintln!("KEUZE_SEED={seed}: {copies} copies in part, {ends:?}");
    assert!(ends.contains_key(&End::Refused) && ends.contains_key(&End::Whole), "{ends:?}");
}

const DAY: i64 = 86_400;

/// The clock of the machine goes back by more than a period, and forward again, with starts between: records stand in the order in
/// which they were acknowledged, and everything adds up.
#[tokio::test]
async fn a_clock_that_goes_back_changes_nothing_of_what_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let days = [400, 401, 0, 1, 399, 402, 2, 500, 3, 600];
    for (number, day) in (0..RECORDS).zip(days) {
        let ledger = Ledger::open(opening(Some(&data), number.into())).expect("opens");
        ledger.follow(ShardRules { period: ShardPeriod::Year, ..RULES });
        let event = named_choice(moment(day * DAY).at, &number.to_string()).with_subject(Some(Subject([7; 16])));
        ledger.append(AppendRequest::new(event)).await.expect("written");
        let history = ledger.history(Subject([7; 16])).expect("readable");
        let names: Vec<_> = history.iter().filter_map(|recorded| recorded.event.banner().1).collect();
        let wanted: Vec<_> = (0..=number).map(|number| number.to_string()).collect();
        assert_eq!(names, wanted, "in the order in which they were acknowledged");
        ledger.close().await;
        verify(&data, Some(&root_of(&data))).expect("adds up");
    }
    let verified = verify(&data, Some(&root_of(&data))).expect("adds up");
    assert_eq!(verified.records, u64::from(RECORDS));
}
