//! An objection is for all points of its maker, by whichever door it came and whenever they turn out to be theirs; a yes lifts
//! it where it was given.

use model::event::EventKind;

use super::*;
use crate::service::fixture::people::{objected, objected_at};
use crate::service::people::import::tests::import;
use crate::service::people::import::{Mode, Summary};

const SEVERAL: [Channel; 4] = [Channel::Newsletter, Channel::Email, Channel::Phone, Channel::Post];

/// Two points of each kind: where the no is said, and the other one; with a channel.
fn pairs() -> [(ContactPoint, ContactPoint, Channel); 4] {
    [
        (email("a@example.nl"), email("b@example.nl"), Channel::Email),
        (email("a@example.nl"), email("b@example.nl"), Channel::Newsletter),
        (phone("06 12345678"), phone("020 788 4000"), Channel::Phone),
        (door("1"), door("7 B"), Channel::Post),
    ]
}

/// Another spelling of the points where a no is said.
fn otherwise(point: &ContactPoint) -> ContactPoint {
    match point {
        ContactPoint::Email(_) => email("A@EXAMPLE.nl"),
        ContactPoint::Phone(_) => phone("+31612345678"),
        // A no at a door holds at the house, where it is not known which one is meant.
        ContactPoint::Post(_) => door("1 A"),
    }
}

fn of_a_file(point: &ContactPoint, date: Option<&str>) -> String {
    let mut row = match point {
        ContactPoint::Email(_) => serde_json::json!({ "email": point.given() }),
        ContactPoint::Phone(_) => serde_json::json!({ "phone": point.given() }),
        ContactPoint::Post(_) => serde_json::json!({ "postcode": "1033RW", "house_number": "1" }),
    };
    row["objected_channels"] = "all".into();
    row["objected_on"] = date.unwrap_or_default().into();
    row.to_string()
}

/// The doors by which a no comes in that names a point and nobody.
#[derive(Clone, Copy, Debug)]
enum Door {
    Visitor,
    Program,
    File,
    DatedFile,
}

async fn says_no(app: &TestApp, door: Door, point: &ContactPoint) {
    let program = Provenance { actor: Actor::Client { name: "crm".into() }, ..own(Route::Api) };
    match door {
        Door::Visitor => {
            objected_at(&app.services, std::slice::from_ref(point), &Channel::ALL).await;
        }
        Door::Program => {
            let who = Addressee::point(point.clone());
            objected(&app.services, &who, &Channel::ALL, &program).await;
        }
        Door::File => _ = import(app, "list.jsonl", &of_a_file(point, None), Mode::Write).await,
        Door::DatedFile => _ = import(app, "list.jsonl", &of_a_file(point, Some("2026-01-02")), Mode::Write).await,
    }
}

fn at(person: Subject, point: &ContactPoint) -> Addressee {
    Addressee { person: Some(person), points: vec![point.clone()] }
}

fn denied(app: &TestApp, who: &Addressee, channel: Channel) -> bool {
    !may_contact(app, who, channel).allow
}

async fn file(app: &TestApp, row: &str) -> Summary {
    import(app, "crm.jsonl", row, Mode::Write).await.0
}

#[tokio::test]
async fn a_no_at_one_point_holds_at_all_of_its_kind_whenever_the_person_becomes_known() {
    for (here, there, channel) in pairs() {
        for door in [Door::Visitor, Door::Program, Door::File, Door::DatedFile] {
            for is_known in [true, false] {
                let app = TestApp::new().await;
                let points = [otherwise(&here), there.clone()];
                let points = if matches!(here, ContactPoint::Post(_)) { [here.clone(), there.clone()] } else { points };
                if !is_known {
                    says_no(&app, door, &here).await;
                }
                let person = customer(&app, "1", &points).await;
                let other = customer(&app, "2", &[email("c@example.nl"), phone("06 87654321")]).await;
                if is_known {
                    let open = !denied(&app, &Addressee::point(there.clone()), channel);
                    assert!(open || channel == Channel::Phone, "control: {channel:?}");
                    says_no(&app, door, &here).await;
                }
                let told = format!("{door:?}, {channel:?}, known: {is_known}");
                let decided = |who: &Addressee| reason(&app, who, channel);
                assert_eq!(decided(&Addressee::point(here.clone())), (false, Reason::PointObjected), "{told}");
                assert_eq!(decided(&Addressee::point(there.clone())), (false, Reason::PointObjected), "{told}");
                assert_eq!(decided(&at(person, &here)), (false, Reason::PointObjected), "{told}");
                assert_eq!(decided(&at(person, &there)), (false, Reason::Objected), "{told}");
                assert!(denied(&app, &Addressee::person(person), channel), "{told}");
                // What it does not cover goes on.
                let (channel, free) = (Channel::Email, channel.point() != Channel::Email.point());
                let own = Addressee::person(other);
                assert!(!denied(&app, &own, channel), "{told}: somebody else");
                assert!(!free || !denied(&app, &Addressee::person(other), channel), "{told}");
            }
        }
    }
}

