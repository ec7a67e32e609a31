//! An engine that is written to behind whoever appends: the journal is durable by then, and a start gives the database what it lacks
//! (docs/decisions/0052). Until a batch is written it is read from memory.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use model::identity::{RecordAddress, ShardNumber};

use super::{Batch, StorageError, Store};

/// So many records may wait; whoever appends more waits as well.
const MOST: usize = 8192;
/// So long the thread lets batches gather before it writes them with one sync.
const GATHER: Duration = Duration::from_millis(25);

/// What waits.
struct Waiting {
    shard: ShardNumber,
    first: u64,
    batch: Arc<Batch>,
}

impl Waiting {
    fn end(&self) -> u64 {
        self.first + self.batch.records.len() as u64
    }
}

#[derive(Default)]
struct Queue {
    /// Those that are being written stand in front, until they are.
    waiting: VecDeque<Waiting>,
    /// All of their records.
    records: usize,
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
            let written = merged.try_for_each(|(shard, first, batch)| self.inner.append(shard, first, &batch));
            let written = written.and_then(|()| self.inner.sync());
            let mut queue = self.queue();
            match written {
                Ok(()) => {
                    queue.waiting.drain(..taken.len());
                    queue.written += taken.len() as u64;
                    queue.records -= taken.iter().map(|(.., batch)| batch.records.len()).sum::<usize>();
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
    fn next_batches(&self) -> Option<Vec<(ShardNumber, u64, Arc<Batch>)>> {
        let mut queue = self.queue();
        while queue.waiting.is_empty() {
            if queue.ends {
                return None;
            }
            queue = self.wait(queue);
        }
        let gathers = |queue: &mut Queue| !queue.ends && !queue.hurry && queue.records < MOST / 2;
        let (mut queue, _) = self.changed.wait_timeout_while(queue, GATHER, gathers).expect("nobody panics");
        queue.hurry = false;
        Some(queue.waiting.iter().map(|one| (one.shard, one.first, Arc::clone(&one.batch))).collect())
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

/// Batches of one shard that follow each other are one for the engine, as far as they have so many records.
fn merge(taken: &[(ShardNumber, u64, Arc<Batch>)]) -> Vec<(ShardNumber, u64, Arc<Batch>)> {
    const RECORDS: usize = 1024;
    let fits = |one: &[(ShardNumber, u64, Arc<Batch>)], records| {
        let held: usize = one.iter().map(|(.., batch)| batch.records.len()).sum();
        held + records <= RECORDS
    };
    let mut groups: Vec<Vec<(ShardNumber, u64, Arc<Batch>)>> = Vec::new();
    for one in taken {
        match groups.last_mut() {
            Some(group) if group[0].0 == one.0 && fits(group, one.2.records.len()) => group.push(one.clone()),
            _ => groups.push(vec![one.clone()]),
        }
    }
    let whole = groups.into_iter().map(|group| {
        let (shard, first, _) = group[0];
        let records = group.iter().flat_map(|(.., batch)| batch.records.iter().cloned()).collect();
        let checkpoint = group.last().map(|(.., batch)| batch.checkpoint.clone()).unwrap_or_default();
        let batches = group.iter().map(|(.., batch)| batch.batches).sum();
        (shard, first, Arc::new(Batch { records, checkpoint, batches }))
    });
    whole.collect()
}

impl Queue {
    fn is_well(&self) -> Result<(), StorageError> {
        self.failed.as_ref().map_or(Ok(()), |error| Err(StorageError::Earlier(Arc::clone(error))))
    }

    fn last_of(&self, shard: ShardNumber) -> Option<&Waiting> {
        self.waiting.iter().rev().find(|one| one.shard == shard)
    }

    fn record(&self, address: RecordAddress) -> Option<Vec<u8>> {
        let holds = |one: &&Waiting| one.shard == address.shard && (one.first..one.end()).contains(&address.index);
        let one = self.waiting.iter().find(holds)?;
        one.batch.records.get(usize::try_from(address.index - one.first).ok()?).cloned()
    }
}

impl Store for WriteBehind {
    /// Fails where an earlier batch could not be written.
    fn append(&self, shard: ShardNumber, expected: u64, batch: &Arc<Batch>) -> Result<(), StorageError> {
        let Shared { inner, changed, .. } = &*self.shared;
        let mut queue = self.shared.queue();
        while queue.records >= MOST && queue.failed.is_none() {
            queue = self.shared.wait(queue);
        }
        queue.is_well()?;
        let found = queue.last_of(shard).map_or_else(|| inner.size(shard), |last| Ok(last.end()))?;
        if found != expected {
            return Err(StorageError::Size { shard, expected, found });
        }
        queue.records += batch.records.len();
        queue.waiting.push_back(Waiting { shard, first: expected, batch: Arc::clone(batch) });
        let wakes = queue.waiting.len() == 1 || queue.records >= MOST / 2;
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

    fn size(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        self.shared.settle()?;
        self.shared.inner.size(shard)
    }

    fn batches(&self, shard: ShardNumber) -> Result<u64, StorageError> {
        self.shared.settle()?;
        self.shared.inner.batches(shard)
    }

    fn record(&self, address: RecordAddress) -> Result<Option<Vec<u8>>, StorageError> {
        let waits = self.shared.queue().record(address);
        waits.map_or_else(|| self.shared.inner.record(address), |record| Ok(Some(record)))
    }

    fn remove(&self, shard: ShardNumber) -> Result<(), StorageError> {
        self.shared.settle()?;
        self.shared.inner.remove(shard)
    }

    fn release(&self) {
        self.end();
        self.shared.inner.release();
    }

    fn checkpoint(&self, shard: ShardNumber) -> Result<Option<String>, StorageError> {
        self.shared.settle()?;
        self.shared.inner.checkpoint(shard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::breaking::{Breaking, StoreStep};
    use crate::store::memory::MemoryStore;

    const SHARD: ShardNumber = ShardNumber::FIRST;

    fn batch(records: usize) -> Arc<Batch> {
        Arc::new(Batch { records: vec![vec![7; 9]; records], checkpoint: "note".into(), batches: 1 })
    }

    fn behind(breaks: impl Fn(StoreStep) -> bool + Send + Sync + 'static) -> WriteBehind {
        let inner = Box::new(Breaking { inner: Box::<MemoryStore>::default(), breaks: Box::new(breaks) });
        WriteBehind::start(inner).expect("a thread starts")
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
        for first in 0..20 {
            store.append(SHARD, first, &batch(1)).expect("taken");
            let read = store.record(RecordAddress { shard: SHARD, index: first }).expect("readable");
            assert_eq!(read, Some(vec![7; 9]), "{first}");
            std::thread::sleep(GATHER / 5);
        }
        drop(held);
        assert_eq!(store.size(SHARD).expect("written"), 20);
        assert_eq!(store.batches(SHARD).expect("written"), 20, "each is a batch of its own");
    }

    /// As when a shard is closed at full speed.
    #[test]
    fn whoever_waits_for_what_is_there_does_not_wait_for_what_comes() {
        let store = Arc::new(behind(|_| false));
        let (appending, ends) = (Arc::clone(&store), Arc::new(std::sync::atomic::AtomicBool::new(false)));
        let ended = Arc::clone(&ends);
        let busy = std::thread::spawn(move || {
            let mut first = 0;
            while !ended.load(std::sync::atomic::Ordering::SeqCst) {
                appending.append(SHARD, first, &batch(1)).expect("taken");
                first += 1;
            }
        });
        for _ in 0..5 {
            store.sync().expect("written");
        }
        store.remove(ShardNumber::new(2).expect("a shard")).expect("removed");
        ends.store(true, std::sync::atomic::Ordering::SeqCst);
        busy.join().expect("it ends");
    }

    #[test]
    fn after_a_failure_nothing_more_is_taken_and_what_waits_is_still_read() {
        for fails in [StoreStep::Append, StoreStep::Sync] {
            let store = behind(move |step| step == fails);
            store.append(SHARD, 0, &batch(1)).expect("taken");
            assert!(store.sync().is_err());
            assert!(store.append(SHARD, 1, &batch(1)).is_err(), "nothing more");
            let read = store.record(RecordAddress { shard: SHARD, index: 0 });
            assert_eq!(read.expect("readable"), Some(vec![7; 9]));
            store.release();
        }
    }

    #[test]
    fn no_more_waits_than_fits_and_the_end_writes_it_all() {
        let store = behind(|_| false);
        let mut size = 0;
        while size < 5 * MOST as u64 {
            store.append(SHARD, size, &batch(256)).expect("taken");
            size += 256;
            assert!(store.shared.queue().records <= MOST + 256);
        }
        store.end();
        assert_eq!(store.shared.inner.size(SHARD).expect("readable"), size);
    }
}
