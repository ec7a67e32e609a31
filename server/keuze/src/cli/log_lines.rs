//! The lines of the log, on stderr. They are handed to a thread that writes those that came meanwhile in one piece: whoever is answered
//! does not wait for whoever reads the log. Only what is no line of a request is waited for, so that nobody goes on from an error
//! that was not told.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// So long lines gather before they are written.
const GATHER: Duration = Duration::from_millis(20);
/// So many bytes are written at once without gathering longer.
const PIECE: usize = 64 << 10;
/// So many bytes may wait; whoever has one more line waits for the thread.
const MOST: usize = 1 << 20;

/// Where lines are written.
#[derive(Clone)]
pub struct LogLines(Arc<Shared>);

/// Waits for the last lines when it goes out of scope.
pub struct LastLines(LogLines);

#[derive(Default)]
struct Shared {
    /// Guards what waits, for a look at it or a change of it.
    waiting: Mutex<Waiting>,
    /// Told at each change.
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    /// Lines are being written that are not in `text` any more.
    underway: bool,
    /// Somebody waits until everything is written.
    hurry: bool,
    /// There is no thread: every line is written by whoever has it.
    alone: bool,
}

impl LogLines {
    pub fn to(sink: impl Write + Send + 'static) -> (Self, LastLines) {
        let lines = Self(Arc::default());
        let shared = Arc::clone(&lines.0);
        let thread = std::thread::Builder::new().name("log".into()).spawn(move || shared.write_all(sink));
        lines.0.waiting().alone = thread.is_err();
        (lines.clone(), LastLines(lines))
    }

    fn put(&self, line: &[u8]) {
        let mut waiting = self.0.waiting();
        while waiting.text.len() >= MOST {
            waiting = self.0.wait(waiting);
        }
        if waiting.alone {
            // Nobody can be told that there is no stderr.
            _ = io::stderr().write_all(line);
            return;
        }
        let wakes = waiting.text.is_empty();
        waiting.text.extend_from_slice(line);
        drop(waiting);
        if wakes {
            self.0.changed.notify_all();
        }
    }

    /// Returns once everything that waits is written.
    fn flush(&self) {
        let mut waiting = self.0.waiting();
        while waiting.underway || !waiting.text.is_empty() {
            waiting.hurry = true;
            self.0.changed.notify_all();
            waiting = self.0.wait(waiting);
        }
    }
}

impl Drop for LastLines {
    fn drop(&mut self) {
        self.0.flush();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, waiting: MutexGuard<'a, Waiting>) -> MutexGuard<'a, Waiting> {
        self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, mut sink: impl Write) {
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            let mut waiting = self.waiting();
            while waiting.text.is_empty() {
                waiting = self.wait(waiting);
            }
            let gathers = |waiting: &mut Waiting| !waiting.hurry && waiting.text.len() < PIECE;
            let gathered = self.changed.wait_timeout_while(waiting, GATHER, gathers);
            let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
            std::mem::swap(&mut waiting.text, &mut piece);
            (waiting.underway, waiting.hurry) = (true, false);
            drop(waiting);
            _ = sink.write_all(&piece);
            piece.clear();
            self.waiting().underway = false;
            self.changed.notify_all();
        }
    }
}

/// A line that is being made.
pub struct Line {
    lines: LogLines,
    text: Vec<u8>,
    is_waited_for: bool,
}

impl Line {
    fn new(lines: &LogLines, is_waited_for: bool) -> Self {
        Self { lines: lines.clone(), text: Vec::new(), is_waited_for }
    }
}

impl<'a> MakeWriter<'a> for LogLines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line::new(self, true)
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Line {
        Line::new(self, meta.target() != web::middleware::ACCESS)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.lines.put(&self.text);
        if self.is_waited_for {
            self.lines.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct WrittenLines(Arc<Mutex<Vec<u8>>>);

    impl WrittenLines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("kept").clone()).expect("text")
        }
    }

    impl Write for WrittenLines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("kept").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_keep_their_order_and_none_is_missing_at_the_end() {
        let kept = WrittenLines::default();
        let (lines, last) = LogLines::to(kept.clone());
        let all: Vec<String> = (0..10_000).map(|number| format!("request {number}\n")).collect();
        for line in &all {
            lines.put(line.as_bytes());
        }
        drop(last);
        assert_eq!(kept.text(), all.concat());
    }

    #[test]
    fn an_error_is_written_before_whoever_tells_it_goes_on() {
        let kept = WrittenLines::default();
        let (lines, _last) = LogLines::to(kept.clone());
        lines.put(b"request\n");
        lines.make_writer().write_all(b"error\n").expect("kept");
        assert_eq!(kept.text(), "request\nerror\n");
    }
}
