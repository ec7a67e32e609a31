//! What the start refuses, and what it mends.

use std::path::{Path, PathBuf};

use ledger::Ledger;
use ledger::verify::verify;
use model::identity::Subject;

use crate::fixture::{
    address, check, copy_folder, draft, everything, fill, last_checkpoint, made, opening, refused, root_of, used,
};

/// A ledger of eight records, what it was after the first two (`early`), and everything of it (`late`).
async fn grown(folder: &Path) -> (PathBuf, PathBuf, PathBuf) {
    let [data, early, late] = ["data", "early", "late"].map(|name| folder.join(name));
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    for subject in [None, Some(Subject([1; 16]))] {
        ledger.append(draft(0, subject)).await.expect("written");
    }
    ledger.close().await;
    copy_folder(&data, &early);
    std::fs::copy(last_checkpoint(&data), early_checkpoint(folder)).expect("copied");
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("opens");
    for second in 0..6 {
        ledger.append(draft(second, Some(Subject([7; 16])))).await.expect("written");
    }
    ledger.close().await;
    copy_folder(&data, &late);
    (data, early, late)
}

/// The last checkpoint that stood beside the root key when the early copy was made.
fn early_checkpoint(folder: &Path) -> PathBuf {
    folder.join("early.checkpoint")
}

/// Puts a part of a copy in the place of what is there.
fn put_back(from: &Path, data: &Path, part: &str) {
    if data.join(part).is_dir() {
        std::fs::remove_dir_all(data.join(part)).expect("deleted");
    }
    if from.join(part).is_dir() {
        copy_folder(&from.join(part), &data.join(part));
    } else {
        std::fs::copy(from.join(part), data.join(part)).expect("copied");
    }
}

/// Opens, counts, takes one more record, and closes.
async fn holds(data: &Path, records: u64) {
    let ledger = Ledger::open(opening(Some(data), 3)).expect("opens");
    for index in 0..records {
        assert!(ledger.record(address(index)).expect("readable").is_some(), "{index}");
    }
    let written = ledger.append(draft(99, None)).await.expect("written");
    assert_eq!(written.address, address(records));
    ledger.close().await;
    assert_eq!(verify(data, Some(&root_of(data))).expect("adds up").records, records + 1);
}

fn was_set_aside(data: &Path) -> bool {
    data.join("sled.aside-1").exists()
}

#[tokio::test]
async fn a_record_whose_key_is_missing_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    // The last key is that of the one subject, whose records are 0, 2 and 4.
    let path = data.join("keys/bucket-000001");
    let bytes = std::fs::read(&path).expect("is there");
    let entry = 16 + 40 + 17 + 32;
    for end in [bytes.len() - entry, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..end]).expect("written");
        let said = refused(&data);
        assert!(said.contains("index 0: its key is missing from the key ring, and no erasure explains that"), "{said}");
        assert!(verify(&data, Some(&root_of(&data))).is_err());
    }
    std::fs::remove_dir_all(data.join("keys")).expect("deleted");
    let said = refused(&data);
    assert!(said.contains("the key ring lost the log's key: a file of the folder keys is missing, empty or cut off. Put back the folder keys"), "{said}");
}

/// What was acknowledged is missed, and the first index that is missing is named.
#[tokio::test]
async fn a_shortened_journal_is_refused_and_an_unfinished_batch_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let path = data.join("journal/0001/000000000000.log");
    let bytes = std::fs::read(&path).expect("is there");
    let end = used(&bytes);
    for (cut, index) in [(end - 1, 7), (end - 100, 7), (0, 0)] {
        std::fs::write(&path, &bytes[..cut]).expect("written");
        let said = refused(&data);
        assert!(said.starts_with(&format!("shard 0001 index {index}: the journal ends here")), "{said}");
        assert!(
            said.contains(
                "records that were acknowledged are missing. Put back the folder journal/0001 of the newest copy"
            ),
            "{said}"
        );
        assert_eq!(std::fs::read(&path).expect("is there"), &bytes[..cut], "nothing was changed");
    }
    let (journal, away) = (data.join("journal"), folder.path().join("away"));
    std::fs::rename(&journal, &away).expect("moved");
    assert!(refused(&data).starts_with("shard 0001 index 0: the journal is missing, but the checkpoint outside it"));
    assert!(!journal.exists(), "what was made for the lock is gone");
    std::fs::rename(&away, &journal).expect("moved back");
    // A batch whose end never came.
    let mut torn = bytes[..end].to_vec();
    torn.extend_from_slice(&[42; 37]);
    std::fs::write(&path, &torn).expect("written");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    check(&ledger);
    ledger.close().await;
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up").records, 8);
}

