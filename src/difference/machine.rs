//! Patterns read in parallel: which combinations of accepting places the texts lead to.

use super::budget::Budget;
use super::reader::{Alphabet, Reader, readers};
use super::token::Step;

/// What reading the patterns in parallel shows.
#[derive(Debug)]
pub(super) struct Walked {
    /// The characters that the start tells apart, behind one that stands for all others.
    pub(super) first: Vec<char>,
    pub(super) found: Vec<Found>,
}

/// A combination of sets.
#[derive(Debug)]
pub(super) struct Found {
    /// In order.
    pub(super) sets: Vec<usize>,
    /// A first text that leads there.
    pub(super) shortest: String,
    /// When it was found.
    pub(super) met: usize,
    /// A first one that is not empty, and when it was found.
    pub(super) not_empty: Option<(usize, String)>,
}

/// The most readers that read side by side; patterns beyond share them.
const MOST: usize = 16;

/// Every combination of sets that some text belongs to, by what it leads to from the places at the start; `None` when the budget does
/// not suffice.
pub(super) fn walk(steps: &[Step], floors: &[Option<u32>], start: &[u32], budget: &mut Budget) -> Option<Walked> {
    let alphabet = Alphabet::new(steps);
    let readers = readers(steps, floors, start, &alphabet, MOST);
    // what a state takes to keep counts too, where patterns are very long
    let words = steps.len().div_ceil(64);
    match readers.len() {
        0..=4 => Machine::<4> { alphabet, readers, words }.walked(budget),
        5..=8 => Machine::<8> { alphabet, readers, words }.walked(budget),
        _ => Machine::<MOST> { alphabet, readers, words }.walked(budget),
    }
}

/// Readers side by side. Each knows its own states by number, so that a state of all is a few numbers, and what a reader does with a
/// character is found out once, however many states of the others it goes with.
#[derive(Debug)]
struct Machine<const READERS: usize> {
    alphabet: Alphabet,
    readers: Vec<Reader>,
    /// How many words all places take as bits.
    words: usize,
}

/// A number for each reader.
type Key<const READERS: usize> = [u32; READERS];

/// Keys, each once, in the order in which they were met.
#[derive(Debug)]
struct Met<const READERS: usize> {
    keys: Vec<Key<READERS>>,
    /// A power of two of slots: the place of a key and one, or none. A key is in the first free one from where its mix points.
    slots: Vec<u32>,
}

impl<const READERS: usize> Met<READERS> {
    fn new() -> Self {
        Self { keys: Vec::new(), slots: vec![0; 64] }
    }

    /// Adds the key where it is not there yet; its place, and whether it is new.
    fn add(&mut self, key: Key<READERS>) -> (usize, bool) {
        if self.keys.len() * 2 >= self.slots.len() {
            self.slots = vec![0; self.slots.len() * 4];
            for at in 0..self.keys.len() {
                if let Some(key) = self.keys.get(at) {
                    let slot = self.slot(key).0;
                    self.fill(slot, at);
                }
            }
        }
        match self.slot(&key) {
            (_, Some(known)) => (known, false),
            (slot, None) => {
                let at = self.keys.len();
                self.fill(slot, at);
                self.keys.push(key);
                (at, true)
            }
        }
    }

    /// The slot of the key, and its place in case it is there.
    fn slot(&self, key: &Key<READERS>) -> (usize, Option<usize>) {
        let mut mixed: u64 = 0;
        for pair in key.chunks(2) {
            let both = match pair {
                [one, other] => u64::from(*one) << 32 | u64::from(*other),
                _ => 0,
            };
            mixed = (mixed.rotate_left(23) ^ both).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        let last = self.slots.len() - 1;
        // only as many bits count as there are slots for
        let mut slot = (mixed >> 20) as usize & last;
        loop {
            let known = self.slots.get(slot).map_or(0, |known| *known as usize);
            let Some(at) = known.checked_sub(1) else { return (slot, None) };
            if self.keys.get(at) == Some(key) {
                return (slot, Some(at));
            }
            slot = (slot + 1) & last;
        }
    }

    fn fill(&mut self, slot: usize, at: usize) {
        if let (Some(slot), Ok(known)) = (self.slots.get_mut(slot), u32::try_from(at + 1)) {
            *slot = known;
        }
    }
}

/// A combination of sets: the first state that is in it, and the first behind a character.
type First = (usize, Option<usize>);

impl<const READERS: usize> Machine<READERS> {
    fn walked(mut self, budget: &mut Budget) -> Option<Walked> {
        let mut start = [0; READERS];
        for (number, reader) in start.iter_mut().zip(&self.readers) {
            *number = reader.start();
        }
        let mut told = vec![0; self.alphabet.words()];
        for (word, told) in told.iter_mut().enumerate() {
            *told = self.readers.iter().zip(start).fold(0, |all, (reader, state)| all | reader.told(state, word));
        }
        let others = self.alphabet.other_than(&told).into_iter();
        let first = others.chain(self.alphabet.told(&told).map(|(_, letter)| letter)).collect();
        Some(Walked { first, found: self.walk(start, budget)? })
    }

