//! `keuze contacts import`: people and earlier choices from another system.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::event::Actor;
use serde::{Deserialize, Serialize};

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::say;
use super::task::{self, Say, Talk};
use keuze_core::service::Services;
use keuze_core::service::people::ActError;
use keuze_core::service::people::import::{CameTo, Mode, RowReport, Summary, rows};
use ledger::AppendError;

/// What to do with contacts.
#[derive(Subcommand)]
pub enum Contacts {
    /// Says what a file would bring, row by row; records it with --write.
    Import(Import),
}

/// What to import.
#[derive(Args)]
pub struct Import {
    /// CSV with a header, or JSON Lines; a pipe is read to its end first. Columns: customer, name, language, email, phone, postcode, `house_number`,
    /// addition, street, place, country, lines, channels, contract, `same_entity`, `informed_on`, `opt_out_offered_on`,
    /// `opt_out_used`, products, `objected_channels`, `objected_on`, `same_person`.
    file: PathBuf,
    /// Records; without it nothing is.
    #[arg(long)]
    write: bool,
    /// The system that the file comes from; without it the file's name. An objection without a date that was lifted since
    /// by the person's own yes is not taken a second time from the same one.
    #[arg(long)]
    source: Option<String>,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// What is asked of whoever holds the ledger; the file is the input.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportCommand {
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
    let (file, bytes) = opened(&path).map_err(unreadable)?;
    let bar = progress(bytes);
    let asked = ImportCommand { name: path.clone(), bytes, write, source };
    let input = Box::new(BufReader::new(bar.wrap_read(file)));
    let outcome =
        task::run(&ledger, task::ControlCommand::Import(asked), input, &mut LinesBesideBar(bar.clone())).await;
    bar.finish_and_clear();
    outcome
}

/// A file and its length. A pipe has none that could be known before its end, and its rows are people: it is read into memory,
/// and not to another file.
fn opened(path: &Path) -> std::io::Result<(Box<dyn BufRead + Send>, u64)> {
    let mut file = File::open(path)?;
    let known = file.metadata()?;
    if known.is_file() {
        return Ok((Box::new(BufReader::new(file)), known.len()));
    }
    let mut whole = Vec::new();
    file.read_to_end(&mut whole)?;
    let bytes = whole.len() as u64;
    Ok((Box::new(Cursor::new(whole)), bytes))
}

/// Takes the rows of a file over, or says what they would bring.
///
/// # Errors
/// As [`run`].
pub async fn import(services: &Services, asked: &ImportCommand, talk: Talk<'_>) -> Result<(), Refusal> {
    let Talk { input, say } = talk;
    let whole = BufReader::new(Whole { inner: input, left: asked.bytes });
    let lines = rows(&asked.name, whole).map_err(Refusal::told)?;
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
    let summary = services.contact_import.import(lines, source, mode, Actor::System, &mut each).await;
    let summary = summary.map_err(|error| {
        let why = match error {
            ActError::Append(AppendError::NotRecorded(why)) => why.to_string(),
            error => error.to_string(),
        };
        Refusal::Told(format!(
            "stopped: {why}. The rows that were told of are recorded, and of those behind them some may be; run the same file \
             again, which records nothing twice"
        ))
    })?;
    for line in summed(summary, asked.write) {
        say.say(&line)?;
    }
    if let Some(sentence) = shortfall(summary, asked) {
        return Err(Refusal::Told(sentence));
    }
    gone.map_or(Ok(()), |error| Err(error.into()))
}

/// What is left to be done about a file; nothing where every row and every no in it was taken.
fn shortfall(summary: Summary, asked: &ImportCommand) -> Option<String> {
    match summary {
        Summary { refused, .. } if refused > 0 => {
            Some(format!("{refused} rows were refused; mend them and run the same file again"))
        }
        // An export that broke looks like this, and nobody should take it for a day without news.
        Summary { rows: 0, .. } => Some(format!("{} holds no row; nothing was imported", asked.name.display())),
        Summary { no_not_recorded: lost, .. } if lost > 0 => Some(format!(
            "{lost} rows say a no that is not recorded; add what it stands on and run the same file again"
        )),
        _ => None,
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
struct LinesBesideBar(ProgressBar);

impl Say for LinesBesideBar {
    fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.0.suspend(|| say(format_args!("{line}")));
        Ok(())
    }
}

/// How far something is that has so much to do; drawn on a terminal only.
pub(super) fn progress(total: u64) -> ProgressBar {
    let is_terminal = std::io::stderr().is_terminal();
    let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} so far, {eta} to go");
    ProgressBar::with_draw_target(Some(total), target).with_style(style.expect("a template"))
}

/// What a row came to, a line for each thing that somebody should know; none where all went well.
fn sentences(report: &RowReport) -> Vec<String> {
    let refused = match report.came_to {
        CameTo::Refused(fault) => Some(format!("refused: {fault}")),
        CameTo::Recorded | CameTo::NothingNew | CameTo::Blank => None,
    };
    let lines = match report {
        RowReport { line, last, .. } if line == last => format!("line {line}"),
        RowReport { line, last, .. } => format!("lines {line}-{last}"),
    };
    let notes = report.notes.iter().map(ToString::to_string);
    refused.into_iter().chain(notes).map(|what| format!("{lines}: {what}")).collect()
}

