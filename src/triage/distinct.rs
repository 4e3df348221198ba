//! How many different values there were, in a bounded place, whatever the order and however often the parts are put together.
//!
//! The smallest hashes are kept. Up to `KEPT` different values the count is exact; beyond, it is estimated from how close the kept ones
//! lie (K. Beyer et al., "On Synopses for Distinct-Value Estimation Under Multiset Operations", 2007).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::tight;

/// Hashes that are kept.
pub(super) const KEPT: usize = 64;

/// Values that are kept as examples.
pub(super) const SHOWN: usize = 3;

/// A set of which the size is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
pub struct Distinct {
    /// The smallest hashes, in order: the first 64 bits of SHA-256.
    pub(crate) hashes: Box<[u64]>,
    /// The values of the first of them.
    pub(crate) examples: Box<[Arc<str>]>,
}

impl Distinct {
    /// Adds a value.
    pub fn add(&mut self, value: &str) {
        // what is an example is counted; most values are the same again and again
        let is_known = |known: &Arc<str>| **known == *value && !value.is_empty();
        if !self.examples.iter().any(is_known) {
            self.insert(hash(value), || value.into());
        }
    }

    fn insert(&mut self, hash: u64, value: impl FnOnce() -> Arc<str>) {
        let Err(place) = self.hashes.binary_search(&hash) else { return };
        if place >= KEPT {
            return;
        }
        tight::insert(&mut self.hashes, place, hash, KEPT);
        if place < SHOWN {
            tight::insert(&mut self.examples, place, value(), SHOWN);
        }
    }

    /// Adds what another has seen.
    pub fn merge(&mut self, other: &Self) {
        for (place, hash) in other.hashes.iter().enumerate() {
            // one that is among the smallest of both is among the smallest of its own
            self.insert(*hash, || other.examples.get(place).cloned().unwrap_or_default());
        }
    }

    /// How many different values; beyond `KEPT` an estimate.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self.hashes.last() {
            // the share of all hashes below the largest that is kept is that of the kept ones among all values
            Some(largest) if self.hashes.len() >= KEPT => {
                let values = (KEPT as u128 - 1) * (u128::from(u64::MAX) + 1) / (u128::from(*largest) + 1);
                u64::try_from(values).unwrap_or(u64::MAX)
            }
            _ => self.hashes.len() as u64,
        }
    }

    /// Whether the count is exact.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.hashes.len() < KEPT
    }

    /// Some of the values: the same ones, whatever the order.
    #[must_use]
    pub fn examples(&self) -> &[Arc<str>] {
        &self.examples
    }
}

/// The same on every machine.
pub(super) fn hash(value: &str) -> u64 {
    let digest = Sha256::digest(value.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Distinct, KEPT};

    fn of(values: impl IntoIterator<Item = u32>) -> Distinct {
        let mut distinct = Distinct::default();
        values.into_iter().for_each(|value| distinct.add(&value.to_string()));
        distinct
    }

    fn merged(one: &Distinct, other: &Distinct) -> Distinct {
        let mut both = one.clone();
        both.merge(other);
        both
    }

    #[test]
    fn few_are_counted_and_many_are_estimated() {
        assert_eq!(of([1, 2, 2, 3, 1]).count(), 3);
        assert_eq!(of(0..63).count(), 63);
        assert!(of(0..63).is_exact() && !of(0..64).is_exact() && KEPT == 64);
        let estimate = of(0..100_000).count();
        assert!((70_000..130_000).contains(&estimate), "{estimate}");
    }

    #[test]
    fn parts_add_up_to_the_whole_in_any_order() {
        let (one, two, three) = (of(0..500), of(400..900), of([7, 3000]));
        let whole = of((0..900).chain([7, 3000]));
        assert_eq!(merged(&merged(&one, &two), &three), whole);
        assert_eq!(merged(&three, &merged(&two, &one)), whole);
        assert_eq!(merged(&whole, &whole), whole);
    }
}
