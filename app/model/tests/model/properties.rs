//! What must hold for every life of a subject, whatever the rules look like inside.

use model::channel::{Channel, ChannelNeed};
use model::choice::Answer;
use model::decision::{Decision, Question, Reason, Recorded};
use model::event::{Actor, Answered, Body, Event, EventKind, OptInConfirmed, Route};
use model::identity::PointName;
use model::purpose::{Purpose, PurposeId, Regime};
use proptest::test_runner::TestCaseError;
use time::Duration;

use crate::examples::{CALLS_NEED_OPT_IN, id};
use crate::scenario::{
    Decider, ELSEWHERE, HERE, Says, Scenario, address, answers_mut, asked_at, body, cases, given_at, noon, runner,
    scenario, seed, somebody,
};

/// A rule that every decision in a scenario keeps.
type Property = fn(&Scenario, &Decider) -> Result<(), String>;

/// All of them, with the names that a failure is reported under.
pub const ALL: [(&str, Property); 22] = [
    ("only a grant by the person allows a consent purpose", only_a_grant_allows_consent),
    ("a no ends what was allowed", a_no_denies),
    ("the latest answer of the person counts, GPC or not", the_latest_yes_allows),
    ("GPC outranks continued use", gpc_outranks_continued_use),
    ("continued use unlocks what is listed and needs no consent", continued_use_unlocks_what_is_listed),
    ("nothing said is denied", silence_is_denied),
    ("what was not offered changes nothing", not_offered_changes_nothing),
    ("other purposes change nothing", other_purposes_change_nothing),
    ("an allowance lasts to its last day and no longer", an_allowance_ends_with_its_last_day),
    ("an import neither grants nor lifts", an_import_grants_nothing),
    ("an objection to a channel outlives any import", an_objection_outlives_imports),
    ("advertising needs what its rule asks", channels_need_what_their_rule_asks),
    ("a confirmed opt-in is used", a_confirmed_opt_in_allows),
    ("a yes is for the point that it was given for", a_yes_is_for_its_point),
    ("a no is for every point", a_no_is_for_every_point),
    ("of several points each must be allowed", each_point_must_be_allowed),
    ("an objection on a contact point denies it to everybody", an_objection_on_the_point_denies),
    ("an objection at another point of the person denies", an_objection_at_another_point_denies),
    ("a contact point without an objection changes nothing", a_free_point_changes_nothing),
    ("a merge keeps every objection of both", a_merge_keeps_objections),
    ("evidence that is whole is used", whole_evidence_allows),
    ("the necessary is allowed and the unknown denied", the_ends_of_the_scale),
];

#[test]
fn every_property_holds() {
    let seed = seed();
    eprintln!("KEUZE_SEED={seed}, {} cases", cases());
    let outcome = runner(cases(), seed).run(&scenario(), |scenario| {
        ALL.into_iter().try_for_each(|(name, property)| {
            let held = property(&scenario, &model::decision::decide);
            held.map_err(|why| TestCaseError::fail(format!("{name}: {why}")))
        })
    });
    outcome.unwrap_or_else(|found| panic!("KEUZE_SEED={seed}: {found}"));
}

fn person(event: &Event) -> bool {
    matches!(event.head.actor, Actor::Visitor | Actor::Person) && event.head.route != Route::Import
}

/// The answer that an event carries for a purpose, if it carries one.
fn said<'a>(event: &'a Event, purpose: &PurposeId) -> Option<&'a Answered> {
    event.answer_for(purpose).filter(|answered| answered.answer != Answer::NotOffered)
}

/// A person's yes to the question as it is now asked.
fn valid_yes(event: &Event, purpose: &Purpose) -> bool {
    let yes = if purpose.regime == Regime::Consent { Answer::Granted } else { Answer::NotObjected };
    let current = said(event, &purpose.id)
        .is_some_and(|answered| answered.answer == yes && answered.revision == purpose.revision);
    person(event) && current
}

/// The last event that says anything about a purpose.
fn last_statement<'a>(scenario: &'a Scenario, purpose: &PurposeId) -> Option<&'a Recorded> {
    scenario.events.iter().rev().find(|Recorded { event, .. }| speaks(event, purpose))
}

fn speaks(event: &Event, purpose: &PurposeId) -> bool {
    said(event, purpose).is_some()
}

