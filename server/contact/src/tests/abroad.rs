//! Addresses abroad: no word and no number behind a house number keeps a no from the house, whichever it is.

use super::*;

fn at(text: &str, country: &str) -> ContactPoint {
    let lines = text.replace('|', "\n");
    ContactPoint::Post(
        PostalAddress::of_lines(&lines, Some(country)).unwrap_or_else(|error| panic!("{text} {country}: {error}")),
    )
}

/// Whether a no at one reaches the other where nobody is known at the door that it names.
fn reaches(objection: &ContactPoint, asked: &ContactPoint) -> bool {
    let stands_on = objection.stands_on_every_door();
    asked.lookup_keys().iter().any(|fold| stands_on.contains(fold))
}

const STREETS: [(&str, &str, &str); 14] = [
    ("BE", "Markt", "9000 Gent"),
    ("BE", "Kerkstraat", "9000 Gent"),
    ("BE", "Rue Neuve", "1000 Bruxelles"),
    ("BE", "Dam", "2000 Antwerpen"),
    ("DE", "Am Ried", "50667 Köln"),
    ("DE", "Straße des 17. Juni", "10623 Berlin"),
    ("DE", "Konrad-Adenauer-Allee", "60313 Frankfurt"),
    ("FR", "Rue du Bac", "75007 Paris"),
    ("HU", "Fő utca", "1011 Budapest"),
    ("ES", "Calle Mayor", "28013 Madrid"),
    ("IT", "Via Po", "00184 Roma"),
    ("NO", "Storgata", "0155 Oslo"),
    ("CW", "Breedestraat", "Willemstad"),
    ("SR", "Dam", "Paramaribo"),
];

/// Listed and unlisted, short and long, with and without numbers, and in a line of their own.
const BEHIND: [&str; 34] = [
    " gelijkvloers",
    " achterhuis",
    " glvl",
    ", verdieping 2",
    " verdieping 2",
    ", 2de verdieping",
    " Erdgeschoss",
    " Gartenhaus",
    " c/o Müllerschmidt",
    " bei Müllerschmidt",
    ", Postfach 1234",
    " appartement 2.1",
    " bus 3",
    " A",
    " A bus 3",
    "-3",
    "/3/4",
    " rez-de-chaussée",
    ", 3º B",
    " Hochparterre rechts",
    "|Hinterhaus",
    "|3. Etage links",
    "|Ortsteil Rodenkirchen",
    "|c/o Verwaltungsgesellschaft Müllerschmidt",
    ", tweede deur links",
    " (kantoor)",
    " bis 99999",
    " t.a.v. Personeelszaken",
    " Block B",
    " II. em. 3",
    "|Tür 4",
    " - Innenhof",
    ", lokaal 201",
    " Xyzzyqwertyuiop",
];

#[test]
fn whatever_stands_behind_a_house_number_abroad_the_no_is_the_houses() {
    let mut lost = Vec::new();
    for (country, street, place) in STREETS {
        for number in ["5", "103", "12"] {
            let house = at(&format!("{street} {number}|{place}"), country);
            for behind in BEHIND {
                let text = format!("{street} {number}{behind}|{place}");
                let more = at(&text, country);
                lost.extend((!forbids(&house, &more) || !forbids(&more, &house)).then(|| text.clone()));
                for other in ["7", "105", "14"] {
                    let next = at(&format!("{street} {other}|{place}"), country);
                    assert!(!forbids(&more, &next) && !forbids(&next, &more), "control: {text} and {other}");
                    assert!(!next.is_same_as(&more) && !house.is_same_as(&more), "nobody is found by it: {text}");
                }
            }
        }
    }
    assert!(
        lost.is_empty(),
        "{}",
        lost.join(
            "
"
        )
    );
}

#[test]
fn where_the_number_is_first_the_no_is_the_houses_too() {
    let mut lost = Vec::new();
    for (country, before, street, place) in [
        ("FR", "12", "rue de la Paix", "75002 Paris"),
        ("FR", "112", "rue du 4 Septembre", "75002 Paris"),
        ("LU", "12,", "rue Neuve", "1234 Luxembourg"),
        ("US", "123", "Main Street", "Springfield, IL 62701"),
        ("CA", "191", "Rue Sainte-Catherine O", "Montréal QC H3B 1A7"),
        ("IE", "204", "O'Connell Street", "Dublin|D01 AB12"),
        ("GB", "12", "High Street", "Bath BA1 1AA"),
    ] {
        let house = at(&format!("{before} {street}|{place}"), country);
        let next = at(&format!("9 {street}|{place}"), country);
        for behind in BEHIND {
            let text = format!("{before} {street}{behind}|{place}");
            // A month with a number is a date, which is refused.
            let Ok(read) = PostalAddress::of_lines(&text.replace('|', "\n"), Some(country)) else { continue };
            let more = ContactPoint::Post(read);
            lost.extend((!forbids(&house, &more) || !forbids(&more, &house)).then(|| text.clone()));
            assert!(!forbids(&more, &next) && !forbids(&next, &more), "control: {text}");
        }
    }
    assert!(
        lost.is_empty(),
        "{}",
        lost.join(
            "
"
        )
    );
}

