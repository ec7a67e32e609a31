//! Flipped bits in journal, key files and checkpoints.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use ledger::clock::moment;
use ledger::fixture::erasure;
use ledger::verify::verify;
use ledger::{AppendRequest, Ledger};
use model::identity::Subject;
use vault::ring::KeyPurpose;

use crate::counts::{count, seed};
use crate::fixture::{check, copy_beside, copy_folder, draft, everything, made, opening, refused, root_of, used};

/// A ledger without its database, so that nothing but these files is looked at; the start makes the database anew.
/// Somebody was erased from it, so that its key ring has a bucket that died. The journal is as long as what was written
/// to it, as a start leaves it.
async fn made_without_database(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    made(&data).await;
    let ledger = Ledger::open(opening(Some(&data), 8)).expect("opens");
    let somebody = Subject([8; 16]);
    ledger.append(draft(20, Some(somebody))).await.expect("written");
    let key = ledger.find_key(KeyPurpose::Proof(somebody)).expect("made with the record");
    ledger.append(AppendRequest::new(erasure(moment(21).at)).ending(vec![key])).await.expect("written");
    ledger.close().await;
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    let path = data.join("journal/0001/000000000000.log");
    let bytes = std::fs::read(&path).expect("is there");
    std::fs::write(&path, &bytes[..used(&bytes)]).expect("written");
    data
}

/// Every file that is not the database, with the length of what was written to it.
fn files(data: &Path) -> Vec<(String, usize)> {
    let mut files = Vec::new();
    for folder in ["journal/0001", "journal/logs", "keys", "checkpoint"] {
        for entry in std::fs::read_dir(data.join(folder)).expect("a folder") {
            let path = entry.expect("readable").path();
            let bytes = std::fs::read(&path).expect("readable");
            let name = path.strip_prefix(data).expect("inside").to_str().expect("text").to_owned();
            let end = if ["checkpoint/0001", "checkpoint/logs"].contains(&name.as_str()) {
                bytes.len()
            } else {
                used(&bytes)
            };
            files.push((name, end));
        }
    }
    files.sort();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "checkpoint/0001",
            "checkpoint/0001.vkey",
            "checkpoint/logs",
            "checkpoint/logs.vkey",
            "journal/0001/000000000000.log",
            "journal/logs/000000000000.log",
            "keys/bucket-000002",
            "keys/root-0001"
        ],
        "a new kind of file belongs into this test"
    );
    files
}

/// Where to begin, out of so many places.
fn printed_seed(places: usize) -> usize {
    let seed = seed();
    eprintln!("KEUZE_SEED={seed}");
    usize::try_from(seed % places as u64).expect("it is below a usize")
}

/// Flips a bit of every byte, of one after another: all bits where the long counts are asked for, else one that
/// changes from run to run.
fn each_flip(data: &Path, mut look: impl FnMut(&str, usize)) {
    let first = printed_seed(8);
    for (name, end) in files(data) {
        let path = data.join(&name);
        let bytes = std::fs::read(&path).expect("is there");
        let file = File::options().write(true).open(&path).expect("is there");
        for at in 0..end {
            for bit in 0..count(1, 8) {
                let bit = (first + at + bit) % 8;
                file.write_all_at(&[bytes[at] ^ 1 << bit], at as u64).expect("written");
                look(&name, at);
            }
            file.write_all_at(&bytes[at..=at], at as u64).expect("written");
        }
    }
}

/// No list of harmless offsets is needed: every byte that was ever written counts.
#[tokio::test]
async fn every_flipped_byte_is_found_by_verify() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made_without_database(folder.path()).await;
    let key = root_of(&data);
    each_flip(&data, |name, at| {
        assert!(verify(&data, Some(&key)).is_err(), "{name} byte {at}");
    });
    verify(&data, Some(&key)).expect("whole again");
}

/// What stands outside the key ring is found by whoever has no root key, too.
#[tokio::test]
async fn every_flipped_byte_outside_the_key_ring_is_found_without_the_root_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made_without_database(folder.path()).await;
    each_flip(&data, |name, at| {
        assert_eq!(verify(&data, None).is_ok(), name.starts_with("keys/"), "{name} byte {at}");
    });
}

/// The start refuses, and changes nothing then; or it mends what only repeats the journal: a slot of the checkpoint
/// file, the verifier key.
#[tokio::test]
async fn no_flipped_byte_makes_the_start_read_anything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made_without_database(folder.path()).await;
    let mends = folder.path().join("mends");
    copy_beside(&data, &mends);
    let before = everything(&data);
    let mut mendable = Vec::new();
    let mut refusals = 0;
    each_flip(&data, |name, at| {
        if name.starts_with("checkpoint/") {
            mendable.push((name.to_owned(), at, std::fs::read(data.join(name)).expect("is there")));
        } else {
            let said = refused(&data);
            refusals += 1;
            let named = ["index", "entry", "its own key is missing", "the log's key"];
            assert!(named.iter().any(|what| said.contains(what)), "{name} byte {at}: {said}");
        }
    });
    assert!(before == everything(&data), "a start that is refused changes nothing");
    // Each of these starts makes a database, which takes longer: a slice, beginning somewhere else each time.
    let step = count(16, 8);
    let mends_tried = mendable.iter().skip(printed_seed(step)).step_by(step);
    for (name, at, bytes) in mends_tried.clone() {
        _ = std::fs::remove_dir_all(&mends);
        copy_folder(&data, &mends);
        std::fs::write(mends.join(name), bytes).expect("written");
        let ledger = Ledger::open(opening(Some(&mends), 2)).unwrap_or_else(|error| panic!("{name} byte {at}: {error}"));
        check(&ledger);
        ledger.close().await;
        verify(&mends, Some(&root_of(&mends))).expect("whole again");
    }
    eprintln!("{refusals} starts were refused, {} mended what only repeats the journal", mends_tried.count());
}

/// The root key's file is nobody's copy: a flip makes it another key, or no key.
#[tokio::test]
async fn no_flipped_bit_of_the_root_key_file_opens_anything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made_without_database(folder.path()).await;
    let key = root_of(&data);
    let before = verify(&data, Some(&key)).expect("whole");
    let bytes = std::fs::read(&key).expect("is there");
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << bit;
            std::fs::write(&key, altered).expect("written");
            match verify(&data, Some(&key)) {
                // White space around the digits, or their case.
                Ok(same) => assert_eq!(same, before, "byte {at}"),
                Err(error) => assert!(error.to_string().contains("root"), "byte {at}: {error}"),
            }
        }
    }
}

/// The space behind the last batch was taken in advance; what appears there is no batch.
#[tokio::test]
async fn a_flip_behind_the_end_of_the_journal_is_reported_and_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = made_without_database(folder.path()).await;
    let path = data.join("journal/0001/000000000000.log");
    let mut bytes = std::fs::read(&path).expect("is there");
    let end = bytes.len();
    bytes.resize(1 << 20, 0);
    for at in [end, end + 20, end.midpoint(bytes.len()), bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[at] ^= 4;
        std::fs::write(&path, &altered).expect("written");
        let told = verify(&data, Some(&root_of(&data))).expect("nothing acknowledged is missing").left_out;
        assert!(told.iter().any(|told| told.contains("the next start cuts it off")), "{told:?}");
    }
    let ledger = Ledger::open(opening(Some(&data), 2)).expect("opens");
    check(&ledger);
    ledger.close().await;
    verify(&data, Some(&root_of(&data))).expect("whole again");
}
