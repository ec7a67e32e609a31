//! What a device allows now, and what was answered on it: the preference page's view.

use app::doors::frame::Frame;
use app::doors::preferences::{PastAnswer, PreferencesView, PurposeState, Standing};
use app::model::choice::Answer;
use app::model::controller::Vendor;
use app::model::cookie::{self, Given};
use app::model::decision::Recorded;
use app::model::event::EventKind;
use app::model::identity::Subject;
use app::model::language::Language;
use app::model::notice::NoticeStrings;
use app::model::policy::Policy;
use app::model::purpose::{PurposeId, Regime};

use super::Keuze;
use crate::ambient::wall_clock;
use crate::publish::PublishedPolicy;
use crate::scribe::ReadError;

/// What a device says of itself.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// What the choice cookie says; empty without one, or with one that cannot be read.
    pub given: Given,
    /// The notice revision that was seen, from the `keuze_seen` cookie.
    pub seen: Option<u32>,
    /// The consent id, from the `keuze_id` cookie.
    pub consent_id: Option<Subject>,
    /// Whether `Sec-GPC: 1` came along.
    pub gpc: bool,
}

impl Keuze {
    /// The preference page of a device.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn preferences(&self, frame: Frame, device: &Remembered) -> Result<PreferencesView, ReadError> {
        let published = self.published.current();
        let strings = strings(published, frame.language);
        let past = device.consent_id.map(|id| self.scribe.history(id)).transpose()?.unwrap_or_default();
        let standings = Standings::of(device, &past, &published.policy, self.clock.now().today);
        let purposes = strings.purposes.iter().map(|shown| PurposeState {
            vendors: vendors(&published.policy, &shown.id),
            standing: standings.of_purpose(&shown.id, shown.regime),
            shown: shown.clone(),
        });
        Ok(PreferencesView {
            centre: None,
            policy: published.id(),
            purposes: purposes.collect(),
            gpc: device.gpc,
            history: self.past_answers(&past, frame.language)?,
            strings,
            frame,
        })
    }

    /// Newest first, answers only.
    fn past_answers(&self, past: &[Recorded], language: Language) -> Result<Vec<PastAnswer>, ReadError> {
        past.iter()
            .rev()
            .filter(|recorded| is_answer(recorded.event.kind))
            .map(|r| self.past_answer(r, language))
            .collect()
    }

    fn past_answer(&self, recorded: &Recorded, language: Language) -> Result<PastAnswer, ReadError> {
        let lines = self.readable(recorded, language)?.lines;
        let offered = lines.into_iter().filter(|line| line.answer != Answer::NotOffered);
        Ok(PastAnswer {
            at: wall_clock(recorded.event.at),
            kind: recorded.event.kind,
            answers: offered.map(|line| (line.name, line.answer)).collect(),
            receipt: self.receipts().number(recorded.address).to_string(),
        })
    }
}

/// The notice in force in a language.
fn strings(published: &PublishedPolicy, language: Language) -> NoticeStrings {
    let of_language = published.strings.iter().find(|strings| strings.language == language);
    of_language.expect("a policy is published with a notice in every language").clone()
}

fn is_answer(kind: EventKind) -> bool {
    matches!(kind, EventKind::ChoiceMade | EventKind::Withdrawn | EventKind::Renewed | EventKind::Objected)
}

/// Everybody who gets at a purpose's data by one of its cookies, in the order of the register.
fn vendors(policy: &Policy, id: &PurposeId) -> Vec<Vendor> {
    let takes_part = |vendor: &&Vendor| policy.cookies_of(id).any(|cookie| cookie.vendors.contains(&vendor.id));
    policy.vendors.iter().filter(takes_part).cloned().collect()
}

/// What a device's cookies and its record say together.
struct Standings<'a> {
    on_device: Given,
    on_record: Given,
    seen: bool,
    policy: &'a Policy,
    gpc: bool,
}

impl<'a> Standings<'a> {
    fn of(device: &Remembered, past: &[Recorded], policy: &'a Policy, today: time::Date) -> Self {
        Self {
            on_device: cookie::standing(&device.given, policy, today),
            on_record: cookie::standing(&cookie::from_events(past), policy, today),
            seen: device.seen == Some(policy.notice_revision),
            policy,
            gpc: device.gpc,
        }
    }

    fn of_purpose(&self, id: &PurposeId, regime: Regime) -> Standing {
        if regime == Regime::Necessary {
            return Standing::Necessary;
        }
        let Some(given) = self.on_device.get(id) else { return self.unanswered(id) };
        let Some(until) = given.until else { return Standing::Open };
        // The cookie is a hint, never evidence: a yes needs a record under the device's consent id.
        let recorded = self.on_record.get(id).is_some_and(|answered| answered.answer == Answer::Granted);
        if given.answer == Answer::Granted && !recorded {
            return Standing::Unrecorded;
        }
        Standing::Answered { answer: given.answer, until }
    }

    /// Continued use unlocks what the policy lists, unless the browser objects where that is configured.
    fn unanswered(&self, id: &PurposeId) -> Standing {
        let stopped = self.gpc && (self.policy.gpc.also_object_low_impact || self.policy.gpc.deny.contains(id));
        let unlocked = self.policy.continued_use.unlocks.contains(id);
        if self.seen && unlocked && !stopped { Standing::ContinuedUse } else { Standing::Open }
    }
}

#[cfg(test)]
mod tests;
