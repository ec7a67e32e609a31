//! `keuze check FILE`: every fault of a configuration, with its line and its mend.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::ambient::{Clock as _, SystemClock};
use crate::config::{EXAMPLE, parse};

/// What to check.
#[derive(Args, Clone, Debug)]
pub struct Check {
    /// The site configuration.
    #[arg(required_unless_present = "example")]
    file: Option<PathBuf>,
    /// Prints an annotated example instead.
    #[arg(long, conflicts_with = "file")]
    example: bool,
}

/// Prints every fault and answers 1, or nothing is wrong and answers 0.
pub fn run(check: &Check) -> ExitCode {
    let Some(file) = &check.file else {
        print!("{EXAMPLE}");
        return ExitCode::SUCCESS;
    };
    match faults(file) {
        Ok(faults) if faults.is_empty() => {
            println!("{}: no faults", file.display());
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            faults.iter().for_each(|fault| println!("{fault}"));
            println!("{}: {} to mend", file.display(), faults.len());
            ExitCode::FAILURE
        }
        Err(what) => {
            eprintln!("keuze: {what}");
            ExitCode::FAILURE
        }
    }
}

fn faults(file: &Path) -> Result<Vec<String>, String> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    let faults = match parse(&name, &text) {
        Ok(config) => config.without_rule(SystemClock.now().today),
        Err(faults) => faults,
    };
    Ok(faults.iter().map(ToString::to_string).collect())
}