fn signals(scenario: &Scenario) -> bool {
    scenario.events.iter().any(|recorded| recorded.event.gpc() || recorded.event.head.route == Route::Gpc)
}

fn gpc_denies(scenario: &Scenario, purpose: &Purpose) -> bool {
    let gpc = &scenario.policy.gpc;
    gpc.deny.contains(&purpose.id) || gpc.also_object_low_impact && purpose.regime == Regime::LowImpact
}

fn ask(scenario: &Scenario, decide: &Decider, purpose: &PurposeId) -> Decision {
    scenario.ask(decide, &Question::Purpose(purpose.clone()))
}

fn expect(holds: bool, purpose: &dyn std::fmt::Display, decision: &Decision) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{purpose}: {decision:?}")) }
}

fn only_a_grant_allows_consent(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in scenario.policy.purposes.iter().filter(|purpose| purpose.regime == Regime::Consent) {
        let in_time = |event: &Event| said(event, &purpose.id)?.until.map(|until| scenario.now.today <= until);
        let granted = scenario.events.iter().any(|Recorded { event, .. }| {
            said(event, &purpose.id).is_some_and(|answered| answered.answer == Answer::Granted)
                && valid_yes(event, purpose)
                && in_time(event) == Some(true)
        });
        let decision = ask(scenario, decide, &purpose.id);
        expect(granted || !decision.allow, &purpose.id, &decision)?;
    }
    Ok(())
}

fn a_no_denies(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in scenario.purposes() {
        let no = last_statement(scenario, purpose).is_some_and(|Recorded { event, .. }| {
            said(event, purpose).is_some_and(|answered| !answered.answer.is_yes())
        });
        let decision = ask(scenario, decide, purpose);
        expect(!(no && decision.allow), purpose, &decision)?;
    }
    Ok(())
}

fn the_latest_yes_allows(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in scenario.policy.optional() {
        let Some(last) = last_statement(scenario, &purpose.id).filter(|last| valid_yes(&last.event, purpose)) else {
            continue;
        };
        let until = said(&last.event, &purpose.id).and_then(|answered| answered.until);
        let holds = until.is_some_and(|until| scenario.now.today <= until);
        let decision = ask(scenario, decide, &purpose.id);
        expect(decision.allow == holds, &purpose.id, &decision)?;
        expect(decision.evidence == [last.address] || !holds, &purpose.id, &decision)?;
        expect(decision.until == until || !holds, &purpose.id, &decision)?;
    }
    Ok(())
}

/// Low-impact purposes about which nothing was ever said: there is no explicit answer to outrank anything.
fn unanswered_low_impact(scenario: &Scenario) -> impl Iterator<Item = &Purpose> {
    let low_impact = scenario.policy.purposes.iter().filter(|purpose| purpose.regime == Regime::LowImpact);
    low_impact.filter(|purpose| last_statement(scenario, &purpose.id).is_none())
}

fn gpc_outranks_continued_use(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in unanswered_low_impact(scenario).filter(|purpose| gpc_denies(scenario, purpose)) {
        let decision = ask(scenario, decide, &purpose.id);
        expect(!signals(scenario) || decision.reason == Reason::Gpc, &purpose.id, &decision)?;
        expect(!(signals(scenario) && decision.allow), &purpose.id, &decision)?;
    }
    Ok(())
}

fn continued_use_unlocks_what_is_listed(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in unanswered_low_impact(scenario) {
        let silent = !(signals(scenario) && gpc_denies(scenario, purpose));
        let listed = scenario.policy.continued_use.unlocks.contains(&purpose.id);
        let recent = scenario.events.iter().any(|Recorded { event, .. }| {
            let Body::ContinuedUse(used) = &event.body else { return false };
            used.questions.get(&purpose.id).is_none_or(|revision| *revision == purpose.revision)
                && scenario.now.at - event.head.at <= Duration::days(150)
        });
        let decision = ask(scenario, decide, &purpose.id);
        expect(listed || !decision.allow, &purpose.id, &decision)?;
        expect(!(silent && listed && recent) || decision.reason == Reason::ContinuedUse, &purpose.id, &decision)?;
    }
    Ok(())
}

