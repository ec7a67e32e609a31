//! What can only be tested from inside: a writer that is held up.

mod held;
mod shards;

use std::pin::Pin;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use super::*;
use crate::clock::moment;
use crate::store::breaking::{Breaking, StoreStep};
use vault::random::SeededRandom;

fn ledger() -> Ledger {
    let random = Arc::new(SeededRandom::new(1));
    Ledger::open(Opening { data: None, key_file: None, origin: "voipro.test".into(), random }).expect("opens")
}

fn draft(name: usize) -> AppendRequest {
    AppendRequest::new(fixture::named_choice(moment(0).at, &name.to_string()))
}

fn name_of(event: &Event) -> String {
    event.choice().and_then(|choice| choice.variant.clone()).expect("a name")
}

type TestAnswer = Result<Appended, AppendError>;
type WaitingAppend = Pin<Box<dyn Future<Output = TestAnswer>>>;

/// The same with something that the database has to take.
fn draft_with_fact(name: usize) -> AppendRequest {
    AppendRequest { facts: vec![Fact::content(name.to_string().into())], ..draft(name) }
}

/// Asks for one event and looks at once whether it is refused.
fn ask(ledger: &Ledger, name: usize) -> Result<WaitingAppend, Option<AppendError>> {
    let ledger = ledger.clone();
    let mut waiting: WaitingAppend = Box::pin(async move { ledger.append(draft_with_fact(name)).await });
    match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Pending => Ok(waiting),
        Poll::Ready(answer) => Err(answer.err()),
    }
}

/// Asks while the writer cannot go on, until it has been refused three times: who waits, by name.
fn ask_beyond_capacity(ledger: &Ledger) -> Vec<(usize, WaitingAppend)> {
    let _held = ledger.state();
    let mut accepted = Vec::new();
    let mut refused = 0;
    for name in 0.. {
        match ask(ledger, name) {
            Ok(waiting) => accepted.push((name, waiting)),
            Err(Some(AppendError::NotRecorded(NotRecorded::Busy))) => refused += 1,
            Err(other) => panic!("the writer is held up, and this is answered: {other:?}"),
        }
        if refused == 3 {
            return accepted;
        }
    }
    unreachable!("somebody is refused")
}

#[tokio::test]
async fn over_capacity_the_answer_is_busy_at_once_and_whoever_was_accepted_is_answered() {
    let ledger = ledger();
    let accepted = ask_beyond_capacity(&ledger);
    // What the writer has taken out already makes room for as many more.
    assert!((QUEUE..=QUEUE + 2 * 256).contains(&accepted.len()), "{}", accepted.len());
    let count = accepted.len() as u64;
    for (name, waiting) in accepted {
        let written = waiting.await.expect("it was accepted");
        assert_eq!(name_of(&written.event), name.to_string());
        let recorded = ledger.record(written.address).expect("readable").expect("there");
        assert_eq!(recorded.event, written.event);
    }
    let written = ledger.append(draft(0)).await.expect("there is room again");
    assert_eq!(written.address.index, count, "nobody who was refused is recorded");
}