/// An objection to one channel is none to another one, nor to one of another kind.
#[tokio::test]
async fn a_no_spreads_to_the_channels_that_it_names() {
    let app = TestApp::new().await;
    let points = [email("a@example.nl"), email("b@example.nl"), door("1"), door("7")];
    customer(&app, "1", &points).await;
    app.services
        .contactability
        .object(&app.history(), &Addressee::point(email("a@example.nl")), &[Channel::Email], &unverified())
        .await
        .expect("taken");
    let open = |point: &ContactPoint, channel| !denied(&app, &Addressee::point(point.clone()), channel);
    assert!(!open(&points[1], Channel::Email));
    assert!(open(&points[1], Channel::Newsletter) && open(&points[0], Channel::Newsletter));
    assert!(open(&points[2], Channel::Post) && open(&points[3], Channel::Post));
}

/// A point that joins brings its no along, to whatever was known, and takes over that of the others.
#[tokio::test]
async fn a_point_that_joins_later_brings_its_no_and_meets_that_of_the_others() {
    let with = |address: &str| {
        format!(
            r#"{{"customer":"1","email":"{address}","channels":"newsletter email","contract":"C-1","same_entity":"yes","informed_on":"2026-01-05","opt_out_offered_on":"2026-01-05","opt_out_used":"no","products":"Bellen thuis"}}"#
        )
    };
    let (a, b, c) = (email("a@example.nl"), email("b@example.nl"), email("c@example.nl"));
    let app = TestApp::new().await;
    says_no(&app, Door::Visitor, &a).await;
    assert_eq!(file(&app, &with("b@example.nl")).await.met_a_no, 0);
    assert!(!denied(&app, &Addressee::point(b.clone()), Channel::Email), "control");
    assert_eq!(file(&app, &with("a@example.nl")).await.met_a_no, 1);
    assert!(denied(&app, &Addressee::point(b.clone()), Channel::Email));
    assert_eq!(file(&app, &with("c@example.nl")).await.met_a_no, 1, "it is said of a point that joins");
    assert!(denied(&app, &Addressee::point(c), Channel::Email));
    // In one row with what joins, and in a dry run.
    let app = TestApp::new().await;
    file(&app, &with("b@example.nl")).await;
    says_no(&app, Door::File, &b).await;
    let (dry, _) = import(&app, "crm.jsonl", &with("a@example.nl"), Mode::DryRun).await;
    assert_eq!(dry.met_a_no, 1);
    assert!(denied(&app, &Addressee::point(b), Channel::Newsletter));
}

