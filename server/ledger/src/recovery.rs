//! The start of a ledger: everything is read and held against each other before anything is written.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, RwLock};

use ed25519_dalek::SigningKey;
use model::identity::{RecordAddress, ShardNumber};
use time::OffsetDateTime;
use tlog::checkpoint::Checkpoint;
use vault::error::OtherBuild;
use vault::key::{RootKey, SecretName, purpose::Signing};
use vault::random::SecureRandom;
use vault::ring::{KeyPurpose, KeyRing, KeyTable, OpenMode};
use vault::{root, rotation};

use super::answers::AnswerBook;
use super::closing;
use super::erasure::Missing;
use super::files::{
    CheckpointFile, Journal, Layout, Log, make_folder, make_private, read_slots, replace_file, sync_folder,
};
use super::lock::Lock;
use super::logs::{LOGS_KEY, LogOfLogs, Statements};
use super::origin::{FIRST, log_name};
use super::outside::{self, Last, LedgerEnd, NamedShard, Outside};
use super::replay::{self, Anchor, ReplayFault, ReplayedBatch, Walked};
use super::shards::{ClosedShard, OpenShard, PublishedLog, ShardRules};
use super::state::{Facts, LedgerState};
use super::writer::{ShardDisk, Writer, WriterDisk, WriterShard};
use super::{Ledger, LedgerShared, Opening, QUEUE};
use crate::error::{DatabaseError, RecoveryError};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::record::SealedRecord;
use crate::store::behind::WriteBehind;
use crate::store::memory::MemoryStore;
use crate::store::sled_engine::SledStore;
use crate::store::{Batch, Store};

/// The signing keys of shards in the ring, one a shard by its number.
pub const SHARD_KEYS: SecretName<Signing> = SecretName::new("log");

/// What becomes of the databases that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Databases {
    /// They are kept, if they are the journal's.
    Kept,
    /// They are set aside, and made anew.
    Anew,
}

/// Opens a ledger and starts its writer, with something put before the databases.
pub fn open_with(
    opening: &Opening,
    databases: Databases,
    wrap: impl FnOnce(Box<dyn Store>) -> Box<dyn Store>,
) -> Result<Ledger, RecoveryError> {
    let entropy = Arc::clone(&opening.entropy);
    let opened = match &opening.data {
        None => open_memory(&opening.origin, &*entropy)?,
        Some(data) => {
            open_disk(&Layout(data.clone()), databases, opening.key_file.as_deref(), &opening.origin, &*entropy)?
        }
    };
    let OpenedLedger { state, ring, store, disk, shard, logs } = opened;
    let (queue, jobs) = sync_channel(QUEUE);
    let shared = Arc::new(LedgerShared {
        state: RwLock::new(state),
        ring,
        store: wrap(store),
        entropy,
        rules: Mutex::new(ShardRules::default()),
        queue: Mutex::new(Some(queue)),
        writer: Mutex::new(None),
        closer: Mutex::new(None),
        closing: AtomicBool::new(false),
        data: opening.data.clone(),
        key_file: opening
            .data
            .as_ref()
            .map(|data| opening.key_file.clone().unwrap_or_else(|| Layout(data.clone()).default_root_key())),
        #[cfg(any(test, feature = "fixture"))]
        unsealed: Mutex::default(),
    });
    let closer = closing::start(&shared)?;
    let writer =
        Writer { shared: Arc::clone(&shared), site: opening.origin.clone(), disk, shard, logs, closer, held: None };
    let thread = std::thread::Builder::new().name("writer".into()).spawn(move || writer.run(&jobs));
    let thread = thread.map_err(RecoveryError::io("the writer cannot be started"))?;
    *shared.writer.lock().expect("just made") = Some(thread);
    Ok(Ledger { shared })
}

struct OpenedLedger {
    state: LedgerState,
    ring: KeyRing,
    store: Box<dyn Store>,
    disk: Option<WriterDisk>,
    shard: WriterShard,
    logs: LogOfLogs,
}

fn new_state(open: OpenShard, logs: PublishedLog) -> LedgerState {
    LedgerState {
        open,
        closed: BTreeMap::new(),
        logs,
        by_subject: HashMap::new(),
        facts: Facts::default(),
        erasures: Vec::new(),
        last: None,
        answers: AnswerBook::default(),
    }
}

