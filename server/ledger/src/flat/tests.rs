use std::fs;

use ed25519_dalek::SigningKey;
use model::golden::damaged;
use tlog::checkpoint::verifier_key;
use tlog::tile::{TilePath, read_entries};
use tlog::tree::Tree;

use super::making::FlatMaking;
use super::*;
use crate::formats::record::SealedRecord;

const ORIGIN: &str = "voipro.test/keuze/log/0001";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn commitment(index: u64) -> Commitment {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&index.to_be_bytes());
    Commitment(bytes)
}

/// Public ones, and of the others three in a row under one key.
fn record(index: u64) -> SealedRecord {
    SealedRecord { commitment: commitment(index), key: key_of(index), body: Vec::new() }
}

fn key_of(index: u64) -> KeyId {
    let number = u8::try_from(index / 3 % 200).expect("a byte");
    if index.is_multiple_of(5) { KeyId::NONE } else { KeyId([number; 16]) }
}

/// Files of a hundred frames each, at places that no other record has.
fn place(index: u64) -> Place {
    let offset = u32::try_from(index % 100 * 300).expect("small");
    Place { file: u32::try_from(index / 100).expect("small"), offset }
}

fn tree(size: u64) -> Tree {
    let mut tree = Tree::default();
    (0..size).for_each(|index| tree.push(commitment(index).leaf()));
    tree
}

fn note(size: u64) -> String {
    Checkpoint { origin: ORIGIN.to_owned(), size, root: tree(size).root() }.sign(&key())
}

fn made(folder: &Path, size: u64) -> FlatShard {
    let mut making = FlatMaking::begin(folder).expect("begun");
    (0..size).for_each(|index| making.push(&record(index), place(index)).expect("written"));
    making.finish(&note(size), &verifier_key(ORIGIN, &key().verifying_key())).expect("made")
}

fn open(folder: &Path) -> Result<FlatShard, FlatError> {
    FlatShard::open(folder, ORIGIN, &key().verifying_key())
}

/// Every file of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("listed").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What is read of the folder is what the tree in memory says, whatever the size.
#[test]
fn a_closed_shard_says_what_the_tree_says() {
    for size in [0, 1, 2, 100, 255, 256, 257, 700, 66_000] {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("closed/0001");
        made(&folder, size);
        let (shard, tree) = (open(&folder).expect("opens"), tree(size));
        shard.check().expect("it adds up");
        assert_eq!((shard.size(), shard.checkpoint().root), (size, tree.root()));
        assert_eq!((shard.note(), shard.folder()), (&*note(size), &*folder));
        for index in (0..size).step_by(usize::try_from(size / 50 + 1).expect("small")).chain([size, u64::MAX]) {
            let is_there = index < size;
            assert_eq!(shard.leaf(index).expect("read"), tree.leaf(index), "{index} of {size}");
            assert_eq!(shard.inclusion(index).expect("read"), tree.inclusion(index), "{index} of {size}");
            assert_eq!(shard.commitment(index).expect("read"), is_there.then(|| commitment(index)));
            assert_eq!(shard.place(index).expect("read"), is_there.then(|| place(index)));
        }
        let under = |key| (0..size).filter(|index| key_of(*index) == key && key != KeyId::NONE).collect::<Vec<_>>();
        for key in [KeyId::NONE, KeyId([0; 16]), KeyId([77; 16]), KeyId([199; 16]), KeyId([255; 16])] {
            assert_eq!(shard.records_under(key).expect("read"), under(key), "{key:?} of {size}");
        }
        let mut sealed: Vec<KeyOfRecord> = (0..).zip(0..size).map(|(short, index)| (key_of(index), short)).collect();
        sealed.retain(|(key, _)| *key != KeyId::NONE);
        shard.check_keys(sealed.clone()).expect("those that were made");
        if sealed.pop().is_some() {
            assert!(shard.check_keys(sealed).is_err(), "it tells of more");
        }
        for (level, index, width) in [(0, 0, 1), (0, 0, 256), (0, 2, 100), (1, 0, 2), (1, 0, 200), (2, 0, 1), (9, 0, 1)]
        {
            let tile = shard.tile(level, index, width).expect("read");
            assert_eq!(tile, tree.tile(level, index, width), "{level}/{index} of {size}");
        }
        let bundle = shard.bundle(0, 2).expect("read");
        let expected = [commitment(0), commitment(1)];
        let entries = bundle.as_deref().and_then(read_entries);
        assert_eq!(entries, (size > 1).then(|| expected.iter().map(|entry| &entry.0[..]).collect()));
        let wanted = TilePath::all(size).count() + 4;
        assert_eq!(
            files(&folder).len(),
            wanted,
            "checkpoint, verifier key, places, keys, and what the log of that size has"
        );
    }
}

/// Whatever is cut off or flipped in whichever file: it is noticed, and the file is named.
#[test]
fn every_damaged_file_of_a_closed_shard_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let shard = made(folder.path(), 3);
    shard.check().expect("it adds up");
    for file in files(folder.path()) {
        let whole = fs::read(&file).expect("read");
        for (what, bytes) in damaged(&whole) {
            fs::write(&file, bytes).expect("written");
            let error = open(folder.path()).and_then(|shard| shard.check()).expect_err(&what);
            let beside = file.to_string_lossy().contains("/entries/");
            assert!(error.path == file || beside, "{what} of {}: {error}", file.display());
            let told = error.to_string();
            let is_other = matches!(error.fault, FlatFault::OtherBuild(_));
            assert!(is_other || (error.fault.is_damage() && told.contains("makes this folder anew")), "{told}");
        }
        fs::remove_file(&file).expect("removed");
        let error = open(folder.path()).and_then(|shard| shard.check()).expect_err("missing");
        assert!(matches!(error.fault, FlatFault::Missing) && error.path == file, "{error}");
        fs::write(&file, whole).expect("written");
        shard.check().expect("it adds up again");
    }
}

