//! Where a request was sent from: what Sec-Fetch-Site and Origin say, and what that allows.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::elements::{Disagreed, sole};
use super::problem::Problem;
use keuze_core::config::Config;
use keuze_core::service::consent::SentFrom;
use words::problem::Slug;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Leaves one line of each, or none where nothing can be read: whatever looks at them afterwards looks at the first.
///
/// Of two that differ nobody knows which the browser sent. Then the request is one of another site: what it might be.
pub fn settle(headers: &mut HeaderMap) {
    for (name, read, unclear) in [
        (SEC_FETCH_SITE, site as fn(&str) -> Option<&str>, HeaderValue::from_static("cross-site")),
        (header::ORIGIN, origin, HeaderValue::from_static("null")),
    ] {
        let settled = match sole(headers, &name, read) {
            Ok(one) => one.and_then(|value| HeaderValue::from_str(value).ok()),
            Err(Disagreed) => Some(unclear),
        };
        match settled {
            Some(value) => _ = headers.insert(name, value),
            None => _ = headers.remove(name),
        }
    }
}

/// A word of the standard (Fetch Metadata, section 2.4).
fn site(text: &str) -> Option<&str> {
    ["same-origin", "same-site", "cross-site", "none"].contains(&text).then_some(text)
}

/// An origin as browsers write it; whether it is ours is another question.
fn origin(text: &str) -> Option<&str> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    (text == "null" || text.contains("://") && is_plain).then_some(text)
}

/// Where a request was sent from (design, "Who may say yes from where").
///
/// `same-origin` is set by the browser and out of a page's reach, so it decides, also for a form whose Origin is
/// `null` under a `no-referrer` policy. Else an Origin must be one of the site's own. What is known to come from
/// another site is refused altogether; where nothing can be read, a no is taken.
pub fn sent_from(headers: &HeaderMap, config: &Config) -> Result<SentFrom, Problem> {
    let read = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (read(SEC_FETCH_SITE), read(header::ORIGIN)) {
        (Some("same-origin"), _) => Ok(SentFrom::Site),
        (_, Some(origin)) if is_ours(origin, config) => Ok(SentFrom::Site),
        (None | Some("none"), None) => Ok(SentFrom::Unknown),
        _ => Err(Slug::CrossSite.into()),
    }
}

fn is_ours(origin: &str, config: &Config) -> bool {
    let host = origin.split_once("://").and_then(|(_, authority)| config.host(authority));
    host.is_some_and(|host| host.origin == origin)
}
