use app::model::language::Language;
use axum::http::{StatusCode, header};

use super::*;
use crate::http::fixture::{self, Answer, Browser};
use crate::service::fixture::House;

async fn shown(browser: &mut Browser, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer
}

/// The form of the preference page, with what it came with.
async fn answer(browser: &mut Browser, control: &str, fields: &[(&str, &str)]) -> Answer {
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    insta::assert_snapshot!("preferences-nl", shown(&mut browser, "/keuze/voorkeuren").await.words());
    insta::assert_snapshot!("preferences-en", shown(&mut browser, "/keuze/voorkeuren?lang=en").await.words());
}

/// Nothing may come ticked that the person did not answer (GDPR art. 4(11), Planet49).
#[tokio::test]
async fn nothing_is_ticked_on_a_first_visit_and_only_what_was_answered_later() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    browser.cookies.push(("keuze".into(), "marketing.1.g.20270524".into()));
    let page = shown(&mut browser, PREFERENCES).await;
    assert!(page.words().contains("Uw apparaat meldt een toestemming die wij niet kennen."), "{}", page.words());
    assert!(!page.body.contains(" checked"));
}

#[tokio::test]
async fn continued_use_is_told_as_what_it_is() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    browser.cookies.push(("keuze_seen".into(), "1".into()));
    let page = shown(&mut browser, PREFERENCES).await.words();
    assert!(page.contains("Staat aan. U zag de melding en gebruikte de website verder."), "{page}");
    assert!(page.contains("Nu staat aan: Statistieken."), "{page}");
}

#[tokio::test]
async fn a_receipt_says_what_was_asked_and_answered() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let path = answer(&mut browser, "save", &[("object", "statistics"), ("grant", "marketing")]).await;
    let path = path.location().to_owned();
    let receipt = shown(&mut browser, &path).await;
    insta::assert_snapshot!("receipt-nl", masked(&receipt));
    let receipt = shown(&mut browser, &format!("{path}?lang=en")).await;
    insta::assert_snapshot!("receipt-en", masked(&receipt));
}

/// Salts, hashes and signatures follow the texts of the example site; what they are is checked elsewhere.
fn masked(receipt: &Answer) -> String {
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    browser.keeps_cookies = false;
    let path = answer(&mut browser, "refuse_all", &[]).await.location().to_owned();
    let page = shown(&mut browser, &path).await.words();
    assert!(page.contains("Uw browser bewaart geen cookies van deze website."), "{page}");
    let mut other = Browser::new(&house);
    let path = answer(&mut other, "refuse_all", &[]).await.location().to_owned();
    assert!(!shown(&mut other, &path).await.words().contains("bewaart geen cookies van"));
}

#[tokio::test]
async fn a_receipt_is_seen_by_its_link_alone_and_for_a_day() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let path = answer(&mut browser, "refuse_all", &[]).await.location().to_owned();
    let other = answer(&mut browser, "refuse_all", &[]).await.location().to_owned();

    let (number, _) = path.rsplit_once('/').expect("a token");
    let (_, token) = other.rsplit_once('/').expect("a token");
    let unknown = browser.get("/keuze/bewijs/00000-00000-00000/00112233445566778899aabbccddeeff").await;
    let wrong = browser.get(&format!("{number}/{token}")).await;
    assert_eq!((unknown.status, wrong.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));

    house.clock.advance(86_399);
    shown(&mut browser, &path).await;
    house.clock.advance(1);
    let gone = browser.get(&path).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.words().contains("De link naar een bewijs werkt 24 uur."));
}

#[tokio::test]
async fn the_register_names_every_cookie_and_every_party() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let (nl, en) =
        (shown(&mut browser, "/keuze/cookies?lang=nl").await, shown(&mut browser, "/keuze/cookies?lang=en").await);
    let policy = &house.keuze.published.current().policy;
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    for slug in Slug::ALL {
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
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
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let receipt = answer(&mut browser, "save", &[("grant", "marketing")]).await.location().to_owned();
    let mut paths = vec![PREFERENCES.to_owned(), REGISTER.to_owned(), receipt];
    paths.extend(Slug::ALL.map(|slug| format!("/keuze/problems/{slug}")));
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
