//! `/keuze/desk/call/{id}`: made for the keyboard (S-16). The first Enter says that the right to object was offered, the
//! second that the person objects; nothing needs a script.
//!
//! The call stands in the address by a random id, never by its reference, and the form says what its screen shows of the
//! call: a press on a screen that is out of date is not recorded.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use model::channel::Channel;
use model::identity::Subject;
use model::paths::{self, Endpoint};
use ui::pages::desk::call::{Call as CallPage, CallProps};
use words::views::desk::people::{CallCard, CallFault, CallForm, CallState, CallView, SaidObjection};
use words::views::unmatched::Unmatched;

use super::session::StaffSession;
use super::work::WorkId;
use super::{Acting, Desk, DeskShared, back_to, first_no, is_of, not_open, to, unmatched};
use crate::form::{Form, LenientForm};
use crate::mount::Mount as _;
use crate::problem::Problem;
use crate::render;
use crate::visit::Visit;
use keuze_core::service::call::{CallReference, CloseError, OnTheLine, OpenCall};
use keuze_core::service::history::PersonHistory;
use keuze_core::service::people::{ActError, ActOutcome};
use ledger::formats::fact::Direction;
use words::problem::Slug;

/// The path of the form that opens a call.
pub(super) const CALL: &str = Endpoint::DeskCall.path();

pub(super) fn router() -> Router<Arc<Desk>> {
    Router::new()
        .mount(Endpoint::DeskCall, get(home))
        .mount(Endpoint::DeskCallOpen, post(open).merge(back_to(CALL)))
        .mount(Endpoint::DeskCallScreen, get(screen).post(act))
}

/// The form that opens a call, or the way to the one that is open.
async fn home(State(desk): DeskShared, visit: Visit, session: StaffSession) -> Response {
    match desk.calls.unclosed(&session.name) {
        Some(call) => to(&desk.path_of(&session, &call), &visit),
        None => form(&desk, &visit, &session, true, CallForm::default(), None),
    }
}

async fn screen(
    State(desk): DeskShared,
    visit: Visit,
    session: StaffSession,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    match desk.call_at(&session, &id) {
        Some(call) => show(&desk, &visit, &session, &desk.people.history(), &call, None),
        None => Ok(not_open(&desk, &visit, &session)),
    }
}

async fn open(
    State(desk): DeskShared,
    visit: Visit,
    session: StaffSession,
    mut sent: Form,
) -> Result<Response, Problem> {
    if !is_of(&mut sent, &session) {
        return Ok(unmatched(&desk, &visit, &session, Unmatched::OtherStaff, None));
    }
    let typed = CallForm {
        reference: sent.needed("reference")?,
        outgoing: sent.needed("direction")? == "out",
        query: sent.needed("query")?,
    };
    sent.end()?;
    let direction = if typed.outgoing { Direction::Out } else { Direction::In };
    let fault = match (CallReference::parse(&typed.reference), desk.look_ups.contact(&typed.query)) {
        (None, _) => CallFault::Reference,
        (_, None) => CallFault::Query,
        (Some(reference), Some(contact)) => {
            let _one_at_a_time = desk.pressing.lock().await;
            let is_this = |call: &OpenCall| {
                let OnTheLine { reference: of, direction: its, point, .. } = &call.line;
                (of, *its, point.as_ref()) == (&reference, direction, contact.point())
            };
            // The same press opened it before.
            if let Some(call) = desk.calls.unclosed(&session.name).filter(is_this) {
                return show(&desk, &visit, &session, &desk.people.history(), &call, None);
            }
            match desk.calls.open_call(&session.name, reference, direction, &contact).await? {
                Some(call) => return Ok(to(&desk.path_of(&session, &call), &visit)),
                None => CallFault::StillOpen,
            }
        }
    };
    Ok(form(&desk, &visit, &session, false, typed, Some(fault)))
}

/// What the agent's key press says.
enum CallPress {
    Offered(bool),
    Object(Vec<Channel>),
    Person(Subject),
    Close,
}

