//! Reading the journal: the one walk that the start, `verify` and a rebuild share.

use std::path::PathBuf;

use ed25519_dalek::VerifyingKey;
use model::event::Event;
use model::identity::{RecordAddress, ShardNumber};

use super::erasure::Missing;
use super::files::{Layout, Log};
use crate::flat::{KeyOfRecord, Place};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::fact::{self, FactError, OpenedFact};
use crate::formats::frame::{Frame, FrameEntry, Read};
use crate::formats::record::{RecordError, SealedRecord, read_event};
use tlog::checkpoint::Checkpoint;
use tlog::tree::{Tree, leaf_hash};
use vault::ring::{KeyId, KeyTable};

/// A whole batch of the journal.
pub struct ReplayedBatch {
    /// How many batches stand before it.
    pub number: u64,
    /// The index of its first entry.
    pub first: u64,
    /// Of a shard.
    pub records: Vec<SealedRecord>,
    /// Its facts, still sealed, each with the index of the record that it was written beside.
    pub facts: Vec<(u64, Vec<u8>)>,
    /// Of the log of logs: when it was made (seconds since 1970), and the signed checkpoint of a shard.
    pub checkpoints: Vec<(i64, String)>,
    /// Where each of its entries stands.
    pub places: Vec<Place>,
    /// Its signed checkpoint.
    pub note: String,
}

impl ReplayedBatch {
    /// The size of the log with it.
    pub fn end(&self) -> u64 {
        self.first + self.places.len() as u64
    }

    /// Which key seals each of its records that is not public.
    pub fn sealed(&self) -> impl Iterator<Item = KeyOfRecord> {
        let index = |index| u32::try_from(index).expect("a shard has fewer records");
        let records = (self.first..).zip(&self.records).filter(|(_, record)| record.key != KeyId::NONE);
        records.map(move |(at, record)| (record.key, index(at)))
    }

    /// The records of a shard's batch, each with its address.
    pub fn addressed(&self, shard: ShardNumber) -> impl Iterator<Item = (RecordAddress, &SealedRecord)> {
        (self.first..).map(move |index| RecordAddress { shard, index }).zip(&self.records)
    }
}

/// Where a walk ended.
#[derive(Clone)]
pub struct Walked {
    /// Of which log.
    pub log: Log,
    /// The tree over all whole batches.
    pub tree: Tree,
    /// The last checkpoint; empty for a log without records.
    pub note: String,
    /// How many batches there are.
    pub batches: u64,
    /// The last file and where its last whole batch ends.
    pub end: Option<(PathBuf, u64)>,
    /// Whether something that is no batch stands behind it: the work that a kill or a power cut left unfinished.
    pub torn: bool,
}

/// What is wrong with a ledger: which record, if it can be said, and what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} index {index}: {what}", name_of(*.log))]
pub struct ReplayFault {
    pub log: Log,
    /// The first index that fails.
    pub index: u64,
    pub what: String,
}

impl ReplayFault {
    /// The journal of a log could not be read.
    pub fn unreadable(log: Log, error: &std::io::Error) -> Self {
        fault(log, 0, format!("the folder journal/{log} cannot be read: {error}"))
    }
}

/// A log as it is told of.
pub fn name_of(log: Log) -> String {
    match log {
        Log::Shard(shard) => format!("shard {shard}"),
        Log::Logs => "log of logs".to_owned(),
    }
}

/// What to do about a journal that is not the one that was written.
pub fn put_back(log: Log) -> String {
    format!("Put back the folder journal/{log} of the newest copy")
}

/// The log that a note says it is of.
fn named_in(note: &str) -> &str {
    note.lines().next().unwrap_or_default()
}

/// Makes the faults of one log.
fn fault(log: Log, index: u64, what: impl Into<String>) -> ReplayFault {
    ReplayFault { log, index, what: what.into() }
}

/// What every checkpoint of a log is held against.
#[derive(Clone)]
pub struct Anchor {
    /// The log's name.
    pub origin: String,
    /// The key that signs its checkpoints.
    pub key: VerifyingKey,
}

