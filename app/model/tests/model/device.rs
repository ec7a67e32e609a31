//! What holds on a device: its cookies, its signal and its record together.

use model::choice::Answer;
use model::cookie::ChoiceCookie;
use model::date::Moment;
use model::decision::{Reason, Recorded};
use model::device::DeviceState;
use model::event::{Actor, Answered, Event, EventKind, Route};
use model::policy::Policy;
use model::purpose::{PurposeId, Regime};
use proptest::prelude::*;
use proptest::sample::select;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use crate::examples::{id, policy};
use crate::scenario::{Says, address, body, noon};

const NOW: Moment = Moment { at: datetime!(2026-11-24 13:05:09 UTC), today: date!(2026 - 11 - 24) };
const UNTIL: OffsetDateTime = datetime!(2027-05-24 21:59:59 UTC);

fn device(cookie: &str, seen: Option<u32>, gpc: bool, now: Moment) -> DeviceState {
    let cookie = cookie.replace('U', "1811195999");
    DeviceState { said: ChoiceCookie::parse_choice_cookie(cookie.as_bytes(), now.at), seen, gpc }
}

fn reason(device: &DeviceState, purpose: &str) -> (bool, Reason) {
    let decision = device.standing(&policy(), &id(purpose), NOW).decision;
    (decision.allow, decision.reason)
}

fn asked(device: &DeviceState, now: Moment) -> Vec<String> {
    device.to_ask(&policy(), now).iter().map(PurposeId::to_string).collect()
}

/// Of the example, `statistics` (low impact, second question) is unlocked by continued use, and GPC denies it.
#[test]
fn each_thing_a_device_says_has_its_effect() {
    let table = [
        ("", None, false, (false, Reason::NoAnswer), (false, Reason::NoAnswer)),
        ("", Some(2), false, (true, Reason::ContinuedUse), (false, Reason::NoAnswer)),
        ("", Some(1), false, (false, Reason::NoAnswer), (false, Reason::NoAnswer)),
        ("", Some(2), true, (false, Reason::Gpc), (false, Reason::Gpc)),
        ("statistics.2.n.U~marketing.2.g.U", None, true, (true, Reason::NotObjected), (true, Reason::Granted)),
        ("statistics.2.o~marketing.2.r.U", Some(2), false, (false, Reason::Objected), (false, Reason::Refused)),
        ("statistics.1.o.20200101", Some(2), false, (false, Reason::Objected), (false, Reason::NoAnswer)),
        (
            "statistics.1.n.U~marketing.1.g.U",
            Some(2),
            false,
            (false, Reason::QuestionChanged),
            (false, Reason::QuestionChanged),
        ),
        ("marketing.2.g.U~%", Some(2), false, (false, Reason::Unreadable), (false, Reason::Unreadable)),
        ("statistics.2.o~%", Some(2), false, (false, Reason::Objected), (false, Reason::Unreadable)),
        (
            "marketing.2.n.U~statistics.2.g.U",
            Some(2),
            false,
            (false, Reason::QuestionChanged),
            (false, Reason::NoAnswer),
        ),
        ("marketing.2.n.U~statistics.2.g.U", None, false, (false, Reason::NoAnswer), (false, Reason::NoAnswer)),
    ];
    for (cookie, seen, gpc, statistics, marketing) in table {
        let device = device(cookie, seen, gpc, NOW);
        assert_eq!((reason(&device, "statistics"), reason(&device, "marketing")), (statistics, marketing), "{cookie}");
    }
}

/// R-2.5.6-3.
#[test]
fn an_objection_is_neither_ended_nor_asked_again_by_a_date_or_a_new_question() {
    let refused = "statistics.2.o~quality.1.o~marketing.2.r.U~profiling.1.r.U";
    let on = |at: OffsetDateTime| Moment { at, today: at.date() };
    let last = on(UNTIL);
    let first_after = on(UNTIL + Duration::seconds(1));
    for (now, open) in [(last, vec![]), (first_after, vec!["marketing", "profiling"])] {
        let device = device(refused, Some(2), false, now);
        assert_eq!(asked(&device, now), open);
        assert!(!device.standing(&policy(), &id("statistics"), now).decision.allow);
    }
    let mut anew = policy();
    anew.purposes.iter_mut().for_each(|purpose| purpose.revision += 1);
    let device = device(refused, Some(2), false, NOW);
    let open: Vec<String> = device.to_ask(&anew, NOW).iter().map(PurposeId::to_string).collect();
    assert_eq!(open, ["marketing", "profiling"]);
}

#[test]
fn only_what_is_open_is_asked_and_a_changed_question_returns_alone() {
    let all = "statistics.2.n.U~quality.1.n.U~marketing.2.g.U~profiling.1.r.U";
    assert_eq!(asked(&device(all, None, false, NOW), NOW), Vec::<String>::new());
    assert_eq!(asked(&device(&all.replace("marketing.2", "marketing.1"), None, false, NOW), NOW), ["marketing"]);
    assert_eq!(asked(&device("", Some(2), true, NOW), NOW).len(), 4);
    assert_eq!(asked(&device(&format!("{all}~x"), None, false, NOW), NOW).len(), 4);
}

