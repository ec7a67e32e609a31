//! What the database has to tell, as the journal says it: compared once everything was walked.

use std::collections::{HashMap, HashSet};

use model::identity::{RecordAddress, ShardNumber};
use sha2::{Digest as _, Sha256};
use vault::ring::KeyId;

use super::{ReplayFault, ReplayedBatch, Unreadable, VerifyError};
use crate::formats::fact::{FactKind, FactName};
use crate::store::sled_engine::SledStore;
use crate::store::{FactRow, Store as _, Watermark};

/// The latest fact of each name as far as the database follows the journal.
pub struct ExpectedProjection {
    watermark: Watermark,
    facts: HashMap<FactName, (RecordAddress, [u8; 32])>,
    /// The keys that had ended by then; all of them, where no batch stands behind it.
    ended: Option<HashSet<KeyId>>,
    /// Whether its last batch is there, and has its checkpoint.
    is_met: bool,
    /// Records behind it.
    lacks: u64,
}

fn hash(fact: &[u8]) -> [u8; 32] {
    Sha256::digest(fact).into()
}

impl ExpectedProjection {
    /// Of a database; `None` for one that follows nothing yet.
    pub fn open(store: &SledStore) -> Result<Option<Self>, Unreadable> {
        let watermark = store.watermark().map_err(Unreadable::Database)?;
        Ok(watermark.map(|watermark| {
            // One that was told of the next shard follows those before it.
            let is_met = watermark.batches == 0;
            Self { watermark, facts: HashMap::new(), ended: None, is_met, lacks: 0 }
        }))
    }

    /// Comes to the next batch; `destroyed` are the keys that events before it ended.
    pub fn reach(&mut self, batch: &ReplayedBatch, shard: ShardNumber, destroyed: &HashSet<KeyId>) {
        if (shard, batch.number) >= self.watermark.position() && self.ended.is_none() {
            self.ended = Some(destroyed.clone());
        }
    }

    /// Takes a batch.
    pub fn follow(&mut self, batch: &ReplayedBatch, shard: ShardNumber) {
        if (shard, batch.number) >= self.watermark.position() {
            self.lacks += batch.records.len() as u64;
            return;
        }
        self.is_met |=
            (shard, batch.number + 1) == self.watermark.position() && batch.note == self.watermark.checkpoint;
        for (index, bytes) in &batch.facts {
            let Some(row) = FactRow::from_journal(bytes, RecordAddress { shard, index: *index }) else { continue };
            match row.bytes {
                Some(bytes) => _ = self.facts.insert(row.name, (row.record, hash(&bytes))),
                None => _ = self.facts.remove(&row.name),
            }
        }
    }

    /// Compares all of it. `destroyed` are all keys that ended; without the root key not all of them are known. Gives what the database
    /// lacks.
    ///
    /// # Errors
    /// The first that differs.
    pub fn compare(
        mut self,
        store: &SledStore,
        destroyed: &HashSet<KeyId>,
        has_root_key: bool,
    ) -> Result<Option<String>, VerifyError> {
        let at = RecordAddress { shard: self.watermark.shard, index: 0 };
        if !self.is_met {
            return Err(wrong(at, "the database follows another journal; the next start makes it anew"));
        }
        let ended = self.ended.take().unwrap_or_else(|| destroyed.clone());
        let has_ended = |name: &FactName| name.own_key().is_some_and(|key| ended.contains(&key));
        self.facts.retain(|name, _| !has_ended(name));
        for kind in (0..=u8::MAX).filter_map(FactKind::from_repr) {
            let mut differs = None;
            let read = store.each_fact(kind, &mut |row| {
                let same = row.bytes.as_ref().map(|bytes| (row.record, hash(bytes)));
                if self.facts.remove(&row.name) != same {
                    differs = differs.or(Some(row.record));
                }
            });
            read.map_err(Unreadable::Database)?;
            if let Some(record) = differs {
                return Err(wrong(
                    record,
                    "the database has another fact beside it than the journal; run `keuze rebuild`",
                ));
            }
        }
        let lacks = self.facts.iter().filter(|(name, _)| has_root_key || name.own_key().is_none());
        if let Some(record) = lacks.map(|(_, (record, _))| *record).min() {
            return Err(wrong(record, "the database lacks a fact beside it that the journal has; run `keuze rebuild`"));
        }
        if has_root_key && store.ended().map_err(Unreadable::Database)? != ended {
            return Err(wrong(at, "the database tells of other keys that ended than the journal; run `keuze rebuild`"));
        }
        let told = format!("the database lacks the last {} records; the next start adds them", self.lacks);
        Ok((self.lacks > 0).then_some(told))
    }
}

fn wrong(RecordAddress { shard, index }: RecordAddress, what: &str) -> VerifyError {
    ReplayFault { log: shard.into(), index, what: what.to_owned() }.into()
}
