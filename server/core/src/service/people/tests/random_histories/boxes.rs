//! The boxes of the lives (mailboxes, phones, letter boxes) with every way to write them, and what stands on them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use model::channel::Channel;
use model::contact::PointKind;
use model::identity::Subject;

use crate::service::people::import::Column;
use contact::{ContactPoint, DutchAddress, Email, Phone, PostalAddress};

/// A way to write a box, as a file has it and as it is read.
pub struct Spelling {
    pub fields: Vec<(Column, &'static str)>,
    pub point: ContactPoint,
}

/// Every way to write each box: the spellings of a row reach the same mailbox, phone or letter box.
pub static BOXES: LazyLock<Vec<Vec<Spelling>>> = LazyLock::new(|| {
    vec![
        ["anna@example.nl", "Anna@EXAMPLE.nl", "ANNA@example.nl", " mailto:anna@Example.nl"].map(mailbox).into(),
        ["thuis@bücher.example", "Thuis@xn--bcher-kva.example"].map(mailbox).into(),
        ["06 12345678", "+31 6 12345678", "0031612345678", "+31 (0)6-12 34 56 78"].map(phone).into(),
        ["020 788 4000", "+31207884000"].map(phone).into(),
        [("1033 RW", "1", ""), ("1033rw", " 1 ", "")].map(letter_box).into(),
        [("1033RW", "1 A", ""), ("1033 rw", "1", "-a"), ("1033 RW", "1-a", "")].map(letter_box).into(),
    ]
});

/// The bare house number, and a door of it.
const DOORS: [usize; 2] = [4, 5];

/// Boxes whose control can be proved by a code.
pub const PROVABLE: usize = 4;

fn mailbox(text: &'static str) -> Spelling {
    Spelling { fields: vec![(Column::Email, text)], point: ContactPoint::Email(Email::parse(text).expect("valid")) }
}

fn phone(text: &'static str) -> Spelling {
    Spelling { fields: vec![(Column::Phone, text)], point: ContactPoint::Phone(Phone::parse(text).expect("valid")) }
}

fn letter_box((postcode, number, addition): (&'static str, &'static str, &'static str)) -> Spelling {
    let point = PostalAddress::Dutch(DutchAddress::parse(postcode, number, addition).expect("valid"));
    let fields = vec![(Column::Postcode, postcode), (Column::HouseNumber, number), (Column::Addition, addition)];
    Spelling { fields, point: ContactPoint::Post(point) }
}

/// What the test itself knows: a no, where it stands, and whose it is.
struct ExpectedNo {
    /// Where it stands or stood, with what it forbids there; it comes back to none of them.
    was: BTreeSet<(usize, Channel)>,
    stands: BTreeSet<(usize, Channel)>,
    /// Where it was said, or stood when its maker was still there: whoever has one of these boxes may have said it.
    said: BTreeSet<usize>,
    channels: Vec<Channel>,
    by: Option<Subject>,
    /// When it was said; one of a file is as old as can be.
    at: usize,
    /// When it was told of: whoever was known before that is another than a maker who is gone.
    told: usize,
    /// The list without dates that it came with.
    source: Option<&'static str>,
}

/// When a no was said, and when it was told of.
struct At {
    said: usize,
    told: usize,
}

/// Somebody, as far as the spreading of a no goes.
pub struct Holder<'a> {
    pub subject: Subject,
    pub boxes: &'a BTreeSet<usize>,
    /// When they became known.
    pub since: usize,
    /// What they agreed to at which box, and when.
    pub yes: &'a BTreeMap<(Channel, usize), usize>,
    /// Whoever has a customer number of theirs, with the boxes of those.
    pub same_number: Vec<(Subject, BTreeSet<usize>)>,
}

/// Every no that stands.
#[derive(Default)]
pub struct Forbidden {
    all: Vec<ExpectedNo>,
    /// What a yes took off a list without dates.
    lifted: HashSet<(&'static str, usize, Channel)>,
    /// What a yes took off a box where nobody known had said it: a file that dates it earlier says nothing new.
    lifted_of_nobody: HashSet<(usize, Channel)>,
}

impl Forbidden {
    /// A no at a box; one at a bare house number forbids its doors, one at a door forbids the bare number.
    pub fn add(&mut self, row: usize, channels: &[Channel], by: Option<Subject>, at: usize) {
        self.add_of(None, row, channels, by, At { said: at, told: at });
    }

    /// A no that a file tells of somebody.
    pub fn tell(&mut self, row: usize, channels: &[Channel], by: Option<Subject>, told: usize) {
        self.add_of(None, row, channels, by, At { said: 0, told });
    }

