//! The bytes of every format of this crate, from fixed inputs: as the committed file has them, read back from there, and what
//! becomes of every truncation and every flipped bit.

mod events;

use model::channel::Channel;
use model::event::{Actor, Body, Event, PolicyPublished, RecordedChoice, Route};
use model::golden::{Drawing, bytes_of, check, damaged, text_section};
use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
use model::language::Language;
use model::message::{CheckedLetter, Classified, MessageClass};
use model::policy::ChangeClass;
use time::macros::{date, datetime};
use tlog::checkpoint::Checkpoint;
use tlog::entry::Salt;
use tlog::tree::RootHash;
use vault::key::{MacKey, RootKey, SealingKey};
use vault::random::FixedRandom;
use vault::ring::{KeyId, KeyPurpose, KeyRing, OpenMode, RetentionClass};
use vault::siv::SivKey;

use super::attempts::Counted;
use super::checkpoint_slots::{self, Slot};
use super::fact::{
    self, ApiClient, ChoiceReply, Classification, Direction, Fact, FactError, FactId, FoldHash, Later, LetterCheck,
    LetterCodeHash, MissedSignIns, OpenCall, OpenedFact, Part, QueuedMail, Reply, RootRotation, StaffMember,
    StoredResponse, SuppressionEntry, UnderKey,
};
use super::frame::{Frame, FrameEntry, Read};
use super::known_browser::BrowserToken;
use super::last_checkpoint::{self, Said};
use super::mark::{self, Mark, MarkFault, MarkKind};
use super::record::{self, RecordError, SealedRecord};
use super::token::{SealedToken, Token};
use super::{browser_cookie, token};
use crate::flat::{self, KeyOfRecord, Place};
use crate::origin::log_name;
use crate::store::sled_engine::{read_row, read_watermark, values, watermark_bytes};
use crate::store::{FactRow, Watermark};
use vault::error::OtherBuild;

/// The committed file.
const GOLDEN: &str = include_str!("../../golden/formats.txt");

const PERSON: Subject = Subject([0xA5; 16]);
const PLACE: RecordAddress = RecordAddress { shard: ShardNumber::FIRST, index: 7 };

/// A ring with every key that the examples are sealed under.
struct Keys {
    ring: KeyRing,
    audit: KeyId,
    class: KeyId,
    day: KeyId,
    hour: KeyId,
}

impl Keys {
    fn new() -> Self {
        let ring = KeyRing::open(None, RootKey::known(1), OpenMode::Start).expect("in memory");
        let random = FixedRandom::default();
        ring.ensure(KeyPurpose::Suppression, &random);
        let key = |owner| ring.ensure(owner, &random);
        let (audit, class) = (key(KeyPurpose::Audit), key(KeyPurpose::Class(PERSON, RetentionClass::Account)));
        let (day, hour) = (key(KeyPurpose::Day(20_784)), key(KeyPurpose::Hour(498_816)));
        Self { ring, audit, class, day, hour }
    }
}

fn choice() -> Event {
    let nothing = RecordedChoice::new(ContentHash([1; 32]), std::collections::BTreeMap::new());
    let event = Event::new(datetime!(2026-11-27 12:00 UTC), Actor::Visitor, Route::Banner, Body::ChoiceMade(nothing));
    event.with_subject(Some(PERSON))
}

fn published() -> Event {
    let published = PolicyPublished { policy: ContentHash([1; 32]), change: ChangeClass::Purpose };
    Event::new(datetime!(2026-11-27 12:00 UTC), Actor::System, Route::System, published)
}

fn sealed_record(keys: &Keys) -> SealedRecord {
    let table = keys.ring.keys();
    let under = Some((keys.audit, table.key(keys.audit).expect("made above")));
    SealedRecord::seal(&Salt([3; 32]), &record::canonical(&choice()), PLACE, under, &FixedRandom::default())
}

fn open_record() -> SealedRecord {
    SealedRecord::seal(&Salt([3; 32]), &record::canonical(&published()), PLACE, None, &FixedRandom::default())
}

