//! How many files a server may have open.

use std::fs;

use web::serve::{FEWEST_FILES, connections_for};

use super::examination::Server;
use super::report::{Check, Finding};

/// With fewer, a busy hour is felt.
const GOOD_CONNECTIONS: u64 = 1024;

/// What the system allows a process, and what it uses.
#[derive(Clone, Copy, Debug)]
pub struct OpenFiles {
    pub soft: u64,
    pub hard: u64,
    /// None where it is not told.
    pub used: Option<u64>,
}

impl OpenFiles {
    /// Of a process, `self` for this one.
    fn load_limits(process: &str) -> Option<Self> {
        let limits = fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
        let mut numbers =
            line.split_whitespace().map(|word| if word == "unlimited" { Some(u64::MAX) } else { word.parse().ok() });
        let (soft, hard) = (numbers.next()??, numbers.next()??);
        let used = fs::read_dir(format!("/proc/{process}/fd")).ok().map(|open| open.count() as u64);
        Some(Self { soft, hard, used })
    }
}

/// Looks at the running server, or at what one that is started from here would get.
pub fn finding(server: Server) -> Finding {
    let check = Check::OpenFiles;
    let unknown = |what: &str| Finding::unchecked(check, what, "read /proc/<process>/limits of the server as root");
    match server {
        Server::Running(Some(process)) => match OpenFiles::load_limits(&process.to_string()) {
            Some(files) => judge(&files, true),
            None => unknown("how many files the running server may open is not told"),
        },
        Server::Running(None) => unknown("the process of the running server is not told"),
        Server::Stopped => match OpenFiles::load_limits("self") {
            Some(files) => judge(&OpenFiles { used: None, ..files }, false),
            None => unknown("how many files a process may open is not told"),
        },
    }
}

/// A server raises the soft limit to the hard one by itself.
pub fn judge(files: &OpenFiles, running: bool) -> Finding {
    const MEND: &str = "raise it where the server is started: `LimitNOFILE=20000` in its systemd unit, or `ulimit -Hn 20000` before it";
    let check = Check::OpenFiles;
    let most = if running { files.soft } else { files.hard };
    let fits = connections_for(usize::try_from(most).unwrap_or(usize::MAX)) as u64;
    let whose = if running { "the running server" } else { "a server that is started from here" };
    let what = format!("{whose} may have {most} files open, which is good for {fits} connections");
    let finding = match files.used {
        _ if most < FEWEST_FILES as u64 => {
            Finding::fault(check, format!("{what}; it needs {FEWEST_FILES} to start"), MEND)
        }
        Some(used) if used.saturating_mul(10) >= most.saturating_mul(9) => {
            Finding::warning(check, format!("{what}; {used} of them are open"), MEND)
        }
        _ if fits < GOOD_CONNECTIONS => Finding::warning(check, what, MEND),
        _ => Finding::ok(check, what),
    };
    finding.with("limit", most).with("open", files.used).with("connections", fits)
}
