//! The test that matters most: object, erase, delete sled, rebuild from the journal, import the same address. And what is
//! left of an erased person in the files: nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use model::channel::Channel;
use model::decision::Reason;
use model::event::Route;
use model::identity::Subject;
use time::Duration;
use time::macros::date;

use super::{confirmation, email, may_contact, own, phone, reason};
use crate::service::fixture::TestApp;
use crate::service::fixture::people::{objected, opted_in};
use crate::service::people::Addressee;
use crate::service::people::import::tests::import;
use crate::service::people::import::{Mode, Summary};
use contact::{ContactPoint, DutchAddress, Email, PostalAddress};
use ledger::formats::fact::QueuedMail;
use ledger::verify::verify;

const ADDRESS: &str = "Zoë.Jansen+nieuws@example.nl";
const NUMBER: &str = "06 12345678";
const NAME: &str = "Zoë \"Zus\" d'Aubigné-Jansen";
const POSTCODE: &str = "9712 HM";

fn letter_box() -> ContactPoint {
    ContactPoint::Post(PostalAddress::Dutch(DutchAddress::parse("9712HM", "12", "a").expect("an address")))
}

/// A customer with all evidence, as a file brings them.
fn row(address: &str, number: &str, postcode: &str, app: &str) -> String {
    let name = serde_json::to_string(NAME).expect("JSON");
    format!(
        r#"{{"customer":"K-1","name":{name},"email":"{address}","phone":"{number}","postcode":"{postcode}","house_number":"{app}","channels":"newsletter email post phone","contract":"C-1","same_entity":"yes","informed_on":"2026-01-05","opt_out_offered_on":"2026-01-05","opt_out_used":"no","products":"Bellen thuis"}}"#
    )
}

async fn imported(app: &TestApp, row: &str) -> (Summary, Option<Subject>) {
    let (summary, _) = import(app, "crm.jsonl", row, Mode::Write).await;
    (summary, app.services.people.customer("K-1").map(|person| person.subject))
}

/// A person who agreed to everything, so that only their no can deny.
async fn who_agreed(app: &TestApp) -> Subject {
    let (_, subject) = imported(app, &row(ADDRESS, NUMBER, POSTCODE, "12-A")).await;
    let subject = subject.expect("imported");
    let act = own(Route::PreferencePage);
    opted_in(&app.services, subject, &Channel::ALL, confirmation(), &[], &act).await;
    for channel in Channel::ALL {
        assert_eq!(reason(app, &Addressee::person(subject), channel), (true, Reason::OptedIn));
    }
    subject
}

/// For each channel, with and without the blocking list.
#[tokio::test]
async fn a_no_survives_erasure_rebuild_and_import() {
    for (channel, keep_no) in Channel::ALL.into_iter().flat_map(|channel| [(channel, true), (channel, false)]) {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let person = who_agreed(&app).await;
        let act = own(Route::PreferencePage);
        objected(&app.services, &Addressee::person(person), &[channel], &act).await;
        assert_eq!(reason(&app, &Addressee::person(person), channel), (false, Reason::Objected));
        let erased = app.services.erasures.erase(&app.history(), person, keep_no, &act).await.expect("erased");
        assert_eq!(erased.backups_until, date!(2026 - 12 - 29));
        assert!(app.services.people.known_person(person).is_none());
        assert_eq!(app.services.people.records_of(&app.history(), person).expect("readable"), []);
        app.services.ledger.close().await;
        std::fs::remove_dir_all(data.join("sled")).expect("deleted");

        let app = TestApp::at(Some(&data), 2).await;
        let (summary, again) =
            imported(&app, &row("zoë.jansen+NIEUWS@EXAMPLE.nl", "+31612345678", "9712hm", "12 a")).await;
        let again = again.expect("imported");
        assert_ne!(again, person);
        // Social media have no address: what denies there is that nobody but the person can sign up.
        let (expected, met) = match channel {
            Channel::Social => (Reason::NoAnswer, u64::from(keep_no)),
            _ => (Reason::PointObjected, 1),
        };
        assert_eq!((summary.recorded, summary.met_a_no), (1, met), "{channel:?} is reported");
        assert_eq!(reason(&app, &Addressee::person(again), channel), (false, expected), "{channel:?}, list: {keep_no}");
        for point in [email("zoë.jansen+nieuws@example.nl"), phone("0031612345678"), letter_box()] {
            if channel.point() == Some(point.kind()) {
                assert_eq!(reason(&app, &Addressee::point(point), channel), (false, Reason::PointObjected));
            }
        }
        if keep_no {
            assert!(
                Channel::ALL.into_iter().all(|channel| !may_contact(&app, &Addressee::person(again), channel).allow)
            );
        }
        app.services.ledger.close().await;
        let verified = verify(&data, Some(&data.with_extension("root"))).expect("adds up");
        assert!(verified.erased > 0);
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Every form in which a text could stand in a file: plain, in lower case, hex, base64 at each offset, escaped as JSON,
/// UTF-16.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let hex = hex(text);
    let escape = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    let escaped: String = text.chars().map(escape).collect();
    let quoted = serde_json::to_string(text).expect("JSON");
    let mut forms: Vec<Vec<u8>> =
        [text, &text.to_lowercase(), &hex, &hex.to_uppercase(), &escaped, quoted.trim_matches('"')]
            .map(|form| form.as_bytes().to_vec())
            .into();
    forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    for offset in 0..3 {
        for engine in
            [base64::engine::general_purpose::STANDARD_NO_PAD, base64::engine::general_purpose::URL_SAFE_NO_PAD]
        {
            let whole = engine.encode([&b"xyz"[..offset], text.as_bytes()].concat());
            // The characters at the ends depend on what stands beside the text.
            forms.push(whole.as_bytes()[(offset * 8).div_ceil(6)..whole.len() - 1].to_vec());
        }
    }
    forms
}

fn secrets() -> Vec<Vec<u8>> {
    let spellings = [ADDRESS, "Jansen+nieuws", NUMBER, "+31612345678", "612345678", NAME, "Aubign", POSTCODE, "9712HM"];
    spellings.into_iter().flat_map(forms).collect()
}

/// The texts that are looked for, by how they begin.
type Starts<'a> = HashMap<&'a [u8], Vec<&'a Vec<u8>>>;

fn holds(bytes: &[u8], starts: &Starts<'_>) -> bool {
    let at = |(at, two): (usize, &[u8])| {
        starts.get(two).is_some_and(|them| them.iter().any(|it| bytes[at..].starts_with(it)))
    };
    bytes.windows(2).enumerate().any(at)
}

/// The files under a folder in which one of the texts stands.
fn holding(folder: &Path, secrets: &[Vec<u8>]) -> (usize, Vec<PathBuf>) {
    let mut starts: Starts<'_> = HashMap::new();
    secrets.iter().for_each(|secret| starts.entry(&secret[..2]).or_default().push(secret));
    let (mut looked_at, mut found, mut folders) = (0, Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            looked_at += 1;
            let bytes = std::fs::read(&path).expect("readable");
            found.extend(holds(&bytes, &starts).then_some(path));
        }
    }
    (looked_at, found)
}

