//! Phone numbers, in E.164 whatever the spelling.

use phonenumber::country;
use serde::{Deserialize, Serialize};

use super::ContactError;

/// A phone, by its number in E.164 (`+31207884000`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads a number as somebody wrote it; without a country code it is Dutch.
    ///
    /// # Errors
    /// [`ContactError::Phone`] for what is no number that can be dialled.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        let text = text.strip_prefix("tel:").unwrap_or(text);
        let international = text.strip_prefix("00").map_or(text.to_owned(), |rest| format!("+{rest}"));
        // "+31 (0)20": the zero is only dialled at home.
        let dialled = international.replace("(0)", "");
        if dialled.chars().any(char::is_alphabetic) {
            return Err(ContactError::Phone);
        }
        let number = phonenumber::parse(Some(country::NL), &dialled).ok();
        let known = number.filter(|number| phonenumber::is_valid(number) && number.extension().is_none());
        let known = known.map(|number| number.format().mode(phonenumber::Mode::E164).to_string());
        known.or_else(|| elsewhere(&international)).map(Self).ok_or(ContactError::Phone)
    }

    /// Whether it is a Dutch mobile: a text message to it reaches one person, and costs what a text costs.
    pub fn is_dutch_mobile(&self) -> bool {
        self.0.starts_with("+316")
    }

    /// The number in E.164.
    pub fn e164(&self) -> &str {
        &self.0
    }
}

/// A number outside the Netherlands that the library's tables do not know: Italy's, whose zero is dialled from everywhere,
/// or one of a plan that is newer than they are. A no must be possible for it, too; at most 15 digits (E.164 section 6).
fn elsewhere(international: &str) -> Option<String> {
    let rest = international.strip_prefix('+').filter(|rest| !rest.starts_with("31"))?;
    let is_spacing = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
    let digits: String = rest.chars().filter(|c| !is_spacing(*c)).collect();
    let fits =
        (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fits.then(|| format!("+{digits}"))
}

impl TryFrom<String> for Phone {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}
