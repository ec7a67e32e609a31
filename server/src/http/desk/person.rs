//! `/keuze/desk/person`: people who were looked up, and what is entered for them when they wrote, mailed or called.

use std::sync::Arc;

use app::doors::desk::people::{Done, PersonFault, PersonView};
use app::model::channel::Channel;
use app::model::event::Route;
use app::model::identity::Subject;
use app::pages::desk::erase::ERASE;
use app::pages::desk::person::{Person as PersonPage, PersonProps};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::erase::erase;
use super::session::Session;
use super::work::Opened;
use super::{DESK, Desk, Form, Shared, back_to, channels_named, to};
use crate::http::problem::{Problem, Slug};
use crate::http::render;
use crate::http::visit::Visit;
use crate::service::look_up::{Contact, LookUpPeople, entered};
use crate::service::people::{Act, ActError, Who};

/// The page's path.
pub(super) const PERSON: &str = "/keuze/desk/person";

pub(super) fn router() -> Router<Arc<Desk>> {
    Router::new()
        .route(PERSON, get(page))
        .route("/keuze/desk/person/act", post(act).merge(back_to(PERSON)))
        .route("/keuze/desk/person/merge", post(merge).merge(back_to(PERSON)))
        .route(ERASE, post(erase).merge(back_to(PERSON)))
}

async fn page(State(desk): Shared, visit: Visit, session: Session) -> Result<Response, Problem> {
    let now = desk.keuze.clock.now().at;
    let Some(opened) = desk.work.opened(&session.name, now) else { return Ok(to(DESK, &visit)) };
    // What was done is said once.
    desk.work.open(&session.name, Opened { done: None, fault: None, ..opened.clone() }, now);
    let cards = opened.people.iter().filter_map(|person| desk.keuze.person_card(*person).transpose());
    let page = PersonView {
        frame: desk.frame_at(&visit, true, PERSON),
        bar: desk.bar(&session),
        audit: opened.audit.to_string(),
        people: cards.collect::<Result<_, ActError>>()?,
        done: opened.done,
        fault: opened.fault,
    };
    let status = match (page.fault, page.people.is_empty() && page.done.is_none()) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::NOT_FOUND,
        (None, false) => StatusCode::OK,
    };
    Ok(render::page(status, visit.language, || PersonPage(PersonProps { page })))
}

/// The person that a form is about: one of those whom this staff member looked up.
pub(super) fn whom(desk: &Desk, session: &Session, form: &mut Form) -> Result<Option<(Opened, Subject)>, Problem> {
    let subject: Subject =
        form.take("subject")?.parse().map_err(|_| Problem::with(Slug::MalformedRequest, "subject"))?;
    let opened = desk.work.opened(&session.name, desk.keuze.clock.now().at);
    Ok(opened.filter(|opened| opened.people.contains(&subject)).map(|opened| (opened, subject)))
}

async fn act(State(desk): Shared, visit: Visit, session: Session, mut form: Form) -> Result<Response, Problem> {
    let Some((opened, subject)) = whom(&desk, &session, &mut form)? else { return Ok(to(PERSON, &visit)) };
    let route = form.take("route").ok().as_deref().and_then(route);
    let press = form.take("act")?;
    let named = press.split_once(':').and_then(|(kind, named)| Some((kind, channels_named(named)?)));
    let (kind, channels) = named.ok_or(Problem::with(Slug::MalformedRequest, "act"))?;
    let act = route.map(|route| entered(&session.name, route, Some(&opened.why)));
    let outcome = match (kind, &channels[..], act) {
        ("object" | "opt_in", _, None) => Err(PersonFault::Route),
        ("object", channels, Some(act)) => object(&desk, subject, channels, &act).await?,
        ("opt_in", [channel], Some(act)) => request(&desk, subject, *channel, &act).await?,
        _ => return Err(Problem::with(Slug::MalformedRequest, "act")),
    };
    Ok(came_to(&desk, &visit, &session, opened, outcome))
}

pub(super) type Outcome = Result<Done, PersonFault>;

async fn object(desk: &Desk, subject: Subject, channels: &[Channel], act: &Act) -> Result<Outcome, Problem> {
    let acted = desk.keuze.object(&Who::person(subject), channels, act).await?;
    Ok(Ok(Done::Objected(desk.said(&acted))))
}

/// What staff enter as an opt-in waits for the person.
async fn request(desk: &Desk, subject: Subject, channel: Channel, act: &Act) -> Result<Outcome, Problem> {
    match desk.keuze.request_opt_in(subject, &[channel], act).await {
        Ok(_) => Ok(Ok(Done::Requested(channel))),
        Err(ActError::SelfSignUpRequired) => Ok(Err(PersonFault::SelfSignUp)),
        Err(error) => Err(error.into()),
    }
}

/// The other one is looked up, too, which is recorded; then the two are one.
async fn merge(State(desk): Shared, visit: Visit, session: Session, mut form: Form) -> Result<Response, Problem> {
    let Some((opened, subject)) = whom(&desk, &session, &mut form)? else { return Ok(to(PERSON, &visit)) };
    let (other, same) = (form.take("other")?, form.take("same").is_ok());
    let outcome = if same {
        merge_with(&desk, &session, &opened, subject, other.trim()).await?
    } else {
        Err(PersonFault::Unconfirmed)
    };
    Ok(came_to(&desk, &visit, &session, opened, outcome))
}

async fn merge_with(
    desk: &Desk,
    session: &Session,
    opened: &Opened,
    subject: Subject,
    number: &str,
) -> Result<Outcome, Problem> {
    let contact = Contact::Customer(number.to_owned());
    let asked = LookUpPeople { staff: session.name.clone(), contact, why: opened.why.clone() };
    let found = desk.keuze.look_up_people(&asked).await?;
    let other = found.people.first().copied().filter(|other| *other != subject);
    let Some(other) = other else { return Ok(Err(PersonFault::NoOther)) };
    let act = entered(&session.name, Route::Desk, Some(&opened.why));
    match desk.keuze.merge(subject, other, &act).await {
        Ok(_) => Ok(Ok(Done::Merged)),
        Err(ActError::Nothing | ActError::NoPerson) => Ok(Err(PersonFault::NoOther)),
        Err(error) => Err(error.into()),
    }
}

/// Leads back to the page, which says it once.
pub(super) fn came_to(desk: &Desk, visit: &Visit, session: &Session, opened: Opened, outcome: Outcome) -> Response {
    let mut people = opened.people.clone();
    // After a merge two of them may be one.
    people.retain(|person| desk.keuze.known_person(*person).is_some_and(|known| known.subject == *person));
    let (done, fault) = match outcome {
        Ok(done) => (Some(done), None),
        Err(fault) => (None, Some(fault)),
    };
    desk.work.open(&session.name, Opened { people, done, fault, ..opened }, desk.keuze.clock.now().at);
    to(PERSON, visit)
}

fn route(text: &str) -> Option<Route> {
    match text {
        "letter" => Some(Route::Letter),
        "email_in" => Some(Route::EmailIn),
        "phone_in" => Some(Route::PhoneIn),
        _ => None,
    }
}
