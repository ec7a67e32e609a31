//! Every spelling of a point meets an objection on every other spelling of it, or is refused; and no two doors are one for
//! a yes.

use super::*;

/// Lines with `|` between them, in a country that is named apart.
fn lines(text: &str, country: Option<&str>) -> Result<ContactPoint, ContactError> {
    PostalAddress::of_lines(&text.replace('|', "\n"), country).map(ContactPoint::Post)
}

/// Every one forbids every other.
fn all_meet(spellings: &[(String, ContactPoint)]) {
    assert!(spellings.len() > 1, "nothing to compare");
    let stands_on: Vec<_> = spellings.iter().map(|(_, point)| point.suppression_keys()).collect();
    for (other, asked) in spellings {
        let asked = asked.lookup_keys();
        for ((one, _), folds) in spellings.iter().zip(&stands_on) {
            assert!(asked.iter().any(|fold| folds.contains(fold)), "an objection by {one:?} against {other:?}");
        }
    }
}

fn emails(texts: &[&str]) -> Vec<(String, ContactPoint)> {
    texts.iter().map(|text| ((*text).to_owned(), ContactPoint::Email(email(text).expect(text)))).collect()
}

/// The countries of Europe, and how they are written on envelopes and in sheets.
const COUNTRIES: [(&str, &str, &str); 8] = [
    ("België|Belgium|BE|Belgique|Belgie|BELGIË|belgien|Vlaanderen|B", "Kerkstraat 3", "9000 Gent"),
    ("Duitsland|Germany|Deutschland|DE|Allemagne|BRD|D", "Hauptstraße 12", "01067 Dresden"),
    ("Oostenrijk|Österreich|Austria|AT|Autriche|A", "Ringstraße 12", "1010 Wien"),
    ("Frankrijk|France|FR|FRA|Frankreich|F", "12 rue de l’Église", "75001 Paris"),
    ("Luxemburg|Luxembourg|LU|Lëtzebuerg|L", "12 rue Neuve", "1234 Luxembourg"),
    ("Zwitserland|Schweiz|Suisse|CH|Switzerland", "Bahnhofstrasse 1", "8001 Zürich"),
    ("Verenigd Koninkrijk|UK|United Kingdom|Engeland|GB|Groot-Brittannië", "12 High Street", "Bath BA1 1AA"),
    ("Denemarken|Denmark|Danmark|DK", "Østergade 1", "2100 København Ø"),
];

#[test]
fn an_address_abroad_meets_however_country_and_postcode_are_written() {
    for (names, street, place) in COUNTRIES {
        let mut spellings = Vec::new();
        let mut take = |text: String, country: Option<&str>| {
            let point = lines(&text, country).unwrap_or_else(|error| panic!("{text} {country:?}: {error}"));
            spellings.push((format!("{text} {country:?}"), point));
        };
        let iso = Country::parse(names.split('|').next().expect("a name")).expect("a country");
        for name in names.split('|') {
            for top in ["", "Anna Jansen|", "Fam. Jansen|"] {
                take(format!("{top}{street}|{place}"), Some(name));
                if name.len() > 1 {
                    take(format!("{top}{street}|{place}|{name}"), None);
                    take(format!("{top}{street}|{place}|{name}"), Some(name));
                    take(format!("{top}{street}|{place} {name}"), Some(name));
                    take(format!("{top}{street}|{place} ({name})|{name}"), None);
                }
            }
        }
        let sign = names.rsplit('|').next().expect("a sign");
        let has_digits_first = place.starts_with(|c: char| c.is_ascii_digit());
        for mark in [iso.iso(), sign].into_iter().filter(|mark| has_digits_first && mark.len() <= 2) {
            take(format!("{street}|{mark}-{place}"), Some(iso.iso()));
            take(format!("{street}|{mark} {place}"), Some(iso.iso()));
            take(format!("{street}|{mark}-{place}"), None);
        }
        take(format!("{street}, {place}"), Some(iso.iso()));
        take(format!("{street}|{place}, {}", names.split('|').next().unwrap_or_default()), Some(iso.iso()));
        take(format!("{}|{}", street.to_uppercase(), place.to_lowercase()), Some(iso.iso()));
        all_meet(&spellings);
    }
    all_meet(
        &["01067 Dresden", "1067 Dresden", "D-01067 Dresden", "Dresden 01067"]
            .map(|place| (place.to_owned(), lines(&format!("Hauptstraße 12|{place}"), Some("DE")).expect(place))),
    );
    all_meet(
        &["Hauptstraße 12", "Hauptstrasse 12", "Hauptstr. 12", "Haupt-Straße 12", "HAUPTSTR 12", "12 Hauptstraße"]
            .map(|street| (street.to_owned(), lines(&format!("{street}|10115 Berlin"), Some("DE")).expect(street))),
    );
    all_meet(
        &["Kerkstraat 3 bus 2", "Kerkstraat 3/2", "Kerkstraat 3 bte 2", "Kerkstraat 3 box 2"]
            .map(|street| (street.to_owned(), lines(&format!("{street}|9000 Gent"), Some("BE")).expect(street))),
    );
}

