//! Headers that are lists: read element by element, so that one that cannot be read spoils nothing but itself.
//!
//! What other software sends beside ours (a cookie of an analytics tool, a proxy's addition) may hold any byte.

use axum::http::header::{AsHeaderName, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The elements over all lines of a header (RFC 9110 section 5.3), in order, without the white space around them;
/// `None` for one that is no text.
pub fn elements(headers: &HeaderMap, name: HeaderName, separator: u8) -> impl Iterator<Item = Option<&str>> {
    pieces(headers, name, separator).map(text)
}

/// The same as bytes.
pub fn pieces(headers: &HeaderMap, name: HeaderName, separator: u8) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(name).iter().map(HeaderValue::as_bytes);
    lines.flat_map(move |line| line.split(move |byte| *byte == separator)).map(<[u8]>::trim_ascii)
}

/// Bytes as text, without the white space around it.
pub fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes.trim_ascii()).ok()
}

/// The one value of a header that has one, of what can be read as such: proxies repeat headers, join their lines with
/// commas, and other software puts lines of its own beside. `None` when nothing can be read as a value.
///
/// # Errors
/// When two values differ: then nobody knows which one the client sent.
pub fn sole<'a, T: PartialEq>(
    headers: &'a HeaderMap,
    name: impl AsHeaderName,
    read: impl Fn(&'a str) -> Option<T>,
) -> Result<Option<T>, Disagreed> {
    let mut values = headers.get_all(name).iter().flat_map(|line| values(line.as_bytes(), &read));
    let Some(first) = values.next() else { return Ok(None) };
    if values.all(|value| value == first) { Ok(Some(first)) } else { Err(Disagreed) }
}

/// A line is one value, or several that were joined.
fn values<'a, T>(line: &'a [u8], read: impl Fn(&'a str) -> Option<T>) -> Vec<T> {
    match text(line).and_then(&read) {
        Some(value) => vec![value],
        None => line.split(|byte| *byte == b',').filter_map(text).filter_map(read).collect(),
    }
}

/// See [`sole`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lines of a header contradict each other")]
pub struct Disagreed;

/// The media type that a request says its body is of, without parameters; `None` where it says none, or two.
pub fn media_type(headers: &HeaderMap) -> Option<&str> {
    sole(headers, CONTENT_TYPE, essence).ok().flatten()
}

/// `type/subtype` of a line (RFC 9110 section 8.3.1).
pub fn essence(line: &str) -> Option<&str> {
    let essence = line.split(';').next().map(str::trim)?;
    let is_token = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    let (kind, sub) = essence.split_once('/')?;
    (is_token(kind) && is_token(sub)).then_some(essence)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_LANGUAGE, ORIGIN};

    use super::*;

    fn sent(name: &HeaderName, lines: &[&'static [u8]]) -> HeaderMap {
        lines
            .iter()
            .map(|line| (name.clone(), HeaderValue::from_bytes(line).expect("bytes that can be sent")))
            .collect()
    }

    #[test]
    fn what_cannot_be_read_spoils_itself_alone() {
        let headers = sent(&ACCEPT_LANGUAGE, &[b"s\xf8g, nl ", b"en"]);
        let read: Vec<_> = elements(&headers, ACCEPT_LANGUAGE, b',').collect();
        assert_eq!(read, [None, Some("nl"), Some("en")]);
    }

    #[test]
    fn a_header_that_was_repeated_says_what_it_says_and_two_that_differ_say_nothing() {
        fn word(text: &str) -> Option<&str> {
            let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic());
            is_word.then_some(text)
        }
        let sole = |lines: &[&'static [u8]]| {
            let headers = sent(&ORIGIN, lines);
            sole(&headers, ORIGIN, word).map(|one| one.map(str::to_owned))
        };
        let nothing: [&[&[u8]]; 4] = [&[], &[b""], &[b"\xf8"], &[b"1", b", "]];
        for nothing in nothing {
            assert_eq!(sole(nothing), Ok(None), "{nothing:?}");
        }
        let one: [&[&[u8]]; 6] =
            [&[b"a"], &[b"a", b"a"], &[b"a, a"], &[b"\xf8", b"a", b""], &[b"a, \xf8"], &[b"1,", b"\xf8,a,"]];
        for one in one {
            assert_eq!(sole(one), Ok(Some("a".to_owned())), "{one:?}");
        }
        for contradictory in [&[b"a".as_slice(), b"b"][..], &[b"a, b"], &[b"a", b"\xf8, b"]] {
            assert_eq!(sole(contradictory), Err(Disagreed), "{contradictory:?}");
        }
    }

    /// A parameter that a page of another site may send cannot hold another type.
    #[test]
    fn a_media_type_is_read_beside_anything_but_another() {
        let read = |lines: &[&'static [u8]]| media_type(&sent(&CONTENT_TYPE, lines)).map(str::to_owned);
        let json = Some("application/json".to_owned());
        assert_eq!(read(&[b"application/json; charset=utf-8"]), json);
        assert_eq!(read(&[b"application/json,application/json"]), json);
        assert_eq!(read(&[b"", b"\xf8/\xf8", b"application/json", b"nothing"]), json);
        assert_eq!(read(&[b"text/plain; a=b, application/json"]), Some("text/plain".to_owned()));
        assert_eq!(read(&[b"text/plain", b"application/json"]), None);
        assert_eq!(read(&[b""]), None);
    }
}
