//! What whoever proved an address sees and does, as a browser without scripts does it.

mod bound;

use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::channel::Channel;
use model::decision::Reason;
use model::event::{EventKind, Route};
use model::evidence::{Evidence, IdentityCheck, IdentityLevel, OptIn};
use model::identity::Subject;
use time::macros::date;

use crate::fixture::{Browser, TestResponse};
use contact::{ContactPoint, DutchAddress, PostalAddress};
use keuze_core::config::Sms;
use keuze_core::service::fixture::TestApp;
use keuze_core::service::fixture::people::{customer, door, email, objected, objected_at, phone};
use keuze_core::service::people::{Addressee, Provenance};

const CODE: &str = "/keuze/voorkeuren/code";
const ENTER: &str = "/keuze/voorkeuren/code/invullen";
const ACT: &str = "/keuze/voorkeuren/reclame";
const ERASE: &str = "/keuze/inzage/wissen";

async fn asks(browser: &mut Browser, address: &str, next: &str) -> TestResponse {
    browser.post(CODE, &[("contact", address), ("next", next)]).await
}

/// The code in the newest mail to an address.
fn code(app: &TestApp, address: &str) -> String {
    let mails = app.services.mail.waiting();
    let mut codes = mails.iter().filter(|(_, mail)| mail.what == "code" && mail.to.given() == address);
    let newest = codes.by_ref().max_by_key(|(_, mail)| mail.until).expect("a mail");
    let text = &newest.1.text;
    text.lines().find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit())).expect("a code").to_owned()
}

/// A browser that proved an address.
pub(crate) async fn known(app: &TestApp, address: &str) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(asks(&mut browser, address, "voorkeuren").await.status, StatusCode::SEE_OTHER);
    let code = code(app, address);
    let taken = browser.post(ENTER, &[("code", &code)]).await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, "/keuze/voorkeuren"));
    browser
}

/// Presses a button of the preference page, as it is shown now.
pub(crate) async fn press(browser: &mut Browser, form: &[(&str, &str)]) -> TestResponse {
    let page = browser.get("/keuze/voorkeuren").await;
    let about = about(&page);
    browser.post(ACT, &[&[("about", about.as_str())], form].concat()).await
}

/// Sends the form that erases, as it is shown now.
pub(crate) async fn erase(browser: &mut Browser, form: &[(&str, &str)]) -> TestResponse {
    let page = browser.get(ERASE).await;
    let about = about(&page);
    browser.post(ERASE, &[&[("about", about.as_str())], form].concat()).await
}

/// What the forms of a page say that they are about.
fn about(page: &TestResponse) -> String {
    page.between("name=\"about\" value=\"", "\"").to_owned()
}

async fn anna(app: &TestApp) -> Subject {
    customer(app, "K-1001", &[email("anna@example.nl"), phone("06 12345678"), door("1")]).await
}

fn allowed(app: &TestApp, person: Subject) -> Vec<Channel> {
    let may = |channel: &Channel| {
        app.services.contactability.may_contact(&Addressee::person(person), *channel).expect("readable").allow
    };
    Channel::ALL.into_iter().filter(may).collect()
}

/// What a page last showed about a channel.
pub(crate) fn shown(page: &TestResponse, channel: &str) -> String {
    let card = page.between(&format!("id=\"{channel}\""), "</article>");
    let at = card.find("name=\"shown\" value=\"").expect("a form") + 20;
    card[at..].split('"').next().expect("a value").to_owned()
}

// ---- Being known ---------------------------------------------------------------------------------------------------

/// Nobody learns from us whether somebody else is a customer (S-54; issue "Bad input").
#[tokio::test]
async fn a_known_and_an_unknown_address_get_the_same_pages_and_the_same_mail() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut seen = Vec::new();
    for address in ["anna@example.nl", "niemand@example.nl"] {
        let mut browser = Browser::new(&app);
        let asked = asks(&mut browser, address, "inzage").await;
        assert!(!asked.headers[header::LOCATION].to_str().expect("ASCII").contains("example"), "no address in a URL");
        let page = browser.get(asked.location()).await;
        let wrong = browser.post(ENTER, &[("code", "abc")]).await;
        let mails = app.services.mail.waiting();
        let mail = mails.into_iter().find(|(_, mail)| mail.to.given() == address).expect("a mail").1;
        let text = mail.text.replace(&code(&app, address), "000000");
        let words = [asked.status.to_string(), page.words(), wrong.words(), mail.subject, text].join("\n");
        seen.push(words.replace(address, "ADDRESS"));
    }
    assert_eq!(seen[0], seen[1]);
    insta::assert_snapshot!("code-mail-and-pages-nl", seen[0]);
}

