//! What stands behind a house number, and which spellings of it may be one door.
//!
//! Amsterdam writes `12 III` and `12-3`, Haarlem `12 zw` and `12 zwart`, a form `12 huis` and a letter `12 hs`. Whether an `H`
//! is the ground floor or the eighth door nobody outside can tell: an objection stands on every door that a text may mean,
//! and a question is asked under each. What two people **share** is told by [`spoken`] alone, which guesses nothing.

use std::collections::BTreeSet;

use crate::folding::{joined, words};

/// Words that are one door, the first of which stands for them. A word may be in several lines.
const SAME: [&[&str]; 32] = [
    &[
        "hs",
        "huis",
        "h",
        "bg",
        "bgg",
        "bgr",
        "begane",
        "beg",
        "beganegrond",
        "parterre",
        "par",
        "gelijkvloers",
        "gv",
        "eg",
        "ground",
        "0",
    ],
    &["bel", "beletage", "bele", "bl"],
    &["sous", "souterrain", "sout", "sou", "so", "kelder", "kld"],
    &["rd", "rood", "r", "red"],
    &["zw", "zwart", "z", "black"],
    &["wt", "wit", "w", "white"],
    &["bis", "bs"],
    &["boven", "bov", "bo", "bv", "bvn", "bwn", "bw", "bovenhuis", "bovenwoning"],
    &["beneden", "bened", "ben", "bnd", "bndn", "bdn", "benedenhuis", "benedenwoning", "onder", "ond", "onderhuis"],
    &["achter", "acht", "ach", "ac", "a", "ah", "achterhuis"],
    &["voor", "vr", "v", "vh", "voorhuis"],
    &["linksachter", "la", "liac"],
    &["rechtsachter", "ra", "reac"],
    &["linksvoor", "lv", "livr"],
    &["rechtsvoor", "rv", "revr"],
    &["ligplaats", "lp", "lig", "ligpl", "lpl"],
    &["standplaats", "sp", "stpl", "stndpl"],
    &["links", "li", "lks", "l"],
    &["rechts", "re", "rts", "r"],
    &["to", "tegenover", "tegen", "tgo", "tov"],
    &["bij", "by", "nabij", "nb", "naby"],
    &["hoek", "hk"],
    &["ong", "ongenummerd"],
    &["wb", "woonboot", "wbt", "boot", "schip", "ark", "woonark", "woonschip", "ws"],
    &["ww", "woonwagen"],
    &["garage", "gar", "box"],
    &["penthouse", "ph"],
    &["winkel", "wnk", "wkl"],
    &["kantoor", "knt", "ktr"],
    &["atelier", "atl"],
    &["studio", "st"],
    &["rechterzijde", "rz"],
];

/// Words that only say what kind of number is meant: `3 hoog` is 3.
const KINDS: [&str; 44] = [
    "woning",
    "won",
    "wg",
    "kr",
    "kam",
    "flat",
    "huisletter",
    "huisnr",
    "huisnummer",
    "hoog",
    "hg",
    "hgh",
    "verdieping",
    "verdiep",
    "verd",
    "verdp",
    "vd",
    "etage",
    "et",
    "etg",
    "appartement",
    "appartment",
    "apartment",
    "app",
    "appt",
    "apt",
    "ap",
    "kamer",
    "kmr",
    "unit",
    "deur",
    "nr",
    "no",
    "nummer",
    "toevoeging",
    "toev",
    "floor",
    "flr",
    "level",
    "room",
    "suite",
    "bus",
    "grond",
    "ingang",
];

/// What makes a number the third, or the third floor (`3v`, `3h`), and may be a letter.
const ORDINALS: [&str; 13] = ["e", "de", "ste", "te", "er", "st", "nd", "rd", "th", "o", "ᵉ", "v", "h"];

