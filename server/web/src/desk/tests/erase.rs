//! Erasing a person at the desk (GDPR art. 17, S-38, S-54).

use model::channel::Channel;
use model::decision::Reason;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;

use super::*;
use keuze_core::service::fixture::people::{customer, email, may_contact, objected, objected_at, phone};
use keuze_core::service::people::Addressee;

/// Looks somebody up and opens their page.
async fn page_of(desk: &mut Browser, query: &str, reason: &str) -> TestResponse {
    let found = look_up_for(desk, query, reason).await;
    desk.get(found.location()).await
}

/// S-54: what goes beyond a code has its reason in writing, and that reason is on record.
#[tokio::test]
async fn s_54_an_erasure_at_the_desk_wants_a_written_reason_and_a_confirmation() {
    let app = house_of_anna().await;
    let person = customer(&app, "K-1", &[email("els@example.nl"), phone("06 12345678")]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let shown = page_of(&mut desk, "K-1", "els vraagt om wissen").await;
    let known_by = ("known_by", "belde vanaf het bekende nummer");
    for form in [vec![known_by], vec![("asked", "yes"), ("known_by", " ")]] {
        let page = desk.submit(&shown, "name=\"known_by\"", &form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.words().contains("Er is niets gewist."), "{}", page.words());
        assert!(app.services.people.known_person(person).is_some());
    }
    let erased = desk.submit(&shown, "name=\"known_by\"", &[("asked", "yes"), known_by]).await;
    assert!(app.services.people.known_person(person).is_none());
    let event = app.ledger().pop().expect("a record");
    assert_eq!(
        (event.kind(), event.level(), event.head.route),
        (EventKind::Erased, Some(IdentityLevel::Further), Route::Desk)
    );
    assert_eq!(event.reason(), Some("belde vanaf het bekende nummer"));
    assert_eq!(event.head.actor, Actor::Agent { name: "anna".to_owned() });

    let page = desk.get(erased.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    for said in [
        "De gegevens zijn gewist.",
        "wettelijke bewaarplicht",
        "op de lijst van wie geen reclame wil",
        "29 december 2026",
    ] {
        assert!(page.words().contains(said), "{said} in {}", page.words());
    }
    let later = customer(&app, "K-2", &[email("Els@example.nl")]).await;
    assert_eq!(may_contact(&app, &Addressee::person(later), Channel::Email).reason, Reason::PointObjected);
}

/// Nobody is erased whom this staff member did not look up, at that address, as the page shows them.
#[tokio::test]
async fn only_who_was_looked_up_is_erased() {
    let app = house_of_anna().await;
    let one = customer(&app, "K-1", &[email("els@example.nl")]).await;
    let other = customer(&app, "K-2", &[email("ot@example.nl")]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let filled = [("asked", "yes"), ("known_by", "een goede reden")];
    let mine = page_of(&mut desk, "K-1", "els vraagt om wissen").await;
    let theirs = page_of(&mut desk, "K-2", "ot vraagt om wissen").await;
    // One's form at the other's address.
    let (address, _) = theirs.form("name=\"known_by\"");
    let (_, fields) = mine.form("name=\"known_by\"");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let crossed = desk.post(&address, &[&fields[..], &filled].concat()).await;
    assert_eq!(crossed.status, StatusCode::CONFLICT);
    assert!(crossed.words().contains("Dit is niet vastgelegd"), "{}", crossed.words());
    // What was recorded since, the page does not show.
    objected_at(&app.services, &[email("els@example.nl")], &[Channel::Email]).await;
    let act = keuze_core::service::people::Provenance::by_person(Route::MailLink, IdentityLevel::Possession);
    objected(&app.services, &Addressee::person(one), &[Channel::Post], &act).await;
    let stale = desk.submit(&mine, "name=\"known_by\"", &filled).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains(&mine.form("name=\"route\"").0), "the way back: {}", stale.body);
    for person in [one, other] {
        assert!(app.services.people.known_person(person).is_some());
    }
    let again = desk.get(&mine.form("name=\"route\"").0).await;
    desk.submit(&again, "name=\"known_by\"", &filled).await;
    assert!(app.services.people.known_person(one).is_none() && app.services.people.known_person(other).is_some());
}
