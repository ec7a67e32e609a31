//! `keuze backup`: increments of a ledger in a folder, and whether they are as they were written.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use keuze_core::service::people::BACKUPS_LIVE;
use ledger::backup::{BackedUp, BackupRequest, VerifiedBackup, backup, verify_backup};
use ledger::clock::{Clock as _, SystemClock};
use ledger::formats::last_checkpoint::written;
use ledger::formats::mark::MarkKind;

use super::contacts::progress;
use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::say;

/// Beside a running server too, which goes on meanwhile.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Backup {
    #[command(subcommand)]
    task: Option<BackupTask>,
    /// The folder: a new one, an empty one, or a backup of the same ledger, which gets a new increment.
    #[arg(value_name = "DIR", required = true)]
    to: Option<PathBuf>,
    /// Increments that are older than so many days go, but for the newest. They hold the keys of people who were erased since,
    /// and an old root key opens them for 35 days.
    #[arg(long, value_name = "DAYS", default_value_t = 35)]
    keep: u16,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// What else there is to do with a backup.
#[derive(Subcommand)]
enum BackupTask {
    /// Reads every file of a backup, and recomputes the ledger in its newest increment.
    Verify(VerifyBackup),
}

/// Which backup.
#[derive(Args)]
struct VerifyBackup {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// How often a log tells how far it is.
const TOLD: Duration = Duration::from_secs(10);

/// A bar where somebody looks, else a line in the log now and then.
pub(super) struct Progress {
    bar: ProgressBar,
    last: Instant,
    what: &'static str,
}

impl Progress {
    pub(super) fn begin(what: &'static str) -> Self {
        Self { bar: progress(0), last: Instant::now(), what }
    }

    pub(super) fn tell(&mut self, done: u64, total: u64) {
        self.bar.set_length(total.max(done));
        self.bar.set_position(done);
        if self.bar.is_hidden() && self.last.elapsed() > TOLD {
            self.last = Instant::now();
            tracing::info!("{done} of about {total} {}", self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Backs up, or verifies a backup.
pub fn run(asked: &Backup) -> ExitCode {
    match &asked.task {
        Some(BackupTask::Verify(verify)) => run_verify(verify),
        None => super::serve::block_on(async move { make(asked) }),
    }
}

fn make(asked: &Backup) -> Result<(), Refusal> {
    asked.ledger.site()?;
    let to = asked.to.as_deref().ok_or_else(|| Refusal::told("name the folder of the backup"))?;
    let keep = time::Duration::days(asked.keep.into());
    let (data, key_file) = (&*asked.ledger.data, asked.ledger.key_file.as_deref());
    let mut progress = Progress::begin("bytes are looked at");
    let request = BackupRequest { data, key_file, to, at: SystemClock.now().at, keep };
    let done = backup(&request, &mut |done, total| progress.tell(done, total));
    drop(progress);
    let BackedUp { number, records, shared, copied, bytes, gone, told } = done.map_err(Refusal::told)?;
    for told in told {
        say(format_args!("{told}."));
    }
    asked.ledger.note(MarkKind::BackedUp, records);
    if keep > BACKUPS_LIVE {
        say(format_args!(
            "increments are kept for {} days, but whoever is erased is told that no backup can be opened after {}: older ones \
             may have no root key any more.",
            asked.keep,
            BACKUPS_LIVE.whole_days()
        ));
    }
    say(format_args!(
        "backed up: increment {number}, {records} records; {copied} files copied ({bytes} bytes), {shared} shared with earlier \
         ones; {gone} older increments went; `keuze backup verify {}` reads all of it",
        to.display()
    ));
    Ok(())
}

fn run_verify(VerifyBackup { folder, ledger }: &VerifyBackup) -> ExitCode {
    let key_file = Some(ledger.key_path()).filter(|path| ledger.key_file.is_some() || path.exists());
    let mut progress = Progress::begin("files are read");
    let verified = verify_backup(folder, key_file.as_deref(), &mut |done, total| progress.tell(done, total));
    drop(progress);
    match verified {
        Ok(VerifiedBackup { increments, files, newest }) => {
            for left_out in newest.left_out {
                say(format_args!("{left_out}."));
            }
            for (number, at, records) in &increments {
                say(format_args!("increment {number} of {}: {records} records", written(*at)));
            }
            say(format_args!(
                "ok: {} increments in {files} files; the newest has {} records ({} erased), root {}",
                increments.len(),
                newest.records,
                newest.erased,
                newest.root
            ));
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in &faults {
                say(fault);
            }
            ExitCode::FAILURE
        }
    }
}
