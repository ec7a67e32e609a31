//! # Commitment and leaf
//!
//! What a leaf of the log commits to: a record, without revealing it. The commitment, which is the entry of the log, is the
//! SHA-256 of:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 8 | `keuze-v1` |
//! | 8 | 32 | salt: random, so that nobody can find the record by guessing |
//! | 40 | rest | canonical JSON of the record (RFC 8785) |
//!
//! The leaf is the SHA-256 of (RFC 6962):
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | 0x00 |
//! | 1 | 32 | commitment |
//!
//! The version is the `v1` of `keuze-v1`: a commitment of another kind would be another hash. Made by the ledger's writer; computed
//! again whenever a record is read, by `keuze verify`, and by whoever checks a receipt.

use sha2::{Digest as _, Sha256};

use crate::tree::{LeafHash, leaf_hash};

/// 256 random bits that a record is committed to with, so that nobody can find it by guessing.
///
/// ```
/// # use tlog::entry::{Salt, commitment};
/// let leaf = commitment(&Salt([7; 32]), b"{}").leaf();
/// ```
///
/// A salt and a commitment have 32 bytes both, and neither can stand for the other:
///
/// ```compile_fail,E0308
/// # use tlog::entry::{Salt, commitment};
/// let one = commitment(&Salt([7; 32]), b"{}");
/// // A commitment is no salt.
/// commitment(&one, b"{}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl std::fmt::Display for Salt {
    /// 64 hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The entry that is hashed into a leaf ([`commitment`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// The leaf that it becomes.
    pub fn leaf(&self) -> LeafHash {
        leaf_hash(&self.0)
    }
}

impl TryFrom<&[u8]> for Commitment {
    type Error = std::array::TryFromSliceError;

    /// An entry as it stands in a bundle: 32 bytes.
    fn try_from(entry: &[u8]) -> Result<Self, Self::Error> {
        Ok(Self(entry.try_into()?))
    }
}

/// The commitment to a record: `SHA-256("keuze-v1" ‖ salt ‖ canonical JSON)`.
pub fn commitment(salt: &Salt, canonical: &[u8]) -> Commitment {
    Commitment(Sha256::new().chain_update("keuze-v1").chain_update(salt.0).chain_update(canonical).finalize().into())
}
