//! `POST /keuze/api/v1/mail-headers`: what a mail to one recipient carries so that it can be stopped (S-14, RFC 8058).

use std::sync::Arc;

use app::model::channel::Channel;
use app::model::language::{Language, Localized};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::decisions::Told;
use super::who::Named;
use super::{Caller, Mail, answer, denied, origin};
use crate::http::body;
use crate::http::problem::{Problem, Slug};
use crate::http::visit::Visit;
use crate::service::Keuze;
use crate::service::send::Gate;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    who: Named,
    channel: Channel,
}

#[derive(Serialize)]
struct Given {
    headers: Headers,
    link: String,
    text: Localized,
    html: Localized,
    /// The language the recipient is written to in.
    language: Language,
    decision: Told,
}

/// RFC 8058 section 3.1: one https address, and exactly this pair.
#[derive(Serialize)]
struct Headers {
    #[serde(rename = "List-Unsubscribe")]
    list_unsubscribe: String,
    #[serde(rename = "List-Unsubscribe-Post")]
    list_unsubscribe_post: &'static str,
}

/// Gives them, unless the mail must not go.
pub async fn headers(
    State(keuze): State<Arc<Keuze>>,
    _caller: Caller<Mail>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent: Sent = body::json(&headers, body)?;
    if !matches!(sent.channel, Channel::Newsletter | Channel::Email) {
        return Err(Problem::with(Slug::MalformedRequest, "channel"));
    }
    let (person, decision) = match keuze.gate(&sent.who.find(&keuze)?.who, sent.channel)? {
        Gate::Open(person, decision) => (person, decision),
        Gate::Shut(decision) => return Err(denied(&decision)),
    };
    let links = keuze.mail_links(&person, sent.channel, &origin(&keuze, &visit));
    let headers =
        Headers { list_unsubscribe: format!("<{}>", links.link), list_unsubscribe_post: "List-Unsubscribe=One-Click" };
    Ok(answer(&Given {
        headers,
        link: links.link,
        text: links.text,
        html: links.html,
        language: person.language(),
        decision: decision.into(),
    }))
}
