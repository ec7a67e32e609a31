//! What `keuze verify` looks at, and that it leaves no trace.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use ledger::clock::moment;
use ledger::fixture::erasure;
use ledger::verify::{VerifyError, verify};
use ledger::{AppendRequest, Ledger};
use model::identity::Subject;
use vault::ring::KeyPurpose;

use crate::fixture::{draft, everything, fill, made, opening, root_of};

/// Everything under a folder, and when each of it was last changed.
fn state(folder: &Path) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let changed = |path: &Path| path.metadata().and_then(|meta| meta.modified()).expect("readable");
    everything(folder).into_iter().map(|(path, bytes)| (path.clone(), bytes, changed(&path))).collect()
}

/// Verifies, and fails if that changed anything.
fn look(data: &Path, key: &Path) -> Result<(u64, Vec<String>), VerifyError> {
    let before = state(data);
    let verified = verify(data, Some(key));
    assert!(before == state(data), "verify changed something");
    verified.map(|verified| (verified.records, verified.left_out))
}

#[tokio::test]
async fn verify_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let key = root_of(&data);
    assert_eq!(look(&data, &key).expect("adds up"), (8, Vec::new()));
    // As a kill leaves it, which sled would tidy up.
    std::fs::write(data.join("sled/projections/snap.00000000FFFFFFFF.generating"), b"half").expect("written");
    assert_eq!(look(&data, &key).expect("adds up"), (8, Vec::new()));
    // As in a backup, which holds neither lock nor database.
    std::fs::remove_file(data.join("LOCK")).expect("deleted");
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    let (records, left_out) = look(&data, &key).expect("adds up");
    assert_eq!(records, 8);
    assert_eq!(left_out, ["there is no database; the next start makes it anew from the journal"]);
    assert!(verify(folder.path(), Some(&key)).is_err(), "that folder holds no ledger");
    assert!(!folder.path().join("sled").exists());
}

#[tokio::test]
async fn without_the_root_key_everything_around_the_records_is_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let whole = verify(&data, Some(&root_of(&data))).expect("adds up");
    let nowhere = data.with_extension("key");
    let verified = verify(&data, None).expect("adds up");
    assert_eq!((verified.records, &verified.root), (8, &whole.root));
    let left_out = verified.left_out.join("\n");
    for said in ["no root key", "data.key", "sealed records were not opened", "checkpoint/0001.vkey"] {
        assert!(left_out.contains(said), "{left_out}");
    }
    assert!(!nowhere.exists(), "no key is made by looking");
    let mistyped = verify(&data, Some(&folder.path().join("typo.key"))).expect_err("a key that was named");
    assert!(mistyped.to_string().contains("typo.key"), "{mistyped}");
    std::fs::remove_file(data.join("checkpoint/0001.vkey")).expect("deleted");
    let refused = verify(&data, None).expect_err("nothing to check signatures with");
    assert!(refused.to_string().contains("0001.vkey is missing"), "{refused}");
}

/// A signature of another key is no signature of this log, whoever's key stands beside it.
#[tokio::test]
async fn a_journal_signed_with_another_key_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    made(&data).await;
    let ledger = Ledger::open(opening(Some(&other), 77)).expect("opens");
    fill(&ledger).await;
    ledger.close().await;
    let vkey = Path::new("checkpoint/0001.vkey");
    let (own, others) = (std::fs::read(data.join(vkey)).expect("read"), std::fs::read(other.join(vkey)).expect("read"));
    std::fs::write(data.join(vkey), others).expect("written");
    let found = verify(&data, None).expect_err("another key");
    assert!(found.to_string().contains("index 0: the batch's checkpoint is not signed by this log"), "{found}");
    let found = verify(&data, Some(&root_of(&data))).expect_err("another key");
    assert!(found.to_string().contains("is not the key of this log"), "{found}");
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("the ring knows the right one");
    ledger.close().await;
    assert_eq!(std::fs::read(data.join(vkey)).expect("read"), own, "the start mends it");
}

/// Beside a server that writes all the time: keys, journal and checkpoint are read at different moments.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verify_beside_a_busy_server_finds_nothing_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    ledger.append(draft(0, None)).await.expect("written");
    let written = Arc::new(AtomicBool::new(false));
    let looking = {
        let (data, written) = (data.clone(), Arc::clone(&written));
        std::thread::spawn(move || {
            let mut looks = 0;
            while !written.load(Ordering::SeqCst) {
                verify(&data, Some(&root_of(&data))).expect("adds up");
                looks += 1;
            }
            looks
        })
    };
    // More people than fit a bucket of keys, and some of them are erased again.
    let write = async |ledger: Ledger, people: Range<u128>| {
        for person in people {
            let subject = Subject(person.to_be_bytes());
            ledger.append(draft(1, Some(subject))).await.expect("written");
            if person % 130 == 0 {
                let key = ledger.find_key(KeyPurpose::Proof(subject)).expect("made with the record");
                ledger.append(AppendRequest::new(erasure(moment(2).at)).ending(vec![key])).await.expect("written");
            }
        }
    };
    let writers: Vec<_> =
        (0..8).map(|task| tokio::spawn(write(ledger.clone(), task * 130..(task + 1) * 130))).collect();
    for writer in writers {
        writer.await.expect("no writer failed");
    }
    written.store(true, Ordering::SeqCst);
    let looks: u32 = looking.join().expect("every look found it whole");
    ledger.close().await;
    assert!(looks > 0);
    let whole = verify(&data, Some(&root_of(&data))).expect("adds up");
    assert_eq!((whole.records, whole.erased), (1 + 1040 + 8, 8));
}
