//! Contact points: addresses and numbers as people give them, as they are compared, and as objections fold them.
//!
//! Three spellings, for three uses. What was **given** is what mail and letters are sent to. The **normal** form tells
//! whether two people have the same point. The **fold** is coarser still: an objection by one spelling must hold for
//! every spelling that may reach the same mailbox, phone or letter box.

mod country;
mod email;
pub(crate) mod folding;
mod phone;
mod post;

use model::contact::PointKind;
use serde::{Deserialize, Serialize};

pub use country::Country;
pub use email::Email;
pub use phone::Phone;
pub use post::{
    DutchAddress, ForeignAddress, PostalAddress, is_changed_by_a_spreadsheet, is_date_or_rounded, without_decimals,
};

/// An address or number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactPoint {
    /// A mailbox.
    Email(Email),
    /// A phone.
    Phone(Phone),
    /// A letter box.
    Post(PostalAddress),
}

/// Contact points are personal data: they stand in no log and in no panic message.
impl std::fmt::Debug for ContactPoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContactPoint::{:?}(…)", self.kind())
    }
}

/// Why a text is no contact point. Says what to write instead; never what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Not an e-mail address.
    #[error("this is no e-mail address; it looks like name@example.nl")]
    Email,
    /// Not a phone number.
    #[error("this is no phone number; it looks like 020 788 4000 or +31 20 788 4000")]
    Phone,
    /// Not a Dutch postcode.
    #[error("this is no Dutch postcode; it looks like 1033 RW")]
    Postcode,
    /// Not a house number.
    #[error("this is no house number; it is a number from 1 to 99999, with an addition if there is one")]
    HouseNumber,
    /// Not a postal address elsewhere.
    #[error("this is no postal address; write street, place and country, each on its line")]
    Address,
    /// Not a country, or two of them.
    #[error(
        "this is no country that we know; write its name in Dutch, English, French or German, or its code, such as BE"
    )]
    Country,
    /// A street abroad in letters that nothing writes in Latin ones for certain, without a postcode.
    #[error(
        "the letters of this address cannot be compared with Latin ones; write street and place in Latin letters, or add the \
         postcode"
    )]
    Script,
    /// Lines that name no country.
    #[error(
        "the country is missing; write its name as the last line, or, in the Netherlands, a postcode such as 1033 RW"
    )]
    NoCountry,
    /// A date or a rounded number where a house number or phone number should be.
    #[error(
        "this looks changed by a spreadsheet, which makes dates and rounded numbers of house numbers and phone numbers; write \
         what was there, in a column of text"
    )]
    Spreadsheet,
    /// The lines of a Dutch address without what names it.
    #[error(
        "this is read as a Dutch address, but its postcode and house number are not both there; write street and house \
         number, then postcode and place; for an address elsewhere write its country as the last line"
    )]
    DutchLines,
}

impl ContactPoint {
    /// What kind it is.
    pub fn kind(&self) -> PointKind {
        match self {
            Self::Email(_) => PointKind::Email,
            Self::Phone(_) => PointKind::Phone,
            Self::Post(_) => PointKind::Post,
        }
    }

    /// As it was given, in one line: what is shown to its owner, and what is sent to.
    pub fn given(&self) -> String {
        match self {
            Self::Email(email) => email.given().to_owned(),
            Self::Phone(phone) => phone.e164().to_owned(),
            Self::Post(post) => post.lines().join(", "),
        }
    }

    /// Enough to tell it from others for whoever knows it, and no more: what receipts show, which are kept and shown around.
    pub fn hint(&self) -> String {
        let first = |text: &str| text.chars().next().map(|first| format!("{first}…")).unwrap_or_default();
        match self {
            Self::Email(email) => {
                let (local, domain) = email.given().rsplit_once('@').unwrap_or((email.given(), ""));
                format!("{}@{}", first(local), first(domain))
            }
            Self::Phone(phone) => format!("…{}", &phone.e164()[phone.e164().len().saturating_sub(4)..]),
            Self::Post(post) => post.hint(),
        }
    }

    /// As it is compared. Two points with the same normal form are one point.
    pub fn normal(&self) -> String {
        match self {
            Self::Email(email) => format!("email {}", email.normal()),
            Self::Phone(phone) => format!("phone {}", phone.e164()),
            Self::Post(post) => format!("post {}", post.normal()),
        }
    }

    /// Under what people are found by it. Hardly any host tells Jan@ from jan@, and whoever proves one is meant by both.
    pub fn identity_key(&self) -> String {
        match self {
            Self::Email(email) => format!("email {}", email.match_key()),
            Self::Phone(_) | Self::Post(_) => self.normal(),
        }
    }

    /// Whether both reach the same mailbox, phone or letter box.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self == other || self.kind() == other.kind() && self.identity_key() == other.identity_key()
    }

    /// Whether both have one normal form. What is spelled alike, or of another kind, is told apart without making it.
    pub fn has_same_normal(&self, other: &Self) -> bool {
        self == other || self.kind() == other.kind() && self.normal() == other.normal()
    }

    /// The folds that an objection by this spelling stands on.
    pub fn suppression_keys(&self) -> Vec<String> {
        match self {
            Self::Email(email) => email.objection_folds().iter().map(|fold| format!("email {fold}")).collect(),
            Self::Phone(phone) => phone.objection_folds().iter().map(|fold| format!("phone {fold}")).collect(),
            Self::Post(post) => post.suppression_keys(),
        }
    }

    /// The same where nobody is known at the door that the spelling names: it may be a slip or another way to write one, so
    /// the objection stands on every door of the number.
    pub fn stands_on_every_door(&self) -> Vec<String> {
        match self {
            Self::Email(_) | Self::Phone(_) => self.suppression_keys(),
            Self::Post(post) => post.stands_on_every_door(),
        }
    }

    /// Whether it is one of several letter boxes of a house number.
    pub fn is_one_door(&self) -> bool {
        !self.numbers_with_doors().is_empty()
    }

    /// For each house number that has an addition here: how the normal forms of all its doors begin.
    pub fn numbers_with_doors(&self) -> Vec<String> {
        match self {
            Self::Email(_) | Self::Phone(_) => Vec::new(),
            Self::Post(post) => post.numbers_with_doors(),
        }
    }

    /// Whether a normal form that begins so may be the door that is meant here.
    pub fn may_be_door(&self, beginning: &str, normal: &str) -> bool {
        matches!(self, Self::Post(post) if post.may_be_door(beginning, normal))
    }

    /// The folds that are looked up before this point is used: an objection on any of them forbids it.
    pub fn lookup_keys(&self) -> Vec<String> {
        match self {
            Self::Email(_) | Self::Phone(_) => self.suppression_keys(),
            Self::Post(post) => post.lookup_keys(),
        }
    }
}

#[cfg(test)]
mod tests;
