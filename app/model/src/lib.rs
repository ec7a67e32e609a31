//! The vocabulary of consent and objection, and the rules that decide.
//!
//! Everything here is a pure value or a pure function: time comes in as a parameter, so that a record can be
//! tested to the byte and the same code runs in the server, in tests and in WASM.

pub mod change;
pub mod channel;
pub mod choice;
pub mod contact;
pub mod controller;
pub mod cookie;
pub mod date;
pub mod decision;
pub mod device;
pub mod event;
pub mod evidence;
#[cfg(any(test, feature = "fixture"))]
pub mod golden;
pub mod identity;
pub mod language;
pub mod letter;
pub mod message;
pub mod notice;
pub mod paths;
pub mod policy;
pub mod purpose;
pub mod receipt;
pub mod told;
pub mod typed;
