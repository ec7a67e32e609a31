//! What the banner says around the notice: after an answer, and when there can be none.

use serde::Serialize;

use model::language::Language;

/// The texts of `embed.js` and `later.js` that are not part of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EmbedWords {
    /// Everything optional was refused.
    pub refused: &'static str,
    /// The same, where something was allowed before.
    pub withdrawn: &'static str,
    pub accepted: &'static str,
    /// Something was switched on; the names of what is on follow.
    pub kept: &'static str,
    /// Leads to the receipt.
    pub receipt: &'static str,
    /// Takes the message away.
    pub close: &'static str,
    /// Nobody knows yet whether the answer arrived.
    pub unknown: &'static str,
    /// The server says that it has not recorded the answer, and to try again.
    pub waiting: &'static str,
    /// The server refused to record the answer.
    pub failed: &'static str,
    /// Another tab answered since; what holds now follows.
    pub changed: &'static str,
    /// The browser keeps no cookies, so there is no question.
    pub blocked: &'static str,
    /// Something that was withdrawn still runs, on a page where somebody has typed.
    pub offer: &'static str,
    pub reload: &'static str,
    /// The way back to the settings, where the page has none of its own.
    pub settings: &'static str,
}

pub const NL: EmbedWords = EmbedWords {
    refused: "Geweigerd. Alleen noodzakelijke cookies staan aan.",
    withdrawn: "Ingetrokken. Alleen noodzakelijke cookies staan aan.",
    accepted: "Geaccepteerd. Alle cookies staan aan.",
    kept: "Bewaard. Naast noodzakelijk staat aan:",
    receipt: "Bewijs",
    close: "Sluiten",
    unknown: "Wij weten nog niet of uw keuze is aangekomen. Wij proberen het vanzelf opnieuw.",
    waiting: "Uw keuze is nog niet opgeslagen. Tot dan blijft alles zoals het was. Wij proberen het vanzelf opnieuw.",
    failed: "Uw keuze is niet opgeslagen. Er is niets veranderd. Probeer het nog eens.",
    changed: "U koos intussen anders.",
    blocked: "Uw browser bewaart geen cookies. Daarom vragen wij niets en gebruiken wij alleen wat nodig is.",
    offer: "Wat al draaide, stopt pas als u deze pagina ververst. Wat u hebt ingevuld, gaat dan verloren.",
    reload: "Pagina verversen",
    settings: "Cookie-instellingen",
};

pub const EN: EmbedWords = EmbedWords {
    refused: "Refused. Only necessary cookies are on.",
    withdrawn: "Withdrawn. Only necessary cookies are on.",
    accepted: "Accepted. All cookies are on.",
    kept: "Saved. Beside what is necessary, this is on:",
    receipt: "Receipt",
    close: "Close",
    unknown: "We do not know yet whether your choice has arrived. We are trying again by ourselves.",
    waiting: "Your choice is not saved yet. Until then all stays as it was. We are trying again by ourselves.",
    failed: "Your choice is not saved. Nothing has changed. Please try again.",
    changed: "You chose otherwise meanwhile.",
    blocked: "Your browser keeps no cookies. So we ask nothing and use only what is necessary.",
    offer: "What was running stops only when you refresh this page. What you have filled in is then lost.",
    reload: "Refresh page",
    settings: "Cookie settings",
};

/// What the notice's own controls say, whoever asks: part of the notice, so kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlWords {
    /// Refuses everything.
    pub refuse_all: &'static str,
    /// Accepts everything.
    pub accept_all: &'static str,
    /// Closes the panel for whoever has chosen before.
    pub close: &'static str,
    /// Takes the first layer away, and refuses: a close control says so.
    pub close_refuse: &'static str,
}

/// The controls' words in one language.
pub fn control_words(language: Language) -> ControlWords {
    match language {
        Language::Nl => ControlWords {
            refuse_all: "Alles weigeren",
            accept_all: "Alles accepteren",
            close: "Sluiten",
            close_refuse: "Sluiten en weigeren",
        },
        Language::En => ControlWords {
            refuse_all: "Refuse all",
            accept_all: "Accept all",
            close: "Close",
            close_refuse: "Close and refuse",
        },
    }
}

/// What a browser is told that asks not to be tracked; `still` are the purposes that its signal leaves to continued use.
pub fn signal(still: &[&str], language: Language) -> String {
    let heard = match language {
        Language::Nl => "Uw browser vraagt websites om u niet te volgen. Daar houden wij ons aan.",
        Language::En => "Your browser asks websites not to track you. We follow that.",
    };
    if still.is_empty() {
        return heard.to_owned();
    }
    let (still, close) = (still.join(", "), control_words(language).close_refuse);
    match language {
        Language::Nl => {
            format!("{heard} Zonder toestemming kan nog aangaan: {still}. Met ‘{close}’ blijft ook dat uit.")
        }
        Language::En => {
            format!("{heard} Without consent this can still come on: {still}. ‘{close}’ keeps that off, too.")
        }
    }
}

/// The texts in one language.
pub fn words(language: Language) -> &'static EmbedWords {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
    }
}
