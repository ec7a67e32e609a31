//! Whatever a write waits for: a decision, and everything else that is read of a person, waits for none of it.

use super::*;
use vault::held::{FOR_EVER, reads_come_first};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// Acts that make a key, or replace all of them.
type KeyAct = (&'static str, fn(&TestApp));

const WRITTEN: [KeyAct; 3] = [
    ("somebody new", |app| _ = wait(customer(app, "2", &[email("bert@example.nl")]))),
    ("another root key", |app| _ = wait(app.services.key_rotation.rotate_root(Actor::System)).expect("rotated")),
    ("another index key", |app| _ = wait(app.services.key_rotation.rotate_index(Actor::System)).expect("rotated")),
];

#[test]
fn a_decision_does_not_wait_for_the_disk_that_an_act_waits_for() {
    for (what, write) in WRITTEN {
        let folder = tempfile::tempdir().expect("a folder");
        let app = wait(TestApp::at(Some(&folder.path().join("data")), 1));
        let points = [email("anna@example.nl"), phone("06 12345678"), door("1")];
        let person = wait(customer(&app, "1", &points));
        let stopped = Addressee::point(phone("06 87654321"));
        let said = wait(app.services.contactability.object(
            &app.history(),
            &stopped,
            &[Channel::Phone],
            &own(Route::PreferencePage),
        ))
        .expect("recorded");
        let letter = wait(app.services.letters.letter_code(person, &by_import())).expect("made");
        let who = Addressee::person(person);
        let reads = || {
            let point = Addressee::point(email("anna@example.nl"));
            assert_eq!(reason(&app, &who, Channel::Email), (true, Reason::SoftOptIn), "{what}");
            assert_eq!(reason(&app, &point, Channel::Email), (true, Reason::SoftOptIn), "{what}");
            assert_eq!(reason(&app, &stopped, Channel::Phone), (false, Reason::PointObjected), "{what}");
            let purpose = "statistics".parse().expect("a name");
            assert!(
                !app.services.contactability.may_use_for(&app.history(), &who, purpose).expect("readable").allow,
                "{what}"
            );
            assert!(
                !app.services.contactability.all_channels(&app.history(), &who).expect("readable").is_empty(),
                "{what}"
            );
            assert!(app.services.ledger.record(said.record).expect("readable").is_some(), "{what}");
            assert!(
                app.records() > 1
                    && !app.services.people.records_of(&app.history(), person).expect("readable").is_empty(),
                "{what}"
            );
            assert!(app.services.people.known_person(person).is_some(), "{what}");
            assert_eq!(app.services.letters.person_of_letter(letter), Some(person), "{what}");
            assert_eq!(wait(app.services.letters.letter_code(person, &by_import())).expect("known"), letter, "{what}");
        };
        let slow_down = |disk| app.services.ledger.slow_down_keys(disk);
        let first = reads_come_first(slow_down, FOR_EVER, || write(&app), reads);
        assert!(!first.is_empty() && first.iter().all(|first| *first), "{what}: {first:?}");
        wait(app.services.ledger.close());
    }
}
