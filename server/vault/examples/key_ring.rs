//! What a key costs: makes a ring of that many keys in a folder, or opens the one that is there.
//!
//! `cargo run --release -p vault --example key_ring -- make FOLDER 1000000`, then `… -- open FOLDER`.

#![expect(clippy::print_stdout, reason = "it measures, and says so")]

use std::path::Path;
use std::time::Instant;

use model::identity::Subject;
use vault::key::RootKey;
use vault::random::{SecureRandom, SystemRandom};
use vault::ring::{KeyPurpose, KeyRing, OpenMode};
use vault::root;

const ENTROPY: &dyn SecureRandom = &SystemRandom;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder, count] => make(Path::new(folder), count.parse().expect("a number")),
        ["open", folder] => open(Path::new(folder)),
        _ => println!("make FOLDER COUNT, or open FOLDER"),
    }
}

fn root_key(folder: &Path) -> RootKey {
    let file = folder.with_extension("key");
    let kept = root::load_root_key(&file).expect("readable");
    kept.unwrap_or_else(|| root::create(&file, ENTROPY).expect("written"))
}

fn make(folder: &Path, count: u32) {
    std::fs::create_dir_all(folder).expect("made");
    let ring = KeyRing::open(Some(folder), root_key(folder), OpenMode::Start).expect("opens");
    let start = Instant::now();
    for number in 1..=count {
        ring.ensure(KeyPurpose::Proof(Subject(ENTROPY.bytes())), ENTROPY);
        if number % 50_000 == 0 || number == count {
            ring.sync(ENTROPY).expect("durable");
        }
    }
    println!("made {count} keys: {:.2} µs each", start.elapsed().as_secs_f64() * 1e6 / f64::from(count));
}

fn open(folder: &Path) {
    let (root, before) = (root_key(folder), memory());
    let bytes: u64 = std::fs::read_dir(folder)
        .expect("is there")
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|meta| meta.len())
        .sum();
    let start = Instant::now();
    let ring = KeyRing::open(Some(folder), root, OpenMode::Start).expect("opens");
    let took = start.elapsed();
    let after = memory();
    println!("opened {bytes} bytes of files in {:.3} s", took.as_secs_f64());
    println!("memory {} KiB more, {} KiB at most", after.0 - before.0, after.1);
    drop(ring);
}

/// What the process holds now and held at most, in KiB.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("is said");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    };
    (of("VmRSS:"), of("VmHWM:"))
}
