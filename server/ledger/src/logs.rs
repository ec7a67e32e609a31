//! The log of logs: its entries are the signed checkpoints of shards, at their opening, at an interval, and at their closing.
//! Whoever keeps its root has one number for all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use ed25519_dalek::SigningKey;
use model::identity::ShardNumber;
use tlog::checkpoint::Checkpoint;
use tlog::tree::leaf_hash;
use vault::key::{SecretName, purpose::Signing};

use super::files::{CheckpointFile, Journal, Layout, Log};
use super::replay::{self, Anchor, ReplayFault, Walked, put_back};
use super::shards::PublishedLog;
use crate::formats::frame::{Frame, FrameEntry};

/// Signs the checkpoints of the log of logs.
pub const LOGS_KEY: SecretName<Signing> = SecretName::new("log of logs");

/// A shard that grew is entered again after so many seconds.
pub const INTERVAL: i64 = 3600;

/// What the writer appends to.
pub struct LogOfLogs {
    pub published: PublishedLog,
    pub key: SigningKey,
    pub batches: u64,
    /// The entry that was made last, and when (seconds since 1970).
    pub last: Option<(i64, String)>,
    /// None where everything is in memory.
    pub disk: Option<(Journal, CheckpointFile)>,
}

impl LogOfLogs {
    /// Enters a shard's signed checkpoint, unless it is the one that was entered last; durable when this returns.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn enter(&mut self, at: i64, note: &str) -> std::io::Result<()> {
        if self.last.as_ref().is_some_and(|(_, last)| last == note) {
            return Ok(());
        }
        let log = &mut self.published;
        let index = log.tree.size();
        log.tree.push(leaf_hash(note.as_bytes()));
        let size = log.tree.size();
        log.checkpoint = Checkpoint { origin: log.origin.clone(), size, root: log.tree.root() }.sign(&self.key);
        let mut frames = Vec::new();
        Frame { index, entry: FrameEntry::Checkpoint(at, note.to_owned()) }.write(&mut frames);
        Frame { index: size, entry: FrameEntry::BatchEnd(log.checkpoint.clone()) }.write(&mut frames);
        if let Some((journal, checkpoint)) = &mut self.disk {
            journal.make_room(index, frames.len())?;
            journal.append(&frames)?;
            journal.sync()?;
            checkpoint.write(self.batches, &log.checkpoint)?;
        }
        self.batches += 1;
        self.last = Some((at, note.to_owned()));
        Ok(())
    }
}

/// Some of its entries, read out of its journal: they are few, and whoever asks keeps them for ever. None where everything is in
/// memory.
///
/// # Errors
/// The journal cannot be read.
pub fn entries(layout: Option<&Layout>, indexes: &Range<u64>) -> Result<Vec<String>, ReplayFault> {
    let mut entries = Vec::new();
    let Some(layout) = layout else { return Ok(entries) };
    replay::walk_again(layout, Log::Logs, |batch| {
        let notes = (batch.first..).zip(&batch.checkpoints).filter(|(index, _)| indexes.contains(index));
        entries.extend(notes.map(|(_, (_, note))| note.clone()));
        Ok(())
    })?;
    Ok(entries)
}

/// Of which shard, and of how many of its records, an entry of the log of logs of that name tells.
pub fn statement_of(note: &str, logs: &str) -> Option<(ShardNumber, u64)> {
    let mut lines = note.lines();
    let shard = lines.next()?.strip_prefix(logs)?.strip_prefix('/')?.parse().ok()?;
    Some((shard, lines.next()?.parse().ok()?))
}

/// An entry of the log of logs.
struct Statement {
    /// Where it stands.
    index: u64,
    at: i64,
    /// A shard's signed checkpoint.
    note: String,
}

/// What the log of logs says of each shard.
pub struct Statements {
    pub walked: Walked,
    /// The entry that was made last, and when.
    pub last: Option<(i64, String)>,
    of_shards: BTreeMap<ShardNumber, Vec<Statement>>,
}

