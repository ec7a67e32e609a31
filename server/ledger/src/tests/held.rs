//! Reads never wait for a disk: whichever write waits for one, everything that is read is read before it is done.

use std::sync::{Mutex, PoisonError};

use time::Duration;

use super::*;
use crate::formats::fact::{Part, Reply};
use model::language::Language;
use vault::held::{Disk, FOR_EVER, reads_come_first};
use vault::key::purpose::{Index, Mac, Sealing};
use vault::ring::RetentionClass;

const PERSON: Subject = Subject([7; 16]);
const NEWER: Subject = Subject([8; 16]);
const KNOWN: SecretName<Mac> = SecretName::new("known");
const NUMBERED: SecretName<Index> = SecretName::new("numbered");

/// What the database's disk does, put in place after the ledger was opened.
type Database = Arc<Mutex<Option<Disk>>>;

/// A ledger on a disk with something of everything that can be read.
struct HeldLedger {
    ledger: Ledger,
    written: Appended,
    class: KeyId,
    database: Database,
    _folder: tempfile::TempDir,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

fn about(subject: Subject) -> AppendRequest {
    let mut draft = draft(0);
    draft.event.head.subject = Some(subject);
    draft
}

fn answer() -> StoredResponse {
    StoredResponse { name: [1; 16], at: moment(0).at, reply: Reply::Response { status: 200, body: "taken".to_owned() } }
}

impl HeldLedger {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let opening = Opening {
            data: Some(folder.path().join("data")),
            key_file: Some(folder.path().join("root.key")),
            origin: "voipro.test".into(),
            random: Arc::new(SeededRandom::new(1)),
        };
        let database = Database::default();
        let disk = Arc::clone(&database);
        let takes_its_time = move |step| {
            if let (StoreStep::Append, Some(disk)) = (step, &*disk.lock().unwrap_or_else(PoisonError::into_inner)) {
                disk();
            }
            false
        };
        let wrap = |inner| Box::new(Breaking { inner, breaks: Box::new(takes_its_time) }) as Box<dyn Store>;
        let ledger = Ledger::open_with(&opening, wrap).expect("opens");
        let class = ledger.ensure_key(KeyPurpose::Class(PERSON, RetentionClass::Account));
        let personal = Fact::ProfilePart {
            key: class,
            part: Some(Box::new(Part::new(PERSON, RetentionClass::Account, Language::Nl))),
        };
        let content = Fact::Content { hash: ContentHash([5; 32]), bytes: b"policy".to_vec() };
        let draft = AppendRequest { facts: vec![personal, content], ..about(PERSON) };
        let Ok(Once::Written(written)) = wait(ledger.append_once(vec![draft], answer())) else { panic!("it is new") };
        ledger.secret(KNOWN);
        ledger.newest_secret(NUMBERED);
        Self { ledger, written: written.into_iter().next().expect("one"), class, database, _folder: folder }
    }

    /// Everything that can be read, and what it tells.
    fn read_everything(&self) -> [bool; 18] {
        let (ledger, at) = (&self.ledger, self.written.address);
        let first = |subject| ledger.history(subject).expect("readable").first().map(|recorded| recorded.address);
        [
            ledger.record(at).expect("readable").is_some_and(|recorded| recorded.event == self.written.event),
            ledger.prove(at).expect("readable").is_some(),
            first(PERSON) == Some(at),
            ledger.leaf(at).expect("readable").is_some(),
            ledger.checkpoint(ShardNumber::FIRST).is_some_and(|note| note.starts_with("voipro.test")),
            ledger.tile(ShardNumber::FIRST, 0, 0, 1).expect("readable").is_some(),
            ledger.verifier_key(ShardNumber::FIRST).is_some(),
            ledger.fact(&FactName::ProfilePart(self.class)).expect("readable").is_some(),
            ledger.facts(FactKind::Content).expect("readable").len() == 1,
            ledger.facts(FactKind::ProfilePart).expect("readable").len() == 1,
            ledger.content(ContentHash([5; 32])).expect("readable").is_some(),
            ledger.answered(&[1; 16], moment(0).at).expect("readable").is_some(),
            ledger.seal_about(PERSON).is_some(),
            ledger.secret(KNOWN) == ledger.secret(KNOWN),
            ledger.numbered_secrets(NUMBERED).len() == 1,
            ledger.find_key(KeyPurpose::Proof(PERSON)).is_some(),
            ledger.root_check().len() == 16 && ledger.buckets_ended() <= 1,
            ledger.is_open() && ledger.erasures().is_empty(),
        ]
    }
}

