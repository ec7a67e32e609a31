//! The objections that stand on contact points, packed.

use std::hash::{BuildHasher as _, RandomState};

use model::identity::RecordAddress;

use super::packed::PackedEntry;
use super::slab::{Postings, Slab};
use ledger::formats::fact::{FactId, FoldHash, SuppressionEntry};

/// By name and by what they stand on.
#[derive(Clone, Default)]
pub(super) struct Objections {
    entries: Slab<PackedEntry>,
    by_id: Postings,
    by_fold: Postings,
    hasher: RandomState,
}

impl Objections {
    /// Takes note of an entry, or that it says nothing any more.
    pub fn put(&mut self, id: FactId, entry: Option<&SuppressionEntry>, record: RecordAddress) {
        // A lift makes an objection smaller; it still rests on the record that it was made with.
        let record = self.take_out(id).unwrap_or(record);
        let Some(entry) = entry else { return };
        let number = self.entries.put(PackedEntry::new(id, entry, record));
        self.by_id.put(self.hasher.hash_one(id), number);
        for fold in &entry.folds {
            self.by_fold.put(self.hasher.hash_one(fold), number);
        }
    }

    /// The record that it was made with.
    fn take_out(&mut self, id: FactId) -> Option<RecordAddress> {
        let hash = self.hasher.hash_one(id);
        let is_it = |number: &u32| self.entries.get(*number).is_some_and(|entry| entry.id() == id);
        let number = self.by_id.find(hash).find(is_it)?;
        let (old, record) = self.entries.take_out(number)?.unpack();
        self.by_id.take_out(hash, number);
        for fold in &old.folds {
            self.by_fold.take_out(self.hasher.hash_one(fold), number);
        }
        Some(record)
    }

    /// Those that stand on a fold, each with the record that it was made with.
    pub fn on(&self, fold: FoldHash) -> impl Iterator<Item = (FactId, SuppressionEntry, RecordAddress)> {
        let found = self.by_fold.find(self.hasher.hash_one(fold)).filter_map(|number| self.entries.get(number));
        let opened = found.map(|packed| (packed.id(), packed.unpack()));
        opened
            .filter(move |(_, (entry, _))| entry.folds.contains(&fold))
            .map(|(id, (entry, record))| (id, entry, record))
    }
}
