//! The keys of days: what is personal and waits for a short while, a mail or an open call, is a fact under the key of the
//! day on which it came, so that it survives a restart. When the day is over and nothing of it waits any more, the key is
//! destroyed, and with it the last copy in journal and database.

use std::sync::Arc;

use time::Date;
use tokio::sync::{Mutex, MutexGuard};

use ledger::Ledger;
use ledger::clock::Clock;
use ledger::formats::fact::UnderKey;
use vault::random::SecureRandom;
use vault::ring::KeyPurpose;

/// How far back days are looked through for keys that can end.
pub(super) const DAYS_BACK: u32 = 400;

/// Makes what waits under the key of its day, and holds a day while something of it is added.
pub struct Days {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    /// Guards the order in which days begin and end.
    order: Mutex<()>,
}

impl Days {
    /// On what it may touch.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>, random: Arc<dyn SecureRandom>) -> Self {
        Self { ledger, clock, random, order: Mutex::default() }
    }
}

/// While this lives no day ends.
pub(super) struct TheDayStays<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>);

impl Days {
    /// Keeps today's key from ending.
    pub(super) async fn the_day_stays(&self) -> TheDayStays<'_> {
        TheDayStays(self.order.lock().await)
    }

    /// The name of a fact that waits, under today's key.
    pub(super) fn waiting_name(&self, _: &TheDayStays<'_>) -> UnderKey {
        let key = self.ledger.ensure_key(KeyPurpose::Day(day_number(self.clock.now().today)));
        UnderKey { key, number: self.random.bytes() }
    }
}

/// Days since 1970.
pub(super) fn day_number(day: Date) -> u32 {
    u32::try_from(day.to_julian_day() - time::macros::date!(1970 - 01 - 01).to_julian_day()).unwrap_or_default()
}
