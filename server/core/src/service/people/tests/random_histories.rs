//! Random lives: whatever happens in whatever order, a suppressed contact point never gets through.
//!
//! Each run lives other lives. `KEUZE_SEED` names the first one: everything in a life is decided by its seed, so a life
//! that fails is lived again by naming it. `KEUZE_LONG` asks for 100,000.
//!
//! The same lives are lived with deliberately wrong acts, and asked about with deliberately wrong rules.

mod boxes;
#[path = "../../../../../keuze/tests/common/counts.rs"]
mod counts;
mod mutants;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use model::channel::Channel;
use model::contact::PointKind;
use model::event::{Actor, Body, Route};
use model::identity::Subject;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::{by_import, confirmation, own, unverified};
use crate::config::MemorySettings;
use crate::service::fixture::TestApp;
use crate::service::people::batch::Batch;
use crate::service::people::contact_directory::kept_entry;
use crate::service::people::import::tests::import;
use crate::service::people::import::{Column, Mode};
use crate::service::people::{Addressee, ContactDirectory, Person, hash};
use contact::ContactPoint;
use ledger::formats::fact::{FactId, FoldHash, SuppressionEntry};
use ledger::verify::verify;
use ledger::{AppendRequest, Fact, FactKind};

use boxes::{BOXES, Forbidden, Holder, PROVABLE, Spelling};
use counts::{count, seed};
use mutants::{BoxRule, RARELY_WRONG_RULES, WRONG_RULES, Wrong, right};

/// What the test itself knows of a person.
#[derive(Clone)]
struct Somebody {
    subject: Subject,
    numbers: BTreeSet<String>,
    boxes: BTreeSet<usize>,
    /// The name that they came with.
    name: &'static str,
    /// When they became known.
    since: usize,
    /// What they ever agreed to, at which box, and when: an older no that an import brings afterwards is not taken there.
    yes: BTreeMap<(Channel, usize), usize>,
    /// For which boxes they agreed, or a file told that they are a customer: nothing else may be used.
    given: BTreeSet<(Channel, usize)>,
    /// Whether a file told that they refused when the address was collected; it counts the first time.
    refused: bool,
}

/// A row of a file.
#[derive(Clone)]
struct LifeRow {
    number: Option<String>,
    /// With a number.
    name: &'static str,
    /// The operator says that whoever has the number is one person.
    is_same: bool,
    boxes: Vec<usize>,
    /// The person is a customer, with evidence; the second is whether they refused then.
    told: Option<bool>,
    objected: Vec<Channel>,
    is_dated: bool,
    /// Something else in it is wrong, so that it is refused.
    is_wrong: bool,
}

struct Life {
    seed: u64,
    wrong: Wrong,
    app: TestApp,
    /// One in a hundred lives is on disk: rotations, restarts and rebuilds are those of files.
    folder: Option<tempfile::TempDir>,
    rng: StdRng,
    people: Vec<Somebody>,
    /// Everybody who ever became known, those among them who turned out to be somebody else or were erased.
    met: BTreeSet<Subject>,
    forbidden: Forbidden,
    told: Vec<String>,
    /// How many steps were lived.
    time: usize,
}

impl Life {
    async fn new(seed: u64, wrong: Wrong) -> Self {
        let folder = seed.is_multiple_of(100).then(|| tempfile::tempdir().expect("a folder"));
        let app = match &folder {
            Some(folder) => TestApp::at(Some(&data(folder)), seed).await,
            None => TestApp::bare(seed),
        };
        let rng = StdRng::seed_from_u64(seed);
        let (people, met) = (Vec::new(), BTreeSet::new());
        let (forbidden, told) = (Forbidden::default(), Vec::new());
        Self { seed, wrong, app, folder, rng, people, met, forbidden, told, time: 0 }
    }

