//! Shards follow each other: nothing is lost or delayed, and everything is read across them.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::formats::frame::{Frame, FrameEntry, Read};
use crate::shards::ShardPeriod;
use crate::verify::verify;
use tlog::checkpoint::Checkpoint;
use tlog::tree::{leaf_hash, root_from_inclusion};

const SMALL: ShardRules = ShardRules { records: 5, period: ShardPeriod::Quarter };

fn at(data: &Path, seed: u64) -> Opening {
    let random = Arc::new(SeededRandom::new(seed));
    let key_file = data.parent().map(|folder| folder.join("root.key"));
    Opening { data: Some(data.to_path_buf()), key_file, origin: "voipro.test".into(), random }
}

fn open(data: &Path, seed: u64) -> Ledger {
    let ledger = Ledger::open(at(data, seed)).expect("opens");
    ledger.follow(SMALL);
    ledger
}

fn shard(number: u16) -> ShardNumber {
    ShardNumber::new(number).expect("a shard")
}

fn place(number: u16, index: u64) -> RecordAddress {
    RecordAddress { shard: shard(number), index }
}

/// A choice of somebody.
fn choice_of(subject: u8, seconds: i64) -> AppendRequest {
    let mut draft = draft(subject.into());
    draft.event.head.subject = Some(Subject([subject; 16]));
    draft.event.head.at = moment(seconds).at;
    draft
}

async fn fill(ledger: &Ledger, count: u8) -> Vec<RecordAddress> {
    let mut addresses = Vec::new();
    for number in 0..count {
        addresses.push(ledger.append(choice_of(number % 3, 1_790_000_000)).await.expect("written").address);
    }
    addresses
}

/// Each record is proved by the tree of its own shard, signed with that shard's key.
fn is_proved(ledger: &Ledger, address: RecordAddress) {
    let opened = ledger.open_record(address).expect("readable").expect("there");
    let proof = ledger.proof_of(opened).expect("readable");
    let (head, note) = proof.proof.split_once("\n\n").expect("a proof");
    let checkpoint = Checkpoint::open(note, &ledger.log_key(address.shard).expect("a key")).expect("signed");
    let path: Vec<_> = head.lines().skip(2).map(hash_of).collect();
    let leaf = tlog::entry::commitment(&proof.salt, &proof.record).leaf();
    let root = root_from_inclusion(leaf, address.index, checkpoint.size, &path);
    assert_eq!(root, Some(checkpoint.root), "{address}");
    assert_eq!(checkpoint.origin, format!("voipro.test/keuze/log/{}", address.shard));
}

fn hash_of(line: &str) -> tlog::tree::NodeHash {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(line).expect("base64");
    tlog::tree::NodeHash(bytes.try_into().expect("32 bytes"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_stand_in_one_shard_after_the_other_and_are_read_across_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    let written = fill(&ledger, 23).await;
    let expected: Vec<_> = (0..23).map(|n| place(1 + n / 5, u64::from(n % 5))).collect();
    assert_eq!(written, expected);
    let look = |ledger: &Ledger| {
        assert_eq!(ledger.shards(), (1..=5).map(shard).collect::<Vec<_>>());
        for subject in 0..3 {
            let history = ledger.history(Subject([subject; 16])).expect("readable");
            let whose: Vec<_> = written.iter().copied().skip(subject.into()).step_by(3).collect();
            assert_eq!(history.iter().map(|it| it.address).collect::<Vec<_>>(), whose);
            let before: Vec<_> = history.iter().map(|it| it.event.head.previous).collect();
            let wanted: Vec<_> = [None].into_iter().chain(whose.into_iter().map(Some)).take(before.len()).collect();
            assert_eq!(before, wanted, "each names the one before it, also in another shard");
        }
        written.iter().for_each(|address| is_proved(ledger, *address));
        for number in [1, 5] {
            let bundle = ledger.bundle(shard(number), 0, 3).expect("readable");
            let leaves = ledger.tile(shard(number), 0, 0, 3).expect("readable").expect("a tile");
            // A shard with a folder has the bundles of its size alone.
            let Some(bundle) = bundle.or_else(|| ledger.bundle(shard(number), 0, 5).expect("readable")) else {
                panic!("a bundle of shard {number}")
            };
            let entries = tlog::tile::read_entries(&bundle).expect("entries");
            assert_eq!(leaves[..32], leaf_hash(entries[0]).0);
        }
        assert!(ledger.record(place(6, 0)).expect("readable").is_none());
    };
    look(&ledger);
    assert_eq!(verify(&data, Some(&folder.path().join("root.key"))).expect("adds up").records, 23, "beside a server");
    ledger.close().await;
    let verified = verify(&data, Some(&folder.path().join("root.key"))).expect("adds up");
    assert_eq!((verified.records, verified.erased), (23, 0));
    assert!(verified.left_out.iter().all(|told| told.contains("it is made in the background")), "{verified:?}");
    let again = open(&data, 2);
    look(&again);
    filed(&again);
    look(&again);
    let next = again.append(choice_of(0, 1_790_000_000)).await.expect("written").address;
    assert_eq!(next, place(5, 3), "it goes on where it was");
    again.close().await;
}

/// However many write at once: each is acknowledged, and each has a place of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_loses_nobody_at_full_speed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = Ledger::open(at(&data, 1)).expect("opens");
    ledger.follow(ShardRules { records: 100, ..SMALL });
    let writers = (0..16).map(|writer| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            let mut places = Vec::new();
            for _ in 0..60 {
                places.push(ledger.append(choice_of(writer, 1_790_000_000)).await.expect("acknowledged").address);
            }
            places
        })
    });
    let mut places = BTreeSet::new();
    for writer in writers.collect::<Vec<_>>() {
        places.extend(writer.await.expect("ended"));
    }
    assert_eq!(places.len(), 960);
    assert!(places.iter().all(|place| place.index < 100), "no shard has more than it may");
    ledger.close().await;
    assert_eq!(verify(&data, Some(&folder.path().join("root.key"))).expect("adds up").records, 960);
}

