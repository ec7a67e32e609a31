//! # Backup
//!
//! What `keuze backup` writes. A folder with:
//!
//! | file | what |
//! |---|---|
//! | `backup.json` | what this is, as JSON; `keuze_backup` is the version: 1 |
//! | `increments/<number>.json` | what the ledger consisted of when a backup was made (six digits, counted from 1) |
//! | `files/<hash>` | a file of the data directory, under its SHA-256, 64 hexadecimal digits; all increments that have it share it |
//!
//! `backup.json` has the members `keuze_backup`, `site`, and `increments`, oldest first, each with its `number`, when it was made
//! (`at`, RFC 3339, UTC) and the SHA-256 of its own file. An increment has the members `keuze_backup`, `site`, `number`, `at`,
//! `shards` (how many records each has, the first one first), and `files`: `path` in the data directory, `length` and `sha256`.
//! What belongs into a backup says the table of the data directory; the root key does not, nor anything beside it.
//!
//! A file of the journal ends with the last batch that was durable when the backup began, without the space behind it; a bucket of the
//! key ring with its last whole key. So an increment is a data directory as a stop at that moment would have left it, but for
//! the databases.
//!
//! Every file is written beside its place and then takes it; `<file>.new` is passing. `backup.json` names an increment once all
//! of it is there, and no longer when its files begin to go. Written by `keuze backup`, which first has to read the whole folder
//! as its own; read by `keuze backup verify` and `keuze restore`, which tell every file that is missing, cut off or altered, and which
//! increments need it. Another version is refused.

mod check;
mod error;
mod folder;
mod restore;
mod snapshot;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use model::identity::{ContentHash, ShardNumber};
use time::{Duration, OffsetDateTime};

use crate::files::Layout;
use crate::origin::site_of;
use crate::verify::backup::verify_copy;
use crate::verify::{Unreadable, key_path, look_at};

pub use check::{VerifiedBackup, is_backup, verify_backup};
pub use error::{BackupError, BackupFault};
use folder::{BackedUpFile, BackupFolder, Increment, IncrementView};
pub use restore::{Restore, RestoreError, RestoreRequest, configuration, restore};
use snapshot::{Snapshot, SnapshotFile};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// What is to be backed up, and where to.
pub struct BackupRequest<'a> {
    /// The data directory.
    pub data: &'a Path,
    /// The file with the root key, which is looked through and never copied; beside the data directory where none is named.
    pub key_file: Option<&'a Path>,
    /// The folder of the backup.
    pub to: &'a Path,
    /// Now.
    pub at: OffsetDateTime,
    /// Increments that are older go.
    pub keep: Duration,
}

/// What was backed up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The number of the increment that was made.
    pub number: u32,
    /// Records in all shards.
    pub records: u64,
    /// Files that it has in common with earlier ones, or that an interrupted backup had copied.
    pub shared: u64,
    /// Files that were copied.
    pub copied: u64,
    /// The bytes of those.
    pub bytes: u64,
    /// Increments that were too old and went.
    pub gone: usize,
    /// What should be known: a sentence each.
    pub told: Vec<String>,
}

/// How often a look is repeated that keys were destroyed under.
const LOOKS: usize = 20;

