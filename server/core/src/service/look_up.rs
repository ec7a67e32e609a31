//! A staff member looks up a choice: recorded before anything is shown, then shown as it was stored (S-34).

mod check;
mod people;

use std::sync::Arc;

use model::decision::{Decision, Question, Recorded, decide};
use model::event::{Actor, Body, Event, LookUpTarget, LookedUp, RecordedChoice, Route};
use model::identity::{RecordAddress, Subject};
use model::language::Language;
use model::receipt::{ReceiptNumber, ReceiptNumberError};
use model::told::What;
use words::views::desk::{Checked, Found, HistoryLine, LONGEST_REASON, LookUpFault, Outcome, SHORTEST_REASON};

pub use people::{Contact, FoundPeople, LookUpPeople, entered};

use super::people::{Contactability, Merging, People};
use super::reading::Records;
use super::receipt::Receipts;
use super::staff::StaffName;
use crate::publish::Published;
use crate::service::history::PersonHistory;
use contact::ContactPoint;
use ledger::clock::{Clock, wall_clock};
use ledger::{AppendError, Draft, ReadError, Scribe};

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything under a consent id; its latest record stands for it.
    ConsentId(Subject),
    /// One record, by the number of its receipt.
    Receipt(ReceiptNumber),
}

impl Wanted {
    /// Reads what a staff member typed or pasted.
    ///
    /// # Errors
    /// Neither form fits, or the number's check character does not.
    pub fn parse(text: &str) -> Result<Self, LookUpFault> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if let Ok(subject) = compact.to_ascii_lowercase().parse() {
            return Ok(Self::ConsentId(subject));
        }
        compact.parse().map(Self::Receipt).map_err(|error| match error {
            ReceiptNumberError::Check => LookUpFault::Typing,
            ReceiptNumberError::Character | ReceiptNumberError::Length => LookUpFault::Form,
        })
    }
}

/// Why somebody looks something up; goes into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why(String);

