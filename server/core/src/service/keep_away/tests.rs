use std::path::{Path, PathBuf};

use model::channel::Channel;
use model::decision::Reason;
use model::event::{Actor, EventKind, Route};
use model::evidence::IdentityLevel;
use model::identity::ShardNumber;
use tokio::sync::mpsc;

use super::*;
use crate::service::fixture::people::{customer, email, may_contact, objected, objected_at};
use crate::service::fixture::{TEST_NOW, TestApp};
use crate::service::people::{Addressee, Provenance};
use ledger::backup::{BackupRequest, Restore, RestoreError, RestoreRequest, backup, restore};
use ledger::clock::moment;
use ledger::kept_away::load_folder;
use ledger::verify::verify;
use vault::random::SeededRandom;

const SITE: &str = "voipro.test";

fn settings() -> KeptAwaySettings {
    KeptAwaySettings { folder: None, mail: None, command: None, every: Duration::from_hours(1) }
}

fn keeping(app: TestApp, settings: KeptAwaySettings) -> TestApp {
    app.made(|parts| Arc::make_mut(&mut parts.config).kept_away = Some(settings))
}

/// A ledger, its backup and the folder that is kept away, on three disks so to speak.
struct Disks(tempfile::TempDir);

impl Disks {
    fn new() -> Self {
        let disks = Self(tempfile::tempdir().expect("a folder"));
        std::fs::create_dir(disks.at("apart")).expect("made");
        disks
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    async fn app(&self, seed: u64) -> TestApp {
        let settings = KeptAwaySettings { folder: Some(self.at("apart")), ..settings() };
        keeping(TestApp::at(Some(&self.at("data")), seed).await, settings)
    }

    fn back_up(&self) {
        let (data, to, key_file) = (self.at("data"), self.at("backup"), self.at("data.root"));
        let at = moment(TEST_NOW).at;
        let keep = time::Duration::days(35);
        let asked = BackupRequest { data: &data, key_file: Some(&key_file), to: &to, at, keep };
        backup(&asked, &mut |_, _| ()).expect("backed up");
    }

    async fn restore(&self, kept_away: Option<&Path>) -> Result<Restore, RestoreError> {
        let (data, backup, key_file) = (self.at("data"), self.at("backup"), self.at("data.root"));
        let asked = RestoreRequest {
            backup: &backup,
            increment: None,
            data: &data,
            key_file: Some(&key_file),
            kept_away,
            over_newer: true,
            at: moment(TEST_NOW + 9).at,
            random: Arc::new(SeededRandom::new(99)),
        };
        restore(&asked, &mut |_, _| ()).await
    }
}

fn own() -> Provenance {
    Provenance { actor: Actor::Person, ..Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession) }
}

fn at_mailbox(app: &TestApp, address: &str) -> (bool, Reason) {
    let decision = may_contact(app, &Addressee::point(email(address)), Channel::Email);
    (decision.allow, decision.reason)
}

