//! `keuze verify`.

pub(crate) mod backup;
pub(crate) mod copy;
mod database;
pub mod export;

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use ed25519_dalek::{SigningKey, VerifyingKey};
use model::identity::{RecordAddress, ShardNumber};

use super::erasure::Missing;
use super::files::{Layout, Log, read_slots};
use super::lock::Look;
use super::logs::{LOGS_KEY, Statements};
use super::origin::{FIRST, OriginError, log_name};
use super::outside::{self, Last, LedgerEnd, NamedShard, RolledBack};
use super::recovery::{FoundShard, SHARD_KEYS, found_shards, is_of_an_earlier_build, no_gap, no_key};
use super::replay::{self, Anchor, ReplayFault, ReplayedBatch, Walked};
use crate::error::NoLogKey;
use crate::flat::{FlatShard, KeyOfRecord};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::fact;
use crate::store::StorageError;
use crate::store::sled_engine::{NAME, SledStore};
use tlog::checkpoint::read_verifier_key;
use vault::error::{OtherBuild, RingError, RootKeyError};
use vault::key::RootKey;
use vault::ring::{KeyId, KeyTable, OpenMode};
use vault::rotation;

use copy::DatabaseCopy;
use database::ExpectedProjection;

/// A ledger that adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Records in all shards.
    pub records: u64,
    /// Those of them whose key an erasure or a retention run destroyed.
    pub erased: u64,
    /// The root of the shard that is open, in base64.
    pub root: String,
    /// What could not be looked at, and what a kill left for the next start to mend: a sentence each.
    pub left_out: Vec<String>,
}

