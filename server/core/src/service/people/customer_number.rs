//! Customer numbers as programs, files and people write them.

use model::typed;

use contact::{is_date_or_rounded, without_decimals};

/// A text that a spreadsheet has made of a customer number: what it was cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this looks changed by a spreadsheet, which rounds long numbers and makes dates of some; write the customer number that \
     was there, in a column of text"
)]
pub struct Changed;

/// A customer number in its one spelling: without what shows nothing, and without the decimals of a number that gained them
/// (`7712345.0` is 7712345). Case and leading zeros stay, since the operator's own system tells numbers apart by them.
///
/// # Errors
/// [`Changed`] for a rounded number, a date, or the fault of a formula.
pub fn customer_number(text: &str) -> Result<String, Changed> {
    let shown: String = typed::meant(text).collect();
    let number = without_decimals(&shown).trim();
    if is_date_or_rounded(number) { Err(Changed) } else { Ok(number.to_owned()) }
}

/// What customer numbers that may be one have in common, however they were typed: `N7-AB`, `n7 ab` and `n7ab`. A no of one of
/// them holds for all; nobody is found by it, and it carries no yes.
pub(super) fn alike(number: &str) -> String {
    let letters: String = typed::meant(number).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() { number.to_owned() } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_spreadsheet_changed_is_what_it_was_or_refused() {
        for text in ["7712345.0", "7712345,00", "'7712345", " 7712345\u{200b}", "７７１２３４５", "7712345"] {
            assert_eq!(customer_number(text).as_deref(), Ok("7712345"), "{text}");
        }
        assert_eq!(
            ["44624.0", "44624", "12.0"].map(customer_number),
            ["44624", "44624", "12"].map(|n| Ok(n.to_owned()))
        );
        for text in [
            "7,71E+06",
            "7.71E+06",
            "1,23E+08",
            "1.2E+01",
            "1,2e+08",
            "7E+06",
            "1.2E1",
            "1.23457E+15",
            "12-mrt",
            "mrt-12",
            "12-3-2024",
            "2024-03-12 00:00:00",
            "#NAAM?",
            "#####",
            "=A1",
        ] {
            assert_eq!(customer_number(text), Err(Changed), "{text}");
        }
        for text in
            ["K-1001", "0012", "12345", "12.345", "12E1", "12-3", "C/7", "020 788 4001", "k1", "2024-118", "1E5"]
        {
            assert_eq!(customer_number(text).as_deref(), Ok(text), "control: it is a number as it is");
        }
    }

    #[test]
    fn numbers_that_may_be_one_are_alike() {
        for same in [
            &["n7ab", "N7AB", "N7-AB", "n7 ab", "N7.AB", "n7‑ab", "n7/ab", "N7_ab"][..],
            &["11584467", "1158 4467", "1158.4467", "1158‑4467", "1158\u{a0}4467", "1158-44-67"],
        ] {
            assert!(same.iter().all(|number| alike(number) == alike(same[0])), "{same:?}");
        }
        for (one, other) in [("0012", "12"), ("K-1001", "K-1010"), ("K1", "K11"), ("-", "."), ("Ä1", "A1")] {
            assert_ne!(alike(one), alike(other), "control");
        }
    }
}
