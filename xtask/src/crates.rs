//! The crates against `docs/architecture.md`: each manifest names only crates that stand below, no crate hands on another's
//! types, nothing in the workspace's manifest is for nobody, and no folder with a manifest is left out.

pub mod picture;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::requirements::{self, File};
use crate::{faults, run, wasm};

/// Where the order of the crates stands.
pub const DOCUMENT: &str = "docs/architecture.md";

/// Pure crates that the browser's half may use: they are built for it, so that they stay so.
const ALSO_FOR_BROWSERS: [&str; 3] = ["model", "tlog", "words"];

/// Needs nothing of ours and is needed by nothing.
const APART: &str = "xtask";

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crate {
    pub name: String,
    /// From the repository's folder.
    pub folder: String,
    /// Of ours, in every build.
    pub needs: BTreeSet<String>,
    /// Of ours, for tests or under a feature.
    pub may_need: BTreeSet<String>,
}

/// Compares manifests, sources and the picture with the order of the crates.
pub fn check() -> Result<()> {
    let (members, files) = (members()?, requirements::files()?);
    let document = std::fs::read_to_string(run::root().join(DOCUMENT))?;
    let mut found = order_faults(&document, &members);
    found.extend(handed_on(&members, &files));
    found.extend(left_out(&members, &files));
    found.extend(for_nobody(&files));
    found.extend(picture::fault(&members));
    faults::told(&found, "the crates")?;
    println!("{} crates, each on those below it", members.len());
    Ok(())
}

/// Builds each crate by itself, so that none lives on features that another asks for, and the pure ones for browsers.
pub fn build_alone() -> Result<()> {
    for member in members()?.iter().filter(|member| member.name != "panel") {
        run::cargo(&["check", "--quiet", "--package", &member.name])?;
    }
    wasm::build_libraries(&ALSO_FOR_BROWSERS)
}

/// Asks cargo-machete for dependencies that no source names.
pub fn unused() -> Result<()> {
    run::program(OsStr::new("cargo-machete"), &["--skip-target-dir"], &run::root())
}

/// Asks cargo-deny about licences, sources and duplicates; for advisories it would have to reach their database.
pub fn deny() -> Result<()> {
    let arguments = ["--offline", "--all-features", "check", "bans", "licenses", "sources"];
    run::program(OsStr::new("cargo-deny"), &arguments, &run::root())
}

/// The members, as cargo knows them.
pub fn members() -> Result<Vec<Crate>> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(run::root()).output()?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo lists the packages")?;
    packages.iter().map(member).collect()
}

fn member(package: &Value) -> Result<Crate> {
    let text = |value: &Value| value.as_str().map(str::to_owned).context("cargo names packages and manifests");
    let manifest = text(&package["manifest_path"])?;
    let folder = manifest.trim_end_matches("/Cargo.toml").trim_start_matches(&*run::root().to_string_lossy());
    let (mut needs, mut may_need) = (BTreeSet::new(), BTreeSet::new());
    for dependency in package["dependencies"].as_array().into_iter().flatten().filter(|one| one["path"].is_string()) {
        let always = dependency["kind"].is_null() && dependency["optional"] == false;
        if always { &mut needs } else { &mut may_need }.insert(text(&dependency["name"])?);
    }
    may_need.retain(|name| !needs.contains(name));
    Ok(Crate { name: text(&package["name"])?, folder: folder.trim_start_matches('/').to_owned(), needs, may_need })
}