/// The keys that every ledger has and those of a shard that takes records, made where there are none; not durable yet.
pub fn ensure_keys(ring: &KeyRing, shard: ShardNumber, entropy: &dyn SecureRandom) {
    let of_shard = [KeyPurpose::Shard(shard.get()), SHARD_KEYS.numbered(shard.get())];
    for owner in [KeyPurpose::Audit, KeyPurpose::Suppression, LOGS_KEY.owner()].into_iter().chain(of_shard) {
        ring.ensure(owner, entropy);
    }
}

/// The key that a shard's checkpoints are signed with.
pub fn shard_key(keys: &KeyTable, shard: ShardNumber) -> Option<SigningKey> {
    keys.made_numbered(SHARD_KEYS, shard.get()).map(|seed| SigningKey::from_bytes(seed.bytes()))
}

/// The key that the log of logs is signed with.
pub fn logs_key(keys: &KeyTable) -> Option<SigningKey> {
    keys.made(LOGS_KEY).map(|seed| SigningKey::from_bytes(seed.bytes()))
}

fn open_memory(site: &str, entropy: &dyn SecureRandom) -> Result<OpenedLedger, RecoveryError> {
    let ring = KeyRing::open(None, RootKey::random(entropy), OpenMode::Start)?;
    let number = ShardNumber::FIRST;
    ensure_keys(&ring, number, entropy);
    let made = "made above";
    let (key, of_logs) = (shard_key(&ring.keys(), number).expect(made), logs_key(&ring.keys()).expect(made));
    let shard = WriterShard::new(site, number, key);
    let published = PublishedLog::new(log_name(site, Log::Logs), of_logs.verifying_key());
    let logs = LogOfLogs { published: published.clone(), key: of_logs, batches: 0, last: None, disk: None };
    let state = new_state(OpenShard { number, log: shard.published() }, published);
    Ok(OpenedLedger { state, ring, store: Box::new(MemoryStore::default()), disk: None, shard, logs })
}

fn open_disk(
    layout: &Layout,
    databases: Databases,
    key_file: Option<&Path>,
    site: &str,
    entropy: &dyn SecureRandom,
) -> Result<OpenedLedger, RecoveryError> {
    let was_there = layout.0.exists();
    let opened = open_locked(layout, databases, key_file, site, entropy);
    if opened.is_err() && !was_there {
        // What was made for the lock; nothing that holds anything goes this way.
        for folder in [layout.keys(), layout.journal(FIRST), layout.journals(), layout.0.clone()] {
            let _stays = std::fs::remove_dir(folder);
        }
    }
    opened
}

/// A shard as its files are found.
pub struct FoundShard {
    pub number: ShardNumber,
    pub slots: [Slot; 2],
}

/// The shards that there are, the first one at least. One in whose journal nothing was begun is none yet.
///
/// # Errors
/// What the file system said.
pub fn found_shards(layout: &Layout) -> std::io::Result<Vec<FoundShard>> {
    let numbers = layout.shards()?.into_iter().filter(|number| *number != ShardNumber::FIRST);
    let mut shards = Vec::new();
    for number in [ShardNumber::FIRST].into_iter().chain(numbers) {
        let slots = read_slots(&layout.checkpoint(number))?;
        let begun = slots != [Slot::Empty, Slot::Empty] || !layout.journal_files(number)?.is_empty();
        if begun || number == ShardNumber::FIRST {
            shards.push(FoundShard { number, slots });
        }
    }
    Ok(shards)
}

/// Looks whether every shard up to the last one is there.
///
/// # Errors
/// The first that is missing.
pub fn no_gap(shards: &[FoundShard]) -> Result<(), ReplayFault> {
    for (wanted, FoundShard { number: found, .. }) in (1..).zip(shards) {
        if let Some(missing) = ShardNumber::new(wanted).filter(|wanted| wanted != found) {
            let what = format!("its journal is missing, and there is one of shard {found}. Put back the folder");
            return Err(ReplayFault { log: missing.into(), index: 0, what });
        }
    }
    Ok(())
}

