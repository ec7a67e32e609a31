//! What people type, paste and scan: the characters that they mean, without those that only their tools put in.
//!
//! An address, a number or a code is compared by what it says. A phone's keyboard, a word processor and a web page write
//! the same thing with other digits, dashes and spaces, and add characters that nobody sees.

/// Characters that show nothing, or only change how others look: Unicode's `Default_Ignorable_Code_Point` (Unicode 17,
/// DerivedCoreProperties.txt) and the marks of interlinear notes. Joiners, direction marks, variation selectors and soft
/// hyphens are among them.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The zero of every script whose digits a keyboard of today writes; its other nine follow it (Unicode, category Nd).
const ZEROS: [char; 24] = [
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
];

/// The digit that it is, in whatever script.
fn digit(c: char) -> Option<char> {
    let at = ZEROS.partition_point(|zero| *zero <= c);
    let zero = *ZEROS.get(at.checked_sub(1)?)?;
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// The ASCII character that is meant where this one is the same in another dress: full width, another script's digit, any
/// dash, any space. Line ends stay.
pub fn plain(c: char) -> char {
    match c {
        '\n' | '\r' => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{58a}'
        | '\u{5be}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2796}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{fe58}'
        | '\u{fe63}' => '-',
        '\u{fe50}' => ',',
        '\u{fe52}' | '\u{2024}' => '.',
        '\u{fe62}' => '+',
        '\u{fe6b}' => '@',
        '\u{2800}' => ' ',
        c if c.is_whitespace() => ' ',
        c => digit(c).unwrap_or(c),
    }
}

/// A text as it is meant: every character [`plain`], and none that shows nothing.
pub fn meant(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !is_invisible(*c)).map(plain)
}

/// The characters of a code that was typed from paper: no spaces, dashes and dots, and Latin letters where Greek or
/// Cyrillic ones look the same.
pub fn of_code(text: &str) -> impl Iterator<Item = char> {
    let separates =
        |c: &char| c.is_whitespace() || matches!(c, '-' | '.' | ',' | ':' | '_' | '/' | '·' | '•' | '~' | '\'' | '"');
    meant(text).filter(move |c| !separates(c)).map(|c| look_alike(c).unwrap_or(c))
}

/// The Latin letter that looks the same.
fn look_alike(c: char) -> Option<char> {
    const ALIKE: [(&str, char); 20] = [
        ("АаΑα", 'A'),
        ("ВвΒ", 'B'),
        ("СсϹϲ", 'C'),
        ("Ԁԁ", 'D'),
        ("ЕеЁёΕ", 'E'),
        ("Ԍ", 'G'),
        ("НнΗ", 'H'),
        ("ЈјЈ", 'J'),
        ("КкΚκ", 'K'),
        ("МмΜ", 'M'),
        ("Ν", 'N'),
        ("ОоΟο", 'O'),
        ("РрΡρ", 'P'),
        ("Ԛԛ", 'Q'),
        ("Ѕѕ", 'S'),
        ("ТтΤτ", 'T'),
        ("Ԝԝ", 'W'),
        ("ХхΧχ", 'X'),
        ("УуΥγ", 'Y'),
        ("Ζ", 'Z'),
    ];
    // In a code, I and L are 1.
    if "ІіΙιıӀӏ|".contains(c) {
        return Some('1');
    }
    ALIKE.iter().find(|(alike, _)| alike.contains(c)).map(|(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_put_in_says_nothing() {
        let read = |text: &str| meant(text).collect::<String>();
        for (typed, meaning) in [
            ("０２０\u{2011}７８８\u{202f}４０００", "020-788 4000"),
            ("٠٦ ١٢٣٤٥٦٧٨", "06 12345678"),
            ("۰۶\u{2009}۱۲", "06 12"),
            ("०६", "06"),
            ("𝟎𝟔", "06"),
            ("jan＠voipro．nl", "jan@voipro.nl"),
            ("a\u{200d}b\u{fe0f}c\u{e0100}d\u{ad}e\u{2060}f", "abcdef"),
            ("één\r\ntwee", "één\r\ntwee"),
        ] {
            assert_eq!(read(typed), meaning, "{typed:?}");
        }
        assert!(ZEROS.is_sorted(), "the search relies on it");
        assert!(!is_invisible(' ') && !is_invisible('é') && !is_invisible('😀'));
    }
}
