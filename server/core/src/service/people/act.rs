//! Saying no, and saying yes.

use std::collections::BTreeSet;

use model::channel::Channel;
use model::contact::PointKind;
use model::decision::Reason;
use model::event::{Actor, Event, EventKind, Objection, ObjectionLifted, OptInConfirmed, OptInRequested, Relation};
use model::evidence::{OptIn, SoftOptIn};
use model::identity::{RecordAddress, Subject};
use time::Date;

use super::batch::Batch;
use super::contact_directory::{Since, Standings, WantedObjection, kept_entry, lift, yes_on};
use super::ground::{Ground, OnLedger};
use super::hash::{self, newest_index_key};
use super::{ActError, ActOutcome, Addressee, ContactDirectory, Provenance};
use crate::service::history::PersonHistory;
use crate::service::people::Contactability;
use crate::service::preference_centre::ShownState;
use contact::ContactPoint;
use ledger::formats::fact::{FactId, Part};
use ledger::{AppendRequest, Fact, FactName, ReadError};

/// A no that is to stand on contact points.
#[derive(Clone, Copy)]
pub(super) struct No<'a> {
    /// Whose it is, if anybody's.
    pub by: Option<Subject>,
    pub points: &'a [ContactPoint],
    pub channels: &'a [Channel],
    pub since: Since,
    /// The system whose list it is on, for a no without a date of nobody in particular.
    pub source: Option<&'a str>,
    /// Whether an address without a door is of one that has none.
    pub doors_are_told: bool,
    /// The record in which it was said earlier.
    pub said: Option<RecordAddress>,
}

/// A relation, as it is told.
#[derive(Clone, Copy)]
pub(super) struct ToldRelation<'a> {
    pub person: Option<Subject>,
    pub channels: &'a [Channel],
    /// The points that it is for.
    pub given: &'a [ContactPoint],
    pub evidence: Option<&'a SoftOptIn>,
    /// The points on which a refusal stands.
    pub all: &'a [ContactPoint],
    /// As [`No::doors_are_told`].
    pub doors_are_told: bool,
}

