//! How long a start takes, after a stop and after a kill, and how long a check of everything takes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::demo::Demo;

/// With the server of the data directory stopped, and left stopped.
pub fn times(binary: &Path, data: &Path) -> Result<Vec<(String, String)>> {
    let folder = data.parent().unwrap_or(data);
    let start = Instant::now();
    let demo = Demo::start(binary, folder, &[])?;
    let after_stop = start.elapsed();
    // Killed as it is.
    drop(demo);
    let start = Instant::now();
    let demo = Demo::start(binary, folder, &[])?;
    let after_kill = start.elapsed();
    demo.stop()?;
    let start = Instant::now();
    let mut command = Command::new(binary);
    command.arg("verify").arg("--data").arg(data).env("KEUZE_KEY_FILE", folder.join("key"));
    let output = command.stderr(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("the ledger of the measurement does not verify");
    }
    let verified = start.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = |name: &str, took: Duration| (name.to_owned(), format!("{:.2} s", took.as_secs_f64()));
    Ok(vec![
        told("start", after_stop),
        told("start after a kill", after_kill),
        told("verify", verified),
        ("verify says".to_owned(), said.lines().next().unwrap_or_default().to_owned()),
    ])
}
