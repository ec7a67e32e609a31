//! Sentences that state an effect, each performed as it stands on the page: what they promise is what the ledger and the
//! decisions then say. `app/words/src/effects.txt` has the whole list.

use axum::http::StatusCode;
use model::channel::Channel;
use model::contact::PointKind;
use model::decision::{Decision, Reason};
use model::event::{EventKind, Route};
use model::evidence::IdentityLevel;

use crate::desk::tests::{annas_desk, employ_anna, look_up_for};
use crate::fixture::{Browser, TestResponse};
use crate::person::tests::{confirmation_link, erase, files_in, forms_of, known, press, shown};
use contact::ContactPoint;
use keuze_core::service::fixture::TestApp;
use keuze_core::service::fixture::people::{customer, door, email, objected, objected_at, phone};
use keuze_core::service::people::{Addressee, Provenance};

const STOP: &str = "/keuze/afmelden";

/// Every kind of contact point, and how it is filled in.
fn fields() -> [(ContactPoint, &'static [(&'static str, &'static str)]); 3] {
    [
        (phone("06 12345678"), &[("phone", "06 12345678")]),
        (door("12 A"), &[("postcode", "1033 RW"), ("house", "12"), ("addition", "A")]),
        (email("anna@example.nl"), &[("email", "anna@example.nl")]),
    ]
}

fn of_point(app: &TestApp, point: &ContactPoint, channel: Channel) -> Decision {
    app.services.contactability.may_contact(&Addressee::point(point.clone()), channel).expect("readable")
}

async fn stop_everything(app: &TestApp, fields: &[(&str, &str)]) -> TestResponse {
    let answer = Browser::new(app).post(STOP, &[fields, &[("scope", "all")]].concat()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.words());
    answer
}

fn number(page: &TestResponse) -> String {
    page.between("class=\"code\">", "<").to_owned()
}

// ---- Reclame stoppen ------------------------------------------------------------------------------------------------

/// "Wij gebruiken wat u invulde dan nergens meer voor reclame", "Eén van de drie is genoeg. Wat u leeg laat, gaat door."
#[tokio::test]
async fn what_was_filled_in_is_used_for_no_advertising_and_what_was_left_empty_goes_on() {
    for is_known in [true, false] {
        for (point, typed) in fields() {
            let app = TestApp::new().await;
            let all = fields().map(|(point, _)| point);
            if is_known {
                customer(&app, "K-1", &all).await;
            }
            let other = |one: &ContactPoint| one.kind() != point.kind();
            let before: Vec<Decision> = all.iter().map(|one| of_point(&app, one, one.kind().channels()[0])).collect();
            stop_everything(&app, typed).await;
            for channel in point.kind().channels() {
                assert_eq!(of_point(&app, &point, *channel).reason, Reason::PointObjected, "{is_known} {channel:?}");
            }
            for (one, before) in all.iter().zip(before).filter(|(one, _)| other(one)) {
                let now = of_point(&app, one, one.kind().channels()[0]);
                assert_eq!(now.allow, before.allow, "{is_known} {:?} goes on", one.kind());
            }
        }
    }
}

/// "Bewaar dit nummer. Noem het als u ons hierover belt. Dan vinden wij het terug."
#[tokio::test]
async fn the_number_of_a_no_is_found_when_it_is_read_out() {
    let app = TestApp::new().await;
    employ_anna(&app).await;
    for (_, typed) in fields() {
        let number = number(&stop_everything(&app, typed).await);
        let mut desk = annas_desk(&app, "localhost").await;
        let found = look_up_for(&mut desk, &number, "de klant belt").await;
        assert!(found.words().contains("bezwaar gemaakt"), "{typed:?}: {}", found.words());
    }
}

/// "Wat u invult, bewaren wij alleen als een onleesbare code."
#[tokio::test]
async fn what_was_filled_in_to_stop_stands_on_no_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let app = TestApp::at(Some(&data), 1).await;
    let typed = [("phone", "06 12345678"), ("postcode", "9712 HX"), ("house", "88"), ("email", "zeldzaam@example.nl")];
    stop_everything(&app, &typed).await;
    let abroad = [("lines", "Zeldzaamstraat 88\n9000 Gent"), ("country", "BE")];
    stop_everything(&app, &abroad).await;
    let wrong = [("phone", "06 87654321 toestel 3"), ("scope", "all")];
    assert_eq!(Browser::new(&app).post(STOP, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.services.ledger.close().await;
    let secrets = ["612345678", "9712HX", "9712 HX", "zeldzaam", "87654321"].map(forms_of).concat();
    let mut bytes_read = 0;
    for path in files_in(folder.path()) {
        let bytes = std::fs::read(&path).expect("readable");
        bytes_read += bytes.len();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window.eq_ignore_ascii_case(secret));
            assert!(!found, "{} holds {:?}", path.display(), String::from_utf8_lossy(secret));
        }
    }
    assert!(bytes_read > 1000, "control: something was written");
}

