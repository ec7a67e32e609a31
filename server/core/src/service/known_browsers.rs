//! Browsers from which somebody signed in at the desk: whoever attacks the account elsewhere does not slow them down.
//!
//! The browser keeps a token, and we keep nothing: a random id and a day, with a MAC that binds them to the account and to the
//! access that it had then. So a token ends with the password, and says nothing of whose it is.

use std::sync::Arc;

use model::identity::RecordAddress;
use subtle::ConstantTimeEq as _;
use time::Date;

use super::staff::{Staff, StaffName};
use ledger::Ledger;
use ledger::clock::Clock;
use ledger::formats::known_browser::BrowserToken;
use vault::key::{SecretName, purpose::Mac};
use vault::mac::mac;
use vault::random::SecureRandom;

/// The key of the tokens that make a browser known.
const KNOWN_BROWSER: SecretName<Mac> = SecretName::new("known-browser");

/// A browser stays known for so many days; each sign-in begins them anew.
pub const DAYS: u32 = 90;

/// Which browser it is, for the attempts that are counted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BrowserId(pub [u8; 16]);

fn lives(token: &BrowserToken, today: Date) -> bool {
    let age = today.to_julian_day().saturating_sub(token.day);
    (0..i32::try_from(DAYS).expect("a few months")).contains(&age)
}

/// The browsers from which somebody signed in before.
pub struct KnownBrowsers {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    staff: Arc<Staff>,
}

impl KnownBrowsers {
    /// On what it may touch.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>, random: Arc<dyn SecureRandom>, staff: Arc<Staff>) -> Self {
        Self { ledger, clock, random, staff }
    }
}

impl KnownBrowsers {
    /// A token for the browser of somebody who has just signed in.
    pub fn know_browser(&self, name: &StaffName, access: RecordAddress) -> BrowserToken {
        let (id, day) = (self.random.bytes(), self.clock.now().today.to_julian_day());
        BrowserToken { id, day, mac: self.browser_mac(name, access, id, day) }
    }

    /// The browser that one of these tokens makes known to whoever signs in under this name.
    pub fn known_browser(&self, typed: &str, tokens: &[BrowserToken]) -> Option<BrowserId> {
        let name: StaffName = typed.parse().ok()?;
        let access = self.staff.access(name.as_str())?;
        let today = self.clock.now().today;
        let is_theirs = |token: &&BrowserToken| {
            let mac = self.browser_mac(&name, access, token.id, token.day);
            bool::from(mac.ct_eq(&token.mac)) && lives(token, today)
        };
        tokens.iter().find(is_theirs).map(|token| BrowserId(token.id))
    }

    fn browser_mac(&self, name: &StaffName, access: RecordAddress, id: [u8; 16], day: i32) -> [u8; 16] {
        let (head, access) = (BrowserToken::head(id, day), format!("{access} "));
        let parts: [&[u8]; 4] = [b"keuze known browser ", &head, access.as_bytes(), name.as_str().as_bytes()];
        *mac(&self.ledger.secret(KNOWN_BROWSER), &parts).first_chunk().expect("32 bytes")
    }
}
