//! What may be done with people's contact points, whatever happened to them.

mod erased;
mod held;
mod objection_survives_erasure;
mod random_histories;
mod spread;

use model::channel::Channel;
use model::decision::Reason;
use model::event::{Actor, Route};
use model::evidence::{IdentityLevel, SoftOptIn};
use model::identity::Subject;
use model::language::Language;

use super::{ActError, ActOutcome, Addressee, Provenance, hash};
use crate::service::fixture::TestApp;
use crate::service::fixture::people::{
    confirmation, customer, door, email, may_contact, objected, objected_at, opted_in, phone, whole,
};
use crate::service::preference_centre::ShownState;
use contact::ContactPoint;
use ledger::formats::fact::Part;
use vault::ring::RetentionClass;

fn own(route: Route) -> Provenance {
    Provenance::by_person(route, IdentityLevel::Possession)
}

fn unverified() -> Provenance {
    Provenance { actor: Actor::Visitor, ..Provenance::by_person(Route::PreferencePage, IdentityLevel::Unverified) }
}

fn by_import() -> Provenance {
    Provenance { actor: Actor::System, ..Provenance::by_person(Route::Import, IdentityLevel::Unverified) }
}

fn reason(app: &TestApp, who: &Addressee, channel: Channel) -> (bool, Reason) {
    let decision = may_contact(app, who, channel);
    (decision.allow, decision.reason)
}

async fn says_yes(app: &TestApp, person: Subject, channels: &[Channel], controlled: &[ContactPoint]) -> ActOutcome {
    let act = own(Route::PreferencePage);
    opted_in(&app.services, person, channels, confirmation(), controlled, &act).await
}

#[tokio::test]
async fn an_objection_to_one_channel_leaves_the_others_and_stop_all_takes_five() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl"), phone("06 12345678"), door("1")]).await;
    let who = Addressee::person(person);
    assert_eq!(reason(&app, &who, Channel::Email), (true, Reason::SoftOptIn));
    assert_eq!(reason(&app, &who, Channel::Post), (true, Reason::OptOut));
    objected(&app.services, &who, &[Channel::Post], &own(Route::LetterCode)).await;
    assert_eq!(reason(&app, &who, Channel::Post), (false, Reason::Objected));
    assert_eq!(reason(&app, &who, Channel::Email), (true, Reason::SoftOptIn), "S-10");
    let before = app.ledger().len();
    objected(&app.services, &who, &Channel::ALL, &own(Route::PreferencePage)).await;
    assert_eq!(app.ledger().len(), before + 1, "one action");
    for channel in Channel::ALL {
        assert_eq!(reason(&app, &who, channel), (false, Reason::Objected), "{channel:?}");
    }
}

#[tokio::test]
async fn repeats_succeed_and_record_nothing() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl")]).await;
    for who in [Addressee::person(person), Addressee::point(phone("020 788 4000"))] {
        let first = objected(&app.services, &who, &Channel::ALL, &own(Route::OneClick)).await;
        let before = app.ledger().len();
        app.clock.advance(86_400);
        let again = app
            .services
            .contactability
            .object(&app.history(), &who, &Channel::ALL, &own(Route::OneClick))
            .await
            .expect("taken");
        assert_eq!((again.record, again.changed, again.since), (first.record, false, first.since));
        assert_eq!(app.ledger().len(), before);
    }
}

/// Several people share a mailbox: whoever of them objected, it is not used.
#[tokio::test]
async fn an_objection_on_a_shared_point_denies_it_to_everybody_and_names_nobody() {
    let app = TestApp::new().await;
    let shared = email("thuis@example.nl");
    let anna = customer(&app, "1", std::slice::from_ref(&shared)).await;
    let bert = customer(&app, "2", &[email("Thuis@Example.nl"), email("bert@example.nl")]).await;
    objected(&app.services, &Addressee::person(anna), &[Channel::Email], &own(Route::MailLink)).await;
    let decision = may_contact(&app, &Addressee { person: Some(bert), points: vec![shared.clone()] }, Channel::Email);
    assert_eq!((decision.allow, decision.reason), (false, Reason::PointObjected));
    let other = Addressee { person: Some(bert), points: vec![email("bert@example.nl")] };
    assert_eq!(reason(&app, &other, Channel::Email), (true, Reason::SoftOptIn));
    // Bert's yes does not lift Anna's no, unless he proves to control the mailbox.
    says_yes(&app, bert, &[Channel::Email], &[]).await;
    assert_eq!(reason(&app, &Addressee::point(shared.clone()), Channel::Email), (false, Reason::PointObjected));
    says_yes(&app, bert, &[Channel::Email], std::slice::from_ref(&shared)).await;
    let at = Addressee { person: Some(bert), points: vec![shared] };
    assert_eq!(reason(&app, &at, Channel::Email), (true, Reason::OptedIn));
}

