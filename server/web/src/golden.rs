//! The cookies as they are set, from fixed inputs: as the committed file has them, read back from there, and what becomes of
//! every truncation and every flipped bit.

use axum::http::{HeaderMap, HeaderValue, header};
use ledger::formats::known_browser::BrowserToken;
use model::golden::{check, damaged, text_of, text_section};
use model::identity::Subject;

use crate::cookies::{Jar, RequestCookies, parse_cookies};
use crate::desk::{known_browsers, session};
use crate::embed::CookieNames;

/// The committed file.
const GOLDEN: &str = include_str!("../golden/formats.txt");

const ID: Subject = Subject([0xA5; 16]);
const SEEN: u32 = 42;

fn browsers() -> [BrowserToken; 2] {
    [7, 8].map(|byte| BrowserToken { id: [byte; 16], day: 2_461_372, mac: [255; 16] })
}

/// Everything that is set, a line each.
fn lines(secure: bool) -> String {
    let mut jar = Jar::new(CookieNames { secure });
    jar.choice("statistics.2.o".to_owned(), 400);
    jar.choice("marketing.2.g.1811195999".to_owned(), 186);
    jar.seen(SEEN);
    jar.consent_id(ID);
    jar.code("sealed".to_owned());
    jar.person("sealed".to_owned());
    jar.forget_seen();
    jar.forget_consent_id();
    jar.forget_code();
    jar.forget_person();
    let mut headers = HeaderMap::new();
    jar.write(&mut headers);
    let set = headers.get_all(header::SET_COOKIE).iter();
    let mut lines: Vec<String> = set.map(|line| line.to_str().expect("text").to_owned()).collect();
    lines.push(session::cookie("5a".repeat(32), secure).to_string());
    lines.push(known_browsers::cookie(browsers().iter(), secure).to_string());
    lines.join("\n")
}

#[test]
fn every_format_has_the_bytes_of_the_golden_file() {
    check(GOLDEN, &[text_section("set over https", &lines(true)), text_section("set over http", &lines(false))]);
}

/// A browser that sends back the first of each name, with its value altered where it is the one of `name`.
fn sent_back(golden: &str, name: &str, alter: impl Fn(&[u8]) -> Vec<u8>) -> HeaderMap {
    let mut sent: Vec<(&str, Vec<u8>)> = Vec::new();
    for line in golden.lines() {
        let (of, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a name and a value");
        if sent.iter().all(|(known, _)| *known != of) {
            let value = value.as_bytes();
            sent.push((of, if of == name { alter(value) } else { value.to_vec() }));
        }
    }
    let pairs: Vec<Vec<u8>> = sent.iter().map(|(of, value)| [of.as_bytes(), b"=", value].concat()).collect();
    HeaderValue::from_bytes(&pairs.join(&b"; "[..])).map(|line| (header::COOKIE, line)).into_iter().collect()
}

fn unaltered(value: &[u8]) -> Vec<u8> {
    value.to_vec()
}

#[test]
fn what_stands_in_the_golden_file_is_read_as_what_it_was_made_of() {
    for (name, secure) in [("set over https", true), ("set over http", false)] {
        let headers = sent_back(&text_of(GOLDEN, name), "", unaltered);
        let came = parse_cookies(&headers, CookieNames { secure });
        assert_eq!((came.seen, came.consent_ids, came.any_id), (Some(SEEN), vec![ID], true), "{name}");
        assert_eq!((came.code, came.person), (vec!["sealed".to_owned()], vec!["sealed".to_owned()]), "{name}");
        assert!(known_browsers::tokens(&headers, secure) == browsers(), "{name}");
        let other = parse_cookies(&headers, CookieNames { secure: !secure });
        assert!(other.seen.is_none() && !other.any_id && other.code.is_empty(), "{name}: names of the other scheme");
    }
}

/// None has a checksum of its own: of a number and an id something else is read, or nothing; the others are sealed, or bound by a
/// MAC. Whatever was altered, the cookies beside it are read as they were.
#[test]
fn a_damaged_cookie_is_another_one_or_none_and_spoils_no_other() {
    let names = CookieNames { secure: true };
    let golden = text_of(GOLDEN, "set over https");
    let whole = parse_cookies(&sent_back(&golden, "", unaltered), names);
    let altered = |name, bytes: &[u8]| {
        let headers = sent_back(&golden, name, |_| bytes.to_vec());
        (!headers.is_empty()).then(|| parse_cookies(&headers, names))
    };
    let beside = |came: &RequestCookies| (came.code.clone(), came.person.clone());
    for (what, bytes) in damaged(SEEN.to_string().as_bytes()) {
        let Some(came) = altered(names.seen(), &bytes) else { continue };
        assert!(came.seen != whole.seen || bytes.contains(&b';'), "{what}");
        assert_eq!((&came.consent_ids, beside(&came)), (&whole.consent_ids, beside(&whole)), "{what}");
    }
    for (what, bytes) in damaged(ID.to_string().as_bytes()) {
        let Some(came) = altered(names.id(), &bytes) else { continue };
        assert!(came.consent_ids != whole.consent_ids && came.any_id, "{what}");
        assert_eq!((came.seen, beside(&came)), (whole.seen, beside(&whole)), "{what}");
    }
}
