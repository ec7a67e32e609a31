//! Journal frames: `len u32 | crc32c u32 | index u64 | entry`, little-endian.
//!
//! `len` counts the entry's bytes; the checksum covers `len`, `index` and the entry. `index` is the size of the log
//! when the frame was written. An entry starts with a byte that says what it is.

/// The bytes before an entry.
pub const HEADER: usize = 16;

/// An entry longer than this was not written by us: a record is small, a public content at most a few megabytes.
pub const LONGEST: usize = 16 << 20;

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A sealed record ([`super::record::SealedRecord::to_bytes`]).
    Record(Vec<u8>),
    /// A fact beside the ledger, sealed or open.
    Fact(Vec<u8>),
    /// The end of a batch: the signed checkpoint of the log with it.
    BatchEnd(String),
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The size of the log when it was written: for a record, its index.
    pub index: u64,
    /// What it holds.
    pub entry: Entry,
}

/// What stands at a place in a journal.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// A frame, and where the next one starts.
    Frame(Frame, usize),
    /// Nothing was written here: zeros to the end, or the end.
    End,
    /// Something that is not a frame.
    Broken,
}

impl Frame {
    /// Adds the frame's bytes.
    ///
    /// # Panics
    /// If the entry is longer than [`LONGEST`]; nothing that long is accepted for writing.
    pub fn write(&self, out: &mut Vec<u8>) {
        let (tag, body): (u8, &[u8]) = match &self.entry {
            Entry::Record(body) => (1, body),
            Entry::Fact(body) => (2, body),
            Entry::BatchEnd(note) => (3, note.as_bytes()),
        };
        assert!(body.len() < LONGEST, "an entry fits a frame");
        let len = u32::try_from(body.len() + 1).expect("checked above").to_le_bytes();
        let index = self.index.to_le_bytes();
        let crc = checksum(&[&len, &index, &[tag], body]);
        out.extend_from_slice(&len);
        out.extend_from_slice(&crc.to_le_bytes());
        out.extend_from_slice(&index);
        out.push(tag);
        out.extend_from_slice(body);
    }

    /// Reads the frame at `at`.
    pub fn read(journal: &[u8], at: usize) -> Read {
        let rest = journal.get(at..).unwrap_or_default();
        if rest.iter().take(HEADER).all(|byte| *byte == 0) {
            return if rest.iter().all(|byte| *byte == 0) { Read::End } else { Read::Broken };
        }
        Self::parse(rest).map_or(Read::Broken, |(frame, len)| Read::Frame(frame, at + len))
    }

    fn parse(rest: &[u8]) -> Option<(Self, usize)> {
        let (len, rest) = rest.split_first_chunk::<4>()?;
        let (crc, rest) = rest.split_first_chunk::<4>()?;
        let (index, rest) = rest.split_first_chunk::<8>()?;
        let length = usize::try_from(u32::from_le_bytes(*len)).ok().filter(|len| (1..=LONGEST).contains(len))?;
        let entry = rest.get(..length)?;
        if checksum(&[len, index, entry]) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (tag, body) = entry.split_first()?;
        let entry = match tag {
            1 => Entry::Record(body.to_vec()),
            2 => Entry::Fact(body.to_vec()),
            3 => Entry::BatchEnd(String::from_utf8(body.to_vec()).ok()?),
            _ => return None,
        };
        Some((Self { index: u64::from_le_bytes(*index), entry }, HEADER + length))
    }
}

fn checksum(parts: &[&[u8]]) -> u32 {
    parts.iter().fold(0, |crc, part| crc32c::crc32c_append(crc, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_reads_back_and_every_flipped_byte_is_noticed() {
        let frame = Frame { index: 7, entry: Entry::Record(b"record".to_vec()) };
        let mut bytes = Vec::new();
        frame.write(&mut bytes);
        assert_eq!(Frame::read(&bytes, 0), Read::Frame(frame, bytes.len()));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[at] ^= 1 << bit;
                assert_eq!(Frame::read(&altered, 0), Read::Broken, "byte {at}");
            }
        }
        bytes.extend_from_slice(&[0; 40]);
        assert_eq!(Frame::read(&bytes, bytes.len() - 40), Read::End);
        *bytes.last_mut().expect("not empty") = 1;
        assert_eq!(Frame::read(&bytes, bytes.len() - 40), Read::Broken);
    }
}
