//! Limits of open files: what a start says of them, and that nothing acknowledged is lost where they run out.

#[expect(dead_code, reason = "the kills ask for more")]
#[path = "kill/client.rs"]
mod client;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use client::KillClient;
use ledger::verify::verify;
use serde_json::{Value, json};

const KEUZE: &str = env!("CARGO_BIN_EXE_keuze");

/// A server under limits that a shell sets before it.
struct Limited {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Limited {
    fn start(folder: &Path, limit: &str) -> Self {
        let config = folder.join("keuze.toml");
        let shards = "\n[ledger]\nshard_records = 1000\nshard_period = \"year\"\n";
        std::fs::write(&config, keuze_core::config::EXAMPLE.to_owned() + shards).expect("written");
        let script =
            format!("{limit}; exec '{KEUZE}' demo --listen 127.0.0.1:0 --config '{}' --data \"$0\"", config.display());
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(folder.join("data")).env("KEUZE_KEY_FILE", folder.join("root.key"));
        command.env("KEUZE_RATE_LIMITS", "off").env("RUST_LOG", "info,web::access=warn");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("there is a shell");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, output }
    }

    /// Where it listens; `None` if it ended before it did.
    fn port(&mut self) -> Option<u16> {
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("text") > 0 {
            if let Some((_, address)) = line.split_once("listening on http://") {
                return address.trim().rsplit_once(':')?.1.parse().ok();
            }
            line.clear();
        }
        None
    }

    /// Waits for its end, and gives what it said.
    fn ended(mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
        (self.child.wait().expect("ours"), said)
    }

    fn stop(self) -> (ExitStatus, String) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is installed");
        assert!(asked.success());
        self.ended()
    }
}

/// The soft limit of a process.
fn soft_limit(process: u32) -> u64 {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).expect("it runs");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("told");
    line.split_whitespace().next().and_then(|limit| limit.parse().ok()).expect("a number")
}

#[test]
fn with_too_few_files_a_start_says_so_and_makes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Limited::start(folder.path(), "ulimit -n 64");
    assert_eq!(server.port(), None);
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(1));
    assert!(
        said.contains("this process have 64 files open, and a server needs 256. Raise that where it is started"),
        "{said}"
    );
    assert!(said.contains("LimitNOFILE=20000"), "{said}");
    assert!(!folder.path().join("data").exists() && !folder.path().join("root.key").exists(), "nothing was made");
    // The soft limit alone is raised.
    let mut server = Limited::start(folder.path(), "ulimit -Sn 64");
    assert!(server.port().is_some());
    assert!(soft_limit(server.child.id()) > 64);
    assert!(server.stop().0.success());
    // As few as it starts with.
    let mut server = Limited::start(folder.path(), "ulimit -n 256");
    assert!(server.port().is_some());
    let (status, said) = server.stop();
    assert!(status.success(), "{said}");
    assert!(said.contains("have 256 files open, which is good for 64 connections at once"), "{said}");
}

/// Records a choice after the other until one is not answered; the addresses of those that were acknowledged.
fn choose(port: u16, most: usize, round: &str) -> BTreeSet<(String, u64)> {
    let client = KillClient::new(port);
    let policy = client.policy();
    let mut acknowledged = BTreeSet::new();
    for number in 0..most {
        match client.choose(&policy, number % 4 == 0, &format!("{round}-{number}")) {
            Ok(Some(address)) => _ = acknowledged.insert(address),
            Ok(None) => {}
            Err(_) => break,
        }
    }
    acknowledged
}

fn held(data: &Path, key: &Path, acknowledged: &BTreeSet<(String, u64)>) {
    let verified = verify(data, Some(key)).expect("it adds up");
    assert!(verified.records >= acknowledged.len() as u64, "{} of {}", verified.records, acknowledged.len());
}

/// Connections that say nothing and connections that ask leave files for the shards that begin meanwhile.
#[test]
fn under_load_with_few_files_shards_begin_and_everything_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Limited::start(folder.path(), "ulimit -n 256");
    let port = server.port().expect("it starts");
    let silent: Vec<_> = (0..300).filter_map(|_| TcpStream::connect(("127.0.0.1", port)).ok()).collect();
    assert!(silent.len() > 200, "more than there is room for");
    let clients = (0..4).map(|client| std::thread::spawn(move || choose(port, 400, &client.to_string())));
    let clients: Vec<_> = clients.collect();
    let acknowledged: BTreeSet<_> = clients.into_iter().flat_map(|client| client.join().expect("it ended")).collect();
    assert!(acknowledged.iter().any(|(shard, _)| shard == "0002"), "a shard began");
    assert_eq!(acknowledged.len(), 1600, "all of them");
    drop(silent);
    assert!(server.stop().0.success());
    held(&folder.path().join("data"), &folder.path().join("root.key"), &acknowledged);
}

