//! Running other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

/// Runs a program in a folder, showing what it prints.
pub fn program(name: &OsStr, arguments: &[&str], folder: &Path) -> Result<()> {
    let shown = Path::new(name).file_name().unwrap_or(name).display();
    let status = Command::new(name).args(arguments).current_dir(folder).status();
    let status = status.with_context(|| format!("{shown} could not be started"))?;
    if !status.success() {
        bail!("{shown} {} failed", arguments.first().copied().unwrap_or_default());
    }
    Ok(())
}

/// What a program prints.
pub fn output(name: &str, arguments: &[&str], folder: &Path) -> Result<String> {
    let output = Command::new(name).args(arguments).current_dir(folder).output()?;
    if !output.status.success() {
        bail!("{name} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs cargo in the workspace.
pub fn cargo(arguments: &[&str]) -> Result<()> {
    program(OsStr::new(env!("CARGO")), arguments, &root())
}

/// Whether a program can be started.
pub fn exists(name: &str) -> bool {
    Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Installs Debian packages; says what to install where this user may not.
pub fn apt(packages: &[&str]) -> Result<()> {
    let script = format!("apt-get update -qq && apt-get install -y -qq --no-install-recommends {}", packages.join(" "));
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let mut command = if root { Command::new("sh") } else { Command::new("sudo") };
    if !root {
        command.args(["-n", "sh"]);
    }
    let status = command.arg("-c").arg(&script).env("DEBIAN_FRONTEND", "noninteractive").status();
    if !status.is_ok_and(|status| status.success()) {
        bail!("please run: sudo apt-get install {}", packages.join(" "));
    }
    Ok(())
}
