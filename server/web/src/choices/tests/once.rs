//! A choice that is sent again under its Idempotency-Key is recorded once and answered alike.

use std::time::Duration;

use super::*;
use keuze_core::service::fixture::TEST_NOW;
use ledger::verify::verify;

const KEY: &str = "8e03978e40d543dd93bc6894a57f9324";
const OTHER: &str = "00000000000000000000000000000000";

async fn send(browser: &mut Browser, body: &Value, key: &str) -> TestResponse {
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin"), ("idempotency-key", key)];
    browser.ask("POST", PATH, &headers, &body.to_string()).await
}

/// Everything of an answer that reaches the page or the device.
fn told(answer: &TestResponse) -> (StatusCode, String, Vec<String>) {
    (answer.status, answer.body.clone(), set_cookies(answer))
}

#[tokio::test]
async fn sent_again_it_is_recorded_once_and_answered_alike() {
    for (control, yes) in [("accept_all", true), ("refuse_all", false)] {
        let app = TestApp::new().await;
        let body = choice(&app, control, &all(yes));
        let mut browser = Browser::new(&app);
        let first = send(&mut browser, &body, KEY).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let before = app.ledger().len();
        // The answer was lost, or came and was not noticed; the key may stand in quotation marks.
        let lost = send(&mut Browser::new(&app), &body, KEY).await;
        let noticed = send(&mut browser, &body, &format!("\"{KEY}\"")).await;
        assert_eq!((told(&lost), told(&noticed)), (told(&first), told(&first)), "{control}");
        assert_eq!(app.ledger().len(), before, "{control}: nothing more is recorded");
    }
}

#[tokio::test]
async fn another_body_or_another_key_is_another_request() {
    let app = TestApp::new().await;
    let (yes, no) = (choice(&app, "accept_all", &all(true)), choice(&app, "refuse_all", &all(false)));
    let mut receipts = std::collections::BTreeSet::new();
    for (body, key) in [(&yes, KEY), (&no, KEY), (&no, OTHER), (&yes, OTHER)] {
        let answer = send(&mut Browser::new(&app), body, key).await;
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        receipts.insert(answer["receipt"].as_str().expect("a number").to_owned());
    }
    assert_eq!((receipts.len(), app.ledger().len()), (4, 1 + 4));
}

#[tokio::test]
async fn the_same_answer_is_given_for_a_day_and_not_longer() {
    let app = TestApp::new().await;
    let body = choice(&app, "accept_all", &all(true));
    let first = send(&mut Browser::new(&app), &body, KEY).await;
    app.clock.set(TEST_NOW + 86_399);
    app.services.maintenance.maintain().await;
    assert_eq!(told(&send(&mut Browser::new(&app), &body, KEY).await), told(&first));
    app.clock.set(TEST_NOW + 86_400);
    let later = send(&mut Browser::new(&app), &body, KEY).await;
    assert_ne!(later.body, first.body);
    assert_eq!(app.ledger().iter().filter(|event| event.kind() == EventKind::ChoiceMade).count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_at_the_same_time_gets_the_answer_of_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = TestApp::at(Some(&folder.path().join("data")), 1).await;
    let body = choice(&app, "accept_all", &all(true));
    let requests: Vec<_> = (0..24)
        .map(|number| {
            let (mut browser, body) = (Browser::new(&app), body.clone());
            let key = if number % 2 == 0 { KEY } else { OTHER };
            tokio::spawn(async move { told(&send(&mut browser, &body, key).await) })
        })
        .collect();
    let mut answers = std::collections::BTreeSet::new();
    for request in requests {
        answers.insert(request.await.expect("answered"));
    }
    assert_eq!(answers.len(), 2, "one for each key");
    assert_eq!(app.ledger().len(), 1 + 2);
    app.services.ledger.close().await;
}

#[tokio::test]
async fn a_restart_forgets_no_answer_and_a_day_later_no_file_can_give_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, key) = (folder.path().join("data"), folder.path().join("data.root"));
    let app = TestApp::at(Some(&data), 1).await;
    let body = choice(&app, "refuse_all", &all(false));
    let first = send(&mut Browser::new(&app), &body, KEY).await;
    app.services.ledger.close().await;
    let app = TestApp::at(Some(&data), 2).await;
    let records = app.ledger().len();
    assert_eq!(told(&send(&mut Browser::new(&app), &body, KEY).await), told(&first));
    assert_eq!(app.ledger().len(), records);
    let hour = |hours: u64| app.clock_now() + Duration::from_secs(hours * 3600);
    assert_eq!(app.services.ledger.forget_answers(hour(24)).expect("destroyed"), 0, "its hour is not over for a day");
    assert_eq!(app.services.ledger.forget_answers(hour(25)).expect("destroyed"), 1);
    app.services.ledger.close().await;
    let verified = verify(&data, Some(&key)).expect("nobody misses it");
    assert_eq!((verified.records, verified.erased), (2, 0));
    let app = TestApp::at(Some(&data), 3).await;
    assert_ne!(told(&send(&mut Browser::new(&app), &body, KEY).await).1, first.body);
    app.services.ledger.close().await;
}

/// What the record says does not tell a refuser who sent a key from one who sent none, nor one key from another.
#[tokio::test]
async fn no_record_and_no_device_tells_two_refusers_apart() {
    let app = TestApp::new().await;
    let body = choice(&app, "refuse_all", &all(false));
    let mut cookies = Vec::new();
    for key in [Some(KEY), Some(OTHER), None] {
        let mut browser = Browser::new(&app);
        let answer = match key {
            Some(key) => send(&mut browser, &body, key).await,
            None => post(&mut browser, &body).await,
        };
        assert_eq!(answer.status, StatusCode::CREATED);
        cookies.push(set_cookies(&answer));
    }
    let records = app.ledger();
    assert!(records[1..].iter().all(|event| *event == records[1] && event.head.facts.is_none()), "{records:#?}");
    assert!(cookies.iter().all(|set| *set == cookies[0]), "{cookies:#?}");
}

#[tokio::test]
async fn a_key_that_is_none_stops_a_yes_and_never_a_no() {
    let app = TestApp::new().await;
    for bad in ["1", "", "with spaces in it, and long enough"] {
        let mut browser = Browser::new(&app);
        let before = app.ledger().len();
        let refused = send(&mut browser, &choice(&app, "accept_all", &all(true)), bad).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad}");
        let document: Value = serde_json::from_str(&refused.body).expect("JSON");
        let kind = document["type"].as_str().expect("a type");
        assert!(kind.ends_with("/keuze/problems/malformed-idempotency-key"), "{kind}");
        assert_eq!(app.ledger().len(), before);
        for _ in 0..2 {
            let taken = send(&mut browser, &choice(&app, "refuse_all", &all(false)), bad).await;
            assert_eq!(taken.status, StatusCode::CREATED, "{bad}");
        }
        assert_eq!(app.ledger().len(), before + 2, "it is taken, and not known again");
    }
}
