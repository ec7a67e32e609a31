//! An engine that forgets: for tests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use model::identity::{RecordAddress, ShardNumber};

use super::{Batch, StorageError, Store};

/// Keeps everything in memory. The lock guards all of it, for one look or change.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Shards>);

/// The records of each shard, its last checkpoint, and the number of batches.
type Shards = HashMap<ShardNumber, (Vec<Vec<u8>>, String, u64)>;

impl MemoryStore {
    fn shards(&self) -> MutexGuard<'_, Shards> {
        self.0.lock().expect("nobody panics while holding it")
    }
}

impl Store for MemoryStore {
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Arc<Batch>) -> Result<(), StorageError> {
        let mut shards = self.shards();
        let (records, checkpoint, batches) = shards.entry(shard).or_default();
        let found = records.len() as u64;
        if found != expected {
            return Err(StorageError::Size { shard, expected, found });
        }
        records.extend_from_slice(&batch.records);
        checkpoint.clone_from(&batch.checkpoint);
        *batches += batch.batches;
        Ok(())
    }

    fn sync(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn size(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        Ok(self.shards().get(&shard).map_or(0, |(records, ..)| records.len() as u64))
    }

    fn batches(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        Ok(self.shards().get(&shard).map_or(0, |(_, _, batches)| *batches))
    }

    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StorageError> {
        let index = usize::try_from(address.index).unwrap_or(usize::MAX);
        Ok(self.shards().get(&address.shard).and_then(|(records, ..)| records.get(index).cloned()))
    }

    fn remove(&self, shard: ShardNumber) -> Result<(), StorageError> {
        self.shards().remove(&shard);
        Ok(())
    }

    fn release(&self) {}

    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StorageError> {
        Ok(self.shards().get(&shard).filter(|(records, ..)| !records.is_empty()).map(|(_, note, _)| note.clone()))
    }
}
