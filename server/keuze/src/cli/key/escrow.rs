//! `keuze key escrowed`: the operator says that copies of the keys are kept apart, and shows them where that is possible.

use std::path::{Path, PathBuf};

use clap::Args;
use keuze_core::service::people::hash::index_keys_of;
use ledger::clock::{Clock as _, SystemClock};
use ledger::files::Layout;
use ledger::formats::mark::{Mark, MarkKind};
use ledger::marks::{self, MarkError};
use time::OffsetDateTime;
use vault::error::{RingError, RootKeyError};
use vault::key::{IndexKey, RootKey};
use vault::ring::{KeyTable, OpenMode};
use vault::{root, rotation};

use super::super::data::LedgerArguments;
use super::super::refusal::Refusal;
use super::super::say;

/// Which copies. A copy that is shown is compared with the keys in force; without one the operator's word is taken. Without
/// either option both are meant.
#[derive(Args)]
pub struct Escrowed {
    /// A copy of the root key stands apart from the backups: COPY, or /dev/stdin.
    #[arg(long, value_name = "COPY", num_args = 0..=1)]
    root: Option<Vec<PathBuf>>,
    /// A copy of the key ring, with all index keys, stands apart: FOLDER is that copy of the folder `keys`, or a backup with one.
    #[arg(long, value_name = "FOLDER", num_args = 0..=1)]
    index: Option<Vec<PathBuf>>,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Why that was not noted.
#[derive(Debug, thiserror::Error)]
enum EscrowError {
    #[error("the root key {} is missing: there is nothing to compare with. Put it back, or name it in KEUZE_KEY_FILE", .0.display())]
    NoRootKey(PathBuf),
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The copy was not found.
    #[error("there is no {}. Name the copy as it is kept", .0.display())]
    NoCopy(PathBuf),
    /// It is the original.
    #[error("{} is the original, not a copy. Copy it to another place, and name that", .0.display())]
    Original(PathBuf),
    /// It stands where backups are made of.
    #[error("{} stands in the data directory, and so in every backup of it. Keep the copy elsewhere", .0.display())]
    InData(PathBuf),
    #[error("{} is a root key, but not the one in force: it was rotated since. Copy {} again", .copy.display(), .key_file.display())]
    OtherRoot { copy: PathBuf, key_file: PathBuf },
    #[error("the copy {} cannot be read: {error}. Copy the folder {} again", .copy.display(), .keys.display())]
    Ring { copy: PathBuf, keys: PathBuf, error: RingError },
    #[error(
        "the copy {} has {has} of the {are} index keys: without the others objections made under them cannot be found. Copy the \
         folder {} again", .copy.display(), .keys.display()
    )]
    Fewer { copy: PathBuf, keys: PathBuf, has: usize, are: usize },
    #[error("the key ring cannot be read: {0}")]
    OwnRing(#[from] RingError),
    #[error("that it is escrowed cannot be noted: {0}")]
    Mark(#[from] MarkError),
}

/// Compares what is shown and notes it beside the root key.
///
/// # Errors
/// What is not as the operator says; nothing is noted of it then.
pub fn run(asked: &Escrowed) -> Result<(), Refusal> {
    let site = asked.ledger.site()?;
    let layout = Layout(asked.ledger.data.clone());
    let key_file = asked.ledger.key_path();
    let escrow = Escrow { layout: &layout, key_file: &key_file, site: &site, now: SystemClock.now().at };
    let both = asked.root.is_none() && asked.index.is_none();
    let nothing = Vec::new();
    if let Some(copy) = asked.root.as_ref().or(both.then_some(&nothing)).map(|shown| shown.first()) {
        escrow.root(copy.map(PathBuf::as_path)).map_err(Refusal::told)?;
        say(match copy {
            Some(copy) => format!("noted: {} is a copy of the root key in force", copy.display()),
            None => "noted on your word: a copy of the root key in force is kept apart".to_owned(),
        });
    }
    if let Some(copy) = asked.index.as_ref().or(both.then_some(&nothing)).map(|shown| shown.first()) {
        let keys = escrow.index(copy.map(PathBuf::as_path)).map_err(Refusal::told)?;
        say(match copy {
            Some(copy) => format!("noted: {} holds all {keys} index keys", copy.display()),
            None => format!("noted on your word: a copy of the key ring with all {keys} index keys is kept apart"),
        });
    }
    Ok(())
}

/// The ledger whose keys they are.
struct Escrow<'a> {
    layout: &'a Layout,
    key_file: &'a Path,
    site: &'a str,
    now: OffsetDateTime,
}

