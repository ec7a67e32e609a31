//! `cargo xtask test`: every set-up step, in Rust.
#![expect(clippy::print_stdout, reason = "this is a command line")]

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs everything: formatting, clippy, documentation, tests.
    Test {
        /// The long counts of property and fault tests.
        #[arg(long)]
        long: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Task::Test { long } => test(long),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One suite: its name, the seconds it may take on two cores from nothing, and its cargo call.
struct Suite {
    name: &'static str,
    budget: u64,
    cargo: &'static [&'static str],
}

/// `frontend` is left out: it is built for WASM only.
const SUITES: &[Suite] = &[
    Suite { name: "formatting", budget: 10, cargo: &["fmt", "--all", "--check"] },
    Suite {
        name: "clippy",
        budget: 300,
        cargo: &["clippy", "--workspace", "--exclude", "frontend", "--all-targets", "--", "-D", "warnings"],
    },
    Suite {
        name: "documentation",
        budget: 120,
        cargo: &["doc", "--workspace", "--exclude", "frontend", "--no-deps", "--quiet"],
    },
    Suite { name: "tests", budget: 900, cargo: &["test", "--workspace", "--exclude", "frontend"] },
];

/// Runs all suites, also after one has failed, and prints what each took beside its budget.
fn test(long: bool) -> Result<()> {
    let mut rows = Vec::new();
    for suite in SUITES {
        let start = Instant::now();
        let status = Command::new(env!("CARGO"))
            .args(suite.cargo)
            .env("KEUZE_LONG", if long { "1" } else { "" })
            .env("RUSTDOCFLAGS", "-D warnings")
            .status()
            .with_context(|| format!("cargo {} could not be started", suite.cargo[0]))?;
        rows.push((suite, start.elapsed().as_secs(), status.success()));
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
