//! `/.well-known/security.txt` (RFC 9116): where somebody says that they found a hole.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use model::paths::Endpoint;
use time::Duration;

use super::mount::Mount as _;
use super::problem::Problem;
use super::visit::Visit;
use crate::App;
use keuze_core::config::Config;
use keuze_core::service::site::SiteInfo;
use ledger::clock::Clock;
use words::problem::Slug;

/// Where RFC 9116 section 3 wants it.
const SECURITY: &str = Endpoint::SecurityTxt.path();

/// For how long it may be relied upon; under a year, as RFC 9116 section 2.5.5 advises.
const HOLDS: Duration = Duration::days(300);

/// The only address outside `/keuze/`.
pub fn router() -> Router<App> {
    Router::new().mount(Endpoint::SecurityTxt, get(security))
}

/// Made at each request from the configuration, so that it never expires and never names an old contact (S-56).
///
/// Without a contact for it there is none: the address for questions about privacy is not read by who mends holes.
async fn security(
    State(site): State<Arc<SiteInfo>>,
    State(config): State<Arc<Config>>,
    State(clock): State<Arc<dyn Clock>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let contact = config.security.as_ref().ok_or(Slug::NotFound)?;
    let until = clock.now().today + HOLDS;
    let origin = site.origin_of_links(&visit.host);
    let text = format!(
        "Contact: {contact}\nExpires: {until}T00:00:00Z\nPreferred-Languages: nl, en\nCanonical: {origin}{SECURITY}\n"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
    ];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Browser;
    use keuze_core::service::fixture::TestApp;

    /// S-56 and RFC 9116: contact, expiry under a year, languages and its own address, from the one configuration.
    #[tokio::test]
    async fn s_56_security_txt_names_the_contact_of_the_configuration() {
        let app = TestApp::new().await;
        let answer = Browser::new(&app).get(SECURITY).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        assert_eq!(
            answer.body,
            "Contact: mailto:security@voipro.nl\nExpires: 2027-09-20T00:00:00Z\nPreferred-Languages: nl, en\n\
             Canonical: https://www.voipro.nl/.well-known/security.txt\n"
        );
        let mut config = Config::clone(&app.services.config);
        config.security = Some("https://elders.example/gat".to_owned());
        config.controller.email = "veilig@elders.example".to_owned();
        let app = app.republished(config).await;
        let mut browser = Browser::new(&app);
        let answer = browser.get(SECURITY).await;
        assert!(answer.body.starts_with("Contact: https://elders.example/gat\n"), "{}", answer.body);
        let stopped = browser.post("/keuze/afmelden", &[("email", "a@example.nl"), ("scope", "all")]).await;
        assert!(stopped.body.contains("veilig@elders.example") && !stopped.body.contains("privacy@voipro.nl"));
        let mut config = Config::clone(&app.services.config);
        config.security = None;
        let without = Browser::new(&app.republished(config).await).get(SECURITY).await;
        assert_eq!(without.status, 404, "nobody to write to is no privacy address");
    }
}
