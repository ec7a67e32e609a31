//! The bytes of what services make that travels or is found again by its hash, from fixed inputs: as the committed file has them,
//! made anew from there, and what becomes of every truncation and every flipped bit.

use contact::{ContactPoint, Email, Phone, PostalAddress};
use model::golden::{Drawing, bytes_of, check, damaged_text, text_of, text_section};
use model::identity::{RecordAddress, ShardNumber, Subject};
use model::letter::LetterCode;
use tlog::tree::LeafHash;
use vault::key::{IndexKey, MacKey};
use vault::mac::mac;
use vault::random::FixedRandom;

use crate::service::people::{hash, letter};
use crate::service::{clients, receipt};

/// The committed file.
const GOLDEN: &str = include_str!("../golden/formats.txt");

const PERSON: Subject = Subject([0xA5; 16]);
const PLACE: RecordAddress = RecordAddress { shard: ShardNumber::FIRST, index: 42 };
/// The point of which the hashes stand in the file, too.
const HASHED: &str = "post";
const LEAF: LeafHash = LeafHash([4; 32]);

fn key() -> MacKey {
    MacKey::known(5)
}

fn code() -> LetterCode {
    letter::code(&key(), PERSON, 0)
}

/// What numbers and links are the keyed hash of.
fn hashed(what: &[u8]) -> Vec<u8> {
    [what, &1u16.to_be_bytes(), &42u64.to_be_bytes(), &LEAF.0].concat()
}

fn points() -> [(&'static str, ContactPoint); 4] {
    let post = |text: &str| ContactPoint::Post(PostalAddress::of_lines(text, None).expect("an address"));
    [
        ("e-mail", ContactPoint::Email(Email::parse("Jan+nieuws@Example.nl").expect("an address"))),
        ("phone", ContactPoint::Phone(Phone::parse("020 788 4000").expect("a number"))),
        ("post", post("Dorpsstraat 12-2\n1033 RW Amsterdam")),
        ("post abroad", post("ul. Marszałkowska 12 m. 3\n00-590 Warszawa\nPolen")),
    ]
}

/// What a point is found by, as it is hashed; and the hashes.
fn found_by(point: &ContactPoint) -> [String; 2] {
    let index = IndexKey::known(6);
    let (folds, name) = (point.suppression_keys(), point.identity_key());
    let hashes = folds.iter().map(|fold| format!("fold {}", hex::encode(hash::hash(&index, fold).0)));
    let hashes: Vec<String> = hashes.chain([format!("name {}", hash::name(&index, point))]).collect();
    let plain: Vec<String> = folds.iter().map(|fold| format!("fold {fold}")).chain([format!("name {name}")]).collect();
    [plain.join("\n"), hashes.join("\n")]
}

fn sections() -> Vec<String> {
    let drawn = Drawing::from_source(include_str!("service/receipt.rs"), 0);
    let of = |what| receipt::keyed_hash(&key(), what, PLACE, LEAF);
    let api_key = clients::new_key(&FixedRandom::default());
    let mut all = vec![
        drawn.section("receipt number: what is hashed", &hashed(b"number"), &[6]),
        text_section("receipt number", &receipt::number_of(&of(b"number"), PLACE).expect("fits").to_string()),
        drawn.section("receipt link: what is hashed", &hashed(b"link"), &[4]),
        text_section("receipt link", &receipt::token_of(&of(b"link"))),
        text_section("letter code", &code().to_string()),
        text_section("letter code: as it is kept", &letter::hash(&key(), code())),
        text_section("API key", &api_key),
        text_section("API key: as it is kept", &clients::hash(&api_key)),
    ];
    for (name, point) in points() {
        let [plain, hashes] = found_by(&point);
        all.push(text_section(&format!("contact point: {name}"), &plain));
        if name == HASHED {
            all.push(text_section("contact point: as it is kept", &hashes));
        }
    }
    all
}

#[test]
fn every_format_has_the_bytes_of_the_golden_file() {
    check(GOLDEN, &sections());
}

/// By the keyed hash alone, so that the file holds against another implementation.
#[test]
fn what_stands_in_the_golden_file_is_made_of_what_is_said_to_be_hashed() {
    let number = text_of(GOLDEN, "receipt number").parse().expect("a number");
    let hash = mac(&key(), &[&bytes_of(GOLDEN, "receipt number: what is hashed")]);
    assert_eq!(Some(number), receipt::number_of(&hash, PLACE));
    assert_eq!((number.address, &number.mac[..]), (PLACE, &hash[..5]));
    let hash = mac(&key(), &[&bytes_of(GOLDEN, "receipt link: what is hashed")]);
    assert_eq!(text_of(GOLDEN, "receipt link"), hex::encode(&hash[..16]));
    assert_eq!(text_of(GOLDEN, "letter code").parse(), Ok(code()));
    let kept = clients::hash(&text_of(GOLDEN, "API key"));
    assert_eq!(text_of(GOLDEN, "API key: as it is kept"), kept);
    let plain = text_of(GOLDEN, &format!("contact point: {HASHED}"));
    let kept = text_of(GOLDEN, "contact point: as it is kept");
    assert_eq!(plain.lines().count(), kept.lines().count());
    for (plain, kept) in plain.lines().zip(kept.lines()) {
        let ((what, text), (_, kept)) = (plain.split_once(' ').expect("two"), kept.split_once(' ').expect("two"));
        let label = if what == "fold" { "keuze fold " } else { "keuze point " };
        let hash = mac(&IndexKey::known(6), &[label.as_bytes(), text.as_bytes()]);
        assert_eq!(kept, hex::encode(&hash[..16]), "{plain}");
    }
}

/// Compared whole, or by a hash: whatever was altered is nobody's.
#[test]
fn a_damaged_link_or_key_is_nobodys() {
    let link = text_of(GOLDEN, "receipt link");
    let token = receipt::token_of(&receipt::keyed_hash(&key(), b"link", PLACE, LEAF));
    assert_eq!(link, token);
    for (what, text) in damaged_text(&link) {
        assert_ne!(text, token, "{what}");
    }
    let key = text_of(GOLDEN, "API key");
    for (what, text) in damaged_text(&key) {
        assert_ne!(clients::hash(&text), clients::hash(&key), "{what}");
    }
}
