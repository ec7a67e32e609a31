//! Which processes have a ledger in their hands, as `/proc` tells it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::examination::{Installation, Server};
use super::report::{Check, Finding};

/// The process that holds the lock on a folder, if the system tells it.
pub fn holder_of(folder: &Path) -> Option<u32> {
    let (locks, inode) = (fs::read_to_string("/proc/locks").ok()?, fs::metadata(folder).ok()?.ino());
    let mut holders = locks.lines().filter_map(|line| {
        // 1: FLOCK  ADVISORY  WRITE 23738 fe:00:10118337 0 EOF
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, place, ..] = fields[..] else { return None };
        let found: u64 = place.rsplit(':').next()?.parse().ok()?;
        if found == inode { process.parse().ok() } else { None }
    });
    // Inodes of two file systems may be alike: then nobody is named.
    let holder = holders.next()?;
    holders.next().is_none().then_some(holder)
}

/// A process that has a file of the journal open for writing.
struct JournalWriter {
    process: u32,
    /// As the system calls it.
    name: String,
}

impl JournalWriter {
    fn find(journals: &Path, process: u32) -> Option<Self> {
        let proc = Path::new("/proc").join(process.to_string());
        let writes = |number: &fs::DirEntry| {
            let file = number.path().read_link().is_ok_and(|file| file.starts_with(journals));
            file && fs::read_to_string(proc.join("fdinfo").join(number.file_name()))
                .is_ok_and(|info| is_for_writing(&info))
        };
        fs::read_dir(proc.join("fd")).ok()?.filter_map(Result::ok).find(writes)?;
        let name = fs::read_to_string(proc.join("comm")).unwrap_or_default();
        Some(Self { process, name: name.trim().to_owned() })
    }
}

/// Whether a file is open for writing, by its flags, which are octal.
fn is_for_writing(info: &str) -> bool {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & 3 != 0)
}

/// Whether nobody but the server writes.
pub fn one_writer(installation: &Installation<'_>) -> Finding {
    let check = Check::OneWriter;
    let journals = installation.asked.layout.journals();
    let journals = journals.canonicalize().unwrap_or(journals);
    let Ok(processes) = fs::read_dir("/proc") else {
        return Finding::unchecked(check, "this system does not tell who writes to the journal", "mount /proc");
    };
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let writers: Vec<JournalWriter> = numbers.filter_map(|process| JournalWriter::find(&journals, process)).collect();
    let others: Vec<&JournalWriter> = match installation.server {
        Server::Running(Some(server)) => writers.iter().filter(|writer| writer.process != server).collect(),
        // One of them is the server.
        Server::Running(None) if writers.len() < 2 => Vec::new(),
        _ => writers.iter().collect(),
    };
    let count = writers.len();
    if others.is_empty() {
        let what =
            if count == 0 { "nobody writes to the journal" } else { "nobody but the server writes to the journal" };
        return Finding::ok(check, what).with("writers", count);
    }
    let names: Vec<String> = others.iter().map(|writer| format!("{} ({})", writer.process, writer.name)).collect();
    let what = format!(
        "the journal is open for writing in other processes than the server that holds it: {}",
        names.join(", ")
    );
    let mend = "stop them; then stop the server, run `keuze verify`, and start it again";
    Finding::fault(check, what, mend).with("writers", count)
}
