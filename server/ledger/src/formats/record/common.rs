//! The canonical JSON of what nearly all records are, answers of devices and continued use, written member by member in the order of
//! RFC 8785. The general way collects and sorts the members of every object, and took a sixth of all that a choice costs.

use model::event::{Answered, Body, ContinuedUse, Event, Head, RecordedChoice};
use model::notice::NoticeRef;
use serde::Serialize;
use time::{Date, OffsetDateTime};

/// The JSON of an answer with five purposes.
const USUAL: usize = 1024;

/// The canonical JSON of an answer or of continued use; `None` of anything else.
pub(super) fn canonical(event: &Event) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(USUAL);
    out.extend_from_slice(b"{\"body\":{");
    match &event.body {
        Body::ChoiceMade(choice) => answers(&mut out, choice, "choice_made")?,
        Body::Withdrawn(choice) => answers(&mut out, choice, "withdrawn")?,
        Body::Renewed(choice) => answers(&mut out, choice, "renewed")?,
        Body::ContinuedUse(used) => continued_use(&mut out, used)?,
        _ => return None,
    }
    out.extend_from_slice(b"},\"head\":{");
    head(&mut out, &event.head)?;
    out.extend_from_slice(b"}}");
    Some(out)
}

fn answers(out: &mut Vec<u8>, choice: &RecordedChoice, kind: &str) -> Option<()> {
    let RecordedChoice { policy, notice: shown, control, surface, build, variant, gpc, answers } = choice;
    name(out, "answers");
    out.push(b'{');
    for (purpose, Answered { answer, revision, until }) in answers {
        name(out, purpose.as_str());
        out.push(b'{');
        member(out, "answer", answer)?;
        member(out, "revision", revision)?;
        if let Some(until) = until {
            name(out, "until");
            out.push(b'"');
            date(out, *until)?;
            out.push(b'"');
        }
        out.push(b'}');
    }
    out.push(b'}');
    member_if(out, "build", build.as_ref())?;
    member_if(out, "control", control.as_ref())?;
    member_if(out, "gpc", gpc.then_some(&true))?;
    member(out, "kind", kind)?;
    notice(out, shown.as_ref())?;
    member(out, "policy", policy)?;
    member_if(out, "surface", surface.as_ref())?;
    member_if(out, "variant", variant.as_ref())
}

fn continued_use(out: &mut Vec<u8>, used: &ContinuedUse) -> Option<()> {
    let ContinuedUse { policy, notice: shown, gpc, questions } = used;
    member_if(out, "gpc", gpc.then_some(&true))?;
    member(out, "kind", "continued_use")?;
    notice(out, shown.as_ref())?;
    member(out, "policy", policy)?;
    name(out, "questions");
    out.push(b'{');
    for (purpose, revision) in questions {
        member(out, purpose.as_str(), revision)?;
    }
    out.push(b'}');
    Some(())
}

fn head(out: &mut Vec<u8>, head: &Head) -> Option<()> {
    let Head { v, at, subject, actor, route, previous, facts } = head;
    member(out, "actor", actor)?;
    name(out, "at");
    out.push(b'"');
    moment(out, *at)?;
    out.push(b'"');
    member_if(out, "facts", facts.as_ref())?;
    member_if(out, "previous", previous.as_ref())?;
    member(out, "route", route)?;
    member_if(out, "subject", subject.as_ref())?;
    member(out, "v", v)
}

fn notice(out: &mut Vec<u8>, shown: Option<&NoticeRef>) -> Option<()> {
    let Some(NoticeRef { language, strings, html }) = shown else { return Some(()) };
    name(out, "notice");
    out.push(b'{');
    member(out, "html", html)?;
    member(out, "language", language)?;
    member(out, "strings", strings)?;
    out.push(b'}');
    Some(())
}

/// A name of ours, which needs no escaping.
fn name(out: &mut Vec<u8>, name: &str) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// The value has no objects of several members: `serde_json` writes it as RFC 8785 wants it.
fn member<T: Serialize + ?Sized>(out: &mut Vec<u8>, of: &str, value: &T) -> Option<()> {
    name(out, of);
    serde_json::to_writer(out, value).ok()
}

fn member_if<T: Serialize + ?Sized>(out: &mut Vec<u8>, of: &str, value: Option<&T>) -> Option<()> {
    value.map_or(Some(()), |value| member(out, of, value))
}

/// `2026-11-24`; `None` of a year that has not four digits.
fn date(out: &mut Vec<u8>, date: Date) -> Option<()> {
    let year = u16::try_from(date.year()).ok().filter(|year| *year < 10_000)?;
    for two in [year / 100, year % 100] {
        digits(out, u8::try_from(two).ok()?);
    }
    for (mark, two) in [(b'-', u8::from(date.month())), (b'-', date.day())] {
        out.push(mark);
        digits(out, two);
    }
    Some(())
}

/// `2026-11-24T13:00:00Z`; `None` of parts of a second and of another offset, which no event has.
fn moment(out: &mut Vec<u8>, at: OffsetDateTime) -> Option<()> {
    if at.nanosecond() != 0 || !at.offset().is_utc() {
        return None;
    }
    date(out, at.date())?;
    for (mark, two) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
        out.push(mark);
        digits(out, two);
    }
    out.push(b'Z');
    Some(())
}

