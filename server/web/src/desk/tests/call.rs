//! The call screen (S-16, S-17) and a person's page, as staff use them.

use model::channel::Channel;
use model::decision::Reason;
use model::event::{Body, Event, LookUpTarget, LookedUp, Merged, Route};
use model::identity::Subject;

use super::*;
use crate::desk::call::CALL;
use keuze_core::service::fixture::people::{customer, door, email, may_contact, phone};
use keuze_core::service::people::Addressee;

const NUMBER: &str = "06 12345678";

async fn annas_call(app: &TestApp, query: &str) -> Browser {
    let mut desk = annas_desk(app, "localhost").await;
    let answer = open_call(&mut desk, "T-4711", query).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/keuze/desk/call/"), "{}", answer.location());
    desk
}

async fn open_call(desk: &mut Browser, reference: &str, query: &str) -> TestResponse {
    let form = [("reference", reference), ("direction", "in"), ("query", query)];
    desk.post("/keuze/desk/call/open", &form).await
}

/// The screen of the call that is open.
async fn screen(desk: &mut Browser) -> TestResponse {
    let home = desk.get(CALL).await;
    if home.status == StatusCode::SEE_OTHER { desk.get(home.location()).await } else { home }
}

/// Presses a button of the open call, on its screen as it is now.
async fn press(desk: &mut Browser, act: &str) -> TestResponse {
    let page = screen(desk).await;
    press_on(desk, &page, act).await
}

/// Presses a button on a screen that may be out of date.
async fn press_on(desk: &mut Browser, page: &TestResponse, act: &str) -> TestResponse {
    desk.submit(page, "name=\"shown\"", &[("act", act)]).await
}

/// Looks somebody up and opens their page.
async fn page_of(desk: &mut Browser, query: &str, reason: &str) -> TestResponse {
    let found = look_up_for(desk, query, reason).await;
    assert_eq!(found.status, StatusCode::SEE_OTHER);
    desk.get(found.location()).await
}

/// The page that an answer leads to, or is.
async fn follow(desk: &mut Browser, answer: TestResponse) -> TestResponse {
    if answer.status == StatusCode::SEE_OTHER { desk.get(answer.location()).await } else { answer }
}

/// What Enter presses: the one button that has the focus when the page is shown.
async fn enter(desk: &mut Browser) -> TestResponse {
    let page = screen(desk).await;
    let focused: Vec<&str> = page.body.split("<button ").filter(|tag| tag.contains("autofocus")).collect();
    assert_eq!(focused.len(), 1, "{}", page.words());
    let value = focused[0].split("value=\"").nth(1).expect("a value").split('"').next().expect("an end");
    press_on(desk, &page, value).await
}

fn last(app: &TestApp) -> Event {
    app.ledger().pop().expect("an event")
}

fn reason(app: &TestApp, who: &Addressee, channel: Channel) -> Reason {
    may_contact(app, who, channel).reason
}

async fn anna_jansen(app: &TestApp) -> Subject {
    customer(app, "C-1", &[phone(NUMBER), email("anna@example.nl"), door("12 A")]).await
}

/// S-16: what was not answered yet is not on record as a no.
#[tokio::test]
async fn s_16_an_objection_before_the_question_says_nothing_of_the_right() {
    let app = house_of_anna().await;
    anna_jansen(&app).await;
    let mut desk = annas_call(&app, NUMBER).await;
    press(&mut desk, "object:phone").await;
    let last = last(&app);
    let call = last.call().expect("a call");
    assert_eq!((call.reference.as_str(), call.right_offered), ("T-4711", None));
}

#[tokio::test]
async fn s_16_two_keystrokes_record_an_objection_in_an_open_call() {
    let app = house_of_anna().await;
    let person = anna_jansen(&app).await;
    let mut desk = annas_call(&app, NUMBER).await;
    let looked_up = last(&app);
    assert_eq!((looked_up.kind(), looked_up.reason()), (EventKind::LookedUp, Some("call T-4711")));
    assert!(looked_up.audited().is_some());

    enter(&mut desk).await;
    enter(&mut desk).await;
    let event = last(&app);
    assert_eq!(
        (event.kind(), event.channels(), event.head.route),
        (EventKind::Objected, &[Channel::Phone][..], Route::PhoneIn)
    );
    assert_eq!((event.head.subject, &event.head.actor), (Some(person), &Actor::Agent { name: "anna".to_owned() }));
    let call = event.call().expect("the call");
    assert_eq!((call.reference.as_str(), call.right_offered), ("T-4711", Some(true)));
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Phone), Reason::Objected);
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Email), Reason::SoftOptIn);

    let page = screen(&mut desk).await.words();
    let number =
        app.services.receipts.number(RecordAddress { shard: ShardNumber::FIRST, index: app.ledger().len() as u64 - 1 });
    assert!(page.contains(&format!("Lees dit nummer voor {number}")), "{page}");
    // One more for another channel, and one to close.
    press(&mut desk, "object:email").await;
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Email), Reason::Objected);
    let closed = enter(&mut desk).await;
    assert!(closed.words().contains("Gesprek T-4711 is gesloten."));
    let event = last(&app);
    assert_eq!((event.kind(), event.head.subject), (EventKind::CallClosed, None));
    assert!(event.audited().is_some() && event.call().is_some_and(|call| call.right_offered == Some(true)));
}

