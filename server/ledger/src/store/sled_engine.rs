//! # Database
//!
//! sled 0.34, the embedded engine, in the folder `sled/projections`, of sled's own files. It holds what can be made anew from the
//! journal, and is, whenever it is damaged, of another version, or not the journal's.
//!
//! The tree `facts`: the latest fact of each name. A key:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | kind, as in the fact itself |
//! | 1 | rest | name, as in the fact itself; then two bytes, big-endian: which piece it is of one that has several values, else 0 |
//!
//! The values of a name, one behind the other, each of at most 7,000 bytes:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 2 | shard of the record that it stands beside, big-endian |
//! | 2 | 8 | index of that record, big-endian |
//! | 10 | rest | the fact, sealed as it stands in the journal |
//!
//! The tree `ended`: a key is the name of a key that an event ended; without a value. The tree `erasures`: a key is the record of
//! an erasure (shard 2, index 8, big-endian), its value when that was (8, seconds since 1970, big-endian).
//!
//! The tree `meta`: `version` (1 byte: 2), and `watermark`, how far the journal is followed:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 2 | shard, big-endian; all before it are followed to their end |
//! | 2 | 8 | so many of its batches, big-endian |
//! | 10 | rest | the signed checkpoint of the last batch |
//!
//! Written behind the journal ([`super::behind`]), all that a batch changes in one transaction; read whenever somebody asks for a
//! fact. A start adds what stands in the journal behind the watermark, and `keuze verify` compares every fact with the journal's.
//!
//! sled's `flush` alone is no fsync: every power cut loses acknowledged records. So we hold a second descriptor on its file and
//! sync that ourselves.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use model::identity::{RecordAddress, ShardNumber};
use sled::Transactional as _;
use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};
use vault::ring::KeyId;

use super::{Batch, Corruption, FactRow, Position, StorageError, Store, SystemError, Watermark};
use crate::formats::fact::{FactKind, FactName};

/// The version that is written, and the only one that is read.
const VERSION: u8 = 2;

/// sled rewrites a leaf of up to 17 values as a whole, and what is longer than 131,052 bytes goes to a file under
/// `blobs/` that it never syncs. With values of this length a full leaf stays below that.
const LONGEST_VALUE: usize = 7_000;

/// The name of the database in its folder.
pub const NAME: &str = "projections";

/// The database.
pub struct SledStore {
    /// Guards whether it is open; read while something is asked of it. `None` once it was let go.
    trees: RwLock<Option<Trees>>,
    /// sled has panicked: locks inside it may be held for ever, so nothing asks it anything any more.
    broken: AtomicBool,
}

struct Trees {
    database: sled::Db,
    file: File,
    facts: sled::Tree,
    ended: sled::Tree,
    erasures: sled::Tree,
    meta: sled::Tree,
}

impl SledStore {
    /// The database in that folder, made if absent.
    ///
    /// # Errors
    /// It cannot be opened or made.
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        std::fs::create_dir_all(folder).map_err(io)?;
        let store = Self { trees: RwLock::new(None), broken: AtomicBool::new(false) };
        let trees = store.guarded(|| open_trees(folder))?;
        *store.trees.write().unwrap_or_else(PoisonError::into_inner) = Some(trees);
        Ok(store)
    }

    /// Does something with sled, which panics on a damaged database as often as it fails.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, StorageError>) -> Result<T, StorageError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(damaged(Corruption::PanickedBefore));
        }
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            self.broken.store(true, Ordering::SeqCst);
            Err(damaged(Corruption::Panicked))
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Trees) -> Result<T, StorageError>) -> Result<T, StorageError> {
        self.guarded(|| {
            let trees = self.trees.read().unwrap_or_else(PoisonError::into_inner);
            work(trees.as_ref().ok_or_else(|| damaged(Corruption::Released))?)
        })
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.release();
    }
}

/// What was read is not what we wrote.
fn damaged(what: impl Into<Corruption>) -> StorageError {
    StorageError::Corrupt(what.into())
}

fn io(error: std::io::Error) -> StorageError {
    said(error.kind(), is_lock(&error), SystemError::Ours(error))
}

