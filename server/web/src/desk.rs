//! The desk: staff sign in, and look up a choice with a reason.
//!
//! Nothing of what is looked up stands in an address but the look-up's own random id, which opens for nobody else.
//! Look-ups are forms, and their answers are not kept by the browser.

mod call;
mod erase;
pub(crate) mod known_browsers;
mod person;
pub(crate) mod session;
mod work;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use model::channel::Channel;
use model::paths::{self, Endpoint};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use ui::pages::desk::{LookUp as LookUpPage, LookUpProps, NewPassword, NewPasswordProps, SignIn, SignInProps};
use ui::pages::desk::{Unmatched as UnmatchedPage, UnmatchedProps};
use words::views::desk::{
    Bar, LookUpFault, LookUpResult, LookUpView, NewPasswordView, OpenCallLink, PasswordRefusal, SignInRefusal,
    SignInView,
};
use words::views::frame::PageFrame;
use words::views::unmatched::{Unmatched, UnmatchedView};
use zeroize::Zeroizing;

use self::session::{SessionOpening, Sessions, StaffSession};
use self::work::{FormHash, OpenedLookUp};
use super::form::Form;
use super::mount::Mount as _;
use super::problem::Problem;
use super::render;
use super::visit::Visit;
use keuze_core::service::Services;
use keuze_core::service::call::Calls;
use keuze_core::service::data_access::DataAccess;
use keuze_core::service::known_browsers::KnownBrowsers;
use keuze_core::service::look_up::{LookUp, LookUpError, LookUpPeople, LookUps, LookupQuery, LookupReason};
use keuze_core::service::people::{Contactability, Erasures, Merging, People};
use keuze_core::service::receipt::Receipts;
use keuze_core::service::sign_ins::{Attempt, SignIns};
use keuze_core::service::site::SiteInfo;
use keuze_core::service::staff::{SignedIn, Staff, StaffError};
use ledger::clock::{Clock, wall_clock};
use ledger::formats::known_browser::BrowserToken;
use vault::random::SecureRandom;
use words::problem::Slug;

const DESK: &str = Endpoint::Desk.path();

/// What the desk stands on, and who is signed in.
struct Desk {
    calls: Arc<Calls>,
    site: Arc<SiteInfo>,
    look_ups: Arc<LookUps>,
    known_browsers: Arc<KnownBrowsers>,
    sign_ins: Arc<SignIns>,
    staff: Arc<Staff>,
    people: Arc<People>,
    receipts: Arc<Receipts>,
    data_access: Arc<DataAccess>,
    erasures: Arc<Erasures>,
    contactability: Arc<Contactability>,
    merging: Arc<Merging>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    sessions: Sessions,
    /// Guards the order of presses, from one's beginning until it is durable, so that the second of two finds what the first came to.
    pressing: Arc<Mutex<()>>,
    /// Guards the same of new passwords, which take longer.
    replacing: Mutex<()>,
}

type DeskShared = State<Arc<Desk>>;

/// The desk's routes; whoever reloads the answer to a form comes back to the desk.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let desk = Desk {
        calls: Arc::clone(&services.calls),
        site: Arc::clone(&services.site),
        look_ups: Arc::clone(&services.look_ups),
        known_browsers: Arc::clone(&services.known_browsers),
        sign_ins: Arc::clone(&services.sign_ins),
        staff: Arc::clone(&services.staff),
        people: Arc::clone(&services.people),
        receipts: Arc::clone(&services.receipts),
        data_access: Arc::clone(&services.data_access),
        erasures: Arc::clone(&services.erasures),
        contactability: Arc::clone(&services.contactability),
        merging: Arc::clone(&services.merging),
        clock: Arc::clone(&services.clock),
        random: Arc::clone(&services.random),
        sessions: Sessions::default(),
        pressing: Arc::default(),
        replacing: Mutex::default(),
    };
    Router::new()
        .mount(Endpoint::Desk, get(home))
        .mount(Endpoint::DeskSignIn, post(sign_in).merge(back_to(DESK)))
        .mount(Endpoint::DeskPassword, post(password).get(password_form))
        .mount(Endpoint::DeskLookUp, post(look_up).merge(back_to(DESK)))
        .mount(Endpoint::DeskSignOut, post(sign_out).merge(back_to(DESK)))
        .merge(call::router())
        .merge(person::router())
        .with_state(Arc::new(desk))
}

