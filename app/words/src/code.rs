//! The words of the pages on which an address is proved by a code.

use crate::views::preference_centre::{AddressFault, CodeFault};
use model::language::Language;

/// The words of the pages on which an address is proved by a code.
pub struct CodeWords {
    /// Title of the page that asks for an address.
    pub ask_title: &'static str,
    /// The same where a mobile number will do, too.
    pub ask_title_mobile: &'static str,
    /// What happens next.
    pub ask_lead: &'static str,
    pub address: &'static str,
    /// The address or mobile number.
    pub address_mobile: &'static str,
    pub send: &'static str,
    /// Before the ways that need no code.
    pub without: &'static str,
    /// The link to the page that takes an objection.
    pub without_link: &'static str,
    /// What we do with the address.
    pub nothing_kept: &'static str,
    /// Title of the page that takes the code.
    pub enter_title: &'static str,
    /// Where it was sent.
    pub sent_to: fn(&str) -> String,
    /// How long it works, and where to look.
    pub enter_help: &'static str,
    /// The same of a text message.
    pub enter_help_text: &'static str,
    pub code: &'static str,
    pub code_help: &'static str,
    /// Title of the page that takes a spare code.
    pub spare_title: &'static str,
    /// That nothing was sent to an address, and in how many minutes something can be, where that is known.
    pub spare_lead: fn(&str, Option<u32>) -> String,
    /// Where the spare code is and what it does.
    pub spare_help: &'static str,
    pub spare_code: &'static str,
    pub spare_code_help: &'static str,
    pub enter: &'static str,
    /// The link to a new code.
    pub again: &'static str,
    /// Heading of a form's faults.
    pub faults: &'static str,
    /// A fault of the address.
    pub address_fault: fn(AddressFault) -> String,
    /// A fault of the code.
    pub code_fault: fn(CodeFault) -> String,
}

pub const NL: CodeWords = CodeWords {
    ask_title: "Bevestig uw e-mailadres",
    ask_title_mobile: "Bevestig uw e-mailadres of mobiele nummer",
    ask_lead: "Wij sturen u een code. Daarmee ziet en verandert u uw keuzes over reclame. U hebt geen wachtwoord nodig.",
    address: "Uw e-mailadres",
    address_mobile: "Uw e-mailadres of mobiele nummer",
    send: "Stuur mij een code",
    without: "Wilt u alleen reclame stoppen? Dat kan zonder code:",
    without_link: "reclame stoppen",
    nothing_kept: "Wij kijken pas in onze gegevens als u de code hebt ingevuld. Iedereen krijgt hetzelfde bericht, klant of niet.",
    enter_title: "Vul de code in",
    sent_to: |address| format!("Wij stuurden een code naar {address}."),
    enter_help: "De code werkt tien minuten, en alleen in deze browser. Ziet u geen mail? Kijk ook bij de ongewenste mail.",
    enter_help_text: "De code komt als sms. Hij werkt tien minuten, en alleen in deze browser. Met uw nummer ziet u wat voor dat nummer geldt. Voor de rest is een code naar uw e-mailadres nodig.",
    code: "Code",
    code_help: "Zes cijfers. U mag de code plakken.",
    spare_title: "Vul de reservecode in",
    spare_lead: |address, minutes| {
        let soon = match minutes {
            None => "Daarom sturen wij nu geen nieuwe code.".to_owned(),
            Some(1) => "Probeer het over 1 minuut opnieuw, of gebruik de reservecode.".to_owned(),
            Some(minutes) => format!("Probeer het over {minutes} minuten opnieuw, of gebruik de reservecode."),
        };
        format!("Er gingen al veel berichten naar {address}. {soon}")
    },
    spare_help: "De reservecode staat in ons laatste bericht daarheen, wie er ook om vroeg. Hij werkt een keer, in elke browser. Ziet u geen bericht? Kijk ook bij de ongewenste mail, of bel ons.",
    spare_code: "Reservecode",
    spare_code_help: "Twaalf letters en cijfers. U mag de code plakken.",
    enter: "Verder",
    again: "Een nieuwe code vragen",
    faults: "Er klopt iets niet",
    address_fault: |fault| match fault {
        AddressFault::Form => "Dit is geen e-mailadres. Een adres ziet er zo uit: naam@voorbeeld.nl".to_owned(),
        AddressFault::AddressOrNumber => {
            "Dit is geen e-mailadres en geen mobiel nummer. Schrijf bijvoorbeeld naam@voorbeeld.nl of 06 12345678"
                .to_owned()
        }
        AddressFault::NoMobile => {
            "Wij sturen alleen een sms naar een Nederlands mobiel nummer (06). Gebruik uw e-mailadres, of bel ons."
                .to_owned()
        }
        AddressFault::TooMany { minutes } => format!(
            "Er gingen hier al veel berichten naartoe. Probeer het over {minutes} {} opnieuw, of bel ons.",
            if minutes == 1 { "minuut" } else { "minuten" }
        ),
        AddressFault::NoMail => {
            "Wij kunnen nu geen mail sturen. Bel of schrijf ons; onderaan de pagina staat hoe.".to_owned()
        }
        AddressFault::Name => "Deze naam is te lang. Gebruik hoogstens 100 tekens.".to_owned(),
        AddressFault::Over => "Uw code werkt niet meer. Vraag hier een nieuwe code.".to_owned(),
    },
    code_fault: |fault| match fault {
        CodeFault::Wrong { left } => format!(
            "Dit is niet de code die wij stuurden. Kijk in het nieuwste bericht. U kunt het nog {left} keer proberen."
        ),
        CodeFault::WrongSpare => {
            "Deze reservecode werkt niet. Kijk in ons laatste bericht, onder de gewone code.".to_owned()
        }
    },
};

