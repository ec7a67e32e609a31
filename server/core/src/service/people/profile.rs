//! What is known of a person: contact details by retention class, each part sealed under a key that ends with it.

use std::collections::BTreeMap;

use model::channel::Channel;
use model::contact::PointKind;
use model::identity::Subject;
use model::language::Language;

use contact::ContactPoint;
use ledger::Fact;
use ledger::formats::fact::{Later, Part};
use vault::ring::{KeyId, RetentionClass};

/// Whether it is a name alone.
fn is_name(later: &Later) -> bool {
    later.at.is_empty()
}

/// What becomes of a part when more is learned of the person.
pub trait Learn {
    /// Adds what the other says and this does not; nothing is overwritten.
    fn fill_from(&mut self, other: Self);

    /// Takes it that these points are the person's own.
    fn vouch<'a>(&mut self, own: impl IntoIterator<Item = &'a ContactPoint>);

    /// Takes it that all points and names are the person's own.
    fn vouch_for_all(&mut self);
}

impl Learn for Part {
    fn fill_from(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        for later in &other.later {
            let known = self.later.iter_mut().find(|known| known.at == later.at && !is_name(known));
            if let Some(known) = known {
                known.name = known.name.take().or_else(|| later.name.clone());
                known.with.extend(later.with.iter().cloned());
                known.with.sort_unstable();
                known.with.dedup();
            } else if is_name(later) && !self.later.contains(later) {
                self.later.push(later.clone());
            }
        }
        for number in other.customers {
            if !self.customers.contains(&number) {
                self.customers.push(number);
            }
        }
        for point in other.points {
            if !self.points.iter().any(|known| known.has_same_normal(&point)) {
                if !self.points.iter().any(|known| known.is_same_as(&point)) {
                    let at = point.identity_key();
                    self.later.extend(other.later.iter().filter(|later| later.at == at).cloned());
                }
                self.points.push(point);
            }
        }
        let more = std::iter::once(other.subject).chain(other.also).filter(|subject| *subject != self.subject);
        self.also.extend(more.collect::<Vec<_>>());
        self.also.sort_unstable();
        self.also.dedup();
    }

    fn vouch<'a>(&mut self, own: impl IntoIterator<Item = &'a ContactPoint>) {
        for point in own {
            let at = point.identity_key();
            let (own, others) = self.later.drain(..).partition::<Vec<Later>, _>(|later| later.at == at);
            self.later = others;
            self.name = self.name.take().or_else(|| own.into_iter().find_map(|later| later.name));
        }
    }

    fn vouch_for_all(&mut self) {
        let own = self.points.clone();
        self.vouch(&own);
        let (names, others) = self.later.drain(..).partition::<Vec<Later>, _>(is_name);
        self.later = others;
        self.name = self.name.take().or_else(|| names.into_iter().find_map(|later| later.name));
    }
}

/// The fact that keeps a part, under the key of its class.
pub(super) fn kept_part(key: KeyId, part: Part) -> Fact {
    Fact::ProfilePart { key, part: Some(Box::new(part)) }
}

/// A person: all parts together.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub subject: Subject,
    /// By retention class. Boxed, because most people have one, and the map makes room for eleven.
    pub parts: BTreeMap<RetentionClass, Box<Part>>,
}

impl Person {
    /// What is known of them in a retention class.
    pub fn part(&self, class: RetentionClass) -> Option<&Part> {
        self.parts.get(&class).map(AsRef::as_ref)
    }

