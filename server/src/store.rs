//! The storage trait and its engines; one contract test for all.
