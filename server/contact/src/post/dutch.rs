//! Dutch addresses: postcode and house number name a letter box, with the addition where several share the number.

use std::collections::BTreeSet;

use model::typed;
use serde::{Deserialize, Serialize};

use super::damage::{self, Damaged};
use super::door_spellings;
use crate::ContactError;
use crate::folding::squeezed;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutchAddress {
    /// `1033RW`.
    postcode: String,
    #[serde(flatten)]
    house: DutchHouse,
    /// Other house numbers that its text may mean: objections stand on each, and questions are asked under each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<DutchHouse>,
    /// Street and place, for the envelope, as far as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// A house number with its addition.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutchHouse {
    number: u32,
    /// As given; `None` for the bare number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    addition: Option<String>,
}

impl DutchAddress {
    /// Reads postcode and house number; the number may carry its addition (`12-A`, `12 bis`).
    ///
    /// # Errors
    /// [`ContactError::Postcode`], [`ContactError::HouseNumber`] or [`ContactError::Spreadsheet`].
    pub fn parse(postcode: &str, number: &str, addition: &str) -> Result<Self, ContactError> {
        let written = WrittenHouse::new(number, addition);
        if written.damage().is_some() {
            return Err(ContactError::Spreadsheet);
        }
        Self::at(parse_postcode(postcode)?, written.houses()?)
    }

    /// The same for a text that somebody says is right although a spreadsheet seems to have changed it: whatever it may
    /// have been is meant, the likeliest first.
    ///
    /// # Errors
    /// [`ContactError::Postcode`] or [`ContactError::HouseNumber`].
    pub fn as_written(postcode: &str, number: &str, addition: &str) -> Result<Self, ContactError> {
        let written = WrittenHouse::new(number, addition);
        let mut houses: Vec<DutchHouse> = Vec::new();
        for (number, addition) in written.damage().map(|damaged| damaged.0).unwrap_or_default() {
            houses.extend(DutchHouse::new(number, &addition).ok());
        }
        // What is rounded says nothing by its first digit.
        let is_rounded = houses.is_empty() && written.damage().is_some() || damage::is_rounded(&written.number);
        houses.extend((!is_rounded).then(|| written.houses().unwrap_or_default()).into_iter().flatten());
        Self::at(parse_postcode(postcode)?, houses)
    }

    /// At these house numbers, the likeliest first.
    fn at(postcode: String, houses: Vec<DutchHouse>) -> Result<Self, ContactError> {
        let mut distinct: Vec<DutchHouse> = Vec::new();
        for house in houses {
            if !distinct.iter().any(|known| known.spoken() == house.spoken()) {
                distinct.push(house);
            }
        }
        let mut houses = distinct.into_iter();
        let house = houses.next().ok_or(ContactError::HouseNumber)?;
        Ok(Self { postcode, house, also: houses.collect(), street: None, place: None })
    }

    /// Everything that several readings of one text mean, the likeliest first.
    ///
    /// # Errors
    /// [`ContactError::HouseNumber`] where there is none.
    pub(super) fn with_all(readings: Vec<Self>) -> Result<Self, ContactError> {
        let postcode = readings.first().ok_or(ContactError::HouseNumber)?.postcode.clone();
        let first = readings.iter().map(|reading| reading.house.clone());
        let others = readings.iter().flat_map(|reading| reading.also.clone());
        Self::at(postcode, first.chain(others).collect())
    }

    /// The same with street and place for the envelope.
    #[must_use]
    pub fn with_lines(self, street: Option<String>, place: Option<String>) -> Self {
        let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self { street: said(street), place: said(place), ..self }
    }

    /// The house number and its addition, as they are read first.
    pub fn house(&self) -> (u32, Option<&str>) {
        (self.house.number, self.house.addition.as_deref())
    }

    /// Whether a street is none, but a box at the post office.
    pub fn is_box(street: &str) -> bool {
        BOX_WORDS.contains(&squeezed(street).as_str())
    }

    /// The lines of the envelope, as far as known.
    /// The four digits of the postcode: a village, or a part of a town.
    pub(super) fn district(&self) -> &str {
        &self.postcode[..4]
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let addition = self.house.addition.as_ref().map(|addition| format!(" {addition}")).unwrap_or_default();
        let street = self.street.as_ref().map(|street| format!("{street} ")).unwrap_or_default();
        let place = self.place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
        let (digits, letters) = self.postcode.split_at(4);
        vec![format!("{street}{}{addition}", self.house.number), format!("{digits} {letters}{place}")]
    }