fn note() -> String {
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    Checkpoint { origin: log_name("voipro.nl", ShardNumber::FIRST), size: 8, root: RootHash([4; 32]) }.sign(&key)
}

fn frames() -> Vec<(&'static str, Frame)> {
    vec![
        ("frame: a record", Frame { index: 7, entry: FrameEntry::Record(b"record".to_vec()) }),
        ("frame: a fact", Frame { index: 8, entry: FrameEntry::Fact(b"fact".to_vec()) }),
        (
            "frame: an entry of the log of logs",
            Frame { index: 8, entry: FrameEntry::Checkpoint(1_790_000_000, note()) },
        ),
        ("frame: the end of a batch", Frame { index: 8, entry: FrameEntry::BatchEnd(note()) }),
    ]
}

fn framed(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.write(&mut bytes);
    bytes
}

/// One of each kind, with everything that it can say.
#[expect(clippy::too_many_lines, reason = "a list")]
fn facts(keys: &Keys) -> Vec<Fact> {
    let id = FactId([6; 16]);
    let waiting = UnderKey { key: keys.day, number: [8; 8] };
    let point = || contact::ContactPoint::Email(contact::Email::parse("anna@example.nl").expect("an address"));
    let at = datetime!(2026-11-27 12:00 UTC);
    let part = Part {
        name: Some("Anna de Vries".to_owned()),
        customers: vec!["C-1".to_owned()],
        points: vec![point()],
        later: vec![Later { at: "x".to_owned(), name: Some("Bert".to_owned()), with: vec!["y".to_owned()] }],
        also: vec![Subject([2; 16])],
        ..Part::new(PERSON, RetentionClass::Account, Language::Nl)
    };
    let entry = SuppressionEntry {
        index: 1,
        folds: vec![FoldHash([1; 16])],
        channels: vec![Channel::Email],
        since: date!(2026 - 11 - 27),
        by: Some(PERSON),
        source: Some(FoldHash([2; 16])),
        lifted: vec![Channel::Phone],
        said: Some(PLACE),
    };
    let reply = ChoiceReply {
        before: String::new(),
        cookie: "stats.1.g.1780000000".to_owned(),
        cookie_days: 186,
        forget_seen: true,
        keeps_id: true,
        ask_again: Vec::new(),
        expire: vec!["_ga".to_owned()],
    };
    let name = |reply| StoredResponse { name: [5; 16], at, reply };
    let by = Actor::Agent { name: "mailer".to_owned() };
    vec![
        Fact::content(b"<p>notice</p>".to_vec()),
        Fact::Policies(vec![ContentHash([1; 32])]),
        Fact::LastYes { channel: Channel::Newsletter, day: date!(2026 - 11 - 27) },
        Fact::RootRotation(RootRotation {
            check: "0011223344556677".to_owned(),
            ended: 1,
            erasures: 2,
            on: date!(2026 - 11 - 27),
        }),
        Fact::StaffMember {
            id,
            member: Some(StaffMember {
                name: "anna".to_owned(),
                password: "$argon2id$".to_owned(),
                one_time: true,
                issued: Some(1_795_780_800),
            }),
        },
        Fact::MissedSignIns { id, missed: Some(MissedSignIns { missed_by: "anna".to_owned(), count: 5, last: at }) },
        Fact::ApiClient {
            id,
            client: Some(ApiClient {
                name: "mailer".to_owned(),
                scopes: vec!["mail".to_owned()],
                until: date!(2027 - 11 - 27),
                hash: "00".repeat(32),
            }),
        },
        Fact::Classification {
            id,
            said: Classification {
                by: by.clone(),
                classified: Classified { template: "T-1".to_owned(), class: MessageClass::Service, decided_by: None },
            },
        },
        Fact::LetterCheck {
            id,
            passed: LetterCheck { by, passed: CheckedLetter { template: "L-1".to_owned(), block_version: 1 } },
        },
        Fact::Suppression { id, entry: Some(entry) },
        Fact::ProfilePart { key: keys.class, part: Some(Box::new(part)) },
        Fact::LetterCode {
            id: UnderKey { key: keys.class, number: [8; 8] },
            code: LetterCodeHash { subject: PERSON, hash: "00".repeat(16) },
        },
        Fact::Mail {
            id: waiting,
            mail: Some(QueuedMail {
                what: "code".to_owned(),
                to: contact::Email::parse("anna@example.nl").expect("an address"),
                language: "nl".to_owned(),
                subject: "Code".to_owned(),
                text: "123456".to_owned(),
                until: at,
            }),
        },
        Fact::Call {
            id: waiting,
            call: Some(OpenCall {
                staff: "anna".to_owned(),
                reference: "PBX-1".to_owned(),
                direction: Direction::Out,
                point: Some(point()),
                people: vec![PERSON],
            }),
        },
        Fact::Answer { key: keys.hour, answer: name(Reply::Choice(reply)) },
        Fact::Answer { key: keys.hour, answer: name(Reply::Response { status: 200, body: "{}".to_owned() }) },
        Fact::Answer { key: keys.hour, answer: name(Reply::Done) },
    ]
}

