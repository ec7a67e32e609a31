//! `keuze restore`: what a backup holds is there again, what is lost is on record, and whatever interrupts it leaves the old state, the
//! finished one, or one that no start takes for a ledger.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ledger::Ledger;
use ledger::backup::{Restore, RestoreError, RestoreRequest, restore};
use ledger::clock::moment;
use ledger::verify::verify;
use model::event::EventKind;
use model::identity::Subject;
use vault::random::SeededRandom;

use crate::backing_up::BackedUpLedger;
use crate::fixture::{copy_folder, everything, last_checkpoint, opening, refused, root_of};

/// The day on which it is restored.
const DAY: i64 = 9 * 86_400;

struct TestRestore<'a> {
    backup: &'a Path,
    data: &'a Path,
    increment: Option<u32>,
    over_newer: bool,
}

impl<'a> TestRestore<'a> {
    fn newest(backup: &'a Path, data: &'a Path) -> Self {
        Self { backup, data, increment: None, over_newer: false }
    }

    fn run(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Restore, RestoreError> {
        let key_file = root_of(self.data);
        let request = RestoreRequest {
            backup: self.backup,
            increment: self.increment,
            data: self.data,
            key_file: Some(&key_file),
            kept_away: None,
            over_newer: self.over_newer,
            at: moment(DAY).at,
            random: Arc::new(SeededRandom::new(77)),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(restore(&request, progress))
    }

    fn done(&self) -> Result<Restore, RestoreError> {
        self.run(&mut |_, _| ())
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Backed up with three records and one of somebody, and then two more.
fn lost_two() -> BackedUpLedger {
    block_on(async {
        let mut kept = BackedUpLedger::with(3).await;
        kept.append(1, Some(Subject([7; 16]))).await;
        kept.back_up_on(1).expect("backed up");
        kept.append(2, None).await;
        kept.close().await;
        kept
    })
}

#[test]
fn a_restored_ledger_says_in_a_new_shard_what_is_lost() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let before = std::fs::read_to_string(last_checkpoint(&data)).expect("there");
    std::fs::remove_dir_all(&data).expect("lost");
    let done = TestRestore::newest(&to, &data).done().expect("restored");
    assert_eq!((done.number, done.restored.records, done.record.to_string()), (1, 4, "0002/0".to_owned()));
    assert_eq!(done.aside, None);
    let old = done.restored.old_checkpoint.clone().expect("it was known");
    assert!(before.ends_with(&old) && old.lines().nth(1) == Some("6"), "of six records: {old}");
    assert_eq!((done.restored.lost_from, done.restored.lost_until), (Some(moment(1).at), Some(moment(1).at)));
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up").records, 5);
    block_on(async {
        let ledger = Ledger::open(opening(Some(&data), 3)).expect("the last checkpoint is its own");
        let restores = ledger.restores().expect("readable");
        assert_eq!(restores, [(done.record, moment(DAY).at, done.restored.clone())]);
        assert_eq!(ledger.history(Subject([7; 16])).expect("readable").len(), 1, "what came back can be read");
        let event = ledger.record(done.record).expect("readable").expect("there").event;
        assert_eq!((event.kind(), event.head.subject), (EventKind::Restored, None));
        ledger.close().await;
    });
    verify(&data, Some(&root_of(&data))).expect("still adds up");
}

/// A restore is not a way around the check that a ledger is the newest: whoever copies the files by hand is refused.
#[test]
fn a_copy_that_is_put_back_by_hand_is_refused_as_before() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let elsewhere = data.with_file_name("elsewhere");
    std::fs::create_dir(&elsewhere).expect("made");
    std::fs::copy(root_of(&data), root_of(&elsewhere)).expect("copied");
    TestRestore::newest(&to, &elsewhere).done().expect("restored");
    std::fs::remove_dir_all(&data).expect("lost");
    // The restored one elsewhere, but for the shard that says so.
    copy_folder(&elsewhere, &data);
    for path in ["journal/0002", "closed"] {
        std::fs::remove_dir_all(data.join(path)).expect("removed");
    }
    let told = refused(&data);
    assert!(told.starts_with("shard 0002 index 0: the journal is missing, but the checkpoint outside it"), "{told}");
    for path in ["checkpoint/0002", "checkpoint/0002.vkey"] {
        std::fs::remove_file(data.join(path)).expect("removed");
    }
    let told = refused(&data);
    assert!(told.contains("this ledger is an older copy: it ends after 4 records"), "{told}");
    let restored = TestRestore { over_newer: true, ..TestRestore::newest(&to, &data) }.done().expect("restored");
    assert_eq!(restored.restored.records, 4);
    verify(&data, Some(&root_of(&data))).expect("adds up");
}

#[test]
fn a_newer_ledger_is_not_restored_over_unless_told() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let before = everything(kept.folder());
    let told = TestRestore::newest(&to, &data).done().expect_err("refused").to_string();
    assert!(told.contains("shard 0001 has 6 records there, and 4 in the backup"), "{told}");
    assert!(told.contains("--over-newer") && told.contains("Nothing was changed"), "{told}");
    let has_changed = everything(kept.folder()).keys().filter(|path| !before.contains_key(*path)).count();
    assert_eq!(has_changed, 0, "nothing was changed");
    let done = TestRestore { over_newer: true, ..TestRestore::newest(&to, &data) }.done().expect("restored");
    let aside = done.aside.expect("kept");
    assert!(aside.join("journal/0001/000000000000.log").is_file() && aside.join("keys/root-0001").is_file());
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up").records, 5);
    // What was restored is newer than the backup, too.
    let told = TestRestore::newest(&to, &data).done().expect_err("refused").to_string();
    assert!(told.contains("shard 0002 has 1 records there, and 0 in the backup"), "{told}");
    assert_eq!(kept.back_up_on(10).expect("backed up").records, 5, "it is backed up like any other");
    let done = TestRestore::newest(&to, &data).done().expect("it is not newer than its own backup");
    assert_eq!((done.number, done.record.to_string()), (2, "0003/0".to_owned()));
    let older = TestRestore { increment: Some(1), over_newer: true, ..TestRestore::newest(&to, &data) }
        .done()
        .expect("restored");
    assert_eq!((older.number, older.restored.records), (1, 4));
    let told =
        TestRestore { increment: Some(7), ..TestRestore::newest(&to, &data) }.done().expect_err("none").to_string();
    assert!(told.contains("there is no increment 7; there are 1, 2"), "{told}");
}

#[test]
fn what_does_not_verify_is_not_restored() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let files = everything(&to);
    for (path, whole) in files.iter().filter(|(path, _)| path.is_file()) {
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 4;
        std::fs::write(path, flipped).expect("written");
        let before = everything(&data);
        let asked = TestRestore { over_newer: true, ..TestRestore::newest(&to, &data) };
        let told = asked.done().expect_err("damaged").to_string();
        let name = path.file_name().expect("a name").to_string_lossy();
        assert!(told.contains(&*name), "{told}");
        assert!(everything(&data) == before, "nothing was changed: {told}");
        std::fs::remove_file(path).expect("removed");
        asked.done().expect_err("a hole");
        assert!(everything(&data) == before, "nothing was changed");
        std::fs::write(path, whole).expect("written");
    }
    std::fs::rename(root_of(&data), data.with_extension("elsewhere")).expect("renamed");
    let told = TestRestore::newest(&to, &data).done().expect_err("no key").to_string();
    assert!(told.contains("root key") && told.contains("is missing"), "{told}");
}

