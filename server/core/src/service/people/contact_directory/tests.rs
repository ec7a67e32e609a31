//! The directory against a list that is searched from end to end.

use std::sync::LazyLock;

use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use model::identity::ShardNumber;
use model::language::Language;

use super::packed::{PackedEntry, PackedPart};
use super::*;
use crate::service::people::customer_number::alike;
use contact::{Email, Phone, PostalAddress};
use ledger::formats::fact::{Later, Part, UnderKey};

fn email(text: &str) -> ContactPoint {
    ContactPoint::Email(Email::parse(text).expect("an address"))
}

fn phone(text: &str) -> ContactPoint {
    ContactPoint::Phone(Phone::parse(text).expect("a number"))
}

fn door(number: &str, addition: &str) -> ContactPoint {
    let lines = format!("Papaverweg {number} {addition}\n1033 RW Amsterdam");
    ContactPoint::Post(PostalAddress::of_lines(&lines, None).expect("an address"))
}

fn abroad(house: &str) -> ContactPoint {
    let lines = format!("Rue de la Loi {house}\n1000 Bruxelles\nBelgique");
    ContactPoint::Post(PostalAddress::of_lines(&lines, None).expect("an address"))
}

/// Few of each, so that many share one.
static POINTS: LazyLock<Vec<ContactPoint>> = LazyLock::new(|| {
    let mut points: Vec<ContactPoint> = Vec::new();
    for name in ["anna", "Anna", "a.nna", "bert", "carla+x", "d\"e", "els"] {
        points.extend(Email::parse(&format!("{name}@example.nl")).map(ContactPoint::Email));
    }
    points.extend(["06 12345678", "+31 20 788 4000", "0032 2 123 45 67"].map(phone));
    for addition in ["", "A", "a", "B", "A bis", "1", "hs", "2 hoog"] {
        points.extend([door("12", addition), door("121", addition)]);
    }
    points.extend(["5", "5 bte 3", "5 bte 4"].map(abroad));
    points
});

const NAMES: [&str; 6] = ["Anna Jansen", "", "\u{1}\u{7}\u{1f}", "\",\"with\":[\"", "Zoë \\ \"Bé\" 李", "{\"post\":{"];
const CUSTOMERS: [&str; 6] = ["1", "N7-AB", "n7 ab", "N7AB", "11584467", "\"],\"nl\",["];

fn some<T: Clone>(rng: &mut StdRng, of: &[T], most: usize) -> Vec<T> {
    let count = rng.random_range(0..=most);
    of.choose_multiple(rng, count).cloned().collect()
}

fn subject(number: u8) -> Subject {
    Subject([number; 16])
}

fn a_part(rng: &mut StdRng) -> Part {
    let class = *RetentionClass::ALL.choose(rng).expect("there are some");
    let mut part = Part::new(subject(rng.random_range(0..40)), class, *Language::ALL.choose(rng).expect("two"));
    part.name = NAMES.choose(rng).filter(|_| has_name(part.subject)).map(|name| (*name).to_owned());
    part.customers = some(rng, &CUSTOMERS.map(str::to_owned), 2);
    part.points = some(rng, &POINTS, 4);
    let later = |point: &ContactPoint| Later {
        at: point.identity_key(),
        name: part.name.clone(),
        with: part.points.iter().map(ContactPoint::identity_key).collect(),
    };
    part.later = part.points.iter().take(rng.random_range(0..2)).map(later).collect();
    part.also = (0..rng.random_range(0..3)).map(|number| subject(200 + number)).collect();
    part
}

/// Some have no name.
fn has_name(subject: Subject) -> bool {
    !subject.0[0].is_multiple_of(3)
}

#[test]
fn a_part_comes_back_as_it_was_packed() {
    let mut rng = StdRng::seed_from_u64(1);
    for round in 0..2_000u16 {
        let (part, key) = (a_part(&mut rng), KeyId([u8::try_from(round % 256).expect("a byte"); 16]));
        let packed = PackedPart::new(key, &part);
        assert!(packed.unpack() == part, "round {round}");
        assert_eq!((packed.key(), packed.subject(), packed.class()), (key, part.subject, part.class), "round {round}");
    }
}

