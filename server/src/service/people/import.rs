//! Taking over people and earlier choices from another system, row by row.
//!
//! A row adds to what is known and frees nothing: it never lifts an objection (S-18), never signs anybody up on social
//! media (S-11), and its evidence is what it says and nothing more (S-21). A file that comes a second time records
//! nothing. Rows that touch the same person or contact point are taken one after the other, as every act is; others
//! share the syncs of a batch.

pub mod read;
mod row;
mod table;
#[cfg(test)]
pub(super) mod tests;
pub mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::time::Duration;

use app::model::channel::Channel;
use app::model::decision::{Decision, Question, Reason, Recorded, decide};
use app::model::event::{Actor, Event, EventKind, Route};
use app::model::evidence::{Evidence, IdentityLevel, Piece, SoftOptIn};
use app::model::identity::{RecordAddress, ShardNumber, Subject};
use serde::Serialize;
use time::Date;

use super::book::{Book, IndexKey, Wanted};
use super::hash::{index_keys, newest_index_key};
use super::profile::Part;
use super::{Act, ActError, Person};
use crate::contact::ContactPoint;
use crate::scribe::{AppendError, Draft, Fact, FactKind, NotRecorded, Submitted};
use crate::service::Keuze;
use crate::vault::ring::{KeyId, Owner, RetentionClass};

pub use read::{FileFault, Line, rows};
use row::is_message;
pub use row::{Column, Mend, Row, RowFault};

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
    /// The person agreed to these channels after the objection that the row tells of.
    AgreedSince(Vec<Channel>),
    /// The row is refused, but its no to these channels is not lost: it stands here from now on, if it did not before.
    NoAllTheSame(Vec<Channel>),
    /// A no to these channels that is not recorded: nothing can be read of whom, or where it would stand.
    NotRecorded(Vec<Channel>),
    /// A no to these channels that is not recorded, for what else is wrong there.
    NotTaken(Vec<Channel>),
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
            Self::NoAllTheSame(channels) => write!(f, "its no to {} is taken all the same", names(channels)),
            Self::NotRecorded(channels) => write!(
                f,
                "it says no to {}; not recorded: no known customer, and no address or number for that, can be read",
                names(channels)
            ),
            Self::NotTaken(channels) => write!(f, "it says no to {}; not recorded", names(channels)),
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
        self.without_basis += has(|note| matches!(note, Note::NoBasis(..)));
    }
}

/// So many rows share a batch, and so long other acts wait at most.
const WAVE: usize = 256;

/// Six invented people for the demo: one who can be reached, two who share a mailbox (one without evidence), one who
/// objected, one who refused when the address was collected, one abroad.
const INVENTED: &str = include_str!("import/demo.jsonl");

/// An import that runs.
struct Running<'a> {
    keuze: &'a Keuze,
    lines: read::Lines<'a>,
    /// Read, but not taken yet, because it touches what an earlier row of the wave touches.
    held: Option<ReadRow>,
    /// The system that the file comes from.
    source: &'a str,
    act: Act,
    /// In a dry run: what would be known.
    scratch: Option<Book>,
    keys: Vec<IndexKey>,
    newest: IndexKey,
}

/// A row of the file, as it is taken.
struct ReadRow {
    line: u64,
    last: u64,
    /// What is taken of it: all, or of a refused row its no.
    row: Option<Row>,
    fault: Option<RowFault>,
    is_blank: bool,
    /// Whether what cannot be read of it may say a no.
    has_unread: bool,
}

impl ReadRow {
    fn of(read: Line, today: Date) -> Self {
        let Line { number, last, fields, fault, may_say_no, is_blank, .. } = read;
        let bare = Self { line: number, last, row: None, fault: None, is_blank, has_unread: false };
        if is_blank {
            return bare;
        }
        match fault.map_or_else(|| Row::read(&fields, today), Err) {
            Ok(row) => Self { row: Some(row), ..bare },
            Err(fault) => {
                let no = Row::no_of(&fields, today);
                Self { row: no.row, fault: Some(fault), has_unread: may_say_no || no.has_unread, ..bare }
            }
        }
    }

