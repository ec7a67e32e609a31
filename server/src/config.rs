//! `keuze.toml`: typed sections, each with its validation; every fault with file, line and mend.
