//! The words of the preference page.

use time::Date;

use super::when;
use model::language::Language;

/// The words of the preference page.
#[derive(Clone, Copy, Debug)]
pub struct PreferencesWords {
    pub title: fn(site: &str) -> String,
    /// The title for whoever proved an address, with the site's name.
    pub known_title: fn(&str) -> String,
    /// What can be done here.
    pub lead: &'static str,
    /// Heading over what holds now.
    pub now: &'static str,
    /// Nothing was answered yet.
    pub nothing_answered: &'static str,
    /// Everything optional is off.
    pub all_off: &'static str,
    /// Before the list of what is on.
    pub is_on: fn(names: &str) -> String,
    /// What is not listed is off.
    pub rest_off: &'static str,
    /// Between the last two names of a list.
    pub and: &'static str,
    /// One press for a no to everything.
    pub withdraw: &'static str,
    /// What that press does.
    pub withdraw_help: &'static str,
    /// Heading over the form.
    pub change: &'static str,
    /// Above the form.
    pub change_help: &'static str,
    /// A purpose that is allowed.
    pub allowed: &'static str,
    /// A purpose that is not.
    pub denied: &'static str,
    /// Why: consent, as long as it holds.
    pub granted: fn(Option<Date>) -> String,
    pub refused: fn(Option<Date>) -> String,
    pub withdrawn: fn(Option<Date>) -> String,
    /// Why: asked, no objection.
    pub not_objected: fn(Option<Date>) -> String,
    pub objected: &'static str,
    /// Why: the device shows a yes that is not in our record.
    pub unrecorded: &'static str,
    /// Why: what the device kept cannot be read.
    pub unreadable: &'static str,
    /// Why: the answer has ended.
    pub expired: &'static str,
    /// Why: the question is another one now.
    pub question_changed: &'static str,
    /// Why: the browser asks not to be tracked.
    pub by_signal: &'static str,
    /// Why: continued use.
    pub continued: &'static str,
    /// Why: no answer.
    pub open: &'static str,
    /// Before the parties of a purpose.
    pub parties: &'static str,
    /// Nobody but the controller has access.
    pub only_us: fn(controller: &str) -> String,
    /// Leads to a party's own statement.
    pub their_statement: fn(party: &str) -> String,
    /// Heading of the history.
    pub history: &'static str,
    /// What the number is for.
    pub history_help: fn(phone: &str) -> String,
    /// Before a receipt number.
    pub number: &'static str,
    /// For whoever granted nothing: why there is no history.
    pub no_history: &'static str,
    /// Heading of the explanation.
    pub no_cookies: &'static str,
    /// Another answer was given since the page was opened.
    pub overtaken: &'static str,
    /// The same, where nothing of the form was taken.
    pub overtaken_whole: &'static str,
    /// The same, where its noes were.
    pub overtaken_noes: &'static str,
    /// What happens when the browser keeps no cookies.
    pub no_cookies_help: &'static [&'static str],
}

pub const NL: PreferencesWords = PreferencesWords {
    title: |site| format!("Uw cookiekeuze op {site}"),
    known_title: |site| format!("Uw keuzes bij {site}"),
    lead: "Hier ziet u wat dit apparaat nu toestaat. U kunt uw keuze altijd veranderen. Weigeren is net zo makkelijk als toestaan.",
    now: "Wat nu geldt",
    nothing_answered: "U hebt op dit apparaat nog niets gekozen.",
    all_off: "Alle cookies die u kunt weigeren, staan uit.",
    is_on: |names| format!("Nu staat aan: {names}."),
    rest_off: "Al het andere dat u kunt weigeren, staat uit.",
    and: " en ",
    withdraw: "Alles intrekken",
    withdraw_help: "Dit geldt meteen. De website blijft werken.",
    change: "Uw keuze veranderen",
    change_help: "Zet aan wat u wilt toestaan. Kies daarna de knop om te bewaren.",
    allowed: "Staat aan.",
    denied: "Staat uit.",
    granted: |day| format!("U gaf toestemming.{}", until(day, "Die geldt tot en met", Language::Nl)),
    refused: |day| format!("U weigerde dit.{}", until(day, "Wij vragen het niet opnieuw tot en met", Language::Nl)),
    withdrawn: |day| {
        format!("U trok uw toestemming in.{}", until(day, "Wij vragen het niet opnieuw tot en met", Language::Nl))
    },
    not_objected: |day| format!("U maakte geen bezwaar.{}", until(day, "Dat geldt tot en met", Language::Nl)),
    objected: "U maakte bezwaar. Dat blijft zo, tot u het hier zelf weer aanzet.",
    unrecorded: "Uw apparaat meldt een toestemming die wij niet kennen. Die telt daarom niet.",
    unreadable: "Uw apparaat bewaart een keuze die wij niet kunnen lezen. Daarom staat dit uit. Kies opnieuw.",
    expired: "Uw eerdere antwoord is verlopen.",
    question_changed: "Onze vraag is veranderd. Uw eerdere antwoord geldt daarom niet meer.",
    by_signal: "Uw browser vraagt om u niet te volgen.",
    continued: "U zag de melding en gebruikte de website verder. Dat is geen toestemming: die is hier niet nodig.",
    open: "U hebt hierop nog geen antwoord gegeven.",
    parties: "Wie bij deze gegevens kan",
    only_us: |controller| format!("Alleen {controller} zelf."),
    their_statement: |party| format!("Privacyverklaring van {party}"),
    history: "Wat u eerder antwoordde",
    history_help: |phone| {
        format!(
            "Hebt u een vraag over uw keuze? Bel {phone} en lees het nummer voor. Wij zien dan wat u koos, niet wie u bent."
        )
    },
    number: "Nummer",
    no_history: "Van een weigering bewaren wij niets waaraan wij uw apparaat herkennen. Daarom staat hier geen lijst.",
    no_cookies: "Als uw browser geen cookies bewaart",
    overtaken: "Er is intussen iets veranderd.",
    overtaken_whole: "Sinds u deze pagina opende, is in uw browser een andere keuze gemaakt. Die geldt. Wij hebben nu niets veranderd. Hieronder staat wat nu geldt. Wilt u iets anders? Kies dan opnieuw.",
    overtaken_noes: "Sinds u deze pagina opende, is in uw browser een andere keuze gemaakt. Wat u nu uitzette, staat uit. Wat u aanzette, hebben wij niet overgenomen. Hieronder staat wat nu geldt. Wilt u iets anders? Kies dan opnieuw.",
    no_cookies_help: &[
        "Uw keuze staat in een cookie op uw apparaat. Bewaart uw browser geen cookies, dan vergeet hij uw keuze.",
        "Alles wat u kunt weigeren, blijft dan uit. U hoeft niets te doen.",
        "Een keuze die u hier maakt, leggen wij wel vast. U krijgt daarvan een bewijs met een nummer.",
    ],
};

