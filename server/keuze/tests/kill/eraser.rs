//! The example that erases, as a child.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

pub struct Eraser {
    pub child: Child,
    output: BufReader<ChildStdout>,
}

impl Eraser {
    /// How many records it said are erased, once it was killed.
    pub fn told(mut self) -> u64 {
        self.child.wait().expect("it is ours");
        let mut told = 0;
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("readable") > 0 {
            // A line that a kill cut short was not said.
            told += u64::from(line == "ERASED\n");
            line.clear();
        }
        told
    }
}

/// Writes a record for one person after the other and erases them.
pub fn erase_many(folder: &Path, run: usize) -> Eraser {
    let mut command = Command::new(program());
    command.args(["erase", &run.to_string()]).arg(folder).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the eraser starts");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    Eraser { child, output }
}

/// Built now, because `cargo test --test` leaves examples as they are.
fn program() -> std::path::PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "-p", "keuze", "--example", "crash_writer"]);
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(build.status().expect("cargo starts").success(), "the eraser compiles");
    Path::new(env!("CARGO_BIN_EXE_keuze")).with_file_name("examples").join("crash_writer")
}
