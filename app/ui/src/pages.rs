//! The pages, rendered on the server: plain forms, no script, no hydration.

pub mod code;
pub mod data_access;
pub mod desk;
mod fields;
mod given;
pub mod newsletter;
pub mod notice;
pub mod objection;
pub mod preference_centre;
pub mod preferences;
pub mod problem;
pub mod receipt;
pub mod register;
pub mod shell;
mod table;
pub mod unmatched;
