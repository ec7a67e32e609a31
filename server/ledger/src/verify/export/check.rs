//! Checking an export with nothing but what stands in it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use ed25519_dalek::VerifyingKey;
use model::identity::{RecordAddress, ShardNumber};
use serde::Deserialize;
use serde_json::value::RawValue;
use tlog::checkpoint::Checkpoint;
use tlog::entry::{Commitment, Salt, commitment};
use tlog::tree::{Tree, root_of};

use super::error::ExportFault;
use super::target::{FoundManifest, MANIFEST, Manifest, folder_of};
use super::{LINES, hash_of, lines_name};
use crate::files::Log;
use crate::flat::{Entries, FlatError, FlatFault, MadeFrom, StaticLog, read_key};
use crate::logs::statement_of;
use crate::origin::log_name;
use crate::replay::ReplayFault;
use crate::verify::Verified;

/// Whether a folder is an export, whole or not.
pub fn is_export(folder: &Path) -> bool {
    folder.join(MANIFEST).exists()
}

/// Recomputes leaves, trees and signatures of an export, and holds every record that can be read against its leaf. Nothing else is
/// read, and nothing changed.
///
/// # Errors
/// The first file, or shard and index, that fails.
pub fn verify_export(folder: &Path) -> Result<Verified, ExportFault> {
    let path = folder.join(MANIFEST);
    let found = FoundManifest::read_in(folder);
    let manifest = match found.map_err(|error| unreadable(&path, error))? {
        FoundManifest::None | FoundManifest::Damaged => return Err(ExportFault::Manifest(path)),
        FoundManifest::OtherBuild(other) => return Err(ExportFault::OtherBuild { path, other }),
        FoundManifest::One(Manifest { complete: false, .. }) => {
            return Err(ExportFault::Unfinished(folder.to_path_buf()));
        }
        FoundManifest::One(manifest) => manifest,
    };
    let mut counted = Counted::default();
    let mut shards = Vec::new();
    for number in 1..=manifest.shards {
        let shard = ShardNumber::new(number).ok_or_else(|| ExportFault::Manifest(path.clone()))?;
        shards.push(check_shard(folder, shard, &manifest.site, &mut counted)?);
    }
    let statements = if manifest.statements > 0 { check_logs(folder, &manifest.site, &shards)? } else { 0 };
    check_contents(folder, &manifest)?;
    for (what, told, found) in [
        ("entries of the log of logs", manifest.statements, statements),
        ("records", manifest.records, counted.records),
        ("erased records", manifest.erased, counted.erased),
        ("sealed records", manifest.sealed, counted.sealed),
    ] {
        if told != found {
            return Err(ExportFault::Count { path, what, told, found });
        }
    }
    let root = shards.last().map_or_else(|| Tree::default().root(), |(_, log)| log.checkpoint().root);
    let root = base64::engine::general_purpose::STANDARD.encode(root.0);
    Ok(Verified { records: counted.records, erased: counted.erased, root, left_out: left_out(&manifest, &counted) })
}

/// What was found in all shards.
#[derive(Default)]
struct Counted {
    records: u64,
    erased: u64,
    sealed: u64,
}

fn left_out(manifest: &Manifest, counted: &Counted) -> Vec<String> {
    let mut told = vec![format!(
        "this is an export: leaves, trees, signatures and every record that can be read were checked against the keys in it \
         (log/<shard>/vkey); compare these with the ones that {} publishes at /keuze/log/keys",
        manifest.site
    )];
    if counted.erased + counted.sealed > 0 {
        told.push(format!(
            "of {} erased and {} sealed records the leaf alone was checked, which is all that the export has of them",
            counted.erased, counted.sealed
        ));
    }
    told.push(
        "facts beside the records, and whether there is a newer state of the ledger, were not looked at".to_owned(),
    );
    told
}

/// A log of an export, and the key that it is signed with.
type CheckedLog = (VerifyingKey, StaticLog);

fn open_log(folder: &Path, log: Log, site: &str, entries: Entries) -> Result<CheckedLog, FlatError> {
    let at = folder.join(folder_of(log));
    let (_, key) = read_key(&at, MadeFrom::Ledger)?;
    Ok((key, StaticLog::open(&at, &log_name(site, log), &key, entries, MadeFrom::Ledger)?))
}

/// What is wrong with a file of a log, at the first index that it is about.
fn fault_in(log: Log, error: &FlatError) -> ReplayFault {
    ReplayFault { log, index: error.fault.index().unwrap_or_default(), what: error.to_string() }
}

/// Checks a shard's log, and its records against it.
fn check_shard(
    folder: &Path,
    shard: ShardNumber,
    site: &str,
    counted: &mut Counted,
) -> Result<CheckedLog, ExportFault> {
    let number = Log::Shard(shard);
    let (key, log) = open_log(folder, number, site, Entries::Commitments).map_err(|error| fault_in(number, &error))?;
    let mut lines = Lines::new(folder, shard);
    let checked = log.each_entry(|index, entry| {
        let line = lines.next_line(index)?;
        match check_line(&line, RecordAddress { shard, index }, entry)? {
            None => {}
            Some(LeftOut::Erased) => counted.erased += 1,
            Some(LeftOut::Sealed) => counted.sealed += 1,
        }
        counted.records += 1;
        Ok(())
    });
    checked.map_err(|error| match error {
        ExportFault::File(error) => fault_in(number, &error).into(),
        error => error,
    })?;
    lines.end(log.size())?;
    Ok((key, log))
}

