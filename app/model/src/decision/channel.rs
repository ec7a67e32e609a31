//! Decisions about channels: whether a person may be reached with advertising (Tw art. 11.7, GDPR art. 21).

use std::collections::BTreeMap;

use time::Date;

use super::{Decision, Reason, Recorded, is_persons_own};
use crate::channel::{Channel, ChannelNeed, ChannelRule};
use crate::contact::{AskedAt, GivenAt, PointObjection};
use crate::event::{Body, Event, Merged, Objection, OptInConfirmed, OptInRequested, Relation};
use crate::evidence::{OptIn, SoftOptIn};
use crate::identity::{PointName, RecordAddress, Subject};

/// What a standing objection rests on, written as the rules of the configuration are: GDPR art. 21(2) and (3).
pub const OBJECTION: &str = "AVG 21 lid 2 en 3";

/// What the events so far say about one channel, at one contact point or wherever it was said.
#[derive(Default)]
struct ChannelStanding {
    /// The later of objection and confirmed opt-in.
    stance: Option<(ChannelStance, RecordAddress)>,
    /// An opt-in that waits for the person.
    requested: Option<RecordAddress>,
    /// A relation that the controller told of, with what it has as evidence.
    relation: Option<(Option<SoftOptIn>, RecordAddress)>,
    /// A yes or a relation that is for other contact points than the one that is asked about.
    elsewhere: Option<RecordAddress>,
}

#[derive(Clone)]
enum ChannelStance {
    OptedIn(OptIn),
    Out(Reason),
}

/// At contact points: each must be allowed, and an objection that stands there denies, whatever its maker or anybody else
/// agreed to since; so does one that stands on another point of the person. Where no point is known, nobody can be reached.
pub(super) fn reach(
    events: &[Recorded],
    points: &[AskedAt],
    rules: &[ChannelRule],
    channel: Channel,
    today: Date,
) -> Decision {
    let Some((first, others)) = points.split_first() else {
        let decision = decide(events, rules, channel, None, today);
        return decision.at_own_point(channel.point().is_none());
    };
    let at = |point| reach_at(events, point, rules, channel, today);
    let decision = at(first);
    if decision.allow { others.iter().map(at).find(|other| !other.allow).unwrap_or(decision) } else { decision }
}

fn reach_at(events: &[Recorded], point: &AskedAt, rules: &[ChannelRule], channel: Channel, today: Date) -> Decision {
    let decision = decide(events, rules, channel, Some(&point.names), today);
    // The person's own no says more than that there is one.
    if matches!(decision.reason, Reason::Objected | Reason::Refused) {
        return decision;
    }
    let stands = |objection: &&PointObjection| objection.channels.contains(&channel);
    let here = point.objections.iter().find(stands).map(|objection| (Reason::PointObjected, objection));
    let standing = here.or_else(|| point.spread.iter().find(stands).map(|objection| (Reason::Objected, objection)));
    standing.map_or(decision, |(reason, objection)| Decision::deny(reason).on(objection.record).under(OBJECTION))
}

/// With `at`, by what holds at the contact point of these names; without, by what was said anywhere.
pub(super) fn decide(
    events: &[Recorded],
    rules: &[ChannelRule],
    channel: Channel,
    at: Option<&[PointName]>,
    today: Date,
) -> Decision {
    let Some(rule) = in_force(rules, channel, today) else { return Decision::deny(Reason::Unknown) };
    // Social media reach people at no point of ours.
    let standing = standing(events, channel, at.filter(|_| channel.point().is_some()));
    let eve = eve_of_next(rules, channel, today);
    match &standing.stance {
        Some((ChannelStance::Out(reason), address)) => Decision::deny(*reason).on(*address).under(OBJECTION),
        Some((ChannelStance::OptedIn(proof), address)) => opted_in(proof, rule, eve, today).on(*address),
        None => without_stance(&standing, rule).until_if_allowed(eve),
    }
}

/// A confirmed opt-in. One to calls is for named products and a period, as long as the rule asks for an opt-in.
fn opted_in(proof: &OptIn, rule: &ChannelRule, eve: Option<Date>, today: Date) -> Decision {
    let allowed = |until: Option<Date>| Decision::allow(Reason::OptedIn).under(&rule.article).until(until);
    if rule.channel != Channel::Phone || rule.need != ChannelNeed::OptIn {
        return allowed(eve);
    }
    let products = proof.products.as_deref().is_some_and(|text| !text.trim().is_empty());
    match proof.until.filter(|_| products) {
        Some(last) if today <= last => allowed(eve.map_or(Some(last), |eve| Some(eve.min(last)))),
        Some(_) => Decision::deny(Reason::Expired).under(&rule.article),
        None => Decision::deny(Reason::EvidenceMissing).under(&rule.article),
    }
}

