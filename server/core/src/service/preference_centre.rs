//! The preference centre of whoever proved an address or number: what holds, what is changed, what is held, and erasing it.

use std::sync::Arc;

use model::channel::{Channel, ChannelRule};
use model::contact::PointKind;
use model::date::add_months;
use model::decision::{Decision, Reason, Recorded};
use model::event::{Event, EventKind, Route};
use model::evidence::{IdentityLevel, OptIn};
use model::identity::{RecordAddress, ShardNumber, Subject};
use model::language::Language;
use words::views::frame::PageFrame;
use words::views::objection::GoesOn;
use words::views::preference_centre::{
    Card, CentreView, DoneAct, DoneView, KnownAs, Offer, Platform, StillDenied, Undo,
};

use super::codes::{JustDone, KnownAt, PersonSession, Verification};
use super::mail::MailQueue;
use super::newsletter::Newsletter;
use super::people::{ActError, ActOutcome, Addressee, Contactability, People, Person, Provenance, given_for};
use super::receipt::Receipts;
use crate::publish::Published;
use crate::service::history::PersonHistory;
use contact::ContactPoint;
use ledger::ReadError;
use ledger::clock::{Clock, wall_clock};

/// Stands for "nothing was shown": the first record of a ledger is a policy, and everything said comes later.
const NOTHING_SHOWN: RecordAddress = RecordAddress { shard: ShardNumber::FIRST, index: 0 };

/// What a button says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreferenceChange {
    /// No advertising by these channels.
    Stop(Vec<Channel>),
    /// Advertising by these channels, with what the page showed last.
    Start(Vec<Channel>, ShownState),
}

/// What a page showed of what its button changes, as its form says it: `0001/42`, and behind a dash a keyed hash of the contact
/// points that a yes would be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownState {
    /// The last record.
    pub record: RecordAddress,
    /// The contact points; empty where none were shown.
    pub points: String,
}

impl ShownState {
    /// What a form says; what cannot be read was nothing.
    pub fn parse(text: &str) -> Self {
        let (record, points) = text.split_once('-').unwrap_or((text, ""));
        Self { record: record.parse().unwrap_or(NOTHING_SHOWN), points: points.to_owned() }
    }
}

impl std::fmt::Display for ShownState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { record, points } = self;
        if points.is_empty() { write!(f, "{record}") } else { write!(f, "{record}-{points}") }
    }
}

/// What holds for whoever proved an address or number, and what they change of it.
pub struct PreferenceCentre {
    clock: Arc<dyn Clock>,
    published: Arc<Published>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    verification: Arc<Verification>,
    newsletter: Arc<Newsletter>,
    receipts: Arc<Receipts>,
    mail: Arc<MailQueue>,
    platforms: Vec<Platform>,
}

impl PreferenceCentre {
    /// On what it may touch.
    #[expect(clippy::too_many_arguments, reason = "each is something that it may touch")]
    pub fn new(
        clock: Arc<dyn Clock>,
        published: Arc<Published>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        verification: Arc<Verification>,
        newsletter: Arc<Newsletter>,
        receipts: Arc<Receipts>,
        mail: Arc<MailQueue>,
        platforms: Vec<Platform>,
    ) -> Self {
        Self { clock, published, people, contactability, verification, newsletter, receipts, mail, platforms }
    }
}

