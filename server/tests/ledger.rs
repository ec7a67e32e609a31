//! The ledger as a whole: what was acknowledged is there, what was altered is found.

use std::path::Path;
use std::sync::Arc;

use app::model::event::{Actor, Event, EventKind, Route};
use app::model::identity::{RecordAddress, ShardNumber, Subject};
use server::ambient::{SeededEntropy, moment};
use server::scribe::verify::{set_databases_aside, verify};
use server::scribe::{Draft, Fact, FactKind, Opening, Scribe};

fn opening(data: Option<&Path>, seed: u64) -> Opening {
    Opening {
        data: data.map(Path::to_path_buf),
        key_file: data.map(|data| data.with_extension("root")),
        origin: "voipro.test".into(),
        entropy: Arc::new(SeededEntropy::new(seed)),
    }
}

fn draft(second: i64, subject: Option<Subject>) -> Draft {
    let mut event = Event::new(EventKind::ChoiceMade, moment(second).at, Actor::Visitor, Route::Banner);
    event.subject = subject;
    Draft { event, facts: Vec::new() }
}

fn address(index: u64) -> RecordAddress {
    RecordAddress { shard: ShardNumber::FIRST, index }
}

/// A small ledger with records under proof, shard and audit keys, a public one, and facts.
async fn fill(scribe: &Scribe) {
    let person = Subject([7; 16]);
    for second in 0..3 {
        scribe.append(draft(second, Some(person))).await.expect("written");
        scribe.append(draft(second, None)).await.expect("written");
    }
    let mut staff = draft(9, None);
    staff.event.kind = EventKind::StaffChanged;
    staff.facts = vec![Fact { kind: FactKind::Staff, key: vec![1], value: Some(b"credential".to_vec()) }];
    scribe.append(staff).await.expect("written");
    let mut public = draft(10, None);
    public.event.kind = EventKind::PolicyPublished;
    public.facts = vec![Fact { kind: FactKind::Content, key: vec![2; 32], value: Some(b"{}".to_vec()) }];
    scribe.append(public).await.expect("written");
}

async fn made(data: &Path) {
    let scribe = Scribe::open(opening(Some(data), 1)).expect("opens");
    fill(&scribe).await;
    scribe.close().await;
}

fn check(scribe: &Scribe) {
    let history = scribe.history(Subject([7; 16])).expect("readable");
    assert_eq!(history.iter().map(|recorded| recorded.address.index).collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(history[2].event.previous, Some(address(2)));
    assert_eq!(history[0].event.previous, None);
    assert_eq!(scribe.record(address(7)).expect("readable").map(|r| r.event.kind), Some(EventKind::PolicyPublished));
    assert_eq!(scribe.record(address(8)).expect("readable"), None);
    assert_eq!(scribe.fact(FactKind::Staff, &[1]).expect("readable").as_deref(), Some(&b"credential"[..]));
    assert_eq!(scribe.fact(FactKind::Content, &[2; 32]).expect("readable").as_deref(), Some(&b"{}"[..]));
}

#[tokio::test]
async fn the_same_in_memory_and_on_disk() {
    let memory = Scribe::open(opening(None, 1)).expect("opens");
    fill(&memory).await;
    check(&memory);

    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let verified = verify(&data, Some(&data.with_extension("root"))).expect("adds up");
    assert_eq!(verified.records, 8);
    let again = Scribe::open(opening(Some(&data), 2)).expect("opens again");
    check(&again);
    again.close().await;
    verify(&data, Some(&data.with_extension("root"))).expect("still adds up");
}

#[tokio::test]
async fn without_its_databases_the_ledger_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let before = verify(&data, Some(&data.with_extension("root"))).expect("adds up");
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    let scribe = Scribe::open(opening(Some(&data), 2)).expect("opens");
    check(&scribe);
    scribe.close().await;
    assert_eq!(verify(&data, Some(&data.with_extension("root"))).expect("adds up"), before);
    set_databases_aside(&data).expect("nobody uses it");
    let scribe = Scribe::open(opening(Some(&data), 3)).expect("opens");
    check(&scribe);
    scribe.close().await;
    assert_eq!(verify(&data, Some(&data.with_extension("root"))).expect("adds up"), before);
}

