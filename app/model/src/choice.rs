//! A choice: what a person answers, on which control, on which surface.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::purpose::{PurposeId, Regime};

/// The control that a choice was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Yes to all that was offered.
    AcceptAll,
    /// No to all that was offered; an objection to `low_impact`.
    RefuseAll,
    /// What the switches say.
    Save,
}

/// Where on the page a choice was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// First layer.
    Banner,
    /// Second layer.
    Settings,
    /// In place of a withheld frame.
    Placeholder,
    /// A page of ours.
    Page,
}

/// What was answered for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Offered and granted (`consent`).
    Granted,
    /// Offered and refused (`consent`).
    Refused,
    /// Offered and not objected to (`low_impact`).
    NotObjected,
    /// Offered and objected to (`low_impact`).
    Objected,
    /// Not offered: nothing is recorded as an answer.
    NotOffered,
}

impl Answer {
    /// The answer that a switch or button gives for a purpose of that regime; `None` for a necessary one.
    pub fn from_yes(regime: Regime, yes: bool) -> Option<Self> {
        match (regime, yes) {
            (Regime::Necessary, _) => None,
            (Regime::LowImpact, true) => Some(Self::NotObjected),
            (Regime::LowImpact, false) => Some(Self::Objected),
            (Regime::Consent, true) => Some(Self::Granted),
            (Regime::Consent, false) => Some(Self::Refused),
        }
    }

    /// Whether it leaves the purpose allowed.
    pub fn is_yes(self) -> bool {
        matches!(self, Self::Granted | Self::NotObjected)
    }
}

/// The yes and no that a request gives per purpose; a purpose that is absent is unchanged.
pub type Answers = BTreeMap<PurposeId, bool>;

/// Whether a control and the purposes it came with say the same (a contradiction is 422).
pub fn agrees(control: Control, purposes: &Answers) -> bool {
    match control {
        Control::AcceptAll => purposes.values().all(|yes| *yes),
        Control::RefuseAll => purposes.values().all(|yes| !*yes),
        Control::Save => true,
    }
}
