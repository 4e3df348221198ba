//! Sets of small numbers, as bits.

use std::cmp::Ordering;

/// A set of cells or classes by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cells(Vec<u64>);

impl Cells {
    pub(super) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits & (1 << (number % 64)) != 0)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    /// How many both hold.
    pub(super) fn common(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    pub(super) fn remove(&mut self, other: &Self) {
        for (bits, gone) in self.0.iter_mut().zip(&other.0) {
            *bits &= !gone;
        }
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = self.clone();
        left.remove(other);
        left
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        let (both, more) = self.0.split_at(self.0.len().min(other.0.len()));
        both.iter().zip(&other.0).all(|(own, other)| own & !other == 0) && more.iter().all(|own| *own == 0)
    }

    /// Adds what the other holds.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    /// As the numbers of both are in order, one by one.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let word = |cells: &Self, at: usize| cells.0.get(at).copied().unwrap_or_default();
        let more = |cells: &Self, behind: usize| cells.0.iter().skip(behind).any(|word| *word != 0);
        for at in 0..self.0.len().max(other.0.len()) {
            let (own, others) = (word(self, at), word(other, at));
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

    /// The words that are not empty.
    pub(super) fn span(&self) -> (usize, usize) {
        let first = self.0.iter().position(|word| *word != 0).unwrap_or(self.0.len());
        let behind = self.0.iter().rposition(|word| *word != 0).map_or(first, |last| last + 1);
        (first, behind)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, word)| {
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
