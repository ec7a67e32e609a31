//! What a process and its folder have used so far, and how busy the machine is.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Since a process began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// In user and system mode, of all its threads.
    pub cpu: Duration,
    /// The journal as it was written, without the space that is taken ahead.
    pub journal: u64,
    /// Blocks of the whole data directory.
    pub disk: u64,
}

impl Usage {
    /// Of a process, and of the data directory that it has.
    pub fn of_process(id: u32, data: Option<&Path>) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
        let cpu = cpu_ticks(&stat).context("/proc has another form")?;
        let a_second = u32::try_from(rustix::param::clock_ticks_per_second())?.max(1);
        let cpu = Duration::from_secs_f64(cpu / f64::from(a_second));
        let Some(data) = data else { return Ok(Self { cpu, ..Self::default() }) };
        Ok(Self { cpu, journal: written(&data.join("journal"))?, disk: blocks(data)? })
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            journal: self.journal.saturating_sub(before.journal),
            disk: self.disk.saturating_sub(before.disk),
        }
    }
}

/// User and system time; the name of the program may hold anything, so it is counted from the bracket behind it.
pub(super) fn cpu_ticks(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
}

/// How many processes waited for a processor in the last minute; above the number of processors, neighbours were busy.
pub fn machine_load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default().to_owned()
}

fn written(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for file in files(folder)? {
        let bytes = fs::read(file)?;
        sum += bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
    }
    Ok(sum)
}

/// Of what a running server just moved away or deleted there is nothing.
fn blocks(folder: &Path) -> Result<u64> {
    let there = files(folder)?;
    Ok(there.iter().filter_map(|file| file.metadata().ok()).map(|there| there.blocks() * 512).sum())
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        entries => entries.with_context(|| folder.display().to_string())?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { files.extend(self::files(&path)?) } else { files.push(path) }
    }
    Ok(files)
}
