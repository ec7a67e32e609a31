//! Every bad state, made for real, with what is said of it and the mend; and each check on an installation that lacks nothing.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use keuze_core::config::EXAMPLE;
use keuze_core::service::fixture::people::{customer, email};
use keuze_core::service::fixture::{TEST_NOW, TestApp};
use ledger::clock::moment;
use ledger::files::{Layout, make_private};
use ledger::formats::mark::{Mark, MarkKind};
use ledger::marks;
use ledger::observe::{Growth, LastRecord};
use serde_json::Value;
use time::OffsetDateTime;
use vault::root::load_root_key;

use super::examination::{Examination, Server};
use super::report::{Check, Finding, Report, Status};
use super::{clock, disk, limits, shards};

const SITE: &str = "voipro.test";
const MAIL: &str = r#"
[mail]
host = "mail.voipro.nl"
port = 465
tls = "implicit"
user = "keuze"
password_file = "PASSWORD"
from = "Voipro <noreply@voipro.nl>"
"#;

/// A folder with an installation in it: the data directory, the root key in a folder of its own, the mail's password.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// One that lacks nothing.
    async fn sound() -> Self {
        let place = Self::empty();
        let made = place.path("made");
        let app = TestApp::at(Some(&made), 1).await;
        customer(&app, "K-1", &[email("anna@example.nl")]).await;
        app.services.ledger.close().await;
        drop(app);
        // As the binary makes everything, whose umask this is not.
        make_private(&made).expect("ours");
        fs::rename(&made, place.data()).expect("moved");
        fs::create_dir(place.path("secrets")).expect("made");
        let beside = ["made.root", "made.root.voipro.test_keuze_log_0001.checkpoint"];
        for name in beside {
            fs::rename(place.path(name), place.path("secrets").join(name.replace("made.root", "key"))).expect("moved");
        }
        place.write("password", "secret", 0o600);
        place.write("data/keuze.toml", &place.configuration(), 0o600);
        let check = load_root_key(&place.key()).expect("readable").expect("there").check();
        for (kind, detail) in [
            (MarkKind::RootKeyEscrowed, format!("{check} compared")),
            (MarkKind::IndexKeysEscrowed, "1 compared".to_owned()),
            (MarkKind::BackedUp, "8 records".to_owned()),
            (MarkKind::KeptAway, "8 records".to_owned()),
            (MarkKind::Verified, "8 records".to_owned()),
        ] {
            place.mark(kind, TEST_NOW, &detail);
        }
        place
    }

    /// The same once more, with the permissions of everything.
    fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_folder(self.folder.path(), copy.folder.path());
        copy.write("data/keuze.toml", &copy.configuration(), 0o600);
        copy
    }

    fn configuration(&self) -> String {
        let mail = MAIL.replace("PASSWORD", &self.path("password").display().to_string());
        EXAMPLE.to_owned() + &mail
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn key(&self) -> PathBuf {
        self.path("secrets/key")
    }

    fn last_checkpoint(&self) -> PathBuf {
        self.path("secrets/key.voipro.test_keuze_log_0001.checkpoint")
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        fs::write(self.path(name), text).expect("written");
        self.chmod(name, mode);
    }

    fn chmod(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).expect("ours");
    }

    fn remove(&self, name: &str) {
        let path = self.path(name);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("removed");
    }

    fn mark(&self, kind: MarkKind, at: i64, detail: &str) {
        let mark = Mark { kind, at: moment(at).at, detail: detail.to_owned() };
        marks::keep(&self.key(), SITE, &mark).expect("kept");
    }

    fn examination(&self, at: i64) -> Examination<'_> {
        Examination {
            layout: Layout(self.data()),
            key_file: self.key(),
            key_file_named: true,
            configuration: None,
            now: moment(at).at,
            synchronized: Some(true),
        }
    }

    fn findings(&self, at: i64) -> BTreeMap<String, Finding> {
        let report = self.examination(at).report();
        report.findings().iter().map(|finding| (name(finding.check).to_owned(), finding.clone())).collect()
    }
}

fn name(check: Check) -> &'static str {
    check.into()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    fs::set_permissions(to, from.metadata().expect("there").permissions()).expect("ours");
    for entry in fs::read_dir(from).expect("readable") {
        let path = entry.expect("readable").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(path, target).expect("copied");
        }
    }
}

