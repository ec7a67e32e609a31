//! What other software sends beside ours: every request header that anything reads, with values that cannot be read, repeated,
//! and beside others. A good value counts, and where none can be told a no is taken or told not to be.

use super::presses::{SentPress, ready};
use super::told::says_nothing;
use super::*;
use crate::api_v1::tests::key;
use crate::fixture::masked;
use keuze_core::service::clients::ClientScope;
use keuze_core::service::fixture::people::{customer, email};

/// What is no value of any header, alone on a line.
const GARBAGE: [&[u8]; 4] = [b"", "søgelse".as_bytes(), b" ,;%=\"", b"\x80\x81,\xff;s\xf8=1"];

/// What must hold where a header says nothing that can be read, or two things.
#[derive(Clone, Copy)]
enum Must {
    /// As if it had not come.
    Without,
    /// As if it had come: what may be meant is taken to be.
    With,
    /// Refused with this status, told what to do, and nothing written.
    Refused(u16),
}

use Must::{Refused, With, Without};

/// A header, what another value of it is where it has one alone, and what must hold of garbage and of the two together.
/// Of every one it must hold besides that it counts when it is repeated, and beside garbage.
const HEADERS: [(&str, Option<&str>, Must, Must); 15] = [
    ("accept-language", None, Without, Without),
    ("accept-encoding", None, Without, Without),
    ("if-none-match", None, Without, Without),
    ("sec-gpc", None, Without, Without),
    ("cookie", None, Without, Without),
    ("referer", None, Without, Without),
    ("x-forwarded-for", None, Without, Without),
    ("forwarded", None, Without, Without),
    ("sec-fetch-site", Some("cross-site"), Without, Refused(403)),
    ("origin", Some("https://evil.example"), Without, Refused(403)),
    ("authorization", Some("Bearer kz-another-key"), Without, Refused(401)),
    ("content-type", Some("text/plain"), Without, Refused(415)),
    ("content-type of the API", Some("text/plain"), Without, Refused(415)),
    ("idempotency-key", Some("00000000000000000000000000000000"), Refused(400), Refused(400)),
    ("sec-purpose", None, With, With),
];

/// Headers that nothing reads.
const UNREAD: [(&str, &str); 7] = [
    ("accept", "application/json"),
    ("range", "bytes=0-3"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "gopher"),
    ("if-modified-since", "Tue, 24 Nov 2026 12:00:00 GMT"),
];

/// A request on which a header matters.
struct Probe {
    browser: Browser,
    /// A value that counts.
    good: String,
    method: &'static str,
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// Whether it is sent twice.
    twice: bool,
}

async fn probe(app: &TestApp, header: &str) -> Probe {
    let mut browser = Browser::new(app);
    let own = |name, value: &str| (name, value.to_owned());
    let policy = app.services.published.current().id();
    let yes = json!({"policy": policy, "language": "nl", "control": "save", "purposes": {"marketing": true}});
    let get = |browser, good: &str, path| {
        let good = good.to_owned();
        Probe { browser, good, method: "GET", path, headers: Vec::new(), body: String::new(), twice: false }
    };
    let post = |browser, good: &str, path, headers: Vec<_>, body: String| {
        let good = good.to_owned();
        Probe { browser, good, method: "POST", path, headers, body, twice: false }
    };
    let (form, api) =
        (own("content-type", "application/x-www-form-urlencoded"), own("content-type", "application/json"));
    let site = own("sec-fetch-site", "same-origin");
    match header {
        "accept-language" => get(browser, "en", "/keuze/voorkeuren"),
        "accept-encoding" => get(browser, "br", "/keuze/later.js?lang=nl"),
        "if-none-match" => {
            let etag = browser.get("/keuze/later.js?lang=nl").await.headers[header::ETAG].clone();
            get(browser, etag.to_str().expect("ASCII"), "/keuze/later.js?lang=nl")
        }
        "sec-gpc" => get(browser, "1", "/keuze/fragment?lang=nl"),
        "cookie" => {
            browser.post("/keuze/choices", &[("control", "refuse_all")]).await;
            let (name, value) = browser.cookies.pop().expect("a choice");
            get(Browser::new(app), &format!("{name}={value}"), "/keuze/fragment?lang=nl")
        }
        "referer" => {
            let no = "control=refuse_all".to_owned();
            post(browser, "http://localhost/winkel/fietsen?kleur=rood", "/keuze/choices", vec![form, site], no)
        }
        "x-forwarded-for" | "forwarded" => {
            let mut browser = Browser::at_router(crate::router(&app.services, true));
            browser.peer = Some([127, 0, 0, 1].into());
            let good = if header == "forwarded" { "for=198.51.100.1" } else { "198.51.100.1" };
            let used_up = [(header, good), ("content-type", "application/x-www-form-urlencoded")];
            for _ in 0..30 {
                browser.ask("POST", "/keuze/afmelden", &used_up, "").await;
            }
            post(browser, good, "/keuze/afmelden", vec![form], "email=els%40example.nl&scope=all".to_owned())
        }
        "sec-fetch-site" => post(browser, "same-origin", "/keuze/api/v1/choices", vec![api], yes.to_string()),
        "origin" => post(browser, "http://localhost", "/keuze/api/v1/choices", vec![api], yes.to_string()),
        "authorization" => {
            customer(app, "K-1", &[email("els@example.nl")]).await;
            let key = key(app, "crm", &ClientScope::ALL).await;
            let no = json!({"who": {"customer": "K-1"}, "channels": ["post"]}).to_string();
            post(browser, &format!("Bearer {key}"), "/keuze/api/v1/objections", vec![api], no)
        }
        "content-type" => {
            let yes = "email=els%40example.nl&name=Els".to_owned();
            post(browser, "application/x-www-form-urlencoded", "/keuze/nieuwsbrief", vec![site], yes)
        }
        "content-type of the API" => {
            post(browser, "application/json; charset=utf-8", "/keuze/api/v1/choices", vec![site], yes.to_string())
        }
        "idempotency-key" => {
            let key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
            let once = post(browser, key, "/keuze/api/v1/choices", vec![api, site], yes.to_string());
            Probe { twice: true, ..once }
        }
        "sec-purpose" => {
            let further = json!({"policy": policy, "language": "nl"}).to_string();
            post(browser, "prefetch;prerender", "/keuze/api/v1/continued-use", vec![api, site], further)
        }
        _ => get(browser, "", "/keuze/later.js?lang=nl"),
    }
}

