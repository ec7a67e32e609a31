//! The key ring: every key, sealed under its bucket's key, and those under the root key.
//!
//! A folder of append-only files outside the database: `root-0001` holds the bucket keys, `bucket-000001` and so on
//! a thousand keys each. Entries have a fixed size and are bound to their place, so that none can be moved.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use app::model::identity::Subject;
use sha2::{Digest as _, Sha256};

use crate::ambient::Entropy;

use super::seal::{self, Key, OVERHEAD};

/// The random name of a key. It says nothing about whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    /// Stands where no key is needed.
    pub const NONE: Self = Self([0; 16]);
}

/// Whose key it is, and so when it ends (design, "The keys").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Seals every record with that subject.
    Proof(Subject),
    /// Seals records without a subject, of that shard.
    Shard(u16),
    /// Seals audit records.
    Audit,
    /// Seals suppression entries; never ended by an erasure.
    Suppression,
    /// A named secret, such as the log's signing key.
    Secret(&'static str),
}

impl Owner {
    /// Kind and name, as they are sealed.
    fn encode(self) -> [u8; 17] {
        let (kind, name) = match self {
            Self::Proof(subject) => (1, subject.0),
            Self::Shard(number) => (2, u128::from(number).to_be_bytes()),
            Self::Audit => (3, [0; 16]),
            Self::Suppression => (4, [0; 16]),
            Self::Secret(name) => (5, *Sha256::digest(name).first_chunk().expect("a hash has 32 bytes")),
        };
        let mut bytes = [kind; 17];
        bytes[1..].copy_from_slice(&name);
        bytes
    }
}

const KEYS_IN_BUCKET: usize = 1000;
const BUCKET_ENTRY: usize = 4 + OVERHEAD + 32;
const KEY_ENTRY: usize = 16 + OVERHEAD + 17 + 32;

/// How strictly to read: at a start a torn tail of keys that nothing refers to is cut off; `verify` reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A tail that is no key is ignored.
    Start,
    /// Everything must be a key.
    Verify,
}

/// All keys, in memory, and the files they are appended to.
pub struct Ring {
    folder: Option<PathBuf>,
    root: Key,
    buckets: Vec<Bucket>,
    keys: HashMap<KeyId, ([u8; 17], Key)>,
    by_owner: HashMap<[u8; 17], KeyId>,
}

struct Bucket {
    key: Key,
    /// Keys in memory.
    count: usize,
    /// Those of them that are durable.
    durable: usize,
    /// The entries that are not.
    pending: Vec<u8>,
}

impl Ring {
    /// Opens the ring in a folder, or one that lives in memory only.
    ///
    /// # Errors
    /// A sentence that names the file and the entry that cannot be read.
    pub fn open(folder: Option<&Path>, root: Key, reading: Reading) -> Result<Self, String> {
        let mut ring = Self {
            folder: folder.map(Path::to_path_buf),
            root,
            buckets: Vec::new(),
            keys: HashMap::new(),
            by_owner: HashMap::new(),
        };
        if let Some(folder) = folder {
            // Counted first: a bucket that a running server adds meanwhile has its key in the root file before.
            let filled = filled_buckets(folder);
            ring.read_root(folder, reading)?;
            if filled > ring.buckets.len() {
                let stranger = folder.join(bucket_name(ring.buckets.len()));
                return Err(format!("{} has keys but its own key is missing", stranger.display()));
            }
            for number in 0..ring.buckets.len() {
                ring.read_bucket(folder, number, reading)?;
            }
        }
        Ok(ring)
    }

    fn read_root(&mut self, folder: &Path, reading: Reading) -> Result<(), String> {
        let file = folder.join("root-0001");
        let entry = |position: usize, bytes: &[u8]| {
            let (number, sealed) = bytes.split_first_chunk::<4>()?;
            let expected = u32::try_from(position).ok()?.to_le_bytes();
            let key = seal::open(&self.root, &root_context(position), sealed)?;
            (*number == expected).then_some(())?;
            Key::try_from(key).ok()
        };
        let keys = read_entries(&file, BUCKET_ENTRY, reading, entry)?;
        self.buckets.extend(keys.into_iter().map(|key| Bucket { key, count: 0, durable: 0, pending: Vec::new() }));
        Ok(())
    }

