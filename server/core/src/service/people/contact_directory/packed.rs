//! Parts of profiles and objections in as little memory as they need: there may be millions, and few are asked about.
//!
//! A part is the JSON of what is known of its person, in which the pieces that nearly every one has are one byte each: JSON
//! has no control characters. An objection is its fields, one behind the other.

use std::sync::Arc;

use model::channel::Channel;
use model::identity::{RecordAddress, ShardNumber, Subject};
use model::language::Language;
use time::Date;

use contact::ContactPoint;
use ledger::formats::fact::{FactId, FoldHash, Later, Part, SuppressionEntry};
use vault::ring::{KeyId, RetentionClass};

/// A part, with what it is found by in front: class, key, subject.
#[derive(Clone)]
pub(super) struct PackedPart(Arc<[u8]>);

/// What is known of a person in a part, besides whose and of which class it is.
type Known = (Option<String>, Vec<String>, Language, Vec<ContactPoint>, Vec<Later>, Vec<Subject>);

impl PackedPart {
    pub fn new(key: KeyId, part: &Part) -> Self {
        let Part { subject, class, name, customers, language, points, later, also } = part;
        let class = RetentionClass::ALL.iter().position(|of| of == class).expect("one of all");
        let mut bytes = vec![u8::try_from(class).expect("there are few")];
        bytes.extend([key.0, subject.0].as_flattened());
        let known = serde_json::to_vec(&(name, customers, language, points, later, also));
        bytes.extend(short(&known.expect("plain fields are always JSON")));
        Self(bytes.into())
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn class(&self) -> RetentionClass {
        RetentionClass::ALL[usize::from(self.0[0])]
    }

    pub fn key(&self) -> KeyId {
        KeyId(*self.0[1..].first_chunk().expect("a key stands in front"))
    }

    pub fn subject(&self) -> Subject {
        Subject(*self.0[17..].first_chunk().expect("a subject stands in front"))
    }

    pub fn unpack(&self) -> Part {
        let known: Known = serde_json::from_slice(&long(&self.0[33..])).expect("it was made by the lines above");
        let (name, customers, language, points, later, also) = known;
        Part { subject: self.subject(), class: self.class(), name, customers, language, points, later, also }
    }
}

/// What nearly every part has. The first has the number 1; a longer piece stands before one that it begins with.
const PIECES: [&str; 30] = [
    "[null,[\"",
    "[null,[],\"",
    "\",[\"",
    "\",[],\"",
    "\"],\"nl\",[{\"email\":\"",
    "\"],\"nl\",[",
    "\"],\"en\",[",
    "{\"email\":\"",
    "\"},{\"email\":\"",
    "{\"phone\":\"+31",
    "\"},{\"phone\":\"+31",
    "{\"phone\":\"+",
    "\"},{\"phone\":\"+",
    "{\"post\":{\"where\":\"dutch\",\"postcode\":\"",
    "\"},{\"post\":{\"where\":\"dutch\",\"postcode\":\"",
    "{\"post\":{\"where\":\"foreign\",\"lines\":[\"",
    "\"},{\"post\":{\"where\":\"foreign\",\"lines\":[\"",
    "\",\"number\":",
    ",\"addition\":\"",
    "\",\"street\":\"",
    ",\"street\":\"",
    "\",\"place\":\"",
    "\"}}],[],[]]",
    "}}],[],[]]",
    "\"}],[],[]]",
    "\"],\"last\":\"",
    "\",\"country\":\"",
    "{\"at\":\"",
    "\",\"with\":[\"",
    "\",\"name\":\"",
];

/// JSON with its pieces as one byte each.
fn short(json: &[u8]) -> Vec<u8> {
    let (mut packed, mut rest) = (Vec::with_capacity(json.len()), json);
    while let Some((first, after)) = rest.split_first() {
        let starts = |(_, piece): &(u8, &&str)| rest.starts_with(piece.as_bytes());
        let piece = if first.is_ascii_punctuation() { (1..).zip(&PIECES).find(starts) } else { None };
        let (byte, left) = piece.map_or((*first, after), |(number, piece)| (number, &rest[piece.len()..]));
        packed.push(byte);
        rest = left;
    }
    packed
}

fn long(packed: &[u8]) -> Vec<u8> {
    let mut json = Vec::with_capacity(3 * packed.len());
    for byte in packed {
        match usize::from(*byte).checked_sub(1).and_then(|number| PIECES.get(number)) {
            Some(piece) => json.extend_from_slice(piece.as_bytes()),
            None => json.push(*byte),
        }
    }
    json
}

/// An objection that stands on contact points, with its name and the record in which it was said.
#[derive(Clone)]
pub(super) struct PackedEntry(Arc<[u8]>);

impl PackedEntry {
    pub fn new(id: FactId, entry: &SuppressionEntry, record: RecordAddress) -> Self {
        let SuppressionEntry { index, folds, channels, since, by, source, lifted, said } = entry;
        let mut bytes = id.0.to_vec();
        put_address(&mut bytes, record);
        bytes.extend(index.to_be_bytes());
        bytes.extend(since.to_julian_day().to_be_bytes());
        bytes.push(u8::from(by.is_some()) | u8::from(source.is_some()) << 1 | u8::from(said.is_some()) << 2);
        bytes.extend(by.iter().flat_map(|by| by.0));
        bytes.extend(source.iter().flat_map(|source| source.0));
        said.iter().for_each(|said| put_address(&mut bytes, *said));
        put_channels(&mut bytes, channels);
        put_channels(&mut bytes, lifted);
        bytes.extend(folds.iter().flat_map(|fold| fold.0));
        Self(bytes.into())
    }

