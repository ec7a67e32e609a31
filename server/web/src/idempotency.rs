//! `Idempotency-Key`: a request that was lost on its way back is sent again and gets the same answer, and what it asks for
//! happens once (the header of draft-ietf-httpapi-idempotency-key-header).

use axum::http::HeaderMap;

use super::elements::{Disagreed, sole};
use super::problem::Problem;
use ledger::AnswerName;
use ledger::Ledger;
use vault::key::{SecretName, purpose::Mac};
use vault::mac::mac;
use words::problem::Slug;

/// The key that names requests by what tells them apart.
const IDEMPOTENCY: SecretName<Mac> = SecretName::new("idempotency");

/// The header's name.
pub const HEADER: &str = "idempotency-key";

/// 128 bits take 22 characters of base64. A shorter key could be another visitor's as well, and theirs would be the answer.
const LENGTH: std::ops::RangeInclusive<usize> = 22..=255;

/// What tells one press from all others; it comes from the sender's memory and is kept by nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKey<'a>(&'a [u8]);

impl<'a> IdempotencyKey<'a> {
    /// The key that came along, if one did. It may stand in quotation marks, as the draft writes it.
    ///
    /// # Errors
    /// It cannot tell one request from all others.
    pub fn from_headers(headers: &'a HeaderMap) -> Result<Option<Self>, Problem> {
        match sole(headers, HEADER, Self::parse_key) {
            Ok(None) if headers.contains_key(HEADER) => Err(malformed()),
            Ok(key) => Ok(key),
            Err(Disagreed) => Err(malformed()),
        }
    }

    fn parse_key(text: &'a str) -> Option<Self> {
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).as_bytes();
        let is_key = LENGTH.contains(&bare.len()) && bare.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'"');
        is_key.then_some(Self(bare))
    }

    /// The name of the request that it came with: a keyed hash of it and of everything else that tells requests apart.
    pub fn name(self, ledger: &Ledger, rest: &[&[u8]]) -> AnswerName {
        let told: Vec<&[u8]> = std::iter::once(self.0).chain(rest.iter().copied()).collect();
        let lengths: Vec<[u8; 8]> = told.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
        let parts: Vec<&[u8]> = lengths.iter().zip(told).flat_map(|(length, part)| [&length[..], part]).collect();
        *mac(&ledger.secret(IDEMPOTENCY), &parts).first_chunk().expect("32 bytes")
    }
}

fn malformed() -> Problem {
    Problem::with(Slug::MalformedIdempotencyKey, "Idempotency-Key")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let value = |value: &&[u8]| HeaderValue::from_bytes(value).expect("a header");
        values.iter().map(|v| (HeaderName::from_static(HEADER), value(v))).collect()
    }

    #[test]
    fn a_key_has_room_for_128_bits_and_no_other_text_is_one() {
        let uuid = b"8e03978e-40d5-43dd-bc93-6894a57f9324";
        let quoted = [b"\"", &uuid[..], b"\""].concat();
        let [bare, same] = [headers(&[uuid]), headers(&[&quoted])];
        assert_eq!(IdempotencyKey::from_headers(&bare), Ok(Some(IdempotencyKey(uuid))));
        assert_eq!(IdempotencyKey::from_headers(&bare), IdempotencyKey::from_headers(&same));
        for good in [&[b'A'; 22][..], &[b'f'; 32], &[b'~'; 255]] {
            assert!(IdempotencyKey::from_headers(&headers(&[good])).expect("a key").is_some());
        }
        for bad in [&b""[..], b"1", &[b'A'; 21], &[b'A'; 256], b"8e03978e 40d5 43dd bc93 6894a57f9324", &[0xe9; 30]] {
            assert_eq!(IdempotencyKey::from_headers(&headers(&[bad])), Err(malformed()), "{bad:?}");
        }
        assert_eq!(IdempotencyKey::from_headers(&headers(&[uuid, uuid, b"\xf8"])), Ok(Some(IdempotencyKey(uuid))));
        assert_eq!(IdempotencyKey::from_headers(&headers(&[uuid, &[b'f'; 32]])), Err(malformed()), "which of them?");
        assert_eq!(IdempotencyKey::from_headers(&headers(&[])), Ok(None));
    }
}
