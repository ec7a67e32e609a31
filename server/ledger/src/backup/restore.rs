//! Putting a ledger back from an increment of a backup.
//!
//! Whatever is in the data directory stays as it is until the whole of what takes its place is made, in a folder beside it: the
//! files of the increment, and behind them a new shard whose first record says what was put back and what is lost. Then a mark says
//! that the directory is no ledger; what stood there is moved into a folder of its own, and what was made into its place; the last
//! checkpoint beside the root key becomes that of the new shard; and the mark goes. A kill leaves the old state, or a directory with the
//! mark, with which no start, and no command but a restore, does anything.

mod error;
mod place;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::event::{Actor, Circumstances, Erased, Event, PutBack, Restored, Route};
use model::evidence::IdentityLevel;
use model::identity::{RecordAddress, ShardNumber};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use vault::random::SecureRandom;

use super::check::{LookedAtBackup, Uses, verify_increment};
use super::error::BackupFault;
use super::folder::{Increment, hash_of, object};
use crate::files::{Layout, read_slots, replace_file};
use crate::formats::checkpoint_slots::Slot;
use crate::formats::last_checkpoint::{self, Said};
use crate::kept_away::{KeptAway, KeptContent, load_folder};
use crate::lock::Lock;
use crate::origin::{FIRST, log_name};
use crate::outside;
use crate::replay::Walked;
use crate::shards::{ShardPeriod, ShardRules};
use crate::verify::copy::PassingFolder;
use crate::verify::key_path;
use crate::{AppendRequest, Ledger, Opening, ReadError};
use tlog::tree::RootHash;

pub use error::RestoreError;
use place::{Mark, Place, link_root_key};

/// What is to be put back, and where.
pub struct RestoreRequest<'a> {
    /// The folder of the backup.
    pub backup: &'a Path,
    /// The number of the increment; the newest where none is named.
    pub increment: Option<u32>,
    /// The data directory.
    pub data: &'a Path,
    /// The file with the root key; beside the data directory where none is named.
    pub key_file: Option<&'a Path>,
    /// The folder with what was kept away.
    pub kept_away: Option<&'a Path>,
    /// Also over a ledger that has what the increment has not.
    pub over_newer: bool,
    /// Now.
    pub at: OffsetDateTime,
    /// For the keys of the new shard.
    pub random: Arc<dyn SecureRandom>,
}

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// The increment.
    pub number: u32,
    /// When it was made.
    pub made: OffsetDateTime,
    /// As it stands in the first record of the new shard.
    pub restored: Restored,
    /// Where that record stands.
    pub record: RecordAddress,
    /// Between which records nothing was kept away.
    pub gaps: Vec<(RecordAddress, RecordAddress)>,
    /// Where what stood in the data directory is now; `None` where nothing did.
    pub aside: Option<PathBuf>,
}

