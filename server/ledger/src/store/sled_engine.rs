//! # Database
//!
//! sled 0.34, the embedded engine: one database a shard, in a folder of sled's own files. It holds what can be made anew from
//! the journal, and is, whenever it is damaged, of another version, or not the journal's.
//!
//! The tree `records`: sealed records, several of a batch in one value of at most 7,000 bytes, which is much faster than one
//! each; one that is longer has several values. A key:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 8 | index of the first record in it, big-endian |
//! | 8 | 2 | which piece it is of a record that has several, big-endian; else 0 |
//!
//! A value:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 4 | length of the record, big-endian |
//! | 4 | rest | the record; then the next in the same way |
//!
//! The tree `meta`: `version` (1 byte: 1), `size` and `batches` (8 bytes, big-endian), `checkpoint` (the signed checkpoint).
//!
//! Written by the ledger's writer side by side with the journal, read whenever somebody reads a record, compared with the journal
//! record by record at every start and by `keuze verify`.
//!
//! sled's `flush` alone is no fsync: every power cut loses acknowledged records. So we hold a second descriptor on its file and
//! sync that ourselves.

use std::collections::HashMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::identity::{RecordAddress, ShardNumber};
use sled::Transactional as _;
use sled::transaction::{ConflictableTransactionError, TransactionError};

use super::{Batch, Corruption, StorageError, Store, SystemError};

/// The version that is written, and the only one that is read.
const VERSION: u8 = 1;

/// sled rewrites a leaf of up to 17 values as a whole, and what is longer than 131,052 bytes goes to a file under
/// `blobs/` that it never syncs. With values of this length a full leaf stays below that.
const LONGEST_VALUE: usize = 7_000;

/// The databases of all shards, opened when first needed.
pub struct SledStore {
    folder: PathBuf,
    /// Guards the table of open databases, for one look; and while one is opened, which happens at the start. It is never held
    /// while something is read, written or synced.
    shards: Mutex<HashMap<ShardNumber, Arc<Shard>>>,
    /// sled has panicked: locks inside it may be held for ever, so nothing asks it anything any more.
    broken: AtomicBool,
}

struct Shard {
    database: sled::Db,
    file: File,
    records: sled::Tree,
    meta: sled::Tree,
}

impl SledStore {
    /// Databases in that folder, made if absent.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        std::fs::create_dir_all(folder).map_err(io)?;
        Ok(Self { folder: folder.to_path_buf(), shards: Mutex::default(), broken: AtomicBool::new(false) })
    }

    fn shards(&self) -> MutexGuard<'_, HashMap<ShardNumber, Arc<Shard>>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that there is.
    fn existing(&self, number: ShardNumber) -> Result<Option<Arc<Shard>>, StorageError> {
        let known = self.shards().contains_key(&number) || self.folder.join(number.to_string()).exists();
        known.then(|| self.shard(number)).transpose()
    }

    /// One that is made if there is none.
    fn shard(&self, number: ShardNumber) -> Result<Arc<Shard>, StorageError> {
        let mut shards = self.shards();
        if let Some(shard) = shards.get(&number) {
            return Ok(Arc::clone(shard));
        }
        let shard = Arc::new(open_shard(&self.folder, number)?);
        shards.insert(number, Arc::clone(&shard));
        Ok(shard)
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

fn open_shard(folder: &Path, number: ShardNumber) -> Result<Shard, StorageError> {
    let path = folder.join(number.to_string());
    let fresh = !path.join("db").exists();
    remove_unfinished_snapshots(&path).map_err(io)?;
    let config = sled::Config::new().path(&path).cache_capacity(64 << 20).flush_every_ms(Some(500));
    let database = open_released(&config).map_err(engine)?;
    let records = database.open_tree("records").map_err(engine)?;
    let meta = database.open_tree("meta").map_err(engine)?;
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
    Ok(Shard { database, file, records, meta })
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

/// The name of a value: the index of its first record, and which piece it is of one that is longer than a value.
pub(crate) type ValueKey = [u8; 10];

fn key(first: u64, piece: u16) -> ValueKey {
    let mut key = [0; 10];
    key[..8].copy_from_slice(&first.to_be_bytes());
    key[8..].copy_from_slice(&piece.to_be_bytes());
    key
}

fn read_key(bytes: &[u8]) -> Option<(u64, u16)> {
    let (first, piece) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*first), u16::from_be_bytes(piece.try_into().ok()?)))
}

/// Sealed records with their lengths in values of at most [`LONGEST_VALUE`] bytes; a longer record has as many values
/// of its own as it needs.
///
/// # Errors
/// When a record is longer than 65,536 values.
pub(crate) fn values(from: u64, records: &[Vec<u8>]) -> Result<Vec<(ValueKey, Vec<u8>)>, StorageError> {
    let mut groups: Vec<(u64, Vec<u8>)> = Vec::new();
    for (index, record) in (from..).zip(records) {
        if groups.last().is_none_or(|(_, group)| group.len() + record.len() + 4 > LONGEST_VALUE) {
            groups.push((index, Vec::new()));
        }
        let group = &mut groups.last_mut().expect("pushed above").1;
        group.extend_from_slice(&u32::try_from(record.len()).map_err(damaged)?.to_be_bytes());
        group.extend_from_slice(record);
    }
    let mut values = Vec::new();
    for (first, group) in groups {
        for (piece, value) in group.chunks(LONGEST_VALUE).enumerate() {
            values.push((key(first, u16::try_from(piece).map_err(damaged)?), value.to_vec()));
        }
    }
    Ok(values)
}

