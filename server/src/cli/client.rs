//! `keuze client add | list | remove`: programs with an API key.

use clap::{Args, Subcommand};
use time::Duration;

use super::{Serving, serve};
use crate::ambient::{Clock as _, SystemClock, SystemEntropy};
use crate::scribe::Scribe;
use crate::service::clients::{ClientName, Clients, Scope};

/// What to do with the programs that have an API key.
#[derive(Subcommand)]
pub enum ClientTask {
    /// Adds a program and prints its key, once.
    Add(Add),
    /// Lists the programs, their scopes and the last day of each key.
    List(List),
    /// Takes a program's key away.
    Remove(Remove),
}

/// Which program to add.
#[derive(Args)]
pub struct Add {
    /// What it is called.
    name: String,
    /// What its key is good for; may be named several times.
    #[arg(long = "scope", required = true)]
    scopes: Vec<Scope>,
    /// For how many days, today included.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=1100))]
    days: u16,
    #[command(flatten)]
    serving: Serving,
}

/// Where to look.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    serving: Serving,
}

/// Which program to remove.
#[derive(Args)]
pub struct Remove {
    /// What it is called.
    name: String,
    #[command(flatten)]
    serving: Serving,
}

/// Runs it; the server must be stopped, since it holds the ledger.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(task: &ClientTask) -> Result<(), String> {
    let serving = match task {
        ClientTask::Add(Add { serving, .. })
        | ClientTask::List(List { serving })
        | ClientTask::Remove(Remove { serving, .. }) => serving,
    };
    let config = serve::configuration(serving.config.as_deref())?;
    let scribe = serve::open_for_command(serving, &config)?;
    let done = with(task, &scribe).await;
    scribe.close().await;
    done
}

async fn with(task: &ClientTask, scribe: &Scribe) -> Result<(), String> {
    let clients = Clients { scribe, clock: &SystemClock, entropy: &SystemEntropy };
    let named = |name: &str| name.parse::<ClientName>().map_err(|error| error.to_string());
    match task {
        ClientTask::Add(Add { name, scopes, days, .. }) => {
            let until = SystemClock.now().today + Duration::days(i64::from(*days) - 1);
            let key = clients.add(&named(name)?, scopes, until).await.map_err(|error| error.to_string())?;
            println!("{name} has this key until {until}; it is shown this once:");
            println!("{}", key.as_str());
        }
        ClientTask::List(_) => {
            let today = SystemClock.now().today;
            for client in clients.list().map_err(|error| error.to_string())? {
                let scopes: Vec<&str> = client.scopes.iter().map(|scope| scope.word()).collect();
                let ended = if client.until < today { " (expired)" } else { "" };
                println!("{:20} {:40} until {}{ended}", client.name.to_string(), scopes.join(" "), client.until);
            }
        }
        ClientTask::Remove(Remove { name, .. }) => {
            clients.remove(&named(name)?).await.map_err(|error| error.to_string())?;
            println!("{name} is refused from now on");
        }
    }
    Ok(())
}
