//! What a spreadsheet makes of a house number: `12-3` becomes a date, a long number is rounded, a text is a formula.
//!
//! Such a text cannot be trusted to say what was written. A file is refused with the row; a person is asked whether it is
//! right, with what it is read as.

/// Names of months as spreadsheets write them, in Dutch, English, German and French; a longer word that begins with one of
/// the first three letters is not a month.
const MONTHS: [&[&str]; 12] = [
    &["jan", "januari", "january", "januar", "janv", "janvier"],
    &["feb", "februari", "february", "februar", "fevr", "fevrier"],
    &["mrt", "maart", "mar", "march", "mrz", "maerz", "marz", "mars"],
    &["apr", "april", "avr", "avril"],
    &["mei", "may", "mai"],
    &["jun", "juni", "june", "juin"],
    &["jul", "juli", "july", "juil", "juillet"],
    &["aug", "augustus", "august", "aout"],
    &["sep", "sept", "september", "septembre"],
    &["okt", "oktober", "oct", "october", "octobre"],
    &["nov", "november", "novembre"],
    &["dec", "december", "dez", "dezember", "decembre"],
];

/// Days since 1899-12-30 in five digits: no street has as many houses, and `12-3` is such a number once it was a date.
const SERIALS: std::ops::RangeInclusive<u32> = 10_000..=60_000;

/// A text that a spreadsheet has probably changed, and what it may have been, the likeliest first; a house number with what
/// stands behind it.
#[derive(Debug, PartialEq, Eq)]
pub struct Damaged(pub Vec<(u32, String)>);