/// What the system said, as it matters for what is kept.
fn said(kind: std::io::ErrorKind, is_lock: bool, error: SystemError) -> StorageError {
    use std::io::ErrorKind as K;
    match kind {
        K::StorageFull | K::QuotaExceeded => StorageError::Full(error),
        _ if is_lock => StorageError::Locked(error),
        _ => StorageError::Io(error),
    }
}

fn is_lock(error: &std::io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

/// sled reports a damaged database as corruption, as something that it does not support, or as a place in a file that is
/// not there. Everything else that the system says (no space, no right, no more files, a lock) says nothing of the
/// database.
fn engine(error: sled::Error) -> StorageError {
    match &error {
        sled::Error::Io(io) if !is_of_the_file(io) => {
            let (kind, is_lock) = (io.kind(), is_lock(io));
            said(kind, is_lock, SystemError::Engine(error))
        }
        _ => damaged(Corruption::Engine(error)),
    }
}

fn is_of_the_file(said: &std::io::Error) -> bool {
    use std::io::ErrorKind as K;
    match said.kind() {
        K::UnexpectedEof | K::InvalidData | K::InvalidInput | K::NotFound => true,
        // sled's own words, such as for a segment that is none.
        K::Other => said.raw_os_error().is_none() && !is_lock(said),
        _ => false,
    }
}

fn open_trees(folder: &Path) -> Result<Trees, StorageError> {
    let path = folder.join(NAME);
    let fresh = !path.join("db").exists();
    remove_unfinished_snapshots(&path).map_err(io)?;
    let config = sled::Config::new().path(&path).cache_capacity(64 << 20).flush_every_ms(Some(500));
    let database = open_released(&config).map_err(engine)?;
    let tree = |name| database.open_tree(name).map_err(engine);
    let (facts, ended, erasures, meta) = (tree("facts")?, tree("ended")?, tree("erasures")?, tree("meta")?);
    let version = meta.get("version").map_err(engine)?;
    if !meta.is_empty() && version.as_deref() != Some(&[VERSION]) {
        return Err(damaged(Corruption::OtherBuild));
    }
    let file = File::open(path.join("db")).map_err(io)?;
    if fresh {
        for made in [path.join("conf"), path.join("db"), path.clone(), folder.to_path_buf()] {
            File::open(made).and_then(|file| file.sync_all()).map_err(io)?;
        }
    }
    Ok(Trees { database, file, facts, ended, erasures, meta })
}

/// sled's own threads hold its lock for a moment after a database was closed in this process. Nobody else can: the
/// directory is ours.
fn open_released(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 0..100 {
        match config.open() {
            Err(sled::Error::Io(error)) if is_lock(&error) => {
                std::thread::sleep(Duration::from_millis(50));
            }
            opened => return opened,
        }
    }
    config.open()
}

/// A kill between the write and the rename of a snapshot leaves a half file that makes every later open fail.
fn remove_unfinished_snapshots(path: &Path) -> std::io::Result<()> {
    let Ok(entries) = std::fs::read_dir(path) else { return Ok(()) };
    for entry in entries {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "generating") {
            std::fs::remove_file(file)?;
        }
    }
    Ok(())
}

/// The bytes of a record's address, which come first.
const ADDRESS: usize = 10;

fn address_bytes(address: RecordAddress) -> [u8; ADDRESS] {
    let mut bytes = [0; ADDRESS];
    bytes[..2].copy_from_slice(&address.shard.get().to_be_bytes());
    bytes[2..].copy_from_slice(&address.index.to_be_bytes());
    bytes
}

fn read_address(bytes: &[u8]) -> Option<(RecordAddress, &[u8])> {
    let (shard, rest) = bytes.split_first_chunk::<2>()?;
    let (index, rest) = rest.split_first_chunk::<8>()?;
    let shard = ShardNumber::new(u16::from_be_bytes(*shard))?;
    Some((RecordAddress { shard, index: u64::from_be_bytes(*index) }, rest))
}

/// The name of a value, and the value.
pub(crate) type NamedValue = (Vec<u8>, Vec<u8>);

