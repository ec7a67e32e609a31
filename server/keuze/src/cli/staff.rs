//! `keuze staff add | list | reset | remove`: who may use the desk.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::task::{self, Access, Printed, Say};
use keuze_core::service::staff::{Existing, Staff, StaffName};

/// What to do with the staff.
#[derive(Subcommand)]
pub enum StaffTask {
    /// Adds a staff member and prints a one-time password.
    Add(AddStaff),
    /// Lists who may use the desk.
    List {
        #[command(flatten)]
        ledger: LedgerArguments,
    },
    /// Gives a staff member a new one-time password; the old password opens nothing any more.
    Reset(NamedStaff),
    /// Takes a staff member's access away, open sessions included.
    Remove(NamedStaff),
}

/// Whom to add.
#[derive(Args)]
pub struct AddStaff {
    /// The sign-in name.
    name: StaffName,
    /// Gives somebody who is there already a new one-time password.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Who.
#[derive(Args)]
pub struct NamedStaff {
    /// The sign-in name.
    name: StaffName,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// What is asked of whoever holds the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffCommand {
    /// To add somebody.
    Add {
        /// Under which name.
        name: StaffName,
        /// Whether somebody of that name gets a new password.
        replace: bool,
    },
    /// Who is there.
    List,
    /// A new one-time password for somebody.
    Reset(StaffName),
    /// That somebody has no access any more.
    Remove(StaffName),
}

/// Runs it.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(asked: StaffTask) -> Result<(), Refusal> {
    let (ledger, asked) = match asked {
        StaffTask::Add(AddStaff { name, replace, ledger }) => (ledger, StaffCommand::Add { name, replace }),
        StaffTask::List { ledger } => (ledger, StaffCommand::List),
        StaffTask::Reset(NamedStaff { name, ledger }) => (ledger, StaffCommand::Reset(name)),
        StaffTask::Remove(NamedStaff { name, ledger }) => (ledger, StaffCommand::Remove(name)),
    };
    let asked = task::ControlCommand::Access(Access::Staff(asked));
    task::run(&ledger, asked, Box::new(std::io::empty()), &mut Printed).await
}

/// Does it on an open ledger.
///
/// # Errors
/// A sentence that says what is in the way; nothing was changed then.
pub async fn carry_out(staff: &Staff, asked: StaffCommand, say: &mut dyn Say) -> Result<(), Refusal> {
    match asked {
        StaffCommand::Add { name, replace } => {
            let existing = if replace { Existing::Replace } else { Existing::Refuse };
            let password = staff.issue(&name, existing).await.map_err(Refusal::told)?;
            say.say(&format!("{name} signs in with the one-time password {}", password.as_str()))?;
        }
        StaffCommand::Reset(name) => {
            let password = staff.reset(&name).await.map_err(Refusal::told)?;
            say.say(&format!("{name} signs in with the one-time password {}", password.as_str()))?;
        }
        StaffCommand::List => {
            for member in staff.list().map_err(Refusal::told)? {
                let waits = if member.one_time { "has a one-time password" } else { "" };
                say.say(format!("{:40} {waits}", member.name.to_string()).trim_end())?;
            }
        }
        StaffCommand::Remove(name) => {
            staff.remove(&name).await.map_err(Refusal::told)?;
            say.say(&format!("{name} has no access any more"))?;
        }
    }
    Ok(())
}
