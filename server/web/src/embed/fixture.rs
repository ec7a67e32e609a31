//! A policy and a notice of the size of a real site's, for tests that need no configuration.

use model::controller::{Controller, Cookie};
use model::identity::ContentHash;
use model::language::{Language, Localized};
use model::notice::{NoticePurpose, NoticeStrings};
use model::policy::{ContinuedUseRule, Gpc, Policy};
use model::purpose::{Purpose, Regime};

/// What stands for the policy's hash.
pub(crate) const HASH: ContentHash = ContentHash([0xA7; 32]);

const PURPOSES: [(&str, Regime); 5] = [
    ("necessary", Regime::Necessary),
    ("statistics", Regime::LowImpact),
    ("marketing", Regime::Consent),
    ("profiling", Regime::Consent),
    ("third_party_embeds", Regime::Consent),
];

const COOKIES: [(&str, &str); 7] = [
    ("statistics", "_pk_id.*"),
    ("statistics", "_pk_ses.*"),
    ("marketing", "_gcl_au"),
    ("marketing", "_fbp"),
    ("marketing", "demo_marketing"),
    ("profiling", "voipro_profile"),
    ("third_party_embeds", "VISITOR_INFO1_LIVE"),
];

/// A policy with one `low_impact` and three `consent` purposes.
pub(crate) fn policy() -> Policy {
    Policy {
        revision: 1,
        notice_revision: 1,
        site: "voorbeeld.nl".to_owned(),
        controller: Controller {
            name: "Voorbeeld".to_owned(),
            legal_name: "Voorbeeld B.V.".to_owned(),
            address: vec!["Straat 1".to_owned()],
            email: "privacy@voorbeeld.nl".to_owned(),
            phone: "020 000 00 00".to_owned(),
            statement_url: "/privacy".to_owned(),
        },
        purposes: PURPOSES.iter().map(|(id, regime)| purpose(id, *regime)).collect(),
        cookies: COOKIES.iter().map(|(purpose, name)| cookie(purpose, name)).collect(),
        vendors: Vec::new(),
        channels: Vec::new(),
        validity_months: 6,
        continued_use: ContinuedUseRule { record: true, unlocks: vec!["statistics".parse().expect("a valid id")] },
        gpc: Gpc {
            deny: ["marketing", "profiling"].map(|id| id.parse().expect("a valid id")).to_vec(),
            also_object_low_impact: false,
        },
        notices: std::collections::BTreeMap::new(),
        statements: Vec::new(),
    }
}

/// Its notice in one language, as long as the guard of a third of a phone allows.
pub(crate) fn strings(language: Language) -> NoticeStrings {
    let text = |nl: &str, en: &str| localized(nl, en).get(language).to_owned();
    NoticeStrings {
        language,
        heading: text("Cookies op voorbeeld.nl", "Cookies on voorbeeld.nl"),
        body: vec![
            text(
                "Voorbeeld vraagt u toestemming voor marketing, profielen en video’s van anderen. Statistiek telt bezoek \
                 zonder u te volgen.",
                "Voorbeeld asks your consent for marketing, profiles and videos of others. Statistics count visits \
                 without following you.",
            ),
            text(
                "U kunt altijd terugkomen op uw keuze via Cookie-instellingen.",
                "You can always change your choice through Cookie settings.",
            ),
        ],
        refuse: text("Weigeren", "Refuse"),
        accept: text("Accepteren", "Accept"),
        settings: text("Zelf instellen", "Choose myself"),
        close_refuse: None,
        signal: None,
        refuse_all: text("Alles weigeren", "Refuse all"),
        accept_all: text("Alles accepteren", "Accept all"),
        save: text("Deze keuze bewaren", "Keep this choice"),
        panel_heading: text("Uw keuze", "Your choice"),
        close: text("Sluiten zonder keuze", "Close without choosing"),
        close_chosen: text("Sluiten", "Close"),
        necessary: text("Nodig voor de site.", "Needed for the site."),
        object: text("Dat mag zonder toestemming.", "No consent is needed."),
        on: text("aan", "on"),
        off: text("uit", "off"),
        details: text("Cookies en partijen", "Cookies and parties"),
        save_is_refusal: text("U weigert alles.", "You refuse everything."),
        purposes: PURPOSES.iter().map(|(id, regime)| notice_purpose(id, *regime)).collect(),
    }
}

fn purpose(id: &str, regime: Regime) -> Purpose {
    Purpose {
        id: id.parse().expect("a valid id"),
        regime,
        revision: 1,
        name: localized(id, id),
        description: localized("Waarvoor.", "What for."),
        legal_basis: "6(1)(a)".to_owned(),
        attestation: None,
        data_months: None,
        regime_override: None,
    }
}

fn notice_purpose(id: &str, regime: Regime) -> NoticePurpose {
    NoticePurpose {
        id: id.parse().expect("a valid id"),
        regime,
        revision: 1,
        name: id.to_owned(),
        description: "Waarvoor.".to_owned(),
        cookies: Vec::new(),
    }
}

fn cookie(purpose: &str, name: &str) -> Cookie {
    Cookie {
        name: name.to_owned(),
        purpose: purpose.parse().expect("a valid id"),
        description: localized("Telt.", "Counts."),
        days: 90,
        vendors: Vec::new(),
        first_party: true,
        http_only: false,
        path: None,
        regime_override: None,
    }
}

fn localized(nl: &str, en: &str) -> Localized {
    Localized { nl: nl.to_owned(), en: en.to_owned() }
}