#[tokio::test]
async fn an_older_journal_under_a_newer_checkpoint_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, late) = grown(folder.path()).await;
    put_back(&early, &data, "journal");
    let said = refused(&data);
    assert!(said.starts_with("shard 0001 index 2: the journal ends here"), "{said}");
    assert!(verify(&data, Some(&root_of(&data))).is_err());
    // Everything of the backup but the checkpoint, which is why that is kept apart.
    for part in ["keys", "sled"] {
        put_back(&early, &data, part);
    }
    assert!(refused(&data).starts_with("shard 0001 index 2: the journal ends here"));
    for part in ["journal", "keys", "sled"] {
        put_back(&late, &data, part);
    }
    holds(&data, 8).await;
}

/// Another history of the same length: the last batch is not the one that was shown.
#[tokio::test]
async fn a_journal_with_another_last_batch_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, _) = grown(folder.path()).await;
    let other = folder.path().join("other");
    copy_folder(&early, &other);
    std::fs::copy(root_of(&data), root_of(&other)).expect("copied");
    std::fs::copy(early_checkpoint(folder.path()), last_checkpoint(&other)).expect("copied");
    let ledger = Ledger::open(opening(Some(&other), 5)).expect("opens");
    for _ in 0..6 {
        ledger.append(draft(70, Some(Subject([1; 16])))).await.expect("written");
    }
    ledger.close().await;
    put_back(&other, &data, "journal");
    let said = refused(&data);
    assert!(said.contains("the journal's last batch is not the one of the checkpoint outside it"), "{said}");
}

#[tokio::test]
async fn a_missing_checkpoint_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    std::fs::remove_file(data.join("checkpoint/0001")).expect("deleted");
    let said = refused(&data);
    assert!(said.contains("the checkpoint outside the journal is missing"), "{said}");
}

#[tokio::test]
async fn a_database_behind_the_journal_gets_its_tail() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, _) = grown(folder.path()).await;
    put_back(&early, &data, "sled");
    let told = verify(&data, Some(&root_of(&data))).expect("a kill leaves it behind").left_out;
    assert_eq!(told, ["the database lacks the last 6 records; the next start adds them"]);
    holds(&data, 8).await;
    assert!(!was_set_aside(&data), "it was right as far as it went");
}

#[tokio::test]
async fn a_database_further_ahead_than_the_batch_in_flight_is_evidence() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, _) = grown(folder.path()).await;
    for part in ["journal", "checkpoint"] {
        put_back(&early, &data, part);
    }
    std::fs::copy(early_checkpoint(folder.path()), last_checkpoint(&data)).expect("copied");
    let before = everything(&data);
    let said = refused(&data);
    assert!(
        said.contains("the journal ends after 2 records, of 8 that the database's signed checkpoint tells of"),
        "{said}"
    );
    assert!(said.contains("records that were acknowledged are missing from the journal"), "{said}");
    assert!(!was_set_aside(&data), "it is evidence");
    let journal = |all: &std::collections::BTreeMap<PathBuf, Vec<u8>>| {
        all.iter()
            .filter(|(path, _)| path.starts_with(data.join("journal")))
            .map(|(p, b)| (p.clone(), b.clone()))
            .collect()
    };
    let (before, after): (Vec<_>, Vec<_>) = (journal(&before), journal(&everything(&data)));
    assert!(before == after);
    Ledger::open_anew(&opening(Some(&data), 7)).expect("somebody decided so").close().await;
    assert!(was_set_aside(&data), "and kept");
    holds(&data, 2).await;
}

