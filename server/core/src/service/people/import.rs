//! Taking over people and earlier choices from another system, row by row.
//!
//! A row adds to what is known and frees nothing: it never lifts an objection (S-18), never signs anybody up on social
//! media (S-11), and its evidence is what it says and nothing more (S-21). A file that comes a second time records
//! nothing. Rows that touch the same person or contact point are taken one after the other, as every act is; others
//! share the syncs of a batch.
//!
//! What a row says is put on record by the acts that everybody else calls; here it is decided which of them a row orders.

pub mod read;
mod row;
mod table;
#[cfg(test)]
pub(super) mod tests;
pub mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use model::channel::Channel;
use model::contact::{AskedAt, PointKind};
use model::decision::{Decision, Reason, Recorded};
use model::event::{Actor, Event, EventKind, Route};
use model::evidence::{IdentityLevel, Piece, SoftOptIn};
use model::identity::{PointName, RecordAddress, Subject};
use serde::Serialize;
use time::Date;

use super::act::{self, ToldRelation};
use super::batch::Batch;
use super::contact_directory::{ContactDirectory, Since};
use super::customer_number::alike;
use super::ground::{Ground, LAST, OnCopy, OnLedger};
use super::hash::{asked_at, name};
use super::person::learned;
use super::profile::Learn as _;
use super::{ActError, Person, Provenance};
use crate::service::history::PersonHistory;
use crate::service::people::{Contactability, Merging, People};
use contact::ContactPoint;
use ledger::clock::Clock;
use ledger::formats::fact::{Later, Part, Reply};
use ledger::{AnswerName, AppendRequest, Fact, StoredResponse};
use vault::key::IndexKey;
use vault::random::SecureRandom;
use vault::ring::RetentionClass;

pub use read::{FileFault, FileRow, rows};
use row::is_message;
pub use row::{Column, ContactRow, Mend, RowFault};

/// Whether anything is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Says what would be; records nothing.
    DryRun,
    /// Records.
    Write,
}

/// What a row came to. Nothing in it repeats what the row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// The row's first line.
    pub line: u64,
    /// Its last line.
    pub last: u64,
    /// What it came to.
    pub came_to: CameTo,
    /// What whoever imports should know.
    pub notes: Vec<Note>,
}

/// What a row came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameTo {
    /// It was recorded, or would be.
    Recorded,
    /// All of it was known already.
    NothingNew,
    /// It cannot be right; nothing of it was recorded but its no, if it says one.
    Refused(RowFault),
    /// It says nothing: separators alone.
    Blank,
}

/// What whoever imports should know of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A no stands on these channels, and stays (S-18).
    StandingNo(Vec<Channel>),
    /// Kept as a customer without a basis for marketing by these channels (S-21), for want of these pieces.
    NoBasis(Vec<Channel>, Vec<Piece>),
    /// An address or number is new for a customer who was known: by these channels what they agreed to before does not hold
    /// there.
    JoinsWithout(Vec<Channel>),
    /// The customer number came with another name and another address than before: it may be another customer's by now. What
    /// the row tells is kept as somebody else's, who shares no yes, name or data with the first, until somebody says that
    /// they are the same.
    AnotherPerson,
    /// Addresses or numbers are new for a customer who was known, and no name or known address says that they are the same
    /// person's: nobody is shown the data of the other, until somebody says that they are the same.
    JoinsUnnamed,
    /// The person agreed to these channels after the objection that the row tells of.
    AgreedSince(Vec<Channel>),
    /// The row is refused, but its no to these channels is not lost: it stands here from now on, if it did not before.
    NoAllTheSame(Vec<Channel>),
    /// A no to these channels that is not recorded: nothing can be read of whom, or where it would stand.
    NotRecorded(Vec<Channel>),
    /// A no to these channels that is not recorded, for what else is wrong there.
    NotTaken(Vec<Channel>),
    /// The no stands by a customer number alone: no address or number is known of whoever has it.
    UnknownCustomer,
    /// What cannot be read may say a further no.
    Unread,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::StandingNo(channels) => write!(f, "a no stands on {}; it stays", names(channels)),
            Self::NoBasis(channels, pieces) if pieces.is_empty() => {
                write!(f, "kept without a basis for {}: that needs the person's own opt-in", names(channels))
            }
            Self::NoBasis(channels, pieces) => write!(
                f,
                "kept as a customer without a basis for {}: soft-opt-in-evidence-missing ({})",
                names(channels),
                names(pieces)
            ),
            Self::JoinsWithout(channels) => write!(
                f,
                "the address or number is new for this customer; what was agreed to for another one does not hold there, so \
                 it has no basis for {}: soft-opt-in-evidence-missing",
                names(channels)
            ),
            Self::AnotherPerson => f.write_str(
                "customer-number-reused: this customer number had another name and another address; kept as somebody else's. \
                 If it is the same person, send the row again with same_person yes",
            ),
            Self::JoinsUnnamed => f.write_str(
                "joined-later: the address or number is new for this customer number, and no name says that it is the same \
                 person's; neither is shown the data of the other. If it is the same person, send the row again with \
                 same_person yes",
            ),
            Self::NoAllTheSame(channels) => write!(f, "its no to {} is taken all the same", names(channels)),
            Self::NotRecorded(channels) => write!(
                f,
                "it says no to {}; not recorded: no known customer, and no address or number for that, can be read",
                names(channels)
            ),
            Self::NotTaken(channels) => write!(f, "it says no to {}; not recorded", names(channels)),
            Self::UnknownCustomer => f.write_str(
                "no address or number is known of this customer number; its no is kept, and holds as soon as the customer is \
                 told of. Make sure that the number is right",
            ),
            Self::Unread => f.write_str("what cannot be read there may say a no; that is not recorded"),
            Self::AgreedSince(channels) => {
                write!(f, "the person agreed to {} after this objection; not taken", names(channels))
            }
        }
    }
}

