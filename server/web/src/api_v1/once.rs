//! A program's request that is sent again under its Idempotency-Key is answered as the first time, and nothing is recorded.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use model::paths::Endpoint;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{client, key};
use crate::body::LARGEST;
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;
use keuze_core::service::Services;
use keuze_core::service::clients::ApiClients;
use ledger::clock::Clock;
use ledger::formats::fact::Reply;
use ledger::{AnswerName, Ledger, StoredResponse};
use time::OffsetDateTime;
use words::problem::Slug;

/// So many requests with a key are under way at most; two that are the same never at once.
const LANES: usize = 64;

/// The requests that are under way.
pub struct Requests {
    clients: Arc<ApiClients>,
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    /// Each guards the order of the requests whose names fall to it, from one's beginning until its answer is durable.
    /// Requests without a key wait for none.
    lanes: Vec<Arc<Mutex<()>>>,
}

impl Requests {
    /// None yet.
    pub fn new(services: &Services) -> Self {
        Self {
            clients: Arc::clone(&services.clients),
            ledger: services.ledger.clone(),
            clock: Arc::clone(&services.clock),
            lanes: (0..LANES).map(|_| Arc::default()).collect(),
        }
    }

    async fn lane(&self, name: &AnswerName) -> OwnedMutexGuard<()> {
        Arc::clone(&self.lanes[usize::from(name[0]) % LANES]).lock_owned().await
    }
}

/// The name of the request that a handler answers. What it records carries that name in the same batch, so that nothing is
/// done again if the answer is lost.
#[derive(Clone, Copy)]
pub(super) struct RequestName(pub(super) AnswerName);

/// An answer as it is kept.
pub(super) fn kept(status: StatusCode, body: &[u8]) -> Reply {
    Reply::Response { status: status.as_u16(), body: String::from_utf8_lossy(body).into_owned() }
}

/// Answers from what is kept, or lets the request through and keeps its answer.
pub async fn answer(State(requests): State<Arc<Requests>>, request: Request, next: Next) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    // Whoever has no good key of the API is told so as ever.
    if client(&requests.clients, &*requests.clock, &parts.headers).is_err() {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let path = parts.uri.path().to_owned();
    let body = to_bytes(body, LARGEST).await.map_err(|_| Problem::from(Slug::TooLarge))?;
    let name = match IdempotencyKey::from_headers(&parts.headers) {
        Ok(Some(once)) => {
            let caller = key(&parts.headers).unwrap_or_default();
            once.name(&requests.ledger, &[path.as_bytes(), caller.as_bytes(), &body])
        }
        Ok(None) => return Ok(next.run(Request::from_parts(parts, Body::from(body))).await),
        // A no is taken whatever else is wrong; it is only not known again.
        Err(_) if says_no(&path, &body) => return Ok(next.run(Request::from_parts(parts, Body::from(body))).await),
        Err(problem) => return Err(problem),
    };
    let lane = requests.lane(&name).await;
    let now = requests.clock.now().at;
    // Where nothing is kept but that the request was done, what was recorded tells the rest.
    let before = requests.ledger.answered(&name, now)?.filter(|before| before.reply != Reply::Done);
    if let Some(before) = before {
        return told_before(before.reply);
    }
    // To its end, also when whoever asked has gone: they will ask again.
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(RequestName(name));
    let answered = tokio::spawn(async move {
        let _held = lane;
        let response = next.run(request).await;
        keep(&requests.ledger, requests.clock.now().at, name, response).await
    });
    answered.await.map_err(|_| Problem::from(Slug::Internal))?
}

/// Keeps the answer of what was done; a refusal changed nothing, and is found again by doing the same.
async fn keep(ledger: &Ledger, at: OffsetDateTime, name: AnswerName, response: Response) -> Result<Response, Problem> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Problem::from(Slug::Internal))?;
    let answer = StoredResponse { name, at, reply: kept(parts.status, &body) };
    // What cannot be looked up is kept once more.
    let before = ledger.answered(&name, answer.at).ok().flatten();
    let stands = before.is_some_and(|before| before.reply == answer.reply);
    if !stands && let Err(error) = ledger.keep_answer(answer).await {
        tracing::warn!(%error, "an answer was not kept: sent again, what was recorded tells it");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn told_before(reply: Reply) -> Result<Response, Problem> {
    let Reply::Response { status, body } = reply else { return Err(Slug::Internal.into()) };
    let status = StatusCode::from_u16(status).map_err(|_| Problem::from(Slug::Internal))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((status, headers, body).into_response())
}

/// Whether a request tells that somebody objected.
fn says_no(path: &str, body: &Bytes) -> bool {
    let objected = || {
        let row: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        row.get("objected_channels").is_some_and(|channels| channels.as_str() != Some(""))
    };
    path == Endpoint::Objections.path() || (path == Endpoint::Customers.path() && objected())
}