/// The database is written once the journal and the checkpoint are durable, so not even the last batch may be in it alone.
#[tokio::test]
async fn a_database_ahead_by_one_batch_is_evidence() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, _) = grown(folder.path()).await;
    for part in ["journal", "checkpoint"] {
        put_back(&early, &data, part);
    }
    std::fs::copy(early_checkpoint(folder.path()), last_checkpoint(&data)).expect("copied");
    let other = folder.path().join("other");
    copy_folder(&early, &other);
    std::fs::copy(root_of(&data), root_of(&other)).expect("copied");
    std::fs::copy(early_checkpoint(folder.path()), last_checkpoint(&other)).expect("copied");
    let ledger = Ledger::open(opening(Some(&other), 5)).expect("opens");
    ledger.append(draft(70, None)).await.expect("written");
    ledger.close().await;
    put_back(&other, &data, "sled");
    let said = refused(&data);
    assert!(said.contains("the journal ends after 2 records, of 3 that the database's"), "{said}");
    assert!(!was_set_aside(&data));
}

/// Of another ledger it says nothing, and is made anew.
#[tokio::test]
async fn a_database_of_another_ledger_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    made(&data).await;
    let ledger = Ledger::open(opening(Some(&other), 77)).expect("opens");
    for second in 0..40 {
        ledger.append(draft(second, None)).await.expect("written");
    }
    ledger.close().await;
    std::fs::remove_dir_all(data.join("sled")).expect("removed");
    copy_folder(&other.join("sled"), &data.join("sled"));
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("opens");
    check(&ledger);
    ledger.close().await;
    assert!(was_set_aside(&data));
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up").left_out, [""; 0]);
}

/// The whole data directory is an older copy; it adds up in itself, and the file beside the root key knows better.
#[tokio::test]
async fn an_older_copy_of_everything_is_refused_until_somebody_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, late) = grown(folder.path()).await;
    std::fs::remove_dir_all(&data).expect("deleted");
    copy_folder(&early, &data);
    let before = everything(&data);
    let said = refused(&data);
    assert!(
        said.contains("this ledger is an older copy: it ends after 2 records, the last of 1970-01-01T00:00:00Z (UTC)"),
        "{said}"
    );
    assert!(said.contains("and 6 more were recorded until 1970-01-01T00:00:05Z (UTC)"), "{said}");
    let found = verify(&data, Some(&root_of(&data))).expect_err("an older copy").to_string();
    assert!(found.contains("this ledger is an older copy"), "{found}");
    assert!(everything(&data).keys().eq(before.keys()), "a refused start changes nothing");
    // Nothing of it is there at all.
    std::fs::remove_dir_all(&data).expect("deleted");
    let said = refused(&data);
    assert!(said.contains("it ends after 0 records, and 8 more were recorded until"), "{said}");
    assert!(!data.exists(), "a refused start leaves nothing in the way of what is put back");
    copy_folder(&early, &data);
    // Without the file nobody can tell.
    let last = last_checkpoint(&data);
    let kept = std::fs::read(&last).expect("there");
    std::fs::remove_file(&last).expect("deleted");
    let said = refused(&data);
    assert!(said.contains("is missing, so nobody can tell whether this ledger is an older copy"), "{said}");
    let told = verify(&data, Some(&root_of(&data))).expect("a copy elsewhere").left_out;
    assert!(told.iter().any(|told| told.starts_with("no last checkpoint stands beside the root key")), "{told:?}");
    // The decision that the message names, and no other.
    let line = said.rsplit_once(": ").expect("a line to write").1;
    std::fs::write(&last, line.replace("2 records", "8 records")).expect("written");
    assert!(refused(&data).contains("is damaged"));
    std::fs::write(&last, format!("{line}\n")).expect("written");
    holds(&data, 2).await;
    // Below what stands there it is the same decision.
    std::fs::remove_dir_all(&data).expect("deleted");
    copy_folder(&early, &data);
    let below = |line: &str| [kept.as_slice(), line.as_bytes(), b"\n"].concat();
    std::fs::write(&last, below(&line.replace("2 records", "8 records"))).expect("written");
    assert!(refused(&data).contains("is damaged"));
    std::fs::write(&last, below(line)).expect("written");
    holds(&data, 2).await;
    // From then on that is the ledger that was here.
    std::fs::remove_dir_all(&data).expect("deleted");
    copy_folder(&late, &data);
    let said = refused(&data);
    assert!(said.contains("this is not the ledger that was here: its first 3 records are others"), "{said}");
    std::fs::write(&last, kept).expect("put back");
    holds(&data, 8).await;
}

