//! One spelling of what people write in several ways abroad: days and ordinals in words and in figures, titles that are left
//! out, words that are written together or apart, and old spellings.
//!
//! What comes out is another reading of an address, beside the one that was written: a no stands on both and is asked for under
//! both, so that two spellings of one street meet, and nobody is found by it. Whatever is changed stays as it was in the other
//! reading, so a change too many loses nothing.

mod ordinals;
mod words;

use super::foreign::{Segment, is_number};
use super::street::{is_kind_of_door, names_kind_of_street};
use crate::country::Country;

pub(super) use ordinals::{is_of_name_at, with_english_ordinals};
pub(super) use words::with_squares;

/// The parts of an address in one spelling of their words.
pub(super) fn in_one_spelling(segments: &[Segment], country: Country) -> Vec<Segment> {
    let mut spelled: Vec<Segment> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let is_number = |run: Option<&String>| run.is_some_and(|run| is_number(run));
        let behind = segments.get(at + 1).and_then(|next| next.first());
        let is_numbered = is_number(spelled.last().and_then(|before| before.last())) || is_number(behind);
        let runs = ordinals::with_days(segment, is_numbered, country);
        let runs = ordinals::with_ordinals(&runs, country);
        let runs = without_titles(&runs, country);
        let runs = words::in_one_word(&runs, country);
        spelled.push(runs.iter().map(|run| words::spelled(run, country)).collect());
    }
    spelled
}

/// Titles of the persons that streets are named after, in plain form.
const TITLES: [&str; 140] = [
    "marechal",
    "mal",
    "general",
    "generaal",
    "generale",
    "gal",
    "gral",
    "gen",
    "amiral",
    "admiraal",
    "admiral",
    "almirante",
    "ammiraglio",
    "colonel",
    "kolonel",
    "coronel",
    "colonnello",
    "commandant",
    "cdt",
    "cmdt",
    "capitaine",
    "kapitein",
    "capitan",
    "capitano",
    "capitao",
    "captain",
    "capt",
    "lieutenant",
    "luitenant",
    "sergent",
    "maresciallo",
    "maarschalk",
    "marszalka",
    "marsz",
    "generala",
    "president",
    "presidente",
    "pdt",
    "pdte",
    "pres",
    "docteur",
    "dokter",
    "doktor",
    "doctor",
    "doutor",
    "dottor",
    "dott",
    "dra",
    "dr",
    "doktora",
    "professeur",
    "professor",
    "profesor",
    "profesora",
    "prof",
    "ingenieur",
    "ing",
    "engenheiro",
    "eng",
    "abbe",
    "chanoine",
    "kanunnik",
    "cardinal",
    "kardinaal",
    "kardinal",
    "cardenal",
    "cardinale",
    "kard",
    "monseigneur",
    "monsignor",
    "mgr",
    "mons",
    "pere",
    "padre",
    "pater",
    "frere",
    "soeur",
    "pastoor",
    "pastor",
    "pfarrer",
    "ksiedza",
    "ks",
    "bisschop",
    "bischof",
    "biskupa",
    "obispo",
    "saint",
    "sainte",
    "sint",
    "sankt",
    "santa",
    "santo",
    "sao",
    "swietego",
    "swietej",
    "sw",
    "st",
    "ste",
    "sir",
    "lord",
    "lady",
    "king",
    "queen",
    "koning",
    "koningin",
    "kon",
    "konig",
    "kaiser",
    "keizer",
    "rei",
    "rey",
    "roi",
    "reine",
    "reina",
    "kung",
    "kong",
    "drottning",
    "dronning",
    "prince",
    "princesse",
    "prins",
    "prinses",
    "princess",
    "prinz",
    "graaf",
    "graf",
    "comte",
    "conde",
    "baron",
    "minister",
    "ministre",
    "senator",
    "senateur",
    "burgemeester",
    "burg",
    "burgermeister",
    "burgmestre",
    "bourgmestre",
    "meester",
    "don",
];

/// Whether a word is the title of a person.
pub(super) fn is_title(run: &str) -> bool {
    TITLES.contains(&run)
}