#[tokio::test]
async fn ones_own_objection_is_lifted_by_ones_own_yes() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl"), phone("06 12345678")]).await;
    let who = Addressee::person(person);
    objected(&app.services, &who, &Channel::ALL, &own(Route::PreferencePage)).await;
    says_yes(&app, person, &[Channel::Newsletter, Channel::Phone], &[]).await;
    assert_eq!(reason(&app, &who, Channel::Newsletter), (true, Reason::OptedIn));
    assert_eq!(reason(&app, &who, Channel::Phone), (true, Reason::OptedIn));
    assert_eq!(reason(&app, &who, Channel::Email), (false, Reason::Objected));
}

/// The number or address alone is enough to say no (S-12), and shows and lifts nothing.
#[tokio::test]
async fn nothing_in_hand_is_enough_to_say_no() {
    let app = TestApp::new().await;
    for (point, channel) in [
        (phone("020 788 4000"), Channel::Phone),
        (door("12-A"), Channel::Post),
        (email("x@example.nl"), Channel::Email),
    ] {
        let acted = app
            .services
            .contactability
            .object(&app.history(), &Addressee::point(point.clone()), &Channel::ALL, &unverified())
            .await
            .expect("taken");
        assert!(acted.changed && acted.channels.contains(&channel));
        let event = app.ledger().pop().expect("an event");
        assert_eq!((event.head.subject, event.level()), (None, Some(IdentityLevel::Unverified)));
        let late = customer(&app, &point.normal(), std::slice::from_ref(&point)).await;
        assert_eq!(reason(&app, &Addressee::person(late), channel), (false, Reason::PointObjected));
    }
    let nothing = Addressee::point(phone("020 788 4001"));
    let refused = app.services.contactability.object(&app.history(), &nothing, &[Channel::Post], &unverified()).await;
    assert!(matches!(refused, Err(ActError::Nothing)), "a phone number has no letter box");
}

#[tokio::test]
async fn a_request_by_somebody_else_is_no_opt_in() {
    let app = TestApp::new().await;
    let person = app.services.people.new_subject();
    let mut part = Part::new(person, RetentionClass::Newsletter, Language::Nl);
    part.points.push(email("anna@example.nl"));
    app.services.people.learn(part, &by_import()).await.expect("learned");
    let staff = Provenance { actor: Actor::Agent { name: "bert".into() }, ..own(Route::Desk) };
    app.services
        .contactability
        .request_opt_in(&app.history(), person, &[Channel::Newsletter], &staff)
        .await
        .expect("recorded");
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Newsletter), (false, Reason::Unconfirmed));
    let social = app.services.contactability.request_opt_in(&app.history(), person, &[Channel::Social], &staff).await;
    assert!(matches!(social, Err(ActError::SelfSignUpRequired)), "S-11");
    let told = app.services.contactability.tell_relation(person, &[Channel::Social], None, &by_import()).await;
    assert!(matches!(told, Err(ActError::SelfSignUpRequired)), "S-11");
    says_yes(&app, person, &[Channel::Newsletter], &[]).await;
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Newsletter), (true, Reason::OptedIn));
}

/// S-21: without all the evidence there is no basis; with the opt-out used there is a no.
#[tokio::test]
async fn a_soft_opt_in_needs_its_evidence() {
    let app = TestApp::new().await;
    let learn = async |number: &str, evidence| {
        let subject = app.services.people.new_subject();
        let mut part = Part::new(subject, RetentionClass::Account, Language::Nl);
        part.points.push(email(&format!("{number}@example.nl")));
        app.services.people.learn(part, &by_import()).await.expect("learned");
        app.services
            .contactability
            .tell_relation(subject, &[Channel::Newsletter], evidence, &by_import())
            .await
            .expect("told");
        subject
    };
    let lacking = learn("lacking", Some(SoftOptIn { opt_out_offered_on: None, ..whole() })).await;
    let who = Addressee::person(lacking);
    assert_eq!(reason(&app, &who, Channel::Newsletter), (false, Reason::EvidenceMissing));
    let refused = learn("refused", Some(SoftOptIn { opt_out_used: true, ..whole() })).await;
    assert_eq!(reason(&app, &Addressee::person(refused), Channel::Newsletter), (false, Reason::Refused));
    let later = learn("refused", Some(whole())).await;
    assert_eq!(reason(&app, &Addressee::person(later), Channel::Newsletter), (false, Reason::PointObjected), "S-18");
}