/// Only where it was given; a no that comes after it holds there as well.
#[tokio::test]
async fn a_later_yes_lifts_a_no_that_was_said_elsewhere_at_its_own_point_alone() {
    let (a, b, c) = (email("a@example.nl"), email("b@example.nl"), email("c@example.nl"));
    let channel = Channel::Newsletter;
    for proved in [&a, &b] {
        let app = TestApp::new().await;
        let person = customer(&app, "1", &[a.clone(), b.clone(), c.clone()]).await;
        says_yes(&app, person, &[channel], std::slice::from_ref(proved)).await;
        says_no(&app, Door::Visitor, &a).await;
        assert!([&a, &b, &c].into_iter().all(|point| denied(&app, &at(person, point), channel)), "a yes before it");
        says_yes(&app, person, &[channel], std::slice::from_ref(proved)).await;
        for point in [&a, &b, &c] {
            for who in [Addressee::point(point.clone()), at(person, point)] {
                assert_eq!(denied(&app, &who, channel), point != proved, "{} by {who:?}", point.given());
            }
        }
        let d = email("d@example.nl");
        file(&app, r#"{"customer":"1","email":"d@example.nl","channels":"newsletter","contract":"C-1","same_entity":"yes","informed_on":"2026-01-05","opt_out_offered_on":"2026-01-05","opt_out_used":"no","products":"x"}"#).await;
        assert!(denied(&app, &Addressee::point(d), channel), "what joins meets what still holds elsewhere");
        for (door, said) in [(Door::Visitor, &c), (Door::Program, &a), (Door::DatedFile, &a), (Door::File, &c)] {
            says_yes(&app, person, &[channel], std::slice::from_ref(&b)).await;
            assert!(!denied(&app, &at(person, &b), channel), "control: {door:?}");
            says_no(&app, door, said).await;
            // One that is dated before the yes says nothing against it; a list without dates may be newer, once.
            let is_newer = !matches!(door, Door::DatedFile);
            assert_eq!(denied(&app, &at(person, &b), channel), is_newer, "{door:?}");
        }
        says_yes(&app, person, &[channel], std::slice::from_ref(&b)).await;
        says_no(&app, Door::File, &c).await;
        assert!(!denied(&app, &at(person, &b), channel), "the same list again");
    }
}

/// As old as its date: whoever agreed since did so after it, at that point.
#[tokio::test]
async fn a_no_that_a_file_dates_before_a_yes_leaves_the_yes_and_holds_at_the_other_points() {
    let (a, b, c) = (email("a@example.nl"), email("b@example.nl"), email("c@example.nl"));
    let channel = Channel::Newsletter;
    for row in [
        r#"{"email":"a@example.nl","objected_channels":"newsletter","objected_on":"2026-01-02"}"#,
        r#"{"customer":"1","email":"a@example.nl","objected_channels":"newsletter","objected_on":"2026-01-02"}"#,
    ] {
        let app = TestApp::new().await;
        let person = customer(&app, "1", &[a.clone(), b.clone(), c.clone()]).await;
        says_yes(&app, person, &[channel], std::slice::from_ref(&b)).await;
        file(&app, row).await;
        assert!(denied(&app, &at(person, &a), channel) && denied(&app, &at(person, &c), channel), "{row}");
        assert_eq!(reason(&app, &at(person, &b), channel), (true, Reason::OptedIn), "{row}");
        file(&app, &row.replace("2026-01-02", "2026-11-24")).await;
        assert!(denied(&app, &at(person, &b), channel), "{row}, on the day of the yes");
    }
}

/// A list without dates comes again and again; what a yes lifted at another point stays lifted.
#[tokio::test]
async fn a_list_without_dates_that_comes_again_undoes_no_yes() {
    let (a, b) = (email("a@example.nl"), email("b@example.nl"));
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[a.clone(), b.clone()]).await;
    says_no(&app, Door::File, &a).await;
    says_yes(&app, person, &[Channel::Newsletter], std::slice::from_ref(&b)).await;
    says_no(&app, Door::File, &a).await;
    assert!(!denied(&app, &at(person, &b), Channel::Newsletter) && denied(&app, &at(person, &a), Channel::Newsletter));
}

