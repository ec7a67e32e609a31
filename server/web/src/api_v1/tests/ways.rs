//! S-17: one test a way. By whichever a no came in, the decision is the same to the letter, but for the record that it
//! rests on.

use model::decision::{Decision, Reason};
use model::identity::{RecordAddress, ShardNumber};

use super::*;
use crate::desk::tests::{annas_desk, employ_anna, look_up_for};
use crate::person::tests::{known, press, shown};

/// What every way ends in, for whoever has these points; nothing of it knows the way.
fn assert_stopped(office: &Office, route: Route) {
    let ledger = office.app.ledger();
    let said = ledger.iter().rposition(|event| event.kind() == EventKind::Objected).expect("an objection");
    assert_eq!(ledger[said].head.route, route);
    let address = RecordAddress { shard: ShardNumber::FIRST, index: said as u64 };
    for channel in [Channel::Newsletter, Channel::Email, Channel::Post, Channel::Phone] {
        let point = match channel {
            Channel::Phone => phone("06 12345678"),
            Channel::Post => door("12 A"),
            _ => email("Anna@example.nl"),
        };
        let basis = "AVG 21 lid 2 en 3".to_owned();
        let expected =
            Decision { allow: false, reason: Reason::PointObjected, basis, evidence: vec![address], until: None };
        let services = &office.app.services;
        assert_eq!(
            services.contactability.may_contact(&Addressee::point(point), channel).expect("readable"),
            expected,
            "{channel:?}"
        );
        assert!(
            !services.contactability.may_contact(&Addressee::person(office.anna), channel).expect("readable").allow,
            "{channel:?}"
        );
    }
}

/// Anna, who is staff and no kin of the customer, at her desk.
async fn desk(office: &Office) -> Browser {
    employ_anna(&office.app).await;
    annas_desk(&office.app, "localhost").await
}

#[tokio::test]
async fn s_17_by_one_click_in_a_mail() {
    let office = Office::new().await;
    let path = format!("/keuze/afmelden/{}", office.app.services.links.stop(office.anna, None));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    office.server.beside().ask("POST", &path, &form, "List-Unsubscribe=One-Click").await;
    assert_stopped(&office, Route::OneClick);
}

#[tokio::test]
async fn s_17_by_the_link_in_a_mail() {
    let office = Office::new().await;
    let path = format!("/keuze/afmelden/{}", office.app.services.links.stop(office.anna, None));
    office.server.beside().post(&path, &[("scope", "all")]).await;
    assert_stopped(&office, Route::MailLink);
}

#[tokio::test]
async fn s_17_by_the_code_in_a_letter() {
    let office = Office::new().await;
    let block = letter(&office, json!({ "customer": "K-1" })).await;
    let code = block["code"].as_str().expect("a code");
    type_code(&office, &[("code", code), ("scope", "all")]).await;
    assert_stopped(&office, Route::LetterCode);
}

#[tokio::test]
async fn s_17_by_the_form_for_everybody() {
    let office = Office::new().await;
    let fields = [
        ("phone", "06 12345678"),
        ("postcode", "1033RW"),
        ("house", "12"),
        ("addition", "A"),
        ("email", "anna@example.nl"),
        ("scope", "all"),
    ];
    office.server.beside().post("/keuze/afmelden", &fields).await;
    assert_stopped(&office, Route::ObjectionPage);
}

#[tokio::test]
async fn s_17_by_a_code_that_was_mailed() {
    let office = Office::new().await;
    let mut browser = known(&office.app, "anna@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    press(&mut browser, &[("act", "stop_all"), ("shown", &shown(&page, "email"))]).await;
    assert_stopped(&office, Route::PreferencePage);
}

#[tokio::test]
async fn s_17_by_another_system() {
    let office = Office::new().await;
    let all = json!(["newsletter", "email", "post", "phone", "social"]);
    office.told("/keuze/api/v1/objections", &json!({ "who": { "customer": "K-1" }, "channels": all })).await;
    assert_stopped(&office, Route::Api);
}

async fn in_a_call(direction: &str, route: Route) {
    let office = Office::new().await;
    let mut desk = desk(&office).await;
    let call = [("reference", "T-4711"), ("direction", direction), ("query", "06 12345678")];
    let opened = desk.post("/keuze/desk/call/open", &call).await;
    let screen = desk.get(opened.location()).await;
    let answered = desk.submit(&screen, "name=\"shown\"", &[("act", "offered")]).await;
    desk.submit(&answered, "name=\"shown\"", &[("act", "object:all")]).await;
    assert_stopped(&office, route);
}

#[tokio::test]
async fn s_17_by_phone_when_the_person_called() {
    in_a_call("in", Route::PhoneIn).await;
}

#[tokio::test]
async fn s_17_by_phone_when_we_called() {
    in_a_call("out", Route::PhoneOut).await;
}

async fn on_the_persons_page(named: &str, route: Route) {
    let office = Office::new().await;
    let mut desk = desk(&office).await;
    let found = look_up_for(&mut desk, "K-1", "zie de bijlage").await;
    let page = desk.get(found.location()).await;
    desk.submit(&page, "name=\"route\"", &[("act", "object:all"), ("route", named)]).await;
    assert_stopped(&office, route);
}

#[tokio::test]
async fn s_17_by_a_letter_to_the_desk() {
    on_the_persons_page("letter", Route::Letter).await;
}

#[tokio::test]
async fn s_17_by_a_mail_to_the_desk() {
    on_the_persons_page("email_in", Route::EmailIn).await;
}
