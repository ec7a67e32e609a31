//! A choice: every way of answering ends here, and from here it goes to the one writer.
//!
//! What is taken of a choice is weighed by pure rules (`weigh`); this file ties them to the ledger: under which
//! subject the event stands, of which kind it is, and what the device is told to remember.

pub mod continued_use;
mod evaluate;
mod own;
mod shown;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::choice::{Answer, Answers, Control, Surface};
use model::cookie::{self, ChoiceCookie, DeviceAnswer, GivenAnswers, RecordedAnswers};
use model::date::Moment;
use model::decision::{Question, Reason, Recorded, decide};
use model::device::{self, lives};
use model::event::{Actor, Answered, Body, Event, RecordedChoice, Route};
use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
use model::language::Language;
use model::policy::Policy;
use model::purpose::PurposeId;
use model::receipt::ReceiptNumber;

use self::evaluate::{AcceptedAnswers, YesStanding};
pub use self::own::OwnIds;
use self::shown::NoticeCounts;
use super::history::PersonHistory;
use super::receipt::Receipts;
use crate::publish::Published;
use ledger::clock::{Clock, last_second, moment};
use ledger::formats::fact::{ChoiceReply, Reply};
use ledger::{self, AnswerName, AppendError, AppendRequest, Ledger, NotRecorded, Once, ReadError, RecordDamage};
use vault::random::SecureRandom;

/// A choice as it was sent, read but not yet weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which policy was shown, by its id in the API; may be one we do not know.
    pub policy: String,
    /// The language it was shown in.
    pub language: Language,
    /// What was pressed.
    pub control: Control,
    /// What was offered, with the yes or no to it. Nothing offered with `refuse_all` is everything.
    pub purposes: Answers,
    /// Where on the page, as far as told.
    pub surface: Option<Surface>,
    /// What the choice cookie said when the control was shown or pressed, as far as told.
    pub before: Option<String>,
    /// The banner's build, as far as told.
    pub build: Option<String>,
    /// The banner's layout variant, as far as told.
    pub variant: Option<String>,
}

/// Where a request was sent from. What a browser sends from another site never comes this far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentFrom {
    /// A page of the site's own origins, so a person may have said yes.
    Site,
    /// Unknown: neither Sec-Fetch-Site nor Origin. It can refuse and withdraw only.
    Unknown,
}

/// What came along with a choice from the device.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// Where it was sent from.
    pub sent_from: SentFrom,
    /// Whether `Sec-GPC: 1` came along.
    pub gpc: bool,
    /// What the choice cookie says.
    pub said: ChoiceCookie,
    /// The consent ids that came along.
    pub ids: OwnIds,
}

/// A choice that is durable.
#[derive(Clone, Debug)]
pub struct RecordedAnswer {
    pub address: RecordAddress,
    /// The number of its receipt.
    pub receipt: ReceiptNumber,
    /// The path of its receipt's link.
    pub receipt_path: String,
    /// What was said yes to, but must be asked again.
    pub ask_again: Vec<PurposeId>,
    /// The new value of the choice cookie.
    pub cookie: String,
    /// For how many days the device keeps it.
    pub cookie_days: u32,
    /// An answer that could not be read was replaced without all of it being given anew. It may have been an objection,
    /// so the notice must count as not seen: else continued use would start what was objected to.
    pub forget_seen: bool,
    /// The consent id that the device keeps; `None` when nothing stands granted under one.
    pub consent_id: Option<Subject>,
    /// Registered cookies of refused purposes that no script can reach: the answer must expire them.
    pub expire: Vec<String>,
    /// The device was answered on since it was shown what it could answer, so a yes of it was not taken.
    pub overtaken: bool,
    /// It was answered before, and the device was answered on since: nothing of it is written there any more.
    pub outlived: bool,
}

