//! Why keys cannot be read or kept. Each says what is wrong in a sentence for whoever operates the server; none says
//! anything of a key.

use std::io;
use std::path::PathBuf;

use crate::file_error::mend;

/// What was written by a build whose formats this one does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtherBuild {
    /// Its version is below ours.
    #[error(
        "it was written by an earlier build of Keuze, whose formats this one does not read: go on with that build, or start \
         with a new data directory"
    )]
    Earlier,
    /// Its version is above ours.
    #[error("it was written by a later build of Keuze (version {0} of its format): go on with that build")]
    Later(u8),
    /// It holds what this build does not know.
    #[error("it was written by another build of Keuze, and holds what this one does not know: go on with that build")]
    Unknown,
}

impl OtherBuild {
    /// Compares the version that was found with the one that this build reads.
    ///
    /// # Errors
    /// They differ.
    pub fn check(found: u8, ours: u8) -> Result<(), Self> {
        match found {
            _ if found == ours => Ok(()),
            _ if found < ours => Err(Self::Earlier),
            _ => Err(Self::Later(found)),
        }
    }
}

/// The root key, in its file.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The file is there and cannot be read.
    #[error("the root key {} cannot be read: {error}", .file.display())]
    Unreadable {
        file: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// What stands in the file is no root key.
    #[error("{} is not a root key. Put back the file that was made with this data directory.", .0.display())]
    NoKey(PathBuf),
    /// It is one of another version.
    #[error("the root key {} cannot be read: {other}", .file.display())]
    OtherBuild {
        file: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// There is no such file.
    #[error("the root key {} is missing", .0.display())]
    Missing(PathBuf),
    /// The file could not be written, or is there already.
    #[error("the root key {} cannot be made: {error}{}", .file.display(), mend(.error))]
    NotMade {
        file: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// The rotation stopped half way. The next start finishes it or takes it back.
    #[error("the root key {} cannot be rotated: {error}", .file.display())]
    NotRotated {
        file: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// A rotation that was stopped half way stays so until the next start.
    #[error("a rotation of the root key {} cannot be finished: {error}", .file.display())]
    NotFinished {
        file: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// A ring without a key file of its own could not be written.
    #[error("the key ring cannot be written: {0}")]
    Ring(io::Error),
}

/// The key ring, as it is read.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// A file is there and cannot be read.
    #[error("{} cannot be read: {error}", .file.display())]
    Unreadable {
        file: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// It is of another version.
    #[error("{} cannot be read: {other}", .file.display())]
    OtherBuild {
        file: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// A key stands behind something that is none.
    #[error("entry {entry} of {} is damaged", .file.display())]
    Damaged {
        file: PathBuf,
        /// Which entry, counted from 0.
        entry: usize,
    },
    /// The key above it does not open an entry.
    #[error("entry {entry} of {} cannot be opened: it is damaged, or the root key is another one. Put back the folder keys, or the root key that belongs to it", .file.display())]
    Sealed {
        file: PathBuf,
        /// Which entry, counted from 0.
        entry: usize,
    },
    /// The root file lacks the key of a bucket that has keys.
    #[error("{} has keys but its own key is missing, in root-0001: one of the two is of another copy, or cut off. Put back the folder keys", .0.display())]
    NoBucketKey(PathBuf),
    /// Another process changed it at every look.
    #[error("{} does not stop changing", .0.display())]
    Changing(PathBuf),
}
