//! Saying no by a link and with nothing in hand, through the whole router.

mod damaged;
mod everything;

use model::decision::{Decision, Reason};
use model::event::{Actor, EventKind};
use model::evidence::IdentityLevel;
use model::identity::Subject;

use super::*;
use crate::fixture::{Browser, TestResponse, masked};
use keuze_core::service::fixture::TestApp;
use keuze_core::service::fixture::people::{customer, door, email, phone};
use keuze_core::service::people::{Addressee, Provenance};

const OBJECTION: &str = "/keuze/afmelden";
const URLENCODED: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

async fn anna(app: &TestApp) -> Subject {
    let points = [email("anna@example.nl"), phone("06 12345678"), door("12 A")];
    customer(app, "K-1", &points).await
}

fn path(app: &TestApp, person: Subject, channel: Option<Channel>) -> String {
    format!("/keuze/afmelden/{}", app.services.links.stop(person, channel))
}

fn decision(app: &TestApp, person: Subject, channel: Channel) -> Decision {
    app.services.contactability.may_contact(&Addressee::person(person), channel).expect("readable")
}

/// RFC 8058 section 3.2 and S-12, S-22: a mail provider's press, in either form, from anywhere, is enough.
#[tokio::test]
async fn one_click_acts_without_cookie_session_redirect_or_origin() {
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let forms = [(URLENCODED, ONE_CLICK), (("content-type", "multipart/form-data; boundary=b"), multipart)];
    let origins: [&[(&str, &str)]; 5] = [
        &[],
        &[("origin", "https://mail.google.com"), ("sec-fetch-site", "cross-site")],
        &[("origin", "null")],
        &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "cross-site")],
    ];
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    for (kind, body) in forms {
        for origin in origins {
            let number = app.ledger().len().to_string();
            let person = customer(&app, &number, &[email(&format!("{number}@example.nl"))]).await;
            let path = path(&app, person, Some(Channel::Newsletter));
            let before = app.ledger().len();
            let headers: Vec<_> = [kind].into_iter().chain(origin.iter().copied()).collect();
            for slash in ["", "/"] {
                let answer = server.beside().ask("POST", &format!("{path}{slash}"), &headers, body).await;
                assert_eq!(answer.status, StatusCode::OK, "{origin:?}");
                assert!(!answer.headers.contains_key(header::SET_COOKIE) && !answer.headers.contains_key("location"));
            }
            let ledger = app.ledger();
            assert_eq!(ledger.len(), before + 1, "repeats succeed and record nothing");
            let event = ledger.last().expect("an event");
            assert_eq!((event.kind(), event.head.route), (EventKind::Objected, Route::OneClick));
            assert_eq!((event.head.subject, event.level()), (Some(person), Some(IdentityLevel::Possession)));
            assert_eq!(event.channels(), [Channel::Newsletter]);
            assert!(!decision(&app, person, Channel::Newsletter).allow);
            assert!(decision(&app, person, Channel::Email).allow, "S-10: only the list that was named");
        }
    }
}

/// R-3.7-6: scanners fetch links.
#[tokio::test]
async fn looking_at_a_link_never_acts_and_shows_one_button() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let person = anna(&app).await;
    let before = app.ledger().len();
    for channel in Channel::ALL.map(Some).into_iter().chain([None]) {
        for slash in ["", "/"] {
            let path = format!("{}{slash}", path(&app, person, channel));
            let page = server.beside().get(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert_eq!(page.body.matches("<button").count(), 1, "{}", page.body);
            assert!(page.body.contains(&format!("action=\"{path}?lang=nl\"")), "{}", page.body);
            assert_eq!(server.beside().ask("HEAD", &path, &[], "").await.status, StatusCode::OK);
        }
    }
    assert_eq!(app.ledger().len(), before);
}

/// S-12: link and button, two steps; the page says what changed, since when, and how to stop the rest.
#[tokio::test]
async fn the_page_after_the_button_says_what_changed_and_stops_the_rest_in_one_press() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let path = path(&app, person, Some(Channel::Newsletter));
    let mut browser = Browser::new(&app);
    insta::assert_snapshot!("link-nl", browser.get(&path).await.words());
    let done = browser.post(&path, &[("scope", "channel")]).await;
    let event = app.ledger().pop().expect("an event");
    assert_eq!((event.head.route, event.channels()), (Route::MailLink, [Channel::Newsletter].as_slice()));
    let number = done.between("class=\"code\">", "<").to_owned();
    let found = number.parse().ok().and_then(|number| app.services.receipts.check(number));
    assert_eq!(found.map(|address| address.index), Some(app.ledger().len() as u64 - 1));
    insta::assert_snapshot!("link-done-nl", masked(&done.words()));
    app.clock.advance(3 * 86_400);
    let again = browser.post(&path, &[("scope", "channel")]).await.words();
    assert!(again.contains("U had dit al gestopt.") && again.contains("24 november 2026"), "{again}");

    let before = app.ledger().len();
    let all = browser.post(&format!("{path}?lang=en"), &[("scope", "all")]).await;
    assert_eq!(app.ledger().len(), before + 1, "S-10: all five in one action");
    insta::assert_snapshot!("link-all-en", masked(&all.words()));
    for channel in Channel::ALL {
        assert!(!decision(&app, person, channel).allow, "{channel:?}");
    }
}

