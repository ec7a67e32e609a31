//! The boxes of the lives (mailboxes, phones, letter boxes) with every way to write them, and what stands on them.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use app::model::channel::Channel;
use app::model::identity::Subject;

use crate::contact::{ContactPoint, DutchAddress, Email, Phone, Post};
use crate::service::people::import::Column;

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
    let point = Post::Dutch(DutchAddress::parse(postcode, number, addition).expect("valid"));
    let fields = vec![(Column::Postcode, postcode), (Column::HouseNumber, number), (Column::Addition, addition)];
    Spelling { fields, point: ContactPoint::Post(point) }
}

/// What the test itself knows: a no that stands, the boxes it stands on, and whose it is.
struct No {
    rows: Vec<usize>,
    channels: Vec<Channel>,
    by: Option<Subject>,
    /// The list without dates that it came with.
    source: Option<&'static str>,
}

/// Every no that stands.
#[derive(Default)]
pub struct Forbidden {
    stands: Vec<No>,
    /// What a yes took off a list without dates.
    lifted: HashSet<(&'static str, usize, Channel)>,
}

impl Forbidden {
    /// A no at a box; one at a bare house number forbids its doors, one at a door forbids the bare number.
    pub fn add(&mut self, row: usize, channels: &[Channel], by: Option<Subject>) {
        self.add_of(None, row, channels, by);
    }

    fn add_of(&mut self, source: Option<&'static str>, row: usize, channels: &[Channel], by: Option<Subject>) {
        let rows = if DOORS.contains(&row) { DOORS.to_vec() } else { vec![row] };
        let reached = BOXES[row][0].point.kind().channels();
        let channels = channels.iter().filter(|channel| reached.contains(channel)).copied().collect();
        self.stands.push(No { rows, channels, by, source });
    }

    /// A no of a list without dates; what a yes took off the same list does not come back with it.
    pub fn list(&mut self, source: &'static str, row: usize, channels: &[Channel]) {
        let was_lifted = |channel: &Channel| self.lifted.contains(&(source, row, *channel));
        let channels: Vec<Channel> = channels.iter().filter(|channel| !was_lifted(channel)).copied().collect();
        self.add_of(Some(source), row, &channels, None);
    }

    /// A yes lifts one's own no at the boxes that it was given for, and every no at the box that one proved to control.
    pub fn lift(
        &mut self,
        controlled: usize,
        channels: &[Channel],
        given: &BTreeSet<(Channel, usize)>,
        person: Subject,
    ) {
        for no in &mut self.stands {
            let is_given = no.rows.iter().any(|row| given.iter().any(|(_, at)| at == row));
            if no.by == Some(person) && is_given || no.rows.contains(&controlled) {
                for channel in no.channels.extract_if(.., |channel| channels.contains(channel)) {
                    self.lifted
                        .extend(no.source.iter().flat_map(|source| no.rows.iter().map(|row| (*source, *row, channel))));
                }
            }
        }
    }

    /// Two people are one: the no of either is the one's own.
    pub fn merge(&mut self, kept: Subject, gone: Subject) {
        self.stands.iter_mut().filter(|no| no.by == Some(gone)).for_each(|no| no.by = Some(kept));
    }

    /// Each box with each channel by which it must not be used.
    pub fn each(&self) -> BTreeSet<(usize, Channel)> {
        let all = |no: &No| no.rows.iter().flat_map(|row| no.channels.iter().map(|c| (*row, *c))).collect::<Vec<_>>();
        self.stands.iter().flat_map(all).collect()
    }
}
