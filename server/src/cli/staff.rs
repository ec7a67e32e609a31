//! `keuze staff add`: who may use the desk.

use clap::{Args, Subcommand};

use super::{Serving, serve};
use crate::ambient::{SystemClock, SystemEntropy};
use crate::service::staff::{Existing, Staff, StaffName};

/// What to do with the staff.
#[derive(Subcommand)]
pub enum StaffTask {
    /// Adds a staff member and prints a one-time password.
    Add(Add),
}

/// Whom to add.
#[derive(Args)]
pub struct Add {
    /// The sign-in name.
    name: String,
    /// Gives somebody who is there already a new one-time password.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    serving: Serving,
}

/// Runs it; the server must be stopped, since it holds the ledger.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(add: &Add) -> Result<(), String> {
    let name: StaffName = add.name.parse().map_err(|error| format!("{error}"))?;
    let config = serve::configuration(add.serving.config.as_deref())?;
    let scribe = serve::open_for_command(&add.serving, &config)?;
    let existing = if add.replace { Existing::Replace } else { Existing::Refuse };
    let staff = Staff { scribe: &scribe, clock: &SystemClock, entropy: &SystemEntropy };
    let issued = staff.issue(&name, existing).await;
    scribe.close().await;
    let password = issued.map_err(|error| error.to_string())?;
    println!("{} signs in with the one-time password {}", name.as_str(), password.as_str());
    Ok(())
}
