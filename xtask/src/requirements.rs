//! `docs/requirements.md` against everything else: an id that is named anywhere has a row, and a row has a test that exists
//! or says that it is planned.

mod sentences;
mod tree;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Result;
pub use tree::File;
use tree::Tests;

use crate::{faults, run};

/// Where the rows stand.
const DOCUMENT: &str = "docs/requirements.md";

/// The first cell of the heading of every table of rows.
const HEADING: &str = "| id ";

/// What the last cell of a row says where no test shows all of it yet.
const PLANNED: &str = "planned";

/// Compares the document with all files of the repository; every fault is printed with its file and line.
pub fn check() -> Result<()> {
    let files = files()?;
    let mut faults: Vec<String> = row_faults(&files).iter().map(ToString::to_string).collect();
    let list = std::fs::read_to_string(run::root().join(sentences::LIST))?;
    faults.extend(sentences::faults(&list, &files));
    faults::told(&faults, DOCUMENT)?;
    let (rows, _) = rows(&files);
    let shown = rows.iter().filter(|row| !row.is_planned()).count();
    println!("{} requirements: {shown} shown by tests, {} planned in whole or in part", rows.len(), rows.len() - shown);
    Ok(())
}

/// Every file of the repository in which a person writes.
pub fn files() -> Result<Vec<File>> {
    tree::read_files(&run::root())
}

/// A fault, at its place.
#[derive(Debug, PartialEq, Eq)]
struct RequirementFault {
    path: String,
    /// Counted from 1.
    line: usize,
    what: FaultCause,
}

#[derive(Debug, PartialEq, Eq)]
enum FaultCause {
    /// Named where it is used, and there is no such row.
    Unknown(String),
    /// The document is referred to by section, where a row has an id.
    BySection,
    /// A second row of that id.
    Twice(String),
    /// Not four cells, or an empty one, or a first one that is no id.
    Malformed,
    /// Neither a test nor the word *planned*.
    Unshown(String),
    /// In the last cell, between backticks, and no name of a test.
    NoTestName(String),
    /// No test of that name is where it is said to be.
    NoSuchTest(String),
    /// Several files end in that path and have that test.
    Ambiguous(String),
}

impl fmt::Display for RequirementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.path, self.line)?;
        match &self.what {
            FaultCause::Unknown(id) => {
                write!(f, "{id} has no row in {DOCUMENT}. Mend: add one, or name the row that is meant.")
            }
            FaultCause::BySection => {
                write!(f, "refers to the requirements by section. Mend: name the id of a row of {DOCUMENT}.")
            }
            FaultCause::Twice(id) => write!(f, "a second row {id}. Mend: give it an id of its own."),
            FaultCause::Malformed => {
                write!(f, "not a row: | id | what must hold | source | shown by |, no cell empty.")
            }
            FaultCause::Unshown(id) => {
                write!(f, "{id} has neither a test nor the word {PLANNED}. Mend: name the test, or say so.")
            }
            FaultCause::NoTestName(name) => {
                write!(f, "`{name}` names no test. Mend: write `path.rs::function` or `name.spec.mjs: title`.")
            }
            FaultCause::NoSuchTest(name) => {
                write!(f, "there is no test `{name}`, or it is ignored. Mend: name one that runs.")
            }
            FaultCause::Ambiguous(name) => write!(f, "`{name}` is in several files. Mend: write more of its path."),
        }
    }
}

/// A row of the document.
struct RequirementRow<'a> {
    line: usize,
    id: &'a str,
    shown_by: &'a str,
}

impl<'a> RequirementRow<'a> {
    fn is_planned(&self) -> bool {
        self.shown_by.contains(PLANNED)
    }

    /// What stands between backticks.
    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.shown_by.split('`').skip(1).step_by(2)
    }
}

