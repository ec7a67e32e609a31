//! `keuze backup`: increments that share files, hold what was durable, and tell whatever became of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ledger::backup::{BackedUp, BackupError, BackupRequest, VerifiedBackup, backup, verify_backup};
use ledger::clock::moment;
use ledger::fixture::{erasure, named_choice};
use ledger::shards::ShardRules;
use ledger::{AppendRequest, Ledger, Opening};
use model::identity::Subject;
use time::Duration;
use vault::ring::KeyPurpose;

use crate::fixture::{copy_folder, everything, opening, root_of};

const KEPT: Duration = Duration::days(35);

/// A ledger in a folder, and a backup beside it.
pub struct BackedUpLedger {
    folder: tempfile::TempDir,
    pub ledger: Option<Ledger>,
}

impl BackedUpLedger {
    pub async fn with(records: u8) -> Self {
        Self::seeded(records, 1).await
    }

    async fn seeded(records: u8, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(opening(Some(&folder.path().join("data")), seed)).expect("opens");
        let kept = Self { folder, ledger: Some(ledger) };
        kept.append(records, None).await;
        kept
    }

    pub fn ledger(&self) -> &Ledger {
        self.ledger.as_ref().expect("it is open")
    }

    pub async fn append(&self, records: u8, subject: Option<Subject>) {
        for number in 0..records {
            let event = named_choice(moment(1).at, &number.to_string()).with_subject(subject);
            self.ledger().append(AppendRequest::new(event)).await.expect("written");
        }
    }

    async fn erase(&self, subject: Subject) {
        let key = self.ledger().find_key(KeyPurpose::Proof(subject)).expect("there is one");
        self.ledger().append(AppendRequest::new(erasure(moment(9).at)).ending(vec![key])).await.expect("written");
    }

    pub async fn close(&mut self) {
        if let Some(ledger) = self.ledger.take() {
            ledger.close().await;
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn to(&self) -> PathBuf {
        self.folder.path().join("backup")
    }

    pub fn back_up_on(&self, day: i64) -> Result<BackedUp, BackupError> {
        back_up(&self.data(), &self.to(), day, &mut |_, _| ())
    }

    pub fn verified(&self) -> Result<VerifiedBackup, String> {
        verified(&self.to(), &self.data())
    }
}

fn back_up(data: &Path, to: &Path, day: i64, progress: &mut dyn FnMut(u64, u64)) -> Result<BackedUp, BackupError> {
    let key_file = root_of(data);
    let at = moment(day * 86_400).at;
    backup(&BackupRequest { data, key_file: Some(&key_file), to, at, keep: KEPT }, progress)
}

fn verified(to: &Path, data: &Path) -> Result<VerifiedBackup, String> {
    verify_backup(to, Some(&root_of(data)), &mut |_, _| ())
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    everything(folder).into_iter().filter(|(path, _)| path.is_file()).collect()
}

#[tokio::test]
async fn a_backup_is_incremental_and_verifies_beside_a_running_server_and_without_one() {
    let mut kept = BackedUpLedger::with(3).await;
    kept.ledger().follow(ShardRules { records: 20, ..ShardRules::default() });
    let first = kept.back_up_on(1).expect("backed up");
    assert_eq!((first.number, first.records, first.shared, first.gone), (1, 3, 0, 0));
    let verified = kept.verified().expect("adds up");
    assert_eq!((verified.increments.len(), verified.newest.records), (1, 3));
    kept.append(50, Some(Subject([7; 16]))).await;
    let second = kept.back_up_on(2).expect("backed up");
    assert_eq!((second.number, second.records), (2, 53));
    let before = files(&kept.to());
    kept.append(1, None).await;
    let third = kept.back_up_on(3).expect("backed up");
    assert!(third.shared >= 6, "closed shards are not copied again: {third:?}");
    let copied: Vec<_> = files(&kept.to()).into_keys().filter(|path| !before.contains_key(path)).collect();
    assert_eq!(copied.len() as u64, third.copied + 1, "and what says what the increment is: {copied:?}");
    kept.close().await;
    let stopped = kept.back_up_on(4).expect("backed up");
    assert_eq!((stopped.number, stopped.records), (4, 54));
    let again = kept.back_up_on(4).expect("backed up");
    assert_eq!((again.number, again.copied), (5, 0), "nothing has changed: {again:?}");
    let verified = kept.verified().expect("adds up");
    assert_eq!((verified.increments.len(), verified.newest.records), (5, 54));
}

/// The root key is in no backup, and nothing that stands beside it.
#[tokio::test]
async fn the_root_key_is_in_no_backup() {
    let mut kept = BackedUpLedger::with(3).await;
    kept.close().await;
    kept.back_up_on(1).expect("backed up");
    let text = std::fs::read_to_string(root_of(&kept.data())).expect("there");
    let key = text.split_whitespace().max_by_key(|word| word.len()).expect("a key").as_bytes();
    let holds = |folder: &Path| files(folder).values().any(|bytes| bytes.windows(key.len()).any(|part| part == key));
    assert!(!holds(&kept.to()));
    std::fs::write(kept.to().join("files/root"), &text).expect("written");
    assert!(holds(&kept.to()), "the test can fail");
}

/// Whatever is altered, cut off or taken away is told by file, with what it is and what to do.
#[tokio::test]
async fn every_damaged_file_of_a_backup_is_noticed() {
    let mut kept = BackedUpLedger::with(2).await;
    kept.back_up_on(1).expect("backed up");
    kept.append(2, None).await;
    kept.close().await;
    kept.back_up_on(2).expect("backed up");
    kept.verified().expect("adds up");
    for (path, whole) in files(&kept.to()) {
        let noticed = |what: &str| {
            let told = kept.verified().map(|_| ()).expect_err(&format!("{what} of {}", path.display()));
            let name = path.file_name().expect("a name").to_string_lossy();
            let is_index = name == "backup.json";
            assert!(is_index || told.contains(&*name), "{what}: {told}");
            assert!(is_index || told.contains("keuze backup"), "what to do: {told}");
        };
        for at in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            std::fs::write(&path, flipped).expect("written");
            noticed(&format!("byte {at}"));
        }
        for len in [0, 1, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..len]).expect("written");
            noticed(&format!("cut to {len}"));
        }
        std::fs::write(&path, [&whole[..], b"\n"].concat()).expect("written");
        noticed("something behind it");
        std::fs::remove_file(&path).expect("removed");
        noticed("missing");
        std::fs::write(&path, whole).expect("written");
        kept.verified().expect("as it was");
    }
}

