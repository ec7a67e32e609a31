//! Messages: what is advertising, and what is not (S-19).
#![warn(missing_docs)]

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// What a message is. Only advertising is gated by what people said of its channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageClass {
    /// Advertising: new services, products, an offer (Tw art. 11.7 lid 1).
    #[default]
    Commercial,
    /// What somebody needs for what they have: an invoice, a failure, a changed appointment.
    Service,
}

impl MessageClass {
    /// Its name in the API.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The class of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// How a template was classed. It names no recipient: who classes answers for the template, whomever it goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classified {
    /// The template's name.
    pub template: String,
    /// As what.
    pub class: MessageClass,
    /// The name of who said so; a service message has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
}

/// What a classification lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassFault {
    /// The template's name.
    #[error("name the template in up to 60 letters, digits and - _ . /")]
    Template,
    /// Who decided it.
    #[error("name who classed the template, in up to 60 letters, digits, spaces and - _ . '")]
    DecidedBy,
}

/// The longest name of a template or of who classed it.
const LONGEST: usize = 60;

impl Classified {
    /// Reads what was sent. An address fits into neither name, so none gets into the ledger by mistake.
    ///
    /// # Errors
    /// What is missing, or is no name.
    pub fn parse_class(class: MessageClass, template: &str, decided_by: Option<&str>) -> Result<Self, ClassFault> {
        let template = named(template, "-_./").ok_or(ClassFault::Template)?;
        let decided_by = decided_by.map(|name| named(name, " -_.'").ok_or(ClassFault::DecidedBy)).transpose()?;
        if class == MessageClass::Service && decided_by.is_none() {
            return Err(ClassFault::DecidedBy);
        }
        Ok(Self { template, class, decided_by })
    }
}

/// A letter template that passed the check (S-13); when, the event says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedLetter {
    /// The template's name.
    pub template: String,
    /// Which version of the block it was checked for.
    pub block_version: u32,
}

impl CheckedLetter {
    /// Reads the name as [`Classified::parse_class`] does.
    ///
    /// # Errors
    /// [`ClassFault::Template`].
    pub fn parse_letter(template: &str, block_version: u32) -> Result<Self, ClassFault> {
        let template = named(template, "-_./").ok_or(ClassFault::Template)?;
        Ok(Self { template, block_version })
    }
}

fn named(text: &str, also: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=LONGEST).contains(&text.chars().count());
    (fits && text.chars().all(|c| c.is_alphanumeric() || also.contains(c))).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S-19: a service message says which template it is, and who decided that it is one.
    #[test]
    fn a_service_message_names_its_template_and_who_decided() {
        let read = |template, decided_by| Classified::parse_class(MessageClass::Service, template, decided_by);
        let read_right = read(" mail/factuur-2 ", Some("D. de Vries")).expect("read");
        assert_eq!(
            (read_right.template.as_str(), read_right.decided_by.as_deref()),
            ("mail/factuur-2", Some("D. de Vries"))
        );
        let long = "a".repeat(61);
        for template in ["", "anna@example.nl", "a b", &long] {
            assert_eq!(read(template, Some("Dirk")), Err(ClassFault::Template), "{template}");
        }
        for name in [None, Some(""), Some("anna@example.nl")] {
            assert_eq!(read("factuur", name), Err(ClassFault::DecidedBy), "{name:?}");
        }
        assert!(Classified::parse_class(MessageClass::Commercial, "actie", None).is_ok());
    }
}
