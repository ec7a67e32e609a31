//! What a spreadsheet did to an address: a person is asked whether it is right as it is read, whichever way it was typed.

use super::*;

/// What stands in the place of a house number, and the doors that it may have been.
const DAMAGE: [(&str, &[&str]); 12] = [
    ("12-mrt", &["12-3", "3-12"]),
    ("12-MRT-24", &["12-3", "3-12"]),
    ("12-Mar", &["12-3", "3-12"]),
    ("12-Mär", &["12-3"]),
    ("12-3-2024", &["12-3", "3-12"]),
    ("2024-03-12", &["12-3", "3-12"]),
    ("03/12/24", &["3-12", "12-3"]),
    ("mrt-12", &["3-12"]),
    ("12 mrt", &["12-3"]),
    ("44632", &["44632", "12-3"]),
    ("1.2E+01", &["12"]),
    ("1,2e+01", &["12"]),
];

/// Fields with what is typed in them, the name of what is asked about them, and the address that is meant.
type DamagedForm = (&'static [(&'static str, &'static str)], &'static str, &'static str);

/// The ways to type an address into the form, with `N` for the house number; and how a question names it.
const FORMS: [DamagedForm; 4] = [
    (&[("postcode", "1033 RW"), ("house", "N")], "read", "Modemstraat N|1033 RW Amsterdam"),
    (&[("lines", "Modemstraat N\r\n1033 RW Amsterdam")], "read-lines", "Modemstraat N|1033 RW Amsterdam"),
    (&[("lines", "Kerkstraat N\r\n9000 Gent"), ("country", "België")], "read-lines", "Kerkstraat N|9000 Gent|BE"),
    (
        &[("lines", "Anna Jansen\r\nHauptstraße N\r\n10115 Berlin\r\nDeutschland")],
        "read-lines",
        "Hauptstraße N|10115 Berlin|DE",
    ),
];

fn at(text: &str, number: &str) -> ContactPoint {
    ContactPoint::Post(
        PostalAddress::of_lines_as_written(&text.replace('N', number).replace('|', "\n"), None).expect("an address"),
    )
}

fn denied(app: &TestApp, point: ContactPoint) -> bool {
    let who = Addressee { person: None, points: vec![point] };
    app.services.contactability.may_contact(&who, Channel::Post).expect("readable").reason == Reason::PointObjected
}

fn hidden(answer: &TestResponse, name: &str) -> Option<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let at = answer.body.find(&mark)? + mark.len();
    Some(answer.body[at..].split('"').next()?.to_owned())
}

#[tokio::test]
async fn whatever_looks_changed_is_asked_about_in_every_field_and_one_more_press_takes_it() {
    for (fields, token, asked_as) in FORMS {
        for (damage, doors) in DAMAGE {
            // Abroad a number of five digits may be a postcode.
            if damage == "44632" && !asked_as.contains("1033 RW") {
                continue;
            }
            let app = TestApp::new().await;
            let server = Browser::new(&app);
            let typed: Vec<(&str, String)> =
                fields.iter().map(|(name, text)| (*name, text.replace('N', damage))).collect();
            let mut form: Vec<(&str, &str)> = typed.iter().map(|(name, text)| (*name, text.as_str())).collect();
            form.extend([("phone", "06 12345678"), ("scope", "all")]);
            let before = app.ledger().len();
            let asked = say_no(&server, &form).await;
            let what = format!("{fields:?} {damage}");
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}: {}", asked.words());
            assert!(asked.words().contains("Klopt dit?"), "{what}: {}", asked.words());
            assert!(asked.body.contains("Ja, dit klopt") && asked.body.contains("06 12345678"), "{what}: kept");
            assert_eq!(app.ledger().len(), before, "{what}: nothing of it was recorded");
            let said = hidden(&asked, token).expect("what was asked");
            let taken = say_no(&server, &[form.as_slice(), &[(token, &said)]].concat()).await;
            assert_eq!(taken.status, StatusCode::OK, "{what}: {}", taken.words());
            for door in doors {
                assert!(denied(&app, at(asked_as, door)), "{what} may have been {door}");
            }
            assert!(!denied(&app, at(asked_as, "99")), "{what}: control");
        }
    }
}

/// A yes is for the text that was asked about.
#[tokio::test]
async fn a_yes_to_other_lines_takes_nothing() {
    let app = TestApp::new().await;
    let server = Browser::new(&app);
    let other = [
        ("lines", "Kerkstraat 14-mrt\n9000 Gent"),
        ("country", "BE"),
        ("read-lines", "Kerkstraat 12-mrt | 9000 Gent | BE"),
        ("scope", "all"),
    ];
    assert_eq!(say_no(&server, &other).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.ledger().iter().all(|event| event.kind() != EventKind::Objected));
    // Nothing tells what it was.
    let lost =
        say_no(&server, &[("lines", "Kerkstraat 1.2E+20\n9000 Gent"), ("country", "BE"), ("scope", "all")]).await;
    assert!(lost.status == 422 && lost.words().contains("zoals het op uw deur staat"), "{}", lost.words());
}

/// `12,0` and `12.00` are 12, and `1e5` is a house and an addition.
#[tokio::test]
async fn what_only_gained_decimals_is_taken_in_every_field() {
    for (fields, _, asked_as) in FORMS {
        for (number, door) in [("12.0", "12"), ("12,0", "12"), ("12,00", "12"), ("1e5", "1 E5")] {
            let app = TestApp::new().await;
            let server = Browser::new(&app);
            let typed: Vec<(&str, String)> =
                fields.iter().map(|(name, text)| (*name, text.replace('N', number))).collect();
            let mut form: Vec<(&str, &str)> = typed.iter().map(|(name, text)| (*name, text.as_str())).collect();
            form.push(("scope", "all"));
            let taken = say_no(&server, &form).await;
            assert_eq!(taken.status, StatusCode::OK, "{fields:?} {number}: {}", taken.words());
            assert!(denied(&app, at(asked_as, door)), "{fields:?} {number}");
        }
    }
}
