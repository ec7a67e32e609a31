//! A person is known by a code mailed to their address: ten minutes, five tries, bound to the browser that asked (S-54).
//!
//! A known and an unknown address are treated alike: until the code was entered nothing is looked up. The code lies in
//! the browser that asked, sealed; tries and sends are counted in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app::model::identity::Subject;
use app::model::language::Language;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::Keuze;
use super::mail::Mail;
use super::people::hash;
use crate::contact::{ContactPoint, Email};
use crate::scribe::AppendError;
use crate::vault::seal;

/// For how long a code works.
pub const CODE_LIVES: Duration = Duration::minutes(10);
/// For how long a proven address stays proven. Over 20 hours, so that no page need warn (WCAG 2.2.1).
pub const SESSION_LIVES: Duration = Duration::hours(24);
/// How often one may try a code: with six digits a stranger hits one in 200,000 times.
const TRIES: u8 = 5;
/// How many mails go to one address within [`SHORT`] and within [`LONG`].
const SENDS: [(Duration, usize); 2] = [(SHORT, 3), (LONG, 10)];
const SHORT: Duration = Duration::minutes(15);
const LONG: Duration = Duration::days(1);
/// Above this many entries a table forgets what is over.
const MOST: usize = 50_000;

/// What is counted, in memory only.
#[derive(Default)]
pub struct Codes {
    /// Tries by the random id of a code, and until when that matters.
    tries: Mutex<HashMap<[u8; 16], (u8, OffsetDateTime)>>,
    /// When mails went to an address, by a keyed hash of its fold.
    sends: Mutex<HashMap<String, Vec<OffsetDateTime>>>,
    /// Sessions that were ended before their time.
    ended: Mutex<HashMap<[u8; 16], OffsetDateTime>>,
}

/// Nothing in a table is ever half done, so what a panicking thread left is right.
fn table<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What lies in the browser that asked for a code, sealed.
#[derive(Serialize, Deserialize)]
struct Asked {
    id: [u8; 16],
    code: String,
    email: Email,
    next: String,
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
}

/// Who is signed in, by an address that they proved to control.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    id: [u8; 16],
    /// The proven address.
    pub email: Email,
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
}

/// Who is known at a proven address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// One person.
    One(Subject),
    /// Nobody.
    Nobody,
    /// Several people; acts apply to the address.
    Several,
}

impl Session {
    /// The proven address as a contact point.
    pub fn point(&self) -> ContactPoint {
        ContactPoint::Email(self.email.clone())
    }
}

/// Why no mail goes out.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// So many went to this address lately; after so many minutes one may go again.
    #[error("too many mails went to this address")]
    TooMany(u32),
    /// Mail is not set up.
    #[error("mail is not set up")]
    NoMail,
    /// It could not be queued.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// What a code that was asked for is about, for the page that takes it.
pub struct Waiting {
    /// Where it was sent.
    pub email: Email,
    /// Where it leads.
    pub next: String,
}

/// Why a code was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// It is another one; so many tries are left.
    Wrong(u8),
    /// Its time is over, it was used, or tried too often.
    Over,
}

impl Keuze {
    /// Sends a code to an address; gives what is kept in the browser that asked.
    ///
    /// # Errors
    /// Nothing was sent then.
    pub async fn send_code(&self, email: &Email, next: &str, language: Language) -> Result<String, SendError> {
        self.may_send_to(email)?;
        let until = self.clock.now().at + CODE_LIVES;
        let asked = Asked {
            id: self.entropy.bytes(),
            code: self.six_digits(),
            email: email.clone(),
            next: next.to_owned(),
            until,
        };
        let words = app::text::mail::Code::of(language);
        let policy = &self.published.current().policy;
        let mail = Mail {
            what: "code".to_owned(),
            to: email.clone(),
            language: language.tag().to_owned(),
            subject: (words.subject)(&policy.site),
            text: (words.text)(&asked.code, &policy.site, &app::text::mail::signature(&policy.controller)),
            until,
        };
        self.queue_mail(mail).await?;
        Ok(self.seal_for_browser(b"keuze code", &asked))
    }

