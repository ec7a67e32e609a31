//! The start of a ledger: everything is read and held against each other before anything is written.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, RwLock};

use ed25519_dalek::SigningKey;
use model::event::EventKind;
use model::identity::{RecordAddress, ShardNumber};
use time::OffsetDateTime;
use vault::error::OtherBuild;
use vault::key::{RootKey, SecretName, purpose::Signing};
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyPurpose, KeyRing, KeyTable, OpenMode};
use vault::{root, rotation};

use super::answers::{self, AnswerBook, AnswersKnown};
use super::closing;
use super::erasure::Missing;
use super::files::{
    CheckpointFile, Journal, Layout, Log, make_folder, make_private, read_slots, replace_file, sync_folder,
};
use super::following::Following;
use super::held::{HeldRecords, KeyIndex, RecordIndex};
use super::lock::Lock;
use super::logs::{LOGS_KEY, LogOfLogs, Statements};
use super::origin::{FIRST, log_name};
use super::outside::{self, Last, LedgerEnd, NamedShard, Outside};
use super::replay::{self, Anchor, ReplayFault, ReplayedBatch, Walked, put_back};
use super::shards::{ClosedShard, FiledShard, HeldShard, OpenShard, PublishedLog, ShardRules};
use super::state::LedgerState;
use super::writer::{ShardDisk, Writer, WriterDisk, WriterShard};
use super::{Ledger, LedgerShared, Opening, QUEUE};
use crate::error::{DatabaseError, NoLogKey, RecoveryError};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::fact::{self, FactName};
use crate::formats::record::{SealedRecord, read_event};
use crate::store::behind::WriteBehind;
use crate::store::memory::MemoryStore;
use crate::store::sled_engine::{NAME, SledStore};
use crate::store::{Batch, FactRow, Position, Store, Watermark};

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
    let random = Arc::clone(&opening.random);
    let opened = match &opening.data {
        None => open_memory(&opening.origin, &*random)?,
        Some(data) => {
            open_disk(&Layout(data.clone()), databases, opening.key_file.as_deref(), &opening.origin, &*random)?
        }
    };
    let OpenedLedger { state, ring, store, position, disk, shard, logs, closed } = opened;
    let (queue, jobs) = sync_channel(QUEUE);
    let shared = Arc::new(LedgerShared {
        state: RwLock::new(state),
        ring,
        store: wrap(store),
        random,
        rules: Mutex::new(ShardRules::default()),
        queue: Mutex::new(Some(queue)),
        writer: Mutex::new(None),
        closer: Mutex::new(None),
        answers_known: AnswersKnown::default(),
        closing: AtomicBool::new(false),
        data: opening.data.clone(),
        key_file: opening
            .data
            .as_ref()
            .map(|data| opening.key_file.clone().unwrap_or_else(|| Layout(data.clone()).default_root_key())),
        #[cfg(any(test, feature = "fixture"))]
        unsealed: Mutex::default(),
        #[cfg(any(test, feature = "fixture"))]
        batch_hook: Mutex::default(),
    });
    answers::start(&shared, &closed)?;
    let closer = closing::start(&shared)?;
    let writer = Writer {
        shared: Arc::clone(&shared),
        site: opening.origin.clone(),
        disk,
        shard,
        logs,
        closer,
        held: None,
        position,
        unmarked: 0,
    };
    let thread = std::thread::Builder::new().name("writer".into()).spawn(move || writer.run(&jobs));
    let thread = thread.map_err(RecoveryError::io("the writer cannot be started"))?;
    *shared.writer.lock().expect("just made") = Some(thread);
    Ok(Ledger { shared })
}

struct OpenedLedger {
    state: LedgerState,
    ring: KeyRing,
    store: Box<dyn Store>,
    /// How far the store follows the journal.
    position: Option<Position>,
    disk: Option<WriterDisk>,
    shard: WriterShard,
    logs: LogOfLogs,
    /// The shards that are closed, each with when.
    closed: Vec<(ShardNumber, Option<i64>)>,
}

