//! # Fact beside the ledger
//!
//! What is kept beside the records: policies, staff, programs, objections on contact points, profiles, what waits. The latest fact
//! of a name counts. Stands in a frame of the journal behind the record that it was written with, which names it by the
//! digest of its bytes (`facts` in the record's head; an answer to a request is in no digest).
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 1 | kind |
//! | 2 | 1 | 1 if it stands from here on, 0 if it is gone |
//! | 3 | 0 to 32 | name within the kind |
//! | then | rest | body, where it stands; sealed under the key of its kind, bound to everything before it |
//!
//! A sealed body is a nonce of 24 bytes, the text enciphered with XChaCha20-Poly1305, and a tag of 16.
//!
//! | kind | what | name | sealed under | body |
//! |---|---|---|---|---|
//! | 1 | content | SHA-256 of the content (32) | nothing | the content |
//! | 2 | policies | nothing (0) | nothing | JSON |
//! | 3 | last yes | channel (1): as in a token | nothing | JSON |
//! | 4 | root rotation | nothing (0) | nothing | JSON |
//! | 5 | staff member | random (16) | audit key | JSON |
//! | 6 | missed sign-ins | random (16) | audit key | JSON |
//! | 7 | API client | random (16) | audit key | JSON |
//! | 8 | classification | random (16) | audit key | JSON |
//! | 9 | letter check | random (16) | audit key | JSON |
//! | 10 | suppression | random (16) | suppression key | JSON |
//! | 11 | profile part | key (16) | that key | JSON |
//! | 12 | letter code | key (16), random (8) | that key | JSON |
//! | 13 | mail | key (16), random (8) | that key | JSON |
//! | 14 | open call | key (16), random (8) | that key | JSON |
//! | 15 | answer | key (16) | that key | JSON |
//!
//! The members of each JSON body are the fields of its struct in `ledger::formats::fact::body`; an unknown one is refused.
//!
//! Written by the ledger's writer, read at every start and by `keuze verify`. A flipped bit of a sealed fact does not open;
//! one of an open fact is in the digest that its record names, and the record is in the tree. Another version, an unknown
//! kind and an unknown member are refused: the start says which record it stands beside and that another build wrote it.

mod body;

use model::channel::Channel;
use model::identity::ContentHash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use time::Date;
use vault::error::OtherBuild;
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyPurpose, KeyTable};
use vault::seal;

pub use body::{
    ApiClient, ChoiceReply, Classification, Direction, FoldHash, Later, LetterCheck, LetterCodeHash, MissedSignIns,
    OpenCall, Part, QueuedMail, Reply, RootRotation, StaffMember, StoredResponse, SuppressionEntry,
};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;
/// The longest name within a kind.
pub const LONGEST_NAME: usize = 32;
const HEAD: usize = 3;

/// A random name; it says nothing of what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub [u8; 16]);

/// A random name of one of several facts under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnderKey {
    /// The key that seals it, and with which it ends.
    pub key: KeyId,
    /// Tells it from the others.
    pub number: [u8; 8],
}

