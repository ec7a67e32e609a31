//! The properties themselves are tested: each deliberately wrong way to decide must break one of them.

use model::channel::Channel;
use model::choice::Answer;
use model::contact::{AskedAt, GivenAt, PointObjection};
use model::date::Moment;
use model::decision::{Decision, Question, Reason, Recorded, decide};
use model::event::{Actor, Body, Circumstances, Event, EventKind, OptInConfirmed, OptInRequested, Relation, Route};
use model::evidence::{IdentityCheck, OptIn, SoftOptIn};
use model::identity::{ContentHash, PointName};
use model::policy::Policy;
use model::purpose::Regime;
use proptest::strategy::{Strategy as _, ValueTree as _};
use time::Duration;
use time::macros::date;

use crate::properties::ALL;
use crate::scenario::{Decider, ELSEWHERE, HERE, Scenario, answers_mut, given_at, runner, scenario, seed};

/// The right rules on events that were misread.
fn misreading(misread: impl Fn(&mut Event, &Policy) + 'static) -> Box<Decider> {
    Box::new(move |events, policy, question, now| {
        let mut events = events.to_vec();
        for recorded in &mut events {
            misread(&mut recorded.event, policy);
        }
        decide(&events, policy, question, now)
    })
}

/// The right rules without some of the events.
fn overlooking(overlooked: impl Fn(&Event) -> bool + 'static) -> Box<Decider> {
    Box::new(move |events, policy, question, now| {
        let kept: Vec<Recorded> = events.iter().filter(|recorded| !overlooked(&recorded.event)).cloned().collect();
        decide(&kept, policy, question, now)
    })
}

/// The right rules under a policy that was misunderstood.
fn bending(bend: impl Fn(&mut Policy, Moment) + 'static) -> Box<Decider> {
    Box::new(move |events, policy, question, now| {
        let mut policy = policy.clone();
        bend(&mut policy, now);
        decide(events, &policy, question, now)
    })
}

fn answers_read_as(event: &mut Event, from: Answer, to: Answer) {
    let read = answers_mut(event).map(|(_, answered)| answered).filter(|answered| answered.answer == from);
    read.for_each(|answered| answered.answer = to);
}

fn every_actor_is_the_visitor(event: &mut Event) {
    event.head.actor = Actor::Visitor;
}

fn days_later(days: i64) -> Box<Decider> {
    Box::new(move |events, policy, question, now| {
        decide(events, policy, question, Moment { today: now.today + Duration::days(days), ..now })
    })
}

fn default_allow(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    Decision { allow: decision.allow || decision.reason == Reason::NoAnswer, ..decision }
}

fn first_answer_counts(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let reversed: Vec<Recorded> = events.iter().rev().cloned().collect();
    decide(&reversed, policy, question, now)
}

fn one_yes_is_a_yes_to_all(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let granted = policy.optional().any(|purpose| {
        let answer = decide(events, policy, &Question::Purpose(purpose.id.clone()), now);
        answer.reason == Reason::Granted
    });
    Decision { allow: decision.allow || granted && decision.reason == Reason::NoAnswer, ..decision }
}

fn gpc_outranks_answers(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let signal = events.iter().any(|recorded| recorded.event.gpc());
    let denied = matches!(question, Question::Purpose(id) if policy.gpc.deny.contains(id));
    Decision { allow: decision.allow && !(signal && denied), ..decision }
}

fn further_use_is_consent(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let used = events.iter().any(|recorded| recorded.event.kind() == EventKind::ContinuedUse);
    let asked_purpose = matches!(question, Question::Purpose(_));
    Decision { allow: decision.allow || asked_purpose && used && decision.reason == Reason::NoAnswer, ..decision }
}

fn further_use_lifts_a_lapsed_no(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let used = events.iter().any(|recorded| recorded.event.kind() == EventKind::ContinuedUse);
    let lapsed = matches!(decision.reason, Reason::Objected | Reason::Expired) && decision.until.is_none();
    Decision { allow: decision.allow || used && lapsed, ..decision }
}

fn unknown_is_necessary(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    Decision { allow: decision.allow || decision.reason == Reason::Unknown, ..decision }
}

/// The right rules without what stands on other points of the person.
fn a_no_stays_at_its_point(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let mut question = question.clone();
    if let Question::Reach(_, points) = &mut question {
        points.iter_mut().for_each(|point| point.spread.clear());
    }
    decide(events, policy, &question, now)
}