    pub fn id(&self) -> FactId {
        FactId(*self.0.first_chunk().expect("a name stands in front"))
    }

    /// The entry, and the record in which it was said.
    pub fn unpack(&self) -> (SuppressionEntry, RecordAddress) {
        let mut rest = Reader(&self.0[16..]);
        let record = rest.address();
        let index = u16::from_be_bytes(rest.next_bytes());
        let since = Date::from_julian_day(i32::from_be_bytes(rest.next_bytes())).expect("it was made of a day");
        let [flags] = rest.next_bytes();
        let by = (flags & 1 != 0).then(|| Subject(rest.next_bytes()));
        let source = (flags & 2 != 0).then(|| FoldHash(rest.next_bytes()));
        let said = (flags & 4 != 0).then(|| rest.address());
        let (channels, lifted) = (rest.channels(), rest.channels());
        let folds = rest.0.as_chunks().0.iter().map(|fold| FoldHash(*fold)).collect();
        (SuppressionEntry { index, folds, channels, since, by, source, lifted, said }, record)
    }
}

fn put_address(bytes: &mut Vec<u8>, record: RecordAddress) {
    bytes.extend(record.shard.get().to_be_bytes());
    bytes.extend(record.index.to_be_bytes());
}

/// How many, and each by its place among all.
fn put_channels(bytes: &mut Vec<u8>, channels: &[Channel]) {
    let number = |channel: &Channel| Channel::ALL.iter().position(|of| of == channel);
    let numbers = channels.iter().filter_map(number).chain([channels.len()]);
    let at = bytes.len();
    bytes.extend(numbers.map(|number| u8::try_from(number).expect("there are few")));
    bytes[at..].rotate_right(1);
}

/// What [`PackedEntry`] is read back from.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn next_bytes<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().expect("it is as long as it was made");
        self.0 = rest;
        *taken
    }

    fn address(&mut self) -> RecordAddress {
        let shard = ShardNumber::new(u16::from_be_bytes(self.next_bytes())).expect("it was made of a number");
        RecordAddress { shard, index: u64::from_be_bytes(self.next_bytes()) }
    }

    fn channels(&mut self) -> Vec<Channel> {
        let [count] = self.next_bytes();
        (0..count).map(|_| Channel::ALL[usize::from(u8::from_be_bytes(self.next_bytes()))]).collect()
    }
}
