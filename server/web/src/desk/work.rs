//! What was looked up in a session: it stands under a random id, which is its address. It opens for nobody else, and
//! ends with the session; nothing is anybody's "current" person or call.

use std::collections::HashMap;
use std::fmt;

use model::identity::{RecordAddress, Subject};
use words::views::desk::people::DoneForPerson;

use keuze_core::service::call::CallId;
use keuze_core::service::look_up::LookupReason;
use vault::random::SecureRandom;

/// A look-up's random id, as it stands in its address: 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct WorkId(u128);

impl WorkId {
    fn random(random: &dyn SecureRandom) -> Self {
        Self(u128::from_be_bytes(random.bytes()))
    }

    /// Reads what stands in an address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        u128::from_str_radix(text, 16).ok().filter(|_| is_hex).map(Self)
    }
}

impl fmt::Display for WorkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// People who were looked up.
#[derive(Clone)]
pub(super) struct OpenedLookUp {
    pub(super) people: Vec<Subject>,
    pub(super) why: LookupReason,
    /// Where that was recorded.
    pub(super) audit: RecordAddress,
    /// What was done last; shown once.
    pub(super) done: Option<DoneForPerson>,
    /// The forms that were sent and came to something.
    pub(super) made: Vec<AnsweredForm>,
}

/// The hash of everything that a form says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct FormHash(pub(super) [u8; 32]);

/// A form that was sent, and what came of it: pressed twice, it is done once.
#[derive(Clone)]
pub(super) struct AnsweredForm {
    pub(super) press: FormHash,
    /// What came of it.
    pub(super) done: DoneForPerson,
    /// The last record of the person then; once another one followed, the same press says something anew.
    pub(super) last: Option<RecordAddress>,
}

/// Everything that was looked up in one session.
#[derive(Default)]
pub(super) struct Work {
    people: HashMap<WorkId, OpenedLookUp>,
    calls: HashMap<WorkId, CallId>,
    /// The calls that were closed: their reference, and what the screen showed then.
    closed: HashMap<WorkId, (String, String)>,
}

impl Work {
    /// Puts people who were looked up at hand; gives their address.
    pub(super) fn open(&mut self, opened: OpenedLookUp, random: &dyn SecureRandom) -> WorkId {
        let id = WorkId::random(random);
        self.people.insert(id, opened);
        id
    }

    /// The people at an address.
    pub(super) fn people(&mut self, id: WorkId) -> Option<&mut OpenedLookUp> {
        self.people.get_mut(&id)
    }

    /// The address of a call in this session; another session of the same staff member has another.
    pub(super) fn address_of(&mut self, call: &CallId, random: &dyn SecureRandom) -> WorkId {
        let known = self.calls.iter().find(|(_, of)| *of == call).map(|(id, _)| *id);
        known.unwrap_or_else(|| {
            let id = WorkId::random(random);
            self.calls.insert(id, *call);
            id
        })
    }

    /// Notes that the call at an address was closed.
    pub(super) fn close(&mut self, id: WorkId, reference: String, shown: String) {
        self.closed.insert(id, (reference, shown));
    }

    /// The reference of the call that was closed at an address by a screen that showed this.
    pub(super) fn closed(&self, id: WorkId, shown: &str) -> Option<&str> {
        self.closed.get(&id).filter(|(_, then)| then == shown).map(|(reference, _)| reference.as_str())
    }

    /// The call at an address.
    pub(super) fn call(&self, id: WorkId) -> Option<&CallId> {
        self.calls.get(&id)
    }
}
