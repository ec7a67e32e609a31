//! The files of a ledger, and the two that are not the database: journal and checkpoint.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::lock::is_at;

/// Where things stand in a data directory.
#[derive(Clone, Debug)]
pub struct Layout(pub PathBuf);

impl Layout {
    /// Says that a process writes here at times; what it holds then is the folder of the journal.
    pub fn lock(&self) -> PathBuf {
        self.0.join("LOCK")
    }
    /// The journal of the open shard.
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal/0001")
    }
    /// The last checkpoint of the open shard.
    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint/0001")
    }
    /// The log's verifier key, for whoever checks without the root key.
    pub fn verifier_key(&self) -> PathBuf {
        self.0.join("checkpoint/0001.vkey")
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
    pub fn brakes(&self) -> PathBuf {
        self.0.join("brakes")
    }
    /// The root key where no other file is named: beside the directory, never in it.
    pub fn default_root_key(&self) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(".key");
        PathBuf::from(name)
    }

    /// The journal's files in order.
    ///
    /// # Errors
    /// What the file system said.
    pub fn journal_files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(self.journal()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files: Vec<_> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "log"));
        files.sort();
        Ok(files)
    }
}

/// Makes a folder for its owner's eyes only, with those above it that are missing.
///
/// # Errors
/// What the file system said.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
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
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_folder(folder)
}

/// Syncs a folder, so that the names in it are durable.
///
/// # Errors
/// What the file system said.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A file is closed and a new one begun beyond this.
const LARGEST_FILE: u64 = 16 << 20;
/// Space is taken in steps of this, so that a sync has no new length to write.
const STEP: u64 = 1 << 20;

/// The journal, open for appending.
pub struct Journal {
    folder: PathBuf,
    file: Option<(PathBuf, File)>,
    end: u64,
    allocated: u64,
}

impl Journal {
    /// Goes on behind `end` of the last file, cutting off whatever stands behind it.
    ///
    /// # Errors
    /// What the file system said.
    pub fn open(folder: &Path, last: Option<(&Path, u64)>) -> io::Result<Self> {
        make_folder(folder)?;
        let mut journal = Self { folder: folder.to_path_buf(), file: None, end: 0, allocated: 0 };
        if let Some((path, end)) = last {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            file.set_len(end)?;
            file.sync_all()?;
            journal = Self { file: Some((path.to_path_buf(), file)), end, allocated: end, ..journal };
        }
        Ok(journal)
    }

    /// Takes the space for what [`Self::append`] writes next, and makes that durable. `first` is the index of its first
    /// record. Nothing of it is on the disk if this fails, such as for want of space.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn make_room(&mut self, first: u64, len: usize) -> io::Result<()> {
        let path = self.folder.join(format!("{first:012}.log"));
        // Batches without records can fill a file that is named as the next one would be.
        if self.file.is_none() || (self.end > LARGEST_FILE && !path.exists()) {
            let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
            self.file = Some((path, file));
            (self.end, self.allocated) = (0, 0);
            sync_folder(&self.folder)?;
        }
        let end = self.end + len as u64;
        if end > self.allocated {
            let (_, file) = self.file.as_ref().expect("opened above");
            let wanted = end.next_multiple_of(STEP);
            let zeros = vec![0; usize::try_from(wanted - self.allocated).expect("a step is small")];
            file.write_all_at(&zeros, self.allocated)?;
            file.sync_all()?;
            self.allocated = wanted;
        }
        Ok(())
    }

    /// Writes frames behind the last ones, for which there is room; durable after [`Self::sync`].
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn append(&mut self, frames: &[u8]) -> io::Result<()> {
        let (_, file) = self.file.as_ref().expect("there is room");
        file.write_all_at(frames, self.end)?;
        self.end += frames.len() as u64;
        Ok(())
    }

    /// Makes what was appended durable.
    ///
    /// # Errors
    /// What the file system said; never to be retried.
    pub fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), |(_, file)| file.sync_data())
    }

    /// Whether what is written to is still the file at its path.
    ///
    /// # Errors
    /// What the file system said.
    pub fn is_in_place(&self) -> io::Result<bool> {
        self.file.as_ref().map_or(Ok(true), |(path, file)| is_at(file, path))
    }
}

/// The bytes of a slot of the checkpoint file.
const SLOT: usize = 1024;

/// The checkpoint kept outside journal and database: two slots, written in turn, so that one is always whole.
pub struct CheckpointFile {
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
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        if file.metadata()?.len() == 0 {
            file.set_len(2 * SLOT as u64)?;
            file.sync_all()?;
            sync_folder(folder)?;
        }
        Ok(Self { file, next: 0 })
    }

    /// Writes a signed checkpoint into the older slot and makes it durable.
    ///
    /// # Errors
    /// What the file system said; never to be retried.
    pub fn write(&mut self, number: u64, note: &str) -> io::Result<()> {
        let mut slot = Vec::with_capacity(SLOT);
        slot.extend_from_slice(&number.to_le_bytes());
        slot.extend_from_slice(&u32::try_from(note.len()).unwrap_or(u32::MAX).to_le_bytes());
        slot.extend_from_slice(note.as_bytes());
        if slot.len() + 4 > SLOT {
            return Err(io::Error::other("a checkpoint does not fit its slot"));
        }
        slot.resize(SLOT - 4, 0);
        slot.extend_from_slice(&crc32c::crc32c(&slot).to_le_bytes());
        self.file.write_all_at(&slot, (number % 2) * SLOT as u64)?;
        self.next = number + 1;
        self.file.sync_data()
    }
}

/// A slot of the checkpoint file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Never written.
    Empty,
    /// A checkpoint with its number.
    Note(u64, String),
    /// Torn by a power cut, or altered.
    Broken,
}

/// Reads both slots; an absent file has two empty ones.
///
/// # Errors
/// What the file system said.
pub fn read_slots(path: &Path) -> io::Result<[Slot; 2]> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok([Slot::Empty, Slot::Empty]),
        Err(error) => return Err(error),
    };
    let slot = |at: usize| {
        let Some(slot) = bytes.get(at * SLOT..(at + 1) * SLOT) else { return Slot::Broken };
        if slot.iter().all(|byte| *byte == 0) {
            return Slot::Empty;
        }
        parse_slot(slot)
            .filter(|(number, _)| number % 2 == at as u64)
            .map_or(Slot::Broken, |(n, note)| Slot::Note(n, note))
    };
    Ok(if bytes.is_empty() { [Slot::Empty, Slot::Empty] } else { [slot(0), slot(1)] })
}

fn parse_slot(slot: &[u8]) -> Option<(u64, String)> {
    let (body, crc) = slot.split_last_chunk::<4>()?;
    if crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (number, rest) = body.split_first_chunk::<8>()?;
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let note = rest.get(..usize::try_from(u32::from_le_bytes(*len)).ok()?)?;
    Some((u64::from_le_bytes(*number), String::from_utf8(note.to_vec()).ok()?))
}
