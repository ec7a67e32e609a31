//! The list is read, and each of its lines still stands where it is said to be.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_fault_can_be_planted_and_every_crate_has_one() {
    let faults = faults().expect("readable");
    for fault in &faults {
        let sound = std::fs::read_to_string(run::root().join(&fault.file)).expect("the file is there");
        let planted = planted(&sound, fault).expect("it stands there once");
        let differ = sound.lines().zip(planted.lines()).filter(|(was, is)| was != is).count();
        assert!(differ == 1 && sound.lines().count() == planted.lines().count(), "{}: one line", fault.breaks);
    }
    let of: BTreeSet<&str> = faults.iter().map(|fault| fault.of.as_str()).collect();
    for member in crate::crates::members().expect("cargo lists them") {
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
