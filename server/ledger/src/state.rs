//! The memory that every read consults: what the last durable batch left behind.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::event::{Event, EventKind, Head};
use model::identity::{RecordAddress, Subject};
use time::OffsetDateTime;

use super::answers::AnswerBook;
use super::{OPEN_SHARD, ReadError, StoredFact};
use crate::formats::fact::{FactKind, FactName, OpenedFact};
use tlog::tree::Tree;
use vault::ring::{KeyId, KeyTable};

/// Everything that is neither in the store nor in the key ring: it is made anew from the journal at every start.
pub struct LedgerState {
    /// The tree over the open shard.
    pub tree: Tree,
    /// The signed checkpoint of the last batch.
    pub checkpoint: String,
    /// The indexes of each subject's records.
    pub by_subject: HashMap<Subject, Vec<u64>>,
    /// The latest fact of each name.
    pub facts: Facts,
    /// When somebody was erased, in the order of the ledger.
    pub erasures: Vec<OffsetDateTime>,
    /// When the last record was made that can be read.
    pub last: Option<OffsetDateTime>,
    /// What requests of the last day were answered.
    pub answers: AnswerBook,
}

impl LedgerState {
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
        // Every batch asks, hardly any ends a key: then nothing is looked through, which would take longer with every fact.
        if ended.is_empty() {
            return;
        }
        for id in ended {
            if let Some(subject) = keys.subject(*id) {
                self.by_subject.remove(&subject);
            }
        }
        self.facts.forget(ended);
    }

    /// Takes note of a fact that was written beside a record.
    pub fn apply(&mut self, opened: OpenedFact, index: u64) {
        match opened.name {
            FactName::Answer(_) => self.answers.apply_fact(&opened, index),
            name => self.facts.put(name, opened.body, index),
        }
    }
}

/// The latest fact of each name: its body in the clear, and the index of the record that it was written beside. Bodies are read
/// when somebody asks, because most people's stand in the directory of contacts as well.
#[derive(Default)]
pub struct Facts(HashMap<FactKind, BTreeMap<FactName, (Vec<u8>, u64)>>);

impl Facts {
    fn put(&mut self, name: FactName, body: Option<Vec<u8>>, index: u64) {
        let of_kind = self.0.entry(name.kind()).or_default();
        match body {
            Some(mut body) => {
                body.shrink_to_fit();
                of_kind.insert(name, (body, index));
            }
            None => _ = of_kind.remove(&name),
        }
    }

    /// Forgets those that end with these keys.
    fn forget(&mut self, ended: &HashSet<KeyId>) {
        let ends = |name: &FactName| name.own_key().is_some_and(|key| ended.contains(&key));
        self.0.values_mut().for_each(|of_kind| of_kind.retain(|name, _| !ends(name)));
    }

    fn parse_stored(name: FactName, (body, index): &(Vec<u8>, u64)) -> Result<StoredFact, ReadError> {
        let record = RecordAddress { shard: OPEN_SHARD, index: *index };
        let fact = OpenedFact { name, body: Some(body.clone()) }.fact();
        fact.map(|fact| StoredFact { fact, record }).map_err(|error| ReadError::Fact { record, error })
    }

    /// The body of a name's fact.
    pub fn body(&self, name: &FactName) -> Option<Vec<u8>> {
        self.0.get(&name.kind())?.get(name).map(|(body, _)| body.clone())
    }

    /// The fact of a name.
    pub fn find(&self, name: &FactName) -> Result<Option<StoredFact>, ReadError> {
        let stands = self.0.get(&name.kind()).and_then(|of_kind| of_kind.get(name));
        stands.map(|stands| Self::parse_stored(*name, stands)).transpose()
    }

    /// All of a kind, by name.
    pub fn of_kind(&self, kind: FactKind) -> Result<Vec<StoredFact>, ReadError> {
        self.0.get(&kind).into_iter().flatten().map(|(name, stands)| Self::parse_stored(*name, stands)).collect()
    }
}