#[tokio::test]
async fn merged_people_keep_every_objection_of_both() {
    let app = TestApp::new().await;
    let anna = customer(&app, "1", &[email("anna@example.nl")]).await;
    let other = customer(&app, "2", &[email("a.jansen@example.nl"), phone("06 12345678")]).await;
    objected(&app.services, &Addressee::person(other), &[Channel::Email], &own(Route::MailLink)).await;
    says_yes(&app, anna, &[Channel::Email], &[]).await;
    app.services.merging.merge(&app.history(), anna, other, &by_import(), Vec::new()).await.expect("merged");
    for subject in [anna, other] {
        let who = Addressee::person(subject);
        assert_eq!(reason(&app, &who, Channel::Email), (false, Reason::Objected));
        assert_eq!(app.services.people.known_person(subject).map(|person| person.subject), Some(anna));
    }
    let person = app.services.people.known_person(other).expect("known");
    assert_eq!((person.customers(), person.points().len()), (vec!["1", "2"], 3));
    assert!(app.services.people.records_of(&app.history(), other).expect("readable").len() >= 6);
    says_yes(&app, other, &[Channel::Email], &[]).await;
    assert_eq!(reason(&app, &Addressee::person(anna), Channel::Email), (true, Reason::OptedIn));
}

/// Something that changed meanwhile is not undone by accident.
#[tokio::test]
async fn a_page_that_is_behind_lifts_nothing() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl")]).await;
    let record = app
        .services
        .contactability
        .last_statement(&app.history(), person, &[Channel::Email])
        .expect("readable")
        .expect("an import");
    let shown = ShownState { record, points: app.services.people.hash_of_points(&[email("anna@example.nl")]) };
    objected(&app.services, &Addressee::person(person), &[Channel::Email], &own(Route::OneClick)).await;
    let act = own(Route::PreferencePage);
    let late = app
        .services
        .contactability
        .opt_in(&app.history(), person, &[Channel::Email], confirmation(), &[], &act, Some(&shown))
        .await;
    assert!(matches!(late, Err(ActError::ChangedSince)));
    assert_eq!(reason(&app, &Addressee::person(person), Channel::Email), (false, Reason::Objected));
}

/// Whoever declines the blocking list is not on it; what they had objected to before stays forbidden.
#[tokio::test]
async fn an_erasure_without_the_blocking_list_adds_nothing_to_it() {
    let app = TestApp::new().await;
    let points = [email("anna@example.nl"), phone("06 12345678")];
    let person = customer(&app, "1", &points).await;
    objected(&app.services, &Addressee::person(person), &[Channel::Email], &own(Route::MailLink)).await;
    app.services.erasures.erase(&app.history(), person, false, &own(Route::PreferencePage)).await.expect("erased");
    let again = customer(&app, "1", &points).await;
    let who = Addressee::person(again);
    assert_eq!(reason(&app, &who, Channel::Email), (false, Reason::PointObjected));
    assert_eq!(reason(&app, &who, Channel::Newsletter), (true, Reason::SoftOptIn));
}

#[tokio::test]
async fn objections_under_an_older_index_key_still_stand() {
    let app = TestApp::new().await;
    app.services
        .contactability
        .object(&app.history(), &Addressee::point(email("a@example.nl")), &Channel::ALL, &unverified())
        .await
        .expect("taken");
    hash::rotate_index_key(&app.services.ledger);
    app.services
        .contactability
        .object(&app.history(), &Addressee::point(email("b@example.nl")), &Channel::ALL, &unverified())
        .await
        .expect("taken");
    for text in ["A@example.nl", "b@EXAMPLE.nl"] {
        let who = Addressee::point(email(text));
        assert_eq!(reason(&app, &who, Channel::Email), (false, Reason::PointObjected), "{text}");
    }
}

