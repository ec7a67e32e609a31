//! How many shards there are, of those that a receipt's number can name.

use ledger::files::Layout;
use ledger::observe::shard_count;
use model::identity::ShardNumber;

use super::report::{Check, Finding};

/// Of a hundred: then it is time to do something.
const WARN_AT: u16 = 80;

/// Looks at the folders of the journal.
pub fn numbers(layout: &Layout) -> Finding {
    match shard_count(layout) {
        Ok(count) => judge(count),
        Err(fault) => {
            let mend = "stop the server, put the folder back from the newest backup, and run `keuze verify`";
            Finding::fault(Check::Shards, fault.to_string(), mend)
        }
    }
}

/// So many of them.
pub fn judge(count: u16) -> Finding {
    let (check, most) = (Check::Shards, ShardNumber::MAX);
    let left = most.saturating_sub(count);
    let what = format!("{count} of {most} shards are begun; {left} are left");
    let mend = "let each hold as much as it can: `shard_records = 524288` and `shard_period = \"year\"` under [ledger]; see docs/operating.md, \
                \"When shards run out\"";
    let finding = match u32::from(count) * 100 / u32::from(most) {
        _ if left == 0 => {
            let what = format!("{what}, and when the last one is full nothing more is recorded");
            Finding::fault(check, what, "see docs/operating.md, \"When shards run out\"")
        }
        share if share >= u32::from(WARN_AT) => Finding::warning(check, what, mend),
        _ => Finding::ok(check, what),
    };
    finding.with("begun", count).with("most", most)
}
