//! `/keuze/desk/call`: made for the keyboard (S-16). The first Enter says that the right to object was offered, the second
//! that the person objects; nothing needs a script.

use std::sync::Arc;

use app::doors::desk::people::{CallCard, CallFault, CallForm, CallState, CallView, Said};
use app::model::channel::Channel;
use app::model::identity::Subject;
use app::pages::desk::call::{Call as CallPage, CallProps};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};

use super::session::Session;
use super::{Body, Desk, Form, Shared};
use crate::http::problem::{Problem, Slug};
use crate::http::render;
use crate::http::visit::Visit;
use crate::service::call::{CloseError, Direction, OpenCall, Reference};
use crate::service::people::Acted;

/// The screen's path.
pub(super) const CALL: &str = "/keuze/desk/call";

pub(super) fn router() -> Router<Arc<Desk>> {
    Router::new()
        .route(CALL, get(screen))
        .route("/keuze/desk/call/open", post(open).get(back))
        .route("/keuze/desk/call/act", post(act).get(back))
}

async fn back(visit: Visit) -> Redirect {
    to_screen(&visit)
}

fn to_screen(visit: &Visit) -> Redirect {
    Redirect::to(&format!("{CALL}?lang={}", visit.language.tag()))
}

async fn screen(State(desk): Shared, visit: Visit, session: Session) -> Result<Response, Problem> {
    let state = match desk.work.call(&session.name) {
        Some(call) => desk.card(&call)?,
        None => CallState::Closed { form: CallForm::default(), closed: None },
    };
    Ok(show(&desk, &visit, &session, true, state, None))
}

async fn open(
    State(desk): Shared,
    visit: Visit,
    session: Session,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let mut sent = Form::read(&headers, sent)?;
    let form = CallForm {
        reference: sent.take("reference")?,
        outgoing: sent.take("direction")? == "out",
        query: sent.take("query")?,
    };
    if let Some(call) = desk.work.call(&session.name) {
        return Ok(show(&desk, &visit, &session, false, desk.card(&call)?, Some(CallFault::StillOpen)));
    }
    let asked = (Reference::parse(&form.reference), desk.keuze.contact(&form.query));
    let (reference, contact) = match asked {
        (Some(reference), Some(contact)) => (reference, contact),
        (reference, _) => {
            let fault = if reference.is_none() { CallFault::Reference } else { CallFault::Query };
            let state = CallState::Closed { form, closed: None };
            return Ok(show(&desk, &visit, &session, false, state, Some(fault)));
        }
    };
    let direction = if form.outgoing { Direction::Out } else { Direction::In };
    let call = desk.keuze.open_call(&session.name, reference, direction, contact).await?;
    desk.work.begin(&session.name, call);
    Ok(to_screen(&visit).into_response())
}

/// What the agent's key press says.
enum Press {
    Offered(bool),
    Object(Vec<Channel>),
    Person(Subject),
    Close,
}

impl Press {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.split_once(':') {
            None => match text {
                "offered" => Self::Offered(true),
                "not_offered" => Self::Offered(false),
                "close" => Self::Close,
                _ => return None,
            },
            Some(("object", channel)) => Self::Object(super::channels_named(channel)?),
            Some(("person", subject)) => Self::Person(subject.parse().ok()?),
            Some(_) => return None,
        })
    }
}

async fn act(
    State(desk): Shared,
    visit: Visit,
    session: Session,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let press = Form::read(&headers, sent)?.take("act")?;
    let press = Press::parse(&press).ok_or(Problem::with(Slug::MalformedRequest, "act"))?;
    let (staff, work) = (&session.name, &desk.work);
    let Some(call) = work.call(staff) else { return Ok(to_screen(&visit).into_response()) };
    match press {
        Press::Offered(offered) => work.change(staff, |call| call.right_offered = Some(offered)),
        Press::Person(person) if call.people.contains(&person) => {
            work.change(staff, |call| call.person = Some(person));
        }
        Press::Person(_) => return Err(Problem::with(Slug::MalformedRequest, "act")),
        Press::Object(channels) => {
            let acted = desk.keuze.object_in_call(&call, staff, &channels).await?;
            work.change(staff, |call| call.recorded = Some(acted));
        }
        Press::Close => return close(&desk, &visit, &session, &call).await,
    }
    Ok(to_screen(&visit).into_response())
}

async fn close(desk: &Desk, visit: &Visit, session: &Session, call: &OpenCall) -> Result<Response, Problem> {
    match desk.keuze.close_call(call, &session.name).await {
        Ok(_) => {
            desk.work.end(&session.name);
            let closed = Some(call.reference.as_str().to_owned());
            let state = CallState::Closed { form: CallForm::default(), closed };
            Ok(show(desk, visit, session, false, state, None))
        }
        Err(CloseError::Unanswered) => {
            Ok(show(desk, visit, session, false, desk.card(call)?, Some(CallFault::Unanswered)))
        }
        Err(CloseError::Append(error)) => Err(error.into()),
    }
}

impl Desk {
    fn card(&self, call: &OpenCall) -> Result<CallState, Problem> {
        let named = |subject: &Subject| {
            let person = self.keuze.known_person(*subject)?;
            let name = person.name().map(str::to_owned).or_else(|| person.customers().first().map(ToString::to_string));
            Some((subject.to_string(), name.unwrap_or_else(|| "–".to_owned())))
        };
        Ok(CallState::Open(Box::new(CallCard {
            reference: call.reference.as_str().to_owned(),
            outgoing: call.direction == Direction::Out,
            point: call.point.as_ref().map(crate::contact::ContactPoint::given),
            people: call.people.iter().filter_map(named).collect(),
            person: call.person.as_ref().and_then(named),
            channels: self.keuze.channels_of(call)?,
            right_offered: call.right_offered,
            said: call.recorded.as_ref().map(|acted| self.said(acted)),
            audit: call.audit.to_string(),
        })))
    }

    /// An objection, as it is read to the person.
    pub(super) fn said(&self, acted: &Acted) -> Said {
        Said {
            channels: acted.channels.clone(),
            number: self.keuze.receipts().number(acted.record).to_string(),
            since: acted.since,
            changed: acted.changed,
        }
    }
}

fn show(
    desk: &Desk,
    visit: &Visit,
    session: &Session,
    reopens: bool,
    state: CallState,
    fault: Option<CallFault>,
) -> Response {
    let frame = desk.frame_at(visit, reopens, CALL);
    let page = CallView { frame, bar: desk.bar(session), state, fault };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render::page(status, visit.language, || CallPage(CallProps { page }))
}
