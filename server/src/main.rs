//! The binary `keuze`.

fn main() {}
