//! # Attempts file
//!
//! `attempts` in the data directory: tries of codes and messages to addresses that still count, so that no restart gives a
//! guesser new tries. In no backup. Nothing in it names anybody: codes stand under their random number, addresses under a
//! keyed hash. Lines of 27 bytes, one behind the other:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 1 | kind: 1 tries of a code, 2 a message that went to an address, 3 a spare code that went there |
//! | 2 | 16 | random number of the code, or keyed hash of the address |
//! | 18 | 8 | seconds since 1970, little-endian: until when the code works, or when the message went |
//! | 26 | 1 | tries so far; 0 for a message or a spare code |
//!
//! Appended at each try and message, and written anew without what is over; read at the start. It has no checksum: a damaged
//! line counts for something that nobody has, or for nothing. A line of another version or kind, and what a power cut left of
//! one at the end, count for nothing.

use time::OffsetDateTime;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The bytes of a line.
pub const LINE: usize = 27;

/// A code by its random number, or an address by its keyed hash.
pub type Name = [u8; 16];

/// A line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// So many tries of a code, and until when that matters.
    Tries(Name, OffsetDateTime, u8),
    /// A message that went to an address.
    Send(Name, OffsetDateTime),
    /// A spare code that went to an address, and until when it works.
    Spare(Name, OffsetDateTime),
}

impl Counted {
    /// As it stands in the file.
    pub fn encode(self) -> [u8; LINE] {
        let (kind, name, at, count) = match self {
            Self::Tries(name, until, tries) => (1, name, until, tries),
            Self::Send(name, at) => (2, name, at, 0),
            Self::Spare(name, until) => (3, name, until, 0),
        };
        let mut line = [0; LINE];
        line[..2].copy_from_slice(&[VERSION, kind]);
        line[2..18].copy_from_slice(&name);
        line[18..26].copy_from_slice(&at.unix_timestamp().to_le_bytes());
        line[26] = count;
        line
    }

    /// Reads a line; `None` for anything else.
    pub fn decode(line: &[u8]) -> Option<Self> {
        let line: &[u8; LINE] = line.try_into().ok()?;
        let ([version, kind], rest) = line.split_first_chunk()?;
        let (name, rest) = rest.split_first_chunk::<16>()?;
        let (seconds, rest) = rest.split_first_chunk::<8>()?;
        let at = OffsetDateTime::from_unix_timestamp(i64::from_le_bytes(*seconds)).ok()?;
        match (*version, *kind, rest) {
            (VERSION, 1, [tries]) => Some(Self::Tries(*name, at, *tries)),
            (VERSION, 2, [0]) => Some(Self::Send(*name, at)),
            (VERSION, 3, [0]) => Some(Self::Spare(*name, at)),
            _ => None,
        }
    }
}
