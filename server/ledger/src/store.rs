//! The storage trait and its engines; one contract test for all.
//!
//! An engine holds what can be made anew from the journal, and is a projection of it: the latest fact of each name, the keys that
//! ended, and a watermark that says how far it follows. The records themselves are read from the journal. The trait is cut at
//! `append`, a compare-and-swap on the watermark, and at reads.

pub mod behind;
pub mod memory;
pub mod sled_engine;

#[cfg(any(test, feature = "fixture"))]
pub mod breaking;
#[cfg(test)]
pub(crate) mod contract;

use std::array::TryFromSliceError;
use std::collections::HashSet;
use std::io;
use std::num::TryFromIntError;
use std::string::FromUtf8Error;
use std::sync::Arc;

use model::identity::{RecordAddress, ShardNumber};
use vault::file_error;
use vault::ring::KeyId;

use crate::formats::fact::{FactKind, FactName};

/// What is appended at once: what one batch of the journal changes, or several that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Facts that were written, in order.
    pub facts: Vec<FactRow>,
    /// Keys that events of it ended: what stands under them goes.
    pub ended: Vec<KeyId>,
    /// Records in which somebody was erased, each with when (seconds since 1970).
    pub erasures: Vec<(RecordAddress, i64)>,
    /// How far the journal is followed with it.
    pub watermark: Watermark,
}

/// A fact as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    pub name: FactName,
    /// The record that it stands beside.
    pub record: RecordAddress,
    /// As [`crate::formats::fact::encode`] wrote it; `None` where it takes the name away.
    pub bytes: Option<Vec<u8>>,
}

/// How far an engine follows the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// All shards before this one, and of this one so many batches.
    pub shard: ShardNumber,
    pub batches: u64,
    /// The signed checkpoint of the last of them; empty where there is none.
    pub checkpoint: String,
}

impl Watermark {
    /// Where it stands.
    pub fn position(&self) -> Position {
        (self.shard, self.batches)
    }
}

/// A shard, and how many of its batches.
pub type Position = (ShardNumber, u64);

/// Why an engine failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It follows the journal to elsewhere than the caller thought; nothing was written.
    #[error("the database stands at {found:?}, not at {expected:?}")]
    Position {
        /// What the caller thought.
        expected: Option<Position>,
        found: Option<Position>,
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
    /// It was let go, and is asked again.
    #[error("the database was closed")]
    Released,
    /// Its version is not ours.
    #[error("it was written by another build of Keuze")]
    OtherBuild,
    /// It gave a batch up, which we never ask of it.
    #[error("the transaction was given up")]
    GivenUp,
    /// A value stands under what is no name of one, or is none of ours.
    #[error("this is no value that was written")]
    NoValue,
    /// What is kept has not as many bytes as it was written with.
    #[error(transparent)]
    Length(#[from] TryFromSliceError),
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

/// Where the latest fact of each name is kept for reading, with what else is known of the journal that a start would have to open
/// every record for.
pub trait Store: Send + Sync {
    /// Appends what follows `expected`. Durable only after [`Store::sync`].
    fn append(&self, expected: Option<Position>, batch: &Arc<Batch>) -> Result<(), StorageError>;
    /// Makes everything appended durable. An error is final: a failed sync is never retried.
    fn sync(&self) -> Result<(), StorageError>;
    /// How far it follows the journal; `None` for one that never was.
    fn watermark(&self) -> Result<Option<Watermark>, StorageError>;
    /// The latest fact of a name.
    fn fact(&self, name: &FactName) -> Result<Option<FactRow>, StorageError>;
    /// Hands out the latest fact of each name of a kind, in the order of their names.
    fn each_fact(&self, kind: FactKind, each: &mut dyn FnMut(FactRow)) -> Result<(), StorageError>;
    /// Every key that an event ended.
    fn ended(&self) -> Result<HashSet<KeyId>, StorageError>;
    /// When somebody was erased (seconds since 1970), in the order of the ledger.
    fn erasures(&self) -> Result<Vec<i64>, StorageError>;
    /// Lets go of the files, so that another process can open them.
    fn release(&self);
}
