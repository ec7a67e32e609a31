//! Browsers from which somebody signed in at the desk: whoever attacks the account elsewhere does not slow them down.
//!
//! The browser keeps a token, and we keep nothing: a random id and a day, with a MAC that binds them to the account and to the
//! access that it had then. So a token ends with the password, and says nothing of whose it is.

use std::sync::Arc;

use model::identity::RecordAddress;
use subtle::ConstantTimeEq as _;
use time::Date;

use super::staff::{Staff, StaffName};
use ledger::Scribe;
use ledger::clock::Clock;
use vault::key::{SecretName, purpose::Mac};
use vault::mac::mac;
use vault::random::Entropy;

/// The key of the tokens that make a browser known.
const KNOWN_BROWSER: SecretName<Mac> = SecretName::new("known-browser");

/// A browser stays known for so many days; each sign-in begins them anew.
pub const DAYS: u32 = 90;

const ID: usize = 16;
const DAY: usize = 4;
const MAC: usize = 16;

/// Which browser it is, for the attempts that are counted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BrowserId(pub [u8; ID]);

/// What a browser keeps: 72 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserToken {
    id: [u8; ID],
    day: [u8; DAY],
    mac: [u8; MAC],
}

impl BrowserToken {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 2 * (ID + DAY + MAC) || !text.bytes().all(is_hex) {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..ID + DAY + MAC).map(byte).collect::<Option<_>>()?;
        let (id, rest) = bytes.split_first_chunk::<ID>()?;
        let (day, mac) = rest.split_first_chunk::<DAY>()?;
        Some(Self { id: *id, day: *day, mac: *mac.first_chunk()? })
    }

    fn lives(&self, today: Date) -> bool {
        let age = today.to_julian_day().saturating_sub(i32::from_be_bytes(self.day));
        (0..i32::try_from(DAYS).expect("a few months")).contains(&age)
    }
}

impl std::fmt::Display for BrowserToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.id.iter().chain(&self.day).chain(&self.mac);
        bytes.into_iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The browsers from which somebody signed in before.
pub struct KnownBrowsers {
    scribe: Scribe,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    staff: Arc<Staff>,
}

impl KnownBrowsers {
    /// On what it may touch.
    pub fn new(scribe: Scribe, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, staff: Arc<Staff>) -> Self {
        Self { scribe, clock, entropy, staff }
    }
}

impl KnownBrowsers {
    /// A token for the browser of somebody who has just signed in.
    pub fn know_browser(&self, name: &StaffName, access: RecordAddress) -> BrowserToken {
        let (id, day) = (self.entropy.bytes(), self.clock.now().today.to_julian_day().to_be_bytes());
        BrowserToken { id, day, mac: self.browser_mac(name, access, id, day) }
    }

    /// The browser that one of these tokens makes known to whoever signs in under this name.
    pub fn known_browser(&self, typed: &str, tokens: &[BrowserToken]) -> Option<BrowserId> {
        let name: StaffName = typed.parse().ok()?;
        let access = self.staff.access(name.as_str())?;
        let today = self.clock.now().today;
        let is_theirs = |token: &&BrowserToken| {
            let mac = self.browser_mac(&name, access, token.id, token.day);
            bool::from(mac.ct_eq(&token.mac)) && token.lives(today)
        };
        tokens.iter().find(is_theirs).map(|token| BrowserId(token.id))
    }

    fn browser_mac(&self, name: &StaffName, access: RecordAddress, id: [u8; ID], day: [u8; DAY]) -> [u8; MAC] {
        let access = format!("{access} ");
        let parts: [&[u8]; 5] = [b"keuze known browser ", &id, &day, access.as_bytes(), name.as_str().as_bytes()];
        *mac(&self.scribe.secret(KNOWN_BROWSER), &parts).first_chunk().expect("32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = BrowserToken { id: [7; ID], day: [0, 37, 144, 1], mac: [255; MAC] };
        let text = token.to_string();
        assert!(BrowserToken::parse(&text) == Some(token));
        for other in ["", &text[1..], &format!("{text}0"), &text.to_uppercase(), &text.replace('7', "+")] {
            assert!(BrowserToken::parse(other).is_none(), "{other}");
        }
    }
}