/// Rows of one address each, by the ways of its country to write it; `!` is before a country that is named apart.
const ABROAD: [&str; 32] = [
    "Nowa 7 m. 3|00-238 Warszawa|Polska~Nowa 7 mieszkanie 3|00238 Warszawa|Polska~Nowa 7 lok. 3|00-238 Warszawa|PL",
    "Ginza 7-2|104-0061 Tokyo|Japan~Ginza 7-2|1040061 Tokyo|Japan~Ginza 7-2|〒104-0061 Tokyo|Japan~Ginza 7-2|Tokyo 1040061|Japan",
    "Nova 7|811 01 Bratislava|SK~Nova 7|81101 Bratislava|Slowakije",
    "9 bd Voltaire|75011 Paris|FR~9 boulevard Voltaire|75011 Paris|FR~9 Bvd Voltaire|75011 Paris|FR~9 Boul. Voltaire|75011 Paris|FR",
    "9 impasse du Lac|75003 Paris|FR~9 imp. du Lac|75003 Paris|FR",
    "9 5th Avenue|New York NY 10001|USA~9 Fifth Avenue|New York NY 10001|USA~9 Fifth Ave.|New York, NY 10001-1234|USA",
    "350 West 42nd Street|New York NY 10036|USA~350 W 42nd St|New York NY 10036|USA~350 W. 42 St.|New York NY 10036-1234|USA",
    "PF 1234|10115 Berlin|DE~Postfach 1234|10115 Berlin|DE~Postfach 12 34|10115 Berlin|DE~P.O. Box 1234|10115 Berlin|DE",
    "Postbus 12|9000 Gent|BE~PB 12|9000 Gent|BE~BP 12|9000 Gent|BE~Boîte postale 12|9000 Gent|BE~P.B. 12|9000 Gent|BE",
    "Chaussée de Wavre 9|1050 Bruxelles|BE~Ch. de Wavre 9|1050 Bruxelles|BE~Chée de Wavre 9|1050 Bruxelles|BE",
    "Gentsesteenweg 9|1080 Brussel|BE~Gentsestwg. 9|1080 Brussel|BE~Gentse Steenweg 9|1080 Brussel|BE",
    "Kerklaan 9|9000 Gent|BE~Kerkln. 9|9000 Gent|BE",
    "Kerkplein 9|9000 Gent|BE~Kerkpl. 9|9000 Gent|BE",
    "Drottninggatan 7|111 51 Stockholm|SE~Drottningg. 7|11151 Stockholm|SE",
    "Strada Nouă nr. 9|010011 București|RO~Str. Nouă 9|10011 Bucuresti|RO~Nouă 9|010011 Bucuresti|RO",
    "Hauptstraße 12|10115 Berlin|Deutschland~Hauptstraße Nr. 12|10115 Berlin|Germany~Hauptstraße 12, 10115 Berlin, Germany~c/o Meier|Hauptstr. 12|D10115 Berlin!DE~Hauptstraße 12|10115 Berlin (DE)",
    "Goethestraße 5a|80336 München|Deutschland~Goethe-Str. 5 A|D-80336 Munich~Goethestr.5a|80336 Muenchen!DE",
    "Mariahilfer Straße 12/3/4|1060 Wien|Österreich~Mariahilferstraße 12/3/4|A-1060 Vienna~Mariahilfer Straße 12 Stiege 3 Tür 4|1060 Wien!AT",
    "Calle Mayor 12, 3º B|28013 Madrid|España~C/ Mayor 12, 3 B|28013 Madrid|Spain~Calle Mayor nº 12, 3ª B|E-28013 Madrid~Mayor, 12, 3, B|28013 MADRID!Spanje",
    "ul. Marszałkowska 12 m. 3|00-590 Warszawa|Polska~Marszałkowska 12/3|00590 Warsaw|Polen~Marszalkowska 12 lok. 3|PL-00-590 Warszawa",
    "Vodičkova 12|110 00 Praha 1|Česko~Vodickova 12|11000 Prague|Tsjechië~Vodičkova 12|CZ-110 00 Praha!CZ",
    "10 Downing Street|London|SW1A 2AA|UK~The Occupier|10 Downing St|Westminster|London|SW1A2AA|Engeland~10, Downing Street, London SW1A 2AA, GB~10 Downing Street|Greater London|SW1A-2AA|Scotland",
    "Flat 3|12 High Street|Edinburgh|EH1 1AA|Scotland~12/3 High Street|Edinburgh|EH11AA|UK~12 High Street|Flat 3|Edinburgh|EH1 1AA!GB~Apartment 3, 12 High St|Edinburgh|EH1 1AA|Schotland",
    "123 Main Street Apt 4|Springfield, IL 62701|USA~123 Main St #4|Springfield, Illinois 62701-1234!US~123 MAIN ST|UNIT 4|SPRINGFIELD IL 62701|United States",
    "12 rue de la Paix|75002 Paris|France~12 r. de la Paix|F-75002 PARIS CEDEX~rue de la Paix, 12|75002 Paris!FR",
    "12 bis avenue Foch|69006 Lyon|France~12B av. Foch|69006 LYON!FR~12bis, Av Foch|FR-69006 Lyon",
    "5 boulevard Saint-Michel|75005 Paris|France~5 Bld. St Michel|75005 Paris!FR~5, Blvd St. Michel|75005 Paris!FR",
    "Kerkstraat 12 bus 3|9000 Gent|België~Kerkstr. 12b3|9000 Gand|Belgique~Kerkstraat 12 B 3|BE-9000 Gent~Kerkstraat nr. 12 bte 3|B9000 Gent!BE",
    "Via Roma 12|00184 Roma RM|Italia~V. Roma n. 12|00184 Rome|Italy~Via Roma, 12|I-00184 Roma!Italië",
    "Rua Augusta nº 12|1100-048 Lisboa|Portugal~R. Augusta, 12|P-1100-048 Lisbon!PT~Rua Augusta 12|1100 048 Lisboa!PT",
    "Váci utca 12|1056 Budapest|Magyarország~Váci u. 12.|H-1056 Budapest~1056 Budapest, Váci utca 12!HU",
    "Ermou 12|105 63 Athina|Griekenland~Ermou 12|10563 Athens|Greece~Ermou 12|GR-105 63 Athene!EL",
];

