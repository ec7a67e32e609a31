//! Phone numbers, in E.164 whatever the spelling.

use model::typed;
use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Type};
use serde::{Deserialize, Serialize};

use super::ContactError;
use super::post::is_rounded;

/// A phone, by its number in E.164 (`+31207884000`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads a number as somebody wrote it; without a country code it is Dutch.
    ///
    /// # Errors
    /// [`ContactError::Phone`] for what is no number that can be dialled, [`ContactError::Spreadsheet`] for a rounded one.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let meant: String = typed::meant(text).collect();
        let meant = meant.trim().trim_start_matches('\'');
        if is_rounded(meant) {
            return Err(ContactError::Spreadsheet);
        }
        let number = WrittenNumber::parse(without_scheme(meant)).ok_or(ContactError::Phone)?;
        let known = if number.is_international { international(&number) } else { dutch(&number.digits) };
        known.map(Self).ok_or(ContactError::Phone)
    }

    /// Whether it is a Dutch mobile: a text message to it reaches one person, and costs what a text costs.
    pub fn is_dutch_mobile(&self) -> bool {
        self.0.starts_with("+316")
    }

    /// Under what an objection to it stands: a mobile of Argentina has a 9 behind the code of its country, which people
    /// write or leave out; no other number is the same without it.
    pub fn objection_folds(&self) -> Vec<String> {
        let without_nine = self.0.strip_prefix("+549").filter(|rest| rest.len() == 10).map(|rest| format!("+54{rest}"));
        std::iter::once(self.0.clone()).chain(without_nine).collect()
    }

    /// The number in E.164.
    pub fn e164(&self) -> &str {
        &self.0
    }
}

/// Without `tel:`, in whatever case, and without the decimals that a spreadsheet adds to a number.
fn without_scheme(text: &str) -> &str {
    let schemes = ["tel:", "tel.", "tel ", "callto:", "t:"];
    let behind = |scheme: &str| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| rest.trim_start_matches([':', '.', ' ']))
    };
    let text = schemes.into_iter().find_map(behind).unwrap_or(text);
    let decimals = [".0", ",0", ".00", ",00"].into_iter().find_map(|zeros| text.strip_suffix(zeros));
    decimals.filter(|whole| whole.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text)
}

/// A number as it was written, with nothing in it but digits.
struct WrittenNumber {
    /// With the code of its country.
    is_international: bool,
    digits: String,
    /// Digits that stand in brackets, as one dials them at home: where they begin, and how many they are.
    brackets: Option<(usize, usize)>,
}

impl WrittenNumber {
    /// `None` where something else than a number stands there, an extension for instance.
    fn parse(text: &str) -> Option<Self> {
        let mut number = Self { is_international: false, digits: String::new(), brackets: None };
        let mut opened = None;
        for c in text.chars() {
            match c {
                '+' if number.digits.is_empty() => number.is_international = true,
                '0'..='9' => number.digits.push(c),
                '(' if opened.is_none() => opened = Some(number.digits.len()),
                ')' => {
                    let start = opened.take()?;
                    // The code of the country may stand in some, too: `(+31) 6`.
                    number.brackets =
                        number.brackets.or(Some((start, number.digits.len() - start)).filter(|_| start > 0));
                }
                ' ' | '-' | '.' | '/' | '~' => {}
                _ => return None,
            }
        }
        // `00` and `+00` lead abroad.
        if let Some(rest) = number.digits.strip_prefix("00") {
            number.brackets = number.brackets.and_then(|(start, length)| Some((start.checked_sub(2)?, length)));
            (number.digits, number.is_international) = (rest.to_owned(), true);
        }
        opened.is_none().then_some(number)
    }
}

/// A number as it is dialled within the Netherlands; the zero in front may have been lost to a spreadsheet, and the code of
/// the country may stand there without its plus.
fn dutch(digits: &str) -> Option<String> {
    let national = digits.strip_prefix('0').unwrap_or(digits);
    let of_code = digits.strip_prefix("31").map(|rest| rest.strip_prefix('0').unwrap_or(rest));
    let plan = plans(31)?;
    [Some(national), of_code]
        .into_iter()
        .flatten()
        .find(|national| is_valid(&plan, national))
        .map(|national| format!("+31{national}"))
}