fn open_locked(
    layout: &Layout,
    databases: Databases,
    key_file: Option<&Path>,
    site: &str,
    entropy: &dyn SecureRandom,
) -> Result<OpenedLedger, RecoveryError> {
    let lock = Lock::take_lock(layout)?;
    let key_file = key_file.map_or_else(|| layout.default_root_key(), PathBuf::from);
    let last_file = outside::path(&key_file, &log_name(site, FIRST));
    let last = Last::load_checkpoint(last_file.clone())?;
    let found = found_shards(layout).map_err(RecoveryError::io("the journals and their checkpoints cannot be read"))?;
    no_gap(&found)?;
    let open = found.last().expect("one at least").number;
    let has_journal = !layout.journal_files(FIRST).map_err(RecoveryError::Journal)?.is_empty();
    let fresh = !has_journal && found.iter().all(|shard| shard.slots == [Slot::Empty, Slot::Empty]);
    let root = root_key(layout, &key_file, fresh && !last.is_there(), entropy)?;
    make_folder(&layout.keys()).map_err(RecoveryError::io("the key ring cannot be made"))?;
    let ring = KeyRing::open(Some(&layout.keys()), root.key.clone(), OpenMode::Start)?;
    if fresh {
        ensure_keys(&ring, open, entropy);
    }

    let of_logs = anchor(site, &ring.keys(), Log::Logs)?;
    let slots = read_slots(&layout.checkpoint(Log::Logs));
    let slots = slots.map_err(RecoveryError::io("the checkpoint file of the log of logs cannot be read"))?;
    let statements = Statements::load_statements(layout, &of_logs)?;
    let published = PublishedLog::new(of_logs.origin.clone(), of_logs.key);
    let mut start = Start {
        layout,
        site,
        ring: &ring,
        statements: &statements,
        state: new_state(OpenShard { number: open, log: published.clone() }, published),
        missing: Missing::default(),
    };
    let walked = start.walk_shards(&found, &last)?;
    let Start { mut state, missing, .. } = start;
    // What a kill left behind is mended below.
    let _behind = replay::check_outside(&slots, &statements.walked, false)?;
    statements.end_with(open)?;
    missing.check()?;
    last.check(&walked.end(), state.last)?;
    if last.says_go_on() {
        tracing::warn!("going on without what is missing, as the last checkpoint beside the root key says");
    }
    let next = next_shard(site, open, &ring);
    let next = next.as_ref().map(|(walked, anchor)| (walked, anchor));
    let store = open_store(layout, databases, &walked.in_databases(), next)?;
    let store = WriteBehind::start(store).map_err(RecoveryError::io("the database's writer cannot be started"))?;
    // Everything adds up; from here on files are written that are not made anew.
    root.settle(&key_file, &ring, entropy)?;
    ensure_keys(&ring, open, entropy);
    ring.sync(entropy).map_err(RecoveryError::io("the key ring cannot be written"))?;
    finish_erasures(&mut state, &ring, &missing, entropy)?;
    let filed = state.closed.iter().filter(|(_, shard)| !shard.is_in_memory()).map(|(number, _)| *number);
    // A first batch that a kill took from the next shard's journal may stand in its database.
    for number in filed.chain(ShardNumber::new(open.get() + 1)) {
        store.remove(number).map_err(DatabaseError::Write)?;
    }

    let shard = open_shard(layout, site, open, &walked.open, statements.opened(open), &ring)?;
    let mut logs = open_logs(layout, &statements, &of_logs, &ring)?;
    for (closed, note) in &walked.closed {
        // A kill may have come between the last record of a shard and this.
        if statements.last_of(*closed) != Some(note) {
            let at = state.last.map_or(0, OffsetDateTime::unix_timestamp);
            logs.enter(at, note).map_err(RecoveryError::io("the log of logs cannot be written"))?;
        }
    }
    state.open.log = shard.published();
    state.logs = logs.published.clone();
    for folder in [layout.journals(), layout.keys(), layout.0.clone()] {
        sync_folder(&folder).map_err(RecoveryError::io(format!("{} cannot be synced", folder.display())))?;
    }
    keep_to_ourselves(layout);
    // Before anything is recorded: from then on a ledger without it is an older copy.
    let mut outside = Outside::at(last_file);
    outside.begin(&shard.signed(), state.last.unwrap_or(OffsetDateTime::UNIX_EPOCH))?;
    let disk = WriterDisk { layout: layout.clone(), outside, lock };
    Ok(OpenedLedger { state, ring, store: Box::new(store), disk: Some(disk), shard, logs })
}

