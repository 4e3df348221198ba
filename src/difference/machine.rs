//! Patterns read in parallel: which combinations of accepting places the texts lead to.

use super::budget::Budget;
use super::part::Part;
use super::reader::{Alphabet, readers};
use super::states::Pairs;
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
    pub(super) met: u32,
    /// A first one that is not empty, and when it was found.
    pub(super) not_empty: Option<(u32, String)>,
}

/// The most readers that read side by side; patterns beyond share them.
const MOST: usize = 16;

/// Every combination of sets that some text belongs to, by what it leads to from the places at the start; `None` when the budget does
/// not suffice.
pub(super) fn walk(steps: &[Step], floors: &[Option<u32>], start: &[u32], budget: &mut Budget) -> Option<Walked> {
    let alphabet = Alphabet::new(steps);
    let parts = Part::halves(readers(steps, floors, start, MOST), &alphabet);
    let told: Vec<u64> = (0..alphabet.words())
        .map(|word| parts.iter().fold(0, |all, part| all | part.told(part.start(), word)))
        .collect();
    let first = alphabet.other_than(&told).into_iter().chain(alphabet.told(&told)).collect();
    // what a state takes to keep counts too, where patterns are very long
    let machine = Machine { alphabet, parts, cost: 1 + steps.len().div_ceil(64) / 16 };
    Some(Walked { first, found: machine.walked(budget)? })
}

/// All patterns, as two parts side by side.
#[derive(Debug)]
struct Machine {
    alphabet: Alphabet,
    parts: [Part; 2],
    /// What a character costs, beside the places.
    cost: usize,
}

/// The states in the order in which they were met.
struct Met {
    known: Pairs,
    /// How each was reached first: from which, behind which character.
    from: Vec<(u32, char)>,
}

/// A combination of sets: the first state that is in it, and the first behind a character.
type First = (u32, Option<u32>);

impl Machine {
    fn walked(self, budget: &mut Budget) -> Option<Vec<Found>> {
        let Self { alphabet, parts: [mut one, mut other], cost } = self;
        let mut states = Met { known: Pairs::new(), from: Vec::new() };
        states.reach((one.start(), other.start()), 0, ' ');
        let mut combinations = Pairs::new();
        let mut found: Vec<First> = Vec::new();
        let mut all_told = vec![0; alphabet.words()];
        let mut at = 0;
        while let Some((own, others)) = states.known.get(at) {
            let (look, other_look) = (one.look(own, &alphabet), other.look(others, &alphabet));
            match combinations.add((look.accepted, other_look.accepted)) {
                (_, true) => found.push((at, (at > 0).then_some(at))),
                (known, false) => {
                    if let Some((_, not_empty)) = found.get_mut(known as usize) {
                        not_empty.get_or_insert(at);
                    }
                }
            }
            let cost = cost + (look.places + other_look.places) as usize;
            for (word, told) in all_told.iter_mut().enumerate() {
                *told = one.told(own, word) | other.told(others, word);
            }
            if let Some(character) = alphabet.other_than(&all_told) {
                budget.spend(cost)?;
                states.reach((look.otherwise, other_look.otherwise), at, character);
            }
            let (mut place, mut other_place) = (look.behind, other_look.behind);
            for (word, told) in all_told.iter().enumerate() {
                let (told_by_one, told_by_other) = (one.told(own, word), other.told(others, word));
                let mut left = *told;
                while left != 0 {
                    let bit = left & left.wrapping_neg();
                    let letter = word * 64 + left.trailing_zeros() as usize;
                    left ^= bit;
                    let mut next = (look.otherwise, other_look.otherwise);
                    if told_by_one & bit != 0 {
                        next.0 = one.after(own, place, letter, &alphabet);
                        place += 1;
                    }
                    if told_by_other & bit != 0 {
                        next.1 = other.after(others, other_place, letter, &alphabet);
                        other_place += 1;
                    }
                    budget.spend(cost)?;
                    states.reach(next, at, alphabet.letter(letter)?);
                }
            }
            at += 1;
        }
        let found = found.into_iter().enumerate().map(|(number, (met, not_empty))| {
            let mut sets = Vec::new();
            let combination = u32::try_from(number).ok().and_then(|number| combinations.get(number));
            if let Some((accepted, accepted_by_other)) = combination {
                one.sets(accepted, &mut sets);
                other.sets(accepted_by_other, &mut sets);
            }
            sets.sort_unstable();
            sets.dedup();
            let shortest = states.text(met);
            let not_empty = not_empty.map(|at| (at, if at == met { shortest.clone() } else { states.text(at) }));
            Found { sets, shortest, met, not_empty }
        });
        Some(found.collect())
    }
}

impl Met {
    /// Adds the state, which the character leads to, where it is not there yet.
    fn reach(&mut self, state: (u32, u32), from: u32, character: char) {
        if self.known.add(state).1 {
            self.from.push((from, character));
        }
    }

    /// A first text that leads to the state.
    fn text(&self, mut at: u32) -> String {
        let mut reversed = Vec::new();
        while at > 0 {
            let Some((before, character)) = self.from.get(at as usize) else { break };
            reversed.push(*character);
            at = *before;
        }
        reversed.iter().rev().collect()
    }
}
