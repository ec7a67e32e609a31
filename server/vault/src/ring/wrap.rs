//! Keys that leave the ring, sealed under another one of it, and come back into an older copy of it.

use zeroize::Zeroizing;

use super::{KeyPurpose, KeyRing, KeyTable};
use crate::key::SealingKey;
use crate::random::SecureRandom;
use crate::seal;

/// Why a key was not taken into a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdoptError {
    /// What it was sealed under is not in the ring, or is another key, or it was altered.
    #[error("a key in it does not open: it is another ledger's, or damaged")]
    Sealed,
    /// The ring has another key for the same.
    #[error("the ledger has another key in the place of one in it")]
    Other,
}

fn context(owner: KeyPurpose) -> Vec<u8> {
    [b"keuze kept key ", &owner.encode()[..]].concat()
}

impl KeyTable {
    /// An owner's key, sealed under another owner's; `None` where there is none, or a power cut would still take it.
    pub fn wrap(&self, owner: KeyPurpose, under: KeyPurpose, random: &dyn SecureRandom) -> Option<Vec<u8>> {
        let (key, under) = (self.durable(owner)?, self.durable(under)?);
        Some(seal::seal(under, &context(owner), key.expose(), random))
    }
}

impl KeyRing {
    /// Takes back a key that was wrapped, if there is none yet; durable after [`Self::sync`].
    ///
    /// # Errors
    /// It does not open, or there is another one.
    pub fn adopt(
        &self,
        owner: KeyPurpose,
        under: KeyPurpose,
        wrapped: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<(), AdoptError> {
        let opened = {
            let keys = self.keys();
            let under = keys.find(under).and_then(|id| keys.key(id)).ok_or(AdoptError::Sealed)?;
            seal::open(under, &context(owner), wrapped).map(Zeroizing::new)
        };
        let key = opened.and_then(|bytes| SealingKey::from_slice(&bytes)).ok_or(AdoptError::Sealed)?;
        let mut keys = self.keys_mut();
        match keys.find(owner).and_then(|id| keys.key(id)) {
            Some(there) if *there == key => Ok(()),
            Some(_) => Err(AdoptError::Other),
            None => {
                keys.put_new(owner, Some(key), random);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::RootKey;
    use crate::random::SeededRandom;
    use crate::ring::OpenMode;

    const INDEX: KeyPurpose = KeyPurpose::Numbered("index", 2);

    fn ring(seed: u64) -> KeyRing {
        let random = SeededRandom::new(seed);
        let ring = KeyRing::open(None, RootKey::random(&random), OpenMode::Start).expect("opens");
        ring.ensure(KeyPurpose::Suppression, &random);
        ring.sync(&random).expect("durable");
        ring
    }

    #[test]
    fn a_wrapped_key_comes_back_into_the_ring_that_has_what_it_is_under_and_into_no_other() {
        let random = SeededRandom::new(9);
        let (new, old, other) = (ring(1), ring(1), ring(2));
        let id = new.ensure(INDEX, &random);
        assert_eq!(new.keys().wrap(INDEX, KeyPurpose::Suppression, &random), None, "it is not durable yet");
        new.sync(&random).expect("durable");
        let wrapped = new.keys().wrap(INDEX, KeyPurpose::Suppression, &random).expect("there");
        let adopt = |ring: &KeyRing, owner| ring.adopt(owner, KeyPurpose::Suppression, &wrapped, &random);
        assert_eq!(adopt(&other, INDEX), Err(AdoptError::Sealed));
        assert_eq!(adopt(&old, KeyPurpose::Numbered("index", 3)), Err(AdoptError::Sealed), "for what it was");
        assert_eq!(adopt(&old, INDEX), Ok(()));
        let keys = old.keys();
        assert_eq!(keys.find(INDEX).and_then(|id| keys.key(id)), new.keys().key(id));
        drop(keys);
        assert_eq!(adopt(&old, INDEX), Ok(()), "again");
        old.sync(&random).expect("durable");
        let third = ring(1);
        third.ensure(INDEX, &SeededRandom::new(77));
        assert_eq!(adopt(&third, INDEX), Err(AdoptError::Other));
    }
}