pub const EN: PreferencesWords = PreferencesWords {
    title: |site| format!("Your cookie choice on {site}"),
    known_title: |site| format!("Your choices at {site}"),
    lead: "Here you see what this device allows now. You can change your choice at any time. Refusing is as easy as allowing.",
    now: "What holds now",
    nothing_answered: "You have not chosen anything on this device yet.",
    all_off: "All cookies that you can refuse are off.",
    is_on: |names| format!("Now on: {names}."),
    rest_off: "Everything else that you can refuse is off.",
    and: " and ",
    withdraw: "Withdraw everything",
    withdraw_help: "This takes effect at once. The website keeps working.",
    change: "Change your choice",
    change_help: "Switch on what you want to allow. Then use the button that saves it.",
    allowed: "On.",
    denied: "Off.",
    granted: |day| format!("You gave consent.{}", until(day, "It holds through", Language::En)),
    refused: |day| format!("You refused this.{}", until(day, "We will not ask again until after", Language::En)),
    withdrawn: |day| {
        format!("You withdrew your consent.{}", until(day, "We will not ask again until after", Language::En))
    },
    not_objected: |day| format!("You did not object.{}", until(day, "That holds through", Language::En)),
    objected: "You objected. That stays so until you switch it on here yourself.",
    unrecorded: "Your device reports a consent that we do not know. So it does not count.",
    unreadable: "Your device keeps a choice that we cannot read. So this is off. Please choose again.",
    expired: "Your earlier answer has ended.",
    question_changed: "Our question has changed. So your earlier answer does not hold any more.",
    by_signal: "Your browser asks not to track you.",
    continued: "You saw the notice and used the website further. That is not consent: none is needed here.",
    open: "You have not answered this yet.",
    parties: "Who has access to these data",
    only_us: |controller| format!("Only {controller} itself."),
    their_statement: |party| format!("Privacy statement of {party}"),
    history: "What you answered before",
    history_help: |phone| {
        format!(
            "A question about your choice? Call {phone} and read out the number. We then see what you chose, not who you are."
        )
    },
    number: "Number",
    no_history: "Of a refusal we keep nothing by which we could recognise your device. That is why there is no list here.",
    no_cookies: "If your browser keeps no cookies",
    overtaken: "Something changed meanwhile.",
    overtaken_whole: "Another choice was made in your browser since you opened this page. That one holds. We have changed nothing now. Below is what holds now. If you want something else, choose again.",
    overtaken_noes: "Another choice was made in your browser since you opened this page. What you switched off now is off. What you switched on we have not taken over. Below is what holds now. If you want something else, choose again.",
    no_cookies_help: &[
        "Your choice is kept in a cookie on your device. If your browser keeps no cookies, it forgets your choice.",
        "Everything that you can refuse then stays off. You do not have to do anything.",
        "We do record a choice that you make here. You get a receipt of it with a number.",
    ],
};

/// A sentence that ends with a day, after a space; nothing without one.
fn until(day: Option<Date>, sentence: &str, language: Language) -> String {
    day.map(|day| format!(" {sentence} {}.", when::date(day, language))).unwrap_or_default()
}

impl PreferencesWords {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}
