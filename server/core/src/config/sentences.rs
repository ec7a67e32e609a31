//! Purposes and cookies as sentences that people can read: what it does, how long it stays, who gets at it (Planet49 §81).

use model::controller::{Cookie, Vendor};
use model::language::Language;
use model::purpose::Purpose;
use words::when;

use super::Config;
use super::register::is_in_eea;

/// What a purpose is for, and for how long what is learned is kept.
pub(super) fn purpose(purpose: &Purpose, language: Language) -> String {
    let what = purpose.description.get(language);
    purpose.kept_months().map_or_else(|| what.to_owned(), |months| format!("{what} {}", when::kept(months, language)))
}

/// One cookie in one language.
pub(super) fn cookie(config: &Config, cookie: &Cookie, language: Language) -> String {
    let what = cookie.description.get(language);
    let stay = duration(cookie.days, language);
    let parties = access(config, cookie, language);
    match language {
        Language::Nl => format!("{}: {what} {stay} Toegang: {parties}.", cookie.name),
        Language::En => format!("{}: {what} {stay} Access: {parties}.", cookie.name),
    }
}

fn duration(days: u32, language: Language) -> String {
    match (language, days) {
        (Language::Nl, 0) => "Blijft tot u de browser sluit.".to_owned(),
        (Language::Nl, 1) => "Blijft hoogstens 1 dag.".to_owned(),
        (Language::Nl, days) => format!("Blijft hoogstens {days} dagen."),
        (Language::En, 0) => "Stays until you close the browser.".to_owned(),
        (Language::En, 1) => "Stays for 1 day at most.".to_owned(),
        (Language::En, days) => format!("Stays for {days} days at most."),
    }
}

fn access(config: &Config, cookie: &Cookie, language: Language) -> String {
    let vendors = cookie.vendors.iter().filter_map(|id| config.vendors.iter().find(|vendor| vendor.id == *id));
    let own = if cookie.first_party { Some(config.controller.name.clone()) } else { None };
    let parties: Vec<String> = own.into_iter().chain(vendors.map(|vendor| party(vendor, language))).collect();
    if parties.is_empty() { config.controller.name.clone() } else { parties.join("; ") }
}

fn party(vendor: &Vendor, language: Language) -> String {
    if is_in_eea(&vendor.country) {
        return format!("{} ({})", vendor.name, vendor.country);
    }
    let outside = match language {
        Language::Nl => "buiten de EER",
        Language::En => "outside the EEA",
    };
    let basis = vendor.transfer_basis.as_deref().map_or_else(String::new, |basis| format!(", {basis}"));
    format!("{} ({}, {outside}{basis})", vendor.name, vendor.country)
}
