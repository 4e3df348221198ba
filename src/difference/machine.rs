//! Patterns read in parallel, the places in them as bits: which combinations of places the texts lead to.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use super::budget::Budget;
use super::token::{Step, Token, folds_to};

/// A bit for each character.
type Bits = Vec<u64>;

/// Places: a bit for each.
trait Places: Clone {
    /// None, of so many words.
    fn none(words: usize) -> Self;
    fn words(&self) -> &[u64];
    fn words_mut(&mut self) -> &mut [u64];
}

/// Most machines are small: their states are compared and kept without a pointer to them. Words that are too many stay empty.
impl<const WORDS: usize> Places for [u64; WORDS] {
    fn none(_: usize) -> Self {
        [0; WORDS]
    }

    fn words(&self) -> &[u64] {
        self
    }

    fn words_mut(&mut self) -> &mut [u64] {
        self
    }
}

impl Places for Rc<[u64]> {
    fn none(words: usize) -> Self {
        vec![0; words].into()
    }

    fn words(&self) -> &[u64] {
        self
    }

    fn words_mut(&mut self) -> &mut [u64] {
        Self::make_mut(self)
    }
}

/// A state as a key.
#[derive(Debug, Clone)]
struct Key<P>(P);

impl<P: Places> PartialEq for Key<P> {
    fn eq(&self, other: &Self) -> bool {
        // without a branch for each word, and without a call
        self.0.words().iter().zip(other.0.words()).fold(0, |differ, (own, other)| differ | (own ^ other)) == 0
    }
}

impl<P: Places> Eq for Key<P> {}

impl<P: Places> Hash for Key<P> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let mix = |hash: u64, word: &u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hasher.write_u64(self.0.words().iter().fold(0, mix));
    }
}

/// What reading the patterns in parallel shows.
#[derive(Debug)]
pub(super) struct Walked {
    /// The characters that the start tells apart, behind one that stands for all others.
    pub(super) first: Vec<char>,
    pub(super) found: Vec<Found>,
}

/// Every combination of accepting places that some text leads to from the places at the start; `None` when the budget does not suffice.
pub(super) fn walk(steps: &[Step], floors: &[Option<u32>], start: &[u32], budget: &mut Budget) -> Option<Walked> {
    match steps.len().div_ceil(64) {
        0..=2 => Machine::<[u64; 2]>::new(steps, floors).walked(start, budget),
        3..=4 => Machine::<[u64; 4]>::new(steps, floors).walked(start, budget),
        5..=6 => Machine::<[u64; 6]>::new(steps, floors).walked(start, budget),
        7..=8 => Machine::<[u64; 8]>::new(steps, floors).walked(start, budget),
        9..=12 => Machine::<[u64; 12]>::new(steps, floors).walked(start, budget),
        13..=16 => Machine::<[u64; 16]>::new(steps, floors).walked(start, budget),
        _ => Machine::<Rc<[u64]>>::new(steps, floors).walked(start, budget),
    }
}

/// The patterns, by what each place does with a character.
#[derive(Debug)]
struct Machine<P> {
    /// Every character that some place tells apart, in order.
    alphabet: Vec<Letter<P>>,
    /// The places that tell any apart.
    telling: P,
    /// For each place the characters that it tells apart: a bit for the number of each.
    told: Vec<Bits>,
    /// All others.
    other: Letter<P>,
    /// What can stand for them, the plainest first, each with its number where some place tells it apart; none does the last.
    spare: Vec<(char, Option<usize>)>,
    /// The places of runs: they may be left without a character.
    runs: P,
    /// For each place of a run the place from which on everything before it is without meaning.
    floors: Vec<Option<u32>>,
    accepting: P,
    /// How many words the places have.
    words: usize,
}

