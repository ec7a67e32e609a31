//! Tokens in mails: who may stop what, without signing in and without anything being stored for it.
//!
//! A token is opaque, deterministic and cannot be made up: a synthetic IV over the text, and the text under a keystream
//! from that IV (the construction of SIV, RFC 5297, with HMAC-SHA-256). It names recipient and list (RFC 8058
//! section 3.1) and the number of the key that it was made under, so that it outlives every rotation: mails are
//! opened years later. All tokens of one kind have one length and look alike.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::channel::Channel;
use model::identity::Subject;
use subtle::ConstantTimeEq as _;
use time::Date;

use super::Keuze;
use contact::Email;
use ledger::Scribe;
use vault::key::{MacKey, SecretName, purpose::Mac};
use vault::mac::mac;

/// The name of the token keys.
const TOKEN: SecretName<Mac> = SecretName::new("token");

/// Purpose, channel, person and day.
const TEXT: usize = 22;
/// A keyed hash of an address.
const MAILBOX: usize = 10;
const IV: usize = 16;
/// Whole tokens, without and with a mailbox. Of 40 bytes the last character carries two bits and of 50 bytes four, so it
/// is a letter or a digit: a `-` or `_` at the end of an address is cut off by some mail programs.
const WHOLE: [usize; 2] = [2 + IV + TEXT, 2 + IV + TEXT + MAILBOX];

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

/// Makes and reads tokens.
pub struct Tokens<'a> {
    scribe: &'a Scribe,
}

impl Tokens<'_> {
    /// The token of an unsubscribe link.
    pub fn stop(&self, person: Subject, channel: Option<Channel>) -> String {
        self.make(Token::Stop { person, channel })
    }

    /// The token of a confirmation link to a mailbox, with the last day on which it works.
    pub fn confirm(&self, person: Subject, channel: Channel, until: Date, to: &Email) -> String {
        let (number, secret) = self.scribe.newest_secret(TOKEN);
        let keys = Keys::of(&secret);
        keys.seal(number, Token::Confirm { person, channel, until, mailbox: Some(keys.mailbox(to)) })
    }

    /// As confirmation links were made before they named the mailbox.
    #[cfg(any(test, feature = "fixture"))]
    pub fn confirm_as_before(&self, person: Subject, channel: Channel, until: Date) -> String {
        self.make(Token::Confirm { person, channel, until, mailbox: None })
    }

    /// Whether a token that we made was sent to this mailbox; `None` for one that does not say where it went.
    pub fn was_sent_to(&self, token: &str, email: &Email) -> Option<bool> {
        let (keys, token) = self.open(token)?;
        let Token::Confirm { mailbox, .. } = token else { return None };
        mailbox.map(|mailbox| keys.mailbox(email) == mailbox)
    }

    /// What a token says; `None` for one that we never made. Whether its person still exists, and whether its day has
    /// passed, is for whoever acts on it. Every text costs the same work.
    pub fn read(&self, token: &str) -> Option<Token> {
        self.open(token).map(|(_, token)| token)
    }

    /// The same, with the keys it was made under.
    fn open(&self, token: &str) -> Option<(Keys, Token)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| WHOLE.contains(&bytes.len()));
        let is_whole = bytes.is_some();
        // A text of another length is read as zeros, which no key has made.
        let bytes = bytes.unwrap_or_else(|| vec![0; WHOLE[0]]);
        let (number, rest) = bytes.split_first_chunk::<2>()?;
        let (iv, sealed) = rest.split_first_chunk::<IV>()?;
        let number = u16::from_be_bytes(*number);
        let secret = self.scribe.numbered_secret(TOKEN, number);
        let is_known = secret.is_some();
        let keys = Keys::of(&secret.unwrap_or_else(MacKey::nobodys));
        let text = keys.stream(iv, sealed);
        let is_ours = bool::from(keys.iv(number, &text).ct_eq(iv)) & is_whole & is_known;
        Token::decode(&text).filter(|_| is_ours).map(|token| (keys, token))
    }

    /// Begins a new key; tokens made under the older ones keep working.
    pub fn rotate(&self) {
        self.scribe.rotate_secret(TOKEN);
    }

    fn make(&self, token: Token) -> String {
        let (number, secret) = self.scribe.newest_secret(TOKEN);
        Keys::of(&secret).seal(number, token)
    }
}

impl Keuze {
    /// The tokens of this ledger.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { scribe: &self.scribe }
    }
}

