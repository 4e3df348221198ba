//! Some of the patterns as a machine of their own, its states found as it is asked for them: sets of places, as bits.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::states::States;
use super::token::{Step, Token, folds_to};

/// The characters that some place tells apart.
#[derive(Debug)]
pub(super) struct Alphabet {
    /// In order.
    letters: Vec<char>,
    /// What can stand for all others, the plainest first, each with its number where some place tells it apart; none does the last.
    spare: Vec<(char, Option<usize>)>,
}

impl Alphabet {
    pub(super) fn new(steps: &[Step]) -> Self {
        let mut letters = vec![':'];
        for step in steps {
            match step {
                Step::Take(Token::Is(character)) => letters.push(*character),
                Step::Take(Token::IsFolded(character)) => {
                    letters.push(*character);
                    letters.extend(character.to_uppercase());
                }
                _ => {}
            }
        }
        letters.sort_unstable();
        letters.dedup();
        let mut spare = Vec::new();
        for one in "xyzabcdefghijklmnopqrstuvw0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().chain('\u{c0}'..) {
            let number = letters.binary_search(&one).ok();
            spare.push((one, number));
            if number.is_none() {
                break;
            }
        }
        Self { letters, spare }
    }

    /// How many words a set of letters takes as bits.
    pub(super) fn words(&self) -> usize {
        self.letters.len().div_ceil(64)
    }

    /// These letters, in order.
    pub(super) fn told<'a>(&'a self, told: &'a [u64]) -> impl Iterator<Item = char> + 'a {
        members(told).filter_map(|number| self.letter(number))
    }

    /// The first character that is none of these; plain, so that examples are plain where they can be.
    #[inline]
    pub(super) fn other_than(&self, told: &[u64]) -> Option<char> {
        let free = |(_, number): &&(char, Option<usize>)| number.is_none_or(|number| !has(told, number));
        self.spare.iter().find(free).map(|(spare, _)| *spare)
    }

    /// The letter of this number.
    #[inline]
    pub(super) fn letter(&self, number: usize) -> Option<char> {
        self.letters.get(number).copied()
    }

    fn number(&self, letter: char) -> Option<usize> {
        self.letters.binary_search(&letter).ok()
    }

    /// The letters that the place tells apart, by number.
    fn told_by(&self, token: Token, mut tell: impl FnMut(usize)) {
        match token {
            Token::Is(wanted) => self.number(wanted).into_iter().for_each(tell),
            Token::IsFolded(wanted) => {
                let upper = |letter: char| wanted.to_uppercase().any(|upper| upper == letter);
                let mine = |letter: char| upper(letter) || folds_to(letter, wanted);
                let numbered = self.letters.iter().enumerate();
                numbered.filter(|(_, letter)| mine(**letter)).for_each(|(number, _)| tell(number));
            }
            Token::OneInside | Token::RunInside => self.number(':').into_iter().for_each(tell),
            Token::One | Token::Run => {}
        }
    }
}

/// Some of the patterns.
#[derive(Debug, Default)]
pub(super) struct Reader {
    steps: Vec<Step>,
    /// For each place of a run the place from which on everything before it is without meaning.
    floors: Vec<Option<u32>>,
    /// The places of runs: they may be left without a character.
    runs: Vec<u64>,
    /// The places at the start.
    start: Vec<u64>,
    /// Each state by its places.
    known: HashMap<Vec<u64>, u32, RandomState>,
    /// The places of each.
    places: Vec<Vec<u64>>,
    combinations: Vec<Vec<usize>>,
}

/// The patterns among so many readers. Those of one set are read together, and so are those without a run inside: of these few are
/// ever read at once.
pub(super) fn readers(steps: &[Step], floors: &[Option<u32>], start: &[u32], most: usize) -> Vec<Reader> {
    let groups = groups(steps);
    let (running, plain): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|(first, behind)| steps.get(*first..*behind).is_some_and(has_run_inside));
    let each = running.len().div_ceil(most.saturating_sub(1).max(1)).max(1);
    let several = running.chunks(each).chain((!plain.is_empty()).then_some(plain.as_slice()));
    several.map(|groups| Reader::new(groups, steps, floors, start)).collect()
}

/// The first place of the patterns of each set that stand together, and the one behind them.
fn groups(steps: &[Step]) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize, usize)> = Vec::new();
    let mut first = 0;
    for (at, step) in steps.iter().enumerate() {
        let Step::Accept(set) = step else { continue };
        match groups.last_mut() {
            Some((last, _, behind)) if last == set => *behind = at + 1,
            _ => groups.push((*set, first, at + 1)),
        }
        first = at + 1;
    }
    groups.into_iter().map(|(_, first, behind)| (first, behind)).collect()
}

