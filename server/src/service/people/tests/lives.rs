//! Random lives: whatever happens in whatever order, a suppressed contact point never gets through.
//!
//! Each life is also lived by deliberately wrong rules, which must let one through: a test that no wrong rule fails
//! proves nothing.

use std::hash::{BuildHasher as _, RandomState};

use app::model::channel::Channel;
use app::model::event::Route;
use app::model::identity::Subject;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::{by_import, confirmation, customer, door, email, own, phone, unverified};
use crate::contact::ContactPoint;
use crate::service::fixture::House;
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

struct Life {
    house: House,
    rng: StdRng,
    people: Vec<(Subject, Vec<usize>)>,
    forbidden: Forbidden,
    told: Vec<String>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let house = House::bare(seed);
        let rng = StdRng::seed_from_u64(seed);
        Self { house, rng, people: Vec::new(), forbidden: Forbidden::default(), told: Vec::new() }
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
        let yes = self.house.keuze.opt_in(subject, &channels, confirmation(), &[point], &act, None).await;
        yes.expect("recorded");
        self.forbidden.lift(row, &channels, subject);
        self.told.push(format!("agree {at} {channels:?}"));
    }

    async fn erase(&mut self, at: usize) {
        let (subject, rows) = self.people.remove(at);
        let act = own(Route::PreferencePage);
        self.house.keuze.erase(subject, true, &act).await.expect("erased");
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
        self.people[at].1.extend(rows);
        self.forbidden.merge(kept, gone);
        self.people.remove(other);
        self.told.push(format!("merge {other} into {at}"));
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

/// Forgets what stands on contact points.
fn by_the_person_alone(house: &House, who: &Who, channel: Channel) -> bool {
    let bare = |person| house.keuze.may_i(&Who { person: Some(person), points: vec![unused(channel)] }, channel);
    let people: Vec<Subject> = match who.person {
        Some(person) => vec![person],
        None => who.points.iter().flat_map(|point| house.keuze.people_at(point)).map(|p| p.subject).collect(),
    };
    people.into_iter().any(|person| bare(person).is_ok_and(|decision| decision.allow))
}

/// A point of the channel's kind on which nothing ever stands.
fn unused(channel: Channel) -> ContactPoint {
    match channel {
        Channel::Newsletter | Channel::Email | Channel::Social => email("nobody@unused.example"),
        Channel::Phone => phone("020 555 1234"),
        Channel::Post => door("9999"),
    }
}

fn seed() -> u64 {
    let given = std::env::var("KEUZE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed"))
}

/// 300 lives, or 100,000 where `KEUZE_LONG` asks for the long counts.
fn lives() -> u64 {
    if std::env::var_os("KEUZE_LONG").is_some() { 100_000 } else { 300 }
}

#[tokio::test]
async fn a_suppressed_point_never_gets_through() {
    let seed = seed();
    let mut noticed = 0;
    for number in 0..lives() {
        let mut life = Life::new(seed.wrapping_add(number));
        for _ in 0..life.rng.random_range(3..14) {
            life.step().await;
            // Asking takes longer than acting; most lives are only asked at their end.
            if number % 10 == 0 {
                assert_eq!(life.let_through(right), None, "KEUZE_SEED={}", seed.wrapping_add(number));
            }
        }
        assert_eq!(life.let_through(right), None, "KEUZE_SEED={}", seed.wrapping_add(number));
        noticed += u32::from(life.let_through(by_the_person_alone).is_some());
    }
    eprintln!("KEUZE_SEED={seed}, {} lives; forgetting contact points lets {noticed} through", lives());
    assert!(noticed > 0, "a rule that forgets contact points must be noticed");
}