/// There may be a million of them.
#[test]
fn a_usual_part_takes_a_third_of_its_json() {
    let mut part = Part::new(subject(1), RetentionClass::Account, Language::Nl);
    part.name = Some("Anna Jansen".to_owned());
    part.customers = vec!["B-104711".to_owned()];
    part.points = vec![email("anna.jansen@example.nl"), phone("06 12345678"), door("12", "")];
    let (json, packed) =
        (serde_json::to_vec(&part).expect("plain").len(), PackedPart::new(KeyId([1; 16]), &part).len());
    assert!(packed <= 145 && packed * 2 < json, "{packed} bytes of {json}");
}

fn an_entry(rng: &mut StdRng) -> SuppressionEntry {
    let address = |rng: &mut StdRng| RecordAddress {
        shard: ShardNumber::new(rng.random_range(1..=ShardNumber::MAX)).expect("a number"),
        index: rng.random(),
    };
    SuppressionEntry {
        index: rng.random(),
        folds: (0..rng.random_range(0..4)).map(|_| FoldHash([rng.random_range(0..9); 16])).collect(),
        channels: some(rng, &Channel::ALL, 5),
        since: Date::from_julian_day(rng.random_range(2_400_000..2_500_000)).expect("a day"),
        by: rng.random_bool(0.5).then(|| subject(rng.random())),
        source: rng.random_bool(0.5).then(|| FoldHash(rng.random())),
        lifted: some(rng, &Channel::ALL, 5),
        said: rng.random_bool(0.5).then(|| address(rng)),
    }
}

#[test]
fn an_objection_comes_back_as_it_was_packed() {
    let mut rng = StdRng::seed_from_u64(1);
    let last = super::super::ground::LAST;
    for round in 0..2_000 {
        let (id, entry) = (FactId(rng.random()), an_entry(&mut rng));
        let packed = PackedEntry::new(id, &entry, last);
        assert_eq!((packed.id(), packed.unpack()), (id, (entry, last)), "round {round}");
    }
}

/// What the directory knows, as a list.
#[derive(Default)]
struct Plain {
    parts: Vec<(KeyId, Part)>,
    objections: Vec<(FactId, SuppressionEntry, RecordAddress)>,
    letters: Vec<(KeyId, String, Subject)>,
}

impl Plain {
    fn person(&self, subject: Subject) -> Option<Person> {
        let of = self.parts.iter().filter(|(_, part)| part.subject == subject);
        let parts: BTreeMap<_, _> = of.map(|(_, part)| (part.class, Box::new(part.clone()))).collect();
        (!parts.is_empty()).then_some(Person { subject, parts })
    }

    fn everybody(&self) -> Vec<Subject> {
        let all: BTreeSet<Subject> = self.parts.iter().map(|(_, part)| part.subject).collect();
        all.into_iter().collect()
    }

    fn who(&self, is_meant: impl Fn(&Part) -> bool) -> Vec<Subject> {
        let found: BTreeSet<Subject> =
            self.parts.iter().filter(|(_, part)| is_meant(part)).map(|(_, part)| part.subject).collect();
        found.into_iter().collect()
    }

    fn knows_doors_of(&self, point: &ContactPoint) -> bool {
        let all = self.parts.iter().flat_map(|(_, part)| &part.points).filter(|point| point.is_one_door());
        let doors: BTreeSet<String> = all.map(ContactPoint::identity_key).collect();
        point
            .numbers_with_doors()
            .iter()
            .all(|start| doors.iter().any(|door| door.starts_with(start.as_str()) && point.may_be_door(start, door)))
    }
}

