//! The choice cookie.

use model::choice::Answer;
use model::cookie::{
    ChoiceCookie, DAYS, DAYS_WITH_OBJECTION, DeviceAnswer, GivenAnswers, NOES_THAT_LEFT, RecordedAnswers, days, encode,
    from_events, put_beside,
};
use model::decision::Recorded;
use model::event::{Actor, Answered, Event, EventKind, Route};
use model::purpose::PurposeId;
use proptest::prelude::*;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::examples::{id, policy};
use crate::scenario::{Says, address, body, noon};

const NOW: OffsetDateTime = datetime!(2026-11-24 13:05:09 UTC);
/// The last second of 24 May 2027 in Amsterdam: 1811195999.
const UNTIL: OffsetDateTime = datetime!(2027-05-24 21:59:59 UTC);
const LAST_DAY: Date = date!(2027 - 05 - 24);

fn kept(answer: Answer, revision: u32) -> DeviceAnswer {
    DeviceAnswer { answer, revision, until: (answer != Answer::Objected).then_some(UNTIL) }
}

/// An answer to every optional purpose of the example policy.
fn given() -> GivenAnswers {
    [
        (id("statistics"), kept(Answer::Objected, 2)),
        (id("quality"), kept(Answer::NotObjected, 1)),
        (id("marketing"), kept(Answer::Refused, 2)),
        (id("profiling"), kept(Answer::Granted, 1)),
    ]
    .into()
}

fn parse_cookie(value: &str) -> ChoiceCookie {
    ChoiceCookie::parse_choice_cookie(value.as_bytes(), NOW)
}

#[test]
fn it_is_written_in_policy_order_and_an_objection_has_no_end() {
    insta::assert_snapshot!(encode(&given(), &policy()), @"statistics.2.o~quality.1.n.1811195999~marketing.2.r.1811195999~profiling.1.g.1811195999");
    assert_eq!(parse_cookie(&encode(&given(), &policy())), ChoiceCookie { given: given(), unreadable: false });
}

#[test]
fn nothing_answered_is_an_empty_value_that_says_nothing() {
    assert_eq!(encode(&GivenAnswers::new(), &policy()), "");
    assert_eq!(parse_cookie(""), ChoiceCookie::default());
}

#[test]
fn a_cookie_with_an_objection_is_kept_as_long_as_browsers_keep_any() {
    assert_eq!((days(&given()), DAYS_WITH_OBJECTION), (400, 400));
    let refused = [(id("marketing"), kept(Answer::Refused, 2))].into();
    assert_eq!((days(&refused), DAYS), (186, 186));
}

/// Whatever stands beside it, an objection that can be read is kept, in the forms of all times; nothing else is.
#[test]
fn of_what_cannot_be_read_the_objections_are_kept() {
    let long = format!("a.1.o~{}", "b.1.g.1811195999~".repeat(400));
    for value in [
        "%~a.1.o",
        "a.1.o~",
        "~a.1.o",
        "a.1.o~b.1.g.1811195999~c",
        "a.1.o~b.1.g.20270524",
        "a.1.o.20270524~b.1.r.20270524",
        "a.1.o~a.1.g.1811195999",
        "a.1.g.1811195999~a.1.o",
        "a.1.o~b.1.g.1811195999~b.1.g.1811195999",
        "a.1.o~b.1.g.9999999999",
        &long,
    ] {
        let said = parse_cookie(value);
        assert!(said.unreadable, "{value}");
        let objection = DeviceAnswer { answer: Answer::Objected, revision: 1, until: None };
        assert_eq!(said.given, [(id("a"), objection)].into(), "{value}");
    }
}

#[test]
fn the_day_that_an_objection_once_had_is_read_and_means_nothing() {
    for value in ["statistics.2.o.20270524", "statistics.2.o.19700101", "statistics.2.o.99999999"] {
        assert_eq!(parse_cookie(value), parse_cookie("statistics.2.o"), "{value}");
        assert!(!parse_cookie(value).unreadable);
    }
}

#[test]
fn bytes_that_are_no_text_are_unreadable() {
    assert!(ChoiceCookie::parse_choice_cookie(b"a.1.g.1811195999~\xf8", NOW).unreadable);
    assert_eq!(ChoiceCookie::parse_choice_cookie(b"a.1.o~\xf8", NOW).given.len(), 1);
}

fn together(values: &[&str]) -> ChoiceCookie {
    let mut all = Vec::new();
    values.iter().for_each(|value| put_beside(&mut all, value.as_bytes()));
    ChoiceCookie::parse_choice_cookie(&all, NOW)
}

#[test]
fn of_two_cookies_the_objections_of_both_are_kept() {
    let (one, other) = ("a.1.o~b.1.g.1811195999", "a.1.n.1811195999~c.1.o");
    for both in [together(&[one, other]), together(&[other, one])] {
        assert!(both.unreadable);
        assert_eq!(both.given.into_keys().collect::<Vec<_>>(), [id("a"), id("c")]);
    }
    assert!(together(&["a.1.g.1811195999", "b.1.g.1811195999"]).unreadable, "though no purpose stands in both");
    assert_eq!(together(&[one, "", one]), parse_cookie(one));
}

#[test]
fn a_yes_to_what_left_the_policy_leaves_the_cookie_and_a_no_stays() {
    let value = "old_a.1.g.1811195999~old_b.1.n.1811195999~old_c.1.o~old_d.0.r.1811195999~statistics.2.n.1811195999";
    assert_eq!(
        encode(&parse_cookie(value).given, &policy()),
        "statistics.2.n.1811195999~old_c.1.o~old_d.0.r.1811195999"
    );
}