/// "Aanmelden kan altijd weer": what a form stopped, whoever proved their mailbox starts again for what is theirs.
#[tokio::test]
async fn a_no_by_form_is_taken_back_by_whoever_proves_the_mailbox() {
    let app = TestApp::new().await;
    customer(&app, "K-1", &[email("anna@example.nl")]).await;
    stop_everything(&app, &[("email", "anna@example.nl")]).await;
    let start = [("act", "start"), ("channel", "newsletter")];
    let mut stranger = Browser::new(&app);
    let refused = stranger.post("/keuze/voorkeuren/reclame", &start).await;
    assert!(refused.status != StatusCode::OK && !of_point(&app, &email("anna@example.nl"), Channel::Newsletter).allow);
    let mut anna = known(&app, "anna@example.nl").await;
    let last = shown(&anna.get("/keuze/voorkeuren").await, "newsletter");
    let started = press(&mut anna, &[&start[..], &[("shown", &last)]].concat()).await;
    let decision = of_point(&app, &email("anna@example.nl"), Channel::Newsletter);
    assert!(decision.allow, "with the code: {decision:?} {} {}", started.status, started.words());
}

/// "Misschien … zijn uw gegevens gewist": such a link promises nothing beyond what an erasure does.
#[tokio::test]
async fn the_link_of_somebody_who_was_erased_says_nothing_of_what_comes_later() {
    let app = TestApp::new().await;
    let person = customer(&app, "K-1", &[email("anna@example.nl")]).await;
    let link = format!("{STOP}/{}", app.services.links.stop(person, None));
    let mut anna = known(&app, "anna@example.nl").await;
    erase(&mut anna, &[("confirm", "yes"), ("decline", "yes")]).await;
    let before = app.ledger().len();
    for language in ["nl", "en"] {
        let page = Browser::new(&app).post(&format!("{link}?lang={language}"), &[]).await;
        assert_eq!((page.status, app.ledger().len()), (StatusCode::NOT_FOUND, before));
        let words = page.words();
        assert!(!words.contains("sturen wij u niets meer") && !words.contains("we send you nothing"), "{words}");
    }
    // Who declined the list can be reached again once the address comes back.
    customer(&app, "K-2", &[email("anna@example.nl")]).await;
    assert!(of_point(&app, &email("anna@example.nl"), Channel::Email).allow);
}

/// A part that is right is not taken when another is not: "Er is nog niets gestopt", with everything that was typed.
#[tokio::test]
async fn of_good_fields_and_a_wrong_one_nothing_stops_and_all_are_kept() {
    let good = [("phone", "06 12345678"), ("postcode", "1033 RW"), ("house", "12"), ("email", "anna@example.nl")];
    for (wrong, text) in
        [("phone", "12"), ("postcode", "12"), ("house", "12-mrt"), ("email", "anna@"), ("lines", "Weg 1")]
    {
        let mut seen = Vec::new();
        for is_known in [true, false] {
            let app = TestApp::new().await;
            if is_known {
                customer(&app, "K-1", &fields().map(|(point, _)| point)).await;
            }
            let before = app.ledger().len();
            let others = good.into_iter().filter(|(field, _)| *field != wrong);
            let form: Vec<_> = others.clone().chain([(wrong, text), ("scope", "all")]).collect();
            let page = Browser::new(&app).post(STOP, &form).await;
            assert_eq!((page.status, app.ledger().len()), (StatusCode::UNPROCESSABLE_ENTITY, before), "{wrong}");
            assert!(page.words().contains("Er is nog niets gestopt."), "{}", page.words());
            assert!(
                others.clone().all(|(_, value)| page.body.contains(&format!("value=\"{value}\""))),
                "{}",
                page.body
            );
            seen.push(page.body);
        }
        assert_eq!(seen[0], seen[1], "known or not, {wrong}");
    }
}

