//! People's flows in a real Chromium (`end2end`), against the server of the development profile.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{npm, run};

/// Installs what the tests need, builds the server and runs Playwright.
pub fn run(playwright: &[String]) -> Result<()> {
    let folder = run::root().join("end2end");
    chromium()?;
    openssl()?;
    npm::install(&folder, "Playwright and axe")?;
    run::cargo(&["build", "--package", "server"])?;
    let arguments: Vec<&str> = ["test"].into_iter().chain(playwright.iter().map(String::as_str)).collect();
    run::program(folder.join("node_modules/.bin/playwright").as_os_str(), &arguments, &folder)
}

/// Debian's Chromium: the tests are written against this one, so that everybody sees the same.
fn chromium() -> Result<()> {
    installed("/usr/bin/chromium", "chromium")
}

/// Makes the certificate of the tests' proxy.
fn openssl() -> Result<()> {
    installed("/usr/bin/openssl", "openssl")
}

fn installed(program: &str, package: &str) -> Result<()> {
    if Path::new(program).exists() {
        return Ok(());
    }
    if !run::exists("apt-get") {
        bail!("the browser tests need {program}: install {package}");
    }
    println!("xtask: installing Debian's {package}");
    run::apt(&[package])
}
