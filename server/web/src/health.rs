//! `/keuze/health`, for whoever watches the machine.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use ledger::Ledger;
use model::paths::Endpoint;

use super::mount::Mount as _;
use crate::App;

/// The route of `health`.
pub fn router() -> Router<App> {
    Router::new().mount(Endpoint::Health, get(health))
}

/// Ready when the writer takes events; says nothing else, to anybody.
async fn health(State(ledger): State<Ledger>) -> Response {
    let (status, word) = if ledger.is_open() {
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
