//! A person is known by a code sent to their address or mobile: ten minutes, five tries, bound to the browser that asked
//! (S-54). A number changes hands sooner than a mailbox does: it proves nothing beyond what holds for the number itself.
//!
//! A known and an unknown address are treated alike: until the code was entered nothing is looked up. The code lies in
//! the browser that asked, sealed; tries and sends are counted by [`super::attempt_limits`]. The message that may be the last for a while
//! brings a spare code beside it, longer, so that it cannot be guessed, and for any browser: it lets in whoever reads the mailbox.

mod spare;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use model::channel::Channel;
use model::contact::PointKind;
use model::evidence;
use model::identity::Subject;
use model::language::Language;
use model::letter::{LetterCode, LetterCodeError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use self::spare::Spare;
use super::attempt_limits::{AttemptLimits, Mailbox, Source, Tried};
use super::mail::MailQueue;
use super::people::{ActOutcome, ErasureOutcome, People, Person, PersonSeen};
use super::preference_centre::PreferenceChange;
use crate::publish::Published;
use contact::{ContactPoint, Email, Phone};
use ledger::clock::{Clock, wall_clock};
use ledger::formats::browser_cookie;
use ledger::formats::fact::QueuedMail;
use ledger::{AppendError, Ledger};
use vault::key::{
    SecretName,
    purpose::{Mac, Sealing},
};
use vault::mac::mac;
use vault::random::SecureRandom;

/// The key under which messages to one mailbox are counted.
const SENDS: SecretName<Mac> = SecretName::new("sends");
/// The key of what a form says that its page was about.
pub(super) const ABOUT: SecretName<Mac> = SecretName::new("about");
/// The key of what a browser keeps for us.
const BROWSER: SecretName<Sealing> = SecretName::new("browser");

/// For how long a code works.
pub const CODE_LIVES: Duration = Duration::minutes(10);
/// For how long a proven address stays proven. Over 20 hours, so that no page need warn (WCAG 2.2.1).
pub const SESSION_LIVES: Duration = Duration::hours(24);
/// What is known of codes and sessions beside the browsers that have them.
pub struct Verification {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    published: Arc<Published>,
    people: Arc<People>,
    mail: Arc<MailQueue>,
    /// Tries and sends.
    limits: Arc<AttemptLimits>,
    /// Guards the order of presses of somebody who is known, from one's beginning to its answer; no page waits for it.
    pressing: tokio::sync::Mutex<()>,
    /// Guards what sessions did just now, for the second press of a double one; for one look or change.
    done: Mutex<Vec<SessionAct>>,
    /// Guards the sessions that were ended before their time; for one look or change.
    ended: Mutex<HashMap<[u8; 16], OffsetDateTime>>,
    /// Of this run alone: what was ended is known in memory only, so no session outlives it.
    run: OnceLock<[u8; 16]>,
}

/// What a session did.
struct SessionAct {
    session: [u8; 16],
    at: OffsetDateTime,
    what: JustDone,
}

/// What a session did just now.
#[derive(Clone)]
pub enum JustDone {
    /// A button of the preference centre, and what it came to.
    Wish(PreferenceChange, ActOutcome),
    /// It erased what is held: what that came to, and what its form was about.
    Erased(ErasureOutcome, String),
}

impl SessionAct {
    /// An erasure ends its session, and its form may be sent again for as long as the session would have lived.
    fn lives(&self, now: OffsetDateTime) -> bool {
        let lives = if matches!(self.what, JustDone::Erased(..)) { SESSION_LIVES } else { DOUBLE };
        now - self.at < lives
    }
}

/// For how long a press counts as the second one of a double.
const DOUBLE: Duration = Duration::seconds(10);

impl Verification {
    /// On what it may touch, and with what was tried before.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        published: Arc<Published>,
        people: Arc<People>,
        mail: Arc<MailQueue>,
        limits: Arc<AttemptLimits>,
    ) -> Self {
        let (pressing, done, ended, run) = Default::default();
        Self { ledger, clock, random, published, people, mail, limits, pressing, done, ended, run }
    }
}

