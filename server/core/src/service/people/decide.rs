//! "May I?" for a person or a contact point.

use model::channel::Channel;
use model::contact::AskedAt;
use model::decision::{Decision, Question, Reason, Recorded, decide};
use model::event::{Actor, Event, EventKind};
use model::identity::{PointName, RecordAddress, Subject};
use model::purpose::PurposeId;

use super::contact_directory::{ContactDirectory, FoundObjection, RelatedStandings, Standings};
use super::hash::{NumberedKey, asked_at, index_keys};
use super::{ActError, Addressee, Person};
use crate::service::history::PersonHistory;
use crate::service::people::Contactability;
use contact::ContactPoint;
use ledger::ReadError;

/// A contact point by one channel.
pub struct ReachedAt {
    pub channel: Channel,
    /// The point; none where none is known.
    pub point: Option<ContactPoint>,
    /// Whether it joined the person later, and nobody said yet that it is their own.
    pub is_later: bool,
    /// May they be reached there?
    pub decision: Decision,
}

impl PersonHistory {
    /// Contact points as a person, or nobody in particular, is asked about there: with what stands on each, and what holds
    /// there because it stands on another point of somebody who has it.
    pub(super) fn asked(
        &self,
        book: &ContactDirectory,
        keys: &[NumberedKey],
        person: Option<&Person>,
        points: &[ContactPoint],
    ) -> Result<Vec<AskedAt>, ReadError> {
        let standings = Standings::on_points(book, keys, points);
        let asked = points.iter().map(|point| {
            let here = standings.objections_on(point).iter().map(FoundObjection::objection).collect();
            let mut asked = asked_at(keys, point, here);
            for (whose, found) in self.spread_to(&standings, person, point)? {
                let is_own = person.is_some_and(|person| person.subject == whose);
                let objections = if is_own { &mut asked.spread } else { &mut asked.objections };
                objections.push(found.objection());
            }
            Ok(asked)
        });
        asked.collect()
    }

    /// What holds at a point though it stands on another one: an objection is for all points of its maker, whenever they
    /// turn out to be theirs. Each with the person who has the point.
    pub(super) fn spread_to(
        &self,
        standings: &Standings<'_>,
        also: Option<&Person>,
        point: &ContactPoint,
    ) -> Result<Vec<(Subject, FoundObjection)>, ReadError> {
        let Standings { book, keys, .. } = standings;
        let (beside, mut spread) = (standings.beside(point, also), Vec::new());
        let names = if beside.is_empty() { Vec::new() } else { asked_at(keys, point, Vec::new()).names };
        for RelatedStandings { person, others, found } in beside {
            let records = self.of_all(person.subjects())?;
            let mut told: Vec<RecordAddress> = records.iter().map(|recorded| recorded.address).collect();
            for other in others {
                told.extend(self.of_all(other.subjects())?.iter().map(|recorded| recorded.address));
            }
            for mut found in found {
                // Beside an event of somebody's it says no more than that event; and one of somebody who is gone is not of
                // whoever was known beside them.
                let of_life = found.entry.by.is_some() && told.contains(&found.record);
                let by = found.entry.by.map(|by| book.one_person(by));
                let is_gone = by.is_some_and(|by| book.person(by).is_none());
                let was_there = records.first().is_some_and(|first| first.address < found.record);
                let mut channels = std::mem::take(&mut found.entry.channels);
                channels.retain(|channel| !agreed_after(&records, *channel, Some(&names), &found));
                found.entry.channels = channels;
                if !(of_life || is_gone && was_there || found.entry.channels.is_empty()) {
                    spread.push((person.subject, found));
                }
            }
        }
        Ok(spread)
    }
}

/// A person as somebody is shown them who proved a point of theirs.
pub(in crate::service) struct PersonSeen {
    /// Without what is not shown.
    pub person: Person,
    /// That is everything.
    pub is_whole: bool,
}

