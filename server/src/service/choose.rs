//! A choice: every way of answering ends here, and from here it goes to the one writer.
//!
//! What is taken of a choice is weighed by pure rules (`weigh`); this file ties them to the ledger: under which
//! subject the event stands, of which kind it is, and what the device is told to remember.

mod weigh;

use app::model::choice::{Answer, Answers, Control, Surface};
use app::model::cookie::{self, Given};
use app::model::date::Moment;
use app::model::event::{Actor, Event, EventKind, Route};
use app::model::identity::{RecordAddress, Subject};
use app::model::language::Language;
use app::model::policy::Policy;
use app::model::purpose::PurposeId;
use app::model::receipt::ReceiptNumber;

use self::weigh::Taken;
use super::Keuze;
use crate::scribe::{AppendError, Draft, ReadError, Written};

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
pub struct Device {
    /// Where it was sent from.
    pub sent_from: SentFrom,
    /// Whether `Sec-GPC: 1` came along.
    pub gpc: bool,
    /// What the choice cookie says; empty without one, or with one that cannot be read.
    pub given: Given,
    /// The consent id that came along.
    pub consent_id: Option<Subject>,
}

/// A choice that is durable.
#[derive(Clone, Debug)]
pub struct Done {
    /// Where it stands.
    pub address: RecordAddress,
    /// The number of its receipt.
    pub receipt: ReceiptNumber,
    /// The path of its receipt's link.
    pub receipt_path: String,
    /// What was said yes to, but must be asked again.
    pub ask_again: Vec<PurposeId>,
    /// The new value of the choice cookie.
    pub cookie: String,
    /// The consent id that the device keeps; `None` when nothing stands granted under one.
    pub consent_id: Option<Subject>,
    /// Registered cookies of refused purposes that no script can reach: the answer must expire them.
    pub expire: Vec<String>,
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
    /// Only yeses, from where none is taken.
    #[error("a yes from an unknown place")]
    ConsentNotFromHere,
    /// It could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// What the device's consent id stands for could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a device's consent id stands for in the ledger.
struct Known {
    subject: Subject,
    given: Given,
}

impl Keuze {
    /// Records a choice; returns once it is durable.
    pub async fn choose(&self, choice: &Choice, device: &Device) -> Result<Done, ChooseError> {
        let now = self.clock.now();
        let current = self.published.current();
        let shown = self.published.by_id(&choice.policy);
        let shown = shown.map(|published| &published.policy);
        let taken = weigh::weigh(choice, device.sent_from, shown, &current.policy, now.today)?;
        let known = self.known(device.consent_id)?;
        let event = Event {
            policy: Some(current.hash),
            notice: shown.and_then(|policy| policy.notices.get(&choice.language).copied()),
            ..event(choice, device, &taken, known.as_ref(), now)
        };
        let written = self.record(event, known.as_ref().map(|known| known.subject)).await?;
        Ok(self.done(&written, taken, known, device, now))
    }

    /// The subject of a consent id, if the ledger knows it: an id that nobody was given is as good as none.
    fn known(&self, consent_id: Option<Subject>) -> Result<Option<Known>, ReadError> {
        let Some(subject) = consent_id else { return Ok(None) };
        let events = self.scribe.history(subject)?;
        Ok((!events.is_empty()).then(|| Known { subject, given: cookie::from_events(&events) }))
    }

    /// Appends under the known subject, or under a fresh one if something is granted, or under none.
    async fn record(&self, event: Event, known: Option<Subject>) -> Result<Written, AppendError> {
        let grants = event.answers.values().any(|answered| answered.answer == Answer::Granted);
        let subject = known.or_else(|| grants.then(|| Subject(self.entropy.bytes())));
        self.scribe.append(Draft::new(Event { subject, ..event })).await
    }

    fn done(&self, written: &Written, taken: Taken, known: Option<Known>, device: &Device, now: Moment) -> Done {
        let policy = &self.published.current().policy;
        let receipts = self.receipts();
        let earlier = known.map(|known| known.given).unwrap_or_default();
        let after = cookie::updated(earlier, &written.event.answers);
        let given = cookie::updated(device.given.clone(), &taken.remembered);
        Done {
            address: written.address,
            receipt: receipts.number(written.address),
            receipt_path: receipts.path(written.address),
            ask_again: taken.ask_again,
            cookie: cookie::encode(&given, policy),
            consent_id: written.event.subject.filter(|_| stands_granted(&after, policy, now)),
            expire: beyond_scripts(policy, &taken.remembered),
        }
    }
}

fn event(choice: &Choice, device: &Device, taken: &Taken, known: Option<&Known>, now: Moment) -> Event {
    let kind = known.map_or(EventKind::ChoiceMade, |known| kind(&known.given, taken, now));
    Event {
        control: Some(choice.control),
        surface: choice.surface,
        build: choice.build.clone(),
        variant: choice.variant.clone(),
        gpc: device.gpc,
        answers: taken.answers.clone(),
        ..Event::new(kind, now.at, Actor::Visitor, route(choice.surface))
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
fn kind(earlier: &Given, taken: &Taken, now: Moment) -> EventKind {
    let lives = |answered: &app::model::event::Answered| answered.until.is_some_and(|until| now.today <= until);
    let was_yes = |id: &PurposeId| earlier.get(id).is_some_and(|answered| answered.answer.is_yes() && lives(answered));
    let is_no = |answer: Answer| matches!(answer, Answer::Refused | Answer::Objected);
    if taken.answers.iter().any(|(id, answered)| is_no(answered.answer) && was_yes(id)) {
        EventKind::Withdrawn
    } else if !earlier.is_empty() && !earlier.values().any(lives) {
        EventKind::Renewed
    } else {
        EventKind::ChoiceMade
    }
}

fn stands_granted(given: &Given, policy: &Policy, now: Moment) -> bool {
    cookie::standing(given, policy, now.today).values().any(|answered| answered.answer == Answer::Granted)
}

/// The registered first-party cookies of refused purposes that are `HttpOnly`.
fn beyond_scripts(policy: &Policy, answers: &Given) -> Vec<String> {
    let refused = |id: &PurposeId| answers.get(id).is_some_and(|answered| !answered.answer.is_yes());
    let cookies = policy.cookies.iter().filter(|cookie| cookie.first_party && cookie.http_only);
    cookies.filter(|cookie| refused(&cookie.purpose)).map(|cookie| cookie.name.clone()).collect()
}
