//! A ledger as it stands at one moment, whatever a running server writes meanwhile.
//!
//! What is looked at is looked at in this order: the keys of the buckets, the checkpoints, those keys again; the buckets; those
//! keys a third time; the journals. Keys are appended, and only a destruction or a rotation changes what stands before. So
//! where the three agree no key was destroyed in between; every record that a checkpoint tells of has its key, or the event
//! that ended it stands before the end of what the checkpoint tells of.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use model::identity::ShardNumber;
use vault::ring::layout::{BUCKET_ENTRY, KEY_ENTRY, ROOT, bucket_files};

use super::error::BackupError;
use super::folder::BackedUpFile;
use crate::files::{Layout, Log, read_slots};
use crate::formats::checkpoint_slots::{self, SLOT, Slot};
use crate::formats::frame::{Frame, FrameEntry, Read};
use crate::logs::statement_of;
use crate::origin::log_name;
use crate::recovery::{FoundShard, found_shards};

/// Where a file that grows at its end is cut off.
#[derive(Clone, Debug)]
enum End {
    /// Nowhere.
    Whole,
    /// Before the zeros that were taken as space.
    Space,
    /// Behind the last batch with at most so many entries in the log.
    Entries(u64),
    /// Behind the last batch of the log of logs that tells of nothing newer: the site's, and how many records there are of each.
    Told(String, Vec<(ShardNumber, u64)>),
    /// Behind the last whole entry of that size.
    Multiple(usize),
}

/// A file of the data directory.
pub struct SnapshotFile {
    /// In the data directory.
    pub path: String,
    /// Bytes to look at, about.
    pub length: u64,
    source: Source,
}

enum Source {
    Bytes(Vec<u8>),
    File { path: PathBuf, end: End },
}

/// What the end of a file is told by: each batch ends with its signature, each key with its tag, which no other has.
const MARK: usize = 128;
/// So much behind the end is looked at: the head of a frame, which is nowhere zeros alone.
const BEHIND: usize = 16;

impl SnapshotFile {
    fn of_bytes(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { path: path.into(), length: bytes.len() as u64, source: Source::Bytes(bytes) }
    }

    fn of_file(name: String, path: PathBuf, end: End) -> Self {
        let length = path.metadata().map_or(0, |there| there.len());
        Self { path: name, length, source: Source::File { path, end } }
    }

    /// Whether nothing was added since it was copied: it ends where the copy ends, with the same bytes.
    pub fn ends_as(&self, known: &BackedUpFile, copy: &Path) -> bool {
        let Source::File { path, end } = &self.source else { return false };
        if matches!(end, End::Whole) {
            return false;
        }
        let same = || -> io::Result<bool> {
            let (copy, file) = (File::open(copy)?, File::open(path)?);
            let mark = MARK.min(usize::try_from(known.length).unwrap_or(MARK));
            let at = known.length - mark as u64;
            let (mut ours, mut theirs, mut behind) = (vec![0; mark], vec![0; mark], Vec::new());
            copy.read_exact_at(&mut ours, at)?;
            file.read_exact_at(&mut theirs, at)?;
            let left = file.metadata()?.len() - known.length;
            behind.resize(BEHIND.min(usize::try_from(left).unwrap_or(BEHIND)), 0);
            file.read_exact_at(&mut behind, known.length)?;
            Ok(copy.metadata()?.len() == known.length && ours == theirs && behind.iter().all(|byte| *byte == 0))
        };
        same().unwrap_or(false)
    }

    /// What of it belongs into the backup; `None` where nothing does.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn content(&self) -> Result<Option<Vec<u8>>, BackupError> {
        let (path, end) = match &self.source {
            Source::Bytes(bytes) => return Ok(Some(bytes.clone())),
            Source::File { path, end } => (path, end),
        };
        let mut bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            // A bucket whose keys were destroyed since; whoever reads on finds out.
            Err(error) if error.kind() == ErrorKind::NotFound && matches!(end, End::Multiple(_)) => return Ok(None),
            Err(error) => return Err(BackupError::Source { path: path.clone(), error }),
        };
        let length = match end {
            End::Whole => bytes.len(),
            End::Space => bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1),
            End::Multiple(size) => bytes.len() / size * size,
            End::Entries(most) => batches(&bytes, |_, size| size <= *most),
            End::Told(site, shards) => batches(&bytes, |told, _| told.iter().all(|note| is_known(note, site, shards))),
        };
        bytes.truncate(length);
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

