//! The desk: staff sign in, and look up a choice with a reason.
//!
//! Nothing of what is looked up stands in an address: look-ups are forms, and their answers are not kept by the
//! browser. Signing in is slowed down by the rate limit of its route.

mod session;

use std::sync::Arc;

use app::doors::desk::{LookUpFault, LookUpView, NewPasswordView, Outcome, PasswordRefusal, SignInRefusal, SignInView};
use app::doors::frame::Frame;
use app::pages::desk::{LookUp as LookUpPage, LookUpProps, NewPassword, NewPasswordProps, SignIn, SignInProps};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use zeroize::Zeroizing;

use self::session::{Session, Sessions};
use super::body;
use super::problem::{Problem, Slug};
use super::render;
use super::visit::Visit;
use crate::service::Keuze;
use crate::service::look_up::{LookUp, LookUpError, Wanted, Why};
use crate::service::staff::{Staff, StaffError};

const DESK: &str = "/keuze/desk";

/// What the desk stands on: the system, and who is signed in.
struct Desk {
    keuze: Arc<Keuze>,
    sessions: Sessions,
}

type Shared = State<Arc<Desk>>;
type Body = Result<Bytes, BytesRejection>;

/// The desk's routes; whoever reloads the answer to a form comes back to the desk.
pub fn router<S: Clone + Send + Sync + 'static>(keuze: &Arc<Keuze>) -> Router<S> {
    let desk = Desk { keuze: Arc::clone(keuze), sessions: Sessions::default() };
    Router::new()
        .route(DESK, get(home))
        .route("/keuze/desk/sign-in", post(sign_in).get(back))
        .route("/keuze/desk/password", post(password).get(back))
        .route("/keuze/desk/look-up", post(look_up).get(back))
        .route("/keuze/desk/sign-out", post(sign_out).get(back))
        .with_state(Arc::new(desk))
}

impl Desk {
    fn staff(&self) -> Staff<'_> {
        let Keuze { scribe, clock, entropy, .. } = &*self.keuze;
        Staff { scribe, clock: &**clock, entropy: &**entropy }
    }

    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.sessions.find(headers, self.keuze.clock.now().at)
    }

    /// Around the answer to a GET, or to a form, which cannot be asked for again in the other language.
    fn frame(&self, visit: &Visit, reopens: bool) -> Frame {
        Frame { reopens, ..self.keuze.frame(visit.language, DESK) }
    }
}

async fn back(visit: Visit) -> Redirect {
    home_of(&visit)
}

fn home_of(visit: &Visit) -> Redirect {
    Redirect::to(&format!("{DESK}?lang={}", visit.language.tag()))
}

async fn home(State(desk): Shared, visit: Visit, headers: HeaderMap) -> Response {
    match desk.session(&headers) {
        None => ask_sign_in(&desk, &visit, true, None),
        Some(session) if session.one_time => ask_password(&desk, &visit, &session, true, None),
        Some(session) => show(&desk, &visit, true, LookUpView::of(&session)),
    }
}

async fn sign_in(State(desk): Shared, visit: Visit, headers: HeaderMap, sent: Body) -> Result<Response, Problem> {
    let mut form = Form::read(&headers, sent)?;
    let (name, password) = (form.take("name")?, Zeroizing::new(form.take("password")?));
    let signed_in = desk.staff().sign_in(&name, password).await?;
    Ok(match signed_in {
        None => ask_sign_in(&desk, &visit, false, Some(SignInRefusal::Wrong)),
        Some(signed_in) => open_session(&desk, &visit, signed_in.into()),
    })
}

/// Gives a session under a new token and leads to the desk.
fn open_session(desk: &Desk, visit: &Visit, session: Session) -> Response {
    let Keuze { clock, entropy, .. } = &*desk.keuze;
    let cookie = desk.sessions.open(session, clock.now().at, &**entropy, visit.host.secure);
    with_cookie(home_of(visit).into_response(), &cookie)
}