/// One address by the ways of its country: they meet even where somebody is known at each of them.
const SPELLINGS: [(&str, &str); 27] = [
    (
        "IE",
        "204 O'Connell Street|Dublin 1|D01 AB12~204 O’Connell St.|Dublin|D01AB12~204 OConnell Street|Dublin 1|D01 AB12~204 O Connell St|D01 AB12",
    ),
    (
        "ES",
        "Calle Mayor 255, 3 B|28013 Madrid~Calle Mayor 255, piso 3, puerta B|28013 Madrid~C/ Mayor, 255, 3º B|28013 Madrid~Calle Mayor 255-3B|28013 Madrid~Mayor 255, planta 3 B|28013 Madrid",
    ),
    (
        "ES",
        "Calle Mayor 255, 3º izq|28013 Madrid~C/ Mayor 255 3 izquierda|28013 Madrid~Calle Mayor, 255, piso 3, izda|28013 Madrid",
    ),
    (
        "PT",
        "Rua Augusta 225, 2.º Esq.|1100-048 Lisboa~Rua Augusta 225 2ºE|1100-048 Lisboa~R. Augusta nº 225, 2 esquerdo|1100 048 Lisboa",
    ),
    (
        "DE",
        "Hauptstraße 231-999|10115 Berlin~Hauptstraße 231 bis 999|10115 Berlin~Hauptstr. 231 – 999|10115 Berlin~Hauptstraße 231/999|10115 Berlin~Hauptstraße 231 + 999|10115 Berlin",
    ),
    (
        "AU",
        "3/198 George Street|Sydney NSW 2000~Unit 3, 198 George St|Sydney NSW 2000~U3 198 George St|Sydney 2000~Unit 3|198 George St|Sydney NSW 2000~U3/198 George Street|Sydney NSW 2000",
    ),
    ("CZ", "Dlouhá 123/216|110 00 Praha 1~Dlouhá 216|11000 Praha~Dlouhá č.p. 123/216|110 00 Praha 1"),
    ("SK", "Dlhá 123/216|811 01 Bratislava~Dlhá 216|81101 Bratislava"),
    (
        "HU",
        "Fő utca 257. II/3|1011 Budapest~Fő u. 257, II. em. 3. ajtó|1011 Budapest~Fo u. 257. 2. em. 3.|1011 Budapest~Fő utca 257 2/3|1011 Budapest~1011 Budapest, Fő utca 257. II. emelet 3.|",
    ),
    (
        "TR",
        "İstiklal Caddesi No: 233/3|34430 İstanbul~Istiklal Cad. No 233 D:3|34430 Istanbul~ISTIKLAL CADDESI 233 Daire 3|34430 ISTANBUL",
    ),
    ("NO", "Storgata 245 B|0155 Oslo~Storgt. 245B|0155 OSLO~Storgaten 245b|155 Oslo"),
    ("SE", "Storgatan 245 B|114 55 Stockholm~Storg. 245B|11455 Stockholm~Storgatan 245b lgh 1102|114 55 Stockholm"),
    ("DK", "Nørregade 12, 2. tv.|1165 København K~Nørreg. 12 2 tv|1165 København~Nörregade 12, 2. sal tv|1165 Kbh K"),
    ("DK", "Strandvejen 12|2100 København~Strandvej 12|2100 København~Strandv. 12|2100 København"),
    (
        "FI",
        "Mannerheimintie 12 A 5|00100 Helsinki~Mannerheimint. 12A5|100 HELSINKI~Mannerheimintie 12 A, as. 5|00100 Helsinki",
    ),
    ("FI", "Fabianinkatu 12|00100 Helsinki~Fabianink. 12|00100 Helsinki"),
    (
        "CA",
        "191 Rue Sainte-Catherine O, app. 5|Montréal QC H3B 1A7~5-191 Ste-Catherine Street West|Montreal, Quebec H3B1A7~191 rue Ste-Catherine Ouest apt 5|Montreal (Québec) H3B 1A7",
    ),
    (
        "BQ",
        "Kaya Grandi 265|Kralendijk~Kaya Grandi 265|Kralendijk, Bonaire~Kaya Grandi 265, Kralendijk~KAYA GRANDI 265|KRALENDIJK|Bonaire",
    ),
    (
        "BE",
        "Kerkstraat 267A bus 3|9000 Gent~Kerkstraat 267 bus 3|9000 Gent~Kerkstraat 267/A3|9000 Gent~Kerkstr. 267a b3|9000 Gent",
    ),
    (
        "AT",
        "Mariahilfer Straße 150/2/14|1060 Wien~Mariahilfer Strasse 150 Top 14|1060 Wien~Mariahilferstraße 150, Stg. 2, Top 14|1060 Wien",
    ),
    ("FR", "12 avenue du Président Wilson|75016 Paris~12 av. du Pdt Wilson|75016 Paris~12, av. Wilson|75016 Paris"),
    (
        "FR",
        "12 avenue du Général de Gaulle|69003 Lyon~12 av Gén. de Gaulle|69003 Lyon~12, avenue Charles de Gaulle|69003 Lyon",
    ),
    (
        "BE",
        "Burgemeester de Manstraat 12|9000 Gent~Burg. de Manstr. 12|9000 Gent~Burgemeester De Man-straat 12 gelijkvloers|9000 Gent",
    ),
    ("DE", "Karl-Marx-Allee 12|10115 Berlin~Karlmarxallee 12|10115 Berlin~Karl Marx Allee 12 Hinterhaus|10115 Berlin"),
    ("BE", "Gentsesteenweg 9|1080 Brussel~Gentse Steenweg 9 gelijkvloers|1080 Brussel"),
    ("AR", "Calle Florida 120|C1005AAF Buenos Aires~Florida 120|C1005 Buenos Aires~Florida 120, 3 B|1005 Buenos Aires"),
    ("HU", "Váci utca 120|1056 Budapest~1056 Budapest, Váci utca 120|~1056 Budapest|Váci u. 120."),
];

