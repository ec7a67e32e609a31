//! The browser files: scripts and styles made small, in `target/site`, where the server's build picks them up.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{npm, run, wasm};

/// Where the browser files go, whatever `CARGO_TARGET_DIR` says.
pub fn site() -> PathBuf {
    run::root().join("target/site")
}

/// Makes all browser files.
pub fn build() -> Result<()> {
    let tools = tools()?;
    let root = run::root();
    fs::create_dir_all(site())?;
    script(&tools, &root.join("frontend/embed/embed.js"), "embed.min.js", &[])?;
    style(&tools, &["style/banner.css"], "banner.min.css")?;
    style(&tools, &["style/tokens.css", "style/page.css"], "page.min.css")?;
    module(&tools, "later", &["later"])?;
    module(&tools, "release", &["placeholder"])?;
    let icon = site().join("icon.new");
    fs::copy(root.join("public/icon.svg"), &icon)?;
    put(&icon, "icon.svg")?;
    panel(&tools)
}

/// The folder of the npm tools.
fn tools() -> Result<PathBuf> {
    let folder = run::root().join("xtask/node");
    npm::install(&folder, "terser, lightningcss and binaryen")?;
    Ok(folder.join("node_modules/.bin"))
}

/// A script of later moments, with its styles in it: a page that allows no inline style takes an adopted sheet.
fn module(tools: &Path, script_name: &str, styles: &[&str]) -> Result<()> {
    let mut source = fs::read_to_string(run::root().join(format!("frontend/embed/{script_name}.js")))?;
    for name in styles {
        let made = minified_style(tools, &[&format!("style/{name}.css")])?;
        let css = fs::read_to_string(&made)?;
        fs::remove_file(made)?;
        source = source.replace(&format!("'@{name}.css'"), &serde_json::to_string(css.trim())?);
    }
    let whole = site().join(format!("{script_name}.js.whole"));
    fs::write(&whole, source)?;
    script(tools, &whole, &format!("{script_name}.min.js"), &["--module"])?;
    Ok(fs::remove_file(whole)?)
}

/// The settings panel: glue with its styles, and module, in `target/wasm` first so that an unchanged one stays where it is.
fn panel(tools: &Path) -> Result<()> {
    let folder = run::root().join("target/wasm/panel");
    fs::create_dir_all(&folder)?;
    wasm::build(&tools.join("wasm-opt"), &folder)?;
    let styles = minified_style(tools, &["style/panel.css"])?;
    let styles = serde_json::to_string(fs::read_to_string(styles)?.trim())?;
    let glue = fs::read_to_string(folder.join("panel.js"))?;
    let whole = folder.join("panel.js.whole");
    fs::write(&whole, format!("{glue}\nexport const STYLE = {styles};\n"))?;
    script(tools, &whole, "panel.js", &["--module"])?;
    put(&folder.join("panel_bg.wasm"), "panel_bg.wasm")
}

fn script(tools: &Path, source: &Path, name: &str, kind: &[&str]) -> Result<()> {
    let made = site().join(format!("{name}.new"));
    let (source, target) = (text(source)?, text(&made)?);
    let options = ["--ecma", "2022", "--compress", "passes=3,unsafe_arrows=true", "--mangle", "--output", &target];
    let arguments: Vec<&str> = [source.as_str()].into_iter().chain(kind.iter().copied()).chain(options).collect();
    run::program(tools.join("terser").as_os_str(), &arguments, &run::root())?;
    put(&made, name)
}

fn style(tools: &Path, sources: &[&str], name: &str) -> Result<()> {
    put(&minified_style(tools, sources)?, name)
}

fn minified_style(tools: &Path, sources: &[&str]) -> Result<PathBuf> {
    let joined = site().join("joined.css");
    let mut all = String::new();
    for source in sources {
        all += &fs::read_to_string(run::root().join(source)).with_context(|| (*source).to_owned())?;
    }
    fs::write(&joined, all)?;
    let made = site().join("joined.min.css");
    let arguments = ["--minify", &text(&joined)?, "--output-file", &text(&made)?];
    run::program(tools.join("lightningcss").as_os_str(), &arguments, &run::root())?;
    fs::remove_file(&joined)?;
    Ok(made)
}

/// Puts a file in its place unless it is there already: the server is compiled again only for a real change.
fn put(made: &Path, name: &str) -> Result<()> {
    let place = site().join(name);
    if fs::read(made)? == fs::read(&place).unwrap_or_default() {
        fs::remove_file(made)?;
    } else {
        fs::rename(made, place)?;
    }
    Ok(())
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).context("the workspace's path is not UTF-8")
}
