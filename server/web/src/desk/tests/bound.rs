//! An act is bound to what is on the screen: two tabs, two calls, the back button, a session that ended.

use model::channel::Channel;
use model::identity::Subject;

use super::*;
use crate::desk::call::CALL;
use keuze_core::service::fixture::people::{customer, email, phone};

struct Two {
    app: TestApp,
    desk: Browser,
    people: [Subject; 2],
}

impl Two {
    async fn new() -> Self {
        let app = house_of_anna().await;
        let first = customer(&app, "K-1", &[email("els@example.nl"), phone("06 12345671")]).await;
        let second = customer(&app, "K-2", &[email("ot@example.nl"), phone("06 12345672")]).await;
        let desk = annas_desk(&app, "localhost").await;
        Self { app, desk, people: [first, second] }
    }

    async fn page_of(&mut self, query: &str) -> TestResponse {
        let found = look_up_for(&mut self.desk, query, "klant belt").await;
        self.desk.get(found.location()).await
    }

    async fn call(&mut self, reference: &str, query: &str) -> TestResponse {
        let form = [("reference", reference), ("direction", "in"), ("query", query)];
        let opened = self.desk.post("/keuze/desk/call/open", &form).await;
        self.desk.get(opened.location()).await
    }

    async fn press(&mut self, screen: &TestResponse, act: &str) -> TestResponse {
        self.desk.submit(screen, "name=\"shown\"", &[("act", act)]).await
    }

    /// Nothing was written, and the answer says so with a way back.
    fn is_not_recorded(&self, answer: &TestResponse, before: usize) {
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.words());
        assert!(answer.words().contains("niet vastgelegd"), "{}", answer.words());
        assert!(answer.body.contains("href=\"/keuze/desk") || answer.body.contains("/keuze/desk/sign-in"));
        assert_eq!(self.app.ledger().len(), before);
    }
}

/// Tab A shows one person, tab B another: a press in A is A's.
#[tokio::test]
async fn two_tabs_act_each_for_whom_it_shows() {
    let mut two = Two::new().await;
    let (first, second) = (two.page_of("K-1").await, two.page_of("K-2").await);
    let entered = [("act", "object:email"), ("route", "letter")];
    for (page, person) in [(&first, two.people[0]), (&second, two.people[1])] {
        let done = two.desk.submit(page, "name=\"route\"", &entered).await;
        assert_eq!(two.app.ledger().pop().expect("an event").head.subject, Some(person));
        let shown = two.desk.get(done.location()).await;
        assert!(shown.words().contains("Lees dit nummer voor"), "{}", shown.words());
    }
}

/// A repeat is told at once and leads nowhere: nothing new was written.
#[tokio::test]
async fn what_stood_already_is_said_without_a_redirect() {
    let mut two = Two::new().await;
    let page = two.page_of("K-1").await;
    let entered = [("act", "object:email"), ("route", "letter")];
    assert_eq!(two.desk.submit(&page, "name=\"route\"", &entered).await.status, StatusCode::SEE_OTHER);
    let before = two.app.ledger().len();
    let again = two.desk.submit(&page, "name=\"route\"", &entered).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.words().contains("Er stond al een bezwaar"), "{}", again.words());
    assert_eq!(two.app.ledger().len(), before);
}

/// One call after the other: a press on the first one's screen is not the second caller's.
#[tokio::test]
async fn a_screen_of_a_closed_call_records_nothing_for_the_next_caller() {
    let mut two = Two::new().await;
    let old = two.call("T-1", "06 12345671").await;
    let answered = two.press(&old, "offered").await;
    assert!(two.press(&answered, "close").await.words().contains("Gesprek T-1 is gesloten."));
    let new = two.call("T-2", "06 12345672").await;
    let before = two.app.ledger().len();
    for act in ["object:phone", "object:all", "offered", "not_offered", "close"] {
        for stale in [&old, &answered] {
            let answer = two.press(stale, act).await;
            if act == "close" && std::ptr::eq(stale, &raw const answered) {
                // The press that closed it, once more: it is closed.
                assert!(answer.status.is_success() && answer.words().contains("T-1"), "{}", answer.words());
                assert_eq!(two.app.ledger().len(), before);
            } else {
                two.is_not_recorded(&answer, before);
            }
        }
    }
    let (address, _) = old.form("name=\"shown\"");
    assert_eq!(two.desk.get(&address).await.status, StatusCode::NOT_FOUND, "the back button");
    assert!(two.press(&new, "close").await.words().contains("Zeg eerst of het recht"), "still unanswered");
    two.press(&new, "object:phone").await;
    assert_eq!(two.app.ledger().pop().expect("an event").head.subject, Some(two.people[1]));
}

