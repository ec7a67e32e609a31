use super::*;

#[test]
fn the_example_has_no_fault() {
    let faults = parse("example.toml", EXAMPLE).err().unwrap_or_default();
    assert!(faults.is_empty(), "{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}
