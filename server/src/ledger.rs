//! The formats of the append-only log: record, leaf, tree, checkpoint, proof, journal frame.
