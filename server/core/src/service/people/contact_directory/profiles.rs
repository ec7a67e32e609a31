//! Everybody's profile, packed; whoever is asked about is opened, and those who were last are kept so.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use model::identity::Subject;

use super::super::customer_number::alike;
use super::super::profile::Person;
use super::packed::PackedPart;
use super::slab::{Postings, Slab};
use contact::ContactPoint;
use ledger::formats::fact::Part;
use vault::ring::{KeyId, RetentionClass};

/// Parts of profiles, by everything that they are found by. A table only says who may be meant; a person is opened to see.
#[derive(Clone, Default)]
pub(super) struct Profiles {
    parts: Slab<PackedPart>,
    by_key: Postings,
    by_subject: Postings,
    /// By what makes two spellings one point; several people may share one.
    by_point: Postings,
    /// Those who have one of several doors of a house number, by how all doors there begin.
    by_doors: Postings,
    /// By what a customer number has in common with those that may be the same ([`alike`]). Several have one where it came
    /// back with another name and address, until somebody says that they are the same.
    by_customer: Postings,
    hasher: RandomState,
    opened: OpenedPeople,
}

impl Profiles {
    /// With room for so many people who are opened.
    pub fn new(opened: usize) -> Self {
        Self { opened: OpenedPeople::new(opened), ..Self::default() }
    }

    /// Takes note of a part, which is sealed under this key.
    pub fn put(&mut self, key: KeyId, part: &Part) {
        self.forget(key);
        let number = self.parts.put(PackedPart::new(key, part));
        self.by_key.put(self.hasher.hash_one(key), number);
        self.by_subject.put(self.hasher.hash_one(part.subject), number);
        let [points, doors, customers] = names(part).map(|names| self.hashes(&names));
        points.into_iter().for_each(|hash| self.by_point.put(hash, number));
        doors.into_iter().for_each(|hash| self.by_doors.put(hash, number));
        customers.into_iter().for_each(|hash| self.by_customer.put(hash, number));
        self.opened.forget(part.subject);
    }

    /// Forgets what was sealed under a key that is gone.
    pub fn forget(&mut self, key: KeyId) {
        let hash = self.hasher.hash_one(key);
        let found = self.by_key.find(hash).find(|number| self.part(*number).is_some_and(|part| part.key() == key));
        let Some((number, gone)) = found.and_then(|number| Some((number, self.parts.take_out(number)?))) else {
            return;
        };
        let part = gone.unpack();
        self.by_key.take_out(hash, number);
        self.by_subject.take_out(self.hasher.hash_one(part.subject), number);
        let [points, doors, customers] = names(&part).map(|names| self.hashes(&names));
        points.into_iter().for_each(|hash| self.by_point.take_out(hash, number));
        doors.into_iter().for_each(|hash| self.by_doors.take_out(hash, number));
        customers.into_iter().for_each(|hash| self.by_customer.take_out(hash, number));
        self.opened.forget(part.subject);
    }

    fn hashes(&self, names: &[String]) -> Vec<u64> {
        names.iter().map(|name| self.hasher.hash_one(name)).collect()
    }

    fn part(&self, number: u32) -> Option<&PackedPart> {
        self.parts.get(number)
    }

    fn parts_of(&self, subject: Subject) -> impl Iterator<Item = &PackedPart> {
        let found = self.by_subject.find(self.hasher.hash_one(subject)).filter_map(|number| self.part(number));
        found.filter(move |part| part.subject() == subject)
    }

    /// Whether somebody is known by that subject.
    pub fn contains(&self, subject: Subject) -> bool {
        self.parts_of(subject).next().is_some()
    }

    /// What seals a part of somebody's profile.
    pub fn key_of(&self, subject: Subject, class: RetentionClass) -> Option<KeyId> {
        self.parts_of(subject).find(|part| part.class() == class).map(PackedPart::key)
    }

    /// All parts of somebody.
    pub fn person(&self, subject: Subject) -> Option<Arc<Person>> {
        if let Some(known) = self.opened.get(subject) {
            return Some(known);
        }
        let parts: BTreeMap<RetentionClass, Box<Part>> =
            self.parts_of(subject).map(|part| (part.class(), Box::new(part.unpack()))).collect();
        let person = (!parts.is_empty()).then(|| Arc::new(Person { subject, parts }));
        person.inspect(|person| self.opened.put(person))
    }

