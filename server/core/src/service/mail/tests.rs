//! Mails that wait: across a restart, and until no trace of them is left.

use super::*;
use crate::service::fixture::TestApp;
use model::event::{Body, EventKind};

pub fn mail(app: &TestApp, to: &str) -> QueuedMail {
    QueuedMail {
        what: "code".to_owned(),
        to: Email::parse(to).expect("an address"),
        language: "nl".to_owned(),
        subject: "Uw code".to_owned(),
        text: "Uw code is 123456.\n".to_owned(),
        until: app.clock_now() + PATIENCE,
    }
}

#[tokio::test]
async fn a_mail_waits_through_a_restart_and_is_gone_when_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let app = TestApp::at(Some(&data), 1).await;
    app.services.mail.queue_mail(mail(&app, "anna@example.nl")).await.expect("queued");
    app.services.ledger.close().await;

    let app = TestApp::at(Some(&data), 2).await;
    let waiting = app.services.mail.waiting();
    let [(id, waits)] = waiting.as_slice() else { panic!("one mail waits") };
    assert_eq!(waits.to.given(), "anna@example.nl");
    app.services.mail.mail_ended(id, waits, MailOutcome::Sent).await.expect("recorded");
    app.services.ledger.close().await;

    let app = TestApp::at(Some(&data), 3).await;
    assert!(app.services.mail.waiting().is_empty());
    let mailed = |state| Body::from(Mailed { mail: "code".to_owned(), state });
    let told: Vec<_> = app.ledger().into_iter().map(|event| event.body).collect();
    assert!(told.ends_with(&[mailed(MailState::Queued), mailed(MailState::Sent)]), "{told:?}");
}

#[tokio::test]
async fn the_key_of_a_day_ends_with_its_last_mail_and_not_before_the_day() {
    let app = TestApp::new().await;
    app.services.mail.queue_mail(mail(&app, "anna@example.nl")).await.expect("queued");
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 0, "the day is not over");
    app.clock.advance(86_400);
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 0, "a mail of it waits");
    let (id, waits) = app.services.mail.waiting().pop().expect("it waits");
    app.services.mail.mail_ended(&id, &waits, MailOutcome::GivenUp).await.expect("recorded");
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 1);
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 0, "once");
    let last = app.ledger().pop().expect("a record");
    assert_eq!((last.kind(), last.destroyed().len()), (EventKind::RetentionRun, 1));
    app.services.mail.queue_mail(mail(&app, "anna@example.nl")).await.expect("the next day has a key of its own");
}
