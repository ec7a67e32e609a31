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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::fixture::TestApp;

    /// What a policy may have been when it was shown, beside the one that is in force.
    fn policies(current: &Policy, id: &PurposeId) -> [(bool, Option<Policy>); 4] {
        let changed = |change: fn(&mut Purpose)| {
            let mut policy = current.clone();
            policy.purposes.iter_mut().filter(|purpose| purpose.id == *id).for_each(change);
            Some(policy)
        };
        [
            (true, Some(current.clone())),
            (false, changed(|purpose| purpose.revision += 1)),
            (false, changed(|purpose| purpose.regime = Regime::LowImpact)),
            (false, None),
        ]
    }

    fn is_yes(answer: Answer) -> bool {
        matches!(answer, Answer::Granted | Answer::NotObjected)
    }

    #[test]
    fn a_yes_needs_the_site_the_same_question_and_nothing_answered_since_and_a_no_needs_none_of_it() {
        let app = TestApp::bare(1);
        let published = app.services.published.current();
        let (current, today) = (&published.policy, app.services.clock.now().today);
        let mut asked = current.optional().filter(|purpose| purpose.regime == Regime::Consent);
        let [asked, beside] = [asked.next(), asked.next()].map(|purpose| &purpose.expect("two of them").id);
        for (is_same, shown) in policies(current, asked) {
            for (sent_from, overtaken, yes) in [SentFrom::Site, SentFrom::Unknown].into_iter().flat_map(|sent_from| {
                [(false, false), (false, true), (true, false), (true, true)].map(|(late, yes)| (sent_from, late, yes))
            }) {
                let what = format!("{sent_from:?}, overtaken: {overtaken}, the same question: {is_same}, yes: {yes}");
                let choice = Choice {
                    policy: String::new(),
                    language: model::language::Language::Nl,
                    control: Control::Save,
                    purposes: [(asked.clone(), yes), (beside.clone(), false)].into(),
                    surface: None,
                    before: None,
                    build: None,
                    variant: None,
                };
                let standing = YesStanding { sent_from, overtaken };
                let taken = evaluate(&choice, standing, shown.as_ref(), current, today).expect("there is a no in it");
                let counts = yes && sent_from == SentFrom::Site && !overtaken && is_same;
                assert_eq!(is_yes(taken.answers[asked].answer), counts, "{what}");
                let again: &[PurposeId] = if yes && !counts { std::slice::from_ref(asked) } else { &[] };
                assert_eq!(taken.ask_again, again, "{what}");
                let remembers = taken.remembered.get(asked).map(|answered| is_yes(answered.answer));
                assert_eq!(remembers, (counts || !yes).then_some(yes), "{what}");
                assert_eq!(taken.answers[beside].answer, Answer::Refused, "{what}");
            }
        }
    }
}
