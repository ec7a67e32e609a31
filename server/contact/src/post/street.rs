//! What an address abroad is about, whatever words it is written in: the postcode, the name of the street, and the numbers.
//!
//! `ul. Marszałkowska 12 m. 3` and `Marszałkowska 12/3` have that in common, and so have `Flat 3, 12 High Street` and
//! `12/3 High Street`. Nobody is found by it; a no stands on it, too. Where words and numbers behind the house number
//! stand, they are a door or say nothing: none of them is ever taken for the street, and a house is all its doors.

mod door;
mod parts;
mod postcode;

use std::collections::BTreeSet;

use super::foreign::{Segment, is_number};
use crate::country::Country;

pub(super) use parts::is_kind_of_street;
pub(super) use postcode::{is_lettered_code, with_whole_code, with_whole_postcode};

use parts::Parts;

/// A house of a street, with what is written of its door.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct House {
    /// Postcode (or place) and street, by each word that the street may be known by.
    streets: BTreeSet<String>,
    number: String,
    /// `12 A bus 3` has two parts of a door: `a` and `3`.
    door: Vec<String>,
}

impl House {
    /// Every house that the parts of an address, their words in plain form, may mean: `3/12 High Street` has a flat before
    /// its number or behind it, and `Dlouhá 123/4` two numbers of one house.
    pub(super) fn all_of(segments: &[Segment], country: Country) -> Vec<Self> {
        let (places, street) = match postcode::around_postcode(segments, country) {
            Some((code, street)) => (vec![code], street),
            None => (Vec::new(), segments.to_vec()),
        };
        let Some(parts) = Parts::of(&street, country) else { return Vec::new() };
        let places = if places.is_empty() { parts.places() } else { places };
        // There a postcode is a part of one street, or one house.
        let is_street = matches!(country.iso(), "GB" | "IE") && places.iter().all(|place| is_lettered_code(place));
        let names = if is_street { vec![String::new()] } else { parts.names(country) };
        let at = |place: &String| names.iter().map(move |name| format!("{place} {name}")).collect::<Vec<_>>();
        let streets: BTreeSet<String> = places.iter().flat_map(at).collect();
        let houses = parts.houses(country).into_iter();
        houses.map(|(number, door)| Self { streets: streets.clone(), number, door }).collect()
    }

    /// Whether a door is told, so that there may be others.
    pub(super) fn has_door(&self) -> bool {
        !self.door.is_empty()
    }

    /// With the whole door.
    pub(super) fn with_door(&self) -> Vec<String> {
        self.at(&self.door.join(" "))
    }

    /// With less of the door, as far as the house's own number: any part of it may be left out.
    pub(super) fn with_less(&self) -> Vec<String> {
        let all = 1_u32 << self.door.len();
        let chosen = |which: u32| {
            let parts = self.door.iter().enumerate().filter(move |(at, _)| which >> at & 1 == 1);
            parts.map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(" ")
        };
        (0..all - 1).flat_map(|which| self.at(&chosen(which))).collect()
    }

    /// Whatever the door.
    pub(super) fn every_door(&self) -> Vec<String> {
        self.at("all doors")
    }

    fn at(&self, door: &str) -> Vec<String> {
        self.streets.iter().map(|street| format!("{street} {} {door}", self.number)).collect()
    }
}
