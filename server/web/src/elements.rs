//! Headers that are lists: read element by element, so that one that cannot be read spoils nothing but itself.
//!
//! What other software sends beside ours (a cookie of an analytics tool, a proxy's addition) may hold any byte.

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

/// The one value that all lines of a header give, as text: proxies repeat headers, and join their lines with commas.
///
/// # Errors
/// When two of them differ, or one is no text: then nobody knows which one the client sent.
pub fn agreed(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Disagreed> {
    let mut values = elements(headers, name, b',');
    let Some(first) = values.next() else { return Ok(None) };
    let first = first.ok_or(Disagreed)?;
    if values.all(|value| value == Some(first)) { Ok(Some(first)) } else { Err(Disagreed) }
}

/// See [`agreed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lines of a header contradict each other")]
pub struct Disagreed;

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
        let agreed = |lines: &[&'static [u8]]| agreed(&sent(&ORIGIN, lines), ORIGIN).map(|one| one.map(str::to_owned));
        assert_eq!(agreed(&[]), Ok(None));
        assert_eq!(agreed(&[b"https://a.nl", b"https://a.nl"]), Ok(Some("https://a.nl".to_owned())));
        assert_eq!(agreed(&[b"https://a.nl, https://a.nl"]), Ok(Some("https://a.nl".to_owned())));
        for contradictory in [&[b"https://a.nl".as_slice(), b"https://b.nl"][..], &[b"https://a.nl,"], &[b"\xf8"]] {
            assert_eq!(agreed(contradictory), Err(Disagreed));
        }
    }
}
