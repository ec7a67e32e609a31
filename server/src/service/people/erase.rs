//! Erasing is real: the keys of a person go, and their "no" stays.

use app::model::channel::Channel;
use app::model::event::{Actor, Event, EventKind, Route};
use app::model::identity::{RecordAddress, Subject};
use time::{Date, Duration};

use super::{Act, ActError};
use crate::scribe::Draft;
use crate::service::Keuze;
use crate::vault::ring::{KeyId, Owner, RetentionClass};

/// For how long copies of the key ring may live in backups under an old root key.
pub const BACKUPS_LIVE: Duration = Duration::days(35);

/// What an erasure came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The record of the act, which names nobody.
    pub record: RecordAddress,
    /// The day on which the last copy in a backup can be opened no more.
    pub backups_until: Date,
    /// Whether the contact points are on the blocking list from now on.
    pub keeps_no: bool,
}

impl Keuze {
    /// Destroys every key of a person. With `keep_no`, every contact point that they had is forbidden in the same batch:
    /// otherwise a later import would reach them again.
    ///
    /// # Errors
    /// Nothing was erased then.
    pub async fn erase(&self, person: Subject, keep_no: bool, act: &Act) -> Result<Erased, ActError> {
        let _one_at_a_time = self.people.acting.lock().await;
        let person = self.known_person(person).ok_or(ActError::NoPerson)?;
        let points: Vec<_> = person.points().into_iter().cloned().collect();
        // Nobody is named: whoever lifts this proves to control the point.
        let facts = if keep_no { self.new_entries(None, &points, &Channel::ALL) } else { Vec::new() };
        let now = self.clock.now();
        let mut event = act.event(EventKind::Erased, now.at);
        event.about = self.scribe.seal_about(person.subject);
        event.object = Some("person".to_owned());
        let keys: Vec<KeyId> = person.subjects().into_iter().flat_map(|subject| self.keys_of(subject)).collect();
        let written = self.perform(Draft::with(event, facts).ending(keys)).await?;
        self.drop_mails_to(&points).await;
        Ok(Erased { record: written.address, backups_until: now.today + BACKUPS_LIVE, keeps_no: keep_no })
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
        for person in self.everybody() {
            if found.len() < AT_ONCE && !self.unconfirmed(&person, now.today)?.is_empty() {
                found.push(person.subject);
            }
            tokio::task::yield_now().await;
        }
        let _one_at_a_time = self.people.acting.lock().await;
        let mut keys: Vec<KeyId> = Vec::new();
        for person in found.into_iter().filter_map(|subject| self.known_person(subject)) {
            let owners = self.unconfirmed(&person, now.today)?;
            keys.extend(owners.into_iter().filter_map(|owner| self.scribe.find_key(owner)));
        }
        if !keys.is_empty() {
            let mut event = Event::new(EventKind::RetentionRun, now.at, Actor::System, Route::System);
            event.object = Some("newsletter/unconfirmed".to_owned());
            self.perform(Draft::new(event).ending(keys.clone())).await?;
        }
        Ok(keys.len())
    }

    /// The keys of everything that concerns a subject.
    fn keys_of(&self, subject: Subject) -> Vec<KeyId> {
        let classes = RetentionClass::ALL.map(|class| Owner::Class(subject, class));
        let owners = std::iter::once(Owner::Proof(subject)).chain(classes);
        owners.filter_map(|owner| self.scribe.find_key(owner)).collect()
    }
}
