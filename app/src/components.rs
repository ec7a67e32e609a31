//! Pieces of pages and of the banner.

pub mod banner;
