//! Routers: embed, public pages, API v1, desk, log; problem details, security headers, rate limits.

pub mod api;
mod app;
pub mod body;
pub mod choices;
pub mod client;
pub mod cookies;
pub mod demo;
pub mod desk;
pub mod elements;
pub mod embed;
pub mod files;
#[cfg(test)]
mod fixture;
pub mod form;
pub mod gate;
pub mod idempotency;
pub mod known;
pub mod letter;
pub mod limits;
pub mod log;
pub mod machine;
pub mod mount;
pub mod objection;
pub mod pages;
pub mod problem;
pub mod provenance;
pub mod render;
pub mod serve;
pub mod visit;
pub mod well_known;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::IntoResponse as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

pub use self::app::App;
use self::files::Made;
use self::gate::Gate;
use self::limits::{Limits, Sources};
use self::problem::Problem;
use keuze_core::service::Services;
use vault::key::MacKey;
use words::problem::Slug;

/// Everything that is served.
///
/// `limited` is false for load tests only (`KEUZE_RATE_LIMITS=off`).
pub fn router(services: &Services, limited: bool) -> Router {
    let limits = limited.then(|| Limits::new(services.config.server.rate_limits));
    let sources = Sources::new(MacKey::random(&*services.entropy));
    let gate = Arc::new(Gate {
        site: Arc::clone(&services.site),
        config: Arc::clone(&services.config),
        clock: Arc::clone(&services.clock),
        sources,
        limits,
        longest: gate::LONGEST,
    });
    let forms = choices::forms()
        .merge(objection::forms())
        .merge(known::forms())
        .merge(pages::router())
        .merge(desk::router(services))
        .layer(csrf());
    let machines = choices::api()
        .merge(api::router())
        .merge(log::router())
        .merge(objection::links())
        .merge(known::links())
        .merge(letter::router())
        .merge(machine::router(services))
        .merge(well_known::router());
    let mut all = forms.merge(machines).merge(files::router(Arc::new(Made::of(&services.published, &services.config))));
    if services.demo {
        all = all.merge(demo::router(services.outbox.clone()));
    }
    all.fallback(async || Problem::from(Slug::NotFound))
        .with_state(App(services.clone()))
        .layer(DefaultBodyLimit::max(body::LARGEST))
        .layer(CatchPanicLayer::custom(gate::panicked))
        .layer(middleware::from_fn_with_state(gate, gate::pass))
}

/// Forms are only ever posted from our own pages and the host's, which have the same origin.
fn csrf() -> CsrfLayer<impl FnMut(ProtectionError) -> axum::http::Response<Body> + Clone> {
    CsrfLayer::new().with_rejection_response(|_: ProtectionError| Problem::from(Slug::CrossSite).into_response())
}

#[cfg(test)]
mod tests;