#[tokio::test]
async fn s_16_a_call_is_not_closed_while_the_question_is_unanswered() {
    let app = house_of_anna().await;
    anna_jansen(&app).await;
    let mut desk = annas_call(&app, NUMBER).await;
    let before = app.ledger().len();
    let refused = press(&mut desk, "close").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("Zeg eerst of het recht van bezwaar is genoemd."));
    assert_eq!(app.ledger().len(), before);
    let second = open_call(&mut desk, "T-4712", "020 788 4000").await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(second.words().contains("Het nieuwe is niet geopend."));
    // It is on every page until it is closed, after signing out as well.
    assert!(desk.get(DESK).await.words().contains("Gesprek T-4711 is nog open."));
    desk.post("/keuze/desk/sign-out", &[]).await;
    sign_in_as(&mut desk, "anna", PASSWORD).await;
    assert!(desk.get(DESK).await.words().contains("Gesprek T-4711 is nog open."));
    press(&mut desk, "not_offered").await;
    press(&mut desk, "close").await;
    assert!(last(&app).call().is_some_and(|call| call.right_offered == Some(false)));
    assert!(!desk.get(DESK).await.words().contains("is nog open"));
}

/// S-16: no restart gets rid of a call. What was pressed is asked again; who is on the line is there still.
#[tokio::test]
async fn s_16_an_open_call_outlives_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let app = TestApp::at(Some(&data), 1).await;
    employ_anna(&app).await;
    let mut desk = annas_call(&app, "020 788 4000").await;
    let opened = app.ledger().len() as u64 - 1;
    press(&mut desk, "offered").await;
    app.services.ledger.close().await;

    let app = TestApp::at(Some(&data), 2).await;
    let mut desk = annas_desk(&app, "localhost").await;
    assert!(desk.get(DESK).await.words().contains("Gesprek T-4711 is nog open."));
    let refused = press(&mut desk, "close").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = screen(&mut desk).await.words();
    assert!(page.contains("+31207884000") && page.contains(&format!("0001/{opened}")), "{page}");
    for _ in 0..3 {
        enter(&mut desk).await;
    }
    assert_eq!(last(&app).kind(), EventKind::CallClosed);
    assert_eq!(reason(&app, &Addressee::point(phone("020 788 4000")), Channel::Phone), Reason::PointObjected);
    app.services.ledger.close().await;

    let app = TestApp::at(Some(&data), 3).await;
    let mut desk = annas_desk(&app, "localhost").await;
    assert!(!desk.get(DESK).await.words().contains("is nog open"));
    app.clock.advance(86_400);
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 1, "nothing is left of who was on the line");
}

#[tokio::test]
async fn the_key_of_a_day_stays_while_a_call_of_it_is_open() {
    let app = house_of_anna().await;
    let mut desk = annas_call(&app, NUMBER).await;
    app.clock.advance(86_400);
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 0);
    sign_in_as(&mut desk, "anna", PASSWORD).await;
    press(&mut desk, "not_offered").await;
    press(&mut desk, "close").await;
    assert_eq!(app.services.maintenance.end_days().await.expect("run"), 1);
}

#[tokio::test]
async fn s_16_an_unknown_number_can_object_too() {
    let app = house_of_anna().await;
    let mut desk = annas_call(&app, "020 788 4000").await;
    assert!(matches!(last(&app).body, Body::LookedUp(LookedUp { target: LookUpTarget::NoPerson, .. })));
    let page = screen(&mut desk).await.words();
    assert!(page.contains("Wij kennen hier niemand."), "{page}");
    assert!(!page.contains("reclame per post"), "a phone has no letter box");
    enter(&mut desk).await;
    enter(&mut desk).await;
    let event = last(&app);
    assert_eq!((event.head.subject, event.channels()), (None, &[Channel::Phone][..]));
    let late = customer(&app, "C-2", &[phone("+31207884000")]).await;
    assert_eq!(reason(&app, &Addressee::person(late), Channel::Phone), Reason::PointObjected);
}

