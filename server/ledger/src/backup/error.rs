//! Why nothing was backed up; and what is wrong with a backup.

use std::io;
use std::path::PathBuf;

use vault::error::OtherBuild;

use crate::target::TargetError;
use crate::verify::{Unreadable, VerifyError};

const VIEW: &str = "the backup cannot be looked at, because no folder can be made among the temporary files";

/// Why there is no new increment. Those of before are as they were.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder cannot be written into.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The folder holds something that is no backup.
    #[error("{} holds something else; nothing in it was changed. Name a folder that is new or empty, or a backup of this ledger", .0.display())]
    SomethingElse(PathBuf),
    /// The folder does not say what it is.
    #[error("{} does not say whose backup this is; nothing was changed. Put the file back from a copy, or name a folder that is new or empty", .0.display())]
    Index(PathBuf),
    /// The folder holds a backup of another version.
    #[error("{} cannot be gone on with: {other}", .folder.display())]
    OtherBuild {
        folder: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// The folder holds a backup of another site.
    #[error("{} is a backup of {found}, not of {wanted}; nothing in it was changed. Name another folder", .folder.display())]
    OtherSite {
        folder: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose ledger this is.
        wanted: String,
    },
    /// The folder holds a backup of another ledger of that site.
    #[error("{} is a backup of another ledger of this site: its first shard is signed with another key. Nothing in it was changed. Name another folder", .0.display())]
    OtherLedger(PathBuf),
    /// There is no ledger, or it cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A file of the ledger.
    #[error("{} cannot be read: {error}. There is no new increment; those of before are as they were", .path.display())]
    Source {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// The key ring.
    #[error("{}: keys were ended at every look, so there is no moment to back up. Run the same command again", .0.display())]
    KeysChange(PathBuf),
    /// What was copied does not add up.
    #[error(
        "the ledger does not add up, so there is no new increment: {0}. Those of before are as they were; `keuze verify` says more"
    )]
    Ledger(#[source] Box<VerifyError>),
    /// A file of the backup.
    #[error(
        "{} cannot be written: {error}. What was copied is kept, there is no new increment yet, and those of before are as they \
         were: make room or mend what is in the way, and the same command goes on from there", .path.display()
    )]
    Write {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// What was written reads as something else.
    #[error("{} reads otherwise than it was written: the disk that it is on cannot be relied on. Name a folder on another one", .0.display())]
    NotAsWritten(PathBuf),
    /// The passing folder in which a backup is looked at.
    #[error("{VIEW}: {0}")]
    View(#[source] io::Error),
}

/// What is wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// There is nothing to verify.
    #[error("{} is no backup: it has no backup.json. Name the folder that `keuze backup` was given, or put the file back from a copy", .0.display())]
    NoBackup(PathBuf),
    /// It does not say what it is.
    #[error("{} is damaged, so nobody can tell which increments there are. Put it back from a copy, or back up into a new folder", .0.display())]
    Index(PathBuf),
    /// It is of another version.
    #[error("{} cannot be read: {other}", .path.display())]
    OtherBuild {
        path: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// No backup was finished.
    #[error("{} has no increment: its first backup was interrupted. Run `keuze backup {}` again", .0.display(), .0.display())]
    Unfinished(PathBuf),
    /// No increment has that number.
    #[error("there is no increment {number}; there are {there}. `--increment` names one of them")]
    NoIncrement {
        number: u32,
        /// Those that there are.
        there: String,
    },
    /// An increment does not say what it consists of.
    #[error(
        "{} is {}: increment {number} cannot be restored without it. Put it back from a copy; else run `keuze backup` again, which \
         makes a new increment and lets this one go", .path.display(), if *.missing { "missing" } else { "damaged" }
    )]
    Increment { path: PathBuf, number: u32, missing: bool },
    /// A file is not as it was backed up.
    #[error(
        "{} {wrong}: it is {of}, which cannot be restored without it. Put it back from a copy; else remove it and run `keuze backup` \
         again, which copies it anew where the ledger still has it, and lets go of the increments that stay without it", .path.display()
    )]
    File {
        path: PathBuf,
        wrong: WrongFile,
        /// Of which increments it is what.
        of: String,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// The files are as they were written, and the ledger in them does not add up.
    #[error(
        "increment {number} does not add up, though its files are as they were written: {error}. Restore an earlier one"
    )]
    Ledger {
        number: u32,
        #[source]
        error: Box<VerifyError>,
    },
    /// Another process works in it.
    #[error("another keuze works in {}. Wait until it has ended", .0.display())]
    Busy(PathBuf),
    /// The passing folder in which it is looked at.
    #[error("{VIEW}: {0}")]
    View(#[source] io::Error),
}

/// What is wrong with a file of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongFile {
    #[error("is missing")]
    Missing,
    #[error("is cut off: it has {has} bytes of {of}")]
    Short { has: u64, of: u64 },
    #[error("has {has} bytes in the place of {of}")]
    Long { has: u64, of: u64 },
    #[error("is damaged: it is not what its name says, the SHA-256 of what stands in it")]
    Altered,
}
