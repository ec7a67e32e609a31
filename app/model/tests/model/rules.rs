//! Single decisions with their reasons, as they are explained to people.

use model::channel::Channel;
use model::choice::Answer;
use model::decision::{Question, Reason, Recorded, decide};
use model::event::{Actor, Answered, Event, EventKind, Head, Route};
use model::evidence::{Evidence, IdentityCheck, OptIn, SoftOptIn};
use model::identity::PointName;
use time::macros::date;
use time::{Date, Duration};

use crate::examples::{id, policy};
use crate::scenario::{ELSEWHERE, HERE, Says, address, asked_at, body, given_at, noon, somebody};

const DAY: Date = date!(2026 - 05 - 01);
const UNTIL: Date = date!(2026 - 11 - 01);

/// Events one after the other, in the order in which they are given.
fn history(events: impl IntoIterator<Item = Event>) -> Vec<Recorded> {
    let places = events.into_iter().enumerate();
    places.map(|(index, event)| Recorded { address: address(index), event }).collect()
}

fn answer(kind: EventKind, purpose: &str, answer: Answer, revision: u32) -> Event {
    let answers = [(id(purpose), Answered { answer, revision, until: Some(UNTIL) })].into();
    let says = body(kind, Says { answers, ..Says::default() });
    Event::new(noon(DAY).at, Actor::Visitor, Route::Banner, says)
}

fn on_channel(kind: EventKind, actor: Actor, route: Route, channel: Channel) -> Event {
    said_of(kind, actor, route, Says { channels: vec![channel], ..Says::default() })
}

fn said_of(kind: EventKind, actor: Actor, route: Route, says: Says) -> Event {
    Event::new(noon(DAY).at, actor, route, body(kind, says))
}

fn reason(events: &[Recorded], purpose: &str, today: Date) -> (bool, Reason) {
    let decision = decide(events, &policy(), &Question::Purpose(id(purpose)), noon(today));
    (decision.allow, decision.reason)
}

#[test]
fn each_reason_is_given_where_it_belongs() {
    use EventKind as Kind;
    let grant = || answer(Kind::ChoiceMade, "marketing", Answer::Granted, 2);
    let refuse = || answer(Kind::Withdrawn, "marketing", Answer::Refused, 2);
    let by_agent = || {
        let Event { head, body } = grant();
        Event { head: Head { actor: Actor::Agent { name: "a".to_owned() }, ..head }, body }
    };
    let with_signal = || {
        let answers = [(id("marketing"), Answered { answer: Answer::Granted, revision: 2, until: Some(UNTIL) })].into();
        let says = Says { answers, gpc: true, ..Says::default() };
        said_of(Kind::ChoiceMade, Actor::Visitor, Route::Banner, says)
    };
    let table = [
        (vec![], (false, Reason::NoAnswer)),
        (vec![grant()], (true, Reason::Granted)),
        (vec![with_signal()], (true, Reason::Granted)),
        (vec![answer(Kind::ChoiceMade, "marketing", Answer::Refused, 2)], (false, Reason::Refused)),
        (vec![grant(), refuse()], (false, Reason::Withdrawn)),
        (vec![grant(), refuse(), refuse()], (false, Reason::Withdrawn)),
        (vec![grant(), refuse(), grant()], (true, Reason::Granted)),
        (vec![answer(Kind::ChoiceMade, "marketing", Answer::Objected, 2)], (false, Reason::Objected)),
        (vec![answer(Kind::ChoiceMade, "marketing", Answer::Granted, 1)], (false, Reason::QuestionChanged)),
        (vec![by_agent()], (false, Reason::Unconfirmed)),
        (vec![refuse(), by_agent()], (false, Reason::Refused)),
        (vec![said_of(Kind::ChoiceMade, Actor::Visitor, Route::Gpc, Says::default())], (false, Reason::Gpc)),
    ];
    for (events, expected) in table {
        let events = history(events);
        assert_eq!(reason(&events, "marketing", DAY), expected, "{events:#?}");
    }
}

#[test]
fn an_answer_holds_through_its_last_day() {
    let grant = history([answer(EventKind::ChoiceMade, "marketing", Answer::Granted, 2)]);
    assert_eq!(reason(&grant, "marketing", UNTIL), (true, Reason::Granted));
    assert_eq!(reason(&grant, "marketing", UNTIL.next_day().expect("a day")), (false, Reason::Expired));
    let refusal = history([answer(EventKind::ChoiceMade, "marketing", Answer::Refused, 2)]);
    assert_eq!(reason(&refusal, "marketing", UNTIL), (false, Reason::Refused));
    assert_eq!(reason(&refusal, "marketing", UNTIL.next_day().expect("a day")), (false, Reason::Expired));
}