fn row(text: &str) -> Vec<(String, ContactPoint)> {
    let read = |text: &str| {
        let (body, country) = text.split_once('!').map_or((text, None), |(body, country)| (body, Some(country)));
        (text.to_owned(), lines(body, country).unwrap_or_else(|error| panic!("{text}: {error}")))
    };
    text.split('~').map(read).collect()
}

#[test]
fn an_address_abroad_meets_in_the_words_of_its_country() {
    let rows = ABROAD.map(row);
    rows.iter().for_each(|row| all_meet(row));
    for (at, one) in rows.iter().enumerate() {
        for other in &rows[at + 1..] {
            assert!(!forbids(&one[0].1, &other[0].1), "control: {} and {}", one[0].0, other[0].0);
        }
    }
}

/// Neighbours abroad: a no of one is none of the other, and a house without a door is every door of it.
#[test]
fn neighbours_abroad_keep_their_own_answer() {
    for doors in [
        "ul. Długa 12 m. 3|00-590 Warszawa|Polska~ul. Długa 12 m. 4|00-590 Warszawa|Polska~ul. Długa 13 m. 3|00-590 Warszawa|Polska~ul. Krótka 12 m. 3|00-590 Warszawa|Polska",
        "123 Main Street|Springfield, IL 62701|USA~123 Main Avenue|Springfield, IL 62701|USA~123 Oak Street|Springfield, IL 62701|USA~12 Main Street Apt 3|Springfield, IL 62701|USA",
        "Hauptstraße 12a|10115 Berlin|DE~Hauptstraße 12b|10115 Berlin|DE~Hauptplatz 12|10115 Berlin|DE~Nebenstraße 12|10115 Berlin|DE~Hauptstraße 12|10117 Berlin|DE",
        "12 bis rue de la Paix|75002 Paris|France~12 ter rue de la Paix|75002 Paris|France~12 rue de la Guerre|75002 Paris|France~14 rue de la Paix|75002 Paris|France",
        "Strandvejen 12, 2. tv.|2100 København|DK~Strandvejen 12, 3. tv.|2100 København|DK~Strandvejen 13, 2. tv.|2100 København|DK",
        "Kerkstraat 12 bus 1|9000 Gent|België~Kerkstraat 121|9000 Gent|België~Kerkstraat 12 bus 2|9000 Gent|België",
        "Flat 1|12 High Street|Bath|BA1 1AA|UK~Flat 2|12 High Street|Bath|BA1 1AA|UK~Flat 1A|12 High Street|Bath|BA1 1AA|UK~14 High Street|Bath|BA1 1AA|UK",
    ] {
        let doors = row(doors);
        for (at, one) in doors.iter().enumerate() {
            for other in &doors[at + 1..] {
                assert!(!one.1.is_same_as(&other.1), "{} is {}", one.0, other.0);
                assert!(!forbids(&one.1, &other.1) && !forbids(&other.1, &one.1), "{} against {}", one.0, other.0);
            }
        }
    }
    for house in [
        "Kerkstraat 12|9000 Gent|België~Kerkstraat 12 bus 1|9000 Gent|België",
        "Kerkstraat 12|9000 Gent|België~Kerkstraat 12A|9000 Gent|België",
        "12 rue de la Paix|75002 Paris|France~12 bis rue de la Paix|75002 Paris|France",
        "Ringstraße 12/3|1010 Wien|AT~Ringstraße 12/3/4|1010 Wien|AT",
        "Ringstraße 12|1010 Wien|AT~Ringstraße 12/3/4|1010 Wien|AT",
        "12 High Street|Bath|BA1 1AA|UK~Flat 3|12 High Street|Bath|BA1 1AA|UK~3/12 High Street|Bath|BA1 1AA|UK",
        "9 High Street|Sydney NSW 2000|Australia~Unit 3/9 High Street|Sydney NSW 2000|Australia~3/9 High St|Sydney NSW 2000|Australia",
        "Strandvejen 12, 2. sal tv|2100 København|DK~Strandvejen 12, 2. tv.|2100 København|DK~Strandvejen 12|2100 København|DK",
    ] {
        all_meet(&row(house));
    }
}

/// A Dutch postcode beside another country: either may be the slip, so the no stands in the Netherlands, too.
#[test]
fn a_dutch_postcode_beside_another_country_is_a_dutch_address_as_well() {
    for (text, country) in [
        ("Weg 77|1033 ZK Amsterdam", Some("BE")),
        ("Weg 77|1033ZK", Some("Duitsland")),
        ("77|1033ZK", Some("BE")),
        ("Weg 77|1033 ZK Amsterdam|België", None),
        ("A. Jansen|Weg 77 A|1033zk amsterdam", Some("France")),
        ("Weg 77, 1033 ZK Amsterdam", Some("Suriname")),
    ] {
        let written = lines(text, country).unwrap_or_else(|error| panic!("{text}: {error}"));
        let (here, next) = (dutch("1033 ZK", "77", ""), dutch("1033 ZK", "79", ""));
        assert!(forbids(&written, &here) && forbids(&here, &written), "{text}");
        assert!(!forbids(&written, &next) && !forbids(&next, &written), "control: {text}");
        assert!(!written.is_same_as(&here), "nobody is found there by it: {text}");
    }
}

