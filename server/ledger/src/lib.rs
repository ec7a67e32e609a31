//! The one writer: batches, order of durability, start-up, verify, rebuild.
//!
//! Everything that is ever recorded comes through [`Ledger::append`]; there is no second road to the ledger.
//!
//! Which error belongs where: [`error::RecoveryError`] is why a ledger was not opened, [`verify::VerifyError`] why it was not
//! verified, [`AppendError`] whether an event without an acknowledgement may stand, [`ReadError`] why one cannot be told;
//! [`store::StorageError`] is what an engine says, and whether it is of what is kept or only in the way. What failed in the
//! writer is for the log alone: whoever waited is told by an [`AppendError`].

mod answers;
pub mod backup;
pub mod clock;
mod closing;
mod erasure;
pub mod error;
pub mod files;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod flat;
mod following;
pub mod formats;
mod held;
pub mod kept_away;
mod lock;
mod logs;
pub mod marks;
pub mod observe;
pub mod origin;
mod outside;
mod recovery;
mod replay;
mod roots;
pub mod shards;
mod state;
pub mod store;
mod target;
#[cfg(test)]
mod tests;
pub mod verify;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ed25519_dalek::VerifyingKey;
use model::decision::Recorded;
use model::event::{Event, RecordedChoice};
use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
use tokio::sync::oneshot;

use crate::error::RecoveryError;
use crate::flat::FlatError;
use crate::formats::fact::FactError;
use crate::formats::frame::LONGEST;
use crate::formats::record::{RecordError, SealedRecord};
use crate::store::{FactRow, StorageError, Store};
use files::{Layout, Log};
use tlog::checkpoint::proof_text;
use tlog::entry::Salt;
use tlog::tile::write_entry;
use tlog::tree::LeafHash;
use vault::key::{SecretKey, SecretName};
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyPurpose, KeyRing};
use vault::seal;

use answers::AnswersKnown;
pub use answers::{AnswerName, AnsweredRequest, Once};
pub use formats::fact::{Fact, FactKind, FactName, StoredResponse};

use held::HeldRecord;
use recovery::Databases;
use replay::ReplayFault;
use shards::{ClosedShard, FiledShard, HeldShard, PublishedLog, ShardRules, record_in_journal};
use state::LedgerState;
use writer::{Job, Recording};

/// Where and how to open a ledger.
pub struct Opening {
    /// Where it is kept; `None` keeps everything in memory (tests).
    pub data: Option<PathBuf>,
    /// The file with the root key (`KEUZE_KEY_FILE`); made when the data directory is empty.
    pub key_file: Option<PathBuf>,
    /// The site's host, the first part of every log's origin (`<host>/keuze/log/<shard>`).
    pub origin: String,
    /// Randomness for keys, salts and nonces.
    pub random: Arc<dyn SecureRandom>,
}

/// What is to be written at once: an event, and the facts beside the ledger that go with it.
#[derive(Clone, Debug)]
pub struct AppendRequest {
    /// The event; `previous` is filled in by the writer.
    pub event: Event,
    /// Written in the same batch as the event, or not at all.
    pub facts: Vec<Fact>,
    /// Keys that end with the event, which names them ([`AppendRequest::ending`]): they are destroyed before it is
    /// acknowledged.
    pub ends: Vec<KeyId>,
}

impl AppendRequest {
    /// An event alone.
    pub fn new(event: Event) -> Self {
        Self { event, facts: Vec::new(), ends: Vec::new() }
    }

    /// An event with facts.
    pub fn with(event: Event, facts: Vec<Fact>) -> Self {
        Self { event, facts, ends: Vec::new() }
    }

    /// The same event, ending keys and naming them.
    #[must_use]
    pub fn ending(mut self, keys: Vec<KeyId>) -> Self {
        self.event = self.event.destroying(keys.iter().map(|id| erasure::key_name(*id)).collect());
        self.ends = keys;
        self
    }
}

/// An event that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Where it stands.
    pub address: RecordAddress,
    /// The event as it was recorded, `previous` filled in.
    pub event: Event,
}

/// Events in the queue.
#[derive(Debug)]
pub struct PendingAppend(oneshot::Receiver<Result<Once, AppendError>>);

impl PendingAppend {
    /// Waits until all of it is durable.
    ///
    /// # Errors
    /// The ledger closed before, or failed while it was being written.
    pub async fn durable(self) -> Result<Once, AppendError> {
        // The writer tells everybody how it ended; whoever it did not tell was in its hands when it broke down.
        self.0.await.unwrap_or(Err(AppendError::OutcomeUnknown))
    }
}

