//! `keuze doctor`: what of an installation is not as it should be, each with its mend; it changes nothing, and runs beside a server.

mod age;
mod clock;
mod configuration;
mod disk;
mod examination;
mod keys;
mod limits;
mod permissions;
mod processes;
mod report;
mod shards;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Args;
use ledger::clock::{Clock as _, SystemClock};
use ledger::files::Layout;

use super::data::LedgerArguments;
use super::say;
use examination::Examination;

/// Beside a running server too.
#[derive(Args)]
pub struct Doctor {
    /// For monitoring: one object of JSON, whose names stay.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Looks at everything and ends with 0 where all is well, 1 for warnings, 2 for faults.
pub fn run(asked: &Doctor) -> ExitCode {
    let examination = Examination {
        layout: Layout(asked.ledger.data.clone()),
        key_file: asked.ledger.key_path(),
        key_file_named: asked.ledger.key_file.is_some(),
        configuration: asked.ledger.config.as_deref(),
        now: SystemClock.now().at,
        synchronized: clock::is_synchronized(),
    };
    let report = examination.report();
    if asked.json {
        say(serde_json::to_string_pretty(&report).expect("it has text for keys"));
    } else {
        say(&report);
    }
    report.exit_code()
}
