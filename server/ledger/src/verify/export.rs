//! # Export
//!
//! What `keuze export` writes: a ledger as plain files that anybody can check and read without Keuze, its database or its keys. A
//! folder with:
//!
//! | file | what |
//! |---|---|
//! | `export.json` | what this is, as JSON; `keuze_export` is the version: 1 |
//! | `log/<shard>/checkpoint`, `vkey`, `tile/…` | the shard's log, as in the folder of a closed shard |
//! | `log/checkpoint`, `log/vkey`, `log/tile/…` | the log of logs, whose entries are signed checkpoints of the shards |
//! | `records/<shard>/<index>.jsonl` | the records, a line each, 4,096 a file, named after the index of the first (twelve digits) |
//! | `policies/<hash>.json` | each policy that was published, under its SHA-256 |
//! | `notices/<hash>.json`, `notices/<hash>.html` | the strings and the first layer of each notice that a policy names |
//! | `contents/<hash>` | other public contents |
//!
//! A line is JSON. `address` is shard and index, `leaf` the leaf of the log, 64 hexadecimal digits. Of a record that could be read
//! `record` is the canonical JSON (RFC 8785), to the byte what was committed to, and `salt` the salt, 64 digits: the commitment
//! in the entry bundle is SHA-256 of `keuze-v1`, salt and these bytes. Of any other `left_out` says why: `erased`, its key was
//! destroyed; `sealed`, there were no keys at the export. Facts beside the records (profiles, objections on contact points) are
//! personal and in no export.
//!
//! `export.json` has the members `keuze_export`, `site`, `complete` (false until everything is there), `shards`,
//! `statements` (entries of the log of logs), `records`, `erased`, `sealed`, and `contents`, the paths of the last three kinds of files.
//!
//! Every file is written beside its place and then takes it; `<file>.new` is passing. One that is as it would be written is kept, so
//! that an export goes on where a kill left it, and grows with the ledger. Read by `keuze verify` and by the next `keuze export`
//! to it. A file that is missing or altered is told by name, a record by shard and index; another version is refused.

mod check;
mod error;
mod target;

use std::collections::BTreeMap;
use std::path::Path;

use model::identity::{ContentHash, RecordAddress, ShardNumber};
use sha2::{Digest as _, Sha256};
use tlog::checkpoint::{Checkpoint, verifier_key};
use tlog::entry::Salt;
use tlog::tile::{TileBuilder, TilePath};
use tlog::tree::LeafHash;
use vault::ring::KeyId;

use super::{KeptCheckpoints, RingSnapshot, look_at, never_began, size_in};
use crate::erasure::Missing;
use crate::files::{Layout, Log};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::fact::{self, Fact, FactName};
use crate::formats::record::{RecordError, SealedRecord, read_event};
use crate::logs::statement_of;
use crate::origin::site_of;
use crate::recovery::no_gap;
use crate::replay::{self, Anchor, ReplayFault, ReplayedBatch, Walked};
use crate::verify::Unreadable;

pub use check::{is_export, verify_export};
pub use error::{ExportError, ExportFault};
use target::{Manifest, Target};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The lines of a file of records.
const LINES: u64 = 4096;

/// What was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Records in all shards.
    pub records: u64,
    /// Those of them whose key was destroyed.
    pub erased: u64,
    /// Those of them that stay sealed, because there are no keys.
    pub sealed: u64,
    /// Files that were there already, as they would be written.
    pub kept: u64,
    /// Files that were written.
    pub written: u64,
    /// What could not be looked at: a sentence each.
    pub left_out: Vec<String>,
}

