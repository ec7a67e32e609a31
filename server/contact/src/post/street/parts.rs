//! Which words of an address are the street, which number is the house's, and what stands around it.

use std::collections::BTreeSet;

use super::super::foreign::plain_run;
use super::super::spelling::{is_of_name_at, is_title, with_english_ordinals, with_squares};
use super::door::{self, is_kind_of_door};
use super::range::Range;
use super::{Names, Segment, is_number, script};
use crate::country::Country;

/// A kind of street, and how it is shortened. The first of them are what a street is where nothing is said.
const KINDS: [(&str, &[&str]); 10] = [
    (
        "",
        &[
            "calle", "c", "cl", "ul", "ulica", "ulice", "utca", "u", "via", "v", "rua", "r", "rue", "ru", "gt", "gate",
            "g",
        ],
    ),
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

/// Words between others that name no street.
const BETWEEN: [&str; 31] = [
    "de", "du", "la", "le", "les", "des", "der", "di", "da", "do", "dos", "del", "della", "van", "den", "het", "of",
    "the", "am", "im", "an", "zum", "zur", "n", "nr", "no", "d", "l", "y", "e", "д",
];

/// Letters in a word that a street is known by; shorter ones are titles and what stands between.
const SHORTEST_NAME: usize = 3;

/// More words than a street's name has that tell it from others.
const MOST_NAMES: usize = 4;

/// The parts of an address that are not its postcode.
pub(super) struct AddressParts {
    /// The words of the street; more than one where any of several parts may be it.
    names: Vec<Segment>,
    number: String,
    /// What stands before the house number and is none of the street, and what stands behind it.
    before: Vec<Segment>,
    behind: Vec<Segment>,
    /// The number is before the street's name.
    is_first: bool,
}

impl AddressParts {
    /// `None` for parts without a number.
    pub(super) fn from_segments(segments: &[Segment], country: Country, has_code: bool) -> Option<Self> {
        let segments: Vec<Segment> = segments.iter().map(|segment| door::without_persons(segment)).collect();
        let segments = with_english_ordinals(with_squares(segments, country), country);
        let segments = with_house_behind_name(segments, country);
        let (line, at) = house_at(&segments)?;
        let own = &segments[line];
        let start = (0..at).rev().find(|before| is_number(&own[*before])).map_or(0, |before| before + 1);
        let (lead, rest) = (&own[start..at], &own[at + 1..]);
        let before = segments[..line].iter().cloned().chain([own[..start].to_vec()]);
        let behind = |from: usize| std::iter::once(rest[from..].to_vec()).chain(segments[line + 1..].iter().cloned());
        let has_name = |segment: &&Segment| !has_number(segment) && segment.iter().any(|run| is_name(run));
        let above = segments[..line].iter().rev().find(has_name).cloned();
        // `Via 25 Aprile 3`, and `Rue du 4 Septembre 12`.
        let last = behind_day(own, at, country).unwrap_or(at);
        let number = own[last].clone();
        if last > at || lead.iter().any(|run| is_name(run)) {
            let name = if last > at { &own[..last] } else { lead };
            let names = std::iter::once(name.to_vec()).chain(above).collect();
            return Some(Self {
                names,
                number,
                before: before.collect(),
                behind: behind(last - at).collect(),
                is_first: false,
            });
        }
        let (from, to) = name_in(rest, country);
        let is_named = rest[from..to].iter().any(|run| is_name(run)) || names_by_number(&rest[from..to], country);
        let mut behind: Vec<Segment> = if is_named {
            std::iter::once(rest[..from].to_vec()).chain(behind(to)).collect()
        } else {
            behind(0).collect()
        };
        // In `Rue Neuve, 5 rez` the street stands above, in `5, rue Neuve rez` below.
        let own_name = is_named.then(|| rest[from..to].to_vec());
        let has_name = above.is_some();
        let mut names: Vec<Segment> = own_name.into_iter().chain(above).collect();
        // In `Rua Augusta, 225, Lisboa` the last is the place.
        let is_place = |down: usize| has_name && !has_code && line + 2 + down == segments.len();
        let below = name_below(&segments[line + 1..], country).filter(|(down, ..)| !is_named && !is_place(*down));
        if let Some((down, name, rest)) = below {
            names.push(name);
            behind[down + 1] = rest;
        }
        if names.is_empty() {
            names.push(own.iter().filter(|run| !is_number(run)).cloned().collect());
        }
        let before = before.filter(|segment| !names.contains(segment)).collect();
        let is_whole = names.iter().any(|name| !name.is_empty());
        is_whole.then_some(Self { names, number, before, behind, is_first: is_named })
    }

    /// Each word that the street is known by, with its kind, and all of them as one. A no does not stand on a title that has
    /// a name behind it: `rue du Général Leclerc` and `rue du Général de Gaulle` are two. Nor do `Oude Gentweg` and `Nieuwe
    /// Gentweg` meet, while `Gentweg` meets each. It is asked for as it stood before.
    pub(super) fn names(&self, country: Country) -> Names {
        let mut names = Names::both(Vec::new());
        for name in &self.names {
            let all = names_of(name, country);
            let (titles, rest) = parted_by_titles(name);
            let of_title = |run: &String| format!("title {run}");
            let is_title_alone = !titles.is_empty() && rest.is_empty();
            if is_title_alone {
                names.asked.extend(titles.iter().map(of_title));
            } else {
                names.stands.extend(titles.iter().map(of_title));
            }
            let is_whole = titles.is_empty() || is_title_alone;
            let without_titles = if is_whole { name } else { &rest };
            let (marks, body) = parted_by_marks(without_titles, country);
            let words = names_of(&body, country);
            let any = words.iter().map(|word| format!("any {word}"));
            // In `12, rue Neuve rez` the last word is none of the street.
            let of_mark = |run: &String| format!("mark {run}");
            if marks.is_empty() {
                names.asked.extend(name.iter().filter(|run| is_mark(run)).map(of_mark));
                names.asked.extend(any);
                names.stands.extend(words);
            } else {
                let marked: Vec<String> = words.iter().map(|word| format!("marked {marks} {word}")).collect();
                names.stands.extend(name.iter().filter(|run| is_mark(run)).map(of_mark));
                names.stands.extend(any.chain(marked.iter().cloned()));
                names.asked.extend(marked);
            }
            names.stands.extend(all.last().cloned());
            names.asked.extend(all);
        }
        names
    }

    /// The street without its kind: two spellings with a kind never meet there, and one without a kind meets each.
    pub(super) fn names_by_kind(&self, country: Country) -> Names {
        let mut names = Names::both(Vec::new());
        // Behind a number the `q` of a `quai` and the `r.` of a `rue` look like the letter of a house.
        let letter = self.behind.first().and_then(|segment| segment.last()).filter(|_| self.is_first);
        let is_led = letter.is_some_and(|letter| matches!(letter.as_str(), "q" | "r"));
        for (name, has_kind) in self.names.iter().filter_map(|name| without_kind(name, country)) {
            let has_kind = has_kind || is_led;
            let (bare, kinded) = (format!("without kind {name}"), format!("with kind {name}"));
            let (stands, asked) = if has_kind { (kinded, bare) } else { (bare, kinded) };
            names.stands.push(stands);
            names.asked.push(asked);
        }
        names
    }

    /// The street by the first letters of its words: `MG Road` meets `Mahatma Gandhi Road`, and two whole names never meet so.
    pub(super) fn names_by_initials(&self, initials: &BTreeSet<String>) -> Names {
        let mut names = Names::both(Vec::new());
        for name in &self.names {
            let words: Vec<&String> = name.iter().filter(|run| is_name(run)).collect();
            let ends_so = words.iter().any(|run| run.ends_with("str")).then_some("st");
            let kind = name.iter().find_map(|run| kind_of(run)).or(ends_so).unwrap_or_default();
            let key = |what: &str, letters: &str| format!("{what} initials {kind} {letters}");
            match words.as_slice() {
                [letters] if initials.contains(*letters) || are_initials(letters) => {
                    names.stands.push(key("by", letters));
                    names.asked.push(key("with", letters));
                }
                [_, _, ..] if words.len() <= MOST_NAMES => {
                    let letters: String = words.iter().filter_map(|word| word.chars().next()).collect();
                    names.stands.push(key("with", &letters));
                    names.asked.push(key("by", &letters));
                }
                _ => {}
            }
        }
        names
    }

    /// How each word of the street begins, and whether it was cut short.
    pub(super) fn starts(&self, short: &BTreeSet<String>, country: Country) -> Vec<(String, bool)> {
        let is_word = |run: &&String| run.chars().count() >= SHORTEST_NAME && !script::says_kind(run, country);
        let words = self.names.iter().flatten().filter(|run| is_name(run)).filter(is_word);
        // Of `Kerkstr.` the name is whole.
        let is_short = |run: &String| short.contains(run) && !run.ends_with("str") && in_two(run).is_none();
        words.map(|run| (run.chars().take(SHORTEST_NAME).collect(), is_short(run))).take(MOST_NAMES).collect()
    }

    /// How each of these words sounds where streets are written in other letters, whatever kind of street it is, and how all
    /// of them do as one.
    pub(super) fn heard(&self, country: Country) -> Vec<String> {
        let of_name = |name: &Segment| {
            let words: Vec<&String> = name.iter().filter(|run| is_name(run)).collect();
            let whole = script::sound(&words.iter().map(|run| run.as_str()).collect::<String>(), country);
            let mut sounds: Vec<String> = words.iter().map(|run| script::sound(run, country)).collect();
            // A letter is in too many names.
            sounds.retain(|sound| sound.len() > 1);
            sounds.sort_by_key(|sound| std::cmp::Reverse(sound.len()));
            sounds.truncate(MOST_NAMES);
            sounds.into_iter().chain([format!("as one {whole}")]).collect::<Vec<_>>()
        };
        self.names.iter().flat_map(of_name).map(|sound| format!("heard {sound}")).collect()
    }

    /// Whether the street's name is in letters that are not read.
    pub(super) fn is_unread(&self) -> bool {
        self.names.first().is_some_and(|name| name.iter().any(|run| run == script::UNREAD))
    }

    /// What stands before the house number and is none of the street.
    pub(super) fn before(&self) -> impl Iterator<Item = &Segment> {
        self.before.iter()
    }

    /// What stands behind both.
    pub(super) fn behind(&self) -> impl Iterator<Item = &Segment> {
        self.behind.iter()
    }

    /// Where nothing else tells the place: the words behind the street.
    pub(super) fn places(&self) -> Vec<String> {
        let words = self.behind.iter().filter(|segment| !segment.is_empty()).flatten();
        let is_place = |run: &&String| !is_number(run) && run.chars().count() >= SHORTEST_NAME && !is_kind_of_door(run);
        words.filter(is_place).take(MOST_NAMES).map(|run| format!("place {run}")).collect()
    }

    /// The house numbers that are meant, each with its door.
    pub(super) fn houses(&self, country: Country, ranges: &[Range]) -> Vec<(String, Vec<String>)> {
        let mut houses = self.numbers(country);
        let of_range = |(number, door): &(String, Vec<String>)| {
            let range = ranges.iter().find(|range| range.first == *number && door.contains(&range.last))?;
            let last = door.iter().position(|part| *part == range.last)?;
            let numbers = std::iter::once(number).chain(&range.others);
            Some(numbers.map(|number| (number.clone(), door[last + 1..].to_vec())).collect::<Vec<_>>())
        };
        let others: Vec<_> = houses.iter().filter_map(of_range).flatten().collect();
        houses.extend(others);
        houses
    }

    /// The number of the house, and another one where it is not certain which is.
    fn numbers(&self, country: Country) -> Vec<(String, Vec<String>)> {
        let mut door = door::parts(&self.behind, true, country);
        door.extend(door::parts(&self.before, false, country));
        door.truncate(door::MOST);
        // `3/12 High Street`, and `Dlouhá 123/4`.
        let next = self.behind.first().and_then(|segment| segment.first()).filter(|run| is_number(run));
        let is_either =
            self.is_first && self.names[0].iter().any(|run| is_name(run)) || matches!(country.iso(), "CZ" | "SK");
        let turned = next.filter(|next| is_either && door.first() == Some(next)).map(|next| {
            let door = std::iter::once(self.number.clone()).chain(door[1..].iter().cloned()).collect();
            (next.clone(), door)
        });
        std::iter::once((self.number.clone(), door)).chain(turned).collect()
    }
}

/// The titles of a name, and the name without them; nothing is left of one that is a title alone.
fn parted_by_titles(name: &Segment) -> (Segment, Segment) {
    let is_of_person = |run: &String| is_name(run) && is_title(run);
    let (titles, rest): (Segment, Segment) = name.iter().cloned().partition(is_of_person);
    let has_name = rest.iter().any(|run| is_name(run) && run.chars().count() >= SHORTEST_NAME);
    (titles, if has_name { rest } else { Vec::new() })
}

/// What tells two streets with one name apart.
fn is_mark(run: &str) -> bool {
    const PAIRS: [&str; 62] = [
        "grote", "kleine", "oude", "nieuwe", "lange", "korte", "hoge", "lage", "grand", "grande", "petit", "petite",
        "vieux", "vieille", "nouveau", "nouvelle", "neuve", "haut", "haute", "bas", "basse", "grosse", "alte", "neu",
        "kurze", "obere", "untere", "hohe", "old", "new", "upper", "lower", "great", "little", "nuova", "vecchia",
        "piccola", "nueva", "vieja", "nova", "velha", "stora", "lilla", "norra", "sodra", "vastra", "ostra", "store",
        "lille", "nordre", "sondre", "nya", "gamla", "stara", "nowa", "wielka", "mala", "north", "south", "east",
        "west", "binnen",
    ];
    PAIRS.contains(&run)
}

/// What tells two streets with one name apart, and that name: `Oude` and `Nieuwe`, and the day of a month. No marks where
/// they are all that there is: `Rue Neuve`.
fn parted_by_marks(name: &Segment, country: Country) -> (String, Segment) {
    let first = name.iter().find(|run| is_number(run) && run.parse().is_ok_and(|day: u32| day <= 31));
    let is_mark = |run: &String| is_mark(run) || Some(run) == first;
    let marks = name.iter().filter(|run| is_mark(run)).map(String::as_str).collect::<Vec<_>>().join(" ");
    let body: Segment = name.iter().filter(|run| !is_mark(run)).cloned().collect();
    let has_name = body.iter().any(|run| is_name(run) && run.chars().count() >= SHORTEST_NAME);
    let is_counted = matches!(country.iso(), "CA" | "US");
    if has_name && !is_counted { (marks, body) } else { (String::new(), name.clone()) }
}

fn names_of(name: &Segment, country: Country) -> Vec<String> {
    // `Mariahilferstraße` is `Mariahilfer Straße`.
    let split = |run: &String| match run.strip_suffix("str").filter(|name| !name.is_empty()) {
        Some(name) => (name.to_owned(), true),
        None => (run.clone(), false),
    };
    let is_said = |run: &&String| is_name(run) && !script::says_kind(run, country);
    let mut names: Vec<(String, bool)> = name.iter().filter(is_said).map(split).collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
    let long = names.iter().filter(|(name, _)| name.chars().count() >= SHORTEST_NAME).count();
    names.truncate(long.clamp(1, MOST_NAMES));
    let mut kinds = name.iter().filter_map(|run| kind_of(run));
    let said = kinds.next();
    let ends_so = names.iter().any(|(_, is_st)| *is_st).then_some("st");
    // There the two languages call one street two kinds.
    let kind = if country.iso() == "CA" { "" } else { said.or(ends_so).unwrap_or_default() };
    let words = names.iter().map(|(name, _)| format!("{kind} {name}"));
    // There a `Dr.` is no drive.
    let is_title = said == Some("dr") && !matches!(country.iso(), "AU" | "CA" | "GB" | "IE" | "NZ" | "US");
    let own_kind = kinds.next().or(ends_so).unwrap_or_default();
    let without_title = names.iter().filter(|_| is_title).map(|(name, _)| format!("{own_kind} {name}"));
    // `Albertlaan` is `Albert I-laan`.
    let in_two = names.iter().filter_map(|(name, _)| in_two(name)).map(|(name, kind)| format!("{kind} {name}"));
    let months = names.iter().filter_map(|(name, _)| month(name, country)).map(|month| format!("{kind} {month}"));
    // `Markt` is `Marktplatz`, and `Lu` is a road.
    let market = names.iter().filter(|(name, _)| name == "markt" && names.len() == 1 && kind.is_empty());
    let market = market.map(|(name, _)| format!("pl {name}"));
    let in_chinese = chinese_kind(name, country);
    let in_chinese = names.iter().filter_map(|(name, _)| Some(format!("{} {name}", in_chinese?)));
    words
        .chain(without_title)
        .chain(in_two)
        .chain(months)
        .chain(market)
        .chain(in_chinese)
        .chain([format!("as one {}", name.concat())])
        .collect()
}

/// Kinds of streets that are none of [`KINDS`]: a street that has one is told apart from one that has another.
const MORE_KINDS: [&str; 70] = [
    "q", "sq", "imp", "rte", "chee", "fbg", "all", "stwg", "wg", "passage", "cite", "villa", "cours", "allees",
    "sentier", "close", "cl", "way", "terrace", "ter", "crescent", "cres", "grove", "gardens", "gdns", "hill", "mews",
    "row", "walk", "parade", "rise", "circle", "cir", "trail", "trl", "highway", "hwy", "parkway", "pkwy", "corso",
    "largo", "viale", "vicolo", "travessa", "alameda", "paseo", "camino", "carrer", "ronda", "gasse", "ring", "damm",
    "ufer", "kade", "kaai", "dreef", "lei", "hof", "markt", "kouter", "dries", "dam", "dorp", "gracht", "singel",
    "vest", "brink", "rynek", "lu", "jie",
];

/// The name of a street without what kind it is, and whether that is said; `None` where the kind is all that is there.
fn without_kind(name: &Segment, country: Country) -> Option<(String, bool)> {
    // The `St` of a saint and the `Dr.` of a person stand before a name.
    let is_of_name =
        |at: usize| matches!(name[at].as_str(), "st" | "dr") && name[at + 1..].iter().any(|run| is_name(run));
    let is_kind = |at: &usize| {
        let run = name[*at].as_str();
        let is_known = kind_of(run).is_some() && !is_of_name(*at);
        is_known || MORE_KINDS.contains(&run) || script::says_kind(run, country)
    };
    let bare = |run: &String| {
        let start = run
            .strip_suffix("str")
            .or_else(|| in_two(run).map(|(start, _)| start))
            .or_else(|| run.strip_suffix("gasse"));
        let start = start.filter(|start| start.chars().count() >= SHORTEST_NAME);
        start.map_or_else(|| (run.clone(), false), |start| (start.to_owned(), true))
    };
    let is_said = |at: &usize| is_name(&name[*at]) || name[*at] == "st" && is_of_name(*at);
    let words: Vec<(String, bool)> =
        (0..name.len()).filter(|at| is_said(at) && !is_kind(at)).map(|at| bare(&name[at])).collect();
    let has_kind = (0..name.len()).any(|at| is_kind(&at)) || words.iter().any(|(_, has_kind)| *has_kind);
    let whole: String = words.iter().map(|(word, _)| word.as_str()).collect();
    (whole.chars().count() > 1).then_some((whole, has_kind))
}

/// The name and the kind of a street that are written in one word.
fn in_two(word: &str) -> Option<(&str, &'static str)> {
    const ENDS: [&str; 5] = ["stwg", "wg", "ln", "pl", "all"];
    let found = ENDS.iter().find_map(|end| Some((word.strip_suffix(end)?, *end)));
    found.filter(|(name, _)| name.chars().count() >= SHORTEST_NAME)
}

/// What kind of street the Chinese word for one says.
fn chinese_kind(name: &Segment, country: Country) -> Option<&'static str> {
    const WORDS: [(&str, &str); 4] = [("lu", "rd"), ("jie", "st"), ("dajie", "st"), ("dadao", "av")];
    let is_chinese = matches!(country.iso(), "CN" | "HK" | "MO" | "SG" | "TW");
    let last = name.last().filter(|_| is_chinese)?;
    WORDS.iter().find(|(word, _)| word == last).map(|(_, kind)| *kind)
}

