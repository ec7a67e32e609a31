//! Random lives: whatever happens in whatever order, a suppressed contact point never gets through.
//!
//! The same lives are lived with deliberately wrong acts, and asked about with deliberately wrong rules: each of them
//! must let one through. A test that no wrong rule fails proves nothing.

use std::hash::{BuildHasher as _, RandomState};

use app::model::channel::Channel;
use app::model::decision::{Question, decide};
use app::model::event::{EventKind, Route};
use app::model::identity::Subject;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::{by_import, confirmation, customer, door, email, own, phone, unverified};
use crate::contact::ContactPoint;
use crate::scribe::{Draft, Fact, FactKind, Kept};
use crate::service::fixture::House;
use crate::service::people::book::{Book, Entry, Found};
use crate::service::people::{People, Who, hash};

/// Contact points in all their spellings: the spellings of a row reach the same mailbox, phone or letter box.
fn spellings() -> Vec<Vec<ContactPoint>> {
    vec![
        vec![email("anna@example.nl"), email("Anna@EXAMPLE.nl"), email("ANNA@example.nl")],
        vec![email("thuis@bücher.example"), email("Thuis@xn--bcher-kva.example")],
        vec![phone("06 12345678"), phone("+31 6 12345678"), phone("0031612345678")],
        vec![phone("020 788 4000")],
        vec![door("1"), door(" 1 ")],
        vec![door("1 A"), door("1-a")],
    ]
}

/// What the test itself knows: a no that stands, the boxes it stands on, and whose it is.
struct No {
    rows: Vec<usize>,
    channels: Vec<Channel>,
    by: Option<Subject>,
}

/// Every no that stands.
#[derive(Default)]
struct Forbidden(Vec<No>);

impl Forbidden {
    /// A no at a box; one at a bare house number forbids its doors, one at a door forbids the bare number.
    fn add(&mut self, row: usize, channels: &[Channel], by: Option<Subject>) {
        let rows = if row >= 4 { vec![4, 5] } else { vec![row] };
        let reached = spellings()[row][0].kind().channels();
        let channels = channels.iter().filter(|channel| reached.contains(channel)).copied().collect();
        self.0.push(No { rows, channels, by });
    }

    /// A yes lifts one's own no, and every no at the box that one proved to control.
    fn lift(&mut self, controlled: usize, channels: &[Channel], person: Subject) {
        for no in &mut self.0 {
            if no.by == Some(person) || no.rows.contains(&controlled) {
                no.channels.retain(|channel| !channels.contains(channel));
            }
        }
    }

    /// Two people are one: the no of either is the one's own.
    fn merge(&mut self, kept: Subject, gone: Subject) {
        self.0.iter_mut().filter(|no| no.by == Some(gone)).for_each(|no| no.by = Some(kept));
    }

    fn each(&self) -> impl Iterator<Item = (usize, Channel)> {
        let all = |no: &No| no.rows.iter().flat_map(|row| no.channels.iter().map(|c| (*row, *c))).collect::<Vec<_>>();
        self.0.iter().flat_map(all)
    }
}

/// A way to act wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
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
    /// An objection stands on the person alone, not on their points.
    NoStandsOnThePersonAlone,
}

struct Life {
    wrong: Wrong,
    house: House,
    rng: StdRng,
    people: Vec<(Subject, Vec<usize>)>,
    forbidden: Forbidden,
    told: Vec<String>,
}

impl Life {
    fn new(seed: u64, wrong: Wrong) -> Self {
        let house = House::bare(seed);
        let rng = StdRng::seed_from_u64(seed);
        Self { wrong, house, rng, people: Vec::new(), forbidden: Forbidden::default(), told: Vec::new() }
    }

    fn spelling(&mut self, row: usize) -> ContactPoint {
        let row = &spellings()[row];
        row[self.rng.random_range(0..row.len())].clone()
    }

    fn channels(&mut self) -> Vec<Channel> {
        if self.rng.random_bool(0.5) {
            return Channel::ALL.to_vec();
        }
        vec![Channel::ALL[self.rng.random_range(0..5)]]
    }

    async fn step(&mut self) {
        let what = self.rng.random_range(0..9);
        let someone = (!self.people.is_empty()).then(|| self.rng.random_range(0..self.people.len()));
        match (what, someone) {
            (0 | 1, _) => self.import().await,
            (2, _) => self.object_at_a_point().await,
            (3 | 4, Some(at)) => self.object(at).await,
            (5, Some(at)) => self.agree(at).await,
            (6, Some(at)) => self.erase(at).await,
            (7, Some(at)) => self.merge(at).await,
            _ => self.rotate_or_rebuild(),
        }
    }

