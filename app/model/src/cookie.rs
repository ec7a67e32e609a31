//! # Choice cookie
//!
//! What a device says was answered on it: a hint for the page, never evidence. Readable by the site's own scripts and servers.
//!
//! Per answered purpose and in policy order `id.revision.answer.until`, joined by `~`:
//!
//! | part | meaning |
//! |---|---|
//! | id | the purpose |
//! | revision | of its question |
//! | answer | `g` granted, `r` refused, `n` not objected, `o` objected |
//! | until | the last second on which the answer holds, in seconds since 1970; an objection has none, because it has no end |
//!
//! Nothing in it is unique: two people who answered the same on the same day carry the same bytes (R-2.5.5-3). What cannot be read
//! grants nothing, and of it only the objections that can be read are taken; behind an objection the day may stand that it once
//! had. It has no checksum: a damaged one is unreadable, or says something else, but never yes where it said no.
//!
//! It names no version, which would cost every visitor bytes. A second version begins with its number and `~` (`2~`): what stands
//! before the first `~` of the first version has dots in it, so pages and servers of the first, which may be kept in caches and
//! put back, find it unreadable for certain. It goes on writing objections as the first does, so that those find them.
//!
//! Written with each answer; read at each request and by `frontend/embed/embed.js`: a table of cases holds the two together.
#![warn(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::choice::Answer;
use super::decision::{Recorded, is_persons_own};
use super::event::Answered;
use super::policy::Policy;
use super::purpose::{PurposeId, Regime};

/// One answer as a device keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAnswer {
    /// The answer; never [`Answer::NotOffered`].
    pub answer: Answer,
    /// The revision of the question that was answered.
    pub revision: u32,
    /// The last second on which it holds; `None` for an objection.
    pub until: Option<OffsetDateTime>,
}

/// Per purpose the latest answer that was given on a device.
pub type GivenAnswers = BTreeMap<PurposeId, DeviceAnswer>;

/// Per purpose the latest answer that a subject's events tell of; never [`Answer::NotOffered`].
pub type RecordedAnswers = BTreeMap<PurposeId, Answered>;

/// What a choice cookie says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceCookie {
    /// What was answered. Of a cookie that cannot be read only the objections that can.
    pub given: GivenAnswers,
    /// Something in it cannot be read, so nobody knows what was answered: it grants nothing, and stops what continued
    /// use would start, since an objection may be what cannot be read.
    pub unreadable: bool,
}

/// How long a device keeps our cookies, in days: a little longer than the six months for which an answer holds.
pub const DAYS: u32 = 186;

/// How long it keeps a choice cookie in which an objection stands: as long as browsers keep any (RFC 6265bis section 5.5).
pub const DAYS_WITH_OBJECTION: u32 = 400;

/// No answer ends so many seconds from now: that is longer than a cookie lives.
const LATEST: i64 = 40_000_000;

/// How many bytes the noes to purposes that left a policy take at most: room for 22 of the longest names.
pub const NOES_THAT_LEFT: usize = 1_024;

/// The cookie's value; empty when nothing was answered. A yes to a purpose that left the policy leaves the cookie. A no to
/// one stays, since the purpose may come back, as far as all of those take no more than [`NOES_THAT_LEFT`] bytes: a
/// value of any length can be planted, and browsers drop a cookie that is too long, with every answer in it.
pub fn encode(given: &GivenAnswers, policy: &Policy) -> String {
    let asked = policy.optional().filter_map(|purpose| entry(&purpose.id, given.get(&purpose.id)?));
    let left = given.iter().filter(|(id, kept)| is_no(kept.answer) && policy.optional().all(|asked| asked.id != **id));
    let mut room = NOES_THAT_LEFT;
    let left = left.filter_map(|(id, kept)| entry(id, kept)).filter(|entry| {
        let fits = entry.len() < room;
        room -= if fits { entry.len() + 1 } else { 0 };
        fits
    });
    asked.chain(left).collect::<Vec<_>>().join("~")
}

fn entry(id: &PurposeId, kept: &DeviceAnswer) -> Option<String> {
    let entry = format!("{id}.{}.{}", kept.revision, letter(kept.answer)?);
    match kept.until {
        Some(until) => Some(format!("{entry}.{}", until.unix_timestamp())),
        None => (kept.answer == Answer::Objected).then_some(entry),
    }
}

/// How many days a device keeps the cookie that says this.
pub fn days(given: &GivenAnswers) -> u32 {
    let objects = given.values().any(|kept| kept.answer == Answer::Objected);
    if objects { DAYS_WITH_OBJECTION } else { DAYS }
}

/// Stands between the values of several cookies of the name; in none that we write.
pub const BESIDE: &str = "~~";

/// Puts the value of a cookie to those of its name that came before it. Of several that differ nobody knows which one is
/// ours, so they become one that cannot be read; an empty one says nothing.
pub fn put_beside(all: &mut Vec<u8>, value: &[u8]) {
    if value.is_empty() || all == value {
        return;
    }
    if !all.is_empty() {
        all.extend_from_slice(BESIDE.as_bytes());
    }
    all.extend_from_slice(value);
}

