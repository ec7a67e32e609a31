use super::files::ROOT;
use std::collections::HashMap;

use super::*;
use crate::formats::ring::{BUCKET_ENTRY, KEY_ENTRY};
use crate::held::{FOR_EVER, reads_come_first};
use crate::key::SealingKey;
use crate::random::SeededRandom;

#[test]
fn keys_come_back_and_every_flipped_byte_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let ring = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Start).expect("an empty ring");
    let ids: Vec<_> = (0..3).map(|n| ring.ensure(KeyPurpose::Proof(Subject([n; 16])), random)).collect();
    ring.sync(random).expect("durable");
    let audit = ring.ensure(KeyPurpose::Audit, random);
    ring.sync(random).expect("durable");
    let again = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Verify).expect("opens");
    assert_eq!(again.keys().subject(ids[2]), Some(Subject([2; 16])));
    assert_eq!(again.keys().find(KeyPurpose::Audit), Some(audit));
    assert_eq!(again.keys().key(audit), ring.keys().key(audit));
    assert!(KeyRing::open(Some(folder.path()), RootKey::known(2), OpenMode::Start).is_err(), "another root key");
    for name in ["root-0001", "bucket-000001"] {
        let path = folder.path().join(name);
        let bytes = std::fs::read(&path).expect("is there");
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 0x10;
            std::fs::write(&path, altered).expect("written");
            assert!(
                KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Verify).is_err(),
                "{name} byte {at}"
            );
        }
        std::fs::write(&path, bytes).expect("written");
    }
}

#[test]
fn a_second_bucket_comes_back_and_its_key_is_missed() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let ring = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Start).expect("an empty ring");
    let count = u16::try_from(KEYS_IN_BUCKET).expect("small") + 2;
    for number in 0..count {
        ring.ensure(KeyPurpose::Shard(number), random);
    }
    ring.sync(random).expect("durable");
    let again = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Verify).expect("opens");
    assert_eq!(again.keys().find(KeyPurpose::Shard(count - 1)), ring.keys().find(KeyPurpose::Shard(count - 1)));
    let next = again.ensure(KeyPurpose::Audit, random);
    again.sync(random).expect("durable");
    let again = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Verify).expect("opens");
    assert_eq!(again.keys().find(KeyPurpose::Audit), Some(next), "appended to the second bucket");
    let root = folder.path().join("root-0001");
    let bytes = std::fs::read(&root).expect("is there");
    for end in [BUCKET_ENTRY, 0] {
        std::fs::write(&root, &bytes[..end]).expect("written");
        for reading in [OpenMode::Start, OpenMode::Verify] {
            let refused =
                KeyRing::open(Some(folder.path()), RootKey::known(1), reading).map(|_| ()).expect_err("a lost key");
            assert!(matches!(refused, RingError::NoBucketKey(_)), "{refused}");
        }
    }
}

#[test]
fn a_torn_tail_is_cut_off_by_the_next_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let ring = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Start).expect("an empty ring");
    for n in 0..3 {
        ring.ensure(KeyPurpose::Shard(n), random);
    }
    ring.sync(random).expect("durable");
    let path = folder.path().join("bucket-000001");
    let whole = std::fs::read(&path).expect("is there");
    for length in KEY_ENTRY..whole.len() {
        std::fs::write(&path, &whole[..length]).expect("written");
        let ring = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Start).expect("opens");
        let id = ring.ensure(KeyPurpose::Audit, random);
        ring.sync(random).expect("durable");
        let again = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Verify).expect("opens");
        assert_eq!(again.keys().find(KeyPurpose::Audit), Some(id));
        assert!(again.keys().find(KeyPurpose::Shard(0)).is_some());
    }
}

