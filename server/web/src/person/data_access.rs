//! What is held of whoever proved an address, to read and to take away, and erasing it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use model::event::Route;
use model::evidence::IdentityLevel;
use model::paths::Endpoint;
use ui::pages::data_access::{Erase, EraseProps, Erased, ErasedProps, Insight, InsightProps};
use words::views::frame::PageFrame;
use words::views::preference_centre::{ErasedView, Next};
use words::views::unmatched::Unmatched;

use super::code::to_ask;
use super::{not_recorded, see_other, session};
use crate::app::RequestHistory;
use crate::cookies::Jar;
use crate::form::Form;
use crate::mount::Mount as _;
use crate::problem::Problem;
use crate::visit::Visit;
use crate::{App, render};
use keuze_core::service::codes::{Fit, JustDone, PersonSession, Verification};
use keuze_core::service::data_access::DataAccess;
use keuze_core::service::people::{ErasureOutcome as ErasedRecord, Erasures, Provenance};
use keuze_core::service::site::SiteInfo;

pub(super) fn router() -> Router<App> {
    Router::new()
        .mount(Endpoint::DataAccess, get(data_access))
        .mount(Endpoint::DataExport, get(download))
        .mount(Endpoint::Erasure, get(sure).post(erase))
}

/// Only a mailbox opens what is held: a number may have been somebody else's before.
fn by_mail(verification: &Verification, visit: &Visit, headers: &HeaderMap) -> Option<PersonSession> {
    session(verification, visit, headers).filter(|session| session.email().is_some())
}

async fn data_access(
    State(data_access): State<Arc<DataAccess>>,
    State(verification): State<Arc<Verification>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(session) = by_mail(&verification, &visit, &headers) else { return Ok(to_ask(&visit, Next::Insight)) };
    let page = data_access.data_access(site.frame(visit.language, Endpoint::DataAccess.path()), &session)?;
    Ok(render::page(StatusCode::OK, visit.language, || Insight(InsightProps { page })))
}

async fn download(
    State(data_access): State<Arc<DataAccess>>,
    State(verification): State<Arc<Verification>>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(session) = by_mail(&verification, &visit, &headers) else { return Ok(to_ask(&visit, Next::Insight)) };
    let everything = data_access.export_personal_data(&session)?;
    let body = serde_json::to_vec_pretty(&everything).expect("what was JSON is JSON");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"keuze.json\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, body).into_response())
}

async fn sure(
    State(data_access): State<Arc<DataAccess>>,
    State(verification): State<Arc<Verification>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    let Some(session) = by_mail(&verification, &visit, &headers) else { return to_ask(&visit, Next::Insight) };
    sure_page(&data_access, &verification, &site, &visit, &session, false)
}

/// Only where one person alone is known; elsewhere the page on what is held says why not.
fn sure_page(
    data_access: &DataAccess,
    verification: &Verification,
    site: &SiteInfo,
    visit: &Visit,
    session: &PersonSession,
    unconfirmed: bool,
) -> Response {
    if verification.opened_by(session).is_none() {
        return see_other(&Endpoint::DataAccess.in_language(visit.language));
    }
    let page = data_access.erase_view(site.frame(visit.language, Endpoint::Erasure.path()), session, unconfirmed);
    let status = if unconfirmed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render::page(status, visit.language, || Erase(EraseProps { page }))
}

#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
async fn erase(
    State(data_access): State<Arc<DataAccess>>,
    State(verification): State<Arc<Verification>>,
    State(erasures): State<Arc<Erasures>>,
    State(site): State<Arc<SiteInfo>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let _one_after_the_other = verification.one_press().await;
    let about = form.field("about")?;
    let (confirmed, declined) = (form.field("confirm")? == "yes", form.field("decline")? == "yes");
    form.end()?;
    // The second press of a double one.
    if let Some(erased) = verification.just_erased(&about) {
        return Ok(erased_page(&data_access, &site, &visit, &erased));
    }
    let Some(session) = session(&verification, &visit, &headers) else {
        return Ok(not_recorded(&site, &visit, Unmatched::Ended(Next::Insight)));
    };
    let person = match (verification.about(&session).fit(&about), verification.opened_by(&session)) {
        (Fit::Not, _) => return Ok(not_recorded(&site, &visit, Unmatched::OtherAddress)),
        (Fit::Whole, Some(person)) => person,
        _ => return Ok(not_recorded(&site, &visit, Unmatched::OtherPerson)),
    };
    if !confirmed {
        return Ok(sure_page(&data_access, &verification, &site, &visit, &session, true));
    }
    let act = Provenance::by_person(Route::InsightPage, IdentityLevel::Possession);
    let erased = erasures.erase_seen_by(&history, person.subject, session.point(), !declined, &act).await?;
    verification.end_session(&session);
    verification.remember(&session, JustDone::Erased(erased.clone(), about));
    Ok(erased_page(&data_access, &site, &visit, &erased))
}

fn erased_page(data_access: &DataAccess, site: &SiteInfo, visit: &Visit, erased: &ErasedRecord) -> Response {
    let frame = PageFrame { reopens: false, ..site.frame(visit.language, Endpoint::Erasure.path()) };
    let page = ErasedView { frame, erasure: data_access.erasure(erased) };
    let mut response = render::page(StatusCode::OK, visit.language, || Erased(ErasedProps { page }));
    let mut jar = Jar::new(visit.names());
    jar.forget_person();
    jar.write(response.headers_mut());
    response
}
