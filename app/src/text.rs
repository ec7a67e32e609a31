//! The product's own texts, one struct a theme and one constant a language: a missing text does not compile.

pub mod embed;
