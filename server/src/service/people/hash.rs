//! Keyed hashes of folded contact points: the only form in which an objection on a point is kept.
//!
//! The key is rotated. One under which objections exist is never dropped, and look-ups ask under every one.

use serde::{Deserialize, Serialize};

use crate::scribe::Scribe;
use crate::vault::mac::mac;

/// The name of the index keys.
const INDEX: &str = "index";

/// A keyed hash of a fold, 128 bits; written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FoldHash(u128);

impl From<FoldHash> for String {
    fn from(hash: FoldHash) -> Self {
        format!("{:032x}", hash.0)
    }
}

impl TryFrom<String> for FoldHash {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&text, 16).map(Self)
    }
}

/// The keys of all live numbers, the newest last.
pub fn index_keys(scribe: &Scribe) -> Vec<(u16, [u8; 32])> {
    scribe.numbered_secrets(INDEX)
}

/// The newest index key, made if there is none.
pub fn newest_index_key(scribe: &Scribe) -> (u16, [u8; 32]) {
    scribe.newest_secret(INDEX)
}

/// Begins a new index key; objections made under the older ones stay under those.
pub fn rotate_index_key(scribe: &Scribe) {
    scribe.rotate_secret(INDEX);
}

/// The hash of a fold under one key.
pub fn hash(key: &[u8; 32], fold: &str) -> FoldHash {
    let first: [u8; 16] = *mac(key, &[b"keuze fold ", fold.as_bytes()]).first_chunk().expect("32 bytes");
    FoldHash(u128::from_be_bytes(first))
}