fn ring(folder: &Path, root: u8, reading: OpenMode) -> KeyRing {
    KeyRing::open(Some(folder), RootKey::known(root), reading).expect("opens")
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
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = ring(folder.path(), 1, OpenMode::Start);
    let proof = |n: u16| KeyPurpose::Proof(Subject(u128::from(n).to_be_bytes()));
    let ids: Vec<_> = (0..2500).map(|n| keys.ensure(proof(n), random)).collect();
    keys.sync(random).expect("durable");
    let before = files(folder.path());
    let gone: HashSet<KeyId> = [ids[3], ids[1700]].into();
    keys.destroy(&gone, random).expect("destroyed");
    let again = ring(folder.path(), 1, OpenMode::Verify);
    for (id, n) in ids.iter().zip(0u16..) {
        let lives = !gone.contains(id);
        assert_eq!(again.keys().key(*id).is_some(), lives);
        assert_eq!(again.keys().find(proof(n)), lives.then_some(*id));
        assert_eq!(again.keys().key(*id), keys.keys().key(*id));
    }
    // Nothing of the two buckets stands as it stood: neither their entries nor their keys.
    let after = files(folder.path());
    for bucket in [0usize, 1] {
        let entry = &before.windows(4).position(|four| four == u32::try_from(bucket).expect("small").to_le_bytes());
        assert!(entry.is_some());
        assert!(!folder.path().join(bucket_name(bucket)).exists());
    }
    assert!(after.len() < before.len());
    let fresh = keys.ensure(proof(3), random);
    keys.sync(random).expect("durable");
    assert_ne!(fresh, ids[3], "a new key is another key");
    assert_eq!(ring(folder.path(), 1, OpenMode::Verify).keys().find(proof(3)), Some(fresh));
}

/// Between any two steps of a destruction the ring opens, with all keys that live on.
#[test]
fn a_destruction_that_was_killed_half_way_can_be_done_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = ring(folder.path(), 1, OpenMode::Start);
    let [one, two] = [KeyPurpose::Shard(1), KeyPurpose::Shard(2)].map(|owner| keys.ensure(owner, random));
    keys.sync(random).expect("durable");
    let copy = |name: &str| std::fs::read(folder.path().join(name)).ok();
    let (root, bucket) = (copy(ROOT).expect("there"), copy("bucket-000001").expect("there"));
    keys.destroy(&[one].into(), random).expect("destroyed");
    let (new_root, fresh) = (copy(ROOT).expect("there"), copy("bucket-000002").expect("there"));
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
    // The survivors are copied, the root file is the old one with its new last entry.
    put(ROOT, &[&root[..], &new_root[BUCKET_ENTRY..]].concat());
    put("bucket-000001", &bucket);
    let half = ring(folder.path(), 1, OpenMode::Verify);
    assert!(half.keys().key(one).is_some() && half.keys().key(two).is_some());
    half.destroy(&[one].into(), random).expect("destroyed again");
    assert!(ring(folder.path(), 1, OpenMode::Verify).keys().key(two).is_some());
    assert!(ring(folder.path(), 1, OpenMode::Verify).keys().key(one).is_none());
    // The root file is the new one, the old bucket's file is still there.
    put(ROOT, &new_root);
    put("bucket-000001", &bucket);
    put("bucket-000002", &fresh);
    let late = ring(folder.path(), 1, OpenMode::Start);
    assert!(late.keys().key(one).is_none() && late.keys().key(two).is_some());
    assert!(folder.path().join("bucket-000001").exists(), "reading deletes nothing");
    late.sweep().expect("deleted");
    assert!(!folder.path().join("bucket-000001").exists());
    assert!(ring(folder.path(), 1, OpenMode::Verify).keys().key(two).is_some());
}

type RingChange<'a> = (&'a str, Box<dyn Fn() -> std::io::Result<()> + Sync + 'a>);

/// Every change of the files, each waiting for the disk at least once.
fn changes<'a>(keys: &'a KeyRing, random: &'a dyn SecureRandom) -> [RingChange<'a>; 4] {
    let one = keys.ensure(KeyPurpose::Shard(1), random);
    [
        ("new keys", Box::new(|| keys.sync(random))),
        ("a destruction", Box::new(move || keys.destroy(&[one].into(), random))),
        ("another root key", Box::new(|| keys.change().rewrap(RootKey::known(2), random))),
        ("what is left over", Box::new(|| keys.sweep())),
    ]
}

