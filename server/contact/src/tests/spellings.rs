//! Addresses abroad whose streets are written in several ways: titles, days, ordinals, initials, old spellings and words that are
//! written together or apart. Every spelling meets an objection on any other one, both ways, and two streets stay two.

use super::*;

fn at(text: &str, country: &str) -> ContactPoint {
    let lines = text.replace('|', "\n");
    ContactPoint::Post(
        PostalAddress::of_lines(&lines, Some(country)).unwrap_or_else(|error| panic!("{text} {country}: {error}")),
    )
}

/// Whether a no at one reaches the other, also where nobody is known at the door that it names.
fn reaches(objection: &ContactPoint, asked: &ContactPoint) -> bool {
    let stands_on = objection.stands_on_every_door();
    asked.lookup_keys().iter().any(|fold| stands_on.contains(fold))
}

/// One street a row, by its spellings; `#` is where the house number stands.
const SPELLINGS: [(&str, &str, &str); 31] = [
    (
        "FR",
        "# Foch~# avenue du Maréchal Foch~# av. du Mal Foch~# Avenue Foch~# avenue Mal. Foch",
        "75116 Paris~75016 Paris 16e",
    ),
    ("FR", "# rue du Président Wilson~# r. du Pdt Wilson~# Wilson~# rue Wilson", "69003 Lyon"),
    ("FR", "# rue du Docteur Roux~# rue du Dr Roux~# Roux~# rue Roux", "75015 Paris"),
    ("FR", "# rue de la Sainte-Claire~# rue Ste Claire~# rue Sainte Claire~# Claire", "74000 Annecy"),
    ("BE", "Generaal Lemanstraat #~Gen. Lemanstraat #~Lemanstraat #", "2018 Antwerpen"),
    ("GB", "# Sir Matt Busby Way~# Matt Busby Way~# Matt Busby", "Manchester"),
    ("IT", "Via Generale Cadorna #~Via Gen. Cadorna #~Cadorna #", "00186 Roma"),
    ("PT", "Rua Doutor Alves #~R. Dr. Alves, #~Alves #", "1300-474 Lisboa"),
    (
        "US",
        "# W 42nd St~# West 42nd Street~# W. 42 St.~# West Forty-Second Street~# West Forty Second St",
        "New York NY 10036~New York 10036-1234",
    ),
    ("US", "# Eleventh Avenue~# 11th Ave~# 11 Ave", "New York NY 10036"),
    ("GB", "# 2nd Avenue~# Second Avenue~# Second Ave", "London"),
    ("FR", "# rue du 1er Mai~# rue du Premier Mai~# rue du 1 mai", "59000 Lille"),
    ("FR", "# rue du 8 Mai 1945~# rue du Huit Mai~# rue du 8-Mai-1945", "59000 Lille"),
    ("BE", "Rue du 1er Mai #~Rue du Premier Mai #~Rue du 1 Mai #", "1000 Bruxelles"),
    ("BE", "11 Novemberlaan #~11-Novemberlaan #~Elf Novemberlaan #", "9000 Gent"),
    ("DE", "1. Mai-Straße #~Erste-Mai-Straße #", "10115 Berlin"),
    ("DE", "Straße des 17. Juni #~Straße des Siebzehnten Juni #", "10623 Berlin"),
    ("DE", "1. Querstraße #~Erste Querstraße #", "10115 Berlin"),
    ("IT", "Via XX Settembre #~Via 20 Settembre #~XX Settembre #~20 Settembre #~Via Venti Settembre #", "00187 Roma"),
    ("AR", "25 de Mayo #~Calle 25 de Mayo #~Veinticinco de Mayo #", "1002 Buenos Aires"),
    ("ES", "C/ Dos de Mayo #~Calle del 2 de Mayo #~Calle 2 de Mayo, #~Dos de Mayo #", "28004 Madrid"),
    ("PT", "Rua 1º de Maio #~Rua Primeiro de Maio #~R. 1 de Maio, #", "1300-474 Lisboa"),
    ("BR", "Rua XV de Novembro #~Rua 15 de Novembro #~Rua Quinze de Novembro, #", "01013-001 São Paulo"),
    ("SE", "Storgatan #~Stora gatan #~Storgatan # lgh 1101~Storg. #", "114 51 Stockholm"),
    ("DK", "Storegade #~Store Gade #", "6200 Aabenraa"),
    ("DE", "Q 7, #~Q7, #~Q7 #~Quadrat Q 7, #~Quadrat Q7 #", "68161 Mannheim~D-68161 Mannheim"),
    ("ES", "C/ Major #~Carrer Major #~Calle Mayor #~Cl. Mayor, #", "07001 Palma"),
    ("BE", "Grote Markt #~Groote Markt #~Gr. Markt #~Grotemarkt #", "9000 Gent"),
    ("BE", "Veldstraat #~Veldstraet #~Veldstr. #~Veld straat #~Veldstaat #", "9000 Gent"),
    (
        "IN",
        "# MG Road~# M.G. Road~# M. G. Rd.~# Mahatma Gandhi Road~Flat 5, # MG Road",
        "Bengaluru~Bangalore 560001~Bengaluru - 560 001",
    ),
    ("BE", "O.L.V.-straat #~Onze-Lieve-Vrouwestraat #", "2800 Mechelen"),
];

