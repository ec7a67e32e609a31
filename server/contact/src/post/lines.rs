//! Addresses that come as lines: which of them are Dutch, and which house numbers they may mean.

use model::typed;

use super::damage::{is_changed_by_a_spreadsheet, is_rounded, without_decimals};
use super::door_spellings::{is_addition, is_kind};
use super::dutch::{leads_a_number, parse_postcode};
use super::label::{is_label, without_label};
use super::{DutchAddress, ForeignAddress, PostalAddress};
use crate::ContactError;
use crate::country::Country;
use crate::folding::{squeezed, words};

/// More house numbers than any honest address may mean.
const MOST: usize = 8;

/// What to do with a text that a spreadsheet seems to have changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDamage {
    Refused,
    /// Whoever wrote it says that it is right.
    Meant,
}

impl PostalAddress {
    /// Reads the lines of an address. Every door for lines ends here, because a Dutch one has to be the same letter box as
    /// the one that an objection names by postcode and house number. `country` is the country where it is known apart;
    /// else the last line names it, or the letters before a postcode do (`B-9000`). Without any, a Dutch postcode makes it
    /// a Dutch address.
    ///
    /// # Errors
    /// [`ContactError::Country`] for a country that cannot be read or is two, [`ContactError::NoCountry`] for none,
    /// [`ContactError::DutchLines`] where postcode and house number cannot be read from a Dutch address,
    /// [`ContactError::Spreadsheet`], else [`ContactError::Address`].
    pub fn of_lines(text: &str, country: Option<&str>) -> Result<Self, ContactError> {
        Self::read_lines(text, country, OnDamage::Refused)
    }

    /// The same for lines that somebody says are right although a spreadsheet seems to have changed them: whatever they may
    /// have been is meant.
    ///
    /// # Errors
    /// As [`Self::of_lines`]; [`ContactError::Spreadsheet`] where nothing tells what it was.
    pub fn of_lines_as_written(text: &str, country: Option<&str>) -> Result<Self, ContactError> {
        Self::read_lines(text, country, OnDamage::Meant)
    }

    fn read_lines(text: &str, country: Option<&str>, damage: OnDamage) -> Result<Self, ContactError> {
        let named = country.map(str::trim).filter(|country| !country.is_empty());
        let known = named.map(Country::parse).transpose()?;
        let lines: Vec<String> = text.lines().map(tidy).filter(|line| !line.is_empty()).collect();
        let country_of = |line: &String| Country::of_line(without_label(line));
        let said = lines.last().and_then(country_of);
        if known.is_some_and(|known| said.is_some_and(|said| said != known)) {
            return Err(ContactError::Country);
        }
        let at_end = lines.iter().rev().take_while(|line| said.is_some() && country_of(line) == said).count();
        let body = &lines[..lines.len() - at_end];
        let found = FoundPostcode::within(body);
        // `9342 TN` and then `Amerika`: that is a place.
        if known.is_none()
            && said != Some(Country::NETHERLANDS)
            && found.as_ref().is_some_and(|found| at_end > 0 && found.lacks_place())
        {
            return Err(ContactError::NoCountry);
        }
        match (known.or(said), found) {
            (Some(Country::NETHERLANDS), None) => Err(ContactError::DutchLines),
            (Some(Country::NETHERLANDS), Some(found)) => found.address(damage).map(Self::Dutch),
            (Some(country), _) => {
                let last = named.or(lines.last().map(String::as_str));
                ForeignAddress::parse(body, country, last, damage).map(Self::Foreign)
            }
            (None, Some(found)) if !found.has_another_line => found.address(damage).map(Self::Dutch),
            (None, found) => {
                let behind = behind_place(&lines).filter(|_| found.is_none());
                let marked = behind.or_else(|| marked(&lines)).ok_or(ContactError::NoCountry)?;
                ForeignAddress::parse(&lines, marked, None, damage).map(Self::Foreign)
            }
        }
    }
}

/// What lines mean in the Netherlands, where they have a Dutch postcode and a house number.
/// None where the country tells that it is no slip: `1234 NE Main Street` above a place of the United States is a street.
pub(super) fn dutch_reading(lines: &[String], country: Country) -> Option<DutchAddress> {
    let found = FoundPostcode::within(lines)?;
    if matches!(country.iso(), "CA" | "US") && found.is_on_side_of_town() {
        return None;
    }
    found.address(OnDamage::Meant).ok()
}

