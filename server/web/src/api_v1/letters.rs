//! `POST /keuze/api/v1/letter-blocks` and `…/letter-checks`: every letter says how to object (S-13).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use model::channel::Channel;
use model::identity::RecordAddress;
use model::language::Localized;
use model::message::CheckedLetter;
use model::paths::Endpoint;
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};

use super::decisions::DecisionResponse;
use super::who::NamedAddressee;
use super::{Caller, LettersScope, answer, open_gate};
use crate::body;
use crate::problem::Problem;
use crate::visit::Visit;
use keuze_core::config::Config;
use keuze_core::service::message::Messages;
use keuze_core::service::people::{LetterCodes, People};
use keuze_core::service::send::{LETTER_BLOCK, Lacking, Mailings, lacking, paragraph};
use keuze_core::service::site::SiteInfo;
use words::problem::Slug;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LetterRequest {
    who: NamedAddressee,
}

#[derive(Serialize)]
struct LetterBlock {
    version: u32,
    paragraph: Localized,
    address: String,
    code: String,
    /// The same address with the code in it, as a picture.
    qr: String,
    decision: DecisionResponse,
}

/// Gives a recipient's block, unless the letter must not go.
#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
pub async fn block(
    State(mailings): State<Arc<Mailings>>,
    State(letters): State<Arc<LetterCodes>>,
    State(people): State<Arc<People>>,
    State(site): State<Arc<SiteInfo>>,
    State(config): State<Arc<Config>>,
    caller: Caller<LettersScope>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent: LetterRequest = body::json(&headers, body)?;
    let (person, decision) = open_gate(&mailings, &people, &sent.who, Channel::Post)?;
    let code = letters.letter_code(person.subject, &caller.act()).await?;
    let origin = site.origin_of_links(&visit.host);
    let address = short_address(&origin);
    Ok(answer(&LetterBlock {
        version: LETTER_BLOCK,
        paragraph: paragraph(&config.controller, &address, code),
        qr: qr(&format!("{origin}{}?code={code}", Endpoint::Letter.path())),
        address,
        code: code.to_string(),
        decision: decision.into(),
    }))
}

/// As it is typed from paper.
fn short_address(origin: &str) -> String {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    format!("{host}{}", Endpoint::Letter.path())
}

/// Black on white whatever surrounds it; about 15 % of it may be smudged.
fn qr(text: &str) -> String {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("an address is short enough for a QR code");
    let picture = code.render().min_dimensions(120, 120).dark_color(Color("#000")).light_color(Color("#fff")).build();
    picture.split_once("?>").map_or(picture.clone(), |(_, svg)| svg.to_owned())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LetterFields {
    text: String,
    /// The template's name; with it, that it passed is recorded.
    template: Option<String>,
}

#[derive(Serialize)]
struct LetterResponse {
    passes: bool,
    block_version: u32,
    /// Where that is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<RecordAddress>,
}

/// Passes a letter or its template, or says what it lacks.
pub async fn check(
    State(messages): State<Arc<Messages>>,
    State(config): State<Arc<Config>>,
    caller: Caller<LettersScope>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let letter: LetterFields = body::json(&headers, body)?;
    let named =
        letter.template.as_deref().map(|template| CheckedLetter::parse_letter(template, LETTER_BLOCK)).transpose();
    let named = named.map_err(|fault| Problem::with(Slug::MalformedRequest, "template").mended_by(fault))?;
    let addresses: Vec<String> =
        config.site.hosts.iter().map(|host| format!("{}{}", host.name(), Endpoint::Letter.path())).collect();
    let checked = tokio::task::spawn_blocking(move || lacking(&letter.text, &config.controller, &addresses)).await;
    let lacking = checked.map_err(|_| Slug::Internal)?;
    if lacking.is_empty() {
        let record = match named {
            Some(passed) => Some(messages.record_letter(passed, &caller.act()).await?),
            None => None,
        };
        return Ok(answer(&LetterResponse { passes: true, block_version: LETTER_BLOCK, record }));
    }
    let words: Vec<&str> = lacking.into_iter().map(Lacking::word).collect();
    Err(Problem::saying(Slug::LetterIncomplete, "missing", words.join(", ")))
}
