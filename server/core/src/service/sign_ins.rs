//! Failed sign-ins at the desk: slowed for each account, recorded by counts, and told to whoever signs in next.
//!
//! Nobody is locked out: an attempt waits, and is looked at then; how often one source may try is limited at the gate. A browser
//! that somebody signed in from before has a count of its own, so what is tried elsewhere does not slow it down. A name
//! that nobody has is slowed like any other, by a keyed hash in memory, and recorded without itself: what was typed there may
//! be a password.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::event::{Actor, Body, Event, FailedSignIns, Route};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::known_browsers::BrowserId;
use super::staff::{CheckedPassword, Lane, SignedIn, Staff, StaffError, StaffName};
use ledger::clock::Clock;
use ledger::formats::fact::{FactId, MissedSignIns};
use ledger::{AppendError, AppendRequest, Fact, FactKind, Ledger, ReadError};
use vault::key::MacKey;
use vault::mac::mac;
use vault::random::SecureRandom;

/// So many wrong attempts in a row cost no time: people mistype.
const FREE: u32 = 4;
/// The longest that an attempt waits, in units.
const LONGEST: u32 = 4;
/// The unit of waiting.
pub const UNIT: std::time::Duration = std::time::Duration::from_secs(1);
/// A series of failures is over when nothing failed for this long.
const QUIET: Duration = Duration::minutes(15);
/// Above this many names the ones that are quiet are forgotten.
const MOST: usize = 10_000;
/// A series is put on record when it has this many failures, then at four times as many, and so on; and when it is over.
const FIRST_TOLD: u32 = 5;

/// What is counted, in memory.
pub struct SignIns {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    staff: Arc<Staff>,
    key: MacKey,
    unit: std::time::Duration,
    /// Guards what slows attempts, for one look or change. Always taken before `series`.
    failures: Mutex<HashMap<Budget, Failures>>,
    /// Guards what is to be put on record, for one look or change.
    series: Mutex<HashMap<FailedAccount, Series>>,
    /// Guards the order in which failures are recorded and told, until each is durable; attempts that fail do not wait for it
    /// unless theirs is one to be recorded.
    recording: tokio::sync::Mutex<()>,
}

/// Whose sign-ins failed.
#[derive(Clone, PartialEq, Eq, Hash)]
enum FailedAccount {
    /// A staff member's.
    Member(StaffName),
    /// Under names that nobody has, all together.
    Nobody,
}

impl From<Option<&StaffName>> for FailedAccount {
    fn from(name: Option<&StaffName>) -> Self {
        name.map_or(Self::Nobody, |name| Self::Member(name.clone()))
    }
}

/// What is counted together: all attempts under a name, or those of one known browser. A keyed hash.
type Budget = [u8; 16];

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    /// Attempts that wait or are being looked at: of many at once not all are the first.
    under_way: u32,
    last: OffsetDateTime,
}

impl Failures {
    fn none(now: OffsetDateTime) -> Self {
        Self { count: 0, under_way: 0, last: now }
    }

    /// Those in a row.
    fn standing(self, now: OffsetDateTime) -> u32 {
        if now - self.last < QUIET { self.count } else { 0 }
    }
}