/// What became of it, whatever may differ between two houses that are the same.
struct Observed {
    status: u16,
    all: String,
}

/// Asks in a house of its own with these lines of the header.
async fn outcome(header: &str, lines: impl Fn(&str) -> Vec<Vec<u8>>) -> Observed {
    let app = TestApp::new().await;
    let probe = probe(&app, header).await;
    let before = app.records();
    let lines = lines(&probe.good);
    let name = header.split(' ').next().expect("split gives at least one piece");
    let headers = probe.headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    let headers: Vec<(&str, &[u8])> = headers.chain(lines.iter().map(|line| (name, &line[..]))).collect();
    let mut browser = probe.browser;
    browser.keeps_cookies = false;
    let mut answer = browser.ask_in_bytes(probe.method, probe.path, &headers, &probe.body).await;
    if probe.twice {
        answer = browser.ask_in_bytes(probe.method, probe.path, &headers, &probe.body).await;
    }
    let made = app.records() - before;
    let status = answer.status.as_u16();
    if status >= 400 && status != 429 {
        assert_eq!(made, 0, "{header}");
        assert!(says_nothing(&answer.body) || answer.body.contains("geen toestemming"), "{header}: {}", answer.body);
    }
    let coding = answer.headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().expect("ASCII").to_owned());
    let body = if coding.is_none() { answer.body.clone() } else { String::new() };
    let snapshot = masked(&fixture_of(&answer, body));
    Observed { status, all: format!("{made} records, {coding:?}\n{snapshot}") }
}

fn fixture_of(answer: &TestResponse, body: String) -> String {
    TestResponse { status: answer.status, headers: answer.headers.clone(), body }.snapshot()
}

#[tokio::test]
async fn a_good_value_counts_beside_anything_and_what_says_nothing_is_no_value() {
    for (header, contrary, garbled, contradicted) in HEADERS {
        let one = |good: &str| vec![good.as_bytes().to_vec()];
        let (good, without) = (outcome(header, one).await, outcome(header, |_| Vec::new()).await);
        assert_ne!(good.all, without.all, "control: {header} is read");
        let joined = if header == "cookie" { "; " } else { ", " };
        let doubled = |good: &str| vec![format!("{good}{joined}{good}").into_bytes()];
        // An address may hold a comma.
        if header != "referer" {
            assert_eq!(outcome(header, doubled).await.all, good.all, "{header} joined");
        }
        let repeated = |good: &str| [one(good), one(good)].concat();
        assert_eq!(outcome(header, repeated).await.all, good.all, "{header} repeated");
        for garbage in GARBAGE {
            let told = String::from_utf8_lossy(garbage);
            let before = |good: &str| vec![garbage.to_vec(), good.as_bytes().to_vec()];
            assert_eq!(outcome(header, before).await.all, good.all, "{header} behind {told:?}");
            // The last element of a chain is what the proxy nearest to us says; it is not believed further than it can be read.
            let is_chain = ["x-forwarded-for", "forwarded"].contains(&header);
            let after = outcome(header, |good| vec![good.as_bytes().to_vec(), garbage.to_vec()]).await;
            let expected = if is_chain && !told.trim_matches([' ', ',']).is_empty() { &without } else { &good };
            assert_eq!(after.all, expected.all, "{header} before {told:?}");
            let alone = outcome(header, |_| vec![garbage.to_vec()]).await;
            holds(garbled, &alone, [&good, &without], &format!("{header}: {told:?}"));
        }
        let Some(contrary) = contrary else { continue };
        for first in [true, false] {
            let two = outcome(header, |good| {
                let mut lines = vec![good.as_bytes().to_vec(), contrary.as_bytes().to_vec()];
                if first {
                    lines.reverse();
                }
                lines
            });
            holds(contradicted, &two.await, [&good, &without], &format!("{header} with {contrary}"));
        }
    }
}

