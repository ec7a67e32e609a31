//! An engine that is written to behind whoever appends: the journal is durable by then, and a start gives the database what it lacks
//! (docs/decisions/0052). Until a batch is written its facts are read from memory.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use vault::ring::KeyId;

use super::{Batch, FactRow, Position, StorageError, Store, Watermark};
use crate::formats::fact::{FactKind, FactName};

/// So many facts may wait; whoever appends more waits as well.
const MOST: usize = 8192;
/// So long the thread lets batches gather before it writes them with one sync.
const GATHER: Duration = Duration::from_millis(25);

/// A batch, and what it follows.
#[derive(Clone)]
struct Waiting {
    expected: Option<Position>,
    batch: Arc<Batch>,
}

#[derive(Default)]
struct Queue {
    /// Those that are being written stand in front, until they are.
    waiting: VecDeque<Waiting>,
    /// All of their facts.
    facts: usize,
    /// How many batches were written since the start.
    written: u64,
    /// Whoever waits for the thread has it hurry.
    hurry: bool,
    ends: bool,
    /// Why the thread ended before its time.
    failed: Option<Arc<StorageError>>,
}

struct Shared {
    inner: Box<dyn Store>,
    /// Guards what waits, for a look at it or a change of it; nobody waits for a disk while holding it.
    queue: Mutex<Queue>,
    /// Told at each change.
    changed: Condvar,
}

/// See the module.
pub struct WriteBehind {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl WriteBehind {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// What the system said.
    pub fn start(inner: Box<dyn Store>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { inner, queue: Mutex::default(), changed: Condvar::new() });
        let writing = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("database".into()).spawn(move || writing.write())?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Writes what waits and ends the thread.
    fn end(&self) {
        self.shared.queue().ends = true;
        self.shared.changed.notify_all();
        let thread = self.thread.lock().expect("nobody panics while holding it").take();
        if let Some(thread) = thread {
            _ = thread.join();
        }
    }
}

impl Drop for WriteBehind {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("nobody panics while holding it")
    }

    fn wait<'a>(&self, queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
        self.changed.wait(queue).expect("nobody panics while holding it")
    }

    /// The thread: takes what waits, writes it, and makes it durable with one sync, until it ends or something fails.
    fn write(&self) {
        while let Some(taken) = self.next_batches() {
            let mut merged = merge(&taken).into_iter();
            let written = merged.try_for_each(|one| self.inner.append(one.expected, &one.batch));
            let written = written.and_then(|()| self.inner.sync());
            let mut queue = self.queue();
            match written {
                Ok(()) => {
                    queue.waiting.drain(..taken.len());
                    queue.written += taken.len() as u64;
                    queue.facts -= taken.iter().map(|one| one.batch.facts.len()).sum::<usize>();
                }
                Err(error) => {
                    tracing::error!("the database cannot be written: {error}");
                    queue.failed = Some(Arc::new(error));
                }
            }
            let failed = queue.failed.is_some();
            drop(queue);
            self.changed.notify_all();
            if failed {
                return;
            }
        }
    }

    /// What waits now, once some has gathered; `None` once nothing more comes.
    fn next_batches(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.queue();
        while queue.waiting.is_empty() {
            if queue.ends {
                return None;
            }
            queue = self.wait(queue);
        }
        let gathers = |queue: &mut Queue| !queue.ends && !queue.hurry && queue.facts < MOST / 2;
        let (mut queue, _) = self.changed.wait_timeout_while(queue, GATHER, gathers).expect("nobody panics");
        queue.hurry = false;
        Some(queue.waiting.iter().cloned().collect())
    }

    /// Returns once everything is written that waits now, whatever comes meanwhile.
    fn settle(&self) -> Result<(), StorageError> {
        let mut queue = self.queue();
        let last = queue.written + queue.waiting.len() as u64;
        while queue.written < last {
            queue.is_well()?;
            queue.hurry = true;
            self.changed.notify_all();
            queue = self.wait(queue);
        }
        queue.is_well()
    }
}