#[test]
fn a_stale_yes_lifts_nothing_and_a_stale_no_ends_a_yes() {
    let yes = |revision| answer(EventKind::ChoiceMade, "marketing", Answer::Granted, revision);
    let no = |revision| answer(EventKind::ChoiceMade, "marketing", Answer::Refused, revision);
    assert_eq!(reason(&history([no(2), yes(1)]), "marketing", DAY), (false, Reason::Refused));
    assert_eq!(reason(&history([yes(2), yes(1)]), "marketing", DAY), (true, Reason::Granted));
    assert_eq!(reason(&history([yes(2), no(1)]), "marketing", DAY), (false, Reason::QuestionChanged));
}

#[test]
fn continued_use_unlocks_until_an_objection_and_for_the_validity() {
    let used = said_of(EventKind::ContinuedUse, Actor::Visitor, Route::Banner, Says::default());
    let objection = answer(EventKind::ChoiceMade, "statistics", Answer::Objected, 2);
    let only_used = history([used.clone()]);
    assert_eq!(reason(&only_used, "statistics", UNTIL), (true, Reason::ContinuedUse));
    assert_eq!(reason(&only_used, "statistics", UNTIL.next_day().expect("a day")), (false, Reason::NoAnswer));
    assert_eq!(reason(&only_used, "quality", DAY), (false, Reason::NoAnswer), "not listed");
    assert_eq!(reason(&only_used, "marketing", DAY), (false, Reason::NoAnswer), "needs consent");
    let late = date!(2030 - 01 - 01);
    for events in [history([used.clone(), objection.clone()]), history([objection, used])] {
        assert_eq!(reason(&events, "statistics", DAY), (false, Reason::Objected));
        assert_eq!(reason(&events, "statistics", late), (false, Reason::Objected), "until the person lifts it");
    }
}

