//! The key ring: every key, sealed under its bucket's key, and those under the root key.
//!
//! A folder of append-only files outside the database: `root-0001` holds the bucket keys, `bucket-000001` and so on
//! a thousand keys each. Entries have a fixed size and are bound to their place, so that none can be moved.
//!
//! [`KeyTable`] is the ring in memory, [`KeyRing`] the one that is open: its keys can be looked up at any moment, also while
//! a change of the files waits for the disk.

mod bucket;
mod files;
mod index;
pub mod layout;
mod load;
mod table;
#[cfg(test)]
mod tests;
mod wrap;

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use model::identity::Subject;
use sha2::{Digest as _, Sha256};
use strum::EnumCount;

use crate::error::RingError;
use crate::key::RootKey;
use crate::random::SecureRandom;

use files::{bucket_name, replace_root, write_buckets};

pub use table::KeyTable;
pub use wrap::AdoptError;

/// How many keys a bucket takes.
const KEYS_IN_BUCKET: usize = 1000;

/// The random name of a key. It says nothing about whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    /// Stands where no key is needed.
    pub const NONE: Self = Self([0; 16]);
}

/// Whose key it is, and so when it ends (design, "The keys").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, EnumCount)]
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
    pub const ALL: [Self; Self::COUNT] = [Self::Newsletter, Self::Account, Self::Profiling];
}

impl KeyPurpose {
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

/// The kind of [`KeyPurpose::Hour`].
const HOUR: u8 = 11;

fn hashed(name: &str) -> [u8; 16] {
    *Sha256::digest(name).first_chunk().expect("a hash has 32 bytes")
}

/// How strictly to read: at a start a torn tail of keys that nothing refers to is cut off; `verify` reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// A tail that is no key is ignored.
    Start,
    /// Everything must be a key.
    Verify,
    /// Another process may be appending or destroying keys meanwhile: a tail that is no key is one that comes.
    Concurrent,
}

/// The ring that is open: all keys in memory, and the files they are kept in.
pub struct KeyRing {
    /// Guards all keys in memory, for a look-up or for taking note of a key. Nobody waits for a disk while holding it.
    keys: RwLock<KeyTable>,
    /// Guards the files, and the order in which they change: held from the beginning of a change until it is durable, and
    /// always taken before `keys`.
    files: Mutex<RingFiles>,
}

/// Where the files are, if anywhere.
struct RingFiles {
    /// `None` where the ring lives in memory only.
    folder: Option<PathBuf>,
    /// Stands for a disk that takes its time, in tests.
    #[cfg(any(test, feature = "fixture"))]
    slowed: Option<crate::held::Disk>,
}

impl RingFiles {
    /// The folder that is now written to; what it is asked for takes as long as a disk does.
    fn disk(&self) -> Option<&Path> {
        #[cfg(any(test, feature = "fixture"))]
        if let Some(slowed) = &self.slowed {
            slowed();
        }
        self.folder.as_deref()
    }
}

impl KeyRing {
    /// Opens the ring in a folder, or one that lives in memory only.
    ///
    /// # Errors
    /// The file and the entry that cannot be read.
    pub fn open(folder: Option<&Path>, root: RootKey, reading: OpenMode) -> Result<Self, RingError> {
        let keys = RwLock::new(KeyTable::load_table(folder, root, reading)?);
        let files = RingFiles {
            folder: folder.map(Path::to_path_buf),
            #[cfg(any(test, feature = "fixture"))]
            slowed: None,
        };
        Ok(Self { keys, files: Mutex::new(files) })
    }

    /// Has whatever waits for the disk wait for this as well.
    #[cfg(any(test, feature = "fixture"))]
    pub fn slow_down(&self, slowed: crate::held::Disk) {
        self.files.lock().expect("nobody panics while changing the files").slowed = Some(slowed);
    }