/// Nothing in a table is ever half done, so what a panicking thread left is right.
fn table<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What lies in the browser that asked for a code, sealed.
#[derive(Serialize, Deserialize)]
struct CodeRequest {
    id: [u8; 16],
    /// Of a spare code nothing is kept anywhere.
    code: Option<String>,
    to: ContactPoint,
    next: String,
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
}

impl CodeRequest {
    fn waiting(self) -> WaitingCode {
        let id = format!("{:032x}", u128::from_be_bytes(self.id));
        WaitingCode { id, by_spare: self.code.is_none(), to: self.to, next: self.next }
    }
}

/// Who is signed in, by an address or number that they proved to control.
#[derive(Clone, Serialize, Deserialize)]
pub struct PersonSession {
    id: [u8; 16],
    /// The run of the server in which it began.
    run: [u8; 16],
    /// What was proven.
    to: ContactPoint,
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
}

/// Who is known at a proven address or number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// One person.
    One(Subject),
    Nobody,
    /// Several people; acts apply to the address.
    Several,
}

impl PersonSession {
    /// The proven address or number.
    pub fn point(&self) -> &ContactPoint {
        &self.to
    }

    /// The proven address, where it is one.
    pub fn email(&self) -> Option<&Email> {
        match &self.to {
            ContactPoint::Email(email) => Some(email),
            ContactPoint::Phone(_) | ContactPoint::Post(_) => None,
        }
    }

    /// What a yes in it rests on.
    pub fn verification(&self) -> evidence::IdentityCheck {
        if self.email().is_some() { evidence::IdentityCheck::MailCode } else { evidence::IdentityCheck::TextCode }
    }
}

/// What a form is about, as it says so itself: the proven address or number, and who is known there. Both as keyed hashes,
/// so that neither stands in a page's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormSubject {
    point: String,
    who: String,
}

/// How well a form fits what is proved and known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is about the same address, and the same is known there.
    Whole,
    /// It is about the same address, where something else is known by now.
    Point,
    /// It is about another address, or says nothing.
    Not,
}

impl FormSubject {
    /// How a form fits that says it is about this.
    pub fn fit(&self, said: &str) -> Fit {
        match said.split_once('-') {
            Some((point, who)) if point == self.point && who == self.who => Fit::Whole,
            Some((point, _)) if point == self.point => Fit::Point,
            _ => Fit::Not,
        }
    }
}

impl std::fmt::Display for FormSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.point, self.who)
    }
}

/// Why no code can be sent to what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCodeTo {
    /// It is no address, and no number where numbers are taken.
    Form,
    /// It is a number that gets no text messages from us.
    NoMobile,
}

/// Why no message goes out.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// So many went there lately; after so many minutes one may go again.
    #[error("too many messages went there")]
    TooMany(u32),
    /// Mail is not set up.
    #[error("mail is not set up")]
    NoMail,
    /// It could not be queued.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// What a code that was asked for is about, for the page that takes it.
pub struct WaitingCode {
    /// Its random number, for its form to say.
    pub id: String,
    /// Nothing was sent when it was asked for: only a spare code that was sent before is of use.
    pub by_spare: bool,
    /// Where it was sent.
    pub to: ContactPoint,
    pub next: String,
}

/// Why a code was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// A press of the same button has just used it; it leads here.
    JustUsed(String),
    /// It is another one; so many tries are left.
    Wrong(u8),
    /// It is no spare code that works there.
    WrongSpare,
    /// Its time is over, it was used, or tried too often.
    Over,
}

impl Verification {
    /// The person whose data a session opens, as it shows them.
    pub(super) fn seen_in(&self, session: &PersonSession) -> Option<PersonSeen> {
        let person = self.opened_by(session)?;
        let is_whole = self.people.known_person(person.subject).is_some_and(|whole| whole == person);
        Some(PersonSeen { person, is_whole })
    }

