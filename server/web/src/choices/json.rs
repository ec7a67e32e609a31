//! `POST /keuze/api/v1/choices`.

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use model::choice::{Answers, Control, Surface};
use model::language::Language;
use model::paths::Endpoint;
use serde::{Deserialize, Serialize};

use super::{ChoiceSender, label, purpose};
use crate::app::RequestHistory;
use crate::body;
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;
use crate::visit::{GlobalPrivacyControl, Visit};
use keuze_core::config::Config;
use keuze_core::service::consent::{Choice, ChooseError, Consent, RecordedAnswer};
use ledger::Ledger;
use ledger::clock::Clock;
use words::problem::Slug;

/// What is sent. The words of the enumerations are checked by their types, names by the policy later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceRequest {
    policy: String,
    language: String,
    control: Control,
    purposes: Pairs,
    surface: Option<Surface>,
    before: Option<String>,
    build: Option<String>,
    variant: Option<String>,
}

/// The 201.
#[derive(Serialize)]
struct ChoiceResponse<'a> {
    receipt: String,
    receipt_url: String,
    shard: String,
    index: u64,
    ask_again: Vec<&'a str>,
}

#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
pub(super) async fn choose(
    State(consent): State<Arc<Consent>>,
    State(config): State<Arc<Config>>,
    State(ledger): State<Ledger>,
    State(clock): State<Arc<dyn Clock>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body::bytes(body)?;
    let sent: ChoiceRequest = body::json(&headers, Ok(body.clone()))?;
    let choice: Choice = sent.try_into()?;
    let sender = ChoiceSender::for_request(&history, &consent, &config, &*clock, visit, &headers, gpc)?;
    let choice = Choice { before: sender.came.seen_by_page(choice.before), ..choice };
    let request = match IdempotencyKey::from_headers(&headers) {
        Ok(key) => key.map(|key| key.name(&ledger, &[Endpoint::Choices.path().as_bytes(), &body])),
        // A no is taken whatever else is wrong; it is only not known again.
        Err(_) if says_no(&choice) => None,
        Err(problem) => return Err(problem),
    };
    let done = match consent.choose(&history, &choice, &sender.device, request).await {
        Ok(done) => done,
        Err(ChooseError::ChangedSince) => {
            let mut response = Problem::from(Slug::ChangedSince).into_response();
            sender.take_planted(&headers, response.headers_mut());
            return Ok(response);
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = (StatusCode::CREATED, Json(answer(&sender, &done))).into_response();
    sender.set_cookies(&done, &headers, response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    Ok(response)
}

fn says_no(choice: &Choice) -> bool {
    choice.control == Control::RefuseAll || choice.purposes.values().any(|yes| !yes)
}

fn answer<'a>(sender: &ChoiceSender, done: &'a RecordedAnswer) -> ChoiceResponse<'a> {
    ChoiceResponse {
        receipt: done.receipt.to_string(),
        receipt_url: format!("{}{}", sender.visit.host.origin, done.receipt_path),
        shard: done.address.shard.to_string(),
        index: done.address.index,
        ask_again: done.ask_again.iter().map(model::purpose::PurposeId::as_str).collect(),
    }
}

impl TryFrom<ChoiceRequest> for Choice {
    type Error = Problem;

    fn try_from(sent: ChoiceRequest) -> Result<Self, Problem> {
        let language = Language::from_tag(&sent.language);
        Ok(Self {
            policy: sent.policy,
            language: language.ok_or(Problem::with(Slug::UnknownLanguage, "language"))?,
            control: sent.control,
            purposes: sent.purposes.answers()?,
            surface: sent.surface,
            before: sent.before,
            build: label(sent.build, "build")?,
            variant: label(sent.variant, "variant")?,
        })
    }
}

/// The members of `purposes` as they stand there: JSON lets a name come twice, an answer cannot be both.
struct Pairs(Vec<(String, bool)>);

impl Pairs {
    fn answers(self) -> Result<Answers, Problem> {
        let mut answers = Answers::new();
        for (name, yes) in self.0 {
            if answers.insert(purpose(&name)?, yes).is_some() {
                return Err(Problem::with(Slug::MalformedRequest, "purposes"));
            }
        }
        Ok(answers)
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with true or false for each purpose")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
