//! The one process that writes holds a lock on the folder of the journals, whichever shard is open. Whatever is deleted or renamed
//! around it, two processes never write to one ledger.

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::files::{Layout, make_folder};

/// Why a ledger is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("{} is in use by another keuze. Stop that one first", .0.display())]
    InUse(PathBuf),
    /// The system said so.
    #[error("{} cannot be used: {error}", .data.display())]
    Io {
        /// The data directory.
        data: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

/// Held for as long as this lives.
pub struct Lock {
    folder: PathBuf,
    file: File,
}

impl Lock {
    /// Takes it; the data directory is made where there is none.
    ///
    /// # Errors
    /// Another process has it, or what the file system said.
    pub fn take_lock(layout: &Layout) -> Result<Self, LockError> {
        let data = || layout.0.clone();
        let io = |error| LockError::Io { data: data(), error };
        make_folder(&layout.journals()).map_err(io)?;
        let folder = layout.journals();
        let file = File::open(&folder).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::InUse(data())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let lock = Self { folder, file };
        // Somebody may have put another folder there since it was opened.
        if lock.is_in_place().map_err(io)? { Ok(lock) } else { Err(LockError::InUse(data())) }
    }

    /// Whether the folder is still the one at its path: somebody may have moved it, and put another in its place.
    ///
    /// # Errors
    /// What the file system said.
    pub fn is_in_place(&self) -> io::Result<bool> {
        is_at(&self.file, &self.folder)
    }
}

/// Whether a file or folder that is open is the one at a path.
///
/// # Errors
/// What the file system said.
pub fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let same = |a: &Metadata, b: &Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    match path.metadata() {
        Ok(there) => Ok(same(&there, &file.metadata()?)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a server runs on a directory; none can start while this is held.
pub struct Look {
    /// Another process holds the ledger.
    pub running: bool,
    _held: Option<File>,
}

impl Look {
    /// Looks, and changes nothing.
    ///
    /// # Errors
    /// What the file system said.
    pub fn at(layout: &Layout) -> io::Result<Self> {
        let folder = File::open(layout.journals())?;
        match folder.try_lock_shared() {
            Ok(()) => Ok(Self { running: false, _held: Some(folder) }),
            Err(TryLockError::WouldBlock) => Ok(Self { running: true, _held: None }),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
