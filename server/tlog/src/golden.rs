//! The bytes of every format of this crate, from fixed inputs: as the committed file has them, read back from there, and what
//! becomes of every truncation and every flipped bit.

use ed25519_dalek::SigningKey;
use model::golden::{Drawing, bytes_of, bytes_section, check, damaged, damaged_text, text_of, text_section};
use sha2::{Digest as _, Sha256};

use crate::checkpoint::{Checkpoint, proof_text, read_proof, read_verifier_key, verifier_key};
use crate::entry::{Commitment, Salt, commitment};
use crate::tile::{FULL, TileOf, TilePath, read_entries, write_entry};
use crate::tree::{LeafHash, NodeHash, RootHash, Tree, root_from_inclusion};

/// The committed file.
const GOLDEN: &str = include_str!("../golden/formats.txt");

const SALT: Salt = Salt([3; 32]);
const RECORD: &[u8] = br#"{"body":{"kind":"choice_made"},"head":{"v":1}}"#;
const ORIGIN: &str = "voipro.nl/keuze/log/0001";
/// Which leaf of the examples is that of the record, and how many there are.
const INDEX: u64 = 5;
const SIZE: u64 = 7;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn tree(size: u64) -> Tree {
    let entry =
        |index: u64| if index == INDEX { commitment(&SALT, RECORD) } else { Commitment([index.to_be_bytes()[7]; 32]) };
    let mut tree = Tree::default();
    (0..size).for_each(|index| tree.push(entry(index).leaf()));
    tree
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size: SIZE, root: tree(SIZE).root() }
}

fn proof() -> String {
    proof_text(INDEX, &tree(SIZE).inclusion(INDEX).expect("it is there"), &checkpoint().sign(&key()))
}

/// A bundle of two.
fn entries() -> Vec<u8> {
    let mut bundle = Vec::new();
    write_entry(&mut bundle, &commitment(&SALT, RECORD).0);
    write_entry(&mut bundle, &[7; 32]);
    bundle
}

fn paths() -> [TilePath; 4] {
    let path = |of, index, width| TilePath { of, index, width };
    [
        path(TileOf::Hashes(0), 0, 7),
        path(TileOf::Hashes(1), 1_234_067, FULL),
        path(TileOf::Entries, 67, 255),
        path(TileOf::Hashes(63), 0, FULL),
    ]
}

/// What the commitment is the hash of, and what the leaf is.
fn hashed() -> [Vec<u8>; 2] {
    [[b"keuze-v1", &SALT.0[..], RECORD].concat(), [&[0], &commitment(&SALT, RECORD).0[..]].concat()]
}

#[test]
fn every_format_has_the_bytes_of_the_golden_file() {
    let (entry, [commits, leaf]) = (include_str!("entry.rs"), hashed());
    let tile = |name, level, width| bytes_section(name, &tree(256).tile(level, 0, width).expect("as many"));
    let bundle = Drawing::from_source(include_str!("tile.rs"), 0);
    check(
        GOLDEN,
        &[
            Drawing::from_source(entry, 0).section("commitment: what is hashed", &commits, &[]),
            bytes_section("commitment", &commitment(&SALT, RECORD).0),
            Drawing::from_source(entry, 1).section("leaf: what is hashed", &leaf, &[]),
            bytes_section("leaf", &commitment(&SALT, RECORD).leaf().0),
            tile("tile of leaves", 0, 7),
            tile("tile above a full one", 1, 1),
            bundle.section("entry bundle", &entries(), &[]),
            text_section("paths of tiles", &paths().map(|path| path.to_string()).join("\n")),
            text_section("checkpoint", &checkpoint().sign(&key())),
            text_section("verifier key", &verifier_key(ORIGIN, &key().verifying_key())),
            text_section("proof", &proof()),
            text_section("proof of an only record", &proof_text(0, &[], &checkpoint().sign(&key()))),
        ],
    );
}

