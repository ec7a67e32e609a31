//! # Receipt number and link
//!
//! How a person gets back to a record without an account. Both are keyed hashes (HMAC-SHA-256 under a key of the ledger), so nothing
//! is stored for them and nobody can make one up. They are over:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 4 or 6 | what it is for: `link` or `number` |
//! | then | 2 | shard, big-endian |
//! | then | 8 | index, big-endian |
//! | then | 32 | leaf of the record |
//!
//! The leaf keeps an index that is used a second time, in a ledger that was put back, from having the number and the link of the
//! first.
//!
//! | what | text |
//! |---|---|
//! | number | shard, index and the first 5 bytes of the keyed hash (Receipt number): short enough to read out on the phone; it finds the record and shows nobody anything by itself |
//! | token of the link | the first 16 bytes, in 32 hexadecimal digits: given once with the answer, and shows the receipt for a day |
//!
//! Made when a record is answered; checked when somebody asks. The page of the receipt gives the record's JSON, its salt and its
//! proof to whoever has the link. A token is compared whole, so one of another length or alphabet opens nothing for certain; that
//! is what a second version has.

use std::sync::OnceLock;

use model::decision::Recorded;
use model::identity::RecordAddress;
use model::paths;
use model::receipt::ReceiptNumber;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use crate::service::history::PersonHistory;
use ledger::{Ledger, ReadError};
use tlog::tree::LeafHash;
use vault::key::{MacKey, SecretName, purpose::Mac};
use vault::mac::mac;

/// For how long a receipt's link shows the receipt, counted from the record's time.
pub const LINK_LIVES: Duration = Duration::hours(24);

/// The key of receipt numbers and links.
const RECEIPT: SecretName<Mac> = SecretName::new("receipt");

/// Receipt numbers and links, and what they lead to.
pub struct Receipts {
    ledger: Ledger,
    /// Made once and for good; kept, because every choice asks for it.
    key: OnceLock<MacKey>,
}

impl Receipts {
    /// On what it may touch.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, key: OnceLock::new() }
    }
}

impl Receipts {
    /// The number of the receipt for a record.
    ///
    /// # Panics
    /// Where there is no such record.
    pub fn number(&self, address: RecordAddress) -> ReceiptNumber {
        let mac = self.mac(b"number", address).expect("receipts are for what was recorded");
        number_of(&mac, address).expect("a shard closes before its indexes run out")
    }

    /// The record that a number stands for; `None` for a number that we never gave out, and for that of a record which
    /// another one has taken the place of.
    pub fn check(&self, number: ReceiptNumber) -> Option<RecordAddress> {
        let mac: [u8; 5] = first(&self.mac(b"number", number.address)?);
        bool::from(mac.ct_eq(&number.mac)).then_some(number.address)
    }

    /// The token of a receipt's link: 32 hexadecimal digits.
    ///
    /// # Panics
    /// Where there is no such record.
    pub fn token(&self, address: RecordAddress) -> String {
        token_of(&self.mac(b"link", address).expect("receipts are for what was recorded"))
    }

    /// Whether that token belongs to that record.
    pub fn check_token(&self, address: RecordAddress, token: &str) -> bool {
        self.ledger.leaf(address).is_ok_and(|leaf| leaf.is_some())
            && self.token(address).as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// The record that a link leads to, if it was given out and its person was not erased.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn behind_link(
        &self,
        history: &PersonHistory,
        number: ReceiptNumber,
        token: &str,
    ) -> Result<Option<Recorded>, ReadError> {
        let address = self.check(number).filter(|address| self.check_token(*address, token));
        Ok(address.map(|address| history.record(address)).transpose()?.flatten())
    }

    /// The path of the page that shows the receipt.
    ///
    /// # Panics
    /// Where there is no such record.
    pub fn path(&self, address: RecordAddress) -> String {
        self.for_record(address).1
    }

    /// Number and link of a record that was just made.
    ///
    /// # Panics
    /// Where there is no such record.
    pub fn for_record(&self, address: RecordAddress) -> (ReceiptNumber, String) {
        let number = self.number(address);
        (number, paths::receipt(number, self.token(address)))
    }

    /// Over the address and the record's leaf: an index that is used a second time, in a ledger that was put back, has
    /// other numbers and links than the first time.
    fn mac(&self, what: &[u8], address: RecordAddress) -> Option<[u8; 32]> {
        let leaf = self.ledger.leaf(address).ok().flatten()?;
        Some(keyed_hash(self.key.get_or_init(|| self.ledger.secret(RECEIPT)), what, address, leaf))
    }
}

