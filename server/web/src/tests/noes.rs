//! Whatever else is in a form that says no, the press counts (RFC 8058 section 3.2, and every other way to say it).

use std::collections::BTreeSet;

use model::channel::Channel;
use model::choice::Answer as Said;
use model::event::Route;
use model::paths::{Effect, Endpoint, RateClass};

use strum::IntoEnumIterator as _;

use super::presses::{Ready, SentPress, ready};
use super::*;

/// A form that says no, at each address that takes one.
const NOES: [SentPress; 9] = [
    SentPress::ChoiceForm,
    SentPress::ObjectionForm,
    SentPress::OneClick,
    SentPress::LinkForm,
    SentPress::LetterCode,
    SentPress::StopAll,
    SentPress::Stop,
    SentPress::DeskObjection,
    SentPress::CallObjection,
];

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What a form may come as: its media type, and its body around the one of ours.
type Damage = (&'static str, Option<&'static str>, fn(&str) -> String);

const DAMAGES: [Damage; 11] = [
    ("unknown fields", Some(URLENCODED), |body| format!("utm_source=mail&{body}&anna%40example.nl=1&birthday=")),
    ("everything twice", Some(URLENCODED), |body| format!("{body}&{body}")),
    ("every field empty before and after", Some(URLENCODED), |body| {
        let empty: String = names(body).iter().flat_map(|name| [name.as_str(), "=&"]).collect();
        format!("{empty}{body}&{}", empty.trim_end_matches('&'))
    }),
    ("nonsense", Some(URLENCODED), |body| format!("%zz%ff=%\u{0}&&=&{body}&;;%=%e2%28&{{\"a\":1}}")),
    ("no media type", None, str::to_owned),
    ("text", Some("text/plain"), str::to_owned),
    ("JSON", Some("application/json"), str::to_owned),
    ("no media type at all", Some("nonsense"), str::to_owned),
    ("parts", Some("multipart/form-data; boundary=x"), parts),
    ("parts with more", Some("multipart/form-data; boundary=x"), |body| {
        format!("--x\r\nContent-Disposition: form-data; name=\"surprise\"\r\n\r\n1\r\n{}", parts(body))
    }),
    ("no parts, though it says so", Some("multipart/form-data; boundary=x"), str::to_owned),
];