impl Desk {
    fn staff(&self) -> &Staff {
        &self.staff
    }

    fn session(&self, headers: &HeaderMap) -> Option<StaffSession> {
        let session = self.sessions.find(headers, self.clock.now().at)?;
        // Reset or removed on the command line, somebody is out at once.
        (self.staff().access(session.name.as_str()) == Some(session.access)).then_some(session)
    }

    /// Around the answer to a GET, or to a form, which cannot be asked for again in the other language.
    fn frame(&self, visit: &Visit, reopens: bool) -> PageFrame {
        self.frame_at(visit, reopens, DESK)
    }

    fn frame_at(&self, visit: &Visit, reopens: bool, path: &str) -> PageFrame {
        PageFrame { reopens, ..self.site.frame(visit.language, path) }
    }

    /// What stands on top of every page, the open call before all.
    fn bar(&self, session: &StaffSession) -> Bar {
        let call = self.calls.unclosed(&session.name);
        let open_call = call.map(|call| OpenCallLink {
            reference: call.line.reference.as_str().to_owned(),
            path: self.path_of(session, &call),
        });
        Bar { staff: session.name.to_string(), open_call }
    }
}

/// Whoever asks for a form's address comes to a page.
fn back_to<S: Clone + Send + Sync + 'static>(path: &'static str) -> MethodRouter<S> {
    get(move |visit: Visit| async move { to(path, &visit) })
}

/// Leads to a page of the desk in the language of the visit.
fn to(path: &str, visit: &Visit) -> Response {
    Redirect::to(&paths::in_language(path, visit.language)).into_response()
}

async fn home(State(desk): DeskShared, visit: Visit, headers: HeaderMap) -> Response {
    match desk.session(&headers) {
        None => ask_sign_in(&desk, &visit, true, None),
        Some(session) if session.one_time => ask_password(&desk, &visit, &session, true, None),
        Some(session) => show(&desk, &visit, true, LookUpView::from_session(&desk, &session)),
    }
}

async fn sign_in(
    State(desk): DeskShared,
    visit: Visit,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let (name, password) = (form.needed("name")?, Zeroizing::new(form.needed("password")?));
    form.end()?;
    // Before the password is looked at: what is reset meanwhile opens nothing.
    let access = desk.staff().access(&name);
    let refused = |status, why| Ok(sign_in_page(&desk, &visit, false, status, Some(why)));
    let known = known_browsers::tokens(&headers, visit.host.secure);
    match (desk.sign_ins.sign_in(&name, password, desk.known_browsers.known_browser(&name, &known)).await?, access) {
        (Attempt::In(signed_in, missed), Some(access)) => {
            Ok(open_session(&desk, &visit, &known, SessionOpening { signed_in, access, missed, by: None }))
        }
        (Attempt::Expired, _) => refused(StatusCode::FORBIDDEN, SignInRefusal::Expired),
        (Attempt::Slowed, _) => refused(StatusCode::TOO_MANY_REQUESTS, SignInRefusal::Slowed),
        (Attempt::Wrong | Attempt::In(..), _) => refused(StatusCode::FORBIDDEN, SignInRefusal::Wrong),
    }
}

/// The form for a new password, for whoever is signed in.
async fn password_form(State(desk): DeskShared, visit: Visit, headers: HeaderMap) -> Response {
    match desk.session(&headers) {
        None => to(DESK, &visit),
        Some(session) => ask_password(&desk, &visit, &session, true, None),
    }
}

/// Gives a session under a new token and leads to the desk. With a password of their own the browser is known from then on.
fn open_session(desk: &Desk, visit: &Visit, known: &[BrowserToken], opening: SessionOpening) -> Response {
    let Desk { clock, random, .. } = desk;
    let (secure, signed_in, access) = (visit.host.secure, &opening.signed_in, opening.access);
    let own = (!signed_in.one_time).then(|| {
        let new = desk.known_browsers.know_browser(&signed_in.name, access);
        desk.known(&signed_in.name, new, known, secure)
    });
    let cookie = desk.sessions.open(opening, clock.now().at, &**random, secure);
    own.iter().fold(with_cookie(to(DESK, visit), &cookie), |answer, own| with_cookie(answer, own))
}

