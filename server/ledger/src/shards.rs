//! The shards of a ledger: when one closes, and how one that is closed is read.
//!
//! One shard is open. Before a record that would be one too many for it, or the first of another period, the writer begins the
//! next one; the one before it takes nothing any more, and is read from its folder ([`crate::flat`]) as soon as it has one.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::identity::{RecordAddress, ShardNumber};
use model::receipt::MAX_INDEX;
use time::{Date, Month, OffsetDateTime};
use tlog::checkpoint::verifier_key;
use tlog::tree::Tree;

use ed25519_dalek::VerifyingKey;

use super::clock::moment;
use super::files::Layout;
use super::held::RecordIndex;
use super::replay::{Anchor, ReplayFault, put_back};
use super::{ReadError, RecordDamage};
use crate::flat::FlatShard;
use crate::formats::frame::{Frame, FrameEntry, HEADER, LONGEST, Read};
use crate::formats::record::{RecordError, SealedRecord};

/// When a shard closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardRules {
    /// So many records fit a shard; at most [`MAX_INDEX`].
    pub records: u64,
    /// A shard holds records of one such period.
    pub period: ShardPeriod,
}

impl Default for ShardRules {
    fn default() -> Self {
        Self { records: 500_000, period: ShardPeriod::Quarter }
    }
}

/// A period of the calendar (Europe/Amsterdam).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardPeriod {
    Month,
    Quarter,
    Year,
}

impl ShardPeriod {
    /// Periods in the order of the calendar.
    fn number(self, day: Date) -> i32 {
        let month = i32::from(u8::from(day.month())) - i32::from(u8::from(Month::January));
        match self {
            Self::Month => day.year() * 12 + month,
            Self::Quarter => day.year() * 4 + month / 3,
            Self::Year => day.year(),
        }
    }
}

impl ShardRules {
    /// Whether a shard with `size` records, whose first was made at `opened` (seconds since 1970), takes `more` that are made
    /// `at` that time. An empty one takes whatever fits the number of a receipt. A clock that goes back closes nothing.
    pub fn takes(&self, size: u64, opened: Option<i64>, more: u64, at: OffsetDateTime) -> bool {
        if size == 0 {
            return more <= MAX_INDEX;
        }
        let period = |seconds| self.period.number(moment(seconds).today);
        let same = opened.is_none_or(|opened| period(at.unix_timestamp()) <= period(opened));
        same && size.saturating_add(more) <= self.records.min(MAX_INDEX)
    }
}

/// The shard that takes records.
pub struct OpenShard {
    pub number: ShardNumber,
    pub held: HeldShard,
}

/// A shard that has no folder yet: its tree is in memory, its records are read from the journal by what is known of them.
pub struct HeldShard {
    pub log: PublishedLog,
    pub index: RecordIndex,
}

/// A log whose tree is in memory.
#[derive(Clone)]
pub struct PublishedLog {
    pub tree: Tree,
    /// The signed checkpoint of the last batch; empty before the first.
    pub checkpoint: String,
    /// The log's name.
    pub origin: String,
    /// Checks what the log signs.
    pub key: VerifyingKey,
}

impl PublishedLog {
    /// Without an entry.
    pub fn new(origin: String, key: VerifyingKey) -> Self {
        Self { tree: Tree::default(), checkpoint: String::new(), origin, key }
    }

    /// As it is given to whoever checks the log.
    pub fn verifier_key(&self) -> String {
        verifier_key(&self.origin, &self.key)
    }
}

/// A shard that takes no records any more.
pub enum ClosedShard {
    /// It has no folder yet.
    InMemory(Box<HeldShard>),
    /// It is read from its folder and its journal, on demand.
    InFiles(Arc<FiledShard>),
}

impl ClosedShard {
    /// Whether it has no folder yet.
    pub fn is_in_memory(&self) -> bool {
        matches!(self, Self::InMemory(_))
    }
}

/// A closed shard with its folder.
pub struct FiledShard {
    pub number: ShardNumber,
    pub flat: FlatShard,
    /// Checks what its log signed.
    pub key: VerifyingKey,
    /// The files of its journal, in order.
    journal: Vec<PathBuf>,
}

impl FiledShard {
    /// Lists the journal.
    pub fn new(layout: &Layout, number: ShardNumber, flat: FlatShard, key: VerifyingKey) -> io::Result<Self> {
        Ok(Self { number, flat, key, journal: layout.journal_files(number)? })
    }

    /// What the folder of a shard that was found gives; `None` for one that is missing, damaged, or not of this journal, and has to be
    /// made anew. `last` is what the log of logs says of it last.
    pub fn found(layout: &Layout, number: ShardNumber, anchor: &Anchor, last: Option<&String>) -> Option<Self> {
        let folder = layout.closed(number);
        if !folder.exists() {
            return None;
        }
        match FlatShard::open(&folder, &anchor.origin, &anchor.key) {
            Ok(flat) if Some(flat.note()) == last.map(String::as_str) => {
                let filed = Self::new(layout, number, flat, anchor.key);
                filed.map_err(|error| tracing::warn!("the journal of shard {number} cannot be listed: {error}")).ok()
            }
            Ok(_) => {
                tracing::warn!("{} is not of this journal: it is made anew", folder.display());
                None
            }
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        }
    }

