//! Problems (RFC 9457): everything that can go wrong in a request, each with its own address and words.
//!
//! A handler returns a [`Problem`]; the outermost layer (`http::answer`) dresses it as `application/problem+json`
//! for programs and as a page for people, in their language. No words of a problem hold what was sent: neither
//! personal data nor tokens come back in an error.

use app::model::language::Language;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What went wrong. Each kind has a page at `/keuze/problems/{slug}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The Host header is not one of the site's hosts.
    UnknownHost,
    /// Nothing lives at that path.
    NotFound,
    /// The path exists, the method does not.
    WrongMethod,
    /// The request cannot be read: broken JSON, a wrong type, a missing field.
    Malformed,
    /// The body is not of a media type that is read here.
    WrongMediaType,
    /// The body is too large.
    TooLarge,
    /// A purpose that the policy does not have, or that nobody can answer.
    UnknownPurpose,
    /// A language that is not spoken here.
    UnknownLanguage,
    /// The control says something else than the purposes it came with.
    ControlContradicts,
    /// No purpose was offered, so there is nothing to answer.
    NothingAnswered,
    /// The question changed, and nothing of the answer can be taken.
    NoticeChanged,
    /// A request that was not made on the site itself.
    ForeignOrigin,
    /// Too many requests in a short time.
    RateLimited,
    /// A receipt's link is older than a day.
    ReceiptExpired,
    /// More is coming in than can be written.
    Busy,
    /// The server is stopping or cannot write.
    Closed,
    /// Something that should not happen.
    Internal,
    /// `keuze check`: a consent purpose stands under continued use (requirements 2.5.3).
    ContinuedUseCannotGrantConsent,
}

/// The words of a problem in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub detail: &'static str,
}

impl Kind {
    /// All kinds, as they are listed on the pages.
    pub const ALL: [Self; 18] = [
        Self::UnknownHost,
        Self::NotFound,
        Self::WrongMethod,
        Self::Malformed,
        Self::WrongMediaType,
        Self::TooLarge,
        Self::UnknownPurpose,
        Self::UnknownLanguage,
        Self::ControlContradicts,
        Self::NothingAnswered,
        Self::NoticeChanged,
        Self::ForeignOrigin,
        Self::RateLimited,
        Self::ReceiptExpired,
        Self::Busy,
        Self::Closed,
        Self::Internal,
        Self::ContinuedUseCannotGrantConsent,
    ];

    /// The kind of that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// The last part of its address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::UnknownHost => "unknown-host",
            Self::NotFound => "not-found",
            Self::WrongMethod => "wrong-method",
            Self::Malformed => "malformed-request",
            Self::WrongMediaType => "wrong-media-type",
            Self::TooLarge => "too-large",
            Self::UnknownPurpose => "unknown-purpose",
            Self::UnknownLanguage => "unknown-language",
            Self::ControlContradicts => "control-contradicts-purposes",
            Self::NothingAnswered => "nothing-answered",
            Self::NoticeChanged => "notice-changed",
            Self::ForeignOrigin => "foreign-origin",
            Self::RateLimited => "rate-limited",
            Self::ReceiptExpired => "receipt-expired",
            Self::Busy => "busy",
            Self::Closed => "closed",
            Self::Internal => "internal",
            Self::ContinuedUseCannotGrantConsent => "continued-use-cannot-grant-consent",
        }
    }

    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnknownPurpose
            | Self::UnknownLanguage
            | Self::ControlContradicts
            | Self::NothingAnswered
            | Self::ContinuedUseCannotGrantConsent => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoticeChanged => StatusCode::CONFLICT,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::ReceiptExpired => StatusCode::GONE,
            Self::Busy | Self::Closed => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// After how many seconds trying again makes sense, where it does by itself.
    fn retry_after(self) -> Option<u32> {
        match self {
            Self::Busy => Some(2),
            Self::Closed => Some(10),
            _ => None,
        }
    }

    /// Its words.
    pub fn words(self, language: Language) -> Words {
        match language {
            Language::Nl => self.dutch(),
            Language::En => self.english(),
        }
    }

    fn dutch(self) -> Words {
        let (title, detail) = match self {
            Self::UnknownHost => ("Onbekende site", "Deze server hoort niet bij dit adres. Controleer het adres."),
            Self::NotFound => ("Pagina niet gevonden", "Op dit adres staat niets. Controleer het adres."),
            Self::WrongMethod => ("Dit kan hier niet", "Dit adres kent deze handeling niet."),
            Self::Malformed => (
                "Onleesbaar verzoek",
                "Wij kunnen dit verzoek niet lezen. Er is niets opgeslagen. Ga terug en probeer het opnieuw.",
            ),
            Self::WrongMediaType => ("Onbekend formaat", "Wij lezen dit formaat hier niet. Er is niets opgeslagen."),
            Self::TooLarge => ("Te groot", "Dit verzoek is te groot. Er is niets opgeslagen."),
            Self::UnknownPurpose => {
                ("Onbekend doel", "Het verzoek noemt een doel dat u hier niet kunt kiezen. Er is niets opgeslagen.")
            }
            Self::UnknownLanguage => {
                ("Onbekende taal", "Wij spreken hier Nederlands en Engels. Er is niets opgeslagen.")
            }
            Self::ControlContradicts => (
                "Tegenstrijdige keuze",
                "De knop zegt iets anders dan de keuzes die erbij staan. Er is niets opgeslagen. Kies opnieuw.",
            ),
            Self::NothingAnswered => {
                ("Geen keuze", "Er is geen doel gekozen waarop een antwoord kan. Er is niets opgeslagen.")
            }
            Self::NoticeChanged => (
                "De vraag is veranderd",
                "De vraag is veranderd sinds u hem zag. Er is niets opgeslagen. Lees de nieuwe vraag en kies opnieuw.",
            ),
            Self::ForeignOrigin => (
                "Niet vanaf onze site",
                "Dit verzoek kwam niet vanaf onze eigen site. Er is niets opgeslagen. Kies opnieuw op onze site.",
            ),
            Self::RateLimited => {
                ("Te veel verzoeken", "Er kwamen te veel verzoeken achter elkaar. Wacht even en probeer het opnieuw.")
            }
            Self::ReceiptExpired => (
                "Deze link is verlopen",
                "Een bewijs is 24 uur lang via de link te zien. Uw keuze zelf blijft bewaard. \
                 Met het nummer van het bewijs kan de klantenservice haar terugvinden.",
            ),
            Self::Busy => ("Even te druk", "Het is nu te druk. Er is niets opgeslagen. Probeer het zo weer."),
            Self::Closed => ("Even niet bereikbaar", "Wij kunnen nu niets opslaan. Probeer het zo weer."),
            Self::Internal => ("Er ging iets mis", "Dit had niet mogen gebeuren. Probeer het later weer."),
            Self::ContinuedUseCannotGrantConsent => (
                "Verder gebruik is geen toestemming",
                "Een doel dat toestemming vraagt, kan niet door verder gebruik aan gaan. \
                 Haal het uit continued_use in de configuratie.",
            ),
        };
        Words { title, detail }
    }

    fn english(self) -> Words {
        let (title, detail) = match self {
            Self::UnknownHost => ("Unknown site", "This server does not serve this address. Check the address."),
            Self::NotFound => ("Page not found", "There is nothing at this address. Check the address."),
            Self::WrongMethod => ("Not possible here", "This address does not know this method."),
            Self::Malformed => {
                ("Unreadable request", "We cannot read this request. Nothing was saved. Go back and try again.")
            }
            Self::WrongMediaType => ("Unknown format", "This format is not read here. Nothing was saved."),
            Self::TooLarge => ("Too large", "This request is too large. Nothing was saved."),
            Self::UnknownPurpose => {
                ("Unknown purpose", "The request names a purpose that cannot be chosen here. Nothing was saved.")
            }
            Self::UnknownLanguage => ("Unknown language", "We speak Dutch and English here. Nothing was saved."),
            Self::ControlContradicts => (
                "Contradicting choice",
                "The button says something else than the choices that came with it. Nothing was saved. Choose again.",
            ),
            Self::NothingAnswered => ("No choice", "No purpose was chosen that can be answered. Nothing was saved."),
            Self::NoticeChanged => (
                "The question changed",
                "The question changed since you saw it. Nothing was saved. Read the new question and choose again.",
            ),
            Self::ForeignOrigin => (
                "Not from our site",
                "This request did not come from our own site. Nothing was saved. Choose again on our site.",
            ),
            Self::RateLimited => ("Too many requests", "Too many requests came in a row. Wait a moment and try again."),
            Self::ReceiptExpired => (
                "This link has expired",
                "A receipt can be seen through its link for 24 hours. Your choice itself is kept. \
                 Support can find it with the receipt's number.",
            ),
            Self::Busy => ("Too busy", "It is too busy at the moment. Nothing was saved. Try again shortly."),
            Self::Closed => ("Not available", "We cannot save anything at the moment. Try again shortly."),
            Self::Internal => ("Something went wrong", "This should not have happened. Try again later."),
            Self::ContinuedUseCannotGrantConsent => (
                "Continued use is not consent",
                "A purpose that needs consent cannot be switched on by continued use. \
                 Take it out of continued_use in the configuration.",
            ),
        };
        Words { title, detail }
    }
}

/// A request that went wrong: nothing of it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.kind.words(Language::En).title)]
pub struct Problem {
    /// What went wrong.
    pub kind: Kind,
    /// Seconds after which to try again, where that is known.
    pub retry_after: Option<u32>,
    /// The field that is wrong, by its name in the documentation, never its content.
    pub field: Option<&'static str>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, retry_after: kind.retry_after(), field: None }
    }
}

impl Problem {
    /// Says which field is wrong.
    pub fn field(kind: Kind, field: &'static str) -> Self {
        Self { field: Some(field), ..kind.into() }
    }

    /// The problem document for programs.
    pub fn document(&self, origin: &str, language: Language) -> Response {
        let Words { title, detail } = self.kind.words(language);
        let problem_type = format!("{origin}/keuze/problems/{}", self.kind.slug());
        let status = self.kind.status();
        let document = Document { r#type: &problem_type, title, status: status.as_u16(), detail, field: self.field };
        let body = serde_json::to_vec_pretty(&document).expect("strings and numbers are always JSON");
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        self.with_retry((status, headers, body).into_response())
    }

    /// Adds `Retry-After` where it is known.
    pub fn with_retry(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// RFC 9457 section 3.1, and the one extension `field`.
#[derive(Serialize)]
struct Document<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl IntoResponse for Problem {
    /// Only the status; the outermost layer finds the problem in the extensions and dresses it.
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Kind {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_leads_back_to_its_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
    }

    #[test]
    fn people_are_told_in_short_sentences_without_shouting() {
        let texts = Kind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| kind.words(language)));
        for Words { title, detail } in texts {
            assert!(!title.contains('!') && !detail.contains('!'));
            for sentence in detail.split(". ") {
                assert!(sentence.split_whitespace().count() <= 20, "{sentence}");
            }
        }
    }
}
