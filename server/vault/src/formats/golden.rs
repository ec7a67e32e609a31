//! The bytes of every format of this crate, from fixed inputs: as the committed file has them, read back from there, and what
//! becomes of every truncation and every flipped bit.

use model::golden::{Drawing, bytes_of, check, damaged, text_section};

use super::ring::{BucketEntry, NamedKey};
use super::{ring, root_key};
use crate::error::OtherBuild;
use crate::key::{BucketKey, RootKey, SealingKey};
use crate::random::FixedRandom;
use crate::ring::KeyId;

/// The committed file.
const GOLDEN: &str = include_str!("../../golden/formats.txt");

fn bucket() -> Vec<u8> {
    ring::encode_bucket(&RootKey::known(1), 0, Some(&BucketKey::known(2)), &FixedRandom::default())
}

fn ended() -> Vec<u8> {
    ring::encode_bucket(&RootKey::known(1), 1, None, &FixedRandom::default())
}

fn key() -> Vec<u8> {
    ring::encode_key(&BucketKey::known(2), (0, 7), &named(), &FixedRandom::default())
}

fn named() -> NamedKey {
    NamedKey { id: KeyId([3; 16]), owner: [4; 17], key: SealingKey::known(5) }
}

#[test]
fn every_format_has_the_bytes_of_the_golden_file() {
    let source = include_str!("ring.rs");
    check(
        GOLDEN,
        &[
            text_section("root key", &root_key::encode(&RootKey::known(0xA5))),
            Drawing::from_source(source, 0).section("ring: a bucket's key", &bucket(), &[]),
            Drawing::from_source(source, 0).section("ring: a bucket that ended", &ended(), &[]),
            Drawing::from_source(source, 1).section("ring: a key", &key(), &[]),
        ],
    );
}

#[test]
fn what_stands_in_the_golden_file_is_read_as_what_it_was_made_of() {
    let root = RootKey::known(1);
    let text = String::from_utf8(bytes_of(GOLDEN, "root key")).expect("text");
    assert_eq!(root_key::decode(&text), Ok(Some(RootKey::known(0xA5))));
    let read = |place, name| ring::decode_bucket(&root, place, &bytes_of(GOLDEN, name));
    assert_eq!(read(0, "ring: a bucket's key"), Some(BucketEntry::Key(BucketKey::known(2))));
    assert_eq!(read(1, "ring: a bucket that ended"), Some(BucketEntry::Ended));
    let read = ring::decode_key(&BucketKey::known(2), 0, 7, &bytes_of(GOLDEN, "ring: a key"));
    assert_eq!(read, Some(named()));
}

/// The seal, which is bound to the place.
#[test]
fn a_damaged_or_moved_entry_of_the_ring_does_not_open() {
    let (root, bucket_key) = (RootKey::known(1), BucketKey::known(2));
    for (what, bytes) in damaged(&bucket()) {
        assert_eq!(ring::decode_bucket(&root, 0, &bytes), None, "bucket, {what}");
    }
    for (what, bytes) in damaged(&ended()) {
        assert_eq!(ring::decode_bucket(&root, 1, &bytes), None, "ended bucket, {what}");
    }
    for (what, bytes) in damaged(&key()) {
        assert!(ring::decode_key(&bucket_key, 0, 7, &bytes).is_none(), "key, {what}");
    }
    assert_eq!(ring::decode_bucket(&root, 1, &bucket()), None);
    assert!(ring::decode_key(&bucket_key, 0, 8, &key()).is_none());
    assert!(ring::decode_key(&bucket_key, 1, 7, &key()).is_none());
}

/// No checksum: an altered digit is another key, which opens no ring.
#[test]
fn a_damaged_root_key_is_none_or_another_one() {
    let text = root_key::encode(&RootKey::known(0xA5));
    for (what, bytes) in damaged(text.as_bytes()) {
        let Ok(damaged) = String::from_utf8(bytes) else { continue };
        let same = root_key::decode(&damaged) == Ok(Some(RootKey::known(0xA5)));
        // The end of the line may be missing, or another blank.
        assert!(!same || damaged.trim_end() == text.trim_end(), "{what}");
    }
}

/// Before there were versions an entry of the root file began with its number, which is 0 for the first.
#[test]
fn another_version_is_told_from_damage() {
    assert_eq!(ring::check_version(&bucket()), Ok(()));
    assert_eq!(ring::check_version(&[0; 76]), Err(OtherBuild::Earlier));
    assert_eq!(ring::check_version(&[2; 77]), Err(OtherBuild::Later(2)));
    let text = root_key::encode(&RootKey::known(0xA5)).replacen("key 1;", "key 2;", 1);
    assert_eq!(root_key::decode(&text), Err(OtherBuild::Later(2)));
}
