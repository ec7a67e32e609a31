//! The root key: a file of its own, in no backup of the data.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::random::SecureRandom;

use zeroize::Zeroizing;

use super::error::RootKeyError;
use super::formats::root_key;
use super::key::RootKey;

/// Reads the root key. `Ok(None)` if there is no such file.
///
/// # Errors
/// When the file cannot be read or is no root key.
pub fn load_root_key(file: &Path) -> Result<Option<RootKey>, RootKeyError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RootKeyError::Unreadable { file: file.to_path_buf(), error }),
    };
    let key = root_key::decode(&text).map_err(|other| RootKeyError::OtherBuild { file: file.to_path_buf(), other })?;
    key.map(Some).ok_or_else(|| RootKeyError::NoKey(file.to_path_buf()))
}

/// Makes a new root key, readable by its owner alone, durable when this returns.
///
/// # Errors
/// When it cannot be written.
pub fn create(file: &Path, random: &dyn SecureRandom) -> Result<RootKey, RootKeyError> {
    let key = RootKey::random(random);
    write(file, &key)?;
    Ok(key)
}

/// Writes a root key into a file that is not there yet, readable by its owner alone, durable when this returns.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &Path, key: &RootKey) -> Result<(), RootKeyError> {
    let text = root_key::encode(key);
    // It gets its name once it is whole: a kill leaves a key, or none.
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = std::path::PathBuf::from(part);
    let write = || -> std::io::Result<()> {
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        if file.exists() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        std::fs::rename(&part, file)?;
        sync_parent(file)
    };
    write().map_err(|error| RootKeyError::NotMade { file: file.to_path_buf(), error })
}

/// Makes the name of a file durable, or its absence.
///
/// # Errors
/// What the file system said.
pub fn sync_parent(file: &Path) -> std::io::Result<()> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
