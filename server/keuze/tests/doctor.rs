//! `keuze doctor` as a program: beside a server and without one, under real limits, in any time zone.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const KEUZE: &str = env!("CARGO_BIN_EXE_keuze");

/// A ledger in which something was published, and its root key.
struct Place(tempfile::TempDir);

impl Place {
    fn published() -> Self {
        let place = Self(tempfile::tempdir().expect("a folder"));
        std::fs::create_dir(place.path("secrets")).expect("made");
        std::fs::write(place.path("keuze.toml"), keuze_core::config::EXAMPLE).expect("written");
        let made = place.keuze(&["policy", "publish", "--yes", "--config"], Some("keuze.toml"));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("KEUZE_KEY_FILE", self.path("secrets/key")).env_remove("RUST_LOG");
        command
    }

    fn keuze(&self, words: &[&str], file: Option<&str>) -> Output {
        let mut command = self.command(KEUZE);
        command.args(words).args(file.map(|file| self.path(file))).arg("--data").arg(self.path("data"));
        command.output().expect("the binary starts")
    }

    /// What `keuze doctor --json` says, and its exit status; under a shell that runs `before` first.
    fn doctor(&self, before: &str, zone: &str) -> (Value, i32) {
        let mut command = self.command("sh");
        let script = format!("{before} exec '{KEUZE}' doctor --json --data '{}'", self.path("data").display());
        let output = command.arg("-c").arg(script).env("TZ", zone).output().expect("there is a shell");
        let json = serde_json::from_slice(&output.stdout);
        let json = json.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        (json, output.status.code().expect("it ended by itself"))
    }

    fn serve(&self) -> (Child, u32) {
        let mut command = self.command(KEUZE);
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(self.path("keuze.toml"));
        command.arg("--data").arg(self.path("data")).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        assert!(lines.any(|line| line.expect("text").starts_with("listening on ")), "it starts");
        let process = child.id();
        (child, process)
    }
}

fn stop(mut server: Child) {
    let asked = Command::new("kill").arg(server.id().to_string()).status().expect("kill is installed");
    assert!(asked.success() && server.wait().expect("ours").success(), "it stops cleanly");
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("a list");
    checks.iter().find(|finding| finding["check"] == name).unwrap_or_else(|| panic!("{name} is there: {report:#}"))
}

/// Every file under a folder with its bytes.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        match std::fs::read(&path) {
            Ok(bytes) => _ = found.insert(path, bytes),
            Err(_) if path.is_dir() => found.extend(everything(&path)),
            // The socket of a running server.
            Err(_) => _ = found.insert(path, Vec::new()),
        }
    }
    found
}

#[test]
fn it_runs_beside_a_server_and_without_one_and_changes_nothing() {
    let place = Place::published();
    let before = everything(place.0.path());
    let (report, status) = place.doctor("", "");
    assert_eq!((&report["running"], &report["site"]), (&Value::Bool(false), &Value::from("www.voipro.nl")));
    assert_eq!((&report["status"], status), (&Value::from("warning"), 1), "{report:#}");
    assert_eq!(check(&report, "verification")["status"], "warning");
    assert!(everything(place.0.path()) == before, "nothing was changed");

    let (server, process) = place.serve();
    // The database is written behind the start.
    let (report, _) = place.doctor("", "");
    assert_eq!(report["running"], true);
    assert_eq!(check(&report, "ledger")["values"]["process"], process);
    assert_eq!(check(&report, "one-writer")["status"], "ok");
    assert!(check(&report, "open-files")["values"]["open"].as_u64().expect("told") > 3, "of the server");
    assert_eq!(check(&report, "sync-time")["values"]["syncs"], 9);
    assert!(!everything(place.0.path()).keys().any(|path| path.to_string_lossy().contains("probe")));
    let text = place.keuze(&["doctor"], None);
    let text = String::from_utf8(text.stdout).expect("text");
    assert!(text.contains(&format!("a server runs on it, process {process}.")), "{text}");
    assert!(text.lines().last().is_some_and(|last| last.contains(" faults, ")), "{text}");
    let verified = place.keuze(&["verify"], None);
    assert!(verified.status.success());
    let (report, _) = place.doctor("", "");
    assert_eq!(check(&report, "verification")["status"], "ok", "it was verified a moment ago");
    stop(server);
}

#[test]
fn a_copy_of_the_keys_that_was_shown_is_known() {
    let place = Place::published();
    std::fs::copy(place.path("secrets/key"), place.path("safe")).expect("copied");
    assert_eq!(check(&place.doctor("", "").0, "root-key-escrow")["status"], "warning");
    let shown = place.keuze(&["key", "escrowed", "--root"], Some("safe"));
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    assert_eq!(check(&place.doctor("", "").0, "root-key-escrow")["status"], "ok");
    assert!(place.keuze(&["key", "rotate", "--root"], None).status.success());
    assert_eq!(check(&place.doctor("", "").0, "root-key-escrow")["status"], "warning", "it is another key now");
    assert!(
        !place.keuze(&["key", "escrowed", "--root"], Some("safe")).status.success(),
        "the copy is of the one before"
    );
    assert!(place.keuze(&["key", "escrowed"], None).status.success(), "on the operator's word");
    assert_eq!(check(&place.doctor("", "").0, "root-key-escrow")["status"], "ok");
}

#[test]
fn the_limit_of_open_files_is_the_real_one() {
    let place = Place::published();
    let limited = |limit: &str| check(&place.doctor(&format!("ulimit -n {limit};"), "").0, "open-files").clone();
    let few = limited("64");
    assert_eq!((&few["status"], &few["values"]["limit"]), (&Value::from("fault"), &Value::from(64)), "{few:#}");
    assert!(few["mend"].as_str().is_some_and(|mend| mend.contains("LimitNOFILE")), "{few:#}");
    assert_eq!(limited("700")["values"]["limit"], 700);
    assert_ne!(check(&place.doctor("", "").0, "open-files")["status"], "fault", "without that limit");
}

#[test]
fn the_time_zone_of_the_machine_plays_no_part() {
    let place = Place::published();
    for zone in ["UTC", "Pacific/Kiritimati", "America/Adak", "nowhere"] {
        let (report, _) = place.doctor("", zone);
        let clock = check(&report, "clock");
        let behind = clock["values"]["behind_seconds"].as_i64().expect("told");
        assert!((-600..=0).contains(&behind), "{zone}: {clock:#}");
        assert!(clock["values"]["now"].as_str().is_some_and(|now| now.ends_with('Z')), "{zone}: {clock:#}");
    }
}

#[test]
fn where_there_is_no_ledger_that_is_what_it_says() {
    let place = Place(tempfile::tempdir().expect("a folder"));
    let (report, status) = place.doctor("", "");
    assert_eq!((&report["status"], status), (&Value::from("fault"), 2));
    assert_eq!((&report["site"], &report["running"]), (&Value::Null, &Value::Null));
    assert_eq!(report["checks"].as_array().map(Vec::len), Some(1));
    assert!(check(&report, "ledger")["what"].as_str().is_some_and(|what| what.starts_with("there is no ledger in")));
    assert!(!place.path("data").exists(), "nothing was made");
}
