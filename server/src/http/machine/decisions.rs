//! `GET` and `POST /keuze/api/v1/decisions`: "may I?", for one person or contact point, one channel and one class of message.

use std::sync::Arc;

use app::model::channel::Channel;
use app::model::decision::{Decision, Reason};
use app::model::identity::RecordAddress;
use app::model::language::{Language, Localized};
use app::model::message::{ClassFault, Classified, MessageClass};
use app::text::act;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::Date;

use super::who::Named;
use super::{Caller, Decisions, answer};
use crate::http::body;
use crate::http::problem::{Problem, Slug};
use crate::http::visit::Visit;
use crate::service::Keuze;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    who: Named,
    channel: Channel,
    #[serde(default)]
    message_class: MessageClass,
    template: Option<String>,
    decided_by: Option<String>,
}

impl Sent {
    /// How the template was classed; nothing for advertising that names none.
    fn classified(&self) -> Result<Option<Classified>, Problem> {
        let (template, decided_by) = (self.template.as_deref(), self.decided_by.as_deref());
        if self.message_class == MessageClass::Commercial && template.is_none() && decided_by.is_none() {
            return Ok(None);
        }
        let read = Classified::read(self.message_class, template.unwrap_or_default(), decided_by);
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
pub struct Told {
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

impl From<Decision> for Told {
    fn from(decision: Decision) -> Self {
        let words = |language| act::reason(decision.reason, language).to_owned();
        Self {
            explanation: Localized { nl: words(Language::Nl), en: words(Language::En) },
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
    State(keuze): State<Arc<Keuze>>,
    caller: Caller<Decisions>,
    _visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (mut customer, mut channel, mut class) = (None, None, Some(MessageClass::Commercial));
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned() {
        match name.as_str() {
            "customer" => customer = Some(value),
            "channel" => channel = Channel::from_word(&value),
            "message_class" => class = MessageClass::from_word(&value),
            "lang" => {}
            _ => return Err(Problem::unknown_field(&name)),
        }
    }
    let customer = customer.ok_or(Problem::with(Slug::MalformedRequest, "customer"))?;
    let channel = channel.ok_or(Problem::with(Slug::MalformedRequest, "channel"))?;
    let message_class = class.ok_or(Problem::with(Slug::MalformedRequest, "message_class"))?;
    if message_class == MessageClass::Service {
        return Err(Problem::with(Slug::MessageClassIncomplete, "decided_by"));
    }
    let who = Named::customer(customer);
    decide(&keuze, &caller, &Sent { who, channel, message_class, template: None, decided_by: None }).await
}

/// By customer number, contact point, or both.
pub async fn by_anything(
    State(keuze): State<Arc<Keuze>>,
    caller: Caller<Decisions>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent: Sent = body::json(&headers, body)?;
    decide(&keuze, &caller, &sent).await
}

async fn decide(keuze: &Keuze, caller: &Caller<Decisions>, sent: &Sent) -> Result<Response, Problem> {
    let (who, classified) = (sent.who.find(keuze)?.who, sent.classified()?);
    let decision = keuze.may_send(&who, sent.channel, classified, &caller.act()).await?;
    Ok(answer(&Told::from(decision)))
}