const NUMBERS: [&[&str]; 9] = [
    &["een", "eerste", "one", "first"],
    &["twee", "tweede", "two", "second"],
    &["drie", "derde", "three", "third"],
    &["vier", "vierde"],
    &["vijf", "vijfde"],
    &["zes", "zesde"],
    &["zeven", "zevende"],
    &["acht", "achtste"],
    &["negen", "negende"],
];

/// More spellings than any addition has; one that has them is itself alone.
const MOST: usize = 64;

/// The runs of an addition in upper case, a space between two: `12-A` and `12 a.` have the same, `1-2` and `12` do not.
pub fn spoken(addition: &str) -> String {
    words(addition).join(" ").to_uppercase()
}

/// Whether a word of a line can stand behind a house number: it is short, or one of those that do.
pub fn is_addition(word: &str) -> bool {
    let is_known = |run: &String| is_kind(run) || SAME.iter().any(|same| same.contains(&run.as_str()));
    let runs = words(word);
    let letters = runs.iter().filter(|run| !is_number(run)).map(|run| run.chars().count()).sum::<usize>();
    runs.iter().any(|run| is_number(run)) && letters <= LONGEST
        || !is_street(word) && (letters <= LONGEST || runs.iter().all(is_known))
}

/// More letters than a word has that nobody knows as an addition: it is the name of a street.
const LONGEST: usize = 6;

/// Words that end the name of a street.
fn is_street(word: &str) -> bool {
    const ENDS: [&str; 15] = [
        "straat", "laan", "weg", "plein", "kade", "dijk", "pad", "hof", "singel", "markt", "dreef", "gracht", "steeg",
        "park", "str",
    ];
    words(word).last().is_some_and(|run| ENDS.iter().any(|end| run.ends_with(end)))
}

/// Whether a word tells what kind of number stands beside it.
pub fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

/// Every door that the addition may mean; the empty one for none.
pub fn meanings(addition: &str) -> BTreeSet<String> {
    let runs = words(addition);
    let mut meanings = meanings_of_runs(&runs);
    if let Some(whole) = without_dots(&runs) {
        meanings.extend(meanings_of_runs(&whole));
    }
    meanings
}

/// `b.g.` is `bg`, and `links achter` is `linksachter`.
fn without_dots(runs: &[String]) -> Option<Vec<String>> {
    let mut whole: Vec<String> = Vec::new();
    for run in runs {
        match whole.last_mut().filter(|before| !is_number(run) && !is_number(before)) {
            Some(before) => before.push_str(run),
            None => whole.push(run.clone()),
        }
    }
    (whole.len() < runs.len()).then_some(whole)
}

fn meanings_of_runs(runs: &[String]) -> BTreeSet<String> {
    let mut all = vec![Vec::new()];
    for (at, run) in runs.iter().enumerate() {
        let behind_number = at > 0 && is_number(&runs[at - 1]);
        let mut of_run = meanings_of(run, behind_number);
        let is_before_number = runs.get(at + 1).is_some_and(|next| is_number(next));
        // `k4` may be room 4, and a studio is a flat.
        let may_say_nothing = matches!(run.as_str(), "k" | "studio" | "st");
        of_run.extend((may_say_nothing && is_before_number).then(String::new));
        all = all
            .into_iter()
            .flat_map(|before: Vec<String>| {
                of_run
                    .iter()
                    .map(move |one| before.iter().cloned().chain((!one.is_empty()).then(|| one.clone())).collect())
            })
            .collect();
        if all.len() > MOST {
            return BTreeSet::from([joined(runs).to_uppercase()]);
        }
    }
    let doors: BTreeSet<String> =
        all.iter().map(|door| joined(door).to_uppercase()).filter(|door| !door.is_empty()).collect();
    if doors.is_empty() { BTreeSet::from([joined(runs).to_uppercase()]) } else { doors }
}

fn is_number(run: &str) -> bool {
    run.starts_with(|c: char| c.is_numeric())
}

