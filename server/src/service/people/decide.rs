//! "May I?" for a person or a contact point.

use app::model::channel::Channel;
use app::model::decision::{Decision, Question, Reason, Recorded, decide};
use app::model::identity::{RecordAddress, Subject};
use app::model::purpose::PurposeId;

use super::hash::index_keys;
use super::{ActError, Who};
use crate::contact::ContactPoint;
use crate::scribe::ReadError;
use crate::service::Keuze;

impl Keuze {
    /// Everything that a person, and everybody who turned out to be the same, ever said; in the order of the ledger.
    pub fn life(&self, subject: Subject) -> Result<Vec<Recorded>, ReadError> {
        let subjects = self.people.book().person(subject).map_or_else(|| vec![subject], super::Person::subjects);
        self.life_of(subjects)
    }

    /// The same for one who is known by all these subjects.
    pub(super) fn life_of(&self, subjects: Vec<Subject>) -> Result<Vec<Recorded>, ReadError> {
        let mut events = Vec::new();
        for subject in subjects {
            events.extend(self.scribe.history(subject)?);
        }
        events.sort_by_key(|recorded| recorded.address);
        Ok(events)
    }

    /// May this person, or whoever is behind this contact point, be reached by this channel?
    ///
    /// A person is asked about at the named points that the channel reaches; without one, at all that they have for it, and
    /// one that is denied denies. What they agreed to counts at their own points alone. A point without a person is
    /// allowed where somebody behind it is, and no objection stands on it. Where only points of another kind are named,
    /// they tell who is meant, and everybody whom they may mean must be allowed.
    ///
    /// # Errors
    /// When the ledger cannot be read, or there is no such person.
    pub fn may_i(&self, who: &Who, channel: Channel) -> Result<Decision, ActError> {
        let named = who.points.iter().filter(|point| channel.point() == Some(point.kind())).cloned();
        let named: Vec<ContactPoint> = named.collect();
        match who.person {
            Some(person) => self.may_i_of(person, named, channel),
            None if named.is_empty() => self.may_i_by(&who.points, channel),
            None => self.may_i_at(&named, channel),
        }
    }

    fn may_i_of(&self, person: Subject, named: Vec<ContactPoint>, channel: Channel) -> Result<Decision, ActError> {
        let (points, is_own) = {
            let book = self.people.book();
            let own = book.person(person).ok_or(ActError::NoPerson)?.points_for(channel);
            let points = if named.is_empty() { own.iter().copied().cloned().collect() } else { named };
            let is_own = |point: &ContactPoint| own.iter().any(|own| own.is_same_as(point));
            let is_own = channel.point().is_none() || !points.is_empty() && points.iter().all(is_own);
            (points, is_own)
        };
        Ok(self.decide_at(&self.life(person)?, &points, channel, None).at_own_point(is_own))
    }

    /// Points of another kind: whoever has them is reached at points of their own.
    fn may_i_by(&self, points: &[ContactPoint], channel: Channel) -> Result<Decision, ActError> {
        let mut decision = self.decide_at(&[], &[], channel, None);
        for person in self.behind(points) {
            decision = self.may_i_of(person, Vec::new(), channel)?;
            if !decision.allow {
                break;
            }
        }
        Ok(decision)
    }

    fn may_i_at(&self, points: &[ContactPoint], channel: Channel) -> Result<Decision, ActError> {
        let mut decision = self.decide_at(&[], points, channel, None);
        for person in self.behind(points) {
            let theirs = self.decide_at(&self.life(person)?, points, channel, None);
            if theirs.allow || !decision.allow && decision.evidence.is_empty() {
                decision = theirs;
            }
        }
        Ok(decision)
    }

    /// May a purpose use what is known of this person, or of everybody who may be meant by these contact points (S-31)?
    ///
    /// By what they said themselves: nothing ties a device to a person, so an answer in a browser counts in that browser
    /// alone, and where nothing is known the purpose is denied. One of several who is denied denies.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn may_i_use(&self, who: &Who, purpose: PurposeId) -> Result<Decision, ActError> {
        let people = who.person.map_or_else(|| self.behind(&who.points), |person| vec![person]);
        let (policy, question) = (&self.published.current().policy, Question::Purpose(purpose));
        let mut decision = decide(&[], policy, &question, self.clock.now());
        if people.is_empty() && decision.allow {
            // What needs no answer is not thereby about somebody whom we do not know.
            decision = Decision { allow: false, reason: Reason::NoAnswer, ..decision };
        }
        for person in people {
            decision = decide(&self.life(person)?, policy, &question, self.clock.now());
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

    /// Whether a person might be reached just before a record was written, by everything that still stands of then.
    ///
    /// # Errors
    /// When the ledger cannot be read, or there is no such person.
    pub fn was_allowed_before(
        &self,
        person: Subject,
        channel: Channel,
        record: RecordAddress,
    ) -> Result<bool, ActError> {
        let points: Vec<ContactPoint> = {
            let book = self.people.book();
            book.person(person).ok_or(ActError::NoPerson)?.points_for(channel).into_iter().cloned().collect()
        };
        let life: Vec<Recorded> = self.life(person)?.into_iter().filter(|said| said.address < record).collect();
        let is_own = channel.point().is_none() || !points.is_empty();
        Ok(self.decide_at(&life, &points, channel, Some(record)).at_own_point(is_own).allow)
    }

    /// By a life and the objections on these points; with `before`, those that are older.
    fn decide_at(
        &self,
        life: &[Recorded],
        points: &[ContactPoint],
        channel: Channel,
        before: Option<RecordAddress>,
    ) -> Decision {
        let keys = index_keys(&self.scribe);
        let book = self.people.book();
        let found = points.iter().flat_map(|point| book.objections_on(point, &keys));
        let of_then = found.filter(|found| before.is_none_or(|before| found.record < before));
        let objections = of_then.map(|found| found.objection()).collect();
        let question = Question::Reach(channel, objections);
        decide(life, &self.published.current().policy, &question, self.clock.now())
    }
}