/// Whether the ring is of a build that knew one shard alone, whose key had a name of its own.
pub fn is_of_an_earlier_build(keys: &KeyTable) -> bool {
    const EARLIER: SecretName<Signing> = SecretName::new("log 0001");
    keys.find(EARLIER.owner()).is_some()
}

/// What a log is held against: its name, and the key in the ring.
fn anchor(site: &str, keys: &KeyTable, log: Log) -> Result<Anchor, RecoveryError> {
    let key = match log {
        Log::Shard(shard) => shard_key(keys, shard),
        Log::Logs => logs_key(keys),
    };
    let key = match key {
        Some(key) => key,
        None if is_of_an_earlier_build(keys) => return Err(OtherBuild::Earlier.into()),
        None => return Err(RecoveryError::NoLogKey),
    };
    Ok(Anchor { origin: log_name(site, log), key: key.verifying_key() })
}

/// What is found while the shards are walked.
struct Start<'a> {
    layout: &'a Layout,
    site: &'a str,
    ring: &'a KeyRing,
    statements: &'a Statements,
    state: LedgerState,
    missing: Missing,
}

/// The shards as they were walked.
struct WalkedShards {
    open: Walked,
    anchor: Anchor,
    /// Records in those that are closed.
    before: u64,
    /// The last checkpoint of each that is closed.
    closed: Vec<(ShardNumber, String)>,
    /// Those of them whose records stand in the database.
    in_database: Vec<(Walked, Anchor)>,
    /// The closed one that the last checkpoint beside the root key is of, and the records before it.
    named: Option<(Walked, Anchor, u64)>,
    open_is_named: bool,
}

impl WalkedShards {
    fn end(&self) -> LedgerEnd<'_> {
        let WalkedShards { open, anchor, before, .. } = self;
        let named = match &self.named {
            Some((walked, anchor, before)) => Some(NamedShard { walked, anchor, before: *before }),
            None => self.open_is_named.then_some(NamedShard { walked: open, anchor, before: *before }),
        };
        LedgerEnd { records: before + open.tree.size(), open, anchor, named }
    }

    /// Those whose records are read from the databases.
    fn in_databases(&self) -> Vec<(&Walked, &Anchor)> {
        let closed = self.in_database.iter().map(|(walked, anchor)| (walked, anchor));
        closed.chain([(&self.open, &self.anchor)]).collect()
    }
}

impl Start<'_> {
    fn walk_shards(&mut self, found: &[FoundShard], last: &Last) -> Result<WalkedShards, RecoveryError> {
        let (mut closed, mut in_database, mut named, mut before) = (Vec::new(), Vec::new(), None, 0);
        let (open, all_closed) = found.split_last().expect("one at least");
        for FoundShard { number, slots } in all_closed {
            let (walked, anchor) = self.walk_shard(*number, slots)?;
            if walked.torn {
                let what = "its journal ends in the middle of a batch, though there is a later shard".to_owned();
                return Err(ReplayFault { log: walked.log, index: walked.tree.size(), what }.into());
            }
            closed.push((*number, walked.note.clone()));
            let size = walked.tree.size();
            let shard = ClosedShard::found(self.layout, *number, &walked, &anchor);
            if last.log_name() == Some(&anchor.origin) {
                named = Some((walked.clone(), anchor.clone(), before));
            }
            if shard.is_in_memory() {
                in_database.push((walked, anchor));
            }
            self.state.closed.insert(*number, shard);
            before += size;
        }
        let (walked, anchor) = self.walk_shard(open.number, &open.slots)?;
        let open_is_named = last.log_name() == Some(&anchor.origin);
        Ok(WalkedShards { open: walked, anchor, before, closed, in_database, named, open_is_named })
    }

    fn walk_shard(&mut self, number: ShardNumber, slots: &[Slot; 2]) -> Result<(Walked, Anchor), RecoveryError> {
        let keys = self.ring.keys();
        let anchor = anchor(self.site, &keys, number.into())?;
        let (state, missing) = (&mut self.state, &mut self.missing);
        let walked =
            replay::walk(self.layout, number, &anchor, |batch| remember(state, number, &keys, missing, batch))?;
        // What a kill left behind is mended below.
        let _behind = replay::check_outside(slots, &walked, false)?;
        self.statements.check(number, &walked, &anchor)?;
        Ok((walked, anchor))
    }
}

