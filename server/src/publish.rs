//! `keuze policy publish`: from configuration to the frozen policy, with the difference shown first.

use std::sync::Arc;

use app::model::change::question_changes;
use app::model::event::{Actor, Event, EventKind, Route};
use app::model::identity::ContentHash;
use app::model::language::Language;
use app::model::notice::NoticeStrings;
use app::model::policy::{ChangeClass, Policy};
use sha2::{Digest as _, Sha256};

use crate::ambient::Clock;
use crate::config::{Config, Fault};
use crate::embed::{RenderedNotice, render_notice};
use crate::scribe::{Draft, Fact, FactKind, Scribe};

/// The setting that lists the hashes of all published policies, oldest first, as canonical JSON.
const POLICIES: &[u8] = b"policies";

/// A policy with the contents of its notices.
#[derive(Clone, Debug)]
pub struct PublishedPolicy {
    /// SHA-256 of its canonical JSON; goes into every event.
    pub hash: ContentHash,
    /// The policy.
    pub policy: Policy,
    /// The strings of each notice, as stored.
    pub strings: Vec<NoticeStrings>,
    /// The first layer's HTML of each notice, as stored.
    pub html: Vec<(Language, Vec<u8>)>,
}

impl PublishedPolicy {
    /// How a policy is named in the API, in forms and in `embed.js`: the first 20 digits of its hash.
    pub fn id(&self) -> String {
        self.hash.to_string()[..20].to_owned()
    }
}

/// All policies that were ever published, read from the ledger at the start.
#[derive(Clone, Debug)]
pub struct Published {
    /// Oldest first; the last one is in force.
    policies: Vec<Arc<PublishedPolicy>>,
}

impl Published {
    /// The one in force.
    pub fn current(&self) -> &Arc<PublishedPolicy> {
        self.policies.last().expect("serve starts only with a published policy")
    }

    /// A policy by its [`PublishedPolicy::id`].
    pub fn by_id(&self, id: &str) -> Option<&Arc<PublishedPolicy>> {
        self.policies.iter().find(|policy| policy.id() == id)
    }

    /// A policy by its hash, as it stands in events.
    pub fn by_hash(&self, hash: ContentHash) -> Option<&Arc<PublishedPolicy>> {
        self.policies.iter().find(|policy| policy.hash == hash)
    }
}

impl Published {
    /// Reads all policies that were ever published.
    ///
    /// # Errors
    /// A sentence for the operator, when one is missing or cannot be read.
    pub fn load(scribe: &Scribe) -> Result<Self, String> {
        let hashes = listed(scribe)?;
        let policies: Result<Vec<_>, String> =
            hashes.into_iter().map(|hash| load(scribe, hash).map(Arc::new)).collect();
        Ok(Self { policies: policies? })
    }

    /// The one in force, if any was ever published.
    pub fn latest(&self) -> Option<&PublishedPolicy> {
        self.policies.last().map(Arc::as_ref)
    }

    /// Refuses a configuration that says something else than the policy in force.
    ///
    /// # Errors
    /// A sentence that says what to run.
    pub fn refuse_another(&self, config: &Config) -> Result<(), String> {
        let Some(current) = self.policies.last() else {
            return Err("no policy is published yet. Run keuze policy publish".into());
        };
        if draft(config, Some(current), ChangeClass::Editorial).0 == current.policy {
            return Ok(());
        }
        Err("the configuration is not the published one. Run keuze policy publish to see and freeze what changed"
            .into())
    }
}

/// What would be published, with the contents of its notices and what differs from the policy in force.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The policy.
    pub policy: Policy,
    /// Its notices.
    pub notices: Vec<RenderedNotice>,
    /// One sentence a difference, for whoever publishes.
    pub difference: Vec<String>,
}

