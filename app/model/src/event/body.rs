//! What happened: one variant a kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, VariantArray};
use time::{Date, OffsetDateTime};

use super::{Answered, Call, Circumstances, KeyName, SealedSubject};
use crate::channel::Channel;
use crate::choice::{Control, Surface};
use crate::contact::GivenAt;
use crate::evidence::{OptIn, SoftOptIn};
use crate::identity::{ContentHash, RecordAddress, Subject};
use crate::message::{CheckedLetter, Classified};
use crate::notice::NoticeRef;
use crate::policy::ChangeClass;
use crate::purpose::PurposeId;

/// What happened (R-2.5.1-1 and design, "The words"), with the fields that its kind needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum_discriminants(name(EventKind), derive(PartialOrd, Ord, Hash, VariantArray), doc = "A kind of event.")]
pub enum Body {
    /// A notice was sent to visitors; counted, not stored per person.
    NoticeShown(NoticeShown),
    /// A second page was visited without an answer; never a consent.
    ContinuedUse(ContinuedUse),
    /// An answer was given.
    ChoiceMade(RecordedChoice),
    /// A yes was turned into a no.
    Withdrawn(RecordedChoice),
    /// A new choice after every earlier one had expired.
    Renewed(RecordedChoice),
    /// Somebody objected (GDPR art. 21).
    Objected(Objection),
    /// Objections were taken off a contact point by whoever proved to control it; it is nobody's consent.
    ObjectionLifted(ObjectionLifted),
    /// Somebody asked for an opt-in; not yet confirmed by the person.
    OptInRequested(OptInRequested),
    /// The person confirmed it.
    OptInConfirmed(OptInConfirmed),
    /// The controller told of a customer relation.
    Imported(Relation),
    /// Details of a person were taken down; they stand beside the record.
    DetailsRecorded(Circumstances),
    /// Staff said that contact points which joined a person later are theirs.
    PointConfirmed(PointConfirmed),
    /// A code was made for a person's letters.
    LetterCodeMade(Circumstances),
    /// Two people turned out to be one.
    Merged(Merged),
    /// A subject's keys were destroyed.
    Erased(Erased),
    /// The retention run ended the life of something.
    RetentionRun(RetentionRun),
    /// A staff member read something.
    LookedUp(LookedUp),
    /// A call ended, and whether the right to object was offered in it (S-16).
    CallClosed(CallClosed),
    /// A program said for the first time that a template is, or is not, advertising, and who decided it (S-19).
    MessageClassified(Classified),
    /// A letter template passed the check for the first time with this version of the block (S-13).
    LetterChecked(CheckedLetter),
    /// A policy came into force.
    PolicyPublished(PolicyPublished),
    /// A staff member was added, changed or removed.
    StaffChanged(StaffChanged),
    /// A program's key was given out or taken back.
    ClientChanged(ClientChanged),
    /// Sign-ins at the desk failed.
    SignInFailed(FailedSignIns),
    /// Failed sign-ins were told to whom they concern.
    SignInFailuresTold(FailedSignIns),
    /// A key was rotated.
    KeyRotated(KeyRotated),
    /// A mail was queued, sent or given up; never to whom.
    Mailed(Mailed),
    /// The ledger was put back from a backup: what was recorded since the backup is lost.
    Restored(Restored),
}

impl Body {
    /// Without the details.
    pub fn kind(&self) -> EventKind {
        self.into()
    }
}

/// How often a notice was sent since the count before, by the visits that it was sent to; about nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeShown {
    /// The policy in force.
    pub policy: ContentHash,
    pub notice: NoticeRef,
    /// Where on the page.
    pub surface: Surface,
    pub count: u64,
}

/// Further use of the site after a notice was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinuedUse {
    /// The policy in force.
    pub policy: ContentHash,
    /// The notice that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeRef>,
    /// `Sec-GPC: 1` came along.
    #[serde(default, skip_serializing_if = "is_false")]
    pub gpc: bool,
    /// The questions that were shown and not answered, each with its revision.
    pub questions: BTreeMap<PurposeId, u32>,
}

/// Answers on a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedChoice {
    /// The policy in force.
    pub policy: ContentHash,
    /// The notice that was shown; absent is "notice unknown".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeRef>,
    /// The control that was used; absent where the no of a device is recorded under a further id.
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
    pub answers: BTreeMap<PurposeId, Answered>,
}

impl RecordedChoice {
    /// Answers of which nothing else is told.
    pub fn new(policy: ContentHash, answers: BTreeMap<PurposeId, Answered>) -> Self {
        let (notice, control, surface, build, variant) = (None, None, None, None, None);
        Self { policy, notice, control, surface, build, variant, gpc: false, answers }
    }
}

/// An objection to advertising.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// The policy in force.
    pub policy: ContentHash,
    /// The channels that it is to; none named is all of them.
    pub channels: Vec<Channel>,
    /// Since which day it holds, where a file says that it was made earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// How it was said.
    pub said: Circumstances,
}

/// Objections that were taken off a contact point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionLifted {
    /// The policy in force.
    pub policy: ContentHash,
    pub channels: Vec<Channel>,
    /// How it was said.
    pub said: Circumstances,
}

/// The request for an opt-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptInRequested {
    /// The policy in force.
    pub policy: ContentHash,
    pub channels: Vec<Channel>,
    /// The contact points that it is for; none where whoever asked does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GivenAt>,
    /// How it was said.
    pub said: Circumstances,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptInConfirmed {
    /// The policy in force.
    pub policy: ContentHash,
    pub channels: Vec<Channel>,
    /// The contact points that it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GivenAt>,
    /// What it rests on.
    pub evidence: OptIn,
    /// How it was said.
    pub said: Circumstances,
}

