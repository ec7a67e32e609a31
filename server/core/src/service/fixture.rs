//! A whole Keuze in memory, with the example site's policy published; for tests.

pub mod mail;
pub mod people;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};

use model::event::Event;
use model::identity::{RecordAddress, ShardNumber};
use model::policy::ChangeClass;
use model::told::{ToldEvent, is_made};
use serde_json::Value;
use ui::components::banner::first_layer;

use super::history::PersonHistory;
use super::{ServiceParts, Services};
use crate::config::Config;
use crate::publish::{PublishPlan, Published, PublishedPolicy, plan, publish_if_new};
use ledger::clock::FixedClock;
use ledger::{Ledger, Opening};
use vault::random::{SecureRandom, SeededRandom};

/// 2026-11-24 14:05:09 in Amsterdam.
pub const TEST_NOW: i64 = 1_795_525_509;

/// When databases break: on a disk while they make something durable, so that nobody knows whether it is; in memory before.
#[derive(Clone)]
pub struct Broken(Arc<AtomicU64>);

impl Broken {
    /// At the step of this number, the next one being 1.
    pub fn at(&self, step: u64) {
        self.0.store(step, Ordering::SeqCst);
    }
}

/// Appends that wait while a test holds them: whoever asked can go away meanwhile.
#[derive(Clone, Default)]
pub struct HeldAppends(Arc<(Mutex<Hold>, Condvar)>);

#[derive(Default)]
struct Hold {
    is_on: bool,
    waits: bool,
}

impl HeldAppends {
    /// The next append waits.
    pub fn hold(&self) {
        *self.state() = Hold { is_on: true, waits: false };
    }

    /// Nothing waits any more.
    pub fn release(&self) {
        self.state().is_on = false;
        self.0.1.notify_all();
    }

    /// Whether one waits.
    pub fn is_reached(&self) -> bool {
        self.state().waits
    }

    fn state(&self) -> MutexGuard<'_, Hold> {
        self.0.0.lock().expect("nobody panics while holding")
    }

    fn pass(&self) {
        let mut hold = self.state();
        while hold.is_on {
            hold.waits = true;
            hold = self.0.1.wait(hold).expect("nobody panics while holding");
        }
    }
}

fn opening(data: Option<&Path>, random: &Arc<SeededRandom>) -> Opening {
    Opening {
        data: data.map(Path::to_path_buf),
        key_file: data.map(|data| data.with_extension("root")),
        origin: "voipro.test".into(),
        random: Arc::<SeededRandom>::clone(random),
    }
}

/// Keuze, and the clock it goes by.
pub struct TestApp {
    /// Everything that can be asked of it.
    pub services: Services,
    /// Stands at [`NOON`] until it is moved.
    pub clock: Arc<FixedClock>,
    /// What it is made of.
    parts: ServiceParts,
}

impl TestApp {
    /// In memory. Publishes the example's policy; that is record `0001/0`.
    pub async fn new() -> Self {
        Self::at(None, 1).await
    }

    /// In memory, for the site that this configuration describes.
    pub async fn with_config(config: Config) -> Self {
        let random = Arc::new(SeededRandom::new(1));
        let opening = Opening { data: None, key_file: None, origin: "voipro.test".into(), random: random.clone() };
        let ledger = Ledger::open(opening).expect("a ledger in memory opens");
        Self::serving(ledger, config, Arc::new(FixedClock::at(TEST_NOW)), random).await
    }

    /// In memory and quickly, for tests of very many: the policy is in force without being on record.
    pub fn bare(seed: u64) -> Self {
        static EXAMPLE: OnceLock<(Config, PublishedPolicy)> = OnceLock::new();
        let (config, policy) = EXAMPLE.get_or_init(|| {
            let config = Config::example();
            match plan(&config, None, ChangeClass::Purpose, first_layer) {
                Ok(PublishPlan::New(publication)) => (config, publication.policy),
                _ => panic!("the example can be published"),
            }
        });
        let random = Arc::new(SeededRandom::new(seed));
        let opening = Opening { data: None, key_file: None, origin: "voipro.test".into(), random: random.clone() };
        let ledger = Ledger::open(opening).expect("a ledger in memory opens");
        let published = Published::new(vec![policy.clone()]);
        Self::with(ledger, config.clone(), published, Arc::new(FixedClock::at(TEST_NOW)), random)
    }

    /// The same in a directory, which may hold a house already; another seed for every opening.
    pub async fn at(data: Option<&Path>, seed: u64) -> Self {
        let random = Arc::new(SeededRandom::new(seed));
        let ledger = Ledger::open(opening(data, &random)).expect("a ledger opens");
        Self::serving(ledger, Config::example(), Arc::new(FixedClock::at(TEST_NOW)), random).await
    }