    pub(super) fn normal(&self) -> String {
        format!("nl {} {}", self.postcode, self.house.spoken())
    }

    /// With an addition: every door that it may mean, and the bare number. Without one: every door of the number.
    pub(super) fn suppression_keys(&self) -> Vec<String> {
        self.folds(|house, keys| {
            if house.addition.is_some() {
                keys.extend(house.doors().iter().map(|door| self.door(house, door)));
                keys.insert(self.door(house, ""));
            } else {
                keys.insert(self.every_door(house));
            }
        })
    }

    /// Every door of its numbers.
    pub(super) fn stands_on_every_door(&self) -> Vec<String> {
        let mut keys = self.suppression_keys();
        keys.extend(
            self.houses().map(|house| self.every_door(house)).filter(|key| !keys.contains(key)).collect::<Vec<_>>(),
        );
        keys
    }

    pub(super) fn lookup_keys(&self) -> Vec<String> {
        self.folds(|house, keys| {
            keys.extend(house.doors().iter().map(|door| self.door(house, door)));
            keys.insert(self.every_door(house));
        })
    }

    /// For each of its numbers that has an addition: how the normal forms of all doors there begin.
    pub(super) fn numbers_with_doors(&self) -> impl Iterator<Item = String> {
        let with_door = self.houses().filter(|house| house.addition.is_some());
        with_door.map(|house| format!("nl {} {} ", self.postcode, house.number))
    }

    /// Whether the rest of a normal form, behind such a beginning, may be the door that is meant there.
    pub(super) fn may_be_door(&self, beginning: &str, rest: &str) -> bool {
        let here = |house: &&DutchHouse| format!("nl {} {} ", self.postcode, house.number) == beginning;
        let known = door_spellings::meanings(rest);
        self.houses().filter(here).any(|house| !rest.is_empty() && !house.doors().is_disjoint(&known))
    }

    fn houses(&self) -> impl Iterator<Item = &DutchHouse> {
        std::iter::once(&self.house).chain(&self.also)
    }

    fn folds(&self, of_house: impl Fn(&DutchHouse, &mut BTreeSet<String>)) -> Vec<String> {
        let mut keys = BTreeSet::new();
        self.houses().for_each(|house| of_house(house, &mut keys));
        keys.into_iter().collect()
    }

    fn door(&self, house: &DutchHouse, door: &str) -> String {
        format!("post nl {} {} door {door}", self.postcode, house.number)
    }

    fn every_door(&self, house: &DutchHouse) -> String {
        format!("post nl {} {} all doors", self.postcode, house.number)
    }
}

impl DutchHouse {
    /// # Errors
    /// [`ContactError::HouseNumber`] where no house has it.
    fn new(number: u32, addition: &str) -> Result<Self, ContactError> {
        let spoken = door_spellings::spoken(addition);
        let says_nothing = !addition.trim().is_empty() && spoken.is_empty();
        if !(1..=99_999).contains(&number) || addition.chars().count() > LONGEST_ADDITION || says_nothing {
            return Err(ContactError::HouseNumber);
        }
        let addition = addition.trim().trim_start_matches(['-', '/', ' ']);
        Ok(Self { number, addition: (!spoken.is_empty()).then(|| addition.to_owned()) })
    }

    /// Number and addition, as two people are compared who may live there.
    fn spoken(&self) -> String {
        format!("{} {}", self.number, self.addition.as_deref().map(door_spellings::spoken).unwrap_or_default())
    }

    fn doors(&self) -> BTreeSet<String> {
        door_spellings::meanings(self.addition.as_deref().unwrap_or_default())
    }
}

/// In characters.
const LONGEST_ADDITION: usize = 20;

/// What stands before a house number and says only that it is one.
const NUMBER_WORDS: [&str; 7] = ["nr", "no", "num", "nummer", "huisnummer", "huisnr", "hnr"];

/// What stands before the number of a box: it may have five digits.
const BOX_WORDS: [&str; 6] = ["postbus", "postbox", "pobox", "antwoordnummer", "antwoordnr", "antwnr"];

/// What stands before the number of the house that a place lies at: `t/o 12`.
const BESIDE_WORDS: [&str; 8] = ["to", "tegenover", "tgo", "nabij", "bij", "by", "naast", "hoek"];

/// Whether a word may stand between a street and its house number.
pub(super) fn leads_a_number(word: &str) -> bool {
    let word = squeezed(word);
    [&NUMBER_WORDS[..], &BOX_WORDS, &BESIDE_WORDS].concat().contains(&word.as_str())
}