    fn report(&self, plan: &Plan) -> RowReport {
        let came_to = match self.fault {
            Some(fault) => CameTo::Refused(fault),
            None if self.is_blank => CameTo::Blank,
            None if plan.drafts.is_empty() => CameTo::NothingNew,
            None => CameTo::Recorded,
        };
        RowReport { line: self.line, last: self.last, came_to, notes: plan.notes.clone() }
    }
}

/// What a row adds.
#[derive(Default)]
struct Plan {
    drafts: Vec<Draft>,
    notes: Vec<Note>,
}

/// What a row's objection comes to.
#[derive(Default)]
struct No {
    /// What is to be recorded; nothing where it stands already.
    draft: Option<Draft>,
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
    life: Vec<Recorded>,
    /// The row tells of the person, so their points become known with it.
    is_told: bool,
}

impl Keuze {
    /// Imports rows; `each` is told of every one, in the order of the file. `source` is the system that they come from: an
    /// objection without a date that it brings again, after a yes lifted it, is not taken a second time.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. What was told of until then is recorded; the same file again goes on.
    pub async fn import(
        &self,
        lines: read::Lines<'_>,
        source: &str,
        mode: Mode,
        actor: Actor,
        each: &mut (dyn FnMut(&RowReport) + Send),
    ) -> Result<Summary, ActError> {
        let mut summary = Summary::default();
        let mut running = Running::new(self, lines, source, mode, actor);
        loop {
            let reports = running.wave().await?;
            if reports.is_empty() {
                return Ok(summary);
            }
            for report in reports {
                summary.count(&report);
                each(&report);
            }
        }
    }

    /// Makes the demo's people; whoever is there already stays as they are.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn invent_people(&self) -> Result<Summary, ActError> {
        let lines = read::json_lines(INVENTED.as_bytes());
        self.import(lines, "demo", Mode::Write, Actor::System, &mut |_| {}).await
    }

    /// Writes acts that do not rest on each other, in their order. Once one of them is taken the others wait for room, so
    /// that nothing is left half done because much is being written.
    async fn perform_all(&self, drafts: Vec<Draft>) -> Result<(), ActError> {
        let mut waiting: VecDeque<(Vec<Fact>, Submitted)> = VecDeque::new();
        let mut begun = false;
        for draft in drafts {
            let facts = draft.facts.clone();
            let submitted = loop {
                match self.scribe.submit(draft.clone()) {
                    Ok(submitted) => break Ok(submitted),
                    Err(NotRecorded::Busy) if begun => match waiting.pop_front() {
                        Some(first) => self.take_note_once_durable(first).await?,
                        None => tokio::time::sleep(Duration::from_millis(10)).await,
                    },
                    Err(error) => break Err(error),
                }
            };
            match submitted {
                Ok(submitted) => waiting.push_back((facts, submitted)),
                // What is taken is finished, and whatever goes wrong with that outranks this.
                Err(error) => {
                    for taken in waiting {
                        self.take_note_once_durable(taken).await?;
                    }
                    return Err(AppendError::from(error).into());
                }
            }
            begun = true;
        }
        for taken in waiting {
            self.take_note_once_durable(taken).await?;
        }
        Ok(())
    }

    async fn take_note_once_durable(&self, (facts, submitted): (Vec<Fact>, Submitted)) -> Result<(), ActError> {
        let written = submitted.durable().await?;
        Ok(self.take_note(&facts, &[], &written)?)
    }
}

impl<'a> Running<'a> {
    fn new(keuze: &'a Keuze, lines: read::Lines<'a>, source: &'a str, mode: Mode, actor: Actor) -> Self {
        let level = IdentityLevel::Unverified;
        let act = Act { actor, ..Act::by_person(Route::Import, level) };
        // A dry run makes no key: what would stand is kept under one that is thrown away.
        let newest = (0, keuze.entropy.bytes());
        let scratch = (mode == Mode::DryRun).then(|| keuze.people.book().clone());
        let keys = index_keys(&keuze.scribe).into_iter().chain([newest]).collect();
        Self { keuze, lines, held: None, source, act, scratch, keys, newest }
    }

