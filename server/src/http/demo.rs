//! The demo's host pages: an invented shop that shows the banner as a real site would.

use std::sync::Arc;

use app::model::language::Language;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::embed;
use crate::service::Keuze;

/// The host's own policy: strict, as a careful site's would be, and enough for the banner.
const HOST_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                           base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The host pages; mounted in the demo only.
pub fn router() -> Router<Arc<Keuze>> {
    Router::new()
        .route("/", get(async || page("Bellen zonder verrassingen", SCRIPT, "")))
        .route("/tweede", get(async || page("Onze abonnementen", SCRIPT, "")))
        .route("/zonder-javascript", get(included))
        .route("/demo/host.css", get(async || file("text/css; charset=utf-8", CSS)))
        .route("/demo/marketing.js", get(async || file("text/javascript; charset=utf-8", MARKETING)))
        .route("/demo/statistics.js", get(async || file("text/javascript; charset=utf-8", STATISTICS)))
}

const SCRIPT: &str = "<script src=\"/keuze/embed.js?lang=nl\" async></script>";

const CSS: &str = include_str!("demo/host.css");
const MARKETING: &str = include_str!("demo/marketing.js");
const STATISTICS: &str = include_str!("demo/statistics.js");

/// The banner as HTML, as a server-side include would put it there; no script at all.
async fn included(State(keuze): State<Arc<Keuze>>) -> Response {
    let published = keuze.published.current();
    let strings = published.strings.iter().find(|strings| strings.language == Language::Nl);
    let fragment = strings.map(|strings| embed::fragment(&published.id(), strings, Some("/zonder-javascript")));
    page("Deze pagina werkt zonder JavaScript", "", &fragment.unwrap_or_default())
}

fn file(content_type: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

fn page(title: &str, head: &str, start: &str) -> Response {
    let html =
        include_str!("demo/host.html").replace("{title}", title).replace("{head}", head).replace("{start}", start);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, HOST_POLICY),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    (headers, html).into_response()
}
