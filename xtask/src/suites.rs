//! `cargo xtask test`: every suite, with the time it took beside its budget.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{browser_files, browser_tests, requirements, run, size, tests_list};

/// One suite: its name, the seconds it may take on two cores from nothing, and what it runs.
struct Suite {
    name: &'static str,
    budget: u64,
    run: fn() -> Result<()>,
}

/// `panel` is apart from the rest: in one graph with the server, cargo would unify leptos' `csr` with `ssr`.
const SUITES: &[Suite] = &[
    Suite { name: "browser files", budget: 300, run: browser_files::build },
    Suite { name: "sizes", budget: 300, run: size::check },
    Suite { name: "requirements", budget: 10, run: requirements::check },
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
        run: || run::cargo(&["doc", "--workspace", "--exclude", "panel", "--no-deps", "--quiet"]),
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
        let outcome = (suite.run)();
        if let Err(error) = &outcome {
            eprintln!("xtask: {}: {error:#}", suite.name);
        }
        rows.push((suite, start.elapsed().as_secs(), outcome.is_ok()));
    }
    println!("\n{:<16} {:>8} {:>8}  result", "suite", "seconds", "budget");
    for (suite, seconds, passed) in &rows {
        println!("{:<16} {seconds:>8} {:>8}  {}", suite.name, suite.budget, if *passed { "passed" } else { "FAILED" });
    }
    let failed: Vec<_> = rows.iter().filter(|(_, _, passed)| !passed).map(|(suite, ..)| suite.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
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
