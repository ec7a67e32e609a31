//! A visit: what every request says before it is routed. Which host it is for, in which language, from where.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Uri, header};
use model::language::Language;

use super::elements::elements;
use super::problem::Problem;
use crate::embed::CookieNames;
use keuze_core::config::{Config, HostOrigin};
use words::problem::Slug;

const SEC_GPC: HeaderName = HeaderName::from_static("sec-gpc");

/// What is known of every request that reaches a handler.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The origin that people see, from the configuration: the scheme that a proxy speaks to us does not matter.
    pub host: HostOrigin,
    /// `?lang=` where it names one that we speak, else the best of Accept-Language, else the site's first.
    pub language: Language,
    /// Whether `?lang=` decided, so that the answer does not vary with Accept-Language.
    pub language_is_named: bool,
}

impl Visit {
    /// Reads it; a host that is not the site's is `unknown-host`.
    pub fn from_parts(config: &Config, parts: &Parts) -> Result<Self, Problem> {
        let name = host_name(parts).ok_or(Slug::UnknownHost)?;
        let host = config.host(name).ok_or(Slug::UnknownHost)?;
        let named = named_language(&parts.uri);
        let language = named.unwrap_or_else(|| accepted_language(&parts.headers));
        Ok(Self { host, language, language_is_named: named.is_some() })
    }

    /// The cookies' names on this host.
    pub fn names(&self) -> CookieNames {
        CookieNames { secure: self.host.secure }
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Slug::Internal.into())
    }
}

/// Whether the browser sent `Sec-GPC: 1`; of several values one that is `1` counts, and any other counts as none
/// (R-3.5-1).
#[derive(Clone, Copy, Debug)]
pub struct GlobalPrivacyControl(pub bool);

impl<S: Sync> FromRequestParts<S> for GlobalPrivacyControl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(asks_not_to_be_tracked(&parts.headers)))
    }
}

/// Whether a request's headers say so; see [`GlobalPrivacyControl`].
pub fn asks_not_to_be_tracked(headers: &HeaderMap) -> bool {
    elements(headers, SEC_GPC, b',').any(|value| value == Some("1"))
}

/// HTTP/2 puts the host into the request target, HTTP/1.1 into `Host`.
fn host_name(parts: &Parts) -> Option<&str> {
    let in_target = parts.uri.authority().map(axum::http::uri::Authority::as_str);
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let in_header = hosts.next().and_then(|value| value.to_str().ok());
    if hosts.next().is_some() { None } else { in_target.or(in_header) }
}

/// The first language of `?lang=` that we speak. Whoever names another is asked all the same, in one that we have.
fn named_language(uri: &Uri) -> Option<Language> {
    let query = uri.query().unwrap_or_default();
    let named = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "lang");
    named.into_iter().find_map(|(_, tag)| Language::from_tag(&tag))
}

/// The language we speak that the browser likes most (RFC 9110 section 12.5.4); Dutch if it names none.
pub fn accepted_language(headers: &HeaderMap) -> Language {
    let mut best: Option<(Language, u16)> = None;
    for range in elements(headers, header::ACCEPT_LANGUAGE, b',').flatten() {
        let Some((language, weight)) = weighed(range) else { continue };
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language).unwrap_or_default()
}

/// `en-GB;q=0.8` as a language and its weight in thousandths.
fn weighed(range: &str) -> Option<(Language, u16)> {
    let mut parts = range.split(';');
    let language = Language::from_tag(parts.next()?)?;
    let weight = parts.find_map(|part| part.trim().strip_prefix(['q', 'Q'])?.strip_prefix('='));
    Some((language, weight.map_or(Some(1000), thousandths)?))
}

/// A quality value (RFC 9110 section 12.4.2) in thousandths.
pub fn thousandths(quality: &str) -> Option<u16> {
    let quality: f32 = quality.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000 after the check")]
    (0.0..=1.0).contains(&quality).then_some((quality * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_most_liked_language_that_we_speak_is_chosen() {
        let accepts = |text: &'static str| {
            accepted_language(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(text))]))
        };
        assert_eq!(accepts("en-GB,en;q=0.9,nl;q=0.8"), Language::En);
        assert_eq!(accepts("fr, nl;q=0.2, en;q=0.7"), Language::En);
        assert_eq!(accepts("nl-BE, en"), Language::Nl);
        assert_eq!(accepts("en;q=0"), Language::Nl);
        assert_eq!(accepts("en;q=2, de"), Language::Nl);
        assert_eq!(accepts("fr; Q=0.9, en;q=0.7"), Language::En);
        assert_eq!(accepts(""), Language::Nl);
        assert_eq!(accepted_language(&HeaderMap::new()), Language::Nl);
        let lines = [b"s\xf8gelse, fr".as_slice(), b"en"].map(|line| HeaderValue::from_bytes(line).expect("bytes"));
        let lines = lines.into_iter().map(|line| (header::ACCEPT_LANGUAGE, line));
        assert_eq!(accepted_language(&lines.collect()), Language::En, "what is no text spoils itself alone");
    }
}