fn compare(book: &ContactDirectory, plain: &Plain, when: &str) {
    assert_eq!(book.everybody(), plain.everybody(), "{when}");
    for number in 0..40 {
        let (subject, person) = (subject(number), plain.person(subject(number)));
        assert!(book.person(subject).as_deref() == person.as_ref(), "{when}: {subject}");
        assert_eq!(book.profiles.contains(subject), person.is_some(), "{when}: {subject}");
        for class in RetentionClass::ALL {
            let key = plain.parts.iter().find(|(_, part)| (part.subject, part.class) == (subject, class));
            assert_eq!(book.key_of(subject, class), key.map(|(key, _)| *key), "{when}: {subject}");
        }
        if let Some(person) = person {
            let like = |number: &String| person.customers().into_iter().any(|own| alike(own) == alike(number));
            let mut others = plain.who(|part| part.customers.iter().any(like));
            others.retain(|other| *other != subject);
            let found: Vec<Subject> = book.others_with_number(&person).iter().map(|other| other.subject).collect();
            assert_eq!(found, others, "{when}: {subject}");
        }
    }
    for point in POINTS.iter() {
        assert_eq!(book.at(point), plain.who(|part| part.points.iter().any(|of| of.is_same_as(point))), "{when}");
        assert_eq!(book.knows_doors_of(point), plain.knows_doors_of(point), "{when}: {}", point.given());
    }
    for number in CUSTOMERS {
        let found: Vec<Subject> = book.customers(number).iter().map(|person| person.subject).collect();
        assert_eq!(found, plain.who(|part| part.customers.iter().any(|of| of == number)), "{when}: {number}");
    }
    for class in RetentionClass::ALL {
        assert_eq!(book.everybody_with(class), plain.who(|part| part.class == class), "{when}");
    }
    for fold in (0..9).map(|number| FoldHash([number; 16])) {
        let mut found: Vec<_> = book.objections.on(fold).collect();
        found.sort_by_key(|(id, ..)| *id);
        let mut stand: Vec<_> =
            plain.objections.iter().filter(|(_, entry, _)| entry.folds.contains(&fold)).cloned().collect();
        stand.sort_by_key(|(id, ..)| *id);
        assert_eq!(found, stand, "{when}");
    }
    for number in 0..30u8 {
        let hash = hex::encode([number; 16]);
        let whose = plain.letters.iter().find(|(_, of, _)| *of == hash).map(|(.., subject)| *subject);
        assert_eq!(book.letter(&hash), whose, "{when}");
    }
}

/// However many are kept opened: nobody, one at a time, or everybody.
#[test]
fn whatever_is_noted_and_forgotten_the_directory_finds_what_a_list_does() {
    for (seed, opened) in [(1, 0), (2, 1), (3, 7), (4, 1000)] {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut book = ContactDirectory { profiles: Profiles::new(opened), ..ContactDirectory::default() };
        let mut plain = Plain::default();
        for step in 0..120 {
            let key = KeyId([rng.random_range(0..60); 16]);
            let record = RecordAddress { shard: ShardNumber::FIRST, index: step };
            match rng.random_range(0..6) {
                0..=2 => {
                    let part = a_part(&mut rng);
                    // A class of somebody has one key.
                    let is_there = |(of, known): &(KeyId, Part)| {
                        *of != key && (known.subject, known.class) == (part.subject, part.class)
                    };
                    if !plain.parts.iter().any(is_there) {
                        plain.parts.retain(|(of, _)| *of != key);
                        plain.parts.push((key, part.clone()));
                        book.profiles.put(key, &part);
                    }
                }
                3 => {
                    plain.parts.retain(|(of, _)| *of != key);
                    plain.letters.retain(|(of, ..)| *of != key);
                    book.forget(key);
                }
                4 => {
                    let (id, entry) = (FactId([rng.random_range(0..20); 16]), an_entry(&mut rng));
                    let entry = rng.random_bool(0.8).then_some(entry);
                    let first = plain.objections.iter().find(|(of, ..)| *of == id).map_or(record, |(.., first)| *first);
                    plain.objections.retain(|(of, ..)| *of != id);
                    plain.objections.extend(entry.clone().map(|entry| (id, entry, first)));
                    book.apply(&Fact::Suppression { id, entry }, record);
                }
                _ => {
                    let (hash, subject) =
                        (hex::encode([rng.random_range(0..30u8); 16]), subject(rng.random_range(0..40)));
                    plain.letters.retain(|(_, of, _)| *of != hash);
                    plain.letters.push((key, hash.clone(), subject));
                    let id = UnderKey { key, number: rng.random() };
                    book.apply(&Fact::LetterCode { id, code: LetterCodeHash { subject, hash } }, record);
                }
            }
            if step % 8 == 0 {
                compare(&book, &plain, &format!("seed {seed}, step {step}"));
            }
        }
        // A copy is one of its own.
        let mut copy = book.clone();
        plain.parts.iter().for_each(|(key, _)| copy.forget(*key));
        assert!(copy.everybody().is_empty());
        compare(&book, &plain, "after a copy was changed");
    }
}
