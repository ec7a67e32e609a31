//! Events: immutable facts, as they are recorded in the ledger.
//!
//! An event is a [`Head`], which every event has, and a [`Body`]: one variant a kind, with the fields that its kind needs and no
//! others. What rules and pages ask of several kinds alike is asked by the methods of [`Event`].

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::channel::Channel;
use super::choice::Answer;
use super::contact::GivenAt;
use super::evidence::{Evidence, IdentityLevel, SoftOptIn};
use super::identity::{ContentHash, RecordAddress, Subject};
use super::notice::NoticeRef;
use super::purpose::PurposeId;

mod body;

pub use body::{
    Body, CallClosed, ClientChange, ClientChanged, ContinuedUse, Ended, Erased, EventKind, FailedSignIns, KeyRotated,
    LookUpTarget, LookedUp, MailState, Mailed, Merged, NoticeShown, Objection, ObjectionLifted, OptInConfirmed,
    OptInRequested, PointConfirmed, PolicyPublished, PutBack, RecordedChoice, Relation, Restored, RetentionRun,
    RotatedKey, StaffChange, StaffChanged,
};

/// The version of the record format.
pub const RECORD_VERSION: u32 = 1;

/// One immutable fact. Its canonical JSON (RFC 8785) is what the ledger commits to.
///
/// A record holds no contact details, no IP address, no user agent and no page (R-2.5.5-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What every event has.
    pub head: Head,
    pub body: Body,
}

/// What every event has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`RECORD_VERSION`].
    pub v: u32,
    /// When, by the server's clock; whole seconds, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whom it is about; absent for a refusal without a consent id and for continued use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    pub actor: Actor,
    /// Where it came in.
    pub route: Route,
    /// The record before this one of the same subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<RecordAddress>,
    /// What was written beside the record with it (profiles, objections on contact points, contents): SHA-256 over
    /// those facts as they stand in the journal, so that none of them can be altered or left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ContentHash>,
}

impl Event {
    /// An event about nobody.
    pub fn new(at: OffsetDateTime, actor: Actor, route: Route, body: impl Into<Body>) -> Self {
        let at = at.replace_nanosecond(0).unwrap_or(at);
        let head = Head { v: RECORD_VERSION, at, subject: None, actor, route, previous: None, facts: None };
        Self { head, body: body.into() }
    }

    /// The same about somebody.
    #[must_use]
    pub fn with_subject(mut self, subject: Option<Subject>) -> Self {
        self.head.subject = subject;
        self
    }

    /// What happened, without its details.
    pub fn kind(&self) -> EventKind {
        self.body.kind()
    }

    /// What was answered on a device.
    pub fn choice(&self) -> Option<&RecordedChoice> {
        match &self.body {
            Body::ChoiceMade(choice) | Body::Withdrawn(choice) | Body::Renewed(choice) => Some(choice),
            _ => None,
        }
    }

    /// The answers by purpose; none where the event carries none.
    pub fn answers(&self) -> impl Iterator<Item = (&PurposeId, &Answered)> {
        self.choice().into_iter().flat_map(|choice| &choice.answers)
    }

    /// The banner's build and layout variant, as far as told.
    pub fn banner(&self) -> (Option<&str>, Option<&str>) {
        let choice = self.choice();
        let told = |of: fn(&RecordedChoice) -> &Option<String>| choice.and_then(|choice| of(choice).as_deref());
        (told(|choice| &choice.build), told(|choice| &choice.variant))
    }

    /// What was answered for a purpose, `not_offered` included.
    pub fn answer_for(&self, purpose: &PurposeId) -> Option<&Answered> {
        self.choice()?.answers.get(purpose)
    }

    /// The channels that it is about.
    pub fn channels(&self) -> &[Channel] {
        match &self.body {
            Body::Objected(Objection { channels, .. })
            | Body::ObjectionLifted(ObjectionLifted { channels, .. })
            | Body::OptInRequested(OptInRequested { channels, .. })
            | Body::OptInConfirmed(OptInConfirmed { channels, .. })
            | Body::Imported(Relation { channels, .. }) => channels,
            _ => &[],
        }
    }

