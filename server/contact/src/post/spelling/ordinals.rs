//! Days that streets are named after and ordinals, in words and in figures: `rue du 1er Mai` is `rue du Premier Mai`, and `42nd
//! Street` is `Forty-Second Street`.

use super::super::foreign::{Segment, is_number};
use super::super::street::{is_of_door, names_kind_of_street};
use crate::country::Country;

/// Months in the languages that name streets after days. English is none of them: `12 May Road` is house 12.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "januari", "januar", "janv", "gennaio", "enero", "janeiro", "stycznia"],
    &["fevrier", "februari", "februar", "fevr", "febbraio", "febrero", "fevereiro", "lutego"],
    &["mars", "maart", "marz", "marzo", "marco", "marca"],
    &["avril", "april", "aprile", "abril", "avr", "apr", "kwietnia"],
    &["mai", "mei", "maggio", "mayo", "maio", "maja", "maj"],
    &["juin", "juni", "giugno", "junio", "junho", "czerwca"],
    &["juillet", "juli", "luglio", "julio", "julho", "juil", "lug", "lipca"],
    &["aout", "augustus", "august", "agosto", "sierpnia"],
    &["septembre", "september", "settembre", "septiembre", "setiembre", "setembro", "sept", "sett", "wrzesnia"],
    &["octobre", "oktober", "ottobre", "octubre", "outubro", "oct", "ott", "pazdziernika"],
    &["novembre", "november", "noviembre", "novembro", "nov", "listopada"],
    &["decembre", "dezember", "december", "dicembre", "diciembre", "dezembro", "dec", "grudnia"],
];

/// The days of a month in words; a dash stands between two of them.
const DAYS: [&str; 31] = [
    "premier primo primero primeiro eerste erste ersten pierwszego",
    "deux dos dois due twee tweede zweite zweiten drugiego",
    "trois tres tre drie derde dritte dritten trzeciego",
    "quatre cuatro quatro quattro vier vierde vierte vierten",
    "cinq cinco cinque vijf vijfde funfte funften piatego",
    "six seis sei zes zesde sechste sechsten",
    "sept siete sete sette zeven zevende siebte siebten",
    "huit ocho oito otto acht achtste achte achten osmego",
    "neuf nueve nove negen negende neunte neunten dziewiatego",
    "dix diez dez dieci tien tiende zehnte zehnten",
    "onze once undici elf elfde elfte elften jedenastego",
    "douze doce doze dodici twaalf twaalfde",
    "treize trece treze tredici dertien",
    "quatorze catorce catorze quattordici veertien",
    "quinze quince quindici vijftien pietnastego",
    "seize dieciseis dezasseis dezesseis sedici zestien",
    "dix-sept diecisiete dezassete dezessete diciassette zeventien siebzehnte siebzehnten",
    "dix-huit dieciocho dezoito diciotto achttien achtzehnte achtzehnten",
    "dix-neuf diecinueve dezanove dezenove diciannove negentien",
    "vingt veinte vinte venti twintig zwanzigste zwanzigsten",
    "vingt-et-un veintiuno vinte-e-um ventuno eenentwintig",
    "vingt-deux veintidos vinte-e-dois ventidue tweeentwintig",
    "vingt-trois veintitres vinte-e-tres ventitre drieentwintig",
    "vingt-quatre veinticuatro vinte-e-quatro ventiquattro vierentwintig",
    "vingt-cinq veinticinco vinte-e-cinco venticinque vijfentwintig",
    "vingt-six veintiseis vinte-e-seis ventisei zesentwintig",
    "vingt-sept veintisiete vinte-e-sete ventisette zevenentwintig",
    "vingt-huit veintiocho vinte-e-oito ventotto achtentwintig",
    "vingt-neuf veintinueve vinte-e-nove ventinove negenentwintig",
    "trente treinta trinta trenta dertig",
    "trente-et-un treinta-y-uno trinta-e-um trentuno eenendertig",
];

/// What makes a number an ordinal.
const MARKS: [&str; 13] = ["er", "re", "ere", "o", "a", "e", "eme", "ieme", "nd", "nde", "de", "ste", "te"];

/// What ends the name of a street in one word with a month: `11 Novemberlaan`.
const ENDS: [&str; 16] = [
    "straat", "laan", "ln", "plein", "pl", "lei", "weg", "wg", "dreef", "strasse", "str", "platz", "allee", "all",
    "gade", "gatan",
];

/// The ordinals of streets without a month, one to ten.
const ORDINALS: [&[&str]; 10] = [
    &["premier", "premiere", "eerste", "erste"],
    &["deuxieme", "second", "seconde", "tweede", "zweite"],
    &["troisieme", "derde", "dritte"],
    &["quatrieme", "vierde", "vierte"],
    &["cinquieme", "vijfde", "funfte"],
    &["sixieme", "zesde", "sechste"],
    &["septieme", "zevende", "siebte"],
    &["huitieme", "achtste", "achte"],
    &["neuvieme", "negende", "neunte"],
    &["dixieme", "tiende", "zehnte"],
];

