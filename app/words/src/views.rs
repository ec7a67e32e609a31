//! What pages are given: the views through which they see the server. A page knows these and the model alone.
//!
//! A view is a plain value, already decided and already in the person's time zone; a page only puts it into words.

pub mod desk;
pub mod frame;
pub mod objection;
pub mod preference_centre;
pub mod preferences;
pub mod problem;
pub mod receipt;
pub mod register;
pub mod unmatched;
