//! The last checkpoint, kept beside the root key, where no copy of the data directory reaches. A ledger that is put back
//! from an older copy adds up in itself; this file is what it does not add up with.
//!
//! It is named after the key file and the ledger's first log, so several ledgers may be under one key file; the checkpoint in it
//! is of whichever shard was open. It is written after a batch
//! is durable, so it is never ahead of the ledger, and at most once a second, so it may be behind it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use model::identity::ShardNumber;
use time::OffsetDateTime;

use super::files::replace_file;
use super::origin::{FIRST, log_name};
use super::replay::{Anchor, Walked};
use crate::formats::last_checkpoint::{self, Said, written};
use tlog::checkpoint::Checkpoint;
use tlog::tree::RootHash;
use vault::error::OtherBuild;

/// How long a checkpoint may wait to be written.
const INTERVAL: Duration = Duration::from_secs(1);

/// The file of a log beside a root key.
pub fn path(key_file: &Path, origin: &str) -> PathBuf {
    named(key_file, origin, "checkpoint")
}

/// Another file of a site's ledger beside a root key.
pub fn beside(key_file: &Path, site: &str, ending: &str) -> PathBuf {
    named(key_file, &log_name(site, FIRST), ending)
}

fn named(key_file: &Path, origin: &str, ending: &str) -> PathBuf {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let log: String = origin.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut name = key_file.as_os_str().to_owned();
    name.push(format!(".{log}.{ending}"));
    PathBuf::from(name)
}

/// Why a ledger is not the one that was here last.
#[derive(Debug, thiserror::Error)]
pub enum RolledBack {
    /// The file is not there.
    #[error(
        "the last checkpoint {} is missing, so nobody can tell whether this ledger is an older copy of itself. Put the file \
         back; where the root key was moved, move it along. {}", .path.display(), go_on(.path, *.size, .root)
    )]
    Missing {
        /// Where it belongs.
        path: PathBuf,
        /// The size of the ledger.
        size: u64,
        root: RootHash,
    },
    /// Records are missing.
    #[error(
        "this ledger is an older copy: it ends after {size} records{}, and {}{} more were recorded until {until} (UTC). \
         Objections and withdrawals may be among them. Put back the newest copy{}. {}",
        last_of(.since.as_ref()), if .missing.is_some() { "at least " } else { "" }, .known.saturating_sub(*.size),
        .missing.as_ref().map(|shard| format!(", with the folder journal/{shard} in it")).unwrap_or_default(), go_on(.path, *.size, .root)
    )]
    Shorter {
        /// The file that says so.
        path: PathBuf,
        /// The size of the ledger.
        size: u64,
        root: RootHash,
        /// The size of the ledger that was here.
        known: u64,
        /// The last shard that it had and this one has not, so that there may be more.
        missing: Option<ShardNumber>,
        /// When the last record of this ledger was made.
        since: Option<OffsetDateTime>,
        /// When the last record of the ledger that was here was made.
        until: String,
    },
    /// The records are others than those that were here.
    #[error(
        "this is not the ledger that was here: its first {known} records are others than those of the last checkpoint {}, \
         which was written at {until} (UTC). Put back the right one. {}", .path.display(), go_on(.path, *.size, .root)
    )]
    Other {
        /// The file that says so.
        path: PathBuf,
        /// The size of the ledger.
        size: u64,
        root: RootHash,
        /// The size of the ledger that was here.
        known: u64,
        /// When the last record of the ledger that was here was made.
        until: String,
    },
    /// The file is of another version.
    #[error("the last checkpoint {} cannot be read: {other}", .path.display())]
    OtherBuild {
        path: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// The file does not read as one of ours.
    #[error("the last checkpoint {} is damaged. Put it back from a copy. {}", .path.display(), go_on(.path, *.size, .root))]
    Damaged {
        path: PathBuf,
        /// The size of the ledger.
        size: u64,
        root: RootHash,
    },
    /// It could not be read or written.
    #[error("the last checkpoint {}: {error}", .path.display())]
    Io {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
}

fn last_of(since: Option<&OffsetDateTime>) -> String {
    since.map(|at| format!(", the last of {} (UTC)", written(*at))).unwrap_or_default()
}

fn go_on(path: &Path, size: u64, root: &RootHash) -> String {
    let decision = last_checkpoint::go_on(size, root);
    format!(
        "To go on without what is missing, knowing that it is lost (docs/operating.md), write this line into {}: {decision}",
        path.display()
    )
}

/// The file as it was read, before the ledger was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    path: PathBuf,
    said: Said,
}

