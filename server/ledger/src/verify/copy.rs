//! Passing folders: a copy of the databases, because sled writes to whatever it opens.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// A folder among the temporary files, gone when this is dropped.
pub struct PassingFolder(PathBuf);

impl PassingFolder {
    /// An empty one, for our eyes only.
    pub fn make() -> io::Result<Self> {
        Ok(Self(new_folder()?))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PassingFolder {
    fn drop(&mut self) {
        // Best effort: nothing depends on it, and what is in it is sealed.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

/// The databases.
pub struct DatabaseCopy(PassingFolder);

impl DatabaseCopy {
    /// Copies a folder.
    pub fn make(from: &Path) -> io::Result<Self> {
        let copy = PassingFolder::make()?;
        copy_folder(from, copy.path())?;
        Ok(Self(copy))
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }
}

/// A folder that was not there before, for our eyes only.
fn new_folder() -> io::Result<PathBuf> {
    let process = std::process::id();
    for number in 0..1000 {
        let folder = std::env::temp_dir().join(format!("keuze-verify-{process}-{number}"));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("there is no free name among the temporary files"))
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
