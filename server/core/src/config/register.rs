//! `[[vendors]]` and `[[cookies]]`: what is kept on the device, for how long, and who gets at it.

mod own;
mod removal;

use std::cell::RefCell;
use std::collections::BTreeSet;

use model::controller::{Controller, Cookie, Vendor};
use model::purpose::Regime;

use super::Host;
use super::purposes::{KnownPurposes, read_override, refer};
use super::reader::{At, Section, choose};

pub use own::{CHOICE, CODE, CONSENT_ID, DESK, DESK_KNOWN, OWN, Own, PERSON, PROBE, SEEN, covered};

/// Browsers cap the age of a cookie there (RFC 6265bis section 5.5).
const LONGEST_DAYS: u32 = 400;

/// The European Economic Area: 27 member states, Iceland, Liechtenstein and Norway.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Whether a country is in the European Economic Area, where a transfer needs no basis of its own (GDPR art. 44).
pub fn is_in_eea(country: &str) -> bool {
    EEA.contains(&country)
}

pub(super) fn read_controller(s: &Section<'_>) -> Option<Controller> {
    let (name, legal_name) = (s.text("name"), s.text("legal_name"));
    let address = s.some_texts("address");
    let (email, phone, statement_url) = (read_email(s), s.text("phone"), read_url(s, "statement_url"));
    Some(Controller {
        name: name?,
        legal_name: legal_name?,
        address: address?.into_iter().map(|line| line.value).collect(),
        email: email?,
        phone: phone?,
        statement_url: statement_url?,
    })
}

fn read_email(s: &Section<'_>) -> Option<String> {
    let text = s.text_at("email")?;
    let parts = text.value.split_once('@');
    let plain = !text.value.contains(char::is_whitespace);
    if !plain || !parts.is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@')) {
        s.note(text.at, format!("`email`: \"{}\" is no address", text.value), "write one such as privacy@example.nl");
    }
    Some(text.value)
}

/// A link that people can follow: https, with a host.
pub(super) fn read_url(s: &Section<'_>, key: &'static str) -> Option<String> {
    let text = s.text_at(key)?;
    let rest = text.value.strip_prefix("https://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if super::site::split_host(authority).is_none() || text.value.contains(char::is_whitespace) {
        s.note(
            text.at,
            format!("`{key}`: \"{}\" is no link", text.value),
            "write an address that starts with https://",
        );
    }
    s.faults().note_link(text.at, &text.value);
    Some(text.value)
}

/// All vendors, and their ids even where the rest has faults.
pub(super) fn read_vendors(root: &Section<'_>) -> (Vec<Vendor>, BTreeSet<String>) {
    let known = RefCell::new(BTreeSet::new());
    let vendors = root.tables("vendors", |s| read_vendor(s, &mut known.borrow_mut()));
    (vendors, known.into_inner())
}

fn read_vendor(s: &Section<'_>, known: &mut BTreeSet<String>) -> Option<Vendor> {
    let id = s.text_at("id");
    let (name, role) = (s.text("name"), s.localized("role"));
    let statement_url = read_url(s, "statement_url");
    let country = read_country(s);
    let transfer_basis = s.optional_text("transfer_basis").map(|text| text.value);
    let contract_ref = s.optional_text("contract_ref").map(|text| text.value);
    let checked_at = if s.has("checked_at") { s.past_date("checked_at") } else { None };
    if let Some(country) = country.as_ref().filter(|country| !is_in_eea(&country.value) && transfer_basis.is_none()) {
        let what = format!(
            "`country` {} is outside the European Economic Area and nothing allows the transfer",
            country.value
        );
        s.note(country.at, what, "add `transfer_basis`, such as an adequacy decision (GDPR art. 45)");
    }
    if let Some(id) = id.as_ref().filter(|id| !known.insert(id.value.clone())) {
        s.note(id.at, format!("the vendor `{}` is described twice", id.value), "give one of them another id");
    }
    Some(Vendor {
        id: id?.value,
        name: name?,
        role: role?,
        statement_url: statement_url?,
        country: country?.value,
        transfer_basis,
        contract_ref,
        checked_at,
    })
}

fn read_country(s: &Section<'_>) -> Option<At<String>> {
    let country = s.text_at("country")?;
    if country.value.len() != 2 || !country.value.bytes().all(|b| b.is_ascii_uppercase()) {
        let what = format!("`country`: \"{}\" is no country", country.value);
        s.note(country.at, what, "write the two capital letters of ISO 3166-1, such as NL");
        return None;
    }
    Some(country)
}

