//! What acts are made on: the ledger, or for a dry run a copy of what is known, on which nothing is recorded.

use model::identity::{RecordAddress, ShardNumber};

use super::batch::Batch;
use super::contact_directory::ContactDirectory;
use super::hash::{NumberedKey, index_keys, newest_index_key};
use crate::service::people::People;
use vault::key::IndexKey;
use vault::ring::{KeyId, KeyPurpose};

/// Where whatever is not written yet stands: after everything that is.
pub(super) const LAST: RecordAddress = RecordAddress { shard: ShardNumber::LAST, index: u64::MAX };

/// What acts are made on. What one makes is the same on each.
pub(super) trait Ground: Send + Sync {
    /// Whether what is made on it is recorded.
    const RECORDS: bool;

    /// Looks at what is known.
    fn look<T>(&self, at: impl FnOnce(&ContactDirectory) -> T) -> T;

    /// The keys under which what stands is found.
    fn index_keys(&self) -> &[NumberedKey];

    /// The key under which new entries stand.
    fn newest_index_key(&self) -> &NumberedKey;

    /// The key of something of somebody's.
    fn key(&self, owner: KeyPurpose) -> KeyId;

    /// The same, where there is one.
    fn known_key(&self, owner: KeyPurpose) -> Option<KeyId>;

    /// Goes on from what is known by now, when nobody else acts.
    fn begin(&mut self);

    /// Takes note of what was made, unless that is done once it is durable.
    fn apply(&mut self, batch: &Batch);
}

/// The ledger itself.
pub(super) struct OnLedger<'a> {
    people: &'a People,
    keys: Vec<NumberedKey>,
    newest: NumberedKey,
}

impl<'a> OnLedger<'a> {
    pub(super) fn new(people: &'a People) -> Self {
        Self { people, keys: index_keys(&people.ledger), newest: newest_index_key(&people.ledger) }
    }
}

impl Ground for OnLedger<'_> {
    const RECORDS: bool = true;

    fn look<T>(&self, at: impl FnOnce(&ContactDirectory) -> T) -> T {
        at(&self.people.book())
    }

    fn index_keys(&self) -> &[NumberedKey] {
        &self.keys
    }

    fn newest_index_key(&self) -> &NumberedKey {
        &self.newest
    }

    fn key(&self, owner: KeyPurpose) -> KeyId {
        self.people.ledger.ensure_key(owner)
    }

    fn known_key(&self, owner: KeyPurpose) -> Option<KeyId> {
        self.people.ledger.find_key(owner)
    }

    fn begin(&mut self) {
        *self = Self::new(self.people);
    }

    fn apply(&mut self, _: &Batch) {}
}

/// A copy of what is known. It makes no key: what would stand is kept under one that is thrown away.
pub(super) struct OnCopy<'a> {
    people: &'a People,
    book: ContactDirectory,
    keys: Vec<NumberedKey>,
    newest: NumberedKey,
}

impl<'a> OnCopy<'a> {
    pub(super) fn new(people: &'a People, thrown_away: IndexKey) -> Self {
        let newest = (0, thrown_away);
        let keys = index_keys(&people.ledger).into_iter().chain([newest.clone()]).collect();
        Self { people, book: people.book().clone(), keys, newest }
    }
}

impl Ground for OnCopy<'_> {
    const RECORDS: bool = false;

    fn look<T>(&self, at: impl FnOnce(&ContactDirectory) -> T) -> T {
        at(&self.book)
    }

    fn index_keys(&self) -> &[NumberedKey] {
        &self.keys
    }

    fn newest_index_key(&self) -> &NumberedKey {
        &self.newest
    }

    fn key(&self, owner: KeyPurpose) -> KeyId {
        let known = match owner {
            KeyPurpose::Class(subject, class) => self.book.key_of(subject, class),
            _ => None,
        };
        known.unwrap_or_else(|| KeyId(self.people.random.bytes()))
    }

    fn known_key(&self, owner: KeyPurpose) -> Option<KeyId> {
        match owner {
            KeyPurpose::Class(subject, class) => self.book.key_of(subject, class),
            owner => self.people.ledger.find_key(owner),
        }
    }

    fn begin(&mut self) {}

    fn apply(&mut self, batch: &Batch) {
        for fact in batch.facts() {
            self.book.apply(fact, LAST);
        }
    }
}
