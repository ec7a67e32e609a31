//! Walks the router: no route that writes answers a redirect without having written.

use std::collections::BTreeMap;

use model::paths::Endpoint;

use super::*;
use crate::desk::tests::{PASSWORD as DESK_PASSWORD, annas_desk, desk_of, employ, employ_anna, look_up_for};
use crate::person::tests::known;
use keuze_core::service::fixture::people::{customer, email, phone};

/// Ending a session is all that these do, and it has ended wherever there was none.
const END: [&str; 2] = ["/keuze/desk/sign-out", "/keuze/voorkeuren/uitloggen"];

/// Every path that is routed.
pub(super) fn paths() -> Vec<String> {
    Endpoint::ALL.iter().map(|endpoint| endpoint.path().to_owned()).collect()
}

/// What a page of ours would send, of anybody's pages.
fn bodies(forms: &BTreeMap<String, String>) -> Vec<String> {
    let bare = [
        "",
        "act=stop_all",
        "act=object:all&route=letter",
        "act=offered",
        "act=close&shown=/offered",
        "confirm=yes",
        "asked=yes&known_by=een+goede+reden",
        "other=K-2&same=yes",
        "code=123456",
        "code=123456&asked=0",
    ];
    bare.into_iter().map(str::to_owned).chain(forms.values().cloned()).collect()
}

/// The forms of a page, by their action: hidden fields and a press.
fn collect(forms: &mut BTreeMap<String, String>, page: &TestResponse) {
    for (number, form) in page.body.split("<form ").skip(1).enumerate() {
        let form = form.split("</form>").next().expect("split gives at least one piece");
        let mut body = form_urlencoded::Serializer::new(String::new());
        for tag in form.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("button")) {
            let attribute = |name: &str| tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next();
            if let (Some(name), Some(value)) = (attribute("name"), attribute("value")) {
                body.append_pair(name, value);
            }
        }
        forms.insert(format!("{number} {form}"), body.finish());
    }
}

fn written(app: &TestApp) -> (usize, usize) {
    (app.ledger().len(), app.services.mail.waiting().len())
}

