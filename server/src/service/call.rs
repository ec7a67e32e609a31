//! A call with a person, from its opening until it may be closed (S-16; Tw art. 11.7: in every call the right to object
//! is offered). Whoever is on the line is found by a number, an address or a customer number; unknown ones can object, too.

use app::model::channel::Channel;
use app::model::decision::Decision;
use app::model::event::{Actor, Call, Event, EventKind, Route};
use app::model::evidence::IdentityLevel;
use app::model::identity::{RecordAddress, Subject};

use super::Keuze;
use super::look_up::{Contact, LookUpError, LookUpPeople, Why};
use super::people::{Act, ActError, Acted, Who};
use super::staff::StaffName;
use crate::contact::ContactPoint;
use crate::scribe::{AppendError, Draft};

/// A call's reference in the phone system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// Reads a reference: one line of at most 60 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = (1..=60).contains(&text.chars().count()) && !text.contains(char::is_control);
        fits.then_some(Self(text))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The person called.
    In,
    /// The person was called.
    Out,
}

/// A call that is open.
#[derive(Clone)]
pub struct OpenCall {
    /// Its reference.
    pub reference: Reference,
    /// Who called whom.
    pub direction: Direction,
    /// What was looked up, where it is a contact point.
    pub point: Option<ContactPoint>,
    /// Who it may be.
    pub people: Vec<Subject>,
    /// Who it is, if known.
    pub person: Option<Subject>,
    /// Whether the right to object was offered; a call cannot be closed before this is answered.
    pub right_offered: Option<bool>,
    /// What was recorded in it last.
    pub recorded: Option<Acted>,
    /// Where the look-up was recorded.
    pub audit: RecordAddress,
}

/// Why a call was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Nobody said whether the right to object was offered.
    #[error("say first whether the right to object was offered")]
    Unanswered,
    /// It could not be recorded.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl OpenCall {
    /// About whom.
    pub fn who(&self) -> Who {
        Who { person: self.person, points: self.point.iter().cloned().collect() }
    }

    fn call(&self) -> Call {
        Call { reference: self.reference.0.clone(), right_offered: self.right_offered.unwrap_or_default() }
    }

    fn route(&self) -> Route {
        match self.direction {
            Direction::In => Route::PhoneIn,
            Direction::Out => Route::PhoneOut,
        }
    }
}

impl Keuze {
    /// Opens a call: looks up who is on the line, which is recorded with the call's reference as the reason.
    ///
    /// # Errors
    /// The look-up could not be recorded; no call is open then.
    pub async fn open_call(
        &self,
        staff: &StaffName,
        reference: Reference,
        direction: Direction,
        contact: Contact,
    ) -> Result<OpenCall, LookUpError> {
        let why = Why::of_call(&reference.0);
        let asked = LookUpPeople { staff: staff.clone(), contact, why };
        let found = self.look_up_people(&asked).await?;
        let person = match found.people[..] {
            [person] => Some(person),
            _ => None,
        };
        Ok(OpenCall {
            reference,
            direction,
            point: found.point,
            people: found.people,
            person,
            right_offered: None,
            recorded: None,
            audit: found.audit,
        })
    }

    /// The channels that can be spoken of in a call, each with what holds now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn channels_of(&self, call: &OpenCall) -> Result<Vec<(Channel, Decision)>, ActError> {
        let reaches = |channel: &Channel| {
            call.person.is_some() || call.point.as_ref().is_some_and(|point| channel.point() == Some(point.kind()))
        };
        let channels = Channel::ALL.into_iter().filter(reaches);
        channels.map(|channel| Ok((channel, self.may_i(&call.who(), channel)?))).collect()
    }

    /// Records that the person objects, with the call's reference and the agent as the actor.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn object_in_call(
        &self,
        call: &OpenCall,
        staff: &StaffName,
        channels: &[Channel],
    ) -> Result<Acted, ActError> {
        let act = Act {
            route: call.route(),
            actor: agent(staff),
            level: IdentityLevel::Unverified,
            call: Some(call.call()),
            reason: None,
        };
        self.object(&call.who(), channels, &act).await
    }

    /// Closes a call: records whether the right to object was offered in it.
    ///
    /// # Errors
    /// `Unanswered` while nobody said so; the call stays open then.
    pub async fn close_call(&self, call: &OpenCall, staff: &StaffName) -> Result<RecordAddress, CloseError> {
        if call.right_offered.is_none() {
            return Err(CloseError::Unanswered);
        }
        let mut event = Event::new(EventKind::CallClosed, self.clock.now().at, agent(staff), call.route());
        event.call = Some(call.call());
        event.about = call.person.and_then(|person| self.scribe.seal_about(person));
        Ok(self.scribe.append(Draft::new(event)).await?.address)
    }
}

fn agent(staff: &StaffName) -> Actor {
    Actor::Agent { name: staff.to_string() }
}