/// What numbers and links are made of; `what` is `number` or `link`.
pub(crate) fn keyed_hash(key: &MacKey, what: &[u8], address: RecordAddress, leaf: LeafHash) -> [u8; 32] {
    mac(key, &[what, &address.shard.get().to_be_bytes(), &address.index.to_be_bytes(), &leaf.0])
}

pub(crate) fn number_of(hash: &[u8; 32], address: RecordAddress) -> Option<ReceiptNumber> {
    ReceiptNumber::new(address, first(hash))
}

/// The token of a link: 32 hexadecimal digits.
pub(crate) fn token_of(hash: &[u8; 32]) -> String {
    hex::encode(first::<16>(hash))
}

/// Whether a link to the receipt of a record of that time still shows it.
pub fn link_lives(recorded: OffsetDateTime, now: OffsetDateTime) -> bool {
    now < recorded + LINK_LIVES
}

fn first<const N: usize>(mac: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|i| mac[i])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use ledger::clock::moment;
    use ledger::fixture::choice;
    use ledger::{AppendRequest, Opening};
    use vault::random::SeededRandom;

    fn draft(second: i64) -> AppendRequest {
        AppendRequest::new(choice(moment(second).at))
    }

    /// A ledger of its own, with as many records.
    async fn ledger(seed: u64, records: i64) -> (Ledger, Vec<RecordAddress>) {
        let random = Arc::new(SeededRandom::new(seed));
        let opening = Opening { data: None, key_file: None, origin: "voipro.test".into(), random };
        let ledger = Ledger::open(opening).expect("opens");
        let mut addresses = Vec::new();
        for second in 0..records {
            addresses.push(ledger.append(draft(second)).await.expect("written").address);
        }
        (ledger, addresses)
    }

    #[tokio::test]
    async fn a_number_of_another_ledger_or_record_finds_nothing() {
        let (ours, addresses) = ledger(1, 3).await;
        let (theirs, _) = ledger(2, 3).await;
        let (ours, theirs) = (Receipts::new(ours.clone()), Receipts::new(theirs.clone()));
        assert_eq!(ours.check(ours.number(addresses[1])), Some(addresses[1]));
        assert_eq!(ours.check(theirs.number(addresses[1])), None);
        let moved = ReceiptNumber { address: addresses[2], ..ours.number(addresses[1]) };
        assert_eq!(ours.check(moved), None);
        let beyond = RecordAddress { index: 3, ..addresses[1] };
        assert_eq!(ours.check(ReceiptNumber { address: beyond, ..ours.number(addresses[1]) }), None);
        assert!(!ours.check_token(beyond, &ours.token(addresses[1])));
    }

    #[tokio::test]
    async fn a_token_opens_its_own_record_only() {
        let (ledger, addresses) = ledger(1, 2).await;
        let receipts = Receipts::new(ledger.clone());
        let token = receipts.token(addresses[0]);
        assert_eq!(token.len(), 32);
        assert!(receipts.check_token(addresses[0], &token));
        assert!(!receipts.check_token(addresses[1], &token));
        assert!(!receipts.check_token(addresses[0], &token.to_ascii_uppercase()));
        assert!(!receipts.check_token(addresses[0], ""));
    }

    /// A ledger that was put back gives an index out a second time: the first one's number and link open nothing.
    #[tokio::test]
    async fn an_index_that_is_used_twice_opens_nothing() {
        let (first, addresses) = ledger(1, 2).await;
        let (second, _) = ledger(1, 1).await;
        second.append(draft(99)).await.expect("written");
        let (first, second) = (Receipts::new(first.clone()), Receipts::new(second.clone()));
        assert_eq!(first.ledger.secret(RECEIPT), second.ledger.secret(RECEIPT), "one receipt key");
        assert_eq!(second.check(first.number(addresses[0])), Some(addresses[0]), "the same record");
        assert_eq!(second.check(first.number(addresses[1])), None, "another record at the same index");
        assert!(!second.check_token(addresses[1], &first.token(addresses[1])));
    }

    #[test]
    fn a_link_lives_for_a_day() {
        let recorded = OffsetDateTime::UNIX_EPOCH;
        assert!(link_lives(recorded, recorded + Duration::seconds(86_399)));
        assert!(!link_lives(recorded, recorded + Duration::seconds(86_400)));
    }
}
