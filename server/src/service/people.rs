//! People and their contact points: who said what about which channel, and what may be done with it.
//!
//! Every act on a channel ends here, whichever way it came in: it becomes one event, and with it, in the same batch, the
//! facts that it changes. Acts are taken one after the other, so that none rests on a state that another has changed.

mod act;
pub mod book;
mod decide;
mod erase;
pub mod hash;
pub mod import;
mod known;
mod letter;
mod merge;
pub mod profile;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::{RwLock, RwLockReadGuard};

use app::model::channel::Channel;
use app::model::event::{Actor, Call, Event, EventKind, Route};
use app::model::evidence::IdentityLevel;
use app::model::identity::{RecordAddress, Subject};
use time::Date;

use super::Keuze;
use crate::contact::ContactPoint;
use crate::scribe::{AppendError, Draft, Fact, ReadError, Scribe, Written};
use crate::vault::ring::KeyId;

pub use book::Book;
pub use decide::ReachedAt;
pub use erase::{BACKUPS_LIVE, Erased};
pub use profile::{Part, Person};

/// Everything that is known of people, and the order in which acts on it are taken.
pub struct People {
    pub(super) acting: tokio::sync::Mutex<()>,
    book: RwLock<Book>,
}

impl People {
    /// From the facts beside the ledger.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn of(scribe: &Scribe) -> Result<Self, ReadError> {
        Ok(Self { acting: tokio::sync::Mutex::new(()), book: RwLock::new(Book::of(scribe)?) })
    }

    fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().expect("nobody panics while changing it")
    }
}

/// How something came in, and from whom.
#[derive(Clone, Debug)]
pub struct Act {
    /// The way in.
    pub route: Route,
    /// Who did it.
    pub actor: Actor,
    /// How well the person was known.
    pub level: IdentityLevel,
    /// The call in which it was said.
    pub call: Option<Call>,
    /// The reason that was given, where one is asked for.
    pub reason: Option<String>,
}

impl Act {
    /// By the person themselves.
    pub fn by_person(route: Route, level: IdentityLevel) -> Self {
        Self { route, actor: Actor::Person, level, call: None, reason: None }
    }

    fn event(&self, kind: EventKind, at: time::OffsetDateTime) -> Event {
        Event {
            level: Some(self.level),
            call: self.call.clone(),
            reason: self.reason.clone(),
            ..Event::new(kind, at, self.actor.clone(), self.route)
        }
    }
}

/// About whom: a person, contact points, or both.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// The person, if known.
    pub person: Option<Subject>,
    /// Contact points, named by whoever asks.
    pub points: Vec<ContactPoint>,
}

impl Who {
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
pub struct Acted {
    /// The record that says so: the one just made, or the earlier one if nothing was new.
    pub record: RecordAddress,
    /// Whether anything changed.
    pub changed: bool,
    /// Since which day it holds.
    pub since: Date,
    /// The channels it is about.
    pub channels: Vec<Channel>,
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

impl Keuze {
    /// Writes an act and takes note of what it changed.
    async fn perform(&self, draft: Draft) -> Result<Written, ActError> {
        let facts = draft.facts.clone();
        let ends = draft.ends.clone();
        let written = self.scribe.append(draft).await?;
        self.take_note(&facts, &ends, &written)?;
        Ok(written)
    }

    fn take_note(&self, facts: &[Fact], ends: &[KeyId], written: &Written) -> Result<(), ReadError> {
        let mut book = self.people.book.write().expect("nobody panics while changing it");
        for fact in facts {
            book.take(fact.kind, &fact.key, fact.value.as_deref(), written.address)?;
        }
        ends.iter().for_each(|id| book.forget(*id));
        Ok(())
    }
}
