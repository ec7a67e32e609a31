//! A log in a folder, as C2SP tlog-tiles lays it out: checkpoint, verifier key, tiles and bundles, read on demand. No file
//! stays open, so as many of them as there are shards are within the system's limit.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use ed25519_dalek::VerifyingKey;
use tlog::checkpoint::{Checkpoint, read_verifier_key, verifier_key};
use tlog::entry::Commitment;
use tlog::tile::{FULL, TileOf, TilePath, TileRange, read_entries};
use tlog::tree::{LeafHash, NodeHash, ReadHashes, hash_subtree, leaf_hash, path_of, root_from_inclusion, root_of};

use super::error::{FlatError, FlatFault, MadeFrom};

/// The bytes of an entry in a bundle: its length, and a commitment.
const ENTRY: u64 = 34;

/// The bytes of a hash in a tile.
const HASH: u64 = 32;

/// What a log's entries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// Of a shard: commitments of 32 bytes, so the length of each file is known.
    Commitments,
    /// Of the log of logs: texts of any length.
    Texts,
}

/// A log in a folder.
#[derive(Clone, Debug)]
pub struct StaticLog {
    folder: PathBuf,
    from: MadeFrom,
    entries: Entries,
    checkpoint: Checkpoint,
    note: String,
    verifier_key: String,
}

/// Reads the verifier key in a log's folder: its name, and the key.
///
/// # Errors
/// There is none.
pub fn read_key(folder: &Path, from: MadeFrom) -> Result<(String, VerifyingKey), FlatError> {
    let path = folder.join("vkey");
    let read = read_text(&path).map(|text| text.strip_suffix('\n').and_then(read_verifier_key));
    let key = read.and_then(|key| key.ok_or(FlatFault::VerifierKey));
    key.map_err(|fault| FlatError { path, fault, from })
}

impl StaticLog {
    /// Opens a log of that name, which that key signs.
    ///
    /// # Errors
    /// The file that is not as it was made.
    pub fn open(
        folder: &Path,
        origin: &str,
        key: &VerifyingKey,
        entries: Entries,
        from: MadeFrom,
    ) -> Result<Self, FlatError> {
        let error = |name: &str, fault| FlatError { path: folder.join(name), fault, from };
        let note = read_text(&folder.join("checkpoint")).map_err(|fault| error("checkpoint", fault))?;
        let checkpoint = Checkpoint::open(&note, key).ok_or_else(|| error("checkpoint", FlatFault::Signature))?;
        if checkpoint.origin != origin {
            let fault = FlatFault::OtherLog { found: checkpoint.origin, wanted: origin.to_owned() };
            return Err(error("checkpoint", fault));
        }
        let verifier_key = verifier_key(origin, key);
        let vkey = read_text(&folder.join("vkey")).map_err(|fault| error("vkey", fault))?;
        if vkey.strip_suffix('\n') != Some(&verifier_key) {
            return Err(error("vkey", FlatFault::VerifierKey));
        }
        let log = Self { folder: folder.to_path_buf(), from, entries, checkpoint, note, verifier_key };
        let known = (entries == Entries::Commitments).then_some(TileOf::Entries);
        for of in [TileOf::Hashes(0), TileOf::Hashes(1)].into_iter().chain(known) {
            if let Some(last) = TilePath::row(of, log.size()).last() {
                log.check_length(&file_of(last), length_of(last))?;
            }
        }
        Ok(log)
    }

    /// Where it stands.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// What its checkpoint says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint as it was signed.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The key that checks its signature, as it is given to others.
    pub fn verifier_key(&self) -> &str {
        &self.verifier_key
    }

    /// The leaf at an index; `None` beyond the end.
    ///
    /// # Errors
    /// The tile cannot be read.
    pub fn leaf(&self, index: u64) -> Result<Option<LeafHash>, FlatError> {
        if index >= self.size() {
            return Ok(None);
        }
        self.hash(0, index).map(|hash| Some(LeafHash(hash.0)))
    }

