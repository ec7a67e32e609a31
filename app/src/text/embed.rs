//! What the banner says around the notice: after an answer, and when there can be none.

use crate::model::language::Language;

/// The texts of `embed.js` that are not part of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The choice is durable; the receipt's number follows.
    pub saved: &'static str,
    /// Leads to the receipt.
    pub receipt: &'static str,
    /// Takes the message away.
    pub close: &'static str,
    /// Nothing came back from the server.
    pub failed: &'static str,
    /// The browser keeps no cookies, so there is no question.
    pub blocked: &'static str,
}

/// Dutch.
pub const NL: Words = Words {
    saved: "Uw keuze is opgeslagen. Uw bewijsnummer is ",
    receipt: "Bekijk uw bewijs",
    close: "Sluiten",
    failed: "Uw keuze is niet opgeslagen: de server antwoordt niet. Er is niets veranderd. Probeer het nog eens.",
    blocked: "Uw browser bewaart geen cookies. Daarom vragen wij niets en gebruiken wij alleen wat nodig is.",
};

/// English.
pub const EN: Words = Words {
    saved: "Your choice is saved. Your receipt number is ",
    receipt: "View your receipt",
    close: "Close",
    failed: "Your choice is not saved: the server does not answer. Nothing has changed. Please try again.",
    blocked: "Your browser keeps no cookies. So we ask nothing and use only what is necessary.",
};

/// The texts in one language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
    }
}