/// Post: the door and the bare number, or every door.
#[tokio::test]
async fn doors_are_told_apart() {
    let app = TestApp::new().await;
    customer(&app, "1", &[door("1 A")]).await;
    app.services
        .contactability
        .object(&app.history(), &Addressee::point(door("1 a.")), &[Channel::Post], &unverified())
        .await
        .expect("taken");
    app.services
        .contactability
        .object(&app.history(), &Addressee::point(door("7")), &[Channel::Post], &unverified())
        .await
        .expect("taken");
    let denied = |number| !may_contact(&app, &Addressee::point(door(number)), Channel::Post).allow;
    let b = customer(&app, "2", &[door("1 B")]).await;
    assert!(denied("1 A") && denied("1") && denied("7") && denied("7 C"));
    assert_eq!(reason(&app, &Addressee::person(b), Channel::Post), (true, Reason::OptOut));
    // One on a single door does not yet stand on all of them: the wider one is new.
    let wider = app
        .services
        .contactability
        .object(&app.history(), &Addressee::point(door("1")), &[Channel::Post], &unverified())
        .await
        .expect("taken");
    assert!(wider.changed && denied("1 B"));
}

/// A door that nobody has may be a slip, or a spelling of one that somebody has: then no door of the number is written to.
/// Whoever objects is told the same, and learns nothing of who lives there.
#[tokio::test]
async fn a_no_at_a_door_that_nobody_has_stands_on_every_door_of_the_number() {
    let app = TestApp::new().await;
    let a = customer(&app, "1", &[door("12 A")]).await;
    let third = customer(&app, "2", &[door("12 III")]).await;
    let next = customer(&app, "3", &[door("14 A")]).await;
    let may = |person| may_contact(&app, &Addressee::person(person), Channel::Post).allow;
    let stop = async |number: &str| {
        let acted = objected_at(&app.services, &[door(number)], &[Channel::Post]).await;
        let told = app.services.objections.told(&acted, None);
        (told.channels, told.since, told.changed)
    };
    let known = stop("12-3").await;
    assert!(may(a) && !may(third), "control: a door that somebody has is one door");
    let unknown = stop("12 dakkapel").await;
    assert_eq!(known, unknown, "the same answer");
    assert!(!may(a) && !may(third) && may(next));
    assert_eq!(stop("99 dakkapel").await, known, "also where nobody is known at all");
    let later = customer(&app, "4", &[door("12 B")]).await;
    assert!(!may(later), "whoever comes later, too");
    // What a customer says of their own address is about their own door.
    let own = customer(&app, "5", &[door("20 A")]).await;
    let beside = customer(&app, "6", &[door("20 B")]).await;
    objected(&app.services, &Addressee::person(own), &[Channel::Post], &unverified()).await;
    assert!(!may(own) && may(beside));
}

/// A yes at one door is none at another, also where an objection cannot tell the two apart.
#[tokio::test]
async fn no_two_doors_are_one_for_a_yes() {
    let app = TestApp::new().await;
    customer(&app, "1", &[door("12 H")]).await;
    let allowed = |number| may_contact(&app, &Addressee::point(door(number)), Channel::Post).allow;
    assert!(allowed("12 h"), "control");
    for other in ["12", "12 hs", "12 A", "12 HH", "12 8", "1", "112 H"] {
        assert!(!allowed(other), "{other}");
    }
}

/// Item "any standing objection on the contact point denies": also where the question names its owner by another point.
#[tokio::test]
async fn a_suppressed_point_denies_by_whatever_its_owner_is_named() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl"), phone("06 12345678"), door("1")]).await;
    let by = |point: ContactPoint, channel| {
        app.services.contactability.may_contact(&Addressee::point(point), channel).expect("readable")
    };
    assert!(by(phone("06 12345678"), Channel::Email).allow && by(email("anna@example.nl"), Channel::Post).allow);
    objected_at(&app.services, &[email("Anna@example.nl"), door("1")], &Channel::ALL).await;
    for (point, channel) in [
        (phone("06 12345678"), Channel::Email),
        (phone("06 12345678"), Channel::Newsletter),
        (door("1"), Channel::Email),
        (email("anna@example.nl"), Channel::Post),
    ] {
        let decision = by(point, channel);
        assert_eq!((decision.allow, decision.reason), (false, Reason::PointObjected), "{channel:?}");
    }
    assert!(
        !app.services.contactability.may_contact(&Addressee::person(person), Channel::Post).expect("readable").allow
    );
    // Of two who share a phone, each must be allowed.
    let free = customer(&app, "2", &[email("bert@example.nl"), phone("06 12345678")]).await;
    assert!(app.services.contactability.may_contact(&Addressee::person(free), Channel::Email).expect("readable").allow);
    assert!(!by(phone("06 12345678"), Channel::Email).allow);
}