// ---- Codes and the newsletter ---------------------------------------------------------------------------------------

/// "Zonder deze code kan niemand uw gegevens zien of namens u ja zeggen", and stopping needs none.
#[tokio::test]
async fn a_code_is_needed_to_see_and_to_say_yes_and_none_to_stop() {
    let app = TestApp::new().await;
    let person = customer(&app, "K-1", &[email("anna@example.nl")]).await;
    let mut browser = Browser::new(&app);
    browser.post("/keuze/voorkeuren/code", &[("contact", "anna@example.nl"), ("next", "inzage")]).await;
    let mail = app.services.mail.waiting().pop().expect("a mail").1;
    assert!(!mail.text.contains("niemand iets zien of veranderen"), "{}", mail.text);
    let before = app.ledger().len();
    for path in ["/keuze/inzage", "/keuze/inzage/gegevens", "/keuze/inzage/wissen"] {
        let shown = browser.get(path).await;
        assert!(shown.status != StatusCode::OK && !shown.body.contains("anna@example.nl"), "{path}: {}", shown.status);
    }
    for form in [&[("act", "start"), ("channel", "phone")][..], &[("act", "lift"), ("channel", "email")]] {
        assert_ne!(browser.post("/keuze/voorkeuren/reclame", form).await.status, StatusCode::OK);
    }
    assert_ne!(browser.post("/keuze/inzage/wissen", &[("confirm", "yes")]).await.status, StatusCode::OK);
    assert_eq!(app.ledger().len(), before, "nothing was seen, said or erased");
    stop_everything(&app, &[("email", "anna@example.nl")]).await;
    assert!(
        !app.services.contactability.may_contact(&Addressee::person(person), Channel::Email).expect("readable").allow,
        "stopping needs none"
    );
}

/// "Druk op de knop. Dan krijgt u de nieuwsbrief": not said by a link that starts nothing any more.
#[tokio::test]
async fn a_link_of_a_sign_up_that_was_stopped_since_offers_nothing() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.post("/keuze/nieuwsbrief", &[("email", "nieuw@example.nl")]).await;
    let link = confirmation_link(&app);
    let path = link.split('?').next().expect("a path").to_owned();
    let offer = browser.get(&path).await;
    assert!(offer.words().contains("Druk op de knop. Dan krijgt u de nieuwsbrief"), "{}", offer.words());
    browser.post(&path, &[]).await;
    assert!(of_point(&app, &email("nieuw@example.nl"), Channel::Newsletter).allow, "as it said");
    let person = app.services.people.people_at(&email("nieuw@example.nl"))[0].subject;
    let act = Provenance::by_person(Route::MailLink, IdentityLevel::Possession);
    objected(&app.services, &Addressee::person(person), &[Channel::Newsletter], &act).await;
    for language in ["nl", "en"] {
        let stale = browser.get(&format!("{path}?lang={language}")).await;
        assert_eq!(stale.status, StatusCode::NOT_FOUND);
        let words = stale.words();
        assert!(!words.contains("Dan krijgt u de nieuwsbrief") && !words.contains("U kreeg door deze link"), "{words}");
        assert!(!words.contains("You then get") && !words.contains("You got no newsletter"), "{words}");
    }
}

// ---- Inzage en wissen -----------------------------------------------------------------------------------------------

