//! # Mark beside the root key
//!
//! `<key file>.<log>.<what>`, where `<log>` is the name of the ledger's first log, as for the last checkpoint, and `<what>` is
//! `verified`, `backed-up`, `kept-away`, `root-key-escrowed` or `index-keys-escrowed`: what whoever runs the server did last, and when,
//! so that `keuze doctor` can tell how long ago that was. Text:
//!
//! | line | meaning |
//! |---|---|
//! | 1 | `keuze mark 1: <what>`; the number is the version |
//! | 2 | when (RFC 3339, UTC) |
//! | 3 | of what: `120 records` for the first three; `<16 hexadecimal digits> compared` or `… stated` for the root key, which tell it from another and nothing of it; `<number> compared` or `… stated` for the index keys, all up to that number |
//!
//! Written by `keuze verify`, `keuze backup` and `keuze key escrowed`; read by `keuze doctor` alone. It is a note to oneself and proves
//! nothing to anybody: whoever can write it has the root key. A text that is none is told of as damaged, one of another version
//! with a sentence that says so; either counts as if nothing had been done.

use strum::{EnumString, IntoStaticStr};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use vault::error::OtherBuild;

use super::last_checkpoint::written;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

const NAME: &str = "keuze mark ";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum MarkKind {
    /// `keuze verify` said ok.
    Verified,
    /// `keuze backup` finished.
    BackedUp,
    /// What must outlive a restore was kept away.
    KeptAway,
    /// A copy of the root key stands apart.
    RootKeyEscrowed,
    /// A copy of the ring with all index keys stands apart.
    IndexKeysEscrowed,
}

impl MarkKind {
    /// As its file ends.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What was done last, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What.
    pub kind: MarkKind,
    /// When, in whole seconds.
    pub at: OffsetDateTime,
    /// Of what: a line.
    pub detail: String,
}

/// Why a text is no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkFault {
    /// It is of another version.
    #[error(transparent)]
    OtherBuild(#[from] OtherBuild),
    /// It is none.
    #[error("it is damaged")]
    Damaged,
}

/// The text of the file.
pub fn encode(mark: &Mark) -> String {
    format!("{NAME}{VERSION}: {}\n{}\n{}\n", mark.kind.name(), written(mark.at), mark.detail)
}

/// Reads it.
///
/// # Errors
/// It is none of this version.
pub fn decode(text: &str) -> Result<Mark, MarkFault> {
    let mut lines = text.strip_suffix('\n').ok_or(MarkFault::Damaged)?.split('\n');
    let first = lines.next().and_then(|line| line.strip_prefix(NAME)).and_then(|rest| rest.split_once(": "));
    let (version, kind) = first.ok_or(MarkFault::Damaged)?;
    OtherBuild::check(version.parse().map_err(|_| MarkFault::Damaged)?, VERSION)?;
    let kind = kind.parse().map_err(|_| MarkFault::Damaged)?;
    let at = lines.next().and_then(|line| OffsetDateTime::parse(line, &Rfc3339).ok()).ok_or(MarkFault::Damaged)?;
    let mark = Mark { kind, at, detail: lines.next().unwrap_or_default().to_owned() };
    // In its one spelling.
    if encode(&mark) == text { Ok(mark) } else { Err(MarkFault::Damaged) }
}
