//! The book: profiles by contact point, objections by fold. Made from the facts at the start, kept up with every act.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use model::channel::Channel;
use model::contact::PointObjection;
use model::identity::{RecordAddress, Subject};
use time::Date;

use super::customer_number::alike;
use super::hash::{self, NumberedKey};
use super::profile::Person;
use contact::ContactPoint;
use ledger::formats::fact::{FactId, FoldHash, LetterCodeHash, Part, SuppressionEntry};
use ledger::{Fact, FactKind, Ledger, ReadError, StoredFact};
use vault::key::IndexKey;
use vault::random::SecureRandom;
use vault::ring::{KeyId, RetentionClass};

/// Takes away what a yes lifts.
pub(super) fn lift(entry: &mut SuppressionEntry, channels: &[Channel]) {
    let (gone, left): (Vec<Channel>, _) = entry.channels.iter().partition(|channel| channels.contains(channel));
    entry.channels = left;
    entry.lifted.extend(gone);
}

/// The fact that keeps an entry, or takes away one that says nothing any more.
pub(super) fn kept_entry(id: FactId, entry: SuppressionEntry) -> Fact {
    let says_something = !entry.channels.is_empty() || !entry.lifted.is_empty();
    Fact::Suppression { id, entry: says_something.then_some(entry) }
}

/// An entry that was found.
#[derive(Clone, Debug)]
pub struct FoundObjection {
    pub id: FactId,
    pub entry: SuppressionEntry,
    /// The record in which it was said.
    pub record: RecordAddress,
}

/// What stands on other points of somebody who has a point, or of whoever may be the same, and may be theirs.
pub(super) struct RelatedStandings<'a> {
    /// Who has the point.
    pub person: &'a Person,
    /// Whoever may be the same.
    pub others: Vec<&'a Person>,
    /// With what was lifted where it stands: a lift is for one point.
    pub found: Vec<FoundObjection>,
}

impl FoundObjection {
    /// In the words of the rules.
    pub fn objection(&self) -> PointObjection {
        let SuppressionEntry { channels, since, by, .. } = self.entry.clone();
        PointObjection { channels, since, by, record: self.record }
    }
}

/// See the module.
#[derive(Clone, Default)]
pub struct ContactDirectory {
    people: HashMap<Subject, Person>,
    /// By the normal form of a contact point; several people may share one.
    by_point: HashMap<String, Vec<Subject>>,
    /// Those of them that are one door of a house number, in their order: all of a number stand side by side.
    doors: BTreeSet<String>,
    /// By what a customer number has in common with those that may be the same ([`alike`]). Several have one where it came
    /// back with another name and address, until somebody says that they are the same.
    by_customer: HashMap<String, Vec<Subject>>,
    /// Which person and class a key seals.
    by_key: HashMap<KeyId, (Subject, RetentionClass)>,
    /// Subjects that turned out to be somebody else.
    same_as: HashMap<Subject, Subject>,
    entries: BTreeMap<FactId, (SuppressionEntry, RecordAddress)>,
    /// The record and the day in which anybody last agreed to a channel, or took an objection to it off a point.
    last_yes: BTreeMap<Channel, (RecordAddress, Date)>,
    by_fold: HashMap<FoldHash, Vec<FactId>>,
    /// By the keyed hash of a letter code.
    letters: HashMap<String, Subject>,
    letters_of: HashMap<KeyId, Vec<String>>,
}

