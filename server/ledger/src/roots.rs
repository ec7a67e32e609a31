//! The root key, as long as the ledger is open.

use time::{Date, OffsetDateTime};

use super::{Ledger, blocking};
use vault::error::RootKeyError;
use vault::key::RootKey;
use vault::rotation;

impl Ledger {
    /// Puts a new root key in the place of the old one, which is kept until a day. Whatever is written meanwhile waits;
    /// what is read does not.
    ///
    /// # Errors
    /// What could not be read or written. The next start finishes it or takes it back.
    pub fn rotate_root(&self, until: Date) -> Result<(), RootKeyError> {
        let random = &*self.shared.random;
        let ring = &self.shared.ring;
        blocking(|| match &self.shared.key_file {
            Some(file) => rotation::rotate(file, ring, until, random),
            None => ring.change().rewrap(RootKey::random(random), random).map_err(RootKeyError::Ring),
        })
    }

    /// Deletes the old root keys whose day has come; gives how many.
    ///
    /// # Errors
    /// What the file system said.
    pub fn drop_old_roots(&self, today: Date) -> std::io::Result<usize> {
        self.shared.key_file.as_ref().map_or(Ok(0), |file| rotation::drop_old(file, today))
    }

    /// Tells one root key from another and nothing of either.
    pub fn root_check(&self) -> String {
        self.shared.ring.keys().root_check()
    }

    /// Grows whenever a key was destroyed.
    pub fn buckets_ended(&self) -> usize {
        self.shared.ring.keys().ended()
    }

    /// When somebody was erased, in the order of the ledger, which tells it.
    pub fn erasures(&self) -> Vec<OffsetDateTime> {
        self.state().erasures.clone()
    }
}