/// R-3.7-7, S-57: nobody learns from a link whether a person exists, and nothing is written.
#[tokio::test]
async fn unknown_altered_and_erased_links_are_one_and_the_same() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let (erased, other) = (anna(&app).await, customer(&app, "K-2", &[email("b@example.nl")]).await);
    let tokens = &app.services.links;
    let gone = tokens.stop(erased, Some(Channel::Newsletter));
    let altered = tokens.stop(other, Some(Channel::Newsletter)).replacen('A', "B", 1);
    let mailbox = Email::parse("b@example.nl").expect("an address");
    let confirm = tokens.confirm(other, Channel::Newsletter, time::macros::date!(2027 - 01 - 01), &mailbox);
    let act = Provenance::by_person(Route::InsightPage, IdentityLevel::Possession);
    app.services.erasures.erase(&app.history(), erased, true, &act).await.expect("erased");
    let before = app.ledger().len();
    let mut answers = Vec::new();
    for token in [gone.as_str(), &altered, &confirm, "nothing", &"A".repeat(54)] {
        let path = format!("/keuze/afmelden/{token}");
        for answer in
            [server.beside().get(&path).await, server.beside().ask("POST", &path, &[URLENCODED], ONE_CLICK).await]
        {
            let headers: Vec<_> = answer.headers.iter().filter(|(name, _)| *name != "content-length").collect();
            answers.push(format!("{} {headers:?} {}", answer.status, answer.body.replace(token, "TOKEN")));
        }
    }
    assert!(answers[0].starts_with("404"), "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(app.ledger().len(), before);
}

/// S-57: a link in a mail that was sent keeps working after the key was rotated.
#[tokio::test]
async fn links_outlive_the_rotation_of_their_key() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let path = path(&app, person, None);
    app.services.links.rotate();
    let answer = Browser::new(&app).ask("POST", &path, &[URLENCODED], ONE_CLICK).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!decision(&app, person, Channel::Post).allow);
}

/// Issue: a page with a token in its address sends no referrer; its own form then comes with `Origin: null`.
#[tokio::test]
async fn no_page_tells_where_it_was_come_from_and_its_own_form_still_works() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let person = anna(&app).await;
    let path = path(&app, person, Some(Channel::Email));
    let own = [URLENCODED, ("origin", "null"), ("sec-fetch-site", "same-origin")];
    let old = [URLENCODED, ("origin", "null")];
    for answer in [
        server.beside().get(&path).await,
        server.beside().ask("POST", &path, &own, "scope=channel").await,
        server.beside().ask("POST", &path, &old, "scope=all").await,
    ] {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer");
    }
    assert!(Channel::ALL.into_iter().all(|channel| !decision(&app, person, channel).allow));
}

async fn say_no(server: &Browser, fields: &[(&str, &str)]) -> TestResponse {
    server.beside().post(OBJECTION, fields).await
}

/// S-12, S-54: the number or address alone is enough, in one form.
#[tokio::test]
async fn a_number_an_address_or_a_mailbox_alone_is_enough_to_say_no() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let person = anna(&app).await;
    for (fields, channels) in [
        (vec![("phone", "+31 6 12345678")], vec![Channel::Phone]),
        (vec![("postcode", "1033rw"), ("house", "12"), ("addition", "a")], vec![Channel::Post]),
        (vec![("email", " Anna@Example.nl ")], vec![Channel::Newsletter, Channel::Email]),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("scope", "all")]).collect();
        let answer = say_no(&server, &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let event = app.ledger().pop().expect("an event");
        assert_eq!((event.kind(), &event.head.actor, event.head.subject), (EventKind::Objected, &Actor::Visitor, None));
        assert_eq!((event.level(), event.channels()), (Some(IdentityLevel::Unverified), &channels[..]));
        for channel in channels {
            let decision = decision(&app, person, channel);
            assert_eq!((decision.allow, decision.reason), (false, Reason::PointObjected), "{channel:?}");
        }
        assert!(answer.between("class=\"code\">", "<").parse::<model::receipt::ReceiptNumber>().is_ok());
    }
}

