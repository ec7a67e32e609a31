//! What can be told of a ledger from beside it: without opening it, whoever holds it, and without changing anything.

use std::path::Path;

use model::identity::ShardNumber;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::files::{Layout, Log, read_slots};
use super::lock::Look;
use super::origin::{FIRST, log_name};
use super::outside::{self, Last};
use super::recovery::{found_shards, no_gap};
use super::replay::{self, ReplayFault};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::last_checkpoint::Said;

/// Whether another process holds the ledger.
///
/// # Errors
/// What the file system said.
pub fn is_in_use(layout: &Layout) -> std::io::Result<bool> {
    Ok(Look::at(layout)?.running)
}

/// How many shards there are.
///
/// # Errors
/// One before the last is missing.
pub fn shard_count(layout: &Layout) -> Result<u16, ReplayFault> {
    let shards = found_shards(layout).map_err(|error| ReplayFault::unreadable(Log::Logs, &error))?;
    no_gap(&shards)?;
    Ok(shards.last().map_or(1, |last| last.number.get()))
}

/// What the last checkpoint beside the root key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastRecord {
    /// When the last record was made, up to a second ago.
    At(OffsetDateTime),
    /// There was none yet.
    NoneYet,
    /// It tells of more records than there are: the directory is an older copy.
    Ahead {
        /// Of which log.
        log: String,
        /// The records that it tells of.
        known: u64,
        /// Those that the directory's own checkpoint tells of.
        has: u64,
    },
    /// There is no such file.
    Missing,
    /// Somebody decided to go on without what is missing; the next start does.
    GoOn,
    /// The file cannot be read as one of this build.
    Unreadable(String),
}

/// When the last record was made, by the file beside the root key; and whether the directory reaches it. Beside a running server it
/// does, because the file is written behind.
pub fn last_record(layout: &Layout, key_file: &Path, site: &str) -> LastRecord {
    let last = match Last::load_checkpoint(outside::path(key_file, &log_name(site, FIRST))) {
        Ok(last) => last,
        Err(error) => return LastRecord::Unreadable(error.to_string()),
    };
    match last.said() {
        Said::Nothing => LastRecord::Missing,
        Said::GoOn(_) => LastRecord::GoOn,
        Said::Last { until, note } => match (ahead(layout, note), OffsetDateTime::parse(until, &Rfc3339)) {
            (Some(ahead), _) => ahead,
            (None, Ok(at)) if at == OffsetDateTime::UNIX_EPOCH => LastRecord::NoneYet,
            (None, Ok(at)) => LastRecord::At(at),
            (None, Err(_)) => LastRecord::Unreadable("it does not say when the last record was made".to_owned()),
        },
        Said::OtherBuild(other) => LastRecord::Unreadable(other.to_string()),
        Said::Damaged => LastRecord::Unreadable("it is damaged".to_owned()),
    }
}

/// Whether a note tells of more records than the checkpoint of its shard.
fn ahead(layout: &Layout, note: &str) -> Option<LastRecord> {
    let told = Size::in_note(0, note)?;
    let slots = read_slots(&layout.checkpoint(told.shard)).ok()?;
    let sizes = slots.iter().filter_map(|slot| match slot {
        Slot::Note(_, note) => Size::in_note(0, note).map(|size| size.records),
        Slot::Empty | Slot::Broken | Slot::OtherBuild(_) => None,
    });
    let has = sizes.max().unwrap_or_default();
    let log = format!("shard {}", told.shard);
    (has < told.records).then_some(LastRecord::Ahead { log, known: told.records, has })
}

/// How many records a ledger has, and how it grew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    pub records: u64,
    /// Within the days that were looked back, or since the first record if that is later; `None` in the first day.
    pub a_day: Option<f64>,
}

/// How a ledger grew in the last `days`, by its log of logs and the checkpoints of its shards.
///
/// # Errors
/// These cannot be read.
pub fn growth(layout: &Layout, now: OffsetDateTime, days: f64) -> Result<Growth, ReplayFault> {
    let mut told: Vec<Size> = Vec::new();
    replay::walk_again(layout, Log::Logs, |batch| {
        told.extend(batch.checkpoints.iter().filter_map(|(at, note)| Size::in_note(*at, note)));
        Ok(())
    })?;
    let now = now.unix_timestamp();
    let mut latest = told.clone();
    for shard in found_shards(layout).map_err(|error| ReplayFault::unreadable(Log::Logs, &error))? {
        let slots = read_slots(&layout.checkpoint(shard.number));
        let slots = slots.map_err(|error| ReplayFault::unreadable(shard.number.into(), &error))?;
        latest.extend(slots.iter().filter_map(|slot| match slot {
            Slot::Note(_, note) => Size::in_note(now, note),
            Slot::Empty | Slot::Broken | Slot::OtherBuild(_) => None,
        }));
    }
    let records = total(&latest, i64::MAX);
    let day = 86_400.0;
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a rate, told to people")]
    let a_day = told.first().and_then(|first| {
        let since = (now - (days * day) as i64).max(first.at);
        let lasted = (now - since) as f64 / day;
        (lasted >= 1.0).then(|| records.saturating_sub(total(&told, since)) as f64 / lasted)
    });
    Ok(Growth { records, a_day })
}

/// How many records a shard had at a time.
#[derive(Clone, Copy)]
struct Size {
    at: i64,
    shard: ShardNumber,
    records: u64,
}

impl Size {
    fn in_note(at: i64, note: &str) -> Option<Self> {
        let mut lines = note.lines();
        let shard = lines.next()?.rsplit_once('/')?.1.parse().ok()?;
        Some(Self { at, shard, records: lines.next()?.parse().ok()? })
    }
}

/// Of all shards until a time.
fn total(told: &[Size], until: i64) -> u64 {
    let mut sizes = std::collections::BTreeMap::new();
    for Size { shard, records, .. } in told.iter().filter(|size| size.at <= until) {
        let largest = sizes.entry(*shard).or_insert(0);
        *largest = u64::max(*largest, *records);
    }
    sizes.values().sum()
}