/// An attempt that is under way, until it is dropped.
struct Trying<'a> {
    sign_ins: &'a SignIns,
    budget: Budget,
    /// How long it waits before it is looked at.
    pause: std::time::Duration,
}

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        let mut failures = table(&self.sign_ins.failures);
        if let Some(of) = failures.get_mut(&self.budget) {
            of.under_way = of.under_way.saturating_sub(1);
            if (of.count, of.under_way) == (0, 0) {
                failures.remove(&self.budget);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Series {
    recorded: u32,
    unrecorded: u32,
    last: OffsetDateTime,
}

/// Failed sign-ins under somebody's name since they signed in last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    pub count: u32,
    /// When the last one was.
    pub last: OffsetDateTime,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is them; with what failed under their name meanwhile.
    In(SignedIn, Option<Missed>),
    /// The one-time password is right, and too old.
    Expired,
    /// Name and password do not go together.
    Wrong,
    /// The same, after so many of them that the next ones wait.
    Slowed,
}

/// Nothing in a table is ever half done, so what a panicking thread left is right.
fn table<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SignIns {
    /// Nothing counted yet; the key is random and of this run alone. The unit of waiting is [`UNIT`] but in tests.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        staff: Arc<Staff>,
        unit: std::time::Duration,
    ) -> Self {
        let key = MacKey::random(&*random);
        Self {
            ledger,
            clock,
            random,
            staff,
            key,
            unit,
            failures: Mutex::default(),
            series: Mutex::default(),
            recording: tokio::sync::Mutex::default(),
        }
    }

    fn budget(&self, typed: &str, known: Option<BrowserId>) -> Budget {
        let typed = typed.trim().to_lowercase();
        let mac = match known {
            None => mac(&self.key, &[b"keuze sign-in", typed.as_bytes()]),
            Some(BrowserId(id)) => mac(&self.key, &[b"keuze known browser", &id, typed.as_bytes()]),
        };
        *mac.first_chunk().expect("32 bytes")
    }

    /// Begins an attempt under this name, at a browser that is known for it or at any other.
    fn try_as(&self, typed: &str, known: Option<BrowserId>, now: OffsetDateTime) -> Trying<'_> {
        let budget = self.budget(typed, known);
        let mut failures = table(&self.failures);
        if failures.len() >= MOST {
            failures.retain(|_, of| now - of.last < QUIET || of.under_way > 0);
        }
        let of = failures.entry(budget).or_insert(Failures::none(now));
        let before = of.standing(now).saturating_add(of.under_way);
        of.under_way = of.under_way.saturating_add(1);
        Trying { sign_ins: self, budget, pause: self.pause(before) }
    }

    /// How long an attempt waits after so many.
    fn pause(&self, before: u32) -> std::time::Duration {
        match before.checked_sub(FREE + 1) {
            None => std::time::Duration::ZERO,
            Some(doublings) => self.unit * LONGEST.min(1 << doublings.min(8)),
        }
    }

    /// Counts a failure; whether its series is to be put on record now.
    fn failed(&self, trying: &Trying<'_>, whose: Option<&StaffName>, now: OffsetDateTime) -> bool {
        let mut failures = table(&self.failures);
        let of = failures.entry(trying.budget).or_insert(Failures::none(now));
        *of = Failures { count: of.standing(now).saturating_add(1), last: now, ..*of };
        let mut series = table(&self.series);
        let of = series.entry(whose.into()).or_insert(Series { recorded: 0, unrecorded: 0, last: now });
        *of = Series { unrecorded: of.unrecorded.saturating_add(1), last: now, ..*of };
        is_mark(of.recorded.saturating_add(of.unrecorded))
    }

    /// It was them: what failed before them in the same place is over. What is tried elsewhere stays slowed.
    fn succeeded(&self, trying: &Trying<'_>) {
        if let Some(of) = table(&self.failures).get_mut(&trying.budget) {
            of.count = 0;
        }
    }

    fn unrecorded(&self, whose: &FailedAccount) -> Option<Series> {
        table(&self.series).get(whose).copied().filter(|of| of.unrecorded > 0)
    }

    fn recorded(&self, whose: &FailedAccount, count: u32) {
        if let Some(of) = table(&self.series).get_mut(whose) {
            *of = Series { recorded: of.recorded + count, unrecorded: of.unrecorded.saturating_sub(count), ..*of };
        }
    }

    fn over(&self, name: &StaffName) {
        table(&self.series).remove(&FailedAccount::Member(name.clone()));
    }
}

/// 5, 20, 80, …: an attack does not fill the ledger.
fn is_mark(count: u32) -> bool {
    let mut mark = FIRST_TOLD;
    while mark < count {
        mark = mark.saturating_mul(4);
    }
    mark == count
}

impl SignIns {
    /// Somebody tries to sign in at the desk, at a browser that is known for this name or at any other.
    ///
    /// # Errors
    /// When the staff members cannot be read.
    pub async fn sign_in(
        &self,
        typed: &str,
        password: Zeroizing<String>,
        known: Option<BrowserId>,
    ) -> Result<Attempt, ReadError> {
        let trying = self.try_as(typed, known, self.clock.now().at);
        tokio::time::sleep(trying.pause).await;
        let lane = if known.is_some() { Lane::Staff } else { Lane::Anybody };
        match self.staff.check(typed, password, lane).await? {
            CheckedPassword::Right(signed_in) => {
                self.succeeded(&trying);
                let missed = self.tell_missed(&signed_in.name).await;
                Ok(Attempt::In(signed_in, missed))
            }
            CheckedPassword::Expired => Ok(Attempt::Expired),
            CheckedPassword::Wrong(whose) => {
                self.sign_in_failed(&trying, whose.as_ref()).await;
                Ok(if trying.pause.is_zero() { Attempt::Wrong } else { Attempt::Slowed })
            }
        }
    }

