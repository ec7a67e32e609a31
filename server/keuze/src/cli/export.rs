//! `keuze export`, and `keuze verify` of what it wrote: plain files for whoever does not trust us, or has no Keuze.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use ledger::formats::mark::MarkKind;
use ledger::verify::export::{ExportFault, Exported, export, is_export, verify_export};
use ledger::verify::{Verified, VerifyError, verify};

use super::backup::Progress;
use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::say;

/// Beside a running server too, which goes on meanwhile.
#[derive(Args)]
pub struct Export {
    /// The folder: a new one, an empty one, or an export of the same ledger, which is gone on with.
    #[arg(value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// What is verified.
#[derive(Args)]
pub struct Verify {
    /// An export; else the data directory is verified.
    #[arg(value_name = "DIR", conflicts_with = "data")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Exports.
///
/// # Errors
/// What is in the way; what is whole by then is kept, and the same command goes on from there.
pub fn run(asked: &Export) -> Result<(), Refusal> {
    asked.ledger.site()?;
    let mut progress = Progress::begin("records are exported");
    let mut tell = |done, total| progress.tell(done, total);
    let done = export(&asked.ledger.data, asked.ledger.key_file.as_deref(), &asked.to, &mut tell);
    drop(progress);
    let Exported { records, erased, sealed, kept, written, left_out } = done.map_err(Refusal::told)?;
    for left_out in left_out {
        say(format_args!("{left_out}."));
    }
    say(format_args!(
        "exported: {records} records ({erased} erased, {sealed} sealed); {written} files written, {kept} as they were; \
         `keuze verify {}` checks them",
        asked.to.display()
    ));
    Ok(())
}

/// Verifies a data directory or an export, and says so in the last line.
pub fn run_verify(asked: &Verify) -> ExitCode {
    let folder = asked.folder.as_ref().unwrap_or(&asked.ledger.data);
    let of_an_export = is_export(folder);
    let verified = if of_an_export {
        verify_export(folder).map_err(fault_of_export)
    } else {
        verify(folder, asked.ledger.key_file.as_deref()).map_err(|error| match error {
            VerifyError::Fault(fault) => fault.to_string(),
            VerifyError::Unreadable(what) => format!("not verified: {what}"),
        })
    };
    match verified {
        Ok(Verified { records, erased, root, left_out }) => {
            for left_out in left_out {
                say(format_args!("{left_out}."));
            }
            if !of_an_export {
                let ledger = LedgerArguments { data: folder.clone(), ..asked.ledger.clone() };
                ledger.note(MarkKind::Verified, records);
            }
            say(format_args!("ok: {records} records ({erased} erased), root {root}"));
            ExitCode::SUCCESS
        }
        Err(told) => {
            say(told);
            ExitCode::FAILURE
        }
    }
}

fn fault_of_export(fault: ExportFault) -> String {
    match fault {
        ExportFault::Fault(_) => fault.to_string(),
        other => format!("not verified: {other}"),
    }
}
