//! `[[purposes]]`, and the two sections that list purposes: `[continued_use]` and `[gpc]`.

use std::collections::BTreeMap;

use model::policy::{ContinuedUseRule, Gpc};
use model::purpose::{Attestation, Purpose, PurposeId, Regime, RegimeOverride};

use super::fault::TextPlace;
use super::reader::{At, Section, choose};

/// CNIL's ceilings, which the Dutch supervisor does not contradict (R-2.4-2).
const IDENTIFIER_MONTHS: u32 = 13;
const DATA_MONTHS: u32 = 25;

/// What is known of a purpose while the rest is read, even of one with faults.
pub(super) struct KnownPurpose {
    /// Unknown when that is the fault.
    pub(super) regime: Option<Regime>,
    pub(super) identifier_months: Option<u32>,
    /// Where its question revision stands.
    pub(super) place: TextPlace,
}

/// The purposes by their ids.
pub(super) type KnownPurposes = BTreeMap<PurposeId, KnownPurpose>;

const REGIMES: [(&str, Regime); 3] =
    [("necessary", Regime::Necessary), ("low_impact", Regime::LowImpact), ("consent", Regime::Consent)];

/// The articles of the GDPR that can be a legal basis here. Its six bases exclude each other for one purpose.
const LEGAL_BASES: [(&str, ()); 6] =
    [("6(1)(a)", ()), ("6(1)(b)", ()), ("6(1)(c)", ()), ("6(1)(d)", ()), ("6(1)(e)", ()), ("6(1)(f)", ())];

pub(super) fn read_all(root: &Section<'_>) -> (Vec<Purpose>, KnownPurposes) {
    let known = std::cell::RefCell::new(KnownPurposes::new());
    let purposes = root.tables("purposes", |s| read_purpose(s, &mut known.borrow_mut()));
    let known = known.into_inner();
    if known.is_empty() {
        root.note(root.at(), "there is no purpose", "describe at least the necessary one in [[purposes]]");
    } else if known.values().all(|known| known.regime.is_some_and(|regime| regime != Regime::Consent)) {
        let mend = "describe what needs consent; a site without it needs no banner";
        root.note(root.at(), "no purpose has the regime `consent`", mend);
    }
    (purposes, known)
}

fn read_purpose(s: &Section<'_>, known: &mut KnownPurposes) -> Option<Purpose> {
    let id = s.parsed::<PurposeId>("id");
    let regime = s.one_of("regime", &REGIMES);
    let revision = s.number_at("revision", 1..=u32::MAX);
    let (name, description) = (s.localized("name"), s.localized("description"));
    let legal_basis = read_legal_basis(s, regime.as_ref());
    let attestation = read_attestation(s, regime.as_ref());
    let data_months = read_data_months(s, attestation.is_some());
    let regime_override = read_override(s, regime.as_ref().map(|regime| regime.value));
    if let Some(id) = &id {
        let entry = KnownPurpose {
            regime: regime.as_ref().map(|regime| regime.value),
            identifier_months: attestation.as_ref().map(|attestation| attestation.identifier_months),
            place: s.faults().place(revision.as_ref().map_or(s.at(), |revision| revision.at)),
        };
        if known.contains_key(&id.value) {
            s.note(id.at, format!("the purpose `{}` is described twice", id.value), "give one of them another id");
        }
        known.entry(id.value.clone()).or_insert(entry);
    }
    Some(Purpose {
        id: id?.value,
        regime: regime?.value,
        revision: revision?.value,
        name: name?,
        description: description?,
        legal_basis: legal_basis?,
        attestation,
        data_months,
        regime_override,
    })
}

/// How long what is learned is kept; an attestation says it already.
fn read_data_months(s: &Section<'_>, is_attested: bool) -> Option<u32> {
    if !s.has("data_months") {
        return None;
    }
    let months = s.number_at("data_months", 1..=600)?;
    if is_attested {
        s.note(months.at, "`data_months` stands in the attestation as well", "remove this one");
    }
    Some(months.value)
}

/// Why something asks for consent no longer; only what is exempt can say so.
pub(super) fn read_override(s: &Section<'_>, regime: Option<Regime>) -> Option<RegimeOverride> {
    if !s.has("regime_override") {
        return None;
    }
    if regime == Some(Regime::Consent) {
        let what = "a `regime_override` on something that asks for consent";
        s.note(s.at(), what, "remove it; it is for what asks for consent no longer");
    }
    s.inline("regime_override", |s| {
        let (reason, by, on) = (s.text("reason"), s.text("by"), s.past_date("on"));
        Some(RegimeOverride { reason: reason?, by: by?, on: on? })
    })
}