/// What is recorded together stands in one shard, also where it has to be begun for it.
#[tokio::test]
async fn what_is_one_act_is_not_torn_apart() {
    let ledger = ledger();
    ledger.follow(SMALL);
    for acts in [3, 3, 5, 7] {
        let drafts = (0..acts).map(|n| choice_of(n, 1_790_000_000)).collect();
        let written = ledger.append_together(drafts).await.expect("written");
        let shards: BTreeSet<_> = written.iter().map(|it| it.address.shard).collect();
        assert_eq!((shards.len(), written[0].address.index), (1, 0), "each began a shard of its own");
    }
    assert_eq!(ledger.shards().len(), 4);
}

/// Quarters of the Dutch calendar; a clock that goes back closes nothing.
#[tokio::test]
async fn a_shard_holds_one_period() {
    let new_year = time::macros::datetime!(2027-01-01 0:00 +1).unix_timestamp();
    for (period, seconds, shards) in [
        (ShardPeriod::Quarter, [new_year - 1, new_year], 2),
        (ShardPeriod::Month, [new_year - 1, new_year], 2),
        (ShardPeriod::Year, [new_year - 1, new_year], 2),
        (ShardPeriod::Quarter, [new_year, new_year + 88 * 86_400], 1),
        (ShardPeriod::Quarter, [new_year, new_year + 91 * 86_400], 2),
        (ShardPeriod::Month, [new_year, new_year + 32 * 86_400], 2),
        (ShardPeriod::Year, [new_year, new_year + 200 * 86_400], 1),
        (ShardPeriod::Quarter, [new_year, new_year - 1], 1),
    ] {
        let ledger = ledger();
        ledger.follow(ShardRules { records: 500, period });
        for at in seconds {
            ledger.append(choice_of(1, at)).await.expect("written");
        }
        assert_eq!(ledger.shards().len(), shards, "{period:?} {seconds:?}");
    }
}

/// The log of logs has each shard at its opening and its closing, in order.
#[tokio::test]
async fn the_log_of_logs_tells_of_every_shard() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    fill(&ledger, 12).await;
    let checkpoint = ledger.checkpoint(Log::Logs).expect("a checkpoint");
    let opened = Checkpoint::open(&checkpoint, &ledger.log_key(Log::Logs).expect("a key")).expect("signed");
    assert_eq!((opened.origin.as_str(), opened.size), ("voipro.test/keuze/log", 5), "three openings, two closings");
    let closing = ledger.checkpoint(shard(1)).expect("a checkpoint");
    let leaves = ledger.tile(Log::Logs, 0, 0, 5).expect("readable").expect("a tile");
    assert_eq!(leaves[32..64], leaf_hash(closing.as_bytes()).0);
    // An hour later, and not before, what grew is entered again.
    ledger.append(choice_of(1, 1_790_003_599)).await.expect("written");
    ledger.append(choice_of(1, 1_790_003_600)).await.expect("written");
    ledger.close().await;
    let again = open(&data, 2);
    let checkpoint = again.checkpoint(Log::Logs).expect("a checkpoint");
    assert_eq!(checkpoint.lines().nth(1), Some("6"));
    // Its entries are published, so that a stranger can tell which checkpoints it is made of.
    let bundle = again.bundle(Log::Logs, 0, 6).expect("readable").expect("a bundle");
    let entries = tlog::tile::read_entries(&bundle).expect("entries");
    assert_eq!((entries.len(), entries[1]), (6, closing.as_bytes()));
    for (width, is_there) in [(5, true), (7, false)] {
        assert_eq!(again.bundle(Log::Logs, 0, width).expect("readable").is_some(), is_there, "{width}");
    }
    again.close().await;
}

