//! A small policy to decide under.

use model::channel::{Channel, ChannelNeed, ChannelRule};
use model::controller::{Controller, Cookie, Vendor};
use model::language::Localized;
use model::policy::{ContinuedUseRule, Gpc, Policy};
use model::purpose::{Purpose, PurposeId, Regime};
use time::Date;
use time::macros::date;

pub fn id(name: &str) -> PurposeId {
    name.parse().expect("the tests name purposes well")
}

pub fn text(text: &str) -> Localized {
    Localized { nl: text.to_owned(), en: text.to_owned() }
}

pub fn purpose(name: &str, regime: Regime, revision: u32) -> Purpose {
    Purpose {
        id: id(name),
        regime,
        revision,
        name: text(name),
        description: text(name),
        legal_basis: "6(1)(a)".to_owned(),
        attestation: None,
        data_months: None,
        regime_override: None,
    }
}

pub fn cookie(name: &str, purpose: &str, days: u32, vendors: &[&str]) -> Cookie {
    Cookie {
        name: name.to_owned(),
        purpose: id(purpose),
        description: text(name),
        days,
        vendors: vendors.iter().map(|vendor| (*vendor).to_owned()).collect(),
        first_party: true,
        http_only: false,
        path: None,
        regime_override: None,
    }
}

pub fn vendor(id: &str) -> Vendor {
    Vendor {
        id: id.to_owned(),
        name: format!("{id} B.V."),
        role: text("role"),
        statement_url: "https://vendor.example/privacy".to_owned(),
        country: "NL".to_owned(),
        transfer_basis: None,
        contract_ref: None,
        checked_at: None,
    }
}

fn rule(channel: Channel, need: ChannelNeed, from: Date) -> ChannelRule {
    ChannelRule { channel, need, from, article: "Tw 11.7".to_owned(), products: None, months: None }
}

/// The day from which calls need an opt-in.
pub const CALLS_NEED_OPT_IN: Date = date!(2026 - 07 - 01);

/// Two low-impact purposes, of which one is unlocked by continued use, and two consent purposes; the questions of
/// `marketing` and `statistics` are in their second revision.
pub fn policy() -> Policy {
    Policy {
        revision: 3,
        notice_revision: 2,
        site: "example.nl".to_owned(),
        controller: Controller {
            name: "Example".to_owned(),
            legal_name: "Example B.V.".to_owned(),
            address: vec![],
            email: "privacy@example.nl".to_owned(),
            phone: String::new(),
            statement_url: "/privacy".to_owned(),
        },
        purposes: vec![
            purpose("necessary", Regime::Necessary, 1),
            purpose("statistics", Regime::LowImpact, 2),
            purpose("quality", Regime::LowImpact, 1),
            purpose("marketing", Regime::Consent, 2),
            purpose("profiling", Regime::Consent, 1),
        ],
        cookies: vec![cookie("session", "necessary", 0, &[]), cookie("ads_*", "marketing", 90, &["adco"])],
        vendors: vec![vendor("adco"), vendor("second")],
        channels: vec![
            rule(Channel::Newsletter, ChannelNeed::SoftOptIn, date!(2020 - 01 - 01)),
            rule(Channel::Email, ChannelNeed::OptIn, date!(2020 - 01 - 01)),
            rule(Channel::Post, ChannelNeed::OptOut, date!(2020 - 01 - 01)),
            rule(Channel::Phone, ChannelNeed::OptIn, CALLS_NEED_OPT_IN),
            rule(Channel::Phone, ChannelNeed::OptOut, date!(2020 - 01 - 01)),
            rule(Channel::Social, ChannelNeed::SelfSignUp, date!(2020 - 01 - 01)),
        ],
        validity_months: 6,
        continued_use: ContinuedUseRule { record: true, unlocks: vec![id("statistics")] },
        gpc: Gpc { deny: vec![id("marketing"), id("statistics")], also_object_low_impact: false },
        notices: [].into(),
        statements: vec![],
    }
}
