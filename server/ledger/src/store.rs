//! The storage trait and its engines; one contract test for all.
//!
//! An engine holds what can be made anew from the journal: the records of each shard, and the checkpoint of its last
//! batch. The trait is cut at `append`, a compare-and-swap on the size of a shard, and at reads.

pub mod behind;
pub mod memory;
pub mod sled_engine;

#[cfg(any(test, feature = "fixture"))]
pub mod breaking;
#[cfg(test)]
mod contract;

use std::array::TryFromSliceError;
use std::io;
use std::num::TryFromIntError;
use std::string::FromUtf8Error;
use std::sync::Arc;

use model::identity::{RecordAddress, ShardNumber};
use vault::file_error;

/// What is appended at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Sealed records in order.
    pub records: Vec<Vec<u8>>,
    /// The signed checkpoint of the shard with them.
    pub checkpoint: String,
    /// How many batches of the journal it is.
    pub batches: u64,
}

/// Why an engine failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The shard has another size than the caller thought; nothing was written.
    #[error("shard {shard} has {found} records, not {expected}")]
    Size {
        shard: ShardNumber,
        /// What the caller thought.
        expected: u64,
        found: u64,
    },
    /// What is kept does not add up: the engine cannot be used, and is made anew from the journal.
    #[error(transparent)]
    Corrupt(Corruption),
    /// There is no room: nothing is said of what is kept.
    #[error("{_0}{}", _0.mend())]
    Full(SystemError),
    /// Another process holds it.
    #[error(transparent)]
    Locked(SystemError),
    /// The system would not read or write for another reason: nothing is said of what is kept.
    #[error("{_0}{}", _0.mend())]
    Io(SystemError),
    /// A batch before this one was not written; nothing more is taken.
    #[error("{0}")]
    Earlier(Arc<StorageError>),
}

/// What of an engine does not add up.
#[derive(Debug, thiserror::Error)]
pub enum Corruption {
    /// The engine finds itself damaged.
    #[error(transparent)]
    Engine(sled::Error),
    /// It stopped in the middle of something.
    #[error("sled panicked")]
    Panicked,
    /// It did so at an earlier call, and is not asked again.
    #[error("sled has panicked before")]
    PanickedBefore,
    /// Its version is not ours.
    #[error("it was written by another build of Keuze")]
    OtherBuild,
    /// It gave a batch up, which we never ask of it.
    #[error("the transaction was given up")]
    GivenUp,
    /// A value stands under what is no name of one.
    #[error("this is no name of a value")]
    NoValueName,
    /// A number that is kept has not eight bytes.
    #[error(transparent)]
    Number(#[from] TryFromSliceError),
    /// What is kept as text is none.
    #[error(transparent)]
    Text(#[from] FromUtf8Error),
    /// A record is longer than can be kept.
    #[error(transparent)]
    TooLong(#[from] TryFromIntError),
}

/// What the system said, to us or to the engine.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// To us.
    #[error(transparent)]
    Ours(io::Error),
    /// To the engine.
    #[error(transparent)]
    Engine(sled::Error),
}

impl SystemError {
    /// What to do, as a sentence behind the other.
    fn mend(&self) -> &'static str {
        match self {
            Self::Ours(error) | Self::Engine(sled::Error::Io(error)) => file_error::mend(error),
            Self::Engine(_) => "",
        }
    }
}

/// Where records are kept for reading.
pub trait Store: Send + Sync {
    /// Appends to a shard that has `expected` records. Durable only after [`Store::sync`].
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Arc<Batch>) -> Result<(), StorageError>;
    /// Makes everything appended durable. An error is final: a failed sync is never retried.
    fn sync(&self) -> Result<(), StorageError>;
    /// The number of records of a shard; 0 for one that never was.
    fn size(&self, shard: ShardNumber) -> Result<u64, StorageError>;
    /// How many batches were appended to a shard.
    fn batches(&self, shard: ShardNumber) -> Result<u64, StorageError>;
    /// A sealed record; `None` beyond the end.
    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StorageError>;
    /// Forgets a shard that is read elsewhere from now on, and deletes what is kept of it.
    fn remove(&self, shard: ShardNumber) -> Result<(), StorageError>;
    /// Lets go of the files, so that another process can open them.
    fn release(&self);
    /// The checkpoint of the last batch.
    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StorageError>;
}