/// Nobody objected and nobody opted in: only a rule that asks for neither, or evidence, can allow.
fn without_stance(standing: &ChannelStanding, rule: &ChannelRule) -> Decision {
    let decision = match (rule.need, &standing.relation, standing.requested) {
        (ChannelNeed::OptOut, Some((_, relation)), _) => Decision::allow(Reason::OptOut).on(*relation),
        (ChannelNeed::SoftOptIn, Some((Some(proof), relation)), _) if proof.missing().is_empty() => {
            Decision::allow(Reason::SoftOptIn).on(*relation)
        }
        (_, _, Some(requested)) => Decision::deny(Reason::Unconfirmed).on(requested),
        // A customer relation is not yet the evidence that a soft opt-in asks for (Tw art. 11.7 lid 3).
        (ChannelNeed::SoftOptIn, Some((_, relation)), _) => Decision::deny(Reason::EvidenceMissing).on(*relation),
        _ => match standing.elsewhere {
            Some(elsewhere) => Decision::deny(Reason::EvidenceMissing).on(elsewhere),
            None => Decision::deny(Reason::NoAnswer),
        },
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

/// Each of several people stands for themselves until they turn out to be one; then every objection of both stands.
fn standing(events: &[Recorded], channel: Channel, at: Option<&[PointName]>) -> ChannelStanding {
    let mut people: BTreeMap<Option<Subject>, ChannelStanding> = BTreeMap::new();
    let mut same_as: BTreeMap<Subject, Subject> = BTreeMap::new();
    for Recorded { address, event } in events {
        let subject = event.head.subject.map(|subject| one_person(&same_as, subject));
        if let (Body::Merged(Merged { other, .. }), Some(kept)) = (&event.body, subject) {
            let other = one_person(&same_as, *other);
            if other != kept {
                let gone = people.remove(&Some(other)).unwrap_or_default();
                people.entry(subject).or_default().join(gone);
                same_as.insert(other, kept);
            }
        } else if concerns(event, channel) {
            people.entry(subject).or_default().apply_event(event, *address, at);
        }
    }
    people.into_values().fold(ChannelStanding::default(), |mut all, one| {
        all.join(one);
        all
    })
}

fn one_person(same_as: &BTreeMap<Subject, Subject>, mut subject: Subject) -> Subject {
    while let Some(kept) = same_as.get(&subject) {
        subject = *kept;
    }
    subject
}

/// Whether what is granted for these points is for the contact point of these names.
fn is_for(points: &[GivenAt], at: Option<&[PointName]>) -> bool {
    at.is_none_or(|names| points.iter().any(|point| names.contains(&point.name)))
}

impl ChannelStanding {
    fn apply_event(&mut self, event: &Event, address: RecordAddress, at: Option<&[PointName]>) {
        match &event.body {
            Body::Objected(_) => self.stance = Some((ChannelStance::Out(Reason::Objected), address)),
            Body::OptInConfirmed(OptInConfirmed { points, evidence, .. }) if is_persons_own(event) => {
                if is_for(points, at) {
                    self.stance = Some((ChannelStance::OptedIn(evidence.clone()), address));
                } else {
                    // A yes for another point leaves everything here as it was, an objection included.
                    (self.requested, self.elsewhere) = (None, Some(address));
                }
            }
            Body::OptInConfirmed(_) => self.requested = Some(address),
            // Whoever asked for somebody may not know for which of their points.
            Body::OptInRequested(OptInRequested { points, .. }) if points.is_empty() || is_for(points, at) => {
                self.requested = Some(address);
            }
            Body::Imported(relation) => self.imported(relation, address, is_for(&relation.points, at)),
            _ => {}
        }
    }

    /// An import tells of a relation, for the points that it names. That the person refused when an address was collected
    /// is a refusal everywhere.
    fn imported(&mut self, Relation { evidence, .. }: &Relation, address: RecordAddress, is_for_this: bool) {
        if evidence.as_ref().is_some_and(|evidence| evidence.opt_out_used) {
            self.stance = Some((ChannelStance::Out(Reason::Refused), address));
        }
        if is_for_this {
            self.relation = Some((evidence.clone(), address));
        } else {
            self.elsewhere = Some(address);
        }
    }

    /// Two people turned out to be one: a no of either outranks a yes of the other, of any age.
    fn join(&mut self, other: Self) {
        let is_out =
            |stance: &Option<(ChannelStance, RecordAddress)>| matches!(stance, Some((ChannelStance::Out(_), _)));
        let place = |stance: &Option<(ChannelStance, RecordAddress)>| stance.as_ref().map(|(_, address)| *address);
        let others = match (is_out(&self.stance), is_out(&other.stance)) {
            (true, false) => false,
            (false, true) => true,
            _ => place(&other.stance) > place(&self.stance),
        };
        if others {
            self.stance = other.stance;
        }
        self.requested = self.requested.max(other.requested);
        self.elsewhere = self.elsewhere.max(other.elsewhere);
        if other.relation.as_ref().map(|(_, address)| *address) > self.relation.as_ref().map(|(_, address)| *address) {
            self.relation = other.relation;
        }
    }
}

/// An objection that names no channel is one to every channel.
fn concerns(event: &Event, channel: Channel) -> bool {
    let general = matches!(&event.body, Body::Objected(Objection { channels, .. }) if channels.is_empty());
    general || event.channels().contains(&channel)
}
