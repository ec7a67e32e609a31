//! Pieces of pages and of the banner.

pub mod banner;
pub mod panel;
