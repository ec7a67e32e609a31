//! `/keuze/desk/person/{id}`: people who were looked up, and what is entered for them when they wrote, mailed or called.
//!
//! The look-up stands in the address, and each form says whom it is about: an act that does not fit is not recorded.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::channel::Channel;
use model::event::Route;
use model::evidence::IdentityLevel;
use model::identity::{PointName, Subject};
use model::paths::{self, Endpoint};
use tokio::sync::OwnedMutexGuard;
use ui::pages::desk::person::{Person as PersonPage, PersonProps};
use words::views::desk::people::{DoneForPerson, PersonFault, PersonView};
use words::views::unmatched::Unmatched;

use super::erase::erase;
use super::session::StaffSession;
use super::work::{AnsweredForm, FormHash, OpenedLookUp, WorkId};
use super::{Acting, DESK, Desk, DeskShared, back_to, channels_named, first_no, not_open, press_of, to, unmatched};
use crate::form::{Form, LenientForm};
use crate::mount::Mount as _;
use crate::problem::Problem;
use crate::render;
use crate::visit::Visit;
use keuze_core::service::history::PersonHistory;
use keuze_core::service::look_up::{LookupReason, entered};
use keuze_core::service::people::{ActError, Addressee, Provenance};
use words::problem::Slug;

pub(super) fn router() -> Router<Arc<Desk>> {
    Router::new()
        .mount(Endpoint::DeskPeople, get(async |visit: Visit| to(DESK, &visit)))
        .mount(Endpoint::DeskPerson, get(page).post(act))
        .mount(Endpoint::DeskPersonMerge, post(merge).merge(back_to(DESK)))
        .mount(Endpoint::DeskPersonSame, post(same_person).merge(back_to(DESK)))
        .mount(Endpoint::DeskPersonErase, post(erase).merge(back_to(DESK)))
}

/// The look-up that an address names, if it was made in this session.
fn opened(desk: &Desk, session: &StaffSession, id: &str) -> Option<(WorkId, OpenedLookUp)> {
    let id = WorkId::parse(id)?;
    desk.sessions.work(session, |work| work.people(id).cloned()).flatten().map(|opened| (id, opened))
}

async fn page(
    State(desk): DeskShared,
    visit: Visit,
    session: StaffSession,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Some((id, mut opened)) = opened(&desk, &session, &id) else { return Ok(not_open(&desk, &visit, &session)) };
    // What was done is said once.
    desk.sessions.work(&session, |work| work.people(id).map(|opened| opened.done.take()));
    let said = opened.done.take();
    show(&desk, &visit, &session, &desk.people.history(), id, &opened, (said, None))
}

/// The people as they are now, with what was done or what is wrong.
fn show(
    desk: &Desk,
    visit: &Visit,
    session: &StaffSession,
    history: &PersonHistory,
    id: WorkId,
    opened: &OpenedLookUp,
    (done, fault): (Option<DoneForPerson>, Option<PersonFault>),
) -> Result<Response, Problem> {
    let cards = opened.people.iter().filter(|person| is_still(desk, **person));
    let cards = cards.filter_map(|person| desk.look_ups.person_card(history, *person).transpose());
    let path = paths::desk_person(id);
    let page = PersonView {
        // What was asked by a form shows the same page when its address is opened.
        frame: desk.frame_at(visit, true, &path),
        bar: desk.bar(session),
        path,
        audit: opened.audit.to_string(),
        people: cards.collect::<Result<_, ActError>>()?,
        done,
        fault,
    };
    let status = match (page.fault, page.people.is_empty() && page.done.is_none()) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::NOT_FOUND,
        (None, false) => StatusCode::OK,
    };
    Ok(render::page(status, visit.language, || PersonPage(PersonProps { page })))
}

/// Whether a person is known, and is nobody else by now: after a merge two of them are one.
fn is_still(desk: &Desk, person: Subject) -> bool {
    desk.people.known_person(person).is_some_and(|known| known.subject == person)
}

