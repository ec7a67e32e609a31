//! The transparency log: Merkle trees (RFC 6962), tiles, checkpoints and proofs (C2SP). Pure: bytes in, bytes out.
//!
//! Start reading at [`tree`].
#![warn(missing_docs)]

pub mod checkpoint;
pub mod entry;
#[cfg(test)]
mod golden;
pub mod tile;
pub mod tree;