    /// The next row: the one that was held back, or the next of the file.
    fn next_row(&mut self, today: Date) -> Option<ReadRow> {
        self.held.take().or_else(|| self.lines.next().map(|line| ReadRow::of(line, today)))
    }

    /// Takes rows that do not touch each other, at most [`WAVE`], and returns when they are durable.
    async fn wave(&mut self) -> Result<Vec<RowReport>, ActError> {
        let _one_at_a_time = self.keuze.people.acting.lock().await;
        let today = self.keuze.clock.now().today;
        let mut reports = Vec::new();
        let mut drafts = Vec::new();
        let mut touched = HashSet::new();
        if self.scratch.is_none() {
            self.newest = newest_index_key(&self.keuze.scribe);
            self.keys = index_keys(&self.keuze.scribe);
        }
        while reports.len() < WAVE {
            let Some(next) = self.next_row(today) else { break };
            let book = self.keuze.people.book();
            let names = next.row.iter().flat_map(|row| touches(row, self.scratch.as_ref().unwrap_or(&book)));
            let names: Vec<String> = names.collect();
            drop(book);
            if names.iter().any(|name| touched.contains(name)) {
                self.held = Some(next);
                break;
            }
            touched.extend(names);
            let plan = self.plan(&next)?;
            reports.push(next.report(&plan));
            match &mut self.scratch {
                Some(scratch) => imagine(scratch, &plan.drafts)?,
                None => drafts.extend(plan.drafts),
            }
        }
        self.keuze.perform_all(drafts).await?;
        Ok(reports)
    }

    /// What a row adds to what is known; of a refused one its no alone.
    fn plan(&self, read: &ReadRow) -> Result<Plan, ActError> {
        let unread = || read.has_unread.then_some(Note::Unread);
        let Some(row) = &read.row else {
            return Ok(Plan { drafts: Vec::new(), notes: unread().into_iter().collect() });
        };
        let mut target = self.target(row)?;
        let mut plan = Plan::default();
        if read.fault.is_some() {
            // Nobody is made of a row that is refused.
            target.person = target.known.as_ref().map(|person| person.subject);
            target.is_told = false;
        } else {
            plan.drafts.extend(self.told(row, &target));
            plan.notes.extend(self.basis(row, &target));
        }
        let No { draft, stands, agreed } = self.objection(row, &target)?;
        plan.drafts.extend(draft);
        let lost = lost(row, &stands, &agreed);
        plan.notes.extend((read.fault.is_some() && !stands.is_empty()).then_some(Note::NoAllTheSame(stands)));
        plan.notes.extend((!lost.is_empty()).then_some(Note::NotRecorded(lost)));
        plan.notes.extend((!agreed.is_empty()).then_some(Note::AgreedSince(agreed)));
        plan.notes.extend(unread());
        Ok(plan)
    }

    fn target(&self, row: &Row) -> Result<Target, ActError> {
        let book = self.keuze.people.book();
        let known = whom(row, self.scratch.as_ref().unwrap_or(&book));
        drop(book);
        let subjects = known.as_ref().map(Person::subjects).unwrap_or_default();
        Ok(self.target_of(row, known, self.keuze.life_of(subjects)?))
    }

    fn target_of(&self, row: &Row, known: Option<Person>, life: Vec<Recorded>) -> Target {
        let mut points: Vec<ContactPoint> =
            known.as_ref().map(|person| person.points().into_iter().cloned().collect()).unwrap_or_default();
        for point in &row.points {
            if points.iter().all(|known| known.normal() != point.normal()) {
                points.push(point.clone());
            }
        }
        let known_subject = known.as_ref().map(|person| person.subject);
        let person = known_subject.or_else(|| (!row.is_points_alone()).then(|| self.keuze.new_subject()));
        Target { person, known, points, life, is_told: person.is_some() }
    }