/// A form about one of those who were looked up at its address in this session, from whoever is signed in; read strictly.
/// While it lives no other one is looked at.
pub(super) struct PersonForm {
    _one_at_a_time: OwnedMutexGuard<()>,
    press: FormHash,
    pub(super) visit: Visit,
    pub(super) session: StaffSession,
    pub(super) form: Form,
    id: WorkId,
    pub(super) opened: OpenedLookUp,
    pub(super) subject: Subject,
    /// What the form, its act and the page that answers it rest on.
    pub(super) history: PersonHistory,
}

/// The same where it may say no: read leniently.
struct LenientEntry(PersonForm);

/// From whom a form about somebody comes, and the look-up that its address names.
struct StaffSender {
    visit: Visit,
    session: StaffSession,
    id: String,
}

/// Reads it; what does not fit is answered as not recorded, and what the same press did before as done.
impl FromRequest<Arc<Desk>> for PersonForm {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<Self, Response> {
        let (sender, request) = StaffSender::from_request(request, desk).await?;
        let mut form = Form::from_request(request, desk).await.map_err(Problem::into_response)?;
        let press = press_of(&form);
        let subject = form.needed("subject").and_then(subject).map_err(Problem::into_response)?;
        Self::from_form(desk, sender, press, form, subject).await
    }
}

impl FromRequest<Arc<Desk>> for LenientEntry {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<Self, Response> {
        let (sender, request) = StaffSender::from_request(request, desk).await?;
        let form = LenientForm::from_request(request, desk).await;
        let LenientForm(mut form) = form.map_err(Problem::into_response)?;
        let press = press_of(&form);
        let subject = form.first_needed("subject").and_then(subject).map_err(Problem::into_response)?;
        PersonForm::from_form(desk, sender, press, form, subject).await.map(Self)
    }
}

impl StaffSender {
    /// With the request that its form is still to be read from.
    async fn from_request(request: Request, desk: &Arc<Desk>) -> Result<(Self, Request), Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, desk).await.map_err(Problem::into_response)?;
        let Acting(session) = Acting::from_request_parts(&mut parts, desk).await?;
        let path = Path::<String>::from_request_parts(&mut parts, desk).await;
        let Path(id) = path.map_err(IntoResponse::into_response)?;
        Ok((Self { visit, session, id }, Request::from_parts(parts, body)))
    }
}

/// Whom a form names.
fn subject(text: String) -> Result<Subject, Problem> {
    text.parse().map_err(|_| Problem::with(Slug::MalformedRequest, "subject"))
}

impl PersonForm {
    async fn from_form(
        desk: &Arc<Desk>,
        StaffSender { visit, session, id }: StaffSender,
        press: FormHash,
        form: Form,
        subject: Subject,
    ) -> Result<Self, Response> {
        let one_at_a_time = Arc::clone(&desk.pressing).lock_owned().await;
        let Some((id, opened)) = opened(desk, &session, &id).filter(|(_, opened)| opened.people.contains(&subject))
        else {
            return Err(unmatched(desk, &visit, &session, Unmatched::LookUp, None));
        };
        let made = opened.made.iter().find(|made| made.press == press).cloned();
        let entry = Self {
            _one_at_a_time: one_at_a_time,
            press,
            visit,
            session,
            form,
            id,
            opened,
            subject,
            history: desk.people.history(),
        };
        let last =
            desk.look_ups.last_of(&entry.history, subject).map_err(|error| Problem::from(error).into_response())?;
        if let Some(made) = made.filter(|made| made.last == last) {
            let answered = entry.came_to(desk, PersonOutcome::Stood(made.done));
            return Err(answered.unwrap_or_else(Problem::into_response));
        }
        if is_still(desk, subject) { Ok(entry) } else { Err(entry.changed(desk)) }
    }

    /// For what cannot be undone: the page must have shown the last that was recorded of the person. It is the last that is
    /// read of the form.
    pub(super) fn is_shown_whole(&mut self, desk: &Desk) -> Result<bool, Problem> {
        let shown = self.form.needed("shown")?;
        self.form.end()?;
        Ok(desk.look_ups.last_of(&self.history, self.subject)?.map(|last| last.to_string()).unwrap_or_default()
            == shown)
    }

