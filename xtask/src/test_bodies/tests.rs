//! What is only called otherwise is no change; whatever else differs is one.

use super::*;

fn differ(old: &str, new: &str) -> bool {
    let tests = |body: &str| {
        let mut tests = CommitTests::new();
        add(&mut tests, "a.rs", &format!("#[test] fn it_holds() {{ {body} }}")).expect("Rust");
        tests
    };
    !changed(&tests(old), &tests(new)).is_empty()
}

#[test]
fn other_names_and_longer_paths_are_no_change() {
    for (old, new) in [
        ("let a = b(1); assert_eq!(a.c, \"x\");", "let k = m(1); assert_eq!(k.d, \"x\");"),
        ("a::b(1)", "a::c::d(1)"),
        ("b(1)", "x::c::d(1)"),
        ("A { a: B::c() }", "super::X { y: z() }"),
        ("/* a */ b()", "b()"),
    ] {
        assert!(!differ(old, new), "{old} {new}");
    }
}

#[test]
fn whatever_else_differs_is_a_change() {
    for (old, new) in [
        ("assert_eq!(a, 1);", "assert_eq!(a, 2);"),
        ("assert_eq!(a, \"x\");", "assert_eq!(a, \"y\");"),
        ("assert!(a);", "assert!(!a);"),
        ("assert!(a); assert!(b);", "assert!(a);"),
        ("assert!(a == b);", "assert!(a != b);"),
        ("assert!(true);", "assert!(false);"),
        ("if a { b() }", "while a { b() }"),
        ("for a in [1, 2] {}", "for a in [1] {}"),
        ("a(b)", "a(b, c)"),
    ] {
        assert!(differ(old, new), "{old} {new}");
    }
}

#[test]
fn of_several_with_one_name_only_what_has_no_equal_is_told() {
    let tests = |bodies: &[&str]| {
        let mut tests = CommitTests::new();
        for (at, body) in bodies.iter().enumerate() {
            add(&mut tests, &format!("{at}.rs"), &format!("#[tokio::test] async fn it_holds() {{ {body} }}"))
                .expect("Rust");
        }
        tests
    };
    let (before, now) = (tests(&["a(1)", "a(2)"]), tests(&["b(2)", "b(1)"]));
    assert!(changed(&before, &now).is_empty());
    let now = tests(&["b(2)", "b(3)"]);
    let changed = changed(&before, &now);
    assert_eq!(changed.iter().map(|(_, was, is)| (&*was.path, &*is.path)).collect::<Vec<_>>(), [("0.rs", "1.rs")]);
}

#[test]
fn what_is_asked_is_values_and_checks_however_they_are_come_by() {
    let values = |text: &str| asked(&text.parse().expect("Rust"));
    assert_eq!(values("assert_eq!(a(1).b, [\"x\"]);"), values("let c = d(\"x\", 1); assert_eq!(c, e);"));
    for (old, new) in [("assert_eq!(a, 1);", "assert_eq!(a, 2);"), ("assert!(a); assert!(b);", "assert!(a);")] {
        assert_ne!(values(old), values(new), "{old} {new}");
    }
}
