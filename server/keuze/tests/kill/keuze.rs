//! The real binary as a child.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const KEUZE: &str = env!("CARGO_BIN_EXE_keuze");

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
        let log = std::fs::File::options().append(true).create(true).open(folder.join("log"));
        let mut command = Command::new(KEUZE);
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder.join("data"));
        command.arg("--config").arg(configuration(folder));
        command.env("KEUZE_KEY_FILE", folder.join("root.key")).env("KEUZE_RATE_LIMITS", "off");
        command.stdout(Stdio::piped()).stderr(log.expect("a log"));
        let child = command.spawn().expect("the binary starts");
        Self { child, folder: folder.to_path_buf(), port: 0 }
    }

    /// Starts it and waits until it says where it listens.
    pub fn start(folder: &Path) -> Self {
        let mut server = Self::spawn(folder);
        let mut output = BufReader::new(server.child.stdout.take().expect("piped"));
        let mut line = String::new();
        while output.read_line(&mut line).expect("readable") > 0 {
            if let Some(port) = port_in(&line) {
                server.port = port;
                // Whatever else it prints must not block it.
                std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
                return server;
            }
            line.clear();
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        panic!("the server did not start: {last:#?}");
    }

    /// Sends SIGKILL at that moment.
    pub fn kill_after(mut self, moment: Duration) {
        std::thread::sleep(moment);
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    /// Sends SIGTERM and waits for a clean end.
    pub fn stop(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is installed");
        assert!(asked.success());
        assert!(self.child.wait().expect("it is ours").success(), "it stops cleanly");
    }

    /// How many records `keuze verify` finds beside the running server.
    pub fn verify(&self) -> u64 {
        verify(&self.folder)
    }
}

/// The example, with shards so small that they close while people choose.
fn configuration(folder: &Path) -> PathBuf {
    let path = folder.join("keuze.toml");
    let shards = "\n[ledger]\nshard_records = 1000\nshard_period = \"year\"\n";
    std::fs::write(&path, keuze_core::config::EXAMPLE.to_owned() + shards).expect("written");
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