/// Compares a configuration with the policy in force. `Ok(None)` when there is nothing to publish.
///
/// # Errors
/// A changed purpose, regime or party without a new question revision: people would stand by an answer to a question
/// that nobody asked them (EDPB 05/2020 §110).
pub fn plan(
    config: &Config,
    current: Option<&PublishedPolicy>,
    change: ChangeClass,
) -> Result<Option<Plan>, Vec<Fault>> {
    let Some(current) = current else {
        let (policy, notices) = draft(config, None, change);
        return Ok(Some(Plan { policy, notices, difference: vec!["this is the first policy".into()] }));
    };
    if draft(config, Some(current), ChangeClass::Editorial).0 == current.policy {
        return Ok(None);
    }
    let (mut policy, notices) = draft(config, Some(current), change);
    policy.revision += 1;
    let faults: Vec<Fault> = question_changes(&current.policy, &policy)
        .into_iter()
        .filter(|changed| !changed.new_revision)
        .map(|changed| {
            let what =
                format!("the purpose `{}` changed, but its question still has the old revision", changed.purpose);
            config.fault_at_question(&changed.purpose, what, "raise `revision` by one".into())
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let difference = differences(&current.policy, &policy);
    Ok(Some(Plan { policy, notices, difference }))
}

/// The policy that a configuration describes, under the revision of the one in force.
fn draft(config: &Config, current: Option<&PublishedPolicy>, change: ChangeClass) -> (Policy, Vec<RenderedNotice>) {
    let (revision, notice_revision) = match current {
        Some(current) => {
            (current.policy.revision, current.policy.notice_revision + u32::from(change != ChangeClass::Editorial))
        }
        None => (1, 1),
    };
    let mut policy = Policy {
        revision,
        notice_revision,
        site: config.site.name.clone(),
        controller: config.controller.clone(),
        purposes: config.purposes.clone(),
        cookies: config.cookies.clone(),
        vendors: config.vendors.clone(),
        channels: config.channels.clone(),
        validity_months: config.validity_months,
        continued_use: config.continued_use.clone(),
        gpc: config.gpc.clone(),
        notices: std::collections::BTreeMap::new(),
        statements: current.map(|current| current.policy.statements.clone()).unwrap_or_default(),
    };
    let notices: Vec<_> =
        Language::ALL.into_iter().map(|language| render_notice(&policy, &config.notice_strings(language))).collect();
    policy.notices = notices.iter().map(|notice| (notice.reference.language, notice.reference)).collect();
    (policy, notices)
}

/// The parts of a policy that differ, by name.
fn differences(old: &Policy, new: &Policy) -> Vec<String> {
    let parts = [
        ("the controller", old.controller != new.controller),
        ("the purposes", old.purposes != new.purposes),
        ("the cookies", old.cookies != new.cookies),
        ("the parties with access", old.vendors != new.vendors),
        ("the rules of the channels", old.channels != new.channels),
        ("how long an answer holds", old.validity_months != new.validity_months),
        ("what continued use does", old.continued_use != new.continued_use),
        ("what Sec-GPC denies", old.gpc != new.gpc),
        ("the words of the notice", old.notices != new.notices),
    ];
    parts.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| format!("{what} changed")).collect()
}

/// Freezes a plan: one event, with the policy and its notices beside it.
///
/// # Errors
/// A sentence, when it could not be written.
pub async fn publish(scribe: &Scribe, plan: &Plan, clock: &dyn Clock) -> Result<ContentHash, String> {
    let canonical = serde_json_canonicalizer::to_vec(&plan.policy).expect("a policy is plain JSON");
    let hash = ContentHash(Sha256::digest(&canonical).into());
    let mut hashes = listed(scribe)?;
    hashes.push(hash);
    let list = serde_json_canonicalizer::to_vec(&hashes).expect("hashes are plain JSON");
    let content =
        |hash: ContentHash, value: Vec<u8>| Fact { kind: FactKind::Content, key: hash.0.to_vec(), value: Some(value) };
    let mut facts = vec![content(hash, canonical)];
    for notice in &plan.notices {
        facts.push(content(notice.reference.strings, notice.strings.clone()));
        facts.push(content(notice.reference.html, notice.html.clone()));
    }
    facts.push(Fact { kind: FactKind::Setting, key: POLICIES.to_vec(), value: Some(list) });
    let mut event = Event::new(EventKind::PolicyPublished, clock.now().at, Actor::System, Route::System);
    event.policy = Some(hash);
    event.object = Some(hash.to_string());
    scribe.append(Draft { event, facts }).await.map_err(|error| format!("the policy could not be written: {error}"))?;
    Ok(hash)
}

/// What the demo does at every start: publishes if the configuration says something new.
///
/// # Errors
/// A sentence for the operator.
pub async fn publish_if_new(scribe: &Scribe, config: &Config, clock: &dyn Clock) -> Result<(), String> {
    let published = Published::load(scribe)?;
    let current = published.policies.last().map(Arc::as_ref);
    let planned = plan(config, current, ChangeClass::Material);
    let planned = planned.map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    if let Some(planned) = planned {
        publish(scribe, &planned, clock).await?;
    }
    Ok(())
}

fn listed(scribe: &Scribe) -> Result<Vec<ContentHash>, String> {
    let list = scribe.fact(FactKind::Setting, POLICIES).map_err(|error| error.to_string())?;
    let Some(list) = list else { return Ok(Vec::new()) };
    serde_json::from_slice(&list).map_err(|_| "the list of policies cannot be read. Run keuze verify".into())
}

fn load(scribe: &Scribe, hash: ContentHash) -> Result<PublishedPolicy, String> {
    let content = |hash: ContentHash| -> Result<Vec<u8>, String> {
        let bytes = scribe.content(hash).map_err(|error| error.to_string())?;
        bytes.ok_or_else(|| format!("the content {hash} is missing. Run keuze verify"))
    };
    let unreadable = |_| format!("the policy {hash} cannot be read. Run keuze verify");
    let policy: Policy = serde_json::from_slice(&content(hash)?).map_err(unreadable)?;
    let mut strings = Vec::new();
    let mut html = Vec::new();
    for notice in policy.notices.values() {
        strings.push(serde_json::from_slice(&content(notice.strings)?).map_err(unreadable)?);
        html.push((notice.language, content(notice.html)?));
    }
    Ok(PublishedPolicy { hash, policy, strings, html })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::{FixedClock, SeededEntropy};
    use crate::scribe::Opening;

    fn scribe() -> Scribe {
        let entropy = Arc::new(SeededEntropy::new(1));
        Scribe::open(Opening { data: None, key_file: None, origin: "voipro.test".into(), entropy }).expect("opens")
    }

    fn changed(from: &str, to: &str) -> Config {
        assert!(crate::config::EXAMPLE.contains(from), "{from}");
        crate::config::parse("keuze.toml", &crate::config::EXAMPLE.replacen(from, to, 1)).expect("valid")
    }

    #[tokio::test]
    async fn a_policy_is_published_once_and_read_back_as_it_was() {
        let (scribe, clock, config) = (scribe(), FixedClock::at(1_790_000_000), Config::example());
        assert!(Published::load(&scribe).expect("empty").refuse_another(&config).is_err());
        publish_if_new(&scribe, &config, &clock).await.expect("published");
        publish_if_new(&scribe, &config, &clock).await.expect("nothing to do");
        let published = Published::load(&scribe).expect("loads");
        assert_eq!(published.policies.len(), 1);
        published.refuse_another(&config).expect("it is in force");
        let current = published.current();
        assert_eq!(published.by_id(&current.id()).map(|policy| policy.hash), Some(current.hash));
        assert_eq!(current.strings[0], config.notice_strings(Language::Nl));
    }

    #[tokio::test]
    async fn a_changed_word_is_a_new_policy_and_a_changed_question_needs_a_new_revision() {
        let (scribe, clock) = (scribe(), FixedClock::at(1_790_000_000));
        publish_if_new(&scribe, &Config::example(), &clock).await.expect("published");
        let first = Published::load(&scribe).expect("loads");

        let wording = changed("Cookies op voipro.nl", "Uw cookies op voipro.nl");
        assert!(first.refuse_another(&wording).is_err());
        let planned = plan(&wording, Some(first.current()), ChangeClass::Editorial).expect("allowed").expect("new");
        assert_eq!((planned.policy.revision, planned.policy.notice_revision), (2, 1));
        assert_eq!(planned.difference, ["the words of the notice changed"]);

        let question = changed(
            "name = \"_fbp\"\npurpose = \"marketing\"\ndays = 90",
            "name = \"_fbp\"\npurpose = \"marketing\"\ndays = 390",
        );
        let faults = plan(&question, Some(first.current()), ChangeClass::Material).expect_err("the question changed");
        assert!(faults[0].to_string().contains("marketing"), "{}", faults[0]);
    }
}
