//! What programs ask and tell, and the codes in letters, through the whole router.

mod desk;
mod joins;
mod once;
mod points;
mod ways;

use axum::http::StatusCode;
use model::channel::Channel;
use model::choice::Answer;
use model::event::{Answered, Body, Event, EventKind, RecordedChoice, Route};
use model::evidence::IdentityLevel;
use model::identity::Subject;
use model::message::CheckedLetter;
use model::purpose::PurposeId;
use serde_json::{Value, json};
use time::macros::date;

use super::*;
use crate::fixture::{self, Browser};
use keuze_core::service::clients::ClientName;
use keuze_core::service::fixture::TestApp;
use keuze_core::service::fixture::people::{customer, door, email, phone};
use keuze_core::service::people::Addressee;
use ledger::AppendRequest;

const PATHS: [(&str, ClientScope, &str); 8] = [
    ("/keuze/api/v1/decisions", ClientScope::Decisions, r#"{"who":{"customer":"K-1"},"channel":"email"}"#),
    ("/keuze/api/v1/objections", ClientScope::Objections, r#"{"who":{"customer":"K-1"},"channels":["email"]}"#),
    ("/keuze/api/v1/customers", ClientScope::Customers, r#"{"customer":"K-2","email":"bert@example.nl"}"#),
    ("/keuze/api/v1/opt-ins", ClientScope::Customers, r#"{"who":{"customer":"K-1"},"channels":["phone"]}"#),
    ("/keuze/api/v1/mail-headers", ClientScope::Mail, r#"{"who":{"customer":"K-1"},"channel":"email"}"#),
    ("/keuze/api/v1/mail-checks", ClientScope::Mail, "From: a@example.nl\r\n\r\n"),
    ("/keuze/api/v1/letter-blocks", ClientScope::Letters, r#"{"who":{"customer":"K-1"}}"#),
    ("/keuze/api/v1/letter-checks", ClientScope::Letters, r#"{"text":"{{keuze_block}}"}"#),
];

/// A house with a customer, and a program that may do everything.
struct Office {
    app: TestApp,
    anna: Subject,
    server: Browser,
    key: String,
}

impl Office {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let points = [email("anna@example.nl"), phone("06 12345678"), door("12 A")];
        let anna = customer(&app, "K-1", &points).await;
        let key = key(&app, "crm", &ClientScope::ALL).await;
        Self { anna, server: Browser::new(&app), app, key }
    }

    async fn post(&self, path: &str, body: &Value) -> fixture::TestResponse {
        self.post_with(&self.key, path, &body.to_string()).await
    }

    async fn post_with(&self, key: &str, path: &str, body: &str) -> fixture::TestResponse {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.server.beside().ask("POST", path, &headers, body).await
    }

    async fn told(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        serde_json::from_str(&answer.body).expect("JSON")
    }

    async fn object(&self, channels: &[Channel]) {
        let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
        self.app
            .services
            .contactability
            .object(&self.app.history(), &Addressee::person(self.anna), channels, &act)
            .await
            .expect("recorded");
    }
}

pub(crate) async fn key(app: &TestApp, name: &str, scopes: &[ClientScope]) -> String {
    let services = &app.services;
    let clients = &services.clients;
    let name: ClientName = name.parse().expect("a name");
    clients.add(&name, scopes, date!(2026 - 11 - 30)).await.expect("added").to_string()
}

fn problem(answer: &fixture::TestResponse) -> (u16, String, Value) {
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{}", answer.body);
    let document: Value = serde_json::from_str(&answer.body).expect("JSON");
    let slug = document["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default().to_owned();
    (answer.status.as_u16(), slug, document)
}

/// Issue, "Bad input": a missing or expired key and a missing scope are said by name, and nothing happens.
#[tokio::test]
async fn no_address_for_programs_answers_without_a_key_that_is_good_for_it() {
    let office = Office::new().await;
    let mut without = Vec::new();
    for (scope, name) in [
        (ClientScope::Decisions, "a"),
        (ClientScope::Mail, "b"),
        (ClientScope::Letters, "c"),
        (ClientScope::Objections, "d"),
        (ClientScope::Customers, "e"),
    ] {
        let others: Vec<ClientScope> = ClientScope::ALL.into_iter().filter(|other| *other != scope).collect();
        without.push((scope, key(&office.app, name, &others).await));
    }
    let before = office.app.ledger().len();
    for (path, scope, body) in PATHS {
        let bare = office.server.beside().ask("POST", path, &[("content-type", "application/json")], body).await;
        assert_eq!(problem(&bare).1, "api-key-missing", "{path}");
        assert_eq!(
            (bare.status, &bare.headers["www-authenticate"]),
            (StatusCode::UNAUTHORIZED, &HeaderValue::from_static("Bearer realm=\"keuze\""))
        );
        let unknown = office.post_with("keuze_nothing", path, body).await;
        assert_eq!((problem(&unknown).0, problem(&unknown).1.as_str()), (401, "api-key-unknown"), "{path}");
        let (_, key) = without.iter().find(|(lacks, _)| *lacks == scope).expect("made above");
        let (status, slug, document) = problem(&office.post_with(key, path, body).await);
        assert_eq!((status, slug.as_str(), &document["scope"]), (403, "scope-missing", &json!(scope.word())), "{path}");
    }
    let get = office.server.beside().get("/keuze/api/v1/decisions?customer=K-1&channel=email").await;
    assert_eq!(problem(&get).1, "api-key-missing");
    office.app.clock.advance(7 * 86_400);
    for (path, _, body) in PATHS {
        let (status, slug, _) = problem(&office.post_with(&office.key, path, body).await);
        assert_eq!((status, slug.as_str()), (401, "api-key-expired"), "{path}");
    }
    assert_eq!(office.app.ledger().len(), before, "nothing was recorded");
}

/// Issue item 10: allow or deny, reason, basis, evidence, valid until.
#[tokio::test]
async fn a_decision_explains_itself() {
    let office = Office::new().await;
    let ask = async |who: Value, channel: &str| {
        office.told("/keuze/api/v1/decisions", &json!({ "who": who, "channel": channel })).await
    };
    let allowed = ask(json!({ "customer": "K-1" }), "email").await;
    assert_eq!(
        allowed,
        json!({
            "allow": true,
            "reason": "soft_opt_in",
            "explanation": { "nl": "klant, kon zich afmelden", "en": "customer, was offered an opt-out" },
            "basis": "Tw 11.7 lid 3",
            "evidence": ["0001/2"],
            "valid_until": null,
        })
    );
    let calls = ask(json!({ "customer": "K-1" }), "phone").await;
    assert_eq!((&calls["allow"], &calls["basis"]), (&json!(false), &json!("Tw 11.7 lid 1")), "{calls}");
    office.object(&[Channel::Email]).await;
    for who in [
        json!({ "customer": "K-1" }),
        json!({ "email": "ANNA@example.nl" }),
        json!({ "customer": "K-1", "email": "anna@example.nl" }),
    ] {
        let denied = ask(who.clone(), "email").await;
        assert_eq!(denied["allow"], json!(false), "S-12: within the second, {who}");
        assert_eq!(denied["evidence"].as_array().map(Vec::len), Some(1));
    }
    for who in [
        json!({ "customer": "K-9" }),
        json!({ "customer": "K-9", "email": "anna@example.nl" }),
        json!({ "phone": "020 788 4000" }),
    ] {
        let unknown = ask(who, "post").await;
        assert_eq!((&unknown["allow"], &unknown["reason"]), (&json!(false), &json!("no_answer")));
    }
    let post = json!({ "post": { "postcode": "1033 rw", "number": "12", "addition": "a" } });
    assert_eq!(ask(post, "post").await["reason"], "opt_out");
    let elsewhere = json!({ "post": { "lines": ["Rue de la Loi 16", "1000 Bruxelles", "Belgique"] } });
    assert_eq!(ask(elsewhere, "post").await["allow"], false);
}

/// S-18: a no on a letter box denies however a program writes the address.
#[tokio::test]
async fn s_18_a_dutch_address_in_lines_is_the_letter_box_that_was_objected_to() {
    let office = Office::new().await;
    office.object(&[Channel::Post]).await;
    let ask = async |lines: Value| {
        let body = json!({ "who": { "post": { "lines": lines } }, "channel": "post" });
        office.post("/keuze/api/v1/decisions", &body).await
    };
    for lines in
        [json!(["Modemstraat 12 A", "1033 RW Amsterdam"]), json!(["Modemstraat 12a", "1033rw Amsterdam", "Nederland"])]
    {
        let denied: Value = serde_json::from_str(&ask(lines).await.body).expect("JSON");
        assert_eq!((&denied["allow"], &denied["reason"]), (&json!(false), &json!("point_objected")), "{denied}");
    }
    let (status, slug, document) = problem(&ask(json!(["Modemstraat 12 A", "Amsterdam", "NL"])).await);
    assert_eq!((status, slug.as_str(), &document["field"]), (400, "malformed-request", &json!("who.post")));
}

/// However a program writes an address abroad, a mailbox of Google's or a number, it meets the no; what a spreadsheet changed
/// is refused with its field.
#[tokio::test]
async fn every_spelling_that_a_program_sends_meets_the_no() {
    let office = Office::new().await;
    let no = async |who: Value, channel: &str| {
        office.told("/keuze/api/v1/objections", &json!({ "who": who, "channels": [channel] })).await;
    };
    no(json!({ "post": { "lines": ["Kerkstraat 3", "9000 Gent", "België"] } }), "post").await;
    no(json!({ "email": "jan.jansen@gmail.com" }), "email").await;
    no(json!({ "phone": "+36 (06) 1 234 5678" }), "phone").await;
    for (who, channel) in [
        (json!({ "post": { "lines": ["A. Jansen", "Kerkstraat 3", "B-9000 Gent", "Belgium"] } }), "post"),
        (json!({ "post": { "lines": ["Kerkstraat 3", "9000 Gent"], "country": "BE" } }), "post"),
        (json!({ "post": { "lines": ["Kerkstraat 3", "BE-9000 Gent"] } }), "post"),
        (json!({ "email": "janjansen+x@googlemail.com" }), "email"),
        (json!({ "phone": "0036 1 234\u{202f}5678" }), "phone"),
    ] {
        let told = office.told("/keuze/api/v1/decisions", &json!({ "who": who, "channel": channel })).await;
        assert_eq!((&told["allow"], &told["reason"]), (&json!(false), &json!("point_objected")), "{who}");
    }
    for (who, field, says) in [
        (
            json!({ "post": { "postcode": "1033 RW", "number": "12-mrt" } }),
            "who.post",
            "looks changed by a spreadsheet",
        ),
        (json!({ "post": { "postcode": "1033 RW", "number": "44624" } }), "who.post", "looks changed by a spreadsheet"),
        (json!({ "phone": "3.16E+10" }), "who.phone", "looks changed by a spreadsheet"),
        (json!({ "post": { "lines": ["Kerkstraat 3", "9000 Gent"] } }), "who.post", "the country is missing"),
        (json!({ "post": { "lines": ["Kerkstraat 3", "9000 Gent"], "country": "Narnia" } }), "who.post", "no country"),
        (json!({ "email": "vic@[127.0.0.1]" }), "who.email", "no e-mail address"),
    ] {
        for (path, rest) in
            [("objections", json!({ "channels": ["post"] })), ("decisions", json!({ "channel": "post" }))]
        {
            let mut body = rest;
            body["who"] = who.clone();
            let (status, _, document) = problem(&office.post(&format!("/keuze/api/v1/{path}"), &body).await);
            assert_eq!((status, &document["field"]), (400, &json!(field)), "{body}");
            assert!(document["mend"].as_str().is_some_and(|mend| mend.contains(says)), "{document}");
        }
    }
}

/// An error names the field and the mend to a program, and never what stood there.
#[tokio::test]
async fn what_cannot_be_read_is_named_to_a_program() {
    let office = Office::new().await;
    let who = json!({ "customer": "K-1" });
    for (body, field) in [
        (json!({ "who": who, "channel": "geheim" }), "channel"),
        (json!({ "who": { "customer": 1 }, "channel": "email" }), "who.customer"),
        (json!({ "who": who }), "channel"),
        (json!({ "channel": "email" }), "who"),
        (json!({ "who": who, "channel": "email", "extra": "geheim" }), "extra"),
        (json!({ "who": { "mail": "geheim" }, "channel": "email" }), "who.mail"),
        (json!({ "who": { "geheim@example.nl": 1 }, "channel": "email" }), "who"),
        (json!({ "who": { "email": "geheim" }, "channel": "email" }), "who.email"),
        (json!({ "who": { "post": { "lines": "geheim" } }, "channel": "email" }), "who.post"),
        (json!({ "geheim@example.nl": 1 }), "body"),
        (json!([who]), "body"),
    ] {
        let answer = office.post("/keuze/api/v1/decisions?lang=en", &body).await;
        let (status, slug, document) = problem(&answer);
        assert_eq!((status, slug.as_str(), &document["field"]), (400, "malformed-request", &json!(field)), "{body}");
        assert!(document["detail"].as_str().is_some_and(|text| text.contains("Mend what `field` names")), "{document}");
        assert!(!answer.body.contains("geheim"), "{}", answer.body);
    }
    let (_, _, document) = problem(&office.post_with(&office.key, "/keuze/api/v1/decisions", "{\"who\": {").await);
    assert_eq!(document["field"], "body");
    let objection = json!({ "who": who, "channels": ["email", "geheim"] });
    let (_, _, document) = problem(&office.post("/keuze/api/v1/objections", &objection).await);
    assert_eq!(document["field"], "channels[1]");
    let wrong = json!({ "who": { "email": "geheim" }, "channel": "email" });
    let (_, _, document) = problem(&office.post("/keuze/api/v1/decisions", &wrong).await);
    assert!(document["mend"].as_str().is_some_and(|mend| mend.contains("name@example.nl")), "{document}");
}

/// Of two members with one name neither is taken, however the name is escaped; a no that is refused is told as not taken.
#[tokio::test]
async fn a_member_that_stands_twice_is_named_and_a_no_that_is_refused_is_told() {
    let office = Office::new().await;
    let before = office.app.ledger().len();
    for (path, body, field, no) in [
        (
            "/keuze/api/v1/objections",
            r#"{"who":{"customer":"K-1"},"channels":["email"],"channels":[]}"#,
            "channels",
            Some("email"),
        ),
        (
            "/keuze/api/v1/objections",
            r#"{"who":{"customer":"K-1","custom\u0065r":"K-2"},"channels":["post"]}"#,
            "who.customer",
            Some("post"),
        ),
        (
            "/keuze/api/v1/objections",
            r#"{"who":{"customer":"K-9"},"channels":["phone"]}"#,
            "who.customer",
            Some("phone"),
        ),
        (
            "/keuze/api/v1/objections",
            r#"{"who":{"customer":"7,71E+06"},"channels":["phone"]}"#,
            "who.customer",
            Some("phone"),
        ),
        (
            "/keuze/api/v1/objections",
            r#"{"who":{"customer":"K-1"},"channels":["telefoon"]}"#,
            "channels[0]",
            Some("phone"),
        ),
        ("/keuze/api/v1/objections", r#"{"who":{"email":"geheim"},"channels":["post"]}"#, "who.email", Some("post")),
        (
            "/keuze/api/v1/decisions",
            r#"{"who":{"customer":"K-1"},"channel":"email","channel":"email"}"#,
            "channel",
            None,
        ),
        (
            "/keuze/api/v1/opt-ins",
            r#"{"who":{"customer":"K-1"},"channels":["phone"],"who":{"customer":"K-1"}}"#,
            "who",
            None,
        ),
        (
            "/keuze/api/v1/customers",
            r#"{"customer":"K-2","name":"A","n\u0061me":"B","objected_channels":"post"}"#,
            "name",
            Some("post"),
        ),
        ("/keuze/api/v1/letter-checks", r#"{"text":"a","text":"{{keuze_block}}"}"#, "text", None),
    ] {
        let answer = office.post_with(&office.key, path, body).await;
        let (status, slug, document) = problem(&answer);
        assert_eq!((status, slug.as_str(), &document["field"]), (400, "malformed-request", &json!(field)), "{body}");
        let mend = document["mend"].as_str().unwrap_or_default();
        assert!(no.is_none_or(|no| mend.contains(&format!("it says no to {no}; not recorded"))), "{document}");
        assert!(!answer.body.contains("geheim"));
    }
    let answer = office.post_with(&office.key, "/keuze/api/v1/objections", "{\"who\":{\"customer\":\"K-1\"},").await;
    assert!(answer.body.contains("may say a no; that is not recorded"), "{}", answer.body);
    assert_eq!(office.app.ledger().len(), before, "nothing was recorded");
}

/// S-31: a profiling job asks by the person, and is denied until that person said yes to profiling itself.
#[tokio::test]
async fn s_31_a_profiling_job_is_denied_without_a_yes_to_profiling() {
    let office = Office::new().await;
    let ask = async |who: Value, purpose: &str| {
        let told = office.told("/keuze/api/v1/decisions", &json!({ "who": who, "purpose": purpose })).await;
        (told["allow"].as_bool().expect("told"), told["reason"].as_str().expect("told").to_owned())
    };
    let said = async |purpose: &str, answer: Answer| {
        let services = &office.app.services;
        let purpose: PurposeId = purpose.parse().expect("an id");
        let revision = services.published.current().policy.purpose(&purpose).expect("of the policy").revision;
        let answers = [(purpose, Answered { answer, revision, until: Some(date!(2027 - 05 - 24)) })].into();
        let choice = Body::ChoiceMade(RecordedChoice::new(services.published.current().hash, answers));
        let event = Event::new(services.clock.now().at, Actor::Person, Route::PreferencePage, choice);
        let event = event.with_subject(Some(office.anna));
        services.ledger.append(AppendRequest::new(event)).await.expect("written");
    };
    let (anna, denied) = (json!({ "customer": "K-1" }), (false, "no_answer".to_owned()));
    assert_eq!(ask(anna.clone(), "profiling").await, denied);
    said("statistics", Answer::NotObjected).await;
    assert_eq!(ask(anna.clone(), "profiling").await, denied, "a yes to statistics is none to profiling");
    said("profiling", Answer::Granted).await;
    for who in [anna.clone(), json!({ "email": "anna@example.nl" })] {
        assert_eq!(ask(who, "profiling").await, (true, "granted".to_owned()));
    }
    for who in [json!({ "customer": "K-9" }), json!({ "email": "bert@example.nl" })] {
        assert_eq!(ask(who.clone(), "profiling").await, denied);
        assert_eq!(ask(who, "necessary").await, denied);
    }
    assert_eq!(ask(anna.clone(), "unheard_of").await, (false, "unknown".to_owned()));
    said("profiling", Answer::Refused).await;
    assert_eq!(ask(anna.clone(), "profiling").await, (false, "withdrawn".to_owned()));
    let headers = [("authorization", format!("Bearer {}", office.key))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let path = "/keuze/api/v1/decisions?customer=K-1&purpose=profiling";
    let told = office.server.beside().ask("GET", path, &headers, "").await;
    assert!(told.status.is_success() && told.body.contains("\"reason\":\"withdrawn\""), "{}", told.body);
    for (more, field) in [
        (json!({ "channel": "email" }), "purpose"),
        (json!({ "message_class": "service" }), "message_class"),
        (json!({ "decided_by": "Dirk" }), "decided_by"),
    ] {
        let mut body = json!({ "who": anna, "purpose": "profiling" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let (status, _, document) = problem(&office.post("/keuze/api/v1/decisions", &body).await);
        assert_eq!((status, &document["field"]), (400, &json!(field)));
    }
}

/// A customer with all five pieces of evidence.
fn told_of(number: &str, email: &str) -> Value {
    json!({
        "customer": number, "email": email, "channels": ["newsletter"], "contract": "C-1", "same_entity": true,
        "informed_on": "2026-11-20", "opt_out_offered_on": "2026-11-20", "opt_out_used": false, "products": "Bellen",
    })
}

/// S-21: a customer is signed up on full evidence only, what is missing is a warning, and whoever said no is never added
/// again.
#[tokio::test]
async fn s_21_a_customer_is_signed_up_on_full_evidence_only() {
    let office = Office::new().await;
    let tell = async |body: &Value| office.told("/keuze/api/v1/customers", body).await;
    let newsletter = async |number: &str| {
        let body = json!({ "who": { "customer": number }, "channel": "newsletter" });
        let told = office.told("/keuze/api/v1/decisions", &body).await;
        (told["allow"].as_bool().expect("told"), told["reason"].as_str().expect("told").to_owned())
    };
    let whole = tell(&told_of("K-2", "bert@example.nl")).await;
    let nothing = json!([]);
    let quiet = json!({
        "changed": true, "standing_no": nothing, "needs_opt_in": nothing, "agreed_since": nothing, "warnings": nothing,
    });
    assert_eq!(whole, quiet);
    assert_eq!(newsletter("K-2").await, (true, "soft_opt_in".to_owned()));
    let event = office.app.ledger().pop().expect("an event");
    let by = Actor::Client { name: "crm".into() };
    assert!(event.evidence().is_some(), "the evidence is on record");
    assert_eq!((event.kind(), event.head.actor, event.head.route), (EventKind::Imported, by, Route::Import));
    assert_eq!(tell(&told_of("K-2", "bert@example.nl")).await["changed"], false, "a repeat records nothing");

    for (late, missing) in [(Value::Null, "opt_out_offered_on"), (json!("2026-11-24"), "opt_out_offered_on")] {
        let mut lacking = told_of("K-3", "carla@example.nl");
        lacking["opt_out_offered_on"] = late;
        let told = tell(&lacking).await;
        let warning = &told["warnings"][0];
        assert!(
            warning["type"].as_str().is_some_and(|kind| kind.ends_with("/keuze/problems/soft-opt-in-evidence-missing"))
        );
        assert_eq!((&warning["channels"], &warning["missing"]), (&json!(["newsletter"]), &json!([missing])));
        assert_eq!(newsletter("K-3").await, (false, "evidence_missing".to_owned()));
    }
    let about = office.server.beside().get("/keuze/problems/soft-opt-in-evidence-missing").await;
    assert_eq!(about.status, StatusCode::OK);

    let no = json!({ "who": { "email": "daan@example.nl" }, "channels": ["newsletter", "email"] });
    office.told("/keuze/api/v1/objections", &no).await;
    let suppressed = tell(&told_of("K-4", "Daan@example.nl")).await;
    assert_eq!(suppressed["standing_no"], json!(["newsletter", "email"]), "all that stands at the address");
    assert_eq!(newsletter("K-4").await, (false, "point_objected".to_owned()));
}

/// S-11: nobody signs anybody else up on social media; a row that cannot be right is named by its field, and its no is
/// taken all the same.
#[tokio::test]
async fn s_11_a_program_signs_nobody_up_on_social_media() {
    let office = Office::new().await;
    let before = office.app.ledger().len();
    let mut social = told_of("K-2", "bert@example.nl");
    social["channels"] = json!(["social"]);
    let opt_in = json!({ "who": { "customer": "K-1" }, "channels": ["social", "phone"] });
    for (path, body) in [("/keuze/api/v1/customers", &social), ("/keuze/api/v1/opt-ins", &opt_in)] {
        let (status, slug, document) = problem(&office.post(path, body).await);
        assert_eq!((status, slug.as_str(), &document["field"]), (422, "self-signup-required", &json!("channels")));
    }
    for (body, field) in [
        (json!({ "customer": "K-2", "email": "geheim" }), json!("email")),
        (json!({ "customer": "K-2", "e_mail": "geheim" }), json!("e_mail")),
        (json!({ "customer": "K-2", "email": { "geheim": 1 } }), json!("email")),
        (json!({}), json!("body")),
    ] {
        let answer = office.post("/keuze/api/v1/customers", &body).await;
        let (status, slug, document) = problem(&answer);
        assert_eq!((status, slug.as_str(), &document["field"]), (400, "malformed-request", &field), "{document}");
        assert!(!answer.body.contains("geheim") && document["mend"].is_string(), "{document}");
    }
    assert_eq!(office.app.ledger().len(), before, "nothing of it was recorded");
    let no = json!({ "email": "bert@example.nl", "phone": "geheim", "objected_channels": ["newsletter"] });
    let (_, _, document) = problem(&office.post("/keuze/api/v1/customers", &no).await);
    let said = document["mend"].as_str().expect("said");
    assert!(said.ends_with("its no to newsletter is taken all the same"), "{said}");
}

/// S-11: what a program asks for in somebody's name is no opt-in until the person confirms it.
#[tokio::test]
async fn s_11_an_opt_in_that_a_program_enters_waits_for_the_person() {
    let office = Office::new().await;
    let body = json!({ "who": { "customer": "K-1" }, "channels": ["phone"] });
    let answer = office.post("/keuze/api/v1/opt-ins", &body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    let told: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(told, json!({ "channels": ["phone"], "confirmed": false }));
    let event = office.app.ledger().pop().expect("an event");
    assert_eq!((event.kind(), event.head.subject), (EventKind::OptInRequested, Some(office.anna)));
    assert_eq!(event.head.actor, Actor::Client { name: "crm".into() });
    let ask = json!({ "who": { "customer": "K-1" }, "channel": "phone" });
    let decision = office.told("/keuze/api/v1/decisions", &ask).await;
    assert_eq!((&decision["allow"], &decision["reason"]), (&json!(false), &json!("unconfirmed")));
    for (body, field) in [
        (json!({ "who": { "customer": "K-9" }, "channels": ["phone"] }), "who.customer"),
        (json!({ "who": { "email": "anna@example.nl" }, "channels": ["phone"] }), "who.customer"),
        (json!({ "who": { "customer": "K-1" }, "channels": [] }), "channels"),
    ] {
        let (status, _, document) = problem(&office.post("/keuze/api/v1/opt-ins", &body).await);
        assert_eq!((status, &document["field"]), (400, &json!(field)));
    }
}

/// S-13: that a letter template passed is on record, once for each version of the block; one that does not leaves no record.
#[tokio::test]
async fn s_13_a_letter_template_that_passed_is_on_record() {
    let office = Office::new().await;
    let check = async |text: &str, template: &str| {
        office.post("/keuze/api/v1/letter-checks", &json!({ "text": text, "template": template })).await
    };
    let before = office.app.ledger().len();
    assert_eq!(problem(&check("Beste klant", "actie-1").await).1, "letter-incomplete");
    let (status, _, document) = problem(&check("{{keuze_block}}", "anna@example.nl").await);
    assert_eq!((status, &document["field"]), (400, &json!("template")));
    assert_eq!(office.app.ledger().len(), before);
    let passed = check("{{keuze_block}}", "actie-1").await;
    let told: Value = serde_json::from_str(&passed.body).expect("JSON");
    assert_eq!(told, json!({ "passes": true, "block_version": 1, "record": format!("0001/{before}") }));
    let event = office.app.ledger().pop().expect("an event");
    let letter = CheckedLetter { template: "actie-1".into(), block_version: 1 };
    assert_eq!((event.body, event.head.subject), (letter.into(), None));
    assert_eq!(event.head.actor, Actor::Client { name: "crm".into() });
    assert_eq!(check("{{keuze_block}}", "actie-1").await.body, passed.body, "a repeat rests on the same record");
    assert_eq!(office.app.ledger().len(), before + 1);
    assert!(office.app.services.messages.classifications().expect("readable").is_empty(), "it classes no message");
}

/// S-19: a service message goes to somebody who stopped everything, on the record of who classed it; the same template as
/// advertising does not, and that it was both is on record.
#[tokio::test]
async fn s_19_only_advertising_is_gated_and_who_classed_a_message_is_on_record() {
    let office = Office::new().await;
    office.object(&Channel::ALL).await;
    let ask = async |class: &str, by: &str| {
        let body = json!({
            "who": { "customer": "K-1" }, "channel": "email",
            "message_class": class, "template": "storing-1", "decided_by": by,
        });
        office.told("/keuze/api/v1/decisions", &body).await
    };
    let before = office.app.ledger().len();
    let first = ask("commercial", "Dirk").await;
    assert_eq!((&first["allow"], &first["reason"]), (&json!(false), &json!("objected")));
    assert_eq!(office.app.ledger().len(), before, "advertising that never was anything else leaves no record");

    let service = ask("service", "Dirk").await;
    let record = json!([format!("0001/{before}")]);
    assert_eq!((&service["allow"], &service["reason"]), (&json!(true), &json!("service")));
    assert_eq!((&service["evidence"], &service["valid_until"]), (&record, &Value::Null));
    let event = office.app.ledger().pop().expect("an event");
    assert_eq!(
        (event.kind(), event.head.actor, event.head.subject),
        (EventKind::MessageClassified, Actor::Client { name: "crm".into() }, None)
    );
    let Body::MessageClassified(classified) = event.body else { panic!("a classification") };
    assert_eq!((classified.template.as_str(), classified.decided_by.as_deref()), ("storing-1", Some("Dirk")));

    assert_eq!(ask("service", "Dirk").await, service, "the next one rests on the same record");
    assert_eq!(office.app.ledger().len(), before + 1);
    let commercial = ask("commercial", "Els").await;
    assert_eq!((&commercial["allow"], &commercial["reason"]), (&json!(false), &json!("objected")));
    ask("commercial", "Els").await;
    ask("service", "Els").await;
    let told = office.app.services.messages.classifications().expect("readable");
    let told: Vec<_> = told.into_iter().map(|(told, _)| told.classified).collect();
    let told: Vec<_> = told.iter().map(|it| (it.class.word(), it.decided_by.as_deref().unwrap_or_default())).collect();
    assert_eq!(told, [("service", "Dirk"), ("commercial", "Els"), ("service", "Els")]);
    assert_eq!(office.app.ledger().len(), before + 3);
}

/// S-19: a service message without its template, or without who classed it, is refused by the name of the field; and no
/// recipient fits into either.
#[tokio::test]
async fn s_19_a_service_message_says_what_it_is_and_who_decided() {
    let office = Office::new().await;
    let before = office.app.ledger().len();
    let service = |more: Value| {
        let mut body = json!({ "who": { "customer": "K-1" }, "channel": "email", "message_class": "service" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    for (more, field) in [
        (json!({}), "template"),
        (json!({ "decided_by": "Dirk" }), "template"),
        (json!({ "template": "storing-1" }), "decided_by"),
        (json!({ "template": "anna@example.nl", "decided_by": "Dirk" }), "template"),
        (json!({ "template": "storing-1", "decided_by": "anna@example.nl" }), "decided_by"),
    ] {
        let (status, slug, document) = problem(&office.post("/keuze/api/v1/decisions", &service(more)).await);
        assert_eq!((status, slug.as_str(), &document["field"]), (422, "message-class-incomplete", &json!(field)));
        assert!(!document.to_string().contains("anna"));
    }
    let bearer = format!("Bearer {}", office.key);
    for (class, expected) in [("service", 422), ("spam", 400), ("commercial", 200)] {
        let path = format!("/keuze/api/v1/decisions?customer=K-1&channel=email&message_class={class}");
        let answer = office.server.beside().ask("GET", &path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status.as_u16(), expected, "{class}");
    }
    assert_eq!(office.app.ledger().len(), before, "nothing was recorded");
}

/// No address stands in a URL: by GET only a customer number is taken.
#[tokio::test]
async fn by_get_only_a_customer_number_is_asked_about() {
    let office = Office::new().await;
    let bearer = format!("bearer {}", office.key);
    let get = async |query: &str| {
        let path = format!("/keuze/api/v1/decisions?{query}");
        office.server.beside().ask("GET", &path, &[("authorization", &bearer)], "").await
    };
    let answer = get("customer=K-1&channel=email").await;
    let same =
        office.post("/keuze/api/v1/decisions", &json!({ "who": { "customer": "K-1" }, "channel": "email" })).await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, same.body));
    for (query, field) in [
        ("email=anna@example.nl&channel=email", json!("email")),
        ("anna@example.nl=email", Value::Null),
        ("channel=email", json!("customer")),
        ("customer=K-1&channel=fax", json!("channel")),
    ] {
        let (status, slug, document) = problem(&get(query).await);
        assert_eq!((status, slug.as_str(), &document["field"]), (400, "malformed-request", &field), "{query}");
        assert!(!document.to_string().contains("anna"));
    }
}

/// What cannot be read is named by its field, and never repeated.
#[tokio::test]
async fn what_cannot_be_read_is_named_and_not_repeated() {
    let office = Office::new().await;
    for (who, field) in [
        (json!({}), "who"),
        (json!({ "email": "geheim@" }), "who.email"),
        (json!({ "phone": "geheim" }), "who.phone"),
        (json!({ "post": { "postcode": "geheim", "number": "1" } }), "who.post"),
    ] {
        let body = json!({ "who": who, "channel": "email" });
        let (status, _, document) = problem(&office.post("/keuze/api/v1/decisions", &body).await);
        assert_eq!((status, &document["field"]), (400, &json!(field)));
        assert!(!document.to_string().contains("geheim"));
    }
    for body in ["", "[]", r#"{"who":{"customer":"K-1"},"channel":"fax"}"#, r#"{"who":{"iban":"x"},"channel":"email"}"#]
    {
        assert_eq!(
            office.post_with(&office.key, "/keuze/api/v1/decisions", body).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}

/// S-17, API: another system passes on a no; it is one like every other. It can neither grant nor lift.
#[tokio::test]
async fn another_system_can_pass_on_a_no() {
    let office = Office::new().await;
    let taken = office
        .told("/keuze/api/v1/objections", &json!({ "who": { "customer": "K-1" }, "channels": ["email", "post"] }))
        .await;
    assert_eq!((&taken["channels"], &taken["changed"]), (&json!(["email", "post"]), &json!(true)));
    let event = office.app.ledger().pop().expect("an event");
    assert_eq!((event.kind(), event.head.route), (EventKind::Objected, Route::Api));
    assert_eq!(event.head.actor, Actor::Client { name: "crm".into() });
    let nobody = json!({ "who": { "customer": "K-9" }, "channels": ["email"] });
    let (status, _, document) = problem(&office.post("/keuze/api/v1/objections", &nobody).await);
    assert_eq!((status, &document["field"]), (400, &json!("who.customer")));
    let none = json!({ "who": { "phone": "06 12345678" }, "channels": ["post"] });
    assert_eq!(problem(&office.post("/keuze/api/v1/objections", &none).await).2["field"], "channels");
}

/// A mailbox has no say over a phone: what is named carries its own channels, and of the others it is said that they are not
/// recorded. Each point, and each pair of them, with every channel.
#[tokio::test]
async fn every_channel_of_a_no_is_recorded_or_said_not_to_be() {
    let points = [
        ("email", json!("anna@example.nl"), &["newsletter", "email"][..]),
        ("phone", json!("06 12345678"), &["phone"]),
        ("post", json!({ "postcode": "1033RW", "number": "12", "addition": "A" }), &["post"]),
        ("customer", json!("K-1"), &["newsletter", "email", "post", "phone", "social"]),
    ];
    let all = ["newsletter", "email", "post", "phone", "social"];
    for (name, value, carries) in &points {
        let office = Office::new().await;
        let body = json!({ "who": { *name: value }, "channels": all });
        for _ in 0..2 {
            let taken = office.told("/keuze/api/v1/objections", &body).await;
            let list = |member: &str| -> Vec<String> {
                let list = taken[member].as_array().cloned().unwrap_or_default();
                list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
            };
            let mut told = [list("channels"), list("not_recorded")].concat();
            told.sort_unstable();
            let mut sent = all.to_vec();
            sent.sort_unstable();
            assert_eq!(told, sent, "{name}: {taken}");
            assert!(carries.iter().all(|channel| list("channels").iter().any(|of| of == channel)), "{name}: {taken}");
            for channel in list("channels") {
                let asked = json!({ "who": { *name: value }, "channel": channel });
                assert_eq!(
                    office.told("/keuze/api/v1/decisions", &asked).await["allow"],
                    json!(false),
                    "{name}: {channel}"
                );
            }
        }
    }
}

/// S-14: the headers are right to the letter, and the link that they name works with nothing but itself.
#[tokio::test]
async fn a_mail_gets_its_headers_and_its_link_works() {
    let office = Office::new().await;
    let given = office
        .told("/keuze/api/v1/mail-headers", &json!({ "who": { "customer": "K-1" }, "channel": "newsletter" }))
        .await;
    let link = given["link"].as_str().expect("a link");
    assert!(link.starts_with("https://www.voipro.nl/keuze/afmelden/"), "{link}");
    assert_eq!(
        given["headers"],
        json!({ "List-Unsubscribe": format!("<{link}>"), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" })
    );
    for language in ["nl", "en"] {
        for part in ["text", "html"] {
            let text = given[part][language].as_str().expect("a text");
            assert!(
                text.contains(link) && text.contains("Voipro Communications Company B.V., Modemstraat 1"),
                "{text}"
            );
        }
    }
    let path = link.strip_prefix("https://www.voipro.nl").expect("ours");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let pressed = office.server.beside().ask("POST", path, &form, "List-Unsubscribe=One-Click").await;
    assert_eq!(pressed.status, StatusCode::OK);
    let again = office
        .post("/keuze/api/v1/mail-headers", &json!({ "who": { "customer": "K-1" }, "channel": "newsletter" }))
        .await;
    let (status, slug, document) = problem(&again);
    assert_eq!((status, slug.as_str(), &document["reason"]), (422, "sending-denied", &json!("objected")));
    assert!(!document.to_string().contains("afmelden/"), "no link comes along");
    let post =
        office.post("/keuze/api/v1/mail-headers", &json!({ "who": { "customer": "K-1" }, "channel": "post" })).await;
    assert_eq!(problem(&post).2["field"], "channel");
}

/// An address that two people share: whoever of them the link was made for, it stops the mailbox.
#[tokio::test]
async fn the_link_in_a_mail_to_a_shared_mailbox_stops_the_mailbox() {
    let office = Office::new().await;
    let bert = customer(&office.app, "K-2", &[email("anna@example.nl")]).await;
    let given = office
        .told("/keuze/api/v1/mail-headers", &json!({ "who": { "email": "anna@example.nl" }, "channel": "email" }))
        .await;
    let path =
        given["link"].as_str().and_then(|link| link.strip_prefix("https://www.voipro.nl")).expect("ours").to_owned();
    office.server.beside().post(&path, &[("scope", "channel")]).await;
    for who in [Addressee::person(office.anna), Addressee::person(bert), Addressee::point(email("Anna@example.nl"))] {
        assert!(!office.app.services.contactability.may_contact(&who, Channel::Email).expect("readable").allow);
    }
}

async fn letter(office: &Office, who: Value) -> Value {
    office.told("/keuze/api/v1/letter-blocks", &json!({ "who": who })).await
}

async fn type_code(office: &Office, fields: &[(&str, &str)]) -> fixture::TestResponse {
    office.server.beside().post("/keuze/brief", fields).await
}

/// Reads a QR code out of the rectangles of its SVG, as a phone would from paper.
fn scanned(svg: &str) -> String {
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let between =
        |from: &str, to: &str| svg.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("there").0;
    let (width, height) = (number(between("width=\"", "\"")), number(between("height=\"", "\"")));
    let mut picture = vec![255; width * height];
    // M{left} {top}h{width}v{height}H{left}V{top}
    for rectangle in between(" d=\"", "\"").split('M').skip(1) {
        let numbers: Vec<usize> =
            rectangle.split(|c: char| !c.is_ascii_digit()).filter(|text| !text.is_empty()).map(number).collect();
        let [left, top, across, down, ..] = numbers[..] else { panic!("{rectangle}") };
        for y in top..top + down {
            picture[y * width + left..y * width + left + across].fill(0);
        }
    }
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| picture[y * width + x]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code");
    grids[0].decode().expect("readable").1
}

/// S-13, issue "Language": whoever changes the language keeps the code, scanned or typed, right or wrong; it stands in no
/// address and nothing is done.
#[tokio::test]
async fn s_13_the_code_goes_along_to_the_other_language() {
    let office = Office::new().await;
    let code = letter(&office, json!({ "customer": "K-1" })).await["code"].as_str().expect("a code").to_owned();
    let before = office.app.ledger().len();
    let kept = format!("name=\"code\" value=\"{code}\"");
    let mut browser = office.server.beside();
    let scanned = browser.get(&format!("/keuze/brief?code={code}")).await;
    assert!(!scanned.body.contains("?code=") && scanned.body.contains(&kept), "{}", scanned.body);
    let english = browser.post("/keuze/brief?lang=en", &[("code", &code), ("scope", "language")]).await;
    assert_eq!(english.status, StatusCode::OK);
    assert!(
        english.body.contains("<html lang=\"en\"") && english.body.contains(&format!("value=\"{code}\" inputmode"))
    );
    assert!(english.body.contains("action=\"/keuze/brief?lang=nl\""), "and back: {}", english.body);
    let wrong = browser.post("/keuze/brief", &[("code", "ABCD")]).await;
    assert!(wrong.body.contains("name=\"code\" value=\"ABCD\""), "{}", wrong.body);
    assert!(browser.get("/keuze/brief").await.body.contains("href=\"/keuze/brief?lang=en\""), "nothing to carry");
    assert_eq!(office.app.ledger().len(), before);
}

/// S-13: the printed code on the short address records an objection to post; nothing else changes, nothing is shown.
#[tokio::test]
async fn the_code_of_a_letter_stops_post_and_the_rest_only_if_it_is_said() {
    let office = Office::new().await;
    let block = letter(&office, json!({ "customer": "K-1" })).await;
    let code = block["code"].as_str().expect("a code").to_owned();
    assert_eq!((block["address"].as_str(), &block["version"]), (Some("www.voipro.nl/keuze/brief"), &json!(1)));
    for language in ["nl", "en"] {
        let paragraph = block["paragraph"][language].as_str().expect("a text");
        assert!(paragraph.contains(&code) && paragraph.contains("www.voipro.nl/keuze/brief"), "{paragraph}");
        assert!(paragraph.contains("Voipro") && paragraph.contains("+31 (0)20 788 4000"), "S-56: {paragraph}");
    }
    let qr = block["qr"].as_str().expect("a picture");
    assert!(qr.starts_with("<svg") && qr.len() < 40_000, "{}", qr.len());
    assert_eq!(scanned(qr), format!("https://www.voipro.nl/keuze/brief?code={code}"), "S-13: what a phone reads");
    let after_first = office.app.ledger().len();
    assert_eq!(letter(&office, json!({ "customer": "K-1" })).await["code"], json!(code), "one code a person");
    assert_eq!(office.app.ledger().len(), after_first);

    let form = office.server.beside().get(&format!("/keuze/brief?code={code}&lang=en")).await;
    assert!(form.body.contains(&format!("value=\"{code}\"")), "{}", form.body);
    assert_eq!(form.headers[header::REFERRER_POLICY], "no-referrer");
    assert_eq!(office.app.ledger().len(), after_first, "scanning alone never acts");
    insta::assert_snapshot!("letter-nl", office.server.beside().get("/keuze/brief").await.words());

    let old = [("content-type", "application/x-www-form-urlencoded"), ("origin", "null")];
    let typed = format!("code={}", code.to_lowercase().replace('-', "+"));
    let done = office.server.beside().ask("POST", "/keuze/brief", &old, &typed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let event = office.app.ledger().pop().expect("an event");
    assert_eq!(
        (event.kind(), event.head.route, event.channels()),
        (EventKind::Objected, Route::LetterCode, &[Channel::Post][..])
    );
    assert!(
        office
            .app
            .services
            .contactability
            .may_contact(&Addressee::person(office.anna), Channel::Email)
            .expect("readable")
            .allow,
        "S-10"
    );
    assert!(["anna", "12345678", "K-1"].iter().all(|datum| !done.body.contains(datum)), "it shows no data");
    insta::assert_snapshot!("letter-done-nl", done.words().replace(done.between("class=\"code\">", "<"), "NUMBER"));
    let denied = office.post("/keuze/api/v1/letter-blocks", &json!({ "who": { "customer": "K-1" } })).await;
    assert_eq!(problem(&denied).1, "sending-denied");

    let all = type_code(&office, &[("code", &code), ("scope", "all")]).await;
    assert!(all.status == StatusCode::OK && all.body.contains("<h1>Geen reclame meer</h1>"), "{}", all.body);
    for channel in Channel::ALL {
        assert!(
            !office
                .app
                .services
                .contactability
                .may_contact(&Addressee::person(office.anna), channel)
                .expect("readable")
                .allow,
            "{channel:?}"
        );
    }
}

/// Each wrong code is told what is wrong; unknown codes are slowed for everybody together, and no code is locked.
#[tokio::test]
async fn wrong_codes_are_named_and_slowed_but_nobody_is_locked_out() {
    let office = Office::new().await;
    let code = letter(&office, json!({ "customer": "K-1" })).await["code"].as_str().expect("a code").to_owned();
    let before = office.app.ledger().len();
    let typing = if code.starts_with('7') { code.replacen('7', "8", 1) } else { format!("7{}", &code[1..]) };
    for (typed, says) in [
        (" ", "Vul de code in."),
        ("ABC", "Een code heeft twaalf letters en cijfers."),
        (typing.as_str(), "Er zit een typefout in de code."),
        ("0000-0000-0000", "Deze code kennen wij niet."),
        ("<b>\"", "Een code heeft twaalf letters en cijfers."),
    ] {
        let answer = type_code(&office, &[("code", typed)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.words().contains(says), "{typed}: {}", answer.words());
        assert!(answer.body.contains("aria-invalid=\"true\"") && !answer.body.contains("<b>"));
        assert!(answer.between("id=\"outcome\"", ">").contains("autofocus"));
    }
    let mut tries = 1;
    while type_code(&office, &[("code", "0000-0000-0000")]).await.status == StatusCode::UNPROCESSABLE_ENTITY {
        tries += 1;
        assert!(tries < 1000);
    }
    assert_eq!(tries, 300);
    let wrong = "0000-0000-0000";
    let busy = type_code(&office, &[("code", wrong)]).await;
    assert_eq!(busy.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(busy.words().contains("Probeer het over een paar tellen opnieuw.") && busy.body.contains(wrong));
    assert_eq!(office.app.ledger().len(), before);
    // Whoever has a letter does not wait for whoever guesses.
    assert_eq!(type_code(&office, &[("code", &code)]).await.status, StatusCode::OK);
}

/// Codes on letters that are lying about: after a restart, a merger and a rotation they work; after an erasure not.
#[tokio::test]
async fn a_code_lives_as_long_as_its_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let act = Provenance::by_person(Route::Api, IdentityLevel::Unverified);
    let (anna, bert, codes) = {
        let app = TestApp::at(Some(&data), 1).await;
        let anna = customer(&app, "K-1", &[door("1")]).await;
        let bert = customer(&app, "K-2", &[door("2")]).await;
        let mut codes = vec![app.services.letters.letter_code(anna, &act).await.expect("made")];
        codes.push(app.services.letters.letter_code(bert, &act).await.expect("made"));
        app.services.letters.rotate_letter_secret();
        codes.push(app.services.letters.letter_code(anna, &act).await.expect("made"));
        assert!(codes[0] != codes[1] && codes[0] != codes[2]);
        app.services.merging.merge(&app.history(), anna, bert, &act, Vec::new()).await.expect("merged");
        app.services.ledger.close().await;
        (anna, bert, codes)
    };
    let app = TestApp::at(Some(&data), 2).await;
    for code in &codes {
        assert_eq!(app.services.letters.person_of_letter(*code), Some(anna));
    }
    assert_eq!(app.services.letters.letter_code(bert, &act).await.expect("made"), codes[2], "one person, one code");
    app.services.erasures.erase(&app.history(), anna, true, &act).await.expect("erased");
    for code in &codes {
        assert_eq!(app.services.letters.person_of_letter(*code), None);
    }
    app.services.ledger.close().await;
    let app = TestApp::at(Some(&data), 3).await;
    assert!(codes.iter().all(|code| app.services.letters.person_of_letter(*code).is_none()));
}

async fn check_mail(office: &Office, query: &str, raw: &str) -> fixture::TestResponse {
    let bearer = format!("Bearer {}", office.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
    office.server.beside().ask("POST", &format!("/keuze/api/v1/mail-checks{query}"), &headers, raw).await
}

/// S-14: a mail without link or headers does not leave, and what it lacks is said; the pieces that we give pass.
#[tokio::test]
async fn s_14_a_mail_that_cannot_be_stopped_does_not_pass() {
    let office = Office::new().await;
    let mail = keuze_core::service::fixture::mail::mail(&office.app);
    let passed = check_mail(&office, "", &mail).await;
    assert_eq!((passed.status, passed.body.as_str()), (StatusCode::OK, r#"{"passes":true}"#));
    let without_link = mail.replace("Stoppen: https://www.voipro.nl/keuze", "Stoppen: https://elders.example");
    let one_header = mail.replace("List-Unsubscribe-Post: ", "X-Post: ");
    let no_header = one_header.replace("List-Unsubscribe: ", "X-List: ");
    let unsigned = mail.replace("DKIM-Signature: ", "X-Signature: ");
    for (query, raw, missing) in [
        ("", &without_link, "body-link"),
        ("", &one_header, "list-unsubscribe-post"),
        ("", &no_header, "list-unsubscribe, list-unsubscribe-post"),
        ("", &unsigned, "dkim-signature"),
        ("?signature=later", &without_link, "body-link"),
    ] {
        let (status, slug, document) = problem(&check_mail(&office, query, raw).await);
        assert_eq!((status, slug.as_str()), (422, "unsubscribe-headers-missing"), "{missing}");
        assert_eq!(document["missing"], json!(missing));
    }
    assert_eq!(check_mail(&office, "?signature=later", &unsigned).await.status, StatusCode::OK);
}

/// S-14, bad input: what is no mail, too large a one, and a wrong option are told apart.
#[tokio::test]
async fn what_is_no_mail_is_said_to_be_none() {
    let office = Office::new().await;
    let large = "x".repeat(LONGEST_MAIL + 1);
    for (query, raw, expected) in [
        ("", "", (400, "malformed-request", json!("body"))),
        ("?signature=never", "From: a@example.nl\r\n\r\n", (400, "malformed-request", json!("signature"))),
        ("?to=x", "From: a@example.nl\r\n\r\n", (400, "malformed-request", json!("to"))),
        ("", &large, (413, "too-large", Value::Null)),
    ] {
        let (status, slug, document) = problem(&check_mail(&office, query, raw).await);
        assert_eq!((status, slug.as_str(), document["field"].clone()), expected);
    }
    let json = office.post("/keuze/api/v1/mail-checks", &json!({ "mail": "x" })).await;
    assert_eq!(problem(&json).1, "unsupported-media-type");
}

/// S-13: a letter, or its template, without the block fails, and what it lacks is said.
#[tokio::test]
async fn a_letter_without_the_block_does_not_pass() {
    let office = Office::new().await;
    let block = letter(&office, json!({ "customer": "K-1" })).await;
    let check = async |text: String| office.post("/keuze/api/v1/letter-checks", &json!({ "text": text })).await;
    let written = |language: &str| block["paragraph"][language].as_str().expect("a text").to_owned();
    let code = block["code"].as_str().expect("a code");
    for text in [
        format!("Beste klant,\n\n{}\n\nGroet", written("nl")),
        format!("<p>Dear customer</p><p>{}</p>", written("en").replace(' ', "\n  ")),
        written("nl").replace(code, "{{keuze_code}}"),
        "Beste {{naam}}, {{keuze_block}}".to_owned(),
        format!("{}{}", "x ".repeat(50_000), written("nl")),
    ] {
        let answer = check(text.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    for (text, missing) in [
        ("Beste klant, koop nu.".to_owned(), "paragraph, address, code"),
        (written("nl").replace(code, "ABCD-EFGH-JKMN"), "code"),
        (written("nl").replace("www.voipro.nl/keuze/brief", "evil.example/brief"), "address"),
        (format!("www.voipro.nl/keuze/brief {code}"), "paragraph"),
    ] {
        let (status, slug, document) = problem(&check(text).await);
        assert_eq!((status, slug.as_str(), &document["missing"]), (422, "letter-incomplete", &json!(missing)));
    }
}

/// A number that a spreadsheet gave decimals is itself, and one that it rounded is named, wherever a program says whom.
#[tokio::test]
async fn a_customer_number_is_read_alike_wherever_a_program_names_it() {
    let office = Office::new().await;
    let told = json!({ "customer": "7712345.0", "name": "Bob", "email": "bob@example.nl" });
    office.told("/keuze/api/v1/customers", &told).await;
    assert!(
        office.app.services.people.customer("7712345").is_some()
            && office.app.services.people.customer("7712345.0").is_none()
    );
    let no = json!({ "who": { "customer": "7712345.0" }, "channels": ["email"] });
    assert_eq!(office.post("/keuze/api/v1/objections", &no).await.status, StatusCode::CREATED);
    let ask = json!({ "who": { "customer": "7712345" }, "channel": "email" });
    assert_eq!(office.told("/keuze/api/v1/decisions", &ask).await["allow"], json!(false));
    for (path, body, field) in [
        ("customers", json!({ "customer": "1,2E+08", "objected_channels": "email" }), "customer"),
        ("decisions", json!({ "who": { "customer": "7,71E+06" }, "channel": "email" }), "who.customer"),
        ("objections", json!({ "who": { "customer": "1.2E+01" }, "channels": ["email"] }), "who.customer"),
        ("mail-headers", json!({ "who": { "customer": "1.2E+01" }, "channel": "email" }), "who.customer"),
        ("letter-blocks", json!({ "who": { "customer": "1.2E+01" } }), "who.customer"),
        ("opt-ins", json!({ "who": { "customer": "1.2E+01" }, "channels": ["email"] }), "who.customer"),
    ] {
        let answer = office.post(&format!("/keuze/api/v1/{path}"), &body).await;
        let (status, _, document) = problem(&answer);
        assert_eq!((status, &document["field"]), (400, &json!(field)), "{path}: {document}");
        assert!(document["mend"].as_str().is_some_and(|mend| mend.contains("spreadsheet")), "{path}: {document}");
    }
}
