//! A press counts for the address and the person that its page showed: two tabs, an ended session, another code.

use super::*;

fn is_not_recorded(app: &TestApp, answer: &TestResponse, before: usize) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.words());
    for said in ["niet vastgelegd", "Er is niets vastgelegd", "href=\"/keuze/"] {
        assert!(answer.body.contains(said), "{said} in {}", answer.body);
    }
    assert_eq!(app.ledger().len(), before);
}

/// Proves an address in a browser that may have proved another one before.
async fn proves(app: &TestApp, browser: &mut Browser, address: &str) {
    // Of two mails the newer one is read.
    app.clock.advance(1);
    asks(browser, address, "voorkeuren").await;
    let entered = browser.get(ENTER).await;
    let taken = browser.submit(&entered, "name=\"asked\"", &[("code", &code(app, address))]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
}

/// Every form of the pages of whoever proved an address, with what is pressed or filled in.
async fn forms(browser: &mut Browser) -> Vec<(TestResponse, &'static str, Vec<(&'static str, &'static str)>)> {
    let centre = async |browser: &mut Browser| browser.get("/keuze/voorkeuren").await;
    vec![
        (centre(browser).await, "value=\"stop_all\"", vec![("act", "stop_all")]),
        (centre(browser).await, "value=\"newsletter\"", vec![("act", "stop")]),
        (centre(browser).await, "value=\"social\"", vec![("act", "start")]),
        (browser.get(ERASE).await, "name=\"confirm\"", vec![("confirm", "yes")]),
    ]
}

/// Tab A shows Anna's choices; in tab B somebody proves another address at the same browser.
#[tokio::test]
async fn a_page_of_one_address_changes_nothing_at_another() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let bert = customer(&app, "K-1002", &[email("bert@example.nl")]).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let forms = forms(&mut browser).await;
    proves(&app, &mut browser, "bert@example.nl").await;
    let (before, [mine, theirs]) = (app.ledger().len(), [person, bert].map(|of| allowed(&app, of)));
    for (page, mark, filled) in &forms {
        let answer = browser.submit(page, mark, filled).await;
        is_not_recorded(&app, &answer, before);
        assert!(answer.words().contains("een ander adres of nummer bevestigd"), "{}", answer.words());
    }
    assert_eq!([person, bert].map(|of| allowed(&app, of)), [mine, theirs]);
    // The control: as soon as the first address is proved again, its page counts.
    proves(&app, &mut browser, "anna@example.nl").await;
    let (page, mark, filled) = &forms[0];
    assert_eq!(browser.submit(page, mark, filled).await.status, StatusCode::SEE_OTHER);
    assert_eq!(allowed(&app, person), []);
}

/// An act after the end says that nothing was recorded, and leads to a new code and to the way without one.
#[tokio::test]
async fn a_press_after_the_session_says_that_it_was_not_recorded() {
    for end in ["the button", "a day", "no cookie"] {
        let app = TestApp::new().await;
        let person = anna(&app).await;
        let mut browser = known(&app, "anna@example.nl").await;
        let forms = forms(&mut browser).await;
        match end {
            "the button" => _ = browser.post("/keuze/voorkeuren/uitloggen", &[]).await,
            "a day" => app.clock.advance(24 * 60 * 60),
            _ => browser.cookies.clear(),
        }
        let (before, could) = (app.ledger().len(), allowed(&app, person));
        for (page, mark, filled) in &forms {
            let answer = browser.submit(page, mark, filled).await;
            is_not_recorded(&app, &answer, before);
            assert!(answer.body.contains("href=\"/keuze/voorkeuren/code?lang=nl&amp;next="), "{}", answer.body);
            assert!(answer.body.contains("href=\"/keuze/afmelden?lang=nl\""), "{}", answer.body);
        }
        assert_eq!(allowed(&app, person), could, "{end}");
    }
}