/// English ordinals from one to nineteen, and tens with theirs.
const ENGLISH: [&str; 19] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
const TENS: [(&str, &str); 8] = [
    ("twenty", "twentieth"),
    ("thirty", "thirtieth"),
    ("forty", "fortieth"),
    ("fifty", "fiftieth"),
    ("sixty", "sixtieth"),
    ("seventy", "seventieth"),
    ("eighty", "eightieth"),
    ("ninety", "ninetieth"),
];

/// Whether a number is a part of the name of a street: of a day (`25 de Mayo`, `1er Mai`) or an ordinal (`1. Querstraße`).
pub(in crate::post) fn is_of_name_at(runs: &[String], at: usize, country: Country) -> bool {
    let is_ordinal = || at == 0 && continental_at(runs, at, country).is_some();
    !is_english(country) && is_number(&runs[at]) && (date_at(runs, at).is_some() || is_ordinal())
}

/// Each day with its month as one word that has no figures, without a year behind it. A number that stands alone is the
/// house's: `12 Mars`.
pub(super) fn with_days(segment: &[String], is_numbered: bool, country: Country) -> Segment {
    if is_english(country) && country.iso() != "CA" {
        return segment.to_vec();
    }
    let mut runs: Segment = Vec::new();
    let mut at = 0;
    while at < segment.len() {
        let has_house = |to: usize| is_numbered || segment[to..].iter().chain(&runs).any(|run| is_number(run));
        let date = date_at(segment, at).filter(|(_, length)| !is_number(&segment[at]) || has_house(at + length));
        match date {
            Some((word, length)) => {
                at += length;
                let is_year =
                    |run: &String| run.len() == 4 && run.parse().is_ok_and(|year: u32| (1500..2100).contains(&year));
                let skipped = usize::from(segment.get(at).is_some_and(is_year) && (has_house(at + 1)));
                runs.push(word);
                at += skipped;
            }
            None => {
                runs.push(segment[at].clone());
                at += 1;
            }
        }
    }
    runs
}

/// A day and its month in one word, and of how many runs it is.
fn date_at(runs: &[String], at: usize) -> Option<(String, usize)> {
    // More runs than a day has, with its month: `vingt et un de mai`.
    runs[at..].iter().take(5).find_map(|run| month_of(run))?;
    let (day, of_day) = day_at(runs, at)?;
    let between = runs.get(at + of_day).filter(|run| matches!(run.as_str(), "de" | "di" | "d" | "van" | "des"));
    let length = of_day + usize::from(between.is_some());
    let run = runs.get(at + length)?;
    let (month, rest) = month_of(run)?;
    Some((format!("dag{}x{}{rest}", in_letters(day), in_letters(month)), length + 1))
}

fn day_at(runs: &[String], at: usize) -> Option<(u32, usize)> {
    let run = &runs[at];
    if is_number(run) {
        let day = run.parse().ok().filter(|day| (1..=31).contains(day))?;
        let is_marked = runs.get(at + 1).is_some_and(|next| MARKS.contains(&next.as_str()) && next != "de");
        return Some((day, 1 + usize::from(is_marked)));
    }
    let is_said =
        |words: &&str| words.split('-').eq(runs[at..].iter().take(words.split('-').count()).map(String::as_str));
    let said = DAYS.iter().zip(1..).filter_map(|(all, day)| {
        let longest = all.split(' ').filter(is_said).map(|words| words.split('-').count()).max()?;
        Some((day, longest))
    });
    said.max_by_key(|(_, length)| *length).or_else(|| Some((roman(run)?, 1)))
}

/// The number of a month, and what stands behind its name in one word with it.
fn month_of(run: &str) -> Option<(u32, &str)> {
    let of_month = |names: &[&'static str]| {
        let rests = names.iter().filter_map(|name| run.strip_prefix(name));
        rests.filter(|rest| rest.is_empty() || ENDS.contains(rest)).min_by_key(|rest| rest.len())
    };
    MONTHS.iter().zip(1..).find_map(|(names, month)| Some((month, of_month(names)?)))
}

/// Up to thirty-one.
fn roman(run: &str) -> Option<u32> {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let tens = run.bytes().take_while(|letter| *letter == b'x').count();
    let unit = UNITS.iter().position(|unit| *unit == &run[tens..])?;
    let number = tens.min(4) * 10 + unit;
    u32::try_from(number).ok().filter(|number| (1..=31).contains(number))
}

/// A number without figures: no run has both figures and letters.
pub(super) fn in_letters(number: u32) -> String {
    const LETTERS: [char; 10] = ['b', 'c', 'd', 'f', 'h', 'j', 'k', 'l', 'm', 'n'];
    number.to_string().bytes().map(|digit| LETTERS[usize::from(digit - b'0')]).collect()
}

/// Each ordinal before a name in one way.
pub(super) fn with_ordinals(segment: &[String], country: Country) -> Segment {
    let ordinal_at = |at: usize| {
        if is_english(country) { english_at(segment, at, country) } else { continental_at(segment, at, country) }
    };
    let mut runs: Segment = Vec::new();
    let mut at = 0;
    while at < segment.len() {
        let (word, length) = ordinal_at(at).unwrap_or_else(|| (segment[at].clone(), 1));
        runs.push(word);
        at += length;
    }
    runs
}