/// Interrupted at every step there is.
#[test]
fn an_interrupted_restore_leaves_the_old_state_the_new_one_or_none() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let (mut old, mut none, mut new) = (0, 0, 0);
    for steps in 0.. {
        let folder = tempfile::tempdir().expect("a folder");
        let there = folder.path().join("data");
        copy_folder(&data, &there);
        std::fs::copy(root_of(&data), root_of(&there)).expect("copied");
        std::fs::copy(last_checkpoint(&data), last_checkpoint(&there)).expect("copied");
        let asked = TestRestore { over_newer: true, ..TestRestore::newest(&to, &there) };
        let mut left = steps;
        let mut dies = |_, _| {
            assert!(left > 0, "killed here");
            left -= 1;
        };
        let interrupted = catch_unwind(AssertUnwindSafe(|| asked.run(&mut dies))).is_err();
        let whole = Ledger::open(opening(Some(&there), 5));
        match whole {
            Ok(ledger) => {
                let restores = ledger.restores().expect("readable").len();
                block_on(ledger.close());
                let records = verify(&there, Some(&root_of(&there))).expect("adds up").records;
                match restores {
                    0 => assert_eq!((records, old += 1), (6, ()), "the old state"),
                    _ => assert_eq!((records, new += 1), (5, ()), "the new one"),
                }
            }
            Err(error) => {
                none += 1;
                assert!(error.to_string().contains("Run the same `keuze restore` again"), "{error}");
                let told = verify(&there, Some(&root_of(&there))).expect_err("no ledger").to_string();
                assert!(told.contains("Run the same `keuze restore` again"), "{told}");
            }
        }
        let done = asked.done().expect("run again");
        let old_size = done.restored.old_checkpoint.as_deref().and_then(|note| note.lines().nth(1));
        if new == 0 {
            assert_eq!(old_size, Some("6"), "what was there before the first attempt");
        }
        assert_eq!(verify(&there, Some(&root_of(&there))).expect("adds up").records, 5);
        if !interrupted {
            break;
        }
    }
    assert!(old > 5 && none >= 4 && new == 2, "{old} times the old state, {none} times none, {new} times the new one");
}

