//! `keuze restore`: an increment of a backup in the place of what is in the data directory.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ledger::backup::{Restore, RestoreRequest, restore};
use ledger::clock::{Clock as _, SystemClock};
use ledger::formats::last_checkpoint::written;
use time::OffsetDateTime;
use vault::random::SystemRandom;

use super::backup::Progress;
use super::refusal::Refusal;
use super::say;

/// With the server stopped. What stands in the data directory is kept beside it.
#[derive(Args)]
pub struct RestoreBackup {
    /// The folder of the backup.
    #[arg(value_name = "DIR")]
    backup: PathBuf,
    /// The data directory that it is put into.
    #[arg(long, default_value = "./data")]
    data: PathBuf,
    /// The file with the root key; without it, a file beside the data directory.
    #[arg(long, env = "KEUZE_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// The number of an increment, as `keuze backup verify` lists them; without it, the newest.
    #[arg(long, value_name = "NUMBER")]
    increment: Option<u32>,
    /// Also in the place of a ledger that has what the backup has not, or cannot be read.
    #[arg(long)]
    over_newer: bool,
}

/// Restores.
///
/// # Errors
/// What is in the way; the sentence says whether anything was changed.
pub async fn run(asked: RestoreBackup) -> Result<(), Refusal> {
    super::serve::refuse_postgres()?;
    let request = RestoreRequest {
        backup: &asked.backup,
        increment: asked.increment,
        data: &asked.data,
        key_file: asked.key_file.as_deref(),
        over_newer: asked.over_newer,
        at: SystemClock.now().at,
        random: Arc::new(SystemRandom),
    };
    let mut progress = Progress::begin("steps of the restore are done");
    let done = restore(&request, &mut |done, total| progress.tell(done, total)).await;
    drop(progress);
    let Restore { number, made, restored, record, aside } = done.map_err(Refusal::told)?;
    say(lost(restored.lost_from, restored.lost_until));
    if let Some(aside) = aside {
        say(format_args!("What stood in {} is in {}.", asked.data.display(), aside.display()));
    }
    say("Before anything is sent: docs/operating.md, \"After a restore\", says what is to be looked at.");
    say(format_args!(
        "restored: increment {number} of {}, {} records; record {record} says so, and `keuze verify` checks all of it",
        written(made),
        restored.records
    ));
    Ok(())
}

/// What is missing, in a sentence.
fn lost(from: Option<OffsetDateTime>, until: Option<OffsetDateTime>) -> String {
    let from = from.map_or_else(|| "the beginning".to_owned(), |from| format!("{} (UTC)", written(from)));
    match until {
        Some(until) => format!(
            "What was recorded after {from}, until {} (UTC), is lost: objections, withdrawals and erasures may be among it.",
            written(until)
        ),
        None => format!(
            "What was recorded after {from} is lost, and nothing beside the root key says until when there was anything: \
             objections, withdrawals and erasures may be among it."
        ),
    }
}
