//! Choices through the whole router: what is answered, what is recorded, and what is refused.

use axum::http::{StatusCode, header};
use model::choice::Answer as Said;
use model::event::{Event, EventKind};
use serde_json::{Value, json};

use crate::fixture::{Browser, TestResponse, masked};
use keuze_core::config::{Config, EXAMPLE, parse};
use keuze_core::service::fixture::TestApp;

mod once;
mod order;

const PATH: &str = "/keuze/api/v1/choices";
type TestHeaders = &'static [(&'static str, &'static str)];

const OPTIONAL: [&str; 4] = ["statistics", "marketing", "profiling", "third_party_embeds"];

fn all(yes: bool) -> Value {
    OPTIONAL.iter().map(|id| ((*id).to_owned(), json!(yes))).collect::<serde_json::Map<_, _>>().into()
}

fn choice(app: &TestApp, control: &str, purposes: &Value) -> Value {
    let policy = app.services.published.current().id();
    json!({"policy": policy, "language": "nl", "control": control, "purposes": purposes, "surface": "banner"})
}

async fn post(browser: &mut Browser, body: &Value) -> TestResponse {
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    browser.ask("POST", PATH, &headers, &body.to_string()).await
}

async fn answered(browser: &mut Browser, body: &Value) -> TestResponse {
    let answer = post(browser, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer
}

fn set_cookies(answer: &TestResponse) -> Vec<String> {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter();
    lines.map(|line| line.to_str().expect("ASCII").to_owned()).collect()
}

fn last(app: &TestApp) -> Event {
    app.ledger().pop().expect("the policy is record 0")
}

/// What the last event says about a purpose.
fn said(app: &TestApp, purpose: &str) -> Said {
    last(app).answer_for(&purpose.parse().expect("an id")).expect("in the record").answer
}

/// The example with these changes.
fn changed(changes: &[(&str, &str)]) -> Config {
    let text = changes.iter().fold(EXAMPLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the example has {from}");
        text.replacen(from, to, 1)
    });
    parse("keuze.toml", &text).expect("no fault")
}

/// The question of marketing asked anew.
fn asked_anew() -> Config {
    let before = "id = \"marketing\"\nregime = \"consent\"\nrevision = 1";
    changed(&[(before, &before.replace('1', "2"))])
}

#[tokio::test]
async fn a_refusal_is_answered_with_its_receipt_and_one_cookie() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let answer = answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
    insta::assert_snapshot!(masked(&answer.snapshot()));
    let event = serde_json::to_string_pretty(&last(&app)).expect("an event is JSON");
    insta::assert_snapshot!("the_refusals_event", event);
}

#[tokio::test]
async fn an_acceptance_is_answered_alike_but_for_the_consent_id() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let answer = answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    insta::assert_snapshot!(masked(&answer.snapshot()));
    assert_eq!(last(&app).kind(), EventKind::ChoiceMade);
    assert!(!answer.body.contains("consent_id"), "a browser's scripts never see it");
    assert!(last(&app).head.subject.is_some());
}

