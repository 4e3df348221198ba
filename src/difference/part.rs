//! Readers that read side by side, two and two: what both do together is found out once, however many states of others it goes with.

use super::reader::{Alphabet, Reader};
use super::states::{Look, Pairs, States};

/// Some of the readers as one.
#[derive(Debug)]
pub(super) struct Part {
    start: u32,
    states: States,
    of: Of,
}

#[derive(Debug)]
enum Of {
    One(Reader),
    Two(Box<Two>),
}

/// Two parts. A state of both is a pair of theirs.
#[derive(Debug)]
struct Two {
    one: Part,
    other: Part,
    states: Pairs,
    combinations: Pairs,
}

impl Part {
    /// All of these as one.
    pub(super) fn all(mut readers: Vec<Reader>, alphabet: &Alphabet) -> Self {
        let mut states = States::new(alphabet.words());
        if readers.len() < 2 {
            let mut reader = readers.pop().unwrap_or_default();
            return Self { start: reader.start(alphabet, &mut states), states, of: Of::One(reader) };
        }
        let [one, other] = Self::halves(readers, alphabet);
        let start = (one.start, other.start);
        let mut two = Two { one, other, states: Pairs::new(), combinations: Pairs::new() };
        Self { start: two.number(start, alphabet, &mut states), states, of: Of::Two(Box::new(two)) }
    }

    /// One half of these, and the other.
    pub(super) fn halves(mut readers: Vec<Reader>, alphabet: &Alphabet) -> [Self; 2] {
        let others = readers.split_off(readers.len().div_ceil(2));
        [readers, others].map(|readers| Self::all(readers, alphabet))
    }

    /// The state at the start.
    pub(super) const fn start(&self) -> u32 {
        self.start
    }

    /// What is known of the state; what is behind another character is found out.
    #[inline]
    pub(super) fn look(&mut self, state: u32, alphabet: &Alphabet) -> Look {
        Look { otherwise: self.otherwise(state, alphabet), ..self.states.look(state) }
    }

    /// The letters that the state tells apart, the word of this number of their bits.
    #[inline]
    pub(super) fn told(&self, state: u32, word: usize) -> u64 {
        self.states.told(state, word)
    }

    /// The state behind the letter of this number, which the state tells apart: it is kept at the place.
    #[inline]
    pub(super) fn after(&mut self, state: u32, place: u32, letter: usize, alphabet: &Alphabet) -> u32 {
        if let Some(known) = self.states.behind(place) {
            return known;
        }
        let after = self.of.after(state, Some(letter), alphabet, &mut self.states);
        self.states.keep_behind(place, after);
        after
    }

    /// Adds the sets of a combination.
    pub(super) fn sets(&self, combination: u32, sets: &mut Vec<usize>) {
        match &self.of {
            Of::One(reader) => sets.extend(reader.sets(combination)),
            Of::Two(two) => {
                let Some((one, other)) = two.combinations.get(combination) else { return };
                two.one.sets(one, sets);
                two.other.sets(other, sets);
            }
        }
    }

    #[inline]
    fn otherwise(&mut self, state: u32, alphabet: &Alphabet) -> u32 {
        if let Some(known) = self.states.otherwise(state) {
            return known;
        }
        let otherwise = self.of.after(state, None, alphabet, &mut self.states);
        self.states.keep_otherwise(state, otherwise);
        otherwise
    }

    /// The state behind the letter, whether the state tells it apart or not.
    fn behind(&mut self, state: u32, letter: Option<usize>, alphabet: &Alphabet) -> u32 {
        match letter.and_then(|letter| Some((letter, self.states.place(state, letter)?))) {
            Some((letter, place)) => self.after(state, place, letter, alphabet),
            None => self.otherwise(state, alphabet),
        }
    }
}

impl Of {
    /// The state behind the letter of this number; behind a character that the state does not tell apart where there is none.
    fn after(&mut self, state: u32, letter: Option<usize>, alphabet: &Alphabet, states: &mut States) -> u32 {
        match self {
            Self::One(reader) => {
                reader.after(state, letter.and_then(|letter| alphabet.letter(letter)), alphabet, states)
            }
            Self::Two(two) => {
                let (one, other) = two.states.get(state).unwrap_or_default();
                let pair = (two.one.behind(one, letter, alphabet), two.other.behind(other, letter, alphabet));
                two.number(pair, alphabet, states)
            }
        }
    }
}

impl Two {
    /// The number of the pair as a state.
    fn number(&mut self, pair: (u32, u32), alphabet: &Alphabet, states: &mut States) -> u32 {
        let (number, is_new) = self.states.add(pair);
        if is_new {
            let (one, other) = (self.one.states.look(pair.0), self.other.states.look(pair.1));
            let (accepted, _) = self.combinations.add((one.accepted, other.accepted));
            let told = (0..alphabet.words()).map(|word| self.one.told(pair.0, word) | self.other.told(pair.1, word));
            states.add(one.places + other.places, accepted, told);
        }
        number
    }
}