/// What such a list tells for the first time may be newer than a yes, also where somebody else had told it before: it is
/// recorded for each source, so that what stands of the others neither takes its place nor is undone with it.
#[tokio::test]
async fn a_list_without_dates_is_heard_once_though_another_door_had_said_the_same() {
    for (here, there, channel) in pairs() {
        for door in [Door::Visitor, Door::Program, Door::File, Door::DatedFile] {
            for is_told_before in [false, true] {
                let app = TestApp::new().await;
                let anna = customer(&app, "1", &[here.clone(), there.clone()]).await;
                let bert = customer(&app, "2", std::slice::from_ref(&there)).await;
                let other_list = async || import(&app, "shop.jsonl", &of_a_file(&here, None), Mode::Write).await.0;
                let stopped =
                    || [Addressee::point(there.clone()), at(anna, &there)].map(|who| denied(&app, &who, channel));
                says_no(&app, door, &here).await;
                if is_told_before {
                    assert_eq!(other_list().await.recorded, 1, "{door:?}, {channel:?}");
                }
                assert_eq!(stopped(), [true; 2], "{door:?}, {channel:?}");
                says_yes(&app, bert, &[channel], std::slice::from_ref(&there)).await;
                assert!(!stopped()[0], "control: {door:?}, {channel:?}");
                for is_again in [false, true] {
                    other_list().await;
                    let is_new = !is_told_before && !is_again;
                    let told = format!("{door:?}, {channel:?}, told before: {is_told_before}, again: {is_again}");
                    assert_eq!(denied(&app, &Addressee::point(there.clone()), channel), is_new, "{told}");
                    says_yes(&app, bert, &[channel], std::slice::from_ref(&there)).await;
                }
                if matches!(door, Door::File) {
                    says_no(&app, door, &here).await;
                    assert!(!denied(&app, &Addressee::point(there.clone()), channel), "the first list again");
                }
            }
        }
    }
}

/// Whoever proves an address that several have takes off what holds there, wherever it was said, and nothing else.
#[tokio::test]
async fn a_lift_is_for_the_point_that_was_proved() {
    let (shared, anna_at, bert_at) = (email("thuis@example.nl"), email("anna@example.nl"), email("bert@example.nl"));
    let channel = Channel::Email;
    for said in [&shared, &anna_at] {
        for lifted in [&shared, &anna_at] {
            let app = TestApp::new().await;
            let anna = customer(&app, "1", &[shared.clone(), anna_at.clone()]).await;
            let bert = customer(&app, "2", &[shared.clone(), bert_at.clone()]).await;
            says_no(&app, Door::Visitor, said).await;
            let all = [(anna, &shared), (anna, &anna_at), (bert, &shared), (bert, &bert_at)];
            let stopped = |app: &TestApp| all.map(|(person, point)| denied(app, &at(person, point), channel));
            // It is not known which of the two said it; at what is Anna's alone nobody but she has said anything.
            assert_eq!(stopped(&app), [true, true, true, said == &shared]);
            let last = app
                .services
                .contactability
                .last_no_at(&app.history(), lifted, &[channel])
                .expect("readable")
                .expect("it holds there");
            app.services
                .contactability
                .lift_at(&app.history(), lifted, &[channel], &own(Route::PreferencePage), last)
                .await
                .expect("lifted");
            assert_eq!(
                app.services.contactability.last_no_at(&app.history(), lifted, &[channel]).expect("readable"),
                None
            );
            let is_free = |point: &ContactPoint| point == lifted;
            let expected = [!is_free(&shared), !is_free(&anna_at), !is_free(&shared), said == &shared];
            assert_eq!(stopped(&app), expected, "said at {}, lifted at {}", said.given(), lifted.given());
            let again = app
                .services
                .contactability
                .lift_at(&app.history(), lifted, &[channel], &own(Route::PreferencePage), last)
                .await;
            assert!(matches!(again, Err(ActError::Nothing)));
        }
    }
}

/// What somebody known said of a shared mailbox is theirs, and stops nobody else elsewhere, also once they are gone.
#[tokio::test]
async fn a_no_of_somebody_else_who_is_known_stays_theirs() {
    let (shared, bert_at) = (email("thuis@example.nl"), email("bert@example.nl"));
    for keeps_no in [true, false] {
        let app = TestApp::new().await;
        let bert = customer(&app, "2", &[shared.clone(), bert_at.clone()]).await;
        let anna = customer(&app, "1", std::slice::from_ref(&shared)).await;
        objected(&app.services, &Addressee::person(anna), &[Channel::Email], &own(Route::MailLink)).await;
        let stopped = |app: &TestApp| [&shared, &bert_at].map(|point| denied(app, &at(bert, point), Channel::Email));
        assert_eq!(stopped(&app), [true, false]);
        app.services.erasures.erase(&app.history(), anna, keeps_no, &own(Route::PreferencePage)).await.expect("erased");
        assert_eq!(stopped(&app), [true, false]);
        // Whoever comes with that mailbox afterwards may be Anna.
        customer(&app, "1", &[shared.clone(), email("anna@example.nl")]).await;
        assert!(denied(&app, &Addressee::point(email("anna@example.nl")), Channel::Email));
    }
}

