//! The memory that every read consults: what the last durable batch left behind.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::event::{Event, EventKind, Head};
use model::identity::Subject;
use time::OffsetDateTime;

use super::answers::Answers;
use super::{Fact, FactKind};
use tlog::tree::Tree;
use vault::ring::{KeyId, KeyTable};

/// Everything that is neither in the store nor in the key ring: it is made anew from the journal at every start.
pub struct State {
    /// The tree over the open shard.
    pub tree: Tree,
    /// The signed checkpoint of the last batch.
    pub checkpoint: String,
    /// The indexes of each subject's records.
    pub by_subject: HashMap<Subject, Vec<u64>>,
    /// The latest value of each fact, and the index of the record that it was written beside.
    pub facts: BTreeMap<(FactKind, Vec<u8>), (Vec<u8>, u64)>,
    /// When somebody was erased, in the order of the ledger.
    pub erasures: Vec<OffsetDateTime>,
    /// When the last record was made that can be read.
    pub last: Option<OffsetDateTime>,
    /// What requests of the last day were answered.
    pub answers: Answers,
}

impl State {
    /// Takes note of a record.
    pub fn index(&mut self, event: &Event, index: u64) {
        let Head { at, subject, .. } = event.head;
        self.last = Some(at);
        self.erasures.extend((event.kind() == EventKind::Erased).then_some(at));
        if let Some(subject) = subject {
            self.by_subject.entry(subject).or_default().push(index);
        }
    }

    /// Forgets what was sealed under keys that are gone: the index of their subjects, and the facts.
    pub fn forget(&mut self, ended: &HashSet<KeyId>, keys: &KeyTable) {
        for id in ended {
            if let Some(subject) = keys.subject(*id) {
                self.by_subject.remove(&subject);
            }
        }
        let ends = |key: &[u8]| key.first_chunk().is_some_and(|id| ended.contains(&KeyId(*id)));
        self.facts.retain(|(kind, key), _| *kind != FactKind::Personal || !ends(key));
    }

    /// Takes note of a fact.
    pub fn apply(&mut self, fact: Fact, index: u64) {
        if fact.kind == FactKind::Answer {
            return self.answers.take(&fact, index);
        }
        let key = (fact.kind, fact.key);
        match fact.value {
            Some(mut value) => {
                value.shrink_to_fit();
                self.facts.insert(key, (value, index));
            }
            None => {
                self.facts.remove(&key);
            }
        }
    }
}
