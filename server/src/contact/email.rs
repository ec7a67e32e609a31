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
        // "mailto:" comes along when an address is copied from a page.
        let trimmed = text.trim();
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
    pub fn fold(&self) -> String {
        use unicode_normalization::UnicodeNormalization as _;
        self.normal().nfkc().collect::<String>().to_lowercase()
    }
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
