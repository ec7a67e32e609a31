//! Checking a backup.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use model::identity::ShardNumber;
use time::OffsetDateTime;

use super::FileHash;
use super::error::{BackupFault, WrongFile};
use super::folder::{
    BackedUpFile, FoundText, INDEX, Increment, IncrementView, Index, IndexedIncrement, hash_of, object, read_increment,
    read_index,
};
use crate::replay::Walked;
use crate::verify::Verified;
use crate::verify::backup::verify_copy;

/// A backup that can be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedBackup {
    /// Each increment: its number, when it was made, and how many records it has. Oldest first.
    pub increments: Vec<(u32, OffsetDateTime, u64)>,
    /// Files that they share.
    pub files: usize,
    /// The ledger in the newest of them.
    pub newest: Verified,
}

/// Whether a folder is a backup, whole or not.
pub fn is_backup(folder: &Path) -> bool {
    folder.join(INDEX).exists()
}

/// Reads every file of a backup, and recomputes the ledger in its newest increment. Nothing is changed. `progress` is told how
/// many files are read, and of how many.
///
/// # Errors
/// Every file that is not as it was backed up, or what else is wrong.
pub fn verify_backup(
    folder: &Path,
    key_file: Option<&Path>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<VerifiedBackup, Vec<BackupFault>> {
    let one = |fault| vec![fault];
    let looked = LookedAtBackup::open(folder).map_err(one)?;
    let mut faults = Vec::new();
    let mut increments = Vec::new();
    for indexed in &looked.index.increments {
        match looked.increment(indexed) {
            Ok(increment) => increments.push(increment),
            Err(fault) => faults.push(fault),
        }
    }
    let uses = Uses::in_increments(&increments);
    let total = uses.0.len() as u64;
    for (done, (hash, uses)) in (1..).zip(&uses.0) {
        faults.extend(uses.check(folder, *hash));
        progress(done, total);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let newest = increments.last().ok_or_else(|| one(BackupFault::Unfinished(folder.to_path_buf())))?;
    let newest = verify_increment(folder, newest, key_file, &mut |_, _| ()).map_err(one)?;
    let increments = increments.iter().map(|increment| (increment.number, increment.at, increment.records()));
    Ok(VerifiedBackup { increments: increments.collect(), files: uses.0.len(), newest })
}

/// Recomputes the ledger in an increment whose files are as they were written.
///
/// # Errors
/// It does not add up.
pub fn verify_increment(
    folder: &Path,
    increment: &Increment,
    key_file: Option<&Path>,
    each: &mut dyn FnMut(ShardNumber, &Walked),
) -> Result<Verified, BackupFault> {
    let view = IncrementView::make(folder, increment).map_err(BackupFault::View)?;
    let verified = verify_copy(view.layout(), key_file, ShardNumber::FIRST, each);
    Ok(verified.map_err(|error| BackupFault::Ledger { number: increment.number, error: Box::new(error) })?.verified)
}

/// A backup that nobody changes while it is looked at.
pub struct LookedAtBackup<'a> {
    folder: &'a Path,
    pub index: Index,
    _held: File,
}

impl<'a> LookedAtBackup<'a> {
    /// Reads what the folder says that it is.
    ///
    /// # Errors
    /// It is no backup, or another process works in it.
    pub fn open(folder: &'a Path) -> Result<Self, BackupFault> {
        let unreadable = |error| BackupFault::Unreadable { path: folder.to_path_buf(), error };
        let held = match File::open(folder) {
            Ok(held) => held,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(BackupFault::NoBackup(folder.to_path_buf()));
            }
            Err(error) => return Err(unreadable(error)),
        };
        match held.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BackupFault::Busy(folder.to_path_buf())),
            Err(TryLockError::Error(error)) => return Err(unreadable(error)),
        }
        let path = folder.join(INDEX);
        match read_index(folder).map_err(|error| BackupFault::Unreadable { path: path.clone(), error })? {
            FoundText::None => Err(BackupFault::NoBackup(folder.to_path_buf())),
            FoundText::Damaged => Err(BackupFault::Index(path)),
            FoundText::OtherBuild(other) => Err(BackupFault::OtherBuild { path, other }),
            FoundText::One(index) => Ok(Self { folder, index, _held: held }),
        }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        self.folder
    }

    /// Reads an increment.
    ///
    /// # Errors
    /// It is not as it was written.
    pub fn increment(&self, indexed: &IndexedIncrement) -> Result<Increment, BackupFault> {
        let (path, number) = (self.folder.join(indexed.name()), indexed.number);
        let found = read_increment(self.folder, &self.index.site, indexed);
        match found.map_err(|error| BackupFault::Unreadable { path: path.clone(), error })? {
            FoundText::One(increment) => Ok(increment),
            FoundText::OtherBuild(other) => Err(BackupFault::OtherBuild { path, other }),
            FoundText::None => Err(BackupFault::Increment { path, number, missing: true }),
            FoundText::Damaged => Err(BackupFault::Increment { path, number, missing: false }),
        }
    }
}

/// What the files are that increments share.
pub struct Uses<'a>(pub BTreeMap<FileHash, FileUses<'a>>);

/// What one of them is.
pub struct FileUses<'a> {
    file: &'a BackedUpFile,
    increments: Vec<u32>,
}

impl<'a> Uses<'a> {
    /// Of those increments.
    pub fn in_increments(increments: impl IntoIterator<Item = &'a Increment>) -> Self {
        let mut uses = BTreeMap::new();
        for increment in increments {
            for file in &increment.files {
                let known = uses.entry(file.sha256).or_insert_with(|| FileUses { file, increments: Vec::new() });
                known.increments.push(increment.number);
            }
        }
        Self(uses)
    }
}

impl FileUses<'_> {
    /// Reads the file.
    pub fn check(&self, folder: &Path, hash: FileHash) -> Option<BackupFault> {
        let (path, of) = (object(folder, hash), self.file.length);
        let wrong = match std::fs::read(&path) {
            Ok(bytes) if hash_of(&bytes) == hash => return None,
            Ok(bytes) => match bytes.len() as u64 {
                has if has < of => WrongFile::Short { has, of },
                has if has > of => WrongFile::Long { has, of },
                _ => WrongFile::Altered,
            },
            Err(error) if error.kind() == ErrorKind::NotFound => WrongFile::Missing,
            Err(error) => return Some(BackupFault::Unreadable { path, error }),
        };
        Some(BackupFault::File { path, wrong, of: self.described() })
    }

    /// `journal/0001/000000000000.log of increments 3 to 7`.
    fn described(&self) -> String {
        let mut numbers = self.increments.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let path = &self.file.path;
        match numbers.as_slice() {
            [] => path.clone(),
            [one] => format!("{path} of increment {one}"),
            [first, .., last] => format!("{path} of {} increments, {first} to {last}", numbers.len()),
        }
    }
}