impl ContactDirectory {
    /// From all facts.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn load(ledger: &Ledger) -> Result<Self, ReadError> {
        let mut book = Self::default();
        for kind in [FactKind::ProfilePart, FactKind::LetterCode, FactKind::Suppression, FactKind::LastYes] {
            for StoredFact { fact, record } in ledger.facts(kind)? {
                book.apply(fact, record);
            }
        }
        Ok(book)
    }

    /// Takes note of a fact; most kinds are not for it.
    pub(super) fn apply(&mut self, fact: Fact, record: RecordAddress) {
        match fact {
            Fact::Suppression { id, entry } => self.put_entry(id, entry, record),
            Fact::ProfilePart { key, part } => self.put_part(key, part),
            Fact::LetterCode { id, code: LetterCodeHash { subject, hash } } => {
                self.letters.insert(hash.clone(), subject);
                self.letters_of.entry(id.key).or_default().push(hash);
            }
            Fact::LastYes { channel, day } => _ = self.last_yes.insert(channel, (record, day)),
            _ => {}
        }
    }

    fn put_entry(&mut self, id: FactId, entry: Option<SuppressionEntry>, record: RecordAddress) {
        // A lift makes an objection smaller; it still rests on the record that it was made with.
        let record = self.entries.get(&id).map_or(record, |(_, first)| *first);
        if let Some((old, _)) = self.entries.remove(&id) {
            for fold in old.folds {
                take_out(&mut self.by_fold, &fold, &id);
            }
        }
        if let Some(entry) = entry {
            for fold in &entry.folds {
                put_in(&mut self.by_fold, *fold, id);
            }
            self.entries.insert(id, (entry, record));
        }
    }

    fn put_part(&mut self, key: KeyId, part: Option<Box<Part>>) {
        self.forget_part(key);
        let Some(part) = part else { return };
        let subject = part.subject;
        self.by_key.insert(key, (subject, part.class));
        for point in &part.points {
            put_in(&mut self.by_point, point.identity_key(), subject);
            if point.is_one_door() {
                self.doors.insert(point.identity_key());
            }
        }
        for number in &part.customers {
            put_in(&mut self.by_customer, alike(number), subject);
        }
        for other in &part.also {
            self.same_as.insert(*other, subject);
        }
        let person = self.people.entry(subject).or_insert_with(|| Person { subject, parts: BTreeMap::new() });
        person.parts.insert(part.class, part);
    }

    fn forget_part(&mut self, key: KeyId) {
        let Some((subject, class)) = self.by_key.remove(&key) else { return };
        let Some(person) = self.people.get_mut(&subject) else { return };
        let Some(gone) = person.parts.remove(&class) else { return };
        let left: BTreeSet<String> = person.points().iter().map(|point| point.identity_key()).collect();
        let numbers: Vec<String> = person.customers().into_iter().map(alike).collect();
        if person.parts.is_empty() {
            self.people.remove(&subject);
        }
        for point in gone.points.iter().map(ContactPoint::identity_key).filter(|point| !left.contains(point)) {
            take_out(&mut self.by_point, &point, &subject);
            if !self.by_point.contains_key(&point) {
                self.doors.remove(&point);
            }
        }
        for number in gone.customers.iter().map(|number| alike(number)).filter(|number| !numbers.contains(number)) {
            take_out(&mut self.by_customer, &number, &subject);
        }
    }

    /// Forgets what was sealed under a key that is gone.
    pub(super) fn forget(&mut self, key: KeyId) {
        for hash in self.letters_of.remove(&key).unwrap_or_default() {
            self.letters.remove(&hash);
        }
        self.forget_part(key);
    }

    /// The person that a subject is now.
    pub fn one_person(&self, mut subject: Subject) -> Subject {
        while let Some(kept) = self.same_as.get(&subject) {
            subject = *kept;
        }
        subject
    }

    /// A person by their subject, or by one that turned out to be the same.
    pub fn person(&self, subject: Subject) -> Option<&Person> {
        self.people.get(&self.one_person(subject))
    }

    pub fn everybody(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The people who have this contact point.
    pub fn at(&self, point: &ContactPoint) -> Vec<Subject> {
        self.by_point.get(&point.identity_key()).cloned().unwrap_or_default()
    }

    /// Whether somebody is known at every door that a contact point names. One that nobody has may be a slip of the pen, or
    /// a spelling that cannot be told to be one of theirs.
    fn knows_doors_of(&self, point: &ContactPoint) -> bool {
        point.numbers_with_doors().iter().all(|start| {
            let of_number = self.doors.range(start.clone()..).take_while(|door| door.starts_with(start.as_str()));
            of_number.into_iter().any(|door| point.may_be_door(start, door))
        })
    }

    /// Everybody with a customer number: one, unless it came back with another name and address.
    pub fn customers(&self, number: &str) -> Vec<&Person> {
        let mut people = self.with_number_like(number);
        people.retain(|person| person.customers().contains(&number));
        people
    }

    fn with_number_like(&self, number: &str) -> Vec<&Person> {
        let subjects = self.by_customer.get(&alike(number)).into_iter().flatten();
        subjects.filter_map(|subject| self.people.get(subject)).collect()
    }

    /// Whoever else has one of a person's customer numbers, or one that differs in how it is typed alone. They may be the
    /// same: what one of them objects to, none of them gets, and beyond that they share nothing.
    pub fn others_with_number(&self, person: &Person) -> Vec<&Person> {
        let numbers = person.customers().into_iter();
        let mut others: Vec<&Person> = numbers.flat_map(|number| self.with_number_like(number)).collect();
        others.retain(|other| other.subject != person.subject);
        others.sort_unstable_by_key(|other| other.subject);
        others.dedup_by_key(|other| other.subject);
        others
    }

    /// The person that a letter with this code went to, by the code's keyed hash.
    pub fn letter(&self, hash: &str) -> Option<Subject> {
        self.letters.get(hash).copied()
    }

    /// The objections that stand on a contact point, under whichever index key they were made.
    pub fn objections_on(&self, point: &ContactPoint, keys: &[NumberedKey]) -> Vec<FoundObjection> {
        self.entries_on(point, keys).into_iter().filter(|found| !found.entry.channels.is_empty()).collect()
    }

    /// The same with those that were lifted and remembered.
    fn entries_on(&self, point: &ContactPoint, keys: &[NumberedKey]) -> Vec<FoundObjection> {
        let folds = point.lookup_keys();
        let hashes = keys.iter().flat_map(|(_, key)| folds.iter().map(|fold| hash::hash(key, fold)));
        let ids: BTreeSet<&FactId> = hashes.filter_map(|hash| self.by_fold.get(&hash)).flatten().collect();
        let found = ids.into_iter().filter_map(|id| {
            let (entry, record) = self.entries.get(id)?;
            Some(FoundObjection { id: *id, entry: entry.clone(), record: entry.said.unwrap_or(*record) })
        });
        found.collect()
    }

    /// For each person who has a point (`also` among them, as they will be known): what stands on their other points.
    fn beside<'a>(
        &'a self,
        standings: &Standings<'_>,
        point: &ContactPoint,
        also: Option<&'a Person>,
    ) -> Vec<RelatedStandings<'a>> {
        let is_another = |person: &&Person| also.is_none_or(|also| also.subject != person.subject);
        let known = self.at(point).into_iter().filter_map(|subject| self.people.get(&subject)).filter(is_another);
        known.chain(also).filter_map(|person| self.beside_of(standings, point, person)).collect()
    }

    fn beside_of<'a>(
        &'a self,
        standings: &Standings<'_>,
        point: &ContactPoint,
        person: &'a Person,
    ) -> Option<RelatedStandings<'a>> {
        let others = self.others_with_number(person);
        let people: Vec<&Person> = std::iter::once(person).chain(others.iter().copied()).collect();
        let points = people.iter().flat_map(|person| person.points_of(point.kind()));
        let elsewhere: Vec<FoundObjection> =
            points.filter(|other| !other.is_same_as(point)).flat_map(|other| standings.entries_on(other)).collect();
        if elsewhere.is_empty() {
            return None;
        }
        let here = standings.entries_on(point);
        let mut found: Vec<FoundObjection> = Vec::new();
        for mut one in elsewhere {
            let is_known = here.iter().chain(&found).any(|of| of.id == one.id);
            if is_known || !self.may_be_of(&one.entry, &people) {
                continue;
            }
            // What is marked as lifted alone was said elsewhere.
            if one.entry.said.is_none() {
                one.entry.channels.append(&mut one.entry.lifted);
            }
            let lifted_here =
                |channel: &Channel| here.iter().any(|of| of.record == one.record && of.entry.lifted.contains(channel));
            one.entry.channels.retain(|channel| !lifted_here(channel));
            found.extend((!one.entry.channels.is_empty()).then_some(one));
        }
        (!found.is_empty()).then_some(RelatedStandings { person, others, found })
    }

    /// Whether an objection may have been made by one of these people: by nobody who is known as somebody else.
    pub(super) fn may_be_of(&self, entry: &SuppressionEntry, people: &[&Person]) -> bool {
        let Some(by) = entry.by.map(|by| self.one_person(by)) else { return true };
        people.iter().any(|person| person.subject == by) || !self.people.contains_key(&by)
    }

    /// Which objections of nobody known, that stand on these points, anybody at all agreed to since: a new no says more than
    /// they do, at whatever point of its maker turns out to be theirs later. One that a file dates does so if its date
    /// (`since`) is the newer one.
    pub(super) fn answered(&self, points: &[ContactPoint], since: Since, keys: &[NumberedKey]) -> AgreedSince {
        let standing = points.iter().flat_map(|point| self.objections_on(point, keys));
        let older = standing.filter(|found| found.entry.by.is_none() && since.is_newer_than(found.entry.since));
        let each = older.flat_map(|found| found.entry.channels.clone().into_iter().map(move |of| (found.clone(), of)));
        let agreed_since = |found: &FoundObjection, channel: &Channel| {
            let last = self.last_yes.get(channel);
            last.is_some_and(|(record, day)| *record > found.record || *day > found.entry.since)
        };
        each.filter(|(found, channel)| agreed_since(found, channel))
            .map(|(found, channel)| (found.id, channel))
            .collect()
    }

    /// What was said at another point, as it stands at this one.
    pub(super) fn entry_at(
        point: &ContactPoint,
        FoundObjection { entry, record, .. }: &FoundObjection,
        (index, key): &NumberedKey,
        entropy: &dyn SecureRandom,
    ) -> (FactId, SuppressionEntry) {
        let folds = point.suppression_keys().iter().map(|fold| hash::hash(key, fold)).collect();
        let entry = SuppressionEntry {
            index: *index,
            folds,
            source: None,
            lifted: Vec::new(),
            said: Some(*record),
            ..entry.clone()
        };
        (FactId(entropy.bytes()), entry)
    }

    /// Whether an objection that this source brought without a date stood on the point, and was lifted by a yes.
    pub(super) fn lifted_of(&self, source: &str, point: &ContactPoint, channel: Channel, keys: &[NumberedKey]) -> bool {
        self.entries_on(point, keys).into_iter().any(|FoundObjection { entry, .. }| {
            let was_lifted = entry.lifted.contains(&channel) && is_of_source(&entry, source, keys);
            was_lifted && stands_as_wide(&entry, &point.suppression_keys(), keys)
        })
    }

    /// What seals a part of somebody's profile.
    pub(super) fn key_of(&self, subject: Subject, class: RetentionClass) -> Option<KeyId> {
        self.by_key.iter().find(|(_, sealed)| **sealed == (subject, class)).map(|(key, _)| *key)
    }

    /// Facts for what is wanted and does not stand yet, under the newest of the index keys.
    pub(super) fn new_entries(
        &self,
        wanted: &WantedObjection<'_>,
        (index, key): &NumberedKey,
        keys: &[NumberedKey],
        entropy: &dyn SecureRandom,
    ) -> Vec<Fact> {
        let WantedObjection { by, points, channels, since, source, doors_are_told, said, answered } = *wanted;
        let entry = |point: &ContactPoint| {
            let wanted = channels.iter().filter(|channel| channel.point() == Some(point.kind()));
            let wanted: Vec<Channel> = wanted.copied().collect();
            if wanted.is_empty() {
                return None;
            }
            let known = doors_are_told || self.knows_doors_of(point);
            let folds = if known { point.suppression_keys() } else { point.stands_on_every_door() };
            // What others told before may be older than what a list without a date tells, so it does not stand for that.
            let is_told = |entry: &SuppressionEntry| source.is_none_or(|source| is_of_source(entry, source, keys));
            let own = |FoundObjection { entry, .. }: &FoundObjection| {
                entry.by == by && is_told(entry) && stands_as_wide(entry, &folds, keys)
            };
            let of =
                |found: FoundObjection| since.told_by(found.entry).into_iter().map(move |channel| (found.id, channel));
            let standing = self.entries_on(point, keys).into_iter().filter(own).flat_map(of);
            let standing: Vec<Channel> =
                standing.filter(|one| !answered.contains(one)).map(|(_, channel)| channel).collect();
            let channels: Vec<Channel> = wanted.into_iter().filter(|channel| !standing.contains(channel)).collect();
            let folds = folds.iter().map(|fold| hash::hash(key, fold)).collect();
            let id = FactId(entropy.bytes());
            let source = source.map(|source| source_hash(key, source));
            let entry = SuppressionEntry {
                index: *index,
                folds,
                channels,
                since: since.day(),
                by,
                source,
                lifted: Vec::new(),
                said,
            };
            (!entry.channels.is_empty()).then(|| kept_entry(id, entry))
        };
        points.iter().filter_map(entry).collect()
    }
}