/// Checks the log of logs, and holds each shard against everything that it tells of it; how many entries it has.
fn check_logs(folder: &Path, site: &str, shards: &[CheckedLog]) -> Result<u64, ExportFault> {
    let (_, logs) = open_log(folder, Log::Logs, site, Entries::Texts).map_err(|error| fault_in(Log::Logs, &error))?;
    let checked = logs.each_entry(|index, entry| {
        let fault = |what: &str| ReplayFault { log: Log::Logs, index, what: what.to_owned() };
        let note = std::str::from_utf8(entry).map_err(|_| fault("it is no checkpoint"))?;
        let (shard, _) = statement_of(note, &log_name(site, Log::Logs)).ok_or_else(|| fault("it is no checkpoint"))?;
        let (key, log) =
            shards.get(usize::from(shard.get()) - 1).ok_or_else(|| fault("it tells of a shard that is missing"))?;
        let told = Checkpoint::open(note, key).filter(|told| told.origin == log.checkpoint().origin);
        let told = told.ok_or_else(|| fault("the shard did not sign what it tells of it"))?;
        if told.size > log.size() || root_of(log, told.size)? != told.root {
            return Err(fault("it tells of other records of the shard").into());
        }
        Ok(())
    });
    checked.map_err(|error| match error {
        ExportFault::File(error) => fault_in(Log::Logs, &error).into(),
        error => error,
    })?;
    Ok(logs.size())
}

/// Why a line has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LeftOut {
    Erased,
    Sealed,
}

/// A line of a file of records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    address: String,
    leaf: String,
    #[serde(borrow)]
    record: Option<&'a RawValue>,
    salt: Option<String>,
    left_out: Option<LeftOut>,
}

/// Holds a line against the entry of the log.
fn check_line(text: &str, address: RecordAddress, entry: &[u8]) -> Result<Option<LeftOut>, ReplayFault> {
    let RecordAddress { shard, index } = address;
    let fault = |what: &str| ReplayFault { log: shard.into(), index, what: what.to_owned() };
    let entry = Commitment::try_from(entry).map_err(|_| fault("its entry is no commitment"))?;
    let line: Line<'_> = serde_json::from_str(text).map_err(|_| fault("its line is none that an export has"))?;
    if line.address != address.to_string() {
        return Err(fault("its line is that of another record"));
    }
    if line.leaf != hex::encode(entry.leaf().0) {
        return Err(fault("its line has another leaf than the log"));
    }
    match (line.record, line.salt, line.left_out) {
        (Some(record), Some(salt), None) => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(&salt, &mut bytes).map_err(|_| fault("its salt is none"))?;
            let salted = Salt(bytes);
            // One spelling, so that whatever is altered is told.
            if salted.to_string() != salt || commitment(&salted, record.get().as_bytes()) != entry {
                return Err(fault("it is not what was committed to"));
            }
            Ok(None)
        }
        (None, None, Some(why)) => Ok(Some(why)),
        _ => Err(fault("its line is none that an export has")),
    }
}

/// The lines of a shard, file by file.
struct Lines<'a> {
    folder: &'a Path,
    shard: ShardNumber,
    path: PathBuf,
    file: Option<BufReader<File>>,
}

impl<'a> Lines<'a> {
    fn new(folder: &'a Path, shard: ShardNumber) -> Self {
        Self { folder, shard, path: PathBuf::new(), file: None }
    }

    fn next_line(&mut self, index: u64) -> Result<String, ExportFault> {
        if index.is_multiple_of(LINES) {
            self.end(index)?;
            self.path = self.folder.join(lines_name(self.shard, index));
            let file = File::open(&self.path).map_err(|error| unreadable(&self.path, error))?;
            self.file = Some(BufReader::new(file));
        }
        let mut line = String::new();
        if let Some(file) = &mut self.file {
            file.read_line(&mut line).map_err(|error| unreadable(&self.path, error))?;
        }
        match line.strip_suffix('\n') {
            Some(line) => Ok(line.to_owned()),
            None => {
                let what = format!("it is missing, or cut off, in {}", self.path.display());
                Err(ReplayFault { log: self.shard.into(), index, what }.into())
            }
        }
    }

    /// Whether the file that is open ends where it has to.
    fn end(&mut self, index: u64) -> Result<(), ExportFault> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let rest = file.fill_buf().map_err(|error| unreadable(&self.path, error))?;
        if rest.is_empty() {
            return Ok(());
        }
        let what = format!("{} goes on where it has to end", self.path.display());
        Err(ReplayFault { log: self.shard.into(), index, what }.into())
    }
}

/// Whether every public content is there, and is what its name says.
fn check_contents(folder: &Path, manifest: &Manifest) -> Result<(), ExportFault> {
    for name in &manifest.contents {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, error))?;
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if hash_of(&bytes).to_string() != stem {
            return Err(ExportFault::Content(path));
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: std::io::Error) -> ExportFault {
    let fault = match error.kind() {
        std::io::ErrorKind::NotFound => FlatFault::Missing,
        _ => FlatFault::Unreadable(error),
    };
    FlatError { path: path.to_path_buf(), fault, from: MadeFrom::Ledger }.into()
}
