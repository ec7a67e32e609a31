//! The ring in memory.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use model::identity::Subject;

use super::files::{LeftKeys, ROOT, bucket_name, filled_buckets, read_bucket_entries, read_root_entries};
use super::{HOUR, KeyId, KeyPurpose, OpenMode};
use crate::error::RingError;
use crate::formats::ring::{encode_bucket, encode_key};
use crate::key::{BucketKey, RootKey, SealingKey, SecretKey, SecretName};
use crate::random::SecureRandom;

pub(super) const KEYS_IN_BUCKET: usize = 1000;

/// All keys, and what of them is not durable yet.
pub struct KeyTable {
    root: RootKey,
    buckets: Vec<TableBucket>,
    keys: HashMap<KeyId, HeldKey>,
    by_owner: HashMap<[u8; 17], KeyId>,
    /// Those that a power cut would take.
    unsynced: HashSet<KeyId>,
    torn: bool,
}

/// A key, whose it is and where it stands. Where it is a secret its name says what it is for.
struct HeldKey {
    owner: [u8; 17],
    key: SealingKey,
    bucket: usize,
}

struct TableBucket {
    /// `None` once a key of it was destroyed: what lived on is in another bucket.
    key: Option<BucketKey>,
    /// It is about to end: no key is put into it any more.
    ends: bool,
    /// Keys in memory.
    count: usize,
    /// Those of them that are durable.
    durable: usize,
    /// The entries that are not.
    pending: Vec<u8>,
}

impl TableBucket {
    fn empty(key: Option<BucketKey>) -> Self {
        Self { key, ends: false, count: 0, durable: 0, pending: Vec::new() }
    }

    fn has_room(&self) -> bool {
        self.key.is_some() && !self.ends && self.count < KEYS_IN_BUCKET
    }
}

/// What was not durable at a moment.
pub(super) struct Unsynced {
    pub buckets: Vec<UnsyncedBucket>,
    ids: Vec<KeyId>,
}

