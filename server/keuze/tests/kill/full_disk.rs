//! A disk that fills up under a server, and one that is full before it starts. Files do not grow beyond what fits, and nothing is
//! made (`end2end/faults/rec.c`); what stands there can be written over.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::client::KillClient;
use crate::counts::{count, seed};
use crate::keuze::{DemoServer, verify};
use crate::recorder::recorder;
use crate::{Acknowledged, look_up_all};

/// What a server says that stops for want of room.
const NO_ROOM: &str = "There is no room left: make some, and start again. What was acknowledged is kept";

/// Disks that are tried.
fn disks() -> usize {
    count(3, 20)
}

/// A server on a disk on which so many more bytes fit; what it said where it did not start.
fn start_on(folder: &Path, bytes: u64) -> Result<DemoServer, String> {
    let (space, data) = (bytes.to_string(), folder.join("data"));
    let more =
        [("LD_PRELOAD", recorder().as_os_str()), ("REC_DIR", data.as_os_str()), ("FAULT_SPACE", OsStr::new(&space))];
    DemoServer::spawn_with(folder, &more).listening()
}

/// What holds what was acknowledged: journals and keys, without the space that is taken in advance.
fn kept(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in ["journal/0001", "journal/logs", "keys"] {
        for entry in std::fs::read_dir(data.join(folder)).expect("listed") {
            let path = entry.expect("listed").path();
            let mut bytes = std::fs::read(&path).expect("read");
            bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
            files.insert(path.display().to_string(), bytes);
        }
    }
    files
}

#[tokio::test]
async fn a_full_disk_is_told_loses_nothing_and_is_gone_with_more_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed);
    let server = DemoServer::start(folder.path());
    let client = KillClient::new(server.port);
    let origin = client.log_origin();
    let mut acknowledged = Acknowledged::new();
    let before = client.choose(&client.policy(), true, "before").expect("answered").expect("nobody else asks");
    acknowledged.insert(before, "before".to_owned());
    server.stop();
    let (mut refused, mut filled) = (0, 0);
    for disk in 0..disks() {
        // On the first nothing fits at all; on the second a server starts, and is soon full.
        let bytes = match disk {
            0 => 0,
            1 => 3_000_000,
            _ => rng.random_range(0..6_000_000),
        };
        let stands = kept(&data);
        match start_on(folder.path(), bytes) {
            Err(said) => {
                refused += 1;
                assert!(said.contains(NO_ROOM), "{bytes}: {said}");
                // What a demo records at its start may be on the disk.
                let opened = said.contains("nothing more is acknowledged");
                assert!(opened || kept(&data) == stands, "{bytes}: a start that is refused changes nothing: {said}");
            }
            Ok(server) => {
                filled += 1;
                let (answered, said) = fill(server, disk);
                acknowledged.extend(answered);
                assert!(said.contains(NO_ROOM), "{bytes}: {said}");
            }
        }
        std::fs::remove_file(folder.path().join("log")).expect("it was read");
        assert!(verify(folder.path()) >= acknowledged.len() as u64, "{bytes}: a ledger that nobody has mended adds up");
    }
    eprintln!(
        "KEUZE_SEED={seed}: {refused} starts refused, {filled} servers full, {} acknowledged",
        acknowledged.len()
    );
    assert!(refused > 0 && filled > 0, "{refused} {filled}");
    // With room again everything goes on.
    let server = DemoServer::start(folder.path());
    let client = KillClient::new(server.port);
    let after = client.choose(&client.policy(), true, "after").expect("answered").expect("nobody else asks");
    acknowledged.insert(after, "after".to_owned());
    server.stop();
    look_up_all(folder.path(), origin, &acknowledged).await;
}

/// Chooses until the server has ended by itself; what was acknowledged, and what it said.
fn fill(server: DemoServer, disk: usize) -> (Acknowledged, String) {
    let mut acknowledged = Acknowledged::new();
    let client = KillClient::new(server.port);
    let policy = client.try_policy();
    for number in 0..20_000 {
        let name = format!("d{disk}-{number}");
        // A server that has stopped recording says so with 503 until it has ended.
        match policy.as_ref().map(|policy| client.choose(policy, number % 2 == 0, &name)) {
            Ok(Ok(Some(address))) => _ = acknowledged.insert(address, name),
            Ok(Ok(None)) => {}
            Ok(Err(_)) | Err(_) => break,
        }
    }
    (acknowledged, server.ended())
}
