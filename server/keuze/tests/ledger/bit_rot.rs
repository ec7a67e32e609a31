//! Bit rot in the database: whatever flips in sled's files, nobody ever reads anything that was not written.
//!
//! sled can panic or abort on a damaged file, so the flips are tried in child processes: this test's own program, told
//! by the environment which of them. A child says which flip it begins with, so that its end is laid to the right one.
#![expect(clippy::print_stdout, reason = "its parent reads what a child says")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ledger::verify::verify;
use ledger::{Appended, FactKind, Ledger, ReadError};
use model::identity::{ShardNumber, Subject};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::counts::{count, seed};
use crate::fixture::{address, copy_beside, copy_folder, draft, fill, opening, root_of, used};

/// A flip takes milliseconds; a child that says nothing for so long hangs in it.
const PATIENCE: Duration = Duration::from_mins(1);

/// What may become of a flip. A hang or the end of the process would be one more.
const OUTCOMES: [&str; 3] = ["identical", "rebuilt", "reported"];

/// The ledgers whose databases rot: closed after their only run, after a second one, and without sled's snapshot.
const BASES: [&str; 3] = ["one", "two", "bare"];

async fn make_bases(folder: &Path) {
    let one = folder.join(BASES[0]);
    session(&one, 1, true).await;
    let two = folder.join(BASES[1]);
    copy_ledger(&one, &two);
    session(&two, 2, false).await;
    session(&two, 3, false).await;
    let bare = folder.join(BASES[2]);
    copy_ledger(&two, &bare);
    for entry in std::fs::read_dir(bare.join("sled/projections")).expect("a folder") {
        let entry = entry.expect("readable");
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            std::fs::remove_file(entry.path()).expect("removed");
        }
    }
    for base in BASES {
        // Of the journal only what was written to it, so that a copy costs less.
        let path = folder.join(base).join("journal/0001/000000000000.log");
        let bytes = std::fs::read(&path).expect("is there");
        std::fs::write(&path, &bytes[..used(&bytes)]).expect("written");
    }
}

/// Opens, appends forty records of twenty people, and closes.
async fn session(data: &Path, seed: u64, first: bool) {
    let ledger = Ledger::open(opening(Some(data), seed)).expect("opens");
    if first {
        fill(&ledger).await;
    }
    for number in 0..40 {
        ledger.append(draft(number, person(number))).await.expect("written");
    }
    ledger.close().await;
}

fn person(number: i64) -> Option<Subject> {
    (number % 2 == 0).then(|| Subject([u8::try_from(number % 40).expect("small"); 16]))
}

fn copy_ledger(from: &Path, to: &Path) {
    copy_folder(from, to);
    copy_beside(from, to);
}

/// Everything that can be read of a ledger, as text.
fn content(ledger: &Ledger) -> Result<String, ReadError> {
    let mut text = Vec::new();
    let mut index = 0;
    while let Some(recorded) = ledger.record(address(index))? {
        let proven = ledger.prove(address(index))?.expect("it was there a moment ago");
        text.push(format!("{recorded:?} {:?} {}", proven.salt, proven.proof));
        index += 1;
    }
    for number in 0..40 {
        text.push(format!("{:?}", person(number).map(|person| ledger.history(person)).transpose()?));
    }
    for kind in [FactKind::Content, FactKind::Policies, FactKind::StaffMember] {
        let facts =
            ledger.facts(kind)?.into_iter().map(|stored| (stored.fact.body(), stored.fact.name(), stored.record));
        text.push(format!("{:?}", facts.collect::<Vec<_>>()));
    }
    text.push(format!("{:?}", ledger.checkpoint(ShardNumber::FIRST)));
    Ok(text.join("\n"))
}

/// One bit of what sled wrote.
#[derive(Debug)]
struct Flip {
    base: &'static str,
    file: PathBuf,
    at: usize,
    bit: u8,
}

/// Draws a flip among all used places of all files of one of the databases.
fn draw(folder: &Path, seed: u64, number: usize) -> Flip {
    const PLACE: usize = 64;
    let mut rng = StdRng::seed_from_u64(seed.wrapping_add(number as u64));
    let base = BASES[rng.random_range(0..BASES.len())];
    let mut places = Vec::new();
    let mut folders = vec![folder.join(base).join("sled")];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("readable");
            let written = bytes.chunks(PLACE).enumerate().filter(|(_, place)| place.iter().any(|byte| *byte != 0));
            places.extend(written.map(|(number, place)| (path.clone(), number * PLACE, place.len())));
        }
    }
    let (path, from, len) = places.swap_remove(rng.random_range(0..places.len()));
    let file = path.strip_prefix(folder.join(base)).expect("inside").to_path_buf();
    Flip { base, file, at: from + rng.random_range(0..len), bit: rng.random_range(0..8) }
}

/// How else a flip can end than in the same content.
enum End {
    /// Something was refused, and it was said why.
    Reported(String),
    /// Something was read that was not written, or is not there any more.
    Wrong(String),
}

fn reported(error: impl ToString) -> End {
    End::Reported(error.to_string())
}