    /// Looks whether the first and the last record stand in the journal: a start reads no more of a shard that is closed.
    ///
    /// # Errors
    /// The record that is not there.
    pub fn check_ends(&self) -> Result<(), ReplayFault> {
        let size = self.flat.size();
        for index in [0, size.saturating_sub(1)].into_iter().filter(|_| size > 0) {
            let log = self.number.into();
            let what = match self.is_own(index) {
                Ok(true) => continue,
                Ok(false) => "the journal has another record than the shard was closed with".to_owned(),
                Err(ReadError::Damaged { damage: RecordDamage::NoFile, .. }) => format!(
                    "the journal ends here, but the shard was closed with {size} records: records that were acknowledged are missing"
                ),
                Err(error) => error.to_string(),
            };
            return Err(ReplayFault { log, index, what: format!("{what}. {}", put_back(log)) });
        }
        Ok(())
    }

    /// Whether the record in the journal is the one that the folder has the leaf of.
    fn is_own(&self, index: u64) -> Result<bool, ReadError> {
        let record = self.record(index)?;
        // A folder without that leaf is made anew in the background.
        Ok(self.flat.leaf(index).is_err() || record.map(|record| record.commitment.leaf()) == self.flat.leaf(index)?)
    }

    /// The files of the journal from the one on in which a record stands, and the byte at which it begins; `None` beyond the end.
    ///
    /// # Errors
    /// The places cannot be read.
    pub fn journal_behind(&self, index: u64) -> Result<Option<(Vec<PathBuf>, u32)>, ReadError> {
        let place = self.flat.place(index)?;
        Ok(place.map(|place| (self.journal.iter().skip(place.file as usize).cloned().collect(), place.offset)))
    }

    /// A sealed record, read out of the journal; `None` beyond the end.
    ///
    /// # Errors
    /// A file cannot be read, or what stands there is not the record.
    pub fn record(&self, index: u64) -> Result<Option<SealedRecord>, ReadError> {
        let address = RecordAddress { shard: self.number, index };
        let Some(place) = self.flat.place(index)? else { return Ok(None) };
        let path = usize::try_from(place.file).ok().and_then(|file| self.journal.get(file));
        let path = path.ok_or(ReadError::Damaged { address, damage: RecordDamage::NoFile })?;
        record_in_journal(path, place.offset, address).map(Some)
    }
}

/// The record of that address, out of the file of the journal and from the byte on where it was written.
///
/// # Errors
/// The file cannot be read, or has something else there.
pub fn record_in_journal(path: &Path, offset: u32, address: RecordAddress) -> Result<SealedRecord, ReadError> {
    let damaged = |damage| ReadError::Damaged { address, damage };
    let bytes = frame_bytes(path, offset.into());
    let bytes = bytes.map_err(|error| damaged(RecordDamage::Unreadable(error.kind())))?;
    match Frame::parse_frame(&bytes, 0) {
        Read::Frame(Frame { index, entry: FrameEntry::Record(body) }, _) if index == address.index => {
            SealedRecord::from_bytes(&body).map_err(|error| damaged(error.into()))
        }
        Read::OtherBuild(other) => Err(damaged(RecordError::from(other).into())),
        _ => Err(damaged(RecordDamage::OtherEntry)),
    }
}

/// Hands out the facts that stand behind a record, until the next one begins; they may go on in the next file. `files` begin with the one
/// that the record is in.
///
/// # Errors
/// A file cannot be read.
pub fn facts_behind(
    files: &[PathBuf],
    offset: u32,
    address: RecordAddress,
    mut each: impl FnMut(&[u8]),
) -> Result<(), ReadError> {
    let mut at = u64::from(offset);
    for path in files {
        loop {
            let bytes = match frame_bytes(path, at) {
                // Behind the last frame of a file.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                read => read
                    .map_err(|error| ReadError::Damaged { address, damage: RecordDamage::Unreadable(error.kind()) })?,
            };
            let Read::Frame(Frame { index, entry }, next) = Frame::parse_frame(&bytes, 0) else { break };
            match entry {
                FrameEntry::Record(_) if index != address.index => return Ok(()),
                FrameEntry::Fact(fact) => each(&fact),
                _ => {}
            }
            at += next as u64;
        }
        at = 0;
    }
    Ok(())
}

/// The bytes of the frame that begins at an offset.
fn frame_bytes(path: &Path, offset: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut length = [0; 4];
    file.read_exact_at(&mut length, offset)?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX).min(LONGEST);
    let mut bytes = vec![0; HEADER + length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}
