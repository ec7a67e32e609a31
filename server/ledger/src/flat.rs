//! # Folder of a closed shard
//!
//! A shard that takes nothing more is read from `closed/<shard>` in the data directory. The folder is made once from the journal,
//! which stays and holds the sealed records themselves, and never changes:
//!
//! | file | what | section |
//! |---|---|---|
//! | `checkpoint` | the signed checkpoint of all its records | Checkpoint, verifier key and proof |
//! | `vkey` | the key that checks its signature, and a line end | Checkpoint, verifier key and proof |
//! | `tile/<L>/<N>`, `tile/<L>/<N>.p/<W>` | the tiles | Tiles and entry bundles |
//! | `tile/entries/<N>`, `tile/entries/<N>.p/<W>` | the commitments to its records | Tiles and entry bundles |
//! | `places` | where in the journal each record stands | here |
//! | `keys` | which records each key seals | here |
//!
//! Places:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 3 | zeros |
//! | 4 | 4 | CRC-32C of all that follows, little-endian |
//! | 8 | rest | for each record, in order, 8 bytes: number of the journal's file, counted from 0 (4, little-endian), and offset of the frame in it (4, little-endian) |
//!
//! Keys: for each record that is sealed, 20 bytes: the name of the key (16) and the index (4, big-endian), in this order; in blocks
//! of 204, so that a key is found by reading a few. What it tells stands in the journal as well.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 3 | zeros |
//! | 4 | 4 | number of entries, little-endian |
//! | 8 | rest | blocks: a CRC-32C (4, little-endian) of the block's number, counted from 0 (4, little-endian), and its entries; then those |
//!
//! Made in `closed/<shard>.new`, which takes its name once everything in it is durable; `closed/<shard>.old` is passing too. Read
//! whenever somebody asks for a record, a tile or a proof of that shard, and as a whole when it was made and in the background. A
//! file that is missing, truncated or altered is refused by name, and the folder can be made anew from the journal: a checkpoint
//! is signed; a tile or bundle does not add up to it; places and keys have checksums, and a frame says its index itself. Files of another
//! version are refused with a sentence that says so.

mod error;
mod keys;
mod log;
mod making;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ed25519_dalek::VerifyingKey;
use tlog::checkpoint::Checkpoint;
use tlog::entry::Commitment;
use tlog::tree::{LeafHash, NodeHash};
use vault::error::OtherBuild;
use vault::ring::KeyId;

pub use error::{FlatError, FlatFault, MadeFrom};
pub use keys::KeyOfRecord;
use keys::KeysFile;
#[cfg(test)]
pub(crate) use keys::encode as encode_keys;
pub use log::{Entries, StaticLog, read_key};
pub use making::FlatMaking;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The bytes before the first place.
const HEAD: usize = 8;

/// The bytes of a place.
const PLACE: usize = 8;

/// Where the frame of a record stands in the journal of its shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the files, in their order, counted from 0.
    pub file: u32,
    /// The byte at which it begins.
    pub offset: u32,
}

impl Place {
    fn to_bytes(self) -> [u8; PLACE] {
        let mut bytes = [0; PLACE];
        bytes[..4].copy_from_slice(&self.file.to_le_bytes());
        bytes[4..].copy_from_slice(&self.offset.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; PLACE]) -> Self {
        let [a, b, c, d, rest @ ..] = bytes;
        Self { file: u32::from_le_bytes([a, b, c, d]), offset: u32::from_le_bytes(rest) }
    }
}

/// What stands before the places whose checksum that is.
fn head(crc: u32) -> [u8; HEAD] {
    let [a, b, c, d] = crc.to_le_bytes();
    [VERSION, 0, 0, 0, a, b, c, d]
}

/// The checksum in a head.
fn read_head(head: [u8; HEAD]) -> Result<u32, FlatFault> {
    // No build wrote that version: it is what a power cut leaves of a file.
    if head[0] == 0 {
        return Err(FlatFault::Places);
    }
    OtherBuild::check(head[0], VERSION)?;
    let [_, 0, 0, 0, crc @ ..] = head else { return Err(FlatFault::Places) };
    Ok(u32::from_le_bytes(crc))
}

/// A file of places, as a whole.
#[cfg(test)]
pub(crate) fn places(places: &[Place]) -> Vec<u8> {
    let rest: Vec<u8> = places.iter().flat_map(|place| place.to_bytes()).collect();
    [&head(crc32c::crc32c(&rest))[..], &rest].concat()
}

/// Reads it.
#[cfg(test)]
pub(crate) fn read_places(file: &[u8]) -> Result<Vec<Place>, FlatFault> {
    let (head, rest) = file.split_first_chunk().ok_or(FlatFault::Places)?;
    let (places, rest_of_one) = rest.as_chunks();
    if read_head(*head)? != crc32c::crc32c(rest) || !rest_of_one.is_empty() {
        return Err(FlatFault::Places);
    }
    Ok(places.iter().map(|place| Place::from_bytes(*place)).collect())
}

/// A closed shard, read on demand: nothing of it but its checkpoint and what leads to its keys is in memory, and no file stays open.
#[derive(Clone, Debug)]
pub struct FlatShard {
    log: StaticLog,
    /// What leads to a block of the file of keys, once somebody asked: 8 bytes for 204 records.
    fences: OnceLock<Vec<u64>>,
}

