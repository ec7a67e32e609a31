//! What people see in Keuze, and the words it is written in.
//!
//! [`model`] is the vocabulary: pure, without I/O, clock or Leptos. [`pages`] and [`components`] stand on it
//! and on the views in [`doors`]; [`text`] holds the product's own texts in Dutch and English.

pub mod components;
pub mod doors;
#[cfg(feature = "ssr")]
pub mod html;
pub mod model;
pub mod pages;
pub mod text;
