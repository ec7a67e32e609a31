//! Texts without what makes no difference: case, accents, spaces and punctuation.

use unicode_normalization::UnicodeNormalization as _;

use model::typed::{self, is_invisible};

/// Letters that carry their mark inside, which decomposition leaves.
fn unmarked(c: char) -> &'static str {
    match c {
        'ß' => "ss",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        _ => "",
    }
}

/// In lower case, without accents and without what shows nothing; spaces and punctuation stay.
pub fn bare(text: &str) -> String {
    let whole: String = typed::meant(text).collect();
    let decomposed: String = whole.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    let lower = decomposed.to_lowercase();
    let mut plain = String::with_capacity(lower.len());
    for c in lower.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c) && !is_invisible(*c)) {
        match unmarked(c) {
            "" => plain.push(c),
            letters => plain.push_str(letters),
        }
    }
    plain
}

/// Letters and digits alone.
pub fn squeezed(text: &str) -> String {
    bare(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Runs of letters and runs of digits; a number is without its leading zeros, which a spreadsheet takes from a postcode.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for c in bare(text).chars() {
        let kind = c.is_alphanumeric().then(|| c.is_numeric());
        match (kind, words.last_mut()) {
            (Some(_), Some(word)) if kind == before => word.push(c),
            (Some(_), _) => words.push(c.to_string()),
            (None, _) => {}
        }
        before = kind;
    }
    for word in words.iter_mut().filter(|word| word.starts_with('0')) {
        let significant = word.trim_start_matches('0');
        *word = if significant.is_empty() { "0".to_owned() } else { significant.to_owned() };
    }
    words
}

/// Without what stands between them, but for two numbers: `3 12` is not `31 2`.
pub fn joined(runs: &[String]) -> String {
    let is_number = |run: &str| run.starts_with(char::is_numeric);
    let mut whole = String::new();
    for run in runs {
        if is_number(run) && whole.ends_with(char::is_numeric) {
            whole.push('-');
        }
        whole.push_str(run);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_is_gone() {
        assert_eq!(squeezed(" Rue de l’Église 12-A "), "ruedeleglise12a");
        assert_eq!(squeezed("Große Straße"), squeezed("GROSSE STRASSE"));
        assert_eq!(squeezed("Łódź"), "lodz");
        assert_eq!(squeezed("İzmir"), "izmir");
        assert_eq!(words("B-09000 Gent, 12bis"), ["b", "9000", "gent", "12", "bis"]);
        assert_eq!(words("0 00"), ["0", "0"]);
        assert!(words("—").is_empty());
        assert_eq!(
            ["Weg 3 12 A", "Weg 31 2a", "weg-3/12a"].map(|text| joined(&words(text))),
            ["weg3-12a", "weg31-2a", "weg3-12a"]
        );
    }
}