/// S-12, S-13: a letter box in another country, by its lines as they stand on the envelope; in either case the same answer
/// as for everybody.
#[tokio::test]
async fn s_12_somebody_in_another_country_can_say_no_to_letters() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let lines = "Rue de la Loi 16\n1000 Bruxelles\nBelgique";
    let address = ContactPoint::Post(PostalAddress::of_lines(lines, None).expect("an address"));
    let person = customer(&app, "K-7", &[address]).await;
    let typed = [("lines", "rue de la Loi 16,\r\n1000  Bruxelles"), ("country", "belgique"), ("scope", "all")];
    let answer = say_no(&server, &typed).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(decision(&app, person, Channel::Post).reason, Reason::PointObjected);
    let stranger =
        say_no(&server, &[("lines", "Rue Neuve 1\n1000 Bruxelles"), ("country", "Belgique"), ("scope", "all")]).await;
    let words = |answer: &TestResponse| answer.words().replace(answer.between("class=\"code\">", "<"), "NUMBER");
    assert_eq!(words(&answer), words(&stranger));
    let kept = server
        .beside()
        .post(OBJECTION, &[("lines", "</textarea><b>&amp;"), ("country", "België"), ("scope", "ticked")])
        .await;
    assert!(kept.body.contains("<details open") && !kept.body.contains("<b>"), "{}", kept.body);
    assert!(kept.body.contains(">&lt;/textarea>&lt;b>&amp;amp;</textarea>"), "as it was typed: {}", kept.body);
    assert!(!server.beside().get(OBJECTION).await.body.contains("<details open"));
    let anna = customer(&app, "K-8", &[door("12 A")]).await;
    let dutch = [("lines", "Modemstraat 12 A\r\n1033 RW Amsterdam"), ("country", "Nederland"), ("scope", "all")];
    assert_eq!(say_no(&server, &dutch).await.status, StatusCode::OK);
    assert_eq!(decision(&app, anna, Channel::Post).reason, Reason::PointObjected, "the same letter box");
}

/// A house number that a spreadsheet printed as a date: the person is asked whether it is right, and a press on the page
/// that asks is a yes, for what was asked and nothing else.
#[tokio::test]
async fn a_house_number_that_looks_like_a_date_is_asked_about_and_then_taken() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let person = customer(&app, "K-7", &[door("12-3")]).await;
    let before = app.ledger().len();
    for (lang, asks) in [
        ("nl", "Klopt dit? U vulde ‘12-mrt’ in. Wij lezen dat als huisnummer 12, toevoeging 3."),
        ("en", "Is this right? You filled in ‘12-mrt’. We read that as house number 12, addition 3."),
    ] {
        let fields = [("postcode", "1033RW"), ("house", "12-mrt"), ("phone", "06 12345678"), ("scope", "all")];
        let asked = server.beside().post(&format!("{OBJECTION}?lang={lang}"), &fields).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.words().contains(asks), "{}", asked.words());
        assert!(asked.body.contains("name=\"scope\" value=\"all\">Ja, dit klopt<") || lang == "en", "{}", asked.body);
        for kept in ["name=\"read\" value=\"12-mrt\"", "value=\"12-mrt\"", "value=\"06 12345678\""] {
            assert!(asked.body.contains(kept), "{kept} in {}", asked.body);
        }
    }
    assert_eq!(app.ledger().len(), before, "nothing of it was recorded");
    let other = [("postcode", "1033RW"), ("house", "14-mrt"), ("read", "12-mrt"), ("scope", "all")];
    assert_eq!(say_no(&server, &other).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a yes to something else");
    let yes = [("postcode", "1033RW"), ("house", "12-mrt"), ("read", "12-mrt"), ("scope", "all")];
    assert_eq!(say_no(&server, &yes).await.status, StatusCode::OK);
    assert_eq!(decision(&app, person, Channel::Post).reason, Reason::PointObjected);
    for (house_number, asks) in
        [("44632", "huisnummer 44632"), ("1.2E+01", "huisnummer 12."), ("mrt-40", "toevoeging 40")]
    {
        let asked = say_no(&server, &[("postcode", "1033RW"), ("house", house_number), ("scope", "all")]).await;
        assert!(asked.status == 422 && asked.words().contains(asks), "{}", asked.words());
    }
    let plain = say_no(&server, &[("postcode", "1033RW"), ("house", "12.0"), ("scope", "all")]).await;
    assert_eq!(plain.status, StatusCode::OK, "12.0 is 12");
    let lost = say_no(&server, &[("postcode", "1033RW"), ("house", "#NAAM?"), ("scope", "all")]).await;
    assert!(lost.status == 422 && lost.words().contains("Dit is geen huisnummer"), "{}", lost.words());
}