/// An answer that ended takes what continued use would start with it.
#[test]
fn continued_use_does_not_take_the_place_of_an_answer_that_ended() {
    let later = noon(date!(2027 - 06 - 01));
    let device = device("statistics.2.n.U", Some(2), false, later);
    let decision = device.standing(&policy(), &id("statistics"), later).decision;
    assert_eq!((decision.allow, decision.reason), (false, Reason::Expired));
}

fn recorded(kind: EventKind, answer: Answer) -> Recorded {
    let answers = [(id("marketing"), Answered { answer, revision: 2, until: Some(date!(2027 - 05 - 24)) })].into();
    let says = body(kind, Says { answers, ..Says::default() });
    Recorded { address: address(0), event: Event::new(NOW.at, Actor::Visitor, Route::Banner, says) }
}

#[test]
fn a_yes_that_needs_consent_must_stand_in_the_record_and_a_no_there_ends_it() {
    let device = device("statistics.2.n.U~marketing.2.g.U", None, false, NOW);
    let of = |record: &[Recorded], purpose| {
        let decision = device.proved(record, &policy(), &id(purpose), NOW).decision;
        (decision.allow, decision.reason)
    };
    let granted = recorded(EventKind::ChoiceMade, Answer::Granted);
    let withdrawn = recorded(EventKind::Withdrawn, Answer::Refused);
    assert_eq!(of(&[], "marketing"), (false, Reason::Unrecorded));
    assert_eq!(of(&[], "statistics"), (true, Reason::NotObjected), "what needs no consent needs no record");
    assert_eq!(of(std::slice::from_ref(&granted), "marketing"), (true, Reason::Granted));
    assert_eq!(of(&[granted, withdrawn], "marketing"), (false, Reason::Withdrawn));
}

fn entry() -> impl Strategy<Value = String> {
    let end = select(vec!["", ".1811195999", ".1700000000", ".20270524", ".99999999", ".9999999999"]);
    (select(vec!["statistics", "quality", "marketing", "profiling", "unknown"]), 1..=3u32, "[grnox]", end)
        .prop_map(|(name, revision, answer, end)| format!("{name}.{revision}.{answer}{end}"))
}

fn settings() -> impl Strategy<Value = Policy> {
    (any::<[bool; 4]>(), any::<bool>()).prop_map(|(lists, also)| {
        let named = |on: bool, name: &str| on.then(|| id(name));
        let mut policy = policy();
        policy.continued_use.unlocks =
            [named(lists[0], "statistics"), named(lists[1], "quality")].into_iter().flatten().collect();
        policy.gpc.deny = [named(lists[2], "marketing"), named(lists[3], "quality")].into_iter().flatten().collect();
        policy.gpc.also_object_low_impact = also;
        policy
    })
}

proptest! {
    /// Whatever a device says: consent only by a whole yes that holds, never against an objection, never without asking.
    #[test]
    fn no_borrowed_yes_and_no_lost_no(
        entries in prop::collection::vec(entry(), 0..5),
        seen in prop::option::of(1..=3u32),
        gpc in any::<bool>(),
        policy in settings(),
        days in -400..4_000i64,
    ) {
        let at = NOW.at + Duration::days(days);
        let now = Moment { at, today: at.date() };
        let cookie = entries.join("~");
        let device = DeviceState { said: ChoiceCookie::parse_choice_cookie(cookie.as_bytes(), at), seen, gpc };
        for purpose in policy.optional() {
            let standing = device.standing(&policy, &purpose.id, now);
            let allow = standing.decision.allow;
            let objects = entries.iter().any(|entry| {
                let mut parts = entry.split('.');
                parts.next() == Some(purpose.id.as_str()) && parts.nth(1) == Some("o")
            });
            prop_assert!(!(objects && allow), "{cookie}: {}", purpose.id);
            prop_assert!(!objects || standing.answer.is_some() || device.said.unreadable, "{cookie}: asked again");
            let letter = if purpose.regime == Regime::Consent { "g" } else { "n" };
            let whole = format!("{}.{}.{letter}.1811195999", purpose.id, purpose.revision);
            let yes = entries.contains(&whole) && at <= UNTIL && !device.said.unreadable;
            let used = purpose.regime == Regime::LowImpact
                && policy.continued_use.unlocks.contains(&purpose.id)
                && seen == Some(policy.notice_revision)
                && !device.said.unreadable
                && !entries.iter().any(|entry| entry.starts_with(&format!("{}.", purpose.id)));
            prop_assert!(!allow || yes || used, "{cookie}: {} {:?}", purpose.id, standing);
            prop_assert!(!yes || allow || objects, "{cookie}: {} {:?}", purpose.id, standing);
        }
    }
}
