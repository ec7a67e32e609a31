//! # Last checkpoint beside the root key
//!
//! `<key file>.<log>.checkpoint`, where `<log>` is the name of the ledger's first log with `_` for all but letters, digits, `.` and `-`. Text, because
//! somebody may have to decide something in it:
//!
//! | line | meaning |
//! |---|---|
//! | 1 | `keuze last checkpoint 1; it stays beside the root key, in no backup of the data`; the number is the version |
//! | 2 | when the last record was made (RFC 3339, UTC); for people to read, bound to nothing |
//! | 3 to end | the signed checkpoint of the shard that was open |
//!
//! Or, where somebody decided to go on without what is missing, one line: `go on with <records> records, root <base64>`,
//! in place of these or below them. The records are those of all shards, the root is that of the open one.
//!
//! Written by the ledger's writer after a batch is durable, at most once a second; read at every start and by
//! `keuze verify`, which refuse a ledger that it does not add up with. A text that is none of these is damaged and refused;
//! one of another version is refused with a sentence that says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::identity::ShardNumber;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tlog::tree::RootHash;
use vault::error::OtherBuild;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

const NAME: &str = "keuze last checkpoint ";
const MEANING: &str = "; it stays beside the root key, in no backup of the data";

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// There is none.
    Nothing,
    /// Somebody decided to go on.
    GoOn(String),
    /// The last checkpoint, and when its last record was made.
    Last {
        /// When, as it stands there.
        until: String,
        /// The signed checkpoint.
        note: String,
    },
    /// It is of another version.
    OtherBuild(OtherBuild),
    /// It is none of these.
    Damaged,
}

/// The text of the file.
pub fn encode(note: &str, at: OffsetDateTime) -> String {
    format!("{NAME}{VERSION}{MEANING}\n{}\n{note}", written(at))
}

/// Reads what the file says.
pub fn decode(text: &str) -> Said {
    // Whoever is told to write a line into a file writes it below what stands there as readily as in its place.
    if let Some(line) = text.trim_end().lines().last().map(str::trim).filter(|line| line.starts_with("go on with ")) {
        return Said::GoOn(line.to_owned());
    }
    let Some((first, rest)) = text.split_once('\n') else { return Said::Damaged };
    let version =
        first.strip_prefix(NAME).and_then(|rest| rest.strip_suffix(MEANING)).and_then(|text| text.parse().ok());
    match version.map(|version| OtherBuild::check(version, VERSION)) {
        None => return Said::Damaged,
        Some(Err(other)) => return Said::OtherBuild(other),
        Some(Ok(())) => {}
    }
    match rest.split_once('\n') {
        Some((until, note)) if OffsetDateTime::parse(until, &Rfc3339).is_ok() => {
            Said::Last { until: until.to_owned(), note: note.to_owned() }
        }
        _ => Said::Damaged,
    }
}

/// The line with which somebody decides to go on with so many records.
pub fn go_on(size: u64, root: &RootHash) -> String {
    format!("go on with {size} records, root {}", BASE64.encode(root.0))
}

/// Whether a checkpoint is of a later shard of the ledger than the log of that name.
pub fn is_later(note: &str, log_name: &str) -> bool {
    let split = |name: &str| {
        let (ledger, shard) = name.rsplit_once('/')?;
        Some((ledger.to_owned(), shard.parse::<ShardNumber>().ok()?))
    };
    match (note.lines().next().and_then(split), split(log_name)) {
        (Some((of, shard)), Some((ledger, open))) => of == ledger && shard > open,
        _ => false,
    }
}

/// A time as it stands in the file: whole seconds, UTC.
pub fn written(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at).to_offset(time::UtcOffset::UTC);
    whole.format(&Rfc3339).unwrap_or_default()
}
