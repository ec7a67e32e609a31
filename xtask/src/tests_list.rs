//! `docs/tests.txt`, the list of all tests, against the tests that there are: none disappears, is left out or is tried less
//! often without a line in `docs/tests-gone.txt` that says what took its place.

mod counts;
mod gone;
mod list;

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use gone::Gone;
use list::{LineKind, List};
use serde_json::Value;

use crate::{browser_tests, faults, requirements, run};

/// What `cargo xtask tests-list` writes.
const LIST: &str = "docs/tests.txt";

/// Written by hand: what took the place of a test that is gone.
const GONE: &str = "docs/tests-gone.txt";

/// Writes the list anew; refuses where something is gone that `docs/tests-gone.txt` does not tell of.
pub fn write() -> Result<()> {
    browser_tests::install()?;
    let (there, _) = compared()?;
    std::fs::write(run::root().join(LIST), there.to_string())?;
    println!("{LIST}: {}", there.summary());
    Ok(())
}

/// Compares the list with what there is.
pub fn check() -> Result<()> {
    let (there, committed) = compared()?;
    if there.to_string() != committed {
        bail!("{LIST} is behind. Mend: cargo xtask tests-list, and commit what it writes");
    }
    println!("{}", there.summary());
    Ok(())
}

/// The tests that there are, and the list as it is committed, once everything in it is still there or accounted for.
fn compared() -> Result<(List, String)> {
    let read = |path: &str| std::fs::read_to_string(run::root().join(path)).unwrap_or_default();
    let (there, committed) = (all()?, read(LIST));
    let found = gone::faults(&List::parse(&committed), &there, &Gone::parse(&read(GONE))?);
    faults::told(&found, LIST)?;
    Ok((there, committed))
}

fn all() -> Result<List> {
    let mut list = List::default();
    of_rust(&mut list)?;
    of_browser(&mut list)?;
    // What this command's own tests are about is no count.
    for file in requirements::files()?.into_iter().filter(|file| !file.path.starts_with("xtask/")) {
        for count in counts::counts_in(&file.text) {
            list.add(LineKind::Count, folder_of(&file.path), count);
        }
    }
    Ok(list)
}

/// Asks every test program of the workspace for its tests.
fn of_rust(list: &mut List) -> Result<()> {
    let arguments = ["test", "--workspace", "--exclude", "panel", "--no-run", "--message-format", "json"];
    let built = output(Command::new(env!("CARGO")).args(arguments).current_dir(run::root()), "cargo test --no-run")?;
    for message in built.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let Some(program) = message["executable"].as_str().filter(|_| message["profile"]["test"] == true) else {
            continue;
        };
        let manifest = message["manifest_path"].as_str().context("cargo names the manifest of what it builds")?;
        let manifest = Path::new(manifest).strip_prefix(run::root())?;
        let folder = manifest.parent().unwrap_or(manifest).to_string_lossy().replace('\\', "/");
        let [all, ignored] = [&["--list"][..], &["--list", "--ignored"]]
            .map(|options| output(Command::new(program).args(options).args(["--format", "terse"]), program));
        let ignored = ignored?;
        for line in all?.lines().filter(|line| line.ends_with(": test")) {
            let kind = if ignored.lines().any(|other| other == line) { LineKind::Ignored } else { LineKind::Rust };
            let path = line.trim_end_matches(": test");
            list.add(kind, &folder, path.rsplit("::").next().unwrap_or(path).to_owned());
        }
    }
    Ok(())
}

/// Asks Playwright.
fn of_browser(list: &mut List) -> Result<()> {
    let folder = run::root().join("end2end");
    let mut playwright = Command::new(folder.join("node_modules/.bin/playwright"));
    playwright.args(["test", "--list", "--reporter", "json"]).current_dir(&folder);
    let told: Value = serde_json::from_str(&output(&mut playwright, "playwright test --list")?)?;
    let mut suites: Vec<&Value> = children(&told, "suites").collect();
    while let Some(suite) = suites.pop() {
        suites.extend(children(suite, "suites"));
        for spec in children(suite, "specs") {
            let (title, file) = (&spec["title"], &spec["file"]);
            let title = title.as_str().context("Playwright names the title of a test")?.to_owned();
            let left_out = children(spec, "tests").any(|test| test["expectedStatus"] != "passed");
            let kind = if left_out { LineKind::Skipped } else { LineKind::Browser };
            list.add(kind, file.as_str().unwrap_or_default(), title);
        }
    }
    Ok(())
}

fn children<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// The folder of the crate that a file is part of.
fn folder_of(path: &str) -> &str {
    let end = path
        .match_indices('/')
        .map(|(at, _)| at)
        .find(|at| ["/src/", "/tests/", "/examples/"].iter().any(|folder| path[*at..].starts_with(folder)));
    end.map_or(path, |end| &path[..end])
}

/// What a program prints; an error if it fails, which it has told of itself.
fn output(command: &mut Command, name: &str) -> Result<String> {
    let shown = Path::new(OsStr::new(name)).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("{shown} could not be started"))?;
    if !output.status.success() {
        bail!("{shown} failed");
    }
    Ok(String::from_utf8(output.stdout)?)
}
