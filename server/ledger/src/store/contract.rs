//! What every engine must do; run on each.

use std::sync::Arc;

use model::identity::{RecordAddress, ShardNumber};

use super::behind::WriteBehind;
use super::memory::MemoryStore;
use super::sled_engine::SledStore;
use super::{Batch, Corruption, StorageError, Store, SystemError};
use crate::formats::record::RecordError;
use crate::{ReadError, RecordDamage};

fn batch(records: &[&[u8]], checkpoint: &str) -> Arc<Batch> {
    of_records(records.iter().map(|record| record.to_vec()).collect(), checkpoint)
}

fn of_records(records: Vec<Vec<u8>>, checkpoint: &str) -> Arc<Batch> {
    Arc::new(Batch { records, checkpoint: checkpoint.to_owned(), batches: 1 })
}

/// The story of a shard, from nothing.
fn contract(store: &dyn Store) {
    let shard = ShardNumber::FIRST;
    let other = ShardNumber::new(2).expect("a shard");
    let read = |index| store.record(RecordAddress { shard, index }).expect("readable");
    assert_eq!(store.size(shard).expect("readable"), 0);
    assert_eq!(store.checkpoint(shard).expect("readable"), None);
    assert_eq!(read(0), None);

    store.append(shard, 0, &batch(&[b"a", b"bb", b""], "one")).expect("appended");
    assert_eq!(store.size(shard).expect("readable"), 3, "its own write is read before it is durable");
    store.append(shard, 3, &batch(&[b"d"], "two")).expect("appended");
    store.sync().expect("durable");
    assert_eq!(
        [read(0), read(1), read(2), read(3), read(4)].map(|r| r.map(|r| r.len())),
        [Some(1), Some(2), Some(0), Some(1), None]
    );
    assert_eq!(store.checkpoint(shard).expect("readable").as_deref(), Some("two"));

    let refused = store.append(shard, 3, &batch(&[b"x"], "three"));
    assert!(matches!(refused, Err(StorageError::Size { expected: 3, found: 4, .. })), "compare-and-swap");
    assert_eq!(store.size(shard).expect("readable"), 4, "nothing of it was written");
    assert_eq!(store.checkpoint(shard).expect("readable").as_deref(), Some("two"));
    assert_eq!(store.size(other).expect("readable"), 0, "shards are apart");

    let long: Vec<Vec<u8>> = (0..40u8).map(|n| vec![n; 5_000]).collect();
    store.append(shard, 4, &of_records(long.clone(), "four")).expect("appended");
    for (index, record) in (4..).zip(long) {
        assert_eq!(read(index), Some(record), "a batch longer than one value");
    }

    let huge = [vec![1; 10], vec![2; 300_000], vec![3; 6_996], vec![4; 6_997], vec![5; 10]];
    store.append(shard, 44, &of_records(huge.to_vec(), "five")).expect("appended");
    for (index, record) in (44..).zip(huge) {
        assert_eq!(read(index), Some(record), "a record longer than one value");
    }
    assert_eq!(read(49), None);
    assert_eq!(store.size(shard).expect("readable"), 49);

    store.append(other, 0, &batch(&[b"e"], "six")).expect("appended");
    store.remove(other).expect("removed");
    store.remove(other).expect("what is gone is gone");
    assert_eq!(store.size(other).expect("readable"), 0, "nothing of it is kept");
    assert_eq!(store.record(RecordAddress { shard: other, index: 0 }).expect("readable"), None);
    assert_eq!(store.size(shard).expect("readable"), 49, "the others stay");
}

#[test]
fn memory() {
    contract(&MemoryStore::default());
}

#[test]
fn behind() {
    contract(&WriteBehind::start(Box::<MemoryStore>::default()).expect("a thread starts"));
}

#[test]
fn sled_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = WriteBehind::start(Box::new(SledStore::open(folder.path()).expect("opens"))).expect("a thread starts");
    contract(&store);
    store.release();
    let again = SledStore::open(folder.path()).expect("opens again");
    assert_eq!(again.size(ShardNumber::FIRST).expect("readable"), 49, "all of it was written");
}

