//! An address or number is proved by a code. A known one and an unknown one get the same message and the same pages.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use model::contact::PointKind;
use model::paths::{self, Endpoint};
use ui::pages::code::{AskCode, AskCodeProps, EnterCode, EnterCodeProps, ask};
use words::views::preference_centre::{AddressFault, AskCodeView, CodeFault, CodeSent, EnterCodeView, Next};
use words::views::unmatched::Unmatched;

use super::{not_recorded, see_other};
use crate::cookies::{self, Jar};
use crate::form::Form;
use crate::limits::ClientAddress;
use crate::mount::Mount as _;
use crate::problem::Problem;
use crate::visit::Visit;
use crate::{App, render};
use keuze_core::service::codes::{CodeError, NoCodeTo, SendError, Verification, WaitingCode};
use keuze_core::service::mail::MailQueue;
use keuze_core::service::site::SiteInfo;

pub(super) fn router() -> Router<App> {
    Router::new().mount(Endpoint::Code, get(form).post(send)).mount(Endpoint::CodeEntry, get(enter).post(accept_code))
}

async fn form(
    State(mail): State<Arc<MailQueue>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    let next = named.map_or(Next::default(), |(_, word)| Next::from_word(&word));
    let fault = (!mail.sends_mail()).then_some(AddressFault::NoMail);
    ask_page(&mail, &site, &visit, next, String::new(), fault)
}

fn ask_page(
    mail: &MailQueue,
    site: &SiteInfo,
    visit: &Visit,
    next: Next,
    typed: String,
    fault: Option<AddressFault>,
) -> Response {
    let mobile = takes_numbers(mail, next);
    let page = AskCodeView { frame: site.frame(visit.language, Endpoint::Code.path()), next, mobile, typed, fault };
    render::page(fault.map_or(StatusCode::OK, status), visit.language, || AskCode(AskCodeProps { page }))
}

/// A number proves nothing beyond what holds for it, so it never leads to everything that is held.
fn takes_numbers(mail: &MailQueue, next: Next) -> bool {
    mail.sends_texts() && next == Next::Preferences
}