    /// The person is not as the page showed them.
    fn changed(&self, desk: &Desk) -> Response {
        unmatched(desk, &self.visit, &self.session, Unmatched::Changed, Some(paths::desk_person(self.id)))
    }

    /// Leads back to the page, which says once what was recorded; what was not is answered at once.
    pub(super) fn came_to(self, desk: &Desk, outcome: PersonOutcome) -> Result<Response, Problem> {
        let Self { visit, session, .. } = &self;
        match outcome {
            PersonOutcome::Recorded(done) => {
                let made = AnsweredForm {
                    press: self.press,
                    done: done.clone(),
                    last: desk.look_ups.last_of(&self.history, self.subject)?,
                };
                let kept = |opened: &mut OpenedLookUp| {
                    opened.done = Some(done);
                    opened.made.retain(|before| before.press != made.press);
                    // That an objection stands is seen by itself.
                    opened.made.extend(Some(made).filter(|made| !matches!(made.done, DoneForPerson::Objected(_))));
                };
                desk.sessions.work(session, |work| work.people(self.id).map(kept));
                Ok(to(&paths::desk_person(self.id), visit))
            }
            PersonOutcome::Stood(done) => {
                show(desk, visit, session, &self.history, self.id, &self.opened, (Some(done), None))
            }
            PersonOutcome::Refused(fault) => {
                show(desk, visit, session, &self.history, self.id, &self.opened, (None, Some(fault)))
            }
            PersonOutcome::Changed => Ok(self.changed(desk)),
        }
    }
}

/// What an act came to.
pub(super) enum PersonOutcome {
    /// It is on record.
    Recorded(DoneForPerson),
    /// It was on record before.
    Stood(DoneForPerson),
    /// Something is missing.
    Refused(PersonFault),
    /// The person is not as the page showed them.
    Changed,
}

/// A no counts whatever else stands there; a request to sign up is read to the end.
async fn act(State(desk): DeskShared, LenientEntry(mut entry): LenientEntry) -> Result<Response, Problem> {
    let each_once = entry.form.each_once();
    let route = entry.form.all("route").iter().find_map(|word| route(word));
    let press = first_no(&mut entry.form)?;
    let named = press.split_once(':').and_then(|(kind, named)| Some((kind, channels_named(named)?)));
    let (kind, channels) = named.ok_or(Problem::with(Slug::MalformedRequest, "act"))?;
    if kind != "object" {
        each_once?;
        entry.form.end()?;
    }
    let act = route.map(|route| entered(&entry.session.name, route, Some(&entry.opened.why)));
    let outcome = match (kind, &channels[..], act) {
        ("object" | "opt_in", _, None) => PersonOutcome::Refused(PersonFault::Route),
        ("object", channels, Some(act)) => object(&desk, &entry, channels, &act).await?,
        ("opt_in", [channel], Some(act)) => request(&desk, &entry, *channel, &act).await?,
        _ => return Err(Problem::with(Slug::MalformedRequest, "act")),
    };
    entry.came_to(&desk, outcome)
}

async fn object(
    desk: &Desk,
    entry: &PersonForm,
    channels: &[Channel],
    act: &Provenance,
) -> Result<PersonOutcome, Problem> {
    match desk.contactability.object(&entry.history, &Addressee::person(entry.subject), channels, act).await {
        Ok(acted) if acted.changed => Ok(PersonOutcome::Recorded(DoneForPerson::Objected(desk.said(&acted)))),
        Ok(acted) => Ok(PersonOutcome::Stood(DoneForPerson::Objected(desk.said(&acted)))),
        Err(ActError::NoPerson) => Ok(PersonOutcome::Changed),
        Err(error) => Err(error.into()),
    }
}

