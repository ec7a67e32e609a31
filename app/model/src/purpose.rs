//! Purposes: what data would be used for, and under which regime.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, de::Error as _};

use super::language::Localized;

/// The name of a purpose, as in configuration, cookies and `data-category`: `[a-z][a-z0-9_]*`, at most 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PurposeId(String);

impl PurposeId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PurposeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PurposeId {
    type Err = PurposeIdError;

    fn from_str(text: &str) -> Result<Self, PurposeIdError> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        let all_well = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if starts_well && all_well && text.len() <= 32 { Ok(Self(text.to_owned())) } else { Err(PurposeIdError) }
    }
}

impl<'de> Deserialize<'de> for PurposeId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// A purpose id that is not in its written form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a purpose id starts with a small letter and has small letters, digits and _ only, at most 32 of them")]
pub struct PurposeIdError;

/// What the law asks before something may be placed on or read from a device (Tw art. 11.7a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// Exempt: strictly necessary for what the visitor asked for (lid 3 a and b, first limb).
    Necessary,
    /// Exempt: little or no effect on privacy, for quality or effectiveness (lid 3 b, second limb); attested.
    LowImpact,
    /// Only after a clear, affirmative act (lid 1).
    Consent,
}

/// One purpose as the policy froze it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its name in machine form.
    pub id: PurposeId,
    /// Exactly one regime.
    pub regime: Regime,
    /// The revision of its question: moves only when the purpose changes, never for a corrected text.
    pub revision: u32,
    /// Its name for people.
    pub name: Localized,
    /// One sentence on what it is for.
    pub description: Localized,
    /// The GDPR article that is its legal basis, such as `6(1)(a)`.
    pub legal_basis: String,
    /// The operator's attestations for `low_impact` (R-2.4-2); empty for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
    /// For how many months what is learned is kept, where it is said beside an attestation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_months: Option<u32>,
    /// Why it no longer asks for consent, if it once did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime_override: Option<RegimeOverride>,
}

impl Purpose {
    /// For how many months what is learned is kept, as far as it is said.
    pub fn kept_months(&self) -> Option<u32> {
        self.data_months.or(self.attestation.as_ref().map(|attestation| attestation.data_months))
    }
}

/// Why something that asked for consent does so no longer, who decided it, and when (R-2.5.3-5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeOverride {
    pub reason: String,
    pub by: String,
    /// When, as a civil date.
    pub on: time::Date,
}

/// What an operator confirms before a purpose may be called `low_impact` (R-2.4-2, Tw 11.7a lid 3 b).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate statement that somebody signs")]
pub struct Attestation {
    /// Measured by the operator itself or its processor, on its own account only.
    pub first_party: bool,
    /// No id of a user and none that works across sites.
    pub no_user_id: bool,
    /// IP addresses are truncated or dropped.
    pub ip_truncated: bool,
    /// The vendor neither shares nor reuses the data.
    pub no_sharing: bool,
    /// A processor agreement is in force, or no processor is used.
    pub processor_agreement: bool,
    /// Identifiers live at most 13 months.
    pub identifier_months: u32,
    /// Data is kept at most 25 months.
    pub data_months: u32,
    pub attested_by: String,
    /// When, as a civil date.
    pub attested_on: time::Date,
}
