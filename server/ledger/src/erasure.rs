//! Keys that were destroyed, and what tells of it: a record or fact whose key is missing is explained by an event that
//! names that key, or it is a fault.

use std::collections::{BTreeMap, HashSet};

use model::event::Event;

use model::identity::RecordAddress;

use super::replay::ReplayFault;
use vault::ring::KeyId;

/// How a destroyed key is named in an event.
pub fn key_name(id: KeyId) -> String {
    hex::encode(id.0)
}

/// The keys that an event ended.
pub fn ended_by(event: &Event) -> impl Iterator<Item = KeyId> {
    event.destroyed().iter().filter_map(|name| key_id(name))
}

/// The key of a name.
pub fn key_id(name: &str) -> Option<KeyId> {
    let mut id = KeyId([0; 16]);
    hex::decode_to_slice(name, &mut id.0).ok()?;
    (key_name(id) == name).then_some(id)
}

/// What a walk over the journal finds missing, and what explains it.
#[derive(Default)]
pub struct Missing {
    /// The first record that lacks the key, or stands beside a fact that does.
    keys: BTreeMap<KeyId, RecordAddress>,
    destroyed: HashSet<KeyId>,
    records: u64,
}

impl Missing {
    /// With keys that are known to have ended.
    pub fn explained(destroyed: HashSet<KeyId>) -> Self {
        Self { destroyed, ..Self::default() }
    }

    /// Takes note of a record without its key.
    pub fn record(&mut self, id: KeyId, at: RecordAddress) {
        self.keys.entry(id).or_insert(at);
        self.records += 1;
    }

    /// Takes note of a fact without its key, beside that record.
    pub fn fact(&mut self, id: KeyId, at: RecordAddress) {
        self.keys.entry(id).or_insert(at);
    }

    /// Takes over what another walk found missing.
    pub fn extend(&mut self, other: &Self) {
        for (id, at) in &other.keys {
            self.keys.entry(*id).or_insert(*at);
        }
    }

    /// Takes note of an event that ended keys.
    pub fn explain(&mut self, event: &Event) {
        self.destroyed.extend(ended_by(event));
    }

    /// Takes over what another walk found ended, but not what it found missing.
    pub fn learn(&mut self, other: Self) {
        self.destroyed.extend(other.destroyed);
    }

    /// The keys that are to be gone.
    pub fn destroyed(&self) -> &HashSet<KeyId> {
        &self.destroyed
    }

    /// How many records were erased.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// # Errors
    /// The first record whose key is gone although nothing ended it.
    pub fn check(&self) -> Result<(), ReplayFault> {
        let unexplained = self.keys.iter().filter(|(id, _)| !self.destroyed.contains(id));
        match unexplained.map(|(_, at)| *at).min() {
            None => Ok(()),
            Some(RecordAddress { shard, index }) => Err(ReplayFault {
                log: shard.into(),
                index,
                what: "its key is missing from the key ring, and no erasure explains that".into(),
            }),
        }
    }
}