impl Why {
    /// Reads a reason.
    ///
    /// # Errors
    /// It says nothing, or too much.
    pub fn parse(text: &str) -> Result<Self, LookUpFault> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.chars().count() {
            0..SHORTEST_REASON => Err(LookUpFault::Reason),
            SHORTEST_REASON..=LONGEST_REASON => Ok(Self(text)),
            _ => Err(LookUpFault::ReasonTooLong),
        }
    }

    /// A call is reason enough.
    pub(super) fn of_call(reference: &str) -> Self {
        Self(format!("call {reference}"))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A look-up as a staff member asks for it.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// Who asks.
    pub staff: StaffName,
    /// What for.
    pub wanted: Wanted,
    /// Why.
    pub why: Why,
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// The look-up could not be recorded, so nothing may be shown.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The record could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a look-up is about, before it is recorded.
struct Target {
    record: Option<Recorded>,
    life: Vec<Recorded>,
}

/// What the desk looks up, each look on record.
pub struct LookUps {
    scribe: Scribe,
    clock: Arc<dyn Clock>,
    published: Arc<Published>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    merging: Arc<Merging>,
    records: Arc<Records>,
    receipts: Arc<Receipts>,
}

impl LookUps {
    /// On what it may touch.
    #[expect(clippy::too_many_arguments, reason = "each is something that it may touch")]
    pub fn new(
        scribe: Scribe,
        clock: Arc<dyn Clock>,
        published: Arc<Published>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        merging: Arc<Merging>,
        records: Arc<Records>,
        receipts: Arc<Receipts>,
    ) -> Self {
        Self { scribe, clock, published, people, contactability, merging, records, receipts }
    }
}

impl LookUps {
    /// Looks up a record: first the look-up itself is recorded, then what was found is given.
    ///
    /// # Errors
    /// It could not be recorded (then nothing is shown), or what was found could not be read.
    pub async fn look_up(&self, asked: &LookUp, language: Language, origin: &str) -> Result<Outcome, LookUpError> {
        let history = &self.people.history();
        let target = self.target(history, asked.wanted)?;
        let subject = target.record.as_ref().and_then(|record| record.event.head.subject);
        let looked_up =
            self.looked_up(&asked.staff, &asked.why, subject, || unsealed(asked.wanted, target.record.as_ref()));
        let written = self.scribe.append(looked_up).await?;
        match target.record {
            None => Ok(Outcome::Nothing),
            Some(record) => {
                let found = self.found(history, &record, &target.life, language, origin)?;
                Ok(Outcome::Found(Box::new(Found { audit: written.address.to_string(), ..found })))
            }
        }
    }

    fn target(&self, history: &PersonHistory, wanted: Wanted) -> Result<Target, ReadError> {
        let record = match wanted {
            Wanted::ConsentId(subject) => return under(history, subject),
            Wanted::Receipt(number) => {
                self.receipts.check(number).map(|address| history.record(address)).transpose()?.flatten()
            }
        };
        let life = match record.as_ref().and_then(|record| record.event.head.subject) {
            Some(subject) => history.of(subject)?,
            None => record.iter().cloned().collect(),
        };
        Ok(Target { record, life })
    }

    /// The audit event. A subject stands in it sealed, so that an erasure cuts the link and leaves the act.
    fn looked_up(
        &self,
        staff: &StaffName,
        why: &Why,
        subject: Option<Subject>,
        unsealed: impl FnOnce() -> LookUpTarget,
    ) -> Draft {
        let actor = Actor::Agent { name: staff.to_string() };
        let sealed = subject.and_then(|subject| self.scribe.seal_about(subject));
        let target = sealed.map_or_else(unsealed, LookUpTarget::Subject);
        let looked_up = LookedUp { target, reason: why.0.clone() };
        Draft::new(Event::new(self.clock.now().at, actor, Route::Desk, looked_up))
    }

    fn found(
        &self,
        history: &PersonHistory,
        record: &Recorded,
        life: &[Recorded],
        language: Language,
        origin: &str,
    ) -> Result<Found, ReadError> {
        let event = &record.event;
        let proven = history.proof(record.address)?;
        let checked = proven.as_ref().map(|proven| check::check(proven, record.address, &self.scribe.log_key()));
        Ok(Found {
            number: self.number(record.address),
            record: self.records.readable(history, record, language)?,
            consent_id: event.head.subject.map(|subject| subject.to_string()),
            name: event.head.subject.and_then(|person| self.people.known_person(person)?.name().map(str::to_owned)),
            actor: event.head.actor.clone(),
            call: event.call().map(|call| call.reference.clone()),
            reason: event.reason().map(str::to_owned),
            surface: surface(event),
            history: life.iter().rev().map(|past| self.history_line(past, Some(record.address))).collect(),
            decisions: if is_of_a_device(event) { self.decisions(life, language) } else { Vec::new() },
            checked: checked.unwrap_or_else(|| Checked::Wrong("the record cannot be opened".to_owned())),
            proof: self.records.proof_view(history, record.address, origin)?,
            audit: String::new(),
        })
    }

    fn history_line(&self, past: &Recorded, shown: Option<RecordAddress>) -> HistoryLine {
        HistoryLine {
            at: wall_clock(past.event.head.at),
            what: What::of(&past.event),
            route: past.event.head.route,
            channels: past.event.channels().to_vec(),
            points: self.people.points_in(&past.event).iter().map(ContactPoint::given).collect(),
            evidence: past.event.evidence(),
            actor: past.event.head.actor.clone(),
            address: past.address.to_string(),
            number: self.number(past.address),
            this: Some(past.address) == shown,
        }
    }

    /// May it today? By the policy in force, from this history alone.
    fn decisions(&self, history: &[Recorded], language: Language) -> Vec<(String, Decision)> {
        let policy = &self.published.current().policy;
        let now = self.clock.now();
        let decision = |purpose: &model::purpose::Purpose| {
            let question = Question::Purpose(purpose.id.clone());
            (purpose.name.get(language).to_owned(), decide(history, policy, &question, now))
        };
        policy.purposes.iter().map(decision).collect()
    }

    fn number(&self, address: RecordAddress) -> String {
        self.receipts.number(address).to_string()
    }
}

fn under(history: &PersonHistory, subject: Subject) -> Result<Target, ReadError> {
    let life = history.of(subject)?;
    Ok(Target { record: life.last().cloned(), life })
}

/// What was looked at where no subject can be sealed. A consent id that finds nothing may be that of somebody who
/// was erased: it is not written down again.
fn unsealed(wanted: Wanted, record: Option<&Recorded>) -> LookUpTarget {
    match (record, wanted) {
        (Some(record), _) => LookUpTarget::Record(record.address),
        (None, Wanted::Receipt(number)) => LookUpTarget::NoReceipt(number.to_string()),
        (None, Wanted::ConsentId(_)) => LookUpTarget::NoConsentId,
    }
}

fn is_of_a_device(event: &Event) -> bool {
    event.choice().is_some() || matches!(event.body, Body::ContinuedUse(_))
}

fn surface(event: &Event) -> Option<String> {
    let RecordedChoice { surface, build, variant, .. } = event.choice()?;
    let surface = surface.and_then(|surface| serde_json::to_value(surface).ok());
    let surface = surface.and_then(|value| value.as_str().map(str::to_owned));
    let parts: Vec<String> = [surface, build.clone(), variant.clone()].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_out_is_understood() {
        let id = "00112233445566778899aabbccddeeff";
        assert!(matches!(Wanted::parse(id), Ok(Wanted::ConsentId(_))));
        assert!(matches!(Wanted::parse(" 00112233 44556677 8899AABB CCDDEEFF "), Ok(Wanted::ConsentId(_))));
        assert_eq!(Wanted::parse("anna@example.nl"), Err(LookUpFault::Form));
        assert_eq!(Wanted::parse(""), Err(LookUpFault::Form));
        assert_eq!(Wanted::parse("00000-00000-00001"), Err(LookUpFault::Typing));
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(Why::parse("  \u{a0} x  "), Err(LookUpFault::Reason));
        assert_eq!(Why::parse(" klant\nbelt "), Ok(Why("klant belt".to_owned())));
        assert_eq!(Why::parse(&"a".repeat(301)), Err(LookUpFault::ReasonTooLong));
    }
}
