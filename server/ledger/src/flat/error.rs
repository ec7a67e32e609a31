//! What is wrong with the folder of a closed shard, or of an exported one.

use std::io;
use std::path::PathBuf;

use vault::error::OtherBuild;
use vault::file_error;

/// What a folder is made from, and so what mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeFrom {
    /// A closed shard's, from the journal.
    Journal,
    /// An export's, from a data directory.
    Ledger,
}

/// A file that is not as it was made.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}{}", .path.display(), mend(.fault, *.from))]
pub struct FlatError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub fault: FlatFault,
    /// What it is made from.
    pub from: MadeFrom,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FlatFault {
    /// It is not there.
    #[error("the file is missing")]
    Missing,
    /// It is shorter or longer than it was made.
    #[error("the file has {has} bytes, and was made with {wants}")]
    Length {
        has: u64,
        /// With so many it was made.
        wants: u64,
    },
    /// The system would not read it.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The system would not write it.
    #[error("the file cannot be written: {0}")]
    Unwritable(#[source] io::Error),
    /// The checkpoint is not what the key signs.
    #[error("the checkpoint is not signed by the key of this log")]
    Signature,
    /// The checkpoint is another log's.
    #[error("this is the log {found}, and {wanted} belongs here")]
    OtherLog {
        /// What it says it is.
        found: String,
        /// What it has to be.
        wanted: String,
    },
    /// The verifier key is no such line, or another log's.
    #[error("this is not the verifier key of this log")]
    VerifierKey,
    /// The bundle is none of commitments.
    #[error("from record {index} on this is no bundle of entries")]
    Bundle { index: u64 },
    /// An entry and the tile above it tell of two records.
    #[error("the hash of record {index} is not that of its entry")]
    Leaf { index: u64 },
    /// A tile is not made of the tile below.
    #[error("the hash over the records from {index} on is not that of the hashes below it")]
    Node { index: u64 },
    /// All of it together is not what was signed.
    #[error("the tiles do not add up to the root that was signed")]
    Root,
    /// The places are not those that were written.
    #[error("these are not the places that were written")]
    Places,
    /// The file of keys is not the one that was written.
    #[error("this is not what was written of the keys")]
    Keys,
    /// The file is of another version.
    #[error(transparent)]
    OtherBuild(#[from] OtherBuild),
}

impl FlatFault {
    /// The first record that it is about, where that can be said.
    pub fn index(&self) -> Option<u64> {
        match self {
            Self::Bundle { index } | Self::Leaf { index } | Self::Node { index } => Some(*index),
            _ => None,
        }
    }

    /// Whether the folder is damaged, so that one that is made anew will be right; else it is only in the way.
    pub fn is_damage(&self) -> bool {
        !matches!(self, Self::Unreadable(_) | Self::Unwritable(_) | Self::OtherBuild(_))
    }
}

/// What to do, as a sentence behind the other.
fn mend(fault: &FlatFault, from: MadeFrom) -> &'static str {
    match (fault, from) {
        (FlatFault::Unreadable(error) | FlatFault::Unwritable(error), _) if !file_error::mend(error).is_empty() => {
            file_error::mend(error)
        }
        (FlatFault::OtherBuild(_) | FlatFault::Unreadable(_), _) => "",
        (FlatFault::Unwritable(_), MadeFrom::Journal) => {
            ". Nothing is lost: the journal has everything, and the next start makes this folder from it"
        }
        (FlatFault::Unwritable(_), MadeFrom::Ledger) => {
            ". See that there is room and that the folder may be written to, and run the same command again: it goes on from there"
        }
        (_, MadeFrom::Journal) => ". Nothing is lost: the next start makes this folder anew from the journal",
        (_, MadeFrom::Ledger) => ". Get a whole copy of the export, or run `keuze export` on it again",
    }
}
