//! What every engine must do; run on each.

use std::collections::HashSet;
use std::sync::Arc;

use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
use vault::key::RootKey;
use vault::random::FixedRandom;
use vault::ring::{KeyId, KeyPurpose, KeyRing, OpenMode, RetentionClass};

use super::behind::WriteBehind;
use super::memory::MemoryStore;
use super::sled_engine::{NAME, SledStore};
use super::{Batch, Corruption, FactRow, StorageError, Store, SystemError, Watermark};
use crate::formats::fact::{self, Fact, FactKind, FactName, Part};
use crate::formats::record::RecordError;
use crate::{ReadError, RecordDamage};
use model::language::Language;

fn shard(number: u16) -> ShardNumber {
    ShardNumber::new(number).expect("a shard")
}

fn at(index: u64) -> RecordAddress {
    RecordAddress { shard: ShardNumber::FIRST, index }
}

/// The batch of that number, counted from 0, of the first shard.
pub fn batch(number: u64, facts: Vec<FactRow>) -> Batch {
    let watermark =
        Watermark { shard: ShardNumber::FIRST, batches: number + 1, checkpoint: format!("checkpoint {number}") };
    Batch { facts, ended: Vec::new(), erasures: Vec::new(), watermark }
}

/// A public content of three bytes, by its first two.
pub fn content(one: u8, two: u8) -> FactRow {
    long_content(one, two, 3)
}

fn long_content(one: u8, two: u8, length: usize) -> FactRow {
    let mut hash = [one; 32];
    hash[1] = two;
    let name = FactName::Content(ContentHash(hash));
    let ring = KeyRing::open(None, RootKey::known(1), OpenMode::Start).expect("in memory");
    let fact = Fact::Content { hash: ContentHash(hash), bytes: vec![one; length] };
    let bytes = fact::encode(&fact, &ring.keys(), &FixedRandom::default());
    FactRow { name, record: at(u64::from(two)), bytes: Some(bytes) }
}

/// A part of a profile under a key of its own, and that key.
fn part(number: u8) -> (FactRow, KeyId) {
    let ring = KeyRing::open(None, RootKey::known(1), OpenMode::Start).expect("in memory");
    let subject = Subject([number; 16]);
    let random = FixedRandom::default();
    let key = (0..=number).map(|n| ring.ensure(KeyPurpose::Class(Subject([n; 16]), RetentionClass::Account), &random));
    let key = key.last().expect("one at least");
    let part = Part::new(subject, RetentionClass::Account, Language::Nl);
    let fact = Fact::ProfilePart { key, part: Some(Box::new(part)) };
    let bytes = fact::encode(&fact, &ring.keys(), &FixedRandom::default());
    (FactRow { name: fact.name(), record: at(3), bytes: Some(bytes) }, key)
}

fn gone(row: &FactRow) -> FactRow {
    FactRow { bytes: None, ..row.clone() }
}

fn names(store: &dyn Store, kind: FactKind) -> Vec<FactName> {
    let mut names = Vec::new();
    store.each_fact(kind, &mut |row| names.push(row.name)).expect("readable");
    names
}