#[tokio::test]
async fn a_shared_number_is_objected_for_until_somebody_is_chosen() {
    let app = house_of_anna().await;
    let one = anna_jansen(&app).await;
    let two = customer(&app, "C-2", &[phone(NUMBER)]).await;
    let mut desk = annas_call(&app, NUMBER).await;
    let looked_up = app.ledger().iter().filter(|event| event.kind() == EventKind::LookedUp).count();
    assert_eq!(looked_up, 2, "one for each of the two");
    let page = screen(&mut desk).await;
    assert!(page.words().contains("Meer mensen delen dit nummer"));
    let stranger = press(&mut desk, &format!("person:{}", Subject([9; 16]))).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST);
    press(&mut desk, &format!("person:{two}")).await;
    press(&mut desk, "object:all").await;
    assert_eq!(last(&app).head.subject, Some(two));
    assert_eq!(reason(&app, &Addressee::person(two), Channel::Post), Reason::Objected);
    assert_eq!(reason(&app, &Addressee::person(one), Channel::Phone), Reason::PointObjected);
    assert_eq!(reason(&app, &Addressee::person(one), Channel::Post), Reason::OptOut);
}

#[tokio::test]
async fn a_call_needs_a_reference_and_somebody_to_look_up() {
    let app = house_of_anna().await;
    let mut desk = annas_desk(&app, "localhost").await;
    let before = app.ledger().len();
    for (reference, query, says) in
        [(" ", NUMBER, "Vul het kenmerk"), ("T-1", "anna@", "geen nummer en geen adres"), ("T-1", "", "geen nummer")]
    {
        let refused = open_call(&mut desk, reference, query).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.words().contains(says), "{}", refused.words());
    }
    assert_eq!(app.ledger().len(), before);
    let mut nobody = Browser::new(&app);
    assert_eq!(nobody.get(CALL).await.status, StatusCode::FORBIDDEN);
    let form = [("reference", "T-1"), ("direction", "in"), ("query", NUMBER)];
    assert_eq!(nobody.post("/keuze/desk/call/open", &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.ledger().len(), before);
}

/// S-17: a letter and a mail to the desk end in the decision that every other way ends in; S-10: the other channels stay.
#[tokio::test]
async fn s_17_what_came_by_letter_or_mail_is_entered_on_a_persons_page() {
    let app = house_of_anna().await;
    let person = anna_jansen(&app).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let opened = page_of(&mut desk, "1033 RW 12-A", "brief van 20 november").await;
    assert_eq!(last(&app).kind(), EventKind::LookedUp);
    let page = opened.words();
    for needed in ["C-1", "+31612345678", "anna@example.nl", "1033 RW", "ingelezen uit een ander systeem"] {
        assert!(page.contains(needed), "{needed}\n{page}");
    }
    let before = app.ledger().len();
    let act = async |desk: &mut Browser, act: &str, route: &str| {
        let answer = desk.submit(&opened, "name=\"route\"", &[("act", act), ("route", route)]).await;
        follow(desk, answer).await
    };
    let unsaid = act(&mut desk, "object:post", "").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.words().contains("Kies hoe dit binnenkwam"), "{}", unsaid.words());
    assert_eq!(app.ledger().len(), before, "nothing is recorded, as it says");
    for (named, route, channel, expected) in [
        ("object:post", "letter", Channel::Post, Route::Letter),
        ("object:email", "email_in", Channel::Email, Route::EmailIn),
        ("object:phone", "phone_in", Channel::Phone, Route::PhoneIn),
    ] {
        let page = act(&mut desk, named, route).await.words();
        assert!(page.contains("Lees dit nummer voor"), "{page}");
        let event = last(&app);
        assert_eq!((event.kind(), event.head.route, event.head.subject), (EventKind::Objected, expected, Some(person)));
        assert_eq!(event.reason(), Some("brief van 20 november"));
        assert_eq!(reason(&app, &Addressee::person(person), channel), Reason::Objected);
    }
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Newsletter), Reason::SoftOptIn, "S-10");
    let address = opened.form("name=\"route\"").0;
    assert!(!desk.get(&address).await.words().contains("Lees dit nummer voor"), "said once");
}

