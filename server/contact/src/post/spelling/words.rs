//! Words of streets that are written in several ways: together or apart, by an old spelling, with a slip in what ends them, or in
//! the other language of the country.

use super::super::foreign::{Segment, is_number};
use super::super::street::{is_known_place, names_kind_of_street};
use super::ordinals::in_letters;
use crate::country::Country;

/// What ends the name of a street in the Nordic countries, and is written apart, too.
const NORDIC: [&str; 14] = [
    "gatan", "gata", "gaten", "gate", "gade", "vagen", "vegen", "veien", "vejen", "vej", "vei", "veg", "grand",
    "torget",
];

/// Adjectives as they stand alone and in one word with the rest.
const ADJECTIVES: [(&str, &str); 14] = [
    ("stora", "stor"),
    ("store", "stor"),
    ("lilla", "lill"),
    ("lille", "lill"),
    ("nya", "ny"),
    ("nye", "ny"),
    ("norra", "norr"),
    ("nordre", "norr"),
    ("sodra", "soder"),
    ("ostra", "oster"),
    ("vastra", "vaster"),
    ("langa", "lang"),
    ("korta", "kort"),
    ("hoga", "hog"),
];

/// Words that are written apart, in one: `Stora gatan` is `Storgatan`.
pub(super) fn in_one_word(segment: &[String], country: Country) -> Segment {
    match country.iso() {
        "DK" | "FI" | "FO" | "NO" | "SE" => in_nordic(segment),
        _ => segment.to_vec(),
    }
}

/// The squares of Mannheim, which are what streets are elsewhere, as one word each: `Q 7, 12` is house 12 at `Q 7`.
pub(in crate::post) fn with_squares(mut segments: Vec<Segment>, country: Country) -> Vec<Segment> {
    if country.iso() != "DE" {
        return segments;
    }
    for at in 0..segments.len() {
        let has_house_behind = segments.get(at + 1).and_then(|next| next.first()).is_some_and(|run| is_number(run));
        let runs = segments[at].as_slice();
        let runs = runs.strip_prefix(&["quadrat".to_owned()]).unwrap_or(runs);
        let [letter, number, rest @ ..] = runs else { continue };
        let is_square = letter.len() == 1 && !is_number(letter) && number.len() == 1 && is_number(number);
        let has_house = rest.first().map_or(has_house_behind, |run| is_number(run));
        if let Some(number) = number.parse().ok().filter(|_| is_square && has_house) {
            let square = format!("quadrat{letter}{}", in_letters(number));
            segments[at] = std::iter::once(square).chain(rest.iter().cloned()).collect();
        }
    }
    segments
}

fn in_nordic(segment: &[String]) -> Segment {
    let short =
        |word: &str| ADJECTIVES.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| *short).to_owned();
    let whole = |word: &str| {
        let end = NORDIC.iter().find_map(|end| Some((word.strip_suffix(end)?, *end)));
        end.map_or_else(|| word.to_owned(), |(name, end)| format!("{}{end}", short(name)))
    };
    let mut runs: Segment = Vec::new();
    for run in segment {
        match runs.last_mut() {
            Some(before) if NORDIC.contains(&run.as_str()) && !is_number(before) => {
                *before = format!("{}{run}", short(before));
            }
            _ => runs.push(whole(run)),
        }
    }
    runs
}

/// One way to write a word.
pub(super) fn spelled(run: &str, country: Country) -> String {
    if country.iso() == "FR" && run == "75116" {
        // The two halves of one district of Paris, of which people write either.
        return "75016".to_owned();
    }
    let own: fn(&str) -> String = match country.iso() {
        "AW" | "BE" | "BQ" | "CW" | "SR" | "SX" => dutch,
        "AT" | "CH" | "DE" | "LI" => german,
        "AD" | "ES" => return spanish(run),
        _ => return run.to_owned(),
    };
    let is_left = is_number(run) || !run.is_ascii() || is_known_place(run) || names_kind_of_street(run, country);
    if is_left { run.to_owned() } else { own(run) }
}

