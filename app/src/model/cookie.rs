//! The choice cookie: what a device says was answered on it. A hint for the page, never evidence.
//!
//! Its value is, per answered purpose and in policy order, `id.revision.answer.yyyymmdd`, joined by `~`. Nothing
//! in it is unique: two people who answered the same on the same day carry the same bytes (requirements 2.5.5).

use std::collections::BTreeMap;

use time::Date;

use super::choice::Answer;
use super::date::{compact, from_compact};
use super::decision::{Recorded, carries_answers, may_say_yes};
use super::event::{Answered, EventKind};
use super::policy::Policy;
use super::purpose::{Purpose, PurposeId, Regime};

/// Per purpose the latest answer that was given; never [`Answer::NotOffered`].
pub type Given = BTreeMap<PurposeId, Answered>;

/// Browsers keep cookies up to 4,096 bytes; a longer value was not written by us.
const LONGEST: usize = 4_000;

/// The cookie's value; empty when nothing was answered. A purpose that left the policy leaves the cookie.
pub fn encode(given: &Given, policy: &Policy) -> String {
    let entries = policy.optional().filter_map(|purpose| {
        let answered = given.get(&purpose.id)?;
        let letter = letter(answered.answer)?;
        Some(format!("{}.{}.{letter}.{}", purpose.id, answered.revision, compact(answered.until?)))
    });
    entries.collect::<Vec<_>>().join("~")
}

/// Reads [`encode`]'s form; `None` for anything else, which counts as no cookie.
pub fn parse(value: &str) -> Option<Given> {
    if value.is_empty() || value.len() > LONGEST {
        return None;
    }
    let mut given = Given::new();
    for entry in value.split('~') {
        let (purpose, answered) = parse_entry(entry)?;
        if given.insert(purpose, answered).is_some() {
            return None;
        }
    }
    Some(given)
}

fn parse_entry(entry: &str) -> Option<(PurposeId, Answered)> {
    let mut parts = entry.split('.');
    let purpose = parts.next()?.parse().ok()?;
    let revision = parse_revision(parts.next()?)?;
    let answer = answer_of(parts.next()?)?;
    let until = from_compact(parts.next()?)?;
    parts.next().is_none().then_some((purpose, Answered { answer, revision, until: Some(until) }))
}

/// Decimal in its one spelling: no sign, no leading zero.
fn parse_revision(text: &str) -> Option<u32> {
    let revision: u32 = text.parse().ok()?;
    (revision.to_string() == text).then_some(revision)
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

/// What was answered once a further choice came in: a purpose that was not offered keeps its earlier answer.
#[must_use]
pub fn updated(mut earlier: Given, answers: &BTreeMap<PurposeId, Answered>) -> Given {
    let offered = answers.iter().filter(|(_, answered)| answered.answer != Answer::NotOffered);
    earlier.extend(offered.map(|(purpose, answered)| (purpose.clone(), answered.clone())));
    earlier
}

/// What was answered according to a subject's events, in the order of the ledger; who may say yes is as in
/// [`super::decision::decide`].
pub fn from_events(events: &[Recorded]) -> Given {
    events.iter().fold(Given::new(), |given, Recorded { event, .. }| match event.kind {
        EventKind::Expired | EventKind::Invalidated | EventKind::RevokedByController => ended(given, &event.answers),
        kind if carries_answers(kind) => {
            let counts = |answered: &Answered| !answered.answer.is_yes() || may_say_yes(event);
            let answers = event.answers.iter().filter(|(_, answered)| counts(answered));
            updated(given, &answers.map(|(purpose, answered)| (purpose.clone(), answered.clone())).collect())
        }
        _ => given,
    })
}

/// An event that lists no purpose ended the answers to all of them.
fn ended(mut given: Given, answers: &BTreeMap<PurposeId, Answered>) -> Given {
    given.retain(|purpose, _| {
        let listed = answers.get(purpose).is_some_and(|answered| answered.answer != Answer::NotOffered);
        !listed && !answers.is_empty()
    });
    given
}

/// For each optional purpose of the policy the answer that still holds today: the question is unchanged, its last
/// day has not passed, and it is an answer to what the purpose's regime asks.
pub fn standing(given: &Given, policy: &Policy, today: Date) -> Given {
    let holding = policy.optional().filter_map(|purpose| {
        let answered = given.get(&purpose.id).filter(|answered| holds(answered, purpose, today))?;
        Some((purpose.id.clone(), answered.clone()))
    });
    holding.collect()
}

/// The optional purposes that must be asked, in policy order: unanswered, expired, or with a changed question.
pub fn to_ask(given: &Given, policy: &Policy, today: Date) -> Vec<PurposeId> {
    let holding = standing(given, policy, today);
    let open = policy.optional().filter(|purpose| !holding.contains_key(&purpose.id));
    open.map(|purpose| purpose.id.clone()).collect()
}

fn holds(answered: &Answered, purpose: &Purpose, today: Date) -> bool {
    answered.revision == purpose.revision
        && answered.until.is_some_and(|until| today <= until)
        && answers_regime(answered.answer, purpose.regime)
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