/// Why a choice was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// It names a purpose that was not in the policy shown, or that nobody can answer.
    #[error("unknown purpose")]
    UnknownPurpose,
    /// Control and purposes contradict each other, or nothing was answered.
    #[error("the control contradicts the purposes")]
    Contradiction,
    /// Only yeses, all of them to questions that changed since.
    #[error("the notice changed")]
    NoticeChanged,
    /// Only yeses, and the device was answered on since they were shown.
    #[error("something else was answered since")]
    ChangedSince,
    /// Only yeses, from where none is taken.
    #[error("a yes from an unknown place")]
    ConsentNotFromHere,
    /// It could not be written, or it is not known whether it was.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// What the device's consent id stands for could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a device's consent id stands for in the ledger.
struct KnownDevice {
    subject: Subject,
    events: Vec<Recorded>,
}

/// What people answer, and that they were asked.
pub struct Consent {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    published: Arc<Published>,
    receipts: Arc<Receipts>,
    shown: NoticeCounts,
}

impl Consent {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        published: Arc<Published>,
        receipts: Arc<Receipts>,
    ) -> Self {
        Self { ledger, clock, random, published, receipts, shown: NoticeCounts::default() }
    }
}

impl Consent {
    /// Records a choice; returns once it is durable. A request that was answered before gets the same answer, and nothing
    /// is recorded.
    ///
    /// # Errors
    /// Why nothing was recorded, or that this is not known.
    pub async fn choose(
        &self,
        history: &PersonHistory,
        choice: &Choice,
        device: &RequestContext,
        request: Option<AnswerName>,
    ) -> Result<RecordedAnswer, ChooseError> {
        let now = self.clock.now();
        let before = request.map_or(Ok(None), |name| self.ledger.answered(&name, now.at))?;
        if let Some(before) = before {
            return self.told_before(history, before, device).await;
        }
        let current = self.published.current();
        let shown = self.published.by_id(&choice.policy);
        let shown = shown.map(|published| &published.policy);
        let before = choice.before.as_ref().map(|before| ChoiceCookie::parse_choice_cookie(before.as_bytes(), now.at));
        let overtaken = before.is_some_and(|before| !before.agrees_with(&device.said, &current.policy));
        let standing = YesStanding { sent_from: device.sent_from, overtaken };
        let taken = evaluate::evaluate(choice, standing, shown, &current.policy, now.today)?;
        let overtaken = overtaken && !taken.ask_again.is_empty();
        let grants = taken.answers.values().any(|answered| answered.answer == Answer::Granted);
        let (own, others) = device.ids.for_answer(grants);
        let known = known(history, own)?;
        let answered = RecordedChoice {
            notice: shown.and_then(|policy| policy.notices.get(&choice.language).copied()),
            ..answers(choice, device, &taken, current.hash)
        };
        let event = Event::new(now.at, Actor::Visitor, route(choice.surface), body(answered, known.as_ref(), now));
        let event = event.with_subject(self.subject_of(&taken, known.as_ref()));
        let told = told(&current.policy, taken, known, &event, device, now);
        self.end_there(history, others, &event).await?;
        let Some(name) = request else {
            let written = self.ledger.append(AppendRequest::new(event)).await?;
            return Ok(RecordedAnswer { overtaken, ..self.done(written.address, written.event.head.subject, told) });
        };
        let answer = ledger::StoredResponse { name, at: now.at, reply: Reply::Choice(told.clone()) };
        match self.ledger.append_once(vec![AppendRequest::new(event)], answer).await? {
            Once::Written(written) => {
                let [written] = &written[..] else { unreachable!("one event makes one record") };
                Ok(self.done(written.address, written.event.head.subject, told))
            }
            Once::Before(before) => self.told_before(history, before, device).await,
        }
    }

    /// The known subject, or a fresh one if something is granted, or none.
    fn subject_of(&self, taken: &AcceptedAnswers, known: Option<&KnownDevice>) -> Option<Subject> {
        let grants = taken.answers.values().any(|answered| answered.answer == Answer::Granted);
        known.map(|known| known.subject).or_else(|| grants.then(|| Subject(self.random.bytes())))
    }

