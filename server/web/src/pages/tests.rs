use std::collections::HashSet;

use axum::http::{StatusCode, header};
use model::decision::Reason;
use model::event::Event;
use model::identity::Subject;
use model::language::Language;

use super::*;
use crate::fixture::{self, Browser, TestResponse};
use keuze_core::config::{EXAMPLE, parse};
use keuze_core::service::fixture::TestApp;
use ledger::AppendRequest;

const PREFERENCES: &str = "/keuze/voorkeuren";
const REGISTER: &str = "/keuze/cookies";

async fn shown(browser: &mut Browser, path: &str) -> TestResponse {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer
}

/// The form of the preference page, with what it came with.
async fn answer(browser: &mut Browser, control: &str, fields: &[(&str, &str)]) -> TestResponse {
    let page = shown(browser, PREFERENCES).await;
    let policy = page.between("name=\"policy\" value=\"", "\"").to_owned();
    let mut form = vec![("policy", policy.as_str()), ("language", "nl"), ("surface", "page"), ("control", control)];
    for purpose in ["statistics", "marketing", "profiling", "third_party_embeds"] {
        form.push(("offered", purpose));
    }
    form.extend_from_slice(fields);
    let answer = browser.post("/keuze/choices", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer
}

#[tokio::test]
async fn a_first_visit_reads_what_can_be_chosen() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    insta::assert_snapshot!("preferences-nl", shown(&mut browser, "/keuze/voorkeuren").await.words());
    insta::assert_snapshot!("preferences-en", shown(&mut browser, "/keuze/voorkeuren?lang=en").await.words());
}

/// Nothing may come ticked that the person did not answer (GDPR art. 4(11), Planet49).
#[tokio::test]
async fn nothing_is_ticked_on_a_first_visit_and_only_what_was_answered_later() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let first = shown(&mut browser, PREFERENCES).await;
    assert_eq!(first.body.matches("type=\"checkbox\"").count(), 4);
    assert!(!first.body.contains(" checked"));

    answer(&mut browser, "save", &[("grant", "marketing")]).await;
    let later = shown(&mut browser, PREFERENCES).await;
    assert_eq!(later.body.matches(" checked").count(), 1);
    let ticked: Vec<_> = later.body.split('<').filter(|tag| tag.contains(" checked")).collect();
    assert!(ticked[0].contains("value=\"marketing\""), "{ticked:?}");
}

#[tokio::test]
async fn a_grant_can_be_read_back_with_its_receipt_number_and_withdrawn_in_one_press() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let granted = answer(&mut browser, "save", &[("grant", "marketing")]).await;
    let number = granted.location().split('/').nth(3).expect("a number").to_owned();
    let page = shown(&mut browser, PREFERENCES).await.words();
    assert!(page.contains(&format!("Nummer {number}")), "{page}");
    assert!(page.contains("Marketing: u gaf toestemming"), "{page}");
    assert!(page.contains("Alles intrekken"), "{page}");

    answer(&mut browser, "refuse_all", &[]).await;
    let page = shown(&mut browser, PREFERENCES).await.words();
    assert!(page.contains("Alle cookies die u kunt weigeren, staan uit."), "{page}");
    assert!(!page.contains("Alles intrekken"), "{page}");
    // The consent id went with the withdrawal: the device cannot be recognised any more.
    assert!(!page.contains(&number), "{page}");
}

#[tokio::test]
async fn a_refuser_has_no_list_and_no_number_here() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let refused = answer(&mut browser, "refuse_all", &[]).await;
    let number = refused.location().split('/').nth(3).expect("a number").to_owned();
    let page = shown(&mut browser, PREFERENCES).await.words();
    assert!(page.contains("U weigerde dit. Wij vragen het niet opnieuw tot en met 24 mei 2027."), "{page}");
    assert!(page.contains("Van een weigering bewaren wij niets"), "{page}");
    assert!(!page.contains(&number), "{page}");
}

