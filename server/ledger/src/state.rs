//! The memory that every read consults: what the last durable batch left behind.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::event::{Event, EventKind, Head};
use model::identity::{RecordAddress, ShardNumber, Subject};
use time::OffsetDateTime;

use super::answers::AnswerBook;
use super::shards::{ClosedShard, OpenShard, Packed, PublishedLog};
use super::{ReadError, StoredFact};
use crate::formats::fact::{FactKind, FactName, OpenedFact};
use vault::ring::{KeyId, KeyTable};

/// Everything that is neither in the store nor in the key ring: it is made anew from the journal at every start.
pub struct LedgerState {
    /// The shard that takes records.
    pub open: OpenShard,
    /// Those that take none any more.
    pub closed: BTreeMap<ShardNumber, ClosedShard>,
    /// The log of their checkpoints.
    pub logs: PublishedLog,
    /// Where each subject's records stand, in order.
    pub by_subject: HashMap<Subject, Vec<Packed>>,
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
    pub fn index(&mut self, event: &Event, record: RecordAddress) {
        let Head { at, subject, .. } = event.head;
        self.last = Some(at);
        self.erasures.extend((event.kind() == EventKind::Erased).then_some(at));
        if let Some(subject) = subject {
            self.by_subject.entry(subject).or_default().push(record.into());
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
    pub fn apply(&mut self, opened: OpenedFact, record: RecordAddress) {
        match opened.name {
            FactName::Answer(_) => self.answers.apply_fact(&opened, record),
            name => self.facts.put(name, opened.body, record.into()),
        }
    }
}

/// The latest fact of each name: its body in the clear, and the record that it was written beside. Bodies are read
/// when somebody asks, because most people's stand in the directory of contacts as well.
#[derive(Default)]
pub struct Facts(HashMap<FactKind, BTreeMap<FactName, (Vec<u8>, Packed)>>);

impl Facts {
    fn put(&mut self, name: FactName, body: Option<Vec<u8>>, record: Packed) {
        let of_kind = self.0.entry(name.kind()).or_default();
        match body {
            Some(mut body) => {
                body.shrink_to_fit();
                of_kind.insert(name, (body, record));
            }
            None => _ = of_kind.remove(&name),
        }
    }

    /// Forgets those that end with these keys.
    fn forget(&mut self, ended: &HashSet<KeyId>) {
        let ends = |name: &FactName| name.own_key().is_some_and(|key| ended.contains(&key));
        self.0.values_mut().for_each(|of_kind| of_kind.retain(|name, _| !ends(name)));
    }

    fn parse_stored(name: FactName, (body, record): &(Vec<u8>, Packed)) -> Result<StoredFact, ReadError> {
        let record = RecordAddress::from(*record);
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
