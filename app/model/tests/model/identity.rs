//! Ids in their one written form.

use model::identity::{ContentHash, RecordAddress, ShardNumber, Subject};
use model::purpose::PurposeId;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_subject_reads_back(bytes: [u8; 16]) {
        prop_assert_eq!(Subject(bytes).to_string().parse(), Ok(Subject(bytes)));
    }

    #[test]
    fn a_hash_reads_back(bytes: [u8; 32]) {
        prop_assert_eq!(ContentHash(bytes).to_string().parse(), Ok(ContentHash(bytes)));
    }

    #[test]
    fn an_address_reads_back_and_has_one_spelling(text in "[0-9/+ ]{0,9}", shard in 1..=2047u16, index: u64) {
        let address = RecordAddress { shard: ShardNumber::new(shard).expect("in range"), index };
        prop_assert_eq!(address.to_string().parse(), Ok(address));
        if let Ok(address) = text.parse::<RecordAddress>() {
            prop_assert_eq!(address.to_string(), text);
        }
    }
}

#[test]
fn other_spellings_are_refused() {
    let upper = "ABCDEF00112233445566778899AABBCC";
    for text in ["", upper, &upper.to_lowercase()[1..], "abcdef00112233445566778899aabbcg", "é"] {
        assert!(text.parse::<Subject>().is_err(), "{text}");
    }
    for text in ["1/0", "0000/0", "2048/0", "0001/", "0001/00", "0001/-1", "0001/+1", "0001/1/2", "0001"] {
        assert!(text.parse::<RecordAddress>().is_err(), "{text}");
    }
    for text in ["", "1a", "_a", "A", "a-b", "a.b", "a~b", &"a".repeat(33)] {
        assert!(text.parse::<PurposeId>().is_err(), "{text}");
    }
    assert!("a".repeat(32).parse::<PurposeId>().is_ok());
}
