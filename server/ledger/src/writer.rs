//! The thread that writes: group commit, the order in which things become durable, and the change of shards.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};

use ed25519_dalek::SigningKey;
use model::event::Event;
use model::identity::{RecordAddress, ShardNumber, Subject};
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::answers::AnswerBook;
use super::files::{CheckpointFile, Journal, Layout, sync_folder};
use super::held::{HeldRecords, RecordIndex};
use super::lock::Lock;
use super::logs::{self, LogOfLogs};
use super::origin::log_name;
use super::outside::Outside;
use super::recovery::{ensure_keys, keep_verifier_key, shard_key};
use super::shards::{ClosedShard, HeldShard, OpenShard, PublishedLog};
use super::{
    AnswerName, AppendError, AppendRequest, Appended, Fact, LedgerShared, NotRecorded, Once, ReadError, StoredResponse,
};
use crate::error::RecoveryError;
use crate::flat::Place;
use crate::formats::fact;
use crate::formats::frame::{Frame, FrameEntry};
use crate::formats::record::{RecordSealing, SealedRecord, canonical, sealing};
use crate::store::{Batch, FactRow, Position, StorageError, Watermark};
use tlog::checkpoint::Checkpoint;
use tlog::entry::Salt;
use tlog::tree::{LeafHash, Tree};
use vault::ring::{KeyId, KeyPurpose, KeyTable};

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

    /// When what it records happened; what records nothing belongs into whatever shard is open.
    fn at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Record(recording) => recording.drafts.first().map(|draft| draft.event.head.at),
            Self::Keep { .. } => None,
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
    #[error("the key ring is shorter than we left it: somebody wrote over it")]
    RingMoved,
    #[error("the key ring cannot be looked at: {0}")]
    RingLook(std::io::Error),
    #[error("the key ring cannot be written: {0}")]
    Ring(std::io::Error),
    #[error("the database cannot be written: {0}")]
    Database(StorageError),
    #[error("the log of logs cannot be written: {0}")]
    Logs(std::io::Error),
    #[error("the next shard cannot be begun: {0}")]
    NextShard(#[source] Box<RecoveryError>),
    #[error("shard {} is the last one that the number of a receipt can tell of, and it is full", ShardNumber::MAX)]
    NoMoreShards,
    #[error("the earlier records of a subject cannot be looked up: {0}")]
    Earlier(ReadError),
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

/// No more is put into a batch of so many drafts.
const LARGEST_BATCH: usize = 256;

/// A batch as it is written.
struct Encoded {
    /// Of the journal, without the end of the batch.
    frames: Vec<u8>,
    leaves: Vec<LeafHash>,
    /// Which key seals each record.
    keys: Vec<KeyId>,
    /// Where each record's frame begins among the frames.
    offsets: Vec<u32>,
    /// Its records as they are sealed, where they are kept in memory.
    stored: Vec<Vec<u8>>,
    /// The facts beside them, for the database.
    facts: Vec<FactRow>,
    events: Vec<Event>,
}

impl Encoded {
    fn with_room(records: usize) -> Self {
        /// A usual record with its frame.
        const USUAL: usize = 900;
        Self {
            frames: Vec::with_capacity(records * USUAL),
            leaves: Vec::with_capacity(records),
            keys: Vec::with_capacity(records),
            offsets: Vec::with_capacity(records),
            stored: Vec::new(),
            facts: Vec::new(),
            events: Vec::with_capacity(records),
        }
    }
}

/// What only the writer touches.
pub struct Writer {
    pub shared: Arc<LedgerShared>,
    /// The first part of every log's name.
    pub site: String,
    /// None where everything is in memory.
    pub disk: Option<WriterDisk>,
    pub shard: WriterShard,
    pub logs: LogOfLogs,
    /// Told of each shard that closes, where there is a disk.
    pub closer: Option<Sender<ShardNumber>>,
    /// What was taken from the queue and belongs into the next shard.
    pub held: Option<Job>,
    /// How far the database follows the journal once it has written what it was handed.
    pub position: Option<Position>,
    /// How many records were written since it was handed anything.
    pub unmarked: u64,
}

/// The database is told after so many records at the latest: a start opens those that it was not told of.
const UNMARKED: u64 = 8192;

/// The shard that is written to.
pub struct WriterShard {
    pub number: ShardNumber,
    pub tree: Tree,
    /// The signed checkpoint of the last batch; empty before the first.
    pub note: String,
    pub batches: u64,
    /// When its first record was made (seconds since 1970).
    pub opened: Option<i64>,
    origin: String,
    key: SigningKey,
    /// None where everything is in memory.
    pub disk: Option<ShardDisk>,
}

impl WriterShard {
    /// Without a record.
    pub fn new(site: &str, number: ShardNumber, key: SigningKey) -> Self {
        let origin = log_name(site, number);
        let (tree, note) = (Tree::default(), String::new());
        Self { number, tree, note, batches: 0, opened: None, origin, key, disk: None }
    }

    /// The signed checkpoint of all records.
    pub fn signed(&self) -> String {
        let (size, root) = (self.tree.size(), self.tree.root());
        Checkpoint { origin: self.origin.clone(), size, root }.sign(&self.key)
    }

    /// As every read consults it.
    pub fn published(&self) -> PublishedLog {
        PublishedLog {
            tree: self.tree.clone(),
            checkpoint: self.note.clone(),
            origin: self.origin.clone(),
            key: self.key.verifying_key(),
        }
    }

    fn address(&self, index: u64) -> RecordAddress {
        RecordAddress { shard: self.number, index }
    }
}

/// The files of a shard that is written to.
pub struct ShardDisk {
    pub journal: Journal,
    pub checkpoint: CheckpointFile,
}

pub struct WriterDisk {
    pub layout: Layout,
    pub outside: Outside,
    /// Held for as long as the writer lives, whichever shard is open.
    pub lock: Lock,
}

/// Whether what is written to is still what stands in the data directory.
fn is_in_place(disk: &WriterDisk, shard: &ShardDisk) -> Result<(), WriteError> {
    match disk.lock.is_in_place().and_then(|folder| Ok(folder && shard.journal.is_in_place()?)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(WriteError::Moved),
        Err(error) => Err(WriteError::Look(error)),
    }
}

/// What a request is answered, as it stands in the journal; nothing if its hour is over already.
fn answer_fact(answer: &StoredResponse, keys: &KeyTable) -> Option<Fact> {
    Some(Fact::Answer { key: keys.find(answer.owner())?, answer: answer.clone() })
}

impl Writer {
    /// Takes what waits, makes it durable together, answers, and takes the next. Ends when the queue is closed, or
    /// at the first failure: a failed sync is never retried, because what it lost cannot be known.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        let mut failed = false;
        while let Some(first) = self.held.take().or_else(|| self.next(jobs)) {
            let written =
                self.gather(first, jobs).and_then(|batch| self.write_batch(batch)).and_then(|()| self.enter());
            if written.is_err() {
                self.turn_away(jobs);
                failed = true;
                break;
            }
        }
        if !failed {
            self.mark();
        }
        if let Some(disk) = &mut self.disk {
            disk.outside.settle();
        }
    }

    /// Tells the database how far the journal goes, so that the next start opens nothing again. What fails is left to that start.
    fn mark(&mut self) {
        if self.unmarked > 0 && !self.shard.note.is_empty() {
            let batch = Batch::at(self.watermark());
            if let Err(error) = self.hand_over(batch) {
                tracing::warn!("{error}");
            }
        }
    }

    fn watermark(&self) -> Watermark {
        let WriterShard { number, batches, note, .. } = &self.shard;
        Watermark { shard: *number, batches: *batches, checkpoint: note.clone() }
    }

    /// Hands the database what it has to follow.
    fn hand_over(&mut self, batch: Batch) -> Result<(), WriteError> {
        let position = batch.watermark.position();
        self.shared.store.append(self.position, &Arc::new(batch)).map_err(WriteError::Database)?;
        self.position = Some(position);
        self.unmarked = 0;
        Ok(())
    }

    /// What is written together: what waits and fits the shard that is open. The first of it opens the next shard, if it does
    /// not fit this one.
    fn gather(&mut self, first: Job, jobs: &Receiver<Job>) -> Result<Vec<Job>, AppendError> {
        let rules = *self.shared.rules.lock().expect("nobody panics while holding it");
        let (mut taken, mut records) = (Vec::new(), 0);
        let mut next = Some(first);
        while let Some(job) = next {
            let more = job.records();
            if let Some(at) = job.at() {
                let fits = |shard: &WriterShard| {
                    let size = shard.tree.size() + records as u64;
                    rules.takes(size, shard.opened, more as u64, at)
                };
                if !fits(&self.shard) && !taken.is_empty() {
                    self.held = Some(job);
                    return Ok(taken);
                }
                let began = if fits(&self.shard) { Ok(()) } else { self.begin_shard(at) };
                if let Err(error) = began.and_then(|()| self.open_shard(at)) {
                    tracing::error!("the ledger stops, nothing more is acknowledged: {error}");
                    taken.into_iter().chain([job]).for_each(Job::turn_away);
                    return Err(NotRecorded::Closed.into());
                }
                if !fits(&self.shard) {
                    tracing::error!("{more} records at once are more than a shard holds: none of them is recorded");
                    job.turn_away();
                    next = jobs.try_recv().ok();
                    continue;
                }
            }
            records += more;
            taken.push(job);
            next = if taken.len().max(records) < LARGEST_BATCH { jobs.try_recv().ok() } else { None };
        }
        Ok(taken)
    }

    /// Enters a shard into the log of logs before its first record.
    fn open_shard(&mut self, at: OffsetDateTime) -> Result<(), WriteError> {
        if self.shard.opened.is_none() {
            let at = at.unix_timestamp();
            self.logs.enter(at, &self.shard.signed()).map_err(WriteError::Logs)?;
            self.shard.opened = Some(at);
            self.publish_logs();
        }
        Ok(())
    }

    /// Closes the shard that is open, and opens the next one.
    fn begin_shard(&mut self, at: OffsetDateTime) -> Result<(), WriteError> {
        let number = ShardNumber::new(self.shard.number.get() + 1).ok_or(WriteError::NoMoreShards)?;
        self.logs.enter(at.unix_timestamp(), &self.shard.note).map_err(WriteError::Logs)?;
        let LedgerShared { ring, random, .. } = &*self.shared;
        ensure_keys(ring, number, &**random);
        ring.sync(&**random).map_err(WriteError::Ring)?;
        let key = shard_key(&ring.keys(), number).expect("made above");
        let mut shard = WriterShard::new(&self.site, number, key);
        if let Some(disk) = &self.disk {
            let files = shard_files(&disk.layout, &shard).map_err(|error| WriteError::NextShard(Box::new(error)))?;
            shard.disk = Some(files);
        }
        tracing::info!("shard {} is closed, with {} records", self.shard.number, self.shard.tree.size());
        let index = if self.disk.is_some() { RecordIndex::in_journal() } else { RecordIndex::in_memory() };
        let held = HeldShard { log: shard.published(), index };
        self.shard = shard;
        let begun = Watermark { shard: number, batches: 0, checkpoint: String::new() };
        self.hand_over(Batch::at(begun))?;
        let mut state = self.shared.state_mut();
        let full = std::mem::replace(&mut state.open, OpenShard { number, held });
        state.closed.insert(full.number, ClosedShard::InMemory(Box::new(full.held)));
        state.logs = self.logs.published.clone();
        if let Some(closer) = &self.closer {
            let _gone = closer.send(full.number);
        }
        Ok(())
    }

    /// Enters a shard that grew into the log of logs, at an interval.
    fn enter(&mut self) -> Result<(), AppendError> {
        let Some(last) = self.shared.state().last.map(OffsetDateTime::unix_timestamp) else { return Ok(()) };
        if self.logs.last.as_ref().is_some_and(|(at, _)| last - at < logs::INTERVAL) || self.shard.note.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.logs.enter(last, &self.shard.note) {
            tracing::error!("the ledger stops, nothing more is acknowledged: {}", WriteError::Logs(error));
            return Err(NotRecorded::Closed.into());
        }
        self.publish_logs();
        Ok(())
    }

    fn publish_logs(&self) {
        self.shared.state_mut().logs = self.logs.published.clone();
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
        let mut first: HashSet<AnswerName> = HashSet::new();
        batch.into_iter().partition(|job| {
            let Some(answer) = &job.once else { return true };
            self.shared.find_answer(&answer.name, answer.at).is_none() && first.insert(answer.name)
        })
    }

    /// Tells them what the first of them was answered; where that failed, how.
    fn repeat(&self, again: Vec<Recording>, ended: Result<(), AppendError>) {
        for job in again {
            let answered = job.once.as_ref().and_then(|answer| {
                let record = self.shared.find_answer(&answer.name, answer.at)?;
                // What cannot be read was recorded all the same.
                self.shared.answer_behind(&answer.name, record).ok().flatten()
            });
            let failed = ended.err().unwrap_or(AppendError::OutcomeUnknown);
            job.tell(answered.map(Once::Before).ok_or(failed));
        }
    }

    /// Tells everybody who still waits that nothing of theirs was written.
    fn turn_away(&mut self, jobs: &Receiver<Job>) {
        // First the door: nobody comes in behind the last one who is told.
        self.shared.shut();
        self.held.take().into_iter().chain(jobs.iter()).for_each(Job::turn_away);
    }

    fn commit(&mut self, batch: &[Recording], keeping: &Keeping) -> Result<Vec<Appended>, Failed> {
        let lines: Vec<RecordLine<'_>> = batch.iter().flat_map(Recording::lines).collect();
        let first = self.shard.tree.size();
        let events = self.prepare(&lines, keeping, first).map_err(Failed::before)?;
        let mut encoded = self.encode(&lines, events, first);
        let size = self.shard.tree.size();
        self.keep(keeping, size, &mut encoded.frames);
        let note = self.shard.signed();
        Frame { index: size, entry: FrameEntry::BatchEnd(note.clone()) }.write(&mut encoded.frames);
        let begins = self.make_durable(first, &encoded.frames, &note)?;
        self.shard.batches += 1;
        self.shard.note.clone_from(&note);
        let last = encoded.events.last().map(|event| event.head.at);
        if let (Some(disk), Some(last)) = (&mut self.disk, last) {
            disk.outside.note_checkpoint(note.clone(), last);
        }

        // In the event's own batch: what is acknowledged as erased is gone.
        let ended: HashSet<KeyId> = lines.iter().flat_map(|line| line.draft.ends.iter().copied()).collect();
        self.follow(&mut encoded, first, &ended).map_err(Failed::underway)?;
        let written = self.take_note(&lines, first, encoded, begins, &note, keeping);
        if !ended.is_empty() {
            let destroyed = self.shared.ring.destroy(&ended, &*self.shared.random);
            destroyed.map_err(|error| Failed::underway(WriteError::Ring(error)))?;
        }
        Ok(written)
    }

    /// Hands the database what a batch changes in it; it is written behind whoever is answered (docs/decisions/0052). Most batches change
    /// nothing there.
    fn follow(&mut self, encoded: &mut Encoded, first: u64, ended: &HashSet<KeyId>) -> Result<(), WriteError> {
        self.unmarked += encoded.events.len() as u64;
        let mut batch = Batch::at(self.watermark());
        for (index, event) in (first..).zip(&encoded.events) {
            batch.note(event, self.shard.address(index));
        }
        batch.facts = std::mem::take(&mut encoded.facts);
        batch.facts.retain(|row| !row.name.own_key().is_some_and(|key| ended.contains(&key)));
        if batch.changes_nothing() && self.unmarked < UNMARKED { Ok(()) } else { self.hand_over(batch) }
    }

    /// Takes note of a batch that is durable: from here on every read tells of all of it.
    fn take_note(
        &self,
        lines: &[RecordLine<'_>],
        first: u64,
        encoded: Encoded,
        begins: Option<(Place, PathBuf)>,
        note: &str,
        keeping: &Keeping,
    ) -> Vec<Appended> {
        let Encoded { leaves, keys, offsets, stored, events, .. } = encoded;
        let mut written = Vec::new();
        let mut state = self.shared.state_mut();
        let HeldShard { log, index: held } = &mut state.open.held;
        leaves.into_iter().for_each(|leaf| log.tree.push(leaf));
        note.clone_into(&mut log.checkpoint);
        keys.into_iter().for_each(|key| held.keys.push(key));
        match (&mut held.records, begins) {
            (HeldRecords::Memory(records), _) => records.extend(stored),
            (HeldRecords::Journal { files, places }, Some((begins, path))) => {
                if files.len() <= begins.file as usize {
                    files.push(path);
                }
                places.extend(offsets.into_iter().map(|offset| Place { offset: begins.offset + offset, ..begins }));
            }
            (HeldRecords::Journal { .. }, None) => unreachable!("a journal says where it was written to"),
        }
        for (index, event) in (first..).zip(events) {
            state.note(&event);
            written.push(Appended { address: self.shard.address(index), event });
        }
        for (line, written) in lines.iter().zip(&written) {
            if let Some(answer) = line.answer {
                self.note_answer(&mut state.answers, answer, written.address);
            }
        }
        let last = self.shard.address(self.shard.tree.size().saturating_sub(1));
        keeping.iter().for_each(|(answer, _)| self.note_answer(&mut state.answers, answer, last));
        written
    }

    fn note_answer(&self, answers: &mut AnswerBook, answer: &StoredResponse, record: RecordAddress) {
        answers.note(answer.name, answer.at, record);
        if self.disk.is_none() {
            answers.keep(answer);
        }
    }

    /// Answers that stand beside no record of their own stand behind the last one.
    fn keep(&self, keeping: &Keeping, size: u64, frames: &mut Vec<u8>) {
        let keys = self.shared.ring.keys();
        for fact in keeping.iter().filter_map(|(answer, _)| answer_fact(answer, &keys)) {
            let entry = FrameEntry::Fact(fact::encode(&fact, &keys, &*self.shared.random));
            Frame { index: size, entry }.write(frames);
        }
    }

    /// The batch as it stands in the journal, without its end. Each event names the facts beside it.
    fn encode(&mut self, lines: &[RecordLine<'_>], events: Vec<Event>, first: u64) -> Encoded {
        let shared = Arc::clone(&self.shared);
        let keys = shared.ring.keys();
        let in_memory = self.shard.disk.is_none();
        let mut encoded = Encoded::with_room(lines.len());
        for ((index, event), line) in (first..).zip(events).zip(lines) {
            let encode = |fact| fact::encode(fact, &keys, &*shared.random);
            let answer = line.answer.and_then(|answer| answer_fact(answer, &keys));
            let facts: Vec<Vec<u8>> = line.draft.facts.iter().chain(&answer).map(encode).collect();
            let mut event = event;
            event.head.facts = fact::digest(&facts);
            let record = self.seal(&event, index, &keys);
            let leaf = record.commitment.leaf();
            self.shard.tree.push(leaf);
            encoded.offsets.push(u32::try_from(encoded.frames.len()).expect("a batch is smaller"));
            let frame = Frame { index, entry: FrameEntry::Record(record.to_bytes()) };
            frame.write(&mut encoded.frames);
            if let (true, FrameEntry::Record(bytes)) = (in_memory, frame.entry) {
                encoded.stored.push(bytes);
            }
            for fact in facts {
                encoded.facts.extend(FactRow::from_journal(&fact, self.shard.address(index)));
                Frame { index: index + 1, entry: FrameEntry::Fact(fact) }.write(&mut encoded.frames);
            }
            encoded.leaves.push(leaf);
            encoded.keys.push(record.key);
            encoded.events.push(event);
        }
        encoded
    }

    /// Fills in `previous`, and makes the keys that are still missing durable before anything is sealed under them.
    fn prepare(&self, lines: &[RecordLine<'_>], keeping: &Keeping, first: u64) -> Result<Vec<Event>, WriteError> {
        let LedgerShared { ring, random, .. } = &*self.shared;
        let events = self.in_order(lines, first)?;
        let of_subjects = events.iter().filter_map(|event| event.head.subject).map(KeyPurpose::Proof);
        let answers = lines.iter().filter_map(|line| line.answer).chain(keeping.iter().map(|(answer, _)| answer));
        for owner in of_subjects.chain(answers.map(StoredResponse::owner)) {
            ring.ensure(owner, &**random);
        }
        match ring.is_in_place() {
            Ok(true) => {}
            Ok(false) => return Err(WriteError::RingMoved),
            Err(error) => return Err(WriteError::RingLook(error)),
        }
        // Reads go on meanwhile; nothing of the state is held.
        ring.sync(&**random).map_err(WriteError::Ring)?;
        Ok(events)
    }

    /// The events, each naming the one before it of its subject.
    fn in_order(&self, lines: &[RecordLine<'_>], first: u64) -> Result<Vec<Event>, WriteError> {
        let mut last: HashMap<Subject, RecordAddress> = HashMap::new();
        let mut events = Vec::new();
        for (index, line) in (first..).zip(lines) {
            let mut event = line.draft.event.clone();
            if let Some(subject) = event.head.subject {
                event.head.previous = match last.insert(subject, self.shard.address(index)) {
                    Some(before) => Some(before),
                    None => self.last_of(subject)?,
                };
            }
            events.push(event);
        }
        Ok(events)
    }

    /// The last record of a subject. Who has no key yet, which is nearly everybody, has none.
    fn last_of(&self, subject: Subject) -> Result<Option<RecordAddress>, WriteError> {
        let key = self.shared.ring.keys().find(KeyPurpose::Proof(subject));
        key.map_or(Ok(None), |key| self.shared.last_under(key)).map_err(WriteError::Earlier)
    }

    fn seal(&self, event: &Event, index: u64, keys: &KeyTable) -> SealedRecord {
        let random = &*self.shared.random;
        let (text, salt) = (canonical(event), Salt(random.bytes()));
        let owner = match (sealing(event), event.head.subject) {
            (RecordSealing::Open, _) => None,
            (RecordSealing::Proof, Some(subject)) => Some(KeyPurpose::Proof(subject)),
            (RecordSealing::Audit, _) => Some(KeyPurpose::Audit),
            (RecordSealing::Shard | RecordSealing::Proof, _) => Some(KeyPurpose::Shard(self.shard.number.get())),
        };
        let under = owner.map(|owner| {
            let id = keys.find(owner).expect("made before sealing");
            (id, keys.key(id).expect("found above"))
        });
        SealedRecord::seal(&salt, &text, self.shard.address(index), under, random)
    }

    /// The journal becomes durable, after it the checkpoint outside, so that it is never ahead of it (docs/decisions/0002). Gives where
    /// the frames begin; nothing where everything is in memory.
    fn make_durable(&mut self, first: u64, frames: &[u8], note: &str) -> Result<Option<(Place, PathBuf)>, Failed> {
        let of_a_test = || WriteError::Journal(std::io::Error::other("the disk of a test"));
        let (Some(held), Some(disk)) = (&self.disk, &mut self.shard.disk) else {
            return if self.shared.batch_fails() { Err(Failed::before(of_a_test())) } else { Ok(None) };
        };
        is_in_place(held, disk).map_err(Failed::before)?;
        disk.journal.make_room(first, frames.len()).map_err(WriteError::Journal).map_err(Failed::before)?;
        let (begins, path) = disk.journal.place();
        let begins = (begins, path.to_path_buf());
        disk.journal.append(frames).map_err(WriteError::Journal).map_err(Failed::underway)?;
        let outside = disk.journal.sync().and_then(|()| disk.checkpoint.write(self.shard.batches, note));
        outside.map_err(WriteError::JournalSync).map_err(Failed::underway)?;
        if self.shared.batch_fails() {
            return Err(Failed::underway(of_a_test()));
        }
        // Nobody is answered whose record was written over meanwhile.
        is_in_place(held, disk).map_err(Failed::underway)?;
        Ok(Some(begins))
    }
}

/// Makes the files of a shard that takes its first record next. The folder of its journal comes last: from then on the shard
/// before it is closed.
fn shard_files(layout: &Layout, shard: &WriterShard) -> Result<ShardDisk, RecoveryError> {
    let log = shard.number.into();
    keep_verifier_key(layout, log, &shard.published())?;
    let checkpoint = CheckpointFile::open(&layout.checkpoint(log))
        .map_err(RecoveryError::io("the checkpoint file cannot be opened"))?;
    let journal = Journal::open(layout, log, None)
        .and_then(|journal| sync_folder(&layout.journals()).map(|()| journal))
        .map_err(RecoveryError::io("the journal cannot be opened"))?;
    Ok(ShardDisk { journal, checkpoint })
}
