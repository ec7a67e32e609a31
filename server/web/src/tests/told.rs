//! What an answer says of what was saved is so, whatever breaks and whenever.

use super::presses::{SentPress, ready};
use super::*;
use keuze_core::service::fixture::people::{customer, door};
use keuze_core::service::people::Addressee;
use model::channel::Channel;

/// Whether a text says that nothing was saved.
pub(super) fn says_nothing(text: &str) -> bool {
    let denials = ["iets opgeslagen", "iets vastgelegd", "iets bewaard", "othing was saved", "othing was recorded"];
    denials.iter().any(|denial| ["n", "N"].iter().any(|first| text.contains(&format!("{first}{denial}"))))
}

fn size(app: &TestApp) -> (u64, usize) {
    (app.records(), app.services.mail.waiting().len())
}

/// A ledger that fails before anything is on its way: what is answered is done whole, or not at all and told so.
#[tokio::test]
async fn what_was_not_saved_is_told_and_nothing_is_saved_in_part() {
    for press in SentPress::all() {
        let mut failed = 0;
        for step in 1..=3 {
            let (app, broken) = TestApp::breaking(None, 1).await;
            let ready = ready(press, &app).await;
            let before = size(&app);
            broken.at(step);
            let answer = ready.send().await;
            if !app.services.ledger.is_open() || answer.status == StatusCode::SERVICE_UNAVAILABLE {
                failed += 1;
                assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{press:?} {step}: {}", answer.body);
                assert!(says_nothing(&answer.body), "{press:?} {step}: {}", answer.body);
                assert_eq!(size(&app), before, "{press:?} {step}");
            } else {
                let takes_its_no = answer.body.contains("wel vastgelegd en geldt");
                let refused = (answer.status.is_client_error(), takes_its_no);
                assert_eq!(refused, (press.is_refused(), press.is_refused()), "{press:?} {step}: {}", answer.body);
                assert!(!says_nothing(&answer.body), "{press:?} {step}: {}", answer.body);
                assert_ne!(size(&app), before, "{press:?} {step}: it writes");
            }
        }
        assert_eq!(failed, 1, "{press:?}: it is recorded in one batch");
    }
}

/// Whoever withdraws or objects while nothing can be written keeps what there was, and is told so: on the device a yes stays
/// on, and letters go on.
#[tokio::test]
async fn what_could_not_be_recorded_is_told_as_it_is() {
    const OBJECTION: &str = "/keuze/afmelden";
    let choice = |app: &TestApp| {
        let policy = app.services.published.current().id();
        json!({"policy": policy, "language": "nl", "control": "refuse_all", "surface": "banner",
            "purposes": {"statistics": false, "marketing": false, "profiling": false, "third_party_embeds": false}})
        .to_string()
    };
    let letters = |app: &TestApp, person| {
        app.services.contactability.may_contact(&Addressee::person(person), Channel::Post).expect("readable").allow
    };
    for stops_before in [true, false] {
        for had in [None, Some("accept_all"), Some("refuse_all")] {
            for way in ["form", "json", "objection"] {
                let (app, broken) = TestApp::breaking(None, 1).await;
                let person = customer(&app, "K-1", &[door("12 A")]).await;
                let mut browser = Browser::new(&app);
                if let Some(control) = had {
                    browser.post("/keuze/choices", &[("control", control)]).await;
                }
                let (cookies, page) = (browser.cookies.clone(), browser.get("/keuze/voorkeuren?lang=nl").await.words());
                if stops_before {
                    app.services.ledger.close().await;
                } else {
                    broken.at(1);
                }
                let answer = match way {
                    "form" => browser.post("/keuze/choices?lang=nl", &[("control", "refuse_all")]).await,
                    "json" => browser.ask("POST", "/keuze/api/v1/choices", &[SITE, JSON], &choice(&app)).await,
                    _ => {
                        let typed = [("scope", "all"), ("postcode", "1033RW"), ("house", "12"), ("addition", "A")];
                        browser.post(&format!("{OBJECTION}?lang=nl"), &typed).await
                    }
                };
                let what = format!("{way}, had {had:?}, stopped before: {stops_before}");
                assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", answer.body);
                assert!(answer.body.contains("Er is niets opgeslagen."), "{what}: {}", answer.body);
                let told =
                    if way == "json" { "Elke beslissing blijft zoals zij was." } else { "Alles blijft zoals het was" };
                assert!(answer.body.contains(told), "{what}: {}", answer.body);
                assert!(!answer.body.contains("blijft uit"), "{what}: {}", answer.body);
                assert_eq!(browser.cookies, cookies, "{what}");
                assert_eq!(browser.get("/keuze/voorkeuren?lang=nl").await.words(), page, "{what}");
                assert!(letters(&app, person), "{what}");
            }
        }
    }
}

/// A disk that fails while it writes: it is told that nobody knows, and so the next start finds all of it or nothing.
#[tokio::test]
async fn what_may_be_saved_is_never_told_as_nothing() {
    for press in SentPress::all() {
        let folder = tempfile::tempdir().expect("a folder");
        let (app, broken) = TestApp::breaking(Some(&folder.path().join("data")), 1).await;
        let ready = ready(press, &app).await;
        broken.at(1);
        let answer = ready.send().await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{press:?}: {}", answer.body);
        assert!(!says_nothing(&answer.body) && !answer.body.contains("not recorded"), "{press:?}: {}", answer.body);
        let known =
            ["weten nog niet of dit is opgeslagen", "do not know yet whether this was saved", "outcome-unknown"];
        assert!(known.iter().any(|known| answer.body.contains(known)), "{press:?}: {}", answer.body);
    }
}

/// A program whose answer was lost asks again under the same key: wherever the ledger failed, it is done once.
#[tokio::test]
async fn under_its_key_a_program_s_request_is_done_once_wherever_it_was_cut_off() {
    const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    let once =
        |press: &SentPress| press.by_program() && ![SentPress::Classified, SentPress::LetterChecked].contains(press);
    for press in SentPress::all().filter(once) {
        let mut undisturbed = None;
        for step in [9, 1, 2, 3] {
            let folder = tempfile::tempdir().expect("a folder");
            let data = folder.path().join("data");
            let (app, broken) = TestApp::breaking(Some(&data), 1).await;
            let ready = ready(press, &app).await.with("idempotency-key", KEY);
            let before = app.records();
            broken.at(step);
            let first = ready.send().await;
            app.services.ledger.close().await;
            let app = TestApp::at(Some(&data), 2).await;
            let again = ready.at(&app);
            let told = again.send().await;
            let made = app.records() - before;
            assert_eq!(again.send().await.body, told.body, "{press:?} {step}");
            assert_eq!(app.records() - before, made, "{press:?} {step}");
            let body = crate::fixture::masked(&told.body);
            let body = if press == SentPress::LetterBlock { String::new() } else { body };
            let all = (told.status, body, made);
            assert_eq!(undisturbed.get_or_insert(all.clone()), &all, "{press:?} {step}");
            if first.status != StatusCode::SERVICE_UNAVAILABLE {
                assert_eq!(first.body, told.body, "{press:?} {step}");
            }
        }
    }
}
