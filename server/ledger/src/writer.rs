//! The thread that writes: start-up, group commit, and the order in which things become durable.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, RwLock};

use ed25519_dalek::SigningKey;
use model::event::Event;
use model::identity::{RecordAddress, Subject};
use model::receipt::MAX_INDEX;
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::answers::AnswerBook;
use super::erasure::Missing;
use super::files::{CheckpointFile, Journal, Layout, make_folder, make_private, read_slots, replace_file, sync_folder};
use super::lock::Lock;
use super::outside::{self, Last, Outside};
use super::replay::{self, Anchor, ReplayedBatch, Walked};
use super::state::{Facts, LedgerState};
use super::{
    AnswerName, AppendError, AppendRequest, Appended, Fact, Ledger, LedgerShared, NotRecorded, OPEN_SHARD, Once,
    Opening, QUEUE, StoredResponse,
};
use crate::error::{DatabaseError, RecoveryError};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::fact;
use crate::formats::frame::{Frame, FrameEntry};
use crate::formats::record::{RecordSealing, SealedRecord, canonical, sealing};
use crate::store::memory::MemoryStore;
use crate::store::sled_engine::SledStore;
use crate::store::{Batch, StorageError, Store};
use tlog::checkpoint::{Checkpoint, verifier_key};
use tlog::entry::Salt;
use tlog::tree::Tree;
use vault::key::{RootKey, SecretName, purpose::Signing};
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyPurpose, KeyRing, KeyTable, OpenMode};
use vault::{root, rotation};

/// What the writer is asked for.
pub enum Job {
    /// To record events.
    Record(Box<Recording>),
    /// To keep what a request was answered whose events are recorded already.
    Keep {
        answer: StoredResponse,
        /// Told once it is durable, or once that cannot be.
        told: oneshot::Sender<Result<(), AppendError>>,
    },
}

impl Job {
    /// How many records it makes.
    fn records(&self) -> usize {
        match self {
            Self::Record(recording) => recording.drafts.len(),
            Self::Keep { .. } => 0,
        }
    }

    /// Nothing will come of it.
    fn turn_away(self) {
        let closed = NotRecorded::Closed.into();
        match self {
            Self::Record(recording) => recording.tell(Err(closed)),
            Self::Keep { told, .. } => _ = told.send(Err(closed)),
        }
    }
}

/// Answers to keep, and who waits for each.
type Keeping = Vec<(StoredResponse, oneshot::Sender<Result<(), AppendError>>)>;

/// Drafts that are recorded together, and who waits for them.
pub struct Recording {
    /// What to write.
    pub drafts: Vec<AppendRequest>,
    /// What the request that it comes of is answered, where that may be sent again.
    pub once: Option<StoredResponse>,
    /// Told once it is durable, or once that cannot be.
    pub answer: oneshot::Sender<Result<Once, AppendError>>,
}

/// What becomes one record: a draft, with the answer that stands beside it.
#[derive(Clone, Copy)]
struct RecordLine<'a> {
    draft: &'a AppendRequest,
    answer: Option<&'a StoredResponse>,
}

impl Recording {
    /// The answer stands beside the last of them.
    fn lines(&self) -> impl Iterator<Item = RecordLine<'_>> {
        let last = self.drafts.len().saturating_sub(1);
        let answer = move |at| self.once.as_ref().filter(|_| at == last);
        self.drafts.iter().enumerate().map(move |(at, draft)| RecordLine { draft, answer: answer(at) })
    }

    /// Whoever waited may have gone; how it ended stands all the same.
    fn tell(self, ended: Result<Once, AppendError>) {
        let _gone = self.answer.send(ended);
    }
}

/// What failed, for the log.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("the journal is not what was written to it any more: somebody moved it, replaced it or wrote over it")]
    Moved,
    #[error("the journal cannot be looked at: {0}")]
    Look(std::io::Error),
    #[error("the journal cannot be written: {0}")]
    Journal(std::io::Error),
    #[error("the journal cannot be synced: {0}")]
    JournalSync(std::io::Error),
    #[error("the thread of the journal panicked")]
    Panicked,
    #[error("the key ring is shorter than we left it: somebody wrote over it")]
    RingMoved,
    #[error("the key ring cannot be looked at: {0}")]
    RingLook(std::io::Error),
    #[error("the key ring cannot be written: {0}")]
    Ring(std::io::Error),
    #[error("the database cannot be written: {0}")]
    Database(StorageError),
    #[error(transparent)]
    Memory(StorageError),
}

