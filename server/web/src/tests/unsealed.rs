//! A record is unsealed once a request, however many questions rest on it.

use std::collections::BTreeSet;

use model::identity::{RecordAddress, ShardNumber, Subject};
use model::paths::Endpoint;
use serde_json::json;

use super::presses::{SentPress, ready};
use super::*;
use crate::api_v1::tests::key;
use crate::desk::tests::{annas_desk, employ_anna, look_up_for};
use crate::person::tests::known;
use keuze_core::service::clients::ClientScope;
use keuze_core::service::fixture::people::{confirmation, customer, email, phone};
use keuze_core::service::people::{Addressee, Provenance};
use model::channel::Channel;
use model::event::Route;
use model::evidence::IdentityLevel;

/// Els, of whom much was said, and somebody who shares her customer number and an address.
async fn els(app: &TestApp) -> Subject {
    let els = customer(app, "K-1", &[email("els@example.nl"), email("els@werk.nl"), phone("06 12345671")]).await;
    customer(app, "k1", &[email("els@example.nl"), email("ander@example.nl")]).await;
    let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
    let contactability = &app.services.contactability;
    for channel in [Channel::Email, Channel::Phone, Channel::Newsletter] {
        let points = [email("els@example.nl")];
        contactability
            .opt_in(&app.history(), els, &[channel], confirmation(), &points, &act, None)
            .await
            .expect("recorded");
    }
    contactability
        .object(&app.history(), &Addressee::person(els), &[Channel::Phone, Channel::Post], &act)
        .await
        .expect("recorded");
    els
}

/// What this request unsealed: none of it twice.
async fn unsealed(app: &TestApp, what: &str, asked: impl Future<Output = TestResponse>) -> (TestResponse, usize) {
    app.services.ledger.take_unsealed();
    let answer = asked.await;
    assert!(answer.status.is_success() || answer.status.is_redirection(), "{what}: {} {}", answer.status, answer.body);
    let all = app.services.ledger.take_unsealed();
    let each: BTreeSet<RecordAddress> = all.iter().copied().collect();
    assert_eq!(all.len(), each.len(), "{what}: {all:?}");
    (answer, all.len())
}

/// The number of records of a page is the number of those that it rests on: of Els and of whoever shares her number.
#[tokio::test]
async fn a_page_unseals_each_record_that_it_rests_on_once() {
    let app = TestApp::new().await;
    let els = els(&app).await;
    let people = app.services.people.everybody();
    let records = |subject| app.services.ledger.addresses(subject).expect("readable").len();
    let of_both: usize = people.iter().map(|one| records(one.subject)).sum();
    assert_eq!((of_both, records(els)), (8, 6), "control: there is much to unseal");
    let mut browser = known(&app, "els@werk.nl").await;
    for endpoint in [Endpoint::Preferences, Endpoint::DataAccess, Endpoint::DataExport] {
        let (_, count) = unsealed(&app, endpoint.path(), browser.get(endpoint.path())).await;
        assert_eq!(count, of_both, "{endpoint:?}");
    }
    employ_anna(&app).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let found = look_up_for(&mut desk, "K-1", "klant belt").await;
    let (page, count) = unsealed(&app, "the desk's page", desk.get(found.location())).await;
    assert!(page.body.contains("els@werk.nl"), "{}", page.body);
    assert_eq!(count, of_both, "the desk's page of a person");
}

/// The same for the page of a receipt, and for the desk's page of the record that it is of, each with its proof.
#[tokio::test]
async fn a_receipt_unseals_its_record_once_and_proves_it() {
    let app = TestApp::new().await;
    els(&app).await;
    let mut browser = Browser::new(&app);
    let refusal = [("control", "refuse_all"), ("surface", "settings")];
    let answer = browser.post("/keuze/choices", &refusal).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let record = RecordAddress { shard: ShardNumber::FIRST, index: app.records() - 1 };
    let path = app.services.receipts.path(record);
    let (_, count) = unsealed(&app, "a receipt", browser.get(&path)).await;
    assert_eq!(count, 1, "a receipt is of one record");
    employ_anna(&app).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let number = app.services.receipts.number(record).to_string();
    let (page, count) = unsealed(&app, "a look-up", look_up_for(&mut desk, &number, "klant belt")).await;
    assert!(page.body.contains(&number), "{}", page.body);
    assert_eq!(count, 1, "a look-up is of one record");
}

