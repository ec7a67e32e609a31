//! # Key ring
//!
//! The folder `keys` in the data directory: `root-0001` holds the keys of the buckets, `bucket-000001` and so on a thousand keys
//! each. Entries of a fixed size, one behind the other, each bound to its place. An entry of `root-0001`:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 4 | number of the bucket, counted from 0, little-endian |
//! | 5 | 24 | nonce |
//! | 29 | 32 | key of the bucket, enciphered under the root key; zeros for one that ended |
//! | 61 | 16 | tag; bound to the number, and to whether it ended |
//!
//! An entry of a bucket:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 16 | random name of the key |
//! | 17 | 24 | nonce |
//! | 41 | 17 | whose it is: kind (1) and name (16), enciphered under the bucket's key |
//! | 58 | 32 | the key, enciphered with it |
//! | 90 | 16 | tag; bound to bucket, place and name |
//!
//! | kind | whose | name |
//! |---|---|---|
//! | 1 | proof of a subject | consent id |
//! | 2 | shard | number, big-endian |
//! | 3 | audit | zeros |
//! | 4 | suppression | zeros |
//! | 5 | secret | SHA-256 of its name, cut off |
//! | 6, 7, 8 | profile of a subject: newsletter, account, profiling | consent id |
//! | 9 | secret that is rotated | SHA-256 of name, blank and number, cut off |
//! | 10 | day | days since 1970, big-endian |
//! | 11 | hour | hours since 1970, big-endian |
//!
//! Written by the ledger's writer before anything is sealed under a new key, and when keys end; read at every start and by
//! `keuze verify`. A flipped bit does not open; a torn end, which a kill can leave, is cut off at the start and told by
//! `keuze verify`. A file whose first entry has another version is refused with a sentence that says so.

use std::io::Write as _;

use zeroize::Zeroizing;

use crate::error::OtherBuild;
use crate::key::{BucketKey, RootKey, SealingKey};
use crate::random::SecureRandom;
use crate::ring::KeyId;
use crate::seal::{self, OVERHEAD};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The bytes of an entry of the root file.
pub const BUCKET_ENTRY: usize = 1 + 4 + OVERHEAD + 32;
/// The bytes of an entry of a bucket.
pub const KEY_ENTRY: usize = 1 + 16 + OVERHEAD + KEY_TEXT;
/// Those of them that are enciphered.
const KEY_TEXT: usize = 17 + 32;

/// A key's name, whose it is, and the key. There may be millions: 65 bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedKey {
    pub id: KeyId,
    /// Kind and name.
    pub owner: [u8; 17],
    pub key: SealingKey,
}

fn root_context(position: usize) -> Vec<u8> {
    format!("keuze bucket key {position}").into_bytes()
}

/// Stands where a bucket's key was.
fn dead_context(position: usize) -> Vec<u8> {
    format!("keuze bucket key {position} is gone").into_bytes()
}

/// What a key is bound to: bucket, place and name.
struct KeyContext {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl KeyContext {
    /// Two numbers of 20 digits each, the name, and what stands between them.
    const LONGEST: usize = 12 + 2 * 20 + 16;

    fn new(bucket: usize, position: usize, id: KeyId) -> Self {
        let mut bytes = [0; Self::LONGEST];
        let mut rest = &mut bytes[..];
        write!(rest, "keuze key {bucket} {position} ").expect("there is room for the longest numbers");
        rest.write_all(&id.0).expect("there is room for a name");
        let length = Self::LONGEST - rest.len();
        Self { bytes, length }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Whether a file is of this version, by its first entry.
///
/// # Errors
/// It is of another one.
pub(crate) fn check_version(file: &[u8]) -> Result<(), OtherBuild> {
    file.first().map_or(Ok(()), |version| OtherBuild::check(*version, VERSION))
}

/// The same entry with our version.
pub(crate) fn in_our_version(entry: &[u8]) -> Vec<u8> {
    [&[VERSION][..], &entry[1..]].concat()
}

/// A bucket's key in the root file; `None` for one that ended.
pub(crate) fn encode_bucket(
    root: &RootKey,
    number: usize,
    key: Option<&BucketKey>,
    random: &dyn SecureRandom,
) -> Vec<u8> {
    let context = if key.is_some() { root_context(number) } else { dead_context(number) };
    let place = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let sealed = seal::seal(root, &context, key.map_or(&[0; 32], BucketKey::expose).as_slice(), random);
    [&[VERSION][..], &place, &sealed].concat()
}

/// An entry of the root file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BucketEntry {
    /// The bucket's key.
    Key(BucketKey),
    /// It ended.
    Ended,
}

impl BucketEntry {
    /// The key, unless it ended.
    pub(crate) fn key(self) -> Option<BucketKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::Ended => None,
        }
    }
}

/// Reads a bucket's entry at a place of the root file; `None` for what is none.
pub(crate) fn decode_bucket(root: &RootKey, position: usize, bytes: &[u8]) -> Option<BucketEntry> {
    let (version, rest) = bytes.split_first()?;
    let (number, sealed) = rest.split_first_chunk::<4>()?;
    let is_here = *version == VERSION && *number == u32::try_from(position).ok()?.to_le_bytes();
    is_here.then_some(())?;
    match seal::open(root, &root_context(position), sealed) {
        Some(key) => BucketKey::from_slice(&Zeroizing::new(key)).map(BucketEntry::Key),
        None => seal::open(root, &dead_context(position), sealed).map(|_| BucketEntry::Ended),
    }
}

/// A key at a place of its bucket's file.
pub(crate) fn encode_key(
    bucket_key: &BucketKey,
    (bucket, position): (usize, usize),
    NamedKey { id, owner, key }: &NamedKey,
    random: &dyn SecureRandom,
) -> Vec<u8> {
    let context = KeyContext::new(bucket, position, *id);
    let sealed = seal::seal_parts(bucket_key, context.as_bytes(), &[owner, key.expose()], random);
    [&[VERSION][..], &id.0, &sealed].concat()
}

/// Reads a key at a place of a bucket's file; `None` for what is no entry.
pub(crate) fn decode_key(bucket_key: &BucketKey, bucket: usize, position: usize, bytes: &[u8]) -> Option<NamedKey> {
    let (version, rest) = bytes.split_first()?;
    let (id, sealed) = rest.split_first_chunk::<16>().filter(|_| *version == VERSION)?;
    let id = KeyId(*id);
    let context = KeyContext::new(bucket, position, id);
    let text = seal::open_fixed::<_, KEY_TEXT>(bucket_key, context.as_bytes(), sealed)?;
    let (owner, key) = text.split_first_chunk::<17>()?;
    Some(NamedKey { id, owner: *owner, key: SealingKey::from_slice(key)? })
}