/// Backs a ledger up into a folder, also beside a running server: what has not changed since the last time is neither read nor
/// copied. `progress` is told how many bytes are looked at, and of how many.
///
/// # Errors
/// There is no new increment then, and those of before are as they were. What was copied is kept, and the next backup goes on
/// from there.
pub fn backup(asked: &BackupRequest<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<BackedUp, BackupError> {
    let layout = Layout(asked.data.to_path_buf());
    // While this is held no server can start where none runs.
    let look = look_at(&layout)?;
    let site = site_of(asked.data).map_err(Unreadable::from)?;
    let site = site.ok_or_else(|| Unreadable::NoLedger(asked.data.to_path_buf()))?;
    let mut folder = BackupFolder::open(asked.to, asked.data, &site)?;
    let mut copying = Copying::new(&mut folder, progress);
    copying.refuse_another_ledger(&layout)?;
    copying.everything(&layout, look.running)?;
    let Copying { files, counted, before, .. } = copying;
    let mut increment = folder.increment(asked.at, files);
    let from = first_changed(&increment, before.as_ref());
    let verified = {
        let view = IncrementView::make(asked.to, &increment).map_err(BackupError::View)?;
        let key_file = existing_key(&layout, asked.key_file);
        verify_copy(view.layout(), key_file.as_deref(), from, &mut |_, _| ())
            .map_err(|error| BackupError::Ledger(Box::new(error)))?
    };
    let unchanged = before.iter().flat_map(|before| &before.shards).take(usize::from(from.get()) - 1).copied();
    increment.shards = unchanged.chain(verified.shards.iter().map(|(_, records)| *records)).collect();
    let (number, records) = (increment.number, increment.records());
    folder.publish(&increment)?;
    let (gone, mut told) = folder.prune(asked.at - asked.keep)?;
    told.extend(verified.verified.left_out);
    Ok(BackedUp { number, records, shared: counted.shared, copied: counted.copied, bytes: counted.bytes, gone, told })
}

/// The root key that was named, or one beside the data directory, if it is there.
fn existing_key(layout: &Layout, key_file: Option<&Path>) -> Option<PathBuf> {
    let path = key_path(layout, key_file);
    (key_file.is_some() || path.exists()).then_some(path)
}

/// The first shard of which anything is otherwise than in the increment before; the open one at least.
fn first_changed(increment: &Increment, before: Option<&Increment>) -> ShardNumber {
    let known: HashSet<&BackedUpFile> = before.iter().flat_map(|before| &before.files).collect();
    let changed = increment.files.iter().filter(|file| !known.contains(file)).filter_map(BackedUpFile::shard).min();
    let open = increment.files.iter().filter_map(BackedUpFile::shard).max();
    // What is left out of the walk must have a size that is known.
    let sized = before.map_or(0, |before| before.shards.len());
    let sized = u16::try_from(sized).ok().and_then(ShardNumber::new);
    [changed, open, sized.or(Some(ShardNumber::FIRST))].into_iter().flatten().min().unwrap_or(ShardNumber::FIRST)
}

#[derive(Default)]
struct Counted {
    shared: u64,
    copied: u64,
    bytes: u64,
}

/// Files on their way into a backup.
struct Copying<'a> {
    folder: &'a mut BackupFolder,
    before: Option<Increment>,
    files: Vec<BackedUpFile>,
    counted: Counted,
    progress: &'a mut dyn FnMut(u64, u64),
    done: u64,
    total: u64,
}

impl<'a> Copying<'a> {
    fn new(folder: &'a mut BackupFolder, progress: &'a mut dyn FnMut(u64, u64)) -> Self {
        let before = folder.newest();
        Self { folder, before, files: Vec::new(), counted: Counted::default(), progress, done: 0, total: 0 }
    }

    /// A ledger that was begun anew signs with another key.
    fn refuse_another_ledger(&self, layout: &Layout) -> Result<(), BackupError> {
        let path = layout.verifier_key(ShardNumber::FIRST);
        let Some(known) = self.before.as_ref().and_then(|before| before.file("checkpoint/0001.vkey")) else {
            return Ok(());
        };
        let bytes = std::fs::read(&path).map_err(|error| BackupError::Source { path, error })?;
        if known.sha256 == folder::hash_of(&bytes) { Ok(()) } else { Err(self.folder.other_ledger()) }
    }

    fn everything(&mut self, layout: &Layout, running: bool) -> Result<(), BackupError> {
        for _ in 0..LOOKS {
            (self.files, self.counted, self.done) = (Vec::new(), Counted::default(), 0);
            let snapshot = Snapshot::look(layout, running)?;
            self.total = snapshot.bytes(layout)?;
            // Keys first: whichever was destroyed meanwhile is to be missing for a reason that the journal tells.
            self.all(&snapshot.keys)?;
            if snapshot.keys_are_whole(layout)? {
                self.all(&snapshot.others)?;
                return self.all(&snapshot.journals(layout)?);
            }
        }
        Err(BackupError::KeysChange(layout.keys()))
    }

    fn all(&mut self, files: &[SnapshotFile]) -> Result<(), BackupError> {
        files.iter().try_for_each(|file| self.one(file))
    }

    fn one(&mut self, file: &SnapshotFile) -> Result<(), BackupError> {
        let known = self.before.as_ref().and_then(|before| before.file(&file.path));
        if let Some(known) = known.filter(|known| file.ends_as(known, &self.folder.object(known.sha256))) {
            self.files.push(known.clone());
            self.counted.shared += 1;
        } else if let Some(bytes) = file.content()? {
            let kept = BackedUpFile::with_content(&file.path, &bytes);
            if self.folder.keep(&kept, &bytes)? {
                self.counted.copied += 1;
                self.counted.bytes += kept.length;
            } else {
                self.counted.shared += 1;
            }
            self.files.push(kept);
        }
        self.done += file.length;
        (self.progress)(self.done.min(self.total), self.total);
        Ok(())
    }
}

/// The hash by which files are kept apart.
type FileHash = ContentHash;