/// Puts an increment in the place of what is in the data directory, which is kept beside it. `progress` is told how many steps are
/// done, and of how many.
///
/// # Errors
/// The data directory is as it was; or, where that was begun, every start refuses until the restore is run again.
pub async fn restore(asked: &RestoreRequest<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<Restore, RestoreError> {
    let backup = LookedAtBackup::open(asked.backup)?;
    let increment = chosen(&backup, asked.increment)?;
    let layout = Layout(asked.data.to_path_buf());
    let key_file = key_path(&layout, asked.key_file);
    if !key_file.exists() {
        return Err(RestoreError::NoRootKey(key_file));
    }
    let _held = Lock::take_to_restore(&layout)?;
    let place = Place { layout: layout.clone() };
    let mark = place.mark()?;
    let mut steps = Steps { done: 0, total: 2 * increment.files.len() as u64 + 8, progress };
    check_files(asked.backup, &increment, &mut steps)?;
    let found = Standing::look(&layout, &increment);
    let kept = asked.kept_away.map_or(Ok(Vec::new()), |folder| load_folder(folder, &increment.site))?;
    let compared = compare(asked.backup, &increment, &key_file, found)?;
    steps.step();
    if let (false, None, Some(what)) = (asked.over_newer, &mark, &compared.newer) {
        return Err(RestoreError::Newer {
            data: asked.data.to_path_buf(),
            what: what.clone(),
            number: increment.number,
        });
    }
    let outside = outside::path(&key_file, &log_name(&increment.site, FIRST));
    // What a kill left of a restore says what was there before it.
    let last = match &mark {
        Some(mark) => mark.last.clone(),
        None => read_text(&outside)?,
    };
    let made = place.make(asked.backup, &increment, &mut || steps.step());
    let made = match made {
        Ok(()) => {
            begin_shard(asked, &place, &key_file, &increment, &compared, &Lost { last: last.as_deref(), kept: &kept })
                .await
        }
        Err(error) => Err(error),
    };
    let (Recorded { restored, record, gaps }, note) = made.inspect_err(|_| place.remove_restoring())?;
    steps.step();
    let mark = Mark { increment: increment.number, last };
    let aside = place.swap(&mark, &mut || steps.step())?;
    replace_file(&outside, note.as_bytes()).map_err(|error| RestoreError::Io { path: outside, error })?;
    steps.step();
    place.finish()?;
    steps.step();
    Ok(Restore { number: increment.number, made: increment.at, restored, record, gaps, aside })
}

/// The configuration that an increment has; the newest one's where none is named.
///
/// # Errors
/// The backup cannot be read.
pub fn configuration(backup: &Path, number: Option<u32>) -> Result<Option<String>, RestoreError> {
    let looked = LookedAtBackup::open(backup)?;
    let increment = chosen(&looked, number)?;
    let Some(file) = increment.file("keuze.toml") else { return Ok(None) };
    Ok(String::from_utf8(whole(backup, file)?).ok())
}

/// How far it is.
struct Steps<'a> {
    done: u64,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl Steps<'_> {
    fn step(&mut self) {
        self.done += 1;
        (self.progress)(self.done.min(self.total), self.total);
    }
}

fn chosen(backup: &LookedAtBackup<'_>, number: Option<u32>) -> Result<Increment, BackupFault> {
    let increments = &backup.index.increments;
    let chosen = match number {
        Some(number) => increments.iter().find(|increment| increment.number == number),
        None => increments.last(),
    };
    match (chosen, number) {
        (Some(indexed), _) => backup.increment(indexed),
        (None, Some(number)) if !increments.is_empty() => {
            let there = increments.iter().map(|increment| increment.number.to_string()).collect::<Vec<_>>().join(", ");
            Err(BackupFault::NoIncrement { number, there })
        }
        (None, _) => Err(BackupFault::Unfinished(backup.folder().to_path_buf())),
    }
}

fn check_files(backup: &Path, increment: &Increment, steps: &mut Steps<'_>) -> Result<(), RestoreError> {
    let mut faults = Vec::new();
    for (hash, uses) in &Uses::in_increments([increment]).0 {
        faults.extend(uses.check(backup, *hash));
        steps.step();
    }
    if faults.is_empty() { Ok(()) } else { Err(RestoreError::Damaged(faults)) }
}

/// What stands in the data directory, by the last checkpoint of each shard.
struct Standing {
    /// Each with its size and root, as far as the increment has that shard.
    known: Vec<(ShardNumber, u64, RootHash)>,
    /// What it has that the increment has not, or that nobody can tell.
    newer: Option<String>,
}

impl Standing {
    fn look(layout: &Layout, increment: &Increment) -> Self {
        let mut standing = Self { known: Vec::new(), newer: None };
        let shards = match layout.shards() {
            Ok(shards) => shards,
            Err(error) => {
                standing.newer = Some(format!("its journals cannot be listed: {error}"));
                return standing;
            }
        };
        for shard in shards {
            let there = increment.shards.get(usize::from(shard.get()) - 1).copied().unwrap_or_default();
            match (newest(layout, shard), layout.journal_files(shard)) {
                (Some((size, _)), _) if size > there => {
                    standing.newer = Some(format!("shard {shard} has {size} records there, and {there} in the backup"));
                }
                (Some((size, root)), _) => standing.known.push((shard, size, root)),
                (None, Ok(files)) if files.is_empty() => {}
                (None, _) => {
                    standing.newer = Some(format!("how much shard {shard} has there cannot be read"));
                }
            }
        }
        standing
    }
}

