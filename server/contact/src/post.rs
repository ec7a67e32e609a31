//! Postal addresses: Dutch ones by postcode and house number, others by country and lines.

mod damage;
mod door_spellings;
mod dutch;
mod foreign;
mod label;
mod lines;
mod spelling;
mod street;

use serde::{Deserialize, Serialize};

pub use damage::{is_changed_by_a_spreadsheet, is_date_or_rounded, is_rounded, without_decimals};
pub use dutch::DutchAddress;
pub use foreign::ForeignAddress;

/// A letter box.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "snake_case")]
pub enum PostalAddress {
    /// In the Netherlands.
    Dutch(DutchAddress),
    /// Elsewhere.
    Foreign(ForeignAddress),
}

impl PostalAddress {
    /// The lines of the envelope, as far as known.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Dutch(address) => address.lines(),
            Self::Foreign(address) => address.lines(),
        }
    }

    /// The lines as they are read first: a house number that a spreadsheet changed is what it was.
    pub fn lines_as_read(&self) -> Vec<String> {
        match self {
            Self::Dutch(address) => address.lines(),
            Self::Foreign(address) => address.unchanged().into_iter().next().unwrap_or_else(|| address.lines()),
        }
    }

    /// See [`super::ContactPoint::hint`].
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Dutch(address) => format!("{} …", address.district()),
            Self::Foreign(address) => format!("{} …", address.country().iso()),
        }
    }

    pub(super) fn normal(&self) -> String {
        match self {
            Self::Dutch(address) => address.normal(),
            Self::Foreign(address) => address.normal(),
        }
    }

    pub(super) fn suppression_keys(&self) -> Vec<String> {
        match self {
            Self::Dutch(address) => address.suppression_keys(),
            Self::Foreign(address) => address.suppression_keys(),
        }
    }

    pub(super) fn stands_on_every_door(&self) -> Vec<String> {
        match self {
            Self::Dutch(address) => address.stands_on_every_door(),
            Self::Foreign(address) => address.stands_on_every_door(),
        }
    }

    pub(super) fn lookup_keys(&self) -> Vec<String> {
        match self {
            Self::Dutch(address) => address.lookup_keys(),
            Self::Foreign(address) => address.lookup_keys(),
        }
    }

    /// See [`super::ContactPoint::numbers_with_doors`].
    pub(super) fn numbers_with_doors(&self) -> Vec<String> {
        match self {
            Self::Dutch(address) => address.numbers_with_doors().map(|start| format!("post {start}")).collect(),
            // Abroad a door is known by the whole address as somebody has it.
            Self::Foreign(address) if address.is_one_door() => vec![format!("post {}", address.normal())],
            Self::Foreign(_) => Vec::new(),
        }
    }

    /// See [`super::ContactPoint::may_be_door`].
    pub(super) fn may_be_door(&self, beginning: &str, normal: &str) -> bool {
        match (self, beginning.strip_prefix("post "), normal.strip_prefix(beginning)) {
            (Self::Dutch(address), Some(start), Some(rest)) => address.may_be_door(start, rest),
            (Self::Foreign(_), ..) => normal == beginning,
            _ => false,
        }
    }
}
