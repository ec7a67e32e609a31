//! A disk that says no: one call of the writer fails (a write, a sync, a rename, something that is made or removed), in every
//! part of the data directory, or the disk is full. Whatever fails, the writer ends and says so, or does without; nothing
//! that was acknowledged is missing at the next start, which mends what was left.
//!
//! A sync that fails is followed by a power cut: what it would have made durable may be gone.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tempfile::TempDir;

use crate::counts::{count, seed};
use crate::image::{History, Model};
use crate::recording::{Injection, Operation, Run, What, run_writer};
use crate::{acknowledged_by, make_folders_anew, recover};

/// What can fail, as the recorder calls it.
const CALLS: [&str; 5] = ["write", "sync", "rename", "make", "remove"];

/// Parts of a data directory, and what stands beside it: each gets its share of the failures.
const PARTS: [&str; 7] = [
    "/data/journal/0",
    "/data/journal/logs",
    "/data/keys",
    "/data/checkpoint",
    "/data/closed",
    "/data/sled",
    "/root.key",
];

/// Rounds of the writer, and records of each of its tasks: four shards, and a start on what the first round left.
const WORK: [&str; 2] = ["2", "6"];

/// What it does on what is there already: no shard closes.
const AGAIN: [&str; 2] = ["1", "1"];

/// Failures of each call in each part.
fn failures() -> usize {
    count(1, 40)
}

/// Sizes of a disk that are tried.
fn sizes() -> usize {
    count(5, 60)
}

/// One call that fails.
#[derive(Clone, Copy)]
struct Failure {
    call: &'static str,
    part: &'static str,
    /// Of how many that were made without a failure.
    of: usize,
    at: usize,
    /// The system's number of the error; 0 is a short write.
    error: i32,
    /// Later ones fail as well.
    on: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, part, of, at, error, on } = self;
        write!(f, "{call} {at} of {of} in {part} fails with {error}{}", if *on { ", and all later ones" } else { "" })
    }
}

impl Failure {
    fn injection(&self) -> Injection {
        let mut injection = vec![
            ("FAULT_CALL", self.call.to_owned()),
            ("FAULT_PATH", self.part.to_owned()),
            ("FAULT_AT", self.at.to_string()),
            ("FAULT_ERROR", self.error.to_string()),
        ];
        if self.on {
            injection.push(("FAULT_ON", "1".to_owned()));
        }
        injection
    }

    fn attempt<'a>(&self, base: Option<&'a Base>) -> Attempt<'a> {
        let names = (self.part != "/data/sled").then_some(self.part);
        Attempt { base, what: self.to_string(), injection: self.injection(), cuts: false, names }
    }
}

/// The errors that a call can fail with.
fn errors(call: &str) -> &'static [i32] {
    match call {
        "write" => &[libc::EIO, libc::ENOSPC, 0],
        "make" => &[libc::ENOSPC, libc::EMFILE, libc::EACCES],
        "sync" => &[libc::EIO, libc::ENOSPC],
        _ => &[libc::EIO],
    }
}

/// What a call is to the recorder.
fn call_of(what: &What) -> Option<&'static str> {
    Some(match what {
        What::Written { .. } | What::Truncated { .. } => "write",
        What::SyncBegun => "sync",
        What::Renamed { .. } => "rename",
        What::Created | What::FolderMade => "make",
        What::Unlinked => "remove",
        _ => return None,
    })
}

/// Failures of every call in every part, at places drawn among those that a run without one had.
fn draw(operations: &[Operation], rng: &mut StdRng) -> Vec<Failure> {
    let mut made: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for operation in operations {
        let path = format!("/{}", operation.path);
        let Some(call) = call_of(&operation.what) else { continue };
        for part in PARTS.iter().filter(|part| path.contains(**part)) {
            *made.entry((call, part)).or_default() += 1;
        }
    }
    let mut failures_drawn = Vec::new();
    for ((call, part), of) in made {
        let mut places: Vec<usize> = (1..=of).collect();
        places.shuffle(rng);
        let errors = errors(call);
        let first = rng.random_range(0..errors.len());
        for (number, at) in places.into_iter().take(failures()).enumerate() {
            let error = errors[(first + number) % errors.len()];
            let call = CALLS.into_iter().find(|known| *known == call).expect("it is one of them");
            let part = PARTS.into_iter().find(|known| *known == part).expect("it is one of them");
            failures_drawn.push(Failure { call, part, of, at, error, on: error != 0 && rng.random_bool(0.5) });
        }
    }
    failures_drawn
}