impl Escrow<'_> {
    fn root(&self, copy: Option<&Path>) -> Result<(), EscrowError> {
        let key = self.root_key()?;
        if let Some(copy) = copy {
            self.is_apart(copy, self.key_file)?;
            let shown = root::load_root_key(copy)?.ok_or_else(|| EscrowError::NoCopy(copy.to_path_buf()))?;
            if shown != key {
                return Err(EscrowError::OtherRoot { copy: copy.to_path_buf(), key_file: self.key_file.to_path_buf() });
            }
        }
        self.keep(MarkKind::RootKeyEscrowed, &key.check(), copy.is_some())
    }

    fn index(&self, copy: Option<&Path>) -> Result<usize, EscrowError> {
        let keys = self.layout.keys();
        let found = rotation::find(self.key_file, &keys)?;
        let found = found.ok_or_else(|| EscrowError::NoRootKey(self.key_file.to_path_buf()))?;
        let ours = index_keys_of(&KeyTable::load_table(Some(&keys), found.key, OpenMode::Concurrent)?);
        if let Some(copy) = copy {
            self.is_apart(copy, &keys)?;
            let shown = self.shown(copy)?;
            let has = ours.iter().filter(|key| shown.contains(key)).count();
            if has < ours.len() {
                return Err(EscrowError::Fewer { copy: copy.to_path_buf(), keys, has, are: ours.len() });
            }
        }
        self.keep(MarkKind::IndexKeysEscrowed, &ours.len().to_string(), copy.is_some())?;
        Ok(ours.len())
    }

    /// The index keys in a copy of the ring, which may be from before a rotation of the root key.
    fn shown(&self, copy: &Path) -> Result<Vec<IndexKey>, EscrowError> {
        let folder = Some(copy.join("keys")).filter(|keys| keys.is_dir()).unwrap_or_else(|| copy.to_path_buf());
        if !folder.is_dir() {
            return Err(EscrowError::NoCopy(folder));
        }
        let found = rotation::find(self.key_file, &folder)?;
        let found = found.ok_or_else(|| EscrowError::NoRootKey(self.key_file.to_path_buf()))?;
        let ring = KeyTable::load_table(Some(&folder), found.key, OpenMode::Start);
        let keys = self.layout.keys();
        Ok(index_keys_of(&ring.map_err(|error| EscrowError::Ring { copy: folder, keys, error })?))
    }

    fn root_key(&self) -> Result<RootKey, EscrowError> {
        root::load_root_key(self.key_file)?.ok_or_else(|| EscrowError::NoRootKey(self.key_file.to_path_buf()))
    }

    /// Whether a copy is one, and none that goes where the backups go.
    fn is_apart(&self, copy: &Path, original: &Path) -> Result<(), EscrowError> {
        let real = |path: &Path| path.canonicalize().ok();
        let (Some(there), data) = (real(copy), real(&self.layout.0)) else {
            // What comes through a pipe is nowhere.
            return if copy.exists() { Ok(()) } else { Err(EscrowError::NoCopy(copy.to_path_buf())) };
        };
        if Some(&there) == real(original).as_ref() || Some(&there) == data.as_ref() {
            return Err(EscrowError::Original(copy.to_path_buf()));
        }
        if data.is_some_and(|data| there.starts_with(data)) {
            return Err(EscrowError::InData(copy.to_path_buf()));
        }
        Ok(())
    }

    fn keep(&self, kind: MarkKind, what: &str, compared: bool) -> Result<(), EscrowError> {
        let how = if compared { "compared" } else { "stated" };
        let mark = Mark { kind, at: self.now, detail: format!("{what} {how}") };
        Ok(marks::keep(self.key_file, self.site, &mark)?)
    }
}

