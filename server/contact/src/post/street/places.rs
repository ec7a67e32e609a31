//! What a place is called, where it and no postcode tells two streets apart.
//!
//! `204 O’Connell Street, Dublin 1` has its postcode or not. With one it stands on its place, too, and whoever leaves the
//! code out asks for that; two addresses with different postcodes never meet there.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::foreign::{plain_run, with_one_letter};
use super::Segment;
use super::door::is_kind_of_door;
use crate::country::Country;

/// Names of one place in several languages; the country is a part of every key.
const SAME: [&[&str]; 173] = [
    &["brussel", "brussels", "bruxelles", "brusel", "bruselas", "bxl"],
    &["antwerpen", "antwerp", "anvers"],
    &["gent", "gand", "ghent"],
    &["brugge", "bruges", "brugg"],
    &["luik", "liege", "luttich"],
    &["leuven", "louvain", "lowen"],
    &["mechelen", "malines"],
    &["namen", "namur"],
    &["bergen", "mons"],
    &["doornik", "tournai"],
    &["kortrijk", "courtrai"],
    &["ieper", "ypres"],
    &["oostende", "ostende", "ostend"],
    &["aalst", "alost"],
    &["elsene", "ixelles"],
    &["ukkel", "uccle"],
    &["keulen", "koln", "cologne"],
    &["munchen", "munich", "monaco"],
    &["berlijn", "berlin"],
    &["hamburg", "hambourg"],
    &["frankfurt", "francfort"],
    &["nurnberg", "nuremberg", "neurenberg"],
    &["wenen", "wien", "vienna", "vienne"],
    &["praag", "praha", "prague", "prag"],
    &["warschau", "warszawa", "warsaw", "varsovie"],
    &["krakau", "krakow", "cracow", "cracovie"],
    &["gdansk", "danzig"],
    &["wroclaw", "breslau"],
    &["kopenhagen", "kobenhavn", "copenhagen", "copenhague", "kbh"],
    &["goteborg", "gothenburg"],
    &["helsinki", "helsingfors"],
    &["turku", "abo"],
    &["parijs", "paris"],
    &["rijsel", "lille"],
    &["strasbourg", "straatsburg", "strassburg"],
    &["londen", "london", "londres"],
    &["dublin", "dublino", "cliath"],
    &["rome", "roma", "rom"],
    &["milaan", "milano", "milan", "mailand"],
    &["venetie", "venezia", "venice", "venise", "venedig"],
    &["florence", "firenze", "florenz"],
    &["turijn", "torino", "turin"],
    &["napels", "napoli", "naples", "neapel"],
    &["genua", "genova", "genoa", "genes"],
    &["lissabon", "lisboa", "lisbon", "lisbonne"],
    &["sevilla", "seville"],
    &["geneve", "geneva", "genf"],
    &["bazel", "basel", "bale"],
    &["bern", "berne"],
    &["luxemburg", "luxembourg", "letzeburg"],
    &["budapest", "bodapest"],
    &["boekarest", "bokarest", "bucuresti", "bucharest", "bucarest", "bukarest"],
    &["athene", "athina", "athens", "athenes", "athen", "athinai"],
    &["lefkosia", "nicosia", "nikosia", "leykosia"],
    &["thessaloniki", "saloniki", "salonika", "saloniko"],
    &["belgrado", "beograd", "belgrade", "belgrad"],
    &["moskou", "moskva", "moscow", "moskau", "moscou"],
    &["kiev", "kyiv", "kiew", "kyyiv", "kijev"],
    &["tokyo", "tokio"],
    &["peking", "beijing"],
    &["seoul", "soul", "sol"],
    &["ronse", "renaix"],
    &["geraardsbergen", "grammont"],
    &["dendermonde", "termonde"],
    &["veurne", "furnes"],
    &["diksmuide", "dixmude"],
    &["nijvel", "nivelles"],
    &["waver", "wavre"],
    &["tienen", "tirlemont"],
    &["zinnik", "soignies"],
    &["edingen", "enghien"],
    &["moeskroen", "mouscron"],
    &["komen", "comines"],
    &["vilvoorde", "vilvorde"],
    &["tongeren", "tongres"],
    &["truiden", "trond"],
    &["roeselare", "roulers"],
    &["aarlen", "arlon"],
    &["bastenaken", "bastogne"],
    &["hoei", "huy"],
    &["borgworm", "waremme"],
    &["oudenaarde", "audenarde"],
    &["schaarbeek", "schaerbeek"],
    &["vorst", "forest"],
    &["geldenaken", "jodoigne"],
    &["lier", "lierre"],
    &["aken", "aachen", "aix", "chapelle", "aquisgrana"],
    &["trier", "treves"],
    &["mainz", "mayence"],
    &["regensburg", "ratisbonne"],
    &["kleef", "kleve", "cleves"],
    &["gulik", "julich"],
    &["emmerik", "emmerich"],
    &["hannover", "hanover", "hanovre"],
    &["koblenz", "coblence"],
    &["braunschweig", "brunswijk", "brunswick"],
    &["bremen", "breme"],
    &["dresden", "dresde"],
    &["leipzig", "lipsia"],
    &["poznan", "posen"],
    &["szczecin", "stettin"],
    &["luzern", "lucerne", "lucerna"],
    &["zurich", "zurigo"],
    &["fribourg", "freiburg"],
    &["solothurn", "soleure"],
    &["sion", "sitten"],
    &["padova", "padua"],
    &["mantova", "mantua"],
    &["bolzano", "bozen"],
    &["livorno", "leghorn"],
    &["siracusa", "syracuse"],
    &["palermo", "palerme"],
    &["zaragoza", "saragossa"],
    &["barcelona", "barcelone"],
    &["sebastian", "donostia"],
    &["bilbao", "bilbo"],
    &["coruna", "corogne"],
    &["porto", "oporto"],
    &["plzen", "pilsen"],
    &["brno", "brunn"],
    &["bratislava", "pressburg"],
    &["ljubljana", "laibach"],
    &["vilnius", "wilna"],
    &["tallinn", "reval"],
    &["duinkerken", "dunkerque", "duinkerke", "dunkirk", "dunkirchen"],
    &["atrecht", "arras"],
    &["kamerijk", "cambrai"],
    &["marseille", "marseilles"],
    &["lyon", "lyons"],
    &["nice", "nizza"],
    &["istanbul", "istanboel", "constantinopel", "constantinople"],
    &["izmir", "smyrna"],
    &["lviv", "lemberg", "lwow", "lvov"],
    &["odesa", "odessa"],
    &["kharkiv", "charkov", "kharkov", "charkiv"],
    &["petersburg", "peterburg", "petersbourg", "petersburgo", "pietroburgo"],
    &["tbilisi", "tiflis", "tbilissi"],
    &["yerevan", "jerevan", "erevan", "eriwan"],
    &["marrakech", "marrakesh", "marrakesj"],
    &["tanger", "tangier"],
    &["fes", "fez"],
    &["cairo", "kairo"],
    &["alexandria", "alexandrie"],
    &["algiers", "alger", "algier"],
    &["damascus", "damas", "damaskus"],
    &["jeruzalem", "jerusalem", "yerushalayim"],
    &["beiroet", "beirut", "beyrouth"],
    &["teheran", "tehran"],
    &["bagdad", "baghdad"],
    &["york", "nyc"],
    &["mexico", "cdmx"],
    &["havana", "habana", "havanna"],
    &["shanghai", "sjanghai"],
    &["nanjing", "nanking"],
    &["mumbai", "bombay"],
    &["kolkata", "calcutta"],
    &["chennai", "madras"],
    &["bengaluru", "bangalore"],
    &["yangon", "rangoon"],
    &["taipei", "taipeh"],
    &["jakarta", "djakarta"],
    &["bandung", "bandoeng"],
    &["surabaya", "soerabaja"],
    &["yogyakarta", "jogjakarta"],
    &["edinburgh", "edinburg"],
    &["kerkyra", "corfu", "korfu"],
    &["iraklio", "heraklion", "iraklion"],
    &["rodos", "rhodes", "rhodos"],
    &["lemesos", "limassol"],
    &["larnaca", "larnaka"],
    &["pristina", "prishtina"],
    &["skopje", "shkup"],
    &["sofia", "sofiya"],
];

