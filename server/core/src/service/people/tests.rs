//! What may be done with people's contact points, whatever happened to them.

mod held;
mod lives;
mod matters_most;
mod spread;

use model::channel::Channel;
use model::decision::Reason;
use model::event::{Actor, Route};
use model::evidence::{IdentityLevel, SoftOptIn};
use model::identity::Subject;
use model::language::Language;

use super::{Act, ActError, Acted, Who, hash};
use crate::service::centre::Shown;
use crate::service::fixture::House;
use crate::service::fixture::people::{confirmation, customer, door, email, may_i, phone, whole};
use contact::ContactPoint;
use ledger::formats::fact::Part;
use vault::ring::RetentionClass;

fn own(route: Route) -> Act {
    Act::by_person(route, IdentityLevel::Possession)
}

fn unverified() -> Act {
    Act { actor: Actor::Visitor, ..Act::by_person(Route::PreferencePage, IdentityLevel::Unverified) }
}

fn by_import() -> Act {
    Act { actor: Actor::System, ..Act::by_person(Route::Import, IdentityLevel::Unverified) }
}

fn reason(house: &House, who: &Who, channel: Channel) -> (bool, Reason) {
    let decision = may_i(house, who, channel);
    (decision.allow, decision.reason)
}

async fn says_yes(house: &House, person: Subject, channels: &[Channel], controlled: &[ContactPoint]) -> Acted {
    let act = own(Route::PreferencePage);
    house
        .services
        .contactability
        .opt_in(person, channels, confirmation(), controlled, &act, None)
        .await
        .expect("recorded")
}

#[tokio::test]
async fn an_objection_to_one_channel_leaves_the_others_and_stop_all_takes_five() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl"), phone("06 12345678"), door("1")]).await;
    let who = Who::person(person);
    assert_eq!(reason(&house, &who, Channel::Email), (true, Reason::SoftOptIn));
    assert_eq!(reason(&house, &who, Channel::Post), (true, Reason::OptOut));
    house.services.contactability.object(&who, &[Channel::Post], &own(Route::LetterCode)).await.expect("recorded");
    assert_eq!(reason(&house, &who, Channel::Post), (false, Reason::Objected));
    assert_eq!(reason(&house, &who, Channel::Email), (true, Reason::SoftOptIn), "S-10");
    let before = house.ledger().len();
    house.services.contactability.object(&who, &Channel::ALL, &own(Route::PreferencePage)).await.expect("recorded");
    assert_eq!(house.ledger().len(), before + 1, "one action");
    for channel in Channel::ALL {
        assert_eq!(reason(&house, &who, channel), (false, Reason::Objected), "{channel:?}");
    }
}

#[tokio::test]
async fn repeats_succeed_and_record_nothing() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl")]).await;
    for who in [Who::person(person), Who::point(phone("020 788 4000"))] {
        let first =
            house.services.contactability.object(&who, &Channel::ALL, &own(Route::OneClick)).await.expect("recorded");
        let before = house.ledger().len();
        house.clock.advance(86_400);
        let again =
            house.services.contactability.object(&who, &Channel::ALL, &own(Route::OneClick)).await.expect("taken");
        assert_eq!((again.record, again.changed, again.since), (first.record, false, first.since));
        assert_eq!(house.ledger().len(), before);
    }
}

/// Several people share a mailbox: whoever of them objected, it is not used.
#[tokio::test]
async fn an_objection_on_a_shared_point_denies_it_to_everybody_and_names_nobody() {
    let house = House::new().await;
    let shared = email("thuis@example.nl");
    let anna = customer(&house, "1", std::slice::from_ref(&shared)).await;
    let bert = customer(&house, "2", &[email("Thuis@Example.nl"), email("bert@example.nl")]).await;
    house
        .services
        .contactability
        .object(&Who::person(anna), &[Channel::Email], &own(Route::MailLink))
        .await
        .expect("recorded");
    let decision = may_i(&house, &Who { person: Some(bert), points: vec![shared.clone()] }, Channel::Email);
    assert_eq!((decision.allow, decision.reason), (false, Reason::PointObjected));
    let other = Who { person: Some(bert), points: vec![email("bert@example.nl")] };
    assert_eq!(reason(&house, &other, Channel::Email), (true, Reason::SoftOptIn));
    // Bert's yes does not lift Anna's no, unless he proves to control the mailbox.
    says_yes(&house, bert, &[Channel::Email], &[]).await;
    assert_eq!(reason(&house, &Who::point(shared.clone()), Channel::Email), (false, Reason::PointObjected));
    says_yes(&house, bert, &[Channel::Email], std::slice::from_ref(&shared)).await;
    let at = Who { person: Some(bert), points: vec![shared] };
    assert_eq!(reason(&house, &at, Channel::Email), (true, Reason::OptedIn));
}