/// The parts of an address with ordinals as words where those are the names of streets: `12 2nd Avenue` has one number.
pub(in crate::post) fn with_english_ordinals(segments: Vec<Segment>, country: Country) -> Vec<Segment> {
    let has_words = is_english(country) && !matches!(country.iso(), "CA" | "US");
    if has_words { segments.iter().map(|segment| with_ordinals(segment, country)).collect() } else { segments }
}

/// In figures where streets are counted, in a word elsewhere.
fn english_at(segment: &[String], at: usize, country: Country) -> Option<(String, usize)> {
    let run = segment[at].as_str();
    let is_counted = matches!(country.iso(), "US" | "CA");
    let is_of_street = |to: usize| segment.get(to).is_some_and(|next| !is_number(next) && !is_of_door(next));
    if is_number(run) {
        let mark = segment.get(at + 1).map(String::as_str);
        let is_kind = || segment.get(at + 2).is_some_and(|next| names_kind_of_street(next, country));
        // `21 St Mary's Road` is house 21.
        let is_marked = matches!(mark, Some("nd" | "rd" | "th")) || mark == Some("st") && is_kind();
        let number = run.parse().ok().filter(|_| is_marked && !is_counted && is_of_street(at + 2))?;
        return Some((in_english(number)?, 2));
    }
    let one_to_nine =
        |word: Option<&String>| ENGLISH.iter().take(9).position(|unit| word.is_some_and(|word| word == unit));
    let alone = ENGLISH.iter().position(|word| *word == run).map(|place| (place + 1, 1));
    let of_tens = TENS.iter().zip((20..).step_by(10)).find_map(|((ten, ordinal), number)| {
        let with_unit = || Some((number + one_to_nine(segment.get(at + 1))? + 1, 2));
        if run == *ordinal { Some((number, 1)) } else { (run == *ten).then(with_unit).flatten() }
    });
    let (number, length) = alone.or(of_tens).filter(|(_, length)| is_of_street(at + length))?;
    let word = if is_counted { number.to_string() } else { in_english(number)? };
    Some((word, length))
}

fn in_english(number: usize) -> Option<String> {
    if let Some(word) = number.checked_sub(1).and_then(|place| ENGLISH.get(place)) {
        return Some((*word).to_owned());
    }
    let (ten, ordinal) = TENS.get((number / 10).checked_sub(2)?)?;
    match number % 10 {
        0 => Some((*ordinal).to_owned()),
        unit => Some(format!("{ten}{}", ENGLISH[unit - 1])),
    }
}

/// In one word with the name behind it, so that the first and the second of a name stay apart.
fn continental_at(segment: &[String], at: usize, country: Country) -> Option<(String, usize)> {
    let run = segment[at].as_str();
    let is_known = matches!(
        country.iso(),
        "AT" | "BE" | "BQ" | "CH" | "CW" | "DE" | "FR" | "LI" | "LU" | "MC" | "SR" | "SX" | "AW"
    );
    let (number, length) = if is_number(run) {
        let number: u32 = run.parse().ok().filter(|number| (1..=20).contains(number))?;
        // `12 A` and `12 E` are houses.
        let is_mark = |mark: &String| MARKS.contains(&mark.as_str()) && (mark.len() > 1 || mark == "e" && number <= 10);
        let is_marked = segment.get(at + 1).is_some_and(is_mark);
        // The dot of `1. Querstraße` is gone.
        let is_dotted = at == 0 && matches!(country.iso(), "AT" | "CH" | "DE" | "LI");
        let length = if is_marked { 2 } else { usize::from(is_dotted) };
        let has_house = segment[..at].iter().chain(&segment[at + 1..]).any(|run| is_number(run));
        (number, Some(length).filter(|length| *length > 0 && has_house)?)
    } else {
        let number = ORDINALS.iter().position(|words| words.contains(&run))?;
        (u32::try_from(number + 1).ok()?, 1)
    };
    let is_name = |next: &&String| {
        next.chars().count() >= 3 && !is_number(next) && !is_of_door(next) && !names_kind_of_street(next, country)
    };
    let name = segment.get(at + length).filter(is_name).filter(|_| is_known)?;
    Some((format!("ord{}{name}", in_letters(number)), length + 1))
}

/// Where English is what streets are written in.
fn is_english(country: Country) -> bool {
    matches!(
        country.iso(),
        "AU" | "BS"
            | "BB"
            | "CA"
            | "GB"
            | "GG"
            | "GH"
            | "GI"
            | "HK"
            | "IE"
            | "IM"
            | "IN"
            | "JE"
            | "JM"
            | "KE"
            | "MT"
            | "MY"
            | "NG"
            | "NZ"
            | "PH"
            | "PK"
            | "SG"
            | "TT"
            | "UG"
            | "US"
            | "ZA"
            | "ZW"
    )
}
