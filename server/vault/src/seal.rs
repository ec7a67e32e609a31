//! Sealing: XChaCha20-Poly1305 with a random nonce in front.

use chacha20poly1305::aead::{Aead as _, AeadInPlace as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::key::{SecretKey, purpose::Seals};
use crate::random::SecureRandom;

/// What sealing adds to a text: a nonce of 24 bytes and a tag of 16.
pub const OVERHEAD: usize = NONCE + 16;

const NONCE: usize = 24;

/// Seals a text; `context` must be the same when it is opened.
///
/// # Panics
/// Never for texts below 256 GB.
pub fn seal<P: Seals>(key: &SecretKey<P>, context: &[u8], text: &[u8], entropy: &dyn SecureRandom) -> Vec<u8> {
    seal_parts(key, context, &[text], entropy)
}

/// The same of a text in parts, one behind the other.
///
/// # Panics
/// As [`seal`].
pub fn seal_parts<P: Seals>(key: &SecretKey<P>, context: &[u8], text: &[&[u8]], entropy: &dyn SecureRandom) -> Vec<u8> {
    let nonce: [u8; NONCE] = entropy.bytes();
    let mut sealed = Vec::with_capacity(OVERHEAD + text.iter().map(|part| part.len()).sum::<usize>());
    sealed.extend_from_slice(&nonce);
    text.iter().for_each(|part| sealed.extend_from_slice(part));
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let tag = cipher.encrypt_in_place_detached(XNonce::from_slice(&nonce), context, &mut sealed[NONCE..]);
    sealed.extend_from_slice(&tag.expect("the text is short"));
    sealed
}

/// Opens what [`seal`] made; `None` for another key, another context or an altered byte.
pub fn open<P: Seals>(key: &SecretKey<P>, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: sealed, aad: context };
    XChaCha20Poly1305::new(key.expose().into()).decrypt(XNonce::from_slice(nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SealingKey;
    use crate::random::SystemEntropy;

    #[test]
    fn what_was_sealed_opens_under_its_key_and_context_alone_and_not_altered() {
        let [key, other] = [(), ()].map(|()| SealingKey::random(&SystemEntropy));
        let sealed = seal(&key, b"here", b"a text", &SystemEntropy);
        assert_eq!(sealed.len(), b"a text".len() + OVERHEAD);
        assert_eq!(open(&key, b"here", &sealed).as_deref(), Some(&b"a text"[..]));
        assert_eq!(open(&other, b"here", &sealed), None);
        assert_eq!(open(&key, b"there", &sealed), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(open(&key, b"here", &altered), None, "byte {at}");
        }
        assert_eq!(open(&key, b"here", &sealed[..sealed.len() - 1]), None);
        assert_eq!(open(&key, b"here", &[]), None);
    }

    /// Two texts under one nonce would show in what they differ.
    #[test]
    fn no_text_is_sealed_alike_twice() {
        let key = SealingKey::random(&SystemEntropy);
        let [one, other] = [(), ()].map(|()| seal(&key, b"here", b"a text", &SystemEntropy));
        assert_ne!(one[..24], other[..24], "a nonce of its own");
        assert_ne!(one[24..], other[24..]);
    }
}
