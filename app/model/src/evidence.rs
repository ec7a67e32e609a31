//! What proves an opt-in: without it there is none, whatever a list says.

use serde::{Deserialize, Serialize};
use time::{Date, Duration};

/// What an opt-in rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Evidence {
    /// A customer who could refuse when the address was collected (Tw art. 11.7 lid 3).
    SoftOptIn(SoftOptIn),
    /// The person's own confirmation.
    OptIn(OptIn),
}

/// The evidence for a soft opt-in; each piece as far as the controller has it (S-21, R-2.4-8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoftOptIn {
    /// The sale or contract with which the address was obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Whether the legal entity that sold is the one that sends.
    pub same_entity: bool,
    /// When the person was told what the address would be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub informed_on: Option<Date>,
    /// When refusing was offered: at the moment the address was collected, so at most [`COLLECTING`] from `informed_on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out_offered_on: Option<Date>,
    /// Whether the person refused then.
    pub opt_out_used: bool,
    /// The own, similar products that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
}

/// One of the five pieces of evidence for a soft opt-in, or what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// The sale or contract.
    Contract,
    /// The same legal entity.
    SameEntity,
    /// Informed when the address was collected.
    InformedOn,
    /// An opt-out offered when the address was collected.
    OptOutOfferedOn,
    /// Own, similar products.
    Products,
    /// The address or number that it was given for: the row names none, and it could be for more than one.
    Point,
}

/// How far apart the day of informing and the day of offering the opt-out may be: one collection of an address, which may
/// go on past midnight. An opt-out that is offered later was not offered when the address was collected (Tw art. 11.7
/// lid 3), and cannot be made up for.
pub const COLLECTING: Duration = Duration::days(1);

impl SoftOptIn {
    /// The pieces that are not there. An opt-out that was offered at another time than that of the collection is none.
    pub fn missing(&self) -> Vec<Piece> {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let pieces = [
            (Piece::Contract, said(&self.contract)),
            (Piece::SameEntity, self.same_entity),
            (Piece::InformedOn, self.informed_on.is_some()),
            (Piece::OptOutOfferedOn, self.is_offered_in_time()),
            (Piece::Products, said(&self.products)),
        ];
        pieces.into_iter().filter(|(_, is_there)| !is_there).map(|(piece, _)| piece).collect()
    }

    /// Where the day of informing is not known, that piece is missing by itself.
    fn is_offered_in_time(&self) -> bool {
        let Some(offered) = self.opt_out_offered_on else { return false };
        self.informed_on.is_none_or(|informed| (offered - informed).abs() <= COLLECTING)
    }
}

/// A confirmation by the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptIn {
    /// How it was made sure that it was the person.
    pub verified: IdentityCheck,
    /// The products that it is about; calls need it (R-2.4-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
    /// The last civil day on which it holds; calls need one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// How it was made sure that it was the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityCheck {
    /// A link in a mail to the address.
    MailLink,
    /// A code in a mail to the address.
    MailCode,
    /// A code in a text message to the number.
    TextCode,
    /// The customer portal's sign-on.
    Portal,
}

/// How well the person was known (S-54): stopping needs less than seeing or granting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityLevel {
    /// Not at all: whoever named the contact point.
    Unverified,
    /// Held something that was sent to the contact point: a link or a code.
    Possession,
    /// Signed on at the customer portal.
    Portal,
    /// A further step, with a written reason.
    Further,
}
