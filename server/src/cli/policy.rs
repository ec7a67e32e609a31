//! `keuze policy publish`: shows what a configuration changes, and freezes it.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use app::model::event::Actor;
use app::model::policy::ChangeClass;
use clap::{Args, ValueEnum};

use crate::ambient::Clock;
use crate::config::Config;
use crate::publish::{Plan, PublishError, Publication, Published, plan, publish};
use crate::scribe::Scribe;

/// How to publish.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// What kind of change it is; not needed for the first policy.
    #[arg(long, value_enum)]
    change: Option<Change>,
    /// Publishes without asking.
    #[arg(long)]
    yes: bool,
}

/// How a publication differs from the one before (S-51).
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Change {
    /// Wording only; nobody is asked again.
    Editorial,
    /// Something that people must be told of.
    Material,
    /// A purpose, regime or party changed; it is asked about again.
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

/// Shows the difference, asks, and publishes; the server is not running meanwhile, since it holds the ledger.
///
/// # Errors
/// A text that says what is wrong and what to do; nothing was published then.
pub async fn run(scribe: &Scribe, config: &Config, options: &Options, clock: &dyn Clock) -> Result<(), String> {
    let without_rule = config.without_rule(clock.now().today);
    if !without_rule.is_empty() {
        return Err(PublishError::Faults(without_rule).into());
    }
    let published = Published::load(scribe)?;
    let previous = published.latest().map(|previous| &**previous);
    // The class is asked for only once something turned out to change.
    let change = options.change.map_or(ChangeClass::Purpose, ChangeClass::from);
    let Plan::New(publication) = plan(config, previous, change).map_err(PublishError::Faults)? else {
        println!("nothing to publish: the policy in force already says this");
        return Ok(());
    };
    show(&publication);
    if previous.is_some() && options.change.is_none() {
        return Err("say what kind of change this is: --change editorial, material or purpose (S-51)".to_owned());
    }
    if !options.yes && !agreed() {
        return Err("nothing was published".to_owned());
    }
    let written = publish(scribe, &publication, Actor::System, clock).await?;
    println!("published: policy {} as record {}", publication.policy.id(), written.address);
    Ok(())
}

fn show(publication: &Publication) {
    publication.differences.iter().for_each(|line| println!("  {line}"));
}

fn agreed() -> bool {
    if !std::io::stdin().is_terminal() {
        eprintln!("keuze: nobody can be asked here; --yes publishes without asking");
        return false;
    }
    print!("Publish this? Type yes: ");
    let mut answer = String::new();
    let read = std::io::stdout().flush().and_then(|()| std::io::stdin().lock().read_line(&mut answer));
    read.is_ok() && answer.trim() == "yes"
}
