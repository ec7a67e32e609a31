//! Secret keys, each of a type that says what it is for, so that none can stand in the place of another.
//!
//! A key is never copied by itself, shows nothing of itself where it is printed, and is overwritten when it is dropped.
//!
//! ```compile_fail,E0277
//! # use vault::{key::MacKey, random::SeededRandom, seal};
//! # let random = SeededRandom::new(1);
//! let key = MacKey::random(&random);
//! // A key for keyed hashes seals nothing.
//! seal::seal(&key, b"context", b"text", &random);
//! ```
//!
//! ```compile_fail,E0277
//! # use vault::{key::SealingKey, mac::mac, random::SeededRandom};
//! let key = SealingKey::random(&SeededRandom::new(1));
//! // And one that seals makes no keyed hash.
//! mac(&key, &[b"text"]);
//! ```
//!
//! ```compile_fail,E0382
//! # use vault::{key::RootKey, random::SeededRandom};
//! let key = RootKey::random(&SeededRandom::new(1));
//! let moved = key;
//! // It was not copied.
//! drop(key);
//! ```
//!
//! ```
//! # use vault::{key::{MacKey, SealingKey}, mac::mac, random::SeededRandom, seal};
//! # let random = SeededRandom::new(1);
//! seal::seal(&SealingKey::random(&random), b"context", b"text", &random);
//! mac(&MacKey::random(&random), &[b"text"]);
//! ```

use std::fmt;
use std::marker::PhantomData;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::mac::mac;
use crate::random::SecureRandom;
use crate::ring::KeyPurpose;

/// What keys are for: types without values.
pub mod purpose {
    /// Seals the keys of the ring's buckets.
    pub enum Root {}
    /// Seals the keys of one bucket of the ring.
    pub enum Bucket {}
    /// Seals records, facts, and what a browser keeps for us.
    pub enum Sealing {}
    /// Makes keyed hashes: of receipts, tokens, counts.
    pub enum Mac {}
    /// Makes the keyed hashes that contact points are found by.
    pub enum Index {}
    /// Signs checkpoints.
    pub enum Signing {}

    /// Those that [`seal`](crate::seal::seal) takes.
    pub trait Seals {}
    impl Seals for Root {}
    impl Seals for Bucket {}
    impl Seals for Sealing {}

    /// Those that [`mac`](crate::mac::mac) takes.
    pub trait Macs {}
    impl Macs for Mac {}
    impl Macs for Index {}
}

/// 256 secret bits for one purpose.
pub struct SecretKey<P> {
    bytes: Zeroizing<[u8; 32]>,
    purpose: PhantomData<fn() -> P>,
}

/// The key of the key ring, in a file of its own.
pub type RootKey = SecretKey<purpose::Root>;
/// The key of a bucket of the ring.
pub type BucketKey = SecretKey<purpose::Bucket>;
/// A key that records and facts are sealed under.
pub type SealingKey = SecretKey<purpose::Sealing>;
/// A key for keyed hashes.
pub type MacKey = SecretKey<purpose::Mac>;
/// A key for the keyed hashes of contact points.
pub type IndexKey = SecretKey<purpose::Index>;
/// What the log's signing key is made of.
pub type SigningSeed = SecretKey<purpose::Signing>;

impl<P> SecretKey<P> {
    /// A new one.
    pub fn random(random: &dyn SecureRandom) -> Self {
        Self::from_bytes(Zeroizing::new(random.bytes()))
    }

    /// One that was kept: `None` unless there are 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self::from_bytes(Zeroizing::new(bytes.try_into().ok()?)))
    }

    fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self { bytes, purpose: PhantomData }
    }

    /// The bits themselves, to be sealed or used by a cipher.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The ring keeps secrets of every purpose; whoever asks names the purpose ([`SecretName`]).
    pub(crate) fn made_for<Q>(&self) -> SecretKey<Q> {
        SecretKey::from_bytes(self.bytes.clone())
    }

    /// Stands in where there is no key; nothing made under it is believed.
    pub fn nobodys() -> Self {
        Self::from_bytes(Zeroizing::default())
    }

    /// One that everybody knows, for tests.
    #[cfg(any(test, feature = "fixture"))]
    pub fn known(byte: u8) -> Self {
        Self::from_bytes(Zeroizing::new([byte; 32]))
    }
}

impl RootKey {
    /// 16 hexadecimal digits that tell it from another root key and nothing of either.
    pub fn check(&self) -> String {
        let hash = Sha256::new().chain_update("keuze root check").chain_update(self.expose()).finalize();
        hex::encode(&hash[..8])
    }
}

impl MacKey {
    /// Another key, of which this one cannot be told.
    #[must_use]
    pub fn derive(&self, parts: &[&[u8]]) -> Self {
        Self::from_bytes(Zeroizing::new(mac(self, parts)))
    }
}

impl SigningSeed {
    /// For the library that signs.
    pub fn bytes(&self) -> &[u8; 32] {
        self.expose()
    }
}

impl<P> Clone for SecretKey<P> {
    fn clone(&self) -> Self {
        self.made_for()
    }
}

impl<P> PartialEq for SecretKey<P> {
    fn eq(&self, other: &Self) -> bool {
        *self.bytes == *other.bytes
    }
}

impl<P> Eq for SecretKey<P> {}

impl<P> fmt::Debug for SecretKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// The name of a secret in the key ring, and what it is for.
pub struct SecretName<P> {
    name: &'static str,
    purpose: PhantomData<fn() -> P>,
}

impl<P> SecretName<P> {
    /// In the ring it stands under this name for good.
    pub const fn new(name: &'static str) -> Self {
        Self { name, purpose: PhantomData }
    }

    /// Whose key it is in the ring.
    pub const fn owner(self) -> KeyPurpose {
        KeyPurpose::Secret(self.name)
    }

    /// The same of a number of it, where it is rotated.
    pub const fn numbered(self, number: u16) -> KeyPurpose {
        KeyPurpose::Numbered(self.name, number)
    }
}

impl<P> Clone for SecretName<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for SecretName<P> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", SealingKey::known(0xAB)), "SecretKey(..)");
        assert_eq!(format!("{:?}", Some((3, IndexKey::known(0xAB)))), "Some((3, SecretKey(..)))");
    }

    /// What is dropped is overwritten: its bytes are kept in a type that does nothing else.
    #[test]
    fn a_key_is_overwritten_when_it_is_dropped() {
        fn overwrites<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        overwrites(&SealingKey::known(7).bytes);
        assert!(std::mem::needs_drop::<RootKey>() && std::mem::needs_drop::<MacKey>());
    }
}
