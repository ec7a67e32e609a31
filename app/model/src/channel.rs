//! Channels: the ways to be reached by advertising, and what each needs.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr};

use super::language::Localized;

/// A way to be reached by advertising; five, each with its own state, basis and history (S-10).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumCount,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// The newsletter by e-mail.
    Newsletter,
    /// Other advertising by e-mail.
    Email,
    /// Letters.
    Post,
    /// Calls.
    Phone,
    /// Messages on social media; only ever by the person's own sign-up (S-11).
    Social,
}

impl Channel {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; Self::COUNT] = [Self::Newsletter, Self::Email, Self::Post, Self::Phone, Self::Social];

    /// Its name in forms, in the API and in the configuration.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The channel of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// What a channel needs before it may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelNeed {
    /// A proven opt-in by the person.
    OptIn,
    /// An opt-in, or a customer relation with the five pieces of evidence of Tw art. 11.7 lid 3.
    SoftOptIn,
    /// Allowed for customers until they object (GDPR art. 21).
    OptOut,
    /// Only by the person's own sign-up.
    SelfSignUp,
}

/// One rule of a channel, in force from a civil date until a later rule takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRule {
    /// The channel it is for.
    pub channel: Channel,
    pub need: ChannelNeed,
    /// First day on which it holds.
    pub from: time::Date,
    /// The article it rests on, such as `Tw 11.7 lid 5`.
    pub article: String,
    /// The products that an opt-in is about, where it must say so (calls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<Localized>,
    /// For how many calendar months such an opt-in holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
}
