//! The newsletter's sign-up, and the link that confirms it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use model::paths::{self, Endpoint};
use ui::pages::newsletter::{Newsletter, NewsletterProps};
use words::views::preference_centre::{AddressFault, NewsletterStep, NewsletterView};

use super::code::{not_sent, status};
use super::preference_centre::done_path;
use super::see_other;
use crate::app::RequestHistory;
use crate::form::Form;
use crate::limits::ClientAddress;
use crate::mount::Mount as _;
use crate::objection::without_referrer;
use crate::problem::Problem;
use crate::visit::Visit;
use crate::{App, render};
use contact::Email;
use keuze_core::service::newsletter::{self, SignUpError};
use keuze_core::service::receipt::Receipts;
use keuze_core::service::site::SiteInfo;

/// The longest name that is kept.
const LONGEST_NAME: usize = 100;

pub(super) fn router() -> Router<App> {
    Router::new().mount(Endpoint::Newsletter, get(form).post(ask))
}

pub(super) fn links() -> Router<App> {
    Router::new().mount(Endpoint::NewsletterLink, get(link).post(confirm))
}

#[derive(Default)]
struct TypedSignUp {
    address: String,
    name: String,
    fault: Option<AddressFault>,
}

fn page(
    newsletter: &newsletter::Newsletter,
    site: &SiteInfo,
    visit: &Visit,
    status: StatusCode,
    path: &str,
    typed: TypedSignUp,
    step: NewsletterStep,
) -> Response {
    let TypedSignUp { address, name, fault } = typed;
    let days = newsletter.unconfirmed_days();
    let page = NewsletterView { frame: site.frame(visit.language, path), address, name, fault, days };
    render::page(status, visit.language, || Newsletter(NewsletterProps { page, step }))
}

async fn form(
    State(newsletter): State<Arc<newsletter::Newsletter>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
) -> Response {
    form_page(&newsletter, &site, &visit, TypedSignUp::default())
}

fn form_page(newsletter: &newsletter::Newsletter, site: &SiteInfo, visit: &Visit, typed: TypedSignUp) -> Response {
    let status = typed.fault.map_or(StatusCode::OK, status);
    page(newsletter, site, visit, status, Endpoint::Newsletter.path(), typed, NewsletterStep::Form)
}

/// An address that has the newsletter already gets the same mail and the same page.
async fn ask(
    State(newsletter): State<Arc<newsletter::Newsletter>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    ClientAddress(client): ClientAddress,
    mut form: Form,
) -> Result<Response, Problem> {
    let (address, name) = (form.field("email")?, form.field("name")?);
    form.end()?;
    let refused = |fault| {
        form_page(
            &newsletter,
            &site,
            &visit,
            TypedSignUp { fault: Some(fault), address: address.clone(), name: name.clone() },
        )
    };
    let Ok(email) = Email::parse(&address) else { return Ok(refused(AddressFault::Form)) };
    if name.chars().count() > LONGEST_NAME {
        return Ok(refused(AddressFault::Name));
    }
    let given = Some(name.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty());
    match newsletter.ask_for_newsletter(&email, given, visit.language, &visit.host.origin, client).await {
        Ok(()) => {
            let typed = TypedSignUp { address: email.given().to_owned(), ..TypedSignUp::default() };
            Ok(page(
                &newsletter,
                &site,
                &visit,
                StatusCode::OK,
                Endpoint::Newsletter.path(),
                typed,
                NewsletterStep::Asked,
            ))
        }
        Err(SignUpError::Send(error)) => Ok(refused(not_sent(error)?)),
        Err(SignUpError::Act(error)) => Err(error.into()),
    }
}

/// Mail scanners fetch every link, so looking at it never confirms.
async fn link(
    State(newsletter): State<Arc<newsletter::Newsletter>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let known = newsletter.still_confirms(&token)?;
    let step = if known { NewsletterStep::Confirm(uri.path().to_owned()) } else { NewsletterStep::Stale };
    let status = if known { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok(without_referrer(page(&newsletter, &site, &visit, status, uri.path(), TypedSignUp::default(), step)))
}

async fn confirm(
    State(newsletter): State<Arc<newsletter::Newsletter>>,
    State(receipts): State<Arc<Receipts>>,
    State(site): State<Arc<SiteInfo>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    match newsletter.confirm_newsletter(&history, &token).await? {
        Some(acted) => Ok(see_other(&paths::in_language(&done_path(&receipts, &acted), visit.language))),
        None => {
            let (typed, step) = (TypedSignUp::default(), NewsletterStep::Stale);
            Ok(without_referrer(page(&newsletter, &site, &visit, StatusCode::NOT_FOUND, uri.path(), typed, step)))
        }
    }
}