/// What is held against the checkpoint of each batch.
#[derive(Clone, Copy)]
enum Checks<'a> {
    /// Everything.
    All(&'a Anchor),
    /// Everything but the signature, and the signature of the last one: it commits to all records before it.
    LastSignature(&'a Anchor),
    /// Nothing: it was just checked, and this process holds it.
    Nothing,
}

/// Walks the whole journal of a log, handing out each batch, and checks frames, indexes, roots and signatures.
pub fn walk(
    layout: &Layout,
    log: impl Into<Log>,
    anchor: &Anchor,
    each: impl FnMut(&ReplayedBatch) -> Result<(), ReplayFault>,
) -> Result<Walked, ReplayFault> {
    walk_files(layout, log.into(), Checks::All(anchor), each)
}

/// The same, but for the signatures of all batches before the last one, which commits to all records before it. What is handed out
/// stands only once this returns.
pub fn walk_to_the_last(
    layout: &Layout,
    log: impl Into<Log>,
    anchor: &Anchor,
    each: impl FnMut(&ReplayedBatch) -> Result<(), ReplayFault>,
) -> Result<Walked, ReplayFault> {
    walk_files(layout, log.into(), Checks::LastSignature(anchor), each)
}

/// Walks a journal that [`walk`] has just checked, and is held by this process: roots and signatures are not looked
/// at again.
pub fn walk_again(
    layout: &Layout,
    log: impl Into<Log>,
    each: impl FnMut(&ReplayedBatch) -> Result<(), ReplayFault>,
) -> Result<Walked, ReplayFault> {
    walk_files(layout, log.into(), Checks::Nothing, each)
}

fn walk_files(
    layout: &Layout,
    log: Log,
    checks: Checks<'_>,
    mut each: impl FnMut(&ReplayedBatch) -> Result<(), ReplayFault>,
) -> Result<Walked, ReplayFault> {
    let mut walked = Walked::nothing(log);
    let mut last = None;
    let files = layout.journal_files(log).map_err(|error| ReplayFault::unreadable(log, &error))?;
    for (file, path) in (0..).zip(files) {
        let size = walked.tree.size();
        let name = format!("journal/{log}/{}", path.file_name().unwrap_or_default().display());
        if walked.torn {
            let what = format!("{name} goes on behind a file that ends in the middle of a batch. {}", put_back(log));
            return Err(fault(log, size, what));
        }
        let named: Option<u64> = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        let bytes =
            std::fs::read(&path).map_err(|error| fault(log, size, format!("{name} cannot be read: {error}")))?;
        let mut at = 0;
        let mut used = 0;
        let mut batch = empty(&walked);
        loop {
            match Frame::parse_frame(&bytes, at) {
                Read::End => break,
                Read::OtherBuild(other) => return Err(fault(log, walked.tree.size(), other.to_string())),
                Read::Broken => {
                    walked.torn = true;
                    break;
                }
                Read::Frame(frame, next) => {
                    let place = Place { file, offset: u32::try_from(at).unwrap_or(u32::MAX) };
                    at = next;
                    let index = walked.tree.size();
                    if frame.index != index {
                        let what = format!("{name} goes on with another entry than this one. {}", put_back(log));
                        return Err(fault(log, index, what));
                    }
                    if !add_entry(&mut walked, &mut batch, frame.entry, place)? {
                        continue;
                    }
                    checks.check(&batch, &walked)?;
                    last = Some(batch.first);
                    each(&batch)?;
                    walked.note = std::mem::take(&mut batch.note);
                    walked.batches += 1;
                    used = at;
                    batch = empty(&walked);
                }
            }
        }
        if used > 0 && named != Some(size) {
            let what =
                format!("before {name} a file of the journal is missing, or it has another's name. {}", put_back(log));
            return Err(fault(log, size, what));
        }
        walked.torn |= at > used;
        if walked.tree.size() > batch.first {
            walked.tree = shorter(&walked.tree, batch.first);
        }
        walked.end = Some((path, used as u64));
    }
    if let (Some(first), Checks::LastSignature(anchor)) = (last, checks) {
        is_signed(log, first, &walked.note, anchor)?;
    }
    Ok(walked)
}

/// Hands out the facts of a shard's journal, each with the index of the record that it stands beside, until it is told to stop. Nothing is
/// checked but the frames; a server that writes may be at the end of the last file.
///
/// # Errors
/// A file cannot be read.
pub fn each_fact(
    layout: &Layout,
    shard: ShardNumber,
    mut each: impl FnMut(u64, &[u8]) -> bool,
) -> Result<(), ReplayFault> {
    let unreadable = |error| ReplayFault::unreadable(shard.into(), &error);
    for path in layout.journal_files(shard).map_err(unreadable)? {
        let bytes = std::fs::read(&path).map_err(unreadable)?;
        let mut at = 0;
        while let Read::Frame(Frame { index, entry }, next) = Frame::parse_frame(&bytes, at) {
            at = next;
            if let FrameEntry::Fact(body) = entry
                && !each(index.saturating_sub(1), &body)
            {
                return Ok(());
            }
        }
    }
    Ok(())
}

impl Checks<'_> {
    /// Holds a batch against its checkpoint.
    fn check(self, batch: &ReplayedBatch, walked: &Walked) -> Result<(), ReplayFault> {
        let (log, first) = (walked.log, batch.first);
        match self {
            Self::All(anchor) => check_end(batch, walked, anchor, &is_signed(log, first, &batch.note, anchor)?),
            Self::LastSignature(anchor) => {
                let claim =
                    Checkpoint::read_claim(&batch.note).ok_or_else(|| not_signed(log, first, &batch.note, anchor))?;
                check_end(batch, walked, anchor, &claim)
            }
            Self::Nothing => Ok(()),
        }
    }
}

