//! Erasing a person at the desk (GDPR art. 17, S-38, S-54).

use app::model::channel::Channel;
use app::model::decision::Reason;
use app::model::event::{Actor, Route};
use app::model::evidence::IdentityLevel;

use super::*;
use crate::http::desk::person::PERSON;
use crate::service::people::Who;
use crate::service::people::tests::{customer, email, may_i, phone};

const ERASE: &str = "/keuze/desk/person/erase";

/// S-54: what goes beyond a code has its reason in writing, and that reason is on record.
#[tokio::test]
async fn s_54_an_erasure_at_the_desk_wants_a_written_reason_and_a_confirmation() {
    let house = house_of_anna().await;
    let person = customer(&house, "K-1", &[email("els@example.nl"), phone("06 12345678")]).await;
    let mut desk = annas_desk(&house, "localhost").await;
    look_up_for(&mut desk, "K-1", "els vraagt om wissen").await;
    let id = person.to_string();
    let known_by = ("known_by", "belde vanaf het bekende nummer");
    for form in [vec![known_by], vec![("asked", "yes"), ("known_by", " ")]] {
        desk.post(ERASE, &[&[("subject", id.as_str())], &form[..]].concat()).await;
        let page = desk.get(PERSON).await;
        assert!(page.words().contains("Er is niets gewist."), "{}", page.words());
        assert!(house.keuze.known_person(person).is_some());
    }
    desk.post(ERASE, &[("subject", id.as_str()), ("asked", "yes"), known_by]).await;
    assert!(house.keuze.known_person(person).is_none());
    let event = house.ledger().pop().expect("a record");
    assert_eq!((event.kind, event.level, event.route), (EventKind::Erased, Some(IdentityLevel::Further), Route::Desk));
    assert_eq!(event.reason.as_deref(), Some("belde vanaf het bekende nummer"));
    assert_eq!(event.actor, Actor::Agent { name: "anna".to_owned() });

    let page = desk.get(PERSON).await;
    assert_eq!(page.status, StatusCode::OK);
    for said in
        ["De gegevens zijn gewist.", "fiscale bewaarplicht", "op de lijst van wie geen reclame wil", "29 december 2026"]
    {
        assert!(page.words().contains(said), "{said} in {}", page.words());
    }
    let later = customer(&house, "K-2", &[email("Els@example.nl")]).await;
    assert_eq!(may_i(&house, &Who::person(later), Channel::Email).reason, Reason::PointObjected);
}

/// Nobody is erased whom this staff member did not look up.
#[tokio::test]
async fn only_who_was_looked_up_is_erased() {
    let house = house_of_anna().await;
    let person = customer(&house, "K-1", &[email("els@example.nl")]).await;
    let mut desk = annas_desk(&house, "localhost").await;
    let id = person.to_string();
    desk.post(ERASE, &[("subject", id.as_str()), ("asked", "yes"), ("known_by", "een goede reden")]).await;
    assert!(house.keuze.known_person(person).is_some());
}
