//! `[ledger]`: when a shard of the ledger closes.

use ledger::shards::{ShardPeriod, ShardRules};
use model::receipt::MAX_INDEX;

use super::reader::Section;

const PERIODS: [(&str, ShardPeriod); 3] =
    [("month", ShardPeriod::Month), ("quarter", ShardPeriod::Quarter), ("year", ShardPeriod::Year)];

/// So few fill a shard in a second of a busy site, and all shards that there can be in an hour.
const FEWEST: u32 = 1_000;

/// The section, or what holds without it.
pub(super) fn read_rules(root: &Section<'_>) -> Option<ShardRules> {
    if root.has("ledger") { root.table("ledger", read_ledger) } else { Some(ShardRules::default()) }
}

fn read_ledger(s: &Section<'_>) -> Option<ShardRules> {
    let most = u32::try_from(MAX_INDEX).unwrap_or(u32::MAX);
    let (records, period) = (s.number("shard_records", FEWEST..=most), s.one_of("shard_period", &PERIODS));
    Some(ShardRules { records: u64::from(records?), period: period?.value })
}