    /// The keys, for as long as one look at them takes; nobody can add or destroy any meanwhile.
    pub fn keys(&self) -> RwLockReadGuard<'_, KeyTable> {
        self.keys.read().expect("nobody panics while changing the keys")
    }

    fn keys_mut(&self) -> RwLockWriteGuard<'_, KeyTable> {
        self.keys.write().expect("nobody panics while changing the keys")
    }

    /// The name of an owner's key, made if there is none. A new one is durable after [`Self::sync`].
    pub fn ensure(&self, owner: KeyPurpose, random: &dyn SecureRandom) -> KeyId {
        let found = self.keys().find(owner);
        found.unwrap_or_else(|| self.keys_mut().ensure(owner, random))
    }

    /// The files, to be changed; whoever else wants to change them waits, whoever looks up a key does not.
    pub fn change(&self) -> RingChange<'_> {
        RingChange { ring: self, files: self.files.lock().expect("nobody panics while changing the files") }
    }

    /// Makes every key durable that there is when it begins.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn sync(&self, random: &dyn SecureRandom) -> std::io::Result<()> {
        self.change().sync(random)
    }

    /// Whether the files still hold the keys that were made last: an older copy that is put back over them is shorter.
    ///
    /// # Errors
    /// What the file system said.
    pub fn is_in_place(&self) -> std::io::Result<bool> {
        let change = self.change();
        let left = self.keys().left();
        change.files.folder.as_deref().map_or(Ok(true), |folder| files::hold(folder, left))
    }

    /// Destroys keys, for good: what lives on of their buckets moves to fresh ones under fresh bucket keys, and the old
    /// bucket keys go. Returns when no file of the ring can give them back; nobody can look them up long before.
    ///
    /// A kill at any moment leaves either all of them or none; the caller destroys them again at the next start.
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn destroy(&self, ids: &HashSet<KeyId>, random: &dyn SecureRandom) -> std::io::Result<()> {
        self.change().destroy(ids, random)
    }

    /// Deletes what a kill during a destruction left behind: the files of buckets whose key is gone. That a bucket ended is
    /// the word of the root file alone, so the caller has found the ledger right with the keys that are left.
    ///
    /// # Errors
    /// What the file system said.
    pub fn sweep(&self) -> std::io::Result<()> {
        self.change().sweep()
    }

    /// Whether a root key opens the ring in a folder, by its first entry; `None` where there is none.
    pub fn opens(folder: &Path, root: &RootKey) -> Option<bool> {
        files::opens(folder, root)
    }
}

/// A change of the files; while it lives nobody else makes one.
pub struct RingChange<'a> {
    ring: &'a KeyRing,
    files: MutexGuard<'a, RingFiles>,
}

impl RingChange<'_> {
    /// As [`KeyRing::sync`].
    ///
    /// # Errors
    /// What the file system said; the caller must stop.
    pub fn sync(&mut self, random: &dyn SecureRandom) -> std::io::Result<()> {
        let unsynced = self.ring.keys().unsynced(random);
        if unsynced.is_empty() {
            return Ok(());
        }
        if let Some(folder) = self.files.disk() {
            write_buckets(folder, &unsynced)?;
        }
        self.ring.keys_mut().are_durable(&unsynced);
        Ok(())
    }

    fn destroy(&mut self, ids: &HashSet<KeyId>, random: &dyn SecureRandom) -> std::io::Result<()> {
        self.sync(random)?;
        let ending = self.ring.keys_mut().move_away_from(ids, random);
        if ending.is_empty() {
            return Ok(());
        }
        self.sync(random)?;
        let root_file = {
            let mut keys = self.ring.keys_mut();
            keys.end(&ending);
            keys.root_file(None, random)
        };
        let Some(folder) = self.files.disk() else { return Ok(()) };
        replace_root(folder, &root_file)?;
        for number in ending {
            std::fs::remove_file(folder.join(bucket_name(number)))?;
        }
        File::open(folder)?.sync_all()
    }

    fn sweep(&mut self) -> std::io::Result<()> {
        let Some(folder) = self.files.disk() else { return Ok(()) };
        let ended = self.ring.keys().ended_buckets();
        let left: Vec<PathBuf> = ended.into_iter().map(|number| folder.join(bucket_name(number))).collect();
        let left: Vec<PathBuf> = left.into_iter().filter(|path| path.exists()).collect();
        for path in &left {
            std::fs::remove_file(path)?;
        }
        if left.is_empty() { Ok(()) } else { File::open(folder)?.sync_all() }
    }

    /// Puts every bucket key under another root key: the root file is replaced as a whole, or not at all.
    ///
    /// # Errors
    /// What the file system said. Which of the two root keys opens the ring then is what the root file says.
    pub fn rewrap(&mut self, root: RootKey, random: &dyn SecureRandom) -> std::io::Result<()> {
        self.sync(random)?;
        let root_file = self.ring.keys().root_file(Some(&root), random);
        let Some(folder) = self.files.disk() else {
            self.ring.keys_mut().set_root(root);
            return Ok(());
        };
        let replaced = replace_root(folder, &root_file);
        if replaced.is_ok() || files::opens(folder, &root) == Some(true) {
            self.ring.keys_mut().set_root(root);
        }
        replaced
    }
}