#[test]
fn a_postcode_abroad_may_be_written_in_one() {
    let spellings =
        ["High Street|Bath|BA1 1AA", "High St.|Bath|BA11AA", "HIGH STREET|BATH BA1 1AA", "High Street, Bath BA1-1AA"];
    let spellings =
        spellings.map(|text| (text.to_owned(), lines(&format!("12 {text}"), Some("Engeland")).expect(text)));
    all_meet(&spellings);
}

/// Where a postcode stands before the place, the place may have another name.
#[test]
fn a_place_abroad_may_have_its_other_name() {
    let spellings = ["1000 Brussel", "1000 Bruxelles", "B-1000 BRUSSELS", "1000"];
    let spellings = spellings.map(|place| (place.to_owned(), lines(&format!("Wetstraat 16|{place}"), Some("BE"))));
    all_meet(&spellings.map(|(place, read)| (place.clone(), read.expect(&place))));
    let [one, other] =
        ["Wetstraat 16|1000 Brussel", "Wetstraat 16|9000 Gent"].map(|text| lines(text, Some("BE")).expect(text));
    assert!(!forbids(&one, &other));
}

#[test]
fn what_a_spreadsheet_changed_abroad_is_refused_and_a_street_named_after_a_day_is_not() {
    for text in ["Kerkstraat 12-mrt|9000 Gent", "Kerkstraat 1.2E+01|9000 Gent", "Kerkstraat 12-3-2024|9000 Gent"] {
        assert_eq!(lines(text, Some("BE")).err(), Some(ContactError::Spreadsheet), "{text}");
    }
    for text in [
        "Kerkstraat 44624.5|9000 Gent",
        "Kerkstraat 44624,75|9000 Gent",
        "Kerkstraat 11.9999999|9000 Gent",
        "Kerkstraat 12.0000001 A|9000 Gent",
        "Kerkstraat #REF!|9000 Gent",
        "Kerkstraat ####|9000 Gent",
        "Kerkstraat #N/B|9000 Gent",
        "Kerkstraat #NAAM? 3|9000 Gent",
        "Kerkstraat 12 #WAARDE!|9000 Gent",
        "Kerkstraat 12 WAAR|9000 Gent",
        "Kerkstraat 12 ONWAAR|9000 Gent",
        "Kerkstraat 12 TRUE|9000 Gent",
        "Kerkstraat =A1|9000 Gent",
        "Kerkstraat 12|#VERW!",
    ] {
        assert_eq!(lines(text, Some("BE")).err(), Some(ContactError::Spreadsheet), "{text}");
    }
    for text in
        ["123 Main St #4|Springfield", "123 Main St # 4|Springfield", "123 Main St #B|Springfield", "Waar 3|9000 Gent"]
    {
        assert!(lines(text, Some("US")).is_ok(), "control: {text}");
    }
    for text in [
        "12 rue du 4 Septembre|75002 Paris",
        "8 rue du 8 Mai 1945|10115 Ville",
        "Via 25 Aprile 3|00100 Roma",
        "12-14 rue Neuve|1000 Ville",
    ] {
        assert!(lines(text, Some("France")).is_ok(), "{text}");
    }
}

#[test]
fn houses_and_flats_abroad_stay_apart() {
    let at = |text: &str| lines(text, Some("UK")).expect(text);
    let (three, four, whole) = (
        at("Flat 3|12 High Street|Bath BA1 1AA"),
        at("Flat 4|12 High Street|Bath BA1 1AA"),
        at("12 High Street|Bath BA1 1AA"),
    );
    assert!(forbids(&whole, &three) && forbids(&three, &whole) && !forbids(&three, &four));
    let next = at("14 High Street|Bath BA1 1AA");
    assert!([&three, &four, &whole].into_iter().all(|one| !forbids(one, &next) && !forbids(&next, one)));
    let [one, other] =
        ["Kerkstraat 3 12|9000 Gent", "Kerkstraat 31 2|9000 Gent"].map(|text| lines(text, Some("BE")).expect(text));
    assert!(!one.is_same_as(&other));
    let named = at("Rose Cottage|12 High Street|Bath BA1 1AA");
    assert!(forbids(&named, &whole) && forbids(&whole, &named) && !named.is_same_as(&whole));
    assert!(!forbids(
        &lines("Kerkstraat 3|9000 Gent", Some("BE")).expect("one"),
        &lines("Kerkstraat 3|9000 Gent", Some("DE")).expect("one")
    ));
    assert!(!forbids(
        &lines("Via Roma, 12|00100 Roma", Some("IT")).expect("one"),
        &lines("Via Milano, 12|00100 Roma", Some("IT")).expect("one")
    ));
}