/// The right rules, as if what stands on another point of the person stood on this one.
fn a_no_elsewhere_is_one_here(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let mut question = question.clone();
    if let Question::Reach(_, points) = &mut question {
        for point in points {
            point.objections.append(&mut point.spread);
        }
    }
    decide(events, policy, &question, now)
}

/// The right rules on what stands on the contact point, misread.
fn misreading_objections(misread: fn(&mut Vec<PointObjection>)) -> Box<Decider> {
    Box::new(move |events, policy, question, now| {
        let mut question = question.clone();
        if let Question::Reach(_, points) = &mut question {
            points.iter_mut().for_each(|point| misread(&mut point.objections));
        }
        decide(events, policy, &question, now)
    })
}

fn an_opt_in_outranks_the_point(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let Question::Reach(channel, points) = question else { return decision };
    let free = points.iter().cloned().map(|point| AskedAt { objections: Vec::new(), ..point }).collect();
    let own = decide(events, policy, &Question::Reach(*channel, free), now);
    if own.reason == Reason::OptedIn { own } else { decision }
}

fn every_objection_names_all(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    match question {
        Question::Reach(channel, points) => {
            let mut all = points.clone();
            all.iter_mut().filter_map(|point| point.objections.first_mut()).for_each(|of| of.channels.push(*channel));
            decide(events, policy, &Question::Reach(*channel, all), now)
        }
        _ => decide(events, policy, question, now),
    }
}

/// Decides by what was said anywhere, whatever point it was said for.
fn a_yes_spreads(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let Question::Reach(channel, points) = question else { return decide(events, policy, question, now) };
    let names: Vec<PointName> = points.iter().flat_map(|point| point.names.clone()).collect();
    let mut events = events.to_vec();
    for recorded in &mut events {
        if let Some(points) = points_mut(&mut recorded.event) {
            *points = names.iter().map(|name| given_at(*name)).collect();
        }
    }
    decide(&events, policy, &Question::Reach(*channel, points.clone()), now)
}

/// Of several points one that is allowed is enough.
fn one_point_is_enough(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let Question::Reach(channel, points) = question else { return decision };
    let at = |point: &AskedAt| decide(events, policy, &Question::Reach(*channel, vec![point.clone()]), now);
    points.iter().map(at).find(|one| one.allow).unwrap_or(decision)
}

/// A no is for the point that was named with it, as a yes is.
fn a_no_stays_where_it_was_said(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let Question::Reach(_, points) = question else { return decide(events, policy, question, now) };
    let names_here = points.iter().any(|point| point.names.contains(&HERE));
    let kept = |recorded: &&Recorded| recorded.event.kind() != EventKind::Objected || names_here;
    let events: Vec<Recorded> = events.iter().filter(kept).cloned().collect();
    decide(&events, policy, question, now)
}

/// All people are one from the first day on, so that the yes of one lifts the no of another.
fn one_subject(event: &mut Event) {
    event.head.subject = None;
}

/// The points that an event grants or asks for.
fn points_mut(event: &mut Event) -> Option<&mut Vec<GivenAt>> {
    match &mut event.body {
        Body::OptInConfirmed(OptInConfirmed { points, .. })
        | Body::OptInRequested(OptInRequested { points, .. })
        | Body::Imported(Relation { points, .. }) => Some(points),
        _ => None,
    }
}

fn soft_mut(event: &mut Event) -> Option<&mut SoftOptIn> {
    if let Body::Imported(relation) = &mut event.body { relation.evidence.as_mut() } else { None }
}

fn evidence_is_lost(event: &mut Event) {
    match &mut event.body {
        Body::Imported(relation) => relation.evidence = None,
        Body::OptInConfirmed(OptInConfirmed { evidence, .. }) => (evidence.products, evidence.until) = (None, None),
        _ => {}
    }
}

fn no_signal(event: &mut Event) {
    event.head.route = Route::Banner;
    match &mut event.body {
        Body::ChoiceMade(choice) | Body::Withdrawn(choice) | Body::Renewed(choice) => choice.gpc = false,
        Body::ContinuedUse(used) => used.gpc = false,
        _ => {}
    }
}

/// A confirmation that nobody gave.
fn confirmed(policy: ContentHash, channels: Vec<Channel>, points: Vec<GivenAt>, said: Circumstances) -> Body {
    let evidence = OptIn { verified: IdentityCheck::MailCode, products: None, until: None };
    OptInConfirmed { policy, channels, points, evidence, said }.into()
}

fn stopped_is_unknown(events: &[Recorded], policy: &Policy, question: &Question, now: Moment) -> Decision {
    let decision = decide(events, policy, question, now);
    let reason = if decision.reason == Reason::RevokedByController { Reason::Unknown } else { decision.reason };
    Decision { reason, ..decision }
}

