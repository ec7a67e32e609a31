use super::*;

const FIRST: &str =
    "# 1. One\n\n- Status: accepted\n- Date: 2026-11-24\n- Amended by: decision 2\n\nText.\n\n**Rejected:** two.\n";
const SECOND: &str = "# 2. Two\n\n- Status: proposed\n- Date: 2026-11-25\n- Amends: decision 1\n- Amended by: none\n\n**Rejected:** one.\n";
const WALK: &str = "## Five walks\n\n### One\n\n1. `a.rs` `begin`: it begins.\n2. `b.js` `press`: it is pressed.\n\n## After\n\n1. Not a step.\n";

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

/// What is wrong where one of the documents has something else in a place.
fn faults_after(from: &str, to: &str) -> Vec<String> {
    let changed = |text: &str| text.replacen(from, to, 1);
    let files = [
        file("docs/decisions/0001-one.md", &changed(FIRST)),
        file("docs/decisions/0002-two.md", &changed(SECOND)),
        file(DOCUMENT, &changed(WALK)),
        file("a.rs", "pub async fn begin<T>(what: T) {}\n"),
        file("b.js", "const press = () => {};\n"),
    ];
    decision_faults(&files).into_iter().chain(walk_faults(&files)).collect()
}

#[test]
fn each_decision_says_its_state_its_date_and_what_was_rejected() {
    assert_eq!(faults_after("", ""), Vec::<String>::new());
    for (from, to, told) in [
        ("# 1. One", "# One", "0001-one.md: its first line is `# 1. `"),
        ("- Status: accepted\n", "", "0001-one.md: it says no `- Status"),
        ("accepted", "good", "`good` is no status"),
        ("2026-11-25", "25 November", "`25 November` is no date"),
        ("- Amended by: none\n", "", "0002-two.md: it says no `- Amended by"),
        ("- Amended by: decision 2", "- Amended by: none", "0002-two.md: \"Amends\" and"),
        ("- Amends: decision 1\n", "", "0002-two.md: \"Amends\" and"),
        ("Amended by: none", "Amended by: decision 9", "there is no decision 9"),
        ("**Rejected:** two", "No", "0001-one.md: it says not what was rejected"),
        ("# 2. Two", "# 1. Two", "0002-two.md: its first line is `# 2. `"),
    ] {
        let found = faults_after(from, to).join("\n");
        assert!(found.contains(told), "{told}: {found}");
    }
}

#[test]
fn each_step_of_a_walk_names_a_file_and_what_it_defines() {
    for (from, to, told) in [
        ("`a.rs`", "`c.rs`", ":5: there is no file `c.rs`"),
        ("`begin`", "`beg`", ":5: `a.rs` defines no `beg`"),
        ("`press`", "`presses`", ":6: `b.js` defines no `presses`"),
        ("## Five walks", "## Walks", "there is no step below"),
    ] {
        let found = faults_after(from, to);
        assert!(found.len() == 1 && found[0].contains(told), "{told}: {found:?}");
    }
}
