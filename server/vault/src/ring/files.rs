//! The ring's files: how they are read and written. What their entries are made of stands in `formats::ring`.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::table::Unsynced;
use super::{KEYS_IN_BUCKET, OpenMode};
use crate::error::RingError;
use crate::file_error::of_file;
use crate::formats::ring::{
    self as formats, BUCKET_ENTRY, BucketEntry, KEY_ENTRY, NamedKey, decode_bucket, decode_key,
};
use crate::key::{BucketKey, RootKey};

/// The file with the bucket keys.
pub const ROOT: &str = "root-0001";

/// The number of the last bucket file that holds keys, counted from 1; files before it may be gone.
pub(super) fn filled_buckets(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let filled = entries.filter_map(Result::ok).filter(|entry| entry.metadata().is_ok_and(|meta| meta.len() > 0));
    let number = |entry: std::fs::DirEntry| entry.file_name().to_str()?.strip_prefix("bucket-")?.parse().ok();
    filled.filter_map(number).max().unwrap_or_default()
}

pub(super) fn bucket_name(number: usize) -> String {
    format!("bucket-{:06}", number + 1)
}

/// The bucket keys, `None` for those that ended, and whether the file ends in the middle of one.
pub(super) fn read_root_entries(
    folder: &Path,
    root: &RootKey,
    reading: OpenMode,
) -> Result<(Vec<Option<BucketKey>>, bool), RingError> {
    let entry = |position: usize, bytes: &[u8]| decode_bucket(root, position, bytes).map(BucketEntry::key);
    read_entries(&folder.join(ROOT), BUCKET_ENTRY, reading, entry)
}

/// The keys of a bucket, and whether its file ends in the middle of one.
pub(super) fn read_bucket_entries(
    folder: &Path,
    number: usize,
    bucket_key: &BucketKey,
    reading: OpenMode,
) -> Result<(Vec<NamedKey>, bool), RingError> {
    let entry = |position: usize, bytes: &[u8]| decode_key(bucket_key, number, position, bytes);
    let file = folder.join(bucket_name(number));
    let read = read_entries(&file, KEY_ENTRY, reading, entry)?;
    if read.0.len() > KEYS_IN_BUCKET {
        return Err(RingError::Damaged { file, entry: KEYS_IN_BUCKET });
    }
    Ok(read)
}

/// Whether a root key opens the ring in a folder, by its first entry; `None` where there is none.
pub(super) fn opens(folder: &Path, root: &RootKey) -> Option<bool> {
    let bytes = std::fs::read(folder.join(ROOT)).ok()?;
    Some(decode_bucket(root, 0, bytes.get(..BUCKET_ENTRY)?).is_some())
}

/// What the files are left with: how many bucket keys, and of the last of those buckets how many keys.
#[derive(Clone, Copy)]
pub(super) struct LeftKeys {
    pub buckets: usize,
    pub keys: usize,
}

/// Whether the files are as long as they were left. More can stand there: what a kill left of a key.
pub(super) fn hold(folder: &Path, left: LeftKeys) -> std::io::Result<bool> {
    let is_long = |name: &str, entries: usize, size: usize| match folder.join(name).metadata() {
        Ok(there) => Ok(there.len() >= (entries * size) as u64),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(entries == 0),
        Err(error) => Err(error),
    };
    let Some(last) = left.buckets.checked_sub(1) else { return Ok(true) };
    Ok(is_long(ROOT, left.buckets, BUCKET_ENTRY)? && is_long(&bucket_name(last), left.keys, KEY_ENTRY)?)
}

/// Makes new entries durable, those of a bucket after its own in the root file.
pub(super) fn write_buckets(folder: &Path, unsynced: &Unsynced) -> std::io::Result<()> {
    for bucket in &unsynced.buckets {
        if let Some(entry) = &bucket.root_entry {
            write_at(&folder.join(ROOT), bucket.number * BUCKET_ENTRY, entry, true)?;
        }
        let at = bucket.durable * KEY_ENTRY;
        write_at(&folder.join(bucket_name(bucket.number)), at, &bucket.entries, bucket.durable == 0)?;
    }
    Ok(())
}

/// Puts a root file in the place of the old one.
pub(super) fn replace_root(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let fresh = folder.join("root-0001.new");
    let _left_over = std::fs::remove_file(&fresh);
    write_at(&fresh, 0, bytes, true)?;
    let renamed = std::fs::rename(fresh, folder.join(ROOT)).and_then(|()| File::open(folder)?.sync_all());
    renamed.map_err(of_file(folder))
}

/// Writes and cuts off whatever stood behind it, and makes it durable; for a new file its name, too.
fn write_at(path: &Path, at: usize, bytes: &[u8], new: bool) -> std::io::Result<()> {
    let write = || {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.set_len(at as u64)?;
        file.write_all_at(bytes, at as u64)?;
        if new {
            file.sync_all()?;
            File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
        } else {
            file.sync_data()
        }
    };
    write().map_err(of_file(path))
}

/// The entries of a file, and whether it ends in the middle of one.
fn read_entries<T>(
    path: &Path,
    size: usize,
    reading: OpenMode,
    parse: impl Fn(usize, &[u8]) -> Option<T>,
) -> Result<(Vec<T>, bool), RingError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), false)),
        Err(error) => return Err(RingError::Unreadable { file: path.to_path_buf(), error }),
    };
    // An entry that is ours but for its version is damaged.
    if let (Err(other), Some(first)) = (formats::check_version(&bytes), bytes.chunks(size).next())
        && parse(0, &formats::in_our_version(first)).is_none()
    {
        return Err(RingError::OtherBuild { file: path.to_path_buf(), other });
    }
    // All at once: a vector that grows leaves the keys behind where it was.
    let mut entries = Vec::with_capacity(bytes.len().div_ceil(size));
    let mut broken = None;
    for (position, chunk) in bytes.chunks(size).enumerate() {
        match (parse(position, chunk), broken) {
            (Some(entry), None) => entries.push(entry),
            // A key after one that cannot be read: that is no torn tail.
            (Some(_), Some(entry)) => return Err(RingError::Damaged { file: path.to_path_buf(), entry }),
            (None, _) => broken = broken.or(Some(position)),
        }
    }
    // A kill can leave a part of what was being appended, and nothing refers to that.
    let torn = bytes.len() % size != 0 && broken == Some(bytes.len() / size);
    match broken {
        // Nothing but unreadable entries is another root key, not a torn tail.
        Some(entry) if (reading == OpenMode::Verify && !torn) || (entries.is_empty() && bytes.len() >= size) => {
            Err(RingError::Sealed { file: path.to_path_buf(), entry })
        }
        _ => Ok((entries, torn)),
    }
}