fn refused(data: &Path) -> String {
    Ledger::open(at(data, 9)).err().expect("refused").to_string()
}

/// Folders that are missing, older, or of another ledger; nothing is changed, and put back it opens.
#[tokio::test]
async fn a_shard_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    fill(&ledger, 12).await;
    ledger.close().await;
    for (away, said) in [
        ("journal/0001", "shard 0001 index 0: the journal is missing"),
        ("journal/0002", "shard 0002 index 0: the journal is missing"),
        ("journal/0003", "shard 0003 index 0: the journal is missing"),
        ("journal/logs", "Put back"),
        ("checkpoint/logs", "Put back the file checkpoint/logs"),
    ] {
        let (from, to) = (data.join(away), folder.path().join("away"));
        std::fs::rename(&from, &to).expect("moved");
        let error = refused(&data);
        assert!(error.contains(said), "{away}: {error}");
        let key = folder.path().join("root.key");
        assert!(verify(&data, Some(&key)).is_err(), "{away}");
        assert!(!from.exists(), "{away}: nothing was made in its place");
        std::fs::rename(&to, &from).expect("moved back");
    }
    open(&data, 3).close().await;
}

/// A kill between the last record of a shard and the first of the next one, whatever was there by then.
#[tokio::test]
async fn a_kill_while_shards_change_is_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    // The keys and the folder of the next one are there, and nothing else.
    recovery::ensure_keys(&ledger.shared.ring, shard(2), &*ledger.shared.random);
    fill(&ledger, 5).await;
    ledger.close().await;
    std::fs::create_dir(data.join("journal/0002")).expect("made");
    let ledger = open(&data, 2);
    assert_eq!(ledger.shards().len(), 1, "nothing was begun in it");
    assert_eq!(ledger.append(choice_of(0, 1_790_000_000)).await.expect("written").address, place(2, 0));
    ledger.close().await;
    assert_eq!(verify(&data, Some(&folder.path().join("root.key"))).expect("adds up").records, 6);
    open(&data, 3).close().await;
}

/// The build before this one knew one shard, whose key was called otherwise, and had no log of logs.
#[tokio::test]
async fn a_directory_of_one_shard_alone_is_refused_by_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let random = SeededRandom::new(1);
    let (root, keys) = (folder.path().join("root.key"), data.join("keys"));
    vault::root::create(&root, &random).expect("made");
    std::fs::create_dir_all(&keys).expect("made");
    std::fs::create_dir_all(data.join("journal/0001")).expect("made");
    std::fs::write(data.join("journal/0001/000000000000.log"), b"whatever").expect("written");
    std::fs::create_dir(data.join("checkpoint")).expect("made");
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).verifying_key();
    let verifier = tlog::checkpoint::verifier_key("voipro.test/keuze/log/0001", &key);
    std::fs::write(data.join("checkpoint/0001.vkey"), verifier + "\n").expect("written");
    let found = vault::rotation::find(&root, &keys).expect("readable").expect("made above");
    let ring = KeyRing::open(Some(&keys), found.key, vault::ring::OpenMode::Start).expect("opens");
    ring.ensure(SecretName::<vault::key::purpose::Signing>::new("log 0001").owner(), &random);
    ring.sync(&random).expect("durable");
    let said = "it was written by an earlier build of Keuze";
    assert!(refused(&data).starts_with(said), "{}", refused(&data));
    assert!(verify(&data, Some(&root)).expect_err("refused").to_string().starts_with(said));
}