impl PreferenceCentre {
    /// What holds for each channel of whoever proved an address.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn centre(
        &self,
        history: &PersonHistory,
        session: &PersonSession,
        language: Language,
    ) -> Result<CentreView, ActError> {
        let known = self.verification.known_at(session);
        let cards = self.cards(history, session, known, language)?;
        let shown = match known {
            KnownAt::One(person) => self.contactability.last_statement(history, person, &Channel::ALL)?,
            KnownAt::Nobody | KnownAt::Several => None,
        };
        Ok(CentreView {
            about: self.verification.about(session).to_string(),
            address: session.point().given(),
            whose: self.whose(session, known),
            cards,
            shown: shown.unwrap_or(NOTHING_SHOWN).to_string(),
            platforms: self.platforms.clone(),
        })
    }

    /// Whoever proved a number alone is told no name: it may have been somebody else's before. Nor is who has an address
    /// that joined later.
    pub(super) fn whose(&self, session: &PersonSession, known: KnownAt) -> KnownAs {
        match known {
            KnownAt::One(_) => match self.verification.opened_by(session) {
                Some(person) => KnownAs::One { name: person.own_name().map(str::to_owned) },
                None if session.email().is_none() => KnownAs::One { name: None },
                None => KnownAs::Uncertain,
            },
            KnownAt::Nobody => KnownAs::Nobody,
            KnownAt::Several => KnownAs::Several,
        }
    }

    pub(super) fn cards(
        &self,
        history: &PersonHistory,
        session: &PersonSession,
        known: KnownAt,
        language: Language,
    ) -> Result<Vec<Card>, ActError> {
        match known {
            KnownAt::One(subject) => {
                let person = self.people.known_person(subject).ok_or(ActError::NoPerson)?;
                let channels = self.verification.channels_open_to(session).iter();
                channels.map(|channel| self.card_of(history, &person, session, *channel, language)).collect()
            }
            KnownAt::Nobody | KnownAt::Several => {
                let channels = session.point().kind().channels().iter();
                channels.map(|channel| self.card_at(history, session.point(), *channel)).collect()
            }
        }
    }

    fn card_of(
        &self,
        history: &PersonHistory,
        person: &Person,
        session: &PersonSession,
        channel: Channel,
        language: Language,
    ) -> Result<Card, ActError> {
        // By a number, or an address of which it is not certain whose it is, nothing is told but what holds for it.
        let seen = self.verification.seen_in(session);
        let points: Vec<ContactPoint> = match &seen {
            Some(seen) => in_order(seen.person.points_for(channel), session.point()),
            None => vec![session.point().clone()],
        };
        let at = |points: Vec<ContactPoint>| match &seen {
            Some(seen) => self.contactability.may_i_shown(history, seen, points, channel),
            None => self.contactability.decision(history, &Addressee { person: Some(person.subject), points }, channel),
        };
        let decisions = points.iter().map(|point| at(vec![point.clone()]));
        let decisions: Vec<Decision> = decisions.collect::<Result<_, _>>()?;
        // What reaches the person anywhere is what is told first: that is what they can stop.
        let told = decisions.iter().find(|decision| decision.allow).or(decisions.first()).cloned();
        let decision = told.map_or_else(|| at(Vec::new()), Ok)?;
        let given = |allowed: bool| {
            let those = points.iter().zip(&decisions).filter(move |(_, decision)| decision.allow == allowed);
            those.map(|(point, _)| point.given()).collect::<Vec<String>>()
        };
        // A yes is for the address that was proved; by channels of another kind, for all that is shown.
        let lacks = match decisions.first() {
            Some(first) if points[0].is_same_as(session.point()) => !first.allow,
            Some(_) => decisions.iter().any(|decision| !decision.allow),
            None => channel.point().is_none() && !decision.allow,
        };
        let offer = if lacks { self.offer(channel, language) } else { Offer::None };
        let yes = points_of_a_yes(person, session, &[channel]);
        let record = self.contactability.last_statement(history, person.subject, &[channel])?.unwrap_or(NOTHING_SHOWN);
        let shown = ShownState { record, points: self.people.hash_of_points(&yes) }.to_string();
        let covers = if offer == Offer::None { Vec::new() } else { yes.iter().map(ContactPoint::given).collect() };
        let (points, not_at) = (given(true), given(false));
        Ok(Card { points, not_at, covers, shown, offer, ..card(history, channel, decision)? })
    }

    fn card_at(&self, history: &PersonHistory, point: &ContactPoint, channel: Channel) -> Result<Card, ActError> {
        let decision = self.contactability.decision(history, &Addressee::point(point.clone()), channel)?;
        let last_no = self.contactability.last_no_at(history, point, &[channel])?;
        // Advertising needs a person whose consent it is; the newsletter can be subscribed to by its address. A no on the
        // address can be taken off by whoever has it.
        let offer = match (channel, last_no) {
            _ if decision.allow => Offer::None,
            (Channel::Newsletter, _) => Offer::Plain,
            (_, Some(_)) => Offer::Lift,
            (_, None) => Offer::None,
        };
        let shown = last_no.unwrap_or(NOTHING_SHOWN).to_string();
        let covers = if offer == Offer::Plain { vec![point.given()] } else { Vec::new() };
        Ok(Card { offer, covers, shown, ..card(history, channel, decision)? })
    }

    /// What a yes would be for. Where the rule in force asks for more than a yes, that is said with it.
    fn offer(&self, channel: Channel, language: Language) -> Offer {
        match self.rule(channel).map(|rule| (&rule.products, rule.months)) {
            Some((Some(products), Some(months))) => {
                Offer::Calls { products: products.get(language).to_owned(), months }
            }
            _ => Offer::Plain,
        }
    }

    fn rule(&self, channel: Channel) -> Option<&ChannelRule> {
        let today = self.clock.now().today;
        let rules = self.published.current().policy.channels.iter();
        rules.filter(|rule| rule.channel == channel && rule.from <= today).max_by_key(|rule| rule.from)
    }

    /// Does what a button says. A no always counts; a yes is refused if something was said since the page was shown.
    ///
    /// # Errors
    /// Nothing was recorded then.
    pub async fn wish(
        &self,
        history: &PersonHistory,
        session: &PersonSession,
        wish: &PreferenceChange,
        language: Language,
    ) -> Result<ActOutcome, ActError> {
        let _one_after_the_other = self.verification.one_press().await;
        match self.act_on(history, session, wish, language).await {
            Ok(acted) => {
                self.verification.remember(session, JustDone::Wish(wish.clone(), acted.clone()));
                Ok(acted)
            }
            // Nothing is left to do, or what stands there now is newer than what was shown: by the first press of a double one?
            Err(error @ (ActError::ChangedSince | ActError::Nothing)) => {
                self.just_wished(history, session, wish)?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// What the same button came to just now, while it is the last word.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn just_wished(
        &self,
        history: &PersonHistory,
        session: &PersonSession,
        wish: &PreferenceChange,
    ) -> Result<Option<ActOutcome>, ActError> {
        let same = |done: &JustDone| match done {
            JustDone::Wish(of, acted) if of == wish => Some(acted.clone()),
            _ => None,
        };
        let Some(acted) = self.verification.just_done(session, same) else { return Ok(None) };
        let last = match self.verification.known_at(session) {
            KnownAt::One(person) => self.contactability.last_statement(history, person, &acted.channels)?,
            KnownAt::Nobody | KnownAt::Several => {
                self.contactability.last_no_at(history, session.point(), &acted.channels)?
            }
        };
        Ok((last <= Some(acted.record)).then_some(acted))
    }

    async fn act_on(
        &self,
        history: &PersonHistory,
        session: &PersonSession,
        wish: &PreferenceChange,
        language: Language,
    ) -> Result<ActOutcome, ActError> {
        let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
        match (wish, self.verification.known_at(session)) {
            (PreferenceChange::Stop(channels), KnownAt::One(person)) => {
                let who = Addressee { person: Some(person), points: vec![session.point().clone()] };
                self.contactability.object(history, &who, channels, &act).await
            }
            (PreferenceChange::Stop(channels), _) => {
                self.contactability.object(history, &Addressee::point(session.point().clone()), channels, &act).await
            }
            (PreferenceChange::Start(channels, shown), KnownAt::One(person)) => {
                let known = self.people.known_person(person).ok_or(ActError::NoPerson)?;
                let known = known.seen_by(std::slice::from_ref(session.point()));
                let can_be_had = |channel: &Channel| {
                    self.verification.channels_open_to(session).contains(channel)
                        && (channel.point().is_none() || !known.points_for(*channel).is_empty())
                };
                if !channels.iter().all(can_be_had) {
                    return Err(ActError::Nothing);
                }
                let proof = self.proof(session, channels, language);
                self.contactability
                    .opt_in(history, person, channels, proof, &[session.point().clone()], &act, Some(shown))
                    .await
            }
            (PreferenceChange::Start(channels, shown), _) => match session.email() {
                Some(email) if *channels == [Channel::Newsletter] => {
                    self.newsletter.sign_up(history, email, language, &act).await
                }
                _ => self.contactability.lift_at(history, session.point(), channels, &act, shown.record).await,
            },
        }
    }

    /// What a yes rests on: the code, and for calls the products and the period that were shown.
    fn proof(&self, session: &PersonSession, channels: &[Channel], language: Language) -> OptIn {
        let bare = OptIn { verified: session.verification(), products: None, until: None };
        let calls = channels.contains(&Channel::Phone).then(|| self.offer(Channel::Phone, language));
        match calls {
            Some(Offer::Calls { products, months }) => {
                let until = add_months(self.clock.now().today, months);
                OptIn { products: Some(products), until: Some(until), ..bare }
            }
            _ => bare,
        }
    }

    /// The page after an act, from its record; with an undo for whoever may.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn what_changed(
        &self,
        history: &PersonHistory,
        frame: PageFrame,
        recorded: &Recorded,
        session: Option<&PersonSession>,
    ) -> Result<Option<DoneView>, ActError> {
        let event = &recorded.event;
        let stopped = match event.kind() {
            EventKind::Objected => true,
            EventKind::OptInConfirmed | EventKind::ObjectionLifted => false,
            _ => return Ok(None),
        };
        let person = event.head.subject.filter(|person| self.people.known_person(*person).is_some());
        let holds = match person.filter(|_| !stopped) {
            Some(person) => self.where_a_yes_holds(history, event, person)?,
            None => Holds { at: self.people.points_in(event), denied: Vec::new() },
        };
        let told = |points: &[ContactPoint]| self.points_as_told(event, points, session);
        let still_denied = holds.denied.iter().map(|no| StillDenied {
            channel: no.channel,
            points: told(&no.at),
            everywhere: no.everywhere,
        });
        let still_denied: Vec<_> = still_denied.collect();
        let theirs =
            session.is_some_and(|session| Some(self.verification.known_at(session)) == person.map(KnownAt::One));
        let undo = match (person, session) {
            (Some(person), Some(by)) if theirs => self.undo(history, person, by, recorded, stopped, frame.language)?,
            (None, Some(by)) => self.undo_at(history, by, recorded)?,
            _ => None,
        };
        Ok(Some(DoneView {
            what: if event.kind() == EventKind::ObjectionLifted {
                DoneAct::Lifted
            } else if stopped {
                DoneAct::Stopped
            } else {
                DoneAct::Started
            },
            channels: event.channels().to_vec(),
            points: told(&holds.at),
            since: wall_clock(event.head.at).date(),
            can_prove: still_denied.iter().any(|no| self.can_prove(no.channel)),
            still_denied,
            goes_on: Some(event).filter(|_| stopped).and_then(beyond),
            number: self.receipts.number(recorded.address).to_string(),
            receipt: self.receipts.path(recorded.address),
            undo,
            frame,
        }))
    }

    /// At which of its points a yes is worth something today, and at which somebody else's no stands.
    fn where_a_yes_holds(&self, history: &PersonHistory, event: &Event, person: Subject) -> Result<Holds, ActError> {
        let mut holds = Holds { at: Vec::new(), denied: Vec::new() };
        for channel in event.channels() {
            let given = self.people.given_in(event, person, *channel).points;
            let allowed = |points: Vec<ContactPoint>| -> Result<bool, ActError> {
                let who = Addressee { person: Some(person), points };
                Ok(self.contactability.decision(history, &who, *channel)?.allow)
            };
            let mut no =
                Denied { channel: *channel, at: Vec::new(), everywhere: given.is_empty() && !allowed(Vec::new())? };
            for point in &given {
                if !allowed(vec![point.clone()])? {
                    no.at.push(point.clone());
                } else if !holds.at.contains(point) {
                    holds.at.push(point.clone());
                }
            }
            no.everywhere |= !given.is_empty() && no.at.len() == given.len();
            if no.everywhere || !no.at.is_empty() {
                holds.denied.push(no);
            }
        }
        Ok(holds)
    }

    /// Whether a code can go to what this channel reaches people at.
    fn can_prove(&self, channel: Channel) -> bool {
        match channel.point() {
            Some(PointKind::Email) => self.mail.sends_mail(),
            Some(PointKind::Phone) => self.mail.sends_texts(),
            Some(PointKind::Post) | None => false,
        }
    }

    /// A no at an address or number that is not one person's is taken off again as long as it stands there; one that was
    /// taken off is said again.
    fn undo_at(
        &self,
        history: &PersonHistory,
        session: &PersonSession,
        recorded: &Recorded,
    ) -> Result<Option<Undo>, ReadError> {
        let stands = match recorded.event.kind() {
            EventKind::ObjectionLifted => None,
            _ => Some(recorded.address),
        };
        let mut channels = Vec::new();
        for channel in recorded.event.channels() {
            if self.contactability.last_no_at(history, session.point(), &[*channel])? == stands {
                channels.push(*channel);
            }
        }
        let shown = recorded.address.to_string();
        let about = self.verification.about(session).to_string();
        Ok((!channels.is_empty()).then_some(Undo { about, channels, shown, covers: Vec::new(), calls: None }))
    }

    /// After a no, what was allowed before it can be allowed again; after a yes, it can be stopped.
    fn undo(
        &self,
        history: &PersonHistory,
        person: Subject,
        session: &PersonSession,
        recorded: &Recorded,
        stopped: bool,
        language: Language,
    ) -> Result<Option<Undo>, ActError> {
        let Some(known) = self.people.known_person(person) else { return Ok(None) };
        let channels = recorded.event.channels().iter().copied();
        let mut undone = Vec::new();
        for channel in channels {
            let points = points_of_a_yes(&known, session, &[channel]);
            let restores = self.verification.channels_open_to(session).contains(&channel)
                && self.contactability.was_allowed_before(history, person, &points, channel, recorded.address)?;
            if !stopped || restores {
                undone.push(channel);
            }
        }
        let channels = undone;
        let calls = match (stopped && channels.contains(&Channel::Phone), self.offer(Channel::Phone, language)) {
            (true, Offer::Calls { products, months }) => Some((products, months)),
            _ => None,
        };
        let yes = if stopped { points_of_a_yes(&known, session, &channels) } else { Vec::new() };
        let shown = ShownState { record: recorded.address, points: self.people.hash_of_points(&yes) }.to_string();
        let covers = yes.iter().map(ContactPoint::given).collect();
        let about = self.verification.about(session).to_string();
        Ok((!channels.is_empty()).then_some(Undo { about, channels, shown, covers, calls }))
    }

    /// What an event is for, to whoever looks at what it changed: the link may have been handed on.
    fn points_as_told(&self, event: &Event, points: &[ContactPoint], session: Option<&PersonSession>) -> Vec<String> {
        let theirs = |person: &Person| event.head.subject.is_some_and(|subject| person.subjects().contains(&subject));
        let seen = session.and_then(|session| self.verification.opened_by(session)).filter(theirs);
        let is_seen = |point: &ContactPoint| seen.as_ref().is_some_and(|person| person.has(point));
        let told = |point: &ContactPoint| if is_seen(point) { point.given() } else { point.hint() };
        points.iter().map(told).collect()
    }
}

