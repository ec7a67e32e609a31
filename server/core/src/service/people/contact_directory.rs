//! The book: profiles by contact point, objections by fold. Made from the facts at the start, kept up with every act.

mod letters;
mod objections;
mod packed;
mod profiles;
mod slab;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use model::channel::Channel;
use model::contact::PointObjection;
use model::identity::{RecordAddress, Subject};
use time::Date;

use super::hash::{self, NumberedKey};
use super::profile::Person;
use crate::config::MemorySettings;
use contact::ContactPoint;
use ledger::formats::fact::{FactId, FoldHash, LetterCodeHash, SuppressionEntry};
use ledger::{Fact, FactKind, Ledger, ReadError, StoredFact};
use letters::Letters;
use objections::Objections;
use profiles::Profiles;
use vault::key::IndexKey;
use vault::random::SecureRandom;
use vault::ring::{KeyId, RetentionClass};

/// Hands over all facts that the directory is made of, some at a time.
fn read_facts(ledger: &Ledger, hand_over: &SyncSender<Vec<StoredFact>>) -> Result<(), ReadError> {
    const AT_ONCE: usize = 256;
    let mut facts = Vec::new();
    // Whoever takes them takes all.
    let hand_over = |facts: &mut Vec<StoredFact>| hand_over.send(std::mem::take(facts)).unwrap_or_default();
    for kind in [FactKind::ProfilePart, FactKind::LetterCode, FactKind::Suppression, FactKind::LastYes] {
        ledger.each_fact(kind, |fact| {
            facts.push(fact);
            if facts.len() == AT_ONCE {
                hand_over(&mut facts);
            }
        })?;
    }
    hand_over(&mut facts);
    Ok(())
}

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
pub(super) struct RelatedStandings {
    /// Who has the point.
    pub person: Arc<Person>,
    /// Whoever may be the same.
    pub others: Vec<Arc<Person>>,
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
    profiles: Profiles,
    /// Subjects that turned out to be somebody else.
    same_as: HashMap<Subject, Subject>,
    objections: Objections,
    /// The record and the day in which anybody last agreed to a channel, or took an objection to it off a point.
    last_yes: BTreeMap<Channel, (RecordAddress, Date)>,
    letters: Letters,
}

