//! The words for erasing a person at the desk.

use time::Date;

use super::when;
use model::language::Language::{self, En, Nl};

/// The words for erasing a person at the desk.
pub struct Erasing {
    /// Opens the form.
    pub heading: &'static str,
    pub help: &'static str,
    /// Field: how it is known that it is this person.
    pub known_by: &'static str,
    /// What to write there.
    pub known_by_help: &'static str,
    /// Box: they do not want to be on the blocking list.
    pub decline: &'static str,
    /// Box: they asked for it.
    pub asked: &'static str,
    pub button: &'static str,
    /// It is done, with the receipt's number.
    pub done: fn(number: &str) -> String,
    /// Their contact points are on the blocking list.
    pub on_list: &'static str,
    pub not_on_list: &'static str,
    /// Until when backups hold it.
    pub backups: fn(Date) -> String,
    /// Before what other systems keep.
    pub kept: &'static str,
    /// It was not confirmed, or not said how the person is known.
    pub unconfirmed: &'static str,
}

pub const NL: Erasing = Erasing {
    heading: "Gegevens wissen",
    help: "Wist alles van deze persoon: gegevens, keuzes en wat er gebeurde. Dit is niet terug te draaien.",
    known_by: "Hoe weet u dat deze persoon het zelf vraagt",
    known_by_help: "Bijvoorbeeld: belde vanaf het nummer dat wij kennen. Komt in het logboek. Noem geen persoonsgegevens. Vraag nooit om een kopie van een identiteitsbewijs.",
    decline: "De persoon wil niet op de lijst van wie geen reclame wil. Ik heb gezegd dat er dan later weer reclame kan komen.",
    asked: "De persoon vroeg zelf om wissen",
    button: "Alles wissen",
    done: |number| format!("De gegevens zijn gewist. Lees dit nummer voor: {number}"),
    on_list: "De adressen en nummers staan op de lijst van wie geen reclame wil.",
    not_on_list: "De adressen en nummers zijn niet op een lijst gezet. Bezwaren die er al stonden, staan er nog.",
    backups: |day| format!("In reservekopieën staat het nog tot en met {}.", when::date(day, Nl)),
    kept: "Zeg ook wat andere systemen bewaren:",
    unconfirmed: "Bevestig dat de persoon zelf om wissen vroeg, en schrijf hoe u dat weet. Er is niets gewist.",
};

pub const EN: Erasing = Erasing {
    heading: "Erase data",
    help: "Erases everything of this person: details, choices and what happened. This cannot be undone.",
    known_by: "How you know that this person asks for it themselves",
    known_by_help: "For example: called from the number that we know. Goes into the log. Give no personal data. Never ask for a copy of an identity document.",
    decline: "The person does not want to be on the list of who wants no advertising. I said that advertising may then come again later.",
    asked: "The person asked for it themselves",
    button: "Erase everything",
    done: |number| format!("The data are erased. Read this number out: {number}"),
    on_list: "The addresses and numbers are on the list of who wants no advertising.",
    not_on_list: "The addresses and numbers were not put on a list. Objections that stood there before still stand.",
    backups: |day| format!("Backup copies still hold it until {} inclusive.", when::date(day, En)),
    kept: "Say as well what other systems keep:",
    unconfirmed: "Confirm that the person asked for it themselves, and write how you know. Nothing was erased.",
};

impl Erasing {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Nl => &NL,
            En => &EN,
        }
    }
}
