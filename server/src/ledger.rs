//! The formats of the append-only log: record, leaf, tree, checkpoint, proof, journal frame.

pub mod checkpoint;
pub mod frame;
pub mod record;
pub mod tree;
