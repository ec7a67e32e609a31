//! The bytes of every format of this crate, from fixed inputs: as the committed file has them, read back from there, and what
//! becomes of every truncation and every flipped bit. And what the first version of each refuses for certain, because by that
//! a second one will be told from it.

use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::datetime;

use super::{check, damaged, damaged_text, text_of, text_section};
use crate::choice::Answer;
use crate::controller::Controller;
use crate::cookie::{self, ChoiceCookie, DeviceAnswer, GivenAnswers};
use crate::identity::{RecordAddress, ShardNumber, Subject};
use crate::language::Localized;
use crate::letter::{LetterCode, LetterCodeError};
use crate::policy::{ContinuedUseRule, Gpc, Policy};
use crate::purpose::{Purpose, PurposeId, Regime};
use crate::receipt::{MAX_INDEX, ReceiptNumber, ReceiptNumberError};

/// The committed file.
const GOLDEN: &str = include_str!("../../golden/formats.txt");

const NOW: OffsetDateTime = datetime!(2026-11-24 13:05:09 UTC);

fn numbers() -> [(&'static str, ReceiptNumber); 3] {
    let number = |shard, index, mac| {
        let shard = ShardNumber::new(shard).expect("in range");
        ReceiptNumber::new(RecordAddress { shard, index }, mac).expect("fits")
    };
    [
        ("receipt number: the first", number(1, 0, [0; 5])),
        ("receipt number: some one", number(1, 42, [0xde, 0xad, 0xbe, 0xef, 0x01])),
        ("receipt number: the last", number(ShardNumber::MAX, MAX_INDEX - 1, [255; 5])),
    ]
}

fn codes() -> [(&'static str, LetterCode); 3] {
    [
        ("letter code: the first", LetterCode::from_bits(0)),
        ("letter code: some one", LetterCode::from_bits(0x5a_0123_4567_89ab)),
        ("letter code: the last", LetterCode::from_bits(u64::MAX)),
    ]
}

fn ids() -> (&'static str, Subject) {
    ("consent id", Subject(std::array::from_fn(|at| [0x01, 0xa5, 0xff, 0x7b][at % 4])))
}

fn id(name: &str) -> PurposeId {
    name.parse().expect("a name")
}

/// Four optional purposes, in this order.
fn policy() -> Policy {
    let text = |text: &str| Localized { nl: text.to_owned(), en: text.to_owned() };
    let purpose = |(name, regime, revision)| Purpose {
        id: id(name),
        regime,
        revision,
        name: text(name),
        description: text(name),
        legal_basis: "6(1)(a)".to_owned(),
        attestation: None,
        data_months: None,
        regime_override: None,
    };
    let purposes = [
        ("statistics", Regime::LowImpact, 2),
        ("quality", Regime::LowImpact, 1),
        ("marketing", Regime::Consent, 2),
        ("profiling", Regime::Consent, 1),
    ];
    Policy {
        revision: 1,
        notice_revision: 1,
        site: "example.nl".to_owned(),
        controller: Controller {
            name: "Example".to_owned(),
            legal_name: "Example B.V.".to_owned(),
            address: Vec::new(),
            email: "privacy@example.nl".to_owned(),
            phone: String::new(),
            statement_url: "/privacy".to_owned(),
        },
        purposes: purposes.map(purpose).into(),
        cookies: Vec::new(),
        vendors: Vec::new(),
        channels: Vec::new(),
        validity_months: 6,
        continued_use: ContinuedUseRule::default(),
        gpc: Gpc::default(),
        notices: [].into(),
        statements: Vec::new(),
    }
}

fn kept(answer: Answer, revision: u32) -> DeviceAnswer {
    let until = datetime!(2027-05-24 21:59:59 UTC);
    DeviceAnswer { answer, revision, until: (answer != Answer::Objected).then_some(until) }
}

/// One of each answer.
fn given() -> GivenAnswers {
    [
        (id("statistics"), kept(Answer::Objected, 2)),
        (id("quality"), kept(Answer::NotObjected, 1)),
        (id("marketing"), kept(Answer::Refused, 2)),
        (id("profiling"), kept(Answer::Granted, 1)),
    ]
    .into()
}

/// What is left of a purpose that the policy no longer has.
fn left() -> GivenAnswers {
    [(id("marketing"), kept(Answer::Granted, 2)), (id("heatmaps"), kept(Answer::Objected, 3))].into()
}

/// What is written, and the form of an objection that was written before there were customers, which stays readable.
fn cookies() -> [(&'static str, String, GivenAnswers); 3] {
    let objection = [(id("statistics"), kept(Answer::Objected, 2))].into();
    [
        ("choice cookie: each answer", cookie::encode(&given(), &policy()), given()),
        ("choice cookie: a purpose that left", cookie::encode(&left(), &policy()), left()),
        ("choice cookie: an objection with a day, read alone", "statistics.2.o.20270524".to_owned(), objection),
    ]
}

fn parse_cookie(value: &[u8]) -> ChoiceCookie {
    ChoiceCookie::parse_choice_cookie(value, NOW)
}

#[test]
fn every_format_has_the_bytes_of_the_golden_file() {
    let numbers = numbers().into_iter().map(|(name, number)| text_section(name, &number.to_string()));
    let codes = codes().into_iter().map(|(name, code)| text_section(name, &code.to_string()));
    let cookies = cookies().into_iter().map(|(name, value, _)| text_section(name, &value));
    let (name, id) = ids();
    let id = [text_section(name, &id.to_string())];
    check(GOLDEN, &numbers.chain(codes).chain(cookies).chain(id).collect::<Vec<_>>());
}

#[test]
fn what_stands_in_the_golden_file_is_read_as_what_it_was_made_of() {
    for (name, number) in numbers() {
        assert_eq!(text_of(GOLDEN, name).parse(), Ok(number), "{name}");
    }
    for (name, code) in codes() {
        assert_eq!(text_of(GOLDEN, name).parse(), Ok(code), "{name}");
    }
    for (name, _, given) in cookies() {
        let said = parse_cookie(text_of(GOLDEN, name).as_bytes());
        assert_eq!(said, ChoiceCookie { given, unreadable: false }, "{name}");
    }
    let (name, id) = ids();
    assert_eq!(text_of(GOLDEN, name).parse(), Ok(id));
}

/// The check character; what can still be read is the same in another spelling, with small letters or other dashes.
#[test]
fn a_damaged_number_or_code_is_never_another_one() {
    for (name, number) in numbers() {
        for (what, text) in damaged_text(&number.to_string()) {
            let read = text.parse::<ReceiptNumber>();
            assert!(read.is_err() || read == Ok(number), "{name}, {what}: {read:?}");
        }
    }
    for (name, code) in codes() {
        for (what, text) in damaged_text(&code.to_string()) {
            let read = text.parse::<LetterCode>();
            assert!(read.is_err() || read == Ok(code), "{name}, {what}");
        }
    }
}

/// It has no checksum: it is none, or that of nobody.
#[test]
fn a_damaged_consent_id_is_another_one_or_none() {
    let (_, id) = ids();
    for (what, text) in damaged_text(&id.to_string()) {
        assert_ne!(text.parse(), Ok(id), "{what}");
    }
}

/// It has no checksum. What can still be read is another answer, of another purpose or question or until another second, or
/// one fewer; where a no stood there is never a yes, and nothing is granted of what was not.
#[test]
fn a_damaged_choice_cookie_makes_no_yes_of_a_no() {
    for (name, value, given) in cookies() {
        for (what, bytes) in damaged(value.as_bytes()) {
            let said = parse_cookie(&bytes);
            for (purpose, kept) in &said.given {
                let stood = given.get(purpose);
                let is_known = stood.is_some_and(|stood| stood.answer == kept.answer);
                let is_of_nobody = stood.is_none() && policy().purpose(purpose).is_none();
                let is_no = !kept.answer.is_yes();
                assert!(is_known || is_of_nobody || is_no, "{name}, {what}: {purpose} {kept:?}");
                assert!(!said.unreadable || kept.answer == Answer::Objected, "{name}, {what}: {purpose} {kept:?}");
            }
            // The day of an objection means nothing.
            let says_less = said.unreadable || said.given != given || value.contains(".o.");
            assert!(says_less, "{name}, {what}");
        }
    }
}

proptest! {
    /// Fifteen characters have no room for a version. A second one has more or fewer, which the first refuses for certain.
    #[test]
    fn a_receipt_number_of_another_length_is_refused_for_certain(text in "([0-9A-HJKMNP-TV-Z]{1,14}|[0-9A-HJKMNP-TV-Z]{16,40})") {
        prop_assert_eq!(text.parse::<ReceiptNumber>(), Err(ReceiptNumberError::Length));
    }

    /// Or fifteen that begin with the number of no shard, whatever follows and whether or not the check character is right.
    #[test]
    fn a_receipt_number_of_no_shard_is_refused_for_certain(third in 0..16usize, rest in "[0-9A-HJKMNP-TV-Z]{11}") {
        let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        for last in alphabet.chars() {
            let text = format!("00{}{rest}{last}", &alphabet[third..=third]);
            prop_assert_eq!(text.parse::<ReceiptNumber>(), Err(ReceiptNumberError::Check), "{}", text);
        }
    }

    #[test]
    fn a_letter_code_of_another_length_is_refused_for_certain(text in "([0-9A-HJKMNP-TV-Z]{1,11}|[0-9A-HJKMNP-TV-Z]{13,40})") {
        prop_assert_eq!(text.parse::<LetterCode>(), Err(LetterCodeError::Form));
    }

    /// A value that begins with a number and `~` is of that version: to the first it is unreadable, whatever follows, so that
    /// nothing is granted and nothing begins; the objections in it that have the first one's form stay objections.
    #[test]
    fn a_choice_cookie_of_another_version_grants_nothing_and_keeps_its_objections(
        version in 2..1000u32,
        rest in "([a-z]{1,3}\\.[0-9]{1,2}\\.([grn]\\.1811195999|o)~?|\\PC){0,6}",
    ) {
        let said = parse_cookie(format!("{version}~{rest}").as_bytes());
        prop_assert!(said.unreadable);
        prop_assert!(said.given.values().all(|kept| kept.answer == Answer::Objected));
        let with = parse_cookie(format!("{version}~statistics.2.o~{rest}").as_bytes());
        prop_assert_eq!(with.given.get(&id("statistics")), Some(&kept(Answer::Objected, 2)));
        prop_assert!(!parse_cookie(cookie::encode(&given(), &policy()).as_bytes()).unreadable, "the test can fail");
    }
}

/// A consent id has no room for a version either.
#[test]
fn a_consent_id_of_another_length_is_refused_for_certain() {
    for length in (0..80).filter(|length| *length != 32) {
        assert!("a".repeat(length).parse::<Subject>().is_err(), "{length}");
    }
}