/// Two of them.
fn digits(out: &mut Vec<u8>, number: u8) {
    out.extend_from_slice(&[b'0' + number / 10 % 10, b'0' + number % 10]);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::choice::{Answer, Control, Surface};
    use model::event::{Actor, Route};
    use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
    use model::language::Language;
    use model::purpose::PurposeId;
    use proptest::prelude::*;
    use proptest::{collection, option};

    use super::*;

    fn hash() -> impl Strategy<Value = ContentHash> {
        any::<[u8; 32]>().prop_map(ContentHash)
    }

    fn purpose() -> impl Strategy<Value = PurposeId> {
        "[a-z][a-z0-9_]{0,31}".prop_map(|name| name.parse().expect("a name"))
    }

    fn day() -> impl Strategy<Value = Date> {
        (1_721_060..5_373_000_i32).prop_map(|day| Date::from_julian_day(day).expect("a year that has four digits"))
    }

    fn answered() -> impl Strategy<Value = Answered> {
        let answer = prop::sample::select(vec![
            Answer::Granted,
            Answer::Refused,
            Answer::Objected,
            Answer::NotObjected,
            Answer::NotOffered,
        ]);
        (answer, any::<u32>(), option::of(day())).prop_map(|(answer, revision, until)| Answered {
            answer,
            revision,
            until,
        })
    }

    fn shown() -> impl Strategy<Value = NoticeRef> {
        let language = prop::sample::select(Language::ALL.to_vec());
        (language, hash(), hash()).prop_map(|(language, strings, html)| NoticeRef { language, strings, html })
    }

    fn choice() -> impl Strategy<Value = RecordedChoice> {
        let control = prop::sample::select(vec![Control::RefuseAll, Control::AcceptAll, Control::Save]);
        let surface =
            prop::sample::select(vec![Surface::Banner, Surface::Settings, Surface::Placeholder, Surface::Page]);
        let texts = (option::of(any::<String>()), option::of(any::<String>()));
        let answers = collection::btree_map(purpose(), answered(), 0..6);
        (hash(), option::of(shown()), option::of(control), option::of(surface), texts, any::<bool>(), answers).prop_map(
            |(policy, notice, control, surface, (build, variant), gpc, answers)| RecordedChoice {
                policy,
                notice,
                control,
                surface,
                build,
                variant,
                gpc,
                answers,
            },
        )
    }

    fn body() -> impl Strategy<Value = Body> {
        let questions = collection::btree_map(purpose(), any::<u32>(), 0..6);
        let used = (hash(), option::of(shown()), any::<bool>(), questions);
        prop_oneof![
            choice().prop_map(Body::ChoiceMade),
            choice().prop_map(Body::Withdrawn),
            choice().prop_map(Body::Renewed),
            used.prop_map(|(policy, notice, gpc, questions)| Body::ContinuedUse(ContinuedUse {
                policy,
                notice,
                gpc,
                questions
            })),
        ]
    }

    fn actor() -> impl Strategy<Value = Actor> {
        prop_oneof![
            Just(Actor::Visitor),
            Just(Actor::Person),
            Just(Actor::System),
            any::<String>().prop_map(|name| Actor::Agent { name }),
            any::<String>().prop_map(|name| Actor::Client { name }),
        ]
    }

    fn event() -> impl Strategy<Value = Event> {
        let route = prop::sample::select(vec![
            Route::Banner,
            Route::Settings,
            Route::PreferencePage,
            Route::Api,
            Route::Unknown,
        ]);
        let place = (1..=ShardNumber::MAX, any::<u64>())
            .prop_map(|(shard, index)| RecordAddress { shard: ShardNumber::new(shard).expect("in bounds"), index });
        let subject = option::of(any::<[u8; 16]>().prop_map(Subject));
        let second = -62_000_000_000..250_000_000_000_i64;
        (second, actor(), route, body(), subject, option::of(place), option::of(hash())).prop_map(
            |(second, actor, route, body, subject, previous, facts)| {
                let at = OffsetDateTime::from_unix_timestamp(second).expect("a year that has four digits");
                let mut event = Event::new(at, actor, route, body).with_subject(subject);
                (event.head.previous, event.head.facts) = (previous, facts);
                event
            },
        )
    }

    proptest! {
        #[test]
        fn the_common_records_are_written_as_the_canonicalizer_writes_them(event in event()) {
            let ours = canonical(&event).expect("one of the common kinds");
            let theirs = serde_json_canonicalizer::to_vec(&event).expect("an event is plain JSON");
            prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
        }
    }

    /// What it does not write as it should it does not write.
    #[test]
    fn anything_else_is_left_to_the_canonicalizer() {
        let at = time::macros::datetime!(2026-11-24 13:00 UTC);
        let choice = || RecordedChoice::new(ContentHash([1; 32]), BTreeMap::new());
        let event = |at| {
            let mut event = Event::new(at, Actor::Visitor, Route::Banner, Body::ChoiceMade(choice()));
            event.head.at = at;
            event
        };
        assert!(canonical(&event(at)).is_some());
        assert_eq!(canonical(&event(at + time::Duration::nanoseconds(1))), None);
        assert_eq!(canonical(&event(at.to_offset(time::macros::offset!(+1)))), None);
        assert_eq!(canonical(&crate::fixture::erasure(at)), None);
    }
}