    /// The contact points that it is for: a yes, the request for one and the word of a relation hold there and nowhere else.
    /// A no needs none; it holds at every point of its person.
    pub fn points(&self) -> &[GivenAt] {
        match &self.body {
            Body::OptInRequested(OptInRequested { points, .. })
            | Body::OptInConfirmed(OptInConfirmed { points, .. })
            | Body::Imported(Relation { points, .. })
            | Body::PointConfirmed(PointConfirmed { points, .. }) => points,
            _ => &[],
        }
    }

    /// The policy in force, by the hash of its canonical JSON.
    pub fn policy(&self) -> Option<ContentHash> {
        match &self.body {
            Body::NoticeShown(NoticeShown { policy, .. })
            | Body::ContinuedUse(ContinuedUse { policy, .. })
            | Body::ChoiceMade(RecordedChoice { policy, .. })
            | Body::Withdrawn(RecordedChoice { policy, .. })
            | Body::Renewed(RecordedChoice { policy, .. })
            | Body::Objected(Objection { policy, .. })
            | Body::ObjectionLifted(ObjectionLifted { policy, .. })
            | Body::OptInRequested(OptInRequested { policy, .. })
            | Body::OptInConfirmed(OptInConfirmed { policy, .. })
            | Body::Imported(Relation { policy, .. })
            | Body::PolicyPublished(PolicyPublished { policy, .. }) => Some(*policy),
            _ => None,
        }
    }

    /// The notice that was shown; absent is "notice unknown".
    pub fn notice(&self) -> Option<NoticeRef> {
        match &self.body {
            Body::NoticeShown(shown) => Some(shown.notice),
            Body::ContinuedUse(used) => used.notice,
            _ => self.choice()?.notice,
        }
    }

    /// Whether `Sec-GPC: 1` came along.
    pub fn gpc(&self) -> bool {
        match &self.body {
            Body::ContinuedUse(used) => used.gpc,
            _ => self.choice().is_some_and(|choice| choice.gpc),
        }
    }

    /// What a relation or a yes rests on.
    pub fn evidence(&self) -> Option<Evidence> {
        match &self.body {
            Body::OptInConfirmed(confirmed) => Some(Evidence::OptIn(confirmed.evidence.clone())),
            Body::Imported(relation) => relation.evidence.clone().map(Evidence::SoftOptIn),
            _ => None,
        }
    }

    /// What the controller has as evidence of a relation.
    pub fn soft_opt_in(&self) -> Option<&SoftOptIn> {
        match &self.body {
            Body::Imported(relation) => relation.evidence.as_ref(),
            _ => None,
        }
    }

    /// How it was said, where it is an act about a person or a point.
    pub fn circumstances(&self) -> Option<&Circumstances> {
        match &self.body {
            Body::Objected(Objection { said, .. })
            | Body::ObjectionLifted(ObjectionLifted { said, .. })
            | Body::OptInRequested(OptInRequested { said, .. })
            | Body::OptInConfirmed(OptInConfirmed { said, .. })
            | Body::Imported(Relation { said, .. })
            | Body::PointConfirmed(PointConfirmed { said, .. })
            | Body::DetailsRecorded(said)
            | Body::LetterCodeMade(said)
            | Body::Merged(Merged { said, .. })
            | Body::Erased(Erased { said, .. }) => Some(said),
            _ => None,
        }
    }

    /// How well the person was known, where it is an act about a person or a point.
    pub fn level(&self) -> Option<IdentityLevel> {
        Some(self.circumstances()?.level)
    }

    /// The call in which it was said.
    pub fn call(&self) -> Option<&Call> {
        match &self.body {
            Body::CallClosed(closed) => Some(&closed.call),
            _ => self.circumstances()?.call.as_ref(),
        }
    }

