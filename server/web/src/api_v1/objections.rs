//! `POST /keuze/api/v1/objections`: another system passes on that somebody said no (S-17).

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::channel::Channel;
use serde::{Deserialize, Serialize};
use time::Date;

use super::who::NamedAddressee;
use super::{Caller, ObjectionsScope, answer};
use crate::body;
use crate::problem::Problem;
use ::words::problem::Slug;
use keuze_core::json::Node;
use keuze_core::service::people::import::{Note, words};
use keuze_core::service::people::{ActOutcome, Contactability, People};
use keuze_core::service::receipt::Receipts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectionRequest {
    who: NamedAddressee,
    channels: Vec<Channel>,
}

#[derive(Serialize)]
struct ObjectionResponse {
    channels: Vec<Channel>,
    /// The channels that were sent along, and that nothing which is named can carry: a mailbox has no say over a phone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_recorded: Vec<Channel>,
    since: Date,
    /// Whether it was new.
    changed: bool,
    receipt: String,
}

/// Takes it; a program can stop, and neither grant nor lift.
pub async fn object(
    State(contactability): State<Arc<Contactability>>,
    State(people): State<Arc<People>>,
    State(receipts): State<Arc<Receipts>>,
    caller: Caller<ObjectionsScope>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body::raw(&headers, body, "application/json")?;
    let (acted, sent) = record_objection(&contactability, &people, &caller, &body)
        .await
        .map_err(|problem| with_its_no(problem, &body))?;
    let receipt = receipts.number(acted.record).to_string();
    let not_recorded: BTreeSet<Channel> = sent.into_iter().filter(|sent| !acted.channels.contains(sent)).collect();
    let not_recorded = not_recorded.into_iter().collect();
    let ActOutcome { channels, since, changed, .. } = acted;
    let taken = ObjectionResponse { channels, not_recorded, since, changed, receipt };
    let mut response = answer(&taken);
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// What the objection came to, and the channels that it was sent for.
async fn record_objection(
    contactability: &Contactability,
    people: &People,
    caller: &Caller<ObjectionsScope>,
    body: &[u8],
) -> Result<(ActOutcome, Vec<Channel>), Problem> {
    let sent: ObjectionRequest = body::parsed(body)?;
    let found = sent.who.find(people)?;
    // A number that nobody has would stop nothing, and whoever passed it on would believe that it did.
    if found.is_nobody {
        return Err(Problem::with(Slug::MalformedRequest, "who.customer"));
    }
    Ok((contactability.object(&people.history(), &found.who, &sent.channels, &caller.act()).await?, sent.channels))
}

/// Whoever passes on a no must not believe that it was taken: what can be read of it is said with the refusal.
fn with_its_no(problem: Problem, body: &[u8]) -> Problem {
    if !problem.is_refusal() {
        return problem;
    }
    let sent = Node::parse_json(body).ok();
    let members = sent.as_ref().and_then(Node::members).unwrap_or_default();
    let words: Vec<&str> =
        members.iter().filter(|(name, _)| name == "channels").flat_map(|(_, value)| value.texts()).collect();
    let channels = words::channels(&words.join(" "), true).at_least;
    let note = if channels.is_empty() { Note::Unread } else { Note::NotTaken(channels) };
    problem.mended_by(note)
}
