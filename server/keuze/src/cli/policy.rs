//! `keuze policy publish`: shows what a configuration changes, and freezes it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use model::event::Actor;
use model::policy::ChangeClass;
use ui::components::banner::first_layer;

use super::data::{keep_configuration, open, refuse_another_site};
use super::refusal::Refusal;
use super::say;
use super::serve::Configured;
use keuze_core::publish::{Publication, PublishError, PublishPlan, Published, plan, publish};
use ledger::Ledger;
use ledger::clock::{Clock as _, SystemClock};
use ledger::origin::site_of;

/// What to do with the policy.
#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Shows the difference with the policy in force, and freezes the new one with --yes; stop the server first.
    Publish(Publish),
}

/// How to publish.
#[derive(Args)]
pub struct Publish {
    /// The site configuration; without it, the built-in example.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data directory; the first publication makes it.
    #[arg(long, default_value = "./data")]
    data: PathBuf,
    /// The file with the root key; without it, a file beside the data directory.
    #[arg(long, env = "KEUZE_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// What kind of change it is; the first policy needs none.
    #[arg(long, value_enum)]
    change: Option<PolicyChange>,
    /// Publishes; without it the difference is only shown, and the exit status is 1.
    #[arg(long)]
    yes: bool,
}

/// How a publication differs from the one before (S-51).
#[derive(Clone, Copy, ValueEnum)]
enum PolicyChange {
    /// Wording only; nobody is asked again.
    Editorial,
    /// Something that people must be told of.
    Material,
    /// A purpose, regime or party changed; only it is asked again.
    Purpose,
}

impl From<PolicyChange> for ChangeClass {
    fn from(change: PolicyChange) -> Self {
        match change {
            PolicyChange::Editorial => Self::Editorial,
            PolicyChange::Material => Self::Material,
            PolicyChange::Purpose => Self::Purpose,
        }
    }
}

/// Runs it; the server must be stopped, since it holds the ledger.
///
/// # Errors
/// What is in the way, or that nothing was published without `--yes`; nothing was made or changed then.
pub async fn run(PolicyCommand::Publish(asked): PolicyCommand) -> Result<(), Refusal> {
    let configured = Configured::load_configuration(asked.config.as_deref())?;
    let faults = configured.config.faults_on(SystemClock.now().today);
    if !faults.is_empty() {
        return Err(PublishError::Faults(faults).into());
    }
    let Some(ledger) = site_of(&asked.data)? else { return publish_first(&asked, &configured).await };
    refuse_another_site(&asked.data, &ledger, &configured)?;
    let ledger = open(&asked.data, asked.key_file.clone(), ledger)?;
    let outcome = show_and_publish(&ledger, &configured, &asked).await;
    ledger.close().await;
    outcome
}

/// Makes the ledger, once it is sure that something is published in it.
async fn publish_first(asked: &Publish, configured: &Configured) -> Result<(), Refusal> {
    if let Some(publication) = shown(asked, configured, &Published::default())? {
        let ledger = open(&asked.data, asked.key_file.clone(), configured.site())?;
        let outcome = freeze(&ledger, &publication, configured, asked).await;
        ledger.close().await;
        outcome?;
    }
    Ok(())
}

async fn show_and_publish(ledger: &Ledger, configured: &Configured, asked: &Publish) -> Result<(), Refusal> {
    match shown(asked, configured, &Published::load(ledger)?)? {
        Some(publication) => freeze(ledger, &publication, configured, asked).await,
        None => keep_configuration(&asked.data, &configured.text),
    }
}

/// Shows what would change; `None` if that is nothing.
fn shown(asked: &Publish, configured: &Configured, published: &Published) -> Result<Option<Box<Publication>>, Refusal> {
    // Without a class the difference is shown all the same, so that whoever publishes can tell which it is.
    let change = asked.change.map_or(ChangeClass::Purpose, ChangeClass::from);
    let planned = plan(&configured.config, published.latest(), change, first_layer).map_err(PublishError::Faults)?;
    let PublishPlan::New(publication) = planned else {
        say(format_args!("nothing to publish: the policy in force already says this"));
        return Ok(None);
    };
    publication.differences.iter().for_each(|line| say(format_args!("{line}")));
    if published.latest().is_some() && asked.change.is_none() {
        return Err(Unpublished::NoClass.into());
    }
    if asked.yes { Ok(Some(publication)) } else { Err(Unpublished::OnlyShown.into()) }
}

async fn freeze(
    ledger: &Ledger,
    publication: &Publication,
    configured: &Configured,
    asked: &Publish,
) -> Result<(), Refusal> {
    let written = publish(ledger, publication, Actor::System, &SystemClock).await?;
    keep_configuration(&asked.data, &configured.text)?;
    say(format_args!("published: policy {} as record {}", publication.policy.id(), written.address));
    Ok(())
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
enum Unpublished {
    #[error("nothing was published; say what kind of change this is: --change editorial, material or purpose")]
    NoClass,
    #[error("nothing was published; add --yes to publish this")]
    OnlyShown,
}

impl From<Unpublished> for Refusal {
    fn from(why: Unpublished) -> Self {
        Self::told(why)
    }
}
