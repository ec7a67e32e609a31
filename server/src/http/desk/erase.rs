//! Erasing a person at the desk: somebody who was looked up asked for it, and staff write how they know who it is.

use app::doors::desk::people::{Done, PersonFault};
use app::model::event::Route;
use app::model::evidence::IdentityLevel;
use axum::extract::State;
use axum::response::Response;

use super::person::{PERSON, came_to, whom};
use super::session::Session;
use super::{Form, Shared, to};
use crate::http::problem::Problem;
use crate::http::visit::Visit;
use crate::service::look_up::{Why, entered};
use crate::service::people::Act;

/// A justified further step has its reason in writing, beside the reason of the look-up (S-54, level 3).
pub(super) async fn erase(
    State(desk): Shared,
    visit: Visit,
    session: Session,
    mut form: Form,
) -> Result<Response, Problem> {
    let Some((opened, subject)) = whom(&desk, &session, &mut form)? else { return Ok(to(PERSON, &visit)) };
    let (asked, declined) = (form.take("asked").is_ok(), form.take("decline").is_ok());
    let known_by = Why::parse(&form.take("known_by")?).ok().filter(|_| asked);
    let Some(known_by) = known_by else {
        return Ok(came_to(&desk, &visit, &session, opened, Err(PersonFault::EraseUnconfirmed)));
    };
    let level = IdentityLevel::Further;
    let act = Act { level, ..entered(&session.name, Route::Desk, Some(&known_by)) };
    let erased = desk.keuze.erase(subject, !declined, &act).await?;
    let done = Done::Erased(desk.keuze.erasure(&erased));
    Ok(came_to(&desk, &visit, &session, opened, Ok(done)))
}