#[tokio::test]
async fn ones_own_objection_is_lifted_by_ones_own_yes() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl"), phone("06 12345678")]).await;
    let who = Who::person(person);
    house.services.contactability.object(&who, &Channel::ALL, &own(Route::PreferencePage)).await.expect("recorded");
    says_yes(&house, person, &[Channel::Newsletter, Channel::Phone], &[]).await;
    assert_eq!(reason(&house, &who, Channel::Newsletter), (true, Reason::OptedIn));
    assert_eq!(reason(&house, &who, Channel::Phone), (true, Reason::OptedIn));
    assert_eq!(reason(&house, &who, Channel::Email), (false, Reason::Objected));
}

/// The number or address alone is enough to say no (S-12), and shows and lifts nothing.
#[tokio::test]
async fn nothing_in_hand_is_enough_to_say_no() {
    let house = House::new().await;
    for (point, channel) in [
        (phone("020 788 4000"), Channel::Phone),
        (door("12-A"), Channel::Post),
        (email("x@example.nl"), Channel::Email),
    ] {
        let acted = house
            .services
            .contactability
            .object(&Who::point(point.clone()), &Channel::ALL, &unverified())
            .await
            .expect("taken");
        assert!(acted.changed && acted.channels.contains(&channel));
        let event = house.ledger().pop().expect("an event");
        assert_eq!((event.head.subject, event.level()), (None, Some(IdentityLevel::Unverified)));
        let late = customer(&house, &point.normal(), std::slice::from_ref(&point)).await;
        assert_eq!(reason(&house, &Who::person(late), channel), (false, Reason::PointObjected));
    }
    let nothing = Who::point(phone("020 788 4001"));
    let refused = house.services.contactability.object(&nothing, &[Channel::Post], &unverified()).await;
    assert!(matches!(refused, Err(ActError::Nothing)), "a phone number has no letter box");
}

#[tokio::test]
async fn a_request_by_somebody_else_is_no_opt_in() {
    let house = House::new().await;
    let person = house.services.people.new_subject();
    let mut part = Part::new(person, RetentionClass::Newsletter, Language::Nl);
    part.points.push(email("anna@example.nl"));
    house.services.people.learn(part, &by_import()).await.expect("learned");
    let staff = Act { actor: Actor::Agent { name: "bert".into() }, ..own(Route::Desk) };
    house.services.contactability.request_opt_in(person, &[Channel::Newsletter], &staff).await.expect("recorded");
    assert_eq!(reason(&house, &Who::person(person), Channel::Newsletter), (false, Reason::Unconfirmed));
    let social = house.services.contactability.request_opt_in(person, &[Channel::Social], &staff).await;
    assert!(matches!(social, Err(ActError::SelfSignUpRequired)), "S-11");
    let told = house.services.contactability.tell_relation(person, &[Channel::Social], None, &by_import()).await;
    assert!(matches!(told, Err(ActError::SelfSignUpRequired)), "S-11");
    says_yes(&house, person, &[Channel::Newsletter], &[]).await;
    assert_eq!(reason(&house, &Who::person(person), Channel::Newsletter), (true, Reason::OptedIn));
}