/// The whole name of a month that is cut short, in the languages that name streets after days.
fn month(word: &str, country: Country) -> Option<&'static str> {
    const FRENCH: [(&str, &str); 8] = [
        ("janv", "janvier"),
        ("fevr", "fevrier"),
        ("avr", "avril"),
        ("juil", "juillet"),
        ("sept", "septembre"),
        ("oct", "octobre"),
        ("nov", "novembre"),
        ("dec", "decembre"),
    ];
    const ITALIAN: [(&str, &str); 8] = [
        ("febbr", "febbraio"),
        ("apr", "aprile"),
        ("magg", "maggio"),
        ("giu", "giugno"),
        ("lug", "luglio"),
        ("sett", "settembre"),
        ("ott", "ottobre"),
        ("nov", "novembre"),
    ];
    let months = if country.iso() == "IT" { ITALIAN } else { FRENCH };
    months.iter().find(|(short, _)| *short == word).map(|(_, month)| *month)
}

/// Whether a word can be nothing but initials: it has no vowel.
fn are_initials(word: &str) -> bool {
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    (2..=MOST_NAMES).contains(&word.chars().count()) && !word.contains(is_vowel)
}

/// Whether a word says what kind of street it is, in whatever form.
pub(in crate::post) fn names_kind_of_street(run: &str, country: Country) -> bool {
    let is_kind = |run: &str| kind_of(run).is_some() || MORE_KINDS.contains(&run);
    is_kind(run) || plain_run(run, country).is_some_and(|run| is_kind(&run))
}