fn pairs(body: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

fn names(body: &str) -> BTreeSet<String> {
    pairs(body).into_iter().map(|(name, _)| name).collect()
}

/// The same fields as `multipart/form-data` (RFC 7578).
fn parts(body: &str) -> String {
    let part = |(name, value): (String, String)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    pairs(body).into_iter().map(part).collect::<String>() + "--x--\r\n"
}

/// What a press says no to.
#[derive(Debug, PartialEq)]
struct PressedNo {
    records: usize,
    kind: EventKind,
    channels: Vec<Channel>,
    route: Route,
    refused: Vec<String>,
}

async fn said(app: &TestApp, press: &Ready) -> PressedNo {
    let before = app.ledger().len();
    let answer = press.send().await;
    let (status, records) = (answer.status, app.ledger().len() - before);
    assert!(records > 0, "{status} {}", answer.words());
    let event = app.ledger().pop().expect("an event");
    let (kind, channels, route) = (event.kind(), event.channels().to_vec(), event.head.route);
    let refused = event.answers().filter(|(_, answered)| answered.answer != Said::NotOffered);
    PressedNo {
        records,
        kind,
        channels,
        route,
        refused: refused.map(|(id, answered)| format!("{id} {answered:?}")).collect(),
    }
}

async fn the_press_counts(presses: &[SentPress]) {
    for press in presses {
        let app = TestApp::new().await;
        let undamaged = said(&app, &ready(*press, &app).await).await;
        for (name, media_type, damage) in DAMAGES {
            let app = TestApp::new().await;
            let press_ready = ready(*press, &app).await;
            let body = damage(press_ready.body());
            let no = said(&app, &press_ready.sent_as(media_type, body)).await;
            assert_eq!(no, undamaged, "{press:?} with {name}");
        }
    }
}

#[tokio::test]
async fn whatever_else_is_sent_the_press_of_somebody_counts() {
    the_press_counts(&NOES[..5]).await;
}

#[tokio::test]
async fn whatever_else_is_sent_the_press_at_the_preference_page_counts() {
    the_press_counts(&NOES[5..7]).await;
}

#[tokio::test]
async fn whatever_else_is_sent_the_press_at_the_desk_counts() {
    the_press_counts(&NOES[7..]).await;
}

/// Whatever agrees to something, or changes something else, is read strictly: what nobody asked for is named and nothing done.
#[tokio::test]
async fn a_form_that_says_no_no_is_refused_with_a_field_too_many() {
    let mut refused = 0;
    for press in SentPress::iter() {
        let app = TestApp::new().await;
        let ready = ready(press, &app).await;
        // The address of a confirmation says all that it needs.
        if NOES.contains(&press) || press == SentPress::Confirmation || !ready.is_form() {
            continue;
        }
        let whole = ready.body().to_owned();
        let twice = names(&whole).into_iter().next().map(|first| format!("{whole}&{first}=x"));
        for body in
            [Some(format!("surprise=1&{whole}")), Some(format!("{whole}&surprise=")), twice].into_iter().flatten()
        {
            let before = app.records();
            let answer = ready.again().sent_as(Some(URLENCODED), body.clone()).send().await;
            let is_told = [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY].contains(&answer.status);
            assert!(is_told && app.records() == before, "{press:?} {body}: {} {}", answer.status, answer.words());
        }
        refused += 1;
        let before = app.records();
        ready.send().await;
        assert!(app.records() > before, "{press:?} is done without");
    }
    assert!(refused > 10, "{refused}");
}

/// A link's token says what to stop: no body is too large for it, or too broken.
#[tokio::test]
async fn no_body_keeps_a_mails_link_from_stopping() {
    for (media_type, body) in [
        (Some(URLENCODED), "x".repeat(100_000)),
        (Some("multipart/form-data; boundary=x"), "--x\r\nContent-Disposition".to_owned()),
        (Some("multipart/form-data"), String::new()),
        (None, "\u{0}".repeat(20_000)),
    ] {
        let app = TestApp::new().await;
        let press = ready(SentPress::OneClick, &app).await.sent_as(media_type, body);
        assert_eq!(said(&app, &press).await.kind, EventKind::Objected);
    }
}

/// Two numbers and two addresses in one form: none is swallowed.
#[tokio::test]
async fn a_field_that_says_two_things_says_both() {
    let app = TestApp::new().await;
    let two = [("scope", "all"), ("email", "een@example.nl"), ("email", "twee@example.nl"), ("phone", "0612345678")];
    let answer = Browser::new(&app).post("/keuze/afmelden", &two).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.words());
    for address in ["een@example.nl", "twee@example.nl"] {
        let who = keuze_core::service::people::Addressee::point(keuze_core::service::fixture::people::email(address));
        let may = app.services.contactability.may_contact(&who, Channel::Newsletter).expect("decided");
        assert!(!may.allow, "{address}");
        assert_eq!(may.reason, model::decision::Reason::PointObjected, "{address}");
    }
}

/// The control: what says yes, or changes something else, is read strictly and says which field is wrong.
#[tokio::test]
async fn what_agrees_is_read_strictly() {
    for press in [SentPress::SignUp, SentPress::Newsletter, SentPress::CodeMail] {
        for damage in [DAMAGES[0].2, DAMAGES[1].2] {
            let app = TestApp::new().await;
            let press = ready(press, &app).await;
            let (before, body) = (app.records(), damage(press.body()));
            let answer = press.sent_as(Some(URLENCODED), body).send().await;
            assert_eq!((answer.status, app.records()), (StatusCode::BAD_REQUEST, before), "{}", answer.words());
        }
    }
    let app = TestApp::new().await;
    let accepts = [("control", "accept_all"), ("offered", "marketing"), ("utm_source", "mail")];
    assert_eq!(Browser::new(&app).post("/keuze/choices", &accepts).await.status, StatusCode::BAD_REQUEST);
    let both = [("control", "accept_all"), ("control", "refuse_all"), ("offered", "marketing")];
    Browser::new(&app).post("/keuze/choices", &both).await;
    assert!(app.ledger().pop().expect("an event").answers().all(|(_, answered)| answered.answer != Said::Granted));
}

#[tokio::test]
async fn every_form_that_takes_a_no_is_among_them() {
    let app = TestApp::new().await;
    let mut covered = BTreeSet::from([Endpoint::ObjectionLinkSlash.path().to_owned()]);
    for press in NOES {
        let app = TestApp::new().await;
        covered.insert(ready(press, &app).await.route());
    }
    let takes_no = |endpoint: &&Endpoint| {
        let is_form = !endpoint.path().starts_with("/keuze/api/");
        is_form
            && endpoint
                .post()
                .is_some_and(|post| post.effect == Effect::Objection && post.class != RateClass::ApiClients)
    };
    for endpoint in Endpoint::ALL.iter().filter(takes_no) {
        assert!(covered.contains(endpoint.path()), "{endpoint:?}");
    }
    drop(app);
}
