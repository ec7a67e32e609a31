//! Many small things, each with a number by which tables find it.

use hashbrown::HashTable;

/// Things by number; the number of one that is taken out is given to another.
#[derive(Clone)]
pub(super) struct Slab<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// # Panics
    /// For the four billionth thing.
    pub fn put(&mut self, thing: T) -> u32 {
        if let Some(number) = self.free.pop() {
            self.places[number as usize] = Some(thing);
            return number;
        }
        self.places.push(Some(thing));
        u32::try_from(self.places.len() - 1).expect("as many as no memory holds")
    }

    pub fn take_out(&mut self, number: u32) -> Option<T> {
        let taken = self.places.get_mut(number as usize)?.take();
        self.free.extend(taken.is_some().then_some(number));
        taken
    }

    pub fn get(&self, number: u32) -> Option<&T> {
        self.places.get(number as usize)?.as_ref()
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }
}

/// Numbers by the hash of a name: eight bytes each, and one of the table. Whoever looks a name up gets the numbers of everything
/// that may have it, and compares.
///
/// They are in parts that grow one at a time: with millions of them, growing all at once would keep every look-up waiting.
#[derive(Clone)]
pub(super) struct Postings(Vec<HashTable<Posting>>);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Posting {
    hash: u32,
    number: u32,
}

impl Posting {
    /// A table takes the lowest bits, and the seven highest.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

impl Default for Postings {
    fn default() -> Self {
        Self((0..Self::PARTS).map(|_| HashTable::new()).collect())
    }
}

impl Postings {
    const PARTS: usize = 256;

    /// By bits between those that a table takes.
    fn part(hash: u32) -> usize {
        (hash >> 17) as usize % Self::PARTS
    }

    /// Half of a hash is enough: what it leads to is compared.
    fn half(hash: u64) -> u32 {
        u32::try_from(hash >> 32).expect("half of the bits")
    }

    pub fn put(&mut self, hash: u64, number: u32) {
        let posting = Posting { hash: Self::half(hash), number };
        let (table, spread) = (&mut self.0[Self::part(posting.hash)], Posting::spread(posting.hash));
        if table.find(spread, |other| *other == posting).is_none() {
            table.insert_unique(spread, posting, |other| Posting::spread(other.hash));
        }
    }

    pub fn take_out(&mut self, hash: u64, number: u32) {
        let posting = Posting { hash: Self::half(hash), number };
        let table = &mut self.0[Self::part(posting.hash)];
        if let Ok(found) = table.find_entry(Posting::spread(posting.hash), |other| *other == posting) {
            found.remove();
        }
    }

    /// What may have the name of that hash, in no order.
    pub fn find(&self, hash: u64) -> impl Iterator<Item = u32> {
        let half = Self::half(hash);
        let found = self.0[Self::part(half)].iter_hash(Posting::spread(half));
        found.filter(move |posting| posting.hash == half).map(|posting| posting.number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

    use super::*;

    /// Against sets of numbers, with few names, so that many have the same.
    #[test]
    fn numbers_are_found_by_name_until_they_are_taken_out() {
        let mut rng = StdRng::seed_from_u64(1);
        let (mut slab, mut postings) = (Slab::default(), Postings::default());
        let mut known: HashMap<u64, BTreeSet<u32>> = HashMap::new();
        for step in 0..20_000 {
            let name = rng.random_range(0..500u64);
            let hash = name.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let numbers = known.entry(name).or_default();
            match numbers.first().copied().filter(|_| rng.random_bool(0.4)) {
                Some(number) => {
                    assert_eq!(slab.take_out(number), Some(name), "step {step}");
                    postings.take_out(hash, number);
                    numbers.remove(&number);
                }
                None => {
                    let number = slab.put(name);
                    (0..2).for_each(|_| postings.put(hash, number));
                    assert!(numbers.insert(number), "step {step}: a number that is taken is given to nobody else");
                }
            }
            let found: Vec<u32> = postings.find(hash).filter(|number| slab.get(*number) == Some(&name)).collect();
            assert_eq!((found.len(), &found.into_iter().collect()), (numbers.len(), &*numbers), "step {step}");
        }
        let left: usize = known.values().map(BTreeSet::len).sum();
        assert_eq!(slab.iter().count(), left);
        assert!(slab.places.len() < left + 2_000, "what was taken out makes room");
    }
}
