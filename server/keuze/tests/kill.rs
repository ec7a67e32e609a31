//! `kill -9` during a load of choices: every choice that was answered 201 is in the ledger, and the ledger adds up.
//!
//! The real binary, over TCP, killed at random moments (now and then while it starts), again and again on the same
//! folder, every other time while a shard is closed or the folder of a closed one is made. A kill leaves the page cache whole; what a power cut leaves is tested in `power_loss.rs`.

#[path = "kill/client.rs"]
mod client;
#[path = "common/counts.rs"]
mod counts;
#[path = "kill/eraser.rs"]
mod eraser;
#[path = "kill/full_disk.rs"]
mod full_disk;
#[path = "kill/keuze.rs"]
mod keuze;
#[path = "common/recorder.rs"]
mod recorder;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use client::{KillClient, NamedPolicy};
use counts::{count, seed};
use eraser::erase_many;
use keuze::{DemoServer, Interrupted, Moment, SHARD};
use ledger::clock::{Clock as _, SystemClock};
use ledger::fixture::choice;
use ledger::shards::{ShardPeriod, ShardRules};
use ledger::verify::verify;
use ledger::{AppendRequest, Ledger, Opening};
use model::identity::RecordAddress;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use vault::random::SystemRandom;

/// How many clients send choices at the same time.
const CLIENTS: usize = 6;

/// Address and name of every choice that was answered 201.
type Acknowledged = BTreeMap<(String, u64), String>;

/// Name of a choice whose answer never came, and whether it granted.
type Unanswered = (String, bool);

/// Kills: fifty where the long counts are asked for.
fn kills() -> usize {
    count(8, 50)
}

#[tokio::test]
async fn every_acknowledged_choice_survives_kill_9() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut acknowledged = Acknowledged::new();
    let mut unanswered: Vec<Unanswered> = Vec::new();
    let mut interrupted = Interrupted::default();
    for cycle in 0..kills() {
        // A directory that nobody has mended yet adds up too.
        assert!(cycle == 0 || keuze::verify(folder.path()) > counted(&acknowledged), "missing after kill {cycle}");
        if cycle % 4 == 0 {
            DemoServer::spawn(folder.path()).kill_at(Moment::After(Duration::from_millis(rng.random_range(0..300))));
        }
        let server = DemoServer::start(folder.path());
        assert!(server.verify() > counted(&acknowledged), "records are missing after kill {cycle}");
        // Whoever heard nothing asks again, under the same key.
        let client = KillClient::new(server.port);
        let policy = client.policy();
        for (name, grant) in unanswered.drain(..) {
            let address = client.choose(&policy, grant, &name).expect("answered").expect("nobody else asks");
            acknowledged.insert(address, name);
        }
        let soon = Duration::from_micros(rng.random_range(0..4_000));
        let moment = match cycle % 4 {
            0 | 2 => Moment::After(Duration::from_millis(rng.random_range(50..700))),
            1 => Moment::Closing(soon),
            _ => Moment::Filing(soon),
        };
        let server = match moment {
            Moment::After(_) => server,
            Moment::Closing(_) | Moment::Filing(_) => fill_shard(server, &client.log_origin()).await,
        };
        let (answered, rest) = load_until_killed(server, cycle, moment);
        acknowledged.extend(answered);
        unanswered = rest;
        interrupted.note(&folder.path().join("data"));
    }
    let server = DemoServer::start(folder.path());
    let origin = KillClient::new(server.port).log_origin();
    server.stop();
    let records = keuze::verify(folder.path());
    let told = acknowledged.len();
    eprintln!("KEUZE_SEED={seed}: {} kills, {told} acknowledged, {records} records, {interrupted:?}", kills());
    assert!(told > kills(), "the load was no load");
    assert!(interrupted.is_met(), "the kills met no change of shards: {interrupted:?}");
    look_up_all(folder.path(), origin, &acknowledged).await;
}

/// Stops a server and starts it with an open shard that is about to close.
async fn fill_shard(server: DemoServer, origin: &str) -> DemoServer {
    const ROOM: u64 = 40;
    let folder = server.stop();
    let ledger = open(&folder, origin.to_owned());
    ledger.follow(ShardRules { records: SHARD, period: ShardPeriod::Year });
    let newest = *ledger.shards().last().expect("one at least");
    let size = ledger.checkpoint(newest).and_then(|note| note.lines().nth(1)?.parse().ok()).unwrap_or(0);
    let now = SystemClock.now().at;
    let mut missing = (SHARD - ROOM).saturating_sub(size);
    while missing > 0 {
        let batch = missing.min(200);
        let drafts = (0..batch).map(|_| AppendRequest::new(choice(now))).collect();
        ledger.append_together(drafts).await.expect("written");
        missing -= batch;
    }
    ledger.close().await;
    DemoServer::start(&folder)
}

fn counted(acknowledged: &Acknowledged) -> u64 {
    acknowledged.len() as u64
}