/// The open shard, for the writer to go on with.
fn open_shard(
    layout: &Layout,
    site: &str,
    number: ShardNumber,
    walked: &Walked,
    opened: Option<i64>,
    ring: &KeyRing,
) -> Result<WriterShard, RecoveryError> {
    let key = shard_key(&ring.keys(), number).ok_or(RecoveryError::NoLogKey)?;
    let mut shard = WriterShard::new(site, number, key);
    shard.tree = walked.tree.clone();
    shard.note.clone_from(&walked.note);
    shard.batches = walked.batches;
    shard.opened = opened;
    keep_verifier_key(layout, number.into(), &shard.published())?;
    let (journal, checkpoint) = go_on(layout, walked)?;
    shard.disk = Some(ShardDisk { journal, checkpoint });
    Ok(shard)
}

/// The log of logs, for the writer to go on with.
fn open_logs(
    layout: &Layout,
    statements: &Statements,
    anchor: &Anchor,
    ring: &KeyRing,
) -> Result<LogOfLogs, RecoveryError> {
    let key = logs_key(&ring.keys()).ok_or(RecoveryError::NoLogKey)?;
    let mut published = PublishedLog::new(anchor.origin.clone(), anchor.key);
    published.tree = statements.walked.tree.clone();
    published.checkpoint.clone_from(&statements.walked.note);
    keep_verifier_key(layout, Log::Logs, &published)?;
    let disk = Some(go_on(layout, &statements.walked)?);
    Ok(LogOfLogs { published, key, batches: statements.walked.batches, last: statements.last.clone(), disk })
}

/// Journal and checkpoint of a log, what a kill left of them mended.
fn go_on(layout: &Layout, walked: &Walked) -> Result<(Journal, CheckpointFile), RecoveryError> {
    let end = walked.end.as_ref().map(|(path, end)| (path.as_path(), *end));
    let journal = Journal::open(layout, walked.log, end).map_err(RecoveryError::io("the journal cannot be opened"))?;
    let mut checkpoint = CheckpointFile::open(&layout.checkpoint(walked.log))
        .map_err(RecoveryError::io("the checkpoint file cannot be opened"))?;
    mend_slots(&mut checkpoint, walked).map_err(RecoveryError::io("the checkpoint file cannot be written"))?;
    Ok((journal, checkpoint))
}

/// A directory from before is made private, too.
fn keep_to_ourselves(layout: &Layout) {
    let marked = File::options().write(true).create(true).truncate(false).open(layout.lock());
    if let Err(error) = marked.and_then(|_| make_private(&layout.0)) {
        tracing::warn!("{} cannot be made private to its owner: {error}", layout.0.display());
    }
}

/// Writes the last checkpoint into its slot again, so that both slots are whole after every start.
fn mend_slots(file: &mut CheckpointFile, walked: &Walked) -> std::io::Result<()> {
    let Some(last) = walked.batches.checked_sub(1) else { return Ok(()) };
    file.write(last, &walked.note)?;
    match last.checked_sub(1) {
        // The other slot holds the same checkpoint under the number before it, which the next batch but one replaces.
        Some(before) => file.write(before, &walked.note),
        None => file.empty(1),
    }
}

fn root_key(
    layout: &Layout,
    file: &Path,
    fresh: bool,
    entropy: &dyn SecureRandom,
) -> Result<rotation::FoundRootKey, RecoveryError> {
    if let Some(found) = rotation::find(file, &layout.keys())? {
        return Ok(found);
    }
    if !fresh || layout.keys().exists() {
        return Err(RecoveryError::NoRootKey { file: file.to_path_buf(), data: layout.0.clone() });
    }
    root::create(file, entropy)?;
    rotation::find(file, &layout.keys())?.ok_or_else(|| RecoveryError::RootKeyVanished(file.to_path_buf()))
}

/// Writes a log's verifier key where whoever has no root key finds it.
pub fn keep_verifier_key(layout: &Layout, log: Log, published: &PublishedLog) -> Result<(), RecoveryError> {
    let path = layout.verifier_key(log);
    let text = published.verifier_key() + "\n";
    let write = || -> std::io::Result<()> {
        make_folder(&layout.0.join("checkpoint"))?;
        let stands = std::fs::read_to_string(&path).ok().as_ref() == Some(&text);
        if stands { Ok(()) } else { replace_file(&path, text.as_bytes()) }
    };
    write().map_err(RecoveryError::io(format!("{} cannot be written", path.display())))
}

