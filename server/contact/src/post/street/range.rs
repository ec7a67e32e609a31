//! Several houses in one: `12-14` is 12, and 14, and what is between.

use crate::country::Country;

/// The numbers of a range: the first, and the others.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::post) struct Range {
    pub(super) first: String,
    /// As it was written, so as it stands among the runs behind the first.
    pub(super) last: String,
    pub(super) others: Vec<String>,
}

/// More numbers than the houses between two that are one.
const FARTHEST: u32 = 20;

/// Words between two numbers that make a range of them.
const BETWEEN: [&str; 25] = [
    "bis",
    "zu",
    "tot",
    "tot en met",
    "t m",
    "tm",
    "t e m",
    "tem",
    "to",
    "through",
    "thru",
    "till",
    "til",
    "au",
    "à",
    "und",
    "u",
    "en",
    "et",
    "and",
    "y",
    "do",
    "ate",
    "al",
    "até",
];

/// Every range of numbers in lines. Whether `12-14` is two houses or a door of one nobody outside can tell: both are meant.
pub(in crate::post) fn ranges(lines: &[String], country: Country) -> Vec<Range> {
    lines.iter().flat_map(|line| in_line(&line.to_lowercase(), country)).collect()
}

fn in_line(line: &str, country: Country) -> Vec<Range> {
    let starts = line
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !line[..*at].ends_with(|c: char| c.is_alphanumeric()));
    starts.filter_map(|(at, _)| at_start(&line[at..], country)).collect()
}

fn at_start(text: &str, country: Country) -> Option<Range> {
    let (first, rest) = number(text)?;
    // `12a-14b`.
    let letters = rest.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum::<usize>();
    let rest = if letters == 1 { &rest[letters..] } else { rest };
    let to = rest.find(|c: char| c.is_ascii_digit())?;
    let (last, _) = number(&rest[to..])?;
    is_between(&rest[..to], country).then_some(())?;
    let (from, until): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    let is_street = until > from && until - from <= FARTHEST && (until - from) % 2 == 0;
    let inside = if is_street { (from + 2..until).step_by(2).collect() } else { Vec::new() };
    let others = inside.into_iter().chain([until]).map(|number| number.to_string()).collect();
    (until > from && from > 0).then(|| Range { first: from.to_string(), last: until.to_string(), others })
}

/// A number as long as a house's, and what stands behind it.
fn number(text: &str) -> Option<(&str, &str)> {
    let to = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(to);
    (!number.is_empty() && number.len() <= 5).then_some((number, rest))
}

fn is_between(text: &str, country: Country) -> bool {
    let plain: String = text.chars().map(|c| if matches!(c, '.' | '(' | ')' | '\'') { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    // There these stand before a door, or part a block from a house.
    let is_door = |sign: &str| match sign {
        "/" => !matches!(country.iso(), "BE" | "CH" | "DE" | "ES" | "FR" | "LU" | "PT"),
        _ => matches!(country.iso(), "JP" | "KR" | "TW"),
    };
    let signs = ["-", "–", "—", "‐", "‑", "−", "/", "+", "&"];
    signs.contains(&plain.as_str()) && !is_door(&plain) || BETWEEN.contains(&plain.replace('/', " ").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_each_of_its_houses() {
        let of = |line: &str, iso: &str| {
            let found = ranges(&[line.to_owned()], Country::parse(iso).expect(iso));
            found
                .iter()
                .map(|range| format!("{}: {}", range.first, range.others.join(" ")))
                .collect::<Vec<_>>()
                .join("; ")
        };
        for text in [
            "Kerkstraat 12-16",
            "Kerkstraat 12 – 16",
            "Kerkstraat 12 t/m 16",
            "Kerkstraat 12 tot en met 16",
            "Kerkstraat 12 bis 16",
            "12 à 16 rue Neuve",
            "Kerkstraat 12/16",
            "Kerkstraat 12 + 16",
            "Kerkstraat 12 & 16",
            "Kerkstraat 12a-16c",
            "12 to 16 High Street",
            "Kerkstraat 12 t.e.m. 16",
            "Kerkstraat 12 und 16",
        ] {
            assert_eq!(of(text, "BE"), "12: 14 16", "{text}");
        }
        assert_eq!(of("Kerkstraat 231 bis 999", "DE"), "231: 999");
        assert_eq!(of("Kerkstraat 12-15", "DE"), "12: 15");
        for (text, iso) in [
            ("Kerkstraat 12", "BE"),
            ("Kerkstraat 12 bus 14", "BE"),
            ("Kerkstraat 12-3", "BE"),
            ("Długa 12/14", "PL"),
            ("Ginza 1-2-3", "JP"),
            ("Mannerheimintie 12 A 14", "FI"),
            ("Kerkstraat 12, 14", "BE"),
            ("Flat 3, 12", "GB"),
        ] {
            assert_eq!(of(text, iso), "", "control: {text}");
        }
    }
}
