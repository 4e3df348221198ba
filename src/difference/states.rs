//! What is known of the states of a machine, by their numbers, and which of them are pairs of states of two others.

/// What was not found out yet.
const UNKNOWN: u32 = u32::MAX;

/// The states that were met, each with what is known of it.
#[derive(Debug)]
pub(super) struct States {
    looks: Vec<Look>,
    /// The letters that each tells apart, as bits, one after the other.
    told: Vec<u64>,
    /// How many words those of one are.
    words: usize,
    /// The states behind the letters that each tells apart, one after the other.
    behind: Vec<u32>,
}

/// What is known of a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// How many places it has.
    pub(super) places: u32,
    /// Which sets it is in, by the number of the combination.
    pub(super) accepted: u32,
    /// The state behind a character that it does not tell apart.
    pub(super) otherwise: u32,
    /// Where the states behind the letters that it tells apart begin.
    pub(super) behind: u32,
}

impl States {
    /// No states yet, of an alphabet whose letters take so many words as bits.
    pub(super) const fn new(words: usize) -> Self {
        Self { looks: Vec::new(), told: Vec::new(), words, behind: Vec::new() }
    }

    /// Adds a state that tells these letters apart; its number.
    pub(super) fn add(&mut self, places: u32, accepted: u32, told: impl Iterator<Item = u64>) -> u32 {
        let number = u32::try_from(self.looks.len()).unwrap_or(UNKNOWN);
        let behind = u32::try_from(self.behind.len()).unwrap_or(UNKNOWN);
        self.looks.push(Look { places, accepted, otherwise: UNKNOWN, behind });
        let mut letters = 0;
        for word in told {
            letters += word.count_ones() as usize;
            self.told.push(word);
        }
        self.behind.resize(self.behind.len() + letters, UNKNOWN);
        number
    }

    /// What is known of the state; what is behind another character may not be known yet.
    #[inline]
    pub(super) fn look(&self, state: u32) -> Look {
        const NONE: Look = Look { places: 0, accepted: 0, otherwise: 0, behind: 0 };
        self.looks.get(state as usize).copied().unwrap_or(NONE)
    }

    /// The state behind a character that the state does not tell apart, if it is known.
    #[inline]
    pub(super) fn otherwise(&self, state: u32) -> Option<u32> {
        Some(self.look(state).otherwise).filter(|otherwise| *otherwise != UNKNOWN)
    }

    /// Keeps the state behind a character that the state does not tell apart.
    #[inline]
    pub(super) fn keep_otherwise(&mut self, state: u32, otherwise: u32) {
        if let Some(look) = self.looks.get_mut(state as usize) {
            look.otherwise = otherwise;
        }
    }

    /// The letters that the state tells apart, the word of this number of their bits.
    #[inline]
    pub(super) fn told(&self, state: u32, word: usize) -> u64 {
        self.told.get(state as usize * self.words + word).copied().unwrap_or_default()
    }

    /// Where the state behind a letter is kept, if the state tells the letter apart.
    pub(super) fn place(&self, state: u32, letter: usize) -> Option<u32> {
        let (last, bit) = (letter / 64, letter % 64);
        let word = self.told(state, last);
        if word >> bit & 1 == 0 {
            return None;
        }
        let before = (0..last).map(|word| self.told(state, word).count_ones()).sum::<u32>();
        Some(self.look(state).behind + before + (word & ((1 << bit) - 1)).count_ones())
    }

    /// The state that is kept at the place, if it is known.
    #[inline]
    pub(super) fn behind(&self, place: u32) -> Option<u32> {
        self.behind.get(place as usize).copied().filter(|behind| *behind != UNKNOWN)
    }

    /// Keeps a state at the place.
    #[inline]
    pub(super) fn keep_behind(&mut self, place: u32, behind: u32) {
        if let Some(known) = self.behind.get_mut(place as usize) {
            *known = behind;
        }
    }
}

/// Pairs of numbers, each once, in the order in which they were met.
#[derive(Debug)]
pub(super) struct Pairs {
    pairs: Vec<(u32, u32)>,
    /// A power of two of slots: the place of a pair and one, or none. A pair is in the first free one from where its mix points.
    slots: Vec<u32>,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { pairs: Vec::new(), slots: vec![0; 64] }
    }

    /// The pair of this number.
    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<(u32, u32)> {
        self.pairs.get(number as usize).copied()
    }

    /// Adds the pair where it is not there yet; its number, and whether it is new.
    #[inline]
    pub(super) fn add(&mut self, pair: (u32, u32)) -> (u32, bool) {
        if self.pairs.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let slot = match self.find(pair) {
            Ok(known) => return (known, false),
            Err(slot) => slot,
        };
        let number = u32::try_from(self.pairs.len()).unwrap_or(UNKNOWN);
        self.pairs.push(pair);
        self.fill(slot, number);
        (number, true)
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 4];
        for (number, pair) in (0..).zip(std::mem::take(&mut self.pairs)) {
            if let Err(slot) = self.find(pair) {
                self.fill(slot, number);
            }
            self.pairs.push(pair);
        }
    }

    /// The number of the pair, or the slot for it.
    #[inline]
    fn find(&self, pair: (u32, u32)) -> Result<u32, usize> {
        let (one, other) = pair;
        let mixed = (u64::from(one) << 32 | u64::from(other)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let last = self.slots.len() - 1;
        // the upper bits depend on all of the pair
        let mut slot = (mixed >> 32) as usize & last;
        loop {
            let known = self.slots.get(slot).copied().unwrap_or_default();
            let Some(number) = known.checked_sub(1) else { return Err(slot) };
            if self.get(number) == Some(pair) {
                return Ok(number);
            }
            slot = (slot + 1) & last;
        }
    }

    #[inline]
    fn fill(&mut self, slot: usize, number: u32) {
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = number.saturating_add(1);
        }
    }
}
