//! The languages of patterns, many at once: into which cells they cut the set of all texts, with a shortest member of each.
//!
//! All patterns are read in parallel, as one machine whose states are sets of places in the patterns. Two texts that lead
//! to the same places are matched by the same patterns, so a walk over the reachable states finds every combination of
//! patterns that some text matches: intersections, differences and emptiness are read off the cells.

use std::collections::{BTreeMap, HashMap, VecDeque};

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Is(char),
    /// This character, given in lower case, in any case.
    IsFolded(char),
    /// `?`
    One,
    /// `?` that stays inside its part of an ARN: no colon.
    OneInside,
    /// `*`
    Run,
    /// `*` that stays inside its part of an ARN.
    RunInside,
}

/// What is left of the work that may be done before "cannot tell" is the answer.
#[derive(Debug)]
pub(super) struct Budget(u64);

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self(steps)
    }

    /// Takes from it; `None` when nothing is left.
    pub(super) fn spend(&mut self, steps: usize) -> Option<()> {
        self.0 = self.0.checked_sub(u64::try_from(steps).unwrap_or(u64::MAX))?;
        Some(())
    }

    /// The same work, but not more than `steps` of it.
    pub(super) fn at_most(&self, steps: u64) -> Self {
        Self(self.0.min(steps))
    }
}

/// Patterns under the numbers of the sets that they belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Automaton {
    steps: Vec<Step>,
    starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Take(Token),
    /// The text is in the set of this number.
    Accept(usize),
}

/// Texts that belong to the same sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// The sets, in order.
    pub(super) sets: Vec<usize>,
    /// A shortest one of the texts.
    pub(super) shortest: String,
    /// A shortest one that is not empty, if there is any.
    pub(super) not_empty: Option<String>,
}

/// Places in the patterns that the text so far leads to, in order.
type State = Vec<u32>;

impl Automaton {
    /// Adds a pattern to the set.
    pub(super) fn add(&mut self, set: usize, pattern: &[Token]) {
        self.starts.push(place(self.steps.len()));
        self.steps.extend(pattern.iter().map(|token| Step::Take(*token)));
        self.steps.push(Step::Accept(set));
    }

    /// The sets that the text belongs to, in order.
    pub(super) fn sets_of(&self, text: &str) -> Vec<usize> {
        let mut state = self.start();
        for character in text.chars() {
            state = self.after(&state, character);
        }
        self.accepted(&state)
    }

