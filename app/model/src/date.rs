//! Civil dates and calendar months. Which civil day it is in Amsterdam is worked out by the server.

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime};

/// A moment as the rules see it: the server's clock, and the civil day it is then in Europe/Amsterdam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// The instant, UTC, whole seconds.
    pub at: OffsetDateTime,
    /// The civil date in Europe/Amsterdam at that instant.
    pub today: Date,
}

/// Adds calendar months; a day that the month does not have becomes its last one
/// (3 months after 30 November is 28 or 29 February; T-23).
pub fn add_months(date: Date, months: u32) -> Date {
    let zero_based = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + i64::from(months);
    let year = i32::try_from(zero_based.div_euclid(12)).unwrap_or(i32::MAX).min(9999);
    let month = Month::try_from(u8::try_from(zero_based.rem_euclid(12) + 1).unwrap_or(12)).unwrap_or(Month::December);
    let day = date.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX)
}