impl Contactability {
    /// May this person, or whoever is behind this contact point, be reached by this channel?
    ///
    /// A person is asked about at the named points that the channel reaches; without one, at all that they have for it, and
    /// one that is denied denies, as does anybody else with their customer number. What they agreed to counts at the points
    /// that it was given for, and at their own alone. A point without a person is allowed where somebody behind it is, and
    /// no objection stands on it. Where only points of another kind are named, they tell who is meant, and everybody whom
    /// they may mean must be allowed.
    ///
    /// # Errors
    /// When the ledger cannot be read, or there is no such person.
    pub fn may_contact(&self, who: &Addressee, channel: Channel) -> Result<Decision, ActError> {
        self.decision(&self.people.history(), who, channel)
    }

    /// The same as one of several questions of a request.
    ///
    /// # Errors
    /// As [`Self::may_contact`].
    pub fn decision(&self, history: &PersonHistory, who: &Addressee, channel: Channel) -> Result<Decision, ActError> {
        let named = who.points.iter().filter(|point| channel.point() == Some(point.kind())).cloned();
        let named: Vec<ContactPoint> = named.collect();
        match who.person {
            Some(person) => self.may_contact_people(history, person, named, channel),
            None if named.is_empty() => self.may_i_by(history, &who.points, channel),
            None => self.may_i_at(history, &named, channel),
        }
    }

    /// By which channels they may be reached, each at every contact point apart: at those that are named, and at those that
    /// the person has for it. A channel without any is asked about as it is; without a person it is left out.
    ///
    /// # Errors
    /// As [`Self::may_contact`].
    pub fn all_channels(&self, history: &PersonHistory, who: &Addressee) -> Result<Vec<ReachedAt>, ActError> {
        let known = who.person.map(|person| self.people.known_person(person).ok_or(ActError::NoPerson)).transpose()?;
        let mut reached = Vec::new();
        for channel in Channel::ALL {
            let points = points_by(&who.points, known.as_ref(), channel);
            let at = |point: ContactPoint| (vec![point.clone()], Some(point));
            let alone = (points.is_empty() && known.is_some()).then_some((Vec::new(), None));
            for (points, point) in points.into_iter().map(at).chain(alone) {
                let decision = self.decision(history, &Addressee { person: who.person, points }, channel)?;
                let is_later = known.as_ref().zip(point.as_ref()).is_some_and(|(known, point)| known.is_later(point));
                reached.push(ReachedAt { channel, point, is_later, decision });
            }
        }
        Ok(reached)
    }

    fn may_contact_people(
        &self,
        history: &PersonHistory,
        person: Subject,
        named: Vec<ContactPoint>,
        channel: Channel,
    ) -> Result<Decision, ActError> {
        let (person, others) = {
            let book = self.people.book();
            let person = book.person(person).ok_or(ActError::NoPerson)?;
            let others = book.others_with_number(&person);
            (person, others)
        };
        let by_number_alone = named.is_empty();
        let points = if by_number_alone { own_points(&person, channel) } else { named };
        let is_own = channel.point().is_none() || !points.is_empty() && points.iter().all(|point| person.has(point));
        let records = history.bearing_on(&person, &others)?;
        let mut decision =
            self.decide_at(history, Some(&person), &records, &points, channel, None)?.at_own_point(is_own);
        if !is_own && !by_number_alone && decision.reason == Reason::EvidenceMissing {
            decision.reason = Reason::NoPoint;
        }
        if !by_number_alone {
            return Ok(decision);
        }
        others.iter().try_fold(decision, |decision, other| {
            if !decision.allow {
                return Ok(decision);
            }
            let records = history.bearing_on(other, std::slice::from_ref(&person))?;
            let theirs = self.decide_at(history, Some(other), &records, &own_points(other, channel), channel, None)?;
            // A number that is only typed alike says nothing but a no.
            let counts = person.shares_number(other) || theirs.reason.is_no();
            Ok(if counts { theirs } else { decision })
        })
    }

