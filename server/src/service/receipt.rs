//! Receipt numbers and receipt links: how a person gets back to a record without an account.
//!
//! Both are keyed MACs over the record's address, so nothing is stored for them and nobody can make one up. The
//! number is short enough to read out on the phone and finds the record; it shows nobody anything by itself. The
//! link carries 128 bits, is given once with the answer, and shows the receipt for a day.

use app::model::identity::{RecordAddress, ShardNumber};
use app::model::receipt::ReceiptNumber;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::Keuze;
use crate::scribe::Scribe;

/// For how long a receipt's link shows the receipt, counted from the record's time.
pub const LINK_LIVES: Duration = Duration::hours(24);

/// Makes and checks receipt numbers and the tokens of receipt links.
pub struct Receipts {
    key: [u8; 32],
}

impl Receipts {
    /// Under the ledger's own receipt key.
    pub fn of(scribe: &Scribe) -> Self {
        Self::with_key(scribe.secret("receipt"))
    }

    /// Under a given key.
    pub fn with_key(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The number of the receipt for a record.
    ///
    /// # Panics
    /// Beyond the last index of a shard, which the scribe never gives out.
    pub fn number(&self, address: RecordAddress) -> ReceiptNumber {
        let mac = self.mac(b"number", address);
        ReceiptNumber::new(address, first(&mac)).expect("a shard closes before its indexes run out")
    }

    /// The record that a number stands for; `None` for a number that we never gave out.
    pub fn check(&self, number: ReceiptNumber) -> Option<RecordAddress> {
        let mac: [u8; 5] = first(&self.mac(b"number", number.address));
        bool::from(mac.ct_eq(&number.mac)).then_some(number.address)
    }

    /// The token of a receipt's link: 32 hexadecimal digits.
    pub fn token(&self, address: RecordAddress) -> String {
        let mac: [u8; 16] = first(&self.mac(b"link", address));
        format!("{:032x}", u128::from_be_bytes(mac))
    }

    /// Whether that token belongs to that record.
    pub fn check_token(&self, address: RecordAddress, token: &str) -> bool {
        self.token(address).as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// The path of the page that shows the receipt: `/keuze/bewijs/{number}/{token}`.
    pub fn path(&self, address: RecordAddress) -> String {
        format!("/keuze/bewijs/{}/{}", self.number(address), self.token(address))
    }

    fn mac(&self, what: &[u8], RecordAddress { shard, index }: RecordAddress) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(what);
        mac.update(&shard_bytes(shard));
        mac.update(&index.to_be_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl Keuze {
    /// The receipts of this ledger.
    pub fn receipts(&self) -> Receipts {
        Receipts::of(&self.scribe)
    }
}

/// Whether a link to the receipt of a record of that time still shows it.
pub fn link_lives(recorded: OffsetDateTime, now: OffsetDateTime) -> bool {
    now < recorded + LINK_LIVES
}

fn shard_bytes(shard: ShardNumber) -> [u8; 2] {
    shard.get().to_be_bytes()
}

fn first<const N: usize>(mac: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|i| mac[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(index: u64) -> RecordAddress {
        RecordAddress { shard: ShardNumber::FIRST, index }
    }

    #[test]
    fn a_number_of_another_ledger_or_record_finds_nothing() {
        let ours = Receipts::with_key([1; 32]);
        let theirs = Receipts::with_key([2; 32]);
        assert_eq!(ours.check(ours.number(address(7))), Some(address(7)));
        assert_eq!(ours.check(theirs.number(address(7))), None);
        let moved = ReceiptNumber { address: address(8), ..ours.number(address(7)) };
        assert_eq!(ours.check(moved), None);
    }

    #[test]
    fn a_token_opens_its_own_record_only() {
        let receipts = Receipts::with_key([1; 32]);
        let token = receipts.token(address(7));
        assert_eq!(token.len(), 32);
        assert!(receipts.check_token(address(7), &token));
        assert!(!receipts.check_token(address(8), &token));
        assert!(!receipts.check_token(address(7), &token.to_ascii_uppercase()));
        assert!(!receipts.check_token(address(7), ""));
    }

    #[test]
    fn a_link_lives_for_a_day() {
        let recorded = OffsetDateTime::UNIX_EPOCH;
        assert!(link_lives(recorded, recorded + Duration::seconds(86_399)));
        assert!(!link_lives(recorded, recorded + Duration::seconds(86_400)));
    }
}