#[tokio::test]
async fn one_process_at_a_time_and_verify_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let scribe = Scribe::open(opening(Some(&data), 1)).expect("opens");
    fill(&scribe).await;
    let refused = Scribe::open(opening(Some(&data), 1)).map(|_| ()).expect_err("the lock is held");
    assert!(refused.0.contains("in use by another keuze"), "{refused}");
    let verified = verify(&data, Some(&data.with_extension("root"))).expect("adds up");
    assert!(verified.left_out.is_some());
    scribe.close().await;
}

#[tokio::test]
async fn another_or_no_root_key_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let key = data.with_extension("root");
    let text = std::fs::read_to_string(&key).expect("is there");
    std::fs::remove_file(&key).expect("removed");
    let refused = Scribe::open(opening(Some(&data), 1)).map(|_| ()).expect_err("no root key");
    assert!(refused.0.contains("is missing. Put it back"), "{refused}");
    let swapped: String = text.chars().map(|c| if c == 'a' { 'b' } else { c }).collect();
    std::fs::write(&key, swapped.replacen('b', "a", 1)).expect("written");
    assert!(Scribe::open(opening(Some(&data), 1)).is_err());
}

/// Every record that a client was told of is found again, whoever wrote beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_share_batches_and_read_their_own_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let scribe = Scribe::open(opening(Some(&data), 1)).expect("opens");
    let writers: Vec<_> = (0..16u8)
        .map(|n| {
            let scribe = scribe.clone();
            tokio::spawn(async move {
                for second in 0..20 {
                    let written = scribe.append(draft(second, Some(Subject([n; 16])))).await.expect("written");
                    let read = scribe.record(written.address).expect("readable").expect("there");
                    assert_eq!(read.event, written.event);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer failed");
    }
    for n in 0..16 {
        let history = scribe.history(Subject([n; 16])).expect("readable");
        assert_eq!(history.len(), 20);
        for pair in history.windows(2) {
            assert_eq!(pair[1].event.previous, Some(pair[0].address));
        }
    }
    scribe.close().await;
    assert_eq!(verify(&data, Some(&data.with_extension("root"))).expect("adds up").records, 320);
}

/// No list of harmless offsets is needed: every byte that was ever written counts.
#[tokio::test]
async fn every_flipped_byte_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let key = data.with_extension("root");
    let used = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    for name in ["journal/0001/000000000000.log", "keys/root-0001", "keys/bucket-000001", "checkpoint/0001"] {
        let path = data.join(name);
        let bytes = std::fs::read(&path).expect("is there");
        let end = if name.starts_with("checkpoint") { bytes.len() } else { used(&bytes) };
        for at in 0..end {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << (at % 8);
            std::fs::write(&path, &altered).expect("written");
            assert!(verify(&data, Some(&key)).is_err(), "{name} byte {at}");
        }
        std::fs::write(&path, &bytes).expect("written");
    }
    verify(&data, Some(&key)).expect("whole again");
}

/// What was acknowledged is missed; what was not yet is cut off.
#[tokio::test]
async fn a_shortened_journal_is_refused_and_an_unfinished_batch_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let path = data.join("journal/0001/000000000000.log");
    let bytes = std::fs::read(&path).expect("is there");
    let used = bytes.iter().rposition(|byte| *byte != 0).expect("something was written") + 1;
    for end in [used - 1, used - 100, used / 2] {
        std::fs::write(&path, &bytes[..end]).expect("written");
        let refused = Scribe::open(opening(Some(&data), 1)).map(|_| ()).expect_err("records are missing");
        assert!(refused.0.contains("are missing"), "{refused}");
    }
    // A batch whose end never came: the frames of the first batch again, under the next index.
    let mut torn = bytes[..used].to_vec();
    torn.extend_from_slice(&[42; 37]);
    std::fs::write(&path, &torn).expect("written");
    let scribe = Scribe::open(opening(Some(&data), 1)).expect("opens");
    check(&scribe);
    scribe.close().await;
    assert_eq!(verify(&data, Some(&data.with_extension("root"))).expect("adds up").records, 8);
}
