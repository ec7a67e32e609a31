//! Receipt numbers, as a machine writes them and as people type them.

use model::identity::{RecordAddress, ShardNumber};
use model::receipt::{MAX_INDEX, ReceiptNumber, ReceiptNumberError};
use proptest::prelude::*;

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn number() -> impl Strategy<Value = ReceiptNumber> {
    (1..=ShardNumber::MAX, 0..MAX_INDEX, any::<[u8; 5]>()).prop_map(|(shard, index, mac)| {
        let shard = ShardNumber::new(shard).expect("in range");
        ReceiptNumber::new(RecordAddress { shard, index }, mac).expect("fits")
    })
}

/// The fifteen characters without their dashes.
fn characters(number: ReceiptNumber) -> Vec<char> {
    number.to_string().chars().filter(|c| *c != '-').collect()
}

fn parse_number(characters: &[char]) -> Result<ReceiptNumber, ReceiptNumberError> {
    characters.iter().collect::<String>().parse()
}

proptest! {
    #[test]
    fn it_reads_back(number in number()) {
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }

    #[test]
    fn it_stands_in_three_groups_of_five(number in number()) {
        let text = number.to_string();
        let groups: Vec<&str> = text.split('-').collect();
        prop_assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [5, 5, 5]);
        prop_assert!(groups.concat().chars().all(|c| ALPHABET.contains(c)));
    }

    #[test]
    fn every_wrong_character_is_noticed(number in number()) {
        let right = characters(number);
        for place in 0..right.len() {
            for wrong in ALPHABET.chars().filter(|c| *c != right[place]) {
                let mut typed = right.clone();
                typed[place] = wrong;
                prop_assert!(parse_number(&typed).is_err(), "{typed:?}");
            }
        }
    }

    #[test]
    fn every_swap_is_noticed(number in number()) {
        let right = characters(number);
        for one in 0..right.len() {
            for other in one + 1..right.len() {
                let mut typed = right.clone();
                typed.swap(one, other);
                prop_assert!(typed == right || parse_number(&typed).is_err(), "{typed:?}");
            }
        }
    }

    #[test]
    fn look_alikes_small_letters_and_spaces_do_not_matter(number in number()) {
        let typed = |zero: &str, one: &str| number.to_string().replace('0', zero).replace('1', one);
        for text in [typed("O", "I"), typed("o", "l"), typed("0", "L").to_lowercase(), typed("0", "1").replace('-', " ")] {
            prop_assert_eq!(text.parse(), Ok(number));
        }
    }
}

#[test]
fn what_is_no_number_says_what_is_wrong() {
    let table = [
        ("", ReceiptNumberError::Length),
        ("00000-00000-0000", ReceiptNumberError::Length),
        ("00000-00000-00000-0", ReceiptNumberError::Length),
        ("0000U-00000-00000", ReceiptNumberError::Character),
        ("0000é-00000-00000", ReceiptNumberError::Character),
        ("00000-00000-00001", ReceiptNumberError::Check),
        // The check character fits, but there is no shard 0.
        ("00000-00000-00000", ReceiptNumberError::Check),
    ];
    for (text, error) in table {
        assert_eq!(text.parse::<ReceiptNumber>(), Err(error), "{text}");
    }
    let shard = ShardNumber::FIRST;
    assert_eq!(ReceiptNumber::new(RecordAddress { shard, index: MAX_INDEX }, [0; 5]), None);
}

#[test]
fn the_written_form_stays_what_it_is() {
    let address = RecordAddress { shard: ShardNumber::FIRST, index: 42 };
    let number = ReceiptNumber::new(address, [0xde, 0xad, 0xbe, 0xef, 0x01]).expect("fits");
    insta::assert_snapshot!(number, @"00G01-AVTPV-XVR18");
}