/// What staff enter as an opt-in waits for the person.
async fn request(
    desk: &Desk,
    entry: &PersonForm,
    channel: Channel,
    act: &Provenance,
) -> Result<PersonOutcome, Problem> {
    match desk.contactability.request_opt_in(&entry.history, entry.subject, &[channel], act).await {
        Ok(_) => Ok(PersonOutcome::Recorded(DoneForPerson::Requested(channel))),
        Err(ActError::SelfSignUpRequired) => Ok(PersonOutcome::Refused(PersonFault::SelfSignUp)),
        Err(ActError::NoPerson) => Ok(PersonOutcome::Changed),
        Err(error) => Err(error.into()),
    }
}

/// The other one is looked up, too, which is recorded; then the two are one.
async fn merge(State(desk): DeskShared, mut entry: PersonForm) -> Result<Response, Problem> {
    let (other, same) = (entry.form.needed("other")?, is_ticked(&mut entry.form, "same")?);
    let outcome = if !entry.is_shown_whole(&desk)? {
        PersonOutcome::Changed
    } else if same {
        merge_with(&desk, &entry, other.trim()).await?
    } else {
        PersonOutcome::Refused(PersonFault::Unconfirmed)
    };
    entry.came_to(&desk, outcome)
}

async fn merge_with(desk: &Desk, entry: &PersonForm, number: &str) -> Result<PersonOutcome, Problem> {
    match desk
        .look_ups
        .merge_with_customer(&entry.history, entry.subject, number, &entry.session.name, &entry.opened.why)
        .await
    {
        Ok(Some(_)) => Ok(PersonOutcome::Recorded(DoneForPerson::Merged)),
        Ok(None) | Err(ActError::Nothing) => Ok(PersonOutcome::Refused(PersonFault::NoOther)),
        Err(ActError::NoPerson) => Ok(PersonOutcome::Changed),
        Err(error) => Err(error.into()),
    }
}

/// What joined later is the person's own: whoever says so writes how they know, beside the reason of the look-up.
async fn same_person(State(desk): DeskShared, mut entry: PersonForm) -> Result<Response, Problem> {
    let named = entry.form.needed("at")?.parse().map_err(|_| Problem::with(Slug::MalformedRequest, "at"))?;
    let is_checked = is_ticked(&mut entry.form, "same")?;
    let known_by = LookupReason::parse(&entry.form.needed("known_by")?).ok().filter(|_| is_checked);
    let outcome = match known_by {
        _ if !entry.is_shown_whole(&desk)? => PersonOutcome::Changed,
        None => PersonOutcome::Refused(PersonFault::SamePersonUnconfirmed),
        Some(known_by) => vouched(&desk, &entry, named, &known_by).await?,
    };
    entry.came_to(&desk, outcome)
}

async fn vouched(
    desk: &Desk,
    entry: &PersonForm,
    named: PointName,
    known_by: &LookupReason,
) -> Result<PersonOutcome, Problem> {
    let person = desk.people.known_person(entry.subject);
    let Some(point) = person.and_then(|person| desk.look_ups.joined_point(&person, named)) else {
        return Ok(PersonOutcome::Changed);
    };
    let act = Provenance { level: IdentityLevel::Further, ..entered(&entry.session.name, Route::Desk, Some(known_by)) };
    match desk.merging.vouch(entry.subject, &point, &act).await {
        Ok(_) => Ok(PersonOutcome::Recorded(DoneForPerson::SamePerson(point.given()))),
        Err(ActError::NoPerson | ActError::Nothing) => Ok(PersonOutcome::Changed),
        Err(error) => Err(error.into()),
    }
}

/// A box that stands in the form where it was ticked.
pub(super) fn is_ticked(form: &mut Form, name: &'static str) -> Result<bool, Problem> {
    Ok(!form.field(name)?.is_empty())
}

fn route(text: &str) -> Option<Route> {
    match text {
        "letter" => Some(Route::Letter),
        "email_in" => Some(Route::EmailIn),
        "phone_in" => Some(Route::PhoneIn),
        "phone_out" => Some(Route::PhoneOut),
        _ => None,
    }
}