async fn password(
    State(desk): DeskShared,
    visit: Visit,
    headers: HeaderMap,
    form: Result<Form, Problem>,
) -> Result<Response, Problem> {
    let _one_at_a_time = desk.replacing.lock().await;
    let Some(session) = desk.session(&headers) else { return replaced_before(&desk, &visit, &headers, form).await };
    let mut form = form?;
    let press = press_of(&form);
    if !is_of(&mut form, &session) {
        return Ok(unmatched(&desk, &visit, &session, Unmatched::OtherStaff, None));
    }
    if desk.sessions.is_opened_by(&session, press, desk.clock.now().at) {
        return Ok(to(DESK, &visit));
    }
    let TypedPasswords { current, new, again } = TypedPasswords::from_form(form)?;
    let known = known_browsers::tokens(&headers, visit.host.secure);
    let at = desk.known_browsers.known_browser(session.name.as_str(), &known);
    match desk.sign_ins.replace_password(&session.name, current, new, &again, at).await {
        Ok(()) => {
            // Whoever still sits somewhere with the old password is out.
            desk.sessions.end_all(&session.name, desk.clock.now().at);
            let Some(access) = desk.staff().access(session.name.as_str()) else { return Ok(ended(&desk, &visit)) };
            let signed_in = SignedIn { name: session.name, one_time: false };
            let opening = SessionOpening { signed_in, access, missed: session.missed, by: Some(press) };
            Ok(open_session(&desk, &visit, &known, opening))
        }
        Err(StaffError::Refused(why)) => Ok(ask_password(&desk, &visit, &session, false, Some(why))),
        Err(StaffError::Append(error)) => Err(error.into()),
        Err(StaffError::Read(error)) => Err(error.into()),
        Err(StaffError::Taken | StaffError::Gone) => Ok(ended(&desk, &visit)),
    }
}

/// What is typed into the form for a new password.
struct TypedPasswords {
    /// The one in force, where it is asked for.
    current: Option<Zeroizing<String>>,
    new: Zeroizing<String>,
    again: Zeroizing<String>,
}

impl TypedPasswords {
    fn from_form(mut form: Form) -> Result<Self, Problem> {
        // Also of whom no session is left.
        drop(form.all("name"));
        let current = form.needed("current").ok().map(Zeroizing::new);
        let (new, again) = (Zeroizing::new(form.needed("password")?), Zeroizing::new(form.needed("again")?));
        form.end()?;
        Ok(Self { current, new, again })
    }
}

/// The second of two presses of the form for a new password, from a browser that has not heard of the first: that ended the
/// session, and the password that both name is the one in force. Anything else is of no session, so it was not recorded,
/// whether it can be read or not.
async fn replaced_before(
    desk: &Desk,
    visit: &Visit,
    headers: &HeaderMap,
    form: Result<Form, Problem>,
) -> Result<Response, Problem> {
    let typed = form.and_then(|form| Ok((press_of(&form), TypedPasswords::from_form(form)?.new)));
    let name = desk.sessions.ended_by_password(headers, desk.clock.now().at);
    let (Some(name), Ok((press, new))) = (name, typed) else { return Ok(not_recorded(desk, visit)) };
    let access = desk.staff().access(name.as_str());
    let known = known_browsers::tokens(headers, visit.host.secure);
    let at = desk.known_browsers.known_browser(name.as_str(), &known);
    match (desk.sign_ins.sign_in(name.as_str(), new, at).await?, access) {
        (Attempt::In(signed_in, missed), Some(access)) => {
            Ok(open_session(desk, visit, &known, SessionOpening { signed_in, access, missed, by: Some(press) }))
        }
        _ => Ok(not_recorded(desk, visit)),
    }
}

/// Who is signed in, with a password of their own; else what is answered instead.
impl FromRequestParts<Arc<Desk>> for StaffSession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, desk).await.map_err(Problem::into_response)?;
        match desk.session(&parts.headers) {
            None => Err(ended(desk, &visit)),
            Some(session) if session.one_time => {
                let page = ask_password(desk, &visit, &session, false, None);
                Err(if parts.method == Method::GET { page } else { (StatusCode::FORBIDDEN, page).into_response() })
            }
            Some(session) => Ok(session),
        }
    }
}

