//! What programs ask and tell, each with an API key (RFC 6750): none of these addresses answers without one.

mod customers;
mod decisions;
mod letters;
mod mail;
mod objections;
mod once;
#[cfg(test)]
pub(super) mod tests;
mod who;

use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use model::channel::Channel;
use model::decision::Decision;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;
use model::paths::Endpoint;
use serde::Serialize;

use self::who::NamedAddressee;
use super::elements::sole;
use super::mount::Mount as _;
use super::problem::Problem;
use crate::App;
use keuze_core::service::Services;
use keuze_core::service::clients::{ApiClients, ClientScope, KeyedClient};
use keuze_core::service::people::{People, Person, Provenance};
use keuze_core::service::send::{Mailings, SendPermission};
use ledger::AnswerName;
use ledger::clock::Clock;
use words::problem::Slug;

/// The largest letter that is checked, in bytes.
const LONGEST_LETTER: usize = 512 * 1024;
/// The largest mail that is checked, in bytes, with everything attached to it.
const LONGEST_MAIL: usize = 2 * 1024 * 1024;

/// Every address for programs with a key.
pub fn router(services: &Services) -> Router<App> {
    let letter_checks = post(letters::check).layer(DefaultBodyLimit::max(LONGEST_LETTER));
    let mail_checks = post(mail::check).layer(DefaultBodyLimit::max(LONGEST_MAIL));
    Router::new()
        .mount(Endpoint::Decisions, get(decisions::by_number).post(decisions::by_anything))
        .merge(writing(services))
        .mount(Endpoint::MailHeaders, post(mail::headers))
        .mount(Endpoint::MailChecks, mail_checks)
        .mount(Endpoint::LetterChecks, letter_checks)
}

/// The addresses that record: a request that is sent again under its Idempotency-Key happens once.
fn writing(services: &Services) -> Router<App> {
    let once = Arc::new(once::Requests::new(services));
    Router::new()
        .mount(Endpoint::Objections, post(objections::object))
        .mount(Endpoint::Customers, post(customers::tell))
        .mount(Endpoint::OptIns, post(customers::ask))
        .mount(Endpoint::LetterBlocks, post(letters::block))
        .layer(middleware::from_fn_with_state(once, once::answer))
}

/// What an address asks of a key.
pub trait Asks: Send + Sync {
    const SCOPE: ClientScope;
}

/// See [`ClientScope::Decisions`].
pub struct DecisionsScope;
/// See [`ClientScope::Mail`].
pub struct MailScope;
/// See [`ClientScope::Letters`].
pub struct LettersScope;
/// See [`ClientScope::Objections`].
pub struct ObjectionsScope;
/// See [`ClientScope::Customers`].
pub struct CustomersScope;

impl Asks for DecisionsScope {
    const SCOPE: ClientScope = ClientScope::Decisions;
}

impl Asks for MailScope {
    const SCOPE: ClientScope = ClientScope::Mail;
}

impl Asks for LettersScope {
    const SCOPE: ClientScope = ClientScope::Letters;
}

impl Asks for ObjectionsScope {
    const SCOPE: ClientScope = ClientScope::Objections;
}

impl Asks for CustomersScope {
    const SCOPE: ClientScope = ClientScope::Customers;
}

/// A program whose key is good for what it asks. A handler that takes one cannot be reached without.
pub struct Caller<S> {
    client: KeyedClient,
    /// The request's name, where it may be sent again.
    request: Option<AnswerName>,
    asks: PhantomData<S>,
}

impl<S> Caller<S> {
    /// What it is called.
    pub fn name(&self) -> String {
        self.client.name.to_string()
    }

    /// What it tells, in its own name.
    pub fn act(&self) -> Provenance {
        let actor = Actor::Client { name: self.name() };
        Provenance { actor, request: self.request, ..Provenance::by_person(Route::Api, IdentityLevel::Unverified) }
    }
}

impl<S: Asks> FromRequestParts<App> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (clients, clock) = (Arc::<ApiClients>::from_ref(app), Arc::<dyn Clock>::from_ref(app));
        let client = client(&clients, &*clock, &parts.headers)?;
        if !client.scopes.contains(&S::SCOPE) {
            return Err(Problem::saying(Slug::ScopeMissing, "scope", S::SCOPE.word()));
        }
        let request = parts.extensions.get().map(|once::RequestName(name)| *name);
        Ok(Self { client, request, asks: PhantomData })
    }
}

/// The program whose key came along.
fn client(clients: &ApiClients, clock: &dyn Clock, headers: &HeaderMap) -> Result<KeyedClient, Problem> {
    let key = key(headers).ok_or(Slug::ApiKeyMissing)?;
    let client = clients.with_key(key).ok_or(Slug::ApiKeyUnknown)?;
    if client.until < clock.now().today { Err(Slug::ApiKeyExpired.into()) } else { Ok(client) }
}

/// The key of `Authorization: Bearer …`; what a proxy asks for stands in lines of its own.
fn key(headers: &HeaderMap) -> Option<&str> {
    sole(headers, header::AUTHORIZATION, bearer).ok().flatten()
}

/// The scheme in any spelling (RFC 9110 section 11.1).
fn bearer(credentials: &str) -> Option<&str> {
    let (scheme, key) = credentials.split_once(' ')?;
    let key = key.trim();
    let is_token = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    (is_token && scheme.eq_ignore_ascii_case("bearer")).then_some(key)
}

/// An answer that nobody keeps: it may be another one in a second (S-12).
fn answer(body: &impl Serialize) -> Response {
    let json = json(body);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, json).into_response()
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("plain fields are always JSON")
}

/// Who gets a message, or the problem that says why it must not go.
fn open_gate(
    mailings: &Mailings,
    people: &People,
    named: &NamedAddressee,
    channel: Channel,
) -> Result<(Box<Person>, Decision), Problem> {
    match mailings.permission(&named.find(people)?.who, channel)? {
        SendPermission::Open(person, decision) => Ok((person, decision)),
        SendPermission::Shut(decision) => Err(denied(&decision)),
    }
}

/// A message that must not go, with the reason in machine form.
fn denied(decision: &Decision) -> Problem {
    let reason = serde_json::to_value(decision.reason).ok();
    let reason = reason.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    Problem::saying(Slug::SendingDenied, "reason", reason)
}