/// Whether a word, in its short form, says what kind of street it is.
pub(in crate::post) fn is_kind_of_street(run: &str) -> bool {
    KINDS.iter().any(|(kind, _)| *kind == run)
}

fn kind_of(run: &str) -> Option<&'static str> {
    KINDS.iter().find(|(_, all)| all.contains(&run)).map(|(kind, _)| *kind)
}

/// Whether a word may be what a street is called.
fn is_name(run: &str) -> bool {
    !is_number(run) && kind_of(run).is_none() && !BETWEEN.contains(&run) && !is_kind_of_door(run)
}

fn has_number(segment: &Segment) -> bool {
    segment.iter().any(|run| is_number(run))
}

/// The first number that is no door's: of which the words before it do not say so.
fn house_at(segments: &[Segment]) -> Option<(usize, usize)> {
    let of_line = |line: usize| (0..segments[line].len()).map(move |at| (line, at));
    let numbers = || (0..segments.len()).flat_map(of_line).filter(|(line, at)| is_number(&segments[*line][*at]));
    numbers().find(|(line, at)| !is_of_door(&segments[*line], *at)).or_else(|| numbers().next())
}

fn is_of_door(segment: &[String], at: usize) -> bool {
    let start = (0..at).rev().find(|before| is_number(&segment[*before])).map_or(0, |before| before + 1);
    let lead = &segment[start..at];
    // `U3 198 George Street`.
    let is_letter =
        |run: &String| run.chars().count() <= 2 && kind_of(run).is_none() && !BETWEEN.contains(&run.as_str());
    let is_before_house = || matches!(&segment[at + 1..], [number, name, ..] if is_number(number) && name.chars().count() > 1 && !is_number(name));
    !lead.is_empty() && lead.iter().all(|run| is_kind_of_door(run))
        || matches!(lead, [letter] if is_letter(letter)) && is_before_house()
}

