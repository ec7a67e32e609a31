//! `cargo xtask bench`: how fast built binaries are, by HTTP and command line alone, each figure beside a floor that was measured in
//! the same run. Machines differ and neighbours come and go; what is worth comparing is the share of the floor.

mod figures;
mod floor;
mod import;
mod site;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use figures::{Figure, Measured};
use serde_json::json;
use site::BenchSite;

use crate::run;

/// How often everything but the import is measured, binary by binary in turns; the figure is the one in the middle.
const ROUNDS: usize = 3;

/// For programs: everything that the table shows.
const RESULT: &str = "target/bench.json";

/// Measures the binaries, in turns; without any, the release binary of this folder.
pub fn bench(mut binaries: Vec<PathBuf>, rows: usize) -> Result<()> {
    if binaries.is_empty() {
        crate::build()?;
        binaries.push(run::root().join("target/release/keuze"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(measure(&binaries, rows))?;
    for (binary, measured) in binaries.iter().zip(&measured) {
        println!("\n{}\n{measured}", binary.display());
    }
    let told = binaries.iter().zip(&measured);
    let told: Vec<_> =
        told.map(|(binary, measured)| json!({ "binary": binary, "figures": measured.to_json() })).collect();
    let path = run::root().join(RESULT);
    std::fs::write(&path, serde_json::to_string_pretty(&told)?).with_context(|| path.display().to_string())?;
    println!("\n{RESULT} has the same for programs");
    Ok(())
}

async fn measure(binaries: &[PathBuf], rows: usize) -> Result<Vec<Measured>> {
    let folder = tempfile::tempdir_in(run::root().join("target"))?;
    let mut measured: Vec<Measured> = binaries.iter().map(|_| Measured::default()).collect();
    let mut sites = Vec::new();
    for (at, binary) in binaries.iter().enumerate() {
        sites.push(BenchSite::open(binary, &made(folder.path(), at)?).await?);
    }
    for round in 1..=ROUNDS {
        for (at, site) in sites.iter_mut().enumerate() {
            println!("xtask: round {round} of {ROUNDS}, binary {}", at + 1);
            site.round(&mut measured[at]).await?;
        }
    }
    for (at, site) in sites.into_iter().enumerate() {
        println!("xtask: import of {rows} rows, binary {}", at + 1);
        let data = site.close()?;
        measured[at].add(Figure::Import, import::rates(&binaries[at], &data, rows)?);
    }
    Ok(measured)
}

fn made(folder: &Path, number: usize) -> Result<PathBuf> {
    let path = folder.join(number.to_string());
    std::fs::create_dir(&path)?;
    Ok(path)
}
