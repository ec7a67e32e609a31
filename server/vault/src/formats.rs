//! The formats of what keeps keys, a file each. Those of what they seal are in `ledger::formats`.
#![warn(missing_docs)]

#[cfg(test)]
mod golden;
pub mod ring;
pub mod root_key;