#[tokio::test]
async fn a_code_is_pasted_with_spaces_works_once_and_in_its_own_browser_only() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    asks(&mut browser, "anna@example.nl", "inzage").await;
    let page = browser.get(ENTER).await;
    assert!(page.body.contains("autocomplete=\"one-time-code\"") && page.body.contains("inputmode=\"numeric\""));
    let code = code(&app, "anna@example.nl");
    let mut other = browser.beside();
    assert_eq!(other.post(ENTER, &[("code", &code)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let cookie = browser.cookies.clone();
    let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
    let taken = browser.post(ENTER, &[("code", &spaced)]).await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, "/keuze/inzage"));
    let set = taken.headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().expect("ASCII").to_owned());
    let session = set.into_iter().find(|set| set.starts_with("keuze_person=")).expect("a session");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/keuze/", "Max-Age=86400"] {
        assert!(session.contains(attribute), "{attribute} in {session}");
    }
    // A second press of the same button leads on, and grants nothing anew.
    browser.cookies = cookie.clone();
    let double = browser.post(ENTER, &[("code", &code)]).await;
    assert_eq!((double.status, double.location()), (StatusCode::SEE_OTHER, "/keuze/inzage"));
    assert!(!double.headers.contains_key(header::SET_COOKIE));
    // The same code in the same browser, once more.
    app.clock.advance(10);
    browser.cookies = cookie;
    let again = browser.post(ENTER, &[("code", &code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.words().contains("Uw code werkt niet meer."), "{}", again.words());
}

#[tokio::test]
async fn a_code_can_be_tried_five_times_within_ten_minutes() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    asks(&mut browser, "anna@example.nl", "voorkeuren").await;
    let right = code(&app, "anna@example.nl");
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for left in ["nog 4 keer", "nog 3 keer", "nog 2 keer", "nog 1 keer"] {
        let answer = browser.post(ENTER, &[("code", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.words().contains(left), "{left} in {}", answer.words());
        assert!(answer.body.contains(&format!("value=\"{wrong}\"")) && answer.body.contains("href=\"#code\""));
    }
    browser.post(ENTER, &[("code", wrong)]).await;
    let answer = browser.post(ENTER, &[("code", &right)]).await;
    assert!(answer.words().contains("Uw code werkt niet meer."), "{}", answer.words());
    assert!(answer.body.contains("value=\"anna@example.nl\""), "what was typed is kept");

    app.clock.advance(15 * 60);
    asks(&mut browser, "anna@example.nl", "voorkeuren").await;
    let late = code(&app, "anna@example.nl");
    app.clock.advance(10 * 60);
    assert_eq!(browser.post(ENTER, &[("code", &late)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.get(ENTER).await.status, StatusCode::SEE_OTHER, "there is nothing to enter");
}

#[tokio::test]
async fn few_mails_go_to_one_address_whoever_asks_and_however_it_is_spelled() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    for spelling in ["anna@example.nl", "Anna@example.nl", "anna@EXAMPLE.nl"] {
        assert_eq!(asks(&mut browser.beside(), spelling, "").await.status, StatusCode::SEE_OTHER);
    }
    let refused = asks(&mut browser.beside(), "ANNA@example.nl", "").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.words().contains("over 15 minuten"), "{}", refused.words());
    assert_eq!(asks(&mut browser.beside(), "bert@example.nl", "").await.status, StatusCode::SEE_OTHER);
    app.clock.advance(15 * 60);
    assert_eq!(asks(&mut browser.beside(), "anna@example.nl", "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_no_address_is_said_at_its_field_and_kept() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let answer =
        browser.post("/keuze/voorkeuren/code?lang=en", &[("contact", "anna at example"), ("next", "inzage")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for mark in
        ["value=\"anna at example\"", "aria-invalid=\"true\"", "href=\"#contact\"", "autofocus", "value=\"inzage\""]
    {
        assert!(answer.body.contains(mark), "{mark} in {}", answer.body);
    }
    insta::assert_snapshot!("code-fault-en", answer.words());
    assert!(app.services.mail.waiting().is_empty());
}

#[tokio::test]
async fn a_session_ends_by_its_button_and_after_a_day() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let copied = browser.cookies.clone();
    assert!(browser.get("/keuze/voorkeuren").await.words().contains("U bevestigde anna@example.nl."));
    browser.post("/keuze/voorkeuren/uitloggen", &[]).await;
    assert!(!browser.get("/keuze/voorkeuren").await.words().contains("anna@example.nl"));
    browser.cookies = copied;
    assert!(!browser.get("/keuze/voorkeuren").await.words().contains("anna@example.nl"), "a copy opens nothing");

    app.clock.advance(15 * 60);
    let mut browser = known(&app, "anna@example.nl").await;
    app.clock.advance(24 * 60 * 60);
    assert!(!browser.get("/keuze/voorkeuren").await.words().contains("anna@example.nl"));
}

/// What was ended is known in memory: a copy of an ended session opens nothing in a later run, either.
#[tokio::test]
async fn no_session_outlives_the_run_in_which_it_began() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let copied = browser.cookies.clone();
    browser.post("/keuze/voorkeuren/uitloggen", &[]).await;
    let restarted = app.republished(keuze_core::config::Config::clone(&app.services.config)).await;
    let mut browser = Browser::new(&restarted);
    browser.cookies = copied;
    assert!(!browser.get("/keuze/voorkeuren").await.words().contains("anna@example.nl"));
}

#[tokio::test]
async fn without_mail_the_page_says_so_and_nothing_is_promised() {
    let app = TestApp::new().await;
    let app = app.made(|parts| parts.outbox = None);
    let mut browser = Browser::new(&app);
    let answer = asks(&mut browser, "anna@example.nl", "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.words().contains("Wij kunnen nu geen mail sturen."), "{}", answer.words());
}

// ---- The preference centre -----------------------------------------------------------------------------------------

#[tokio::test]
async fn the_centre_shows_one_card_a_channel_with_state_ground_and_date() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    insta::assert_snapshot!("centre-nl", browser.get("/keuze/voorkeuren").await.words());
    insta::assert_snapshot!("centre-en", browser.get("/keuze/voorkeuren?lang=en").await.words());
}

/// S-10: five channels, each by itself; one press for all.
#[tokio::test]
async fn s_10_one_channel_stops_alone_and_one_press_stops_all_five() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    assert_eq!(allowed(&app, person), [Channel::Newsletter, Channel::Email, Channel::Post]);
    let answer = press(&mut browser, &[("act", "stop"), ("channel", "post")]).await;
    assert_eq!(allowed(&app, person), [Channel::Newsletter, Channel::Email], "email is unchanged");
    let done = browser.get(answer.location()).await;
    insta::assert_snapshot!("stopped-nl", masked(&done));
    let before = app.ledger().len();
    let answer = press(&mut browser, &[("act", "stop_all")]).await;
    assert_eq!(allowed(&app, person), []);
    assert_eq!(app.ledger().len(), before + 1, "one action");
    let event = app.ledger().pop().expect("a record");
    assert_eq!((event.kind(), event.channels().len()), (EventKind::Objected, 5));
    assert_eq!((event.head.route, event.level()), (Route::PreferencePage, Some(IdentityLevel::Possession)), "S-54");
    assert_eq!(browser.get(answer.location()).await.status, StatusCode::OK);
}

/// S-12: at most two steps after the code was asked for, effective at once, no reason asked.
#[tokio::test]
async fn s_12_an_objection_after_a_code_holds_at_once() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    press(&mut browser, &[("act", "stop"), ("channel", "email")]).await;
    let decision =
        app.services.contactability.may_contact(&Addressee::person(person), Channel::Email).expect("readable");
    assert_eq!((decision.allow, decision.reason), (false, Reason::Objected));
}

/// What was allowed before comes back by the undo, and nothing else.
#[tokio::test]
async fn an_undo_gives_back_what_was_allowed_and_no_more() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let stopped = press(&mut browser, &[("act", "stop_all")]).await;
    let done = browser.get(stopped.location()).await;
    let undo = done.between("id=\"undo\"", "</form>");
    let offered: Vec<_> =
        undo.match_indices("name=\"channel\" value=\"").map(|(at, m)| &undo[at + m.len()..]).collect();
    let offered: Vec<_> = offered.into_iter().map(|rest| rest.split('"').next().expect("a value")).collect();
    assert_eq!(offered, ["newsletter", "email", "post"], "calls were not allowed before");
    let shown = done.between("name=\"shown\" value=\"", "\"").to_owned();
    let mut form: Vec<_> = offered.iter().map(|channel| ("channel", *channel)).collect();
    form.extend([("act", "start"), ("shown", shown.as_str())]);
    let undone = press(&mut browser, &form).await;
    assert_eq!(allowed(&app, person), [Channel::Newsletter, Channel::Email, Channel::Post]);
    let page = browser.get(undone.location()).await;
    assert!(page.words().contains("Uw toestemming is vastgelegd"), "{}", page.words());
}

/// A second tab, or a page that was opened before: a later no stands.
#[tokio::test]
async fn a_page_from_before_cannot_undo_a_later_no() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut first = known(&app, "anna@example.nl").await;
    let page = first.get("/keuze/voorkeuren").await;
    let (social, shown_then) = (shown(&page, "social"), shown(&page, "phone"));
    press(&mut first, &[("act", "stop_all")]).await;
    for (channel, shown) in [("phone", shown_then.as_str()), ("social", social.as_str())] {
        let answer = press(&mut first, &[("act", "start"), ("channel", channel), ("shown", shown)]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.words().contains("De latere keuze geldt."), "{}", answer.words());
    }
    assert_eq!(allowed(&app, person), []);
    // The same by somebody who named the number alone meanwhile.
    let page = first.get("/keuze/voorkeuren").await;
    let phone_then = shown(&page, "phone");
    objected_at(&app.services, &[phone("0612345678")], &[Channel::Phone]).await;
    let answer = press(&mut first, &[("act", "start"), ("channel", "phone"), ("shown", &phone_then)]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

/// S-18: a no that stood before everything was stopped still stands after the undo.
#[tokio::test]
async fn s_18_an_undo_takes_no_earlier_no_off() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    objected_at(&app.services, &[email("anna@example.nl")], &[Channel::Email]).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let stopped = press(&mut browser, &[("act", "stop_all")]).await;
    let done = browser.get(stopped.location()).await;
    let undo = done.between("id=\"undo\"", "</form>");
    assert!(undo.contains("value=\"post\"") && !undo.contains("value=\"email\""), "{undo}");
    assert_eq!(allowed(&app, person), []);
}

/// S-17, R-2.4-11: without a number there are no calls to agree to.
#[tokio::test]
async fn nobody_agrees_to_calls_without_a_number() {
    let app = TestApp::new().await;
    let person = customer(&app, "K-7", &[email("zonder@example.nl")]).await;
    let mut browser = known(&app, "zonder@example.nl").await;
    let answer = press(&mut browser, &[("act", "start"), ("channel", "phone"), ("shown", "0001/999")]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(!allowed(&app, person).contains(&Channel::Phone));
}

/// Calls: for named products and a period, said before the button and kept as evidence (R-2.4-11).
#[tokio::test]
async fn an_opt_in_to_calls_names_products_and_period() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    let said = "dan mogen wij u bellen over abonnementen voor bellen en internet. Dat geldt 12 maanden.";
    assert!(page.words().contains(said), "{}", page.words());
    let shown = shown(&page, "phone");
    press(&mut browser, &[("act", "start"), ("channel", "phone"), ("shown", &shown)]).await;
    let event = app.ledger().pop().expect("a record");
    let proof = OptIn {
        verified: IdentityCheck::MailCode,
        products: Some("abonnementen voor bellen en internet".to_owned()),
        until: Some(date!(2027 - 11 - 24)),
    };
    assert_eq!(event.evidence(), Some(Evidence::OptIn(proof)));
    assert!(allowed(&app, person).contains(&Channel::Phone));
    let page = browser.get("/keuze/voorkeuren").await;
    assert!(page.words().contains("Dit geldt tot en met 24 november 2027."), "{}", page.words());
}

/// Whoever shares a number does not lift somebody else's no, and is told so.
#[tokio::test]
async fn a_yes_beside_somebody_elses_no_is_told_as_what_it_is() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    objected_at(&app.services, &[phone("0612345678")], &[Channel::Phone]).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    let shown = shown(&page, "phone");
    let answer = press(&mut browser, &[("act", "start"), ("channel", "phone"), ("shown", &shown)]).await;
    let done = browser.get(answer.location()).await;
    assert!(done.words().contains("op het adres of nummer staat een bezwaar van iemand anders"), "{}", done.words());
    assert!(!done.words().contains("Bevestig het met een code"), "no code goes to a phone here");
    for untrue in ["Dit mag nu", "meteen en overal", "Dit geldt voor"] {
        assert!(!done.words().contains(untrue), "nothing started: {}", done.words());
    }
    assert!(!allowed(&app, person).contains(&Channel::Phone));
}

