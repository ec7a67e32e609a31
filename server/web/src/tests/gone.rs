//! Somebody asks and goes away before they are answered: what was written is taken note of all the same, and told to whoever
//! asks again.

use std::time::Duration;

use axum::response::IntoResponse as _;

use super::presses::{SentPress, ready};
use super::*;
use crate::middleware::{LONGEST, in_time};
use keuze_core::service::fixture::HeldAppends;
use keuze_core::service::fixture::people::{email, objected_at};
use keuze_core::service::people::Addressee;
use model::channel::Channel;
use model::decision::{Decision, Reason};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

/// Asks, and goes away while what is to be written waits; then it is written.
async fn gone_meanwhile<T>(app: &TestApp, held: &HeldAppends, asking: impl Future<Output = T>) {
    let before = app.records();
    let mut asking = Box::pin(asking);
    held.hold();
    while !held.is_reached() {
        tokio::select! {
            biased;
            _ = &mut asking => panic!("answered before it was written"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(asking);
    held.release();
    assert!(comes_true(|| app.records() > before).await, "what waited is written");
}

/// Waits for it, as long as it takes on a slow machine.
async fn comes_true(is_so: impl Fn() -> bool) -> bool {
    for _ in 0..10_000 {
        if is_so() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    false
}

/// What is known of somebody's mailbox without reading on disk what they said.
fn of_mailbox(app: &TestApp) -> Decision {
    app.services
        .contactability
        .may_contact(&Addressee::point(email("els@example.nl")), Channel::Email)
        .expect("readable")
}

#[tokio::test]
async fn a_client_that_goes_away_cuts_no_write_short() {
    for press in [SentPress::ObjectionForm, SentPress::OneClick, SentPress::StopAll, SentPress::DeskObjection] {
        let (app, held) = TestApp::holding().await;
        let ready = ready(press, &app).await;
        assert_ne!(of_mailbox(&app).reason, Reason::PointObjected, "control: {press:?}");
        gone_meanwhile(&app, &held, ready.send()).await;
        let is_noted = || of_mailbox(&app).reason == Reason::PointObjected;
        assert!(comes_true(is_noted).await, "{press:?} is taken note of");
    }
}

#[tokio::test]
async fn whoever_went_away_and_asks_again_gets_the_receipt_of_what_was_written() {
    for press in
        [SentPress::Choice, SentPress::ProgramObjection, SentPress::CustomerWithEverything, SentPress::LetterBlock]
    {
        let undisturbed = {
            let app = TestApp::new().await;
            ready(press, &app).await.with("idempotency-key", KEY).send().await
        };
        let (app, held) = TestApp::holding().await;
        let ready = ready(press, &app).await.with("idempotency-key", KEY);
        gone_meanwhile(&app, &held, ready.send()).await;
        let before = app.records();
        let told = ready.send().await;
        assert_eq!((told.status, &told.body), (undisturbed.status, &undisturbed.body), "{press:?}");
        assert_eq!(app.records(), before, "{press:?}: nothing more is written");
    }
}

/// The control: what the guard does, seen to matter. Asked in a task of their own the same words are taken note of; asked in the
/// caller's, they go with the caller.
#[tokio::test]
async fn in_the_callers_own_task_what_is_written_is_taken_note_of_by_nobody() {
    for through_the_gate in [true, false] {
        let (app, held) = TestApp::holding().await;
        let services = app.services.clone();
        let object = async move {
            objected_at(&services, &[email("els@example.nl")], &[Channel::Email]).await;
            StatusCode::OK.into_response()
        };
        if through_the_gate {
            gone_meanwhile(&app, &held, in_time(LONGEST, object)).await;
            assert!(comes_true(|| of_mailbox(&app).reason == Reason::PointObjected).await);
        } else {
            gone_meanwhile(&app, &held, object).await;
            assert_ne!(of_mailbox(&app).reason, Reason::PointObjected, "recorded, and nobody knows");
        }
    }
}