fn silence_is_denied(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in scenario.purposes() {
        let used = scenario.events.iter().any(|recorded| recorded.event.kind() == EventKind::ContinuedUse);
        let silent = last_statement(scenario, purpose).is_none() && !used;
        let decision = ask(scenario, decide, purpose);
        expect(!(silent && decision.allow), purpose, &decision)?;
    }
    Ok(())
}

fn not_offered_changes_nothing(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    let mut more = scenario.clone();
    for kind in [EventKind::ChoiceMade, EventKind::Withdrawn, EventKind::Renewed] {
        let not_offered = |purpose: &Purpose| {
            (purpose.id.clone(), Answered { answer: Answer::NotOffered, revision: purpose.revision, until: None })
        };
        let says = Says { answers: scenario.policy.optional().map(not_offered).collect(), ..Says::default() };
        let event = Event::new(scenario.now.at, Actor::Visitor, Route::Banner, body(kind, says));
        more.events.insert(scenario.place, Recorded { address: address(900), event });
    }
    same_for_purposes(scenario, &more, decide)
}

fn other_purposes_change_nothing(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in scenario.purposes() {
        let mut alone = scenario.clone();
        for recorded in &mut alone.events {
            let others = answers_mut(&mut recorded.event).filter(|(name, _)| *name != purpose);
            others.for_each(|(_, answered)| answered.answer = Answer::NotOffered);
        }
        let (with, without) = (ask(scenario, decide, purpose), ask(&alone, decide, purpose));
        expect(with == without, purpose, &with)?;
    }
    Ok(())
}

fn same_for_purposes(one: &Scenario, other: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in one.purposes() {
        let decision = ask(other, decide, purpose);
        expect(ask(one, decide, purpose) == decision, purpose, &decision)?;
    }
    Ok(())
}

fn an_allowance_ends_with_its_last_day(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for purpose in scenario.purposes() {
        let decision = ask(scenario, decide, purpose);
        let Some(until) = decision.until.filter(|_| decision.allow) else {
            expect(!decision.allow, purpose, &decision)?;
            continue;
        };
        let on = |day| ask(&Scenario { now: noon(day), ..scenario.clone() }, decide, purpose);
        expect(on(until).allow, purpose, &decision)?;
        expect(!on(until + Duration::DAY).allow, purpose, &decision)?;
    }
    Ok(())
}

fn an_import_grants_nothing(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    let mut imported = scenario.clone();
    let yes = |purpose: &Purpose| {
        let answer = Answer::from_yes(purpose.regime, true).unwrap_or(Answer::NotOffered);
        (purpose.id.clone(), Answered { answer, revision: purpose.revision, until: Some(scenario.now.today) })
    };
    let says = Says { answers: scenario.policy.optional().map(yes).collect(), ..Says::default() };
    let choice = body(EventKind::ChoiceMade, says);
    let event = Event::new(scenario.now.at, Actor::Person, Route::Import, choice);
    imported.events.insert(scenario.place, Recorded { address: address(901), event });
    for purpose in scenario.purposes() {
        let (before, after) = (ask(scenario, decide, purpose), ask(&imported, decide, purpose));
        expect(before.allow || !after.allow, purpose, &after)?;
    }
    Ok(())
}

/// The last event of some kinds that is about a channel, by its place.
fn last_about(scenario: &Scenario, channel: Channel, kind: fn(&Event) -> bool) -> Option<usize> {
    scenario.events.iter().rposition(|Recorded { event, .. }| kind(event) && event.channels().contains(&channel))
}

fn confirmed(event: &Event) -> bool {
    event.kind() == EventKind::OptInConfirmed && person(event)
}

fn objected_to(event: &Event, channel: Channel) -> bool {
    let named = event.channels();
    event.kind() == EventKind::Objected && (named.is_empty() || named.contains(&channel))
}

/// The lives of those who are not somebody else as well, each with the events of their own.
fn lives_apart(scenario: &Scenario) -> Vec<Vec<&Event>> {
    let merged = scenario.events.iter().any(|recorded| recorded.event.kind() == EventKind::Merged);
    let of = |first| {
        let own = scenario.events.iter().filter(move |recorded| recorded.event.head.subject == Some(somebody(first)));
        own.map(|recorded| &recorded.event).collect()
    };
    if merged { Vec::new() } else { vec![of(true), of(false)] }
}

