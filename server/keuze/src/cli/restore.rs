//! `keuze restore`: an increment of a backup in the place of what is in the data directory.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use keuze_core::config::{self, KeptAwaySettings};
use ledger::backup::{Restore, RestoreRequest, configuration, restore};
use ledger::clock::{Clock as _, SystemClock};
use ledger::files::Layout;
use ledger::formats::last_checkpoint::written;
use model::event::PutBack;
use model::identity::RecordAddress;
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
    /// The folder with what was kept away (`[kept_away]` in keuze.toml); without it, the one that is configured.
    #[arg(long, value_name = "FOLDER")]
    kept_away: Option<PathBuf>,
    /// Without what was kept away: whoever was erased or objected since the backup is unknown then.
    #[arg(long, conflicts_with = "kept_away")]
    without_kept_away: bool,
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
    let kept_away = asked.kept_away_folder()?;
    let request = RestoreRequest {
        kept_away: kept_away.as_deref(),
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
    let Restore { number, made, restored, record, gaps, aside } = done.map_err(Refusal::told)?;
    say(lost(restored.lost_from, restored.lost_until));
    for line in put_back(restored.put_back.as_ref(), &gaps) {
        say(line);
    }
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

impl RestoreBackup {
    /// Where that is which was kept away.
    fn kept_away_folder(&self) -> Result<Option<PathBuf>, Refusal> {
        if self.without_kept_away || self.kept_away.is_some() {
            return Ok(self.kept_away.clone());
        }
        // What is configured today, or was when the increment was made.
        let there = std::fs::read_to_string(Layout(self.data.clone()).configuration()).ok();
        let text = match there {
            Some(text) => Some(text),
            None => configuration(&self.backup, self.increment).map_err(Refusal::told)?,
        };
        let settings = text.and_then(|text| config::parse("keuze.toml", &text).ok()).and_then(|read| read.kept_away);
        match settings {
            None => Ok(None),
            Some(KeptAwaySettings { folder: Some(folder), .. }) if folder.is_dir() => Ok(Some(folder)),
            Some(_) => Err(Refusal::told(
                "this site keeps away what must outlive a restore, and it is in no folder that is here: whoever was erased or \
                 objected since the backup would be unknown. Save what was mailed or handed to the command as files in a folder, \
                 and name it: --kept-away FOLDER. Where nothing of it can be had, add --without-kept-away. Nothing was changed",
            )),
        }
    }
}

/// What was put back of that which is lost, a sentence each.
fn put_back(put_back: Option<&PutBack>, gaps: &[(RecordAddress, RecordAddress)]) -> Vec<String> {
    let Some(PutBack { until, objections, keys }) = put_back else {
        return vec!["Nothing was kept away, so none of it was put back.".to_owned()];
    };
    let done = format!(
        "Put back from what was kept away until {} (UTC): {objections} objections on contact points; {keys} keys of people who were \
         erased were destroyed again.",
        written(*until)
    );
    let gap = |(from, until): &(RecordAddress, RecordAddress)| {
        format!(
            "Nothing that was kept away tells of the records from {from} up to before {until}: whoever was erased or objected \
             there is unknown."
        )
    };
    std::iter::once(done).chain(gaps.iter().map(gap)).collect()
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
