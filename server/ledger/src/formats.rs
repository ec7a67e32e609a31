//! The formats of what is kept and of what travels, a file each.

pub mod fact;
pub mod frame;
pub mod record;
pub mod token;
