//! A call with a person, from its opening until it may be closed (S-16; Tw art. 11.7: in every call the right to object
//! is offered). Whoever is on the line is found by a number, an address or a customer number; unknown ones can object, too.
//!
//! A call stays open until it is closed, through a restart as well: who is on the line waits as a fact, under the key of
//! the day, until then. What was pressed in it is kept in memory only, so after a restart the question is asked again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::channel::Channel;
use model::event::{Actor, Call, CallClosed, Event, Route};
use model::evidence::IdentityLevel;
use model::identity::{RecordAddress, Subject};

use super::days::Days;
use super::history::PersonHistory;
use super::look_up::{Contact, LookUps, LookupReason};
use super::people::{ActError, ActOutcome, Addressee, Contactability, Provenance};
use super::staff::StaffName;
use contact::ContactPoint;
use ledger::clock::Clock;
use ledger::formats::fact::{self, Direction, UnderKey};
use ledger::{AppendError, AppendRequest, Fact, FactKind, Ledger, ReadError, RecordDamage, StoredFact};

/// A call's reference in the phone system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReference(String);

impl CallReference {
    /// Reads a reference: one line of at most 60 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = (1..=60).contains(&text.chars().count()) && !text.contains(char::is_control);
        fits.then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who is on the line, as it waits beside the look-up.
#[derive(Clone)]
pub struct OnTheLine {
    /// Who speaks with them.
    pub staff: StaffName,
    pub reference: CallReference,
    /// Who called whom.
    pub direction: Direction,
    /// What was looked up, where it is a contact point.
    pub point: Option<ContactPoint>,
    /// Who it may be.
    pub people: Vec<Subject>,
}

impl OnTheLine {
    /// As it is kept.
    fn stored(&self) -> fact::OpenCall {
        let Self { staff, reference, direction, point, people } = self.clone();
        fact::OpenCall { staff: staff.to_string(), reference: reference.0, direction, point, people }
    }

    /// Reads what was kept; `None` where nobody has such a name, or the reference is none.
    fn from_fact(stored: fact::OpenCall) -> Option<Self> {
        let fact::OpenCall { staff, reference, direction, point, people } = stored;
        let (staff, reference) = (staff.parse().ok()?, CallReference::parse(&reference)?);
        Some(Self { staff, reference, direction, point, people })
    }
}

/// Names an open call: the name of the fact that waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallId(UnderKey);

/// A call that is open.
#[derive(Clone)]
pub struct OpenCall {
    pub id: CallId,
    /// Who is on the line.
    pub line: OnTheLine,
    /// Who it is, if known.
    pub person: Option<Subject>,
    /// Whether the right to object was offered; a call cannot be closed before this is answered.
    pub right_offered: Option<bool>,
    /// What was recorded in it last.
    pub recorded: Option<ActOutcome>,
    /// Where the look-up was recorded.
    pub audit: RecordAddress,
}

/// The calls that are open at the desk.
pub struct Calls {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    days: Arc<Days>,
    contactability: Arc<Contactability>,
    look_ups: Arc<LookUps>,
    /// Guards the table for one look or change; never held while anything is written.
    open: Mutex<HashMap<CallId, OpenCall>>,
}

impl Calls {
    /// With those that were open before, from the facts beside the ledger.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn load(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        days: Arc<Days>,
        contactability: Arc<Contactability>,
        look_ups: Arc<LookUps>,
    ) -> Result<Self, ReadError> {
        let mut open = HashMap::new();
        for StoredFact { fact, record: address } in ledger.facts(FactKind::Call)? {
            if let Fact::Call { id, call: Some(stored) } = fact {
                let damaged = || ReadError::Damaged { address, damage: RecordDamage::Call };
                let line = OnTheLine::from_fact(stored).ok_or_else(damaged)?;
                open.insert(CallId(id), OpenCall::new(line, address, CallId(id)));
            }
        }
        Ok(Self { ledger, clock, days, contactability, look_ups, open: Mutex::new(open) })
    }

    fn table(&self) -> MutexGuard<'_, HashMap<CallId, OpenCall>> {
        // Nothing in here is ever half done, so what a panicking thread left is right.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call that a staff member has still to close.
    pub fn unclosed(&self, staff: &StaffName) -> Option<OpenCall> {
        self.table().values().find(|call| call.line.staff == *staff).cloned()
    }

