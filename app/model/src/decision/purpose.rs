//! Decisions about purposes: what may be placed on and read from a device (Tw art. 11.7a).

use time::Date;

use super::{Decision, Reason, Recorded, is_persons_own};
use crate::choice::Answer;
use crate::cookie::answers_regime;
use crate::date::add_months;
use crate::event::{Answered, Body, ContinuedUse, Event, Route};
use crate::identity::RecordAddress;
use crate::policy::Policy;
use crate::purpose::{Purpose, PurposeId, Regime};

/// What the events so far say about one purpose.
#[derive(Clone, Copy)]
enum PurposeStance {
    /// The person said yes to the question as it is now asked.
    Yes { reason: Reason, until: Option<Date> },
    /// Somebody said no; to an older question it is still a no.
    No { reason: Reason, until: Option<Date>, current: bool },
    /// A yes that no longer counts, or never did.
    Void(Reason),
}

/// What one event says about one purpose.
enum Statement<'a> {
    Yes(&'a Answered),
    No(&'a Answered),
    /// A yes that somebody else entered: it waits for the person.
    Unconfirmed,
}

pub(super) fn decide(events: &[Recorded], policy: &Policy, purpose: &Purpose, today: Date) -> Decision {
    if purpose.regime == Regime::Necessary {
        return Decision::allow(Reason::Necessary).under(basis(Reason::Necessary, purpose));
    }
    let stance = stance(events, purpose);
    let decision = explicit(stance, today)
        .or_else(|| gpc(events, policy, purpose))
        .or_else(|| lapsed(stance))
        .or_else(|| continued_use(events, policy, purpose, today))
        .unwrap_or_else(|| Decision::deny(Reason::NoAnswer));
    let basis = basis(decision.reason, purpose);
    decision.under(basis)
}

/// A purpose that the policy does not have: stopped where it was answered once.
pub(super) fn stopped(events: &[Recorded], id: &PurposeId) -> Decision {
    let was_answered =
        |event: &Event| event.answer_for(id).is_some_and(|answered| answered.answer != Answer::NotOffered);
    match events.iter().rev().find(|recorded| was_answered(&recorded.event)) {
        Some(answered) => Decision::deny(Reason::RevokedByController).on(answered.address),
        None => Decision::deny(Reason::Unknown),
    }
}

/// Reads the events in order; each statement may replace what stood before it.
fn stance(events: &[Recorded], purpose: &Purpose) -> Option<(PurposeStance, RecordAddress)> {
    let mut standing: Option<(PurposeStance, RecordAddress)> = None;
    for Recorded { address, event } in events {
        let before = standing.map(|(stance, _)| stance);
        let after = statement(event, purpose).and_then(|statement| replaced(before, &statement, purpose));
        standing = after.map(|stance| (stance, *address)).or(standing);
    }
    standing
}

fn statement<'a>(event: &'a Event, purpose: &Purpose) -> Option<Statement<'a>> {
    let answered = event.answer_for(&purpose.id).filter(|answered| answered.answer != Answer::NotOffered);
    let answered = answered.filter(|answered| answers_regime(answered.answer, purpose.regime))?;
    Some(if !answered.answer.is_yes() {
        Statement::No(answered)
    } else if is_persons_own(event) {
        Statement::Yes(answered)
    } else {
        Statement::Unconfirmed
    })
}

/// The stance after a statement; `None` leaves what stood.
fn replaced(before: Option<PurposeStance>, said: &Statement<'_>, purpose: &Purpose) -> Option<PurposeStance> {
    match said {
        Statement::Yes(answered) if answered.revision == purpose.revision => {
            let reason = if answered.answer == Answer::NotObjected { Reason::NotObjected } else { Reason::Granted };
            Some(PurposeStance::Yes { reason, until: answered.until })
        }
        // A yes to another question says nothing about this one.
        Statement::Yes(_) => before.is_none().then_some(PurposeStance::Void(Reason::QuestionChanged)),
        Statement::Unconfirmed => before.is_none().then_some(PurposeStance::Void(Reason::Unconfirmed)),
        Statement::No(answered) => Some(PurposeStance::No {
            reason: reason_of_no(before, answered.answer),
            until: answered.until,
            current: answered.revision == purpose.revision,
        }),
    }
}

