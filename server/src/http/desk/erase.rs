//! Erasing a person at the desk: somebody who was looked up asked for it, and staff write how they know who it is.

use app::doors::desk::people::{Done, PersonFault};
use app::model::event::Route;
use app::model::evidence::IdentityLevel;
use axum::extract::{Path, State};
use axum::response::Response;

use super::person::{About, Outcome};
use super::{Acting, Desk, Form, Shared};
use crate::http::problem::Problem;
use crate::http::visit::Visit;
use crate::service::look_up::{Why, entered};
use crate::service::people::{Act, ActError};
use crate::service::staff::StaffName;

/// A justified further step has its reason in writing, beside the reason of the look-up (S-54, level 3).
pub(super) async fn erase(
    State(desk): Shared,
    visit: Visit,
    Acting(session): Acting,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Problem> {
    let about = match About::of(&desk, &visit, &session, &id, &mut form)? {
        Ok(about) => about,
        Err(answer) => return Ok(answer),
    };
    let asked = form.take("asked").is_ok();
    let keep_no = form.take("decline").is_err();
    let known_by = Why::parse(&form.take("known_by")?).ok().filter(|_| asked);
    let outcome = match known_by {
        _ if !about.is_shown_whole(&desk, &mut form)? => Outcome::Changed,
        None => Outcome::Refused(PersonFault::EraseUnconfirmed),
        Some(known_by) => gone(&desk, &session.name, &about, keep_no, &known_by).await?,
    };
    about.came_to(&desk, &visit, &session, outcome)
}

async fn gone(
    desk: &Desk,
    staff: &StaffName,
    about: &About,
    keep_no: bool,
    known_by: &Why,
) -> Result<Outcome, Problem> {
    let act = Act { level: IdentityLevel::Further, ..entered(staff, Route::Desk, Some(known_by)) };
    match desk.keuze.erase(about.subject, keep_no, &act).await {
        Ok(erased) => Ok(Outcome::Recorded(Done::Erased(desk.keuze.erasure(&erased)))),
        Err(ActError::NoPerson) => Ok(Outcome::Changed),
        Err(error) => Err(error.into()),
    }
}