/// A fact beside the ledger; `None` takes away what stood under the name.
#[derive(Clone, PartialEq, Eq)]
pub enum Fact {
    /// A public content under its SHA-256: policies, notices, statements.
    Content {
        /// SHA-256 of it.
        hash: ContentHash,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// The hashes of all policies, oldest first.
    Policies(Vec<ContentHash>),
    /// Somebody agreed to a channel, or took an objection to it off a point, on a civil day.
    LastYes {
        /// To what.
        channel: Channel,
        /// When.
        day: Date,
    },
    /// The last rotation of the root key.
    RootRotation(RootRotation),
    /// Somebody who may sit at the desk.
    StaffMember {
        /// Under which random name.
        id: FactId,
        /// Who.
        member: Option<StaffMember>,
    },
    /// Sign-ins that failed under somebody's name and were not told yet.
    MissedSignIns {
        /// Under which random name.
        id: FactId,
        /// Whose, and how many.
        missed: Option<MissedSignIns>,
    },
    /// A program with an API key.
    ApiClient {
        /// Under which random name.
        id: FactId,
        /// Which.
        client: Option<ApiClient>,
    },
    /// How a program classed a template of messages.
    Classification {
        /// Under which random name.
        id: FactId,
        /// What it said.
        said: Classification,
    },
    /// A letter template that passed its check.
    LetterCheck {
        /// Under which random name.
        id: FactId,
        /// Which.
        passed: LetterCheck,
    },
    /// An objection on a contact point.
    Suppression {
        /// Under which random name.
        id: FactId,
        /// What it says.
        entry: Option<SuppressionEntry>,
    },
    /// A part of a person's profile.
    ProfilePart {
        /// The key of its retention class.
        key: KeyId,
        /// The part.
        part: Option<Box<Part>>,
    },
    /// A code that stands on a person's letters.
    LetterCode {
        /// Under which name.
        id: UnderKey,
        /// Its keyed hash.
        code: LetterCodeHash,
    },
    /// A mail that waits to be sent, under the key of the day on which it was queued.
    Mail {
        /// Under which name.
        id: UnderKey,
        /// The mail.
        mail: Option<QueuedMail>,
    },
    /// A call that is open, under the key of the day on which it was opened.
    Call {
        /// Under which name.
        id: UnderKey,
        /// Who is on the line.
        call: Option<OpenCall>,
    },
    /// What a request was answered, under the key of its hour.
    Answer {
        /// The key of the hour.
        key: KeyId,
        /// Which request, and what it was answered.
        answer: StoredResponse,
    },
}

/// What a fact is about: the latest of a name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactName {
    /// Of [`Fact::Content`].
    Content(ContentHash),
    /// Of [`Fact::Policies`].
    Policies,
    /// Of [`Fact::LastYes`].
    LastYes(Channel),
    /// Of [`Fact::RootRotation`].
    RootRotation,
    /// Of [`Fact::StaffMember`].
    StaffMember(FactId),
    /// Of [`Fact::MissedSignIns`].
    MissedSignIns(FactId),
    /// Of [`Fact::ApiClient`].
    ApiClient(FactId),
    /// Of [`Fact::Classification`].
    Classification(FactId),
    /// Of [`Fact::LetterCheck`].
    LetterCheck(FactId),
    /// Of [`Fact::Suppression`].
    Suppression(FactId),
    /// Of [`Fact::ProfilePart`].
    ProfilePart(KeyId),
    /// Of [`Fact::LetterCode`].
    LetterCode(UnderKey),
    /// Of [`Fact::Mail`].
    Mail(UnderKey),
    /// Of [`Fact::Call`].
    Call(UnderKey),
    /// Of [`Fact::Answer`].
    Answer(KeyId),
}

/// The kinds of facts, each with its number in the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::FromRepr, strum::Display)]
#[strum(serialize_all = "lowercase")]
#[repr(u8)]
pub enum FactKind {
    /// [`Fact::Content`].
    Content = 1,
    /// [`Fact::Policies`].
    Policies = 2,
    /// [`Fact::LastYes`].
    #[strum(serialize = "last yes")]
    LastYes = 3,
    /// [`Fact::RootRotation`].
    #[strum(serialize = "root rotation")]
    RootRotation = 4,
    /// [`Fact::StaffMember`].
    #[strum(serialize = "staff member")]
    StaffMember = 5,
    /// [`Fact::MissedSignIns`].
    #[strum(serialize = "missed sign-ins")]
    MissedSignIns = 6,
    /// [`Fact::ApiClient`].
    #[strum(serialize = "API client")]
    ApiClient = 7,
    /// [`Fact::Classification`].
    Classification = 8,
    /// [`Fact::LetterCheck`].
    #[strum(serialize = "letter check")]
    LetterCheck = 9,
    /// [`Fact::Suppression`].
    Suppression = 10,
    /// [`Fact::ProfilePart`].
    #[strum(serialize = "profile part")]
    ProfilePart = 11,
    /// [`Fact::LetterCode`].
    #[strum(serialize = "letter code")]
    LetterCode = 12,
    /// [`Fact::Mail`].
    Mail = 13,
    /// [`Fact::Call`].
    #[strum(serialize = "open call")]
    Call = 14,
    /// [`Fact::Answer`].
    Answer = 15,
}

impl FactKind {
    /// Those whose facts end with a key of their own ([`FactName::own_key`]), by which their names begin.
    pub(crate) const UNDER_OWN_KEYS: [Self; 5] =
        [Self::ProfilePart, Self::LetterCode, Self::Mail, Self::Call, Self::Answer];
}

/// Why a fact of the journal cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The key of that name was destroyed, or is lost.
    #[error("a fact beside this record cannot be opened: its key is missing")]
    NoKey(KeyId),
    /// It is none that we wrote.
    #[error("a fact beside this record cannot be opened")]
    Damaged,
    /// It has another version, or is of a kind that this build does not know.
    #[error("a fact beside this record cannot be read: {0}")]
    OtherBuild(#[from] OtherBuild),
    /// It lacks a member or has one that this build does not know.
    #[error("a fact beside this record ({0}) cannot be read: {other}", other = OtherBuild::Unknown)]
    Body(FactKind),
}

