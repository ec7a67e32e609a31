//! What handlers are handed: each names the services that it needs, and has no other.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use keuze_core::config::Config;
use keuze_core::publish::Published;
use keuze_core::service::Services;
use keuze_core::service::clients::ApiClients;
use keuze_core::service::codes::Verification;
use keuze_core::service::consent::Consent;
use keuze_core::service::data_access::DataAccess;
use keuze_core::service::history::PersonHistory;
use keuze_core::service::look_up::LookUps;
use keuze_core::service::mail::MailQueue;
use keuze_core::service::message::Messages;
use keuze_core::service::newsletter::Newsletter;
use keuze_core::service::objection::Objections;
use keuze_core::service::people::Contactability;
use keuze_core::service::people::Erasures;
use keuze_core::service::people::LetterCodes;
use keuze_core::service::people::People;
use keuze_core::service::people::import::ContactImport;
use keuze_core::service::preference_centre::PreferenceCentre;
use keuze_core::service::preferences::Preferences;
use keuze_core::service::reading::Records;
use keuze_core::service::receipt::Receipts;
use keuze_core::service::send::Mailings;
use keuze_core::service::site::SiteInfo;
use keuze_core::service::tokens::Links;
use ledger::Ledger;
use ledger::clock::Clock;

/// The state of the router. A handler takes out of it what it names in `State`.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Services>);

/// One line for each thing that a handler can name.
macro_rules! can_be_named {
    ($($field:ident: $type:ty),* $(,)?) => {
        $(
            impl FromRef<App> for $type {
                fn from_ref(App(services): &App) -> Self {
                    services.$field.clone()
                }
            }
        )*
    };
}

can_be_named! {
    consent: Arc<Consent>,
    preferences: Arc<Preferences>,
    preference_centre: Arc<PreferenceCentre>,
    data_access: Arc<DataAccess>,
    newsletter: Arc<Newsletter>,
    verification: Arc<Verification>,
    erasures: Arc<Erasures>,
    objections: Arc<Objections>,
    contact_import: Arc<ContactImport>,
    mailings: Arc<Mailings>,
    messages: Arc<Messages>,
    letters: Arc<LetterCodes>,
    contactability: Arc<Contactability>,
    look_ups: Arc<LookUps>,
    links: Arc<Links>,
    people: Arc<People>,
    records: Arc<Records>,
    receipts: Arc<Receipts>,
    mail: Arc<MailQueue>,
    site: Arc<SiteInfo>,
    clients: Arc<ApiClients>,
    published: Arc<Published>,
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    ledger: Ledger,
}

/// What one request rests on: each record that it needs is unsealed once. A handler that takes one hands it to all that it asks.
pub struct RequestHistory(pub PersonHistory);

impl FromRequestParts<App> for RequestHistory {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, App(services): &App) -> Result<Self, Infallible> {
        Ok(Self(services.people.history()))
    }
}
