//! `keuze export`: plain files that verify without the ledger, grow with it, and hold nothing of whoever was erased.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ledger::clock::moment;
use ledger::fixture::{erasure, named_choice};
use ledger::formats::record::canonical;
use ledger::shards::ShardRules;
use ledger::verify::export::{ExportError, Exported, export, verify_export};
use ledger::verify::verify;
use ledger::{AppendRequest, Fact, Ledger, Opening};
use model::event::{Event, PolicyPublished};
use model::identity::Subject;
use model::policy::ChangeClass;
use serde_json::Value;
use vault::ring::KeyPurpose;

use crate::fixture::{address, copy_beside, copy_folder, everything, opening, root_of};

const ANNA: Subject = Subject([0xA; 16]);

fn event(name: &str, subject: Option<Subject>) -> Event {
    named_choice(moment(1).at, name).with_subject(subject)
}

/// A ledger in a folder with `more` records beside the four that it always has: a public one with a policy and a content beside
/// it, two under keys, and one of somebody who was erased.
struct ExportedLedger {
    folder: tempfile::TempDir,
    ledger: Option<Ledger>,
}

impl ExportedLedger {
    async fn with(more: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(opening(Some(&folder.path().join("data")), 1)).expect("opens");
        let policy = Fact::content(br#"{"revision":1}"#.to_vec());
        let Fact::Content { hash, .. } = policy else { unreachable!("it is one") };
        let mut published = AppendRequest::new(event("", None));
        published.event.body = PolicyPublished { policy: hash, change: ChangeClass::Purpose }.into();
        published.facts = vec![policy, Fact::content(b"<p>notice</p>".to_vec()), Fact::Policies(vec![hash])];
        ledger.append(published).await.expect("written");
        for (name, subject) in [("anna's", Some(ANNA)), ("nobody's", None)] {
            ledger.append(AppendRequest::new(event(name, subject))).await.expect("written");
        }
        let kept = Self { folder, ledger: Some(ledger) };
        kept.append(more).await;
        kept
    }

    fn ledger(&self) -> &Ledger {
        self.ledger.as_ref().expect("it is open")
    }

    async fn append(&self, more: usize) {
        let draft = |number| AppendRequest::new(event(&format!("one of {more}: {number}"), None));
        for from in (0..more).step_by(100) {
            let drafts = (from..more.min(from + 100)).map(draft).collect();
            self.ledger().append_together(drafts).await.expect("written");
        }
    }

    async fn erase(&self, subject: Subject) {
        let key = self.ledger().find_key(KeyPurpose::Proof(subject)).expect("there is one");
        let draft = AppendRequest::new(erasure(moment(9).at)).ending(vec![key]);
        self.ledger().append(draft).await.expect("written");
    }

    async fn close(&mut self) {
        if let Some(ledger) = self.ledger.take() {
            ledger.close().await;
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn export(&self, to: &Path) -> Result<Exported, ExportError> {
        export(&self.data(), Some(&root_of(&self.data())), to, &mut |_, _| ())
    }
}

/// The lines of a shard's records.
fn lines(export: &Path) -> Vec<Value> {
    let files: BTreeMap<_, _> =
        everything(&export.join("records/0001")).into_iter().filter(|(path, _)| path.is_file()).collect();
    let text: Vec<u8> = files.into_values().flatten().collect();
    String::from_utf8(text).expect("text").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn an_export_holds_every_record_and_verifies_without_the_ledger() {
    for more in [0, 1, 300, 4100] {
        let mut kept = ExportedLedger::with(more).await;
        kept.erase(ANNA).await;
        let events: Vec<_> = (0..=3 + more as u64)
            .map(|index| kept.ledger().record(address(index)).expect("readable").map(|recorded| recorded.event))
            .collect();
        kept.close().await;
        let (to, records) = (kept.at("export"), events.len() as u64);
        let exported = kept.export(&to).expect("exported");
        assert_eq!((exported.records, exported.erased, exported.sealed, exported.kept), (records, 1, 0, 0));
        let expected = verify(&kept.data(), Some(&root_of(&kept.data()))).expect("adds up");
        std::fs::remove_dir_all(kept.data()).expect("removed");
        std::fs::remove_file(root_of(&kept.data())).expect("removed");
        let verified = verify_export(&to).expect("adds up");
        assert_eq!((verified.records, verified.erased, verified.root), (records, 1, expected.root));
        let lines = lines(&to);
        assert_eq!(lines.len(), events.len());
        for (index, (line, event)) in lines.iter().zip(events).enumerate() {
            assert_eq!(line["address"], address(index as u64).to_string());
            let record =
                event.as_ref().map_or(Value::Null, |event| serde_json::from_slice(&canonical(event)).expect("JSON"));
            assert_eq!(line.get("record").cloned().unwrap_or_default(), record, "{index}");
            assert_eq!(line.get("left_out").is_some(), event.is_none(), "{index}");
        }
        let contents = |folder: &str| std::fs::read_dir(to.join(folder)).map_or(0, Iterator::count);
        assert_eq!((contents("policies"), contents("contents")), (1, 1));
    }
}

/// Whatever is altered, cut off or taken away: it is told, and for a record with shard and index.
#[tokio::test]
async fn every_damaged_file_of_an_export_is_noticed() {
    let mut kept = ExportedLedger::with(1).await;
    kept.erase(ANNA).await;
    kept.close().await;
    let to = kept.at("export");
    kept.export(&to).expect("exported");
    verify_export(&to).expect("adds up");
    let mut files = 0;
    for (path, whole) in everything(&to).into_iter().filter(|(path, _)| path.is_file()) {
        files += 1;
        let noticed = |what: &str| {
            let fault = verify_export(&to).map(|_| ()).expect_err(&format!("{what} of {}", path.display())).to_string();
            let is_record = path.extension().is_some_and(|extension| extension == "jsonl");
            assert!(!is_record || fault.starts_with("shard 0001 index ") || fault.contains("jsonl"), "{fault}");
        };
        for at in (0..whole.len()).step_by(5) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at / 5 % 8);
            std::fs::write(&path, flipped).expect("written");
            noticed(&format!("byte {at}"));
        }
        for len in [0, 1, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..len]).expect("written");
            noticed(&format!("cut to {len}"));
        }
        std::fs::write(&path, [&whole[..], b"{}\n"].concat()).expect("written");
        noticed("something behind it");
        std::fs::remove_file(&path).expect("removed");
        noticed("missing");
        std::fs::write(&path, whole).expect("written");
        verify_export(&to).expect("as it was");
    }
    assert_eq!(files, 2 * 4 + 1 + 2 + 1, "two logs, the records, the contents, and what says what it is");
}

