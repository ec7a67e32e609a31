//! What becomes of a shard that is closed: a thread in the background reads its journal once from beginning to end, checks every
//! frame, root and signature, and makes the folder that it is read from ([`crate::flat`]). Then its tree leaves the memory.
//!
//! After a start it looks in the same way at all of each shard that was closed before, journal and folder, and opens every record: the
//! start itself does not read them. It takes its time for that.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use model::identity::{RecordAddress, ShardNumber};
use tlog::checkpoint::verifier_key;

use super::LedgerShared;
use super::erasure::Missing;
use super::files::{Layout, read_slots};
use super::logs::Statements;
use super::recovery::{keep_verifier_key, mended_checkpoint};
use super::replay::{self, Anchor, ReplayFault};
use super::shards::{ClosedShard, FiledShard, PublishedLog};
use crate::error::RecoveryError;
use crate::flat::{FlatError, FlatMaking, FlatShard};
use crate::formats::checkpoint_slots::Slot;
use crate::store::StorageError;

/// Why a shard has no folder yet, or what stands beside it is not mended. Nothing is lost; it is read as before, and the next start
/// tries again.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClosingError {
    /// The ledger is closing.
    #[error("it is left to the next start")]
    Stopped,
    #[error(transparent)]
    Fault(#[from] ReplayFault),
    #[error(transparent)]
    Files(#[from] FlatError),
    /// The verifier key or the checkpoint file cannot be written again.
    #[error(transparent)]
    Beside(#[from] RecoveryError),
    /// Which keys ended cannot be read.
    #[error(transparent)]
    Database(#[from] StorageError),
}

/// Starts the thread, and hands it the shards that are without a folder.
pub fn start(shared: &Arc<LedgerShared>) -> Result<Option<Sender<ShardNumber>>, RecoveryError> {
    let Some(layout) = shared.data.clone().map(Layout) else { return Ok(None) };
    let (closed, shards) = channel();
    // First those that have no folder; then the others are looked at as a whole.
    let mut numbers: Vec<_> =
        shared.state().closed.iter().map(|(number, shard)| (!shard.is_in_memory(), *number)).collect();
    numbers.sort_unstable();
    for (_, number) in numbers {
        let _it_is_not_started_yet = closed.send(number);
    }
    let its = Arc::clone(shared);
    let thread = std::thread::Builder::new().name("closing".into()).spawn(move || run(&its, &layout, &shards));
    let thread = thread.map_err(RecoveryError::io("the thread that closes shards cannot be started"))?;
    *shared.closer.lock().expect("just made") = Some(thread);
    Ok(Some(closed))
}

/// Ends when the writer has ended. What lacks something comes before what is only looked at.
fn run(shared: &LedgerShared, layout: &Layout, shards: &Receiver<ShardNumber>) {
    let mut unchecked = VecDeque::new();
    loop {
        let next = if unchecked.is_empty() { shards.recv().ok() } else { shards.try_recv().ok() };
        // What is queued is left to the next start, too: a stop waits for one shard at most.
        if shared.closing.load(Ordering::SeqCst) {
            return;
        }
        match (next, unchecked.pop_front()) {
            (Some(number), first) => {
                unchecked.extend(first);
                unchecked.extend(is_whole(shared, layout, number).then_some(number));
            }
            (None, Some(number)) => match check(shared, layout, number) {
                Ok(()) => tracing::info!("shard {number}, which is closed, was verified"),
                Err(ClosingError::Stopped) => return,
                Err(error) => {
                    tracing::error!("shard {number}, which is closed, does not add up; see `keuze verify`: {error}");
                }
            },
            (None, None) => return,
        }
    }
}

/// Makes what a closed shard lacks; true where it lacked nothing, so that it was not read yet.
fn is_whole(shared: &LedgerShared, layout: &Layout, number: ShardNumber) -> bool {
    match file(shared, layout, number) {
        Ok(true) => {
            tracing::info!("shard {number} was verified, and is read from {}", layout.closed(number).display());
            false
        }
        Ok(false) => true,
        Err(ClosingError::Stopped) => false,
        Err(error) => {
            tracing::error!("shard {number}, which is closed, is left to the next start: {error}");
            false
        }
    }
}

/// Looks at all of a closed shard: each frame, root and signature, each record and fact that there is a key for, its folder, and what the
/// log of logs says of it.
pub(super) fn check(shared: &LedgerShared, layout: &Layout, number: ShardNumber) -> Result<(), ClosingError> {
    let Some(filed) = shared.filed(number) else { return Ok(()) };
    let anchor = Anchor { origin: filed.flat.checkpoint().origin.clone(), key: filed.key };
    let (mut missing, mut sealed, mut pace) = (Missing::default(), Vec::new(), Pace::begin());
    let mut stopped = false;
    let walked = replay::walk(layout, number, &anchor, |batch| {
        let keys = shared.ring.keys();
        for (address, record) in batch.addressed(number) {
            replay::event_of(batch, record, address, &keys, &mut missing)?;
        }
        for (index, bytes) in &batch.facts {
            replay::fact_of(bytes, RecordAddress { shard: number, index: *index }, &keys, &mut missing)?;
        }
        drop(keys);
        sealed.extend(batch.sealed());
        pace.rest();
        stopped = shared.closing.load(Ordering::SeqCst);
        let unread = || ReplayFault { log: number.into(), index: batch.first, what: "it is not read on".to_owned() };
        if stopped { Err(unread()) } else { Ok(()) }
    });
    if stopped {
        return Err(ClosingError::Stopped);
    }
    let walked = walked?;
    let (size, wanted) = (walked.tree.size(), filed.flat.size());
    if walked.torn || walked.note != filed.flat.note() {
        let what = format!(
            "the journal ends here, or is another one, and the shard was closed with {wanted} records: records that were acknowledged \
             are missing. Put back the journal's files"
        );
        return Err(ReplayFault { log: number.into(), index: size, what }.into());
    }
    // Asked last: a key is named in the database before it goes.
    let mut explained = Missing::explained(shared.store.ended()?);
    explained.extend(&missing);
    explained.check()?;
    filed.flat.check_keys(sealed)?;
    let logs = shared.state().logs.anchor();
    Ok(Statements::load_statements(layout, &logs)?.check(number, &walked, &anchor)?)
}

/// Works for a while and rests for longer, so that whoever is waited for comes first.
struct Pace(Instant);

impl Pace {
    const WORK: Duration = Duration::from_millis(10);

    fn begin() -> Self {
        Self(Instant::now())
    }

    fn rest(&mut self) {
        if self.0.elapsed() > Self::WORK {
            std::thread::sleep(2 * Self::WORK);
            self.0 = Instant::now();
        }
    }
}

/// What the folder of a shard is held against, and its verifier key, if the folder has to be made.
fn wanting(shared: &LedgerShared, number: ShardNumber) -> Result<Option<(Anchor, String)>, ClosingError> {
    let filed = match shared.state().closed.get(&number) {
        Some(ClosedShard::InMemory(held)) => return Ok(Some((held.log.anchor(), held.log.verifier_key()))),
        Some(ClosedShard::InFiles(filed)) => Arc::clone(filed),
        None => return Ok(None),
    };
    match filed.flat.check() {
        Ok(()) => Ok(None),
        Err(error) if error.fault.is_damage() => {
            tracing::warn!("{error}: it is made anew now");
            let anchor = Anchor { origin: filed.flat.checkpoint().origin.clone(), key: filed.key };
            let verifier_key = verifier_key(&anchor.origin, &anchor.key);
            Ok(Some((anchor, verifier_key)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes the folder of a shard, if it lacks one or has one that is damaged, and mends what stands beside it; gives whether it made the
/// folder.
fn file(shared: &LedgerShared, layout: &Layout, number: ShardNumber) -> Result<bool, ClosingError> {
    let made = file_if_wanting(shared, layout, number)?;
    mend_beside(shared, layout, number)?;
    Ok(made)
}

/// Writes the verifier key and the checkpoint file of a shard again where they are not as they were left: nothing else does it for a
/// shard that takes nothing more.
fn mend_beside(shared: &LedgerShared, layout: &Layout, number: ShardNumber) -> Result<(), ClosingError> {
    let filed = match shared.state().closed.get(&number) {
        Some(ClosedShard::InFiles(filed)) => Arc::clone(filed),
        _ => return Ok(()),
    };
    let anchor = Anchor { origin: filed.flat.checkpoint().origin.clone(), key: filed.key };
    keep_verifier_key(layout, number.into(), &PublishedLog::new(anchor.origin.clone(), anchor.key))?;
    let slots = read_slots(&layout.checkpoint(number)).unwrap_or([Slot::Broken, Slot::Broken]);
    let is_last = |slot: &Slot| matches!(slot, Slot::Note(_, note) if note == filed.flat.note());
    if slots.contains(&Slot::Broken) || !slots.iter().any(is_last) {
        mended_checkpoint(layout, &replay::walk(layout, number, &anchor, |_| Ok(()))?)?;
    }
    Ok(())
}

fn file_if_wanting(shared: &LedgerShared, layout: &Layout, number: ShardNumber) -> Result<bool, ClosingError> {
    let Some((anchor, verifier_key)) = wanting(shared, number)? else { return Ok(false) };
    let flat = make_folder(shared, layout, number, &anchor, &verifier_key)?;
    let filed = FiledShard::new(layout, number, flat, anchor.key);
    let filed = filed.map_err(|error| ReplayFault::unreadable(number.into(), &error))?;
    shared.state_mut().closed.insert(number, ClosedShard::InFiles(Arc::new(filed)));
    Ok(true)
}

fn make_folder(
    shared: &LedgerShared,
    layout: &Layout,
    number: ShardNumber,
    anchor: &Anchor,
    verifier_key: &str,
) -> Result<FlatShard, ClosingError> {
    let mut making = FlatMaking::begin(&layout.closed(number))?;
    let mut stopped = None;
    let walked = replay::walk(layout, number, anchor, |batch| {
        let mut take = || {
            if shared.closing.load(Ordering::SeqCst) {
                return Err(ClosingError::Stopped);
            }
            for (record, place) in batch.records.iter().zip(&batch.places) {
                making.push(record, *place)?;
            }
            Ok(())
        };
        take().map_err(|error| {
            stopped = Some(error);
            ReplayFault { log: number.into(), index: batch.first, what: "its folder cannot be made".to_owned() }
        })
    });
    if let Some(error) = stopped {
        return Err(error);
    }
    let made = making.finish(&walked?.note, verifier_key)?;
    made.check()?;
    Ok(made)
}

impl PublishedLog {
    fn anchor(&self) -> Anchor {
        Anchor { origin: self.origin.clone(), key: self.key }
    }
}