/// A number that only gained decimals is itself again: `12.0` and `12,00` are 12.
pub fn without_decimals(text: &str) -> &str {
    let text = text.trim().trim_start_matches('\'');
    match text.split_once(['.', ',']) {
        Some((whole, zeros))
            if is_number(whole) && !zeros.is_empty() && zeros.len() < 3 && zeros.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

/// Whether a text is a long number as spreadsheets round it: `3.16E+10`.
pub fn is_rounded(text: &str) -> bool {
    rounded(text.trim()).is_some()
}

/// Whether a house number, or what stands behind one, is a date or a rounded number.
pub fn is_changed_by_a_spreadsheet(text: &str) -> bool {
    of_house(text).is_some()
}

/// Whether a number of any kind is a date, a rounded number or the fault of a formula. A day's number and a time say nothing:
/// customers have such numbers.
pub fn is_date_or_rounded(text: &str) -> bool {
    let text = crate::folding::bare(text.trim());
    let text = text.trim();
    is_fault(text) || rounded(text).is_some() || named_month(text).is_some() || date(text).is_some()
}

/// `#NAAM?`, `=12-3`; `#12` is a number.
fn is_fault(text: &str) -> bool {
    let is_number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || c == ' ');
    text.strip_prefix('#').is_some_and(|rest| !is_number(rest)) || text.starts_with('=')
}

/// `WAAR`: what a formula answers.
fn is_truth(text: &str) -> bool {
    const ANSWERS: [&str; 8] = ["waar", "onwaar", "true", "false", "wahr", "falsch", "vrai", "faux"];
    // `12 waar` is one behind a number.
    ANSWERS.contains(&text.rsplit(' ').next().unwrap_or_default())
}

/// What was done to a house number, with all that stands behind it; `None` where nothing shows.
pub fn of_house(text: &str) -> Option<Damaged> {
    let text = crate::folding::bare(text.trim());
    let text = text.trim();
    if is_fault(text) || is_truth(text) {
        return Some(Damaged(Vec::new()));
    }
    if let Some(exact) = rounded(text) {
        return Some(Damaged(exact.map(|number| (number, String::new())).into_iter().collect()));
    }
    named_month(text)
        .or_else(|| date(text))
        .or_else(|| time(text))
        .or_else(|| thousands(text))
        .or_else(|| serial(text))
        .or_else(|| fraction(text))
}

/// The first word of a line that was changed, and what it may have been. A street named after a day has it in several words
/// and in full, and a postcode has as many digits as a day's number.
pub fn of_line(line: &str) -> Option<(&str, Damaged)> {
    let is_plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let has_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    let parts = || line.split([',', ';', '(', ')']).map(str::trim);
    let in_word = |word: &'_ &str| has_digit(word) && !is_plain(word);
    let words = parts().flat_map(not_behind_article).filter(in_word);
    let day = |part: &&str| {
        day_at_end(part).is_some_and(|day| {
            let before = part[..part.len() - day.len()].trim_end();
            !before.is_empty() && !has_digit(before) && !is_article(before.rsplit(' ').next().unwrap_or_default())
        })
    };
    let days = parts().filter(day).filter_map(day_at_end);
    let faults = || parts().flat_map(|part| part.split(' ')).filter(|word| is_shown_fault(word));
    let numbers = line.split([' ', '(', ')']).filter(|word| is_decimal(word));
    let changed = numbers.chain(words).chain(days).find_map(|text| of_house(text).map(|damaged| (text, damaged)));
    let lost = || faults().chain(parts().filter_map(truth_at_end)).next().map(|text| (text, Damaged(Vec::new())));
    changed.or_else(lost)
}

/// The words of a part without those of a street named after a day: `rue du 11-Novembre`.
fn not_behind_article(part: &str) -> impl Iterator<Item = &str> {
    let before = std::iter::once("").chain(part.split(' '));
    let words = before.zip(part.split(' '));
    words.filter(|(before, _)| !is_article(before)).map(|(_, word)| word)
}

/// Whether a word stands before the day that a street is named after.
fn is_article(word: &str) -> bool {
    const ARTICLES: [&str; 9] = ["du", "de", "del", "di", "do", "da", "des", "le", "van"];
    ARTICLES.contains(&word.to_lowercase().as_str())
}

/// `44624,5`; a comma parts the house number from what stands behind it, too: `12,10115 Berlin`.
fn is_decimal(word: &str) -> bool {
    let parts = word.split_once(',').filter(|(whole, part)| is_number(whole) && is_number(part));
    parts.is_some_and(|(whole, part)| serial(whole).is_some() || part.len() > 5)
}

/// `#REF!`, `####`, `#N/B`, `=A1`, as they stand among words; `#B` may be a door.
fn is_shown_fault(word: &str) -> bool {
    let of_hash = |rest: &str| {
        rest.ends_with(['!', '?'])
            || !rest.is_empty() && rest.bytes().all(|byte| byte == b'#')
            || matches!(rest.to_uppercase().as_str(), "N/A" | "N/B" | "N/V" | "NV" | "N/D")
    };
    word.strip_prefix('#').is_some_and(of_hash) || word.len() > 1 && word.starts_with('=')
}

/// The last word of a part that is what a formula answers, in capitals, behind a number.
fn truth_at_end(part: &str) -> Option<&str> {
    let (before, last) = part.rsplit_once(' ')?;
    let is_answer = last.chars().all(char::is_uppercase) && is_truth(&last.to_lowercase());
    let is_behind_number = before.rsplit(' ').next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    (is_answer && is_behind_number).then_some(last)
}

/// The last two words of a part where they are `12 mrt`.
fn day_at_end(part: &str) -> Option<&str> {
    let (before, month) = part.rsplit_once(' ')?;
    let day = before.rsplit(' ').next()?;
    let short = crate::folding::squeezed(month);
    let is_short = SHORT_MONTHS.contains(&short.as_str());
    (is_short && is_number(day)).then(|| &part[part.len() - month.len() - day.len() - 1..])
}

/// Months in short, as no street is named.
const SHORT_MONTHS: [&str; 20] = [
    "jan", "janv", "feb", "fevr", "mrt", "mar", "mrz", "apr", "avr", "jun", "jul", "juil", "aug", "sep", "sept", "okt",
    "oct", "nov", "dec", "dez",
];

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `1.2E+01`: some number, or one that cannot be a house's.
#[expect(clippy::option_option, reason = "damaged or not, and then known or not")]
fn rounded(text: &str) -> Option<Option<u32>> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let part = decimals.trim_end_matches('0');
    let sign = exponent.starts_with(['+', '-']);
    let digits = exponent.trim_start_matches(['+', '-']);
    let is_one = is_number(whole) && is_number(digits) && (decimals.is_empty() || is_number(decimals));
    // `12e1` may be what is written: 12, and e1.
    let shows = exponent.starts_with('+') || sign && digits.len() == 2 && whole.len() == 1 || !decimals.is_empty();
    if !is_one || !shows {
        return None;
    }
    let places: usize = digits.parse().unwrap_or(usize::MAX);
    let fits = !exponent.starts_with('-') && places < 10 && part.len() <= places;
    let exact = fits.then(|| format!("{whole}{part:0<places$}").parse().ok()).flatten();
    Some(exact)
}

