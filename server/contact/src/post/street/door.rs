//! What stands around a house number abroad and names a door.

use super::{Segment, is_number};
use crate::country::Country;

/// More parts than a door has; what stands behind them says nothing.
pub(super) const MOST: usize = 4;

/// What kind of door a number is.
const KINDS: [&str; 97] = [
    "mieszkanie",
    "mieszk",
    "wohnung",
    "whg",
    "hinterhaus",
    "hh",
    "vorderhaus",
    "vh",
    "sal",
    "interior",
    "puerta",
    "numero",
    "gebouw",
    "gebaude",
    "building",
    "bldg",
    "residence",
    "flat",
    "apt",
    "apartment",
    "apartament",
    "apartamento",
    "apto",
    "depto",
    "appartement",
    "app",
    "appt",
    "ap",
    "unit",
    "suite",
    "room",
    "rm",
    "floor",
    "fl",
    "etage",
    "og",
    "eg",
    "dg",
    "ug",
    "stock",
    "stiege",
    "stg",
    "tur",
    "tuer",
    "tr",
    "top",
    "lok",
    "lokal",
    "m",
    "lgh",
    "bus",
    "box",
    "bte",
    "boite",
    "bat",
    "batiment",
    "esc",
    "escalera",
    "escalier",
    "porte",
    "piso",
    "pta",
    "planta",
    "int",
    "interno",
    "scala",
    "sc",
    "piano",
    "byt",
    "em",
    "emelet",
    "ajto",
    "verdieping",
    "verdiep",
    "verd",
    "kamer",
    "studio",
    "blok",
    "block",
    "blk",
    "bloc",
    "aufgang",
    "eingang",
    "entrance",
    "daire",
    "kat",
    "kv",
    "кв",
    "kvartira",
    "корп",
    "подъезд",
    "as",
    "pobox",
    "trappa",
    "trapp",
    "opgang",
    "level",
];

/// A side of a floor, and its letter.
const SIDES: [(&str, &str); 22] = [
    ("esq", "e"),
    ("esquerdo", "e"),
    ("esquerda", "e"),
    ("izq", "i"),
    ("izda", "i"),
    ("izquierda", "i"),
    ("dcha", "d"),
    ("drcha", "d"),
    ("derecha", "d"),
    ("dto", "d"),
    ("dta", "d"),
    ("drt", "d"),
    ("direito", "d"),
    ("frente", "f"),
    ("frt", "f"),
    ("links", "l"),
    ("li", "l"),
    ("rechts", "r"),
    ("re", "r"),
    ("bis", "b"),
    ("ter", "t"),
    ("quater", "q"),
];

/// What makes a number the second, before the word for a floor.
const ORDINALS: [&str; 12] = ["e", "de", "ste", "te", "er", "nd", "rd", "th", "st", "o", "a", "ieme"];

/// Letters and short words that are no part of a door where the name of a street follows: its kind, and what stands between.
const OF_NAME: [&str; 24] = [
    "r", "ru", "av", "bd", "st", "rd", "ln", "pl", "dr", "ch", "de", "du", "la", "le", "di", "n", "u", "v", "c", "cl",
    "al", "o", "d", "l",
];

/// Whether a word says what kind of door a number beside it is, or that there is one.
pub(in crate::post) fn is_kind_of_door(run: &str) -> bool {
    KINDS.contains(&run)
}

/// Whether a word is of a door: its kind, or the side that it is on.
pub(in crate::post) fn is_of_door(run: &str) -> bool {
    is_kind_of_door(run) || SIDES.iter().any(|(side, _)| *side == run)
}

/// Whether a word between two numbers makes a range of them: `12 bis 14`.
pub(super) fn is_between_numbers(run: &str) -> bool {
    matches!(run, "bis" | "tot" | "to" | "au" | "und" | "en" | "et" | "and" | "tm" | "t")
}

