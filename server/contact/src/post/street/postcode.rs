//! Where the postcode of an address abroad stands, however it is spaced.

use super::{Segment, is_kind_of_street, is_number};
use crate::country::Country;

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

/// Countries without postcodes: there the place is what tells two streets apart.
const WITHOUT: [&str; 56] = [
    "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BQ", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM", "CW",
    "DJ", "DM", "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "JM", "KI", "KM", "KP", "ML", "MO", "MR", "MW",
    "NR", "QA", "RW", "SB", "SC", "SL", "SR", "ST", "SX", "SY", "TD", "TG", "TO", "TV", "UG", "VU", "YE", "ZW",
];

/// Whether a country has no postcodes.
pub(super) fn has_none(country: Country) -> bool {
    WITHOUT.contains(&country.iso())
}

/// A postcode, and what stands around it.
pub(super) struct Coded {
    pub(super) code: String,
    /// The parts that are street and house.
    pub(super) street: Vec<Segment>,
    /// The parts that are neither.
    pub(super) around: Vec<Segment>,
    is_whole: bool,
}

impl Coded {
    /// Whether no part of it is left out: `1100` of `1100-048`.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }
}

/// The postcode; `None` where no number is left for the house.
pub(super) fn around_postcode(segments: &[Segment], country: Country) -> Option<Coded> {
    if has_none(country) {
        return None;
    }
    let is_alone = segments.len() == 1;
    let code_of = |at: usize| {
        let segment = &segments[at];
        let is_at_end = |from: &usize| is_alone || at > 0 && (*from == 0 || *from + 1 == segment.len());
        // `228 MG Road`.
        let is_street = |from: usize| from == 0 && at > 0 && segment.last().is_some_and(|run| is_kind_of_street(run));
        let is_box = |from: usize| from > 0 && segment[from - 1] == "pobox";
        let found = (0..segment.len())
            .rev()
            .filter(is_at_end)
            .find(|from| is_code(&segment[*from], country) && !is_box(*from) && !is_street(*from));
        // `C1425CLA`.
        let inside =
            || (1..segment.len()).find(|from| at > 0 && is_code(&segment[*from], country) && segment[*from].len() >= 4);
        found.or_else(inside).map(|from| (at, from))
    };
    let last = (0..segments.len()).rev().find_map(code_of);
    // `1056 Budapest, Váci utca 120`; a house number has no more digits than a postcode.
    let first = segments.first().and_then(|first| first.first()).filter(|run| is_number(run) && run.len() >= 4);
    let may_be_first = !is_alone && !matches!(country.iso(), "US" | "CA" | "GB" | "IE");
    let is_shorter = |first: &String| {
        last.is_none_or(|(at, from)| {
            from > 0 && is_number(&segments[at][from]) && first.len() > segments[at][from].len()
        })
    };
    let is_first = may_be_first && first.is_some_and(is_shorter);
    let (at, from) = if is_first { (0, 0) } else { last? };
    let mut street = segments[..at].to_vec();
    // The `C` of `C1425`.
    let before = &segments[at][..from];
    let is_mark = matches!(before, [letter] if letter.len() == 1);
    street.push(if is_mark { Vec::new() } else { before.to_vec() });
    if street.iter().all(Vec::is_empty) {
        street = segments[at + 1..].to_vec();
    }
    street.retain(|segment| !segment.is_empty());
    let has_house = street.iter().flatten().any(|run| is_number(run));
    let code = segments[at][from].clone();
    let rest =
        segments[at].iter().enumerate().filter(|(place, _)| *place != from).map(|(_, run)| run.clone()).collect();
    let others = segments.iter().enumerate().filter(|(line, segment)| *line != at && !street.contains(segment));
    let around = others.map(|(_, segment)| segment.clone()).chain([rest]).collect();
    let is_whole = LONG.iter().all(|(iso, digits)| *iso != country.iso() || code.len() >= *digits);
    has_house.then_some(Coded { code, street, around, is_whole })
}

