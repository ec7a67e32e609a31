//! The keys of days: what is personal and waits for a short while, a mail or an open call, is a fact under the key of the
//! day on which it came, so that it survives a restart. When the day is over and nothing of it waits any more, the key is
//! destroyed, and with it the last copy in journal and database.

use std::sync::Arc;

use model::identity::RecordAddress;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::Date;
use tokio::sync::{Mutex, MutexGuard};

use super::people::profile::{Kind, fact_key};
use ledger::clock::Clock;
use ledger::{Fact, FactKind, ReadError, Scribe};
use vault::random::Entropy;
use vault::ring::Owner;

/// How far back days are looked through for keys that can end.
pub(super) const DAYS_BACK: u32 = 400;

/// Makes what waits under the key of its day, and holds a day while something of it is added.
pub struct Days {
    scribe: Scribe,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    /// Guards the order in which days begin and end.
    order: Mutex<()>,
}

impl Days {
    /// On what it may touch.
    pub fn new(scribe: Scribe, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { scribe, clock, entropy, order: Mutex::default() }
    }
}

/// While this lives no day ends.
pub(super) struct TheDayStays<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>);

impl Days {
    /// Keeps today's key from ending.
    pub(super) async fn the_day_stays(&self) -> TheDayStays<'_> {
        TheDayStays(self.order.lock().await)
    }

    /// A fact that waits, under today's key.
    pub(super) fn waiting_fact<T: Serialize>(&self, _: &TheDayStays<'_>, kind: Kind, value: &T) -> Fact {
        let key = self.scribe.ensure_key(Owner::Day(day_number(self.clock.now().today)));
        let key = [fact_key(key, kind), self.entropy.bytes::<8>().to_vec()].concat();
        let value = serde_json::to_vec(value).expect("plain fields are always JSON");
        Fact { kind: FactKind::Personal, key, value: Some(value) }
    }
}

/// The fact that takes one away that waited.
pub(super) fn gone(key: &[u8]) -> Fact {
    Fact { kind: FactKind::Personal, key: key.to_vec(), value: None }
}

/// What waits of a kind: the fact's key, the record that it was written beside, and itself.
///
/// # Errors
/// When one of them cannot be read.
pub(super) fn waiting<T: DeserializeOwned>(
    scribe: &Scribe,
    kind: Kind,
) -> Result<Vec<(Vec<u8>, RecordAddress, T)>, ReadError> {
    let of_kind = scribe.kept(FactKind::Personal).into_iter().filter(|kept| Kind::of(&kept.key) == Some(kind));
    let read = |kept: ledger::Kept| {
        let damaged = |_| ReadError::Damaged { address: kept.record, what: "a fact beside it cannot be read".into() };
        Ok((kept.key, kept.record, serde_json::from_slice(&kept.value).map_err(damaged)?))
    };
    of_kind.map(read).collect()
}

/// Days since 1970.
pub(super) fn day_number(day: Date) -> u32 {
    u32::try_from(day.to_julian_day() - time::macros::date!(1970 - 01 - 01).to_julian_day()).unwrap_or_default()
}