fn pieces_filled_in(event: &mut Event) {
    if let Some(soft) = soft_mut(event) {
        soft.contract = Some("A-1".to_owned());
        soft.same_entity = true;
        soft.informed_on = Some(date!(2026 - 01 - 01));
        soft.opt_out_offered_on = soft.informed_on;
        soft.products = Some("phones".to_owned());
    }
}

fn variants() -> Vec<(&'static str, Box<Decider>)> {
    use EventKind as Kind;
    vec![
        ("lets a yes spread to another point", Box::new(a_yes_spreads)),
        ("takes one point that is allowed for all", Box::new(one_point_is_enough)),
        ("keeps a no to the point where it was said", Box::new(a_no_stays_where_it_was_said)),
        (
            "lets a relation spread to another point",
            misreading(|event, _| {
                if let Body::Imported(relation) = &mut event.body {
                    relation.points = vec![given_at(HERE), given_at(ELSEWHERE)];
                }
            }),
        ),
        ("forgets where a yes was given", misreading(|event, _| points_mut(event).into_iter().for_each(Vec::clear))),
        ("forgets what stands on other points of the person", Box::new(a_no_stays_at_its_point)),
        ("tells an objection at another point as one at this one", Box::new(a_no_elsewhere_is_one_here)),
        ("forgets what stands on the point", misreading_objections(Vec::clear)),
        ("looks at one objection on the point alone", misreading_objections(|objections| objections.truncate(1))),
        (
            "forgets objections whose maker is unknown",
            misreading_objections(|objections| objections.retain(|objection| objection.by.is_some())),
        ),
        ("lets an opt-in outrank what stands on the point", Box::new(an_opt_in_outranks_the_point)),
        ("takes an objection to one channel for one to all", Box::new(every_objection_names_all)),
        ("lets one person's yes lift another's no", misreading(|event, _| one_subject(event))),
        (
            "lets a merge forget one of the two",
            overlooking(|event| event.head.subject == Some(crate::scenario::somebody(false))),
        ),
        ("invents pieces of evidence", misreading(|event, _| pieces_filled_in(event))),
        (
            "takes an opt-out that was offered at another time",
            misreading(|event, _| {
                if let Some(soft) = soft_mut(event) {
                    soft.opt_out_offered_on = soft.opt_out_offered_on.and(soft.informed_on);
                }
            }),
        ),
        ("loses evidence", misreading(|event, _| evidence_is_lost(event))),
        (
            "overlooks that the opt-out was used",
            misreading(|event, _| {
                if let Some(soft) = soft_mut(event) {
                    soft.opt_out_used = false;
                }
            }),
        ),
        (
            "takes any opt-in for one to calls",
            misreading(|event, _| {
                if let Body::OptInConfirmed(OptInConfirmed { evidence: proof, .. }) = &mut event.body {
                    proof.products = Some("everything".to_owned());
                }
            }),
        ),
        (
            "lets an opt-in to calls live for ever",
            misreading(|event, _| {
                if let Body::OptInConfirmed(OptInConfirmed { evidence: proof, .. }) = &mut event.body {
                    proof.until = Some(date!(2200 - 01 - 01));
                }
            }),
        ),
        ("allows by default", Box::new(default_allow)),
        ("takes further use for consent", Box::new(further_use_is_consent)),
        ("lets further use lift a lapsed no", Box::new(further_use_lifts_a_lapsed_no)),
        ("takes the first answer", Box::new(first_answer_counts)),
        ("takes one yes for a yes to all", Box::new(one_yes_is_a_yes_to_all)),
        ("takes what it does not know for necessary", Box::new(unknown_is_necessary)),
        ("puts GPC above the person's answer", Box::new(gpc_outranks_answers)),
        ("overlooks GPC", misreading(|event, _| no_signal(event))),
        (
            "lets answers live for ever",
            misreading(|event, _| {
                answers_mut(event).for_each(|(_, answered)| answered.until = Some(date!(2200 - 01 - 01)));
            }),
        ),
        ("ends answers a day early", days_later(1)),
        ("ends answers a day late", days_later(-1)),
        (
            "overlooks that the question changed",
            misreading(|event, policy| {
                for (id, answered) in answers_mut(event) {
                    answered.revision = policy.purpose(id).map_or(0, |purpose| purpose.revision);
                }
            }),
        ),
        (
            "takes what was not offered for a yes",
            misreading(|event, policy| {
                for (id, answered) in answers_mut(event) {
                    if answered.answer == Answer::NotOffered {
                        answered.answer =
                            Answer::from_yes(policy.purpose(id).expect("ours").regime, true).expect("optional");
                        answered.until = Some(date!(2200 - 01 - 01));
                    }
                }
            }),
        ),
        (
            "takes what was not offered for a no",
            misreading(|event, _| {
                answers_read_as(event, Answer::NotOffered, Answer::Refused);
            }),
        ),
        ("overlooks refusals", misreading(|event, _| answers_read_as(event, Answer::Refused, Answer::NotOffered))),
        (
            "overlooks objections in answers",
            misreading(|event, _| {
                answers_read_as(event, Answer::Objected, Answer::NotOffered);
            }),
        ),
        ("overlooks withdrawals", overlooking(|event| event.kind() == Kind::Withdrawn)),
        ("overlooks objections", overlooking(|event| event.kind() == Kind::Objected)),
        ("forgets what the controller stopped", Box::new(stopped_is_unknown)),
        ("overlooks renewals", overlooking(|event| event.kind() == Kind::Renewed)),
        ("takes staff for the person", misreading(|event, _| every_actor_is_the_visitor(event))),
        (
            "takes the route of an import for the person's",
            misreading(|event, _| {
                if event.head.route == Route::Import {
                    event.head.route = Route::Banner;
                }
            }),
        ),
        (
            "lets an import lift an objection to a channel",
            misreading(|event, _| {
                if let Body::Imported(Relation { policy, channels, points, said, .. }) = event.body.clone() {
                    event.body = confirmed(policy, channels, points, said);
                    (event.head.actor, event.head.route) = (Actor::Person, Route::Banner);
                }
            }),
        ),
        (
            "takes a request for a confirmation",
            misreading(|event, _| {
                if let Body::OptInRequested(OptInRequested { policy, channels, points, said }) = event.body.clone() {
                    event.body = confirmed(policy, channels, points, said);
                }
            }),
        ),
        (
            "lets continued use unlock all low impact",
            bending(|policy, _| {
                let low_impact = policy.purposes.iter().filter(|purpose| purpose.regime == Regime::LowImpact);
                policy.continued_use.unlocks = low_impact.map(|purpose| purpose.id.clone()).collect();
            }),
        ),
        ("lets continued use unlock nothing", bending(|policy, _| policy.continued_use.unlocks.clear())),
        (
            "applies rules for channels before their time",
            bending(|policy, _| {
                policy.channels.iter_mut().for_each(|rule| rule.from = date!(2000 - 01 - 01));
                policy.channels.reverse();
            }),
        ),
        ("forgets rules to come", bending(|policy, now| policy.channels.retain(|rule| rule.from <= now.today))),
        (
            "keeps to the older rule for channels",
            bending(|policy, _| {
                policy.channels.retain(|rule| rule.from != crate::examples::CALLS_NEED_OPT_IN);
            }),
        ),
    ]
}