/// The drill: who objected after the backup may not be contacted, and who was erased after it is erased, though the backup knows of
/// neither.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_who_objected_since_is_not_contacted_and_who_was_erased_since_is_erased() {
    let disks = Disks::new();
    let app = disks.app(1).await;
    let anna = customer(&app, "K-1", &[email("anna@example.nl")]).await;
    let bert = customer(&app, "K-2", &[email("bert@example.nl")]).await;
    customer(&app, "K-3", &[email("carla@example.nl")]).await;
    objected_at(&app.services, &[email("before@example.nl")], &Channel::ALL).await;
    app.services.keep_away.keep().await.expect("kept away");
    disks.back_up();

    objected(&app.services, &Addressee::person(anna), &Channel::ALL, &own()).await;
    // What comes from here on is under a key of hashes that the backup has not.
    app.services.key_rotation.rotate_index(Actor::System).await.expect("rotated");
    objected_at(&app.services, &[email("somebody@example.nl")], &[Channel::Email]).await;
    app.services.erasures.erase(&app.history(), bert, true, &own()).await.expect("erased");
    app.services.keep_away.keep().await.expect("kept away");
    app.services.ledger.close().await;
    std::fs::rename(disks.at("data"), disks.at("lost")).expect("lost");

    // The control: without what was kept away the backup's word stands.
    disks.restore(None).await.expect("restored");
    let without = TestApp::at(Some(&disks.at("data")), 3).await;
    assert!(
        at_mailbox(&without, "anna@example.nl").0 && at_mailbox(&without, "bert@example.nl").0,
        "the test can fail"
    );
    assert!(without.services.people.known_person(bert).is_some());
    without.services.ledger.close().await;

    let restored = disks.restore(Some(&disks.at("apart"))).await.expect("restored");
    let put_back = restored.restored.put_back.expect("something was kept away");
    assert!(put_back.objections >= 3 && put_back.keys >= 2, "{put_back:?}");
    assert_eq!(restored.gaps, []);
    let app = disks.app(4).await;
    for address in ["anna@example.nl", "bert@example.nl", "somebody@example.nl", "before@example.nl"] {
        assert_eq!(at_mailbox(&app, address), (false, Reason::PointObjected), "{address}");
    }
    assert!(at_mailbox(&app, "carla@example.nl").0, "nobody else's relation ends");
    let of_anna = may_contact(&app, &Addressee::person(anna), Channel::Email);
    assert!(!of_anna.allow, "{of_anna:?}");
    assert!(app.services.people.known_person(bert).is_none() && app.services.people.customer("K-2").is_none());
    assert!(app.services.ledger.history(bert).expect("readable").is_empty());
    let second = ShardNumber::new(2).expect("a number");
    let at = |index| model::identity::RecordAddress { shard: second, index };
    let event = app.services.ledger.record(at(1)).expect("readable").expect("there").event;
    assert_eq!(event.kind(), EventKind::Erased);
    assert_eq!(event.destroyed().len() as u64, put_back.keys);
    // They are kept away anew, for the next time.
    app.services.keep_away.keep().await.expect("kept away");
    app.services.ledger.close().await;
    let verified = verify(&disks.at("data"), Some(&disks.at("data.root"))).expect("adds up");
    assert!(verified.erased > 0);
}

/// Nobody can read what is kept away without the ledger's keys, and nothing of another ledger is put back.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_away_says_nothing_by_itself_and_is_of_one_ledger() {
    let (disks, other) = (Disks::new(), Disks::new());
    for (disks, seed) in [(&disks, 1), (&other, 2)] {
        let app = disks.app(seed).await;
        disks.back_up();
        objected_at(&app.services, &[email("anna@example.nl")], &Channel::ALL).await;
        app.services.keep_away.keep().await.expect("kept away");
        app.services.ledger.close().await;
    }
    let files = load_folder(&disks.at("apart"), SITE).expect("readable");
    for (path, _) in &files {
        let text = std::fs::read_to_string(path).expect("there");
        assert!(!text.contains("anna") && !text.contains("email") && !text.contains("folds"), "{text}");
    }
    let told = disks.restore(Some(&other.at("apart"))).await.expect_err("another ledger's").to_string();
    assert!(told.contains("is damaged, or of another ledger") && told.contains("Nothing was changed"), "{told}");
    let (path, _) = &files[0];
    let text = std::fs::read_to_string(path).expect("there");
    for (from, to) in
        [("\"sealed\": \"", "\"sealed\": \"A"), ("\"from\": \"0001/0\"", "\"from\": \"0001/1\""), ("{", "")]
    {
        std::fs::write(path, text.replacen(from, to, 1)).expect("written");
        let told = disks.restore(Some(&disks.at("apart"))).await.expect_err("damaged").to_string();
        assert!(told.contains(&*path.to_string_lossy()), "{told}");
    }
    std::fs::write(path, text.replacen("\"keuze_kept_away\": 1", "\"keuze_kept_away\": 2", 1)).expect("written");
    let told = disks.restore(Some(&disks.at("apart"))).await.expect_err("of another version").to_string();
    assert!(told.contains("a later build"), "{told}");
    std::fs::write(path, text).expect("written");
    disks.restore(Some(&disks.at("apart"))).await.expect("restored");
}