/// A line as it is kept: what shows, with single spaces, and without the decimals that a number gained.
fn tidy(line: &str) -> String {
    let shown: String = typed::meant(line).collect();
    shown.split_whitespace().map(whole_number).collect::<Vec<_>>().join(" ")
}

/// `12,0` is 12, and so is `12.00,`; a comma stays.
fn whole_number(word: &str) -> String {
    let number = word.trim_end_matches([',', ';']);
    // The comma of `1,2E+01` parts nothing.
    let whole = if is_rounded(number) { number.replace(',', ".") } else { without_decimals(number).to_owned() };
    format!("{whole}{}", &word[number.len()..])
}

/// The country that the last line ends with: `10115 Berlin, Germany`, `9000 Gent (BE)`.
fn behind_place(lines: &[String]) -> Option<Country> {
    let (before, name) = lines.last()?.trim_end_matches([')', ' ']).rsplit_once([',', '('])?;
    Country::of_line(name).filter(|_| before.chars().any(char::is_alphanumeric))
}

/// The one country that the letters before a postcode name: `B-9000`.
fn marked(lines: &[String]) -> Option<Country> {
    let words = lines.iter().flat_map(|line| line.split([' ', ',', '(', ')']));
    let marks = words.filter_map(|word| {
        let (letters, code) = word.split_once('-')?;
        let is_code = code.len() >= 3 && code.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let country = Country::parse(letters).ok()?;
        (is_code && country.is_marked_by(letters)).then_some(country)
    });
    let mut marks: Vec<Country> = marks.collect();
    marks.sort_unstable();
    marks.dedup();
    match marks.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The words of a line.
type LineWords<'a> = Vec<&'a str>;

/// A Dutch postcode in lines, and what stands around it.
struct FoundPostcode<'a> {
    postcode: String,
    /// What stands before it, line by line, the nearest last.
    before: Vec<LineWords<'a>>,
    /// What stands behind it in its line.
    behind: LineWords<'a>,
    /// The line after that.
    next: LineWords<'a>,
    /// Behind postcode and place stands one more line.
    has_another_line: bool,
}