/// Streets that have a number in their name, with a house number: a question by that number is denied.
#[test]
fn a_number_in_a_street_is_not_picked_for_the_house_number() {
    for (line, number) in [
        ("Plein 40-45 12", "12"),
        ("Plein '40-'45 12", "12"),
        ("Plein '45 12", "12"),
        ("Laan 40/45 3", "3"),
        ("Laan 40 - 45 3", "3"),
        ("Plein 40–45 12", "12"),
        ("Plein 4 mei 1945 12", "12"),
        ("50e Laan 3", "3"),
        ("Plein 1940-1945 12", "12"),
        ("Laan 1940-1945 3", "3"),
        ("Laan '40-'45 3 A", "3 A"),
        ("Rivium 2e Straat 59", "59"),
        ("Rivium 1e straat 59", "59"),
        ("2e Oosterparkstraat 12 hs", "12 hs"),
        ("1e van der Helststraat 12-3", "12 III"),
        ("Eerste Helmersstraat 12", "12"),
        ("Laan van 1813 12", "12"),
        ("Plein 1953 10", "10"),
        ("Plein 1940 5 B", "5B"),
        ("8 Mei 1945straat 3", "3"),
        ("4 Novemberstraat 3", "3"),
        ("5 Meiplein 12", "12"),
        ("5 Mei plein 12", "12"),
        ("Straat van 1953 10", "10"),
        ("Park 15 1", "1"),
        ("Sectie 4 12", "12"),
        ("Kavel 3 12", "12"),
        ("Zone 12 5", "5"),
        ("3e Industrieweg 4", "4"),
        ("12 Modemstraat", "12"),
        ("12A Modemstraat", "12 A"),
        ("12-A, Modemstraat", "12A"),
        ("nr 12 Modemstraat", "12"),
        ("Modemstraat nr. 12", "12"),
        ("Modemstraat nr.12 A", "12 A"),
        ("Modemstraat no 12", "12"),
        ("Modemstraat 12 (A)", "12 A"),
        ("Modemstraat 12 3 hoog", "12 III"),
        ("Modemstraat 12|3 hoog", "12-3"),
        ("Modemstraat 12|3e verdieping", "12 III"),
        ("Modemstraat 12|App. 4", "12 4"),
        ("Gebouw 5|Modemstraat 12", "12"),
        ("Gebouw 5|Modemstraat 12", "5"),
        ("Modemstraat 12 t/m 14", "14"),
        ("Modemstraat 12-14", "14"),
        ("Modemstraat 12-14", "12"),
        ("Modemstraat t/o 12", "12"),
        ("Modemstraat t/o 12", "12 TO"),
        ("Modemkade tegenover 12", "12 t/o"),
        ("Plein 40-45 12", "40"),
        ("Laan van 1813 12", "1813"),
        ("Modemstraat 12.", "12"),
        ("Postbus123", "123"),
        ("Modemstraat 12 2", "2"),
        ("Modemstraat 12 2", "12 II"),
        ("Modemstraat 12\u{a0}A", "12 A"),
        ("Modemstraat 1\u{200b}2", "12"),
        ("Modemstraat １２", "12"),
        ("Postbus 44624", "nr 44624"),
    ] {
        for (postcode, country) in [
            ("1033 RW Amsterdam", None),
            ("1033RW", Some("NL")),
            ("NL-1033 RW Amsterdam|Nederland", None),
            ("1033rw amsterdam", Some("Holland")),
        ] {
            let text = format!("{line}|{postcode}");
            let written = lines(&text, country).unwrap_or_else(|error| panic!("{text}: {error}"));
            let asked = ContactPoint::Post(PostalAddress::Dutch(
                DutchAddress::as_written("1033 RW", number, "").expect("a number"),
            ));
            assert!(forbids(&written, &asked) && forbids(&asked, &written), "{text} against {number}");
        }
    }
    for text in ["Rivium 2e Straat|1033 RW Rotterdam", "Plein|1033 RW Amsterdam", "Modemstraat ong|1033 RW Amsterdam"] {
        assert_eq!(lines(text, None).err(), Some(ContactError::DutchLines), "{text}");
    }
    for text in [
        "Modemstraat 12-mrt|1033 RW Amsterdam",
        "Modemstraat 44624|1033 RW Amsterdam",
        "Modemstraat 1.2E+01|1033 RW Amsterdam",
        "Weg 5|Modemstraat 3-dec|1033 RW Amsterdam",
    ] {
        assert_eq!(lines(text, None).err(), Some(ContactError::Spreadsheet), "{text}");
    }
}

#[test]
fn additions_meet_and_doors_stay_apart() {
    for same in [
        "12-3|12 III|12 3 hoog|12-III|12iii|12 3e|12 3hg",
        "12 hs|12 huis|12 H|12-hs|12 bg|12H|12 bgg|12 b.g.g.|12 BGG|12 parterre",
        "12 studio 4|12 app 4|12-4|12 appartement 4|12 studio4|12 st. 4",
        "12 zw|12 zwart|12zw|12 Z",
        "12 wt|12 wit|12wt|12 W",
        "12 boven|12 bovenhuis|12 bov",
        "12 3v|12-3|12 3 verd|12-3h",
        "12 rd|12 rood",
        "12 bis A|12bis-a|12 BIS A",
        "12 a|12A|12-A|12 A.|12 huisletter A",
        "12 beneden|12 benedenhuis|12 onder|12 ben.",
        "12 boven|12 bovenwoning|12 bov.|12bv",
        "12 hs|12 b.g.|12 beg. grond|12 par.|12 eg",
        "12 links achter|12 l.a.|12la|12 LA",
        "12 2 rechts voor|12 II rv|12-2-rv",
        "12 achterhuis|12 achter|12 ah",
        "12 ligplaats 3|12 lp 3|12 ligpl. 3",
        "12 kamer 4|12 k4|12 K 4|12-4|12 wg 4|12 flat 4",
        "12 woonschip|12 ws|12 woonboot",
        "12 bij|12 by|bij 12|12 nabij|by 12",
        "12|12.|12,|12;",
        "t/o 12|12 t/o|12 TO|tegenover 12",
        "12.0|12|12,00|nr 12|nr. 12.0|012|'12|１２|12\u{200b}",
    ] {
        let spellings: Vec<_> = same.split('|').map(|text| (text.to_owned(), dutch("1033 RW", text, ""))).collect();
        all_meet(&spellings);
    }
    let apart: Vec<_> = [
        "12", "12 A", "12 B", "12 1", "12 2", "12 hs", "12 bis", "12 zw", "12 rd", "12 1-2", "12 12", "12 H", "12 I",
        "12 V", "12 5", "120", "1",
    ]
    .iter()
    .map(|text| dutch("1033 RW", text, ""))
    .collect();
    for (at, one) in apart.iter().enumerate() {
        assert!(apart[at + 1..].iter().all(|other| !one.is_same_as(other)), "no two doors are one");
    }
    let twice = [("12 A", "A"), ("12", "12A"), ("12", "12-A"), ("12", "A"), ("12.0", "a")];
    all_meet(&twice.map(|(number, addition)| (format!("{number}|{addition}"), dutch("1033 RW", number, addition))));
    let [a, b] = ["12 A", "12 B"].map(|text| dutch("1033 RW", text, ""));
    assert!(!forbids(&a, &b), "control: a door that is named is one door");
}