/// What a fact is sealed under.
enum SealedUnder {
    Nothing,
    Standing(KeyPurpose),
    Key(KeyId),
}

/// A fact of the journal, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedFact {
    /// What it is about.
    pub name: FactName,
    /// Its body in the clear; `None` where it is gone.
    pub body: Option<Vec<u8>>,
}

impl std::fmt::Debug for Fact {
    /// What it holds may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fact({:?})", self.name())
    }
}

impl Fact {
    /// A public content, under its hash.
    pub fn content(bytes: Vec<u8>) -> Self {
        Self::Content { hash: ContentHash(Sha256::digest(&bytes).into()), bytes }
    }

    /// What it is about.
    pub fn name(&self) -> FactName {
        match self {
            Self::Content { hash, .. } => FactName::Content(*hash),
            Self::Policies(_) => FactName::Policies,
            Self::LastYes { channel, .. } => FactName::LastYes(*channel),
            Self::RootRotation(_) => FactName::RootRotation,
            Self::StaffMember { id, .. } => FactName::StaffMember(*id),
            Self::MissedSignIns { id, .. } => FactName::MissedSignIns(*id),
            Self::ApiClient { id, .. } => FactName::ApiClient(*id),
            Self::Classification { id, .. } => FactName::Classification(*id),
            Self::LetterCheck { id, .. } => FactName::LetterCheck(*id),
            Self::Suppression { id, .. } => FactName::Suppression(*id),
            Self::ProfilePart { key, .. } => FactName::ProfilePart(*key),
            Self::LetterCode { id, .. } => FactName::LetterCode(*id),
            Self::Mail { id, .. } => FactName::Mail(*id),
            Self::Call { id, .. } => FactName::Call(*id),
            Self::Answer { key, .. } => FactName::Answer(*key),
        }
    }

    /// Its body in the clear; `None` where it takes something away.
    pub fn body(&self) -> Option<Vec<u8>> {
        match self {
            Self::Content { bytes, .. } => Some(bytes.clone()),
            Self::Policies(policies) => Some(json(policies)),
            Self::LastYes { day, .. } => Some(json(day)),
            Self::RootRotation(rotation) => Some(json(rotation)),
            Self::StaffMember { member, .. } => member.as_ref().map(json),
            Self::MissedSignIns { missed, .. } => missed.as_ref().map(json),
            Self::ApiClient { client, .. } => client.as_ref().map(json),
            Self::Classification { said, .. } => Some(json(said)),
            Self::LetterCheck { passed, .. } => Some(json(passed)),
            Self::Suppression { entry, .. } => entry.as_ref().map(json),
            Self::ProfilePart { part, .. } => part.as_ref().map(json),
            Self::LetterCode { code, .. } => Some(json(code)),
            Self::Mail { mail, .. } => mail.as_ref().map(json),
            Self::Call { call, .. } => call.as_ref().map(json),
            Self::Answer { answer, .. } => Some(json(answer)),
        }
    }
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("plain fields are always JSON")
}

impl FactName {
    /// Of what kind the fact is.
    pub fn kind(&self) -> FactKind {
        match self {
            Self::Content(_) => FactKind::Content,
            Self::Policies => FactKind::Policies,
            Self::LastYes(_) => FactKind::LastYes,
            Self::RootRotation => FactKind::RootRotation,
            Self::StaffMember(_) => FactKind::StaffMember,
            Self::MissedSignIns(_) => FactKind::MissedSignIns,
            Self::ApiClient(_) => FactKind::ApiClient,
            Self::Classification(_) => FactKind::Classification,
            Self::LetterCheck(_) => FactKind::LetterCheck,
            Self::Suppression(_) => FactKind::Suppression,
            Self::ProfilePart(_) => FactKind::ProfilePart,
            Self::LetterCode(_) => FactKind::LetterCode,
            Self::Mail(_) => FactKind::Mail,
            Self::Call(_) => FactKind::Call,
            Self::Answer(_) => FactKind::Answer,
        }
    }

    /// The key with which it ends, for what is kept of a person or for a while.
    pub fn own_key(&self) -> Option<KeyId> {
        match self {
            Self::ProfilePart(key) | Self::Answer(key) => Some(*key),
            Self::LetterCode(id) | Self::Mail(id) | Self::Call(id) => Some(id.key),
            _ => None,
        }
    }

    fn sealed_under(&self) -> SealedUnder {
        match (self.own_key(), self.kind()) {
            (Some(key), _) => SealedUnder::Key(key),
            (None, FactKind::Suppression) => SealedUnder::Standing(KeyPurpose::Suppression),
            (None, FactKind::Content | FactKind::Policies | FactKind::LastYes | FactKind::RootRotation) => {
                SealedUnder::Nothing
            }
            (None, _) => SealedUnder::Standing(KeyPurpose::Audit),
        }
    }

