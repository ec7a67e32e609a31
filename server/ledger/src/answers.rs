//! What requests were answered, kept for a day for whoever sends one again: then nothing is recorded a second time.
//!
//! An answer stands in the journal beside the record that it tells of, in the same batch, and in no record or leaf. It is
//! sealed under a key of its hour, which ends a day after it; from then on nothing of it can be read anywhere.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use model::identity::{RecordAddress, ShardNumber};
use time::{Duration, OffsetDateTime};

use super::files::Layout;
use super::replay::{self, ReplayFault};
use super::shards::facts_behind;
use super::writer::Job;
use super::{AppendError, AppendRequest, Appended, Ledger, LedgerShared, ReadError, blocking};
use crate::error::RecoveryError;
use crate::formats::fact::{self, Fact, Reply, StoredResponse, is_answer};
use vault::ring::KeyPurpose;

/// For how long a request that is sent again gets the answer of the first time.
pub const ANSWERS_LIVE: Duration = Duration::hours(24);

/// The keyed hash of what tells a request from all others.
pub type AnswerName = [u8; 16];

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredRequest {
    /// The last record that was made of it; of what made none, the last one before it.
    pub address: RecordAddress,
    /// What answers it, beside the record.
    pub reply: Reply,
}

/// What became of a request that may have been sent before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// It was recorded now; an event each.
    Written(Vec<Appended>),
    /// It had been; nothing was recorded.
    Before(AnsweredRequest),
}

/// Which requests were answered, and where the answer stands: it is read out of the journal when a request is sent again, which is seldom.
#[derive(Default)]
pub struct AnswerBook {
    kept: HashMap<AnswerName, KeptAnswer>,
    /// What they were answered, where everything is in memory.
    replies: HashMap<AnswerName, Reply>,
}

/// When a request was answered, and the record that the answer stands behind; small, because there is one for each of a day.
#[derive(Clone, Copy)]
struct KeptAnswer {
    /// Seconds since 1970.
    at: u32,
    shard: ShardNumber,
    index: u32,
}

impl KeptAnswer {
    fn record(self) -> RecordAddress {
        RecordAddress { shard: self.shard, index: self.index.into() }
    }
}

fn seconds(at: OffsetDateTime) -> u32 {
    u32::try_from(at.unix_timestamp()).unwrap_or_default()
}

impl AnswerBook {
    /// The record that the answer to a request stands behind, unless it is too old.
    pub fn find(&self, name: &AnswerName, now: OffsetDateTime) -> Option<RecordAddress> {
        let kept = self.kept.get(name)?;
        let until = OffsetDateTime::from_unix_timestamp(kept.at.into()).ok()? + ANSWERS_LIVE;
        (now < until).then(|| kept.record())
    }

    /// Takes note of an answer that stands behind a record. One that is read at a start may be older than what is known.
    pub fn note(&mut self, name: AnswerName, at: OffsetDateTime, RecordAddress { shard, index }: RecordAddress) {
        let index = u32::try_from(index).expect("a shard has fewer records");
        let kept = KeptAnswer { at: seconds(at), shard, index };
        let known = self.kept.entry(name).or_insert(kept);
        if (known.shard, known.index) <= (shard, index) {
            *known = kept;
        }
    }

    /// Keeps an answer itself, where everything is in memory.
    pub fn keep(&mut self, answer: &StoredResponse) {
        self.replies.insert(answer.name, answer.reply.clone());
    }

    /// Forgets those of hours before one.
    fn forget_before(&mut self, first: u32) {
        self.kept.retain(|_, kept| kept.at / 3600 >= first);
        let kept = &self.kept;
        self.replies.retain(|name, _| kept.contains_key(name));
    }
}

/// Whether everything that was answered within a day is known again after a start: it is read in the background.
#[derive(Default)]
pub struct AnswersKnown {
    is: AtomicBool,
    /// Guards the change, for whoever waits for it.
    changing: Mutex<()>,
    changed: Condvar,
}

impl AnswersKnown {
    fn tell(&self) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.is.store(true, Ordering::SeqCst);
        self.changed.notify_all();
    }

    fn is(&self) -> bool {
        self.is.load(Ordering::SeqCst)
    }

    /// Returns once everything is known.
    fn wait(&self) {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(changing, |()| !self.is()).unwrap_or_else(PoisonError::into_inner));
    }
}

/// Nobody waits for ever for a thread that broke down.
struct TellsAtItsEnd<'a>(&'a AnswersKnown);

impl Drop for TellsAtItsEnd<'_> {
    fn drop(&mut self) {
        self.0.tell();
    }
}

/// Starts the thread that reads what was answered within a day, the newest shard first. Until it is done whoever sends a request with a
/// name waits for it.
///
/// # Errors
/// The thread cannot be started.
pub fn start(shared: &Arc<LedgerShared>, closed: &[(ShardNumber, Option<i64>)]) -> Result<(), RecoveryError> {
    let Some(layout) = shared.data.clone().map(Layout) else {
        shared.answers_known.tell();
        return Ok(());
    };
    let first = shared.ring.keys().first_hour();
    let open = shared.state().open.number;
    // A shard that was closed before the oldest hour whose answers can be read has none.
    let can_have = |at: Option<i64>| first.is_some_and(|hour| at.is_none_or(|at| at >= i64::from(hour) * 3600));
    let closed = closed.iter().rev().filter(|(_, at)| can_have(*at)).map(|(number, _)| *number);
    let shards: Vec<ShardNumber> = first.map(|_| open).into_iter().chain(closed).collect();
    let its = Arc::clone(shared);
    let read = move || {
        let known = TellsAtItsEnd(&its.answers_known);
        for number in shards {
            if let Err(error) = its.read_answers(&layout, number) {
                // The start has just read it, or its check is underway and will say more.
                tracing::error!(
                    "what requests were answered cannot be read, so one that is sent again may be taken twice: {error}"
                );
            }
        }
        drop(known);
    };
    let thread = std::thread::Builder::new().name("answers".into()).spawn(read);
    thread.map(|_it_ends_by_itself| ()).map_err(RecoveryError::io("the thread that reads answers cannot be started"))
}

