//! What was erased is gone, and everything else still adds up.

use std::path::Path;

use ledger::clock::moment;
use ledger::fixture::erasure;
use ledger::formats::fact::{FactId, FoldHash, Part, SuppressionEntry};
use ledger::verify::verify;
use ledger::{AppendRequest, Fact, FactKind, Ledger, StoredFact};
use model::channel::Channel;
use model::identity::Subject;
use model::language::Language;
use time::macros::date;
use vault::ring::{KeyPurpose, RetentionClass};

use crate::fixture::{address, draft, everything, opening, refused};

const ANNA: Subject = Subject([0xA; 16]);
const BERT: Subject = Subject([0xB; 16]);

/// A part of a person's profile, with a name.
fn part(subject: Subject, name: &str) -> Box<Part> {
    Box::new(Part { name: Some(name.to_owned()), ..Part::new(subject, RetentionClass::Account, Language::Nl) })
}

fn personal(ledger: &Ledger, subject: Subject, name: &str) -> Fact {
    let key = ledger.ensure_key(KeyPurpose::Class(subject, RetentionClass::Account));
    Fact::ProfilePart { key, part: Some(part(subject, name)) }
}

/// A no on a contact point.
fn no() -> Fact {
    let entry = SuppressionEntry {
        index: 1,
        folds: vec![FoldHash([1; 16])],
        channels: vec![Channel::Email],
        since: date!(2026 - 11 - 27),
        by: None,
        source: None,
        lifted: Vec::new(),
        said: None,
    };
    Fact::Suppression { id: FactId([7; 16]), entry: Some(entry) }
}

async fn lives(ledger: &Ledger) {
    for (second, subject, text) in [(1, ANNA, "anna@example.nl"), (2, BERT, "bert@example.nl")] {
        let fact = personal(ledger, subject, text);
        let draft = AppendRequest::with(draft(second, Some(subject)).event, vec![fact]);
        ledger.append(draft).await.expect("written");
    }
    ledger.append(AppendRequest::with(draft(3, Some(ANNA)).event, vec![no()])).await.expect("written");
}

async fn erase(ledger: &Ledger, subject: Subject) {
    let owners = [KeyPurpose::Proof(subject), KeyPurpose::Class(subject, RetentionClass::Account)];
    let keys = owners.into_iter().filter_map(|owner| ledger.find_key(owner)).collect();
    ledger.append(AppendRequest::new(erasure(moment(9).at)).ending(keys)).await.expect("written");
}

fn check_erased(ledger: &Ledger) {
    assert_eq!(ledger.history(ANNA).expect("readable"), []);
    assert_eq!(ledger.record(address(0)).expect("readable"), None);
    assert_eq!(ledger.record(address(2)).expect("readable"), None);
    assert_eq!(ledger.history(BERT).expect("readable").len(), 1);
    let parts = ledger.facts(FactKind::ProfilePart).expect("readable");
    let [StoredFact { fact: Fact::ProfilePart { part: Some(left), .. }, .. }] = &parts[..] else {
        panic!("one is left of {parts:?}")
    };
    assert!(*left == part(BERT, "bert@example.nl"));
    assert_eq!(ledger.fact(&no().name()).expect("readable"), Some(no()), "a no survives its person's erasure");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

#[tokio::test]
async fn an_erased_person_is_gone_and_the_ledger_still_adds_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let key = data.with_extension("root");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    lives(&ledger).await;
    erase(&ledger, ANNA).await;
    check_erased(&ledger);
    let beside = verify(&data, Some(&key)).expect("adds up beside the running server");
    assert_eq!((beside.records, beside.erased), (4, 2));
    ledger.close().await;
    let verified = verify(&data, Some(&key)).expect("adds up");
    assert_eq!((verified.records, verified.erased), (4, 2));

    let again = Ledger::open(opening(Some(&data), 2)).expect("opens");
    check_erased(&again);
    again.close().await;
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    let rebuilt = Ledger::open(opening(Some(&data), 3)).expect("opens");
    check_erased(&rebuilt);
    rebuilt.close().await;
    assert_eq!(verify(&data, Some(&key)).expect("adds up").erased, 2);
}

/// A kill after the event and before the keys, and a backup of the keys that was put back: the start ends them again.
#[tokio::test]
async fn keys_that_come_back_are_destroyed_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let key = data.with_extension("root");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    lives(&ledger).await;
    let backup = folder.path().join("keys");
    copy(&data.join("keys"), &backup);
    erase(&ledger, ANNA).await;
    ledger.close().await;
    std::fs::remove_dir_all(data.join("keys")).expect("removed");
    copy(&backup, &data.join("keys"));
    let told = verify(&data, Some(&key)).expect("as a kill leaves it").left_out;
    assert_eq!(
        told,
        ["a key that was ended is still in the key ring, as a kill leaves it; the next start destroys it"]
    );
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("opens");
    check_erased(&ledger);
    ledger.close().await;
    assert_eq!(verify(&data, Some(&key)).expect("adds up").erased, 2);
}

/// A kill between the new root file and the deletion leaves the ended bucket's file. It goes when the ledger was found
/// right, and not before: until then nothing but the root file says that it may.
#[tokio::test]
async fn an_ended_buckets_file_stays_until_the_ledger_is_found_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    lives(&ledger).await;
    let left = data.join("keys/bucket-000001");
    let bucket = std::fs::read(&left).expect("there");
    erase(&ledger, ANNA).await;
    ledger.close().await;
    std::fs::write(&left, &bucket).expect("left behind");
    let journal = data.join("journal/0001/000000000000.log");
    let whole = std::fs::read(&journal).expect("there");
    let mut damaged = whole.clone();
    damaged[60] ^= 1;
    std::fs::write(&journal, &damaged).expect("written");
    let before = everything(&data);
    refused(&data);
    assert!(everything(&data) == before, "a refused start deletes nothing");
    std::fs::write(&journal, &whole).expect("put back");
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("opens");
    assert!(!left.exists());
    check_erased(&ledger);
    ledger.close().await;
}

/// In no file does anything stand that a profile said; not even where it once stood.
#[tokio::test]
async fn no_file_holds_what_a_profile_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    lives(&ledger).await;
    ledger.close().await;
    let mut folders = vec![data];
    let mut files = 0;
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).expect("readable");
            let found = bytes.windows(4).any(|four| four == b"anna" || four == b"bert");
            assert!(!found, "{}", path.display());
        }
    }
    assert!(files > 4);
}
