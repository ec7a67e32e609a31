//! Sealing: XChaCha20-Poly1305 with a random nonce in front.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::key::{SecretKey, purpose::Seals};
use crate::random::Entropy;

/// What sealing adds to a text: a nonce of 24 bytes and a tag of 16.
pub const OVERHEAD: usize = 40;

/// Seals a text; `context` must be the same when it is opened.
///
/// # Panics
/// Never for texts below 256 GB.
pub fn seal<P: Seals>(key: &SecretKey<P>, context: &[u8], text: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
    let nonce: [u8; 24] = entropy.bytes();
    let payload = Payload { msg: text, aad: context };
    let sealed = XChaCha20Poly1305::new(key.expose().into()).encrypt(XNonce::from_slice(&nonce), payload);
    [&nonce[..], &sealed.expect("the text is short")].concat()
}

/// Opens what [`seal`] made; `None` for another key, another context or an altered byte.
pub fn open<P: Seals>(key: &SecretKey<P>, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
    let payload = Payload { msg: sealed, aad: context };
    XChaCha20Poly1305::new(key.expose().into()).decrypt(XNonce::from_slice(nonce), payload).ok()
}
