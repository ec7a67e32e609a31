//! `keuze contacts import`: people and earlier choices from another system.

use std::fs::File;
use std::io::{BufReader, IsTerminal as _, Read};
use std::path::PathBuf;

use app::model::event::Actor;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use super::refusal::Refusal;
use super::task::{self, Say, Talk};
use crate::service::Keuze;
use crate::service::people::import::{CameTo, Mode, RowReport, Summary, rows};

/// What to do with contacts.
#[derive(Subcommand)]
pub enum Contacts {
    /// Says what a file would bring, row by row; records it with --write.
    Import(Import),
}

/// What to import.
#[derive(Args)]
pub struct Import {
    /// CSV with a header, or JSON Lines. Columns: customer, name, language, email, phone, postcode, `house_number`,
    /// addition, street, place, country, lines, channels, contract, `same_entity`, `informed_on`, `opt_out_offered_on`,
    /// `opt_out_used`, products, `objected_channels`, `objected_on`.
    file: PathBuf,
    /// Records; without it nothing is.
    #[arg(long)]
    write: bool,
    /// The system that the file comes from; without it the file's name. An objection without a date that was lifted since
    /// by the person's own yes is not taken a second time from the same one.
    #[arg(long)]
    source: Option<String>,
    #[command(flatten)]
    ledger: Ledger,
}

/// What is asked of whoever holds the ledger; the file is the input.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// What the file is called.
    name: PathBuf,
    /// How many bytes it has.
    bytes: u64,
    /// Whether it is recorded.
    write: bool,
    /// The system that it comes from.
    source: Option<String>,
}

/// Runs it.
///
/// # Errors
/// A sentence that says what is in the way, or that rows were refused; the report on stdout says which.
pub async fn run(Contacts::Import(asked): Contacts) -> Result<(), Refusal> {
    let Import { file: path, write, source, ledger } = asked;
    let unreadable = |error| Refusal::File { path: path.clone(), error };
    let file = File::open(&path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    let bar = progress(bytes);
    let asked = Asked { name: path.clone(), bytes, write, source };
    let input = Box::new(BufReader::new(bar.wrap_read(file)));
    let outcome = task::run(&ledger, task::Asked::Import(asked), input, &mut Beside(bar.clone())).await;
    bar.finish_and_clear();
    outcome
}

/// Takes the rows of a file over, or says what they would bring.
///
/// # Errors
/// As [`run`].
pub async fn import(keuze: &Keuze, asked: &Asked, talk: Talk<'_>) -> Result<(), Refusal> {
    let Talk { input, say } = talk;
    let whole = BufReader::new(Whole { inner: input, left: asked.bytes });
    let lines = rows(&asked.name, whole)?;
    let mode = if asked.write { Mode::Write } else { Mode::DryRun };
    let mut gone = None;
    let mut each = |report: &RowReport| {
        for line in sentences(report) {
            // Whoever listened is missed at the end: what is under way is not half told, half done.
            gone = say.say(&line).err().or(gone.take());
        }
    };
    let name = asked.name.file_name().unwrap_or_default().to_string_lossy();
    let source = asked.source.as_deref().unwrap_or(&name);
    let summary = keuze.import(lines, source, mode, Actor::System, &mut each).await;
    let summary = summary.map_err(|error| {
        Refusal::Told(format!(
            "stopped at a row: {error}. The rows before it are recorded; run the same file again, which records nothing twice"
        ))
    })?;
    for line in summed(summary, asked.write) {
        say.say(&line)?;
    }
    match summary.refused {
        0 => gone.map_or(Ok(()), |error| Err(error.into())),
        refused => Err(Refusal::Told(format!("{refused} rows were refused; mend them and run the same file again"))),
    }
}

/// A file of a known length that comes over a connection: an end before it is a broken connection, and the row that it
/// breaks off must not be taken for a whole one.
struct Whole<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        if read == 0 && most > 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// Lines beside a bar that shows how far the file is read.
struct Beside(ProgressBar);

impl Say for Beside {
    fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.0.suspend(|| println!("{line}"));
        Ok(())
    }
}

/// How far the file is read; drawn on a terminal only.
fn progress(bytes: u64) -> ProgressBar {
    let is_terminal = std::io::stderr().is_terminal();
    let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} so far, {eta} to go");
    ProgressBar::with_draw_target(Some(bytes), target).with_style(style.expect("a template"))
}

/// What a row came to, a line for each thing that somebody should know; none where all went well.
fn sentences(report: &RowReport) -> Vec<String> {
    let refused = match report.came_to {
        CameTo::Refused(fault) => Some(format!("refused: {fault}")),
        CameTo::Recorded | CameTo::NothingNew => None,
    };
    let notes = report.notes.iter().map(ToString::to_string);
    refused.into_iter().chain(notes).map(|what| format!("line {}: {what}", report.line)).collect()
}

/// What the whole file came to.
fn summed(summary: Summary, written: bool) -> Vec<String> {
    let Summary { rows, recorded, nothing_new, refused, no_all_the_same, met_a_no, without_basis } = summary;
    let recorded_as = if written { "recorded" } else { "to be recorded" };
    let mut lines = vec![format!(
        "{rows} rows: {recorded} {recorded_as}, {nothing_new} with nothing new, {refused} refused ({no_all_the_same} of them \
         with a no that is taken all the same); {met_a_no} meet a standing no, {without_basis} without a basis for some channel"
    )];
    if !written {
        lines.push("nothing was recorded; add --write to record this".to_owned());
    }
    lines
}
