//! What somebody who is about to send needs: whether they may, and how their reader stops it.

use std::sync::Arc;

use model::channel::Channel;
use model::controller::Controller;
use model::decision::Decision;
use model::language::{Language, Localized};
use model::letter::LetterCode;
use model::paths;
use words::mailing;

use super::people::{ActError, Addressee, Contactability, People, Person};
use super::tokens::Links;

/// Which texts and pieces a letter block has; raised whenever they change.
pub const LETTER_BLOCK: u32 = 1;

/// Stands in a letter template where the block is filled in.
pub const BLOCK: &str = "{{keuze_block}}";
/// Stands in a letter template where the code is filled in.
pub const CODE: &str = "{{keuze_code}}";

/// Whether a message may go, and to whom.
pub enum SendPermission {
    Open(Box<Person>, Decision),
    Shut(Decision),
}

/// What a mail carries so that its reader can stop it with one press (RFC 8058).
#[derive(Clone, PartialEq, Eq)]
pub struct MailLinks {
    /// The link's address.
    pub link: String,
    /// Sentence, link and sender, for the text part.
    pub text: Localized,
    /// The same for the HTML part.
    pub html: Localized,
}

/// What a letter lacks (S-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Lacking {
    /// The paragraph that says how to object, in neither language.
    Paragraph,
    /// The short address.
    Address,
    /// The code, or its place in a template.
    Code,
}

impl Lacking {
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// Whether somebody may be sent something, and how they stop it.
pub struct Mailings {
    people: Arc<People>,
    contactability: Arc<Contactability>,
    links: Arc<Links>,
    controller: Controller,
}

impl Mailings {
    /// On what it may touch.
    pub fn new(
        people: Arc<People>,
        contactability: Arc<Contactability>,
        links: Arc<Links>,
        controller: Controller,
    ) -> Self {
        Self { people, contactability, links, controller }
    }
}

impl Mailings {
    /// Asks before a message goes; of several people who share an address, it goes to one who may be reached.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn permission(&self, who: &Addressee, channel: Channel) -> Result<SendPermission, ActError> {
        let history = &self.people.history();
        let decision = self.contactability.decision(history, who, channel)?;
        if !decision.allow {
            return Ok(SendPermission::Shut(decision));
        }
        let people = match who.person {
            Some(subject) => self.people.known_person(subject).into_iter().collect(),
            None => who.points.iter().flat_map(|point| self.people.people_at(point)).collect::<Vec<_>>(),
        };
        for person in people {
            let theirs = self.contactability.decision(
                history,
                &Addressee { person: Some(person.subject), points: who.points.clone() },
                channel,
            )?;
            if theirs.allow {
                return Ok(SendPermission::Open(Box::new(person), theirs));
            }
        }
        Err(ActError::NoPerson)
    }

    /// Link and texts for a person's mail.
    pub fn mail_links(&self, person: &Person, channel: Channel, origin: &str) -> MailLinks {
        let link = format!("{origin}{}", paths::objection_link(self.links.stop(person.subject, Some(channel))));
        let sender = mailing::sender(&self.controller);
        let text = |language| format!("{} {link}\n\n{sender}\n", mailing::stop(channel, language));
        let html = |language| {
            let (says, words) = (mailing::stop(channel, language), mailing::link(channel, language));
            format!("<p>{says} <a href=\"{link}\">{words}</a></p>\n<p>{}</p>\n", escaped(&sender))
        };
        MailLinks { text: Localized::in_each(text), html: Localized::in_each(html), link }
    }
}

/// The paragraph of a letter in every language.
pub fn paragraph(controller: &Controller, address: &str, code: LetterCode) -> Localized {
    Localized::in_each(|language| mailing::letter(controller, address, &code.to_string(), language))
}

/// What a letter, or its template, lacks; `addresses` are the short addresses of all hosts.
pub fn lacking(text: &str, controller: &Controller, addresses: &[String]) -> Vec<Lacking> {
    let text = plain(text);
    if text.contains(BLOCK) {
        return Vec::new();
    }
    let says = Language::ALL.into_iter().any(|language| has_paragraph(&text, controller, language));
    let has_address = addresses.iter().any(|address| text.contains(address.as_str()));
    let has_code = text.contains(CODE) || text.split(' ').any(is_code);
    let pieces = [(Lacking::Paragraph, says), (Lacking::Address, has_address), (Lacking::Code, has_code)];
    pieces.into_iter().filter(|(_, is_there)| !is_there).map(|(piece, _)| piece).collect()
}

/// Every sentence of the paragraph in order, whatever stands for address and code.
fn has_paragraph(text: &str, controller: &Controller, language: Language) -> bool {
    const HERE: &str = "\u{1}";
    let paragraph = plain(&mailing::letter(controller, HERE, HERE, language));
    let mut rest = Some(text);
    for piece in paragraph.split(HERE).map(str::trim) {
        rest = rest.and_then(|rest| rest.find(piece).map(|at| &rest[at + piece.len()..]));
    }
    rest.is_some()
}

fn is_code(word: &str) -> bool {
    word.trim_end_matches(['.', ',', ';']).parse::<LetterCode>().is_ok()
}

/// Without markup, each space one.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (i, piece) in text.split('<').enumerate() {
        let after_tag = if i == 0 { Some(piece) } else { piece.split_once('>').map(|(_, rest)| rest) };
        plain.push(' ');
        plain.push_str(after_tag.unwrap_or(piece));
    }
    let plain = plain.replace("&nbsp;", " ").replace("&amp;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
