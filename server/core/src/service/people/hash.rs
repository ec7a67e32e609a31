//! # Keyed hashes of contact points
//!
//! The only form in which an objection on a contact point is kept, and in which a record says where something was given: the first 16
//! bytes of HMAC-SHA-256 under an index key of the ledger.
//!
//! | what | over |
//! |---|---|
//! | fold | `keuze fold ` and the fold: `email `, `phone ` or `post ` and what all spellings share that must not miss the objection |
//! | name of a point | `keuze point ` and what makes two spellings one point |
//!
//! Folds stand in the facts of objections (Fact beside the ledger, kind 10), names in records. The key is rotated. One under which
//! objections exist is never dropped, and look-ups ask under every one. Neither says its version: a fold that is made otherwise
//! is another hash, and finds no objection that was made before. So whoever changes what a fold is asks for the old one as well;
//! the golden file notices it.

use model::contact::{AskedAt, GivenAt, PointObjection};
use model::identity::PointName;

use contact::ContactPoint;
use ledger::Ledger;
use ledger::formats::fact::FoldHash;
use vault::key::{IndexKey, SecretName, purpose::Index};
use vault::mac::mac;
use vault::ring::KeyTable;

/// The name of the index keys.
const INDEX: SecretName<Index> = ledger::kept_away::INDEX_KEYS;

/// An index key with its number.
pub type NumberedKey = (u16, IndexKey);

/// The keys of all live numbers, the newest last.
pub fn index_keys(ledger: &Ledger) -> Vec<NumberedKey> {
    ledger.numbered_secrets(INDEX)
}

/// The index keys of a ring that is not open, in the order of their numbers.
pub fn index_keys_of(ring: &KeyTable) -> Vec<IndexKey> {
    (1..).map_while(|number| ring.numbered_secret(INDEX, number)).collect()
}

/// The newest index key, made if there is none.
pub fn newest_index_key(ledger: &Ledger) -> NumberedKey {
    ledger.newest_secret(INDEX)
}

/// Begins a new index key; objections made under the older ones stay under those.
pub fn rotate_index_key(ledger: &Ledger) {
    ledger.rotate_secret(INDEX);
}

/// The hash of a fold under one key.
pub fn hash(key: &IndexKey, fold: &str) -> FoldHash {
    FoldHash(*mac(key, &[b"keuze fold ", fold.as_bytes()]).first_chunk().expect("32 bytes"))
}

/// What records call a contact point under one key. A yes is for the point itself: nothing is folded here beyond what makes
/// two spellings one point.
pub fn name(key: &IndexKey, point: &ContactPoint) -> PointName {
    PointName(*mac(key, &[b"keuze point ", point.identity_key().as_bytes()]).first_chunk().expect("32 bytes"))
}

/// What a record that is made now says of the points that something is given for.
pub fn given_at<'a>(key: &IndexKey, points: impl IntoIterator<Item = &'a ContactPoint>) -> Vec<GivenAt> {
    let mut given: Vec<GivenAt> =
        points.into_iter().map(|point| GivenAt { kind: point.kind(), name: name(key, point) }).collect();
    given.sort_unstable();
    given.dedup();
    given
}

/// A contact point as it is asked about: by every name that it may have, with what stands on it.
pub fn asked_at(keys: &[NumberedKey], point: &ContactPoint, objections: Vec<PointObjection>) -> AskedAt {
    AskedAt { names: keys.iter().map(|(_, key)| name(key, point)).collect(), objections, spread: Vec::new() }
}