fn holds(must: Must, outcome: &Observed, [with, without]: [&Observed; 2], case: &str) {
    match must {
        With => assert_eq!(outcome.all, with.all, "{case}"),
        Without => assert_eq!(outcome.all, without.all, "{case}"),
        Refused(status) => assert_eq!(outcome.status, status, "{case}: {}", outcome.all),
    }
}

#[tokio::test]
async fn what_nothing_reads_changes_nothing() {
    let without = outcome("range", |_| Vec::new()).await;
    for (header, value) in UNREAD {
        for line in GARBAGE.into_iter().chain([value.as_bytes()]) {
            let with = outcome(header, |_| vec![line.to_vec(), value.as_bytes().to_vec()]).await;
            assert_eq!(with.all, without.all, "{header} {line:?}");
        }
    }
}

/// Which site is meant is never guessed (RFC 9112 section 3.2).
#[tokio::test]
async fn a_request_for_no_host_or_for_two_is_refused_and_told_so() {
    let app = TestApp::new().await;
    let before = app.records();
    let hosts: Vec<Vec<&[u8]>> = GARBAGE
        .into_iter()
        .map(|garbage| vec![garbage])
        .chain(GARBAGE.into_iter().map(|garbage| vec![garbage, b"localhost"]))
        .chain([
            vec![&b"localhost"[..], b"localhost"],
            vec![b"localhost", b"evil.example"],
            vec![b"localhost, localhost"],
        ])
        .collect();
    for hosts in hosts {
        let headers: Vec<(&str, &[u8])> = hosts.iter().map(|host| ("host", *host)).collect();
        let headers = [&headers[..], &[("content-type", b"application/x-www-form-urlencoded")]].concat();
        let mut browser = Browser::new(&app);
        let answer = browser.ask_in_bytes("POST", "/keuze/choices", &headers, "control=refuse_all").await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{hosts:?}");
        assert!(says_nothing(&answer.body) && answer.body.contains("één Host"), "{}", answer.body);
    }
    assert_eq!(app.records(), before);
}

/// A no, whoever says it and whatever stands in any header: on record, or told not to be.
#[tokio::test]
async fn no_header_loses_a_no() {
    let noes = [
        SentPress::Choice,
        SentPress::ChoiceForm,
        SentPress::ObjectionForm,
        SentPress::OneClick,
        SentPress::LetterCode,
        SentPress::StopAll,
        SentPress::DeskObjection,
        SentPress::CustomerRefused(0),
        SentPress::ProgramObjection,
    ];
    for press in noes {
        for (name, ..) in HEADERS.into_iter().filter(|(name, ..)| !name.contains(' ')) {
            let app = TestApp::new().await;
            let pressed = ready(press, &app).await;
            let before = app.records();
            let mut taken = 0;
            for (line, beside) in [(&b"s\xf8gelse"[..], false), (b"", false), (b"s\xf8gelse", true), (b"", true)] {
                let told = app.records();
                let answer = pressed.in_bytes(name, line, beside).await;
                let case = format!("{press:?} {name} {line:?} {beside}: {} {}", answer.status, answer.body);
                assert!(!answer.status.is_server_error(), "{case}");
                let is_well = answer.status.is_success() || answer.status.is_redirection();
                let is_taken = is_well || answer.body.contains("wel vastgelegd en geldt");
                assert!(is_taken || says_nothing(&answer.body) || answer.body.contains("niet vastgelegd"), "{case}");
                // The same no that is said again is on record already.
                assert!(if is_taken { app.records() > before } else { app.records() == told }, "{case}");
                // What came along that can be read counts.
                let is_first = ["x-forwarded-for", "forwarded"].contains(&name) || beside;
                assert!(!is_first || is_taken, "{case}");
                taken += u32::from(is_taken);
            }
            assert!(taken > 0, "{press:?} {name}");
        }
    }
}