/// What a run may mean; the empty text where it says nothing.
fn meanings_of(run: &str, behind_number: bool) -> Vec<String> {
    let mut meanings = vec![run.to_owned()];
    meanings.extend(SAME.iter().filter(|same| same.contains(&run)).map(|same| same[0].to_owned()));
    if is_kind(run) {
        return vec![String::new()];
    }
    if behind_number && ORDINALS.contains(&run) {
        meanings.push(String::new());
    }
    meanings.extend(number_of(run));
    // `IIIA` is the third floor at the back, `IIIhoog` the third floor.
    let splits = run.char_indices().skip(1).map(|(at, _)| run.split_at(at));
    for (numeral, rest) in splits {
        let is_rest = is_kind(rest) || numeral.len() > 1 && rest.chars().count() == 1;
        if let Some(number) = number_of(numeral).filter(|_| is_rest) {
            let rest = if is_kind(rest) { vec![String::new()] } else { meanings_of(rest, false) };
            meanings.extend(rest.iter().map(|rest| format!("{number}{rest}")));
        }
    }
    meanings.sort_unstable();
    meanings.dedup();
    meanings
}

/// A numeral of Rome or a number in words.
fn number_of(run: &str) -> Option<String> {
    let roman = (1..40).find(|number| roman(*number) == run);
    let word = || NUMBERS.iter().position(|names| names.contains(&run)).map(|at| at + 1);
    roman.or_else(word).map(|number| number.to_string())
}

fn roman(number: usize) -> String {
    let ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    format!("{}{}", "x".repeat(number / 10), ones[number % 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_door_meet() {
        for same in [
            &[
                "3",
                "III",
                "iii",
                "3 hoog",
                "3hoog",
                "3-hoog",
                "3 hg",
                "3e",
                "3de verdieping",
                "driehoog",
                "derde",
                "III hoog",
                "IIIhg",
                "app 3",
                "app. 3",
                "03",
                "kamer 3",
                "3e etage",
                "derde verdieping",
                "nr 3",
            ][..],
            &["hs", "huis", "H", "HS", "H.S.", "bg", "bgg", "b.g.g.", "begane grond", "begane-grond", "0"],
            &["bel-etage", "bel", "beletage", "Bel Etage"],
            &["rd", "rood", "Rood", "RD", "R"],
            &["zw", "zwart", "ZW", "Z"],
            &["wt", "wit", "Wit", "W"],
            &["boven", "bovenhuis", "bv"],
            &["3", "3v", "3 verd", "3 hoog", "3h"],
            &["3v", "3 voor"],
            &["bis", "BIS", "bs"],
            &["bis A", "bis-a", "bisA", "BIS/A"],
            &["III A", "IIIa", "3A", "3-a", "3 achter", "III-achter"],
            &["a", "A", "A.", "-A", "(a)"],
            &["t/o", "TO", "tegenover", "t.o."],
            &["1 links", "I li", "1-L"],
            &["woonboot", "WB"],
            &["ong", "ongenummerd"],
            &["1-2", "1/2", "1 2", "I-2"],
        ] {
            for (one, other) in same.iter().flat_map(|one| same.iter().map(move |other| (one, other))) {
                assert!(!meanings(one).is_disjoint(&meanings(other)), "{one} {other}");
            }
        }
    }

    #[test]
    fn doors_that_differ_stay_apart() {
        let doors = [
            "A", "B", "C", "1", "2", "3", "4", "II", "IV", "hs", "bis", "rd", "zw", "bel", "3A", "3B", "1-2", "12",
            "bis A", "boven",
        ];
        for (at, one) in doors.iter().enumerate() {
            for other in &doors[at + 1..] {
                let same = matches!((*one, *other), ("2", "II") | ("4", "IV"));
                assert_eq!(!meanings(one).is_disjoint(&meanings(other)), same, "{one} {other}");
                assert_ne!(spoken(one), spoken(other), "{one} {other}");
            }
        }
        assert_eq!((meanings("").len(), spoken("- a. 1")), (1, "A 1".to_owned()));
    }
}
