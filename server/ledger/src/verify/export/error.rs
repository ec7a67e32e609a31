//! Why nothing was exported, or not everything; and what is wrong with an export.

use std::path::PathBuf;

use vault::error::OtherBuild;

use crate::files::Log;
use crate::flat::FlatError;
use crate::replay::{ReplayFault, name_of};
use crate::target::TargetError;
use crate::verify::Unreadable;

/// Why there is no whole export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger does not add up.
    #[error("{0}. The export is not whole; `keuze verify` says more")]
    Fault(#[from] ReplayFault),
    /// The ledger cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The folder holds something that is no export.
    #[error("{} holds something else; nothing in it was changed. Name a folder that is new or empty, or an export of this ledger", .0.display())]
    SomethingElse(PathBuf),
    /// The folder does not say what it is.
    #[error("{} does not say whose export this is; nothing in it was changed. Name a folder that is new or empty", .0.display())]
    Manifest(PathBuf),
    /// The folder holds an export of another site.
    #[error("{} is an export of {found}, not of {wanted}; nothing in it was changed. Name another folder", .folder.display())]
    OtherSite {
        folder: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose ledger this is.
        wanted: String,
    },
    /// The folder holds an export of another ledger of that site.
    #[error("{} is an export of another ledger: its {} is signed with another key. Nothing in it was changed. Name another folder", .folder.display(), name_of(*.log))]
    OtherLedger { folder: PathBuf, log: Log },
    /// The folder holds more than the ledger.
    #[error(
        "{} has {known} entries of {}, and the ledger {has}: is it an older copy of itself? Nothing in the export was \
         changed. Put back the newest copy of the ledger, or name another folder", .folder.display(), name_of(*.log)
    )]
    Newer {
        folder: PathBuf,
        log: Log,
        /// So many records are in the export.
        known: u64,
        /// So many are in the ledger.
        has: u64,
    },
    /// The folder holds other records.
    #[error(
        "the first {known} entries of {} are others than those that {} was signed with: one of the two was put back from a copy. \
         Name another folder, and keep this one: it proves what was there", name_of(*.log), .folder.display()
    )]
    OtherRecords { folder: PathBuf, log: Log, known: u64 },
    /// The folder holds an export of another version.
    #[error("{} cannot be gone on with: {other}", .folder.display())]
    OtherBuild {
        folder: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// The folder cannot be written into.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A file of the export.
    #[error(transparent)]
    File(#[from] FlatError),
}

/// What is wrong with an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// A record, or a file of a log.
    #[error(transparent)]
    Fault(#[from] ReplayFault),
    /// A file.
    #[error(transparent)]
    File(#[from] FlatError),
    /// The export was interrupted.
    #[error("{} is not whole: an export of it was interrupted. Run `keuze export` on it again", .0.display())]
    Unfinished(PathBuf),
    /// It does not say what it is.
    #[error("{} does not say what this export is. Get a whole copy of it, or export into a new folder", .0.display())]
    Manifest(PathBuf),
    /// It is of another version.
    #[error("{} cannot be read: {other}", .path.display())]
    OtherBuild {
        path: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// A content is not what its name says.
    #[error("{} is not what its name says, the SHA-256 of what stands in it. Get a whole copy of the export", .0.display())]
    Content(PathBuf),
    /// There are more or fewer of something than it says.
    #[error("{} tells of {told} {what}, and there are {found}", .path.display())]
    Count { path: PathBuf, what: &'static str, told: u64, found: u64 },
}