    fn spelling(&mut self, row: usize) -> &'static Spelling {
        let row = &BOXES[row];
        &row[self.rng.random_range(0..row.len())]
    }

    fn point(&mut self, row: usize) -> ContactPoint {
        self.spelling(row).point.clone()
    }

    fn channels(&mut self) -> Vec<Channel> {
        if self.rng.random_bool(0.5) {
            return Channel::ALL.to_vec();
        }
        vec![Channel::ALL[self.rng.random_range(0..5)]]
    }

    async fn step(&mut self) {
        self.time += 1;
        let what = self.rng.random_range(0..14);
        let someone = (!self.people.is_empty()).then(|| self.rng.random_range(0..self.people.len()));
        match (what, someone) {
            (0..=2, _) => self.import().await,
            (3 | 13, _) => self.object_at_a_point().await,
            (4 | 5, Some(at)) => self.object(at).await,
            (6 | 7, Some(at)) => self.agree(at).await,
            (8, Some(at)) => self.erase(at).await,
            (9, Some(at)) => self.merge(at).await,
            (10 | 11, _) => self.rotate().await,
            (12, _) => self.rebuild().await,
            _ => {}
        }
        self.spread();
    }

    /// A file with a few rows, by the road of `keuze contacts import`.
    async fn import(&mut self) {
        let source = ["crm.jsonl", "shop.jsonl"][self.rng.random_range(0..2)];
        let mut file: Vec<LifeRow> = (0..self.rng.random_range(1..4)).map(|_| self.row()).collect();
        // Whoever comes twice in a file is not made one with somebody else by it.
        let numbers: Vec<Option<String>> = file.iter().map(|row| row.number.clone()).collect();
        let comes_twice = |row: &LifeRow| numbers.iter().filter(|number| **number == row.number).count() > 1;
        file.iter_mut().for_each(|row| row.is_same &= !comes_twice(row));
        let mode = if self.rng.random_bool(0.1) { Mode::DryRun } else { Mode::Write };
        self.bring(source, mode, file).await;
    }

    async fn bring(&mut self, source: &'static str, mode: Mode, file: Vec<LifeRow>) {
        let known: Vec<Subject> = file.iter().filter_map(|row| self.holder(row)).collect();
        // What comes with a number of somebody else's, as if it came of them.
        let merges =
            |row: &LifeRow| self.wrong == Wrong::ReusedNumberIsTheSame && !row.is_wrong && row.number.is_some();
        let as_sent: Vec<bool> = file.iter().map(|row| row.is_same || merges(row)).collect();
        let drops = |row: &&LifeRow| self.wrong == Wrong::ImportDropsRefusedRows && row.is_wrong;
        let taken: Vec<(&LifeRow, bool)> = file.iter().zip(as_sent).filter(|(row, _)| !drops(row)).collect();
        let text: String = taken.into_iter().map(|(row, is_same)| self.json(row, is_same) + "\n").collect();
        import(&self.app, source, &text, mode).await;
        self.told.push(format!("{mode:?} of {source}:\n{text}"));
        if mode == Mode::DryRun {
            return;
        }
        for row in &file {
            self.know(source, row);
            self.spread();
        }
        self.act_wrongly_on_import(&file, &known).await;
    }

    /// A row about somebody new, somebody known, somebody who was erased, or addresses and numbers alone.
    fn row(&mut self) -> LifeRow {
        let is_list = self.rng.random_bool(0.3);
        let number = (!is_list).then(|| self.rng.random_range(0..6).to_string());
        let name = ["Anna", "Bert"][usize::from(self.rng.random_bool(0.3))];
        // A row has room for one mailbox, one phone and one letter box.
        let pairs = [[0, 1], [2, 3], [4, 5]].map(|pair| pair[self.rng.random_range(0..2)]);
        let boxes = pairs.into_iter().filter(|_| self.rng.random_bool(0.5)).collect();
        let told = (!is_list && self.rng.random_bool(0.8)).then(|| self.rng.random_bool(0.1));
        let objects = is_list || self.rng.random_bool(0.2);
        let objected = if objects { self.channels() } else { Vec::new() };
        let (is_dated, is_wrong) = (self.rng.random_bool(0.5), self.rng.random_bool(0.2));
        let is_same = number.is_some() && !is_wrong && self.rng.random_bool(0.15);
        LifeRow { number, name, is_same, boxes, told, objected, is_dated, is_wrong }
    }

    fn json(&mut self, row: &LifeRow, is_same: bool) -> String {
        let mut fields: Vec<(Column, &str)> =
            row.boxes.iter().flat_map(|at| self.spelling(*at).fields.clone()).collect();
        fields.extend(row.number.iter().map(|number| (Column::Customer, number.as_str())));
        fields.extend(row.number.iter().map(|_| (Column::Name, row.name)));
        fields.extend(is_same.then_some((Column::SamePerson, "yes")));
        fields.extend(row.is_wrong.then_some((Column::Language, "klingon")));
        if let Some(refused) = row.told {
            fields.extend([
                (Column::Channels, "newsletter email post phone"),
                (Column::Contract, "K-1"),
                (Column::SameEntity, "yes"),
                (Column::InformedOn, "2026-01-05"),
                (Column::OptOutOfferedOn, "2026-01-05"),
                (Column::OptOutUsed, if refused { "yes" } else { "no" }),
                (Column::Products, "Bellen"),
            ]);
        }
        let objected = serde_json::to_value(&row.objected).expect("JSON");
        fields.extend((row.is_dated && !row.objected.is_empty()).then_some((Column::ObjectedOn, "2020-01-01")));
        let members = fields.into_iter().map(|(column, text)| (column.name().to_owned(), text.into()));
        let members = members.chain([(Column::ObjectedChannels.name().to_owned(), objected)]);
        serde_json::Value::Object(members.collect()).to_string()
    }

    /// Who is meant by a row: of those with its number whoever has one of its boxes, else its name; with another name and
    /// other boxes it is somebody else, unless it says that they are one.
    fn holder(&self, row: &LifeRow) -> Option<Subject> {
        let number = row.number.as_ref()?;
        let mut with_number: Vec<&Somebody> =
            self.people.iter().filter(|person| person.numbers.contains(number)).collect();
        with_number.sort_by_key(|person| person.subject);
        let has_one = |person: &&&Somebody| row.boxes.iter().any(|at| person.boxes.contains(at));
        let is_called = |person: &&&Somebody| person.name == row.name;
        let may_be = |_: &&&Somebody| row.is_same || row.boxes.is_empty();
        let found = with_number.iter().find(has_one).or_else(|| with_number.iter().find(is_called));
        found.or_else(|| with_number.iter().find(may_be)).map(|person| person.subject)
    }

    /// Whoever has a number of a person's.
    fn same_number(&self, subject: Subject) -> Vec<&Somebody> {
        let of = |person: &&Somebody| person.subject == subject;
        let numbers = self.people.iter().find(of).map(|person| person.numbers.clone()).unwrap_or_default();
        let shares = |person: &&Somebody| person.subject != subject && !person.numbers.is_disjoint(&numbers);
        self.people.iter().filter(shares).collect()
    }

    /// Takes every no to all boxes of whoever said it or may have.
    fn spread(&mut self) {
        let others = self.people.iter().map(|person| {
            let same_number = self.same_number(person.subject).into_iter();
            same_number.map(|other| (other.subject, other.boxes.clone())).collect::<Vec<_>>()
        });
        let others: Vec<_> = others.collect();
        let holders = self.people.iter().zip(others).map(|(person, same_number)| {
            let Somebody { subject, boxes, since, yes, .. } = person;
            Holder { subject: *subject, boxes, since: *since, yes, same_number }
        });
        let people: Vec<Holder<'_>> = holders.collect();
        self.forbidden.spread(&people);
    }

    /// The operator says that everybody with the number is whoever is meant.
    fn know_as_one(&mut self, row: &LifeRow) {
        let Some(kept) = self.holder(row).filter(|_| row.is_same) else { return };
        let others: Vec<Subject> = self.same_number(kept).iter().map(|other| other.subject).collect();
        others.into_iter().for_each(|gone| self.become_one(kept, gone));
    }

    fn become_one(&mut self, kept: Subject, gone: Subject) {
        let at = self.people.iter().position(|person| person.subject == gone).expect("known");
        let gone = self.people.remove(at);
        let kept = self.people.iter_mut().find(|person| person.subject == kept).expect("known");
        kept.boxes.extend(gone.boxes);
        kept.numbers.extend(gone.numbers);
        kept.yes.extend(gone.yes);
        kept.given.extend(gone.given);
        kept.refused |= gone.refused;
        self.forbidden.merge(kept.subject, gone.subject);
    }

    /// Who was made of a row about somebody new. A later row of the file may have made them one with somebody else already.
    fn made_of(&self, number: &str, name: &str) -> Option<Subject> {
        let is_new = |subject: &Subject| !self.met.contains(subject);
        let with_number = self.app.services.people.customers(number);
        let called = with_number.iter().filter(|person| person.name() == Some(name)).map(|person| person.subject);
        let one_with_others = with_number.iter().flat_map(Person::subjects);
        called.chain(one_with_others).find(is_new)
    }

    /// What a row means.
    fn know(&mut self, source: &'static str, row: &LifeRow) {
        self.know_as_one(row);
        if self.holder(row).is_none() && !row.is_wrong && row.number.is_some() {
            let number = row.number.clone().unwrap_or_default();
            let Some(subject) = self.made_of(&number, row.name) else {
                assert_ne!(self.wrong, Wrong::Nothing, "a row is lost after {}", self.told.join(", "));
                return;
            };
            let (name, since) = (row.name, self.time);
            self.met.insert(subject);
            let (boxes, yes, given, refused) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new(), false);
            let numbers = [number].into();
            self.people.push(Somebody { subject, numbers, boxes, name, since, yes, given, refused });
        }
        let holder = self.holder(row);
        let mut objected = row.objected.clone();
        // Of a refused row the refusal is taken as an objection.
        if row.is_wrong && row.told == Some(true) {
            objected.extend([Channel::Newsletter, Channel::Email]);
        }
        match self.people.iter_mut().find(|person| Some(person.subject) == holder) {
            None => self.know_of_boxes(source, row, &objected),
            Some(person) => {
                let mut boxes = person.boxes.clone();
                boxes.extend(&row.boxes);
                let named: BTreeSet<usize> = row.boxes.iter().copied().collect();
                let (mut no, mut refused) = (objected, Vec::new());
                if !row.is_wrong {
                    person.boxes.clone_from(&boxes);
                    if row.told.is_some() {
                        let known = self.app.services.people.known_person(person.subject);
                        let own = |at: &usize| known.as_ref().is_some_and(|known| is_own(known, *at));
                        // What comes with what joins is of that alone.
                        let joins = !row.boxes.is_empty() && !row.boxes.iter().any(own);
                        person.given.extend(relation(row, if joins { &named } else { &boxes }));
                    }
                    if row.told == Some(true) && !std::mem::replace(&mut person.refused, true) {
                        refused.extend([Channel::Newsletter, Channel::Email]);
                    }
                }
                no.extend(&refused);
                let yes = person.yes.clone();
                for at in boxes {
                    let stands = |channel: &&Channel| !yes.contains_key(&(**channel, at)) || refused.contains(channel);
                    let no: Vec<Channel> = no.iter().filter(stands).copied().collect();
                    self.forbidden.tell(at, &no, holder, self.time);
                }
            }
        }
    }

    /// A no at boxes alone. Where somebody who has one agreed here, the no may be the older one.
    fn know_of_boxes(&mut self, source: &'static str, row: &LifeRow, objected: &[Channel]) {
        for at in &row.boxes {
            let agreed = |channel: &&Channel| {
                self.people.iter().any(|person| person.boxes.contains(at) && person.yes.contains_key(&(**channel, *at)))
            };
            let no: Vec<Channel> = objected.iter().filter(|channel| !agreed(channel)).copied().collect();
            if row.is_dated && !row.objected.is_empty() {
                self.forbidden.dated(*at, &no);
            } else {
                self.forbidden.list(source, *at, &no);
            }
        }
    }

    async fn act_wrongly_on_import(&mut self, rows: &[LifeRow], known: &[Subject]) {
        match self.wrong {
            Wrong::ImportLifts => {
                for row in rows {
                    let points: Vec<_> = row.boxes.iter().map(|at| self.point(*at)).collect();
                    if let Some(subject) = self.holder(row) {
                        self.lift_all(subject, &points).await;
                    }
                }
            }
            Wrong::ImportOverwrites => {
                self.drop_entries(|entry| entry.by.is_some_and(|by| known.contains(&by))).await;
            }
            _ => {}
        }
    }

    async fn object_at_a_point(&mut self) {
        let row = self.rng.random_range(0..BOXES.len());
        let (point, channels) = (self.point(row), self.channels());
        let taken = self
            .app
            .services
            .contactability
            .object(&self.app.history(), &Addressee::point(point.clone()), &channels, &unverified())
            .await;
        if let Ok(acted) = taken {
            self.forbidden.add(row, &acted.channels, None, self.time);
            self.told.push(format!("object at {row} {:?}", acted.channels));
            self.unfold(&point).await;
        }
    }

    async fn object(&mut self, at: usize) {
        let Somebody { subject, boxes, .. } = self.people[at].clone();
        let channels = self.channels();
        let act = own(Route::PreferencePage);
        self.app
            .services
            .contactability
            .object(&self.app.history(), &Addressee::person(subject), &channels, &act)
            .await
            .expect("recorded");
        if self.wrong == Wrong::NoStandsOnThePersonAlone {
            self.drop_entries(|entry| entry.by == Some(subject)).await;
        }
        for row in boxes {
            self.forbidden.add(row, &channels, Some(subject), self.time);
        }
        self.told.push(format!("object {at} {channels:?}"));
    }

    /// With proof of control of one box.
    async fn agree(&mut self, at: usize) {
        let Somebody { subject, boxes, .. } = self.people[at].clone();
        let provable: Vec<usize> = boxes.iter().copied().filter(|row| *row < PROVABLE).collect();
        if provable.is_empty() {
            return;
        }
        let row = provable[self.rng.random_range(0..provable.len())];
        let (point, channels) = (self.point(row), self.channels());
        let act = own(Route::PreferencePage);
        let controlled = match self.wrong {
            Wrong::YesLiftsAll => boxes.iter().map(|row| self.point(*row)).collect(),
            _ => vec![point],
        };
        let yes = self
            .app
            .services
            .contactability
            .opt_in(&self.app.history(), subject, &channels, confirmation(), &controlled, &act, None)
            .await;
        yes.expect("recorded");
        // What joined later is shown to nobody who was there first, so their yes is not for that.
        let known = self.app.services.people.known_person(subject).expect("known").seen_by(&controlled);
        let shown: BTreeSet<usize> = boxes.iter().copied().filter(|at| has(&known, *at)).collect();
        let given: BTreeSet<(Channel, usize)> =
            channels.iter().flat_map(|channel| given(*channel, row, &shown)).collect();
        self.people[at].yes.extend(given.iter().map(|at| (*at, self.time)));
        self.people[at].given.extend(&given);
        self.forbidden.lift(row, &channels, &given, subject);
        if self.wrong == Wrong::LiftIsEverywhere {
            self.change_entries(|entry| Some(SuppressionEntry { lifted: Vec::new(), ..entry })).await;
        }
        self.told.push(format!("agree {at} {channels:?} at {row}"));
    }

    /// Mostly with the blocking list; without it, what the person had objected to stays.
    async fn erase(&mut self, at: usize) {
        let Somebody { subject, boxes, .. } = self.people.remove(at);
        let keep = self.rng.random_bool(0.8);
        let act = own(Route::PreferencePage);
        let erased = self
            .app
            .services
            .erasures
            .erase(&self.app.history(), subject, keep && self.wrong != Wrong::ErasureFrees, &act)
            .await;
        erased.expect("erased");
        for row in boxes.into_iter().filter(|_| keep) {
            self.forbidden.add(row, &Channel::ALL, Some(subject), self.time);
        }
        self.told.push(format!("erase {at}, blocking list: {keep}"));
    }

    async fn merge(&mut self, at: usize) {
        let other = self.rng.random_range(0..self.people.len());
        if other == at {
            return;
        }
        let gone = self.people[other].clone();
        let their_folds = self.folds_of(&gone.boxes);
        let subject = self.people[at].subject;
        self.app
            .services
            .merging
            .merge(&self.app.history(), subject, gone.subject, &by_import(), Vec::new())
            .await
            .expect("merged");
        self.become_one(subject, gone.subject);
        self.told.push(format!("merge {other} into {at}"));
        if self.wrong == Wrong::MergeForgets {
            self.drop_entries(|entry| entry.folds.iter().any(|fold| their_folds.contains(fold))).await;
        }
    }

    /// What stands on these boxes, under every index key.
    fn folds_of(&self, boxes: &BTreeSet<usize>) -> Vec<FoldHash> {
        let keys = hash::index_keys(&self.app.services.ledger);
        let spellings = boxes.iter().flat_map(|row| &BOXES[*row]);
        let folds: BTreeSet<String> = spellings.flat_map(|spelling| spelling.point.suppression_keys()).collect();
        folds.iter().flat_map(|fold| keys.iter().map(move |(_, key)| hash::hash(key, fold))).collect()
    }

    /// A new index key, or a new root key.
    async fn rotate(&mut self) {
        let (name, wrong) = if self.rng.random_bool(0.5) {
            self.app.services.key_rotation.rotate_index(Actor::System).await.expect("rotated");
            ("index", Wrong::IndexRotationDrops)
        } else {
            self.app.services.key_rotation.rotate_root(Actor::System).await.expect("rotated");
            ("root", Wrong::RootRotationDrops)
        };
        self.told.push(format!("rotate {name}"));
        if self.wrong == wrong {
            self.drop_entries(|_| true).await;
        }
    }

    /// All that is known made anew: on disk by a restart, mostly without the database, else from the facts.
    async fn rebuild(&mut self) {
        match self.data() {
            Some(data) => {
                self.app.services.ledger.close().await;
                if self.rng.random_bool(0.8) {
                    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
                }
                self.app = TestApp::at(Some(&data), self.rng.random()).await;
            }
            None => {
                let anew =
                    ContactDirectory::load(&self.app.services.ledger, MemorySettings::default()).expect("readable");
                let mut book = self.app.services.people.book.write().expect("nobody panicked");
                *book = anew;
            }
        }
        self.told.push("rebuild".to_owned());
        if self.wrong == Wrong::RebuildForgets {
            self.drop_entries(|_| true).await;
        }
    }

    fn data(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(data)
    }

    /// As if somebody had proved to control all these points, and agreed.
    async fn lift_all(&self, subject: Subject, points: &[ContactPoint]) {
        let act = own(Route::PreferencePage);
        let yes = self
            .app
            .services
            .contactability
            .opt_in(&self.app.history(), subject, &Channel::ALL, confirmation(), points, &act, None)
            .await;
        yes.expect("recorded");
    }

    /// Takes objections from the book, as wrong code would.
    async fn drop_entries(&self, which: impl Fn(&SuppressionEntry) -> bool) {
        self.change_entries(|entry| {
            which(&entry).then(|| SuppressionEntry { channels: Vec::new(), lifted: Vec::new(), ..entry })
        })
        .await;
    }

    /// Puts an objection on the spelling that was given, where the wrong way to act is that.
    async fn unfold(&self, point: &ContactPoint) {
        if self.wrong != Wrong::NoStandsOnOneSpelling {
            return;
        }
        let keys = hash::index_keys(&self.app.services.ledger);
        let own = |entry: &SuppressionEntry| {
            let key = keys.iter().find(|(number, _)| *number == entry.index).map(|(_, key)| key.clone())?;
            point.suppression_keys().iter().any(|fold| entry.folds.contains(&hash::hash(&key, fold))).then_some(key)
        };
        // A letter box is written in one way where it is compared.
        let text =
            if matches!(point, ContactPoint::Post(_)) { point.suppression_keys()[0].clone() } else { point.normal() };
        self.change_entries(|entry| {
            own(&entry).map(|key| SuppressionEntry { folds: vec![hash::hash(&key, &text)], ..entry })
        })
        .await;
    }

    async fn change_entries(&self, change: impl Fn(SuppressionEntry) -> Option<SuppressionEntry>) {
        let kept = self.app.services.ledger.facts(FactKind::Suppression).expect("readable");
        let entry = |fact: Fact| match fact {
            Fact::Suppression { id, entry: Some(entry) } => (id, entry),
            other => panic!("{other:?} is no entry"),
        };
        let change = |(id, entry): (FactId, SuppressionEntry)| Some(kept_entry(id, change(entry)?));
        let facts: Vec<Fact> = kept.into_iter().filter_map(|stored| change(entry(stored.fact))).collect();
        let event = by_import().event(self.app.services.clock.now().at, Body::DetailsRecorded(by_import().said()));
        let lock = self.app.services.people.write_lock().await;
        lock.append(Batch::from_requests([AppendRequest::with(event, facts)])).await.expect("recorded");
    }

    /// The first box that would be used though nobody gave anything for it, with a rule that may be wrong.
    fn borrowed(&self, rule: BoxRule) -> Option<String> {
        for (row, spellings) in BOXES.iter().enumerate() {
            for channel in spellings[0].point.kind().channels() {
                let given = |person: &&Somebody| person.given.contains(&(*channel, row));
                for Spelling { point, .. } in spellings {
                    let at = |person| Addressee { person, points: vec![point.clone()] };
                    let without = self.people.iter().filter(|person| !given(person));
                    let mut asked: Vec<Addressee> = without.map(|person| at(Some(person.subject))).collect();
                    asked.extend((!self.people.iter().any(|person| given(&person))).then(|| at(None)));
                    if asked.iter().any(|who| rule(&self.app, who, *channel)) {
                        return Some(format!("{channel:?} at {row}, given by nobody, after {}", self.told.join(", ")));
                    }
                }
            }
        }
        None
    }

    fn found(&self, rule: BoxRule) -> Option<String> {
        self.let_through(rule).or_else(|| self.borrowed(rule)).or_else(|| self.mixed_up())
    }

    /// The first who has a name, box or number that was not told of them.
    fn mixed_up(&self) -> Option<String> {
        self.people.iter().find_map(|person| {
            let known = self.app.services.people.known_person(person.subject);
            let is_own = known.is_some_and(|known| {
                let boxes = (0..BOXES.len()).filter(|row| known.has(&BOXES[*row][0].point));
                let numbers: BTreeSet<String> = known.customers().into_iter().map(str::to_owned).collect();
                let named = known.name() == Some(person.name) && known.subject == person.subject;
                named && boxes.eq(person.boxes.iter().copied()) && numbers == person.numbers
            });
            let numbers = &person.numbers;
            (!is_own).then(|| format!("{} with {numbers:?} is mixed up after {}", person.name, self.told.join(", ")))
        })
    }

    /// The first forbidden box that would be used, with a rule that may be wrong.
    fn let_through(&self, rule: BoxRule) -> Option<String> {
        for (row, channel) in self.forbidden.each() {
            for Spelling { point, .. } in &BOXES[row] {
                let mut asked = vec![Addressee::point(point.clone())];
                let holders = self.people.iter().filter(|person| person.boxes.contains(&row));
                let at = |person: &Somebody| Addressee { person: Some(person.subject), points: vec![point.clone()] };
                asked.extend(holders.map(at));
                if asked.iter().any(|who| rule(&self.app, who, channel)) {
                    return Some(format!("{channel:?} at {row} after {}", self.told.join(", ")));
                }
            }
        }
        None
    }

    /// Lives on; a few lives are asked about after every step, most at their end.
    /// Somebody agrees at an address where nobody known had objected. What becomes of that no elsewhere is seen once the
    /// person has another address, which chance alone brings about too seldom.
    async fn begin_with_a_lift(&mut self) {
        let row = LifeRow {
            number: None,
            name: "Anna",
            is_same: false,
            boxes: vec![1],
            told: None,
            objected: Vec::new(),
            is_dated: false,
            is_wrong: false,
        };
        let no = LifeRow { objected: Channel::ALL.to_vec(), ..row.clone() };
        let customer = LifeRow { number: Some("0".to_owned()), told: Some(false), ..row };
        self.bring("crm.jsonl", Mode::Write, vec![no, customer]).await;
        self.agree(0).await;
        self.spread();
    }

    async fn live(&mut self) -> Option<String> {
        if self.wrong == Wrong::LiftIsEverywhere {
            self.begin_with_a_lift().await;
        }
        for _ in 0..self.rng.random_range(4..18) {
            self.step().await;
            let found = (self.seed % 10 == 5).then(|| self.found(right)).flatten();
            if found.is_some() {
                return found;
            }
        }
        self.found(right)
    }

    /// On disk everything still adds up.
    async fn end(self) {
        self.app.services.ledger.close().await;
        if let Some(data) = self.data() {
            verify(&data, Some(&data.with_extension("root"))).expect("adds up");
        }
    }
}

