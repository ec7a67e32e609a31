//! Which of the consent ids that came along are the device's own. Another host of the domain can plant one beside ours, so each
//! is looked at, and none is believed for its place in the line.

use model::choice::Answer;
use model::cookie::{self, ChoiceCookie, RecordedAnswers};
use model::decision::Recorded;
use model::event::{Answered, Body, Event, Head};
use model::identity::Subject;
use model::policy::Policy;

use super::ChooseError;
use crate::service::consent::Consent;
use crate::service::history::PersonHistory;
use ledger::clock::last_second;
use ledger::{AppendRequest, ReadError};

/// The consent ids of a device, as far as the ledger knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnIds {
    /// Those whose record says what the choice cookie says, or said it earlier: the last answer may not have arrived.
    fitting: Vec<Subject>,
    others: Vec<Subject>,
}

impl OwnIds {
    /// The one whose record is shown; the first, where several may be its own. A cookie is a hint, so one that fits less is
    /// better than none.
    pub fn first(&self) -> Option<Subject> {
        self.fitting.iter().chain(&self.others).next().copied()
    }

    /// Under which of them an answer is recorded, and where a no of it ends a yes as well.
    ///
    /// A yes stands under an id of which it is certain whose it is, else under a new one: it is nobody else's. A no is lost
    /// nowhere: where it is not certain which id is the device's own, it ends the yes of each that may be.
    pub(super) fn for_answer(&self, grants: bool) -> (Option<Subject>, Vec<Subject>) {
        let Self { fitting, others } = self;
        match (fitting.as_slice(), grants) {
            ([own], _) => (Some(*own), Vec::new()),
            ([], false) => (others.first().copied(), others.iter().skip(1).copied().collect()),
            ([], true) => (None, others.clone()),
            ([first, more @ ..], false) => (Some(*first), more.to_vec()),
            (several, true) => (None, several.to_vec()),
        }
    }
}

impl Consent {
    /// Looks at the consent ids that came along with a choice cookie. An id that nobody was given is as good as none.
    ///
    /// # Errors
    /// What one of them stands for cannot be read.
    pub fn own_ids(&self, history: &PersonHistory, came: &[Subject], said: &ChoiceCookie) -> Result<OwnIds, ReadError> {
        let policy = &self.published.current().policy;
        let mut own = OwnIds::default();
        for (at, id) in came.iter().enumerate() {
            let events = if came[..at].contains(id) { Vec::new() } else { history.of_subject(*id)? };
            match may_have_said(&events, said, policy) {
                true => own.fitting.push(*id),
                false if !events.is_empty() => own.others.push(*id),
                false => {}
            }
        }
        Ok(own)
    }

    /// Records the no of an answer under further ids, as far as it ends a yes there.
    ///
    /// # Errors
    /// When one of them cannot be read or written.
    pub(super) async fn end_there(
        &self,
        history: &PersonHistory,
        ids: Vec<Subject>,
        event: &Event,
    ) -> Result<(), ChooseError> {
        for id in ids {
            let standing = cookie::from_events(&history.of_subject(id)?);
            let Some(mut ended) = event.choice().cloned() else { continue };
            for (purpose, answered) in &mut ended.answers {
                let was_yes = standing.get(purpose).is_some_and(|before| before.answer.is_yes());
                if !(was_yes && is_no(answered.answer)) {
                    (answered.answer, answered.until) = (Answer::NotOffered, None);
                }
            }
            if ended.answers.values().any(|answered| is_no(answered.answer)) {
                let Head { at, actor, route, .. } = event.head.clone();
                let ended = Event::new(at, actor, route, Body::Withdrawn(ended));
                self.ledger.append(AppendRequest::new(ended.with_subject(Some(id)))).await?;
            }
        }
        Ok(())
    }
}

fn is_no(answer: Answer) -> bool {
    matches!(answer, Answer::Refused | Answer::Objected)
}

/// Whether a choice cookie is what a record left on its device, now or after an earlier event.
fn may_have_said(events: &[Recorded], said: &ChoiceCookie, policy: &Policy) -> bool {
    (1..=events.len()).any(|count| says(said, &cookie::from_events(&events[..count]), policy))
}

fn says(said: &ChoiceCookie, on_record: &RecordedAnswers, policy: &Policy) -> bool {
    let mut asked = on_record.iter().filter(|(id, _)| policy.purpose(id).is_some()).peekable();
    let is_kept = |(id, answered): (_, &Answered)| {
        let until = answered.until.map(last_second);
        said.given.get(id).is_some_and(|kept| kept.answer == answered.answer && kept.until == until)
    };
    !said.unreadable && asked.peek().is_some() && asked.all(is_kept)
}
