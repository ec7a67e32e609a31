//! Why a ledger was not opened. Each says what is wrong and, where somebody can mend it, how.

use std::io;
use std::path::PathBuf;

use model::identity::ShardNumber;

use crate::lock::LockError;
use crate::outside::RolledBack;
use crate::replay::ReplayFault;
use crate::store::StorageError;
use vault::error::{OtherBuild, RingError, RootKeyError};

/// Why a ledger was not opened. Nothing was changed then but unfinished work cut off.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// Another process has it, or its folder cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It is not the ledger that was here last.
    #[error(transparent)]
    RolledBack(#[from] RolledBack),
    /// The journal does not add up.
    #[error(transparent)]
    Fault(#[from] ReplayFault),
    /// The root key cannot be read, made or rotated.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// There is a ledger, and no root key.
    #[error(
        "the root key {} is missing. Put it back, or name it in KEUZE_KEY_FILE; without it {} cannot be read",
        .file.display(), .data.display()
    )]
    NoRootKey {
        /// Where it was looked for.
        file: PathBuf,
        /// The data directory.
        data: PathBuf,
    },
    /// It was just made and is not there.
    #[error("the root key {} vanished", .0.display())]
    RootKeyVanished(PathBuf),
    /// The key ring cannot be read.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// It was written by a build whose formats this one does not read.
    #[error(transparent)]
    OtherBuild(#[from] OtherBuild),
    /// The key ring lacks the key of a log.
    #[error(transparent)]
    NoLogKey(#[from] NoLogKey),
    /// The database cannot be used, and a new one would meet the same.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The system would not do something.
    #[error("{what}: {error}")]
    Io {
        /// What could not be done.
        what: String,
        /// What the system said.
        error: io::Error,
    },
    /// The same of the list of the journal's files.
    #[error(transparent)]
    Journal(io::Error),
}

/// A log whose key is not in the key ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLogKey {
    /// One that every ledger has.
    #[error(
        "the key ring lost the log's key: a file of the folder keys is missing, empty or cut off. Put back the folder keys"
    )]
    OfLedger,
    /// Of a shard that this ledger did not begin, or not with these keys.
    #[error(
        "there is a shard {0}, and no key of it in the key ring: journal/{0} is of another ledger, or the folder keys of an older copy, or cut off. \
         Move the one away, or put back the other"
    )]
    OfShard(ShardNumber),
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It cannot be opened.
    #[error("the database cannot be opened: {0}")]
    Open(#[source] StorageError),
    /// What it says of itself cannot be read.
    #[error("the database cannot be read: {0}")]
    Read(#[source] StorageError),
    /// What it lacks cannot be added.
    #[error("the database cannot be written: {0}")]
    Write(#[source] StorageError),
    /// What was added cannot be made durable.
    #[error("the database cannot be synced: {0}")]
    Sync(#[source] StorageError),
    /// It did not follow this journal.
    #[error("the database does not agree with the journal")]
    Disagrees,
    /// It lacks so much that a new one is made as quickly.
    #[error("the database is far behind the journal")]
    FarBehind,
    /// It cannot be made anew.
    #[error("the database cannot be made anew: {0}")]
    Make(#[source] io::Error),
    /// The one that there is cannot be set aside.
    #[error("the database cannot be set aside: {0}")]
    SetAside(#[source] io::Error),
    /// Our own signature in it tells of other records than the journal has.
    #[error("the first {0} records of the journal are not those that the database's {MISSING}")]
    TellsOfOthers(u64),
    /// Our own signature in it tells of more records than the journal has.
    #[error("the journal ends after {has} records, of {told} that the database's {MISSING}")]
    TellsOfMore {
        /// How many the journal has.
        has: u64,
        /// How many there were.
        told: u64,
    },
}

const MISSING: &str = "signed checkpoint tells of: records that were acknowledged are missing from the journal. Put back the \
     journal's files. To go on without them, run `keuze rebuild`, which sets the database aside";

impl DatabaseError {
    /// Whether it is of what the database holds, so that a new one will be right; else it is only in the way, or evidence, and a
    /// new one would meet the same.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Open(error) | Self::Read(error) => {
                matches!(error, StorageError::Corrupt(_) | StorageError::Position { .. })
            }
            Self::Disagrees | Self::FarBehind => true,
            Self::Write(_)
            | Self::Sync(_)
            | Self::Make(_)
            | Self::SetAside(_)
            | Self::TellsOfOthers(_)
            | Self::TellsOfMore { .. } => false,
        }
    }
}

impl RecoveryError {
    /// For what the system would not do.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}