/// As they stand in files and in the API.
fn names<T: Serialize>(values: &[T]) -> String {
    let name = |value| serde_json::to_value(value).ok()?.as_str().map(str::to_owned);
    values.iter().filter_map(name).collect::<Vec<String>>().join(", ")
}

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were recorded, or would be.
    pub recorded: u64,
    /// Rows that said nothing new.
    pub nothing_new: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Those of them whose no is taken all the same.
    pub no_all_the_same: u64,
    /// Rows with a no that is not recorded, or that may have one.
    pub no_not_recorded: u64,
    /// Rows that met a standing no.
    pub met_a_no: u64,
    /// Rows without a basis for some channel.
    pub without_basis: u64,
    /// Rows of separators alone; they are not among the others.
    pub blank: u64,
    /// Rows whose customer number may be another customer's by now.
    pub another_person: u64,
}

impl Summary {
    fn count(&mut self, report: &RowReport) {
        if report.came_to == CameTo::Blank {
            self.blank += 1;
            return;
        }
        self.rows += 1;
        match report.came_to {
            CameTo::Recorded => self.recorded += 1,
            CameTo::NothingNew => self.nothing_new += 1,
            CameTo::Refused(_) => self.refused += 1,
            CameTo::Blank => {}
        }
        let has = |wanted: fn(&Note) -> bool| u64::from(report.notes.iter().any(wanted));
        self.no_all_the_same += has(|note| matches!(note, Note::NoAllTheSame(_)));
        self.no_not_recorded += has(|note| matches!(note, Note::NotRecorded(_) | Note::Unread));
        self.met_a_no += has(|note| matches!(note, Note::StandingNo(_)));
        self.without_basis += has(|note| matches!(note, Note::NoBasis(..) | Note::JoinsWithout(_)));
        self.another_person += has(|note| matches!(note, Note::AnotherPerson));
    }
}

/// So many rows share a batch, and so long other acts wait at most.
const WAVE: usize = 256;

/// Six invented people for the demo: one who can be reached, two who share a mailbox (one without evidence), one who
/// objected, one who refused when the address was collected, one abroad.
const INVENTED: &str = include_str!("import/demo.jsonl");

/// An import that runs.
struct Running<'a, G> {
    service: &'a ContactImport,
    lines: read::FileRows<'a>,
    /// Read, but not taken yet, because it touches what an earlier row of the wave touches.
    held: Option<ReadRow>,
    /// The system that the file comes from.
    source: &'a str,
    act: Provenance,
    /// What rows are taken on.
    ground: G,
    request: Option<&'a RowRequest<'a>>,
    /// What the row that is being looked at rests on.
    history: PersonHistory,
}

/// A request of one row that may be sent again: how it is answered is durable in the row's batch.
pub struct RowRequest<'a> {
    pub name: AnswerName,
    /// What is kept of the answer to it.
    pub answer: &'a (dyn Fn(&RowReport) -> Reply + Sync),
}

/// A row of the file, as it is taken.
struct ReadRow {
    line: u64,
    last: u64,
    /// What is taken of it: all, or of a refused row its no.
    row: Option<ContactRow>,
    fault: Option<RowFault>,
    is_blank: bool,
    /// Whether what cannot be read of it may say a no.
    has_unread: bool,
}

impl ReadRow {
    fn from_row(read: FileRow, today: Date) -> Self {
        let FileRow { number, last, fields, fault, may_say_no, is_blank, .. } = read;
        let bare = Self { line: number, last, row: None, fault: None, is_blank, has_unread: false };
        if is_blank {
            return bare;
        }
        match fault.map_or_else(|| ContactRow::parse_row(&fields, today), Err) {
            Ok(row) => Self { row: Some(row), ..bare },
            Err(fault) => {
                let no = ContactRow::no_of(&fields, today);
                Self { row: no.row, fault: Some(fault), has_unread: may_say_no || no.has_unread, ..bare }
            }
        }
    }

    fn report(&self, plan: &RowPlan) -> RowReport {
        let came_to = match self.fault {
            Some(fault) => CameTo::Refused(fault),
            None if self.is_blank => CameTo::Blank,
            None if plan.acts.is_empty() => CameTo::NothingNew,
            None => CameTo::Recorded,
        };
        RowReport { line: self.line, last: self.last, came_to, notes: plan.notes.clone() }
    }
}

/// What a row adds.
#[derive(Default)]
struct RowPlan {
    acts: Batch,
    notes: Vec<Note>,
}

/// What a row's objection comes to.
#[derive(Default)]
struct RowObjection {
    /// What is to be recorded; nothing where it stands already.
    acts: Batch,
    /// Against what it stands.
    stands: Vec<Channel>,
    /// What was agreed to since.
    agreed: Vec<Channel>,
}

/// Whom a row is about.
struct Target {
    person: Option<Subject>,
    known: Option<Person>,
    /// The person's contact points with those of the row; without a person, those of the row.
    points: Vec<ContactPoint>,
    /// Those of whoever may be the same, by the customer number: a no of the person holds there, too.
    others_points: Vec<ContactPoint>,
    /// What the person said, and what whoever may be the same objected to.
    records: Vec<Recorded>,
    /// The row tells of the person, so their points become known with it.
    is_told: bool,
    /// Who turned out to be the same by this row; they are in all the above.
    merges: Vec<AppendRequest>,
    /// The customer number is known as somebody else's.
    is_another: bool,
}

