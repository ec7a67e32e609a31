//! What can be asked of the system, one file a use case.

pub mod brakes;
pub mod call;
pub mod centre;
pub mod choose;
pub mod clients;
pub mod codes;
pub mod continued_use;
pub mod days;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod keys;
pub mod known_browsers;
pub mod look_up;
pub mod mail;
pub mod mail_check;
mod maintenance;
pub mod message;
pub mod newsletter;
pub mod people;
pub mod preferences;
mod reading;
pub mod receipt;
mod register;
pub mod send;
pub mod shown;
pub mod sign_ins;
pub mod staff;
pub mod stop;
pub mod tokens;

use std::sync::Arc;

use crate::config::Config;
use crate::publish::Published;
use ledger::Scribe;
use ledger::clock::Clock;
use vault::random::Entropy;

/// Everything a use case stands on; shared by all requests.
pub struct Keuze {
    /// The one writer, and every read.
    pub scribe: Scribe,
    /// The configuration the server was started with.
    pub config: Config,
    /// The policies that were ever published, with the one in force.
    pub published: Published,
    /// Who is known, and what stands on their contact points.
    pub people: people::People,
    /// The mails that wait to be sent.
    pub post: mail::Post,
    /// The calls that are open.
    pub calls: call::Calls,
    /// The order in which days begin and end.
    pub days: days::Days,
    /// How often each notice was shown since that was last recorded.
    pub shown: shown::Shown,
    /// The demo's folder for mails that stay.
    pub outbox: Option<std::path::PathBuf>,
    /// Codes and sessions of people who proved an address.
    pub codes: codes::Codes,
    /// What failed at the desk's sign-in.
    pub sign_ins: sign_ins::SignIns,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether this is the demo: host page, invented people, a log origin of its own.
    pub demo: bool,
}
