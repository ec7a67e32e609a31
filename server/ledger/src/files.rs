//! The files of a ledger, and the two that are not the database: journal and checkpoint.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use model::identity::ShardNumber;

use vault::file_error::of_file;

use super::lock::is_at;
use crate::flat::Place;
use crate::formats::checkpoint_slots::{self, SLOT, Slot};

/// A log with a journal of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Log {
    /// A shard: its entries are commitments to records.
    Shard(ShardNumber),
    /// The log of logs: its entries are signed checkpoints of shards.
    Logs,
}

impl From<ShardNumber> for Log {
    fn from(shard: ShardNumber) -> Self {
        Self::Shard(shard)
    }
}

impl fmt::Display for Log {
    /// As its files are called: `0001`, `logs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shard(shard) => shard.fmt(f),
            Self::Logs => f.write_str("logs"),
        }
    }
}

/// Where things stand in a data directory.
#[derive(Clone, Debug)]
pub struct Layout(pub PathBuf);

impl Layout {
    /// Says that a process writes here at times; what it holds then is the folder of the journal.
    pub fn lock(&self) -> PathBuf {
        self.0.join("LOCK")
    }
    /// The folder with the journals of all logs; whoever writes holds a lock on it.
    pub fn journals(&self) -> PathBuf {
        self.0.join("journal")
    }
    /// The journal of a log.
    pub fn journal(&self, log: impl Into<Log>) -> PathBuf {
        self.journals().join(log.into().to_string())
    }
    /// The last checkpoint of a log.
    pub fn checkpoint(&self, log: impl Into<Log>) -> PathBuf {
        self.0.join(format!("checkpoint/{}", log.into()))
    }
    /// A log's verifier key, for whoever checks without the root key.
    pub fn verifier_key(&self, log: impl Into<Log>) -> PathBuf {
        self.0.join(format!("checkpoint/{}.vkey", log.into()))
    }
    /// What is read on demand of a shard that is closed.
    pub fn closed(&self, shard: ShardNumber) -> PathBuf {
        self.0.join(format!("closed/{shard}"))
    }
    /// The key ring.
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }
    /// The databases.
    pub fn sled(&self) -> PathBuf {
        self.0.join("sled")
    }
    /// Databases that are being made.
    pub fn sled_in_making(&self) -> PathBuf {
        self.0.join("sled.new")
    }
    /// The configuration that the ledger was last published or served with.
    pub fn configuration(&self) -> PathBuf {
        self.0.join("keuze.toml")
    }
    /// Where a running server takes commands; a socket, in no backup.
    pub fn control(&self) -> PathBuf {
        self.0.join("control")
    }
    /// Tries and sends that are counted; in no backup.
    pub fn attempts(&self) -> PathBuf {
        self.0.join("attempts")
    }
    /// What is being restored, until it takes the place of what stands here.
    pub fn restoring(&self) -> PathBuf {
        self.0.join("restoring")
    }
    /// Stands here while what was restored takes its place: what else stands here is no ledger then.
    pub fn unfinished_restore(&self) -> PathBuf {
        self.0.join("restore-unfinished")
    }
    /// The root key where no other file is named: beside the directory, never in it.
    pub fn default_root_key(&self) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(".key");
        PathBuf::from(name)
    }

    /// The shards that there are, in order; the last one is open.
    ///
    /// # Errors
    /// What the file system said.
    pub fn shards(&self) -> io::Result<Vec<ShardNumber>> {
        numbered(&self.journals())
    }

    /// The shards that have a checkpoint, in order.
    ///
    /// # Errors
    /// What the file system said.
    pub fn checkpoints(&self) -> io::Result<Vec<ShardNumber>> {
        numbered(&self.0.join("checkpoint"))
    }

    /// The files of a log's journal, in order.
    ///
    /// # Errors
    /// What the file system said.
    pub fn journal_files(&self, log: impl Into<Log>) -> io::Result<Vec<PathBuf>> {
        let mut files = listed(&self.journal(log))?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "log"));
        files.sort();
        Ok(files)
    }
}

