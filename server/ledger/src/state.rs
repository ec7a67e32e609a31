//! The memory that every read consults: what the last durable batch left behind.

use std::collections::BTreeMap;

use model::event::{Event, EventKind, Head};
use model::identity::ShardNumber;
use time::OffsetDateTime;

use super::answers::AnswerBook;
use super::shards::{ClosedShard, OpenShard, PublishedLog};

/// Everything that is neither in the journal, the store, nor the key ring: it is made anew from these at every start.
pub struct LedgerState {
    /// The shard that takes records.
    pub open: OpenShard,
    /// Those that take none any more.
    pub closed: BTreeMap<ShardNumber, ClosedShard>,
    /// The log of their checkpoints.
    pub logs: PublishedLog,
    /// When somebody was erased, in the order of the ledger.
    pub erasures: Vec<OffsetDateTime>,
    /// When the last record was made that can be read.
    pub last: Option<OffsetDateTime>,
    /// What requests of the last day were answered.
    pub answers: AnswerBook,
}

impl LedgerState {
    /// Takes note of an event.
    pub fn note(&mut self, event: &Event) {
        let Head { at, .. } = event.head;
        self.last = Some(at);
        self.erasures.extend((event.kind() == EventKind::Erased).then_some(at));
    }
}
