//! The ledger as a whole: what was acknowledged is there, what was altered is found.

#[path = "ledger/backup.rs"]
mod backing_up;
#[path = "ledger/bit_flips.rs"]
mod bit_flips;
#[path = "ledger/bit_rot.rs"]
mod bit_rot;
#[path = "ledger/closed_shards.rs"]
mod closed_shards;
#[path = "common/counts.rs"]
mod counts;
#[path = "ledger/documented.rs"]
mod documented;
#[path = "ledger/erasure.rs"]
mod erasure;
#[path = "ledger/export.rs"]
mod export;
#[path = "ledger/facts.rs"]
mod facts;
#[path = "ledger/fixture.rs"]
mod fixture;
#[path = "ledger/restore.rs"]
mod restoring;
#[path = "ledger/shards.rs"]
mod shards;
#[path = "ledger/start.rs"]
mod start;
#[path = "ledger/verify.rs"]
mod verifying;

use fixture::{check, draft, fill, made, opening, root_of};
use ledger::clock::moment;
use ledger::fixture::named_choice;
use ledger::verify::verify;
use ledger::{Fact, Ledger};
use model::identity::{ContentHash, Subject};

#[tokio::test]
async fn the_same_in_memory_and_on_disk() {
    let memory = Ledger::open(opening(None, 1)).expect("opens");
    fill(&memory).await;
    check(&memory);

    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let verified = verify(&data, Some(&root_of(&data))).expect("adds up");
    assert_eq!(verified.records, 8);
    let again = Ledger::open(opening(Some(&data), 2)).expect("opens again");
    check(&again);
    again.close().await;
    verify(&data, Some(&root_of(&data))).expect("still adds up");
}

#[tokio::test]
async fn without_its_databases_the_ledger_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let before = verify(&data, Some(&root_of(&data))).expect("adds up");
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("opens");
    check(&ledger);
    ledger.close().await;
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up"), before);
    let ledger = Ledger::open_anew(&opening(Some(&data), 3)).expect("opens");
    check(&ledger);
    ledger.close().await;
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up"), before);
}

#[tokio::test]
async fn one_process_at_a_time_and_verify_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    fill(&ledger).await;
    let refused = Ledger::open(opening(Some(&data), 1)).map(|_| ()).expect_err("the lock is held");
    assert!(refused.to_string().contains("in use by another keuze"), "{refused}");
    let verified = verify(&data, Some(&root_of(&data))).expect("adds up");
    assert!(!verified.left_out.is_empty());
    ledger.close().await;
}

#[tokio::test]
async fn another_or_no_root_key_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let key = root_of(&data);
    let text = std::fs::read_to_string(&key).expect("is there");
    std::fs::remove_file(&key).expect("removed");
    let refused = Ledger::open(opening(Some(&data), 1)).map(|_| ()).expect_err("no root key");
    assert!(refused.to_string().contains("is missing. Put it back"), "{refused}");
    let swapped: String = text.chars().map(|c| if c == 'a' { 'b' } else { c }).collect();
    std::fs::write(&key, swapped.replacen('b', "a", 1)).expect("written");
    assert!(Ledger::open(opening(Some(&data), 1)).is_err());
}

/// Far longer than a value of the database may be; nothing but our own limits on bodies keeps records short.
#[tokio::test]
async fn a_long_record_is_kept_and_rebuilt_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    let mut long = draft(0, Some(Subject([7; 16])));
    long.event = named_choice(moment(0).at, &"\u{1}".repeat(100_000)).with_subject(Some(Subject([7; 16])));
    let mut last = draft(1, None);
    last.facts = vec![Fact::Content { hash: ContentHash([3; 32]), bytes: vec![b'x'; 3_000_000] }];
    let drafts = [draft(0, None), long, last];
    let mut written = Vec::new();
    for draft in drafts {
        written.push(ledger.append(draft).await.expect("written"));
    }
    let whole = |ledger: &Ledger| {
        for written in &written {
            let recorded = ledger.record(written.address).expect("readable").expect("there");
            assert_eq!(recorded.event, written.event);
        }
        ledger.content(ContentHash([3; 32])).expect("readable").is_some_and(|bytes| bytes.len() == 3_000_000)
    };
    assert!(whole(&ledger));
    ledger.close().await;
    assert_eq!(std::fs::read_dir(data.join("sled/projections/blobs")).expect("a folder").count(), 0);
    verify(&data, Some(&root_of(&data))).expect("adds up");
    let ledger = Ledger::open_anew(&opening(Some(&data), 3)).expect("opens");
    assert!(whole(&ledger));
    ledger.close().await;
    verify(&data, Some(&root_of(&data))).expect("adds up");
}

/// Every record that a client was told of is found again, whoever wrote beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_share_batches_and_read_their_own_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
    let writers: Vec<_> = (0..16u8)
        .map(|n| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                for second in 0..20 {
                    let written = ledger.append(draft(second, Some(Subject([n; 16])))).await.expect("written");
                    let read = ledger.record(written.address).expect("readable").expect("there");
                    assert_eq!(read.event, written.event);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer failed");
    }
    for n in 0..16 {
        let history = ledger.history(Subject([n; 16])).expect("readable");
        assert_eq!(history.len(), 20);
        for pair in history.windows(2) {
            assert_eq!(pair[1].event.head.previous, Some(pair[0].address));
        }
    }
    ledger.close().await;
    assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up").records, 320);
}
