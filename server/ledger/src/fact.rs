//! Facts beside the ledger, as they stand in the journal: kind, whether there is a value, length of the key, key,
//! value. What is personal is sealed under the key whose life it shares.

use model::identity::ContentHash;
use sha2::{Digest as _, Sha256};

use super::{Fact, FactKind};
use vault::random::Entropy;
use vault::ring::{KeyId, KeyTable, Owner};
use vault::seal;

/// Why a fact of the journal cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The key of that name was destroyed, or is lost.
    NoKey(KeyId),
    /// It is none that we wrote.
    Damaged,
}

impl FactKind {
    const ALL: [(u8, Self); 8] = [
        (1, Self::Content),
        (2, Self::Setting),
        (3, Self::Staff),
        (4, Self::Suppression),
        (5, Self::Personal),
        (6, Self::Client),
        (7, Self::Message),
        (8, Self::Answer),
    ];

    fn tag(self) -> u8 {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or(0, |(tag, _)| *tag)
    }

    fn of(tag: u8) -> Option<Self> {
        Self::ALL.iter().find(|(of, _)| *of == tag).map(|(_, kind)| *kind)
    }

    /// The name of the key that a fact of this kind is sealed under; `None` for public ones.
    fn sealed_under(self, key: &[u8], keys: &KeyTable) -> Result<Option<KeyId>, Unreadable> {
        let standing = |owner| keys.find(owner).map(Some).ok_or(Unreadable::Damaged);
        match self {
            Self::Content | Self::Setting => Ok(None),
            Self::Staff | Self::Client | Self::Message => standing(Owner::Audit),
            Self::Suppression => standing(Owner::Suppression),
            Self::Personal | Self::Answer => key.first_chunk().map(|id| Some(KeyId(*id))).ok_or(Unreadable::Damaged),
        }
    }
}

/// Writes a fact.
///
/// # Panics
/// When it is sealed under a key that does not exist: whoever makes the fact makes the key first.
pub fn encode(fact: &Fact, keys: &KeyTable, entropy: &dyn Entropy) -> Vec<u8> {
    let mut bytes = vec![fact.kind.tag(), u8::from(fact.value.is_some())];
    bytes.extend_from_slice(&u16::try_from(fact.key.len()).expect("a fact's key is short").to_be_bytes());
    bytes.extend_from_slice(&fact.key);
    let Some(value) = &fact.value else { return bytes };
    let under = fact.kind.sealed_under(&fact.key, keys).expect("the standing keys are made at the first start");
    match under {
        None => bytes.extend_from_slice(value),
        Some(id) => {
            let key = keys.key(id).expect("made before the fact");
            let sealed = seal::seal(key, &bytes, value, entropy);
            bytes.extend(sealed);
        }
    }
    bytes
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

/// Whether a fact of the journal can be read without a key.
pub fn is_open(bytes: &[u8]) -> bool {
    let kind = bytes.first().and_then(|tag| FactKind::of(*tag));
    matches!(kind, Some(FactKind::Content | FactKind::Setting))
}

/// Whether it is how a request was answered: nobody misses one whose key is gone.
pub fn is_answer(bytes: &[u8]) -> bool {
    bytes.first().and_then(|tag| FactKind::of(*tag)) == Some(FactKind::Answer)
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8], keys: &KeyTable) -> Result<Fact, Unreadable> {
    let ([tag, has_value, high, low], rest) = bytes.split_first_chunk::<4>().ok_or(Unreadable::Damaged)?;
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let (key, value) = rest.split_at_checked(length).ok_or(Unreadable::Damaged)?;
    let kind = FactKind::of(*tag).ok_or(Unreadable::Damaged)?;
    let value = match (*has_value, kind.sealed_under(key, keys)?) {
        (0, _) => None,
        (_, None) => Some(value.to_vec()),
        (_, Some(id)) => {
            let context = &bytes[..bytes.len() - value.len()];
            let opened = seal::open(keys.key(id).ok_or(Unreadable::NoKey(id))?, context, value);
            Some(opened.ok_or(Unreadable::Damaged)?)
        }
    };
    Ok(Fact { kind, key: key.to_vec(), value })
}
