//! When a ledger was last verified, backed up, and its keys escrowed: a file each beside the root key, where no copy of the data
//! directory reaches ([`crate::formats::mark`]).

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::files::replace_file;
use super::outside;
use crate::formats::mark::{self, Mark, MarkFault, MarkKind};

/// Why nothing is known of what was done.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// The file is no mark.
    #[error("{} cannot be read: {fault}", .path.display())]
    Fault {
        path: PathBuf,
        /// What is wrong with it.
        fault: MarkFault,
    },
    #[error("{}: {error}", .path.display())]
    Io {
        path: PathBuf,
        /// What the file system said.
        #[source]
        error: io::Error,
    },
}

/// The file of a ledger's mark beside its root key.
pub fn path(key_file: &Path, site: &str, kind: MarkKind) -> PathBuf {
    outside::beside(key_file, site, kind.name())
}

/// Keeps a mark, in the place of the one before.
///
/// # Errors
/// What the file system said.
pub fn keep(key_file: &Path, site: &str, mark: &Mark) -> Result<(), MarkError> {
    let path = path(key_file, site, mark.kind);
    replace_file(&path, mark::encode(mark).as_bytes()).map_err(|error| MarkError::Io { path, error })
}

/// The mark that was kept last; `None` where there is none.
///
/// # Errors
/// It cannot be read.
pub fn load(key_file: &Path, site: &str, kind: MarkKind) -> Result<Option<Mark>, MarkError> {
    let path = path(key_file, site, kind);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(MarkError::Fault { path, fault: MarkFault::Damaged });
        }
        Err(error) => return Err(MarkError::Io { path, error }),
    };
    let mark = mark::decode(&text).and_then(|mark| if mark.kind == kind { Ok(mark) } else { Err(MarkFault::Damaged) });
    mark.map(Some).map_err(|fault| MarkError::Fault { path, fault })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_last_mark_of_a_kind_is_the_one_that_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("root.key");
        let found = |site, kind| load(&key, site, kind).expect("readable");
        assert_eq!(found("voipro.test", MarkKind::Verified), None);
        let at = datetime!(2026-11-27 12:00 UTC);
        let marks = [8, 9].map(|records| Mark { kind: MarkKind::Verified, at, detail: format!("{records} records") });
        for mark in &marks {
            keep(&key, "voipro.test", mark).expect("kept");
            assert_eq!(found("voipro.test", MarkKind::Verified).as_ref(), Some(mark));
        }
        assert_eq!(found("voipro.test", MarkKind::BackedUp), None, "another kind");
        assert_eq!(found("shop.test", MarkKind::Verified), None, "another ledger under the same key");
        // One kind's file in the place of another's says nothing.
        let [verified, backed_up] =
            [MarkKind::Verified, MarkKind::BackedUp].map(|kind| path(&key, "voipro.test", kind));
        std::fs::rename(verified, backed_up).expect("renamed");
        assert!(matches!(load(&key, "voipro.test", MarkKind::BackedUp), Err(MarkError::Fault { .. })));
    }
}
