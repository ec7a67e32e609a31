//! `/keuze/desk/call`: made for the keyboard (S-16). The first Enter says that the right to object was offered, the second
//! that the person objects; nothing needs a script.

use std::sync::Arc;

use app::doors::desk::people::{CallCard, CallFault, CallForm, CallState, CallView, Said};
use app::model::channel::Channel;
use app::model::identity::Subject;
use app::pages::desk::call::{Call as CallPage, CallProps};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::session::Session;
use super::{Desk, Form, Shared, back_to, to};
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
        .route("/keuze/desk/call/open", post(open).merge(back_to(CALL)))
        .route("/keuze/desk/call/act", post(act).merge(back_to(CALL)))
}

async fn screen(State(desk): Shared, visit: Visit, session: Session) -> Result<Response, Problem> {
    let state = desk.state(&session, CallForm::default())?;
    Ok(show(&desk, &visit, &session, true, state, None))
}

async fn open(State(desk): Shared, visit: Visit, session: Session, mut sent: Form) -> Result<Response, Problem> {
    let form = CallForm {
        reference: sent.take("reference")?,
        outgoing: sent.take("direction")? == "out",
        query: sent.take("query")?,
    };
    let direction = if form.outgoing { Direction::Out } else { Direction::In };
    let fault = match (Reference::parse(&form.reference), desk.keuze.contact(&form.query)) {
        (None, _) => CallFault::Reference,
        (_, None) => CallFault::Query,
        (Some(reference), Some(contact)) => {
            if desk.keuze.open_call(&session.name, reference, direction, &contact).await? {
                return Ok(to(CALL, &visit));
            }
            CallFault::StillOpen
        }
    };
    let state = desk.state(&session, form)?;
    Ok(show(&desk, &visit, &session, false, state, Some(fault)))
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

async fn act(State(desk): Shared, visit: Visit, session: Session, mut sent: Form) -> Result<Response, Problem> {
    let press = Press::parse(&sent.take("act")?).ok_or(Problem::with(Slug::MalformedRequest, "act"))?;
    let (staff, calls) = (&session.name, &desk.keuze.calls);
    let Some(call) = calls.of_staff(staff) else { return Ok(to(CALL, &visit)) };
    match press {
        Press::Offered(offered) => calls.change(staff, |call| call.right_offered = Some(offered)),
        Press::Person(person) if call.line.people.contains(&person) => {
            calls.change(staff, |call| call.person = Some(person));
        }
        Press::Person(_) => return Err(Problem::with(Slug::MalformedRequest, "act")),
        Press::Object(channels) => desk.keuze.object_in_call(&call, &channels).await?,
        Press::Close => return close(&desk, &visit, &session, &call).await,
    }
    Ok(to(CALL, &visit))
}

async fn close(desk: &Desk, visit: &Visit, session: &Session, call: &OpenCall) -> Result<Response, Problem> {
    let (state, fault) = match desk.keuze.close_call(call).await {
        Ok(()) => {
            let closed = Some(call.line.reference.as_str().to_owned());
            (CallState::Closed { form: CallForm::default(), closed }, None)
        }
        Err(CloseError::Unanswered) => (desk.card(call)?, Some(CallFault::Unanswered)),
        Err(CloseError::Append(error)) => return Err(error.into()),
    };
    Ok(show(desk, visit, session, false, state, fault))
}

impl Desk {
    /// The open call, or the form that opens one.
    fn state(&self, session: &Session, form: CallForm) -> Result<CallState, Problem> {
        match self.keuze.calls.of_staff(&session.name) {
            Some(call) => self.card(&call),
            None => Ok(CallState::Closed { form, closed: None }),
        }
    }

    fn card(&self, call: &OpenCall) -> Result<CallState, Problem> {
        let named = |subject: &Subject| {
            let person = self.keuze.known_person(*subject)?;
            let name = person.name().map(str::to_owned).or_else(|| person.customers().first().map(ToString::to_string));
            Some((subject.to_string(), name.unwrap_or_else(|| "–".to_owned())))
        };
        Ok(CallState::Open(Box::new(CallCard {
            reference: call.line.reference.as_str().to_owned(),
            outgoing: call.line.direction == Direction::Out,
            point: call.line.point.as_ref().map(crate::contact::ContactPoint::given),
            people: call.line.people.iter().filter_map(named).collect(),
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