/// With two numbers, one of them objected to by somebody else: each is told as what it is.
#[tokio::test]
async fn a_yes_is_told_to_hold_where_it_holds_and_stops_again() {
    let app = TestApp::new().await;
    let points = [email("anna@example.nl"), phone("06 12345678"), phone("020 5550171")];
    let person = customer(&app, "K-1001", &points).await;
    objected_at(&app.services, &[phone("0612345678")], &[Channel::Phone]).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    let shown_at_first = shown(&page, "phone");
    let answer = press(&mut browser, &[("act", "start"), ("channel", "phone"), ("shown", &shown_at_first)]).await;
    let done = browser.get(answer.location()).await;
    let words = done.words();
    let lines: Vec<&str> = words.lines().map(str::trim).collect();
    for line in ["Dit mag nu:", "Dit geldt voor: +31205550171.", "Telefoontjes met aanbiedingen: +31612345678"] {
        assert!(lines.contains(&line), "{line}: {words}");
    }
    let may = |number: &str| {
        let who = Addressee { person: Some(person), points: vec![phone(number)] };
        app.services.contactability.may_contact(&who, Channel::Phone).expect("readable").allow
    };
    assert_eq!((may("020 5550171"), may("06 12345678")), (true, false));

    assert!(words.contains("Met deze knop stopt het meteen weer."), "{words}");
    let last = done.between("name=\"shown\" value=\"", "\"").to_owned();
    press(&mut browser, &[("act", "stop"), ("channel", "phone"), ("shown", &last)]).await;
    assert_eq!((may("020 5550171"), may("06 12345678")), (false, false));
}

// ---- A code to a phone ---------------------------------------------------------------------------------------------

async fn house_with_texts() -> TestApp {
    let app = TestApp::new().await;
    let mut config = keuze_core::config::Config::clone(&app.services.config);
    config.sms = Some(Sms::of_the_demo());
    app.republished(config).await
}

/// A browser that proved Anna's number.
async fn known_by_number(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(asks(&mut browser, "06 1234 5678", "voorkeuren").await.status, StatusCode::SEE_OTHER);
    let page = browser.get(ENTER).await;
    for said in ["Wij stuurden een code naar +31612345678.", "De code komt als sms."] {
        assert!(page.words().contains(said), "{}", page.words());
    }
    let mut mails = app.services.mail.waiting().into_iter().map(|(_, mail)| mail);
    let text = mails.rfind(|mail| mail.what == "text").expect("a text");
    assert_eq!(text.to.given(), "31612345678@sms.example");
    assert!(text.text.chars().count() <= 160 && text.text.is_ascii(), "one text message: {}", text.text);
    let code = text.text[..6].to_owned();
    assert!(text.text.ends_with(&format!("\n\n@voipro.nl #{code}")), "{}", text.text);
    let taken = browser.post(ENTER, &[("code", &code)]).await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, "/keuze/voorkeuren"));
    browser
}