/// Batches that follow each other are one for the engine, as far as they have so many facts.
fn merge(taken: &[Waiting]) -> Vec<Waiting> {
    const FACTS: usize = 1024;
    let fits = |one: &[Waiting], facts| one.iter().map(|one| one.batch.facts.len()).sum::<usize>() + facts <= FACTS;
    let mut groups: Vec<Vec<Waiting>> = Vec::new();
    for one in taken {
        match groups.last_mut() {
            Some(group) if fits(group, one.batch.facts.len()) => group.push(one.clone()),
            _ => groups.push(vec![one.clone()]),
        }
    }
    groups.into_iter().filter_map(|group| merged(&group)).collect()
}

fn merged(group: &[Waiting]) -> Option<Waiting> {
    let (first, last) = (group.first()?, group.last()?);
    let each = || group.iter().map(|one| &one.batch);
    let batch = Batch {
        facts: each().flat_map(|batch| batch.facts.iter().cloned()).collect(),
        ended: each().flat_map(|batch| batch.ended.iter().copied()).collect(),
        erasures: each().flat_map(|batch| batch.erasures.iter().copied()).collect(),
        watermark: last.batch.watermark.clone(),
    };
    Some(Waiting { expected: first.expected, batch: Arc::new(batch) })
}

impl Queue {
    fn is_well(&self) -> Result<(), StorageError> {
        self.failed.as_ref().map_or(Ok(()), |error| Err(StorageError::Earlier(Arc::clone(error))))
    }

    /// What waiting batches make of names of a kind; `None` for those that they take away.
    fn changed(&self, kind: FactKind) -> BTreeMap<FactName, Option<FactRow>> {
        let mut changed = BTreeMap::new();
        for row in self.waiting.iter().flat_map(|one| &one.batch.facts).filter(|row| row.name.kind() == kind) {
            changed.insert(row.name, row.bytes.is_some().then(|| row.clone()));
        }
        changed
    }

    /// Keys that waiting batches end: nothing is written under one that ended.
    fn ended(&self) -> HashSet<KeyId> {
        self.waiting.iter().flat_map(|one| one.batch.ended.iter().copied()).collect()
    }
}

impl Store for WriteBehind {
    /// Fails where an earlier batch could not be written.
    fn append(&self, expected: Option<Position>, batch: &Arc<Batch>) -> Result<(), StorageError> {
        let Shared { inner, changed, .. } = &*self.shared;
        let mut queue = self.shared.queue();
        while queue.facts >= MOST && queue.failed.is_none() {
            queue = self.shared.wait(queue);
        }
        queue.is_well()?;
        let found = match queue.waiting.back() {
            Some(last) => Some(last.batch.watermark.position()),
            None => inner.watermark()?.map(|watermark| watermark.position()),
        };
        if found != expected {
            return Err(StorageError::Position { expected, found });
        }
        queue.facts += batch.facts.len();
        queue.waiting.push_back(Waiting { expected, batch: Arc::clone(batch) });
        let wakes = queue.waiting.len() == 1 || queue.facts >= MOST / 2;
        drop(queue);
        if wakes {
            changed.notify_all();
        }
        Ok(())
    }

    /// Returns once everything is written that waits.
    fn sync(&self) -> Result<(), StorageError> {
        self.shared.settle()
    }

    fn watermark(&self) -> Result<Option<Watermark>, StorageError> {
        let waits = self.shared.queue().waiting.back().map(|last| last.batch.watermark.clone());
        waits.map_or_else(|| self.shared.inner.watermark(), |watermark| Ok(Some(watermark)))
    }

    fn fact(&self, name: &FactName) -> Result<Option<FactRow>, StorageError> {
        let (changed, ended) = {
            let queue = self.shared.queue();
            let rows = queue.waiting.iter().rev().flat_map(|one| one.batch.facts.iter().rev());
            let changed = rows.into_iter().find(|row| row.name == *name).cloned();
            (changed, queue.ended())
        };
        if name.own_key().is_some_and(|key| ended.contains(&key)) {
            return Ok(None);
        }
        changed.map_or_else(|| self.shared.inner.fact(name), |row| Ok(row.bytes.is_some().then_some(row)))
    }

    fn each_fact(&self, kind: FactKind, each: &mut dyn FnMut(FactRow)) -> Result<(), StorageError> {
        let (changed, ended) = {
            let queue = self.shared.queue();
            (queue.changed(kind), queue.ended())
        };
        let mut hand_out = |row: FactRow| {
            if !row.name.own_key().is_some_and(|key| ended.contains(&key)) {
                each(row);
            }
        };
        // In the order of names, whether they wait or not.
        let mut waiting = changed.iter().peekable();
        self.shared.inner.each_fact(kind, &mut |row| {
            while let Some((_, before)) = waiting.next_if(|(name, _)| **name < row.name) {
                before.iter().cloned().for_each(&mut hand_out);
            }
            if !changed.contains_key(&row.name) {
                hand_out(row);
            }
        })?;
        waiting.filter_map(|(_, row)| row.clone()).for_each(hand_out);
        Ok(())
    }

