//! Calendar months. Which day it is in Amsterdam is tested with the server's clock.

use model::date::add_months;
use proptest::prelude::*;
use time::macros::date;
use time::{Date, Duration};

#[test]
fn months_are_those_of_the_calendar_and_clamped() {
    let table = [
        (date!(2026 - 11 - 24), 6, date!(2027 - 05 - 24)),
        (date!(2026 - 11 - 30), 3, date!(2027 - 02 - 28)),
        (date!(2027 - 11 - 30), 3, date!(2028 - 02 - 29)),
        (date!(2028 - 02 - 29), 12, date!(2029 - 02 - 28)),
        (date!(2028 - 02 - 29), 48, date!(2032 - 02 - 29)),
        (date!(2099 - 11 - 30), 3, date!(2100 - 02 - 28)),
        (date!(2026 - 08 - 31), 6, date!(2027 - 02 - 28)),
        (date!(2026 - 08 - 31), 1, date!(2026 - 09 - 30)),
        (date!(2026 - 12 - 31), 0, date!(2026 - 12 - 31)),
        (date!(2026 - 12 - 01), 1, date!(2027 - 01 - 01)),
        (date!(2026 - 01 - 31), 11, date!(2026 - 12 - 31)),
        (date!(9999 - 06 - 30), 12, date!(9999 - 06 - 30)),
    ];
    for (from, months, expected) in table {
        assert_eq!(add_months(from, months), expected, "{months} months after {from}");
    }
}

fn day() -> impl Strategy<Value = Date> {
    (0..60_000i64).prop_map(|days| date!(2000 - 01 - 01) + Duration::days(days))
}

proptest! {
    #[test]
    fn months_keep_the_order_of_days(first in day(), later in 0..400i64, months in 0..40u32) {
        prop_assert!(add_months(first, months) <= add_months(first + Duration::days(later), months));
    }

    #[test]
    fn a_month_is_never_skipped(from in day(), months in 0..40u32) {
        let index = |date: Date| i64::from(date.year()) * 12 + i64::from(u8::from(date.month()));
        let after = add_months(from, months);
        prop_assert_eq!(index(after) - index(from), i64::from(months));
        prop_assert!(after.day() == from.day() || after.day() == after.month().length(after.year()));
    }
}
