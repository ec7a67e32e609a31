//! Decisions about channels: whether a person may be reached with advertising (Tw art. 11.7, GDPR art. 21).

use time::Date;

use super::{Decision, Reason, Recorded, is_persons_own};
use crate::model::channel::{Channel, ChannelNeed, ChannelRule};
use crate::model::event::{Event, EventKind};
use crate::model::identity::RecordAddress;

/// What the events so far say about one channel.
#[derive(Default)]
struct Standing {
    /// The latest of objection, confirmed opt-in and ending.
    stance: Option<(Stance, RecordAddress)>,
    /// An opt-in that waits for the person.
    requested: Option<RecordAddress>,
    /// A relation that the controller told of.
    relation: Option<RecordAddress>,
}

#[derive(Clone, Copy)]
enum Stance {
    OptedIn,
    Out(Reason),
    /// An opt-in that was ended by the clock, a finding or the controller.
    Ended(Reason),
}

pub(super) fn decide(events: &[Recorded], rules: &[ChannelRule], channel: Channel, today: Date) -> Decision {
    let Some(rule) = in_force(rules, channel, today) else { return Decision::deny(Reason::Unknown) };
    let standing = standing(events, channel);
    match standing.stance {
        Some((Stance::Out(reason), address)) => Decision::deny(reason).on(address).under("GDPR art. 21(2) and (3)"),
        Some((Stance::Ended(reason), address)) => Decision::deny(reason).on(address).under(&rule.article),
        Some((Stance::OptedIn, address)) => {
            Decision::allow(Reason::OptedIn).on(address).under(&rule.article).until(eve_of_next(rules, channel, today))
        }
        None => without_stance(&standing, rule).until_if_allowed(eve_of_next(rules, channel, today)),
    }
}

/// Nobody objected and nobody opted in: only a rule that asks for neither can allow.
fn without_stance(standing: &Standing, rule: &ChannelRule) -> Decision {
    let decision = match (rule.need, standing.relation, standing.requested) {
        (ChannelNeed::OptOut, Some(relation), _) => Decision::allow(Reason::OptOut).on(relation),
        (_, _, Some(requested)) => Decision::deny(Reason::Unconfirmed).on(requested),
        // A customer relation is not yet the evidence that a soft opt-in asks for (Tw art. 11.7 lid 3): deny.
        _ => Decision::deny(Reason::NoAnswer),
    };
    decision.under(&rule.article)
}

impl Decision {
    /// A rule that ends takes what it allowed with it.
    fn until_if_allowed(self, until: Option<Date>) -> Self {
        if self.allow { self.until(until) } else { self }
    }
}

/// The rule with the latest first day that is not in the future.
fn in_force(rules: &[ChannelRule], channel: Channel, today: Date) -> Option<&ChannelRule> {
    rules.iter().filter(|rule| rule.channel == channel && rule.from <= today).max_by_key(|rule| rule.from)
}

/// The last day before another rule takes over.
fn eve_of_next(rules: &[ChannelRule], channel: Channel, today: Date) -> Option<Date> {
    let later = rules.iter().filter(|rule| rule.channel == channel && rule.from > today);
    later.map(|rule| rule.from).min().and_then(Date::previous_day)
}

fn standing(events: &[Recorded], channel: Channel) -> Standing {
    let about = events.iter().filter(|recorded| concerns(&recorded.event, channel));
    about.fold(Standing::default(), |mut standing, Recorded { address, event }| {
        match event.kind {
            EventKind::Objected => standing.stance = Some((Stance::Out(Reason::Objected), *address)),
            EventKind::Withdrawn => standing.stance = Some((Stance::Out(Reason::Withdrawn), *address)),
            EventKind::OptInConfirmed if is_persons_own(event) => standing.stance = Some((Stance::OptedIn, *address)),
            EventKind::OptInConfirmed | EventKind::OptInRequested => standing.requested = Some(*address),
            EventKind::Imported => standing.relation = Some(*address),
            EventKind::Expired => standing.end(Reason::Expired, *address),
            EventKind::Invalidated => standing.end(Reason::QuestionChanged, *address),
            EventKind::RevokedByController => standing.end(Reason::RevokedByController, *address),
            _ => {}
        }
        standing
    })
}

impl Standing {
    /// Ends what was allowed; a no stays a no.
    fn end(&mut self, reason: Reason, address: RecordAddress) {
        if !matches!(self.stance, Some((Stance::Out(_), _))) {
            self.stance = Some((Stance::Ended(reason), address));
        }
    }
}

/// An objection that names neither channel nor purpose is one to every channel.
fn concerns(event: &Event, channel: Channel) -> bool {
    let general = event.kind == EventKind::Objected && event.channels.is_empty() && event.answers.is_empty();
    general || event.channels.contains(&channel)
}
