//! Secrets: the root key, the key ring, and sealing.
//!
//! Errors: [`error::RootKeyError`] is for the file of the root key and its rotation, [`error::RingError`] for a key ring that
//! cannot be read. What only writes gives what the file system said: the caller stops then, and says what it was at. What does
//! not open with a key is `None`, because nothing more can be said of it.

pub mod error;
pub mod file_error;
pub mod formats;
#[cfg(any(test, feature = "fixture"))]
pub mod held;
pub mod key;
pub mod mac;
pub mod random;
pub mod ring;
pub mod root;
pub mod rotation;
pub mod seal;
pub mod siv;
