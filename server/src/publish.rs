//! `keuze policy publish`: from configuration to the frozen policy, with the difference shown first.

use std::sync::Arc;

use app::model::identity::ContentHash;
use app::model::language::Language;
use app::model::notice::NoticeStrings;
use app::model::policy::Policy;

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
