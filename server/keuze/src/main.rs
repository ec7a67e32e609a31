//! The binary `keuze`: the command line, what it wires together, and the delivery of mail.

mod cli;
mod mail_delivery;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