    /// The same with a batch that fails, counted from now on ([`Broken::at`]).
    pub async fn breaking(data: Option<&Path>, seed: u64) -> (Self, Broken) {
        let random = Arc::new(SeededRandom::new(seed));
        let broken = Broken(Arc::new(AtomicU64::new(u64::MAX)));
        let asked = broken.clone();
        let ledger = Ledger::open(opening(data, &random)).expect("a ledger opens");
        ledger.on_each_batch(move || asked.0.fetch_sub(1, Ordering::SeqCst) == 1);
        (Self::serving(ledger, Config::example(), Arc::new(FixedClock::at(TEST_NOW)), random).await, broken)
    }

    /// In memory, with appends that wait while a test holds them.
    pub async fn holding() -> (Self, HeldAppends) {
        let random = Arc::new(SeededRandom::new(1));
        let held = HeldAppends::default();
        let gate = held.clone();
        let ledger = Ledger::open(opening(None, &random)).expect("a ledger opens");
        ledger.on_each_batch(move || {
            gate.pass();
            false
        });
        (Self::serving(ledger, Config::example(), Arc::new(FixedClock::at(TEST_NOW)), random).await, held)
    }

    /// The same ledger after its configuration was changed and published.
    pub async fn republished(&self, config: Config) -> Self {
        let Services { ledger, random, .. } = &self.services;
        Self::serving(ledger.clone(), config, Arc::clone(&self.clock), Arc::clone(random)).await
    }

    async fn serving(ledger: Ledger, config: Config, clock: Arc<FixedClock>, random: Arc<dyn SecureRandom>) -> Self {
        publish_if_new(&ledger, &config, &*clock, first_layer).await.expect("it can be published");
        let published = Published::load(&ledger).expect("just published");
        Self::with(ledger, config, published, clock, random)
    }

    fn with(
        ledger: Ledger,
        config: Config,
        published: Published,
        clock: Arc<FixedClock>,
        random: Arc<dyn SecureRandom>,
    ) -> Self {
        let parts = ServiceParts {
            ledger,
            config: Arc::new(config),
            published: Arc::new(published),
            clock: Arc::<FixedClock>::clone(&clock),
            random,
            // Nothing carries it away: tests read the queue.
            outbox: Some("unused".into()),
            demo: false,
            sign_in_pause: std::time::Duration::from_millis(1),
        };
        let services = Services::new(parts.clone()).expect("facts that were just written");
        Self { services, clock, parts }
    }

    /// The same, made of something else.
    #[must_use]
    pub fn made(self, of: impl FnOnce(&mut ServiceParts)) -> Self {
        let mut parts = self.parts;
        of(&mut parts);
        let services = Services::new(parts.clone()).expect("facts that were read before");
        Self { services, clock: self.clock, parts }
    }

    /// What one request, or one act, rests on.
    pub fn history(&self) -> PersonHistory {
        self.services.people.history()
    }

    /// The instant that the clock shows.
    pub fn clock_now(&self) -> time::OffsetDateTime {
        self.services.clock.now().at
    }

    /// How many records there are, those of erased people included.
    pub fn records(&self) -> u64 {
        let checkpoint = self.services.ledger.checkpoint(ShardNumber::FIRST).expect("a checkpoint");
        checkpoint.lines().nth(1).and_then(|size| size.parse().ok()).expect("its size")
    }

    /// Everything that was ever recorded and not erased since, in order. Each has its words: what is recorded by a way in
    /// that [`MADE`](model::told::MADE) does not list would be told in words that nobody looked at.
    pub fn ledger(&self) -> Vec<Event> {
        let at = |index| RecordAddress { shard: ShardNumber::FIRST, index };
        let record = |index| self.services.ledger.record(at(index)).expect("readable");
        let events: Vec<Event> = (0..self.records()).filter_map(record).map(|recorded| recorded.event).collect();
        for event in &events {
            assert!(
                is_made(ToldEvent::from_event(event), event.head.route),
                "{:?} by {:?} has no words",
                ToldEvent::from_event(event),
                event.head.route
            );
            assert_eq!(unasked(event), Vec::<&str>::new(), "no method of Event tells this of {:?}", event.kind());
        }
        events
    }
}

/// What a record says, and rules and pages would not hear: they ask [`Event`] itself.
fn unasked(event: &Event) -> Vec<&'static str> {
    let body = serde_json::to_value(&event.body).expect("an event is plain JSON");
    let says = |field: &str| match &body[field] {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    };
    let heard = [
        ("said", event.circumstances().is_some()),
        ("level", event.level().is_some()),
        ("reason", event.reason().is_some()),
        ("call", event.call().is_some()),
        ("channels", !event.channels().is_empty()),
        ("points", !event.points().is_empty()),
        ("evidence", event.evidence().is_some()),
        ("policy", event.policy().is_some()),
        ("notice", event.notice().is_some()),
        ("answers", event.choice().is_some()),
        ("gpc", event.gpc()),
        ("about", event.audited().is_some()),
        ("keys", !event.destroyed().is_empty()),
    ];
    heard.into_iter().filter(|(field, is_heard)| says(field) && !is_heard).map(|(field, _)| field).collect()
}