/// What stands on the contact points of one question, each looked up once: all are asked about beside each of them.
pub(super) struct Standings<'a> {
    pub book: &'a ContactDirectory,
    pub keys: &'a [NumberedKey],
    asked: Vec<(&'a ContactPoint, Vec<FoundObjection>)>,
}

impl<'a> Standings<'a> {
    pub fn of(book: &'a ContactDirectory, keys: &'a [NumberedKey], points: &'a [ContactPoint]) -> Self {
        Self { book, keys, asked: points.iter().map(|point| (point, book.entries_on(point, keys))).collect() }
    }

    /// The objections that stand on a contact point.
    pub fn objections_on(&self, point: &ContactPoint) -> Vec<FoundObjection> {
        self.entries_on(point).into_iter().filter(|found| !found.entry.channels.is_empty()).collect()
    }

    /// See [`ContactDirectory::beside`].
    pub fn beside<'b>(&'b self, point: &ContactPoint, also: Option<&'b Person>) -> Vec<RelatedStandings<'b>> {
        self.book.beside(self, point, also)
    }

    fn entries_on(&self, point: &ContactPoint) -> Vec<FoundObjection> {
        let asked = self.asked.iter().find(|(asked, _)| *asked == point);
        asked.map_or_else(|| self.book.entries_on(point, self.keys), |(_, found)| found.clone())
    }
}

