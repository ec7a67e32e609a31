//! Making the folder of a closed shard, record by record: in a folder beside its place, which takes the name once all of it is
//! durable. So a kill or a power cut leaves none, or a whole one.
//!
//! All of it becomes durable by one sync of the file system that it stands on: a shard of 500,000 records has some 3,900 files, and
//! a sync for each of them took most of the time (docs/decisions/0056).

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use tlog::checkpoint::read_verifier_key;
use tlog::tile::{TileBuilder, TilePath};

use super::error::{FlatError, FlatFault, MadeFrom};
use super::log::file_of;
use super::{FlatShard, HEAD, KeyOfRecord, Place, beside, head, keys};
use crate::files::{make_folder, sync_folder};
use crate::formats::record::SealedRecord;
use vault::ring::KeyId;

/// A folder that is being made. What is in memory of it are the last entries and hashes, at most 256 of each kind, and the names of
/// the keys.
pub struct FlatMaking {
    folder: PathBuf,
    new: PathBuf,
    /// That folder, open since before anything was written to it: a sync tells of the errors since then.
    opened: File,
    tiles: TileBuilder,
    places: BufWriter<File>,
    crc: u32,
    keys: Vec<KeyOfRecord>,
    /// How many records there are.
    size: u32,
}

impl FlatMaking {
    /// Begins anew; what an earlier attempt left is removed.
    ///
    /// # Errors
    /// What the file system said, of which file.
    pub fn begin(folder: &Path) -> Result<Self, FlatError> {
        let new = beside(folder, NEW);
        for passing in [beside(folder, OLD), new.clone()] {
            remove(&passing).map_err(unwritable(&passing))?;
        }
        let opened = make_folder(&new).and_then(|()| File::open(&new)).map_err(unwritable(&new))?;
        let path = new.join("places");
        let begin = || {
            let mut places = BufWriter::new(create(&path)?);
            places.write_all(&[0; HEAD])?;
            Ok(places)
        };
        let places = begin().map_err(unwritable(&path))?;
        let (folder, tiles) = (folder.to_path_buf(), TileBuilder::default());
        Ok(Self { folder, new, opened, tiles, places, crc: 0, keys: Vec::new(), size: 0 })
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// What the file system said, of which file. Nothing of the folder is left then: where the disk is full it would be in the way.
    pub fn push(&mut self, record: &SealedRecord, place: Place) -> Result<(), FlatError> {
        self.add(record, place).inspect_err(|_| _ = remove(&self.new))
    }

    fn add(&mut self, record: &SealedRecord, place: Place) -> Result<(), FlatError> {
        self.keys.extend((record.key != KeyId::NONE).then_some((record.key, self.size)));
        self.size += 1;
        let bytes = place.to_bytes();
        self.crc = crc32c::crc32c_append(self.crc, &bytes);
        self.places.write_all(&bytes).map_err(unwritable(&self.new.join("places")))?;
        let full = self.tiles.push(&record.commitment.0);
        self.write_tiles(full)
    }

    /// Writes what is left, makes all of it durable, and puts it in its place; one that stands there goes.
    ///
    /// # Errors
    /// The checkpoint is not that of these records, signed with this key; or what the file system said, of which file. Nothing
    /// stands in the place then that did not stand there before, and nothing beside it.
    pub fn finish(self, note: &str, verifier_key: &str) -> Result<FlatShard, FlatError> {
        let new = self.new.clone();
        self.end(note, verifier_key).inspect_err(|_| _ = remove(&new))
    }

    fn end(mut self, note: &str, verifier_key: &str) -> Result<FlatShard, FlatError> {
        let rest = std::mem::take(&mut self.tiles).finish();
        self.write_tiles(rest)?;
        let keys = keys::encode(std::mem::take(&mut self.keys));
        self.write("keys", &keys)?;
        self.write("checkpoint", note.as_bytes())?;
        self.write("vkey", format!("{verifier_key}\n").as_bytes())?;
        let (new, crc) = (self.new, self.crc);
        let places = new.join("places");
        let end = || {
            let file = self.places.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.write_all_at(&head(crc), 0)
        };
        end().map_err(unwritable(&places))?;
        rustix::fs::syncfs(&self.opened).map_err(|error| unwritable(&new)(error.into()))?;
        // What is signed is held against what was written before it takes the place of anything.
        let error = |fault| FlatError { path: new.join("vkey"), fault, from: MadeFrom::Journal };
        let (origin, key) = read_verifier_key(verifier_key).ok_or_else(|| error(FlatFault::VerifierKey))?;
        FlatShard::open(&new, &origin, &key)?.check_root()?;
        put(&new, &self.folder).map_err(unwritable(&self.folder))?;
        FlatShard::open(&self.folder, &origin, &key)
    }

    fn write_tiles(&self, tiles: Vec<(TilePath, Vec<u8>)>) -> Result<(), FlatError> {
        tiles.into_iter().try_for_each(|(path, bytes)| self.write(&file_of(path), &bytes))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FlatError> {
        let path = self.new.join(name);
        let write = || {
            make_folder(path.parent().unwrap_or(&self.new))?;
            create(&path)?.write_all(bytes)
        };
        write().map_err(unwritable(&path))
    }
}

/// Ends the name of a folder that is being made.
const NEW: &str = ".new";

/// Ends the name of a folder whose place another takes.
const OLD: &str = ".old";

/// Puts a folder into the place of another, durably.
fn put(new: &Path, folder: &Path) -> io::Result<()> {
    let above = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let (old, parent) = (beside(folder, OLD), above(folder));
    let was_there = match std::fs::rename(folder, &old) {
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        moved => moved.map(|()| true)?,
    };
    if let Err(error) = std::fs::rename(new, folder) {
        if was_there {
            std::fs::rename(&old, folder)?;
        }
        return Err(error);
    }
    sync_folder(&parent)?;
    // Also the folder in which theirs was made for the first of them.
    sync_folder(&above(&parent))?;
    remove(&old)
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> FlatError {
    move |error| FlatError { path: path.to_path_buf(), fault: FlatFault::Unwritable(error), from: MadeFrom::Journal }
}
