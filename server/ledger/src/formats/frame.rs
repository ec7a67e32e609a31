//! # Frame of the journal
//!
//! The journal of a shard, or of the log of logs, is a folder of files, each named after the index of its first record (twelve digits, `.log`) and
//! begun when the one before it has 16 MiB. A file is frames, one behind the other, and then zeros: space is taken in steps
//! of 1 MiB. The frames of a batch are its records, each followed by the facts beside it, and one end. In the log of logs they are
//! one checkpoint of a shard, and the end.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 4 | length of what stands behind the index, little-endian: at most 16 MiB |
//! | 4 | 4 | CRC-32C of length, index and all that follows, little-endian |
//! | 8 | 8 | size of the log when it was written, little-endian: for a record its index |
//! | 16 | 1 | kind: 0x52 `R` record, 0x46 `F` fact, 0x43 `C` checkpoint of a shard, 0x45 `E` end of a batch |
//! | 17 | 1 | version: 1 |
//! | 18 | rest | the record, the fact, the entry of the log of logs, or the signed checkpoint of the log with the batch |
//!
//! An entry of the log of logs is eight bytes of time, seconds since 1970, little-endian and signed, and the signed checkpoint of a
//! shard; the checkpoint alone is what is hashed into the leaf.
//!
//! Written by the ledger's writer and synced before anybody is answered; read at every start, by `keuze verify` and
//! `keuze rebuild`. A truncated or altered frame ends the journal: behind the last whole batch it is unfinished work of a kill and
//! is cut off; before a checkpoint that stands elsewhere it is a fault. A frame with a right checksum and another kind or
//! version was written by another build: the start and `keuze verify` say so, and nothing is changed.

use vault::error::OtherBuild;

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// The bytes before kind and version.
pub const HEADER: usize = 16;

/// An entry longer than this was not written by us: a record is small, a public content at most a few megabytes.
pub const LONGEST: usize = 16 << 20;

/// Kind and version.
const TAGS: usize = 2;

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameEntry {
    /// A sealed record ([`super::record::SealedRecord::to_bytes`]).
    Record(Vec<u8>),
    /// A fact beside the ledger ([`super::fact::encode`]).
    Fact(Vec<u8>),
    /// An entry of the log of logs: when it was made (seconds since 1970), and the signed checkpoint of a shard.
    Checkpoint(i64, String),
    /// The end of a batch: the signed checkpoint of the log with it.
    BatchEnd(String),
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The size of the log when it was written: for a record, its index.
    pub index: u64,
    /// What it holds.
    pub entry: FrameEntry,
}

/// What stands at a place in a journal.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// A frame, and where the next one starts.
    Frame(Frame, usize),
    /// Nothing was written here: zeros to the end, or the end.
    End,
    /// A whole frame that this build does not read.
    OtherBuild(OtherBuild),
    /// Something that is not a frame.
    Broken,
}

impl Frame {
    /// Adds the frame's bytes.
    ///
    /// # Panics
    /// If the entry is longer than [`LONGEST`]; nothing that long is accepted for writing.
    pub fn write(&self, out: &mut Vec<u8>) {
        let (kind, at, body): (u8, &[u8], &[u8]) = match &self.entry {
            FrameEntry::Record(body) => (b'R', &[], body),
            FrameEntry::Fact(body) => (b'F', &[], body),
            FrameEntry::Checkpoint(at, note) => (b'C', &at.to_le_bytes(), note.as_bytes()),
            FrameEntry::BatchEnd(note) => (b'E', &[], note.as_bytes()),
        };
        assert!(body.len() <= LONGEST - TAGS - at.len(), "an entry fits a frame");
        let len = u32::try_from(TAGS + at.len() + body.len()).expect("checked above").to_le_bytes();
        let (index, tags) = (self.index.to_le_bytes(), [kind, VERSION]);
        let crc = checksum(&[&len, &index, &tags, at, body]);
        out.extend_from_slice(&len);
        out.extend_from_slice(&crc.to_le_bytes());
        out.extend_from_slice(&index);
        out.extend_from_slice(&tags);
        out.extend_from_slice(at);
        out.extend_from_slice(body);
    }

