//! What an address abroad is about, whatever words it is written in: the postcode, the name of the street, and the numbers.
//!
//! `ul. Marszałkowska 12 m. 3` and `Marszałkowska 12/3` have that in common, and so have `Flat 3, 12 High Street` and
//! `12/3 High Street`. Nobody is found by it; a no stands on it, too.

use super::foreign::{Segment, is_number};
use crate::country::Country;

/// A house of a street, with its doors.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct House {
    /// Postcode and street.
    at: String,
    /// The numbers, each with its letter; the first is the house's, where the line does not begin with a door.
    numbers: Vec<String>,
    begins_with_door: bool,
}

/// How a postcode is written in two, by the number of digits on either side.
const SPLIT: [(&str, usize, usize); 9] = [
    ("CZ", 3, 2),
    ("SK", 3, 2),
    ("SE", 3, 2),
    ("GR", 3, 2),
    ("PL", 2, 3),
    ("PT", 4, 3),
    ("BR", 5, 3),
    ("JP", 3, 4),
    ("IN", 3, 3),
];

/// A kind of street, and how it is shortened. The first of them are what a street is where nothing is said.
const KINDS: [(&str, &[&str]); 10] = [
    ("", &["calle", "c", "cl", "ul", "ulica", "ulice", "utca", "u", "via", "v", "rua", "r", "rue", "ru", "gt", "gate"]),
    ("av", &["av", "avda", "avenida", "al", "aleja", "aleje"]),
    ("bd", &["bd"]),
    ("st", &["st", "str"]),
    ("rd", &["rd"]),
    ("ln", &["ln"]),
    ("dr", &["dr"]),
    ("pl", &["pl", "plaza", "plac", "pza", "praca"]),
    ("ct", &["ct", "court"]),
    ("ch", &["ch", "chemin", "che"]),
];

/// What kind of door a number is; and words that no street is known by.
const DOORS: [&str; 63] = [
    "mieszkanie",
    "mieszk",
    "wohnung",
    "whg",
    "hinterhaus",
    "hh",
    "vorderhaus",
    "sal",
    "interior",
    "izq",
    "izquierda",
    "dcha",
    "derecha",
    "puerta",
    "numero",
    "gebouw",
    "gebaude",
    "building",
    "residence",
    "flat",
    "apt",
    "apartment",
    "apartament",
    "appartement",
    "app",
    "appt",
    "ap",
    "unit",
    "suite",
    "floor",
    "fl",
    "etage",
    "og",
    "eg",
    "stiege",
    "stg",
    "tur",
    "tuer",
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
    "escalier",
    "piso",
    "pta",
    "planta",
    "int",
    "interno",
    "scala",
    "byt",
    "emelet",
    "ajto",
    "n",
    "de",
    "la",
];

impl House {
    /// Every house that the parts may mean: `3/12 High Street` has a flat before its number or behind it.
    pub(super) fn all_of(segments: &[Segment], country: Country) -> Vec<Self> {
        let house = Self::of(segments, country);
        let has_unit_first = matches!(country.iso(), "GB" | "IE" | "AU" | "NZ")
            && segments.iter().any(
                |segment| matches!(segment.as_slice(), [unit, number, _, ..] if is_number(unit) && is_number(number)),
            );
        let turned = house.as_ref().filter(|house| has_unit_first && house.numbers.len() == 2).map(|house| Self {
            at: house.at.clone(),
            numbers: house.numbers.iter().rev().cloned().collect(),
            begins_with_door: false,
        });
        house.into_iter().chain(turned).collect()
    }

    /// From the parts of an address, their words in plain form.
    fn of(segments: &[Segment], country: Country) -> Option<Self> {
        let (postcode, street) = around_postcode(segments)?;
        let numbers = numbers(&street, country);
        let runs = || street.iter().flatten();
        let kind = |run: &&String| KINDS.iter().find(|(_, all)| all.contains(&run.as_str())).map(|(kind, _)| *kind);
        let is_name = |run: &&String| !is_number(run) && kind(run).is_none() && !DOORS.contains(&run.as_str());
        let name = runs().filter(is_name).max_by_key(|run| (run.chars().count(), run.as_str()));
        let named = runs().find_map(|run| kind(&run));
        // `Mariahilferstraße` is `Mariahilfer Straße`.
        let split = name.map(|name| name.strip_suffix("str").map_or((name.as_str(), ""), |name| (name, "st")));
        // In the United Kingdom a postcode is a part of one street.
        let at = match split {
            _ if country.iso() == "GB" => postcode,
            Some((name, suffix)) => format!("{postcode} {} {name}", named.unwrap_or(suffix)),
            // `9 5th Avenue`.
            None if numbers.len() > 1 => format!("{postcode} {}", named?),
            None => return None,
        };
        let begins_with_door = runs().next().is_some_and(|run| DOORS.contains(&run.as_str()));
        (!numbers.is_empty()).then_some(Self { at, numbers, begins_with_door })
    }