/// What becomes of a value; `None` for one that goes.
type Change = (Vec<u8>, Option<Vec<u8>>);

/// What every value of a name is under.
fn key(name: &FactName) -> Vec<u8> {
    let mut key = vec![name.kind() as u8];
    key.extend(name.bytes());
    key
}

/// The pieces of a fact, each under its key.
///
/// # Errors
/// It is longer than 65,536 values.
pub(crate) fn values(row: &FactRow) -> Result<Vec<NamedValue>, StorageError> {
    let Some(fact) = &row.bytes else { return Ok(Vec::new()) };
    let whole = [&address_bytes(row.record)[..], fact].concat();
    let pieces = whole.chunks(LONGEST_VALUE).enumerate();
    let piece = |(number, value): (usize, &[u8])| {
        let number = u16::try_from(number).map_err(damaged)?.to_be_bytes();
        Ok(([&key(&row.name)[..], &number].concat(), value.to_vec()))
    };
    pieces.map(piece).collect()
}

/// The fact that the pieces of a name make together.
pub(crate) fn read_row(whole: &[u8]) -> Option<FactRow> {
    let (record, fact) = read_address(whole)?;
    Some(FactRow { name: FactName::read_name(fact)?, record, bytes: Some(fact.to_vec()) })
}

/// The watermark as it is kept.
pub(crate) fn watermark_bytes(Watermark { shard, batches, checkpoint }: &Watermark) -> Vec<u8> {
    [&shard.get().to_be_bytes()[..], &batches.to_be_bytes(), checkpoint.as_bytes()].concat()
}

pub(crate) fn read_watermark(bytes: &[u8]) -> Result<Watermark, StorageError> {
    let (place, checkpoint) = read_address(bytes).ok_or_else(|| damaged(Corruption::NoValue))?;
    let checkpoint = String::from_utf8(checkpoint.to_vec()).map_err(damaged)?;
    Ok(Watermark { shard: place.shard, batches: place.index, checkpoint })
}

impl Trees {
    fn watermark(&self) -> Result<Option<Watermark>, StorageError> {
        let value = self.meta.get("watermark").map_err(engine)?;
        value.map(|bytes| read_watermark(&bytes)).transpose()
    }

