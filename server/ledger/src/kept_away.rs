//! # Kept away
//!
//! What must outlive a restore, as `[kept_away]` in keuze.toml has it kept in a folder, mailed, or handed to a command: a text
//! each time, `kept-away-<time>-<shard>-<index>.json` in a folder. JSON, with the members:
//!
//! | member | meaning |
//! |---|---|
//! | `keuze_kept_away` | the version: 1 |
//! | `site` | whose ledger it is |
//! | `at` | when it was made (RFC 3339, UTC) |
//! | `from`, `until` | the records that it tells of: from the one up to before the other, each a shard and an index |
//! | `checkpoint` | the signed checkpoint of the shard that was open |
//! | `sealed` | in base64: a nonce of 24 bytes, JSON enciphered with XChaCha20-Poly1305 under the suppression key, and a tag of 16; bound to everything above |
//!
//! What is sealed has the members `ended` (`at`, the record, and `key`, the random name of a key that it ended, 32 hexadecimal
//! digits), `objections` (`at`, `id`, and `entry`, as in a Fact beside the ledger of kind 10), and `index_keys` (`number`, and `key` in
//! base64: sealed under the suppression key once more, bound to whose it is). So nothing in it can be read without a backup of the
//! ledger and its root key, and nothing added without them.
//!
//! Written by a running server at an interval and after acts that end keys or object; read by `keuze restore`, which destroys
//! these keys again and puts these objections back, as far as they are of records that the backup has not. A file that does
//! not open is told by name, another version is refused.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::identity::{RecordAddress, ShardNumber};
use model::paths;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use vault::error::OtherBuild;
use vault::key::{SecretName, purpose::Index};
use vault::ring::{AdoptError, KeyId, KeyPurpose};
use vault::seal;

use super::files::Layout;
use super::formats::fact::{FactId, SuppressionEntry};
use super::formats::last_checkpoint::written;
use super::formats::mark::{Mark, MarkKind};
use super::{Fact, FactKind, Ledger, ReadError, erasure, marks};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The name of the keys of the hashes of contact points.
pub const INDEX_KEYS: SecretName<Index> = SecretName::new("index");

/// So many records are told of at once.
const RECORDS: u64 = 50_000;

/// What must outlive a restore, of some records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptAway {
    #[serde(rename = "keuze_kept_away")]
    version: u8,
    pub site: String,
    /// When it was made, in whole seconds.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The first record that it tells of.
    pub from: RecordAddress,
    /// The first one that it does not.
    pub until: RecordAddress,
    pub checkpoint: String,
    sealed: String,
}

/// What is sealed in it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    ended: Vec<EndedKey>,
    objections: Vec<KeptObjection>,
    index_keys: Vec<WrappedKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndedKey {
    at: RecordAddress,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptObjection {
    at: RecordAddress,
    id: String,
    entry: SuppressionEntry,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrappedKey {
    number: u16,
    key: String,
}

/// Why what was kept away cannot be put back.
#[derive(Debug, thiserror::Error)]
pub enum KeptAwayError {
    /// The folder or a file of it.
    #[error("{} cannot be read: {error}", .path.display())]
    Io {
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// It is one of another version.
    #[error("{} cannot be read: {other}", .path.display())]
    OtherBuild {
        path: PathBuf,
        /// By whom it was written.
        other: OtherBuild,
    },
    /// It is none, or does not open.
    #[error("{} is damaged, or of another ledger. Put it back from a copy, or move it out of the folder: what it tells of is not put back then", .0.display())]
    Damaged(PathBuf),
    /// A key in it.
    #[error("{}: {error}. Move the file out of the folder: what it tells of is not put back then", .path.display())]
    Key { path: PathBuf, error: AdoptError },
}

/// What is put back of it.
#[derive(Clone, Debug, Default)]
pub struct KeptContent {
    /// Keys that are in the ring again, and were destroyed.
    pub ended: Vec<KeyId>,
    /// Objections that are not in the backup.
    pub objections: Vec<Fact>,
    /// Until when there is anything, and the checkpoint of then.
    pub last: Option<(OffsetDateTime, String)>,
    /// Where nothing is: from the end of one up to the next.
    pub gaps: Vec<(RecordAddress, RecordAddress)>,
}

impl KeptAway {
    /// As it stands in its file.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain JSON") + "\n"
    }

    /// Reads one; `None` for what is none.
    ///
    /// # Errors
    /// It is of another version.
    pub fn parse_text(text: &str) -> Result<Option<Self>, OtherBuild> {
        let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return Ok(None) };
        let Some(version) = json.get("keuze_kept_away").and_then(serde_json::Value::as_u64) else { return Ok(None) };
        OtherBuild::check(u8::try_from(version).unwrap_or(u8::MAX), VERSION)?;
        Ok(serde_json::from_value(json).ok())
    }

    /// Under which name it stands in a folder.
    pub fn file_name(&self) -> String {
        let time: String = written(self.at).chars().filter(|c| !matches!(c, '-' | ':')).collect();
        format!("kept-away-{time}-{}-{}.json", self.until.shard, self.until.index)
    }

    fn context(&self) -> Vec<u8> {
        let Self { site, at, from, until, checkpoint, .. } = self;
        let checkpoint = hex::encode(Sha256::digest(checkpoint));
        format!("keuze kept away {VERSION} {site} {} {from} {until} {checkpoint}", written(*at)).into_bytes()
    }
}

/// What begins the name of its files.
const PREFIX: &str = "kept-away-";

/// Everything of a site that was kept away in a folder, oldest first. Files of other things are passed over.
///
/// # Errors
/// The folder cannot be read, or a file that is named as one of ours is none.
pub fn load_folder(folder: &Path, site: &str) -> Result<Vec<(PathBuf, KeptAway)>, KeptAwayError> {
    let io = |error| KeptAwayError::Io { path: folder.to_path_buf(), error };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let is_named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        let is_passing = path.extension().is_some_and(|extension| extension == "new");
        if is_passing || path.is_dir() {
            continue;
        }
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::InvalidData && !is_named => continue,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(KeptAwayError::Damaged(path)),
            Err(error) => return Err(KeptAwayError::Io { path, error }),
        };
        match KeptAway::parse_text(&text) {
            Ok(Some(kept)) => found.extend((kept.site == site).then_some((path, kept))),
            Ok(None) if is_named => return Err(KeptAwayError::Damaged(path)),
            Ok(None) => {}
            Err(other) => return Err(KeptAwayError::OtherBuild { path, other }),
        }
    }
    found.sort_by_key(|(_, kept)| (kept.at, kept.from));
    Ok(found)
}

