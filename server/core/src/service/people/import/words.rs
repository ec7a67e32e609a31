//! The words of a Dutch or English sheet: channels, and yes and no. One that could mean two things is not guessed at.

use model::channel::Channel;

use super::row::Mend;

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Channels(&'static [Channel]),
    /// Every channel.
    All,
    /// Nothing by itself: it stands between others.
    Between,
    /// Not enough to go by; a no to these channels is meant in any case.
    Unclear(&'static [Channel]),
}

use Meaning::{All, Between, Channels, Unclear};

const NEWSLETTER: Meaning = Channels(&[Channel::Newsletter]);
const EMAIL: Meaning = Channels(&[Channel::Email]);
const POST: Meaning = Channels(&[Channel::Post]);
const PHONE: Meaning = Channels(&[Channel::Phone]);
const SOCIAL: Meaning = Channels(&[Channel::Social]);

/// Without hyphens.
const WORDS: [(&str, Meaning); 90] = [
    ("newsletter", NEWSLETTER),
    ("newsletters", NEWSLETTER),
    ("nieuwsbrief", NEWSLETTER),
    ("nieuwsbrieven", NEWSLETTER),
    ("email", EMAIL),
    ("emails", EMAIL),
    ("emailen", EMAIL),
    ("mailen", EMAIL),
    ("post", POST),
    ("postaal", POST),
    ("postal", POST),
    ("brief", POST),
    ("brieven", POST),
    ("letter", POST),
    ("letters", POST),
    ("directmail", POST),
    ("phone", PHONE),
    ("telephone", PHONE),
    ("telefoon", PHONE),
    ("telefonisch", PHONE),
    ("telemarketing", PHONE),
    ("tel", PHONE),
    ("bellen", PHONE),
    ("gebeld", PHONE),
    ("call", PHONE),
    ("calls", PHONE),
    ("calling", PHONE),
    ("social", SOCIAL),
    ("sociaal", SOCIAL),
    ("socialmedia", SOCIAL),
    ("socialemedia", SOCIAL),
    ("all", All),
    ("alle", All),
    ("alles", All),
    ("allemaal", All),
    ("every", All),
    ("everything", All),
    ("en", Between),
    ("and", Between),
    ("of", Between),
    ("or", Between),
    ("per", Between),
    ("via", Between),
    ("by", Between),
    ("media", Between),
    ("kanaal", Between),
    ("kanalen", Between),
    ("channel", Between),
    ("channels", Between),
    ("reclame", Between),
    ("advertising", Between),
    ("marketing", Between),
    ("sociale", SOCIAL),
    ("mail", Unclear(&[Channel::Email, Channel::Post])),
    ("mails", Unclear(&[Channel::Email, Channel::Post])),
    ("mailing", Unclear(&[Channel::Newsletter, Channel::Email, Channel::Post])),
    ("mailings", Unclear(&[Channel::Newsletter, Channel::Email, Channel::Post])),
    ("mobiel", Unclear(&[Channel::Phone])),
    ("mobile", Unclear(&[Channel::Phone])),
    ("sms", Unclear(&[])),
    ("whatsapp", Unclear(&[])),
    ("app", Unclear(&[])),
    ("fax", Unclear(&[])),
    ("yes", Unclear(&Channel::ALL)),
    ("ja", Unclear(&Channel::ALL)),
    ("j", Unclear(&Channel::ALL)),
    ("y", Unclear(&Channel::ALL)),
    ("x", Unclear(&Channel::ALL)),
    ("v", Unclear(&Channel::ALL)),
    ("1", Unclear(&Channel::ALL)),
    ("true", Unclear(&Channel::ALL)),
    ("waar", Unclear(&Channel::ALL)),
    ("no", Unclear(&[])),
    ("nee", Unclear(&[])),
    ("neen", Unclear(&[])),
    ("n", Unclear(&[])),
    ("0", Unclear(&[])),
    ("false", Unclear(&[])),
    ("onwaar", Unclear(&[])),
    ("geen", Unclear(&[])),
    ("niet", Unclear(&[])),
    ("niets", Unclear(&[])),
    ("none", Unclear(&[])),
    ("not", Unclear(&[])),
    ("nooit", Unclear(&[])),
    ("never", Unclear(&[])),
    ("onbekend", Unclear(&[])),
    ("unknown", Unclear(&[])),
    ("nvt", Unclear(&[])),
    ("na", Unclear(&[])),
];

const YES: [&str; 9] = ["yes", "true", "ja", "1", "waar", "j", "y", "x", "v"];
const NO: [&str; 8] = ["no", "false", "nee", "neen", "0", "onwaar", "n", "niet"];

/// A list of channels, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// What is named clearly.
    pub channels: Vec<Channel>,
    /// What a no means at least, with the words that are not clear enough for anything else.
    pub at_least: Vec<Channel>,
    /// Whether it was every channel, in one word.
    pub all: bool,
    /// What is wrong with the first word that cannot be taken as it stands.
    pub wrong: Option<Mend>,
}

