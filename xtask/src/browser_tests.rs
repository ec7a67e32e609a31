//! People's flows in a real Chromium (`end2end`), against the server of the development profile.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{npm, run};

/// Installs what the tests need.
pub fn install() -> Result<()> {
    installed("/usr/bin/chromium", "chromium")?;
    // Makes the certificate of the tests' proxy.
    installed("/usr/bin/openssl", "openssl")?;
    // The banner is measured in letters of a known width.
    installed("/usr/share/fonts/truetype/liberation", "fonts-liberation")?;
    npm::install(&folder(), "Playwright and axe")
}

/// Builds the server and runs Playwright.
pub fn run(playwright: &[String]) -> Result<()> {
    install()?;
    let folder = folder();
    run::cargo(&["build", "--package", "keuze"])?;
    let cases = run::root().join("target/device-cases.json");
    let cases = cases.to_str().context("the workspace's path is not UTF-8")?;
    run::cargo(&["run", "--quiet", "--package", "web", "--example", "device_cases", "--", cases])?;
    let arguments: Vec<&str> = ["test"].into_iter().chain(playwright.iter().map(String::as_str)).collect();
    run::program(folder.join("node_modules/.bin/playwright").as_os_str(), &arguments, &folder)
}

fn folder() -> PathBuf {
    run::root().join("end2end")
}

/// Debian's packages: the tests are written against these, so that everybody sees the same.
fn installed(path: &str, package: &str) -> Result<()> {
    if Path::new(path).exists() {
        return Ok(());
    }
    if !run::exists("apt-get") {
        bail!("the browser tests need {path}: install {package}");
    }
    println!("xtask: installing Debian's {package}");
    run::apt(&[package])
}