/// Where a yes is worth something, and where it is not.
struct Holds {
    at: Vec<ContactPoint>,
    denied: Vec<Denied>,
}

/// A channel of a yes with the points where it is denied, and whether those are all.
struct Denied {
    channel: Channel,
    at: Vec<ContactPoint>,
    everywhere: bool,
}

/// What a no to everything did not reach: at an address or number alone, whatever is of another kind; of a person, what is
/// not known of them.
fn beyond(event: &Event) -> Option<GoesOn> {
    let reached: Vec<PointKind> = event.channels().iter().filter_map(|channel| channel.point()).collect();
    let whole = |kind: &PointKind| kind.channels().iter().all(|channel| event.channels().contains(channel));
    match event.head.subject {
        Some(_) => (event.channels().len() == Channel::ALL.len()).then_some(GoesOn::NotKnown(PointKind::Email)),
        None if reached.iter().all(whole) => GoesOn::without(&reached),
        None => None,
    }
}

/// The points that a yes in a session is for.
fn points_of_a_yes(person: &Person, session: &PersonSession, channels: &[Channel]) -> Vec<ContactPoint> {
    let seen = person.seen_by(std::slice::from_ref(session.point()));
    let known: Vec<ContactPoint> = seen.points().into_iter().cloned().collect();
    given_for(&known, channels, std::slice::from_ref(session.point()))
}

/// The proven address first.
fn in_order(points: Vec<&ContactPoint>, proven: &ContactPoint) -> Vec<ContactPoint> {
    let (first, others): (Vec<_>, Vec<_>) = points.into_iter().partition(|point| point.is_same_as(proven));
    first.into_iter().chain(others).cloned().collect()
}

fn card(history: &PersonHistory, channel: Channel, decision: Decision) -> Result<Card, ActError> {
    let record = decision.evidence.first().copied();
    let recorded = record.map(|record| history.record(record)).transpose()?.flatten();
    Ok(Card {
        channel,
        points: Vec::new(),
        not_at: Vec::new(),
        covers: Vec::new(),
        allow: decision.allow,
        reason: decision.reason,
        basis: decision.basis,
        since: recorded.map(|recorded| wall_clock(recorded.event.head.at).date()),
        // What ends because another rule begins is not the person's own term.
        until: decision.until.filter(|_| decision.reason == Reason::OptedIn),
        shown: NOTHING_SHOWN.to_string(),
        offer: Offer::None,
    })
}
