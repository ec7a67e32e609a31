//! The folder that is exported to.

use std::io::{self, ErrorKind};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tlog::checkpoint::Checkpoint;
use tlog::tile::{FULL, TileOf, TilePath};
use vault::error::OtherBuild;

use super::VERSION;
use super::error::ExportError;
use crate::files::{Log, sync_folder};
use crate::flat::{FlatError, FlatFault, MadeFrom};
use crate::replay::Anchor;
use crate::target::{TargetError, TargetFolder, is_empty_but_for};

/// The file that says what an export is.
pub const MANIFEST: &str = "export.json";

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version.
    pub keuze_export: u8,
    /// Whose ledger it is.
    pub site: String,
    /// Whether everything is there.
    pub complete: bool,
    /// How many shards have records.
    pub shards: u16,
    /// Entries of the log of logs.
    pub statements: u64,
    /// Records in all of them.
    pub records: u64,
    /// Those of them whose key was destroyed.
    pub erased: u64,
    /// Those of them that stayed sealed.
    pub sealed: u64,
    /// The files of public contents.
    pub contents: Vec<String>,
}

impl Manifest {
    /// As it stands in its file.
    fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain JSON") + "\n"
    }
}

/// What stands in a folder in the place of a manifest.
pub enum FoundManifest {
    None,
    One(Manifest),
    OtherBuild(OtherBuild),
    Damaged,
}

impl FoundManifest {
    /// Reads it.
    ///
    /// # Errors
    /// What the file system said.
    pub fn read_in(folder: &Path) -> io::Result<Self> {
        let bytes = match std::fs::read(folder.join(MANIFEST)) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::None);
            }
            Err(error) => return Err(error),
        };
        let version = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
        let version = version.and_then(|json| json.get("keuze_export")?.as_u64());
        Ok(match version.map(|version| OtherBuild::check(u8::try_from(version).unwrap_or(u8::MAX), VERSION)) {
            None => Self::Damaged,
            Some(Err(other)) => Self::OtherBuild(other),
            Some(Ok(())) => match serde_json::from_slice::<Manifest>(&bytes) {
                Ok(manifest) if manifest.to_text().as_bytes() == bytes => Self::One(manifest),
                Ok(_) => Self::Damaged,
                Err(_) => Self::OtherBuild(OtherBuild::Unknown),
            },
        })
    }
}

/// A folder that this process exports to.
pub struct Target {
    folder: TargetFolder,
    /// What is said of it while something is missing; written with the first file that is.
    unfinished: Option<Manifest>,
    kept: u64,
    written: u64,
}

impl Target {
    /// Makes the folder, or takes one that is empty or an export of that site. What is in it counts as not whole from here on.
    ///
    /// # Errors
    /// It is something else; nothing in it was changed.
    pub fn open(folder: &Path, data: &Path, site: &str) -> Result<Self, ExportError> {
        let io = |error| TargetError::Folder { folder: folder.to_path_buf(), error };
        let found = FoundManifest::read_in(folder).map_err(io)?;
        match found {
            FoundManifest::None if is_empty_but_for(folder, MANIFEST).map_err(io)? => {}
            FoundManifest::None => return Err(ExportError::SomethingElse(folder.to_path_buf())),
            FoundManifest::Damaged => return Err(ExportError::Manifest(folder.join(MANIFEST))),
            FoundManifest::OtherBuild(other) => {
                return Err(ExportError::OtherBuild { folder: folder.to_path_buf(), other });
            }
            FoundManifest::One(manifest) if manifest.site != site => {
                let wanted = site.to_owned();
                return Err(ExportError::OtherSite { folder: folder.to_path_buf(), found: manifest.site, wanted });
            }
            FoundManifest::One(_) => {}
        }
        let held = TargetFolder::lock(folder, data)?;
        let unfinished = Manifest {
            keuze_export: VERSION,
            site: site.to_owned(),
            complete: false,
            shards: 0,
            statements: 0,
            records: 0,
            erased: 0,
            sealed: 0,
            contents: Vec::new(),
        };
        Ok(Self { folder: held, unfinished: Some(unfinished), kept: 0, written: 0 })
    }