fn row_faults(files: &[File]) -> Vec<RequirementFault> {
    let (rows, mut faults) = rows(files);
    let tests = Tests::from_files(files);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        let mut found = Vec::new();
        if seen.insert(row.id, row.line).is_some() {
            found.push(FaultCause::Twice(row.id.to_owned()));
        }
        found.extend(row.names().filter_map(|name| wrong_name(name, &tests)));
        if row.names().next().is_none() && !row.is_planned() {
            found.push(FaultCause::Unshown(row.id.to_owned()));
        }
        faults.extend(found.into_iter().map(|what| RequirementFault {
            path: DOCUMENT.to_owned(),
            line: row.line,
            what,
        }));
    }
    faults.extend(files.iter().flat_map(|file| wrong_references(file, |id| seen.contains_key(id))));
    faults
}

/// The rows of the document, and what pretends to be one.
fn rows(files: &[File]) -> (Vec<RequirementRow<'_>>, Vec<RequirementFault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let Some(document) = files.iter().find(|file| file.path == DOCUMENT) else { return (rows, faults) };
    let mut in_table = false;
    for (line, text) in document.lines() {
        if text.starts_with(HEADING) {
            in_table = true;
        } else if !text.starts_with('|') {
            in_table = false;
        } else if in_table && !text.starts_with("|--") {
            match row(line, text) {
                Some(row) => rows.push(row),
                None => faults.push(RequirementFault { path: DOCUMENT.to_owned(), line, what: FaultCause::Malformed }),
            }
        }
    }
    (rows, faults)
}

fn row(line: usize, text: &str) -> Option<RequirementRow<'_>> {
    let inner = text.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells: Vec<&str> = inner.split(" | ").map(str::trim).collect();
    let [id, what, source, shown_by] = cells[..] else { return None };
    let whole = is_id(id) && [what, source, shown_by].iter().all(|cell| !cell.is_empty());
    whole.then_some(RequirementRow { line, id, shown_by })
}

fn wrong_name(name: &str, tests: &Tests<'_>) -> Option<FaultCause> {
    let Some(count) = tests.count(name) else { return Some(FaultCause::NoTestName(name.to_owned())) };
    match count {
        0 => Some(FaultCause::NoSuchTest(name.to_owned())),
        1 => None,
        _ => Some(FaultCause::Ambiguous(name.to_owned())),
    }
}

/// Ids without a row, and references to a section instead of one.
fn wrong_references(file: &File, is_row: impl Fn(&str) -> bool) -> Vec<RequirementFault> {
    let mut faults = Vec::new();
    for (line, text) in file.lines() {
        let unknown = ids(text).into_iter().filter(|id| !is_row(id)).map(FaultCause::Unknown);
        let found: Vec<FaultCause> = unknown.chain(names_section(text).then_some(FaultCause::BySection)).collect();
        faults.extend(found.into_iter().map(|what| RequirementFault { path: file.path.clone(), line, what }));
    }
    faults
}

/// The ids in a line; the name of a test that begins with `s_12_` is about `S-12`.
fn ids(line: &str) -> Vec<String> {
    let tokens = line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    tokens.filter_map(|token| id(token.trim_matches(['.', '-']))).collect()
}

fn id(token: &str) -> Option<String> {
    let of_test =
        token.strip_prefix("s_").and_then(|rest| rest.split_once('_')).map(|(number, _)| format!("S-{number}"));
    of_test.or_else(|| Some(token.to_owned())).filter(|id| is_id(id))
}

/// `S-` or `T-` and two digits, `R-` with section and number, `A-` with a success criterion.
fn is_id(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let section = |text: &str| text.contains('.') && text.split('.').all(digits);
    match text.split_once('-') {
        Some(("S" | "T", number)) => number.len() == 2 && digits(number),
        Some(("R", rest)) => rest.split_once('-').is_some_and(|(place, number)| section(place) && digits(number)),
        Some(("A", criterion)) => section(criterion) && criterion.split('.').count() == 3,
        _ => false,
    }
}

/// Whether a line names the number of a section or of a trap instead of an id.
fn names_section(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let after = |word: &str| line.split(word).skip(1).map(str::to_owned).collect::<Vec<_>>();
    let section = |rest: &String| {
        let rest = rest.trim_start_matches(".md").trim_start_matches([',', ' ']);
        let rest = rest.trim_start_matches("section ").trim_start_matches("no. ");
        rest.starts_with(|c: char| c.is_ascii_digit())
    };
    after("requirements").iter().any(section) || after(" trap ").iter().any(section)
}
