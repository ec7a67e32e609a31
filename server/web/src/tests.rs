//! What every answer has, continued use, and the banner as an include; through the whole router.

mod effects;
mod gone;
mod headers;
mod log;
mod noes;
mod presses;
mod routes;
mod told;
mod twice;
mod unsealed;
mod walk;

use axum::http::{StatusCode, header};
use model::event::{Body, Event, EventKind};
use model::language::Language;
use serde_json::json;

use super::embed::files;
use super::fixture::{Browser, TestResponse};
use keuze_core::config::{EXAMPLE, parse};
use keuze_core::service::fixture::TestApp;

const SITE: (&str, &str) = ("sec-fetch-site", "same-origin");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A test of what is served proves nothing about files that are not there.
fn built() {
    files::check().expect("the browser files are built: cargo xtask build");
}

async fn use_further(browser: &mut Browser, app: &TestApp, more: &[(&str, &str)]) -> TestResponse {
    let body = json!({"policy": app.services.published.current().id(), "language": "en"}).to_string();
    let headers: Vec<_> = [SITE, JSON].into_iter().chain(more.iter().copied()).collect();
    browser.ask("POST", "/keuze/api/v1/continued-use", &headers, &body).await
}

fn shown_times(event: &Event) -> Option<u64> {
    if let Body::NoticeShown(shown) = &event.body { Some(shown.count) } else { None }
}

#[tokio::test]
async fn continued_use_is_recorded_once_without_any_id_and_grants_nothing() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let answer = use_further(&mut browser, &app, &[]).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let event = app.ledger().pop().expect("an event");
    assert_eq!((event.kind(), event.head.subject), (EventKind::ContinuedUse, None));
    assert_eq!(event.notice().map(|notice| notice.language), Some(Language::En), "the notice that was shown");
    assert_eq!(event.answers().count(), 0);
    assert_eq!(browser.cookies, [("keuze_seen".to_owned(), "1".to_owned())]);
    let before = app.ledger().len();
    assert_eq!(use_further(&mut browser, &app, &[]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.ledger().len(), before, "once per notice");
}

#[tokio::test]
async fn continued_use_that_is_sent_again_counts_once() {
    let app = TestApp::new().await;
    let before = app.ledger().len();
    let key = [("idempotency-key", "8e03978e40d543dd93bc6894a57f9324")];
    for _ in 0..2 {
        // The answer was lost, and its cookie with it.
        let mut browser = Browser::new(&app);
        assert_eq!(use_further(&mut browser, &app, &key).await.status, StatusCode::NO_CONTENT);
        assert_eq!(browser.cookies, [("keuze_seen".to_owned(), "1".to_owned())]);
    }
    assert_eq!(app.ledger().len(), before + 1);
}

#[tokio::test]
async fn continued_use_never_follows_an_answer_and_never_comes_from_elsewhere() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.post("/keuze/choices", &[("control", "refuse_all")]).await;
    let before = app.ledger().len();
    let answer = use_further(&mut browser, &app, &[]).await;
    assert!(!answer.headers.contains_key(header::SET_COOKIE));
    let body = json!({"policy": app.services.published.current().id()}).to_string();
    let nowhere = Browser::new(&app).ask("POST", "/keuze/api/v1/continued-use", &[JSON], &body).await;
    assert!(!nowhere.headers.contains_key(header::SET_COOKIE));
    let unknown = json!({"policy": "0".repeat(20)}).to_string();
    Browser::new(&app).ask("POST", "/keuze/api/v1/continued-use", &[SITE, JSON], &unknown).await;
    assert_eq!(app.ledger().len(), before);
}