/// "Niemand kan ze hier nog lezen … U bent uitgelogd", beside what still stands in backups.
#[tokio::test]
async fn an_erasure_signs_out_and_says_what_backups_still_hold() {
    let app = TestApp::new().await;
    customer(&app, "K-1", &[email("anna@example.nl")]).await;
    let mut anna = known(&app, "anna@example.nl").await;
    let erased = erase(&mut anna, &[("confirm", "yes")]).await;
    let words = erased.words();
    assert!(words.contains("U bent uitgelogd") && words.contains("In reservekopieën staat het nog"), "{words}");
    assert!(!words.contains("Niemand kan ze nog lezen"), "not before the last backup is gone: {words}");
    assert_ne!(anna.get("/keuze/inzage").await.status, StatusCode::OK, "signed out");
    assert!(app.services.people.people_at(&email("anna@example.nl")).is_empty());
    let erasures = app.ledger().into_iter().filter(|event| event.kind() == EventKind::Erased).count();
    assert_eq!(erasures, 1);
    for channel in PointKind::Email.channels() {
        assert_eq!(of_point(&app, &email("anna@example.nl"), *channel).reason, Reason::PointObjected);
    }
}

// ---- Wat u van ons krijgt -------------------------------------------------------------------------------------------

/// "U krijgt dan geen reclame meer van ons, op geen enkele manier": at every point of the person and every channel, those
/// that join later too; "Dit geldt sinds …, meteen en overal".
#[tokio::test]
async fn stopping_everything_holds_at_once_at_every_point_and_for_later_ones() {
    let app = TestApp::new().await;
    let person = customer(&app, "K-1", &fields().map(|(point, _)| point)).await;
    let mut anna = known(&app, "anna@example.nl").await;
    press(&mut anna, &[("act", "stop_all")]).await;
    for channel in Channel::ALL {
        assert!(
            !app.services.contactability.may_contact(&Addressee::person(person), channel).expect("readable").allow,
            "{channel:?}"
        );
    }
    let later = email("nieuw@example.nl");
    customer(&app, "K-1", &[email("anna@example.nl"), later.clone()]).await;
    for (point, _) in fields() {
        let all = point.kind().channels().iter();
        assert!(all.copied().all(|channel| !of_point(&app, &point, channel).allow));
    }
    let who = Addressee { person: Some(person), points: vec![later] };
    assert!(
        !app.services.contactability.may_contact(&who, Channel::Email).expect("readable").allow,
        "what joins later"
    );
}

// ---- Problems -------------------------------------------------------------------------------------------------------

/// "Er is niets opgeslagen. Uw eerdere keuze is niet veranderd": wherever nothing is, and in every way that an address does
/// not take.
#[tokio::test]
async fn where_nothing_is_or_nothing_is_taken_nothing_is_saved() {
    let app = TestApp::new().await;
    employ_anna(&app).await;
    let person = customer(&app, "K-1", &fields().map(|(point, _)| point)).await;
    let mut browser = annas_desk(&app, "localhost").await;
    browser.cookies.extend(known(&app, "anna@example.nl").await.cookies);
    browser.post("/keuze/choices", &[("control", "refuse_all")]).await;
    let before = (app.records(), app.services.mail.waiting().len());
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    let mut told = [0, 0];
    let nowhere = ["/keuze", "/keuze/nergens", "/keuze/afmelden/x/y", "/keuze/api/v1/nergens", "/elders"];
    let paths = super::walk::paths().into_iter().chain(nowhere.map(str::to_owned));
    for path in
        paths.map(|path| path.replace("{token}", &app.services.links.stop(person, None)).replace(['{', '}', '*'], ""))
    {
        for method in ["PUT", "PATCH", "DELETE", "POST"] {
            let is_nowhere = nowhere.contains(&&*path);
            if method == "POST" && !is_nowhere {
                continue;
            }
            let mut browser = {
                let mut beside = browser.beside();
                beside.cookies.clone_from(&browser.cookies);
                beside
            };
            let body = "act=stop_all&scope=all&control=accept_all&confirm=yes&email=els%40example.nl";
            let answer = browser.ask(method, &path, &headers, body).await;
            let missing = answer.status == StatusCode::NOT_FOUND;
            assert!(missing || answer.status == StatusCode::METHOD_NOT_ALLOWED, "{method} {path}: {}", answer.status);
            assert!(missing || !is_nowhere, "{method} {path}");
            assert!(answer.body.contains("Er is niets opgeslagen"), "{method} {path}: {}", answer.body);
            assert!(missing || answer.headers.contains_key("allow"), "{method} {path}: what it does take is named");
            assert!(!answer.headers.contains_key("set-cookie"), "{method} {path}: the choice before stands");
            told[usize::from(missing)] += 1;
        }
    }
    assert_eq!((app.records(), app.services.mail.waiting().len()), before);
    assert!(told[0] > 100 && told[1] >= 20, "control: {told:?}");
}