/// The cookie is a hint, never evidence.
#[tokio::test]
async fn a_yes_without_a_record_does_not_count() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.cookies.push(("keuze".into(), "marketing.1.g.1811195999".into()));
    let page = shown(&mut browser, PREFERENCES).await;
    assert!(page.words().contains("Uw apparaat meldt een toestemming die wij niet kennen."), "{}", page.words());
    assert!(!page.body.contains(" checked"));
}

#[tokio::test]
async fn continued_use_is_told_as_what_it_is() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.cookies.push(("keuze_seen".into(), "1".into()));
    let page = shown(&mut browser, PREFERENCES).await.words();
    assert!(page.contains("Staat aan. U zag de melding en gebruikte de website verder."), "{page}");
    assert!(page.contains("Nu staat aan: Statistieken."), "{page}");
}

/// The fieldset of a purpose.
fn group<'a>(page: &'a TestResponse, name: &str) -> &'a str {
    let legend = format!("<legend>{name}</legend>");
    let mut groups = page.body.split("<fieldset class=\"purpose\">");
    groups.find(|group| group.starts_with(&legend)).unwrap_or_else(|| panic!("no {name}"))
}

fn is_on(page: &TestResponse, name: &str) -> bool {
    group(page, name).contains("<strong>Staat aan.</strong>")
}

fn is_switched_on(page: &TestResponse, name: &str) -> bool {
    group(page, name).contains(" checked")
}

/// "Staat alles uit, dan is bewaren hetzelfde als weigeren."
#[tokio::test]
async fn saving_with_nothing_switched_on_is_the_same_as_refusing() {
    let app = TestApp::new().await;
    let mut kept = Vec::new();
    for (control, seen) in [("refuse_all", false), ("save", false), ("save", true)] {
        let mut browser = Browser::new(&app);
        if seen {
            browser.cookies.push(("keuze_seen".into(), "1".into()));
        }
        let page = shown(&mut browser, PREFERENCES).await;
        assert!(page.words().contains("Staat alles uit, dan is bewaren hetzelfde als weigeren."));
        assert!(!is_switched_on(&page, "Statistieken") && is_on(&page, "Statistieken") == seen);
        assert_eq!(page.words().contains("Dit loopt nu, omdat u verder ging; bewaren zet het uit."), seen);
        answer(&mut browser, control, &[]).await;
        let page = shown(&mut browser, PREFERENCES).await;
        assert!(page.words().contains("Alle cookies die u kunt weigeren, staan uit."), "{control}");
        assert!(group(&page, "Statistieken").contains("U maakte bezwaar."), "{control}");
        browser.cookies.retain(|(name, _)| name != "keuze_seen");
        kept.push((
            browser.cookies,
            app.ledger().pop().expect("an event").choice().expect("an answer").answers.clone(),
        ));
    }
    assert_eq!(kept[0], kept[1]);
    assert_eq!(kept[0], kept[2]);
}

/// "Wij vragen het niet opnieuw tot en met …" / "U maakte bezwaar. Dat blijft zo, tot u het hier zelf weer aanzet."
#[tokio::test]
async fn a_refusal_is_asked_again_after_its_day_and_an_objection_never() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    answer(&mut browser, "refuse_all", &[]).await;
    browser.cookies.push(("keuze_seen".into(), "1".into()));
    // 24 May 2027 ends in Amsterdam at 22:00 UTC.
    let last_second = time::macros::datetime!(2027-05-24 21:59:59 UTC).unix_timestamp();
    for (now, asked) in [(last_second, false), (last_second + 1, true), (last_second + 40_000_000, true)] {
        app.clock.set(now);
        let include = browser.get("/keuze/fragment?lang=nl").await;
        assert_eq!(!include.body.is_empty(), asked, "{now}");
        let page = shown(&mut browser, PREFERENCES).await;
        assert!(!is_on(&page, "Statistieken") && !is_on(&page, "Marketing"));
        assert!(group(&page, "Statistieken").contains("Dat blijft zo, tot u het hier zelf weer aanzet."));
        let told = group(&page, "Marketing").contains("Wij vragen het niet opnieuw tot en met 24 mei 2027.");
        assert_eq!(told, !asked);
    }
    answer(&mut browser, "save", &[("grant", "statistics")]).await;
    let page = shown(&mut browser, PREFERENCES).await;
    assert!(is_on(&page, "Statistieken") && is_switched_on(&page, "Statistieken"));
    // "Zet u het uit, dan maakt u bezwaar."
    assert!(group(&page, "Statistieken").contains("Zet u het uit, dan maakt u bezwaar."));
    answer(&mut browser, "save", &[]).await;
    assert!(group(&shown(&mut browser, PREFERENCES).await, "Statistieken").contains("U maakte bezwaar."));
}

