//! The settings panel as WebAssembly: cargo, wasm-bindgen, wasm-opt.
//!
//! The standard library is built from source where its source can be had: without panic messages and optimised for
//! size it is a quarter smaller than the prebuilt one.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::run;

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's toolchain for building browsers, with the source of the standard library.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Where the standard library for WebAssembly comes from, in the order that the build tries them.
enum Toolchain {
    /// The installed toolchain with the component `rust-src`.
    Source,
    /// The installed toolchain with the prebuilt target.
    Prebuilt,
    /// Debian's packages under `/usr`.
    Debian,
}

/// Builds the panel into `folder` as `panel.js` (not yet minified) and `panel_bg.wasm`.
pub fn build(wasm_opt: &Path, folder: &Path) -> Result<()> {
    compile(&toolchain()?, &["panel"])?;
    let compiled = run::root().join("target/wasm").join(TARGET).join("wasm-release/panel.wasm");
    let made = run::root().join("target/wasm/bindgen");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name("panel").typescript(false);
    bindgen.web(true)?.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(&made).context("wasm-bindgen")?;
    let (input, output) = (made.join("panel_bg.wasm"), folder.join("panel_bg.wasm"));
    let [input, output] = [&input, &output].map(|path| path.to_str().context("the workspace's path is not UTF-8"));
    let options = ["-Oz", "--converge", "--strip-producers", "--strip-target-features", input?, "-o", output?];
    run::program(wasm_opt.as_os_str(), &options, &run::root())?;
    fs::copy(made.join("panel.js"), folder.join("panel.js"))?;
    Ok(())
}

/// Builds libraries, which no page loads by themselves: what they use must exist in a browser.
pub fn build_libraries(packages: &[&str]) -> Result<()> {
    compile(&toolchain()?, packages)
}

/// Decides once, installs what is missing, and says which way it took.
fn toolchain() -> Result<Toolchain> {
    let source = || sysroot().is_ok_and(|root| root.join("lib/rustlib/src/rust/library/Cargo.lock").exists());
    let prebuilt = || sysroot().is_ok_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").exists());
    let debian = || Path::new("/usr/bin/cargo").exists() && Path::new("/usr/lib/rustlib/src/rust/library").exists();
    if source() || (rustup(&["component", "add", "rust-src"]) && source()) {
        println!("xtask: WebAssembly with the standard library from the component rust-src");
        return Ok(Toolchain::Source);
    }
    if !prebuilt() && !debian() && !rustup(&["target", "add", TARGET]) {
        install_debian()?;
    }
    if prebuilt() {
        println!("xtask: WebAssembly with the prebuilt target {TARGET}");
        return Ok(Toolchain::Prebuilt);
    }
    if debian() {
        println!("xtask: WebAssembly with Debian's {}", DEBIAN_PACKAGES.join(", "));
        return Ok(Toolchain::Debian);
    }
    bail!("no standard library for WebAssembly: run `rustup target add {TARGET}`, or install Rust with that target")
}

/// Asks rustup for something; false when there is no rustup or it cannot reach its server.
fn rustup(arguments: &[&str]) -> bool {
    Command::new("rustup").args(arguments).output().is_ok_and(|output| output.status.success())
}

fn install_debian() -> Result<()> {
    if !run::exists("apt-get") {
        return Ok(());
    }
    println!("xtask: installing Debian's {}", DEBIAN_PACKAGES.join(", "));
    run::apt(&DEBIAN_PACKAGES)
}

fn sysroot() -> Result<PathBuf> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output()?;
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

/// Runs cargo.
fn compile(toolchain: &Toolchain, packages: &[&str]) -> Result<()> {
    let folder = run::root().join("target/wasm");
    let cargo = match toolchain {
        Toolchain::Debian => OsStr::new("/usr/bin/cargo"),
        _ => OsStr::new(env!("CARGO")),
    };
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--lib", "--profile", "wasm-release"]);
    command.args(packages.iter().flat_map(|name| ["--package", name]));
    command.args(["--target", TARGET]).arg("--target-dir").arg(&folder).current_dir(run::root());
    if let Toolchain::Debian = toolchain {
        // rustup's own variables would send Debian's cargo back to rustup's compiler.
        command.env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
    }
    if let Toolchain::Source | Toolchain::Debian = toolchain {
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
        command.args(["-Zpanic-immediate-abort", "--config", "profile.wasm-release.panic=\"immediate-abort\""]);
        command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
    }
    // Flags for the server are none for the browser.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    if !command.status().context("cargo could not be started")?.success() {
        bail!("{} could not be compiled for browsers", packages.join(", "));
    }
    Ok(())
}

/// The linker that comes with the toolchain, else Debian's.
fn linker() -> Result<PathBuf> {
    let bundled = sysroot()?.join("lib/rustlib").join(host()?).join("bin/rust-lld");
    let debian = (14..=30).rev().map(|version| PathBuf::from(format!("/usr/bin/wasm-ld-{version}")));
    let found = [bundled].into_iter().chain(debian).find(|path| path.exists());
    found.context("no linker for WebAssembly: neither rust-lld in the toolchain nor wasm-ld (Debian's lld) is there")
}

fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not name its host")?;
    Ok(host.to_owned())
}