fn spelled(streets: &str, places: &str, number: &str) -> Vec<String> {
    let places: Vec<&str> = places.split('~').collect();
    let of_street = |street: &str| {
        let street = street.replace('#', number);
        places.iter().map(move |place| format!("{street}|{place}")).collect::<Vec<_>>()
    };
    streets.split('~').flat_map(of_street).collect()
}

#[test]
fn the_spellings_of_a_street_meet_and_other_houses_do_not() {
    let mut failed = Vec::new();
    for (country, streets, places) in SPELLINGS {
        let points: Vec<_> = spelled(streets, places, "228").iter().map(|text| at(text, country)).collect();
        let next: Vec<_> = spelled(streets, places, "231").iter().map(|text| at(text, country)).collect();
        for objection in &points {
            for asked in &points {
                failed.extend(
                    (!forbids(objection, asked))
                        .then(|| format!("{country}: {} against {}", objection.given(), asked.given())),
                );
                let is_equal = objection.normal() == asked.normal();
                assert!(is_equal || !objection.is_same_as(asked), "nobody is found by it: {}", asked.given());
            }
            for other in &next {
                assert!(!reaches(objection, other), "control: {} and {}", objection.given(), other.given());
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let gentweg = at("Gentweg 12|8000 Brugge", "BE");
    for one in
        ["Oude Gentweg 12|8000 Brugge", "Nieuwe Gentweg 12|Brugge", "Gentweg 12|Bruges"].map(|text| at(text, "BE"))
    {
        assert!(forbids(&one, &gentweg) && forbids(&gentweg, &one));
    }
    let [title, whole] =
        ["12 place du Général|59000 Lille", "12 place du Général de Gaulle|59000 Lille"].map(|text| at(text, "FR"));
    assert!(forbids(&title, &whole) && forbids(&whole, &title));
    let [flat, behind] =
        ["Flat 5, 228 MG Road|Bengaluru 560001", "228/5 M.G. Road|Bangalore"].map(|text| at(text, "IN"));
    assert!(forbids(&flat, &behind) && forbids(&behind, &flat));
}

#[test]
fn two_streets_of_a_place_stay_two_by_what_is_spelled_in_several_ways() {
    for (country, one, other) in [
        ("FR", "12 rue du 8 Mai|59000 Lille", "12 rue du 11 Novembre|59000 Lille"),
        ("BE", "Oude Gentweg 12|8000 Brugge", "Nieuwe Gentweg 12|8000 Brugge"),
        ("BE", "Oude Markt 12|3000 Leuven", "Grote Markt 12|3000 Leuven"),
        ("DE", "Große Bergstraße 12|22767 Hamburg", "Kleine Bergstraße 12|22767 Hamburg"),
        ("AR", "25 de Mayo 12|1002 Buenos Aires", "1 de Mayo 12|1002 Buenos Aires"),
        ("FR", "12 rue du 8 Mai|59000 Lille", "12 rue du 1 Mai|59000 Lille"),
        ("FR", "12 rue du Général Leclerc|59000 Lille", "12 rue du Général de Gaulle|59000 Lille"),
        ("FR", "12 av. du Pdt Wilson|59000 Lille", "12 avenue du Président Kennedy|59000 Lille"),
        ("BE", "Koning Albertlaan 12|9000 Gent", "Koning Leopoldlaan 12|9000 Gent"),
        ("FR", "12 Foch|75016 Paris", "12 avenue du Maréchal Joffre|75016 Paris"),
        ("FR", "12 Claire|74000 Annecy", "12 rue Sainte-Anne|74000 Annecy"),
        ("FR", "12 rue Foch|75116 Paris", "12 rue Foch|75017 Paris"),
        ("US", "12 W 42nd St|New York NY 10036", "12 West Forty-Third Street|New York NY 10036"),
        ("US", "12 W 42nd St|New York NY 10036", "12 West Forty-Second Avenue|New York NY 10036"),
        ("US", "12 King St|Springfield IL 62701", "12 Queen St|Springfield IL 62701"),
        ("GB", "12 Second Avenue|London", "12 3rd Avenue|London"),
        ("GB", "12 May Road|London", "12 March Road|London"),
        ("DE", "1. Mai-Straße 12|10115 Berlin", "Straße des 17. Juni 12|10115 Berlin"),
        ("IT", "Via XX Settembre 12|00187 Roma", "Via IV Novembre 12|00187 Roma"),
        ("AR", "25 de Mayo 12|1002 Buenos Aires", "9 de Julio 12|1002 Buenos Aires"),
        ("SE", "Storgatan 12|114 51 Stockholm", "Lilla gatan 12|114 51 Stockholm"),
        ("SE", "Storgatan 12|114 51 Stockholm", "Storvägen 12|114 51 Stockholm"),
        ("DE", "Q 7, 12|68161 Mannheim", "Quadrat Q 6, 12|68161 Mannheim"),
        ("DE", "Q 7, 12|68161 Mannheim", "Quadrat P 7, 12|68161 Mannheim"),
        ("ES", "Calle Mayor 12|07001 Palma", "Carrer Menor 12|07001 Palma"),
        ("ES", "Calle Mayor 12|07001 Palma", "Plaça Major 12|07001 Palma"),
        ("BE", "Grote Markt 12|9000 Gent", "Kouter 12|9000 Gent"),
        ("BE", "Boomstraat 12|9000 Gent", "Bomstraat 12|9000 Gent"),
        ("BE", "Veldstraet 12|9000 Gent", "Veldlaan 12|9000 Gent"),
        ("IN", "12 Mahatma Gandhi Road|560001 Bengaluru", "12 Martin Gore Road|560001 Bengaluru"),
        ("IN", "12 MG Road|560001 Bengaluru", "12 Mahatma Gandhi Street|560001 Bengaluru"),
        ("IN", "12 MG Road|560001 Bengaluru", "12 MK Road|560001 Bengaluru"),
        ("US", "12 E St|Washington DC 20001", "12 G St|Washington DC 20001"),
    ] {
        let [one, other] = [one, other].map(|text| at(text, country));
        assert!(forbids(&one, &one) && forbids(&other, &other), "control of the control");
        assert!(!forbids(&one, &other) && !forbids(&other, &one), "{country} {} and {}", one.given(), other.given());
        assert!(!one.is_same_as(&other));
    }
}

/// `1234 NE` begins a street where towns have sides, and a postcode in the Netherlands.
#[test]
fn a_side_of_an_american_town_is_no_dutch_postcode() {
    let dutch = |code: &str, number: &str| {
        ContactPoint::Post(PostalAddress::Dutch(DutchAddress::parse(code, number, "").expect(code)))
    };
    for (country, text) in [
        ("US", "1234 NE Main Street Apt 133|Portland OR 97201"),
        ("US", "1234 SW Main Street Apt 133|Portland|OR"),
        ("US", "1234 NW Main Street Apt 133, Portland OR 97201-1234"),
        ("CA", "1234 SE Main Street Apt 133|Calgary AB"),
    ] {
        let side: String = text.chars().filter(char::is_ascii_uppercase).take(2).collect();
        let door = dutch(&format!("1234{side}"), "133");
        let american = at(text, country);
        assert!(!reaches(&american, &door) && !reaches(&door, &american), "{text}");
    }
    // A slip in the country is one still.
    for (country, text) in [
        ("US", "Kerkstraat 133|1234 NE Amsterdam"),
        ("US", "Kerkstraat 133|1234NE"),
        ("BE", "Kerkstraat 133|1234 NE Amsterdam"),
    ] {
        let (slip, door) = (at(text, country), dutch("1234NE", "133"));
        assert!(reaches(&slip, &door) && reaches(&door, &slip), "control: {text}");
        assert!(!slip.is_same_as(&door));
    }
}
