//! Pages for people: what this device allows, the register, receipts, and what an error means.

use std::sync::Arc;

use crate::app::{App, RequestHistory};
use crate::embed::build;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, OriginalUri, Path, State};
use axum::http::request::Parts;
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
use words::views::frame::PageFrame;
use words::views::preferences::Overtaken;
use words::views::problem::ProblemView;
use words::views::receipt::ReceiptView;

use super::cookies;
use super::mount::Mount as _;
use super::objection::without_referrer_elsewhere;
use super::person;
use super::problem::{Problem, status};
use super::render;
use super::visit::{GlobalPrivacyControl, Visit};
use keuze_core::service::codes::Verification;
use keuze_core::service::consent::Consent;
use keuze_core::service::history::PersonHistory;
use keuze_core::service::preference_centre::PreferenceCentre;
use keuze_core::service::preferences::{self, Remembered};
use keuze_core::service::reading::Records;
use keuze_core::service::receipt::{Receipts, link_lives};
use keuze_core::service::site::SiteInfo;
use ledger::clock::Clock;

/// All pages for people.
pub fn router() -> Router<App> {
    Router::new()
        .mount(Endpoint::Preferences, get(preferences))
        .mount(Endpoint::Register, get(register))
        .mount(Endpoint::Receipt, get(receipt))
        .mount(Endpoint::ProblemType, get(explained))
}

/// The page instead of what was asked for.
pub fn problem(site: &SiteInfo, slug: Slug, language: Language, path: &str, reopens: bool) -> Response {
    let frame = PageFrame { reopens, ..site.frame(language, path) };
    let page = ProblemView { frame, slug, happened: true };
    render::page(status(slug), language, || ProblemPage(ProblemProps { page }))
}

/// The preference page, and what it stands on.
#[derive(Clone)]
pub struct PreferencePage {
    preferences: Arc<preferences::Preferences>,
    preference_centre: Arc<PreferenceCentre>,
    verification: Arc<Verification>,
    site: Arc<SiteInfo>,
}

impl FromRef<App> for PreferencePage {
    fn from_ref(app: &App) -> Self {
        Self {
            preferences: FromRef::from_ref(app),
            preference_centre: FromRef::from_ref(app),
            verification: FromRef::from_ref(app),
            site: FromRef::from_ref(app),
        }
    }
}

async fn preferences(
    State(consent): State<Arc<Consent>>,
    State(page): State<PreferencePage>,
    RequestHistory(history): RequestHistory,
    State(clock): State<Arc<dyn Clock>>,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let came = cookies::parse_cookies(&headers, visit.names());
    let device = came.device(gpc, clock.now().at);
    let consent_id = consent.own_ids(&history, &came.consent_ids, &device.said)?.first();
    let device = Remembered { device, consent_id };
    page.now(&history, &visit, &headers, &device, None)
}

impl PreferencePage {
    /// As it is for a device; `overtaken` where it comes instead of what a form of an earlier one asked for.
    pub(super) fn now(
        &self,
        history: &PersonHistory,
        visit: &Visit,
        headers: &HeaderMap,
        device: &Remembered,
        overtaken: Option<Overtaken>,
    ) -> Result<Response, Problem> {
        let frame = self.site.frame(visit.language, Endpoint::Preferences.path());
        let mut page = self.preferences.preferences(history, frame, device, build())?;
        page.overtaken = overtaken;
        let session = person::session(&self.verification, visit, headers);
        page.centre =
            session.map(|session| self.preference_centre.centre(history, &session, visit.language)).transpose()?;
        let mut page = render::page(StatusCode::OK, visit.language, || Preferences(PreferencesProps { page }));
        page.headers_mut().append(header::VARY, HeaderValue::from_static("sec-gpc"));
        Ok(page)
    }
}

async fn register(State(site): State<Arc<SiteInfo>>, visit: Visit) -> Response {
    let page = site.register(site.frame(visit.language, Endpoint::Register.path()));
    render::page(StatusCode::OK, visit.language, || Register(RegisterProps { page }))
}

/// A receipt's link that leads to a record, and whoever opened it. A number that was never given out, a wrong token and an erased
/// record are answered alike: there is no such page.
pub(super) struct OpenedLink {
    pub number: ReceiptNumber,
    pub recorded: Recorded,
    pub history: PersonHistory,
    pub visit: Visit,
    /// Of the page that it shows.
    pub frame: PageFrame,
    /// Whether it still shows the record to anybody who has it.
    pub lives: bool,
}

impl FromRequestParts<App> for OpenedLink {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, app).await?;
        let Ok(RequestHistory(history)) = RequestHistory::from_request_parts(parts, app).await;
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, app).await;
        let link = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((number, token)) = link.map_err(|_| Slug::NotFound)?;
        let number: ReceiptNumber = number.parse().map_err(|_| Slug::NotFound)?;
        let recorded = Arc::<Receipts>::from_ref(app).behind_link(&history, number, &token)?.ok_or(Slug::NotFound)?;
        let frame = Arc::<SiteInfo>::from_ref(app).frame(visit.language, uri.path());
        let lives = link_lives(recorded.event.head.at, Arc::<dyn Clock>::from_ref(app).now().at);
        Ok(Self { number, recorded, history, visit, frame, lives })
    }
}

async fn receipt(
    State(records): State<Arc<Records>>,
    link: OpenedLink,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let OpenedLink { number, recorded, history, visit, frame, lives } = link;
    if !lives {
        return Err(Slug::ReceiptGone.into());
    }
    let page = ReceiptView {
        frame,
        number: number.to_string(),
        cookie_kept: cookies::parse_cookies(&headers, visit.names()).keeps_choice(),
        answer: records.readable(&history, &recorded, visit.language)?,
        // Erased since it was read.
        proof: records.proof_view(&history, recorded.address, &visit.host.origin)?.ok_or(Slug::NotFound)?,
    };
    let page = render::page(StatusCode::OK, visit.language, || Receipt(ReceiptProps { page }));
    Ok(without_referrer_elsewhere(page))
}

async fn explained(
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let slug: Slug = slug.parse().map_err(|_| Slug::NotFound)?;
    let frame = site.frame(visit.language, &paths::problem_type(slug));
    let page = ProblemView { frame, slug, happened: false };
    Ok(render::page(StatusCode::OK, visit.language, || ProblemPage(ProblemProps { page })))
}

#[cfg(test)]
mod tests;