/// S-10: what is ticked, and nothing else, stops and stands on page and receipt.
#[tokio::test]
async fn only_what_is_ticked_stops() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let person = anna(&app).await;
    let fields = [("email", "anna@example.nl"), ("phone", ""), ("channel", "newsletter"), ("scope", "ticked")];
    let answer = say_no(&server, &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    let stopped = answer.between("<ul>", "</ul>");
    assert!(stopped.contains("nieuwsbrief") && !stopped.contains("reclame"), "{stopped}");
    assert_eq!(app.ledger().pop().expect("an event").channels(), [Channel::Newsletter]);
    assert!(!decision(&app, person, Channel::Newsletter).allow);
    assert!(decision(&app, person, Channel::Email).allow);
}

/// Nobody learns from us whether somebody is a customer, or has said no before.
/// Enter in a field presses no button: it stops what is ticked, and everything where nothing is.
#[tokio::test]
async fn enter_stops_no_more_than_what_is_ticked() {
    for (ticked, stopped) in [
        (vec![("channel", "newsletter")], vec![Channel::Newsletter]),
        (Vec::new(), vec![Channel::Newsletter, Channel::Email]),
    ] {
        let app = TestApp::new().await;
        let form = [&[("email", "anna@example.nl"), ("scope", "enter")][..], &ticked].concat();
        say_no(&Browser::new(&app), &form).await;
        assert_eq!(app.ledger().pop().expect("a record").channels(), stopped);
    }
}

#[tokio::test]
async fn everybody_gets_the_same_answer() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    anna(&app).await;
    let told = async |number: &str| {
        let before = app.ledger().len();
        let answer = say_no(&server, &[("phone", number), ("scope", "all")]).await;
        let words = answer.words().replace(answer.between("class=\"code\">", "<"), "NUMBER");
        (answer.status, words, app.ledger().len() - before)
    };
    let stranger = told("020 788 4000").await;
    assert_eq!(told("06 12345678").await, stranger, "a customer");
    assert_eq!(told("06 12345678").await, stranger, "who said so before");
    app.clock.advance(3600);
    assert_eq!(told("020 788 4000").await, stranger);
    insta::assert_snapshot!("objection-done-nl", stranger.1);
}

