//! What is on record of people, and where it was said.

use std::borrow::Borrow;

use model::channel::Channel;
use model::decision::Recorded;
use model::event::{Actor, Body, Event, EventKind, Head, Objection, Relation};
use model::identity::Subject;

use super::hash::{self, asked_at};
use super::{Addressee, Person};
use crate::service::codes::ABOUT;
use crate::service::history::PersonHistory;
use crate::service::people::People;
use contact::ContactPoint;
use ledger::ReadError;
use vault::mac::mac;

impl People {
    /// What one request, or one act, rests on.
    pub fn history(&self) -> PersonHistory {
        PersonHistory::new(self.ledger.clone())
    }

    /// Everything that a person, and everybody who turned out to be the same, ever said; in the order of the ledger.
    pub fn records_of(&self, history: &PersonHistory, subject: Subject) -> Result<Vec<Recorded>, ReadError> {
        let subjects = self.book().person(subject).map_or_else(|| vec![subject], |person| person.subjects());
        history.of_all(subjects)
    }

    pub(super) fn bearing_on_subject(
        &self,
        history: &PersonHistory,
        person: Subject,
    ) -> Result<Vec<Recorded>, ReadError> {
        let known = {
            let book = self.book();
            book.person(person).map(|known| (book.others_with_number(&known), known))
        };
        known.map_or_else(|| self.records_of(history, person), |(others, known)| history.bearing_on(&known, &others))
    }

    /// Whether an event names one of these points as what it is for.
    pub fn names_one(&self, event: &Event, points: &[ContactPoint]) -> bool {
        let keys = hash::index_keys(&self.ledger);
        let names = points.iter().flat_map(|point| asked_at(&keys, point, Vec::new()).names);
        names.collect::<Vec<_>>().iter().any(|name| event.points().iter().any(|given| given.name == *name))
    }

    /// What a form says of the points that its page showed a yes to be for; empty for none.
    pub(in crate::service) fn hash_of_points(&self, points: &[ContactPoint]) -> String {
        let mut found: Vec<String> = points.iter().map(ContactPoint::identity_key).collect();
        found.sort_unstable();
        let Some(all) = Some(found.join("\n")).filter(|all| !all.is_empty()) else { return String::new() };
        let mac = mac(&self.ledger.secret(ABOUT), &[b"keuze points ", all.as_bytes()]);
        format!("{:016x}", u64::from_be_bytes(*mac.first_chunk().expect("32 bytes")))
    }

    /// A person at the points that an event is for.
    pub(in crate::service) fn given_in(&self, event: &Event, person: Subject, channel: Channel) -> Addressee {
        let known = self.known_person(person);
        let points = known.iter().flat_map(|known| known.points_for(channel)).cloned();
        let points = points.filter(|point| self.names_one(event, std::slice::from_ref(point))).collect();
        Addressee { person: Some(person), points }
    }

    /// The contact points that an event is for, as far as they are still known to be its person's.
    pub(in crate::service) fn points_in(&self, event: &Event) -> Vec<ContactPoint> {
        let person =
            event.head.subject.filter(|_| !event.points().is_empty()).and_then(|person| self.known_person(person));
        let points: Vec<ContactPoint> = person.iter().flat_map(Person::points).cloned().collect();
        points.into_iter().filter(|point| self.names_one(event, std::slice::from_ref(point))).collect()
    }

    /// Whether somebody confirmed a sign-up: until then their mailbox is what anybody typed.
    pub(super) fn has_confirmed(&self, history: &PersonHistory, person: &Person) -> Result<bool, ReadError> {
        let own = |event: &Event| event.kind() == EventKind::OptInConfirmed && event.head.actor == Actor::Person;
        Ok(self.records_of(history, person.subject)?.iter().any(|recorded| own(&recorded.event)))
    }
}

impl PersonHistory {
    /// What bears on the channels of a person: their life, and what others who may be the same objected to.
    pub(super) fn bearing_on(
        &self,
        person: &Person,
        others: &[impl Borrow<Person>],
    ) -> Result<Vec<Recorded>, ReadError> {
        let mut events = self.of_all(person.subjects())?;
        for other in others.iter().map(Borrow::borrow) {
            let theirs = self.of_all(other.subjects())?.into_iter();
            events.extend(theirs.filter_map(|recorded| objection_of(recorded, person.subject)));
        }
        events.sort_by_key(|recorded| recorded.address);
        Ok(events)
    }
}

/// What somebody objected to, as an objection of whoever may be the same; nothing else of them.
fn objection_of(Recorded { address, event }: Recorded, person: Subject) -> Option<Recorded> {
    let said = event.circumstances()?.clone();
    let (policy, channels) = match event.body {
        Body::Objected(Objection { policy, channels, .. }) => (policy, channels),
        Body::Imported(Relation { policy, channels, evidence: Some(soft), .. }) if soft.opt_out_used => {
            (policy, channels)
        }
        _ => return None,
    };
    let Head { at, actor, route, .. } = event.head;
    let objection = Event::new(at, actor, route, Objection { policy, channels, since: None, said });
    Some(Recorded { address, event: objection.with_subject(Some(person)) })
}
