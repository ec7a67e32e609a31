//! `keuze client add | list | remove`: programs with an API key.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::data::Ledger;
use super::refusal::Refusal;
use super::task::{self, Access, Printed, Say};
use keuze_core::service::clients::{ApiClients, Client, ClientName, Scope};
use ledger::clock::{Clock as _, SystemClock};

/// What to do with the programs that have an API key.
#[derive(Subcommand)]
pub enum ClientTask {
    /// Adds a program and prints its key, once.
    Add(Add),
    /// Lists the programs, their scopes and the last day of each key.
    List {
        #[command(flatten)]
        ledger: Ledger,
    },
    /// Takes a program's key away.
    Remove(Remove),
}

/// Which program to add.
#[derive(Args)]
pub struct Add {
    /// What it is called.
    name: ClientName,
    /// What its key is good for; may be named several times.
    #[arg(long = "scope", required = true)]
    scopes: Vec<Scope>,
    /// For how many days, today included.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=1100))]
    days: u16,
    #[command(flatten)]
    ledger: Ledger,
}

/// Which program to remove.
#[derive(Args)]
pub struct Remove {
    /// What it is called.
    name: ClientName,
    #[command(flatten)]
    ledger: Ledger,
}

/// What is asked of whoever holds the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// To add a program.
    Add {
        /// Under which name.
        name: ClientName,
        /// What its key is good for.
        scopes: Vec<Scope>,
        /// For how many days, today included.
        days: u16,
    },
    /// Which are there.
    List,
    /// That a program's key opens nothing any more.
    Remove(ClientName),
}

/// Runs it.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(asked: ClientTask) -> Result<(), Refusal> {
    let (ledger, asked) = match asked {
        ClientTask::Add(Add { name, scopes, days, ledger }) => (ledger, Asked::Add { name, scopes, days }),
        ClientTask::List { ledger } => (ledger, Asked::List),
        ClientTask::Remove(Remove { name, ledger }) => (ledger, Asked::Remove(name)),
    };
    let asked = task::Asked::Access(Access::Client(asked));
    task::run(&ledger, asked, Box::new(std::io::empty()), &mut Printed).await
}

/// Does it on an open ledger.
///
/// # Errors
/// A sentence that says what is in the way; nothing was changed then.
pub async fn perform(clients: &ApiClients, asked: Asked, say: &mut dyn Say) -> Result<(), Refusal> {
    let today = SystemClock.now().today;
    match asked {
        Asked::Add { name, scopes, days } => {
            let until = today + Duration::days(i64::from(days) - 1);
            let key = clients.add(&name, &scopes, until).await.map_err(Refusal::told)?;
            say.say(&format!("{name} has this key until {until}; it is shown this once:"))?;
            say.say(key.as_str())?;
        }
        Asked::List => {
            for Client { name, scopes, until, .. } in clients.list() {
                let scopes: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
                let ended = if until < today { " (expired)" } else { "" };
                say.say(&format!("{:20} {:40} until {until}{ended}", name.to_string(), scopes.join(" ")))?;
            }
        }
        Asked::Remove(name) => {
            clients.remove(&name).await.map_err(Refusal::told)?;
            say.say(&format!("{name} is refused from now on"))?;
        }
    }
    Ok(())
}