/// What staff enter as a yes waits for the person; on social media they cannot even ask (S-11).
#[tokio::test]
async fn a_sign_up_by_staff_stays_a_request() {
    let app = house_of_anna().await;
    let person = anna_jansen(&app).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let page = page_of(&mut desk, "C-1", "klant belt").await;
    let ask = async |desk: &mut Browser, act: &str| {
        let answer = desk.submit(&page, "name=\"route\"", &[("act", act), ("route", "phone_in")]).await;
        follow(desk, answer).await
    };
    let asked = ask(&mut desk, "opt_in:phone").await;
    assert!(asked.words().contains("Die telt pas na bevestiging door de persoon."));
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Phone), Reason::Unconfirmed);
    let before = app.ledger().len();
    let social = ask(&mut desk, "opt_in:social").await;
    assert_eq!(social.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(social.words().contains("Voor social media kan alleen de persoon zich aanmelden."));
    assert_eq!(app.ledger().len(), before);
}

#[tokio::test]
async fn two_people_are_merged_with_every_no_of_both() {
    let app = house_of_anna().await;
    let kept = anna_jansen(&app).await;
    let gone = customer(&app, "C-2", &[email("a.jansen@example.nl")]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let page = page_of(&mut desk, "C-2", "klant belt").await;
    desk.submit(&page, "name=\"route\"", &[("act", "object:email"), ("route", "letter")]).await;
    let page = page_of(&mut desk, "C-1", "dubbele klant").await;
    let merge = async |desk: &mut Browser, form: &[(&str, &str)]| {
        let answer = desk.submit(&page, "name=\"other\"", form).await;
        follow(desk, answer).await
    };
    let unconfirmed = merge(&mut desk, &[("other", "C-2")]).await;
    assert!(unconfirmed.words().contains("Bevestig dat dit dezelfde persoon is."));
    for nobody in ["C-3", "C-1"] {
        let refused = merge(&mut desk, &[("other", nobody), ("same", "yes")]).await;
        assert!(refused.words().contains("Er is niets samengevoegd."), "{nobody}");
    }
    assert!(app.ledger().iter().all(|event| event.kind() != EventKind::Merged), "nothing is merged, as it says");
    let merged = merge(&mut desk, &[("other", " C-2 "), ("same", "yes")]).await;
    assert!(merged.words().contains("De twee zijn samengevoegd."), "{}", merged.words());
    let event = last(&app);
    assert!(matches!(event.body, Body::Merged(Merged { other, .. }) if other == gone));
    assert_eq!(event.head.subject, Some(kept));
    assert_eq!(reason(&app, &Addressee::person(kept), Channel::Email), Reason::Objected);
}

/// A person is shown to whoever looked them up, with a reason, and for no longer than that session lasts.
#[tokio::test]
async fn nobody_is_shown_without_a_look_up() {
    let app = house_of_anna().await;
    anna_jansen(&app).await;
    let mut desk = annas_desk(&app, "localhost").await;
    assert_eq!(desk.get("/keuze/desk/person").await.location(), DESK);
    let before = app.ledger().len();
    for invented in ["0".repeat(32), "1".to_owned(), "+0".to_owned(), "é".to_owned()] {
        let page = desk.get(&format!("/keuze/desk/person/{invented}").replace('é', "%C3%A9")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{invented}");
        assert!(page.words().contains("Dit is hier niet open"), "{}", page.words());
    }
    let refused = look_up_for(&mut desk, "anna@example.nl", "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.ledger().len(), before);
    let nobody = page_of(&mut desk, "bert@example.nl", "klant belt").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(matches!(last(&app).body, Body::LookedUp(LookedUp { target: LookUpTarget::NoPerson, .. })));
    let found = look_up_for(&mut desk, "anna@example.nl", "klant belt").await;
    let address = found.location().to_owned();
    assert!(desk.get(&address).await.words().contains("anna@example.nl"));
    let mut elsewhere = desk.beside();
    sign_in_as(&mut elsewhere, "anna", PASSWORD).await;
    assert_eq!(elsewhere.get(&address).await.status, StatusCode::NOT_FOUND, "her own other session");
    desk.post("/keuze/desk/sign-out", &[]).await;
    sign_in_as(&mut desk, "anna", PASSWORD).await;
    assert_eq!(desk.get(&address).await.status, StatusCode::NOT_FOUND);
    open_call(&mut desk, "T-1", "C-1").await;
    let call = desk.get(CALL).await.location().to_owned();
    assert!(!call.contains("T-1"), "{call}");
    assert_eq!(elsewhere.get(&call).await.status, StatusCode::NOT_FOUND);
    assert!(desk.get(&format!("{call}?lang=en")).await.words().contains("Right offered"));
}