type HeldAct = (&'static str, fn(&HeldLedger), usize);

/// Everything that writes the key ring, and how many of the reads have nothing to tell once it is underway.
const ACTS: [HeldAct; 7] = [
    ("a record about somebody new", |held| _ = wait(held.ledger.append(about(NEWER))).expect("written"), 0),
    (
        "an answer of another hour",
        |held| {
            let answer = StoredResponse { at: moment(7200).at, name: [2; 16], reply: Reply::Done };
            wait(held.ledger.keep_answer(answer)).expect("kept");
        },
        0,
    ),
    ("a new secret", |held| _ = held.ledger.secret(SecretName::<Sealing>::new("new")), 0),
    ("a secret of another number", |held| held.ledger.rotate_secret(SecretName::<Index>::new("other")), 0),
    ("a new root key", |held| held.ledger.rotate_root(time::macros::date!(2027 - 01 - 01)).expect("rotated"), 0),
    (
        "answers that are forgotten",
        |held| {
            held.ledger.forget_answers(moment(0).at + Duration::hours(26)).expect("forgotten");
        },
        1,
    ),
    (
        "an erasure",
        |held| {
            let keys = vec![held.class];
            wait(held.ledger.append(AppendRequest::new(fixture::erasure(moment(1).at)).ending(keys))).expect("written");
        },
        3,
    ),
];

#[test]
fn whatever_waits_for_the_key_rings_disk_no_read_does() {
    for (what, act, gone) in ACTS {
        let held = HeldLedger::new();
        assert_eq!(held.read_everything(), [true; 18], "{what}: before");
        let reads = || {
            let told = held.read_everything();
            assert!(told.iter().filter(|told| !**told).count() <= gone, "{what}: {told:?}");
        };
        let slow_down = |disk| held.ledger.slow_down_keys(disk);
        let first = reads_come_first(slow_down, FOR_EVER, || act(&held), reads);
        assert!(!first.is_empty() && first.iter().all(|first| *first), "{what}: {first:?}");
        wait(held.ledger.close());
    }
}

#[test]
fn while_the_database_is_synced_nobody_waits_to_read() {
    let held = HeldLedger::new();
    let put = |disk| *held.database.lock().expect("nobody panicked") = Some(disk);
    let fact = Fact::content(b"another policy".to_vec());
    let draft = || AppendRequest { facts: vec![fact.clone()], ..about(NEWER) };
    let act = || _ = wait(held.ledger.append(draft())).expect("written");
    let reads = || assert_eq!(held.read_everything(), [true; 18]);
    assert_eq!(reads_come_first(put, FOR_EVER, act, reads), [true]);
}

/// The control: with the disk waited for under the lock of what is read, as it once was, the test above fails.
#[test]
fn a_sync_under_the_lock_is_noticed() {
    let held = HeldLedger::new();
    let under_the_lock = || {
        let shared = &held.ledger.shared;
        let _state = shared.state_mut();
        shared.ring.ensure(KeyPurpose::Proof(NEWER), &*shared.random);
        shared.ring.sync(&*shared.random).expect("durable");
    };
    let soon = std::time::Duration::from_millis(50);
    let reads = || assert_eq!(held.read_everything(), [true; 18]);
    assert_eq!(reads_come_first(|disk| held.ledger.slow_down_keys(disk), soon, under_the_lock, reads), [false]);
}