/// A kill at any moment: what is whole is kept, the rest is done again, and nothing tells that it was interrupted.
#[tokio::test]
async fn an_interrupted_export_is_gone_on_with() {
    let mut kept = ExportedLedger::with(4200).await;
    kept.close().await;
    let whole = kept.at("whole");
    kept.export(&whole).expect("exported");
    let (files, whole) = (relative(&whole), everything(&whole).len());
    for calls in [0, 1, 7, 43] {
        let to = kept.at(&format!("cut-{calls}"));
        let mut left = calls;
        let data = kept.data();
        let key = root_of(&data);
        let mut dies = |_, _| {
            assert!(left > 0, "killed here");
            left -= 1;
        };
        catch_unwind(AssertUnwindSafe(|| export(&data, Some(&key), &to, &mut dies))).expect_err("killed");
        let refused = verify_export(&to).map(|_| ()).expect_err("not whole").to_string();
        assert!(refused.contains("Run `keuze export` on it again") || calls < 7, "{refused}");
        std::fs::write(to.join("export.json.new"), "{").expect("a file that was being written");
        let exported = kept.export(&to).expect("gone on with");
        assert!(calls < 7 || exported.kept > 0, "what was whole is kept: {exported:?}");
        assert!(relative(&to) == files, "after {calls} batches");
        let again = kept.export(&to).expect("nothing is left to do");
        assert_eq!((again.written, everything(&to).len()), (0, whole), "nothing is written again");
        verify_export(&to).expect("adds up");
    }
}

/// Files by their path in a folder.
fn relative(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = everything(folder).into_iter().filter(|(path, _)| path.is_file());
    files.map(|(path, bytes)| (path.strip_prefix(folder).expect("within it").to_path_buf(), bytes)).collect()
}

