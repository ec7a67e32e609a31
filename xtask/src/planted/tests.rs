//! The list is read, and each of its lines still stands where it is said to be.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_fault_can_be_planted_and_every_crate_has_one() {
    let (faults, files) = (faults().expect("readable"), requirements::files().expect("readable"));
    let members = crates::members().expect("cargo lists them");
    for fault in &faults {
        let place = place(fault, &files, &members).expect("it stands there once");
        let planted = place.planted(fault);
        let differ = place.sound.lines().zip(planted.lines()).filter(|(was, is)| was != is).count();
        assert!(differ == 1 && place.sound.lines().count() == planted.lines().count(), "{}: one line", fault.breaks);
    }
    let of: BTreeSet<&str> = faults.iter().map(|fault| fault.of.as_str()).collect();
    for member in members {
        assert!(of.contains(member.name.as_str()) || member.name == "xtask", "{} has no fault", member.name);
    }
    assert!(of.contains("embed"), "the hand-written runtime");
}

#[test]
fn the_test_that_failed_is_named() {
    assert_eq!(first_failed("running\n---- a::b stdout ----\n---- c stdout ----\n"), "a::b");
    assert_eq!(first_failed("  1) panel.spec.mjs:3:1 › it opens\n"), "panel.spec.mjs:3:1 › it opens");
    assert!(first_failed("killed").contains("before"));
}

#[test]
fn a_line_that_moved_is_found_and_one_that_changed_is_told() {
    let of = |is: &str| Crate {
        name: "a".to_owned(),
        folder: is.to_owned(),
        needs: BTreeSet::new(),
        may_need: BTreeSet::new(),
    };
    let [was, is] = ["if yes {", "if true {"].map(str::to_owned);
    let fault = Fault { of: "a".to_owned(), breaks: String::new(), folder: None, was, is, spec: None };
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let found =
        |files: &[File]| place(&fault, files, &[of("x/a")]).map(|place| (place.path.clone(), place.planted(&fault)));
    let files = [file("x/a/b/c.rs", "if yes {}\n"), file("x/ab/c.rs", "if yes {}\n")];
    assert_eq!(found(&files).expect("once"), ("x/a/b/c.rs".to_owned(), "if true {}\n".to_owned()));
    for text in ["if no {}", "if yes {} if yes {}"] {
        assert!(found(&[file("x/a/b/c.rs", text)]).is_err(), "{text}");
    }
    assert!(found(&[file("x/a/b.rs", "if yes {}"), file("x/a/c.rs", "if yes {}")]).is_err());
}
