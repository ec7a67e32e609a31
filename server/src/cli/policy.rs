//! `keuze policy publish`: shows what a configuration changes, and freezes it.

use app::model::event::Actor;
use app::model::policy::ChangeClass;
use clap::{Args, Subcommand, ValueEnum};

use super::{Serving, serve};
use crate::ambient::{Clock as _, SystemClock};
use crate::config::Config;
use crate::publish::{Plan, PublishError, Published, plan, publish};
use crate::scribe::Scribe;

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
    let without_rule = config.without_rule(SystemClock.now().today);
    if !without_rule.is_empty() {
        return Err(PublishError::Faults(without_rule).into());
    }
    let scribe = serve::open_for_command(&publishing.serving, &config)?;
    let outcome = show_and_publish(&scribe, &config, publishing).await;
    scribe.close().await;
    outcome
}

async fn show_and_publish(scribe: &Scribe, config: &Config, publishing: &Publish) -> Result<(), String> {
    let published = Published::load(scribe)?;
    // Without a class the difference is shown all the same, so that whoever publishes can tell which it is.
    let change = publishing.change.map_or(ChangeClass::Purpose, ChangeClass::from);
    let planned = plan(config, published.latest(), change).map_err(PublishError::Faults)?;
    let Plan::New(publication) = planned else {
        println!("nothing to publish: the policy in force already says this");
        return Ok(());
    };
    publication.differences.iter().for_each(|line| println!("{line}"));
    if published.latest().is_some() && publishing.change.is_none() {
        return Err("say what kind of change this is: --change editorial, material or purpose".to_owned());
    }
    if !publishing.yes {
        println!("nothing was published; add --yes to publish this");
        return Ok(());
    }
    let written = publish(scribe, &publication, Actor::System, &SystemClock).await?;
    println!("published: policy {} as record {}", publication.policy.id(), written.address);
    Ok(())
}
