//! Notices that were shown: how often each, never to whom (S-01, R-2.5.1-2).
//!
//! Counted where one is sent to somebody who has not answered. What a browser shows out of its own cache is not sent, so a
//! count is the least that it was.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use model::choice::Surface;
use model::event::{Actor, Event, NoticeShown, Route};
use model::language::Language;
use model::notice::NoticeRef;

use crate::service::consent::Consent;
use ledger::{AppendError, AppendRequest};

/// The counts since they were last recorded. The lock guards them for one addition, or for taking them all; they are
/// recorded outside it.
#[derive(Default)]
pub(super) struct NoticeCounts(Mutex<BTreeMap<NoticeRef, u64>>);

impl NoticeCounts {
    fn add(&self, notice: NoticeRef, count: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(notice).or_default() += count;
    }

    fn take_counts(&self) -> BTreeMap<NoticeRef, u64> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Consent {
    /// Counts the notice in force in one language.
    pub fn count_notice(&self, language: Language) {
        if let Some(notice) = self.published.current().policy.notices.get(&language) {
            self.shown.add(*notice, 1);
        }
    }

    /// Records what was counted, an event a notice.
    ///
    /// # Errors
    /// It could not be written; what was not is counted on.
    pub async fn record_counts(&self) -> Result<(), AppendError> {
        for (notice, count) in self.shown.take_counts() {
            let policy = self.published.current().hash;
            let shown = NoticeShown { policy, notice, surface: Surface::Banner, count };
            let event = Event::new(self.clock.now().at, Actor::System, Route::Banner, shown);
            if let Err(error) = self.ledger.append(AppendRequest::new(event)).await {
                self.shown.add(notice, count);
                return Err(error);
            }
        }
        Ok(())
    }
}
