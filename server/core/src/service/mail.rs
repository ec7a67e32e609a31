//! The queue of mails: what is to be sent survives a restart, and no address outlives its mail by more than the day.
//!
//! A mail waits as a fact under the key of the day on which it was queued. When it is sent, or given up, the fact is
//! removed.

pub mod outbox;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::event::{Actor, Event, MailState, Mailed, Route};
use time::{Duration, OffsetDateTime};

use super::days::{Days, TheDayStays};
use crate::config::Sms;
use contact::{ContactPoint, Email};
use ledger::clock::Clock;
use ledger::formats::fact::{QueuedMail, UnderKey};
use ledger::{AppendError, AppendRequest, Fact, FactKind, Ledger, ReadError};

/// For how long a mail is tried that does not say otherwise.
pub const PATIENCE: Duration = Duration::days(2);

/// The name of a mail that waits.
pub type MailId = UnderKey;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// The mail server took it.
    Sent,
    /// It was refused for good, or its time was over. Nothing rests on that: an objection stands without any mail.
    GivenUp,
}

/// The mails that wait to be sent.
pub struct MailQueue {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    days: Arc<Days>,
    /// How a text reaches a phone, if it does.
    sms: Option<Sms>,
    /// Whether mail leaves the house.
    sends_mail: bool,
    /// Guards the table for one look or change; never held while anything is written.
    waiting: Mutex<BTreeMap<MailId, QueuedMail>>,
    /// Told of when a mail was queued.
    pub wake: tokio::sync::Notify,
}

impl MailQueue {
    /// With what waited before, from the facts beside the ledger. `sends_mail` is whether mail leaves the house.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn load(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        days: Arc<Days>,
        sms: Option<Sms>,
        sends_mail: bool,
    ) -> Result<Self, ReadError> {
        let waiting = ledger.facts(FactKind::Mail)?.into_iter().filter_map(|stored| match stored.fact {
            Fact::Mail { id, mail } => Some((id, mail?)),
            _ => None,
        });
        let waiting = Mutex::new(waiting.collect());
        Ok(Self { ledger, clock, days, sms, sends_mail, waiting, wake: tokio::sync::Notify::new() })
    }

    fn table(&self) -> MutexGuard<'_, BTreeMap<MailId, QueuedMail>> {
        // Nothing in here is ever half done, so what a panicking thread left is right.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that waits.
    pub fn waiting(&self) -> Vec<(MailId, QueuedMail)> {
        self.table().iter().map(|(id, mail)| (*id, mail.clone())).collect()
    }

    /// Whether a mail that says the same to the same mailbox waits already.
    pub(super) fn has(&self, mail: &QueuedMail) -> bool {
        let same = |of: &QueuedMail| (&of.what, &of.to, &of.text) == (&mail.what, &mail.to, &mail.text);
        self.table().values().any(same)
    }

    /// The names under which it all stands.
    pub(super) fn names(&self) -> Vec<MailId> {
        self.table().keys().copied().collect()
    }
}

impl MailQueue {
    /// Whether mail can leave the house.
    pub fn sends_mail(&self) -> bool {
        self.sends_mail
    }

    /// Whether a code can go to a phone.
    pub fn sends_texts(&self) -> bool {
        self.sms.is_some() && self.sends_mail()
    }

    /// The mailbox by which a message reaches a contact point: itself, or the gateway's for a number.
    pub(super) fn mailbox_of(&self, point: &ContactPoint) -> Option<Email> {
        match point {
            ContactPoint::Email(email) => Some(email.clone()),
            ContactPoint::Phone(phone) => self.sms.as_ref().map(|sms| sms.address(phone)),
            ContactPoint::Post(_) => None,
        }
    }

    /// Puts a mail into the queue; returns once it is durable.
    ///
    /// # Errors
    /// It is not in the queue then.
    pub async fn queue_mail(&self, mail: QueuedMail) -> Result<(), AppendError> {
        let the_day = self.days.the_day_stays().await;
        let (to_queue, draft) = self.to_queue(&the_day, mail);
        self.ledger.append(draft).await?;
        self.queued(to_queue);
        Ok(())
    }

    /// A mail that is to be put into the queue, and what is to be recorded first.
    pub(super) fn to_queue(&self, the_day: &TheDayStays<'_>, mail: QueuedMail) -> (ToQueue, AppendRequest) {
        let id = self.days.waiting_name(the_day);
        let fact = Fact::Mail { id, mail: Some(mail.clone()) };
        let draft = AppendRequest::with(mailed(self.clock.now().at, &mail, MailState::Queued), vec![fact]);
        (ToQueue { id, mail }, draft)
    }

    /// Puts a mail into the queue of which that is durable.
    pub(super) fn queued(&self, ToQueue { id, mail }: ToQueue) {
        self.table().insert(id, mail);
        self.wake.notify_one();
    }

    /// Takes a mail out of the queue and records what became of it.
    ///
    /// # Errors
    /// It is still in the queue then, and would be sent again.
    pub async fn mail_ended(&self, id: &MailId, mail: &QueuedMail, outcome: MailOutcome) -> Result<(), AppendError> {
        self.ledger.append(ended(self.clock.now().at, id, mail, outcome)).await?;
        self.table().remove(id);
        Ok(())
    }

    /// What waits for somebody who is to be erased, and what is to be recorded of it: nothing goes there any more.
    pub(super) fn mails_given_up(&self, points: &[ContactPoint]) -> (Vec<MailId>, Vec<AppendRequest>) {
        let mailboxes: Vec<String> =
            points.iter().filter_map(|point| self.mailbox_of(point)).map(|mailbox| mailbox.match_key()).collect();
        let theirs = self.waiting().into_iter().filter(|(_, mail)| mailboxes.contains(&mail.to.match_key()));
        let now = self.clock.now().at;
        theirs.map(|(id, mail)| (id, ended(now, &id, &mail, MailOutcome::GivenUp))).unzip()
    }

    /// Takes mails out of the queue of which that is durable.
    pub(super) fn drop_mails(&self, ids: &[MailId]) {
        let mut table = self.table();
        ids.iter().for_each(|id| _ = table.remove(id));
    }
}

/// A mail that is on its way into the queue.
pub(super) struct ToQueue {
    id: MailId,
    mail: QueuedMail,
}

fn ended(at: OffsetDateTime, id: &MailId, mail: &QueuedMail, outcome: MailOutcome) -> AppendRequest {
    let state = match outcome {
        MailOutcome::Sent => MailState::Sent,
        MailOutcome::GivenUp => MailState::GivenUp,
    };
    AppendRequest::with(mailed(at, mail, state), vec![Fact::Mail { id: *id, mail: None }])
}

/// The record says what went out and when, never to whom.
fn mailed(at: OffsetDateTime, mail: &QueuedMail, state: MailState) -> Event {
    Event::new(at, Actor::System, Route::System, Mailed { mail: mail.what.clone(), state })
}

#[cfg(test)]
mod tests;