impl CallPress {
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
    State(desk): DeskShared,
    visit: Visit,
    Acting(session): Acting,
    Path(id): Path<String>,
    LenientForm(mut sent): LenientForm,
) -> Result<Response, Problem> {
    let each_once = sent.each_once();
    let press = CallPress::parse(&first_no(&mut sent)?).ok_or(Problem::with(Slug::MalformedRequest, "act"))?;
    let shown = sent.first_needed("shown")?;
    if !matches!(press, CallPress::Object(_)) {
        each_once?;
        sent.end()?;
    }
    let _one_at_a_time = desk.pressing.lock().await;
    let Some(call) = desk.call_at(&session, &id) else {
        return Ok(match desk.closed_at(&session, &id, &shown).filter(|_| matches!(press, CallPress::Close)) {
            // The second press of two.
            Some(reference) => closed(&desk, &visit, &session, reference),
            None => unmatched(&desk, &visit, &session, Unmatched::Call, None),
        });
    };
    let is_shown = shown == shown_of(&call);
    match press {
        CallPress::Offered(offered) => {
            pressed(&desk, &visit, &session, &call, |call| call.right_offered = Some(offered))
        }
        CallPress::Person(person) if call.line.people.contains(&person) => {
            pressed(&desk, &visit, &session, &call, |call| call.person = Some(person))
        }
        CallPress::Person(_) => Err(Problem::with(Slug::MalformedRequest, "act")),
        CallPress::Object(_) | CallPress::Close if !is_shown => Ok(changed(&desk, &visit, &session, &call)),
        CallPress::Object(channels) => object(&desk, &visit, &session, &call, &channels).await,
        CallPress::Close => close(&desk, &visit, &session, &id, &call).await,
    }
}

/// What a call's screen shows of what its presses are about: who it is, and whether the right was offered.
fn shown_of(call: &OpenCall) -> String {
    let person = call.person.map(|person| person.to_string()).unwrap_or_default();
    let offered = match call.right_offered {
        Some(true) => "offered",
        Some(false) => "not_offered",
        None => "",
    };
    format!("{person}/{offered}")
}

/// Notes what is kept with the call and recorded only with what comes next, and shows the screen as it is then.
fn pressed(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    call: &OpenCall,
    change: impl FnOnce(&mut OpenCall),
) -> Result<Response, Problem> {
    match desk.calls.change(&call.id, change) {
        Some(call) => show(desk, visit, session, &desk.people.history(), &call, None),
        None => Ok(unmatched(desk, visit, session, Unmatched::Call, None)),
    }
}

fn changed(desk: &Desk, visit: &Visit, session: &StaffSession, call: &OpenCall) -> Response {
    unmatched(desk, visit, session, Unmatched::CallChanged, Some(desk.path_of(session, call)))
}

async fn object(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    call: &OpenCall,
    channels: &[Channel],
) -> Result<Response, Problem> {
    let history = &desk.people.history();
    match desk.calls.object_in_call(history, call, channels).await {
        Ok(acted) if acted.changed => Ok(to(&desk.path_of(session, call), visit)),
        Ok(acted) => show(desk, visit, session, history, &OpenCall { recorded: Some(acted), ..call.clone() }, None),
        // Erased since, or one with somebody else.
        Err(ActError::NoPerson) => Ok(changed(desk, visit, session, call)),
        Err(error) => Err(error.into()),
    }
}

fn closed(desk: &Desk, visit: &Visit, session: &StaffSession, reference: String) -> Response {
    let state = CallState::Closed { form: CallForm::default(), closed: Some(reference) };
    page(desk, visit, session, false, state, None)
}

