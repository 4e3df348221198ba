//! Patterns read in parallel, the places in them as bits: which combinations of places the texts lead to.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use super::budget::Budget;
use super::token::{Step, Token, folds_to};

/// A place for each bit.
type Bits = Vec<u64>;

/// The patterns, by what each place does with a character.
#[derive(Debug)]
pub(super) struct Machine {
    /// Every character that some place tells apart, in order.
    alphabet: Vec<Letter>,
    /// For each place the characters that it tells apart: a bit for the number of each.
    told: Vec<Bits>,
    /// All others.
    other: Letter,
    /// What can stand for them, the plainest first, each with its number where some place tells it apart; none does the last.
    spare: Vec<(char, Option<usize>)>,
    /// The places of runs: they may be left without a character.
    runs: Bits,
    /// For each place of a run the place from which on everything before it is without meaning.
    floors: Vec<Option<u32>>,
    accepting: Bits,
}

/// A character.
#[derive(Debug)]
struct Letter {
    is: char,
    /// The places that it leads on from.
    taken: Bits,
    /// The places that it stays in.
    kept: Bits,
}

/// A combination of accepting places.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) accepting: Vec<usize>,
    /// A first text that leads there.
    pub(super) shortest: String,
    /// When it was found.
    pub(super) met: usize,
    /// A first one that is not empty, and when it was found.
    pub(super) not_empty: Option<(usize, String)>,
}

