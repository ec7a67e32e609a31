//! # Sealed cookie
//!
//! What a browser keeps for us about a code that was sent (`keuze_code`) and about whoever proved an address or number
//! (`keuze_person`), so that we keep nothing about either. In base64 without padding (URL alphabet).
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 24 | nonce |
//! | 25 | rest | JSON, enciphered with XChaCha20-Poly1305, and a tag of 16; bound to the version and what it is |
//!
//! Written when a code is sent or taken, read at each request. Whatever is altered, another version, and a cookie of one kind in
//! the place of the other do not open: as if there were none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vault::key::SealingKey;
use vault::random::SecureRandom;
use vault::seal;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

fn context(what: &str) -> Vec<u8> {
    [what.as_bytes(), &[VERSION]].concat()
}

/// Seals what a browser keeps.
pub fn seal<T: Serialize>(key: &SealingKey, what: &str, value: &T, random: &dyn SecureRandom) -> String {
    let text = serde_json::to_vec(value).expect("plain fields are always JSON");
    URL_SAFE_NO_PAD.encode([&[VERSION][..], &seal::seal(key, &context(what), &text, random)].concat())
}

/// Opens what [`seal()`] made; `None` for anything else.
pub fn open<T: DeserializeOwned>(key: &SealingKey, what: &str, sealed: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (version, sealed) = bytes.split_first()?;
    let text = (*version == VERSION).then(|| seal::open(key, &context(what), sealed)).flatten()?;
    serde_json::from_slice(&text).ok()
}