    /// Reads where a code shall go. With `mobile`, numbers are taken, too.
    ///
    /// # Errors
    /// Why no code can go there.
    pub fn code_goes_to(&self, typed: &str, mobile: bool) -> Result<ContactPoint, NoCodeTo> {
        if let Ok(email) = Email::parse(typed) {
            return Ok(ContactPoint::Email(email));
        }
        let phone = Phone::parse(typed).ok().filter(|_| mobile).ok_or(NoCodeTo::Form)?;
        // Texts cost money, and numbers abroad are rented to make others pay for them.
        if phone.is_dutch_mobile() { Ok(ContactPoint::Phone(phone)) } else { Err(NoCodeTo::NoMobile) }
    }

    /// Sends a code to an address or number; gives what is kept in the browser that asked.
    ///
    /// # Errors
    /// Nothing was sent then.
    pub async fn send_code(
        &self,
        to: &ContactPoint,
        next: &str,
        language: Language,
        by: Source,
    ) -> Result<String, SendError> {
        let last_until = self.may_send_to(to, next, by)?;
        let (code, id) = (self.six_digits(), self.random.bytes());
        let until = self.clock.now().at + CODE_LIVES;
        let request = CodeRequest { id, code: Some(code.clone()), to: to.clone(), next: next.to_owned(), until };
        let spare = last_until.and_then(|until| self.new_spare(to, until));
        self.mail.queue_mail(self.code_mail(&request, &code, spare.as_ref(), language)?).await?;
        Ok(self.seal_for_browser("keuze code", &request))
    }

    /// Lets a browser enter a spare code that was sent before, where nothing can be sent now.
    pub fn ask_for_spare(&self, to: &ContactPoint, next: &str) -> (String, WaitingCode) {
        let until = self.clock.now().at + CODE_LIVES;
        let request = CodeRequest { id: self.random.bytes(), code: None, to: to.clone(), next: next.to_owned(), until };
        (self.seal_for_browser("keuze code", &request), request.waiting())
    }

    fn code_mail(
        &self,
        request: &CodeRequest,
        code: &str,
        spare: Option<&Spare>,
        language: Language,
    ) -> Result<QueuedMail, SendError> {
        let words = words::mail::CodeMail::in_language(language);
        let policy = &self.published.current().policy;
        let to = self.mail.mailbox_of(&request.to).ok_or(SendError::NoMail)?;
        let spare = spare.map(|spare| words::mail::Spare {
            code: spare.code.to_string(),
            until: words::when::date_time(wall_clock(spare.until), language),
        });
        let (what, text) = match request.to.kind() {
            PointKind::Phone => ("text", (words.sms)(code, spare.as_ref(), &policy.site)),
            PointKind::Email | PointKind::Post => {
                let signature = words::mail::signature(&policy.controller);
                ("code", (words.text)(code, spare.as_ref(), &policy.site, &signature))
            }
        };
        let subject = (words.subject)(&policy.site);
        let (what, language) = (what.to_owned(), language.tag().to_owned());
        Ok(QueuedMail { what, to, language, subject, text, until: request.until })
    }

    /// Counts a message of a kind to an address or number that a client asks for, unless so many went there lately. The same
    /// for all, known or not; each kind is counted apart, so that none is an end to another. Gives until when it may be the last.
    ///
    /// # Errors
    /// Nothing may be sent then.
    pub fn may_send_to(&self, to: &ContactPoint, kind: &str, by: Source) -> Result<Option<OffsetDateTime>, SendError> {
        if !self.mail.sends_mail() {
            return Err(SendError::NoMail);
        }
        self.limits.send(by, self.mailbox(to, kind), self.clock.now().at).map_err(SendError::TooMany)
    }

    /// Whom a message of a kind floods: one mailbox, whatever tag stands behind a plus sign. Not every provider has such tags,
    /// and two people who share a count lose nothing by it.
    fn mailbox(&self, to: &ContactPoint, kind: &str) -> Mailbox {
        let reached = reached(to);
        let (mailbox, is_tagged) = match (to, reached.split_once('+'), reached.rsplit_once('@')) {
            (ContactPoint::Email(_), Some((start, _)), Some((_, domain))) => (format!("{start}@{domain}"), true),
            _ => (reached, false),
        };
        let key = self.ledger.secret(SENDS);
        let name = mac(&key, &[b"keuze sends ", kind.as_bytes(), b" ", mailbox.as_bytes()]);
        Mailbox { name: *name.first_chunk().expect("32 bytes"), is_tagged }
    }

