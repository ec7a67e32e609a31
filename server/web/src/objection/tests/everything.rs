//! "Stop all advertising" stops all it can, and says what goes on, with the fields right there.

use super::*;
use crate::desk::tests::{annas_desk, employ_anna};
use crate::person::tests::{known, press};

/// The kinds in the order in which they are named, with what is typed for each.
type TypedPoints = (&'static str, &'static [(&'static str, &'static str)]);
const TYPED: [TypedPoints; 3] = [
    ("post", &[("postcode", "1033RW"), ("house", "12"), ("addition", "A")]),
    ("e-mail", &[("email", "anna@example.nl")]),
    ("telefoontjes", &[("phone", "06 12345678")]),
];

fn inputs(page: &TestResponse) -> Vec<String> {
    let names = page.body.match_indices(" name=\"").map(|(at, found)| &page.body[at + found.len()..]);
    names.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// What the page says of a rest, in its heading.
fn goes_on(page: &TestResponse) -> Option<String> {
    let at = page.body.find("id=\"goes-on\">")? + 13;
    page.body[at..].split('<').next().map(str::to_owned)
}

fn everything(of: impl Fn(usize) -> bool) -> Vec<(&'static str, &'static str)> {
    let fields = (0..3).filter(|at| of(*at)).flat_map(|at| TYPED[at].1.iter().copied());
    [("scope", "all")].into_iter().chain(fields).collect()
}

#[tokio::test]
async fn what_was_not_named_is_said_with_its_fields_and_stops_with_them() {
    let app = TestApp::new().await;
    anna(&app).await;
    for chosen in 1..8_u8 {
        let is_in = |at: usize| chosen & (1 << at) != 0;
        let server = Browser::new(&app);
        let page = server.beside().post(OBJECTION, &everything(is_in)).await;
        assert_eq!(page.status, StatusCode::OK);
        let rest: Vec<&str> = (0..3).filter(|at| !is_in(*at)).map(|at| TYPED[at].0).collect();
        let expected = match rest.as_slice() {
            [] => None,
            ["post"] => Some("Post gaat door: vul die ook in."),
            ["e-mail"] => Some("E-mail gaat door: vul die ook in."),
            ["telefoontjes"] => Some("Telefoontjes gaan door: vul die ook in."),
            ["post", "e-mail"] => Some("Post en e-mail gaan door: vul die ook in."),
            ["post", "telefoontjes"] => Some("Post en telefoontjes gaan door: vul die ook in."),
            ["e-mail", "telefoontjes"] => Some("E-mail en telefoontjes gaan door: vul die ook in."),
            more => panic!("{more:?}"),
        };
        assert_eq!(goes_on(&page).as_deref(), expected, "{rest:?}");
        let shown = inputs(&page);
        for (at, (name, of)) in TYPED.iter().enumerate() {
            let has = of.iter().all(|(field, _)| shown.iter().any(|shown| shown == field));
            assert_eq!(has, !is_in(at), "{name} of {shown:?}");
        }
        // What is left, filled in on that page, is the rest.
        if expected.is_some() {
            let before = app.ledger().len();
            let whole = server.beside().submit(&page, "name=\"done\"", &everything(|at| !is_in(at))).await;
            assert_eq!((whole.status, goes_on(&whole)), (StatusCode::OK, None), "{}", whole.words());
            assert_eq!(app.ledger().len(), before + 1);
        }
    }
}

/// Of a form with a mistake in it, too, what stopped before is remembered; ticking is not "everything".
#[tokio::test]
async fn a_mistake_forgets_nothing_and_what_is_ticked_leaves_the_rest_alone() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let page = server.beside().post(OBJECTION, &[("scope", "all"), ("phone", "06 12345678")]).await;
    let wrong = server.beside().submit(&page, "name=\"done\"", &[("scope", "all"), ("email", "anna@")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("name=\"done\" value=\"phone\""), "{}", wrong.body);
    let done = [("scope", "all"), ("done", "phone"), ("email", "anna@example.nl")];
    let right = server.beside().post(OBJECTION, &done).await;
    assert_eq!(goes_on(&right).as_deref(), Some("Post gaat door: vul die ook in."), "{}", right.words());
    let ticked = [("scope", "ticked"), ("phone", "06 12345678"), ("channel", "phone")];
    assert_eq!(goes_on(&server.beside().post(OBJECTION, &ticked).await), None);
    let garbled = [("scope", "all"), ("phone", "0612345678"), ("done", "x")];
    assert_eq!(server.beside().post(OBJECTION, &garbled).await.status, StatusCode::OK, "it says nothing of the no");
}

/// Known or not, all or a part of it: nothing on the page tells.
#[tokio::test]
async fn whether_anything_typed_is_known_changes_nothing() {
    let mut seen = Vec::new();
    for is_known in [true, false] {
        let app = TestApp::new().await;
        if is_known {
            anna(&app).await;
        }
        for of in [4_u8, 6, 1, 7] {
            let page = Browser::new(&app).post(OBJECTION, &everything(|at| of & (1 << at) != 0)).await;
            let number = page.between("class=\"code\">", "<").to_owned();
            seen.push(page.body.replace(&number, "NUMBER"));
        }
    }
    let (known, unknown) = seen.split_at(4);
    assert_eq!(known, unknown);
}

/// The link of a mail and the code of a letter stop what is known of the person, and say so.
#[tokio::test]
async fn a_link_or_code_that_stops_everything_says_that_it_is_for_what_is_known() {
    let app = TestApp::new().await;
    let person = anna(&app).await;
    let code =
        app.services.letters.letter_code(person, &Provenance::by_person(Route::Api, IdentityLevel::Unverified)).await;
    let code = code.expect("made").to_string();
    let server = Browser::new(&app);
    let (link, own) = (path(&app, person, None), path(&app, person, Some(Channel::Newsletter)));
    for (page, left) in [
        (server.beside().post(&link, &[("scope", "all")]).await, ["phone", "postcode"]),
        (server.beside().post(&own, &[("scope", "all")]).await, ["phone", "postcode"]),
        (server.beside().ask("POST", &link, &[URLENCODED], ONE_CLICK).await, ["phone", "postcode"]),
        (server.beside().post("/keuze/brief", &[("code", &code), ("scope", "all")]).await, ["phone", "email"]),
    ] {
        let said = goes_on(&page).expect("said");
        assert!(said.starts_with("Dit geldt voor de adressen en nummers die wij van u kennen."), "{said}");
        let shown = inputs(&page);
        assert!(left.iter().all(|field| shown.iter().any(|shown| shown == field)), "{shown:?}");
    }
    // The control: one list is one list.
    let fresh = customer(&app, "K-2", &[email("bert@example.nl")]).await;
    assert_eq!(goes_on(&server.beside().post(&path(&app, fresh, Some(Channel::Newsletter)), &[]).await), None);
}

/// The preference centre, of somebody known and of an address alone, and the call screen.
#[tokio::test]
async fn whoever_proved_an_address_and_whoever_calls_is_told_it_too() {
    let app = TestApp::new().await;
    anna(&app).await;
    for (address, expected) in [
        ("anna@example.nl", "Dit geldt voor de adressen en nummers die wij van u kennen."),
        ("niemand@example.nl", "Post en telefoontjes gaan door: vul die ook in."),
    ] {
        let mut browser = known(&app, address).await;
        let pressed = press(&mut browser, &[("act", "stop_all")]).await;
        let done = browser.get(pressed.location()).await;
        assert!(goes_on(&done).is_some_and(|said| said.starts_with(expected)), "{}", done.words());
    }
    for (query, expected) in [
        ("020 788 4999", "Post en e-mail gaan door: vraag ook naar dat adres of nummer"),
        ("06 12345678", "Bezwaar geldt voor de adressen en nummers die bij deze persoon bekend zijn."),
    ] {
        let app = TestApp::new().await;
        anna(&app).await;
        employ_anna(&app).await;
        let mut desk = annas_desk(&app, "localhost").await;
        let call = [("reference", query), ("direction", "in"), ("query", query)];
        let opened = desk.post("/keuze/desk/call/open", &call).await;
        let page = desk.get(opened.location()).await;
        assert!(page.words().contains(expected), "{}", page.words());
    }
}

/// Somebody presses the follow-up form without filling it in, or wrongly: what stopped a moment ago is not taken back in words.
#[tokio::test]
async fn a_faulty_form_behind_a_stop_does_not_say_that_nothing_stopped() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    for (first, names) in [(vec![2], "telefoontjes"), (vec![0], "post"), (vec![1, 2], "e-mail, telefoontjes")] {
        let page = server.beside().post(OBJECTION, &everything(|at| first.contains(&at))).await;
        for typed in
            [vec![("scope", "all")], vec![("scope", "all"), ("email", "anna@")], vec![("scope", "all"), ("phone", "1")]]
        {
            let answer = server.beside().submit(&page, "name=\"done\"", &typed).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let said = answer.words();
            assert!(!said.contains("Er is nog niets gestopt"), "{said}");
            assert!(said.contains(&format!("Wat u net stopte ({names}), blijft gestopt.")), "{said}");
            // And again, from that page.
            let again = server.beside().submit(&answer, "name=\"done\"", &typed).await;
            assert!(again.words().contains("blijft gestopt"), "{}", again.words());
        }
    }
    // The control: nothing stopped before.
    let answer = server.beside().post(OBJECTION, &[("scope", "all")]).await;
    assert!(answer.words().contains("Er is nog niets gestopt. Dit klopt nog niet:"), "{}", answer.words());
}
