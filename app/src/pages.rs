//! The pages, rendered on the server: plain forms, no script, no hydration.

pub mod desk;
pub mod notice;
pub mod objection;
pub mod preferences;
pub mod problem;
pub mod receipt;
pub mod register;
pub mod shell;