/// What the whole file came to.
fn summed(summary: Summary, written: bool) -> Vec<String> {
    let Summary { rows, recorded, nothing_new, refused, no_all_the_same, met_a_no, without_basis, blank, .. } = summary;
    let recorded_as = if written { "recorded" } else { "to be recorded" };
    let mut lines = vec![format!(
        "{rows} rows: {recorded} {recorded_as}, {nothing_new} with nothing new, {refused} refused ({no_all_the_same} of them \
         with a no that is taken all the same); {met_a_no} meet a standing no, {without_basis} without a basis for some channel"
    )];
    if blank > 0 {
        lines.push(format!("{blank} lines hold nothing but separators and were passed over"));
    }
    if summary.another_person > 0 {
        lines.push(format!(
            "{} with a customer number that had another name and address before; say same_person yes in a row \
             whose person is the same, or merge them at the desk",
            summary.another_person
        ));
    }
    if !written {
        lines.push("nothing was recorded; add --write to record this".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::task::tests::Report;
    use keuze_core::service::fixture::TestApp;

    async fn came_to(app: &TestApp, name: &str, text: &str) -> (Result<(), String>, String) {
        let asked = ImportCommand { name: name.into(), bytes: text.len() as u64, write: true, source: None };
        let mut said = Report::default();
        let talk = Talk { input: Box::new(text.as_bytes()), say: &mut said };
        let outcome = import(&app.services, &asked, talk).await.map_err(|refusal| refusal.to_string());
        (outcome, said.0)
    }

    /// A file without a single row is told of and fails, whichever way nothing stands in it; so does one without a header,
    /// and its first row stands in no error.
    #[tokio::test]
    async fn a_file_without_rows_fails_alike() {
        let app = TestApp::new().await;
        for (name, text) in [
            ("a.csv", ""),
            ("b.csv", "\n\n"),
            ("c.csv", ",,\n,,\n"),
            ("d.csv", "customer,email\n"),
            ("e.csv", "customer,email\n,\n,\n"),
            ("f.jsonl", ""),
            ("g.jsonl", "\n \n"),
            ("h.csv", "K-1,anna@geheim.nl\n"),
        ] {
            let (outcome, said) = came_to(&app, name, text).await;
            let refused = outcome.expect_err("nothing to import");
            assert!(refused.contains(name), "{refused}");
            assert!(!format!("{refused}{said}").contains("geheim") && !refused.contains("K-1"), "{refused}");
        }
        let (outcome, said) = came_to(&app, "fine.csv", "customer,email\nK-1,anna@example.nl\n,\n").await;
        assert_eq!(outcome, Ok(()));
        assert!(said.contains("1 lines hold nothing but separators"), "{said}");
    }

    /// A pipe is asked for no length: what comes through it is all that it holds.
    #[test]
    fn what_comes_through_a_pipe_is_read_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("people.csv");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("coreutils").success());
        for text in ["", "customer,email\nK-1,anna@example.nl\n", &"customer\n".repeat(100_000)] {
            let read = std::thread::scope(|scope| {
                scope.spawn(|| std::fs::write(&pipe, text));
                let (mut file, bytes) = opened(&pipe).expect("opened");
                let mut read = String::new();
                file.read_to_string(&mut read).expect("read");
                assert_eq!(bytes, read.len() as u64);
                read
            });
            assert_eq!(read, text);
        }
        assert!(opened(folder.path()).is_err(), "a folder is no file");
    }

    /// What is refused says which lines it covers, and that the command failed.
    #[tokio::test]
    async fn a_row_that_is_refused_names_its_lines_and_its_no() {
        let app = TestApp::new().await;
        let text = "customer,email,lines,objected_channels\n1,a@example.nl,\"Weg 1,\n2,b@example.nl,,all\n3,,,post\n";
        let (outcome, said) = came_to(&app, "x.csv", text).await;
        assert_eq!(outcome, Err("3 rows were refused; mend them and run the same file again".to_owned()));
        insta::assert_snapshot!(said, @"
        lines 2-4: refused: a quotation mark is opened and not closed properly; put one at both ends of the field, and double one inside it
        line 3: refused: the quotation mark that is opened in line 2 reaches here; mend that line first
        line 3: its no to newsletter, email is taken all the same
        line 4: refused: the quotation mark that is opened in line 2 reaches here; mend that line first
        line 4: it says no to post; not recorded: no known customer, and no address or number for that, can be read
        3 rows: 0 recorded, 0 with nothing new, 3 refused (1 of them with a no that is taken all the same); 0 meet a standing no, 0 without a basis for some channel
        ");
        let (outcome, said) = came_to(&app, "x.csv", "email,objected_channels\nc@example.nl,post email\n").await;
        assert!(outcome.is_err_and(|error| error.contains("1 rows say a no that is not recorded")));
        assert!(said.contains("line 2: it says no to post; not recorded"), "{said}");
    }
}