/// House number and addition as they were written, apart from each other.
struct WrittenHouse {
    /// What stands before the number.
    lead: String,
    /// The number with all that was written with it.
    number: String,
    addition: String,
}

impl WrittenHouse {
    fn new(number: &str, addition: &str) -> Self {
        // `12.` ends a sentence.
        let meant = |text: &str| {
            typed::meant(text).collect::<String>().trim().trim_end_matches(['.', ',', ';', ' ']).to_owned()
        };
        let (number, addition) = (meant(number), meant(addition));
        let number = damage::without_decimals(&number);
        let (lead, rest) = number.split_at(number.find(|c: char| c.is_ascii_digit()).unwrap_or_default());
        let (lead, number) = if leads_a_number(lead) { (squeezed(lead), rest) } else { (String::new(), number) };
        let number = damage::without_decimals(number).to_owned();
        Self { lead, number, addition: damage::without_decimals(&addition).to_owned() }
    }

    /// What a spreadsheet did to it.
    fn damage(&self) -> Option<Damaged> {
        let is_box = BOX_WORDS.contains(&self.lead.as_str());
        let of_number = damage::of_house(&self.number).filter(|_| !is_box);
        let of_both =
            || damage::of_house(&format!("{} {}", self.number, self.addition)).filter(|_| !self.addition.is_empty());
        // `1-2` behind a number became a date of its own.
        let of_addition = || {
            let Damaged(was) = damage::of_house(&self.addition)?;
            let number = self.number.parse().ok()?;
            let said =
                |(first, second): (u32, String)| (number, format!("{first}-{second}").trim_end_matches('-').to_owned());
            // Of `WAAR` nothing tells what it was: the number is all its doors.
            let lost = was.is_empty().then(|| (number, String::new()));
            Some(Damaged(was.into_iter().map(said).chain(lost).collect()))
        };
        // `12-15` was taken for a sum, which is -3.
        let is_sum = self.number.starts_with('-').then(|| Damaged(Vec::new()));
        is_sum.or(of_number).or_else(of_addition).or_else(of_both)
    }

    /// The houses that it means, the likeliest first.
    fn houses(&self) -> Result<Vec<DutchHouse>, ContactError> {
        let at = self.number.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.number.len());
        let (digits, behind) = self.number.split_at(at);
        let number = digits.parse().map_err(|_| ContactError::HouseNumber)?;
        let beside = if BESIDE_WORDS.contains(&self.lead.as_str()) { self.lead.as_str() } else { "" };
        // A sheet may have the addition in both columns, or the whole number in the second.
        let twice = door_spellings::spoken(behind) == door_spellings::spoken(&self.addition);
        let own = if twice { "" } else { self.addition.as_str() };
        let addition = [behind.trim(), beside, own].join(" ");
        let house = DutchHouse::new(number, addition.trim())?;
        let whole = own
            .strip_prefix(digits)
            .filter(|rest| behind.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit()));
        let repeated = whole.and_then(|rest| DutchHouse::new(number, rest).ok());
        let last = last_of_range(number, &addition);
        Ok(std::iter::once(house).chain(repeated).chain(last).collect())
    }
}

/// `12-14` may be two houses as well as a door of the first.
fn last_of_range(first: u32, addition: &str) -> Option<DutchHouse> {
    let runs = crate::folding::words(addition);
    let is_between = |run: &str| matches!(run, "t" | "m" | "tm" | "tot" | "met" | "en" | "to" | "and");
    let between = runs.iter().take_while(|run| is_between(run)).count();
    let last: u32 = runs.get(between)?.parse().ok()?;
    // A floor has one digit, and no house is so wide.
    let is_range = last > first && last - first <= 60 && (between > 0 || last >= 10);
    let behind = runs[between + 1..].join(" ");
    is_range.then(|| DutchHouse::new(last, &behind).ok()).flatten()
}

/// Four digits and two letters; SA, SD and SS are not given out.
pub(super) fn parse_postcode(text: &str) -> Result<String, ContactError> {
    let is_between = |c: &char| c.is_whitespace() || matches!(c, '-' | '.' | '\'');
    let plain: String = typed::meant(text).filter(|c| !is_between(c)).map(|c| c.to_ascii_uppercase()).collect();
    let plain = plain.strip_prefix("NL").unwrap_or(&plain);
    let bytes = plain.as_bytes();
    let valid = bytes.len() == 6
        && (b'1'..=b'9').contains(&bytes[0])
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_uppercase)
        && !["SA", "SD", "SS"].contains(&&plain[4..]);
    if valid { Ok(plain.to_owned()) } else { Err(ContactError::Postcode) }
}