/// The number's owner, and nobody else, takes a stranger's no off it; and a yes rests on that text message.
#[tokio::test]
async fn proof_of_the_number_lifts_what_somebody_else_said_about_it() {
    let app = house_with_texts().await;
    let person = anna(&app).await;
    objected_at(&app.services, &[phone("0612345678")], &[Channel::Phone]).await;

    let mut by_mail = known(&app, "anna@example.nl").await;
    let page = by_mail.get("/keuze/voorkeuren").await;
    let form = [("act", "start"), ("channel", "phone"), ("shown", &shown(&page, "phone"))];
    let answer = press(&mut by_mail, &form).await;
    assert!(by_mail.get(answer.location()).await.words().contains("Bevestig het met een code"));
    assert!(!allowed(&app, person).contains(&Channel::Phone));

    let mut browser = known_by_number(&app).await;
    let page = browser.get("/keuze/voorkeuren").await;
    let form = [("act", "start"), ("channel", "phone"), ("shown", &shown(&page, "phone"))];
    press(&mut browser, &form).await;
    assert!(allowed(&app, person).contains(&Channel::Phone));
    let Some(Evidence::OptIn(proof)) = app.ledger().pop().expect("a record").evidence() else { panic!("no opt-in") };
    assert_eq!(proof.verified, IdentityCheck::TextCode);
}

/// Numbers change hands: one shows and starts nothing beyond what holds for it.
#[tokio::test]
async fn a_number_shows_and_starts_nothing_but_its_own_channel() {
    let app = house_with_texts().await;
    let person = anna(&app).await;
    let mut browser = known_by_number(&app).await;
    let page = browser.get("/keuze/voorkeuren").await;
    for secret in ["anna@example.nl", "Anna", "id=\"email\"", "id=\"newsletter\"", "id=\"post\""] {
        assert!(!page.body.contains(secret), "{secret}");
    }
    for path in ["/keuze/inzage", "/keuze/inzage/gegevens", "/keuze/inzage/wissen"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, CODE));
    }
    let asks_for_mail = browser.get("/keuze/voorkeuren/code?next=inzage").await;
    assert!(!asks_for_mail.words().contains("mobiele nummer"), "{}", asks_for_mail.words());
    let answer = press(&mut browser, &[("act", "start"), ("channel", "email"), ("shown", "")]).await;
    assert!(answer.status.is_client_error());
    // A no is another matter: it always counts, and by its undo nothing comes back but calls.
    let stopped = press(&mut browser, &[("act", "stop_all")]).await;
    assert_eq!(allowed(&app, person), []);
    assert!(!browser.get(stopped.location()).await.body.contains("id=\"undo\""));
}

/// What is no Dutch mobile gets no text: the sender would pay for it, and a landline would not show it.
#[tokio::test]
async fn a_text_goes_to_a_dutch_mobile_only() {
    let app = house_with_texts().await;
    let mut browser = Browser::new(&app);
    for (typed, next, said) in [
        ("020 788 4000", "voorkeuren", "Wij sturen alleen een sms naar een Nederlands mobiel nummer"),
        ("+44 7400 123456", "voorkeuren", "Wij sturen alleen een sms naar een Nederlands mobiel nummer"),
        ("0612", "voorkeuren", "Dit is geen e-mailadres en geen mobiel nummer."),
        ("06 12345678", "inzage", "Dit is geen e-mailadres."),
    ] {
        let answer = asks(&mut browser, typed, next).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(answer.words().contains(said) && answer.body.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    assert!(app.services.mail.waiting().is_empty());
}

/// S-15: links to every platform's own way out; nothing of a platform is loaded.
#[tokio::test]
async fn s_15_each_platform_has_both_links_and_loads_nothing() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    assert!(!app.services.config.social.is_empty());
    for platform in &app.services.config.social {
        for url in [&platform.unfollow_url, &platform.block_url] {
            assert!(page.body.contains(&format!("href=\"{url}\"")), "{url}");
        }
    }
    assert!(!page.body.contains("<script") && !page.body.contains("<iframe") && !page.body.contains("<img"));
}

/// S-30, S-31, S-32: statistics and profiling are two controls, and neither is a channel's.
#[tokio::test]
async fn s_31_profiling_and_statistics_stand_apart_from_each_other_and_from_the_channels() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    assert!(page.body.contains("name=\"grant\" value=\"statistics\""), "S-32");
    assert!(page.body.contains("name=\"grant\" value=\"profiling\""), "S-31");
    let policy = page.between("name=\"policy\" value=\"", "\"").to_owned();
    let offered = ["statistics", "marketing", "profiling", "third_party_embeds"].map(|purpose| ("offered", purpose));
    let mut form = vec![("policy", policy.as_str()), ("language", "nl"), ("surface", "page"), ("control", "save")];
    form.extend(offered);
    form.push(("grant", "statistics"));
    assert_eq!(browser.post("/keuze/choices", &form).await.status, StatusCode::SEE_OTHER);
    let event = app.ledger().pop().expect("a record");
    let answers: Vec<_> = event.answers().filter(|(_, answered)| answered.answer.is_yes()).collect();
    assert_eq!(answers.len(), 1, "statistics on, profiling off: {answers:?}");
}