/// Size and root in the newest of a shard's checkpoints.
fn newest(layout: &Layout, shard: ShardNumber) -> Option<(u64, RootHash)> {
    let slots = read_slots(&layout.checkpoint(shard)).ok()?;
    let notes = slots.into_iter().filter_map(|slot| match slot {
        Slot::Note(number, note) => Some((number, note)),
        Slot::Empty | Slot::Broken | Slot::OtherBuild(_) => None,
    });
    let (_, note) = notes.max_by_key(|(number, _)| *number)?;
    claimed(&note)
}

/// Size and root of a checkpoint, whoever signed it.
fn claimed(note: &str) -> Option<(u64, RootHash)> {
    let mut lines = note.lines().skip(1);
    let size = lines.next()?.parse().ok()?;
    let root = BASE64.decode(lines.next()?).ok()?;
    Some((size, RootHash(root.try_into().ok()?)))
}

/// The increment, and whether what stands in the data directory has what it has not.
struct Compared {
    records: u64,
    /// Of the last shard.
    root: RootHash,
    newer: Option<String>,
}

fn compare(backup: &Path, increment: &Increment, key_file: &Path, found: Standing) -> Result<Compared, RestoreError> {
    let Standing { known, mut newer } = found;
    let mut root = None;
    let verified = verify_increment(backup, increment, Some(key_file), &mut |shard, walked: &Walked| {
        root = Some(walked.tree.root());
        for (_, size, claimed) in known.iter().filter(|(known, ..)| *known == shard) {
            if walked.tree.root_at(*size).as_ref() != Some(claimed) {
                newer = Some(format!("the first {size} records of shard {shard} are others there than in the backup"));
            }
        }
    })?;
    let root = root.unwrap_or_else(|| tlog::tree::Tree::default().root());
    Ok(Compared { records: verified.records, root, newer })
}

fn read_text(path: &Path) -> Result<Option<String>, RestoreError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData) => {
            Ok(None)
        }
        Err(error) => Err(RestoreError::Io { path: path.to_path_buf(), error }),
    }
}

/// Opens what was made, and records in a new shard what was put back and what is lost. Gives the text of the last checkpoint that
/// belongs beside the root key from now on.
async fn begin_shard(
    asked: &RestoreRequest<'_>,
    place: &Place,
    key_file: &Path,
    increment: &Increment,
    compared: &Compared,
    lost: &Lost<'_>,
) -> Result<(Recorded, String), RestoreError> {
    let ways = PassingFolder::make().map_err(|error| RestoreError::Io { path: std::env::temp_dir(), error })?;
    let key = link_root_key(key_file, ways.path())?;
    let outside = outside::path(&key, &log_name(&increment.site, FIRST));
    // That records are missing is what the new shard's first record says; nobody has to write it into a file.
    let decision = last_checkpoint::go_on(compared.records, &compared.root);
    replace_file(&outside, decision.as_bytes()).map_err(|error| RestoreError::Io { path: outside.clone(), error })?;
    let opening = Opening {
        data: Some(place.layout.restoring()),
        key_file: Some(key),
        origin: increment.site.clone(),
        random: Arc::clone(&asked.random),
    };
    let ledger = Ledger::open(opening)?;
    let recorded = record(&ledger, asked.at, lost).await;
    ledger.close().await;
    let recorded = recorded?;
    let note = read_text(&outside)?
        .ok_or_else(|| RestoreError::Io { path: outside, error: std::io::ErrorKind::NotFound.into() })?;
    Ok((recorded, note))
}

/// What is known of the ledger that is lost.
struct Lost<'a> {
    /// The last checkpoint beside the root key, as it was.
    last: Option<&'a str>,
    /// What was kept away of it.
    kept: &'a [(PathBuf, KeptAway)],
}