    /// Counts a mail to an address, unless so many went there lately. The same for every address, known or not.
    ///
    /// # Errors
    /// Nothing may be sent then.
    pub fn may_send_to(&self, email: &Email) -> Result<(), SendError> {
        if !self.sends_mail() {
            return Err(SendError::NoMail);
        }
        let now = self.clock.now().at;
        let name = hash::hash(&self.scribe.secret("sends"), &email.fold());
        let mut sends = table(&self.codes.sends);
        if sends.len() > MOST {
            sends.retain(|_, times| times.last().is_some_and(|last| now - *last < LONG));
        }
        let times = sends.entry(name).or_default();
        times.retain(|time| now - *time < LONG);
        for (span, most) in SENDS {
            let within: Vec<_> = times.iter().filter(|time| now - **time < span).collect();
            if let Some(oldest) = within.len().checked_sub(most).and_then(|beyond| within.get(beyond)) {
                let wait = (**oldest + span - now).whole_seconds().max(1);
                return Err(SendError::TooMany(u32::try_from(wait).unwrap_or(u32::MAX).div_ceil(60)));
            }
        }
        times.push(now);
        Ok(())
    }

    /// What the browser waits for; `None` once that is over.
    pub fn waiting_code(&self, sealed: &str) -> Option<Waiting> {
        let asked: Asked = self.open_from_browser(b"keuze code", sealed)?;
        let now = self.clock.now().at;
        (now < asked.until && self.tried(asked.id) < TRIES).then_some(Waiting { email: asked.email, next: asked.next })
    }

    /// What the browser asked for once, whether or not that is over.
    pub fn asked_code(&self, sealed: &str) -> Option<Waiting> {
        let asked: Asked = self.open_from_browser(b"keuze code", sealed)?;
        Some(Waiting { email: asked.email, next: asked.next })
    }

    /// Takes a code; gives the session's cookie and where it leads. A code works once.
    ///
    /// # Errors
    /// Why it was not taken.
    pub fn take_code(&self, sealed: &str, typed: &str) -> Result<(String, String), CodeError> {
        let asked: Asked = self.open_from_browser(b"keuze code", sealed).ok_or(CodeError::Over)?;
        let now = self.clock.now().at;
        let mut tries = table(&self.codes.tries);
        if tries.len() > MOST {
            tries.retain(|_, (_, until)| now < *until);
        }
        let (used, _) = tries.entry(asked.id).or_insert((0, asked.until));
        if now >= asked.until || *used >= TRIES {
            return Err(CodeError::Over);
        }
        let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if bool::from(digits.as_bytes().ct_eq(asked.code.as_bytes())) {
            *used = TRIES;
            let session = Session { id: self.entropy.bytes(), email: asked.email, until: now + SESSION_LIVES };
            return Ok((self.seal_for_browser(b"keuze session", &session), asked.next));
        }
        *used += 1;
        let left = TRIES - *used;
        Err(if left == 0 { CodeError::Over } else { CodeError::Wrong(left) })
    }

    /// The session in a browser, while it lives.
    pub fn session(&self, sealed: &str) -> Option<Session> {
        let session: Session = self.open_from_browser(b"keuze session", sealed)?;
        let ended = table(&self.codes.ended).contains_key(&session.id);
        (self.clock.now().at < session.until && !ended).then_some(session)
    }

    /// Ends a session: its cookie opens nothing any more, wherever a copy of it lies.
    pub fn end_session(&self, session: &Session) {
        let now = self.clock.now().at;
        let mut ended = table(&self.codes.ended);
        ended.retain(|_, until| now < *until);
        ended.insert(session.id, session.until);
    }

    /// Who is known at a proven address.
    pub fn known_at(&self, session: &Session) -> KnownAt {
        match self.people_at(&session.point()).as_slice() {
            [] => KnownAt::Nobody,
            [person] => KnownAt::One(person.subject),
            _ => KnownAt::Several,
        }
    }

    fn tried(&self, id: [u8; 16]) -> u8 {
        table(&self.codes.tries).get(&id).map_or(0, |(tried, _)| *tried)
    }

    /// Six digits, each as likely as the others.
    fn six_digits(&self) -> String {
        loop {
            let number = u32::from_be_bytes(self.entropy.bytes());
            // Beyond the last whole million the first codes would be a little likelier.
            if number < u32::MAX / 1_000_000 * 1_000_000 {
                return format!("{:06}", number % 1_000_000);
            }
        }
    }

    fn seal_for_browser<T: Serialize>(&self, what: &'static [u8], value: &T) -> String {
        let text = serde_json::to_vec(value).expect("plain fields are always JSON");
        URL_SAFE_NO_PAD.encode(seal::seal(&self.scribe.secret("browser"), what, &text, &*self.entropy))
    }

    fn open_from_browser<T: DeserializeOwned>(&self, what: &'static [u8], sealed: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = seal::open(&self.scribe.secret("browser"), what, &bytes)?;
        serde_json::from_slice(&text).ok()
    }
}