    /// With all numbers, the house's first.
    pub(super) fn with_doors(&self) -> String {
        format!("{} {}", self.at, self.numbers_from_house().join(" "))
    }

    /// With fewer numbers, as far as the house's own without its letter.
    pub(super) fn without_doors(&self) -> Vec<String> {
        let numbers = self.numbers_from_house();
        let fewer = (1..numbers.len()).map(|count| numbers[..count].join(" "));
        let bare = numbers.first().map(|first| first.trim_end_matches(|c: char| !c.is_numeric()).to_owned());
        fewer.chain(bare).map(|number| format!("{} {number}", self.at)).collect()
    }

    fn numbers_from_house(&self) -> Vec<String> {
        let mut numbers = self.numbers.clone();
        numbers.rotate_left(usize::from(self.begins_with_door));
        numbers
    }
}

/// Whether a word, in its short form, says what kind of street it is.
pub(super) fn is_kind_of_street(run: &str) -> bool {
    KINDS.iter().any(|(kind, _)| *kind == run)
}

/// The postcode, and the parts that are the street: those before it, without the places that follow the last number; behind
/// it where it stands first.
fn around_postcode(segments: &[Segment]) -> Option<(String, Vec<Segment>)> {
    let is_code = |run: &String| is_number(run) && run.len() >= 3 || is_uk_postcode(run);
    let (at, from) = segments.iter().enumerate().rev().find_map(|(at, segment)| {
        let is_at_end = |from: &usize| at == 0 || *from == 0 || *from + 1 == segment.len();
        (0..segment.len()).rev().filter(is_at_end).find(|from| is_code(&segment[*from])).map(|from| (at, from))
    })?;
    let code = segments[at][from].clone();
    let mut street = segments[..at].to_vec();
    street.push(segments[at][..from].to_vec());
    if street.iter().all(Vec::is_empty) {
        street = segments[at + 1..].to_vec();
    }
    let is_place = |segment: &Segment| {
        !segment.iter().any(|run| is_number(run)) && segment.iter().map(String::len).sum::<usize>() > 1
    };
    // `12bis, Av. Foch`: what is left has to be a street.
    let is_street = |rest: &[Segment]| rest.iter().flatten().any(|run| run.len() > 3 && !is_number(run));
    while street.split_last().is_some_and(|(last, rest)| last.is_empty() || is_place(last) && is_street(rest)) {
        street.pop();
    }
    Some((code, street))
}

/// Every number with the letter behind it: `12a`, `12 bis`.
fn numbers(street: &[Segment], country: Country) -> Vec<String> {
    /// They stand before the name of a street whose number comes first.
    const OF_NAME: [&str; 21] = [
        "r", "ru", "av", "bd", "st", "rd", "ln", "pl", "dr", "ch", "de", "du", "la", "le", "di", "n", "u", "v", "c",
        "cl", "al",
    ];
    let mut numbers: Vec<String> = Vec::new();
    // `2. sal tv` is `2 tv`.
    let is_said = |run: &&String| !matches!(run.as_str(), "sal" | "piso" | "puerta" | "pta" | "planta");
    let street: Vec<Segment> = street.iter().map(|segment| segment.iter().filter(is_said).cloned().collect()).collect();
    for segment in &street {
        for (at, run) in segment.iter().enumerate() {
            let is_behind_number = at > 0 && is_number(&segment[at - 1]);
            let next = segment.get(at + 1);
            let is_before_number = next.is_some_and(|next| is_number(next));
            let is_of_name = next.is_some() && !is_before_number && OF_NAME.contains(&run.as_str());
            // `12 b 3` and `12 m. 3` name the door 3.
            let is_door = is_before_number && matches!((country.iso(), run.as_str()), ("BE", "b") | ("PL", "m"));
            let letter = match run.as_str() {
                "bis" => "b",
                "ter" => "t",
                "quater" => "q",
                short if short.len() <= 2 && !is_of_name => short,
                _ => "",
            };
            match numbers.last_mut() {
                _ if is_number(run) => numbers.push(run.clone()),
                Some(number) if is_behind_number && !is_door => number.push_str(letter),
                _ => {}
            }
        }
    }
    // A letter of its own, `12, 3, B`, is the last number's.
    let lone = street
        .iter()
        .skip(1)
        .filter(|segment| matches!(segment.as_slice(), [run] if run.len() == 1 && !is_number(run)));
    let lone: String = lone.flatten().map(String::as_str).collect();
    if let Some(last) = numbers.last_mut() {
        last.push_str(&lone);
    }
    numbers
}

