//! A device: what its cookies, its browser's signal and its record say together.
//!
//! What it says is read as events, and [`decide`] decides about them as about all others: there is no second set of rules.
//! `frontend/embed/embed.js` does the same in the page, where the record is not known; one table of cases, made from
//! [`DeviceState::standing`], is run through both and through the pages.
#![warn(missing_docs)]

use std::collections::BTreeMap;

use super::choice::Answer;
use super::cookie::{ChoiceCookie, DeviceAnswer};
use super::date::Moment;
use super::decision::{Decision, Question, Reason, Recorded, decide};
use super::event::{Actor, Answered, Body, ContinuedUse, Event, RecordedChoice, Route};
use super::identity::{ContentHash, RecordAddress, ShardNumber};
use super::policy::Policy;
use super::purpose::{PurposeId, Regime};

/// What is known of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceState {
    /// What the choice cookie says; nothing without one.
    pub said: ChoiceCookie,
    /// The notice revision that was seen, from the `keuze_seen` cookie.
    pub seen: Option<u32>,
    /// Whether `Sec-GPC: 1` came along.
    pub gpc: bool,
}

/// What holds for a purpose on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceStanding {
    /// Allow or deny, and why. Of the device's own word it names neither evidence nor a last day.
    pub decision: Decision,
    /// The device's answer that holds; `None` where the purpose must be asked, or the record says otherwise.
    pub answer: Option<DeviceAnswer>,
}

impl DeviceState {
    /// What holds for a purpose, as far as the device itself says.
    pub fn standing(&self, policy: &Policy, purpose: &PurposeId, now: Moment) -> DeviceStanding {
        let question = Question::Purpose(purpose.clone());
        let decision = decide(&self.events(policy, now), policy, &question, now);
        let mut decision = Decision { evidence: Vec::new(), until: None, ..decision };
        let unreadable = self.said.unreadable && decision.reason == Reason::NoAnswer;
        // An answer to what another regime asked is none to this question, but somebody did answer.
        let answered_otherwise = decision.reason == Reason::ContinuedUse && self.said.given.contains_key(purpose);
        if unreadable || answered_otherwise {
            let reason = if unreadable { Reason::Unreadable } else { Reason::QuestionChanged };
            decision = Decision { allow: false, reason, ..decision };
        }
        let holds = is_answer(decision.reason) && !self.said.unreadable;
        let answer = self.said.given.get(purpose).filter(|_| holds).cloned();
        DeviceStanding { decision, answer }
    }

    /// The same where the record is known: the cookie is a hint, never evidence, so a yes to what needs consent must
    /// stand in the record, and a no that stands there ends any yes.
    pub fn proved(&self, record: &[Recorded], policy: &Policy, purpose: &PurposeId, now: Moment) -> DeviceStanding {
        let standing = self.standing(policy, purpose, now);
        let by_answer = standing.decision.allow && is_answer(standing.decision.reason);
        let recorded = decide(record, policy, &Question::Purpose(purpose.clone()), now);
        let needs_record = policy.purpose(purpose).is_some_and(|purpose| purpose.regime == Regime::Consent);
        let is_no = !recorded.allow && is_answer(recorded.reason);
        match (by_answer, is_no, recorded.allow) {
            (true, true, _) => DeviceStanding { decision: recorded, answer: None },
            (true, false, false) if needs_record => {
                DeviceStanding { decision: Decision { reason: Reason::Unrecorded, ..recorded }, answer: None }
            }
            _ => standing,
        }
    }

    /// The optional purposes that must be asked, in policy order: without an answer that still holds. An objection holds
    /// until the person says yes. Where the choice cannot be read, everything is asked.
    pub fn to_ask(&self, policy: &Policy, now: Moment) -> Vec<PurposeId> {
        let open = policy.optional().filter(|purpose| self.standing(policy, &purpose.id, now).answer.is_none());
        open.map(|purpose| purpose.id.clone()).collect()
    }

    /// What the device says, as if it had just been said.
    fn events(&self, policy: &Policy, now: Moment) -> Vec<Recorded> {
        // It is in no ledger, so the policy is not named by its hash.
        let unnamed = ContentHash([0; 32]);
        let answers = self.said.given.iter().map(|(purpose, kept)| (purpose.clone(), answered(kept, now)));
        let choice = RecordedChoice { gpc: self.gpc, ..RecordedChoice::new(unnamed, answers.collect()) };
        let used = ContinuedUse { policy: unnamed, notice: None, gpc: false, questions: BTreeMap::new() };
        let seen = self.seen == Some(policy.notice_revision) && !self.said.unreadable;
        let bodies = [seen.then(|| Body::from(used)), Some(Body::ChoiceMade(choice))].into_iter().flatten();
        let placed = bodies.zip(0..).map(|(body, index)| Recorded {
            address: RecordAddress { shard: ShardNumber::FIRST, index },
            event: Event::new(now.at, Actor::Visitor, Route::Unknown, body),
        });
        placed.collect()
    }
}

/// The rules count days, a device counts seconds: an answer that has not ended yet holds today.
fn answered(kept: &DeviceAnswer, now: Moment) -> Answered {
    let day = |until| if now.at <= until { Some(now.today) } else { now.today.previous_day() };
    Answered { answer: kept.answer, revision: kept.revision, until: kept.until.and_then(day) }
}

/// Whether a decision rests on an answer that the person gave and that holds.
pub fn is_answer(reason: Reason) -> bool {
    use Reason::{Granted, NotObjected, Objected, Refused, Withdrawn};
    matches!(reason, Granted | NotObjected | Objected | Refused | Withdrawn)
}

/// Whether an answer of the record still has effect on a day: an objection has no end.
pub fn lives(answered: &Answered, today: time::Date) -> bool {
    answered.answer == Answer::Objected || answered.until.is_some_and(|until| today <= until)
}