    /// Profile and relation, in one event where that says the same.
    fn told(&self, row: &Row, target: &Target) -> Vec<Draft> {
        let Some(subject) = target.person else { return Vec::new() };
        let mut drafts = Vec::new();
        let part = self.part(row, target, subject);
        for (channels, evidence) in relations(row) {
            let channels: Vec<Channel> =
                channels.into_iter().filter(|channel| !is_told(&target.life, *channel, evidence)).collect();
            if channels.is_empty() {
                continue;
            }
            // Whoever refused when the address was collected has objected, and that stands on the address, too.
            let refused = evidence.is_some_and(|evidence| evidence.opt_out_used);
            let facts = if refused { self.entries(target, &channels, None) } else { Vec::new() };
            let mut event = self.event(EventKind::Imported, Some(subject));
            event.channels = channels;
            event.evidence = evidence.cloned().map(Evidence::SoftOptIn);
            event.policy = Some(self.keuze.published.current().hash);
            drafts.push(Draft::with(event, facts));
        }
        if let Some(part) = part {
            if drafts.is_empty() {
                drafts.push(Draft::new(self.event(EventKind::Imported, Some(subject))));
            }
            drafts[0].event.object = Some("profile".to_owned());
            drafts[0].facts.insert(0, part);
        }
        drafts
    }

    fn event(&self, kind: EventKind, subject: Option<Subject>) -> Event {
        Event { subject, ..self.act.event(kind, self.keuze.clock.now().at) }
    }

    /// The profile with what the row adds; `None` where it adds nothing.
    fn part(&self, row: &Row, target: &Target, subject: Subject) -> Option<Fact> {
        let class = RetentionClass::Account;
        let known = target.known.as_ref().and_then(|person| person.part(class).cloned());
        let mut said = Part::new(subject, class, row.language);
        said.name.clone_from(&row.name);
        said.customers.extend(row.customer.clone());
        said.points.clone_from(&row.points);
        let mut whole = known.clone().unwrap_or_else(|| Part::new(subject, class, row.language));
        whole.take(said);
        if known.as_ref() == Some(&whole) {
            return None;
        }
        let owner = Owner::Class(subject, class);
        let key = match &self.scratch {
            None => self.keuze.scribe.ensure_key(owner),
            Some(_) => self.keuze.scribe.find_key(owner).unwrap_or_else(|| KeyId(self.keuze.entropy.bytes())),
        };
        Some(whole.fact(key))
    }

    /// What the person objected to in another system, unless it stands here already or they agreed since.
    fn objection(&self, row: &Row, target: &Target) -> Result<No, ActError> {
        let mut channels = row.objected.clone();
        if target.person.is_none() {
            channels.retain(|channel| target.points.iter().any(|point| channel.point() == Some(point.kind())));
        }
        let (mut agreed, mut stands) = (Vec::new(), Vec::new());
        for channel in channels {
            let lives = self.lives(target, channel)?;
            let all = !lives.is_empty() && lives.iter().all(|life| agreed_since(life, channel, row.objected_on));
            if all || self.was_lifted(row, target, channel) { &mut agreed } else { &mut stands }.push(channel);
        }
        let facts = self.entries(target, &stands, row.objected_on);
        let known = |channel: &Channel| target.person.is_none() || is_no(self.of_person(target, *channel).reason);
        if facts.is_empty() && stands.iter().all(known) {
            return Ok(No { draft: None, stands, agreed });
        }
        let mut event = self.event(EventKind::Objected, target.person);
        event.channels.clone_from(&stands);
        event.object = row.objected_on.map(|date| format!("since/{date}"));
        event.policy = Some(self.keuze.published.current().hash);
        Ok(No { draft: Some(Draft::with(event, facts)), stands, agreed })
    }

    /// Whether this source brought the same objection before, without a date, and a yes lifted it since. One by a person
    /// is found in their life; one at a contact point alone is remembered there.
    fn was_lifted(&self, row: &Row, target: &Target, channel: Channel) -> bool {
        let mut points = target.points.iter().filter(|point| channel.point() == Some(point.kind()));
        let book = self.keuze.people.book();
        let book = self.scratch.as_ref().unwrap_or(&book);
        let alone = row.objected_on.is_none() && target.person.is_none();
        alone && points.all(|point| book.lifted_of(self.source, point, channel, &self.keys))
    }

