//! Deliberately wrong ways to act and to ask. Each must let a suppressed box through in some life: a test that no wrong
//! rule fails proves nothing.

use app::model::channel::Channel;
use app::model::contact::AskedAt;
use app::model::decision::{Question, decide};
use app::model::identity::Subject;

use crate::contact::ContactPoint;
use crate::service::fixture::House;
use crate::service::people::book::{Book, Found};
use crate::service::people::{Person, Who, hash};

/// A way to act wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// None: as it is.
    Nothing,
    /// An erasure frees the person's addresses.
    ErasureFrees,
    /// A yes lifts whatever stands on the person's points, whoever said it.
    YesLiftsAll,
    /// A merge forgets what stood on the points of the one who is gone.
    MergeForgets,
    /// An import takes the last word.
    ImportLifts,
    /// An import puts what the file says of a person in the place of what was known of them.
    ImportOverwrites,
    /// An import drops a row with a fault, the no that it says included.
    ImportDropsRefusedRows,
    /// A rotation of the index key leaves behind what stood under the older ones.
    IndexRotationDrops,
    /// A rotation of the root key begins with an empty blocking list.
    RootRotationDrops,
    /// What is made anew from the journal lacks the blocking list.
    RebuildForgets,
    /// An objection stands on the spelling that was given and no other.
    NoStandsOnOneSpelling,
    /// An objection stands on the person alone, not on their points.
    NoStandsOnThePersonAlone,
}

impl Wrong {
    /// All that are wrong.
    pub const ALL: [Self; 11] = [
        Self::ErasureFrees,
        Self::YesLiftsAll,
        Self::MergeForgets,
        Self::ImportLifts,
        Self::ImportOverwrites,
        Self::ImportDropsRefusedRows,
        Self::IndexRotationDrops,
        Self::RootRotationDrops,
        Self::RebuildForgets,
        Self::NoStandsOnOneSpelling,
        Self::NoStandsOnThePersonAlone,
    ];
}

/// Whether a box may be used, by the right rule or a wrong one.
pub type Rule = fn(&House, &Who, Channel) -> bool;

/// As it is.
pub fn right(house: &House, who: &Who, channel: Channel) -> bool {
    house.keuze.may_i(who, channel).expect("readable").allow
}

/// The right rule on some of what stands on the points.
fn with(house: &House, who: &Who, channel: Channel, stands: impl Fn(&Book, &ContactPoint) -> Vec<Found>) -> bool {
    let keuze = &house.keuze;
    let people: Vec<Subject> = match who.person {
        Some(person) => vec![person],
        None => who.points.iter().flat_map(|point| keuze.people_at(point)).map(|person| person.subject).collect(),
    };
    let book = keuze.people.book();
    let keys = keys(house);
    let asked = who.points.iter().map(|point| {
        let found = stands(&book, point).into_iter();
        hash::asked_at(&keys, point, found.map(|found| found.objection()).collect())
    });
    let question = Question::Reach(channel, asked.collect());
    drop(book);
    let policy = &keuze.published.current().policy;
    let life = |person| keuze.life(person).expect("readable");
    people.into_iter().any(|person| decide(&life(person), policy, &question, keuze.clock.now()).allow)
}

fn keys(house: &House) -> Vec<(u16, [u8; 32])> {
    hash::index_keys(&house.keuze.scribe)
}

/// The right rule, as if what was given at some points of a person had been given at this one.
fn spread(
    house: &House,
    who: &Who,
    also: impl Fn(&Person, &ContactPoint) -> Vec<ContactPoint>,
    channel: Channel,
) -> bool {
    let keuze = &house.keuze;
    let people: Vec<Person> = match who.person {
        Some(person) => keuze.known_person(person).into_iter().collect(),
        None => who.points.iter().flat_map(|point| keuze.people_at(point)).collect(),
    };
    let policy = &keuze.published.current().policy;
    people.iter().any(|person| {
        let asked = who.points.iter().map(|point| {
            let names = also(person, point).into_iter().chain([point.clone()]);
            let names = names.flat_map(|point| hash::asked_at(&keys(house), &point, Vec::new()).names).collect();
            let objections = keuze.people.book().objections_on(point, &keys(house));
            AskedAt { names, objections: objections.into_iter().map(|found| found.objection()).collect() }
        });
        let question = Question::Reach(channel, asked.collect());
        decide(&keuze.life(person.subject).expect("readable"), policy, &question, keuze.clock.now()).allow
    })
}

/// Ways to ask wrongly.
pub const WRONG_RULES: [(&str, Rule); 6] = [
    ("lets a yes spread to a point that joins later", |house, who, channel| {
        spread(
            house,
            who,
            |person, point| if person.has(point) { person.points().into_iter().cloned().collect() } else { Vec::new() },
            channel,
        )
    }),
    ("takes a door for the house", |house, who, channel| {
        let neighbours = |person: &Person, point: &ContactPoint| {
            let near = |own: &&ContactPoint| own.asked_under().iter().any(|fold| point.asked_under().contains(fold));
            person.points().into_iter().filter(near).cloned().collect()
        };
        spread(house, who, neighbours, channel)
    }),
    ("forgets contact points", |house, who, channel| with(house, who, channel, |_, _| Vec::new())),
    ("asks under the newest index key alone", |house, who, channel| {
        let newest = keys(house).pop().into_iter().collect::<Vec<_>>();
        with(house, who, channel, |book, point| book.objections_on(point, &newest))
    }),
    ("forgets objections whose maker is unknown", |house, who, channel| {
        let keys = keys(house);
        with(house, who, channel, |book, point| {
            book.objections_on(point, &keys).into_iter().filter(|found| found.entry.by.is_some()).collect()
        })
    }),
    ("takes another spelling for another point", |house, who, channel| {
        let keys = keys(house);
        with(house, who, channel, |book, point| {
            // As folded as it was given, and no further.
            let exact = |found: &Found| {
                let key = keys.iter().find(|(number, _)| *number == found.entry.index);
                key.is_some_and(|(_, key)| found.entry.folds.contains(&hash::hash(key, &point.normal())))
            };
            book.objections_on(point, &keys).into_iter().filter(exact).collect()
        })
    }),
];
