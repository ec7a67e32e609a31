//! The words for saying at the desk that an address or number which joined a person later is theirs.

use super::isolate::isolated;
use model::language::Language::{self, En, Nl};

/// The words for it.
pub struct SamePerson {
    /// Stands beside what joined later.
    pub later: &'static str,
    /// Opens the form, with the address or number.
    pub heading: fn(at: &str) -> String,
    pub help: &'static str,
    /// The name that came with it.
    pub came_with: fn(name: &str) -> String,
    /// Field: how it is known that it is the same person's.
    pub known_by: &'static str,
    /// What to write there.
    pub known_by_help: &'static str,
    /// Box: it was checked.
    pub checked: &'static str,
    pub button: &'static str,
    /// It is recorded, with the address or number.
    pub done: fn(at: &str) -> String,
    /// It was not confirmed, or not said how it is known.
    pub unconfirmed: &'static str,
}

pub const NL: SamePerson = SamePerson {
    later: "kwam er later bij",
    heading: |at| format!("Is {} van dezelfde persoon?", isolated(at)),
    help: "Dit kwam later bij deze klant. Zegt u dat het van dezelfde persoon is? Dan kan wie het heeft ook zien en wissen wat wij van deze persoon bewaren. Wat daar mag, verandert niet: daarvoor is een eigen aanmelding nodig.",
    came_with: |name| format!("Het kwam met de naam {}.", isolated(name)),
    known_by: "Hoe weet u dat dit dezelfde persoon is",
    known_by_help: "Bijvoorbeeld: noemde het oude en het nieuwe adres. Komt in het logboek. Noem geen persoonsgegevens.",
    checked: "Ik heb gecontroleerd dat dit dezelfde persoon is",
    button: "Vastleggen",
    done: |at| format!("Vastgelegd: {} is van deze persoon. Wat daar mag, is niet veranderd.", isolated(at)),
    unconfirmed: "Bevestig dat dit van dezelfde persoon is, en schrijf hoe u dat weet. Er is niets vastgelegd.",
};

pub const EN: SamePerson = SamePerson {
    later: "joined later",
    heading: |at| format!("Is {} the same person’s?", isolated(at)),
    help: "This joined the customer later. Do you say that it is the same person’s? Then whoever has it can also see and erase what we hold about this person. What is allowed there does not change: that needs a sign-up of its own.",
    came_with: |name| format!("It came with the name {}.", isolated(name)),
    known_by: "How you know that this is the same person",
    known_by_help: "For example: named the old and the new address. Goes into the log. Give no personal data.",
    checked: "I checked that this is the same person",
    button: "Record",
    done: |at| format!("Recorded: {} is this person’s. What is allowed there has not changed.", isolated(at)),
    unconfirmed: "Confirm that this is the same person’s, and write how you know. Nothing was recorded.",
};

impl SamePerson {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Nl => &NL,
            En => &EN,
        }
    }
}