/// Who is known of whom a row may be about.
#[derive(Default)]
struct Meant {
    person: Option<Person>,
    /// Whoever has the customer number as well.
    others: Vec<Person>,
    /// Name and address are those of none of them.
    is_another: bool,
}

/// Where an objection that a row tells of holds: where nobody agreed since.
enum Holds {
    Everywhere,
    At(Vec<ContactPoint>),
    Nowhere,
}

/// Takes over people and earlier choices.
pub struct ContactImport {
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    merging: Arc<Merging>,
}

impl ContactImport {
    /// On what it may touch.
    pub fn new(
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        merging: Arc<Merging>,
    ) -> Self {
        Self { clock, random, people, contactability, merging }
    }
}

impl ContactImport {
    /// Imports rows; `each` is told of every one, in the order of the file. `source` is the system that they come from: an
    /// objection without a date that it brings again, after a yes lifted it, is not taken a second time.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. What was told of until then is recorded; the same file again goes on.
    pub async fn import(
        &self,
        lines: read::FileRows<'_>,
        source: &str,
        mode: Mode,
        actor: Actor,
        each: &mut (dyn FnMut(&RowReport) + Send),
    ) -> Result<Summary, ActError> {
        // Drawn in both modes, so that a dry run and the run after it draw alike.
        let thrown_away = IndexKey::random(&*self.random);
        match mode {
            Mode::DryRun => {
                let copy = OnCopy::new(&self.people, thrown_away);
                Running::new(self, copy, lines, source, actor).run(each).await
            }
            Mode::Write => Running::new(self, OnLedger::new(&self.people), lines, source, actor).run(each).await,
        }
    }

    /// Imports the row of a request.
    ///
    /// # Errors
    /// As [`Self::import`]; nothing is recorded then, or that is not known.
    pub async fn import_row(
        &self,
        row: FileRow,
        source: &str,
        actor: Actor,
        request: Option<RowRequest<'_>>,
    ) -> Result<Option<RowReport>, ActError> {
        let lines = Box::new(std::iter::once(row));
        let _drawn_as_for_a_file = IndexKey::random(&*self.random);
        let running = Running::new(self, OnLedger::new(&self.people), lines, source, actor);
        let mut told = None;
        Running { request: request.as_ref(), ..running }.run(&mut |report| told = Some(report.clone())).await?;
        Ok(told)
    }
    /// Makes the demo's people; whoever is there already stays as they are.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn invent_people(&self) -> Result<Summary, ActError> {
        let lines = read::json_lines(INVENTED.as_bytes());
        self.import(lines, "demo", Mode::Write, Actor::System, &mut |_| {}).await
    }
}

impl<'a, G: Ground> Running<'a, G> {
    fn new(service: &'a ContactImport, ground: G, lines: read::FileRows<'a>, source: &'a str, actor: Actor) -> Self {
        let act = Provenance { actor, ..Provenance::by_person(Route::Import, IdentityLevel::Unverified) };
        let history = service.people.history();
        Self { service, lines, held: None, source, act, ground, request: None, history }
    }

    async fn run(mut self, each: &mut (dyn FnMut(&RowReport) + Send)) -> Result<Summary, ActError> {
        let mut summary = Summary::default();
        loop {
            let reports = self.wave().await?;
            if reports.is_empty() {
                return Ok(summary);
            }
            for report in reports {
                summary.count(&report);
                each(&report);
            }
        }
    }

    /// What the request that the row comes of is answered; a refusal is none, and sent again it is refused alike.
    fn answer(&self, report: &RowReport) -> Option<StoredResponse> {
        let RowRequest { name, answer } = self.request.filter(|_| report.came_to == CameTo::Recorded)?;
        Some(StoredResponse { name: *name, at: self.service.clock.now().at, reply: answer(report) })
    }

    /// The next row: the one that was held back, or the next of the file.
    fn next_row(&mut self, today: Date) -> Option<ReadRow> {
        self.held.take().or_else(|| self.lines.next().map(|line| ReadRow::from_row(line, today)))
    }

    /// Takes rows that do not touch each other, at most [`WAVE`], and returns when they are durable.
    async fn wave(&mut self) -> Result<Vec<RowReport>, ActError> {
        let lock = self.service.people.write_lock().await;
        let today = self.service.clock.now().today;
        let mut reports = Vec::new();
        let mut rows = Vec::new();
        let mut touched = HashSet::new();
        self.ground.begin();
        while reports.len() < WAVE {
            let Some(next) = self.next_row(today) else { break };
            let names = next.row.iter().flat_map(|row| self.ground.look(|book| touches(row, book)));
            let names: Vec<String> = names.collect();
            if names.iter().any(|name| touched.contains(name)) {
                self.held = Some(next);
                break;
            }
            touched.extend(names);
            self.history = self.service.people.history();
            let plan = self.plan(&next)?;
            let report = next.report(&plan);
            self.ground.apply(&plan.acts);
            if G::RECORDS && !plan.acts.is_empty() {
                rows.push(plan.acts.answered(self.answer(&report)));
            }
            reports.push(report);
        }
        lock.append_all(rows).await?;
        Ok(reports)
    }

