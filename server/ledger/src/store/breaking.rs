//! Databases that fail when a test says so.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use vault::ring::KeyId;

use super::{Batch, FactRow, Position, StorageError, Store, SystemError, Watermark};
use crate::formats::fact::{FactKind, FactName};

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
    fn append(&self, expected: Option<Position>, batch: &Arc<Batch>) -> Result<(), StorageError> {
        self.step(StoreStep::Append)?;
        self.inner.append(expected, batch)
    }
    fn sync(&self) -> Result<(), StorageError> {
        self.step(StoreStep::Sync)?;
        self.inner.sync()
    }
    fn watermark(&self) -> Result<Option<Watermark>, StorageError> {
        self.inner.watermark()
    }
    fn fact(&self, name: &FactName) -> Result<Option<FactRow>, StorageError> {
        self.inner.fact(name)
    }
    fn each_fact(&self, kind: FactKind, each: &mut dyn FnMut(FactRow)) -> Result<(), StorageError> {
        self.inner.each_fact(kind, each)
    }
    fn ended(&self) -> Result<HashSet<KeyId>, StorageError> {
        self.inner.ended()
    }
    fn erasures(&self) -> Result<Vec<i64>, StorageError> {
        self.inner.erasures()
    }
    fn release(&self) {
        self.inner.release();
    }
}
