//! # Sealed record
//!
//! A record of the ledger: the canonical JSON (RFC 8785) of an event, with a salt, committed to and sealed. Stands in a frame
//! of the journal, and in the database.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 32 | commitment: SHA-256 of `keuze-v1`, salt and JSON; the entry of the log |
//! | 33 | 16 | name of the key that seals it; zeros for a public record |
//! | 49 | rest | text; sealed under that key, bound to shard (2, big-endian), index (8, big-endian) and the key's name |
//!
//! A sealed text is a nonce of 24 bytes, the text enciphered with XChaCha20-Poly1305, and a tag of 16. The text:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 32 | salt |
//! | 32 | rest | canonical JSON of the event: `head` with `v`: 1, and `body` with its `kind` |
//!
//! Written by the ledger's writer; read at every start, whenever somebody reads a record, and by `keuze verify`. Whatever bit
//! is altered, it does not open, or it is not what was committed to; the commitment itself is in the tree. Another version,
//! an unknown kind of event and an unknown member are refused: the start says which index, and that another build wrote it.

mod common;

use model::event::{Event, EventKind, RECORD_VERSION};
use model::identity::RecordAddress;

use tlog::entry::{Commitment, Salt, commitment};
use vault::error::OtherBuild;
use vault::key::SealingKey;
use vault::random::SecureRandom;
use vault::ring::{KeyId, KeyTable};
use vault::seal;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// What a record is sealed under; it follows from the event alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordSealing {
    /// A public fact.
    Open,
    /// The audit key.
    Audit,
    /// The shard's key: a record without a subject.
    Shard,
    /// The proof key of its subject.
    Proof,
}

/// Under which key an event is kept (design, "The keys").
pub fn sealing(event: &Event) -> RecordSealing {
    use EventKind as K;
    match event.kind() {
        K::PolicyPublished | K::KeyRotated | K::Restored => RecordSealing::Open,
        K::LookedUp
        | K::Erased
        | K::StaffChanged
        | K::ClientChanged
        | K::SignInFailed
        | K::SignInFailuresTold
        | K::RetentionRun
        | K::CallClosed
        | K::MessageClassified
        | K::LetterChecked => RecordSealing::Audit,
        K::NoticeShown
        | K::ContinuedUse
        | K::ChoiceMade
        | K::Withdrawn
        | K::Renewed
        | K::Objected
        | K::ObjectionLifted
        | K::OptInRequested
        | K::OptInConfirmed
        | K::Imported
        | K::DetailsRecorded
        | K::PointConfirmed
        | K::LetterCodeMade
        | K::Merged
        | K::Mailed => of_subject(event),
    }
}

/// What a person or device said or was told ends with them; where nobody is named, with the shard.
fn of_subject(event: &Event) -> RecordSealing {
    if event.head.subject.is_some() { RecordSealing::Proof } else { RecordSealing::Shard }
}

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Its key was destroyed, or is lost.
    #[error("its key is missing")]
    NoKey,
    /// It is shorter than any.
    #[error("it is too short")]
    Short,
    /// Another key, place or byte.
    #[error("its seal is broken")]
    Seal,
    /// The text is another one.
    #[error("it is not what was committed to")]
    Commitment,
    /// What was committed to is no event.
    #[error("it is no event")]
    NoEvent,
    /// Its version is another one, or its event says what this build does not know.
    #[error(transparent)]
    OtherBuild(#[from] OtherBuild),
}

/// The canonical JSON (RFC 8785) of an event: the bytes that are committed to and kept.
///
/// # Panics
/// Never: an event has only strings, booleans, small integers, arrays and objects.
pub fn canonical(event: &Event) -> Vec<u8> {
    common::canonical(event).unwrap_or_else(|| serde_json_canonicalizer::to_vec(event).expect("an event is plain JSON"))
}

/// The event that canonical JSON says.
///
/// # Errors
/// It is none, or not one of this build.
pub fn read_event(canonical: &[u8]) -> Result<Event, RecordError> {
    let read = serde_json::from_slice::<Event>(canonical);
    if let Some(event) = read.ok().filter(|event| event.head.v == RECORD_VERSION) {
        return Ok(event);
    }
    let json: serde_json::Value = serde_json::from_slice(canonical).map_err(|_| RecordError::NoEvent)?;
    // Before there was a head, the version stood beside everything else.
    if json.get("v").is_some() {
        return Err(OtherBuild::Earlier.into());
    }
    let version = json.get("head").and_then(|head| head.get("v")).and_then(serde_json::Value::as_u64);
    let version = version.ok_or(RecordError::NoEvent)?;
    OtherBuild::check(u8::try_from(version).unwrap_or(u8::MAX), VERSION)?;
    Err(OtherBuild::Unknown.into())
}

