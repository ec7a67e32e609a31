//! A whole Keuze in memory, with the example site's policy published; for tests.

use std::sync::Arc;

use super::Keuze;
use crate::ambient::{FixedClock, SeededEntropy};
use crate::config::Config;
use crate::publish::{Published, publish_if_new};
use crate::scribe::{Opening, Scribe};

/// 2026-11-24 14:05:09 in Amsterdam.
pub const NOON: i64 = 1_795_525_509;

/// Keuze, and the clock it goes by.
pub struct House {
    /// The system.
    pub keuze: Arc<Keuze>,
    /// Stands at [`NOON`] until it is moved.
    pub clock: Arc<FixedClock>,
}

impl House {
    /// Publishes the example's policy; that is record `0001/0`.
    pub async fn new() -> Self {
        let clock = Arc::new(FixedClock::at(NOON));
        let entropy = Arc::new(SeededEntropy::new(1));
        let opening = Opening { data: None, key_file: None, origin: "voipro.test".into(), entropy: entropy.clone() };
        let scribe = Scribe::open(opening).expect("a ledger in memory opens");
        let config = Config::example();
        publish_if_new(&scribe, &config, &*clock).await.expect("the example can be published");
        let published = Published::load(&scribe).expect("just published");
        let keuze = Keuze { scribe, config, published, clock: clock.clone(), entropy, demo: false };
        Self { keuze: Arc::new(keuze), clock }
    }
}