/// Everything under a folder: names, bytes, permissions.
fn everything(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            let mode = path.metadata().expect("there").permissions().mode();
            let bytes = if path.is_dir() { Vec::new() } else { fs::read(&path).expect("readable") };
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, (bytes, mode));
        }
    }
    found
}

/// What depends on the machine that tests run on, and is tested by itself below.
const OF_THE_MACHINE: [Check; 4] = [Check::FileSystem, Check::DiskSpace, Check::SyncTime, Check::OpenFiles];

#[tokio::test]
async fn an_installation_that_lacks_nothing_is_in_order_and_stays_as_it_is() {
    let place = Place::sound().await;
    let before = everything(place.folder.path());
    let report = place.examination(TEST_NOW).report();
    for finding in report.findings().iter().filter(|finding| !OF_THE_MACHINE.contains(&finding.check)) {
        assert_eq!((finding.status, &finding.mend), (Status::Ok, &None), "{finding}");
    }
    assert!(report.findings().iter().all(|finding| finding.status != Status::Unchecked), "{report}");
    assert!(everything(place.folder.path()) == before, "not even its probe stays");
}

/// A day, in seconds.
const DAY: i64 = 86_400;

/// What spoils an installation.
type Spoil = fn(&Place);

/// A bad state: how it comes about, how long after the installation was sound it is looked at, and what is said.
struct Bad(&'static str, Spoil, i64, Check, Status, &'static str, &'static str);

#[expect(clippy::too_many_lines, reason = "a table")]
fn bad_states() -> Vec<Bad> {
    use Check::*;
    use Status::{Fault, Unchecked, Warning};
    vec![
        Bad("no data", |p| p.remove("data"), 0, Ledger, Fault, "there is no ledger in", "--data"),
        Bad(
            "a ledger without a name",
            |p| p.remove("data/checkpoint"),
            0,
            Ledger,
            Fault,
            "does not say whose ledger it is",
            "When the start is refused",
        ),
        Bad(
            "a journal that is missing in the middle",
            |p| copy_folder(&p.path("data/journal/0001"), &p.path("data/journal/0003")),
            0,
            Shards,
            Fault,
            "shard 0002 index 0: its journal is missing",
            "put the folder back",
        ),
        Bad(
            "an open folder",
            |p| p.chmod("data", 0o755),
            0,
            DataPermissions,
            Warning,
            "others than its owner may use",
            "chmod -R go=",
        ),
        Bad(
            "an open file",
            |p| p.chmod("data/keys/root-0001", 0o640),
            0,
            DataPermissions,
            Warning,
            "keys/root-0001",
            "chmod -R go=",
        ),
        Bad(
            "a locked folder",
            |p| p.chmod("data/journal", 0o500),
            0,
            DataPermissions,
            Fault,
            "may not read and write",
            "chmod -R u+rwX",
        ),
        Bad(
            "a locked file",
            |p| p.chmod("data/checkpoint/0001", 0o400),
            0,
            DataPermissions,
            Fault,
            "may not read and write",
            "chmod -R u+rwX",
        ),
        Bad("no root key", |p| p.remove("secrets/key"), 0, RootKey, Fault, "there is no root key", "KEUZE_KEY_FILE"),
        Bad(
            "no root key, no permissions",
            |p| p.remove("secrets/key"),
            0,
            RootKeyPermissions,
            Unchecked,
            "cannot be looked at",
            "put the root key back",
        ),
        Bad(
            "no root key, no escrow",
            |p| p.remove("secrets/key"),
            0,
            RootKeyEscrow,
            Unchecked,
            "no root key",
            "see root-key",
        ),
        Bad(
            "no root key, no index keys",
            |p| p.remove("secrets/key"),
            0,
            IndexKeyEscrow,
            Unchecked,
            "without the root key",
            "see root-key",
        ),
        Bad(
            "a note for a key",
            |p| p.write("secrets/key", "a note", 0o600),
            0,
            RootKey,
            Fault,
            "is not a root key",
            "from its copy",
        ),
        Bad(
            "another root key",
            |p| {
                let text = fs::read_to_string(p.key()).expect("readable");
                let (first, digits) = text.split_once('\n').expect("two lines");
                let digits: String = digits.chars().map(|c| if c == 'a' { 'b' } else { c }).collect();
                p.write("secrets/key", &format!("{first}\n{digits}"), 0o600);
            },
            0,
            RootKey,
            Fault,
            "does not open the key ring",
            "put back the root key",
        ),
        Bad(
            "no key ring",
            |p| p.remove("data/keys"),
            0,
            RootKey,
            Fault,
            "is missing or empty",
            "put back the folder keys",
        ),
        Bad(
            "an open root key",
            |p| p.chmod("secrets/key", 0o644),
            0,
            RootKeyPermissions,
            Fault,
            "others than its owner may use the root key",
            "chmod 600",
        ),
        Bad(
            "a root key that its owner cannot read",
            |p| p.chmod("secrets/key", 0o200),
            0,
            RootKeyPermissions,
            Fault,
            "may not read",
            "chmod 600",
        ),
        Bad(
            "a folder of keys for everybody",
            |p| p.chmod("secrets", 0o777),
            0,
            RootKeyPermissions,
            Fault,
            "everybody may replace files",
            "chmod o-w",
        ),
        Bad(
            "a folder of keys for reading",
            |p| p.chmod("secrets", 0o500),
            0,
            RootKeyPermissions,
            Fault,
            "the server may not write in",
            "the right to write",
        ),
        Bad(
            "no copy of the root key",
            |p| fs::remove_file(marks::path(&p.key(), SITE, MarkKind::RootKeyEscrowed)).expect("removed"),
            0,
            RootKeyEscrow,
            Warning,
            "nobody said that a copy of the root key is kept apart",
            "keuze key escrowed --root",
        ),
        Bad(
            "a copy of an older root key",
            |p| p.mark(MarkKind::RootKeyEscrowed, TEST_NOW - 3 * DAY, "0123456789abcdef compared"),
            0,
            RootKeyEscrow,
            Warning,
            "was rotated since its copy was made 3 days ago",
            "keuze key escrowed --root",
        ),
        Bad(
            "no copy of the index keys",
            |p| fs::remove_file(marks::path(&p.key(), SITE, MarkKind::IndexKeysEscrowed)).expect("removed"),
            0,
            IndexKeyEscrow,
            Warning,
            "nobody said that a copy of the 1 index keys is kept apart",
            "keuze key escrowed --index",
        ),
        Bad(
            "a copy of fewer index keys",
            |p| p.mark(MarkKind::IndexKeysEscrowed, TEST_NOW, "0 stated"),
            0,
            IndexKeyEscrow,
            Warning,
            "0 of 1 index keys are in the copy",
            "keuze key escrowed --index",
        ),
        Bad(
            "an old root key on the day after",
            old_root,
            DAY,
            OldRootKeys,
            Warning,
            "was to be gone on 2026-11-24",
            "start the server",
        ),
        Bad(
            "an old root key days later",
            old_root,
            4 * DAY,
            OldRootKeys,
            Fault,
            "was to be gone on 2026-11-24",
            "start the server",
        ),
        Bad(
            "a rotation that was killed",
            |p| p.write("secrets/key.new", "keuze", 0o600),
            0,
            OldRootKeys,
            Warning,
            "a rotation of the root key is not finished",
            "start the server",
        ),
        Bad(
            "no last checkpoint",
            |p| fs::remove_file(p.last_checkpoint()).expect("removed"),
            0,
            LastCheckpoint,
            Fault,
            "is missing",
            "put it back",
        ),
        Bad(
            "a damaged last checkpoint",
            |p| fs::write(p.last_checkpoint(), "?").expect("written"),
            0,
            LastCheckpoint,
            Fault,
            "it is damaged",
            "put it back",
        ),
        Bad(
            "a decision to go on",
            |p| fs::write(p.last_checkpoint(), "go on with 2 records, root AA==\n").expect("written"),
            0,
            LastCheckpoint,
            Warning,
            "goes on without records that are lost",
            "still what you want",
        ),
        Bad(
            "an older copy of the data",
            |p| {
                let text = fs::read_to_string(p.last_checkpoint()).expect("readable");
                let mut lines: Vec<&str> = text.lines().collect();
                lines[3] = "1234";
                fs::write(p.last_checkpoint(), lines.join("\n") + "\n").expect("written");
            },
            0,
            LastCheckpoint,
            Fault,
            "tells of 1234 records of shard 0001, and there are",
            "put back the newest copy",
        ),
        Bad(
            "no configuration",
            |p| p.remove("data/keuze.toml"),
            0,
            Configuration,
            Warning,
            "cannot be read",
            "start the server with --config",
        ),
        Bad(
            "no configuration, no mail",
            |p| p.remove("data/keuze.toml"),
            0,
            Mail,
            Unchecked,
            "without a configuration",
            "see configuration",
        ),
        Bad(
            "a configuration of another build",
            |p| p.write("data/keuze.toml", &format!("surplus = 1\n{EXAMPLE}"), 0o600),
            0,
            Configuration,
            Fault,
            "has 1 to mend, the first in line 1: ",
            "keuze check",
        ),
        Bad(
            "no mail",
            |p| p.write("data/keuze.toml", EXAMPLE, 0o600),
            0,
            Mail,
            Warning,
            "there is no [mail]",
            "add [mail]",
        ),
        Bad(
            "no password",
            |p| p.remove("password"),
            0,
            Mail,
            Fault,
            "with the mail password is missing",
            "put the password",
        ),
        Bad(
            "an empty password",
            |p| p.write("password", "", 0o600),
            0,
            Mail,
            Fault,
            "missing or empty",
            "put the password",
        ),
        Bad(
            "an open password",
            |p| p.chmod("password", 0o644),
            0,
            Mail,
            Fault,
            "others than its owner may use",
            "chmod 600",
        ),
        Bad(
            "a password in the environment of the server",
            |p| {
                let text = fs::read_to_string(p.path("data/keuze.toml")).expect("readable");
                let file = format!("password_file = \"{}\"", p.path("password").display());
                p.write("data/keuze.toml", &text.replace(&file, "password_variable = \"KEUZE_NOWHERE\""), 0o600);
            },
            0,
            Mail,
            Unchecked,
            "its password is in KEUZE_NOWHERE, which is not set here",
            "set KEUZE_NOWHERE",
        ),
        Bad(
            "a clock that was put back",
            |_| {},
            -DAY,
            Clock,
            Fault,
            "which is 24 hours before the last record",
            "date -u",
        ),
        Bad(
            "a clock that is a little behind",
            |_| {},
            -20,
            Clock,
            Warning,
            "which is 20 seconds before the last record",
            "date -u",
        ),
        Bad(
            "a clock far ahead",
            |_| {},
            400 * DAY,
            Clock,
            Warning,
            "the last record is of 400 days ago: nobody came, or the clock is ahead",
            "date -u",
        ),
        Bad("an old backup", |_| {}, 3 * DAY, Backup, Warning, "the last backup was made 3 days ago", "back up"),
        Bad("a very old backup", |_| {}, 15 * DAY, Backup, Fault, "the last backup was made 15 days ago", "back up"),
        Bad(
            "no backup",
            |p| no_mark(p, MarkKind::BackedUp),
            0,
            Backup,
            Warning,
            "no backup was ever made from this machine",
            "back up",
        ),
        Bad("a damaged note", |p| damage(p, MarkKind::BackedUp), 0, Backup, Unchecked, "it is damaged", "do it again"),
        Bad(
            "nothing kept away",
            |p| no_mark(p, MarkKind::KeptAway),
            0,
            KeptAway,
            Warning,
            "was never kept away",
            "at an interval",
        ),
        Bad("kept away long ago", |_| {}, 3 * DAY, KeptAway, Warning, "last kept away 3 days ago", "at an interval"),
        Bad(
            "never verified",
            |p| no_mark(p, MarkKind::Verified),
            0,
            Verification,
            Warning,
            "never said ok",
            "keuze verify",
        ),
        Bad("verified long ago", |_| {}, 36 * DAY, Verification, Warning, "last said ok 36 days ago", "keuze verify"),
        Bad(
            "verified in the future",
            |p| p.mark(MarkKind::Verified, TEST_NOW + 3 * DAY, "8 records"),
            0,
            Verification,
            Warning,
            "3 days from now",
            "see clock",
        ),
    ]
}

/// One that was to be gone on the day on which the installation was made.
fn old_root(place: &Place) {
    fs::copy(place.key(), place.path("secrets/key.until-2026-11-24")).expect("copied");
}

fn no_mark(place: &Place, kind: MarkKind) {
    fs::remove_file(marks::path(&place.key(), SITE, kind)).expect("removed");
}

fn damage(place: &Place, kind: MarkKind) {
    fs::write(marks::path(&place.key(), SITE, kind), "keuze mark 1: backed-up").expect("written");
}

#[tokio::test]
async fn every_bad_state_is_named_with_its_mend_and_nothing_is_changed() {
    let sound = Place::sound().await;
    for Bad(state, spoil, later, check, status, says, mend) in bad_states() {
        let place = sound.copy();
        let control = place.findings(TEST_NOW).remove(name(check)).expect("every check is there");
        assert_eq!(control.status, Status::Ok, "{state}, before: {control}");
        spoil(&place);
        let before = everything(place.folder.path());
        let found = place.findings(TEST_NOW + later).remove(name(check)).expect("every check is there");
        assert_eq!(found.status, status, "{state}: {found}");
        assert!(found.what.contains(says), "{state}: {found}");
        assert!(found.mend.as_ref().is_some_and(|told| told.contains(mend)), "{state}: {found}");
        assert!(everything(place.folder.path()) == before, "{state}: nothing is changed");
    }
}

#[tokio::test]
async fn a_root_key_where_backups_are_made_of_is_named() {
    let place = Place::sound().await;
    let of = |examination: &Examination<'_>| {
        let report = examination.report();
        report.findings().iter().find(|finding| finding.check == Check::RootKey).expect("there").clone()
    };
    let beside = Examination { key_file_named: false, ..place.examination(TEST_NOW) };
    let found = of(&beside);
    assert_eq!(found.status, Status::Warning);
    assert!(found.what.contains("stands beside the data directory, as KEUZE_KEY_FILE is not set"), "{found}");
    fs::copy(place.key(), place.path("data/key")).expect("copied");
    symlink(place.path("data/key"), place.path("link")).expect("made");
    for key_file in ["data/key", "link"] {
        let inside = Examination { key_file: place.path(key_file), ..place.examination(TEST_NOW) };
        let found = of(&inside);
        assert_eq!(found.status, Status::Fault);
        assert!(found.what.contains("stands in the data directory"), "{found}");
    }
}

