//! The ring in memory.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use model::identity::Subject;

use super::bucket::{TableBucket, UnsyncedBucket};
use super::files::{LeftKeys, ROOT, bucket_name, filled_buckets, read_root_entries};
use super::index::{Index, Place};
use super::{KEYS_IN_BUCKET, KeyId, KeyPurpose, OpenMode, load};
use crate::error::RingError;
use crate::formats::ring::NamedKey;
use crate::key::{BucketKey, RootKey, SealingKey, SecretKey, SecretName};
use crate::random::SecureRandom;

/// All keys, and what of them is not durable yet.
pub struct KeyTable {
    root: RootKey,
    /// With the keys themselves. Where one is a secret its name says what it is for.
    buckets: Vec<TableBucket>,
    index: Index,
    /// The buckets with keys that a power cut would take.
    pending: BTreeSet<usize>,
    torn: bool,
}

/// What was not durable at a moment.
pub(super) struct Unsynced {
    pub buckets: Vec<UnsyncedBucket>,
}

impl Unsynced {
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

impl KeyTable {
    /// Reads the ring in a folder, or begins an empty one; changes nothing.
    ///
    /// # Errors
    /// The file and the entry that cannot be read.
    pub fn load_table(folder: Option<&Path>, root: RootKey, reading: OpenMode) -> Result<Self, RingError> {
        let (Some(folder), OpenMode::Concurrent) = (folder, reading) else {
            return Self::read_once(folder, &root, reading);
        };
        // Keys that are destroyed move to other files, and the root file says so first: it must not have changed.
        let mut before = std::fs::read(folder.join(ROOT)).ok();
        for _ in 0..100 {
            let table = Self::read_once(Some(folder), &root, reading);
            let after = std::fs::read(folder.join(ROOT)).ok();
            if before == after {
                return table;
            }
            before = after;
        }
        Err(RingError::Changing(folder.to_path_buf()))
    }

    /// A ring without a key, under a root key that nothing is sealed under.
    pub fn empty() -> Self {
        Self::under(RootKey::nobodys())
    }

    fn under(root: RootKey) -> Self {
        Self { root, buckets: Vec::new(), index: Index::empty(), pending: BTreeSet::new(), torn: false }
    }

    fn read_once(folder: Option<&Path>, root: &RootKey, reading: OpenMode) -> Result<Self, RingError> {
        let mut table = Self::under(root.clone());
        if let Some(folder) = folder {
            // Counted first: a bucket that a running server adds meanwhile has its key in the root file before.
            let filled = filled_buckets(folder);
            let (buckets, torn) = read_root_entries(folder, &table.root, reading)?;
            table.torn |= torn;
            table.buckets = buckets.into_iter().map(TableBucket::empty).collect();
            if filled > table.buckets.len() {
                return Err(RingError::NoBucketKey(folder.join(bucket_name(filled - 1))));
            }
            table.torn |= load::fill(&mut table.buckets, folder, reading, load::readers())?;
            table.index = Index::build(&table.buckets);
        }
        Ok(table)
    }

    fn place(&self, id: KeyId) -> Option<Place> {
        self.index.find(id, &self.buckets)
    }

    fn named(&self, id: KeyId) -> Option<&NamedKey> {
        self.place(id).map(|place| place.key(&self.buckets))
    }

    /// What the files were left with.
    pub(super) fn left(&self) -> LeftKeys {
        let is_there = |bucket: &TableBucket| bucket.key.is_none() || bucket.durable > 0;
        let buckets = self.buckets.iter().rposition(is_there).map_or(0, |last| last + 1);
        let keys = buckets.checked_sub(1).map_or(0, |last| self.buckets[last].durable);
        LeftKeys { buckets, keys }
    }

    /// Whether a file ends in the middle of a key, as a kill leaves it.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// The key of that name; `None` if it was destroyed or never was.
    pub fn key(&self, id: KeyId) -> Option<&SealingKey> {
        self.named(id).map(|named| &named.key)
    }

