//! The keys: whether they fit, whether copies are kept apart, and whether those that are to be gone are gone.

use keuze_core::service::people::hash::index_keys_of;
use ledger::formats::mark::{Mark, MarkKind};
use ledger::marks;
use ledger::observe::{LastRecord, last_record};
use vault::key::RootKey;
use vault::ring::{KeyRing, KeyTable, OpenMode};
use vault::{root, rotation};

use super::age::{ago, written};
use super::examination::{Installation, Server};
use super::permissions;
use super::report::{Check, Finding};

/// After so many days a key that was to be gone is a promise that was broken.
const GRACE: i64 = 2;

/// Looks at all of them.
pub fn all(installation: &Installation<'_>) -> Vec<Finding> {
    let (finding, found) = root_key(installation);
    vec![
        finding,
        permissions::root_key(&installation.asked.key_file, &installation.asked.layout.0),
        root_escrow(installation),
        index_escrow(installation, found.as_ref()),
        old_roots(installation),
        last_checkpoint(installation),
    ]
}

/// The root key, and whether the ring opens with it.
fn root_key(installation: &Installation<'_>) -> (Finding, Option<RootKey>) {
    let asked = installation.asked;
    let (check, file, keys) = (Check::RootKey, asked.key_file.display(), asked.layout.keys());
    let missing = || {
        let mend = "put it back, or name it in KEUZE_KEY_FILE; without it nothing can be read";
        Finding::fault(check, format!("there is no root key {file}"), mend)
    };
    let key = match rotation::find(&asked.key_file, &keys) {
        Ok(Some(found)) => found.key,
        Ok(None) => return (missing(), None),
        Err(error) => return (Finding::fault(check, error.to_string(), "put the root key back from its copy"), None),
    };
    match KeyRing::opens(&keys, &key) {
        Some(true) => {}
        Some(false) => {
            let what = format!("the root key {file} does not open the key ring {}", keys.display());
            let mend = "put back the root key of this data directory, or the folder keys that belongs to this key";
            return (Finding::fault(check, what, mend), None);
        }
        None => {
            let what = format!("the key ring {} is missing or empty", keys.display());
            return (Finding::fault(check, what, "put back the folder keys from the newest backup"), None);
        }
    }
    let real = |path: &std::path::Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let finding = if real(&asked.key_file).starts_with(real(&asked.layout.0)) {
        let what =
            format!("the root key {file} stands in the data directory, so every backup holds it and no erasure is one");
        let mend = "stop the server, move the key and what stands beside it under its name elsewhere, name it in KEUZE_KEY_FILE, \
                    rotate it (`keuze key rotate --root`), and delete the backups with it";
        Finding::fault(check, what, mend)
    } else if asked.key_file_named {
        Finding::ok(check, format!("the root key {file} opens the key ring"))
    } else {
        let what = format!(
            "the root key {file} opens the key ring, but stands beside the data directory, as KEUZE_KEY_FILE is not set"
        );
        let mend = "stop the server, move the key and what stands beside it under its name to a folder that no backup takes, and name \
                    it in KEUZE_KEY_FILE";
        Finding::warning(check, what, mend)
    };
    (finding.with("named", asked.key_file_named), Some(key))
}

/// A mark of the operator, or a finding that says that it cannot be read.
fn mark(installation: &Installation<'_>, kind: MarkKind, check: Check) -> Result<Option<Mark>, Box<Finding>> {
    marks::load(&installation.asked.key_file, &installation.site, kind).map_err(|error| {
        Box::new(Finding::unchecked(
            check,
            error.to_string(),
            "do it again, which writes the note anew; or delete the file",
        ))
    })
}

fn root_escrow(installation: &Installation<'_>) -> Finding {
    let check = Check::RootKeyEscrow;
    let asked = installation.asked;
    let key_file = asked.key_file.display();
    let mend = format!("copy {key_file} to a place apart from the backups, then `keuze key escrowed --root COPY`");
    let key = match root::load_root_key(&asked.key_file) {
        Ok(Some(key)) => key.check(),
        Ok(None) | Err(_) => return Finding::unchecked(check, "there is no root key to compare with", "see root-key"),
    };
    let mark = match mark(installation, MarkKind::RootKeyEscrowed, check) {
        Ok(mark) => mark,
        Err(finding) => return *finding,
    };
    let at = mark.as_ref().map(|mark| written(mark.at));
    let finding = match mark {
        None => Finding::warning(
            check,
            "nobody said that a copy of the root key is kept apart: if it is lost, so is everything",
            mend,
        ),
        Some(mark) if !mark.detail.starts_with(&key) => {
            let what = format!(
                "the root key was rotated since its copy was made {}: that copy opens older backups alone",
                ago(asked.now, mark.at)
            );
            Finding::warning(check, what, mend)
        }
        Some(mark) => {
            let how = if mark.detail.ends_with("compared") {
                "was compared"
            } else {
                "is kept apart, by the operator's word"
            };
            Finding::ok(check, format!("a copy of the root key {how}, {}", ago(asked.now, mark.at)))
        }
    };
    finding.with("at", at)
}

