//! Postal addresses: Dutch ones by postcode and house number, others by their lines.

mod lines;

use serde::{Deserialize, Serialize};

use super::ContactError;
pub use lines::is_netherlands;

/// A letter box.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "country", rename_all = "snake_case")]
pub enum Post {
    /// In the Netherlands.
    Dutch(DutchAddress),
    /// Elsewhere.
    Foreign(ForeignAddress),
}

/// A Dutch address: postcode and house number name it, with the addition where several share the number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutchAddress {
    /// `1033RW`.
    postcode: String,
    number: u32,
    /// As given; `None` for the bare number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    addition: Option<String>,
    /// Street and place, for the envelope, as far as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// An address elsewhere, by its lines; the last one names the country.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignAddress {
    lines: Vec<String>,
}

impl DutchAddress {
    /// Reads postcode and house number; the number may carry its addition (`12-A`, `12 bis`).
    ///
    /// # Errors
    /// [`ContactError::Postcode`] or [`ContactError::HouseNumber`].
    pub fn parse(postcode: &str, number: &str, addition: &str) -> Result<Self, ContactError> {
        let number = number.trim();
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let (number, behind) = number.split_at(digits);
        let number = number.parse().ok().filter(|number| (1..=99_999).contains(number));
        let addition = [behind.trim(), addition.trim()].concat();
        let folded = fold_addition(&addition);
        if addition.chars().count() > 20 || (!addition.is_empty() && folded.is_empty()) {
            return Err(ContactError::HouseNumber);
        }
        Ok(Self {
            postcode: parse_postcode(postcode)?,
            number: number.ok_or(ContactError::HouseNumber)?,
            addition: (!folded.is_empty()).then(|| addition.trim_start_matches(['-', '/', ' ']).to_owned()),
            street: None,
            place: None,
        })
    }

    /// The same with street and place for the envelope.
    #[must_use]
    pub fn with_lines(self, street: Option<String>, place: Option<String>) -> Self {
        let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self { street: said(street), place: said(place), ..self }
    }

    fn addition_fold(&self) -> String {
        self.addition.as_deref().map(fold_addition).unwrap_or_default()
    }

    fn base(&self) -> String {
        format!("{} {}", self.postcode, self.number)
    }
}

/// Four digits and two letters; SA, SD and SS are not given out.
fn parse_postcode(text: &str) -> Result<String, ContactError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let bytes = plain.as_bytes();
    let valid = bytes.len() == 6
        && (b'1'..=b'9').contains(&bytes[0])
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_uppercase)
        && !["SA", "SD", "SS"].contains(&&plain[4..]);
    if valid { Ok(plain) } else { Err(ContactError::Postcode) }
}

/// `-a`, `A` and `a.` are one addition.
fn fold_addition(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

impl ForeignAddress {
    /// Reads the lines of an address; two at least, and no more than an envelope takes. Whether they are those of a Dutch
    /// one is for [`Post::of_lines`] to say.
    ///
    /// # Errors
    /// [`ContactError::Address`].
    pub(super) fn parse(text: &str) -> Result<Self, ContactError> {
        let lines: Vec<String> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let fits = (2..=8).contains(&lines.len()) && lines.iter().all(|line| line.chars().count() <= 100);
        let says_something = lines.iter().all(|line| line.chars().any(char::is_alphanumeric));
        if fits && says_something { Ok(Self { lines }) } else { Err(ContactError::Address) }
    }

    fn fold(&self) -> String {
        fold_line(&self.lines.join(" "))
    }
}

fn fold_line(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let text = text.nfkc().collect::<String>().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Post {
    /// The lines of the envelope, as far as known.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Foreign(address) => address.lines.clone(),
            Self::Dutch(address) => {
                let addition = address.addition.as_ref().map(|addition| format!(" {addition}")).unwrap_or_default();
                let street = address.street.as_ref().map(|street| format!("{street} ")).unwrap_or_default();
                let place = address.place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
                let (digits, letters) = address.postcode.split_at(4);
                vec![format!("{street}{}{addition}", address.number), format!("{digits} {letters}{place}")]
            }
        }
    }

    pub(super) fn normal(&self) -> String {
        match self {
            Self::Dutch(address) => format!("nl {} {}", address.base(), address.addition_fold()),
            Self::Foreign(address) => format!("elsewhere {}", address.fold()),
        }
    }

    /// With an addition: that door and the bare number. Without one: every door of the number.
    pub(super) fn stands_on(&self) -> Vec<String> {
        match self {
            Self::Foreign(_) => vec![format!("post {}", self.normal())],
            Self::Dutch(address) => match address.addition_fold().as_str() {
                "" => vec![all_doors(address)],
                addition => vec![door(address, addition), door(address, "")],
            },
        }
    }

    pub(super) fn asked_under(&self) -> Vec<String> {
        match self {
            Self::Foreign(_) => vec![format!("post {}", self.normal())],
            Self::Dutch(address) => vec![door(address, &address.addition_fold()), all_doors(address)],
        }
    }
}

fn door(address: &DutchAddress, addition: &str) -> String {
    format!("post nl {} door {addition}", address.base())
}

fn all_doors(address: &DutchAddress) -> String {
    format!("post nl {} all doors", address.base())
}