    /// The answer that was given before. Whoever was erased since has none.
    ///
    /// Its cookies are for a device that still says what it said then, or says that answer already, and only while nothing
    /// was recorded under its consent id since: else they would give back what was withdrawn.
    async fn told_before(
        &self,
        history: &PersonHistory,
        before: ledger::AnsweredRequest,
        device: &RequestContext,
    ) -> Result<RecordedAnswer, ChooseError> {
        let (address, now) = (before.address, self.clock.now());
        let recorded = history.record(address)?.ok_or(AppendError::from(NotRecorded::Erased))?;
        let Reply::Choice(told) = before.reply else {
            return Err(ReadError::Damaged { address, damage: RecordDamage::NoChoice }.into());
        };
        let subject = recorded.event.head.subject;
        let policy = &self.published.current().policy;
        let says = |cookie: &str| {
            ChoiceCookie::parse_choice_cookie(cookie.as_bytes(), now.at).agrees_with(&device.said, policy)
        };
        let answered_since = !says(&told.before) && !says(&told.cookie);
        let known = known(history, subject)?;
        let recorded_since =
            known.as_ref().is_some_and(|known| known.events.iter().any(|event| event.address > address));
        if let Some(known) = known.filter(|_| answered_since) {
            self.withdraw_unheard(known, device, now).await?;
        }
        let outlived = answered_since || recorded_since;
        Ok(RecordedAnswer { outlived, ..self.done(address, subject, told) })
    }

    /// Whoever says no on a device that never heard of its consent id leaves a yes standing under it. As soon as the
    /// device asks what became of that yes, its later no is recorded there, too.
    async fn withdraw_unheard(
        &self,
        known: KnownDevice,
        device: &RequestContext,
        now: Moment,
    ) -> Result<(), ChooseError> {
        let standing = cookie::from_events(&known.events);
        let is_yes = |id: &PurposeId| standing.get(id).is_some_and(|answered| answered.answer.is_yes());
        let is_no = |kept: &DeviceAnswer| matches!(kept.answer, Answer::Refused | Answer::Objected);
        let noes = device.said.given.iter().filter(|(id, kept)| is_no(kept) && is_yes(id));
        let day = |until: time::OffsetDateTime| moment(until.unix_timestamp()).today;
        let noes = noes.map(|(id, kept)| {
            let (answer, revision, until) = (kept.answer, kept.revision, kept.until.map(day));
            (id.clone(), Answered { answer, revision, until })
        });
        let answers: BTreeMap<_, _> = noes.collect();
        if answers.is_empty() {
            return Ok(());
        }
        let withdrawn = Body::Withdrawn(RecordedChoice::new(self.published.current().hash, answers));
        let event = Event::new(now.at, Actor::Visitor, Route::Unknown, withdrawn);
        self.ledger.append(AppendRequest::new(event.with_subject(Some(known.subject)))).await?;
        Ok(())
    }

    fn done(&self, address: RecordAddress, subject: Option<Subject>, told: ChoiceReply) -> RecordedAnswer {
        let (receipt, receipt_path) = self.receipts.for_record(address);
        RecordedAnswer {
            address,
            receipt,
            receipt_path,
            ask_again: told.ask_again,
            cookie: told.cookie,
            cookie_days: told.cookie_days,
            forget_seen: told.forget_seen,
            consent_id: subject.filter(|_| told.keeps_id),
            expire: told.expire,
            overtaken: false,
            outlived: false,
        }
    }
}

/// The subject of a consent id, if the ledger knows it: an id that nobody was given is as good as none.
fn known(history: &PersonHistory, consent_id: Option<Subject>) -> Result<Option<KnownDevice>, ReadError> {
    let Some(subject) = consent_id else { return Ok(None) };
    let events = history.of_subject(subject)?;
    Ok((!events.is_empty()).then_some(KnownDevice { subject, events }))
}