    /// What a row adds to what is known; of a refused one its no alone.
    fn plan(&self, read: &ReadRow) -> Result<RowPlan, ActError> {
        let unread = || read.has_unread.then_some(Note::Unread);
        let Some(row) = &read.row else {
            return Ok(RowPlan { acts: Batch::default(), notes: unread().into_iter().collect() });
        };
        let mut target = self.target(row)?;
        let mut plan = RowPlan::default();
        if read.fault.is_some() {
            // Nobody is made of a row that is refused.
            target.person = target.known.as_ref().map(|person| person.subject);
            target.is_told = false;
        } else {
            plan.acts = Batch::from_requests(std::mem::take(&mut target.merges));
            plan.acts.extend(self.told(row, &target)?);
            plan.notes.extend(self.basis(row, &target)?);
            let is_unknown = !row.objected.is_empty() && target.points.is_empty();
            plan.notes.extend(is_unknown.then_some(Note::UnknownCustomer));
        }
        let RowObjection { acts, stands, agreed } = self.objection(row, &target)?;
        plan.acts.extend(acts);
        let lost = lost(row, &stands, &agreed);
        plan.notes.extend((read.fault.is_some() && !stands.is_empty()).then_some(Note::NoAllTheSame(stands)));
        plan.notes.extend((!lost.is_empty()).then_some(Note::NotRecorded(lost)));
        plan.notes.extend((!agreed.is_empty()).then_some(Note::AgreedSince(agreed)));
        plan.notes.extend(unread());
        Ok(plan)
    }

    fn target(&self, row: &ContactRow) -> Result<Target, ActError> {
        let Meant { person, mut others, is_another } = self.ground.look(|book| meant(row, book));
        let mut known = match person {
            Some(person) if is_subscriber(&person) && !self.service.people.has_confirmed(&self.history, &person)? => {
                None
            }
            person => person,
        };
        let (mut records, mut merges) = (Vec::new(), Vec::new());
        if let (true, Some(kept)) = (row.same_person, &mut known) {
            let (same, alike): (Vec<Person>, Vec<Person>) =
                others.into_iter().partition(|other| kept.shares_number(other));
            others = alike;
            for other in same {
                merges.push(self.service.merging.merged(&self.ground, &self.history, (kept, &other), &self.act)?);
                *kept = kept.with(&other);
            }
        }
        match &known {
            Some(person) => records = self.history.bearing_on(person, &others)?,
            None if is_another => {
                records = self.history.bearing_on(&nobody_yet(self.service.people.new_subject()), &others)?;
            }
            None => {}
        }
        // As if it were written already, so that a no of either is one of both.
        records
            .extend(merges.iter().map(|draft: &AppendRequest| Recorded { address: LAST, event: draft.event.clone() }));
        let mut target = self.target_of(row, known, records);
        target.others_points = others.iter().flat_map(Person::points).cloned().collect();
        (target.merges, target.is_another) = (merges, is_another);
        Ok(target)
    }

    fn target_of(&self, row: &ContactRow, known: Option<Person>, records: Vec<Recorded>) -> Target {
        let mut points: Vec<ContactPoint> =
            known.as_ref().map(|person| person.points().into_iter().cloned().collect()).unwrap_or_default();
        for point in &row.points {
            if !points.iter().any(|known| known.has_same_normal(point)) {
                points.push(point.clone());
            }
        }
        let known_subject = known.as_ref().map(|person| person.subject);
        let person = known_subject.or_else(|| (!row.is_points_alone()).then(|| self.service.people.new_subject()));
        let (others_points, merges, is_told) = (Vec::new(), Vec::new(), person.is_some());
        Target { person, known, points, others_points, records, is_told, merges, is_another: false }
    }

    /// Profile and relation, in one event where that says the same.
    fn told(&self, row: &ContactRow, target: &Target) -> Result<Batch, ActError> {
        let mut acts = Batch::default();
        let Some(subject) = target.person else { return Ok(acts) };
        let part = self.part(row, target, subject);
        for (channels, evidence) in relations(row) {
            let is_new = |channel: &Channel| !self.is_told(row, target, *channel, evidence);
            let channels: Vec<Channel> = channels.into_iter().filter(is_new).collect();
            if channels.is_empty() {
                continue;
            }
            let record = |told: &ToldRelation<'_>| self.service.contactability.relation(&self.ground, told, &self.act);
            acts.push(relation(row, target, (&channels, evidence), record));
        }
        if let Some(part) = part {
            let carried = self.carried(row, target)?;
            self.service.people.details_recorded(&mut acts, subject, (part, carried), &self.act);
        }
        Ok(acts)
    }

    /// What a person objected to before stands on the points that join them now.
    fn carried(&self, row: &ContactRow, target: &Target) -> Result<Vec<Fact>, ActError> {
        if target.known.is_none() && !target.is_another {
            return Ok(Vec::new());
        }
        let (joining, whole) = (target.joining(row), target.whole(row));
        let mut channels = Vec::new();
        for channel in Channel::ALL {
            let at = joining.iter().find(|point| channel.point() == Some(point.kind()));
            let decided = at.map(|at| self.decide(whole.as_ref(), &target.records, channel, std::slice::from_ref(at)));
            if decided.transpose()?.is_some_and(|decision| decision.reason.is_no()) {
                channels.push(channel);
            }
        }
        Ok(self.entries(target, &joining, &channels, None))
    }

    /// Whether the same was told before, for the same points. An older word is not made the newest by repeating it: files
    /// repeat everything.
    fn is_told(&self, row: &ContactRow, target: &Target, channel: Channel, evidence: Option<&SoftOptIn>) -> bool {
        let points = given_points(row, target, channel);
        let names_it = |event: &Event, point: &ContactPoint| {
            self.ground
                .index_keys()
                .iter()
                .any(|(_, key)| event.points().iter().any(|given| given.name == name(key, point)))
        };
        target.records.iter().any(|Recorded { event, .. }| {
            let same = event.kind() == EventKind::Imported
                && event.channels().contains(&channel)
                && event.soft_opt_in() == evidence;
            same && points.iter().all(|point| names_it(event, point))
        })
    }