    /// The commitment at an index; `None` beyond the end.
    ///
    /// # Errors
    /// The bundle cannot be read.
    pub(super) fn commitment(&self, index: u64) -> Result<Option<Commitment>, FlatError> {
        let path = TilePath { of: TileOf::Entries, index: index / u64::from(FULL), width: 1 };
        let Some(path) = path.in_log(self.size()).filter(|_| index < self.size()) else { return Ok(None) };
        let (name, from) = (file_of(path), index % u64::from(FULL) * ENTRY);
        let bytes = self.read_bytes(&name, from, usize::try_from(ENTRY).expect("small"), length_of(path))?;
        let entry = match read_entries(&bytes).as_deref() {
            Some([entry]) => Commitment::try_from(*entry).ok(),
            _ => None,
        };
        match entry {
            Some(commitment) => Ok(Some(commitment)),
            None => Err(self.error(&name, FlatFault::Bundle { index })),
        }
    }

    /// The audit path of an entry, which leads to the root of the checkpoint; `None` beyond the end.
    ///
    /// # Errors
    /// A tile cannot be read, or the tiles do not add up.
    pub fn inclusion(&self, index: u64) -> Result<Option<Vec<NodeHash>>, FlatError> {
        let (Some(leaf), Some(path)) = (self.leaf(index)?, path_of(self, index, self.size())?) else { return Ok(None) };
        if root_from_inclusion(leaf, index, self.size(), &path) != Some(self.checkpoint.root) {
            return Err(self.error("tile", FlatFault::Root));
        }
        Ok(Some(path))
    }

    /// A tile of so many hashes; `None` where the log has none of that width.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Result<Option<Vec<u8>>, FlatError> {
        self.first_of(TilePath { of: TileOf::Hashes(level), index, width }, HASH)
    }

    /// A bundle of so many entries; `None` where the log has none of that width.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn bundle(&self, index: u64, width: u16) -> Result<Option<Vec<u8>>, FlatError> {
        self.first_of(TilePath { of: TileOf::Entries, index, width }, ENTRY)
    }

    /// The first of what a file has: a narrower tile begins as the fuller one does.
    fn first_of(&self, asked: TilePath, each: u64) -> Result<Option<Vec<u8>>, FlatError> {
        let Some(path) = asked.in_log(self.size()) else { return Ok(None) };
        let length = usize::try_from(u64::from(asked.width) * each).expect("at most 256 of them");
        self.read_bytes(&file_of(path), 0, length, length_of(path)).map(Some)
    }

    /// Reads everything, and hashes each tile from the entries up to the root that was signed.
    ///
    /// # Errors
    /// The first file that is not as it was made.
    pub fn check(&self) -> Result<(), FlatError> {
        self.each_entry(|_, _| Ok(()))
    }

    /// The same, handing out each entry once its leaf is in the tile above it.
    ///
    /// # Errors
    /// As [`Self::check`], and what `each` says.
    pub fn each_entry<E: From<FlatError>>(&self, mut each: impl FnMut(u64, &[u8]) -> Result<(), E>) -> Result<(), E> {
        for path in TilePath::row(TileOf::Entries, self.size()) {
            let first = path.index * u64::from(FULL);
            let bundle = self.read_bundle(path)?;
            let entries = read_entries(&bundle).filter(|them| self.are_entries(them, path));
            let wrong = || self.error(&file_of(path), FlatFault::Bundle { index: first });
            let entries = entries.ok_or_else(wrong)?;
            let hashes = entries.iter().map(|entry| leaf_hash(entry).into()).collect::<Vec<_>>();
            self.compare(TilePath { of: TileOf::Hashes(0), ..path }, &hashes)?;
            for (index, entry) in (first..).zip(entries) {
                each(index, entry)?;
            }
        }
        Ok(self.check_above()?)
    }

    fn are_entries(&self, entries: &[&[u8]], path: TilePath) -> bool {
        let of_kind = |entry: &&[u8]| self.entries == Entries::Texts || Commitment::try_from(*entry).is_ok();
        entries.len() == usize::from(path.width) && entries.iter().all(of_kind)
    }

    fn read_bundle(&self, path: TilePath) -> Result<Vec<u8>, FlatError> {
        match self.entries {
            Entries::Commitments => self.read_whole(path),
            Entries::Texts => {
                let name = file_of(path);
                std::fs::read(self.folder.join(&name)).map_err(|error| self.error(&name, fault(error)))
            }
        }
    }

    /// Every tile above the leaves from the one below it, and the root.
    fn check_above(&self) -> Result<(), FlatError> {
        for level in 1..8 {
            let mut below = TilePath::row(TileOf::Hashes(level - 1), self.size());
            for path in TilePath::row(TileOf::Hashes(level), self.size()) {
                let full = below.by_ref().take(usize::from(path.width));
                let hashes = full.map(|path| Ok(hash_subtree(read_hashes(&self.read_whole(path)?))));
                self.compare(path, &hashes.collect::<Result<Vec<_>, FlatError>>()?)?;
            }
        }
        self.check_root()
    }

    /// Holds the hashes at the top against the signed root.
    pub(super) fn check_root(&self) -> Result<(), FlatError> {
        match root_of(self, self.size())? {
            root if root == self.checkpoint.root => Ok(()),
            _ => Err(self.error("checkpoint", FlatFault::Root)),
        }
    }

    /// Compares a tile with the hashes that belong in it.
    fn compare(&self, path: TilePath, hashes: &[NodeHash]) -> Result<(), FlatError> {
        let TileOf::Hashes(level) = path.of else { return Ok(()) };
        let there = read_hashes(&self.read_whole(path)?);
        let Some(at) = (0..hashes.len()).find(|at| there.get(*at) != hashes.get(*at)) else { return Ok(()) };
        let index = (path.index * u64::from(FULL) + at as u64) << (8 * level);
        let fault = if level == 0 { FlatFault::Leaf { index } } else { FlatFault::Node { index } };
        Err(self.error(&file_of(path), fault))
    }

    fn read_whole(&self, path: TilePath) -> Result<Vec<u8>, FlatError> {
        let length = length_of(path);
        self.read_bytes(&file_of(path), 0, usize::try_from(length).expect("at most 256 of them"), length)
    }

    /// So many bytes of a file from a place on; `wants` is the length of the file.
    pub(super) fn read_bytes(&self, name: &str, from: u64, length: usize, wants: u64) -> Result<Vec<u8>, FlatError> {
        let read = || {
            let file = File::open(self.folder.join(name))?;
            let has = file.metadata()?.len();
            if has != wants {
                return Ok(Err(FlatFault::Length { has, wants }));
            }
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, from)?;
            Ok(Ok(bytes))
        };
        read().unwrap_or_else(|error| Err(fault(error))).map_err(|fault| self.error(name, fault))
    }

    pub(super) fn check_length(&self, name: &str, wants: u64) -> Result<(), FlatError> {
        let length = match self.folder.join(name).metadata() {
            Ok(there) if there.len() == wants => return Ok(()),
            Ok(there) => FlatFault::Length { has: there.len(), wants },
            Err(error) => fault(error),
        };
        Err(self.error(name, length))
    }

    pub(super) fn error(&self, name: &str, fault: FlatFault) -> FlatError {
        FlatError { path: self.folder.join(name), fault, from: self.from }
    }
}