/// The first index that is wrong is told, wherever it stands.
#[test]
fn the_first_record_that_is_wrong_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let shard = made(folder.path(), 66_000);
    for (file, byte, index) in [
        ("tile/entries/000", 34 * 5 + 7, 5),
        ("tile/entries/257.p/208", 34 * 207 + 33, 257 * 256 + 207),
        ("tile/entries/003", 1, 3 * 256),
        ("tile/0/003", 32 * 9, 3 * 256 + 9),
        ("tile/1/000", 32 * 3 + 31, 3 * 256),
        ("tile/2/000.p/1", 0, 0),
    ] {
        let path = folder.path().join(file);
        let whole = fs::read(&path).expect("read");
        let mut flipped = whole.clone();
        flipped[byte] ^= 1;
        fs::write(&path, flipped).expect("written");
        let error = shard.check().expect_err(file);
        assert_eq!(error.fault.index(), Some(index), "{error}");
        fs::write(&path, whole).expect("written");
    }
    shard.check().expect("as it was");
}

/// A proof is given out if it leads to what was signed, and else not.
#[test]
fn no_proof_leads_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let shard = made(folder.path(), 300);
    let path = folder.path().join("tile/0/000");
    let mut bytes = fs::read(&path).expect("read");
    bytes[32 * 4] ^= 1;
    fs::write(&path, bytes).expect("written");
    for index in [4, 5, 299] {
        let error = shard.inclusion(index);
        // The last one's path leads over hashes that are whole.
        assert_eq!(error.is_err(), index != 299, "{index}");
    }
}

/// Another log's folder, another key, or one half of each.
#[test]
fn the_folder_of_another_log_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    made(folder.path(), 3);
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
    let refused = |origin: &str, key: &VerifyingKey| {
        FlatShard::open(folder.path(), origin, key).map(|_| ()).expect_err("refused").fault
    };
    assert!(matches!(refused(ORIGIN, &other), FlatFault::Signature));
    let elsewhere = refused("voipro.test/keuze/log/0002", &key().verifying_key());
    assert!(elsewhere.to_string().contains("voipro.test/keuze/log/0002 belongs here"), "{elsewhere}");
    fs::write(folder.path().join("vkey"), verifier_key(ORIGIN, &other) + "\n").expect("written");
    assert!(matches!(refused(ORIGIN, &key().verifying_key()), FlatFault::VerifierKey));
    assert!(read_key(folder.path(), MadeFrom::Journal).is_ok_and(|(_, key)| key == other));
    fs::remove_dir_all(folder.path()).expect("removed");
    assert!(matches!(refused(ORIGIN, &other), FlatFault::Missing));
}

/// What is not what the checkpoint says takes no place, and leaves what stands there.
#[test]
fn records_that_were_not_signed_are_not_put_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("closed/0001");
    let vkey = verifier_key(ORIGIN, &key().verifying_key());
    let with = |count: u64, note: &str, vkey: &str| {
        let mut making = FlatMaking::begin(&folder).expect("begun");
        (0..count).for_each(|index| making.push(&record(index + 1), place(index)).expect("written"));
        making.finish(note, vkey).map(|_| ())
    };
    let wrong = |folder_is_there| {
        for (count, note) in [(3, note(3)), (2, note(3)), (4, note(3)), (3, "note".to_owned())] {
            with(count, &note, &vkey).expect_err("refused");
        }
        with(3, &note(3), "vkey").expect_err("refused");
        assert_eq!(folder.exists(), folder_is_there);
    };
    wrong(false);
    made(&folder, 3);
    wrong(true);
    open(&folder).and_then(|shard| shard.check()).expect("the one of before");
}

/// A kill leaves a folder that is passing, whole or not; the next attempt removes it, and one that is damaged is replaced.
#[test]
fn what_a_kill_left_is_removed_and_what_is_damaged_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("closed/0001");
    let names = || {
        let entries = fs::read_dir(folder.parent().expect("above")).expect("listed");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("listed").file_name()).collect();
        names.sort();
        names
    };
    for left in [0, 1, 256, 300] {
        let mut making = FlatMaking::begin(&folder).expect("begun");
        (0..left).for_each(|index| making.push(&record(index), place(index)).expect("written"));
        drop(making);
        assert!(names().contains(&"0001.new".into()));
        assert!(open(&folder).is_err() || left > 0, "nothing stands there before it is whole");
        made(&folder, 300);
        assert_eq!(names(), ["0001"]);
        fs::create_dir(beside(&folder, ".old")).expect("made");
        fs::write(folder.join("tile/0/000"), "").expect("damaged");
        assert!(open(&folder).expect("its end is whole").check().is_err());
        made(&folder, 300).check().expect("anew");
        assert_eq!(names(), ["0001"]);
    }
}

/// No file stays open: as many shards as there can be are within the limit of any process.
#[test]
fn open_shards_hold_no_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let shards: Vec<_> = (0..3).map(|shard| made(&folder.path().join(shard.to_string()), 300)).collect();
    let open = || fs::read_dir("/proc/self/fd").expect("listed");
    let ours = |path: PathBuf| fs::read_link(path).is_ok_and(|file| file.starts_with(folder.path()));
    for shard in &shards {
        shard.inclusion(7).expect("read");
        assert_eq!(open().filter(|fd| ours(fd.as_ref().expect("listed").path())).count(), 0);
    }
    let _held = fs::File::open(folder.path().join("0/places")).expect("opens");
    assert_eq!(open().filter(|fd| ours(fd.as_ref().expect("listed").path())).count(), 1, "the test can fail");
}
