//! Why nothing was put back.

use std::io;
use std::path::PathBuf;

use crate::backup::BackupFault;
use crate::error::RecoveryError;
use crate::kept_away::KeptAwayError;
use crate::lock::LockError;
use crate::{AppendError, ReadError};

fn lines(faults: &[BackupFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Why a ledger was not put back. The data directory is as it was, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup cannot be restored.
    #[error(transparent)]
    Backup(#[from] BackupFault),
    /// Files of the increment are not as they were backed up.
    #[error("the backup is damaged, so nothing was restored:\n{}", lines(.0))]
    Damaged(Vec<BackupFault>),
    /// A server runs there, or the directory cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no root key.
    #[error("the root key {} is missing. Put it back, or name it in KEUZE_KEY_FILE: without it the backup cannot be read", .0.display())]
    NoRootKey(PathBuf),
    /// What would be lost.
    #[error(
        "{} holds a ledger that increment {number} would take the place of, and {what}. Nothing was changed. `keuze verify` says \
         whether it is whole: then it needs no restore. To restore all the same, add `--over-newer`; what is there is kept \
         beside it", .data.display()
    )]
    Newer {
        data: PathBuf,
        /// What it has.
        what: String,
        /// Of the increment.
        number: u32,
    },
    /// What was kept away cannot be put back.
    #[error("{0}. Nothing was changed")]
    KeptAway(#[from] KeptAwayError),
    /// What was put back cannot be opened.
    #[error("what was put back cannot be opened, so nothing was changed: {0}")]
    Open(#[from] RecoveryError),
    #[error("what was put back cannot be recorded, so nothing was changed: {0}")]
    Append(#[from] AppendError),
    #[error("what was put back cannot be read, so nothing was changed: {0}")]
    Read(#[from] ReadError),
    /// Before anything was changed.
    #[error("{}: {error}. Nothing was changed; what was made of the restore is made anew by the next", .path.display())]
    Io {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// While what was made was put in its place.
    #[error(
        "{}: {error}. The directory is no ledger now, and no start takes it for one: mend what is in the way, and run the same \
         command again", .path.display()
    )]
    Swap {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
}