fn keuze(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keuze"));
    command.args(arguments).arg("--data").arg(data).env("KEUZE_KEY_FILE", root_of(data));
    command
}

fn last_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned()
}

/// A real kill at moments that nobody chose.
#[test]
fn a_killed_restore_is_run_again() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let folder = to.to_str().expect("text");
    for moment in [0, 5, 10, 20, 40, 60, 80, 120, 160] {
        let mut running = keuze(&["restore", folder, "--over-newer"], &data);
        let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(Duration::from_millis(moment));
        running.kill().expect("it is ours");
        running.wait().expect("it is ours");
        match verify(&data, Some(&root_of(&data))) {
            Ok(_) => {}
            Err(told) => assert!(told.to_string().contains("keuze restore"), "{told}"),
        }
    }
    let done = keuze(&["restore", folder, "--over-newer"], &data).output().expect("it runs");
    assert!(done.status.success(), "{done:?}");
    assert!(last_line(&done).starts_with("restored: increment 1 of "), "{done:?}");
    let verified = keuze(&["verify"], &data).output().expect("it runs");
    assert!(verified.status.success() && last_line(&verified).starts_with("ok: 5 records"), "{verified:?}");
}

/// A site that keeps things away is not restored without them by oversight.
#[test]
fn without_what_was_kept_away_a_site_that_keeps_it_is_restored_only_when_told() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let apart = kept.folder().join("apart");
    let section = format!("\n[kept_away]\nfolder = \"{}\"\n", apart.display());
    std::fs::write(data.join("keuze.toml"), keuze_core::config::EXAMPLE.to_owned() + &section).expect("written");
    let folder = to.to_str().expect("text");
    let run = |more: &[&str]| {
        let done = keuze(&[&["restore", folder, "--over-newer"], more].concat(), &data).output().expect("it runs");
        let told = String::from_utf8_lossy(&[&done.stdout[..], &done.stderr].concat()).into_owned();
        (done.status.success(), told)
    };
    let before = everything(&data);
    let (done, told) = run(&[]);
    assert!(!done && told.contains("--kept-away FOLDER") && told.contains("Nothing was changed"), "{told}");
    assert!(everything(&data) == before, "nothing was changed");
    let (done, told) = run(&["--kept-away", apart.to_str().expect("text")]);
    assert!(!done && told.contains("apart") && told.contains("Nothing was changed"), "{told}");
    assert!(everything(&data) == before, "nothing was changed");
    let (done, told) = run(&["--without-kept-away"]);
    assert!(done && told.contains("Nothing was kept away, so none of it was put back"), "{told}");
    std::fs::write(data.join("keuze.toml"), keuze_core::config::EXAMPLE.to_owned() + &section).expect("written");
    std::fs::create_dir(&apart).expect("made");
    let (done, told) = run(&[]);
    assert!(done, "there is nothing in the folder, and that is told: {told}");
    assert!(told.contains("Nothing was kept away"), "{told}");
}

/// A disk that takes no more: files beyond a size are refused, as every write is on a full one.
fn on_a_full_disk(arguments: &str, data: &Path) -> Output {
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f 2; exec {} {arguments}", env!("CARGO_BIN_EXE_keuze"));
    command.args(["-c", &script]).env("KEUZE_KEY_FILE", root_of(data));
    command.output().expect("it runs")
}

#[test]
fn a_full_disk_in_the_middle_of_a_backup_or_a_restore_changes_nothing() {
    let kept = lost_two();
    let (data, to) = (kept.data(), kept.to());
    let before = everything(&to.join("files"));
    let index = std::fs::read(to.join("backup.json")).expect("there");
    let full = on_a_full_disk(&format!("backup {} --data {}", to.display(), data.display()), &data);
    let told = String::from_utf8_lossy(&full.stderr).into_owned();
    assert!(!full.status.success() && told.contains("the same command goes on from there"), "{told}");
    assert_eq!(std::fs::read(to.join("backup.json")).expect("there"), index);
    assert!(before.keys().all(|path| path.exists()));
    kept.verified().expect("the increment of before");
    let done = keuze(&["backup", to.to_str().expect("text")], &data).output().expect("it runs");
    assert!(done.status.success(), "{done:?}");
    let before = everything(&data);
    let arguments = format!("restore {} --over-newer --data {}", to.display(), data.display());
    let full = on_a_full_disk(&arguments, &data);
    let told = String::from_utf8_lossy(&full.stderr).into_owned();
    assert!(!full.status.success() && told.contains("Nothing was changed"), "{told}");
    assert!(everything(&data) == before, "nothing was changed");
    verify(&data, Some(&root_of(&data))).expect("as it was");
}