/// A file that is missing leaves a gap, which is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_what_was_kept_away_is_told() {
    let disks = Disks::new();
    let app = disks.app(1).await;
    disks.back_up();
    for (second, name) in [(1, "anna"), (2, "bert"), (3, "carla")] {
        app.clock.set(TEST_NOW + second);
        objected_at(&app.services, &[email(&format!("{name}@example.nl"))], &Channel::ALL).await;
        app.services.keep_away.keep().await.expect("kept away");
    }
    app.services.ledger.close().await;
    let files = load_folder(&disks.at("apart"), SITE).expect("readable");
    assert_eq!(files.len(), 3);
    let (lost, kept) = &files[1];
    std::fs::remove_file(lost).expect("removed");
    let restored = disks.restore(Some(&disks.at("apart"))).await.expect("restored");
    assert_eq!(restored.gaps, [(kept.from, kept.until)]);
}

/// By each way, after each act that erases or objects and at an interval; what could not be kept away is kept away the next time.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_kept_away_after_acts_and_at_an_interval_by_every_way() {
    let disks = Disks::new();
    let taken = disks.at("taken");
    let script = format!("test -e {0}.full && exit 1; cat > {0}", taken.display());
    let settings = KeptAwaySettings {
        folder: Some(disks.at("apart")),
        mail: Some(contact::Email::parse("apart@example.nl").expect("an address")),
        command: Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), script]),
        ..settings()
    };
    let app = keeping(TestApp::at(Some(&disks.at("data")), 1).await, settings);
    let (paused, mut is_paused) = mpsc::unbounded_channel();
    let services = app.services.clone();
    let chores = tokio::spawn(async move {
        let pause = |how_long| {
            paused.send(how_long).expect("the test listens");
            async move {
                if how_long != GATHERS {
                    std::future::pending::<()>().await;
                }
            }
        };
        services.keep_away.keep_for_ever(pause).await;
    });
    let hour = Duration::from_hours(1);
    assert_eq!(is_paused.recv().await, Some(hour), "at the start, and then it waits");
    let first = std::fs::read_to_string(&taken).expect("the command has it");
    let mailed = || app.services.mail.waiting().into_iter().filter(|(_, mail)| mail.what == "kept-away").count();
    assert_eq!(mailed(), 1);
    app.clock.set(TEST_NOW + 60);
    objected_at(&app.services, &[email("anna@example.nl")], &Channel::ALL).await;
    assert_eq!(is_paused.recv().await, Some(GATHERS), "an objection");
    assert_eq!(is_paused.recv().await, Some(hour));
    let second = std::fs::read_to_string(&taken).expect("the command has it");
    assert_ne!(first, second);
    assert_eq!((mailed(), load_folder(&disks.at("apart"), SITE).expect("readable").len()), (2, 2));
    chores.abort();
    let until = app.services.ledger.kept_until();
    std::fs::write(disks.at("taken.full"), "").expect("written");
    let refused = app.services.keep_away.keep().await.expect_err("refused").to_string();
    assert!(refused.contains("/bin/sh ended with exit status: 1"), "{refused}");
    assert_eq!(app.services.ledger.kept_until(), until, "it is kept away once more");
    std::fs::remove_file(disks.at("taken.full")).expect("removed");
    std::fs::rename(disks.at("apart"), disks.at("unmounted")).expect("renamed");
    let refused = app.services.keep_away.keep().await.expect_err("refused").to_string();
    assert!(refused.starts_with("the folder ") && !disks.at("apart").exists(), "{refused}");
    std::fs::rename(disks.at("unmounted"), disks.at("apart")).expect("renamed");
    app.services.keep_away.keep().await.expect("kept away");
    assert!(app.services.ledger.kept_until() > until);
    // What every backup has by then goes.
    app.clock.set(TEST_NOW + 40 * 86_400);
    app.services.keep_away.keep().await.expect("kept away");
    assert_eq!(load_folder(&disks.at("apart"), SITE).expect("readable").len(), 1);
    app.services.ledger.close().await;
}
