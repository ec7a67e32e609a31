//! The rest of API v1, and health.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use model::language::{Language, Localized};
use model::notice::NoticeRef;
use model::paths::Endpoint;
use model::policy::Policy;
use model::purpose::{Purpose, PurposeId, Regime};
use serde::{Deserialize, Serialize};

use super::body;
use super::cookies::{self, Jar};
use super::idempotency::IdempotencyKey;
use super::mount::Mount as _;
use super::problem::Problem;
use super::provenance::sent_from;
use super::visit::{GlobalPrivacyControl, Visit};
use crate::App;
use keuze_core::config::Config;
use keuze_core::publish::Published;
use keuze_core::service::consent::Consent;
use keuze_core::service::consent::continued_use::Use;
use ledger::Scribe;
use ledger::clock::Clock;
use words::problem::Slug;

/// `continued-use` and `policy`, and `/keuze/health`.
pub fn router() -> Router<App> {
    Router::new()
        .mount(Endpoint::ContinuedUse, post(continued_use))
        .mount(Endpoint::Policy, get(policy))
        .mount(Endpoint::Health, get(health))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentUse {
    policy: String,
    language: Option<String>,
}

#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
async fn continued_use(
    State(consent): State<Arc<Consent>>,
    State(config): State<Arc<Config>>,
    State(scribe): State<Scribe>,
    State(clock): State<Arc<dyn Clock>>,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body::raw(&headers, body, "application/json")?;
    let sent: SentUse = body::parsed(&body)?;
    let request =
        IdempotencyKey::of(&headers)?.map(|key| key.name(&scribe, &[Endpoint::ContinuedUse.path().as_bytes(), &body]));
    let came = cookies::read(&headers, visit.names());
    let language =
        sent.language.map(|tag| Language::from_tag(&tag).ok_or(Problem::with(Slug::UnknownLanguage, "language")));
    let further = Use {
        policy: sent.policy,
        language: language.transpose()?,
        sent_from: sent_from(&headers, &config)?,
        device: came.device(gpc, clock.now().at),
        ahead: headers.contains_key("sec-purpose"),
    };
    let seen = consent.continue_use(&further, request).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(notice_revision) = seen {
        let mut jar = Jar::new(visit.names());
        jar.seen(notice_revision);
        jar.write(response.headers_mut());
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What is in force, for programs.
#[derive(Serialize)]
struct InForce<'a> {
    id: String,
    hash: String,
    revision: u32,
    notice_revision: u32,
    site: &'a str,
    validity_months: u32,
    purposes: Vec<PurposeInForce<'a>>,
    notices: &'a BTreeMap<Language, NoticeRef>,
}

#[derive(Serialize)]
struct PurposeInForce<'a> {
    id: &'a PurposeId,
    regime: Regime,
    revision: u32,
    name: &'a Localized,
}

impl<'a> PurposeInForce<'a> {
    fn of(purpose: &'a Purpose) -> Self {
        Self { id: &purpose.id, regime: purpose.regime, revision: purpose.revision, name: &purpose.name }
    }
}

async fn policy(State(published): State<Arc<Published>>, _: Visit) -> Response {
    let current = published.current();
    let body = Json(in_force(current.id(), current.hash.to_string(), &current.policy));
    ([(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"))], body).into_response()
}

fn in_force(id: String, hash: String, policy: &Policy) -> InForce<'_> {
    InForce {
        id,
        hash,
        revision: policy.revision,
        notice_revision: policy.notice_revision,
        site: &policy.site,
        validity_months: policy.validity_months,
        purposes: policy.purposes.iter().map(PurposeInForce::of).collect(),
        notices: &policy.notices,
    }
}

/// Ready when the writer takes events; says nothing else, to anybody.
async fn health(State(scribe): State<Scribe>) -> Response {
    let (status, word) = if scribe.is_open() {
        (StatusCode::OK, r#"{"status":"ready"}"#)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"closed"}"#)
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, word).into_response()
}