/// Whether a run is followed by more.
fn has_run_inside(steps: &[Step]) -> bool {
    steps.windows(2).any(|pair| matches!(pair, [Step::Take(Token::Run | Token::RunInside), Step::Take(_)]))
}

impl Reader {
    fn new(groups: &[(usize, usize)], steps: &[Step], floors: &[Option<u32>], start: &[u32]) -> Self {
        let mut reader = Self::default();
        let mut at_start = Vec::new();
        for (first, behind) in groups {
            let (own, floors) = (steps.get(*first..*behind), floors.get(*first..*behind));
            let (own, floors) = (own.unwrap_or_default(), floors.unwrap_or_default());
            let shift = |place: u32| (place as usize).checked_sub(*first).map(|place| reader.steps.len() + place);
            let moved = |place: u32| shift(place).and_then(|place| u32::try_from(place).ok());
            at_start.extend(
                start.iter().filter(|at| (*first..*behind).contains(&(**at as usize))).filter_map(|at| shift(*at)),
            );
            let floors: Vec<Option<u32>> = floors.iter().map(|floor| floor.and_then(moved)).collect();
            reader.floors.extend(floors);
            reader.steps.extend(own);
        }
        let words = reader.steps.len().div_ceil(64);
        reader.runs = vec![0; words];
        for (at, step) in reader.steps.iter().enumerate() {
            if matches!(step, Step::Take(Token::Run | Token::RunInside)) {
                set(&mut reader.runs, at);
            }
        }
        reader.start = vec![0; words];
        for at in at_start {
            set(&mut reader.start, at);
        }
        reader
    }

    /// The state at the start.
    pub(super) fn start(&mut self, alphabet: &Alphabet, states: &mut States) -> u32 {
        self.number(self.start.clone(), alphabet, states)
    }

    /// The state behind the character; behind one that the state does not tell apart where there is none.
    pub(super) fn after(
        &mut self,
        state: u32,
        character: Option<char>,
        alphabet: &Alphabet,
        states: &mut States,
    ) -> u32 {
        let after = self.read(state, character);
        self.number(after, alphabet, states)
    }

    /// The sets of a combination.
    pub(super) fn sets(&self, combination: u32) -> &[usize] {
        self.combinations.get(combination as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The number of the state with these places.
    fn number(&mut self, places: Vec<u64>, alphabet: &Alphabet, states: &mut States) -> u32 {
        if let Some(known) = self.known.get(&places) {
            return *known;
        }
        let mut told = vec![0; alphabet.words()];
        let mut sets = Vec::new();
        let mut count = 0;
        for at in members(&places) {
            count += 1;
            match self.steps.get(at) {
                Some(Step::Take(token)) => alphabet.told_by(*token, |letter| set(&mut told, letter)),
                Some(Step::Accept(set)) => sets.push(*set),
                None => {}
            }
        }
        sets.dedup();
        let accepted = self.combinations.iter().position(|known| *known == sets).unwrap_or_else(|| {
            self.combinations.push(sets);
            self.combinations.len() - 1
        });
        let number = states.add(count, u32::try_from(accepted).unwrap_or(u32::MAX), told.into_iter());
        self.places.push(places.clone());
        self.known.insert(places, number);
        number
    }

    /// The places behind the character; behind one that the state does not tell apart where there is none.
    fn read(&self, state: u32, character: Option<char>) -> Vec<u64> {
        let mut next = vec![0; self.runs.len()];
        let mut running = false;
        for at in self.places.get(state as usize).into_iter().flat_map(|places| members(places)) {
            let Some(Step::Take(token)) = self.steps.get(at) else { continue };
            let inside = character != Some(':');
            let to = match token {
                Token::Is(wanted) => (character == Some(*wanted)).then_some(at + 1),
                Token::IsFolded(wanted) => character.is_some_and(|is| folds_to(is, *wanted)).then_some(at + 1),
                Token::One => Some(at + 1),
                Token::OneInside => inside.then_some(at + 1),
                Token::Run => Some(at),
                Token::RunInside => inside.then_some(at),
            };
            if let Some(to) = to {
                set(&mut next, to);
                running |= has(&self.runs, to);
            }
        }
        if running {
            self.settle(&mut next);
        }
        next
    }

    /// Adds the places for which runs may be left without a character, and leaves out those without meaning.
    fn settle(&self, next: &mut [u64]) {
        // a run may be left at once; behind it there may be another
        loop {
            let (mut more, mut carry) = (0, 0);
            for (word, runs) in self.runs.iter().enumerate() {
                let Some(next) = next.get_mut(word) else { break };
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
        for (word, runs) in self.runs.iter().enumerate().rev() {
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

/// The numbers whose bits are set.
fn members(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(index, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(index * 64 + bit)
        })
    })
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
