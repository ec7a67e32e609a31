//! What Keuze does: its configuration, the publishing of policies, and the services that every way in stands on.
//!
//! Below it are the ledger, the vault and the contact points; above it the web and the command line. Start reading at
//! [`service`].

pub mod config;
#[cfg(test)]
mod golden;
pub mod json;
pub mod logging;
pub mod publish;
pub mod service;
