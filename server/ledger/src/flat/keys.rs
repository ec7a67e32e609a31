//! Which records of a closed shard a key seals: the file `keys` of its folder.

use std::cmp::Ordering;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use vault::error::OtherBuild;
use vault::ring::KeyId;

use super::VERSION;
use super::error::FlatFault;

/// The bytes before the first block.
const HEAD: usize = 8;
/// The bytes of an entry: a key's name, and an index.
const ENTRY: usize = 20;
/// A block has so many entries; the last one has what is left.
const ENTRIES: u32 = 204;
/// The checksum before the entries of a block.
const CRC: usize = 4;

/// A record, and the key that seals it.
pub type KeyOfRecord = (KeyId, u32);

/// The file that tells of these records.
pub(crate) fn encode(mut records: Vec<KeyOfRecord>) -> Vec<u8> {
    records.sort_unstable();
    let count = u32::try_from(records.len()).expect("a shard has fewer records");
    let mut bytes = vec![VERSION, 0, 0, 0];
    bytes.extend(count.to_le_bytes());
    for (number, block) in (0..).zip(records.chunks(ENTRIES as usize)) {
        let entries: Vec<u8> =
            block.iter().flat_map(|(key, index)| [&key.0[..], &index.to_be_bytes()].concat()).collect();
        bytes.extend(checksum(number, &entries).to_le_bytes());
        bytes.extend(entries);
    }
    bytes
}

/// Of a block, and of which one it is.
fn checksum(number: u32, entries: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&number.to_le_bytes()), entries)
}

/// The number of entries in a head.
fn read_head(head: [u8; HEAD]) -> Result<u32, FlatFault> {
    OtherBuild::check(head[0], VERSION)?;
    let [_, 0, 0, 0, count @ ..] = head else { return Err(FlatFault::Keys) };
    Ok(u32::from_le_bytes(count))
}

fn length_of(count: u32) -> u64 {
    let count = u64::from(count);
    HEAD as u64 + count * ENTRY as u64 + count.div_ceil(u64::from(ENTRIES)) * CRC as u64
}

/// The file, open for as long as something is looked for.
pub(super) struct KeysFile {
    file: File,
    count: u32,
}

impl KeysFile {
    /// Opens it, and looks at its head and length.
    pub fn open(path: &Path) -> Result<Self, FlatFault> {
        let file = File::open(path).map_err(fault)?;
        let mut head = [0; HEAD];
        match file.read_exact_at(&mut head, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(FlatFault::Keys),
            read => read.map_err(fault)?,
        }
        let count = read_head(head)?;
        let (has, wants) = (file.metadata().map_err(fault)?.len(), length_of(count));
        if has == wants { Ok(Self { file, count }) } else { Err(FlatFault::Length { has, wants }) }
    }

    fn blocks(&self) -> u32 {
        self.count.div_ceil(ENTRIES)
    }

    /// The entries of a block, one behind the other, as they were written.
    fn block(&self, number: u32) -> Result<Vec<u8>, FlatFault> {
        let entries = (self.count - number * ENTRIES).min(ENTRIES) as usize;
        let mut bytes = vec![0; CRC + entries * ENTRY];
        let at = HEAD + number as usize * (CRC + ENTRIES as usize * ENTRY);
        self.file.read_exact_at(&mut bytes, at as u64).map_err(fault)?;
        let (crc, entries) = bytes.split_first_chunk::<CRC>().expect("as many as asked");
        if u32::from_le_bytes(*crc) != checksum(number, entries) {
            return Err(FlatFault::Keys);
        }
        Ok(bytes.split_off(CRC))
    }

    /// What leads to a block: of each the beginning of its last key. Every block is read for it.
    pub fn fences(&self) -> Result<Vec<u64>, FlatFault> {
        let last = |number| Ok(entries_of(&self.block(number)?).last().map_or(0, |(key, _)| beginning(key)));
        (0..self.blocks()).map(last).collect()
    }

