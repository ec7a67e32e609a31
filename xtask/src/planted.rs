//! `cargo xtask faults`: whether the tests notice. Each fault of `xtask/faults.toml` is one line; it is planted in a worktree of the
//! last commit, the tests of its crate are run there, and they have to fail.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::crates::{self, Crate};
use crate::requirements::{self, File};
use crate::run;

/// The faults, by the crates they are in.
const LIST: &str = "xtask/faults.toml";

/// Where the worktree lies, and stays: only the first run builds everything.
const TREE: &str = "target/faults";

/// A line that would be wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    /// The crate whose tests have to notice it.
    of: String,
    breaks: String,
    /// The folder that it is in, where that is not the crate's.
    #[serde(rename = "in")]
    folder: Option<String>,
    /// A piece of a line that stands there once.
    was: String,
    /// What it becomes.
    is: String,
    /// Of the browser's files: the browser tests, in place of the crate's own.
    spec: Option<String>,
}

#[derive(Deserialize)]
struct FaultList {
    fault: Vec<Fault>,
}

/// Plants the faults one by one; those of one crate alone where it is named.
pub fn plant(only: Option<&str>) -> Result<()> {
    let faults: Vec<Fault> = faults()?.into_iter().filter(|fault| only.is_none_or(|only| fault.of == only)).collect();
    let (tree, members) = (tree()?, crates::members()?);
    let mut survived = Vec::new();
    for fault in &faults {
        println!("xtask: {}: {}", fault.of, fault.breaks);
        let place = place(fault, &requirements::files()?, &members)?;
        let path = tree.join(&place.path);
        std::fs::write(&path, place.planted(fault))?;
        let noticed = noticed(&tree, fault);
        std::fs::write(&path, place.sound)?;
        match noticed? {
            Some(test) => println!("xtask: noticed by {test}"),
            None => survived.push(format!("{}: {}", fault.of, fault.breaks)),
        }
    }
    if !survived.is_empty() {
        bail!("no test notices: {}", survived.join("; "));
    }
    println!("{} faults, each noticed", faults.len());
    Ok(())
}

fn faults() -> Result<Vec<Fault>> {
    let text = std::fs::read_to_string(run::root().join(LIST)).context(LIST)?;
    Ok(toml::from_str::<FaultList>(&text).context(LIST)?.fault)
}

/// The file that a fault belongs into.
struct Place {
    path: String,
    sound: String,
}

impl Place {
    /// The file with the fault in it.
    fn planted(&self, fault: &Fault) -> String {
        self.sound.replacen(&fault.was, &fault.is, 1)
    }
}

fn place(fault: &Fault, files: &[File], members: &[Crate]) -> Result<Place> {
    let of_crate = || members.iter().find(|member| member.name == fault.of).map(|member| member.folder.clone());
    let folder = fault.folder.clone().or_else(of_crate).with_context(|| format!("{LIST}: {} is no crate", fault.of))?;
    let beside = files.iter().filter(|file| file.path.starts_with(&format!("{folder}/")));
    let found: Vec<&File> = beside.filter(|file| file.text.contains(&fault.was)).collect();
    match found[..] {
        [file] if file.text.matches(&fault.was).count() == 1 => {
            Ok(Place { path: file.path.clone(), sound: file.text.clone() })
        }
        _ => bail!("{LIST}: `{}` does not stand in {folder} once. Mend: write what stands there now", fault.was),
    }
}

/// A worktree of the last commit with the browser files of this folder.
fn tree() -> Result<PathBuf> {
    let tree = run::root().join(TREE);
    let head = "HEAD^{commit}";
    if tree.join("Cargo.toml").exists() {
        let head = run::output("git", &["rev-parse", head], &run::root())?;
        run::output("git", &["checkout", "--quiet", "--force", "--detach", head.trim()], &tree)?;
    } else {
        run::output("git", &["worktree", "prune"], &run::root())?;
        run::output("git", &["worktree", "add", "--quiet", "--detach", TREE, head], &run::root())?;
    }
    let (from, to) = (crate::browser_files::site(), tree.join("target/site"));
    std::fs::create_dir_all(&to)?;
    for file in std::fs::read_dir(&from).with_context(|| format!("{}: cargo xtask build makes it", from.display()))? {
        let file = file?;
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(tree)
}

/// The first test that fails; `None` if all pass. What does not even compile is noticed by nobody.
fn noticed(tree: &Path, fault: &Fault) -> Result<Option<String>> {
    let compiled: &[&str] = &["build", "--quiet", "--tests", "--package", &fault.of];
    let tests: &[&str] = match &fault.spec {
        Some(spec) => &["xtask", "e2e", spec],
        None => {
            if !cargo(tree, compiled)?.0 {
                bail!("{LIST}: `{}` does not compile", fault.is);
            }
            &["test", "--quiet", "--package", &fault.of]
        }
    };
    let (passed, printed) = cargo(tree, tests)?;
    Ok((!passed).then(|| first_failed(&printed).to_owned()))
}

fn cargo(tree: &Path, arguments: &[&str]) -> Result<(bool, String)> {
    let mut command = Command::new(env!("CARGO"));
    for name in ["CARGO_TARGET_DIR", "CARGO_MANIFEST_DIR"] {
        command.env_remove(name);
    }
    let seeds = [("KEUZE_SEED", "1"), ("PROPTEST_RNG_SEED", "1")];
    let output = command.args(arguments).envs(seeds).current_dir(tree).output()?;
    let printed = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&printed).into_owned()))
}

/// The name of a test, as libtest or Playwright says that it failed.
fn first_failed(printed: &str) -> &str {
    let of_rust = printed.lines().find_map(|line| line.strip_prefix("---- ")?.strip_suffix(" stdout ----"));
    let of_browser = || printed.lines().find_map(|line| line.trim_start().strip_prefix("1) "));
    of_rust.or_else(of_browser).unwrap_or("what ended before any test said its name")
}