#[test]
fn damage_is_refused_and_confirmed_on_everything_that_it_may_have_been() {
    for (number, was) in [
        ("12-mrt", ["12-3", "3-12"]),
        ("12-Mar", ["12-3", "3-12"]),
        ("mrt-40", ["3-40", "3"]),
        ("44632", ["12-3", "44632"]),
        ("1.2E+01", ["12", "12 A"]),
        ("12-3-2024", ["12-3", "3 XII"]),
    ] {
        assert_eq!(DutchAddress::parse("1033 RW", number, "").err(), Some(ContactError::Spreadsheet), "{number}");
        let confirmed = ContactPoint::Post(PostalAddress::Dutch(
            DutchAddress::as_written("1033 RW", number, "").expect("it is right"),
        ));
        for was in was {
            let asked = ContactPoint::Post(PostalAddress::Dutch(
                DutchAddress::as_written("1033 RW", was, "").expect("an address"),
            ));
            assert!(forbids(&confirmed, &asked), "{number} {was}");
        }
    }
    assert_eq!(DutchAddress::parse("1033 RW", "12", "2-jan").err(), Some(ContactError::Spreadsheet));
    assert_eq!(DutchAddress::parse("1033 RW", "12", "44563").err(), Some(ContactError::Spreadsheet));
    for (number, addition) in [
        ("44624.5", ""),
        ("44624,5", ""),
        ("11.9999999", ""),
        ("12.0000001", "A"),
        ("12", "WAAR"),
        ("12", "onwaar"),
        ("12", "#REF!"),
        ("12", "TRUE"),
        ("12", "44624.5"),
        ("12 WAAR", ""),
    ] {
        assert_eq!(
            DutchAddress::parse("1033 RW", number, addition).err(),
            Some(ContactError::Spreadsheet),
            "{number} {addition}"
        );
    }
    let house = DutchAddress::as_written("1033 RW", "12", "WAAR").expect("a house without what was its addition");
    assert_eq!(house.house(), (12, None));
    for lost in ["#NAAM?", "1.2E+20", "=12", "-3", "1E-02"] {
        assert!(
            DutchAddress::parse("1033 RW", lost, "").is_err() && DutchAddress::as_written("1033 RW", lost, "").is_err(),
            "{lost}"
        );
    }
    assert_eq!(DutchAddress::as_written("1033 RW", "12-mrt", "").expect("one").house(), (12, Some("3")));
}

#[test]
fn a_mailbox_of_google_is_one_however_it_is_dotted() {
    all_meet(&emails(&[
        "janjansen@gmail.com",
        "jan.jansen@gmail.com",
        "J.a.n.Jansen+winkel@GMAIL.com",
        "janjansen@googlemail.com",
        "jan.jansen+x+y@googlemail.com",
        "\"jan.jansen\"@gmail.com",
    ]));
    let [one, other] = ["janjansen@gmail.com", "jan.jansen+winkel@gmail.com"]
        .map(|text| ContactPoint::Email(email(text).expect("one")));
    assert!(!one.is_same_as(&other) && one.normal() != other.normal(), "nobody is taken for somebody else");
    for (one, other) in [
        ("jan.jansen@voipro.nl", "janjansen@voipro.nl"),
        ("jan+a@voipro.nl", "jan@voipro.nl"),
        ("a@gmail.com", "b@gmail.com"),
    ] {
        let [one, other] = [one, other].map(|text| ContactPoint::Email(email(text).expect("one")));
        assert!(!forbids(&one, &other));
    }
    assert!(
        email("+@gmail.com").is_none_or(|email| email.objection_fold().contains("+@")),
        "no mailbox is everybody's"
    );
}