fn told(
    policy: &Policy,
    taken: AcceptedAnswers,
    known: Option<KnownDevice>,
    event: &Event,
    device: &RequestContext,
    now: Moment,
) -> ChoiceReply {
    let events = known.map(|known| known.events).unwrap_or_default();
    let given: GivenAnswers = device.said.given.clone().into_iter().chain(kept(&taken.remembered)).collect();
    let said = ChoiceCookie { given, unreadable: false };
    let (cookie, cookie_days) = (cookie::encode(&said.given, policy), cookie::days(&said.given));
    let asked_still = || !device::DeviceState { said, ..Default::default() }.to_ask(policy, now).is_empty();
    ChoiceReply {
        before: cookie::encode(&device.said.given, policy),
        cookie,
        cookie_days,
        forget_seen: device.said.unreadable && asked_still(),
        keeps_id: stands_granted(events, event, policy, now),
        expire: beyond_scripts(policy, &taken.remembered),
        ask_again: taken.ask_again,
    }
}

/// What the device keeps of answers.
fn kept(remembered: &RecordedAnswers) -> impl Iterator<Item = (PurposeId, DeviceAnswer)> {
    remembered.iter().map(|(purpose, Answered { answer, revision, until })| {
        (purpose.clone(), DeviceAnswer { answer: *answer, revision: *revision, until: until.map(last_second) })
    })
}

fn answers(choice: &Choice, device: &RequestContext, taken: &AcceptedAnswers, policy: ContentHash) -> RecordedChoice {
    RecordedChoice {
        control: Some(choice.control),
        surface: choice.surface,
        build: choice.build.clone(),
        variant: choice.variant.clone(),
        gpc: device.gpc,
        ..RecordedChoice::new(policy, taken.answers.clone())
    }
}

fn route(surface: Option<Surface>) -> Route {
    match surface {
        Some(Surface::Banner) => Route::Banner,
        Some(Surface::Settings | Surface::Placeholder) => Route::Settings,
        Some(Surface::Page) => Route::PreferencePage,
        None => Route::Unknown,
    }
}

/// A standing yes that becomes a no is a withdrawal; an answer after all earlier ones ended is a renewal.
fn body(answers: RecordedChoice, known: Option<&KnownDevice>, now: Moment) -> Body {
    let earlier = known.map(|known| cookie::from_events(&known.events)).unwrap_or_default();
    let lives = |answered: &Answered| lives(answered, now.today);
    let was_yes = |id: &PurposeId| earlier.get(id).is_some_and(|answered| answered.answer.is_yes() && lives(answered));
    let is_no = |answer: Answer| matches!(answer, Answer::Refused | Answer::Objected);
    if answers.answers.iter().any(|(id, answered)| is_no(answered.answer) && was_yes(id)) {
        Body::Withdrawn(answers)
    } else if !earlier.is_empty() && !earlier.values().any(lives) {
        Body::Renewed(answers)
    } else {
        Body::ChoiceMade(answers)
    }
}

/// Whether anything is granted once an event stands behind those that stand already.
fn stands_granted(mut events: Vec<Recorded>, event: &Event, policy: &Policy, now: Moment) -> bool {
    let grants = |event: &Event| event.answers().any(|(_, answered)| answered.answer == Answer::Granted);
    // The many: somebody's first refusal.
    if !grants(event) && !events.iter().any(|recorded| grants(&recorded.event)) {
        return false;
    }
    // Wherever it will stand, it is the last of them.
    let address = RecordAddress { shard: ShardNumber::LAST, index: u64::MAX };
    events.push(Recorded { address, event: event.clone() });
    let reason = |id: &PurposeId| decide(&events, policy, &Question::Purpose(id.clone()), now).reason;
    policy.optional().any(|purpose| reason(&purpose.id) == Reason::Granted)
}

/// The registered first-party cookies of refused purposes that are `HttpOnly`.
fn beyond_scripts(policy: &Policy, answers: &RecordedAnswers) -> Vec<String> {
    let refused = |id: &PurposeId| answers.get(id).is_some_and(|answered| !answered.answer.is_yes());
    let cookies = policy.cookies.iter().filter(|cookie| cookie.first_party && cookie.http_only);
    cookies.filter(|cookie| refused(&cookie.purpose)).map(|cookie| cookie.name.clone()).collect()
}