/// Each fault names the field and the mend; what was typed is kept; the summary has the focus, without a script.
#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_that_was_typed_is_lost() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let before = app.ledger().len();
    let fields = [
        ("phone", "12"),
        ("postcode", "10 RW"),
        ("house", "12"),
        ("email", "\"<b>@example"),
        ("channel", "post"),
        ("scope", "ticked"),
    ];
    for lang in ["nl", "en"] {
        let answer = server.beside().post(&format!("{OBJECTION}?lang={lang}"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        insta::assert_snapshot!(format!("objection-faults-{lang}"), answer.words());
        assert_eq!(answer.body.matches("aria-invalid=\"true\"").count(), 3, "{}", answer.body);
        assert!(answer.between("id=\"outcome\"", ">").contains("autofocus"), "{}", answer.body);
        for kept in ["value=\"12\"", "value=\"10 RW\"", "&lt;b&gt;@example", "value=\"post\" checked"] {
            assert!(answer.body.contains(kept), "{kept} in {}", answer.body);
        }
        assert!(!answer.body.contains("<b>") && !answer.body.contains("<script"));
    }
    let faults = |answer: TestResponse| (answer.status.as_u16(), answer.between("<ul>", "</ul>").to_owned());
    for (fields, says) in [
        (vec![("scope", "all")], "Vul een telefoonnummer, een adres of een e-mailadres in."),
        (vec![("scope", "all"), ("channel", "post")], "Vul een telefoonnummer, een adres of een e-mailadres in."),
        (vec![("scope", "all"), ("house", "12")], "Dit is geen postcode."),
        (vec![("scope", "all"), ("postcode", "1033RW")], "Dit is geen huisnummer."),
        (vec![("scope", "all"), ("lines", "Rue de la Loi 16\r\n1000 Bruxelles")], "Vul het land in"),
        (vec![("scope", "all"), ("country", "België")], "Schrijf het adres over"),
        (
            vec![("scope", "all"), ("lines", "Kerkstraat 12-mrt\r\n9000 Gent"), ("country", "België")],
            "Klopt dit? In dit adres staat iets dat op een datum lijkt.",
        ),
        (
            vec![("scope", "all"), ("lines", "Kerkstraat 3\r\n9000 Gent"), ("country", "Belgï€")],
            "Vul het land in met zijn gewone naam, zoals België.",
        ),
        (
            vec![("scope", "all"), ("lines", "Modemstraat 1"), ("country", " Nederland ")],
            "vult u postcode en huisnummer in",
        ),
        (vec![("scope", "ticked"), ("channel", "post")], "Vul ook een adres in."),
        (vec![("scope", "ticked"), ("phone", "0201234567")], "Kruis aan wat u wilt stoppen"),
        (vec![("scope", "ticked"), ("channel", "email")], "Vul ook een e-mailadres in."),
        (
            vec![("scope", "ticked"), ("channel", "phone"), ("phone", "0207884000"), ("email", "a@example.nl")],
            "U vulde een e-mailadres in. Kruis ook nieuwsbrief of e-mail aan",
        ),
    ] {
        let (status, list) = faults(say_no(&server, &fields).await);
        assert!(status == 422 && list.contains(says), "{status} {list}");
    }
    for fields in [
        vec![("scope", "ticked"), ("channel", "fax"), ("phone", "0207884000")],
        vec![("scope", "all"), ("postcode", "1033RW"), ("postcode", "1034RW"), ("house", "12")],
    ] {
        assert_eq!(say_no(&server, &fields).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(app.ledger().len(), before, "nothing of it was recorded");
}

/// Whatever is too long is a fault at its field; what was typed stays in the form.
#[tokio::test]
async fn what_is_too_long_is_said_at_its_field() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let long = "x".repeat(900);
    let many = ["Rue de la Loi 16"; 9].join("\r\n");
    for (name, text, beside) in [
        ("phone", &long, vec![]),
        ("email", &long, vec![]),
        ("postcode", &long, vec![("house", "12")]),
        ("house", &long, vec![("postcode", "1033RW")]),
        ("addition", &long, vec![("postcode", "1033RW"), ("house", "12")]),
        ("lines", &long, vec![("country", "België")]),
        ("lines", &many, vec![("country", "België")]),
        ("country", &long, vec![("lines", "Rue de la Loi 16\r\n1000 Bruxelles")]),
    ] {
        let fields = [vec![("scope", "all"), (name, text.as_str())], beside].concat();
        let answer = say_no(&server, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.body.contains(&text.replace('\r', "")) || answer.body.contains(text), "{name} stays");
        assert!(answer.between("<ul>", "</ul>").contains(&format!("#{name}\"")), "{}", answer.between("<ul>", "</ul>"));
    }
}

/// S-40: the form asks for the contact point and nothing else. S-54: and for no file.
#[tokio::test]
async fn the_form_asks_for_nothing_but_the_contact_point() {
    let app = TestApp::new().await;
    let page = Browser::new(&app).get(OBJECTION).await;
    insta::assert_snapshot!("objection-nl", page.words());
    let names = page.body.match_indices(" name=\"").map(|(at, mark)| page.body[at + mark.len()..].split('"').next());
    let mut names: Vec<_> =
        names.flatten().filter(|name| !["viewport", "color-scheme", "robots"].contains(name)).collect();
    names.dedup();
    assert_eq!(
        names,
        ["scope", "phone", "postcode", "house", "addition", "lines", "country", "email", "scope", "channel", "scope"]
    );
    assert!(!page.body.contains("type=\"file\"") && !page.body.contains(" checked"));
    assert_eq!(page.body.matches("rel=\"noreferrer\"").count(), 2, "S-55: both supervisors");
}

/// Somebody who types in a phone book is slowed down; a mail provider with its thousands of presses is not.
#[tokio::test]
async fn saying_no_with_nothing_in_hand_has_a_rate_of_its_own() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let link = path(&app, person, None);
    let mut browser = Browser::at_router(crate::router(&app.services, true));
    let mut taken = 0;
    while taken < 100 && browser.post(OBJECTION, &[("scope", "all")]).await.status != StatusCode::TOO_MANY_REQUESTS {
        taken += 1;
    }
    assert_eq!(taken, 20);
    assert_eq!(browser.get(OBJECTION).await.status, StatusCode::OK, "the form can still be read");
    for _ in 0..60 {
        assert_eq!(browser.ask("POST", &link, &[URLENCODED], ONE_CLICK).await.status, StatusCode::OK);
    }
}
