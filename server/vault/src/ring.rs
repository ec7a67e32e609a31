//! The key ring: every key, sealed under its bucket's key, and those under the root key.
//!
//! A folder of append-only files outside the database: `root-0001` holds the bucket keys, `bucket-000001` and so on
//! a thousand keys each. Entries have a fixed size and are bound to their place, so that none can be moved.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use model::identity::Subject;
use sha2::{Digest as _, Sha256};

use crate::random::Entropy;

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
    /// Seals that part of a person's profile.
    Class(Subject, RetentionClass),
    /// A secret that is rotated: old ones stay for what was made with them.
    Numbered(&'static str, u16),
    /// Seals what waits to be sent, by the day it was queued (days since 1970).
    Day(u32),
    /// Seals what requests of that hour (hours since 1970) were answered, for whoever sends them again.
    Hour(u32),
}

/// The parts of a profile, by when they end (design, "The keys").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionClass {
    /// Newsletter subscription: three months after its end (S-23).
    Newsletter,
    /// Account and customer relation: six months after its end (S-36).
    Account,
    /// What a profile is made of: a year (S-33).
    Profiling,
}

impl RetentionClass {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Newsletter, Self::Account, Self::Profiling];
}

impl Owner {
    /// Kind and name, as they are sealed.
    fn encode(self) -> [u8; 17] {
        let (kind, name) = match self {
            Self::Proof(subject) => (1, subject.0),
            Self::Shard(number) => (2, u128::from(number).to_be_bytes()),
            Self::Audit => (3, [0; 16]),
            Self::Suppression => (4, [0; 16]),
            Self::Secret(name) => (5, hashed(name)),
            Self::Class(subject, RetentionClass::Newsletter) => (6, subject.0),
            Self::Class(subject, RetentionClass::Account) => (7, subject.0),
            Self::Class(subject, RetentionClass::Profiling) => (8, subject.0),
            Self::Numbered(name, number) => (9, hashed(&format!("{name} {number}"))),
            Self::Day(day) => (10, u128::from(day).to_be_bytes()),
            Self::Hour(hour) => (HOUR, u128::from(hour).to_be_bytes()),
        };
        let mut bytes = [kind; 17];
        bytes[1..].copy_from_slice(&name);
        bytes
    }
}

/// The kind of [`Owner::Hour`].
const HOUR: u8 = 11;

fn hashed(name: &str) -> [u8; 16] {
    *Sha256::digest(name).first_chunk().expect("a hash has 32 bytes")
}

/// The file with the bucket keys.
const ROOT: &str = "root-0001";
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
    /// Another process may be appending or destroying keys meanwhile: a tail that is no key is one that comes.
    Beside,
}

/// All keys, in memory, and the files they are appended to.
pub struct Ring {
    folder: Option<PathBuf>,
    root: Key,
    buckets: Vec<Bucket>,
    keys: HashMap<KeyId, Held>,
    by_owner: HashMap<[u8; 17], KeyId>,
    torn: bool,
}

/// A key, whose it is and where it stands.
struct Held {
    owner: [u8; 17],
    key: Key,
    bucket: usize,
}

