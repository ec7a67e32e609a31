//! What a program did to a folder, as `end2end/faults/rec.c` logged it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::recorder::recorder;

/// One operation, in the order in which they happened.
#[derive(Clone, Debug)]
pub struct Operation {
    pub what: What,
    /// Its place in the one global order.
    pub seq: u64,
    /// The file or folder, as the program named it.
    pub path: String,
}

#[derive(Clone, Debug)]
pub enum What {
    Created,
    FolderMade,
    Written {
        at: usize,
        data: Vec<u8>,
    },
    Truncated {
        len: usize,
    },
    /// A sync returned; what was done before `begun` is durable.
    Synced {
        begun: u64,
    },
    /// A sync of the whole file system returned.
    AllSynced {
        begun: u64,
    },
    RangeSynced {
        begun: u64,
        at: usize,
        len: usize,
    },
    /// A sync began.
    SyncBegun,
    Renamed {
        to: String,
    },
    /// A file, or a folder without anything in it.
    Unlinked,
    /// The program told the world: address and name of each record.
    Acknowledged(Vec<(String, String)>),
}

/// Which of the program's syncs are silently dropped.
#[derive(Clone, Copy, Debug)]
pub enum Dropped {
    None,
    All,
    /// Those of paths that contain this.
    Of(&'static str),
}

/// How the recorder is told which call fails: names and values of its environment.
pub type Injection = Vec<(&'static str, String)>;

/// How a run of the writer ended.
pub struct Run {
    /// What it did.
    pub operations: Vec<Operation>,
    /// None where it had to be killed because it did not end.
    pub status: Option<ExitStatus>,
    /// What it told on its standard error.
    pub said: String,
}

/// So long a run may take; one that takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the writer on a new folder `run` under the recorder.
pub fn record(folder: &Path, dropped: Dropped) -> Vec<Operation> {
    std::fs::create_dir(folder.join("run")).expect("made");
    let drops = match dropped {
        Dropped::None => Vec::new(),
        Dropped::All => vec![("REC_DROP", "/".to_owned())],
        Dropped::Of(part) => vec![("REC_DROP", part.to_owned())],
    };
    let run = run_writer(folder, ["3", "12"], &drops);
    assert!(run.status.is_some_and(|status| status.success()), "{}", run.said);
    run.operations
}

/// Runs the writer on the folder `run` in this one, for so many rounds and records.
pub fn run_writer(folder: &Path, [rounds, records]: [&str; 2], injection: &Injection) -> Run {
    let [run, log, errors] = ["run", "run.log", "run.errors"].map(|name| folder.join(name));
    let mut writer = Command::new(writer());
    writer.arg(&run).args([rounds, records]).env("RUST_BACKTRACE", "0");
    writer.env("LD_PRELOAD", recorder()).env("REC_DIR", &run).env("REC_LOG", &log);
    writer.envs(injection.iter().map(|(name, value)| (name, value)));
    writer.stdout(Stdio::null()).stderr(File::create(&errors).expect("made"));
    let mut writer = writer.spawn().expect("the writer starts");
    let begun = Instant::now();
    let status = loop {
        let ended = writer.try_wait().expect("it is ours");
        if ended.is_some() || begun.elapsed() > PATIENCE {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if status.is_none() {
        writer.kill().and_then(|()| writer.wait()).expect("it is ours");
    }
    let said = String::from_utf8_lossy(&std::fs::read(errors).expect("made")).into_owned();
    let operations = parse(&std::fs::read(log).expect("recorded"), &run);
    Run { operations, status, said }
}

/// The example that writes; built now, because `cargo test --test` leaves examples as they are.
fn writer() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build_writer)
}

fn build_writer() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "-p", "keuze", "--example", "crash_writer"]);
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(build.status().expect("cargo starts").success(), "the writer compiles");
    Path::new(env!("CARGO_BIN_EXE_keuze")).with_file_name("examples").join("crash_writer")
}

/// The bytes of a log, taken from the front.
struct RecordingReader<'a>(&'a [u8]);

impl<'a> RecordingReader<'a> {
    fn take_bytes(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.take_bytes(8).try_into().expect("eight bytes"))
    }

    fn length(&mut self) -> usize {
        u32::from_le_bytes(self.take_bytes(4).try_into().expect("four bytes")) as usize
    }
}

/// Paths become relative to the folder that was recorded.
fn parse(log: &[u8], run: &Path) -> Vec<Operation> {
    let prefix = format!("{}/", run.display());
    let relative = |path: &[u8]| {
        let path = String::from_utf8(path.to_vec()).expect("our paths are text");
        path.strip_prefix(&prefix).unwrap_or_default().to_owned()
    };
    let mut reader = RecordingReader(log);
    let mut operations = Vec::new();
    while !reader.0.is_empty() {
        let code = reader.take_bytes(8)[0];
        let (seq, at, len) = (reader.number(), reader.number(), reader.number());
        let (path_len, data_len) = (reader.length(), reader.length());
        let path = relative(reader.take_bytes(path_len));
        let data = reader.take_bytes(data_len);
        let [begun, at, len] = [at, at, len].map(|number| usize::try_from(number).expect("fits"));
        let what = match code {
            b'C' => What::Created,
            b'M' => What::FolderMade,
            b'W' => What::Written { at, data: data.to_vec() },
            b'T' => What::Truncated { len },
            b'S' => What::Synced { begun: begun as u64 },
            b'F' => What::AllSynced { begun: begun as u64 },
            b'R' => What::RangeSynced { begun: RecordingReader(data).number(), at, len },
            b'B' => What::SyncBegun,
            b'N' => What::Renamed { to: relative(data) },
            b'U' | b'X' => What::Unlinked,
            b'A' => What::Acknowledged(acknowledged(data)),
            code => panic!("the recorder knows no operation {}", char::from(code)),
        };
        operations.push(Operation { what, seq, path });
    }
    operations.sort_by_key(|operation| operation.seq);
    operations
}

fn acknowledged(output: &[u8]) -> Vec<(String, String)> {
    let lines = std::str::from_utf8(output).expect("text").lines();
    let words = lines.filter_map(|line| line.strip_prefix("ACK ")?.split_once(' '));
    words.map(|(address, name)| (address.to_owned(), name.to_owned())).collect()
}
