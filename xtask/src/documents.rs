//! Documents that tell of the code or of each other: the heads of the decisions, and the files and functions of the walks in
//! `docs/architecture.md`.

use anyhow::{Context as _, Result, bail};

use crate::crates::DOCUMENT;
use crate::faults;
use crate::requirements::{self, File};

#[cfg(test)]
mod tests;

/// Where the decisions lie, each under its number.
const DECISIONS: &str = "docs/decisions/";

/// The heading above the walks.
const WALKS: &str = "## Five walks";

/// Compares them with what they tell of.
pub fn check() -> Result<()> {
    let files = requirements::files()?;
    let mut found = decision_faults(&files);
    found.extend(walk_faults(&files));
    faults::told(&found, "the documents")
}

/// A decision as its head says it.
struct DecisionHead<'a> {
    path: &'a str,
    number: u32,
    amends: Vec<u32>,
    amended_by: Vec<u32>,
}

fn decision_faults(files: &[File]) -> Vec<String> {
    let (mut decisions, mut faults) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| file.path.starts_with(DECISIONS)) {
        match decision(file) {
            Ok(decision) => decisions.push(decision),
            Err(error) => faults.push(format!("{}: {error}", file.path)),
        }
    }
    for one in &decisions {
        if let Some(other) = decisions.iter().find(|other| other.number == one.number && other.path < one.path) {
            faults.push(format!("{}: has the number of {}. Mend: take the next one.", one.path, other.path));
        }
        for other in &decisions {
            let (amends, told) = (one.amends.contains(&other.number), other.amended_by.contains(&one.number));
            if amends != told {
                let (number, path) = (one.number, other.path);
                faults
                    .push(format!("{}: \"Amends\" and \"Amended by: decision {number}\" of {path} differ.", one.path));
            }
        }
        let known = |number: &u32| decisions.iter().any(|other| other.number == *number);
        let unknown = one.amends.iter().chain(&one.amended_by).filter(|number| !known(number));
        faults.extend(unknown.map(|number| format!("{}: there is no decision {number}.", one.path)));
    }
    faults
}

/// The head of a decision; what is wrong with it as an error.
fn decision(file: &File) -> Result<DecisionHead<'_>> {
    let name = file.path.trim_start_matches(DECISIONS);
    let number: u32 =
        name.get(..4).and_then(|digits| digits.parse().ok()).context("its name begins with four digits.")?;
    if !file.text.starts_with(&format!("# {number}. ")) {
        bail!("its first line is `# {number}. ` and its title.");
    }
    let head = |key: &str| file.text.lines().find_map(|line| line.strip_prefix(&format!("- {key}: ")));
    let status = head("Status").context("it says no `- Status: accepted`.")?;
    if !["accepted", "proposed"].contains(&status) && !status.starts_with("superseded by decision ") {
        bail!("`{status}` is no status: accepted, proposed, superseded by decision N.");
    }
    let date = head("Date").context("it says no `- Date: 2026-11-24`.")?;
    if date.len() != 10
        || !date.bytes().enumerate().all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
    {
        bail!("`{date}` is no date such as 2026-11-24.");
    }
    let amended_by = head("Amended by").context("it says no `- Amended by: none`, or which decisions.")?;
    if !file.text.contains("\n**Rejected:** ") {
        bail!("it says not what was rejected: a last paragraph that begins with `**Rejected:** `.");
    }
    let amends = numbers(head("Amends").unwrap_or_default());
    Ok(DecisionHead { path: &file.path, number, amends, amended_by: numbers(amended_by) })
}

fn numbers(text: &str) -> Vec<u32> {
    text.split([' ', ',']).filter_map(|word| word.parse().ok()).collect()
}

/// Steps of the walks that name what is not there: a number, a path and a function between backticks, what it does.
fn walk_faults(files: &[File]) -> Vec<String> {
    let Some(document) = files.iter().find(|file| file.path == DOCUMENT) else { return Vec::new() };
    let section = document.lines().skip_while(|(_, line)| *line != WALKS).skip(1);
    let section = section.take_while(|(_, line)| !line.starts_with("## "));
    let steps = section.filter(|(_, line)| line.starts_with(|c: char| c.is_ascii_digit()));
    let mut faults = Vec::new();
    let mut count = 0;
    for (at, line) in steps {
        count += 1;
        let mut quoted = line.split('`').skip(1).step_by(2);
        let (path, name) = (quoted.next().unwrap_or_default(), quoted.next().unwrap_or_default());
        match files.iter().find(|file| file.path == path) {
            None => faults.push(format!("{DOCUMENT}:{at}: there is no file `{path}`.")),
            Some(file) if !defines(&file.text, name) => {
                faults.push(format!(
                    "{DOCUMENT}:{at}: `{path}` defines no `{name}`. Mend: walk there and write what you pass."
                ));
            }
            Some(_) => {}
        }
    }
    if count == 0 {
        faults.push(format!("{DOCUMENT}: there is no step below `{WALKS}`."));
    }
    faults
}

/// Whether a file defines a function, a type or a constant of that name, in Rust or in JavaScript.
fn defines(text: &str, name: &str) -> bool {
    let name = name.rsplit("::").next().unwrap_or_default();
    let starts = ["fn ", "struct ", "enum ", "trait ", "function ", "const "].map(|word| format!("{word}{name}"));
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    !name.is_empty()
        && starts.iter().any(|start| text.match_indices(start).any(|(at, _)| ends(&text[at + start.len()..])))
}
