//! Addresses that come as lines: which of them are Dutch.

use super::{DutchAddress, ForeignAddress, Post, fold_line, parse_postcode};
use crate::contact::ContactError;

/// The country, as people write it, folded.
const NETHERLANDS: [&str; 8] =
    ["nl", "nld", "nederland", "netherlands", "thenetherlands", "holland", "niederlande", "paysbas"];

/// In characters; the longest official name has half as many.
const LONGEST_COUNTRY: usize = 100;

/// More letters than any addition has: it is the name of a street.
const LONGEST_ADDITION_WORD: usize = 6;

/// Whether a country's name is that of the Netherlands.
pub fn is_netherlands(country: &str) -> bool {
    NETHERLANDS.contains(&fold_line(country).as_str())
}

impl Post {
    /// Reads the lines of an address. Every door for lines ends here, because a Dutch one has to be the same letter box as
    /// the one that an objection names by postcode and house number. `country` is the country where it is known apart;
    /// else the last line may name it. Without either, a Dutch postcode makes it a Dutch address.
    ///
    /// # Errors
    /// [`ContactError::Country`], [`ContactError::DutchLines`] where postcode and house number cannot be read from a Dutch
    /// address, else [`ContactError::Address`].
    pub fn of_lines(text: &str, country: Option<&str>) -> Result<Self, ContactError> {
        let country = country.map(str::trim).filter(|country| !country.is_empty());
        let is_name = |country: &str| {
            let is_line = country.chars().count() <= LONGEST_COUNTRY && !country.contains(['\n', '\r']);
            is_line && country.chars().any(char::is_alphabetic)
        };
        if country.is_some_and(|country| !is_name(country)) {
            return Err(ContactError::Country);
        }
        if let Some(country) = country.filter(|country| !is_netherlands(country)) {
            return ForeignAddress::parse(&format!("{text}\n{country}")).map(Self::Foreign);
        }
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let names_it = lines.pop_if(|line| is_netherlands(line)).is_some();
        let is_surely_dutch = country.is_some() || names_it;
        match Found::within(&lines) {
            Some(found) if is_surely_dutch || !found.has_another_country => found.address().map(Self::Dutch),
            None if is_surely_dutch => Err(ContactError::DutchLines),
            _ => ForeignAddress::parse(text).map(Self::Foreign),
        }
    }
}

/// The words of a line.
type Words<'a> = Vec<&'a str>;

/// A Dutch postcode in lines, and what stands around it.
struct Found<'a> {
    postcode: String,
    /// What stands before it, line by line, the nearest last.
    before: Vec<Words<'a>>,
    /// What stands behind it in its line.
    behind: Words<'a>,
    /// The line after that.
    next: Words<'a>,
    /// Behind postcode and place stands one more line.
    has_another_country: bool,
}

impl<'a> Found<'a> {
    fn within(lines: &[&'a str]) -> Option<Self> {
        let split = |line: &&'a str| line.split([' ', ',', '\t', '\u{a0}']).filter(|word| !word.is_empty()).collect();
        let lines: Vec<Words<'a>> = lines.iter().map(split).collect();
        let places = lines.iter().enumerate().flat_map(|(line, words)| (0..words.len()).map(move |word| (line, word)));
        let (line, word, length, postcode) = places.rev().find_map(|(line, word)| {
            postcode_at(&lines[line], word).map(|(length, code)| (line, word, length, code))
        })?;
        let behind = lines[line][word + length..].to_vec();
        let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let lines_of_place = usize::from(word == 0 && behind.first().is_none_or(is_number));
        Some(Self {
            postcode,
            before: lines[..line].iter().cloned().chain([lines[line][..word].to_vec()]).collect(),
            has_another_country: lines.len() > line + 1 + lines_of_place,
            next: lines.get(line + 1).cloned().unwrap_or_default(),
            behind,
        })
    }

    /// The house number stands before the postcode, as near as there is one; `1033RW 12 A` is written, too.
    fn address(&self) -> Result<DutchAddress, ContactError> {
        let lines = self.before.iter().rev().chain([&self.behind]);
        let mut houses = lines.filter_map(|words| House::within(words, &self.postcode));
        let house = houses.next().ok_or(ContactError::DutchLines)?;
        let said = |words: &Words<'_>| (!words.is_empty()).then(|| words.join(" "));
        let is_place = |words: &&Words<'_>| !words.is_empty() && House::within(words, &self.postcode).is_none();
        let place = [Some(&self.behind), Some(&self.next), self.before.last()].into_iter().flatten().find(is_place);
        Ok(house.address.with_lines(house.street, place.and_then(said)))
    }
}

/// The postcode that starts at a word, and of how many words it is: `1033RW`, `NL-1033RW` or `1033 RW`. The letters of a
/// place are not one: `8660 De Panne`.
fn postcode_at(words: &[&str], at: usize) -> Option<(usize, String)> {
    let first = words[at].strip_prefix("NL-").unwrap_or(words[at]);
    let letters = words.get(at + 1).copied().unwrap_or_default();
    let is_one_case = letters.chars().all(char::is_uppercase) || letters.chars().all(char::is_lowercase);
    let of_two = || parse_postcode(&format!("{first}{letters}")).ok().filter(|_| first.len() == 4 && is_one_case);
    let of_one = parse_postcode(first).ok().map(|code| (1, code));
    of_one.or_else(|| of_two().map(|code| (2, code)))
}

/// A house number in a line, with the street before it.
struct House {
    address: DutchAddress,
    street: Option<String>,
}

impl House {
    fn within(words: &[&str], postcode: &str) -> Option<Self> {
        let at = number_at(words)?;
        // In `12 Modemstraat` the street stands behind.
        let is_street = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > LONGEST_ADDITION_WORD;
        let is_turned = at == 0 && words[1..].iter().any(is_street);
        let (street, addition) = if is_turned { (&words[1..], &[][..]) } else { (&words[..at], &words[at + 1..]) };
        let address = DutchAddress::parse(postcode, words[at], &addition.join(" ")).ok()?;
        Some(Self { address, street: (!street.is_empty()).then(|| street.join(" ")) })
    }
}

/// The first number behind the street's name: what follows it is its addition (`12 2` is the second floor of 12), but a
/// street may be named after a year (`Plein 1940 12`) or begin with a number (`1e Helmersstraat 12`).
fn number_at(words: &[&str]) -> Option<usize> {
    let is_number = |at: usize| words[at].starts_with(|c: char| c.is_ascii_digit());
    let is_year = |at: usize| {
        let year = words[at].parse().is_ok_and(|year: u32| (1500..2100).contains(&year));
        year && at + 1 < words.len() && is_number(at + 1)
    };
    let behind_the_name = (1..words.len()).find(|at| is_number(*at) && !is_year(*at));
    behind_the_name.or_else(|| (!words.is_empty() && is_number(0)).then_some(0))
}
