mod bound;
mod call;
mod erase;
mod same_person;
mod sign_in;
mod told;

use model::event::{Actor, Body, EventKind, LookUpTarget, LookedUp};
use model::identity::{RecordAddress, ShardNumber};
use zeroize::Zeroizing;

use super::*;
use crate::fixture::{Browser, TestResponse};
use keuze_core::service::fixture::TestApp;
use keuze_core::service::staff::{Existing, StaffName};

pub(crate) const PASSWORD: &str = "vier woorden aan elkaar";

fn anna() -> StaffName {
    "anna".parse().expect("a name")
}

fn staff(app: &TestApp) -> &Staff {
    &app.services.staff
}

/// A house where Anna has her own password already.
async fn house_of_anna() -> TestApp {
    let app = TestApp::new().await;
    employ_anna(&app).await;
    app
}

pub(crate) async fn employ_anna(app: &TestApp) {
    employ(app, "anna").await;
}

/// Somebody with a password of their own.
pub(crate) async fn employ(app: &TestApp, name: &str) {
    let name: StaffName = name.parse().expect("a name");
    staff(app).issue(&name, Existing::Refuse).await.expect("added");
    staff(app).replace(&name, None, Zeroizing::new(PASSWORD.to_owned()), PASSWORD).await.expect("replaced");
}

/// They, at the desk.
pub(crate) async fn desk_of(app: &TestApp, name: &str) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(sign_in_as(&mut browser, name, PASSWORD).await.status, StatusCode::SEE_OTHER);
    browser
}

/// Anna at the desk, on a host of ours.
pub(crate) async fn annas_desk(app: &TestApp, host: &'static str) -> Browser {
    let mut browser = Browser::new(app);
    browser.host = host;
    let answer = sign_in_as(&mut browser, "anna", PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, DESK));
    browser
}

async fn sign_in_as(browser: &mut Browser, name: &str, password: &str) -> TestResponse {
    browser.post("/keuze/desk/sign-in", &[("name", name), ("password", password)]).await
}

pub(crate) async fn look_up_for(browser: &mut Browser, query: &str, reason: &str) -> TestResponse {
    browser.post("/keuze/desk/look-up", &[("query", query), ("reason", reason)]).await
}

/// A visitor answers on the preference page; gives the number of the receipt.
async fn visitor(app: &TestApp, control: &str, grants: &[(&str, &str)]) -> (String, Browser) {
    let mut browser = Browser::new(app);
    let policy = app.services.published.current().id();
    let mut form = vec![("policy", policy.as_str()), ("language", "nl"), ("surface", "page"), ("control", control)];
    form.extend(["statistics", "marketing", "profiling", "third_party_embeds"].map(|purpose| ("offered", purpose)));
    form.extend_from_slice(grants);
    let answer = browser.post("/keuze/choices", &form).await;
    (answer.location().split('/').nth(3).expect("a number").to_owned(), browser)
}

/// A cookie that somebody else planted, and one that cannot be read, lock nobody out; over https a plain name is none.
#[tokio::test]
async fn planted_cookies_neither_lock_out_nor_let_in() {
    let app = house_of_anna().await;
    for (host, ours, planted) in [
        ("www.voipro.nl", "__Secure-keuze_desk", "keuze_desk=0123"),
        ("www.voipro.nl", "__Secure-keuze_desk", "__Secure-keuze_desk=0123"),
        ("localhost", "keuze_desk", "keuze_desk=0123"),
        ("localhost", "keuze_desk", "utm=søgelse"),
    ] {
        let mut browser = annas_desk(&app, host).await;
        let token = browser.cookies[0].1.clone();
        assert_eq!(browser.cookies[0].0, ours);
        let (name, value) = planted.split_once('=').expect("a cookie");
        for at in [0, 1] {
            browser.cookies = vec![(ours.to_owned(), token.clone())];
            browser.cookies.insert(at, (name.to_owned(), value.to_owned()));
            let page = browser.get(DESK).await;
            assert!(page.body.contains("/keuze/desk/sign-out"), "{host} {planted} {at}");
        }
        let other = if ours == "keuze_desk" { "__Secure-keuze_desk" } else { "keuze_desk" };
        browser.cookies = vec![(other.to_owned(), token)];
        assert!(browser.get(DESK).await.body.contains("/keuze/desk/sign-in"), "{host}: a session under the other name");
    }
}

