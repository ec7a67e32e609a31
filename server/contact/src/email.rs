//! E-mail addresses in all their valid forms, internationalised ones included.

use email_address::{EmailAddress, Options};
use model::typed::{self, is_invisible};
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
    /// [`ContactError::Email`] when no mailbox can have it (RFC 5321, RFC 6531, RFC 5891), or none that mail can be sent to
    /// by name: an address of a machine (`[127.0.0.1]`) is nobody's.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let given = pasted(text);
        let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
        EmailAddress::parse_with_options(&given, options).map_err(|_| ContactError::Email)?;
        let at = given.rfind('@').ok_or(ContactError::Email)?;
        // A space of another width, or a sign for what could not be read, is no character of a name.
        let is_none = |c: char| {
            c.is_control() || c.is_whitespace() && c != ' ' || matches!(c, '\u{2800}' | '\u{fffc}' | '\u{fffd}')
        };
        let has_none = given.contains(is_none);
        let email = Self { given, at };
        let ascii = domain_to_ascii(email.domain());
        let is_name = ascii.is_some_and(|ascii| {
            ascii.rsplit('.').next().is_some_and(|top| top.contains(|c: char| !c.is_ascii_digit()))
        });
        if is_name && !has_none { Ok(email) } else { Err(ContactError::Email) }
    }

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
    pub fn match_key(&self) -> String {
        use unicode_normalization::UnicodeNormalization as _;
        let quoted = self.local().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let local = quoted.map_or_else(|| self.local().to_owned(), without_quoted_pairs);
        let address = format!("{local}@{}", domain_to_ascii(self.domain()).unwrap_or_default());
        // Nearly every address is in ASCII, of which no character is another one's compatibility form.
        if address.is_ascii() {
            address.to_ascii_lowercase()
        } else {
            address.nfkc().collect::<String>().to_lowercase()
        }
    }

    /// Under what an objection to it stands: as [`Self::match_key`], and for Google's mail every spelling that it delivers to the
    /// same mailbox. Nobody is taken for somebody else by it, and nobody is found by it.
    pub fn objection_fold(&self) -> String {
        use unicode_normalization::UnicodeNormalization as _;
        let fold = self.match_key();
        let (local, domain) = fold.rsplit_once('@').unwrap_or((&fold, ""));
        // Written in capitals, `ß` is `SS`, and `ς` is the `Σ` that `σ` is.
        let capitals = || local.chars().flat_map(char::to_uppercase);
        let local: String =
            if local.is_ascii() { local.to_owned() } else { capitals().flat_map(char::to_lowercase).nfkc().collect() };
        let fold = format!("{local}@{domain}");
        let google = fold.rsplit_once('@').filter(|(_, domain)| OF_GOOGLE.contains(domain));
        let Some((local, _)) = google else { return fold };
        let name: String = local.split('+').next().unwrap_or_default().chars().filter(|c| *c != '.').collect();
        if name.is_empty() { fold } else { format!("{name}@{}", OF_GOOGLE[0]) }
    }
}

impl Email {
    /// The folds of an objection to it: a capital `İ` is an `i` as well.
    pub fn objection_folds(&self) -> Vec<String> {
        let fold = self.objection_fold();
        let plain = fold.replace("i\u{307}", "i");
        let plain = (plain != fold).then_some(plain);
        std::iter::once(fold).chain(plain).collect()
    }

    /// The mailbox that it surely reaches: as it finds people, and for Google's mail every spelling of the same.
    pub fn mailbox(&self) -> String {
        let is_googles = OF_GOOGLE.contains(&domain_to_ascii(self.domain()).unwrap_or_default().as_str());
        if is_googles { self.objection_fold() } else { self.match_key() }
    }
}

/// Domains of Google's mail, which reads a name without its dots and without what stands behind a plus.
const OF_GOOGLE: [&str; 2] = ["gmail.com", "googlemail.com"];

/// `a\.b` in quotes is `a.b`.
fn without_quoted_pairs(quoted: &str) -> String {
    let mut characters = quoted.chars();
    let mut plain = String::new();
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    plain
}

/// What was meant to be copied: without the characters that show nothing, the marks that a spreadsheet has before a text,
/// `mailto:` with all that hangs on it, and the dot or semicolon behind it.
fn pasted(text: &str) -> String {
    let visible = visible(text);
    let trimmed = unmarked(visible.trim());
    let scheme = trimmed.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let address = match scheme {
        Some(scheme) => visible_of_url(trimmed[scheme.len()..].split('?').next().unwrap_or_default()),
        None => trimmed.clone(),
    };
    let address = address.trim();
    let end = address.strip_suffix(['.', ',', ';']).unwrap_or(address);
    // Two dots are no slip of the pen.
    let end = if end.ends_with(['.', ',', ';']) { address } else { end };
    end.to_owned()
}

fn visible(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{3002}' | '\u{ff61}' => '.',
        '\u{ff01}'..='\u{ff5e}' | '\u{fe52}' | '\u{fe6b}' => typed::plain(c),
        // A word processor makes them of the straight ones.
        '‘' | '’' | '‛' => '\'',
        '“' | '”' | '„' | '‟' => '"',
        c => c,
    };
    text.chars().filter(|c| !is_invisible(*c)).map(plain).collect()
}

/// Without the mark of a text (`'`) or a formula (`=`) that a spreadsheet left before it, and quotation marks around it.
fn unmarked(text: &str) -> String {
    let bare = text.trim_start_matches(['\'', '=']);
    if bare.len() == text.len() {
        return text.to_owned();
    }
    let quoted = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let address = quoted.unwrap_or(bare).trim_end_matches('\'').trim();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.trim_end_matches('\'')),
        None => address.to_owned(),
    }
}

/// As [`visible`], of what a URL encodes (RFC 6068): `%2B` is `+`. What is no text stays as it is, and is no address.
fn visible_of_url(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).map_or_else(|_| text.to_owned(), |decoded| visible(&decoded))
}

/// A domain in ASCII and lower case.
fn domain_to_ascii(domain: &str) -> Option<String> {
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