/// A look-up waits for no disk, and neither does a new key; what is made meanwhile is not lost, and no secret that a power
/// cut would take.
#[test]
fn keys_are_found_and_made_while_the_files_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = ring(folder.path(), 1, OpenMode::Start);
    let stays = keys.ensure(KeyPurpose::Shard(0), random);
    let (mut number, mut made) = (10, Vec::new());
    for (what, change) in changes(&keys, random) {
        let reads = || {
            assert!(keys.keys().key(stays).is_some(), "{what}");
            number += 1;
            made.push((KeyPurpose::Shard(number), keys.ensure(KeyPurpose::Shard(number), random)));
            assert_eq!(keys.keys().durable(KeyPurpose::Shard(number)), None, "{what}");
        };
        let first = reads_come_first(|disk| keys.slow_down(disk), FOR_EVER, || change().expect("changed"), reads);
        assert!(!first.is_empty() && first.iter().all(|first| *first), "{what}: {first:?}");
    }
    keys.slow_down(Box::new(|| ()));
    keys.sync(random).expect("durable");
    let again = ring(folder.path(), 2, OpenMode::Verify);
    assert!(again.keys().key(stays).is_some() && again.keys().find(KeyPurpose::Shard(1)).is_none());
    for (owner, id) in made {
        assert_eq!(again.keys().find(owner), Some(id));
        assert_eq!(again.keys().key(id), keys.keys().durable(owner));
    }
}

/// The control: whoever waits for the disk while holding the keys keeps a look-up waiting, and that is seen.
#[test]
fn a_look_up_that_waits_for_the_disk_is_noticed() {
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = KeyRing::open(None, RootKey::known(1), OpenMode::Start).expect("an empty ring");
    let under_the_lock = || {
        let held = keys.keys_mut();
        keys.change().files.disk();
        drop(held);
    };
    let reads = || _ = keys.keys().find(KeyPurpose::Audit);
    let soon = std::time::Duration::from_millis(50);
    assert_eq!(reads_come_first(|disk| keys.slow_down(disk), soon, under_the_lock, reads), [false]);
    keys.ensure(KeyPurpose::Audit, random);
    let outside_it = || keys.sync(random).expect("durable");
    let reads = || _ = keys.keys().find(KeyPurpose::Audit);
    assert_eq!(reads_come_first(|disk| keys.slow_down(disk), FOR_EVER, outside_it, reads), [true]);
}

/// Millions of keys stand in memory: what one more costs is looked at.
#[test]
fn a_key_takes_65_bytes_and_its_place_four() {
    assert_eq!(size_of::<crate::formats::ring::NamedKey>(), 65);
    assert_eq!(size_of::<index::Place>(), 4);
}

/// With every round an hour and some people end, and as many come: what was destroyed leaves no room behind.
#[test]
fn what_was_destroyed_makes_room_for_what_comes() {
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = KeyRing::open(None, RootKey::known(1), OpenMode::Start).expect("an empty ring");
    let stays: Vec<_> = (0..1500).map(|n| (n, keys.ensure(KeyPurpose::Shard(n), random))).collect();
    for hour in 0..40 {
        let people = (0..700).map(|n| KeyPurpose::Day(hour * 1000 + n));
        let mut gone: HashSet<KeyId> = people.map(|owner| keys.ensure(owner, random)).collect();
        keys.ensure(KeyPurpose::Hour(hour), random);
        gone.extend(keys.keys().hours_before(hour));
        keys.destroy(&gone, random).expect("destroyed");
        let [by_id, by_owner, stand, room] = keys.keys().counts();
        assert_eq!([by_id, by_owner, stand], [stays.len() + 1; 3], "hour {hour}");
        assert!(room <= stand + KEYS_IN_BUCKET, "hour {hour}: memory for {room} keys");
        assert!(gone.iter().all(|id| keys.keys().key(*id).is_none()), "hour {hour}");
    }
    for (number, id) in stays {
        assert_eq!(keys.keys().find(KeyPurpose::Shard(number)), Some(id));
        assert!(keys.keys().key(id).is_some());
    }
}