/// S-21: without all the evidence there is no basis; with the opt-out used there is a no.
#[tokio::test]
async fn a_soft_opt_in_needs_its_evidence() {
    let house = House::new().await;
    let learn = async |number: &str, evidence| {
        let subject = house.services.people.new_subject();
        let mut part = Part::new(subject, RetentionClass::Account, Language::Nl);
        part.points.push(email(&format!("{number}@example.nl")));
        house.services.people.learn(part, &by_import()).await.expect("learned");
        house
            .services
            .contactability
            .tell_relation(subject, &[Channel::Newsletter], evidence, &by_import())
            .await
            .expect("told");
        subject
    };
    let lacking = learn("lacking", Some(SoftOptIn { opt_out_offered_on: None, ..whole() })).await;
    let who = Who::person(lacking);
    assert_eq!(reason(&house, &who, Channel::Newsletter), (false, Reason::EvidenceMissing));
    let refused = learn("refused", Some(SoftOptIn { opt_out_used: true, ..whole() })).await;
    assert_eq!(reason(&house, &Who::person(refused), Channel::Newsletter), (false, Reason::Refused));
    let later = learn("refused", Some(whole())).await;
    assert_eq!(reason(&house, &Who::person(later), Channel::Newsletter), (false, Reason::PointObjected), "S-18");
}

#[tokio::test]
async fn merged_people_keep_every_objection_of_both() {
    let house = House::new().await;
    let anna = customer(&house, "1", &[email("anna@example.nl")]).await;
    let other = customer(&house, "2", &[email("a.jansen@example.nl"), phone("06 12345678")]).await;
    house
        .services
        .contactability
        .object(&Who::person(other), &[Channel::Email], &own(Route::MailLink))
        .await
        .expect("recorded");
    says_yes(&house, anna, &[Channel::Email], &[]).await;
    house.services.merging.merge(anna, other, &by_import(), Vec::new()).await.expect("merged");
    for subject in [anna, other] {
        let who = Who::person(subject);
        assert_eq!(reason(&house, &who, Channel::Email), (false, Reason::Objected));
        assert_eq!(house.services.people.known_person(subject).map(|person| person.subject), Some(anna));
    }
    let person = house.services.people.known_person(other).expect("known");
    assert_eq!((person.customers(), person.points().len()), (vec!["1", "2"], 3));
    assert!(house.services.people.life(&house.services.people.history(), other).expect("readable").len() >= 6);
    says_yes(&house, other, &[Channel::Email], &[]).await;
    assert_eq!(reason(&house, &Who::person(anna), Channel::Email), (true, Reason::OptedIn));
}

/// Something that changed meanwhile is not undone by accident.
#[tokio::test]
async fn a_page_that_is_behind_lifts_nothing() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl")]).await;
    let record = house
        .services
        .contactability
        .last_word(&house.services.people.history(), person, &[Channel::Email])
        .expect("readable")
        .expect("an import");
    let shown = Shown { record, points: house.services.people.hash_of_points(&[email("anna@example.nl")]) };
    house
        .services
        .contactability
        .object(&Who::person(person), &[Channel::Email], &own(Route::OneClick))
        .await
        .expect("recorded");
    let act = own(Route::PreferencePage);
    let late =
        house.services.contactability.opt_in(person, &[Channel::Email], confirmation(), &[], &act, Some(&shown)).await;
    assert!(matches!(late, Err(ActError::ChangedSince)));
    assert_eq!(reason(&house, &Who::person(person), Channel::Email), (false, Reason::Objected));
}

/// Whoever declines the blocking list is not on it; what they had objected to before stays forbidden.
#[tokio::test]
async fn an_erasure_without_the_blocking_list_adds_nothing_to_it() {
    let house = House::new().await;
    let points = [email("anna@example.nl"), phone("06 12345678")];
    let person = customer(&house, "1", &points).await;
    house
        .services
        .contactability
        .object(&Who::person(person), &[Channel::Email], &own(Route::MailLink))
        .await
        .expect("recorded");
    house.services.erasures.erase(person, false, &own(Route::PreferencePage)).await.expect("erased");
    let again = customer(&house, "1", &points).await;
    let who = Who::person(again);
    assert_eq!(reason(&house, &who, Channel::Email), (false, Reason::PointObjected));
    assert_eq!(reason(&house, &who, Channel::Newsletter), (true, Reason::SoftOptIn));
}

