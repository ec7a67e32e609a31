//! A whole Keuze in memory, with the example site's policy published; for tests.

use std::sync::Arc;

use app::model::event::Event;
use app::model::identity::{RecordAddress, ShardNumber};

use super::Keuze;
use crate::ambient::{Entropy, FixedClock, SeededEntropy};
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
        Self::serving(scribe, Config::example(), clock, entropy).await
    }

    /// The same ledger after its configuration was changed and published.
    pub async fn republished(&self, config: Config) -> Self {
        let Keuze { scribe, entropy, .. } = &*self.keuze;
        Self::serving(scribe.clone(), config, Arc::clone(&self.clock), Arc::clone(entropy)).await
    }

    async fn serving(scribe: Scribe, config: Config, clock: Arc<FixedClock>, entropy: Arc<dyn Entropy>) -> Self {
        publish_if_new(&scribe, &config, &*clock).await.expect("it can be published");
        let published = Published::load(&scribe).expect("just published");
        let keuze = Keuze { scribe, config, published, clock: Arc::<FixedClock>::clone(&clock), entropy, demo: false };
        Self { keuze: Arc::new(keuze), clock }
    }

    /// Everything that was ever recorded, in order.
    pub fn ledger(&self) -> Vec<Event> {
        let at = |index| RecordAddress { shard: ShardNumber::FIRST, index };
        let record = |index| self.keuze.scribe.record(at(index)).expect("readable");
        (0..).map_while(record).map(|recorded| recorded.event).collect()
    }
}
