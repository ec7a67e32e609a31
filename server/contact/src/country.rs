//! Countries by the names that people write. A country that is part of a key is its ISO code, so that `België`, `Belgium`
//! and `BE` are one.
//!
//! `countries.tsv` has a line for each: the codes of ISO 3166-1 (two letters, three letters), then names. They come from
//! Unicode's CLDR 48 (Dutch, English, French, German, Spanish, Italian, Portuguese, Polish, Turkish and the country's own
//! languages; long and short forms) and from Debian's iso-codes 4 (common and official names with their translations).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::ContactError;
use super::folding::squeezed;

const TABLE: &str = include_str!("countries.tsv");

/// What is written besides: parts of a country that stand for it, former names, and the signs that stand before postcodes.
const ALSO: [(&str, &str); 31] = [
    (
        "BE",
        "Vlaanderen|Flanders|Flandre|Flandern|Wallonië|Wallonie|Wallonia|Vlaams Gewest|Brussels Hoofdstedelijk Gewest",
    ),
    ("NL", "Holland|Hollande|Olanda|Holanda|The Netherlands|Les Pays-Bas|Die Niederlande"),
    (
        "GB",
        "Groot-Brittannië|Great Britain|Grande-Bretagne|Großbritannien|Engeland|England|Angleterre|Schotland|Scotland|\
            Écosse|Schottland|Wales|Cymru|Pays de Galles|Noord-Ierland|Northern Ireland|Irlande du Nord|Nordirland|\
            The United Kingdom|Het Verenigd Koninkrijk",
    ),
    ("US", "Amerika|America|Amérique|The United States|De Verenigde Staten|États-Unis d’Amérique"),
    ("DE", "BRD|Bundesrepublik|West-Duitsland|Bondsrepubliek"),
    ("CZ", "Tsjechische Republiek|Česká republika|Tchéquie"),
    ("IE", "Ierse Republiek|Republic of Ireland|Republiek Ierland|Eire|Éire"),
    ("ES", "Catalonië|Catalunya|Canarische Eilanden|Balearen|Mallorca"),
    ("PT", "Madeira|Azoren"),
    ("CI", "Ivory Coast|Elfenbeinküste"),
    ("MM", "Birma|Burma|Birmanie"),
    ("RU", "Russische Federatie|Российская Федерация"),
    ("JP", "日本|日本国"),
    ("CN", "中国|中國|中华人民共和国"),
    ("TW", "台灣|臺灣|台湾"),
    ("HK", "香港"),
    ("LU", "Grand Duché de Luxembourg|Groothertogdom Luxemburg"),
    ("MK", "Македонија|Macedonië|Macedonia|Macédoine|Mazedonien|Noord-Macedonië"),
    ("SZ", "Swaziland"),
    ("CV", "Kaapverdische Eilanden|Cape Verde|Cap-Vert"),
    ("BY", "Wit-Rusland|Weißrussland|White Russia"),
    ("VA", "Vaticaan|Vatican|The Vatican|Heilige Stoel"),
    ("TR", "Turkey"),
    ("AE", "VAE|UAE|Dubai|Abu Dhabi|الإمارات"),
    ("CD", "DR Congo|DRC|Zaïre"),
    ("CH", "Helvetia|Confoederatio Helvetica|Zwitserse Confederatie"),
    ("BQ", "Bonaire|Sint Eustatius|Saba|BES-eilanden"),
    ("CW", "Curacao"),
    ("GR", "EL"),
    ("KR", "Republic of Korea"),
    ("XK", "Kosova|Косово"),
];

/// The signs of vehicles that Europeans write before a postcode (`B-9000`), where they are not the ISO code.
const SIGNS: [(&str, &str); 20] = [
    ("BE", "B"),
    ("DE", "D"),
    ("AT", "A"),
    ("FR", "F"),
    ("LU", "L"),
    ("IT", "I"),
    ("ES", "E"),
    ("PT", "P"),
    ("SE", "S"),
    ("NO", "N"),
    ("HU", "H"),
    ("FI", "FIN"),
    ("IE", "IRL"),
    ("SI", "SLO"),
    ("LI", "FL"),
    ("EE", "EST"),
    ("GB", "UK"),
    ("MT", "M"),
    ("VA", "V"),
    ("RS", "SRB"),
];

/// Every name, code and sign, folded.
static BY_NAME: LazyLock<HashMap<String, Country>> = LazyLock::new(|| {
    let lines = TABLE.lines().flat_map(|line| {
        let iso = line.split('\t').next().unwrap_or_default();
        line.split('\t').map(move |name| (iso, name))
    });
    let also = ALSO.iter().flat_map(|(iso, names)| names.split('|').map(move |name| (*iso, name)));
    let named = lines.chain(also).chain(SIGNS).filter_map(|(iso, name)| Some((squeezed(name), Country::coded(iso)?)));
    named.collect()
});