/// Each under a name of its own.
fn named(facts: Vec<Fact>) -> impl Iterator<Item = (String, Fact)> {
    let name = |(number, fact): (usize, Fact)| (format!("fact {}: {}", number + 1, fact.name().kind()), fact);
    facts.into_iter().enumerate().map(name)
}

fn gone() -> Fact {
    Fact::Suppression { id: FactId([6; 16]), entry: None }
}

fn slots() -> Vec<u8> {
    let slot = |number| checkpoint_slots::encode(number, &note()).expect("it fits");
    [slot(2), slot(1)].concat()
}

fn token_key() -> SivKey {
    SivKey::derive(&MacKey::known(5), b"keuze token")
}

fn tokens() -> [(&'static str, Token); 2] {
    let (channel, until) = (Channel::Newsletter, date!(2026 - 11 - 27));
    [
        ("token: stop", Token::Stop { person: PERSON, channel: Some(Channel::Email) }),
        ("token: confirm", Token::Confirm { person: PERSON, channel, until, mailbox: Some([7; token::MAILBOX]) }),
    ]
}

fn base64(text: &str) -> Vec<u8> {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64")
}

fn to_base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn browser() -> BrowserToken {
    BrowserToken { id: [7; 16], day: 2_461_372, mac: [255; 16] }
}

fn counted() -> [(&'static str, Counted); 3] {
    [
        ("attempts: tries of a code", Counted::Tries([1; 16], datetime!(2026-11-27 12:00 UTC), 3)),
        ("attempts: a message", Counted::Send([2; 16], datetime!(2026-11-27 12:00 UTC))),
        ("attempts: a spare code", Counted::Spare([2; 16], datetime!(2026-11-27 12:00 UTC))),
    ]
}

fn cookie() -> String {
    browser_cookie::seal(&SealingKey::known(5), "keuze code", &"123456", &FixedRandom::default())
}

fn last() -> String {
    last_checkpoint::encode(&note(), datetime!(2026-11-27 12:00 UTC))
}

fn mark() -> Mark {
    let at = datetime!(2026-11-27 12:00 UTC);
    Mark { kind: MarkKind::Verified, at, detail: "120 records".to_owned() }
}

fn places() -> [Place; 2] {
    [Place { file: 0, offset: 0 }, Place { file: 1, offset: 1_048_576 }]
}

fn sealed() -> Vec<KeyOfRecord> {
    vec![(KeyId([2; 16]), 0), (KeyId([1; 16]), 1), (KeyId([2; 16]), 3)]
}

/// A fact as the database has it.
fn row(keys: &Keys) -> FactRow {
    let fact = fact::encode(&facts(keys)[0], &keys.ring.keys(), &FixedRandom::default());
    FactRow::from_journal(&fact, PLACE).expect("a fact")
}

fn watermark() -> Watermark {
    Watermark { shard: ShardNumber::FIRST, batches: 5, checkpoint: note() }
}

fn sections() -> Vec<String> {
    let keys = Keys::new();
    let (mut all, table) = (Vec::new(), keys.ring.keys());
    let drawn = Drawing::from_source(include_str!("frame.rs"), 0);
    all.extend(frames().iter().map(|(name, frame)| drawn.section(name, &framed(frame), &[])));
    let record = include_str!("record.rs");
    for (name, sealed) in [("record: sealed", sealed_record(&keys)), ("record: public", open_record())] {
        all.push(Drawing::from_source(record, 0).section(name, &sealed.to_bytes(), &[]));
    }
    let (salt, canonical) = sealed_record(&keys).open(PLACE, &table).expect("opens");
    all.push(Drawing::from_source(record, 1).section("record: text", &[&salt.0[..], &canonical].concat(), &[]));
    let record_text = |event: &Event| String::from_utf8(record::canonical(event)).expect("JSON");
    all.extend(events::events().iter().map(|(name, event)| text_section(name, &record_text(event))));
    all.push(text_section("words of events", &events::words()));
    let drawn = Drawing::from_source(include_str!("fact.rs"), 0);
    let random = FixedRandom::default();
    for (name, fact) in named(facts(&keys)).chain([("fact: one that is gone".to_owned(), gone())]) {
        all.push(drawn.section(&name, &fact::encode(&fact, &table, &random), &[fact.name().bytes().len()]));
        all.extend(fact.body().map(|body| text_section(&format!("{name}, body"), &String::from_utf8_lossy(&body))));
    }
    all.push(Drawing::from_source(include_str!("checkpoint_slots.rs"), 0).section(
        "checkpoint slot",
        &slots()[..1024],
        &[],
    ));
    all.push(text_section("last checkpoint", &last()));
    all.push(text_section("mark", &mark::encode(&mark())));
    all.push(Drawing::from_source(include_str!("../flat.rs"), 0).section("places", &flat::places(&places()), &[]));
    all.push(Drawing::from_source(include_str!("../flat.rs"), 1).section("keys", &flat::encode_keys(sealed()), &[]));
    let source = include_str!("../store/sled_engine.rs");
    for (key, value) in values(&row(&keys)).expect("short") {
        all.push(Drawing::from_source(source, 0).section("database: a key", &key, &[]));
        all.push(Drawing::from_source(source, 1).section("database: a value", &value, &[]));
    }
    all.push(Drawing::from_source(source, 2).section("database: watermark", &watermark_bytes(&watermark()), &[]));
    let drawn = Drawing::from_source(include_str!("attempts.rs"), 0);
    all.extend(counted().map(|(name, counted)| drawn.section(name, &counted.encode(), &[])));
    let source = include_str!("token.rs");
    for (name, token) in tokens() {
        all.push(Drawing::from_source(source, 0).section(name, &base64(&token.seal(1, &token_key())), &[]));
        all.push(Drawing::from_source(source, 1).section(&format!("{name}, text"), &token.encode(), &[]));
    }
    let browser = hex::decode(browser().to_string()).expect("digits");
    all.push(Drawing::from_source(include_str!("known_browser.rs"), 0).section("known browser", &browser, &[]));
    all.push(Drawing::from_source(include_str!("browser_cookie.rs"), 0).section(
        "sealed cookie",
        &base64(&cookie()),
        &[],
    ));
    all
}

#[test]
fn every_format_has_the_bytes_of_the_golden_file() {
    check(GOLDEN, &sections());
}

#[test]
fn what_stands_in_the_golden_file_is_read_as_what_it_was_made_of() {
    let keys = Keys::new();
    let table = keys.ring.keys();
    let golden = |name: &str| bytes_of(GOLDEN, name);
    for (name, frame) in frames() {
        let bytes = golden(name);
        assert_eq!(Frame::parse_frame(&bytes, 0), Read::Frame(frame, bytes.len()), "{name}");
    }
    for (name, event) in [("record: sealed", choice()), ("record: public", published())] {
        let (salt, canonical) =
            SealedRecord::from_bytes(&golden(name)).and_then(|it| it.open(PLACE, &table)).expect(name);
        assert_eq!((salt, record::read_event(&canonical)), (Salt([3; 32]), Ok(event)), "{name}");
    }
    for (name, event) in events::events() {
        assert_eq!(record::read_event(&golden(&name)), Ok(event), "{name}");
    }
    for (name, fact) in named(facts(&keys)).chain([("fact: one that is gone".to_owned(), gone())]) {
        let opened = fact::open(&golden(&name), &table).and_then(|opened| opened.fact());
        assert_eq!(opened, Ok(fact), "{name}");
    }
    let slot = golden("checkpoint slot");
    assert_eq!(checkpoint_slots::decode(slot.first_chunk().expect("a slot")), Slot::Note(2, note()));
    let text = String::from_utf8(golden("last checkpoint")).expect("text");
    let said = Said::Last { until: "2026-11-27T12:00:00Z".to_owned(), note: note() };
    assert_eq!(last_checkpoint::decode(&text), said);
    let text = String::from_utf8(golden("mark")).expect("text");
    assert_eq!(mark::decode(&text), Ok(mark()));
    for (name, counted) in counted() {
        assert_eq!(Counted::decode(&golden(name)), Some(counted), "{name}");
    }
    for (name, token) in tokens() {
        let sealed = SealedToken::parse_token(&to_base64(&golden(name)));
        assert_eq!((sealed.number, sealed.open(&token_key())), (1, Some(token)), "{name}");
    }
    assert!(BrowserToken::parse(&hex::encode(golden("known browser"))) == Some(browser()));
    assert_eq!(flat::read_places(&golden("places")).ok(), Some(places().to_vec()));
    assert_eq!(golden("keys"), flat::encode_keys(sealed()));
    assert_eq!(read_row(&golden("database: a value")), Some(row(&keys)));
    assert_eq!(read_watermark(&golden("database: watermark")).ok(), Some(watermark()));
    let cookie = to_base64(&golden("sealed cookie"));
    assert_eq!(browser_cookie::open(&SealingKey::known(5), "keuze code", &cookie), Some("123456".to_owned()));
    let moved = browser_cookie::open::<String>(&SealingKey::known(5), "keuze session", &cookie);
    assert_eq!(moved, None, "in the place of another kind");
}

/// A checksum: whatever is altered, it is no frame.
#[test]
fn a_damaged_frame_is_none() {
    for (name, frame) in frames() {
        for (what, bytes) in damaged(&framed(&frame)) {
            let read = Frame::parse_frame(&bytes, 0);
            assert!(
                if bytes.is_empty() { read == Read::End } else { read == Read::Broken },
                "{name}, {what}: {read:?}"
            );
        }
    }
}

/// A checksum, and a version.
#[test]
fn damaged_places_are_none() {
    for (what, bytes) in damaged(&flat::places(&places())) {
        assert!(flat::read_places(&bytes).is_err(), "{what}");
    }
}

#[test]
fn a_damaged_slot_is_broken() {
    for (what, bytes) in damaged(&slots()) {
        let [even, odd] = checkpoint_slots::parse_slots(&bytes);
        let is_whole = |slot: &Slot, number| *slot == Slot::Note(number, note());
        assert!(bytes.is_empty() || !is_whole(&even, 2) || !is_whole(&odd, 1), "{what}");
        assert!([&even, &odd].into_iter().all(|slot| !matches!(slot, Slot::OtherBuild(_))), "{what}");
    }
    let other = [&slots()[1024..], &slots()[..1024]].concat();
    assert_eq!(checkpoint_slots::parse_slots(&other), [Slot::Broken, Slot::Broken], "in each other's place");
}

/// The seal, the commitment, or that there is no such key.
#[test]
fn a_damaged_record_does_not_open() {
    let keys = Keys::new();
    let table = keys.ring.keys();
    for (name, record) in [("sealed", sealed_record(&keys)), ("public", open_record())] {
        let open =
            |bytes: &[u8], address| SealedRecord::from_bytes(bytes).and_then(|record| record.open(address, &table));
        for (what, bytes) in damaged(&record.to_bytes()) {
            assert!(open(&bytes, PLACE).is_err(), "{name}, {what}");
        }
        let elsewhere = RecordAddress { index: 8, ..PLACE };
        // A public one is bound to its place by the tree.
        assert_eq!(open(&record.to_bytes(), elsewhere).is_err(), name == "sealed", "{name}, elsewhere");
    }
}

/// The seal; for what is open or gone, or would be open under its new kind, the digest in its record.
#[test]
fn a_damaged_fact_does_not_open_or_is_not_the_one_that_its_record_names() {
    let keys = Keys::new();
    let (table, random) = (keys.ring.keys(), FixedRandom::default());
    for (name, fact) in named(facts(&keys)).chain([("gone".to_owned(), gone())]) {
        let whole = fact::encode(&fact, &table, &random);
        let is_bound = !fact::is_open(&whole) && fact.body().is_some();
        let names = fact::digest([&whole]);
        for (what, bytes) in damaged(&whole) {
            let opened = fact::open(&bytes, &table).and_then(|opened| opened.fact());
            let is_noticed = fact::digest([&bytes]) != names && (!is_bound || fact::is_open(&bytes));
            assert!(opened.is_err() || is_noticed, "{name}, {what}: {opened:?}");
        }
    }
}

/// A fact that is said otherwise than this build says it is refused, and the sentence says by whom it was written.
#[test]
fn another_version_kind_or_member_is_of_another_build() {
    let keys = Keys::new();
    let (table, random) = (keys.ring.keys(), FixedRandom::default());
    for (name, fact) in named(facts(&keys)) {
        let whole = fact::encode(&fact, &table, &random);
        let with = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            fact::open(&bytes, &table).map(|_| ())
        };
        assert_eq!(with(0, 0), Err(FactError::OtherBuild(OtherBuild::Earlier)), "{name}");
        assert_eq!(with(0, 2), Err(FactError::OtherBuild(OtherBuild::Later(2))), "{name}");
        assert_eq!(with(1, 16), Err(FactError::OtherBuild(OtherBuild::Unknown)), "{name}");
        assert_eq!(with(2, 2), Err(FactError::Damaged), "{name}");
        let body = fact.body().expect("it stands");
        for member in more_members(&body) {
            let opened = OpenedFact { name: fact.name(), body: Some(member) };
            let error = opened.fact().expect_err(&name);
            assert_eq!(error, FactError::Body(fact.name().kind()), "{name}");
            assert!(error.to_string().contains("written by another build of Keuze"), "{error}");
        }
        let whole = OpenedFact { name: fact.name(), body: Some(body) };
        assert_eq!(whole.fact(), Ok(fact), "{name}: as it stands it is read");
    }
}

/// The same JSON with a member more: in it, and in each object in it that is ours.
fn more_members(body: &[u8]) -> Vec<Vec<u8>> {
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) else { return Vec::new() };
    let at = ["", "/later/0", "/reply/choice", "/reply/response"].into_iter();
    let more = at.filter_map(|at| {
        let mut json = json.clone();
        json.pointer_mut(at)?.as_object_mut()?.insert("more".to_owned(), true.into());
        Some(serde_json::to_vec(&json).expect("JSON"))
    });
    more.collect()
}

