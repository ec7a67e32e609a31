//! # Tiles and entry bundles
//!
//! The hashes and the entries of a log as C2SP tlog-tiles specifies them: in addresses, in the folder of a closed shard, and in an
//! export alike, so a web server that gives out such a folder serves a log.
//!
//! | path | what |
//! |---|---|
//! | `tile/<L>/<N>` | hashes `256 × N` to `256 × N + 255` of row `8 × L`, 32 bytes each |
//! | `tile/entries/<N>` | entries `256 × N` to `256 × N + 255` |
//! | behind it `.p/<W>` | the first `W` of them alone, 1 to 255: the last ones, of a log that ends there |
//!
//! `<L>` is a decimal number to 63. `<N>` stands in groups of three digits, all but the last with an `x` before them:
//! `x001/x234/067`. An entry in a bundle:
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 2 | length of the entry, big-endian |
//! | 2 | rest | the entry: of a shard a commitment, 32 bytes |
//!
//! They have no version of their own; what another specification would say has other paths. A hash that is altered is not that
//! of the subtree below it, an entry not that of its leaf, and the root over all is signed.

use std::fmt;

use crate::tree::{NodeHash, hash_subtree, leaf_hash};

/// The hashes of a full tile, and the entries of a full bundle.
pub const FULL: u16 = 256;

/// What is tiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TileOf {
    /// The hashes of row `8 × level`; to 63.
    Hashes(u8),
    /// The entries.
    Entries,
}

impl TileOf {
    /// How many hashes of the level, or entries, a log of that size has.
    fn count(self, size: u64) -> u64 {
        match self {
            Self::Hashes(level) => size.checked_shr(8 * u32::from(level)).unwrap_or(0),
            Self::Entries => size,
        }
    }
}

/// Which tile or bundle: its path below `tile/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TilePath {
    /// Of what.
    pub of: TileOf,
    /// Which of them.
    pub index: u64,
    /// How many hashes or entries it has: 1 to 256.
    pub width: u16,
}

impl TilePath {
    /// Reads the two parts of a path below `tile/`: `<L>` or `entries`, and `<N>` with what stands behind it.
    pub fn parse(level: &str, index: &str) -> Option<Self> {
        let of = match level {
            "entries" => TileOf::Entries,
            level => TileOf::Hashes(decimal(level).filter(|level| *level <= 63)?.try_into().ok()?),
        };
        let (index, width) = match index.split_once(".p/") {
            Some((index, width)) => (index, decimal(width).filter(|width| (1..256).contains(width))?),
            None => (index, u64::from(FULL)),
        };
        Some(Self { of, index: parse_index(index)?, width: u16::try_from(width).ok()? })
    }

    /// All tiles of a log of that size, and all bundles: the full ones, and where it ends within one, the one that has the
    /// rest. Level by level, the entries last.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..8).map(TileOf::Hashes).chain([TileOf::Entries]).flat_map(move |of| Self::row(of, size))
    }

    /// Those of one level, or the bundles.
    pub fn row(of: TileOf, size: u64) -> impl Iterator<Item = Self> {
        let count = of.count(size);
        (0..count.div_ceil(u64::from(FULL))).map(move |index| Self::containing(of, index, count))
    }

    /// The one of that index where there are so many hashes of the level, or entries; some of them stand in it.
    fn containing(of: TileOf, index: u64, count: u64) -> Self {
        let width = (count - index * u64::from(FULL)).min(u64::from(FULL));
        Self { of, index, width: u16::try_from(width).expect("at most 256") }
    }

    /// The one that stands in a folder or address of a log of that size in the place of this: it may be fuller. `None` where
    /// the log does not have as much.
    #[must_use]
    pub fn in_log(self, size: u64) -> Option<Self> {
        let count = self.of.count(size);
        let from = self.index.checked_mul(u64::from(FULL))?;
        let has = (1..=FULL).contains(&self.width) && from.checked_add(u64::from(self.width))? <= count;
        has.then(|| Self::containing(self.of, self.index, count))
    }
}