    /// The checkpoint of a log up to which the folder was exported before.
    ///
    /// # Errors
    /// It is another ledger's.
    pub fn exported_before(&self, log: Log, anchor: &Anchor) -> Result<Option<Checkpoint>, ExportError> {
        let path = self.folder.path().join(folder_of(log)).join("checkpoint");
        match std::fs::read_to_string(&path) {
            Ok(note) => {
                let known = Checkpoint::open(&note, &anchor.key).filter(|known| known.origin == anchor.origin);
                known
                    .map(Some)
                    .ok_or_else(|| ExportError::OtherLedger { folder: self.folder.path().to_path_buf(), log })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(ExportError::OtherLedger { folder: self.folder.path().to_path_buf(), log })
            }
            Err(error) => Err(FlatError { path, fault: FlatFault::Unreadable(error), from: MadeFrom::Ledger }.into()),
        }
    }

    /// That the folder has more entries of a log than the ledger.
    pub fn newer(&self, log: Log, known: u64, has: u64) -> ExportError {
        ExportError::Newer { folder: self.folder.path().to_path_buf(), log, known, has }
    }

    /// That the folder has other entries of a log than the ledger.
    pub fn other_records(&self, log: Log, known: u64) -> ExportError {
        ExportError::OtherRecords { folder: self.folder.path().to_path_buf(), log, known }
    }

    /// Writes a file, unless it is there as it would be written.
    ///
    /// # Errors
    /// What the file system said, of which file.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        if self.folder.holds(name, bytes) {
            self.kept += 1;
            return Ok(());
        }
        if let Some(unfinished) = self.unfinished.take() {
            self.write_manifest(&unfinished)?;
        }
        self.written += 1;
        Ok(self.folder.write(name, bytes).map_err(unwritable(&self.folder.path().join(name)))?)
    }

    /// Writes a file of a log.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn put_of_log(&mut self, log: Log, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.put(&format!("{}/{name}", folder_of(log)), bytes)
    }

    /// Removes what fuller tiles took the place of: those that were the last when the log was shorter.
    ///
    /// # Errors
    /// What the file system said, of which folder.
    pub fn remove_narrower(&self, log: Log, size: u64) -> Result<(), ExportError> {
        let rows = (0..8).map(TileOf::Hashes).chain([TileOf::Entries]);
        for path in rows.flat_map(|of| TilePath::row(of, size)) {
            let full = TilePath { width: FULL, ..path };
            let narrower = self.folder.path().join(format!("{}/tile/{full}.p", folder_of(log)));
            let stays = (path != full).then(|| path.width.to_string());
            remove_others(&narrower, stays.as_deref()).map_err(unwritable(&narrower))?;
        }
        Ok(())
    }

    /// Says that everything is there.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn finish(&mut self, manifest: &Manifest) -> Result<(), ExportError> {
        self.folder.sync().map_err(unwritable(self.folder.path()))?;
        // The last word, and no file of the ledger: nothing is unfinished with it.
        self.unfinished = None;
        self.write_manifest(manifest)
    }

    /// How many files were kept and how many were written.
    pub fn counted(&self) -> (u64, u64) {
        (self.kept, self.written)
    }

    fn write_manifest(&mut self, manifest: &Manifest) -> Result<(), ExportError> {
        self.put(MANIFEST, manifest.to_text().as_bytes())?;
        sync_folder(self.folder.path()).map_err(|error| unwritable(self.folder.path())(error).into())
    }
}

/// Where a log stands in an export, as below `/keuze`: `log/0001`, and `log` for the log of logs.
pub fn folder_of(log: Log) -> String {
    match log {
        Log::Shard(shard) => format!("log/{shard}"),
        Log::Logs => "log".to_owned(),
    }
}

fn remove_others(folder: &Path, stays: Option<&str>) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str() != stays {
            std::fs::remove_file(entry.path())?;
        }
    }
    if stays.is_none() { std::fs::remove_dir(folder) } else { Ok(()) }
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> FlatError {
    move |error| FlatError { path: path.to_path_buf(), fault: FlatFault::Unwritable(error), from: MadeFrom::Ledger }
}