    /// The life of the person; without one, those of everybody at the contact points that the channel reaches.
    fn lives(&self, target: &Target, channel: Channel) -> Result<Vec<Vec<Recorded>>, ActError> {
        if target.person.is_some() {
            return Ok(vec![target.life.clone()]);
        }
        let people: BTreeSet<Vec<Subject>> = {
            let book = self.keuze.people.book();
            let book = self.scratch.as_ref().unwrap_or(&book);
            let reached = target.points.iter().filter(|point| channel.point() == Some(point.kind()));
            let at = reached.flat_map(|point| book.at(point));
            at.filter_map(|subject| book.person(subject).map(Person::subjects)).collect()
        };
        people.into_iter().map(|subjects| Ok(self.keuze.life_of(subjects)?)).collect()
    }

    fn entries(&self, target: &Target, channels: &[Channel], since: Option<Date>) -> Vec<Fact> {
        let source = (since.is_none() && target.person.is_none()).then_some(self.source);
        let since = since.unwrap_or_else(|| self.keuze.clock.now().today);
        let doors_are_told = target.is_told;
        let wanted = Wanted { by: target.person, points: &target.points, channels, since, source, doors_are_told };
        let book = self.keuze.people.book();
        let book = self.scratch.as_ref().unwrap_or(&book);
        book.new_entries(&wanted, self.newest, &self.keys, &*self.keuze.entropy)
    }

    fn of_person(&self, target: &Target, channel: Channel) -> Decision {
        decide(
            &target.life,
            &self.keuze.published.current().policy,
            &Question::Channel(channel),
            self.keuze.clock.now(),
        )
    }

    /// What can and cannot be done with the channels for which the row tells of a relation.
    fn basis(&self, row: &Row, target: &Target) -> Vec<Note> {
        let mut standing = self.stands_at(row, target);
        let mut without: BTreeMap<Vec<Piece>, Vec<Channel>> = BTreeMap::new();
        for (channels, evidence) in relations(row) {
            let mut event = self.event(EventKind::Imported, target.person);
            event.channels.clone_from(&channels);
            event.evidence = evidence.cloned().map(Evidence::SoftOptIn);
            let missing = evidence.map_or_else(|| SoftOptIn::default().missing(), SoftOptIn::missing);
            for channel in channels {
                let decision = self.with_this(target, &event, channel);
                match decision.reason {
                    reason if is_no(reason) => _ = standing.insert(channel),
                    Reason::EvidenceMissing => without.entry(missing.clone()).or_default().push(channel),
                    _ if !decision.allow => without.entry(Vec::new()).or_default().push(channel),
                    _ => {}
                }
            }
        }
        let standing = (!standing.is_empty()).then(|| Note::StandingNo(standing.into_iter().collect()));
        standing.into_iter().chain(without.into_iter().map(|(pieces, at)| Note::NoBasis(at, pieces))).collect()
    }

    /// What is forbidden at the points that the row names, also where it tells of no relation (S-18).
    fn stands_at(&self, row: &Row, target: &Target) -> BTreeSet<Channel> {
        if !row.objected.is_empty() {
            return BTreeSet::new();
        }
        let book = self.keuze.people.book();
        let book = self.scratch.as_ref().unwrap_or(&book);
        let named = target.points.iter().filter(|point| row.points.iter().any(|named| named.is_same_as(point)));
        let found = named.flat_map(|point| {
            let reached = point.kind().channels();
            let entries = book.objections_on(point, &self.keys).into_iter().flat_map(|found| found.entry.channels);
            entries.filter(|channel| reached.contains(channel))
        });
        found.collect()
    }

    fn with_this(&self, target: &Target, event: &Event, channel: Channel) -> Decision {
        let last = RecordAddress { shard: ShardNumber::FIRST, index: u64::MAX };
        let mut life = target.life.clone();
        life.push(Recorded { address: last, event: event.clone() });
        let objections = {
            let book = self.keuze.people.book();
            let book = self.scratch.as_ref().unwrap_or(&book);
            let points = target.points.iter().filter(|point| channel.point() == Some(point.kind()));
            points.flat_map(|point| book.objections_on(point, &self.keys)).map(|found| found.objection()).collect()
        };
        let question = Question::Reach(channel, objections);
        decide(&life, &self.keuze.published.current().policy, &question, self.keuze.clock.now())
    }
}