/// With profile, mail in the queue, objection, letter code and blocking list behind them.
#[tokio::test]
async fn no_file_holds_anything_of_an_erased_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let app = TestApp::at(Some(&data), 1).await;
    let person = who_agreed(&app).await;
    let act = own(Route::PreferencePage);
    objected(&app.services, &Addressee::person(person), &Channel::ALL, &act).await;
    objected(&app.services, &Addressee::point(email(ADDRESS)), &[Channel::Email], &act).await;
    app.services.letters.letter_code(person, &act).await.expect("made");
    let until = app.clock_now() + Duration::minutes(10);
    let (to, text) = (Email::parse(ADDRESS).expect("an address"), format!("Beste {NAME}, {NUMBER}, {POSTCODE}"));
    let mail = QueuedMail { what: "code".into(), to, language: "nl".into(), subject: NAME.into(), text, until };
    app.services.mail.queue_mail(mail).await.expect("queued");
    app.services.erasures.erase(&app.history(), person, true, &act).await.expect("erased");
    // Beside the running server, after it, and after a start that made the database anew.
    let secrets = secrets();
    let nowhere = |when: &str| {
        let (looked_at, found) = holding(folder.path(), &secrets);
        assert!(looked_at > 6 && found.is_empty(), "{when}: {found:?}");
    };
    nowhere("running");
    app.services.ledger.close().await;
    nowhere("stopped");
    std::fs::remove_dir_all(data.join("sled")).expect("deleted");
    let app = TestApp::at(Some(&data), 2).await;
    assert_eq!(reason(&app, &Addressee::point(email(ADDRESS)), Channel::Email), (false, Reason::PointObjected));
    app.services.ledger.close().await;
    nowhere("rebuilt");
    // That every form would be found.
    let planted = tempfile::tempdir().expect("a folder");
    for text in [ADDRESS, NUMBER, NAME, POSTCODE] {
        let json = serde_json::to_vec(&text).expect("JSON");
        let in_base64 =
            |before: &str| base64::engine::general_purpose::STANDARD.encode(format!("{before}{text} and more"));
        let forms = [
            text.into(),
            json,
            hex(text).to_uppercase().into(),
            in_base64("").into(),
            in_base64("a").into(),
            in_base64("ab").into(),
        ];
        for (number, form) in forms.iter().enumerate() {
            let file = planted.path().join("file");
            std::fs::write(&file, [b"before ", &form[..], b" behind"].concat()).expect("written");
            assert_eq!(holding(planted.path(), &secrets).1, [file], "form {number} of {text}");
        }
    }
}
