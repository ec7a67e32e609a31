//! Saying that what joined a person later is theirs: who said it is on record, and nothing but what was on the screen.

use model::channel::Channel;
use model::event::Route;
use model::evidence::IdentityLevel;
use model::identity::Subject;

use super::*;
use crate::person::tests::known;
use keuze_core::service::fixture::people::{customer, email, may_contact};
use keuze_core::service::people::Addressee;
use keuze_core::service::people::import::{Mode, read::json_row};

const MARK: &str = "name=\"at\"";
const SURE: [(&str, &str); 2] = [("same", "yes"), ("known_by", "noemde beide adressen")];

/// Wilma, and a row that adds to what is known of her number.
async fn wilma(app: &TestApp) -> Subject {
    let person = customer(app, "K-7", &[email("a@example.nl")]).await;
    joins(app, "b@example.nl", "Kees Knap").await;
    person
}

async fn joins(app: &TestApp, address: &str, name: &str) {
    let row = serde_json::json!({ "customer": "K-7", "email": address, "name": name }).to_string();
    let lines = Box::new(std::iter::once(json_row(1, row.as_bytes())));
    let actor = Actor::Client { name: "crm".to_owned() };
    app.services.contact_import.import(lines, "crm", Mode::Write, actor, &mut |_| {}).await.expect("taken");
}

async fn page_of(desk: &mut Browser, query: &str) -> TestResponse {
    let found = look_up_for(desk, query, "klant belt").await;
    desk.get(found.location()).await
}

async fn sees(app: &TestApp, address: &str) -> bool {
    app.clock.advance(1);
    known(app, address).await.get("/keuze/inzage").await.body.contains("a@example.nl")
}

#[tokio::test]
async fn staff_say_that_a_mailbox_is_the_persons_own_and_how_they_know() {
    let app = house_of_anna().await;
    let person = wilma(&app).await;
    assert!(!sees(&app, "b@example.nl").await, "a stranger's, for all we know");
    let mut desk = annas_desk(&app, "localhost").await;
    let page = page_of(&mut desk, "K-7").await;
    for said in
        ["b@example.nl kwam er later bij", "Is b@example.nl van dezelfde persoon?", "Het kwam met de naam Kees Knap."]
    {
        assert!(page.words().contains(said), "{said}\n{}", page.words());
    }
    assert!(!page.words().contains("Is a@example.nl van"), "{}", page.words());
    let before = app.ledger().len();
    for missing in [vec![SURE[0], ("known_by", " ")], vec![SURE[1]]] {
        let refused = desk.submit(&page, MARK, &missing).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.words().contains("Er is niets vastgelegd."), "{}", refused.words());
    }
    assert_eq!(app.ledger().len(), before);

    let done = desk.submit(&page, MARK, &SURE).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let event = app.ledger().pop().expect("an event");
    assert_eq!(
        (event.kind(), event.head.route, event.head.subject),
        (EventKind::PointConfirmed, Route::Desk, Some(person))
    );
    assert_eq!(
        (&event.head.actor, event.level()),
        (&Actor::Agent { name: "anna".to_owned() }, Some(IdentityLevel::Further))
    );
    assert_eq!(event.reason(), Some("noemde beide adressen"));
    assert_eq!(event.points().len(), 1, "it says which one");
    let shown = desk.get(done.location()).await;
    assert!(shown.words().contains("Vastgelegd: b@example.nl is van deze persoon."), "{}", shown.words());
    assert!(
        shown.words().contains("adres of nummer hoort bij dezelfde persoon (b@example.nl) balie"),
        "{}",
        shown.words()
    );
    assert!(!shown.body.contains(MARK) && !shown.words().contains("kwam er later bij"), "{}", shown.words());
    // It opens the data, and gives no yes.
    assert!(sees(&app, "b@example.nl").await);
    let at = Addressee { person: Some(person), points: vec![email("b@example.nl")] };
    assert!(!may_contact(&app, &at, Channel::Newsletter).allow);
}

#[tokio::test]
async fn only_the_point_on_the_screen_is_vouched_for() {
    let app = house_of_anna().await;
    wilma(&app).await;
    let other = customer(&app, "K-8", &[email("x@example.nl")]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let page = page_of(&mut desk, "K-7").await;
    let (action, hidden) = page.form(MARK);
    let hidden = |name: &str| hidden.iter().find(|(of, _)| of == name).expect("hidden").1.clone();
    let sent = [("subject", hidden("subject")), ("shown", hidden("shown")), ("at", hidden("at"))];
    // Somebody else of the desk's, a point that nobody has, and something that came meanwhile.
    for (changed, to) in [("subject", other.to_string()), ("at", "0".repeat(32)), ("shown", "0001/0".to_owned())] {
        let before = app.ledger().len();
        let form =
            sent.iter().map(|(name, value)| (*name, if *name == changed { to.as_str() } else { value.as_str() }));
        let answer = desk.post(&action, &form.chain(SURE).collect::<Vec<_>>()).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{changed}: {}", answer.words());
        assert!(answer.words().contains("niet vastgelegd"), "{}", answer.words());
        assert_eq!(app.ledger().len(), before);
    }
    joins(&app, "c@example.nl", "Kees Knap").await;
    let before = app.ledger().len();
    let stale = desk.submit(&page, MARK, &SURE).await;
    assert_eq!((stale.status, app.ledger().len()), (StatusCode::CONFLICT, before));
    // Each by itself.
    let page = desk.get(action.split("/same-person").next().expect("a path")).await;
    desk.submit(&page, &hidden("at"), &SURE).await;
    assert!(sees(&app, "b@example.nl").await && !sees(&app, "c@example.nl").await);
    // Twice is once.
    let before = app.ledger().len();
    let again = desk.submit(&page, &hidden("at"), &SURE).await;
    assert_eq!((again.status, app.ledger().len()), (StatusCode::OK, before), "{}", again.words());
}