/// Removes files of a folder that were made before a time: every backup has what they tell of.
///
/// # Errors
/// What the file system said.
pub fn remove_older(folder: &Path, site: &str, before: OffsetDateTime) -> Result<(), KeptAwayError> {
    for (path, kept) in load_folder(folder, site)? {
        if kept.at < before {
            std::fs::remove_file(&path).map_err(|error| KeptAwayError::Io { path, error })?;
        }
    }
    Ok(())
}

/// The file that says until where things were kept away.
fn position_file(layout: &Layout) -> PathBuf {
    layout.0.join("kept-away")
}

impl Ledger {
    /// Until where things were kept away: the first record that was not.
    pub fn kept_until(&self) -> RecordAddress {
        let text = self.layout().and_then(|layout| std::fs::read_to_string(position_file(&layout)).ok());
        let first = RecordAddress { shard: ShardNumber::FIRST, index: 0 };
        text.and_then(|text| text.trim_end().parse().ok()).unwrap_or(first)
    }

    /// Notes that it was, in the directory for the next time, and beside the root key for whoever looks after it.
    ///
    /// # Errors
    /// What the file system said: it is kept away once more then.
    pub fn note_kept_away(&self, kept: &KeptAway) -> io::Result<()> {
        let Some(layout) = self.layout() else { return Ok(()) };
        super::files::replace_file(&position_file(&layout), format!("{}\n", kept.until).as_bytes())?;
        if let Some(key_file) = &self.shared.key_file {
            let detail = format!("{} records", self.size());
            let mark = Mark { kind: MarkKind::KeptAway, at: kept.at, detail };
            marks::keep(key_file, &kept.site, &mark).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// The first record that there is not yet.
    pub fn end(&self) -> RecordAddress {
        let shard = self.shards().into_iter().next_back().unwrap_or(ShardNumber::FIRST);
        RecordAddress { shard, index: self.shard_size(shard) }
    }

    /// What must outlive a restore of the records from one on, of so many at once: there is more where it does not end with the
    /// ledger ([`Self::end`]).
    ///
    /// # Errors
    /// A record cannot be read.
    pub fn keep_away(&self, from: RecordAddress, at: OffsetDateTime) -> Result<KeptAway, ReadError> {
        let end = self.end();
        let mut content = Content::default();
        let (mut until, mut left) = (from, RECORDS);
        for shard in self.shards().into_iter().filter(|shard| *shard >= from.shard) {
            let first = if shard == from.shard { from.index } else { 0 };
            let size = if shard == end.shard { end.index } else { self.shard_size(shard) };
            let last = size.min(first.saturating_add(left));
            for index in first..last {
                let address = RecordAddress { shard, index };
                if let Some(recorded) = self.record(address)? {
                    let keys = recorded.event.destroyed().iter().cloned();
                    content.ended.extend(keys.map(|key| EndedKey { at: address, key }));
                }
            }
            left -= last.saturating_sub(first);
            until = RecordAddress { shard, index: last.max(first) };
            if last < size {
                break;
            }
        }
        for stored in self.facts(FactKind::Suppression)? {
            if let Fact::Suppression { id, entry: Some(entry) } = stored.fact
                && (from..until).contains(&stored.record)
            {
                content.objections.push(KeptObjection { at: stored.record, id: hex::encode(id.0), entry });
            }
        }
        let checkpoint = self.checkpoint(end.shard).unwrap_or_default();
        let at = at.replace_nanosecond(0).unwrap_or(at).to_offset(time::UtcOffset::UTC);
        let logs = self.state().logs.origin.clone();
        let site = logs.strip_suffix(paths::LOGS).unwrap_or(&logs).to_owned();
        let sealed = String::new();
        let mut kept = KeptAway { version: VERSION, site, at, from, until, checkpoint, sealed };
        kept.sealed = BASE64.encode(self.seal_kept(&kept.context(), content));
        Ok(kept)
    }

    fn seal_kept(&self, bound_to: &[u8], mut content: Content) -> Vec<u8> {
        let (keys, random) = (self.shared.ring.keys(), &*self.shared.random);
        let wrap = |number| keys.wrap(INDEX_KEYS.numbered(number), KeyPurpose::Suppression, random);
        let wrapped = (1..).map_while(|number| Some((number, wrap(number)?)));
        content.index_keys = wrapped.map(|(number, key)| WrappedKey { number, key: BASE64.encode(key) }).collect();
        let under = keys.find(KeyPurpose::Suppression).and_then(|id| keys.key(id));
        let under = under.expect("every ledger has it from its first start on");
        seal::seal(under, bound_to, &serde_json::to_vec(&content).expect("plain JSON"), random)
    }

    /// What of it is to be put back into a ledger that ends before a record; the keys of its hashes are taken into the ring.
    ///
    /// # Errors
    /// A file does not open.
    pub fn take_kept(&self, files: &[(PathBuf, KeptAway)], end: RecordAddress) -> Result<KeptContent, KeptAwayError> {
        let mut put_back = KeptContent::default();
        let (mut objections, mut ended, mut covered) = (BTreeMap::new(), BTreeMap::new(), end);
        for (path, kept) in files {
            let content = self.open_kept(kept).ok_or_else(|| KeptAwayError::Damaged(path.clone()))?;
            self.adopt_keys(&content.index_keys).map_err(|error| KeptAwayError::Key { path: path.clone(), error })?;
            if kept.from > covered {
                put_back.gaps.push((covered, kept.from));
            }
            covered = covered.max(kept.until);
            let id = |text: &str| <[u8; 16]>::try_from(hex::decode(text).ok()?).ok();
            for EndedKey { at, key } in content.ended.into_iter().filter(|ended| ended.at >= end) {
                ended.extend(erasure::key_id(&key).map(|key| (key, at)));
            }
            for KeptObjection { at, id: name, mut entry } in
                content.objections.into_iter().filter(|kept| kept.at >= end)
            {
                let name = id(&name).ok_or_else(|| KeptAwayError::Damaged(path.clone()))?;
                // The record in which it was said is lost.
                entry.said = None;
                objections.insert(FactId(name), (at, entry));
            }
            put_back.last = Some((kept.at, kept.checkpoint.clone()));
        }
        let keys = self.shared.ring.keys();
        put_back.ended = ended.into_keys().filter(|id| keys.key(*id).is_some()).collect();
        let facts = objections.into_iter().map(|(id, (_, entry))| Fact::Suppression { id, entry: Some(entry) });
        put_back.objections = facts.collect();
        Ok(put_back)
    }

    fn open_kept(&self, kept: &KeptAway) -> Option<Content> {
        let keys = self.shared.ring.keys();
        let under = keys.find(KeyPurpose::Suppression).and_then(|id| keys.key(id))?;
        let opened = seal::open(under, &kept.context(), &BASE64.decode(&kept.sealed).ok()?)?;
        serde_json::from_slice(&opened).ok()
    }

    fn adopt_keys(&self, wrapped: &[WrappedKey]) -> Result<(), AdoptError> {
        for WrappedKey { number, key } in wrapped {
            let key = BASE64.decode(key).map_err(|_| AdoptError::Sealed)?;
            let owner = INDEX_KEYS.numbered(*number);
            self.shared.ring.adopt(owner, KeyPurpose::Suppression, &key, &*self.shared.random)?;
        }
        Ok(())
    }
}