fn reason_of_no(before: Option<PurposeStance>, answer: Answer) -> Reason {
    match (before, answer) {
        (_, Answer::Objected) => Reason::Objected,
        (Some(PurposeStance::Yes { .. }), _) => Reason::Withdrawn,
        // Said again, a no keeps the weight that it had.
        (Some(PurposeStance::No { reason, .. }), _) => reason,
        _ => Reason::Refused,
    }
}

/// The latest explicit answer, if it holds today.
fn explicit(stance: Option<(PurposeStance, RecordAddress)>, today: Date) -> Option<Decision> {
    let (stance, address) = stance?;
    let decision = match stance {
        PurposeStance::Yes { reason, until } if until.is_some_and(|until| today <= until) => {
            Decision::allow(reason).until(until)
        }
        // An objection has no end and outlives its question: it stands until the person lifts it (GDPR art. 21(3)).
        PurposeStance::No { reason: Reason::Objected, .. } => Decision::deny(Reason::Objected),
        PurposeStance::No { reason, until, current: true } if until.is_none_or(|until| today <= until) => {
            Decision::deny(reason).until(until)
        }
        PurposeStance::Yes { .. } | PurposeStance::No { .. } | PurposeStance::Void(_) => return None,
    };
    Some(decision.on(address))
}

/// GPC on any of the events denies what the policy says it denies (R-3.5-4).
fn gpc(events: &[Recorded], policy: &Policy, purpose: &Purpose) -> Option<Decision> {
    let denies = policy.gpc.deny.contains(&purpose.id)
        || policy.gpc.also_object_low_impact && purpose.regime == Regime::LowImpact;
    let signalled = |event: &Event| event.gpc() || event.head.route == Route::Gpc;
    let signal = events.iter().rev().find(|recorded| signalled(&recorded.event))?;
    denies.then(|| Decision::deny(Reason::Gpc).on(signal.address))
}

/// An answer that no longer holds grants nothing, and continued use does not take its place.
fn lapsed(stance: Option<(PurposeStance, RecordAddress)>) -> Option<Decision> {
    let (stance, address) = stance?;
    let reason = match stance {
        PurposeStance::No { current: false, .. } => Reason::QuestionChanged,
        PurposeStance::Yes { .. } | PurposeStance::No { .. } => Reason::Expired,
        PurposeStance::Void(reason) => reason,
    };
    Some(Decision::deny(reason).on(address))
}

/// Notice, further use and no answer unlock what needs no consent, and only what the policy lists (S-02).
fn continued_use(events: &[Recorded], policy: &Policy, purpose: &Purpose, today: Date) -> Option<Decision> {
    if purpose.regime != Regime::LowImpact || !policy.continued_use.unlocks.contains(&purpose.id) {
        return None;
    }
    let asked_this =
        |used: &ContinuedUse| used.questions.get(&purpose.id).is_none_or(|revision| *revision == purpose.revision);
    let is_use = |event: &Event| matches!(&event.body, Body::ContinuedUse(used) if asked_this(used));
    let used = events.iter().rev().find(|recorded| is_use(&recorded.event))?;
    // The UTC day is never after the one in Amsterdam, so this can only be a day short.
    let until = add_months(used.event.head.at.date(), policy.validity_months);
    (today <= until).then(|| Decision::allow(Reason::ContinuedUse).on(used.address).until(Some(until)))
}

/// The article that a decision rests on.
fn basis(reason: Reason, purpose: &Purpose) -> String {
    let article = match reason {
        Reason::Necessary => "Tw art. 11.7a lid 3",
        Reason::NotObjected | Reason::ContinuedUse => "Tw art. 11.7a lid 3 onder b",
        Reason::Granted => {
            return format!("Tw art. 11.7a lid 1; GDPR art. {}", purpose.legal_basis);
        }
        Reason::Withdrawn => "GDPR art. 7(3)",
        Reason::Objected => "GDPR art. 21",
        Reason::Gpc => "GDPR art. 21(5)",
        // Without a valid yes or an unlocked exemption the rule itself denies.
        _ if purpose.regime == Regime::LowImpact => "Tw art. 11.7a lid 3 onder b",
        _ => "Tw art. 11.7a lid 1",
    };
    article.to_owned()
}