/// Whatever holds a file of the journal open for writing: a copy that is put back, a server that runs in another folder's name.
#[tokio::test]
async fn another_writer_is_named() {
    let place = Place::sound().await;
    assert_eq!(place.findings(TEST_NOW)["one-writer"].status, Status::Ok);
    let journal = place.path("data/journal/0001/000000000000.log");
    let reads = fs::File::open(&journal).expect("there");
    assert_eq!(place.findings(TEST_NOW)["one-writer"].status, Status::Ok, "whoever reads is no writer");
    let writes = fs::File::options().append(true).open(&journal).expect("there");
    let found = &place.findings(TEST_NOW)["one-writer"];
    assert_eq!(found.status, Status::Fault);
    assert!(found.what.contains(&std::process::id().to_string()), "{found}");
    assert!(found.mend.as_ref().is_some_and(|mend| mend.starts_with("stop them")), "{found}");
    drop((reads, writes));
    assert_eq!(place.findings(TEST_NOW)["one-writer"].status, Status::Ok);
}

/// As a copy that root put back.
#[tokio::test]
async fn what_is_somebody_elses_is_named() {
    let place = Place::sound().await;
    let bucket = place.path("data/keys/bucket-000001");
    let owner = place.data().metadata().expect("there").uid();
    if chown(&bucket, Some(owner + 1), None).is_err() {
        // Only root gives files away.
        assert_ne!(owner, 0);
        return;
    }
    let found = &place.findings(TEST_NOW)["data-permissions"];
    assert_eq!(found.status, Status::Fault);
    assert!(found.what.contains("bucket-000001 is not of the user whose the data directory is"), "{found}");
    assert!(found.mend.as_ref().is_some_and(|mend| mend.starts_with("chown -R --reference=")), "{found}");
    chown(place.key(), Some(owner + 1), None).expect("root");
    let found = &place.findings(TEST_NOW)["root-key-permissions"];
    assert_eq!(found.status, Status::Fault);
    assert!(found.what.contains("so the server cannot read it"), "{found}");
}

