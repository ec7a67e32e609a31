//! `keuze mail check FILE`: whether a mail can be stopped as it must.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::serve;
use crate::service::mail_check::check;

/// What to do with a mail.
#[derive(Subcommand)]
pub enum MailTask {
    /// Reads a raw message and says what it lacks: headers, signature, links, sender.
    Check(Check),
}

/// Which mail.
#[derive(Args)]
pub struct Check {
    /// The message as it left (`.eml`); `-` reads it from standard input.
    file: PathBuf,
    /// The site configuration; without it, the built-in example.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Prints each piece, and fails if one is missing.
pub fn run(check: &Check) -> ExitCode {
    match checked(check) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(what) => {
            eprintln!("keuze: {what}");
            ExitCode::FAILURE
        }
    }
}

fn checked(Check { file, config }: &Check) -> Result<bool, String> {
    let config = serve::configuration(config.as_deref())?;
    let raw = read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let found = check(&raw, &config).ok_or_else(|| format!("{} is no mail", file.display()))?;
    for finding in &found {
        if finding.holds {
            println!("ok       {}", finding.what);
        } else {
            println!("missing  {}\n         {}", finding.what, finding.mend);
        }
    }
    Ok(found.iter().all(|finding| finding.holds))
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut raw = Vec::new();
    std::io::stdin().lock().read_to_end(&mut raw)?;
    Ok(raw)
}
