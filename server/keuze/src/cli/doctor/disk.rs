//! The disk: what kind it is, how much fits, and how long it takes until something is on it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use ledger::observe::{Growth, growth};
use rustix::fs::{statfs, statvfs};

use super::examination::Installation;
use super::report::{Check, Finding};

/// How far back the rate of records is looked at, in days.
const LOOK_BACK: f64 = 30.0;
/// A record takes about so much where there are too few to measure it.
const BYTES_A_RECORD: f64 = 2_500.0;
/// So many records are enough to measure it: a small ledger is mostly space that was taken in advance.
const ENOUGH: u64 = 20_000;
/// How often a sync is measured.
const PROBES: usize = 9;

/// Looks at all of it.
pub fn all(installation: &Installation<'_>) -> Vec<Finding> {
    let data = &installation.asked.layout.0;
    vec![file_system(data), space(installation), sync_time(data)]
}

/// What the kernel calls a kind of file system, and what is wrong with it.
struct UnfitFileSystem {
    magic: i64,
    name: &'static str,
    /// Gone with a restart, so that it is a fault.
    passing: bool,
}

const UNFIT: [UnfitFileSystem; 9] = [
    UnfitFileSystem { magic: 0x0102_1994, name: "tmpfs", passing: true },
    UnfitFileSystem { magic: 0x8584_58f6, name: "ramfs", passing: true },
    UnfitFileSystem { magic: 0x794c_7630, name: "overlay", passing: false },
    UnfitFileSystem { magic: 0x6969, name: "NFS", passing: false },
    UnfitFileSystem { magic: 0xfe53_4d42, name: "SMB", passing: false },
    UnfitFileSystem { magic: 0xff53_4d42, name: "CIFS", passing: false },
    UnfitFileSystem { magic: 0x6573_5546, name: "FUSE", passing: false },
    UnfitFileSystem { magic: 0x0102_1997, name: "9p", passing: false },
    UnfitFileSystem { magic: 0x00c3_6400, name: "Ceph", passing: false },
];

fn file_system(data: &Path) -> Finding {
    #[expect(clippy::useless_conversion, reason = "its width differs by architecture")]
    match statfs(data) {
        Ok(mounted) => judge_file_system(i64::from(mounted.f_type) & 0xffff_ffff),
        Err(error) => {
            let what = format!("the file system cannot be asked: {error}");
            Finding::unchecked(Check::FileSystem, what, "run this as the user that the server runs as")
        }
    }
}

/// By its number.
pub fn judge_file_system(magic: i64) -> Finding {
    let check = Check::FileSystem;
    let finding = match UNFIT.iter().find(|unfit| unfit.magic == magic) {
        None => Finding::ok(check, "the data directory is on a file system of this machine"),
        Some(UnfitFileSystem { name, passing: true, .. }) => {
            let what =
                format!("the data directory is in memory ({name}): the next restart of the machine takes every record");
            Finding::fault(check, what, "stop the server and move the data directory to a disk")
        }
        Some(UnfitFileSystem { name: "overlay", .. }) => {
            let what = "the data directory is in the layer of a container: it goes with the container";
            Finding::warning(check, what, "put it on a volume")
        }
        Some(UnfitFileSystem { name, .. }) => {
            let what = format!(
                "the data directory is on {name}, where a lock of this machine may not be seen by another, so that two servers could \
                 write to it, and a sync may not reach a disk"
            );
            Finding::warning(check, what, "stop the server and move the data directory to a disk of this machine")
        }
    };
    finding.with("type", format!("{magic:#x}"))
}

/// What was found out about the space.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    /// Bytes for whoever is not root.
    pub available: u64,
    pub total: u64,
    /// Files that can be made, of all; none where the file system does not count them.
    pub files: Option<(u64, u64)>,
    /// What the data directory takes.
    pub used: u64,
    pub growth: Growth,
}

fn space(installation: &Installation<'_>) -> Finding {
    let layout = &installation.asked.layout;
    let unknown = |what: String| {
        Finding::unchecked(Check::DiskSpace, what, "run this as the user that the server runs as; see shards")
    };
    let mounted = match statvfs(&layout.0) {
        Ok(mounted) => mounted,
        Err(error) => return unknown(format!("the disk cannot be asked: {error}")),
    };
    let used = match used(&layout.0) {
        Ok(used) => used,
        Err(error) => return unknown(format!("{} cannot be looked through: {error}", layout.0.display())),
    };
    let growth = match growth(layout, installation.asked.now, LOOK_BACK) {
        Ok(growth) => growth,
        Err(fault) => return unknown(fault.to_string()),
    };
    judge_space(&Space {
        available: mounted.f_bavail * mounted.f_frsize,
        total: mounted.f_blocks * mounted.f_frsize,
        files: (mounted.f_files > 0).then_some((mounted.f_favail, mounted.f_files)),
        used,
        growth,
    })
}

