//! A yes is given on what the device said when it was given: what was answered there since is not overtaken by it.

use super::*;

const KEY: &str = "8e03978e40d543dd93bc6894a57f9324";

/// A choice that was pressed while the device said this.
fn pressed(app: &TestApp, control: &str, purposes: &Value, before: &str) -> Value {
    let mut body = choice(app, control, purposes);
    body["before"] = json!(before);
    body
}

async fn send(browser: &mut Browser, body: &Value) -> TestResponse {
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin"), ("idempotency-key", KEY)];
    browser.ask("POST", PATH, &headers, &body.to_string()).await
}

fn cookie(browser: &Browser) -> String {
    let found = browser.cookies.iter().find(|(name, _)| name == "keuze");
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The letters of an answer, in the order of the policy.
fn letters(browser: &Browser) -> String {
    cookie(browser).split('~').filter_map(|entry| entry.split('.').nth(2)).collect()
}

/// Every way in which a device can have been answered on: what it said, what was pressed there since, and whether a yes
/// that was pressed before that is still taken.
#[tokio::test]
async fn a_yes_that_something_was_answered_after_is_not_taken() {
    let app = TestApp::new().await;
    let nothing = json!({});
    let some = json!({"statistics": true, "marketing": false, "profiling": false, "third_party_embeds": false});
    let cases = [
        (None, Some(("refuse_all", &nothing)), false),
        (None, Some(("save", &some)), false),
        (Some(("accept_all", all(true))), Some(("refuse_all", &nothing)), false),
        (Some(("refuse_all", nothing.clone())), Some(("save", &some)), false),
        (Some(("save", some.clone())), Some(("refuse_all", &nothing)), false),
        (None, None, true),
        (Some(("refuse_all", nothing.clone())), None, true),
        (Some(("save", some.clone())), None, true),
    ];
    for (earlier, since, taken) in cases {
        let mut browser = Browser::new(&app);
        if let Some((control, purposes)) = &earlier {
            answered(&mut browser, &choice(&app, control, purposes)).await;
        }
        let pending = pressed(&app, "accept_all", &all(true), &cookie(&browser));
        if let Some((control, purposes)) = since {
            answered(&mut browser, &choice(&app, control, purposes)).await;
        }
        let (before, records) = (browser.cookies.clone(), app.ledger().len());
        let answer = send(&mut browser, &pending).await;
        if taken {
            assert_eq!((answer.status, letters(&browser).as_str()), (StatusCode::CREATED, "nggg"), "{earlier:?}");
        } else {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{earlier:?} {since:?}");
            assert!(answer.body.contains("/keuze/problems/changed-since"), "{}", answer.body);
            assert_eq!((browser.cookies, app.ledger().len()), (before, records), "{earlier:?} {since:?}");
        }
    }
}

#[tokio::test]
async fn its_no_is_taken_all_the_same() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    answered(&mut browser, &choice(&app, "save", &json!({"marketing": true, "profiling": false}))).await;
    let mixed = json!({"marketing": false, "profiling": true});
    let answer = answered(&mut browser, &pressed(&app, "save", &mixed, "")).await;
    assert!(answer.body.contains(r#""ask_again":["profiling"]"#), "{}", answer.body);
    assert_eq!((letters(&browser).as_str(), said(&app, "marketing")), ("rr", Said::Refused));
    let refusal = answered(&mut browser, &pressed(&app, "refuse_all", &all(false), "garbage")).await;
    assert!(refusal.body.contains(r#""ask_again":[]"#));
}

/// The preference page in one tab, what is pressed in another meanwhile, and then the form of the first.
#[tokio::test]
async fn a_page_that_no_longer_says_what_holds_grants_nothing() {
    let app = TestApp::new().await;
    let grants = OPTIONAL.map(|id| ("grant", id));
    let save: Vec<_> = grants.iter().copied().chain([("control", "save")]).collect();
    for language in ["nl", "en"] {
        let mut browser = Browser::new(&app);
        answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
        let page = browser.get(&format!("/keuze/voorkeuren?lang={language}")).await;
        answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
        let records = app.ledger().len();

        let whole = browser.submit(&page, "save-help", &save).await;
        assert_eq!((whole.status, app.ledger().len()), (StatusCode::CONFLICT, records));
        assert_eq!(letters(&browser), "orrr", "what holds stays");
        let (told, not_taken) = match language {
            "nl" => ("Er is intussen iets veranderd.", "Wij hebben nu niets veranderd."),
            _ => ("Something changed meanwhile.", "We have changed nothing now."),
        };
        assert!(whole.words().contains(told) && whole.words().contains(not_taken), "{}", whole.words());
        assert!(!whole.body.contains(" checked"), "the page that comes shows what holds");

        // Where it says no as well, that is taken, and said.
        let part = browser.submit(&page, "save-help", &save[1..]).await;
        assert_eq!((part.status, app.ledger().len()), (StatusCode::CONFLICT, records + 1));
        assert_eq!((letters(&browser).as_str(), said(&app, "statistics")), ("orrr", Said::Objected));
        assert_eq!(said(&app, "marketing"), Said::NotOffered);

        // The page that came is a page like any other.
        let answer = browser.submit(&whole, "save-help", &save).await;
        assert_eq!((answer.status, letters(&browser).as_str()), (StatusCode::SEE_OTHER, "nggg"));
    }
}

#[tokio::test]
async fn a_page_that_no_longer_says_what_holds_takes_every_no() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let page = browser.get("/keuze/voorkeuren").await;
    answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    let answer = browser.submit(&page, "save-help", &[("control", "save")]).await;
    assert_eq!((answer.status, letters(&browser).as_str()), (StatusCode::SEE_OTHER, "orrr"));
    assert_eq!(last(&app).kind(), EventKind::Withdrawn);
}

/// A request that is sent again gets its receipt again; what it wrote to the device is not written over a later answer.
#[tokio::test]
async fn sent_again_after_a_later_answer_it_gives_nothing_back() {
    for (first, later) in [("accept_all", "refuse_all"), ("refuse_all", "accept_all")] {
        let app = TestApp::new().await;
        let mut browser = Browser::new(&app);
        let body = choice(&app, first, &all(first == "accept_all"));
        let receipt = send(&mut browser, &body).await.body;
        answered(&mut browser, &choice(&app, later, &all(later == "accept_all"))).await;
        let (before, records) = (browser.cookies.clone(), app.ledger().len());
        let again = send(&mut browser, &body).await;
        assert_eq!((again.status, &again.body), (StatusCode::CREATED, &receipt), "{first}");
        assert_eq!((set_cookies(&again), browser.cookies), (Vec::new(), before), "{first}");
        assert_eq!(app.ledger().len(), records);
        // Nor to a device that has lost all it had, if something is known to have been recorded since.
        let lost = send(&mut Browser::new(&app), &body).await;
        assert_eq!((set_cookies(&lost).is_empty(), lost.body), (first == "accept_all", receipt));
    }
}

/// The answer to a yes is lost, so that its device never hears of the consent id; then it says no. When it asks what became
/// of the yes, the no is recorded under that id: else a yes stands in the ledger of which no device knows.
#[tokio::test]
async fn a_no_of_a_device_that_never_heard_of_its_yes_ends_it() {
    let app = TestApp::new().await;
    let body = choice(&app, "accept_all", &all(true));
    let mut browser = Browser::new(&app);
    let granted = send(&mut browser.beside(), &body).await;
    let subject = last(&app).head.subject;
    answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
    assert_eq!(
        (last(&app).kind(), last(&app).head.subject),
        (EventKind::ChoiceMade, None),
        "nobody knows that it is theirs"
    );
    let again = send(&mut browser, &body).await;
    assert_eq!((&again.body, letters(&browser).as_str()), (&granted.body, "orrr"));
    assert!(set_cookies(&again).is_empty());
    assert_eq!((last(&app).kind(), last(&app).head.subject), (EventKind::Withdrawn, subject));
    assert_eq!((said(&app, "marketing"), said(&app, "statistics")), (Said::Refused, Said::Objected));
    let records = app.ledger().len();
    send(&mut browser, &body).await;
    assert_eq!(app.ledger().len(), records, "once");
}