    /// Replaces somebody's own password. Guessing the one in force counts and waits as at signing in.
    ///
    /// # Errors
    /// It is refused, or the ledger cannot be read or written.
    pub async fn replace_password(
        &self,
        name: &StaffName,
        current: Option<Zeroizing<String>>,
        new: Zeroizing<String>,
        again: &str,
        known: Option<BrowserId>,
    ) -> Result<(), StaffError> {
        let trying = self.try_as(name.as_str(), known, self.clock.now().at);
        tokio::time::sleep(trying.pause).await;
        let replaced = self.staff.replace(name, current, new, again).await;
        if matches!(&replaced, Err(StaffError::Refused(words::views::desk::PasswordRefusal::Current))) {
            self.sign_in_failed(&trying, Some(name)).await;
        }
        replaced
    }

    async fn sign_in_failed(&self, trying: &Trying<'_>, whose: Option<&StaffName>) {
        if self.failed(trying, whose, self.clock.now().at) {
            self.record_failures(&whose.into()).await;
        }
    }

    /// Puts on record what failed and is not on record yet; what cannot be is tried again with the next.
    async fn record_failures(&self, whose: &FailedAccount) {
        let _one_at_a_time = self.recording.lock().await;
        let Some(series) = self.unrecorded(whose) else { return };
        match self.append_failures(whose, series).await {
            Ok(()) => self.recorded(whose, series.unrecorded),
            Err(error) => tracing::warn!(%error, "failed sign-ins could not be recorded"),
        }
    }

    async fn append_failures(&self, whose: &FailedAccount, series: Series) -> Result<(), AppendError> {
        let FailedAccount::Member(name) = whose else {
            let event = self.sign_in_event(Body::SignInFailed(FailedSignIns { name: None, count: series.unrecorded }));
            return self.ledger.append(AppendRequest::new(event)).await.map(|_| ());
        };
        let failed = FailedSignIns { name: Some(name.to_string()), count: series.unrecorded };
        let event = self.sign_in_event(Body::SignInFailed(failed));
        let (id, before) = match self.kept_missed(name) {
            Some((id, kept)) => (id, kept.count),
            None => (FactId(self.random.bytes()), 0),
        };
        let count = before.saturating_add(series.unrecorded);
        let missed = MissedSignIns { missed_by: name.to_string(), count, last: series.last };
        let fact = Fact::MissedSignIns { id, missed: Some(missed) };
        self.ledger.append(AppendRequest::with(event, vec![fact])).await.map(|_| ())
    }

    /// What failed under the name of somebody who is in now: told once, and put on record as told.
    async fn tell_missed(&self, name: &StaffName) -> Option<Missed> {
        self.record_failures(&FailedAccount::Member(name.clone())).await;
        let _one_at_a_time = self.recording.lock().await;
        let (id, MissedSignIns { count, last, .. }) = self.kept_missed(name)?;
        let told = FailedSignIns { name: Some(name.to_string()), count };
        let event = self.sign_in_event(Body::SignInFailuresTold(told));
        let gone = Fact::MissedSignIns { id, missed: None };
        match self.ledger.append(AppendRequest::with(event, vec![gone])).await {
            Ok(_) => self.over(name),
            Err(error) => tracing::warn!(%error, "that failed sign-ins were told could not be recorded"),
        }
        Some(Missed { count, last })
    }

    fn kept_missed(&self, name: &StaffName) -> Option<(FactId, MissedSignIns)> {
        let kept = self.ledger.facts(FactKind::MissedSignIns).ok()?;
        kept.into_iter().find_map(|stored| match stored.fact {
            Fact::MissedSignIns { id, missed: Some(missed) } if missed.missed_by == name.as_str() => Some((id, missed)),
            _ => None,
        })
    }

    fn sign_in_event(&self, body: Body) -> Event {
        Event::new(self.clock.now().at, Actor::System, Route::Desk, body)
    }

