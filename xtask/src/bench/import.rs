//! The import of a large file, as an operator does it: with the server stopped, by the command line.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};

use super::figures::Cost;

/// Of the import, and of its floor.
pub fn rates(binary: &Path, data: &Path, rows: usize) -> Result<(Cost, Cost)> {
    let folder = data.parent().unwrap_or(data);
    let file = folder.join("people.csv");
    fs::write(&file, table(rows))?;
    let start = Instant::now();
    let read = BufReader::new(File::open(&file)?).lines().map_while(Result::ok).count();
    let floor = start.elapsed();
    if read != rows + 1 {
        bail!("{read} lines were read of {rows} rows");
    }
    let mut command = Command::new(binary);
    command.args(["contacts", "import"]).arg(&file).arg("--write").arg("--data").arg(data);
    let start = Instant::now();
    let status =
        command.env("KEUZE_KEY_FILE", folder.join("key")).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !status.success() {
        bail!("the import did not take every row");
    }
    Ok((Cost::in_turn(rows, start.elapsed()), Cost::in_turn(rows, floor)))
}

/// Customers with a mailbox, a number and a door each, every tenth with a no.
pub fn table(rows: usize) -> String {
    let mut table =
        String::from("customer,name,language,email,phone,postcode,house_number,channels,objected_channels\n");
    for row in 0..rows {
        let (postcode, house, no) = (1000 + row % 9000, 1 + row / 9000, if row % 10 == 0 { "email post" } else { "" });
        _ = writeln!(
            table,
            "B-{row},Klant {row},nl,klant{row}@example.nl,06{:08},{postcode} AB,{house},,{no}",
            10_000_000 + row
        );
    }
    table
}