impl Machine {
    pub(super) fn new(steps: &[Step], floors: &[Option<u32>]) -> Self {
        let mut characters = vec![':'];
        for step in steps {
            match step {
                Step::Take(Token::Is(character)) => characters.push(*character),
                Step::Take(Token::IsFolded(character)) => {
                    characters.push(*character);
                    characters.extend(character.to_uppercase());
                }
                _ => {}
            }
        }
        characters.sort_unstable();
        characters.dedup();
        let none = || vec![0; steps.len().div_ceil(64)];
        let letter = |is: char| Letter { is, taken: none(), kept: none() };
        let mut alphabet: Vec<Letter> = characters.iter().map(|is| letter(*is)).collect();
        let mut other = letter(' ');
        let (mut anything, mut runs, mut accepting) = (none(), none(), none());
        let mut told: Vec<Bits> = vec![vec![0; characters.len().div_ceil(64)]; steps.len()];
        let colon = characters.binary_search(&':').unwrap_or_default();
        for ((at, step), told) in steps.iter().enumerate().zip(&mut told) {
            match step {
                Step::Take(Token::Is(wanted)) => {
                    let number = characters.binary_search(wanted).unwrap_or_default();
                    set(told, number);
                    if let Some(letter) = alphabet.get_mut(number) {
                        set(&mut letter.taken, at);
                    }
                }
                Step::Take(Token::IsFolded(wanted)) => {
                    for (number, letter) in alphabet.iter_mut().enumerate() {
                        if letter.is == *wanted || wanted.to_uppercase().any(|upper| upper == letter.is) {
                            set(told, number);
                        }
                        if folds_to(letter.is, *wanted) {
                            set(&mut letter.taken, at);
                        }
                    }
                }
                Step::Take(Token::OneInside) => {
                    set(told, colon);
                    set(&mut other.taken, at);
                }
                Step::Take(Token::One) => {
                    set(&mut anything, at);
                    set(&mut other.taken, at);
                }
                Step::Take(Token::RunInside) => {
                    set(told, colon);
                    set(&mut runs, at);
                    set(&mut other.kept, at);
                }
                Step::Take(Token::Run) => {
                    set(&mut anything, at);
                    set(&mut runs, at);
                    set(&mut other.kept, at);
                }
                Step::Accept(_) => set(&mut accepting, at),
            }
        }
        for letter in &mut alphabet {
            let allowed = if letter.is == ':' { &anything } else { &vec![u64::MAX; anything.len()] };
            for (bits, others) in [(&mut letter.taken, &other.taken), (&mut letter.kept, &other.kept)] {
                bits.iter_mut().zip(others).zip(allowed).for_each(|((own, other), allowed)| *own |= other & allowed);
            }
        }
        let mut spare = Vec::new();
        for one in "xyzabcdefghijklmnopqrstuvw0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().chain('\u{c0}'..) {
            let number = characters.binary_search(&one).ok();
            spare.push((one, number));
            if number.is_none() {
                break;
            }
        }
        Self { alphabet, told, other, spare, runs, floors: floors.to_vec(), accepting }
    }

    /// The state of these places.
    pub(super) fn state(&self, places: &[u32]) -> Bits {
        let mut state = vec![0; self.runs.len()];
        for at in places {
            set(&mut state, *at as usize);
        }
        state
    }

    /// The characters that the state tells apart, behind one that stands for all others.
    pub(super) fn characters(&self, state: &Bits) -> Vec<char> {
        let mut told = Bits::new();
        self.tell(state, &mut told);
        self.other_than(&told).into_iter().chain(self.letters(&told).map(|letter| letter.is)).collect()
    }

    /// The characters that the state tells apart: a bit for the number of each.
    fn tell(&self, state: &[u64], told: &mut Bits) {
        told.clear();
        told.resize(self.alphabet.len().div_ceil(64), 0);
        for (index, word) in state.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let at = index * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                told.iter_mut().zip(self.told.get(at).into_iter().flatten()).for_each(|(all, own)| *all |= own);
            }
        }
    }

    fn letters<'m>(&'m self, told: &'m [u64]) -> impl Iterator<Item = &'m Letter> {
        told.iter().enumerate().flat_map(move |(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let number = index * 64 + left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                self.alphabet.get(number).filter(|_| number < index * 64 + 64)
            })
        })
    }

    /// The first character that is none of these; plain, so that examples are plain where they can be.
    fn other_than(&self, told: &[u64]) -> Option<char> {
        let free = |(_, number): &&(char, Option<usize>)| number.is_none_or(|number| !has(told, number));
        self.spare.iter().find(free).map(|(spare, _)| *spare)
    }

    /// Every combination of accepting places that some text leads to; `None` when the budget does not suffice.
    pub(super) fn walk(&self, start: Bits, budget: &mut Budget) -> Option<Vec<Found>> {
        let start: Rc<[u64]> = start.into();
        let mut known: HashSet<Rc<[u64]>, BuildHasherDefault<Mixer>> = HashSet::default();
        known.insert(Rc::clone(&start));
        let mut states = vec![start];
        // how each state was reached first
        let mut from: Vec<(usize, char)> = vec![(0, ' ')];
        let mut number: HashMap<Bits, usize, BuildHasherDefault<Mixer>> = HashMap::default();
        let mut found: Vec<(Bits, usize, Option<usize>)> = Vec::new();
        let (mut accepting, mut next, mut told) = (Bits::new(), Bits::new(), Bits::new());
        let mut at = 0;
        while let Some(state) = states.get(at).map(Rc::clone) {
            accepting.clear();
            accepting.extend(state.iter().zip(&self.accepting).map(|(state, accepting)| state & accepting));
            if let Some((.., not_empty)) = number.get(&accepting).and_then(|number| found.get_mut(*number)) {
                not_empty.get_or_insert(at);
            } else {
                number.insert(accepting.clone(), found.len());
                found.push((accepting.clone(), at, (at > 0).then_some(at)));
            }
            // what a state takes to keep and to hash counts too, where patterns are very long
            let cost = 1 + state.len() / 16 + state.iter().map(|word| word.count_ones() as usize).sum::<usize>();
            self.tell(&state, &mut told);
            let mut lead = |letter: &Letter, character: char| {
                budget.spend(cost)?;
                self.after(&state, letter, &mut next);
                if !known.contains(next.as_slice()) {
                    let next: Rc<[u64]> = next.as_slice().into();
                    known.insert(Rc::clone(&next));
                    states.push(next);
                    from.push((at, character));
                }
                Some(())
            };
            if let Some(other) = self.other_than(&told) {
                lead(&self.other, other)?;
            }
            for letter in self.letters(&told) {
                lead(letter, letter.is)?;
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
        let found = found.into_iter().map(|(accepting, shortest, not_empty)| Found {
            accepting: (0..self.floors.len()).filter(|at| has(&accepting, *at)).collect(),
            shortest: text(shortest),
            met: shortest,
            not_empty: not_empty.map(|at| (at, text(at))),
        });
        Some(found.collect())
    }

    /// The state behind the character.
    fn after(&self, state: &[u64], letter: &Letter, next: &mut Bits) {
        next.clear();
        let (mut carry, mut running) = (0, 0);
        let letter = letter.taken.iter().zip(&letter.kept);
        for ((state, (taken, kept)), runs) in state.iter().zip(letter).zip(&self.runs) {
            let moved = state & taken;
            let reached = (moved << 1) | carry | (state & kept);
            carry = moved >> 63;
            running |= reached & runs;
            next.push(reached);
        }
        if running == 0 {
            return;
        }
        // a run may be left at once; behind it there may be another
        loop {
            let (mut more, mut carry) = (0, 0);
            for (next, runs) in next.iter_mut().zip(&self.runs) {
                let left = *next & runs;
                let reached = ((left << 1) | carry) & !*next;
                *next |= reached;
                // only where another run is reached there is more to do
                more |= reached & runs;
                carry = left >> 63;
            }
            if more == 0 {
                break;
            }
        }
        // what stands before a run without meaning is left out
        for word in (0..next.len()).rev() {
            let runs = self.runs.get(word).copied().unwrap_or_default();
            let mut left = u64::MAX;
            while let Some(bit) = next.get(word).map(|next| next & runs & left).filter(|runs| *runs != 0) {
                let bit = bit.ilog2();
                left = (1 << bit) - 1;
                let at = word * 64 + bit as usize;
                let floor = self.floors.get(at).copied().flatten().map_or(at, |floor| floor as usize);
                clear(next, floor, at);
            }
        }
    }
}

fn set(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

fn has(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
}

/// Takes the places from `first` up to `behind` out.
fn clear(bits: &mut [u64], first: usize, behind: usize) {
    let words = bits.iter_mut().enumerate().take(behind.div_ceil(64)).skip(first / 64);
    for (index, word) in words {
        let (low, high) = (first.saturating_sub(index * 64), (behind - index * 64).min(64));
        let below = |bit: usize| if bit >= 64 { u64::MAX } else { (1 << bit) - 1 };
        *word &= !(below(high) & !below(low));
    }
}

/// Hashes states: many short lists of words, for which the keyed hash of the library is the larger part of the work.
#[derive(Debug, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut mix = |word: u64| self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            mix(u64::from_le_bytes(*word));
        }
        for byte in rest {
            mix(u64::from(*byte));
        }
    }
}