/// The same between the entry of the next shard in the log of logs and its first record.
#[tokio::test]
async fn a_kill_before_the_first_record_of_a_shard_is_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, key) = (folder.path().join("data"), folder.path().join("root.key"));
    let ledger = open(&data, 1);
    fill(&ledger, 6).await;
    filed(&ledger);
    ledger.close().await;
    // What the first batch of the second shard left is taken away, the entry stays.
    for file in ["journal/0002/000000000000.log", "checkpoint/0002"] {
        std::fs::remove_file(data.join(file)).expect("removed");
    }
    let last = folder.path().join("root.key.voipro.test_keuze_log_0001.checkpoint");
    let said = std::fs::read_to_string(&last).expect("there");
    let note = std::fs::read_to_string(data.join("closed/0001/checkpoint"));
    let note = note.expect("the folder of the first shard is made before it closes");
    let head: String = said.lines().take(2).map(|line| line.to_owned() + "\n").collect();
    std::fs::write(&last, head + &note).expect("written");
    // The database follows the journal: it was not told of that batch either.
    std::fs::remove_dir_all(data.join("sled")).expect("removed");
    assert_eq!(verify(&data, Some(&key)).expect("adds up").records, 5);
    let ledger = open(&data, 2);
    assert_eq!(ledger.append(choice_of(0, 1_790_000_000)).await.expect("written").address, place(2, 0));
    ledger.close().await;
    assert_eq!(verify(&data, Some(&key)).expect("adds up").records, 6);
}

/// An older copy of the whole directory, from before shards changed.
#[tokio::test]
async fn an_older_copy_is_refused_across_shards() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    fill(&ledger, 4).await;
    ledger.close().await;
    let copy = folder.path().join("copy");
    copy_folder(&data, &copy);
    let ledger = open(&data, 2);
    fill(&ledger, 8).await;
    ledger.close().await;
    std::fs::rename(&data, folder.path().join("newer")).expect("moved");
    std::fs::rename(&copy, &data).expect("moved");
    let error = refused(&data);
    assert!(error.contains("it ends after 4 records") && error.contains("at least 2 more"), "{error}");
    let go_on = error.split(": go on with ").nth(1).map(|rest| format!("go on with {rest}")).expect("the line");
    let last = folder.path().join("root.key.voipro.test_keuze_log_0001.checkpoint");
    std::fs::write(last, go_on).expect("written");
    open(&data, 3).close().await;
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("made");
    for entry in std::fs::read_dir(from).expect("listed") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copied");
        }
    }
}

/// Erased, a person is gone from every shard; what others said stays.
#[tokio::test]
async fn an_erasure_reaches_every_shard() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    fill(&ledger, 14).await;
    let anna = Subject([0; 16]);
    let key = ledger.find_key(KeyPurpose::Proof(anna)).expect("a key");
    let erased = AppendRequest::new(fixture::erasure(moment(1_790_000_001).at)).ending(vec![key]);
    ledger.append(erased).await.expect("written");
    let look = |ledger: &Ledger| {
        assert!(ledger.history(anna).expect("readable").is_empty());
        assert_eq!(ledger.history(Subject([1; 16])).expect("readable").len(), 5);
        assert!(ledger.record(place(1, 0)).expect("readable").is_none());
    };
    look(&ledger);
    ledger.close().await;
    let verified = verify(&data, Some(&folder.path().join("root.key"))).expect("adds up");
    assert_eq!((verified.records, verified.erased), (15, 5));
    let again = open(&data, 2);
    look(&again);
    again.close().await;
}