/// A hole is filled by the next backup where the ledger still has what is missing; an increment that stays without it goes, and that
/// is told.
#[tokio::test]
async fn the_next_backup_fills_a_hole_or_lets_go_of_what_cannot_be_restored() {
    let mut kept = BackedUpLedger::with(3).await;
    kept.back_up_on(1).expect("backed up");
    let first: BTreeSet<_> = files(&kept.to()).into_keys().collect();
    kept.append(3, None).await;
    kept.back_up_on(2).expect("backed up");
    let all: Vec<_> = files(&kept.to()).into_keys().collect();
    let is_file = |path: &&PathBuf| path.parent().is_some_and(|parent| parent.ends_with("files"));
    for (path, lost) in all.iter().filter(is_file).map(|path| (path, first.contains(path))) {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("backup");
        copy_folder(&kept.to(), &to);
        let path = to.join("files").join(path.file_name().expect("a name"));
        std::fs::remove_file(&path).expect("removed");
        let told = verified(&to, &kept.data()).expect_err("a hole");
        assert!(told.contains("is missing: it is"), "{told}");
        let done = back_up(&kept.data(), &to, 3, &mut |_, _| ()).expect("backed up");
        let verified = verified(&to, &kept.data()).expect("without a hole");
        let stays = verified.increments.iter().map(|(number, ..)| *number).collect::<Vec<_>>();
        let is_filled = path.exists();
        assert_eq!(is_filled, done.told.is_empty(), "{:?}", done.told);
        assert!(is_filled || lost, "what the ledger has is copied anew");
        assert_eq!(stays, if is_filled { vec![1, 2, 3] } else { vec![2, 3] }, "{:?}", done.told);
    }
    kept.close().await;
}