impl Token {
    /// Purpose, channel, person, day; then the mailbox, if there is one.
    fn encode(self) -> Vec<u8> {
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
        let channel = Channel::ALL.into_iter().find(|channel| number_of(*channel) == head[1]);
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
fn number_of(channel: Channel) -> u8 {
    match channel {
        Channel::Newsletter => 1,
        Channel::Email => 2,
        Channel::Post => 3,
        Channel::Phone => 4,
        Channel::Social => 5,
    }
}

/// Three keys out of one secret: for the IV, for the keystream, and for hashes of addresses.
struct Keys {
    iv: MacKey,
    stream: MacKey,
    mailbox: MacKey,
}

impl Keys {
    fn of(secret: &MacKey) -> Self {
        Self {
            iv: secret.derive(&[b"keuze token iv"]),
            stream: secret.derive(&[b"keuze token stream"]),
            mailbox: secret.derive(&[b"keuze token mailbox"]),
        }
    }

    fn seal(&self, number: u16, token: Token) -> String {
        let text = token.encode();
        let iv = self.iv(number, &text);
        URL_SAFE_NO_PAD.encode([&number.to_be_bytes()[..], &iv, &self.stream(&iv, &text)].concat())
    }

    fn iv(&self, number: u16, text: &[u8]) -> [u8; IV] {
        *mac(&self.iv, &[&number.to_be_bytes(), text]).first_chunk().expect("32 bytes")
    }

    /// A text is at most 32 bytes, so one block of keystream covers it.
    fn stream(&self, iv: &[u8; IV], text: &[u8]) -> Vec<u8> {
        text.iter().zip(mac(&self.stream, &[iv])).map(|(text, stream)| text ^ stream).collect()
    }

    /// Two spellings of one mailbox are one (decision 9).
    fn mailbox(&self, email: &Email) -> [u8; MAILBOX] {
        *mac(&self.mailbox, &[email.normal().as_bytes()]).first_chunk().expect("32 bytes")
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
            .chain([None, Some([0; MAILBOX]), Some([255; MAILBOX])].into_iter().flat_map(|mailbox| {
                let until = date!(2026 - 11 - 27);
                Channel::ALL.map(|channel| Token::Confirm { person: ANNA, channel, until, mailbox })
            }))
            .collect();
        for token in all {
            let text = tokens.make(token);
            let length = if matches!(token, Token::Confirm { mailbox: Some(_), .. }) { 67 } else { 54 };
            assert_eq!((text.len(), tokens.read(&text)), (length, Some(token)));
            assert_eq!(text, tokens.make(token), "deterministic");
            assert!(text.ends_with(|c: char| c.is_ascii_alphanumeric()), "{text}");
        }
        let other = tokens.stop(Subject([8; 16]), None);
        let alike = other.bytes().zip(tokens.stop(ANNA, None).bytes()).filter(|(a, b)| a == b).count();
        assert!(alike < 20, "opaque: nothing of one person's token can be told from another's");
    }

    /// S-20: a confirmation proves the mailbox that it was sent to, in any spelling and after any rotation; one from
    /// before tokens named it says nothing of it.
    #[test]
    fn s_20_a_confirmation_names_its_mailbox() {
        let house = House::bare(1);
        let tokens = house.keuze.tokens();
        let until = date!(2026 - 11 - 27);
        let [hers, spelled, other] = ["anna@example.nl", "anna@EXAMPLE.nl", "bert@example.nl"]
            .map(|text| Email::parse(text).expect("an address"));
        let token = tokens.confirm(ANNA, Channel::Newsletter, until, &hers);
        tokens.rotate();
        let sent_to = |email| tokens.was_sent_to(&token, email);
        assert_eq!([&hers, &spelled, &other].map(sent_to), [Some(true), Some(true), Some(false)]);
        let older = tokens.confirm_as_before(ANNA, Channel::Newsletter, until);
        assert_eq!(tokens.was_sent_to(&older, &hers), None);
        assert_eq!(tokens.was_sent_to(&tokens.stop(ANNA, None), &hers), None);
    }

    /// R-3.7-7: a single altered character is as unknown as anything else.
    #[test]
    fn nobody_can_make_one_up() {
        let house = House::bare(1);
        let tokens = house.keuze.tokens();
        let email = Email::parse("anna@example.nl").expect("an address");
        for token in [
            tokens.stop(ANNA, Some(Channel::Newsletter)),
            tokens.confirm(ANNA, Channel::Newsletter, date!(2026 - 11 - 27), &email),
        ] {
            unknown_once_altered(&tokens, &token);
        }
    }

    fn unknown_once_altered(tokens: &Tokens<'_>, token: &str) {
        for at in 0..token.len() {
            for bit in 0..7 {
                let mut altered = token.to_owned().into_bytes();
                altered[at] ^= 1 << bit;
                let altered = String::from_utf8_lossy(&altered).into_owned();
                assert_eq!(tokens.read(&altered), None, "{altered}");
            }
        }
        for text in ["", "AAEA", &token[1..], &format!("{token}A"), &"A".repeat(54), &"é".repeat(27)] {
            assert_eq!(tokens.read(text), None, "{text}");
        }
        assert_eq!(House::bare(2).keuze.tokens().read(token), None, "another ledger's");
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