fn an_objection_outlives_imports(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL {
        let stands = |life: &Vec<&Event>| {
            let objected = life.iter().rposition(|event| objected_to(event, channel));
            let lifted = life.iter().rposition(|event| confirmed(event) && event.channels().contains(&channel));
            objected.is_some() && objected > lifted
        };
        let decision = scenario.ask(decide, &Question::Channel(channel));
        let denied = lives_apart(scenario).iter().any(stands);
        expect(!(denied && decision.allow), &format!("{channel:?}"), &decision)?;
    }
    Ok(())
}

/// After a merge only an opt-in that comes later still lifts what either of the two objected to.
fn a_merge_keeps_objections(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    let Some(merge) = scenario.events.iter().rposition(|recorded| recorded.event.kind() == EventKind::Merged) else {
        return Ok(());
    };
    let (before, after) = scenario.events.split_at(merge);
    for channel in Channel::ALL {
        let about = |recorded: &&Recorded| recorded.event.channels().contains(&channel);
        let lifted_by = |first: bool, from: usize| {
            let own = before.iter().skip(from).filter(|recorded| recorded.event.head.subject == Some(somebody(first)));
            own.filter(about).any(|recorded| confirmed(&recorded.event))
        };
        let stands = |first: bool| {
            let own = |recorded: &Recorded| recorded.event.head.subject == Some(somebody(first));
            let last = before.iter().rposition(|r| own(r) && objected_to(&r.event, channel));
            // With one merge only: an earlier one had joined the two already.
            last.is_some_and(|place| !lifted_by(first, place))
        };
        let single = !before.iter().any(|recorded| recorded.event.kind() == EventKind::Merged);
        let lifted = after.iter().filter(about).any(|recorded| confirmed(&recorded.event));
        let decision = scenario.ask(decide, &Question::Channel(channel));
        let denied = single && !lifted && (stands(true) || stands(false));
        expect(!(denied && decision.allow), &format!("{channel:?}"), &decision)?;
    }
    Ok(())
}

fn an_objection_on_the_point_denies(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL {
        let decision = scenario.ask(decide, &Question::Reach(channel, vec![scenario.here()]));
        let stands = scenario.objections.iter().any(|objection| objection.channels.contains(&channel));
        expect(!(stands && decision.allow), &format!("{channel:?}"), &decision)?;
    }
    Ok(())
}

/// As the person's own no; what it does not name it leaves as it was.
fn an_objection_at_another_point_denies(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL {
        let decision = scenario.ask(decide, &Question::Reach(channel, vec![scenario.beside()]));
        let without = at(scenario, decide, channel, HERE);
        let stands = scenario.spread.iter().any(|objection| objection.channels.contains(&channel));
        let holds = if stands { !decision.allow && decision.reason.is_no() } else { decision == without };
        expect(holds && decision.reason != Reason::PointObjected, &format!("{channel:?}"), &decision)?;
    }
    Ok(())
}

fn a_free_point_changes_nothing(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL {
        let mut others = scenario.objections.clone();
        others.iter_mut().for_each(|objection| objection.channels.retain(|other| *other != channel));
        let decision = scenario.ask(decide, &Question::Reach(channel, vec![asked_at(HERE, others)]));
        let without = at(scenario, decide, channel, HERE);
        expect(decision == without, &format!("{channel:?}"), &decision)?;
        let is_anywhere = |event: &Event| !may_name_points(event) || event.points().contains(&given_at(HERE));
        let everywhere = scenario.events.iter().all(|recorded| is_anywhere(&recorded.event));
        let anywhere = scenario.ask(decide, &Question::Channel(channel));
        expect(!everywhere || decision == anywhere, &format!("{channel:?} given here"), &decision)?;
    }
    Ok(())
}

/// At a point on which nothing stands.
fn at(scenario: &Scenario, decide: &Decider, channel: Channel, name: PointName) -> Decision {
    scenario.ask(decide, &Question::Reach(channel, vec![asked_at(name, Vec::new())]))
}