    /// Puts series on record that are over; with `all`, before the server stops, those that are under way as well.
    pub async fn record_failed_sign_ins(&self, all: bool) {
        let now = self.clock.now().at;
        let over = |(whose, of): (&FailedAccount, &Series)| (all || now - of.last >= QUIET).then(|| whose.clone());
        let series: Vec<FailedAccount> = table(&self.series).iter().filter_map(over).collect();
        for whose in series {
            self.record_failures(&whose).await;
            table(&self.series).retain(|of, series| *of != whose || series.unrecorded > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Services;
    use crate::service::fixture::TestApp;

    fn sign_ins() -> SignIns {
        let Services { ledger, clock, random, staff, .. } = TestApp::bare(7).services;
        SignIns::new(ledger, clock, random, staff, UNIT)
    }

    #[test]
    fn a_series_is_recorded_ever_more_rarely() {
        let marks: Vec<u32> = (0..=400).filter(|count| is_mark(*count)).collect();
        assert_eq!(marks, [5, 20, 80, 320]);
    }

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
    const OWN: Option<BrowserId> = Some(BrowserId([1; 16]));

    /// So many wrong attempts, one after the other; gives how long each waited, in units.
    fn fail(sign_ins: &SignIns, name: &str, known: Option<BrowserId>, times: usize) -> Vec<u64> {
        let mut waited = Vec::new();
        for _ in 0..times {
            let trying = sign_ins.try_as(name, known, NOW);
            waited.push(trying.pause.as_secs());
            sign_ins.failed(&trying, None, NOW);
        }
        waited
    }

    fn waits(sign_ins: &SignIns, name: &str, known: Option<BrowserId>, now: OffsetDateTime) -> u64 {
        sign_ins.try_as(name, known, now).pause.as_secs()
    }

    #[test]
    fn mistyping_costs_nothing_and_guessing_waits_but_never_long() {
        let sign_ins = sign_ins();
        let waited = fail(&sign_ins, " Anna", None, 40);
        assert_eq!(waited[..8], [0, 0, 0, 0, 0, 1, 2, 4]);
        assert!(waited[8..].iter().all(|pause| *pause == 4));
        assert_eq!(waits(&sign_ins, "bert", None, NOW), 0, "others do not wait");
        assert_eq!(waits(&sign_ins, "anna", None, NOW + QUIET), 0, "it passes");
    }

    /// A thousand tries elsewhere cost the owner nothing, and after the owner is in the next thousand are as slow.
    #[test]
    fn what_is_tried_elsewhere_does_not_slow_a_known_browser_down() {
        let sign_ins = sign_ins();
        assert!(fail(&sign_ins, "anna", None, 1_000)[8..].iter().all(|pause| *pause == 4));
        assert_eq!(waits(&sign_ins, "anna", OWN, NOW), 0);
        sign_ins.succeeded(&sign_ins.try_as("anna", OWN, NOW));
        assert_eq!(fail(&sign_ins, "anna", None, 1_000), [4; 1_000], "the owner's sign-in frees nobody else");
        // The known browser's guesses are counted as well, by themselves.
        assert_eq!(fail(&sign_ins, "anna", OWN, 8), [0, 0, 0, 0, 0, 1, 2, 4]);
        assert_eq!(waits(&sign_ins, "anna", Some(BrowserId([2; 16])), NOW), 0);
        sign_ins.succeeded(&sign_ins.try_as("anna", OWN, NOW));
        assert_eq!(waits(&sign_ins, "anna", OWN, NOW), 0);
    }

    /// Sent at once, they are not all the first.
    #[test]
    fn attempts_at_once_are_slowed_like_those_in_a_row() {
        let sign_ins = sign_ins();
        let at_once: Vec<Trying<'_>> = (0..1_000).map(|_| sign_ins.try_as("anna", None, NOW)).collect();
        let waited: Vec<u64> = at_once.iter().map(|trying| trying.pause.as_secs()).collect();
        assert_eq!(waited[..8], [0, 0, 0, 0, 0, 1, 2, 4]);
        assert!(waited[8..].iter().all(|pause| *pause == 4));
        assert_eq!(waits(&sign_ins, "anna", OWN, NOW), 0);
        drop(at_once);
        assert_eq!(waits(&sign_ins, "anna", None, NOW), 0, "given up, they were no failures");
        assert!(table(&sign_ins.failures).is_empty(), "nothing is kept of them");
    }
}