/// A character.
#[derive(Debug)]
struct Letter<P> {
    is: char,
    /// The places that it leads on from.
    taken: P,
    /// The places that it stays in.
    kept: P,
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

impl<P: Places> Machine<P> {
    fn new(steps: &[Step], floors: &[Option<u32>]) -> Self {
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
        let words = steps.len().div_ceil(64);
        let none = || P::none(words);
        let letter = |is: char| Letter { is, taken: none(), kept: none() };
        let mut alphabet: Vec<Letter<P>> = characters.iter().map(|is| letter(*is)).collect();
        let mut other = letter(' ');
        let (mut anything, mut runs, mut accepting, mut telling) = (none(), none(), none(), none());
        let mut told: Vec<Bits> = vec![vec![0; characters.len().div_ceil(64)]; steps.len()];
        let colon = characters.binary_search(&':').unwrap_or_default();
        for ((at, step), told) in steps.iter().enumerate().zip(&mut told) {
            match step {
                Step::Take(Token::Is(wanted)) => {
                    let number = characters.binary_search(wanted).unwrap_or_default();
                    set(told, number);
                    if let Some(letter) = alphabet.get_mut(number) {
                        set(letter.taken.words_mut(), at);
                    }
                }
                Step::Take(Token::IsFolded(wanted)) => {
                    for (number, letter) in alphabet.iter_mut().enumerate() {
                        if letter.is == *wanted || wanted.to_uppercase().any(|upper| upper == letter.is) {
                            set(told, number);
                        }
                        if folds_to(letter.is, *wanted) {
                            set(letter.taken.words_mut(), at);
                        }
                    }
                }
                Step::Take(Token::OneInside) => {
                    set(told, colon);
                    set(other.taken.words_mut(), at);
                }
                Step::Take(Token::One) => {
                    set(anything.words_mut(), at);
                    set(other.taken.words_mut(), at);
                }
                Step::Take(Token::RunInside) => {
                    set(told, colon);
                    set(runs.words_mut(), at);
                    set(other.kept.words_mut(), at);
                }
                Step::Take(Token::Run) => {
                    set(anything.words_mut(), at);
                    set(runs.words_mut(), at);
                    set(other.kept.words_mut(), at);
                }
                Step::Accept(_) => set(accepting.words_mut(), at),
            }
            if told.iter().any(|word| *word != 0) {
                set(telling.words_mut(), at);
            }
        }
        for letter in &mut alphabet {
            let is_colon = letter.is == ':';
            for (bits, others) in [(&mut letter.taken, &other.taken), (&mut letter.kept, &other.kept)] {
                let others = others.words().iter().zip(anything.words());
                for (own, (other, anything)) in bits.words_mut().iter_mut().zip(others) {
                    *own |= if is_colon { other & anything } else { *other };
                }
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
        Self { alphabet, telling, told, other, spare, runs, floors: floors.to_vec(), accepting, words }
    }

    fn walked(&self, start: &[u32], budget: &mut Budget) -> Option<Walked> {
        let mut state = P::none(self.words);
        for at in start {
            set(state.words_mut(), *at as usize);
        }
        let first = self.characters(&state);
        Some(Walked { first, found: self.walk(state, budget)? })
    }

    /// The characters that the state tells apart, behind one that stands for all others.
    fn characters(&self, state: &P) -> Vec<char> {
        let mut told = Bits::new();
        self.tell(state, &mut told);
        self.other_than(&told).into_iter().chain(self.letters(&told).map(|letter| letter.is)).collect()
    }

    /// The characters that the state tells apart: a bit for the number of each.
    fn tell(&self, state: &P, told: &mut Bits) {
        told.clear();
        told.resize(self.alphabet.len().div_ceil(64), 0);
        for (index, (word, telling)) in state.words().iter().zip(self.telling.words()).enumerate() {
            let mut left = word & telling;
            while left != 0 {
                let at = index * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                told.iter_mut().zip(self.told.get(at).into_iter().flatten()).for_each(|(all, own)| *all |= own);
            }
        }
    }

    fn letters<'m>(&'m self, told: &'m [u64]) -> impl Iterator<Item = &'m Letter<P>> {
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
    fn walk(&self, start: P, budget: &mut Budget) -> Option<Vec<Found>> {
        let mut known: HashSet<Key<P>, BuildHasherDefault<Mixed>> = HashSet::default();
        known.insert(Key(start.clone()));
        let mut states = vec![start];
        // how each state was reached first
        let mut from: Vec<(usize, char)> = vec![(0, ' ')];
        let mut number: HashMap<Key<P>, usize, BuildHasherDefault<Mixed>> = HashMap::default();
        let mut found: Vec<(P, usize, Option<usize>)> = Vec::new();
        let mut next = Key(P::none(self.words));
        let mut told = Bits::new();
        let mut at = 0;
        while let Some(state) = states.get(at).cloned() {
            let mut accepting = Key(state.clone());
            accepting.0.words_mut().iter_mut().zip(self.accepting.words()).for_each(|(own, other)| *own &= other);
            if let Some((.., not_empty)) = number.get(&accepting).and_then(|number| found.get_mut(*number)) {
                not_empty.get_or_insert(at);
            } else {
                found.push((accepting.0.clone(), at, (at > 0).then_some(at)));
                number.insert(accepting, found.len() - 1);
            }
            // what a state takes to keep and to hash counts too, where patterns are very long
            let places = state.words().iter().map(|word| word.count_ones() as usize).sum::<usize>();
            let cost = 1 + self.words / 16 + places;
            self.tell(&state, &mut told);
            let mut lead = |letter: &Letter<P>, character: char| {
                budget.spend(cost)?;
                self.after(&state, letter, &mut next.0);
                if !known.contains(&next) {
                    known.insert(next.clone());
                    states.push(next.0.clone());
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
            accepting: (0..self.floors.len()).filter(|at| has(accepting.words(), *at)).collect(),
            shortest: text(shortest),
            met: shortest,
            not_empty: not_empty.map(|at| (at, text(at))),
        });
        Some(found.collect())
    }

    /// The state behind the character.
    fn after(&self, state: &P, letter: &Letter<P>, next: &mut P) {
        let next = next.words_mut();
        let (mut carry, mut running) = (0, 0);
        let own = state.words().iter().zip(letter.taken.words()).zip(letter.kept.words()).zip(self.runs.words());
        for (next, (((state, taken), kept), runs)) in next.iter_mut().zip(own) {
            let moved = state & taken;
            let reached = (moved << 1) | carry | (state & kept);
            carry = moved >> 63;
            running |= reached & runs;
            *next = reached;
        }
        if running == 0 {
            return;
        }
        // a run may be left at once; behind it there may be another
        loop {
            let (mut more, mut carry) = (0, 0);
            for (next, runs) in next.iter_mut().zip(self.runs.words()) {
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
        for (word, runs) in self.runs.words().iter().enumerate().rev() {
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
    if first >= behind {
        return;
    }
    let (low, high) = (first / 64, behind / 64);
    let (above, below) = (u64::MAX << (first % 64), (1 << (behind % 64)) - 1);
    if low == high {
        bits.get_mut(low).into_iter().for_each(|word| *word &= !(above & below));
        return;
    }
    let words = bits.iter_mut().enumerate().take(high + 1).skip(low);
    for (index, word) in words {
        *word &= if index == low {
            !above
        } else if index == high {
            !below
        } else {
            0
        };
    }
}

/// States are mixed when they are hashed, which the keyed hash of the library would make the larger part of the work.
#[derive(Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write_u64(&mut self, mixed: u64) {
        self.0 = mixed;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(23) ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
}