    /// Every combination of sets that some text belongs to; `None` when the budget does not suffice.
    pub(super) fn cells(&self, budget: &mut Budget) -> Option<Vec<Cell>> {
        let start = self.start();
        let mut number: HashMap<State, usize> = HashMap::from([(start.clone(), 0)]);
        // how each state was reached first
        let mut from: Vec<(usize, char)> = vec![(0, ' ')];
        let mut waiting: VecDeque<(usize, State)> = VecDeque::from([(0, start)]);
        let mut cells: BTreeMap<Vec<usize>, (Option<usize>, Option<usize>)> = BTreeMap::new();
        while let Some((at, state)) = waiting.pop_front() {
            let found = cells.entry(self.accepted(&state)).or_default();
            found.0.get_or_insert(at);
            if at > 0 {
                found.1.get_or_insert(at);
            }
            for character in self.distinguished(&state) {
                budget.spend(state.len() + 1)?;
                let next = self.after(&state, character);
                if !number.contains_key(&next) {
                    number.insert(next.clone(), from.len());
                    waiting.push_back((from.len(), next));
                    from.push((at, character));
                }
            }
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
        // the empty text may lead to a state that longer texts lead to as well
        let first = self.distinguished(&self.start());
        let longer = |sets: &[usize]| first.iter().map(ToString::to_string).find(|text| self.sets_of(text) == sets);
        let cell = |(sets, (shortest, not_empty)): (Vec<usize>, (Option<usize>, Option<usize>))| Cell {
            shortest: shortest.map(text).unwrap_or_default(),
            not_empty: not_empty.map(text).or_else(|| longer(&sets)),
            sets,
        };
        Some(cells.into_iter().map(cell).collect())
    }

    fn start(&self) -> State {
        let mut state = State::new();
        for start in &self.starts {
            self.enter(*start, &mut state);
        }
        settle(state)
    }

    /// Adds a place, and those that a run there may be left for without a character.
    fn enter(&self, mut at: u32, state: &mut State) {
        loop {
            state.push(at);
            match self.step(at) {
                Some(Step::Take(Token::Run | Token::RunInside)) => at += 1,
                _ => return,
            }
        }
    }

    fn step(&self, at: u32) -> Option<Step> {
        self.steps.get(usize::try_from(at).ok()?).copied()
    }

    fn after(&self, state: &State, character: char) -> State {
        let mut next = State::with_capacity(state.len());
        for at in state {
            let Some(Step::Take(token)) = self.step(*at) else { continue };
            match token {
                Token::Is(wanted) if wanted == character => self.enter(at + 1, &mut next),
                Token::IsFolded(wanted) if folds_to(character, wanted) => self.enter(at + 1, &mut next),
                Token::One => self.enter(at + 1, &mut next),
                Token::OneInside if character != ':' => self.enter(at + 1, &mut next),
                Token::Run => self.enter(*at, &mut next),
                Token::RunInside if character != ':' => self.enter(*at, &mut next),
                _ => {}
            }
        }
        settle(next)
    }

    /// The characters that some place tells apart, and one that stands for all others.
    fn distinguished(&self, state: &State) -> Vec<char> {
        let mut characters = Vec::new();
        for at in state {
            match self.step(*at) {
                Some(Step::Take(Token::Is(wanted))) => characters.push(wanted),
                Some(Step::Take(Token::IsFolded(wanted))) => {
                    characters.push(wanted);
                    characters.extend(wanted.to_uppercase());
                }
                Some(Step::Take(Token::OneInside | Token::RunInside)) => characters.push(':'),
                _ => {}
            }
        }
        characters.sort_unstable();
        characters.dedup();
        let spare = "xyzabcdefghijklmnopqrstuvw0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().chain('\u{c0}'..);
        let other = spare.into_iter().find(|spare| characters.binary_search(spare).is_err());
        // first, so that witnesses are plain where they can be
        characters.splice(0..0, other);
        characters
    }

    fn accepted(&self, state: &State) -> Vec<usize> {
        let mut sets: Vec<usize> = state
            .iter()
            .filter_map(|at| match self.step(*at) {
                Some(Step::Accept(set)) => Some(set),
                _ => None,
            })
            .collect();
        sets.sort_unstable();
        sets.dedup();
        sets
    }
}

/// Whether the character is the lower-case one, in any case.
fn folds_to(character: char, lower: char) -> bool {
    character == lower || character.to_lowercase().eq(std::iter::once(lower))
}

fn settle(mut state: State) -> State {
    state.sort_unstable();
    state.dedup();
    state
}

fn place(index: usize) -> u32 {
    // a policy has some thousand characters
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wildcard;
    use proptest::prelude::*;

    fn tokens(pattern: &str) -> Vec<Token> {
        let token = |character| match character {
            '*' => Token::Run,
            '?' => Token::One,
            other => Token::Is(other),
        };
        pattern.chars().map(token).collect()
    }

    fn automaton(patterns: &[&str]) -> Automaton {
        let mut automaton = Automaton::default();
        for (set, pattern) in patterns.iter().enumerate() {
            automaton.add(set, &tokens(pattern));
        }
        automaton
    }

    #[test]
    fn overlapping_patterns_make_a_cell_each_and_one_for_what_both_match() {
        let cells = automaton(&["a*", "*b", "a?b"]).cells(&mut Budget::new(10_000)).unwrap();
        let shown: Vec<String> = cells.iter().map(|cell| format!("{:?} {}", cell.sets, cell.shortest)).collect();
        assert_eq!(shown, ["[] ", "[0] a", "[0, 1] ab", "[0, 1, 2] axb", "[1] b"]);
    }

    #[test]
    fn what_would_take_too_long_is_given_up() {
        let hard: Vec<String> = ('a'..='z').map(|c| format!("*{c}*{c}?????{c}*")).collect();
        let hard: Vec<&str> = hard.iter().map(String::as_str).collect();
        assert_eq!(automaton(&hard).cells(&mut Budget::new(200_000)), None);
    }

    proptest! {
        /// The cells are what trying all texts finds, and each is found by its shortest text.
        #[test]
        fn cells_are_what_trying_all_short_texts_finds(patterns in prop::collection::vec("[ab*?:]{0,5}", 1..4)) {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            let automaton = automaton(&patterns);
            let cells = automaton.cells(&mut Budget::new(1_000_000)).unwrap();
            let compiled: Vec<Wildcard> = patterns.iter().map(|pattern| Wildcard::new(pattern)).collect();
            let sets = |text: &str| -> Vec<usize> {
                compiled.iter().enumerate().filter(|(_, pattern)| pattern.matches(text)).map(|(set, _)| set).collect()
            };
            let mut found: BTreeMap<Vec<usize>, String> = BTreeMap::new();
            let mut texts = vec![String::new()];
            for _ in 0..6 {
                let longer: Vec<String> = texts.iter().flat_map(|text| ['a', 'b', ':', 'x'].map(|c| format!("{text}{c}"))).collect();
                for text in texts {
                    found.entry(sets(&text)).or_insert(text);
                }
                texts = longer;
            }
            for cell in &cells {
                prop_assert_eq!(&sets(&cell.shortest), &cell.sets);
                prop_assert_eq!(&automaton.sets_of(&cell.shortest), &cell.sets);
                if let Some(text) = &cell.not_empty {
                    prop_assert!(!text.is_empty());
                    prop_assert_eq!(&sets(text), &cell.sets);
                }
                if let Some(text) = found.get(&cell.sets) {
                    prop_assert_eq!(text.len(), cell.shortest.len());
                }
            }
            let known: Vec<&Vec<usize>> = cells.iter().map(|cell| &cell.sets).collect();
            prop_assert!(found.keys().all(|sets| known.contains(&sets)));
        }
    }
}