/// The shards that something in a folder is named after, in order.
fn numbered(folder: &Path) -> io::Result<Vec<ShardNumber>> {
    let names = listed(folder)?.into_iter();
    let mut shards: Vec<ShardNumber> = names.filter_map(|path| path.file_name()?.to_str()?.parse().ok()).collect();
    shards.sort();
    Ok(shards)
}

/// What stands in a folder; nothing where there is none.
fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(of_file(folder)(error)),
    }
}

/// Makes a folder for its owner's eyes only, with those above it that are missing.
///
/// # Errors
/// What the file system said.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(of_file(folder))
}

/// Takes from everybody else what a folder and what stands in it let them do.
///
/// # Errors
/// What the file system said.
pub fn make_private(folder: &Path) -> io::Result<()> {
    restrict(folder, 0o700)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            make_private(&entry.path())?;
        } else if kind.is_file() {
            restrict(&entry.path(), 0o600)?;
        }
    }
    Ok(())
}

fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    if path.metadata()?.permissions().mode() & 0o777 & !mode == 0 {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Puts a file in the place of another as a whole, for its owner's eyes only, durable when this returns.
///
/// # Errors
/// What the file system said; the old one stands then, or the new one.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().map_err(of_file(path))?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_folder(folder)
}

/// Syncs a folder, so that the names in it are durable.
///
/// # Errors
/// What the file system said.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(of_file(folder))
}

/// A file is closed and a new one begun beyond this.
const LARGEST_FILE: u64 = 16 << 20;
/// Space is taken in steps of this, so that a sync has no new length to write.
const STEP: u64 = 1 << 20;

/// So much of what a file ends with is kept in memory. Each batch ends with its signature, which no other has.
const MARK: usize = 128;
/// So much behind the end is looked at: the head of a frame, which is nowhere zeros alone.
const BEHIND: usize = 16;

/// A file of the journal, and what it ends with as we wrote or read it.
struct Stretch {
    path: PathBuf,
    file: File,
    end: u64,
    allocated: u64,
    mark: Vec<u8>,
}

impl Stretch {
    fn new(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(of_file(&path))?;
        Ok(Self { path, file, end: 0, allocated: 0, mark: Vec::new() })
    }

    /// The last one: whatever stands behind its end is cut off.
    fn last(path: &Path, end: u64) -> io::Result<Self> {
        let cut = || {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            file.set_len(end)?;
            file.sync_all()?;
            Self::ending(path, file, end, end)
        };
        cut().map_err(of_file(path))
    }

    /// One that is full. It ends where the zeros begin that were taken as space.
    fn full(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let allocated = file.metadata()?.len();
        let from = allocated.saturating_sub(STEP + MARK as u64);
        let mut tail = vec![0; usize::try_from(allocated - from).expect("a step is small")];
        file.read_exact_at(&mut tail, from)?;
        let end = from + tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
        Self::ending(path, file, end, allocated)
    }

    fn ending(path: &Path, file: File, end: u64, allocated: u64) -> io::Result<Self> {
        let mut mark = vec![0; MARK.min(usize::try_from(end).unwrap_or(MARK))];
        let from = end - mark.len() as u64;
        file.read_exact_at(&mut mark, from)?;
        Ok(Self { path: path.to_path_buf(), file, end, allocated, mark })
    }

    fn wrote(&mut self, frames: &[u8]) {
        self.end += frames.len() as u64;
        self.mark.extend_from_slice(&frames[frames.len().saturating_sub(MARK)..]);
        self.mark.drain(..self.mark.len().saturating_sub(MARK));
    }

    /// Whether the file at the path is this one, and ends with what stands there by our hand.
    fn is_ours(&self) -> io::Result<bool> {
        Ok(is_at(&self.file, &self.path)? && self.file.metadata()?.len() == self.allocated && self.ends_as_left()?)
    }

