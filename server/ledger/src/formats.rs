//! The formats of what is kept: record and journal frame.

pub mod frame;
pub mod record;