#[cfg(test)]
mod tests {
    use ledger::clock::moment;

    use super::*;
    use keuze_core::service::fixture::TestApp;
    use keuze_core::service::fixture::people::{customer, email};
    use model::event::Actor;

    const SITE: &str = "voipro.test";

    fn copy_folder(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).expect("made");
        for entry in std::fs::read_dir(from).expect("readable") {
            let entry = entry.expect("readable");
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }

    #[tokio::test]
    async fn a_copy_that_is_shown_is_compared_with_the_keys_in_force() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name);
        let (data, key_file) = (place("data"), place("data.root"));
        let app = TestApp::at(Some(&data), 1).await;
        customer(&app, "K-1", &[email("anna@example.nl")]).await;
        let layout = Layout(data.clone());
        let at = moment(1_795_525_509).at;
        let escrow = Escrow { layout: &layout, key_file: &key_file, site: SITE, now: at };
        let mark = |kind| marks::load(&key_file, SITE, kind).expect("readable").map(|mark| mark.detail);
        let said = |result: Result<(), EscrowError>| result.expect_err("it is refused").to_string();

        std::fs::copy(&key_file, place("safe.key")).expect("copied");
        std::fs::copy(&key_file, data.join("safe.key")).expect("copied");
        assert!(said(escrow.root(Some(&key_file))).contains("is the original, not a copy"));
        assert!(said(escrow.root(Some(&data.join("safe.key")))).contains("stands in the data directory"));
        assert!(said(escrow.root(Some(&place("none")))).contains("Name the copy as it is kept"));
        std::fs::write(place("other.key"), "a note").expect("written");
        assert!(said(escrow.root(Some(&place("other.key")))).contains("is not a root key"));
        assert_eq!(mark(MarkKind::RootKeyEscrowed), None, "nothing was noted");
        escrow.root(Some(&place("safe.key"))).expect("it is a copy");
        let check = root::load_root_key(&key_file).expect("readable").expect("there").check();
        assert_eq!(mark(MarkKind::RootKeyEscrowed), Some(format!("{check} compared")));

        copy_folder(&layout.keys(), &place("safe"));
        copy_folder(&layout.keys(), &place("backup").join("keys"));
        let index = |copy: &str| escrow.index(Some(&place(copy)));
        assert_eq!(index("safe").expect("a copy"), 1);
        assert_eq!(index("backup").expect("a copy"), 1);
        assert!(escrow.index(Some(&layout.keys())).is_err(), "the original");
        assert_eq!(mark(MarkKind::IndexKeysEscrowed).as_deref(), Some("1 compared"));

        let rotation = &app.services.key_rotation;
        rotation.rotate_root(Actor::System).await.expect("rotated");
        let told = said(escrow.root(Some(&place("safe.key"))));
        assert!(told.contains("not the one in force: it was rotated since. Copy"), "{told}");
        // Of before the rotation, and still opened by the old key beside the key file.
        assert_eq!(index("safe").expect("a copy"), 1);
        rotation.rotate_index(Actor::System).await.expect("rotated");
        let told = index("safe").expect_err("one is missing").to_string();
        assert!(told.contains("has 1 of the 2 index keys"), "{told}");
        assert_eq!(escrow.index(None).expect("on their word"), 2);
        escrow.root(None).expect("on their word");
        assert_eq!(mark(MarkKind::IndexKeysEscrowed).as_deref(), Some("2 stated"));
        assert!(mark(MarkKind::RootKeyEscrowed).expect("noted").ends_with(" stated"));
        app.services.ledger.close().await;
    }
}
