//! The queue of mails: what is to be sent survives a restart, and no address outlives its mail.
//!
//! A mail waits as a fact under the key of the day on which it was queued. When it is sent, or given up, the fact is
//! removed; when the day is over and nothing of it waits any more, the key is destroyed, and with it the last copy in
//! journal and database.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app::model::event::{Actor, Event, EventKind, Route};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use super::Keuze;
use super::people::profile::{Kind, fact_key};
use crate::contact::{ContactPoint, Email};
use crate::scribe::{AppendError, Draft, Fact, FactKind, ReadError, Scribe};
use crate::vault::ring::{KeyId, Owner};

/// For how long a mail is tried that does not say otherwise.
pub const PATIENCE: Duration = Duration::days(2);
/// How far back days are looked through for keys that can end.
const DAYS_BACK: u32 = 60;

/// A mail to one person. It is personal data, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// What it is, for the ledger: `code`, `confirmation`.
    pub what: String,
    /// To whom.
    pub to: Email,
    /// The language it is in, as a tag.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// Its text, plain.
    pub text: String,
    /// After that it is of no use any more.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}

/// The fact key of a mail that waits.
pub type MailId = Vec<u8>;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took it.
    Sent,
    /// It was refused for good, or its time was over. Nothing rests on that: an objection stands without any mail.
    GivenUp,
}

/// The mails that wait, and the order in which days begin and end.
pub struct Post {
    /// Held while a mail is queued under today's key and while the keys of past days are ended: a key that is about to be
    /// used must not end.
    days: tokio::sync::Mutex<()>,
    waiting: Mutex<BTreeMap<MailId, Mail>>,
    /// Rings when something was queued.
    pub bell: tokio::sync::Notify,
}

impl Post {
    /// From the facts beside the ledger.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn of(scribe: &Scribe) -> Result<Self, ReadError> {
        let mut waiting = BTreeMap::new();
        for kept in scribe.kept(FactKind::Personal) {
            if Kind::of(&kept.key) == Some(Kind::Mail) {
                let damaged =
                    |_| ReadError::Damaged { address: kept.record, what: "a mail beside it cannot be read".into() };
                waiting.insert(kept.key.clone(), serde_json::from_slice(&kept.value).map_err(damaged)?);
            }
        }
        Ok(Self { days: tokio::sync::Mutex::new(()), waiting: Mutex::new(waiting), bell: tokio::sync::Notify::new() })
    }

    fn table(&self) -> MutexGuard<'_, BTreeMap<MailId, Mail>> {
        // Nothing in here is ever half done, so what a panicking thread left is right.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that waits.
    pub fn waiting(&self) -> Vec<(MailId, Mail)> {
        self.table().iter().map(|(id, mail)| (id.clone(), mail.clone())).collect()
    }
}

impl Keuze {
    /// Whether mail can leave the house.
    pub fn sends_mail(&self) -> bool {
        self.config.mail.is_some() || self.outbox.is_some()
    }

    /// Puts a mail into the queue; returns once it is durable.
    ///
    /// # Errors
    /// It is not in the queue then.
    pub async fn queue_mail(&self, mail: Mail) -> Result<(), AppendError> {
        let _the_day_stays = self.post.days.lock().await;
        let now = self.clock.now();
        let key = self.scribe.ensure_key(Owner::Day(day_number(now.today)));
        let id = [fact_key(key, Kind::Mail), self.entropy.bytes::<8>().to_vec()].concat();
        let value = serde_json::to_vec(&mail).expect("a mail is always JSON");
        let fact = Fact { kind: FactKind::Personal, key: id.clone(), value: Some(value) };
        self.scribe.append(Draft::with(mailed(now.at, &mail, "queued"), vec![fact])).await?;
        self.post.table().insert(id, mail);
        self.post.bell.notify_one();
        Ok(())
    }

    /// Takes a mail out of the queue and records what became of it.
    ///
    /// # Errors
    /// It is still in the queue then, and would be sent again.
    pub async fn mail_ended(&self, id: &MailId, mail: &Mail, outcome: Outcome) -> Result<(), AppendError> {
        let word = match outcome {
            Outcome::Sent => "sent",
            Outcome::GivenUp => "given-up",
        };
        let gone = Fact { kind: FactKind::Personal, key: id.clone(), value: None };
        self.scribe.append(Draft::with(mailed(self.clock.now().at, mail, word), vec![gone])).await?;
        self.post.table().remove(id);
        Ok(())
    }

    /// Takes out of the queue what waits for somebody who was erased: nothing goes there any more.
    pub(super) async fn drop_mails_to(&self, points: &[ContactPoint]) {
        let mailboxes: Vec<String> =
            points.iter().filter_map(|point| self.mailbox_of(point)).map(|mailbox| mailbox.normal()).collect();
        for (id, mail) in self.post.waiting() {
            if !mailboxes.contains(&mail.to.normal()) {
                continue;
            }
            if let Err(error) = self.mail_ended(&id, &mail, Outcome::GivenUp).await {
                tracing::warn!(%error, "a mail to somebody who was erased is still in the queue");
            }
        }
    }

    /// Destroys the keys of days that are over and of which no mail waits any more.
    ///
    /// # Errors
    /// Nothing was destroyed then.
    pub async fn end_mail_days(&self) -> Result<usize, AppendError> {
        let _the_day_stays = self.post.days.lock().await;
        let now = self.clock.now();
        let today = day_number(now.today);
        let over = (today.saturating_sub(DAYS_BACK)..today).filter_map(|day| self.scribe.find_key(Owner::Day(day)));
        let needed = |key: &KeyId| self.post.table().keys().any(|id| id.starts_with(&key.0));
        let keys: Vec<KeyId> = over.filter(|key| !needed(key)).collect();
        if !keys.is_empty() {
            let mut event = Event::new(EventKind::RetentionRun, now.at, Actor::System, Route::System);
            event.object = Some("mail".to_owned());
            self.scribe.append(Draft::new(event).ending(keys.clone())).await?;
        }
        Ok(keys.len())
    }
}

/// The record says what went out and when, never to whom.
fn mailed(at: OffsetDateTime, mail: &Mail, word: &str) -> Event {
    let mut event = Event::new(EventKind::Mailed, at, Actor::System, Route::System);
    event.object = Some(format!("mail/{} {word}", mail.what));
    event
}

/// Days since 1970.
fn day_number(day: Date) -> u32 {
    u32::try_from(day.to_julian_day() - time::macros::date!(1970 - 01 - 01).to_julian_day()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
