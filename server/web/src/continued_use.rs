//! `continued-use` of API v1: that a page was used further after the notice.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use model::language::Language;
use model::paths::Endpoint;
use serde::Deserialize;

use super::body;
use super::cookies::{self, Jar};
use super::idempotency::IdempotencyKey;
use super::mount::Mount as _;
use super::problem::Problem;
use super::provenance::sent_from;
use super::visit::{GlobalPrivacyControl, Visit};
use crate::App;
use keuze_core::config::Config;
use keuze_core::service::consent::Consent;
use keuze_core::service::consent::continued_use::Use;
use ledger::Ledger;
use ledger::clock::Clock;
use words::problem::Slug;

/// The route of `continued-use`.
pub fn router() -> Router<App> {
    Router::new().mount(Endpoint::ContinuedUse, post(continued_use))
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
    State(ledger): State<Ledger>,
    State(clock): State<Arc<dyn Clock>>,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body::raw(&headers, body, "application/json")?;
    let sent: SentUse = body::parsed(&body)?;
    let request = IdempotencyKey::from_headers(&headers)?
        .map(|key| key.name(&ledger, &[Endpoint::ContinuedUse.path().as_bytes(), &body]));
    let came = cookies::parse_cookies(&headers, visit.names());
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
