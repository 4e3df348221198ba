//! Sets of small numbers, as bits.

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

    /// The words that are not empty.
    pub(super) fn span(&self) -> (usize, usize) {
        let first = self.0.iter().position(|word| *word != 0).unwrap_or(self.0.len());
        let behind = self.0.iter().rposition(|word| *word != 0).map_or(first, |last| last + 1);
        (first, behind)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let bits = |word: u64| (0..64).filter(move |bit| word & (1 << bit) != 0);
        self.0.iter().enumerate().flat_map(move |(index, word)| bits(*word).map(move |bit| index * 64 + bit))
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