    fn read_bucket(&mut self, folder: &Path, number: usize, reading: Reading) -> Result<(), String> {
        let bucket_key = self.buckets[number].key;
        let entry = |position: usize, bytes: &[u8]| {
            let (id, sealed) = bytes.split_first_chunk::<16>()?;
            let id = KeyId(*id);
            let text = seal::open(&bucket_key, &key_context(number, position, id), sealed)?;
            let (owner, key) = text.split_first_chunk::<17>()?;
            Some((id, *owner, Key::try_from(key).ok()?))
        };
        let keys = read_entries(&folder.join(bucket_name(number)), KEY_ENTRY, reading, entry)?;
        self.buckets[number].count = keys.len();
        self.buckets[number].durable = keys.len();
        for (id, owner, key) in keys {
            self.keys.insert(id, (owner, key));
            self.by_owner.insert(owner, id);
        }
        Ok(())
    }

    /// The key of that name; `None` if it was destroyed or never was.
    pub fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(&id).map(|(_, key)| key)
    }

    /// The subject whose proof key has that name.
    pub fn subject(&self, id: KeyId) -> Option<Subject> {
        let (owner, _) = self.keys.get(&id)?;
        (owner[0] == 1).then(|| Subject(*owner.last_chunk().expect("17 bytes")))
    }

    /// The name of an owner's key.
    pub fn find(&self, owner: Owner) -> Option<KeyId> {
        self.by_owner.get(&owner.encode()).copied()
    }

    /// The name of an owner's key, made if there is none. A new one is durable after [`Self::sync`].
    pub fn ensure(&mut self, owner: Owner, entropy: &dyn Entropy) -> KeyId {
        if let Some(id) = self.find(owner) {
            return id;
        }
        if self.buckets.last().is_none_or(|bucket| bucket.count >= KEYS_IN_BUCKET) {
            self.buckets.push(Bucket { key: entropy.bytes(), count: 0, durable: 0, pending: Vec::new() });
        }
        let number = self.buckets.len() - 1;
        let bucket = &mut self.buckets[number];
        let (id, key): (KeyId, Key) = (KeyId(entropy.bytes()), entropy.bytes());
        let text = [&owner.encode()[..], &key].concat();
        let sealed = seal::seal(&bucket.key, &key_context(number, bucket.count, id), &text, entropy);
        bucket.pending.extend_from_slice(&id.0);
        bucket.pending.extend_from_slice(&sealed);
        bucket.count += 1;
        self.keys.insert(id, (owner.encode(), key));
        self.by_owner.insert(owner.encode(), id);
        id
    }

    /// Makes every new key durable.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn sync(&mut self, entropy: &dyn Entropy) -> std::io::Result<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        for number in 0..self.buckets.len() {
            if self.buckets[number].pending.is_empty() {
                continue;
            }
            if self.buckets[number].durable == 0 {
                let mut entry = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes().to_vec();
                let key = self.buckets[number].key;
                entry.extend(seal::seal(&self.root, &root_context(number), &key, entropy));
                write_at(&folder.join("root-0001"), number * BUCKET_ENTRY, &entry, true)?;
            }
            let bucket = &mut self.buckets[number];
            let (at, new) = (bucket.durable * KEY_ENTRY, bucket.durable == 0);
            write_at(&folder.join(bucket_name(number)), at, &bucket.pending, new)?;
            bucket.pending.clear();
            bucket.durable = bucket.count;
        }
        Ok(())
    }
}

/// How many bucket files hold keys.
fn filled_buckets(folder: &Path) -> usize {
    let filled = |number: &usize| folder.join(bucket_name(*number)).metadata().is_ok_and(|meta| meta.len() > 0);
    (0..usize::MAX).take_while(filled).count()
}

fn bucket_name(number: usize) -> String {
    format!("bucket-{:06}", number + 1)
}

fn root_context(position: usize) -> Vec<u8> {
    format!("keuze bucket key {position}").into_bytes()
}