impl FlatShard {
    /// Opens the folder: reads the checkpoint and its signature, and looks at the lengths of the files that say how much there is.
    /// What stands in them is held against the checkpoint when it is read, and all of it by [`Self::check`].
    ///
    /// # Errors
    /// The file that is not as it was made.
    pub fn open(folder: &Path, origin: &str, key: &VerifyingKey) -> Result<Self, FlatError> {
        let shard = Self {
            log: StaticLog::open(folder, origin, key, Entries::Commitments, MadeFrom::Journal)?,
            fences: OnceLock::new(),
        };
        let wants = HEAD as u64 + shard.size() * PLACE as u64;
        shard.log.check_length("places", wants)?;
        let head = shard.log.read_bytes("places", 0, HEAD, wants)?;
        read_head(*head.first_chunk().expect("as many as asked")).map_err(|fault| shard.log.error("places", fault))?;
        shard.keys()?;
        Ok(shard)
    }

    /// Where it stands.
    pub fn folder(&self) -> &Path {
        self.log.folder()
    }

    /// The number of its records.
    pub fn size(&self) -> u64 {
        self.log.size()
    }

    /// What its last checkpoint says.
    pub fn checkpoint(&self) -> &Checkpoint {
        self.log.checkpoint()
    }

    /// That checkpoint as it was signed.
    pub fn note(&self) -> &str {
        self.log.note()
    }

    /// The key that checks its signature, as it is given to others.
    pub fn verifier_key(&self) -> &str {
        self.log.verifier_key()
    }

    /// The leaf of a record; `None` beyond the end.
    ///
    /// # Errors
    /// The tile cannot be read.
    pub fn leaf(&self, index: u64) -> Result<Option<LeafHash>, FlatError> {
        self.log.leaf(index)
    }

    /// The commitment to a record; `None` beyond the end.
    ///
    /// # Errors
    /// The bundle cannot be read.
    pub fn commitment(&self, index: u64) -> Result<Option<Commitment>, FlatError> {
        self.log.commitment(index)
    }

    /// The audit path of a record, which leads to the root of [`Self::checkpoint`]; `None` beyond the end.
    ///
    /// # Errors
    /// A tile cannot be read, or the tiles do not add up.
    pub fn inclusion(&self, index: u64) -> Result<Option<Vec<NodeHash>>, FlatError> {
        self.log.inclusion(index)
    }

    /// A tile as [`tlog::tree::Tree::tile`] gives it; `None` where the shard has none of that width.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Result<Option<Vec<u8>>, FlatError> {
        self.log.tile(level, index, width)
    }

    /// An entry bundle of so many entries; `None` where the shard has none of that width.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bundle(&self, index: u64, width: u16) -> Result<Option<Vec<u8>>, FlatError> {
        self.log.bundle(index, width)
    }

    /// Where a record stands in the journal; `None` beyond the end.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn place(&self, index: u64) -> Result<Option<Place>, FlatError> {
        if index >= self.size() {
            return Ok(None);
        }
        let wants = HEAD as u64 + self.size() * PLACE as u64;
        let bytes = self.log.read_bytes("places", HEAD as u64 + index * PLACE as u64, PLACE, wants)?;
        Ok(Some(Place::from_bytes(*bytes.first_chunk().expect("as many as asked"))))
    }

    fn keys(&self) -> Result<KeysFile, FlatError> {
        KeysFile::open(&self.log.folder().join("keys")).map_err(|fault| self.log.error("keys", fault))
    }

    /// The records that a key seals, in order.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn records_under(&self, key: KeyId) -> Result<Vec<u64>, FlatError> {
        let keys = self.keys()?;
        let look = || {
            let fences = match self.fences.get() {
                Some(fences) => fences,
                None => {
                    let read = keys.fences()?;
                    self.fences.get_or_init(|| read)
                }
            };
            keys.records(key, fences)
        };
        look().map_err(|fault| self.log.error("keys", fault))
    }

    /// Whether the file of keys tells of exactly these records.
    ///
    /// # Errors
    /// It cannot be read, or tells of others.
    pub fn check_keys(&self, records: Vec<KeyOfRecord>) -> Result<(), FlatError> {
        let wants = keys::encode(records);
        let has = self.log.read_bytes("keys", 0, wants.len(), wants.len() as u64)?;
        if has == wants { Ok(()) } else { Err(self.log.error("keys", FlatFault::Keys)) }
    }

    /// Holds the hashes at the top against the signed root.
    fn check_root(&self) -> Result<(), FlatError> {
        self.log.check_root()
    }

    /// Reads everything: hashes each tile from the entry bundles up to the signed root, and looks at places and keys.
    ///
    /// # Errors
    /// The first file that is not as it was made, with the first index that is wrong where that can be said.
    pub fn check(&self) -> Result<(), FlatError> {
        self.log.check()?;
        let wants = HEAD as u64 + self.size() * PLACE as u64;
        let head = self.log.read_bytes("places", 0, HEAD, wants)?;
        let crc = read_head(*head.first_chunk().expect("as many as asked"));
        let crc = crc.map_err(|fault| self.log.error("places", fault))?;
        let (mut at, mut found) = (HEAD as u64, 0);
        while at < wants {
            let length = (wants - at).min(1 << 16);
            let bytes = self.log.read_bytes("places", at, usize::try_from(length).expect("at most 64 KiB"), wants)?;
            found = crc32c::crc32c_append(found, &bytes);
            at += length;
        }
        if found != crc {
            return Err(self.log.error("places", FlatFault::Places));
        }
        self.keys()?.check().map_err(|fault| self.log.error("keys", fault))
    }
}

/// The folder beside another, under its name with an ending.
fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
