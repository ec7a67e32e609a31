//! Erasing is real: the keys of a person go, and their "no" stays.

use std::sync::Arc;

use model::channel::Channel;
use model::event::{Actor, Ended, Event, RetentionRun, Route};
use model::identity::{RecordAddress, Subject};
use time::{Date, Duration};

use super::batch::Batch;
use super::contact_directory::{Standings, kept_entry};
use super::hash::{index_keys, newest_index_key};
use super::profile::kept_part;
use super::{ActError, ContactDirectory, Person, Provenance};
use crate::service::history::PersonHistory;
use crate::service::mail::MailQueue;
use crate::service::newsletter::Newsletter;
use crate::service::people::{Contactability, People};
use contact::ContactPoint;
use ledger::clock::Clock;
use ledger::formats::fact::Part;
use ledger::{AppendRequest, Fact, Ledger, ReadError};
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyPurpose, RetentionClass};

/// For how long copies of the key ring may live in backups under an old root key.
pub const BACKUPS_LIVE: Duration = Duration::days(35);

/// What an erasure came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureOutcome {
    /// The record of the act, which names nobody.
    pub record: RecordAddress,
    /// The day on which the last copy in a backup can be opened no more.
    pub backups_until: Date,
    /// Whether the contact points are on the blocking list from now on.
    pub keeps_no: bool,
}

/// Ends the keys of people.
pub struct Erasures {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    newsletter: Arc<Newsletter>,
    mail: Arc<MailQueue>,
}

impl Erasures {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        newsletter: Arc<Newsletter>,
        mail: Arc<MailQueue>,
    ) -> Self {
        Self { ledger, clock, random, people, contactability, newsletter, mail }
    }
}

impl Erasures {
    /// Destroys every key of a person. With `keep_no`, every contact point that they had is forbidden in the same batch:
    /// otherwise a later import would reach them again.
    ///
    /// # Errors
    /// Nothing was erased then.
    pub async fn erase(
        &self,
        history: &PersonHistory,
        person: Subject,
        keep_no: bool,
        act: &Provenance,
    ) -> Result<ErasureOutcome, ActError> {
        self.erase_all_but(history, person, |_| Vec::new(), keep_no, act).await
    }

    /// The same as whoever proved one of their points asks for it. What joined later, and is not shown there, stays as
    /// somebody else's: it may be.
    ///
    /// # Errors
    /// As [`Self::erase`].
    pub async fn erase_seen_by(
        &self,
        history: &PersonHistory,
        person: Subject,
        proved: &ContactPoint,
        keep_no: bool,
        act: &Provenance,
    ) -> Result<ErasureOutcome, ActError> {
        let another = self.people.new_subject();
        let stays = |person: &Person| person.unseen_by(std::slice::from_ref(proved), another);
        self.erase_all_but(history, person, stays, keep_no, act).await
    }

    async fn erase_all_but(
        &self,
        history: &PersonHistory,
        person: Subject,
        stays: impl Fn(&Person) -> Vec<Part>,
        keep_no: bool,
        act: &Provenance,
    ) -> Result<ErasureOutcome, ActError> {
        let lock = self.people.write_lock().await;
        let person = self.people.known_person(person).ok_or(ActError::NoPerson)?;
        let stays = stays(&person);
        let is_theirs = |point: &&ContactPoint| !stays.iter().any(|part| part.points.contains(point));
        let points: Vec<_> = person.points().into_iter().filter(is_theirs).cloned().collect();
        let key = |part: &Part| self.ledger.ensure_key(KeyPurpose::Class(part.subject, part.class));
        let stays = stays.into_iter().map(|part| kept_part(key(&part), part));
        let stays: Vec<Fact> = stays.collect();
        // Its maker is gone: whoever lifts this proves to control the point.
        let list = if keep_no {
            self.contactability.new_entries(Some(person.subject), &points, &Channel::ALL)
        } else {
            Vec::new()
        };
        let facts = list.into_iter().chain(self.settled(history, &person)?).chain(stays).collect();
        let now = self.clock.now();
        let about = self.ledger.seal_about(person.subject);
        let event = act.event(now.at, model::event::Erased { about, keys: Vec::new(), said: act.said() });
        let keys: Vec<KeyId> = person.subjects().into_iter().flat_map(|subject| self.keys_of(subject)).collect();
        let (mails, given_up) = self.mail.mails_given_up(&points);
        let mut batch = Batch::from_requests(given_up);
        batch.push(AppendRequest::with(event, facts).ending(keys));
        let acted = lock.append(batch).await?;
        self.mail.drop_mails(&mails);
        Ok(ErasureOutcome { record: acted.record, backups_until: now.today + BACKUPS_LIVE, keeps_no: keep_no })
    }