    fn append(&self, expected: Option<Position>, batch: &Batch) -> Result<(), StorageError> {
        let found = self.watermark()?.map(|watermark| watermark.position());
        if found != expected {
            return Err(StorageError::Position { expected, found });
        }
        let changes = self.changes(batch)?;
        let trees = (&self.facts, &self.ended, &self.erasures, &self.meta);
        let outcome = trees.transaction(|(facts, ended, erasures, meta)| {
            apply(facts, &changes)?;
            for key in &batch.ended {
                ended.insert(&key.0, &[])?;
            }
            for (record, at) in &batch.erasures {
                erasures.insert(&address_bytes(*record), &at.to_be_bytes())?;
            }
            meta.insert("version", &[VERSION])?;
            meta.insert("watermark", watermark_bytes(&batch.watermark))?;
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        outcome.map_err(|error| match error {
            TransactionError::Storage(error) => engine(error),
            TransactionError::Abort(()) => damaged(Corruption::GivenUp),
        })
    }

    /// What becomes of each value; `None` for those that go.
    fn changes(&self, batch: &Batch) -> Result<Vec<Change>, StorageError> {
        let latest: BTreeMap<FactName, &FactRow> = batch.facts.iter().map(|row| (row.name, row)).collect();
        let ended: HashSet<&KeyId> = batch.ended.iter().collect();
        let mut changes = Vec::new();
        for (name, row) in latest {
            let stands = !name.own_key().is_some_and(|key| ended.contains(&key));
            let values = if stands { values(row)? } else { Vec::new() };
            // One that was longer had more values.
            let before = self.keys_of(&key(&name))?.into_iter();
            changes.extend(before.filter(|old| values.iter().all(|(key, _)| key != old)).map(|old| (old, None)));
            changes.extend(values.into_iter().map(|(key, value)| (key, Some(value))));
        }
        for ended in &batch.ended {
            for kind in FactKind::UNDER_OWN_KEYS {
                let under = self.keys_of(&[&[kind as u8][..], &ended.0].concat())?;
                changes.extend(under.into_iter().map(|key| (key, None)));
            }
        }
        Ok(changes)
    }

    fn keys_of(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StorageError> {
        self.facts.scan_prefix(prefix).keys().map(|key| Ok(key.map_err(engine)?.to_vec())).collect()
    }

    fn fact(&self, name: &FactName) -> Result<Option<FactRow>, StorageError> {
        let mut whole = Vec::new();
        for value in self.facts.scan_prefix(key(name)).values() {
            whole.extend_from_slice(&value.map_err(engine)?);
        }
        let row = || read_row(&whole).filter(|row| row.name == *name).ok_or_else(|| damaged(Corruption::NoValue));
        (!whole.is_empty()).then(row).transpose()
    }

    fn each_fact(&self, kind: FactKind, each: &mut dyn FnMut(FactRow)) -> Result<(), StorageError> {
        let mut whole: Vec<u8> = Vec::new();
        let mut hand_out = |whole: &[u8]| {
            each(read_row(whole).filter(|row| row.name.kind() == kind).ok_or_else(|| damaged(Corruption::NoValue))?);
            Ok(())
        };
        for entry in self.facts.scan_prefix([kind as u8]) {
            let (key, value) = entry.map_err(engine)?;
            if key.ends_with(&[0, 0]) && !whole.is_empty() {
                hand_out(&whole)?;
                whole.clear();
            }
            whole.extend_from_slice(&value);
        }
        if whole.is_empty() { Ok(()) } else { hand_out(&whole) }
    }

    fn ended(&self) -> Result<HashSet<KeyId>, StorageError> {
        let id = |key: sled::Result<sled::IVec>| Ok(KeyId(key.map_err(engine)?.as_ref().try_into().map_err(damaged)?));
        self.ended.iter().keys().map(id).collect()
    }

    fn erasures(&self) -> Result<Vec<i64>, StorageError> {
        let at = |value: sled::Result<sled::IVec>| {
            Ok(i64::from_be_bytes(value.map_err(engine)?.as_ref().try_into().map_err(damaged)?))
        };
        self.erasures.iter().values().map(at).collect()
    }
}

fn apply(facts: &TransactionalTree, changes: &[Change]) -> Result<(), ConflictableTransactionError<()>> {
    for (key, value) in changes {
        match value {
            Some(value) => facts.insert(key.as_slice(), value.as_slice())?,
            None => facts.remove(key.as_slice())?,
        };
    }
    Ok(())
}

impl Store for SledStore {
    fn append(&self, expected: Option<Position>, batch: &Arc<Batch>) -> Result<(), StorageError> {
        self.with(|trees| trees.append(expected, batch))
    }

    fn sync(&self) -> Result<(), StorageError> {
        self.with(|trees| {
            trees.database.flush().map_err(engine)?;
            trees.file.sync_data().map_err(io)
        })
    }

    fn watermark(&self) -> Result<Option<Watermark>, StorageError> {
        self.with(Trees::watermark)
    }

    fn fact(&self, name: &FactName) -> Result<Option<FactRow>, StorageError> {
        self.with(|trees| trees.fact(name))
    }

    fn each_fact(&self, kind: FactKind, each: &mut dyn FnMut(FactRow)) -> Result<(), StorageError> {
        self.with(|trees| trees.each_fact(kind, each))
    }

    fn ended(&self) -> Result<HashSet<KeyId>, StorageError> {
        self.with(Trees::ended)
    }

    fn erasures(&self) -> Result<Vec<i64>, StorageError> {
        self.with(Trees::erasures)
    }

    fn release(&self) {
        let trees = self.trees.write().unwrap_or_else(PoisonError::into_inner).take();
        if self.broken.load(Ordering::SeqCst) {
            // Closing it would ask it for one more write.
            std::mem::forget(trees);
            return;
        }
        let _logged = self.guarded(|| {
            drop(trees);
            Ok(())
        });
    }
}
