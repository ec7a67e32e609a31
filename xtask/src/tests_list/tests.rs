use super::*;

const COMMITTED: &str = "\
# Head.

[rust app/model]
it_denies
it_grants
it_grants

[ignored server/ledger]
started_by_another

[browser answer.spec.mjs]
a refusal: one click

[count app/model]
it_denies: 256 cases
";

/// What is wrong where the tests that there are differ from the list, with these lines for what is gone.
fn faults_after(from: &str, to: &str, gone: &str) -> Vec<String> {
    let committed = List::parse(COMMITTED);
    assert!(COMMITTED.contains(from), "{from}");
    let there = List::parse(&COMMITTED.replacen(from, to, 1));
    gone::faults(&committed, &there, &Gone::parse(gone).expect("well written"))
}

#[test]
fn what_is_listed_is_read_back() {
    let list = List::parse(COMMITTED);
    assert_eq!(List::parse(&list.to_string()), list);
    assert_eq!(list.summary(), "3 tests in 1 crates and 1 ignored, 1 in browsers and 0 left out, 1 counts");
}

#[test]
fn a_test_that_is_gone_left_out_or_tried_less_often_is_told() {
    assert_eq!(faults_after("", "", ""), Vec::<String>::new());
    for (from, to, told) in [
        ("it_denies\n", "", "`it_denies` (rust) is gone"),
        ("it_grants\nit_grants\n", "it_grants\n", "`it_grants` (rust) is gone"),
        ("it_denies\n", "it_denies_all\n", "`it_denies` (rust) is gone"),
        ("it_denies\n", "\n[ignored app/model]\nit_denies\n[rust app/model]\n", "`it_denies` (rust) is gone"),
        ("[browser", "[skipped", "`a refusal: one click` (browser) is gone"),
        ("256 cases", "16 cases", "`it_denies: 256 cases` (count) is gone"),
    ] {
        let found = faults_after(from, to, "");
        assert!(found.len() == 1 && found[0].contains(told), "{told}: {found:?}");
    }
}

#[test]
fn what_took_its_place_is_named_and_there() {
    let renamed = |gone: &str| faults_after("it_denies\n", "it_denies_all\n", gone);
    for gone in [
        "[rust]\nit_denies -> it_denies_all",
        "[rust]\nit_denies -> it_denies_all\nit_denies -> it_grants",
        "[rust]\nit_denies -> a refusal: one click",
        "[rust]\nit_denies -> removed: the rule is gone",
        "[rust]\nit_denies -> it_denied\nit_denied -> it_denies_all",
    ] {
        assert_eq!(renamed(gone), Vec::<String>::new(), "{gone}");
    }
    let found = renamed("[rust]\nit_denies -> it_denied");
    assert!(found.len() == 1 && found[0].contains("`it_denied`, which took the place"), "{found:?}");
    let found = renamed("[rust]\nit_denies -> it_denies_all\nit_grants -> it_denies_all");
    assert!(found.len() == 1 && found[0].contains("`it_grants` is still there"), "{found:?}");
    for wrong in ["it_denies -> a", "[rust]\nit_denies", "[rust]\nit_denies -> removed: ", "[crates]\n"] {
        assert!(Gone::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_test_may_move_to_another_crate() {
    assert_eq!(faults_after("app/model", "server/tlog", ""), Vec::<String>::new());
}

#[test]
fn counts_are_read_from_the_text() {
    let text = r#"
fn often() -> usize {
    count(8, 50)
}
pub fn cases() -> u32 {
    if std::env::var_os("KEUZE_LONG").is_some() { 100_000 } else { 2_000 }
}
proptest! {
    #[test]
    fn by_default(a in 1..2) {
    }
}
proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn as_told(
        a in 1..2,
    ) {}
}
#[test]
fn in_rounds() {
    for bit in 0..count(1, 8) {}
    for number in 0..4_000 {}
    for number in 0..8 {}
    let made = made.take(50_000);
}
"#;
    let expected = [
        "often: 8, 50",
        "cases: 100_000 } else { 2_000 }",
        "by_default: 256 cases",
        "as_told: 96 cases",
        "in_rounds: 1, 8",
        "in_rounds: 4000 rounds",
        "in_rounds: 50000 rounds",
    ];
    assert_eq!(counts::counts_in(text), expected);
}

#[test]
fn a_file_belongs_to_its_crate() {
    assert_eq!(folder_of("server/core/src/tests/a.rs"), "server/core");
    assert_eq!(folder_of("app/model/tests/model.rs"), "app/model");
    assert_eq!(folder_of("xtask/src/main.rs"), "xtask");
}