impl ContactDirectory {
    /// From all facts.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn load(ledger: &Ledger, memory: MemorySettings) -> Result<Self, ReadError> {
        let mut book = Self { profiles: Profiles::new(memory.opened_people), ..Self::default() };
        let (hand_over, facts) = sync_channel(4);
        // With a million people reading takes as long as packing.
        thread::scope(|scope| {
            let read = scope.spawn(move || read_facts(ledger, &hand_over));
            for StoredFact { fact, record } in facts.into_iter().flatten() {
                book.apply(&fact, record);
            }
            read.join().expect("reading a fact does not panic")
        })?;
        Ok(book)
    }

    /// Takes note of a fact; most kinds are not for it.
    pub(super) fn apply(&mut self, fact: &Fact, record: RecordAddress) {
        match fact {
            Fact::Suppression { id, entry } => self.objections.put(*id, entry.as_ref(), record),
            Fact::ProfilePart { key, part: Some(part) } => {
                self.same_as.extend(part.also.iter().map(|other| (*other, part.subject)));
                self.profiles.put(*key, part);
            }
            Fact::ProfilePart { key, part: None } => self.profiles.forget(*key),
            Fact::LetterCode { id, code: LetterCodeHash { subject, hash } } => self.letters.put(id.key, hash, *subject),
            Fact::LastYes { channel, day } => _ = self.last_yes.insert(*channel, (record, *day)),
            _ => {}
        }
    }

    /// Forgets what was sealed under a key that is gone.
    pub(super) fn forget(&mut self, key: KeyId) {
        self.letters.forget(key);
        self.profiles.forget(key);
    }

    /// The person that a subject is now.
    pub fn one_person(&self, mut subject: Subject) -> Subject {
        while let Some(kept) = self.same_as.get(&subject) {
            subject = *kept;
        }
        subject
    }

    /// A person by their subject, or by one that turned out to be the same.
    pub fn person(&self, subject: Subject) -> Option<Arc<Person>> {
        self.profiles.person(self.one_person(subject))
    }

    /// The subjects of everybody.
    pub fn everybody(&self) -> Vec<Subject> {
        self.profiles.subjects()
    }

    /// The subjects of those of whom something is known in a retention class.
    pub fn everybody_with(&self, class: RetentionClass) -> Vec<Subject> {
        self.profiles.subjects_with(class)
    }

    /// The people who have this contact point.
    pub fn at(&self, point: &ContactPoint) -> Vec<Subject> {
        self.profiles.at(point).into_iter().map(|person| person.subject).collect()
    }

    /// The same with what is known of them.
    pub fn people_at(&self, point: &ContactPoint) -> Vec<Arc<Person>> {
        let as_now = |person: Arc<Person>| match self.same_as.get(&person.subject) {
            Some(kept) => self.person(*kept),
            None => Some(person),
        };
        self.profiles.at(point).into_iter().filter_map(as_now).collect()
    }

    /// Whether somebody is known at every door that a contact point names. One that nobody has may be a slip of the pen, or
    /// a spelling that cannot be told to be one of theirs.
    fn knows_doors_of(&self, point: &ContactPoint) -> bool {
        point.numbers_with_doors().iter().all(|start| self.profiles.is_known_at_door(point, start))
    }

    /// Everybody with a customer number: one, unless it came back with another name and address.
    pub fn customers(&self, number: &str) -> Vec<Arc<Person>> {
        let mut people = self.profiles.with_number_like(number);
        people.retain(|person| person.customers().contains(&number));
        people
    }

    /// Whoever else has one of a person's customer numbers, or one that differs in how it is typed alone. They may be the
    /// same: what one of them objects to, none of them gets, and beyond that they share nothing.
    pub fn others_with_number(&self, person: &Person) -> Vec<Arc<Person>> {
        let numbers = person.customers().into_iter();
        let mut others: Vec<Arc<Person>> = numbers.flat_map(|number| self.profiles.with_number_like(number)).collect();
        others.retain(|other| other.subject != person.subject);
        others.sort_unstable_by_key(|other| other.subject);
        others.dedup_by_key(|other| other.subject);
        others
    }

    /// The person that a letter with this code went to, by the code's keyed hash.
    pub fn letter(&self, hash: &str) -> Option<Subject> {
        self.letters.find(hash)
    }

    /// The objections that stand on a contact point, under whichever index key they were made.
    pub fn objections_on(&self, point: &ContactPoint, keys: &[NumberedKey]) -> Vec<FoundObjection> {
        self.entries_on(point, keys).into_iter().filter(|found| !found.entry.channels.is_empty()).collect()
    }

    /// The same with those that were lifted and remembered.
    fn entries_on(&self, point: &ContactPoint, keys: &[NumberedKey]) -> Vec<FoundObjection> {
        let folds = point.lookup_keys();
        let hashes = keys.iter().flat_map(|(_, key)| folds.iter().map(|fold| hash::hash(key, fold)));
        let mut found: Vec<FoundObjection> = hashes
            .flat_map(|hash| self.objections.on(hash))
            .map(|(id, entry, record)| FoundObjection { id, record: entry.said.unwrap_or(record), entry })
            .collect();
        found.sort_unstable_by_key(|found| found.id);
        found.dedup_by_key(|found| found.id);
        found
    }

    /// For each person who has a point (`also` among them, as they will be known): what stands on their other points.
    fn beside(&self, standings: &Standings<'_>, point: &ContactPoint, also: Option<&Person>) -> Vec<RelatedStandings> {
        let known = self.profiles.at(point);
        let is_another = |person: &&Person| also.is_none_or(|also| also.subject != person.subject);
        let known = known.iter().map(AsRef::as_ref).filter(is_another);
        known.chain(also).filter_map(|person| self.beside_of(standings, point, person)).collect()
    }

    fn beside_of(&self, standings: &Standings<'_>, point: &ContactPoint, person: &Person) -> Option<RelatedStandings> {
        let others = self.others_with_number(person);
        let people: Vec<&Person> = std::iter::once(person).chain(others.iter().map(AsRef::as_ref)).collect();
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
        (!found.is_empty()).then(|| RelatedStandings { person: Arc::new(person.clone()), others, found })
    }

    /// Whether an objection may have been made by one of these people: by nobody who is known as somebody else.
    pub(super) fn may_be_of(&self, entry: &SuppressionEntry, people: &[&Person]) -> bool {
        let Some(by) = entry.by.map(|by| self.one_person(by)) else { return true };
        people.iter().any(|person| person.subject == by) || !self.profiles.contains(by)
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
        random: &dyn SecureRandom,
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
        (FactId(random.bytes()), entry)
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
        self.profiles.key_of(subject, class)
    }

    /// Facts for what is wanted and does not stand yet, under the newest of the index keys.
    pub(super) fn new_entries(
        &self,
        wanted: &WantedObjection<'_>,
        (index, key): &NumberedKey,
        keys: &[NumberedKey],
        random: &dyn SecureRandom,
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
            let id = FactId(random.bytes());
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
    pub fn on_points(book: &'a ContactDirectory, keys: &'a [NumberedKey], points: &'a [ContactPoint]) -> Self {
        Self { book, keys, asked: points.iter().map(|point| (point, book.entries_on(point, keys))).collect() }
    }

    /// The objections that stand on a contact point.
    pub fn objections_on(&self, point: &ContactPoint) -> Vec<FoundObjection> {
        self.entries_on(point).into_iter().filter(|found| !found.entry.channels.is_empty()).collect()
    }

    /// See [`ContactDirectory::beside`].
    pub fn beside(&self, point: &ContactPoint, also: Option<&Person>) -> Vec<RelatedStandings> {
        self.book.beside(self, point, also)
    }

    fn entries_on(&self, point: &ContactPoint) -> Vec<FoundObjection> {
        let asked = self.asked.iter().find(|(asked, _)| *asked == point);
        asked.map_or_else(|| self.book.entries_on(point, self.keys), |(_, found)| found.clone())
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