    /// What the browser waits for; `None` once that is over.
    pub fn waiting_code(&self, sealed: &str) -> Option<WaitingCode> {
        let request: CodeRequest = self.open_from_browser("keuze code", sealed)?;
        let now = self.clock.now().at;
        (now < request.until && self.limits.is_open(request.id)).then(|| request.waiting())
    }

    /// What the browser asked for once, whether or not that is over.
    pub fn asked_code(&self, sealed: &str) -> Option<WaitingCode> {
        let request: CodeRequest = self.open_from_browser("keuze code", sealed)?;
        Some(request.waiting())
    }

    /// Takes a code; gives the session's cookie and where it leads. A code works once.
    ///
    /// # Errors
    /// Why it was not taken.
    pub fn take_code(&self, sealed: &str, typed: &str) -> Result<(String, String), CodeError> {
        let request: CodeRequest = self.open_from_browser("keuze code", sealed).ok_or(CodeError::Over)?;
        let now = self.clock.now().at;
        match self.try_code(&request, typed, now)? {
            Tried::Right => {}
            Tried::Again => return Err(CodeError::JustUsed(request.next)),
            Tried::Wrong(left) => return Err(CodeError::Wrong(left)),
            Tried::Over => return Err(CodeError::Over),
        }
        let session =
            PersonSession { id: self.random.bytes(), run: self.this_run(), to: request.to, until: now + SESSION_LIVES };
        Ok((self.seal_for_browser("keuze session", &session), request.next))
    }

    /// A spare code has another form than the six digits, which are counted wherever something was sent.
    fn try_code(&self, request: &CodeRequest, typed: &str, now: OffsetDateTime) -> Result<Tried, CodeError> {
        match (typed.parse::<LetterCode>(), &request.code) {
            (Ok(_), _) if now >= request.until => Ok(Tried::Over),
            (Ok(spare), _) => {
                let tried = self.take_spare(&request.to, spare).ok_or(CodeError::WrongSpare)?;
                if tried == Tried::Right {
                    self.limits.spare_used(self.mailbox(&request.to, &request.next), now);
                }
                Ok(tried)
            }
            (Err(LetterCodeError::Form), Some(code)) => {
                let digits: String = model::typed::of_code(typed).collect();
                let is_right = bool::from(digits.as_bytes().ct_eq(code.as_bytes()));
                Ok(self.limits.try_code(request.id, request.until, is_right, now))
            }
            (Err(_), _) => Err(CodeError::WrongSpare),
        }
    }

    /// The session in a browser, while it lives.
    pub fn session(&self, sealed: &str) -> Option<PersonSession> {
        let session: PersonSession = self.open_from_browser("keuze session", sealed)?;
        let ended = table(&self.ended).contains_key(&session.id);
        let lives = self.clock.now().at < session.until && session.run == self.this_run();
        (lives && !ended).then_some(session)
    }

    fn this_run(&self) -> [u8; 16] {
        *self.run.get_or_init(|| self.random.bytes())
    }

    /// Ends a session: its cookie opens nothing any more, wherever a copy of it lies.
    pub fn end_session(&self, session: &PersonSession) {
        let now = self.clock.now().at;
        let mut ended = table(&self.ended);
        ended.retain(|_, until| now < *until);
        ended.insert(session.id, session.until);
    }

    /// Nobody's second press overtakes their first.
    pub async fn one_press(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.pressing.lock().await
    }

    /// Remembers what a session did, for the second press of a double one.
    pub fn remember(&self, session: &PersonSession, what: JustDone) {
        let now = self.clock.now().at;
        let mut done = table(&self.done);
        done.retain(|done| done.lives(now));
        done.push(SessionAct { session: session.id, at: now, what });
    }