/// Where the person is gone, what held at their points still holds at each of them.
#[tokio::test]
async fn an_erasure_leaves_a_no_on_every_point_that_it_held_at() {
    for (here, there, channel) in pairs() {
        for keeps_no in [true, false] {
            let app = TestApp::new().await;
            let person = customer(&app, "1", &[here.clone(), there.clone()]).await;
            says_no(&app, Door::Visitor, &here).await;
            app.services
                .erasures
                .erase(&app.history(), person, keeps_no, &own(Route::PreferencePage))
                .await
                .expect("erased");
            customer(&app, "2", std::slice::from_ref(&there)).await;
            let told = format!("{channel:?}, list: {keeps_no}");
            assert_eq!(
                reason(&app, &Addressee::point(there.clone()), channel),
                (false, Reason::PointObjected),
                "{told}"
            );
        }
    }
}

/// Of two who turn out to be one what stands at the points of either is a no of both, whatever the other agreed to before.
#[tokio::test]
async fn a_merge_brings_what_stands_on_the_points_of_either() {
    let (a, b) = (email("a@example.nl"), email("b@example.nl"));
    for first in [true, false] {
        let app = TestApp::new().await;
        let anna = customer(&app, "1", std::slice::from_ref(&a)).await;
        let other = customer(&app, "2", std::slice::from_ref(&b)).await;
        says_no(&app, Door::Visitor, &b).await;
        says_yes(&app, anna, &[Channel::Email], std::slice::from_ref(&a)).await;
        let (kept, gone) = if first { (anna, other) } else { (other, anna) };
        app.services.merging.merge(&app.history(), kept, gone, &by_import(), Vec::new()).await.expect("merged");
        assert!(
            denied(&app, &Addressee::point(a.clone()), Channel::Email) && denied(&app, &at(anna, &a), Channel::Email)
        );
        says_yes(&app, anna, &[Channel::Email], std::slice::from_ref(&a)).await;
        assert!(!denied(&app, &Addressee::point(a.clone()), Channel::Email), "a yes after it lifts it there");
        assert!(denied(&app, &Addressee::point(b.clone()), Channel::Email));
    }
}