#[test]
fn shards_run_out_with_a_warning_at_eighty_percent() {
    let cases =
        [(1, Status::Ok), (1637, Status::Ok), (1638, Status::Warning), (2046, Status::Warning), (2047, Status::Fault)];
    for (count, status) in cases {
        let found = shards::judge(count);
        assert_eq!(found.status, status, "{found}");
        assert_eq!(found.mend.is_some(), status != Status::Ok, "{found}");
    }
}

#[test]
fn a_disk_that_fills_up_is_named_before_it_is_full() {
    const GIB: u64 = 1 << 30;
    let growth = |records, a_day| Growth { records, a_day };
    let roomy = disk::Space {
        available: 60 * GIB,
        total: 100 * GIB,
        files: Some((50, 100)),
        used: GIB,
        growth: growth(0, None),
    };
    let cases = [
        ("room", roomy, Status::Ok),
        ("one of twelve", disk::Space { available: 8 * GIB, ..roomy }, Status::Warning),
        ("one of a hundred", disk::Space { available: GIB, ..roomy }, Status::Fault),
        ("files", disk::Space { files: Some((5, 100)), ..roomy }, Status::Warning),
        ("no files", disk::Space { files: Some((0, 100)), ..roomy }, Status::Fault),
        ("a small disk", disk::Space { available: 50 << 20, total: 90 << 20, ..roomy }, Status::Fault),
        // 1 GiB for a million records: 60 GiB take 60 million.
        ("a year", disk::Space { growth: growth(1_000_000, Some(160_000.0)), ..roomy }, Status::Ok),
        ("a month", disk::Space { growth: growth(1_000_000, Some(2_000_000.0)), ..roomy }, Status::Warning),
        ("a few days", disk::Space { growth: growth(1_000_000, Some(12_000_000.0)), ..roomy }, Status::Fault),
    ];
    for (what, space, status) in cases {
        let found = disk::judge_space(&space);
        assert_eq!(found.status, status, "{what}: {found}");
        assert_eq!(found.mend.is_some(), status != Status::Ok, "{what}: {found}");
    }
    let found = disk::judge_space(&disk::Space { growth: growth(1_000_000, Some(2_000_000.0)), ..roomy });
    insta::assert_snapshot!(found.what, @"60 GiB of 100 GiB are free (60 %), room for about 60000000 records, 30 days at the present rate");
}

