//! The lines of the log, on stderr. They are handed to a thread that writes those that came meanwhile in one piece: whoever is answered
//! does not wait for whoever reads the log. Only what is no line of a request is waited for, so that nobody goes on from an error
//! that was not told.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tracing_subscriber::fmt::MakeWriter;

/// So many lines may wait; whoever has one more waits for the thread.
const WAITING: usize = 4096;
/// So much is written in one piece.
const PIECE: usize = 64 << 10;

/// What the thread is handed.
pub enum Waiting {
    Line(Vec<u8>),
    /// Told when everything before it is written.
    Flush(SyncSender<()>),
}

/// Where lines are written.
#[derive(Clone)]
pub struct LogLines(SyncSender<Waiting>);

/// Waits for the last lines when it goes out of scope.
pub struct LastLines(LogLines);

impl LogLines {
    pub fn to(sink: impl Write + Send + 'static) -> (Self, LastLines) {
        let (queue, waiting) = sync_channel(WAITING);
        // Without a thread its end of the queue is gone, and every line goes to stderr by itself.
        _ = std::thread::Builder::new().name("log".into()).spawn(move || write_all(sink, &waiting));
        let lines = Self(queue);
        (lines.clone(), LastLines(lines))
    }

    fn put(&self, line: Vec<u8>) {
        if let Err(left) = self.0.send(Waiting::Line(line))
            && let Waiting::Line(line) = left.0
        {
            // Nobody can be told that there is no stderr.
            _ = io::stderr().write_all(&line);
        }
    }

    /// Returns once everything that waits is written.
    fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.0.send(Waiting::Flush(done)).is_ok() {
            _ = written.recv();
        }
    }
}

impl Drop for LastLines {
    fn drop(&mut self) {
        self.0.flush();
    }
}

fn write_all(mut sink: impl Write, waiting: &Receiver<Waiting>) {
    let mut piece = Vec::with_capacity(PIECE);
    while let Ok(first) = waiting.recv() {
        let (mut next, mut told) = (Some(first), None);
        while let Some(one) = next {
            match one {
                Waiting::Line(line) => piece.extend_from_slice(&line),
                Waiting::Flush(done) => told = Some(done),
            }
            next = if piece.len() < PIECE && told.is_none() { waiting.try_recv().ok() } else { None };
        }
        _ = sink.write_all(&piece);
        piece.clear();
        if let Some(done) = told {
            _ = done.send(());
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
        self.lines.put(std::mem::take(&mut self.text));
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
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("kept").clone()).expect("text")
        }
    }

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("kept").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_keep_their_order_and_none_is_missing_at_the_end() {
        let kept = Kept::default();
        let (lines, last) = LogLines::to(kept.clone());
        let all: Vec<String> = (0..10_000).map(|number| format!("request {number}\n")).collect();
        for line in &all {
            lines.put(line.as_bytes().to_vec());
        }
        drop(last);
        assert_eq!(kept.text(), all.concat());
    }

    #[test]
    fn an_error_is_written_before_whoever_tells_it_goes_on() {
        let kept = Kept::default();
        let (lines, _last) = LogLines::to(kept.clone());
        lines.put(b"request\n".to_vec());
        lines.make_writer().write_all(b"error\n").expect("kept");
        assert_eq!(kept.text(), "request\nerror\n");
    }
}
