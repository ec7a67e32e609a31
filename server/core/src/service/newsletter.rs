//! The newsletter: asked for by anybody, confirmed by whoever has the mailbox (S-20), and forgotten if nobody does.

use std::sync::Arc;

use model::channel::Channel;
use model::event::{Actor, Event, EventKind, Route};
use model::evidence::{self, IdentityLevel, OptIn};
use model::identity::{RecordAddress, Subject};
use model::language::Language;
use model::paths;
use time::{Date, Duration};

use super::attempt_limits::Source;
use super::codes::{SendError, Verification};
use super::days::Days;
use super::mail::{MailQueue, PATIENCE};
use super::people::{ActError, ActOutcome, Addressee, Contactability, People, Person, Provenance};
use super::preference_centre::ShownState;
use super::tokens::Links;
use crate::publish::Published;
use crate::service::history::PersonHistory;
use contact::{ContactPoint, Email};
use ledger::ReadError;
use ledger::clock::Clock;
use ledger::formats::fact::{Part, QueuedMail};
use ledger::formats::token::Token;
use vault::ring::{KeyPurpose, RetentionClass};

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// No mail goes out.
    #[error(transparent)]
    Send(#[from] SendError),
    /// It could not be recorded.
    #[error(transparent)]
    Act(#[from] ActError),
}

/// Who signs up, and who confirms it.
pub struct Newsletter {
    clock: Arc<dyn Clock>,
    published: Arc<Published>,
    links: Arc<Links>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    mail: Arc<MailQueue>,
    days: Arc<Days>,
    verification: Arc<Verification>,
    /// So many days a sign-up waits for its confirmation.
    unconfirmed_days: u32,
}

impl Newsletter {
    /// So many days a sign-up waits for its confirmation.
    pub fn unconfirmed_days(&self) -> u32 {
        self.unconfirmed_days
    }

    /// On what it may touch.
    #[expect(clippy::too_many_arguments, reason = "each is something that it may touch")]
    pub fn new(
        clock: Arc<dyn Clock>,
        published: Arc<Published>,
        links: Arc<Links>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        mail: Arc<MailQueue>,
        days: Arc<Days>,
        verification: Arc<Verification>,
        unconfirmed_days: u32,
    ) -> Self {
        Self { clock, published, links, people, contactability, mail, days, verification, unconfirmed_days }
    }
}

impl Newsletter {
    /// Asks an address whether it wants the newsletter. An address that is known and one that is not get the same mail.
    ///
    /// # Errors
    /// No mail goes out then.
    pub async fn ask_for_newsletter(
        &self,
        email: &Email,
        name: Option<String>,
        language: Language,
        origin: &str,
        by: Source,
    ) -> Result<(), SignUpError> {
        self.verification.may_send_to(&ContactPoint::Email(email.clone()), "newsletter", by)?;
        let act = Provenance {
            actor: Actor::Visitor,
            ..Provenance::by_person(Route::NewsletterPage, IdentityLevel::Unverified)
        };
        // One at a time: the second of two presses finds who the first one made.
        let the_day = self.days.the_day_stays().await;
        let part = self.subscriber(email, name, language);
        let person = part.subject;
        let mail = self.confirmation(person, email, language, origin);
        // Pressed twice, it is asked once.
        if self.mail.has(&mail) {
            return Ok(());
        }
        let (mail, queueing) = self.mail.to_queue(&the_day, mail);
        self.contactability.request_opt_in_of(part, &[Channel::Newsletter], &act, queueing).await?;
        self.mail.queued(mail);
        Ok(())
    }

    /// Signs up whoever proved the address already: no second mail is needed.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn sign_up(
        &self,
        history: &PersonHistory,
        email: &Email,
        language: Language,
        act: &Provenance,
    ) -> Result<ActOutcome, ActError> {
        let proof = OptIn { verified: evidence::IdentityCheck::MailCode, products: None, until: None };
        self.contactability
            .opt_in_of(history, self.subscriber(email, None, language), &[Channel::Newsletter], proof, act)
            .await
    }

    /// Whoever has the newsletter at this address, else the one person there, else somebody new; with what is learned of
    /// them. Of somebody known that is the address alone: a stranger could have written the name.
    fn subscriber(&self, email: &Email, name: Option<String>, language: Language) -> Part {
        let point = ContactPoint::Email(email.clone());
        let known = self.people.people_at(&point);
        let has_it = |person: &&Person| {
            let part = person.part(RetentionClass::Newsletter);
            part.is_some_and(|part| part.points.iter().any(|known| known.is_same_as(&point)))
        };
        let one = known.iter().find(has_it).or(known.first().filter(|_| known.len() == 1));
        let (subject, name) = one.map_or_else(|| (self.people.new_subject(), name), |one| (one.subject, None));
        let mut part = Part::new(subject, RetentionClass::Newsletter, language);
        (part.name, part.points) = (name, vec![point]);
        part
    }

    fn confirmation(&self, person: Subject, email: &Email, language: Language, origin: &str) -> QueuedMail {
        let policy = &self.published.current().policy;
        let words = words::mail::Confirmation::in_language(language);
        let days = self.unconfirmed_days;
        let now = self.clock.now();
        let until = now.today + Duration::days(i64::from(days));
        let token = self.links.confirm(person, Channel::Newsletter, until, email);
        let link = format!("{origin}{}", paths::in_language(&paths::newsletter_link(token), language));
        QueuedMail {
            what: "confirmation".to_owned(),
            to: email.clone(),
            language: language.tag().to_owned(),
            subject: (words.subject)(&policy.site),
            text: (words.text)(&link, &policy.site, days, &words::mail::signature(&policy.controller)),
            until: now.at + PATIENCE,
        }
    }

    /// The person whom a confirmation link was sent to, while it works.
    pub fn confirms(&self, token: &str) -> Option<Person> {
        let Some(Token::Confirm { person, channel: Channel::Newsletter, until, .. }) = self.links.open_token(token)
        else {
            return None;
        };
        (self.clock.now().today <= until).then(|| self.people.known_person(person)).flatten()
    }

    /// Whether a press on the page of the link would bring the newsletter: not once it was stopped after it was asked for.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn still_confirms(&self, token: &str) -> Result<bool, ActError> {
        let Some(person) = self.confirms(token) else { return Ok(false) };
        let history = &self.people.history();
        let controlled = self.controlled_by(token, &person);
        let asked = self.asked_last(history, person.subject, &controlled)?;
        let said = self.contactability.last_word_at(history, person.subject, &[Channel::Newsletter], &controlled)?;
        let is_confirmed = self.confirmed_already(history, person.subject, &controlled)?.is_some();
        Ok(is_confirmed || said <= asked)
    }

    /// Confirms a sign-up by the link of its mail; `None` for a link that does not work (any more).
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn confirm_newsletter(
        &self,
        history: &PersonHistory,
        token: &str,
    ) -> Result<Option<ActOutcome>, ActError> {
        let Some(person) = self.confirms(token) else { return Ok(None) };
        let controlled = self.controlled_by(token, &person);
        let who = Addressee { person: Some(person.subject), points: controlled.clone() };
        let decision = self.contactability.decision(history, &who, Channel::Newsletter)?;
        let again = self.confirmed_already(history, person.subject, &controlled)?;
        if let Some(acted) = again.filter(|acted| decision.allow && decision.evidence.contains(&acted.record)) {
            return Ok(Some(acted));
        }
        let proof = OptIn { verified: evidence::IdentityCheck::MailLink, products: None, until: None };
        let act = Provenance::by_person(Route::MailLink, IdentityLevel::Possession);
        let asked = self.asked_last(history, person.subject, &controlled)?;
        let shown = asked.map(|record| ShownState { record, points: String::new() });
        match self
            .contactability
            .opt_in(history, person.subject, &[Channel::Newsletter], proof, &controlled, &act, shown.as_ref())
            .await
        {
            // By another press of the same button, while this one waited?
            Err(ActError::ChangedSince) => {
                self.confirmed_already(history, person.subject, &controlled)?.map(Some).ok_or(ActError::ChangedSince)
            }
            acted => acted.map(Some),
        }
    }

    /// The mailbox that whoever opened the mail controls: the one that it went to. A token from before they named it
    /// proves one if the person had no other.
    fn controlled_by(&self, token: &str, person: &Person) -> Vec<ContactPoint> {
        let part = person.part(RetentionClass::Newsletter);
        let points = part.map(|part| part.points.as_slice()).unwrap_or_default();
        let is_the_one = |point: &&ContactPoint| match point {
            ContactPoint::Email(email) => self.links.was_sent_to(token, email).unwrap_or(points.len() == 1),
            _ => false,
        };
        points.iter().filter(is_the_one).cloned().collect()
    }

    /// The last request for these mailboxes: whatever was said after it outranks its link.
    fn asked_last(
        &self,
        history: &PersonHistory,
        person: Subject,
        at: &[ContactPoint],
    ) -> Result<Option<RecordAddress>, ReadError> {
        let records = self.people.records_of(history, person)?;
        let asked = |event: &Event| {
            let here = event.points().is_empty() || self.people.names_one(event, at);
            event.kind() == EventKind::OptInRequested && event.channels().contains(&Channel::Newsletter) && here
        };
        Ok(records.iter().rev().find(|recorded| asked(&recorded.event)).map(|recorded| recorded.address))
    }

    /// The last word, if it is the confirmation: a link that is opened twice records nothing new.
    fn confirmed_already(
        &self,
        history: &PersonHistory,
        person: Subject,
        at: &[ContactPoint],
    ) -> Result<Option<ActOutcome>, ActError> {
        let Some(record) = self.contactability.last_word_at(history, person, &[Channel::Newsletter], at)? else {
            return Ok(None);
        };
        let recorded = history.record(record)?.filter(|r| r.event.kind() == EventKind::OptInConfirmed);
        let channels = vec![Channel::Newsletter];
        let since = |at: time::OffsetDateTime| ledger::clock::moment(at.unix_timestamp()).today;
        Ok(recorded.map(|r| ActOutcome { record, changed: false, since: since(r.event.head.at), channels }))
    }

    /// The keys of a sign-up that nobody confirmed within its days: of whoever is known by it alone everything, of
    /// anybody else the address that was given.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) fn unconfirmed(
        &self,
        history: &PersonHistory,
        person: &Person,
        today: Date,
    ) -> Result<Vec<KeyPurpose>, ReadError> {
        if !person.parts.contains_key(&RetentionClass::Newsletter) {
            return Ok(Vec::new());
        }
        let records = self.people.records_of(history, person.subject)?;
        let about: Vec<&Event> = records.iter().map(|recorded| &recorded.event).filter(|e| !is_profile(e)).collect();
        let newsletter = |event: &&&Event| event.channels().contains(&Channel::Newsletter);
        let asked = |event: &&Event| event.kind() == EventKind::OptInRequested;
        let Some(last) = about.iter().rfind(newsletter).filter(|event| asked(event)) else {
            return Ok(Vec::new());
        };
        let asked_on = ledger::clock::moment(last.head.at.unix_timestamp()).today;
        let over = asked_on + Duration::days(i64::from(self.unconfirmed_days)) < today;
        if !over || about.iter().filter(newsletter).any(|event| event.kind() == EventKind::OptInConfirmed) {
            return Ok(Vec::new());
        }
        let part = KeyPurpose::Class(person.subject, RetentionClass::Newsletter);
        let alone = person.parts.len() == 1 && person.subjects().len() == 1 && about.iter().all(asked);
        Ok(if alone { vec![part, KeyPurpose::Proof(person.subject)] } else { vec![part] })
    }
}

/// Tells of a person's details, not of what they want.
fn is_profile(event: &Event) -> bool {
    event.kind() == EventKind::DetailsRecorded
}
