//! `POST /keuze/api/v1/mail-headers` and `…/mail-checks`: what a mail to one recipient carries so that it can be stopped,
//! and whether it does (S-14, RFC 8058).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use model::channel::Channel;
use model::contact::PointKind;
use model::language::{Language, Localized};
use serde::{Deserialize, Serialize};

use super::decisions::DecisionResponse;
use super::who::NamedAddressee;
use super::{Caller, MailScope, answer, open_gate};
use crate::body;
use crate::problem::Problem;
use crate::visit::Visit;
use keuze_core::config::Config;
use keuze_core::service::mail_check::{self, SIGNATURE};
use keuze_core::service::people::People;
use keuze_core::service::send::Mailings;
use keuze_core::service::site::SiteInfo;
use words::problem::Slug;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailHeadersRequest {
    who: NamedAddressee,
    channel: Channel,
}

#[derive(Serialize)]
struct GivenHeaders {
    headers: UnsubscribeHeaders,
    link: String,
    text: Localized,
    html: Localized,
    /// The language the recipient is written to in.
    language: Language,
    decision: DecisionResponse,
}

/// RFC 8058 section 3.1: one https address, and exactly this pair.
#[derive(Serialize)]
struct UnsubscribeHeaders {
    #[serde(rename = "List-Unsubscribe")]
    list_unsubscribe: String,
    #[serde(rename = "List-Unsubscribe-Post")]
    list_unsubscribe_post: &'static str,
}

/// Gives them, unless the mail must not go.
pub async fn headers(
    State(mailings): State<Arc<Mailings>>,
    State(people): State<Arc<People>>,
    State(site): State<Arc<SiteInfo>>,
    _caller: Caller<MailScope>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent: MailHeadersRequest = body::json(&headers, body)?;
    if sent.channel.point() != Some(PointKind::Email) {
        return Err(Problem::with(Slug::MalformedRequest, "channel"));
    }
    let (person, decision) = open_gate(&mailings, &people, &sent.who, sent.channel)?;
    let links = mailings.mail_links(&person, sent.channel, &site.origin_of_links(&visit.host));
    let headers = UnsubscribeHeaders {
        list_unsubscribe: format!("<{}>", links.link),
        list_unsubscribe_post: "List-Unsubscribe=One-Click",
    };
    Ok(answer(&GivenHeaders {
        headers,
        link: links.link,
        text: links.text,
        html: links.html,
        language: person.language(),
        decision: decision.into(),
    }))
}

#[derive(Serialize)]
struct MailHeadersResponse {
    passes: bool,
}

/// Passes a mail as it is about to leave, or says what it lacks. With `signature=later` it is signed after this.
pub async fn check(
    State(config): State<Arc<Config>>,
    _caller: Caller<MailScope>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let signed_later = is_signed_later(&query.unwrap_or_default())?;
    let raw = body::raw(&headers, body, "message/rfc822")?;
    let checked = tokio::task::spawn_blocking(move || mail_check::check(&raw, &config)).await;
    let found = checked.map_err(|_| Slug::Internal)?.ok_or(Problem::with(Slug::MalformedRequest, "body"))?;
    let comes_later = |finding: &mail_check::Finding| signed_later && finding.word == SIGNATURE;
    let lacking = found.iter().filter(|finding| !finding.holds() && !comes_later(finding));
    let lacking: Vec<&mail_check::Finding> = lacking.collect();
    if lacking.is_empty() {
        return Ok(answer(&MailHeadersResponse { passes: true }));
    }
    let missing: Vec<&str> = lacking.iter().map(|finding| finding.word).collect();
    let problem = Problem::saying(Slug::UnsubscribeHeadersMissing, "missing", missing.join(", "));
    let mend = |finding: &&mail_check::Finding| Some(format!("{}: {}", finding.word, finding.mend.as_ref()?));
    Err(lacking.iter().filter_map(mend).fold(problem, Problem::mended_by))
}

fn is_signed_later(query: &str) -> Result<bool, Problem> {
    let mut later = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (&*name, &*value) {
            ("signature", "later") => later = true,
            ("signature", _) => return Err(Problem::with(Slug::MalformedRequest, "signature")),
            ("lang", _) => {}
            _ => return Err(Problem::unknown_field(&name)),
        }
    }
    Ok(later)
}