impl ReadHashes for StaticLog {
    type Error = FlatError;

    fn hash(&self, row: u8, index: u64) -> Result<NodeHash, FlatError> {
        let range = TileRange::of_subtree(row, index);
        let (from, length) = range.bytes();
        let width = u16::try_from((from + length) / 32).expect("at most 256");
        let path = TilePath { of: TileOf::Hashes(range.level), index: range.tile(), width };
        let path = path.in_log(self.size()).expect("asked for within the tree alone");
        let bytes = self.read_bytes(&file_of(path), from as u64, length, length_of(path))?;
        Ok(range.hash(&bytes).expect("as many as asked"))
    }
}

fn read_hashes(bytes: &[u8]) -> Vec<NodeHash> {
    bytes.as_chunks::<32>().0.iter().map(|hash| NodeHash(*hash)).collect()
}

/// The name of a tile's or bundle's file in the folder.
pub(super) fn file_of(path: TilePath) -> String {
    format!("tile/{path}")
}

fn length_of(path: TilePath) -> u64 {
    let each = match path.of {
        TileOf::Hashes(_) => HASH,
        TileOf::Entries => ENTRY,
    };
    u64::from(path.width) * each
}

fn read_text(path: &Path) -> Result<String, FlatFault> {
    std::fs::read_to_string(path).map_err(|error| match error.kind() {
        // Bytes that are no text are nothing that was signed.
        ErrorKind::InvalidData => FlatFault::Signature,
        _ => fault(error),
    })
}

fn fault(error: io::Error) -> FlatFault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FlatFault::Missing,
        _ => FlatFault::Unreadable(error),
    }
}
