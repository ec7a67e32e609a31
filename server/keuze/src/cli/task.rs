//! A command on a ledger: done here if nobody holds it, else by the running server that does.

use std::io::{self, BufRead};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::say;
use super::{client, contacts, control, erase, key, mail, staff};
use keuze_core::service::Services;
use keuze_core::service::clients::ApiClients;
use keuze_core::service::staff::Staff;
use ledger::Ledger;
use ledger::clock::SystemClock;
use vault::random::SystemRandom;

/// What a command asks of whoever holds the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlCommand {
    /// About who may sign in.
    Access(Access),
    /// A new key.
    Rotate(key::Which),
    /// To erase somebody; who and "yes" are read from the input.
    Erase(erase::EraseCommand),
    /// To take people over; the file is the input.
    Import(contacts::ImportCommand),
    /// How templates were classed.
    Classes,
}

/// What needs nothing but the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// About who may use the desk.
    Staff(staff::StaffCommand),
    /// About programs with an API key.
    Client(client::ClientCommand),
}

/// Where a command's answer goes.
pub trait Say: Send {
    /// Says a line.
    ///
    /// # Errors
    /// Nobody listens any more.
    fn say(&mut self, line: &str) -> io::Result<()>;
}

/// What a command reads, and where its answer goes.
pub struct Talk<'a> {
    /// Standard input, or a file.
    pub input: Box<dyn BufRead + Send + 'a>,
    /// Where lines go.
    pub say: &'a mut dyn Say,
}

/// Standard output.
pub struct Printed;

impl Say for Printed {
    fn say(&mut self, line: &str) -> io::Result<()> {
        say(format_args!("{line}"));
        Ok(())
    }
}

/// Runs a command: by the server that holds the ledger if there is one, else here.
///
/// # Errors
/// What is in the way.
pub async fn run(
    ledger: &LedgerArguments,
    asked: ControlCommand,
    input: Box<dyn BufRead + Send>,
    say: &mut dyn Say,
) -> Result<(), Refusal> {
    ledger.site()?;
    if let Some(server) = control::connect(&ledger.data)? {
        return tokio::task::block_in_place(|| control::ask(server, &asked, input, say));
    }
    if let ControlCommand::Access(access) = asked {
        let ledger = ledger.open()?;
        let done = change_access_of(&ledger, access, say).await;
        ledger.close().await;
        return done;
    }
    let services = ledger.services()?;
    let done = carry_out(&services, asked, Talk { input, say }).await;
    services.ledger.close().await;
    done
}

/// Does what was asked.
///
/// # Errors
/// What is in the way.
pub async fn carry_out(services: &Services, asked: ControlCommand, talk: Talk<'_>) -> Result<(), Refusal> {
    match asked {
        ControlCommand::Rotate(which) => key::rotate(services, which, talk.say).await,
        ControlCommand::Erase(asked) => erase::erase(services, &asked, talk).await,
        ControlCommand::Import(asked) => contacts::import(services, &asked, talk).await,
        ControlCommand::Classes => mail::list_classes(services, talk.say),
        ControlCommand::Access(access) => change_access(&services.staff, &services.clients, access, talk.say).await,
    }
}

/// On a ledger in which nothing needs to be published yet.
async fn change_access_of(ledger: &Ledger, access: Access, say: &mut dyn Say) -> Result<(), Refusal> {
    let staff = Staff::new(ledger.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    let clients = ApiClients::load(ledger.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    change_access(&staff, &clients.map_err(Refusal::told)?, access, say).await
}

async fn change_access(staff: &Staff, clients: &ApiClients, access: Access, say: &mut dyn Say) -> Result<(), Refusal> {
    match access {
        Access::Staff(asked) => staff::carry_out(staff, asked, say).await,
        Access::Client(asked) => client::carry_out(clients, asked, say).await,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What was said, a line each.
    #[derive(Default)]
    pub struct Report(pub String);

    impl Say for Report {
        fn say(&mut self, line: &str) -> io::Result<()> {
            self.0 += line;
            self.0.push('\n');
            Ok(())
        }
    }
}