    /// A secret of that name, unless a power cut would still take it.
    pub fn secret<P>(&self, name: SecretName<P>) -> Option<SecretKey<P>> {
        self.durable(name.owner()).map(SecretKey::made_for)
    }

    /// The same of a secret that is rotated, by its number.
    pub fn numbered_secret<P>(&self, name: SecretName<P>, number: u16) -> Option<SecretKey<P>> {
        self.durable(name.numbered(number)).map(SecretKey::made_for)
    }

    /// A secret of that name, also one that is not durable yet: for whoever is about to sync it.
    pub fn made<P>(&self, name: SecretName<P>) -> Option<SecretKey<P>> {
        self.find(name.owner()).and_then(|id| self.key(id)).map(SecretKey::made_for)
    }

    /// The same of a secret that is rotated, by its number.
    pub fn made_numbered<P>(&self, name: SecretName<P>, number: u16) -> Option<SecretKey<P>> {
        self.find(name.numbered(number)).and_then(|id| self.key(id)).map(SecretKey::made_for)
    }

    pub(super) fn durable(&self, owner: KeyPurpose) -> Option<&SealingKey> {
        let place = self.index.find_owner(&owner.encode(), &self.buckets)?;
        let is_durable = self.buckets[place.bucket()].is_durable(place.position());
        is_durable.then(|| &place.key(&self.buckets).key)
    }

    /// The subject whose proof key has that name.
    pub fn subject(&self, id: KeyId) -> Option<Subject> {
        let owner = &self.named(id)?.owner;
        (owner[0] == 1).then(|| Subject(*owner.last_chunk().expect("17 bytes")))
    }

    /// The name of an owner's key.
    pub fn find(&self, owner: KeyPurpose) -> Option<KeyId> {
        let place = self.index.find_owner(&owner.encode(), &self.buckets)?;
        Some(place.key(&self.buckets).id)
    }

    /// The names of the keys of all hours before one.
    pub fn hours_before(&self, hour: u32) -> HashSet<KeyId> {
        self.index.hours_before(hour).filter_map(|hour| self.find(KeyPurpose::Hour(hour))).collect()
    }

    /// The first hour whose key there is.
    pub fn first_hour(&self) -> Option<u32> {
        self.index.hours_before(u32::MAX).next()
    }

    /// How many buckets ended with a key of theirs. It only grows.
    pub fn ended(&self) -> usize {
        self.ended_buckets().len()
    }

    pub(super) fn ended_buckets(&self) -> Vec<usize> {
        let ended = self.buckets.iter().enumerate().filter(|(_, bucket)| bucket.key.is_none());
        ended.map(|(number, _)| number).collect()
    }

    /// Tells one root key from another and nothing of either.
    pub fn root_check(&self) -> String {
        self.root.check()
    }

    pub(super) fn set_root(&mut self, root: RootKey) {
        self.root = root;
    }

    /// The name of an owner's key, made if there is none.
    pub(super) fn ensure(&mut self, owner: KeyPurpose, random: &dyn SecureRandom) -> KeyId {
        self.find(owner).unwrap_or_else(|| self.put_new(owner, None, random))
    }

    /// Puts a key in for an owner that has none; a random one where none is given.
    pub(super) fn put_new(&mut self, owner: KeyPurpose, key: Option<SealingKey>, random: &dyn SecureRandom) -> KeyId {
        if self.buckets.last().is_none_or(|bucket| !bucket.has_room()) {
            self.begin_bucket(random);
        }
        let id = KeyId(random.bytes());
        let key = key.unwrap_or_else(|| SealingKey::random(random));
        let place = self.put(NamedKey { id, owner: owner.encode(), key }, false, random);
        self.index.add(place, &self.buckets);
        id
    }

    fn begin_bucket(&mut self, random: &dyn SecureRandom) {
        self.buckets.last_mut().map(TableBucket::fit);
        self.buckets.push(TableBucket::empty(Some(BucketKey::random(random))));
    }

