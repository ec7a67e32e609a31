//! What handlers are handed: each names the services that it needs, and has no other.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use keuze_core::service::history::PersonHistory;
use keuze_core::service::{Provides, Services};
use ledger::Ledger;
use ledger::clock::Clock;

/// The state of the router. A handler takes out of it what it names in `State`.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Services>);

/// A handler names any service that there is, and what they were made of.
impl<T> FromRef<App> for Arc<T>
where
    Services: Provides<T>,
{
    fn from_ref(App(services): &App) -> Self {
        services.provide()
    }
}

impl FromRef<App> for Arc<dyn Clock> {
    fn from_ref(App(services): &App) -> Self {
        services.clock.clone()
    }
}

impl FromRef<App> for Ledger {
    fn from_ref(App(services): &App) -> Self {
        services.ledger.clone()
    }
}

/// What one request rests on: each record that it needs is unsealed once. A handler that takes one hands it to all that it asks.
pub struct RequestHistory(pub PersonHistory);

impl FromRequestParts<App> for RequestHistory {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, App(services): &App) -> Result<Self, Infallible> {
        Ok(Self(services.people.history()))
    }
}
