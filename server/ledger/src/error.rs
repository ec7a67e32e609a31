//! Why a ledger was not opened. Each says what is wrong and, where somebody can mend it, how.

use std::io;
use std::path::PathBuf;

use crate::lock::LockError;
use crate::outside::RolledBack;
use crate::replay::Fault;
use vault::error::{RingError, RootKeyError};

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
    Fault(#[from] Fault),
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
    /// The key ring lacks a key that every ledger has.
    #[error("the key ring lost the log's key. Put back the folder keys")]
    NoLogKey,
    /// The database cannot be used, and a new one would meet the same.
    #[error("{0}")]
    Database(String),
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

impl RecoveryError {
    /// For what the system would not do.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}