#[test]
fn the_spellings_of_an_address_abroad_meet() {
    let mut lost = Vec::new();
    for (country, all) in SPELLINGS {
        let points: Vec<_> = all.split('~').map(|text| (text, at(text, country))).collect();
        for (one, objection) in &points {
            for (other, asked) in &points {
                lost.extend((!forbids(objection, asked)).then(|| format!("{country}: a no at {one} against {other}")));
            }
        }
    }
    assert!(
        lost.is_empty(),
        "{}",
        lost.join(
            "
"
        )
    );
}

/// Doors that are known stay apart; one that nobody has is every door of its house, and of no other house.
#[test]
fn a_no_at_a_door_abroad_that_nobody_has_is_every_doors() {
    for (country, one, neighbour, next) in [
        ("BE", "Kerkstraat 12 bus 3|9000 Gent", "Kerkstraat 12 bus 4|9000 Gent", "Kerkstraat 14 bus 4|9000 Gent"),
        ("PL", "ul. Długa 12 m. 3|00-590 Warszawa", "ul. Długa 12/4|00-590 Warszawa", "ul. Długa 13/3|00-590 Warszawa"),
        (
            "US",
            "123 Main St Apt 4|Springfield IL 62701",
            "123 Main St #5|Springfield IL 62701",
            "124 Main St #5|Springfield IL 62701",
        ),
        (
            "GB",
            "Flat 1|12 High Street|Bath BA1 1AA",
            "Flat 1A|12 High Street|Bath BA1 1AA",
            "14 High Street|Bath BA1 1AA",
        ),
        (
            "DK",
            "Nørregade 12, 2. tv.|1165 København",
            "Nørregade 12, 2. th.|1165 København",
            "Nørregade 14, 2. tv.|1165 København",
        ),
        ("DE", "Hauptstraße 12a|10115 Berlin", "Hauptstraße 12b|10115 Berlin", "Hauptstraße 13b|10115 Berlin"),
    ] {
        let [one, neighbour, next] = [one, neighbour, next].map(|text| at(text, country));
        assert!(!forbids(&one, &neighbour) && !forbids(&neighbour, &one), "control: known doors are two");
        assert!(reaches(&one, &neighbour) && reaches(&neighbour, &one), "{country}");
        assert!(!reaches(&one, &next) && !reaches(&next, &one), "control: another house, {country}");
        assert!(one.is_one_door() && !one.is_same_as(&neighbour), "nobody is found by it");
    }
    assert!(!at("Kerkstraat 12|9000 Gent", "BE").is_one_door());
}

proptest! {
    /// A street, a number and words of any kind: both ways, and never another number.
    #[test]
    fn words_of_any_kind_behind_a_house_number_are_not_the_street(
        street in prop::sample::select(STREETS.to_vec()),
        number in 1..999u32,
        other in 1..999u32,
        words in prop::collection::vec("[A-Za-zäéß]{3,16}", 1..4),
        between in prop::sample::select(vec![" ", ", ", " - ", "|", " ("]),
    ) {
        let (country, street, place) = street;
        let read = |text: String| PostalAddress::of_lines(&text.replace('|', "\n"), Some(country)).map(ContactPoint::Post);
        let house = read(format!("{street} {number}|{place}")).expect("an address");
        // A month behind a number is a date, which is refused.
        if let Ok(more) = read(format!("{street} {number}{between}{}|{place}", words.join(" "))) {
            prop_assert!(forbids(&house, &more) && forbids(&more, &house), "{} {} {:?}", street, number, words);
            let next = read(format!("{street} {other}|{place}")).expect("an address");
            prop_assert!(number == other || !next.is_same_as(&more));
            prop_assert!(number == other || !forbids(&more, &next) && !forbids(&next, &more), "{} {} {}", street, number, other);
        }
    }
}
