//! Power cuts: what was acknowledged is there afterwards, on every image that a disk could have been left with.
//!
//! A run of the writer is recorded operation by operation; then, for random moments, images are built in four models
//! of what a disk keeps, key files included, and the ledger is started on each. With the syncs taken out the same
//! test must find losses: otherwise it would prove nothing. What a disk says no to is in `power_loss/failing.rs`.

#[path = "common/counts.rs"]
mod counts;
#[path = "power_loss/failing.rs"]
mod failing;
#[path = "power_loss/image.rs"]
mod image;
#[path = "common/recorder.rs"]
mod recorder;
#[path = "power_loss/recording.rs"]
mod recording;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use counts::{count, seed};
use image::{History, Model};
use ledger::flat::{FlatShard, MadeFrom, read_key};
use ledger::verify::verify;
use ledger::{Ledger, Opening};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use recording::{Dropped, Operation, What};
use vault::random::SystemRandom;

/// Images a model: ten where the long counts are asked for.
fn images() -> usize {
    count(3, 10)
}

/// What is wrong with a ledger after a power cut.
#[derive(Debug)]
struct Loss {
    model: Model,
    #[expect(dead_code, reason = "printed when the test fails")]
    operation: usize,
    #[expect(dead_code, reason = "printed when the test fails")]
    what: String,
}

/// What was found on all images of a recorded run.
struct Cuts {
    losses: Vec<Loss>,
    /// Folders of closed shards that were not as they were made.
    damaged: Vec<String>,
    /// Folders that were.
    whole: usize,
    /// Images whose damaged folders were made anew.
    mended: usize,
}

/// Cuts the power at random moments of one recorded run, of which every other one is while a shard is closed or filed.
async fn cut_power(dropped: Dropped, seed: u64) -> Cuts {
    let folder = tempfile::tempdir().expect("a folder");
    let operations = recording::record(folder.path(), dropped);
    let history = History::read_operations(&operations);
    let told = |operation: &Operation| matches!(operation.what, What::Acknowledged(_));
    let first = operations.iter().position(told).expect("something was acknowledged") + 1;
    let changes = changes_of_shards(&operations, first);
    assert!(!changes.is_empty(), "no shard was closed");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut cuts = Cuts { losses: Vec::new(), damaged: Vec::new(), whole: 0, mended: 0 };
    let mut acknowledged = 0;
    for trial in 0..images() {
        let moment = match trial % 2 {
            0 => changes[rng.random_range(0..changes.len())],
            _ => rng.random_range(first..=operations.len()),
        };
        for model in Model::EACH {
            let image = folder.path().join(format!("image-{trial}-{model:?}"));
            history.image(moment, model, &mut rng).lay_out(&image);
            cuts.look_at_folders(&image.join("data/closed"));
            let expected = acknowledged_by(&operations[..moment]);
            acknowledged += expected.len();
            let mut recovered = recover(&image, &expected).await;
            if recovered.as_ref().is_err_and(|what| what.contains("the next start makes this folder anew")) {
                cuts.mended += 1;
                recovered = make_folders_anew(&image).await;
            }
            if let Err(what) = recovered {
                cuts.losses.push(Loss { model, operation: moment, what });
            }
            std::fs::remove_dir_all(image).expect("removed");
        }
    }
    let images = images() * Model::EACH.len();
    eprintln!(
        "KEUZE_SEED={seed}, syncs dropped {dropped:?}: {} operations, {} of them at changes of shards, {images} images, \
         {acknowledged} acknowledged records looked up, {} images with losses, {} folders of closed shards whole, {} not, {} images with such made \
         anew",
        operations.len(),
        changes.len(),
        cuts.losses.len(),
        cuts.whole,
        cuts.damaged.len(),
        cuts.mended
    );
    cuts
}

/// The moments while a shard is begun, or the folder of a closed one is made.
fn changes_of_shards(operations: &[Operation], first: usize) -> Vec<usize> {
    let begins = |operation: &Operation| {
        let name = operation.path.strip_prefix("data/journal/");
        operation.path.starts_with("data/closed") || name.is_some_and(|name| !name.contains('/') && name != "logs")
    };
    let moments = operations.iter().enumerate().filter(|(_, operation)| begins(operation));
    moments.map(|(at, _)| at + 1).filter(|at| *at >= first).collect()
}