    /// Puts a key into the last bucket.
    fn put(&mut self, key: NamedKey, is_copy: bool, random: &dyn SecureRandom) -> Place {
        let number = self.buckets.len() - 1;
        self.pending.insert(number);
        Place::new(number, self.buckets[number].put(number, key, is_copy, random))
    }

    /// Takes keys away, and moves what lives on of their buckets into fresh ones. Gives the buckets that can end once those
    /// are durable.
    pub(super) fn move_away_from(&mut self, ids: &HashSet<KeyId>, random: &dyn SecureRandom) -> BTreeSet<usize> {
        let ending: BTreeSet<usize> = ids.iter().filter_map(|id| Some(self.place(*id)?.bucket())).collect();
        let moving = self.moving_out(&ending, ids);
        for (turn, (is_new, _, from)) in moving.into_iter().enumerate() {
            if turn % KEYS_IN_BUCKET == 0 {
                self.begin_bucket(random);
            }
            let to = self.put(from.key(&self.buckets).clone(), !is_new, random);
            self.index.relocate(from, to, &self.buckets);
        }
        for id in ids {
            if let Some(place) = self.place(*id) {
                self.index.remove(place, &self.buckets);
            }
        }
        for number in &ending {
            self.buckets[*number].begin_to_end();
        }
        ending
    }

    /// What lives on of buckets that end: whether it is too new to be durable, which come last, its name and its place.
    fn moving_out(&self, ending: &BTreeSet<usize>, ids: &HashSet<KeyId>) -> Vec<(bool, KeyId, Place)> {
        let mut moving = Vec::new();
        for number in ending {
            let bucket = &self.buckets[*number];
            for (position, NamedKey { id, .. }) in bucket.keys().iter().enumerate() {
                let place = Place::new(*number, position);
                // One that a later bucket has, too, is the one that is there.
                if !ids.contains(id) && self.place(*id) == Some(place) {
                    moving.push((!bucket.is_durable(position), *id, place));
                }
            }
        }
        moving.sort_unstable_by_key(|(is_new, id, _)| (*is_new, *id));
        moving
    }

    /// Forgets the keys of buckets that nothing is in any more.
    pub(super) fn end(&mut self, ending: &BTreeSet<usize>) {
        for number in ending {
            self.buckets[*number] = TableBucket::empty(None);
            self.pending.remove(number);
        }
    }

    /// What is not durable at this moment.
    pub(super) fn unsynced(&self, random: &dyn SecureRandom) -> Unsynced {
        let unsynced = |number: &usize| self.buckets[*number].unsynced(*number, &self.root, random);
        Unsynced { buckets: self.pending.iter().map(unsynced).collect() }
    }

    /// Takes note that it is durable now; keys that came meanwhile are not.
    pub(super) fn are_durable(&mut self, unsynced: &Unsynced) {
        for durable in &unsynced.buckets {
            let bucket = &mut self.buckets[durable.number];
            bucket.note_durable(durable);
            if !bucket.is_pending() {
                self.pending.remove(&durable.number);
            }
        }
    }

    /// The root file as it is to be: every bucket's key under the root key, or under another one.
    pub(super) fn root_file(&self, root: Option<&RootKey>, random: &dyn SecureRandom) -> Vec<u8> {
        let root = root.unwrap_or(&self.root);
        let entry = |(number, bucket): (usize, &TableBucket)| bucket.root_entry(number, root, random);
        self.buckets.iter().enumerate().flat_map(entry).collect()
    }

    /// How many keys are found by name, how many by owner, how many stand in buckets, and for how many there is memory.
    #[cfg(test)]
    pub(super) fn counts(&self) -> [usize; 4] {
        let [by_id, by_owner] = self.index.counts();
        let stand = self.buckets.iter().map(|bucket| bucket.keys().len()).sum();
        [by_id, by_owner, stand, self.buckets.iter().map(TableBucket::room).sum()]
    }
}