fn fault(index: u64, what: String) -> ReplayFault {
    ReplayFault { log: Log::Logs, index, what }
}

impl Statements {
    /// Reads and checks the journal of the log of logs.
    ///
    /// # Errors
    /// The first index that fails.
    pub fn load_statements(layout: &Layout, anchor: &Anchor) -> Result<Self, ReplayFault> {
        let (mut last, mut of_shards) = (None, BTreeMap::<ShardNumber, Vec<Statement>>::new());
        let walked = replay::walk(layout, Log::Logs, anchor, |batch| {
            for (index, (at, note)) in (batch.first..).zip(&batch.checkpoints) {
                let origin = note.lines().next().unwrap_or_default();
                let shard = origin.strip_prefix(&anchor.origin).and_then(|rest| rest.strip_prefix('/'));
                let shard: ShardNumber = shard
                    .and_then(|shard| shard.parse().ok())
                    .ok_or_else(|| fault(index, format!("it tells of {origin}, which is no shard of this ledger")))?;
                last = Some((*at, note.clone()));
                of_shards.entry(shard).or_default().push(Statement { index, at: *at, note: note.clone() });
            }
            Ok(())
        })?;
        Ok(Self { walked, last, of_shards })
    }

    /// When a shard's first record was made; `None` for one that has none yet.
    pub fn opened(&self, shard: ShardNumber) -> Option<i64> {
        self.of_shards.get(&shard)?.first().map(|statement| statement.at)
    }

    /// When something was said last of a shard (seconds since 1970): of one that is closed, that it closed.
    pub fn closed_at(&self, shard: ShardNumber) -> Option<i64> {
        self.of_shards.get(&shard)?.last().map(|statement| statement.at)
    }

    /// What was said last of a shard.
    pub fn last_of(&self, shard: ShardNumber) -> Option<&String> {
        self.of_shards.get(&shard)?.last().map(|statement| &statement.note)
    }

    /// Holds a shard against everything that is said of it.
    ///
    /// # Errors
    /// The shard, where it has fewer records; the log of logs, where they are others.
    pub fn check(&self, shard: ShardNumber, walked: &Walked, anchor: &Anchor) -> Result<(), ReplayFault> {
        let said = self.of_shards.get(&shard);
        if said.is_none() && walked.tree.size() > 0 {
            let what = format!("it does not tell of shard {shard}. {}", put_back(Log::Logs));
            return Err(fault(self.walked.tree.size(), what));
        }
        for Statement { index, note, .. } in said.into_iter().flatten() {
            let told = Checkpoint::open(note, &anchor.key).filter(|told| told.origin == anchor.origin);
            let told = told.ok_or_else(|| fault(*index, format!("shard {shard} did not sign what it tells of it")))?;
            let size = walked.tree.size();
            match walked.tree.root_at(told.size) {
                Some(root) if root == told.root => {}
                Some(_) => return Err(fault(*index, format!("it tells of other records of shard {shard}"))),
                None => {
                    let what = format!(
                        "the journal ends here, but the log of logs tells of {} records: records that were acknowledged \
                         are missing. {}",
                        told.size,
                        put_back(shard.into())
                    );
                    return Err(ReplayFault { log: shard.into(), index: size, what });
                }
            }
        }
        Ok(())
    }

    /// Looks whether it tells of records of a shard behind the last one that there is. A kill may have come between the entry of
    /// a shard that is opened and its first record.
    ///
    /// # Errors
    /// The shard that is missing.
    pub fn end_with(&self, last: ShardNumber) -> Result<(), ReplayFault> {
        let has_records = |said: &[Statement]| said.iter().any(|said| said.note.lines().nth(1) != Some("0"));
        match self.of_shards.iter().find(|(shard, said)| **shard > last && has_records(said)) {
            None => Ok(()),
            Some((missing, _)) => {
                let log = (*missing).into();
                let what = format!("its journal is missing, and the log of logs tells of it. {}", put_back(log));
                Err(ReplayFault { log, index: 0, what })
            }
        }
    }
}
