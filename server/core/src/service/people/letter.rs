//! Letter codes: what somebody types from a letter to stop advertising by post.
//!
//! A person has one code, made out of a secret and their subject; kept is its keyed hash, sealed under a key of the
//! person, with which it ends. The secret is rotated; codes on letters that are lying about keep working.

use std::sync::Arc;

use model::event::Body;
use model::identity::Subject;
use model::letter::LetterCode;

use super::batch::WriteLock;
use super::profile::Person;
use super::{ActError, Provenance};
use crate::service::people::People;
use ledger::clock::Clock;
use ledger::formats::fact::{LetterCodeHash, UnderKey};
use ledger::{AppendRequest, Fact, Ledger};
use vault::key::{MacKey, SecretName, purpose::Mac};
use vault::mac::mac;
use vault::random::SecureRandom;
use vault::ring::{KeyPurpose, RetentionClass};

/// The name of the secrets.
const LETTER: SecretName<Mac> = SecretName::new("letter");

/// The codes on letters.
pub struct LetterCodes {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    people: Arc<People>,
}

impl LetterCodes {
    /// On what it may touch.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>, random: Arc<dyn SecureRandom>, people: Arc<People>) -> Self {
        Self { ledger, clock, random, people }
    }
}

impl LetterCodes {
    /// The code for a person's letters.
    ///
    /// # Errors
    /// There is no such person, or it could not be written.
    pub async fn letter_code(&self, person: Subject, act: &Provenance) -> Result<LetterCode, ActError> {
        // Asked before each letter, so nobody waits for a code that is on record already.
        if let (_, code, None) = self.code_of(person)? {
            return Ok(code);
        }
        let lock = self.people.write_lock().await;
        let (person, code, new) = self.code_of(person)?;
        if let Some(hash) = new {
            self.keep_letter(&lock, &person, hash, act).await?;
        }
        Ok(code)
    }

    /// A person's code, with its hash where that is not on record yet.
    fn code_of(&self, person: Subject) -> Result<(Person, LetterCode, Option<String>), ActError> {
        let person = self.people.known_person(person).ok_or(ActError::NoPerson)?;
        let (_, secret) = self.ledger.newest_secret(LETTER);
        // Two people's codes are the same once in 2^55 pairs; then the second gets their next one.
        for attempt in 0..=u8::MAX {
            let code = code(&secret, person.subject, attempt);
            let hash = hash(&secret, code);
            let owner = { self.people.book().letter(&hash) };
            match owner {
                Some(owner) if person.subjects().contains(&owner) => return Ok((person, code, None)),
                Some(_) => {}
                None => return Ok((person, code, Some(hash))),
            }
        }
        Err(ActError::NoPerson)
    }

    /// The person that a letter with this code went to.
    pub fn person_of_letter(&self, code: LetterCode) -> Option<Subject> {
        let secrets = self.ledger.numbered_secrets(LETTER);
        let book = self.people.book();
        let mut found = secrets.iter().filter_map(|(_, secret)| book.letter(&hash(secret, code)));
        found.next_back().and_then(|subject| book.person(subject)).map(|person| person.subject)
    }

    /// Begins a new secret; codes made under the older ones keep working.
    pub fn rotate_letter_secret(&self) {
        self.ledger.rotate_secret(LETTER);
    }

    async fn keep_letter(
        &self,
        lock: &WriteLock<'_>,
        person: &Person,
        hash: String,
        act: &Provenance,
    ) -> Result<(), ActError> {
        // The class that lives longest, so that the code does.
        let by_life = [RetentionClass::Account, RetentionClass::Newsletter, RetentionClass::Profiling];
        let class = by_life.into_iter().find(|class| person.parts.contains_key(class)).ok_or(ActError::NoPerson)?;
        let subject = person.subject;
        let key = self.ledger.ensure_key(KeyPurpose::Class(subject, class));
        let event = act.event(self.clock.now().at, Body::LetterCodeMade(act.said())).with_subject(Some(subject));
        // A key may seal several.
        let id = UnderKey { key, number: self.random.bytes() };
        let fact = Fact::LetterCode { id, code: LetterCodeHash { subject, hash } };
        lock.append_act(AppendRequest::with(event, vec![fact]), act).await?;
        Ok(())
    }
}

pub(crate) fn code(secret: &MacKey, person: Subject, attempt: u8) -> LetterCode {
    let mac = mac(secret, &[b"keuze letter code", &person.0, &[attempt]]);
    LetterCode::from_bits(u64::from_be_bytes(*mac.first_chunk().expect("32 bytes")))
}

pub(crate) fn hash(secret: &MacKey, code: LetterCode) -> String {
    let mac = mac(secret, &[b"keuze letter hash", code.to_string().as_bytes()]);
    hex::encode(&mac[..16])
}
