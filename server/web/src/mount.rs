//! The one way to answer an address: nothing is routed that [`Endpoint`] does not list, with its limit.

use axum::Router;
use axum::routing::MethodRouter;
use model::paths::Endpoint;

/// A router that answers listed addresses; clippy refuses `Router::route` elsewhere.
pub trait Mount<S>: Sized {
    /// Answers an address.
    #[must_use]
    fn mount(self, endpoint: Endpoint, methods: MethodRouter<S>) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Mount<S> for Router<S> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    fn mount(self, endpoint: Endpoint, methods: MethodRouter<S>) -> Self {
        self.route(endpoint.path(), methods)
    }
}