/// What must hold of a ring at any time, beside a list of everybody who has a key.
fn holds(keys: &KeyRing, owners: &HashMap<KeyPurpose, (KeyId, SealingKey)>, gone: &HashSet<KeyId>, when: &str) {
    let table = keys.keys();
    assert_eq!(table.counts()[..2], [owners.len(); 2], "{when}");
    for (owner, (id, key)) in owners {
        assert_eq!(table.find(*owner), Some(*id), "{when}: {owner:?}");
        assert!(table.key(*id) == Some(key), "{when}: {owner:?}");
        let subject = if let KeyPurpose::Proof(subject) = owner { Some(*subject) } else { None };
        assert_eq!(table.subject(*id), subject, "{when}: {owner:?}");
    }
    assert!(gone.iter().all(|id| table.key(*id).is_none()), "{when}");
    let hour = |owner: &KeyPurpose| if let KeyPurpose::Hour(hour) = owner { Some(*hour) } else { None };
    let before = owners.iter().filter(|(owner, _)| hour(owner).is_some_and(|hour| hour < 20));
    assert_eq!(table.hours_before(20), before.map(|(_, (id, _))| *id).collect(), "{when}");
}

/// Keys come and go in any order, and the ring is opened again in between: none is lost, and none comes back.
#[test]
fn whatever_comes_and_goes_the_ring_holds_who_has_a_key() {
    for seed in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let random: &dyn SecureRandom = &SeededRandom::new(seed);
        let draw = |below: u16| u16::from_le_bytes(random.bytes()) % below;
        let mut keys = ring(folder.path(), 1, OpenMode::Start);
        let (mut owners, mut gone) = (HashMap::new(), HashSet::new());
        for step in 0..30 {
            for _ in 0..draw(300) {
                let number = u32::from(draw(3000));
                let owner = match draw(3) {
                    0 => KeyPurpose::Hour(number % 40),
                    1 => KeyPurpose::Day(number),
                    _ => KeyPurpose::Proof(Subject(u128::from(number).to_be_bytes())),
                };
                let id = keys.ensure(owner, random);
                owners.insert(owner, (id, keys.keys().key(id).expect("just made").clone()));
            }
            let owner = owners.keys().nth(usize::from(draw(50))).copied();
            assert_eq!(owner.and_then(|owner| keys.keys().find(owner)), owner.map(|owner| owners[&owner].0));
            match draw(4) {
                0 => {
                    let ending: Vec<_> = owners.keys().copied().take(usize::from(draw(30))).collect();
                    let ids: HashSet<KeyId> =
                        ending.iter().filter_map(|owner| owners.remove(owner)).map(|it| it.0).collect();
                    keys.destroy(&ids, random).expect("destroyed");
                    gone.extend(ids);
                }
                1 => {
                    keys.sync(random).expect("durable");
                    keys = ring(folder.path(), 1, OpenMode::Verify);
                }
                _ => keys.sync(random).expect("durable"),
            }
            holds(&keys, &owners, &gone, &format!("seed {seed}, step {step}"));
        }
    }
}

/// After a kill during a destruction a key stands in two buckets, and an owner may have got another key meanwhile.
#[test]
fn a_destruction_that_is_done_again_spares_the_key_that_its_owner_got_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = ring(folder.path(), 1, OpenMode::Start);
    let [one, two] = [KeyPurpose::Shard(1), KeyPurpose::Shard(2)].map(|owner| keys.ensure(owner, random));
    keys.sync(random).expect("durable");
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("there");
    let (root, bucket) = (read(ROOT), read("bucket-000001"));
    keys.destroy(&[one].into(), random).expect("destroyed");
    let again = keys.ensure(KeyPurpose::Shard(1), random);
    keys.sync(random).expect("durable");
    let late = [&root[..], &read(ROOT)[BUCKET_ENTRY..]].concat();
    std::fs::write(folder.path().join(ROOT), late).expect("written");
    std::fs::write(folder.path().join("bucket-000001"), bucket).expect("written");
    let half = ring(folder.path(), 1, OpenMode::Start);
    assert_eq!(half.keys().find(KeyPurpose::Shard(1)), Some(again));
    assert!([one, two, again].iter().all(|id| half.keys().key(*id).is_some()));
    half.destroy(&[one].into(), random).expect("destroyed");
    for keys in [half, ring(folder.path(), 1, OpenMode::Verify)] {
        assert!(keys.keys().key(one).is_none());
        assert_eq!(keys.keys().find(KeyPurpose::Shard(1)), Some(again), "it is not taken for the one that is gone");
        assert_eq!(keys.keys().find(KeyPurpose::Shard(2)), Some(two));
    }
}