/// The first name of each place by all of its names, as the runs of an address are written.
static ONE_NAME: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let of_place = |names: &&'static [&'static str]| {
        let first = names[0];
        names.iter().flat_map(move |name| {
            // `Milaan` and `Venetië` end as streets do.
            let run = plain_run(name, Country::NETHERLANDS).unwrap_or_default();
            [(*name).to_owned(), with_one_letter(name), run].map(|name| (name, first))
        })
    };
    SAME.iter().flat_map(of_place).collect()
});

/// Words in the line of a place that many places have.
const SHARED: [&str; 24] = [
    "county",
    "nsw",
    "vic",
    "qld",
    "tas",
    "district",
    "region",
    "province",
    "provincie",
    "provincia",
    "provinz",
    "oblast",
    "raion",
    "rayon",
    "cedex",
    "city",
    "town",
    "stad",
    "gorod",
    "dimos",
    "nomos",
    "okrug",
    "kanton",
    "canton",
];

/// More words of a place than it needs, the nearest to the end first.
const MOST: usize = 3;

/// Letters in a word that a place is known by.
const SHORTEST: usize = 3;

/// The words that tell the place, as they are written.
pub(super) fn places(around: &[Segment]) -> Vec<&str> {
    let segments: Vec<&[String]> = around.iter().map(|segment| before_county(segment)).collect();
    let has_place = segments.iter().copied().flatten().any(|run| is_place(run));
    let all = around.iter().map(Vec::as_slice).collect();
    let segments = if has_place { segments } else { all };
    let words = segments.iter().rev().flat_map(|segment| segment.iter().rev());
    words.map(String::as_str).filter(|run| is_place(run)).take(MOST).collect()
}

/// The one name of a place that has several.
pub(super) fn one_name(place: &str) -> &str {
    ONE_NAME.get(place).copied().unwrap_or(place)
}