/// Each form of the desk without a session, whatever is in it: what would look up says that nothing was looked up, and what
/// would enter something that it was not recorded. Whether it could be read is not looked at.
#[tokio::test]
async fn a_form_of_no_session_says_that_nothing_came_of_it() {
    let app = house_of_anna().await;
    let before = app.ledger().len();
    let forms = Endpoint::ALL.iter().filter(|of| of.path().starts_with(DESK) && of.post().is_some());
    let mut pressed = 0;
    for endpoint in forms {
        let (status, says) = match endpoint {
            // Neither needs one.
            Endpoint::DeskSignIn | Endpoint::DeskSignOut => continue,
            Endpoint::DeskLookUp | Endpoint::DeskCallOpen => (StatusCode::FORBIDDEN, "Er is niets opgezocht."),
            _ => (StatusCode::CONFLICT, "Dit is niet vastgelegd."),
        };
        let path = endpoint.path().replace("{id}", &"0".repeat(32));
        let form = "application/x-www-form-urlencoded";
        for token in [None, Some("0".repeat(64)), Some("onzin".to_owned())] {
            for (media, body) in [
                (form, ""),
                (form, "act=onzin&act=object%3Aall&shown=&name=anna"),
                (form, "current=a&password=b&again=b&name=bert&extra=1"),
                (form, "current=vijf+woorden&password=zes+woorden&again=zes+woorden&name=anna"),
                (form, "%ff%fe=%00&&&="),
                ("application/json", "{\"act\":\"object:all\"}"),
                ("text/plain", "onzin"),
            ] {
                let mut browser = Browser::new(&app);
                browser.cookies.extend(token.clone().map(|token| ("keuze_desk".to_owned(), token)));
                let headers = [("sec-fetch-site", "same-origin"), ("content-type", media)];
                let answer = browser.ask("POST", &path, &headers, body).await;
                assert_eq!(answer.status, status, "{path} {media} {body}: {}", answer.words());
                assert!(answer.words().contains(says), "{path} {media} {body}: {}", answer.words());
                assert!(answer.body.contains("/keuze/desk/sign-in"), "{path}: a way on");
                pressed += 1;
            }
        }
    }
    assert_eq!((pressed, app.ledger().len()), (8 * 21, before));
}

