//! The words around every page.

use model::language::{Language, Localized};

/// The words around every page.
#[derive(Clone, Copy, Debug)]
pub struct Shell {
    /// Leads past the header.
    pub skip: &'static str,
    /// The language in itself: the link to the page in it.
    pub language: &'static str,
    /// Names the navigation between our pages.
    pub pages: &'static str,
    /// The preference page.
    pub preferences: &'static str,
    pub register: &'static str,
    /// The controller's privacy statement.
    pub statement: &'static str,
    /// Leads to where somebody stops advertising with nothing in hand (S-12).
    pub objection: &'static str,
    /// Heading of the contact block.
    pub contact: &'static str,
    /// Leads to the mail address.
    pub email: &'static str,
    /// Leads to the phone number.
    pub phone: &'static str,
    /// Heading of the supervisors.
    pub complain: &'static str,
    /// Before what a supervisor is for.
    pub complain_about: &'static str,
    /// Tells that a link leads to another site, for who cannot see where it goes.
    pub elsewhere: &'static str,
}

pub const NL: Shell = Shell {
    skip: "Naar de inhoud",
    language: "Nederlands",
    pages: "Pagina’s over cookies",
    preferences: "Uw cookiekeuze",
    register: "Alle cookies",
    statement: "Privacyverklaring",
    objection: "Reclame stoppen",
    contact: "Vragen?",
    email: "E-mail",
    phone: "Telefoon",
    complain: "Een klacht?",
    complain_about: "over",
    elsewhere: "andere website",
};

pub const EN: Shell = Shell {
    skip: "Skip to content",
    language: "English",
    pages: "Pages about cookies",
    preferences: "Your cookie choice",
    register: "All cookies",
    statement: "Privacy statement",
    objection: "Stop advertising",
    contact: "Questions?",
    email: "Email",
    phone: "Phone",
    complain: "A complaint?",
    complain_about: "about",
    elsewhere: "other website",
};

impl Shell {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}

/// What the Dutch supervisors are turned to for, where the configuration does not say.
pub fn about_privacy() -> Localized {
    Localized { nl: "cookies en uw gegevens".to_owned(), en: "cookies and your data".to_owned() }
}

/// A country by its ISO 3166-1 alpha-2 code; the code itself for one that is not in the list.
pub fn country(code: &str, language: Language) -> String {
    let names = match code {
        "NL" => ("Nederland", "the Netherlands"),
        "BE" => ("België", "Belgium"),
        "DE" => ("Duitsland", "Germany"),
        "FR" => ("Frankrijk", "France"),
        "IE" => ("Ierland", "Ireland"),
        "LU" => ("Luxemburg", "Luxembourg"),
        "DK" => ("Denemarken", "Denmark"),
        "SE" => ("Zweden", "Sweden"),
        "FI" => ("Finland", "Finland"),
        "NO" => ("Noorwegen", "Norway"),
        "ES" => ("Spanje", "Spain"),
        "IT" => ("Italië", "Italy"),
        "AT" => ("Oostenrijk", "Austria"),
        "PL" => ("Polen", "Poland"),
        "CH" => ("Zwitserland", "Switzerland"),
        "GB" => ("het Verenigd Koninkrijk", "the United Kingdom"),
        "US" => ("de Verenigde Staten", "the United States"),
        "CA" => ("Canada", "Canada"),
        "IN" => ("India", "India"),
        "IL" => ("Israël", "Israel"),
        "JP" => ("Japan", "Japan"),
        other => return other.to_owned(),
    };
    match language {
        Language::Nl => names.0.to_owned(),
        Language::En => names.1.to_owned(),
    }
}
