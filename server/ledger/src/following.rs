//! How the database follows the journal: what a batch changes in it, and what a start gives it that it lacks.

use std::collections::HashSet;
use std::sync::Arc;

use model::event::{Event, EventKind};
use model::identity::{RecordAddress, ShardNumber};
use tlog::checkpoint::Checkpoint;
use vault::ring::KeyId;

use super::erasure::ended_by;
use super::files::Log;
use super::replay::{Anchor, Walked};
use crate::error::DatabaseError;
use crate::formats::fact::{FactName, is_answer};
use crate::store::{Batch, FactRow, Position, Store, Watermark};

impl FactRow {
    /// A fact as it stands in the journal beside a record; `None` for what the database has nothing of: how requests were
    /// answered, and what is no fact.
    pub(crate) fn from_journal(bytes: &[u8], record: RecordAddress) -> Option<Self> {
        let name = FactName::read_name(bytes).filter(|_| !is_answer(bytes))?;
        let stands = crate::formats::fact::stands(bytes);
        Some(Self { name, record, bytes: stands.then(|| bytes.to_vec()) })
    }
}

impl Batch {
    /// Nothing but how far the journal is followed.
    pub(crate) fn at(watermark: Watermark) -> Self {
        Self { facts: Vec::new(), ended: Vec::new(), erasures: Vec::new(), watermark }
    }

    /// Takes note of an event.
    pub(crate) fn note(&mut self, event: &Event, record: RecordAddress) {
        self.ended.extend(ended_by(event));
        let at = event.head.at.unix_timestamp();
        self.erasures.extend((event.kind() == EventKind::Erased).then_some((record, at)));
    }

    /// Whether there is nothing in it that anybody would read.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.facts.is_empty() && self.ended.is_empty() && self.erasures.is_empty()
    }

    /// Takes the next one over.
    pub(crate) fn extend(&mut self, next: Self) {
        self.facts.extend(next.facts);
        self.ended.extend(next.ended);
        self.erasures.extend(next.erasures);
        self.watermark = next.watermark;
    }
}

/// So many facts are written at once at a start.
const AT_ONCE: usize = 1000;

/// A database that lacks more than this is made anew: until everything adds up, what it lacks is kept in memory.
const MOST_LACKING: usize = 100_000;

/// A database that is opened at a start, and what it lacks.
pub struct Following {
    store: Box<dyn Store>,
    /// How far it followed the journal when it was opened.
    known: Option<Watermark>,
    /// It is not in its place yet, so that whatever it lacks is written at once.
    in_making: bool,
    /// How far it follows by now.
    position: Option<Position>,
    waits: Option<Batch>,
}

impl Following {
    /// One that may have followed the journal before.
    pub fn open(store: Box<dyn Store>, in_making: bool) -> Result<Self, DatabaseError> {
        let known = store.watermark().map_err(DatabaseError::Read)?;
        let position = known.as_ref().map(Watermark::position);
        Ok(Self { store, known, in_making, position, waits: None })
    }

    /// The keys that ended as far as it follows.
    pub fn ended(&self) -> Result<HashSet<KeyId>, DatabaseError> {
        self.store.ended().map_err(DatabaseError::Read)
    }

    /// When somebody was erased as far as it follows (seconds since 1970).
    pub fn erasures(&self) -> Result<Vec<i64>, DatabaseError> {
        self.store.erasures().map_err(DatabaseError::Read)
    }

    /// How far it followed the journal when it was opened.
    pub fn known(&self) -> Option<&Watermark> {
        self.known.as_ref()
    }

    /// Whether it follows a shard to that batch, counted from 0.
    pub fn knows(&self, shard: ShardNumber, batch: u64) -> bool {
        self.known.as_ref().is_some_and(|known| (shard, batch) < known.position())
    }

    /// Whether it follows a shard that is closed to its end.
    pub fn knows_all(&self, shard: ShardNumber) -> bool {
        self.known.as_ref().is_some_and(|known| known.shard > shard)
    }

    /// Looks whether it followed this journal, of the shard of its watermark; `note` is the checkpoint that stands there. Where our own
    /// signature in it tells of more or other records, it is the journal that lacks something.
    ///
    /// # Errors
    /// What it tells, or that it is not a beginning of this journal.
    pub fn check(&self, walked: &Walked, anchor: &Anchor, note: Option<&String>) -> Result<(), DatabaseError> {
        let Some(Watermark { shard, checkpoint, .. }) = &self.known else { return Ok(()) };
        if Log::Shard(*shard) != walked.log || checkpoint.is_empty() {
            return Ok(());
        }
        let size = walked.tree.size();
        // Of another log it says nothing about this one.
        let signed = Checkpoint::open(checkpoint, &anchor.key).filter(|signed| signed.origin == anchor.origin);
        if let Some(signed) = signed {
            match walked.tree.root_at(signed.size) {
                Some(root) if root == signed.root => {}
                Some(_) => return Err(DatabaseError::TellsOfOthers(signed.size)),
                None => return Err(DatabaseError::TellsOfMore { has: size, told: signed.size }),
            }
        }
        if note == Some(checkpoint) { Ok(()) } else { Err(DatabaseError::Disagrees) }
    }

    /// Takes what it lacks.
    pub fn add(&mut self, batch: Batch) -> Result<(), DatabaseError> {
        match &mut self.waits {
            Some(waits) => waits.extend(batch),
            None => self.waits = Some(batch),
        }
        let facts = self.waits.as_ref().map_or(0, |waits| waits.facts.len());
        match self.in_making {
            true if facts >= AT_ONCE => self.write(),
            false if facts > MOST_LACKING => Err(DatabaseError::FarBehind),
            _ => Ok(()),
        }
    }

    /// Writes what waits.
    fn write(&mut self) -> Result<(), DatabaseError> {
        let Some(batch) = self.waits.take() else { return Ok(()) };
        let position = batch.watermark.position();
        if self.position != Some(position) || !batch.changes_nothing() {
            self.store.append(self.position, &Arc::new(batch)).map_err(DatabaseError::Write)?;
            self.position = Some(position);
        }
        Ok(())
    }

    /// Gives it everything that it lacks, durably.
    pub fn finish(mut self) -> Result<Box<dyn Store>, DatabaseError> {
        self.write()?;
        self.store.sync().map_err(DatabaseError::Sync)?;
        Ok(self.store)
    }
}