/// Why a batch is not in the ledger, or not known to be.
struct Failed {
    what: WriteError,
    /// What everybody is told who waits for it.
    told: AppendError,
}

impl Failed {
    /// Before anything of it was on its way to the journal.
    fn before(what: WriteError) -> Self {
        Self { what, told: NotRecorded::Closed.into() }
    }

    /// Afterwards: it may be on the disk.
    fn underway(what: WriteError) -> Self {
        Self { what, told: AppendError::OutcomeUnknown }
    }
}

/// The log's signing key in the ring.
pub const LOG_KEY: SecretName<Signing> = SecretName::new("log 0001");

/// No more is put into a batch of so many drafts.
const LARGEST_BATCH: usize = 256;

/// What only the writer touches.
struct Writer {
    shared: Arc<LedgerShared>,
    disk: Option<WriterDisk>,
    tree: Tree,
    batches: u64,
    origin: String,
    key: SigningKey,
}

struct WriterDisk {
    journal: Journal,
    checkpoint: CheckpointFile,
    outside: Outside,
    /// Held for as long as the writer lives.
    lock: Lock,
}

impl WriterDisk {
    /// Whether what is written to is still what stands in the data directory.
    fn is_in_place(&self) -> Result<(), WriteError> {
        match self.lock.is_in_place().and_then(|folder| Ok(folder && self.journal.is_in_place()?)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(WriteError::Moved),
            Err(error) => Err(WriteError::Look(error)),
        }
    }
}

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
    let origin = super::origin::log_name(&opening.origin);
    let opened = match &opening.data {
        None => open_memory(&*entropy)?,
        Some(data) => open_disk(&Layout(data.clone()), databases, opening.key_file.as_deref(), &origin, &*entropy)?,
    };
    let OpenedLedger { state, ring, store, disk, batches, key } = opened;
    let tree = state.tree.clone();
    let (queue, jobs) = sync_channel(QUEUE);
    let shared = Arc::new(LedgerShared {
        state: RwLock::new(state),
        ring,
        store: wrap(store),
        entropy,
        queue: Mutex::new(Some(queue)),
        writer: Mutex::new(None),
        data: opening.data.clone(),
        key_file: opening
            .data
            .as_ref()
            .map(|data| opening.key_file.clone().unwrap_or_else(|| Layout(data.clone()).default_root_key())),
        #[cfg(any(test, feature = "fixture"))]
        unsealed: Mutex::default(),
    });
    let writer = Writer { shared: Arc::clone(&shared), disk, tree, batches, origin, key };
    let thread = std::thread::Builder::new().name("scribe".into()).spawn(move || writer.run(&jobs));
    let thread = thread.map_err(RecoveryError::io("the writer cannot be started"))?;
    *shared.writer.lock().expect("just made") = Some(thread);
    Ok(Ledger { shared })
}

struct OpenedLedger {
    state: LedgerState,
    ring: KeyRing,
    store: Box<dyn Store>,
    disk: Option<WriterDisk>,
    batches: u64,
    key: SigningKey,
}

fn new_state() -> LedgerState {
    LedgerState {
        tree: Tree::default(),
        checkpoint: String::new(),
        by_subject: HashMap::new(),
        facts: Facts::default(),
        erasures: Vec::new(),
        last: None,
        answers: AnswerBook::default(),
    }
}

/// The keys that every ledger has, made at its first start; not durable yet.
fn standing_keys(ring: &KeyRing, entropy: &dyn SecureRandom) -> SigningKey {
    for owner in [KeyPurpose::Audit, KeyPurpose::Suppression, KeyPurpose::Shard(OPEN_SHARD.get())] {
        ring.ensure(owner, entropy);
    }
    ring.ensure(LOG_KEY.owner(), entropy);
    SigningKey::from_bytes(ring.keys().made(LOG_KEY).expect("made above").bytes())
}

