//! The controller: who asks, and where they can be reached.

use serde::{Deserialize, Serialize};

use super::language::Localized;
use super::purpose::RegimeOverride;

/// The organisation that is responsible (GDPR art. 4(7)); shown on the first layer (S-56).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// The short name used in running text.
    pub name: String,
    pub legal_name: String,
    /// Postal address, one line an entry.
    pub address: Vec<String>,
    /// Address for questions about privacy.
    pub email: String,
    /// Phone number as people write it.
    pub phone: String,
    /// Where the privacy statement can be read on the site.
    pub statement_url: String,
}

/// Somebody who also gets at the data of a purpose (Planet49 §81, S-05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Name in machine form.
    pub id: String,
    /// Legal name.
    pub name: String,
    /// What they do for the controller.
    pub role: Localized,
    /// Their own privacy statement.
    pub statement_url: String,
    /// ISO 3166-1 alpha-2 country of establishment.
    pub country: String,
    /// What a transfer outside the EEA rests on; absent inside it (S-58).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_basis: Option<String>,
    /// The agreement with them, as the operator files it (S-05).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_ref: Option<String>,
    /// The day on which somebody last looked whether their statement is there and still fits (S-05).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<time::Date>,
}

/// A cookie, or another thing kept on the device, with everything that people must be told of it (S-06).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cookie {
    /// Its name; a trailing `*` stands for any ending.
    pub name: String,
    /// The purpose it is for.
    pub purpose: super::purpose::PurposeId,
    /// What it does, in a sentence.
    pub description: Localized,
    /// How long it lives, in days; 0 is until the browser closes.
    pub days: u32,
    /// Ids of the vendors with access; empty when only the controller has.
    pub vendors: Vec<String>,
    /// Set on the site's own hosts, so that the embed can expire it when its purpose is withdrawn.
    pub first_party: bool,
    /// Out of a script's reach (`HttpOnly`): only the server can expire it.
    pub http_only: bool,
    /// The path that it is set for, if another than `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why it no longer asks for consent, if it once did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime_override: Option<RegimeOverride>,
}

/// Somebody outside the site who gets personal data for another reason than a cookie (GDPR art. 13(1)(e)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who, as in "these get data about you".
    pub name: Localized,
    /// What for, in a sentence.
    pub why: Localized,
}