impl LedgerShared {
    fn read_answers(&self, layout: &Layout, number: ShardNumber) -> Result<(), ReplayFault> {
        const AT_ONCE: usize = 1000;
        let mut found = Vec::new();
        let take = |found: &mut Vec<(AnswerName, OffsetDateTime, RecordAddress)>| {
            let mut state = self.state_mut();
            found.drain(..).for_each(|(name, at, record)| state.answers.note(name, at, record));
        };
        replay::each_fact(layout, number, |index, bytes| {
            if self.closing.load(Ordering::SeqCst) {
                return false;
            }
            if let Some(answer) = self.open_answer(bytes) {
                found.push((answer.name, answer.at, RecordAddress { shard: number, index }));
            }
            if found.len() >= AT_ONCE {
                take(&mut found);
            }
            true
        })?;
        take(&mut found);
        Ok(())
    }

    /// An answer as it stands in the journal, while its key lives.
    fn open_answer(&self, bytes: &[u8]) -> Option<StoredResponse> {
        let opened = is_answer(bytes).then(|| fact::open(bytes, &self.ring.keys()).ok()).flatten()?;
        match opened.fact() {
            Ok(Fact::Answer { answer, .. }) => Some(answer),
            _ => None,
        }
    }

    /// The record that the answer to a request stands behind, if it was answered within a day.
    pub fn find_answer(&self, name: &AnswerName, now: OffsetDateTime) -> Option<RecordAddress> {
        // Asked first: what becomes known between the two is looked for again.
        let all_known = self.answers_known.is();
        let find = || self.state().answers.find(name, now);
        find().or_else(|| {
            if all_known {
                return None;
            }
            self.answers_known.wait();
            find()
        })
    }

    /// What a request was answered, that stands behind that record: the last of its name before the next record.
    pub fn answer_behind(
        &self,
        name: &AnswerName,
        address: RecordAddress,
    ) -> Result<Option<AnsweredRequest>, ReadError> {
        let in_memory = self.state().answers.replies.get(name).cloned();
        if let Some(reply) = in_memory {
            return Ok(Some(AnsweredRequest { address, reply }));
        }
        let mut reply = None;
        if let Some((files, offset)) = self.journal_behind(address)? {
            facts_behind(&files, offset, address, |bytes| {
                let answer = self.open_answer(bytes).filter(|answer| answer.name == *name);
                reply = answer.map(|answer| answer.reply).or(reply.take());
            })?;
        }
        Ok(reply.map(|reply| AnsweredRequest { address, reply }))
    }
}

impl StoredResponse {
    /// Whose key seals it.
    pub fn owner(&self) -> KeyPurpose {
        KeyPurpose::Hour(hour(self.at))
    }
}

/// Hours since 1970.
fn hour(at: OffsetDateTime) -> u32 {
    u32::try_from(at.unix_timestamp().div_euclid(3600)).unwrap_or_default()
}

impl Ledger {
    /// What a request was answered before, if it was, within a day.
    ///
    /// # Errors
    /// It was, and the journal cannot be read.
    pub fn answered(&self, name: &AnswerName, now: OffsetDateTime) -> Result<Option<AnsweredRequest>, ReadError> {
        match blocking(|| self.shared.find_answer(name, now)) {
            Some(record) => self.shared.answer_behind(name, record),
            None => Ok(None),
        }
    }

    /// Whether a request was answered before, within a day.
    pub fn was_answered(&self, name: &AnswerName, now: OffsetDateTime) -> bool {
        blocking(|| self.shared.find_answer(name, now)).is_some()
    }

    /// Records events together, unless the request that they come of was answered before; returns once events and answer
    /// are durable, in one batch.
    ///
    /// # Errors
    /// As [`Ledger::append`].
    ///
    /// # Panics
    /// As [`Ledger::append`].
    pub async fn append_once(&self, drafts: Vec<AppendRequest>, answer: StoredResponse) -> Result<Once, AppendError> {
        self.submit(drafts, Some(answer))?.durable().await
    }

    /// Keeps what a request was answered whose events are recorded already; returns once that is durable.
    ///
    /// # Errors
    /// As [`Ledger::append`]; sent again, the request is then taken as a new one.
    pub async fn keep_answer(&self, answer: StoredResponse) -> Result<(), AppendError> {
        let (told, ended) = tokio::sync::oneshot::channel();
        self.shared.put(Job::Keep { answer, told })?;
        ended.await.unwrap_or(Err(AppendError::OutcomeUnknown))
    }

    /// Destroys the keys of answers that are too old to be given; gives how many.
    ///
    /// # Errors
    /// The key ring cannot be written; the ledger takes nothing more then.
    pub fn forget_answers(&self, now: OffsetDateTime) -> std::io::Result<usize> {
        let last = hour(now).saturating_sub(u32::try_from(ANSWERS_LIVE.whole_hours()).unwrap_or_default());
        let over = self.shared.ring.keys().hours_before(last);
        self.shared.state_mut().answers.forget_before(last);
        let destroyed = blocking(|| self.shared.ring.destroy(&over, &*self.shared.random));
        if destroyed.is_err() {
            self.shared.shut();
        }
        destroyed.map(|()| over.len())
    }
}
