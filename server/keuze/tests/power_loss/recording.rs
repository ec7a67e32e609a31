//! What a program did to a folder, as `end2end/faults/rec.c` logged it.

use std::path::Path;
use std::process::Command;

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

/// Compiles the recorder into a folder.
pub fn compile_recorder(folder: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/faults/rec.c");
    let mut gcc = Command::new("gcc");
    gcc.args(["-O2", "-shared", "-fPIC", "-o"]).arg(folder.join("rec.so")).arg(source).args(["-ldl", "-lpthread"]);
    assert!(gcc.status().expect("gcc is installed").success(), "the recorder compiles");
}

/// Which of the program's syncs are silently dropped.
#[derive(Clone, Copy, Debug)]
pub enum Dropped {
    None,
    All,
    /// Those of paths that contain this.
    Of(&'static str),
}

/// Runs the writer on a new folder `run` under the recorder.
pub fn record(folder: &Path, dropped: Dropped) -> Vec<Operation> {
    let (run, log) = (folder.join("run"), folder.join("run.log"));
    std::fs::create_dir(&run).expect("made");
    let mut writer = Command::new(writer());
    writer.arg(&run).args(["3", "12"]);
    writer.env("LD_PRELOAD", folder.join("rec.so")).env("REC_DIR", &run).env("REC_LOG", &log);
    match dropped {
        Dropped::None => {}
        Dropped::All => _ = writer.env("REC_DROP", "/"),
        Dropped::Of(part) => _ = writer.env("REC_DROP", part),
    }
    let output = writer.output().expect("the writer starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    parse(&std::fs::read(log).expect("recorded"), &run)
}

/// The example that writes; built now, because `cargo test --test` leaves examples as they are.
fn writer() -> std::path::PathBuf {
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