impl Contactability {
    /// Records an objection, by the person or to a contact point, and returns once it is durable. From then on every
    /// question about it is denied. Repeats succeed and record nothing, but for those of a visitor who is not known:
    /// the number of an older record would tell them that somebody had said it before.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn object(
        &self,
        history: &PersonHistory,
        who: &Addressee,
        channels: &[Channel],
        act: &Provenance,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        if let Some(acted) = self.people.done_before(history, act)? {
            return Ok(acted);
        }
        let channels: BTreeSet<Channel> = channels.iter().copied().collect();
        let (person, points) = self.resolve(who)?;
        let reachable: BTreeSet<Channel> = points.iter().flat_map(|point| point.kind().channels()).copied().collect();
        let channels: Vec<Channel> = match person {
            Some(_) => channels.into_iter().collect(),
            None => channels.intersection(&reachable).copied().collect(),
        };
        if channels.is_empty() {
            return Err(ActError::Nothing);
        }
        let facts = self.new_entries(person, &self.with_others(person, &points), &channels);
        let may_be_told = act.actor != Actor::Visitor && facts.is_empty();
        if let Some(record) = self.stands_already(history, person, &points, &channels)?.filter(|_| may_be_told) {
            return Ok(ActOutcome { record, changed: false, since: self.day_of(history, record)?, channels });
        }
        lock.append_act(self.objection(act, person, channels, None, facts), act).await
    }

    /// Records what the person confirmed, and lifts the objections that it may lift: their own, and those on the
    /// contact points that they proved to control (`controlled`).
    ///
    /// It is for those points; by channels of another kind, for what is known of theirs now. What joins later has none.
    ///
    /// `shown` is what the person was shown last; an act on something that changed meanwhile is refused, and one for points
    /// that they were not shown.
    ///
    /// # Errors
    /// Nothing was recorded then.
    #[expect(clippy::too_many_arguments, reason = "who agrees to what, by what proof, and on what page")]
    pub async fn opt_in(
        &self,
        history: &PersonHistory,
        person: Subject,
        channels: &[Channel],
        proof: OptIn,
        controlled: &[ContactPoint],
        act: &Provenance,
        shown: Option<&ShownState>,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        let known = self.people.known_person(person).ok_or(ActError::NoPerson)?;
        let person = known.subject;
        if channels.is_empty() {
            return Err(ActError::Nothing);
        }
        // Of what joined later nobody knows that it is theirs.
        let points: Vec<ContactPoint> = known.seen_by(controlled).points().into_iter().cloned().collect();
        let given = given_for(&points, channels, controlled);
        if let Some(shown) = shown
            && self.changed_since(history, person, channels, &given, controlled, shown)?
        {
            return Err(ActError::ChangedSince);
        }
        lock.append_act(self.agreed(history, person, channels, proof, (&given, controlled), act)?, act).await
    }

    /// Records what somebody who may be new confirmed at the points that they proved; what is told of them is learned with
    /// it.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn opt_in_of(
        &self,
        history: &PersonHistory,
        part: Part,
        channels: &[Channel],
        proof: OptIn,
        act: &Provenance,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        let (person, controlled) = (part.subject, part.points.clone());
        let learned = self.people.learned(part);
        let mut draft = self.agreed(history, person, channels, proof, (&controlled, &controlled), act)?;
        draft.facts.extend(learned);
        lock.append_act(draft, act).await
    }

    fn agreed(
        &self,
        history: &PersonHistory,
        person: Subject,
        channels: &[Channel],
        proof: OptIn,
        (given, controlled): (&[ContactPoint], &[ContactPoint]),
        act: &Provenance,
    ) -> Result<AppendRequest, ActError> {
        let confirmed = OptInConfirmed {
            policy: self.published.current().hash,
            channels: channels.to_vec(),
            points: hash::given_at(&newest_index_key(&self.ledger).1, given),
            evidence: proof,
            said: act.said(),
        };
        let event = act.event(self.clock.now().at, confirmed).with_subject(Some(person));
        let mut facts = self.lifted(history, Some(person), given, channels, controlled)?;
        facts.extend(yes_on(channels, self.clock.now().today));
        Ok(AppendRequest::with(event, facts))
    }

    /// Whether something that a yes at these points would undo, or did not see, came after what was shown. For a point that
    /// was proved that is what was said; any other has to be one that was shown.
    fn changed_since(
        &self,
        history: &PersonHistory,
        person: Subject,
        channels: &[Channel],
        given: &[ContactPoint],
        controlled: &[ContactPoint],
        shown: &ShownState,
    ) -> Result<bool, ActError> {
        let was_proved = |point: &ContactPoint| controlled.iter().any(|of| of.is_same_as(point));
        let were_shown = given.iter().all(was_proved) || shown.points == self.people.hash_of_points(given);
        Ok(!were_shown || self.last_word_at(history, person, channels, given)? > Some(shown.record))
    }

    /// Takes off a contact point whatever objections stand on it, for whoever proved to control it (a code to that mailbox
    /// or number). It is nobody's consent: from then on everybody behind it is asked about as before.
    ///
    /// `since` is the last record that was shown; an act on something that changed meanwhile is refused.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn lift_at(
        &self,
        history: &PersonHistory,
        point: &ContactPoint,
        channels: &[Channel],
        act: &Provenance,
        since: RecordAddress,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        if self.last_no_at(history, point, channels)? > Some(since) {
            return Err(ActError::ChangedSince);
        }
        let points = std::slice::from_ref(point);
        let mut facts = self.lifted(history, None, points, channels, points)?;
        if facts.is_empty() {
            return Err(ActError::Nothing);
        }
        let now = self.clock.now();
        facts.extend(yes_on(channels, now.today));
        let (policy, channels) = (self.published.current().hash, channels.to_vec());
        let event = act.event(now.at, ObjectionLifted { policy, channels, said: act.said() });
        lock.append_act(AppendRequest::with(event, facts), act).await
    }

    /// The newest record of an objection to these channels that holds at a contact point.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_no_at(
        &self,
        history: &PersonHistory,
        point: &ContactPoint,
        channels: &[Channel],
    ) -> Result<Option<RecordAddress>, ReadError> {
        let keys = hash::index_keys(&self.ledger);
        let book = self.people.book();
        let standings = Standings::on_points(&book, &keys, std::slice::from_ref(point));
        let spread = history.spread_to(&standings, None, point)?.into_iter().map(|(_, found)| found);
        let found = standings.objections_on(point).into_iter().chain(spread);
        let about = found.filter(|found| found.entry.channels.iter().any(|of| channels.contains(of)));
        Ok(about.map(|found| found.record).max())
    }

    /// Records that somebody asked for an opt-in for the person; it is none until the person confirms it.
    ///
    /// # Errors
    /// `SelfSignUpRequired` for social media, when it is not the person who asks (S-11).
    pub async fn request_opt_in(
        &self,
        history: &PersonHistory,
        person: Subject,
        channels: &[Channel],
        act: &Provenance,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        if let Some(acted) = self.people.done_before(history, act)? {
            return Ok(acted);
        }
        let (person, _) = self.resolve(&Addressee::person(person))?;
        lock.append_act(self.requested(person, &[], channels, Vec::new(), act)?, act).await
    }

    /// The same, of somebody who may be new: what is told of them is learned with it. It takes as long for somebody who is
    /// known, so that nobody learns from us who is. `more` is what goes with it, such as the mail that asks.
    ///
    /// # Errors
    /// As [`Self::request_opt_in`].
    pub(in crate::service) async fn request_opt_in_of(
        &self,
        part: Part,
        channels: &[Channel],
        act: &Provenance,
        more: AppendRequest,
    ) -> Result<(), ActError> {
        let lock = self.people.write_lock().await;
        let (subject, points) = (part.subject, part.points.clone());
        let learned = self.people.learned(part).into_iter().collect();
        let requested = self.requested(Some(subject), &points, channels, learned, act)?;
        lock.append(Batch::from_requests([requested, more])).await?;
        Ok(())
    }

    fn requested(
        &self,
        person: Option<Subject>,
        points: &[ContactPoint],
        channels: &[Channel],
        facts: Vec<Fact>,
        act: &Provenance,
    ) -> Result<AppendRequest, ActError> {
        if channels.iter().any(|channel| channel.is_by_own_sign_up()) && act.actor != Actor::Person {
            return Err(ActError::SelfSignUpRequired);
        }
        let requested = OptInRequested {
            policy: self.published.current().hash,
            channels: channels.to_vec(),
            points: hash::given_at(&newest_index_key(&self.ledger).1, points),
            said: act.said(),
        };
        let event = act.event(self.clock.now().at, requested).with_subject(person);
        Ok(AppendRequest::with(event, facts))
    }

    /// Records a relation that the controller tells of, with what it has as evidence, for the points that are known now. It
    /// neither grants nor lifts anything that evidence and rules do not.
    ///
    /// # Errors
    /// `SelfSignUpRequired` for social media (S-11).
    pub async fn tell_relation(
        &self,
        person: Subject,
        channels: &[Channel],
        evidence: Option<SoftOptIn>,
        act: &Provenance,
    ) -> Result<ActOutcome, ActError> {
        let lock = self.people.write_lock().await;
        if channels.iter().any(|channel| channel.is_by_own_sign_up()) {
            return Err(ActError::SelfSignUpRequired);
        }
        let (person, points) = self.resolve(&Addressee::person(person))?;
        let given = given_for(&points, channels, &[]);
        let (evidence, all, doors_are_told) = (evidence.as_ref(), &points[..], false);
        let told = ToldRelation { person, channels, given: &given, evidence, all, doors_are_told };
        lock.append_act(self.relation(&OnLedger::new(&self.people), &told, act), act).await
    }

    /// An objection, with the entries by which it stands on points; one that a file dates is as old as that.
    pub(super) fn objection(
        &self,
        act: &Provenance,
        person: Option<Subject>,
        channels: Vec<Channel>,
        since: Option<Date>,
        facts: Vec<Fact>,
    ) -> AppendRequest {
        let objection = Objection { policy: self.published.current().hash, channels, since, said: act.said() };
        AppendRequest::with(act.event(self.clock.now().at, objection).with_subject(person), facts)
    }

    /// A relation that somebody tells of. Whoever refused when the address was collected has objected, and that stands on the
    /// address, too.
    pub(super) fn relation(&self, ground: &impl Ground, told: &ToldRelation<'_>, act: &Provenance) -> AppendRequest {
        let ToldRelation { person, channels, evidence, all, doors_are_told, .. } = *told;
        let facts = if evidence.is_some_and(|evidence| evidence.opt_out_used) {
            let since = Since::Now(self.clock.now().today);
            let no = No { by: person, points: all, channels, since, source: None, doors_are_told, said: None };
            self.entries(ground, &no)
        } else {
            Vec::new()
        };
        AppendRequest::with(self.relation_event(ground, told, act), facts)
    }

    /// Its event alone.
    pub(super) fn relation_event(&self, ground: &impl Ground, told: &ToldRelation<'_>, act: &Provenance) -> Event {
        let relation = Relation {
            policy: self.published.current().hash,
            channels: told.channels.to_vec(),
            points: hash::given_at(&ground.newest_index_key().1, told.given),
            evidence: told.evidence.cloned(),
            said: act.said(),
        };
        act.event(self.clock.now().at, relation).with_subject(told.person)
    }

    /// Entries for what does not stand on the points yet. A list without dates says the same again and again, and is compared
    /// with what it brought itself.
    pub(super) fn entries(&self, ground: &impl Ground, no: &No<'_>) -> Vec<Fact> {
        let No { by, points, channels, since, source, doors_are_told, said } = *no;
        let (newest, keys) = (ground.newest_index_key(), ground.index_keys());
        ground.look(|book| {
            let of_nobody = if by.is_none() && source.is_none() { points } else { &[] };
            let answered = &book.answered(of_nobody, since, keys);
            let wanted = WantedObjection { by, points, channels, since, source, doors_are_told, said, answered };
            book.new_entries(&wanted, newest, keys, &*self.random)
        })
    }

    /// The person as they are known now, with the points that the act is about.
    pub(super) fn resolve(&self, who: &Addressee) -> Result<(Option<Subject>, Vec<ContactPoint>), ActError> {
        let book = self.people.book();
        let person = who.person.map(|subject| book.person(subject).ok_or(ActError::NoPerson)).transpose()?;
        let mut points: Vec<ContactPoint> = who.points.clone();
        for point in person.as_ref().map(|person| person.points()).unwrap_or_default() {
            if !points.iter().any(|known| known.has_same_normal(point)) {
                points.push(point.clone());
            }
        }
        Ok((person.map(|person| person.subject), points))
    }

    /// The points with those of whoever may be the same: a no holds there, too.
    fn with_others(&self, person: Option<Subject>, points: &[ContactPoint]) -> Vec<ContactPoint> {
        let book = self.people.book();
        let others = person.and_then(|person| book.person(person)).map(|person| book.others_with_number(&person));
        let others = others.unwrap_or_default();
        points.iter().chain(others.iter().flat_map(|other| other.points())).cloned().collect()
    }

    /// Entries for what does not stand on the points yet.
    pub(super) fn new_entries(&self, by: Option<Subject>, points: &[ContactPoint], channels: &[Channel]) -> Vec<Fact> {
        let since = Since::Now(self.clock.now().today);
        let no = No { by, points, channels, since, source: None, doors_are_told: false, said: None };
        self.entries(&OnLedger::new(&self.people), &no)
    }

    /// Entries made smaller by what the person agreed to, or whoever controls the point. What holds there because it stands
    /// elsewhere is marked as lifted there, and goes on everywhere else.
    fn lifted(
        &self,
        history: &PersonHistory,
        person: Option<Subject>,
        points: &[ContactPoint],
        channels: &[Channel],
        controlled: &[ContactPoint],
    ) -> Result<Vec<Fact>, ReadError> {
        let (newest, keys) = (newest_index_key(&self.ledger), hash::index_keys(&self.ledger));
        let book = self.people.book();
        let standings = Standings::on_points(&book, &keys, controlled);
        let mut facts: Vec<Fact> = Vec::new();
        for point in points.iter().chain(controlled) {
            let controls = controlled.iter().any(|controlled| controlled.is_same_as(point));
            for found in standings.objections_on(point) {
                let by = found.entry.by.map(|subject| book.one_person(subject));
                let mut objection = found.objection();
                objection.by = by;
                let touched = found.entry.channels.iter().any(|channel| channels.contains(channel));
                let lifts = controls || person.is_some_and(|person| objection.is_lifted_by(person, controls));
                if touched && lifts && facts.iter().all(|fact| fact.name() != FactName::Suppression(found.id)) {
                    let mut entry = found.entry;
                    lift(&mut entry, channels);
                    facts.push(kept_entry(found.id, entry));
                }
            }
        }
        for point in controlled {
            let mut marked: BTreeSet<FactId> = BTreeSet::new();
            for (_, found) in history.spread_to(&standings, None, point)? {
                let (id, mut entry) = ContactDirectory::entry_at(point, &found, &newest, &*self.random);
                lift(&mut entry, channels);
                entry.channels.clear();
                if !entry.lifted.is_empty() && marked.insert(found.id) {
                    facts.push(kept_entry(id, entry));
                }
            }
        }
        Ok(facts)
    }

    /// The record of an objection that says all of this already.
    fn stands_already(
        &self,
        history: &PersonHistory,
        person: Option<Subject>,
        points: &[ContactPoint],
        channels: &[Channel],
    ) -> Result<Option<RecordAddress>, ActError> {
        let mut record = None;
        for channel in channels {
            let mut decision = self.decision(history, &Addressee { person, points: points.to_vec() }, *channel)?;
            let mut stands = matches!(decision.reason, Reason::Objected | Reason::Withdrawn);
            stands |= person.is_none() && decision.reason == Reason::PointObjected;
            // What whoever may be the same said is no word of the person's own: it ends with what ties the two.
            if let Some(person) = person.filter(|_| stands) {
                decision = self.of_life(&self.people.records_of(history, person)?, *channel);
                stands = decision.reason.is_no();
            }
            if !stands {
                return Ok(None);
            }
            record = record.max(decision.evidence.first().copied());
        }
        Ok(record)
    }

    /// The last record in which anything was said about these channels: by the person, or at one of their contact points.
    pub fn last_statement(
        &self,
        history: &PersonHistory,
        person: Subject,
        channels: &[Channel],
    ) -> Result<Option<RecordAddress>, ActError> {
        self.last_word_at(history, person, channels, &[])
    }

    /// The last word that matters at these points; without any, at all.
    pub(in crate::service) fn last_word_at(
        &self,
        history: &PersonHistory,
        person: Subject,
        channels: &[Channel],
        at: &[ContactPoint],
    ) -> Result<Option<RecordAddress>, ActError> {
        let keys = hash::index_keys(&self.ledger);
        let records = self.people.records_of(history, person)?;
        let about = |of: &[Channel]| of.iter().any(|channel| channels.contains(channel));
        let matters = |event: &Event| {
            let grants = matches!(event.kind(), EventKind::OptInConfirmed | EventKind::OptInRequested);
            let elsewhere = !at.is_empty() && !event.points().is_empty() && !self.people.names_one(event, at);
            about(event.channels()) && !(grants && elsewhere)
        };
        let said = records.iter().filter(|recorded| matters(&recorded.event)).map(|recorded| recorded.address);
        let book = self.people.book();
        let known = book.person(person);
        let others = known.as_ref().map(|person| book.others_with_number(person)).unwrap_or_default();
        let points = known.iter().chain(&others).flat_map(|person| person.points());
        let objections = points.flat_map(|point| book.objections_on(point, &keys));
        let objected = objections.filter(|found| about(&found.entry.channels)).map(|found| found.record);
        Ok(said.chain(objected).max())
    }

    fn day_of(&self, history: &PersonHistory, record: RecordAddress) -> Result<Date, ActError> {
        let recorded = history.record(record)?;
        let at = recorded.map_or_else(|| self.clock.now().at, |recorded| recorded.event.head.at);
        Ok(ledger::clock::moment(at.unix_timestamp()).today)
    }
}

/// The points that a yes to these channels is for: those that were proved; by channels of another kind, the person's own.
pub fn given_for(points: &[ContactPoint], channels: &[Channel], controlled: &[ContactPoint]) -> Vec<ContactPoint> {
    let mut given: Vec<ContactPoint> = Vec::new();
    for kind in PointKind::ALL {
        if kind.channels().iter().any(|channel| channels.contains(channel)) {
            let proved: Vec<&ContactPoint> = controlled.iter().filter(|point| point.kind() == kind).collect();
            let known = points.iter().filter(|point| point.kind() == kind);
            given.extend(if proved.is_empty() { known.collect() } else { proved }.into_iter().cloned());
        }
    }
    given
}