#[test]
fn what_nobody_sees_makes_no_other_mailbox() {
    all_meet(&emails(&[
        "❤️jan@voipro.nl",
        "❤jan@voipro.nl",
        "❤\u{fe0e}jan@voipro.nl",
        "❤\u{e0100}jan@voipro.nl",
        "❤\u{200d}j\u{34f}an@voipro.nl",
        "\u{2066}❤jan@voipro.nl\u{2069}",
        "❤jan\u{3164}@voipro.nl",
    ]));
    all_meet(&emails(&[
        "jan@voipro.nl",
        "jan＠voipro.nl",
        "ｊａｎ@voipro.nl",
        "mailto:jan@voipro.nl",
        "MailTo:jan@voipro.nl",
        "jan@voipro.nl.",
        "jan@VOIPRO.NL",
        "jan@voipro。nl",
        "jan@voi\u{ad}pro.nl",
    ]));
    all_meet(&emails(&["o'brien@voipro.nl", "o’brien@voipro.nl", "o‘brien@voipro.nl"]));
    all_meet(&emails(&["straße@voipro.nl", "STRASSE@voipro.nl", "STRAßE@voipro.nl"]));
    all_meet(&emails(&["\"jan\"@voipro.nl", "“jan”@voipro.nl", "jan@voipro.nl"]));
    all_meet(&emails(&["ΝΙΚΟΣ@voipro.nl", "νικος@voipro.nl", "Νικος@voipro.nl", "νικοσ@voipro.nl", "ΝΙΚΟς@voipro.nl"]));
    all_meet(&emails(&["ſam@voipro.nl", "SAM@voipro.nl", "sam@voipro.nl"]));
    all_meet(&emails(&["ΐ@voipro.nl", "\u{399}\u{308}\u{301}@voipro.nl", "ι\u{308}\u{301}@voipro.nl"]));
    all_meet(&emails(&[
        "jan@voipro.nl",
        "'jan@voipro.nl",
        "‘jan@voipro.nl",
        "’jan@voipro.nl",
        "＇jan@voipro.nl",
        "'jan@voipro.nl'",
        "'jan'@voipro.nl",
        "=jan@voipro.nl",
        "'=jan@voipro.nl",
        "=\"jan@voipro.nl\"",
        "=“jan@voipro.nl”",
        "'mailto:jan@voipro.nl",
        "mailto:%6Aan@voipro.nl",
        "mailto:jan%40voipro.nl?subject=x",
    ]));
    all_meet(&emails(&["jan+n@voipro.nl", "mailto:jan%2Bn@voipro.nl", "MAILTO:jan%2bn@voipro.nl"]));
    all_meet(&emails(&["josé@voipro.nl", "mailto:jos%C3%A9@voipro.nl", "JOSÉ@voipro.nl"]));
    let [plain, other] =
        ["o'brien@voipro.nl", "obrien@voipro.nl"].map(|text| ContactPoint::Email(email(text).expect("one")));
    assert!(!forbids(&plain, &other), "control: a mark within a name is a part of it");
    for text in ["mailto:jan%0d%0aBcc:x@voipro.nl", "mailto:jan%00@voipro.nl", "mailto:%20@voipro.nl"] {
        assert!(email(text).is_none(), "{text}");
    }
    all_meet(&emails(&[
        "jan@bücher.example",
        "jan@xn--bcher-kva.example",
        "jan@BÜCHER.example",
        "jan@bu\u{308}cher.example",
    ]));
}

#[test]
fn a_number_has_one_form_with_and_without_what_is_dialled_at_home() {
    let wrong: Vec<String> = [
        ("+36 (06) 1 234 5678|+36 1 234 5678|+36 06 1 234 5678|0036-1-234-5678|+3606 1 2345678", "+3612345678"),
        ("+36 (06) 20 123 4567|+36 20 123 4567|+36 (0620) 1234567?", "+36201234567"),
        ("+370 (8) 612 34567|+370 612 34567|+370 8 612 34567|+370 (0) 612 34567", "+37061234567"),
        ("+7 (8) 495 123-45-67|+7 495 123 45 67|+7 8 495 1234567|+7 (495) 123 45 67|+7 (8495) 1234567?", "+74951234567"),
        ("+7 (8) 912 345 67 89|+7 912 345 67 89", "+79123456789"),
        ("+52 1 55 1234 5678|+52 55 1234 5678|+52 (1) 55 1234 5678|+52 01 55 1234 5678|+52 044 55 1234 5678", "+525512345678"),
        ("+375 (8) 29 123 45 67|+375 29 123 45 67|+375 80 29 1234567|+375 (80) 29 1234567", "+375291234567"),
        ("+44 (0)20 7946 0175|+44 20 7946 0175|+44 020 7946 0175|0044 20 79460175|+44(0) 2079460175", "+442079460175"),
        ("+49 (0)30 123456|+49 30 123456|+49 030 123456|+49 (030) 123456|+49-30/123456", "+4930123456"),
        ("+32 (0)2 555 12 12|+32 2 555 12 12|+32 02 555 12 12", "+3225551212"),
        ("+33 (0)1 23 45 67 89|+33 1 23 45 67 89|+33 01 23456789", "+33123456789"),
        ("+43 (0)1 2345678|+43 1 2345678|+43 01 2345678", "+4312345678"),
        ("+1 (1) 212 555 0123|+1 212 555 0123|+1 (212) 555-0123|+1 1 212 555 0123|001 212 555 0123", "+12125550123"),
        ("+39 02 3661 8300|+39 (0)2 3661 8300|+39 (02) 3661 8300", "+390236618300"),
        ("+39 340 123 4567|+39 (0)340 1234567|+39 0340 1234567", "+393401234567"),
        ("+229 01 97 12 34 56|+229 97 12 34 56|+229 (01) 97123456", "+2290197123456"),
        ("+372 5123 4567|+372 8 51234567|+372 (0) 51234567", "+37251234567"),
        ("+54 9 11 2345 6789|+54 9 11 15 2345 6789?|+54 (011) 15-2345-6789?", "+5491123456789"),
        ("+225 07 12 34 56 78|+225 0712345678", "+2250712345678"),
        ("+90 (0) 212 123 45 67|+90 212 123 45 67", "+902121234567"),
        ("+380 (0) 44 123 4567|+380 44 123 4567|+380 044 1234567", "+380441234567"),
        ("+48 22 123 45 67|+48 (0) 22 123 45 67", "+48221234567"),
        ("+34 91 123 45 67|+34 (0)911234567", "+34911234567"),
        ("+55 (0) 11 91234-5678|+55 11 91234 5678|+55 011 912345678", "+5511912345678"),
        ("+81 (0)3 1234 5678|+81 3 1234 5678", "+81312345678"),
        ("+31 (0)6 12345678|+31 6 12345678|0031 6 12345678|06-12345678|06 12 34 56 78|+31 06 12345678|(+31) 6 12345678|(06) 12345678|+31612345678|31612345678|612345678|TEL:06-12345678|tel:+31-6-12345678|Tel: 0612345678|0031 (0)6 12345678|00 31 6 12345678|+00316 12345678|０６１２３４５６７８|٠٦١٢٣٤٥٦٧٨|06\u{202f}12\u{2009}34\u{200a}56\u{a0}78|06\u{2011}12345678|06–12345678|\u{202a}06 12345678\u{202c}|＋31 6 12345678|612345678.0|'0612345678", "+31612345678"),
        ("020 788 4000|+31 20 788 4000|20 788 4000|(020) 788 4000|020/7884000|31207884000", "+31207884000"),
    ].iter().flat_map(|(texts, e164)| {
        let wrong = move |text: &str| {
            let (text, may_be_refused) = (text.trim_end_matches('?'), text.ends_with('?'));
            let read = phone(text);
            let is_right = read.as_deref() == Some(e164) || read.is_none() && may_be_refused;
            (!is_right).then(|| format!("{text:?}: {read:?}, not {e164}"))
        };
        texts.split('|').filter_map(wrong).collect::<Vec<_>>()
    }).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for text in [
        "+36 06 1 234 56789012",
        "020 788 4000 ext. 12",
        "020 788 4000 x12",
        "020 788 4000 #12",
        "020 7884000,12",
        "020 7884000;ext=12",
        "+32 2 555 12 12 / 13",
        "06 12345678 / 020 7884000",
        "+49 0",
        "+44 0 0",
        "()",
        "+",
        "3161234567890",
    ] {
        assert_eq!(phone(text), None, "{text}");
    }
    for text in ["3.16E+10", "3,16123E+10", "6.12E+08", "3.16E10"] {
        assert_eq!(Phone::parse(text).err(), Some(ContactError::Spreadsheet), "{text}");
    }
}