#[tokio::test]
async fn at_an_address_of_several_or_nobody_acts_apply_to_the_address() {
    let app = TestApp::new().await;
    let shared = email("thuis@example.nl");
    let one = customer(&app, "1", std::slice::from_ref(&shared)).await;
    let two = customer(&app, "2", std::slice::from_ref(&shared)).await;
    let mut browser = known(&app, "thuis@example.nl").await;
    let page = browser.get("/keuze/voorkeuren").await;
    assert!(page.words().contains("Meer mensen gebruiken dit adres of nummer."), "{}", page.words());
    assert!(!page.words().contains("Telefoontjes"), "{}", page.words());
    assert!(page.words().contains("hierheen geen reclame meer"), "more is not promised than what holds there");
    let answer = press(&mut browser, &[("act", "stop_all")]).await;
    assert_eq!(browser.get(answer.location()).await.status, StatusCode::OK);
    for person in [one, two] {
        let decision =
            app.services.contactability.may_contact(&Addressee::person(person), Channel::Email).expect("readable");
        assert_eq!((decision.allow, decision.reason), (false, Reason::PointObjected));
    }
    // What was just said can be taken back, and then holds what everybody there chose themselves.
    let done = browser.get(answer.location()).await;
    let shown = done.between("name=\"shown\" value=\"", "\"").to_owned();
    let undo = [("act", "start"), ("channel", "email"), ("shown", &shown)];
    let undone = press(&mut browser, &undo).await;
    let page = browser.get(undone.location()).await;
    assert!(page.words().contains("Het bezwaar is opgeheven"), "{}", page.words());
    let event = app.ledger().pop().expect("a record");
    assert_eq!((event.kind(), event.head.subject), (EventKind::ObjectionLifted, None));
    let decision = app.services.contactability.may_contact(&Addressee::person(one), Channel::Email).expect("readable");
    assert_ne!(decision.reason, Reason::PointObjected);
    // A page from before a later no lifts nothing.
    objected_at(&app.services, std::slice::from_ref(&shared), &[Channel::Email]).await;
    assert_eq!(press(&mut browser, &undo).await.status, StatusCode::CONFLICT);

    let insight = browser.get("/keuze/inzage").await;
    assert!(insight.words().contains("u zou de gegevens van een ander zien"), "{}", insight.words());
    assert!(!insight.words().contains("Dit is alles"), "it is kept back: {}", insight.words());
    // A hash with date and channels is personal data, too (R-1.3-3).
    assert!(insight.words().contains("op de lijst van wie geen reclame wil"), "{}", insight.words());
    let download = browser.get("/keuze/inzage/gegevens").await;
    let taken: serde_json::Value = serde_json::from_str(&download.body).expect("JSON");
    assert_eq!((&taken["profile"], &taken["records"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert!(!download.body.contains("0001/"), "no record of anybody there: {}", download.body);
    assert!(taken["blocking_list"][0]["channels"].is_array());

    let mut browser = known(&app, "nieuw@example.nl").await;
    assert!(browser.get("/keuze/voorkeuren").await.words().contains("Hierbij kennen wij niemand."));
    let answer = press(&mut browser, &[("act", "stop"), ("channel", "newsletter")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let decision = app
        .services
        .contactability
        .may_contact(&Addressee::point(email("Nieuw@example.nl")), Channel::Newsletter)
        .expect("readable");
    assert_eq!(decision.reason, Reason::PointObjected);
    // And the newsletter can be had by whoever proved the address, which lifts the no of before.
    press(&mut browser, &[("act", "start"), ("channel", "newsletter")]).await;
    assert!(
        app.services
            .contactability
            .may_contact(&Addressee::point(email("nieuw@example.nl")), Channel::Newsletter)
            .expect("readable")
            .allow
    );
}

/// S-55 and S-56: the supervisors and who we are stand on each of these pages.
#[tokio::test]
async fn s_55_supervisors_and_controller_stand_on_every_page() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    for path in ["/keuze/voorkeuren", CODE, "/keuze/nieuwsbrief", "/keuze/inzage", "/keuze/inzage/wissen"] {
        for language in ["nl", "en"] {
            let page = browser.get(&format!("{path}?lang={language}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            for mark in ["autoriteitpersoonsgegevens.nl", "consuwijzer.nl", "Modemstraat 1", "privacy@voipro.nl"] {
                assert!(page.body.contains(mark), "{mark} on {path}");
            }
            assert!(!page.body.contains("<script") && !page.body.contains(" style="), "{path}");
        }
    }
}

/// The number and the address of a receipt stand in for the secret parts of a page.
fn masked(page: &TestResponse) -> String {
    let number = page.between("class=\"code\">", "<").to_owned();
    page.words().replace(&number, "NUMBER")
}

// ---- The newsletter ------------------------------------------------------------------------------------------------

pub(crate) fn confirmation_link(app: &TestApp) -> String {
    let mails = app.services.mail.waiting();
    let confirmations = mails.iter().filter(|(_, mail)| mail.what == "confirmation");
    let mail = &confirmations.max_by_key(|(_, mail)| mail.until).expect("a mail").1;
    let line = mail.text.lines().find(|line| line.starts_with("http")).expect("a link");
    line.trim_start_matches("http://localhost").to_owned()
}

/// S-20: nothing is sent before the confirmation, and its mail promotes nothing.
#[tokio::test]
async fn s_20_a_sign_up_counts_when_it_is_confirmed_and_not_before() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    insta::assert_snapshot!("newsletter-nl", browser.get("/keuze/nieuwsbrief").await.words());
    let asked = browser.post("/keuze/nieuwsbrief", &[("email", "nieuw@example.nl"), ("name", " Noor  Vos ")]).await;
    insta::assert_snapshot!("newsletter-asked-nl", asked.words());
    let point = Addressee::point(email("nieuw@example.nl"));
    let decision = app.services.contactability.may_contact(&point, Channel::Newsletter).expect("readable");
    assert_eq!((decision.allow, decision.reason), (false, Reason::Unconfirmed));
    let mail = app.services.mail.waiting().pop().expect("a mail").1;
    insta::assert_snapshot!("newsletter-mail-nl", mail.text.replace(&confirmation_link(&app), "LINK"));

    let link = confirmation_link(&app);
    let shown = browser.get(&link).await;
    assert_eq!(shown.headers[header::REFERRER_POLICY], "no-referrer");
    assert!(
        !app.services.contactability.may_contact(&point, Channel::Newsletter).expect("readable").allow,
        "a mail scanner confirms nothing"
    );
    let path = link.split('?').next().expect("a path").to_owned();
    // A page that sends no referrer gives its form no origin.
    let headers = [("origin", "null"), ("content-type", "application/x-www-form-urlencoded")];
    let confirmed = browser.ask("POST", &path, &headers, "").await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.body);
    let decision = app.services.contactability.may_contact(&point, Channel::Newsletter).expect("readable");
    assert_eq!((decision.allow, decision.reason), (true, Reason::OptedIn));
    let done = browser.get(confirmed.location()).await;
    assert!(done.words().contains("Uw toestemming is vastgelegd"), "{}", done.words());
    let person = &app.services.people.people_at(&email("nieuw@example.nl"))[0];
    assert_eq!(person.name(), Some("Noor Vos"));

    let before = app.ledger().len();
    assert_eq!(browser.post(&path, &[]).await.status, StatusCode::SEE_OTHER, "a repeat succeeds");
    assert_eq!(app.ledger().len(), before, "and records nothing");
    // Once stopped, the old link does not start it again.
    let act = Provenance::by_person(Route::MailLink, IdentityLevel::Possession);
    objected(&app.services, &Addressee::person(person.subject), &[Channel::Newsletter], &act).await;
    assert_eq!(browser.post(&path, &[]).await.status, StatusCode::CONFLICT);
    assert!(!app.services.contactability.may_contact(&point, Channel::Newsletter).expect("readable").allow);
}

/// Two mailboxes of one customer, with somebody's objection to the newsletter on the second.
async fn with_a_stopped_mailbox(app: &TestApp) -> Subject {
    let person = customer(app, "K-1001", &[email("anna@example.nl"), email("werk@example.nl")]).await;
    objected_at(&app.services, &[email("werk@example.nl")], &[Channel::Newsletter]).await;
    person
}

fn newsletter_at(app: &TestApp, address: &str) -> (bool, Reason) {
    let decision = app
        .services
        .contactability
        .may_contact(&Addressee::point(email(address)), Channel::Newsletter)
        .expect("readable");
    (decision.allow, decision.reason)
}

/// S-18, S-20: a confirmation proves the mailbox that its mail went to, lifts what stands on it, and nothing elsewhere.
#[tokio::test]
async fn s_20_a_confirmation_lifts_what_stands_on_its_own_mailbox_alone() {
    let app = TestApp::new().await;
    with_a_stopped_mailbox(&app).await;
    let mut browser = Browser::new(&app);
    for (address, expected) in
        [("anna@example.nl", (false, Reason::PointObjected)), ("werk@example.nl", (true, Reason::OptedIn))]
    {
        // Of two mails the newer one is read.
        app.clock.advance(1);
        browser.post("/keuze/nieuwsbrief", &[("email", address), ("name", "")]).await;
        let link = confirmation_link(&app);
        assert_eq!(browser.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(newsletter_at(&app, "werk@example.nl"), expected, "after {address}");
    }
}

/// S-57: links of before they named their mailbox still work, and prove it where there was no other.
#[tokio::test]
async fn s_20_an_older_confirmation_proves_what_it_proved() {
    for (addresses, expected) in [
        (vec!["werk@example.nl"], (true, Reason::OptedIn)),
        (vec!["anna@example.nl", "werk@example.nl"], (false, Reason::PointObjected)),
    ] {
        let app = TestApp::new().await;
        let person = with_a_stopped_mailbox(&app).await;
        let mut browser = Browser::new(&app);
        for address in addresses {
            browser.post("/keuze/nieuwsbrief", &[("email", address), ("name", "")]).await;
        }
        let until = app.services.clock.now().today;
        let token = app.services.links.confirm_as_before(person, Channel::Newsletter, until);
        let answer = browser.post(&format!("/keuze/nieuwsbrief/{token}"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(newsletter_at(&app, "werk@example.nl"), expected);
    }
}

#[tokio::test]
async fn a_subscriber_and_a_stranger_get_the_same_page_and_the_same_mail() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = Browser::new(&app);
    let mut seen = Vec::new();
    for address in ["anna@example.nl", "niemand@example.nl"] {
        let page = browser.post("/keuze/nieuwsbrief", &[("email", address), ("name", "Iemand")]).await;
        let mails = app.services.mail.waiting();
        let mail = mails.into_iter().find(|(_, mail)| mail.to.given() == address).expect("a mail").1;
        let link = mail.text.lines().find(|line| line.starts_with("http")).expect("a link").to_owned();
        assert_eq!(link.len(), confirmation_link(&app).len() + "http://localhost".len());
        seen.push(format!("{}\n{}", page.words(), mail.text.replace(&link, "LINK")).replace(address, "ADDRESS"));
    }
    assert_eq!(seen[0], seen[1]);
    let known = app.services.people.people_at(&email("anna@example.nl"));
    assert_eq!((known.len(), known[0].name()), (1, None), "a stranger writes nothing into somebody's profile");
}

/// S-40: an address and a name; anything else is no form of ours.
#[tokio::test]
async fn s_40_the_forms_ask_for_nothing_that_they_do_not_need() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    for path in ["/keuze/nieuwsbrief", CODE] {
        let page = browser.get(path).await;
        let named = page.body.match_indices(" name=\"").map(|(at, m)| page.body[at + m.len()..].split('"').next());
        let named: Vec<_> =
            named.flatten().filter(|name| !["viewport", "color-scheme", "robots"].contains(name)).collect();
        assert!(named.iter().all(|name| ["contact", "email", "name", "next"].contains(name)), "{named:?} on {path}");
    }
    for field in ["birth_date", "gender", "iban", "photo"] {
        let answer = browser.post("/keuze/nieuwsbrief", &[("email", "a@example.nl"), (field, "x")]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}");
    }
    assert!(app.services.mail.waiting().is_empty());
}

#[tokio::test]
async fn a_sign_up_that_nobody_confirms_vanishes_and_a_confirmed_one_stays() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let person = anna(&app).await;
    for address in ["blijft@example.nl", "weg@example.nl", "anna@example.nl"] {
        browser.post("/keuze/nieuwsbrief", &[("email", address)]).await;
        if address == "blijft@example.nl" {
            let link = confirmation_link(&app);
            browser.post(link.split('?').next().expect("a path"), &[]).await;
        }
    }
    let known = |address: &str| app.services.people.people_at(&email(address)).len();
    app.clock.advance(14 * 86_400);
    assert_eq!(app.services.erasures.forget_unconfirmed().await.expect("run"), 0, "the last day counts");
    let link = confirmation_link(&app);
    app.clock.advance(86_400);
    assert_eq!(
        app.services.erasures.forget_unconfirmed().await.expect("run"),
        3,
        "a person, and a customer's second part"
    );
    assert_eq!((known("blijft@example.nl"), known("weg@example.nl"), known("anna@example.nl")), (1, 0, 1));
    assert_eq!(
        allowed(&app, person),
        [Channel::Newsletter, Channel::Email, Channel::Post],
        "the customer is as before"
    );
    assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND, "its link is of no use");
    assert_eq!(app.services.erasures.forget_unconfirmed().await.expect("run"), 0, "once");
}

// ---- What is held, and erasing it ----------------------------------------------------------------------------------

#[tokio::test]
async fn everything_that_is_held_is_shown_in_plain_words_and_can_be_taken_away() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = Browser::new(&app);
    assert_eq!(browser.get("/keuze/inzage").await.location(), CODE, "seeing needs a code");
    let mut browser = known(&app, "anna@example.nl").await;
    press(&mut browser, &[("act", "stop"), ("channel", "post")]).await;
    let page = browser.get("/keuze/inzage").await;
    let numbers: Vec<String> =
        page.body.match_indices("class=\"code\">").map(|(at, m)| page.body[at + m.len()..][..17].to_owned()).collect();
    let words = numbers.iter().fold(page.words(), |words, number| words.replace(number, "NUMBER"));
    insta::assert_snapshot!("insight-nl", words);

    let file = browser.get("/keuze/inzage/gegevens").await;
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().expect("ASCII").starts_with("attachment"));
    let value: serde_json::Value = serde_json::from_str(&file.body).expect("JSON");
    let text = value.to_string();
    for held in ["anna@example.nl", "+31612345678", "1033", "K-1001", "objected", "soft_opt_in"] {
        assert!(text.contains(held), "{held} in {text}");
    }
    assert_eq!(value["decisions"].as_array().map(Vec::len), Some(5));
    assert_eq!(value["blocking_list"].as_array().map(Vec::len), Some(1));
    assert_eq!(value["complaints"].as_array().map(Vec::len), Some(2), "S-55");
}