/// A part of a line whose postcode is written in one, where it stands at either end.
pub(super) fn with_whole_postcode(part: &str, country: Country) -> String {
    let whole = || {
        let (_, first, second) = SPLIT.iter().find(|(iso, ..)| *iso == country.iso())?;
        let is_digit = |at: usize| part.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        let are_digits = |from: usize, count: usize| {
            (from..from + count).all(is_digit) && !is_digit(from + count) && (from == 0 || !is_digit(from - 1))
        };
        let middles = part.match_indices([' ', '-']).map(|(at, _)| at);
        let found = middles.rev().find(|middle| {
            middle.checked_sub(*first).is_some_and(|from| {
                let is_split = are_digits(from, *first) && are_digits(middle + 1, *second);
                let is_end = || part[middle + 1 + second..].trim().is_empty();
                let is_start = || part[..from].chars().filter(char::is_ascii_alphanumeric).count() <= 3;
                is_split && (is_end() || is_start())
            })
        })?;
        Some(format!("{}{}", &part[..found], &part[found + 1..]))
    };
    whole().unwrap_or_else(|| part.to_owned())
}

/// A part with its British postcode as one run, however it was spaced.
pub(super) fn with_whole_uk_postcode(segment: Segment, country: Country) -> Segment {
    if country.iso() != "GB" {
        return segment;
    }
    let spans = (0..segment.len()).flat_map(|from| (3..=5).map(move |length| (from, from + length)));
    let found = spans.filter(|(_, to)| *to <= segment.len()).find(|(from, to)| {
        segment[*from..*to].iter().all(|run| run.len() <= 3) && is_uk_postcode(&segment[*from..*to].concat())
    });
    match found {
        Some((from, to)) => {
            let code = segment[from..to].concat();
            segment[..from].iter().cloned().chain([code]).chain(segment[to..].iter().cloned()).collect()
        }
        None => segment,
    }
}

/// `sw1a2aa`.
pub(super) fn is_uk_postcode(run: &str) -> bool {
    let shape: String = run
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_lowercase() {
                'a'
            } else {
                '?'
            }
        })
        .collect();
    matches!(shape.as_str(), "a99aa" | "a999aa" | "aa99aa" | "aa999aa" | "a9a9aa" | "aa9a9aa")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postcode_in_two_is_one_and_a_house_number_before_it_is_none_of_it() {
        let whole = |part: &str, iso: &str| with_whole_postcode(part, Country::parse(iso).expect(iso));
        for (part, iso, one) in [
            ("110 00 Praha 1", "CZ", "11000 Praha 1"),
            ("CZ-110 00 Praha", "CZ", "CZ-11000 Praha"),
            ("00-590 Warszawa", "PL", "00590 Warszawa"),
            ("Lisboa 1100-048", "PT", "Lisboa 1100048"),
            ("Strada 123 12 bis", "CZ", "Strada 123 12 bis"),
            ("12 110 00", "NL", "12 110 00"),
        ] {
            assert_eq!(whole(part, iso), one, "{part}");
        }
        for code in ["sw1a2aa", "eh11aa", "m11ae", "dn551pt", "w1a0ax"] {
            assert!(is_uk_postcode(code), "{code}");
        }
        assert!(!is_uk_postcode("12") && !is_uk_postcode("high") && !is_uk_postcode("aa1"));
    }
}