/// How a fault of an address is answered.
pub(super) fn status(fault: AddressFault) -> StatusCode {
    match fault {
        AddressFault::Form
        | AddressFault::AddressOrNumber
        | AddressFault::NoMobile
        | AddressFault::Name
        | AddressFault::Over => StatusCode::UNPROCESSABLE_ENTITY,
        AddressFault::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        AddressFault::NoMail => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A mail that does not go out, as a fault of the form.
pub(super) fn not_sent(error: SendError) -> Result<AddressFault, Problem> {
    match error {
        SendError::TooMany(minutes) => Ok(AddressFault::TooMany { minutes }),
        SendError::NoMail => Ok(AddressFault::NoMail),
        SendError::Append(error) => Err(error.into()),
    }
}

async fn send(
    State(verification): State<Arc<Verification>>,
    State(mail): State<Arc<MailQueue>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    ClientAddress(client): ClientAddress,
    mut form: Form,
) -> Result<Response, Problem> {
    let (typed, next) = (form.field("contact")?, Next::from_word(&form.field("next")?));
    form.end()?;
    let to = match verification.code_goes_to(&typed, takes_numbers(&mail, next)) {
        Ok(to) => to,
        Err(why) => return Ok(ask_page(&mail, &site, &visit, next, typed, Some(not_there(&mail, next, why)))),
    };
    match verification.send_code(&to, next.word(), visit.language, client).await {
        Ok(sealed) => Ok(with_code(&visit, sealed, see_other(&Endpoint::CodeEntry.in_language(visit.language)))),
        // What was sent there last lets in whoever reads it, whoever asked for it.
        Err(SendError::TooMany(minutes)) => {
            let (sealed, waits) = verification.ask_for_spare(&to, next.word());
            let page = code_page(&site, &visit, waits, Some(minutes), String::new(), None);
            let page =
                render::page(StatusCode::TOO_MANY_REQUESTS, visit.language, || EnterCode(EnterCodeProps { page }));
            Ok(with_code(&visit, sealed, page))
        }
        Err(error) => Ok(ask_page(&mail, &site, &visit, next, typed, Some(not_sent(error)?))),
    }
}

/// Keeps in the browser what it asked for.
fn with_code(visit: &Visit, sealed: String, mut response: Response) -> Response {
    let mut jar = Jar::new(visit.names());
    jar.code(sealed);
    jar.write(response.headers_mut());
    response
}

/// Why no code goes there, as a fault of the form.
fn not_there(mail: &MailQueue, next: Next, why: NoCodeTo) -> AddressFault {
    match why {
        NoCodeTo::NoMobile => AddressFault::NoMobile,
        NoCodeTo::Form if takes_numbers(mail, next) => AddressFault::AddressOrNumber,
        NoCodeTo::Form => AddressFault::Form,
    }
}

async fn enter(
    State(verification): State<Arc<Verification>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    enter_page(&verification, &site, &visit, &headers, String::new(), None)
}

/// Without a code that waits there is nothing to enter: a new one is asked for.
fn enter_page(
    verification: &Verification,
    site: &SiteInfo,
    visit: &Visit,
    headers: &HeaderMap,
    typed: String,
    fault: Option<CodeFault>,
) -> Response {
    let Some(waits) = verification.waiting_code(&waiting(verification, visit, headers, "")) else {
        return see_other(&Endpoint::Code.in_language(visit.language));
    };
    let page = code_page(site, visit, waits, None, typed, fault);
    let status = fault.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    render::page(status, visit.language, || EnterCode(EnterCodeProps { page }))
}

/// What there is to enter, with the minutes until something else can be sent.
fn code_page(
    site: &SiteInfo,
    visit: &Visit,
    waits: WaitingCode,
    minutes: Option<u32>,
    typed: String,
    fault: Option<CodeFault>,
) -> EnterCodeView {
    let sent = match waits.to.kind() {
        _ if waits.by_spare => CodeSent::Before(minutes),
        PointKind::Phone => CodeSent::Text,
        PointKind::Email | PointKind::Post => CodeSent::Mail,
    };
    let (address, next) = (waits.to.given(), Next::from_word(&waits.next));
    let frame = site.frame(visit.language, Endpoint::CodeEntry.path());
    EnterCodeView { frame, asked: waits.id, address, sent, next, typed, fault }
}

async fn accept_code(
    State(verification): State<Arc<Verification>>,
    State(mail): State<Arc<MailQueue>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let (typed, asked) = (form.field("code")?, form.field("asked")?);
    form.end()?;
    let sealed = waiting(&verification, &visit, &headers, &asked);
    // Of another tab: its tries are not used up by a code that was sent elsewhere.
    if verification.asked_code(&sealed).is_some_and(|newest| !asked.is_empty() && newest.id != asked) {
        return Ok(not_recorded(&site, &visit, Unmatched::OtherCode));
    }
    match verification.take_code(&sealed, &typed) {
        Ok((session, next)) => {
            let mut response = see_other(&paths::in_language(Next::from_word(&next).path(), visit.language));
            let mut jar = Jar::new(visit.names());
            jar.person(session);
            jar.forget_code();
            jar.write(response.headers_mut());
            Ok(response)
        }
        Err(CodeError::Wrong(left)) => {
            Ok(enter_page(&verification, &site, &visit, &headers, typed, Some(CodeFault::Wrong { left })))
        }
        Err(CodeError::WrongSpare) => {
            Ok(enter_page(&verification, &site, &visit, &headers, typed, Some(CodeFault::WrongSpare)))
        }
        // The first press of a double one signed this browser in; nothing more is granted by the second.
        Err(CodeError::JustUsed(next)) => {
            Ok(see_other(&paths::in_language(Next::from_word(&next).path(), visit.language)))
        }
        Err(CodeError::Over) => Ok(over(&verification, &mail, &site, &visit, &sealed)),
    }
}

/// What the browser keeps of the code that a form is about, else of one that waits, else of one that waited: another host
/// of the domain can plant one beside ours.
fn waiting(verification: &Verification, visit: &Visit, headers: &HeaderMap, asked: &str) -> String {
    let mut all = cookies::parse_cookies(headers, visit.names()).code;
    let rank = |sealed: &String| match verification.asked_code(sealed) {
        Some(known) if known.id == asked => 0,
        Some(_) if verification.waiting_code(sealed).is_some() => 1,
        Some(_) => 2,
        None => 3,
    };
    all.sort_by_key(rank);
    all.into_iter().next().unwrap_or_default()
}

/// The code is of no use any more: the page for a new one says so, and knows the address still.
fn over(verification: &Verification, mail: &MailQueue, site: &SiteInfo, visit: &Visit, sealed: &str) -> Response {
    let asked = verification.asked_code(sealed);
    let next = asked.as_ref().map_or(Next::default(), |asked| Next::from_word(&asked.next));
    let typed = asked.map(|asked| asked.to.given()).unwrap_or_default();
    ask_page(mail, site, visit, next, typed, Some(AddressFault::Over))
}

/// Leads to the page that asks for an address, and from there on to `next`.
pub(super) fn to_ask(visit: &Visit, next: Next) -> Response {
    see_other(&ask(next, visit.language))
}
