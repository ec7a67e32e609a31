//! Events: immutable facts, as they are recorded in the ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::channel::Channel;
use super::choice::{Answer, Control, Surface};
use super::contact::GivenAt;
use super::evidence::{Evidence, IdentityLevel};
use super::identity::{ContentHash, RecordAddress, Subject};
use super::message::{CheckedLetter, Classified};
use super::notice::NoticeRef;
use super::purpose::PurposeId;

/// The version of the record format.
pub const RECORD_VERSION: u32 = 1;

/// One immutable fact. Its canonical JSON (RFC 8785) is what the ledger commits to.
///
/// A record holds no contact details, no IP address, no user agent and no page (R-2.5.5-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// [`RECORD_VERSION`].
    pub v: u32,
    /// What happened.
    pub kind: EventKind,
    /// When, by the server's clock; whole seconds, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whom it is about; absent for a refusal without a consent id and for continued use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Who did it.
    pub actor: Actor,
    /// Where it came in.
    pub route: Route,
    /// The policy in force, by the hash of its canonical JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<ContentHash>,
    /// The notice that was shown; absent is "notice unknown".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeRef>,
    /// The control that was used, on a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// Where on the page, as far as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<Surface>,
    /// The banner's build, as far as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The banner's layout variant, as far as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// `Sec-GPC: 1` came along.
    #[serde(default, skip_serializing_if = "is_false")]
    pub gpc: bool,
    /// Every optional purpose of the policy with what was answered, `not_offered` included: what was not shown
    /// is never recorded as an answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<PurposeId, Answered>,
    /// The channels it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// The contact points that a yes, the request for one, or the word of a relation is for: it holds there and nowhere
    /// else. A no needs none; it holds at every point of its person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GivenAt>,
    /// What an opt-in rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How well the person was known, where it was more than a visitor on a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<IdentityLevel>,
    /// The call in which it was said, and whether the right to object was offered in it (S-16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// For `message_classified`: how a template was classed (S-19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Classified>,
    /// For `letter_checked`: which template passed (S-13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<CheckedLetter>,
    /// For `merged`: the person who turned out to be this subject; their events are this subject's from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Subject>,
    /// The record before this one of the same subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<RecordAddress>,
    /// For audit events about a subject: that subject, readable only while its own proof key lives
    /// (`base64url(key id ‖ nonce ‖ sealed subject id)`), so that an erasure cuts the link and leaves the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What was written beside the record with it (profiles, objections on contact points, contents): SHA-256 over
    /// those facts as they stand in the journal, so that none of them can be altered or left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ContentHash>,
    /// For `erased` and `retention_run`: the random names of the keys that were destroyed, 32 hexadecimal digits each,
    /// so that a record without its key is explained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// For `notice_shown`: how often since the count before, by the visits that it was sent to; about nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// For `looked_up`, `erased`, `staff_changed`: what was looked at or changed, in machine form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The reason that was given, where one is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Event {
    /// An event with nothing but its frame; the caller fills in what its kind needs.
    pub fn new(kind: EventKind, at: OffsetDateTime, actor: Actor, route: Route) -> Self {
        Self {
            v: RECORD_VERSION,
            kind,
            at: at.replace_nanosecond(0).unwrap_or(at),
            subject: None,
            actor,
            route,
            policy: None,
            notice: None,
            control: None,
            surface: None,
            build: None,
            variant: None,
            gpc: false,
            answers: BTreeMap::new(),
            channels: Vec::new(),
            points: Vec::new(),
            evidence: None,
            level: None,
            call: None,
            message: None,
            letter: None,
            merged: None,
            previous: None,
            about: None,
            facts: None,
            keys: Vec::new(),
            count: None,
            object: None,
            reason: None,
        }
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
    /// The answer.
    pub answer: Answer,
    /// The revision of the question that was answered.
    pub revision: u32,
    /// The last civil day (Europe/Amsterdam) on which the answer holds; absent when nothing was offered, and on an
    /// objection, which has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What happened (R-2.5.1-1 and design, "The words").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A notice was rendered; counted, not stored per person.
    NoticeShown,
    /// A second page was visited without an answer; never a consent.
    ContinuedUse,
    /// The notice was closed without an answer.
    Dismissed,
    /// An answer was given.
    ChoiceMade,
    /// A yes was turned into a no.
    Withdrawn,
    /// The person objected (GDPR art. 21).
    Objected,
    /// Somebody asked for an opt-in; not yet confirmed by the person.
    OptInRequested,
    /// The person confirmed it.
    OptInConfirmed,
    /// A new choice after expiry.
    Renewed,
    /// The clock ended an answer.
    Expired,
    /// A changed purpose or a finding ended it.
    Invalidated,
    /// The controller stopped a purpose.
    RevokedByController,
    /// An anonymous choice was tied to a known person, by that person.
    Linked,
    /// Two people turned out to be one.
    Merged,
    /// A subject's keys were destroyed.
    Erased,
    /// A staff member read something.
    LookedUp,
    /// A policy came into force.
    PolicyPublished,
    /// A statement was published.
    StatementPublished,
    /// A staff member was added, changed or removed.
    StaffChanged,
    /// A key was rotated.
    KeyRotated,
    /// A record came from another system.
    Imported,
    /// People were told of a change.
    Announced,
    /// A backup was put back.
    Restored,
    /// The retention run ended the life of something.
    RetentionRun,
    /// A mail was queued, sent or given up; `object` says which, never to whom.
    Mailed,
    /// A rights request came in.
    RequestOpened,
    /// A rights request was answered.
    RequestClosed,
    /// A call ended, and whether the right to object was offered in it (S-16).
    CallClosed,
    /// Objections were taken off a contact point by whoever proved to control it; it is nobody's consent.
    ObjectionLifted,
    /// A program said for the first time that a template is, or is not, advertising, and who decided it (S-19).
    MessageClassified,
    /// A letter template passed the check for the first time with this version of the block (S-13).
    LetterChecked,
    /// Sign-ins at the desk failed, or were told to whom they concern; `object` says how many and whose, never what was typed.
    SignInFailed,
}

/// Who did it.
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
    /// An import.
    Import,
    /// Global Privacy Control.
    Gpc,
    /// The desk.
    Desk,
    /// The command line, or Keuze by itself.
    System,
    /// Not told: a page or program that did not say where on it the control was.
    Unknown,
}