    /// The profile with what the row adds; `None` where it adds nothing.
    fn part(&self, row: &ContactRow, target: &Target, subject: Subject) -> Option<Fact> {
        let class = RetentionClass::Account;
        let mut said = Part::new(subject, class, row.language);
        said.name.clone_from(&row.name);
        said.customers.extend(row.customer.clone());
        said.points.clone_from(&row.points);
        if let Some(person) = target.known.as_ref().filter(|_| !row.same_person) {
            // A name that comes with nothing of the person's own is that of what it comes with.
            let is_theirs = names_own_point(row, person);
            let is_of_it = |_: &String| !is_theirs && person.own_name().is_none() || has_other_name(row, person);
            let name = row.name.clone().filter(is_of_it);
            said.name = said.name.filter(|_| is_theirs);
            said.later = joined(row, person, name);
        }
        learned(&self.ground, target.known.as_ref(), said, |whole| match row.points.as_slice() {
            _ if !row.same_person => {}
            [] => whole.vouch_for_all(),
            own => whole.vouch(own),
        })
    }

    /// What the person objected to in another system, unless it stands here already or they agreed since.
    fn objection(&self, row: &ContactRow, target: &Target) -> Result<RowObjection, ActError> {
        let mut channels = row.objected.clone();
        if target.person.is_none() {
            channels.retain(|channel| target.points.iter().any(|point| channel.point() == Some(point.kind())));
        }
        let mut no = RowObjection::default();
        let mut here_and_there = Vec::new();
        for channel in channels {
            match self.holds(row, target, channel)? {
                Holds::Everywhere => no.stands.push(channel),
                Holds::Nowhere => no.agreed.push(channel),
                Holds::At(points) => {
                    no.agreed.push(channel);
                    // Without a date it is the one that was brought before, and as old.
                    let first = target.records.iter().find(|recorded| brought(recorded, channel));
                    let said = first.filter(|_| row.objected_on.is_none()).map(|recorded| recorded.address);
                    here_and_there.extend(self.entries_of(said, target, &points, &[channel], row.objected_on));
                }
            }
        }
        let facts = self.entries(target, &target.all_points(), &no.stands, row.objected_on);
        // What whoever may be the same said is no word of the person's own: it ends with what ties the two.
        let own = target.known.as_ref().map(|person| self.history.of_all(person.subjects())).transpose()?;
        let own = own.unwrap_or_default();
        let known = |channel: &Channel| {
            target.person.is_none() || self.service.contactability.of_life(&own, *channel).reason.is_no()
        };
        if !(facts.is_empty() && no.stands.iter().all(known)) {
            no.acts.push(self.objected(row, target.person, no.stands.clone(), facts));
        }
        if !here_and_there.is_empty() {
            // At those points alone: elsewhere the person's own yes came later.
            no.acts.push(self.objected(row, None, no.agreed.clone(), here_and_there));
        }
        Ok(no)
    }

    fn objected(
        &self,
        row: &ContactRow,
        person: Option<Subject>,
        channels: Vec<Channel>,
        facts: Vec<Fact>,
    ) -> AppendRequest {
        self.service.contactability.objection(&self.act, person, channels, row.objected_on, facts)
    }

    /// Where a channel's objection holds: a later yes takes it off the points that it was given for.
    fn holds(&self, row: &ContactRow, target: &Target, channel: Channel) -> Result<Holds, ActError> {
        let lives = self.lives(target, channel)?;
        let agreed_at = |names: Option<&[PointName]>| {
            !lives.is_empty() && lives.iter().all(|records| agreed_since(records, channel, row.objected_on, names))
        };
        if self.was_lifted(row, target, channel) {
            return Ok(Holds::Nowhere);
        }
        let points = target.points.iter().filter(|point| channel.point() == Some(point.kind()));
        let (agreed, open): (Vec<ContactPoint>, Vec<ContactPoint>) = points
            .cloned()
            .partition(|point| agreed_at(Some(&asked_at(self.ground.index_keys(), point, Vec::new()).names)));
        Ok(match (agreed.is_empty(), open.is_empty()) {
            (true, true) if agreed_at(None) => Holds::Nowhere,
            (true, _) => Holds::Everywhere,
            (false, true) => Holds::Nowhere,
            (false, false) => Holds::At(open),
        })
    }

    /// Whether this source brought the same objection before, without a date, and a yes lifted it since. One by a person
    /// is found in their life; one at a contact point alone is remembered there.
    fn was_lifted(&self, row: &ContactRow, target: &Target, channel: Channel) -> bool {
        let mut points = target.points.iter().filter(|point| channel.point() == Some(point.kind()));
        let alone = row.objected_on.is_none() && target.person.is_none();
        let keys = self.ground.index_keys();
        alone && self.ground.look(|book| points.all(|point| book.lifted_of(self.source, point, channel, keys)))
    }

    /// The life of the person; without one, those of everybody at the contact points that the channel reaches.
    fn lives(&self, target: &Target, channel: Channel) -> Result<Vec<Vec<Recorded>>, ActError> {
        if target.person.is_some() {
            return Ok(vec![target.records.clone()]);
        }
        let people: BTreeSet<Vec<Subject>> = self.ground.look(|book| {
            let reached = target.points.iter().filter(|point| channel.point() == Some(point.kind()));
            reached.flat_map(|point| book.people_at(point)).map(|person| person.subjects()).collect()
        });
        people.into_iter().map(|subjects| Ok(self.history.of_all(subjects)?)).collect()
    }

