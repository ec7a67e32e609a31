//! Where each key stands, by its name and by whose it is: four bytes a key each, and a byte of the hash.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::{Entry, OccupiedEntry};

use super::bucket::TableBucket;
use super::{HOUR, KEYS_IN_BUCKET, KeyId};
use crate::formats::ring::NamedKey;

/// A key's place: its bucket and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u32);

impl Place {
    /// # Panics
    /// For the four billionth key.
    pub fn new(bucket: usize, position: usize) -> Self {
        let place = bucket * KEYS_IN_BUCKET + position;
        Self(u32::try_from(place).expect("as many keys as no disk of this kind holds"))
    }

    pub fn bucket(self) -> usize {
        self.0 as usize / KEYS_IN_BUCKET
    }

    pub fn position(self) -> usize {
        self.0 as usize % KEYS_IN_BUCKET
    }

    pub fn key(self, buckets: &[TableBucket]) -> &NamedKey {
        &buckets[self.bucket()].keys()[self.position()]
    }
}

/// See the module. Every place in it is one that the buckets have.
pub(super) struct Index {
    by_id: Places,
    by_owner: Places,
    /// Those hours that have a key: they end by what they are of.
    hours: BTreeSet<u32>,
    /// Names of owners come from outside.
    owners: RandomState,
}

/// Names are random: they are their own hash.
fn hash_of(id: &KeyId) -> u64 {
    u64::from_le_bytes(*id.0.first_chunk().expect("16 bytes"))
}

/// The hour whose key it is, if it is one's.
fn hour_of(owner: &[u8; 17]) -> Option<u32> {
    (owner[0] == HOUR).then(|| u32::from_be_bytes(*owner.last_chunk().expect("17 bytes")))
}

impl Index {
    /// Without a key.
    pub fn empty() -> Self {
        Self { by_id: Places::empty(), by_owner: Places::empty(), hours: BTreeSet::new(), owners: RandomState::new() }
    }

    /// Of all keys in the buckets. A key that stands in two, as a kill during a destruction leaves it, is the one in the later.
    pub fn build(buckets: &[TableBucket]) -> Self {
        let mut index = Self::empty();
        let Self { by_id, by_owner, hours, owners } = &mut index;
        let of_owners = || {
            by_owner.fill(buckets, |key| owners.hash_one(key.owner), |one, other| one.owner == other.owner);
            hours.extend(buckets.iter().flat_map(TableBucket::keys).filter_map(|key| hour_of(&key.owner)));
        };
        // Both wait for memory most of the time.
        std::thread::scope(|scope| {
            scope.spawn(of_owners);
            by_id.fill(buckets, |key| hash_of(&key.id), |one, other| one.id == other.id);
        });
        index
    }

    /// Where the key of that name stands.
    pub fn find(&self, id: KeyId, buckets: &[TableBucket]) -> Option<Place> {
        self.by_id.find(hash_of(&id), |place| place.key(buckets).id == id)
    }

    /// Where an owner's key stands.
    pub fn find_owner(&self, owner: &[u8; 17], buckets: &[TableBucket]) -> Option<Place> {
        self.by_owner.find(self.owners.hash_one(owner), |place| place.key(buckets).owner == *owner)
    }

    /// The hours before one that have a key.
    pub fn hours_before(&self, hour: u32) -> impl Iterator<Item = u32> {
        self.hours.range(..hour).copied()
    }

    /// Takes note of a key that is new.
    pub fn add(&mut self, place: Place, buckets: &[TableBucket]) {
        let Self { by_id, by_owner, hours, owners } = self;
        by_id.put(place, buckets, |key| hash_of(&key.id), |one, other| one.id == other.id);
        by_owner.put(place, buckets, |key| owners.hash_one(key.owner), |one, other| one.owner == other.owner);
        hours.extend(hour_of(&place.key(buckets).owner));
    }

    /// Takes note that a key stands elsewhere now.
    pub fn relocate(&mut self, from: Place, to: Place, buckets: &[TableBucket]) {
        let NamedKey { id, owner, .. } = to.key(buckets);
        self.by_id.replace(hash_of(id), from, to);
        self.by_owner.replace(self.owners.hash_one(owner), from, to);
    }

    /// Forgets a key: nobody finds it any more.
    pub fn remove(&mut self, at: Place, buckets: &[TableBucket]) {
        let NamedKey { id, owner, .. } = at.key(buckets);
        self.by_id.remove(hash_of(id), at);
        // Its owner may have another one by now.
        if self.by_owner.remove(self.owners.hash_one(owner), at) {
            hour_of(owner).map(|hour| self.hours.remove(&hour));
        }
    }

    /// How many keys are found by their name, and how many by whose they are.
    #[cfg(test)]
    pub fn counts(&self) -> [usize; 2] {
        [&self.by_id, &self.by_owner].map(|places| places.0.iter().map(HashTable::len).sum())
    }
}

/// Places by a hash, in parts that grow one at a time: with millions of keys, growing all at once would keep every look-up
/// waiting.
struct Places(Vec<HashTable<Place>>);

impl Places {
    const PARTS: usize = 256;

    fn empty() -> Self {
        Self((0..Self::PARTS).map(|_| HashTable::new()).collect())
    }

    /// By bits of the hash that a table does not use itself.
    fn part(hash: u64) -> usize {
        (hash >> 40) as usize % Self::PARTS
    }

    /// Puts the places of all keys in.
    fn fill(
        &mut self,
        buckets: &[TableBucket],
        hash: impl Fn(&NamedKey) -> u64,
        is_same: impl Fn(&NamedKey, &NamedKey) -> bool,
    ) {
        let count: usize = buckets.iter().map(|bucket| bucket.keys().len()).sum();
        self.0.iter_mut().for_each(|part| part.reserve(count / Self::PARTS, |place| hash(place.key(buckets))));
        for (number, bucket) in buckets.iter().enumerate() {
            (0..bucket.keys().len()).for_each(|at| self.put(Place::new(number, at), buckets, &hash, &is_same));
        }
    }

    /// Puts a place in, over another of the same name.
    fn put(
        &mut self,
        place: Place,
        buckets: &[TableBucket],
        hash: impl Fn(&NamedKey) -> u64,
        is_same: impl Fn(&NamedKey, &NamedKey) -> bool,
    ) {
        let key = place.key(buckets);
        let name = hash(key);
        let is_there = |other: &Place| is_same(other.key(buckets), key);
        match self.0[Self::part(name)].entry(name, is_there, |other| hash(other.key(buckets))) {
            Entry::Occupied(mut there) => *there.get_mut() = place,
            Entry::Vacant(free) => _ = free.insert(place),
        }
    }

    fn find(&self, hash: u64, is_it: impl Fn(&Place) -> bool) -> Option<Place> {
        self.0[Self::part(hash)].find(hash, is_it).copied()
    }

    fn replace(&mut self, hash: u64, from: Place, to: Place) {
        if let Some(place) = self.0[Self::part(hash)].find_mut(hash, |place| *place == from) {
            *place = to;
        }
    }

    /// Takes a place out; whether it was there.
    fn remove(&mut self, hash: u64, at: Place) -> bool {
        self.0[Self::part(hash)].find_entry(hash, |place| *place == at).map(OccupiedEntry::remove).is_ok()
    }
}
