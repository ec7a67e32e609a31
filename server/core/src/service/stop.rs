//! Saying no by what a person has in hand, and what they are told of it.

use std::sync::Arc;

use model::channel::Channel;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;
use model::letter::LetterCode;
use words::views::objection::{GoesOn, Stopped};

use super::people::{Act, ActError, Acted, Contactability, LetterCodes, Who};
use super::receipt::Receipts;
use super::tokens::Link;
use contact::ContactPoint;

/// How much an objection is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
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
    pub async fn stop_by_link(&self, link: Link, scope: Scope, route: Route) -> Result<Acted, ActError> {
        let channels = match (link.channel, scope) {
            (Some(channel), Scope::Own) => vec![channel],
            (None, _) | (_, Scope::All) => Channel::ALL.to_vec(),
        };
        let act = Act::by_person(route, IdentityLevel::Possession);
        self.contactability.object(&Who::person(link.person), &channels, &act).await
    }

    /// Stops advertising by post, or everything, for the person that a letter with this code went to; `None` for a code
    /// that we never gave out, or whose person was erased.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn stop_by_letter(&self, code: LetterCode, scope: Scope) -> Result<Option<Acted>, ActError> {
        let Some(person) = self.letters.person_of_letter(code) else { return Ok(None) };
        let channels: &[Channel] = if scope == Scope::All { &Channel::ALL } else { &[Channel::Post] };
        let act = Act::by_person(Route::LetterCode, IdentityLevel::Possession);
        match self.contactability.object(&Who::person(person), channels, &act).await {
            Err(ActError::NoPerson) => Ok(None),
            acted => acted.map(Some),
        }
    }

    /// Stops advertising at contact points that a visitor named; nobody is known by that, and nobody is told anything.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn stop_at(&self, points: Vec<ContactPoint>, channels: &[Channel]) -> Result<Acted, ActError> {
        let act = Act { actor: Actor::Visitor, ..Act::by_person(Route::ObjectionPage, IdentityLevel::Unverified) };
        self.contactability.object(&Who { person: None, points }, channels, &act).await
    }

    /// What whoever objected is told, with what goes on.
    pub fn told(&self, acted: &Acted, goes_on: Option<GoesOn>) -> Stopped {
        Stopped {
            channels: acted.channels.clone(),
            since: acted.since,
            changed: acted.changed,
            number: self.receipts.number(acted.record).to_string(),
            goes_on,
        }
    }
}
