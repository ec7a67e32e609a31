//! The pages, rendered on the server: plain forms, no script, no hydration.

pub mod centre;
pub mod code;
pub mod desk;
mod fields;
mod given;
pub mod insight;
pub mod newsletter;
pub mod notice;
pub mod objection;
pub mod preferences;
pub mod problem;
pub mod receipt;
pub mod register;
pub mod shell;
mod table;
pub mod unmatched;
