//! People and their contact points: who said what about which channel, and what may be done with it.
//!
//! Every act on a channel ends here, whichever way it came in: it becomes one event, and with it, in the same batch, the
//! facts that it changes. Acts are taken one after the other, so that none rests on a state that another has changed.

mod act;
mod batch;
pub mod contact_directory;
mod customer_number;
mod decide;
mod erase;
mod ground;
pub mod hash;
mod history;
pub mod import;
pub(crate) mod letter;
mod merge;
mod person;
pub mod profile;
#[cfg(test)]
mod tests;

use std::sync::{Arc, RwLock, RwLockReadGuard};

use model::channel::Channel;
use model::event::{Actor, Body, Call, Circumstances, Event, Route};
use model::evidence::IdentityLevel;
use model::identity::{RecordAddress, Subject};
use time::Date;

use crate::config::MemorySettings;
use crate::publish::Published;
use contact::ContactPoint;
use ledger::clock::Clock;
use ledger::{AnswerName, AppendError, Ledger, ReadError};
use vault::random::SecureRandom;

pub use act::given_for;
pub use contact_directory::ContactDirectory;
pub use customer_number::{Changed, customer_number};
pub(in crate::service) use decide::PersonSeen;
pub use decide::ReachedAt;
pub use erase::Erasures;
pub use erase::{BACKUPS_LIVE, ErasureOutcome};
pub use letter::LetterCodes;
pub use merge::Merging;
pub use profile::Person;

/// Who is known, and the order in which acts on them are taken.
pub struct People {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    /// Guards the order of acts, from what one rests on until it is durable and noted. It is waited for by acts alone: a
    /// decision or a look at a person takes the directory and nothing else.
    write_lock: tokio::sync::Mutex<()>,
    /// Guards what is known of people, for one look or for taking note of an act that is durable.
    book: RwLock<ContactDirectory>,
    /// Told when somebody was erased or objected.
    pub to_keep_away: tokio::sync::Notify,
}

impl People {
    /// With everybody who is known, from the facts beside the ledger.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn load(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        memory: MemorySettings,
    ) -> Result<Self, ReadError> {
        let book = RwLock::new(ContactDirectory::load(&ledger, memory)?);
        Ok(Self {
            ledger,
            clock,
            random,
            write_lock: tokio::sync::Mutex::new(()),
            book,
            to_keep_away: tokio::sync::Notify::new(),
        })
    }

    fn book(&self) -> RwLockReadGuard<'_, ContactDirectory> {
        self.book.read().expect("nobody panics while changing it")
    }
}

/// What may be sent to whom, and what changes it: saying no, and saying yes.
pub struct Contactability {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    published: Arc<Published>,
    people: Arc<People>,
}

impl Contactability {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        published: Arc<Published>,
        people: Arc<People>,
    ) -> Self {
        Self { ledger, clock, random, published, people }
    }
}

/// How something came in, and from whom.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// The way in.
    pub route: Route,
    pub actor: Actor,
    /// How well the person was known.
    pub level: IdentityLevel,
    /// The call in which it was said.
    pub call: Option<Call>,
    /// The reason that was given, where one is asked for.
    pub reason: Option<String>,
    /// The request that it comes of, where that may be sent again: what it came to is durable in the batch of the act.
    pub request: Option<AnswerName>,
}

impl Provenance {
    /// By the person themselves.
    pub fn by_person(route: Route, level: IdentityLevel) -> Self {
        Self { route, actor: Actor::Person, level, call: None, reason: None, request: None }
    }

    fn event(&self, at: time::OffsetDateTime, body: impl Into<Body>) -> Event {
        Event::new(at, self.actor.clone(), self.route, body)
    }

    fn said(&self) -> Circumstances {
        Circumstances { level: self.level, call: self.call.clone(), reason: self.reason.clone() }
    }
}

/// About whom: a person, contact points, or both.
#[derive(Clone, Debug, Default)]
pub struct Addressee {
    /// The person, if known.
    pub person: Option<Subject>,
    /// Contact points, named by whoever asks.
    pub points: Vec<ContactPoint>,
}

impl Addressee {
    /// A known person with all their contact points.
    pub fn person(subject: Subject) -> Self {
        Self { person: Some(subject), points: Vec::new() }
    }

    /// A contact point, whoever has it.
    pub fn point(point: ContactPoint) -> Self {
        Self { person: None, points: vec![point] }
    }
}

/// What an act came to.
#[derive(Clone, Debug)]
pub struct ActOutcome {
    /// The record that says so: the one just made, or the earlier one if nothing was new.
    pub record: RecordAddress,
    /// Whether anything changed.
    pub changed: bool,
    /// Since which day it holds.
    pub since: Date,
    /// The channels it is about.
    pub channels: Vec<Channel>,
}

impl ActOutcome {
    /// What was recorded just now, or by the same request before.
    fn by(record: RecordAddress, event: &Event) -> Self {
        let since = ledger::clock::moment(event.head.at.unix_timestamp()).today;
        Self { record, changed: true, since, channels: event.channels().to_vec() }
    }
}

/// Why an act was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such person (any more).
    #[error("there is no such person")]
    NoPerson,
    /// The act names no channel, or none that the contact points have.
    #[error("nothing was chosen")]
    Nothing,
    /// Something was said about a channel since the page was shown.
    #[error("something changed since")]
    ChangedSince,
    /// Only the person can sign up there (S-11).
    #[error("only the person themselves can sign up for this")]
    SelfSignUpRequired,
    /// It could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The ledger could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
