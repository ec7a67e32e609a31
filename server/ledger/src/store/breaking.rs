//! Databases that fail when a test says so.

use std::io;
use std::sync::Arc;

use model::identity::{RecordAddress, ShardNumber};

use super::{Batch, StorageError, Store, SystemError};

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreStep {
    /// Taking a batch: nothing of it is on its way to the disk yet.
    Append,
    /// Making it durable.
    Sync,
}

/// Databases, and who says whether the next step fails.
pub struct Breaking {
    pub inner: Box<dyn Store>,
    /// Asked at each step.
    pub breaks: Box<dyn Fn(StoreStep) -> bool + Send + Sync>,
}

impl Breaking {
    fn step(&self, step: StoreStep) -> Result<(), StorageError> {
        if (self.breaks)(step) { Err(StorageError::Io(SystemError::Ours(io::Error::other("no")))) } else { Ok(()) }
    }
}

impl Store for Breaking {
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Arc<Batch>) -> Result<(), StorageError> {
        self.step(StoreStep::Append)?;
        self.inner.append(shard, expected, batch)
    }
    fn sync(&self) -> Result<(), StorageError> {
        self.step(StoreStep::Sync)?;
        self.inner.sync()
    }
    fn size(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        self.inner.size(shard)
    }
    fn batches(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        self.inner.batches(shard)
    }
    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StorageError> {
        self.inner.record(address)
    }
    fn remove(&self, shard: ShardNumber) -> Result<(), StorageError> {
        self.inner.remove(shard)
    }
    fn release(&self) {
        self.inner.release();
    }
    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StorageError> {
        self.inner.checkpoint(shard)
    }
}
