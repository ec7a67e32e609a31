//! The memory that every read consults: what the last durable batch left behind.

use std::collections::{BTreeMap, HashMap};

use app::model::event::Event;
use app::model::identity::Subject;

use super::{Fact, FactKind};
use crate::ledger::tree::Tree;
use crate::vault::ring::Ring;

/// Everything that is not in the store: it is made anew from the journal at every start.
pub struct State {
    /// All keys.
    pub ring: Ring,
    /// The tree over the open shard.
    pub tree: Tree,
    /// The signed checkpoint of the last batch.
    pub checkpoint: String,
    /// The indexes of each subject's records.
    pub by_subject: HashMap<Subject, Vec<u64>>,
    /// The latest value of each fact.
    pub facts: BTreeMap<(FactKind, Vec<u8>), Vec<u8>>,
}

impl State {
    /// Takes note of a record.
    pub fn index(&mut self, event: &Event, index: u64) {
        if let Some(subject) = event.subject {
            self.by_subject.entry(subject).or_default().push(index);
        }
    }

    /// Takes note of a fact.
    pub fn apply(&mut self, fact: Fact) {
        let key = (fact.kind, fact.key);
        match fact.value {
            Some(value) => drop(self.facts.insert(key, value)),
            None => drop(self.facts.remove(&key)),
        }
    }
}