/// A customer relation that the controller told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The policy in force.
    pub policy: ContentHash,
    /// The channels for which it is told.
    pub channels: Vec<Channel>,
    /// The contact points that it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GivenAt>,
    /// What the controller has as evidence of a soft opt-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<SoftOptIn>,
    /// How it was told.
    pub said: Circumstances,
}

/// Contact points that joined a person later and are theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointConfirmed {
    pub points: Vec<GivenAt>,
    /// How it was said.
    pub said: Circumstances,
}

/// The event's subject and another person are one; their events are the subject's from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// The person who turned out to be the subject.
    pub other: Subject,
    /// How it was said.
    pub said: Circumstances,
}

/// An erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// Whom it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<SealedSubject>,
    /// The keys that were destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyName>,
    /// How it was asked for.
    pub said: Circumstances,
}

/// The end of what its time was over for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRun {
    pub ended: Ended,
    /// The keys that were destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyName>,
}

/// What a retention run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// What waited on days that are over.
    Days,
    /// Sign-ups to the newsletter that nobody confirmed.
    UnconfirmedSignUps,
}

/// A look-up by a staff member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookedUp {
    /// What was looked at.
    pub target: LookUpTarget,
    pub reason: String,
}

/// What a look-up found. A consent id or a person that is not found may be of somebody who was erased, and is not written
/// down again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookUpTarget {
    /// Somebody's events.
    Subject(SealedSubject),
    /// A record without a subject.
    Record(RecordAddress),
    /// No record has this receipt number.
    NoReceipt(String),
    /// No consent id is as asked for.
    NoConsentId,
    /// Nobody is as asked for.
    NoPerson,
}

/// The end of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallClosed {
    pub call: Call,
    /// With whom it was, where one person is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<SealedSubject>,
}

/// A policy that is in force from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyPublished {
    pub policy: ContentHash,
    /// What kind of change it is.
    pub change: ChangeClass,
}

/// A change of who may work at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffChanged {
    /// Their sign-in name.
    pub name: String,
    pub change: StaffChange,
}

/// What changed of a staff member's access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffChange {
    /// They got a one-time password for the first time.
    Added,
    /// They got a one-time password in the place of the one before.
    PasswordIssued,
    /// They chose a password themselves.
    PasswordReplaced,
    /// Their access was taken away.
    Removed,
}

/// A change of which programs may use the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientChanged {
    /// Its registered name.
    pub name: String,
    pub change: ClientChange,
}

/// What changed of a program's access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientChange {
    /// It got a key.
    Added {
        /// The rights of the key, by their names on the command line.
        rights: Vec<String>,
        /// The last civil day on which the key holds.
        until: Date,
    },
    /// Its key was taken back.
    Removed,
}

/// Failed sign-ins at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailedSignIns {
    /// Whose name was typed; absent for an unknown one, which may be a password and is never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub count: u32,
}

/// The rotation of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRotated {
    pub key: RotatedKey,
}

/// The keys that can be rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotatedKey {
    /// The root key.
    Root,
    /// The index key of the blocking list.
    Index,
    /// The secrets of links and letter codes.
    Tokens,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailed {
    /// Which mail it is, by the name of its text.
    pub mail: String,
    /// What became of it.
    pub state: MailState,
}

/// Where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    Queued,
    /// At the mail server.
    Sent,
    /// Not delivered, and not tried again.
    GivenUp,
}

/// A ledger that was put back from a backup. What the backup's last shard holds ends with it; the record is the first of the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// The last signed checkpoint that is known of the ledger that was there, as it was published: what is lost can be held
    /// against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_checkpoint: Option<String>,
    /// The new size: the records in all shards that came back.
    pub records: u64,
    /// When the last of them was made that can be read. What was recorded after it is lost.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub lost_from: Option<OffsetDateTime>,
    /// Until when the ledger that was there is known to have recorded.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub lost_until: Option<OffsetDateTime>,
    /// What was put back of it, where anything had been kept away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_back: Option<PutBack>,
}

/// What was kept away of a ledger that is lost, and stands again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutBack {
    /// Until when something was kept away.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// Objections on contact points.
    pub objections: u64,
    /// Keys that were destroyed again.
    pub keys: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A body is made of what it holds, where that is of one kind alone.
macro_rules! of_one_kind {
    ($($kind:ident($holds:ident)),* $(,)?) => {
        $(impl From<$holds> for Body {
            fn from(holds: $holds) -> Self {
                Self::$kind(holds)
            }
        })*
    };
}

of_one_kind!(
    NoticeShown(NoticeShown),
    ContinuedUse(ContinuedUse),
    Objected(Objection),
    ObjectionLifted(ObjectionLifted),
    OptInRequested(OptInRequested),
    OptInConfirmed(OptInConfirmed),
    Imported(Relation),
    PointConfirmed(PointConfirmed),
    Merged(Merged),
    Erased(Erased),
    RetentionRun(RetentionRun),
    LookedUp(LookedUp),
    CallClosed(CallClosed),
    MessageClassified(Classified),
    LetterChecked(CheckedLetter),
    PolicyPublished(PolicyPublished),
    StaffChanged(StaffChanged),
    ClientChanged(ClientChanged),
    KeyRotated(KeyRotated),
    Mailed(Mailed),
    Restored(Restored),
);
