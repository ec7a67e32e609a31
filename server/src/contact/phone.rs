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
        // "+31 (0)20": the zero is only dialled at home.
        let text = text.trim().strip_prefix("tel:").unwrap_or(text.trim()).replace("(0)", "");
        let international = text.strip_prefix("00").map_or(text.clone(), |rest| format!("+{rest}"));
        let letters = international.chars().any(char::is_alphabetic);
        let number = phonenumber::parse(Some(country::NL), &international).map_err(|_| ContactError::Phone)?;
        if letters || !phonenumber::is_valid(&number) || number.extension().is_some() {
            return Err(ContactError::Phone);
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
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
