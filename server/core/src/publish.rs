//! `keuze policy publish`: from configuration to the frozen policy, with the difference shown first.
//!
//! [`plan`] works out what a configuration would change and refuses what people were not asked; [`publish`] records it.
//! [`Published`] is what the server then stands on: every policy that was ever in force, with its notices as shown.

mod difference;
mod plan;
mod record;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use model::identity::ContentHash;
use model::language::Language;
use model::notice::NoticeStrings;
use model::policy::Policy;
use sha2::{Digest as _, Sha256};

use crate::config::{Config, ConfigFault};
use ledger::{AppendError, ReadError};
use vault::error::OtherBuild;

pub use plan::{Publication, PublishPlan, least_class, plan};
pub use record::{publish, publish_if_new};

/// Makes the HTML of a notice's first layer. It is handed in: what is published stands on no page framework.
pub type RenderFirstLayer = fn(&NoticeStrings) -> String;

/// A policy with the contents of its notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPolicy {
    /// SHA-256 of its canonical JSON; goes into every event.
    pub hash: ContentHash,
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

    /// The strings of the notice in one language.
    pub fn strings_in(&self, language: Language) -> Option<&NoticeStrings> {
        self.strings.iter().find(|strings| strings.language == language)
    }
}

/// All policies that were ever published, read from the ledger at the start.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Oldest first; the last one is in force.
    policies: Vec<Arc<PublishedPolicy>>,
}

impl Published {
    /// These policies, oldest first.
    pub fn new(policies: Vec<PublishedPolicy>) -> Self {
        Self { policies: policies.into_iter().map(Arc::new).collect() }
    }

    /// The one in force.
    ///
    /// # Panics
    /// When nothing was published yet: [`Self::refuse_another`] comes first.
    pub fn current(&self) -> &Arc<PublishedPolicy> {
        self.policies.last().expect("serve starts only with a published policy")
    }

    /// The one in force, if anything was published yet.
    pub fn latest(&self) -> Option<&PublishedPolicy> {
        self.policies.last().map(Arc::as_ref)
    }

    /// All of them, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &PublishedPolicy> {
        self.policies.iter().map(Arc::as_ref)
    }

    /// A policy by its [`PublishedPolicy::id`].
    pub fn by_id(&self, id: &str) -> Option<&Arc<PublishedPolicy>> {
        self.policies.iter().find(|policy| policy.id() == id)
    }

    /// A policy by its hash, as it stands in events.
    pub fn by_hash(&self, hash: ContentHash) -> Option<&Arc<PublishedPolicy>> {
        self.policies.iter().find(|policy| policy.hash == hash)
    }

    /// Whether the policy in force says what the configuration says.
    ///
    /// The notice's markup does not matter here: the stored one is shown, whatever this version would make of it.
    pub fn is_current(&self, config: &Config) -> bool {
        self.latest().is_some_and(|latest| {
            let words = Language::ALL.into_iter().all(|language| {
                latest.strings_in(language).is_some_and(|stored| *stored == config.notice_strings(language))
            });
            let notices = latest.policy.notices.clone();
            let policy = plan::freeze(config, latest.policy.revision, latest.policy.notice_revision);
            words && latest.policy == Policy { notices, statements: latest.policy.statements.clone(), ..policy }
        })
    }

    /// Refuses a configuration that is not the published one: nobody may be asked anything that is not on record.
    pub fn refuse_another(&self, config: &Config) -> Result<(), PublishError> {
        match (self.latest(), self.is_current(config)) {
            (None, _) => Err(PublishError::Nothing),
            (Some(_), false) => Err(PublishError::Another),
            (Some(_), true) => Ok(()),
        }
    }
}

/// Why a policy was not published, or cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The configuration changes what people were asked.
    #[error("{}", lines(.0))]
    Faults(Vec<ConfigFault>),
    /// It was not recorded, or it is not known whether it was.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The ledger cannot be read.
    #[error("the published policies cannot be read: {0}")]
    Read(#[from] ReadError),
    /// A stored content is not what its name says.
    #[error("the published policies cannot be read: the content {0} is missing or damaged; run `keuze verify`")]
    Damaged(String),
    /// A stored content is what its name says, and not what this build makes.
    #[error("the published policies cannot be read: the content {name} is not as this build writes it: {by}")]
    OtherBuild {
        /// Its hash.
        name: String,
        /// By whom it was written.
        by: OtherBuild,
    },
    /// Nothing was ever published in this ledger.
    #[error("no policy is published yet. Run `keuze policy publish` with this configuration, then start again")]
    Nothing,
    /// The configuration says something else than the policy in force.
    #[error(
        "the configuration differs from the policy in force. Run `keuze policy publish`, which shows the difference, then start again"
    )]
    Another,
}

impl From<PublishError> for String {
    fn from(error: PublishError) -> Self {
        error.to_string()
    }
}

fn lines(faults: &[ConfigFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The name of a content.
fn hash(content: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(content).into())
}

/// RFC 8785: the one way to write a value, so that its hash can be recomputed by anybody.
fn canonical<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("policies and notices hold texts, whole numbers and lists only")
}