/// What allows something at a point names that point, but where there is none to name.
fn a_yes_is_for_its_point(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for (channel, name) in Channel::ALL.into_iter().flat_map(|channel| [(channel, HERE), (channel, ELSEWHERE)]) {
        let decision = at(scenario, decide, channel, name);
        let rests_on = scenario.events.iter().filter(|recorded| decision.evidence.contains(&recorded.address));
        let for_this = rests_on.filter(|recorded| recorded.event.points().contains(&given_at(name))).count();
        let holds = !decision.allow || channel.point().is_none() || for_this > 0;
        expect(holds, &format!("{channel:?} at {name}"), &decision)?;
    }
    // A yes that was for another point alone is as if it had not been said.
    let mut fewer = scenario.clone();
    let grants = |event: &Event| matches!(event.kind(), EventKind::OptInConfirmed | EventKind::Imported);
    fewer
        .events
        .retain(|Recorded { event, .. }| !grants(event) || refuses(event) || event.points().contains(&given_at(HERE)));
    for channel in Channel::ALL.into_iter().filter(|channel| channel.point().is_some()) {
        let (decision, without) = (at(scenario, decide, channel, HERE), at(&fewer, decide, channel, HERE));
        expect(decision.allow == without.allow, &format!("{channel:?} without what was for elsewhere"), &decision)?;
    }
    Ok(())
}

/// Wherever it was said, and whatever was given there.
fn a_no_is_for_every_point(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for (channel, name) in Channel::ALL.into_iter().flat_map(|channel| [(channel, HERE), (channel, ELSEWHERE)]) {
        let stands = |life: &Vec<&Event>| {
            let objected = life.iter().rposition(|event| objected_to(event, channel));
            let lifted = life.iter().rposition(|event| confirmed(event) && event.channels().contains(&channel));
            objected.is_some() && objected > lifted
        };
        let decision = at(scenario, decide, channel, name);
        let denied = lives_apart(scenario).iter().any(stands);
        expect(!(denied && decision.allow), &format!("{channel:?} at {name}"), &decision)?;
    }
    Ok(())
}

/// Whether what an event grants or asks is for points.
fn may_name_points(event: &Event) -> bool {
    matches!(event.kind(), EventKind::OptInConfirmed | EventKind::OptInRequested | EventKind::Imported)
}

fn refuses(event: &Event) -> bool {
    event.soft_opt_in().is_some_and(|soft| soft.opt_out_used)
}

fn each_point_must_be_allowed(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL.into_iter().filter(|channel| channel.point().is_some()) {
        let points = vec![asked_at(HERE, Vec::new()), asked_at(ELSEWHERE, Vec::new())];
        let decision = scenario.ask(decide, &Question::Reach(channel, points));
        let each = [HERE, ELSEWHERE].map(|name| at(scenario, decide, channel, name).allow);
        expect(decision.allow == (each == [true, true]), &format!("{channel:?} at both"), &decision)?;
        let nowhere = scenario.ask(decide, &Question::Reach(channel, Vec::new()));
        expect(!nowhere.allow, &format!("{channel:?} nowhere"), &nowhere)?;
    }
    Ok(())
}

/// What a channel needs on a day, written out from the example policy.
fn need(channel: Channel, scenario: &Scenario) -> ChannelNeed {
    match channel {
        Channel::Newsletter => ChannelNeed::SoftOptIn,
        Channel::Social => ChannelNeed::SelfSignUp,
        Channel::Post => ChannelNeed::OptOut,
        Channel::Phone if scenario.now.today < CALLS_NEED_OPT_IN => ChannelNeed::OptOut,
        Channel::Email | Channel::Phone => ChannelNeed::OptIn,
    }
}

/// The five pieces, the opt-out offered when the address was collected and not used, written out from the law.
fn soft(event: &Event) -> bool {
    let Some(soft) = event.soft_opt_in() else { return false };
    let days =
        soft.informed_on.zip(soft.opt_out_offered_on).map(|(informed, offered)| (offered - informed).whole_days());
    let told = days.is_some_and(|days| (-1..=1).contains(&days));
    soft.contract.is_some() && soft.same_entity && told && soft.products.is_some() && !soft.opt_out_used
}

/// Whether a confirmation is enough for calls on a day: products and a period.
fn enough_for_calls(event: &Event, today: time::Date) -> bool {
    let Body::OptInConfirmed(OptInConfirmed { evidence: proof, .. }) = &event.body else { return false };
    proof.products.is_some() && proof.until.is_some_and(|until| today <= until)
}

