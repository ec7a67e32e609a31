//! What an address abroad is about, whatever words it is written in: the postcode, the name of the street, and the numbers.
//!
//! `ul. Marszałkowska 12 m. 3` and `Marszałkowska 12/3` have that in common, and so have `Flat 3, 12 High Street` and
//! `12/3 High Street`. Nobody is found by it; a no stands on it, too. Where words and numbers behind the house number
//! stand, they are a door or say nothing: none of them is ever taken for the street, and a house is all its doors.
//!
//! What one spelling leaves out, another one has. So a no may stand where only some ask: an address with a postcode stands
//! on its place, and is asked for there by those without one alone, so that two postcodes of a place never meet.

mod door;
mod parts;
mod places;
mod postcode;
mod range;
mod script;

use std::collections::BTreeSet;

use super::foreign::{Segment, is_number};
use crate::country::Country;

pub(super) use door::{is_kind_of_door, is_of_door};
pub(super) use parts::{is_kind_of_street, names_kind_of_street};
pub(super) use places::is_known_place;
pub(super) use postcode::{is_lettered_code, with_whole_code, with_whole_postcode};
pub(super) use range::{Range, ranges};
pub(super) use script::{heard, unread};

use parts::AddressParts;

/// Whether a no is put somewhere, or asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Stands,
    Asked,
}

/// How the words of an address were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As they stand there.
    Written,
    /// In Latin letters, as they sound.
    Heard,
    /// Not at all, but for the numbers.
    Unread,
}

/// What an address is read by.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) country: Country,
    pub(super) reading: Reading,
    pub(super) ranges: &'a [Range],
    /// Words that were cut short with a dot: `Brugsest.`, in plain form.
    pub(super) short: &'a BTreeSet<String>,
    /// Initials that are written as one word: `M.G.`, in plain form.
    pub(super) initials: &'a BTreeSet<String>,
}

/// Postcode (or place) and street, by each word that the street may be known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Streets {
    /// Where a no stands and is asked for.
    both: BTreeSet<String>,
    stands: BTreeSet<String>,
    asked: BTreeSet<String>,
}

impl Streets {
    fn on(&self, side: Side) -> impl Iterator<Item = &String> {
        let own = match side {
            Side::Stands => &self.stands,
            Side::Asked => &self.asked,
        };
        self.both.iter().chain(own)
    }

    /// By the place: with a postcode for those alone who have none, without one for all.
    fn at_places(&mut self, way: &str, places: &Places, names: &Names, has_code: bool) {
        let streets = |with: &str, places: &[String], names: &[String]| -> Vec<String> {
            let at =
                |place: &String| names.iter().map(|name| format!("{way} {with} {place} {name}")).collect::<Vec<_>>();
            places.iter().flat_map(at).collect()
        };
        self.asked.extend(streets("without code", &places.asked, &names.asked));
        if has_code {
            self.stands.extend(streets("with code", &places.stands, &names.stands));
        } else {
            self.stands.extend(streets("without code", &places.stands, &names.stands));
            self.asked.extend(streets("with code", &places.asked, &names.asked));
        }
    }

    /// At the code, by names that stand where only some ask.
    fn at_code(&mut self, code: &str, names: &Names) {
        let at = |names: &[String]| names.iter().map(|name| format!("{code} {name}")).collect::<Vec<_>>();
        self.stands.extend(at(&names.stands));
        self.asked.extend(at(&names.asked));
    }
}

/// What a street is known by: where a no stands, and where it is asked for.
struct Names {
    stands: Vec<String>,
    asked: Vec<String>,
}

/// What a place is known by, in the same way.
type Places = Names;

impl Names {
    fn both(names: Vec<String>) -> Self {
        Self { stands: names.clone(), asked: names }
    }

    fn and(mut self, other: Self) -> Self {
        self.stands.extend(other.stands);
        self.asked.extend(other.asked);
        self
    }

    /// Beside names that stand for all.
    fn with(&self, names: &Self) -> Self {
        let all = |names: &[String], own: &[String]| names.iter().chain(own).cloned().collect();
        Self { stands: all(&names.stands, &self.stands), asked: all(&names.asked, &self.asked) }
    }
}

/// A house of a street, with what is written of its door.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StreetHouse {
    streets: Streets,
    number: String,
    /// `12 A bus 3` has two parts of a door: `a` and `3`.
    door: Vec<String>,
}

impl StreetHouse {
    /// Every house that the parts of an address, their words in plain form, may mean: `3/12 High Street` has a flat before
    /// its number or behind it, `Dlouhá 123/4` two numbers of one house, and `12-14` is two houses.
    pub(super) fn all_of(segments: &[Segment], context: &Context<'_>) -> Vec<Self> {
        let whole = places::with_whole_district(segments, context.country);
        let written = std::iter::once(segments.to_vec()).chain(whole);
        let all = written.flat_map(|segments| {
            let shorter = places::without_district(&segments, context.country);
            std::iter::once(segments).chain(shorter)
        });
        all.flat_map(|segments| Self::from_segments(&segments, context)).collect()
    }

    fn from_segments(segments: &[Segment], context: &Context<'_>) -> Vec<Self> {
        let Context { country, reading, .. } = *context;
        let coded = postcode::around_postcode(segments, country);
        let street = coded.as_ref().map_or(segments, |coded| coded.street.as_slice());
        let shorter = coded.is_some().then(|| places::without_district(street, country)).flatten();
        let all = std::iter::once(street.to_vec()).chain(shorter);
        let parts: Vec<AddressParts> =
            all.filter_map(|street| AddressParts::from_segments(&street, country, coded.is_some())).collect();
        let Some(own) = parts.first().filter(|own| reading != Reading::Unread || own.is_unread()) else {
            return Vec::new();
        };
        let streets = streets(own, coded.as_ref(), context);
        let numbers = parts.iter().flat_map(|parts| parts.houses(country, context.ranges));
        numbers.map(|(number, door)| Self { streets: streets.clone(), number, door }).collect()
    }

