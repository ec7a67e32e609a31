//! Each kind of definition is seen under a name that is gone, and nothing else is.

use super::*;

fn told(text: &str) -> Vec<String> {
    let file = File { path: "a.rs".to_owned(), text: text.to_owned() };
    name_faults(&[file])
}

#[test]
fn a_definition_under_a_name_that_is_gone_is_told_at_its_line() {
    for (text, name) in [
        ("struct Scribe;", "type Scribe"),
        ("struct Scribe<T>(T);", "type Scribe"),
        ("enum Why { A }", "type Why"),
        ("trait Entropy {}", "type Entropy"),
        ("type Found = u8;", "type Found"),
        ("union Way { a: u8 }", "type Way"),
        ("fn may_i() {}", "fn may_i"),
        ("impl A { pub(crate) async fn take(&self) {} }", "fn take"),
        ("trait A { fn read(&self); }", "fn read"),
        ("mod machine;", "mod machine"),
        ("mod machine {}", "mod machine"),
        ("mod a { mod b { struct Book; } }", "type Book"),
        ("fn a() { struct Book; }", "type Book"),
        ("impl std::fmt::Display for A { fn fmt(&self) { fn of() {} } }", "fn of"),
        ("const NOON: u8 = 12;", "const NOON"),
        ("static NOON: u8 = 12;", "const NOON"),
        ("enum Class { Machines }", "variant Class::Machines"),
        ("struct A { bell: u8 }", "field bell"),
    ] {
        let found = told(&format!("\n{text}"));
        assert!(found.len() == 1 && found[0].starts_with(&format!("a.rs:2: defines `{name}`.")), "{text}: {found:?}");
    }
}

#[test]
fn what_only_uses_or_resembles_such_a_name_is_not_told() {
    for text in [
        "use a::Scribe;",
        "fn a(found: Found) -> Outcome { machine::read(found) }",
        "impl std::io::Read for A { fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> { Ok(0) } }",
        "struct FoundPeople; fn take_turns() {} mod machinery;",
        "enum Channel { Post }",
        "// struct Scribe;\nconst A: &str = \"struct Scribe;\";",
        "fn stop() {}",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_file_that_cannot_be_parsed_is_told() {
    assert!(told("struct {")[0].starts_with("a.rs: cannot be parsed"));
}
