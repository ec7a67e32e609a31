//! How often tests try something, read from their text: proptest's cases, the counts of short and long runs, large loops.

/// proptest's own number of cases.
const DEFAULT_CASES: &str = "256";

/// A loop of so many rounds or more is a count.
const LARGE: u64 = 100;

/// Each count in a file, after the function in which it stands.
pub fn counts_in(text: &str) -> Vec<String> {
    let (mut found, mut function, mut block, mut in_tests) = (Vec::new(), "", None::<Block<'_>>, false);
    for raw in text.lines() {
        let (line, indent) = (raw.trim(), raw.len() - raw.trim_start().len());
        if line.starts_with("//") {
            continue;
        }
        in_tests |= ["#[test]", "#[tokio::test]", "#[cfg(test)]"].contains(&line);
        if let Some(name) = defined(line) {
            function = name;
            found.extend(block.as_ref().map(|block| format!("{function}: {} cases", block.cases)));
        }
        if line.ends_with("proptest! {") {
            block = Some(Block { indent, cases: DEFAULT_CASES });
        } else if line == "}" && block.as_ref().is_some_and(|block| block.indent == indent) {
            block = None;
        } else if let (Some(block), Some(cases)) = (&mut block, given(line, "with_cases(")) {
            block.cases = cases;
        }
        let long = line.split_once("\"KEUZE_LONG\"").and_then(|(_, rest)| given(rest, "{ "));
        let runs = given(line, "count(").into_iter().chain(long);
        found.extend(runs.map(|both| format!("{function}: {both}")));
        let rounds = line.strip_prefix("for ").and_then(|rest| given(rest, "0..")).or_else(|| given(line, ".take("));
        let rounds = rounds.and_then(number).filter(|rounds| in_tests && *rounds >= LARGE);
        found.extend(rounds.map(|rounds| format!("{function}: {rounds} rounds")));
    }
    found
}

/// A block of properties.
struct Block<'a> {
    indent: usize,
    cases: &'a str,
}

/// The function that a line begins to define.
fn defined(line: &str) -> Option<&str> {
    let line = ["pub ", "async "].iter().fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// What follows, up to a closing bracket, where that begins with a number.
fn given<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let inner = line.split_once(start)?.1.split(')').next()?;
    inner.starts_with(|c: char| c.is_ascii_digit()).then_some(inner)
}

/// The number at the beginning.
fn number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    text[..end].replace('_', "").parse().ok()
}