/// "Daar houden wij ons aan. Zet u hieronder toch iets aan, dan geldt die keuze."
#[tokio::test]
async fn a_browser_that_asks_not_to_be_tracked_is_followed_in_every_spelling() {
    const SENTENCE: &str = "Uw browser vraagt websites om u niet te volgen.";
    let also = EXAMPLE.replacen("also_object_low_impact = false", "also_object_low_impact = true", 1);
    let app = TestApp::with_config(parse("keuze.toml", &also).expect("no fault")).await;
    let mut browser = Browser::new(&app);
    browser.cookies.push(("keuze_seen".into(), "1".into()));
    let spellings: [(&[&str], bool); 10] = [
        (&["1"], true),
        (&["0", "1"], true),
        (&["1", "0"], true),
        (&["1", "1"], true),
        (&["1, 1"], true),
        (&["0, 1"], true),
        (&[], false),
        (&["0"], false),
        (&["true", "yes", "\"1\"", "11", "?1"], false),
        (&[""], false),
    ];
    for (values, asks) in spellings {
        let headers: Vec<_> = values.iter().map(|value| ("sec-gpc", *value)).collect();
        let page = browser.ask("GET", PREFERENCES, &headers, "").await;
        assert_eq!(page.words().contains(SENTENCE), asks, "{values:?}");
        assert_eq!(is_on(&page, "Statistieken"), !asks, "{values:?}");
        let vary: Vec<_> =
            page.headers.get_all(header::VARY).iter().map(|line| line.to_str().expect("ASCII")).collect();
        assert!(vary.join(", ").contains("sec-gpc"), "{vary:?}");
        assert!(page.headers[header::CACHE_CONTROL].to_str().expect("ASCII").contains("private"));
    }
    answer(&mut browser, "save", &[("grant", "marketing")]).await;
    let page = browser.ask("GET", PREFERENCES, &[("sec-gpc", "1")], "").await;
    assert!(is_on(&page, "Marketing") && !is_on(&page, "Profilering"), "the person's own choice counts");
}

/// One that cannot be read may have been an objection: it starts nothing, and neither does what replaces it.
#[tokio::test]
async fn an_unreadable_choice_stops_continued_use_until_everything_was_answered() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.cookies = vec![("keuze".into(), "statistics.1.x~marketing".into()), ("keuze_seen".into(), "1".into())];
    let page = shown(&mut browser, PREFERENCES).await;
    assert!(group(&page, "Statistieken").contains("Uw apparaat bewaart een keuze die wij niet kunnen lezen."));
    assert!(!is_on(&page, "Statistieken"));
    let policy = app.services.published.current().id();
    let form = [("policy", policy.as_str()), ("control", "save"), ("offered", "marketing"), ("grant", "marketing")];
    browser.post("/keuze/choices", &form).await;
    let page = shown(&mut browser, PREFERENCES).await;
    assert!(is_on(&page, "Marketing") && !is_on(&page, "Statistieken"), "{:?}", browser.cookies);
}

#[tokio::test]
async fn a_receipt_says_what_was_asked_and_answered() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let path = answer(&mut browser, "save", &[("grant", "marketing")]).await;
    let path = path.location().to_owned();
    let receipt = shown(&mut browser, &path).await;
    insta::assert_snapshot!("receipt-nl", masked(&receipt));
    let receipt = shown(&mut browser, &format!("{path}?lang=en")).await;
    insta::assert_snapshot!("receipt-en", masked(&receipt));
}

