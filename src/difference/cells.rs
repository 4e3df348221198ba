//! Sets of small numbers, as bits.

use std::cmp::Ordering;

/// A set of cells or classes by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cells {
    /// The first words, which are all that most sets have.
    low: [u64; LOW],
    high: Vec<u64>,
}

/// How many words stand in the set itself.
const LOW: usize = 2;

impl Cells {
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        let (word, bit) = (number / 64, 1 << (number % 64));
        if let Some(bits) = self.low.get_mut(word) {
            *bits |= bit;
            return;
        }
        let word = word - LOW;
        if self.high.len() <= word {
            self.high.resize(word + 1, 0);
        }
        if let Some(bits) = self.high.get_mut(word) {
            *bits |= bit;
        }
    }

    #[inline]
    pub(super) fn contains(&self, number: usize) -> bool {
        self.word(number / 64) & (1 << (number % 64)) != 0
    }

    pub(super) fn count(&self) -> usize {
        let [one, other] = self.low;
        let mut count = one.count_ones() + other.count_ones();
        for bits in &self.high {
            count += bits.count_ones();
        }
        count as usize
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.low == [0; LOW] && self.high.iter().all(|bits| *bits == 0)
    }

    /// How many both hold.
    #[inline]
    pub(super) fn common(&self, other: &Self) -> usize {
        let ([a, b], [c, d]) = (self.low, other.low);
        let mut count = (a & c).count_ones() + (b & d).count_ones();
        for (at, bits) in self.high.iter().enumerate() {
            let Some(others) = other.high.get(at) else { break };
            count += (bits & others).count_ones();
        }
        count as usize
    }

    #[inline]
    pub(super) fn meets(&self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (self.low, other.low);
        if (a & c) | (b & d) != 0 {
            return true;
        }
        for (at, bits) in self.high.iter().enumerate() {
            let Some(others) = other.high.get(at) else { break };
            if bits & others != 0 {
                return true;
            }
        }
        false
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let ([a, b], [c, d]) = (self.low, other.low);
        let shorter = self.high.len().min(other.high.len());
        let mut high = self.high.get(..shorter).unwrap_or_default().to_vec();
        for (at, bits) in high.iter_mut().enumerate() {
            *bits &= other.high.get(at).copied().unwrap_or_default();
        }
        Self { low: [a & c, b & d], high }
    }

    pub(super) fn remove(&mut self, other: &Self) {
        let ([a, b], [c, d]) = (self.low, other.low);
        self.low = [a & !c, b & !d];
        for (at, bits) in self.high.iter_mut().enumerate() {
            let Some(gone) = other.high.get(at) else { break };
            *bits &= !gone;
        }
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = self.clone();
        left.remove(other);
        left
    }

    #[inline]
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (self.low, other.low);
        if (a & !c) | (b & !d) != 0 {
            return false;
        }
        for (at, bits) in self.high.iter().enumerate() {
            if bits & !other.high.get(at).copied().unwrap_or_default() != 0 {
                return false;
            }
        }
        true
    }

    /// Adds what the other holds.
    pub(super) fn add(&mut self, other: &Self) {
        let ([a, b], [c, d]) = (self.low, other.low);
        self.low = [a | c, b | d];
        if self.high.len() < other.high.len() {
            self.high.resize(other.high.len(), 0);
        }
        for (at, more) in other.high.iter().enumerate() {
            if let Some(bits) = self.high.get_mut(at) {
                *bits |= more;
            }
        }
    }

    /// How many words there are.
    fn len(&self) -> usize {
        LOW + self.high.len()
    }

    #[inline]
    fn word(&self, at: usize) -> u64 {
        self.low.get(at).or_else(|| self.high.get(at - LOW)).copied().unwrap_or_default()
    }

    /// As the numbers of both are in order, one by one.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let more = |cells: &Self, behind: usize| (behind..cells.len()).any(|at| cells.word(at) != 0);
        for at in 0..self.len().max(other.len()) {
            let (own, others) = (self.word(at), other.word(at));
            if own == others {
                continue;
            }
            // the first number that one of them lacks: the other one has it, and so comes first, unless that is all that it has more
            let first = (own ^ others).trailing_zeros();
            let above = |bits: u64| bits >> first > 1;
            return if own & (1 << first) != 0 {
                if above(others) || more(other, at + 1) { Ordering::Less } else { Ordering::Greater }
            } else if above(own) || more(self, at + 1) {
                Ordering::Greater
            } else {
                Ordering::Less
            };
        }
        Ordering::Equal
    }

    /// The first number.
    pub(super) fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.low.iter().chain(&self.high).enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

impl FromIterator<usize> for Cells {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut cells = Self::default();
        for number in numbers {
            cells.insert(number);
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sets_are_in_the_order_of_their_numbers(own in prop::collection::btree_set(0_usize..140, 0..5), other in prop::collection::btree_set(0_usize..140, 0..5)) {
            let [cells, others] = [&own, &other].map(|set| set.iter().copied().collect::<Cells>());
            prop_assert_eq!(cells.in_order(&others), own.cmp(&other));
        }
    }
}