/// What the table of crates says: each folder and the names it stands on, from the ground up.
fn rows(document: &str) -> Vec<(&str, Vec<&str>)> {
    let table = document.lines().skip_while(|line| !line.starts_with("| crate |")).skip(2);
    let cells = table.take_while(|line| line.starts_with('|')).map(|line| line.trim_matches('|').split('|'));
    cells.filter_map(|mut cells| Some((*quoted(cells.next()?).first()?, quoted(cells.next_back()?)))).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Manifests that name what does not stand below, and rows that are not so.
fn order_faults(document: &str, members: &[Crate]) -> Vec<String> {
    let (rows, mut faults) = (rows(document), Vec::new());
    let place = |folder: &str| rows.iter().position(|(row, _)| *row == folder);
    let of_name = |name: &str| members.iter().find(|member| member.name == name);
    let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (folder, stands_on) in &rows {
        let Some(member) = members.iter().find(|member| member.folder == *folder) else { continue };
        let through = stands_on.iter().flat_map(|name| below.get(name).cloned().unwrap_or_default());
        let all: BTreeSet<&str> = through.chain(stands_on.iter().copied()).collect();
        for name in &member.needs {
            if !all.contains(name.as_str()) {
                faults.push(format!(
                    "{folder}/Cargo.toml: {name} is not below {folder}. Mend: move what needs it, or change the table of {DOCUMENT}."
                ));
            }
        }
        let upward = |name: &&String| of_name(name).and_then(|other| place(&other.folder)) >= place(folder);
        for name in member.may_need.iter().filter(upward) {
            faults
                .push(format!("{folder}/Cargo.toml: {name} is above {folder}, also for a test. Mend: move the test."));
        }
        for name in stands_on.iter().filter(|name| !member.needs.contains(**name)) {
            faults.push(format!("{DOCUMENT}: {folder} does not stand on {name}. Mend: take it out of the table."));
        }
        below.insert(member.name.as_str(), all);
    }
    let unlisted = members.iter().filter(|member| member.name != APART && place(&member.folder).is_none());
    faults.extend(unlisted.map(|member| format!("{DOCUMENT}: the table has no row for {}.", member.folder)));
    faults
}

/// `pub use` of another crate of ours: whoever needs its types names it.
fn handed_on(members: &[Crate], files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        for (line, text) in file.lines() {
            let path = text.trim_start().strip_prefix("pub use ").map(|path| path.trim_start_matches("::"));
            let first = path.and_then(|path| path.split([':', ';', ' ']).next());
            if let Some(other) = members.iter().find(|member| Some(member.name.as_str()) == first) {
                let (path, name) = (&file.path, &other.name);
                faults.push(format!("{path}:{line}: hands on a type of {name}. Mend: name {name} where it is used."));
            }
        }
    }
    faults
}

/// Folders with a manifest that are no member: nothing of theirs would be built or tested.
fn left_out(members: &[Crate], files: &[File]) -> Vec<String> {
    let folders = files.iter().filter_map(|file| file.path.strip_suffix("/Cargo.toml"));
    let alone = folders.filter(|folder| members.iter().all(|member| member.folder != *folder));
    alone
        .map(|folder| format!("{folder}/Cargo.toml: no member of the workspace. Mend: name it in Cargo.toml."))
        .collect()
}

/// Dependencies of the workspace's manifest that no member asks for.
fn for_nobody(files: &[File]) -> Vec<String> {
    let Some(workspace) = files.iter().find(|file| file.path == "Cargo.toml") else { return Vec::new() };
    let section = workspace.lines().skip_while(|(_, line)| *line != "[workspace.dependencies]").skip(1);
    let lines = section.take_while(|(_, line)| !line.starts_with('['));
    let named =
        lines.filter_map(|(at, line)| Some((at, line.split_once(" = ")?.0))).filter(|(_, name)| !name.starts_with('#'));
    let asked = |name: &str| {
        let starts = [format!("{name}.workspace = true"), format!("{name} = {{ workspace = true")];
        let mut manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
        manifests.any(|file| file.text.lines().any(|line| starts.iter().any(|start| line.starts_with(start))))
    };
    let unasked = named.filter(|(_, name)| !asked(name));
    unasked.map(|(at, name)| format!("Cargo.toml:{at}: no member asks for {name}. Mend: take it out.")).collect()
}
