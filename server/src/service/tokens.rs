//! Tokens in mails: who may stop what, without signing in and without anything being stored for it.
//!
//! A token is opaque, deterministic and cannot be made up: a synthetic IV over the text, and the text under a keystream
//! from that IV (the construction of SIV, RFC 5297, with HMAC-SHA-256). It names recipient and list (RFC 8058
//! section 3.1) and the number of the key that it was made under, so that it outlives every rotation: mails are
//! opened years later. All tokens have one length and look alike.

use app::model::channel::Channel;
use app::model::identity::Subject;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use time::Date;

use super::Keuze;
use crate::scribe::Scribe;
use crate::vault::mac::mac;

/// The name of the token keys.
const TOKEN: &str = "token";

const TEXT: usize = 22;
const IV: usize = 16;
/// Of 40 bytes the last character carries two bits, so it is a letter: a `-` or `_` at the end of an address is cut off
/// by some mail programs.
const WHOLE: usize = 2 + IV + TEXT;

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
    },
}

/// Makes and reads tokens.
pub struct Tokens<'a> {
    scribe: &'a Scribe,
}

impl Tokens<'_> {
    /// The token of an unsubscribe link.
    pub fn stop(&self, person: Subject, channel: Option<Channel>) -> String {
        self.make(Token::Stop { person, channel })
    }

    /// The token of a confirmation link, with the last day on which it works.
    pub fn confirm(&self, person: Subject, channel: Channel, until: Date) -> String {
        self.make(Token::Confirm { person, channel, until })
    }

    /// What a token says; `None` for one that we never made. Whether its person still exists, and whether its day has
    /// passed, is for whoever acts on it. Every text costs the same work.
    pub fn read(&self, token: &str) -> Option<Token> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| <[u8; WHOLE]>::try_from(bytes).ok());
        let is_whole = bytes.is_some();
        // A text of another length is read as zeros, which no key has made.
        let bytes = bytes.unwrap_or([0; WHOLE]);
        let (number, rest) = bytes.split_first_chunk::<2>()?;
        let (iv, sealed) = rest.split_first_chunk::<IV>()?;
        let number = u16::from_be_bytes(*number);
        let secret = self.scribe.numbered_secret(TOKEN, number);
        let keys = Keys::of(&secret.unwrap_or_default());
        let text = keys.stream(iv, sealed.first_chunk()?);
        let is_ours = bool::from(keys.iv(number, &text).ct_eq(iv)) & is_whole & secret.is_some();
        Token::decode(&text).filter(|_| is_ours)
    }

    /// Begins a new key; tokens made under the older ones keep working.
    pub fn rotate(&self) {
        self.scribe.rotate_secret(TOKEN);
    }

    fn make(&self, token: Token) -> String {
        let (number, secret) = self.scribe.newest_secret(TOKEN);
        let (keys, text) = (Keys::of(&secret), token.encode());
        let iv = keys.iv(number, &text);
        let sealed = keys.stream(&iv, &text);
        URL_SAFE_NO_PAD.encode([&number.to_be_bytes()[..], &iv, &sealed].concat())
    }
}

impl Keuze {
    /// The tokens of this ledger.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { scribe: &self.scribe }
    }
}

impl Token {
    /// Purpose, channel, person, day.
    fn encode(self) -> [u8; TEXT] {
        let (purpose, channel, person, day) = match self {
            Self::Stop { person, channel } => (1, channel.map_or(0, number_of), person, 0),
            Self::Confirm { person, channel, until } => (2, number_of(channel), person, until.to_julian_day()),
        };
        let mut text = [0; TEXT];
        text[0] = purpose;
        text[1] = channel;
        text[2..18].copy_from_slice(&person.0);
        text[18..].copy_from_slice(&day.to_be_bytes());
        text
    }

    fn decode(text: &[u8; TEXT]) -> Option<Self> {
        let person = Subject(*text[2..].first_chunk()?);
        let day = i32::from_be_bytes(*text.last_chunk()?);
        let channel = Channel::ALL.into_iter().find(|channel| number_of(*channel) == text[1]);
        match (text[0], text[1], channel) {
            (1, 0, _) => Some(Self::Stop { person, channel: None }),
            (1, _, Some(_)) => Some(Self::Stop { person, channel }),
            (2, _, Some(channel)) => Some(Self::Confirm { person, channel, until: Date::from_julian_day(day).ok()? }),
            _ => None,
        }
    }
}