async fn close(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    id: &str,
    call: &OpenCall,
) -> Result<Response, Problem> {
    match desk.calls.close_call(call).await {
        Ok(()) => {
            let reference = call.line.reference.as_str().to_owned();
            if let Some(id) = WorkId::parse(id) {
                desk.sessions.work(session, |work| work.close(id, reference.clone(), shown_of(call)));
            }
            Ok(closed(desk, visit, session, reference))
        }
        Err(CloseError::Unanswered) => {
            show(desk, visit, session, &desk.people.history(), call, Some(CallFault::Unanswered))
        }
        Err(CloseError::Closed) => Ok(unmatched(desk, visit, session, Unmatched::Call, None)),
        Err(CloseError::Append(error)) => Err(error.into()),
    }
}

impl Desk {
    /// The call at an address of this session, while it is open.
    fn call_at(&self, session: &StaffSession, id: &str) -> Option<OpenCall> {
        let id = WorkId::parse(id)?;
        let call = self.sessions.work(session, |work| work.call(id).copied()).flatten()?;
        let call = self.calls.get(&call)?;
        match call.person {
            // Erased since they were chosen: the call is about its number or address again.
            Some(person) if self.people.known_person(person).is_none() => {
                self.calls.change(&call.id, |call| call.person = None)
            }
            _ => Some(call),
        }
    }

    /// The reference of the call that was closed at an address of this session by a screen that showed this.
    fn closed_at(&self, session: &StaffSession, id: &str, shown: &str) -> Option<String> {
        let id = WorkId::parse(id)?;
        self.sessions.work(session, |work| work.closed(id, shown).map(str::to_owned)).flatten()
    }

    /// The address of a call in this session.
    pub(super) fn path_of(&self, session: &StaffSession, call: &OpenCall) -> String {
        let id = self.sessions.work(session, |work| work.address_of(&call.id, &*self.random));
        // Of a session that ended meanwhile every address leads to signing in.
        id.map_or_else(|| CALL.to_owned(), paths::desk_call)
    }

    fn card(&self, session: &StaffSession, history: &PersonHistory, call: &OpenCall) -> Result<CallCard, Problem> {
        let named = |subject: &Subject| {
            let person = self.people.known_person(*subject)?;
            let name = person.name().map(str::to_owned).or_else(|| person.customers().first().map(ToString::to_string));
            Some((subject.to_string(), name.unwrap_or_else(|| "–".to_owned())))
        };
        Ok(CallCard {
            path: self.path_of(session, call),
            shown: shown_of(call),
            reference: call.line.reference.as_str().to_owned(),
            outgoing: call.line.direction == Direction::Out,
            point: call.line.point.as_ref().map(contact::ContactPoint::given),
            people: call.line.people.iter().filter_map(named).collect(),
            person: call.person.as_ref().and_then(named),
            reach: self.look_ups.reach(history, &call.who())?,
            right_offered: call.right_offered,
            said: call.recorded.as_ref().map(|acted| self.said(acted)),
            audit: call.audit.to_string(),
        })
    }

    /// An objection, as it is read to the person.
    pub(super) fn said(&self, acted: &ActOutcome) -> SaidObjection {
        SaidObjection {
            channels: acted.channels.clone(),
            number: self.receipts.number(acted.record).to_string(),
            since: acted.since,
            changed: acted.changed,
        }
    }
}

/// The call's screen; its address shows the same.
fn show(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    history: &PersonHistory,
    call: &OpenCall,
    fault: Option<CallFault>,
) -> Result<Response, Problem> {
    let state = CallState::Open(Box::new(desk.card(session, history, call)?));
    Ok(page(desk, visit, session, true, state, fault))
}

fn form(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    reopens: bool,
    form: CallForm,
    fault: Option<CallFault>,
) -> Response {
    page(desk, visit, session, reopens, CallState::Closed { form, closed: None }, fault)
}

fn page(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    reopens: bool,
    state: CallState,
    fault: Option<CallFault>,
) -> Response {
    let path = match &state {
        CallState::Open(card) => card.path.clone(),
        CallState::Closed { .. } => CALL.to_owned(),
    };
    let frame = desk.frame_at(visit, reopens, &path);
    let page = CallView { frame, bar: desk.bar(session), state, fault };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render::page(status, visit.language, || CallPage(CallProps { page }))
}
