//! How often a test tries something, and the seed of what it tries.

use std::hash::{BuildHasher as _, RandomState};

/// The long count where `KEUZE_LONG` asks for it, else a slice of it.
pub fn count(slice: usize, long: usize) -> usize {
    if std::env::var_os("KEUZE_LONG").is_some() { long } else { slice }
}

/// `KEUZE_SEED`, or another one each time.
pub fn seed() -> u64 {
    let given = std::env::var("KEUZE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed"))
}
