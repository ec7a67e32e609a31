//! Keuze's server: the ledger, everything that writes to it, and everything that reads from it.
//!
//! Floors, from the ground up: `app::model` → [`vault`], [`ledger`], [`contact`] → [`store`] → [`scribe`] → [`service`] →
//! [`courier`] → [`http`] → the command line in [`cli`]. An import never runs the other way.

pub mod ambient;
pub mod cli;
pub mod config;
pub mod contact;
pub mod courier;
pub mod embed;
pub mod http;
pub mod json;
pub mod ledger;
pub mod logging;
pub mod publish;
pub mod scribe;
pub mod service;
pub mod store;
pub mod vault;
