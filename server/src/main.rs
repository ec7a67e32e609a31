//! The binary `keuze`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