#[tokio::test]
async fn objections_under_an_older_index_key_still_stand() {
    let house = House::new().await;
    house
        .services
        .contactability
        .object(&Who::point(email("a@example.nl")), &Channel::ALL, &unverified())
        .await
        .expect("taken");
    hash::rotate_index_key(&house.services.scribe);
    house
        .services
        .contactability
        .object(&Who::point(email("b@example.nl")), &Channel::ALL, &unverified())
        .await
        .expect("taken");
    for text in ["A@example.nl", "b@EXAMPLE.nl"] {
        let who = Who::point(email(text));
        assert_eq!(reason(&house, &who, Channel::Email), (false, Reason::PointObjected), "{text}");
    }
}

/// Post: the door and the bare number, or every door.
#[tokio::test]
async fn doors_are_told_apart() {
    let house = House::new().await;
    customer(&house, "1", &[door("1 A")]).await;
    house
        .services
        .contactability
        .object(&Who::point(door("1 a.")), &[Channel::Post], &unverified())
        .await
        .expect("taken");
    house.services.contactability.object(&Who::point(door("7")), &[Channel::Post], &unverified()).await.expect("taken");
    let denied = |number| !may_i(&house, &Who::point(door(number)), Channel::Post).allow;
    let b = customer(&house, "2", &[door("1 B")]).await;
    assert!(denied("1 A") && denied("1") && denied("7") && denied("7 C"));
    assert_eq!(reason(&house, &Who::person(b), Channel::Post), (true, Reason::OptOut));
    // One on a single door does not yet stand on all of them: the wider one is new.
    let wider = house
        .services
        .contactability
        .object(&Who::point(door("1")), &[Channel::Post], &unverified())
        .await
        .expect("taken");
    assert!(wider.changed && denied("1 B"));
}

/// A door that nobody has may be a slip, or a spelling of one that somebody has: then no door of the number is written to.
/// Whoever objects is told the same, and learns nothing of who lives there.
#[tokio::test]
async fn a_no_at_a_door_that_nobody_has_stands_on_every_door_of_the_number() {
    let house = House::new().await;
    let a = customer(&house, "1", &[door("12 A")]).await;
    let third = customer(&house, "2", &[door("12 III")]).await;
    let next = customer(&house, "3", &[door("14 A")]).await;
    let may = |person| may_i(&house, &Who::person(person), Channel::Post).allow;
    let stop = async |number: &str| {
        let acted = house.services.objections.stop_at(vec![door(number)], &[Channel::Post]).await.expect("recorded");
        let told = house.services.objections.told(&acted, None);
        (told.channels, told.since, told.changed)
    };
    let known = stop("12-3").await;
    assert!(may(a) && !may(third), "control: a door that somebody has is one door");
    let unknown = stop("12 dakkapel").await;
    assert_eq!(known, unknown, "the same answer");
    assert!(!may(a) && !may(third) && may(next));
    assert_eq!(stop("99 dakkapel").await, known, "also where nobody is known at all");
    let later = customer(&house, "4", &[door("12 B")]).await;
    assert!(!may(later), "whoever comes later, too");
    // What a customer says of their own address is about their own door.
    let own = customer(&house, "5", &[door("20 A")]).await;
    let beside = customer(&house, "6", &[door("20 B")]).await;
    house.services.contactability.object(&Who::person(own), &[Channel::Post], &unverified()).await.expect("recorded");
    assert!(!may(own) && may(beside));
}

/// A yes at one door is none at another, also where an objection cannot tell the two apart.
#[tokio::test]
async fn no_two_doors_are_one_for_a_yes() {
    let house = House::new().await;
    customer(&house, "1", &[door("12 H")]).await;
    let allowed = |number| may_i(&house, &Who::point(door(number)), Channel::Post).allow;
    assert!(allowed("12 h"), "control");
    for other in ["12", "12 hs", "12 A", "12 HH", "12 8", "1", "112 H"] {
        assert!(!allowed(other), "{other}");
    }
}