/// What is kept of events is refused alike.
#[test]
fn a_record_of_another_build_says_so() {
    let said = |text: &str| record::read_event(text.as_bytes()).map(|_| ());
    let whole = String::from_utf8(record::canonical(&choice())).expect("JSON");
    assert_eq!(said(&whole), Ok(()));
    for (text, error) in [
        (r#"{"v":1,"kind":"choice_made"}"#.to_owned(), OtherBuild::Earlier),
        (whole.replace(r#""v":1"#, r#""v":0"#), OtherBuild::Earlier),
        (whole.replace(r#""v":1"#, r#""v":2"#), OtherBuild::Later(2)),
        (whole.replace(r#""v":1"#, r#""more":1,"v":1"#), OtherBuild::Unknown),
        (whole.replace("choice_made", "choice_unmade"), OtherBuild::Unknown),
    ] {
        assert_eq!(said(&text), Err(RecordError::OtherBuild(error)), "{text}");
    }
    assert_eq!(said("{}"), Err(RecordError::NoEvent));
    let mut record = open_record().to_bytes();
    record[0] = 2;
    assert_eq!(SealedRecord::from_bytes(&record), Err(RecordError::OtherBuild(OtherBuild::Later(2))));
    let mut slot = *slots().first_chunk::<1024>().expect("a slot");
    slot[0] = 2;
    let crc = crc32c::crc32c(&slot[..1020]);
    slot[1020..].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(checkpoint_slots::decode(&slot), Slot::OtherBuild(OtherBuild::Later(2)));
    let later = last().replacen("checkpoint 1;", "checkpoint 2;", 1);
    assert_eq!(last_checkpoint::decode(&later), Said::OtherBuild(OtherBuild::Later(2)));
    let later = mark::encode(&mark()).replacen("mark 1:", "mark 2:", 1);
    assert_eq!(mark::decode(&later), Err(MarkFault::OtherBuild(OtherBuild::Later(2))));
}

/// The note is signed; the time above it is for people to read, and everything else is damage.
#[test]
fn a_damaged_last_checkpoint_is_noticed_but_for_the_time_that_people_read() {
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).verifying_key();
    for (what, bytes) in damaged(last().as_bytes()) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        match last_checkpoint::decode(&text) {
            Said::Last { note: of, until } if of == note() => assert_ne!(until, "2026-11-27T12:00:00Z", "{what}"),
            Said::Last { note, .. } => assert_eq!(Checkpoint::open(&note, &key), None, "{what}"),
            Said::OtherBuild(_) | Said::Damaged => {}
            Said::GoOn(_) | Said::Nothing => panic!("{what}: nobody decided anything"),
        }
    }
}

/// It has no checksum, since it proves nothing: what is altered says something else, or nothing.
#[test]
fn a_damaged_mark_does_not_say_what_it_said() {
    for (what, bytes) in damaged(mark::encode(&mark()).as_bytes()) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        assert_ne!(mark::decode(&text), Ok(mark()), "{what}");
    }
}

/// It has no checksum: what is altered counts for something else, or for nothing.
#[test]
fn a_damaged_line_of_the_attempts_counts_for_nothing_that_it_counted_for() {
    for (name, counted) in counted() {
        for (what, bytes) in damaged(&counted.encode()) {
            assert_ne!(Counted::decode(&bytes), Some(counted), "{name}, {what}");
            assert!(bytes.first() == Some(&1) || Counted::decode(&bytes).is_none(), "{name}, {what}: another version");
        }
    }
}

/// The seal; for the token of a browser the MAC, which is made over all before it.
#[test]
fn what_travels_does_not_open_once_it_is_damaged() {
    for (name, token) in tokens() {
        for (what, bytes) in damaged(&base64(&token.seal(1, &token_key()))) {
            assert_eq!(SealedToken::parse_token(&to_base64(&bytes)).open(&token_key()), None, "{name}, {what}");
        }
    }
    for (what, bytes) in damaged(&base64(&cookie())) {
        let opened = browser_cookie::open::<String>(&SealingKey::known(5), "keuze code", &to_base64(&bytes));
        assert_eq!(opened, None, "cookie, {what}");
    }
    for (what, bytes) in damaged(&hex::decode(browser().to_string()).expect("digits")) {
        let parsed = BrowserToken::parse(&hex::encode(&bytes));
        assert!(parsed.is_none_or(|token| bytes[0] == 1 && token != browser()), "{what}");
    }
}