/// Whether a word is one of the names of a place that has several.
pub(in crate::post) fn is_known_place(run: &str) -> bool {
    ONE_NAME.contains_key(run)
}

fn is_place(run: &str) -> bool {
    let is_word = run.chars().count() >= SHORTEST && run.chars().all(char::is_alphabetic);
    is_word && !is_kind_of_door(run) && !SHARED.contains(&run)
}

/// `Naas, Co. Kildare` is in Naas.
fn before_county(segment: &[String]) -> &[String] {
    let to = segment.windows(2).position(|pair| matches!(pair[0].as_str(), "co" | "county"));
    &segment[..to.unwrap_or(segment.len())]
}

/// The parts without the number of a district behind the name of the place (`Dublin 1`, `Praha 1`), and without an Irish
/// district alone (`D01`); `None` where there is none. What stands before it has the house number.
pub(super) fn without_district(segments: &[Segment], country: Country) -> Option<Vec<Segment>> {
    let is_number = |run: &String| run.chars().all(|c| c.is_ascii_digit()) && run.len() <= 2;
    let has_number = |segment: &Segment| segment.iter().any(|run| super::is_number(run));
    let (last, before) = segments.split_last()?;
    if !before.iter().any(has_number) {
        return None;
    }
    if country.iso() == "IE"
        && matches!(last.as_slice(), [letter, number, ..] if letter.len() == 1 && is_number(number))
    {
        let rest = before.to_vec();
        return Some(without_district(&rest, country).unwrap_or(rest));
    }
    let at = last.iter().position(is_number)?;
    let is_of_place = at > 0
        && last[0].chars().count() >= SHORTEST
        && !last.iter().any(|run| is_kind_of_door(run))
        && last[at + 1..].iter().all(|run| run.chars().count() <= 3 && !super::is_number(run));
    is_of_place.then(|| before.iter().cloned().chain([last[..at].to_vec()]).collect())
}

/// The parts with Irish districts as they are written in whole (`D2` and `Baile Átha Cliath 2` are `Dublin 2`); `None` where
/// there is none.
pub(super) fn with_whole_district(segments: &[Segment], country: Country) -> Option<Vec<Segment>> {
    const DUBLIN: [&[&str]; 4] = [&["baile", "atha", "cliath"], &["ath", "cliath"], &["bac"], &["b", "a", "c"]];
    if country.iso() != "IE" {
        return None;
    }
    let is_district = |run: &String| run.parse().is_ok_and(|number: u32| (1..=24).contains(&number));
    let whole = |at: usize, segment: &Segment| -> Vec<Segment> {
        let starts_so = |name: &&&[&str]| segment.iter().map(String::as_str).take(name.len()).eq(name.iter().copied());
        if let Some(name) = DUBLIN.iter().find(starts_so) {
            return vec![std::iter::once("dublin".to_owned()).chain(segment[name.len()..].iter().cloned()).collect()];
        }
        // Behind the street, with or without a comma.
        let letter = segment.iter().rposition(|run| run == "d").filter(|letter| at > 0 || *letter > 1);
        let district = letter.filter(|letter| {
            let behind = &segment[letter + 1..];
            behind.first().is_some_and(is_district) && behind[1..].iter().all(|run| run == "w" || run == "dublin")
        });
        let Some(letter) = district else { return vec![segment.clone()] };
        let name = std::iter::once("dublin".to_owned()).chain(segment[letter + 1..].iter().cloned()).collect();
        let before = segment[..letter].to_vec();
        if before.is_empty() { vec![name] } else { vec![before, name] }
    };
    let changed: Vec<Segment> = segments.iter().enumerate().flat_map(|(at, segment)| whole(at, segment)).collect();
    (changed != segments).then_some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::words;

    #[test]
    fn no_name_is_two_places() {
        let all: Vec<&str> = SAME.iter().flat_map(|names| names.iter().copied()).collect();
        for name in &all {
            assert_eq!(all.iter().filter(|other| other == &name).count(), 1, "{name}");
        }
    }

    #[test]
    fn the_number_of_a_district_is_no_door() {
        let of = |text: &str, iso: &str| {
            let segments: Vec<Segment> = text.split('|').map(words).collect();
            without_district(&segments, Country::parse(iso).expect(iso))
                .map(|left| left.iter().map(|segment| segment.join(" ")).collect::<Vec<_>>().join("|"))
        };
        for (text, iso, left) in [
            ("204 O Connell St|Dublin 1", "IE", Some("204 o connell st|dublin")),
            ("204 O Connell St|Dublin 6W", "IE", Some("204 o connell st|dublin")),
            ("204 O Connell St|Dublin 1|D01", "IE", Some("204 o connell st|dublin")),
            ("Dlouhá 12|Praha 1", "CZ", Some("dlouha 12|praha")),
            ("12 rue Neuve|Paris 16e", "FR", Some("12 rue neuve|paris")),
            ("Kerkstraat|Gent 12", "BE", None),
            ("Kerkstraat 12|Bus 3", "BE", None),
            ("Kerkstraat 12|Gent", "BE", None),
        ] {
            assert_eq!(of(text, iso).as_deref(), left, "{text}");
        }
    }
}