    /// The name of the key that seals it; `None` for what is public.
    fn key(&self, keys: &KeyTable) -> Result<Option<KeyId>, FactError> {
        match self.sealed_under() {
            SealedUnder::Nothing => Ok(None),
            SealedUnder::Key(key) => Ok(Some(key)),
            SealedUnder::Standing(owner) => keys.find(owner).map(Some).ok_or(FactError::Damaged),
        }
    }

    /// The name of a fact as [`encode`] wrote it; `None` for what is none.
    pub(crate) fn read_name(encoded: &[u8]) -> Option<Self> {
        let (head, rest) = encoded.split_first_chunk::<HEAD>()?;
        Some(Self::parse_name(FactKind::from_repr(head[1])?, rest)?.0)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Content(hash) => hash.0.to_vec(),
            Self::Policies | Self::RootRotation => Vec::new(),
            Self::LastYes(channel) => vec![super::token::number_of(*channel)],
            Self::StaffMember(id)
            | Self::MissedSignIns(id)
            | Self::ApiClient(id)
            | Self::Classification(id)
            | Self::LetterCheck(id)
            | Self::Suppression(id) => id.0.to_vec(),
            Self::ProfilePart(key) | Self::Answer(key) => key.0.to_vec(),
            Self::LetterCode(id) | Self::Mail(id) | Self::Call(id) => [&id.key.0[..], &id.number].concat(),
        }
    }

    /// Reads a name of a kind, and what stands behind it.
    fn parse_name(kind: FactKind, bytes: &[u8]) -> Option<(Self, &[u8])> {
        let id = || bytes.split_first_chunk().map(|(id, rest)| (FactId(*id), rest));
        let key = || bytes.split_first_chunk().map(|(id, rest)| (KeyId(*id), rest));
        let under_key = || {
            let (key, rest) = key()?;
            rest.split_first_chunk().map(|(number, rest)| (UnderKey { key, number: *number }, rest))
        };
        Some(match kind {
            FactKind::Content => {
                let (hash, rest) = bytes.split_first_chunk()?;
                (Self::Content(ContentHash(*hash)), rest)
            }
            FactKind::Policies => (Self::Policies, bytes),
            FactKind::LastYes => {
                let (number, rest) = bytes.split_first()?;
                (Self::LastYes(super::token::channel_of(*number)?), rest)
            }
            FactKind::RootRotation => (Self::RootRotation, bytes),
            FactKind::StaffMember => id().map(|(id, rest)| (Self::StaffMember(id), rest))?,
            FactKind::MissedSignIns => id().map(|(id, rest)| (Self::MissedSignIns(id), rest))?,
            FactKind::ApiClient => id().map(|(id, rest)| (Self::ApiClient(id), rest))?,
            FactKind::Classification => id().map(|(id, rest)| (Self::Classification(id), rest))?,
            FactKind::LetterCheck => id().map(|(id, rest)| (Self::LetterCheck(id), rest))?,
            FactKind::Suppression => id().map(|(id, rest)| (Self::Suppression(id), rest))?,
            FactKind::ProfilePart => key().map(|(key, rest)| (Self::ProfilePart(key), rest))?,
            FactKind::LetterCode => under_key().map(|(id, rest)| (Self::LetterCode(id), rest))?,
            FactKind::Mail => under_key().map(|(id, rest)| (Self::Mail(id), rest))?,
            FactKind::Call => under_key().map(|(id, rest)| (Self::Call(id), rest))?,
            FactKind::Answer => key().map(|(key, rest)| (Self::Answer(key), rest))?,
        })
    }
}

impl OpenedFact {
    /// What it says.
    ///
    /// # Errors
    /// It is not the body of its kind, or takes away what cannot be taken away.
    pub fn fact(&self) -> Result<Fact, FactError> {
        let body = self.body.as_deref();
        Ok(match self.name {
            FactName::Content(hash) => Fact::Content { hash, bytes: body.ok_or(FactError::Damaged)?.to_vec() },
            FactName::Policies => Fact::Policies(self.must()?),
            FactName::LastYes(channel) => Fact::LastYes { channel, day: self.must()? },
            FactName::RootRotation => Fact::RootRotation(self.must()?),
            FactName::StaffMember(id) => Fact::StaffMember { id, member: self.may()? },
            FactName::MissedSignIns(id) => Fact::MissedSignIns { id, missed: self.may()? },
            FactName::ApiClient(id) => Fact::ApiClient { id, client: self.may()? },
            FactName::Classification(id) => Fact::Classification { id, said: self.must()? },
            FactName::LetterCheck(id) => Fact::LetterCheck { id, passed: self.must()? },
            FactName::Suppression(id) => Fact::Suppression { id, entry: self.may()? },
            FactName::ProfilePart(key) => Fact::ProfilePart { key, part: self.may()? },
            FactName::LetterCode(id) => Fact::LetterCode { id, code: self.must()? },
            FactName::Mail(id) => Fact::Mail { id, mail: self.may()? },
            FactName::Call(id) => Fact::Call { id, call: self.may()? },
            FactName::Answer(key) => Fact::Answer { key, answer: self.must()? },
        })
    }

