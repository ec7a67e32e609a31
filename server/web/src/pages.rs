//! Pages for people: what this device allows, the register, receipts, and what an error means.

use crate::embed::build;

use axum::Router;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use model::decision::Recorded;
use model::language::Language;
use model::paths::{self, Endpoint};
use model::receipt::ReceiptNumber;
use ui::pages::preferences::{Preferences, PreferencesProps};
use ui::pages::problem::{Problem as ProblemPage, ProblemProps};
use ui::pages::receipt::{Receipt, ReceiptProps};
use ui::pages::register::{Register, RegisterProps};
use words::problem::Slug;
use words::views::preferences::Overtaken;
use words::views::problem::ProblemView;
use words::views::receipt::ReceiptView;

use super::cookies;
use super::known;
use super::mount::Mount as _;
use super::objection::without_referrer_elsewhere;
use super::problem::{Problem, status};
use super::render;
use super::visit::{GlobalPrivacyControl, Visit};
use keuze_core::service::Services;
use keuze_core::service::preferences::Remembered;
use keuze_core::service::receipt::link_lives;

/// All pages for people.
pub fn router() -> Router<Services> {
    Router::new()
        .mount(Endpoint::Preferences, get(preferences))
        .mount(Endpoint::Register, get(register))
        .mount(Endpoint::Receipt, get(receipt))
        .mount(Endpoint::ProblemType, get(explained))
}

/// The page instead of what was asked for.
pub fn problem(services: &Services, slug: Slug, language: Language, path: &str, reopens: bool) -> Response {
    let frame = words::views::frame::Frame { reopens, ..services.site.frame(language, path) };
    let page = ProblemView { frame, slug, happened: true };
    render::page(status(slug), language, || ProblemPage(ProblemProps { page }))
}

async fn preferences(
    State(services): State<Services>,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let came = cookies::read(&headers, visit.names());
    let device = came.device(gpc, services.clock.now().at);
    let consent_id = services.consent.own_ids(&came.consent_ids, &device.said)?.first();
    let device = Remembered { device, consent_id };
    preferences_now(&services, &visit, &headers, &device, None)
}

/// The preference page of a device; `overtaken` where it comes instead of what a form of an earlier one asked for.
pub(super) fn preferences_now(
    services: &Services,
    visit: &Visit,
    headers: &HeaderMap,
    device: &Remembered,
    overtaken: Option<Overtaken>,
) -> Result<Response, Problem> {
    let mut page = services.preferences.preferences(
        services.site.frame(visit.language, Endpoint::Preferences.path()),
        device,
        build(),
    )?;
    page.overtaken = overtaken;
    let session = known::session(services, visit, headers);
    page.centre = session.map(|session| services.preference_centre.centre(&session, visit.language)).transpose()?;
    let mut page = render::page(StatusCode::OK, visit.language, || Preferences(PreferencesProps { page }));
    page.headers_mut().append(header::VARY, HeaderValue::from_static("sec-gpc"));
    Ok(page)
}

async fn register(State(services): State<Services>, visit: Visit) -> Response {
    let page = services.site.register(services.site.frame(visit.language, Endpoint::Register.path()));
    render::page(StatusCode::OK, visit.language, || Register(RegisterProps { page }))
}

/// The record that a receipt's link leads to. A number that was never given out, a wrong token and an erased record are
/// answered alike: there is no such page.
pub(super) fn behind_link(
    services: &Services,
    number: &str,
    token: &str,
) -> Result<(ReceiptNumber, Recorded), Problem> {
    let number: ReceiptNumber = number.parse().map_err(|_| Slug::NotFound)?;
    let receipts = &services.receipts;
    let address = receipts.check(number).filter(|address| receipts.check_token(*address, token));
    let recorded = services.scribe.record(address.ok_or(Slug::NotFound)?)?.ok_or(Slug::NotFound)?;
    Ok((number, recorded))
}

async fn receipt(
    State(services): State<Services>,
    visit: Visit,
    Path((number, token)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (number, recorded) = behind_link(&services, &number, &token)?;
    if !link_lives(recorded.event.head.at, services.clock.now().at) {
        return Err(Slug::ReceiptGone.into());
    }
    let page = ReceiptView {
        frame: services.site.frame(visit.language, uri.path()),
        number: number.to_string(),
        cookie_kept: cookies::read(&headers, visit.names()).keeps_choice(),
        answer: services.records.readable(&recorded, visit.language)?,
        // Erased since it was read.
        proof: services.records.proof_view(recorded.address, &visit.host.origin)?.ok_or(Slug::NotFound)?,
    };
    let page = render::page(StatusCode::OK, visit.language, || Receipt(ReceiptProps { page }));
    Ok(without_referrer_elsewhere(page))
}

async fn explained(
    State(services): State<Services>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let slug: Slug = slug.parse().map_err(|_| Slug::NotFound)?;
    let frame = services.site.frame(visit.language, &paths::problem_type(slug));
    let page = ProblemView { frame, slug, happened: false };
    Ok(render::page(StatusCode::OK, visit.language, || ProblemPage(ProblemProps { page })))
}

#[cfg(test)]
mod tests;