/// Waits until every closed shard has its folder, and nothing else.
fn filed(ledger: &Ledger) {
    let closed = ledger.shards().len() - 1;
    while !ledger.shards()[..closed].iter().all(|number| ledger.filed(*number).is_some()) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// What is read of a closed shard comes out of its folder and the journal; and the folder is only ever a copy.
#[tokio::test]
async fn a_folder_that_is_damaged_is_named_and_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, key) = (folder.path().join("data"), folder.path().join("root.key"));
    let ledger = open(&data, 1);
    let written = fill(&ledger, 12).await;
    filed(&ledger);
    ledger.close().await;
    assert_eq!(verify(&data, Some(&key)).expect("adds up").left_out, Vec::<String>::new());
    for file in ["checkpoint", "vkey", "places", "tile/0/000.p/5", "tile/entries/000.p/5"] {
        let path = data.join("closed/0001").join(file);
        let bytes = std::fs::read(&path).expect("there");
        let mut altered = bytes.clone();
        altered[bytes.len() / 2] ^= 1;
        for (what, damage) in [("altered", Some(&altered[..])), ("cut", Some(&bytes[1..])), ("gone", None)] {
            match damage {
                Some(damage) => std::fs::write(&path, damage).expect("written"),
                None => std::fs::remove_file(&path).expect("removed"),
            }
            let error = verify(&data, Some(&key)).expect_err("found").to_string();
            assert!(error.starts_with("shard 0001 index "), "{file} {what}: {error}");
            assert!(error.contains("closed/0001") && error.contains("the next start makes"), "{file} {what}: {error}");
            std::fs::write(&path, &bytes).expect("put back");
        }
    }
    // A start does not read all of a folder; what it finds in the background is mended while it serves.
    let tile = data.join("closed/0001/tile/0/000.p/5");
    let bytes = std::fs::read(&tile).expect("there");
    std::fs::write(&tile, vec![7; bytes.len()]).expect("written");
    let ledger = open(&data, 2);
    while std::fs::read(&tile).ok().as_ref() != Some(&bytes) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    written.iter().for_each(|address| is_proved(&ledger, *address));
    ledger.close().await;
    std::fs::remove_dir_all(data.join("closed")).expect("removed");
    std::fs::create_dir_all(data.join("closed/0001.new")).expect("made");
    std::fs::write(data.join("closed/0001.new/places"), b"half").expect("written");
    let ledger = open(&data, 3);
    written.iter().for_each(|address| is_proved(&ledger, *address));
    filed(&ledger);
    written.iter().for_each(|address| is_proved(&ledger, *address));
    ledger.close().await;
    assert_eq!(verify(&data, Some(&key)).expect("adds up").left_out, Vec::<String>::new());
}

/// A record of a closed shard that was written over in the journal is never read as another.
#[tokio::test]
async fn a_closed_shards_journal_that_was_written_over_is_not_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    let written = fill(&ledger, 6).await;
    filed(&ledger);
    let path = data.join("journal/0001/000000000000.log");
    let bytes = std::fs::read(&path).expect("there");
    let mut altered = bytes.clone();
    altered.iter_mut().for_each(|byte| *byte ^= 1);
    std::fs::write(&path, altered).expect("written");
    let error = ledger.record(written[0]).expect_err("noticed").to_string();
    assert!(error.starts_with("record 0001/0 does not add up"), "{error}");
    std::fs::write(&path, bytes).expect("put back");
    assert!(ledger.record(written[0]).expect("readable").is_some());
    ledger.close().await;
}

/// Whoever was taken from the queue for the next shard, and whoever stands behind them, hears that nothing was recorded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_the_next_shard_when_the_ledger_stops_was_not_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    fill(&ledger, 4).await;
    std::fs::write(Layout(data).journal(shard(1)).join(files::UNSYNCABLE), "").expect("written");
    let waiting: Vec<_> = {
        // The writer looks at the rules before it takes more than one.
        let _held = ledger.shared.rules.lock().expect("nobody panicked");
        (0..3).map(|whose| ledger.submit(vec![choice_of(whose, 1_790_000_000)], None).expect("accepted")).collect()
    };
    let mut ended = Vec::new();
    for one in waiting {
        ended.push(one.durable().await.expect_err("the ledger stopped"));
    }
    let closed = AppendError::from(NotRecorded::Closed);
    assert_eq!(ended, [AppendError::OutcomeUnknown, closed, closed]);
    ledger.close().await;
}

/// What is damaged while it is served is named, and what names a record does not depend on it.
#[tokio::test]
async fn a_tile_that_is_damaged_meanwhile_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    let written = fill(&ledger, 6).await;
    filed(&ledger);
    let leaf = ledger.leaf(written[0]).expect("readable");
    std::fs::remove_file(data.join("closed/0001/tile/0/000.p/5")).expect("removed");
    let error = ledger.record(written[0]).expect_err("noticed").to_string();
    assert!(error.contains("closed/0001/tile/0/000.p/5") && error.contains("the next start makes"), "{error}");
    assert_eq!(ledger.leaf(written[0]).expect("read out of the journal"), leaf);
    ledger.close().await;
}

fn answer(number: u8, body: &str) -> StoredResponse {
    let reply = formats::fact::Reply::Response { status: 200, body: body.to_owned() };
    StoredResponse { name: [number; 16], at: moment(1_790_000_000).at, reply }
}