/// One basis, and the one that goes with the regime: what was asked for with consent rests on consent (GDPR 6(1)(a)),
/// what was not asked for cannot.
fn read_legal_basis(s: &Section<'_>, regime: Option<&At<Regime>>) -> Option<String> {
    let text = s.text_at("legal_basis")?;
    if text.value.matches("6(1)(").count() > 1 {
        let what = format!("`legal_basis` names two: \"{}\"", text.value);
        s.note(text.at, what, "choose one; what rests on two bases is two purposes");
        return None;
    }
    if !LEGAL_BASES.iter().any(|(basis, ())| *basis == text.value) {
        let what = format!("`legal_basis`: \"{}\" is unknown", text.value);
        s.note(text.at, what, choose(&text.value, &LEGAL_BASES.map(|(basis, ())| basis)));
        return None;
    }
    let rests_on_consent = text.value == "6(1)(a)";
    match regime.map(|regime| regime.value) {
        Some(Regime::Consent) if !rests_on_consent => {
            s.note(text.at, "a `consent` purpose rests on something else than consent", "write \"6(1)(a)\"");
        }
        Some(Regime::Necessary | Regime::LowImpact) if rests_on_consent => {
            s.note(
                text.at,
                "a purpose that is not asked for rests on consent",
                "write its own basis, or make the regime `consent`",
            );
        }
        _ => {}
    }
    Some(text.value)
}

fn read_attestation(s: &Section<'_>, regime: Option<&At<Regime>>) -> Option<Attestation> {
    let regime = regime?;
    let (is_low_impact, is_there) = (regime.value == Regime::LowImpact, s.has("attestation"));
    if is_low_impact && !is_there {
        let what = "a `low_impact` purpose without its attestation";
        s.note(regime.at, what, "add [purposes.attestation] (`keuze check --example` has one), or ask for consent");
    }
    if !is_there {
        return None;
    }
    let attestation = s.table("attestation", attested);
    if !is_low_impact {
        s.note(regime.at, "an attestation on a purpose that is not `low_impact`", "remove it, or change the regime");
        return None;
    }
    attestation
}

fn attested(s: &Section<'_>) -> Option<Attestation> {
    let sure = |key| {
        let flag = s.flag_at(key)?;
        if !flag.value {
            s.note(flag.at, format!("`{key}` is not so"), "change the measuring until it is, or ask for consent");
        }
        Some(flag.value)
    };
    let [first_party, no_user_id, ip_truncated, no_sharing, processor_agreement] =
        ["first_party", "no_user_id", "ip_truncated", "no_sharing", "processor_agreement"].map(sure);
    let identifier_months = s.number("identifier_months", 0..=IDENTIFIER_MONTHS);
    let data_months = s.number("data_months", 0..=DATA_MONTHS);
    let (attested_by, attested_on) = (s.text("attested_by"), s.past_date("attested_on"));
    Some(Attestation {
        first_party: first_party?,
        no_user_id: no_user_id?,
        ip_truncated: ip_truncated?,
        no_sharing: no_sharing?,
        processor_agreement: processor_agreement?,
        identifier_months: identifier_months?,
        data_months: data_months?,
        attested_by: attested_by?,
        attested_on: attested_on?,
    })
}

/// The purpose that is meant by a text, if it is known; else a fault.
pub(super) fn refer(s: &Section<'_>, key: &str, text: &At<String>, known: &KnownPurposes) -> Option<PurposeId> {
    let found = known.keys().find(|id| id.as_str() == text.value);
    if found.is_none() {
        let ids: Vec<&str> = known.keys().map(PurposeId::as_str).collect();
        s.note(text.at, format!("`{key}`: there is no purpose `{}`", text.value), choose(&text.value, &ids));
    }
    found.cloned()
}

/// R-2.5.3-1: continued use unlocks what needs no consent, and nothing else (Planet49, C-673/17).
pub(super) fn read_continued_use(s: &Section<'_>, known: &KnownPurposes) -> Option<ContinuedUseRule> {
    let record = s.flag_at("record");
    let listed = s.texts("unlocks");
    if let (Some(record), Some(first)) = (&record, listed.first())
        && !record.value
    {
        s.note(
            first.at,
            "continued use unlocks something but is not recorded",
            "write `record = true`, or `unlocks = []`",
        );
    }
    let mut unlocks = Vec::new();
    for text in &listed {
        let Some(id) = refer(s, "unlocks", text, known) else { continue };
        match known[&id].regime {
            Some(Regime::Consent) => s.note(
                text.at,
                format!("continued use would grant the `consent` purpose `{id}` (problem continued-use-cannot-grant-consent)"),
                "remove it; only a person's own act grants consent",
            ),
            Some(Regime::Necessary) => {
                s.note(text.at, format!("the necessary purpose `{id}` needs no unlocking"), "remove it");
            }
            Some(Regime::LowImpact) | None => unlocks.push(id),
        }
    }
    Some(ContinuedUseRule { record: record?.value, unlocks })
}

pub(super) fn read_gpc(s: &Section<'_>, known: &KnownPurposes) -> Option<Gpc> {
    let mut deny = Vec::new();
    for text in s.texts("deny") {
        let Some(id) = refer(s, "deny", &text, known) else { continue };
        if known[&id].regime == Some(Regime::Necessary) {
            s.note(text.at, format!("the necessary purpose `{id}` cannot be denied"), "remove it");
        }
        deny.push(id);
    }
    Some(Gpc { deny, also_object_low_impact: s.flag("also_object_low_impact")? })
}
