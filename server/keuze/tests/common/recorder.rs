//! `end2end/faults/rec.c`, which stands between a program and the system.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The recorder, compiled once for all tests of this process.
pub fn recorder() -> &'static Path {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/faults/rec.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (made, recorder) = (folder.join(format!("rec.so.{}", std::process::id())), folder.join("rec.so"));
        let mut gcc = Command::new("gcc");
        gcc.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&made).arg(source).args(["-ldl", "-lpthread"]);
        assert!(gcc.status().expect("gcc is installed").success(), "the recorder compiles");
        // Another process may be using it.
        std::fs::rename(made, &recorder).expect("renamed");
        recorder
    })
}