/// Salts, hashes and signatures follow the texts of the example site; what they are is checked elsewhere.
fn masked(receipt: &TestResponse) -> String {
    let is_digest =
        |word: &str| word.len() >= 43 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    let mask = |word: &str| if is_digest(word) { "…".to_owned() } else { word.to_owned() };
    let line = |line: &str| {
        if line.starts_with('{') {
            "{record}".to_owned()
        } else {
            line.split(' ').map(mask).collect::<Vec<_>>().join(" ")
        }
    };
    fixture::masked(&receipt.words()).lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_so() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.keeps_cookies = false;
    let path = answer(&mut browser, "refuse_all", &[]).await.location().to_owned();
    let page = shown(&mut browser, &path).await.words();
    assert!(page.contains("Uw browser bewaart geen cookies van deze website."), "{page}");
    let mut other = Browser::new(&app);
    let path = answer(&mut other, "refuse_all", &[]).await.location().to_owned();
    assert!(!shown(&mut other, &path).await.words().contains("bewaart geen cookies van"));
}

#[tokio::test]
async fn a_receipt_is_seen_by_its_link_alone_and_for_a_day() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let path = answer(&mut browser, "refuse_all", &[]).await.location().to_owned();
    let other = answer(&mut browser, "refuse_all", &[]).await.location().to_owned();

    let (number, _) = path.rsplit_once('/').expect("a token");
    let (_, token) = other.rsplit_once('/').expect("a token");
    let unknown = browser.get("/keuze/bewijs/00000-00000-00000/00112233445566778899aabbccddeeff").await;
    let wrong = browser.get(&format!("{number}/{token}")).await;
    assert_eq!((unknown.status, wrong.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));

    app.clock.advance(86_399);
    shown(&mut browser, &path).await;
    app.clock.advance(1);
    let gone = browser.get(&path).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.words().contains("De link naar een bewijs werkt 24 uur."));
}

#[tokio::test]
async fn the_register_names_every_cookie_and_every_party() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let (nl, en) =
        (shown(&mut browser, "/keuze/cookies?lang=nl").await, shown(&mut browser, "/keuze/cookies?lang=en").await);
    let policy = &app.services.published.current().policy;
    assert!(!policy.cookies.is_empty() && !policy.vendors.is_empty());
    for page in [&nl, &en] {
        let words = page.words();
        policy.cookies.iter().for_each(|cookie| assert!(words.contains(&cookie.name), "{}", cookie.name));
        for vendor in &policy.vendors {
            assert!(words.contains(&vendor.name), "{}", vendor.name);
            assert!(page.body.contains(&format!("href=\"{}\"", vendor.statement_url)), "{}", vendor.statement_url);
        }
    }
    assert!(nl.words().contains("Doorgifte buiten Europa") && en.words().contains("Transfer outside Europe"));
}

#[tokio::test]
async fn every_problem_is_explained_in_both_languages() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    for &slug in Slug::ALL {
        for language in Language::ALL {
            let path = format!("/keuze/problems/{slug}?lang={}", language.tag());
            let page = shown(&mut browser, &path).await.words();
            let words = slug.words(language);
            for part in [words.title, words.happened, words.not_happened, words.to_do] {
                assert!(page.contains(part), "{page}");
            }
        }
    }
    assert_eq!(browser.get("/keuze/problems/nothing").await.status, StatusCode::NOT_FOUND);
}

/// Every page: its language, whom to turn to, both supervisors, no script, a strict policy.
#[tokio::test]
async fn every_page_has_its_frame() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    for path in [PREFERENCES, REGISTER, "/keuze/problems/busy", "/keuze/nothing-here"] {
        for language in ["nl", "en"] {
            let page = browser.get(&format!("{path}?lang={language}")).await;
            assert!(page.body.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{language}\">")), "{path}");
            assert!(!page.body.contains("<script") && !page.body.contains("style="), "{path}");
            let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII");
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
            for needed in
                ["Voipro Communications Company B.V.", "privacy@voipro.nl", "Autoriteit Persoonsgegevens", "ACM"]
            {
                assert!(page.body.contains(needed), "{path} {needed}");
            }
        }
    }
}

