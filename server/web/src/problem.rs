//! Problems (RFC 9457): how a request that went wrong is answered.
//!
//! A handler returns a [`Problem`]; the outermost layer dresses it as `application/problem+json` for programs and
//! as a page for people, in their language ([`Slug`] has the words). Nothing that was sent comes back in an error.

use words::problem::Slug;

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::language::Language;
use model::paths;
use serde::Serialize;
use words::problem::no_taken;

use keuze_core::service::people::ActError;
use ledger::{AppendError, NotRecorded, ReadError};

/// A request that went wrong; nothing of it was written, unless its words say otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{slug}")]
pub struct Problem {
    /// What went wrong.
    pub slug: Slug,
    /// Seconds after which to try again, where that is known.
    pub retry_after: Option<u32>,
    /// The field that is wrong, by its name, never its content.
    pub field: Option<Cow<'static, str>>,
    /// Further members of the document: their names and what they say, in machine form.
    pub more: Vec<(&'static str, String)>,
    /// What of it is on record all the same.
    pub saved: Saved,
}

/// What of a request that went wrong is on record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Saved {
    /// What the words of the problem say.
    #[default]
    AsItSays,
    /// The no that it told of.
    ItsNo,
}

/// The member that says how to mend a field.
const MEND: &str = "mend";

