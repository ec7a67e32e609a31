//! The one road from acts to the ledger: acts make batches, and whoever has the turn to act has them written.

use std::collections::VecDeque;
use std::time::Duration;

use model::identity::RecordAddress;

use super::{ActError, ActOutcome, People, Provenance};
use crate::service::history::PersonHistory;
use ledger::formats::fact::Reply;
use ledger::{AppendError, AppendRequest, Appended, Fact, NotRecorded, Once, PendingAppend, StoredResponse};
use tokio::sync::MutexGuard;

/// What belongs together: it is recorded whole, or not at all. Acts make what is in it.
#[derive(Clone, Default)]
pub(super) struct Batch {
    requests: Vec<AppendRequest>,
    /// How the request that it comes of is answered; durable with it.
    answer: Option<StoredResponse>,
}

impl Batch {
    /// What acts made, in their order.
    pub(super) fn from_requests(requests: impl IntoIterator<Item = AppendRequest>) -> Self {
        Self { requests: requests.into_iter().collect(), answer: None }
    }

    pub(super) fn push(&mut self, request: AppendRequest) {
        self.requests.push(request);
    }

    pub(super) fn extend(&mut self, after: Self) {
        self.requests.extend(after.requests);
    }

    /// Puts facts beside the first record: one before those that it has, others after them.
    pub(super) fn put_first(&mut self, before: Fact, after: Vec<Fact>) {
        if let Some(first) = self.requests.first_mut() {
            first.facts.insert(0, before);
            first.facts.extend(after);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// What becomes known with it.
    pub(super) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.requests.iter().flat_map(|request| &request.facts)
    }

    /// Whether somebody is erased by it, or objects at a contact point.
    fn is_to_outlive_a_restore(&self) -> bool {
        let objects = |fact: &Fact| matches!(fact, Fact::Suppression { .. });
        self.requests.iter().any(|request| !request.ends.is_empty() || request.facts.iter().any(objects))
    }

    /// The same with the answer to the request that it comes of.
    #[must_use]
    pub(super) fn answered(self, answer: Option<StoredResponse>) -> Self {
        Self { answer, ..self }
    }
}

/// The turn to act, of one act or of several that are written together: nobody else acts while it lasts.
pub(in crate::service) struct WriteLock<'a> {
    people: &'a People,
    _one_at_a_time: MutexGuard<'a, ()>,
}

/// What is on its way to the disk together, to be noted once it is there.
struct HandedIn {
    batch: Batch,
    pending: PendingAppend,
}

impl People {
    /// Waits for the acts before, and holds up those after, for as long as it is held.
    pub(in crate::service) async fn write_lock(&self) -> WriteLock<'_> {
        WriteLock { people: self, _one_at_a_time: self.write_lock.lock().await }
    }

    /// What an act came to when its request was made before. Its answer may have been lost on the way to the disk; it is
    /// durable with the act all the same.
    pub(super) fn done_before(
        &self,
        history: &PersonHistory,
        act: &Provenance,
    ) -> Result<Option<ActOutcome>, ActError> {
        let before = act.request.map_or(Ok(None), |name| self.ledger.answered(&name, self.clock.now().at))?;
        before.map(|before| acted_at(history, before.address)).transpose()
    }

    fn hand_in(&self, batch: &Batch) -> Result<PendingAppend, NotRecorded> {
        self.ledger.submit(batch.requests.clone(), batch.answer.clone())
    }

    async fn note(&self, HandedIn { batch, pending }: HandedIn) -> Result<Once, ActError> {
        let once = pending.durable().await?;
        if let Once::Written(written) = &once {
            for (request, written) in batch.requests.into_iter().zip(written) {
                self.take_note(request, written);
            }
        }
        Ok(once)
    }

    fn take_note(&self, AppendRequest { facts, ends, .. }: AppendRequest, written: &Appended) {
        let mut book = self.book.write().expect("nobody panics while changing it");
        facts.iter().for_each(|fact| book.apply(fact, written.address));
        ends.into_iter().for_each(|id| book.forget(id));
    }
}

impl WriteLock<'_> {
    /// Writes what one act made, and with it what the act's request is answered: the record itself tells what it came to.
    pub(super) async fn append_act(&self, request: AppendRequest, act: &Provenance) -> Result<ActOutcome, ActError> {
        let at = self.people.clock.now().at;
        let answer = act.request.map(|name| StoredResponse { name, at, reply: Reply::Done });
        self.append(Batch::from_requests([request]).answered(answer)).await
    }

    /// Writes one batch, and takes note of it; gives what the last of it came to.
    pub(super) async fn append(&self, batch: Batch) -> Result<ActOutcome, ActError> {
        let once = self.append_all(vec![batch]).await?;
        match once.into_iter().next().expect("one of one") {
            Once::Written(written) => {
                let last = written.last().expect("an act makes a record");
                Ok(ActOutcome::by(last.address, &last.event))
            }
            Once::Before(before) => acted_at(&self.people.history(), before.address),
        }
    }

    /// Writes batches that do not rest on each other, in their order; each is recorded whole, or not at all. Once one of them
    /// is taken the others wait for room, so that nothing is left half done because much is being written.
    pub(super) async fn append_all(&self, batches: Vec<Batch>) -> Result<Vec<Once>, ActError> {
        let is_kept_away = batches.iter().any(Batch::is_to_outlive_a_restore);
        let done = self.append_in_order(batches).await;
        if is_kept_away {
            // Also after a failure: some of it may be recorded.
            self.people.to_keep_away.notify_one();
        }
        done
    }

    async fn append_in_order(&self, batches: Vec<Batch>) -> Result<Vec<Once>, ActError> {
        let mut waiting: VecDeque<HandedIn> = VecDeque::new();
        let mut done = Vec::with_capacity(batches.len());
        for batch in batches {
            let pending = loop {
                let is_first = done.is_empty() && waiting.is_empty();
                match self.people.hand_in(&batch) {
                    Err(NotRecorded::Busy) if !is_first => match waiting.pop_front() {
                        Some(first) => done.push(self.people.note(first).await?),
                        None => tokio::time::sleep(Duration::from_millis(10)).await,
                    },
                    pending => break pending,
                }
            };
            match pending {
                Ok(pending) => waiting.push_back(HandedIn { batch, pending }),
                // What is taken is finished, and whatever goes wrong with that outranks this.
                Err(error) => {
                    for taken in waiting {
                        self.people.note(taken).await?;
                    }
                    return Err(AppendError::from(error).into());
                }
            }
        }
        for taken in waiting {
            done.push(self.people.note(taken).await?);
        }
        Ok(done)
    }
}

fn acted_at(history: &PersonHistory, record: RecordAddress) -> Result<ActOutcome, ActError> {
    let recorded = history.record(record)?.ok_or(ActError::NoPerson)?;
    Ok(ActOutcome::by(record, &recorded.event))
}