    /// The same of a person as they are shown to somebody who proved a point of theirs, at these points: by what they may know
    /// of alone.
    pub(in crate::service) fn may_i_shown(
        &self,
        history: &PersonHistory,
        seen: &PersonSeen,
        points: Vec<ContactPoint>,
        channel: Channel,
    ) -> Result<Decision, ActError> {
        let person = &seen.person;
        if seen.is_whole {
            return self.decision(history, &Addressee { person: Some(person.subject), points }, channel);
        }
        let records = self.people.bearing_on_subject(history, person.subject)?.into_iter();
        let records: Vec<Recorded> = records.filter(|recorded| self.is_shown(&recorded.event, seen)).collect();
        Ok(self.decide_at(history, Some(person), &records, &points, channel, None)?.at_own_point(true))
    }

    /// Whether an event may be told to somebody who is shown this of a person. What names points is for whoever has one of
    /// them; of evidence that names none nobody knows whose it is.
    pub(in crate::service) fn is_shown(&self, event: &Event, seen: &PersonSeen) -> bool {
        let points: Vec<ContactPoint> = seen.person.points().into_iter().cloned().collect();
        match event.points() {
            _ if seen.is_whole => true,
            [] => !(event.kind() == EventKind::Imported && event.evidence().is_some()),
            _ => self.people.names_one(event, &points),
        }
    }

    /// Points of another kind: whoever has them is reached at points of their own.
    fn may_i_by(
        &self,
        history: &PersonHistory,
        points: &[ContactPoint],
        channel: Channel,
    ) -> Result<Decision, ActError> {
        let mut decision = self.decide_at(history, None, &[], &[], channel, None)?;
        for person in self.behind(points) {
            decision = self.may_contact_people(history, person, Vec::new(), channel)?;
            if !decision.allow {
                break;
            }
        }
        Ok(decision)
    }

    fn may_i_at(
        &self,
        history: &PersonHistory,
        points: &[ContactPoint],
        channel: Channel,
    ) -> Result<Decision, ActError> {
        let mut decision = self.decide_at(history, None, &[], points, channel, None)?;
        for person in self.behind(points) {
            let known = self.people.known_person(person);
            let theirs = self.decide_at(
                history,
                known.as_ref(),
                &self.people.bearing_on_subject(history, person)?,
                points,
                channel,
                None,
            )?;
            if theirs.allow || !decision.allow && decision.evidence.is_empty() {
                decision = theirs;
            }
        }
        Ok(decision)
    }