/// Whatever shard it was answered in, and whether the server was started since: a request that comes again is told the same, and nothing is
/// recorded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_answered_again_from_every_shard() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    let body = |number: u8| format!("answer {number}");
    let mut written = Vec::new();
    for number in 0..13 {
        let once = ledger.append_once(vec![choice_of(number, 1_790_000_000)], answer(number, "done")).await;
        let Ok(Once::Written(appended)) = once else { panic!("it is new") };
        written.push(appended[0].address);
        // What it is answered in the end stands behind the record, in a batch of its own.
        ledger.keep_answer(answer(number, &body(number))).await.expect("kept");
    }
    let is_told = async |ledger: &Ledger| {
        for number in 0..13 {
            let told = ledger.answered(&[number; 16], moment(1_790_000_060).at).expect("readable").expect("answered");
            assert_eq!(
                (told.address, &told.reply),
                (written[usize::from(number)], &answer(number, &body(number)).reply)
            );
            let again = ledger.append_once(vec![choice_of(number, 1_790_000_060)], answer(number, "again")).await;
            assert_eq!(again.expect("told"), Once::Before(told), "request {number}");
        }
        assert!(!ledger.was_answered(&[99; 16], moment(1_790_000_060).at));
        let late = moment(1_790_000_000 + 86_400).at;
        assert!(ledger.answered(&[1; 16], late).expect("readable").is_none(), "a day later it is a new one");
    };
    is_told(&ledger).await;
    filed(&ledger);
    is_told(&ledger).await;
    ledger.close().await;
    let again = open(&data, 2);
    is_told(&again).await;
    let size = again.checkpoint(shard(3)).expect("it is open");
    assert_eq!(size.lines().nth(1), Some("3"), "nothing was recorded twice");
    again.close().await;
    // Also where the last file of the journal holds nothing but answers, and after the database is gone.
    std::fs::remove_dir_all(data.join("sled")).expect("removed");
    let again = open(&data, 3);
    is_told(&again).await;
    again.forget_answers(moment(1_790_000_000 + 2 * 86_400).at).expect("forgotten");
    assert!(!again.was_answered(&[1; 16], moment(1_790_000_060).at), "their keys are gone");
    again.close().await;
}

/// A start does not read the shards that were closed before it: what is wrong with one of them is found behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_shard_is_looked_at_as_a_whole_behind_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let ledger = open(&data, 1);
    for subject in 0..6 {
        let draft = AppendRequest { facts: vec![Fact::content(vec![subject; 3])], ..choice_of(subject, 1_790_000_000) };
        ledger.append(draft).await.expect("written");
    }
    filed(&ledger);
    ledger.close().await;
    let journal = data.join("journal/0001/000000000000.log");
    let whole = std::fs::read(&journal).expect("there");
    let frames = frames(&whole);
    let look = |seed| {
        let ledger = open(&data, seed);
        let looked = closing::check(&ledger.shared, &Layout(data.clone()), shard(1));
        wait_for(ledger.close());
        looked.map_err(|error| error.to_string())
    };
    look(2).expect("adds up");
    // A flipped byte in the middle; another fact in the place of one, with the right checksum.
    let mut flipped = whole.clone();
    flipped[frames[4].0 + 30] ^= 1;
    let mut forged = Vec::new();
    for (_, mut frame) in frames.clone() {
        if let FrameEntry::Fact(fact) = &mut frame.entry {
            *fact.last_mut().expect("a fact") ^= 1;
        }
        frame.write(&mut forged);
    }
    forged.resize(whole.len(), 0);
    for (seed, damaged, said) in [(3, flipped, "shard 0001 index"), (4, forged, "facts beside it")] {
        std::fs::write(&journal, damaged).expect("written");
        let error = look(seed).expect_err("noticed");
        assert!(error.contains(said), "{error}");
        assert!(verify(&data, Some(&folder.path().join("root.key"))).is_err());
    }
    std::fs::write(&journal, whole).expect("written");
    // An entry of the file of keys that is missing would hide a record from its subject.
    let keys = data.join("closed/0001/keys");
    let of_none = flat::encode_keys(Vec::new());
    let stands = std::fs::read(&keys).expect("there");
    std::fs::write(&keys, of_none).expect("written");
    look(5).expect_err("noticed");
    std::fs::write(&keys, stands).expect("written");
    look(6).expect("adds up");
}

fn wait_for(future: impl Future<Output = ()>) {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future));
}

/// The frames of a file, each with where it begins.
fn frames(bytes: &[u8]) -> Vec<(usize, Frame)> {
    let (mut frames, mut at) = (Vec::new(), 0);
    while let Read::Frame(frame, next) = Frame::parse_frame(bytes, at) {
        frames.push((at, frame));
        at = next;
    }
    frames
}
