//! A small ledger with one of everything, and what must be in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger::clock::moment;
use ledger::fixture::choice;
use ledger::formats::fact::{FactId, StaffMember};
use ledger::{AppendRequest, Fact, Ledger, Opening};
use model::event::{EventKind, PolicyPublished, StaffChange, StaffChanged};
use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
use model::policy::ChangeClass;
use vault::random::SeededRandom;

pub fn opening(data: Option<&Path>, seed: u64) -> Opening {
    Opening {
        data: data.map(Path::to_path_buf),
        key_file: data.map(root_of),
        origin: "voipro.test".into(),
        random: Arc::new(SeededRandom::new(seed)),
    }
}

pub fn draft(second: i64, subject: Option<Subject>) -> AppendRequest {
    AppendRequest::new(choice(moment(second).at).with_subject(subject))
}

pub fn address(index: u64) -> RecordAddress {
    RecordAddress { shard: ShardNumber::FIRST, index }
}

/// Somebody at the desk.
fn anna() -> StaffMember {
    StaffMember { name: "anna".to_owned(), password: "credential".to_owned(), one_time: false, issued: None }
}

/// A small ledger with records under proof, shard and audit keys, a public one, and facts.
pub async fn fill(ledger: &Ledger) {
    let person = Subject([7; 16]);
    for second in 0..3 {
        ledger.append(draft(second, Some(person))).await.expect("written");
        ledger.append(draft(second, None)).await.expect("written");
    }
    let mut staff = draft(9, None);
    staff.event.body = StaffChanged { name: "anna".to_owned(), change: StaffChange::Added }.into();
    staff.facts = vec![Fact::StaffMember { id: FactId([1; 16]), member: Some(anna()) }];
    ledger.append(staff).await.expect("written");
    let mut public = draft(10, None);
    public.event.body = PolicyPublished { policy: ContentHash([2; 32]), change: ChangeClass::Purpose }.into();
    public.facts = vec![Fact::Content { hash: ContentHash([2; 32]), bytes: b"{}".to_vec() }];
    ledger.append(public).await.expect("written");
}

pub async fn made(data: &Path) {
    let ledger = Ledger::open(opening(Some(data), 1)).expect("opens");
    fill(&ledger).await;
    ledger.close().await;
}

pub fn check(ledger: &Ledger) {
    let history = ledger.history(Subject([7; 16])).expect("readable");
    assert_eq!(history.iter().map(|recorded| recorded.address.index).collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(history[2].event.head.previous, Some(address(2)));
    assert_eq!(history[0].event.head.previous, None);
    assert_eq!(ledger.record(address(7)).expect("readable").map(|r| r.event.kind()), Some(EventKind::PolicyPublished));
    assert_eq!(ledger.record(address(8)).expect("readable"), None);
    let staff = Fact::StaffMember { id: FactId([1; 16]), member: Some(anna()) };
    assert_eq!(ledger.fact(&staff.name()).expect("readable"), Some(staff));
    assert_eq!(ledger.content(ContentHash([2; 32])).expect("readable").as_deref(), Some(&b"{}"[..]));
}

/// The file with the root key of a ledger.
pub fn root_of(data: &Path) -> PathBuf {
    data.with_extension("root")
}

/// The last checkpoint beside the root key of a ledger.
pub fn last_checkpoint(data: &Path) -> PathBuf {
    let mut name = root_of(data).into_os_string();
    name.push(".voipro.test_keuze_log_0001.checkpoint");
    PathBuf::from(name)
}

/// Copies what stands beside a ledger: its root key and the last checkpoint.
pub fn copy_beside(from: &Path, to: &Path) {
    std::fs::copy(root_of(from), root_of(to)).expect("copied");
    std::fs::copy(last_checkpoint(from), last_checkpoint(to)).expect("copied");
}

/// Why a ledger that no other process uses does not open.
pub fn refused(data: &Path) -> String {
    Ledger::open(opening(Some(data), 9)).map(|_| ()).expect_err("it is refused").to_string()
}

/// Copies a folder with everything in it, over what is there.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// What was written to a file whose space was taken in advance.
pub fn used(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// Every path under a folder, with the bytes of files.
pub fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), std::fs::read(path).expect("readable"));
            }
        }
        found.insert(folder, Vec::new());
    }
    found
}
