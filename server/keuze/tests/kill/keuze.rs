//! The real binary as a child.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const KEUZE: &str = env!("CARGO_BIN_EXE_keuze");

/// When a server is killed.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// After so long.
    After(Duration),
    /// So long after the next shard's first file appears: the one before it is about to close.
    Closing(Duration),
    /// So long after the folder of a closed shard is begun.
    Filing(Duration),
}

impl Moment {
    fn wait(self, data: &Path) {
        match self {
            Self::After(moment) => std::thread::sleep(moment),
            Self::Closing(moment) => {
                let files = || names(&data.join("checkpoint")).len();
                let before = files();
                wait_until(|| files() > before);
                std::thread::sleep(moment);
            }
            Self::Filing(moment) => {
                wait_until(|| names(&data.join("closed")).iter().any(|name| is_in_making(name)));
                std::thread::sleep(moment);
            }
        }
    }
}

/// Looks often; gives up after a while.
fn wait_until(there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !there() && begun.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_micros(100));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn is_in_making(name: &str) -> bool {
    name.split_once('.').is_some_and(|(_, ending)| ending == "new")
}

/// What kills left of the change from shard to shard.
#[derive(Debug, Default)]
pub struct Interrupted {
    /// Kills after which the next shard had files and no record.
    closings: usize,
    /// Kills after which a shard was closed and its folder not begun.
    waiting: usize,
    /// Kills after which a folder was half made.
    filings: usize,
}

impl Interrupted {
    /// Looks at what a kill left.
    pub fn note(&mut self, data: &Path) {
        let shards: BTreeSet<String> = names(&data.join("journal")).into_iter().filter(|name| name != "logs").collect();
        let folders = names(&data.join("closed"));
        let files = names(&data.join("checkpoint"));
        let newest = files.iter().filter_map(|name| name.strip_suffix(".vkey")).filter(|name| *name != "logs").max();
        let is_empty = newest.is_some_and(|shard| names(&data.join("journal").join(shard)).is_empty());
        self.closings += usize::from(is_empty);
        self.filings += usize::from(folders.iter().any(|name| is_in_making(name)));
        let closed = shards.iter().take(shards.len().saturating_sub(1));
        let begun = |shard: &&String| folders.iter().any(|name| name.starts_with(shard.as_str()));
        self.waiting += usize::from(!closed.filter(|shard| !begun(shard)).collect::<Vec<_>>().is_empty());
    }

    /// Whether the kills came where they were meant to.
    pub fn is_met(&self) -> bool {
        self.closings + self.waiting > 0 && self.filings > 0
    }
}

/// A demo server on a port of its own.
pub struct DemoServer {
    child: Child,
    folder: PathBuf,
    /// Where it listens; 0 until it says so.
    pub port: u16,
}

impl DemoServer {
    /// Starts it and does not wait.
    pub fn spawn(folder: &Path) -> Self {
        Self::spawn_with(folder, &[])
    }

    /// The same, with more in its environment.
    pub fn spawn_with(folder: &Path, more: &[(&str, &OsStr)]) -> Self {
        let log = std::fs::File::options().append(true).create(true).open(folder.join("log"));
        let mut command = Command::new(KEUZE);
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder.join("data"));
        command.arg("--config").arg(configuration(folder));
        command.env("KEUZE_KEY_FILE", folder.join("root.key")).env("KEUZE_RATE_LIMITS", "off");
        command.envs(more.iter().copied()).env("RUST_BACKTRACE", "0");
        command.stdout(Stdio::piped()).stderr(log.expect("a log"));
        let child = command.spawn().expect("the binary starts");
        Self { child, folder: folder.to_path_buf(), port: 0 }
    }

    /// Starts it and waits until it says where it listens.
    pub fn start(folder: &Path) -> Self {
        match Self::spawn(folder).listening() {
            Ok(server) => server,
            Err(log) => panic!("the server did not start: {:#?}", log.lines().rev().take(5).collect::<Vec<_>>()),
        }
    }

    /// Waits until it says where it listens.
    ///
    /// # Errors
    /// It ended; what it said.
    pub fn listening(self) -> Result<Self, String> {
        let mut server = self;
        let mut output = BufReader::new(server.child.stdout.take().expect("piped"));
        let mut line = String::new();
        while output.read_line(&mut line).expect("readable") > 0 {
            if let Some(port) = port_in(&line) {
                server.port = port;
                // Whatever else it prints must not block it.
                std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
                return Ok(server);
            }
            line.clear();
        }
        Err(server.ended())
    }

    /// Waits until it has ended by itself, which is no success; gives what all of them have said.
    pub fn ended(mut self) -> String {
        let begun = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("it is ours") {
                Some(status) => break status,
                None => assert!(begun.elapsed() < Duration::from_mins(1), "it does not end"),
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.code(), Some(1), "it says that it failed");
        std::fs::read_to_string(self.folder.join("log")).expect("a log")
    }

    /// Sends SIGKILL at that moment.
    pub fn kill_at(mut self, moment: Moment) {
        moment.wait(&self.folder.join("data"));
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    /// Sends SIGTERM and waits for a clean end; gives the folder back.
    pub fn stop(mut self) -> PathBuf {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is installed");
        assert!(asked.success());
        assert!(self.child.wait().expect("it is ours").success(), "it stops cleanly");
        self.folder
    }

    /// How many records `keuze verify` finds beside the running server.
    pub fn verify(&self) -> u64 {
        verify(&self.folder)
    }
}

/// So many records fit a shard: as few as a configuration may say.
pub const SHARD: u64 = 1000;

/// The example, with small shards.
fn configuration(folder: &Path) -> PathBuf {
    let path = folder.join("keuze.toml");
    let shards = format!("\n[ledger]\nshard_records = {SHARD}\nshard_period = \"year\"\n");
    std::fs::write(&path, keuze_core::config::EXAMPLE.to_owned() + &shards).expect("written");
    path
}

/// `listening on http://127.0.0.1:40123` and what may stand behind it.
fn port_in(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("listening on http://")?;
    let digits = address.rsplit_once(':')?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// How many records `keuze verify` finds; fails unless everything adds up.
pub fn verify(folder: &Path) -> u64 {
    let mut command = Command::new(KEUZE);
    command.arg("verify").arg("--data").arg(folder.join("data")).env("KEUZE_KEY_FILE", folder.join("root.key"));
    let output = command.output().expect("the binary starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let records = text.lines().last().and_then(|line| line.strip_prefix("ok: ")?.split(' ').next()?.parse().ok());
    records.unwrap_or_else(|| panic!("no count in {text:?}"))
}