impl fmt::Display for TilePath {
    /// The path below `tile/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            TileOf::Hashes(level) => write!(f, "{level}/")?,
            TileOf::Entries => f.write_str("entries/")?,
        }
        let digits = self.index.to_string();
        let digits = format!("{}{digits}", "0".repeat(digits.len().next_multiple_of(3) - digits.len()));
        let (groups, last) = digits.split_at(digits.len() - 3);
        for (place, digit) in groups.chars().enumerate() {
            let (before, behind) = (if place % 3 == 0 { "x" } else { "" }, if place % 3 == 2 { "/" } else { "" });
            write!(f, "{before}{digit}{behind}")?;
        }
        f.write_str(last)?;
        if self.width < FULL { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

fn parse_index(text: &str) -> Option<u64> {
    let (head, last) = text.rsplit_once('/').map_or((None, text), |(head, last)| (Some(head), last));
    let groups = head.into_iter().flat_map(|head| head.split('/')).map(|group| group.strip_prefix('x'));
    let mut number = 0u64;
    for (place, group) in groups.chain([Some(last)]).enumerate() {
        let group = group.filter(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()))?;
        if place == 0 && group == "000" && head.is_some() {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(group.parse().ok()?)?;
    }
    Some(number)
}

/// A number in its one spelling.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Where in tiles the hash of a subtree is found: it is the hash over `count` hashes of a level from `first` on, all of which
/// stand in one tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileRange {
    /// The level of the tile.
    pub level: u8,
    /// The first hash of that level.
    pub first: u64,
    /// How many: a power of two, at most 128.
    pub count: u16,
}

impl TileRange {
    /// For the subtree of 2^`row` leaves of that index.
    pub fn of_subtree(row: u8, index: u64) -> Self {
        let above = row % 8;
        Self { level: row / 8, first: index << above, count: 1 << above }
    }

    /// The index of the tile.
    pub fn tile(&self) -> u64 {
        self.first / u64::from(FULL)
    }

    /// The byte at which the hashes begin in the tile, and how many bytes they are.
    pub fn bytes(&self) -> (usize, usize) {
        let before = usize::try_from(self.first % u64::from(FULL)).expect("below 256");
        (before * 32, usize::from(self.count) * 32)
    }

    /// The hash of the subtree from these bytes; `None` if they are not as many.
    pub fn hash(&self, bytes: &[u8]) -> Option<NodeHash> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let is_whole = rest.is_empty() && hashes.len() == usize::from(self.count);
        is_whole.then(|| hash_subtree(hashes.iter().map(|hash| NodeHash(*hash)).collect()))
    }
}

/// Adds an entry to a bundle.
///
/// # Panics
/// An entry has at most 65,535 bytes.
pub fn write_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).expect("an entry is short");
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
}

/// The entries of a bundle in their order; `None` for bytes that are none.
pub fn read_entries(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bundle = rest;
    }
    Some(entries)
}

/// Makes the tiles and bundles of a log from its entries, one after the other, and keeps no more of them than what is not full
/// yet: at most 256 entries, and as many hashes of each level.
#[derive(Clone, Debug, Default)]
pub struct TileBuilder {
    size: u64,
    bundle: Vec<u8>,
    levels: Vec<Vec<NodeHash>>,
}

impl TileBuilder {
    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next entry. What is full with it comes out, each with its bytes.
    ///
    /// # Panics
    /// An entry has at most 65,535 bytes.
    pub fn push(&mut self, entry: &[u8]) -> Vec<(TilePath, Vec<u8>)> {
        write_entry(&mut self.bundle, entry);
        self.size += 1;
        let mut full = Vec::new();
        let mut hash = NodeHash::from(leaf_hash(entry));
        for level in 0..=u8::MAX {
            let at = usize::from(level);
            if self.levels.len() == at {
                self.levels.push(Vec::new());
            }
            self.levels[at].push(hash);
            if self.levels[at].len() < usize::from(FULL) {
                break;
            }
            let hashes = std::mem::take(&mut self.levels[at]);
            full.push((self.last(TileOf::Hashes(level)), bytes_of(&hashes)));
            hash = hash_subtree(hashes);
        }
        if !full.is_empty() {
            full.push((self.last(TileOf::Entries), std::mem::take(&mut self.bundle)));
        }
        full
    }