/// The boxes of a kind among these.
fn of_kind(kind: PointKind, boxes: &BTreeSet<usize>) -> Vec<usize> {
    boxes.iter().copied().filter(|row| BOXES[*row][0].point.kind() == kind).collect()
}

fn has(person: &Person, at: usize) -> bool {
    BOXES[at].iter().any(|spelling| person.has(&spelling.point))
}

/// Whether a box is certainly theirs.
fn is_own(person: &Person, at: usize) -> bool {
    BOXES[at].iter().any(|spelling| person.has(&spelling.point) && !person.is_later(&spelling.point))
}

/// For which boxes a yes is, by somebody who proved one of theirs.
fn given(channel: Channel, proved: usize, boxes: &BTreeSet<usize>) -> Vec<(Channel, usize)> {
    let Some(kind) = channel.point() else { return Vec::new() };
    let is_proved = BOXES[proved][0].point.kind() == kind;
    let rows = if is_proved { vec![proved] } else { of_kind(kind, boxes) };
    rows.into_iter().map(|row| (channel, row)).collect()
}

/// For which boxes a row tells of a customer: those that it names, or the only one of its kind.
fn relation(row: &LifeRow, known: &BTreeSet<usize>) -> Vec<(Channel, usize)> {
    let named: BTreeSet<usize> = row.boxes.iter().copied().collect();
    let of = |kind: PointKind| {
        let (named, known) = (of_kind(kind, &named), of_kind(kind, known));
        let rows = if named.is_empty() && known.len() == 1 { known } else { named };
        rows.into_iter().flat_map(move |row| kind.channels().iter().map(move |channel| (*channel, row)))
    };
    PointKind::ALL.into_iter().flat_map(of).collect()
}

