//! What each staff member has at hand: the call that is open, and the people who were looked up. In memory, by name, so
//! that nothing of it stands in an address and an open call outlives signing out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app::doors::desk::people::{Done, PersonFault};
use app::model::identity::{RecordAddress, Subject};
use time::{Duration, OffsetDateTime};

use crate::service::call::OpenCall;
use crate::service::look_up::Why;
use crate::service::staff::StaffName;

/// People who were looked up are shown no longer than a session lasts without use.
const SHOWN: Duration = Duration::minutes(30);

/// People who were looked up.
#[derive(Clone)]
pub(super) struct Opened {
    /// Who.
    pub(super) people: Vec<Subject>,
    /// Why.
    pub(super) why: Why,
    /// Where that was recorded.
    pub(super) audit: RecordAddress,
    /// What was done last; shown once.
    pub(super) done: Option<Done>,
    /// What was not done; shown once.
    pub(super) fault: Option<PersonFault>,
}

#[derive(Default)]
struct AtHand {
    call: Option<OpenCall>,
    opened: Option<(Opened, OffsetDateTime)>,
}

/// Everybody's.
#[derive(Default)]
pub(super) struct Work(Mutex<HashMap<StaffName, AtHand>>);

impl Work {
    fn table(&self) -> MutexGuard<'_, HashMap<StaffName, AtHand>> {
        // Nothing in here is ever half done, so what a panicking thread left is right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open call.
    pub(super) fn call(&self, staff: &StaffName) -> Option<OpenCall> {
        self.table().get(staff).and_then(|at_hand| at_hand.call.clone())
    }

    /// Begins a call; false while another one is open.
    pub(super) fn begin(&self, staff: &StaffName, call: OpenCall) -> bool {
        let mut table = self.table();
        let at_hand = table.entry(staff.clone()).or_default();
        let free = at_hand.call.is_none();
        if free {
            at_hand.call = Some(call);
        }
        free
    }

    /// Changes the open call.
    pub(super) fn change(&self, staff: &StaffName, change: impl FnOnce(&mut OpenCall)) {
        if let Some(call) = self.table().get_mut(staff).and_then(|at_hand| at_hand.call.as_mut()) {
            change(call);
        }
    }

    /// Ends the call that was closed.
    pub(super) fn end(&self, staff: &StaffName) {
        if let Some(at_hand) = self.table().get_mut(staff) {
            at_hand.call = None;
        }
    }

    /// The people who were looked up, unless that is too long ago.
    pub(super) fn opened(&self, staff: &StaffName, now: OffsetDateTime) -> Option<Opened> {
        let mut table = self.table();
        let (opened, used) = table.get_mut(staff)?.opened.as_mut().filter(|(_, used)| now - *used < SHOWN)?;
        *used = now;
        Some(opened.clone())
    }

    /// Puts people who were looked up at hand.
    pub(super) fn open(&self, staff: &StaffName, opened: Opened, now: OffsetDateTime) {
        self.table().entry(staff.clone()).or_default().opened = Some((opened, now));
    }

    /// Takes people away again, at signing out.
    pub(super) fn put_away(&self, staff: &StaffName) {
        if let Some(at_hand) = self.table().get_mut(staff) {
            at_hand.opened = None;
        }
    }
}
