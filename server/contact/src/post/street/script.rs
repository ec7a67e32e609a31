//! Addresses in other letters than Latin ones: `Ερμού 12` is `Ermou 12`, `Ermoy 12` and `Hermou 12`.
//!
//! Where a country writes in Greek, Cyrillic, Georgian or Armenian letters, everybody writes its streets in Latin ones
//! in their own way. There a street is known by how it sounds as well: its consonants, those that are written in several
//! ways as one, without its vowels. Letters that nothing writes in Latin ones for certain say no street at all.

use any_ascii::any_ascii;

use super::super::foreign::with_box;
use super::{Segment, is_number};
use crate::country::Country;

/// Countries that write in letters whose Latin form is certain but for its spelling.
const HEARD: [&str; 21] = [
    "AM", "AZ", "BA", "BG", "BY", "CY", "GE", "GR", "KG", "KZ", "MD", "ME", "MK", "MN", "RS", "RU", "TJ", "TM", "UA",
    "UZ", "XK",
];

/// Words of addresses there, as their letters are written in Latin ones, and the one that says the same elsewhere: kinds
/// of streets, what stands before a house number, and kinds of doors.
const WORDS: [(&str, &[&str]); 3] = [
    (
        "ul",
        &[
            "odos",
            "od",
            "leoforos",
            "leof",
            "lewf",
            "plateia",
            "platia",
            "plat",
            "ulitsa",
            "ulica",
            "ulitza",
            "ulice",
            "vulitsya",
            "vulytsia",
            "vulitsia",
            "vulitsa",
            "vulica",
            "vul",
            "koshesi",
            "kosesi",
            "kucha",
            "kochasi",
            "kuchasi",
            "poghots",
            "prospekt",
            "prospect",
            "praspekt",
            "prosp",
            "pr",
            "prt",
            "bulvar",
            "bulevar",
            "bulevard",
            "boulevard",
            "bulv",
            "bul",
            "blvd",
            "bd",
            "pereulok",
            "per",
            "provulok",
            "prov",
            "pierulok",
            "ploshchad",
            "ploshtad",
            "ploshcha",
            "plosha",
            "plostad",
            "plosca",
            "pl",
            "trg",
            "shosse",
            "shose",
            "sh",
            "naberezhnaya",
            "nab",
            "proezd",
            "proyezd",
            "alleya",
            "dangyly",
            "dangylu",
            "gamziri",
            "street",
            "str",
            "st",
            "avenue",
            "ave",
            "av",
            "square",
            "sq",
            "lane",
            "road",
            "rd",
        ],
    ),
    ("nr", &["dom", "d", "bud", "budynok", "budinok", "br", "broj", "bl", "uy", "no", "arithmos", "ar"]),
    (
        "apt",
        &[
            "kv",
            "kvartira",
            "kvart",
            "ap",
            "apartament",
            "apart",
            "of",
            "ofis",
            "diam",
            "diamerisma",
            "orofos",
            "orof",
            "et",
            "etazh",
            "vh",
            "vhod",
            "vkhod",
            "pod",
            "podezd",
            "podyezd",
            "pidizd",
            "korp",
            "korpus",
            "stroenie",
            "stan",
            "sprat",
            "ulaz",
            "bina",
        ],
    ),
];

/// What sounds as one in Greek, the longest first; what follows is another's.
const GREEK: [(&str, &str); 27] = [
    ("nth", "NT"),
    ("mph", "MV"),
    ("nch", "K"),
    ("nkh", "K"),
    ("gch", "K"),
    ("mp", "V"),
    ("mb", "V"),
    ("gk", "K"),
    ("gg", "K"),
    ("ng", "K"),
    ("nk", "K"),
    ("nt", "T"),
    ("nd", "T"),
    ("tz", "S"),
    ("ts", "S"),
    ("dz", "S"),
    ("ks", "K"),
    ("ch", "K"),
    ("kh", "K"),
    ("th", "T"),
    ("dh", "T"),
    ("ph", "V"),
    ("sh", "S"),
    ("au", "V"),
    ("eu", "V"),
    ("d", "T"),
    ("b", "V"),
];