    fn ended(&self) -> Result<HashSet<KeyId>, StorageError> {
        self.shared.settle()?;
        self.shared.inner.ended()
    }

    fn erasures(&self) -> Result<Vec<i64>, StorageError> {
        self.shared.settle()?;
        self.shared.inner.erasures()
    }

    fn release(&self) {
        self.end();
        self.shared.inner.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::breaking::{Breaking, StoreStep};
    use crate::store::contract::{batch, content};
    use crate::store::memory::MemoryStore;

    fn behind(breaks: impl Fn(StoreStep) -> bool + Send + Sync + 'static) -> WriteBehind {
        let inner = Box::new(Breaking { inner: Box::<MemoryStore>::default(), breaks: Box::new(breaks) });
        WriteBehind::start(inner).expect("a thread starts")
    }

    /// One batch with so many facts behind the last.
    fn append(store: &WriteBehind, number: u64, facts: u8) -> Result<(), StorageError> {
        let facts = (0..facts).map(|fact| content(u8::try_from(number % 256).expect("a byte"), fact)).collect();
        store.append(number.checked_sub(1).map(batch_before), &Arc::new(batch(number, facts)))
    }

    fn batch_before(number: u64) -> Position {
        batch(number, Vec::new()).watermark.position()
    }

    /// While the disk is waited for, whoever appends and whoever reads goes on.
    #[test]
    fn a_batch_is_read_before_it_is_written() {
        let disk = Arc::new(Mutex::new(()));
        let waited_for = Arc::clone(&disk);
        let store = behind(move |step| {
            if step == StoreStep::Sync {
                drop(waited_for.lock().expect("held for a while"));
            }
            false
        });
        let held = disk.lock().expect("nobody panicked");
        for number in 0..20 {
            append(&store, number, 1).expect("taken");
            let wanted = content(u8::try_from(number).expect("a byte"), 0);
            assert_eq!(store.fact(&wanted.name).expect("readable"), Some(wanted), "{number}");
            std::thread::sleep(GATHER / 5);
        }
        drop(held);
        store.sync().expect("written");
        assert_eq!(store.watermark().expect("written").map(|mark| mark.batches), Some(20));
    }

    /// As when much is imported at full speed.
    #[test]
    fn whoever_waits_for_what_is_there_does_not_wait_for_what_comes() {
        let store = Arc::new(behind(|_| false));
        let (appending, ends) = (Arc::clone(&store), Arc::new(std::sync::atomic::AtomicBool::new(false)));
        let ended = Arc::clone(&ends);
        let busy = std::thread::spawn(move || {
            let mut number = 0;
            while !ended.load(std::sync::atomic::Ordering::SeqCst) {
                append(&appending, number, 1).expect("taken");
                number += 1;
            }
        });
        for _ in 0..5 {
            store.sync().expect("written");
        }
        ends.store(true, std::sync::atomic::Ordering::SeqCst);
        busy.join().expect("it ends");
    }

    #[test]
    fn after_a_failure_nothing_more_is_taken_and_what_waits_is_still_read() {
        for fails in [StoreStep::Append, StoreStep::Sync] {
            let store = behind(move |step| step == fails);
            append(&store, 0, 1).expect("taken");
            assert!(store.sync().is_err());
            assert!(append(&store, 1, 1).is_err(), "nothing more");
            assert_eq!(store.fact(&content(0, 0).name).expect("readable"), Some(content(0, 0)));
            store.release();
        }
    }

    #[test]
    fn no_more_waits_than_fits_and_the_end_writes_it_all() {
        let store = behind(|_| false);
        for number in 0..200 {
            append(&store, number, 250).expect("taken");
            assert!(store.shared.queue().facts <= MOST + 250);
        }
        store.end();
        let written = store.shared.inner.watermark().expect("readable");
        assert_eq!(written.map(|mark| mark.batches), Some(200));
    }
}
