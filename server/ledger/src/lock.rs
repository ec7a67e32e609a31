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
    /// A restore into it was interrupted, so what stands there is no ledger.
    #[error("a restore into {} was interrupted. Run the same `keuze restore` again, which goes on from the backup", .0.display())]
    RestoreUnfinished(PathBuf),
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
    held: Held,
}

/// An open folder with a lock on it. Closing it would not end the lock at once: a process that is being started meanwhile, by
/// whatever thread, has a copy of everything that is open until it runs its own program. So it is ended by name.
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // If it cannot be ended, the end of this process ends it.
        let _ended = self.0.unlock();
    }
}

impl Lock {
    /// Takes it; the data directory is made where there is none.
    ///
    /// # Errors
    /// Another process has it, or a restore into it was interrupted, or what the file system said.
    pub fn take_lock(layout: &Layout) -> Result<Self, LockError> {
        let whole = || {
            let unfinished = layout.unfinished_restore().exists();
            if unfinished { Err(LockError::RestoreUnfinished(layout.0.clone())) } else { Ok(()) }
        };
        whole()?;
        let lock = Self::take_to_restore(layout)?;
        // One may have begun since, and moved the folder.
        whole()?;
        Ok(lock)
    }

    /// The same also where a restore was interrupted, for the one that goes on with it.
    ///
    /// # Errors
    /// Another process has it, or what the file system said.
    pub fn take_to_restore(layout: &Layout) -> Result<Self, LockError> {
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
        let lock = Self { folder, held: Held(file) };
        // Somebody may have put another folder there since it was opened.
        if lock.is_in_place().map_err(io)? { Ok(lock) } else { Err(LockError::InUse(data())) }
    }

    /// Whether the folder is still the one at its path: somebody may have moved it, and put another in its place.
    ///
    /// # Errors
    /// What the file system said.
    pub fn is_in_place(&self) -> io::Result<bool> {
        is_at(&self.held.0, &self.folder)
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
    _held: Option<Held>,
}

impl Look {
    /// Looks, and changes nothing.
    ///
    /// # Errors
    /// What the file system said.
    pub fn at(layout: &Layout) -> io::Result<Self> {
        let folder = File::open(layout.journals())?;
        match folder.try_lock_shared() {
            Ok(()) => Ok(Self { running: false, _held: Some(Held(folder)) }),
            Err(TryLockError::WouldBlock) => Ok(Self { running: true, _held: None }),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a process has that another thread is starting: a copy of everything that is open.
    fn copied(held: &Held) -> File {
        held.0.try_clone().expect("a copy")
    }

    #[test]
    fn a_lock_that_is_given_back_is_free_while_a_process_is_being_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let layout = Layout(folder.path().join("data"));
        let lock = Lock::take_lock(&layout).expect("free");
        assert!(Look::at(&layout).expect("looked").running, "held by this one");
        let copy = copied(&lock.held);
        drop(lock);
        assert!(!Look::at(&layout).expect("looked").running, "nobody runs");
        let looking = File::open(layout.journals()).expect("there");
        looking.try_lock_shared().expect("free");
        let looking = Held(looking);
        let copies = (copy, copied(&looking));
        drop(looking);
        let again = Lock::take_lock(&layout).expect("free again");
        assert!(matches!(Lock::take_lock(&layout), Err(LockError::InUse(_))), "the test can fail");
        drop((again, copies));
    }
}