#[test]
fn a_slow_disk_and_one_that_only_says_that_it_wrote_are_named() {
    let times =
        |median: u64, worst: u64| [vec![Duration::from_micros(median); 8], vec![Duration::from_micros(worst)]].concat();
    let cases = [
        (800, 3_000, Status::Ok),
        (2, 2_000, Status::Warning),
        (30_000, 40_000, Status::Warning),
        (1_000, 2_000_000, Status::Warning),
        (300_000, 300_000, Status::Fault),
    ];
    for (median, worst, status) in cases {
        let found = disk::judge_syncs(times(median, worst));
        assert_eq!(found.status, status, "{found}");
        assert_eq!(found.mend.is_some(), status != Status::Ok, "{found}");
    }
    let found = disk::judge_syncs(times(800, 3_000));
    assert_eq!(found.what, "a sync takes 0.8 ms, at worst 3 ms");
}

#[test]
fn a_file_system_that_is_no_disk_of_this_machine_is_named() {
    let ext4 = 0xef53;
    for (magic, status) in
        [(ext4, Status::Ok), (0x0102_1994, Status::Fault), (0x6969, Status::Warning), (0x794c_7630, Status::Warning)]
    {
        assert_eq!(disk::judge_file_system(magic).status, status, "{magic:x}");
    }
}