    /// The records under a key, in order.
    pub fn records(&self, key: KeyId, fences: &[u64]) -> Result<Vec<u64>, FlatFault> {
        // The first block that does not end before the key.
        let first = fences.partition_point(|last| *last < beginning(key));
        let mut found = Vec::new();
        for number in u32::try_from(first).unwrap_or(u32::MAX)..self.blocks() {
            for (of, index) in entries_of(&self.block(number)?) {
                match of.cmp(&key) {
                    Ordering::Less => {}
                    Ordering::Equal => found.push(u64::from(index)),
                    Ordering::Greater => return Ok(found),
                }
            }
        }
        Ok(found)
    }

    /// Reads everything, and looks whether it is in order.
    pub fn check(&self) -> Result<(), FlatFault> {
        let mut before = None;
        for number in 0..self.blocks() {
            for entry in entries_of(&self.block(number)?) {
                if before.is_some_and(|before| before >= entry) {
                    return Err(FlatFault::Keys);
                }
                before = Some(entry);
            }
        }
        Ok(())
    }
}

fn beginning(key: KeyId) -> u64 {
    u64::from_be_bytes(*key.0.first_chunk().expect("16 bytes"))
}

fn entries_of(block: &[u8]) -> impl Iterator<Item = KeyOfRecord> {
    block.as_chunks::<ENTRY>().0.iter().map(|bytes| {
        let (key, index) = bytes.split_first_chunk::<16>().expect("20 bytes");
        (KeyId(*key), u32::from_be_bytes(*index.first_chunk().expect("20 bytes")))
    })
}

fn fault(error: io::Error) -> FlatFault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FlatFault::Missing,
        _ => FlatFault::Unreadable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(records: &[KeyOfRecord]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        std::fs::write(&path, encode(records.to_vec())).expect("written");
        (folder, path)
    }

    fn key(number: u32) -> KeyId {
        // Spread over all names, as random ones are.
        let [a, b, c, d] = number.wrapping_mul(2_654_435_761).to_be_bytes();
        let mut id = [7; 16];
        id[..4].copy_from_slice(&[a, b, c, d]);
        KeyId(id)
    }

    /// However many there are: each key leads to its records and no other, also one that has more than fit a block.
    #[test]
    fn each_key_leads_to_its_records() {
        for count in [0, 1, 203, 204, 205, 408, 2_000] {
            let records: Vec<KeyOfRecord> = (0..count).map(|n| (if n % 3 == 0 { key(0) } else { key(n) }, n)).collect();
            let (_folder, path) = written(&records);
            let file = KeysFile::open(&path).expect("opens");
            file.check().expect("in order");
            let fences = file.fences().expect("readable");
            for wanted in (0..count).step_by(7).chain([0]) {
                let wanted = key(wanted);
                let theirs: Vec<u64> =
                    records.iter().filter(|(of, _)| *of == wanted).map(|(_, n)| u64::from(*n)).collect();
                assert_eq!(file.records(wanted, &fences).expect("readable"), theirs, "{count}");
            }
            assert_eq!(file.records(key(9_999_999), &fences).expect("readable"), [0_u64; 0]);
        }
    }

    /// A record that is not told of would be missing from somebody's history.
    #[test]
    fn a_flipped_bit_and_a_missing_byte_are_noticed() {
        let records: Vec<KeyOfRecord> = (0..300).map(|n| (key(n), n)).collect();
        let (_folder, path) = written(&records);
        let whole = std::fs::read(&path).expect("there");
        let noticed = || KeysFile::open(&path).and_then(|file| file.check()).is_err();
        assert!(!noticed());
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            std::fs::write(&path, bytes).expect("written");
            assert!(noticed(), "byte {at}");
        }
        for end in [0, 4, HEAD, whole.len() - 1] {
            std::fs::write(&path, &whole[..end]).expect("written");
            assert!(noticed(), "{end} bytes");
        }
        // Two blocks that changed places.
        let block = CRC + ENTRIES as usize * ENTRY;
        let (first, second) = whole[HEAD..].split_at(block);
        std::fs::write(&path, [&whole[..HEAD], second, first].concat()).expect("written");
        assert!(noticed());
    }
}
