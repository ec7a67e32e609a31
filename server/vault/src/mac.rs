//! HMAC-SHA-256 over parts whose lengths are fixed or told, so that no two lists of parts read alike.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::key::{SecretKey, purpose::Macs};

/// The MAC of the parts, one after the other.
pub fn mac<P: Macs>(key: &SecretKey<P>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