/// Why a ledger was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It does not add up.
    #[error(transparent)]
    Fault(#[from] ReplayFault),
    /// It could not be read at all.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// What of a ledger could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("{} holds no ledger: there is no folder journal in it. Name another directory (--data), or put back that folder", .0.display())]
    NoLedger(PathBuf),
    /// A restore into it was interrupted.
    #[error("a restore into {} was interrupted. Run the same `keuze restore` again", .0.display())]
    RestoreUnfinished(PathBuf),
    /// A file or folder.
    #[error("{} cannot be read: {error}", .path.display())]
    Io {
        path: PathBuf,
        /// What the file system said.
        #[source]
        error: io::Error,
    },
    /// The checkpoint outside the journal.
    #[error("the checkpoint file cannot be read: {0}")]
    Checkpoint(#[source] io::Error),
    /// Whose ledger it is.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The last checkpoint beside the root key.
    #[error(transparent)]
    LastCheckpoint(#[from] RolledBack),
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The root key that was named.
    #[error("there is no root key {}", .0.display())]
    NoRootKey(PathBuf),
    /// The key ring.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// All of it.
    #[error(transparent)]
    OtherBuild(#[from] OtherBuild),
    /// The log's key, in the key ring.
    #[error(transparent)]
    NoLogKey(#[from] NoLogKey),
    /// The verifier key: the file.
    #[error("{} is missing; the next start writes it anew", .0.display())]
    VerifierKeyMissing(PathBuf),
    /// The verifier key: it is none.
    #[error("{} is no verifier key. The next start makes it anew", .0.display())]
    NoVerifierKey(PathBuf),
    /// The verifier key: it is another log's.
    #[error("{} is not the key of this log; the next start writes the right one", .0.display())]
    OtherVerifierKey(PathBuf),
    /// The copy of the database that is looked at.
    #[error("the database cannot be copied: {0}")]
    Copy(#[source] io::Error),
    /// The database, as it is opened.
    #[error(transparent)]
    Open(StorageError),
    /// What the database says of itself.
    #[error("the database cannot be read: {0}")]
    Database(#[source] StorageError),
}

/// Recomputes everything from the journal, the key ring and the checkpoints; the database too, unless a running
/// server holds it. Without the root key records stay sealed, and everything around them is checked. Nothing in the
/// directory is made or changed.
///
/// # Errors
/// The first shard and index that fails.
pub fn verify(data: &Path, key_file: Option<&Path>) -> Result<Verified, VerifyError> {
    let layout = Layout(data.to_path_buf());
    let mut left_out = Vec::new();
    let look = look_at(&layout)?;
    // Shards and checkpoints, keys, journals, in this order, because a running server may take each of them further
    // meanwhile: a key is there before its records, and the event that ends it is there before it goes.
    let kept = KeptCheckpoints::load_checkpoints(&layout, key_file)?;
    if never_began(&layout, &kept) {
        return Ok(nothing_yet());
    }
    no_gap(&kept.shards)?;
    let keys = RingSnapshot::open(&layout, key_file, kept.settled(look.running), look.running, &mut left_out)?;
    let database = open_database(&layout, &look, &mut left_out)?;
    let store = database.as_ref().map(|(store, _)| store);
    let projection = store.map(ExpectedProjection::open).transpose()?;
    let statements = Statements::load_statements(&layout, &keys.anchor(&layout, Log::Logs)?)?;
    let mut walk = Verification {
        layout: &layout,
        running: look.running,
        keys: &keys,
        projection: projection.flatten(),
        statements: &statements,
        missing: Missing::default(),
        left_out,
        records: 0,
        named: None,
    };
    let mut end = None;
    for FoundShard { number, slots } in &kept.shards {
        end = Some(walk.shard(*number, slots, *number == kept.open().number, &kept.last)?);
    }
    let behind = replay::check_outside(&kept.logs, &statements.walked, !look.running)?;
    walk.told(behind.filter(|_| !look.running));
    if !look.running {
        statements.end_with(kept.open().number)?;
    }
    let (walked, anchor) = end.expect("a shard at least");
    walk.missing.check()?;
    walk.end(&walked, &anchor, &kept.last)?;
    if let (Some(projection), Some(store)) = (walk.projection.take(), store) {
        walk.left_out.extend(projection.compare(store, walk.missing.destroyed(), keys.root.is_some())?);
    }
    Ok(Verified {
        records: walk.records,
        erased: walk.missing.records(),
        root: base64::engine::general_purpose::STANDARD.encode(walked.tree.root().0),
        left_out: walk.left_out,
    })
}

/// The checkpoints that are kept outside the journals.
struct KeptCheckpoints {
    logs: [Slot; 2],
    /// Of each shard, in order; one at least.
    shards: Vec<FoundShard>,
    /// The one beside the root key.
    last: Last,
}

impl KeptCheckpoints {
    fn load_checkpoints(layout: &Layout, key_file: Option<&Path>) -> Result<Self, Unreadable> {
        let logs = read_slots(&layout.checkpoint(Log::Logs)).map_err(Unreadable::Checkpoint)?;
        let shards = found_shards(layout).map_err(Unreadable::Checkpoint)?;
        Ok(Self { logs, shards, last: last_outside(layout, key_file)? })
    }

    /// The shard that is open.
    fn open(&self) -> &FoundShard {
        self.shards.last().expect("one at least")
    }

    /// The keys of all records before this were made before we looked.
    fn settled(&self, running: bool) -> RecordAddress {
        let FoundShard { number, slots } = self.open();
        RecordAddress { shard: *number, index: if running { size_in(slots) } else { u64::MAX } }
    }
}

/// What a walk over all shards needs, and what it found.
struct Verification<'a> {
    layout: &'a Layout,
    running: bool,
    keys: &'a RingSnapshot,
    /// What the database has to tell, where there is one.
    projection: Option<ExpectedProjection>,
    statements: &'a Statements,
    missing: Missing,
    left_out: Vec<String>,
    /// In the shards that were walked.
    records: u64,
    /// The shard that the last checkpoint beside the root key is of, where it is closed, and the records before it.
    named: Option<(Walked, Anchor, u64)>,
}

impl Verification<'_> {
    fn told(&mut self, what: Option<&'static str>) {
        self.left_out.extend(what.map(str::to_owned));
    }

    fn shard(
        &mut self,
        number: ShardNumber,
        slots: &[Slot; 2],
        is_open: bool,
        last: &Last,
    ) -> Result<(Walked, Anchor), VerifyError> {
        let anchor = self.keys.anchor(self.layout, number.into())?;
        let Self { keys, missing, projection, .. } = self;
        let mut sealed = Vec::new();
        let walked = replay::walk(self.layout, number, &anchor, |batch| {
            projection.iter_mut().for_each(|projection| projection.reach(batch, number, missing.destroyed()));
            keys.check(batch, number, missing)?;
            if !is_open {
                sealed.extend(batch.sealed());
            }
            projection.iter_mut().for_each(|projection| projection.follow(batch, number));
            Ok(())
        })?;
        // First whether anything acknowledged is missing: a torn end may be all that is left of it.
        let behind = replay::check_outside(slots, &walked, !self.running)?;
        self.statements.check(number, &walked, &anchor)?;
        if walked.torn && !is_open {
            return Err(at_end(&walked, "its journal ends in the middle of a batch, though there is a later shard"));
        }
        self.told(behind.filter(|_| !self.running));
        if !is_open {
            self.check_folder(number, &walked, &anchor, sealed)?;
        }
        if !is_open && last.log_name() == Some(&anchor.origin) {
            self.named = Some((walked.clone(), anchor.clone(), self.records));
        }
        self.records += walked.tree.size();
        Ok((walked, anchor))
    }

    /// Looks at all of the folder that a closed shard is read from, if it has one yet.
    fn check_folder(
        &mut self,
        number: ShardNumber,
        walked: &Walked,
        anchor: &Anchor,
        sealed: Vec<KeyOfRecord>,
    ) -> Result<(), VerifyError> {
        let folder = self.layout.closed(number);
        if !folder.exists() {
            let told = format!("shard {number} has no folder {} yet; it is made in the background", folder.display());
            self.left_out.extend((!self.running).then_some(told));
            return Ok(());
        }
        let flat = FlatShard::open(&folder, &anchor.origin, &anchor.key).and_then(|flat| {
            flat.check()?;
            flat.check_keys(sealed)?;
            Ok(flat)
        });
        let flat = flat.map_err(|error| {
            let index = error.fault.index().unwrap_or_default();
            ReplayFault { log: walked.log, index, what: error.to_string() }
        })?;
        if flat.note() != walked.note {
            let what = format!("{} is not made of this journal; the next start makes it anew", folder.display());
            return Err(at_end(walked, &what));
        }
        Ok(())
    }

    /// What is looked at once everything was walked.
    fn end(&mut self, open: &Walked, anchor: &Anchor, last: &Last) -> Result<(), VerifyError> {
        let before = self.records - open.tree.size();
        if self.keys.root.is_some() {
            let named = match &self.named {
                Some((walked, anchor, before)) => Some(NamedShard { walked, anchor, before: *before }),
                None => {
                    (last.log_name() == Some(&anchor.origin)).then_some(NamedShard { walked: open, anchor, before })
                }
            };
            let told = check_last(last, &LedgerEnd { records: self.records, open, anchor, named })?;
            self.left_out.extend(told);
        }
        if !self.running {
            let left: Vec<String> = unfinished(open, self.keys, &self.missing).map(str::to_owned).collect();
            self.left_out.extend(left);
        }
        Ok(())
    }
}

pub(crate) fn look_at(layout: &Layout) -> Result<Look, Unreadable> {
    if layout.unfinished_restore().exists() {
        return Err(Unreadable::RestoreUnfinished(layout.0.clone()));
    }
    Look::at(layout).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unreadable::NoLedger(layout.0.clone()),
        _ => Unreadable::Io { path: layout.journals(), error },
    })
}

/// Whether a first start was killed before it had made anything that could hold a record.
fn never_began(layout: &Layout, kept: &KeptCheckpoints) -> bool {
    let has_journal = layout.journal_files(FIRST).map_or(true, |files| !files.is_empty());
    let empty = kept.shards.iter().all(|shard| shard.slots == [Slot::Empty, Slot::Empty]);
    !has_journal && empty && !layout.verifier_key(FIRST).exists()
}

fn nothing_yet() -> Verified {
    let root = base64::engine::general_purpose::STANDARD.encode(tlog::tree::Tree::default().root().0);
    let left_out = vec!["the first start did not get as far as a record; the next one begins anew".to_owned()];
    Verified { records: 0, erased: 0, root, left_out }
}

/// The last checkpoint beside the root key.
fn last_outside(layout: &Layout, key_file: Option<&Path>) -> Result<Last, Unreadable> {
    let site = super::origin::site_of(&layout.0)?.unwrap_or_default();
    let path = outside::path(&key_path(layout, key_file), &log_name(&site, FIRST));
    Ok(Last::load_checkpoint(path)?)
}

pub(crate) fn key_path(layout: &Layout, key_file: Option<&Path>) -> PathBuf {
    key_file.map_or_else(|| layout.default_root_key(), Path::to_path_buf)
}

/// Holds the ledger against the last checkpoint beside the root key; a copy elsewhere has none, which is told.
fn check_last(last: &Last, end: &LedgerEnd<'_>) -> Result<Option<String>, VerifyError> {
    if !last.is_there() {
        let told = "no last checkpoint stands beside the root key: whether this is an older copy was not looked at";
        return Ok((end.records > 0).then(|| told.to_owned()));
    }
    last.check(end, None).map(|()| None).map_err(|error| at_end(end.open, &error.to_string()))
}

/// What a kill left unfinished, and the next start finishes.
fn unfinished(walked: &Walked, keys: &RingSnapshot, missing: &Missing) -> impl Iterator<Item = &'static str> {
    let lives = missing.destroyed().iter().any(|id| keys.ring.key(*id).is_some());
    [
        (walked.torn, "behind the journal's end stands something that is no batch; the next start cuts it off"),
        (
            keys.ring.is_torn(),
            "the key ring ends in the middle of a key that nothing needs; the next start cuts it off",
        ),
        (lives, "a key that was ended is still in the key ring, as a kill leaves it; the next start destroys it"),
    ]
    .into_iter()
    .filter_map(|(is, what)| is.then_some(what))
}

/// The size of the log in the newest of the checkpoints.
pub(crate) fn size_in(slots: &[Slot; 2]) -> u64 {
    let size = |slot: &Slot| match slot {
        Slot::Note(_, note) => note.lines().nth(1)?.parse().ok(),
        Slot::Empty | Slot::Broken | Slot::OtherBuild(_) => None,
    };
    slots.iter().filter_map(size).max().unwrap_or_default()
}

fn at_end(walked: &Walked, what: &str) -> VerifyError {
    VerifyError::Fault(ReplayFault { log: walked.log, index: walked.tree.size(), what: what.to_owned() })
}

type RootAndRing = (Option<RootKey>, Result<KeyTable, RingError>);

/// The root key that opens the ring, also when a rotation of it was not finished, and the ring.
fn open_ring(layout: &Layout, file: &Path, running: bool) -> Result<RootAndRing, Unreadable> {
    let root = rotation::find(file, &layout.keys())?.map(|found| found.key);
    let reading = if running { OpenMode::Concurrent } else { OpenMode::Verify };
    let ring = match &root {
        Some(root) => KeyTable::load_table(Some(&layout.keys()), root.clone(), reading),
        None => Ok(KeyTable::empty()),
    };
    Ok((root, ring))
}

/// The key ring as it was when we looked.
struct RingSnapshot {
    /// `None` where there is no root key.
    root: Option<RootKey>,
    ring: KeyTable,
    /// The keys of all records before this were made before we looked; a running server may have gone on since.
    settled: RecordAddress,
}

impl RingSnapshot {
    fn open(
        layout: &Layout,
        key_file: Option<&Path>,
        settled: RecordAddress,
        running: bool,
        left_out: &mut Vec<String>,
    ) -> Result<Self, Unreadable> {
        let file = key_path(layout, key_file);
        let (mut root, mut ring) = open_ring(layout, &file, running)?;
        // A server that rotates its root key replaces ring and key file one after the other.
        for _ in 0..10 {
            if ring.is_ok() || !running {
                break;
            }
            (root, ring) = open_ring(layout, &file, running)?;
        }
        if let (None, Some(named)) = (&root, key_file) {
            return Err(Unreadable::NoRootKey(named.to_path_buf()));
        }
        if root.is_none() {
            left_out.push(format!(
                "there is no root key {}: the key ring was left out, sealed records were not opened and erased ones not \
                 counted; frames, leaves, trees and signatures were checked against the key in {}",
                file.display(),
                layout.verifier_key(FIRST).display()
            ));
        }
        Ok(Self { root, ring: ring?, settled })
    }

    /// What a log is held against: its key from the ring, where there is one; else what is kept for whoever has no root key.
    fn anchor(&self, layout: &Layout, log: Log) -> Result<Anchor, Unreadable> {
        if is_of_an_earlier_build(&self.ring) {
            return Err(OtherBuild::Earlier.into());
        }
        let own = self.root.as_ref().map(|_| self.log_key(log)).transpose()?;
        let path = layout.verifier_key(log);
        let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Unreadable::VerifierKeyMissing(path.clone()),
            _ => Unreadable::Io { path: path.clone(), error },
        })?;
        let read = text.strip_suffix('\n').and_then(read_verifier_key);
        let Some((origin, key)) = read else { return Err(Unreadable::NoVerifierKey(path)) };
        if own.is_some_and(|own| own != key) {
            return Err(Unreadable::OtherVerifierKey(path));
        }
        Ok(Anchor { origin, key })
    }

    fn log_key(&self, log: Log) -> Result<VerifyingKey, Unreadable> {
        let seed = match log {
            Log::Shard(shard) => self.ring.numbered_secret(SHARD_KEYS, shard.get()),
            Log::Logs => self.ring.secret(LOGS_KEY),
        };
        let seed = seed.ok_or_else(|| no_key(&self.ring, log))?;
        Ok(SigningKey::from_bytes(seed.bytes()).verifying_key())
    }

    /// Opens every record and fact of a batch that there is a key for.
    fn check(&self, batch: &ReplayedBatch, shard: ShardNumber, missing: &mut Missing) -> Result<(), ReplayFault> {
        if (RecordAddress { shard, index: batch.first }) < self.settled {
            return self.open_all(batch, shard, missing);
        }
        // Written since: what ended keys counts, what lacks one does not.
        let mut since = Missing::default();
        self.open_all(batch, shard, &mut since)?;
        missing.learn(since);
        Ok(())
    }

    fn open_all(&self, batch: &ReplayedBatch, shard: ShardNumber, missing: &mut Missing) -> Result<(), ReplayFault> {
        for (address, record) in batch.addressed(shard) {
            if self.root.is_some() || record.key == KeyId::NONE {
                replay::event_of(batch, record, address, &self.ring, missing)?;
            }
        }
        for (index, bytes) in &batch.facts {
            if self.root.is_some() || fact::is_open(bytes) {
                replay::fact_of(bytes, RecordAddress { shard, index: *index }, &self.ring, missing)?;
            }
        }
        Ok(())
    }
}

/// The database of a stopped server, as a copy: opening one writes to it.
fn open_database(
    layout: &Layout,
    look: &Look,
    left_out: &mut Vec<String>,
) -> Result<Option<(SledStore, DatabaseCopy)>, Unreadable> {
    if look.running {
        left_out.push("a server is running: its database was left out".into());
        return Ok(None);
    }
    if !layout.sled().exists() {
        left_out.push("there is no database; the next start makes it anew from the journal".into());
        return Ok(None);
    }
    if !layout.sled().join(NAME).exists() {
        left_out.push("the database is of an earlier build; the next start makes it anew from the journal".into());
        return Ok(None);
    }
    let copy = match DatabaseCopy::make(&layout.sled()) {
        Ok(copy) => copy,
        Err(error) if error.kind() == io::ErrorKind::StorageFull => {
            left_out.push(format!("{error}: the database was left out, which is looked at as a copy"));
            return Ok(None);
        }
        Err(error) => return Err(Unreadable::Copy(error)),
    };
    let store = SledStore::open(copy.folder()).map_err(Unreadable::Open)?;
    Ok(Some((store, copy)))
}
