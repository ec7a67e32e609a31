use model::event::Body;
use std::sync::Arc;

use super::*;
use ledger::Opening;
use ledger::clock::FixedClock;
use vault::random::SeededRandom;

struct StaffHouse {
    ledger: Ledger,
    clock: Arc<FixedClock>,
    random: Arc<SeededRandom>,
}

impl StaffHouse {
    fn new() -> Self {
        let random = Arc::new(SeededRandom::new(3));
        let opening = Opening { data: None, key_file: None, origin: "voipro.test".into(), random: random.clone() };
        Self { ledger: Ledger::open(opening).unwrap(), clock: Arc::new(FixedClock::at(1_795_510_800)), random }
    }

    fn staff(&self) -> Staff {
        Staff::new(self.ledger.clone(), Arc::<FixedClock>::clone(&self.clock), Arc::<SeededRandom>::clone(&self.random))
    }
}

fn name(text: &str) -> StaffName {
    text.parse().unwrap()
}

fn secret(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

#[tokio::test]
async fn a_one_time_password_opens_once_and_is_replaced() {
    let house = StaffHouse::new();
    let anna = name("anna");
    let issued = house.staff().issue(&anna, Existing::Refuse).await.unwrap();
    let checked = house.staff().check("Anna ", issued.clone(), Lane::Anybody).await.unwrap();
    assert_eq!(checked, CheckedPassword::Right(SignedIn { name: anna.clone(), one_time: true }));

    house.staff().replace(&anna, None, secret("vier woorden aan elkaar"), "vier woorden aan elkaar").await.unwrap();
    assert_eq!(
        house.staff().check("anna", issued, Lane::Anybody).await.unwrap(),
        CheckedPassword::Wrong(Some(anna.clone()))
    );
    let checked = house.staff().check("anna", secret("vier woorden aan elkaar"), Lane::Anybody).await.unwrap();
    assert_eq!(checked, CheckedPassword::Right(SignedIn { name: anna, one_time: false }));
}

#[tokio::test]
async fn what_is_stored_is_neither_the_password_nor_the_name_as_key() {
    let house = StaffHouse::new();
    let issued = house.staff().issue(&name("anna"), Existing::Refuse).await.unwrap();
    let facts = house.ledger.facts(FactKind::StaffMember).unwrap();
    assert_eq!(facts.len(), 1);
    assert!(!String::from_utf8_lossy(&facts[0].fact.body().unwrap()).contains(issued.as_str()));
    assert!(!format!("{:?}", facts[0].fact.name()).contains("anna"));
}

#[tokio::test]
async fn a_taken_name_is_refused_and_every_change_is_an_event() {
    let house = StaffHouse::new();
    let anna = name("anna");
    house.staff().issue(&anna, Existing::Refuse).await.unwrap();
    assert!(matches!(house.staff().issue(&anna, Existing::Refuse).await, Err(StaffError::Taken)));
    house.staff().issue(&anna, Existing::Replace).await.unwrap();
    let objects: Vec<_> = (0..)
        .map_while(|index| {
            let shard = model::identity::ShardNumber::FIRST;
            house.ledger.record(RecordAddress { shard, index }).unwrap()
        })
        .map(|recorded| recorded.event.body)
        .collect();
    let changed = |change| Body::from(StaffChanged { name: "anna".to_owned(), change });
    assert_eq!(objects, [changed(StaffChange::Added), changed(StaffChange::PasswordIssued)]);
}

/// Work, not time: the hash that unknown names are checked against costs what a real one costs, and is checked.
#[tokio::test]
async fn an_unknown_name_takes_the_work_of_a_known_one() {
    let house = StaffHouse::new();
    house.staff().issue(&name("anna"), Existing::Refuse).await.unwrap();
    let (_, stored) = house.staff().find(&name("anna")).unwrap().unwrap();
    let (real, nobody) = (PasswordHash::new(&stored.password).unwrap(), PasswordHash::new(NOBODY).unwrap());
    assert_eq!(real.algorithm, nobody.algorithm);
    assert_eq!(real.params, nobody.params);
    assert_eq!(real.hash.unwrap().len(), nobody.hash.unwrap().len());
    assert_eq!(real.salt.unwrap().as_str().len(), nobody.salt.unwrap().as_str().len());
    for name in ["bert", "", "no name at all"] {
        assert_eq!(
            house.staff().check(name, secret("whatever it may be"), Lane::Anybody).await.unwrap(),
            CheckedPassword::Wrong(None)
        );
    }
}

#[test]
fn passwords_are_weighed_by_length_and_by_what_everybody_knows() {
    let anna = name("anna");
    let weigh = |new: &str| acceptable(&anna, new, new);
    assert_eq!(weigh("veertien tekens"), Ok(()));
    assert_eq!(weigh("te kort, veel t"), Ok(()));
    assert_eq!(weigh("veertien teken"), Err(PasswordRefusal::Short));
    assert_eq!(weigh(&"lang".repeat(51)), Err(PasswordRefusal::Long));
    assert_eq!(weigh("hier is Anna de baas"), Err(PasswordRefusal::Guessable));
    assert_eq!(weigh("abababababababab"), Err(PasswordRefusal::Guessable));
    assert_eq!(acceptable(&anna, "vier woorden aan elkaar", "vier woorden"), Err(PasswordRefusal::Different));
}

#[test]
fn names_have_one_spelling() {
    assert_eq!(name(" J.de-Vries ").as_str(), "j.de-vries");
    for wrong in ["", "1anna", "an na", "anna@voipro.nl", &"a".repeat(41)] {
        assert_eq!(wrong.parse::<StaffName>(), Err(StaffNameError), "{wrong}");
    }
}

/// A one-time password that lies about is of no use after a day; the one that was chosen has no such end.
#[tokio::test]
async fn a_one_time_password_works_for_a_day() {
    let house = StaffHouse::new();
    let anna = name("anna");
    let issued = house.staff().issue(&anna, Existing::Refuse).await.unwrap();
    house.clock.advance(24 * 60 * 60 - 1);
    assert!(matches!(
        house.staff().check("anna", issued.clone(), Lane::Anybody).await.unwrap(),
        CheckedPassword::Right(_)
    ));
    house.clock.advance(1);
    assert_eq!(house.staff().check("anna", issued.clone(), Lane::Anybody).await.unwrap(), CheckedPassword::Expired);
    assert_eq!(
        house.staff().check("anna", secret("another one altogether"), Lane::Anybody).await.unwrap(),
        CheckedPassword::Wrong(Some(anna.clone()))
    );
    let own = "vier woorden aan elkaar";
    assert!(matches!(house.staff().replace(&anna, None, secret(own), own).await, Err(StaffError::Gone)));
    house.staff().issue(&anna, Existing::Replace).await.unwrap();
    house.staff().replace(&anna, None, secret(own), own).await.unwrap();
    house.clock.advance(400 * 24 * 60 * 60);
    assert!(matches!(
        house.staff().check("anna", secret(own), Lane::Anybody).await.unwrap(),
        CheckedPassword::Right(_)
    ));
}

/// Whoever finds a session open cannot take it over for good.
#[tokio::test]
async fn a_new_password_needs_the_one_in_force() {
    let house = StaffHouse::new();
    let anna = name("anna");
    house.staff().issue(&anna, Existing::Refuse).await.unwrap();
    let (first, second) = ("vier woorden aan elkaar", "vijf andere woorden aan elkaar");
    house.staff().replace(&anna, None, secret(first), first).await.unwrap();
    for wrong in [None, Some(secret("")), Some(secret(second))] {
        let refused = house.staff().replace(&anna, wrong, secret(second), second).await;
        assert!(matches!(refused, Err(StaffError::Refused(PasswordRefusal::Current))));
    }
    house.staff().replace(&anna, Some(secret(first)), secret(second), second).await.unwrap();
    assert!(matches!(
        house.staff().check("anna", secret(second), Lane::Anybody).await.unwrap(),
        CheckedPassword::Right(_)
    ));
}
