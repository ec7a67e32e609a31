//! Each way to answer with a text for an error is seen, and nothing else is.

use super::*;

fn told(path: &str, text: &str) -> Vec<String> {
    error_faults(&[File { path: path.to_owned(), text: text.to_owned() }])
}

const PATH: &str = "server/core/src/a.rs";

#[test]
fn a_text_for_an_error_is_told_at_its_line() {
    for text in [
        "fn a() -> Result<(), String> {}",
        "fn a() -> std::result::Result<u8, std::string::String> {}",
        "pub(crate) async fn a<T>() -> Result<T, &'static str> {}",
        "impl A { fn a(&self) -> Result<Vec<u8>, Vec<String>> {} }",
        "trait A { fn a(&self) -> Result<(), Box<str>>; }",
        "impl A for B { fn a(&self) -> Result<(), Cow<'static, str>> {} }",
        "fn a() -> Option<Result<(), String>> {}",
        "fn a() -> impl Future<Output = Result<(), String>> {}",
        "type Read<T> = Result<T, String>;",
        "mod b { fn a() -> Result<(), String> {} }",
    ] {
        let found = told(PATH, &format!("\n{text}"));
        assert!(
            found.len() == 1 && found[0].starts_with("server/core/src/a.rs:2: an error that is a text"),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_type_for_an_error_is_none() {
    for text in [
        "fn a() -> Result<String, Fault> {}",
        "fn a() -> Result<Result<String, Fault>, Other> {}",
        "fn a(of: Result<(), String>) -> Option<String> {}",
        "fn a() -> io::Result<String> {}",
        "fn a() -> Result<(), Vec<Fault>> {}",
        "#[cfg(test)] mod tests { fn a() -> Result<(), String> {} }",
    ] {
        assert_eq!(told(PATH, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn tests_and_the_command_line_may_say_it_in_a_sentence() {
    let text = "fn a() -> Result<(), String> {}";
    for path in [
        "server/keuze/src/cli/data.rs",
        "server/keuze/src/cli.rs",
        "app/model/tests/a.rs",
        "server/core/src/a/tests.rs",
    ] {
        assert_eq!(told(path, text), Vec::<String>::new(), "{path}");
    }
    assert_eq!(told("server/keuze/src/courier.rs", text).len(), 1);
}