#[test]
fn a_decision_names_its_article_evidence_and_last_day() {
    let events = history([answer(EventKind::ChoiceMade, "marketing", Answer::Granted, 2)]);
    let decision = decide(&events, &policy(), &Question::Purpose(id("marketing")), noon(DAY));
    insta::assert_compact_debug_snapshot!(decision, @r#"Decision { allow: true, reason: Granted, basis: "Tw art. 11.7a lid 1; GDPR art. 6(1)(a)", evidence: [RecordAddress { shard: ShardNumber(1), index: 0 }], until: Some(2026-11-01) }"#);
    let decision = decide(&[], &policy(), &Question::Purpose(id("necessary")), noon(DAY));
    insta::assert_compact_debug_snapshot!(decision, @r#"Decision { allow: true, reason: Necessary, basis: "Tw art. 11.7a lid 3", evidence: [], until: None }"#);
    let imported = history([on_channel(EventKind::Imported, Actor::System, Route::Import, Channel::Phone)]);
    let decision = decide(&imported, &policy(), &Question::Channel(Channel::Phone), noon(DAY));
    insta::assert_compact_debug_snapshot!(decision, @r#"Decision { allow: true, reason: OptOut, basis: "Tw 11.7", evidence: [RecordAddress { shard: ShardNumber(1), index: 0 }], until: Some(2026-06-30) }"#);
}

#[test]
fn channels_follow_the_rule_of_the_day() {
    use EventKind as Kind;
    let phone = |kind| on_channel(kind, Actor::Person, Route::PhoneIn, Channel::Phone);
    let import = || on_channel(Kind::Imported, Actor::System, Route::Import, Channel::Phone);
    let for_products = |until| {
        let proof =
            OptIn { verified: IdentityCheck::MailCode, products: Some("Bellen thuis".to_owned()), until: Some(until) };
        let says = Says { channels: vec![Channel::Phone], evidence: Some(Evidence::OptIn(proof)), ..Says::default() };
        said_of(Kind::OptInConfirmed, Actor::Person, Route::PhoneIn, says)
    };
    let (before, after) = (date!(2026 - 06 - 30), date!(2026 - 07 - 01));
    let table = [
        (vec![], before, (false, Reason::NoAnswer)),
        (vec![import()], before, (true, Reason::OptOut)),
        (vec![import()], after, (false, Reason::NoAnswer)),
        (vec![import(), phone(Kind::OptInRequested)], after, (false, Reason::Unconfirmed)),
        (vec![import(), phone(Kind::OptInConfirmed)], after, (false, Reason::EvidenceMissing)),
        (vec![import(), phone(Kind::OptInConfirmed)], before, (true, Reason::OptedIn)),
        (vec![for_products(after)], after, (true, Reason::OptedIn)),
        (vec![for_products(before)], after, (false, Reason::Expired)),
        (vec![phone(Kind::Objected), import()], before, (false, Reason::Objected)),
        (vec![phone(Kind::Objected), phone(Kind::OptInRequested)], before, (false, Reason::Objected)),
        (vec![phone(Kind::Objected), for_products(after)], after, (true, Reason::OptedIn)),
        (vec![phone(Kind::OptInConfirmed), phone(Kind::Objected)], after, (false, Reason::Objected)),
    ];
    for (events, day, expected) in table {
        let events = history(events);
        let decision = decide(&events, &policy(), &Question::Channel(Channel::Phone), noon(day));
        assert_eq!((decision.allow, decision.reason), expected, "{events:#?}");
    }
}

#[test]
fn an_objection_that_names_nothing_is_to_every_channel() {
    let general = said_of(EventKind::Objected, Actor::Person, Route::Letter, Says::default());
    for channel in Channel::ALL {
        let events =
            history([on_channel(EventKind::OptInConfirmed, Actor::Person, Route::Portal, channel), general.clone()]);
        let decision = decide(&events, &policy(), &Question::Channel(channel), noon(DAY));
        assert_eq!((decision.allow, decision.reason), (false, Reason::Objected));
    }
}

/// S-21: a soft opt-in rests on five pieces of evidence; each of them missing, there is none, and an opt-out that was
/// offered at another time than the address was collected is missing (Tw art. 11.7 lid 3).
#[test]
fn a_soft_opt_in_needs_every_piece() {
    let whole = SoftOptIn {
        contract: Some("K-1001".to_owned()),
        same_entity: true,
        informed_on: Some(DAY),
        opt_out_offered_on: Some(DAY),
        opt_out_used: false,
        products: Some("Bellen thuis".to_owned()),
    };
    let decided = |proof: SoftOptIn| {
        let evidence = Some(Evidence::SoftOptIn(proof));
        let says = Says { channels: vec![Channel::Newsletter], evidence, ..Says::default() };
        let events = history([said_of(EventKind::Imported, Actor::System, Route::Import, says)]);
        let decision = decide(&events, &policy(), &Question::Channel(Channel::Newsletter), noon(DAY));
        (decision.allow, decision.reason)
    };
    assert_eq!(decided(whole.clone()), (true, Reason::SoftOptIn));
    for lacking in [
        SoftOptIn { contract: None, ..whole.clone() },
        SoftOptIn { contract: Some(" ".to_owned()), ..whole.clone() },
        SoftOptIn { same_entity: false, ..whole.clone() },
        SoftOptIn { informed_on: None, ..whole.clone() },
        SoftOptIn { opt_out_offered_on: None, ..whole.clone() },
        SoftOptIn { opt_out_offered_on: Some(DAY + Duration::days(2)), ..whole.clone() },
        SoftOptIn { informed_on: Some(DAY - Duration::days(2000)), ..whole.clone() },
        SoftOptIn { products: None, ..whole.clone() },
    ] {
        assert_eq!(lacking.missing().len(), 1);
        assert_eq!(decided(lacking), (false, Reason::EvidenceMissing));
    }
    let past_midnight = SoftOptIn { opt_out_offered_on: DAY.next_day(), ..whole.clone() };
    assert_eq!(decided(past_midnight), (true, Reason::SoftOptIn));
    assert_eq!(decided(SoftOptIn { opt_out_used: true, ..whole }), (false, Reason::Refused));
}

/// Whatever one of two people agreed to before, the other one's no stands when they turn out to be one.
#[test]
fn a_merge_keeps_every_no() {
    let (kept, other) = (somebody(true), somebody(false));
    let of = |subject, kind| {
        on_channel(kind, Actor::Person, Route::PreferencePage, Channel::Newsletter).with_subject(Some(subject))
    };
    let merge = Says { other: Some(other), ..Says::default() };
    let merged = said_of(EventKind::Merged, Actor::System, Route::Desk, merge).with_subject(Some(kept));
    let decided = |events: Vec<Event>| {
        let decision = decide(&history(events), &policy(), &Question::Channel(Channel::Newsletter), noon(DAY));
        (decision.allow, decision.reason)
    };
    let objected = of(other, EventKind::Objected);
    let opted_in = of(kept, EventKind::OptInConfirmed);
    assert_eq!(decided(vec![objected.clone(), opted_in.clone(), merged.clone()]), (false, Reason::Objected));
    assert_eq!(decided(vec![opted_in.clone(), objected.clone(), merged.clone()]), (false, Reason::Objected));
    assert_eq!(decided(vec![objected.clone(), merged.clone(), opted_in.clone()]), (true, Reason::OptedIn));
    let by_the_old_id = of(other, EventKind::OptInConfirmed);
    assert_eq!(decided(vec![objected, merged, by_the_old_id]), (true, Reason::OptedIn));
}

/// A yes and the word of a relation are for the points that they name; a point beside them has none until its own, and a
/// no holds at each.
#[test]
fn what_was_given_at_one_point_is_missing_at_another() {
    use EventKind as Kind;
    let at = |points: &[PointName]| Says {
        channels: vec![Channel::Newsletter],
        points: points.iter().map(|name| given_at(*name)).collect(),
        ..Says::default()
    };
    let own = |kind, points: &[PointName]| said_of(kind, Actor::Person, Route::MailLink, at(points));
    let import = |points: &[PointName]| {
        let evidence = Some(Evidence::SoftOptIn(SoftOptIn {
            contract: Some("K-1001".to_owned()),
            same_entity: true,
            informed_on: Some(DAY),
            opt_out_offered_on: Some(DAY),
            opt_out_used: false,
            products: Some("Bellen thuis".to_owned()),
        }));
        said_of(Kind::Imported, Actor::System, Route::Import, Says { evidence, ..at(points) })
    };
    let (yes, asked, no) = (Kind::OptInConfirmed, Kind::OptInRequested, own(Kind::Objected, &[ELSEWHERE]));
    let missing = (false, Reason::EvidenceMissing);
    let table = [
        (vec![own(yes, &[HERE])], (true, Reason::OptedIn)),
        (vec![own(yes, &[HERE, ELSEWHERE])], (true, Reason::OptedIn)),
        (vec![own(yes, &[ELSEWHERE])], missing),
        (vec![own(yes, &[])], missing),
        (vec![import(&[HERE])], (true, Reason::SoftOptIn)),
        (vec![import(&[ELSEWHERE])], missing),
        (vec![import(&[HERE]), import(&[ELSEWHERE])], (true, Reason::SoftOptIn)),
        (vec![own(asked, &[ELSEWHERE]), own(yes, &[ELSEWHERE])], missing),
        (vec![own(asked, &[]), own(yes, &[ELSEWHERE])], missing),
        (vec![own(yes, &[ELSEWHERE]), own(asked, &[HERE])], (false, Reason::Unconfirmed)),
        (vec![own(asked, &[ELSEWHERE])], (false, Reason::NoAnswer)),
        (vec![no.clone(), own(yes, &[ELSEWHERE])], (false, Reason::Objected)),
        (vec![no.clone(), own(yes, &[HERE])], (true, Reason::OptedIn)),
        (vec![own(yes, &[HERE]), no], (false, Reason::Objected)),
    ];
    for (events, expected) in table {
        let events = history(events);
        let question = Question::Reach(Channel::Newsletter, vec![asked_at(HERE, Vec::new())]);
        let decision = decide(&events, &policy(), &question, noon(DAY));
        assert_eq!((decision.allow, decision.reason), expected, "{events:#?}");
    }
}

/// What was answered once and is in no policy any more was stopped by the controller; a new answer has nothing to be for.
#[test]
fn a_purpose_that_the_policy_no_longer_has_is_stopped_where_it_was_answered() {
    let mut without = policy();
    without.purposes.retain(|purpose| purpose.id != id("marketing"));
    let asked = |events: &[Recorded]| {
        let decision = decide(events, &without, &Question::Purpose(id("marketing")), noon(DAY));
        (decision.allow, decision.reason, decision.evidence)
    };
    let granted = answer(EventKind::ChoiceMade, "marketing", Answer::Granted, 2);
    let not_asked = answer(EventKind::ChoiceMade, "marketing", Answer::NotOffered, 2);
    assert_eq!(asked(&history([granted])), (false, Reason::RevokedByController, vec![address(0)]));
    assert_eq!(asked(&history([not_asked])), (false, Reason::Unknown, vec![]));
    assert_eq!(asked(&[]), (false, Reason::Unknown, vec![]));
}