/// The whole guard around one handler, which takes as long as it takes.
fn behind_the_gate(app: &TestApp, longest: std::time::Duration, handler: axum::routing::MethodRouter) -> Browser {
    let guard = crate::middleware::RequestGuard {
        site: std::sync::Arc::clone(&app.services.site),
        config: std::sync::Arc::clone(&app.services.config),
        clock: std::sync::Arc::clone(&app.services.clock),
        sources: crate::limits::Sources::new(vault::key::MacKey::random(&*app.services.random)),
        limits: None,
        longest,
    };
    let catch = tower_http::catch_panic::CatchPanicLayer::custom(crate::middleware::panicked);
    let pass = axum::middleware::from_fn_with_state(std::sync::Arc::new(guard), crate::middleware::pass);
    #[expect(clippy::disallowed_methods, reason = "an address of this test alone")]
    let router = axum::Router::new().route("/keuze/choices", handler);
    Browser::at_router(router.layer(catch).layer(pass))
}

/// A handler that records a no of whoever has this address, and then does something else.
fn records<T: Future<Output = StatusCode> + Send>(
    app: &TestApp,
    then: impl Fn() -> T + Clone + Send + Sync + 'static,
) -> axum::routing::MethodRouter {
    let services = app.services.clone();
    axum::routing::post(async move || {
        objected_at(&services, &[email("anna@example.nl")], &[Channel::Email]).await;
        then().await
    })
}

/// "Er is niets bevestigd": not that nothing was saved.
#[tokio::test]
async fn a_request_that_took_too_long_is_confirmed_by_nobody_and_what_was_written_stands() {
    let app = TestApp::new().await;
    let handler = records(&app, async || std::future::pending().await);
    let mut browser = behind_the_gate(&app, std::time::Duration::from_millis(300), handler);
    let answer = browser.post("/keuze/choices", &[("control", "refuse_all")]).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    let words = answer.words();
    assert!(words.contains("Er is niets bevestigd.") && !words.contains("niets opgeslagen"), "{words}");
    assert!(browser.cookies.is_empty(), "nothing is confirmed");
    assert_eq!(answer.headers["connection"], "close");
    assert!(!of_point(&app, &email("anna@example.nl"), Channel::Email).allow, "what was written stands");
    // The control: in time it is.
    let handler = records(&app, async || StatusCode::OK);
    let mut browser = behind_the_gate(&app, crate::middleware::LONGEST, handler);
    assert_eq!(browser.post("/keuze/choices", &[]).await.status, StatusCode::OK);
}

/// "Wij weten niet zeker of er iets is opgeslagen. Zonder antwoord van ons geldt uw eerdere keuze."
#[tokio::test]
async fn a_fault_of_ours_leaves_the_device_as_it_was_and_denies_nothing_that_was_saved() {
    let app = TestApp::new().await;
    let mut own = Browser::new(&app);
    own.post("/keuze/choices", &[("control", "refuse_all")]).await;
    let before = own.cookies.clone();
    assert!(!before.is_empty());
    let mut browser =
        behind_the_gate(&app, crate::middleware::LONGEST, records(&app, async || panic!("a fault of ours")));
    browser.cookies.clone_from(&before);
    let answer = browser.post("/keuze/choices", &[("control", "accept_all")]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let words = answer.words();
    assert!(
        words.contains("Wij weten niet zeker of er iets is opgeslagen.") && !words.contains("Er is niets"),
        "{words}"
    );
    assert!(!of_point(&app, &email("anna@example.nl"), Channel::Email).allow, "here something was saved");
    assert_eq!(browser.cookies, before, "the choice before holds");
    assert_eq!(own.get("/keuze/fragment?lang=nl").await.body, "", "and is not asked again");
}