impl ChoiceCookie {
    /// Reads [`encode`]'s form; an empty value says nothing.
    ///
    /// An objection may be followed by the day that it had in an earlier form; it means nothing. An answer cannot hold
    /// longer than a cookie lives, so one that would was not written by us. What no purpose of ours can be named is about
    /// a purpose that we do not have.
    pub fn parse_choice_cookie(value: &[u8], now: OffsetDateTime) -> Self {
        let mut said = Self::default();
        if value.is_empty() {
            return said;
        }
        let mut met = BTreeSet::new();
        for bytes in value.split(|byte| *byte == b'~') {
            let read = std::str::from_utf8(bytes).ok().and_then(CookieEntry::parse_entry);
            let Some(entry) = read else {
                said.unreadable = true;
                continue;
            };
            said.unreadable |= !met.insert(entry.name) || entry.ends_too_late(now);
            if let Some((purpose, kept)) = entry.kept() {
                said.add_answer(purpose, kept);
            }
        }
        said.kept()
    }

    /// Whether both hold the same answers to the questions of a policy, whenever they were given.
    pub fn agrees_with(&self, other: &Self, policy: &Policy) -> bool {
        let answer = |said: &Self, id| said.given.get(id).map(|kept| kept.answer);
        policy.optional().all(|purpose| answer(self, &purpose.id) == answer(other, &purpose.id))
    }

    fn add_answer(&mut self, purpose: PurposeId, kept: DeviceAnswer) {
        if kept.answer == Answer::Objected || !self.given.contains_key(&purpose) {
            self.given.insert(purpose, kept);
        }
    }

    fn kept(mut self) -> Self {
        if self.unreadable {
            self.given.retain(|_, kept| kept.answer == Answer::Objected);
        }
        self
    }
}

/// One entry, in the only form there is.
struct CookieEntry<'a> {
    name: &'a str,
    revision: &'a str,
    answer: Answer,
    /// Seconds since 1970; of an objection whatever stood there.
    end: Option<i64>,
}

impl<'a> CookieEntry<'a> {
    fn parse_entry(text: &'a str) -> Option<Self> {
        let mut parts = text.split('.');
        let (name, revision, answer) = (parts.next()?, parts.next()?, answer_of(parts.next()?)?);
        let end = parts.next();
        let ends_well = match (answer, end) {
            (Answer::Objected, end) => end.is_none_or(is_digits),
            (_, end) => end.is_some_and(|end| is_digits(end) && end.len() == 10),
        };
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let well = is_name && is_digits(revision) && ends_well && parts.next().is_none();
        // What has more digits than that is later than anything.
        let end = end.map(|end| end.parse().unwrap_or(i64::MAX));
        well.then_some(Self { name, revision, answer, end })
    }

    fn ends_too_late(&self, now: OffsetDateTime) -> bool {
        self.end.is_some_and(|end| end > now.unix_timestamp() + LATEST)
    }

    /// `None` where no policy can have such a purpose.
    fn kept(&self) -> Option<(PurposeId, DeviceAnswer)> {
        let purpose = self.name.parse().ok()?;
        // More than fits is another question than any of ours.
        let revision = self.revision.parse().unwrap_or(u32::MAX);
        let end = self.end.filter(|_| self.answer != Answer::Objected);
        let until = end.and_then(|end| OffsetDateTime::from_unix_timestamp(end).ok());
        Some((purpose, DeviceAnswer { answer: self.answer, revision, until }))
    }
}

fn is_no(answer: Answer) -> bool {
    matches!(answer, Answer::Refused | Answer::Objected)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn letter(answer: Answer) -> Option<char> {
    match answer {
        Answer::Granted => Some('g'),
        Answer::Refused => Some('r'),
        Answer::NotObjected => Some('n'),
        Answer::Objected => Some('o'),
        Answer::NotOffered => None,
    }
}

fn answer_of(letter: &str) -> Option<Answer> {
    match letter {
        "g" => Some(Answer::Granted),
        "r" => Some(Answer::Refused),
        "n" => Some(Answer::NotObjected),
        "o" => Some(Answer::Objected),
        _ => None,
    }
}

/// What was answered according to a subject's events, in the order of the ledger; who may say yes is as in
/// [`super::decision::decide`].
pub fn from_events(events: &[Recorded]) -> RecordedAnswers {
    events.iter().fold(RecordedAnswers::new(), |told, Recorded { event, .. }| {
        let counts = |answered: &Answered| {
            answered.answer != Answer::NotOffered && (!answered.answer.is_yes() || is_persons_own(event))
        };
        let answers = event.answers().filter(|(_, answered)| counts(answered));
        told.into_iter().chain(answers.map(|(purpose, answered)| (purpose.clone(), answered.clone()))).collect()
    })
}

/// A no is a no under every regime; a yes to one regime's question is no yes to the other's.
pub(super) fn answers_regime(answer: Answer, regime: Regime) -> bool {
    match answer {
        Answer::Granted => regime == Regime::Consent,
        Answer::NotObjected => regime == Regime::LowImpact,
        Answer::Refused | Answer::Objected => regime != Regime::Necessary,
        Answer::NotOffered => false,
    }
}
