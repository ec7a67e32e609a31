//! The people whom each staff member looked up: in memory, by name, so that nothing of it stands in an address.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app::doors::desk::people::{Done, PersonFault};
use app::model::identity::{RecordAddress, Subject};
use time::{Duration, OffsetDateTime};

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

/// Everybody's, with when it was used last.
#[derive(Default)]
pub(super) struct Work(Mutex<HashMap<StaffName, (Opened, OffsetDateTime)>>);

impl Work {
    fn table(&self) -> MutexGuard<'_, HashMap<StaffName, (Opened, OffsetDateTime)>> {
        // Nothing in here is ever half done, so what a panicking thread left is right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The people who were looked up, unless that is too long ago.
    pub(super) fn opened(&self, staff: &StaffName, now: OffsetDateTime) -> Option<Opened> {
        let mut table = self.table();
        let (opened, used) = table.get_mut(staff).filter(|(_, used)| now - *used < SHOWN)?;
        *used = now;
        Some(opened.clone())
    }

    /// Puts people who were looked up at hand.
    pub(super) fn open(&self, staff: &StaffName, opened: Opened, now: OffsetDateTime) {
        self.table().insert(staff.clone(), (opened, now));
    }

    /// Takes people away again, at signing out.
    pub(super) fn put_away(&self, staff: &StaffName) {
        self.table().remove(staff);
    }
}