    /// May a purpose use what is known of this person, or of everybody who may be meant by these contact points (S-31)?
    ///
    /// By what they said themselves: nothing ties a device to a person, so an answer in a browser counts in that browser
    /// alone, and where nothing is known the purpose is denied. One of several who is denied denies. At a point that is not
    /// theirs, or of which nobody said yet that it is, nothing that they said counts.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn may_use_for(
        &self,
        history: &PersonHistory,
        who: &Addressee,
        purpose: PurposeId,
    ) -> Result<Decision, ActError> {
        let people = who.person.map_or_else(|| self.behind(&who.points), |person| vec![person]);
        let (policy, question) = (&self.published.current().policy, Question::Purpose(purpose));
        let mut decision = decide(&[], policy, &question, self.clock.now());
        if people.is_empty() && decision.allow {
            // What needs no answer is not thereby about somebody whom we do not know.
            decision = Decision { allow: false, reason: Reason::NoAnswer, ..decision };
        }
        for person in people {
            decision = decide(&self.people.records_of(history, person)?, policy, &question, self.clock.now());
            let known = self.people.known_person(person);
            let is_theirs =
                |point: &ContactPoint| known.as_ref().is_some_and(|of| of.has(point) && !of.is_later(point));
            if decision.allow && decision.reason == Reason::Granted && !who.points.iter().all(is_theirs) {
                decision = Decision { allow: false, reason: Reason::EvidenceMissing, ..decision };
            }
            if !decision.allow {
                break;
            }
        }
        Ok(decision)
    }

    fn behind(&self, points: &[ContactPoint]) -> Vec<Subject> {
        let book = self.people.book();
        points.iter().flat_map(|point| book.at(point)).collect()
    }

    /// Whether a person might be reached at all these points just before a record was written, by everything that still
    /// stands of then.
    ///
    /// # Errors
    /// When the ledger cannot be read, or there is no such person.
    pub fn was_allowed_before(
        &self,
        history: &PersonHistory,
        person: Subject,
        points: &[ContactPoint],
        channel: Channel,
        record: RecordAddress,
    ) -> Result<bool, ActError> {
        let records: Vec<Recorded> =
            self.people.bearing_on_subject(history, person)?.into_iter().filter(|said| said.address < record).collect();
        Ok(self
            .decide_at(history, self.people.known_person(person).as_ref(), &records, points, channel, Some(record))?
            .allow)
    }

    /// What somebody with this life wants of a channel, wherever they said it.
    pub(super) fn of_life(&self, records: &[Recorded], channel: Channel) -> Decision {
        decide(records, &self.published.current().policy, &Question::Channel(channel), self.clock.now())
    }

    /// By a person's life and the objections that hold at these points; with `before`, those that are older.
    pub(super) fn decide_at(
        &self,
        history: &PersonHistory,
        person: Option<&Person>,
        records: &[Recorded],
        points: &[ContactPoint],
        channel: Channel,
        before: Option<RecordAddress>,
    ) -> Result<Decision, ReadError> {
        let keys = index_keys(&self.ledger);
        let mut asked = history.asked(&self.people.book(), &keys, person, points)?;
        if let Some(before) = before {
            for point in &mut asked {
                point.objections.retain(|objection| objection.record < before);
                point.spread.retain(|objection| objection.record < before);
            }
        }
        Ok(self.of_life_at(records, channel, asked))
    }

    /// By a life and what holds at these points.
    pub(super) fn of_life_at(&self, records: &[Recorded], channel: Channel, asked: Vec<AskedAt>) -> Decision {
        decide(records, &self.published.current().policy, &Question::Reach(channel, asked), self.clock.now())
    }
}

/// Whether the person of this life agreed to a channel after an objection was made: at the point of these names, or anywhere.
pub(super) fn agreed_after(
    records: &[Recorded],
    channel: Channel,
    at: Option<&[PointName]>,
    objection: &FoundObjection,
) -> bool {
    records.iter().any(|Recorded { address, event }| {
        let own =
            event.kind() == EventKind::OptInConfirmed && matches!(event.head.actor, Actor::Person | Actor::Visitor);
        let is_here = at.is_none_or(|names| event.points().iter().any(|given| names.contains(&given.name)));
        // One that a file dates is as old as its date.
        let day = || ledger::clock::moment(event.head.at.unix_timestamp()).today;
        let is_later = || *address > objection.record || day() > objection.entry.since;
        own && event.channels().contains(&channel) && is_here && is_later()
    })
}

/// The named points that a channel reaches, and the person's others.
fn points_by(named: &[ContactPoint], known: Option<&Person>, channel: Channel) -> Vec<ContactPoint> {
    let named = named.iter().filter(|point| channel.point() == Some(point.kind()));
    let own = known.map(|known| own_points(known, channel)).unwrap_or_default();
    let mut points: Vec<ContactPoint> = Vec::new();
    for point in named.cloned().chain(own) {
        if points.iter().all(|other| !other.is_same_as(&point)) {
            points.push(point);
        }
    }
    points
}

fn own_points(person: &Person, channel: Channel) -> Vec<ContactPoint> {
    person.points_for(channel).into_iter().cloned().collect()
}
