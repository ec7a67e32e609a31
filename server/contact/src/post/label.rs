//! Labels of a form that were copied with an address: `Straat: Markt 5`, `Postcode: 9000`.

use super::street::is_of_door;
use crate::folding::{squeezed, words};

/// What a form calls the parts of an address, in the languages of the countries around.
const LABELS: [&str; 88] = [
    "straat",
    "straatnaam",
    "street",
    "streetname",
    "strasse",
    "strassenname",
    "str",
    "rue",
    "calle",
    "via",
    "rua",
    "ulica",
    "ul",
    "gata",
    "gade",
    "adres",
    "adress",
    "adresse",
    "adresa",
    "address",
    "addr",
    "adr",
    "adresregel",
    "addressline",
    "anschrift",
    "direccion",
    "indirizzo",
    "endereco",
    "morada",
    "postadres",
    "woonadres",
    "huisadres",
    "thuisadres",
    "bezorgadres",
    "afleveradres",
    "factuuradres",
    "verzendadres",
    "lieferadresse",
    "rechnungsadresse",
    "streetaddress",
    "postaladdress",
    "postcode",
    "postkode",
    "postalcode",
    "postal",
    "zip",
    "zipcode",
    "plz",
    "postleitzahl",
    "cp",
    "codepostal",
    "cap",
    "pc",
    "eircode",
    "kod",
    "psc",
    "plaats",
    "plaatsnaam",
    "woonplaats",
    "stad",
    "gemeente",
    "city",
    "town",
    "place",
    "ort",
    "wohnort",
    "stadt",
    "ville",
    "localite",
    "commune",
    "ciudad",
    "localidad",
    "citta",
    "cidade",
    "localidade",
    "miasto",
    "mesto",
    "land",
    "country",
    "pays",
    "pais",
    "paese",
    "staat",
    "naam",
    "name",
    "nom",
    "home",
    "delivery",
];

/// Words that stand beside one in a label.
const BESIDE: [&str; 34] = [
    "en",
    "and",
    "und",
    "et",
    "y",
    "e",
    "i",
    "of",
    "or",
    "van",
    "de",
    "der",
    "the",
    "uw",
    "your",
    "ihre",
    "votre",
    "mijn",
    "my",
    "nr",
    "no",
    "num",
    "nummer",
    "number",
    "numero",
    "huisnummer",
    "huisnr",
    "hausnummer",
    "hausnr",
    "line",
    "regel",
    "code",
    "zeile",
    "ligne",
];

/// Signs between a label and what it is of.
const SIGNS: [char; 3] = [':', '：', '='];

/// A line, or a part of one, without the label in front. `Markt: 5` has none: without `Markt` nothing would tell the street.
pub(super) fn without_label(text: &str) -> &str {
    let Some((label, rest)) = text.split_once(SIGNS) else { return text };
    let rest = rest.trim_start();
    let words = words(label);
    let is_label = is_known(&words) || is_before_name(&words, rest);
    if is_label { without_label(rest) } else { text }
}

/// Whether a word is a label in the middle of a line: the `Plaats:` of `Postcode: 9000 Plaats: Gent`.
pub(super) fn is_label(word: &str) -> bool {
    word.ends_with(SIGNS) && LABELS.contains(&squeezed(word).as_str())
}

fn is_known(label: &[String]) -> bool {
    let is_of_form = |word: &String| LABELS.contains(&word.as_str());
    let is_beside =
        |word: &String| BESIDE.contains(&word.as_str()) || word.len() == 1 && word.bytes().all(|b| b.is_ascii_digit());
    let in_one = LABELS.contains(&label.concat().as_str());
    in_one || label.iter().any(is_of_form) && label.iter().all(|word| is_of_form(word) || is_beside(word))
}

/// Whether something that no list has stands before the name of a street.
fn is_before_name(label: &[String], rest: &str) -> bool {
    let is_number = |word: &String| word.starts_with(char::is_numeric);
    let says_door =
        |word: &String| is_of_door(word) || BOXES.contains(&word.as_str()) || BESIDE[19..].contains(&word.as_str());
    let is_named =
        words(rest).first().is_some_and(|word| word.chars().count() >= 3 && !is_number(word) && !is_of_door(word));
    (1..=3).contains(&label.len()) && !label.iter().any(|word| is_number(word) || says_door(word)) && is_named
}

/// Boxes at a post office, and additions: their number is theirs.
const BOXES: [&str; 8] = ["postbus", "postfach", "box", "pobox", "antwoordnummer", "toevoeging", "toev", "addition"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_no_part_of_what_it_is_of() {
        for (text, left) in [
            ("Straat: Markt 5", "Markt 5"),
            ("Straat en nummer: Markt 5", "Markt 5"),
            ("Rue : Foch 5", "Foch 5"),
            ("Address line 1: 12 High Street", "12 High Street"),
            ("Adres: Straat: Markt 5", "Markt 5"),
            ("Thuis: Markt 5", "Markt 5"),
            ("Straat:", ""),
            ("Markt: 5", "Markt: 5"),
            ("Flat: 3", "Flat: 3"),
            ("Bus: 3", "Bus: 3"),
            ("Huisnummer: 5", "Huisnummer: 5"),
            ("Postbus: 12", "Postbus: 12"),
            ("Markt 5", "Markt 5"),
        ] {
            assert_eq!(without_label(text), left, "{text}");
        }
    }
}