/// The record at a place in a group of values.
fn record_in(mut group: &[u8], place: u64) -> Option<Vec<u8>> {
    for at in 0.. {
        let (len, rest) = group.split_first_chunk::<4>()?;
        let (record, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        if at == place {
            return Some(record.to_vec());
        }
        group = rest;
    }
    None
}

impl Shard {
    fn size(&self) -> Result<u64, StorageError> {
        self.number("size")
    }

    fn batches(&self) -> Result<u64, StorageError> {
        self.number("batches")
    }

    /// A number that is kept; 0 where there is none yet.
    fn number(&self, name: &str) -> Result<u64, StorageError> {
        let value = self.meta.get(name).map_err(engine)?;
        value.map_or(Ok(0), |bytes| bytes.as_ref().try_into().map(u64::from_be_bytes).map_err(damaged))
    }

    fn append(&self, shard: ShardNumber, expected: u64, batch: &Batch) -> Result<(), StorageError> {
        let found = self.size()?;
        if found != expected {
            return Err(StorageError::Size { shard, expected, found });
        }
        let values = values(expected, &batch.records)?;
        let size = (expected + batch.records.len() as u64).to_be_bytes();
        let batches = (self.batches()? + batch.batches).to_be_bytes();
        let outcome = (&self.records, &self.meta).transaction(|(records, meta)| {
            for (key, value) in &values {
                records.insert(key, value.as_slice())?;
            }
            meta.insert("version", &[VERSION])?;
            meta.insert("size", &size)?;
            meta.insert("batches", &batches)?;
            meta.insert("checkpoint", batch.checkpoint.as_bytes())?;
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        outcome.map_err(|error| match error {
            TransactionError::Storage(error) => engine(error),
            TransactionError::Abort(()) => damaged(Corruption::GivenUp),
        })
    }

    fn record(&self, index: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let Some((last, value)) = self.records.get_lt(key(index + 1, 0)).map_err(engine)? else { return Ok(None) };
        let (first, piece) = read_key(&last).ok_or_else(|| damaged(Corruption::NoValueName))?;
        if piece == 0 {
            return Ok(record_in(&value, index - first));
        }
        let mut group = Vec::new();
        for entry in self.records.range(key(first, 0)..=key(first, piece)) {
            group.extend_from_slice(&entry.map_err(engine)?.1);
        }
        Ok(record_in(&group, index - first))
    }

    fn checkpoint(&self) -> Result<Option<String>, StorageError> {
        let value = self.meta.get("checkpoint").map_err(engine)?;
        value.map(|bytes| String::from_utf8(bytes.to_vec()).map_err(damaged)).transpose()
    }
}

impl Store for SledStore {
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Arc<Batch>) -> Result<(), StorageError> {
        self.guarded(|| self.shard(shard)?.append(shard, expected, batch))
    }

    fn sync(&self) -> Result<(), StorageError> {
        let shards: Vec<_> = self.shards().values().map(Arc::clone).collect();
        self.guarded(|| {
            for shard in shards {
                shard.database.flush().map_err(engine)?;
                shard.file.sync_data().map_err(io)?;
            }
            Ok(())
        })
    }

    fn size(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        self.guarded(|| self.existing(shard)?.map_or(Ok(0), |shard| shard.size()))
    }

    fn batches(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        self.guarded(|| self.existing(shard)?.map_or(Ok(0), |shard| shard.batches()))
    }

    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StorageError> {
        self.guarded(|| self.existing(address.shard)?.map_or(Ok(None), |shard| shard.record(address.index)))
    }

    fn remove(&self, shard: ShardNumber) -> Result<(), StorageError> {
        let open = self.shards().remove(&shard);
        if let Some(mut open) = open {
            // Whoever was reading finishes first: a database that is closed writes once more.
            while Arc::get_mut(&mut open).is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            self.guarded(|| {
                drop(open);
                Ok(())
            })?;
        }
        match std::fs::remove_dir_all(self.folder.join(shard.to_string())) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(error)),
            _ => Ok(()),
        }
    }

    fn release(&self) {
        let shards = std::mem::take(&mut *self.shards());
        if self.broken.load(Ordering::SeqCst) {
            // Closing it would ask it for one more write.
            std::mem::forget(shards);
            return;
        }
        let _logged = self.guarded(|| {
            drop(shards);
            Ok(())
        });
    }

    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StorageError> {
        self.guarded(|| self.existing(shard)?.map_or(Ok(None), |shard| shard.checkpoint()))
    }
}
