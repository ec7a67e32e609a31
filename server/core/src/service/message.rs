//! What is on record of messages: who said that something is no advertising, since only advertising is gated (S-19), and
//! which letters passed their check (S-13).

use std::sync::Arc;

use model::channel::Channel;
use model::decision::Decision;
use model::event::Event;
use model::identity::RecordAddress;
use model::message::{CheckedLetter, Classified, MessageClass};

use super::people::{ActError, Addressee, Contactability, People, Provenance};
use ledger::clock::Clock;
use ledger::formats::fact::{Classification, FactId, LetterCheck};
use ledger::{AppendRequest, Fact, FactKind, Ledger, ReadError};
use vault::random::SecureRandom;

/// What is on record of a classification, or of a letter.
enum RecordedTemplate {
    /// The same, there.
    At(RecordAddress),
    /// Nothing, and nothing is needed: it is advertising and never was anything else.
    Needless,
    /// Nothing yet.
    Missing,
}

/// What programs said of their messages.
pub struct Messages {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
}

impl Messages {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
    ) -> Self {
        Self { ledger, clock, random, people, contactability }
    }
}

impl Messages {
    /// May this message go? Advertising by the state of its channel, which is the default; a service message to anybody,
    /// on the record of who classed its template.
    ///
    /// # Errors
    /// Nothing was decided then.
    pub async fn may_send(
        &self,
        who: &Addressee,
        channel: Channel,
        classified: Option<Classified>,
        act: &Provenance,
    ) -> Result<Decision, ActError> {
        let is_service = classified.as_ref().is_some_and(|it| it.class == MessageClass::Service);
        let record = match classified {
            Some(classified) => self.record_class(Classification { by: act.actor.clone(), classified }, act).await?,
            None => None,
        };
        match record {
            Some(record) if is_service => Ok(Decision::service(record)),
            _ => self.contactability.may_contact(who, channel),
        }
    }

    /// Puts on record that a letter template passed the check, once for each template, version of the block and program
    /// (S-13).
    ///
    /// # Errors
    /// It is not on record then.
    pub async fn record_letter(&self, passed: CheckedLetter, act: &Provenance) -> Result<RecordAddress, ActError> {
        let event = Event::new(self.clock.now().at, act.actor.clone(), act.route, passed.clone());
        let told = LetterCheck { by: act.actor.clone(), passed };
        let find = || {
            let mut kept = self.ledger.facts(FactKind::LetterCheck)?.into_iter();
            let is_it = |fact: &Fact| matches!(fact, Fact::LetterCheck { passed, .. } if *passed == told);
            Ok(kept.find(|stored| is_it(&stored.fact)).map(|stored| stored.record))
        };
        let on_record = || find().map(|record| record.map_or(RecordedTemplate::Missing, RecordedTemplate::At));
        let fact = |id| Fact::LetterCheck { id, passed: told.clone() };
        let record = self.record_once(&on_record, event, fact).await?;
        Ok(record.expect("a letter that passed is always recorded"))
    }

    /// Every classification that was ever told, with its record, in their order.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn classifications(&self) -> Result<Vec<(Classification, RecordAddress)>, ReadError> {
        let kept = self.ledger.facts(FactKind::Classification)?.into_iter();
        let told = kept.filter_map(|stored| match stored.fact {
            Fact::Classification { said, .. } => Some((said, stored.record)),
            _ => None,
        });
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|(_, record)| *record);
        Ok(told)
    }

    /// Puts a classification on record, once for each template, class, name and program; it holds no recipient. That a
    /// template is advertising is recorded where the same program had it classed as service before.
    async fn record_class(&self, told: Classification, act: &Provenance) -> Result<Option<RecordAddress>, ActError> {
        let event = Event::new(self.clock.now().at, act.actor.clone(), act.route, told.classified.clone());
        let fact = |id| Fact::Classification { id, said: told.clone() };
        self.record_once(&|| self.on_record(&told), event, fact).await
    }

    /// Appends an event and what it keeps, unless that is on record or needless.
    async fn record_once(
        &self,
        on_record: &(dyn Fn() -> Result<RecordedTemplate, ReadError> + Sync),
        event: Event,
        keeps: impl FnOnce(FactId) -> Fact + Send,
    ) -> Result<Option<RecordAddress>, ActError> {
        // Asked before each message, so nobody waits for what is on record already.
        let mut found = on_record()?;
        if let RecordedTemplate::Missing = found {
            let _one_at_a_time = self.people.write_lock().await;
            found = on_record()?;
            if let RecordedTemplate::Missing = found {
                found = RecordedTemplate::At(
                    self.ledger
                        .append(AppendRequest::with(event, vec![keeps(FactId(self.random.bytes()))]))
                        .await?
                        .address,
                );
            }
        }
        Ok(match found {
            RecordedTemplate::At(record) => Some(record),
            RecordedTemplate::Needless | RecordedTemplate::Missing => None,
        })
    }

    fn on_record(&self, told: &Classification) -> Result<RecordedTemplate, ReadError> {
        let before = self.classifications()?;
        if let Some((_, record)) = before.iter().find(|(other, _)| other == told) {
            return Ok(RecordedTemplate::At(*record));
        }
        let was_service = before.iter().any(|(other, _)| {
            let (its, this) = (&other.classified, &told.classified);
            other.by == told.by && its.template == this.template && its.class == MessageClass::Service
        });
        let is_needed = was_service || told.classified.class == MessageClass::Service;
        Ok(if is_needed { RecordedTemplate::Missing } else { RecordedTemplate::Needless })
    }
}