/// S-38: the answer to an erasure names what is kept elsewhere, and when the last backup dies.
#[tokio::test]
async fn s_38_an_erasure_is_confirmed_answered_and_keeps_the_no() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let unsure = erase(&mut browser, &[]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.body.contains("href=\"#confirm\""), "{}", unsure.body);
    assert!(app.services.people.known_person(person).is_some(), "nothing was erased");
    insta::assert_snapshot!("erase-nl", browser.get("/keuze/inzage/wissen").await.words());
    let erased = erase(&mut browser, &[("confirm", "yes")]).await;
    insta::assert_snapshot!("erased-nl", masked(&erased));
    assert!(app.services.people.known_person(person).is_none());
    assert!(!browser.get("/keuze/voorkeuren").await.words().contains("anna@example.nl"), "signed out");
    let points: [ContactPoint; 3] = [email("anna@example.nl"), phone("0612345678"), door("1")];
    let again = customer(&app, "K-1001", &points).await;
    assert_eq!(allowed(&app, again), [], "an import reaches nobody again");
}

#[tokio::test]
async fn who_declines_the_blocking_list_is_told_what_that_means() {
    let app = TestApp::new().await;
    anna(&app).await;
    let mut browser = known(&app, "anna@example.nl").await;
    let page = browser.get("/keuze/inzage/wissen").await;
    assert!(
        page.words().contains("Krijgen wij uw adres opnieuw, dan kunt u verder weer reclame krijgen."),
        "{}",
        page.words()
    );
    let erased = erase(&mut browser, &[("confirm", "yes"), ("decline", "yes")]).await;
    assert!(
        erased.words().contains("Wij hebben uw adressen en nummers niet op een lijst gezet."),
        "{}",
        erased.words()
    );
    let again = anna(&app).await;
    assert_eq!(allowed(&app, again), [Channel::Newsletter, Channel::Email, Channel::Post]);
}