/// The same for what enters something: after the session's end it says that nothing was recorded.
struct Acting(StaffSession);

impl FromRequestParts<Arc<Desk>> for Acting {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, desk).await.map_err(Problem::into_response)?;
        if desk.session(&parts.headers).is_none() {
            return Err(not_recorded(desk, &visit));
        }
        StaffSession::from_request_parts(parts, desk).await.map(Self)
    }
}

/// An act after the session's end.
fn not_recorded(desk: &Desk, visit: &Visit) -> Response {
    sign_in_page(desk, visit, false, StatusCode::CONFLICT, Some(SignInRefusal::NotRecorded))
}

/// An act that does not fit what is open at its address: not recorded, with the way back.
fn unmatched(desk: &Desk, visit: &Visit, session: &StaffSession, why: Unmatched, back: Option<String>) -> Response {
    let frame = desk.frame(visit, false);
    let page = UnmatchedView { frame, bar: Some(desk.bar(session)), why, back };
    render::page(StatusCode::CONFLICT, visit.language, || UnmatchedPage(UnmatchedProps { page }))
}

/// The address of a look-up that is not open in this session.
fn not_open(desk: &Desk, visit: &Visit, session: &StaffSession) -> Response {
    let page = UnmatchedView {
        frame: desk.frame(visit, true),
        bar: Some(desk.bar(session)),
        why: Unmatched::NotOpen,
        back: None,
    };
    render::page(StatusCode::NOT_FOUND, visit.language, || UnmatchedPage(UnmatchedProps { page }))
}

/// What is looked up: one record, or people.
enum LookUpQuery {
    Record(LookUp),
    People(LookUpPeople),
}

async fn look_up(
    State(desk): DeskShared,
    visit: Visit,
    session: StaffSession,
    mut form: Form,
) -> Result<Response, Problem> {
    if !is_of(&mut form, &session) {
        return Ok(unmatched(&desk, &visit, &session, Unmatched::OtherStaff, None));
    }
    let (query, reason) = (form.needed("query")?, form.needed("reason")?);
    form.end()?;
    let outcome = match parse(&desk, &session, &query, &reason) {
        Ok(LookUpQuery::Record(asked)) => desk.look_ups.look_up(&asked, visit.language, &visit.host.origin).await?,
        Ok(LookUpQuery::People(asked)) => return look_up_people(&desk, &visit, &session, asked).await,
        Err(fault) => LookUpResult::Fault(fault),
    };
    let page = |frame| LookUpView {
        query,
        reason,
        outcome: Some(outcome),
        ..LookUpView::from_session(&desk, &session)(frame)
    };
    Ok(show(&desk, &visit, false, page))
}

/// Leads to the page of who was found; only the look-up's id stands in the address.
async fn look_up_people(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    asked: LookUpPeople,
) -> Result<Response, Problem> {
    let found = desk.look_ups.look_up_people(&asked).await?;
    let opened =
        OpenedLookUp { people: found.people, why: asked.why, audit: found.audit, done: None, made: Vec::new() };
    match desk.sessions.work(session, |work| work.open(opened, &*desk.random)) {
        Some(id) => Ok(to(&paths::desk_person(id), visit)),
        None => Ok(ended(desk, visit)),
    }
}

async fn sign_out(State(desk): DeskShared, visit: Visit, headers: HeaderMap) -> Response {
    let cookie = desk.sessions.end(&headers, visit.host.secure);
    with_cookie(to(DESK, &visit), &cookie)
}

fn parse(desk: &Desk, session: &StaffSession, query: &str, reason: &str) -> Result<LookUpQuery, LookUpFault> {
    let (staff, why) = (session.name.clone(), LookupReason::parse(reason)?);
    match LookupQuery::parse(query) {
        Ok(wanted) => Ok(LookUpQuery::Record(LookUp { staff, wanted, why })),
        Err(LookUpFault::Form) => {
            let contact = desk.look_ups.contact(query).ok_or(LookUpFault::Form)?;
            Ok(LookUpQuery::People(LookUpPeople { staff, contact, why }))
        }
        Err(fault) => Err(fault),
    }
}