/// The file is there before the first record, and never ahead of what is durable.
#[tokio::test]
async fn the_last_checkpoint_outside_follows_the_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let size = || {
        let text = std::fs::read_to_string(last_checkpoint(&data)).expect("there");
        text.lines().nth(3).and_then(|size| size.parse::<u64>().ok()).expect("a size")
    };
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    assert_eq!(size(), 0);
    for second in 0..5 {
        ledger.append(draft(second, None)).await.expect("written");
        assert!(size() <= u64::try_from(second).expect("small") + 1);
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while size() < 5 && std::time::Instant::now() < deadline {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(size(), 5, "also while nothing more comes");
    ledger.append(draft(6, None)).await.expect("written");
    ledger.close().await;
    assert_eq!(size(), 6, "a clean stop writes the last");
}

/// Two ledgers of two sites under one key file know nothing of each other.
#[tokio::test]
async fn two_ledgers_under_one_root_key_have_a_checkpoint_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
    for (data, origin, records) in [(&one, "voipro.test", 3), (&two, "shop.test", 1), (&one, "voipro.test", 1)] {
        let place = ledger::Opening { key_file: Some(root_of(&one)), origin: origin.into(), ..opening(Some(data), 4) };
        let ledger = Ledger::open(place).expect("opens");
        for second in 0..records {
            ledger.append(draft(second, None)).await.expect("written");
        }
        ledger.close().await;
    }
    assert!(verify(&one, Some(&root_of(&one))).expect("adds up").left_out.is_empty());
    assert!(verify(&two, Some(&root_of(&one))).expect("adds up").left_out.is_empty());
}

/// Whoever deletes the mark, or moves the directory under a running server, does not get two writers to one journal.
#[tokio::test]
async fn the_lock_is_on_the_journal_and_the_writer_looks_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, moved] = ["data", "moved"].map(|name| folder.path().join(name));
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    ledger.append(draft(0, None)).await.expect("written");
    std::fs::remove_file(data.join("LOCK")).expect("deleted");
    let said = Ledger::open(opening(Some(&data), 2)).map(|_| ()).expect_err("it is held").to_string();
    assert!(said.contains("is in use by another keuze"), "{said}");
    let said = Ledger::open_anew(&opening(Some(&data), 2)).map(|_| ()).expect_err("it is held").to_string();
    assert!(said.contains("is in use by another keuze"), "{said}");
    assert!(!was_set_aside(&data));
    std::fs::rename(&data, &moved).expect("moved");
    copy_folder(&moved, &data);
    let refused = ledger.append(draft(1, None)).await.expect_err("it was moved away");
    assert_eq!(refused, ledger::NotRecorded::Closed.into());
    ledger.close().await;
    holds(&data, 1).await;
}

/// A copy that is put back under a running server goes into the same files (`cp`, `rsync --inplace`).
#[tokio::test]
async fn what_is_written_over_under_a_running_server_acknowledges_nothing_more() {
    type Put = fn(&Path, &Path);
    let over: [(&str, Put); 9] = [
        ("the journal of then", |data, then| copy_folder(&then.join("journal"), &data.join("journal"))),
        ("the whole directory of then", |data, then| copy_folder(then, data)),
        ("the keys of then", |data, then| copy_folder(&then.join("keys"), &data.join("keys"))),
        ("no keys", |data, _| std::fs::remove_dir_all(data.join("keys")).expect("removed")),
        ("nothing", |data, _| changed(data, Vec::clear)),
        ("a byte less", |data, _| changed(data, |bytes| _ = bytes.pop())),
        ("zeros", |data, _| changed(data, |bytes| bytes.fill(0))),
        ("its last byte changed", |data, _| changed(data, |bytes| *last_of(bytes) ^= 1)),
        ("more behind it", |data, _| {
            changed(data, |bytes| {
                let end = used(bytes);
                bytes[end..end + 8].fill(7);
            });
        }),
    ];
    for (what, put) in over {
        let folder = tempfile::tempdir().expect("a folder");
        let [data, then] = ["data", "then"].map(|name| folder.path().join(name));
        let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
        ledger.append(draft(0, Some(Subject([1; 16])))).await.expect("written");
        copy_folder(&data, &then);
        // To be read harms nothing, and neither does to be written as it is.
        copy_folder(&then.join("journal"), &data.join("journal"));
        for second in 1..4 {
            ledger.append(draft(second, Some(Subject([9; 16])))).await.expect("nobody wrote there");
        }
        put(&data, &then);
        for second in 4..6 {
            let refused = ledger.append(draft(second, None)).await.expect_err(what);
            assert_eq!(refused, ledger::NotRecorded::Closed.into(), "{what}");
        }
        ledger.close().await;
    }
}

