//! The folder of a backup: what its files say, and how they are written.

use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use model::identity::{ContentHash, ShardNumber};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use vault::error::OtherBuild;

use super::error::BackupError;
use super::{FileHash, VERSION};
use crate::files::{Layout, make_folder};
use crate::formats::last_checkpoint::written;
use crate::target::{TargetError, TargetFolder, is_empty_but_for};
use crate::verify::copy::PassingFolder;

/// The file that says what a backup is.
pub const INDEX: &str = "backup.json";
/// The folder of the increments.
const INCREMENTS: &str = "increments";
/// The folder of the files that they share.
const FILES: &str = "files";

/// SHA-256 of what stands in a file.
pub fn hash_of(bytes: &[u8]) -> FileHash {
    ContentHash(Sha256::digest(bytes).into())
}

/// What a backup is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The version.
    keuze_backup: u8,
    /// Whose ledger it is.
    pub site: String,
    /// Oldest first.
    pub increments: Vec<IndexedIncrement>,
}

/// An increment that is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexedIncrement {
    pub number: u32,
    /// When it was made, in whole seconds.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Of its own file.
    pub sha256: FileHash,
}

impl IndexedIncrement {
    /// Its file in the backup.
    pub fn name(&self) -> String {
        increment_name(self.number)
    }
}

fn increment_name(number: u32) -> String {
    format!("{INCREMENTS}/{number:06}.json")
}

/// What a ledger consisted of when a backup was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Increment {
    /// The version.
    keuze_backup: u8,
    /// Whose ledger it is.
    pub site: String,
    pub number: u32,
    /// When it was made, in whole seconds.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How many records each shard has, the first one first.
    pub shards: Vec<u64>,
    pub files: Vec<BackedUpFile>,
}

/// A file of the data directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackedUpFile {
    /// In the data directory.
    pub path: String,
    pub length: u64,
    pub sha256: FileHash,
}

impl BackedUpFile {
    /// Of what stands in it.
    pub fn with_content(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.to_owned(), length: bytes.len() as u64, sha256: hash_of(bytes) }
    }

    /// The shard whose journal or checkpoint it is.
    pub fn shard(&self) -> Option<ShardNumber> {
        let mut parts = self.path.split('/');
        matches!(parts.next()?, "journal" | "checkpoint").then_some(())?;
        parts.next()?.parse().ok()
    }

    /// Whether it is where such a file stands; what comes from elsewhere could name any other.
    fn is_ours(&self) -> bool {
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        let parts: Vec<&str> = self.path.split('/').collect();
        let known = matches!(parts.as_slice(), ["keuze.toml"] | ["journal", _, _] | ["checkpoint" | "keys", _]);
        known && parts.into_iter().all(plain)
    }
}

impl Increment {
    /// Records in all shards.
    pub fn records(&self) -> u64 {
        self.shards.iter().sum()
    }

    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<&BackedUpFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// What stands where a text of ours should.
pub enum FoundText<T> {
    None,
    One(T),
    OtherBuild(OtherBuild),
    Damaged,
}

fn to_text(what: &impl Serialize) -> String {
    serde_json::to_string_pretty(what).expect("plain JSON") + "\n"
}

fn read_text<T: Serialize + DeserializeOwned>(path: &Path) -> io::Result<FoundText<T>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(FoundText::None);
        }
        Err(error) => return Err(error),
    };
    let version = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
    let version = version.and_then(|json| json.get("keuze_backup")?.as_u64());
    Ok(match version.map(|version| OtherBuild::check(u8::try_from(version).unwrap_or(u8::MAX), VERSION)) {
        None => FoundText::Damaged,
        Some(Err(other)) => FoundText::OtherBuild(other),
        Some(Ok(())) => match serde_json::from_slice::<T>(&bytes) {
            Ok(read) if to_text(&read).as_bytes() == bytes => FoundText::One(read),
            Ok(_) | Err(_) => FoundText::Damaged,
        },
    })
}

/// Reads what a folder says that it is.
///
/// # Errors
/// What the file system said.
pub fn read_index(folder: &Path) -> io::Result<FoundText<Index>> {
    read_text(&folder.join(INDEX))
}

/// Reads an increment, and holds it against the index.
///
/// # Errors
/// What the file system said.
pub fn read_increment(folder: &Path, site: &str, indexed: &IndexedIncrement) -> io::Result<FoundText<Increment>> {
    let path = folder.join(indexed.name());
    let found = read_text::<Increment>(&path)?;
    let FoundText::One(increment) = found else { return Ok(found) };
    let same = (increment.number, increment.at, &*increment.site) == (indexed.number, indexed.at, site);
    let whole = same
        && hash_of(to_text(&increment).as_bytes()) == indexed.sha256
        && increment.files.iter().all(BackedUpFile::is_ours);
    Ok(if whole { FoundText::One(increment) } else { FoundText::Damaged })
}