#[tokio::test]
async fn the_include_is_there_until_it_was_answered() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let first = browser.get("/keuze/fragment?lang=nl&return=/winkel").await;
    assert_eq!(first.headers[header::CACHE_CONTROL], "private, no-store");
    assert!(!first.headers.contains_key(header::SET_COOKIE));
    for part in ["part=\"refuse\"", "part=\"accept\"", "part=\"settings\"", "value=\"/winkel\"", "Voipro"] {
        assert!(first.body.contains(part), "{part} in {}", first.body);
    }
    let other = browser.get("/keuze/fragment?return=//evil.example").await;
    assert!(!other.body.contains("evil"));
    browser.post("/keuze/choices", &[("control", "refuse_all")]).await;
    let after = browser.get("/keuze/fragment?lang=nl&return=/winkel").await;
    assert_eq!((after.status, after.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn every_answer_is_protected() {
    let app = TestApp::new().await;
    for path in ["/keuze/voorkeuren", "/keuze/cookies", "/keuze/desk", "/keuze/problems/busy", "/keuze/nergens"] {
        let answer = Browser::new(&app).get(path).await;
        let headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path} {headers:?}");
        assert!(answer.headers.contains_key(header::REFERRER_POLICY), "{path} {headers:?}");
        assert!(answer.body.contains("</html>"), "{path} is a page");
    }
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_told_so_and_health_answers_to_any() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.host = "evil.example";
    let answer = browser.get("/keuze/voorkeuren").await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    let health = browser.get("/keuze/health").await;
    assert_eq!((health.status, health.body.as_str()), (StatusCode::OK, r#"{"status":"ready"}"#));
}

#[tokio::test]
async fn too_many_requests_are_slowed_down_and_say_for_how_long() {
    let app = TestApp::new().await;
    let router = super::router(&app.services, true);
    let mut browser = Browser::at_router(router);
    let mut last = browser.get("/keuze/voorkeuren").await;
    for _ in 0..2_000 {
        last = browser.get("/keuze/voorkeuren").await;
        if last.status != StatusCode::OK {
            break;
        }
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.headers.contains_key(header::RETRY_AFTER));
    assert!(last.body.contains("</html>"), "people get a page");
}

#[tokio::test]
async fn a_stopped_ledger_is_said_and_takes_nothing() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    app.services.ledger.close().await;
    let answer = browser.post("/keuze/choices", &[("control", "refuse_all")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(browser.cookies.is_empty(), "nothing is remembered that is not durable");
    assert_eq!(browser.get("/keuze/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_policy_in_force_is_told_to_programs() {
    let app = TestApp::new().await;
    let answer = Browser::new(&app).get("/keuze/api/v1/policy").await;
    let policy: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(policy["id"], json!(app.services.published.current().id()));
    let purposes: Vec<_> =
        policy["purposes"].as_array().expect("a list").iter().map(|p| p["regime"].as_str()).collect();
    assert_eq!(purposes, [Some("necessary"), Some("low_impact"), Some("consent"), Some("consent"), Some("consent")]);
}

/// Whoever opened a page under an older policy is shown what that one asked: the answer is recorded under it.
#[tokio::test]
async fn the_panel_gets_the_words_of_the_policy_it_answers_under() {
    let app = TestApp::new().await;
    let old = app.services.published.current().id();
    let changed = EXAMPLE.replacen("panel_heading = \"Uw cookiekeuze\"", "panel_heading = \"Nieuw\"", 1);
    let app = app.republished(parse("keuze.toml", &changed).expect("no fault")).await;
    let mut browser = Browser::new(&app);
    let then = browser.get(&format!("/keuze/notice.json?lang=nl&policy={old}")).await;
    let now = browser.get("/keuze/notice.json?lang=nl").await;
    assert!(then.body.contains("Uw cookiekeuze") && now.body.contains("\"panel_heading\":\"Nieuw\""));
    assert!(then.headers[header::CACHE_CONTROL].to_str().expect("ASCII").contains("immutable"));
    assert!(!now.headers[header::CACHE_CONTROL].to_str().expect("ASCII").contains("immutable"));
    let unknown = browser.get("/keuze/notice.json?lang=nl&policy=0").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// R-2.5.6-1: once per notice version, not once for ever.
#[tokio::test]
async fn a_newer_notice_is_counted_again_and_an_answer_that_ended_counts_no_more() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.cookies = vec![("keuze_seen".into(), "0".into()), ("keuze".into(), "marketing.1.r.1700000000".into())];
    let answer = use_further(&mut browser, &app, &[]).await;
    assert!(answer.headers.contains_key(header::SET_COOKIE));
    let ahead = use_further(&mut Browser::new(&app), &app, &[("sec-purpose", "prefetch")]).await;
    assert!(!ahead.headers.contains_key(header::SET_COOKIE), "nobody looked");
}

#[tokio::test]
async fn a_path_that_is_no_text_is_told_as_a_page() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    for path in ["/keuze/bewijs/%ff/%ff", "/keuze/problems/%ff"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("</html>"), "{path}");
    }
    assert_eq!(
        browser.get("/keuze/log/%ff/checkpoint").await.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
}

/// S-01: counted by notice and language, never by visitor, and only where somebody is asked.
#[tokio::test]
async fn a_notice_that_is_shown_is_counted() {
    built();
    let app = TestApp::new().await;
    let before = app.ledger().len();
    let mut browser = Browser::new(&app);
    for path in
        ["/keuze/embed.js?lang=nl", "/keuze/fragment?lang=nl", "/keuze/embed.js?lang=en", "/keuze/embed.js?lang=nl"]
    {
        assert_eq!(browser.get(path).await.status, StatusCode::OK);
    }
    browser
        .post(
            "/keuze/choices",
            &[
                ("control", "refuse_all"),
                ("offered", "statistics"),
                ("offered", "marketing"),
                ("offered", "profiling"),
                ("offered", "third_party_embeds"),
            ],
        )
        .await;
    let answered = app.ledger().len();
    assert_eq!(answered, before + 1, "nothing is recorded for each of them");
    for path in ["/keuze/embed.js?lang=nl", "/keuze/fragment?lang=nl", "/keuze/later.js?lang=nl", "/keuze/voorkeuren"] {
        browser.get(path).await;
    }
    app.services.consent.record_counts().await.expect("recorded");
    app.services.consent.record_counts().await.expect("nothing to record");
    let counts: Vec<_> = app.ledger().split_off(answered);
    let told: Vec<_> = counts
        .iter()
        .map(|event| {
            (
                event.kind(),
                event.notice().map(|notice| notice.language),
                shown_times(event),
                event.head.subject,
                event.gpc(),
            )
        })
        .collect();
    let shown = |language, count| (EventKind::NoticeShown, Some(language), Some(count), None, false);
    assert_eq!(told, [shown(Language::Nl, 3), shown(Language::En, 1)]);
}

/// R-3.5-4: who said no through their browser is told, not asked; R-3.5-5: what depends on that says so.
#[tokio::test]
async fn a_browser_that_asks_not_to_be_tracked_is_told_and_not_asked() {
    const TOLD: &str = "Uw browser vraagt websites om u niet te volgen. Daar houden wij ons aan.";
    let app = TestApp::new().await;
    let before = app.ledger().len();
    for path in ["/keuze/embed.js?lang=nl", "/keuze/fragment?lang=nl"] {
        for (value, told) in [(Some("1"), true), (Some("0"), false), (Some("true"), false), (None, false)] {
            let headers: Vec<_> = value.map(|value| ("sec-gpc", value)).into_iter().collect();
            let mut browser = Browser::new(&app);
            let answer = browser.ask("GET", path, &headers, "").await;
            assert_eq!(answer.body.contains(TOLD), told, "{path} {value:?}");
            assert_eq!(answer.body.contains(">Accepteren<") || answer.body.contains("\"Accepteren\""), !told, "{path}");
            let header = |name| {
                let lines = answer.headers.get_all(name).iter().map(|line| line.to_str().expect("ASCII").to_owned());
                lines.collect::<Vec<_>>().join(", ")
            };
            assert!(header(header::VARY).contains("sec-gpc"), "{path}");
            assert!(header(header::CACHE_CONTROL).contains("private"), "{path}");
        }
    }
    app.services.consent.record_counts().await.expect("recorded");
    let counts: Vec<_> = app.ledger().split_off(before).into_iter().map(|event| shown_times(&event)).collect();
    assert_eq!(counts, [Some(6)], "only who was asked is counted");
    // "Met ‘Sluiten en weigeren’ blijft ook dat uit."
    let gpc =
        [("sec-gpc", "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    let mut browser = Browser::new(&app);
    let page = browser.ask("GET", "/keuze/fragment?lang=nl", &gpc, "").await;
    assert!(
        page.body.contains(
            "Zonder toestemming kan nog aangaan: Statistieken. Met ‘Sluiten en weigeren’ blijft ook dat uit."
        )
    );
    let (_, hidden) = page.form("part=\"refuse\"");
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(hidden)
        .append_pair("control", "refuse_all")
        .finish();
    let answer = browser.ask("POST", "/keuze/choices", &gpc, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let event = app.ledger().pop().expect("an event");
    assert!(
        event.gpc() && event.answers().all(|(_, answered)| !answered.answer.is_yes()) && event.answers().count() == 4
    );
    assert_eq!(browser.ask("GET", "/keuze/fragment?lang=nl", &gpc, "").await.body, "");
}

/// What the signal leaves open is asked.
#[tokio::test]
async fn a_question_that_the_signal_does_not_answer_is_asked() {
    let less = EXAMPLE.replacen("deny = [\"marketing\", ", "deny = [", 1);
    let app = TestApp::with_config(parse("keuze.toml", &less).expect("no fault")).await;
    for path in ["/keuze/embed.js?lang=nl", "/keuze/fragment?lang=nl"] {
        let with = Browser::new(&app).ask("GET", path, &[("sec-gpc", "1")], "").await;
        let without = Browser::new(&app).ask("GET", path, &[], "").await;
        // That it asks not to be tracked is the only difference.
        let signals = ["\"],1,/^(", "\"],0,/^("];
        assert_eq!(with.body.replace(signals[0], signals[1]), without.body);
        assert!(with.body.contains("Accepteren"));
    }
}

/// C9: nobody goes unasked because a page is in a language that we don't have.
#[tokio::test]
async fn a_language_that_we_do_not_have_falls_back_everywhere() {
    built();
    let app = TestApp::new().await;
    let pages = [
        "/keuze/embed.js",
        "/keuze/later.js",
        "/keuze/notice.json",
        "/keuze/fragment",
        "/keuze/voorkeuren",
        "/keuze/afmelden",
        "/keuze/inzage",
        "/keuze/cookies",
        "/keuze/privacy",
        "/keuze/problems/not-found",
        "/keuze/api/v1/policy",
    ];
    let [nl, en] = ["nl", "en"];
    let cases = [
        ("", None, nl),
        ("?lang=", None, nl),
        ("?lang=fr", None, nl),
        ("?lang=", Some("en"), en),
        ("?lang=fr", Some("fr, en;q=0.5"), en),
        ("?lang=fr-BE", Some("de"), nl),
        ("?lang=%FF", Some("en"), en),
        ("?lang=fr&lang=en", None, en),
        ("?lang=en&lang=nl", None, en),
        ("?lang=NL", Some("en"), nl),
        ("?lang=nl-BE", Some("en"), nl),
        ("?lang=EN_gb", None, en),
        ("?lang=english", Some("en"), en),
    ];
    for path in pages {
        for (query, accepts, expected) in cases {
            let headers: Vec<_> = accepts.map(|tags| ("accept-language", tags)).into_iter().collect();
            let answer = Browser::new(&app).ask("GET", &format!("{path}{query}"), &headers, "").await;
            let plain = Browser::new(&app).get(&format!("{path}?lang={expected}")).await;
            assert_eq!(answer.status, plain.status, "{path}{query} {accepts:?}");
            assert_eq!(
                answer.headers.get(header::CONTENT_LANGUAGE),
                plain.headers.get(header::CONTENT_LANGUAGE),
                "{path}{query}"
            );
            let same_words = ["embed.js", "later.js", "notice.json", "fragment"];
            if same_words.iter().any(|name| path.ends_with(name)) {
                assert_eq!(answer.body, plain.body, "{path}{query} {accepts:?}");
            }
        }
    }
}