/// Level B1: sentences of at most 20 words, and nobody shouts (look, "Words").
#[tokio::test]
async fn sentences_are_short_and_calm() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let receipt = answer(&mut browser, "save", &[("grant", "marketing")]).await.location().to_owned();
    let mut paths = vec![PREFERENCES.to_owned(), REGISTER.to_owned(), receipt];
    paths.extend(Slug::ALL.iter().map(|slug| format!("/keuze/problems/{slug}")));
    for path in &paths {
        for language in ["nl", "en"] {
            let page = shown(&mut browser, &format!("{path}?lang={language}")).await.words();
            let lines = page.lines().filter(|line| !line.starts_with('{') && !line.contains("c2sp.org"));
            for sentence in lines.flat_map(|line| line.split(['.', ':', '?'])) {
                assert!(!sentence.contains('!'), "{path}: {sentence}");
                assert!(sentence.split_whitespace().count() <= 20, "{path}: {sentence}");
            }
        }
    }
}

/// The table that rules and `embed.js` are held to, through the pages: what the preference page says of each purpose,
/// and whether the include asks. Where an answer ended by itself or with its question, that is said, and nowhere else.
#[tokio::test]
async fn the_pages_decide_as_the_rules_do() {
    use crate::embed::cases::{POLICIES, cases};
    let ended = [
        (Reason::Expired, "Uw eerdere antwoord is verlopen."),
        (Reason::QuestionChanged, "Onze vraag is veranderd. Uw eerdere antwoord geldt daarom niet meer."),
    ];
    let mut said = HashSet::new();
    for (name, changes) in POLICIES {
        let text = changes.iter().fold(EXAMPLE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "the example has {from}");
            text.replacen(from, to, 1)
        });
        let app = TestApp::with_config(parse("keuze.toml", &text).expect("no fault")).await;
        let policy = app.services.published.current().policy.clone();
        let mut browser = Browser::new(&app);
        for case in cases().into_iter().filter(|case| case.policy == name && case.clock == 0) {
            app.clock.set(case.now);
            let now = app.services.clock.now();
            let subject = recorded(&app, &case.record.events(&policy)).await;
            browser.cookies = case.cookies.iter().map(|value| ("keuze".to_owned(), value.clone())).collect();
            browser.cookies.extend(case.seen.iter().map(|value| ("keuze_seen".to_owned(), (*value).to_owned())));
            browser.cookies.extend(subject.map(|subject| ("keuze_id".to_owned(), subject.to_string())));
            let history = subject.map(|subject| app.services.ledger.history(subject).expect("readable"));
            let expected = case.decisions(&policy, Some(&history.unwrap_or_default()), now);
            let headers: &[(&str, &str)] = if case.gpc { &[("sec-gpc", "1")] } else { &[] };
            let page = browser.ask("GET", PREFERENCES, headers, "").await;
            let groups: Vec<&str> = page.body.split("<fieldset class=\"purpose\">").skip(1).collect();
            let told = groups.iter().map(|group| !group.contains("<strong>Staat uit.</strong>"));
            let allowed: Vec<bool> = expected.iter().map(|(_, decision)| decision.allow).collect();
            assert_eq!(told.collect::<Vec<_>>(), allowed, "{case:?}");
            for (group, (_, decision)) in groups.iter().zip(&expected) {
                for (reason, sentence) in ended {
                    assert_eq!(group.contains(sentence), decision.reason == reason, "{reason:?} {case:?}");
                    said.extend((decision.reason == reason).then_some(sentence));
                    assert!(decision.reason != reason || !decision.allow, "{reason:?} {case:?}");
                }
            }
            let include = browser.ask("GET", "/keuze/fragment?lang=nl", headers, "").await;
            assert_eq!(!include.body.is_empty(), case.asks(&policy, now), "{case:?}");
        }
    }
    assert_eq!(said.len(), ended.len(), "control: each of them is so somewhere");
}

/// Appends events under a subject of their own.
async fn recorded(app: &TestApp, events: &[Event]) -> Option<Subject> {
    let subject = (!events.is_empty()).then(|| Subject(app.services.random.bytes()));
    for event in events {
        app.services.ledger.append(AppendRequest::new(event.clone().with_subject(subject))).await.expect("appended");
    }
    subject
}
