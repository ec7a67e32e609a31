//! `cargo xtask bench`: how fast built binaries are, by HTTP and command line alone, each figure beside a floor that was measured in
//! the same run. Machines differ and neighbours come and go; what is worth comparing is the share of the floor.

mod figures;
mod floor;
mod import;
mod load;
mod site;
mod start;
mod usage;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use figures::{Figure, Measured};
pub use floor::serve as serve_floor;
use serde_json::{Value, json};
use site::BenchSite;

use crate::run;

/// How often everything but the import is measured, binary by binary in turns; the figure is the one in the middle.
const ROUNDS: usize = 3;

/// For programs: everything that the table shows.
const RESULT: &str = "target/bench.json";

/// The figures that were committed last, of one binary.
const COMMITTED: &str = "docs/performance.json";

/// Measures the binaries, in turns; without any, the release binary of this folder. Whoever measures is built in release, too: it
/// shares the machine with what is measured.
pub fn bench(mut binaries: Vec<PathBuf>, rows: usize, recorded: usize) -> Result<()> {
    if binaries.is_empty() {
        crate::build()?;
        binaries.push(run::root().join("target/release/keuze"));
    }
    if cfg!(debug_assertions) {
        return again_in_release(&binaries, rows, recorded);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(measure(&binaries, rows, recorded))?;
    let committed = std::fs::read(run::root().join(COMMITTED)).ok();
    let committed: Option<Value> = committed.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    for (binary, measured) in binaries.iter().zip(&measured) {
        println!("\n{}\n\n{measured}", binary.display());
        let compared = committed.as_ref().map(|committed| measured.compared(&committed[0])).unwrap_or_default();
        println!("\n{COMMITTED} has the shares of before\n{}", compared.join("\n"));
    }
    let told = binaries.iter().zip(&measured);
    let told: Vec<_> =
        told.map(|(binary, measured)| json!({ "binary": binary, "measured": measured.to_json() })).collect();
    let path = run::root().join(RESULT);
    std::fs::write(&path, serde_json::to_string_pretty(&told)?).with_context(|| path.display().to_string())?;
    println!("\n{RESULT} has the same for programs");
    Ok(())
}

fn again_in_release(binaries: &[PathBuf], rows: usize, recorded: usize) -> Result<()> {
    let (rows, recorded) = (rows.to_string(), recorded.to_string());
    let mut arguments = vec!["run", "--quiet", "--release", "--package", "xtask", "--", "bench"];
    arguments.extend(["--rows", &rows, "--recorded", &recorded]);
    for binary in binaries {
        arguments.extend(["--binary", binary.to_str().context("a path is text")?]);
    }
    run::cargo(&arguments)
}

async fn measure(binaries: &[PathBuf], rows: usize, recorded: usize) -> Result<Vec<Measured>> {
    let folder = tempfile::tempdir_in(run::root().join("target"))?;
    let mut measured: Vec<Measured> = binaries.iter().map(|_| Measured::default()).collect();
    let mut sites = Vec::new();
    for (at, binary) in binaries.iter().enumerate() {
        sites.push(BenchSite::open(binary, &made(folder.path(), at)?, recorded).await?);
    }
    for round in 1..=ROUNDS {
        for (at, site) in sites.iter().enumerate() {
            println!("xtask: round {round} of {ROUNDS}, binary {}, machine load {}", at + 1, usage::machine_load());
            site.round(&mut measured[at]).await?;
        }
    }
    for (at, site) in sites.into_iter().enumerate() {
        println!(
            "xtask: starts, and an import of {rows} rows, binary {}, machine load {}",
            at + 1,
            usage::machine_load()
        );
        let data = site.close()?;
        measured[at].alone = start::times(&binaries[at], &data)?;
        let (cost, floor) = import::rates(&binaries[at], &data, rows)?;
        measured[at].add(Figure::Import, cost, floor);
    }
    Ok(measured)
}

fn made(folder: &Path, number: usize) -> Result<PathBuf> {
    let path = folder.join(number.to_string());
    std::fs::create_dir(&path)?;
    Ok(path)
}
