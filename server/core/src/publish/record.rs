//! A policy on record: its event, its contents under their hashes, and the list of all policies.

use model::event::{Actor, Event, PolicyPublished, Route};
use model::identity::ContentHash;
use model::notice::NoticeStrings;
use model::policy::{ChangeClass, Policy};

use super::plan::freeze;
use super::{
    PublishError, PublishPlan, Published, PublishedPolicy, RenderFirstLayer, canonical, hash, least_class, plan,
};
use crate::config::Config;
use ledger::clock::Clock;
use ledger::{AppendRequest, Appended, Fact, FactName, Ledger};
use vault::error::OtherBuild;

/// Records a policy: from the next start on it is the one in force.
///
/// # Errors
/// Nothing was recorded then.
pub async fn publish(
    ledger: &Ledger,
    publication: &super::Publication,
    actor: Actor,
    clock: &dyn Clock,
) -> Result<Appended, PublishError> {
    let published = PolicyPublished { policy: publication.policy.hash, change: publication.change };
    let event = Event::new(clock.now().at, actor, Route::System, published);
    let mut facts = contents(&publication.policy);
    let mut policies = listed(ledger)?;
    policies.push(publication.policy.hash);
    facts.push(Fact::Policies(policies));
    Ok(ledger.append(AppendRequest::with(event, facts)).await?)
}

/// Publishes a configuration unless it is the one in force, as whatever kind of change it is; for the demo and tests.
///
/// # Errors
/// Also when a question changed without a new revision.
pub async fn publish_if_new(
    ledger: &Ledger,
    config: &Config,
    clock: &dyn Clock,
    render: RenderFirstLayer,
) -> Result<(), PublishError> {
    let published = Published::load(ledger)?;
    if published.is_current(config) {
        return Ok(());
    }
    let previous = published.latest();
    let change = previous.map_or(ChangeClass::Purpose, |previous| least_class(&previous.policy, &freeze(config, 0, 0)));
    match plan(config, previous, change, render).map_err(PublishError::Faults)? {
        PublishPlan::UpToDate => Ok(()),
        PublishPlan::New(publication) => publish(ledger, &publication, Actor::System, clock).await.map(|_| ()),
    }
}

/// Every content of a policy under its hash.
fn contents(published: &PublishedPolicy) -> Vec<Fact> {
    let policy = canonical(&published.policy);
    let strings = published.strings.iter().map(canonical);
    let html = published.html.iter().map(|(_, html)| html.clone());
    let all = std::iter::once(policy).chain(strings).chain(html);
    all.map(Fact::content).collect()
}

fn listed(ledger: &Ledger) -> Result<Vec<ContentHash>, PublishError> {
    Ok(match ledger.fact(&FactName::Policies)? {
        Some(Fact::Policies(policies)) => policies,
        _ => Vec::new(),
    })
}

impl Published {
    /// Reads all policies from the ledger; none is no fault yet.
    ///
    /// # Errors
    /// When a content is missing or is not what its hash says.
    pub fn load(ledger: &Ledger) -> Result<Self, PublishError> {
        let policies = listed(ledger)?.into_iter().map(|hash| load_policy(ledger, hash));
        Ok(Self::new(policies.collect::<Result<_, _>>()?))
    }
}

fn load_policy(ledger: &Ledger, name: ContentHash) -> Result<PublishedPolicy, PublishError> {
    let policy: Policy = parse_content(&content(ledger, name)?, name)?;
    let (mut strings, mut html) = (Vec::new(), Vec::new());
    for notice in policy.notices.values() {
        strings.push(parse_content::<NoticeStrings>(&content(ledger, notice.strings)?, notice.strings)?);
        html.push((notice.language, content(ledger, notice.html)?));
    }
    Ok(PublishedPolicy { hash: name, policy, strings, html })
}

fn content(ledger: &Ledger, name: ContentHash) -> Result<Vec<u8>, PublishError> {
    let content = ledger.content(name)?.filter(|content| hash(content) == name);
    content.ok_or_else(|| PublishError::Damaged(name.to_string()))
}

fn parse_content<T: serde::de::DeserializeOwned>(content: &[u8], name: ContentHash) -> Result<T, PublishError> {
    let other = |_| PublishError::OtherBuild { name: name.to_string(), by: OtherBuild::Unknown };
    serde_json::from_slice(content).map_err(other)
}
