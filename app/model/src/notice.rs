//! Notices: what was shown, of one version in one language.

use serde::{Deserialize, Serialize};

use super::identity::ContentHash;
use super::language::Language;

/// The names of the two contents that make up a notice (EDPB 05/2020 §108: the information shown at the time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRef {
    /// The language it was shown in.
    pub language: Language,
    /// SHA-256 of the canonical JSON of all strings of both layers ([`NoticeStrings`]).
    pub strings: ContentHash,
    /// SHA-256 of the first layer's HTML.
    pub html: ContentHash,
}

/// Every string of both layers in one language; the content behind [`NoticeRef::strings`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeStrings {
    pub language: Language,
    /// First layer.
    pub heading: String,
    /// First layer: who asks, for what, and how to change one's mind; one paragraph an entry.
    pub body: Vec<String>,
    /// The three actions of the first layer.
    pub refuse: String,
    /// See [`Self::refuse`].
    pub accept: String,
    /// See [`Self::refuse`].
    pub settings: String,
    /// First layer: takes it away and refuses everything; where the operator shows such a control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_refuse: Option<String>,
    /// First layer: what stands in place of the question where the browser's own signal has answered it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<SignalStrings>,
    /// Second layer: refuses everything, whatever the switches say.
    pub refuse_all: String,
    /// Second layer: accepts everything.
    pub accept_all: String,
    /// Second layer: saves what the switches say.
    pub save: String,
    /// Second layer: its heading.
    pub panel_heading: String,
    /// Second layer: closes without an answer, for whoever has not chosen.
    pub close: String,
    /// The same for whoever has.
    pub close_chosen: String,
    /// The sentence in place of a switch for what is strictly necessary.
    pub necessary: String,
    /// The sentence beside the switch of `low_impact` purposes: no consent is needed, and off is an objection.
    pub object: String,
    /// Words for a switch that is on.
    pub on: String,
    /// Words for a switch that is off.
    pub off: String,
    /// Unfolds cookies and parties of a purpose.
    pub details: String,
    /// Saving with nothing switched on is a refusal: the sentence that says so.
    pub save_is_refusal: String,
    /// The purposes as the second layer shows them.
    pub purposes: Vec<NoticePurpose>,
}

/// The first layer of a browser that asks not to be tracked: it is told, not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalStrings {
    /// That its signal is followed, and what can still be refused.
    pub body: String,
    /// Takes it away, and refuses everything.
    pub refuse: String,
}

/// A purpose as the second layer shows it, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticePurpose {
    pub id: super::purpose::PurposeId,
    pub regime: super::purpose::Regime,
    /// The revision of its question.
    pub revision: u32,
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Cookies and who gets at them, one readable sentence each (Planet49 §81: duration and access).
    pub cookies: Vec<String>,
}