    fn entries(
        &self,
        target: &Target,
        points: &[ContactPoint],
        channels: &[Channel],
        since: Option<Date>,
    ) -> Vec<Fact> {
        self.entries_of(None, target, points, channels, since)
    }

    /// The same, of what was said in an earlier record.
    fn entries_of(
        &self,
        said: Option<RecordAddress>,
        target: &Target,
        points: &[ContactPoint],
        channels: &[Channel],
        since: Option<Date>,
    ) -> Vec<Fact> {
        let source = (since.is_none() && target.person.is_none()).then_some(self.source);
        let since = since.map_or_else(|| Since::Now(self.service.clock.now().today), Since::Dated);
        let (by, doors_are_told) = (target.person, target.is_told);
        let no = act::No { by, points, channels, since, source, doors_are_told, said };
        self.service.contactability.entries(&self.ground, &no)
    }

    /// What can and cannot be done with the channels for which the row tells of a relation, and at what joins by it.
    fn basis(&self, row: &ContactRow, target: &Target) -> Result<Vec<Note>, ActError> {
        let whole = target.whole(row);
        let mut standing = self.stands_at(row, target, whole.as_ref())?;
        let mut without: BTreeMap<Vec<Piece>, Vec<Channel>> = BTreeMap::new();
        let mut records = target.records.clone();
        for (channels, evidence) in relations(row) {
            let event =
                |told: &ToldRelation<'_>| self.service.contactability.relation_event(&self.ground, told, &self.act);
            let event = relation(row, target, (&channels, evidence), event);
            records.push(Recorded { address: LAST, event });
            let missing = evidence.map_or_else(|| SoftOptIn::default().missing(), SoftOptIn::missing);
            for channel in channels {
                let mut points = given_points(row, target, channel);
                let is_for_nothing = points.is_empty();
                if is_for_nothing {
                    points = target.reached_by(channel);
                }
                let decision = self.decide(whole.as_ref(), &records, channel, &points)?;
                match decision.reason {
                    reason if reason.is_no() => _ = standing.insert(channel),
                    _ if is_for_nothing && !points.is_empty() && !decision.allow => {
                        without.entry(vec![Piece::Point]).or_default().push(channel);
                    }
                    Reason::EvidenceMissing => without.entry(missing.clone()).or_default().push(channel),
                    Reason::NoPoint => {}
                    _ if !decision.allow => without.entry(Vec::new()).or_default().push(channel),
                    _ => {}
                }
            }
        }
        let joins = self.joins_without(row, target, whole.as_ref(), &records)?;
        let joins = joins.into_iter().filter(|channel| !standing.contains(channel)).collect::<Vec<_>>();
        let standing = (!standing.is_empty()).then(|| Note::StandingNo(standing.into_iter().collect()));
        let another = target.is_another.then_some(Note::AnotherPerson);
        let kept_apart = target.known.as_ref().is_some_and(|person| joins_unnamed(row, person));
        let another = another.or(kept_apart.then_some(Note::JoinsUnnamed));
        let joins = (!joins.is_empty()).then_some(Note::JoinsWithout(joins));
        let without = without.into_iter().map(|(pieces, at)| Note::NoBasis(at, pieces));
        Ok(standing.into_iter().chain(without).chain(joins).chain(another).collect())
    }

    /// The channels for which a point that joins somebody who is known has nothing, though there is something elsewhere.
    fn joins_without(
        &self,
        row: &ContactRow,
        target: &Target,
        whole: Option<&Person>,
        records: &[Recorded],
    ) -> Result<Vec<Channel>, ActError> {
        let joining = if target.known.is_some() { target.joining(row) } else { Vec::new() };
        let mut lacking: BTreeSet<Channel> = BTreeSet::new();
        for point in &joining {
            for channel in point.kind().channels().iter().filter(|channel| !row.told.contains(channel)) {
                let decision = self.decide(whole, records, *channel, std::slice::from_ref(point))?;
                lacking.extend((decision.reason == Reason::EvidenceMissing).then_some(*channel));
            }
        }
        Ok(lacking.into_iter().collect())
    }

    /// What is forbidden at the points that the row names, also where it tells of no relation (S-18).
    fn stands_at(
        &self,
        row: &ContactRow,
        target: &Target,
        whole: Option<&Person>,
    ) -> Result<BTreeSet<Channel>, ActError> {
        let mut standing = BTreeSet::new();
        if !row.objected.is_empty() {
            return Ok(standing);
        }
        let is_named = |point: &&ContactPoint| row.points.iter().any(|named| named.is_same_as(point));
        let named: Vec<ContactPoint> = target.points.iter().filter(is_named).cloned().collect();
        for (point, asked) in named.iter().zip(self.asked(whole, &named)?) {
            let found = asked.objections.into_iter().chain(asked.spread).flat_map(|objection| objection.channels);
            standing.extend(found.filter(|channel| point.kind().channels().contains(channel)));
        }
        Ok(standing)
    }

    /// At these points, by a life of which the last may not be written yet.
    fn decide(
        &self,
        person: Option<&Person>,
        records: &[Recorded],
        channel: Channel,
        points: &[ContactPoint],
    ) -> Result<Decision, ActError> {
        Ok(self.service.contactability.of_life_at(records, channel, self.asked(person, points)?))
    }

    fn asked(&self, person: Option<&Person>, points: &[ContactPoint]) -> Result<Vec<AskedAt>, ActError> {
        Ok(self.ground.look(|book| self.history.asked(book, self.ground.index_keys(), person, points))?)
    }
}

