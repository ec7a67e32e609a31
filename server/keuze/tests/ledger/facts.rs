//! Facts beside the ledger are bound to their record: whoever alters, drops, moves or adds one is found out, checksums
//! made anew or not.

use std::path::Path;

use ledger::Ledger;
use ledger::formats::frame::{Frame, FrameEntry, Read};
use ledger::verify::verify;

use crate::fixture::{check, made, opening, root_of, used};

fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut at = 0;
    while let Read::Frame(frame, next) = Frame::parse_frame(bytes, at) {
        frames.push(frame);
        at = next;
    }
    frames
}

fn write(path: &Path, frames: &[Frame]) {
    let mut bytes = Vec::new();
    frames.iter().for_each(|frame| frame.write(&mut bytes));
    std::fs::write(path, bytes).expect("written");
}

#[tokio::test]
async fn facts_cannot_be_altered_dropped_moved_or_added() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let path = data.join("journal/0001/000000000000.log");
    let bytes = std::fs::read(&path).expect("is there");
    let whole = frames(&bytes[..used(&bytes)]);
    let places = whole.iter().enumerate().filter(|(_, frame)| matches!(frame.entry, FrameEntry::Fact(_)));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    assert!(places.len() >= 2, "one sealed and one open");
    let mut forged: Vec<Vec<Frame>> = Vec::new();
    for place in places {
        let mut altered = whole.clone();
        let FrameEntry::Fact(fact) = &mut altered[place].entry else { unreachable!("chosen above") };
        *fact.last_mut().expect("a fact is not empty") ^= 1;
        let mut dropped = whole.clone();
        dropped.remove(place);
        let mut doubled = whole.clone();
        doubled.insert(place, whole[place].clone());
        let mut moved = whole.clone();
        let fact = moved.remove(place);
        moved.insert(1, Frame { index: 1, ..fact });
        forged.extend([altered, dropped, doubled, moved]);
    }
    for frames in forged {
        write(&path, &frames);
        let told = verify(&data, Some(&root_of(&data))).expect_err("it does not add up").to_string();
        assert!(told.contains("fact"), "{told}");
        // The database has what stood there; one that is made anew would have to believe the journal.
        let ledger = Ledger::open(opening(Some(&data), 1)).expect("opens");
        check(&ledger);
        ledger.close().await;
        assert!(Ledger::open_anew(&opening(Some(&data), 1)).is_err());
    }
    write(&path, &whole);
    verify(&data, Some(&root_of(&data))).expect("adds up");
}