/// Clients send choices until the server is gone; what was answered 201 by then, and what was not.
fn load_until_killed(server: DemoServer, cycle: usize, moment: Moment) -> (Acknowledged, Vec<Unanswered>) {
    let port = server.port;
    let policy = KillClient::new(port).policy();
    let killed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (policy, killed) = (&policy, &killed);
        let clients: Vec<_> =
            (0..CLIENTS).map(|client| scope.spawn(move || choose_until(killed, port, policy, cycle, client))).collect();
        server.kill_at(moment);
        killed.store(true, Ordering::SeqCst);
        let (mut acknowledged, mut unanswered) = (Acknowledged::new(), Vec::new());
        for client in clients {
            let (answered, rest) = client.join().expect("a client fails only when nobody answers");
            acknowledged.extend(answered);
            unanswered.extend(rest);
        }
        (acknowledged, unanswered)
    })
}

/// Grants and refuses in turn, so that records under both kinds of key are among them.
fn choose_until(
    killed: &AtomicBool,
    port: u16,
    policy: &NamedPolicy,
    cycle: usize,
    client: usize,
) -> (Acknowledged, Vec<Unanswered>) {
    let mut acknowledged = Acknowledged::new();
    let mut unanswered = Vec::new();
    for number in 0.. {
        let name = format!("k{cycle}-{client}-{number}");
        let answer = KillClient::new(port).choose(policy, number % 2 == 0, &name);
        if answer.is_err() {
            unanswered.push((name.clone(), number % 2 == 0));
        }
        match answer {
            Ok(Some(address)) => _ = acknowledged.insert(address, name),
            // Over capacity: nothing was acknowledged, try the next one.
            Ok(None) => {}
            Err(_) if killed.load(Ordering::SeqCst) => break,
            // The server died under this request and nobody has said so yet.
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    (acknowledged, unanswered)
}

fn open(folder: &Path, origin: String) -> Ledger {
    let (data, key_file) = (Some(folder.join("data")), Some(folder.join("root.key")));
    Ledger::open(Opening { data, key_file, origin, random: Arc::new(SystemRandom) }).expect("opens")
}

/// Opens the ledger and reads the record behind every acknowledgement.
async fn look_up_all(folder: &Path, origin: String, acknowledged: &Acknowledged) {
    let ledger = open(folder, origin);
    for ((shard, index), name) in acknowledged {
        let address = format!("{shard}/{index}").parse().expect("an address");
        let recorded = ledger.record(address).expect("readable").expect("it was acknowledged");
        assert_eq!(recorded.event.banner().1, Some(name.as_str()), "{address}");
    }
    let mut seen = BTreeSet::new();
    let all = ledger.shards().into_iter().flat_map(|shard| (0..SHARD).map(move |index| RecordAddress { shard, index }));
    for address in all {
        let recorded = ledger.record(address).expect("readable");
        let name = recorded.and_then(|recorded| recorded.event.banner().1.map(str::to_owned));
        assert!(
            name.is_none_or(|name| seen.insert(name)),
            "{address} was recorded before: asked twice, it happens once"
        );
    }
    eprintln!("{} shards", ledger.shards().len());
    ledger.close().await;
}

/// Kills while people are erased: whatever is half done then, the ledger adds up before anybody has mended it, and
/// whoever was told that somebody is erased finds them so.
#[tokio::test]
async fn a_ledger_adds_up_after_a_kill_in_an_erasure() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, key) = (folder.path().join("data"), folder.path().join("root.key"));
    let mut rng = StdRng::seed_from_u64(seed());
    let (mut erased, mut mended) = (0, 0);
    for cycle in 0..kills() {
        let mut running = erase_many(folder.path(), cycle);
        std::thread::sleep(Duration::from_millis(rng.random_range(30..400)));
        running.child.kill().expect("it is ours");
        erased += running.told();
        if !data.join("journal/0001").exists() {
            continue;
        }
        let verified = verify(&data, Some(&key)).unwrap_or_else(|error| panic!("after kill {cycle}: {error}"));
        assert!(verified.erased >= erased, "{} of {erased} erased after kill {cycle}", verified.erased);
        mended += usize::from(verified.left_out.iter().any(|what| what.contains("the next start destroys it")));
    }
    eprintln!("{} kills, {erased} erased, {mended} of the kills in the middle of it", kills());
    assert!(erased > 0, "nobody was erased");
}

/// A stop finishes what was accepted and waits for nobody who dawdles.
#[test]
fn half_a_request_does_not_hold_a_stop() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = DemoServer::start(folder.path());
    let client = KillClient::new(server.port);
    client.choose(&client.policy(), false, "before").expect("answered");
    let records = server.verify();
    let half = |text: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connected");
        stream.write_all(text.as_bytes()).expect("sent");
        stream
    };
    let head = "POST /keuze/choices HTTP/1.1\r\nHost: localhost\r\n";
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ncontrol";
    let dawdlers = [half("GET /keuze/vo"), half(head), half(&format!("{head}{form}"))];
    server.stop();
    drop(dawdlers);
    assert_eq!(keuze::verify(folder.path()), records);
}
