//! `keuze contacts import`: people and earlier choices from another system.

use std::fs::File;
use std::io::{BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};

use app::model::event::Actor;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Serving, serve};
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
    serving: Serving,
}

/// Runs it; the server must be stopped, since it holds the ledger.
///
/// # Errors
/// A sentence that says what is in the way, or that rows were refused; the report on stdout says which.
pub async fn run(import: &Import) -> Result<(), String> {
    let keuze = serve::keuze_for_command(&import.serving)?;
    let outcome = take(&keuze, import).await;
    keuze.scribe.close().await;
    let summary = outcome?;
    print_summary(summary, import.write);
    match summary.refused {
        0 => Ok(()),
        refused => Err(format!("{refused} rows were refused; mend them and run the same file again")),
    }
}

async fn take(keuze: &Keuze, import: &Import) -> Result<Summary, String> {
    let bar = progress(&import.file)?;
    let file =
        File::open(&import.file).map_err(|error| format!("{} cannot be read: {error}", import.file.display()))?;
    let lines = rows(&import.file, BufReader::new(bar.wrap_read(file)))?;
    let mode = if import.write { Mode::Write } else { Mode::DryRun };
    let mut each = |report: &RowReport| sentences(report).iter().for_each(|line| bar.suspend(|| println!("{line}")));
    let name = import.file.file_name().unwrap_or_default().to_string_lossy();
    let source = import.source.as_deref().unwrap_or(&name);
    let summary = keuze.import(lines, source, mode, Actor::System, &mut each).await;
    bar.finish_and_clear();
    summary.map_err(|error| format!("{error}; what was told of until here is recorded, run the same file again"))
}

/// How far the file is read; drawn on a terminal only.
fn progress(file: &Path) -> Result<ProgressBar, String> {
    let bytes = std::fs::metadata(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?.len();
    let is_terminal = std::io::stderr().is_terminal();
    let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} so far, {eta} to go");
    let style = style.map_err(|error| error.to_string())?;
    Ok(ProgressBar::with_draw_target(Some(bytes), target).with_style(style))
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

fn print_summary(summary: Summary, written: bool) {
    let Summary { rows, recorded, nothing_new, refused, no_all_the_same, met_a_no, without_basis } = summary;
    let recorded_as = if written { "recorded" } else { "to be recorded" };
    println!(
        "{rows} rows: {recorded} {recorded_as}, {nothing_new} with nothing new, {refused} refused ({no_all_the_same} of them \
         with a no that is taken all the same); {met_a_no} meet a standing no, {without_basis} without a basis for some channel"
    );
    if !written {
        println!("nothing was recorded; add --write to record this");
    }
}