fn data(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("data")
}

#[tokio::test]
async fn a_suppressed_point_never_gets_through() {
    let (first, lives) = (seed(), count(300, 100_000));
    let mut unnoticed = WRONG_RULES.to_vec();
    let mut forbidden = 0;
    for number in 0..lives as u64 {
        let seed = first.wrapping_add(number);
        let mut life = Life::new(seed, Wrong::Nothing).await;
        let found = life.live().await;
        assert!(found.is_none(), "KEUZE_SEED={seed}: {}", found.unwrap_or_default());
        unnoticed.retain(|(_, rule)| life.found(*rule).is_none());
        forbidden += life.forbidden.each().len();
        life.end().await;
    }
    eprintln!("KEUZE_SEED={first}: {lives} lives, {forbidden} times a box and a channel that is forbidden");
    let unnoticed: Vec<&str> = unnoticed.into_iter().map(|(name, _)| name).collect();
    assert!(unnoticed.is_empty(), "no life notices a rule that does this: {unnoticed:?} (KEUZE_SEED={first})");
}

#[tokio::test]
async fn every_wrong_way_to_act_lets_one_through() {
    let first = seed();
    for wrong in Wrong::ALL {
        let mut noticed = None;
        for number in 0..4000 {
            noticed = Life::new(first.wrapping_add(number), wrong).await.live().await.map(|_| number);
            if noticed.is_some() {
                break;
            }
        }
        let lives = noticed.unwrap_or_else(|| panic!("nothing notices {wrong:?} (KEUZE_SEED={first})")) + 1;
        eprintln!("KEUZE_SEED={first}: {wrong:?} is noticed after {lives} lives");
    }
}