impl Cuts {
    /// One that has its name is whole: nobody reads half of one until the start has looked at it.
    fn look_at_folders(&mut self, closed: &Path) {
        for folder in std::fs::read_dir(closed).into_iter().flatten() {
            let folder = folder.expect("listed").path();
            if folder.extension().is_some() {
                continue;
            }
            let opened = read_key(&folder, MadeFrom::Journal)
                .and_then(|(origin, key)| FlatShard::open(&folder, &origin, &key))
                .and_then(|shard| shard.check());
            match opened {
                Ok(()) => self.whole += 1,
                Err(error) => self.damaged.push(error.to_string()),
            }
        }
    }
}

fn acknowledged_by(operations: &[Operation]) -> Vec<(String, String)> {
    let told = operations.iter().filter_map(|operation| match &operation.what {
        What::Acknowledged(records) => Some(records.clone()),
        _ => None,
    });
    told.flatten().collect()
}

fn opening(image: &Path) -> Opening {
    let (data, key_file) = (Some(image.join("data")), Some(image.join("root.key")));
    Opening { data, key_file, origin: "crash.example".to_owned(), random: Arc::new(SystemRandom) }
}

/// Starts it again, waits until the background has made what was damaged, and verifies the whole.
async fn make_folders_anew(image: &Path) -> Result<(), String> {
    let ledger = Ledger::open(opening(image)).map_err(|error| error.to_string())?;
    let (data, key) = (image.join("data"), image.join("root.key"));
    let mut verified = Ok(());
    for _ in 0..200 {
        verified = verify(&data, Some(&key)).map(|_| ()).map_err(|error| error.to_string());
        if verified.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ledger.close().await;
    verified
}

/// Starts the ledger on an image, looks up everything that was acknowledged, and verifies the whole.
async fn recover(image: &Path, expected: &[(String, String)]) -> Result<(), String> {
    let (data, key) = (image.join("data"), image.join("root.key"));
    if !expected.is_empty() && !image.join("root.key.crash.example_keuze_log_0001.checkpoint").exists() {
        return Err("the last checkpoint beside the root key is gone, which was there before the first record".into());
    }
    let ledger = Ledger::open(opening(image)).map_err(|error| error.to_string())?;
    let missing = expected.iter().find(|(address, name)| !stands(&ledger, address, name));
    ledger.close().await;
    if let Some((address, _)) = missing {
        return Err(format!("record {address} was acknowledged and is not there"));
    }
    verify(&data, Some(&key)).map(|_| ()).map_err(|error| error.to_string())
}

fn stands(ledger: &Ledger, address: &str, name: &str) -> bool {
    let record = ledger.record(address.parse().expect("the writer prints addresses"));
    record.ok().flatten().is_some_and(|recorded| recorded.event.banner().1 == Some(name))
}

#[tokio::test]
async fn nothing_acknowledged_is_missing_after_a_power_cut() {
    let Cuts { losses, damaged, whole, .. } = cut_power(Dropped::None, seed()).await;
    assert!(losses.is_empty(), "{losses:#?}");
    assert!(damaged.is_empty() && whole > 0, "{whole} whole, others not: {damaged:#?}");
}

#[tokio::test]
async fn without_syncs_the_same_test_finds_losses() {
    let losses = cut_power(Dropped::All, seed()).await.losses;
    let found = |model| losses.iter().filter(|loss| loss.model == model).count();
    assert_eq!(found(Model::Strict), images(), "a test that misses missing syncs proves nothing");
    assert_eq!(found(Model::All), 0, "without a power cut nothing needs a sync: {losses:#?}");
}

#[tokio::test]
async fn journal_and_key_ring_each_need_their_syncs() {
    for part in ["/data/journal/", "/data/keys/"] {
        let losses = cut_power(Dropped::Of(part), seed()).await.losses;
        assert!(!losses.is_empty(), "nothing is lost without the syncs of {part}");
    }
}

#[tokio::test]
async fn whatever_happens_to_the_database_is_a_rebuild() {
    let losses = cut_power(Dropped::Of("/data/sled"), seed()).await.losses;
    assert!(losses.is_empty(), "{losses:#?}");
}

/// The folder of a closed shard takes its name once it is durable: without that half of one would be found, and nothing be lost.
#[tokio::test]
async fn the_folder_of_a_closed_shard_is_whole_or_not_there() {
    let Cuts { losses, damaged, mended, .. } = cut_power(Dropped::Of("/data/closed/"), seed()).await;
    assert!(losses.is_empty(), "{losses:#?}");
    assert!(!damaged.is_empty() && mended <= damaged.len(), "a test that misses missing syncs proves nothing");
}
