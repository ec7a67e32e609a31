//! Who and what an event is about: subjects, actors and the places of records.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, de::Error as _};

/// A random 128-bit id, never derived from data: one device's choice (its *consent id*) or a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(pub [u8; 16]);

impl fmt::Display for Subject {
    /// 32 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({self})")
    }
}

impl FromStr for Subject {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        read_hex(text).map(Self).ok_or(IdentityError::Subject)
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Which contact point a record is about: a keyed hash of it, made under the server's own keys, so that a record holds no
/// address and yet says where something was given. One point has one such name under each key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointName(pub [u8; 16]);

impl fmt::Display for PointName {
    /// 32 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for PointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PointName({self})")
    }
}

impl FromStr for PointName {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        read_hex(text).map(Self).ok_or(IdentityError::PointName)
    }
}

impl Serialize for PointName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PointName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// A SHA-256 hash that names a content: a notice, a policy, a statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl FromStr for ContentHash {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        read_hex(text).map(Self).ok_or(IdentityError::ContentHash)
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// The number of a shard of the ledger, 1 to 2047: written with at least four digits (`0001`) in every path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardNumber(u16);

impl ShardNumber {
    /// The first shard.
    pub const FIRST: Self = Self(1);
    /// The last number that a receipt number can carry (11 bits).
    pub const MAX: u16 = 2047;
    /// The last shard that there can be.
    pub const LAST: Self = Self(Self::MAX);

    /// `None` outside 1 to [`Self::MAX`].
    pub fn new(number: u16) -> Option<Self> {
        (1..=Self::MAX).contains(&number).then_some(Self(number))
    }

    /// The number itself.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ShardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl FromStr for ShardNumber {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.and_then(Self::new).ok_or(IdentityError::Shard)
    }
}

/// Where a record stands: its shard and its index in that shard's tree, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordAddress {
    pub shard: ShardNumber,
    /// The leaf's index within the shard.
    pub index: u64,
}

impl fmt::Display for RecordAddress {
    /// `0001/42`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shard, self.index)
    }
}

impl FromStr for RecordAddress {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let (shard, index) = text.split_once('/').ok_or(IdentityError::Address)?;
        let canonical = index == "0" || !index.starts_with(['0', '+']);
        let index = index.parse().ok().filter(|_| canonical).ok_or(IdentityError::Address)?;
        Ok(Self { shard: shard.parse()?, index })
    }
}

impl Serialize for RecordAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// An id that was not in its written form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 32 hexadecimal digits.
    #[error("a consent id is 32 hexadecimal digits")]
    Subject,
    /// Not 32 hexadecimal digits.
    #[error("the name of a contact point is 32 hexadecimal digits")]
    PointName,
    /// Not 64 hexadecimal digits.
    #[error("a content hash is 64 hexadecimal digits")]
    ContentHash,
    /// Not a shard number.
    #[error("a shard is four digits, 0001 to 2047")]
    Shard,
    /// Not a record address.
    #[error("a record address is a shard and an index, such as 0001/42")]
    Address,
}

/// On the stack: these are the longest parts of a record, and each is written with every choice.
fn write_hex<const N: usize>(f: &mut fmt::Formatter<'_>, bytes: &[u8; N]) -> fmt::Result {
    let mut digits = [[0; 2]; N];
    hex::encode_to_slice(bytes, digits.as_flattened_mut()).expect("two digits a byte");
    f.write_str(std::str::from_utf8(digits.as_flattened()).expect("hexadecimal digits"))
}

/// Small letters only, so that an id has one spelling.
fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let is_small = text.bytes().all(|digit| !digit.is_ascii_uppercase());
    (is_small && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}