/// Tries a flip on a copy.
async fn attempt(folder: &Path, flip: &Flip, expected: &str) -> Result<&'static str, End> {
    let work = tempfile::tempdir().expect("a folder");
    let data = work.path().join("data");
    copy_ledger(&folder.join(flip.base), &data);
    let path = data.join(&flip.file);
    let mut bytes = std::fs::read(&path).expect("readable");
    bytes[flip.at] ^= 1 << flip.bit;
    std::fs::write(&path, bytes).expect("written");

    let ledger = Ledger::open(opening(Some(&data), 5)).map_err(reported)?;
    let found = content(&ledger).map_err(reported)?;
    if found != expected {
        return Err(End::Wrong(format!("it reads otherwise: {found}")));
    }
    // What is damaged may come up only now.
    let written = ledger.append(draft(1000, None)).await.map_err(reported)?;
    reads_back(&ledger, &written)?;
    ledger.close().await;
    drop(ledger);
    verified(&data)?;
    let again = Ledger::open(opening(Some(&data), 6)).map_err(reported)?;
    reads_back(&again, &written)?;
    again.close().await;
    Ok(if data.join("sled.aside-1").exists() { "rebuilt" } else { "identical" })
}

fn reads_back(ledger: &Ledger, written: &Appended) -> Result<(), End> {
    match ledger.record(written.address).map_err(reported)? {
        Some(recorded) if recorded.event == written.event => Ok(()),
        other => Err(End::Wrong(format!("what was written last is {other:?}"))),
    }
}

/// Nothing but the database can be at fault.
fn verified(data: &Path) -> Result<(), End> {
    let Err(error) = verify(data, Some(&root_of(data))) else { return Ok(()) };
    let said = error.to_string();
    let of_database = said.contains("database") || said.contains("sled");
    Err(if of_database { End::Reported(said) } else { End::Wrong(said) })
}

/// The child: tries its share of the flips and prints what became of each.
#[tokio::test]
#[ignore = "started by every_flip_in_the_database_is_harmless, which tells it what to try"]
async fn a_share_of_the_flips() {
    let Ok(told) = std::env::var("KEUZE_FLIPS") else { return };
    let words: Vec<&str> = told.split(' ').collect();
    let [seed, from, to, folder] = words[..] else { panic!("seed, from, to, folder: {told}") };
    let (seed, range) = (seed.parse().expect("a seed"), from.parse().expect("from")..to.parse().expect("to"));
    let folder = Path::new(folder);
    let mut expected = BTreeMap::new();
    for base in BASES {
        let copy = tempfile::tempdir().expect("a folder");
        let data = copy.path().join("data");
        copy_ledger(&folder.join(base), &data);
        let ledger = Ledger::open(opening(Some(&data), 4)).expect("opens");
        expected.insert(base, content(&ledger).expect("readable"));
        ledger.close().await;
    }
    for number in range {
        let flip = draw(folder, seed, number);
        println!("\nBEGIN {number} {flip:?}");
        let (outcome, said) = match attempt(folder, &flip, &expected[flip.base]).await {
            Ok(outcome) => (outcome, String::new()),
            Err(End::Reported(said)) => ("reported", said),
            Err(End::Wrong(said)) => ("wrong", said),
        };
        println!("\nEND {outcome} {}", said.replace('\n', " "));
    }
}

/// The children of one share, one after another: each goes on behind the flip that its elder ended in.
struct Share<'a> {
    folder: &'a Path,
    seed: u64,
    range: Range<usize>,
}

/// What became of a flip, with everything that is known about it.
type SeenFlip = (String, String);

impl Share<'_> {
    fn run(mut self) -> Vec<SeenFlip> {
        let mut seen = Vec::new();
        while !self.range.is_empty() {
            let (mut child, lines) = self.start();
            let (found, last) = follow(&lines);
            let ended = last.is_none() && child.wait().expect("it is ours").success();
            assert!(!ended || found.len() == self.range.len(), "a child that ends well has tried its whole share");
            if !ended {
                child.kill().expect("it is ours");
                let status = child.wait().expect("it is ours");
                seen.push((format!("ended with {status}"), last.unwrap_or_default()));
            }
            self.range.start += found.len() + usize::from(!ended);
            seen.extend(found);
        }
        seen
    }

    fn start(&self) -> (Child, Receiver<String>) {
        let Self { folder, seed, range } = self;
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "bit_rot::a_share_of_the_flips", "--ignored", "--nocapture"]);
        command.env("KEUZE_FLIPS", format!("{seed} {} {} {}", range.start, range.end, folder.display()));
        // sled's panics are expected, and there are many.
        command.env("RUST_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let (said, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        (child, lines)
    }
}

/// What a child said of its flips, and the one that it never came back from.
fn follow(lines: &Receiver<String>) -> (Vec<SeenFlip>, Option<String>) {
    let mut seen = Vec::new();
    let mut begun = None;
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        if let Some(flip) = line.strip_prefix("BEGIN ") {
            begun = Some(flip.to_owned());
        } else if let Some(end) = line.strip_prefix("END ") {
            let (outcome, said) = end.split_once(' ').unwrap_or((end, ""));
            seen.push((outcome.to_owned(), format!("{}: {said}", begun.take().unwrap_or_default())));
        }
    }
    (seen, begun)
}

#[tokio::test]
async fn every_flip_in_the_database_is_harmless() {
    let folder = tempfile::tempdir().expect("a folder");
    make_bases(folder.path()).await;
    let (seed, flips) = (seed(), count(100, 2000));
    let share = |range| Share { folder: folder.path(), seed, range };
    let outcomes = std::thread::scope(|scope| {
        let first = scope.spawn(|| share(0..flips / 2).run());
        let second = share(flips / 2..flips).run();
        [first.join().expect("it watches only"), second].concat()
    });
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for (outcome, _) in &outcomes {
        *counted.entry(outcome).or_default() += 1;
    }
    eprintln!("KEUZE_SEED={seed}: {flips} flips, {counted:?}");
    assert_eq!(outcomes.len(), flips);
    let other: Vec<_> = outcomes.iter().filter(|(outcome, _)| !OUTCOMES.contains(&outcome.as_str())).collect();
    assert!(other.is_empty(), "{other:#?}");
}