/// Where a file that increments share stands.
pub fn object(folder: &Path, hash: FileHash) -> PathBuf {
    folder.join(FILES).join(hash.to_string())
}

/// Whether an increment has its files.
enum IncrementFiles {
    All(Vec<FileHash>),
    /// One of them is not there.
    Without(String),
}

/// A folder that this process backs up into.
pub struct BackupFolder {
    target: TargetFolder,
    index: Index,
}

impl BackupFolder {
    /// Makes the folder, or takes one that is empty or a backup of that site.
    ///
    /// # Errors
    /// It is something else; nothing in it was changed.
    pub fn open(folder: &Path, data: &Path, site: &str) -> Result<Self, BackupError> {
        let io = |error| TargetError::Folder { folder: folder.to_path_buf(), error };
        let found = read_index(folder).map_err(io)?;
        let index = match found {
            FoundText::None if is_empty_but_for(folder, INDEX).map_err(io)? => None,
            FoundText::None => return Err(BackupError::SomethingElse(folder.to_path_buf())),
            FoundText::Damaged => return Err(BackupError::Index(folder.join(INDEX))),
            FoundText::OtherBuild(other) => {
                return Err(BackupError::OtherBuild { folder: folder.to_path_buf(), other });
            }
            FoundText::One(index) if index.site != site => {
                let wanted = site.to_owned();
                return Err(BackupError::OtherSite { folder: folder.to_path_buf(), found: index.site, wanted });
            }
            FoundText::One(index) => Some(index),
        };
        let target = TargetFolder::lock(folder, data)?;
        let is_new = index.is_none();
        let nothing = || Index { keuze_backup: VERSION, site: site.to_owned(), increments: Vec::new() };
        let mut taken = Self { target, index: index.unwrap_or_else(nothing) };
        if is_new {
            // So that what a kill leaves is known for ours.
            taken.write_index()?;
        }
        Ok(taken)
    }

    /// The increment that was made last, if it is whole: what it has need not be read again.
    pub fn newest(&self) -> Option<Increment> {
        match read_increment(self.target.path(), &self.index.site, self.index.increments.last()?) {
            Ok(FoundText::One(increment)) => Some(increment),
            _ => None,
        }
    }

    /// Where a file that increments share stands.
    pub fn object(&self, hash: FileHash) -> PathBuf {
        object(self.target.path(), hash)
    }

    /// That the folder is of another ledger of that site.
    pub fn other_ledger(&self) -> BackupError {
        BackupError::OtherLedger(self.target.path().to_path_buf())
    }

    /// Keeps a file; false where it is there already. What was written is read again.
    ///
    /// # Errors
    /// It cannot be written, or reads as something else.
    pub fn keep(&self, file: &BackedUpFile, bytes: &[u8]) -> Result<bool, BackupError> {
        let path = self.object(file.sha256);
        if path.metadata().is_ok_and(|there| there.len() == file.length) {
            return Ok(false);
        }
        self.write(&format!("{FILES}/{}", file.sha256), bytes)?;
        match std::fs::read(&path) {
            Ok(read) if hash_of(&read) == file.sha256 => Ok(true),
            Ok(_) => {
                let _stays = std::fs::remove_file(&path);
                Err(BackupError::NotAsWritten(path))
            }
            Err(error) => Err(BackupError::Write { path, error }),
        }
    }

    /// The next increment, with those files.
    pub fn increment(&self, at: OffsetDateTime, files: Vec<BackedUpFile>) -> Increment {
        let number = self.index.increments.last().map_or(1, |last| last.number + 1);
        let at = at.replace_nanosecond(0).unwrap_or(at).to_offset(time::UtcOffset::UTC);
        Increment { keuze_backup: VERSION, site: self.index.site.clone(), number, at, shards: Vec::new(), files }
    }

    /// Makes an increment one that can be restored.
    ///
    /// # Errors
    /// It cannot be written; the others are as they were.
    pub fn publish(&mut self, increment: &Increment) -> Result<(), BackupError> {
        let Increment { number, at, .. } = *increment;
        let text = to_text(increment);
        self.write(&increment_name(number), text.as_bytes())?;
        self.sync()?;
        self.index.increments.push(IndexedIncrement { number, at, sha256: hash_of(text.as_bytes()) });
        self.write_index().inspect_err(|_| _ = self.index.increments.pop())
    }

