//! Randomness, which comes in as a parameter: nothing else in this workspace draws a random number (`clippy.toml` sees to
//! it), so every record can be tested to the byte.

use std::sync::Mutex;

use rand::{RngCore, SeedableRng, rngs::StdRng};

/// Gives random bytes.
pub trait SecureRandom: Send + Sync + 'static {
    /// Fills the buffer with bytes that nobody can guess.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn SecureRandom {
    /// An array of random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl SecureRandom for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place where randomness is drawn")]
    fn fill(&self, buffer: &mut [u8]) {
        use rand::TryRngCore as _;
        rand::rngs::OsRng.try_fill_bytes(buffer).expect("the operating system gives random bytes");
    }
}

/// A generator that gives the same bytes for the same seed; for tests only.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl SecureRandom for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().expect("no test panics while drawing").fill_bytes(buffer);
    }
}

/// Gives the same bytes in every build and for ever, for golden files: SHA-256 of a counter.
#[cfg(any(test, feature = "fixture"))]
#[derive(Debug, Default)]
pub struct FixedRandom(Mutex<u64>);

#[cfg(any(test, feature = "fixture"))]
impl SecureRandom for FixedRandom {
    fn fill(&self, buffer: &mut [u8]) {
        use sha2::Digest as _;
        let mut drawn = self.0.lock().expect("no test panics while drawing");
        for chunk in buffer.chunks_mut(32) {
            *drawn += 1;
            chunk.copy_from_slice(&sha2::Sha256::digest(drawn.to_be_bytes())[..chunk.len()]);
        }
    }
}