/// `Calle 2 de Mayo, 12`: the house number is the second one, in whatever part it stands.
fn with_house_behind_name(segments: Vec<Segment>, country: Country) -> Vec<Segment> {
    let lacks_house = |segment: &Segment| {
        let at = segment.iter().position(|run| is_number(run));
        at.is_some_and(|at| {
            let is_bare = !segment[..at].iter().any(|run| is_name(run));
            is_bare && is_of_name_at(segment, at, country) && !segment[at + 1..].iter().any(|run| is_number(run))
        })
    };
    let mut whole: Vec<Segment> = Vec::new();
    for segment in segments {
        let is_numbered = segment.first().is_some_and(|run| is_number(run));
        match whole.last_mut().filter(|before| is_numbered && lacks_house(before)) {
            Some(before) => before.extend(segment),
            None => whole.push(segment),
        }
    }
    whole
}

/// Where the first number of a line is a part of the street's name: where the house number is.
fn behind_day(segment: &[String], at: usize, country: Country) -> Option<usize> {
    let (lead, rest) = (&segment[..at], &segment[at + 1..]);
    let is_bare = !lead.is_empty() && !lead.iter().any(|run| is_name(run) || is_number(run) || is_kind_of_door(run));
    let is_month = |run: &String| is_name(run) && run.chars().count() >= 3 && !door::is_between_numbers(run);
    let is_day = is_bare && rest.first().is_some_and(is_month);
    // `25 de Mayo 144`.
    let is_known = || (is_bare || lead.is_empty()) && is_of_name_at(segment, at, country);
    let number = rest.iter().position(|run| is_number(run)).filter(|_| is_day || is_known())?;
    Some(at + 1 + number)
}