fn month(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(at + 1).ok()
}

/// Words of letters and numbers of digits, with nothing but separators between them.
fn parts(text: &str) -> Option<Vec<String>> {
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ' ' | '\''));
    is_plain.then(|| crate::folding::words(text))
}

/// `12-mrt`, `mrt-12`, `3-dec-23`.
fn named_month(text: &str) -> Option<Damaged> {
    let parts = parts(text)?;
    let number = |word: &String| word.parse::<u32>().ok().filter(|_| is_number(word));
    let was = match parts.as_slice() {
        [word, year] => match (month(word), number(word)) {
            (Some(month), _) => vec![(month, year.clone())],
            (None, Some(day)) => of_day(day, month(year)?),
            (None, None) => return None,
        },
        [day, word, year] if is_number(year) && year.len() <= 4 => of_day(number(day)?, month(word)?),
        [word, day, year] if is_number(year) && year.len() <= 4 => of_day(number(day)?, month(word)?),
        _ => return None,
    };
    let is_date = parts.iter().filter(|part| month(part).is_none()).all(|part| is_number(part) && part.len() <= 4);
    is_date.then_some(Damaged(was))
}

/// A day of a month was the one or the other way about: Dutch and American spreadsheets differ.
fn of_day(day: u32, month: u32) -> Vec<(u32, String)> {
    let mut was = vec![(day, month.to_string())];
    if day != month && (1..=31).contains(&day) {
        was.push((month, day.to_string()));
    }
    was
}

/// `12-3-2024`, `2024-03-12`, `12-03-24`.
fn date(text: &str) -> Option<Damaged> {
    let text = text.split_once([' ', 't']).filter(|(_, rest)| rest.contains(':')).map_or(text, |(day, _)| day);
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    if ![first, second, third].into_iter().all(|part| is_number(part) && part.len() <= 4) {
        return None;
    }
    let is_year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let (day, month) = match () {
        () if is_year(first) => (number(third), number(second)),
        () if is_year(third) || third.len() == 2 && second.len() == 2 => (number(first), number(second)),
        () => return None,
    };
    let is_day = (1..=31).contains(&day) && (1..=31).contains(&month) && (day <= 12 || month <= 12);
    is_day.then(|| Damaged(of_day(day, month)))
}

/// `12:30`, `12:30:00`.
fn time(text: &str) -> Option<Damaged> {
    let text = [" am", " pm"].into_iter().find_map(|half| text.strip_suffix(half)).unwrap_or(text);
    let parts: Vec<&str> = text.split(':').collect();
    let is_time = matches!(parts.len(), 2 | 3) && parts.iter().all(|part| is_number(part) && part.len() <= 2);
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    is_time.then(|| Damaged(vec![(number(parts[0]), number(parts[1]).to_string())]))
}

/// `1.200`.
fn thousands(text: &str) -> Option<Damaged> {
    let parts: Vec<&str> = text.split(['.', ',']).collect();
    let (first, rest) = parts.split_first()?;
    let groups = !rest.is_empty() && rest.iter().all(|part| part.len() == 3 && is_number(part));
    let is_one = groups && is_number(first) && first.len() <= 3;
    is_one.then(|| Damaged(parts.concat().parse().map(|number| (number, String::new())).into_iter().collect()))
}

