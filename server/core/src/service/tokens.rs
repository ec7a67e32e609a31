//! Tokens in mails: who may stop what, without signing in and without anything being stored for it. Their bytes are drawn in
//! `ledger::formats::token`.

use std::sync::Arc;

use model::channel::Channel;
use model::identity::Subject;
use time::Date;

use super::people::People;
use contact::Email;
use ledger::Ledger;
use ledger::formats::token::{MAILBOX, SealedToken, Token};
use vault::key::{MacKey, SecretName, purpose::Mac};
use vault::mac::mac;
use vault::siv::SivKey;

/// The name of the token keys.
const TOKEN: SecretName<Mac> = SecretName::new("token");

/// Whom a link stops advertising for, and by which channel; `None` for every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub(super) person: Subject,
    /// What it is about.
    pub channel: Option<Channel>,
}

/// The tokens in links of mails.
pub struct Links {
    ledger: Ledger,
    people: Arc<People>,
}

impl Links {
    /// On what it may touch.
    pub fn new(ledger: Ledger, people: Arc<People>) -> Self {
        Self { ledger, people }
    }
}

impl Links {
    /// The token of an unsubscribe link.
    pub fn stop(&self, person: Subject, channel: Option<Channel>) -> String {
        self.make(Token::Stop { person, channel })
    }

    /// The token of a confirmation link to a mailbox, with the last day on which it works.
    pub fn confirm(&self, person: Subject, channel: Channel, until: Date, to: &Email) -> String {
        let (number, secret) = self.ledger.newest_secret(TOKEN);
        let keys = TokenKeys::derive(&secret);
        Token::Confirm { person, channel, until, mailbox: Some(keys.mailbox(to)) }.seal(number, &keys.token)
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
    pub fn open_token(&self, token: &str) -> Option<Token> {
        self.open(token).map(|(_, token)| token)
    }

    /// The same, with the keys it was made under.
    fn open(&self, token: &str) -> Option<(TokenKeys, Token)> {
        let sealed = SealedToken::parse_token(token);
        let secret = self.ledger.numbered_secret(TOKEN, sealed.number);
        let is_known = secret.is_some();
        let keys = TokenKeys::derive(&secret.unwrap_or_else(MacKey::nobodys));
        let token = sealed.open(&keys.token);
        token.filter(|_| is_known).map(|token| (keys, token))
    }

    /// Begins a new key; tokens made under the older ones keep working.
    pub fn rotate(&self) {
        self.ledger.rotate_secret(TOKEN);
    }

    fn make(&self, token: Token) -> String {
        let (number, secret) = self.ledger.newest_secret(TOKEN);
        token.seal(number, &TokenKeys::derive(&secret).token)
    }
}

impl Links {
    /// Reads the token of an unsubscribe link. Unknown and altered ones and those of erased people are one thing, in
    /// what comes back and in the work that it takes.
    pub fn resolve(&self, token: &str) -> Option<Link> {
        let read = match self.open_token(token) {
            Some(Token::Stop { person, channel }) => Some(Link { person, channel }),
            Some(Token::Confirm { .. }) | None => None,
        };
        let person = read.map_or(Subject([0; 16]), |link| link.person);
        let is_known = self.people.known_person(person).is_some();
        read.filter(|_| is_known)
    }
}

/// What one secret gives: the key of the tokens, and the one for hashes of addresses.
struct TokenKeys {
    token: SivKey,
    mailbox: MacKey,
}

impl TokenKeys {
    fn derive(secret: &MacKey) -> Self {
        Self { token: SivKey::derive(secret, b"keuze token"), mailbox: secret.derive(&[b"keuze mailbox of a token"]) }
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
    use crate::service::fixture::TestApp;

    const ANNA: Subject = Subject([7; 16]);

    #[test]
    fn a_token_says_what_it_was_made_for_and_always_the_same_way() {
        let app = TestApp::bare(1);
        let tokens = app.services.links;
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
            let length = if matches!(token, Token::Confirm { mailbox: Some(_), .. }) { 70 } else { 55 };
            assert_eq!((text.len(), tokens.open_token(&text)), (length, Some(token)));
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
        let app = TestApp::bare(1);
        let tokens = app.services.links;
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
        let app = TestApp::bare(1);
        let tokens = app.services.links;
        let email = Email::parse("anna@example.nl").expect("an address");
        for token in [
            tokens.stop(ANNA, Some(Channel::Newsletter)),
            tokens.confirm(ANNA, Channel::Newsletter, date!(2026 - 11 - 27), &email),
        ] {
            unknown_once_altered(&tokens, &token);
        }
    }

    fn unknown_once_altered(tokens: &Links, token: &str) {
        for at in 0..token.len() {
            for bit in 0..7 {
                let mut altered = token.to_owned().into_bytes();
                altered[at] ^= 1 << bit;
                let altered = String::from_utf8_lossy(&altered).into_owned();
                assert_eq!(tokens.open_token(&altered), None, "{altered}");
            }
        }
        for text in ["", "AAEA", &token[1..], &format!("{token}A"), &"A".repeat(55), &"é".repeat(27)] {
            assert_eq!(tokens.open_token(text), None, "{text}");
        }
        assert_eq!(TestApp::bare(2).services.links.open_token(token), None, "another ledger's");
    }

    /// S-57: mails that were sent keep their links.
    #[test]
    fn tokens_outlive_the_rotation_of_their_key() {
        let app = TestApp::bare(1);
        let tokens = app.services.links;
        let old = tokens.stop(ANNA, Some(Channel::Email));
        tokens.rotate();
        let new = tokens.stop(ANNA, Some(Channel::Email));
        assert_ne!(old, new);
        assert_eq!(tokens.open_token(&old), tokens.open_token(&new));
        assert!(old.starts_with("AQAB") && new.starts_with("AQAC"), "version 1, key 1 and 2");
        let moved = format!("AQAC{}", &old[4..]);
        assert_eq!(tokens.open_token(&moved), None, "the number of the key is part of what is signed");
    }

    /// A key that is told to somebody must be there after a crash, whether or not anything was recorded since.
    #[tokio::test]
    async fn a_token_of_a_fresh_key_survives_the_loss_of_everything_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let token = app.services.links.stop(ANNA, None);
        app.services.ledger.close().await;
        let app = TestApp::at(Some(&data), 2).await;
        assert_eq!(app.services.links.open_token(&token), Some(Token::Stop { person: ANNA, channel: None }));
    }
}