fn channels_need_what_their_rule_asks(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL {
        let any = |enough: &dyn Fn(&Event) -> bool| {
            scenario.events.iter().any(|Recorded { event, .. }| event.channels().contains(&channel) && enough(event))
        };
        let strict = channel == Channel::Phone && need(channel, scenario) == ChannelNeed::OptIn;
        let opted_in = any(&|event| confirmed(event) && (!strict || enough_for_calls(event, scenario.now.today)));
        let enough = opted_in
            || match need(channel, scenario) {
                ChannelNeed::OptOut => any(&|event| event.kind() == EventKind::Imported),
                ChannelNeed::SoftOptIn => any(&|event| event.kind() == EventKind::Imported && soft(event)),
                ChannelNeed::OptIn | ChannelNeed::SelfSignUp => false,
            };
        let decision = scenario.ask(decide, &Question::Channel(channel));
        expect(enough || !decision.allow, &format!("{channel:?}"), &decision)?;
        let too_long = channel == Channel::Phone
            && scenario.now.today < CALLS_NEED_OPT_IN
            && decision.until.is_none_or(|until| until >= CALLS_NEED_OPT_IN);
        expect(!(decision.allow && too_long), &format!("{channel:?}"), &decision)?;
        let on = |day| Scenario { now: noon(day), ..scenario.clone() }.ask(decide, &Question::Channel(channel));
        let holds = decision.until.is_none_or(|until| on(until).allow);
        expect(!decision.allow || holds, &format!("{channel:?}"), &decision)?;
    }
    Ok(())
}

/// Whether anything in a life says no to a channel.
fn stops(event: &Event, channel: Channel) -> bool {
    objected_to(event, channel) || refuses(event) && event.channels().contains(&channel)
}

fn a_confirmed_opt_in_allows(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    for channel in Channel::ALL {
        let ended = scenario.events.iter().rposition(|recorded| stops(&recorded.event, channel));
        let opted_in = last_about(scenario, channel, confirmed);
        let Some(last) = opted_in.filter(|_| opted_in > ended).map(|place| &scenario.events[place].event) else {
            continue;
        };
        let strict = channel == Channel::Phone && need(channel, scenario) == ChannelNeed::OptIn;
        // Of two people the later opt-in is one person's; what the other one said is not lifted by it.
        let one_person = scenario.events.iter().all(|recorded| recorded.event.head.subject == last.head.subject);
        let stands = one_person && (!strict || enough_for_calls(last, scenario.now.today));
        let decision = scenario.ask(decide, &Question::Channel(channel));
        expect(!stands || decision.reason == Reason::OptedIn && decision.allow, &format!("{channel:?}"), &decision)?;
    }
    Ok(())
}

fn whole_evidence_allows(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    let channel = Channel::Newsletter;
    let about = |event: &Event| event.channels().contains(&channel);
    let last = scenario.events.iter().rev().find(|r| r.event.kind() == EventKind::Imported && about(&r.event));
    let quiet = scenario.events.iter().all(|recorded| {
        let opted_in = about(&recorded.event) && recorded.event.kind() == EventKind::OptInConfirmed;
        !opted_in && !stops(&recorded.event, channel)
    });
    let decision = scenario.ask(decide, &Question::Channel(channel));
    let enough = quiet && last.is_some_and(|recorded| soft(&recorded.event));
    expect(!enough || decision.allow && decision.reason == Reason::SoftOptIn, &"newsletter", &decision)
}

fn the_ends_of_the_scale(scenario: &Scenario, decide: &Decider) -> Result<(), String> {
    let necessary = ask(scenario, decide, &id("necessary"));
    expect(necessary.allow && necessary.reason == Reason::Necessary, &"necessary", &necessary)?;
    let unknown = ask(scenario, decide, &id("unheard_of"));
    expect(!unknown.allow && unknown.reason == Reason::Unknown, &"unheard_of", &unknown)?;
    let mut without = scenario.clone();
    without.policy.purposes.retain(|purpose| purpose.id != id("marketing"));
    let stopped = ask(&without, decide, &id("marketing"));
    let was_answered = last_statement(scenario, &id("marketing")).is_some();
    let why = if was_answered { Reason::RevokedByController } else { Reason::Unknown };
    expect(!stopped.allow && stopped.reason == why, &"marketing, which the policy no longer has", &stopped)
}
