//! The list of addresses is what is answered: each with its methods, and with its limit.

use std::sync::Arc;

use model::paths::{Endpoint, RateClass};

use super::*;
use keuze_core::config::{Config, Rate};

async fn demo() -> TestApp {
    let mut app = TestApp::new().await;
    app = app.made(|parts| parts.demo = true);
    app
}

/// A path that leads to an address, whatever is put into it.
fn some(endpoint: Endpoint) -> String {
    endpoint.path().replace(['{', '}', '*'], "")
}

#[tokio::test]
async fn every_listed_address_answers_its_methods_and_no_others() {
    let app = demo().await;
    let mut browser = Browser::new(&app);
    for endpoint in Endpoint::ALL {
        let answers = [("GET", endpoint.get().is_some()), ("POST", endpoint.post().is_some()), ("PUT", false)];
        for (method, answered) in answers {
            let headers = [SITE, ("content-type", "application/x-www-form-urlencoded")];
            let status = browser.ask(method, &some(*endpoint), &headers, "").await.status;
            assert_eq!(status != StatusCode::METHOD_NOT_ALLOWED, answered, "{method} {endpoint:?}: {status}");
        }
    }
    let nowhere = browser.ask("PUT", "/keuze/nowhere", &[SITE], "").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND, "control: what is not listed is not answered");
}

/// With the least of every limit that can be set: the second request is refused where its class has that limit, and only there.
#[tokio::test]
async fn every_request_counts_for_the_limit_that_its_address_names() {
    let plenty = Rate { burst: 1000, per_minute: 1000 };
    let one = Rate { burst: 1, per_minute: 1 };
    for slow in [RateClass::Choices, RateClass::ContinuedUse, RateClass::SignIn, RateClass::Pages] {
        let app = demo().await;
        let mut config = Config::clone(&app.services.config);
        let limits = &mut config.server.rate_limits;
        let rate = |class| if class == slow { one } else { plenty };
        limits.choices = rate(RateClass::Choices);
        limits.continued_use = rate(RateClass::ContinuedUse);
        limits.sign_in = rate(RateClass::SignIn);
        limits.pages = rate(RateClass::Pages);
        let app = app.made(|parts| parts.config = Arc::new(config));
        for endpoint in Endpoint::ALL {
            for (method, class) in [("GET", endpoint.get()), ("POST", endpoint.post().map(|post| post.class))] {
                let Some(class) = class else { continue };
                let mut browser = Browser::at_router(crate::router(&app.services, true));
                let mut ask = async || browser.ask(method, &some(*endpoint), &[SITE], "").await.status;
                assert_ne!(ask().await, StatusCode::TOO_MANY_REQUESTS, "{method} {endpoint:?}");
                let refused = ask().await == StatusCode::TOO_MANY_REQUESTS;
                assert_eq!(refused, class == slow, "{method} {endpoint:?} with few {slow:?}");
            }
        }
    }
}