/// The channels that a button names: one, or `all`.
fn channels_named(text: &str) -> Option<Vec<Channel>> {
    let is_named = |channel: &Channel| serde_json::to_value(channel).is_ok_and(|name| name == text);
    let channels: Vec<Channel> =
        Channel::ALL.into_iter().filter(|channel| text == "all" || is_named(channel)).collect();
    (!channels.is_empty()).then_some(channels)
}

/// A view of a session, once it is known what stands around it.
trait ViewOf {
    fn from_session(desk: &Desk, session: &StaffSession) -> impl FnOnce(PageFrame) -> Self + use<Self>;
}

impl ViewOf for LookUpView {
    fn from_session(desk: &Desk, session: &StaffSession) -> impl FnOnce(PageFrame) -> Self + use<> {
        let bar = desk.bar(session);
        let missed = session.missed.map(|missed| (missed.count, wall_clock(missed.last)));
        // One that cannot be read is for `keuze verify` to tell; the desk goes on.
        let restored = desk.look_ups.restored().unwrap_or_else(|error| {
            tracing::error!(%error, "whether the ledger was put back from a backup cannot be read");
            None
        });
        move |frame| Self { frame, bar, missed, restored, query: String::new(), reason: String::new(), outcome: None }
    }
}

fn show(desk: &Desk, visit: &Visit, reopens: bool, page: impl FnOnce(PageFrame) -> LookUpView) -> Response {
    let page = page(desk.frame(visit, reopens));
    let status = match &page.outcome {
        Some(LookUpResult::Fault(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(LookUpResult::Nothing) => StatusCode::NOT_FOUND,
        None | Some(LookUpResult::Found(_)) => StatusCode::OK,
    };
    render::page(status, visit.language, || LookUpPage(LookUpProps { page }))
}

fn ask_sign_in(desk: &Desk, visit: &Visit, reopens: bool, refusal: Option<SignInRefusal>) -> Response {
    let status = if reopens { StatusCode::OK } else { StatusCode::FORBIDDEN };
    sign_in_page(desk, visit, reopens, status, refusal)
}

fn sign_in_page(
    desk: &Desk,
    visit: &Visit,
    reopens: bool,
    status: StatusCode,
    refusal: Option<SignInRefusal>,
) -> Response {
    let page = SignInView { frame: desk.frame(visit, reopens), refusal };
    render::page(status, visit.language, || SignIn(SignInProps { page }))
}

fn ended(desk: &Desk, visit: &Visit) -> Response {
    ask_sign_in(desk, visit, false, Some(SignInRefusal::Ended))
}

fn ask_password(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    reopens: bool,
    refusal: Option<PasswordRefusal>,
) -> Response {
    let (frame, one_time) = (desk.frame_at(visit, reopens, Endpoint::DeskPassword.path()), session.one_time);
    let page = NewPasswordView { frame, staff: session.name.to_string(), one_time, refusal };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render::page(status, visit.language, || NewPassword(NewPasswordProps { page }))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    let value = HeaderValue::from_str(cookie).expect("the desk's cookies are plain ASCII");
    response.headers_mut().append(header::SET_COOKIE, value);
    response
}

/// What tells a form from every other.
fn press_of(form: &Form) -> FormHash {
    let mut hash = Sha256::new();
    for text in form.pairs().iter().flat_map(|(name, value)| [name, value]) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    FormHash(hash.finalize().into())
}

/// The button of a form: where several were sent, one that says no.
fn first_no(form: &mut Form) -> Result<String, Problem> {
    let acts = form.all("act");
    let no = acts.iter().find(|act| act.starts_with("object:"));
    let act = no.or_else(|| acts.iter().find(|act| !act.is_empty()));
    act.cloned().ok_or(Problem::with(Slug::MalformedRequest, "act"))
}

/// Whether the page that a form stood on was this staff member's. Our pages say so; a program that sends a form without one has
/// one session.
fn is_of(form: &mut Form, session: &StaffSession) -> bool {
    let names = form.all("name");
    names.iter().filter(|name| !name.is_empty()).all(|name| name == session.name.as_str())
}

impl From<LookUpError> for Problem {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Append(error) => error.into(),
            LookUpError::Read(error) => error.into(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