    /// Whether a door is told, so that there may be others.
    pub(super) fn has_door(&self) -> bool {
        !self.door.is_empty()
    }

    /// With the whole door.
    pub(super) fn with_door(&self, side: Side) -> Vec<String> {
        self.at(&self.door.join(" "), side)
    }

    /// With less of the door, as far as the house's own number: any part of it may be left out.
    pub(super) fn with_less(&self, side: Side) -> Vec<String> {
        let all = 1_u32 << self.door.len();
        let chosen = |which: u32| {
            let parts = self.door.iter().enumerate().filter(move |(at, _)| which >> at & 1 == 1);
            parts.map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(" ")
        };
        (0..all - 1).flat_map(|which| self.at(&chosen(which), side)).collect()
    }

    /// Whatever the door.
    pub(super) fn every_door(&self, side: Side) -> Vec<String> {
        self.at("all doors", side)
    }

    fn at(&self, door: &str, side: Side) -> Vec<String> {
        self.streets.on(side).map(|street| format!("{street} {} {door}", self.number)).collect()
    }
}

/// Whether these parts, of which some are in letters that are not read, still tell one street from the next: by a postcode,
/// or since the letters are those of a name above it.
pub(super) fn tells_street(unread: &[Segment], country: Country) -> bool {
    let is_read = |segment: &Segment| !segment.iter().any(|run| run == script::UNREAD);
    let in_words = || AddressParts::from_segments(unread, country, false).is_some_and(|own| !own.is_unread());
    postcode::around_postcode(unread, country).is_some() || unread.last().is_some_and(is_read) && in_words()
}

/// Where the street is, and by which of its names.
fn streets(own: &AddressParts, coded: Option<&postcode::Coded>, context: &Context<'_>) -> Streets {
    let Context { country, reading, .. } = *context;
    let mut streets = Streets::default();
    let code = coded.map(|coded| coded.code.as_str());
    // Whatever a street is called whose name cannot be read: its code and number have it.
    if let Some(code) = code {
        let (unread, read) = (format!("{code} unread"), format!("{code} read"));
        let (stands, asked) =
            if reading == Reading::Unread { (unread.clone(), vec![unread, read]) } else { (read, vec![unread]) };
        streets.stands.insert(stands);
        streets.asked.extend(asked);
    }
    if reading == Reading::Unread {
        return streets;
    }
    let around = around(own, coded);
    let written = places::places(&around);
    let one_names: Vec<String> = written.iter().map(|place| places::one_name(place).to_owned()).collect();
    // As a no stood before the place was known to have other names.
    let also = written.iter().map(|place| (*place).to_owned());
    let places = Places { asked: one_names.iter().cloned().chain(also).collect(), stands: one_names };
    let names = own.names(country);
    let by_kind = own.names_by_kind(country).and(own.names_by_initials(context.initials));
    // There a postcode is a part of one street, or one house.
    let is_street = matches!(country.iso(), "GB" | "IE") && code.is_some_and(is_lettered_code);
    let in_words = own.places();
    match code {
        Some(code) if is_street => streets.both.extend([format!("{code} ")]),
        Some(code) => streets.at_code(code, &names),
        // As a no without a postcode stood before a place was known by one name.
        None => in_words.iter().for_each(|place| streets.at_code(place, &names)),
    }
    if code.is_some() {
        let at_place =
            |place: &&str| names.asked.iter().map(move |name| format!("place {place} {name}")).collect::<Vec<_>>();
        streets.asked.extend(written.iter().flat_map(at_place));
    }
    let has_code = coded.is_some_and(postcode::Coded::is_whole);
    let with_kinds = by_kind.with(&names);
    streets.at_places("place", &places, &with_kinds, has_code);
    if let Some(code) = code.filter(|_| !is_street) {
        streets.at_code(code, &by_kind);
    }
    // `Brugsest.` begins as `Brugsesteenweg` does. Two words that are whole never meet by how they begin.
    for (code, (start, is_short)) in
        code.iter().flat_map(|code| own.starts(context.short, country).into_iter().map(move |of| (code, of)))
    {
        let (short, whole) = (format!("{code} short {start}"), format!("{code} whole {start}"));
        streets.stands.insert(if is_short { short.clone() } else { whole.clone() });
        streets.asked.extend(is_short.then_some(whole).into_iter().chain([short]));
    }
    // In `Dubai` and on `Bonaire` the place is what the country is called by, and stands there or not.
    if code.is_none() && postcode::has_none(country) {
        streets.at_places("country", &Places::both(vec![String::new()]), &with_kinds, !places.stands.is_empty());
    }
    if reading == Reading::Heard {
        let names = own.heard(country);
        let heard = places.asked.iter().map(|place| script::sound(place, country)).collect();
        let places = Places::both(heard);
        streets.both.extend(code.iter().flat_map(|code| names.iter().map(move |name| format!("{code} {name}"))));
        streets.at_places("heard place", &places, &Names::both(names), has_code);
    }
    streets
}

/// The parts of an address that are neither its street nor its postcode.
fn around(own: &AddressParts, coded: Option<&postcode::Coded>) -> Vec<Segment> {
    let behind = coded.into_iter().flat_map(|coded| coded.around.iter().cloned());
    own.before().chain(own.behind()).cloned().chain(behind).collect()
}
