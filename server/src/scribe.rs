//! The one writer: batches, order of durability, start-up, verify, rebuild.
//!
//! Everything that is ever recorded comes through [`Scribe::append`]; there is no second road to the ledger.

use std::path::PathBuf;
use std::sync::Arc;

use app::model::decision::Recorded;
use app::model::event::Event;
use app::model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};

use crate::ambient::{Clock, Entropy};

/// Where and how to open a ledger.
pub struct Opening {
    /// Where it is kept; `None` keeps everything in memory (tests).
    pub data: Option<PathBuf>,
    /// The file with the root key (`KEUZE_KEY_FILE`); made when the data directory is empty.
    pub key_file: Option<PathBuf>,
    /// The site's host, the first part of every log's origin (`<host>/keuze/log/<shard>`).
    pub origin: String,
    /// Time for what the scribe itself records.
    pub clock: Arc<dyn Clock>,
    /// Randomness for keys, salts and nonces.
    pub entropy: Arc<dyn Entropy>,
}

/// What is to be written at once: an event, and the facts beside the ledger that go with it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The event; `previous` is filled in by the scribe.
    pub event: Event,
    /// Written in the same batch as the event, or not at all.
    pub facts: Vec<Fact>,
}

/// A fact beside the ledger: the latest value of a key counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub kind: FactKind,
    /// Its name within the kind; no personal data.
    pub key: Vec<u8>,
    /// Its value; `None` removes it.
    pub value: Option<Vec<u8>>,
}

/// The kinds of facts, each with what it is sealed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// A public content under its SHA-256: policies, notices, statements. Not sealed.
    Content,
    /// Small public settings, such as which policy is in force. Not sealed.
    Setting,
    /// A staff member under a random id. Sealed under the audit key.
    Staff,
}

/// An event that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it stands.
    pub address: RecordAddress,
    /// The event as it was recorded, `previous` filled in.
    pub event: Event,
}

/// Why an event was not recorded. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// More is coming in than can be written: 503 with Retry-After.
    #[error("too much is being written at the moment; try again in a few seconds")]
    Busy,
    /// The scribe has stopped, by a failed sync or because the server is stopping.
    #[error("the ledger is closed")]
    Closed,
    /// The subject's keys were destroyed: nothing more can be recorded about it.
    #[error("this consent id was erased")]
    Erased,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The engine failed.
    #[error("the store cannot be read: {0}")]
    Store(String),
    /// What was read does not add up.
    #[error("record {address} does not add up: {what}")]
    Damaged {
        /// Which record.
        address: RecordAddress,
        /// What is wrong.
        what: String,
    },
}

/// Why a ledger was not opened. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);

/// A record with what proves that it is in the ledger.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The canonical JSON that was committed to.
    pub record: Vec<u8>,
    /// The salt of the commitment.
    pub salt: [u8; 32],
    /// The proof as a text that stands on its own (C2SP tlog-proof): commitment, audit path, checkpoint.
    pub proof: String,
}

/// A handle on the one writer, and on the memory and store that every read consults.
#[derive(Clone)]
pub struct Scribe {}

impl Scribe {
    /// Opens or creates a ledger, checks that it adds up, and starts the writer.
    pub fn open(_opening: Opening) -> Result<Self, OpenError> {
        unimplemented!()
    }
    /// Records one event; returns once it is durable.
    pub async fn append(&self, _draft: Draft) -> Result<Written, AppendError> {
        unimplemented!()
    }
    /// All events of a subject, in order; empty for an unknown or erased one.
    pub fn history(&self, _subject: Subject) -> Result<Vec<Recorded>, ReadError> {
        unimplemented!()
    }
    /// The event at an address; `None` beyond the end or once erased.
    pub fn record(&self, _address: RecordAddress) -> Result<Option<Recorded>, ReadError> {
        unimplemented!()
    }
    /// The record at an address with the proof that it is in the ledger.
    pub fn prove(&self, _address: RecordAddress) -> Result<Option<Proven>, ReadError> {
        unimplemented!()
    }
    /// The latest value of a fact.
    pub fn fact(&self, _kind: FactKind, _key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        unimplemented!()
    }
    /// All facts of a kind, by key.
    pub fn facts(&self, _kind: FactKind) -> Result<Vec<(Vec<u8>, Vec<u8>)>, ReadError> {
        unimplemented!()
    }
    /// A public content by its hash.
    pub fn content(&self, hash: ContentHash) -> Result<Option<Vec<u8>>, ReadError> {
        self.fact(FactKind::Content, &hash.0)
    }
    /// The latest signed checkpoint of a shard (C2SP tlog-checkpoint), if that shard exists.
    pub fn checkpoint(&self, _shard: ShardNumber) -> Option<String> {
        unimplemented!()
    }
    /// A tile of a shard (C2SP tlog-tiles): `level`, `index`, and its width of 1 to 256 hashes.
    pub fn tile(
        &self,
        _shard: ShardNumber,
        _level: u8,
        _index: u64,
        _width: u16,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        unimplemented!()
    }
    /// A 256-bit secret of that name, made on first use and kept in the key ring.
    pub fn secret(&self, _name: &'static str) -> [u8; 32] {
        unimplemented!()
    }
    /// The subject in the form that goes into [`Event::about`].
    pub fn seal_about(&self, _subject: Subject) -> Option<String> {
        unimplemented!()
    }
    /// Reads [`Event::about`]; `None` once the subject was erased.
    pub fn open_about(&self, _about: &str) -> Option<Subject> {
        unimplemented!()
    }
    /// Whether the writer takes events (for `/keuze/health`).
    pub fn is_open(&self) -> bool {
        unimplemented!()
    }
    /// Finishes what was accepted, makes it durable, and closes.
    pub async fn close(&self) {
        unimplemented!()
    }
}
