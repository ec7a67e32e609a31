//! `keuze staff add | list | reset | remove`: who may use the desk.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::data::Ledger;
use super::refusal::Refusal;
use super::task::{self, Access, Printed, Say};
use keuze_core::service::staff::{Existing, Staff, StaffName};

/// What to do with the staff.
#[derive(Subcommand)]
pub enum StaffTask {
    /// Adds a staff member and prints a one-time password.
    Add(Add),
    /// Lists who may use the desk.
    List {
        #[command(flatten)]
        ledger: Ledger,
    },
    /// Gives a staff member a new one-time password; the old password opens nothing any more.
    Reset(Named),
    /// Takes a staff member's access away, open sessions included.
    Remove(Named),
}

/// Whom to add.
#[derive(Args)]
pub struct Add {
    /// The sign-in name.
    name: StaffName,
    /// Gives somebody who is there already a new one-time password.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    ledger: Ledger,
}

/// Who.
#[derive(Args)]
pub struct Named {
    /// The sign-in name.
    name: StaffName,
    #[command(flatten)]
    ledger: Ledger,
}

/// What is asked of whoever holds the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
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
        StaffTask::Add(Add { name, replace, ledger }) => (ledger, Asked::Add { name, replace }),
        StaffTask::List { ledger } => (ledger, Asked::List),
        StaffTask::Reset(Named { name, ledger }) => (ledger, Asked::Reset(name)),
        StaffTask::Remove(Named { name, ledger }) => (ledger, Asked::Remove(name)),
    };
    let asked = task::Asked::Access(Access::Staff(asked));
    task::run(&ledger, asked, Box::new(std::io::empty()), &mut Printed).await
}

/// Does it on an open ledger.
///
/// # Errors
/// A sentence that says what is in the way; nothing was changed then.
pub async fn perform(staff: &Staff, asked: Asked, say: &mut dyn Say) -> Result<(), Refusal> {
    match asked {
        Asked::Add { name, replace } => {
            let existing = if replace { Existing::Replace } else { Existing::Refuse };
            let password = staff.issue(&name, existing).await.map_err(Refusal::told)?;
            say.say(&format!("{name} signs in with the one-time password {}", password.as_str()))?;
        }
        Asked::Reset(name) => {
            let password = staff.reset(&name).await.map_err(Refusal::told)?;
            say.say(&format!("{name} signs in with the one-time password {}", password.as_str()))?;
        }
        Asked::List => {
            for member in staff.list().map_err(Refusal::told)? {
                let waits = if member.one_time { "has a one-time password" } else { "" };
                say.say(format!("{:40} {waits}", member.name.to_string()).trim_end())?;
            }
        }
        Asked::Remove(name) => {
            staff.remove(&name).await.map_err(Refusal::told)?;
            say.say(&format!("{name} has no access any more"))?;
        }
    }
    Ok(())
}