    async fn import(&mut self) {
        let rows: Vec<usize> = (0..spellings().len()).filter(|_| self.rng.random_bool(0.4)).collect();
        let points: Vec<_> = rows.iter().map(|row| self.spelling(*row)).collect();
        let number = format!("{}", self.told.len());
        let subject = customer(&self.house, &number, &points).await;
        if self.wrong == Wrong::ImportLifts {
            self.lift_all(subject, &points).await;
        }
        self.told.push(format!("import {rows:?}"));
        self.people.push((subject, rows));
    }

    async fn object_at_a_point(&mut self) {
        let row = self.rng.random_range(0..spellings().len());
        let (point, channels) = (self.spelling(row), self.channels());
        let taken = self.house.keuze.object(&Who::point(point), &channels, &unverified()).await;
        if let Ok(acted) = taken {
            self.forbidden.add(row, &acted.channels, None);
            self.told.push(format!("object at {row} {:?}", acted.channels));
        }
    }

    async fn object(&mut self, at: usize) {
        let (subject, rows) = self.people[at].clone();
        let channels = self.channels();
        let act = own(Route::PreferencePage);
        self.house.keuze.object(&Who::person(subject), &channels, &act).await.expect("recorded");
        if self.wrong == Wrong::NoStandsOnThePersonAlone {
            self.drop_entries(|entry| entry.by == Some(subject)).await;
        }
        for row in rows {
            self.forbidden.add(row, &channels, Some(subject));
        }
        self.told.push(format!("object {at} {channels:?}"));
    }

    /// With proof of control of one box.
    async fn agree(&mut self, at: usize) {
        let (subject, rows) = self.people[at].clone();
        let Some(row) = rows.first().copied().filter(|row| *row < 4) else { return };
        let (point, channels) = (self.spelling(row), self.channels());
        let act = own(Route::PreferencePage);
        let controlled = match self.wrong {
            Wrong::YesLiftsAll => rows.iter().map(|row| self.spelling(*row)).collect(),
            _ => vec![point],
        };
        let yes = self.house.keuze.opt_in(subject, &channels, confirmation(), &controlled, &act, None).await;
        yes.expect("recorded");
        self.forbidden.lift(row, &channels, subject);
        self.told.push(format!("agree {at} {channels:?}"));
    }

    async fn erase(&mut self, at: usize) {
        let (subject, rows) = self.people.remove(at);
        let act = own(Route::PreferencePage);
        self.house.keuze.erase(subject, self.wrong != Wrong::ErasureFrees, &act).await.expect("erased");
        self.people.retain(|(other, _)| *other != subject);
        for row in rows {
            self.forbidden.add(row, &Channel::ALL, None);
        }
        self.told.push(format!("erase {at}"));
    }

    async fn merge(&mut self, at: usize) {
        let other = self.rng.random_range(0..self.people.len());
        if other == at {
            return;
        }
        let (kept, _) = self.people[at].clone();
        let (gone, rows) = self.people[other].clone();
        self.house.keuze.merge(kept, gone, &by_import()).await.expect("merged");
        if self.wrong == Wrong::MergeForgets {
            self.drop_entries(|entry| entry.by == Some(gone)).await;
        }
        self.people[at].1.extend(rows);
        self.forbidden.merge(kept, gone);
        self.people.remove(other);
        self.told.push(format!("merge {other} into {at}"));
    }

    /// As if somebody had proved to control all these points, and agreed.
    async fn lift_all(&self, subject: Subject, points: &[ContactPoint]) {
        let act = own(Route::PreferencePage);
        let yes = self.house.keuze.opt_in(subject, &Channel::ALL, confirmation(), points, &act, None).await;
        yes.expect("recorded");
    }

    /// Takes objections from the book, as wrong code would.
    async fn drop_entries(&self, which: impl Fn(&Entry) -> bool) {
        let kept = self.house.keuze.scribe.kept(FactKind::Suppression);
        let entry = |kept: &Kept| serde_json::from_slice::<Entry>(&kept.value).expect("an entry");
        let gone = kept.iter().filter(|kept| which(&entry(kept)));
        let facts = gone.map(|kept| Fact { kind: FactKind::Suppression, key: kept.key.clone(), value: None }).collect();
        let event = by_import().event(EventKind::Imported, self.house.keuze.clock.now().at);
        self.house.keuze.perform(Draft::with(event, facts)).await.expect("recorded");
    }