#[tokio::test]
async fn whoever_was_accepted_and_went_away_is_recorded() {
    let ledger = ledger();
    let accepted = ask_beyond_capacity(&ledger);
    let count = accepted.len() as u64;
    drop(accepted);
    let written = loop {
        match ledger.append(draft(0)).await {
            Ok(written) => break written,
            Err(AppendError::NotRecorded(NotRecorded::Busy)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(written.address.index, count);
}

/// Closing finishes what was accepted, and refuses what comes then.
#[tokio::test]
async fn whoever_was_accepted_before_the_end_is_answered() {
    let ledger = ledger();
    let accepted = ask_beyond_capacity(&ledger);
    ledger.close().await;
    for (_, waiting) in accepted {
        waiting.await.expect("it was accepted");
    }
    assert_eq!(ledger.append(draft(0)).await, Err(NotRecorded::Closed.into()));
}

#[tokio::test]
async fn what_is_too_long_for_the_journal_is_refused_before_the_writer_sees_it() {
    let ledger = ledger();
    let fact = |length| AppendRequest { facts: vec![Fact::content(vec![2; length])], ..draft(0) };
    let mut wordy = draft(0);
    wordy.event = fixture::named_choice(moment(0).at, &"x".repeat(LONGEST / 6));
    for long in [fact(LONGEST), wordy] {
        let ledger = ledger.clone();
        let refused = tokio::spawn(async move { ledger.append(long).await }).await;
        assert!(refused.expect_err("refused").is_panic());
    }
    let mut wordy = draft(0);
    wordy.event = fixture::named_choice(moment(0).at, &"\u{1}".repeat(100_000));
    for long in [fact(LONGEST - (2 << 20)), wordy] {
        ledger.append(long).await.expect("it fits");
    }
}

/// Whoever was underway to the disk is told that it is not known, whoever waited behind them that nothing was recorded;
/// and so the next start finds it.
#[tokio::test]
async fn after_a_failed_sync_unknown_and_not_recorded_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let opening = |seed| Opening {
        data: Some(folder.path().join("data")),
        key_file: Some(folder.path().join("root.key")),
        origin: "voipro.test".into(),
        random: Arc::new(SeededRandom::new(seed)),
    };
    let (fails, underway) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(2)));
    let (failing, barrier) = (Arc::clone(&fails), Arc::clone(&underway));
    // From a moment on, and then only after somebody let them.
    let breaks = move |step| {
        let breaks = step == StoreStep::Append && failing.load(Ordering::SeqCst);
        if breaks {
            barrier.wait();
            barrier.wait();
        }
        breaks
    };
    let wrap = |inner| Box::new(Breaking { inner, breaks: Box::new(breaks) }) as Box<dyn Store>;
    let ledger = Ledger::open_with(&opening(1), wrap).expect("opens");
    ledger.append(draft(0)).await.expect("written");
    fails.store(true, Ordering::SeqCst);
    let first = ask(&ledger, 1).expect("accepted");
    underway.wait();
    let behind: Vec<_> = (2..5).map(|name| ask(&ledger, name).expect("accepted")).collect();
    underway.wait();
    assert_eq!(first.await, Err(AppendError::OutcomeUnknown));
    for waiting in behind {
        assert_eq!(waiting.await, Err(NotRecorded::Closed.into()));
    }
    assert_eq!(ledger.append(draft(5)).await, Err(NotRecorded::Closed.into()), "nothing more is taken");
    ledger.close().await;
    let again = Ledger::open(opening(2)).expect("opens");
    let names: Vec<_> = (0..9)
        .map_while(|index| again.record(RecordAddress { shard: ShardNumber::FIRST, index }).expect("readable"))
        .map(|recorded| name_of(&recorded.event))
        .collect();
    assert_eq!(names, ["0", "1"], "the journal had it; nobody else's is there");
    again.close().await;
}

/// The journal is the truth: whoever was written there alone by a disk that did not make it durable was not recorded.
#[tokio::test]
async fn nobody_is_acknowledged_whose_journal_could_not_be_synced() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let opening = Opening {
        data: Some(data.clone()),
        key_file: Some(folder.path().join("root.key")),
        origin: "voipro.test".into(),
        random: Arc::new(SeededRandom::new(1)),
    };
    let ledger = Ledger::open(opening).expect("opens");
    ledger.append(draft(0)).await.expect("written");
    std::fs::write(Layout(data).journal(ShardNumber::FIRST).join(files::UNSYNCABLE), "").expect("written");
    assert_eq!(ledger.append(draft(1)).await, Err(AppendError::OutcomeUnknown));
    assert_eq!(ledger.append(draft(2)).await, Err(NotRecorded::Closed.into()), "nothing more is taken");
    ledger.close().await;
}
