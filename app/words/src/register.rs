//! The words of the register.

use model::language::Language;
use model::purpose::Regime;

/// The words of the register.
#[derive(Clone, Copy, Debug)]
pub struct Register {
    pub title: fn(site: &str) -> String,
    pub lead: &'static str,
    /// Leads to the preference page.
    pub change: &'static str,
    /// Strictly necessary.
    pub necessary: &'static str,
    /// Little or no effect on privacy.
    pub low_impact: &'static str,
    /// Only with consent.
    pub consent: &'static str,
    /// Before the legal basis.
    pub basis: fn(article: &str) -> String,
    /// Column: name.
    pub cookie: &'static str,
    /// Column: what it does.
    pub does: &'static str,
    /// Column: how long.
    pub duration: &'static str,
    /// Column: who gets at it.
    pub access: &'static str,
    /// A purpose without cookies.
    pub no_cookies: &'static str,
    /// Heading over the parties.
    pub parties: &'static str,
    /// What stands below that heading.
    pub parties_help: &'static str,
    /// Nobody else has access to anything.
    pub no_parties: fn(controller: &str) -> String,
    /// Row: what they do.
    pub role: &'static str,
    /// Row: country.
    pub country: &'static str,
    /// Row: what a transfer rests on.
    pub transfer: &'static str,
    /// Inside the EEA nothing is transferred.
    pub no_transfer: &'static str,
    /// Row: their own statement.
    pub statement: &'static str,
    /// Row: the day on which the operator last looked at it.
    pub checked: &'static str,
    /// Row: the agreement with them.
    pub contract: &'static str,
    /// Heading over who else gets data.
    pub recipients: &'static str,
    /// Before the policy's number and hash.
    pub version: fn(revision: u32) -> String,
}

pub const NL: Register = Register {
    title: |site| format!("Alle cookies op {site}"),
    lead: "Dit zijn alle cookies van deze website: waarvoor ze zijn, hoe lang ze blijven en wie erbij kan.",
    change: "Uw keuze bekijken of veranderen",
    necessary: "Altijd aan: zonder deze cookies werkt de website niet.",
    low_impact: "Met weinig gevolgen voor uw privacy. U kunt bezwaar maken.",
    consent: "Alleen als u toestemming geeft.",
    basis: |article| format!("Grondslag: artikel {article} AVG."),
    cookie: "Cookie",
    does: "Wat hij doet",
    duration: "Hoe lang",
    access: "Wie erbij kan",
    no_cookies: "Voor dit doel plaatsen wij geen cookies.",
    parties: "Andere partijen",
    parties_help: "Met deze partijen hebben wij afspraken gemaakt. Lees ook hun eigen privacyverklaring.",
    no_parties: |controller| format!("Niemand buiten {controller} kan bij deze gegevens."),
    role: "Wat zij doen",
    country: "Land",
    transfer: "Doorgifte buiten Europa",
    no_transfer: "Geen.",
    statement: "Privacyverklaring",
    checked: "Door ons bekeken op",
    contract: "Afspraken",
    recipients: "Wie nog meer gegevens van u krijgt",
    version: |revision| format!("Versie {revision} van dit beleid, SHA-256:"),
};

pub const EN: Register = Register {
    title: |site| format!("All cookies on {site}"),
    lead: "These are all cookies of this website: what they are for, how long they stay and who has access.",
    change: "See or change your choice",
    necessary: "Always on: the website does not work without these cookies.",
    low_impact: "With little effect on your privacy. You can object.",
    consent: "Only if you give consent.",
    basis: |article| format!("Legal basis: article {article} GDPR."),
    cookie: "Cookie",
    does: "What it does",
    duration: "How long",
    access: "Who has access",
    no_cookies: "We place no cookies for this purpose.",
    parties: "Other parties",
    parties_help: "We have agreements with these parties. Please also read their own privacy statement.",
    no_parties: |controller| format!("Nobody outside {controller} has access to these data."),
    role: "What they do",
    country: "Country",
    transfer: "Transfer outside Europe",
    no_transfer: "None.",
    statement: "Privacy statement",
    checked: "Looked at by us on",
    contract: "Agreement",
    recipients: "Who else gets data about you",
    version: |revision| format!("Version {revision} of this policy, SHA-256:"),
};

impl Register {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }

    /// What a regime means for whoever reads the register.
    pub fn regime(&self, regime: Regime) -> &'static str {
        match regime {
            Regime::Necessary => self.necessary,
            Regime::LowImpact => self.low_impact,
            Regime::Consent => self.consent,
        }
    }
}
