//! What the preference page shows.

use time::{Date, PrimitiveDateTime};

use super::frame::PageFrame;
use super::preference_centre::CentreView;
use model::choice::Answer;
use model::controller::Vendor;
use model::decision::Reason;
use model::device::is_answer;
use model::event::EventKind;
use model::notice::{NoticePurpose, NoticeStrings};
use model::purpose::Regime;

/// The preference page of one device.
#[derive(Clone, Debug)]
pub struct PreferencesView {
    pub frame: PageFrame,
    /// The channels of whoever proved an address here.
    pub centre: Option<CentreView>,
    /// Something else was answered on this device since the page whose form was sent.
    pub overtaken: Option<Overtaken>,
    /// What was answered on this device, as its choice cookie says it: an answer given on this page is given on that.
    pub before: String,
    /// How the policy in force is named in the form.
    pub policy: String,
    /// The build that makes the page, for the record of an answer.
    pub build: String,
    /// The notice in force, in the page's language: this page shows its words, so that an answer given here was
    /// given to that notice.
    pub strings: NoticeStrings,
    /// What holds for each purpose, in the order of the policy.
    pub purposes: Vec<PurposeState>,
    /// The browser asked not to be tracked (`Sec-GPC: 1`).
    pub gpc: bool,
    /// What was recorded under this device's consent id, newest first; empty for whoever granted nothing.
    pub history: Vec<PastAnswer>,
}

/// What became of a form whose page no longer said what holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overtaken {
    /// Nothing of it was taken.
    Whole,
    /// What it switched off is off; what it switched on was not taken.
    NoesTaken,
}

impl PreferencesView {
    /// Whether there is anything that can be withdrawn or objected to in one press.
    pub fn can_withdraw(&self) -> bool {
        self.purposes.iter().any(PurposeState::is_on)
    }

    /// Whether this device ever answered.
    pub fn answered(&self) -> bool {
        self.purposes.iter().any(|purpose| is_answer(purpose.standing.reason))
    }
}

/// A purpose, who takes part in it, and what holds for it on this device.
#[derive(Clone, Debug)]
pub struct PurposeState {
    /// As the notice words it.
    pub shown: NoticePurpose,
    /// Everybody with access, without repetition.
    pub vendors: Vec<Vendor>,
    /// What holds now.
    pub standing: ShownStanding,
}

impl PurposeState {
    /// Whether it is allowed, and could be refused.
    pub fn is_on(&self) -> bool {
        self.standing.allow && self.shown.regime != Regime::Necessary
    }
}

/// What holds for a purpose on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownStanding {
    /// Whether the purpose is allowed.
    pub allow: bool,
    pub reason: Reason,
    /// The last day of an answer that has one.
    pub until: Option<Date>,
}

/// An answer given earlier, as the ledger has it.
#[derive(Clone, Debug)]
pub struct PastAnswer {
    /// When, in the site's time zone.
    pub at: PrimitiveDateTime,
    pub kind: EventKind,
    /// What was answered, purpose by purpose; what was not offered is left out.
    pub answers: Vec<(String, Answer)>,
    /// The number under which support finds it.
    pub receipt: String,
}