    pub fn get(&self, id: &CallId) -> Option<OpenCall> {
        self.table().get(id).cloned()
    }

    /// Changes an open call; gives it as it is then.
    pub fn change(&self, id: &CallId, change: impl FnOnce(&mut OpenCall)) -> Option<OpenCall> {
        let mut table = self.table();
        let call = table.get_mut(id)?;
        change(call);
        Some(call.clone())
    }

    /// The names under which they all stand.
    pub(super) fn names(&self) -> Vec<UnderKey> {
        self.table().keys().map(|id| id.0).collect()
    }
}

/// Why a call was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Nobody said whether the right to object was offered.
    #[error("say first whether the right to object was offered")]
    Unanswered,
    /// It is closed already.
    #[error("the call is closed already")]
    Closed,
    /// It could not be recorded.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl OpenCall {
    /// Nothing was pressed in it yet.
    fn new(line: OnTheLine, audit: RecordAddress, id: CallId) -> Self {
        let person = match line.people[..] {
            [person] => Some(person),
            _ => None,
        };
        Self { id, line, person, right_offered: None, recorded: None, audit }
    }

    pub fn who(&self) -> Addressee {
        Addressee { person: self.person, points: self.line.point.iter().cloned().collect() }
    }

    fn call(&self) -> Call {
        Call { reference: self.line.reference.0.clone(), right_offered: self.right_offered }
    }

    fn route(&self) -> Route {
        match self.line.direction {
            Direction::In => Route::PhoneIn,
            Direction::Out => Route::PhoneOut,
        }
    }

    fn agent(&self) -> Actor {
        Actor::Agent { name: self.line.staff.to_string() }
    }
}

impl Calls {
    /// Opens a call: looks up who is on the line, which is recorded with the call's reference as the reason. `None`, and
    /// nothing was looked up, while another call of this staff member is open (S-16).
    ///
    /// # Errors
    /// The look-up could not be recorded; no call is open then.
    pub async fn open_call(
        &self,
        staff: &StaffName,
        reference: CallReference,
        direction: Direction,
        contact: &Contact,
    ) -> Result<Option<OpenCall>, AppendError> {
        // One opening at a time: no second one slips in while the first is written.
        let the_day = self.days.the_day_stays().await;
        if self.unclosed(staff).is_some() {
            return Ok(None);
        }
        let (people, point) = (self.look_ups.who_it_may_be(contact), contact.point().cloned());
        let line = OnTheLine { staff: staff.clone(), reference, direction, point, people };
        let id = self.days.waiting_name(&the_day);
        let fact = Fact::Call { id, call: Some(line.stored()) };
        let (why, id) = (LookupReason::of_call(&line.reference.0), CallId(id));
        let audit = self.look_ups.record_look_up(staff, &why, &line.people, vec![fact]).await?;
        let call = OpenCall::new(line, audit, id);
        self.table().insert(call.id, call.clone());
        Ok(Some(call))
    }

    /// Records that the person objects, with the call's reference and the agent as the actor.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn object_in_call(
        &self,
        history: &PersonHistory,
        call: &OpenCall,
        channels: &[Channel],
    ) -> Result<ActOutcome, ActError> {
        let act = Provenance {
            route: call.route(),
            actor: call.agent(),
            level: IdentityLevel::Unverified,
            call: Some(call.call()),
            reason: None,
            request: None,
        };
        let acted = self.contactability.object(history, &call.who(), channels, &act).await?;
        self.change(&call.id, |call| call.recorded = Some(acted.clone()));
        Ok(acted)
    }

    /// Closes a call: records whether the right to object was offered in it.
    ///
    /// # Errors
    /// `Unanswered` while nobody said so; the call stays open then.
    pub async fn close_call(&self, call: &OpenCall) -> Result<(), CloseError> {
        if call.right_offered.is_none() {
            return Err(CloseError::Unanswered);
        }
        // Of two presses at once one closes it.
        let _the_day = self.days.the_day_stays().await;
        if self.get(&call.id).is_none() {
            return Err(CloseError::Closed);
        }
        let about = call.person.and_then(|person| self.ledger.seal_about(person));
        let closed = CallClosed { call: call.call(), about };
        let event = Event::new(self.clock.now().at, call.agent(), call.route(), closed);
        self.ledger.append(AppendRequest::with(event, vec![Fact::Call { id: call.id.0, call: None }])).await?;
        self.table().remove(&call.id);
        Ok(())
    }
}