    /// Lets go of the increments that were made before a time, but for the last, and of those that lack something; then of every file
    /// that none needs. Gives how many were too old, and what should be known of the others.
    ///
    /// # Errors
    /// Something cannot be written or removed; the next backup does it.
    pub fn prune(&mut self, before: OffsetDateTime) -> Result<(usize, Vec<String>), BackupError> {
        let last = self.index.increments.last().map(|last| last.number);
        let known = self.index.increments.len();
        self.index.increments.retain(|indexed| indexed.at >= before || Some(indexed.number) == last);
        let gone = known - self.index.increments.len();
        let (mut needed, mut told) = (HashSet::new(), Vec::new());
        let mut lengths = HashMap::new();
        let mut kept = Vec::new();
        for indexed in std::mem::take(&mut self.index.increments) {
            match self.files_of(&indexed, &mut lengths)? {
                IncrementFiles::All(files) => {
                    needed.extend(files);
                    kept.push(indexed);
                }
                IncrementFiles::Without(lacks) => told.push(format!(
                    "increment {} of {} was let go: it lacks {lacks}, so it could not be restored",
                    indexed.number,
                    written(indexed.at)
                )),
            }
        }
        self.index.increments = kept;
        if gone > 0 || !told.is_empty() {
            self.write_index()?;
        }
        let numbers: HashSet<String> = self.index.increments.iter().map(IndexedIncrement::name).collect();
        self.remove_others(INCREMENTS, |name| numbers.contains(&format!("{INCREMENTS}/{name}")))?;
        self.remove_others(FILES, |name| name.parse().is_ok_and(|hash: FileHash| needed.contains(&hash)))?;
        Ok((gone, told))
    }

    /// The files of an increment, or which of them is not there.
    fn files_of(
        &self,
        indexed: &IndexedIncrement,
        lengths: &mut HashMap<FileHash, Option<u64>>,
    ) -> Result<IncrementFiles, BackupError> {
        let path = self.target.path().join(indexed.name());
        let read = read_increment(self.target.path(), &self.index.site, indexed);
        let FoundText::One(increment) = read.map_err(|error| BackupError::Source { path, error })? else {
            return Ok(IncrementFiles::Without(indexed.name()));
        };
        let mut length =
            |hash| *lengths.entry(hash).or_insert_with(|| self.object(hash).metadata().ok().map(|m| m.len()));
        let lacks = increment.files.iter().find(|file| length(file.sha256) != Some(file.length));
        Ok(match lacks {
            Some(file) => IncrementFiles::Without(format!("{FILES}/{} ({})", file.sha256, file.path)),
            None => IncrementFiles::All(increment.files.iter().map(|file| file.sha256).collect()),
        })
    }

    fn remove_others(&self, folder: &str, stays: impl Fn(&str) -> bool) -> Result<(), BackupError> {
        let folder = self.target.path().join(folder);
        let fault = |error| BackupError::Write { path: folder.clone(), error };
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            if !entry.file_name().to_str().is_some_and(&stays) {
                std::fs::remove_file(entry.path()).map_err(fault)?;
            }
        }
        crate::files::sync_folder(&folder).map_err(fault)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let path = || self.target.path().join(name);
        self.target.write(name, bytes).map_err(|error| BackupError::Write { path: path(), error })
    }

    fn sync(&self) -> Result<(), BackupError> {
        self.target.sync().map_err(|error| BackupError::Write { path: self.target.path().to_path_buf(), error })
    }

    fn write_index(&mut self) -> Result<(), BackupError> {
        self.write(INDEX, to_text(&self.index).as_bytes())?;
        self.sync()
    }
}

/// An increment as a data directory: its files under their own names, in a passing folder of links.
pub struct IncrementView {
    _folder: PassingFolder,
    layout: Layout,
}

impl IncrementView {
    /// Makes the links.
    ///
    /// # Errors
    /// What the file system said.
    pub fn make(backup: &Path, increment: &Increment) -> io::Result<Self> {
        let (folder, backup) = (PassingFolder::make()?, std::path::absolute(backup)?);
        let layout = Layout(folder.path().to_path_buf());
        // Also where nothing stands in it.
        make_folder(&layout.journals())?;
        for file in &increment.files {
            let link = layout.0.join(&file.path);
            make_folder(link.parent().unwrap_or(&layout.0))?;
            std::os::unix::fs::symlink(object(&backup, file.sha256), link)?;
        }
        Ok(Self { _folder: folder, layout })
    }

    /// As a data directory.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}