    /// A new index key, or all that is known made anew from the facts.
    fn rotate_or_rebuild(&mut self) {
        if self.rng.random_bool(0.5) {
            hash::rotate_index_key(&self.house.keuze.scribe);
            self.told.push("rotate".to_owned());
        } else {
            let anew = People::of(&self.house.keuze.scribe).expect("readable");
            let mut book = self.house.keuze.people.book.write().expect("nobody panicked");
            *book = anew.book.into_inner().expect("nobody panicked");
            self.told.push("rebuild".to_owned());
        }
    }

    /// The first forbidden box that would be used, with a rule that may be wrong.
    fn let_through(&self, rule: Rule) -> Option<String> {
        for (row, channel) in self.forbidden.each() {
            for point in &spellings()[row] {
                let mut asked = vec![Who::point(point.clone())];
                let holders = self.people.iter().filter(|(_, rows)| rows.contains(&row));
                asked.extend(holders.map(|(subject, _)| Who { person: Some(*subject), points: vec![point.clone()] }));
                if asked.iter().any(|who| rule(&self.house, who, channel)) {
                    return Some(format!("{channel:?} at {row} after {}", self.told.join(", ")));
                }
            }
        }
        None
    }
}

/// Whether a box may be used, by the right rule or a wrong one.
type Rule = fn(&House, &Who, Channel) -> bool;

fn right(house: &House, who: &Who, channel: Channel) -> bool {
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
    let found = who.points.iter().flat_map(|point| stands(&book, point));
    let question = Question::Reach(channel, found.map(|found| found.objection()).collect());
    drop(book);
    let policy = &keuze.published.current().policy;
    let life = |person| keuze.life(person).expect("readable");
    people.into_iter().any(|person| decide(&life(person), policy, &question, keuze.clock.now()).allow)
}

fn keys(house: &House) -> Vec<(u16, [u8; 32])> {
    hash::index_keys(&house.keuze.scribe)
}

/// Ways to ask wrongly.
const WRONG_RULES: [(&str, Rule); 4] = [
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

fn seed() -> u64 {
    let given = std::env::var("KEUZE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed"))
}

/// 300 lives, or 100,000 where `KEUZE_LONG` asks for the long counts.
fn lives() -> u64 {
    if std::env::var_os("KEUZE_LONG").is_some() { 100_000 } else { 300 }
}

async fn live(life: &mut Life) {
    for _ in 0..life.rng.random_range(3..14) {
        life.step().await;
    }
}

#[tokio::test]
async fn a_suppressed_point_never_gets_through() {
    let seed = seed();
    let mut unnoticed = WRONG_RULES.to_vec();
    for number in 0..lives() {
        let mut life = Life::new(seed.wrapping_add(number), Wrong::Nothing);
        // Asking takes longer than acting; most lives are only asked at their end.
        if number % 10 == 0 {
            for _ in 0..6 {
                life.step().await;
                assert_eq!(life.let_through(right), None, "KEUZE_SEED={}", seed.wrapping_add(number));
            }
        }
        live(&mut life).await;
        assert_eq!(life.let_through(right), None, "KEUZE_SEED={}", seed.wrapping_add(number));
        unnoticed.retain(|(_, rule)| life.let_through(*rule).is_none());
    }
    eprintln!("KEUZE_SEED={seed}, {} lives", lives());
    let unnoticed: Vec<&str> = unnoticed.into_iter().map(|(name, _)| name).collect();
    assert!(unnoticed.is_empty(), "no life notices a rule that does this: {unnoticed:?} (KEUZE_SEED={seed})");
}

#[tokio::test]
async fn every_wrong_way_to_act_lets_one_through() {
    let seed = seed();
    for wrong in [
        Wrong::ErasureFrees,
        Wrong::YesLiftsAll,
        Wrong::MergeForgets,
        Wrong::ImportLifts,
        Wrong::NoStandsOnThePersonAlone,
    ] {
        let mut noticed = None;
        for number in 0..4000 {
            let mut life = Life::new(seed.wrapping_add(number), wrong);
            live(&mut life).await;
            noticed = life.let_through(right);
            if noticed.is_some() {
                break;
            }
        }
        assert!(noticed.is_some(), "nothing notices {wrong:?} (KEUZE_SEED={seed})");
    }
}
