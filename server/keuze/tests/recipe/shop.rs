//! A newcomer at work for a shop of their own: a folder, a shell, the real binary.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keuze_core::config;
use tempfile::TempDir;

const KEUZE: &str = env!("CARGO_BIN_EXE_keuze");
const CONFIGURATION: &str = include_str!("../../../core/src/config/fixture.toml");

/// What a command came to.
pub struct CommandResult {
    /// Its exit status.
    pub status: i32,
    /// What it printed, both ways.
    pub text: String,
}

impl CommandResult {
    /// What it printed; it must have succeeded.
    pub fn succeeds(self) -> String {
        assert_eq!(self.status, 0, "{}", self.text);
        self.text
    }
}

/// Where the newcomer works.
pub struct Shop {
    folder: TempDir,
    server: Option<(Child, u16)>,
    said: String,
}

impl Shop {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder"), server: None, said: String::new() }
    }

    fn shell(&self, command: &str) -> Command {
        let program = Path::new(KEUZE).parent().expect("a folder").display();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command).current_dir(self.folder.path());
        shell.env("PATH", format!("{program}:{path}")).env_remove("KEUZE_KEY_FILE").env("RUST_LOG", "error");
        shell
    }

    /// Types a command, and what it asks for behind it.
    pub fn types(&self, command: &str, input: &str) -> CommandResult {
        let mut shell = self.shell(command);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = shell.spawn().expect("a shell");
        // A command that reads nothing may be over before.
        let _over = child.stdin.take().expect("piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("text")).concat();
        CommandResult { status: output.status.code().expect("an exit status"), text }
    }

    /// Starts the server of a command and waits until it listens.
    pub fn serves(&mut self, command: &str) {
        // A port of its own, as tests run side by side.
        let command = command.replace("127.0.0.1:8020", "127.0.0.1:0");
        let mut child = self.shell(&format!("exec {command}")).stdout(Stdio::piped()).spawn().expect("a shell");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        self.said.clear();
        let mut port = None;
        for line in lines.map(|line| line.expect("readable")) {
            self.said.extend([line.as_str(), "\n"]);
            if let Some(address) = line.strip_prefix("listening on http://") {
                port = address.rsplit(':').next().and_then(|port| port.parse().ok());
                break;
            }
        }
        self.server = Some((child, port.unwrap_or_else(|| panic!("{command}: {}", self.said))));
    }

    /// What the running server printed at its start.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Types a block of commands that speak to the running server, wherever it listens.
    pub fn types_to_the_server(&self, commands: &str) -> CommandResult {
        let (_, port) = self.server.as_ref().expect("it runs");
        self.types(&commands.replace("127.0.0.1:8020", &format!("127.0.0.1:{port}")), "")
    }

    /// Stops it as a system would.
    pub fn stops(&mut self) {
        let (mut child, _) = self.server.take().expect("it runs");
        assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill").success());
        assert!(child.wait().expect("ours").success(), "it stops cleanly");
    }

    pub fn is_killed(&mut self) {
        let (mut child, _) = self.server.take().expect("it runs");
        child.kill().expect("ours");
        child.wait().expect("ours");
    }

    /// What the server says of its health, asked at the site's own host.
    pub fn health(&self) -> u16 {
        let (_, port) = self.server.as_ref().expect("it runs");
        let mut server = TcpStream::connect(("127.0.0.1", *port)).expect("it listens");
        write!(server, "GET /keuze/health HTTP/1.1\r\nHost: winkel.example\r\nConnection: close\r\n\r\n")
            .expect("sent");
        let mut answer = String::new();
        server.read_to_string(&mut answer).expect("answered");
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
    }

    /// Asks the server as a program does; gives the status and what it answered.
    pub fn asks(&self, method: &str, address: &str, key: &str, body: &str) -> (u16, String) {
        let (_, port) = self.server.as_ref().expect("it runs");
        let mut server = TcpStream::connect(("127.0.0.1", *port)).expect("it listens");
        let head =
            format!("{method} {address} HTTP/1.1\r\nHost: www.winkel.example\r\nAuthorization: Bearer {key}\r\n");
        let content = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        write!(server, "{head}{content}Connection: close\r\n\r\n{body}").expect("sent");
        let mut answer = String::new();
        server.read_to_string(&mut answer).expect("answered");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("{answer}")), answer)
    }

    /// Writes the example with another name on it.
    pub fn writes_the_example_of_another_site(&self) {
        let text = config::EXAMPLE.replace("voipro.nl", "winkel.example").replace("Voipro", "De Winkel");
        std::fs::write(self.folder.path().join("keuze.toml"), text).expect("written");
    }

    /// Changes the example into the shop's own configuration.
    pub fn writes_its_own_configuration(&self) {
        std::fs::write(self.folder.path().join("keuze.toml"), CONFIGURATION).expect("written");
    }

    /// Changes something in it.
    pub fn changes_its_configuration(&self, from: &str, to: &str) {
        let file = self.folder.path().join("keuze.toml");
        let text = std::fs::read_to_string(&file).expect("there");
        assert!(text.contains(from));
        std::fs::write(file, text.replacen(from, to, 1)).expect("written");
    }

    /// Puts the files there that commands read: people of another system, and a mail that left.
    pub fn has_a_file_and_a_mail(&self, people: &str) {
        let config = config::parse("keuze.toml", CONFIGURATION).expect("valid");
        let sender = words::mailing::sender(&config.controller);
        let link = "https://winkel.example/keuze/afmelden/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let mail = format!(
            "DKIM-Signature: v=1; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=y\r\nFrom: <nieuws@winkel.example>\r\n\
             To: anna@example.nl\r\nSubject: Nieuws\r\nList-Unsubscribe: <{link}>\r\n\
             List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\nNieuws.\r\nStoppen: {link}\r\n{sender}\r\n"
        );
        for (name, text) in [("people.csv", people), ("mail.eml", &mail)] {
            std::fs::write(self.folder.path().join(name), text).expect("written");
        }
    }

    /// Whether there is such a file.
    pub fn has(&self, name: &str) -> bool {
        self.folder.path().join(name).symlink_metadata().is_ok()
    }

    /// Every file with its bytes.
    pub fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("readable") {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.display().to_string(), std::fs::read(&path).expect("readable"));
                }
            }
        }
        files
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.server {
            // A test that failed leaves nothing behind.
            let _over = child.kill();
            let _waited = child.wait();
        }
    }
}