#[tokio::test]
async fn a_no_that_stays_where_it_was_said_lets_one_through() {
    let (first, mut unnoticed) = (seed(), RARELY_WRONG_RULES.to_vec());
    for number in 0..4000 {
        let mut life = Life::new(first.wrapping_add(number), Wrong::Nothing).await;
        let found = life.live().await;
        assert!(found.is_none(), "KEUZE_SEED={}: {}", life.seed, found.unwrap_or_default());
        unnoticed.retain(|(_, rule)| life.found(*rule).is_none());
        if unnoticed.is_empty() {
            eprintln!("KEUZE_SEED={first}: noticed after {} lives", number + 1);
            return;
        }
    }
    let unnoticed: Vec<&str> = unnoticed.into_iter().map(|(name, _)| name).collect();
    panic!("no life notices a rule that does this: {unnoticed:?} (KEUZE_SEED={first})");
}

/// Two numbers are one person's, so the second row is of whoever the first one made, too.
#[tokio::test]
async fn whoever_a_file_makes_and_makes_one_with_another_is_neither_lost_nor_mixed_up() {
    let row = |number: &str, name, boxes: &[usize]| LifeRow {
        number: Some(number.to_owned()),
        name,
        is_same: false,
        boxes: boxes.to_vec(),
        told: None,
        objected: Vec::new(),
        is_dated: false,
        is_wrong: false,
    };
    let mut life = Life::new(1, Wrong::Nothing).await;
    life.bring("crm.jsonl", Mode::Write, vec![row("0", "Anna", &[0]), row("3", "Anna", &[1, 2])]).await;
    while life.people.len() > 1 {
        life.merge(0).await;
    }
    assert_eq!(life.found(right), None);

    let another = LifeRow { objected: vec![Channel::Phone], ..row("0", "Bert", &[3]) };
    let same = LifeRow { is_same: true, ..row("3", "Anna", &[0]) };
    life.bring("crm.jsonl", Mode::Write, vec![another, same]).await;

    assert_eq!(life.found(right), None);
    let [one] = &life.people[..] else { panic!("one person, not {}", life.people.len()) };
    assert_eq!(one.boxes, BTreeSet::from([0, 1, 2, 3]));
    assert_eq!(life.forbidden.each(), BTreeSet::from([(2, Channel::Phone), (3, Channel::Phone)]));
}