    /// The reason that was given, where one is asked for.
    pub fn reason(&self) -> Option<&str> {
        match &self.body {
            Body::LookedUp(looked_up) => Some(&looked_up.reason),
            _ => self.circumstances()?.reason.as_deref(),
        }
    }

    /// The subject of an audit event, sealed (see [`SealedSubject`]).
    pub fn audited(&self) -> Option<&SealedSubject> {
        match &self.body {
            Body::LookedUp(LookedUp { target: LookUpTarget::Subject(about), .. }) => Some(about),
            Body::CallClosed(CallClosed { about, .. }) | Body::Erased(Erased { about, .. }) => about.as_ref(),
            _ => None,
        }
    }

    /// The same with the keys that are destroyed with it.
    ///
    /// # Panics
    /// Of a kind that ends nothing.
    #[must_use]
    pub fn destroying(mut self, names: Vec<KeyName>) -> Self {
        match &mut self.body {
            Body::Erased(Erased { keys, .. }) | Body::RetentionRun(RetentionRun { keys, .. }) => *keys = names,
            body => unreachable!("{:?} ends no keys", body.kind()),
        }
        self
    }

    /// The random names of the keys that were destroyed with it, so that a record without its key is explained.
    pub fn destroyed(&self) -> &[KeyName] {
        match &self.body {
            Body::Erased(Erased { keys, .. }) | Body::RetentionRun(RetentionRun { keys, .. }) => keys,
            _ => &[],
        }
    }
}

/// The random name of a key: 32 hexadecimal digits.
pub type KeyName = String;

/// A subject that is readable only while its own proof key lives (`base64url(key id ‖ nonce ‖ sealed subject id)`), so that an
/// erasure cuts the link and leaves the act.
pub type SealedSubject = String;

/// How an act about a person or a contact point was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// How well the person was known.
    pub level: IdentityLevel,
    /// The call in which it was said, and whether the right to object was offered in it (S-16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The reason that was given, where one is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Circumstances {
    /// With nothing beside how well the person was known.
    pub fn at(level: IdentityLevel) -> Self {
        Self { level, call: None, reason: None }
    }
}

/// A call with a person (Tw art. 11.7: the right to object is offered in every call).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The call's reference in the phone system.
    pub reference: String,
    /// Whether the right to object was offered; nothing while that is not said yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right_offered: Option<bool>,
}

/// What was answered for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    pub answer: Answer,
    /// The revision of the question that was answered.
    pub revision: u32,
    /// The last civil day (Europe/Amsterdam) on which the answer holds; absent when nothing was offered, and on an
    /// objection, which has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// Somebody on the site, not known by name.
    Visitor,
    /// A known person: by token, code or portal.
    Person,
    /// A named staff member.
    Agent {
        /// Their sign-in name.
        name: String,
    },
    /// Keuze itself.
    System,
    /// A machine with an API key.
    Client {
        /// Its registered name.
        name: String,
    },
}

/// Where it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The first layer.
    Banner,
    /// The second layer, or a placeholder.
    Settings,
    /// The preference page, with what belongs to it.
    PreferencePage,
    /// The page where somebody says no with nothing in hand (`/keuze/afmelden`).
    ObjectionPage,
    /// The newsletter's sign-up form.
    NewsletterPage,
    /// The page on what is held of a person.
    InsightPage,
    /// A link in a mail.
    MailLink,
    /// RFC 8058.
    OneClick,
    /// A code from a letter.
    LetterCode,
    /// The person called.
    PhoneIn,
    /// The person was called.
    PhoneOut,
    /// The person wrote a letter.
    Letter,
    /// The person wrote a mail.
    EmailIn,
    /// The customer portal.
    Portal,
    /// The machine interface.
    Api,
    Import,
    /// Global Privacy Control.
    Gpc,
    Desk,
    /// The command line, or Keuze by itself.
    System,
    /// Not told: a page or program that did not say where on it the control was.
    Unknown,
}
