//! Checking a copy of a ledger that stands for itself, as a backup has it: it may be older than the ledger that it is of.

use base64::Engine as _;
use model::identity::{RecordAddress, ShardNumber};
use std::path::Path;

use super::{RingSnapshot, Unreadable, Verified, VerifyError, at_end};
use crate::erasure::Missing;
use crate::files::{Layout, Log, read_slots};
use crate::logs::Statements;
use crate::recovery::{FoundShard, found_shards, no_gap};
use crate::replay::{self, Walked};

/// A copy that adds up.
pub struct VerifiedCopy {
    pub verified: Verified,
    /// The shards that were walked, and how many records each has.
    pub shards: Vec<(ShardNumber, u64)>,
}

/// Recomputes the shards of a copy from one on, with what the log of logs says of them, and looks whether every record has its
/// key, where there is a root key. `each` is told of every shard that was walked.
///
/// # Errors
/// The first shard and index that fails.
pub fn verify_copy(
    layout: &Layout,
    key_file: Option<&Path>,
    from: ShardNumber,
    each: &mut dyn FnMut(ShardNumber, &Walked),
) -> Result<VerifiedCopy, VerifyError> {
    let found = found_shards(layout).map_err(Unreadable::Checkpoint)?;
    no_gap(&found)?;
    let mut left_out = Vec::new();
    let everything = RecordAddress { shard: ShardNumber::LAST, index: u64::MAX };
    let keys = RingSnapshot::open(layout, key_file, everything, false, &mut left_out)?;
    let statements = Statements::load_statements(layout, &keys.anchor(layout, Log::Logs)?)?;
    let logs = read_slots(&layout.checkpoint(Log::Logs)).map_err(Unreadable::Checkpoint)?;
    let mut missing = Missing::default();
    let (mut shards, mut root) = (Vec::new(), tlog::tree::Tree::default().root());
    for FoundShard { number, slots } in found.iter().filter(|shard| shard.number >= from) {
        let anchor = keys.anchor(layout, (*number).into())?;
        let walked = replay::walk(layout, *number, &anchor, |batch| keys.check(batch, *number, &mut missing))?;
        left_out.extend(replay::check_outside(slots, &walked, true)?.map(str::to_owned));
        statements.check(*number, &walked, &anchor)?;
        if walked.torn {
            return Err(at_end(&walked, "its journal ends in the middle of a batch"));
        }
        each(*number, &walked);
        shards.push((*number, walked.tree.size()));
        root = walked.tree.root();
    }
    left_out.extend(replay::check_outside(&logs, &statements.walked, true)?.map(str::to_owned));
    statements.end_with(found.last().expect("one at least").number)?;
    missing.check()?;
    let verified = Verified {
        records: shards.iter().map(|(_, records)| records).sum(),
        erased: missing.records(),
        root: base64::engine::general_purpose::STANDARD.encode(root.0),
        left_out,
    };
    Ok(VerifiedCopy { verified, shards })
}