/// Adds one of a few, in their order. Nearly every point and fold has one: a set would make room for eleven.
fn put_in<K: Eq + Hash, V: Ord>(map: &mut HashMap<K, Vec<V>>, key: K, value: V) {
    let few = map.entry(key).or_insert_with(|| Vec::with_capacity(1));
    if let Err(at) = few.binary_search(&value) {
        few.insert(at, value);
    }
}

fn take_out<K: Eq + Hash, V: PartialEq>(map: &mut HashMap<K, Vec<V>>, key: &K, value: &V) {
    if let Some(few) = map.get_mut(key) {
        few.retain(|one| one != value);
        if few.is_empty() {
            map.remove(key);
        }
    }
}

/// An objection that is to stand on contact points.
pub(super) struct WantedObjection<'a> {
    /// The person who makes it, if known.
    pub by: Option<Subject>,
    pub points: &'a [ContactPoint],
    pub channels: &'a [Channel],
    pub since: Since,
    /// The system that told of it without a date.
    pub source: Option<&'a str>,
    /// The points become known with it, so their doors are as well.
    pub doors_are_told: bool,
    /// The record in which it was said before.
    pub said: Option<RecordAddress>,
    /// What stands already, and does not say this: somebody agreed after it, at another point or at this one.
    pub answered: &'a AgreedSince,
}