/// Reads a list of channels; `with_all` where one word may stand for every one.
pub fn channels(text: &str, with_all: bool) -> Listed {
    let text = format!(" {} ", plain(&without_signs(text))).replace(" e mail ", " email ");
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || ",;|/+&:.()[]\"'".contains(c)).collect();
    let mut listed = Listed::default();
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        listed.add_word(word, with_all);
    }
    if listed.channels.is_empty() && listed.wrong.is_none() && !text.trim().is_empty() {
        // Nothing but words that say nothing.
        listed.wrong = Some(Mend::Channel);
    }
    for channels in [&mut listed.channels, &mut listed.at_least] {
        channels.sort_unstable();
        channels.dedup();
    }
    listed
}

/// `n.v.t.`, `n. v. t.` and `n/a` are one word and not three letters, of which the `v` would be a tick.
fn without_signs(text: &str) -> String {
    const NONE: [&str; 2] = ["nvt", "na"];
    let plain = |part: &str| {
        let letters: String = part.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        if NONE.contains(&letters.as_str()) { letters } else { part.to_owned() }
    };
    text.split([',', ';', '|']).map(plain).collect::<Vec<_>>().join(",")
}

impl Listed {
    fn add_word(&mut self, word: &str, with_all: bool) {
        let (known, meaning) = match WORDS.iter().find(|(known, _)| *known == word) {
            Some((known, meaning)) => (*known, *meaning),
            None => return self.refuse(close_to(word).map_or(Mend::Channel, Mend::ChannelLike)),
        };
        match meaning {
            Between => {}
            Channels(channels) => {
                self.channels.extend(channels);
                self.at_least.extend(channels);
            }
            All => {
                self.at_least.extend(Channel::ALL);
                self.all = true;
                if with_all { self.channels.extend(Channel::ALL) } else { self.refuse(Mend::NameEach(known)) }
            }
            Unclear(channels) => {
                self.at_least.extend(channels);
                self.refuse(Mend::UnclearChannel(known));
            }
        }
    }

    fn refuse(&mut self, mend: Mend) {
        self.wrong = self.wrong.or(Some(mend));
    }
}

/// The channel that a mistyped word may mean.
fn close_to(word: &str) -> Option<&'static str> {
    let alike = |(known, meaning): &(&'static str, Meaning)| match meaning {
        Channels(channels) => Some((strsim::jaro_winkler(known, word), channels.first()?.word())),
        _ => None,
    };
    let close = WORDS.iter().filter_map(alike).max_by(|(a, _), (b, _)| a.total_cmp(b));
    close.filter(|(alike, _)| *alike > 0.85).map(|(_, channel)| channel)
}

/// Reads yes or no.
pub fn yes(text: &str) -> Option<bool> {
    let word = plain(text);
    let is = |words: &[&str]| words.contains(&word.as_str());
    if is(&YES) || ["✓", "✔"].contains(&text.trim()) { Some(true) } else { is(&NO).then_some(false) }
}

