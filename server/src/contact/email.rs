//! E-mail addresses in all their valid forms, internationalised ones included.

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

use super::ContactError;

/// A mailbox, spelled as it was given (without the spaces around it).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    given: String,
    /// Where the domain begins.
    at: usize,
}

impl Email {
    /// Reads an address as somebody typed or pasted it.
    ///
    /// # Errors
    /// [`ContactError::Email`] when no mailbox can have it (RFC 5321, RFC 6531, RFC 5891).
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        // Invisible characters and "mailto:" come along when an address is copied from a page.
        let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        let trimmed = visible.trim();
        let given = trimmed.strip_prefix("mailto:").unwrap_or(trimmed);
        let options = Options::default().without_display_text().with_domain_literal().with_required_tld();
        EmailAddress::parse_with_options(given, options).map_err(|_| ContactError::Email)?;
        let at = given.rfind('@').ok_or(ContactError::Email)?;
        let email = Self { given: given.to_owned(), at };
        let valid = !given.contains(char::is_control) && domain_to_ascii(email.domain()).is_some();
        if valid { Ok(email) } else { Err(ContactError::Email) }
    }

    /// As given.
    pub fn given(&self) -> &str {
        &self.given
    }

    fn local(&self) -> &str {
        &self.given[..self.at]
    }

    fn domain(&self) -> &str {
        &self.given[self.at + 1..]
    }

    /// The local part as given, the domain in lower case and in ASCII (RFC 5321 section 2.4: only the host that
    /// receives knows what the local part means).
    pub fn normal(&self) -> String {
        format!("{}@{}", self.local(), domain_to_ascii(self.domain()).unwrap_or_default())
    }

    /// Wholly in lower case: hardly any host tells Jan@ from jan@, so an objection by one holds for both.
    ///
    /// Quotes around the local part are notation and not part of the mailbox's name (RFC 5321 section 4.1.2).
    pub fn fold(&self) -> String {
        use unicode_normalization::UnicodeNormalization as _;
        let quoted = self.local().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let local = quoted.map_or_else(|| self.local().to_owned(), without_quoted_pairs);
        let address = format!("{local}@{}", domain_to_ascii(self.domain()).unwrap_or_default());
        address.nfkc().collect::<String>().to_lowercase()
    }
}

/// `a\.b` in quotes is `a.b`.
fn without_quoted_pairs(quoted: &str) -> String {
    let mut characters = quoted.chars();
    let mut plain = String::new();
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    plain
}

/// Characters that show nothing, or turn the direction of what follows: no mailbox has them in its name.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// A domain in ASCII and lower case; an address literal as it stands.
fn domain_to_ascii(domain: &str) -> Option<String> {
    if domain.starts_with('[') {
        return Some(domain.to_ascii_lowercase());
    }
    idna::domain_to_ascii_strict(domain).ok().filter(|ascii| !ascii.is_empty() && ascii.len() <= 253)
}

impl TryFrom<String> for Email {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.given
    }
}
