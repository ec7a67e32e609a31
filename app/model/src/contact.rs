//! Contact points: the kinds of addresses and numbers at which people are reached, and the objections that stand on
//! them. The addresses themselves never stand in an event: they live in the profile, under keys that end.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr};
use time::Date;

use super::channel::Channel;
use super::identity::{PointName, RecordAddress, Subject};

/// A kind of contact point.
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
pub enum PointKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A postal address.
    Post,
}

impl PointKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; Self::COUNT] = [Self::Email, Self::Phone, Self::Post];

    /// Its name in forms.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The kind of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// The channels that reach somebody at such a point.
    pub fn channels(self) -> &'static [Channel] {
        match self {
            Self::Email => &[Channel::Newsletter, Channel::Email],
            Self::Phone => &[Channel::Phone],
            Self::Post => &[Channel::Post],
        }
    }
}

impl Channel {
    /// The kind of contact point that the channel reaches people at; none for social media, where people come to us.
    pub fn point(self) -> Option<PointKind> {
        match self {
            Self::Newsletter | Self::Email => Some(PointKind::Email),
            Self::Phone => Some(PointKind::Phone),
            Self::Post => Some(PointKind::Post),
            Self::Social => None,
        }
    }

    /// Whether only the person can sign up for it, because they come to us where it reaches them (S-11).
    pub fn is_by_own_sign_up(self) -> bool {
        self.point().is_none()
    }
}

/// A contact point as a record names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenAt {
    pub kind: PointKind,
    pub name: PointName,
}

/// A contact point as it is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedAt {
    /// Every name that records may have for it, one for each key.
    pub names: Vec<PointName>,
    /// What stands on it.
    pub objections: Vec<PointObjection>,
    /// What stands on another point of the person who is asked about, and to which they did not agree since at this one: an
    /// objection is for all points of its maker.
    pub spread: Vec<PointObjection>,
}

/// An objection that stands on a contact point. It denies the point to everybody, whoever of those sharing it made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointObjection {
    /// What it forbids.
    pub channels: Vec<Channel>,
    /// Since which civil day.
    pub since: Date,
    /// The person who made it, if one was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Subject>,
    /// The record that it rests on.
    pub record: RecordAddress,
}

impl PointObjection {
    /// Whether a confirmed opt-in of this person lifts it: their own objection, or one on a point that they proved to
    /// control just now (a code to that mailbox). Anybody else's stands.
    pub fn is_lifted_by(&self, person: Subject, controls_the_point: bool) -> bool {
        controls_the_point || self.by == Some(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objection_is_lifted_by_its_maker_or_by_whoever_controls_the_point_and_by_nobody_else() {
        let [anna, bert] = [Subject([1; 16]), Subject([2; 16])];
        let record = RecordAddress { shard: crate::identity::ShardNumber::FIRST, index: 1 };
        let by = |by| PointObjection { channels: vec![Channel::Phone], since: Date::MIN, by, record };
        for (maker, lifted_by_anna) in [(Some(anna), true), (Some(bert), false), (None, false)] {
            assert_eq!(by(maker).is_lifted_by(anna, false), lifted_by_anna, "made by {maker:?}");
            assert!(by(maker).is_lifted_by(anna, true), "made by {maker:?}, and Anna has the point");
        }
    }

    #[test]
    fn a_kind_of_point_lists_the_channels_that_reach_people_there() {
        for kind in PointKind::ALL {
            let reaching: Vec<Channel> = Channel::ALL.into_iter().filter(|of| of.point() == Some(kind)).collect();
            assert_eq!(kind.channels(), reaching, "{kind:?}");
        }
    }
}