impl Unsynced {
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

/// The entries of a bucket that were not durable.
pub(super) struct UnsyncedBucket {
    pub number: usize,
    /// Its own entry in the root file, where that lacks it.
    pub root_entry: Option<Vec<u8>>,
    /// How many entries stand before them.
    pub durable: usize,
    pub entries: Vec<u8>,
    count: usize,
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
        Self {
            root,
            buckets: Vec::new(),
            keys: HashMap::new(),
            by_owner: HashMap::new(),
            unsynced: HashSet::new(),
            torn: false,
        }
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
            for number in 0..table.buckets.len() {
                table.read_bucket(folder, number, reading)?;
            }
        }
        Ok(table)
    }

    fn read_bucket(&mut self, folder: &Path, number: usize, reading: OpenMode) -> Result<(), RingError> {
        // Its file may be there: a kill during a destruction leaves it, until the ring is swept.
        let Some(bucket_key) = &self.buckets[number].key else { return Ok(()) };
        let (keys, torn) = read_bucket_entries(folder, number, bucket_key, reading)?;
        self.torn |= torn;
        self.buckets[number].count = keys.len();
        self.buckets[number].durable = keys.len();
        for (id, owner, key) in keys {
            self.keys.insert(id, HeldKey { owner, key, bucket: number });
            self.by_owner.insert(owner, id);
        }
        Ok(())
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
        self.keys.get(&id).map(|held| &held.key)
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
        self.find(owner).filter(|id| !self.unsynced.contains(id)).and_then(|id| self.key(id))
    }

    /// The subject whose proof key has that name.
    pub fn subject(&self, id: KeyId) -> Option<Subject> {
        let owner = self.keys.get(&id)?.owner;
        (owner[0] == 1).then(|| Subject(*owner.last_chunk().expect("17 bytes")))
    }

    /// The name of an owner's key.
    pub fn find(&self, owner: KeyPurpose) -> Option<KeyId> {
        self.by_owner.get(&owner.encode()).copied()
    }

    /// The names of the keys of all hours before one.
    pub fn hours_before(&self, hour: u32) -> HashSet<KeyId> {
        let number = |owner: &[u8; 17]| u128::from_be_bytes(*owner.last_chunk().expect("17 bytes"));
        let over = self.by_owner.iter().filter(|(owner, _)| owner[0] == HOUR && number(owner) < u128::from(hour));
        over.map(|(_, id)| *id).collect()
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
    pub(super) fn ensure(&mut self, owner: KeyPurpose, entropy: &dyn SecureRandom) -> KeyId {
        if let Some(id) = self.find(owner) {
            return id;
        }
        if self.buckets.last().is_none_or(|bucket| !bucket.has_room()) {
            self.begin_bucket(entropy);
        }
        let (id, key) = (KeyId(entropy.bytes()), SealingKey::random(entropy));
        self.put(id, owner.encode(), key, entropy);
        self.unsynced.insert(id);
        id
    }

    fn begin_bucket(&mut self, entropy: &dyn SecureRandom) {
        self.buckets.push(TableBucket::empty(Some(BucketKey::random(entropy))));
    }

    /// Puts a key into the last bucket.
    fn put(&mut self, id: KeyId, owner: [u8; 17], key: SealingKey, entropy: &dyn SecureRandom) {
        let number = self.buckets.len() - 1;
        let bucket = &mut self.buckets[number];
        let bucket_key = bucket.key.as_ref().expect("keys go into a bucket that lives");
        bucket.pending.extend(encode_key(bucket_key, (number, bucket.count), id, &owner, &key, entropy));
        bucket.count += 1;
        self.keys.insert(id, HeldKey { owner, key, bucket: number });
        self.by_owner.insert(owner, id);
    }

    /// Takes keys away, and moves what lives on of their buckets into fresh ones. Gives the buckets that can end once those
    /// are durable.
    pub(super) fn move_away_from(&mut self, ids: &HashSet<KeyId>, entropy: &dyn SecureRandom) -> BTreeSet<usize> {
        let ending: BTreeSet<usize> = ids.iter().filter_map(|id| Some(self.keys.get(id)?.bucket)).collect();
        let lives_on = |(id, held): &(&KeyId, &HeldKey)| ending.contains(&held.bucket) && !ids.contains(*id);
        let moving = self.keys.iter().filter(lives_on).map(|(id, held)| (*id, held.owner, held.key.clone()));
        let mut moving: Vec<_> = moving.collect();
        moving.sort_unstable_by_key(|(id, ..)| *id);
        for (number, (id, owner, key)) in moving.into_iter().enumerate() {
            if number % KEYS_IN_BUCKET == 0 {
                self.begin_bucket(entropy);
            }
            self.put(id, owner, key, entropy);
        }
        for id in ids {
            self.unsynced.remove(id);
            if let Some(held) = self.keys.remove(id) {
                self.by_owner.remove(&held.owner);
            }
        }
        for number in &ending {
            self.buckets[*number].ends = true;
        }
        ending
    }

    /// Forgets the keys of buckets that nothing is in any more.
    pub(super) fn end(&mut self, ending: &BTreeSet<usize>) {
        for number in ending {
            self.buckets[*number] = TableBucket::empty(None);
        }
    }

    /// What is not durable at this moment.
    pub(super) fn unsynced(&self, entropy: &dyn SecureRandom) -> Unsynced {
        let pending = self.buckets.iter().enumerate().filter(|(_, bucket)| !bucket.pending.is_empty());
        let buckets = pending.map(|(number, bucket)| UnsyncedBucket {
            number,
            root_entry: (bucket.durable == 0).then(|| encode_bucket(&self.root, number, bucket.key.as_ref(), entropy)),
            durable: bucket.durable,
            entries: bucket.pending.clone(),
            count: bucket.count,
        });
        Unsynced { buckets: buckets.collect(), ids: self.unsynced.iter().copied().collect() }
    }

    /// Takes note that it is durable now; keys that came meanwhile are not.
    pub(super) fn are_durable(&mut self, unsynced: &Unsynced) {
        for UnsyncedBucket { number, entries, count, .. } in &unsynced.buckets {
            let bucket = &mut self.buckets[*number];
            bucket.pending.drain(..entries.len());
            bucket.durable = *count;
        }
        for id in &unsynced.ids {
            self.unsynced.remove(id);
        }
    }

    /// The root file as it is to be: every bucket's key under the root key, or under another one.
    pub(super) fn root_file(&self, root: Option<&RootKey>, entropy: &dyn SecureRandom) -> Vec<u8> {
        let root = root.unwrap_or(&self.root);
        let entry = |(number, bucket): (usize, &TableBucket)| encode_bucket(root, number, bucket.key.as_ref(), entropy);
        self.buckets.iter().enumerate().flat_map(entry).collect()
    }
}