/// A known number with another name and another address: a no at any point of either is one at all points of both.
#[tokio::test]
async fn a_no_at_any_point_of_a_reused_number_holds_for_both() {
    let row = |name: &str, address: &str, number: &str, more: &str| {
        format!(
            r#"{{"customer":"K-7","name":"{name}","email":"{address}","phone":"{number}","channels":"newsletter email","contract":"C-1","same_entity":"yes","informed_on":"2026-01-05","opt_out_offered_on":"2026-01-05","opt_out_used":"no","products":"Bellen thuis"{more}}}"#
        )
    };
    let wilma = row("Wilma Worst", "a@example.nl", "06 87654321", "");
    let bert = row("Bert Bos", "b@example.nl", "06 22222222", "");
    let points = [email("a@example.nl"), email("b@example.nl")];
    for (said_at, erased, before) in [
        (0, None, false),
        (1, None, false),
        (0, Some(0), false),
        (1, Some(1), false),
        (0, Some(1), false),
        (0, None, true),
    ] {
        let app = TestApp::new().await;
        file(&app, &wilma).await;
        if before {
            says_no(&app, Door::Visitor, &points[said_at]).await;
        }
        assert_eq!(file(&app, &bert).await.another_person, 1);
        if !before {
            assert!(
                points.iter().all(|point| !denied(&app, &Addressee::point(point.clone()), Channel::Email)),
                "control"
            );
            says_no(&app, Door::Visitor, &points[said_at]).await;
        }
        assert_eq!(app.services.people.customers("K-7").len(), 2);
        if let Some(gone) = erased {
            let person = app.services.people.people_at(&points[gone])[0].subject;
            app.services
                .erasures
                .erase(&app.history(), person, false, &own(Route::PreferencePage))
                .await
                .expect("erased");
        }
        for (place, point) in points.iter().enumerate().filter(|(place, _)| Some(*place) != erased) {
            let told = format!("said at {said_at}, asked at {place}, erased {erased:?}, before: {before}");
            for person in app.services.people.people_at(point) {
                assert!(denied(&app, &at(person.subject, point), Channel::Email), "{told}");
                assert!(denied(&app, &Addressee::person(person.subject), Channel::Email), "{told}");
            }
            assert!(denied(&app, &Addressee::point(point.clone()), Channel::Email), "{told}");
        }
        if erased.is_none() {
            // Of the same person the no is one of both, and a yes of either is for its own mailbox.
            file(&app, &row("Bert Bos", "b@example.nl", "06 22222222", r#","same_person":"yes""#)).await;
            let one = app.services.people.customer("K-7").expect("one").subject;
            assert_eq!(app.services.people.customers("K-7").len(), 1);
            says_yes(&app, one, &[Channel::Email], std::slice::from_ref(&points[0])).await;
            let stopped = points.clone().map(|point| denied(&app, &Addressee::point(point), Channel::Email));
            assert_eq!(stopped, [false, true]);
        }
    }
}

/// A customer number that was typed otherwise may be another's: a no holds for both, whichever came first, and nothing else
/// is shared.
#[tokio::test]
async fn a_no_by_a_customer_number_typed_otherwise_holds() {
    for (number, other) in [
        ("n7ab", "N7AB"),
        ("11584467", "1158 4467"),
        ("1158.4467", "11584467"),
        ("1158-4467", "1158_4467"),
        ("K-1001", "k1001"),
    ] {
        for no_first in [false, true] {
            let app = TestApp::new().await;
            let no = format!(r#"{{"customer":"{other}","objected_channels":"email"}}"#);
            let neighbour = format!(r#"{{"customer":"{other}9","objected_channels":"email"}}"#);
            file(&app, &neighbour).await;
            if no_first {
                file(&app, &no).await;
            }
            file(&app, &told_of(number, "Anna Arends", "a@example.nl")).await;
            let person = app.services.people.customer(number).expect("known");
            if !no_first {
                assert!(!denied(&app, &Addressee::person(person.subject), Channel::Email), "control: {number}");
                file(&app, &no).await;
            }
            assert!(denied(&app, &Addressee::person(person.subject), Channel::Email), "{number} {other} {no_first}");
            assert!(
                denied(&app, &Addressee::point(email("a@example.nl")), Channel::Email),
                "{number} {other} {no_first}"
            );
            let twin = app.services.people.customer(other).expect("kept");
            assert!(twin.subject != person.subject && twin.points().is_empty(), "nobody is taken for another");
        }
    }
}

/// Two who are known apart keep their own yes, and the operator's word joins neither with the other.
#[tokio::test]
async fn customer_numbers_that_are_typed_alike_share_no_yes_and_no_evidence() {
    let app = TestApp::new().await;
    file(&app, &told_of("12-3", "Anna Arends", "a@example.nl")).await;
    file(&app, r#"{"customer":"123","name":"Bert Bos","email":"b@example.nl"}"#).await;
    let [anna, bert] = ["12-3", "123"].map(|number| app.services.people.customer(number).expect("known"));
    assert!(!denied(&app, &Addressee::person(anna.subject), Channel::Email), "what Bert lacks is not Anna's");
    assert!(denied(&app, &Addressee::person(bert.subject), Channel::Email), "what Anna has is not Bert's");
    file(&app, r#"{"customer":"123","name":"Bert Bos","email":"b@example.nl","same_person":"yes"}"#).await;
    assert_eq!((app.services.people.customers("12-3").len(), app.services.people.customers("123").len()), (1, 1));
    assert!(
        app.services
            .people
            .customer("12-3")
            .expect("known")
            .points()
            .iter()
            .all(|point| !point.is_same_as(&email("b@example.nl")))
    );
}

/// A row about a customer, with evidence.
fn told_of(number: &str, name: &str, address: &str) -> String {
    format!(
        r#"{{"customer":"{number}","name":"{name}","email":"{address}","channels":"newsletter email","contract":"C-1","same_entity":"yes","informed_on":"2026-01-05","opt_out_offered_on":"2026-01-05","opt_out_used":"no","products":"Bellen thuis"}}"#
    )
}

/// Anna, who came with the customer number of Bert.
async fn with_reused_number(app: &TestApp, bert: &str) -> [Subject; 2] {
    file(app, bert).await;
    let bert = app.services.people.customer("K-7").expect("known").subject;
    objected(&app.services, &Addressee::person(bert), &Channel::ALL, &own(Route::PreferencePage)).await;
    assert_eq!(file(app, &told_of("K-7", "Anna", "a@example.nl")).await.another_person, 1);
    [bert, app.services.people.people_at(&email("a@example.nl"))[0].subject]
}

/// What one of them said holds for the other, and does not take the place of their own word: that stays when the first goes.
#[tokio::test]
async fn a_no_of_somebody_with_a_reused_number_is_recorded_though_the_other_said_it_before() {
    let by_file = r#"{"customer":"K-7","name":"Anna","email":"a@example.nl","objected_channels":["social","email"]}"#;
    for says_it in [None, Some("herself"), Some("by a file")] {
        let app = TestApp::new().await;
        let [bert, anna] = with_reused_number(&app, r#"{"customer":"K-7","name":"Bert"}"#).await;
        let no = (Addressee::person(anna), [Channel::Social, Channel::Email]);
        assert!(no.1.iter().all(|channel| reason(&app, &no.0, *channel).1 == Reason::Objected), "it may be hers");
        match says_it {
            Some("herself") => {
                let said = objected(&app.services, &no.0, &no.1, &own(Route::PreferencePage)).await;
                assert!(said.changed);
                let again = app
                    .services
                    .contactability
                    .object(&app.history(), &no.0, &no.1, &own(Route::PreferencePage))
                    .await
                    .expect("taken");
                assert_eq!((again.changed, again.record), (false, said.record));
            }
            Some(_) => {
                file(&app, by_file).await;
                let before = app.ledger().len();
                file(&app, by_file).await;
                assert!(
                    app.services
                        .people
                        .records_of(&app.history(), anna)
                        .expect("readable")
                        .iter()
                        .any(|said| said.event.kind() == EventKind::Objected)
                );
                assert!(app.ledger().len() <= before + 1, "the file alone is recorded");
            }
            None => {}
        }
        app.services.erasures.erase(&app.history(), bert, false, &own(Route::PreferencePage)).await.expect("erased");
        assert_eq!(reason(&app, &no.0, Channel::Social).1 == Reason::Objected, says_it.is_some(), "{says_it:?}");
        assert!(denied(&app, &no.0, Channel::Email), "{says_it:?}");
    }
}

/// What holds for somebody because of a reused number goes with them into a merge, and what the other of the two said holds at
/// the points of whoever may be the one: also for those who share such a point.
#[tokio::test]
async fn a_merge_brings_a_no_to_the_points_of_whoever_may_be_the_same() {
    let shared = |address: &str| told_of("K-4", "Carla", address);
    for (is_first, bert_says_no, anna_says_no) in
        [true, false].into_iter().flat_map(|first| [(first, true, false), (first, true, true), (first, false, false)])
    {
        let app = TestApp::new().await;
        let told = format!("kept first: {is_first}, {bert_says_no}, {anna_says_no}");
        let bert_at = if bert_says_no { String::new() } else { r#","email":"b@example.nl""#.to_owned() };
        let bert = format!(r#"{{"customer":"K-7","name":"Bert"{bert_at}}}"#);
        let (point, anna) = if bert_says_no {
            (email("c@example.nl"), with_reused_number(&app, &bert).await[1])
        } else {
            file(&app, &bert).await;
            file(&app, &told_of("K-7", "Anna", "a@example.nl")).await;
            (email("b@example.nl"), app.services.people.people_at(&email("a@example.nl"))[0].subject)
        };
        file(&app, &told_of("K-0", "Dirk", "c@example.nl")).await;
        file(&app, &shared(&point.given())).await;
        let dirk = app.services.people.customer("K-0").expect("known").subject;
        let carla = app.services.people.customer("K-4").expect("known").subject;
        assert!(!denied(&app, &at(carla, &point), Channel::Email), "control: {told}");
        for (says, who) in [(anna_says_no, anna), (!bert_says_no, dirk)] {
            if says {
                let act = own(Route::PreferencePage);
                objected(&app.services, &Addressee::person(who), &Channel::ALL, &act).await;
            }
        }
        assert!(!denied(&app, &at(carla, &point), Channel::Email), "control: {told}");
        let (kept, gone) = if is_first { (anna, dirk) } else { (dirk, anna) };
        app.services.merging.merge(&app.history(), kept, gone, &by_import(), Vec::new()).await.expect("merged");
        for who in [Addressee::point(point.clone()), at(carla, &point), at(kept, &email("c@example.nl"))] {
            assert!(denied(&app, &who, Channel::Email), "{told}");
        }
    }
}

/// A no at another point that comes after a page was shown is not undone by it.
#[tokio::test]
async fn a_page_that_is_behind_a_no_elsewhere_lifts_nothing() {
    let (a, b) = (email("a@example.nl"), email("b@example.nl"));
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[a.clone(), b.clone()]).await;
    let record = app
        .services
        .contactability
        .last_statement(&app.history(), person, &SEVERAL)
        .expect("readable")
        .expect("an import");
    let shown = ShownState { record, points: String::new() };
    says_no(&app, Door::Visitor, &a).await;
    let act = own(Route::PreferencePage);
    let late = app
        .services
        .contactability
        .opt_in(&app.history(), person, &[Channel::Email], confirmation(), &[b], &act, Some(&shown))
        .await;
    assert!(matches!(late, Err(ActError::ChangedSince)));
}

/// A row by which a point becomes known of the first customer.
fn joins(point: &ContactPoint) -> String {
    let mut row: serde_json::Value = serde_json::from_str(&of_a_file(point, None)).expect("a row");
    row["customer"] = "1".into();
    row["objected_channels"] = "".into();
    row.to_string()
}

/// A no that is said again after somebody agreed elsewhere is the newer one, also where it turns out later whose it is.
#[tokio::test]
async fn a_no_that_is_said_again_outranks_a_yes_before_it_whenever_its_point_joins() {
    for (here, there, channel) in pairs() {
        // Nobody can prove a letter box.
        if channel == Channel::Post {
            continue;
        }
        for door in [Door::Visitor, Door::Program] {
            for is_said_again in [false, true] {
                let app = TestApp::new().await;
                says_no(&app, door, &here).await;
                let person = customer(&app, "1", std::slice::from_ref(&there)).await;
                says_yes(&app, person, &[channel], std::slice::from_ref(&there)).await;
                if is_said_again {
                    says_no(&app, door, &here).await;
                }
                assert!(!denied(&app, &at(person, &there), channel), "{door:?}, {channel:?}: before it joins");
                file(&app, &joins(&here)).await;
                let told = format!("{door:?}, {channel:?}, said again: {is_said_again}");
                assert_eq!(denied(&app, &at(person, &there), channel), is_said_again, "{told}");
                assert!(denied(&app, &at(person, &here), channel), "{told}");
            }
        }
    }
}

/// A row that dates a no is as old as that day, however often its file comes: what was proved since stays lifted.
#[tokio::test]
async fn a_dated_no_that_comes_again_undoes_nothing_that_was_lifted_since() {
    for (here, _, channel) in pairs() {
        if channel == Channel::Post {
            continue;
        }
        let app = TestApp::new().await;
        for date in ["2026-01-02", "2026-01-03"] {
            file(&app, &of_a_file(&here, Some(date))).await;
            assert!(denied(&app, &Addressee::point(here.clone()), channel), "control: {channel:?}, {date}");
            let shown = app
                .services
                .contactability
                .last_no_at(&app.history(), &here, &[channel])
                .expect("readable")
                .expect("an objection");
            app.services
                .contactability
                .lift_at(&app.history(), &here, &[channel], &own(Route::PreferencePage), shown)
                .await
                .expect("lifted");
            file(&app, &of_a_file(&here, Some(date))).await;
            file(&app, &of_a_file(&here, Some("2026-01-01"))).await;
            assert_ne!(
                reason(&app, &Addressee::point(here.clone()), channel).1,
                Reason::PointObjected,
                "{channel:?}, {date}"
            );
        }
    }
}