/// Somebody else comes to be known at the address: a yes and an erasure are about whom the page showed, a no is not less.
#[tokio::test]
async fn a_yes_and_an_erasure_are_about_whom_the_page_showed() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let forms = forms(&mut browser).await;
    let other = customer(&app, "K-1009", &[email("anna@example.nl")]).await;
    let before = app.ledger().len();
    for (page, mark, filled) in &forms[2..] {
        let answer = browser.submit(page, mark, filled).await;
        is_not_recorded(&app, &answer, before);
    }
    let (page, mark, filled) = &forms[0];
    assert_eq!(browser.submit(page, mark, filled).await.status, StatusCode::SEE_OTHER);
    for of in [person, other] {
        assert!(!allowed(&app, of).contains(&Channel::Email));
        assert!(app.services.people.known_person(of).is_some());
    }
}

/// Two tabs ask for codes: the first one's form does not use up the second one's tries.
#[tokio::test]
async fn a_code_counts_for_the_address_that_its_page_names() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    asks(&mut browser, "anna@example.nl", "inzage").await;
    let first = browser.get(ENTER).await;
    asks(&mut browser, "bert@example.nl", "voorkeuren").await;
    let second = browser.get(ENTER).await;
    let before = app.ledger().len();
    for _ in 0..6 {
        let answer = browser.submit(&first, "name=\"asked\"", &[("code", &code(&app, "anna@example.nl"))]).await;
        is_not_recorded(&app, &answer, before);
    }
    let taken = browser.submit(&second, "name=\"asked\"", &[("code", &code(&app, "bert@example.nl"))]).await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, "/keuze/voorkeuren"));
    assert!(browser.get("/keuze/voorkeuren").await.words().contains("U bevestigde bert@example.nl."));
}

/// Who may say yes from where: what says nothing of where it was sent from can refuse, and nothing else.
#[tokio::test]
async fn a_yes_to_advertising_comes_from_the_sites_own_pages_only() {
    const SITE: (&str, &str) = ("sec-fetch-site", "same-origin");
    const NONE: (&str, &str) = ("sec-fetch-site", "none");
    const ORIGIN: (&str, &str) = ("origin", "http://localhost");
    let sent: [(&[(&str, &str)], bool); 5] =
        [(&[], false), (&[NONE], false), (&[SITE], true), (&[ORIGIN], true), (&[NONE, ORIGIN], true)];
    for (headers, may_say_yes) in sent {
        let app = TestApp::new().await;
        let person = anna(&app).await;
        let mut browser = known(&app, "anna@example.nl").await;
        press(&mut browser, &[("act", "stop"), ("channel", "email")]).await;
        assert!(!allowed(&app, person).contains(&Channel::Email));
        let page = browser.get("/keuze/voorkeuren").await;
        let (about, shown) = (about(&page), shown(&page, "email"));
        let fields = |act: &str| {
            let fields = [("about", about.as_str()), ("act", act), ("channel", "email"), ("shown", shown.as_str())];
            form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
        };
        let headers = [headers, &[("content-type", "application/x-www-form-urlencoded")]].concat();
        let yes = browser.ask("POST", ACT, &headers, &fields("start")).await;
        let expected = if may_say_yes { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
        assert_eq!(yes.status, expected, "{headers:?}: {}", yes.body);
        assert_eq!(allowed(&app, person).contains(&Channel::Email), may_say_yes, "{headers:?}");
        let no = browser.ask("POST", ACT, &headers, &fields("stop")).await;
        assert_eq!(no.status, StatusCode::SEE_OTHER, "{headers:?}: {}", no.body);
        assert!(!allowed(&app, person).contains(&Channel::Email), "{headers:?}");
    }
}

/// A form that says nothing of what it is about acts on nothing, whoever is signed in.
#[tokio::test]
async fn a_form_that_is_about_nothing_acts_on_nothing() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let before = app.ledger().len();
    for about in ["", "-", "0000000000000000-0000000000000000", "é"] {
        for (path, filled) in [(ACT, ("act", "stop_all")), (ERASE, ("confirm", "yes"))] {
            let answer = browser.post(path, &[("about", about), filled]).await;
            is_not_recorded(&app, &answer, before);
        }
    }
}