fn open_memory(entropy: &dyn SecureRandom) -> Result<OpenedLedger, RecoveryError> {
    let ring = KeyRing::open(None, RootKey::random(entropy), OpenMode::Start)?;
    let key = standing_keys(&ring, entropy);
    Ok(OpenedLedger { state: new_state(), ring, store: Box::new(MemoryStore::default()), disk: None, batches: 0, key })
}

fn open_disk(
    layout: &Layout,
    databases: Databases,
    key_file: Option<&Path>,
    origin: &str,
    entropy: &dyn SecureRandom,
) -> Result<OpenedLedger, RecoveryError> {
    let was_there = layout.0.exists();
    let opened = open_locked(layout, databases, key_file, origin, entropy);
    if opened.is_err() && !was_there {
        // What was made for the lock; nothing that holds anything goes this way.
        for folder in [layout.keys(), layout.journal(), layout.0.join("journal"), layout.0.clone()] {
            let _stays = std::fs::remove_dir(folder);
        }
    }
    opened
}

fn open_locked(
    layout: &Layout,
    databases: Databases,
    key_file: Option<&Path>,
    origin: &str,
    entropy: &dyn SecureRandom,
) -> Result<OpenedLedger, RecoveryError> {
    let lock = Lock::take_lock(layout)?;
    let key_file = key_file.map_or_else(|| layout.default_root_key(), PathBuf::from);
    let last = Last::load_checkpoint(outside::path(&key_file, origin))?;
    let has_journal = !layout.journal_files().map_err(RecoveryError::Journal)?.is_empty();
    let slots = read_slots(&layout.checkpoint()).map_err(RecoveryError::io("the checkpoint file cannot be read"))?;
    let fresh = !has_journal && slots == [Slot::Empty, Slot::Empty];
    let root = root_key(layout, &key_file, fresh && !last.is_there(), entropy)?;
    make_folder(&layout.keys()).map_err(RecoveryError::io("the key ring cannot be made"))?;
    let ring = KeyRing::open(Some(&layout.keys()), root.key.clone(), OpenMode::Start)?;
    if !fresh && ring.keys().find(LOG_KEY.owner()).is_none() {
        return Err(RecoveryError::NoLogKey);
    }
    let key = standing_keys(&ring, entropy);

    let mut state = new_state();
    let mut missing = Missing::default();
    let anchor = Anchor { origin: origin.to_owned(), key: key.verifying_key() };
    let walked = {
        let keys = ring.keys();
        replay::walk(layout, &anchor, |batch| remember(&mut state, &keys, &mut missing, batch))
    };
    let walked = walked?;
    // What a kill left behind is mended below.
    let _behind = replay::check_outside(&slots, &walked, false)?;
    missing.check()?;
    last.check(&walked, &anchor, state.last)?;
    if last.says_go_on() {
        tracing::warn!("going on without what is missing, as the last checkpoint beside the root key says");
    }
    let store = open_store(layout, databases, &walked, &anchor)?;
    // Everything adds up; from here on files are written that are not made anew.
    root.settle(&key_file, &ring, entropy)?;
    ring.sync(entropy).map_err(RecoveryError::io("the key ring cannot be written"))?;
    finish_erasures(&mut state, &ring, &missing, entropy)?;
    state.checkpoint.clone_from(&walked.note);
    keep_verifier_key(layout, origin, &key)?;

    let end = walked.end.as_ref().map(|(path, end)| (path.as_path(), *end));
    let journal = Journal::open(layout, end).map_err(RecoveryError::io("the journal cannot be opened"))?;
    let mut checkpoint = CheckpointFile::open(&layout.checkpoint())
        .map_err(RecoveryError::io("the checkpoint file cannot be opened"))?;
    mend_slots(&mut checkpoint, &walked).map_err(RecoveryError::io("the checkpoint file cannot be written"))?;
    for folder in [layout.0.join("journal"), layout.keys(), layout.0.clone()] {
        sync_folder(&folder).map_err(RecoveryError::io(format!("{} cannot be synced", folder.display())))?;
    }
    keep_to_ourselves(layout);
    // Before anything is recorded: from then on a ledger without it is an older copy.
    let mut outside = Outside::at(outside::path(&key_file, origin));
    let note = Checkpoint { origin: origin.to_owned(), size: walked.tree.size(), root: walked.tree.root() }.sign(&key);
    outside.begin(&note, state.last.unwrap_or(OffsetDateTime::UNIX_EPOCH))?;
    let disk = WriterDisk { journal, checkpoint, outside, lock };
    Ok(OpenedLedger { state, ring, store, disk: Some(disk), batches: walked.batches, key })
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
    // The other slot holds the same checkpoint under the number before it, which the next batch but one replaces.
    last.checked_sub(1).map_or(Ok(()), |before| file.write(before, &walked.note))
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

fn keep_verifier_key(layout: &Layout, origin: &str, key: &SigningKey) -> Result<(), RecoveryError> {
    let path = layout.verifier_key();
    let text = verifier_key(origin, &key.verifying_key()) + "\n";
    let write = || -> std::io::Result<()> {
        make_folder(&layout.0.join("checkpoint"))?;
        let stands = std::fs::read_to_string(&path).ok().as_ref() == Some(&text);
        if stands { Ok(()) } else { replace_file(&path, text.as_bytes()) }
    };
    write().map_err(RecoveryError::io(format!("{} cannot be written", path.display())))
}

/// Opens the databases and gives them what they lack. Those that do not hold what they once held, or are not a beginning
/// of what stands in the journal, are set aside and made anew: whatever happens to them is a rebuild. What is only in the
/// way, such as a full disk, moves nothing; and what our own signature says of a longer journal is evidence.
fn open_store(
    layout: &Layout,
    databases: Databases,
    walked: &Walked,
    anchor: &Anchor,
) -> Result<Box<dyn Store>, RecoveryError> {
    if databases == Databases::Kept && layout.sled().exists() {
        let opened = open_databases(&layout.sled()).and_then(|store| {
            refuse_evidence(&store, walked, anchor)?;
            complete(layout, &store)?;
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
    Ok(make_databases(layout)?)
}

fn open_databases(folder: &Path) -> Result<SledStore, DatabaseError> {
    SledStore::open(folder).map_err(DatabaseError::Open)
}

/// Makes the databases in a folder of their own, so that one which could not be finished is never taken for more. Those that
/// there are make room once it is finished.
fn make_databases(layout: &Layout) -> Result<Box<dyn Store>, DatabaseError> {
    let making = layout.sled_in_making();
    if making.exists() {
        std::fs::remove_dir_all(&making).map_err(DatabaseError::Make)?;
    }
    let store = open_databases(&making)?;
    complete(layout, &store)?;
    store.release();
    if layout.sled().exists() {
        set_aside(layout).map_err(DatabaseError::SetAside)?;
    }
    let renamed = std::fs::rename(&making, layout.sled()).and_then(|()| sync_folder(&layout.0));
    renamed.map_err(DatabaseError::Make)?;
    let store = open_databases(&layout.sled())?;
    complete(layout, &store)?;
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
    let Some(note) = store.checkpoint(OPEN_SHARD).map_err(DatabaseError::Read)? else { return Ok(()) };
    // Of another log it says nothing about this one.
    let signed = Checkpoint::open(&note, &anchor.key).filter(|signed| signed.origin == anchor.origin);
    let Some(signed) = signed else { return Ok(()) };
    let batches = store.batches(OPEN_SHARD).map_err(DatabaseError::Read)?;
    let size = walked.tree.size();
    match walked.tree.root_at(signed.size) {
        Some(root) if root == signed.root => Ok(()),
        Some(_) => Err(DatabaseError::TellsOfOthers(signed.size)),
        None if batches <= walked.recorded + 1 => Ok(()),
        None => Err(DatabaseError::TellsOfMore { has: size, told: signed.size }),
    }
}

/// Compares what a database holds with the journal, record by record, and adds the tail that it lacks.
fn complete(layout: &Layout, store: &dyn Store) -> Result<(), DatabaseError> {
    let stored = store.size(OPEN_SHARD).map_err(DatabaseError::Read)?;
    let note = store.checkpoint(OPEN_SHARD).map_err(DatabaseError::Read)?;
    // A database that ends where a batch ends only lacks the batches behind it.
    let mut agrees = stored == 0 && note.is_none();
    let mut unfit = None;
    let walked = replay::walk_again(layout, |batch| {
        let outcome = if batch.records.is_empty() {
            Ok(())
        } else if batch.first < stored {
            agrees = batch.end() == stored && note.as_ref() == Some(&batch.note);
            same(batch, store)
        } else if agrees {
            add(batch, store)
        } else {
            Err(DatabaseError::Disagrees)
        };
        outcome.map_err(|what| {
            unfit = Some(what);
            replay::ReplayFault { shard: OPEN_SHARD, index: batch.first, what: "the database differs".into() }
        })
    });
    match (unfit, walked) {
        (Some(unfit), _) => Err(unfit),
        (None, Err(fault)) => Err(fault.into()),
        (None, Ok(_)) if !agrees => Err(DatabaseError::Ahead),
        (None, Ok(_)) => store.sync().map_err(DatabaseError::Sync),
    }
}

fn same(batch: &ReplayedBatch, store: &dyn Store) -> Result<(), DatabaseError> {
    for (index, record) in (batch.first..).zip(&batch.records) {
        let copy = store.record(RecordAddress { shard: OPEN_SHARD, index });
        let copy = copy.map_err(|error| DatabaseError::Record { index, error })?;
        if copy.is_none_or(|copy| copy != record.to_bytes()) {
            return Err(DatabaseError::OtherRecord(index));
        }
    }
    Ok(())
}

fn add(batch: &ReplayedBatch, store: &dyn Store) -> Result<(), DatabaseError> {
    let records = batch.records.iter().map(SealedRecord::to_bytes).collect();
    let added = store.append(OPEN_SHARD, batch.first, &Batch { records, checkpoint: batch.note.clone() });
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
    keys: &KeyTable,
    missing: &mut Missing,
    batch: &ReplayedBatch,
) -> Result<(), replay::ReplayFault> {
    for (index, record) in (batch.first..).zip(&batch.records) {
        if let Some(event) = replay::event_of(batch, record, index, keys, missing)? {
            state.index(&event, index);
        }
        state.tree.push(record.commitment.leaf());
    }
    for (index, bytes) in &batch.facts {
        if let Some(fact) = replay::fact_of(bytes, *index, keys, missing)? {
            state.apply(fact, *index);
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

/// What a request is answered, as it stands in the journal; nothing if its hour is over already.
fn answer_fact(answer: &StoredResponse, keys: &KeyTable) -> Option<Fact> {
    Some(Fact::Answer { key: keys.find(answer.owner())?, answer: answer.clone() })
}

/// Whether a fact is sealed under a key that is gone already.
fn ends(fact: &Fact, ended: &HashSet<KeyId>) -> bool {
    fact.name().own_key().is_some_and(|key| ended.contains(&key))
}

impl Writer {
    /// Takes what waits, makes it durable together, answers, and takes the next. Ends when the queue is closed, or
    /// at the first failure: a failed sync is never retried, because what it lost cannot be known.
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Some(first) = self.next(jobs) {
            // Until shards close and follow each other, a full one takes nothing more, and says so to whoever asks.
            let room = usize::try_from(MAX_INDEX - self.tree.size()).unwrap_or(usize::MAX);
            let (mut taken, mut records) = (Vec::new(), 0);
            let mut next = Some(first);
            while let Some(job) = next {
                if room - records < job.records().max(1) {
                    tracing::error!("the shard is full: nothing more is recorded");
                    job.turn_away();
                } else {
                    records += job.records();
                    taken.push(job);
                }
                next = if taken.len().max(records) < LARGEST_BATCH { jobs.try_recv().ok() } else { None };
            }
            if self.write_batch(taken).is_err() {
                self.turn_away(jobs);
                break;
            }
        }
        if let Some(disk) = &mut self.disk {
            disk.outside.settle();
        }
    }

    /// Writes a batch and tells everybody how it ended.
    fn write_batch(&mut self, taken: Vec<Job>) -> Result<(), AppendError> {
        let mut keeping = Keeping::new();
        let mut batch = Vec::new();
        for job in taken {
            match job {
                Job::Record(recording) => batch.push(*recording),
                Job::Keep { answer, told } => keeping.push((answer, told)),
            }
        }
        let (batch, again) = self.sort_out(batch);
        let nothing = batch.is_empty() && keeping.is_empty();
        let committed = if nothing { Ok(Vec::new()) } else { self.commit(&batch, &keeping) };
        let ended = committed.as_ref().map(|_| ()).map_err(|failed| failed.told);
        match committed {
            Ok(written) => {
                let mut written = written.into_iter();
                for recording in batch {
                    let its = written.by_ref().take(recording.drafts.len()).collect();
                    recording.tell(Ok(Once::Written(its)));
                }
            }
            Err(failed) => {
                tracing::error!("the ledger stops, nothing more is acknowledged: {}", failed.what);
                batch.into_iter().for_each(|recording| recording.tell(Err(failed.told)));
            }
        }
        for (_, told) in keeping {
            let _gone = told.send(ended);
        }
        self.repeat(again, ended);
        ended
    }

    /// The next job; `None` once the queue is closed. While nothing comes the last checkpoint is written.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        loop {
            let outside = self.disk.as_mut().map(|disk| &mut disk.outside);
            let Some((outside, due)) = outside.and_then(|outside| outside.due().map(|due| (outside, due))) else {
                return jobs.recv().ok();
            };
            if due.is_zero() {
                outside.settle();
                continue;
            }
            match jobs.recv_timeout(due) {
                Err(RecvTimeoutError::Timeout) => {}
                taken => return taken.ok(),
            }
        }
    }

    /// Takes out the requests that were answered before, or come twice in this batch.
    fn sort_out(&self, batch: Vec<Recording>) -> (Vec<Recording>, Vec<Recording>) {
        let state = self.shared.state();
        let mut first: HashSet<AnswerName> = HashSet::new();
        batch.into_iter().partition(|job| {
            let Some(answer) = &job.once else { return true };
            state.answers.find(&answer.name, answer.at).is_none() && first.insert(answer.name)
        })
    }

    /// Tells them what the first of them was answered; where that failed, how.
    fn repeat(&self, again: Vec<Recording>, ended: Result<(), AppendError>) {
        let state = self.shared.state();
        for job in again {
            let answered = job.once.as_ref().and_then(|answer| state.answers.find(&answer.name, answer.at)).cloned();
            let failed = ended.err().unwrap_or(AppendError::OutcomeUnknown);
            job.tell(answered.map(Once::Before).ok_or(failed));
        }
    }

    /// Tells everybody who still waits that nothing of theirs was written.
    fn turn_away(&self, jobs: &Receiver<Job>) {
        // First the door: nobody comes in behind the last one who is told.
        self.shared.shut();
        jobs.iter().for_each(Job::turn_away);
    }

    fn commit(&mut self, batch: &[Recording], keeping: &Keeping) -> Result<Vec<Appended>, Failed> {
        let lines: Vec<RecordLine<'_>> = batch.iter().flat_map(Recording::lines).collect();
        let first = self.tree.size();
        let events = self.prepare(&lines, keeping, first).map_err(Failed::before)?;
        let (mut frames, records, events) = self.encode(&lines, events, first);
        let size = self.tree.size();
        let kept = self.keep(keeping, size, &mut frames);
        let note = Checkpoint { origin: self.origin.clone(), size, root: self.tree.root() }.sign(&self.key);
        Frame { index: size, entry: FrameEntry::BatchEnd(note.clone()) }.write(&mut frames);
        let stored = records.iter().map(SealedRecord::to_bytes).collect();
        self.make_durable(first, &frames, &Batch { records: stored, checkpoint: note.clone() })?;
        self.batches += 1;
        if let (Some(disk), Some(last)) = (&mut self.disk, events.last()) {
            disk.outside.note_checkpoint(note.clone(), last.head.at);
        }

        // In the event's own batch: what is acknowledged as erased is gone.
        let ended: HashSet<KeyId> = lines.iter().flat_map(|line| line.draft.ends.iter().copied()).collect();
        let written = self.take_note(&lines, first, events, &records, &ended, note, kept);
        if !ended.is_empty() {
            let destroyed = self.shared.ring.destroy(&ended, &*self.shared.entropy);
            destroyed.map_err(|error| Failed::underway(WriteError::Ring(error)))?;
        }
        Ok(written)
    }

    /// Takes note of a batch that is durable: from here on every read tells of all of it.
    #[expect(clippy::too_many_arguments, reason = "what a batch consists of")]
    fn take_note(
        &self,
        lines: &[RecordLine<'_>],
        first: u64,
        events: Vec<Event>,
        records: &[SealedRecord],
        ended: &HashSet<KeyId>,
        note: String,
        kept: Vec<Fact>,
    ) -> Vec<Appended> {
        let mut written = Vec::new();
        let mut state = self.shared.state_mut();
        let keys = self.shared.ring.keys();
        for ((index, event), record) in (first..).zip(events).zip(records) {
            state.tree.push(record.commitment.leaf());
            state.index(&event, index);
            written.push(Appended { address: RecordAddress { shard: OPEN_SHARD, index }, event });
        }
        state.checkpoint = note;
        state.forget(ended, &keys);
        for (line, written) in lines.iter().zip(&written) {
            for fact in line.draft.facts.iter().filter(|fact| !ends(fact, ended)) {
                state.apply(fact.open(), written.address.index);
            }
            if let Some(answer) = line.answer.and_then(|answer| answer_fact(answer, &keys)) {
                state.apply(answer.open(), written.address.index);
            }
        }
        let last = state.tree.size().saturating_sub(1);
        kept.into_iter().for_each(|answer| state.apply(answer.open(), last));
        written
    }

    /// Answers that stand beside no record of their own stand behind the last one.
    fn keep(&self, keeping: &Keeping, size: u64, frames: &mut Vec<u8>) -> Vec<Fact> {
        let keys = self.shared.ring.keys();
        let kept: Vec<Fact> = keeping.iter().filter_map(|(answer, _)| answer_fact(answer, &keys)).collect();
        for fact in &kept {
            let entry = FrameEntry::Fact(fact::encode(fact, &keys, &*self.shared.entropy));
            Frame { index: size, entry }.write(frames);
        }
        kept
    }

    /// The batch as it stands in the journal, without its end. Each event names the facts beside it.
    fn encode(
        &mut self,
        lines: &[RecordLine<'_>],
        events: Vec<Event>,
        first: u64,
    ) -> (Vec<u8>, Vec<SealedRecord>, Vec<Event>) {
        let shared = Arc::clone(&self.shared);
        let keys = shared.ring.keys();
        let mut frames = Vec::new();
        let mut records = Vec::new();
        let mut named = Vec::new();
        for ((index, event), line) in (first..).zip(events).zip(lines) {
            let encode = |fact| fact::encode(fact, &keys, &*shared.entropy);
            let answer = line.answer.and_then(|answer| answer_fact(answer, &keys));
            let facts: Vec<Vec<u8>> = line.draft.facts.iter().chain(&answer).map(encode).collect();
            let mut event = event;
            event.head.facts = fact::digest(&facts);
            let record = self.seal(&event, index, &keys);
            self.tree.push(record.commitment.leaf());
            Frame { index, entry: FrameEntry::Record(record.to_bytes()) }.write(&mut frames);
            for fact in facts {
                Frame { index: index + 1, entry: FrameEntry::Fact(fact) }.write(&mut frames);
            }
            records.push(record);
            named.push(event);
        }
        (frames, records, named)
    }

    /// Fills in `previous`, and makes the keys that are still missing durable before anything is sealed under them.
    fn prepare(&self, lines: &[RecordLine<'_>], keeping: &Keeping, first: u64) -> Result<Vec<Event>, WriteError> {
        let LedgerShared { ring, entropy, .. } = &*self.shared;
        let events = self.in_order(lines, first);
        let of_subjects = events.iter().filter_map(|event| event.head.subject).map(KeyPurpose::Proof);
        let answers = lines.iter().filter_map(|line| line.answer).chain(keeping.iter().map(|(answer, _)| answer));
        for owner in of_subjects.chain(answers.map(StoredResponse::owner)) {
            ring.ensure(owner, &**entropy);
        }
        match ring.is_in_place() {
            Ok(true) => {}
            Ok(false) => return Err(WriteError::RingMoved),
            Err(error) => return Err(WriteError::RingLook(error)),
        }
        // Reads go on meanwhile; nothing of the state is held.
        ring.sync(&**entropy).map_err(WriteError::Ring)?;
        Ok(events)
    }

    /// The events, each naming the one before it of its subject.
    fn in_order(&self, lines: &[RecordLine<'_>], first: u64) -> Vec<Event> {
        let state = self.shared.state();
        let mut last: HashMap<Subject, u64> = HashMap::new();
        let mut events = Vec::new();
        for (index, line) in (first..).zip(lines) {
            let mut event = line.draft.event.clone();
            if let Some(subject) = event.head.subject {
                let earlier = state.by_subject.get(&subject).and_then(|indexes| indexes.last().copied());
                event.head.previous =
                    last.insert(subject, index).or(earlier).map(|index| RecordAddress { shard: OPEN_SHARD, index });
            }
            events.push(event);
        }
        events
    }

    fn seal(&self, event: &Event, index: u64, keys: &KeyTable) -> SealedRecord {
        let entropy = &*self.shared.entropy;
        let (text, salt) = (canonical(event), Salt(entropy.bytes()));
        let owner = match (sealing(event), event.head.subject) {
            (RecordSealing::Open, _) => None,
            (RecordSealing::Proof, Some(subject)) => Some(KeyPurpose::Proof(subject)),
            (RecordSealing::Audit, _) => Some(KeyPurpose::Audit),
            (RecordSealing::Shard | RecordSealing::Proof, _) => Some(KeyPurpose::Shard(OPEN_SHARD.get())),
        };
        let under = owner.map(|owner| {
            let id = keys.find(owner).expect("made before sealing");
            (id, keys.key(id).expect("found above"))
        });
        SealedRecord::seal(&salt, &text, RecordAddress { shard: OPEN_SHARD, index }, under, entropy)
    }

    /// The journal and the database become durable side by side; the checkpoint outside them after the journal, so
    /// that it is never ahead of it (docs/decisions/0002).
    fn make_durable(&mut self, first: u64, frames: &[u8], batch: &Batch) -> Result<(), Failed> {
        let store = &*self.shared.store;
        // A batch without records is the journal's alone.
        let into_store = || if batch.records.is_empty() { Ok(()) } else { store.append(OPEN_SHARD, first, batch) };
        let Some(disk) = &mut self.disk else {
            return into_store().map_err(|error| Failed::before(WriteError::Memory(error)));
        };
        disk.is_in_place().map_err(Failed::before)?;
        disk.journal.make_room(first, frames.len()).map_err(WriteError::Journal).map_err(Failed::before)?;
        disk.journal.append(frames).map_err(WriteError::Journal).map_err(Failed::underway)?;
        let number = self.batches;
        std::thread::scope(|scope| {
            let outside = scope.spawn(|| {
                disk.journal.sync()?;
                disk.checkpoint.write(number, &batch.checkpoint)
            });
            let inside = into_store().and_then(|()| store.sync());
            let outside = outside.join().map_err(|_| WriteError::Panicked)?;
            outside.map_err(WriteError::JournalSync)?;
            inside.map_err(WriteError::Database)
        })
        .map_err(Failed::underway)?;
        // Nobody is answered whose record was written over meanwhile.
        disk.is_in_place().map_err(Failed::underway)
    }
}
