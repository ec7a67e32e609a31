//! Power cuts: what was acknowledged is there afterwards, on every image that a disk could have been left with.
//!
//! A run of the writer is recorded operation by operation; then, for random moments, images are built in four models
//! of what a disk keeps, key files included, and the ledger is started on each. With the syncs taken out the same
//! test must find losses: otherwise it would prove nothing.

#[path = "common/counts.rs"]
mod counts;
#[path = "power_loss/image.rs"]
mod image;
#[path = "power_loss/recording.rs"]
mod recording;

use std::path::Path;
use std::sync::Arc;

use counts::{count, seed};
use image::Model;
use ledger::verify::verify;
use ledger::{Ledger, Opening};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use recording::{Dropped, Operation, What};
use vault::random::SystemEntropy;

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

/// Cuts the power at random moments of one recorded run, and tells what was lost and how much was acknowledged.
async fn cut_power(dropped: Dropped, seed: u64) -> Vec<Loss> {
    let folder = tempfile::tempdir().expect("a folder");
    recording::compile_recorder(folder.path());
    let operations = recording::record(folder.path(), dropped);
    let told = |operation: &Operation| matches!(operation.what, What::Acknowledged(_));
    let first = operations.iter().position(told).expect("something was acknowledged");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut losses = Vec::new();
    let mut acknowledged = 0;
    for trial in 0..images() {
        let moment = rng.random_range(first + 1..=operations.len());
        for model in Model::EACH {
            let image = folder.path().join(format!("image-{trial}-{model:?}"));
            image::lay_out(&image::build(&operations[..moment], model, &mut rng), &operations, &image);
            let expected = acknowledged_by(&operations[..moment]);
            acknowledged += expected.len();
            if let Err(what) = recover(&image, &expected).await {
                losses.push(Loss { model, operation: moment, what });
            }
            std::fs::remove_dir_all(image).expect("removed");
        }
    }
    let images = images() * Model::EACH.len();
    eprintln!(
        "KEUZE_SEED={seed}, syncs dropped {dropped:?}: {} operations, {images} images, {acknowledged} acknowledged records \
         looked up, {} images with losses",
        operations.len(),
        losses.len()
    );
    losses
}

fn acknowledged_by(operations: &[Operation]) -> Vec<(String, String)> {
    let told = operations.iter().filter_map(|operation| match &operation.what {
        What::Acknowledged(records) => Some(records.clone()),
        _ => None,
    });
    told.flatten().collect()
}

/// Starts the ledger on an image, looks up everything that was acknowledged, and verifies the whole.
async fn recover(image: &Path, expected: &[(String, String)]) -> Result<(), String> {
    let (data, key) = (image.join("data"), image.join("root.key"));
    if !image.join("root.key.crash.example_keuze_log_0001.checkpoint").exists() {
        return Err("the last checkpoint beside the root key is gone, which was there before the first record".into());
    }
    let entropy = Arc::new(SystemEntropy);
    let opening =
        Opening { data: Some(data.clone()), key_file: Some(key.clone()), origin: "crash.example".to_owned(), entropy };
    let ledger = Ledger::open(opening).map_err(|error| error.to_string())?;
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
    let losses = cut_power(Dropped::None, seed()).await;
    assert!(losses.is_empty(), "{losses:#?}");
}

#[tokio::test]
async fn without_syncs_the_same_test_finds_losses() {
    let losses = cut_power(Dropped::All, seed()).await;
    let found = |model| losses.iter().filter(|loss| loss.model == model).count();
    assert_eq!(found(Model::Strict), images(), "a test that misses missing syncs proves nothing");
    assert_eq!(found(Model::All), 0, "without a power cut nothing needs a sync: {losses:#?}");
}

#[tokio::test]
async fn journal_and_key_ring_each_need_their_syncs() {
    for part in ["/data/journal/", "/data/keys/"] {
        let losses = cut_power(Dropped::Of(part), seed()).await;
        assert!(!losses.is_empty(), "nothing is lost without the syncs of {part}");
    }
}

#[tokio::test]
async fn whatever_happens_to_the_database_is_a_rebuild() {
    for part in ["/data/sled/", "/data/closed/"] {
        let losses = cut_power(Dropped::Of(part), seed()).await;
        assert!(losses.is_empty(), "{part}: {losses:#?}");
    }
}