/// Without titles before a name: `avenue du Maréchal Foch` is `avenue du Foch`.
fn without_titles(runs: &[String], country: Country) -> Segment {
    let is_title = |at: usize| is_title(&runs[at]);
    let is_name = |at: &usize| {
        let run = runs[*at].as_str();
        let is_word = run.chars().count() >= 3 && !is_number(run) && !is_kind_of_door(run);
        is_word && !is_title(*at) && !names_kind_of_street(run, country)
    };
    let until_number = |at: usize| (at + 1..runs.len()).take_while(|next| !is_number(&runs[*next]));
    // The `St` of `Oak St Springfield` is a street.
    let leads = |at: usize| {
        let is_short = matches!(runs[at].as_str(), "st" | "dr");
        let before = at.checked_sub(1).map(|before| runs[before].as_str());
        !is_short
            || before.is_none_or(|before| {
                is_number(before) || before.chars().count() < 3 || names_kind_of_street(before, country)
            })
    };
    let is_left = |at: &usize| !(is_title(*at) && leads(*at) && until_number(*at).any(|next| is_name(&next)));
    (0..runs.len()).filter(is_left).map(|at| runs[at].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::words;

    fn spelled(text: &str, iso: &str) -> String {
        let segments: Vec<Segment> = text.split('|').map(words).collect();
        let spelled = in_one_spelling(&segments, Country::parse(iso).expect(iso));
        spelled.iter().map(|segment| segment.join(" ")).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn spellings_of_one_word_are_one_and_two_words_stay_two() {
        for (iso, same) in [
            ("FR", "12 avenue du Maréchal Foch~12 avenue du Mal. Foch~12 avenue du Foch"),
            ("FR", "12 rue du 11 Novembre 1918~12 rue du Onze Novembre~12 rue du 11-Novembre"),
            ("BE", "Rue du 1er Mai 12~Rue du Premier Mai 12~Rue du 1 Mai 12"),
            ("BE", "11 Novemberlaan 12~Elf-Novemberlaan 12~11-Novemberlaan 12"),
            ("IT", "Via XX Settembre 12~Via 20 Settembre 12~Via Venti Settembre 12"),
            ("IT", "Via 1° Maggio 12~Via I Maggio 12~Via Primo Maggio 12"),
            ("AR", "25 de Mayo 12~Veinticinco de Mayo 12"),
            ("BR", "Rua 15 de Novembro 12~Rua XV de Novembro 12~Rua Quinze de Novembro 12"),
            ("PT", "Rua 1º de Maio 12~Rua Primeiro de Maio 12~Rua 1 de Maio 12"),
            ("DE", "1. Mai Straße 12~Erste Mai Straße 12"),
            ("PL", "ul. 3 Maja 12~ul. Trzeciego Maja 12"),
            ("US", "12 West Forty-Second Street~12 West 42 Street"),
            ("US", "12 Eleventh Ave~12 11 Ave"),
            ("GB", "12 2nd Avenue~12 Second Avenue"),
            ("GB", "12 22nd Avenue~12 Twenty-Second Avenue"),
            ("BE", "1e Kruisstraat 12~Eerste Kruisstraat 12~1ste Kruisstraat 12"),
            ("FR", "12 rue du 2e Régiment~12 rue du Deuxième Régiment~12 rue du 2ème Régiment"),
            ("DE", "1. Querstraße 12~Erste Querstraße 12"),
            ("SE", "Stora gatan 12~Storgatan 12~Stor gatan 12"),
            ("SE", "Norra gatan 12~Norrgatan 12"),
            ("DK", "Store Gade 12~Storegade 12"),
            ("BE", "Veldstraet 12~Veldstraat 12~Veldstraete 12~Veldstaat 12"),
            ("BE", "Groote Markt 12~Grote Markt 12"),
            ("BE", "Vlaamsche Kaai 12~Vlaamse Kaai 12"),
            ("BE", "Kerckstraat 12~Kerkstraat 12"),
            ("BE", "Zuydlaan 12~Zuidlaan 12"),
            ("BE", "Wyngaardstraat 12~Wijngaardstraat 12"),
            ("BE", "Cruysstraat 12~Kruisstraat 12"),
            ("BE", "Boschstraat 12~Bosstraat 12"),
            ("DE", "Carl-Theodor-Straße 12~Karl-Teodor-Strasse 12~Karl-Theodor-Strabe 12"),
            ("DE", "Rudolph-Straße 12~Rudolf-Straße 12"),
            ("ES", "Carrer Major 12~Calle Mayor 12~C/ Mayor 12"),
            ("FR", "12 rue Foch|75116 Paris~12 rue Foch|75016 Paris"),
        ] {
            let all: Vec<String> = same.split('~').map(|text| spelled(text, iso)).collect();
            assert!(all.iter().all(|one| one == &all[0]), "{iso} {same}: {all:?}");
        }
        for (iso, one, other) in [
            ("FR", "12 rue du 8 Mai", "12 rue du 11 Novembre"),
            ("FR", "12 rue du Maréchal Foch", "12 rue du Maréchal Joffre"),
            ("FR", "12 rue du Maréchal", "12 rue"),
            ("US", "12 Forty-Second St", "12 Forty-Third St"),
            ("US", "12 King Street", "12 Queen Street"),
            ("US", "12 Oak St Springfield", "12 Oak Springfield"),
            ("GB", "12 2nd Floor", "12 Second Avenue"),
            ("GB", "12 May Road", "12 March Road"),
            ("DE", "1. Querstraße 12", "2. Querstraße 12"),
            ("SE", "Storgatan 12", "Storvägen 12"),
            ("SE", "Stora gatan 12", "Lilla gatan 12"),
            ("BE", "Boomstraat 12", "Bomstraat 12"),
            ("BE", "Koestraat 12", "Kostraat 12"),
            ("BE", "Veldstraat 12", "Veldlaan 12"),
            ("ES", "Calle Mayor 12", "Calle Menor 12"),
        ] {
            assert_ne!(spelled(one, iso), spelled(other, iso), "control: {iso}");
        }
    }
}