/// The shard that is begun next, if its keys were made already: its journal has nothing.
fn next_shard(site: &str, open: ShardNumber, ring: &KeyRing) -> Option<(Walked, Anchor)> {
    let number = ShardNumber::new(open.get() + 1)?;
    let anchor = anchor(site, &ring.keys(), number.into()).ok()?;
    Some((Walked::nothing(number.into()), anchor))
}

/// Opens the databases and gives them what they lack. Those that do not hold what they once held, or are not a beginning
/// of what stands in the journal, are set aside and made anew: whatever happens to them is a rebuild. What is only in the
/// way, such as a full disk, moves nothing; and what our own signature says of a longer journal is evidence.
fn open_store(
    layout: &Layout,
    databases: Databases,
    shards: &[(&Walked, &Anchor)],
    next: Option<(&Walked, &Anchor)>,
) -> Result<Box<dyn Store>, RecoveryError> {
    if databases == Databases::Kept && layout.sled().exists() {
        let opened = open_databases(&layout.sled()).and_then(|store| {
            shards
                .iter()
                .copied()
                .chain(next)
                .try_for_each(|(walked, anchor)| refuse_evidence(&store, walked, anchor))?;
            complete_all(layout, shards, &store)?;
            Ok(store)
        });
        match opened {
            Ok(store) => return Ok(Box::new(store)),
            Err(error) if !error.is_damage() => return Err(error.into()),
            Err(error) => {
                has_room(layout)?;
                tracing::warn!("{error}: the database is set aside and made anew");
            }
        }
    }
    Ok(make_databases(layout, shards)?)
}

fn open_databases(folder: &Path) -> Result<SledStore, DatabaseError> {
    SledStore::open(folder).map_err(DatabaseError::Open)
}

/// Makes the databases in a folder of their own, so that one which could not be finished is never taken for more. Those that
/// there are make room once it is finished.
fn make_databases(layout: &Layout, shards: &[(&Walked, &Anchor)]) -> Result<Box<dyn Store>, DatabaseError> {
    let making = layout.sled_in_making();
    if making.exists() {
        std::fs::remove_dir_all(&making).map_err(DatabaseError::Make)?;
    }
    let store = open_databases(&making)?;
    complete_all(layout, shards, &store)?;
    store.release();
    if layout.sled().exists() {
        set_aside(layout).map_err(DatabaseError::SetAside)?;
    }
    let renamed = std::fs::rename(&making, layout.sled()).and_then(|()| sync_folder(&layout.0));
    renamed.map_err(DatabaseError::Make)?;
    let store = open_databases(&layout.sled())?;
    complete_all(layout, shards, &store)?;
    Ok(Box::new(store))
}

/// sled can take a full disk, or want of files, for damage: nothing is moved before we know that there is room.
fn has_room(layout: &Layout) -> Result<(), RecoveryError> {
    let path = layout.0.join("room");
    let written = std::fs::write(&path, vec![0xa5; 1 << 20]).and_then(|()| File::open(&path)?.sync_all());
    let removed = std::fs::remove_file(&path);
    let what = format!("the database cannot be opened, and {} cannot be written to", layout.0.display());
    written.and(removed).map_err(RecoveryError::io(what))
}

/// Refuses a database whose signed checkpoint is further on than the one batch that a power cut can take from the journal,
/// or tells of other records: then it is the journal that lacks something.
fn refuse_evidence(store: &dyn Store, walked: &Walked, anchor: &Anchor) -> Result<(), DatabaseError> {
    let Log::Shard(shard) = walked.log else { return Ok(()) };
    let Some(note) = store.checkpoint(shard).map_err(DatabaseError::Read)? else { return Ok(()) };
    // Of another log it says nothing about this one.
    let signed = Checkpoint::open(&note, &anchor.key).filter(|signed| signed.origin == anchor.origin);
    let Some(signed) = signed else { return Ok(()) };
    let batches = store.batches(shard).map_err(DatabaseError::Read)?;
    let size = walked.tree.size();
    match walked.tree.root_at(signed.size) {
        Some(root) if root == signed.root => Ok(()),
        Some(_) => Err(DatabaseError::TellsOfOthers(signed.size)),
        None if batches <= walked.recorded + 1 => Ok(()),
        None => Err(DatabaseError::TellsOfMore { has: size, told: signed.size }),
    }
}

