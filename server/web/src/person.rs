//! Pages for whoever proved an address: by a code, the channels, the newsletter, what is held, and erasing it.
//!
//! No address and no code stands in a URL: they come by forms, and lie in the browser sealed.

mod code;
mod data_access;
mod newsletter;
mod preference_centre;
#[cfg(test)]
pub(super) mod tests;

use crate::App;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use model::paths::Endpoint;
use ui::pages::unmatched::{NotRecorded, NotRecordedProps};
use words::views::frame::PageFrame;
use words::views::unmatched::{Unmatched, UnmatchedView};

use super::cookies;
use super::render;
use super::visit::Visit;
use keuze_core::service::codes::{PersonSession, Verification};
use keuze_core::service::site::SiteInfo;

/// Forms and pages of this site's own.
pub fn forms() -> Router<App> {
    code::router().merge(preference_centre::router()).merge(newsletter::router()).merge(data_access::router())
}

/// `/keuze/nieuwsbrief/{token}`: outside the layer that looks at a form's origin. The page sends no referrer, so some
/// browsers give its own form no origin, and the token alone is the authority.
pub fn links() -> Router<App> {
    newsletter::links()
}

/// A press that does not fit what the browser has proved by now: nothing was recorded, and the ways back.
pub(super) fn not_recorded(site: &SiteInfo, visit: &Visit, why: Unmatched) -> Response {
    let frame = PageFrame { reopens: false, ..site.frame(visit.language, Endpoint::Preferences.path()) };
    let page = UnmatchedView { frame, bar: None, why, back: None };
    render::page(StatusCode::CONFLICT, visit.language, || NotRecorded(NotRecordedProps { page }))
}

/// Who is signed in at this browser.
pub(super) fn session(verification: &Verification, visit: &Visit, headers: &HeaderMap) -> Option<PersonSession> {
    cookies::parse_cookies(headers, visit.names()).person.iter().find_map(|sealed| verification.session(sealed))
}

/// Leads on after a form.
fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static(Endpoint::Preferences.path()));
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