/// Whether the run behind a house number is its letter, and not the beginning of a street's name.
pub(super) fn is_letter_at(runs: &[String], at: usize) -> bool {
    let run = &runs[at];
    let is_said = matches!(run.as_str(), "bis" | "ter" | "quater") || run.chars().count() <= 2;
    let is_of_name = OF_NAME.contains(&run.as_str()) && runs.get(at + 1).is_some_and(|next| !is_number(next));
    is_said && !is_number(run) && !is_of_name && runs[..at].iter().all(|before| is_number(before))
}

/// Without whom it is care of: `c/o Jansen`, `p/a Jansen`, `t.a.v. Jansen`.
pub(super) fn without_persons(segment: &[String]) -> Segment {
    const CARE_OF: [&[&str]; 6] = [&["c", "o"], &["p", "a"], &["t", "a", "v"], &["tav"], &["attn"], &["att"]];
    let is_person = |at: &usize| {
        let rest = &segment[*at..];
        let starts =
            |words: &&[&str]| rest.len() > words.len() && rest.iter().zip(words.iter()).all(|(run, word)| run == word);
        *at > 0 && CARE_OF.iter().any(starts) && !rest.iter().any(|run| is_number(run))
    };
    let to = (0..segment.len()).find(is_person).unwrap_or(segment.len());
    segment[..to].to_vec()
}

/// The parts of a door; the first of the segments may begin behind the house number. Words that no list has say nothing: the
/// house is meant.
pub(super) fn parts(segments: &[Segment], is_behind_house: bool, country: Country) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for (line, segment) in segments.iter().enumerate() {
        for (at, run) in segment.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| segment[before].as_str());
            let next = segment.get(at + 1).map(String::as_str);
            let place = RunPlace {
                before,
                next,
                is_behind_house: is_behind_house && line == 0 && at == 0,
                is_alone: segment.len() == 1,
            };
            let Some(part) = part(run, place, country) else { continue };
            // There `1A` is one door, and another than `1`.
            let is_of_door = before.is_some_and(is_number) && !is_number(&part) && counts_flats(country);
            match parts.last_mut().filter(|_| is_of_door) {
                Some(last) => last.push_str(&part),
                None => parts.push(part),
            }
        }
    }
    parts.truncate(MOST);
    parts
}

/// Where a run stands.
#[derive(Clone, Copy)]
struct RunPlace<'a> {
    before: Option<&'a str>,
    next: Option<&'a str>,
    is_behind_house: bool,
    is_alone: bool,
}

fn part(run: &str, place: RunPlace<'_>, country: Country) -> Option<String> {
    let is_before_number = place.next.is_some_and(is_number);
    let is_before_kind = place.next.is_some_and(is_kind_of_door);
    let is_behind_number = place.is_behind_house || place.before.is_some_and(is_number);
    if is_number(run) {
        return Some(run.to_owned());
    }
    if let Some(number) =
        roman(run).filter(|_| run.len() > 1 || is_before_number && !is_behind_number || is_before_kind)
    {
        return Some(number.to_string());
    }
    if is_behind_number && is_before_kind && ORDINALS.contains(&run) || is_between_numbers(run) && is_before_number {
        return None;
    }
    if let Some((_, letter)) = SIDES.iter().find(|(side, _)| *side == run) {
        return Some((*letter).to_owned());
    }
    // `12 b 3` and `12 m. 3` name the door 3.
    let is_door = is_before_number && matches!((country.iso(), run), ("BE", "b") | ("PL", "m") | ("TR", "d" | "k"));
    let is_of_name = OF_NAME.contains(&run) && place.next.is_some() && !is_before_number;
    let is_behind_kind = place.before.is_some_and(is_kind_of_door) && place.next.is_none();
    let is_letter = run.chars().count() <= 2 && (is_behind_number || is_behind_kind) && !is_of_name
        || run.chars().count() == 1 && place.is_alone;
    (is_letter && !is_door && !is_kind_of_door(run)).then(|| run.to_owned())
}

/// Where doors are flats with a number and a letter.
fn counts_flats(country: Country) -> bool {
    matches!(country.iso(), "GB" | "IE" | "US" | "CA" | "AU" | "NZ")
}

fn roman(run: &str) -> Option<usize> {
    const NUMERALS: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    NUMERALS.iter().position(|numeral| *numeral == run).map(|at| at + 1)
}
