//! Keeping away what must outlive a restore: after acts that erase or object, and at an interval.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::mail::{MailQueue, PATIENCE};
use super::people::{BACKUPS_LIVE, People};
use crate::config::{Config, KeptAwaySettings};
use ledger::clock::Clock;
use ledger::files::replace_file;
use ledger::formats::fact::QueuedMail;
use ledger::kept_away::{KeptAway, KeptAwayError, remove_older};
use ledger::{AppendError, Ledger, ReadError};

/// Acts that come together are kept away together.
const GATHERS: Duration = Duration::from_secs(5);

/// Why something was not kept away. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum KeepAwayError {
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The folder.
    #[error("the folder {folder}: {error}")]
    Folder { folder: String, error: io::Error },
    /// A file of the folder that is too old.
    #[error(transparent)]
    Older(#[from] KeptAwayError),
    #[error("the mail cannot be queued: {0}")]
    Mail(#[from] AppendError),
    /// The command could not be run.
    #[error("the command {program}: {error}")]
    Command { program: String, error: io::Error },
    /// The command did not end with 0.
    #[error("the command {program} ended with {status}")]
    Refused { program: String, status: std::process::ExitStatus },
    #[error("until where it was kept away cannot be noted: {0}")]
    Note(#[source] io::Error),
}

/// Keeps away what must outlive a restore.
pub struct KeepAway {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    config: Arc<Config>,
    people: Arc<People>,
    mail: Arc<MailQueue>,
}

impl KeepAway {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        config: Arc<Config>,
        people: Arc<People>,
        mail: Arc<MailQueue>,
    ) -> Self {
        Self { ledger, clock, config, people, mail }
    }

    /// Keeps away at once, after each act that erases or objects, and after each interval, for as long as it is polled.
    pub async fn keep_for_ever<P: Future<Output = ()>>(&self, pause: impl Fn(Duration) -> P) {
        let Some(settings) = &self.config.kept_away else { return };
        loop {
            if let Err(error) = self.keep().await {
                tracing::error!(%error, "what must outlive a restore could not be kept away; it is tried again");
            }
            tokio::select! {
                () = pause(settings.every) => {}
                () = self.people.to_keep_away.notified() => pause(GATHERS).await,
            }
        }
    }

    /// Keeps away what came since the last time, by every way that is configured; gives how many texts that took.
    ///
    /// # Errors
    /// What is in the way. What was kept away before is not kept away again.
    pub async fn keep(&self) -> Result<usize, KeepAwayError> {
        let Some(settings) = &self.config.kept_away else { return Ok(0) };
        // What is mailed is recorded, too, and is for the next time.
        let (mut from, end, mut texts) = (self.ledger.kept_until(), self.ledger.end(), 0);
        loop {
            let (now, ledger) = (self.clock.now().at, self.ledger.clone());
            let kept = tokio::task::spawn_blocking(move || ledger.keep_away(from, now)).await;
            let kept = kept.expect("it does not panic")?;
            self.put(settings, &kept).await?;
            self.ledger.note_kept_away(&kept).map_err(KeepAwayError::Note)?;
            texts += 1;
            if kept.until == from || kept.until >= end {
                return Ok(texts);
            }
            from = kept.until;
        }
    }

    async fn put(&self, settings: &KeptAwaySettings, kept: &KeptAway) -> Result<(), KeepAwayError> {
        let text = kept.to_text();
        if let Some(folder) = &settings.folder {
            let told = |error| KeepAwayError::Folder { folder: folder.display().to_string(), error };
            // It is not made: what is not mounted would be kept on the disk that it is to be kept away from.
            replace_file(&folder.join(kept.file_name()), text.as_bytes()).map_err(told)?;
            remove_older(folder, &kept.site, kept.at - BACKUPS_LIVE)?;
        }
        if let Some(command) = &settings.command {
            let (command, text) = (command.clone(), text.clone());
            tokio::task::spawn_blocking(move || run(&command, &text)).await.expect("it does not panic")?;
        }
        if let Some(to) = &settings.mail {
            let mail = QueuedMail {
                what: "kept-away".to_owned(),
                to: to.clone(),
                language: "en".to_owned(),
                subject: format!("Keuze {}: keep this away ({})", kept.site, kept.file_name()),
                text,
                until: self.clock.now().at + PATIENCE,
            };
            self.mail.queue_mail(mail).await?;
        }
        Ok(())
    }
}

/// Hands a text to a program, which took it if it ends with 0.
fn run(command: &[String], text: &str) -> Result<(), KeepAwayError> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let told = |error| KeepAwayError::Command { program: program.clone(), error };
    let mut child = Command::new(program);
    child.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child.spawn().map_err(told)?;
    let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(text.as_bytes()));
    let status = child.wait().map_err(told)?;
    if !status.success() {
        return Err(KeepAwayError::Refused { program: program.clone(), status });
    }
    // One that ends with 0 and did not read it all took less than it should.
    written.map_err(told)
}

#[cfg(test)]
mod tests;