#[test]
fn sled() {
    let folder = tempfile::tempdir().expect("a folder");
    contract(&SledStore::open(folder.path()).expect("opens"));
    let again = SledStore::open(folder.path()).expect("opens again");
    assert_eq!(again.size(ShardNumber::FIRST).expect("readable"), 49, "what was durable is there");
}

/// sled never syncs a blob file, and a leaf of many values is one message.
#[test]
fn no_batch_makes_sled_write_a_blob_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SledStore::open(folder.path()).expect("opens");
    let mut size = 0;
    for number in 0..150usize {
        let length = [50, 700, 3_400, 6_996, 20_000][number % 5];
        let records = vec![vec![7; length]; [1, 34, 256][number % 3]];
        let expected = size;
        size += records.len() as u64;
        store.append(ShardNumber::FIRST, expected, &of_records(records, &"x".repeat(300))).expect("appended");
    }
    store.sync().expect("durable");
    assert_eq!(std::fs::read_dir(folder.path().join("0001/blobs")).expect("a folder").count(), 0);
}

/// Closed and opened again at once, as often as it takes to meet sled's threads at it.
#[test]
fn sled_opens_again_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for size in 0..60 {
        let store = SledStore::open(folder.path()).expect("opens");
        assert_eq!(store.size(ShardNumber::FIRST).expect("readable"), size);
        store.append(ShardNumber::FIRST, size, &batch(&[b"a"], "one")).expect("appended");
        store.sync().expect("durable");
    }
}

/// Whoever reads the log sees what the system or the engine said, nothing between, and what to do where that can be told.
#[test]
fn an_engine_and_the_system_are_told_in_their_own_words() {
    let no_room = || std::io::Error::from(std::io::ErrorKind::StorageFull);
    let mend = vault::file_error::mend(&no_room());
    let of_engine = || sled::Error::Io(no_room());
    for (error, words) in [
        (StorageError::Full(SystemError::Ours(no_room())), format!("{}{mend}", no_room())),
        (StorageError::Io(SystemError::Engine(of_engine())), format!("{}{mend}", of_engine())),
        (StorageError::Corrupt(Corruption::OtherBuild), "it was written by another build of Keuze".to_owned()),
        (StorageError::Corrupt(Corruption::Panicked), "sled panicked".to_owned()),
        (StorageError::Corrupt(Corruption::PanickedBefore), "sled has panicked before".to_owned()),
        (StorageError::Corrupt(Corruption::GivenUp), "the transaction was given up".to_owned()),
        (StorageError::Corrupt(Corruption::NoValueName), "this is no name of a value".to_owned()),
    ] {
        assert_eq!(error.to_string(), words);
    }
    let address = RecordAddress { shard: ShardNumber::FIRST, index: 7 };
    for (damage, words) in [
        (RecordDamage::Missing, "it is missing"),
        (RecordDamage::OtherRecord, "it is not the one that was committed to"),
        (RecordError::Seal.into(), "its seal is broken"),
        (RecordDamage::Client, "a client's name or scope is none"),
        (RecordDamage::Call, "an open call beside it is none"),
        (RecordDamage::Staff, "a staff member's name is none"),
        (RecordDamage::NoChoice, "it was no choice that was answered"),
    ] {
        let told = ReadError::Damaged { address, damage }.to_string();
        assert_eq!(told, format!("record 0001/7 does not add up: {words}"));
    }
}

#[test]
fn sled_opens_after_a_kill_left_half_a_snapshot() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SledStore::open(folder.path()).expect("opens");
    store.append(ShardNumber::FIRST, 0, &batch(&[b"a"], "one")).expect("appended");
    store.sync().expect("durable");
    drop(store);
    std::fs::write(folder.path().join("0001/snap.00000000FFFFFFFF.generating"), b"half").expect("written");
    let again = SledStore::open(folder.path()).expect("opens");
    assert_eq!(again.size(ShardNumber::FIRST).expect("readable"), 1);
}