/// S-21: a customer's basis is for the addresses that they gave, and for no other that somebody names beside it.
#[tokio::test]
async fn s_21_a_yes_reaches_nobody_at_a_point_that_is_not_its_givers() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl"), phone("06 12345678")]).await;
    let at = |person, points: Vec<ContactPoint>, channel| {
        let decision =
            app.services.contactability.may_contact(&Addressee { person, points }, channel).expect("readable");
        (decision.allow, decision.reason)
    };
    let somewhere = || email("elders@example.nl");
    assert_eq!(at(Some(person), vec![somewhere()], Channel::Email), (false, Reason::NoPoint));
    assert!(at(Some(person), vec![email("ANNA@example.nl")], Channel::Email).0, "her own, spelled otherwise");
    assert!(at(Some(person), vec![phone("06 12345678")], Channel::Email).0, "another kind names her own");
    assert!(!at(None, vec![somewhere(), phone("06 12345678")], Channel::Email).0);
    assert_eq!(at(Some(person), Vec::new(), Channel::Post), (false, Reason::NoPoint), "no letter box is known");
}

/// A yes is for the point that it was given at; what joins the person afterwards, by whichever door, has none.
#[tokio::test]
async fn a_yes_does_not_spread_to_what_joins_later() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl")]).await;
    says_yes(&app, person, &[Channel::Newsletter], &[email("anna@example.nl")]).await;
    let other = customer(&app, "2", &[email("a.jansen@example.nl"), phone("06 12345678")]).await;
    app.services.merging.merge(&app.history(), person, other, &by_import(), Vec::new()).await.expect("merged");
    let at = |address: &str| Addressee { person: Some(person), points: vec![email(address)] };
    assert_eq!(reason(&app, &at("Anna@example.nl"), Channel::Newsletter), (true, Reason::OptedIn));
    assert_eq!(reason(&app, &at("a.jansen@example.nl"), Channel::Newsletter), (true, Reason::SoftOptIn), "its own");
    let third = app.services.people.new_subject();
    let mut part = Part::new(third, RetentionClass::Account, Language::Nl);
    part.points.push(email("derde@example.nl"));
    app.services.people.learn(part, &by_import()).await.expect("learned");
    app.services.merging.merge(&app.history(), person, third, &by_import(), Vec::new()).await.expect("merged");
    assert_eq!(reason(&app, &at("derde@example.nl"), Channel::Newsletter), (false, Reason::EvidenceMissing));
    assert!(!may_contact(&app, &Addressee::person(person), Channel::Newsletter).allow, "nobody said which mailbox");
    objected_at(&app.services, &[email("derde@example.nl")], &Channel::ALL).await;
    assert_eq!(reason(&app, &at("anna@example.nl"), Channel::Newsletter), (false, Reason::Objected), "a no does");
}

/// An objection holds at every point, those that join later included, and a yes takes it off its own point alone.
#[tokio::test]
async fn a_no_spreads_to_what_joins_later_and_a_yes_lifts_it_where_it_was_given() {
    let app = TestApp::new().await;
    let person = customer(&app, "1", &[email("anna@example.nl"), email("werk@example.nl")]).await;
    objected(&app.services, &Addressee::person(person), &[Channel::Email], &own(Route::MailLink)).await;
    says_yes(&app, person, &[Channel::Email], &[email("anna@example.nl")]).await;
    let at = |address: &str| Addressee { person: Some(person), points: vec![email(address)] };
    assert_eq!(reason(&app, &at("anna@example.nl"), Channel::Email), (true, Reason::OptedIn));
    assert_eq!(reason(&app, &at("werk@example.nl"), Channel::Email), (false, Reason::Objected));
    // Where the person is gone the no still stands on the mailbox.
    app.services.erasures.erase(&app.history(), person, false, &own(Route::PreferencePage)).await.expect("erased");
    let again = customer(&app, "1", &[email("werk@example.nl")]).await;
    assert_eq!(reason(&app, &Addressee::person(again), Channel::Email), (false, Reason::PointObjected));
}
