//! RFC 6962 Merkle trees with SHA-256, kept as rows of complete subtrees.
//!
//! A leaf, a subtree and a whole tree have a hash of 32 bytes each, and types that keep them apart:
//!
//! ```compile_fail,E0308
//! # use tlog::tree::{Tree, leaf_hash, root_from_inclusion};
//! let mut tree = Tree::default();
//! tree.push(leaf_hash(b"entry"));
//! // A root is no leaf.
//! root_from_inclusion(tree.root(), 0, 1, &[]);
//! ```

use std::convert::Infallible;

use sha2::{Digest as _, Sha256};

/// The hash of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafHash(pub [u8; 32]);

/// The hash of a complete or incomplete subtree, be it of one leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeHash(pub [u8; 32]);

/// The hash of a whole tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootHash(pub [u8; 32]);

impl From<LeafHash> for NodeHash {
    fn from(leaf: LeafHash) -> Self {
        Self(leaf.0)
    }
}

impl From<NodeHash> for RootHash {
    fn from(node: NodeHash) -> Self {
        Self(node.0)
    }
}

/// The hash of a leaf (RFC 6962 section 2.1): `SHA-256(0x00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> LeafHash {
    LeafHash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
}

/// The hash of two subtrees (RFC 6962 section 2.1): `SHA-256(0x01 ‖ left ‖ right)`.
fn node_hash([left, right]: [NodeHash; 2]) -> NodeHash {
    NodeHash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// Where the hashes of complete subtrees are read from. What a root and an audit path are made of is one rule, whether they
/// stand in memory ([`Tree`]) or in tiles on a disk ([`crate::tile`]).
pub trait ReadHashes {
    /// Why a hash cannot be read.
    type Error;

    /// The hash of the subtree of the 2^`row` leaves from `index << row` on; asked for within the tree alone.
    ///
    /// # Errors
    /// It cannot be read.
    fn hash(&self, row: u8, index: u64) -> Result<NodeHash, Self::Error>;
}

/// The root over the first `size` leaves; SHA-256 of nothing for none (RFC 6962 section 2.1).
///
/// # Errors
/// A hash cannot be read.
pub fn root_of<H: ReadHashes>(hashes: &H, size: u64) -> Result<RootHash, H::Error> {
    match size {
        0 => Ok(RootHash(Sha256::digest([]).into())),
        size => Ok(subtree(hashes, 0, size)?.into()),
    }
}

/// The audit path of a leaf in the tree of the first `size` leaves (RFC 6962 section 2.1.1), from the leaf upwards; `None`
/// where that tree has no such leaf.
///
/// # Errors
/// A hash cannot be read.
pub fn path_of<H: ReadHashes>(hashes: &H, index: u64, size: u64) -> Result<Option<Vec<NodeHash>>, H::Error> {
    if index >= size {
        return Ok(None);
    }
    let (mut from, mut to, mut siblings) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            siblings.push(subtree(hashes, middle, to)?);
            to = middle;
        } else {
            siblings.push(subtree(hashes, from, middle)?);
            from = middle;
        }
    }
    siblings.reverse();
    Ok(Some(siblings))
}

/// The root of the leaves `from..to`; `from` is a multiple of the largest power of two below `to - from`.
fn subtree<H: ReadHashes>(hashes: &H, from: u64, to: u64) -> Result<NodeHash, H::Error> {
    let count = to - from;
    if count.is_power_of_two() {
        let row = u8::try_from(count.trailing_zeros()).expect("below 64");
        return hashes.hash(row, from >> row);
    }
    let middle = from + split(count);
    Ok(node_hash([subtree(hashes, from, middle)?, subtree(hashes, middle, to)?]))
}

/// The hash over a complete subtree: over its 2^n hashes of one row.
///
/// # Panics
/// There is none.
pub fn hash_subtree(mut row: Vec<NodeHash>) -> NodeHash {
    debug_assert!(row.len().is_power_of_two());
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash([pair[0], pair[1]])).collect();
    }
    row[0]
}