/// Whether an entry of the log of logs tells of nothing newer.
fn is_known(note: &str, site: &str, shards: &[(ShardNumber, u64)]) -> bool {
    let told = statement_of(note, &log_name(site, Log::Logs));
    told.is_some_and(|(shard, size)| {
        let known = shards.iter().find(|(known, _)| *known == shard);
        known.map_or(size == 0, |(_, records)| size <= *records)
    })
}

/// Where the last batch ends up to which all belong: each is told with its entries of the log of logs, and the size of the log.
fn batches(bytes: &[u8], mut belongs: impl FnMut(&[String], u64) -> bool) -> usize {
    let (mut at, mut end, mut told) = (0, 0, Vec::new());
    while let Read::Frame(frame, next) = Frame::parse_frame(bytes, at) {
        at = next;
        match frame.entry {
            FrameEntry::Checkpoint(_, note) => told.push(note),
            FrameEntry::BatchEnd(note) => {
                let size = note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or(u64::MAX);
                if !belongs(&told, size) {
                    break;
                }
                end = at;
                told.clear();
            }
            FrameEntry::Record(_) | FrameEntry::Fact(_) => {}
        }
    }
    end
}

/// What is looked at in one go.
pub struct Snapshot {
    /// The key ring.
    pub keys: Vec<SnapshotFile>,
    /// Checkpoints, verifier keys and configuration.
    pub others: Vec<SnapshotFile>,
    root: Vec<u8>,
    site: String,
    running: bool,
    /// The shards, and how many records of each there are.
    shards: Vec<(ShardNumber, u64)>,
}

impl Snapshot {
    /// Looks.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn look(layout: &Layout, running: bool) -> Result<Self, BackupError> {
        let before = root_file(layout)?;
        // The log of logs first: what it tells of is there when the shards are looked at.
        let logs = whole_slots(&layout.checkpoint(Log::Logs))?;
        let found = found_shards(layout).map_err(|error| BackupError::Source { path: layout.journals(), error })?;
        let mut others = vec![SnapshotFile::of_bytes("checkpoint/logs", logs)];
        let (mut shards, mut names) = (Vec::new(), vec![Log::Logs]);
        for FoundShard { number, .. } in found {
            let slots = whole_slots(&layout.checkpoint(number))?;
            shards.push((number, if running { size_in(&slots) } else { u64::MAX }));
            others.push(SnapshotFile::of_bytes(format!("checkpoint/{number}"), slots));
            names.push(number.into());
        }
        let root = root_file(layout)?;
        let verifier = |log: Log| (format!("checkpoint/{log}.vkey"), layout.verifier_key(log));
        let kept = names.into_iter().map(verifier).chain([("keuze.toml".to_owned(), layout.configuration())]);
        others.extend(
            kept.filter(|(_, path)| path.exists()).map(|(name, path)| SnapshotFile::of_file(name, path, End::Whole)),
        );
        let site = crate::origin::site_of(&layout.0).map_err(crate::verify::Unreadable::from)?.unwrap_or_default();
        let mut keys = vec![SnapshotFile::of_bytes(format!("keys/{ROOT}"), root.clone())];
        let buckets = bucket_files(&layout.keys());
        let buckets = buckets.map_err(|error| BackupError::Source { path: layout.keys(), error })?;
        // A bucket that is begun from here on has no key yet that a checkpoint needs.
        let known = buckets.into_iter().filter(|(number, _)| number * BUCKET_ENTRY < root.len());
        keys.extend(known.map(|(_, name)| {
            SnapshotFile::of_file(format!("keys/{name}"), layout.keys().join(&name), End::Multiple(KEY_ENTRY))
        }));
        // What changed already is no snapshot.
        let root = if root.starts_with(&before) { root } else { Vec::new() };
        Ok(Self { keys, others, root, site, running, shards })
    }

    /// Whether no key was destroyed since it was begun to look.
    ///
    /// # Errors
    /// The key ring cannot be read.
    pub fn keys_are_whole(&self, layout: &Layout) -> Result<bool, BackupError> {
        Ok(!self.root.is_empty() && root_file(layout)?.starts_with(&self.root))
    }

    /// About how many bytes there are to look at.
    ///
    /// # Errors
    /// The folders of the journals cannot be read.
    pub fn bytes(&self, layout: &Layout) -> Result<u64, BackupError> {
        let journals = self.journals(layout)?;
        Ok(self.keys.iter().chain(&self.others).chain(&journals).map(|file| file.length).sum())
    }

    /// The journals up to what the checkpoints tell of; that of the log of logs last.
    ///
    /// # Errors
    /// Their folders cannot be read.
    pub fn journals(&self, layout: &Layout) -> Result<Vec<SnapshotFile>, BackupError> {
        let mut files = Vec::new();
        for (shard, records) in &self.shards {
            files.extend(journal(layout, (*shard).into(), &End::Entries(*records))?);
        }
        let end = if self.running { End::Told(self.site.clone(), self.shards.clone()) } else { End::Entries(u64::MAX) };
        files.extend(journal(layout, Log::Logs, &end)?);
        Ok(files)
    }
}