pub const EN: CodeWords = CodeWords {
    ask_title: "Confirm your e-mail address",
    ask_title_mobile: "Confirm your e-mail address or mobile number",
    ask_lead: "We send you a code. With it you see and change your choices about advertising. You need no password.",
    address: "Your e-mail address",
    address_mobile: "Your e-mail address or mobile number",
    send: "Send me a code",
    without: "Do you only want to stop advertising? You can do that without a code:",
    without_link: "stop advertising",
    nothing_kept: "We look into our data only when you have entered the code. Everybody gets the same message, customer or not.",
    enter_title: "Enter the code",
    sent_to: |address| format!("We sent a code to {address}."),
    enter_help: "The code works for ten minutes, and only in this browser. No mail? Look among the unwanted mail as well.",
    enter_help_text: "The code comes as a text message. It works for ten minutes, and only in this browser. With your number you see what holds for that number. Everything else needs a code to your e-mail address.",
    code: "Code",
    code_help: "Six digits. You may paste the code.",
    spare_title: "Enter the spare code",
    spare_lead: |address, minutes| {
        let soon = match minutes {
            None => "So we send no new code now.".to_owned(),
            Some(1) => "Try again in 1 minute, or use the spare code.".to_owned(),
            Some(minutes) => format!("Try again in {minutes} minutes, or use the spare code."),
        };
        format!("Many messages went to {address} already. {soon}")
    },
    spare_help: "The spare code stands in our last message there, whoever asked for it. It works once, in any browser. No message? Look among the unwanted mail as well, or call us.",
    spare_code: "Spare code",
    spare_code_help: "Twelve letters and digits. You may paste the code.",
    enter: "Continue",
    again: "Ask for a new code",
    faults: "Something is not right",
    address_fault: |fault| match fault {
        AddressFault::Form => "This is no e-mail address. An address looks like this: name@example.nl".to_owned(),
        AddressFault::AddressOrNumber => {
            "This is no e-mail address and no mobile number. Write for example name@example.nl or 06 12345678"
                .to_owned()
        }
        AddressFault::NoMobile => {
            "We send text messages to Dutch mobile numbers (06) only. Use your e-mail address, or call us.".to_owned()
        }
        AddressFault::TooMany { minutes } => format!(
            "Many messages went there already. Try again in {minutes} {}, or call us.",
            if minutes == 1 { "minute" } else { "minutes" }
        ),
        AddressFault::NoMail => {
            "We cannot send mail at the moment. Call or write to us; the foot of the page says how.".to_owned()
        }
        AddressFault::Name => "This name is too long. Use at most 100 characters.".to_owned(),
        AddressFault::Over => "Your code does not work any more. Ask for a new code here.".to_owned(),
    },
    code_fault: |fault| match fault {
        CodeFault::Wrong { left } => {
            format!("This is not the code that we sent. Look in the newest message. You can try {left} more times.")
        }
        CodeFault::WrongSpare => {
            "This spare code does not work. Look in our last message, below the usual code.".to_owned()
        }
    },
};

impl CodeWords {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}