/// Scenarios from a seed; more than it takes, so that none depends on luck.
fn scenarios(seed: u64) -> impl Iterator<Item = Scenario> {
    let mut runner = runner(1, seed);
    let made = move || scenario().new_tree(&mut runner).expect("a scenario can be made").current();
    std::iter::repeat_with(made).take(50_000)
}

#[test]
fn every_wrong_way_to_decide_is_noticed() {
    let seed = seed();
    let mut unnoticed = variants();
    eprintln!("KEUZE_SEED={seed}, {} wrong ways", unnoticed.len());
    for scenario in scenarios(seed) {
        unnoticed.retain(|(wrong, decide)| {
            let noticed = ALL.into_iter().find(|(_, property)| property(&scenario, &**decide).is_err());
            noticed.inspect(|(name, _)| eprintln!("{wrong}: {name}")).is_none()
        });
        if unnoticed.is_empty() {
            return;
        }
    }
    let names: Vec<&str> = unnoticed.into_iter().map(|(wrong, _)| wrong).collect();
    panic!("nothing notices rules that do this: {} (KEUZE_SEED={seed})", names.join("; "));
}

#[test]
fn every_property_notices_something() {
    let seed = seed();
    let variants = variants();
    let mut idle = ALL.to_vec();
    for scenario in scenarios(seed) {
        idle.retain(|(_, property)| variants.iter().all(|(_, decide)| property(&scenario, &**decide).is_ok()));
        if idle.is_empty() {
            return;
        }
    }
    let names: Vec<&str> = idle.into_iter().map(|(name, _)| name).collect();
    panic!("no wrong rule breaks these properties: {} (KEUZE_SEED={seed})", names.join("; "));
}