/// The one form of a number with the code of its country: whatever is dialled before it at home alone is left out.
fn international(number: &WrittenNumber) -> Option<String> {
    let (code, length) = (1..=3).find_map(|length| {
        let code: u16 = number.digits.get(..length).filter(|code| !code.starts_with('0'))?.parse().ok()?;
        DATABASE.by_code(&code).map(|_| (code, length))
    })?;
    let plan = plans(code)?;
    let national = &number.digits[length..];
    let in_brackets = number.brackets.filter(|(start, _)| *start == length).map(|(_, length)| &national[..length]);
    let trunks = trunk_prefixes(code, &plan);
    let without = |trunk: &&str| national.strip_prefix(*trunk);
    let bracketed = in_brackets.filter(|digits| trunks.contains(digits)).and_then(|trunk| national.strip_prefix(trunk));
    let stripped = trunks.iter().filter_map(without);
    let candidates = bracketed.into_iter().chain([national]).chain(stripped);
    // A zero that belongs to numbers of one kind is written before those of another, too: `+39 (0)340`.
    let without_zero = national.strip_prefix('0');
    let known = candidates.chain(without_zero).find(|national| is_valid(&plan, national));
    let known = known.or_else(|| new_range(code, &plan, &trunks, national));
    known.map(|national| format!("+{code}{}", one_form(code, national)))
}

/// A number that the tables do not know: one of a plan that is newer than they are. A no must be possible for it, too, as
/// long as it has no more digits than the country's numbers and begins as none is dialled at home alone (E.164 section 6).
fn new_range<'a>(code: u16, plan: &[&Metadata], trunks: &[&str], national: &'a str) -> Option<&'a str> {
    let kinds = plan.iter().flat_map(|plan| KINDS.iter().filter_map(|kind| plan.descriptors().get(*kind)));
    let longest = kinds.flat_map(|numbers| numbers.possible_length().iter().copied()).max();
    let fits = national.len() <= usize::from(longest.unwrap_or(15)) && (6..=14).contains(&national.len());
    let is_dialled_at_home = trunks.iter().any(|trunk| trunk.starts_with('0') && national.starts_with(trunk));
    (code != 31 && fits && !is_dialled_at_home).then_some(national)
}

/// The same mobile of Mexico is written with and without a 1, which is not dialled any more (since August 2019); every number
/// of Benin has had 01 before its eight digits since November 2024.
fn one_form(code: u16, national: &str) -> String {
    match (code, national.len()) {
        (52, 11) => national.strip_prefix('1').unwrap_or(national).to_owned(),
        (229, 8) => format!("01{national}"),
        _ => national.to_owned(),
    }
}

fn plans(code: u16) -> Option<Vec<&'static Metadata>> {
    DATABASE.by_code(&code)
}

/// What is dialled before a number at home. Where the zero belongs to the number, as in Italy, it is none.
fn trunk_prefixes(code: u16, plan: &[&'static Metadata]) -> Vec<&'static str> {
    /// Italy with San Marino and the Vatican, Ivory Coast, Congo, Gabon, Benin.
    const KEEP_THE_ZERO: [u16; 7] = [39, 378, 379, 225, 241, 242, 229];
    /// Prefixes that the tables no longer have, and people write; two where the longer one was dialled to another network.
    const ALSO: [(u16, &[&str]); 16] = [
        (7, &["8"]),
        (371, &["8"]),
        (372, &["8"]),
        (36, &["06"]),
        (52, &["044", "045", "01", "1"]),
        (54, &["0"]),
        (370, &["8"]),
        (374, &["8"]),
        (375, &["80", "8"]),
        (976, &["01", "02"]),
        (992, &["8"]),
        (993, &["8"]),
        (994, &["8"]),
        (995, &["8"]),
        (996, &["8"]),
        (998, &["8"]),
    ];
    let also = ALSO.iter().find(|(of, _)| *of == code).map_or(&[][..], |(_, prefixes)| prefixes);
    let own = plan.iter().filter_map(|plan| plan.national_prefix());
    let zero = (!KEEP_THE_ZERO.contains(&code)).then_some("0");
    let mut all: Vec<&str> = also.iter().copied().chain(own).chain(zero).collect();
    all.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
    all.dedup();
    all
}

/// Numbers that somebody answers.
const KINDS: [Type; 10] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

fn is_valid(plan: &[&Metadata], national: &str) -> bool {
    let is_whole = |numbers: &Descriptor| {
        let found = numbers.national_number().find(national);
        numbers.is_match(national) && found.is_some_and(|found| found.end() == national.len())
    };
    let has = |plan: &&Metadata| {
        let of_kind = |kind: &Type| plan.descriptors().get(*kind).is_some_and(is_whole);
        plan.descriptors().general().is_match(national) && KINDS.iter().any(of_kind)
    };
    plan.iter().any(has)
}

impl TryFrom<String> for Phone {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}