fn not_signed(log: Log, first: u64, note: &str, anchor: &Anchor) -> ReplayFault {
    let named = named_in(note);
    if named != anchor.origin {
        return foreign(log, first, named, anchor);
    }
    let what = format!(
        "the batch's checkpoint is not signed by this log, though it bears its name: it was altered, or the folder is of another ledger \
         under that name. {}",
        put_back(log)
    );
    fault(log, first, what)
}

/// The journal of another log, whole as it may be.
fn foreign(log: Log, first: u64, named: &str, anchor: &Anchor) -> ReplayFault {
    fault(
        log,
        first,
        format!("the folder journal/{log} is that of {named}, not of {}. {}", anchor.origin, put_back(log)),
    )
}

fn is_signed(log: Log, first: u64, note: &str, anchor: &Anchor) -> Result<Checkpoint, ReplayFault> {
    Checkpoint::open(note, &anchor.key).ok_or_else(|| not_signed(log, first, note, anchor))
}

fn empty(before: &Walked) -> ReplayedBatch {
    ReplayedBatch {
        number: before.batches,
        first: before.tree.size(),
        records: Vec::new(),
        facts: Vec::new(),
        checkpoints: Vec::new(),
        places: Vec::new(),
        note: String::new(),
    }
}

impl Walked {
    /// Of a log without a journal.
    pub fn nothing(log: Log) -> Self {
        let (tree, note) = (Tree::default(), String::new());
        Self { log, tree, note, batches: 0, end: None, torn: false }
    }
}

/// The tree without the records of a batch that has no end.
fn shorter(tree: &Tree, size: u64) -> Tree {
    let mut whole = Tree::default();
    (0..size).filter_map(|index| tree.leaf(index)).for_each(|leaf| whole.push(leaf));
    whole
}

/// Adds an entry to a batch; true when it ended it.
fn add_entry(
    walked: &mut Walked,
    batch: &mut ReplayedBatch,
    entry: FrameEntry,
    place: Place,
) -> Result<bool, ReplayFault> {
    let (log, index) = (walked.log, walked.tree.size());
    match (entry, log) {
        (FrameEntry::Record(body), Log::Shard(_)) => {
            let record = SealedRecord::from_bytes(&body).map_err(|error| fault(log, index, error.to_string()))?;
            walked.tree.push(record.commitment.leaf());
            batch.places.push(place);
            batch.records.push(record);
        }
        (FrameEntry::Checkpoint(at, note), Log::Logs) => {
            walked.tree.push(leaf_hash(note.as_bytes()));
            batch.places.push(place);
            batch.checkpoints.push((at, note));
        }
        (FrameEntry::Fact(body), Log::Shard(_)) => batch.facts.push((index.saturating_sub(1), body)),
        (FrameEntry::BatchEnd(note), _) => {
            batch.note = note;
            return Ok(true);
        }
        _ => {
            let what = format!("what stands in journal/{log} belongs into another log. {}", put_back(log));
            return Err(fault(log, index, what));
        }
    }
    Ok(false)
}

fn check_end(
    batch: &ReplayedBatch,
    walked: &Walked,
    anchor: &Anchor,
    checkpoint: &Checkpoint,
) -> Result<(), ReplayFault> {
    if checkpoint.origin != anchor.origin {
        return Err(foreign(walked.log, batch.first, &checkpoint.origin, anchor));
    }
    if checkpoint.size != walked.tree.size() || checkpoint.root != walked.tree.root() {
        return Err(fault(walked.log, batch.first, "the records are not those of the signed checkpoint"));
    }
    Ok(())
}

