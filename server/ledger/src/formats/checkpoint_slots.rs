//! # Checkpoint file
//!
//! The signed checkpoint of the last batch, outside journal and database: `checkpoint/<shard>` in the data directory. It has
//! two slots of 1,024 bytes, the batches with an even number in the first, those with an odd one in the second, so that one is
//! always whole. A slot of zeros was never written. Each slot:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 8 | number of the batch, counted from 0, little-endian |
//! | 9 | 4 | length of the checkpoint, little-endian |
//! | 13 | 1007 | the checkpoint, then zeros |
//! | 1020 | 4 | CRC-32C of everything before, little-endian |
//!
//! Written by the ledger's writer after the journal is synced, so that it is never ahead of it; read at every start and by
//! `keuze verify`, which hold the journal against it. A damaged slot is mended at the start and reported by `keuze verify`;
//! one of another version is refused by both.

use vault::error::OtherBuild;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The bytes of a slot.
pub const SLOT: usize = 1024;

const HEAD: usize = 13;
const CHECKSUM: usize = 4;

/// The longest checkpoint that fits.
pub const LONGEST: usize = SLOT - HEAD - CHECKSUM;

/// A slot of the checkpoint file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Never written.
    Empty,
    /// A checkpoint with the number of its batch.
    Note(u64, String),
    /// Torn by a power cut, or altered.
    Broken,
    /// Whole, and of another version.
    OtherBuild(OtherBuild),
}

/// The bytes of the slot for a checkpoint; `None` where it is longer than [`LONGEST`].
pub fn encode(number: u64, note: &str) -> Option<[u8; SLOT]> {
    let mut slot = [0; SLOT];
    slot[0] = VERSION;
    slot[1..9].copy_from_slice(&number.to_le_bytes());
    slot[9..HEAD].copy_from_slice(&u32::try_from(note.len()).ok()?.to_le_bytes());
    slot.get_mut(HEAD..SLOT - CHECKSUM)?.get_mut(..note.len())?.copy_from_slice(note.as_bytes());
    let crc = crc32c::crc32c(&slot[..SLOT - CHECKSUM]);
    slot[SLOT - CHECKSUM..].copy_from_slice(&crc.to_le_bytes());
    Some(slot)
}

/// Where the slot of a batch begins.
pub fn place(number: u64) -> u64 {
    (number % 2) * SLOT as u64
}

/// Both slots of a file; one that is empty has two empty ones.
pub fn parse_slots(file: &[u8]) -> [Slot; 2] {
    if file.is_empty() {
        return [Slot::Empty, Slot::Empty];
    }
    [0, 1].map(|at| {
        let slot = file.get(at * SLOT..(at + 1) * SLOT).and_then(<[u8]>::first_chunk);
        slot.map_or(Slot::Broken, |slot| match decode(slot) {
            Slot::Note(number, _) if place(number) != (at * SLOT) as u64 => Slot::Broken,
            slot => slot,
        })
    })
}

/// Reads a slot.
pub fn decode(slot: &[u8; SLOT]) -> Slot {
    if slot.iter().all(|byte| *byte == 0) {
        return Slot::Empty;
    }
    let (body, crc) = slot.split_at(SLOT - CHECKSUM);
    if crc32c::crc32c(body).to_le_bytes() != *crc {
        return Slot::Broken;
    }
    if let Err(other) = OtherBuild::check(slot[0], VERSION) {
        return Slot::OtherBuild(other);
    }
    note(body).map_or(Slot::Broken, |(number, note)| Slot::Note(number, note))
}

fn note(body: &[u8]) -> Option<(u64, String)> {
    let (number, rest) = body[1..].split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let note = rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    Some((u64::from_le_bytes(*number), String::from_utf8(note.to_vec()).ok()?))
}