fn new_state(open: OpenShard, logs: PublishedLog) -> LedgerState {
    let closed = BTreeMap::new();
    LedgerState { open, closed, logs, erasures: Vec::new(), last: None, answers: AnswerBook::default() }
}

/// The keys that every ledger has and those of a shard that takes records, made where there are none; not durable yet.
pub fn ensure_keys(ring: &KeyRing, shard: ShardNumber, random: &dyn SecureRandom) {
    let of_shard = [KeyPurpose::Shard(shard.get()), SHARD_KEYS.numbered(shard.get())];
    for owner in [KeyPurpose::Audit, KeyPurpose::Suppression, LOGS_KEY.owner()].into_iter().chain(of_shard) {
        ring.ensure(owner, random);
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

fn open_memory(site: &str, random: &dyn SecureRandom) -> Result<OpenedLedger, RecoveryError> {
    let ring = KeyRing::open(None, RootKey::random(random), OpenMode::Start)?;
    let number = ShardNumber::FIRST;
    ensure_keys(&ring, number, random);
    let made = "made above";
    let (key, of_logs) = (shard_key(&ring.keys(), number).expect(made), logs_key(&ring.keys()).expect(made));
    let shard = WriterShard::new(site, number, key);
    let published = PublishedLog::new(log_name(site, Log::Logs), of_logs.verifying_key());
    let logs = LogOfLogs { published: published.clone(), key: of_logs, batches: 0, last: None, disk: None };
    let held = HeldShard { log: shard.published(), index: RecordIndex::in_memory() };
    let state = new_state(OpenShard { number, held }, published);
    Ok(OpenedLedger {
        state,
        ring,
        store: Box::new(MemoryStore::default()),
        position: None,
        disk: None,
        shard,
        logs,
        closed: Vec::new(),
    })
}

fn open_disk(
    layout: &Layout,
    databases: Databases,
    key_file: Option<&Path>,
    site: &str,
    random: &dyn SecureRandom,
) -> Result<OpenedLedger, RecoveryError> {
    let mut new = vec![layout.keys(), layout.journal(FIRST), layout.journals(), layout.0.clone()];
    new.retain(|folder| !folder.exists());
    let opened = open_locked(layout, databases, key_file, site, random);
    if opened.is_err() {
        // What was made for the lock; nothing that holds anything goes this way.
        for folder in new {
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

/// The shards that there are, by their journals or checkpoints, the first one at least. One in which nothing was begun is none yet.
///
/// # Errors
/// What the file system said.
pub fn found_shards(layout: &Layout) -> std::io::Result<Vec<FoundShard>> {
    let numbers: BTreeSet<_> =
        [ShardNumber::FIRST].into_iter().chain(layout.shards()?).chain(layout.checkpoints()?).collect();
    let mut shards = Vec::new();
    for number in numbers {
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
            let what =
                format!("its journal is missing, and there is one of shard {found}. {}", put_back(missing.into()));
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
    random: &dyn SecureRandom,
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
    let root = root_key(layout, &key_file, fresh && !last.is_there(), random)?;
    make_folder(&layout.keys()).map_err(RecoveryError::io("the key ring cannot be made"))?;
    let ring = KeyRing::open(Some(&layout.keys()), root.key.clone(), OpenMode::Start)?;
    if fresh {
        ensure_keys(&ring, open, random);
    }

    let of_logs = anchor(site, &ring.keys(), Log::Logs)?;
    let slots = read_slots(&layout.checkpoint(Log::Logs));
    let slots = slots.map_err(RecoveryError::io("the checkpoint file of the log of logs cannot be read"))?;
    let statements = Statements::load_statements(layout, &of_logs)?;
    let walk = Walk { layout, site, ring: &ring, statements: &statements, found: &found, last: &last };
    let mut start = Start::walk_shards(&walk)?;
    // What a kill left behind is mended below.
    let _behind = replay::check_outside(&slots, &statements.walked, false)?;
    statements.end_with(open)?;
    let last_record = start.last();
    last.check(&start.end(), last_record)?;
    let store = start.follow_journal(databases)?;
    let Start { filed, held, walked, missing, erasures, .. } = start;
    if last.says_go_on() {
        tracing::warn!("going on without what is missing, as the last checkpoint beside the root key says");
    }
    let position = store.watermark().map_err(DatabaseError::Read)?.map(|watermark| watermark.position());
    let store = WriteBehind::start(store).map_err(RecoveryError::io("the database's writer cannot be started"))?;
    // Everything adds up; from here on files are written that are not made anew.
    root.settle(&key_file, &ring, random)?;
    ensure_keys(&ring, open, random);
    ring.sync(random).map_err(RecoveryError::io("the key ring cannot be written"))?;
    finish_erasures(&ring, &missing, random)?;

    let shard = open_shard(layout, site, open, &walked.open, statements.opened(open), &ring)?;
    let mut logs = open_logs(layout, &statements, &of_logs, &ring)?;
    for (closed, note) in &walked.closed {
        // A kill may have come between the last record of a shard and this.
        if statements.last_of(*closed) != Some(note) {
            let at = last_record.map_or(0, OffsetDateTime::unix_timestamp);
            logs.enter(at, note).map_err(RecoveryError::io("the log of logs cannot be written"))?;
        }
    }
    for folder in [layout.journals(), layout.keys(), layout.0.clone()] {
        sync_folder(&folder).map_err(RecoveryError::io(format!("{} cannot be synced", folder.display())))?;
    }
    keep_to_ourselves(layout);
    // Before anything is recorded: from then on a ledger without it is an older copy.
    let mut outside = Outside::at(last_file);
    outside.begin(&shard.signed(), last_record.unwrap_or(OffsetDateTime::UNIX_EPOCH))?;
    let disk = WriterDisk { layout: layout.clone(), outside, lock };
    let of_open = HeldShard { log: shard.published(), index: held };
    let mut state = new_state(OpenShard { number: open, held: of_open }, logs.published.clone());
    state.closed = filed;
    state.erasures = erasures;
    state.last = last_record;
    let closed = state.closed.keys().map(|number| (*number, statements.closed_at(*number))).collect();
    Ok(OpenedLedger { state, ring, store: Box::new(store), position, disk: Some(disk), shard, logs, closed })
}

/// Whether the ring is of a build that knew one shard alone, whose key had a name of its own.
pub fn is_of_an_earlier_build(keys: &KeyTable) -> bool {
    const EARLIER: SecretName<Signing> = SecretName::new("log 0001");
    keys.find(EARLIER.owner()).is_some()
}

/// Why a log has no key: the ring lost it, or never had one of that shard.
pub fn no_key(keys: &KeyTable, log: Log) -> NoLogKey {
    match log {
        Log::Shard(shard) if shard_key(keys, ShardNumber::FIRST).is_some() => NoLogKey::OfShard(shard),
        Log::Shard(_) | Log::Logs => NoLogKey::OfLedger,
    }
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
        None => return Err(no_key(keys, log).into()),
    };
    Ok(Anchor { origin: log_name(site, log), key: key.verifying_key() })
}

/// What the shards are walked with.
struct Walk<'a> {
    layout: &'a Layout,
    site: &'a str,
    ring: &'a KeyRing,
    statements: &'a Statements,
    found: &'a [FoundShard],
    last: &'a Last,
}

/// What is found while the shards are walked.
struct Start<'a> {
    walk: &'a Walk<'a>,
    missing: Missing,
    last_readable: Option<(RecordAddress, SealedRecord)>,
    erasures: Vec<OffsetDateTime>,
    /// The shards that are closed.
    filed: BTreeMap<ShardNumber, ClosedShard>,
    /// What is known of the records of the shard that is open.
    held: RecordIndex,
    walked: WalkedShards,
}

/// The shards as they were walked.
struct WalkedShards {
    open: Walked,
    anchor: Anchor,
    /// Records in those that are closed.
    before: u64,
    /// The last checkpoint of each that is closed, of those that were walked.
    closed: Vec<(ShardNumber, String)>,
    /// The closed one that the last checkpoint beside the root key is of, and the records before it.
    named: Option<(Walked, Anchor, u64)>,
    open_is_named: bool,
}

impl<'a> Start<'a> {
    /// Reads the shard that is open, and those that are closed and have no folder yet. Records stay sealed: that they are those of the
    /// signed checkpoint, and that there is a key for each, is seen from outside.
    fn walk_shards(walk: &'a Walk<'a>) -> Result<Self, RecoveryError> {
        let (open, all_closed) = walk.found.split_last().expect("one at least");
        let anchor = anchor(walk.site, &walk.ring.keys(), open.number.into())?;
        let walked = WalkedShards {
            open: Walked::nothing(open.number.into()),
            open_is_named: walk.last.log_name() == Some(&anchor.origin),
            anchor: anchor.clone(),
            before: 0,
            closed: Vec::new(),
            named: None,
        };
        let mut start = Self {
            walk,
            missing: Missing::default(),
            last_readable: None,
            erasures: Vec::new(),
            filed: BTreeMap::new(),
            held: RecordIndex::in_journal(),
            walked,
        };
        for shard in all_closed {
            start.walk_closed(shard)?;
        }
        (start.walked.open, start.held) = start.walk_shard(open, &anchor)?;
        Ok(start)
    }

    /// A shard that is closed. One that has its folder is not read: it is looked at as a whole in the background.
    fn walk_closed(&mut self, shard: &FoundShard) -> Result<(), RecoveryError> {
        let Walk { layout, site, ring, statements, last, .. } = *self.walk;
        let number = shard.number;
        let anchor = anchor(site, &ring.keys(), number.into())?;
        let filed = FiledShard::found(layout, number, &anchor, statements.last_of(number));
        let is_named = last.log_name() == Some(&anchor.origin);
        let before = self.walked.before;
        if let Some(filed) = filed {
            let ends = filed.check_ends();
            if ends.is_err() {
                // Read as a whole it tells which file is wrong.
                let walked = replay::walk(layout, number, &anchor, |_| Ok(()))?;
                let _behind = replay::check_outside(&shard.slots, &walked, false)?;
                if walked.note != filed.flat.note() {
                    ends?;
                }
                // Else the journal is right, and the folder is made anew in the background.
            }
            self.walked.before += filed.flat.size();
            self.filed.insert(number, ClosedShard::InFiles(Arc::new(filed)));
            if is_named {
                self.walked.named = Some((replay::walk(layout, number, &anchor, |_| Ok(()))?, anchor, before));
            }
            return Ok(());
        }
        let (walked, index) = self.walk_shard(shard, &anchor)?;
        if walked.torn {
            let what = "its journal ends in the middle of a batch, though there is a later shard".to_owned();
            return Err(ReplayFault { log: walked.log, index: walked.tree.size(), what }.into());
        }
        self.walked.closed.push((number, walked.note.clone()));
        self.walked.before += walked.tree.size();
        let mut log = PublishedLog::new(anchor.origin.clone(), anchor.key);
        log.tree = walked.tree.clone();
        log.checkpoint.clone_from(&walked.note);
        self.filed.insert(number, ClosedShard::InMemory(Box::new(HeldShard { log, index })));
        if is_named {
            self.walked.named = Some((walked, anchor, before));
        }
        Ok(())
    }

    fn walk_shard(&mut self, shard: &FoundShard, anchor: &Anchor) -> Result<(Walked, RecordIndex), RecoveryError> {
        let FoundShard { number, slots } = shard;
        let Walk { layout, ring, statements, .. } = *self.walk;
        let keys = ring.keys();
        let (mut index, mut places) = (KeyIndex::default(), Vec::new());
        let walked = replay::walk_to_the_last(layout, *number, anchor, |batch| {
            for (record, place) in batch.records.iter().zip(&batch.places) {
                index.push(record.key);
                places.push(*place);
            }
            self.look_at(batch, *number, &keys);
            Ok(())
        })?;
        // What a kill left behind is mended later.
        let _behind = replay::check_outside(slots, &walked, false)?;
        statements.check(*number, &walked, anchor)?;
        let files = layout.journal_files(*number).map_err(RecoveryError::Journal)?;
        Ok((walked, RecordIndex { keys: index, records: HeldRecords::Journal { files, places } }))
    }

    /// Looks whether there is a key for every record and fact of a batch; takes the last record.
    fn look_at(&mut self, batch: &ReplayedBatch, shard: ShardNumber, keys: &KeyTable) {
        for (address, record) in batch.addressed(shard) {
            if record.key != KeyId::NONE && keys.key(record.key).is_none() {
                self.missing.record(record.key, address);
            }
        }
        for (index, bytes) in &batch.facts {
            let beside = RecordAddress { shard, index: *index };
            // Nobody misses an answer whose key is gone.
            if !fact::is_answer(bytes)
                && let Some(key) = FactName::read_name(bytes).and_then(|name| name.own_key())
                && keys.key(key).is_none()
            {
                self.missing.fact(key, beside);
            }
        }
        let readable =
            |(_, record): &(RecordAddress, &SealedRecord)| record.key == KeyId::NONE || keys.key(record.key).is_some();
        if let Some((address, record)) = batch.addressed(shard).filter(readable).last() {
            self.last_readable = Some((address, record.clone()));
        }
    }

    /// When the last record was made that can be read; where there is none, when the log of logs was last written to.
    fn last(&self) -> Option<OffsetDateTime> {
        let readable = self.last_readable.as_ref();
        let opened = readable.and_then(|(address, record)| record.open(*address, &self.walk.ring.keys()).ok());
        let event = opened.and_then(|(_, canonical)| read_event(&canonical).ok());
        let entered = self.walk.statements.last.as_ref().map(|(at, _)| *at);
        let entered = entered.map(|at| OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH));
        event.map(|event| event.head.at).or(entered)
    }

    fn end(&self) -> LedgerEnd<'_> {
        let WalkedShards { open, anchor, before, named, open_is_named, .. } = &self.walked;
        let named = match named {
            Some((walked, anchor, before)) => Some(NamedShard { walked, anchor, before: *before }),
            None => open_is_named.then_some(NamedShard { walked: open, anchor, before: *before }),
        };
        LedgerEnd { records: before + open.tree.size(), open, anchor, named }
    }

    /// Opens the database and gives it what it lacks of the journal, which was found right. One that does not follow this journal is set
    /// aside and made anew: whatever happens to it is a rebuild. What is only in the way, such as a full disk, moves nothing; and what our
    /// own signature says of a longer journal is evidence.
    fn follow_journal(&mut self, databases: Databases) -> Result<Box<dyn Store>, RecoveryError> {
        let layout = self.walk.layout;
        if databases == Databases::Kept && layout.sled().join(NAME).exists() {
            match self.follow(&layout.sled(), false) {
                Ok(store) => return Ok(store),
                Err(RecoveryError::Database(error)) if error.is_damage() => {
                    has_room(layout)?;
                    tracing::warn!("{error}: the database is set aside and made anew");
                }
                Err(error) => return Err(error),
            }
        }
        self.make_database()
    }

    /// Makes the database in a folder of its own, so that one which could not be finished is never taken for more. Those that
    /// there are make room once it is finished.
    fn make_database(&mut self) -> Result<Box<dyn Store>, RecoveryError> {
        let layout = self.walk.layout;
        let making = layout.sled_in_making();
        if making.exists() {
            std::fs::remove_dir_all(&making).map_err(DatabaseError::Make)?;
        }
        match self.follow(&making, true) {
            Ok(store) => store.release(),
            Err(error) => {
                // Nothing stands that did not stand before.
                let _stays = std::fs::remove_dir_all(&making);
                return Err(error);
            }
        }
        if layout.sled().exists() {
            set_aside(layout).map_err(DatabaseError::SetAside)?;
        }
        let renamed = std::fs::rename(&making, layout.sled()).and_then(|()| sync_folder(&layout.0));
        renamed.map_err(DatabaseError::Make)?;
        let store = SledStore::open(&layout.sled()).map_err(DatabaseError::Open)?;
        Ok(Box::new(store))
    }

    /// Opens a database, opens every record and fact behind its watermark, and gives it those; nothing is written before all of it is
    /// found right.
    fn follow(&mut self, folder: &Path, in_making: bool) -> Result<Box<dyn Store>, RecoveryError> {
        let store = SledStore::open(folder).map_err(DatabaseError::Open)?;
        let mut database = Following::open(Box::new(store), in_making)?;
        let mut missing = Missing::explained(database.ended()?);
        missing.extend(&self.missing);
        let moment = |at| OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let mut erasures: Vec<_> = database.erasures()?.into_iter().map(moment).collect();
        self.is_followed(&database)?;
        for shard in self.walk.found {
            self.follow_shard(shard.number, &mut database, &mut missing, &mut erasures)?;
        }
        missing.check()?;
        (self.missing, self.erasures) = (missing, erasures);
        Ok(database.finish()?)
    }

    /// Looks whether a database follows this journal.
    fn is_followed(&self, database: &Following) -> Result<(), RecoveryError> {
        let WalkedShards { open, anchor: of_open, .. } = &self.walked;
        let Walk { layout, site, ring, .. } = *self.walk;
        let Some(known) = database.known() else { return Ok(()) };
        let anchor = anchor(site, &ring.keys(), known.shard.into()).ok();
        let mut note = None;
        let mut takes = |batch: &ReplayedBatch| {
            if batch.number + 1 == known.batches {
                note = Some(batch.note.clone());
            }
            Ok(())
        };
        match (Log::Shard(known.shard), anchor) {
            (log, _) if log == open.log && known.batches == open.batches => {
                database.check(open, of_open, Some(&open.note))?;
            }
            (log, _) if log == open.log => {
                replay::walk_again(layout, known.shard, takes)?;
                database.check(open, of_open, note.as_ref())?;
            }
            (log, Some(anchor)) if log < open.log => {
                let walked = replay::walk(layout, known.shard, &anchor, &mut takes)?;
                database.check(&walked, &anchor, note.as_ref())?;
            }
            // It was begun, and has no record yet.
            (log, Some(_)) if known.checkpoint.is_empty() && is_next(open.log, log) => {}
            (log, Some(anchor)) => {
                database.check(&Walked::nothing(log), &anchor, None)?;
                return Err(DatabaseError::Disagrees.into());
            }
            (_, None) => return Err(DatabaseError::Disagrees.into()),
        }
        Ok(())
    }

    /// Gives a database what it lacks of a shard.
    fn follow_shard(
        &self,
        shard: ShardNumber,
        database: &mut Following,
        missing: &mut Missing,
        erasures: &mut Vec<OffsetDateTime>,
    ) -> Result<(), RecoveryError> {
        let WalkedShards { open, .. } = &self.walked;
        let Walk { layout, site, ring, statements, .. } = *self.walk;
        let is_open = open.log == shard.into();
        if database.knows_all(shard)
            || (is_open && open.batches.checked_sub(1).is_none_or(|last| database.knows(shard, last)))
        {
            return Ok(());
        }
        let keys = ring.keys();
        let mut unfit = None;
        let each = |batch: &ReplayedBatch| {
            if database.knows(shard, batch.number) {
                return Ok(());
            }
            let lacks = remember(batch, shard, &keys, missing, erasures)?;
            database.add(lacks).map_err(|error| {
                unfit = Some(error);
                ReplayFault { log: shard.into(), index: batch.first, what: "the database lacks it".to_owned() }
            })
        };
        // One with a folder was not read yet.
        let walked = if self.filed.get(&shard).is_some_and(|closed| !closed.is_in_memory()) {
            let anchor = anchor(site, &keys, shard.into())?;
            replay::walk(layout, shard, &anchor, each).and_then(|walked| statements.check(shard, &walked, &anchor))
        } else {
            replay::walk_again(layout, shard, each).map(|_| ())
        };
        unfit.map_or(Ok(()), Err)?;
        Ok(walked?)
    }
}

/// Whether one shard comes behind another.
fn is_next(shard: Log, next: Log) -> bool {
    match (shard, next) {
        (Log::Shard(shard), Log::Shard(next)) => next.get() == shard.get() + 1,
        _ => false,
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
    let key = shard_key(&ring.keys(), number).ok_or(NoLogKey::OfLedger)?;
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
    let key = logs_key(&ring.keys()).ok_or(NoLogKey::OfLedger)?;
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
    Ok((journal, mended_checkpoint(layout, walked)?))
}

/// The checkpoint file of a log, with both of its slots whole.
///
/// # Errors
/// What the file system said.
pub fn mended_checkpoint(layout: &Layout, walked: &Walked) -> Result<CheckpointFile, RecoveryError> {
    let mut checkpoint = CheckpointFile::open(&layout.checkpoint(walked.log))
        .map_err(RecoveryError::io("the checkpoint file cannot be opened"))?;
    mend_slots(&mut checkpoint, walked).map_err(RecoveryError::io("the checkpoint file cannot be written"))?;
    Ok(checkpoint)
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
    random: &dyn SecureRandom,
) -> Result<rotation::FoundRootKey, RecoveryError> {
    if let Some(found) = rotation::find(file, &layout.keys())? {
        return Ok(found);
    }
    if !fresh || layout.keys().exists() {
        return Err(RecoveryError::NoRootKey { file: file.to_path_buf(), data: layout.0.clone() });
    }
    root::create(file, random)?;
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

/// sled can take a full disk, or want of files, for damage: nothing is moved before we know that there is room.
fn has_room(layout: &Layout) -> Result<(), RecoveryError> {
    let path = layout.0.join("room");
    let written = std::fs::write(&path, vec![0xa5; 1 << 20]).and_then(|()| File::open(&path)?.sync_all());
    let removed = std::fs::remove_file(&path);
    let what = format!("the database cannot be opened, and {} cannot be written to", layout.0.display());
    written.and(removed).map_err(RecoveryError::io(what))
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

/// Opens every record and fact of a batch that there is a key for, and gives what a database takes of it.
fn remember(
    batch: &ReplayedBatch,
    shard: ShardNumber,
    keys: &KeyTable,
    missing: &mut Missing,
    erasures: &mut Vec<OffsetDateTime>,
) -> Result<Batch, ReplayFault> {
    let mut taken = Batch::at(Watermark { shard, batches: batch.number + 1, checkpoint: batch.note.clone() });
    for (address, record) in batch.addressed(shard) {
        if let Some(event) = replay::event_of(batch, record, address, keys, missing)? {
            erasures.extend((event.kind() == EventKind::Erased).then_some(event.head.at));
            taken.note(&event, address);
        }
    }
    for (index, bytes) in &batch.facts {
        let beside = RecordAddress { shard, index: *index };
        if replay::fact_of(bytes, beside, keys, missing)?.is_some() {
            taken.facts.extend(FactRow::from_journal(bytes, beside));
        }
    }
    Ok(taken)
}

/// Ends what a kill left half ended.
fn finish_erasures(ring: &KeyRing, missing: &Missing, random: &dyn SecureRandom) -> Result<(), RecoveryError> {
    let lives: HashSet<KeyId> = {
        let keys = ring.keys();
        missing.destroyed().iter().filter(|id| keys.key(**id).is_some()).copied().collect()
    };
    let destroyed = ring.destroy(&lives, random).and_then(|()| ring.sweep());
    destroyed.map_err(RecoveryError::io("the key ring cannot be written"))
}