    fn add_of(&mut self, source: Option<&'static str>, row: usize, channels: &[Channel], by: Option<Subject>, at: At) {
        let rows = if DOORS.contains(&row) { DOORS.to_vec() } else { vec![row] };
        let reached = BOXES[row][0].point.kind().channels();
        let channels: Vec<Channel> = channels.iter().filter(|channel| reached.contains(channel)).copied().collect();
        let was: BTreeSet<(usize, Channel)> =
            rows.iter().flat_map(|row| channels.iter().map(|channel| (*row, *channel))).collect();
        let (stands, said) = (was.clone(), rows.into_iter().collect());
        self.all.push(ExpectedNo { was, stands, said, channels, by, at: at.said, told: at.told, source });
    }

    /// A no of a list without dates; what a yes took off the same list does not come back with it, neither there nor
    /// elsewhere: while it stands, the list says the same again.
    pub fn list(&mut self, source: &'static str, row: usize, channels: &[Channel]) {
        let was_lifted = |channel: &Channel| self.lifted.contains(&(source, row, *channel));
        let stands = |channel: &Channel| {
            let same = |no: &&ExpectedNo| no.source == Some(source) && no.said.contains(&row);
            self.all.iter().filter(same).any(|no| no.stands.contains(&(row, *channel)))
        };
        let is_new = |channel: &&Channel| !was_lifted(channel) && !stands(channel);
        let channels: Vec<Channel> = channels.iter().filter(is_new).copied().collect();
        self.add_of(Some(source), row, &channels, None, At { said: 0, told: 0 });
    }

    /// A no at a box that a file dates long ago: where one was lifted since, it does not come back.
    pub fn dated(&mut self, row: usize, channels: &[Channel]) {
        let is_new = |channel: &&Channel| !self.lifted_of_nobody.contains(&(row, **channel));
        let channels: Vec<Channel> = channels.iter().filter(is_new).copied().collect();
        self.add(row, &channels, None, 0);
    }

    /// Takes every no to the other boxes of whoever may have said it, but where they agreed since.
    pub fn spread(&mut self, people: &[Holder<'_>]) {
        let known: Vec<Subject> = people.iter().map(|person| person.subject).collect();
        for no in &mut self.all {
            let is_gone = no.by.is_some_and(|by| !known.contains(&by));
            for person in people {
                let same = person.same_number.iter();
                let boxes = same.clone().flat_map(|(_, boxes)| boxes).chain(person.boxes);
                let has_one = boxes.into_iter().any(|row| no.said.contains(row));
                let may_be = match no.by {
                    None => has_one,
                    Some(_) if is_gone => has_one && person.since > no.told,
                    Some(by) => by == person.subject || same.into_iter().any(|(other, _)| *other == by),
                };
                for row in person.boxes.iter().filter(|_| may_be) {
                    let reached = BOXES[*row][0].point.kind().channels();
                    for channel in no.channels.iter().filter(|channel| reached.contains(channel)) {
                        let agreed = person.yes.get(&(*channel, *row)).is_some_and(|yes| *yes > no.at);
                        if !agreed && no.was.insert((*row, *channel)) {
                            no.stands.insert((*row, *channel));
                        }
                    }
                }
                if may_be && no.by == Some(person.subject) {
                    let kind = |row: &usize| BOXES[*row][0].point.kind();
                    let kinds: Vec<PointKind> = no.said.iter().map(kind).collect();
                    no.said.extend(person.boxes.iter().filter(|row| kinds.contains(&kind(row))));
                }
            }
        }
    }

    /// A yes lifts one's own no at the boxes that it was given for, with what only spread there, and every no at the box that
    /// one proved to control.
    pub fn lift(
        &mut self,
        controlled: usize,
        channels: &[Channel],
        given: &BTreeSet<(Channel, usize)>,
        person: Subject,
    ) {
        for no in &mut self.all {
            // One no stands on a house and its doors.
            let group = |row: usize| if DOORS.contains(&row) { DOORS.to_vec() } else { vec![row] };
            for row in 0..BOXES.len() {
                let is_given = given.iter().any(|(_, at)| group(row).contains(at));
                let only_spread = no.by.is_none_or(|by| by != person) && !no.said.contains(&row);
                let lifts = row == controlled || is_given && (no.by == Some(person) || only_spread);
                for channel in channels.iter().filter(|_| lifts) {
                    if no.stands.remove(&(row, *channel)) && no.said.contains(&row) {
                        self.lifted.extend(no.source.map(|source| (source, row, *channel)));
                        self.lifted_of_nobody.extend(no.by.is_none().then_some((row, *channel)));
                    }
                }
            }
        }
    }

    /// Two people are one: the no of either is the one's own.
    pub fn merge(&mut self, kept: Subject, gone: Subject) {
        self.all.iter_mut().filter(|no| no.by == Some(gone)).for_each(|no| no.by = Some(kept));
    }

    /// Each box with each channel by which it must not be used.
    pub fn each(&self) -> BTreeSet<(usize, Channel)> {
        self.all.iter().flat_map(|no| no.stands.iter().copied()).collect()
    }
}