/// What the writer begins with.
struct Base {
    folder: TempDir,
    /// What was acknowledged of it.
    acknowledged: Vec<(String, String)>,
}

impl Base {
    /// What a start has much to mend of: two rounds, and then the database and a folder of a closed shard are gone, one is damaged,
    /// slots are empty, and behind the last batch stands half of one that nobody was told of.
    fn to_mend() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("run")).expect("made");
        let Run { operations, status, said } = run_writer(folder.path(), WORK, &Vec::new());
        assert!(status.is_some_and(|status| status.success()), "{said}");
        let data = folder.path().join("run/data");
        for gone in ["sled", "closed/0001"] {
            std::fs::remove_dir_all(data.join(gone)).expect("it was there");
        }
        std::fs::write(data.join("closed/0002/places"), [1, 0, 0]).expect("written");
        let slots = data.join("checkpoint/0004");
        let bytes = std::fs::read(&slots).expect("it was there");
        std::fs::write(&slots, [&vec![0; bytes.len() / 2], &bytes[bytes.len() / 2..]].concat()).expect("written");
        let journal = data.join("journal/0004/000000000000.log");
        let mut bytes = std::fs::read(&journal).expect("it was there");
        let end = bytes.iter().rposition(|byte| *byte != 0).expect("something was written") + 1;
        bytes.truncate(end);
        bytes.extend_from_within(..100);
        std::fs::write(&journal, bytes).expect("written");
        Self { acknowledged: acknowledged_by(&operations), folder }
    }

    /// A copy of it as the folder `run` in another one.
    fn copy_into(&self, folder: &Path) {
        let copied = Command::new("cp").arg("-r").arg(self.folder.path().join("run")).arg(folder).status();
        assert!(copied.expect("cp is installed").success());
    }
}

/// What is tried once.
struct Attempt<'a> {
    /// What the writer begins with, and what it does; nothing and [`WORK`] where there is none.
    base: Option<&'a Base>,
    what: String,
    /// What the recorder is told.
    injection: Injection,
    /// Whether the power goes as well.
    cuts: bool,
    /// What a writer that stops has to name; sled names no file.
    names: Option<&'static str>,
}

/// What came of all of them.
#[derive(Default)]
struct Tally {
    /// It was met.
    met: usize,
    /// The writer stopped, and said why.
    stopped: usize,
    acknowledged: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Tries them all, two at a time.
    fn count(attempts: &[Attempt<'_>]) -> Self {
        let tally = Mutex::new(Self::default());
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    let runtime = runtime.expect("a runtime");
                    while let Some(attempt) = attempts.get(next.fetch_add(1, Ordering::SeqCst)) {
                        runtime.block_on(attempt.run(&tally));
                    }
                });
            }
        });
        tally.into_inner().expect("nobody panicked")
    }
}

impl Attempt<'_> {
    /// Runs the writer with something that fails, and looks at what it left.
    async fn run(&self, tally: &Mutex<Tally>) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut expected = Vec::new();
        let work = match self.base {
            None => std::fs::create_dir(folder.path().join("run")).map(|()| WORK).expect("made"),
            Some(base) => {
                base.copy_into(folder.path());
                expected.clone_from(&base.acknowledged);
                AGAIN
            }
        };
        let run = run_writer(folder.path(), work, &self.injection);
        expected.extend(acknowledged_by(&run.operations));
        let ended = self.ended(&run);
        let outcome = match &ended {
            Ok(_) => recovered(&self.left(folder.path(), &run), &expected).await,
            Err(how) => Err(how.clone()),
        };
        let mut tally = tally.lock().expect("nobody panics while holding it");
        tally.met += usize::from(run.said.contains("\nFAULT "));
        tally.stopped += usize::from(ended == Ok(true));
        tally.acknowledged += expected.len();
        if let Err(what) = outcome {
            tally.wrong.push(format!("{}: {what}\nThe writer said: {}", self.what, run.said));
        }
    }

    /// Whether it stopped; it may not hang, nor be ended by anything but itself, nor stop without saying what failed, of which file, and
    /// what to do.
    fn ended(&self, run: &Run) -> Result<bool, String> {
        let status = run.status.ok_or("it hangs")?;
        // sled panics where it could fail; that is caught.
        let panicked = run.said.lines().any(|line| line.contains("panicked at") && !line.contains("/sled-0."));
        if panicked || !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("it ended with {status}"));
        }
        if status.success() {
            return Ok(false);
        }
        let fault = run.said.lines().find_map(|line| line.strip_prefix("FAULT ")?.rsplit_once(": "));
        let (_, error) = fault.ok_or("it stopped though nothing failed")?;
        let is_told = |line: &str| {
            let names = self.names.is_none_or(|name| line.contains(name) && line.contains("). "));
            !line.starts_with("FAULT") && line.contains(error) && names
        };
        if run.said.lines().any(is_told) {
            Ok(true)
        } else {
            Err("it stopped and did not say why, where, or what to do".to_owned())
        }
    }

    /// What the next start finds.
    fn left(&self, folder: &Path, run: &Run) -> PathBuf {
        let image = folder.join("image");
        if !self.cuts {
            return folder.join("run");
        }
        let mut rng = StdRng::seed_from_u64(0);
        History::read_operations(&run.operations).image(run.operations.len(), Model::Strict, &mut rng).lay_out(&image);
        image
    }
}