/// A record as it stands in the journal and the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRecord {
    /// The entry of the log.
    pub commitment: Commitment,
    /// The key that opens it; all zero for a public fact.
    pub key: KeyId,
    /// Salt and canonical JSON, sealed (or as they are, for a public fact).
    pub body: Vec<u8>,
}

impl SealedRecord {
    /// Seals canonical JSON for its place, under a key or, where it is public, none.
    pub fn seal(
        salt: &Salt,
        canonical: &[u8],
        address: RecordAddress,
        under: Option<(KeyId, &SealingKey)>,
        random: &dyn SecureRandom,
    ) -> Self {
        let commitment = commitment(salt, canonical);
        let text = [&salt.0[..], canonical];
        let Some((id, key)) = under else { return Self { commitment, key: KeyId::NONE, body: text.concat() } };
        Self { commitment, key: id, body: seal::seal_parts(key, &context(address, id), &text, random) }
    }

    /// Salt and canonical JSON, checked against the commitment.
    ///
    /// # Errors
    /// Why it does not open.
    pub fn open(&self, address: RecordAddress, keys: &KeyTable) -> Result<(Salt, Vec<u8>), RecordError> {
        let text = if self.key == KeyId::NONE {
            self.body.clone()
        } else {
            let key = keys.key(self.key).ok_or(RecordError::NoKey)?;
            seal::open(key, &context(address, self.key), &self.body).ok_or(RecordError::Seal)?
        };
        let (salt, canonical) = text.split_first_chunk::<32>().ok_or(RecordError::Short)?;
        let salt = Salt(*salt);
        if commitment(&salt, canonical) != self.commitment {
            return Err(RecordError::Commitment);
        }
        Ok((salt, canonical.to_vec()))
    }

    /// Version, commitment, name of the key, text.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[VERSION][..], &self.commitment.0, &self.key.0, &self.body].concat()
    }

    /// Reads [`Self::to_bytes`].
    ///
    /// # Errors
    /// It is too short, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let (version, rest) = bytes.split_first().ok_or(RecordError::Short)?;
        OtherBuild::check(*version, VERSION)?;
        let (commitment, rest) = rest.split_first_chunk::<32>().ok_or(RecordError::Short)?;
        let (key, body) = rest.split_first_chunk::<16>().ok_or(RecordError::Short)?;
        Ok(Self { commitment: Commitment(*commitment), key: KeyId(*key), body: body.to_vec() })
    }
}

/// What binds a sealed record to its place and key.
fn context(address: RecordAddress, key: KeyId) -> [u8; 26] {
    let mut context = [0; 26];
    context[..2].copy_from_slice(&address.shard.get().to_be_bytes());
    context[2..10].copy_from_slice(&address.index.to_be_bytes());
    context[10..].copy_from_slice(&key.0);
    context
}

#[cfg(test)]
mod tests {
    use model::event::{
        Actor, Body, Ended, FailedSignIns, LookUpTarget, LookedUp, PolicyPublished, RecordedChoice, RetentionRun,
        Route, StaffChange, StaffChanged,
    };
    use model::identity::{ContentHash, Subject};
    use model::policy::ChangeClass;
    use time::macros::datetime;

    use super::*;

    fn sealings(body: impl Into<Body>) -> [RecordSealing; 2] {
        let event = Event::new(datetime!(2026-11-27 12:00 UTC), Actor::System, Route::System, body);
        [None, Some(Subject([1; 16]))].map(|subject| sealing(&event.clone().with_subject(subject)))
    }

    /// Who did what stays on record for as long as there is an audit key, and no erasure ends that.
    #[test]
    fn what_staff_and_the_operator_did_ends_with_no_person_and_no_shard() {
        let audited: [Body; 4] = [
            LookedUp { target: LookUpTarget::NoPerson, reason: "a call".to_owned() }.into(),
            StaffChanged { name: "anna".to_owned(), change: StaffChange::Added }.into(),
            Body::SignInFailed(FailedSignIns { name: None, count: 1 }),
            RetentionRun { ended: Ended::Days, keys: Vec::new() }.into(),
        ];
        for body in audited {
            assert_eq!(sealings(body.clone()), [RecordSealing::Audit; 2], "{body:?}");
        }
        let choice = RecordedChoice::new(ContentHash([1; 32]), std::collections::BTreeMap::new());
        assert_eq!(sealings(Body::ChoiceMade(choice)), [RecordSealing::Shard, RecordSealing::Proof]);
        let published = PolicyPublished { policy: ContentHash([1; 32]), change: ChangeClass::Purpose };
        assert_eq!(sealings(published), [RecordSealing::Open; 2]);
    }
}