/// The channels that a row says no to without anything of the person that the no could stand on. Whoever says no to
/// everything has said it of what the row names, and of nothing else.
fn lost(row: &Row, stands: &[Channel], agreed: &[Channel]) -> Vec<Channel> {
    let told = |channel: &Channel| stands.contains(channel) || agreed.contains(channel);
    if row.objected_to_all && row.objected.iter().any(told) {
        return Vec::new();
    }
    row.objected.iter().filter(|channel| !told(channel)).copied().collect()
}

/// Takes what would be written into what would be known.
fn imagine(scratch: &mut Book, drafts: &[Draft]) -> Result<(), ActError> {
    let nowhere = RecordAddress { shard: ShardNumber::FIRST, index: u64::MAX };
    for fact in drafts.iter().flat_map(|draft| &draft.facts) {
        if matches!(fact.kind, FactKind::Personal | FactKind::Suppression) {
            scratch.take(fact.kind, &fact.key, fact.value.as_deref(), nowhere)?;
        }
    }
    Ok(())
}

/// Everything by which two rows could be about the same.
fn touches(row: &Row, book: &Book) -> Vec<String> {
    let mut names: Vec<String> = row.customer.iter().map(|number| format!("customer {number}")).collect();
    for point in &row.points {
        names.push(point.normal());
        names.extend(point.stands_on().into_iter().chain(point.asked_under()));
    }
    names.extend(whom(row, book).map(|person| format!("person {}", person.subject)));
    names
}

/// The known person whom a row is about: by customer number; without one, whoever has all its contact points and no
/// other name.
fn whom(row: &Row, book: &Book) -> Option<Person> {
    if let Some(number) = &row.customer {
        return book.customer(number).and_then(|subject| book.person(subject)).cloned();
    }
    if row.is_points_alone() {
        return None;
    }
    let has_all = |person: &&Person| {
        let theirs: Vec<String> = person.points().into_iter().map(ContactPoint::normal).collect();
        row.points.iter().all(|point| theirs.contains(&point.normal()))
    };
    let same_name = |person: &&Person| row.name.is_none() || person.name() == row.name.as_deref();
    let at = row.points.first().map(|point| book.at(point)).unwrap_or_default();
    at.into_iter()
        .filter_map(|subject| book.person(subject))
        .find(|person| has_all(person) && same_name(person))
        .cloned()
}

/// The channels with their evidence.
fn relations(row: &Row) -> Vec<(Vec<Channel>, Option<&SoftOptIn>)> {
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

/// Whether the same was told before. An older word is not made the newest by repeating it: files repeat everything.
fn is_told(life: &[Recorded], channel: Channel, evidence: Option<&SoftOptIn>) -> bool {
    life.iter().any(|Recorded { event, .. }| {
        let said = match &event.evidence {
            Some(Evidence::SoftOptIn(soft)) => Some(soft),
            _ => None,
        };
        event.kind == EventKind::Imported && event.channels.contains(&channel) && said == evidence
    })
}

/// Whether the person themselves agreed after the objection that a row tells of. Of an objection without a date only
/// this can be said: that an import brought it before, and the person agreed after that.
fn agreed_since(life: &[Recorded], channel: Channel, objected_on: Option<Date>) -> bool {
    let concerns = |recorded: &&Recorded| recorded.event.channels.contains(&channel);
    let own = |event: &Event| event.kind == EventKind::OptInConfirmed && event.actor == Actor::Person;
    let imported = |event: &Event| event.kind == EventKind::Objected && event.route == Route::Import;
    let agreed = life.iter().filter(concerns).rfind(|recorded| own(&recorded.event));
    let Some(agreed) = agreed else { return false };
    let day = crate::ambient::moment(agreed.event.at.unix_timestamp()).today;
    match objected_on {
        Some(date) => date < day,
        None => life.iter().filter(concerns).any(|r| imported(&r.event) && r.address < agreed.address),
    }
}

fn is_no(reason: Reason) -> bool {
    matches!(reason, Reason::Objected | Reason::Withdrawn | Reason::Refused | Reason::PointObjected)
}