/// A connection that stays, for whoever has one when no other can be had.
struct Connected {
    stream: BufReader<TcpStream>,
    host: String,
    choice: String,
}

impl Connected {
    fn new(port: u16) -> Self {
        let host = format!("127.0.0.1:{port}");
        let stream = BufReader::new(TcpStream::connect(&host).expect("it listens"));
        let mut connected = Self { stream, host, choice: String::new() };
        let (status, policy) = connected.ask("GET", "/keuze/api/v1/policy", "").expect("answered");
        assert_eq!(status, 200, "{policy}");
        let policy: Value = serde_json::from_str(&policy).expect("JSON");
        let purposes = policy["purposes"].as_array().expect("a list").iter();
        let optional = purposes.filter(|purpose| purpose["regime"] != "necessary");
        let refused = optional.map(|purpose| (purpose["id"].as_str().expect("a text").to_owned(), Value::Bool(false)));
        let refused: serde_json::Map<_, _> = refused.collect();
        connected.choice =
            json!({"policy": policy["id"], "language": "nl", "control": "refuse_all", "purposes": refused}).to_string();
        connected
    }

    /// Status and body; `None` where the connection ended.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let (host, length) = (&self.host, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n");
        let rest = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.get_mut().write_all((head + &rest).as_bytes()).ok()?;
        let (mut status, mut length, mut line) = (None, 0, String::new());
        while self.stream.read_line(&mut line).ok()? > 2 {
            let lower = line.to_ascii_lowercase();
            status = status.or_else(|| lower.split(' ').nth(1)?.parse().ok());
            length = lower.strip_prefix("content-length:").and_then(|text| text.trim().parse().ok()).unwrap_or(length);
            line.clear();
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some((status?, String::from_utf8(body).ok()?))
    }

    /// Refuses again and again, until one is not recorded.
    fn refuse(&mut self, most: usize) -> BTreeSet<(String, u64)> {
        let choice = self.choice.clone();
        let mut acknowledged = BTreeSet::new();
        for _ in 0..most {
            let Some((201, body)) = self.ask("POST", "/keuze/api/v1/choices", &choice) else { break };
            let answer: Value = serde_json::from_str(&body).expect("JSON");
            let shard = answer["shard"].as_str().expect("a shard").to_owned();
            acknowledged.insert((shard, answer["index"].as_u64().expect("an index")));
        }
        acknowledged
    }
}

/// Whoever runs it may use up its files, by its control socket. The shard that is to begin then finds none.
#[test]
fn where_files_run_out_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, key): (PathBuf, PathBuf) = (folder.path().join("data"), folder.path().join("root.key"));
    let mut server = Limited::start(folder.path(), "ulimit -n 256");
    let port = server.port().expect("it starts");
    let mut connected = Connected::new(port);
    let mut acknowledged = connected.refuse(700);
    assert_eq!(acknowledged.len(), 700);
    // Each takes two: one to read and one to answer.
    let greedy: Vec<_> = (0..400).map_while(|_| UnixStream::connect(data.join("control")).ok()).collect();
    assert!(greedy.len() > 110, "{}", greedy.len());
    acknowledged.extend(connected.refuse(1_000));
    assert!(acknowledged.len() < 1_100, "the second shard was not begun: {}", acknowledged.len());
    drop((greedy, connected));
    let (status, said) = server.stop();
    assert!(said.contains("Too many open files"), "the test can fail: {said}");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("nothing more is acknowledged"), "{said}");
    held(&data, &key, &acknowledged);
    // It goes on where it was.
    let mut server = Limited::start(folder.path(), "ulimit -n 256");
    let port = server.port().expect("it starts");
    let before = acknowledged.len();
    acknowledged.extend(choose(port, 10, "again"));
    assert_eq!(acknowledged.len(), before + 10, "each has an address of its own");
    assert!(server.stop().0.success());
    held(&data, &key, &acknowledged);
}