    /// Every combination of sets that some text leads to; `None` when the budget does not suffice.
    fn walk(&mut self, start: Key<READERS>, budget: &mut Budget) -> Option<Vec<Found>> {
        let Self { alphabet, readers, words } = self;
        let mut states = Met::new();
        states.add(start);
        // how each state was reached first
        let mut from: Vec<(usize, char)> = vec![(0, ' ')];
        let mut combinations = Met::new();
        let mut found: Vec<First> = Vec::new();
        let mut told = vec![0; alphabet.words()];
        let mut at = 0;
        while let Some(state) = states.keys.get(at).copied() {
            let mut places = 0;
            let (mut accepted, mut otherwise, mut behind) = ([0; READERS], [0; READERS], [0; READERS]);
            for (number, reader) in readers.iter_mut().enumerate() {
                let Some(own) = state.get(number) else { break };
                let look = reader.look(*own, alphabet);
                places += look.places;
                if let (Some(accepted), Some(otherwise), Some(behind)) =
                    (accepted.get_mut(number), otherwise.get_mut(number), behind.get_mut(number))
                {
                    (*accepted, *otherwise, *behind) = (look.accepted, look.otherwise, look.behind);
                }
            }
            match combinations.add(accepted) {
                (_, true) => found.push((at, (at > 0).then_some(at))),
                (known, false) => {
                    if let Some((_, not_empty)) = found.get_mut(known) {
                        not_empty.get_or_insert(at);
                    }
                }
            }
            let cost = 1 + *words / 16 + places;
            let mut lead = |next: Key<READERS>, character: char| {
                budget.spend(cost)?;
                if states.add(next).1 {
                    from.push((at, character));
                }
                Some(())
            };
            let mut of_readers = [0; READERS];
            for (word, told) in told.iter_mut().enumerate() {
                *told = told_by(readers, &state, word, &mut of_readers);
            }
            if let Some(other) = alphabet.other_than(&told) {
                lead(otherwise, other)?;
            }
            for (word, told) in told.iter().enumerate() {
                if word > 0 || alphabet.words() > 1 {
                    told_by(readers, &state, word, &mut of_readers);
                }
                let mut left = *told;
                while left != 0 {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    let letter = word * 64 + bit as usize;
                    let mut next = otherwise;
                    for (number, reader) in readers.iter_mut().enumerate() {
                        let Some(told) = of_readers.get(number).filter(|told| *told >> bit & 1 != 0) else { continue };
                        if let (Some(own), Some(behind), Some(next)) =
                            (state.get(number), behind.get(number), next.get_mut(number))
                        {
                            let before = (told & ((1 << bit) - 1)).count_ones() as usize;
                            *next = reader.after(*own, behind + before, letter, alphabet);
                        }
                    }
                    lead(next, alphabet.letter(letter)?)?;
                }
                // those of the next word come behind those of this one
                for (behind, told) in behind.iter_mut().zip(of_readers) {
                    *behind += told.count_ones() as usize;
                }
            }
            at += 1;
        }
        let text = |mut at: usize| {
            let mut reversed = Vec::new();
            while at > 0 {
                let Some((before, character)) = from.get(at) else { break };
                reversed.push(*character);
                at = *before;
            }
            reversed.iter().rev().collect::<String>()
        };
        let found = found.into_iter().zip(combinations.keys).map(|((met, not_empty), accepted)| {
            let each = readers.iter().zip(accepted);
            let mut sets: Vec<usize> = each.flat_map(|(reader, accepted)| reader.sets(accepted)).copied().collect();
            sets.sort_unstable();
            sets.dedup();
            let shortest = text(met);
            let not_empty = not_empty.map(|at| (at, if at == met { shortest.clone() } else { text(at) }));
            Found { sets, shortest, met, not_empty }
        });
        Some(found.collect())
    }
}

/// The letters of this word that the state tells apart, for each reader, and all of them.
fn told_by<const READERS: usize>(
    readers: &[Reader],
    state: &Key<READERS>,
    word: usize,
    of_readers: &mut [u64; READERS],
) -> u64 {
    let mut all = 0;
    for (number, reader) in readers.iter().enumerate() {
        if let (Some(own), Some(of_reader)) = (state.get(number), of_readers.get_mut(number)) {
            *of_reader = reader.told(*own, word);
            all |= *of_reader;
        }
    }
    all
}
