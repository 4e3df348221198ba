//! The languages of patterns, many at once: into which cells they cut the set of all texts, with a shortest member of each.
//!
//! All patterns are read in parallel, as one machine whose states are sets of places in the patterns. Two texts that lead
//! to the same places are matched by the same patterns, so a walk over the reachable states finds every combination of
//! patterns that some text matches: intersections, differences and emptiness are read off the cells.

use std::collections::BTreeMap;

use super::budget::Budget;
use super::machine::{Walked, walk};
use super::token::{Step, Token, folds_to};

/// Patterns under the numbers of the sets that they belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Automaton {
    steps: Vec<Step>,
    /// For a run the place from which on everything before it is without meaning once the run is reached: whatever could
    /// still be matched from there, the run matches too.
    floors: Vec<Option<u32>>,
    starts: Vec<u32>,
    /// The set of the last pattern, and where its first pattern begins.
    last: Option<(usize, u32)>,
}

/// Texts that belong to the same sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// The sets, in order.
    pub(super) sets: Vec<usize>,
    /// A shortest one of the texts.
    pub(super) shortest: String,
    /// How early it was met: of two cells, a shortest text of both together is that of the one met first.
    pub(super) met: u32,
    /// A shortest one that is not empty, if there is any.
    pub(super) not_empty: Option<String>,
}

/// A shortest text with when it was found, and the same for one that is not empty.
type Texts = ((u32, String), Option<(u32, String)>);

/// Places in the patterns that the text so far leads to, in order.
type State = Vec<u32>;

impl Automaton {
    /// Adds a pattern to the set.
    pub(super) fn add(&mut self, set: usize, pattern: &[Token]) {
        let start = place(self.steps.len());
        let group = self.last.filter(|(last, _)| *last == set).map_or(start, |(_, start)| start);
        self.last = Some((set, group));
        self.starts.push(start);
        let mut inside = start;
        for (index, token) in pattern.iter().enumerate() {
            let floor = match token {
                // behind the last run everything is accepted, by this pattern and so by its set
                Token::Run if index + 1 == pattern.len() => Some(group),
                Token::Run => Some(start),
                Token::RunInside => Some(inside),
                _ => None,
            };
            if matches!(token, Token::Run | Token::One | Token::Is(':') | Token::IsFolded(':')) {
                inside = place(self.steps.len()) + 1;
            }
            self.floors.push(floor);
            self.steps.push(Step::Take(*token));
        }
        self.floors.push(None);
        self.steps.push(Step::Accept(set));
    }

    /// The sets that the text belongs to, in order.
    pub(super) fn sets_of(&self, text: &str) -> Vec<usize> {
        let mut state = self.start();
        let mut next = State::new();
        for character in text.chars() {
            self.read(&state, character, &mut next);
            std::mem::swap(&mut state, &mut next);
        }
        let mut sets = Vec::new();
        self.accepted(&state, &mut sets);
        sets
    }

    /// The places behind the character.
    fn read(&self, state: &State, character: char, next: &mut State) {
        next.clear();
        for at in state {
            let Some(Step::Take(token)) = self.step(*at) else { continue };
            match token {
                Token::Is(wanted) if wanted == character => self.enter(at + 1, next),
                Token::IsFolded(wanted) if folds_to(character, wanted) => self.enter(at + 1, next),
                Token::One => self.enter(at + 1, next),
                Token::OneInside if character != ':' => self.enter(at + 1, next),
                Token::Run => self.enter(*at, next),
                Token::RunInside if character != ':' => self.enter(*at, next),
                _ => {}
            }
        }
        self.settle(next);
    }

    /// Every combination of sets that some text belongs to; `None` when the budget does not suffice.
    pub(super) fn cells(&self, budget: &mut Budget) -> Option<Vec<Cell>> {
        let Walked { first, found } = walk(&self.steps, &self.floors, &self.start(), budget)?;
        let mut cells: BTreeMap<Vec<usize>, Texts> = BTreeMap::new();
        // in the order in which they were found, so that the first text of a cell is a shortest one
        for found in found {
            let (_, not_empty) = cells.entry(found.sets).or_insert(((found.met, found.shortest), None));
            let sooner = |(at, _): &(u32, String)| not_empty.as_ref().is_none_or(|(known, _)| at < known);
            if found.not_empty.as_ref().is_some_and(sooner) {
                *not_empty = found.not_empty;
            }
        }
        // the empty text may lead to a state that longer texts lead to as well
        let longer = |sets: &[usize]| first.iter().map(ToString::to_string).find(|text| self.sets_of(text) == sets);
        let cell = |(sets, ((met, shortest), not_empty)): (Vec<usize>, Texts)| Cell {
            shortest,
            met,
            not_empty: not_empty.map(|(_, text)| text).or_else(|| longer(&sets)),
            sets,
        };
        Some(cells.into_iter().map(cell).collect())
    }

