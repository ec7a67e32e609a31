//! Getting to know people: parts of profiles, found again by contact point or customer number.

use std::sync::Arc;

use model::channel::Channel;
use model::event::Body;
use model::identity::Subject;
use time::Date;

use super::batch::Batch;
use super::ground::{Ground, OnLedger};
use super::hash::index_keys;
use super::profile::{Learn as _, Person, kept_part};
use super::{ActError, Provenance};
use crate::service::people::People;
use contact::ContactPoint;
use ledger::formats::fact::Part;
use ledger::{AppendRequest, Fact};
use vault::ring::{KeyPurpose, RetentionClass};

impl People {
    /// A person as they are known now.
    pub fn known_person(&self, subject: Subject) -> Option<Person> {
        self.book().person(subject).map(Arc::unwrap_or_clone)
    }

    /// The people who have this contact point.
    pub fn people_at(&self, point: &ContactPoint) -> Vec<Person> {
        self.book().people_at(point).into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// The person with a customer number, or one of them.
    pub fn customer(&self, number: &str) -> Option<Person> {
        self.customers(number).into_iter().next()
    }

    /// Everybody with a customer number: one, unless it came back with another name and address.
    pub fn customers(&self, number: &str) -> Vec<Person> {
        self.book().customers(number).into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// The person whom a customer number and contact points mean together: of several with the number whoever has one of
    /// the points.
    pub fn customer_at(&self, number: &str, points: &[ContactPoint]) -> Option<Person> {
        let mut with_number = self.customers(number);
        let has_one = |person: &Person| points.iter().any(|point| person.has(point));
        let at = with_number.iter().position(has_one).unwrap_or_default();
        (at < with_number.len()).then(|| with_number.swap_remove(at))
    }

    /// Everybody, in memory at once: for few people.
    pub fn everybody(&self) -> Vec<Person> {
        let subjects = self.book().everybody();
        subjects.into_iter().filter_map(|subject| self.known_person(subject)).collect()
    }

    /// The subjects of those of whom something is known in a retention class.
    pub fn everybody_with(&self, class: RetentionClass) -> Vec<Subject> {
        self.book().everybody_with(class)
    }

    /// What is forbidden at a person's contact points, and since when; whoever made it.
    pub fn blocked(&self, person: &Person) -> Vec<(Vec<Channel>, Date)> {
        self.blocked_at(&person.points())
    }

    /// The same at these contact points.
    pub fn blocked_at(&self, points: &[&ContactPoint]) -> Vec<(Vec<Channel>, Date)> {
        let keys = index_keys(&self.ledger);
        let book = self.book();
        let found = points.iter().flat_map(|point| book.objections_on(point, &keys));
        found.map(|found| (found.entry.channels, found.entry.since)).collect()
    }

    /// A random subject for somebody new.
    pub fn new_subject(&self) -> Subject {
        Subject(self.random.bytes())
    }

    /// Adds what is told of a person to what is known, in the part's class. Nothing known is overwritten or freed.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn learn(&self, part: Part, act: &Provenance) -> Result<Person, ActError> {
        let lock = self.write_lock().await;
        let subject = part.subject;
        if let Some(learned) = self.learned(part) {
            let mut batch = Batch::default();
            self.details_recorded(&mut batch, subject, (learned, Vec::new()), act);
            lock.append(batch).await?;
        }
        self.known_person(subject).ok_or(ActError::NoPerson)
    }

    /// Puts what is learned of somebody, and what stands at points that become theirs by it, beside what else is told of them;
    /// where nothing is, in a record of its own.
    pub(super) fn details_recorded(
        &self,
        told: &mut Batch,
        subject: Subject,
        (learned, stands): (Fact, Vec<Fact>),
        act: &Provenance,
    ) {
        if told.is_empty() {
            let event = act.event(self.clock.now().at, Body::DetailsRecorded(act.said())).with_subject(Some(subject));
            told.push(AppendRequest::new(event));
        }
        told.put_first(learned, stands);
    }

    /// What a part adds to what is known, as a fact; nothing if it adds nothing.
    pub(super) fn learned(&self, part: Part) -> Option<Fact> {
        let known = self.known_person(part.subject);
        learned(&OnLedger::new(self), known.as_ref(), part, |_| {})
    }
}

/// What a part says beside what is known of its person, as a fact; nothing if it adds nothing. `vouch` says of the whole what
/// is certainly the person's.
pub(super) fn learned(
    ground: &impl Ground,
    known: Option<&Person>,
    said: Part,
    vouch: impl FnOnce(&mut Part),
) -> Option<Fact> {
    let (subject, class) = (said.subject, said.class);
    let known = known.and_then(|person| person.part(class));
    let mut whole = known.cloned().unwrap_or_else(|| Part::new(subject, class, said.language));
    whole.fill_from(said);
    vouch(&mut whole);
    (known != Some(&whole)).then(|| kept_part(ground.key(KeyPurpose::Class(subject, class)), whole))
}
