//! Whose letters a code stands on.

use std::hash::{BuildHasher as _, RandomState};

use model::identity::Subject;

use super::slab::{Postings, Slab};
use vault::ring::KeyId;

/// By the code's keyed hash.
#[derive(Clone, Default)]
pub(super) struct Letters {
    kept: Slab<Letter>,
    by_hash: Postings,
    by_key: Postings,
    hasher: RandomState,
}

#[derive(Clone)]
struct Letter {
    hash: [u8; 16],
    subject: Subject,
    /// It ends with this key.
    key: KeyId,
}

/// The bytes of a hash as it is written; `None` for what is none of ours, and is found by no code.
fn bytes(hash: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(hash, &mut bytes).ok().map(|()| bytes)
}

impl Letters {
    pub fn put(&mut self, key: KeyId, hash: &str, subject: Subject) {
        let Some(hash) = bytes(hash) else { return };
        // The latest fact counts.
        if let Some(number) = self.number(hash) {
            self.take_out(number);
        }
        let number = self.kept.put(Letter { hash, subject, key });
        self.by_hash.put(self.hasher.hash_one(hash), number);
        self.by_key.put(self.hasher.hash_one(key), number);
    }

    /// Forgets the letters of a key that is gone.
    pub fn forget(&mut self, key: KeyId) {
        let found = self.by_key.find(self.hasher.hash_one(key));
        let is_it = |number: &u32| self.kept.get(*number).is_some_and(|letter| letter.key == key);
        found.filter(is_it).collect::<Vec<_>>().into_iter().for_each(|number| self.take_out(number));
    }

    fn take_out(&mut self, number: u32) {
        if let Some(Letter { hash, key, .. }) = self.kept.take_out(number) {
            self.by_hash.take_out(self.hasher.hash_one(hash), number);
            self.by_key.take_out(self.hasher.hash_one(key), number);
        }
    }

    fn number(&self, hash: [u8; 16]) -> Option<u32> {
        let is_it = |number: &u32| self.kept.get(*number).is_some_and(|letter| letter.hash == hash);
        self.by_hash.find(self.hasher.hash_one(hash)).find(is_it)
    }

    /// The person that a letter with a code of this hash went to.
    pub fn find(&self, hash: &str) -> Option<Subject> {
        self.kept.get(self.number(bytes(hash)?)?).map(|letter| letter.subject)
    }
}
