//! What publishing a configuration would change, and whether it may.

use std::collections::BTreeMap;

use model::change::{Facet, QuestionChange, question_changes};
use model::controller::Cookie;
use model::language::{Language, Localized};
use model::notice::{NoticeRef, NoticeStrings};
use model::policy::{ChangeClass, Policy};
use model::purpose::{Regime, RegimeOverride};

use super::difference::differences;
use super::{PublishedPolicy, RenderFirstLayer, canonical, hash};
use crate::config::{Config, ConfigFault};

/// What publishing a configuration comes to.
#[derive(Clone, Debug)]
pub enum PublishPlan {
    /// The policy in force already says it.
    UpToDate,
    /// A new policy.
    New(Box<Publication>),
}

/// A policy that can be published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// What will be in force.
    pub policy: PublishedPolicy,
    /// What kind of change it is.
    pub change: ChangeClass,
    /// What it changes, a line each, for whoever decides.
    pub differences: Vec<String>,
}

/// Works out what publishing a configuration would change.
///
/// # Errors
/// Every question that changed without a new revision, and a change that is more than it is called (S-51).
pub fn plan(
    config: &Config,
    previous: Option<&PublishedPolicy>,
    change: ChangeClass,
    render: RenderFirstLayer,
) -> Result<PublishPlan, Vec<ConfigFault>> {
    let (revision, notice_revision) = previous.map_or((1, 1), |previous| {
        let shown_anew = u32::from(change != ChangeClass::Editorial);
        (previous.policy.revision + 1, previous.policy.notice_revision + shown_anew)
    });
    let mut policy = freeze(config, revision, notice_revision);
    policy.statements = previous.map(|previous| previous.policy.statements.clone()).unwrap_or_default();
    let next = with_notices(config, policy, render);
    if previous.is_some_and(|previous| is_same(previous, &next)) {
        return Ok(PublishPlan::UpToDate);
    }
    if let Some(previous) = previous {
        let faults = refuse(config, &previous.policy, &next.policy, change);
        if !faults.is_empty() {
            return Err(faults);
        }
    }
    let differences = differences(previous, &next);
    Ok(PublishPlan::New(Box::new(Publication { policy: next, change, differences })))
}

/// What a configuration says, as a policy that has no notices and statements yet.
pub(super) fn freeze(config: &Config, revision: u32, notice_revision: u32) -> Policy {
    Policy {
        revision,
        notice_revision,
        site: config.site.name.clone(),
        controller: config.controller.clone(),
        purposes: config.purposes.clone(),
        cookies: config.cookies.clone(),
        vendors: config.vendors.clone(),
        channels: config.channels.clone(),
        validity_months: config.validity_months,
        continued_use: config.continued_use.clone(),
        gpc: config.gpc.clone(),
        notices: BTreeMap::new(),
        statements: Vec::new(),
    }
}

fn with_notices(config: &Config, mut policy: Policy, render: RenderFirstLayer) -> PublishedPolicy {
    let strings: Vec<_> = Language::ALL.into_iter().map(|language| config.notice_strings(language)).collect();
    let mut html = Vec::new();
    for strings in &strings {
        let markup = render(strings).into_bytes();
        policy.notices.insert(strings.language, reference(strings, &markup));
        html.push((strings.language, markup));
    }
    PublishedPolicy { hash: hash(&canonical(&policy)), policy, strings, html }
}

/// How events name a notice: by its two contents.
fn reference(strings: &NoticeStrings, html: &[u8]) -> NoticeRef {
    NoticeRef { language: strings.language, strings: hash(&canonical(strings)), html: hash(html) }
}

/// Whether nothing but the count of publications moved.
fn is_same(previous: &PublishedPolicy, next: &PublishedPolicy) -> bool {
    let Policy { revision, notice_revision, .. } = previous.policy;
    previous.policy == Policy { revision, notice_revision, ..next.policy.clone() }
}

fn refuse(config: &Config, old: &Policy, new: &Policy, change: ChangeClass) -> Vec<ConfigFault> {
    let changes = question_changes(old, new).into_iter().filter(|change| !change.new_revision);
    let mut faults: Vec<ConfigFault> = changes.map(|change| old_question(config, old, &change)).collect();
    faults.extend(silent_moves(old, new).map(|name| without_reason(config, &name)));
    let least = least_class(old, new);
    if rank(change) < rank(least) {
        let what = format!("this is a change of the class {}, not {}", word(least), word(change));
        faults.push(config.fault(what, format!("publish it with `--change {}`", word(least))));
    }
    faults
}

/// What asked for consent, asks no longer, and does not say anew why (R-2.5.3-5): purposes and cookies by name.
fn silent_moves<'a>(old: &'a Policy, new: &'a Policy) -> impl Iterator<Item = String> + 'a {
    let asks = |policy: &Policy, id| policy.purpose(id).is_some_and(|purpose| purpose.regime == Regime::Consent);
    let said = |before: Option<&RegimeOverride>, now: Option<&RegimeOverride>| now.is_some() && before != now;
    let purpose_says = move |id| {
        let of = |policy: &'a Policy| policy.purpose(id).and_then(|purpose| purpose.regime_override.as_ref());
        said(of(old), of(new))
    };
    let left = move |was, is| asks(old, was) && !asks(new, is);
    let purposes = new.purposes.iter().map(|purpose| &purpose.id);
    let purposes = purposes.filter(move |id| left(*id, *id) && !purpose_says(*id)).map(|id| format!("purpose `{id}`"));
    let cookies = new.cookies.iter().filter(move |cookie| {
        let mut before =
            old.cookies.iter().filter(|before| is_the_same(before, cookie) || took_its_place(before, cookie, old, new));
        before.any(|before| {
            left(&before.purpose, &cookie.purpose)
                && !purpose_says(&cookie.purpose)
                && !said(before.regime_override.as_ref(), cookie.regime_override.as_ref())
        })
    });
    purposes.chain(cookies.map(|cookie| format!("cookie `{}`", cookie.name)))
}