    fn ends_as_left(&self) -> io::Result<bool> {
        let behind = BEHIND.min(usize::try_from(self.allocated - self.end).unwrap_or(BEHIND));
        let mut there = vec![0; self.mark.len() + behind];
        match self.file.read_exact_at(&mut there, self.end - self.mark.len() as u64) {
            Ok(()) => {}
            // Cut off since its length was asked.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
        let (mark, behind) = there.split_at(self.mark.len());
        Ok(mark == self.mark && behind.iter().all(|byte| *byte == 0))
    }
}

/// A file beside a journal that no disk can make durable; for tests.
#[cfg(test)]
pub const UNSYNCABLE: &str = "unsyncable";

/// The journal, open for appending.
pub struct Journal {
    folder: PathBuf,
    full: Vec<Stretch>,
    open: Option<Stretch>,
}

impl Journal {
    /// Goes on behind `end` of the last of the files, cutting off whatever stands behind it.
    ///
    /// # Errors
    /// What the file system said.
    pub fn open(layout: &Layout, log: Log, end: Option<(&Path, u64)>) -> io::Result<Self> {
        let folder = layout.journal(log);
        make_folder(&folder)?;
        let open = end.map(|(path, end)| Stretch::last(path, end)).transpose()?;
        let files = layout.journal_files(log)?;
        let others = files.iter().filter(|file| open.as_ref().is_none_or(|open| open.path != **file));
        let full = others.map(|file| Stretch::full(file)).collect::<io::Result<_>>()?;
        Ok(Self { folder, full, open })
    }

    /// Takes the space for what [`Self::append`] writes next, and makes that durable. `first` is the index of its first
    /// record. Nothing of it is on the disk if this fails, such as for want of space.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn make_room(&mut self, first: u64, len: usize) -> io::Result<()> {
        let path = self.folder.join(format!("{first:012}.log"));
        // Batches without records can fill a file that is named as the next one would be.
        if self.open.as_ref().is_none_or(|open| open.end > LARGEST_FILE && !path.exists()) {
            self.full.extend(self.open.replace(Stretch::new(path)?));
            sync_folder(&self.folder)?;
        }
        let open = self.open.as_mut().expect("opened above");
        let end = open.end + len as u64;
        if end > open.allocated {
            let wanted = end.next_multiple_of(STEP);
            let zeros = vec![0; usize::try_from(wanted - open.allocated).expect("a step is small")];
            let taken = open.file.write_all_at(&zeros, open.allocated).and_then(|()| open.file.sync_all());
            taken.map_err(of_file(&open.path))?;
            open.allocated = wanted;
        }
        Ok(())
    }

    /// Where [`Self::append`] writes next: which of the files, its path, and the byte.
    pub fn place(&self) -> (Place, &Path) {
        let open = self.open.as_ref().expect("there is room");
        let file = u32::try_from(self.full.len()).expect("a shard has fewer files");
        let offset = u32::try_from(open.end).expect("a file is smaller");
        (Place { file, offset }, &open.path)
    }

    /// Writes frames behind the last ones, for which there is room; durable after [`Self::sync`].
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn append(&mut self, frames: &[u8]) -> io::Result<()> {
        let open = self.open.as_mut().expect("there is room");
        open.file.write_all_at(frames, open.end).map_err(of_file(&open.path))?;
        open.wrote(frames);
        Ok(())
    }

    /// Makes what was appended durable.
    ///
    /// # Errors
    /// What the file system said; never to be retried.
    pub fn sync(&self) -> io::Result<()> {
        #[cfg(test)]
        if self.folder.join(UNSYNCABLE).exists() {
            return Err(io::Error::other("the disk of a test"));
        }
        self.open.as_ref().map_or(Ok(()), |open| open.file.sync_data().map_err(of_file(&open.path)))
    }

    /// Whether every file is still the one at its path, and ends with what we left there: a copy that is put back in the
    /// place of a file writes over it, and what is appended then stands behind a hole.
    ///
    /// # Errors
    /// What the file system said.
    pub fn is_in_place(&self) -> io::Result<bool> {
        let mut files = self.full.iter().chain(&self.open);
        files.try_fold(true, |ours, file| Ok(ours && file.is_ours()?))
    }
}