    /// What a session did just now that this finds something in. A second press is told of it only where it can do nothing by
    /// itself: a no that is meant anew is taken anew.
    pub fn just_done<T>(&self, session: &PersonSession, found: impl Fn(&JustDone) -> Option<T>) -> Option<T> {
        let now = self.clock.now().at;
        let done = table(&self.done);
        let own = done.iter().rev().filter(|done| done.session == session.id && done.lives(now));
        own.map(|done| &done.what).find_map(found)
    }

    /// What a form about this erased. Its browser has no session any more, so the form alone says which it was.
    pub fn just_erased(&self, about: &str) -> Option<ErasureOutcome> {
        let now = self.clock.now().at;
        let done = table(&self.done);
        done.iter().filter(|done| done.lives(now)).find_map(|done| match &done.what {
            JustDone::Erased(erased, of) => (of == about).then(|| erased.clone()),
            JustDone::Wish(..) => None,
        })
    }

    /// The person whose data a session opens: the one who has the address from the first, or for certain. A number may have
    /// been somebody else's before, and an address that joined later may be somebody else's now. For the same reason they
    /// are given as this address is shown them, without what joined later ([`Person::seen_by`]).
    pub fn opened_by(&self, session: &PersonSession) -> Option<Person> {
        let KnownAt::One(person) = self.known_at(session) else { return None };
        let opened = |person: &Person| session.email().is_some() && !person.is_later(session.point());
        let person = self.people.known_person(person).filter(opened)?;
        Some(person.seen_by(std::slice::from_ref(session.point())))
    }

    /// The channels that a session may see and switch on: all, where it opens a person's data; else those that use the
    /// proven address or number.
    pub fn channels_open_to(&self, session: &PersonSession) -> &'static [Channel] {
        if self.opened_by(session).is_some() { &Channel::ALL } else { session.point().kind().channels() }
    }

    /// Who is known at a proven address or number.
    pub fn known_at(&self, session: &PersonSession) -> KnownAt {
        match self.people.people_at(session.point()).as_slice() {
            [] => KnownAt::Nobody,
            [person] => KnownAt::One(person.subject),
            _ => KnownAt::Several,
        }
    }

    /// What the forms of a page are about that is shown in this session.
    pub fn about(&self, session: &PersonSession) -> FormSubject {
        let who = match self.known_at(session) {
            KnownAt::One(person) => person.to_string(),
            KnownAt::Nobody => "nobody".to_owned(),
            KnownAt::Several => "several".to_owned(),
        };
        let key = self.ledger.secret(ABOUT);
        let hashed = |text: &str| {
            let mac = mac(&key, &[b"keuze about", text.as_bytes()]);
            format!("{:016x}", u64::from_be_bytes(*mac.first_chunk().expect("32 bytes")))
        };
        let point = session.point().normal();
        FormSubject { who: hashed(&format!("{point} {who}")), point: hashed(&point) }
    }

    /// Forgets what was counted in a window that is over.
    pub(super) fn forget_counts(&self) {
        self.limits.sweep(self.clock.now().at);
    }

    /// Six digits, each as likely as the others.
    fn six_digits(&self) -> String {
        loop {
            let number = u32::from_be_bytes(self.random.bytes());
            // Beyond the last whole million the first codes would be a little likelier.
            if number < u32::MAX / 1_000_000 * 1_000_000 {
                return format!("{:06}", number % 1_000_000);
            }
        }
    }

    fn seal_for_browser<T: Serialize>(&self, what: &str, value: &T) -> String {
        browser_cookie::seal(&self.ledger.secret(BROWSER), what, value, &*self.random)
    }

    fn open_from_browser<T: DeserializeOwned>(&self, what: &str, sealed: &str) -> Option<T> {
        browser_cookie::open(&self.ledger.secret(BROWSER), what, sealed)
    }
}

/// The mailbox or phone that a message surely reaches.
fn reached(to: &ContactPoint) -> String {
    match to {
        ContactPoint::Email(email) => format!("email {}", email.mailbox()),
        ContactPoint::Phone(_) | ContactPoint::Post(_) => to.identity_key(),
    }
}