/// Two tabs of one call: what one of them chose, the other does not show.
#[tokio::test]
async fn a_press_counts_for_what_its_screen_shows_of_the_call() {
    let mut two = Two::new().await;
    customer(&two.app, "K-3", &[phone("06 12345671")]).await;
    let unchosen = two.call("T-1", "06 12345671").await;
    let chosen = two.press(&unchosen, &format!("person:{}", two.people[0])).await;
    assert_eq!(chosen.status, StatusCode::OK);
    let before = two.app.ledger().len();
    let answer = two.press(&unchosen, "object:phone").await;
    two.is_not_recorded(&answer, before);
    let answered = two.press(&chosen, "offered").await;
    let answer = two.press(&chosen, "close").await;
    two.is_not_recorded(&answer, before);
    two.press(&answered, "object:phone").await;
    assert_eq!(two.app.ledger().pop().expect("an event").head.subject, Some(two.people[0]));
    assert_eq!(two.press(&answered, "close").await.status, StatusCode::OK);
}

/// Whoever was chosen and is erased meanwhile is nobody's call any more; its number can still be objected for.
#[tokio::test]
async fn a_call_whose_person_was_erased_goes_on_about_the_number() {
    let mut two = Two::new().await;
    let screen = two.call("T-1", "06 12345671").await;
    let act = keuze_core::service::look_up::entered(&anna(), model::event::Route::Desk, None);
    two.app.services.erasures.erase(&two.app.history(), two.people[0], false, &act).await.expect("erased");
    let before = two.app.ledger().len();
    let answer = two.press(&screen, "object:phone").await;
    two.is_not_recorded(&answer, before);
    let path = two.desk.get(CALL).await.location().to_owned();
    let now = two.desk.get(&path).await;
    assert_eq!(now.status, StatusCode::OK);
    assert!(two.press(&now, "object:phone").await.status.is_redirection());
    let said = two.app.ledger().pop().expect("an event");
    assert_eq!((said.head.subject, said.channels()), (None, &[Channel::Phone][..]));
}

/// After its end a session enters nothing, and is told so: never led to signing in without a word.
#[tokio::test]
async fn an_act_after_the_session_says_that_it_was_not_recorded() {
    let mut two = Two::new().await;
    let person = two.page_of("K-1").await;
    let call = two.call("T-1", "06 12345672").await;
    let before = two.app.ledger().len();
    let signed_in = two.desk.cookies.clone();
    for end in ["sign-out", "idle"] {
        if end == "idle" {
            two.desk.cookies = signed_in.clone();
            two.app.clock.advance(1_800);
        } else {
            two.desk.post("/keuze/desk/sign-out", &[]).await;
        }
        for (page, mark, filled) in [
            (&person, "name=\"route\"", vec![("act", "object:email"), ("route", "letter")]),
            (&person, "name=\"other\"", vec![("other", "K-2"), ("same", "yes")]),
            (&person, "name=\"known_by\"", vec![("asked", "yes"), ("known_by", "een goede reden")]),
            (&call, "name=\"shown\"", vec![("act", "object:phone")]),
            (&call, "name=\"shown\"", vec![("act", "close")]),
        ] {
            let answer = two.desk.submit(page, mark, &filled).await;
            two.is_not_recorded(&answer, before);
        }
    }
    // In the next session the old pages enter nothing, either; the call is there under another address.
    sign_in_as(&mut two.desk, "anna", PASSWORD).await;
    let answer = two.desk.submit(&person, "name=\"route\"", &[("act", "object:email"), ("route", "letter")]).await;
    two.is_not_recorded(&answer, before);
    let answer = two.press(&call, "object:phone").await;
    two.is_not_recorded(&answer, before);
    let path = two.desk.get(CALL).await.location().to_owned();
    let again = two.desk.get(&path).await;
    assert!(two.press(&again, "object:phone").await.status.is_redirection());
    assert_eq!(two.app.ledger().pop().expect("an event").head.subject, Some(two.people[1]));
}

/// Two become one in one tab: the other tab's page of the one that is gone acts for nobody.
#[tokio::test]
async fn a_page_of_somebody_who_was_merged_enters_nothing() {
    let mut two = Two::new().await;
    let gone = two.page_of("K-2").await;
    let kept = two.page_of("K-1").await;
    let merged = two.desk.submit(&kept, "name=\"other\"", &[("other", "K-2"), ("same", "yes")]).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER);
    let before = two.app.ledger().len();
    for (mark, filled) in [
        ("name=\"route\"", vec![("act", "object:email"), ("route", "letter")]),
        ("name=\"known_by\"", vec![("asked", "yes"), ("known_by", "een goede reden")]),
    ] {
        let answer = two.desk.submit(&gone, mark, &filled).await;
        two.is_not_recorded(&answer, before);
    }
    assert!(two.app.services.people.known_person(two.people[0]).is_some());
}