/// Item "any standing objection on the contact point denies": also where the question names its owner by another point.
#[tokio::test]
async fn a_suppressed_point_denies_by_whatever_its_owner_is_named() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl"), phone("06 12345678"), door("1")]).await;
    let by = |point: ContactPoint, channel| {
        house.services.contactability.may_i(&Who::point(point), channel).expect("readable")
    };
    assert!(by(phone("06 12345678"), Channel::Email).allow && by(email("anna@example.nl"), Channel::Post).allow);
    house
        .services
        .objections
        .stop_at(vec![email("Anna@example.nl"), door("1")], &Channel::ALL)
        .await
        .expect("recorded");
    for (point, channel) in [
        (phone("06 12345678"), Channel::Email),
        (phone("06 12345678"), Channel::Newsletter),
        (door("1"), Channel::Email),
        (email("anna@example.nl"), Channel::Post),
    ] {
        let decision = by(point, channel);
        assert_eq!((decision.allow, decision.reason), (false, Reason::PointObjected), "{channel:?}");
    }
    assert!(!house.services.contactability.may_i(&Who::person(person), Channel::Post).expect("readable").allow);
    // Of two who share a phone, each must be allowed.
    let free = customer(&house, "2", &[email("bert@example.nl"), phone("06 12345678")]).await;
    assert!(house.services.contactability.may_i(&Who::person(free), Channel::Email).expect("readable").allow);
    assert!(!by(phone("06 12345678"), Channel::Email).allow);
}

/// S-21: a customer's basis is for the addresses that they gave, and for no other that somebody names beside it.
#[tokio::test]
async fn s_21_a_yes_reaches_nobody_at_a_point_that_is_not_its_givers() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl"), phone("06 12345678")]).await;
    let at = |person, points: Vec<ContactPoint>, channel| {
        let decision = house.services.contactability.may_i(&Who { person, points }, channel).expect("readable");
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
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl")]).await;
    says_yes(&house, person, &[Channel::Newsletter], &[email("anna@example.nl")]).await;
    let other = customer(&house, "2", &[email("a.jansen@example.nl"), phone("06 12345678")]).await;
    house.services.merging.merge(person, other, &by_import(), Vec::new()).await.expect("merged");
    let at = |address: &str| Who { person: Some(person), points: vec![email(address)] };
    assert_eq!(reason(&house, &at("Anna@example.nl"), Channel::Newsletter), (true, Reason::OptedIn));
    assert_eq!(reason(&house, &at("a.jansen@example.nl"), Channel::Newsletter), (true, Reason::SoftOptIn), "its own");
    let third = house.services.people.new_subject();
    let mut part = Part::new(third, RetentionClass::Account, Language::Nl);
    part.points.push(email("derde@example.nl"));
    house.services.people.learn(part, &by_import()).await.expect("learned");
    house.services.merging.merge(person, third, &by_import(), Vec::new()).await.expect("merged");
    assert_eq!(reason(&house, &at("derde@example.nl"), Channel::Newsletter), (false, Reason::EvidenceMissing));
    assert!(!may_i(&house, &Who::person(person), Channel::Newsletter).allow, "nobody said which mailbox");
    house.services.objections.stop_at(vec![email("derde@example.nl")], &Channel::ALL).await.expect("recorded");
    assert_eq!(reason(&house, &at("anna@example.nl"), Channel::Newsletter), (false, Reason::Objected), "a no does");
}

/// An objection holds at every point, those that join later included, and a yes takes it off its own point alone.
#[tokio::test]
async fn a_no_spreads_to_what_joins_later_and_a_yes_lifts_it_where_it_was_given() {
    let house = House::new().await;
    let person = customer(&house, "1", &[email("anna@example.nl"), email("werk@example.nl")]).await;
    house
        .services
        .contactability
        .object(&Who::person(person), &[Channel::Email], &own(Route::MailLink))
        .await
        .expect("recorded");
    says_yes(&house, person, &[Channel::Email], &[email("anna@example.nl")]).await;
    let at = |address: &str| Who { person: Some(person), points: vec![email(address)] };
    assert_eq!(reason(&house, &at("anna@example.nl"), Channel::Email), (true, Reason::OptedIn));
    assert_eq!(reason(&house, &at("werk@example.nl"), Channel::Email), (false, Reason::Objected));
    // Where the person is gone the no still stands on the mailbox.
    house.services.erasures.erase(person, false, &own(Route::PreferencePage)).await.expect("erased");
    let again = customer(&house, "1", &[email("werk@example.nl")]).await;
    assert_eq!(reason(&house, &Who::person(again), Channel::Email), (false, Reason::PointObjected));
}
