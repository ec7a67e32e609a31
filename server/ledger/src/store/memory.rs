//! An engine that forgets: for tests.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use vault::ring::KeyId;

use super::{Batch, FactRow, Position, StorageError, Store, Watermark};
use crate::formats::fact::{FactKind, FactName};

/// Keeps everything in memory. The lock guards all of it, for one look or change.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<MemoryTables>);

#[derive(Debug, Default)]
struct MemoryTables {
    facts: BTreeMap<FactName, FactRow>,
    ended: HashSet<KeyId>,
    erasures: Vec<i64>,
    watermark: Option<Watermark>,
}

impl MemoryStore {
    fn kept(&self) -> MutexGuard<'_, MemoryTables> {
        self.0.lock().expect("nobody panics while holding it")
    }
}

impl Store for MemoryStore {
    fn append(&self, expected: Option<Position>, batch: &Arc<Batch>) -> Result<(), StorageError> {
        let mut kept = self.kept();
        let found = kept.watermark.as_ref().map(Watermark::position);
        if found != expected {
            return Err(StorageError::Position { expected, found });
        }
        for row in &batch.facts {
            match row.bytes {
                Some(_) => _ = kept.facts.insert(row.name, row.clone()),
                None => _ = kept.facts.remove(&row.name),
            }
        }
        if !batch.ended.is_empty() {
            kept.facts.retain(|name, _| !name.own_key().is_some_and(|key| batch.ended.contains(&key)));
        }
        kept.ended.extend(&batch.ended);
        kept.erasures.extend(batch.erasures.iter().map(|(_, at)| *at));
        kept.watermark = Some(batch.watermark.clone());
        Ok(())
    }

    fn sync(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn watermark(&self) -> Result<Option<Watermark>, StorageError> {
        Ok(self.kept().watermark.clone())
    }

    fn fact(&self, name: &FactName) -> Result<Option<FactRow>, StorageError> {
        Ok(self.kept().facts.get(name).cloned())
    }

    fn each_fact(&self, kind: FactKind, each: &mut dyn FnMut(FactRow)) -> Result<(), StorageError> {
        let of_kind: Vec<FactRow> = self.kept().facts.values().filter(|row| row.name.kind() == kind).cloned().collect();
        of_kind.into_iter().for_each(each);
        Ok(())
    }

    fn ended(&self) -> Result<HashSet<KeyId>, StorageError> {
        Ok(self.kept().ended.clone())
    }

    fn erasures(&self) -> Result<Vec<i64>, StorageError> {
        Ok(self.kept().erasures.clone())
    }

    fn release(&self) {}
}
