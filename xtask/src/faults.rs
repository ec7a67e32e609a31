//! What a check found, one line a fault, each with its place and its mend.

use anyhow::{Result, bail};

/// Prints every fault; an error where there is one.
pub fn told(faults: &[String], where_from: &str) -> Result<()> {
    for fault in faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { bail!("{} faults in {where_from}", faults.len()) }
}
