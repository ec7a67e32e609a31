//! Shards that are missing, of another ledger, out of order, truncated or partly copied: what the start and `keuze verify` say of them.
//! Each says which file, what it means and what to do, and changes nothing.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ledger::shards::{ShardPeriod, ShardRules};
use ledger::verify::verify;
use ledger::{Ledger, Opening};
use model::identity::{RecordAddress, ShardNumber, Subject};

use crate::fixture::{copy_beside, copy_folder, draft, everything, opening, root_of};

const THREE: ShardRules = ShardRules { records: 3, period: ShardPeriod::Year };

/// What is said of a damage by one of the two.
#[derive(Clone, Copy)]
enum DamageReport {
    /// It refuses, with this in its message.
    Refused(&'static str),
    /// It is no fault, and nothing is said; the start mends what there is to mend.
    Nothing,
    /// The start goes on, and makes it anew in the background.
    Later,
}
use DamageReport::{Later, Nothing, Refused};

/// A damage as a shell does it in the data directory, `$TWIN` being another ledger of the same site and `$SHOP` one of another; what
/// `verify` says of it, and what the start does.
struct Damage(&'static str, DamageReport, DamageReport);

/// One that both refuse with the same words.
const fn both(damage: &'static str, says: &'static str) -> Damage {
    Damage(damage, Refused(says), Refused(says))
}

/// One of what can be made anew.
const fn mended(damage: &'static str, says: &'static str) -> Damage {
    Damage(damage, Refused(says), Nothing)
}

/// One in a closed shard, whose journal and folder hold all that was written: the background looks at the whole of it.
const fn later(damage: &'static str, says: &'static str) -> Damage {
    Damage(damage, Refused(says), Later)
}

const FIRST_FILE: &str = "000000000000.log";

/// In the journals, which are the truth.
const JOURNALS: &[Damage] = &[
    both("rm -r journal/0002", "the journal is missing, but the checkpoint outside it (checkpoint/0002) is further on"),
    both("rm -r journal/0001", "Put back the folder journal/0001 of the newest copy"),
    both("rm -r journal/0005", "Put back the folder journal/0005 of the newest copy"),
    both(
        "rm -r journal/0002 checkpoint/0002*",
        "shard 0002 index 0: its journal is missing, and there is one of shard 0003. Put back the folder journal/0002",
    ),
    both("rm -r journal/0005 checkpoint/0005*", "this ledger is an older copy: it ends after 12 records"),
    both("rm -r journal/0005 checkpoint/0005*", "Put back the newest copy, with the folder journal/0005 in it"),
    both(
        "rm -r journal/000[45] checkpoint/000[45]*",
        "shard 0004 index 0: its journal is missing, and the log of logs tells of it. Put back the folder journal/0004",
    ),
    both(
        "rm -r journal/0002; cp -r $TWIN/journal/0002 journal/",
        "it was altered, or the folder is of another ledger under that name. Put back the folder journal/0002",
    ),
    both(
        "rm -r journal/0002; cp -r $SHOP/journal/0002 journal/",
        "the folder journal/0002 is that of shop.test/keuze/log/0002, not of voipro.test/keuze/log/0002",
    ),
    both(
        "mv journal/0002 x; mv journal/0003 journal/0002; mv x journal/0003",
        "the folder journal/0002 is that of voipro.test/keuze/log/0003, not of voipro.test/keuze/log/0002",
    ),
    both(
        "rm -r journal/0002; cp -r journal/0003 journal/0002",
        "shard 0002 index 0: the folder journal/0002 is that of voipro.test/keuze/log/0003",
    ),
    both(
        "rm -r journal/0005; cp -r $TWIN/journal/0005 journal/",
        "though it bears its name: it was altered, or the folder is of another ledger",
    ),
    both(
        "cp -r journal/0001 journal/0006",
        "there is a shard 0006, and no key of it in the key ring: journal/0006 is of another ledger",
    ),
    both(
        "cp -r $SHOP/journal/0001 journal/0006; cp $SHOP/checkpoint/0001.vkey checkpoint/0006.vkey",
        "Move the one away",
    ),
    both("truncate -s 1500 journal/0002/*.log", "shard 0002 index 2: the journal ends here"),
    both(
        "truncate -s 0 journal/0002/*.log",
        "records that were acknowledged are missing. Put back the folder journal/0002",
    ),
    both(
        "rm journal/0002/*.log",
        "the journal is missing, but the checkpoint outside it (checkpoint/0002) is further on",
    ),
    both("truncate -s 900 journal/0005/*.log", "shard 0005 index 1: the journal ends here"),
    both("truncate -s 0 journal/0005/*.log", "shard 0005 index 0: the journal ends here"),
    later(
        "cp journal/0002/$FIRST journal/0002/000000000003.log",
        "journal/0002/000000000003.log goes on with another entry than this one",
    ),
    later(
        "mv journal/0002/$FIRST journal/0002/000000000003.log",
        "before journal/0002/000000000003.log a file of the journal is missing, or it has another's name",
    ),
    both("rm -r journal/0002; echo > journal/0002", "the folder journal/0002 cannot be read"),
    both("rm journal/0002/$FIRST; mkdir journal/0002/$FIRST", "journal/0002/000000000000.log cannot be read"),
    both("rm -r journal/logs", "log of logs index 0: it does not tell of shard 0001. Put back the folder journal/logs"),
    both(
        "truncate -s 700 journal/logs/*.log",
        "log of logs index 1: it does not tell of shard 0002. Put back the folder journal/logs",
    ),
    both("rm -r journal/logs; cp -r $TWIN/journal/logs journal/", "Put back the folder journal/logs"),
    both(
        "rm -r journal/logs; cp -r $SHOP/journal/logs journal/",
        "the folder journal/logs is that of shop.test/keuze/log, not of voipro.test/keuze/log",
    ),
    both("rm -r journal/logs; cp -r journal/0001 journal/logs", "what stands in journal/logs belongs into another log"),
    Damage("rm -r journal", Refused("there is no folder journal in it"), Refused("the journal is missing")),
    // What is no part of a ledger is left alone.
    Damage("mkdir journal/0006 journal/0008", Nothing, Nothing),
    Damage(
        "echo > journal/0002/notes; echo > journal/notes; cp journal/0002/$FIRST journal/0002/$FIRST.bak",
        Nothing,
        Nothing,
    ),
];

/// In the checkpoints outside the journals, and the keys that check them.
const CHECKPOINTS: &[Damage] = &[
    later(
        "rm checkpoint/0002",
        "the checkpoint outside the journal is missing or damaged. Put back the file checkpoint/0002",
    ),
    later(
        "rm checkpoint/0001",
        "the checkpoint outside the journal is missing or damaged. Put back the file checkpoint/0001",
    ),
    both(
        "rm checkpoint/logs",
        "log of logs index 9: the checkpoint outside the journal is missing or damaged. Put back the file checkpoint/logs",
    ),
    later("truncate -s 1000 checkpoint/0002", "Put back the file checkpoint/0002"),
    later("truncate -s 0 checkpoint/0002", "Put back the file checkpoint/0002"),
    both("truncate -s 0 checkpoint/logs", "Put back the file checkpoint/logs"),
    later(
        "cp checkpoint/0003 checkpoint/0002",
        "checkpoint/0002 is that of voipro.test/keuze/log/0003. Put back the file checkpoint/0002",
    ),
    both(
        "cp checkpoint/0001 checkpoint/logs",
        "checkpoint/logs is that of voipro.test/keuze/log/0001. Put back the file checkpoint/logs",
    ),
    later("cp $SHOP/checkpoint/0004 checkpoint/0004", "checkpoint/0004 is that of shop.test/keuze/log/0004"),
    later(
        "cp $TWIN/checkpoint/0002 checkpoint/0002",
        "journal/0002 and checkpoint/0002 are of two copies. Put back both",
    ),
    both(
        "cp $TWIN/checkpoint/0005 checkpoint/0005",
        "journal/0005 and checkpoint/0005 are of two copies. Put back both",
    ),
    both("rm checkpoint/0002; mkdir checkpoint/0002", "checkpoint/0002: Is a directory"),
    mended("rm checkpoint/0002.vkey", "checkpoint/0002.vkey is missing; the next start writes it anew"),
    mended(
        "truncate -s 0 checkpoint/0002.vkey",
        "checkpoint/0002.vkey is no verifier key. The next start makes it anew",
    ),
    mended("cp checkpoint/0003.vkey checkpoint/0002.vkey", "checkpoint/0002.vkey is not the key of this log"),
    mended("truncate -s 1000 checkpoint/0005", "a slot of checkpoint/0005 is damaged; the next start mends it"),
    // Of two batches a kill may have taken as much.
    Damage("rm checkpoint/0005", Nothing, Nothing),
];

/// In the key ring.
const KEYS: &[Damage] = &[
    both("rm keys/bucket-000001", "a file of the folder keys is missing, empty or cut off. Put back the folder keys"),
    both(
        "truncate -s 0 keys/bucket-000001",
        "a file of the folder keys is missing, empty or cut off. Put back the folder keys",
    ),
    both("truncate -s 900 keys/bucket-000001", "the folder keys of an older copy, or cut off"),
    both(
        "cp $TWIN/keys/bucket-000001 keys/",
        "keys/bucket-000001 cannot be opened: it is damaged, or the root key is another one. Put back",
    ),
    both(
        "cp $TWIN/keys/root-0001 keys/",
        "keys/root-0001 cannot be opened: it is damaged, or the root key is another one. Put back",
    ),
    both(
        "cp keys/bucket-000001 keys/bucket-000002",
        "keys/bucket-000002 has keys but its own key is missing, in root-0001",
    ),
    both("rm keys/root-0001", "keys/bucket-000001 has keys but its own key is missing, in root-0001"),
    both("truncate -s 60 keys/root-0001", "one of the two is of another copy, or cut off. Put back the folder keys"),
    both("rm -r keys; cp -r $TWIN/keys .", "or the root key that belongs to it"),
    both("rm -r keys", "Put back the folder keys"),
    both("rm keys/*", "Put back the folder keys"),
];

/// In the folders of closed shards, which are made of the journals.
const CLOSED: &[Damage] = &[
    mended(
        "rm -r closed/0002; cp -r closed/0003 closed/0002",
        "closed/0002/checkpoint: the checkpoint is not signed by the key of this log. Nothing is lost",
    ),
    mended(
        "rm -r closed/0002; cp -r $TWIN/closed/0002 closed/",
        "the next start makes this folder anew from the journal",
    ),
    mended("truncate -s 20 closed/0002/places", "closed/0002/places: the file has 20 bytes, and was made with 32"),
    mended("rm closed/0002/places", "closed/0002/places: the file is missing"),
    mended("rm -r closed/0002/tile", "closed/0002/tile/0/000.p/3: the file is missing"),
    mended("rm -r closed/0002/*", "closed/0002/checkpoint: the file is missing"),
    mended("rm -r closed/0002; echo > closed/0002", "closed/0002/checkpoint: the file is missing"),
    Damage("rm -r closed/0002", Nothing, Nothing),
    Damage("rm -r closed sled", Nothing, Nothing),
    Damage("cp -r closed/0002 closed/0009", Nothing, Nothing),
];

/// A ledger of five shards, three records in each but the last, which has two.
async fn made(data: &Path, seed: u64, site: &str) {
    let opening = Opening { origin: site.to_owned(), ..opening(Some(data), seed) };
    let ledger = Ledger::open(opening).expect("opens");
    ledger.follow(THREE);
    for number in 0..14 {
        let subject = Subject([u8::try_from(number % 4).expect("small"); 16]);
        ledger.append(draft(number, Some(subject))).await.expect("written");
    }
    let closed = |shard: &u16| data.join(format!("closed/{shard:04}")).exists();
    while !(1..=4).all(|shard| closed(&shard)) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ledger.close().await;
}

/// Everything is there, and more is taken.
async fn goes_on(data: &Path, damage: &str) {
    let ledger = Ledger::open(opening(Some(data), 9)).unwrap_or_else(|error| panic!("{damage}: {error}"));
    ledger.follow(THREE);
    for number in 0..14_u16 {
        let shard = ShardNumber::new(1 + number / 3).expect("a shard");
        let address = RecordAddress { shard, index: u64::from(number % 3) };
        assert!(ledger.record(address).expect("readable").is_some(), "{damage}: {address}");
    }
    ledger.append(draft(15, None)).await.expect("written");
    // What stands beside a closed shard is mended behind the start.
    for _ in 0..500 {
        if verify(data, Some(&root_of(data))).is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ledger.close().await;
    assert_eq!(verify(data, Some(&root_of(data))).unwrap_or_else(|error| panic!("{damage}: {error}")).records, 15);
}

async fn every_one_is_told_and_nothing_changed(damages: &[Damage]) {
    let folder = tempfile::tempdir().expect("a folder");
    let [sound, twin, shop, data] = ["sound", "twin", "shop", "data"].map(|name| folder.path().join(name));
    made(&sound, 1, "voipro.test").await;
    made(&twin, 77, "voipro.test").await;
    made(&shop, 78, "shop.test").await;
    for Damage(damage, by_verify, by_start) in damages {
        if data.exists() {
            std::fs::remove_dir_all(&data).expect("ours");
        }
        copy_folder(&sound, &data);
        copy_beside(&sound, &data);
        assert_eq!(verify(&data, Some(&root_of(&data))).expect("adds up").records, 14, "before: {damage}");
        let mut shell = Command::new("sh");
        shell.args(["-ec", damage]).env("TWIN", &twin).env("SHOP", &shop).env("FIRST", FIRST_FILE);
        assert!(shell.current_dir(&data).status().expect("there is a shell").success(), "{damage}");
        let before = everything(&data);
        match (verify(&data, Some(&root_of(&data))), by_verify) {
            (Ok(verified), Nothing | Later) => assert_eq!(verified.records, 14, "{damage}"),
            (Err(said), Refused(says)) => assert!(said.to_string().contains(says), "{damage}: {said}"),
            (Ok(_), Refused(_)) => panic!("{damage}: verify says ok"),
            (Err(said), Nothing | Later) => panic!("{damage}: {said}"),
        }
        assert!(everything(&data) == before, "{damage}: verify changes nothing");
        let says = match by_start {
            Refused(says) => says,
            Nothing => {
                goes_on(&data, damage).await;
                continue;
            }
            Later => {
                Ledger::open(opening(Some(&data), 9)).expect("it goes on").close().await;
                continue;
            }
        };
        let said = match Ledger::open(opening(Some(&data), 9)) {
            Ok(_) => panic!("{damage}: it is started"),
            Err(said) => said.to_string(),
        };
        assert!(said.contains(says), "{damage}: {said}");
        assert!(everything(&data) == before, "{damage}: a refused start changes nothing");
    }
}

#[tokio::test]
async fn journals_that_are_not_those_that_were_written_are_refused_by_name() {
    every_one_is_told_and_nothing_changed(JOURNALS).await;
}

#[tokio::test]
async fn checkpoints_that_are_not_those_that_were_written_are_refused_by_name() {
    every_one_is_told_and_nothing_changed(CHECKPOINTS).await;
}

#[tokio::test]
async fn keys_that_are_not_those_that_were_written_are_refused_by_name() {
    every_one_is_told_and_nothing_changed(KEYS).await;
}

#[tokio::test]
async fn folders_of_closed_shards_are_named_and_made_anew() {
    every_one_is_told_and_nothing_changed(CLOSED).await;
}