/// What the new shard begins with.
struct Recorded {
    restored: Restored,
    record: RecordAddress,
    gaps: Vec<(RecordAddress, RecordAddress)>,
}

async fn record(ledger: &Ledger, at: OffsetDateTime, lost: &Lost<'_>) -> Result<Recorded, RestoreError> {
    let KeptContent { ended, objections, last: kept_last, gaps } = ledger.take_kept(lost.kept, ledger.end())?;
    let of_key = match lost.last.map(last_checkpoint::decode) {
        Some(Said::Last { until, note }) => Some((OffsetDateTime::parse(&until, &Rfc3339).ok(), note)),
        _ => None,
    };
    let put_back = kept_last.as_ref().map(|(until, _)| PutBack {
        until: *until,
        objections: objections.len() as u64,
        keys: ended.len() as u64,
    });
    let known = of_key.or_else(|| kept_last.map(|(at, note)| (Some(at), note)));
    let (lost_until, old_checkpoint) = known.map_or((None, None), |(until, note)| (until, Some(note)));
    let (records, lost_from) = (ledger.size(), ledger.last_recorded()?);
    let restored = Restored { old_checkpoint, records, lost_from, lost_until, put_back };
    // The next record is one too many for the shard, whatever is in it.
    ledger.follow(ShardRules { records: 0, period: ShardPeriod::Year });
    let event = Event::new(at, Actor::System, Route::System, restored.clone());
    let mut drafts = vec![AppendRequest::with(event, objections)];
    if !ended.is_empty() {
        let reason = Some("erased before the ledger was put back from a backup".to_owned());
        let said = Circumstances { reason, ..Circumstances::at(IdentityLevel::Unverified) };
        let erased = Event::new(at, Actor::System, Route::System, Erased { about: None, keys: Vec::new(), said });
        drafts.push(AppendRequest::new(erased).ending(ended));
    }
    let appended = ledger.append_together(drafts).await?;
    let record = appended.first().expect("one at least").address;
    Ok(Recorded { restored, record, gaps })
}

impl Ledger {
    /// Records in all shards.
    pub(crate) fn size(&self) -> u64 {
        self.shards().into_iter().map(|shard| self.shard_size(shard)).sum()
    }

    /// Records in one of them.
    pub(crate) fn shard_size(&self, shard: ShardNumber) -> u64 {
        let note = self.checkpoint(shard).unwrap_or_default();
        claimed(&note).map_or(0, |(size, _)| size)
    }

    /// When the last record was made that can be read.
    fn last_recorded(&self) -> Result<Option<OffsetDateTime>, ReadError> {
        for shard in self.shards().into_iter().rev() {
            for index in (0..self.shard_size(shard)).rev() {
                if let Some(recorded) = self.record(RecordAddress { shard, index })? {
                    return Ok(Some(recorded.event.head.at));
                }
            }
        }
        Ok(None)
    }

    /// The records that tell of a restore, in order: each is the first of its shard.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn restores(&self) -> Result<Vec<(RecordAddress, OffsetDateTime, Restored)>, ReadError> {
        let mut restores = Vec::new();
        for shard in self.shards() {
            let address = RecordAddress { shard, index: 0 };
            if let Some(recorded) = self.record(address)?
                && let model::event::Body::Restored(restored) = recorded.event.body
            {
                restores.push((address, recorded.event.head.at, restored));
            }
        }
        Ok(restores)
    }
}

/// A file of an increment, as it was backed up.
fn whole(backup: &Path, file: &super::folder::BackedUpFile) -> Result<Vec<u8>, RestoreError> {
    let path = object(backup, file.sha256);
    match std::fs::read(&path) {
        Ok(bytes) if hash_of(&bytes) == file.sha256 => Ok(bytes),
        Ok(_) => Err(RestoreError::Io { path, error: std::io::Error::other("it changed while it was read") }),
        Err(error) => Err(RestoreError::Io { path, error }),
    }
}
