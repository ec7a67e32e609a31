//! Saying no by what a person has in hand, and what they are told of it.

use std::sync::Arc;

use model::channel::Channel;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;
use model::letter::LetterCode;
use words::views::objection::{GoesOn, Stopped};

use super::history::PersonHistory;
use super::people::{ActError, ActOutcome, Addressee, Contactability, LetterCodes, Provenance};
use super::receipt::Receipts;
use super::tokens::Link;
use contact::ContactPoint;

/// How much an objection is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectionScope {
    /// What the link or code was made for.
    Own,
    /// Every channel.
    All,
}

/// Saying no by what a person has in hand.
pub struct Objections {
    contactability: Arc<Contactability>,
    letters: Arc<LetterCodes>,
    receipts: Arc<Receipts>,
}

impl Objections {
    /// On what it may touch.
    pub fn new(contactability: Arc<Contactability>, letters: Arc<LetterCodes>, receipts: Arc<Receipts>) -> Self {
        Self { contactability, letters, receipts }
    }
}

impl Objections {
    /// Stops what a link is about, or everything.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn stop_by_link(
        &self,
        history: &PersonHistory,
        link: Link,
        scope: ObjectionScope,
        route: Route,
    ) -> Result<ActOutcome, ActError> {
        let channels = match (link.channel, scope) {
            (Some(channel), ObjectionScope::Own) => vec![channel],
            (None, _) | (_, ObjectionScope::All) => Channel::ALL.to_vec(),
        };
        let act = Provenance::by_person(route, IdentityLevel::Possession);
        self.contactability.object(history, &Addressee::person(link.person), &channels, &act).await
    }

    /// Stops advertising by post, or everything, for the person that a letter with this code went to; `None` for a code
    /// that we never gave out, or whose person was erased.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn stop_by_letter(
        &self,
        history: &PersonHistory,
        code: LetterCode,
        scope: ObjectionScope,
    ) -> Result<Option<ActOutcome>, ActError> {
        let Some(person) = self.letters.person_of_letter(code) else { return Ok(None) };
        let channels: &[Channel] = if scope == ObjectionScope::All { &Channel::ALL } else { &[Channel::Post] };
        let act = Provenance::by_person(Route::LetterCode, IdentityLevel::Possession);
        match self.contactability.object(history, &Addressee::person(person), channels, &act).await {
            Err(ActError::NoPerson) => Ok(None),
            acted => acted.map(Some),
        }
    }

    /// Stops advertising at contact points that a visitor named; nobody is known by that, and nobody is told anything.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn object_at(
        &self,
        history: &PersonHistory,
        points: Vec<ContactPoint>,
        channels: &[Channel],
    ) -> Result<ActOutcome, ActError> {
        let act = Provenance {
            actor: Actor::Visitor,
            ..Provenance::by_person(Route::ObjectionPage, IdentityLevel::Unverified)
        };
        self.contactability.object(history, &Addressee { person: None, points }, channels, &act).await
    }

    /// What whoever objected is told, with what goes on.
    pub fn told(&self, acted: &ActOutcome, goes_on: Option<GoesOn>) -> Stopped {
        Stopped {
            channels: acted.channels.clone(),
            since: acted.since,
            changed: acted.changed,
            number: self.receipts.number(acted.record).to_string(),
            goes_on,
        }
    }
}