/// What a folder takes on the disk, in bytes.
fn used(path: &Path) -> io::Result<u64> {
    let there = match fs::symlink_metadata(path) {
        Ok(there) => there,
        // A running server makes and removes files.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut bytes = there.blocks() * 512;
    if there.is_dir() {
        for entry in fs::read_dir(path)? {
            bytes += used(&entry?.path())?;
        }
    }
    Ok(bytes)
}

/// How many records and days fit.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "estimates, told to people"
)]
pub fn judge_space(space: &Space) -> Finding {
    const MEND: &str = "make the disk larger, or move the data directory to a larger one; databases that were set aside \
                        (`sled.aside-…`) may be deleted. When nothing fits any more, nothing is recorded";
    let check = Check::DiskSpace;
    let Space { available, total, files, used, growth } = *space;
    let a_record = if growth.records >= ENOUGH { used as f64 / growth.records as f64 } else { BYTES_A_RECORD };
    let records = (available as f64 / a_record) as u64;
    let days = growth.a_day.filter(|a_day| *a_day >= 0.5).map(|a_day| (records as f64 / a_day) as u64);
    let share = available as f64 / (total as f64).max(1.0) * 100.0;
    let files_share = files.map(|(free, all)| free as f64 / (all as f64).max(1.0) * 100.0);
    let until = match days {
        Some(days) => format!("room for about {records} records, {days} days at the present rate"),
        None => format!("room for about {records} records"),
    };
    let what = format!("{} of {} are free ({share:.0} %), {until}", bytes(available), bytes(total));
    let least = |than: f64| share < than || files_share.is_some_and(|share| share < than);
    let finding = if least(2.0) || days.is_some_and(|days| days < 7) || available < 64 << 20 {
        Finding::fault(check, what, MEND)
    } else if least(10.0) || days.is_some_and(|days| days < 60) {
        Finding::warning(check, what, MEND)
    } else {
        Finding::ok(check, what)
    };
    let finding = finding.with("available_bytes", available).with("total_bytes", total).with("used_bytes", used);
    let finding = finding.with("records", growth.records).with("bytes_a_record", a_record.round() as u64);
    let finding = finding.with("records_a_day", growth.a_day.map(f64::round).map(|a_day| a_day as u64));
    finding.with("room_records", records).with("room_days", days).with("free_files", files.map(|(free, _)| free))
}

fn bytes(count: u64) -> String {
    let (mut size, mut units) = (count, ["bytes", "KiB", "MiB", "GiB", "TiB"].into_iter());
    let mut unit = units.next().unwrap_or_default();
    while size >= 10_240 {
        let Some(larger) = units.next() else { break };
        (size, unit) = (size / 1024, larger);
    }
    format!("{size} {unit}")
}

/// How long it takes until something is on the disk.
fn sync_time(data: &Path) -> Finding {
    match probe(data) {
        Ok(times) => judge_syncs(times),
        Err(error) => {
            let what = format!("nothing could be written to {}: {error}", data.display());
            Finding::unchecked(
                Check::SyncTime,
                what,
                "run this as the user that the server runs as; see disk-space and data-permissions",
            )
        }
    }
}

/// Syncs a small file several times. It has no name, so that nothing of it stays, whatever ends this.
fn probe(data: &Path) -> io::Result<Vec<Duration>> {
    let options = || {
        let mut options = OpenOptions::new();
        options.write(true).mode(0o600);
        options
    };
    let named = data.join("doctor.probe");
    let mut file = match options().custom_flags(libc::O_TMPFILE).open(data) {
        Ok(file) => file,
        // Not every file system has files without a name.
        Err(error) if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::EISDIR)) => {
            let file = options().create(true).truncate(true).open(&named)?;
            fs::remove_file(&named)?;
            file
        }
        Err(error) => return Err(error),
    };
    let mut times = Vec::new();
    for _ in 0..PROBES {
        let began = Instant::now();
        file.write_all(&[0x5a; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Every choice waits for two of them.
pub fn judge_syncs(mut times: Vec<Duration>) -> Finding {
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    let check = Check::SyncTime;
    let milliseconds = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
    let what = format!("a sync takes {} ms, at worst {} ms", milliseconds(median), milliseconds(worst));
    let finding = if median < Duration::from_micros(5) {
        let what =
            format!("{what}, which is too little to have reached a disk: a power cut may take what was acknowledged");
        Finding::warning(
            check,
            what,
            "put the data directory on a disk, and turn off a cache that acknowledges before it has written",
        )
    } else if median > Duration::from_millis(200) {
        Finding::fault(
            check,
            format!("{what}; every choice waits for two"),
            "look at what else uses the disk, and at its health; move to a faster one",
        )
    } else if median > Duration::from_millis(20) || worst > Duration::from_secs(1) {
        Finding::warning(
            check,
            format!("{what}; every choice waits for two"),
            "look at what else uses the disk, and at its health (`iostat -x`, `smartctl`)",
        )
    } else {
        Finding::ok(check, what)
    };
    finding.with("median_ms", milliseconds(median)).with("worst_ms", milliseconds(worst)).with("syncs", times.len())
}