/// "May I?", by number and by everything: the records of whoever is meant, and those of whoever shares the number, once.
#[tokio::test]
async fn a_decision_unseals_each_record_that_it_rests_on_once() {
    let app = TestApp::new().await;
    els(&app).await;
    let bearer = format!("Bearer {}", key(&app, "crm", &[ClientScope::Decisions]).await);
    let server = Browser::new(&app);
    for channel in Channel::ALL {
        let path = format!("{}?customer=K-1&channel={}", Endpoint::Decisions.path(), channel.word());
        let headers = [("authorization", bearer.as_str())];
        let mut asks = server.beside();
        let (_, count) = unsealed(&app, &path, asks.ask("GET", &path, &headers, "")).await;
        assert_eq!(count, 8, "{path}");
    }
    let mut asks = server.beside();
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = r#"{"who":{"email":"els@example.nl"},"channel":"email"}"#;
    let (_, count) = unsealed(&app, body, asks.ask("POST", Endpoint::Decisions.path(), &headers, body)).await;
    assert_eq!(count, 8, "{body}");
}

/// Whatever is pressed, for the first time and once more: what the page looks at, the act weighs again and the answer tells
/// of is read once.
#[tokio::test]
async fn a_press_unseals_no_record_twice() {
    let mut read = BTreeSet::new();
    for press in SentPress::all() {
        let app = TestApp::new().await;
        let mut ready = ready(press, &app).await;
        for time in ["first", "second"] {
            app.services.ledger.take_unsealed();
            let answer = ready.send_and_keep().await;
            let well = answer.status.is_success() || answer.status.is_redirection();
            assert!(well || press.is_refused(), "{press:?}: {} {}", answer.status, answer.words());
            let all = app.services.ledger.take_unsealed();
            let each: BTreeSet<RecordAddress> = all.iter().copied().collect();
            assert_eq!(all.len(), each.len(), "{press:?}, the {time} time: {all:?}");
            read.extend((!all.is_empty()).then(|| format!("{press:?}")));
        }
    }
    let rest_on_records =
        ["Stop", "StopAll", "DeskObjection", "DeskMerge", "CallObjection", "Confirmation", "LinkForm"];
    assert!(rest_on_records.iter().all(|press| read.contains(*press)), "control: there is something to read: {read:?}");
}

/// A no of somebody of whom much is on record, by themselves and by the desk: the act rests on what was read for the form.
#[tokio::test]
async fn a_no_unseals_each_record_of_a_long_history_once() {
    let app = TestApp::new().await;
    els(&app).await;
    let mut browser = known(&app, "els@werk.nl").await;
    let page = browser.get(Endpoint::Preferences.path()).await;
    let stop = browser.submit(&page, "value=\"email\"", &[("act", "stop")]);
    let (_, count) = unsealed(&app, "the preference centre", stop).await;
    assert_eq!(count, 8, "those of Els and of whoever shares her number");
    employ_anna(&app).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let found = look_up_for(&mut desk, "K-1", "klant belt").await;
    let page = desk.get(found.location()).await;
    let stop = desk.submit(&page, "name=\"route\"", &[("act", "object:newsletter"), ("route", "letter")]);
    let (_, count) = unsealed(&app, "the desk", stop).await;
    assert_eq!(count, 10, "and the no of before, and this one, beside which the same press would be told");
}

/// A choice of a device with a consent id, by a form and by the banner: which ids are its own, what its answer rests on, and
/// the page that is shown of it.
#[tokio::test]
async fn a_choice_unseals_each_record_of_its_device_once() {
    let app = TestApp::new().await;
    let policy = app.services.published.current().id();
    let offered = ["statistics", "marketing", "profiling", "third_party_embeds"];
    let mut browser = Browser::new(&app);
    for (records, more) in [&[][..], &[("grant", "profiling")], &[]].into_iter().enumerate() {
        let form = [("policy", &*policy), ("language", "nl"), ("surface", "page"), ("control", "save")];
        let answers = offered.map(|purpose| ("offered", purpose)).into_iter().chain([("grant", "marketing")]);
        let form: Vec<(&str, &str)> = form.into_iter().chain(answers).chain(more.iter().copied()).collect();
        let (_, count) = unsealed(&app, "a form", browser.post("/keuze/choices", &form)).await;
        assert_eq!(count, records, "those of before");
    }
    let nothing: serde_json::Map<_, _> = offered.iter().map(|id| ((*id).to_owned(), json!(false))).collect();
    let body = json!({
        "policy": policy, "language": "nl", "control": "refuse_all", "purposes": nothing, "surface": "banner"
    })
    .to_string();
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let sent = browser.ask("POST", Endpoint::Choices.path(), &headers, &body);
    assert_eq!(unsealed(&app, "the banner", sent).await.1, 3);
}