/// The status that a problem is answered with.
pub fn status(slug: Slug) -> StatusCode {
    match slug {
        Slug::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
        Slug::NotFound => StatusCode::NOT_FOUND,
        Slug::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Slug::MalformedRequest | Slug::MalformedIdempotencyKey => StatusCode::BAD_REQUEST,
        Slug::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Slug::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Slug::UnknownPurpose
        | Slug::UnknownLanguage
        | Slug::UnknownPolicy
        | Slug::ControlContradiction
        | Slug::ContinuedUseCannotGrantConsent
        | Slug::SendingDenied
        | Slug::UnsubscribeHeadersMissing
        | Slug::MessageClassIncomplete
        | Slug::LetterIncomplete
        | Slug::SelfSignupRequired
        | Slug::SoftOptInEvidenceMissing
        | Slug::CustomerNumberReused
        | Slug::JoinedLater => StatusCode::UNPROCESSABLE_ENTITY,
        Slug::NoticeChanged | Slug::ChangedSince => StatusCode::CONFLICT,
        Slug::ConsentNotFromHere | Slug::CrossSite | Slug::ScopeMissing => StatusCode::FORBIDDEN,
        Slug::ApiKeyMissing | Slug::ApiKeyUnknown | Slug::ApiKeyExpired => StatusCode::UNAUTHORIZED,
        Slug::TimedOut => StatusCode::REQUEST_TIMEOUT,
        Slug::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Slug::Busy | Slug::Closed | Slug::OutcomeUnknown => StatusCode::SERVICE_UNAVAILABLE,
        Slug::Erased | Slug::ReceiptGone => StatusCode::GONE,
        Slug::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Slug> for Problem {
    fn from(slug: Slug) -> Self {
        let retry_after = match slug {
            Slug::Busy => Some(2),
            Slug::Closed | Slug::OutcomeUnknown => Some(10),
            _ => None,
        };
        Self { slug, retry_after, field: None, more: Vec::new(), saved: Saved::AsItSays }
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::NotRecorded(NotRecorded::Busy) => Slug::Busy,
            AppendError::NotRecorded(NotRecorded::Closed) => Slug::Closed,
            AppendError::NotRecorded(NotRecorded::Erased) => Slug::Erased,
            AppendError::OutcomeUnknown => Slug::OutcomeUnknown,
        }
        .into()
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NoPerson => Slug::NotFound.into(),
            ActError::Nothing => Self::with(Slug::MalformedRequest, "channels"),
            ActError::ChangedSince => Slug::ChangedSince.into(),
            ActError::SelfSignUpRequired => Self::with(Slug::SelfSignupRequired, "channels"),
            ActError::Append(error) => error.into(),
            ActError::Read(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        tracing::error!(%error, "the ledger cannot be read");
        Slug::Internal.into()
    }
}

impl Problem {
    /// A problem with one field, named as in the documentation.
    pub fn with(slug: Slug, field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field.into()), ..slug.into() }
    }

    /// A field that is not known here, by its name where that reads as one: what else stands there may be anybody's data.
    pub fn unknown_field(name: &str) -> Self {
        Self { field: is_name(name).then(|| name.to_owned().into()), ..Slug::MalformedRequest.into() }
    }

    /// The same with how to mend the field; said twice, both stand there.
    #[must_use]
    pub fn mended_by(mut self, how: impl std::fmt::Display) -> Self {
        match self.more.iter_mut().find(|(name, _)| *name == MEND) {
            Some((_, mend)) => *mend = format!("{mend}; {how}"),
            None => self.more.push((MEND, how.to_string())),
        }
        self
    }

    /// The same of a request whose no is on record all the same.
    #[must_use]
    pub fn no_taken(self) -> Self {
        Self { saved: Saved::ItsNo, ..self }
    }

    /// Whether it is known that nothing was recorded.
    pub fn is_refusal(&self) -> bool {
        !matches!(self.slug, Slug::OutcomeUnknown | Slug::Internal | Slug::TimedOut)
    }

    /// A problem with one more member, in machine form.
    pub fn saying(slug: Slug, name: &'static str, what: impl Into<String>) -> Self {
        Self { more: vec![(name, what.into())], ..slug.into() }
    }

    /// The problem document for programs.
    pub fn document(&self, origin: &str, language: Language) -> Response {
        let words = self.slug.words_for_programs(language);
        let not_happened = match self.saved {
            Saved::AsItSays => words.not_happened,
            Saved::ItsNo => no_taken(language),
        };
        let detail = format!("{} {not_happened} {}", words.happened, words.to_do);
        let document = Document {
            r#type: &format!("{origin}{}", paths::problem_type(self.slug)),
            title: words.title,
            status: status(self.slug).as_u16(),
            detail: &detail,
            field: self.field.as_deref(),
            more: self.more.iter().map(|(name, what)| (*name, what.as_str())).collect(),
        };
        let body = serde_json::to_vec_pretty(&document).expect("strings and numbers are always JSON");
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let mut response = (status(self.slug), headers, body).into_response();
        if let Some(challenge) = challenge(self.slug) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        self.with_retry(response)
    }

    /// Adds `Retry-After` where it is known.
    pub fn with_retry(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Whether a text reads as the name of a field: no address, number or sentence does.
pub fn is_name(text: &str) -> bool {
    let is_short = (1..=40).contains(&text.len());
    is_short && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// What a program is told that has no key, or one that does not do (RFC 6750 section 3).
fn challenge(slug: Slug) -> Option<HeaderValue> {
    match slug {
        Slug::ApiKeyMissing => Some(HeaderValue::from_static("Bearer realm=\"keuze\"")),
        Slug::ApiKeyUnknown | Slug::ApiKeyExpired => {
            Some(HeaderValue::from_static("Bearer realm=\"keuze\", error=\"invalid_token\""))
        }
        Slug::ScopeMissing => Some(HeaderValue::from_static("Bearer realm=\"keuze\", error=\"insufficient_scope\"")),
        _ => None,
    }
}

/// RFC 9457 section 3.1, the extension `field`, and what else a problem says.
#[derive(Serialize)]
struct Document<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(flatten)]
    more: BTreeMap<&'a str, &'a str>,
}

impl IntoResponse for Problem {
    /// Only the status; the outermost layer finds the problem in the extensions and dresses it.
    fn into_response(self) -> Response {
        let mut response = status(self.slug).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_answered_as_an_error() {
        assert!(
            Slug::ALL.iter().copied().map(status).all(|status| status.is_client_error() || status.is_server_error())
        );
    }

    /// "Nothing was saved" is said where that is known, and nowhere else.
    #[test]
    fn what_is_not_known_is_never_called_nothing() {
        let nothing = [NotRecorded::Busy, NotRecorded::Closed, NotRecorded::Erased].map(AppendError::from);
        let said = |error: AppendError, language| {
            let words = Problem::from(error).slug.words(language);
            format!("{} {} {}", words.title, words.happened, words.not_happened)
        };
        let denies = |text: &str| ["niets", "niet opgeslagen", "Nothing"].iter().any(|word| text.contains(word));
        for language in Language::ALL {
            let unknown = said(AppendError::OutcomeUnknown, language);
            assert!(!denies(&unknown), "{unknown}");
            let told: Vec<_> = nothing.iter().map(|error| said(*error, language)).collect();
            assert!(told[..2].iter().all(|text| denies(text)), "{told:?}");
        }
        assert!(!AppendError::OutcomeUnknown.to_string().contains("nothing"));
        assert!(nothing.iter().all(|error| error.to_string().starts_with("nothing was recorded")));
    }
}