/// What ends streets, with slips that people make in it.
fn with_end(word: String, end: &str, slips: &[&str]) -> String {
    let name = slips.iter().find_map(|slip| word.strip_suffix(slip)).filter(|name| name.len() >= 3);
    name.map(|name| format!("{name}{end}")).unwrap_or(word)
}

/// Without what the spelling of Dutch lost, or has in two ways.
fn dutch(run: &str) -> String {
    const LETTERS: [(&str, &str); 12] = [
        ("ck", "k"),
        ("cx", "ks"),
        ("x", "ks"),
        ("ae", "aa"),
        ("ij", "y"),
        ("uy", "ui"),
        ("ey", "ei"),
        ("gh", "g"),
        ("th", "t"),
        ("ph", "f"),
        ("qu", "kw"),
        ("ssch", "ss"),
    ];
    const SLIPS: [&str; 7] = ["straate", "straaat", "straart", "strat", "staat", "sraat", "starat"];
    let plain = LETTERS.iter().fold(run.to_owned(), |word, (old, new)| word.replace(old, new));
    let plain = with_k(&with_short_vowels(&plain));
    let plain = with_end(plain, "straat", &SLIPS);
    // `Vlaamsche`, `Bosch` and `Boschstraat`.
    let start = plain.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = plain.split_at(start);
    let rest = rest.replace("sche", "se").replace("schstr", "sstr");
    let rest = rest.strip_suffix("sch").map(|name| format!("{name}s")).unwrap_or(rest);
    format!("{first}{rest}")
}

fn german(run: &str) -> String {
    const SLIPS: [&str; 6] = ["strabe", "strase", "stasse", "strasze", "srasse", "strassse"];
    let plain = with_k(&run.replace("ph", "f").replace("th", "t"));
    if SLIPS.contains(&plain.as_str()) {
        return "strasse".to_owned();
    }
    with_end(plain, "strasse", &SLIPS)
}

/// The two languages of a street in Spain, of words that are nearly one.
fn spanish(run: &str) -> String {
    const WORDS: [(&str, &str); 22] = [
        ("carrer", "calle"),
        ("cr", "calle"),
        ("c", "calle"),
        ("cl", "calle"),
        ("rua", "calle"),
        ("kalea", "calle"),
        ("avinguda", "avenida"),
        ("placa", "plaza"),
        ("praza", "plaza"),
        ("passeig", "paseo"),
        ("major", "mayor"),
        ("maior", "mayor"),
        ("nou", "nueva"),
        ("nova", "nueva"),
        ("esglesia", "iglesia"),
        ("igrexa", "iglesia"),
        ("sant", "san"),
        ("josep", "jose"),
        ("joan", "juan"),
        ("espanya", "espana"),
        ("constitucio", "constitucion"),
        ("rei", "rey"),
    ];
    WORDS.iter().find(|(word, _)| *word == run).map_or(run, |(_, one)| *one).to_owned()
}

/// `Capelle` is `Kapelle`, and `Carl` is `Karl`; `ch` stays.
fn with_k(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let is_hard = |at: usize| letters.get(at + 1).is_none_or(|next| !matches!(next, 'e' | 'i' | 'y' | 'h' | 'k'));
    (0..letters.len()).map(|at| if letters[at] == 'c' && is_hard(at) { 'k' } else { letters[at] }).collect()
}

/// `Groote` is `Grote`: a vowel that is doubled before one consonant and another vowel.
fn with_short_vowels(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let is_vowel = |at: usize| letters.get(at).is_some_and(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
    let is_doubled = |at: usize| {
        let is_same = matches!(letters[at], 'e' | 'o') && letters.get(at + 1) == Some(&letters[at]);
        is_same && letters.get(at + 2).is_some_and(|_| !is_vowel(at + 2)) && is_vowel(at + 3)
    };
    (0..letters.len()).filter(|at| !is_doubled(*at)).map(|at| letters[at]).collect()
}
