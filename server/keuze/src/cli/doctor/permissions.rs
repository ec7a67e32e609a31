//! Who may read and write what: the data directory, the root key, the file with a password.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ledger::files::Layout;
use rustix::fs::{Access, access, statvfs};

use super::report::{Check, Finding};

/// What others may do with a file that is for its owner alone.
pub const OTHERS: u32 = 0o077;

/// The permissions of a file or folder.
pub fn mode(there: &Metadata) -> u32 {
    there.permissions().mode() & 0o7777
}

/// What is not as it should be in a folder.
#[derive(Debug, Default)]
struct FolderFaults {
    /// Others may read or write it.
    open: Vec<PathBuf>,
    /// It belongs to somebody else than the folder.
    foreign: Vec<PathBuf>,
    /// Its owner may not write it.
    locked: Vec<PathBuf>,
}

impl FolderFaults {
    fn look(&mut self, path: &Path, owner: u32) -> io::Result<()> {
        let there = match fs::symlink_metadata(path) {
            Ok(there) => there,
            // A running server makes and removes files.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if there.is_symlink() {
            return Ok(());
        }
        let needed = if there.is_dir() { 0o700 } else { 0o600 };
        let faults = [
            (mode(&there) & OTHERS != 0, &mut self.open),
            (there.uid() != owner, &mut self.foreign),
            (mode(&there) & needed != needed, &mut self.locked),
        ];
        for (is, paths) in faults {
            paths.extend(is.then(|| path.to_path_buf()));
        }
        if there.is_dir() {
            for entry in fs::read_dir(path)? {
                self.look(&entry?.path(), owner)?;
            }
        }
        Ok(())
    }
}

/// The first of several, and how many more.
fn first_of(paths: &[PathBuf]) -> String {
    let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    match paths.len() {
        0 | 1 => first,
        more => format!("{first} and {} more", more - 1),
    }
}

/// Looks at everything in the data directory.
pub fn data(layout: &Layout) -> Finding {
    let (check, data) = (Check::DataPermissions, &layout.0);
    let unreadable = |error: io::Error| {
        let what = format!("{} cannot be looked through: {error}", data.display());
        Finding::unchecked(check, what, "run this as the user that the server runs as")
    };
    let owner = match fs::metadata(data) {
        Ok(there) => there.uid(),
        Err(error) => return unreadable(error),
    };
    let mut faults = FolderFaults::default();
    if let Err(error) = faults.look(data, owner) {
        return unreadable(error);
    }
    let FolderFaults { open, foreign, locked } = &faults;
    let read_only = statvfs(data).is_ok_and(|mounted| mounted.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY));
    let finding = if read_only {
        let what = format!("{} is mounted for reading only, so nothing can be recorded", data.display());
        Finding::fault(check, what, "mount it for writing; look at the system's log, a failing disk is mounted so")
    } else if !locked.is_empty() {
        let what = format!("its owner may not read and write {}", first_of(locked));
        Finding::fault(check, what, format!("chmod -R u+rwX {}", data.display()))
    } else if !foreign.is_empty() {
        let what = format!("{} is not of the user whose the data directory is", first_of(foreign));
        Finding::fault(check, what, format!("chown -R --reference={0} {0}", data.display()))
    } else if !open.is_empty() {
        let what = format!("others than its owner may use {}", first_of(open));
        Finding::warning(check, what, format!("chmod -R go= {}; the next start does so too", data.display()))
    } else {
        Finding::ok(check, format!("{} and what is in it are for their owner alone", data.display()))
    };
    finding.with("open", open.len()).with("foreign", foreign.len()).with("locked", locked.len()).with("owner", owner)
}

/// Looks at the root key and at the folder that it stands in, in which the server replaces files.
pub fn root_key(key_file: &Path, data: &Path) -> Finding {
    let check = Check::RootKeyPermissions;
    let folder = key_file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (there, beside, owner) = match (fs::metadata(key_file), fs::metadata(folder), fs::metadata(data)) {
        (Ok(there), Ok(beside), Ok(data)) => (there, beside, data.uid()),
        (Err(error), _, _) => {
            let what = format!("{} cannot be looked at: {error}", key_file.display());
            return Finding::unchecked(check, what, "put the root key back, or name it in KEUZE_KEY_FILE");
        }
        (_, Err(error), _) | (_, _, Err(error)) => {
            let what = format!("{} cannot be looked at: {error}", folder.display());
            return Finding::unchecked(check, what, "run this as the user that the server runs as");
        }
    };
    let (key_mode, folder_mode) = (mode(&there), mode(&beside));
    let (key, beside_key) = (key_file.display(), folder.display());
    let finding = if key_mode & OTHERS != 0 {
        let what = format!("others than its owner may use the root key {key} ({key_mode:04o})");
        let mend = format!("chmod 600 {key}; whoever could read it may have: then `keuze key rotate --root`");
        Finding::fault(check, what, mend)
    } else if there.uid() != owner {
        let what =
            format!("the root key {key} is not of the user whose the data directory is, so the server cannot read it");
        Finding::fault(check, what, format!("chown --reference={} {key}", data.display()))
    } else if key_mode & 0o400 == 0 {
        Finding::fault(
            check,
            format!("its owner may not read the root key {key} ({key_mode:04o})"),
            format!("chmod 600 {key}"),
        )
    } else if folder_mode & 0o1002 == 0o002 {
        let what =
            format!("everybody may replace files in {beside_key}, where the root key stands ({folder_mode:04o})");
        Finding::fault(check, what, format!("chmod o-w {beside_key}"))
    } else if !may_write(folder, &beside, owner) {
        let what =
            format!("the server may not write in {beside_key}, where it replaces the root key and the last checkpoint");
        Finding::fault(
            check,
            what,
            format!(
                "give the server's user the right to write in {beside_key}, or move the root key with what stands beside it"
            ),
        )
    } else {
        Finding::ok(check, format!("the root key {key} is for its owner alone, who may replace it"))
    };
    finding.with("mode", format!("{key_mode:04o}")).with("folder_mode", format!("{folder_mode:04o}"))
}

/// Whether the user of that number may write in a folder: asked of the system where that is who runs this, else told from its
/// permissions. Whoever is root is asked about nobody: root may write everywhere.
fn may_write(folder: &Path, there: &Metadata, owner: u32) -> bool {
    let us = rustix::process::geteuid().as_raw();
    if us == owner && us != 0 {
        return access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    }
    let mode = mode(there);
    let needed = if there.uid() == owner { 0o300 } else { 0o003 };
    // Which groups somebody else is in is not known.
    mode & needed == needed || (there.uid() != owner && mode & 0o030 == 0o030) || (owner == 0 && there.uid() != 0)
}