/// Why an event has no acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Nothing of it was recorded, and nothing of it ever will be.
    #[error("nothing was recorded: {0}")]
    NotRecorded(#[from] NotRecorded),
    /// It was on its way to the disk when the ledger stopped. Whether it stands shows at the next start.
    #[error(
        "the ledger stopped while this was being written, so it is not known yet whether it was recorded; start it again \
         and look before you repeat it"
    )]
    OutcomeUnknown,
}

/// Why nothing was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// More is coming in than can be written: 503 with Retry-After.
    #[error("too much is being written at the moment; try again in a few seconds")]
    Busy,
    /// The writer has stopped, by a failure or because the server is stopping.
    #[error("the ledger is closed")]
    Closed,
    /// The subject's keys were destroyed: nothing more can be recorded about it.
    #[error("this consent id was erased")]
    Erased,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The engine failed.
    #[error("the store cannot be read: {0}")]
    Store(#[from] StorageError),
    /// The journal of a log cannot be read.
    #[error(transparent)]
    Journal(#[from] ReplayFault),
    /// The folder of a closed shard cannot be read.
    #[error(transparent)]
    ClosedShard(#[from] FlatError),
    /// A fact is not one of its kind.
    #[error("record {record}: {error}")]
    Fact {
        /// The record that it stands beside.
        record: RecordAddress,
        /// What is wrong.
        #[source]
        error: FactError,
    },
    /// What was read does not add up.
    #[error("record {address} does not add up: {damage}")]
    Damaged {
        /// Which record.
        address: RecordAddress,
        /// What is wrong.
        #[source]
        damage: RecordDamage,
    },
}

/// What of a record, or of a fact beside it, does not add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordDamage {
    /// The store has it no more.
    #[error("it is missing")]
    Missing,
    /// The store has another one.
    #[error("it is not the one that was committed to")]
    OtherRecord,
    /// It cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The file of the journal that it stands in is not there.
    #[error("the file of the journal that it stands in is missing")]
    NoFile,
    /// The system would not read the journal.
    #[error("the journal cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// The journal has something else in its place.
    #[error("the journal has another entry in its place")]
    OtherEntry,
    /// Beside it stands a program that cannot be.
    #[error("a client's name or scope is none")]
    Client,
    /// Beside it stands a call that cannot be.
    #[error("an open call beside it is none")]
    Call,
    /// Beside it stands somebody who cannot be.
    #[error("a staff member's name is none")]
    Staff,
    /// A request was answered by it that it does not answer.
    #[error("it was no choice that was answered")]
    NoChoice,
}

/// A record that was unsealed, with what it was committed to by.
#[derive(Clone, Debug)]
pub struct OpenedRecord {
    /// The record.
    pub recorded: Recorded,
    /// What sealed it.
    key: KeyId,
    salt: Salt,
    canonical: Vec<u8>,
}

/// A record with what proves that it is in the ledger.
#[derive(Clone, Debug)]
pub struct InclusionProof {
    /// The canonical JSON that was committed to.
    pub record: Vec<u8>,
    /// The salt of the commitment.
    pub salt: Salt,
    /// The proof as a text that stands on its own (C2SP tlog-proof): commitment, audit path, checkpoint.
    pub proof: String,
}

/// A fact as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFact {
    /// The fact.
    pub fact: Fact,
    /// The record that it was written beside.
    pub record: RecordAddress,
}

type SaltAndRecord = (KeyId, Salt, Vec<u8>);

/// How many drafts may wait for the writer; beyond that the answer is [`AppendError::Busy`].
const QUEUE: usize = 4096;

/// A handle on the one writer, and on the memory and store that every read consults.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<LedgerShared>,
}

