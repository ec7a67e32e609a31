//! What requests were answered, kept for a day for whoever sends one again: then nothing is recorded a second time.
//!
//! An answer stands in the journal beside the record that it tells of, in the same batch, and in no record or leaf. It is
//! sealed under a key of its hour, which ends a day after it; from then on nothing of it can be read anywhere.

use std::collections::HashMap;

use model::identity::RecordAddress;
use time::{Duration, OffsetDateTime};

use super::writer::Job;
use super::{AppendError, AppendRequest, Appended, Ledger, blocking};
use crate::formats::fact::{Fact, OpenedFact, Reply, StoredResponse};
use vault::ring::{KeyId, KeyPurpose};

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

/// The answers that can be given again.
#[derive(Default)]
pub struct AnswerBook(HashMap<AnswerName, StoredAnswer>);

struct StoredAnswer {
    key: KeyId,
    at: OffsetDateTime,
    answered: AnsweredRequest,
}

impl AnswerBook {
    /// The answer to a request, unless it is too old.
    pub fn find(&self, name: &AnswerName, now: OffsetDateTime) -> Option<&AnsweredRequest> {
        self.0.get(name).filter(|kept| now < kept.at + ANSWERS_LIVE).map(|kept| &kept.answered)
    }

    /// Takes one from the journal; what is no answer is none.
    pub fn apply_fact(&mut self, opened: &OpenedFact, address: RecordAddress) {
        let Ok(Fact::Answer { key, answer: StoredResponse { name, at, reply } }) = opened.fact() else { return };
        let answered = AnsweredRequest { address, reply };
        self.0.insert(name, StoredAnswer { key, at, answered });
    }

    /// Forgets those under keys that are gone.
    fn forget(&mut self, gone: impl Fn(&KeyId) -> bool) {
        self.0.retain(|_, kept| !gone(&kept.key));
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
    pub fn answered(&self, name: &AnswerName, now: OffsetDateTime) -> Option<AnsweredRequest> {
        self.state().answers.find(name, now).cloned()
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
        self.shared.state_mut().answers.forget(|key| over.contains(key));
        let destroyed = blocking(|| self.shared.ring.destroy(&over, &*self.shared.random));
        if destroyed.is_err() {
            self.shared.shut();
        }
        destroyed.map(|()| over.len())
    }
}
