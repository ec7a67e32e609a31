//! Routers: embed, public pages, API v1, desk, log; problem details, security headers, rate limits.

pub mod api_v1;
mod app;
pub mod body;
pub mod choices;
pub mod client;
pub mod continued_use;
pub mod cookies;
pub mod demo;
pub mod desk;
pub mod elements;
pub mod embed;
pub mod files;
#[cfg(test)]
mod fixture;
pub mod form;
#[cfg(test)]
mod golden;
pub mod health;
pub mod idempotency;
pub mod letter;
pub mod limits;
pub mod log;
pub mod middleware;
pub mod mount;
pub mod objection;
pub mod pages;
pub mod person;
pub mod policy;
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
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

pub use self::app::App;
use self::files::MadeFiles;
use self::limits::{Limits, Sources};
use self::middleware::RequestGuard;
use self::problem::Problem;
use keuze_core::service::Services;
use vault::key::MacKey;
use words::problem::Slug;

/// Everything that is served.
///
/// `limited` is false for load tests only (`KEUZE_RATE_LIMITS=off`).
pub fn router(services: &Services, limited: bool) -> Router {
    let limits = limited.then(|| Limits::new(services.config.server.rate_limits));
    let sources = Sources::new(MacKey::random(&*services.random));
    let guard = Arc::new(RequestGuard {
        site: Arc::clone(&services.site),
        config: Arc::clone(&services.config),
        clock: Arc::clone(&services.clock),
        sources,
        limits,
        longest: middleware::LONGEST,
    });
    let forms = choices::forms()
        .merge(objection::forms())
        .merge(person::forms())
        .merge(pages::router())
        .merge(desk::router(services))
        .layer(csrf());
    let machines = choices::api()
        .merge(continued_use::router())
        .merge(policy::router())
        .merge(health::router())
        .merge(log::router())
        .merge(objection::links())
        .merge(person::links())
        .merge(letter::router())
        .merge(api_v1::router(services))
        .merge(well_known::router());
    let mut all = forms
        .merge(machines)
        .merge(files::router(Arc::new(MadeFiles::from_policy(&services.published, &services.config))));
    if services.demo {
        all = all.merge(demo::router(services.outbox.clone()));
    }
    all.fallback(async || Problem::from(Slug::NotFound))
        .with_state(App(Arc::new(services.clone())))
        .layer(DefaultBodyLimit::max(body::LARGEST))
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn_with_state(guard, middleware::pass))
}

/// Forms are only ever posted from our own pages and the host's, which have the same origin.
fn csrf() -> CsrfLayer<impl FnMut(ProtectionError) -> axum::http::Response<Body> + Clone> {
    CsrfLayer::new().with_rejection_response(|_: ProtectionError| Problem::from(Slug::CrossSite).into_response())
}

#[cfg(test)]
mod tests;
