//! # Root key file
//!
//! Where `KEUZE_KEY_FILE` says, or `<data directory>.key`: 256 random bits that the key ring is sealed under. Text of two lines:
//!
//! | line | meaning |
//! |---|---|
//! | 1 | `keuze root key 1; keep a copy apart from the backups of the data`; the number is the version |
//! | 2 | the key: 64 hexadecimal digits, small letters |
//!
//! Beside it, in the same format: `<file>.new` while it is rotated, `<file>.until-<day>` (and `-2`, `-3`) the keys of before
//! until that day, `<file>.part` while one is written.
//!
//! Written at the first start and at each rotation, for its owner alone; read at each start and by `keuze verify`. A text that is
//! none is refused, and one of another version with a sentence that says so; an altered digit is another key, which
//! opens no ring.

use zeroize::Zeroizing;

use crate::error::OtherBuild;
use crate::key::RootKey;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

const NAME: &str = "keuze root key ";
const MEANING: &str = "; keep a copy apart from the backups of the data";

/// The text of the file.
pub fn encode(key: &RootKey) -> Zeroizing<String> {
    let digits = Zeroizing::new(hex::encode(key.expose()));
    Zeroizing::new(format!("{NAME}{VERSION}{MEANING}\n{}\n", *digits))
}

/// Reads the text; `None` where it is no root key.
///
/// # Errors
/// It is one of another version.
pub fn decode(text: &str) -> Result<Option<RootKey>, OtherBuild> {
    let Some((first, digits)) = text.split_once('\n') else { return Ok(None) };
    let version =
        first.strip_prefix(NAME).and_then(|rest| rest.strip_suffix(MEANING)).and_then(|text| text.parse().ok());
    let Some(version) = version else { return Ok(None) };
    OtherBuild::check(version, VERSION)?;
    Ok(bytes_of(digits.trim()).and_then(|bytes| RootKey::from_slice(&*bytes)))
}

/// The bytes that 64 hexadecimal digits stand for, in their one spelling.
fn bytes_of(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    let read = hex::decode_to_slice(digits, bytes.as_mut_slice());
    (read.is_ok() && !digits.contains(|digit: char| digit.is_ascii_uppercase())).then_some(bytes)
}