    /// What is not full at the end.
    pub fn finish(self) -> Vec<(TilePath, Vec<u8>)> {
        let levels = self.levels.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty());
        let level = |at| TileOf::Hashes(u8::try_from(at).expect("below 64"));
        let mut rest: Vec<_> = levels.map(|(at, hashes)| (self.last(level(at)), bytes_of(hashes))).collect();
        if !self.bundle.is_empty() {
            rest.push((self.last(TileOf::Entries), self.bundle.clone()));
        }
        rest
    }

    /// The last tile or bundle of the log as it is.
    fn last(&self, of: TileOf) -> TilePath {
        let count = of.count(self.size);
        TilePath::containing(of, (count - 1) / u64::from(FULL), count)
    }
}

fn bytes_of(hashes: &[NodeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::tree::{ReadHashes, Tree, leaf_hash, path_of, root_of};

    #[test]
    fn tiles_are_named_as_the_specification_does() {
        let tile = |path| TilePath::parse("0", path).map(|tile| (tile.index, tile.width));
        assert_eq!(tile("000"), Some((0, 256)));
        assert_eq!(tile("x001/x234/067"), Some((1_234_067, 256)));
        assert_eq!(tile("x001/067.p/8"), Some((1_067, 8)));
        for wrong in ["0", "0000", "x000/001", "001/002", "x001", "000.p/0", "000.p/256", "000.p/08", "", "x1/002"] {
            assert_eq!(tile(wrong), None, "{wrong}");
        }
        for (level, of) in [("0", TileOf::Hashes(0)), ("63", TileOf::Hashes(63)), ("entries", TileOf::Entries)] {
            assert_eq!(TilePath::parse(level, "000").map(|tile| tile.of), Some(of));
        }
        for wrong in ["64", "00", "-1", "", "entry", "data", "+1"] {
            assert_eq!(TilePath::parse(wrong, "000"), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_named_reads_back() {
        for index in [0, 7, 999, 1000, 1_067, 999_999, 1_234_067, u64::MAX / 256] {
            for width in [1, 8, 255, 256] {
                for of in [TileOf::Hashes(0), TileOf::Hashes(2), TileOf::Entries] {
                    let tile = TilePath { of, index, width };
                    let path = tile.to_string();
                    let (level, index) = path.split_once('/').expect("two parts");
                    assert_eq!(TilePath::parse(level, index), Some(tile), "{path}");
                }
            }
        }
        assert_eq!(TilePath { of: TileOf::Hashes(1), index: 1_234_067, width: 3 }.to_string(), "1/x001/x234/067.p/3");
    }

    /// The tiles of a tree of 70,000 entries, as the specification counts them.
    #[test]
    fn a_log_has_the_tiles_of_the_specification() {
        let paths: Vec<String> = TilePath::all(70_000).map(|tile| tile.to_string()).collect();
        assert_eq!(paths.len(), 274 + 2 + 1 + 274);
        for path in ["0/272", "0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1", "entries/272", "entries/273.p/112"] {
            assert!(paths.iter().any(|there| there == path), "{path}");
        }
        assert_eq!(TilePath::all(0).count(), 0);
        let tile = |level: &str, index, size| TilePath::parse(level, index)?.in_log(size).map(|tile| tile.to_string());
        assert_eq!(tile("0", "273.p/100", 70_000).as_deref(), Some("0/273.p/112"), "a fuller one has it");
        assert_eq!(tile("entries", "272.p/1", 70_000).as_deref(), Some("entries/272"));
        for (level, index) in [("0", "273.p/113"), ("0", "274.p/1"), ("1", "001"), ("3", "000.p/1"), ("63", "000.p/1")]
        {
            assert_eq!(tile(level, index, 70_000), None, "{level}/{index}");
        }
    }

    /// Hashes read from tiles alone.
    struct Tiles(BTreeMap<(u8, u64), Vec<u8>>);

    impl Tiles {
        fn from_tree(tree: &Tree) -> Self {
            let tiles = TilePath::all(tree.size()).filter_map(|tile| match tile.of {
                TileOf::Hashes(level) => {
                    Some(((level, tile.index), tree.tile(level, tile.index, tile.width).expect("it has it")))
                }
                TileOf::Entries => None,
            });
            Self(tiles.collect())
        }
    }

    impl ReadHashes for Tiles {
        type Error = (u8, u64);

        fn hash(&self, row: u8, index: u64) -> Result<NodeHash, Self::Error> {
            let range = TileRange::of_subtree(row, index);
            let (from, length) = range.bytes();
            let tile = self.0.get(&(range.level, range.tile())).ok_or((row, index))?;
            tile.get(from..from + length).and_then(|bytes| range.hash(bytes)).ok_or((row, index))
        }
    }

    /// The rule is one, and so is what comes of it: roots of every size, and paths in every size.
    #[test]
    fn tiles_give_the_roots_and_paths_that_the_tree_gives() {
        let mut tree = Tree::default();
        let far = [511, 512, 513, 1023, 1025, 65_535, 65_536, 65_537, 66_000, 70_000];
        for size in 0..=70_000u64 {
            if size > 300 && !far.contains(&size) {
                tree.push(leaf_hash(&size.to_be_bytes()));
                continue;
            }
            let tiles = Tiles::from_tree(&tree);
            assert_eq!(root_of(&tiles, tree.size()), Ok(tree.root()), "{size}");
            let step = usize::try_from(size / 7 + 1).expect("small");
            for index in (0..size).step_by(step).chain(size.checked_sub(1)) {
                assert_eq!(path_of(&tiles, index, tree.size()), Ok(tree.inclusion(index)), "{index} of {size}");
            }
            for before in [0, 1, size / 3, size / 2, size.saturating_sub(1)].into_iter().filter(|at| *at <= tree.size())
            {
                assert_eq!(root_of(&tiles, before).ok(), tree.root_at(before), "{before} of {size}");
            }
            tree.push(leaf_hash(&size.to_be_bytes()));
        }
    }

    /// Whoever builds them entry by entry gets what the tree and the entries say, and each once.
    #[test]
    fn built_tiles_are_those_of_the_tree() {
        for size in [0, 1, 2, 255, 256, 257, 511, 512, 66_000u32] {
            let (mut tree, mut builder, mut built) = (Tree::default(), TileBuilder::default(), BTreeMap::new());
            for entry in 0..size {
                tree.push(leaf_hash(&entry.to_be_bytes()));
                built.extend(builder.push(&entry.to_be_bytes()));
            }
            built.extend(builder.finish());
            assert_eq!(built.len(), TilePath::all(tree.size()).count(), "{size}");
            for path in TilePath::all(tree.size()) {
                let bytes = match path.of {
                    TileOf::Hashes(level) => tree.tile(level, path.index, path.width).expect("it has it"),
                    TileOf::Entries => {
                        let from = u32::try_from(path.index * 256).expect("few");
                        let mut bundle = Vec::new();
                        (from..from + u32::from(path.width))
                            .for_each(|entry| write_entry(&mut bundle, &entry.to_be_bytes()));
                        bundle
                    }
                };
                assert_eq!(built.get(&path), Some(&bytes), "{path} of {size}");
            }
        }
    }

    #[test]
    fn bundles_hold_their_entries_and_nothing_else_is_one() {
        let entries: [&[u8]; 3] = [b"one", b"", &[7; 32]];
        let mut bundle = Vec::new();
        entries.iter().for_each(|entry| write_entry(&mut bundle, entry));
        assert_eq!(bundle[..5], *b"\x00\x03one");
        assert_eq!(read_entries(&bundle), Some(entries.to_vec()));
        assert_eq!(read_entries(&[]), Some(Vec::new()));
        for len in 1..bundle.len() {
            assert_ne!(read_entries(&bundle[..len]), Some(entries.to_vec()), "cut to {len}");
        }
        assert_eq!(read_entries(&bundle[..bundle.len() - 1]), None);
    }
}
