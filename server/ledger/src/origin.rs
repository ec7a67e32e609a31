//! Whose ledger a data directory holds, read without opening it: every log names its site.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use model::identity::ShardNumber;
use model::paths;

use super::files::{Layout, Log, read_slots};
use crate::formats::checkpoint_slots::Slot;

/// Why it cannot be said whose ledger it is.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// A file could not be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Io {
        path: PathBuf,
        /// What the file system said.
        error: std::io::Error,
    },
    /// There is a ledger, and neither of the two files that name it.
    #[error("{} does not say whose ledger it is: checkpoint/0001 and 0001.vkey are missing or damaged. Put one of them back", .0.display())]
    Nameless(PathBuf),
}

/// The log that names a ledger wherever one name is needed: every ledger has it.
pub const FIRST: Log = Log::Shard(ShardNumber::FIRST);

/// The name of a site's log: `<host>/keuze/log/<shard>`, the log of logs `<host>/keuze/log`.
pub fn log_name(site: &str, log: impl Into<Log>) -> String {
    match log.into() {
        Log::Shard(shard) => format!("{site}{}", paths::log(shard)),
        Log::Logs => format!("{site}{}", paths::LOGS),
    }
}

/// The site whose ledger stands in a data directory; `None` where there is no ledger. Changes nothing.
///
/// # Errors
/// When a file that says so cannot be read, or none does.
pub fn site_of(data: &Path) -> Result<Option<String>, OriginError> {
    let layout = Layout(data.to_path_buf());
    let site = |name: &str| name.strip_suffix(&log_name("", FIRST)).map(str::to_owned);
    let of_checkpoint = name_in_checkpoint(&layout.checkpoint(FIRST))?;
    let name = match of_checkpoint {
        Some(name) => Some(name),
        None => name_in_verifier_key(&layout.verifier_key(FIRST))?,
    };
    match name.as_deref().and_then(site) {
        Some(site) => Ok(Some(site)),
        None if holds_something(&layout)? => Err(OriginError::Nameless(data.to_path_buf())),
        None => Ok(None),
    }
}

/// Whether anything was ever recorded; a first start that was killed leaves empty folders, and keys of nothing.
fn holds_something(layout: &Layout) -> Result<bool, OriginError> {
    let files = layout.journal_files(FIRST).map_err(|error| OriginError::Io { path: layout.journal(FIRST), error })?;
    Ok(!files.is_empty())
}

fn name_in_checkpoint(path: &Path) -> Result<Option<String>, OriginError> {
    let slots = read_slots(path).map_err(|error| OriginError::Io { path: path.to_path_buf(), error })?;
    let notes = slots.iter().filter_map(|slot| match slot {
        Slot::Note(number, note) => Some((number, note)),
        Slot::Empty | Slot::Broken | Slot::OtherBuild(_) => None,
    });
    let newest = notes.max_by_key(|(number, _)| **number);
    Ok(newest.and_then(|(_, note)| note.lines().next()).map(str::to_owned))
}

fn name_in_verifier_key(path: &Path) -> Result<Option<String>, OriginError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.split_once('+').map(|(name, _)| name.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OriginError::Io { path: path.to_path_buf(), error }),
    }
}