fn index_escrow(installation: &Installation<'_>, root: Option<&RootKey>) -> Finding {
    let (check, asked) = (Check::IndexKeyEscrow, installation.asked);
    let keys = asked.layout.keys();
    let Some(root) = root else {
        return Finding::unchecked(
            check,
            "without the root key nobody can tell how many index keys there are",
            "see root-key",
        );
    };
    let are = match KeyTable::load_table(Some(&keys), root.clone(), OpenMode::Concurrent) {
        Ok(ring) => index_keys_of(&ring).len(),
        Err(error) => {
            return Finding::fault(check, error.to_string(), "put back the folder keys from the newest backup");
        }
    };
    let mark = match mark(installation, MarkKind::IndexKeysEscrowed, check) {
        Ok(mark) => mark,
        Err(finding) => return *finding,
    };
    let known =
        |mark: &Mark| mark.detail.split(' ').next().and_then(|count| count.parse::<usize>().ok()).unwrap_or_default();
    let at = mark.as_ref().map(|mark| written(mark.at));
    let mend = format!("back up the folder {}, then `keuze key escrowed --index FOLDER`", keys.display());
    let finding = match mark {
        _ if are == 0 => Finding::ok(check, "no index key was made yet: nothing was blocked"),
        None => {
            let what = format!(
                "nobody said that a copy of the {are} index keys is kept apart: without them no objection can be found"
            );
            Finding::warning(check, what, mend)
        }
        Some(mark) if known(&mark) < are => {
            let what = format!(
                "{} of {are} index keys are in the copy that was made {}",
                known(&mark),
                ago(asked.now, mark.at)
            );
            Finding::warning(check, what, mend)
        }
        Some(mark) => Finding::ok(check, format!("all {are} index keys are in a copy, {}", ago(asked.now, mark.at))),
    };
    finding.with("at", at).with("keys", are)
}

/// Those of before a rotation, each until its day.
fn old_roots(installation: &Installation<'_>) -> Finding {
    let (check, asked) = (Check::OldRootKeys, installation.asked);
    let kept = rotation::kept(&asked.key_file);
    let overdue = kept.iter().filter(|(_, until)| *until < asked.today()).min_by_key(|(_, until)| *until);
    let running = installation.server != Server::Stopped;
    let finding = match overdue {
        Some((path, until)) => {
            let what = format!(
                "{} was to be gone on {until}: until it is, what was erased can be opened from a backup",
                path.display()
            );
            let mend = if running {
                "look into the server's log why it could not delete it; then delete it, and its copies"
            } else {
                "start the server, which deletes it within an hour; delete its copies"
            };
            let late = (asked.today() - *until).whole_days();
            if late > GRACE { Finding::fault(check, what, mend) } else { Finding::warning(check, what, mend) }
        }
        None if rotation::is_unfinished(&asked.key_file) && !running => {
            let what = "a rotation of the root key is not finished";
            Finding::warning(check, what, "start the server, which finishes it or takes it back")
        }
        None => {
            Finding::ok(check, format!("{} root keys of before a rotation are kept, none beyond its day", kept.len()))
        }
    };
    finding.with("kept", kept.len())
}

/// Whether it is where it belongs, and not of a later state than the data directory.
fn last_checkpoint(installation: &Installation<'_>) -> Finding {
    let (check, asked) = (Check::LastCheckpoint, installation.asked);
    match last_record(&asked.layout, &asked.key_file, &installation.site) {
        LastRecord::At(_) | LastRecord::NoneYet => {
            Finding::ok(check, "the last checkpoint stands beside the root key, and the ledger reaches it")
        }
        LastRecord::Missing => {
            let what = "the last checkpoint beside the root key is missing, so the next start is refused";
            Finding::fault(check, what, "put it back; where the root key was moved, move it along")
        }
        LastRecord::GoOn => {
            let what = "the last checkpoint beside the root key says that the next start goes on without records that are lost";
            Finding::warning(check, what, "start the server, if that is still what you want (docs/operating.md)")
        }
        LastRecord::Ahead { log, known, has } => {
            let what = format!(
                "this data directory is an older copy: the last checkpoint beside the root key tells of {known} records of {log}, and \
                 there are {has}; the next start is refused"
            );
            Finding::fault(check, what, "put back the newest copy (docs/operating.md, \"Keys and backups\")")
        }
        LastRecord::Unreadable(what) => Finding::fault(
            check,
            format!("the last checkpoint beside the root key: {what}"),
            "put it back from a copy; the next start is refused without it",
        ),
    }
}
