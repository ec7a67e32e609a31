//! Packages from npm.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Result, bail};

use crate::run;

/// Installs a folder's packages when they are missing or their list has changed.
pub fn install(folder: &Path, what: &str) -> Result<()> {
    let installed = folder.join("node_modules/.package-lock.json");
    let newer = |a: &Path, b: &Path| Some(a.metadata().ok()?.modified().ok()? > b.metadata().ok()?.modified().ok()?);
    if newer(&folder.join("package-lock.json"), &installed) == Some(false) {
        return Ok(());
    }
    if !run::exists("npm") {
        bail!("npm is missing: install Node 20 or newer with npm (on Debian: apt-get install nodejs npm)");
    }
    println!("xtask: installing {what} from npm");
    run::program(OsStr::new("npm"), &["ci", "--no-audit", "--no-fund"], folder)
}