/// `44632`, which is 12 March 2022.
fn serial(text: &str) -> Option<Damaged> {
    let number: u32 = text.parse().ok().filter(|number| is_number(text) && SERIALS.contains(number))?;
    let start = time::Date::from_calendar_date(1899, time::Month::December, 30).expect("it is a day");
    let day = start.saturating_add(time::Duration::days(number.into()));
    let mut was = vec![(number, String::new())];
    was.extend(of_day(day.day().into(), u8::from(day.month()).into()));
    Some(Damaged(was))
}

/// `44624,5`, which is noon of a day, and `11.9999999`, which was 12.
fn fraction(text: &str) -> Option<Damaged> {
    let (whole, part) = text.split_once(['.', ','])?;
    let number: u32 = whole.parse().ok().filter(|_| is_number(whole) && is_number(part))?;
    let day = serial(whole);
    let is_long = part.len() > 3;
    let nearest = number + u32::from(part.starts_with(|c: char| c >= '5'));
    day.or_else(|| is_long.then(|| Damaged(vec![(nearest, String::new())])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn was(text: &str) -> Option<Vec<(u32, String)>> {
        of_house(text).map(|damaged| damaged.0)
    }

    fn pairs(pairs: &[(u32, &str)]) -> Vec<(u32, String)> {
        pairs.iter().map(|(number, addition)| (*number, (*addition).to_owned())).collect()
    }

    #[test]
    fn what_a_spreadsheet_did_is_seen_with_what_it_was() {
        let march = [(12, "3"), (3, "12")];
        for text in [
            "12-mrt",
            "12-Mar",
            "12 mrt",
            "12mrt.",
            "12/mrt/24",
            "12-mrt-2024",
            "12. März",
            "12-Maart",
            "12-3-2024",
            "12/03/24",
        ] {
            assert_eq!(was(text), Some(pairs(&march)), "{text}");
        }
        assert_eq!(was("2024-03-12"), Some(pairs(&march)));
        assert_eq!(was("2024-03-12 00:00:00"), Some(pairs(&march)));
        assert_eq!(was("mrt-40"), Some(pairs(&[(3, "40")])));
        assert_eq!(was("44632"), Some(pairs(&[(44632, ""), (12, "3"), (3, "12")])));
        assert_eq!(was("1.2E+01"), Some(pairs(&[(12, "")])));
        assert_eq!(was("1,2e+01"), Some(pairs(&[(12, "")])));
        assert_eq!(was("1E+03"), Some(pairs(&[(1000, "")])));
        assert_eq!(was("1.2E1"), Some(pairs(&[(12, "")])));
        assert_eq!(was("1,20E+01"), Some(pairs(&[(12, "")])));
        assert_eq!(was("2024-03-12T00:00:00"), Some(pairs(&march)));
        assert_eq!(was("12:30:00 AM"), Some(pairs(&[(12, "30")])));
        for text in ["#NAAM?", "#####", "=12-3", "1.2E+20", "1E-02"] {
            assert_eq!(was(text), Some(pairs(&[])), "{text}");
        }
        assert_eq!(was("1.200"), Some(pairs(&[(1200, "")])));
        assert_eq!(was("12:30"), Some(pairs(&[(12, "30")])));
        for day in 1..=31 {
            for name in MONTHS.iter().copied().flatten() {
                assert!(
                    was(&format!("{day}-{name}")).is_some() && was(&format!("{name}-{day:02}")).is_some(),
                    "{day} {name}"
                );
            }
        }
    }

    #[test]
    fn what_stands_on_a_door_is_left_alone() {
        for text in [
            "12",
            "1",
            "9999",
            "75000",
            "12-3",
            "12 III",
            "12-A",
            "12 bis",
            "12e",
            "12 E1",
            "12E1",
            "12 hs",
            "12-14",
            "12/3",
            "12.5",
            "12-3-4",
            "12 mars achter",
            "12 decor",
            "A",
            "12 1/2",
            "",
        ] {
            assert_eq!(was(text), None, "{text}");
        }
        assert_eq!(
            ["12.0", "12,00", "'12", "12.5", "12.000"].map(without_decimals),
            ["12", "12", "12", "12.5", "12.000"]
        );
        assert!(is_rounded("3.16E+10") && is_rounded("3,16123E+10") && !is_rounded("0612345678"));
    }
}