/// Exports a ledger into a folder, also beside a running server: journals, keys and checkpoints are read, the database is not.
/// `progress` is told how many records are done, and of about how many.
///
/// # Errors
/// The folder holds something else, and was not changed; or the ledger does not add up; or a file could not be read or written,
/// and the next export goes on from there.
pub fn export(
    data: &Path,
    key_file: Option<&Path>,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    let layout = Layout(data.to_path_buf());
    let look = look_at(&layout)?;
    // In this order because a running server may take each of them further: as in `verify`.
    let kept = KeptCheckpoints::load_checkpoints(&layout, key_file)?;
    if never_began(&layout, &kept) {
        return Err(Unreadable::NoLedger(data.to_path_buf()).into());
    }
    no_gap(&kept.shards)?;
    let site = site_of(data).map_err(Unreadable::from)?.unwrap_or_default();
    let settled = kept.settled(look.running);
    let mut left_out = Vec::new();
    let keys = RingSnapshot::open(&layout, key_file, settled, look.running, &mut left_out)?;
    let mut target = Target::open(to, data, &site)?;
    let known = |slots: &[Slot; 2]| size_in(slots);
    let total = kept.shards.iter().map(|shard| known(&shard.slots)).sum();
    let mut all = Everything::new(&layout, &keys, progress, total);
    for shard in &kept.shards {
        let until = if shard.number == settled.shard { settled.index } else { u64::MAX };
        all.shard(shard.number, until, known(&shard.slots), &mut target)?;
    }
    all.missing.check()?;
    all.logs(known(&kept.logs), &mut target)?;
    all.finish(site, target, left_out)
}

/// What is gathered over all shards.
struct Everything<'a> {
    layout: &'a Layout,
    keys: &'a RingSnapshot,
    progress: &'a mut dyn FnMut(u64, u64),
    total: u64,
    missing: Missing,
    exported: Exported,
    /// How many records of each shard there are in the export.
    sizes: BTreeMap<ShardNumber, u64>,
    /// How many entries of the log of logs.
    statements: u64,
    contents: BTreeMap<ContentHash, Vec<u8>>,
    policies: Vec<ContentHash>,
}

impl<'a> Everything<'a> {
    fn new(layout: &'a Layout, keys: &'a RingSnapshot, progress: &'a mut dyn FnMut(u64, u64), total: u64) -> Self {
        Self {
            layout,
            keys,
            progress,
            total,
            missing: Missing::default(),
            exported: Exported::default(),
            sizes: BTreeMap::new(),
            statements: 0,
            contents: BTreeMap::new(),
            policies: Vec::new(),
        }
    }