/// Issue "Done when": no file of the data directory holds what was erased, in any form.
#[tokio::test]
async fn after_an_erasure_no_file_holds_the_address_the_number_the_name_or_the_postcode() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let app = TestApp::at(Some(&data), 1).await;
    let home = DutchAddress::parse("9712 HX", "88", "").expect("an address");
    let points = [email("anna@example.nl"), phone("06 12345678"), ContactPoint::Post(PostalAddress::Dutch(home))];
    customer(&app, "K-100177", &points).await;
    let mut browser = known(&app, "anna@example.nl").await;
    browser.post("/keuze/nieuwsbrief", &[("email", "anna@example.nl"), ("name", "Anna Zeldzaam")]).await;
    browser.post("/keuze/nieuwsbrief", &[("email", "Ander.Zeldzaam@example.nl"), ("name", "Anna Zeldzaam")]).await;
    press(&mut browser, &[("act", "stop_all")]).await;
    erase(&mut browser, &[("confirm", "yes")]).await;
    let mut other = known(&app, "Ander.Zeldzaam@example.nl").await;
    assert!(other.get("/keuze/inzage").await.words().contains("Anna Zeldzaam"));
    erase(&mut other, &[("confirm", "yes")]).await;
    assert!(app.services.mail.waiting().is_empty(), "no mail goes to somebody who was erased");
    app.services.ledger.close().await;

    let secrets = [
        "anna@example.nl",
        "Ander.Zeldzaam@example.nl",
        "ander.zeldzaam",
        "Zeldzaam",
        "612345678",
        "K-100177",
        "9712HX",
        "9712 HX",
    ];
    let forms: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| forms_of(secret)).collect();
    let mut files = 0;
    for path in files_in(folder.path()) {
        let bytes = std::fs::read(&path).expect("readable");
        files += 1;
        for form in &forms {
            let found = bytes.windows(form.len()).any(|window| window.eq_ignore_ascii_case(form));
            assert!(!found, "{} holds {:?}", path.display(), String::from_utf8_lossy(form));
        }
    }
    assert!(files > 5, "{files} files were looked through");
}

/// Plain, hexadecimal, base64 at each of its three alignments, JSON-escaped, and UTF-16.
pub(crate) fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let hex: String = secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let escaped: String = secret.chars().fold(String::new(), |text, c| text + &format!("\\u{:04x}", u32::from(c)));
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Without what the letters before and behind would change.
    let aligned = (0..3).map(|before| {
        let text = STANDARD.encode([&b"..."[..before], secret.as_bytes()].concat());
        let whole = text.trim_end_matches('=');
        let start = if before == 0 { 0 } else { before + 1 };
        whole.as_bytes()[start..whole.len() - 1].to_vec()
    });
    let slashed = secret.replace('@', "\\u0040").into_bytes();
    let all = [secret.as_bytes().to_vec(), hex.into_bytes(), escaped.into_bytes(), slashed, wide];
    all.into_iter().chain(aligned).filter(|form| form.len() >= 6).collect()
}

pub(crate) fn files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

fn from(browser: &Browser, peer: &str) -> Browser {
    let mut from = browser.beside();
    from.peer = Some(peer.parse().expect("an address"));
    from
}

/// Three strangers cannot keep anybody from their own mails, and no tag gives them more of them; what is asked for the
/// newsletter takes nothing from who wants to see what is held.
#[tokio::test]
async fn strangers_lock_nobody_out_of_their_own_mail() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    for number in 1..=3 {
        let mut stranger = from(&server, &format!("198.51.100.{number}"));
        for tag in ["", "+a", "+b"] {
            let address = format!("vic{tag}@example.nl");
            assert_eq!(asks(&mut stranger, &address, "inzage").await.status, StatusCode::SEE_OTHER, "{address}");
            let sign_up = stranger.post("/keuze/nieuwsbrief", &[("email", &address), ("name", "")]).await;
            assert_eq!(sign_up.status, StatusCode::OK);
        }
        let more = asks(&mut stranger, "VIC+c@example.nl", "inzage").await;
        assert_eq!(more.status, StatusCode::TOO_MANY_REQUESTS, "a tag is no other mailbox");
        let more = stranger.post("/keuze/nieuwsbrief", &[("email", "vic+c@example.nl"), ("name", "")]).await;
        assert_eq!(more.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let mut vic = from(&server, "203.0.113.9");
    assert_eq!(asks(&mut vic, "vic@example.nl", "inzage").await.status, StatusCode::SEE_OTHER);
    let sent = app.services.mail.waiting().len();
    for number in 1..=50 {
        let mut network = from(&server, &format!("203.0.{number}.1"));
        asks(&mut network, &format!("vic+{number}@example.nl"), "inzage").await;
    }
    assert_eq!(app.services.mail.waiting().len(), sent + 2, "many networks are one flood");
}

/// The spare code in the newest message that reaches a mailbox, and the text around it.
fn spare(app: &TestApp, reaches: impl Fn(&str) -> bool) -> (String, String) {
    let mails = app.services.mail.waiting();
    let codes = mails.iter().filter(|(_, mail)| ["code", "text"].contains(&&*mail.what) && reaches(mail.to.given()));
    let is_spare = |word: &&str| word.len() == 14 && word.matches('-').count() == 2;
    let of = |text: &str| text.split_whitespace().find(is_spare).map(|code| (code.to_owned(), text.to_owned()));
    codes
        .filter_map(|(_, mail)| of(&mail.text).map(|found| (mail.until, found)))
        .max_by_key(|(until, _)| *until)
        .expect("a spare code")
        .1
}

/// Strangers of any number and with any spelling: whoever reads the mailbox gets in, from a network of their own and from the
/// strangers' own, known here or not, again and again.
#[tokio::test]
async fn whoever_reads_the_mailbox_gets_in_whatever_strangers_ask() {
    let googles: fn(u8) -> String = |number| match number % 4 {
        0 => "vic.tim@gmail.com".to_owned(),
        1 => format!("victim+{number}@gmail.com"),
        2 => "VICTIM@googlemail.com".to_owned(),
        _ => format!("v.ictim+{number}@GMAIL.com"),
    };
    let plain: fn(u8) -> String =
        |number| if number % 2 == 0 { "Victim@example.nl" } else { "victim@EXAMPLE.nl" }.to_owned();
    let tagged: fn(u8) -> String = |number| format!("victim+{number}@example.nl");
    let cases = [
        ("victim@gmail.com", googles, false),
        ("victim@example.nl", plain, false),
        ("victim@example.nl", tagged, true),
    ];
    for (own, spelling, elsewhere) in cases {
        let app = TestApp::new().await;
        customer(&app, "K-1", &[email(own)]).await;
        let server = Browser::new(&app);
        let mut told = Vec::new();
        for round in 0..3 {
            for number in 1..=40 {
                let mut stranger = from(&server, &format!("198.51.{round}.{number}"));
                asks(&mut stranger, &spelling(number), "inzage").await;
            }
            for peer in ["203.0.113.9", &format!("198.51.{round}.1")] {
                let mut owner = from(&server, peer);
                let asked = asks(&mut owner, own, "inzage").await;
                if asked.status == StatusCode::SEE_OTHER {
                    // One more, with a spare code, where what was sent went to others.
                    assert!(elsewhere, "{own} {peer}");
                } else {
                    assert_eq!(asked.status, StatusCode::TOO_MANY_REQUESTS);
                    told.push(asked.words());
                }
                let (code, _) = spare(&app, |to| !elsewhere || to == own);
                let page = asked_page(&mut owner, asked).await;
                let entered = owner.submit(&page, "name=\"code\"", &[("code", &code)]).await;
                assert_eq!(
                    (entered.status, entered.location()),
                    (StatusCode::SEE_OTHER, "/keuze/inzage"),
                    "{own} {peer}"
                );
                assert!(owner.get("/keuze/inzage").await.words().contains(own), "{own} {peer}");
                app.clock.advance(11);
                // It works once, and whoever asks again gets another.
                let mut other = from(&server, "203.0.113.10");
                let asked = asks(&mut other, own, "inzage").await;
                assert_eq!(asked.status, StatusCode::SEE_OTHER, "{own} {peer}");
                let page = asked_page(&mut other, asked).await;
                let again = other.submit(&page, "name=\"code\"", &[("code", &code)]).await;
                assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.words());
                app.clock.advance(11);
            }
            app.clock.advance(17 * 60);
        }
        assert!(
            told.iter().all(|page| page.contains("Vul de reservecode in") && page.contains("of bel ons")),
            "{told:?}"
        );
        // What is told depends on what was asked for, and not on who is known.
        let unknown = TestApp::new().await;
        let server = Browser::new(&unknown);
        for number in 1..=40 {
            asks(&mut from(&server, &format!("198.51.0.{number}")), &plain(number), "inzage").await;
        }
        let page = asks(&mut from(&server, "203.0.113.9"), "victim@example.nl", "inzage").await;
        if own == "victim@example.nl" && !elsewhere {
            assert_eq!(page.words(), told[0]);
        }
    }
}

