//! `keuze policy publish`: shows what a configuration changes, and freezes it.

use app::model::policy::ChangeClass;
use clap::{Args, Subcommand, ValueEnum};

use super::{Serving, serve};
use crate::ambient::SystemClock;
use crate::publish::{Published, plan, publish};

/// What to do with the policy.
#[derive(Subcommand)]
pub enum Policy {
    /// Shows the difference with the policy in force; freezes the new one with --yes.
    Publish(Publish),
}

/// How to publish.
#[derive(Args)]
pub struct Publish {
    #[command(flatten)]
    serving: Serving,
    /// What kind of change it is; the first policy needs none.
    #[arg(long, value_enum)]
    change: Option<Change>,
    /// Publishes; without it the difference is only shown.
    #[arg(long)]
    yes: bool,
}

/// How a publication differs from the one before (S-51).
#[derive(Clone, Copy, ValueEnum)]
enum Change {
    /// Wording only; nobody is asked again.
    Editorial,
    /// Something that people must be told of.
    Material,
    /// A purpose, regime or party changed; only it is asked again.
    Purpose,
}

impl From<Change> for ChangeClass {
    fn from(change: Change) -> Self {
        match change {
            Change::Editorial => Self::Editorial,
            Change::Material => Self::Material,
            Change::Purpose => Self::Purpose,
        }
    }
}

/// Runs it; the server must be stopped, since it holds the ledger.
///
/// # Errors
/// Every fault, a line each; nothing was published then.
pub async fn run(publishing: &Publish) -> Result<(), String> {
    let config = serve::configuration(publishing.serving.config.as_deref())?;
    let scribe = serve::open_for_command(&publishing.serving, &config)?;
    let published = Published::load(&scribe)?;
    let current = published.latest();
    let change = publishing.change.map_or(ChangeClass::Purpose, ChangeClass::from);
    let planned = plan(&config, current, change);
    let planned = planned.map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let outcome = match planned {
        None => {
            println!("nothing to publish: the policy in force already says this");
            Ok(())
        }
        Some(planned) => {
            planned.difference.iter().for_each(|line| println!("{line}"));
            if current.is_some() && publishing.change.is_none() {
                Err("say what kind of change this is: --change editorial, material or purpose".to_owned())
            } else if publishing.yes {
                let hash = publish(&scribe, &planned, &SystemClock).await?;
                println!("published: {hash}");
                Ok(())
            } else {
                println!("nothing was published; add --yes to publish this");
                Ok(())
            }
        }
    };
    scribe.close().await;
    outcome
}
