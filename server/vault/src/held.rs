//! A disk that is held, for tests: who waits for it, and who does not. No clock decides what passes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What stands for the disk: called whenever somebody waits for it, and returns once it is done.
pub type Disk = Box<dyn Fn() + Send + Sync>;

/// For how long a disk is held whose readers wait for it, which fails the test: any time will do.
pub const FOR_EVER: Duration = Duration::from_mins(1);

/// Tells that an act ended, also where it panicked.
struct Ending(Sender<bool>);

impl Drop for Ending {
    fn drop(&mut self) {
        let _gone = self.0.send(false);
    }
}

/// Does something while the disk is held, and reads whenever it waits: whether the reads of each time were done before the
/// disk was. The disk is let go when they are, or gives up when `patience` is over.
pub fn reads_come_first(
    put_in_place: impl FnOnce(Disk),
    patience: Duration,
    act: impl FnOnce() + Send,
    mut reads: impl FnMut(),
) -> Vec<bool> {
    let (tell, told) = channel();
    let (let_go, held) = channel::<()>();
    let (held, done) = (Mutex::new(held), Arc::new(AtomicUsize::new(0)));
    let (waits, counted) = (tell.clone(), Arc::clone(&done));
    put_in_place(Box::new(move || {
        let held = held.lock().expect("nobody panics while waiting");
        if waits.send(true).is_ok() {
            let _given_up = held.recv_timeout(patience);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    }));
    // Where a read panics the disk is let go as well.
    std::thread::scope(move |scope| {
        scope.spawn(move || {
            let _ending = Ending(tell);
            act();
        });
        let mut first = Vec::new();
        while told.recv() == Ok(true) {
            reads();
            first.push(done.load(Ordering::SeqCst) == first.len());
            let _given_up = let_go.send(());
        }
        first
    })
}