/// What the row tells of a relation by these channels, for whoever records it or looks at what it would mean.
fn relation<T>(
    row: &ContactRow,
    target: &Target,
    (channels, evidence): (&[Channel], Option<&SoftOptIn>),
    then: impl FnOnce(&ToldRelation<'_>) -> T,
) -> T {
    let given: Vec<ContactPoint> = channels.iter().flat_map(|channel| given_points(row, target, *channel)).collect();
    let (person, all, doors_are_told) = (target.person, &target.all_points()[..], target.is_told);
    then(&ToldRelation { person, channels, given: &given, evidence, all, doors_are_told })
}

/// The channels that a row says no to without anything of the person that the no could stand on. Whoever says no to
/// everything has said it of what the row names, and of nothing else.
fn lost(row: &ContactRow, stands: &[Channel], agreed: &[Channel]) -> Vec<Channel> {
    let told = |channel: &Channel| stands.contains(channel) || agreed.contains(channel);
    if row.objected_to_all && row.objected.iter().any(told) {
        return Vec::new();
    }
    row.objected.iter().filter(|channel| !told(channel)).copied().collect()
}

impl Target {
    /// The points of the row that the person did not have.
    fn joining(&self, row: &ContactRow) -> Vec<ContactPoint> {
        let is_new = |point: &&ContactPoint| self.known.as_ref().is_none_or(|person| !person.has(point));
        row.points.iter().filter(is_new).cloned().collect()
    }

    /// The person as they will be known.
    fn whole(&self, row: &ContactRow) -> Option<Person> {
        let mut part = Part::new(self.person?, RetentionClass::Account, row.language);
        let known = self.known.iter();
        part.customers =
            known.clone().flat_map(Person::customers).map(str::to_owned).chain(row.customer.clone()).collect();
        part.also = known.flat_map(Person::subjects).collect();
        part.points.clone_from(&self.points);
        Some(Person { subject: part.subject, parts: [(part.class, Box::new(part))].into() })
    }

    /// Where a no of the person holds.
    fn all_points(&self) -> Vec<ContactPoint> {
        self.points.iter().chain(&self.others_points).cloned().collect()
    }

    fn reached_by(&self, channel: Channel) -> Vec<ContactPoint> {
        self.points.iter().filter(|point| channel.point() == Some(point.kind())).cloned().collect()
    }
}

/// Somebody of whom nothing is known.
fn nobody_yet(subject: Subject) -> Person {
    Person { subject, parts: BTreeMap::new() }
}

/// Whether a row names a point that is certainly the person's.
fn names_own_point(row: &ContactRow, person: &Person) -> bool {
    row.points.iter().any(|point| person.has(point) && !person.is_later(point))
}

/// Whether points join the person of whom nothing says that they are theirs: neither a name, nor a point of theirs beside
/// them.
fn joins_unnamed(row: &ContactRow, person: &Person) -> bool {
    let joins = row.points.iter().any(|point| !person.has(point));
    let is_unnamed = row.name.is_none() || person.name().is_none();
    !row.same_person && joins && is_unnamed && !person.points().is_empty() && !names_own_point(row, person)
}

/// What a row tells of that is not certainly the person's, and what it came with.
fn joined(row: &ContactRow, person: &Person, name: Option<String>) -> Vec<Later> {
    if row.points.is_empty() {
        let alone = Later { at: String::new(), name, with: Vec::new() };
        return if alone.name.is_some() { vec![alone] } else { Vec::new() };
    }
    let mut named: Vec<String> = row.points.iter().map(ContactPoint::identity_key).collect();
    named.sort_unstable();
    named.dedup();
    let is_uncertain = |point: &&ContactPoint| !person.has(point) || person.is_later(point);
    let later = |point: &ContactPoint| {
        let at = point.identity_key();
        let with = named.iter().filter(|other| **other != at).cloned().collect();
        Later { at, name: name.clone(), with }
    };
    row.points.iter().filter(is_uncertain).map(later).collect()
}

/// The points that a row's relation is for: those that it names; if it names none, the only one that is known.
fn given_points(row: &ContactRow, target: &Target, channel: Channel) -> Vec<ContactPoint> {
    let is_reached = |point: &&ContactPoint| channel.point() == Some(point.kind());
    let named: Vec<ContactPoint> = row.points.iter().filter(is_reached).cloned().collect();
    // What comes with an address, number or name that joins is of whoever has that, and tells of nothing that was there
    // before.
    let joins = |person: &Person| match row.points.as_slice() {
        [] => row.name.is_some() && person.own_name().is_none(),
        _ => !names_own_point(row, person),
    };
    let is_of_others = |person: &Person| has_other_name(row, person) || !row.same_person && joins(person);
    if !named.is_empty() || target.known.as_ref().is_some_and(is_of_others) {
        return named;
    }
    let known = target.reached_by(channel);
    let is_one = known.first().is_some_and(|first| known.iter().all(|point| point.is_same_as(first)));
    if is_one { known } else { Vec::new() }
}

/// Everything by which two rows could be about the same.
fn touches(row: &ContactRow, book: &ContactDirectory) -> Vec<String> {
    let mut names: Vec<String> = row.customer.iter().map(|number| format!("customer {}", alike(number))).collect();
    for point in &row.points {
        names.push(point.normal());
        names.extend(point.suppression_keys().into_iter().chain(point.lookup_keys()));
        names.extend(book.at(point).into_iter().map(|subject| format!("person {subject}")));
    }
    let Meant { person, others, .. } = meant(row, book);
    names.extend(person.iter().chain(&others).map(|person| format!("person {}", person.subject)));
    names
}

/// Who is known of whom a row may be about: by customer number; without one, whoever has all its contact points and no
/// other name.
fn meant(row: &ContactRow, book: &ContactDirectory) -> Meant {
    match &row.customer {
        Some(number) => with_number(row, number, book),
        None => {
            let person = without_number(row, book).or_else(|| subscriber(row, book));
            Meant { person, ..Meant::default() }
        }
    }
}

/// Of those with the number whoever has one of the row's addresses, else its name; else any one of whom it is not certain
/// that they are somebody else. Whoever has another name and another address is.
fn with_number(row: &ContactRow, number: &str, book: &ContactDirectory) -> Meant {
    let mut holders: Vec<Person> = book.customers(number).into_iter().map(Arc::unwrap_or_clone).collect();
    let has_one = |person: &Person| row.points.iter().any(|point| person.has(point));
    let has_name = |person: &Person| row.name.is_some() && person.name().is_some() && !has_other_name(row, person);
    let may_be = |person: &Person| row.same_person || row.points.is_empty() || !has_other_name(row, person);
    let at = holders.iter().position(has_one).or_else(|| holders.iter().position(has_name));
    let at = at.or_else(|| holders.iter().position(may_be));
    let person = at.map(|at| holders.swap_remove(at));
    let is_another = person.is_none() && !holders.is_empty();
    if person.is_none() && holders.is_empty() {
        return Meant { person: subscriber(row, book), ..Meant::default() };
    }
    if let Some(person) = &person {
        let known = holders.iter().map(|other| other.subject).collect::<Vec<_>>();
        let more = book.others_with_number(person).into_iter().filter(|other| !known.contains(&other.subject));
        holders.extend(more.map(Arc::unwrap_or_clone));
    }
    Meant { person, others: holders, is_another }
}

fn without_number(row: &ContactRow, book: &ContactDirectory) -> Option<Person> {
    if row.is_points_alone() {
        return None;
    }
    let has_all = |person: &Person| {
        let theirs: Vec<String> = person.points().into_iter().map(ContactPoint::normal).collect();
        row.points.iter().all(|point| theirs.contains(&point.normal()))
    };
    let same_name = |person: &Person| row.name.is_none() || person.name() == row.name.as_deref();
    let at = row.points.first().map(|point| book.people_at(point)).unwrap_or_default();
    at.into_iter().find(|person| has_all(person) && same_name(person)).map(Arc::unwrap_or_clone)
}

/// Whoever subscribed by themselves at a mailbox of the row, is the only one there, and has no other name: a program that tells of
/// a customer there tells of them.
fn subscriber(row: &ContactRow, book: &ContactDirectory) -> Option<Person> {
    let at = row.points.iter().filter(|point| point.kind() == PointKind::Email).map(|point| book.people_at(point));
    let mut alone = at.filter_map(|there| match there.as_slice() {
        [one] => Some(Arc::clone(one)),
        _ => None,
    });
    alone.find(|person| is_subscriber(person) && !has_other_name(row, person)).map(Arc::unwrap_or_clone)
}

/// Of whom nothing is known but what they signed up with.
fn is_subscriber(person: &Person) -> bool {
    person.parts.keys().all(|class| *class == RetentionClass::Newsletter) && person.customers().is_empty()
}

/// Whether a row names somebody else: capitals, spaces and full stops make no other name.
fn has_other_name(row: &ContactRow, person: &Person) -> bool {
    let folded = |name: &str| name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let known = person.name().map(folded);
    row.name.as_deref().zip(known).is_some_and(|(name, known)| folded(name) != known)
}

/// The channels with their evidence.
fn relations(row: &ContactRow) -> Vec<(Vec<Channel>, Option<&SoftOptIn>)> {
    let evidence = row.evidence.as_ref();
    let refused = evidence.is_some_and(|evidence| evidence.opt_out_used);
    let groups = if refused {
        let (messages, others) = row.told.iter().copied().partition(is_message);
        vec![(messages, evidence), (others, None)]
    } else {
        vec![(row.told.clone(), evidence)]
    };
    groups.into_iter().filter(|(channels, _)| !channels.is_empty()).collect()
}

/// Whether the person themselves agreed after the objection that a row tells of. Of an objection without a date only
/// this can be said: that an import brought it before, and the person agreed after that.
///
/// With `names`, what they agreed to at the point that is called so.
fn agreed_since(
    records: &[Recorded],
    channel: Channel,
    objected_on: Option<Date>,
    names: Option<&[PointName]>,
) -> bool {
    let concerns = |recorded: &&Recorded| recorded.event.channels().contains(&channel);
    let is_here =
        |event: &Event| names.is_none_or(|names| event.points().iter().any(|given| names.contains(&given.name)));
    let own = |event: &Event| {
        event.kind() == EventKind::OptInConfirmed && event.head.actor == Actor::Person && is_here(event)
    };
    let agreed = records.iter().filter(concerns).rfind(|recorded| own(&recorded.event));
    let Some(agreed) = agreed else { return false };
    let day = ledger::clock::moment(agreed.event.head.at.unix_timestamp()).today;
    match objected_on {
        Some(date) => date < day,
        None => records.iter().any(|recorded| brought(recorded, channel) && recorded.address < agreed.address),
    }
}

/// Whether an import brought an objection to a channel.
fn brought(Recorded { event, .. }: &Recorded, channel: Channel) -> bool {
    event.kind() == EventKind::Objected && event.head.route == Route::Import && event.channels().contains(&channel)
}
