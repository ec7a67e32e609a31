//! What an opt-in or a customer relation rests on, in words.

use super::isolate::isolated;
use super::when;
use model::evidence::{Evidence, IdentityCheck, OptIn, SoftOptIn};
use model::language::Language::{self, En, Nl};

/// What it is, and what it says; a piece that is not there is said to be missing.
pub fn rows(evidence: &Evidence, language: Language) -> Vec<(&'static str, String)> {
    match evidence {
        Evidence::SoftOptIn(soft) => customer(soft, language),
        Evidence::OptIn(proof) => opt_in(proof, language),
    }
}

fn customer(soft: &SoftOptIn, language: Language) -> Vec<(&'static str, String)> {
    let missing = || pick(language, "ontbreekt", "missing").to_owned();
    let text = |text: &Option<String>| {
        let said = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        said.map_or_else(missing, isolated)
    };
    let day = |day: Option<time::Date>| day.map_or_else(missing, |day| when::date(day, language));
    let yes = |yes: bool| pick(language, if yes { "ja" } else { "nee" }, if yes { "yes" } else { "no" }).to_owned();
    vec![
        (pick(language, "Verkoop of overeenkomst", "Sale or contract"), text(&soft.contract)),
        (pick(language, "Verkoper en afzender zijn dezelfde", "Seller and sender are the same"), yes(soft.same_entity)),
        (pick(language, "Verteld waarvoor het adres dient", "Told what the address is for"), day(soft.informed_on)),
        (pick(language, "Afmelden aangeboden", "Opt-out offered"), day(soft.opt_out_offered_on)),
        (pick(language, "Toen afgemeld", "Opted out then"), yes(soft.opt_out_used)),
        (pick(language, "Eigen, gelijksoortige producten", "Own, similar products"), text(&soft.products)),
    ]
}

fn opt_in(proof: &OptIn, language: Language) -> Vec<(&'static str, String)> {
    let verified = match proof.verified {
        IdentityCheck::MailLink => pick(language, "met de link in een mail", "by the link in a mail"),
        IdentityCheck::MailCode => pick(language, "met een code per mail", "by a code in a mail"),
        IdentityCheck::TextCode => pick(language, "met een code per sms", "by a code in a text message"),
        IdentityCheck::Portal => pick(language, "ingelogd in het klantportaal", "signed in at the customer portal"),
    };
    let products = proof.products.as_deref().map(isolated);
    let until = proof.until.map(|day| when::date(day, language));
    let confirmed = (pick(language, "Zelf bevestigd", "Confirmed by the person"), Some(verified.to_owned()));
    let rows = [
        confirmed,
        (pick(language, "Over", "About"), products),
        (pick(language, "Geldt tot en met", "Holds until (inclusive)"), until),
    ];
    rows.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn pick(language: Language, nl: &'static str, en: &'static str) -> &'static str {
    match language {
        Nl => nl,
        En => en,
    }
}