/// The files of a log; those that are not the last are full.
fn journal(layout: &Layout, log: Log, end: &End) -> Result<Vec<SnapshotFile>, BackupError> {
    let files = layout.journal_files(log).map_err(|error| BackupError::Source { path: layout.journal(log), error })?;
    let last = files.len().saturating_sub(1);
    let named = files.into_iter().enumerate().filter_map(|(number, path)| {
        let name = path.file_name()?.to_str()?.to_owned();
        // Whatever begins behind the end is not looked at.
        let first: u64 = path.file_stem()?.to_str()?.parse().ok()?;
        let begins_behind = matches!(end, End::Entries(most) if first > *most);
        // Only where a later file is in the backup, too, this one is full.
        let end = if number == last || is_end_within(end) { end.clone() } else { End::Space };
        (!begins_behind).then(|| SnapshotFile::of_file(format!("journal/{log}/{name}"), path, end))
    });
    Ok(named.collect())
}

/// Whether the end may lie in a file that is not the last.
fn is_end_within(end: &End) -> bool {
    !matches!(end, End::Entries(u64::MAX))
}

/// The keys of the buckets, without one that is being appended.
fn root_file(layout: &Layout) -> Result<Vec<u8>, BackupError> {
    let path = layout.keys().join(ROOT);
    let mut bytes = std::fs::read(&path).map_err(|error| BackupError::Source { path, error })?;
    bytes.truncate(bytes.len() / BUCKET_ENTRY * BUCKET_ENTRY);
    Ok(bytes)
}

/// A checkpoint file with the slots that are whole: another may be being written.
fn whole_slots(path: &Path) -> Result<Vec<u8>, BackupError> {
    let slots = read_slots(path).map_err(|error| BackupError::Source { path: path.to_path_buf(), error })?;
    let mut bytes = vec![0; 2 * SLOT];
    for slot in slots {
        if let Slot::Note(number, note) = slot
            && let Some(slot) = checkpoint_slots::encode(number, &note)
        {
            let at = usize::try_from(checkpoint_slots::place(number)).expect("one of two");
            bytes[at..at + SLOT].copy_from_slice(&slot);
        }
    }
    Ok(bytes)
}

/// The size of the log in the newest of the checkpoints.
fn size_in(slots: &[u8]) -> u64 {
    crate::verify::size_in(&checkpoint_slots::parse_slots(slots))
}
