//! A staff member looks up a choice: recorded before anything is shown, then shown as it was stored (S-34).

mod check;
mod people;

use std::sync::Arc;

use model::decision::{Decision, Question, Recorded, decide};
use model::event::{Actor, Body, Event, LookUpTarget, LookedUp, RecordedChoice, Route};
use model::identity::{RecordAddress, Subject};
use model::language::Language;
use model::receipt::{ReceiptNumber, ReceiptNumberError};
use model::told::ToldEvent;
use words::views::desk::RestoredLedger;
use words::views::desk::{
    CheckedProof, FoundRecord, HistoryLine, LONGEST_REASON, LookUpFault, LookUpResult, SHORTEST_REASON,
};

pub use people::{Contact, FoundPeople, LookUpPeople, entered};

use super::people::{Contactability, Merging, People};
use super::reading::Records;
use super::receipt::Receipts;
use super::staff::StaffName;
use crate::publish::Published;
use crate::service::history::PersonHistory;
use contact::ContactPoint;
use ledger::clock::{Clock, wall_clock};
use ledger::{AppendError, AppendRequest, Ledger, ReadError};

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupQuery {
    /// Everything under a consent id; its latest record stands for it.
    ConsentId(Subject),
    /// One record, by the number of its receipt.
    Receipt(ReceiptNumber),
}

impl LookupQuery {
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
pub struct LookupReason(String);

impl LookupReason {
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

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A look-up as a staff member asks for it.
#[derive(Clone, Debug)]
pub struct LookUp {
    pub staff: StaffName,
    pub wanted: LookupQuery,
    pub why: LookupReason,
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
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    published: Arc<Published>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    merging: Arc<Merging>,
    records: Arc<Records>,
    receipts: Arc<Receipts>,
}

impl LookUps {
    /// The last time that the ledger was put back from a backup.
    ///
    /// # Errors
    /// The record that says so cannot be read.
    pub fn restored(&self) -> Result<Option<RestoredLedger>, ReadError> {
        let last = self.ledger.restores()?.pop();
        Ok(last.map(|(_, at, restored)| RestoredLedger {
            at: wall_clock(at),
            from: restored.lost_from.map(wall_clock),
            until: restored.lost_until.map(wall_clock),
            put_back: restored.put_back.map(|put_back| wall_clock(put_back.until)),
        }))
    }

    /// On what it may touch.
    #[expect(clippy::too_many_arguments, reason = "each is something that it may touch")]
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        published: Arc<Published>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        merging: Arc<Merging>,
        records: Arc<Records>,
        receipts: Arc<Receipts>,
    ) -> Self {
        Self { ledger, clock, published, people, contactability, merging, records, receipts }
    }
}

impl LookUps {
    /// Looks up a record: first the look-up itself is recorded, then what was found is given.
    ///
    /// # Errors
    /// It could not be recorded (then nothing is shown), or what was found could not be read.
    pub async fn look_up(&self, asked: &LookUp, language: Language, origin: &str) -> Result<LookUpResult, LookUpError> {
        let history = &self.people.history();
        let target = self.target(history, asked.wanted)?;
        let subject = target.record.as_ref().and_then(|record| record.event.head.subject);
        let looked_up =
            self.looked_up(&asked.staff, &asked.why, subject, || unsealed(asked.wanted, target.record.as_ref()));
        let written = self.ledger.append(looked_up).await?;
        match target.record {
            None => Ok(LookUpResult::Nothing),
            Some(record) => {
                let found = self.found(history, &record, &target.life, language, origin)?;
                Ok(LookUpResult::Found(Box::new(FoundRecord { audit: written.address.to_string(), ..found })))
            }
        }
    }

    fn target(&self, history: &PersonHistory, wanted: LookupQuery) -> Result<Target, ReadError> {
        let record = match wanted {
            LookupQuery::ConsentId(subject) => return under(history, subject),
            LookupQuery::Receipt(number) => {
                self.receipts.check(number).map(|address| history.record(address)).transpose()?.flatten()
            }
        };
        let life = match record.as_ref().and_then(|record| record.event.head.subject) {
            Some(subject) => history.of_subject(subject)?,
            None => record.iter().cloned().collect(),
        };
        Ok(Target { record, life })
    }

    /// The audit event. A subject stands in it sealed, so that an erasure cuts the link and leaves the act.
    fn looked_up(
        &self,
        staff: &StaffName,
        why: &LookupReason,
        subject: Option<Subject>,
        unsealed: impl FnOnce() -> LookUpTarget,
    ) -> AppendRequest {
        let actor = Actor::Agent { name: staff.to_string() };
        let sealed = subject.and_then(|subject| self.ledger.seal_about(subject));
        let target = sealed.map_or_else(unsealed, LookUpTarget::Subject);
        let looked_up = LookedUp { target, reason: why.0.clone() };
        AppendRequest::new(Event::new(self.clock.now().at, actor, Route::Desk, looked_up))
    }

    fn found(
        &self,
        history: &PersonHistory,
        record: &Recorded,
        life: &[Recorded],
        language: Language,
        origin: &str,
    ) -> Result<FoundRecord, ReadError> {
        let event = &record.event;
        let proven = history.proof(record.address)?;
        let key = self.ledger.log_key(record.address.shard);
        let checked = proven.as_ref().zip(key).map(|(proven, key)| check::check(proven, record.address, &key));
        Ok(FoundRecord {
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
            checked: checked.unwrap_or_else(|| CheckedProof::Wrong("the record cannot be opened".to_owned())),
            proof: self.records.proof_view(history, record.address, origin)?,
            audit: String::new(),
        })
    }

    fn history_line(&self, past: &Recorded, shown: Option<RecordAddress>) -> HistoryLine {
        HistoryLine {
            at: wall_clock(past.event.head.at),
            what: ToldEvent::from_event(&past.event),
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
    let life = history.of_subject(subject)?;
    Ok(Target { record: life.last().cloned(), life })
}

/// What was looked at where no subject can be sealed. A consent id that finds nothing may be that of somebody who
/// was erased: it is not written down again.
fn unsealed(wanted: LookupQuery, record: Option<&Recorded>) -> LookUpTarget {
    match (record, wanted) {
        (Some(record), _) => LookUpTarget::Record(record.address),
        (None, LookupQuery::Receipt(number)) => LookUpTarget::NoReceipt(number.to_string()),
        (None, LookupQuery::ConsentId(_)) => LookUpTarget::NoConsentId,
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
        assert!(matches!(LookupQuery::parse(id), Ok(LookupQuery::ConsentId(_))));
        assert!(matches!(LookupQuery::parse(" 00112233 44556677 8899AABB CCDDEEFF "), Ok(LookupQuery::ConsentId(_))));
        assert_eq!(LookupQuery::parse("anna@example.nl"), Err(LookUpFault::Form));
        assert_eq!(LookupQuery::parse(""), Err(LookUpFault::Form));
        assert_eq!(LookupQuery::parse("00000-00000-00001"), Err(LookUpFault::Typing));
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(LookupReason::parse("  \u{a0} x  "), Err(LookUpFault::Reason));
        assert_eq!(LookupReason::parse(" klant\nbelt "), Ok(LookupReason("klant belt".to_owned())));
        assert_eq!(LookupReason::parse(&"a".repeat(301)), Err(LookUpFault::ReasonTooLong));
    }
}