/// Shards and the log of logs over them, also beside a server that closes shards meanwhile.
#[tokio::test]
async fn every_shard_is_exported_and_held_against_the_log_of_logs() {
    let mut kept = ExportedLedger::with(0).await;
    kept.ledger().follow(ShardRules { records: 100, ..ShardRules::default() });
    kept.append(250).await;
    let to = kept.at("export");
    let exported = kept.export(&to).expect("exported");
    let verified = verify_export(&to).expect("adds up");
    assert_eq!((exported.records, verified.records), (253, 253));
    kept.append(200).await;
    kept.close().await;
    assert_eq!(kept.export(&to).expect("exported").records, 453);
    let expected = verify(&kept.data(), Some(&root_of(&kept.data()))).expect("adds up");
    let verified = verify_export(&to).expect("adds up");
    assert_eq!((verified.records, &verified.root), (453, &expected.root));
    assert!(to.join("log/0004/checkpoint").is_file(), "there are several");
    let path = to.join("records/0003/000000000000.jsonl");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text.replacen("one of 2", "one of 3", 1)).expect("written");
    let fault = verify_export(&to).map(|_| ()).expect_err("altered").to_string();
    assert!(fault.starts_with("shard 0003 index 0"), "{fault}");
    std::fs::write(&path, text).expect("written");
    let older = kept.at("partly-copied");
    copy_folder(&to, &older);
    std::fs::remove_dir_all(older.join("log/0002")).expect("removed");
    let fault = verify_export(&older).map(|_| ()).expect_err("missing").to_string();
    assert!(fault.starts_with("shard 0002 index 0") && fault.contains("vkey: the file is missing"), "{fault}");
}

/// Also what was damaged is mended, and what the ledger has since is added; the same files come of it as of a new export.
#[tokio::test]
async fn an_export_grows_with_the_ledger() {
    let mut kept = ExportedLedger::with(100).await;
    let to = kept.at("export");
    for (round, more) in [0, 100, 60, 1, 300, 4000].into_iter().enumerate() {
        kept.append(more).await;
        // A server runs.
        kept.export(&to).expect("exported");
        verify_export(&to).expect("adds up");
        let fresh = kept.at(&format!("fresh-{round}"));
        kept.export(&fresh).expect("exported");
        assert!(relative(&to) == relative(&fresh), "after {more} more");
        let bundle = to.join("log/0001/tile/entries/000");
        if bundle.is_file() {
            std::fs::write(bundle, "damaged").expect("written");
        }
    }
    kept.close().await;
}

/// Who was erased since the last export is in none of its files after the next.
#[tokio::test]
async fn what_was_erased_since_leaves_the_export() {
    let mut kept = ExportedLedger::with(10).await;
    let to = kept.at("export");
    kept.export(&to).expect("exported");
    let tells = || everything(&to).values().any(|bytes| bytes.windows(6).any(|window| window == b"anna's"));
    assert!(tells(), "the test can fail");
    kept.erase(ANNA).await;
    let exported = kept.export(&to).expect("exported");
    assert_eq!(exported.erased, 1);
    assert!(!tells());
    assert_eq!(verify_export(&to).expect("adds up").erased, 1);
    kept.close().await;
}

/// Without the root key records stay sealed; the log is whole all the same.
#[tokio::test]
async fn without_keys_an_export_has_the_leaves() {
    let mut kept = ExportedLedger::with(3).await;
    kept.close().await;
    let (to, copy) = (kept.at("export"), kept.at("copy"));
    copy_folder(&kept.data(), &copy);
    let exported = export(&copy, None, &to, &mut |_, _| ()).expect("exported");
    assert_eq!((exported.records, exported.sealed, exported.erased), (6, 5, 0));
    assert!(exported.left_out.iter().any(|told| told.contains("there is no root key")), "{:?}", exported.left_out);
    let verified = verify_export(&to).expect("adds up");
    assert!(verified.left_out.iter().any(|told| told.contains("5 sealed")), "{:?}", verified.left_out);
    // With the key they are readable, in the same folder.
    kept.export(&to).expect("exported");
    assert!(lines(&to).iter().all(|line| line.get("record").is_some()));
}