struct LedgerShared {
    /// Guards what every read consults: for one look-up, or for taking note of a batch that is durable. Whoever holds it may
    /// look up a key, and waits for nothing else.
    state: RwLock<LedgerState>,
    /// Has locks of its own ([`KeyRing`]); none of them is held while this one's holder waits for a disk.
    ring: KeyRing,
    store: Box<dyn Store>,
    random: Arc<dyn SecureRandom>,
    /// Guards when a shard closes, for a look at it.
    rules: Mutex<ShardRules>,
    /// Guards the way into the queue, for as long as it takes to put a job there or to close it; a full queue refuses.
    queue: Mutex<Option<SyncSender<Job>>>,
    /// Guards the handle of the writer's thread, for a look at it or for taking it; whoever waits for its end has taken it.
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    /// The same of the thread that files closed shards.
    closer: Mutex<Option<std::thread::JoinHandle<()>>>,
    answers_known: AnswersKnown,
    /// The ledger is closing: what the next start can do is left to it.
    closing: AtomicBool,
    /// The data directory; none where everything is in memory.
    data: Option<PathBuf>,
    /// The file with the root key; none where everything is in memory.
    key_file: Option<PathBuf>,
    /// Every record that a read unsealed, for tests that count.
    #[cfg(any(test, feature = "fixture"))]
    unsealed: Mutex<Vec<RecordAddress>>,
    /// Asked about each batch, in tests.
    #[cfg(any(test, feature = "fixture"))]
    batch_hook: Mutex<Option<BatchHook>>,
}

/// Says whether a batch fails; takes its time where a test wants that.
#[cfg(any(test, feature = "fixture"))]
type BatchHook = Arc<dyn Fn() -> bool + Send + Sync>;

impl LedgerShared {
    fn state(&self) -> RwLockReadGuard<'_, LedgerState> {
        self.state.read().expect("nobody panics while changing the memory")
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, LedgerState> {
        self.state.write().expect("nobody panics while changing the memory")
    }

    /// Puts a job into the queue.
    fn put(&self, job: Job) -> Result<(), NotRecorded> {
        let queue = self.queue.lock().expect("nobody panics while holding it");
        let queue = queue.as_ref().ok_or(NotRecorded::Closed)?;
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => NotRecorded::Busy,
            TrySendError::Disconnected(_) => NotRecorded::Closed,
        })
    }

    /// A closed shard that has its folder.
    fn filed(&self, shard: ShardNumber) -> Option<Arc<FiledShard>> {
        match self.state().closed.get(&shard)? {
            ClosedShard::InFiles(filed) => Some(Arc::clone(filed)),
            ClosedShard::InMemory(_) => None,
        }
    }

    /// Looks at a shard that has no folder yet.
    fn held<T>(&self, shard: ShardNumber, look: impl FnOnce(&HeldShard) -> T) -> Option<T> {
        let state = self.state();
        if shard == state.open.number {
            return Some(look(&state.open.held));
        }
        match state.closed.get(&shard)? {
            ClosedShard::InMemory(held) => Some(look(held)),
            ClosedShard::InFiles(_) => None,
        }
    }

    /// The files of the journal from the one on in which a record stands, and the byte at which it begins.
    fn journal_behind(
        &self,
        RecordAddress { shard, index }: RecordAddress,
    ) -> Result<Option<(Vec<PathBuf>, u32)>, ReadError> {
        match self.filed(shard) {
            Some(filed) => filed.journal_behind(index),
            None => Ok(self.held(shard, |held| held.index.records.journal_behind(index)).flatten()),
        }
    }

    /// The records that a key seals, in the order of the ledger.
    fn records_under(&self, key: KeyId) -> Result<Vec<RecordAddress>, ReadError> {
        let mut records = Vec::new();
        for shard in self.shards() {
            let found = self.records_in(shard, key)?.into_iter();
            records.extend(found.map(|index| RecordAddress { shard, index }));
        }
        Ok(records)
    }

    /// The last record that a key seals.
    fn last_under(&self, key: KeyId) -> Result<Option<RecordAddress>, ReadError> {
        for shard in self.shards().into_iter().rev() {
            if let Some(index) = self.records_in(shard, key)?.pop() {
                return Ok(Some(RecordAddress { shard, index }));
            }
        }
        Ok(None)
    }

    /// The shards that there are; the last one is open.
    fn shards(&self) -> Vec<ShardNumber> {
        let state = self.state();
        state.closed.keys().copied().chain([state.open.number]).collect()
    }

    /// The records of a shard that a key seals, in order. Where the folder of a closed shard is damaged its journal is read.
    fn records_in(&self, shard: ShardNumber, key: KeyId) -> Result<Vec<u64>, ReadError> {
        let filed = {
            let state = self.state();
            match state.closed.get(&shard) {
                Some(ClosedShard::InFiles(filed)) => Arc::clone(filed),
                Some(ClosedShard::InMemory(held)) => return Ok(held.index.keys.records(key)),
                None => return Ok(state.open.held.index.keys.records(key)),
            }
        };
        match filed.flat.records_under(key) {
            Err(error) if error.fault.is_damage() => self.records_in_journal(shard, key),
            found => Ok(found?),
        }
    }

    fn records_in_journal(&self, shard: ShardNumber, key: KeyId) -> Result<Vec<u64>, ReadError> {
        let Some(layout) = self.data.clone().map(Layout) else { return Ok(Vec::new()) };
        let mut records = Vec::new();
        replay::walk_again(&layout, shard, |batch| {
            let theirs = batch.addressed(shard).filter(|(_, record)| record.key == key);
            records.extend(theirs.map(|(address, _)| address.index));
            Ok(())
        })?;
        Ok(records)
    }

    /// Whether a test has this batch fail.
    #[cfg(any(test, feature = "fixture"))]
    fn batch_fails(&self) -> bool {
        let hook = self.batch_hook.lock().expect("nobody panics while holding it").clone();
        hook.is_some_and(|fails| fails())
    }

    #[cfg(not(any(test, feature = "fixture")))]
    #[expect(clippy::unused_self, reason = "the one of tests asks")]
    fn batch_fails(&self) -> bool {
        false
    }

    /// Takes nothing more; what was accepted is finished.
    fn shut(&self) {
        drop(self.queue.lock().expect("nobody panics while holding it").take());
    }
}

