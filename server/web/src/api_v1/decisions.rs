//! `GET` and `POST /keuze/api/v1/decisions`: "may I?", for one person or contact point, and one channel and class of message
//! or one purpose.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use model::channel::Channel;
use model::decision::{Decision, Reason};
use model::identity::RecordAddress;
use model::language::Localized;
use model::message::{ClassFault, Classified, MessageClass};
use model::purpose::PurposeId;
use serde::{Deserialize, Serialize};
use time::Date;
use words::act;

use super::who::NamedAddressee;
use super::{Caller, DecisionsScope, answer};
use crate::body;
use crate::problem::Problem;
use crate::visit::Visit;
use keuze_core::service::message::Messages;
use keuze_core::service::people::{Contactability, People};
use words::problem::Slug;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionRequest {
    who: NamedAddressee,
    channel: Option<Channel>,
    /// In place of a channel.
    purpose: Option<PurposeId>,
    message_class: Option<MessageClass>,
    template: Option<String>,
    decided_by: Option<String>,
}

enum DecisionQuery {
    Message(Channel, Option<Classified>),
    Purpose(PurposeId),
}

impl DecisionRequest {
    /// One question: a channel with what is said of the message, or a purpose, which is about no message.
    fn asked(&self) -> Result<DecisionQuery, Problem> {
        let wrong = |field| Problem::with(Slug::MalformedRequest, field);
        match (self.channel, &self.purpose) {
            (Some(channel), None) => Ok(DecisionQuery::Message(channel, self.classified()?)),
            (None, None) => Err(wrong("channel")),
            (Some(_), Some(_)) => Err(wrong("purpose")),
            (None, Some(_)) if self.message_class.is_some() => Err(wrong("message_class")),
            (None, Some(_)) if self.template.is_some() => Err(wrong("template")),
            (None, Some(_)) if self.decided_by.is_some() => Err(wrong("decided_by")),
            (None, Some(purpose)) => Ok(DecisionQuery::Purpose(purpose.clone())),
        }
    }

    /// How the template was classed; nothing for advertising that names none.
    fn classified(&self) -> Result<Option<Classified>, Problem> {
        let (template, decided_by) = (self.template.as_deref(), self.decided_by.as_deref());
        let class = self.message_class.unwrap_or_default();
        if class == MessageClass::Commercial && template.is_none() && decided_by.is_none() {
            return Ok(None);
        }
        let read = Classified::parse_class(class, template.unwrap_or_default(), decided_by);
        read.map(Some).map_err(|fault| {
            let field = match fault {
                ClassFault::Template => "template",
                ClassFault::DecidedBy => "decided_by",
            };
            Problem::with(Slug::MessageClassIncomplete, field)
        })
    }
}

/// A decision as programs read it.
#[derive(Serialize)]
pub struct DecisionResponse {
    allow: bool,
    reason: Reason,
    /// The reason in words.
    explanation: Localized,
    /// The article that it rests on.
    basis: String,
    /// The records that it rests on.
    evidence: Vec<RecordAddress>,
    /// The last civil day in Europe/Amsterdam for which it is known to hold if nobody says anything; `null` for no end.
    valid_until: Option<Date>,
}

impl From<Decision> for DecisionResponse {
    fn from(decision: Decision) -> Self {
        Self {
            explanation: Localized::in_each(|language| act::reason(decision.reason, language).to_owned()),
            allow: decision.allow,
            reason: decision.reason,
            basis: decision.basis,
            evidence: decision.evidence,
            valid_until: decision.until,
        }
    }
}

/// By customer number alone: an address would stand in the logs of everything between here and there, as would the name of
/// who classed a service message; that is asked by POST.
pub async fn by_number(
    State(messages): State<Arc<Messages>>,
    State(contactability): State<Arc<Contactability>>,
    State(people): State<Arc<People>>,
    caller: Caller<DecisionsScope>,
    _visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wrong = |field| Problem::with(Slug::MalformedRequest, field);
    let (mut customer, mut sent) = (None, DecisionRequest::default());
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned() {
        match name.as_str() {
            "customer" => customer = Some(value),
            "channel" => sent.channel = Some(Channel::from_word(&value).ok_or(wrong("channel"))?),
            "purpose" => sent.purpose = Some(value.parse().map_err(|_| wrong("purpose"))?),
            "message_class" => {
                sent.message_class = Some(MessageClass::from_word(&value).ok_or(wrong("message_class"))?);
            }
            "lang" => {}
            _ => return Err(Problem::unknown_field(&name)),
        }
    }
    sent.who = NamedAddressee::customer(customer.ok_or(wrong("customer"))?);
    if sent.message_class == Some(MessageClass::Service) {
        return Err(Problem::with(Slug::MessageClassIncomplete, "decided_by"));
    }
    decide(&messages, &contactability, &people, &caller, &sent).await
}

/// By customer number, contact point, or both.
pub async fn by_anything(
    State(messages): State<Arc<Messages>>,
    State(contactability): State<Arc<Contactability>>,
    State(people): State<Arc<People>>,
    caller: Caller<DecisionsScope>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent: DecisionRequest = body::json(&headers, body)?;
    decide(&messages, &contactability, &people, &caller, &sent).await
}

async fn decide(
    messages: &Messages,
    contactability: &Contactability,
    people: &People,
    caller: &Caller<DecisionsScope>,
    sent: &DecisionRequest,
) -> Result<Response, Problem> {
    let (asked, who) = (sent.asked()?, sent.who.find(people)?.who);
    let decision = match asked {
        DecisionQuery::Message(channel, classified) => {
            messages.may_send(&who, channel, classified, &caller.act()).await?
        }
        DecisionQuery::Purpose(purpose) => contactability.may_use_for(&people.history(), &who, purpose)?,
    };
    Ok(answer(&DecisionResponse::from(decision)))
}