#[tokio::test]
async fn no_route_that_writes_answers_a_redirect_without_having_written() {
    let app = TestApp::new().await;
    employ_anna(&app).await;
    customer(&app, "K-1", &[email("els@example.nl"), phone("06 12345671")]).await;
    customer(&app, "K-2", &[email("ot@example.nl")]).await;
    // Pages of sessions that are over by the time their forms are sent.
    let mut forms = BTreeMap::new();
    let mut desk = annas_desk(&app, "localhost").await;
    for query in ["K-1", "K-2"] {
        let found = look_up_for(&mut desk, query, "klant belt").await;
        collect(&mut forms, &desk.get(found.location()).await);
    }
    let call = [("reference", "T-1"), ("direction", "in"), ("query", "K-1")];
    let opened = desk.post("/keuze/desk/call/open", &call).await;
    let ids: Vec<String> = [opened.location()].map(|at| at.rsplit('/').next().expect("an id").to_owned()).to_vec();
    collect(&mut forms, &desk.get(opened.location()).await);
    let mut person = known(&app, "els@example.nl").await;
    for path in ["/keuze/voorkeuren", "/keuze/inzage/wissen"] {
        collect(&mut forms, &person.get(path).await);
    }
    desk.post("/keuze/desk/sign-out", &[]).await;
    person.post("/keuze/voorkeuren/uitloggen", &[]).await;

    let mut signed_in = annas_desk(&app, "localhost").await;
    signed_in.cookies.extend(known(&app, "ot@example.nl").await.cookies);
    let nobody = Browser::new(&app);
    let (mut asked, paths) = (0, paths());
    assert!(paths.iter().any(|path| path == "/keuze/desk/person/{id}/erase"), "{paths:?}");
    for path in paths.iter().filter(|path| !END.contains(&path.as_str())) {
        let at = path.replace("{id}", &ids[0]).replace("{token}", "0".repeat(40).as_str());
        let at = at.replace("{number}", "00000-00000-00000").replace(['{', '}', '*'], "");
        for cookies in [&signed_in.cookies, &nobody.cookies] {
            for body in bodies(&forms) {
                let mut browser = signed_in.beside();
                browser.cookies.clone_from(cookies);
                let before = written(&app);
                let headers =
                    [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
                let answer = browser.ask("POST", &at, &headers, &body).await;
                asked += 1;
                let wrote = written(&app) != before;
                assert!(wrote || !answer.status.is_redirection(), "{path} {body}: {} ", answer.status);
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

/// Forms that act on what is typed into them or on this device alone, whoever is signed in, and those that only end a session.
const OF_NOBODY: [&str; 8] = [
    "/keuze/desk/sign-in",
    "/keuze/desk/sign-out",
    "/keuze/voorkeuren/uitloggen",
    "/keuze/voorkeuren/code",
    "/keuze/afmelden",
    "/keuze/brief",
    "/keuze/nieuwsbrief",
    "/keuze/choices",
];

/// What somebody would type into a field of ours.
fn typed(name: &str) -> Option<&'static str> {
    Some(match name {
        "query" => "K-1",
        "reason" | "known_by" => "een goede reden",
        "password" | "again" => "vijf woorden aan elkaar",
        "current" => DESK_PASSWORD,
        "reference" => "T-9",
        "other" => "K-2",
        "code" => "123456",
        "confirm" | "same" | "asked" => "yes",
        _ => return None,
    })
}

/// The forms of a page that are somebody's: where each posts to, and what each of its buttons sends, filled in.
fn presses(page: &TestResponse) -> Vec<(String, String)> {
    let mut presses = Vec::new();
    for form in page.body.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next()) {
        let attribute =
            |tag: &str, name: &str| Some(tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned());
        let action = attribute(form, "action").unwrap_or_default();
        let path = action.split(['?', '#']).next().expect("split gives at least one piece");
        if OF_NOBODY.contains(&path) || form.contains("value=\"language\"") {
            continue;
        }
        let tags = |kind: &'static str| form.split('<').filter(move |tag| tag.starts_with(kind));
        let fields = tags("input").chain(tags("select")).filter_map(|tag| {
            let name = attribute(tag, " name")?;
            let value = attribute(tag, " value").filter(|value| !value.is_empty());
            let value = value.or_else(|| typed(&name).map(str::to_owned)).unwrap_or_else(|| "in".to_owned());
            Some((name, value))
        });
        let fields: Vec<(String, String)> = fields.collect();
        let mut buttons: Vec<_> =
            tags("button").map(|tag| Some((attribute(tag, " name")?, attribute(tag, " value")?))).collect();
        buttons.dedup();
        for button in buttons {
            let pairs = fields.iter().cloned().chain(button);
            presses
                .push((path.to_owned(), form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()));
        }
    }
    presses
}

/// Every page that can be asked for, of somebody who is signed in at the desk and proved an address: each form that acts on whose
/// the session is says whose it was, and changes nothing once that is somebody else.
#[tokio::test]
async fn every_form_says_whose_it_is_and_a_press_on_it_is_nobody_elses() {
    let app = TestApp::new().await;
    employ_anna(&app).await;
    employ(&app, "bert").await;
    customer(&app, "K-1", &[email("els@example.nl"), phone("06 12345671")]).await;
    customer(&app, "K-2", &[email("ot@example.nl")]).await;
    let mut own = annas_desk(&app, "localhost").await;
    own.cookies.extend(known(&app, "els@example.nl").await.cookies);
    own.post("/keuze/voorkeuren/code", &[("contact", "els@example.nl"), ("next", "voorkeuren")]).await;
    let found = look_up_for(&mut own, "K-1", "klant belt").await.location().to_owned();
    let mut pages = vec![own.get("/keuze/desk/call").await];
    let call = [("reference", "T-1"), ("direction", "in"), ("query", "K-1")];
    let opened = own.post("/keuze/desk/call/open", &call).await.location().to_owned();
    for path in paths() {
        let id = if path.starts_with("/keuze/desk/call") { &opened } else { &found };
        let id = id.rsplit('/').next().expect("an id");
        pages.push(own.get(&path.replace("{id}", id).replace(['{', '}', '*'], "")).await);
    }
    let mut presses: Vec<(String, String)> = pages.iter().flat_map(presses).collect();
    presses.sort();
    presses.dedup();
    let walked: std::collections::BTreeSet<&str> = presses.iter().map(|(path, _)| path.as_str()).collect();
    for path in [
        "/keuze/desk/password",
        "/keuze/desk/look-up",
        "/keuze/desk/call/open",
        &opened,
        &found,
        "/keuze/voorkeuren/reclame",
        "/keuze/voorkeuren/code/invullen",
        "/keuze/inzage/wissen",
    ] {
        assert!(walked.contains(path), "{path} in {walked:?}");
    }
    app.clock.advance(1);
    let mut other = desk_of(&app, "bert").await;
    other.cookies.extend(known(&app, "ot@example.nl").await.cookies);
    other.post("/keuze/voorkeuren/code", &[("contact", "ot@example.nl"), ("next", "voorkeuren")]).await;
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    for (path, body) in &presses {
        let mut browser = other.beside();
        browser.cookies.clone_from(&other.cookies);
        let before = written(&app);
        let answer = browser.ask("POST", path, &headers, body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path} {body}: {}", answer.words());
        assert!(answer.words().contains("niet vastgelegd"), "{path} {body}: {}", answer.words());
        assert_eq!(written(&app), before, "{path} {body}");
    }
    // The control: as long as it is nobody else, each of them is heard.
    for (path, body) in &presses {
        let mut browser = own.beside();
        browser.cookies.clone_from(&own.cookies);
        let answer = browser.ask("POST", path, &headers, body).await;
        assert!(!answer.words().contains("iemand anders zich aan"), "{path} {body}");
    }
}
