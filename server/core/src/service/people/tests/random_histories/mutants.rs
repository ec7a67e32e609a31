//! Deliberately wrong ways to act and to ask. Each must let a suppressed box through in some life: a test that no wrong
//! rule fails proves nothing.

use model::channel::Channel;
use model::identity::Subject;

use crate::service::fixture::TestApp;
use crate::service::people::contact_directory::{ContactDirectory, FoundObjection, Standings};
use crate::service::people::hash::NumberedKey;
use crate::service::people::{Addressee, Person, hash};
use contact::ContactPoint;

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
    /// A yes lifts a no at its own point and at every other one where it was not written.
    LiftIsEverywhere,
    /// Whoever comes with a known customer number is who had it, whatever their name and address.
    ReusedNumberIsTheSame,
}

impl Wrong {
    /// All that are wrong.
    pub const ALL: [Self; 13] = [
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
        Self::LiftIsEverywhere,
        Self::ReusedNumberIsTheSame,
    ];
}

/// Whether a box may be used, by the right rule or a wrong one.
pub type BoxRule = fn(&TestApp, &Addressee, Channel) -> bool;

pub fn right(app: &TestApp, who: &Addressee, channel: Channel) -> bool {
    app.services.contactability.may_contact(who, channel).expect("readable").allow
}

/// Which objections count, and by whose lives.
struct Bent<'a> {
    keys: Vec<NumberedKey>,
    /// Of those that stand on the point.
    here: &'a dyn Fn(&ContactPoint, &FoundObjection) -> bool,
    /// Of those that stand on another one of somebody who has it.
    elsewhere: &'a dyn Fn(&ContactDirectory, &Person, &FoundObjection) -> bool,
}

/// The right rule on some of what stands on the points.
fn with(app: &TestApp, who: &Addressee, channel: Channel, bent: &Bent<'_>) -> bool {
    let services = &app.services;
    people(app, who).into_iter().any(|person| {
        let records = services.people.bearing_on_subject(&services.people.history(), person.subject).expect("readable");
        let book = services.people.book();
        let asked = who.points.iter().map(|point| {
            let here = book.objections_on(point, &bent.keys).into_iter().filter(|found| (bent.here)(point, found));
            let (standings, history) = (Standings::on_points(&book, &bent.keys, &[]), services.people.history());
            let elsewhere = history.spread_to(&standings, None, point).expect("readable").into_iter();
            let counts = |(whose, found): &(Subject, FoundObjection)| {
                book.person(*whose).is_some_and(|whose| (bent.elsewhere)(&book, &whose, found))
            };
            let all = here.chain(elsewhere.filter(counts).map(|(_, found)| found));
            hash::asked_at(&bent.keys, point, all.map(|found| found.objection()).collect())
        });
        let asked = asked.collect();
        services.contactability.of_life_at(&records, channel, asked).allow
    })
}

fn people(app: &TestApp, who: &Addressee) -> Vec<Person> {
    match who.person {
        Some(person) => app.services.people.known_person(person).into_iter().collect(),
        None => who.points.iter().flat_map(|point| app.services.people.people_at(point)).collect(),
    }
}

fn keys(app: &TestApp) -> Vec<NumberedKey> {
    hash::index_keys(&app.services.ledger)
}

/// The right rule, as if what was given at some points of a person had been given at this one.
fn spread(
    app: &TestApp,
    who: &Addressee,
    also: impl Fn(&Person, &ContactPoint) -> Vec<ContactPoint>,
    channel: Channel,
) -> bool {
    let services = &app.services;
    people(app, who).iter().any(|person| {
        let records = services.people.bearing_on_subject(&services.people.history(), person.subject).expect("readable");
        let mut asked = services
            .people
            .history()
            .asked(&services.people.book(), &keys(app), Some(person), &who.points)
            .expect("readable");
        for (asked, point) in asked.iter_mut().zip(&who.points) {
            let names = also(person, point).into_iter();
            asked.names.extend(names.flat_map(|point| hash::asked_at(&keys(app), &point, Vec::new()).names));
        }
        services.contactability.of_life_at(&records, channel, asked).allow
    })
}

/// Whether an objection stands on a point of this person.
fn is_at_own(book: &ContactDirectory, keys: &[NumberedKey], person: &Person, found: &FoundObjection) -> bool {
    person.points().into_iter().flat_map(|point| book.objections_on(point, keys)).any(|own| own.id == found.id)
}

/// Ways to ask wrongly.
pub const WRONG_RULES: [(&str, BoxRule); 5] = [
    ("takes a door for the house", |app, who, channel| {
        let neighbours = |person: &Person, point: &ContactPoint| {
            let near = |own: &&ContactPoint| own.lookup_keys().iter().any(|fold| point.lookup_keys().contains(fold));
            person.points().into_iter().filter(near).cloned().collect()
        };
        spread(app, who, neighbours, channel)
    }),
    ("forgets contact points", |app, who, channel| {
        with(app, who, channel, &Bent { keys: keys(app), here: &|_, _| false, elsewhere: &|_, _, _| false })
    }),
    ("asks under the newest index key alone", |app, who, channel| {
        let newest = keys(app).pop().into_iter().collect::<Vec<_>>();
        with(app, who, channel, &Bent { keys: newest, here: &|_, _| true, elsewhere: &|_, _, _| true })
    }),
    ("forgets objections whose maker is unknown", |app, who, channel| {
        let of_somebody = |found: &FoundObjection| found.entry.by.is_some();
        let (here, elsewhere) = (|_: &_, found: &_| of_somebody(found), |_: &_, _: &_, found: &_| of_somebody(found));
        with(app, who, channel, &Bent { keys: keys(app), here: &here, elsewhere: &elsewhere })
    }),
    ("takes another spelling for another point", |app, who, channel| {
        let keys = keys(app);
        // As folded as it was given, and no further.
        let exact = |point: &ContactPoint, found: &FoundObjection| {
            let key = keys.iter().find(|(number, _)| *number == found.entry.index);
            key.is_some_and(|(_, key)| found.entry.folds.contains(&hash::hash(key, &point.normal())))
        };
        with(app, who, channel, &Bent { keys: keys.clone(), here: &exact, elsewhere: &|_, _, _| true })
    }),
];

/// Those that few lives notice.
pub const RARELY_WRONG_RULES: [(&str, BoxRule); 3] = [
    ("lets a yes spread to a point that joins later", |app, who, channel| {
        spread(
            app,
            who,
            |person, point| if person.has(point) { person.points().into_iter().cloned().collect() } else { Vec::new() },
            channel,
        )
    }),
    ("keeps a no at the points where it was said", |app, who, channel| {
        with(app, who, channel, &Bent { keys: keys(app), here: &|_, _| true, elsewhere: &|_, _, _| false })
    }),
    ("keeps a no at a point to one of those with a reused number", |app, who, channel| {
        let own = |book: &ContactDirectory, person: &Person, found: &FoundObjection| {
            is_at_own(book, &keys(app), person, found)
        };
        with(app, who, channel, &Bent { keys: keys(app), here: &|_, _| true, elsewhere: &own })
    }),
];