    /// Writes a shard of about `recorded` records, of which those before `until` are exported.
    fn shard(&mut self, shard: ShardNumber, until: u64, recorded: u64, target: &mut Target) -> Result<(), ExportError> {
        let anchor = self.keys.anchor(self.layout, shard.into())?;
        let layout = self.layout;
        let mut making = LogExport::begin(layout, shard.into(), anchor, recorded, target)?;
        let mut failed = None;
        let walked = replay::walk(layout, shard, &making.anchor.clone(), |batch| {
            if batch.end() > until {
                return self.learn(batch, shard);
            }
            self.batch(batch, shard, &mut making)?.map_err(|error| {
                failed = Some(error);
                stopped(shard.into(), batch.first)
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        self.sizes.insert(shard, making.size());
        making.finish(&walked?)
    }

    /// Writes the log of logs, as far as it tells of records that are exported.
    fn logs(&mut self, recorded: u64, target: &mut Target) -> Result<(), ExportError> {
        let anchor = self.keys.anchor(self.layout, Log::Logs)?;
        let site = anchor.origin.clone();
        let mut making = LogExport::begin(self.layout, Log::Logs, anchor, recorded, target)?;
        let (mut failed, mut goes_on) = (None, true);
        let walked = replay::walk(self.layout, Log::Logs, &making.anchor.clone(), |batch| {
            // What it tells of a shard's newer records is for the next export.
            goes_on &= batch.checkpoints.iter().all(|(_, note)| {
                let told = statement_of(note, &site);
                told.is_some_and(|(shard, size)| self.sizes.get(&shard).is_some_and(|exported| size <= *exported))
            });
            if !goes_on {
                return Ok(());
            }
            making.note.clone_from(&batch.note);
            batch.checkpoints.iter().try_for_each(|(_, note)| making.push(note.as_bytes())).map_err(|error| {
                failed = Some(error);
                stopped(Log::Logs, batch.first)
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        self.statements = making.size();
        making.finish(&walked?)
    }

    /// Writes the records of a batch, and takes note of its public contents.
    fn batch(
        &mut self,
        batch: &ReplayedBatch,
        shard: ShardNumber,
        making: &mut LogExport<'_>,
    ) -> Result<Result<(), ExportError>, ReplayFault> {
        for (address, record) in batch.addressed(shard) {
            let line = self.line(record, address)?;
            if let Err(error) = making.push_record(shard, record, &line) {
                return Ok(Err(error));
            }
        }
        for (index, bytes) in batch.facts.iter().filter(|(_, bytes)| fact::is_open(bytes)) {
            if let Some(opened) =
                replay::fact_of(bytes, RecordAddress { shard, index: *index }, &self.keys.ring, &mut self.missing)?
            {
                self.content(opened.fact().ok(), &opened.name);
            }
        }
        making.note.clone_from(&batch.note);
        (self.progress)(self.exported.records, self.total);
        Ok(Ok(()))
    }

    fn content(&mut self, fact: Option<Fact>, name: &FactName) {
        match (fact, name) {
            (Some(Fact::Content { hash, bytes }), _) => _ = self.contents.insert(hash, bytes),
            (Some(Fact::Policies(policies)), _) => self.policies = policies,
            _ => {}
        }
    }

    /// Takes note of what was recorded since we looked: what ended keys counts, what lacks one does not.
    fn learn(&mut self, batch: &ReplayedBatch, shard: ShardNumber) -> Result<(), ReplayFault> {
        let mut since = Missing::default();
        for (address, record) in batch.addressed(shard).filter(|(_, record)| self.can_open(record)) {
            replay::event_of(batch, record, address, &self.keys.ring, &mut since)?;
        }
        self.missing.learn(since);
        Ok(())
    }

    /// Whether there are keys, or it needs none.
    fn can_open(&self, record: &SealedRecord) -> bool {
        self.keys.root.is_some() || record.key == KeyId::NONE
    }

    /// The line of a record.
    fn line(&mut self, record: &SealedRecord, address: RecordAddress) -> Result<String, ReplayFault> {
        let fault = |error: RecordError| ReplayFault {
            log: address.shard.into(),
            index: address.index,
            what: error.to_string(),
        };
        self.exported.records += 1;
        let leaf = record.commitment.leaf();
        if !self.can_open(record) {
            self.exported.sealed += 1;
            return Ok(closed_line(address, &leaf, "sealed"));
        }
        match record.open(address, &self.keys.ring) {
            Ok((salt, canonical)) => {
                self.missing.explain(&read_event(&canonical).map_err(fault)?);
                let canonical = String::from_utf8(canonical).map_err(|_| fault(RecordError::NoEvent))?;
                Ok(open_line(address, &leaf, &canonical, &salt))
            }
            Err(RecordError::NoKey) => {
                self.missing.record(record.key, address);
                self.exported.erased += 1;
                Ok(closed_line(address, &leaf, "erased"))
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// Writes the contents, and that everything is there.
    fn finish(mut self, site: String, mut target: Target, left_out: Vec<String>) -> Result<Exported, ExportError> {
        let names = content_names(&self.policies, &self.contents);
        for (hash, bytes) in &self.contents {
            target.put(&names[hash], bytes)?;
        }
        let manifest = Manifest {
            keuze_export: VERSION,
            site,
            complete: true,
            shards: u16::try_from(self.sizes.values().filter(|size| **size > 0).count()).unwrap_or(u16::MAX),
            statements: self.statements,
            records: self.exported.records,
            erased: self.exported.erased,
            sealed: self.exported.sealed,
            contents: names.into_values().collect(),
        };
        target.finish(&manifest)?;
        (self.exported.kept, self.exported.written) = target.counted();
        self.exported.left_out = left_out;
        Ok(self.exported)
    }
}

/// What the walk is told where a file could not be written; whoever started it knows why.
fn stopped(log: Log, index: u64) -> ReplayFault {
    ReplayFault { log, index, what: "the export stopped here".to_owned() }
}

fn open_line(address: RecordAddress, leaf: &LeafHash, canonical: &str, salt: &Salt) -> String {
    format!(
        "{{\"address\":\"{address}\",\"leaf\":\"{}\",\"record\":{canonical},\"salt\":\"{salt}\"}}\n",
        hex::encode(leaf.0)
    )
}

fn closed_line(address: RecordAddress, leaf: &LeafHash, why: &str) -> String {
    format!("{{\"address\":\"{address}\",\"leaf\":\"{}\",\"left_out\":\"{why}\"}}\n", hex::encode(leaf.0))
}

/// The path of each content: policies, the notices that they name, and what is neither.
fn content_names(policies: &[ContentHash], contents: &BTreeMap<ContentHash, Vec<u8>>) -> BTreeMap<ContentHash, String> {
    let mut names: BTreeMap<_, _> = contents.keys().map(|hash| (*hash, format!("contents/{hash}"))).collect();
    let mut name = |hash: ContentHash, path: String| {
        if let Some(named) = names.get_mut(&hash) {
            *named = path;
        }
    };
    for policy in policies {
        name(*policy, format!("policies/{policy}.json"));
        let read = contents.get(policy).and_then(|bytes| serde_json::from_slice::<model::policy::Policy>(bytes).ok());
        for notice in read.iter().flat_map(|policy| policy.notices.values()) {
            name(notice.strings, format!("notices/{}.json", notice.strings));
            name(notice.html, format!("notices/{}.html", notice.html));
        }
    }
    names
}

/// SHA-256 of a content.
fn hash_of(content: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(content).into())
}

/// A log's files as they are written.
struct LogExport<'a> {
    target: &'a mut Target,
    log: Log,
    anchor: Anchor,
    /// Up to where it was exported before.
    before: Option<Checkpoint>,
    tiles: TileBuilder,
    lines: Vec<u8>,
    /// The signed checkpoint of what is exported.
    note: String,
}

impl<'a> LogExport<'a> {
    /// Begins a log of about `recorded` entries.
    ///
    /// # Errors
    /// What was exported before is another ledger's, or a newer one's.
    fn begin(
        layout: &Layout,
        log: Log,
        anchor: Anchor,
        recorded: u64,
        target: &'a mut Target,
    ) -> Result<Self, ExportError> {
        let before = target.exported_before(log, &anchor)?;
        if let Some(known) = before.as_ref().filter(|known| known.size > recorded) {
            // A kill leaves the checkpoint outside the journal behind it.
            let has = replay::walk(layout, log, &anchor, |_| Ok(()))?.tree.size();
            if known.size > has {
                return Err(target.newer(log, known.size, has));
            }
        }
        Ok(Self { target, log, anchor, before, tiles: TileBuilder::default(), lines: Vec::new(), note: String::new() })
    }

    fn size(&self) -> u64 {
        self.tiles.size()
    }

    fn push(&mut self, entry: &[u8]) -> Result<(), ExportError> {
        let full = self.tiles.push(entry);
        self.put_tiles(full)
    }

    fn push_record(&mut self, shard: ShardNumber, record: &SealedRecord, line: &str) -> Result<(), ExportError> {
        self.lines.extend_from_slice(line.as_bytes());
        self.push(&record.commitment.0)?;
        if self.size().is_multiple_of(LINES) { self.put_lines(shard) } else { Ok(()) }
    }

    fn put_lines(&mut self, shard: ShardNumber) -> Result<(), ExportError> {
        let lines = std::mem::take(&mut self.lines);
        if lines.is_empty() {
            return Ok(());
        }
        let first = (self.size() - 1) / LINES * LINES;
        self.target.put(&lines_name(shard, first), &lines)
    }

    fn put_tiles(&mut self, tiles: Vec<(TilePath, Vec<u8>)>) -> Result<(), ExportError> {
        let log = self.log;
        tiles.into_iter().try_for_each(|(path, bytes)| self.target.put_of_log(log, &format!("tile/{path}"), &bytes))
    }

    /// Writes what is left; the checkpoint last, so that it never tells of more than is there.
    ///
    /// # Errors
    /// What was exported before tells of other entries than the ledger has; or a file cannot be written.
    fn finish(mut self, walked: &Walked) -> Result<(), ExportError> {
        let (log, size) = (self.log, self.size());
        if let Some(known) = self.before.take().filter(|known| walked.tree.root_at(known.size) != Some(known.root)) {
            return Err(self.target.other_records(log, known.size));
        }
        if size == 0 {
            return Ok(());
        }
        if let Log::Shard(shard) = log {
            self.put_lines(shard)?;
        }
        let rest = std::mem::take(&mut self.tiles).finish();
        self.put_tiles(rest)?;
        let Anchor { origin, key } = &self.anchor;
        self.target.put_of_log(log, "vkey", format!("{}\n", verifier_key(origin, key)).as_bytes())?;
        self.target.put_of_log(log, "checkpoint", self.note.as_bytes())?;
        self.target.remove_narrower(log, size)
    }
}

/// The file of records that begins with an index.
fn lines_name(shard: ShardNumber, first: u64) -> String {
    format!("records/{shard}/{first:012}.jsonl")
}