    fn start(&self) -> State {
        let mut state = State::new();
        for start in &self.starts {
            self.enter(*start, &mut state);
        }
        self.settle(&mut state);
        state
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

    /// Puts the places in order, and leaves out those without meaning.
    fn settle(&self, state: &mut State) {
        state.sort_unstable();
        state.dedup();
        let mut floor = u32::MAX;
        let mut kept = state.len();
        for index in (0..state.len()).rev() {
            let Some(at) = state.get(index).copied() else { continue };
            if at >= floor {
                continue;
            }
            let own = usize::try_from(at).ok().and_then(|at| self.floors.get(at).copied()).flatten();
            floor = own.unwrap_or(floor);
            kept -= 1;
            if let Some(place) = state.get_mut(kept) {
                *place = at;
            }
        }
        state.drain(..kept);
    }

    /// The sets that a text which leads to the state belongs to.
    fn accepted(&self, state: &[u32], sets: &mut Vec<usize>) {
        sets.clear();
        sets.extend(state.iter().filter_map(|at| match self.step(*at) {
            Some(Step::Accept(set)) => Some(set),
            _ => None,
        }));
        sets.sort_unstable();
        sets.dedup();
    }
}

fn place(index: usize) -> u32 {
    // a policy has some thousand characters
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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

    /// The cells and the work, found by a walk over all places at once, as plainly as can be.
    fn plainly(automaton: &Automaton) -> Option<(Vec<Cell>, usize)> {
        let letters = |state: &State| -> BTreeSet<char> {
            let token = |at: &u32| if let Some(Step::Take(token)) = automaton.step(*at) { Some(token) } else { None };
            let told = state.iter().filter_map(token).flat_map(|token| match token {
                Token::Is(is) => vec![is],
                Token::IsFolded(is) => std::iter::once(is).chain(is.to_uppercase()).collect(),
                Token::OneInside | Token::RunInside => vec![':'],
                Token::One | Token::Run => Vec::new(),
            });
            told.collect()
        };
        let other =
            |told: &BTreeSet<char>| "xyzabcdefghijklmnopqrstuvw0".chars().find(|one| !told.contains(one)).unwrap();
        let mut states = vec![(automaton.start(), String::new())];
        let mut known = BTreeSet::from([automaton.start()]);
        let mut cells: BTreeMap<Vec<usize>, Cell> = BTreeMap::new();
        let (mut at, mut work) = (0, 0);
        while let Some((state, text)) = states.get(at).cloned() {
            let mut sets = Vec::new();
            automaton.accepted(&state, &mut sets);
            let first = || Cell { sets: sets.clone(), shortest: text.clone(), met: place(at), not_empty: None };
            let cell = cells.entry(sets.clone()).or_insert_with(first);
            if at > 0 {
                cell.not_empty.get_or_insert(text.clone());
            }
            let told = letters(&state);
            for character in std::iter::once(other(&told)).chain(told) {
                work += 1 + automaton.steps.len() / 1024 + state.len();
                let mut next = State::new();
                automaton.read(&state, character, &mut next);
                if known.insert(next.clone()) {
                    states.push((next, format!("{text}{character}")));
                }
            }
            at += 1;
            if at > 4_000 {
                return None;
            }
        }
        Some((cells.into_values().collect(), work))
    }

    proptest! {
        /// Patterns are read by several readers side by side, in the same order and with the same work as all at once.
        #[test]
        fn readers_side_by_side_find_what_a_plain_walk_finds(
            patterns in prop::collection::vec(("[aAkb*?%_:\u{100}\u{141}]{0,4}", any::<bool>(), any::<bool>()), 1..24),
            many_letters in any::<bool>(),
        ) {
            let token = |character: char, in_any_case: bool| match character {
                '*' => Token::Run,
                '?' => Token::One,
                '%' => Token::RunInside,
                '_' => Token::OneInside,
                other if in_any_case => Token::IsFolded(other.to_ascii_lowercase()),
                other => Token::Is(other),
            };
            let mut automaton = Automaton::default();
            let mut set = 0;
            for (pattern, in_any_case, of_next_set) in &patterns {
                set += usize::from(*of_next_set);
                let tokens: Vec<Token> = pattern.chars().map(|character| token(character, *in_any_case)).collect();
                automaton.add(set, &tokens);
            }
            if many_letters {
                let letters: Vec<Token> = ('\u{100}'..'\u{146}').map(Token::Is).collect();
                automaton.add(set + 1, &letters);
            }
            let Some((plain, work)) = plainly(&automaton) else { return Ok(()) };
            let mut budget = Budget::new(u64::try_from(work).unwrap());
            let mut cells = automaton.cells(&mut budget).unwrap();
            prop_assert!(budget.spend(1).is_none());
            for (cell, plain) in cells.iter_mut().zip(&plain) {
                // the empty text may lead to a state that longer texts lead to as well
                if plain.not_empty.is_none() {
                    cell.not_empty = None;
                }
            }
            prop_assert_eq!(cells, plain);
        }

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