/// Since when an objection is made.
#[derive(Clone, Copy)]
pub(super) enum Since {
    /// It is said now, on this civil day.
    Now(Date),
    /// A file says on which day it was made; the same row comes again and again.
    Dated(Date),
}

impl Since {
    fn day(self) -> Date {
        match self {
            Self::Now(day) | Self::Dated(day) => day,
        }
    }

    /// Whether it may be newer than one of that day.
    fn is_newer_than(self, day: Date) -> bool {
        match self {
            Self::Now(now) => now >= day,
            Self::Dated(date) => date > day,
        }
    }

    /// The channels of which an older objection says as much: what it forbids. What nobody known said here, and was lifted
    /// since, says as much as a file that dates it no later. What somebody known said may have been lifted by another one.
    fn told_by(self, entry: SuppressionEntry) -> Vec<Channel> {
        let SuppressionEntry { mut channels, lifted, since, said, by, .. } = entry;
        match self {
            Self::Dated(date) if since >= date && said.is_none() && by.is_none() => channels.extend(lifted),
            Self::Dated(_) | Self::Now(_) => {}
        }
        channels
    }
}

/// Keeps that somebody agreed to these channels, or took objections to them off a point, on this civil day.
pub(super) fn yes_on(channels: &[Channel], day: Date) -> impl Iterator<Item = Fact> {
    channels.iter().map(move |channel| Fact::LastYes { channel: *channel, day })
}

/// Objections with a channel that somebody agreed to since.
pub(super) type AgreedSince = BTreeSet<(FactId, Channel)>;

fn source_hash(key: &IndexKey, source: &str) -> FoldHash {
    hash::hash(key, &format!("source {}", source.trim().to_lowercase()))
}

/// Whether this source brought an objection, without a date.
fn is_of_source(entry: &SuppressionEntry, source: &str, keys: &[NumberedKey]) -> bool {
    let key = keys.iter().find(|(number, _)| *number == entry.index);
    key.is_some_and(|(_, key)| entry.source == Some(source_hash(key, source)))
}

/// Whether an objection stands on every one of these folds: one on a single door does not yet stand on all of them.
fn stands_as_wide(entry: &SuppressionEntry, folds: &[String], keys: &[NumberedKey]) -> bool {
    let key = keys.iter().find(|(number, _)| *number == entry.index);
    key.is_some_and(|(_, key)| folds.iter().all(|fold| entry.folds.contains(&hash::hash(key, fold))))
}
