//! What is taken of a choice: pure rules over what was said, what was shown and what is in force.

use std::collections::BTreeMap;

use model::choice::{Answer, Answers, Control, agrees};
use model::cookie::RecordedAnswers;
use model::date::add_months;
use model::event::Answered;
use model::policy::Policy;
use model::purpose::{Purpose, PurposeId, Regime};
use time::Date;

use super::{Choice, ChooseError, SentFrom};

/// What is taken of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AcceptedAnswers {
    /// For the record: every optional purpose of the policy in force, each under the revision that was answered, and the
    /// noes to what was shown and left it since.
    pub(super) answers: BTreeMap<PurposeId, Answered>,
    /// For the device: the same without what was not offered. A no to an older question counts as an answer to the
    /// present one, so that nobody is asked again right after a refusal; the record keeps which one was shown.
    pub(super) remembered: RecordedAnswers,
    /// Yeses that could not be taken, in policy order.
    pub(super) ask_again: Vec<PurposeId>,
}

/// What becomes of one purpose that was answered.
enum PurposeOutcome {
    Taken(Answered),
    AskAgain,
}

/// Where a yes is taken from: any other is asked again.
#[derive(Clone, Copy, Debug)]
pub(super) struct YesStanding {
    /// Where the request was sent from.
    pub(super) sent_from: SentFrom,
    /// Whether the device was answered on since it was shown what it could answer.
    pub(super) overtaken: bool,
}

/// Weighs a choice. `shown` is the policy under which it was made, if we know it.
pub(super) fn evaluate(
    choice: &Choice,
    standing: YesStanding,
    shown: Option<&Policy>,
    current: &Policy,
    today: Date,
) -> Result<AcceptedAnswers, ChooseError> {
    let said = said(choice, shown.unwrap_or(current))?;
    let until = add_months(today, current.validity_months);
    let mut taken =
        AcceptedAnswers { answers: not_offered(current), remembered: RecordedAnswers::new(), ask_again: Vec::new() };
    for purpose in current.optional() {
        let Some(yes) = said.get(&purpose.id) else { continue };
        match outcome(purpose, *yes, standing, shown, until) {
            PurposeOutcome::Taken(answered) => taken.accept_answer(purpose, answered),
            PurposeOutcome::AskAgain => taken.ask_again.push(purpose.id.clone()),
        }
    }
    for purpose in shown.into_iter().flat_map(|shown| left(shown, current)) {
        if said.get(&purpose.id) == Some(&false) {
            taken.accept_answer(purpose, answered(purpose, false, until));
        }
    }
    let refuses = said.values().any(|yes| !yes);
    if taken.remembered.is_empty() && !refuses { Err(why_nothing(standing)) } else { Ok(taken) }
}

/// The answers that a choice gives, checked against the policy under which they were asked for.
fn said(choice: &Choice, asked: &Policy) -> Result<Answers, ChooseError> {
    let everything = || asked.optional().map(|purpose| (purpose.id.clone(), false)).collect();
    let said: Answers = match (choice.purposes.is_empty(), choice.control) {
        (true, Control::RefuseAll) => everything(),
        (true, _) => return Err(ChooseError::Contradiction),
        (false, _) => choice.purposes.clone(),
    };
    if !agrees(choice.control, &said) {
        return Err(ChooseError::Contradiction);
    }
    let answerable = |id: &PurposeId| asked.optional().any(|purpose| purpose.id == *id);
    if said.keys().all(answerable) { Ok(said) } else { Err(ChooseError::UnknownPurpose) }
}

/// A no is always taken, under the question that was shown; a yes only from the site, to an unchanged question, where
/// nothing else was answered since.
fn outcome(purpose: &Purpose, yes: bool, standing: YesStanding, shown: Option<&Policy>, until: Date) -> PurposeOutcome {
    let asked = shown.and_then(|policy| policy.purpose(&purpose.id));
    let unchanged = asked.is_some_and(|asked| asked.revision == purpose.revision && asked.regime == purpose.regime);
    if yes && !(unchanged && standing.sent_from == SentFrom::Site && !standing.overtaken) {
        return PurposeOutcome::AskAgain;
    }
    let asked = asked.filter(|asked| asked.regime != Regime::Necessary).unwrap_or(purpose);
    PurposeOutcome::Taken(answered(asked, yes, until))
}

fn answered(asked: &Purpose, yes: bool, until: Date) -> Answered {
    let answer = Answer::from_yes(asked.regime, yes).unwrap_or(Answer::NotOffered);
    // An objection has no end: only the person's own later yes lifts it.
    let until = (answer != Answer::Objected).then_some(until);
    Answered { answer, revision: asked.revision, until }
}

/// What could be answered then and cannot be now. It may come back, and a no to it must then still be known.
fn left<'a>(shown: &'a Policy, current: &Policy) -> impl Iterator<Item = &'a Purpose> {
    shown.optional().filter(|purpose| current.optional().all(|asked| asked.id != purpose.id))
}

fn not_offered(policy: &Policy) -> BTreeMap<PurposeId, Answered> {
    let entry = |purpose: &Purpose| {
        let answered = Answered { answer: Answer::NotOffered, revision: purpose.revision, until: None };
        (purpose.id.clone(), answered)
    };
    policy.optional().map(entry).collect()
}

fn why_nothing(standing: YesStanding) -> ChooseError {
    match (standing.sent_from, standing.overtaken) {
        (SentFrom::Unknown, _) => ChooseError::ConsentNotFromHere,
        (SentFrom::Site, true) => ChooseError::ChangedSince,
        (SentFrom::Site, false) => ChooseError::NoticeChanged,
    }
}

impl AcceptedAnswers {
    fn accept_answer(&mut self, purpose: &Purpose, answered: Answered) {
        let remembered = Answered { revision: purpose.revision, ..answered.clone() };
        self.remembered.insert(purpose.id.clone(), remembered);
        self.answers.insert(purpose.id.clone(), answered);
    }
}
