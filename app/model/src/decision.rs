//! The decision: the answer to "may I?".
#![warn(missing_docs)]

mod channel;
mod purpose;

pub use channel::OBJECTION;

use serde::{Deserialize, Serialize};
use time::Date;

use super::channel::Channel;
use super::contact::AskedAt;
use super::date::Moment;
use super::event::{Actor, Event, Head, Route};
use super::identity::RecordAddress;
use super::policy::Policy;
use super::purpose::PurposeId;

/// An event together with where it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place; the order of places is the order of events.
    pub address: RecordAddress,
    /// The fact.
    pub event: Event,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// May this purpose's cookies be placed and read on the device?
    Purpose(PurposeId),
    /// What does this person want of advertising by this channel, wherever they said it? It tells of a no; whether they
    /// may be reached is asked at a point.
    Channel(Channel),
    /// May they be reached by it at all of these contact points? A yes holds at the point that it was given for.
    Reach(Channel, Vec<AskedAt>),
}

/// The answer to a [`Question`], with everything that explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Allow or deny. Deny is the default.
    pub allow: bool,
    /// Why.
    pub reason: Reason,
    /// The article it rests on.
    pub basis: String,
    /// The events it rests on.
    pub evidence: Vec<RecordAddress>,
    /// The last civil day on which it may be relied upon, as far as known today.
    pub until: Option<Date>,
}

/// Why a decision is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Exempt: strictly necessary.
    Necessary,
    /// The person granted it.
    Granted,
    /// The person refused it.
    Refused,
    /// The person withdrew it.
    Withdrawn,
    /// The person objected.
    Objected,
    /// The person was asked and did not object.
    NotObjected,
    /// Notice was given, the site was used further, and no objection came (`low_impact` only).
    ContinuedUse,
    /// The browser asked not to be tracked.
    Gpc,
    /// The answer is past its last day.
    Expired,
    /// The question changed since.
    QuestionChanged,
    /// The controller stopped the purpose: it was answered, and the policy no longer has it.
    RevokedByController,
    /// Nothing was answered.
    NoAnswer,
    /// The policy knows no such purpose or rule.
    Unknown,
    /// What the device kept of an answer cannot be read.
    Unreadable,
    /// The device shows a yes that is not in our record.
    Unrecorded,
    /// An opt-in was asked for but not confirmed by the person.
    Unconfirmed,
    /// The person opted in.
    OptedIn,
    /// A customer who was offered the opt-out when the address was collected.
    SoftOptIn,
    /// Allowed until the person objects.
    OptOut,
    /// An objection stands on the contact point, whoever of those sharing it made it.
    PointObjected,
    /// An opt-in without the evidence that its rule asks for, or what was given for another contact point.
    EvidenceMissing,
    /// It is not known that the person can be reached there, or anywhere: a yes is for the points that its giver has.
    NoPoint,
    /// No advertising: what people say of a channel does not concern it (S-19).
    Service,
}

impl Reason {
    /// Whether somebody said no.
    pub fn is_no(self) -> bool {
        matches!(self, Self::Objected | Self::Withdrawn | Self::Refused | Self::PointObjected)
    }
}

/// May I? A pure function of what happened, what is in force and what day it is; default deny.
///
/// `events` are those of one subject, in the order of the ledger. For a purpose the order of precedence is
/// (R-2.5.4-1): the latest explicit answer, then GPC, then continued use, then deny. For a channel an
/// objection stands until the person confirms a later opt-in, whatever is imported meanwhile. `events` of people who
/// were merged are those of all of them.
pub fn decide(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    match question {
        Question::Purpose(id) => match policy.purpose(id) {
            Some(purpose) => purpose::decide(events, policy, purpose, now.today),
            None => purpose::stopped(events, id),
        },
        Question::Channel(channel) => channel::decide(events, &policy.channels, *channel, None, now.today),
        Question::Reach(channel, points) => channel::reach(events, points, &policy.channels, *channel, now.today),
    }
}

impl Decision {
    /// A service message goes to anybody, on the record of who classed it as one: Tw art. 11.7 and GDPR art. 21(2) are
    /// about advertising (S-19).
    pub fn service(classified: RecordAddress) -> Self {
        Self::allow(Reason::Service).on(classified).under("geen reclame: buiten Tw 11.7 en AVG 21 lid 2")
    }

    /// A yes is for the contact points that its giver has: elsewhere it is none.
    #[must_use]
    pub fn at_own_point(self, is_own: bool) -> Self {
        if self.allow && !is_own { Self::deny(Reason::NoPoint).under(self.basis) } else { self }
    }

    fn new(allow: bool, reason: Reason) -> Self {
        Self { allow, reason, basis: String::new(), evidence: Vec::new(), until: None }
    }

    fn allow(reason: Reason) -> Self {
        Self::new(true, reason)
    }

    fn deny(reason: Reason) -> Self {
        Self::new(false, reason)
    }

    fn on(mut self, evidence: RecordAddress) -> Self {
        self.evidence.push(evidence);
        self
    }

    fn until(mut self, until: Option<Date>) -> Self {
        self.until = until;
        self
    }

    fn under(mut self, basis: impl Into<String>) -> Self {
        self.basis = basis.into();
        self
    }
}

/// Whether an event is the person's own act. What staff, clients and imports enter can stop, but not grant or lift
/// (design, "Who may say yes from where").
pub(super) fn is_persons_own(event: &Event) -> bool {
    let Head { actor, route, .. } = &event.head;
    matches!(actor, Actor::Visitor | Actor::Person) && !matches!(route, Route::Import | Route::System)
}
