//! Rotating the root key, so that copies of the key ring in backups end with it.
//!
//! Each step is durable before the next:
//!
//! 1. `<key file>.new` holds the new root key.
//! 2. `<key file>.until-<day>` holds the old one, for backups of the ring until that day.
//! 3. The ring's root file is replaced by one under the new key: one rename.
//! 4. `<key file>.new` takes the place of `<key file>`.
//!
//! Before step 3 the old key opens the ring, and the start takes the rotation back; after it only the new one does, and
//! the start finishes it. Nothing is changed before the ledger was found right.

use std::path::{Path, PathBuf};

use time::Date;
use time::format_description::well_known::Iso8601;

use super::error::RootKeyError;
use super::key::RootKey;
use super::ring::KeyRing;
use super::root::{self, sync_parent};
use crate::random::SecureRandom;

/// The root key that opens a ring, and what is left to do.
pub struct FoundRootKey {
    /// It opens the ring.
    pub key: RootKey,
    left: LeftToDo,
}

/// What a kill, or a backup that was put back, left to do.
enum LeftToDo {
    Nothing,
    /// The new key was made, but the ring is not under it.
    TakeBack,
    /// The ring is under the new key already.
    Finish,
    /// The ring is one from a backup, under an older key: it goes under the key of today.
    Renew(RootKey),
}

/// The root key that opens the ring in a folder. Changes nothing. `Ok(None)` where there is no key file.
///
/// # Errors
/// When the key file cannot be read.
pub fn find(file: &Path, ring: &Path) -> Result<Option<FoundRootKey>, RootKeyError> {
    let Some(key) = root::load_root_key(file)? else { return Ok(None) };
    let fresh = fresh_file(file);
    if KeyRing::opens(ring, &key) != Some(false) {
        let left = if fresh.exists() { LeftToDo::TakeBack } else { LeftToDo::Nothing };
        return Ok(Some(FoundRootKey { key, left }));
    }
    let opens = |key: &RootKey| KeyRing::opens(ring, key) == Some(true);
    if let Some(fresh) = root::load_root_key(&fresh).ok().flatten().filter(opens) {
        return Ok(Some(FoundRootKey { key: fresh, left: LeftToDo::Finish }));
    }
    let older = kept(file).into_iter().filter_map(|(path, _)| root::load_root_key(&path).ok().flatten()).find(opens);
    // Where no key fits, opening the ring says so.
    Ok(Some(match older {
        Some(older) => FoundRootKey { key: older, left: LeftToDo::Renew(key) },
        None => FoundRootKey { key, left: LeftToDo::Nothing },
    }))
}

impl FoundRootKey {
    /// Does what is left to do.
    ///
    /// # Errors
    /// What the file system said; the next start tries again.
    pub fn settle(self, file: &Path, ring: &KeyRing, random: &dyn SecureRandom) -> Result<(), RootKeyError> {
        let done = match self.left {
            LeftToDo::Nothing => Ok(()),
            LeftToDo::TakeBack => take_back(file, &self.key),
            LeftToDo::Finish => put_in_place(file),
            LeftToDo::Renew(key) => ring.change().rewrap(key, random),
        };
        done.map_err(|error| RootKeyError::NotFinished { file: file.to_path_buf(), error })
    }
}

/// Rotates the root key; the old one is kept until a day.
///
/// # Errors
/// What could not be read or written. The next start finishes it or takes it back.
pub fn rotate(file: &Path, ring: &KeyRing, until: Date, random: &dyn SecureRandom) -> Result<(), RootKeyError> {
    let explain = |error| RootKeyError::NotRotated { file: file.to_path_buf(), error };
    // Whoever else would change key files or ring waits until this is done.
    let mut ring = ring.change();
    let old = root::load_root_key(file)?.ok_or_else(|| RootKeyError::Missing(file.to_path_buf()))?;
    let fresh = fresh_file(file);
    if fresh.exists() {
        take_back(file, &old).map_err(explain)?;
    }
    let new = root::create(&fresh, random)?;
    root::write(&free_name(file, until), &old)?;
    ring.rewrap(new, random).map_err(explain)?;
    put_in_place(file).map_err(explain)
}

