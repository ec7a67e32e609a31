//! What ends by itself: run at the start and every hour.

use std::sync::Arc;
use std::time::Duration;

use super::call::Calls;
use super::codes::Verification;
use super::consent::Consent;
use super::days::{self, Days};
use super::keys::KeyRotation;
use super::mail::MailQueue;
use super::people::Erasures;
use super::sign_ins::SignIns;
use ledger::clock::Clock;
use ledger::{AppendError, AppendRequest, Ledger};
use model::event::{Actor, Ended, Event, RetentionRun, Route};
use vault::ring::{KeyId, KeyPurpose};

/// How long it is between two runs, and so the longest for which a kill loses how often notices were shown.
pub const BETWEEN: Duration = Duration::from_hours(1);

/// What ends or is recorded by itself.
pub struct Maintenance {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    days: Arc<Days>,
    mail: Arc<MailQueue>,
    calls: Arc<Calls>,
    consent: Arc<Consent>,
    verification: Arc<Verification>,
    erasures: Arc<Erasures>,
    key_rotation: Arc<KeyRotation>,
    sign_ins: Arc<SignIns>,
}

impl Maintenance {
    /// On what it may touch.
    #[expect(clippy::too_many_arguments, reason = "each is something that it may touch")]
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        days: Arc<Days>,
        mail: Arc<MailQueue>,
        calls: Arc<Calls>,
        consent: Arc<Consent>,
        verification: Arc<Verification>,
        erasures: Arc<Erasures>,
        key_rotation: Arc<KeyRotation>,
        sign_ins: Arc<SignIns>,
    ) -> Self {
        Self { ledger, clock, days, mail, calls, consent, verification, erasures, key_rotation, sign_ins }
    }
}

impl Maintenance {
    /// Maintains at once and after each `pause`, for as long as it is polled.
    pub async fn maintain_for_ever<P: Future<Output = ()>>(&self, pause: impl Fn(Duration) -> P) {
        loop {
            self.maintain().await;
            pause(BETWEEN).await;
        }
    }

    /// Records what was only counted so far; for a clean stop.
    pub async fn record_at_stop(&self) {
        if self.ledger.is_open()
            && let Err(error) = self.consent.record_counts().await
        {
            tracing::warn!(%error, "how often notices were shown since the last hour is lost");
        }
        self.sign_ins.record_failed_sign_ins(true).await;
    }

    /// Ends what is to end. What fails is said and tried again the next time.
    pub async fn maintain(&self) {
        self.verification.forget_counts();
        if let Err(error) = self.consent.record_counts().await {
            tracing::warn!(%error, "how often notices were shown could not be recorded; it is counted on");
        }
        if let Err(error) = self.end_days().await {
            tracing::warn!(%error, "the keys of past days could not be ended");
        }
        if let Err(error) = self.erasures.forget_unconfirmed().await {
            tracing::warn!(%error, "sign-ups that nobody confirmed could not be forgotten");
        }
        if let Err(error) = self.ledger.forget_answers(self.clock.now().at) {
            tracing::error!(%error, "the keys of what was answered yesterday could not be ended: nothing more is recorded");
        }
        if let Err(error) = self.key_rotation.rotate_root_if_due().await {
            tracing::error!(%error, "the root key could not be rotated");
        }
        self.sign_ins.record_failed_sign_ins(false).await;
        match self.ledger.drop_old_roots(self.clock.now().today) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old root keys were deleted: their day has come"),
            Err(error) => tracing::error!(%error, "an old root key could not be deleted"),
        }
    }

    /// Destroys the keys of days that are over and of which nothing waits any more.
    ///
    /// # Errors
    /// Nothing was destroyed then.
    pub async fn end_days(&self) -> Result<usize, AppendError> {
        let _the_day_stays = self.days.the_day_stays().await;
        let now = self.clock.now();
        let today = days::day_number(now.today);
        let over =
            (today.saturating_sub(days::DAYS_BACK)..today).filter_map(|day| self.ledger.find_key(KeyPurpose::Day(day)));
        let waiting = [self.mail.names(), self.calls.names()].concat();
        let needed = |key: &KeyId| waiting.iter().any(|name| name.key == *key);
        let keys: Vec<KeyId> = over.filter(|key| !needed(key)).collect();
        if !keys.is_empty() {
            let run = RetentionRun { ended: Ended::Days, keys: Vec::new() };
            let event = Event::new(now.at, Actor::System, Route::System, run);
            self.ledger.append(AppendRequest::new(event).ending(keys.clone())).await?;
        }
        Ok(keys.len())
    }
}

#[cfg(test)]
mod tests {
    use model::event::Body;
    use model::language::Language;
    use tokio::sync::mpsc;

    use super::*;
    use crate::service::fixture::TestApp;

    /// How often notices were shown, as the ledger has it; an entry each time that it was recorded.
    fn counts(app: &TestApp) -> Vec<u64> {
        let shown = app.ledger().into_iter().filter_map(|event| match event.body {
            Body::NoticeShown(shown) => Some(shown.count),
            _ => None,
        });
        shown.collect()
    }

    fn show(app: &TestApp, times: usize) {
        (0..times).for_each(|_| app.services.consent.count_notice(Language::Nl));
    }

    #[tokio::test]
    async fn what_was_shown_is_recorded_every_hour() {
        let app = TestApp::new().await;
        let (paused, mut is_paused) = mpsc::unbounded_channel();
        let (go_on, may_go_on) = mpsc::unbounded_channel::<()>();
        let may_go_on = tokio::sync::Mutex::new(may_go_on);
        let services = app.services.clone();
        let chores = tokio::spawn(async move {
            let pause = async |between| {
                paused.send(between).expect("the test listens");
                may_go_on.lock().await.recv().await;
            };
            services.maintenance.maintain_for_ever(&pause).await;
        });
        assert_eq!(is_paused.recv().await, Some(Duration::from_hours(1)), "at the start there was nothing");
        assert_eq!(counts(&app), [0; 0]);
        for (times, recorded) in [(3, vec![3]), (0, vec![3]), (2, vec![3, 2])] {
            show(&app, times);
            let before = counts(&app);
            assert!(recorded.starts_with(&before), "not before the hour is over");
            go_on.send(()).expect("it waits");
            assert_eq!(is_paused.recv().await, Some(BETWEEN));
            assert_eq!(counts(&app), recorded);
        }
        chores.abort();
    }

    /// docs/operating.md: a clean stop loses none, a kill those since the last hour and no other.
    #[tokio::test]
    async fn a_clean_stop_records_what_was_shown_and_a_kill_loses_the_last_hour_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        show(&app, 4);
        app.services.maintenance.record_at_stop().await;
        app.services.ledger.close().await;
        drop(app);
        let app = TestApp::at(Some(&data), 2).await;
        assert_eq!(counts(&app), [4]);
        show(&app, 5);
        app.services.maintenance.maintain().await;
        show(&app, 7);
        // Nothing of the stop runs in a kill.
        app.services.ledger.close().await;
        drop(app);
        let app = TestApp::at(Some(&data), 3).await;
        assert_eq!(counts(&app), [4, 5]);
    }
}