/// What a part of an address is written with.
fn any_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(texts)
}

proptest! {
    /// A Dutch address from its parts, by every way to write them.
    #[test]
    fn every_spelling_of_a_dutch_address_meets_every_other(
        number in 1..9999u32,
        door in prop::sample::select(vec![
            vec!["", " "], vec!["A", "a", "-A", " A.", "/a"], vec!["III", "-3", " 3 hoog", "-III", "/3"], vec![" hs", " huis", "H", "-hs", " HS"],
            vec![" zw", " zwart", "zw"], vec![" bis", "bis", "-BIS"], vec![" bis A", "bisA", "-bis-a"], vec!["-2", " II", " 2 hg"],
        ]),
        street in any_of(&["Modemstraat", "Plein 40-45", "Laan van 1813", "1e Helmersstraat", "Rivium 2e Straat", "Kade", "Van der Helstplein"]),
        ways in (0..6usize, 0..6usize),
        spellings in (0..5usize, 0..5usize),
    ) {
        let way = |way: usize, spelling: usize| {
            let door = door[spelling % door.len()];
            let text = match way {
                0 => return DutchAddress::parse("1033 RW", &number.to_string(), door).map(|address| ContactPoint::Post(PostalAddress::Dutch(address))),
                1 => return DutchAddress::parse(" nl-1033rw", &format!("{number}{door}"), "").map(|address| ContactPoint::Post(PostalAddress::Dutch(address))),
                2 => format!("{street} {number}{door}|1033 RW Amsterdam"),
                3 => format!("A. Jansen|{street} {number}{door}|1033rw amsterdam|Nederland"),
                4 => format!("{street} {number}{door}, 1033RW Amsterdam"),
                _ => format!("{street}|{number}{door}|NL-1033 RW|Amsterdam|NL"),
            };
            lines(&text, None)
        };
        if let (Ok(objection), Ok(asked)) = (way(ways.0, spellings.0), way(ways.1, spellings.1)) {
            prop_assert!(forbids(&objection, &asked), "{} {} {:?} {:?}", street, number, objection.suppression_keys(), asked.lookup_keys());
        } else {
            prop_assert!(false, "refused: {street} {number} {door:?}");
        }
    }

    /// Doors of a number that differ are two points, so that a yes at one is none at the other.
    #[test]
    fn no_two_doors_of_a_number_are_one(one in "[A-HJ-Z0-9]{1,3}", other in "[A-HJ-Z0-9]{1,3}") {
        let [first, second] = [&one, &other].map(|door| DutchAddress::parse("1033 RW", "12", &format!(" {door}")).ok().map(|address| ContactPoint::Post(PostalAddress::Dutch(address))));
        if let (Some(first), Some(second)) = (first, second) {
            prop_assert_eq!(first.is_same_as(&second), folding::words(&one) == folding::words(&other));
        }
    }
}
