//! `cargo xtask serve | build | test | e2e | bench | check | requirements | documents | formats | picture | tests-list`: every set-up step, in Rust.
#![expect(clippy::print_stdout, reason = "this is a command line")]
#![expect(clippy::print_stderr, reason = "this is a command line")]

mod bench;
mod browser_files;
mod browser_tests;
mod client;
mod compare;
mod crates;
mod demo;
mod documents;
mod error_types;
mod faults;
mod formats;
mod forms;
mod names;
mod npm;
mod planted;
mod requirements;
mod root_docs;
mod run;
mod size;
mod strip;
mod suites;
mod test_bodies;
mod tests_list;
mod wasm;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
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
    /// Builds everything and starts the demo on ./demo-data.
    Serve,
    /// Builds the browser files and the server in release.
    Build,
    /// Runs everything: formatting, clippy, documentation, tests, sizes.
    Test {
        /// The long counts of property and fault tests.
        #[arg(long)]
        long: bool,
    },
    /// Runs the browser tests alone; what follows is handed to Playwright, such as the name of a file.
    E2e {
        /// For Playwright.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        playwright: Vec<String>,
    },
    /// Compares what a visitor downloads with docs/size-budget.toml.
    Check,
    /// Measures release binaries against floors of the same run: a bare server with one synced file, and a trivial route; asserts nothing.
    Bench {
        /// A built binary, several times for several; without it, this folder's release binary is built.
        #[arg(long)]
        binary: Vec<PathBuf>,
        /// Of the import.
        #[arg(long, default_value_t = 100_000)]
        rows: usize,
        /// Refusals that are recorded before anything is measured.
        #[arg(long, default_value_t = 0)]
        recorded: usize,
    },
    /// The floor of `bench`, on a folder; for `bench` alone.
    #[command(hide = true)]
    Floor { folder: PathBuf },
    /// Asks two built binaries the same, with one clock and one seed, and shows in what their answers differ.
    Compare { old: PathBuf, new: PathBuf },
    /// Plants each fault of xtask/faults.toml in a worktree and looks whether its crate's tests fail.
    Faults {
        /// Those of one crate alone.
        of: Option<String>,
    },
    /// Lists tests whose bodies differ between two commits in more than names.
    TestBodies {
        old: String,
        new: String,
        /// Both bodies, too.
        #[arg(long)]
        whole: bool,
    },
    /// Compares docs/requirements.md with the ids and tests in the code.
    Requirements,
    /// Compares decisions, walks and the table of crates with the code, and looks for errors that are no types.
    Documents,
    /// Looks for definitions under names that are gone.
    Names,
    /// Makes docs/formats.md anew of what the formats say of themselves.
    Formats,
    /// Draws docs/pictures/crates.svg anew.
    Picture,
    /// Writes docs/tests.txt anew; refuses where a test is gone that docs/tests-gone.txt does not tell of.
    TestsList,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Task::Serve => serve(),
        Task::Build => build(),
        Task::Test { long } => suites::test(long),
        Task::E2e { playwright } => browser_files::build().and_then(|()| browser_tests::run(&playwright)),
        Task::Check => browser_files::build().and_then(|()| size::check()),
        Task::Bench { binary, rows, recorded } => bench::bench(binary, rows, recorded),
        Task::Floor { folder } => bench::serve_floor(&folder),
        Task::Compare { old, new } => compare::compare([old, new]),
        Task::Faults { of } => planted::plant(of.as_deref()),
        Task::TestBodies { old, new, whole } => test_bodies::compare(&old, &new, whole),
        Task::Requirements => requirements::check(),
        Task::Documents => documents::check()
            .and_then(|()| formats::check())
            .and_then(|()| crates::check())
            .and_then(|()| error_types::check()),
        Task::Formats => formats::write(),
        Task::Names => names::check(),
        Task::Picture => crates::members().and_then(|members| crates::picture::write(&members)),
        Task::TestsList => tests_list::write(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<()> {
    browser_files::build()?;
    run::cargo(&["build", "--release", "--package", "keuze"])?;
    strip::release()
}

fn serve() -> Result<()> {
    build()?;
    run::program(run::root().join("target/release/keuze").as_os_str(), &["demo"], &run::root())
}