/// The next start, on a disk that is well: everything is there, and it goes on.
async fn recovered(left: &Path, expected: &[(String, String)]) -> Result<(), String> {
    // Before anything was acknowledged there may be nothing to start from but a root key.
    if expected.is_empty() && !left.join("data").exists() {
        return Ok(());
    }
    match recover(left, expected).await {
        Err(what) if what.contains("the next start makes this folder anew") => make_folders_anew(left).await,
        recovered => recovered,
    }
}

#[test]
fn whichever_call_fails_nothing_acknowledged_is_missing() {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("run")).expect("made");
    let Run { operations, status, said } = run_writer(folder.path(), WORK, &Vec::new());
    assert!(status.is_some_and(|status| status.success()), "{said}");
    let failures = draw(&operations, &mut rng);
    let attempts: Vec<_> = failures.iter().map(|it| Attempt { cuts: it.call == "sync", ..it.attempt(None) }).collect();
    assert_harmless(seed, &attempts);
}

/// Whatever a start mends, it can be stopped in the middle of it; the next one goes on.
#[test]
fn whichever_call_of_a_start_fails_the_next_one_mends_what_is_left() {
    let seed = seed();
    let base = Base::to_mend();
    let folder = tempfile::tempdir().expect("a folder");
    base.copy_into(folder.path());
    let Run { operations, status, said } = run_writer(folder.path(), AGAIN, &Vec::new());
    assert!(status.is_some_and(|status| status.success()), "{said}");
    let failures = draw(&operations, &mut StdRng::seed_from_u64(seed));
    let attempts: Vec<_> = failures.iter().map(|it| it.attempt(Some(&base))).collect();
    assert_harmless(seed, &attempts);
}

fn assert_harmless(seed: u64, attempts: &[Attempt<'_>]) {
    let Tally { met, stopped, acknowledged, wrong } = Tally::count(attempts);
    eprintln!(
        "KEUZE_SEED={seed}: {} calls to fail, {met} met, {stopped} stopped the writer, {acknowledged} acknowledged records",
        attempts.len()
    );
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    assert!(met > attempts.len() / 2 && stopped > 0 && acknowledged > 0, "nothing was tried");
}

/// The bytes of all files in a folder.
fn length_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("listed").map(|entry| entry.expect("listed").path());
    let length = |path: PathBuf| if path.is_dir() { length_of(&path) } else { path.metadata().expect("there").len() };
    entries.map(length).sum()
}

#[test]
fn a_disk_of_whatever_size_that_fills_up_loses_nothing_acknowledged() {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("run")).expect("made");
    let Run { status, said, .. } = run_writer(folder.path(), WORK, &Vec::new());
    assert!(status.is_some_and(|status| status.success()), "{said}");
    let whole = length_of(&folder.path().join("run"));
    let attempt = |_| {
        let size = rng.random_range(0..whole);
        let injection = vec![("FAULT_SPACE", size.to_string())];
        Attempt { base: None, what: format!("a disk of {size} bytes"), injection, cuts: false, names: None }
    };
    let attempts: Vec<_> = (0..sizes()).map(attempt).collect();
    let Tally { met, stopped, acknowledged, wrong } = Tally::count(&attempts);
    eprintln!("KEUZE_SEED={seed}: {} disks, {met} full, {stopped} stopped the writer, {acknowledged} records", sizes());
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    assert!(met > 0 && stopped > 0, "nothing was tried");
}
