//! # Letter code
//!
//! Twelve characters in a letter that stop advertising by post, typed or scanned; in three groups of four with dashes: 55 bits of a
//! keyed hash of the person, and a check character in Crockford's base 32 (no I, L, O, U), by which every single wrong character
//! and every swap of two is noticed.
//!
//! Made for a person's first letter; kept as a keyed hash beside the ledger (Fact beside the ledger, kind 12), with which it works
//! for as long as the person is known. A damaged one is never another one. It has no version, because twelve characters have no room
//! for one: a second version has another length, which the first refuses for certain.

use std::fmt;
use std::str::FromStr;

use super::receipt::{ALPHABET, check, value_of};
use super::typed;

/// How many characters carry something; the twelfth is the check character.
const DATA: usize = 11;

/// A letter code: 55 bits and a check character in Crockford's base 32 (no I, L, O, U), shown in three groups of four.
///
/// Every single wrong character and every swap of two is noticed before anything is looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LetterCode([u8; DATA]);

impl LetterCode {
    /// From the lowest 55 bits.
    pub fn from_bits(bits: u64) -> Self {
        Self(std::array::from_fn(|i| u8::try_from(bits >> (5 * (DATA - 1 - i)) & 31).unwrap_or_default()))
    }
}

/// A code is a credential: it stands in no log.
impl fmt::Debug for LetterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterCode(…)")
    }
}

impl fmt::Display for LetterCode {
    /// `XXXX-XXXX-XXXX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.0.into_iter().chain([check(&self.0)]).enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(value)]))?;
        }
        Ok(())
    }
}

impl FromStr for LetterCode {
    type Err = LetterCodeError;

    /// Reads what a person typed or scanned: small letters, spaces, dashes of every kind, full width and characters that
    /// show nothing do not matter; O is 0, I and L are 1.
    fn from_str(text: &str) -> Result<Self, LetterCodeError> {
        let values: Option<Vec<u8>> = typed::of_code(text).take(DATA + 2).map(value_of).collect();
        let values: [u8; DATA + 1] = values.and_then(|v| v.try_into().ok()).ok_or(LetterCodeError::Form)?;
        let (data, last) = values.split_first_chunk::<DATA>().ok_or(LetterCodeError::Form)?;
        if last == [check(data)] { Ok(Self(*data)) } else { Err(LetterCodeError::Typing) }
    }
}

/// What was typed is no letter code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterCodeError {
    /// Not twelve characters, or one that no code has.
    #[error("a letter code has twelve letters and digits")]
    Form,
    /// The check character does not fit.
    #[error("this letter code has a typing error")]
    Typing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed_and_every_slip_is_noticed() {
        let code = LetterCode::from_bits(0x5a_0123_4567_89ab);
        let text = code.to_string();
        assert_eq!((text.len(), text.parse()), (14, Ok(code)));
        for typed in [text.to_lowercase(), text.replace('-', " "), text.replace('-', ""), text.replace('0', "o")] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        let dressed = |c: char| char::from_u32(u32::from(c) + 0xfee0).expect("ASCII has a full width");
        let wide = text.chars().map(dressed).collect();
        let hidden = text.chars().flat_map(|c| [c, '\u{200b}']).collect();
        let alike = text.replace('A', "А").replace('B', "В").replace('E', "Ε").replace('1', "І").replace('0', "о");
        let between = ['‐', '‑', '‒', '–', '—', '―', '−', '﹣', '·', '.', '\u{ad}', '\u{202f}', '\u{2009}', '\u{a0}'];
        let parted = between.map(|dash| text.replace('-', &dash.to_string()));
        for typed in [wide, hidden, alike, format!("\u{202a}{text}\u{202c}\r\n")].iter().chain(&parted) {
            assert_eq!(typed.parse(), Ok(code), "{typed:?}");
        }
        let plain: Vec<char> = text.replace('-', "").chars().collect();
        for at in 0..plain.len() {
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().filter(|other| *other != plain[at]) {
                let mut slip = plain.clone();
                slip[at] = other;
                assert_eq!(slip.iter().collect::<String>().parse::<LetterCode>(), Err(LetterCodeError::Typing));
            }
            let mut swapped = plain.clone();
            swapped.swap(at, (at + 1) % plain.len());
            assert!(swapped == plain || swapped.iter().collect::<String>().parse::<LetterCode>().is_err());
        }
        for wrong in ["", "ABCD", "ABCD-EFGH-JKMU", &format!("{text}0"), "ééééééééééé0"] {
            assert_eq!(wrong.parse::<LetterCode>(), Err(LetterCodeError::Form), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "LetterCode(…)");
    }
}