/// Older increments hold the keys of people who were erased since: they go, with every file that no other needs.
#[tokio::test]
async fn increments_go_after_their_days_with_what_they_alone_have() {
    let anna = Subject([0xA; 16]);
    let mut kept = BackedUpLedger::with(1).await;
    kept.append(2, Some(anna)).await;
    kept.back_up_on(100).expect("backed up");
    let old = files(&kept.to());
    kept.erase(anna).await;
    kept.back_up_on(120).expect("backed up");
    let buckets = |folder: &Path| {
        let bytes = std::fs::read(kept.data().join("keys/bucket-000002")).expect("the bucket of those who live on");
        files(folder).values().any(|file| *file == bytes)
    };
    assert!(buckets(&kept.to()), "the test can fail");
    assert_eq!(kept.verified().expect("adds up").increments.len(), 2);
    let done = kept.back_up_on(136).expect("backed up");
    assert_eq!((done.number, done.gone), (3, 1));
    let verified = kept.verified().expect("adds up");
    assert_eq!(verified.increments.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [2, 3]);
    let now = files(&kept.to());
    let gone: Vec<_> = old.keys().filter(|path| !now.contains_key(*path)).collect();
    assert!(gone.len() >= 4, "its own description, journal, checkpoint and keys: {gone:?}");
    assert!(buckets(&kept.to()));
    let done = kept.back_up_on(400).expect("backed up");
    assert_eq!((done.number, done.gone), (4, 2), "the newest stays");
    kept.close().await;
}

/// A kill at any moment: what was copied is kept, the increments of before are whole, and the same command goes on.
#[tokio::test]
async fn an_interrupted_backup_is_gone_on_with() {
    let mut kept = BackedUpLedger::with(20).await;
    kept.ledger().follow(ShardRules { records: 5, ..ShardRules::default() });
    kept.append(40, Some(Subject([7; 16]))).await;
    kept.close().await;
    let data = kept.data();
    for calls in [0, 1, 7, 20, 30] {
        let to = kept.folder.path().join(format!("cut-{calls}"));
        let dies_after = |calls: i32, day| {
            let mut left = calls;
            let mut dies = |_, _| {
                assert!(left > 0, "killed here");
                left -= 1;
            };
            catch_unwind(AssertUnwindSafe(|| back_up(&data, &to, day, &mut dies))).expect_err("killed");
        };
        dies_after(calls, 1);
        let told = verified(&to, &data).expect_err("nothing is whole yet");
        assert!(told.contains("first backup was interrupted"), "{told}");
        std::fs::write(to.join("backup.json.new"), "{").expect("a file that was being written");
        let done = back_up(&data, &to, 2, &mut |_, _| ()).expect("gone on with");
        assert!(done.shared + 1 >= u64::try_from(calls).expect("positive"), "what was whole is kept: {done:?}");
        dies_after(calls, 3);
        assert_eq!(verified(&to, &data).expect("as it was").increments.len(), 1);
    }
}

/// What `keuze backup` copies while people choose, are erased, and shards close is a ledger that adds up, at every moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn whatever_happens_meanwhile_a_backup_adds_up() {
    let mut kept = BackedUpLedger::with(3).await;
    kept.ledger().follow(ShardRules { records: 150, ..ShardRules::default() });
    let ended = Arc::new(AtomicBool::new(false));
    let (ledger, stop) = (kept.ledger().clone(), Arc::clone(&ended));
    let busy = tokio::spawn(async move {
        for round in 0_u64.. {
            if stop.load(Ordering::SeqCst) {
                return round;
            }
            let subject = Subject(u128::from(round).to_be_bytes());
            let drafts = (0..5).map(|number| named_choice(moment(1).at, &number.to_string()));
            let drafts = drafts.map(|event| AppendRequest::new(event.with_subject(Some(subject)))).collect();
            ledger.append_together(drafts).await.expect("written");
            if round % 40 == 7 {
                let key = ledger.find_key(KeyPurpose::Proof(subject)).expect("there is one");
                ledger.append(AppendRequest::new(erasure(moment(9).at)).ending(vec![key])).await.expect("written");
            }
        }
        0
    });
    let mut last = 0;
    for day in 1..12 {
        let done = tokio::task::block_in_place(|| kept.back_up_on(day)).expect("backed up");
        let verified = tokio::task::block_in_place(|| kept.verified()).expect("adds up");
        assert_eq!(verified.newest.records, done.records);
        assert!(done.records >= last, "none is lost");
        last = done.records;
    }
    ended.store(true, Ordering::SeqCst);
    let rounds = busy.await.expect("it went on");
    assert!(rounds > 40 && last > 200, "the test can fail: {rounds} rounds, {last} records");
    kept.close().await;
}

