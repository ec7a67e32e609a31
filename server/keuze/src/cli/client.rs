//! `keuze client add | list | remove`: programs with an API key.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::task::{self, Access, Printed, Say};
use keuze_core::service::clients::{ApiClients, ClientName, ClientScope, KeyedClient};
use ledger::clock::{Clock as _, SystemClock};

/// What to do with the programs that have an API key.
#[derive(Subcommand)]
pub enum ClientTask {
    /// Adds a program and prints its key, once.
    Add(AddClient),
    /// Lists the programs, their scopes and the last day of each key.
    List {
        #[command(flatten)]
        ledger: LedgerArguments,
    },
    /// Takes a program's key away.
    Remove(Remove),
}

/// Which program to add.
#[derive(Args)]
pub struct AddClient {
    /// What it is called.
    name: ClientName,
    /// What its key is good for; may be named several times.
    #[arg(long = "scope", required = true)]
    scopes: Vec<ClientScope>,
    /// For how many days, today included.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=1100))]
    days: u16,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Which program to remove.
#[derive(Args)]
pub struct Remove {
    /// What it is called.
    name: ClientName,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// What is asked of whoever holds the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientCommand {
    /// To add a program.
    Add {
        /// Under which name.
        name: ClientName,
        /// What its key is good for.
        scopes: Vec<ClientScope>,
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
        ClientTask::Add(AddClient { name, scopes, days, ledger }) => {
            (ledger, ClientCommand::Add { name, scopes, days })
        }
        ClientTask::List { ledger } => (ledger, ClientCommand::List),
        ClientTask::Remove(Remove { name, ledger }) => (ledger, ClientCommand::Remove(name)),
    };
    let asked = task::ControlCommand::Access(Access::Client(asked));
    task::run(&ledger, asked, Box::new(std::io::empty()), &mut Printed).await
}

/// Does it on an open ledger.
///
/// # Errors
/// A sentence that says what is in the way; nothing was changed then.
pub async fn carry_out(clients: &ApiClients, asked: ClientCommand, say: &mut dyn Say) -> Result<(), Refusal> {
    let today = SystemClock.now().today;
    match asked {
        ClientCommand::Add { name, scopes, days } => {
            let until = today + Duration::days(i64::from(days) - 1);
            let key = clients.add(&name, &scopes, until).await.map_err(Refusal::told)?;
            say.say(&format!("{name} has this key until {until}; it is shown this once:"))?;
            say.say(key.as_str())?;
        }
        ClientCommand::List => {
            for KeyedClient { name, scopes, until, .. } in clients.list() {
                let scopes: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
                let ended = if until < today { " (expired)" } else { "" };
                say.say(&format!("{:20} {:40} until {until}{ended}", name.to_string(), scopes.join(" ")))?;
            }
        }
        ClientCommand::Remove(name) => {
            clients.remove(&name).await.map_err(Refusal::told)?;
            say.say(&format!("{name} is refused from now on"))?;
        }
    }
    Ok(())
}