/// Deletes the old root keys whose day has come; gives how many.
///
/// # Errors
/// What the file system said.
pub fn drop_old(file: &Path, today: Date) -> std::io::Result<usize> {
    let due: Vec<PathBuf> = kept(file).into_iter().filter(|(_, until)| *until <= today).map(|(path, _)| path).collect();
    for path in &due {
        std::fs::remove_file(path)?;
    }
    if !due.is_empty() {
        sync_parent(file)?;
    }
    Ok(due.len())
}

fn take_back(file: &Path, key: &RootKey) -> std::io::Result<()> {
    // The copy first: as long as the new key is there, the next start does this again.
    for (path, _) in kept(file) {
        // One that cannot be read was being written.
        if root::load_root_key(&path).map_or(true, |kept| kept.as_ref() == Some(key)) {
            std::fs::remove_file(path)?;
        }
    }
    std::fs::remove_file(fresh_file(file))?;
    sync_parent(file)
}

fn put_in_place(file: &Path) -> std::io::Result<()> {
    std::fs::rename(fresh_file(file), file)?;
    sync_parent(file)
}

fn fresh_file(file: &Path) -> PathBuf {
    with_suffix(file, ".new")
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A name for an old key that no other has: several may be kept until the same day.
fn free_name(file: &Path, until: Date) -> PathBuf {
    let names = std::iter::once(String::new()).chain((2..).map(|number| format!("-{number}")));
    let mut paths = names.map(|number| with_suffix(file, &format!(".until-{until}{number}")));
    paths.find(|path| !path.exists()).expect("there is no end of numbers")
}

/// Whether a rotation was begun and is not finished.
pub fn is_unfinished(file: &Path) -> bool {
    fresh_file(file).exists()
}

/// The old root keys beside the key file, each with its day.
pub fn kept(file: &Path) -> Vec<(PathBuf, Date)> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = format!("{}.until-", file.file_name().unwrap_or_default().to_string_lossy());
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let day = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        let day = name.to_str()?.strip_prefix(&start)?.get(..10)?;
        Some((entry.path(), Date::parse(day, &Iso8601::DATE).ok()?))
    };
    entries.filter_map(Result::ok).filter_map(day).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::random::SeededRandom;
    use crate::ring::{KeyId, KeyPurpose, KeyRing, OpenMode};

    const UNTIL: Date = date!(2026 - 12 - 29);

    /// New key, old key kept, ring, key file; and whether the rotation stands in the end.
    type RotationState<'a> = (Option<&'a [u8]>, Option<&'a [u8]>, &'a [u8], &'a [u8], bool);

    struct KeyPlace {
        _folder: tempfile::TempDir,
        file: PathBuf,
        keys: PathBuf,
    }

    impl KeyPlace {
        /// A ring with a key, under a root key.
        fn new() -> (Self, KeyId) {
            let folder = tempfile::tempdir().expect("a folder");
            let (file, keys) = (folder.path().join("root.key"), folder.path().join("keys"));
            std::fs::create_dir(&keys).expect("made");
            root::create(&file, &SeededRandom::new(1)).expect("made");
            let place = Self { _folder: folder, file, keys };
            let ring = place.open();
            let id = ring.ensure(KeyPurpose::Audit, &SeededRandom::new(2));
            ring.sync(&SeededRandom::new(3)).expect("durable");
            (place, id)
        }

        /// As a start does it.
        fn open(&self) -> KeyRing {
            let found = find(&self.file, &self.keys).expect("readable").expect("a key");
            let ring = KeyRing::open(Some(&self.keys), found.key.clone(), OpenMode::Start).expect("opens");
            found.settle(&self.file, &ring, &SeededRandom::new(4)).expect("settled");
            ring
        }

        fn names(&self) -> Vec<String> {
            let parent = self.file.parent().expect("a folder");
            let entries =
                std::fs::read_dir(parent).expect("readable").map(|entry| entry.expect("readable").file_name());
            let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }

        fn rotate(&self) -> KeyRing {
            let ring = self.open();
            rotate(&self.file, &ring, UNTIL, &SeededRandom::new(5)).expect("rotated");
            ring
        }

        fn key(&self) -> RootKey {
            root::load_root_key(&self.file).expect("readable").expect("there")
        }
    }

    #[test]
    fn after_a_rotation_only_the_new_key_opens_the_ring() {
        let (place, id) = KeyPlace::new();
        let old = place.key();
        let ring = place.rotate();
        assert_ne!(place.key(), old);
        assert_eq!(place.names(), ["keys", "root.key", "root.key.until-2026-12-29"]);
        assert_eq!(KeyRing::opens(&place.keys, &old), Some(false));
        assert_eq!(place.open().keys().key(id), ring.keys().key(id));
        // Keys that are made afterwards are under the new one, too.
        let ring = place.rotate();
        let more = ring.ensure(KeyPurpose::Suppression, &SeededRandom::new(6));
        ring.sync(&SeededRandom::new(7)).expect("durable");
        assert_eq!(place.open().keys().key(more), ring.keys().key(more));
        assert_eq!(place.names().len(), 4, "two are kept until the same day");
    }

    #[test]
    fn old_keys_go_on_their_day() {
        let (place, _) = KeyPlace::new();
        place.rotate();
        assert_eq!(drop_old(&place.file, date!(2026 - 12 - 28)).expect("readable"), 0);
        assert_eq!(drop_old(&place.file, UNTIL).expect("deleted"), 1);
        assert_eq!(place.names(), ["keys", "root.key"]);
    }

    /// Every state that a kill can leave, built by hand from the files before and after.
    #[test]
    fn a_rotation_that_was_killed_half_way_is_taken_back_or_finished() {
        let (place, id) = KeyPlace::new();
        let ring_file = place.keys.join("root-0001");
        let read = |path: &Path| std::fs::read(path).expect("there");
        let (old_key, old_ring) = (read(&place.file), read(&ring_file));
        place.rotate();
        let (new_key, new_ring) = (read(&place.file), read(&ring_file));
        let (fresh, until) = (fresh_file(&place.file), with_suffix(&place.file, ".until-2026-12-29"));
        let part = &new_key[..new_key.len() / 2];
        let states: [RotationState<'_>; 7] = [
            (Some(b""), None, &old_ring, &old_key, false),
            (Some(part), None, &old_ring, &old_key, false),
            (Some(&new_key), None, &old_ring, &old_key, false),
            (Some(&new_key), Some(b""), &old_ring, &old_key, false),
            (Some(&new_key), Some(&old_key), &old_ring, &old_key, false),
            (Some(&new_key), Some(&old_key), &new_ring, &old_key, true),
            (None, Some(&old_key), &new_ring, &new_key, true),
        ];
        for (number, (new, kept, ring, key, stands)) in states.into_iter().enumerate() {
            let put = |path: &Path, bytes: Option<&[u8]>| match bytes {
                Some(bytes) => std::fs::write(path, bytes).expect("written"),
                None => _ = std::fs::remove_file(path),
            };
            put(&fresh, new);
            put(&until, kept);
            put(&ring_file, Some(ring));
            put(&place.file, Some(key));
            // Beside it, the root file that was being written.
            put(&place.keys.join("root-0001.new"), Some(&new_ring[..40]));
            let looked = find(&place.file, &place.keys).expect("readable").expect("a key");
            assert!(KeyRing::open(Some(&place.keys), looked.key, OpenMode::Verify).is_ok(), "state {number} verifies");
            assert!(place.open().keys().key(id).is_some(), "state {number}");
            let expected: &[&str] =
                if stands { &["keys", "root.key", "root.key.until-2026-12-29"] } else { &["keys", "root.key"] };
            assert_eq!(place.names(), expected, "state {number}");
            assert_eq!(read(&place.file), if stands { new_key.clone() } else { old_key.clone() }, "state {number}");
            assert!(place.open().keys().key(id).is_some(), "state {number} opens again");
        }
    }

    /// A backup of the ring that was put back is under an older root key; it is opened by it and goes under today's.
    #[test]
    fn a_ring_from_a_backup_goes_under_the_key_of_today() {
        let (place, id) = KeyPlace::new();
        let backup = std::fs::read(place.keys.join("root-0001")).expect("there");
        place.rotate();
        let today = place.key();
        std::fs::write(place.keys.join("root-0001"), &backup).expect("put back");
        assert!(place.open().keys().key(id).is_some());
        assert_eq!((place.key(), KeyRing::opens(&place.keys, &today)), (today, Some(true)));
        std::fs::write(place.keys.join("root-0001"), &backup).expect("put back");
        drop_old(&place.file, UNTIL).expect("deleted");
        let found = find(&place.file, &place.keys).expect("readable").expect("a key");
        assert!(
            KeyRing::open(Some(&place.keys), found.key, OpenMode::Start).is_err(),
            "after its day nothing opens it"
        );
    }
}