fn complete_all(layout: &Layout, shards: &[(&Walked, &Anchor)], store: &dyn Store) -> Result<(), DatabaseError> {
    let numbers = shards.iter().filter_map(|(walked, _)| match walked.log {
        Log::Shard(shard) => Some(shard),
        Log::Logs => None,
    });
    for shard in numbers {
        complete(layout, shard, store)?;
    }
    store.sync().map_err(DatabaseError::Sync)
}

/// Compares what a database holds with the journal, record by record, and adds the tail that it lacks.
fn complete(layout: &Layout, shard: ShardNumber, store: &dyn Store) -> Result<(), DatabaseError> {
    let stored = store.size(shard).map_err(DatabaseError::Read)?;
    let note = store.checkpoint(shard).map_err(DatabaseError::Read)?;
    // A database that ends where a batch ends only lacks the batches behind it.
    let mut agrees = stored == 0 && note.is_none();
    let mut unfit = None;
    let walked = replay::walk_again(layout, shard, |batch| {
        let outcome = if batch.records.is_empty() {
            Ok(())
        } else if batch.first < stored {
            agrees = batch.end() == stored && note.as_ref() == Some(&batch.note);
            same(batch, shard, store)
        } else if agrees {
            add(batch, shard, store)
        } else {
            Err(DatabaseError::Disagrees)
        };
        outcome.map_err(|what| {
            unfit = Some(what);
            ReplayFault { log: shard.into(), index: batch.first, what: "the database differs".into() }
        })
    });
    match (unfit, walked) {
        (Some(unfit), _) => Err(unfit),
        (None, Err(fault)) => Err(fault.into()),
        (None, Ok(_)) if !agrees => Err(DatabaseError::Ahead),
        (None, Ok(_)) => Ok(()),
    }
}

fn same(batch: &ReplayedBatch, shard: ShardNumber, store: &dyn Store) -> Result<(), DatabaseError> {
    for (address, record) in batch.addressed(shard) {
        let copy = store.record(address);
        let copy = copy.map_err(|error| DatabaseError::Record { index: address.index, error })?;
        if copy.is_none_or(|copy| copy != record.to_bytes()) {
            return Err(DatabaseError::OtherRecord(address.index));
        }
    }
    Ok(())
}

fn add(batch: &ReplayedBatch, shard: ShardNumber, store: &dyn Store) -> Result<(), DatabaseError> {
    let records = batch.records.iter().map(SealedRecord::to_bytes).collect();
    let added =
        store.append(shard, batch.first, &Arc::new(Batch { records, checkpoint: batch.note.clone(), batches: 1 }));
    added.map_err(DatabaseError::Write)
}

/// Renames the databases; nothing is ever deleted by itself.
fn set_aside(layout: &Layout) -> std::io::Result<()> {
    let mut aside = layout.0.join("sled.aside-1");
    let mut number = 1;
    while aside.exists() {
        number += 1;
        aside = layout.0.join(format!("sled.aside-{number}"));
    }
    std::fs::rename(layout.sled(), aside)
}

/// Takes note of a batch in memory, opening every record and fact that there is a key for.
fn remember(
    state: &mut LedgerState,
    shard: ShardNumber,
    keys: &KeyTable,
    missing: &mut Missing,
    batch: &ReplayedBatch,
) -> Result<(), ReplayFault> {
    for (address, record) in batch.addressed(shard) {
        if let Some(event) = replay::event_of(batch, record, address, keys, missing)? {
            state.index(&event, address);
        }
    }
    for (index, bytes) in &batch.facts {
        let beside = RecordAddress { shard, index: *index };
        if let Some(fact) = replay::fact_of(bytes, beside, keys, missing)? {
            state.apply(fact, beside);
        }
    }
    Ok(())
}

/// Ends what a kill left half ended.
fn finish_erasures(
    state: &mut LedgerState,
    ring: &KeyRing,
    missing: &Missing,
    entropy: &dyn SecureRandom,
) -> Result<(), RecoveryError> {
    state.forget(missing.destroyed(), &ring.keys());
    let destroyed = ring.destroy(missing.destroyed(), entropy).and_then(|()| ring.sweep());
    destroyed.map_err(RecoveryError::io("the key ring cannot be written"))
}