/// The checkpoint kept outside journal and database: two slots, written in turn, so that one is always whole.
pub struct CheckpointFile {
    path: PathBuf,
    file: File,
    next: u64,
}

impl CheckpointFile {
    /// Opens it, or makes it.
    ///
    /// # Errors
    /// What the file system said.
    pub fn open(path: &Path) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        make_folder(folder)?;
        let open = || {
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
            if file.metadata()?.len() == 0 {
                file.set_len(2 * SLOT as u64)?;
                file.sync_all()?;
                sync_folder(folder)?;
            }
            Ok(file)
        };
        Ok(Self { path: path.to_path_buf(), file: open().map_err(of_file(path))?, next: 0 })
    }

    /// Writes a signed checkpoint into the older slot and makes it durable.
    ///
    /// # Errors
    /// What the file system said; never to be retried.
    pub fn write(&mut self, number: u64, note: &str) -> io::Result<()> {
        let slot = checkpoint_slots::encode(number, note);
        let slot = slot.ok_or_else(|| io::Error::other("a checkpoint does not fit its slot"))?;
        self.next = number + 1;
        let written = self.file.write_all_at(&slot, checkpoint_slots::place(number));
        written.and_then(|()| self.file.sync_data()).map_err(of_file(&self.path))
    }
}

impl CheckpointFile {
    /// Empties the slot that a number belongs into.
    ///
    /// # Errors
    /// What the file system said.
    pub fn empty(&mut self, number: u64) -> io::Result<()> {
        let written = self.file.write_all_at(&[0; SLOT], checkpoint_slots::place(number));
        written.and_then(|()| self.file.sync_data()).map_err(of_file(&self.path))
    }
}

/// Reads both slots; an absent file has two empty ones.
///
/// # Errors
/// What the file system said.
pub fn read_slots(path: &Path) -> io::Result<[Slot; 2]> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(checkpoint_slots::parse_slots(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok([Slot::Empty, Slot::Empty]),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Log = Log::Shard(ShardNumber::FIRST);

    /// Batches of half a file, so that the first files are full soon.
    fn written(layout: &Layout) -> Journal {
        let mut journal = Journal::open(layout, FIRST, None).expect("opens");
        for first in 0..6 {
            append(&mut journal, first);
        }
        assert_eq!(layout.journal_files(FIRST).expect("listed").len(), 2);
        journal
    }

    fn append(journal: &mut Journal, first: u64) {
        let frames = vec![u8::try_from(first).expect("few") + 1; (5 << 20) - 300];
        journal.make_room(first, frames.len()).expect("there is room");
        journal.append(&frames).expect("written");
    }

    /// However many files are full: what is written over or taken away of any of them is noticed, also after a start.
    #[test]
    fn every_file_of_the_journal_is_watched() {
        type FileChange = fn(&File, &Path);
        let changes: [(&str, FileChange); 4] = [
            ("shorter", |file, _| file.set_len(6 << 20).expect("cut")),
            ("an older state of it", |file, _| {
                let end = file.metadata().expect("there").len() - 4096;
                file.write_all_at(&[0; 4096], end).expect("written");
            }),
            ("longer", |file, _| file.set_len(64 << 20).expect("set")),
            ("away", |_, path| std::fs::remove_file(path).expect("removed")),
        ];
        for number in 0..2 {
            for (what, change) in changes {
                for anew in [false, true] {
                    let folder = tempfile::tempdir().expect("a folder");
                    let layout = Layout(folder.path().to_path_buf());
                    let mut journal = written(&layout);
                    let files = layout.journal_files(FIRST).expect("listed");
                    if anew {
                        let end = journal.open.as_ref().map(|open| (open.path.clone(), open.end)).expect("written");
                        journal = Journal::open(&layout, FIRST, Some((&end.0, end.1))).expect("opens");
                    }
                    assert!(journal.is_in_place().expect("looked at"));
                    change(&OpenOptions::new().write(true).open(&files[number]).expect("opens"), &files[number]);
                    assert!(!journal.is_in_place().expect("looked at"), "{what}, file {number}, anew: {anew}");
                }
            }
        }
    }
}