/// A folder that holds something else is refused with the mend, and nothing in it is changed.
#[tokio::test]
async fn a_folder_that_is_no_backup_of_this_ledger_is_refused_and_not_changed() {
    let mut kept = BackedUpLedger::with(3).await;
    kept.close().await;
    let mut other = BackedUpLedger::seeded(3, 2).await;
    other.close().await;
    let site = kept.folder.path().join("of-site");
    let of_site = Opening { origin: "other.test".into(), ..opening(Some(&site), 1) };
    Ledger::open(of_site).expect("opens").close().await;
    let at = |name: &str| kept.folder.path().join(name);
    std::fs::create_dir(at("diary")).expect("made");
    std::fs::write(at("diary/monday.txt"), "rain").expect("written");
    back_up(&kept.data(), &at("later"), 1, &mut |_, _| ()).expect("backed up");
    let index = std::fs::read_to_string(at("later/backup.json")).expect("there");
    std::fs::write(at("later/backup.json"), index.replace("\"keuze_backup\": 1", "\"keuze_backup\": 2"))
        .expect("written");
    back_up(&kept.data(), &at("damaged"), 1, &mut |_, _| ()).expect("backed up");
    std::fs::write(at("damaged/backup.json"), "{").expect("written");
    back_up(&other.data(), &at("of-another"), 1, &mut |_, _| ()).expect("backed up");
    back_up(&site, &at("of-other-site"), 1, &mut |_, _| ()).expect("backed up");
    std::fs::write(at("file"), "a file").expect("written");
    for (to, told) in [
        (at("diary"), "Name a folder that is new or empty"),
        (at("later"), "a later build"),
        (at("damaged"), "does not say whose backup this is"),
        (at("of-another"), "is a backup of another ledger of this site"),
        (at("of-other-site"), "is a backup of other.test"),
        (at("file"), "cannot be used"),
        (kept.data().join("backup"), "in the data directory itself"),
        (kept.data(), "Name a folder that is new or empty"),
    ] {
        let before = everything(kept.folder.path());
        let refused = back_up(&kept.data(), &to, 2, &mut |_, _| ()).map(|_| ()).expect_err("refused").to_string();
        assert!(refused.contains(told), "{refused}");
        assert!(everything(kept.folder.path()) == before, "{told}");
    }
}

/// A ledger that does not add up gives no increment, and those of before stay.
#[tokio::test]
async fn a_damaged_ledger_gives_no_increment() {
    let mut kept = BackedUpLedger::with(5).await;
    kept.back_up_on(1).expect("backed up");
    kept.append(5, None).await;
    kept.close().await;
    let path = kept.data().join("journal/0001/000000000000.log");
    let whole = std::fs::read(&path).expect("there");
    let mut flipped = whole.clone();
    flipped[300] ^= 1;
    std::fs::write(&path, flipped).expect("written");
    let refused = kept.back_up_on(2).map(|_| ()).expect_err("damaged").to_string();
    assert!(refused.contains("does not add up") && refused.contains("shard 0001 index"), "{refused}");
    assert_eq!(kept.verified().expect("as it was").increments.len(), 1);
    std::fs::write(&path, whole).expect("written");
    assert_eq!(kept.back_up_on(3).expect("backed up").number, 2);
}

fn keuze(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keuze"));
    command.args(arguments).arg("--data").arg(data).env("KEUZE_KEY_FILE", root_of(data));
    command.output().expect("it runs")
}

#[tokio::test]
async fn the_commands_say_in_the_last_line_how_it_ended() {
    let mut kept = BackedUpLedger::with(3).await;
    let to = kept.to();
    let folder = to.to_str().expect("text");
    let last = |output: &Output| String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned();
    let done = keuze(&["backup", folder], &kept.data());
    assert!(done.status.success() && last(&done).starts_with("backed up: increment 1, 3 records; "), "{done:?}");
    let done = keuze(&["backup", "verify", folder], &kept.data());
    assert!(done.status.success() && last(&done).starts_with("ok: 1 increments in "), "{done:?}");
    let file = files(&to.join("files")).into_keys().next().expect("one at least");
    std::fs::write(&file, "rot").expect("written");
    let done = keuze(&["backup", "verify", folder], &kept.data());
    let told = last(&done);
    assert!(!done.status.success() && told.starts_with(&*file.to_string_lossy()), "{told}");
    let done = keuze(&["backup"], &kept.data());
    assert!(!done.status.success());
    kept.close().await;
}