/// The story of a projection, from nothing.
fn contract(store: &dyn Store) {
    let fact = |row: &FactRow| store.fact(&row.name).expect("readable");
    let mark = || store.watermark().expect("readable");
    assert_eq!(mark(), None);
    assert_eq!(fact(&content(1, 0)), None);
    assert_eq!(names(store, FactKind::Content), []);

    let append = |number: u64, batch: Batch| {
        let expected = number.checked_sub(1).map(|before| (ShardNumber::FIRST, before + 1));
        store.append(expected, &Arc::new(batch))
    };
    append(0, batch(0, vec![content(2, 0), content(1, 0)])).expect("appended");
    assert_eq!(fact(&content(1, 0)), Some(content(1, 0)), "its own write is read before it is durable");
    assert_eq!(mark().map(|mark| mark.batches), Some(1));
    append(1, batch(1, vec![content(1, 1)])).expect("appended");
    store.sync().expect("durable");
    assert_eq!(mark(), Some(batch(1, Vec::new()).watermark));
    let in_order = [content(1, 0), content(1, 1), content(2, 0)].map(|row| row.name);
    assert_eq!(names(store, FactKind::Content), in_order);
    assert_eq!(names(store, FactKind::ProfilePart), []);

    let refused = append(1, batch(1, vec![content(9, 0)]));
    assert!(matches!(refused, Err(StorageError::Position { .. })), "compare-and-swap");
    assert_eq!(fact(&content(9, 0)), None, "nothing of it was written");

    // The latest of a name counts, whatever its length was; also within a batch.
    let [short, long, longer] = [3, 20_000, 300_000].map(|length| long_content(3, 0, length));
    for (number, row) in (2..).zip([&longer, &short, &long, &longer]) {
        append(number, batch(number, vec![row.clone()])).expect("appended");
        assert_eq!(fact(row).as_ref(), Some(row));
        store.sync().expect("durable");
        assert_eq!(fact(row).as_ref(), Some(row), "nothing is left of a longer one");
    }
    append(6, batch(6, vec![longer, short.clone()])).expect("appended");
    assert_eq!(fact(&short), Some(short.clone()));
    append(7, batch(7, vec![gone(&short)])).expect("appended");
    assert_eq!(fact(&short), None, "it is taken away");
    store.sync().expect("durable");
    assert_eq!(fact(&short), None);
    assert_eq!(names(store, FactKind::Content), in_order);

    // What stands under a key that ends goes with it, also what the same batch wrote; nothing else does.
    let ((one, key), (two, _)) = (part(1), part(2));
    append(8, batch(8, vec![one.clone(), two.clone()])).expect("appended");
    assert_eq!((fact(&one), fact(&two)), (Some(one.clone()), Some(two.clone())));
    let ending = Batch { ended: vec![key], erasures: vec![(at(4), 77), (at(5), 78)], ..batch(9, vec![one.clone()]) };
    append(9, ending).expect("appended");
    assert_eq!((fact(&one), fact(&two)), (None, Some(two.clone())));
    store.sync().expect("durable");
    assert_eq!((fact(&one), names(store, FactKind::ProfilePart)), (None, vec![two.name]));
    assert_eq!(store.ended().expect("readable"), HashSet::from([key]));
    assert_eq!(store.erasures().expect("readable"), [77, 78]);

    // The next shard.
    let next = Watermark { shard: shard(2), batches: 0, checkpoint: String::new() };
    store
        .append(Some((ShardNumber::FIRST, 10)), &Arc::new(Batch { watermark: next.clone(), ..batch(0, Vec::new()) }))
        .expect("appended");
    assert_eq!(mark(), Some(next));
    store.sync().expect("durable");
}

#[test]
fn memory() {
    contract(&MemoryStore::default());
}

#[test]
fn behind() {
    contract(&WriteBehind::start(Box::<MemoryStore>::default()).expect("a thread starts"));
}

/// What the contract leaves behind.
fn is_kept(store: &dyn Store) {
    assert_eq!(store.watermark().expect("readable").map(|mark| mark.position()), Some((shard(2), 0)));
    assert_eq!(store.fact(&content(2, 0).name).expect("readable"), Some(content(2, 0)));
}

#[test]
fn sled_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = WriteBehind::start(Box::new(SledStore::open(folder.path()).expect("opens"))).expect("a thread starts");
    contract(&store);
    store.release();
    is_kept(&SledStore::open(folder.path()).expect("opens again"));
}

#[test]
fn sled() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SledStore::open(folder.path()).expect("opens");
    contract(&store);
    store.release();
    assert!(matches!(store.watermark(), Err(StorageError::Corrupt(Corruption::Released))));
    is_kept(&SledStore::open(folder.path()).expect("opens again"));
}

/// sled never syncs a blob file, and a leaf of many values is one message.
#[test]
fn no_batch_makes_sled_write_a_blob_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SledStore::open(folder.path()).expect("opens");
    for number in 0..150u8 {
        let length = [50, 700, 3_400, 6_996, 20_000][usize::from(number) % 5];
        let facts = (0..[1, 34, 255][usize::from(number) % 3]).map(|two| long_content(number, two, length)).collect();
        let expected = u64::from(number).checked_sub(1).map(|before| (ShardNumber::FIRST, before + 1));
        store.append(expected, &Arc::new(batch(number.into(), facts))).expect("appended");
    }
    store.sync().expect("durable");
    assert_eq!(std::fs::read_dir(folder.path().join(NAME).join("blobs")).expect("a folder").count(), 0);
}

/// Closed and opened again at once, as often as it takes to meet sled's threads at it.
#[test]
fn sled_opens_again_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..60 {
        let store = SledStore::open(folder.path()).expect("opens");
        let found = store.watermark().expect("readable").map(|mark| mark.position());
        assert_eq!(found.map_or(0, |(_, batches)| batches), number);
        store.append(found, &Arc::new(batch(number, vec![content(1, 1)]))).expect("appended");
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
        (StorageError::Corrupt(Corruption::NoValue), "this is no value that was written".to_owned()),
        (StorageError::Corrupt(Corruption::Released), "the database was closed".to_owned()),
    ] {
        assert_eq!(error.to_string(), words);
    }
    let address = at(7);
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
    store.append(None, &Arc::new(batch(0, vec![content(1, 1)]))).expect("appended");
    store.sync().expect("durable");
    drop(store);
    std::fs::write(folder.path().join(NAME).join("snap.00000000FFFFFFFF.generating"), b"half").expect("written");
    let again = SledStore::open(folder.path()).expect("opens");
    assert_eq!(again.fact(&content(1, 1).name).expect("readable"), Some(content(1, 1)));
}