/// Behind a number that stands first: from where to where the street's name is.
fn name_in(rest: &[String], country: Country) -> (usize, usize) {
    let is_start = |at: &usize| {
        let run = &rest[*at];
        let is_counted = is_number(run) && names_by_number(&rest[*at..], country);
        is_counted
            || is_named_by_letters(rest, *at)
            || !is_number(run) && !door::is_letter_at(rest, *at) && !door::is_between_numbers(run)
    };
    let from = (0..rest.len()).find(is_start).unwrap_or(rest.len());
    let is_end = |at: &usize| {
        let own = &rest[from..*at];
        let is_in_name = own.iter().all(|run| !is_name(run)) && rest.get(at + 1).is_some_and(|next| is_name(next));
        is_number(&rest[*at]) && !is_in_name || is_kind_of_door(&rest[*at])
    };
    let to = (from + 1..rest.len()).find(is_end).unwrap_or(rest.len());
    (from, to.max(from))
}

/// `MG Road`, and no letter of the house before the name of a street: `12 B Av. Louise`.
fn is_named_by_letters(rest: &[String], at: usize) -> bool {
    let (before, [letters, kind, behind @ ..]) = rest.split_at(at) else { return false };
    let has_name = || behind.iter().take_while(|run| !is_number(run)).any(|run| is_name(run));
    let is_first = before.iter().all(|run| is_number(run));
    is_first && letters.chars().count() <= 2 && is_name(letters) && is_kind_of_street(kind) && !has_name()
}

/// In which of the parts below a number the street's name is, and what stands behind it there.
fn name_below(segments: &[Segment], country: Country) -> Option<(usize, Segment, Segment)> {
    let named = |segment: &Segment| {
        let (from, to) = name_in(segment, country);
        let is_named =
            !segment.first().is_none_or(|run| is_number(run)) && segment[from..to].iter().any(|run| is_name(run));
        is_named.then(|| (segment[from..to].to_vec(), segment[to..].to_vec()))
    };
    let found = segments.iter().map(named).enumerate().find_map(|(down, named)| Some((down, named?)))?;
    let (down, (name, rest)) = found;
    Some((down, name, rest))
}

/// `5 av`: Fifth Avenue.
fn names_by_number(name: &[String], country: Country) -> bool {
    let ends = |rest: &[String]| rest.first().is_none_or(|next| is_number(next) || is_kind_of_door(next));
    let is_counted =
        matches!(name, [number, kind, rest @ ..] if is_number(number) && is_kind_of_street(kind) && ends(rest));
    is_counted && matches!(country.iso(), "US" | "CA")
}
