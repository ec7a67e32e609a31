//! The command line.

mod backup;
mod check;
mod client;
mod contacts;
mod control;
mod data;
mod doctor;
mod erase;
mod export;
mod key;
mod log_lines;
mod mail;
mod policy;
mod refusal;
mod restore;
mod serve;
mod staff;
mod task;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use keuze_core::logging::may_be_written;

use data::LedgerArguments;
use log_lines::{LastLines, LogLines};
use refusal::Refusal;
use web::serve::raise_open_files;

/// Consent and objection, with proof.
#[derive(Parser)]
#[command(name = "keuze", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the server in the foreground.
    Serve(Serving),
    /// Runs the server with a host page, invented people, and a ledger of its own.
    Demo(Serving),
    /// Recomputes the whole ledger, or an export of one, and names the first record that fails.
    Verify(export::Verify),
    /// Writes records, tiles and checkpoints as plain files, which `keuze verify DIR` and others' tools can check.
    Export(export::Export),
    /// Backs the ledger up into a folder, or verifies such a backup.
    Backup(backup::Backup),
    /// Puts the ledger back from a backup, and records that it was.
    Restore(restore::RestoreBackup),
    /// Makes the databases anew from the journal; the old ones are kept beside them.
    Rebuild(LedgerArguments),
    /// Names every fault of a configuration, with its line and its mend.
    Check(check::Check),
    /// Looks at keys, permissions, clock, disk, limits and backups; names what is wrong with its mend, and changes nothing.
    Doctor(doctor::Doctor),
    /// What is in force.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// People and their contact points.
    #[command(subcommand)]
    Contacts(contacts::Contacts),
    /// Erases a person, by customer number or address given on stdin.
    Erase(erase::Erase),
    /// The keys that everything is sealed under.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Who may use the desk.
    #[command(subcommand)]
    Staff(staff::StaffTask),
    /// Which programs may ask and tell, each with an API key.
    #[command(subcommand)]
    Client(client::ClientTask),
    /// Checks mails before they are sent.
    #[command(subcommand)]
    Mail(mail::MailTask),
}

/// What a server needs to know.
#[derive(Args, Clone)]
pub struct Serving {
    /// The site configuration; without it, the built-in example.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// The data directory; `./data`, or `./demo-data` for the demo.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8020")]
    pub listen: std::net::SocketAddr,
    /// The file with the root key; without it, a file beside the data directory.
    #[arg(long, env = "KEUZE_KEY_FILE")]
    pub key_file: Option<PathBuf>,
}

/// Says a line. Where nobody reads on, it is lost, and what was asked is done all the same.
fn say(line: impl std::fmt::Display) {
    let _nobody_reads = writeln!(std::io::stdout(), "{line}");
}

/// The same of what is in the way.
fn complain(line: impl std::fmt::Display) {
    let _nobody_reads = writeln!(std::io::stderr(), "{line}");
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    keep_to_ourselves();
    raise_open_files();
    let _written_at_the_end = log();
    match Arguments::parse().command {
        Task::Serve(serving) => serve::run(&serving, false),
        Task::Demo(serving) => serve::run(&serving, true),
        Task::Verify(asked) => export::run_verify(&asked),
        Task::Export(asked) => serve::block_on(async move { export::run(&asked) }),
        Task::Backup(asked) => backup::run(&asked),
        Task::Restore(asked) => serve::block_on(restore::run(asked)),
        Task::Rebuild(ledger) => serve::block_on(rebuild(&ledger)),
        Task::Check(check) => check::run(&check),
        Task::Doctor(doctor) => doctor::run(&doctor),
        Task::Policy(policy) => serve::block_on(policy::run(policy)),
        Task::Contacts(contacts) => serve::block_on(contacts::run(contacts)),
        Task::Erase(erase) => serve::block_on(erase::run(erase)),
        Task::Key(key) => serve::block_on(key::run(key)),
        Task::Staff(staff) => serve::block_on(staff::run(staff)),
        Task::Client(client) => serve::block_on(client::run(client)),
        Task::Mail(mail::MailTask::Check(check)) => mail::run(&check),
        Task::Mail(mail::MailTask::Classes(classes)) => serve::block_on(mail::classes(classes)),
    }
}

/// Whatever a command makes, such as the files of the database, is for its owner alone.
fn keep_to_ourselves() {
    #[expect(unsafe_code, reason = "the one way to set it; no other thread runs yet")]
    // SAFETY: it takes and gives a number, and cannot fail.
    let _before = unsafe { libc::umask(0o077) };
}

/// Logs to stderr until what this gives goes out of scope; `RUST_LOG` chooses how much, and colours are for terminals.
fn log() -> LastLines {
    let chosen = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let colours = std::io::stderr().is_terminal();
    let (to_stderr, last) = LogLines::to(std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(to_stderr).with_target(false);
    tracing_subscriber::registry().with(lines.with_filter(chosen.and(filter_fn(may_be_written)))).init();
    last
}

async fn rebuild(ledger: &LedgerArguments) -> Result<(), Refusal> {
    ledger.open_anew()?.close().await;
    say(
        "the databases were made anew from the journal; the old ones are kept beside them as sled.aside-1 or the next number",
    );
    Ok(())
}
