//! Rate limits: one token bucket per client and class of routes, in memory only.
//!
//! A client is known by a keyed hash of its address under a key that is drawn at the start and never leaves the
//! process, so no IP address stands anywhere, not even in a memory dump of the table.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::paths::RateClass;

use super::problem::Problem;
use keuze_core::config::{Rate, RateLimits};
use keuze_core::service::attempt_limits::Source;
use vault::key::MacKey;
use vault::mac::mac;
use words::problem::Slug;

const FILES: Rate = Rate { per_minute: 1200, burst: 600 };
/// A household can stop everything at once; somebody who types in a phone book is slowed down.
const OBJECTIONS: Rate = Rate { per_minute: 10, burst: 20 };
const LINKS: Rate = Rate { per_minute: 12_000, burst: 6_000 };
/// Each sender asks before each message.
const API_CLIENTS: Rate = Rate { per_minute: 120_000, burst: 20_000 };

/// The rate of a class; `None` where nothing is counted.
fn rate_of(class: RateClass, limits: &RateLimits) -> Option<Rate> {
    Some(match class {
        RateClass::Choices => limits.choices,
        RateClass::ContinuedUse => limits.continued_use,
        RateClass::Objections => OBJECTIONS,
        RateClass::Links => LINKS,
        RateClass::ApiClients => API_CLIENTS,
        RateClass::SignIn => limits.sign_in,
        RateClass::Pages => limits.pages,
        RateClass::Files => FILES,
        RateClass::Unlimited => return None,
    })
}

/// Names clients under a key of this run.
#[derive(Clone)]
pub struct Sources {
    key: MacKey,
}

impl Sources {
    /// With a random key.
    pub fn new(key: MacKey) -> Self {
        Self { key }
    }

    /// IPv6 hands out networks of 64 bits to one customer, so that much of an address names a client.
    pub fn source_of(&self, client: IpAddr) -> Source {
        let mac = match client.to_canonical() {
            IpAddr::V4(address) => mac(&self.key, &[&address.octets()]),
            IpAddr::V6(address) => mac(&self.key, &[&address.octets()[..8]]),
        };
        Source(std::array::from_fn(|i| mac[i]))
    }
}

/// The client that a request is from, as the guard found it.
#[derive(Clone, Copy)]
pub struct ClientAddress(pub Source);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| Slug::Internal.into())
    }
}

/// All buckets.
pub struct Limits {
    rates: RateLimits,
    /// Guards the table, for one request's count.
    buckets: Mutex<HashMap<(RateClass, Source), TokenBucket>>,
}

/// Above this many buckets the full ones are dropped: a full bucket says nothing that a new one does not.
const MOST_BUCKETS: usize = 100_000;

/// Milli-tokens, so that a minute's rate divides well over seconds.
#[derive(Clone, Copy)]
pub(super) struct TokenBucket {
    millis: u64,
    at: i64,
}

impl Limits {
    /// With the configured rates.
    pub fn new(rates: RateLimits) -> Self {
        Self { rates, buckets: Mutex::default() }
    }

    /// Takes one request out of a client's bucket, or says after how many seconds there will be one.
    pub fn take_token(&self, class: RateClass, client: Source, now: i64) -> Result<(), u32> {
        let Some(rate) = rate_of(class, &self.rates) else { return Ok(()) };
        let name = (class, client);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS && !buckets.contains_key(&name) {
            buckets.retain(|(class, _), bucket| {
                rate_of(*class, &self.rates).is_some_and(|rate| !bucket.filled(rate, now).is_full(rate))
            });
        }
        let bucket = buckets.entry(name).or_insert(TokenBucket::full(rate, now));
        *bucket = bucket.filled(rate, now);
        bucket.take_token(rate)
    }
}

impl TokenBucket {
    pub(super) fn full(rate: Rate, now: i64) -> Self {
        Self { millis: full(rate), at: now }
    }

    /// What has run in until now.
    pub(super) fn filled(self, rate: Rate, now: i64) -> Self {
        let seconds = u64::try_from(now.saturating_sub(self.at)).unwrap_or_default();
        let gained = seconds.saturating_mul(u64::from(rate.per_minute) * 1000) / 60;
        if gained == 0 { self } else { Self { millis: (self.millis + gained).min(full(rate)), at: now } }
    }

    fn is_full(self, rate: Rate) -> bool {
        self.millis == full(rate)
    }

    /// Takes one out, or says after how many seconds there will be one.
    pub(super) fn take_token(&mut self, rate: Rate) -> Result<(), u32> {
        if let Some(rest) = self.millis.checked_sub(1000) {
            self.millis = rest;
            return Ok(());
        }
        let missing = (1000 - self.millis) * 60;
        let seconds = missing.div_ceil(u64::from(rate.per_minute.max(1)) * 1000);
        Err(u32::try_from(seconds).unwrap_or(u32::MAX))
    }
}

fn full(rate: Rate) -> u64 {
    u64::from(rate.burst) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let slow = Rate { burst: 2, per_minute: 6 };
        let rates = RateLimits { choices: slow, continued_use: slow, pages: slow, sign_in: slow };
        Limits::new(rates)
    }

    fn client(last: u8) -> Source {
        source_of(&format!("192.0.2.{last}"))
    }

    fn source_of(address: &str) -> Source {
        Sources::new(MacKey::known(7)).source_of(address.parse().expect("an address"))
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limits = limits();
        assert_eq!(limits.take_token(RateClass::Choices, client(1), 0), Ok(()));
        assert_eq!(limits.take_token(RateClass::Choices, client(1), 0), Ok(()));
        assert_eq!(limits.take_token(RateClass::Choices, client(1), 0), Err(10));
        assert_eq!(limits.take_token(RateClass::Choices, client(1), 9), Err(1));
        assert_eq!(limits.take_token(RateClass::Choices, client(1), 10), Ok(()));
        assert_eq!(limits.take_token(RateClass::Choices, client(1), 10), Err(10));
    }

    #[test]
    fn clients_and_classes_do_not_share() {
        let limits = limits();
        for _ in 0..2 {
            assert_eq!(limits.take_token(RateClass::Choices, client(1), 0), Ok(()));
        }
        assert_eq!(limits.take_token(RateClass::Choices, client(2), 0), Ok(()));
        assert_eq!(limits.take_token(RateClass::Pages, client(1), 0), Ok(()));
    }

    #[test]
    fn one_network_of_ipv6_is_one_client() {
        let limits = limits();
        for host in ["2001:db8::1", "2001:db8::2"] {
            assert_eq!(limits.take_token(RateClass::Choices, source_of(host), 0), Ok(()));
        }
        assert!(limits.take_token(RateClass::Choices, source_of("2001:db8::3"), 0).is_err());
        assert!(limits.take_token(RateClass::Choices, source_of("2001:db8:0:1::3"), 0).is_ok());
    }

    #[test]
    fn a_mapped_address_is_the_same_client() {
        let limits = limits();
        for host in ["192.0.2.1", "::ffff:192.0.2.1"] {
            assert_eq!(limits.take_token(RateClass::Choices, source_of(host), 0), Ok(()));
        }
        assert!(limits.take_token(RateClass::Choices, client(1), 0).is_err());
    }
}
