//! Databases that fail when a test says so.

use model::identity::{RecordAddress, ShardNumber};

use super::{Batch, Store, StoreError};

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Taking a batch: nothing of it is on its way to the disk yet.
    Append,
    /// Making it durable.
    Sync,
}

/// Databases, and who says whether the next step fails.
pub struct Breaking {
    /// Those that work.
    pub inner: Box<dyn Store>,
    /// Asked at each step.
    pub breaks: Box<dyn Fn(Step) -> bool + Send + Sync>,
}

impl Breaking {
    fn step(&self, step: Step) -> Result<(), StoreError> {
        if (self.breaks)(step) { Err(StoreError::Io("no".into())) } else { Ok(()) }
    }
}

impl Store for Breaking {
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Batch) -> Result<(), StoreError> {
        self.step(Step::Append)?;
        self.inner.append(shard, expected, batch)
    }
    fn sync(&self) -> Result<(), StoreError> {
        self.step(Step::Sync)?;
        self.inner.sync()
    }
    fn size(&self, shard: ShardNumber) -> Result<u64, StoreError> {
        self.inner.size(shard)
    }
    fn batches(&self, shard: ShardNumber) -> Result<u64, StoreError> {
        self.inner.batches(shard)
    }
    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.record(address)
    }
    fn release(&self) {
        self.inner.release();
    }
    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StoreError> {
        self.inner.checkpoint(shard)
    }
}
