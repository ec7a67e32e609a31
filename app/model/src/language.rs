//! The languages people are spoken to in, and text that exists in all of them.

use serde::{Deserialize, Serialize};
use strum::EnumCount;

/// A language of the people's texts. Dutch first; English complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumCount)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch, the default.
    #[default]
    Nl,
    En,
}

impl Language {
    /// All languages, the default first.
    pub const ALL: [Self; Self::COUNT] = [Self::Nl, Self::En];

    /// The BCP 47 tag, as in `<html lang>` and `?lang=`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// Reads a BCP 47 tag; a region (`nl-NL`) does not matter. `None` for a language we do not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

/// A text in every language. Both are required: there is no fallback from one language to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    pub nl: String,
    pub en: String,
}

impl Localized {
    /// What it says in each language.
    pub fn in_each(text: impl Fn(Language) -> String) -> Self {
        Self { nl: text(Language::Nl), en: text(Language::En) }
    }

    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}