    /// The body, where it can be gone.
    fn may<T: DeserializeOwned>(&self) -> Result<Option<T>, FactError> {
        let read = |body: &Vec<u8>| serde_json::from_slice(body).map_err(|_| FactError::Body(self.name.kind()));
        self.body.as_ref().map(read).transpose()
    }

    /// The body, where it always stands.
    fn must<T: DeserializeOwned>(&self) -> Result<T, FactError> {
        self.may()?.ok_or(FactError::Damaged)
    }
}

/// Writes a fact.
///
/// # Panics
/// When it is sealed under a key that does not exist: whoever makes the fact makes the key first.
pub fn encode(fact: &Fact, keys: &KeyTable, random: &dyn SecureRandom) -> Vec<u8> {
    let (name, body) = (fact.name(), fact.body());
    let mut bytes = vec![VERSION, name.kind() as u8, u8::from(body.is_some())];
    bytes.extend(name.bytes());
    let Some(body) = body else { return bytes };
    match name.key(keys).expect("the standing keys are made at the first start") {
        None => bytes.extend(body),
        Some(id) => {
            let key = keys.key(id).expect("made before the fact");
            let sealed = seal::seal(key, &bytes, &body, random);
            bytes.extend(sealed);
        }
    }
    bytes
}

/// Reads what [`encode`] wrote, and opens it.
///
/// # Errors
/// Its key is missing, it is damaged, or another build wrote it.
pub fn open(bytes: &[u8], keys: &KeyTable) -> Result<OpenedFact, FactError> {
    let ([version, kind, stands], rest) = bytes.split_first_chunk::<HEAD>().ok_or(FactError::Damaged)?;
    OtherBuild::check(*version, VERSION)?;
    let kind = FactKind::from_repr(*kind).ok_or(OtherBuild::Unknown)?;
    let (name, body) = FactName::parse_name(kind, rest).ok_or(FactError::Damaged)?;
    let body = match (*stands, name.key(keys)?) {
        (0, _) if body.is_empty() => None,
        (1, None) => Some(body.to_vec()),
        (1, Some(id)) => {
            let head = &bytes[..bytes.len() - body.len()];
            let opened = seal::open(keys.key(id).ok_or(FactError::NoKey(id))?, head, body);
            Some(opened.ok_or(FactError::Damaged)?)
        }
        _ => return Err(FactError::Damaged),
    };
    Ok(OpenedFact { name, body })
}

/// What an event says of the facts beside it: SHA-256 over each one's length (32 bits, big-endian) and bytes, in their
/// order; nothing where there are none. How a request was answered is no part of what was recorded.
pub fn digest<'a>(encoded: impl IntoIterator<Item = &'a Vec<u8>>) -> Option<ContentHash> {
    let mut encoded = encoded.into_iter().filter(|bytes| !is_answer(bytes)).peekable();
    encoded.peek()?;
    let mut hash = Sha256::new();
    for bytes in encoded {
        hash.update(u32::try_from(bytes.len()).expect("a frame holds less").to_be_bytes());
        hash.update(bytes);
    }
    Some(ContentHash(hash.finalize().into()))
}

fn kind_of(bytes: &[u8]) -> Option<FactKind> {
    FactKind::from_repr(*bytes.get(1)?)
}

/// Whether a fact of the journal can be read without a key.
pub fn is_open(bytes: &[u8]) -> bool {
    use FactKind as K;
    matches!(kind_of(bytes), Some(K::Content | K::Policies | K::LastYes | K::RootRotation))
}

/// Whether there is something of it, and it does not take away what stood under its name.
pub(crate) fn stands(bytes: &[u8]) -> bool {
    bytes.get(2) == Some(&1)
}

/// Whether it is how a request was answered: nobody misses one whose key is gone.
pub fn is_answer(bytes: &[u8]) -> bool {
    kind_of(bytes) == Some(FactKind::Answer)
}