    /// The subject and everybody who turned out to be the same.
    pub fn subjects(&self) -> Vec<Subject> {
        let also = self.parts.values().flat_map(|part| part.also.iter().copied());
        let mut all: Vec<Subject> = std::iter::once(self.subject).chain(also).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// All contact points, each once.
    pub fn points(&self) -> Vec<&ContactPoint> {
        self.points_where(|_| true)
    }

    /// The contact points of a kind.
    pub fn points_of(&self, kind: PointKind) -> Vec<&ContactPoint> {
        self.points_where(|point| point.kind() == kind)
    }

    fn points_where(&self, is_wanted: impl Fn(&ContactPoint) -> bool) -> Vec<&ContactPoint> {
        let mut points: Vec<&ContactPoint> = Vec::new();
        for point in self.parts.values().flat_map(|part| &part.points).filter(|point| is_wanted(point)) {
            if !points.iter().any(|known| known.has_same_normal(point)) {
                points.push(point);
            }
        }
        points
    }

    /// The contact points at which a channel reaches the person.
    pub fn points_for(&self, channel: Channel) -> Vec<&ContactPoint> {
        channel.point().map(|kind| self.points_of(kind)).unwrap_or_default()
    }

    /// Whether a point joined later, and nobody said yet that it is the same person's.
    pub fn is_later(&self, point: &ContactPoint) -> bool {
        let at = point.identity_key();
        self.parts.values().flat_map(|part| &part.later).any(|later| later.at == at)
    }

    /// The name that came with a point that joined later, if it is not the person's.
    pub fn later_name(&self, point: &ContactPoint) -> Option<&str> {
        let at = point.identity_key();
        let mut later = self.parts.values().flat_map(|part| &part.later).filter(|later| later.at == at);
        later.find_map(|later| later.name.as_deref())
    }

    /// The person as whoever proved these points is shown them: without what joined later and came with none of them.
    #[must_use]
    pub fn seen_by(&self, proved: &[ContactPoint]) -> Self {
        let proved: Vec<String> = proved.iter().map(ContactPoint::identity_key).collect();
        let is_hidden =
            |later: &&Later| !proved.contains(&later.at) && !proved.iter().any(|at| later.with.contains(at));
        let hidden: Vec<&Later> = self.parts.values().flat_map(|part| &part.later).filter(is_hidden).collect();
        let mut seen = self.clone();
        for part in seen.parts.values_mut() {
            part.points.retain(|point| hidden.iter().all(|later| later.at != point.identity_key()));
            part.later.retain(|later| !hidden.contains(&later));
        }
        seen
    }

    /// What [`Self::seen_by`] leaves out, as parts of somebody else who has the same customer numbers.
    pub fn unseen_by(&self, proved: &[ContactPoint], subject: Subject) -> Vec<Part> {
        let seen = self.seen_by(proved);
        let rest = self.parts.iter().filter_map(|(class, part)| {
            let left = |point: &&ContactPoint| !seen.has(point);
            let points: Vec<ContactPoint> = part.points.iter().filter(left).cloned().collect();
            let of_those =
                |later: &&Later| is_name(later) || points.iter().any(|point| point.identity_key() == later.at);
            let later: Vec<Later> = part.later.iter().filter(of_those).cloned().collect();
            let customers = part.customers.clone();
            let rest = Part { customers, points, later, ..Part::new(subject, *class, part.language) };
            (!rest.points.is_empty()).then_some(rest)
        });
        rest.collect()
    }

    /// Whether they have this contact point, however it is spelled.
    pub fn has(&self, point: &ContactPoint) -> bool {
        self.parts.values().flat_map(|part| &part.points).any(|known| known.is_same_as(point))
    }

    /// Together with somebody who turned out to be the same, under this one's subject.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut one = self.clone();
        for (class, theirs) in &other.parts {
            let empty = || Box::new(Part::new(self.subject, *class, theirs.language));
            one.parts.entry(*class).or_insert_with(empty).fill_from(theirs.as_ref().clone());
        }
        // What is the own point of either is theirs.
        let own: Vec<ContactPoint> = [self, other]
            .into_iter()
            .flat_map(|of| of.points().into_iter().filter(|at| !of.is_later(at)))
            .cloned()
            .collect();
        one.parts.values_mut().for_each(|part| part.vouch(&own));
        one
    }

    /// The name, as far as known; one that joined later where there is no other.
    pub fn name(&self) -> Option<&str> {
        let joined = || self.parts.values().flat_map(|part| &part.later).filter(|later| is_name(later));
        self.own_name().or_else(|| joined().find_map(|later| later.name.as_deref()))
    }

    /// The name that is certainly theirs.
    pub fn own_name(&self) -> Option<&str> {
        self.parts.values().find_map(|part| part.name.as_deref())
    }

    /// The customer numbers.
    pub fn customers(&self) -> Vec<&str> {
        self.parts.values().flat_map(|part| part.customers.iter().map(String::as_str)).collect()
    }

    /// Whether both have one customer number.
    pub(super) fn shares_number(&self, other: &Self) -> bool {
        let theirs = other.customers();
        self.customers().iter().any(|number| theirs.contains(number))
    }

    /// The language they are written to in.
    pub fn language(&self) -> Language {
        self.parts.values().next().map(|part| part.language).unwrap_or_default()
    }
}
