//! `cargo xtask test`: every suite, with the time it took beside its budget.

use std::fmt;
use std::time::Instant;

use anyhow::{Error, Result, bail};

use crate::{
    browser_files, browser_tests, crates, documents, error_types, names, requirements, root_docs, run, size, tests_list,
};

/// One suite: its name, the seconds it may take on two cores from nothing, and what it runs.
struct Suite {
    name: &'static str,
    budget: u64,
    run: fn() -> Result<()>,
}

/// Suites for which a program must be installed that the others do without; named with the program.
const OF_A_PROGRAM: [(&str, &str); 2] = [("licences", "cargo-deny"), ("unused crates", "cargo-machete")];

/// `panel` is apart from the rest: in one graph with the server, cargo would unify leptos' `csr` with `ssr`.
const SUITES: &[Suite] = &[
    Suite { name: "browser files", budget: 300, run: browser_files::build },
    Suite { name: "sizes", budget: 300, run: size::check },
    Suite { name: "requirements", budget: 10, run: requirements::check },
    Suite { name: "documents", budget: 10, run: documents::check },
    Suite { name: "crates", budget: 10, run: crates::check },
    Suite { name: "error types", budget: 10, run: error_types::check },
    Suite { name: "names", budget: 10, run: names::check },
    Suite { name: "each crate alone", budget: 300, run: crates::build_alone },
    Suite { name: "licences", budget: 10, run: crates::deny },
    Suite { name: "unused crates", budget: 10, run: crates::unused },
    Suite { name: "formatting", budget: 10, run: || run::cargo(&["fmt", "--all", "--check"]) },
    Suite {
        name: "clippy",
        budget: 300,
        run: || {
            run::cargo(&["clippy", "--workspace", "--exclude", "panel", "--all-targets", "--", "-D", "warnings"])?;
            run::cargo(&["clippy", "--package", "panel", "--", "-D", "warnings"])
        },
    },
    Suite {
        name: "documentation",
        budget: 180,
        run: || {
            root_docs::check()?;
            run::cargo(&["doc", "--workspace", "--exclude", "panel", "--no-deps", "--quiet"])
        },
    },
    Suite {
        name: "tests",
        budget: 900,
        run: || run::cargo(&["test", "--workspace", "--exclude", "panel", "--no-fail-fast"]),
    },
    Suite { name: "browser tests", budget: 480, run: || browser_tests::run(&[]) },
    Suite { name: "list of tests", budget: 20, run: tests_list::check },
];

/// Runs all suites, also after one has failed.
pub fn test(long: bool) -> Result<()> {
    if std::env::var_os("RUSTDOCFLAGS").is_none() || (long && std::env::var_os("KEUZE_LONG").is_none()) {
        return again(long);
    }
    let mut rows = Vec::new();
    for suite in SUITES {
        let start = Instant::now();
        let outcome = outcome(suite);
        if let SuiteResult::Failed(error) = &outcome {
            eprintln!("xtask: {}: {error:#}", suite.name);
        }
        rows.push((suite, start.elapsed().as_secs(), outcome));
    }
    println!("\n{:<16} {:>8} {:>8}  result", "suite", "seconds", "budget");
    for (suite, seconds, outcome) in &rows {
        println!("{:<16} {seconds:>8} {:>8}  {outcome}", suite.name, suite.budget);
    }
    let failed = rows.iter().filter(|(.., outcome)| matches!(outcome, SuiteResult::Failed(_)));
    let failed: Vec<_> = failed.map(|(suite, ..)| suite.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// How a suite ended.
enum SuiteResult {
    Passed,
    /// For want of this program.
    Skipped(&'static str),
    Failed(Error),
}

impl fmt::Display for SuiteResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Skipped(program) => write!(f, "SKIPPED: cargo install {program} --locked"),
            Self::Failed(_) => f.write_str("FAILED"),
        }
    }
}

fn outcome(suite: &Suite) -> SuiteResult {
    let program = OF_A_PROGRAM.iter().find(|(name, _)| *name == suite.name).map(|(_, program)| *program);
    if let Some(program) = program.filter(|program| !run::exists(program)) {
        return SuiteResult::Skipped(program);
    }
    match (suite.run)() {
        Ok(()) => SuiteResult::Passed,
        Err(error) => SuiteResult::Failed(error),
    }
}

/// Starts this command again with the settings that every suite inherits.
fn again(long: bool) -> Result<()> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("test").env("RUSTDOCFLAGS", "-D warnings");
    if long {
        command.arg("--long").env("KEUZE_LONG", "1");
    } else {
        // The same commit gives the same result. Tests that are run by hand, and the long run, try something else each time.
        for seed in ["KEUZE_SEED", "PROPTEST_RNG_SEED"].into_iter().filter(|seed| std::env::var_os(seed).is_none()) {
            command.env(seed, "1");
        }
    }
    if command.status()?.success() { Ok(()) } else { bail!("not all suites passed") }
}