/// Whoever plants a cookie of any length makes no browser drop the next one.
#[test]
fn planted_noes_leave_room_for_the_answers() {
    let planted: Vec<String> = (0..200).map(|at| format!("a_purpose_nobody_ever_had_{at:03}.1.o")).collect();
    let given: GivenAnswers = parse_cookie(&planted.join("~")).given.into_iter().chain(given()).collect();
    let (own, all) = (encode(&self::given(), &policy()), encode(&given, &policy()));
    assert!(all.starts_with(&own) && all.len() <= own.len() + NOES_THAT_LEFT, "{}", all.len());
    assert!(parse_cookie(&all).given.len() > 20, "as many as there is room for");
    assert_eq!(encode(&parse_cookie(&all).given, &policy()), all, "and the same at every answer");
}

proptest! {
    /// The longest names and revisions there are, as many as a site has had purposes.
    #[test]
    fn a_no_stays_whether_or_not_its_purpose_is_in_the_policy(
        given in "([a-z][a-z0-9_]{0,31}\\.[0-9]{1,10}\\.(o|r\\.1811195999)~){0,16}",
        asked in proptest::sample::subsequence(vec!["statistics", "marketing", "profiling", "quality"], 0..=4),
        answer in "[gronx]",
    ) {
        let answers = asked.iter().map(|id| format!("{id}.1.{answer}{}", if answer == "o" { "" } else { ".1811195999" }));
        let given: GivenAnswers = parse_cookie(given.trim_end_matches('~')).given.into_iter().chain(parse_cookie(&answers.collect::<Vec<_>>().join("~")).given).collect();
        let mut policy = policy();
        policy.purposes.retain(|purpose| asked.contains(&purpose.id.as_str()));
        let written = parse_cookie(&encode(&given, &policy)).given;
        for (purpose, kept) in &given {
            let stays = matches!(kept.answer, Answer::Objected | Answer::Refused);
            prop_assert!(!stays || written.get(purpose) == Some(kept), "{purpose} {kept:?}");
        }
    }

    /// What is read without a doubt is what we write, or the same with an objection's day.
    #[test]
    fn whatever_is_read_has_one_spelling(value in "([ab]\\.[1-2]{1,2}\\.(o(\\.[0-9]{8})?|[grnox]\\.1[0-9]{9})~?){1,3}") {
        let said = parse_cookie(&value);
        if !said.unreadable {
            let mut policy = policy();
            policy.purposes.truncate(3);
            (policy.purposes[1].id, policy.purposes[2].id) = (id("a"), id("b"));
            let mut written: Vec<String> = encode(&said.given, &policy).split('~').map(str::to_owned).collect();
            let day = |entry: &str| entry.split_once(".o.").map_or(entry.to_owned(), |(start, _)| format!("{start}.o"));
            let mut sent: Vec<String> = value.split('~').map(day).collect();
            written.sort();
            sent.sort();
            prop_assert_eq!(written, sent);
        }
    }

    /// Cutting anything away or writing it over never makes a yes out of a no.
    #[test]
    fn damage_grants_nothing(at in 0..60usize, length in 0..8usize, with in "[a-z0-9.~%]{0,6}") {
        let value = "statistics.2.o~marketing.2.r.1811195999~profiling.1.r.1811195999";
        let (start, end) = (at.min(value.len()), (at + length).min(value.len()));
        let damaged = format!("{}{with}{}", &value[..start], &value[end..]);
        let said = parse_cookie(&damaged);
        for (purpose, kept) in said.given {
            let invented = with.contains('g') || with.contains('n');
            prop_assert!(invented || !kept.answer.is_yes(), "{damaged}: {purpose}");
        }
    }
}

fn event(kind: EventKind, actor: Actor, purpose: &str, answer: Answer) -> Recorded {
    let answers = [(id(purpose), Answered { answer, revision: 2, until: Some(LAST_DAY) })].into();
    let says = body(kind, Says { answers, ..Says::default() });
    Recorded { address: address(0), event: Event::new(noon(LAST_DAY).at, actor, Route::Settings, says) }
}

#[test]
fn events_tell_what_was_answered() {
    use EventKind as Kind;
    let told = |events: &[Recorded]| {
        let told: RecordedAnswers = from_events(events);
        told.into_iter().map(|(purpose, answered)| (purpose, answered.answer)).collect::<Vec<(PurposeId, Answer)>>()
    };
    let agent = Actor::Agent { name: "a".to_owned() };
    let mut events = vec![event(Kind::ChoiceMade, Actor::Visitor, "marketing", Answer::Granted)];
    assert_eq!(told(&events), [(id("marketing"), Answer::Granted)]);
    events.push(event(Kind::ContinuedUse, Actor::Visitor, "statistics", Answer::Objected));
    assert_eq!(told(&events), [(id("marketing"), Answer::Granted)], "further use answers nothing");
    events.push(event(Kind::Withdrawn, agent.clone(), "marketing", Answer::Refused));
    assert_eq!(told(&events), [(id("marketing"), Answer::Refused)]);
    events.push(event(Kind::ChoiceMade, agent, "marketing", Answer::Granted));
    assert_eq!(told(&events), [(id("marketing"), Answer::Refused)], "only the person grants");
    events.push(event(Kind::ChoiceMade, Actor::Visitor, "marketing", Answer::NotOffered));
    assert_eq!(told(&events), [(id("marketing"), Answer::Refused)], "what was not offered keeps its answer");
}
