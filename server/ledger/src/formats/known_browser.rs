//! # Token of a known browser
//!
//! What a browser keeps from which somebody signed in at the desk, in 74 hexadecimal digits (small letters) in a cookie; several
//! are joined by dots. We keep nothing.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 16 | random id of the browser |
//! | 17 | 4 | Julian day of the sign-in, big-endian |
//! | 21 | 16 | HMAC-SHA-256, cut off, over everything before, the record of the account's access, and the sign-in name |
//!
//! Written at a sign-in, read at the next. Whatever is altered, the MAC is another one, and the browser is not known; so with
//! another version.

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

const ID: usize = 16;
const DAY: usize = 4;
const MAC: usize = 16;
const WHOLE: usize = 1 + ID + DAY + MAC;

/// What a browser keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserToken {
    /// Which browser.
    pub id: [u8; ID],
    /// The Julian day of the sign-in.
    pub day: i32,
    /// Binds them to the account and its access.
    pub mac: [u8; MAC],
}

impl BrowserToken {
    /// What the MAC is made over first: version, id and day.
    pub fn head(id: [u8; ID], day: i32) -> [u8; 1 + ID + DAY] {
        let mut head = [VERSION; 1 + ID + DAY];
        head[1..=ID].copy_from_slice(&id);
        head[1 + ID..].copy_from_slice(&day.to_be_bytes());
        head
    }

    /// Reads one; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; WHOLE];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (id, rest) = rest.split_first_chunk::<ID>()?;
        let (day, mac) = rest.split_first_chunk::<DAY>()?;
        let token = Self { id: *id, day: i32::from_be_bytes(*day), mac: *mac.first_chunk()? };
        // One spelling alone.
        (*version == VERSION && token.to_string() == text).then_some(token)
    }
}

impl std::fmt::Display for BrowserToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode([&Self::head(self.id, self.day)[..], &self.mac].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = BrowserToken { id: [7; ID], day: 2_461_372, mac: [255; MAC] };
        let text = token.to_string();
        assert!(BrowserToken::parse(&text) == Some(token));
        let later = format!("02{}", &text[2..]);
        for other in ["", &text[1..], &format!("{text}0"), &text.to_uppercase(), &text.replace('7', "+"), &later] {
            assert!(BrowserToken::parse(other).is_none(), "{other}");
        }
    }
}
