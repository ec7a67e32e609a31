//! What changed between two policies, and which purposes must therefore be asked about again (S-51).

use std::collections::BTreeSet;

use super::controller::Vendor;
use super::policy::Policy;
use super::purpose::{Purpose, PurposeId, Regime};

/// One purpose whose question is no longer the one that people answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionChange {
    pub purpose: PurposeId,
    /// What changed, in the order of [`Facet`].
    pub facets: BTreeSet<Facet>,
    /// Whether the new policy gives it a higher question revision, as it must.
    pub new_revision: bool,
}

/// What a person was told when they answered, and cannot change under their answer (GDPR art. 4(11), Planet49 §81).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// The regime, such as from `low_impact` to `consent`.
    Regime,
    LegalBasis,
    /// A cookie that was not there, or that served another purpose.
    Cookie(String),
    /// A cookie lives longer than was said.
    Duration(String),
    /// What is learned is kept longer than was said.
    Kept,
    /// A party gets access that had none, or is now another legal entity or in another country; its id.
    Party(String),
}

/// The purposes of both policies whose question changed, in the order of the new policy.
///
/// Fewer cookies, fewer parties and shorter durations stay within what was answered. Texts are not compared: whether
/// new wording is editorial is for the operator to say.
pub fn question_changes(old: &Policy, new: &Policy) -> Vec<QuestionChange> {
    let both = new.purposes.iter().filter_map(|now| Some((old.purpose(&now.id)?, now)));
    both.filter_map(|(before, now)| question_change(old, before, new, now)).collect()
}

/// The purposes that changed but still carry the old question revision: such a policy may not be published.
pub fn needs_new_question(old: &Policy, new: &Policy) -> Vec<PurposeId> {
    let changes = question_changes(old, new).into_iter();
    changes.filter(|change| !change.new_revision).map(|change| change.purpose).collect()
}

fn question_change(old: &Policy, before: &Purpose, new: &Policy, now: &Purpose) -> Option<QuestionChange> {
    if before.regime == Regime::Necessary && now.regime == Regime::Necessary {
        return None;
    }
    let facets: BTreeSet<Facet> = of_purpose(before, now).chain(of_cookies(old, new, &now.id)).collect();
    let change = QuestionChange { purpose: now.id.clone(), facets, new_revision: now.revision > before.revision };
    // A revision that went back would make answers to the older question count again.
    (!change.facets.is_empty() || now.revision < before.revision).then_some(change)
}

fn of_purpose(before: &Purpose, now: &Purpose) -> impl Iterator<Item = Facet> {
    let regime = (before.regime != now.regime).then_some(Facet::Regime);
    let basis = (before.legal_basis != now.legal_basis).then_some(Facet::LegalBasis);
    regime.into_iter().chain(basis).chain(is_kept_longer(before, now).then_some(Facet::Kept))
}

/// A period that is no longer told counts as a longer one.
fn is_kept_longer(before: &Purpose, now: &Purpose) -> bool {
    before.kept_months().is_some_and(|months| now.kept_months().is_none_or(|now| now > months))
}

fn of_cookies(old: &Policy, new: &Policy, purpose: &PurposeId) -> Vec<Facet> {
    let had_access = |vendor: &str| old.cookies_of(purpose).any(|before| before.vendors.iter().any(|id| id == vendor));
    let mut facets = Vec::new();
    for cookie in new.cookies_of(purpose) {
        match old.cookies_of(purpose).find(|before| before.name == cookie.name) {
            None => facets.push(Facet::Cookie(cookie.name.clone())),
            Some(before) if cookie.days > before.days => facets.push(Facet::Duration(cookie.name.clone())),
            Some(_) => {}
        }
        let strangers = cookie.vendors.iter().filter(|vendor| !had_access(vendor) || is_another(old, new, vendor));
        facets.extend(strangers.cloned().map(Facet::Party));
    }
    facets
}

/// Whether the party behind an id is now another legal entity, or established elsewhere.
fn is_another(old: &Policy, new: &Policy, id: &str) -> bool {
    let entity = |vendor: &Vendor| (vendor.name.clone(), vendor.country.clone());
    old.vendor(id).map(entity) != new.vendor(id).map(entity)
}