/// By the hash function alone, and then each by what the one before it is made of.
#[test]
fn what_stands_in_the_golden_file_is_read_as_what_it_was_made_of() {
    let golden = |name: &str| bytes_of(GOLDEN, name);
    let sha256 = |name: &str| Sha256::digest(golden(name)).to_vec();
    assert_eq!(sha256("commitment: what is hashed"), golden("commitment"));
    assert_eq!(sha256("leaf: what is hashed"), golden("leaf"));
    assert_eq!(golden("leaf: what is hashed")[1..], golden("commitment"));
    assert_eq!(root_of_tile(&golden("tile of leaves")), Some(tree(SIZE).root()));
    assert_eq!(golden("tile above a full one"), tree(256).root().0);
    assert_eq!(read_entries(&golden("entry bundle")), Some(vec![&commitment(&SALT, RECORD).0[..], &[7; 32]]));
    for (text, path) in text_of(GOLDEN, "paths of tiles").lines().zip(paths()) {
        assert_eq!(text.split_once('/').and_then(|(level, index)| TilePath::parse(level, index)), Some(path), "{text}");
    }
    let name_and_key = (ORIGIN.to_owned(), key().verifying_key());
    assert_eq!(read_verifier_key(&text_of(GOLDEN, "verifier key")), Some(name_and_key));
    let note = text_of(GOLDEN, "checkpoint");
    assert_eq!(Checkpoint::open(&note, &key().verifying_key()), Some(checkpoint()));
    let leaf = LeafHash(golden("leaf").try_into().expect("32 bytes"));
    assert_eq!(proves(&text_of(GOLDEN, "proof"), leaf), Some(INDEX));
    assert_eq!(read_proof(&text_of(GOLDEN, "proof of an only record")), Some((0, Vec::new(), &*note)));
}

/// The root of a tree of which this tile has all leaves; `None` for what is no tile.
fn root_of_tile(tile: &[u8]) -> Option<RootHash> {
    let (hashes, rest) = tile.as_chunks();
    let mut tree = Tree::default();
    hashes.iter().for_each(|hash| tree.push(LeafHash(*hash)));
    (!hashes.is_empty() && rest.is_empty()).then(|| tree.root())
}

/// As a stranger checks a proof of a leaf: the index that it is proved at.
fn proves(text: &str, leaf: LeafHash) -> Option<u64> {
    let (index, path, note) = read_proof(text)?;
    let signed = Checkpoint::open(note, &key().verifying_key())?;
    (root_from_inclusion(leaf, index, signed.size, &path) == Some(signed.root)).then_some(index)
}

#[test]
fn what_was_altered_before_it_is_hashed_is_another_commitment() {
    for (bytes, hash) in hashed().iter().zip([commitment(&SALT, RECORD).0, commitment(&SALT, RECORD).leaf().0]) {
        for (what, bytes) in damaged(bytes) {
            assert_ne!(Sha256::digest(bytes)[..], hash, "{what}");
        }
    }
}

/// A tile has no checksum: its hashes no longer lead to the signed root.
#[test]
fn a_damaged_tile_leads_to_no_root_of_ours() {
    for (what, bytes) in damaged(&tree(SIZE).tile(0, 0, 7).expect("as many")) {
        assert!(root_of_tile(&bytes).is_none_or(|root| root != tree(SIZE).root()), "{what}");
    }
}

/// Nor has a bundle: it is none, or its entries are other leaves.
#[test]
fn a_damaged_bundle_is_none_or_has_other_entries() {
    let whole = entries();
    for (what, bytes) in damaged(&whole) {
        assert_ne!(read_entries(&bytes), read_entries(&whole), "{what}");
    }
}

/// Of one spelling, so that what stands at two addresses is two tiles.
#[test]
fn a_damaged_path_is_none_or_another_one() {
    for path in paths() {
        for (what, text) in damaged_text(&path.to_string()) {
            let read = text.split_once('/').and_then(|(level, index)| TilePath::parse(level, index));
            assert!(read != Some(path) && read.is_none_or(|read| read.to_string() == text), "{path}, {what}");
        }
    }
}

/// Signed, and of one spelling.
#[test]
fn a_damaged_checkpoint_key_or_proof_is_none() {
    let (note, public) = (checkpoint().sign(&key()), key().verifying_key());
    for (what, text) in damaged_text(&note) {
        assert_eq!(Checkpoint::open(&text, &public), None, "{what}");
    }
    for (what, text) in damaged_text(&verifier_key(ORIGIN, &public)) {
        assert_eq!(read_verifier_key(&text), None, "{what}");
    }
    for (what, text) in damaged_text(&proof()) {
        assert_eq!(proves(&text, commitment(&SALT, RECORD).leaf()), None, "{what}");
    }
}

/// Line ends, signs and zeros that other readers forgive.
#[test]
fn a_proof_has_one_spelling() {
    let proof = proof();
    assert!(read_proof(&proof).is_some());
    for other in [
        proof.replacen('\n', "\r\n", 1),
        proof.replacen("index 5", "index +5", 1),
        proof.replacen("index 5", "index 05", 1),
        proof.replacen("proof@v1", "proof@v2", 1),
        proof.replacen("\n\n", "\n\n\n", 1),
        format!("\n{proof}"),
    ] {
        assert!(other != proof && proves(&other, commitment(&SALT, RECORD).leaf()).is_none(), "{other}");
    }
    assert_eq!(read_proof(&proof).map(|(_, path, _)| path.len()), Some(3));
    assert_ne!(tree(SIZE).inclusion(INDEX), Some(vec![NodeHash([0; 32]); 3]));
}