    /// Forgets sign-ups to the newsletter that nobody confirmed within the configured days.
    ///
    /// # Errors
    /// Nothing was forgotten then.
    pub async fn forget_unconfirmed(&self) -> Result<usize, ActError> {
        // Enough for a run, and short enough for a record.
        const AT_ONCE: usize = 500;
        let now = self.clock.now();
        // Looked for without holding anybody up, and looked at again when nobody acts.
        let mut found: Vec<Subject> = Vec::new();
        for person in self.people.everybody_with(RetentionClass::Newsletter) {
            let Some(person) = self.people.known_person(person).filter(|_| found.len() < AT_ONCE) else { continue };
            if !self.newsletter.unconfirmed(&self.people.history(), &person, now.today)?.is_empty() {
                found.push(person.subject);
            }
            tokio::task::yield_now().await;
        }
        let lock = self.people.write_lock().await;
        let (mut keys, mut facts): (Vec<KeyId>, Vec<Fact>) = (Vec::new(), Vec::new());
        for person in found.into_iter().filter_map(|subject| self.people.known_person(subject)) {
            let history = &self.people.history();
            let owners = self.newsletter.unconfirmed(history, &person, now.today)?;
            if !owners.is_empty() {
                facts.extend(self.settled(history, &person)?);
            }
            keys.extend(owners.into_iter().filter_map(|owner| self.ledger.find_key(owner)));
        }
        if !keys.is_empty() {
            let run = RetentionRun { ended: Ended::UnconfirmedSignUps, keys: Vec::new() };
            let event = Event::new(now.at, Actor::System, Route::System, run);
            lock.append(Batch::from_requests([AppendRequest::with(event, facts).ending(keys.clone())])).await?;
        }
        Ok(keys.len())
    }

    /// Before it is forgotten that points are one person's: what holds at some because it stands on others stands there from
    /// now on, as it does at those of whoever may be the same.
    fn settled(&self, history: &PersonHistory, person: &Person) -> Result<Vec<Fact>, ReadError> {
        let (newest, keys) = (newest_index_key(&self.ledger), index_keys(&self.ledger));
        let book = self.people.book();
        let (others, standings) = (book.others_with_number(person), Standings::on_points(&book, &keys, &[]));
        let mut facts = Vec::new();
        for whose in std::iter::once(person).chain(others.iter().map(AsRef::as_ref)) {
            for point in whose.points() {
                let spread = history.spread_to(&standings, None, point)?.into_iter();
                for (_, found) in spread.filter(|(subject, _)| *subject == whose.subject) {
                    let (id, entry) = ContactDirectory::entry_at(point, &found, &newest, &*self.random);
                    facts.push(kept_entry(id, entry));
                }
            }
        }
        Ok(facts)
    }

    /// The keys of everything that concerns a subject.
    fn keys_of(&self, subject: Subject) -> Vec<KeyId> {
        let classes = RetentionClass::ALL.map(|class| KeyPurpose::Class(subject, class));
        let owners = std::iter::once(KeyPurpose::Proof(subject)).chain(classes);
        owners.filter_map(|owner| self.ledger.find_key(owner)).collect()
    }
}