impl<'a> FoundPostcode<'a> {
    fn within(lines: &'a [String]) -> Option<Self> {
        let split = |line: &'a String| {
            let words = without_label(line).split([' ', ',', ';', '(', ')']);
            words.filter(|word| word.chars().any(char::is_alphanumeric) && !is_label(word)).collect()
        };
        let lines: Vec<LineWords<'a>> = lines.iter().map(split).collect();
        let places = lines.iter().enumerate().flat_map(|(line, words)| (0..words.len()).map(move |word| (line, word)));
        let (line, word, length, postcode) = places.rev().find_map(|(line, word)| {
            postcode_at(&lines[line], word).map(|(length, code)| (line, word, length, code))
        })?;
        let behind = lines[line][word + length..].to_vec();
        let lines_of_place = usize::from(word == 0 && behind.first().is_none_or(|word| starts_with_digit(word)));
        Some(Self {
            postcode,
            before: lines[..line].iter().cloned().chain([lines[line][..word].to_vec()]).collect(),
            has_another_line: lines.len() > line + 1 + lines_of_place,
            next: lines.get(line + 1).cloned().unwrap_or_default(),
            behind,
        })
    }

    /// Whether its letters are a point of the compass before the name of a street, above or before the place.
    fn is_on_side_of_town(&self) -> bool {
        let is_side = ["NE", "NW", "SE", "SW"].iter().any(|side| self.postcode.ends_with(side));
        let is_zip = |word: &&str| word.len() >= 5 && word.bytes().take(5).all(|b| b.is_ascii_digit());
        let has_code = self.behind.iter().chain(&self.next).any(is_zip);
        is_side && !self.behind.is_empty() && (has_code || self.has_another_line || !self.next.is_empty())
    }

    /// Whether the place stands neither behind the postcode nor before it.
    fn lacks_place(&self) -> bool {
        let is_place =
            |words: &LineWords<'_>| words.iter().any(|word| !starts_with_digit(word)) && readings(words).is_empty();
        self.next.is_empty() && !is_place(&self.behind) && !self.before.last().is_some_and(is_place)
    }

    /// The house number stands before the postcode, as near as there is one; `1033RW 12 A` is written, too. Every other
    /// number that may be one is meant as well.
    fn address(&self, damage: OnDamage) -> Result<DutchAddress, ContactError> {
        let lines: Vec<&LineWords<'a>> = self.before.iter().rev().chain([&self.behind]).collect();
        let main = lines.iter().position(|words| !readings(words).is_empty() && !is_floor(words));
        let main = main
            .or_else(|| lines.iter().position(|words| !readings(words).is_empty()))
            .ok_or(ContactError::DutchLines)?;
        let floors: Vec<&str> = lines[..main]
            .iter()
            .rev()
            .filter(|words| is_floor(words))
            .flat_map(|words| words.iter().copied())
            .collect();
        let mut found = readings(lines[main]);
        let street = found[0].street.clone();
        let on_floor = found[0].with_floor(&floors);
        found.splice(0..0, on_floor);
        let mut houses = Vec::new();
        let mut fault = ContactError::DutchLines;
        for reading in &found {
            match reading.houses(&self.postcode, damage) {
                Ok(read) => houses.push(read),
                Err(ContactError::Spreadsheet) => fault = ContactError::Spreadsheet,
                Err(_) => {}
            }
        }
        if houses.is_empty() {
            return Err(fault);
        }
        let others = lines.iter().enumerate().filter(|(at, _)| *at != main);
        houses.extend(
            others
                .flat_map(|(_, words)| readings(words))
                .filter_map(|reading| reading.houses(&self.postcode, damage).ok()),
        );
        if houses.len() > MOST {
            return Err(ContactError::DutchLines);
        }
        let said = |words: &LineWords<'_>| (!words.is_empty()).then(|| words.join(" "));
        let is_place = |words: &&LineWords<'_>| !words.is_empty() && readings(words).is_empty();
        let place = [Some(&self.behind), Some(&self.next), self.before.last()].into_iter().flatten().find(is_place);
        Ok(DutchAddress::with_all(houses)?.with_lines(said(&street), place.and_then(said)))
    }
}

/// The postcode that starts at a word, and of how many words it is: `1033RW`, `NL-1033RW` or `1033 RW`. The letters of a
/// place are not one: `8660 De Panne`.
fn postcode_at(line: &[&str], at: usize) -> Option<(usize, String)> {
    /// Places abroad whose postcodes have four digits, and whose names begin as the letters of a Dutch one may.
    const ABROAD: [&str; 14] = [
        "panne", "haan", "pinte", "klinge", "moeren", "louviere", "hulpe", "roche", "calamine", "bruyere", "gleize",
        "roeulx", "reid", "chaux",
    ];
    let first = line[at].strip_prefix("NL-").unwrap_or(line[at]);
    let letters = line.get(at + 1).copied().unwrap_or_default();
    let is_one_case = letters.chars().all(char::is_uppercase) || letters.chars().all(char::is_lowercase);
    let is_abroad =
        || line.get(at + 2).is_some_and(|place| ABROAD.iter().any(|abroad| squeezed(place).starts_with(abroad)));
    let digits = first.strip_prefix("NL").unwrap_or(first);
    let of_two = || {
        parse_postcode(&format!("{first}{letters}")).ok().filter(|_| digits.len() == 4 && is_one_case && !is_abroad())
    };
    let of_one = parse_postcode(first).ok().map(|code| (1, code));
    of_one.or_else(|| of_two().map(|code| (2, code)))
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a line says on which floor, or in which part of the house: `3e verdieping`.
fn is_floor(line: &[&str]) -> bool {
    let runs = words(&line.join(" "));
    let numbers = runs.iter().filter(|run| starts_with_digit(run)).count();
    line.iter().all(|word| is_addition(word)) && runs.iter().any(|run| is_kind(run)) && numbers < 2
}

/// A number of a line that may be the house's.
struct NumberReading<'a> {
    number: String,
    addition: LineWords<'a>,
    street: LineWords<'a>,
}

