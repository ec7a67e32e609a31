//! Each fault has a document that has it; the sound one has none.

use super::*;

const SOUND: &str = "\
# Requirements

Some words on S-01.

| id | what must hold | source | shown by |
|---|---|---|---|
| S-01 | It asks. | statement | `http/tests.rs::it_asks`; `first.spec.mjs: it asks at ${width}` |
| R-2.5.6-5 | It stops; see T-05. | CNIL | planned (proof in hand): all of it |
| T-05 | It stops. | CNIL | `http/tests.rs::it_stops`; planned (any size): the rest |
| A-2.4.11 | It shows. | WCAG | `first.spec.mjs: it shows` |

| theme | what |
|---|---|
| proof in hand | receipts |
";

const RUST: &str = "\
/// S-01, R-2.5.6-5.
#[tokio::test]
async fn it_asks() {}

#[test]
/// A-2.4.11.
fn it_stops() {}

fn no_test() {}

#[test]
#[ignore]
fn left_out() {}

#[test]
fn s_01_it_asks_again() {}
";

const BROWSER: &str = "\
for (const width of [1]) {
  test(`it asks at ${width}`, async () => {});
}
test('it shows', async () => {});
test.skip('it rests', async () => {});
";

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

/// What is wrong where the document, or the Rust file, has something else in a place.
fn faults_after(document: (&str, &str), rust: (&str, &str)) -> Vec<String> {
    let changed = |text: &str, (from, to): (&str, &str)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let files = [
        file(DOCUMENT, &changed(SOUND, document)),
        file("end2end/specs/first.spec.mjs", BROWSER),
        file("server/src/http/tests.rs", &changed(RUST, rust)),
        file("server/src/tests.rs", RUST),
    ];
    row_faults(&files).iter().map(ToString::to_string).collect()
}

fn in_document(from: &str, to: &str) -> Vec<String> {
    faults_after((from, to), ("", ""))
}

fn in_code(from: &str, to: &str) -> Vec<String> {
    faults_after(("", ""), (from, to))
}

#[test]
fn a_sound_document_has_no_fault() {
    assert_eq!(in_document("", ""), Vec::<String>::new());
}

#[test]
fn an_id_without_a_row_is_told_where_it_stands() {
    for (from, to, id, line) in [
        ("S-01,", "S-02,", "S-02", 1),
        ("S-01,", "(S-02).", "S-02", 1),
        ("R-2.5.6-5", "R-2.5.6-6", "R-2.5.6-6", 1),
        ("A-2.4.11", "A-2.4.12", "A-2.4.12", 6),
        ("fn s_01_it", "fn s_02_it", "S-02", 16),
    ] {
        let told = format!("server/src/http/tests.rs:{line}: {id} has no row in {DOCUMENT}.");
        let found = in_code(from, to);
        assert!(found.len() == 1 && found[0].starts_with(&told), "{found:?}");
    }
    let found = in_document("words on S-01", "words on S-02");
    assert!(found.len() == 1 && found[0].starts_with("docs/requirements.md:3: S-02 has no row"), "{found:?}");
}

#[test]
fn what_only_looks_like_an_id_is_none() {
    for text in [
        "T-4711",
        "K-1006",
        "S-1",
        "2026-11-27T-05x",
        "R-2-5",
        "R-2.5",
        "A-2.4",
        "UTF-8",
        "SHA-256",
        "s_x_y",
        "s_1234_y",
    ] {
        assert_eq!(in_code("S-01,", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_section_is_no_reference() {
    for text in
        ["requirements 2.5.4", "Requirements, trap 5", "requirements.md 4.3", "requirements section 2", "trap 5"]
    {
        let found = in_code("S-01,", &format!("see {text}"));
        assert!(
            found.len() == 1 && found[0].contains(":1: refers to the requirements by section"),
            "{text}: {found:?}"
        );
    }
    assert_eq!(in_code("S-01,", "a trap for 5, requirements of 2"), Vec::<String>::new());
}

#[test]
fn a_row_is_shown_or_planned() {
    let found = in_document("planned (proof in hand): all of it", "later");
    let told = "docs/requirements.md:8: R-2.5.6-5 has neither a test nor the word planned.";
    assert!(found.len() == 1 && found[0].starts_with(told), "{found:?}");
}

#[test]
fn a_test_that_is_named_exists_and_runs() {
    for (from, to) in [
        ("`http/tests.rs::it_asks`", "`http/tests.rs::it_ask`"),
        ("`http/tests.rs::it_asks`", "`http/tests.rs::no_test`"),
        ("`http/tests.rs::it_asks`", "`http/tests.rs::left_out`"),
        ("`http/tests.rs::it_asks`", "`ttp/tests.rs::it_asks`"),
        ("`first.spec.mjs: it shows`", "`first.spec.mjs: it show`"),
        ("`first.spec.mjs: it shows`", "`first.spec.mjs: it rests`"),
        ("`first.spec.mjs: it shows`", "`second.spec.mjs: it shows`"),
    ] {
        let found = in_document(from, to);
        assert!(found.len() == 1 && found[0].contains(&format!("there is no test {to}")), "{found:?}");
    }
    let found = in_document("`http/tests.rs::it_asks`", "`tests.rs::it_asks`");
    assert!(found.len() == 1 && found[0].contains("`tests.rs::it_asks` is in several files"), "{found:?}");
    let found = in_document("`http/tests.rs::it_asks`", "`it_asks`");
    assert!(found.len() == 1 && found[0].contains("`it_asks` names no test"), "{found:?}");
}

#[test]
fn an_id_stands_in_one_row() {
    let found = in_document("| T-05 |", "| S-01 |");
    assert!(found.iter().any(|fault| fault.starts_with("docs/requirements.md:9: a second row S-01.")), "{found:?}");
}

#[test]
fn a_row_has_four_cells() {
    for (from, to) in [("| T-05 | It stops. ", "| T-05 "), ("| T-05 |", "| T-5 |"), ("| It shows. |", "|  |")] {
        let found = in_document(from, to);
        assert!(found.iter().any(|fault| fault.contains(": not a row: ")), "{found:?}");
    }
}