/// The page on which a code is entered: the answer itself, or where it leads.
async fn asked_page(browser: &mut Browser, asked: TestResponse) -> TestResponse {
    if asked.status == StatusCode::SEE_OTHER { browser.get("/keuze/voorkeuren/code/invullen").await } else { asked }
}

#[tokio::test]
async fn a_spare_code_opens_its_mailbox_once_and_until_messages_go_there_again() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let mut stranger = from(&server, "198.51.100.1");
    for address in ["anna@example.nl", "bert@example.nl"] {
        for _ in 0..3 {
            assert_eq!(asks(&mut stranger, address, "voorkeuren").await.status, StatusCode::SEE_OTHER);
        }
    }
    let (annas, text) = spare(&app, |to| to == "anna@example.nl");
    let (berts, _) = spare(&app, |to| to == "bert@example.nl");
    assert!(text.contains("De reservecode werkt een keer, in elke browser, tot 24 november 2026, 1"), "{text}");
    let others = app.services.mail.waiting().into_iter().filter(|(_, mail)| mail.text.contains("reservecode"));
    assert_eq!(others.count(), 2, "the last one alone has one");
    let enters = async |address: &str, code: &str| {
        let mut browser = server.beside();
        browser.peer = Some("198.51.100.1".parse().expect("an address"));
        let asked = asks(&mut browser, address, "voorkeuren").await;
        assert_eq!(asked.status, StatusCode::TOO_MANY_REQUESTS);
        browser.submit(&asked, "name=\"code\"", &[("code", code)]).await
    };
    for wrong in [&berts[..], "123456", "", "0000-0000-0000", &annas[..13]] {
        let answer = enters("anna@example.nl", wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(answer.words().contains("Deze reservecode werkt niet"), "{}", answer.words());
    }
    app.clock.advance(14 * 60);
    let typed = annas.to_lowercase().replace('-', " ");
    assert_eq!(
        enters("ANNA@example.nl", &typed).await.status,
        StatusCode::SEE_OTHER,
        "however often others were tried"
    );
    // Bert's ends by itself.
    let mut browser = server.beside();
    app.clock.advance(30 * 60);
    let asked = asks(&mut browser, "bert@example.nl", "voorkeuren").await;
    let page = asked_page(&mut browser, asked).await;
    let late = browser.submit(&page, "name=\"code\"", &[("code", &berts)]).await;
    assert!(late.words().contains("Deze reservecode werkt niet"), "{}", late.words());
}

/// Whatever is pressed several times at once is told to have succeeded each time, and recorded once.
#[tokio::test]
async fn a_double_press_is_told_what_the_first_one_did() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    server.beside().post("/keuze/nieuwsbrief", &[("email", "nieuw@example.nl"), ("name", "")]).await;
    let link = confirmation_link(&app);
    let before = app.ledger().len();
    let press = async || server.beside().post(&link, &[]).await.status;
    let statuses = tokio::join!(press(), press(), press(), press());
    assert_eq!(statuses, (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER, StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(app.ledger().len(), before + 1);

    anna(&app).await;
    let known = known(&app, "anna@example.nl").await;
    let cookies = &known.cookies;
    let browser = || {
        let mut tab = known.beside();
        tab.cookies.clone_from(cookies);
        tab
    };
    let page = browser().get("/keuze/voorkeuren").await;
    for (mark, filled) in [("value=\"phone\"", ("act", "start")), ("value=\"stop_all\"", ("act", "stop_all"))] {
        let before = app.ledger().len();
        let press = async || {
            let done = browser().submit(&page, mark, &[filled]).await;
            (done.status, done.location().to_owned())
        };
        let (first, second, third) = tokio::join!(press(), press(), press());
        assert_eq!(first.0, StatusCode::SEE_OTHER);
        assert!(first.1.contains("/gedaan/") && first == second && second == third, "{first:?} {second:?} {third:?}");
        assert_eq!(app.ledger().len(), before + 1, "{mark}");
    }
    // Once something else was said, a page from before is old however fast one presses.
    let stale = browser().submit(&page, "value=\"phone\"", &[("act", "start")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);

    let sure = browser().get("/keuze/inzage/wissen").await;
    let before = app.ledger().len();
    let press = async || {
        let done = browser().submit(&sure, "name=\"confirm\"", &[("confirm", "yes")]).await;
        (done.status, done.words())
    };
    let (first, second) = tokio::join!(press(), press());
    assert_eq!((first.0, &first), (StatusCode::OK, &second));
    assert!(first.1.contains("gewist"), "{}", first.1);
    let late = press().await;
    assert_eq!(late, first, "a second press a moment later, too");
    assert!(app.ledger().len() < before + 2);
}