    /// The subjects of everybody.
    pub fn subjects(&self) -> Vec<Subject> {
        distinct(self.parts.iter().map(PackedPart::subject))
    }

    /// The subjects of those of whom there is a part of a class.
    pub fn subjects_with(&self, class: RetentionClass) -> Vec<Subject> {
        distinct(self.parts.iter().filter(|part| part.class() == class).map(PackedPart::subject))
    }

    /// Everybody who has this contact point.
    pub fn at(&self, point: &ContactPoint) -> Vec<Arc<Person>> {
        self.found(&self.by_point, &point.identity_key(), |person| person.has(point))
    }

    /// Whether somebody may be known at the door that a point means, of those that begin so.
    pub fn is_known_at_door(&self, point: &ContactPoint, start: &str) -> bool {
        let is_it = |door: &&ContactPoint| {
            let at = door.identity_key();
            door.is_one_door() && at.starts_with(start) && point.may_be_door(start, &at)
        };
        let has_it = |person: &Person| person.points().iter().any(is_it);
        !self.found(&self.by_doors, start, has_it).is_empty()
    }

    /// Everybody with a customer number that may be the same.
    pub fn with_number_like(&self, number: &str) -> Vec<Arc<Person>> {
        let like = alike(number);
        self.found(&self.by_customer, &like, |person| person.customers().into_iter().any(|other| alike(other) == like))
    }

    /// Those who may have a name and do, by subject.
    fn found(&self, table: &Postings, name: &str, has_it: impl Fn(&Person) -> bool) -> Vec<Arc<Person>> {
        let numbers = table.find(self.hasher.hash_one(name)).filter_map(|number| self.part(number));
        let people = distinct(numbers.map(PackedPart::subject)).into_iter().filter_map(|subject| self.person(subject));
        people.filter(|person| has_it(person)).collect()
    }
}

fn distinct(subjects: impl Iterator<Item = Subject>) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = subjects.collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

/// What a part is found by: its points, how the doors begin that it is one of, and its customer numbers.
fn names(part: &Part) -> [Vec<String>; 3] {
    let doors = part.points.iter().flat_map(ContactPoint::numbers_with_doors);
    let customers = part.customers.iter().map(|number| alike(number));
    [part.points.iter().map(ContactPoint::identity_key).collect(), doors.collect(), customers.collect()]
}

/// Those who were opened last, each at a place that its subject tells. Whoever comes to a place takes it from whoever is there.
struct OpenedPeople(Box<[Mutex<Option<Arc<Person>>>]>);

impl OpenedPeople {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| Mutex::default()).collect())
    }

    fn place(&self, subject: Subject) -> Option<&Mutex<Option<Arc<Person>>>> {
        let random = u64::from_le_bytes(*subject.0.first_chunk().expect("16 bytes"));
        let count = u64::try_from(self.0.len()).ok().filter(|count| *count > 0)?;
        self.0.get(usize::try_from(random % count).ok()?)
    }

    fn get(&self, subject: Subject) -> Option<Arc<Person>> {
        let there = self.place(subject)?.lock().unwrap_or_else(PoisonError::into_inner);
        there.as_ref().filter(|person| person.subject == subject).cloned()
    }

    fn put(&self, person: &Arc<Person>) {
        if let Some(place) = self.place(person.subject) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(person));
        }
    }

    /// Nobody opens anybody meanwhile: whoever changes the profiles has them alone.
    fn forget(&mut self, subject: Subject) {
        if let Some(place) = self.place(subject) {
            place.lock().unwrap_or_else(PoisonError::into_inner).take_if(|person| person.subject == subject);
        }
    }
}

/// Few look at a copy, and not for long.
const OPENED_OF_COPY: usize = 1_000;

impl Clone for OpenedPeople {
    /// What is changed on a copy is nobody else's, so nobody is opened there yet.
    fn clone(&self) -> Self {
        Self::new(self.0.len().min(OPENED_OF_COPY))
    }
}

impl Default for OpenedPeople {
    fn default() -> Self {
        Self::new(0)
    }
}
