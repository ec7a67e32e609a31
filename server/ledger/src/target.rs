//! A folder outside the data directory that one process writes a copy of the ledger into: an export, a backup.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::files::{make_folder, sync_folder};

/// Why a folder cannot be written into.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It is the ledger itself, or in it.
    #[error("{} is in the data directory itself; nothing was changed. Name a folder outside it", .0.display())]
    Inside(PathBuf),
    /// Another process writes into it.
    #[error("another keuze works in {}. Wait until it has ended", .0.display())]
    Busy(PathBuf),
    /// The system would not let us.
    #[error("{} cannot be used: {error}", .folder.display())]
    Folder {
        folder: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

/// Held by this process for as long as this lives.
pub struct TargetFolder {
    folder: PathBuf,
    _held: File,
}

impl TargetFolder {
    /// Makes the folder where there is none, and takes it for this process alone.
    ///
    /// # Errors
    /// It is in the data directory, or another process has it, or what the file system said.
    pub fn lock(folder: &Path, data: &Path) -> Result<Self, TargetError> {
        let io = |error| TargetError::Folder { folder: folder.to_path_buf(), error };
        if is_inside(folder, data).map_err(io)? {
            return Err(TargetError::Inside(folder.to_path_buf()));
        }
        make_folder(folder).map_err(io)?;
        let held = File::open(folder).map_err(io)?;
        match held.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_path_buf(), _held: held }),
            Err(TryLockError::WouldBlock) => Err(TargetError::Busy(folder.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Whether a file is there as it would be written.
    pub fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        std::fs::read(self.folder.join(name)).is_ok_and(|there| there == bytes)
    }

    /// Writes a file beside its place, makes it durable and puts it there. Its name is durable after [`Self::sync`].
    ///
    /// # Errors
    /// What the file system said; nothing is left of it then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        make_folder(path.parent().unwrap_or(&self.folder))?;
        let new = PathBuf::from(format!("{}.new", path.display()));
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&new, &path)
        };
        write().inspect_err(|_| {
            // On a full disk it takes what others need.
            let _stays = std::fs::remove_file(&new);
        })
    }

    /// Makes every name in it durable.
    ///
    /// # Errors
    /// What the file system said.
    pub fn sync(&self) -> io::Result<()> {
        sync_folders(&self.folder)
    }
}

/// Whether nothing stands in a folder, or what a kill left of the first file; also where there is none.
///
/// # Errors
/// What the file system said.
pub fn is_empty_but_for(folder: &Path, first: &str) -> io::Result<bool> {
    let mut entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let first = format!("{first}.new");
    entries.try_fold(true, |empty, entry| Ok(empty && entry?.file_name() == first.as_str()))
}

/// Whether a folder is the data directory or in it: what is written there would be taken for a part of the ledger.
fn is_inside(folder: &Path, data: &Path) -> io::Result<bool> {
    let data = data.canonicalize()?;
    let there = std::path::absolute(folder)?;
    let real = there.ancestors().find_map(|above| above.canonicalize().ok()).unwrap_or(there);
    Ok(real.starts_with(data))
}

/// Makes every name in a folder durable.
///
/// # Errors
/// What the file system said.
pub fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(folder)
}