/// R-2.5.5-1, R-3.5-6.
#[tokio::test]
async fn the_record_says_which_banner_it_was_and_whether_the_browser_sent_gpc() {
    let app = TestApp::new().await;
    let mut body = choice(&app, "accept_all", &all(true));
    body["build"] = json!("0a1b2c3d");
    body["variant"] = json!("fixed");
    for (value, sent) in [("1", true), ("0", false)] {
        let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin"), ("sec-gpc", value)];
        let answer = Browser::new(&app).ask("POST", PATH, &headers, &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let event = last(&app);
        assert_eq!((event.banner(), event.gpc()), ((Some("0a1b2c3d"), Some("fixed")), sent));
    }
}

/// Two that differ cannot be read, so each answer takes away what is not ours: else that device is asked for ever. A yes
/// that finds one beside what its page saw is told so, and the next one counts.
#[tokio::test]
async fn an_answer_takes_away_what_was_planted_beside_ours() {
    let app = TestApp::new().await;
    let planted = "keuze=marketing.1.g.1; keuze=statistics.1.o";
    let sent = |cookie| {
        let same = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        let page = [("referer", "http://localhost/winkel/fiets?kleur=rood"), ("cookie", cookie)];
        [&same[..], &page].concat()
    };
    let paths = |answer: &TestResponse| {
        let lines = set_cookies(answer).into_iter().filter(|line| line.starts_with("keuze=; Path="));
        lines.map(|line| line["keuze=; Path=".len()..].to_owned()).collect::<Vec<_>>()
    };
    let no = choice(&app, "refuse_all", &all(false));
    for (cookie, expired) in [(planted, true), ("keuze=statistics.1.o", false), ("", false)] {
        let answer = Browser::new(&app).ask("POST", PATH, &sent(cookie), &no.to_string()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        for path in ["/winkel", "/winkel/", "/winkel/fiets", "/keuze", "/keuze/api/v1/", "/keuze/api/v1/choices"] {
            assert_eq!(paths(&answer).contains(&format!("{path}; Max-Age=0")), expired, "{path} {cookie}");
        }
        assert!(!paths(&answer).contains(&"/; Max-Age=0".to_owned()), "ours is not");
        assert!(set_cookies(&answer).iter().any(|line| line.starts_with("keuze=statistics.1.o~marketing.1.r.")));
    }
    let mut yes = choice(&app, "accept_all", &all(true));
    yes["before"] = json!("statistics.1.n.1795600000");
    let answer = Browser::new(&app).ask("POST", PATH, &sent(planted), &yes.to_string()).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(!paths(&answer).is_empty(), "{:?}", answer.headers);
    // A page sees what lies on its own path besides.
    yes["before"] = json!("marketing.1.g.1~~statistics.1.o");
    let answer = Browser::new(&app).ask("POST", PATH, &sent("keuze=statistics.1.o"), &yes.to_string()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    // Without a script it is so too.
    let form =
        [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin"), ("cookie", planted)];
    let answer = Browser::new(&app).ask("POST", "/keuze/choices", &form, "control=refuse_all").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(paths(&answer).contains(&"/keuze/; Max-Age=0".to_owned()), "{:?}", answer.headers);
}

/// Refusing must not make anybody recognisable (R-2.5.5-3).
#[tokio::test]
async fn two_refusers_carry_the_same_bytes() {
    let app = TestApp::new().await;
    let mut cookies = Vec::new();
    for _ in 0..2 {
        let answer = answered(&mut Browser::new(&app), &choice(&app, "refuse_all", &all(false))).await;
        assert_eq!(last(&app).head.subject, None);
        cookies.push(set_cookies(&answer));
        // The only other values that differ are those that the answer shows.
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["ask_again", "index", "receipt", "receipt_url", "shard"]);
        assert!(!answer.headers.contains_key(header::ETAG));
    }
    assert_eq!(cookies[0], cookies[1]);
}

/// Saving with nothing switched on is a refusal, its objection included: the same record but for the control, the same
/// bytes on the device, kept as long as an objection is.
#[tokio::test]
async fn saving_nothing_is_a_refusal() {
    let app = TestApp::new().await;
    let mut left = Vec::new();
    for control in ["refuse_all", "save"] {
        let mut browser = Browser::new(&app);
        let answer = answered(&mut browser, &choice(&app, control, &all(false))).await;
        left.push((
            set_cookies(&answer),
            last(&app).choice().expect("an answer").answers.clone(),
            last(&app).head.subject,
        ));
    }
    assert_eq!(left[0], left[1]);
    assert_eq!((left[0].1.len(), left[0].2), (4, None));
    assert_eq!(said(&app, "statistics"), Said::Objected);
    assert_eq!(last(&app).answer_for(&"statistics".parse().expect("an id")).expect("in the record").until, None);
    assert!(left[0].0[0].contains("keuze=statistics.1.o~marketing.1.r.") && left[0].0[0].contains("Max-Age=34560000"));
    let answer = answered(&mut Browser::new(&app), &choice(&app, "accept_all", &all(true))).await;
    assert!(set_cookies(&answer)[0].contains("Max-Age=16070400"), "without an objection 186 days");
}

#[tokio::test]
async fn what_was_not_shown_is_never_an_answer() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    answered(&mut browser, &choice(&app, "save", &json!({"marketing": true}))).await;
    assert_eq!(said(&app, "marketing"), Said::Granted);
    assert_eq!(said(&app, "profiling"), Said::NotOffered);
    // An omitted purpose is unchanged: marketing stands, and is in the cookie still.
    let answer = answered(&mut browser, &choice(&app, "save", &json!({"profiling": false}))).await;
    assert_eq!(said(&app, "marketing"), Said::NotOffered);
    assert!(set_cookies(&answer)[0].contains("marketing.1.g."));
    assert!(set_cookies(&answer)[0].contains("profiling.1.r."));
}

#[tokio::test]
async fn a_yes_that_becomes_a_no_is_withdrawn_under_its_consent_id() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    let granted = last(&app);
    let answer = answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
    let withdrawn = last(&app);
    assert_eq!((withdrawn.kind(), withdrawn.head.subject), (EventKind::Withdrawn, granted.head.subject));
    assert!(withdrawn.head.previous.is_some());
    assert!(set_cookies(&answer)[1].starts_with("keuze_id=; "), "{:?}", set_cookies(&answer));
}

/// A refusal is always taken; a yes only to the question that is still asked (design, "A stale notice").
#[tokio::test]
async fn a_stale_notice_takes_every_no_and_only_the_unchanged_yes() {
    let app = TestApp::new().await;
    let old = choice(&app, "accept_all", &all(true));
    let app = app.republished(asked_anew()).await;
    let answer = answered(&mut Browser::new(&app), &old).await;
    assert!(answer.body.contains(r#""ask_again":["marketing"]"#), "{}", answer.body);
    assert_eq!((said(&app, "marketing"), said(&app, "profiling")), (Said::NotOffered, Said::Granted));

    let old = json!({"control": "refuse_all", "purposes": all(false), "policy": old["policy"], "language": "nl"});
    let answer = answered(&mut Browser::new(&app), &old).await;
    assert!(answer.body.contains(r#""ask_again":[]"#), "nobody is asked again right after a refusal");
    let last = last(&app);
    let refused = last.answer_for(&"marketing".parse().expect("an id")).expect("in the record");
    assert_eq!((refused.answer, refused.revision), (Said::Refused, 1), "the record keeps which question was shown");

    let before = app.ledger().len();
    let only = json!({"control": "save", "purposes": {"marketing": true}, "policy": old["policy"], "language": "nl"});
    let answer = post(&mut Browser::new(&app), &only).await;
    insta::assert_snapshot!(answer.snapshot());
    assert_eq!(app.ledger().len(), before);
}

#[tokio::test]
async fn a_refusal_under_an_unknown_policy_is_taken_as_notice_unknown_and_a_yes_is_not() {
    let app = TestApp::new().await;
    let unknown = |control: &str, yes| json!({"policy": "0".repeat(20), "language": "en", "control": control, "purposes": all(yes)});
    answered(&mut Browser::new(&app), &unknown("refuse_all", false)).await;
    assert_eq!((last(&app).notice(), said(&app, "marketing")), (None, Said::Refused));
    let answer = post(&mut Browser::new(&app), &unknown("accept_all", true)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

/// Design, "Who may say yes from where".
#[tokio::test]
async fn a_yes_comes_from_the_sites_own_pages_only() {
    let app = TestApp::new().await;
    let yes = choice(&app, "accept_all", &all(true)).to_string();
    let no = choice(&app, "refuse_all", &all(false)).to_string();
    let cases: [(TestHeaders, u16, u16); 9] = [
        (&[("sec-fetch-site", "same-origin")], 201, 201),
        (&[("origin", "http://localhost")], 201, 201),
        (&[("sec-fetch-site", "same-origin"), ("origin", "null")], 201, 201),
        (&[], 403, 201),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], 403, 403),
        (&[("origin", "https://evil.example")], 403, 403),
        (&[("origin", "null")], 403, 403),
        (&[("sec-fetch-site", "same-site")], 403, 403),
        (&[("origin", "http://localhost"), ("origin", "https://evil.example")], 403, 403),
    ];
    for (headers, granted, refused) in cases {
        let headers: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        let mut browser = Browser::new(&app);
        let before = app.ledger().len();
        assert_eq!(browser.ask("POST", PATH, &headers, &yes).await.status.as_u16(), granted, "yes {headers:?}");
        assert_eq!(browser.beside().ask("POST", PATH, &headers, &no).await.status.as_u16(), refused, "no {headers:?}");
        let written = [granted, refused].iter().filter(|status| **status == 201).count();
        assert_eq!(app.ledger().len(), before + written, "{headers:?}");
    }
}

/// Every sort of bad input: the right status, a problem document, nothing written.
#[tokio::test]
async fn bad_input_is_named_and_changes_nothing() {
    let app = TestApp::new().await;
    let before = app.ledger().len();
    let good = choice(&app, "refuse_all", &all(false));
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body.to_string()
    };
    let json = ("content-type", "application/json");
    let site = ("sec-fetch-site", "same-origin");
    let cases = [
        ("unknown purpose", with("purposes", json!({"tracking": false}))),
        ("necessary purpose", with("purposes", json!({"necessary": false}))),
        ("unknown language", with("language", json!("fr"))),
        ("unknown control", with("control", json!("maybe"))),
        ("unknown surface", with("surface", json!("poster"))),
        ("unknown field", with("consent_id", json!("x"))),
        ("not true or false", with("purposes", json!({"marketing": "yes"}))),
        ("contradiction", with("purposes", json!({"marketing": true}))),
        (
            "accepting with a no",
            json!({"policy": good["policy"], "language": "nl", "control": "accept_all", "purposes": {"statistics": false}})
                .to_string(),
        ),
        (
            "accepting nothing",
            json!({"policy": good["policy"], "language": "nl", "control": "accept_all", "purposes": {}}).to_string(),
        ),
        (
            "nothing saved",
            json!({"policy": good["policy"], "language": "nl", "control": "save", "purposes": {}}).to_string(),
        ),
        (
            "a name twice",
            good.to_string().replacen("\"marketing\":false", "\"marketing\":false,\"marketing\":false", 1),
        ),
        ("a sentence as build", with("build", json!("Jan Jansen, Dorpsstraat 1"))),
        ("an array", json!([good["policy"], "nl", "save", {"marketing": true}, null, null, null]).to_string()),
        ("cut off", good.to_string()[..40].to_owned()),
        ("too large", with("build", json!("x".repeat(20_000)))),
        ("empty", String::new()),
    ];
    let mut told = Vec::new();
    for (name, body) in cases {
        let answer = Browser::new(&app).ask("POST", PATH, &[json, site], &body).await;
        let problem: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{name}: {}", answer.body));
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(!answer.body.contains("Jansen") && set_cookies(&answer).is_empty());
        let slug = problem["type"].as_str().and_then(|kind| kind.rsplit('/').next()).expect("a type");
        told.push(format!("{name}: {} {slug} {}", answer.status.as_u16(), problem["field"]));
    }
    for (name, method, headers) in [
        ("a form's media type", "POST", [("content-type", "application/x-www-form-urlencoded"), site]),
        ("a wrong method", "GET", [json, site]),
    ] {
        let answer = Browser::new(&app).ask(method, PATH, &headers, &good.to_string()).await;
        told.push(format!("{name}: {} {:?}", answer.status.as_u16(), answer.headers.get(header::ALLOW)));
    }
    let mut elsewhere = Browser::new(&app);
    elsewhere.host = "evil.example";
    told.push(format!("unknown host: {}", elsewhere.ask("POST", PATH, &[json, site], &good.to_string()).await.status));
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(app.ledger().len(), before);
}

/// The example as it is while nobody counts visits.
fn without_statistics() -> Config {
    let mut config = changed(&[]);
    config.purposes.retain(|purpose| purpose.id.as_str() != "statistics");
    config.cookies.retain(|cookie| cookie.purpose.as_str() != "statistics");
    config.continued_use.unlocks.clear();
    config
}

/// An objection has no end: a purpose that left the site may come back, and only the person's own yes lets it run.
#[tokio::test]
async fn an_objection_to_a_purpose_that_left_outlives_every_answer() {
    let with = TestApp::new().await;
    let app = with.republished(without_statistics()).await;
    let own = ["marketing", "profiling", "third_party_embeds"];
    let own = |yes| json!({own[0]: yes, own[1]: yes, own[2]: yes});
    let answers = [
        ("accept_all", own(true)),
        ("refuse_all", own(false)),
        ("refuse_all", json!({})),
        ("save", json!({"marketing": true})),
        ("save", json!({"profiling": false})),
    ];
    for cookie in ["statistics.1.o", "statistics.0.o.20270524~marketing.1.g.1811195999", "statistics.1.o~%%%"] {
        let mut browser = Browser::new(&app);
        browser.cookies.push(("keuze".into(), cookie.into()));
        for (control, purposes) in &answers {
            let set = set_cookies(&answered(&mut browser, &choice(&app, control, purposes)).await).remove(0);
            assert!(set.contains("~statistics.") && set.contains(".o;") && set.contains("Max-Age=34560000"), "{set}");
        }
        let again = app.republished(changed(&[])).await;
        let mut back = Browser::new(&again);
        back.cookies = browser.cookies;
        let only = json!({"statistics": true});
        assert!(back.get("/keuze/voorkeuren").await.words().contains("U maakte bezwaar"), "{cookie}");
        let set = set_cookies(&answered(&mut back, &choice(&again, "save", &only)).await).remove(0);
        assert!(set.contains("keuze=statistics.1.n."), "{set}");
    }
}

/// Pressed on a page that was open meanwhile.
#[tokio::test]
async fn a_no_to_a_purpose_that_left_since_it_was_shown_is_taken() {
    let with = TestApp::new().await;
    let app = with.republished(without_statistics()).await;
    let (no, yes) = (json!({"statistics": false}), json!({"statistics": true}));
    for (control, purposes) in [("refuse_all", &all(false)), ("save", &no)] {
        let answer = answered(&mut Browser::new(&app), &choice(&with, control, purposes)).await;
        assert_eq!(said(&app, "statistics"), Said::Objected);
        assert!(set_cookies(&answer)[0].contains("statistics.1.o;"), "{:?}", set_cookies(&answer));
    }
    let answer = post(&mut Browser::new(&app), &choice(&with, "save", &yes)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
}

#[tokio::test]
async fn a_cookie_that_cannot_be_read_counts_as_none_and_is_replaced() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.cookies.push(("keuze".into(), "marketing.1.g.20991231~%%%".into()));
    browser.cookies.push(("keuze_id".into(), "not-an-id".into()));
    let answer = answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
    assert!(set_cookies(&answer)[0].starts_with("keuze=statistics.1.o~marketing.1.r."));
    assert!(browser.cookies.iter().all(|(name, _)| name != "keuze_id"));
}

/// A consent id that nobody was given, and somebody else's cookie values, change nobody's record.
#[tokio::test]
async fn an_invented_consent_id_is_as_good_as_none() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.cookies.push(("keuze_id".into(), "0123456789abcdef0123456789abcdef".into()));
    answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    let subject = last(&app).head.subject.expect("something was granted").to_string();
    assert_ne!(subject, "0123456789abcdef0123456789abcdef");
}

/// What stands under an id, by the last answer to each purpose.
fn stands(app: &TestApp, id: &str) -> Vec<Said> {
    let events = app.services.ledger.history(id.parse().expect("an id")).expect("readable");
    model::cookie::from_events(&events).into_values().map(|answered| answered.answer).collect()
}

/// A browser on the https host that answered, and its consent id.
async fn answered_there(app: &TestApp, control: &str, purposes: &Value) -> (Browser, String) {
    let mut browser = Browser::new(app);
    browser.host = "www.voipro.nl";
    answered(&mut browser, &choice(app, control, purposes)).await;
    let id = browser.cookies.iter().find(|(name, _)| name == "__Secure-keuze_id").expect("an id").1.clone();
    (browser, id)
}

/// Another host of the domain can plant a consent id beside ours, at any place in the line. A withdrawal ends the device's own
/// yes all the same, and nobody else's that can be told apart.
#[tokio::test]
async fn a_planted_consent_id_diverts_no_withdrawal() {
    let app = TestApp::new().await;
    let is_yes = |id: &str| stands(&app, id).iter().filter(|answer| answer.is_yes()).count();
    let (_, of_another) = answered_there(&app, "save", &json!({"marketing": true, "profiling": false})).await;
    let before = stands(&app, &of_another);
    for planted in ["00112233445566778899aabbccddeeff", &of_another] {
        for at in [0, 1] {
            let (mut browser, own) = answered_there(&app, "accept_all", &all(true)).await;
            assert_eq!(is_yes(&own), 4);
            let place = browser.cookies.iter().position(|(name, _)| name == "__Secure-keuze_id").expect("an id") + at;
            browser.cookies.insert(place, ("__Secure-keuze_id".into(), planted.to_owned()));
            let page = browser.get("/keuze/voorkeuren").await.words();
            assert!(!page.contains("een toestemming die wij niet kennen"), "{planted} {at}: {page}");
            answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
            assert_eq!(is_yes(&own), 0, "{planted} {at}");
            assert_eq!(stands(&app, &of_another), before, "{planted} {at}");
        }
    }
    // Whoever answered the same on the same day cannot be told apart: a no is lost on neither.
    let ((mut browser, own), (_, twin)) =
        (answered_there(&app, "accept_all", &all(true)).await, answered_there(&app, "accept_all", &all(true)).await);
    browser.cookies.insert(0, ("__Secure-keuze_id".into(), twin.clone()));
    answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
    assert_eq!((is_yes(&own), is_yes(&twin)), (0, 0));
}

/// A yes is recorded under no id that somebody else may have: neither on a first visit nor beside an own one.
#[tokio::test]
async fn a_yes_is_not_recorded_under_a_planted_consent_id() {
    let app = TestApp::new().await;
    let (_, planted) = answered_there(&app, "save", &json!({"marketing": true, "profiling": false})).await;
    let before = stands(&app, &planted);
    let mut browser = Browser::new(&app);
    browser.host = "www.voipro.nl";
    browser.cookies.push(("__Secure-keuze_id".into(), planted.clone()));
    answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    assert_ne!(last(&app).head.subject.map(|subject| subject.to_string()), Some(planted.clone()));
    assert_eq!(stands(&app, &planted), before);
    let (mut browser, own) = answered_there(&app, "save", &json!({"marketing": false, "profiling": true})).await;
    browser.cookies.insert(0, ("__Secure-keuze_id".into(), planted.clone()));
    answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    assert_eq!(last(&app).head.subject.map(|subject| subject.to_string()), Some(own));
    assert_eq!(stands(&app, &planted), before);
}

/// The answer to the last choice was lost: the record is ahead of the cookie, and still the device's own.
#[tokio::test]
async fn a_record_that_is_ahead_of_its_cookie_is_the_devices_own() {
    let app = TestApp::new().await;
    let (mut browser, own) = answered_there(&app, "save", &json!({"marketing": true, "profiling": false})).await;
    let (_, planted) = answered_there(&app, "accept_all", &all(true)).await;
    browser.keeps_cookies = false;
    answered(&mut browser, &choice(&app, "save", &json!({"profiling": true}))).await;
    browser.cookies.insert(0, ("__Secure-keuze_id".into(), planted.clone()));
    let before = stands(&app, &planted);
    answered(&mut browser, &choice(&app, "refuse_all", &all(false))).await;
    assert!(stands(&app, &own).iter().all(|answer| !answer.is_yes()));
    assert_eq!(stands(&app, &planted), before);
}

#[tokio::test]
async fn on_https_the_cookies_have_their_prefixes() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.host = "www.voipro.nl";
    let answer = answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    let [choice, id] = &set_cookies(&answer)[..] else { panic!("two cookies") };
    let parts = |line: &str| line.split("; ").skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert!(choice.starts_with("__Host-keuze=") && id.starts_with("__Secure-keuze_id="));
    assert_eq!(parts(choice), ["SameSite=Lax", "Secure", "Path=/", "Max-Age=16070400"], "no objection stands in it");
    assert_eq!(parts(id), ["HttpOnly", "SameSite=Lax", "Secure", "Path=/keuze/", "Max-Age=16070400"]);
}

/// A withdrawal button on a host page sends its control alone, and comes back to the page.
#[tokio::test]
async fn a_plain_form_withdraws_everything_and_comes_back() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    answered(&mut browser, &choice(&app, "accept_all", &all(true))).await;
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let came_from = [form[0], form[1], ("referer", "http://localhost/winkel?kleur=rood")];
    let answer = browser.ask("POST", "/keuze/choices", &came_from, "control=refuse_all").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/winkel"));
    assert_eq!(last(&app).kind(), EventKind::Withdrawn);
    assert_eq!(said(&app, "statistics"), Said::Objected);

    let elsewhere = [form[0], form[1], ("referer", "https://evil.example/")];
    let answer = browser.ask("POST", "/keuze/choices", &elsewhere, "control=refuse_all&return=//evil.example").await;
    assert_eq!(answer.location(), "/keuze/voorkeuren", "never another origin");
    let cross = [form[0], ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let answer = browser.ask("POST", "/keuze/choices", &cross, "control=refuse_all").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

/// Where no script of ours runs, the answer itself takes away what the purpose's scripts wrote: the next page is asked for
/// without it. What stays allowed stays, and who brings nothing along gets not a byte more.
#[tokio::test]
async fn a_plain_form_takes_away_the_cookies_of_what_it_refuses() {
    let app = TestApp::new().await;
    let taken = async |form: &str, cookies: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let headers = [&headers[..], &[("host", "www.voipro.nl"), ("cookie", cookies)]].concat();
        let answer = Browser::new(&app).ask("POST", "/keuze/choices", &headers, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let ours = |line: &String| line.contains("keuze");
        set_cookies(&answer).into_iter().filter(|line| !ours(line)).collect::<Vec<_>>()
    };
    let came = "_fbp=1; voipro_counted=1; voipro_session=1; another=1; __Host-keuze_seen=1";
    assert_eq!(
        taken("control=refuse_all", came).await,
        [
            "voipro_counted=; Secure; Path=/; Max-Age=0",
            "voipro_counted=; Secure; Path=/; Domain=www.voipro.nl; Max-Age=0",
            "voipro_counted=; Secure; Path=/; Domain=voipro.nl; Max-Age=0",
            "_fbp=; Secure; Path=/; Max-Age=0",
            "_fbp=; Secure; Path=/; Domain=www.voipro.nl; Max-Age=0",
            "_fbp=; Secure; Path=/; Domain=voipro.nl; Max-Age=0",
        ]
    );
    assert_eq!(taken("control=refuse_all", "another=1").await, Vec::<String>::new());
    let policy = app.services.published.current().id();
    let all = OPTIONAL.map(|id| format!("&offered={id}")).concat();
    let accepts = format!("policy={policy}&language=nl&surface=page&control=accept_all{all}");
    assert_eq!(taken(&accepts, came).await, Vec::<String>::new(), "all of it is allowed");
}

/// R-2.5.5-1: the banner's build and layout variant stand in the record, whichever road an answer came by; and
/// only ones that we know.
#[tokio::test]
async fn a_plain_form_is_recorded_with_its_build_and_variant() {
    let app = TestApp::new().await;
    let ours = crate::embed::build();
    let mut browser = Browser::new(&app);
    for (path, mark, control, variant) in [
        ("/keuze/fragment", "part=\"refuse\"", "refuse_all", "included"),
        ("/keuze/voorkeuren", "value=\"save\"", "accept_all", "page"),
        ("/keuze/voorkeuren", "class=\"withdraw\"", "refuse_all", "page"),
    ] {
        let page = browser.get(path).await;
        let mark = if mark.starts_with("class") { "withdraw" } else { mark };
        let answer = browser.submit(&page, mark, &[("control", control)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
        let event = last(&app);
        assert_eq!(event.banner(), (Some(ours), Some(variant)), "{path}");
    }
    for (sent, recorded) in
        [(Some(ours), Some(ours)), (Some("00000000"), None), (Some("<b>"), None), (Some(""), None), (None, None)]
    {
        let mut form = vec![("control", "refuse_all"), ("surface", "banner")];
        form.extend(sent.map(|build| ("build", build)));
        let answer = Browser::new(&app).post("/keuze/choices", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{sent:?}: a no counts, whoever made its form");
        assert_eq!(last(&app).banner().0, recorded, "{sent:?}");
    }
    // A button of the page's own says nothing of ours.
    Browser::new(&app).post("/keuze/choices", &[("control", "refuse_all")]).await;
    assert_eq!(last(&app).banner(), (None, None));
}

#[tokio::test]
async fn the_close_control_of_a_form_does_what_its_refuse_does() {
    let app = TestApp::with_config(changed(&[("close_control = \"none\"", "close_control = \"refuse\"")])).await;
    let mut events = Vec::new();
    for part in ["refuse", "close"] {
        let mut browser = Browser::new(&app);
        let page = browser.get("/keuze/fragment?lang=nl&return=/winkel").await;
        let button = page.between(&format!("part=\"{part}\" "), "</button>").to_owned();
        assert!(button.starts_with("name=\"control\" value=\"refuse_all\">"), "{button}");
        let answer = browser.submit(&page, "part=\"close\"", &[("control", "refuse_all")]).await;
        assert_eq!(answer.location(), "/winkel");
        assert_eq!(browser.get("/keuze/fragment?lang=nl").await.body, "", "and is not asked again");
        events.push((browser.cookies, last(&app)));
    }
    assert_eq!(events[0], events[1]);
    assert_eq!(said(&app, "statistics"), Said::Objected);
    assert_eq!(said(&app, "marketing"), Said::Refused);
}

#[tokio::test]
async fn a_form_that_contradicts_itself_writes_nothing() {
    let app = TestApp::new().await;
    let before = app.ledger().len();
    for form in [
        "control=save&offered=marketing&grant=profiling",
        "control=accept_all&offered=statistics&object=statistics",
        "control=save&offered=necessary",
        "control=accept_all&control=accept_all",
        "control=save",
        "offered=marketing",
        "control=accept_all&surprise=1",
    ] {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let answer = Browser::new(&app).ask("POST", "/keuze/choices", &headers, form).await;
        assert!(answer.status.is_client_error(), "{form}: {}", answer.status);
        assert!(set_cookies(&answer).is_empty(), "{form}");
    }
    assert_eq!(app.ledger().len(), before);
}

/// What grants nothing counts beside whatever contradicts it.
#[tokio::test]
async fn a_no_in_a_form_that_contradicts_itself_counts() {
    for form in [
        "control=save&offered=statistics&object=statistics",
        "control=save&offered=statistics&offered=necessary&offered=%ff",
        "control=accept_all&control=refuse_all&offered=statistics",
        "control=refuse_all&offered=statistics&grant=marketing&surprise=1",
    ] {
        let app = TestApp::new().await;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let answer = Browser::new(&app).ask("POST", "/keuze/choices", &headers, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form}");
        let said = last(&app).choice().expect("an answer").answers.clone();
        assert!(said.values().any(|answered| [Said::Refused, Said::Objected].contains(&answered.answer)), "{form}");
        assert!(said.values().all(|answered| answered.answer != Said::Granted), "{form}");
    }
}
