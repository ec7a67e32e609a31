//! `keuze verify` and `keuze rebuild`.

use std::fs::File;
use std::path::Path;

use app::model::identity::RecordAddress;
use base64::Engine as _;
use ed25519_dalek::SigningKey;

use super::OPEN_SHARD;
use super::files::Layout;
use super::replay::{self, Fault, ReplayedBatch};
use super::writer::{LOG_KEY, set_aside};
use crate::store::Store as _;
use crate::store::sled_engine::SledStore;
use crate::vault::ring::{Owner, Reading, Ring};
use crate::vault::root;

/// A ledger that adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Records in all shards.
    pub records: u64,
    /// Those of them whose key an erasure or a retention run destroyed.
    pub erased: u64,
    /// The root of the open shard, in base64.
    pub root: String,
    /// What could not be looked at, in a sentence.
    pub left_out: Option<String>,
}

/// Why a ledger was not verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It does not add up.
    #[error("{0}")]
    Fault(Fault),
    /// It could not be read at all.
    #[error("{0}")]
    Unreadable(String),
}

/// Recomputes everything from the journal, the key ring and the checkpoints; the database too, unless a running
/// server holds it.
///
/// # Errors
/// The first shard and index that fails.
pub fn verify(data: &Path, key_file: Option<&Path>) -> Result<Verified, VerifyError> {
    let layout = Layout(data.to_path_buf());
    if !layout.journal().exists() {
        return Err(VerifyError::Unreadable(format!("{} holds no ledger", data.display())));
    }
    let file = key_file.map_or_else(|| layout.default_root_key(), Path::to_path_buf);
    let root = root::read(&file).map_err(VerifyError::Unreadable)?;
    let root = root.ok_or_else(|| VerifyError::Unreadable(format!("the root key {} is missing", file.display())))?;
    let ring = Ring::open(Some(&layout.keys()), root, Reading::Verify).map_err(VerifyError::Unreadable)?;
    let key = ring.find(Owner::Secret(LOG_KEY)).and_then(|id| ring.key(id));
    let key = key.ok_or_else(|| VerifyError::Unreadable("the key ring lost the log's key".into()))?;
    let key = SigningKey::from_bytes(key).verifying_key();

    // The lock tells whether a server runs; held for as long as we read the database.
    let lock = File::open(layout.lock()).map_err(|error| VerifyError::Unreadable(error.to_string()))?;
    let stopped = lock.try_lock_shared().is_ok();
    let store = stopped.then(|| SledStore::open(&layout.sled())).transpose();
    let store = store.map_err(|error| VerifyError::Unreadable(error.to_string()))?;
    let walked = replay::walk(&layout, None, Some(&key), |batch| check_batch(batch, &ring, store.as_ref()));
    let walked = walked.map_err(VerifyError::Fault)?;
    let at_end =
        |what: &str| VerifyError::Fault(Fault { shard: OPEN_SHARD, index: walked.tree.size(), what: what.to_owned() });
    if stopped && walked.torn {
        return Err(at_end("the journal ends in something that is no batch; the next start cuts it off"));
    }
    if stopped {
        replay::check_outside(&layout, &walked, true).map_err(VerifyError::Fault)?;
    }
    if let Some(store) = &store {
        let size = store.size(OPEN_SHARD).map_err(|error| at_end(&error.to_string()))?;
        let note = store.checkpoint(OPEN_SHARD).map_err(|error| at_end(&error.to_string()))?.unwrap_or_default();
        if size != walked.tree.size() || note != walked.note {
            return Err(at_end("the database ends elsewhere than the journal; the next start makes it anew"));
        }
    }
    Ok(Verified {
        records: walked.tree.size(),
        // Nothing destroys a key yet: a missing one is a fault that the walk has already reported.
        erased: 0,
        root: base64::engine::general_purpose::STANDARD.encode(walked.tree.root()),
        left_out: (!stopped).then(|| "a server is running: its database was left out".into()),
    })
}

/// Opens every record and fact of a batch, and compares the database's copy.
fn check_batch(batch: &ReplayedBatch, ring: &Ring, store: Option<&SledStore>) -> Result<(), Fault> {
    for (index, record) in (batch.first..).zip(&batch.records) {
        replay::event_of(record, index, ring)?;
        let Some(store) = store else { continue };
        let wrong = match store.record(RecordAddress { shard: OPEN_SHARD, index }) {
            Ok(copy) if copy.as_ref() == Some(&record.to_bytes()) => continue,
            Ok(_) => "the database's copy is not the journal's record; keuze rebuild makes it anew".to_owned(),
            Err(error) => format!("the database cannot be read: {error}"),
        };
        return Err(Fault { shard: OPEN_SHARD, index, what: wrong });
    }
    if batch.facts.iter().any(|fact| replay::decode_fact(fact, ring).is_none()) {
        let what = "a fact beside this record cannot be opened";
        return Err(Fault { shard: OPEN_SHARD, index: batch.first, what: what.into() });
    }
    Ok(())
}

/// Sets the databases aside; the next opening makes them anew from the journal.
///
/// # Errors
/// A sentence that says what is in the way, such as a running server.
pub fn set_databases_aside(data: &Path) -> Result<(), String> {
    let layout = Layout(data.to_path_buf());
    let lock = File::open(layout.lock()).map_err(|error| format!("{} holds no ledger: {error}", data.display()))?;
    lock.try_lock().map_err(|_| format!("{} is in use by a running keuze. Stop it first", data.display()))?;
    if layout.sled().exists() { set_aside(&layout) } else { Ok(()) }
}
