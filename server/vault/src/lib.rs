//! Secrets: the root key, the key ring, and sealing.

#[cfg(any(test, feature = "fixture"))]
pub mod held;
pub mod key;
pub mod mac;
pub mod random;
pub mod ring;
pub mod root;
pub mod rotation;
pub mod seal;