/// Whether one cookie can go by both names; a `*` at the end stands for any ending.
fn is_the_same(before: &Cookie, now: &Cookie) -> bool {
    match (before.name.strip_suffix('*'), now.name.strip_suffix('*')) {
        (None, None) => before.name == now.name,
        (Some(start), None) => now.name.starts_with(start),
        (None, Some(start)) => before.name.starts_with(start),
        (Some(one), Some(other)) => one.starts_with(other) || other.starts_with(one),
    }
}

/// Whether a cookie is gone and a new one is there for a party that had access to it: it may be the same under another name.
fn took_its_place(before: &Cookie, now: &Cookie, old: &Policy, new: &Policy) -> bool {
    let is_in = |cookie: &Cookie, policy: &Policy| policy.cookies.iter().any(|other| is_the_same(other, cookie));
    let shares = before.vendors.iter().any(|vendor| now.vendors.contains(vendor));
    (shares || before.vendors.is_empty() && now.vendors.is_empty()) && !is_in(before, new) && !is_in(now, old)
}

fn without_reason(config: &Config, name: &str) -> ConfigFault {
    let mend =
        "say why at the cookie or its purpose: regime_override = { reason = \"…\", by = \"…\", on = 2026-11-27 }";
    config.fault(format!("the {name} would no longer ask for consent, and nothing says why"), mend.to_owned())
}

/// The fault of a question that changed under people's answers.
fn old_question(config: &Config, old: &Policy, change: &QuestionChange) -> ConfigFault {
    let before = old.purpose(&change.purpose).map_or(0, |purpose| purpose.revision);
    let (what, least) = if change.facets.is_empty() {
        (format!("the question of `{}` goes back from revision {before}", change.purpose), before)
    } else {
        let facets = change.facets.iter().map(facet).collect::<Vec<_>>().join(", ");
        (format!("the question of `{}` changed ({facets}) but has no new revision", change.purpose), before + 1)
    };
    config.fault_at_question(&change.purpose, what, format!("write `revision = {least}`"))
}

fn facet(facet: &Facet) -> String {
    match facet {
        Facet::Regime => "another regime".to_owned(),
        Facet::LegalBasis => "another legal basis".to_owned(),
        Facet::Cookie(name) => format!("the new cookie {name}"),
        Facet::Duration(name) => format!("the cookie {name} lives longer"),
        Facet::Kept => "data is kept longer".to_owned(),
        Facet::Party(id) => format!("the party {id} gets access"),
    }
}

/// The least that a change can be called (S-51): a purpose, regime or party is `purpose`, wording alone is `editorial`,
/// everything between is `material`.
pub fn least_class(old: &Policy, new: &Policy) -> ChangeClass {
    let asked_anew = |policy: &Policy, other: &Policy| {
        policy.optional().any(|purpose| other.purpose(&purpose.id).is_none_or(|now| now.revision != purpose.revision))
    };
    let is_added = |policy: &Policy, other: &Policy| policy.purposes.iter().any(|p| other.purpose(&p.id).is_none());
    if asked_anew(new, old) || is_added(new, old) || !question_changes(old, new).is_empty() {
        ChangeClass::Purpose
    } else if wordless(old) == wordless(new) {
        ChangeClass::Editorial
    } else {
        ChangeClass::Material
    }
}

/// A policy without its words and counts: what is left when only the wording changes.
fn wordless(policy: &Policy) -> Policy {
    let none = || Localized::in_each(|_| String::new());
    let mut bare = Policy { revision: 0, notice_revision: 0, notices: BTreeMap::new(), ..policy.clone() };
    bare.site.clear();
    for purpose in &mut bare.purposes {
        (purpose.name, purpose.description) = (none(), none());
        if purpose.regime == Regime::Necessary {
            purpose.revision = 0;
        }
        if let Some(attestation) = &mut purpose.attestation {
            // Who confirmed again, and when, changes nothing for people.
            attestation.attested_by.clear();
            attestation.attested_on = time::Date::MIN;
        }
    }
    bare.cookies.iter_mut().for_each(|cookie| cookie.description = none());
    for vendor in &mut bare.vendors {
        vendor.role = none();
        // What the operator files changes nothing for people.
        (vendor.contract_ref, vendor.checked_at) = (None, None);
    }
    bare.channels.iter_mut().for_each(|rule| rule.article.clear());
    bare
}

fn rank(change: ChangeClass) -> u8 {
    match change {
        ChangeClass::Editorial => 0,
        ChangeClass::Material => 1,
        ChangeClass::Purpose => 2,
    }
}

/// The class as it is written on the command line and in records.
pub(super) fn word(change: ChangeClass) -> &'static str {
    match change {
        ChangeClass::Editorial => "editorial",
        ChangeClass::Material => "material",
        ChangeClass::Purpose => "purpose",
    }
}