    /// Reads the frame at `at`.
    pub fn parse_frame(journal: &[u8], at: usize) -> Read {
        let rest = journal.get(at..).unwrap_or_default();
        if rest.iter().take(HEADER).all(|byte| *byte == 0) {
            return if rest.iter().all(|byte| *byte == 0) { Read::End } else { Read::Broken };
        }
        let Some((index, entry)) = whole(rest) else { return Read::Broken };
        match read_entry(entry) {
            Ok(Some(read)) => Read::Frame(Self { index, entry: read }, at + HEADER + entry.len()),
            Ok(None) => Read::Broken,
            Err(other) => Read::OtherBuild(other),
        }
    }
}

/// Index and entry of a frame whose checksum is right.
fn whole(rest: &[u8]) -> Option<(u64, &[u8])> {
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let (index, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u32::from_le_bytes(*len)).ok().filter(|len| (1..=LONGEST).contains(len))?;
    let entry = rest.get(..length)?;
    (checksum(&[len, index, entry]) == u32::from_le_bytes(*crc)).then(|| (u64::from_le_bytes(*index), entry))
}

fn read_entry(entry: &[u8]) -> Result<Option<FrameEntry>, OtherBuild> {
    // Before frames had a version their kinds were 1, 2 and 3.
    if matches!(entry.first(), Some(1..=3)) {
        return Err(OtherBuild::Earlier);
    }
    let Some(([kind, version], body)) = entry.split_first_chunk::<TAGS>() else { return Err(OtherBuild::Unknown) };
    OtherBuild::check(*version, VERSION)?;
    match kind {
        b'R' => Ok(Some(FrameEntry::Record(body.to_vec()))),
        b'F' => Ok(Some(FrameEntry::Fact(body.to_vec()))),
        b'C' => Ok(read_checkpoint(body)),
        b'E' => Ok(String::from_utf8(body.to_vec()).ok().map(FrameEntry::BatchEnd)),
        _ => Err(OtherBuild::Unknown),
    }
}

fn read_checkpoint(body: &[u8]) -> Option<FrameEntry> {
    let (at, note) = body.split_first_chunk::<8>()?;
    Some(FrameEntry::Checkpoint(i64::from_le_bytes(*at), String::from_utf8(note.to_vec()).ok()?))
}

fn checksum(parts: &[&[u8]]) -> u32 {
    parts.iter().fold(0, |crc, part| crc32c::crc32c_append(crc, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(entry: &[u8]) -> Vec<u8> {
        let (len, index) = (u32::try_from(entry.len()).expect("short").to_le_bytes(), 7_u64.to_le_bytes());
        let crc = checksum(&[&len, &index, entry]).to_le_bytes();
        [&len[..], &crc, &index, entry].concat()
    }

    #[test]
    fn behind_the_last_frame_there_are_zeros_and_nothing_else() {
        let mut bytes = framed(b"R\x01record");
        let end = bytes.len();
        assert_eq!(
            Frame::parse_frame(&bytes, 0),
            Read::Frame(Frame { index: 7, entry: FrameEntry::Record(b"record".to_vec()) }, end)
        );
        bytes.extend_from_slice(&[0; 40]);
        assert_eq!(Frame::parse_frame(&bytes, end), Read::End);
        *bytes.last_mut().expect("not empty") = 1;
        assert_eq!(Frame::parse_frame(&bytes, end), Read::Broken);
    }

    /// What an earlier build wrote has kinds of its own and no version.
    #[test]
    fn a_whole_frame_of_another_build_is_told_from_a_broken_one() {
        for (entry, told) in [
            (&b"\x01record of before"[..], OtherBuild::Earlier),
            (b"\x02fact of before", OtherBuild::Earlier),
            (b"\x03note of before", OtherBuild::Earlier),
            (b"R\x00record", OtherBuild::Earlier),
            (b"R\x02record", OtherBuild::Later(2)),
            (b"Q\x01query", OtherBuild::Unknown),
            (b"R", OtherBuild::Unknown),
        ] {
            assert_eq!(Frame::parse_frame(&framed(entry), 0), Read::OtherBuild(told), "{entry:?}");
        }
        assert_eq!(Frame::parse_frame(&framed(b"E\x01\xff"), 0), Read::Broken);
    }
}
