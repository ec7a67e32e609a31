//! What a visitor downloads, against the committed budget.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::browser_files::site;
use crate::run;

/// Compares every line of `docs/size-budget.toml` (files joined by ` + ` = bytes in brotli 11) with what was built.
pub fn check() -> Result<()> {
    let folder = made_by_server();
    fs::create_dir_all(&folder)?;
    let folder = folder.to_str().context("the workspace's path is not UTF-8")?;
    run::cargo(&["run", "--quiet", "--package", "web", "--example", "embed_files", "--", folder])?;
    let mut over = Vec::new();
    println!("{:<26} {:>8} {:>8}  brotli", "file", "bytes", "budget");
    for (name, budget) in budgets()? {
        let size = name.split(" + ").map(measure).sum::<Result<usize>>()?;
        println!("{name:<26} {size:>8} {budget:>8}");
        if size > budget {
            over.push(format!("{name} has {size} bytes, {budget} are allowed"));
        }
    }
    if !over.is_empty() {
        bail!("{}", over.join("; "));
    }
    Ok(())
}

/// Where the files go that the server makes for a site; apart from those that are built into it.
fn made_by_server() -> PathBuf {
    run::root().join("target/embed")
}

fn measure(name: &str) -> Result<usize> {
    let found = [site(), made_by_server()].into_iter().map(|folder| folder.join(name)).find(|path| path.exists());
    brotli(&fs::read(found.with_context(|| format!("{name} was not built"))?)?)
}

fn budgets() -> Result<BTreeMap<String, usize>> {
    let file = run::root().join("docs/size-budget.toml");
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    toml::from_str(&text).with_context(|| format!("{}: each line is: \"file\" = bytes", file.display()))
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out.len())
}
