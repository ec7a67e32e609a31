//! The product's own texts, in Dutch and English.
//!
//! One file a page, each a struct of texts with the constants `NL` and `EN`: the compiler sees to it that both are
//! complete. What varies inside a sentence comes in through a function. Dutch at level B1, "u", active, sentences
//! of at most 20 words, without exclamation marks; the same thing has the same name everywhere.

pub mod act;
pub mod call;
pub mod code;
pub mod data_access;
pub mod desk;
pub mod device;
pub mod embed;
pub mod erasing;
pub mod evidence;
pub mod ground;
pub mod isolate;
pub mod mail;
pub mod mailing;
pub mod newsletter;
pub mod objection;
pub mod preference_centre;
pub mod preferences;
pub mod problem;
pub mod receipt;
pub mod register;
pub mod same_person;
pub mod shell;
pub mod unmatched;
pub mod views;
pub mod when;