/// A key that moves is durable where it was, until its old bucket ends; one that no file has is not.
#[test]
fn a_secret_that_moves_is_not_missed_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = ring(folder.path(), 1, OpenMode::Start);
    let [_, one] = [KeyPurpose::Audit, KeyPurpose::Shard(1)].map(|owner| keys.ensure(owner, random));
    keys.sync(random).expect("durable");
    let mut times = 0;
    let reads = || {
        times += 1;
        assert!(keys.keys().durable(KeyPurpose::Audit).is_some(), "time {times}");
        // Not yet in a file when what lives on moves.
        let new = KeyPurpose::Shard(10 + times);
        keys.ensure(new, random);
        assert!(keys.keys().durable(new).is_none(), "time {times}");
    };
    let destroy = || keys.destroy(&[one].into(), random).expect("destroyed");
    assert!(reads_come_first(|disk| keys.slow_down(disk), FOR_EVER, destroy, reads).len() > 1);
    keys.slow_down(Box::new(|| ()));
    keys.sync(random).expect("durable");
    let again = ring(folder.path(), 1, OpenMode::Verify);
    for number in 1..=times {
        assert!(again.keys().durable(KeyPurpose::Shard(10 + number)).is_some());
    }
}

/// However many read at a time, the first fault is the one that is told.
#[test]
fn many_readers_name_the_fault_that_one_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let random: &dyn SecureRandom = &SeededRandom::new(1);
    let keys = ring(folder.path(), 1, OpenMode::Start);
    let proof = |n: u32| KeyPurpose::Proof(Subject(u128::from(n).to_be_bytes()));
    for n in 0..12_500 {
        keys.ensure(proof(n), random);
    }
    keys.sync(random).expect("durable");
    let load = |readers: usize| {
        let (buckets, _) = files::read_root_entries(folder.path(), &RootKey::known(1), OpenMode::Start).expect("reads");
        let mut buckets: Vec<_> = buckets.into_iter().map(bucket::TableBucket::empty).collect();
        let torn =
            load::fill(&mut buckets, folder.path(), OpenMode::Start, readers).map_err(|fault| fault.to_string())?;
        Ok::<_, String>((torn, buckets.iter().map(|bucket| bucket.keys().to_vec()).collect::<Vec<_>>()))
    };
    let whole = load(1).expect("reads");
    assert_eq!(whole.1.concat().len(), 12_500);
    assert_eq!(load(5), Ok(whole));
    for (bucket, entry) in [(11, 300), (9, 1), (7, 998), (2, 0)] {
        let path = folder.path().join(bucket_name(bucket));
        let mut bytes = std::fs::read(&path).expect("there");
        bytes[entry * KEY_ENTRY + 50] ^= 1;
        std::fs::write(&path, bytes).expect("written");
        let alone = load(1).expect_err("damaged");
        assert_eq!(alone, RingError::Damaged { file: path, entry }.to_string());
        for readers in [2, 3, 7, 64] {
            for _ in 0..5 {
                assert_eq!(load(readers).expect_err("damaged"), alone, "{readers} readers");
            }
        }
        let opened = KeyRing::open(Some(folder.path()), RootKey::known(1), OpenMode::Start).map(|_| ());
        assert_eq!(opened.expect_err("damaged").to_string(), alone);
    }
}
