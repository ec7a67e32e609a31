//! Two people turned out to be one.

use std::sync::Arc;

use model::channel::Channel;
use model::event::{Event, Merged, PointConfirmed};
use model::identity::Subject;

use super::batch::Batch;
use super::contact_directory::{AgreedSince, Since, WantedObjection};
use super::ground::{Ground, OnLedger};
use super::hash::{NumberedKey, given_at, newest_index_key};
use super::profile::{Learn as _, Person, kept_part};
use super::{ActError, ActOutcome, ContactDirectory, Provenance};
use crate::service::history::PersonHistory;
use crate::service::people::{Contactability, People};
use contact::ContactPoint;
use ledger::clock::Clock;
use ledger::{AppendRequest, Fact, Ledger, ReadError};
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyPurpose};

/// Two people who turned out to be one, and what is theirs for certain.
pub struct Merging {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
}

impl Merging {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
    ) -> Self {
        Self { ledger, clock, random, people, contactability }
    }
}

impl Merging {
    /// Makes one person of two: contact points and customer numbers of both, and every objection of both. What either agreed
    /// to stays at the points that it was given for. `looked_up` says how the other was found, and is recorded with it.
    ///
    /// # Errors
    /// When one of them is not known, or they are one already; nothing was recorded then.
    pub async fn merge(
        &self,
        history: &PersonHistory,
        kept: Subject,
        other: Subject,
        act: &Provenance,
        looked_up: Vec<AppendRequest>,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        let kept = self.people.known_person(kept).ok_or(ActError::NoPerson)?;
        let other = self.people.known_person(other).ok_or(ActError::NoPerson)?;
        if kept.subject == other.subject {
            return Err(ActError::Nothing);
        }
        let draft = self.merged(&OnLedger::new(&self.people), history, (&kept, &other), act)?;
        lock.append(Batch::from_requests(looked_up.into_iter().chain([draft]))).await
    }

    /// The record of a merge, with what of each stands at the points of the other.
    pub(super) fn merged(
        &self,
        ground: &impl Ground,
        history: &PersonHistory,
        (kept, other): (&Person, &Person),
        act: &Provenance,
    ) -> Result<AppendRequest, ActError> {
        let event = act.event(self.clock.now().at, Merged { other: other.subject, said: act.said() });
        let event = event.with_subject(Some(kept.subject));
        let mut draft = one_of_two(event, (kept, other), |owner| ground.key(owner), |owner| ground.known_key(owner));
        let (newest, keys) = (ground.newest_index_key(), ground.index_keys());
        draft.facts.extend(ground.look(|book| self.joined(history, book, newest, keys, kept, other))?);
        Ok(draft)
    }

    /// Takes it on somebody's word that a contact point which joined a person later is theirs: from then on whoever proves it
    /// sees and erases what is held about them. What they may be sent there stays as it was.
    ///
    /// # Errors
    /// There is no such person (any more), or the point is not one that joined them later.
    pub async fn vouch(&self, person: Subject, point: &ContactPoint, act: &Provenance) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        let known = self.people.known_person(person).ok_or(ActError::NoPerson)?;
        if !known.is_later(point) {
            return Err(ActError::Nothing);
        }
        let points = given_at(&newest_index_key(&self.ledger).1, [point]);
        let event = act.event(self.clock.now().at, PointConfirmed { points, said: act.said() });
        let event = event.with_subject(Some(known.subject));
        let vouched = known.parts.iter().filter_map(|(class, part)| {
            let mut own = part.as_ref().clone();
            own.vouch([point]);
            let key = || self.ledger.ensure_key(KeyPurpose::Class(known.subject, *class));
            (own != **part).then(|| kept_part(key(), own))
        });
        lock.append_act(AppendRequest::with(event, vouched.collect()), act).await
    }

    /// What either said no to, or whoever may be the same, or what stands on a point of theirs and holds for them: it stands
    /// from now on on the points of the other and of whoever may be the other, whatever was agreed to there before.
    fn joined(
        &self,
        history: &PersonHistory,
        book: &ContactDirectory,
        newest: &NumberedKey,
        keys: &[NumberedKey],
        kept: &Person,
        other: &Person,
    ) -> Result<Vec<Fact>, ReadError> {
        let (by, since) = (Some(kept.subject), Since::Now(self.clock.now().today));
        let mut facts = Vec::new();
        for (of, at) in [(kept, other), (other, kept)] {
            let mut others = book.others_with_number(at);
            others.retain(|person| ![kept.subject, other.subject].contains(&person.subject));
            for point in std::iter::once(at).chain(others.iter().map(AsRef::as_ref)).flat_map(Person::points) {
                let (points, channels) =
                    (std::slice::from_ref(point), &self.objected_by(history, book, keys, of, point)?[..]);
                let (source, said, answered) = (None, None, &AgreedSince::new());
                let wanted =
                    WantedObjection { by, points, channels, since, source, doors_are_told: true, said, answered };
                facts.extend(book.new_entries(&wanted, newest, keys, &*self.random));
            }
        }
        Ok(facts)
    }

    /// The channels that somebody's no would forbid at a point if it were theirs.
    fn objected_by(
        &self,
        history: &PersonHistory,
        book: &ContactDirectory,
        keys: &[NumberedKey],
        person: &Person,
        point: &ContactPoint,
    ) -> Result<Vec<Channel>, ReadError> {
        let others = book.others_with_number(person);
        let records = history.bearing_on(person, &others)?;
        let mut asked = history.asked(book, keys, Some(person), std::slice::from_ref(point))?;
        // What stands on it already stays there.
        asked.iter_mut().for_each(|point| point.objections.clear());
        let is_no =
            |channel: &Channel| self.contactability.of_life_at(&records, *channel, asked.clone()).reason.is_no();
        Ok(point.kind().channels().iter().copied().filter(is_no).collect())
    }
}

/// The event with its profiles: one part for each class of either, and none of the other's own any more.
fn one_of_two(
    event: Event,
    (kept, other): (&Person, &Person),
    key_of: impl Fn(KeyPurpose) -> KeyId,
    old_key_of: impl Fn(KeyPurpose) -> Option<KeyId>,
) -> AppendRequest {
    let one = kept.with(other);
    let gone = other.parts.keys().filter_map(|class| old_key_of(KeyPurpose::Class(other.subject, *class)));
    let gone = gone.map(|key| Fact::ProfilePart { key, part: None });
    let mut facts: Vec<Fact> = gone.collect();
    let changed = one.parts.iter().filter(|(class, part)| kept.part(**class) != Some(part));
    facts.extend(
        changed.map(|(class, part)| kept_part(key_of(KeyPurpose::Class(kept.subject, *class)), part.as_ref().clone())),
    );
    AppendRequest::with(event, facts)
}