/// A country, by its code of two letters (ISO 3166-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Ours.
    pub const NETHERLANDS: Self = Self(*b"NL");

    /// Reads a name, a code or a sign, as it stands in a field for the country: alone, or twice (`BE – België`).
    ///
    /// # Errors
    /// [`ContactError::Country`].
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let all = || {
            let mut parts =
                text.split(['(', ')', '/', ',', ';', '-', '–', '|']).map(squeezed).filter(|part| !part.is_empty());
            let first = *BY_NAME.get(&parts.next()?)?;
            parts.all(|part| BY_NAME.get(&part) == Some(&first)).then_some(first)
        };
        let whole = BY_NAME.get(&squeezed(text)).copied();
        whole.or_else(all).ok_or(ContactError::Country)
    }

    /// The country that a line of an address names, and nothing else. A single letter is none there.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        let says = squeezed(line).chars().count() > 1;
        Self::parse(line).ok().filter(|_| says)
    }

    /// The code: `BE`.
    pub fn iso(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether these letters stand before a postcode of this country: its code, or the sign of its vehicles.
    pub(super) fn is_marked_by(self, letters: &str) -> bool {
        let letters = letters.to_ascii_uppercase();
        letters == self.iso() || SIGNS.iter().any(|(iso, sign)| *iso == self.iso() && *sign == letters)
    }

    fn coded(iso: &str) -> Option<Self> {
        iso.as_bytes().try_into().ok().map(Self)
    }
}

impl TryFrom<String> for Country {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        Self::parse(&text)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.iso().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every spelling is the country's, and none is two countries'.
    #[test]
    fn every_name_code_and_sign_is_one_country() {
        let also = ALSO.iter().flat_map(|(iso, names)| names.split('|').map(move |name| (*iso, name)));
        let of_table = TABLE.lines().flat_map(|line| line.split('\t').map(move |name| (&line[..2], name)));
        for (iso, name) in of_table.chain(also).chain(SIGNS) {
            assert_eq!(Country::parse(name).ok().map(|found| found.iso().to_owned()), Some(iso.to_owned()), "{name}");
        }
        assert_eq!(TABLE.lines().count(), 250);
    }

    #[test]
    fn a_country_is_read_however_it_is_written() {
        for (iso, names) in [
            (
                "BE",
                "België|Belgie|BELGIË|Belgie\u{308}|belgium|Belgique|Belgien|BE|bel|B|B.|BE - België|België (Vlaanderen)|ＢＥ",
            ),
            ("DE", "Duitsland|Germany|Allemagne|Deutschland|D|DEU|de|Bondsrepubliek Duitsland"),
            ("AT", "Oostenrijk|Österreich|Osterreich|Autriche|Austria|A"),
            ("GB", "UK|U.K.|Verenigd Koninkrijk|Engeland|Great Britain|GB|GBR|Schotland"),
            ("US", "USA|U.S.A.|Verenigde Staten|VS|V.S.|United States of America|États-Unis|Amerika"),
            ("FR", "Frankrijk|FRANCE|Frankreich|F"),
            ("CH", "Zwitserland|Schweiz|Suisse|Svizzera|Switzerland|CH"),
            ("LU", "Luxemburg|Luxembourg|Lëtzebuerg|L"),
            ("NL", "Nederland|The Netherlands|Holland|Pays-Bas|Niederlande|NL|NLD| nederland "),
            ("CW", "Curaçao|Curacao"),
            ("CI", "Ivoorkust|Côte d’Ivoire|Cote d'Ivoire|Ivory Coast"),
            ("CZ", "Tsjechië|Tsjechische Republiek|Czechia|Czech Republic|Česko|Tschechien"),
            ("GR", "Griekenland|Ελλάδα|EL|Greece"),
            ("UA", "Oekraïne|Oekraine|Україна"),
            ("RU", "Rusland|Россия|Russische Federatie"),
            ("JP", "Japan|日本"),
        ] {
            for name in names.split('|') {
                assert_eq!(
                    Country::parse(name).ok().map(|found| found.iso().to_owned()),
                    Some(iso.to_owned()),
                    "{name}"
                );
            }
        }
        for name in ["", "Belgï€", "Narnia", "12", "Belgium, Germany", "Modemstraat", "-"] {
            assert_eq!(Country::parse(name), Err(ContactError::Country), "{name}");
        }
    }
}
