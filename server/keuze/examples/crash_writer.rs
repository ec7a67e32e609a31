//! Writes to a ledger until it has written enough, and prints `ACK <address> <name>` for each acknowledged record.
//!
//! `crash_writer DIR ROUNDS RECORDS`: in each round the ledger in `DIR/data` is opened, eight tasks append so many
//! records each, and it is closed; so a recording of it holds starts on an existing ledger too. The tests of power
//! cuts run it under a recorder (`server/keuze/tests/power_loss.rs`).
//!
//! `crash_writer erase RUN DIR`: appends a record of somebody new and erases them, and again, until it is killed; prints
//! `ERASED` for each (`server/keuze/tests/kill.rs`).
#![expect(clippy::print_stdout, reason = "its output is what the test reads")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use ledger::clock::{Clock as _, SystemClock};
use ledger::fixture::{choice, erasure, named_choice};
use ledger::shards::ShardRules;
use ledger::{AppendRequest, Ledger, Opening};
use model::identity::Subject;
use vault::random::SystemRandom;
use vault::ring::KeyPurpose;

const TASKS: u8 = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, run, folder] = &arguments[..]
        && word == "erase"
    {
        return erase(Path::new(folder), run.parse().context("RUN")?).await;
    }
    let [folder, rounds, records] = &arguments[..] else { anyhow::bail!("crash_writer DIR ROUNDS RECORDS") };
    let (rounds, records) = (rounds.parse().context("ROUNDS")?, records.parse().context("RECORDS")?);
    for round in 0..rounds {
        let ledger = open(Path::new(folder))?;
        let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(append(ledger.clone(), round, task, records))).collect();
        for task in tasks {
            task.await??;
        }
        ledger.close().await;
    }
    Ok(())
}

/// Erases one person after the other.
async fn erase(folder: &Path, run: u8) -> anyhow::Result<()> {
    let ledger = open(folder)?;
    for number in 0_u32.. {
        let [.., high, low] = number.to_be_bytes();
        let somebody = subject([run, high, low]);
        let now = SystemClock.now().at;
        ledger.append(AppendRequest::new(choice(now).with_subject(Some(somebody)))).await?;
        let key = ledger.find_key(KeyPurpose::Proof(somebody)).context("made with the record")?;
        ledger.append(AppendRequest::new(erasure(now)).ending(vec![key])).await?;
        println!("ERASED");
    }
    Ok(())
}

/// With shards so small that several close meanwhile.
fn open(folder: &Path) -> anyhow::Result<Ledger> {
    let ledger = Ledger::open(Opening {
        data: Some(folder.join("data")),
        key_file: Some(PathBuf::from(folder).join("root.key")),
        origin: "crash.example".to_owned(),
        random: Arc::new(SystemRandom),
    })?;
    ledger.follow(ShardRules { records: 30, ..ShardRules::default() });
    Ok(ledger)
}

/// Appends records, of which every other one has a subject of its own and so a key of its own.
async fn append(ledger: Ledger, round: u8, task: u8, records: u8) -> anyhow::Result<()> {
    for number in 0..records {
        let name = format!("{round}-{task}-{number}");
        let whose = number.is_multiple_of(2).then(|| subject([round, task, number]));
        let event = named_choice(SystemClock.now().at, &name).with_subject(whose);
        let written = ledger.append(AppendRequest::new(event)).await?;
        println!("ACK {} {name}", written.address);
    }
    Ok(())
}

fn subject(name: [u8; 3]) -> Subject {
    let mut bytes = [0; 16];
    bytes[..3].copy_from_slice(&name);
    Subject(bytes)
}
