//! `POST /keuze/api/v1/customers` and `…/opt-ins`: another system tells of a customer, as one row of an import does (S-21),
//! and that one wants to be asked for an opt-in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::channel::Channel;
use model::evidence::{Piece, SoftOptIn};
use model::paths;
use serde::{Deserialize, Serialize};

use super::who::NamedAddressee;
use super::{Caller, CustomersScope, answer, json, once};
use crate::body;
use crate::problem::Problem;
use crate::visit::Visit;
use keuze_core::service::people::import::read::json_row;
use keuze_core::service::people::import::{CameTo, ContactImport, Mend, Note, RowFault, RowReport, RowRequest};
use keuze_core::service::people::{ActError, Contactability, People};
use words::problem::Slug;

/// What a customer came to. Nothing in it repeats what was sent.
#[derive(Default, Serialize)]
struct CustomerResponse {
    /// Whether anything was new.
    changed: bool,
    /// The channels on which a no stands, and stays.
    standing_no: Vec<Channel>,
    /// The channels that need the person's own opt-in.
    needs_opt_in: Vec<Channel>,
    /// The channels that the person agreed to after the objection that was told of.
    agreed_since: Vec<Channel>,
    /// The channels with a no that is not recorded, for want of an address or number that it would stand on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_recorded: Vec<Channel>,
    /// The no is kept by the customer number alone, of which no address or number is known yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unknown_customer: bool,
    warnings: Vec<Warning>,
}

/// Kept, and not signed up, or kept apart; the type's page says what it means and what to do.
#[derive(Serialize)]
struct Warning {
    r#type: String,
    channels: Vec<Channel>,
    missing: Vec<Piece>,
}

/// Takes what is told; it adds, and neither lifts a no nor signs anybody up without evidence.
pub async fn tell(
    State(contact_import): State<Arc<ContactImport>>,
    caller: Caller<CustomersScope>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent = body::raw(&headers, body, "application/json")?;
    let row = json_row(1, &sent);
    let unknown = row.unknown.clone();
    let act = caller.act();
    let body = |report: &RowReport| json(&told(report, &visit.host.origin));
    let kept = |report: &RowReport| once::kept(StatusCode::OK, &body(report));
    // A refusal is not kept: sent again, the row is refused alike.
    let request = act.request.map(|name| RowRequest { name, answer: &kept });
    let report = contact_import.import_row(row, &caller.name(), act.actor, request).await?;
    let report = report.ok_or(Problem::with(Slug::MalformedRequest, "body"))?;
    match report.came_to {
        CameTo::Refused(fault) => Err(refused(unknown.as_deref(), fault, &report.notes)),
        _ => Ok(answer(&told(&report, &visit.host.origin))),
    }
}

fn told(report: &RowReport, origin: &str) -> CustomerResponse {
    let mut told = CustomerResponse { changed: report.came_to == CameTo::Recorded, ..CustomerResponse::default() };
    let warning = |slug: Slug, channels, missing| Warning {
        r#type: format!("{origin}{}", paths::problem_type(slug)),
        channels,
        missing,
    };
    let lacking = |channels, missing| warning(Slug::SoftOptInEvidenceMissing, channels, missing);
    for note in report.notes.clone() {
        match note {
            Note::StandingNo(channels) => told.standing_no = channels,
            Note::AgreedSince(channels) => told.agreed_since = channels,
            Note::NoBasis(channels, missing) if missing.is_empty() => told.needs_opt_in = channels,
            Note::NotRecorded(channels) => told.not_recorded = channels,
            Note::UnknownCustomer => told.unknown_customer = true,
            Note::NoBasis(channels, missing) => told.warnings.push(lacking(channels, missing)),
            // What there is elsewhere does not count where this address or number is concerned.
            Note::JoinsWithout(channels) => {
                told.warnings.push(lacking(channels, SoftOptIn::default().missing()));
            }
            Note::AnotherPerson => {
                told.warnings.push(warning(Slug::CustomerNumberReused, Vec::new(), Vec::new()));
            }
            Note::JoinsUnnamed => told.warnings.push(warning(Slug::JoinedLater, Vec::new(), Vec::new())),
            // Of a row that was refused.
            Note::NoAllTheSame(_) | Note::NotTaken(_) | Note::Unread => {}
        }
    }
    told
}

/// The field and the mend; a no that was taken all the same is said with it.
fn refused(unknown: Option<&str>, fault: RowFault, notes: &[Note]) -> Problem {
    let slug = match fault.mend {
        Mend::SelfSignUpRequired => Slug::SelfSignupRequired,
        _ => Slug::MalformedRequest,
    };
    let problem = match (fault.column, unknown) {
        (Some(column), _) => Problem::with(slug, column.name()),
        (None, Some(name)) => Problem::unknown_field(name),
        (None, None) => Problem::with(slug, "body"),
    };
    let took_its_no = notes.iter().any(|note| matches!(note, Note::NoAllTheSame(_)));
    let problem = if took_its_no { problem.no_taken() } else { problem };
    let said = std::iter::once(fault.mend.to_string()).chain(notes.iter().map(ToString::to_string));
    problem.mended_by(said.collect::<Vec<_>>().join("; "))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerRequest {
    who: NamedAddressee,
    channels: Vec<Channel>,
}

#[derive(Serialize)]
struct Requested {
    channels: Vec<Channel>,
    /// Never at once: that is for the person.
    confirmed: bool,
}

/// Records that an opt-in was asked for; it is none until the person confirms it (S-11, S-20).
pub async fn ask(
    State(contactability): State<Arc<Contactability>>,
    State(people): State<Arc<People>>,
    caller: Caller<CustomersScope>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let CustomerRequest { who, mut channels } = body::json(&headers, body)?;
    channels.sort_unstable();
    channels.dedup();
    if channels.is_empty() {
        return Err(ActError::Nothing.into());
    }
    let nobody = || Problem::with(Slug::MalformedRequest, "who.customer");
    let nobody =
        || nobody().mended_by("name a customer number that is known; /keuze/api/v1/customers tells of a new one");
    let person = who.find(&people)?.who.person.ok_or_else(nobody)?;
    let acted = contactability.request_opt_in(&people.history(), person, &channels, &caller.act()).await?;
    let mut response = answer(&Requested { channels: acted.channels, confirmed: false });
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}