struct Bucket {
    /// `None` once a key of it was destroyed: what lived on is in another bucket.
    key: Option<Key>,
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
        let (Some(folder), Reading::Beside) = (folder, reading) else { return Self::read(folder, root, reading) };
        // Keys that are destroyed move to other files, and the root file says so first: it must not have changed.
        let mut before = std::fs::read(folder.join(ROOT)).ok();
        for _ in 0..100 {
            let ring = Self::read(Some(folder), root, reading);
            let after = std::fs::read(folder.join(ROOT)).ok();
            if before == after {
                return ring;
            }
            before = after;
        }
        Err(format!("{} does not stop changing", folder.display()))
    }

    fn read(folder: Option<&Path>, root: Key, reading: Reading) -> Result<Self, String> {
        let mut ring = Self {
            folder: folder.map(Path::to_path_buf),
            root,
            buckets: Vec::new(),
            keys: HashMap::new(),
            by_owner: HashMap::new(),
            torn: false,
        };
        if let Some(folder) = folder {
            // Counted first: a bucket that a running server adds meanwhile has its key in the root file before.
            let filled = filled_buckets(folder);
            ring.read_root(folder, reading)?;
            if filled > ring.buckets.len() {
                let stranger = folder.join(bucket_name(filled - 1));
                return Err(format!("{} has keys but its own key is missing", stranger.display()));
            }
            for number in 0..ring.buckets.len() {
                ring.read_bucket(folder, number, reading)?;
            }
        }
        Ok(ring)
    }

    fn read_root(&mut self, folder: &Path, reading: Reading) -> Result<(), String> {
        let entry = |position: usize, bytes: &[u8]| {
            let (number, sealed) = bytes.split_first_chunk::<4>()?;
            let expected = u32::try_from(position).ok()?.to_le_bytes();
            (*number == expected).then_some(())?;
            let key = seal::open(&self.root, &root_context(position), sealed);
            match key {
                Some(key) => Some(Some(Key::try_from(key).ok()?)),
                None => seal::open(&self.root, &dead_context(position), sealed).map(|_| None),
            }
        };
        let (keys, torn) = read_entries(&folder.join(ROOT), BUCKET_ENTRY, reading, entry)?;
        self.torn |= torn;
        self.buckets.extend(keys.into_iter().map(|key| Bucket { key, count: 0, durable: 0, pending: Vec::new() }));
        Ok(())
    }

    fn read_bucket(&mut self, folder: &Path, number: usize, reading: Reading) -> Result<(), String> {
        // Its file may be there: a kill during a destruction leaves it, until [`Self::sweep`].
        let Some(bucket_key) = self.buckets[number].key else { return Ok(()) };
        let entry = |position: usize, bytes: &[u8]| {
            let (id, sealed) = bytes.split_first_chunk::<16>()?;
            let id = KeyId(*id);
            let text = seal::open(&bucket_key, &key_context(number, position, id), sealed)?;
            let (owner, key) = text.split_first_chunk::<17>()?;
            Some((id, *owner, Key::try_from(key).ok()?))
        };
        let (keys, torn) = read_entries(&folder.join(bucket_name(number)), KEY_ENTRY, reading, entry)?;
        self.torn |= torn;
        self.buckets[number].count = keys.len();
        self.buckets[number].durable = keys.len();
        for (id, owner, key) in keys {
            self.keys.insert(id, Held { owner, key, bucket: number });
            self.by_owner.insert(owner, id);
        }
        Ok(())
    }

    /// Whether a file ends in the middle of a key, as a kill leaves it.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// The key of that name; `None` if it was destroyed or never was.
    pub fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(&id).map(|held| &held.key)
    }

    /// The subject whose proof key has that name.
    pub fn subject(&self, id: KeyId) -> Option<Subject> {
        let owner = self.keys.get(&id)?.owner;
        (owner[0] == 1).then(|| Subject(*owner.last_chunk().expect("17 bytes")))
    }

    /// The name of an owner's key.
    pub fn find(&self, owner: Owner) -> Option<KeyId> {
        self.by_owner.get(&owner.encode()).copied()
    }

    /// The names of the keys of all hours before one.
    pub fn hours_before(&self, hour: u32) -> HashSet<KeyId> {
        let number = |owner: &[u8; 17]| u128::from_be_bytes(*owner.last_chunk().expect("17 bytes"));
        let over = self.by_owner.iter().filter(|(owner, _)| owner[0] == HOUR && number(owner) < u128::from(hour));
        over.map(|(_, id)| *id).collect()
    }

    /// The name of an owner's key, made if there is none. A new one is durable after [`Self::sync`].
    pub fn ensure(&mut self, owner: Owner, entropy: &dyn Entropy) -> KeyId {
        if let Some(id) = self.find(owner) {
            return id;
        }
        if self.buckets.last().is_none_or(|bucket| bucket.key.is_none() || bucket.count >= KEYS_IN_BUCKET) {
            self.begin_bucket(entropy);
        }
        let (id, key) = (KeyId(entropy.bytes()), entropy.bytes());
        self.put(id, owner.encode(), key, entropy);
        id
    }

    fn begin_bucket(&mut self, entropy: &dyn Entropy) {
        self.buckets.push(Bucket { key: Some(entropy.bytes()), count: 0, durable: 0, pending: Vec::new() });
    }

    /// Puts a key into the last bucket.
    fn put(&mut self, id: KeyId, owner: [u8; 17], key: Key, entropy: &dyn Entropy) {
        let number = self.buckets.len() - 1;
        let bucket = &mut self.buckets[number];
        let bucket_key = bucket.key.expect("keys go into a bucket that lives");
        let text = [&owner[..], &key].concat();
        let sealed = seal::seal(&bucket_key, &key_context(number, bucket.count, id), &text, entropy);
        bucket.pending.extend_from_slice(&id.0);
        bucket.pending.extend_from_slice(&sealed);
        bucket.count += 1;
        self.keys.insert(id, Held { owner, key, bucket: number });
        self.by_owner.insert(owner, id);
    }

    /// Destroys keys, for good: what lives on of their buckets moves to fresh ones under fresh bucket keys, and the old
    /// bucket keys go. Returns when no file of the ring can give them back.
    ///
    /// A kill at any moment leaves either all of them or none; the caller destroys them again at the next start.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn destroy(&mut self, ids: &HashSet<KeyId>, entropy: &dyn Entropy) -> std::io::Result<()> {
        self.sync(entropy)?;
        let hit: BTreeSet<usize> = ids.iter().filter_map(|id| Some(self.keys.get(id)?.bucket)).collect();
        if hit.is_empty() {
            return Ok(());
        }
        let lives_on = |(id, held): &(&KeyId, &Held)| hit.contains(&held.bucket) && !ids.contains(*id);
        let moving = self.keys.iter().filter(lives_on).map(|(id, held)| (*id, held.owner, held.key));
        let mut moving: Vec<_> = moving.collect();
        moving.sort_unstable_by_key(|(id, ..)| *id);
        for (number, (id, owner, key)) in moving.into_iter().enumerate() {
            if number % KEYS_IN_BUCKET == 0 {
                self.begin_bucket(entropy);
            }
            self.put(id, owner, key, entropy);
        }
        self.sync(entropy)?;
        for id in ids {
            if let Some(held) = self.keys.remove(id) {
                self.by_owner.remove(&held.owner);
            }
        }
        for number in &hit {
            self.buckets[*number] = Bucket { key: None, count: 0, durable: 0, pending: Vec::new() };
        }
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.write_root(&folder, entropy)?;
        for number in hit {
            std::fs::remove_file(folder.join(bucket_name(number)))?;
        }
        File::open(&folder)?.sync_all()
    }

    /// Deletes what a kill during a destruction left behind: the files of buckets whose key is gone. That a bucket ended is
    /// the word of the root file alone, so the caller has found the ledger right with the keys that are left.
    ///
    /// # Errors
    /// What the file system said.
    pub fn sweep(&self) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let ended = self.buckets.iter().enumerate().filter(|(_, bucket)| bucket.key.is_none());
        let left: Vec<PathBuf> =
            ended.map(|(number, _)| folder.join(bucket_name(number))).filter(|path| path.exists()).collect();
        for path in &left {
            std::fs::remove_file(path)?;
        }
        if left.is_empty() { Ok(()) } else { File::open(folder)?.sync_all() }
    }

    /// Puts every bucket key under another root key: the root file is replaced as a whole, or not at all.
    ///
    /// # Errors
    /// What the file system said. Which of the two root keys opens the ring then is what the root file says.
    pub fn rewrap(&mut self, root: Key, entropy: &dyn Entropy) -> std::io::Result<()> {
        self.sync(entropy)?;
        let old = std::mem::replace(&mut self.root, root);
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.write_root(&folder, entropy).inspect_err(|_| {
            if Self::opens(&folder, &root) != Some(true) {
                self.root = old;
            }
        })
    }

    /// Whether a root key opens the ring in a folder, by its first entry; `None` where there is none.
    pub fn opens(folder: &Path, root: &Key) -> Option<bool> {
        let bytes = std::fs::read(folder.join(ROOT)).ok()?;
        let sealed = bytes.get(4..BUCKET_ENTRY)?;
        let contexts = [root_context(0), dead_context(0)];
        Some(contexts.iter().any(|context| seal::open(root, context, sealed).is_some()))
    }

    /// How many buckets ended with a key of theirs. It only grows.
    pub fn ended(&self) -> usize {
        self.buckets.iter().filter(|bucket| bucket.key.is_none()).count()
    }

    /// Tells one root key from another and nothing of either.
    pub fn root_check(&self) -> String {
        let hash = Sha256::new().chain_update("keuze root check").chain_update(self.root).finalize();
        hash.iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Writes the root file anew and puts it in the place of the old one.
    fn write_root(&self, folder: &Path, entropy: &dyn Entropy) -> std::io::Result<()> {
        let mut bytes = Vec::with_capacity(self.buckets.len() * BUCKET_ENTRY);
        for (number, bucket) in self.buckets.iter().enumerate() {
            bytes.extend(self.root_entry(number, bucket.key, entropy));
        }
        let fresh = folder.join("root-0001.new");
        let _left_over = std::fs::remove_file(&fresh);
        write_at(&fresh, 0, &bytes, true)?;
        std::fs::rename(fresh, folder.join(ROOT))?;
        File::open(folder)?.sync_all()
    }

    fn root_entry(&self, number: usize, key: Option<Key>, entropy: &dyn Entropy) -> Vec<u8> {
        let context = if key.is_some() { root_context(number) } else { dead_context(number) };
        let mut entry = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes().to_vec();
        entry.extend(seal::seal(&self.root, &context, &key.unwrap_or_default(), entropy));
        entry
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
                let entry = self.root_entry(number, self.buckets[number].key, entropy);
                write_at(&folder.join(ROOT), number * BUCKET_ENTRY, &entry, true)?;
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

/// The number of the last bucket file that holds keys, counted from 1; files before it may be gone.
fn filled_buckets(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let filled = entries.filter_map(Result::ok).filter(|entry| entry.metadata().is_ok_and(|meta| meta.len() > 0));
    let number = |entry: std::fs::DirEntry| entry.file_name().to_str()?.strip_prefix("bucket-")?.parse().ok();
    filled.filter_map(number).max().unwrap_or_default()
}

fn bucket_name(number: usize) -> String {
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
) -> Result<(Vec<T>, bool), String> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), false)),
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
    // A kill can leave a part of what was being appended, and nothing refers to that.
    let torn = bytes.len() % size != 0 && broken == Some(bytes.len() / size);
    match broken {
        // Nothing but unreadable entries is another root key, not a torn tail.
        Some(at) if (reading == Reading::Verify && !torn) || (entries.is_empty() && bytes.len() >= size) => Err(
            format!("entry {at} of {} cannot be opened: it is damaged, or the root key is another one", path.display()),
        ),
        _ => Ok((entries, torn)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededEntropy;

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

    fn ring(folder: &Path, root: u8, reading: Reading) -> Ring {
        Ring::open(Some(folder), [root; 32], reading).expect("opens")
    }

    fn files(folder: &Path) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).expect("is there") {
            all.extend(std::fs::read(entry.expect("readable").path()).expect("readable"));
        }
        all
    }

    /// With the old root key and the new files there is no way back to a destroyed key.
    #[test]
    fn what_is_destroyed_is_gone_and_everything_else_lives_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let entropy: &dyn Entropy = &SeededEntropy::new(1);
        let mut keys = ring(folder.path(), 1, Reading::Start);
        let proof = |n: u16| Owner::Proof(Subject(u128::from(n).to_be_bytes()));
        let ids: Vec<_> = (0..2500).map(|n| keys.ensure(proof(n), entropy)).collect();
        keys.sync(entropy).expect("durable");
        let before = files(folder.path());
        let gone: HashSet<KeyId> = [ids[3], ids[1700]].into();
        keys.destroy(&gone, entropy).expect("destroyed");
        let again = ring(folder.path(), 1, Reading::Verify);
        for (id, n) in ids.iter().zip(0u16..) {
            let lives = !gone.contains(id);
            assert_eq!(again.key(*id).is_some(), lives);
            assert_eq!(again.find(proof(n)), lives.then_some(*id));
            assert_eq!(again.key(*id), keys.key(*id));
        }
        // Nothing of the two buckets stands as it stood: neither their entries nor their keys.
        let after = files(folder.path());
        for bucket in [0usize, 1] {
            let entry = &before.windows(4).position(|four| four == u32::try_from(bucket).expect("small").to_le_bytes());
            assert!(entry.is_some());
            assert!(!folder.path().join(bucket_name(bucket)).exists());
        }
        assert!(after.len() < before.len());
        let fresh = keys.ensure(proof(3), entropy);
        keys.sync(entropy).expect("durable");
        assert_ne!(fresh, ids[3], "a new key is another key");
        assert_eq!(ring(folder.path(), 1, Reading::Verify).find(proof(3)), Some(fresh));
    }

    /// Between any two steps of a destruction the ring opens, with all keys that live on.
    #[test]
    fn a_destruction_that_was_killed_half_way_can_be_done_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let entropy: &dyn Entropy = &SeededEntropy::new(1);
        let mut keys = ring(folder.path(), 1, Reading::Start);
        let [one, two] = [Owner::Shard(1), Owner::Shard(2)].map(|owner| keys.ensure(owner, entropy));
        keys.sync(entropy).expect("durable");
        let copy = |name: &str| std::fs::read(folder.path().join(name)).ok();
        let (root, bucket) = (copy(ROOT).expect("there"), copy("bucket-000001").expect("there"));
        keys.destroy(&[one].into(), entropy).expect("destroyed");
        let (new_root, fresh) = (copy(ROOT).expect("there"), copy("bucket-000002").expect("there"));
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
        // The survivors are copied, the root file is the old one with its new last entry.
        put(ROOT, &[&root[..], &new_root[BUCKET_ENTRY..]].concat());
        put("bucket-000001", &bucket);
        let mut half = ring(folder.path(), 1, Reading::Verify);
        assert!(half.key(one).is_some() && half.key(two).is_some());
        half.destroy(&[one].into(), entropy).expect("destroyed again");
        assert!(ring(folder.path(), 1, Reading::Verify).key(two).is_some());
        assert!(ring(folder.path(), 1, Reading::Verify).key(one).is_none());
        // The root file is the new one, the old bucket's file is still there.
        put(ROOT, &new_root);
        put("bucket-000001", &bucket);
        put("bucket-000002", &fresh);
        let late = ring(folder.path(), 1, Reading::Start);
        assert!(late.key(one).is_none() && late.key(two).is_some());
        assert!(folder.path().join("bucket-000001").exists(), "reading deletes nothing");
        late.sweep().expect("deleted");
        assert!(!folder.path().join("bucket-000001").exists());
        assert!(ring(folder.path(), 1, Reading::Verify).key(two).is_some());
    }
}