impl Last {
    /// Reads it.
    ///
    /// # Errors
    /// What the file system said.
    pub fn load_checkpoint(path: PathBuf) -> Result<Self, RolledBack> {
        let said = match std::fs::read_to_string(&path) {
            Ok(text) => last_checkpoint::decode(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Said::Nothing,
            Err(error) if error.kind() == ErrorKind::InvalidData => Said::Damaged,
            Err(error) => return Err(RolledBack::Io { path, error }),
        };
        Ok(Self { path, said })
    }

    /// What it says.
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// Whether somebody decided to go on without what is missing.
    pub fn says_go_on(&self) -> bool {
        matches!(self.said, Said::GoOn(_))
    }

    /// Whether there is such a file.
    pub fn is_there(&self) -> bool {
        self.said != Said::Nothing
    }

    /// The name of the log that its checkpoint is of.
    pub fn log_name(&self) -> Option<&str> {
        let Said::Last { note, .. } = &self.said else { return None };
        note.lines().next()
    }

    /// Holds a ledger against it; `since` is when its last record was made.
    ///
    /// # Errors
    /// It is not the one that was here last, or an older copy of it.
    pub fn check(&self, end: &LedgerEnd<'_>, since: Option<OffsetDateTime>) -> Result<(), RolledBack> {
        let (path, size, root) = (self.path.clone(), end.records, end.open.tree.root());
        match &self.said {
            Said::Nothing if size == 0 => Ok(()),
            Said::Nothing => Err(RolledBack::Missing { path, size, root }),
            Said::GoOn(line) if *line == last_checkpoint::go_on(size, &root) => Ok(()),
            Said::OtherBuild(other) => Err(RolledBack::OtherBuild { path, other: *other }),
            Said::GoOn(_) | Said::Damaged => Err(RolledBack::Damaged { path, size, root }),
            Said::Last { until, note } => {
                let until = until.clone();
                let Some(NamedShard { walked, anchor, before }) = end.named else {
                    let known = size + claimed_size(note);
                    let is_later = last_checkpoint::is_later(note, &end.anchor.origin);
                    let shard = note.lines().next().and_then(|name| name.rsplit('/').next()?.parse().ok());
                    return Err(if is_later {
                        RolledBack::Shorter { path, size, root, known, missing: shard, since, until }
                    } else {
                        RolledBack::Other { path, size, root, known: claimed_size(note), until }
                    });
                };
                let Some(last) = Checkpoint::open(note, &anchor.key) else {
                    let known = claimed_size(note);
                    // A directory that was emptied has a new key for its log.
                    return Err(match size {
                        0 => RolledBack::Shorter { path, size, root, known, missing: None, since, until },
                        _ => RolledBack::Other { path, size, root, known, until },
                    });
                };
                let known = before + last.size;
                match walked.tree.root_at(last.size) {
                    None => Err(RolledBack::Shorter { path, size, root, known, missing: None, since, until }),
                    Some(same) if same == last.root => Ok(()),
                    Some(_) => Err(RolledBack::Other { path, size, root, known, until }),
                }
            }
        }
    }
}

/// Where a ledger ends.
pub struct LedgerEnd<'a> {
    /// How many records all shards hold.
    pub records: u64,
    /// The shard that is open.
    pub open: &'a Walked,
    pub anchor: &'a Anchor,
    /// The shard that the last checkpoint is of ([`Last::log_name`]).
    pub named: Option<NamedShard<'a>>,
}

/// A shard, and how many records stand in those before it.
#[derive(Clone, Copy)]
pub struct NamedShard<'a> {
    pub walked: &'a Walked,
    pub anchor: &'a Anchor,
    pub before: u64,
}

/// The size in a note of another log key, for people to read.
fn claimed_size(note: &str) -> u64 {
    note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or_default()
}

/// Writes the file as long as the ledger is open.
pub struct Outside {
    path: PathBuf,
    waits: Option<(String, OffsetDateTime)>,
    written: Option<Instant>,
}

impl Outside {
    /// For that file; nothing waits.
    pub fn at(path: PathBuf) -> Self {
        Self { path, waits: None, written: None }
    }

    /// Writes a checkpoint at once, before anything is recorded.
    ///
    /// # Errors
    /// What the file system said.
    pub fn begin(&mut self, note: &str, at: OffsetDateTime) -> Result<(), RolledBack> {
        self.write(note, at).map_err(|error| RolledBack::Io { path: self.path.clone(), error })
    }

    /// Takes the checkpoint of a batch that is durable.
    pub fn note_checkpoint(&mut self, note: String, at: OffsetDateTime) {
        self.waits = Some((note, at));
    }

    /// How long what waits may still wait; `None` if nothing does.
    pub fn due(&self) -> Option<Duration> {
        self.waits.as_ref()?;
        Some(self.written.map_or(Duration::ZERO, |written| INTERVAL.saturating_sub(written.elapsed())))
    }

    /// Writes what waits. What fails is said, and tried again with the next batch: the records are durable without it.
    pub fn settle(&mut self) {
        let Some((note, at)) = self.waits.take() else { return };
        if let Err(error) = self.write(&note, at) {
            let path = self.path.display();
            tracing::error!(
                "the last checkpoint {path} cannot be written, so an older copy would not be noticed: {error}"
            );
        }
    }

    fn write(&mut self, note: &str, at: OffsetDateTime) -> io::Result<()> {
        self.written = Some(Instant::now());
        replace_file(&self.path, last_checkpoint::encode(note, at).as_bytes())
    }
}