/// Postcodes of which the first half is written alone, with the fewest digits of a whole one.
const LONG: [(&str, usize); 2] = [("PT", 7), ("BR", 7)];

fn is_code(run: &str, country: Country) -> bool {
    // There every postcode has letters.
    let has_letters = matches!(country.iso(), "CA" | "GB" | "IE");
    let fewest = FEWEST.iter().find(|(_, all)| all.contains(&country.iso())).map_or(3, |(digits, _)| *digits);
    is_number(run) && run.len() >= fewest && !has_letters || is_lettered_code(run)
}

/// Digits of the shortest postcodes of countries, without the zeros in front that a spreadsheet takes away; three elsewhere.
const FEWEST: [(usize, &[&str]); 3] = [
    (
        4,
        &[
            "AR", "AT", "AU", "BE", "BG", "CH", "DE", "ES", "FR", "HU", "LI", "LU", "MX", "NZ", "PT", "SI", "SK", "TR",
            "US",
        ],
    ),
    (5, &["CN", "CZ", "GR", "HR", "ID", "PK", "RO", "SE", "SG", "TH"]),
    (6, &["IN", "RU"]),
];

/// A postcode of letters and digits, as [`with_whole_code`] writes it: no other run has both.
pub(in crate::post) fn is_lettered_code(run: &str) -> bool {
    run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_lowercase())
}

/// A part of a line whose postcode is written in one, where it stands at either end.
pub(in crate::post) fn with_whole_postcode(part: &str, country: Country) -> String {
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

/// A part with its postcode of letters and digits as one run, however it was spaced.
pub(in crate::post) fn with_whole_code(segment: Segment, country: Country) -> Segment {
    let spans = (0..segment.len()).flat_map(|from| (3..=6).map(move |length| (from, from + length)));
    let found = spans.filter(|(_, to)| *to <= segment.len()).find(|(from, to)| {
        segment[*from..*to].iter().all(|run| run.len() <= 4) && is_whole(&segment[*from..*to].concat(), country)
    });
    match found {
        Some((from, to)) => {
            let code = segment[from..to].concat();
            segment[..from].iter().cloned().chain([code]).chain(segment[to..].iter().cloned()).collect()
        }
        None => segment,
    }
}

/// Whether this is a whole postcode of a country whose postcodes have letters: `sw1a2aa`, `h3b1a7`, `d2x285` (the zeros
/// before a number are gone).
fn is_whole(text: &str, country: Country) -> bool {
    let class = |c: char| match c {
        '0'..='9' => '9',
        'a'..='z' => 'a',
        _ => '?',
    };
    let shape: String = text.chars().map(class).collect();
    match country.iso() {
        "GB" => matches!(shape.as_str(), "a99aa" | "a999aa" | "aa99aa" | "aa999aa" | "a9a9aa" | "aa9a9aa"),
        "CA" => shape == "a9a9a9",
        "IE" => {
            let own = shape.get(shape.len().saturating_sub(4)..).unwrap_or_default();
            (6..=7).contains(&shape.len()) && shape.starts_with("a9") && own.contains('9') && own.contains('a')
        }
        _ => false,
    }
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
        for (code, iso) in [
            ("sw1a2aa", "GB"),
            ("eh11aa", "GB"),
            ("m11ae", "GB"),
            ("dn551pt", "GB"),
            ("w1a0ax", "GB"),
            ("h3b1a7", "CA"),
            ("d1ab12", "IE"),
            ("d6wx285", "IE"),
        ] {
            assert!(is_whole(code, Country::parse(iso).expect(iso)), "{code}");
        }
        for (text, iso) in [("12", "GB"), ("high", "GB"), ("aa1", "GB"), ("n7ennis", "IE"), ("sw1a2aa", "CA")] {
            assert!(!is_whole(text, Country::parse(iso).expect(iso)), "control: {text}");
        }
    }
}
