//! sled 0.34, the embedded engine: one database a shard.
//!
//! sled's `flush` alone is no fsync: every power cut loses acknowledged records. So we hold a second descriptor on
//! its file and sync that ourselves. Records of a batch share one value, which is four times faster than one each.

use std::collections::HashMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use app::model::identity::{RecordAddress, ShardNumber};
use sled::Transactional as _;
use sled::transaction::ConflictableTransactionError;

use super::{Batch, Store, StoreError};

/// A value longer than this would go to a blob file that sled never syncs.
const LONGEST_VALUE: usize = 60_000;

/// The databases of all shards, opened when first needed.
pub struct SledStore {
    folder: PathBuf,
    shards: Mutex<HashMap<ShardNumber, Arc<Shard>>>,
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
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(engine)?;
        Ok(Self { folder: folder.to_path_buf(), shards: Mutex::default() })
    }

    fn shard(&self, number: ShardNumber) -> Result<Arc<Shard>, StoreError> {
        let mut shards = self.shards.lock().expect("nobody panics while holding it");
        if let Some(shard) = shards.get(&number) {
            return Ok(Arc::clone(shard));
        }
        let shard = Arc::new(open_shard(&self.folder, number)?);
        shards.insert(number, Arc::clone(&shard));
        Ok(shard)
    }
}

fn engine(error: impl std::fmt::Display) -> StoreError {
    StoreError::Engine(error.to_string())
}

/// Opens under guard: a damaged database makes sled panic as well as fail.
fn open_shard(folder: &Path, number: ShardNumber) -> Result<Shard, StoreError> {
    let path = folder.join(number.to_string());
    let fresh = !path.join("db").exists();
    remove_unfinished_snapshots(&path).map_err(engine)?;
    let config = sled::Config::new().path(&path).cache_capacity(64 << 20).flush_every_ms(Some(500));
    let opened = catch_unwind(AssertUnwindSafe(|| -> Result<Shard, StoreError> {
        let database = config.open().map_err(engine)?;
        let records = database.open_tree("records").map_err(engine)?;
        let meta = database.open_tree("meta").map_err(engine)?;
        let file = File::open(path.join("db")).map_err(engine)?;
        Ok(Shard { database, file, records, meta })
    }));
    let shard = opened.map_err(|_| engine("sled panicked while opening"))??;
    if fresh {
        for made in [path.join("conf"), path.join("db"), path.clone(), folder.to_path_buf()] {
            File::open(made).and_then(|file| file.sync_all()).map_err(engine)?;
        }
    }
    Ok(shard)
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

impl Shard {
    fn size(&self) -> Result<u64, StoreError> {
        let value = self.meta.get("size").map_err(engine)?;
        value.map_or(Ok(0), |bytes| bytes.as_ref().try_into().map(u64::from_be_bytes).map_err(engine))
    }
}

/// Sealed records in values of at most [`LONGEST_VALUE`] bytes, each under the index of its first record.
fn values(from: u64, records: &[Vec<u8>]) -> Vec<(u64, Vec<u8>)> {
    let mut values: Vec<(u64, Vec<u8>)> = Vec::new();
    for (index, record) in (from..).zip(records) {
        if values.last().is_none_or(|(_, value)| value.len() + record.len() + 4 > LONGEST_VALUE) {
            values.push((index, Vec::new()));
        }
        let value = &mut values.last_mut().expect("pushed above").1;
        value.extend_from_slice(&u32::try_from(record.len()).unwrap_or(u32::MAX).to_be_bytes());
        value.extend_from_slice(record);
    }
    values
}

/// The record at a place in a value.
fn record_in(mut value: &[u8], place: u64) -> Option<Vec<u8>> {
    for at in 0.. {
        let (len, rest) = value.split_first_chunk::<4>()?;
        let (record, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        if at == place {
            return Some(record.to_vec());
        }
        value = rest;
    }
    None
}

impl Store for SledStore {
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Batch) -> Result<(), StoreError> {
        let open = self.shard(shard)?;
        let found = open.size()?;
        if found != expected {
            return Err(StoreError::Size { shard, expected, found });
        }
        let values = values(expected, &batch.records);
        let size = (expected + batch.records.len() as u64).to_be_bytes();
        let outcome = (&open.records, &open.meta).transaction(|(records, meta)| {
            for (index, value) in &values {
                records.insert(&index.to_be_bytes(), value.as_slice())?;
            }
            meta.insert("size", &size)?;
            meta.insert("checkpoint", batch.checkpoint.as_bytes())?;
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        outcome.map_err(|error| StoreError::Engine(format!("{error:?}")))
    }

    fn sync(&self) -> Result<(), StoreError> {
        let shards: Vec<_> =
            self.shards.lock().expect("nobody panics while holding it").values().map(Arc::clone).collect();
        for shard in shards {
            shard.database.flush().map_err(engine)?;
            shard.file.sync_data().map_err(engine)?;
        }
        Ok(())
    }

    fn size(&self, shard: ShardNumber) -> Result<u64, StoreError> {
        self.shard(shard)?.size()
    }

    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StoreError> {
        let shard = self.shard(address.shard)?;
        let value = shard.records.get_lt((address.index + 1).to_be_bytes()).map_err(engine)?;
        let Some((key, value)) = value else { return Ok(None) };
        let first = key.as_ref().try_into().map(u64::from_be_bytes).map_err(engine)?;
        Ok(record_in(&value, address.index - first))
    }

    fn release(&self) {
        self.shards.lock().expect("nobody panics while holding it").clear();
    }

    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StoreError> {
        let value = self.shard(shard)?.meta.get("checkpoint").map_err(engine)?;
        value.map(|bytes| String::from_utf8(bytes.to_vec()).map_err(engine)).transpose()
    }
}