fn changed(data: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let file = data.join("journal/0001/000000000000.log");
    let mut bytes = std::fs::read(&file).expect("readable");
    change(&mut bytes);
    std::fs::write(&file, bytes).expect("written in place");
}

fn last_of(bytes: &mut [u8]) -> &mut u8 {
    let end = used(bytes);
    &mut bytes[end - 1]
}

/// What is in the way of a database says nothing of it: it is not moved, however often somebody tries.
#[tokio::test]
async fn a_database_that_cannot_be_reached_is_not_set_aside() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    // A folder where a file belongs: whoever runs the tests may be root, to whom nothing is forbidden.
    let db = data.join("sled/projections/db");
    let kept = data.join("sled/projections/kept");
    std::fs::rename(&db, &kept).expect("moved");
    std::fs::create_dir(&db).expect("made");
    for _ in 0..3 {
        let said = refused(&data);
        assert!(said.contains("the database cannot be"), "{said}");
        assert!(!was_set_aside(&data));
    }
    std::fs::remove_dir(&db).expect("removed");
    std::fs::rename(&kept, &db).expect("put back");
    holds(&data, 8).await;
    let everybody = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o077;
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("set");
    std::fs::set_permissions(data.join("keys/root-0001"), std::fs::Permissions::from_mode(0o644)).expect("set");
    let ledger = Ledger::open(opening(Some(&data), 7)).expect("opens");
    ledger.close().await;
    for path in everything(&data).keys().chain([&last_checkpoint(&data), &root_of(&data)]) {
        let of_sled = path.starts_with(data.join("sled"));
        assert!(of_sled || everybody(path) == 0, "{} is for its owner alone", path.display());
    }
}

#[tokio::test]
async fn a_database_of_another_ledger_is_set_aside_and_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    made(&data).await;
    let ledger = Ledger::open(opening(Some(&other), 6)).expect("opens");
    fill(&ledger).await;
    ledger.close().await;
    put_back(&other, &data, "sled");
    holds(&data, 8).await;
    assert!(was_set_aside(&data));
}

/// sled takes such a file for an empty database, or refuses it.
#[tokio::test]
async fn a_database_that_is_none_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    std::fs::write(data.join("sled/projections/db"), [0xa5; 4096]).expect("written");
    holds(&data, 8).await;
}

#[tokio::test]
async fn another_site_s_ledger_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let mut other = opening(Some(&data), 1);
    other.origin = "elsewhere.test".into();
    let said = Ledger::open(other).map(|_| ()).expect_err("another origin").to_string();
    assert!(said.contains("the folder journal/logs is that of voipro.test/keuze/log, not of elsewhere.test"), "{said}");
}

/// Wherever the journal has a fault: a rebuild walks it to its end before it moves anything.
#[tokio::test]
async fn a_rebuild_that_is_refused_has_moved_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let files =
        std::fs::read_dir(data.join("journal/0001")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let journal = files.max_by_key(|file| file.metadata().expect("a file").len()).expect("a file");
    let whole = std::fs::read(&journal).expect("readable");
    let written = whole.iter().rposition(|byte| *byte != 0).expect("something");
    for part in 1..8 {
        let mut broken = whole.clone();
        broken[written * part / 9] ^= 1;
        std::fs::write(&journal, broken).expect("written");
        let before = everything(&data);
        assert!(Ledger::open_anew(&opening(Some(&data), 3)).is_err(), "{part}/9");
        assert!(before == everything(&data) && !was_set_aside(&data), "{part}/9");
    }
    std::fs::write(&journal, whole).expect("written");
    Ledger::open_anew(&opening(Some(&data), 3)).expect("the control").close().await;
    assert!(was_set_aside(&data));
}