#[test]
fn too_few_open_files_are_named() {
    let files = |soft, hard, used| limits::OpenFiles { soft, hard, used };
    let cases = [
        ("plenty", files(20_000, 20_000, Some(100)), true, Status::Ok),
        ("nearly all in use", files(20_000, 20_000, Some(18_000)), true, Status::Warning),
        ("the usual soft limit, which a start raises", files(1024, 524_288, None), false, Status::Ok),
        ("the usual soft limit, which was not raised", files(1024, 524_288, None), true, Status::Warning),
        ("a thousand", files(1024, 1024, None), false, Status::Warning),
        ("too few to start", files(64, 64, None), false, Status::Fault),
        ("no limit", files(u64::MAX, u64::MAX, Some(100)), true, Status::Ok),
    ];
    for (what, files, running, status) in cases {
        let found = limits::judge(&files, running);
        assert_eq!(found.status, status, "{what}: {found}");
        assert_eq!(found.mend.is_some(), status != Status::Ok, "{what}: {found}");
    }
    assert_eq!(limits::finding(Server::Running(None)).status, Status::Unchecked);
    assert_eq!(limits::finding(Server::Running(Some(u32::MAX))).status, Status::Unchecked, "there is no such process");
    assert_ne!(limits::finding(Server::Running(Some(std::process::id()))).status, Status::Unchecked);
}

