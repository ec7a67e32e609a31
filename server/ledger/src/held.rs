//! The records of a shard that has no folder yet: where each stands in the journal, and which key seals which of them. The records
//! themselves are read from the journal when somebody asks for one.

use std::collections::HashMap;
use std::path::PathBuf;

use vault::ring::KeyId;

use crate::flat::Place;

/// Which records of a shard a key seals.
#[derive(Default)]
pub struct KeyIndex {
    /// The last record under each key.
    last: HashMap<KeyId, u32>,
    /// For each record the one before it under the same key, counted from 1; 0 for the first.
    before: Vec<u32>,
}

impl KeyIndex {
    /// Takes note of the next record.
    pub fn push(&mut self, key: KeyId) {
        let index = u32::try_from(self.before.len()).expect("a shard has fewer records");
        let before = if key == KeyId::NONE { None } else { self.last.insert(key, index) };
        self.before.push(before.map_or(0, |before| before + 1));
    }

    /// The last record under a key.
    pub fn last(&self, key: KeyId) -> Option<u64> {
        self.last.get(&key).copied().map(u64::from)
    }

    /// The records under a key, in order.
    pub fn records(&self, key: KeyId) -> Vec<u64> {
        let before = |index: &u32| self.before.get(*index as usize)?.checked_sub(1);
        let mut records: Vec<u64> =
            std::iter::successors(self.last.get(&key).copied(), before).map(u64::from).collect();
        records.reverse();
        records
    }
}

/// Where the records are.
pub enum HeldRecords {
    /// Everything is in memory: as they are sealed.
    Memory(Vec<Vec<u8>>),
    /// In the files of the journal, in their order.
    Journal { files: Vec<PathBuf>, places: Vec<Place> },
}

/// Where a record is.
pub enum HeldRecord {
    /// Here, as it is sealed.
    Here(Vec<u8>),
    /// In that file, from that byte on.
    InJournal(PathBuf, u32),
    /// In a file that was not there.
    NoFile,
}

impl HeldRecords {
    /// Where a record is; `None` beyond the end.
    pub fn record(&self, index: u64) -> Option<HeldRecord> {
        let at = usize::try_from(index).ok()?;
        match self {
            Self::Memory(records) => records.get(at).cloned().map(HeldRecord::Here),
            Self::Journal { files, places } => {
                let place = places.get(at)?;
                let file = usize::try_from(place.file).ok().and_then(|file| files.get(file));
                Some(file.map_or(HeldRecord::NoFile, |file| HeldRecord::InJournal(file.clone(), place.offset)))
            }
        }
    }
}

impl HeldRecords {
    /// The files of the journal from the one on in which a record stands, and the byte at which it begins; `None` beyond the end, and where
    /// there is no journal.
    pub fn journal_behind(&self, index: u64) -> Option<(Vec<PathBuf>, u32)> {
        let Self::Journal { files, places } = self else { return None };
        let place = places.get(usize::try_from(index).ok()?)?;
        Some((files.iter().skip(place.file as usize).cloned().collect(), place.offset))
    }
}

/// What is known of the records of a shard without reading them.
pub struct RecordIndex {
    pub keys: KeyIndex,
    pub records: HeldRecords,
}

impl RecordIndex {
    /// Of a shard without a record, whose records are in memory.
    pub fn in_memory() -> Self {
        Self { keys: KeyIndex::default(), records: HeldRecords::Memory(Vec::new()) }
    }

    /// Of a shard without a record, whose records are in the journal.
    pub fn in_journal() -> Self {
        Self { keys: KeyIndex::default(), records: HeldRecords::Journal { files: Vec::new(), places: Vec::new() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_to_its_records_in_order() {
        let mut index = KeyIndex::default();
        let [one, two, none] = [KeyId([1; 16]), KeyId([2; 16]), KeyId::NONE];
        for key in [none, one, two, one, none, one] {
            index.push(key);
        }
        assert_eq!(index.records(one), [1, 3, 5]);
        assert_eq!(index.records(two), [2]);
        assert_eq!((index.last(one), index.last(two), index.last(KeyId([3; 16]))), (Some(5), Some(2), None));
        assert_eq!(
            (index.records(none), index.records(KeyId([3; 16]))),
            (Vec::new(), Vec::new()),
            "public records are nobody's"
        );
    }
}
