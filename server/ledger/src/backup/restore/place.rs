//! The data directory that a ledger is put back into.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::RestoreError;
use super::whole;
use crate::backup::folder::Increment;
use crate::files::{Layout, make_folder, replace_file, sync_folder};
use crate::target::sync_folders;

/// What a ledger consists of; the rest of the directory is of the server that runs there.
const PIECES: [&str; 8] = ["journal", "checkpoint", "keys", "closed", "sled", "sled.new", "keuze.toml", "kept-away"];

/// Says that a restore is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What is put back.
    pub increment: u32,
    /// The last checkpoint beside the root key as it was before.
    pub last: Option<String>,
}

/// Where it is put back.
pub struct Place {
    pub layout: Layout,
}

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> RestoreError {
    move |error| RestoreError::Io { path: path.to_path_buf(), error }
}

fn swap_at(path: &Path) -> impl FnOnce(io::Error) -> RestoreError {
    move |error| RestoreError::Swap { path: path.to_path_buf(), error }
}

impl Place {
    /// The mark of a restore that was interrupted.
    pub fn mark(&self) -> Result<Option<Mark>, RestoreError> {
        let path = self.layout.unfinished_restore();
        match std::fs::read(&path) {
            // One that cannot be read says at least that there was one.
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).unwrap_or(Mark { increment: 0, last: None }))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_at(&path)(error)),
        }
    }

    /// Copies an increment beside what stands here.
    pub fn make(&self, backup: &Path, increment: &Increment, step: &mut dyn FnMut()) -> Result<(), RestoreError> {
        let restoring = self.layout.restoring();
        remove(&restoring).map_err(io_at(&restoring))?;
        let layout = Layout(restoring.clone());
        for folder in [layout.journals(), layout.keys()] {
            make_folder(&folder).map_err(io_at(&folder))?;
        }
        for file in &increment.files {
            let path = restoring.join(&file.path);
            let bytes = whole(backup, file)?;
            write_new(&path, &bytes).map_err(io_at(&path))?;
            step();
        }
        sync_folders(&restoring).map_err(io_at(&restoring))
    }

    /// Takes away what was made; nothing rests on it.
    pub fn remove_restoring(&self) {
        let _stays = remove(&self.layout.restoring());
    }

    /// Puts what was made in the place of what stands here, which is kept in a folder of its own. From here on the directory is no
    /// ledger until [`Self::finish`].
    pub fn swap(&self, mark: &Mark, step: &mut dyn FnMut()) -> Result<Option<PathBuf>, RestoreError> {
        let path = self.layout.unfinished_restore();
        let text = serde_json::to_vec(mark).expect("plain JSON");
        replace_file(&path, &text).map_err(io_at(&path)).inspect_err(|_| self.remove_restoring())?;
        step();
        let (data, restoring) = (&self.layout.0, self.layout.restoring());
        let mut aside = None;
        for piece in PIECES {
            let there = data.join(piece);
            // What the lock made is no ledger.
            if !there.exists() || std::fs::remove_dir(&there).is_ok() {
                continue;
            }
            let folder = match &aside {
                Some(folder) => folder,
                None => aside.insert(self.new_aside().map_err(swap_at(data))?),
            };
            std::fs::rename(&there, folder.join(piece)).map_err(swap_at(&there))?;
        }
        step();
        for piece in PIECES {
            let (made, there) = (restoring.join(piece), data.join(piece));
            if made.exists() {
                std::fs::rename(&made, &there).map_err(swap_at(&there))?;
            }
        }
        step();
        for folder in aside.iter().chain([data]) {
            sync_folder(folder).map_err(swap_at(folder))?;
        }
        step();
        Ok(aside)
    }

    /// Says that the directory is a ledger again.
    pub fn finish(&self) -> Result<(), RestoreError> {
        self.remove_restoring();
        let path = self.layout.unfinished_restore();
        std::fs::remove_file(&path).and_then(|()| sync_folder(&self.layout.0)).map_err(swap_at(&path))
    }

    fn new_aside(&self) -> io::Result<PathBuf> {
        let named = (1..).map(|number| self.layout.0.join(format!("before-restore-{number}")));
        let folder = named.into_iter().find(|folder| !folder.exists()).expect("there is no end of numbers");
        make_folder(&folder)?;
        Ok(folder)
    }
}

/// Ways in a folder to the root key and to the older ones beside it: what is opened with them leaves the last checkpoint there, and
/// whatever stands beside the root key as it is.
pub fn link_root_key(key_file: &Path, folder: &Path) -> Result<PathBuf, RestoreError> {
    let link = || -> io::Result<PathBuf> {
        let key_file = std::path::absolute(key_file)?;
        let (Some(parent), Some(name)) = (key_file.parent(), key_file.file_name().and_then(|name| name.to_str()))
        else {
            return Err(ErrorKind::InvalidInput.into());
        };
        for entry in std::fs::read_dir(parent)? {
            let entry = entry?;
            let there = entry.file_name();
            let suffix = there.to_str().and_then(|there| there.strip_prefix(name)).map(|suffix| match suffix {
                // The key of a rotation that was not finished opens a backup of that moment, as older ones do theirs.
                ".new" => ".until-9999-12-31",
                suffix => suffix,
            });
            if let Some(suffix) = suffix.filter(|suffix| suffix.is_empty() || suffix.starts_with(".until-")) {
                std::os::unix::fs::symlink(entry.path(), folder.join(format!("key{suffix}")))?;
            }
        }
        Ok(folder.join("key"))
    };
    link().map_err(io_at(folder))
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