/// Compares the journal with the checkpoint kept outside it, which is never ahead of it. What a kill leaves behind the
/// journal is no fault; it is told, and the next start mends it.
///
/// `strict` also refuses a slot that is damaged. Beside a running server the slots must have been read before the
/// journal.
pub fn check_outside(slots: &[Slot; 2], walked: &Walked, strict: bool) -> Result<Option<&'static str>, ReplayFault> {
    let (log, size) = (walked.log, walked.tree.size());
    let file = format!("checkpoint/{log}");
    let newest =
        slots.iter().filter_map(|slot| if let Slot::Note(number, _) = slot { Some(*number) } else { None }).max();
    let is_lost = newest.is_none() && walked.batches > 2;
    for slot in slots {
        match slot {
            Slot::Note(_, note) if !walked.note.is_empty() && named_in(note) != named_in(&walked.note) => {
                let of = named_in(note);
                return Err(fault(
                    log,
                    size,
                    format!("{file} is that of {of}. Put back the file {file} of this ledger"),
                ));
            }
            Slot::Note(number, note) if number.checked_add(1) == Some(walked.batches) && *note != walked.note => {
                let what = format!(
                    "the journal's last batch is not the one of the checkpoint outside it: journal/{log} and {file} are of two copies. \
                     Put back both from the newest copy"
                );
                return Err(fault(log, size, what));
            }
            Slot::Note(number, _) if *number >= walked.batches => {
                let ends = if walked.end.is_none() { "is missing" } else { "ends here" };
                let what = format!(
                    "the journal {ends}, but the checkpoint outside it ({file}) is further on: records that were acknowledged are \
                     missing. {}",
                    put_back(log)
                );
                return Err(fault(log, size, what));
            }
            Slot::OtherBuild(other) => {
                return Err(fault(log, size, format!("{file} cannot be read: {other}")));
            }
            Slot::Broken if strict && !is_lost => {
                return Err(fault(log, size, format!("a slot of {file} is damaged; the next start mends it")));
            }
            _ => {}
        }
    }
    match newest {
        None if is_lost => Err(fault(
            log,
            size,
            format!("the checkpoint outside the journal is missing or damaged. Put back the file {file}"),
        )),
        None if walked.batches > 0 => Ok(Some("the checkpoint outside the journal is not there yet")),
        Some(newest) if newest + 1 < walked.batches => {
            Ok(Some("the checkpoint outside the journal is behind it, as a kill leaves it; the next start mends it"))
        }
        _ => Ok(None),
    }
}

/// The event of a batch's record, checked against the facts beside it; `None` where its key is missing, which is noted.
pub fn event_of(
    batch: &ReplayedBatch,
    record: &SealedRecord,
    address: RecordAddress,
    keys: &KeyTable,
    missing: &mut Missing,
) -> Result<Option<Event>, ReplayFault> {
    let RecordAddress { shard, index } = address;
    let opened = record.open(address, keys).and_then(|(_, canonical)| read_event(&canonical));
    let event = match opened {
        Ok(event) => event,
        Err(RecordError::NoKey) => {
            missing.record(record.key, address);
            return Ok(None);
        }
        Err(error) => return Err(fault(shard.into(), index, error.to_string())),
    };
    let beside = batch.facts.iter().filter(|(of, _)| *of == index).map(|(_, bytes)| bytes);
    if fact::digest(beside) != event.head.facts {
        return Err(fault(shard.into(), index, "the facts beside it are not those that it names"));
    }
    missing.explain(&event);
    Ok(Some(event))
}

/// A fact beside a batch's records; `None` where its key is missing, which is noted.
pub fn fact_of(
    bytes: &[u8],
    address: RecordAddress,
    keys: &KeyTable,
    missing: &mut Missing,
) -> Result<Option<OpenedFact>, ReplayFault> {
    let opened = fact::open(bytes, keys).and_then(|opened| opened.fact().map(|_| opened));
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(FactError::NoKey(_)) if fact::is_answer(bytes) => Ok(None),
        Err(FactError::NoKey(id)) => {
            missing.fact(id, address);
            Ok(None)
        }
        Err(error) => Err(fault(address.shard.into(), address.index, error.to_string())),
    }
}
