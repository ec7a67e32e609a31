//! Records: canonical JSON, salted and committed to, and sealed.

use model::event::{Event, EventKind};

use tlog::entry::Commitment;
use vault::ring::KeyId;

/// What a record is sealed under; it follows from the event alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
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
pub fn sealing(event: &Event) -> Sealing {
    use EventKind as K;
    match event.kind() {
        K::PolicyPublished | K::KeyRotated => Sealing::Open,
        K::LookedUp
        | K::Erased
        | K::StaffChanged
        | K::ClientChanged
        | K::SignInFailed
        | K::SignInFailuresTold
        | K::RetentionRun
        | K::CallClosed
        | K::MessageClassified
        | K::LetterChecked => Sealing::Audit,
        _ if event.head.subject.is_some() => Sealing::Proof,
        _ => Sealing::Shard,
    }
}

/// The canonical JSON (RFC 8785) of an event: the bytes that are committed to and kept.
///
/// # Panics
/// Never: an event has only strings, booleans, small integers, arrays and objects.
pub fn canonical(event: &Event) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(event).expect("an event is plain JSON")
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
    /// Commitment, key id, body.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.commitment.0[..], &self.key.0, &self.body].concat()
    }

    /// Reads [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (commitment, rest) = bytes.split_first_chunk::<32>()?;
        let (key, body) = rest.split_first_chunk::<16>()?;
        Some(Self { commitment: Commitment(*commitment), key: KeyId(*key), body: body.to_vec() })
    }
}
