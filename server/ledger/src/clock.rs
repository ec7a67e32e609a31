//! The time of day, which comes in as a parameter: nothing else in this workspace reads a clock (`clippy.toml` sees to
//! it), so every record can be tested to the byte.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use model::date::Moment;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The instant, and the civil day it is in Europe/Amsterdam.
    fn now(&self) -> Moment;
}

#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Moment {
        moment(OffsetDateTime::now_utc().unix_timestamp())
    }
}

/// A clock that stands where it is put; for tests and replays.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stands at that many seconds since 1970 (UTC).
    pub fn at(unix_seconds: i64) -> Self {
        Self(AtomicI64::new(unix_seconds))
    }

    /// Moves it.
    pub fn set(&self, unix_seconds: i64) {
        self.0.store(unix_seconds, Ordering::SeqCst);
    }

    /// Moves it forward by that many seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        moment(self.0.load(Ordering::SeqCst))
    }
}

/// The moment at that many seconds since 1970 (UTC).
///
/// # Panics
/// Outside the years -9999 to 9999.
pub fn moment(unix_seconds: i64) -> Moment {
    let at = OffsetDateTime::from_unix_timestamp(unix_seconds).expect("a year that has four digits");
    let zoned = jiff::Timestamp::from_second(unix_seconds).expect("a year that has four digits").to_zoned(amsterdam());
    let month = time::Month::try_from(zoned.month().unsigned_abs()).expect("jiff counts months from 1 to 12");
    let today = Date::from_calendar_date(i32::from(zoned.year()), month, zoned.day().unsigned_abs())
        .expect("jiff gives a valid date");
    Moment { at, today }
}

/// The last second of a civil day in Amsterdam.
///
/// # Panics
/// Outside the years -9999 to 9998.
pub fn last_second(day: Date) -> OffsetDateTime {
    let year = i16::try_from(day.year()).expect("a year that has four digits");
    let (month, day) = (u8::from(day.month()).cast_signed(), day.day().cast_signed());
    let next = jiff::civil::date(year, month, day).tomorrow().expect("a year that has four digits");
    let midnight = next.to_zoned(amsterdam()).expect("every day begins somewhere");
    OffsetDateTime::from_unix_timestamp(midnight.timestamp().as_second() - 1).expect("a year that has four digits")
}

/// What the clocks in Amsterdam showed at an instant; for people's eyes, never for a rule.
///
/// # Panics
/// Outside the years -9999 to 9999.
pub fn wall_clock(at: OffsetDateTime) -> PrimitiveDateTime {
    let instant = jiff::Timestamp::from_second(at.unix_timestamp()).expect("a year that has four digits");
    let offset = instant.to_zoned(amsterdam()).offset().seconds();
    let offset = time::UtcOffset::from_whole_seconds(offset).expect("an offset of less than a day");
    let local = at.to_offset(offset);
    PrimitiveDateTime::new(local.date(), local.time())
}

/// Europe/Amsterdam, from the zone data bundled with jiff.
fn amsterdam() -> jiff::tz::TimeZone {
    // Every choice asks several times.
    static ZONE: LazyLock<jiff::tz::TimeZone> =
        LazyLock::new(|| jiff::tz::TimeZone::get("Europe/Amsterdam").expect("the zone data is bundled"));
    ZONE.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_in_amsterdam() {
        // 2026-03-28 23:30 UTC is 00:30 in winter time; 2026-06-30 22:30 UTC is 00:30 in summer time.
        assert_eq!(moment(1_774_740_600).today, time::macros::date!(2026 - 03 - 29));
        assert_eq!(moment(1_782_858_600).today, time::macros::date!(2026 - 07 - 01));
    }

    #[test]
    fn a_day_ends_when_the_next_one_begins() {
        use time::macros::date;
        // Winter time, summer time, and the days on which the clocks change.
        for day in [date!(2026 - 01 - 31), date!(2027 - 05 - 24), date!(2026 - 03 - 29), date!(2026 - 10 - 25)] {
            let end = last_second(day).unix_timestamp();
            assert_eq!((moment(end).today, moment(end + 1).today), (day, day.next_day().expect("a day")));
        }
    }

    #[test]
    fn people_are_told_the_time_that_their_clock_showed() {
        assert_eq!(wall_clock(moment(1_774_740_600).at), time::macros::datetime!(2026-03-29 0:30));
        assert_eq!(wall_clock(moment(1_782_858_600).at), time::macros::datetime!(2026-07-01 0:30));
    }
}