/// In tokens that are in people's mailboxes: never to be changed.
fn number_of(channel: Channel) -> u8 {
    match channel {
        Channel::Newsletter => 1,
        Channel::Email => 2,
        Channel::Post => 3,
        Channel::Phone => 4,
        Channel::Social => 5,
    }
}

/// Two keys out of one secret: one for the IV, one for the keystream.
struct Keys {
    iv: [u8; 32],
    stream: [u8; 32],
}

impl Keys {
    fn of(secret: &[u8; 32]) -> Self {
        Self { iv: mac(secret, &[b"keuze token iv"]), stream: mac(secret, &[b"keuze token stream"]) }
    }

    fn iv(&self, number: u16, text: &[u8; TEXT]) -> [u8; IV] {
        *mac(&self.iv, &[&number.to_be_bytes(), text]).first_chunk().expect("32 bytes")
    }

    fn stream(&self, iv: &[u8; IV], text: &[u8; TEXT]) -> [u8; TEXT] {
        let stream = mac(&self.stream, &[iv]);
        std::array::from_fn(|i| text[i] ^ stream[i])
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::service::fixture::House;

    const ANNA: Subject = Subject([7; 16]);

    #[test]
    fn a_token_says_what_it_was_made_for_and_always_the_same_way() {
        let house = House::bare(1);
        let tokens = house.keuze.tokens();
        let all: Vec<Token> = std::iter::once(None)
            .chain(Channel::ALL.map(Some))
            .map(|channel| Token::Stop { person: ANNA, channel })
            .chain(Channel::ALL.map(|channel| Token::Confirm { person: ANNA, channel, until: date!(2026 - 11 - 27) }))
            .collect();
        for token in all {
            let text = tokens.make(token);
            assert_eq!((text.len(), tokens.read(&text)), (54, Some(token)));
            assert_eq!(text, tokens.make(token), "deterministic");
            assert!(text.ends_with(|c: char| c.is_ascii_alphabetic()), "{text}");
        }
        let other = tokens.stop(Subject([8; 16]), None);
        let alike = other.bytes().zip(tokens.stop(ANNA, None).bytes()).filter(|(a, b)| a == b).count();
        assert!(alike < 20, "opaque: nothing of one person's token can be told from another's");
    }

    /// Requirements 3.7: a single altered character is as unknown as anything else.
    #[test]
    fn nobody_can_make_one_up() {
        let house = House::bare(1);
        let tokens = house.keuze.tokens();
        let token = tokens.stop(ANNA, Some(Channel::Newsletter));
        for at in 0..token.len() {
            for bit in 0..7 {
                let mut altered = token.clone().into_bytes();
                altered[at] ^= 1 << bit;
                let altered = String::from_utf8_lossy(&altered).into_owned();
                assert_eq!(tokens.read(&altered), None, "{altered}");
            }
        }
        for text in ["", "AAEA", &token[1..], &format!("{token}A"), &"A".repeat(54), &"é".repeat(27)] {
            assert_eq!(tokens.read(text), None, "{text}");
        }
        assert_eq!(House::bare(2).keuze.tokens().read(&token), None, "another ledger's");
    }

    /// S-57: mails that were sent keep their links.
    #[test]
    fn tokens_outlive_the_rotation_of_their_key() {
        let house = House::bare(1);
        let tokens = house.keuze.tokens();
        let old = tokens.stop(ANNA, Some(Channel::Email));
        tokens.rotate();
        let new = tokens.stop(ANNA, Some(Channel::Email));
        assert_ne!(old, new);
        assert_eq!(tokens.read(&old), tokens.read(&new));
        let moved = format!("AAI{}", &old[3..]);
        assert_eq!(tokens.read(&moved), None, "the number of the key is part of what is signed");
    }

    /// A key that is told to somebody must be there after a crash, whether or not anything was recorded since.
    #[tokio::test]
    async fn a_token_of_a_fresh_key_survives_the_loss_of_everything_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let house = House::at(Some(&data), 1).await;
        let token = house.keuze.tokens().stop(ANNA, None);
        house.keuze.scribe.close().await;
        let house = House::at(Some(&data), 2).await;
        assert_eq!(house.keuze.tokens().read(&token), Some(Token::Stop { person: ANNA, channel: None }));
    }
}