impl<'a> NumberReading<'a> {
    /// The number at a word of the line: what follows it is its addition, as far as that can be one.
    fn at(line: &[&'a str], at: usize) -> Self {
        let behind = &line[at + 1..];
        let (addition, rest) = behind.split_at(behind.iter().take_while(|word| is_addition(word)).count());
        let lead = at.checked_sub(1).map(|before| line[before]).filter(|word| leads_a_number(word));
        let number =
            lead.map_or_else(|| bare_number(line[at]).to_owned(), |lead| format!("{lead} {}", bare_number(line[at])));
        // In `12 Modemstraat` the street stands behind.
        let street = if at == 0 { rest } else { &line[..at] };
        Self { number, addition: addition.to_vec(), street: street.to_vec() }
    }

    fn with_floor(&self, floor: &[&'a str]) -> Option<Self> {
        let addition: LineWords<'a> = self.addition.iter().chain(floor).copied().collect();
        (!floor.is_empty()).then(|| Self { number: self.number.clone(), addition, street: self.street.clone() })
    }

    fn houses(&self, postcode: &str, damage: OnDamage) -> Result<DutchAddress, ContactError> {
        let addition = self.addition.join(" ");
        match damage {
            OnDamage::Refused => DutchAddress::parse(postcode, &self.number, &addition),
            OnDamage::Meant => DutchAddress::as_written(postcode, &self.number, &addition),
        }
    }
}

/// `nr.12` is 12.
fn bare_number(word: &str) -> &str {
    let at = word.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let (lead, number) = word.split_at(at);
    let says_nothing = matches!(squeezed(lead).as_str(), "" | "nr" | "no" | "n" | "postbus" | "antwoordnummer");
    if says_nothing { number } else { word }
}

/// The house numbers that a line may mean, the likeliest first.
///
/// That is the first number behind the street's name: what follows it is its addition (`12 2` is the second floor of 12),
/// but a street may be named after a year or two (`Plein 40-45 12`) or begin with a number (`1e Helmersstraat 12`), and
/// only whoever lives there knows.
fn readings<'a>(line: &[&'a str]) -> Vec<NumberReading<'a>> {
    let numbers: Vec<usize> = (0..line.len()).filter(|at| is_number_at(line, *at)).collect();
    let is_named_after = |at: usize| numbers.contains(&(at + 1)) && (is_year(line[at]) || is_span(line[at]));
    let is_all_house = line.iter().all(|word| is_addition(word));
    let behind_the_name = numbers.iter().copied().find(|at| (*at > 0 || is_all_house) && !is_named_after(*at));
    let first = behind_the_name.or(numbers.first().copied());
    first
        .into_iter()
        .chain(numbers.iter().copied().filter(|at| Some(*at) != first))
        .map(|at| NumberReading::at(line, at))
        .collect()
}

/// Whether a word is a number; not `2e` before the rest of a name, as in `Rivium 2e Straat`.
fn is_number_at(line: &[&str], at: usize) -> bool {
    let runs = words(line[at]);
    let is_ordinal = matches!(runs.as_slice(), [_, end] if ["e", "de", "ste", "te", "er"].contains(&end.as_str()));
    let is_before_name = line
        .get(at + 1)
        .is_some_and(|next| !starts_with_digit(next) && !is_floor(&[line[at], *next]) && !is_addition_alone(next));
    // `mrt-12` was a number, too.
    let is_number = starts_with_digit(bare_number(line[at])) || is_changed_by_a_spreadsheet(line[at]);
    is_number && !(is_ordinal && is_before_name)
}

/// Short enough to be an addition, and not the first part of a name of several words.
fn is_addition_alone(word: &str) -> bool {
    is_addition(word) && word.chars().filter(|c| c.is_alphabetic()).count() <= 3
}

fn is_year(word: &str) -> bool {
    let is_short = word.strip_prefix('\'').is_some_and(|year| year.len() == 2 && starts_with_digit(year));
    is_short || word.parse().is_ok_and(|year: u32| (1500..2100).contains(&year))
}

/// `40-45`, `1940-1945`, `'40-'45`.
fn is_span(word: &str) -> bool {
    let ends: Vec<&str> = word.split(['-', '/']).map(|end| end.trim_start_matches('\'')).collect();
    matches!(ends.as_slice(), [first, last] if [first, last].iter().all(|end| (2..=4).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_digit())))
}