impl Ledger {
    /// Where it is kept; `None` where everything is in memory.
    pub fn layout(&self) -> Option<Layout> {
        self.shared.data.clone().map(Layout)
    }

    /// Opens or creates a ledger, checks that it adds up, and starts the writer.
    ///
    /// # Errors
    /// What is wrong; nothing was changed then but unfinished work cut off.
    pub fn open(opening: Opening) -> Result<Self, RecoveryError> {
        recovery::open_with(&opening, Databases::Kept, |store| store)
    }

    /// The same with databases that are made anew from the journal: once everything is found to add up, those that there are
    /// are set aside.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_anew(opening: &Opening) -> Result<Self, RecoveryError> {
        recovery::open_with(opening, Databases::Anew, |store| store)
    }

    /// The same, with something put before the databases.
    #[cfg(any(test, feature = "fixture"))]
    pub fn open_with(
        opening: &Opening,
        wrap: impl FnOnce(Box<dyn Store>) -> Box<dyn Store>,
    ) -> Result<Self, RecoveryError> {
        recovery::open_with(opening, Databases::Kept, wrap)
    }

    /// Has whatever waits for the key ring's disk wait for this as well.
    #[cfg(any(test, feature = "fixture"))]
    pub fn slow_down_keys(&self, slowed: vault::held::Disk) {
        self.shared.ring.slow_down(slowed);
    }

    /// Asks about each batch from now on whether it fails: in memory as one of which nothing is kept, on a disk as one that may be
    /// there.
    #[cfg(any(test, feature = "fixture"))]
    pub fn on_each_batch(&self, fails: impl Fn() -> bool + Send + Sync + 'static) {
        *self.shared.batch_hook.lock().expect("nobody panics while holding it") = Some(Arc::new(fails));
    }

    fn state(&self) -> RwLockReadGuard<'_, LedgerState> {
        self.shared.state()
    }

    /// Has shards close by these rules from now on.
    pub fn follow(&self, rules: ShardRules) {
        *self.shared.rules.lock().expect("nobody panics while holding it") = rules;
    }

    /// The shards that there are; the last one is open.
    pub fn shards(&self) -> Vec<ShardNumber> {
        self.shared.shards()
    }

    /// Records one event; returns once it is durable. Whoever stops waiting changes nothing: what was accepted is
    /// recorded.
    ///
    /// # Errors
    /// Either that nothing was recorded, or that this is not known.
    ///
    /// # Panics
    /// Where the draft is too long for the journal (16 MiB); what may come in from outside is limited long before.
    pub async fn append(&self, draft: AppendRequest) -> Result<Appended, AppendError> {
        let written = self.append_together(vec![draft]).await?;
        Ok(written.into_iter().next().expect("one of one"))
    }

    /// Records several events in one batch: all of them, or none. What belongs to one act goes this way, so that nobody has
    /// to be told that a part of it is recorded.
    ///
    /// # Errors
    /// As [`Self::append`], of all of them.
    ///
    /// # Panics
    /// As [`Self::append`].
    pub async fn append_together(&self, drafts: Vec<AppendRequest>) -> Result<Vec<Appended>, AppendError> {
        match self.submit(drafts, None)?.durable().await? {
            Once::Written(written) => Ok(written),
            Once::Before(_) => unreachable!("what has no answer was not answered before"),
        }
    }

    /// Puts events that are recorded together, or not at all, into the queue; what was put there first is recorded first. So
    /// much that does not depend on each other shares the syncs of a batch.
    ///
    /// With what the request that it comes of is answered that is durable in the same batch, and nothing is recorded if the
    /// request was answered before; whoever asks at the same time waits for the first and gets its answer.
    ///
    /// # Errors
    /// Nothing will be recorded then.
    ///
    /// # Panics
    /// As [`Self::append`].
    pub fn submit(
        &self,
        drafts: Vec<AppendRequest>,
        once: Option<StoredResponse>,
    ) -> Result<PendingAppend, NotRecorded> {
        // Here, because in the writer it would stop the ledger.
        assert!(drafts.iter().all(fits), "a draft is too long for the journal");
        let (answer, written) = oneshot::channel();
        self.shared.put(Job::Record(Box::new(Recording { drafts, once, answer })))?;
        Ok(PendingAppend(written))
    }

    /// All events of a subject, in order; empty for an unknown or erased one.
    ///
    /// # Errors
    /// When the store fails or a record does not add up.
    pub fn history(&self, subject: Subject) -> Result<Vec<Recorded>, ReadError> {
        self.addresses(subject)?.into_iter().filter_map(|address| self.record(address).transpose()).collect()
    }

    /// Where the events about a subject stand, in order; none for one that is unknown or was erased.
    ///
    /// # Errors
    /// When the folder of a closed shard and its journal cannot be read.
    pub fn addresses(&self, subject: Subject) -> Result<Vec<RecordAddress>, ReadError> {
        match self.find_key(KeyPurpose::Proof(subject)) {
            Some(key) => self.shared.records_under(key),
            None => Ok(Vec::new()),
        }
    }

    /// The event at an address; `None` beyond the end or once erased.
    ///
    /// # Errors
    /// When the store fails or the record does not add up.
    pub fn record(&self, address: RecordAddress) -> Result<Option<Recorded>, ReadError> {
        Ok(self.open_record(address)?.map(|opened| opened.recorded))
    }

    /// The same, with what it takes to prove it ([`Self::proof_of`]).
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn open_record(&self, address: RecordAddress) -> Result<Option<OpenedRecord>, ReadError> {
        let Some((key, salt, canonical)) = self.opened(address)? else { return Ok(None) };
        let damaged = |error: RecordError| ReadError::Damaged { address, damage: error.into() };
        let event = formats::record::read_event(&canonical).map_err(damaged)?;
        Ok(Some(OpenedRecord { recorded: Recorded { address, event }, key, salt, canonical }))
    }

    /// Whether a record that was opened could be opened again: its key was not destroyed since.
    pub fn still_opens(&self, opened: &OpenedRecord) -> bool {
        opened.key == KeyId::NONE || self.shared.ring.keys().key(opened.key).is_some()
    }

    /// Key, salt and canonical JSON of a record, checked against its leaf.
    fn opened(&self, address: RecordAddress) -> Result<Option<SaltAndRecord>, ReadError> {
        let damaged = |damage| ReadError::Damaged { address, damage };
        let Some(leaf) = self.committed(address)? else { return Ok(None) };
        let record = self.sealed(address)?.ok_or_else(|| damaged(RecordDamage::Missing))?;
        if record.commitment.leaf() != leaf {
            return Err(damaged(RecordDamage::OtherRecord));
        }
        #[cfg(any(test, feature = "fixture"))]
        if record.key != KeyId::NONE {
            self.shared.unsealed.lock().expect("nobody panics while counting").push(address);
        }
        match record.open(address, &self.shared.ring.keys()) {
            Ok((salt, canonical)) => Ok(Some((record.key, salt, canonical))),
            Err(RecordError::NoKey) => Ok(None),
            Err(error) => Err(damaged(error.into())),
        }
    }

    /// A sealed record, from the journal.
    fn sealed(&self, address: RecordAddress) -> Result<Option<SealedRecord>, ReadError> {
        if let Some(filed) = self.filed(address.shard) {
            return filed.record(address.index);
        }
        let damaged = |damage| ReadError::Damaged { address, damage };
        let held = self.held(address.shard, |shard| shard.index.records.record(address.index));
        match held.flatten() {
            None => Ok(None),
            Some(HeldRecord::Here(bytes)) => {
                SealedRecord::from_bytes(&bytes).map(Some).map_err(|error| damaged(error.into()))
            }
            Some(HeldRecord::InJournal(path, offset)) => record_in_journal(&path, offset, address).map(Some),
            Some(HeldRecord::NoFile) => Err(damaged(RecordDamage::NoFile)),
        }
    }

    /// Which records were unsealed by reads since this was last asked.
    #[cfg(any(test, feature = "fixture"))]
    pub fn take_unsealed(&self) -> Vec<RecordAddress> {
        std::mem::take(&mut *self.shared.unsealed.lock().expect("nobody panics while counting"))
    }

    /// The record at an address with the proof that it is in the ledger.
    ///
    /// # Errors
    /// When the store fails or the record does not add up.
    pub fn prove(&self, address: RecordAddress) -> Result<Option<InclusionProof>, ReadError> {
        self.open_record(address)?.map(|opened| self.proof_of(opened)).transpose()
    }

    /// The proof that an opened record is in the ledger as it is now.
    ///
    /// # Errors
    /// When the folder of a closed shard cannot be read.
    pub fn proof_of(
        &self,
        OpenedRecord { recorded, salt, canonical, .. }: OpenedRecord,
    ) -> Result<InclusionProof, ReadError> {
        let RecordAddress { shard, index } = recorded.address;
        let proof = if let Some(filed) = self.filed(shard) {
            let path = filed.flat.inclusion(index)?.unwrap_or_default();
            Some(proof_text(index, &path, filed.flat.note()))
        } else {
            self.log(shard, |log| {
                let path = log.tree.inclusion(index).unwrap_or_default();
                proof_text(index, &path, &log.checkpoint)
            })
        };
        Ok(InclusionProof { record: canonical, salt, proof: proof.unwrap_or_default() })
    }

    /// The latest fact of a name.
    ///
    /// # Errors
    /// When it does not add up.
    pub fn fact(&self, name: &FactName) -> Result<Option<Fact>, ReadError> {
        let Some(row) = self.shared.store.fact(name)? else { return Ok(None) };
        Ok(self.open_fact(&row)?.map(|stored| stored.fact))
    }

    /// All facts of a kind, by name.
    ///
    /// # Errors
    /// When one does not add up.
    pub fn facts(&self, kind: FactKind) -> Result<Vec<StoredFact>, ReadError> {
        let mut facts = Vec::new();
        self.each_fact(kind, |fact| facts.push(fact))?;
        Ok(facts)
    }

    /// Hands out all facts of a kind, by name; no more than one of them is in memory.
    ///
    /// # Errors
    /// When one does not add up; those before it were handed out.
    pub fn each_fact(&self, kind: FactKind, mut each: impl FnMut(StoredFact)) -> Result<(), ReadError> {
        let mut opened = Ok(());
        self.shared.store.each_fact(kind, &mut |row| {
            if opened.is_ok() {
                opened = self.open_fact(&row).map(|fact| fact.into_iter().for_each(&mut each));
            }
        })?;
        opened
    }

    /// A fact as it was kept; `None` where its key ended.
    fn open_fact(&self, row: &FactRow) -> Result<Option<StoredFact>, ReadError> {
        let record = row.record;
        let damaged = |error| ReadError::Fact { record, error };
        let Some(bytes) = &row.bytes else { return Ok(None) };
        match formats::fact::open(bytes, &self.shared.ring.keys()) {
            Ok(opened) => opened.fact().map(|fact| Some(StoredFact { fact, record })).map_err(damaged),
            Err(FactError::NoKey(_)) => Ok(None),
            Err(error) => Err(damaged(error)),
        }
    }

    /// A public content by its hash.
    ///
    /// # Errors
    /// As [`Self::fact`].
    pub fn content(&self, hash: ContentHash) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(match self.fact(&FactName::Content(hash))? {
            Some(Fact::Content { bytes, .. }) => Some(bytes),
            _ => None,
        })
    }

    /// The leaf hash of a record, which commits to it; `None` beyond the end. Where the folder of a closed shard is damaged it is that
    /// of the record in the journal.
    ///
    /// # Errors
    /// When neither can be read.
    pub fn leaf(&self, address: RecordAddress) -> Result<Option<LeafHash>, ReadError> {
        match self.committed(address) {
            Err(ReadError::ClosedShard(error)) if error.fault.is_damage() => {
                Ok(self.sealed(address)?.map(|record| record.commitment.leaf()))
            }
            committed => committed,
        }
    }

    /// The leaf hash that a record is held against.
    fn committed(&self, address: RecordAddress) -> Result<Option<LeafHash>, ReadError> {
        match self.filed(address.shard) {
            Some(filed) => Ok(filed.flat.leaf(address.index)?),
            None => Ok(self.log(address.shard, |log| log.tree.leaf(address.index)).flatten()),
        }
    }

    /// The latest signed checkpoint of a log (C2SP tlog-checkpoint), if that log has entries.
    pub fn checkpoint(&self, log: impl Into<Log>) -> Option<String> {
        let log = log.into();
        match self.filed(log) {
            Some(filed) => Some(filed.flat.note().to_owned()),
            None => self.log(log, |log| (log.tree.size() > 0).then(|| log.checkpoint.clone()))?,
        }
    }

    /// A tile of a log (C2SP tlog-tiles): `level`, `index`, and its width of 1 to 256 hashes.
    ///
    /// # Errors
    /// When the folder of a closed shard cannot be read.
    pub fn tile(&self, log: impl Into<Log>, level: u8, index: u64, width: u16) -> Result<Option<Vec<u8>>, ReadError> {
        let log = log.into();
        match self.filed(log) {
            Some(filed) => Ok(filed.flat.tile(level, index, width)?),
            None => Ok(self.log(log, |log| log.tree.tile(level, index, width)).flatten()),
        }
    }

    /// An entry bundle of a log (C2SP tlog-tiles): `index`, and its width of 1 to 256 entries; `None` where there are not as many.
    /// The entries of a shard are commitments, those of the log of logs signed checkpoints.
    ///
    /// # Errors
    /// When a file or the store cannot be read.
    pub fn bundle(&self, log: impl Into<Log>, index: u64, width: u16) -> Result<Option<Vec<u8>>, ReadError> {
        let log = log.into();
        if let Some(filed) = self.filed(log) {
            return Ok(filed.flat.bundle(index, width)?);
        }
        let size = self.log(log, |log| log.tree.size()).unwrap_or_default();
        let first = index.saturating_mul(256);
        let indexes = first..first.saturating_add(u64::from(width));
        if indexes.end > size || !(1..=256).contains(&width) {
            return Ok(None);
        }
        let mut bundle = Vec::new();
        match log {
            Log::Logs => logs::entries(self.layout().as_ref(), &indexes)?
                .iter()
                .for_each(|note| write_entry(&mut bundle, note.as_bytes())),
            Log::Shard(shard) => {
                for index in indexes {
                    let Some(record) = self.sealed(RecordAddress { shard, index })? else { return Ok(None) };
                    write_entry(&mut bundle, &record.commitment.0);
                }
            }
        }
        Ok((!bundle.is_empty()).then_some(bundle))
    }

    /// A closed shard that has its folder.
    fn filed(&self, log: impl Into<Log>) -> Option<Arc<FiledShard>> {
        let Log::Shard(shard) = log.into() else { return None };
        self.shared.filed(shard)
    }

    /// Looks at a shard that has no folder yet.
    fn held<T>(&self, shard: ShardNumber, look: impl FnOnce(&HeldShard) -> T) -> Option<T> {
        self.shared.held(shard, look)
    }

    /// Looks at a log whose tree is in memory.
    fn log<T>(&self, log: impl Into<Log>, look: impl FnOnce(&PublishedLog) -> T) -> Option<T> {
        match log.into() {
            Log::Logs => Some(look(&self.state().logs)),
            Log::Shard(shard) => self.held(shard, |held| look(&held.log)),
        }
    }

    /// A 256-bit secret of that name, made on first use and kept in the key ring.
    ///
    /// # Panics
    /// If a new one cannot be made durable: a secret that a restart forgets must not be used.
    pub fn secret<P>(&self, name: SecretName<P>) -> SecretKey<P> {
        let known = || self.shared.ring.keys().secret(name);
        known().unwrap_or_else(|| {
            self.make_durable(name.owner());
            known().expect("made above")
        })
    }

    /// The key that a log's checkpoints are signed with, for whoever checks them.
    pub fn log_key(&self, log: impl Into<Log>) -> Option<VerifyingKey> {
        let log = log.into();
        self.filed(log).map(|filed| filed.key).or_else(|| self.log(log, |log| log.key))
    }

    /// That key as it is given to whoever checks a log: `<name>+<hash>+<base64>` (C2SP signed-note), if it has entries.
    pub fn verifier_key(&self, log: impl Into<Log>) -> Option<String> {
        let log = log.into();
        match self.filed(log) {
            Some(filed) => Some(filed.flat.verifier_key().to_owned()),
            None => self.log(log, |log| (log.tree.size() > 0).then(|| log.verifier_key()))?,
        }
    }

    /// The name of an owner's key, made if there is none; durable with the next record.
    pub fn ensure_key(&self, owner: KeyPurpose) -> KeyId {
        self.shared.ring.ensure(owner, &*self.shared.random)
    }

    /// The name of an owner's key, if there is one.
    pub fn find_key(&self, owner: KeyPurpose) -> Option<KeyId> {
        self.shared.ring.keys().find(owner)
    }

    /// A secret that is rotated, if that number of it was ever made.
    pub fn numbered_secret<P>(&self, name: SecretName<P>, number: u16) -> Option<SecretKey<P>> {
        self.shared.ring.keys().numbered_secret(name, number)
    }

    /// Every number of a rotated secret, the newest last: what was made under an older one is still asked for.
    pub fn numbered_secrets<P>(&self, name: SecretName<P>) -> Vec<(u16, SecretKey<P>)> {
        (1..).map_while(|number| Some((number, self.numbered_secret(name, number)?))).collect()
    }

    /// The newest number of a rotated secret, made on first use.
    pub fn newest_secret<P>(&self, name: SecretName<P>) -> (u16, SecretKey<P>) {
        if self.numbered_secret(name, 1).is_none() {
            self.make_durable(name.numbered(1));
        }
        self.numbered_secrets(name).pop().expect("made above")
    }

    /// Begins a new number of a rotated secret; what was made under the older ones stays good.
    pub fn rotate_secret<P>(&self, name: SecretName<P>) {
        let (newest, _) = self.newest_secret(name);
        self.make_durable(name.numbered(newest + 1));
    }

    /// Makes a key that may be used, and told to somebody, before the next record is written.
    fn make_durable(&self, owner: KeyPurpose) {
        let LedgerShared { ring, random, .. } = &*self.shared;
        ring.ensure(owner, &**random);
        if let Err(error) = blocking(|| ring.sync(&**random)) {
            // What a failed sync lost is not known: nothing may rest on the ring any more.
            self.shared.shut();
            panic!("a new secret is durable before it is used: {error}");
        }
    }

    /// The subject in the form that goes into [`Event::audited`]; `None` without a proof key.
    pub fn seal_about(&self, subject: Subject) -> Option<String> {
        use base64::Engine as _;
        let keys = self.shared.ring.keys();
        let id = keys.find(KeyPurpose::Proof(subject))?;
        let sealed = seal::seal(keys.key(id)?, b"keuze about", &subject.0, &*self.shared.random);
        Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([&id.0[..], &sealed].concat()))
    }

    /// Whether the writer takes events (for `/keuze/health`).
    pub fn is_open(&self) -> bool {
        let writer = self.shared.writer.lock().expect("nobody panics while holding it");
        writer.as_ref().is_some_and(|writer| !writer.is_finished())
    }

    /// Finishes what was accepted, makes it durable, and closes.
    pub async fn close(&self) {
        self.shared.shut();
        let writer = self.shared.writer.lock().expect("nobody panics while holding it").take();
        if let Some(writer) = writer {
            let _ended = tokio::task::spawn_blocking(move || writer.join()).await;
        }
        self.shared.closing.store(true, Ordering::SeqCst);
        let closer = self.shared.closer.lock().expect("nobody panics while holding it").take();
        if let Some(closer) = closer {
            let _ended = tokio::task::spawn_blocking(move || closer.join()).await;
        }
        self.shared.store.release();
    }
}

/// Waits for a disk in a thread that may serve others: on a runtime with several of them what is theirs goes to another.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Whether the event and each fact is short enough for a frame of the journal.
fn fits(draft: &AppendRequest) -> bool {
    let event = match draft.event.choice() {
        // The many. JSON writes a byte of text as at most six; what else is in an answer is bounded by the policy.
        Some(RecordedChoice { build, variant, .. }) => {
            let texts = [build, variant].into_iter().flatten().map(String::len).sum::<usize>();
            texts.saturating_mul(6)
        }
        None => formats::record::canonical(&draft.event).len(),
    };
    let short = |len: usize| len < LONGEST - (1 << 20);
    facts_fit(&draft.facts, short) && short(event)
}

fn facts_fit(facts: &[Fact], short: impl Fn(usize) -> bool) -> bool {
    facts.iter().all(|fact| match fact {
        Fact::Content { bytes, .. } => short(bytes.len()),
        fact => fact.body().is_none_or(|body| short(body.len())),
    })
}