/// All cookies; `hosts` are those that they are set on.
pub(super) fn read_cookies(
    root: &Section<'_>,
    purposes: &KnownPurposes,
    vendors: &BTreeSet<String>,
    hosts: &[Host],
) -> Vec<Cookie> {
    let seen = RefCell::new(BTreeSet::new());
    let cookies = root.tables("cookies", |s| read_cookie(s, purposes, vendors, hosts, &mut seen.borrow_mut()));
    own::refuse_without(root, &seen.into_inner(), hosts);
    cookies
}

fn read_cookie(
    s: &Section<'_>,
    purposes: &KnownPurposes,
    vendors: &BTreeSet<String>,
    hosts: &[Host],
    seen: &mut BTreeSet<String>,
) -> Option<Cookie> {
    let name = read_cookie_name(s, seen);
    let purpose = s.text_at("purpose").and_then(|text| refer(s, "purpose", &text, purposes));
    let description = s.localized("description");
    let days = s.number_at("days", 0..=LONGEST_DAYS);
    let parties = read_parties(s, vendors);
    let (first_party, http_only) = (s.flag_at("first_party"), s.flag_at("http_only"));
    let regime = purpose.as_ref().and_then(|id| purposes[id].regime);
    if let Some(purpose) = purpose.as_ref().map(|id| &purposes[id])
        && purpose.regime == Some(Regime::LowImpact)
    {
        check_attested(s, purpose.identifier_months, days.as_ref(), first_party.as_ref());
    }
    let set = removal::read_removal(s);
    let regime_override = read_override(s, regime);
    let (name, days, first_party, http_only) = (name?, days?, first_party?, http_only?);
    let cookie = Cookie {
        name: name.value.clone(),
        purpose: purpose?,
        description: description?,
        days: days.value,
        vendors: parties,
        first_party: first_party.value,
        http_only: http_only.value,
        path: set.path.as_ref().map(|path| path.value.clone()).filter(|path| path != "/"),
        regime_override,
    };
    removal::refuse(s, &cookie, &set, &name, regime, hosts);
    own::refuse_other_facts(s, &cookie, regime, &name);
    if cookie.first_party {
        own::refuse_covering(s, &name);
    }
    Some(cookie)
}

/// Each cookie has one purpose, so one name stands once; RFC 6265 section 4.1.1 says what a name is.
fn read_cookie_name(s: &Section<'_>, seen: &mut BTreeSet<String>) -> Option<At<String>> {
    let name = s.text_at("name")?;
    let stem = name.value.strip_suffix('*').unwrap_or(&name.value);
    let is_token = stem.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}*".contains(&b));
    if stem.is_empty() || !is_token {
        s.note(
            name.at,
            format!("`name`: \"{}\" is no cookie's name", name.value),
            "write the name, with * at its end only",
        );
    }
    if !seen.insert(name.value.clone()) {
        s.note(
            name.at,
            format!("the cookie `{}` is described twice", name.value),
            "keep one; a cookie has one purpose",
        );
    }
    Some(name)
}

fn read_parties(s: &Section<'_>, known: &BTreeSet<String>) -> Vec<String> {
    let ids: Vec<&str> = known.iter().map(String::as_str).collect();
    let parties = s.texts("vendors");
    for party in parties.iter().filter(|party| !known.contains(&party.value)) {
        let mend = if ids.is_empty() { "describe it in [[vendors]]".to_owned() } else { choose(&party.value, &ids) };
        s.note(party.at, format!("`vendors`: there is no vendor `{}`", party.value), mend);
    }
    parties.into_iter().map(|party| party.value).collect()
}

/// A cookie of a `low_impact` purpose is what was attested: our own, and no longer alive than was said.
fn check_attested(s: &Section<'_>, months: Option<u32>, days: Option<&At<u32>>, first_party: Option<&At<bool>>) {
    if let Some(first_party) = first_party.filter(|first_party| !first_party.value) {
        let what = "a cookie of a `low_impact` purpose that is not first-party, against its attestation";
        s.note(first_party.at, what, "give it a purpose that asks for consent");
    }
    let (Some(months), Some(days)) = (months, days) else { return };
    if days.value > months * 31 {
        let what = format!("`days` is {}, longer than the {months} months that were attested", days.value);
        s.note(days.at, what, "shorten it, or attest the true number of months");
    }
}
