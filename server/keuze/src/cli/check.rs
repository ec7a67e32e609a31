//! `keuze check FILE`: every fault of a configuration, with its line and its mend.

mod links;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::refusal::Refusal;
use super::{complain, say};
use keuze_core::config::{EXAMPLE, parse};
use ledger::clock::{Clock as _, SystemClock};

/// What to check.
#[derive(Args, Clone, Debug)]
pub struct Check {
    /// The site configuration.
    #[arg(required_unless_present = "example")]
    file: Option<PathBuf>,
    /// Prints an annotated example instead.
    #[arg(long, conflicts_with = "file")]
    example: bool,
    /// Also asks every link that it names whether it is there. The server never does that by itself.
    #[arg(long, requires = "file")]
    links: bool,
}

/// Prints every fault and answers 1, or nothing is wrong and answers 0.
pub fn run(check: &Check) -> ExitCode {
    let Some(file) = &check.file else {
        say(EXAMPLE.trim_end());
        return ExitCode::SUCCESS;
    };
    match faults(file, check.links) {
        Ok(faults) if faults.is_empty() => {
            say(format_args!("{}: no faults", file.display()));
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            faults.iter().for_each(|fault| say(format_args!("{fault}")));
            say(format_args!("{}: {} to mend", file.display(), faults.len()));
            ExitCode::FAILURE
        }
        Err(what) => {
            complain(format_args!("keuze: {what}"));
            ExitCode::FAILURE
        }
    }
}

fn faults(file: &Path, and_links: bool) -> Result<Vec<String>, Refusal> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| Refusal::File { path: file.to_path_buf(), error })?;
    let faults = match parse(&name, &text) {
        Ok(config) => {
            let dead = if and_links { links::dead(&config).map_err(Refusal::told)? } else { Vec::new() };
            [config.faults_on(SystemClock.now().today), dead].concat()
        }
        Err(faults) => faults,
    };
    Ok(faults.iter().map(ToString::to_string).collect())
}