/// In small letters, without hyphens of any kind and without what cannot be seen.
fn plain(text: &str) -> String {
    let is_hyphen = |c: char| matches!(c, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let is_unseen = |c: char| {
        c.is_control() && !c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    text.trim().to_lowercase().chars().filter(|c| !is_hyphen(*c) && !is_unseen(*c)).collect()
}

/// How a line begins that tells of the file and of no customer: without digits and signs, in small letters.
const OF_THE_FILE: [&str; 36] = [
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "anzahl",
    "ende",
    "somme",
    "soustotal",
    "nombre",
    "fin",
    "suma",
    "fine",
    "totaal",
    "totalen",
    "subtotaal",
    "eindtotaal",
    "total",
    "totals",
    "subtotal",
    "grandtotal",
    "som",
    "sum",
    "aantal",
    "count",
    "rijen",
    "rows",
    "regels",
    "records",
    "einde",
    "end",
    "eof",
    "opmerking",
    "remark",
    "comment",
    "note",
    "pagina",
];

/// Whether what stands where a customer number belongs is a total or a remark: a mark of remarks, `Totaal: 1`, `einde`.
pub(super) fn is_remark(text: &str) -> bool {
    let marked = ["//", "--", "/*", "==", "**", "<!--"].iter().any(|mark| text.starts_with(mark));
    // A shop's own numbers may begin so: `#1001`.
    let hashed = text.strip_prefix(['#', '%', '!']).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let word: String = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let is_line = text.ends_with(':') || text.contains(": ");
    // `einde`, `Totaal 12`, `(12 rows)`; a number of such letters has them in one piece: `total12`.
    let is_parted = !text.contains(|c: char| c.is_ascii_digit()) || text.contains([' ', ':', '=', '(']);
    // `Σ 3` and `n = 3`.
    let is_sum = text.starts_with(['Σ', '∑']);
    let is_count = word == "n" && text.contains('=');
    marked || hashed || is_sum || is_count || is_line || is_parted && OF_THE_FILE.contains(&word.as_str())
}

/// Whether it is words, as no number is: several, with a longer one among them that has no digit.
pub(super) fn is_sentence(text: &str) -> bool {
    let is_word = |word: &str| {
        word.chars().filter(|c| c.is_alphabetic()).count() > 2 && !word.contains(|c: char| c.is_ascii_digit())
    };
    text.contains(char::is_whitespace) && text.split_whitespace().any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_dutch_sheet_are_read() {
        use Channel::{Email, Newsletter, Phone, Post, Social};
        for (text, expected) in [
            ("nieuwsbrief", vec![Newsletter]),
            ("Nieuwsbrief, E-mail", vec![Newsletter, Email]),
            ("e\u{2011}mail", vec![Email]),
            ("e mail en post", vec![Email, Post]),
            ("TELEFOON/post", vec![Post, Phone]),
            ("per brief + bellen", vec![Post, Phone]),
            ("sociale media", vec![Social]),
            ("alle", Channel::ALL.to_vec()),
            ("Alle kanalen.", Channel::ALL.to_vec()),
            ("alles", Channel::ALL.to_vec()),
            ("all", Channel::ALL.to_vec()),
            ("[\"post\",\"phone\"]", vec![Post, Phone]),
            ("", vec![]),
            ("-", vec![]),
            ("—", vec![]),
        ] {
            let listed = channels(text, true);
            assert_eq!((listed.channels, listed.wrong), (expected, None), "{text}");
        }
    }

    #[test]
    fn every_channel_goes_by_its_own_name() {
        for channel in Channel::ALL {
            assert_eq!(channels(channel.word(), true).channels, [channel], "{channel:?}");
        }
    }

    #[test]
    fn a_word_that_could_mean_two_things_is_named_and_its_no_is_what_it_means_at_least() {
        for (text, mend, at_least) in [
            ("mail", Mend::UnclearChannel("mail"), vec![Channel::Email, Channel::Post]),
            ("post, SMS", Mend::UnclearChannel("sms"), vec![Channel::Post]),
            ("ja", Mend::UnclearChannel("ja"), Channel::ALL.to_vec()),
            ("WAAR", Mend::UnclearChannel("waar"), Channel::ALL.to_vec()),
            ("x", Mend::UnclearChannel("x"), Channel::ALL.to_vec()),
            ("nee", Mend::UnclearChannel("nee"), vec![]),
            ("onwaar", Mend::UnclearChannel("onwaar"), vec![]),
            ("nvt", Mend::UnclearChannel("nvt"), vec![]),
            ("nvt.", Mend::UnclearChannel("nvt"), vec![]),
            ("n.v.t.", Mend::UnclearChannel("nvt"), vec![]),
            ("N. v. t.", Mend::UnclearChannel("nvt"), vec![]),
            ("n/a", Mend::UnclearChannel("na"), vec![]),
            ("N.A.", Mend::UnclearChannel("na"), vec![]),
            ("n.v.t., post", Mend::UnclearChannel("nvt"), vec![Channel::Post]),
            ("geen post", Mend::UnclearChannel("geen"), vec![Channel::Post]),
            ("telefon", Mend::ChannelLike("phone"), vec![]),
            ("niewsbrief post", Mend::ChannelLike("newsletter"), vec![Channel::Post]),
            ("Jansen", Mend::Channel, vec![]),
            ("kanalen", Mend::Channel, vec![]),
        ] {
            let listed = channels(text, true);
            assert_eq!((listed.wrong, listed.at_least), (Some(mend), at_least), "{text}");
        }
        assert_eq!(channels("alle", false).wrong, Some(Mend::NameEach("alle")), "nobody is a customer for everything");
    }

    #[test]
    fn a_total_is_no_customer_in_german_and_in_signs_either() {
        for text in
            ["Summe", "Summe 3", "Ende", "Σ", "Σ 3", "∑: 3", "n = 3", "n=3", "N =", "Gesamt: 3", "Anzahl 3", "Totaal"]
        {
            assert!(is_remark(text), "{text}");
        }
        for text in ["C-1001", "ende12", "n3", "Sommerfeld", "#1001", "Endermann"] {
            assert!(!is_remark(text), "control: {text}");
        }
    }

    #[test]
    fn yes_and_no_are_read_as_a_spreadsheet_writes_them() {
        for (text, expected) in [
            ("WAAR", Some(true)),
            ("Ja", Some(true)),
            (" x ", Some(true)),
            ("ONWAAR", Some(false)),
            ("Nee", Some(false)),
        ] {
            assert_eq!(yes(text), expected, "{text}");
        }
        for text in ["misschien", "2", "ja nee", "-"] {
            assert_eq!(yes(text), None, "{text}");
        }
    }
}
