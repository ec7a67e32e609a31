//! A bucket in memory: its keys in the order of its file.

use super::KEYS_IN_BUCKET;
use crate::formats::ring::{KEY_ENTRY, NamedKey, encode_bucket, encode_key};
use crate::key::{BucketKey, RootKey};
use crate::random::SecureRandom;

pub(super) struct TableBucket {
    /// `None` once a key of it was destroyed: what lived on is in another bucket.
    pub key: Option<BucketKey>,
    /// It is about to end: no key is put into it any more, and those that it had are gone from here.
    ends: bool,
    keys: Vec<NamedKey>,
    /// How many keys are durable.
    pub durable: usize,
    /// How many keys, the first ones, came from a bucket that is about to end, where they are durable.
    copied: usize,
    /// The entries that are not durable.
    pending: Vec<u8>,
}

/// The entries of a bucket that were not durable.
pub(super) struct UnsyncedBucket {
    pub number: usize,
    /// Its own entry in the root file, where that lacks it.
    pub root_entry: Option<Vec<u8>>,
    /// How many entries stand before them.
    pub durable: usize,
    pub entries: Vec<u8>,
}

impl TableBucket {
    /// One without a key in it, under a key of its own; `None` for one that ended.
    pub fn empty(key: Option<BucketKey>) -> Self {
        Self { key, ends: false, keys: Vec::new(), durable: 0, copied: 0, pending: Vec::new() }
    }

    /// Holds what was read from its file.
    pub fn fill(&mut self, keys: Vec<NamedKey>) {
        self.durable = keys.len();
        self.keys = keys;
    }

    /// The keys in it, each at its place.
    pub fn keys(&self) -> &[NamedKey] {
        &self.keys
    }

    /// For how many keys there is memory.
    #[cfg(test)]
    pub fn room(&self) -> usize {
        self.keys.capacity()
    }

    /// Keys that its file has or is about to get.
    fn count(&self) -> usize {
        self.durable + self.pending.len() / KEY_ENTRY
    }

    pub fn has_room(&self) -> bool {
        self.key.is_some() && !self.ends && self.count() < KEYS_IN_BUCKET
    }

    pub fn is_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether a power cut leaves the key at that place.
    pub fn is_durable(&self, position: usize) -> bool {
        position < self.durable.max(self.copied)
    }

    /// Puts a key behind the others, and gives its place. Where it is a copy of one that is durable, it is put before all that
    /// are not.
    pub fn put(&mut self, number: usize, key: NamedKey, is_copy: bool, random: &dyn SecureRandom) -> usize {
        let bucket_key = self.key.as_ref().expect("keys go into a bucket that lives");
        let position = self.keys.len();
        self.pending.extend(encode_key(bucket_key, (number, position), &key, random));
        if is_copy {
            self.copied = position + 1;
        }
        if position == self.keys.capacity() {
            self.move_into(KEYS_IN_BUCKET);
        }
        self.keys.push(key);
        position
    }

    /// Takes no more memory than its keys need: no more of them come.
    pub fn fit(&mut self) {
        if self.keys.len() < self.keys.capacity() {
            self.move_into(self.keys.len());
        }
    }

    /// Moves the keys into memory for so many, and overwrites them where they were: a vector that grows by itself does not.
    fn move_into(&mut self, capacity: usize) {
        let mut keys = Vec::with_capacity(capacity.max(self.keys.len()));
        keys.extend(self.keys.iter().cloned());
        self.keys = keys;
    }

    /// Forgets its keys, which were destroyed or live elsewhere, and takes none any more.
    pub fn begin_to_end(&mut self) {
        self.ends = true;
        self.keys = Vec::new();
    }

    /// What is not durable at this moment.
    pub fn unsynced(&self, number: usize, root: &RootKey, random: &dyn SecureRandom) -> UnsyncedBucket {
        let root_entry = (self.durable == 0).then(|| self.root_entry(number, root, random));
        UnsyncedBucket { number, root_entry, durable: self.durable, entries: self.pending.clone() }
    }

    /// Takes note that this is durable now.
    pub fn note_durable(&mut self, unsynced: &UnsyncedBucket) {
        self.pending.drain(..unsynced.entries.len());
        self.durable = unsynced.durable + unsynced.entries.len() / KEY_ENTRY;
        if self.pending.is_empty() {
            self.pending = Vec::new();
        }
    }

    /// Its entry in the root file.
    pub fn root_entry(&self, number: usize, root: &RootKey, random: &dyn SecureRandom) -> Vec<u8> {
        encode_bucket(root, number, self.key.as_ref(), random)
    }
}