/// The same in languages that are written in Cyrillic, Georgian and Armenian letters, by any country's spelling.
const CYRILLIC: [(&str, &str); 21] = [
    ("schtsch", "S"),
    ("chr", "KR"),
    ("shch", "S"),
    ("szcz", "S"),
    ("tsch", "S"),
    ("tch", "S"),
    ("dzh", "S"),
    ("sch", "S"),
    ("sh", "S"),
    ("zh", "S"),
    ("ch", "S"),
    ("ts", "S"),
    ("tz", "S"),
    ("cz", "S"),
    ("sz", "S"),
    ("dz", "S"),
    ("kh", "K"),
    ("gh", "K"),
    ("ph", "V"),
    ("th", "T"),
    ("x", "KS"),
];

/// In Bulgarian `щ` is two sounds.
const BULGARIAN: [(&str, &str); 1] = [("shch", "ST")];

/// The parts of an address in Latin letters and with the words that say the same elsewhere; `None` where a country writes in
/// Latin letters alone, or the address in others that are not its own.
pub(in crate::post) fn heard(segments: &[Segment], country: Country) -> Option<Vec<Segment>> {
    let is_heard = HEARD.contains(&country.iso()) && segments.iter().flatten().all(|run| run.chars().all(is_spelled));
    let spelled = |segment: &Segment| {
        let runs: Segment = segment.iter().map(|run| in_latin(run)).filter(|run| !run.is_empty()).collect();
        let runs = with_box(&runs);
        (0..runs.len()).map(|at| said(&runs, at)).collect()
    };
    is_heard.then(|| segments.iter().map(spelled).collect())
}

/// The parts of an address whose street is in letters that nothing writes in Latin ones for certain: its numbers, and that
/// it has a street. `None` where all can be read.
pub(in crate::post) fn unread(segments: &[Segment], country: Country) -> Option<Vec<Segment>> {
    let is_read = |run: &String| run.chars().all(|c| !c.is_alphabetic() || is_latin(c));
    if segments.iter().flatten().all(is_read) || heard(segments, country).is_some() {
        return None;
    }
    let bare = |segment: &Segment| {
        let mut runs: Segment = Vec::new();
        for run in segment {
            match in_latin(run) {
                number if is_number(&number) => runs.push(number),
                _ if is_read(run) => runs.push(run.clone()),
                _ => runs.push(UNREAD.to_owned()),
            }
        }
        runs
    };
    Some(segments.iter().map(bare).collect())
}

/// A word that is not known in any letters.
pub(super) const UNREAD: &str = "unread";

/// Whether there is a way to write this in Latin letters for certain.
fn is_spelled(c: char) -> bool {
    let is_of_script = matches!(c, '\u{370}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' | '\u{1f00}'..='\u{1fff}' | '\u{2d00}'..='\u{2d2f}');
    !c.is_alphabetic() || is_latin(c) || is_of_script
}

fn is_latin(c: char) -> bool {
    c < '\u{370}' || matches!(c, '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}')
}

