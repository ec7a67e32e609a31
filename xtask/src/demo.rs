//! A demo that a built binary runs on a folder of its own, until it goes out of scope.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// A running demo, and what it said of itself.
pub struct Demo {
    process: Child,
    /// Kept open: whoever prints into nothing is ended by it.
    _said: BufReader<ChildStdout>,
    data: PathBuf,
    pub address: SocketAddr,
    /// The one-time password of the staff member `demo`.
    pub password: String,
    /// For every scope.
    pub api_key: String,
}

impl Demo {
    /// Starts it without limits and waits until it listens.
    ///
    /// # Errors
    /// It ended, or said something else.
    pub fn start(binary: &Path, folder: &Path, environment: &[(&str, OsString)]) -> Result<Self> {
        let data = folder.join("data");
        let mut command = Command::new(binary);
        command
            .arg("demo")
            .arg("--data")
            .arg(&data)
            .args(["--listen", "127.0.0.1:0"])
            .envs(environment.iter().cloned());
        command.env("KEUZE_KEY_FILE", folder.join("key")).env("KEUZE_RATE_LIMITS", "off").env_remove("RUST_LOG");
        let log = File::create(folder.join("log"))?;
        let mut process =
            command.stdout(Stdio::piped()).stderr(log).spawn().with_context(|| binary.display().to_string())?;
        let mut said = BufReader::new(process.stdout.take().context("stdout is piped")?);
        let (mut password, mut api_key, mut line) = (String::new(), String::new(), String::new());
        let address = loop {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                _ = process.wait();
                bail!("{} ended: {}", binary.display(), std::fs::read_to_string(folder.join("log"))?);
            }
            let last = line.split_whitespace().next_back().unwrap_or_default().to_owned();
            if line.contains("one-time password") {
                password = last;
            } else if line.starts_with("API key") {
                api_key = last;
            } else if let Some(address) = line.trim_end().strip_prefix("listening on http://") {
                break address.parse()?;
            }
        };
        Ok(Self { process, _said: said, data, address, password, api_key })
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Ends it as an operator would.
    ///
    /// # Errors
    /// It did not end well.
    pub fn stop(mut self) -> Result<()> {
        let id = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw).context("a process has a number")?;
        kill_process(id, Signal::TERM)?;
        if self.process.wait()?.success() { Ok(()) } else { bail!("the demo did not stop cleanly") }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
