//! The demo's host pages: an invented shop that shows the banner as a real site would.

use std::sync::Arc;

use app::model::language::Language;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::files;
use super::problem::Problem;
use super::visit::Visit;
use crate::courier::{Outbox, Shown};
use crate::service::Keuze;

/// The host's own policy: strict, as a careful site's would be, and enough for the banner.
const HOST_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                           img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The host pages; mounted in the demo only.
pub fn router() -> Router<Arc<Keuze>> {
    Router::new()
        .route("/", get(async || page("Bellen zonder verrassingen", SCRIPT, "")))
        .route("/tweede", get(async || page("Onze abonnementen", SCRIPT, "")))
        .route("/zonder-javascript", get(included))
        .route("/demo/video", get(async || framed(VIDEO)))
        .route("/demo/outbox", get(outbox))
        .route("/demo/host.css", get(async || file("text/css; charset=utf-8", CSS)))
        .route("/demo/marketing.js", get(async || file("text/javascript; charset=utf-8", MARKETING)))
        .route("/demo/frame.js", get(async || file("text/javascript; charset=utf-8", FRAME)))
        .route("/demo/statistics.js", get(async || file("text/javascript; charset=utf-8", STATISTICS)))
}

const SCRIPT: &str = "<script src=\"/keuze/embed.js?lang=nl\" async></script>";

const CSS: &str = include_str!("demo/host.css");
const MARKETING: &str = include_str!("demo/marketing.js");
const FRAME: &str = include_str!("demo/frame.js");
const STATISTICS: &str = include_str!("demo/statistics.js");
const VIDEO: &str = include_str!("demo/video.html");

/// The banner as HTML, as a server-side include would put it there; no script at all.
async fn included(State(keuze): State<Arc<Keuze>>, visit: Visit, headers: HeaderMap) -> Result<Response, Problem> {
    let visit = Visit { language: Language::Nl, ..visit };
    let fragment = files::fragment_for(&keuze, &visit, &headers, Some("/zonder-javascript"))?;
    Ok(page("Deze pagina werkt zonder JavaScript", "", &fragment))
}

/// The mails that stay here instead of leaving, as text: what they link to can be copied.
async fn outbox(State(keuze): State<Arc<Keuze>>) -> Response {
    let mails = keuze.outbox.clone().map(|folder| Outbox::at(folder).mails()).unwrap_or_default();
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let shown = mails.iter().map(|mail| {
        let Shown { to, subject, text: body } = mail;
        let lines = body.lines().map(|line| match line.trim() {
            link if link.starts_with("http") => format!("<a href=\"{0}\">{0}</a>", text(link)),
            _ => text(line),
        });
        let body = lines.collect::<Vec<_>>().join("<br>");
        format!("<section><h2>{}</h2><p>Aan {}</p><p>{body}</p></section>", text(subject), text(to))
    });
    let shown: String = shown.collect();
    let mails = if shown.is_empty() { "<p>Nog geen mails.</p>".to_owned() } else { shown };
    whole(include_str!("demo/outbox.html").replace("{mails}", &mails))
}

fn file(content_type: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// What stands in a frame of the host pages, as a video of somebody else would.
fn framed(html: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'self'; frame-ancestors 'self'"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    (headers, html).into_response()
}

fn page(title: &str, head: &str, start: &str) -> Response {
    whole(include_str!("demo/host.html").replace("{title}", title).replace("{head}", head).replace("{start}", start))
}

fn whole(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, HOST_POLICY),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    (headers, html).into_response()
}
