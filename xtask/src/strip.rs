//! The release binary without its line tables, and those in a file beside it, which a debugger and a backtrace find by themselves.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::run;

/// From binutils, which every linker comes with.
const OBJCOPY: &str = "objcopy";

/// Puts what a debugger needs of `target/release/keuze` into `keuze.debug` beside it, and takes it out of the binary. The binary gets
/// a new place on the disk: what cargo keeps under another name stays whole, so that the next build finds it as it was.
pub fn release() -> Result<()> {
    let folder = run::root().join("target/release");
    if !run::exists(OBJCOPY) {
        println!("xtask: {OBJCOPY} is missing (Debian's binutils), so the binary keeps its line tables");
        return Ok(());
    }
    split(&folder.join("keuze"))
}

fn split(binary: &Path) -> Result<()> {
    let folder = binary.parent().context("a binary lies in a folder")?;
    let (debug, stripped) = (binary.with_extension("debug"), binary.with_extension("stripped"));
    let [whole, tables, small] = [binary, &debug, &stripped].map(Path::as_os_str);
    if has_link(binary)? {
        return Ok(());
    }
    objcopy(&[OsStr::new("--only-keep-debug"), whole, tables], folder)?;
    let mut link = std::ffi::OsString::from("--add-gnu-debuglink=");
    link.push(debug.file_name().unwrap_or_default());
    objcopy(&[OsStr::new("--strip-debug"), &link, whole, small], folder)?;
    fs::rename(&stripped, binary)?;
    let size = |path: &Path| Ok::<_, std::io::Error>(fs::metadata(path)?.len().div_ceil(1_000_000));
    println!("xtask: {} MB, and {} MB of line tables in {}", size(binary)?, size(&debug)?, debug.display());
    Ok(())
}

/// Whether it was split already: cargo had nothing to do.
fn has_link(binary: &Path) -> Result<bool> {
    let bytes = fs::read(binary).with_context(|| binary.display().to_string())?;
    // In two pieces: a program that looks for a name holds it, too.
    let name = [b".gnu_debug".as_slice(), b"link\0"].concat();
    Ok(bytes.windows(name.len()).any(|window| window == name))
}

fn objcopy(arguments: &[&OsStr], folder: &Path) -> Result<()> {
    let status = std::process::Command::new(OBJCOPY).args(arguments).current_dir(folder).status()?;
    anyhow::ensure!(status.success(), "{OBJCOPY} failed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On this test's own program, which has line tables.
    #[test]
    fn a_binary_is_split_once_and_runs_as_before() {
        assert!(run::exists(OBJCOPY), "{OBJCOPY} is needed: apt-get install binutils");
        let folder = std::env::temp_dir().join(format!("xtask-strip-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let binary = folder.join("program");
        fs::copy(std::env::current_exe().expect("this program"), &binary).expect("copied");
        let size = |path: &Path| fs::metadata(path).expect("there").len();
        let (before, kept) = (size(&binary), folder.join("kept"));
        fs::hard_link(&binary, &kept).expect("linked");
        assert!(!has_link(&binary).expect("readable"));
        split(&binary).expect("split");
        assert!(size(&binary) < before && size(&kept) == before, "what cargo keeps stays whole");
        assert!(size(&folder.join("program.debug")) > 0);
        let after = size(&binary);
        split(&binary).expect("nothing to do");
        assert_eq!(size(&binary), after);
        let listed = std::process::Command::new(&binary).arg("--list").output().expect("it runs");
        assert!(String::from_utf8_lossy(&listed.stdout).contains("a_binary_is_split_once_and_runs_as_before"));
        fs::remove_dir_all(&folder).expect("removed");
    }
}
