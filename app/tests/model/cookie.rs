//! The choice cookie.

use app::model::choice::Answer;
use app::model::cookie::{Given, encode, from_events, parse, standing, to_ask, updated};
use app::model::decision::Recorded;
use app::model::event::{Actor, Answered, Event, EventKind, Route};
use app::model::policy::Policy;
use app::model::purpose::PurposeId;
use proptest::prelude::*;
use time::Date;
use time::macros::date;

use crate::examples::{id, policy};
use crate::scenario::{address, noon};

const UNTIL: Date = date!(2027 - 05 - 24);

fn answered(answer: Answer, revision: u32) -> Answered {
    Answered { answer, revision, until: (answer != Answer::NotOffered).then_some(UNTIL) }
}

/// An answer to every optional purpose of the example policy.
fn given() -> Given {
    [
        (id("statistics"), answered(Answer::Objected, 2)),
        (id("quality"), answered(Answer::NotObjected, 1)),
        (id("marketing"), answered(Answer::Refused, 2)),
        (id("profiling"), answered(Answer::Granted, 1)),
    ]
    .into()
}

fn names(purposes: &[PurposeId]) -> Vec<&str> {
    purposes.iter().map(PurposeId::as_str).collect()
}

#[test]
fn it_is_written_in_policy_order() {
    insta::assert_snapshot!(encode(&given(), &policy()), @"statistics.2.o.20270524~quality.1.n.20270524~marketing.2.r.20270524~profiling.1.g.20270524");
    assert_eq!(parse(&encode(&given(), &policy())), Some(given()));
}

#[test]
fn nothing_answered_is_an_empty_value_and_no_cookie() {
    let not_offered = [(id("marketing"), answered(Answer::NotOffered, 2))].into();
    assert_eq!(encode(&not_offered, &policy()), "");
    assert_eq!(parse(""), None);
}

#[test]
fn what_cannot_be_parsed_is_no_cookie() {
    let long = format!("a.1.g.20270524{}", "~b.1.g.20270524".repeat(400));
    for value in [
        "~",
        "a",
        "a.1.g",
        "a.1.g.20270524~",
        "~a.1.g.20270524",
        "a.1.g.20270524~~b.1.g.20270524",
        "a.1.g.20270524.x",
        "A.1.g.20270524",
        "a.01.g.20270524",
        "a.+1.g.20270524",
        "a.-1.g.20270524",
        "a.4294967296.g.20270524",
        "a.1.x.20270524",
        "a.1.G.20270524",
        "a.1.gg.20270524",
        "a.1.g.20270230",
        "a.1.g.2027052",
        "a.1.g.20270524 ",
        "\"a.1.g.20270524\"",
        "a.1.g.20270524~a.1.r.20270524",
        &long,
    ] {
        assert_eq!(parse(value), None, "{value}");
    }
}

proptest! {
    #[test]
    fn whatever_is_read_has_one_spelling(value in "([ab]\\.[0-2]{1,2}\\.[grnox]\\.2027(05|2)[0-3][0-9]~?){1,3}") {
        if let Some(given) = parse(&value) {
            let entries: Vec<&str> = value.split('~').collect();
            prop_assert_eq!(entries.len(), given.len());
            for (purpose, answered) in &given {
                let alone: Given = [(purpose.clone(), answered.clone())].into();
                let mut policy = policy();
                policy.purposes[1].id = purpose.clone();
                prop_assert!(entries.contains(&encode(&alone, &policy).as_str()));
            }
        }
    }
}

#[test]
fn what_was_not_offered_keeps_its_earlier_answer() {
    let answers = [(id("marketing"), answered(Answer::Granted, 2)), (id("profiling"), answered(Answer::NotOffered, 1))];
    let after = updated(given(), &answers.into());
    assert_eq!(after[&id("marketing")].answer, Answer::Granted);
    assert_eq!(after[&id("profiling")].answer, Answer::Granted);
    assert_eq!(after[&id("statistics")].answer, Answer::Objected);
}

#[test]
fn only_what_is_open_is_asked() {
    let policy = policy();
    assert_eq!(to_ask(&given(), &policy, UNTIL), [], "the last day still counts");
    assert_eq!(to_ask(&given(), &policy, UNTIL.next_day().expect("a day")).len(), 4);
    assert_eq!(names(&to_ask(&Given::new(), &policy, UNTIL)), ["statistics", "quality", "marketing", "profiling"]);
}

#[test]
fn a_changed_question_returns_alone() {
    let mut policy = policy();
    policy.purposes[3].revision += 1;
    assert_eq!(names(&to_ask(&given(), &policy, UNTIL)), ["marketing"]);
    assert!(!standing(&given(), &policy, UNTIL).contains_key(&id("marketing")));
    assert!(standing(&given(), &policy, UNTIL).contains_key(&id("profiling")));
}

#[test]
fn a_yes_to_another_regimes_question_is_no_answer() {
    let forged = parse("marketing.2.n.20270524~statistics.2.g.20270524").expect("well written");
    assert_eq!(standing(&forged, &policy(), UNTIL), Given::new());
}

fn event(kind: EventKind, actor: Actor, purpose: &str, answer: Answer) -> Recorded {
    let mut event = Event::new(kind, noon(UNTIL).at, actor, Route::Settings);
    event.answers = [(id(purpose), answered(answer, 2))].into();
    Recorded { address: address(0), event }
}

fn still_given(events: &[Recorded], policy: &Policy) -> Vec<(PurposeId, Answer)> {
    let given = standing(&from_events(events), policy, UNTIL).into_iter();
    given.map(|(purpose, answered)| (purpose, answered.answer)).collect()
}

#[test]
fn events_tell_what_was_answered() {
    use EventKind as Kind;
    let policy = policy();
    let agent = Actor::Agent { name: "a".to_owned() };
    let mut events = vec![event(Kind::ChoiceMade, Actor::Visitor, "marketing", Answer::Granted)];
    assert_eq!(still_given(&events, &policy), [(id("marketing"), Answer::Granted)]);
    events.push(event(Kind::Expired, Actor::System, "statistics", Answer::Objected));
    assert_eq!(still_given(&events, &policy), [(id("marketing"), Answer::Granted)]);
    events.push(event(Kind::Withdrawn, agent.clone(), "marketing", Answer::Refused));
    assert_eq!(still_given(&events, &policy), [(id("marketing"), Answer::Refused)]);
    events.push(event(Kind::ChoiceMade, agent, "marketing", Answer::Granted));
    assert_eq!(still_given(&events, &policy), [(id("marketing"), Answer::Refused)], "only the person grants");
    events.push(event(Kind::Invalidated, Actor::System, "marketing", Answer::Refused));
    assert_eq!(still_given(&events, &policy), []);
}
