//! `keuze key rotate`: a new root key, or a new index key.

use app::model::event::Actor;
use clap::{Args, Subcommand};

use super::{Serving, serve};
use crate::service::Keuze;

/// What to do with the keys.
#[derive(Subcommand)]
pub enum Key {
    /// Begins a new key.
    Rotate(Rotate),
}

/// Which key.
#[derive(Args)]
#[group(id = "which", required = true, multiple = false, args = ["root", "index"])]
pub struct Rotate {
    /// The root key: the old one is kept beside it for 35 days, for backups, and then goes.
    #[arg(long)]
    root: bool,
    /// The key under which blocked addresses and numbers are kept; what stands under the old ones stays.
    #[arg(long)]
    index: bool,
    #[command(flatten)]
    serving: Serving,
}

/// Runs it; the server must be stopped, since it holds the ledger. A running server rotates its root key by itself.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(rotate: &Rotate) -> Result<(), String> {
    let keuze = serve::keuze_for_command(&rotate.serving)?;
    let outcome = begin(&keuze, rotate).await;
    keuze.scribe.close().await;
    println!("{}", outcome?);
    Ok(())
}

async fn begin(keuze: &Keuze, rotate: &Rotate) -> Result<String, String> {
    let (what, rotated) = if rotate.root {
        ("root", keuze.rotate_root(Actor::System).await)
    } else {
        ("index", keuze.rotate_index(Actor::System).await)
    };
    let written = rotated.map_err(|error| error.to_string())?;
    Ok(format!("a new {what} key is in use; record {}", written.address))
}
