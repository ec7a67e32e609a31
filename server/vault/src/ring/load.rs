//! Reading all buckets, as many at a time as the machine has processors: with millions of keys opening them is what a start
//! takes.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::OpenMode;
use super::bucket::TableBucket;
use super::files::read_bucket_entries;
use crate::error::RingError;
use crate::formats::ring::NamedKey;

/// The keys of a bucket, and whether its file ends in the middle of one.
type ReadBucket = Result<(Vec<NamedKey>, bool), RingError>;

/// How many read at the same time.
pub(super) fn readers() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Fills the buckets that live from their files, and tells whether one ends in the middle of a key.
///
/// # Errors
/// What is wrong with the first bucket that cannot be read, however many read.
pub(super) fn fill(
    buckets: &mut [TableBucket],
    folder: &Path,
    reading: OpenMode,
    readers: usize,
) -> Result<bool, RingError> {
    // The file of one that ended may be there: a kill during a destruction leaves it, until the ring is swept.
    let living = buckets.iter().enumerate().filter_map(|(number, bucket)| Some((number, bucket.key.as_ref()?)));
    let living: Vec<_> = living.collect();
    let mut read = in_parallel(living.len(), readers, |turn| {
        let (number, key) = living[turn];
        read_bucket_entries(folder, number, key, reading)
    });
    read.sort_unstable_by_key(|(turn, _)| *turn);
    let numbers: Vec<usize> = living.into_iter().map(|(number, _)| number).collect();
    let mut is_torn = false;
    for (turn, bucket) in read {
        let (keys, torn) = bucket?;
        is_torn |= torn;
        buckets[numbers[turn]].fill(keys);
    }
    Ok(is_torn)
}

/// Reads everything whose turn comes before the first fault, and maybe more.
fn in_parallel(count: usize, readers: usize, read: impl Fn(usize) -> ReadBucket + Sync) -> Vec<(usize, ReadBucket)> {
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let mut done = Vec::new();
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            if turn >= count {
                return done;
            }
            let bucket = read(turn);
            if bucket.is_err() {
                // Whatever comes before it was taken by somebody, who ends it.
                next.fetch_max(count, Ordering::Relaxed);
            }
            done.push((turn, bucket));
        }
    };
    thread::scope(|scope| {
        let help = |_| thread::Builder::new().spawn_scoped(scope, take_turns).ok();
        // Where the system gives no thread, fewer read.
        let helpers: Vec<_> = (1..readers.min(count)).filter_map(help).collect();
        let mut done = take_turns();
        for helper in helpers {
            done.extend(helper.join().expect("reading a bucket does not panic"));
        }
        done
    })
}
