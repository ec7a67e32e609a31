//! What each kind of fact says: exactly these members, in JSON. Contact details of people stand in [`Part`], [`Mail`] and
//! [`Call`] and nowhere else, so those have no `Debug`.

use contact::{ContactPoint, Email};
use model::channel::Channel;
use model::event::Actor;
use model::identity::{RecordAddress, Subject};
use model::language::Language;
use model::message::{CheckedLetter, Classified};
use model::purpose::PurposeId;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use vault::ring::RetentionClass;

use crate::answers::AnswerName;

/// The last rotation of the root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootRotation {
    /// Tells the key of then from others.
    pub check: String,
    /// How many buckets of the ring had ended.
    pub ended: usize,
    /// How many erasures had been recorded.
    pub erasures: usize,
    /// On which civil day.
    pub on: Date,
}

/// Somebody who may sit at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffMember {
    /// The sign-in name.
    pub name: String,
    /// PHC string of argon2id.
    pub password: String,
    /// Must be replaced at the first sign-in.
    pub one_time: bool,
    /// When a one-time password was given out, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<i64>,
}

/// Sign-ins that failed under a staff member's name since they signed in last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissedSignIns {
    /// The sign-in name.
    pub missed_by: String,
    /// How many.
    pub count: u32,
    /// When the last one was.
    #[serde(with = "time::serde::timestamp")]
    pub last: OffsetDateTime,
}

/// A program with an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiClient {
    /// What it is called.
    pub name: String,
    /// What its key is good for, in words.
    pub scopes: Vec<String>,
    /// The last civil day of its key.
    pub until: Date,
    /// SHA-256 of the key, in hexadecimal digits.
    pub hash: String,
}

/// A classification as a program told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classification {
    /// Who.
    pub by: Actor,
    /// What.
    pub classified: Classified,
}

/// A letter template that passed its check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterCheck {
    /// Who had it checked: a program.
    pub by: Actor,
    /// What passed.
    pub passed: CheckedLetter,
}

/// A keyed hash of a match key of a contact point, 128 bits; written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FoldHash(pub [u8; 16]);

impl From<FoldHash> for String {
    fn from(hash: FoldHash) -> Self {
        hex::encode(hash.0)
    }
}

impl TryFrom<String> for FoldHash {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes))
    }
}

/// An objection on a contact point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressionEntry {
    /// The number of the index key.
    pub index: u16,
    /// The keyed hashes of the folds that it stands on.
    pub folds: Vec<FoldHash>,
    /// What it forbids.
    pub channels: Vec<Channel>,
    /// Since which civil day.
    pub since: Date,
    /// The person who made it, if one was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Subject>,
    /// The keyed hash of the system that it came from, where its file gave no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FoldHash>,
    /// What it forbade until it was lifted here. It goes on at the other points of whoever made it; and the same row of the
    /// same source, which has no date to be older by, does not forbid it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<Channel>,
    /// The record in which it was said, where it was written here with a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<RecordAddress>,
}

/// One part of a person's profile.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Whose it is.
    pub subject: Subject,
    /// When it ends.
    pub class: RetentionClass,
    /// The person's name, as far as the purpose needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Customer numbers; several after a merge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<String>,
    /// The language they are written to in.
    #[serde(default)]
    pub language: Language,
    /// Where they can be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<ContactPoint>,
    /// What joined later, and of which nobody said yet that it is the same person's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
    /// Subjects that turned out to be this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Subject>,
}

impl Part {
    /// An empty part.
    pub fn new(subject: Subject, class: RetentionClass, language: Language) -> Self {
        Self {
            subject,
            class,
            name: None,
            customers: Vec::new(),
            language,
            points: Vec::new(),
            later: Vec::new(),
            also: Vec::new(),
        }
    }
}

/// What another system told of under a customer number after the person was known: a contact point, or a name alone. It is
/// stopped with the person's others. It opens nothing of theirs, and they are not shown it: whoever has it may be somebody
/// else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// Under what it is found; empty for a name alone.
    pub at: String,
    /// The name that came with it, if it is not the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Under what the points are found that it came with: whoever proves one of those is shown it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
}

/// A letter code as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterCodeHash {
    /// Whose letters it stands on.
    pub subject: Subject,
    /// The code's keyed hash.
    pub hash: String,
}

/// A mail to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueuedMail {
    /// What it is, for the ledger: `code`, `confirmation`.
    pub what: String,
    /// To whom.
    pub to: Email,
    /// The language it is in, as a tag.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// Its text, plain.
    pub text: String,
    /// After that it is of no use any more.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The person called.
    In,
    /// The person was called.
    Out,
}

/// Who is on the line of a call that is open.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCall {
    /// Who speaks with them: a sign-in name.
    pub staff: String,
    /// The call's reference in the phone system.
    pub reference: String,
    /// Who called whom.
    pub direction: Direction,
    /// What was looked up, where it is a contact point.
    pub point: Option<ContactPoint>,
    /// Who it may be.
    pub people: Vec<Subject>,
}

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredResponse {
    /// The keyed hash of what tells the request from all others.
    pub name: AnswerName,
    /// When it came.
    #[serde(with = "time::serde::timestamp")]
    pub at: OffsetDateTime,
    /// What answers it, beside the record.
    pub reply: Reply,
}

/// What is needed to answer a request again, beside its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Reply {
    /// Nothing: it was done, and its record tells the rest.
    Done,
    /// What a device was told.
    Choice(ChoiceReply),
    /// What a program was sent.
    Response {
        /// The status.
        status: u16,
        /// The JSON.
        body: String,
    },
}

/// What a device was told of its choice, beside the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceReply {
    /// What its choice cookie said before.
    pub before: String,
    /// What it says now.
    pub cookie: String,
    /// For how many days it is kept.
    pub cookie_days: u32,
    /// Whether the notice counts as not seen from here on.
    pub forget_seen: bool,
    /// Whether the device keeps the consent id, which stands in the record alone.
    pub keeps_id: bool,
    /// The purposes that are to be asked again.
    pub ask_again: Vec<PurposeId>,
    /// The site's cookies that are to be expired.
    pub expire: Vec<String>,
}
