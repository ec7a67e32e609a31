//! What a device allows now, and what was answered on it: the preference page's view.

use std::sync::Arc;

use model::choice::Answer;
use model::controller::Vendor;
use model::cookie;
use model::decision::{Decision, Recorded};
use model::device::DeviceState;
use model::identity::Subject;
use model::language::Language;
use model::notice::NoticeStrings;
use model::policy::Policy;
use model::purpose::PurposeId;
use words::views::frame::PageFrame;
use words::views::preferences::{PastAnswer, PreferencesView, PurposeState, ShownStanding};

use super::reading::Records;
use super::receipt::Receipts;
use crate::publish::{Published, PublishedPolicy};
use crate::service::history::PersonHistory;
use ledger::ReadError;
use ledger::clock::{Clock, moment, wall_clock};

/// What a device says of itself.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// Its cookies and its signal.
    pub device: DeviceState,
    /// The consent id, from the `keuze_id` cookie.
    pub consent_id: Option<Subject>,
}

/// What a browser has answered, as its preference page shows it.
pub struct Preferences {
    clock: Arc<dyn Clock>,
    published: Arc<Published>,
    records: Arc<Records>,
    receipts: Arc<Receipts>,
}

impl Preferences {
    /// On what it may touch.
    pub fn new(
        clock: Arc<dyn Clock>,
        published: Arc<Published>,
        records: Arc<Records>,
        receipts: Arc<Receipts>,
    ) -> Self {
        Self { clock, published, records, receipts }
    }
}

impl Preferences {
    /// The preference page of a device; `build` names what its form is part of.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn preferences(
        &self,
        history: &PersonHistory,
        frame: PageFrame,
        remembered: &Remembered,
        build: &str,
    ) -> Result<PreferencesView, ReadError> {
        let published = self.published.current();
        let strings = strings(published, frame.language);
        let past = remembered.consent_id.map(|id| history.of_subject(id)).transpose()?.unwrap_or_default();
        let standing = |id: &PurposeId| self.standing(&remembered.device, &past, &published.policy, id);
        let purposes = strings.purposes.iter().map(|shown| PurposeState {
            vendors: vendors(&published.policy, &shown.id),
            standing: standing(&shown.id),
            shown: shown.clone(),
        });
        Ok(PreferencesView {
            centre: None,
            overtaken: None,
            before: cookie::encode(&remembered.device.said.given, &published.policy),
            policy: published.id(),
            build: build.to_owned(),
            purposes: purposes.collect(),
            gpc: remembered.device.gpc,
            history: self.past_answers(history, &past, frame.language)?,
            strings,
            frame,
        })
    }

    /// What holds for a purpose, and until when.
    fn standing(&self, device: &DeviceState, past: &[Recorded], policy: &Policy, id: &PurposeId) -> ShownStanding {
        let standing = device.proved(past, policy, id, self.clock.now());
        let until = standing.answer.and_then(|kept| kept.until).map(|until| moment(until.unix_timestamp()).today);
        let Decision { allow, reason, until: recorded, .. } = standing.decision;
        ShownStanding { allow, reason, until: until.or(recorded) }
    }

    /// Newest first, answers only.
    fn past_answers(
        &self,
        history: &PersonHistory,
        past: &[Recorded],
        language: Language,
    ) -> Result<Vec<PastAnswer>, ReadError> {
        past.iter()
            .rev()
            .filter(|recorded| recorded.event.choice().is_some())
            .map(|r| self.past_answer(history, r, language))
            .collect()
    }

    fn past_answer(
        &self,
        history: &PersonHistory,
        recorded: &Recorded,
        language: Language,
    ) -> Result<PastAnswer, ReadError> {
        let lines = self.records.readable(history, recorded, language)?.lines;
        let offered = lines.into_iter().filter(|line| line.answer != Answer::NotOffered);
        Ok(PastAnswer {
            at: wall_clock(recorded.event.head.at),
            kind: recorded.event.kind(),
            answers: offered.map(|line| (line.name, line.answer)).collect(),
            receipt: self.receipts.number(recorded.address).to_string(),
        })
    }
}

/// The notice in force in a language.
fn strings(published: &PublishedPolicy, language: Language) -> NoticeStrings {
    let of_language = published.strings.iter().find(|strings| strings.language == language);
    of_language.expect("a policy is published with a notice in every language").clone()
}

/// Everybody who gets at a purpose's data by one of its cookies, in the order of the register.
fn vendors(policy: &Policy, id: &PurposeId) -> Vec<Vendor> {
    let takes_part = |vendor: &&Vendor| policy.cookies_of(id).any(|cookie| cookie.vendors.contains(&vendor.id));
    policy.vendors.iter().filter(takes_part).cloned().collect()
}

#[cfg(test)]
mod tests;
