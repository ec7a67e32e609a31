//! Whatever a write waits for: a decision, and everything else that is read of a person, waits for none of it.

use super::*;
use vault::held::{FOR_EVER, reads_come_first};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// Acts that make a key, or replace all of them.
type Written = (&'static str, fn(&House));

const WRITTEN: [Written; 3] = [
    ("somebody new", |house| _ = wait(customer(house, "2", &[email("bert@example.nl")]))),
    ("another root key", |house| _ = wait(house.services.key_rotation.rotate_root(Actor::System)).expect("rotated")),
    ("another index key", |house| _ = wait(house.services.key_rotation.rotate_index(Actor::System)).expect("rotated")),
];

#[test]
fn a_decision_does_not_wait_for_the_disk_that_an_act_waits_for() {
    for (what, write) in WRITTEN {
        let folder = tempfile::tempdir().expect("a folder");
        let house = wait(House::at(Some(&folder.path().join("data")), 1));
        let points = [email("anna@example.nl"), phone("06 12345678"), door("1")];
        let person = wait(customer(&house, "1", &points));
        let stopped = Who::point(phone("06 87654321"));
        let said = wait(house.services.contactability.object(&stopped, &[Channel::Phone], &own(Route::PreferencePage)))
            .expect("recorded");
        let letter = wait(house.services.letters.letter_code(person, &by_import())).expect("made");
        let who = Who::person(person);
        let reads = || {
            let point = Who::point(email("anna@example.nl"));
            assert_eq!(reason(&house, &who, Channel::Email), (true, Reason::SoftOptIn), "{what}");
            assert_eq!(reason(&house, &point, Channel::Email), (true, Reason::SoftOptIn), "{what}");
            assert_eq!(reason(&house, &stopped, Channel::Phone), (false, Reason::PointObjected), "{what}");
            let purpose = "statistics".parse().expect("a name");
            assert!(
                !house
                    .services
                    .contactability
                    .may_i_use(&house.services.people.history(), &who, purpose)
                    .expect("readable")
                    .allow,
                "{what}"
            );
            assert!(
                !house
                    .services
                    .contactability
                    .all_channels(&house.services.people.history(), &who)
                    .expect("readable")
                    .is_empty(),
                "{what}"
            );
            assert!(house.services.scribe.record(said.record).expect("readable").is_some(), "{what}");
            assert!(
                house.records() > 1
                    && !house
                        .services
                        .people
                        .life(&house.services.people.history(), person)
                        .expect("readable")
                        .is_empty(),
                "{what}"
            );
            assert!(house.services.people.known_person(person).is_some(), "{what}");
            assert_eq!(house.services.letters.person_of_letter(letter), Some(person), "{what}");
            assert_eq!(
                wait(house.services.letters.letter_code(person, &by_import())).expect("known"),
                letter,
                "{what}"
            );
        };
        let slow_down = |disk| house.services.scribe.slow_down_keys(disk);
        let first = reads_come_first(slow_down, FOR_EVER, || write(&house), reads);
        assert!(!first.is_empty() && first.iter().all(|first| *first), "{what}: {first:?}");
        wait(house.services.scribe.close());
    }
}
