//! Sealing without a nonce: AES-256-SIV (RFC 5297). The same text under the same key and context is the same sealed text, and
//! nothing else of a text shows; so what is sealed this way can be made again instead of being stored.

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes256Siv;
use zeroize::Zeroizing;

use crate::key::MacKey;
use crate::mac::mac;

/// What sealing adds in front of a text: the synthetic IV.
pub const OVERHEAD: usize = 16;

/// The two keys of 256 bits that AES-256-SIV takes.
pub struct SivKey(Zeroizing<[u8; 64]>);

impl SivKey {
    /// Made of a secret, for one purpose: others that are made of it are not known by it.
    pub fn derive(secret: &MacKey, purpose: &[u8]) -> Self {
        let mut keys = Zeroizing::new([0; 64]);
        keys[..32].copy_from_slice(&mac(secret, &[purpose, b" 1"]));
        keys[32..].copy_from_slice(&mac(secret, &[purpose, b" 2"]));
        Self(keys)
    }

    fn cipher(&self) -> Aes256Siv {
        Aes256Siv::new((&*self.0).into())
    }
}

/// Seals a text; every part of `context` must be the same when it is opened.
///
/// # Panics
/// Never for fewer than 126 parts.
pub fn seal(key: &SivKey, context: &[&[u8]], text: &[u8]) -> Vec<u8> {
    key.cipher().encrypt(context, text).expect("a few parts are no more than SIV takes")
}

/// Opens what [`seal`] made; `None` for another key, another context or an altered byte.
pub fn open(key: &SivKey, context: &[&[u8]], sealed: &[u8]) -> Option<Vec<u8>> {
    key.cipher().decrypt(context, sealed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_under_the_same_key_and_context_alone() {
        let (key, other) = (MacKey::known(1), MacKey::known(2));
        let of = |secret: &MacKey| SivKey::derive(secret, b"test");
        let sealed = seal(&of(&key), &[b"a", b"bc"], b"text");
        assert_eq!(sealed.len(), OVERHEAD + 4);
        assert_eq!(sealed, seal(&of(&key), &[b"a", b"bc"], b"text"), "deterministic");
        assert_eq!(open(&of(&key), &[b"a", b"bc"], &sealed).as_deref(), Some(&b"text"[..]));
        assert_eq!(open(&of(&key), &[b"ab", b"c"], &sealed), None, "parts are told apart");
        assert_eq!(open(&of(&other), &[b"a", b"bc"], &sealed), None);
        assert_eq!(open(&SivKey::derive(&key, b"other"), &[b"a", b"bc"], &sealed), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(open(&of(&key), &[b"a", b"bc"], &altered), None, "byte {at}");
        }
    }
}
