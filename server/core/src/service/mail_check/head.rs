//! The headers of RFC 8058, and why one does not do. Most are right where they are made and spoilt by the library that
//! folds or encodes them on the way out: that has to be said, or it is looked for in the wrong place.

use mail_parser::Message;

/// Why a header does not do, as what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    #[error("it is not there; take it from /keuze/api/v1/mail-headers")]
    Missing,
    #[error("it stands there more than once; send it once")]
    Repeated,
    /// Encoded words (RFC 2047).
    #[error(
        "a mail library has encoded it (=?utf-8?…?=), so no mail provider reads it; set it as a raw header, or raise the line \
         length from which the library encodes"
    )]
    Encoded,
    /// A fold or a space inside.
    #[error(
        "a mail library has folded it inside the value, which is broken there; set it as a raw header, or raise the line length \
         from which the library folds (998 is allowed)"
    )]
    Folded,
    /// Not in angle brackets.
    #[error("put each link between < and >, with a comma between two")]
    Brackets,
    #[error(
        "its link does not begin with https://; mail providers press no other, so what the demo gives out cannot pass"
    )]
    NotHttps,
    #[error("there is more than one https link in it; leave the one from /keuze/api/v1/mail-headers")]
    SeveralLinks,
    /// Somebody else's.
    #[error(
        "its link is not one of this site's; take it from /keuze/api/v1/mail-headers, and keep it out of click tracking"
    )]
    Foreign,
    /// Not exactly the pair.
    #[error("write it exactly: List-Unsubscribe=One-Click")]
    NotExact,
    /// No address in From.
    #[error("put one address that people can answer to into From")]
    NoSender,
    /// More than one sender.
    #[error("there is more than one From, or more than one address in it; keep one")]
    SeveralSenders,
}

/// The values of a header, as they stand there.
fn all<'a>(message: &'a Message<'_>, name: &str) -> Vec<&'a str> {
    let named = message.headers_raw().filter(|(other, _)| other.trim().eq_ignore_ascii_case(name));
    named.map(|(_, value)| value).collect()
}

/// The value of a header that is there once, with its folds as they are.
fn once<'a>(message: &'a Message<'_>, name: &str) -> Result<&'a str, HeadFault> {
    match all(message, name)[..] {
        [] => Err(HeadFault::Missing),
        [value] if is_encoded(value) => Err(HeadFault::Encoded),
        [value] => Ok(value.trim()),
        _ => Err(HeadFault::Repeated),
    }
}

/// An encoded word (RFC 2047 section 2); a link may have `=?` in it, but not this.
fn is_encoded(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let Some(last_end) = lower.rfind("?=") else { return false };
    lower.match_indices("=?").any(|(at, _)| {
        let mut parts = lower[at + 2..].splitn(3, '?');
        let charset = parts.next().unwrap_or_default();
        let is_charset =
            !charset.is_empty() && charset.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_*.:".contains(&b));
        let text = at + 2 + charset.len() + "?q?".len();
        is_charset && matches!(parts.next(), Some("q" | "b")) && text <= last_end
    })
}

/// One sender (RFC 5322 section 3.6: From stands there once).
pub fn sender(message: &Message<'_>) -> Result<(), HeadFault> {
    if all(message, "from").len() > 1 {
        return Err(HeadFault::SeveralSenders);
    }
    let from = message.from().map(|from| from.iter().collect::<Vec<_>>()).unwrap_or_default();
    match from[..] {
        [one] if one.address().is_some_and(|address| address.contains('@')) => Ok(()),
        [] | [_] => Err(HeadFault::NoSender),
        _ => Err(HeadFault::SeveralSenders),
    }
}

/// The one https link of `List-Unsubscribe` (RFC 8058 section 3.1); a mailto beside it is allowed.
pub fn link<'a>(message: &'a Message<'_>) -> Result<&'a str, HeadFault> {
    let value = once(message, "list-unsubscribe")?;
    let uris = bracketed(value)?;
    if uris.iter().any(|uri| uri.contains(|c: char| c.is_whitespace() || !c.is_ascii())) {
        return Err(HeadFault::Folded);
    }
    let is = |uri: &&str, scheme: &str| uri.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let others: Vec<&str> = uris.into_iter().filter(|uri| !is(uri, "mailto:")).collect();
    match others[..] {
        [one] if is(&one, "https://") => Ok(one),
        [] | [_] => Err(HeadFault::NotHttps),
        _ => Err(HeadFault::SeveralLinks),
    }
}

/// What stands in angle brackets, with commas and comments between (RFC 2369 section 2).
fn bracketed(value: &str) -> Result<Vec<&str>, HeadFault> {
    let mut uris = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if let Some(comment) = rest.strip_prefix('(') {
            rest = comment.split_once(')').ok_or(HeadFault::Brackets)?.1;
        } else if let Some(opened) = rest.strip_prefix('<') {
            let (uri, behind) = opened.split_once('>').ok_or(HeadFault::Brackets)?;
            uris.push(uri.trim_matches([' ', '\t']));
            rest = behind;
            if !rest.trim_start().is_empty() && !rest.trim_start().starts_with([',', '(']) {
                return Err(HeadFault::Brackets);
            }
        } else if rest.is_empty() {
            return Ok(uris);
        } else {
            return Err(HeadFault::Brackets);
        }
    }
}

/// Exactly the pair of RFC 8058 section 3.1.
pub fn one_click(message: &Message<'_>) -> Result<(), HeadFault> {
    const PAIR: &str = "List-Unsubscribe=One-Click";
    match once(message, "list-unsubscribe-post")? {
        PAIR => Ok(()),
        value if value.split_whitespace().collect::<String>() == PAIR => Err(HeadFault::Folded),
        _ => Err(HeadFault::NotExact),
    }
}

/// RFC 8058 section 4: one signature covers both.
pub fn is_signed(message: &Message<'_>) -> bool {
    let covers = |signature: &&str| {
        let plain: String = signature.chars().filter(|c| !c.is_whitespace()).collect();
        let signed = plain.split(';').find_map(|tag| tag.strip_prefix("h=")).unwrap_or_default().to_ascii_lowercase();
        let names: Vec<&str> = signed.split(':').collect();
        ["list-unsubscribe", "list-unsubscribe-post"].iter().all(|name| names.contains(name))
    };
    all(message, "dkim-signature").iter().any(covers)
}
