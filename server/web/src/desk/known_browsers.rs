//! The cookie by which a browser is known to the desk, for each account that signed in there; what it keeps says nothing.
//!
//! It opens nothing: whoever has it still needs the password. So signing out leaves it.

use axum::http::HeaderMap;
use cookie::{Cookie, SameSite};
use time::Duration;

use super::Desk;
use crate::cookies;
use keuze_core::config::DESK_KNOWN;
use keuze_core::service::known_browsers::DAYS;
use keuze_core::service::staff::StaffName;
use ledger::formats::known_browser::BrowserToken;

/// Of so many accounts at one workplace each is known; then the one that was away longest is not.
const MOST: usize = 4;

/// Over https one that this host alone sets, and nobody who answers over plain http in its name.
fn name(secure: bool) -> &'static str {
    DESK_KNOWN.on(secure)
}

/// The tokens that came along under the name that counts on this host.
pub(crate) fn tokens(headers: &HeaderMap, secure: bool) -> Vec<BrowserToken> {
    let ours = cookies::pairs(headers).filter(|(of, _)| *of == name(secure));
    let texts = ours.filter_map(|(_, value)| std::str::from_utf8(value).ok());
    texts.flat_map(|text| text.split('.').take(MOST)).filter_map(BrowserToken::parse).collect()
}

impl Desk {
    /// The Set-Cookie value that makes a browser known to whoever signed in there, beside those who did before.
    pub(super) fn known(&self, staff: &StaffName, new: BrowserToken, came: &[BrowserToken], secure: bool) -> String {
        let is_others = |token: &&BrowserToken| self.known_browsers.known_browser(staff.as_str(), &[**token]).is_none();
        let others = came.iter().filter(is_others).take(MOST - 1);
        cookie(std::iter::once(&new).chain(others), secure).to_string()
    }
}

pub(crate) fn cookie<'a>(tokens: impl Iterator<Item = &'a BrowserToken>, secure: bool) -> Cookie<'static> {
    let tokens: Vec<String> = tokens.map(ToString::to_string).collect();
    Cookie::build((name(secure), tokens.join(".")))
        .path("/")
        .max_age(Duration::days(DAYS.into()))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .build()
}