#[test]
fn a_clock_that_nobody_keeps_right_is_named() {
    let now = moment(TEST_NOW).at;
    for (synchronized, status) in [(Some(true), Status::Ok), (None, Status::Ok), (Some(false), Status::Warning)] {
        let found = clock::judge(now, &LastRecord::At(now), synchronized);
        assert_eq!(found.status, status, "{found}");
    }
    assert_eq!(clock::judge(now, &LastRecord::NoneYet, Some(true)).status, Status::Ok);
}

fn report(findings: Vec<Finding>) -> Report {
    let at = OffsetDateTime::from_unix_timestamp(TEST_NOW).expect("a time");
    Report::new(at, Path::new("/srv/keuze/data"), Some("www.voipro.nl".to_owned()), Some(true), findings)
}

/// docs/operating.md: what monitoring goes by.
#[test]
fn the_json_has_the_shape_that_is_documented() {
    let well = shards::judge(3);
    let warns =
        Finding::warning(Check::Backup, "the last backup was made 3 days ago", "back up").with("age_seconds", 259_200);
    let json = serde_json::to_string_pretty(&report(vec![well, warns])).expect("JSON");
    insta::assert_snapshot!(json, @r#"
    {
      "version": 1,
      "at": "2026-11-24T13:05:09Z",
      "data": "/srv/keuze/data",
      "site": "www.voipro.nl",
      "running": true,
      "status": "warning",
      "checks": [
        {
          "check": "shards",
          "status": "ok",
          "what": "3 of 2047 shards are begun; 2044 are left",
          "mend": null,
          "values": {
            "begun": 3,
            "most": 2047
          }
        },
        {
          "check": "backup",
          "status": "warning",
          "what": "the last backup was made 3 days ago",
          "mend": "back up",
          "values": {
            "age_seconds": 259200
          }
        }
      ]
    }
    "#);
}

#[test]
fn the_exit_status_is_that_of_the_worst_finding() {
    let findings = [
        Finding::ok(Check::Backup, ""),
        Finding::unchecked(Check::Backup, "", ""),
        Finding::warning(Check::Backup, "", ""),
        Finding::fault(Check::Backup, "", ""),
    ];
    for (worst, status) in [(1, 0), (2, 1), (3, 1), (4, 2)] {
        let code = report(findings[..worst].to_vec()).exit_code();
        assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::from(status)));
    }
}

/// The names stand in docs/operating.md, each once, in their order; and each finding there has the values that it has here.
#[tokio::test]
async fn every_check_is_documented_with_its_values() {
    let document = include_str!("../../../../../docs/operating.md");
    let section =
        document.split("\n## ").find(|section| section.starts_with("What is not as it should be")).expect("a section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: Vec<(String, Vec<String>)> = rows
        .map(|row| {
            let (check, rest) = row.split_once('`').expect("a name");
            let values = rest.strip_suffix('|').expect("a row").rsplit('|').next().expect("a last cell");
            let mut values: Vec<String> = values.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            values.sort();
            (check.to_owned(), values)
        })
        .collect();
    let place = Place::sound().await;
    let report = place.examination(TEST_NOW).report();
    let is: Vec<(String, Vec<String>)> = report
        .findings()
        .iter()
        .map(|finding| (name(finding.check).to_owned(), finding.values.keys().map(|key| (*key).to_owned()).collect()))
        .collect();
    assert_eq!(documented, is);
    let json: Value = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["checks"].as_array().map(Vec::len), Some(is.len()));
}
