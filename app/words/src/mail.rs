//! The mails that are sent: plain text, what was asked for and nothing else (S-20).

use model::controller::Controller;
use model::language::Language;

/// A code beside the one that was asked for, which works in any browser.
pub struct Spare {
    pub code: String,
    /// Until when, as people read it.
    pub until: String,
}

/// The mail with a code.
pub struct CodeMail {
    /// Its subject, with the site's name.
    pub subject: fn(&str) -> String,
    /// Its text, with the code, a spare one where no other mail may follow, the site's name and who sends it.
    pub text: fn(&str, Option<&Spare>, &str, &str) -> String,
    /// The text message in its place, with the codes and the site's name: one of 160 characters at most. Its last line
    /// lets a phone offer the code to that site's page alone (WICG "Delivering origin-bound one-time codes over SMS").
    pub sms: fn(&str, Option<&Spare>, &str) -> String,
}

const CODE_NL: CodeMail = CodeMail {
    subject: |site| format!("Uw code voor {site}"),
    text: |code, spare, site, signature| {
        let spare = spare.map_or_else(String::new, |Spare { code, until }| {
            format!(
                "Er is vaak om een code voor dit adres gevraagd. Daarom sturen wij er misschien even geen nieuwe. Kunt u \
                 deze code niet gebruiken, en krijgt u geen andere? Dan is dit uw reservecode:\n\n{code}\n\nDe reservecode \
                 werkt een keer, in elke browser, tot {until}. Vraag op {site} om een code en vul dan de reservecode \
                 in.\n\n"
            )
        });
        format!(
            "Uw code voor {site} is:\n\n{code}\n\nDe code werkt tien minuten, en alleen in de browser waarin u haar \
             vroeg.\n\n{spare}Vroeg u geen code? Dan hoeft u niets te doen. Zonder deze code kan niemand uw gegevens \
             zien of namens u ja zeggen. Geef de code aan niemand.\n\n{signature}"
        )
    },
    sms: |code, spare, site| match spare {
        None => {
            format!("{code} is uw code voor {site}. Hij werkt tien minuten. Geef hem aan niemand.\n\n@{site} #{code}")
        }
        Some(Spare { code: spare, until }) => {
            format!(
                "{code} is uw code voor {site}. Reservecode {spare} tot {until}. Geef ze aan niemand.\n\n@{site} #{code}"
            )
        }
    },
};

const CODE_EN: CodeMail = CodeMail {
    subject: |site| format!("Your code for {site}"),
    text: |code, spare, site, signature| {
        let spare = spare.map_or_else(String::new, |Spare { code, until }| {
            format!(
                "A code for this address was asked for often. So we may send no new one for a while. Can you not use this \
                 code, and do you get no other? Then this is your spare code:\n\n{code}\n\nThe spare code works once, in any \
                 browser, until {until}. Ask for a code at {site} and then enter the spare code.\n\n"
            )
        });
        format!(
            "Your code for {site} is:\n\n{code}\n\nThe code works for ten minutes, and only in the browser in which \
             you asked for it.\n\n{spare}Did you not ask for a code? Then you need not do anything. Without this code nobody \
             can see your data or say yes for you. Give the code to nobody.\n\n{signature}"
        )
    },
    sms: |code, spare, site| match spare {
        None => {
            format!("{code} is your code for {site}. It works for ten minutes. Give it to nobody.\n\n@{site} #{code}")
        }
        Some(Spare { code: spare, until }) => {
            format!(
                "{code} is your code for {site}. Spare code {spare} until {until}. Give them to nobody.\n\n@{site} #{code}"
            )
        }
    },
};

impl CodeMail {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &CODE_NL,
            Language::En => &CODE_EN,
        }
    }
}

/// The mail that asks whether somebody wants the newsletter.
pub struct Confirmation {
    /// Its subject, with the site's name.
    pub subject: fn(&str) -> String,
    /// Its text, with the link, the site's name, the days and who sends it.
    pub text: fn(&str, &str, u32, &str) -> String,
}

const CONFIRMATION_NL: Confirmation = Confirmation {
    subject: |site| format!("Bevestig uw aanmelding bij {site}"),
    text: |link, site, days, signature| {
        format!(
            "Iemand gaf dit adres op voor de nieuwsbrief van {site}. Was u dat? Open dan deze pagina en druk op de \
             knop:\n\n{link}\n\nWas u het niet? Dan hoeft u niets te doen. U krijgt geen nieuwsbrief, en na {days} dagen \
             wissen wij deze aanmelding.\n\n{signature}"
        )
    },
};

const CONFIRMATION_EN: Confirmation = Confirmation {
    subject: |site| format!("Confirm your sign-up at {site}"),
    text: |link, site, days, signature| {
        format!(
            "Somebody gave this address for the newsletter of {site}. Was it you? Then open this page and press the \
             button:\n\n{link}\n\nWas it not you? Then you need not do anything. You get no newsletter, and after {days} \
             days we erase this sign-up.\n\n{signature}"
        )
    },
};

impl Confirmation {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &CONFIRMATION_NL,
            Language::En => &CONFIRMATION_EN,
        }
    }
}

/// Who sends it and how to reach them: every mail says so (R-2.4-9).
pub fn signature(controller: &Controller) -> String {
    let address = controller.address.join(", ");
    format!("{}\n{address}\n{}\n{}\n", controller.legal_name, controller.email, controller.phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_with_a_spare_one_fits_one_text_message() {
        for (code, until) in [(&CODE_NL, "24 september 2026, 14:05"), (&CODE_EN, "24 September 2026, 14:05")] {
            let spare = Spare { code: "ABCD-EFGH-JKMN".to_owned(), until: until.to_owned() };
            let text = (code.sms)("123456", Some(&spare), "voipro.nl");
            assert!(text.chars().count() <= 160 && text.is_ascii(), "{text}");
            assert!(text.contains(&spare.code) && text.ends_with("\n\n@voipro.nl #123456"), "{text}");
        }
    }
}
