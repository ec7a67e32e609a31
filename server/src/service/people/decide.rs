//! "May I?" for a person or a contact point.

use app::model::channel::Channel;
use app::model::decision::{Decision, Question, Recorded, decide};
use app::model::identity::Subject;

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
    /// A person is asked about at the named points; without one, at all that the channel has, and one that is denied
    /// denies. A point without a person is allowed where somebody behind it is, and no objection stands on it.
    ///
    /// # Errors
    /// When the ledger cannot be read, or there is no such person.
    pub fn may_i(&self, who: &Who, channel: Channel) -> Result<Decision, ActError> {
        let Some(person) = who.person else { return self.may_i_at(&who.points, channel) };
        let points: Vec<ContactPoint> = {
            let book = self.people.book();
            let person = book.person(person).ok_or(ActError::NoPerson)?;
            let named = who.points.iter().filter(|point| channel.point() == Some(point.kind())).cloned();
            let named: Vec<_> = named.collect();
            if named.is_empty() { person.points_for(channel).into_iter().cloned().collect() } else { named }
        };
        Ok(self.decide_at(&self.life(person)?, &points, channel))
    }

    fn may_i_at(&self, points: &[ContactPoint], channel: Channel) -> Result<Decision, ActError> {
        let people: Vec<Subject> = {
            let book = self.people.book();
            points.iter().flat_map(|point| book.at(point)).collect()
        };
        let mut decision = self.decide_at(&[], points, channel);
        for person in people {
            let theirs = self.decide_at(&self.life(person)?, points, channel);
            if theirs.allow || !decision.allow && decision.evidence.is_empty() {
                decision = theirs;
            }
        }
        Ok(decision)
    }

    fn decide_at(&self, life: &[Recorded], points: &[ContactPoint], channel: Channel) -> Decision {
        let keys = index_keys(&self.scribe);
        let book = self.people.book();
        let found = points.iter().flat_map(|point| book.objections_on(point, &keys));
        let objections = found.map(|found| found.objection()).collect();
        let question = Question::Reach(channel, objections);
        decide(life, &self.published.current().policy, &question, self.clock.now())
    }
}