#[tokio::test]
async fn without_a_session_there_is_a_sign_in_and_nothing_else() {
    let app = house_of_anna().await;
    let (number, _) = visitor(&app, "refuse_all", &[]).await;
    let before = app.ledger().len();
    let mut browser = Browser::new(&app);
    let page = browser.get(DESK).await;
    assert_eq!(page.status, StatusCode::OK);
    insta::assert_snapshot!(page.words(), @r"
    Naar de inhoud
    voipro.nl English
    Aanmelden bij de balie
    Naam
    Wachtwoord
    Aanmelden
    Voor medewerkers. Na 30 minuten zonder gebruik wordt u afgemeld.
    ");
    browser.cookies.push(("keuze_desk".into(), "0".repeat(64)));
    let answer = look_up_for(&mut browser, &number, "klant belt").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.words().contains("U bent niet (meer) aangemeld. Er is niets opgezocht."));
    assert!(!answer.body.contains("0001/"));
    assert_eq!(app.ledger().len(), before);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let app = house_of_anna().await;
    let mut browser = Browser::new(&app);
    let wrong = sign_in_as(&mut browser, "anna", "vier andere woorden").await;
    let unknown = sign_in_as(&mut browser, "bert", "vier andere woorden").await;
    assert_eq!((wrong.status, &wrong.body), (StatusCode::FORBIDDEN, &unknown.body));
    assert!(wrong.words().contains("Deze naam en dit wachtwoord horen niet bij elkaar."));
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_the_form_that_replaces_it() {
    let app = TestApp::new().await;
    let issued = staff(&app).issue(&anna(), Existing::Refuse).await.expect("added");
    let (number, _) = visitor(&app, "refuse_all", &[]).await;
    let mut browser = Browser::new(&app);
    sign_in_as(&mut browser, "anna", &issued).await;
    assert!(browser.get(DESK).await.words().contains("Kies uw eigen wachtwoord"));

    let before = app.ledger().len();
    let answer = look_up_for(&mut browser, &number, "klant belt").await;
    assert!(answer.words().contains("Kies uw eigen wachtwoord") && !answer.body.contains(&number));
    assert_eq!(app.ledger().len(), before);

    let short = browser.post("/keuze/desk/password", &[("password", "kort"), ("again", "kort")]).await;
    assert!(short.words().contains("Dit wachtwoord is te kort."));
    let same = browser.post("/keuze/desk/password", &[("password", &issued), ("again", &issued)]).await;
    assert!(same.words().contains("Dit wachtwoord is te makkelijk te raden."));
    let mut elsewhere = browser.beside();
    sign_in_as(&mut elsewhere, "anna", &issued).await;

    let first = browser.cookies.clone();
    browser.post("/keuze/desk/password", &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert!(browser.get(DESK).await.words().contains("Een keuze of persoon opzoeken"));
    assert_ne!(browser.cookies, first, "the session goes on under another token");
    browser.cookies = first;
    for ended in [&mut browser, &mut elsewhere] {
        assert!(ended.get(DESK).await.words().contains("Aanmelden bij de balie"));
    }
}

#[tokio::test]
async fn a_refusal_is_found_by_its_number_with_the_text_that_was_shown() {
    let app = house_of_anna().await;
    let (number, _) = visitor(&app, "refuse_all", &[]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let answer =
        look_up_for(&mut desk, &number.to_lowercase().replace('-', " "), " Klant belt  over zijn keuze ").await;
    assert_eq!(answer.status, StatusCode::OK);
    let words = answer.words();
    for needed in [
        "Vastlegging 0001/3",
        "Dit opzoeken is vastgelegd als 0001/4.",
        "alles weigeren",
        "Statistieken aangeboden, bezwaar gemaakt",
        "Marketing aangeboden, geweigerd 2027-05-24",
        "geen: er is niets toegestaan",
        "Voipro gebruikt cookies voor statistieken en, als u dat goedvindt, voor marketing",
        "Klopt. Het blad, het pad en de handtekening zijn opnieuw berekend. De boom heeft 5 bladen",
        "c2sp.org/tlog-proof@v1",
    ] {
        assert!(words.contains(needed), "{needed}\n{words}");
    }
    let stored = &app.services.published.current().html[0].1;
    let stored = String::from_utf8_lossy(stored);
    assert!(answer.body.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").contains(&*stored));

    let audit = app.ledger().pop().expect("an event");
    assert_eq!(audit.kind(), EventKind::LookedUp);
    assert_eq!(audit.head.actor, Actor::Agent { name: "anna".to_owned() });
    assert_eq!(audit.reason(), Some("Klant belt over zijn keuze"));
    let third = LookUpTarget::Record("0001/3".parse().expect("an address"));
    assert!(matches!(audit.body, Body::LookedUp(LookedUp { target, .. }) if target == third));
    assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-store");
}

#[tokio::test]
async fn a_consent_id_shows_its_history_and_stands_sealed_in_the_audit() {
    let app = house_of_anna().await;
    let (number, mut visitor) = visitor(&app, "save", &[("grant", "marketing")]).await;
    let id = visitor.cookies.iter().find(|(name, _)| name == "keuze_id").expect("a consent id").1.clone();
    let policy = app.services.published.current().id();
    app.clock.advance(60);
    let withdraw = [("policy", policy.as_str()), ("language", "nl"), ("surface", "page"), ("control", "refuse_all")];
    visitor.post("/keuze/choices", &withdraw).await;

    let mut desk = annas_desk(&app, "localhost").await;
    let by_id = look_up_for(&mut desk, &id, "verzoek om inzage").await.words();
    assert!(by_id.contains("Vastlegging 0001/4") && by_id.contains("toestemming ingetrokken"), "{by_id}");
    assert!(by_id.contains(&number), "the history has both numbers: {by_id}");
    assert!(by_id.contains("Marketing nee ingetrokken"), "{by_id}");
    let by_number = look_up_for(&mut desk, &number, "verzoek om inzage").await.words();
    assert!(by_number.contains("Vastlegging 0001/3") && by_number.contains("2026-11-24 14:06:09"), "{by_number}");

    for audit in app.ledger().iter().filter(|event| event.kind() == EventKind::LookedUp) {
        assert!(audit.audited().is_some());
        assert!(!serde_json::to_string(audit).expect("JSON").contains(&id));
    }
}

#[tokio::test]
async fn without_a_reason_nothing_is_looked_up_and_nothing_recorded() {
    let app = house_of_anna().await;
    let (number, _) = visitor(&app, "refuse_all", &[]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let before = app.ledger().len();
    for reason in ["", "   ", "x"] {
        let answer = look_up_for(&mut desk, &number, reason).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.words().contains("Zonder reden zoeken wij niets op."));
        assert!(!answer.body.contains("0001/"));
    }
    let mistyped = look_up_for(&mut desk, "00G00-00000-00000", "klant belt").await.words();
    assert!(mistyped.contains("In dit nummer zit een typefout."), "{mistyped}");
    assert_eq!(app.ledger().len(), before);
}

#[tokio::test]
async fn what_is_not_there_is_said_clearly_and_recorded() {
    let app = house_of_anna().await;
    let mut desk = annas_desk(&app, "localhost").await;
    let invented = model::receipt::ReceiptNumber {
        address: RecordAddress { shard: ShardNumber::FIRST, index: 1 },
        mac: [1, 2, 3, 4, 5],
    };
    let unknown = look_up_for(&mut desk, &invented.to_string(), "klant belt").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.words().contains("Het nummer is nooit uitgegeven, of de gegevens zijn gewist."));
    look_up_for(&mut desk, "00112233445566778899aabbccddeeff", "klant belt").await;
    let targets = app.ledger().into_iter().filter_map(|event| match event.body {
        Body::LookedUp(looked_up) => Some(looked_up.target),
        _ => None,
    });
    let targets: Vec<_> = targets.collect();
    assert_eq!(targets, [LookUpTarget::NoReceipt(invented.to_string()), LookUpTarget::NoConsentId]);
}

#[tokio::test]
async fn a_session_ends_by_itself_and_by_signing_out() {
    let app = house_of_anna().await;
    let mut desk = annas_desk(&app, "localhost").await;
    let at_the_desk = async |desk: &mut Browser| desk.get(DESK).await.words().contains("Een keuze of persoon opzoeken");
    app.clock.advance(1_799);
    assert!(at_the_desk(&mut desk).await);
    app.clock.advance(1_799);
    assert!(at_the_desk(&mut desk).await, "use prolongs it");
    app.clock.advance(1_800);
    assert!(!at_the_desk(&mut desk).await);

    sign_in_as(&mut desk, "anna", PASSWORD).await;
    let token = desk.cookies.clone();
    for _ in 0..20 {
        app.clock.advance(1_790);
        at_the_desk(&mut desk).await;
    }
    app.clock.advance(200);
    assert!(!at_the_desk(&mut desk).await, "a working day is the longest");

    sign_in_as(&mut desk, "anna", PASSWORD).await;
    assert_ne!(desk.cookies, token);
    let token = desk.cookies.clone();
    desk.post("/keuze/desk/sign-out", &[]).await;
    assert!(desk.cookies.iter().all(|(name, _)| name != "keuze_desk"));
    desk.cookies = token;
    assert!(!at_the_desk(&mut desk).await, "the token itself is dead");
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach() {
    let app = house_of_anna().await;
    for (host, prefix, secure) in [("localhost", "", ""), ("www.voipro.nl", "__Secure-", " Secure;")] {
        let mut browser = Browser::new(&app);
        browser.host = host;
        let answer = sign_in_as(&mut browser, "anna", PASSWORD).await;
        let set = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
        let (token, attributes) = set.split_once(';').expect("attributes");
        assert!(token.starts_with(&format!("{prefix}keuze_desk=")), "{token}");
        assert_eq!(token.len(), prefix.len() + "keuze_desk=".len() + 64);
        assert_eq!(attributes, format!(" HttpOnly; SameSite=Strict;{secure} Path=/keuze/desk"));
    }
}

#[tokio::test]
async fn the_desk_speaks_english_too() {
    let app = house_of_anna().await;
    let (number, _) = visitor(&app, "refuse_all", &[]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let form = [("query", number.as_str()), ("reason", "caller asks")];
    let words = desk.post("/keuze/desk/look-up?lang=en", &form).await.words();
    for needed in ["Record 0001/3", "offered, refused", "Right. Leaf, path and signature were computed again."] {
        assert!(words.contains(needed), "{words}");
    }
}

/// Taken away or reset on the command line, an access ends at once, wherever somebody sits with it; a new one of the same
/// name is another one.
#[tokio::test]
async fn whoever_is_removed_or_reset_is_out_at_once() {
    let app = house_of_anna().await;
    let mut desk = annas_desk(&app, "www.voipro.nl").await;
    let is_in = async |desk: &mut Browser| desk.get(DESK).await.body.contains("look-up");
    assert!(is_in(&mut desk).await, "the test can fail");
    staff(&app).remove(&anna()).await.expect("removed");
    assert!(!is_in(&mut desk).await);
    assert_eq!(sign_in_as(&mut desk, "anna", PASSWORD).await.status, StatusCode::FORBIDDEN);
    assert!(staff(&app).list().expect("readable").is_empty());
    employ_anna(&app).await;
    assert!(!is_in(&mut desk).await, "another access of the same name");
    let mut desk = annas_desk(&app, "www.voipro.nl").await;
    assert!(is_in(&mut desk).await);
    staff(&app).reset(&anna()).await.expect("reset");
    assert!(!is_in(&mut desk).await);
    let nobody: StaffName = "bert".parse().expect("a name");
    assert!(matches!(staff(&app).reset(&nobody).await, Err(StaffError::Gone)));
    assert!(matches!(staff(&app).remove(&nobody).await, Err(StaffError::Gone)));
}