/// A folder that holds something else is refused with the mend, and nothing in it is changed.
#[tokio::test]
async fn a_folder_with_something_else_is_refused_and_not_changed() {
    let mut kept = ExportedLedger::with(3).await;
    kept.close().await;
    let mut other = ExportedLedger::with(3).await;
    other.close().await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    let site = elsewhere.path().join("data");
    let of_site = Opening { origin: "other.test".into(), ..opening(Some(&site), 1) };
    let ledger = Ledger::open(of_site).expect("opens");
    ledger.append(AppendRequest::new(event("", None))).await.expect("written");
    ledger.close().await;

    let diary = kept.at("diary");
    std::fs::create_dir(&diary).expect("made");
    std::fs::write(diary.join("monday.txt"), "rain").expect("written");
    let later = kept.at("later");
    kept.export(&later).expect("exported");
    let manifest = std::fs::read_to_string(later.join("export.json")).expect("there");
    std::fs::write(later.join("export.json"), manifest.replace("\"keuze_export\": 1", "\"keuze_export\": 2"))
        .expect("written");
    let damaged = kept.at("damaged");
    kept.export(&damaged).expect("exported");
    std::fs::write(damaged.join("export.json"), "{").expect("written");
    let of_other = kept.at("of-other");
    export(&site, Some(&root_of(&site)), &of_other, &mut |_, _| ()).expect("exported");
    let file = kept.at("file");
    std::fs::write(&file, "a file").expect("written");
    let inside = kept.data().join("export");
    for (to, told) in [
        (&diary, "Name a folder that is new or empty"),
        (&later, "a later build"),
        (&damaged, "does not say whose export this is"),
        (&of_other, "is an export of other.test"),
        (&file, "cannot be used"),
        (&inside, "in the data directory itself"),
        (&kept.data(), "Name a folder that is new or empty"),
    ] {
        let before = everything(kept.folder.path());
        let refused = kept.export(to).map(|_| ()).expect_err("refused").to_string();
        assert!(refused.contains(told), "{refused}");
        assert!(everything(kept.folder.path()) == before, "{told}");
    }
}

/// An older copy of the ledger, and another ledger of the same site.
#[tokio::test]
async fn another_state_of_the_ledger_does_not_overwrite_an_export() {
    let mut kept = ExportedLedger::with(3).await;
    kept.close().await;
    let old = kept.at("old");
    copy_folder(&kept.data(), &old);
    copy_beside(&kept.data(), &old);
    kept.ledger = Some(Ledger::open(opening(Some(&kept.data()), 2)).expect("opens"));
    kept.append(5).await;
    kept.close().await;
    let to = kept.at("export");
    kept.export(&to).expect("exported");
    let before = everything(&to);
    let from = |data: &Path| export(data, Some(&root_of(data)), &to, &mut |_, _| ()).map(|_| ()).expect_err("refused");
    let refused = from(&old).to_string();
    assert!(refused.contains("has 11 entries of shard 0001, and the ledger 6"), "{refused}");
    let again = tempfile::tempdir().expect("a folder");
    let data = again.path().join("data");
    let ledger = Ledger::open(opening(Some(&data), 77)).expect("opens");
    for number in 0..20 {
        ledger.append(AppendRequest::new(event(&number.to_string(), None))).await.expect("written");
    }
    ledger.close().await;
    let refused = from(&data).to_string();
    assert!(refused.contains("an export of another ledger"), "{refused}");
    assert!(everything(&to) == before);
}

fn keuze(arguments: &[&str], kept: &ExportedLedger) -> Output {
    let mut keuze = Command::new(env!("CARGO_BIN_EXE_keuze"));
    keuze.env("KEUZE_KEY_FILE", root_of(&kept.data())).current_dir(kept.folder.path()).args(arguments);
    keuze.output().expect("it runs")
}

/// The commands, as they are typed: status and last line are those of a data directory.
#[tokio::test]
async fn the_commands_say_what_was_exported_and_verified() {
    let mut kept = ExportedLedger::with(3).await;
    kept.close().await;
    let last = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), text.lines().last().unwrap_or_default().to_owned())
    };
    let exported = last(&keuze(&["export", "export", "--data", "data"], &kept));
    assert!(exported.0 && exported.1.starts_with("exported: 6 records (0 erased, 0 sealed)"), "{exported:?}");
    let of_data = last(&keuze(&["verify", "--data", "data"], &kept));
    assert!(of_data.0 && of_data.1.starts_with("ok: 6 records (0 erased), root "), "{of_data:?}");
    for arguments in [["verify", "export"].as_slice(), &["verify", "--data", "export"]] {
        assert_eq!(last(&keuze(arguments, &kept)), of_data);
    }
    let path = kept.at("export/records/0001/000000000000.jsonl");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text.replacen("nobody's", "somebody", 1)).expect("written");
    let found = last(&keuze(&["verify", "export"], &kept));
    assert_eq!(found, (false, "shard 0001 index 2: it is not what was committed to".to_owned()));
    let both = keuze(&["verify", "export", "--data", "data"], &kept);
    assert!(!both.status.success(), "one or the other");
}
