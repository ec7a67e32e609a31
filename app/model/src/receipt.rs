//! # Receipt number
//!
//! Fifteen characters that find a record without an index row, in three groups of five with dashes: 70 bits and a check character in
//! Crockford's base 32 (no I, L, O, U).
//!
//! | bits | meaning |
//! |---|---|
//! | 11 | number of the shard, from 1 |
//! | 19 | index of the record in it |
//! | 40 | keyed hash (Receipt number and link) |
//! | 5 | check character: every single wrong character and every swap of two is noticed |
//!
//! Shown when a record is answered, read out and typed years later: small letters, other dashes and look-alikes do not matter. A
//! damaged one is never another one. It has no version, because fifteen characters have no room for one. A second version has
//! another length, or begins with the shard 0 (`00` and one of `0` to `F`), which no ledger has: those are what the first one
//! refuses for certain.

use std::fmt;
use std::str::FromStr;

use super::identity::{RecordAddress, ShardNumber};
use super::typed;

/// A receipt's number: shard (11 bits), index (19 bits), 40 bits of a keyed MAC over both, check character;
/// Crockford's base 32 (no I, L, O, U), shown in three groups of five.
///
/// The check character makes the word a code over GF(32), so that a slip is noticed before anything is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptNumber {
    /// Where the record stands.
    pub address: RecordAddress,
    /// 40 bits of HMAC over the address; the server checks it.
    pub mac: [u8; 5],
}

/// Indexes are below this (19 bits; shards close at 500,000 records).
pub const MAX_INDEX: u64 = 1 << 19;

pub(super) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl ReceiptNumber {
    /// `None` if the index does not fit 19 bits.
    pub fn new(address: RecordAddress, mac: [u8; 5]) -> Option<Self> {
        (address.index < MAX_INDEX).then_some(Self { address, mac })
    }

    /// The 14 data characters as values 0 to 31.
    fn data(self) -> [u8; 14] {
        let place = u128::from(self.address.shard.get()) << 19 | u128::from(self.address.index);
        let mac = self.mac.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
        let bits = place << 40 | mac;
        std::array::from_fn(|i| u8::try_from(bits >> (5 * (13 - i)) & 31).unwrap_or_default())
    }
}

impl fmt::Display for ReceiptNumber {
    /// `XXXXX-XXXXX-XXXXX`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = self.data();
        let all = data.into_iter().chain([check(&data)]);
        let mut text = [b'-'; 17];
        for (i, value) in all.enumerate() {
            text[i + i / 5] = ALPHABET[usize::from(value)];
        }
        f.write_str(std::str::from_utf8(&text).expect("letters and digits"))
    }
}

impl FromStr for ReceiptNumber {
    type Err = ReceiptNumberError;

    /// Reads what a person typed: small letters, spaces, dashes of every kind and characters that show nothing do not
    /// matter; O is 0, I and L are 1.
    fn from_str(text: &str) -> Result<Self, ReceiptNumberError> {
        let mut values = [0u8; 15];
        let mut count = 0;
        for c in typed::of_code(text) {
            let value = value_of(c).ok_or(ReceiptNumberError::Character)?;
            *values.get_mut(count).ok_or(ReceiptNumberError::Length)? = value;
            count += 1;
        }
        if count != 15 {
            return Err(ReceiptNumberError::Length);
        }
        if check(&values[..14]) != values[14] {
            return Err(ReceiptNumberError::Check);
        }
        let bits = values[..14].iter().fold(0u128, |bits, value| bits << 5 | u128::from(*value));
        let mac: [u8; 16] = (bits & ((1 << 40) - 1)).to_be_bytes();
        let mut tail = [0; 5];
        tail.copy_from_slice(&mac[11..]);
        let shard = u16::try_from(bits >> 59).ok().and_then(ShardNumber::new).ok_or(ReceiptNumberError::Check)?;
        let index = u64::try_from(bits >> 40 & u128::from(MAX_INDEX - 1)).unwrap_or_default();
        Ok(Self { address: RecordAddress { shard, index }, mac: tail })
    }
}

/// What was typed is not a receipt number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptNumberError {
    /// A character that no receipt number has.
    #[error("a receipt number has digits and letters only")]
    Character,
    /// Too many or too few characters.
    #[error("a receipt number has 15 characters")]
    Length,
    /// The check character does not fit.
    #[error("this receipt number has a typing error")]
    Check,
}

pub(super) fn value_of(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    ALPHABET.iter().position(|a| char::from(*a) == c).and_then(|at| u8::try_from(at).ok())
}

/// Multiplies by x in GF(32) with x^5 + x^2 + 1, a primitive polynomial: x has order 31, so all weights below
/// differ and none is 1, which is the weight of the check character itself.
fn times_x(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { (shifted ^ 0b10_0101) & 31 }
}

/// Horner's sum of the values with weights x^14 … x^1.
pub(super) fn check(data: &[u8]) -> u8 {
    data.iter().fold(0, |sum, value| times_x(sum ^ value))
}
