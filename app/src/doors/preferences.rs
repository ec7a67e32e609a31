//! What the preference page shows.

use time::{Date, PrimitiveDateTime};

use super::centre::CentreView;
use super::frame::Frame;
use crate::model::choice::Answer;
use crate::model::controller::Vendor;
use crate::model::event::EventKind;
use crate::model::notice::{NoticePurpose, NoticeStrings};

/// The preference page of one device.
#[derive(Clone, Debug)]
pub struct PreferencesView {
    /// Around the page.
    pub frame: Frame,
    /// The channels of whoever proved an address here.
    pub centre: Option<CentreView>,
    /// How the policy in force is named in the form.
    pub policy: String,
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

impl PreferencesView {
    /// Whether there is anything that can be withdrawn or objected to in one press.
    pub fn can_withdraw(&self) -> bool {
        self.purposes.iter().any(|purpose| purpose.standing.allowed() && purpose.standing != Standing::Necessary)
    }

    /// Whether this device ever answered.
    pub fn answered(&self) -> bool {
        self.purposes.iter().any(|purpose| matches!(purpose.standing, Standing::Answered { .. }))
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
    pub standing: Standing,
}

/// What holds for a purpose on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Strictly necessary: nothing to answer.
    Necessary,
    /// An answer holds.
    Answered {
        /// The answer.
        answer: Answer,
        /// Its last day.
        until: Date,
    },
    /// The device shows a yes that our record does not know (any more): it does not count.
    Unrecorded,
    /// Notice was given and the site was used further (`low_impact` only); no consent.
    ContinuedUse,
    /// No answer, or none that holds: off.
    Open,
}

impl Standing {
    /// Whether the purpose is allowed.
    pub fn allowed(self) -> bool {
        match self {
            Self::Necessary | Self::ContinuedUse => true,
            Self::Answered { answer, .. } => answer.is_yes(),
            Self::Unrecorded | Self::Open => false,
        }
    }
}

/// An answer given earlier, as the ledger has it.
#[derive(Clone, Debug)]
pub struct PastAnswer {
    /// When, in the site's time zone.
    pub at: PrimitiveDateTime,
    /// What was done.
    pub kind: EventKind,
    /// What was answered, purpose by purpose; what was not offered is left out.
    pub answers: Vec<(String, Answer)>,
    /// The number under which support finds it.
    pub receipt: String,
}
