//! # Token of a link in a mail
//!
//! Who may stop what, without signing in and without anything being stored for it. Opaque, deterministic, and nobody can make
//! one up: the text is sealed with AES-256-SIV (RFC 5297) under a key of the ledger, bound to what stands before it. It
//! names recipient and list (RFC 8058 section 3.1) and outlives every rotation, as mails are opened years later.
//!
//! Stands in the address of a link, in base64 without padding (URL alphabet). All of one kind have one length and look alike.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 2 | number of the token key, big-endian |
//! | 3 | 16 | synthetic IV |
//! | 19 | rest | the text, enciphered: 22 or 33 bytes |
//!
//! The text:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | purpose: 1 stops, 2 confirms, 3 confirms and names the mailbox |
//! | 1 | 1 | channel: 0 all, 1 newsletter, 2 e-mail, 3 post, 4 phone, 5 social media |
//! | 2 | 16 | consent id of the person |
//! | 18 | 4 | last day on which it works, as Julian day, big-endian; 0 where it stops |
//! | 22 | rest | of purpose 3 alone: 11 bytes of a keyed hash of the mailbox |
//!
//! Written and read by the server. Another version, another length and any altered bit are as unknown as a token that was
//! made up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::channel::Channel;
use model::identity::Subject;
use time::Date;
use vault::siv::{self, SivKey};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;
/// Bytes of the keyed hash of a mailbox.
pub const MAILBOX: usize = 11;

const HEAD: usize = 3;
/// Purpose, channel, person and day.
const TEXT: usize = 22;
/// Whole tokens, without and with a mailbox. Of 41 bytes the last character carries four bits and of 52 bytes two, so it
/// is a letter or a digit: a `-` or `_` at the end of an address is cut off by some mail programs.
const WHOLE: [usize; 2] = [HEAD + siv::OVERHEAD + TEXT, HEAD + siv::OVERHEAD + TEXT + MAILBOX];

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Stops a channel, or all of them, and nothing else. Never expires.
    Stop {
        /// Whom it was sent to.
        person: Subject,
        /// What it is about; `None` for everything.
        channel: Option<Channel>,
    },
    /// Confirms that the person asked for a channel themselves (S-20).
    Confirm {
        /// Whom it was sent to.
        person: Subject,
        /// What was asked for.
        channel: Channel,
        /// The last civil day on which it works.
        until: Date,
        /// The mailbox that it was sent to; `None` in tokens from before they named it.
        mailbox: Option<[u8; MAILBOX]>,
    },
}

/// A token as it came, not opened yet.
pub struct SealedToken {
    /// The number of the key that it says it was made under.
    pub number: u16,
    bytes: Vec<u8>,
    is_whole: bool,
}

impl SealedToken {
    /// Reads what stands in an address. A text that is none is read as zeros, which no key has made, so that every text costs
    /// the same work.
    pub fn parse_token(text: &str) -> Self {
        let is_ours = |bytes: &Vec<u8>| WHOLE.contains(&bytes.len()) && bytes[0] == VERSION;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(is_ours);
        let is_whole = bytes.is_some();
        let bytes = bytes.unwrap_or_else(|| vec![0; WHOLE[0]]);
        Self { number: u16::from_be_bytes([bytes[1], bytes[2]]), bytes, is_whole }
    }

    /// What it says; `None` unless that key made it.
    pub fn open(&self, key: &SivKey) -> Option<Token> {
        let (head, sealed) = self.bytes.split_at(HEAD);
        let text = siv::open(key, &[head], sealed);
        text.filter(|_| self.is_whole).and_then(|text| Token::decode(&text))
    }
}

impl Token {
    /// As it stands in an address, under the token key of that number.
    pub fn seal(self, number: u16, key: &SivKey) -> String {
        let [high, low] = number.to_be_bytes();
        let head = [VERSION, high, low];
        URL_SAFE_NO_PAD.encode([&head[..], &siv::seal(key, &[&head], &self.encode())].concat())
    }

    pub(super) fn encode(self) -> Vec<u8> {
        let (purpose, channel, person, day, mailbox) = match self {
            Self::Stop { person, channel } => (1, channel.map_or(0, number_of), person, 0, None),
            Self::Confirm { person, channel, until, mailbox } => {
                let purpose = if mailbox.is_some() { 3 } else { 2 };
                (purpose, number_of(channel), person, until.to_julian_day(), mailbox)
            }
        };
        let mailbox = mailbox.as_ref().map_or(&[][..], |mailbox| &mailbox[..]);
        [&[purpose, channel][..], &person.0, &day.to_be_bytes(), mailbox].concat()
    }

    fn decode(text: &[u8]) -> Option<Self> {
        let (head, mailbox) = text.split_first_chunk::<TEXT>()?;
        let person = Subject(*head[2..].first_chunk()?);
        let day = i32::from_be_bytes(*head.last_chunk()?);
        let channel = channel_of(head[1]);
        let mailbox: Option<[u8; MAILBOX]> = mailbox.try_into().ok();
        match (head[0], head[1], channel, mailbox) {
            (1, 0, _, None) => Some(Self::Stop { person, channel: None }),
            (1, _, Some(_), None) => Some(Self::Stop { person, channel }),
            (2, _, Some(channel), None) | (3, _, Some(channel), Some(_)) => {
                Some(Self::Confirm { person, channel, until: Date::from_julian_day(day).ok()?, mailbox })
            }
            _ => None,
        }
    }
}

/// In tokens that are in people's mailboxes: never to be changed.
pub(super) fn number_of(channel: Channel) -> u8 {
    match channel {
        Channel::Newsletter => 1,
        Channel::Email => 2,
        Channel::Post => 3,
        Channel::Phone => 4,
        Channel::Social => 5,
    }
}

pub(super) fn channel_of(number: u8) -> Option<Channel> {
    Channel::ALL.into_iter().find(|channel| number_of(*channel) == number)
}
