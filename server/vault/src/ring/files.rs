//! The ring's files: what their entries are made of, and how they are read and written.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::table::Unsynced;
use super::{KeyId, Reading};
use crate::error::RingError;
use crate::key::{BucketKey, RootKey, SealingKey};
use crate::random::Entropy;
use crate::seal::{self, OVERHEAD};

/// The file with the bucket keys.
pub(super) const ROOT: &str = "root-0001";
pub(super) const BUCKET_ENTRY: usize = 4 + OVERHEAD + 32;
pub(super) const KEY_ENTRY: usize = 16 + OVERHEAD + 17 + 32;

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

fn root_context(position: usize) -> Vec<u8> {
    format!("keuze bucket key {position}").into_bytes()
}

/// Stands where a bucket's key was.
fn dead_context(position: usize) -> Vec<u8> {
    format!("keuze bucket key {position} is gone").into_bytes()
}

fn key_context(bucket: usize, position: usize, id: KeyId) -> Vec<u8> {
    [format!("keuze key {bucket} {position} ").as_bytes(), &id.0].concat()
}

/// A bucket's key in the root file: its number, then the key sealed under the root key; zeros for one that ended.
pub(super) fn root_entry(root: &RootKey, number: usize, key: Option<&BucketKey>, entropy: &dyn Entropy) -> Vec<u8> {
    let context = if key.is_some() { root_context(number) } else { dead_context(number) };
    let mut entry = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    entry.extend(seal::seal(root, &context, key.map_or(&[0; 32], BucketKey::expose).as_slice(), entropy));
    entry
}

/// A key in its bucket's file, at a place of it: the name, then whose it is and the key, sealed under the bucket's key.
pub(super) fn key_entry(
    bucket_key: &BucketKey,
    (bucket, position): (usize, usize),
    id: KeyId,
    owner: &[u8; 17],
    key: &SealingKey,
    entropy: &dyn Entropy,
) -> Vec<u8> {
    let text = Zeroizing::new([&owner[..], key.expose()].concat());
    [&id.0[..], &seal::seal(bucket_key, &key_context(bucket, position, id), &text, entropy)].concat()
}

/// The bucket keys, `None` for those that ended, and whether the file ends in the middle of one.
pub(super) fn read_root_entries(
    folder: &Path,
    root: &RootKey,
    reading: Reading,
) -> Result<(Vec<Option<BucketKey>>, bool), RingError> {
    let entry = |position: usize, bytes: &[u8]| {
        let (number, sealed) = bytes.split_first_chunk::<4>()?;
        let expected = u32::try_from(position).ok()?.to_le_bytes();
        (*number == expected).then_some(())?;
        match seal::open(root, &root_context(position), sealed) {
            Some(key) => Some(Some(BucketKey::read(&Zeroizing::new(key))?)),
            None => seal::open(root, &dead_context(position), sealed).map(|_| None),
        }
    };
    read_entries(&folder.join(ROOT), BUCKET_ENTRY, reading, entry)
}

/// A key's name, whose it is, and the key.
type NamedKey = (KeyId, [u8; 17], SealingKey);

/// The keys of a bucket, and whether its file ends in the middle of one.
pub(super) fn read_bucket_entries(
    folder: &Path,
    number: usize,
    bucket_key: &BucketKey,
    reading: Reading,
) -> Result<(Vec<NamedKey>, bool), RingError> {
    let entry = |position: usize, bytes: &[u8]| {
        let (id, sealed) = bytes.split_first_chunk::<16>()?;
        let id = KeyId(*id);
        let text = Zeroizing::new(seal::open(bucket_key, &key_context(number, position, id), sealed)?);
        let (owner, key) = text.split_first_chunk::<17>()?;
        Some((id, *owner, SealingKey::read(key)?))
    };
    read_entries(&folder.join(bucket_name(number)), KEY_ENTRY, reading, entry)
}

/// Whether a root key opens the ring in a folder, by its first entry; `None` where there is none.
pub(super) fn opens(folder: &Path, root: &RootKey) -> Option<bool> {
    let bytes = std::fs::read(folder.join(ROOT)).ok()?;
    let sealed = bytes.get(4..BUCKET_ENTRY)?;
    let contexts = [root_context(0), dead_context(0)];
    Some(contexts.iter().any(|context| seal::open(root, context, sealed).is_some()))
}

/// What the files are left with: how many bucket keys, and of the last of those buckets how many keys.
#[derive(Clone, Copy)]
pub(super) struct Left {
    pub buckets: usize,
    pub keys: usize,
}

/// Whether the files are as long as they were left. More can stand there: what a kill left of a key.
pub(super) fn hold(folder: &Path, left: Left) -> std::io::Result<bool> {
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
    std::fs::rename(fresh, folder.join(ROOT))?;
    File::open(folder)?.sync_all()
}

/// Writes and cuts off whatever stood behind it, and makes it durable; for a new file its name, too.
fn write_at(path: &Path, at: usize, bytes: &[u8], new: bool) -> std::io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.set_len(at as u64)?;
    file.write_all_at(bytes, at as u64)?;
    if new {
        file.sync_all()?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    } else {
        file.sync_data()
    }
}

/// The entries of a file, and whether it ends in the middle of one.
fn read_entries<T>(
    path: &Path,
    size: usize,
    reading: Reading,
    parse: impl Fn(usize, &[u8]) -> Option<T>,
) -> Result<(Vec<T>, bool), RingError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), false)),
        Err(error) => return Err(RingError::Unreadable { file: path.to_path_buf(), error }),
    };
    let mut entries = Vec::new();
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
        Some(entry) if (reading == Reading::Verify && !torn) || (entries.is_empty() && bytes.len() >= size) => {
            Err(RingError::Sealed { file: path.to_path_buf(), entry })
        }
        _ => Ok((entries, torn)),
    }
}