fn in_latin(run: &str) -> String {
    let ascii = any_ascii(run).to_lowercase();
    let plain: String = ascii.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_greek = run.contains(|c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'));
    if is_greek { plain.replace("oy", "ou").replace("ay", "av").replace("ey", "ev") } else { plain }
}

/// A run, by the word that says the same elsewhere. A `к` stands before the number of a block, and behind one it is a door.
fn said(runs: &[String], at: usize) -> String {
    let run = runs[at].as_str();
    let is_before_number = runs.get(at + 1).is_some_and(|next| is_number(next));
    let is_behind_number = at > 0 && is_number(&runs[at - 1]);
    let is_part = matches!(run, "k" | "str" | "s") && is_before_number && (is_behind_number || at == 0);
    // The letter of a house.
    let is_letter = run.len() == 1 && is_behind_number;
    let word = WORDS.iter().find(|(_, all)| all.contains(&run) && !is_letter).map(|(word, _)| *word);
    if is_part { "apt".to_owned() } else { word.unwrap_or(run).to_owned() }
}

/// Whether a word says what kind of street or door is meant, in the letters of such a country, and names none.
pub(super) fn says_kind(run: &str, country: Country) -> bool {
    let word = in_latin(run);
    HEARD.contains(&country.iso()) && WORDS.iter().any(|(_, all)| all.contains(&word.as_str()))
}

/// How a word of a street sounds there.
pub(super) fn sound(word: &str, country: Country) -> String {
    let is_greek = matches!(country.iso(), "GR" | "CY");
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w');
    let typed =
        if is_greek { with_consonants(&word.replace("gh", "g")) } else { without_case(word, country).to_owned() };
    let mut rest: &str = &typed;
    // `Irodou` is `Herodou`, and `Harilaou` is `Charilaou`.
    if is_greek {
        let start = ["ch", "kh", "h"].into_iter().find_map(|start| rest.strip_prefix(start));
        rest = start.filter(|start| start.starts_with(is_vowel)).unwrap_or(rest);
    }
    let rules: Vec<&(&str, &str)> = match country.iso() {
        "GR" | "CY" => GREEK.iter().collect(),
        "BG" => BULGARIAN.iter().chain(&CYRILLIC).collect(),
        _ => CYRILLIC.iter().collect(),
    };
    let mut sound = String::new();
    let mut last = None;
    while let Some(first) = rest.chars().next() {
        let rule = rules.iter().find(|(written, _)| rest.starts_with(written));
        let (length, code) = match rule {
            Some((written, code)) => (written.len(), *code),
            None => (first.len_utf8(), alone(rest, is_greek, country)),
        };
        let repeats = last == Some(code) && code.len() == 1;
        sound.push_str(if repeats { "" } else { code });
        last = Some(code);
        rest = &rest[length..];
    }
    sound
}

/// `Lermontova` is Lermontov's, `Chaykovskogo` Tchaikovsky's and `Rustavelis` Rustaveli's: without what only says so.
fn without_case(word: &str, country: Country) -> &str {
    const ENDS: [&str; 7] = ["ogo", "oho", "aho", "ovo", "ego", "eho", "aga"];
    let is_long = word.len() > 6;
    let ends: &[&str] = if country.iso() == "GE" { &["s"] } else { &ENDS };
    ends.iter().find_map(|end| word.strip_suffix(end)).filter(|_| is_long).unwrap_or(word)
}

/// `Eyripidou` is `Evripidou`; the `y` of `Ayiou` stands before a vowel.
fn with_consonants(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let is_vowel = |at: usize| letters.get(at).is_none_or(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w'));
    let is_consonant = |at: usize| at > 0 && matches!(letters[at - 1], 'a' | 'e') && !is_vowel(at + 1);
    (0..letters.len()).map(|at| if letters[at] == 'y' && is_consonant(at) { 'v' } else { letters[at] }).collect()
}

/// How one letter sounds, with what stands behind it.
fn alone(rest: &str, is_greek: bool, country: Country) -> &'static str {
    let mut letters = rest.chars();
    let first = letters.next().unwrap_or_default();
    let is_before_light = matches!(letters.next(), Some('e' | 'i' | 'y'));
    match first {
        // `Ayiou` is `Agiou`.
        'g' if is_greek && is_before_light => "",
        'c' if is_greek => "K",
        'w' if is_greek => "",
        'j' if is_greek || matches!(country.iso(), "GE" | "AM") => "S",
        'k' | 'q' | 'g' | 'h' | 'x' => "K",
        's' | 'z' | 'c' => "S",
        'f' | 'v' | 'w' => "V",
        'b' => "B",
        'd' => "D",
        't' => "T",
        'p' => "P",
        'l' => "L",
        'm' => "M",
        'n' => "N",
        'r' => "R",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::words;

    /// How people, passports, maps and other countries spell it.
    #[test]
    fn a_word_sounds_the_same_however_it_is_spelled() {
        for (iso, spellings) in [
            ("GR", "Ερμού|Ermou|Ermoy|Hermou|ΕΡΜΟΥ"),
            ("GR", "Χαριλάου|Charilaou|Harilaou|Kharilaou"),
            ("GR", "Μιχαλακοπούλου|Michalakopoulou|Mihalakopoulou|Mikhalakopoulou"),
            ("GR", "Ευριπίδου|Evripidou|Euripidou|Eyripidou"),
            ("GR", "Μπουμπουλίνας|Bouboulinas|Mpoumpoulinas|Boumboulinas"),
            ("GR", "Αγίας|Agias|Ayias|Aghias"),
            ("GR", "Γεωργίου|Georgiou|Yeoryiou|Gewrgiou"),
            ("GR", "Ξάνθου|Xanthou|Ksanthou"),
            ("GR", "Αγγέλου|Angelou|Aggelou"),
            ("GR", "Βασιλίσσης|Vasilissis|Vassilissis|Basilissis"),
            ("GR", "Φιλελλήνων|Filellinon|Philellinon|Filellinwn"),
            ("CY", "Ηρώδου|Irodou|Herodou"),
            ("RU", "Ленина|Lenina|Lénina|ЛЕНИНА"),
            ("RU", "Щорса|Shchorsa|Schorsa|Schtschorsa"),
            ("RU", "Чайковского|Chaykovskogo|Tchaikovskogo|Tschaikowskogo|Čajkovskogo|Chaikovskogo|Tchaikovsky"),
            ("RU", "Жукова|Zhukova|Žukova"),
            ("RU", "Хохлова|Khokhlova|Hohlova"),
            ("UA", "Грушевського|Hrushevskoho|Grushevskogo|Hrushevs’koho"),
            ("UA", "Хрещатик|Khreshchatyk|Hreshchatik|Chreschtschatyk"),
            ("UA", "Шевченка|Shevchenka|Schewtschenka|Ševčenka"),
            ("BY", "Савецкая|Savieckaja|Savetskaya|Sovetskaya|Советская"),
            ("BG", "Цар|Tsar|Car|Tzar"),
            ("BG", "Щърков|Shtarkov|Shturkov|Štărkov"),
            ("RS", "Његошева|Njegoševa|Njegosheva"),
            ("RS", "Ђорђа|Đorđa|Djordja"),
            ("MK", "Ќемал|Kemal|Ḱemal|Kjemal"),
            ("KZ", "Қабанбай|Kabanbay|Qabanbai|Kabanbai"),
            ("GE", "რუსთაველის|Rustavelis|Rustaveli"),
            ("RU", "Ленина|Lenin"),
            ("AM", "Աբովյան|Abovyan|Abovian"),
        ] {
            let country = Country::parse(iso).expect(iso);
            let of = |text: &str| {
                let segments = heard(&[words(text)], country).expect(iso);
                sound(&segments.concat().concat(), country)
            };
            let sounds: Vec<String> = spellings.split('|').map(of).collect();
            assert!(sounds.iter().all(|sound| !sound.is_empty() && sound == &sounds[0]), "{spellings}: {sounds:?}");
        }
        let sounds = |iso: &str, word: &str| sound(word, Country::parse(iso).expect(iso));
        for (iso, one, other) in [
            ("GR", "ermou", "athinas"),
            ("GR", "stadiou", "solonos"),
            ("RU", "lenina", "gagarina"),
            ("RU", "mira", "morskaya"),
            ("UA", "shevchenka", "franka"),
        ] {
            assert_ne!(sounds(iso, one), sounds(iso, other), "control: {one}, {other}");
        }
    }
}