/// A tree in memory. Row `n` holds the hashes of all complete subtrees of 2^n leaves: 64 bytes a leaf in all,
/// 32 MB for a full shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    rows: Vec<Vec<NodeHash>>,
}

impl ReadHashes for Tree {
    type Error = Infallible;

    fn hash(&self, row: u8, index: u64) -> Result<NodeHash, Infallible> {
        Ok(self.rows[usize::from(row)][usize::try_from(index).expect("a tree fits in memory")])
    }
}

impl Tree {
    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.rows.first().map_or(0, |row| row.len() as u64)
    }

    /// Adds a leaf by its [`leaf_hash`].
    pub fn push(&mut self, leaf: LeafHash) {
        let mut hash = NodeHash::from(leaf);
        for level in 0.. {
            if self.rows.len() == level {
                self.rows.push(Vec::new());
            }
            let row = &mut self.rows[level];
            row.push(hash);
            if row.len() % 2 == 1 {
                return;
            }
            hash = node_hash([row[row.len() - 2], row[row.len() - 1]]);
        }
    }

    /// The root over all leaves ([`root_of`]).
    pub fn root(&self) -> RootHash {
        let Ok(root) = root_of(self, self.size());
        root
    }

    /// The root over the first leaves; `None` if there are not as many.
    pub fn root_at(&self, size: u64) -> Option<RootHash> {
        let Ok(root) = root_of(self, size.min(self.size()));
        (size <= self.size()).then_some(root)
    }

    /// The leaf hash at an index.
    pub fn leaf(&self, index: u64) -> Option<LeafHash> {
        self.rows.first()?.get(usize::try_from(index).ok()?).map(|hash| LeafHash(hash.0))
    }

    /// The audit path of a leaf in the tree as it is now ([`path_of`]).
    pub fn inclusion(&self, index: u64) -> Option<Vec<NodeHash>> {
        let Ok(path) = path_of(self, index, self.size());
        path
    }

    /// The hashes of a tile of the C2SP tlog-tiles format: row `8 × level`, from `256 × index`, `width` of them.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Option<Vec<u8>> {
        let row = self.rows.get(usize::from(level) * 8)?;
        let from = usize::try_from(index.checked_mul(256)?).ok()?;
        let hashes = row.get(from..from.checked_add(usize::from(width))?)?;
        ((1..=256).contains(&width)).then(|| hashes.iter().flat_map(|hash| hash.0).collect())
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root that an audit path leads to (RFC 9162 section 2.1.3.2); `None` for a path of the wrong length.
pub fn root_from_inclusion(leaf: LeafHash, index: u64, size: u64, path: &[NodeHash]) -> Option<RootHash> {
    if index >= size {
        return None;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, NodeHash::from(leaf));
    for &sibling in path {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash([sibling, hash]);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash([hash, sibling]);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then(|| hash.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves of the reference tests of Certificate Transparency.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    fn reference(size: usize) -> Tree {
        let mut tree = Tree::default();
        LEAVES[..size].iter().for_each(|leaf| tree.push(leaf_hash(leaf)));
        tree
    }

    /// Audit paths of the same tests.
    #[test]
    fn golden_paths() {
        let path = |index, size| {
            reference(size).inclusion(index).map(|path| path.into_iter().map(|hash| hex::encode(hash.0)).collect())
        };
        let expected = |hashes: &[&str]| Some(hashes.iter().map(|&hash| hash.to_owned()).collect::<Vec<_>>());
        assert_eq!(path(0, 1), expected(&[]));
        let first = [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ];
        assert_eq!(path(0, 8), expected(&first));
        let sixth = [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        assert_eq!(path(5, 8), expected(&sixth));
        assert_eq!(path(2, 3), expected(&["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]));
        let second = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ];
        assert_eq!(path(1, 5), expected(&second));
    }

    /// Their roots.
    #[test]
    fn golden_vectors() {
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::default();
        assert_eq!(hex::encode(tree.root().0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (leaf, root) in LEAVES.iter().zip(roots) {
            tree.push(leaf_hash(leaf));
            assert_eq!(hex::encode(tree.root().0), root);
        }
    }

    #[test]
    fn every_path_leads_to_the_root_and_no_other_leaf_does() {
        let mut tree = Tree::default();
        for size in 1..=70u64 {
            tree.push(leaf_hash(&size.to_be_bytes()));
            for index in 0..size {
                let path = tree.inclusion(index).expect("the leaf is there");
                let leaf = tree.leaf(index).expect("the leaf is there");
                assert_eq!(root_from_inclusion(leaf, index, size, &path), Some(tree.root()));
                assert_ne!(root_from_inclusion(leaf_hash(b"other"), index, size, &path), Some(tree.root()));
            }
            assert_eq!(tree.inclusion(size), None);
        }
    }

    /// Else the hash of a part of the tree could be given for its root.
    #[test]
    fn a_path_that_is_too_short_or_too_long_leads_nowhere() {
        let mut tree = Tree::default();
        for size in 1..=40u64 {
            tree.push(leaf_hash(&size.to_be_bytes()));
            for index in 0..size {
                let (leaf, path) = (tree.leaf(index).expect("there"), tree.inclusion(index).expect("there"));
                for length in 0..path.len() {
                    assert_eq!(
                        root_from_inclusion(leaf, index, size, &path[..length]),
                        None,
                        "{length} at {index} of {size}"
                    );
                }
                let longer = [&path[..], &[NodeHash([0; 32])]].concat();
                assert_eq!(root_from_inclusion(leaf, index, size, &longer), None, "{index} of {size}");
            }
        }
    }

    /// Against an implementation that is not ours.
    #[test]
    fn agrees_with_another_implementation() {
        let mut other = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2_next::Sha256, Vec<u8>>::new();
        let mut tree = Tree::default();
        for size in 0..300u32 {
            let entry = size.to_be_bytes().to_vec();
            tree.push(leaf_hash(&entry));
            other.push(entry);
            assert_eq!(other.root().as_bytes().as_slice(), tree.root().0);
        }
    }

    /// The tiles of a tree of 70,000 entries, as C2SP tlog-tiles counts them.
    #[test]
    fn tiles_are_those_of_the_specification() {
        let mut tree = Tree::default();
        (0..70_000u32).for_each(|n| tree.push(leaf_hash(&n.to_be_bytes())));
        let fullest = |level, index| (1..=256).rev().find(|width| tree.tile(level, index, *width).is_some());
        assert!((0..273).all(|index| fullest(0, index) == Some(256)));
        assert_eq!([fullest(0, 273), fullest(0, 274)], [Some(112), None]);
        assert_eq!([fullest(1, 0), fullest(1, 1), fullest(1, 2)], [Some(256), Some(17), None]);
        assert_eq!([fullest(2, 0), fullest(2, 1), fullest(3, 0)], [Some(1), None, None]);
        assert_eq!(tree.tile(2, 0, 1), Some(tree.root_at(65_536).expect("they are there").0.to_vec()));
    }

    #[test]
    fn tiles_are_rows_of_hashes() {
        let mut tree = Tree::default();
        (0..600u32).for_each(|n| tree.push(leaf_hash(&n.to_be_bytes())));
        assert_eq!(tree.tile(0, 1, 256).map(|tile| tile.len()), Some(8192));
        assert_eq!(tree.tile(0, 2, 88).map(|tile| tile.len()), Some(88 * 32));
        assert_eq!(tree.tile(0, 2, 89), None);
        let hash = |index| {
            let Ok(hash) = tree.hash(8, index);
            hash.0
        };
        assert_eq!(tree.tile(1, 0, 2), Some([hash(0), hash(1)].concat()));
        assert_eq!(tree.tile(0, 0, 0), None);
    }
}