async fn password(State(desk): Shared, visit: Visit, headers: HeaderMap, sent: Body) -> Result<Response, Problem> {
    let Some(session) = desk.session(&headers) else { return Ok(ended(&desk, &visit)) };
    let mut form = Form::read(&headers, sent)?;
    let (new, again) = (Zeroizing::new(form.take("password")?), Zeroizing::new(form.take("again")?));
    match desk.staff().replace(&session.name, new, &again).await {
        Ok(()) => {
            // Whoever still sits somewhere with the old password is out.
            desk.sessions.end_all(&session.name);
            Ok(open_session(&desk, &visit, Session { one_time: false, ..session }))
        }
        Err(StaffError::Refused(why)) => Ok(ask_password(&desk, &visit, &session, false, Some(why))),
        Err(StaffError::Append(error)) => Err(error.into()),
        Err(StaffError::Read(error)) => Err(error.into()),
        Err(StaffError::Taken | StaffError::Gone) => Ok(ended(&desk, &visit)),
    }
}

async fn look_up(State(desk): Shared, visit: Visit, headers: HeaderMap, sent: Body) -> Result<Response, Problem> {
    let session = match desk.session(&headers) {
        None => return Ok(ended(&desk, &visit)),
        Some(session) if session.one_time => return Ok(ask_password(&desk, &visit, &session, false, None)),
        Some(session) => session,
    };
    let mut form = Form::read(&headers, sent)?;
    let (query, reason) = (form.take("query")?, form.take("reason")?);
    let outcome = match parse(&session, &query, &reason) {
        Ok(asked) => desk.keuze.look_up(&asked, visit.language, &visit.host.origin).await?,
        Err(fault) => Outcome::Fault(fault),
    };
    let page = move |frame| LookUpView { query, reason, outcome: Some(outcome), ..LookUpView::of(&session)(frame) };
    Ok(show(&desk, &visit, false, page))
}

async fn sign_out(State(desk): Shared, visit: Visit, headers: HeaderMap) -> Response {
    let cookie = desk.sessions.end(&headers, visit.host.secure);
    with_cookie(home_of(&visit).into_response(), &cookie)
}

fn parse(session: &Session, query: &str, reason: &str) -> Result<LookUp, LookUpFault> {
    Ok(LookUp { staff: session.name.clone(), why: Why::parse(reason)?, wanted: Wanted::parse(query)? })
}

/// A view of a session, once it is known what stands around it.
trait ViewOf {
    fn of(session: &Session) -> impl FnOnce(Frame) -> Self + use<Self>;
}

impl ViewOf for LookUpView {
    fn of(session: &Session) -> impl FnOnce(Frame) -> Self + use<> {
        let staff = session.name.to_string();
        |frame| Self { frame, staff, query: String::new(), reason: String::new(), outcome: None }
    }
}

fn show(desk: &Desk, visit: &Visit, reopens: bool, page: impl FnOnce(Frame) -> LookUpView) -> Response {
    let page = page(desk.frame(visit, reopens));
    let status = match &page.outcome {
        Some(Outcome::Fault(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(Outcome::Nothing) => StatusCode::NOT_FOUND,
        None | Some(Outcome::Found(_)) => StatusCode::OK,
    };
    render::page(status, visit.language, || LookUpPage(LookUpProps { page }))
}

fn ask_sign_in(desk: &Desk, visit: &Visit, reopens: bool, refusal: Option<SignInRefusal>) -> Response {
    let page = SignInView { frame: desk.frame(visit, reopens), refusal };
    let status = if reopens { StatusCode::OK } else { StatusCode::FORBIDDEN };
    render::page(status, visit.language, || SignIn(SignInProps { page }))
}

fn ended(desk: &Desk, visit: &Visit) -> Response {
    ask_sign_in(desk, visit, false, Some(SignInRefusal::Ended))
}

fn ask_password(
    desk: &Desk,
    visit: &Visit,
    session: &Session,
    reopens: bool,
    refusal: Option<PasswordRefusal>,
) -> Response {
    let page = NewPasswordView { frame: desk.frame(visit, reopens), staff: session.name.to_string(), refusal };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render::page(status, visit.language, || NewPassword(NewPasswordProps { page }))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    let value = HeaderValue::from_str(cookie).expect("a session cookie is plain ASCII");
    response.headers_mut().append(header::SET_COOKIE, value);
    response
}

/// A form as it was sent.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(headers: &HeaderMap, sent: Body) -> Result<Self, Problem> {
        body::form(headers, sent).map(Self)
    }

    /// A field that the form has; a request without it was not made by our form.
    fn take(&mut self, name: &'static str) -> Result<String, Problem> {
        let at = self.0.iter().position(|(field, _)| field == name);
        at.map(|at| self.0.swap_remove(at).1).ok_or(Problem::with(Slug::MalformedRequest, name))
    }
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
mod tests;
