//! The policy: the frozen set of everything that is in force, whose hash goes into every event.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use super::channel::ChannelRule;
use super::controller::{Controller, Cookie, Vendor};
use super::identity::ContentHash;
use super::language::Language;
use super::notice::NoticeRef;
use super::purpose::{Purpose, PurposeId, Regime};

/// What is in force, frozen. Its canonical JSON (RFC 8785) is stored for ever under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Counts the publications of this site, from 1.
    pub revision: u32,
    /// Counts the notices: moves with a material or new-purpose change, not with an editorial one.
    pub notice_revision: u32,
    /// The site's name for people, such as `voipro.nl`.
    pub site: String,
    pub controller: Controller,
    /// In the order in which they are shown.
    pub purposes: Vec<Purpose>,
    /// Every cookie of every purpose.
    pub cookies: Vec<Cookie>,
    /// Everybody with access.
    pub vendors: Vec<Vendor>,
    /// Rules per channel with their effective dates.
    pub channels: Vec<ChannelRule>,
    /// For how many calendar months an answer holds, a yes and a no alike.
    pub validity_months: u32,
    /// What continued use is recorded for and unlocks (R-2.5.3-1): never a `consent` purpose.
    pub continued_use: ContinuedUseRule,
    /// Purposes that `Sec-GPC: 1` denies (R-3.5-4).
    pub gpc: Gpc,
    /// The notice of each language.
    pub notices: BTreeMap<Language, NoticeRef>,
    /// The privacy statements in force, newest last.
    pub statements: Vec<StatementRef>,
}

/// What continued use does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinuedUseRule {
    /// Keep the event at all.
    pub record: bool,
    /// The purposes it unlocks, all of them `low_impact`.
    pub unlocks: Vec<PurposeId>,
}

/// What Global Privacy Control denies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpc {
    /// Purposes it denies, unless the person granted them on this site (R-2.5.4-2).
    pub deny: Vec<PurposeId>,
    /// It also stops continued use from unlocking anything.
    pub also_object_low_impact: bool,
}

/// A version of the privacy statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRef {
    /// Its date, which is its name.
    pub date: Date,
    pub language: Language,
    /// SHA-256 of its exact bytes.
    pub sha256: ContentHash,
}

/// How a publication differs from the one before (S-51).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeClass {
    /// Wording only; nobody is asked again.
    Editorial,
    /// Something that people must be told of.
    Material,
    /// A purpose, regime or party changed: it carries a new question revision and only it is asked again.
    Purpose,
}

impl Policy {
    /// The purpose of that id.
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == *id)
    }

    /// The purposes that a person can answer: all but the necessary ones, in order.
    pub fn optional(&self) -> impl Iterator<Item = &Purpose> {
        self.purposes.iter().filter(|purpose| purpose.regime != Regime::Necessary)
    }

    /// The cookies of a purpose, in order.
    pub fn cookies_of<'a>(&'a self, id: &'a PurposeId) -> impl Iterator<Item = &'a Cookie> {
        self.cookies.iter().filter(move |cookie| cookie.purpose == *id)
    }

    /// Everybody with access to a cookie, the operator first where it stands on its own hosts.
    pub fn with_access<'a>(&'a self, cookie: &'a Cookie) -> impl Iterator<Item = &'a str> {
        let is_own = cookie.first_party || cookie.vendors.is_empty();
        let parties =
            cookie.vendors.iter().map(|id| self.vendor(id).map_or(id.as_str(), |vendor| vendor.name.as_str()));
        is_own.then_some(self.controller.name.as_str()).into_iter().chain(parties)
    }

    /// The vendor of that id.
    pub fn vendor(&self, id: &str) -> Option<&Vendor> {
        self.vendors.iter().find(|vendor| vendor.id == id)
    }
}