fn key_context(bucket: usize, position: usize, id: KeyId) -> Vec<u8> {
    [format!("keuze key {bucket} {position} ").as_bytes(), &id.0].concat()
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

fn read_entries<T>(
    path: &Path,
    size: usize,
    reading: Reading,
    parse: impl Fn(usize, &[u8]) -> Option<T>,
) -> Result<Vec<T>, String> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    let mut entries = Vec::new();
    let mut broken = None;
    for (position, chunk) in bytes.chunks(size).enumerate() {
        match (parse(position, chunk), broken) {
            (Some(entry), None) => entries.push(entry),
            // A key after one that cannot be read: that is no torn tail.
            (Some(_), Some(at)) => return Err(format!("entry {at} of {} is damaged", path.display())),
            (None, _) => broken = broken.or(Some(position)),
        }
    }
    match broken {
        // Nothing but unreadable entries is another root key, not a torn tail.
        Some(at) if reading == Reading::Verify || (entries.is_empty() && bytes.len() >= size) => Err(format!(
            "entry {at} of {} cannot be opened: it is damaged, or the root key is another one",
            path.display()
        )),
        _ => Ok(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SeededEntropy;

    #[test]
    fn keys_come_back_and_every_flipped_byte_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let entropy: &dyn Entropy = &SeededEntropy::new(1);
        let mut ring = Ring::open(Some(folder.path()), [1; 32], Reading::Start).expect("an empty ring");
        let ids: Vec<_> = (0..3).map(|n| ring.ensure(Owner::Proof(Subject([n; 16])), entropy)).collect();
        ring.sync(entropy).expect("durable");
        let audit = ring.ensure(Owner::Audit, entropy);
        ring.sync(entropy).expect("durable");
        let again = Ring::open(Some(folder.path()), [1; 32], Reading::Verify).expect("opens");
        assert_eq!(again.subject(ids[2]), Some(Subject([2; 16])));
        assert_eq!(again.find(Owner::Audit), Some(audit));
        assert_eq!(again.key(audit), ring.key(audit));
        assert!(Ring::open(Some(folder.path()), [2; 32], Reading::Start).is_err(), "another root key");
        for name in ["root-0001", "bucket-000001"] {
            let path = folder.path().join(name);
            let bytes = std::fs::read(&path).expect("is there");
            for at in 0..bytes.len() {
                let mut altered = bytes.clone();
                altered[at] ^= 0x10;
                std::fs::write(&path, altered).expect("written");
                assert!(Ring::open(Some(folder.path()), [1; 32], Reading::Verify).is_err(), "{name} byte {at}");
            }
            std::fs::write(&path, bytes).expect("written");
        }
    }

    #[test]
    fn a_second_bucket_comes_back_and_its_key_is_missed() {
        let folder = tempfile::tempdir().expect("a folder");
        let entropy: &dyn Entropy = &SeededEntropy::new(1);
        let mut ring = Ring::open(Some(folder.path()), [1; 32], Reading::Start).expect("an empty ring");
        let count = u16::try_from(KEYS_IN_BUCKET).expect("small") + 2;
        for number in 0..count {
            ring.ensure(Owner::Shard(number), entropy);
        }
        ring.sync(entropy).expect("durable");
        let mut again = Ring::open(Some(folder.path()), [1; 32], Reading::Verify).expect("opens");
        assert_eq!(again.find(Owner::Shard(count - 1)), ring.find(Owner::Shard(count - 1)));
        let next = again.ensure(Owner::Audit, entropy);
        again.sync(entropy).expect("durable");
        let again = Ring::open(Some(folder.path()), [1; 32], Reading::Verify).expect("opens");
        assert_eq!(again.find(Owner::Audit), Some(next), "appended to the second bucket");
        let root = folder.path().join("root-0001");
        let bytes = std::fs::read(&root).expect("is there");
        for end in [BUCKET_ENTRY, 0] {
            std::fs::write(&root, &bytes[..end]).expect("written");
            for reading in [Reading::Start, Reading::Verify] {
                let refused = Ring::open(Some(folder.path()), [1; 32], reading).map(|_| ()).expect_err("a lost key");
                assert!(refused.contains("has keys but its own key is missing"), "{refused}");
            }
        }
    }

    #[test]
    fn a_torn_tail_is_cut_off_by_the_next_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let entropy: &dyn Entropy = &SeededEntropy::new(1);
        let mut ring = Ring::open(Some(folder.path()), [1; 32], Reading::Start).expect("an empty ring");
        for n in 0..3 {
            ring.ensure(Owner::Shard(n), entropy);
        }
        ring.sync(entropy).expect("durable");
        let path = folder.path().join("bucket-000001");
        let whole = std::fs::read(&path).expect("is there");
        for length in KEY_ENTRY..whole.len() {
            std::fs::write(&path, &whole[..length]).expect("written");
            let mut ring = Ring::open(Some(folder.path()), [1; 32], Reading::Start).expect("opens");
            let id = ring.ensure(Owner::Audit, entropy);
            ring.sync(entropy).expect("durable");
            let again = Ring::open(Some(folder.path()), [1; 32], Reading::Verify).expect("opens");
            assert_eq!(again.find(Owner::Audit), Some(id));
            assert!(again.find(Owner::Shard(0)).is_some());
        }
    }
}
