//! Erasing a person at the desk: somebody who was looked up asked for it, and staff write how they know who it is.

use axum::extract::State;
use axum::response::Response;
use model::event::Route;
use model::evidence::IdentityLevel;
use words::views::desk::people::{DoneForPerson, PersonFault};

use super::person::{PersonForm, PersonOutcome, is_ticked};
use super::{Desk, DeskShared};
use crate::problem::Problem;
use keuze_core::service::look_up::{LookupReason, entered};
use keuze_core::service::people::{ActError, Provenance};

/// A justified further step has its reason in writing, beside the reason of the look-up (S-54, level 3).
pub(super) async fn erase(State(desk): DeskShared, mut entry: PersonForm) -> Result<Response, Problem> {
    let (asked, keep_no) = (is_ticked(&mut entry.form, "asked")?, !is_ticked(&mut entry.form, "decline")?);
    let known_by = LookupReason::parse(&entry.form.needed("known_by")?).ok().filter(|_| asked);
    let outcome = match known_by {
        _ if !entry.is_shown_whole(&desk)? => PersonOutcome::Changed,
        None => PersonOutcome::Refused(PersonFault::EraseUnconfirmed),
        Some(known_by) => gone(&desk, &entry, keep_no, &known_by).await?,
    };
    entry.came_to(&desk, outcome)
}

async fn gone(
    desk: &Desk,
    entry: &PersonForm,
    keep_no: bool,
    known_by: &LookupReason,
) -> Result<PersonOutcome, Problem> {
    let act = Provenance { level: IdentityLevel::Further, ..entered(&entry.session.name, Route::Desk, Some(known_by)) };
    match desk.erasures.erase(&entry.history, entry.subject, keep_no, &act).await {
        Ok(erased) => Ok(PersonOutcome::Recorded(DoneForPerson::Erased(desk.data_access.erasure(&erased)))),
        Err(ActError::NoPerson) => Ok(PersonOutcome::Changed),
        Err(error) => Err(error.into()),
    }
}
