//! What the start refuses, and what it mends.

use std::path::{Path, PathBuf};

use app::model::identity::Subject;
use server::scribe::Scribe;
use server::scribe::verify::verify;

use crate::fixture::{address, check, copy_folder, draft, fill, made, opening, refused, root_of, used};

/// A ledger of eight records, what it was after the first two (`early`), and everything of it (`late`).
async fn grown(folder: &Path) -> (PathBuf, PathBuf, PathBuf) {
    let [data, early, late] = ["data", "early", "late"].map(|name| folder.join(name));
    let scribe = Scribe::open(opening(Some(&data), 1)).expect("opens");
    for subject in [None, Some(Subject([1; 16]))] {
        scribe.append(draft(0, subject)).await.expect("written");
    }
    scribe.close().await;
    copy_folder(&data, &early);
    let scribe = Scribe::open(opening(Some(&data), 2)).expect("opens");
    for second in 0..6 {
        scribe.append(draft(second, Some(Subject([7; 16])))).await.expect("written");
    }
    scribe.close().await;
    copy_folder(&data, &late);
    (data, early, late)
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
    let scribe = Scribe::open(opening(Some(data), 3)).expect("opens");
    for index in 0..records {
        assert!(scribe.record(address(index)).expect("readable").is_some(), "{index}");
    }
    let written = scribe.append(draft(99, None)).await.expect("written");
    assert_eq!(written.address, address(records));
    scribe.close().await;
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
    assert!(said.contains("the key ring lost the log's key. Put back the folder keys"), "{said}");
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
        assert!(said.contains("records that were acknowledged are missing. Put back the journal's files"), "{said}");
        assert_eq!(std::fs::read(&path).expect("is there"), &bytes[..cut], "nothing was changed");
    }
    std::fs::remove_dir_all(data.join("journal")).expect("deleted");
    assert!(refused(&data).starts_with("shard 0001 index 0: the journal ends here"));
    std::fs::create_dir_all(data.join("journal/0001")).expect("made");
    // A batch whose end never came.
    let mut torn = bytes[..end].to_vec();
    torn.extend_from_slice(&[42; 37]);
    std::fs::write(&path, &torn).expect("written");
    let scribe = Scribe::open(opening(Some(&data), 1)).expect("opens");
    check(&scribe);
    scribe.close().await;
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
    let scribe = Scribe::open(opening(Some(&other), 5)).expect("opens");
    for _ in 0..6 {
        scribe.append(draft(70, Some(Subject([1; 16])))).await.expect("written");
    }
    scribe.close().await;
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
    assert_eq!(told.as_deref(), Some("the database lacks the last 6 records; the next start adds them"));
    holds(&data, 8).await;
    assert!(!was_set_aside(&data), "it was right as far as it went");
}

#[tokio::test]
async fn a_database_ahead_of_the_journal_is_set_aside_and_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, early, _) = grown(folder.path()).await;
    for part in ["journal", "checkpoint"] {
        put_back(&early, &data, part);
    }
    holds(&data, 2).await;
    assert!(was_set_aside(&data));
}

#[tokio::test]
async fn a_database_of_another_ledger_is_set_aside_and_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    made(&data).await;
    let scribe = Scribe::open(opening(Some(&other), 6)).expect("opens");
    fill(&scribe).await;
    scribe.close().await;
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
    std::fs::write(data.join("sled/0001/db"), [0xa5; 4096]).expect("written");
    holds(&data, 8).await;
}

#[tokio::test]
async fn another_site_s_ledger_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let mut other = opening(Some(&data), 1);
    other.origin = "elsewhere.test".into();
    let said = Scribe::open(other).map(|_| ()).expect_err("another origin").0;
    assert!(said.contains("this is the ledger of voipro.test/keuze/log/0001, not of elsewhere.test"), "{said}");
}
